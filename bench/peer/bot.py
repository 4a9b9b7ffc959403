"""The bot that Pipecat's own command line generates for Twilio, Deepgram Flux, OpenAI and Inworld, with two tools.

As `pipecat init -t twilio --stt deepgram_flux_stt --llm openai_llm --tts inworld_tts` writes it: Silero beside Flux's
own turns, the model leads the conversation. Added are the addresses of the vendors, a page that says that it is up,
the two tools, a log without its debug lines, and Inworld over HTTP, which is what the stand-in speaks.
"""

import os
import sys
from typing import Any
from xml.sax.saxutils import quoteattr

import aiohttp
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import LLMRunFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.runner.utils import parse_telephony_websocket
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService
from pipecat.services.inworld.tts import InworldHttpTTSService
from pipecat.services.llm_service import FunctionCallParams
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner

PROMPT = """You are the receptionist of a heating and cooling company, on the phone. Your responses will be spoken
aloud, so avoid emojis, bullet points, or other formatting that can't be spoken. One question at a time: what is wrong,
whether there is a smell of gas, the ZIP code, the name, the street address, and when to come. Look the caller up before
you ask for the time, read everything back, book the visit once the caller agrees, and say goodbye."""
SAMPLE_RATE = 8000

app = FastAPI()


@app.get("/health")
async def health() -> dict[str, str]:
    """It is up."""
    return {"status": "ok"}


@app.post("/twiml")
async def twiml(request: Request) -> Response:
    """Connects the call to the websocket."""
    caller = str((await request.form()).get("From", ""))
    url = os.environ["PUBLIC_URL"].replace("http", "ws", 1) + "/ws"
    parameter = f'<Parameter name="from_number" value={quoteattr(caller)}/>'
    stream = f"<Stream url={quoteattr(url)}>{parameter}</Stream>"
    return Response(f"<Response><Connect>{stream}</Connect></Response>", media_type="text/xml")


@app.websocket("/ws")
async def media_stream(websocket: WebSocket) -> None:
    """One call."""
    await websocket.accept()
    _, call = await parse_telephony_websocket(websocket)
    serializer = TwilioFrameSerializer(
        stream_sid=call.stream_id,
        call_sid=call.call_id,
        account_sid=os.environ["TWILIO_ACCOUNT_SID"],
        auth_token=os.environ["TWILIO_AUTH_TOKEN"],
        base_url=os.environ["TWILIO_API_BASE_URL"],
    )
    transport = FastAPIWebsocketTransport(
        websocket=websocket,
        params=FastAPIWebsocketParams(audio_in_enabled=True, audio_out_enabled=True, serializer=serializer),
    )
    await run_bot(transport, call.call_id, call.from_number)


async def run_bot(transport: FastAPIWebsocketTransport, call_id: str, caller: str) -> None:
    """The pipeline of one call, to its end."""
    async with aiohttp.ClientSession() as session:

        async def ask(tool: str, arguments: dict[str, Any]) -> Any:
            url = f"{os.environ['V2_BACKEND_URL']}/webhook/retell/{tool}"
            body = {"call": {"call_id": call_id, "from_number": caller}, "args": arguments}
            async with session.post(url, json=body, headers={"X-API-Key": os.environ["V2_API_KEY"]}) as answer:
                return await answer.json()

        async def lookup_caller(params: FunctionCallParams) -> None:
            """Look up who is calling."""
            await params.result_callback(await ask("lookup_caller", {"phone_number": caller}))

        async def book_appointment(
            params: FunctionCallParams, date_time: str, customer_name: str, service_address: str, problem: str
        ) -> None:
            """Book a visit.

            Args:
                date_time: When, in ISO 8601 with the offset.
                customer_name: The caller's name.
                service_address: Street and house number.
                problem: What is wrong.
            """
            wanted = {"date_time": date_time, "customer_name": customer_name, "customer_phone": caller}
            wanted |= {"service_address": service_address, "problem_description": problem}
            await params.result_callback(await ask("book_appointment", wanted))

        # Speech-to-Text service
        stt = DeepgramFluxSTTService(
            api_key=os.environ["DEEPGRAM_API_KEY"], url=os.environ["DEEPGRAM_BASE_URL"] + "/v2/listen"
        )
        # Text-to-Speech service
        tts = InworldHttpTTSService(
            api_key=os.environ["INWORLD_API_KEY"],
            aiohttp_session=session,
            settings=InworldHttpTTSService.Settings(voice="Ashley"),
        )
        tts._base_url = os.environ["INWORLD_BASE_URL"] + "/tts/v1/voice:stream"  # It takes no address.
        # LLM service
        llm = OpenAILLMService(
            api_key=os.environ["OPENAI_API_KEY"],
            base_url=os.environ["OPENAI_BASE_URL"],
            settings=OpenAILLMService.Settings(model="gpt-4.1", system_instruction=PROMPT),
        )
        context = LLMContext(tools=[lookup_caller, book_appointment])
        user_aggregator, assistant_aggregator = LLMContextAggregatorPair(
            context, user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
        )
        # Pipeline - assembled from reusable components
        pipeline = Pipeline(
            [transport.input(), stt, user_aggregator, llm, tts, transport.output(), assistant_aggregator]
        )
        worker = PipelineWorker(
            pipeline,
            params=PipelineParams(
                enable_metrics=True,
                enable_usage_metrics=True,
                audio_in_sample_rate=SAMPLE_RATE,
                audio_out_sample_rate=SAMPLE_RATE,
            ),
        )
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)

        @transport.event_handler("on_client_connected")  # type: ignore[untyped-decorator]
        async def on_client_connected(transport: FastAPIWebsocketTransport, client: WebSocket) -> None:
            # Kick off the conversation
            context.add_message({"role": "developer", "content": "Start by concisely introducing yourself."})
            await worker.queue_frames([LLMRunFrame()])

        @transport.event_handler("on_client_disconnected")  # type: ignore[untyped-decorator]
        async def on_client_disconnected(transport: FastAPIWebsocketTransport, client: WebSocket) -> None:
            await runner.cancel()

        await runner.run()


if __name__ == "__main__":
    logger.remove()
    logger.add(sys.stderr, level="INFO")
    uvicorn.run(app, host=os.environ["HOST"], port=int(os.environ["PORT"]), log_level="warning")
