"""The model, as a Pipecat service with our deadlines.

A failed answer ends in one frame that says why, and in no error of Pipecat's: wording.py has spoken something else by
then, and the call goes on. An answer that nobody waits for any more is stopped at once.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from openai import AsyncOpenAI, AsyncStream, BadRequestError
from openai.types.chat import ChatCompletionChunk
from pipecat.adapters.llm.services.open_ai_adapter import OpenAILLMInvocationParams
from pipecat.frames.frames import Frame, LLMFullResponseEndFrame, LLMFullResponseStartFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.openai.llm import OpenAILLMService

from call.usage import AskedAnswer, Usage
from config import Settings
from providers.asked_early import AskedEarly
from providers.frames import BrokenReplyFrame, WordReplyFrame
from providers.model_faults import CUT_SHORT, BrokenAnswerError, fault_of, refused_parameter
from providers.model_parameters import REPLY_TOKENS, model_parameters
from providers.model_usage import free_if_refused, tell

_Begun = tuple[AskedAnswer, AsyncStream[ChatCompletionChunk]]

OPTIONAL = frozenset({"max_completion_tokens", "reasoning_effort", "stream_options"})


class BoundedOpenAI(OpenAILLMService):
    """The model that words replies: a deadline for the first words, between words and in all."""

    def __init__(self, settings: Settings, persona: str, client: AsyncOpenAI, usage: Usage) -> None:
        """Shares `client` with every other call of the process; `persona` is the system instruction.

        `usage`: the call's, to which each answer is added.
        """
        self._shared, self._total_seconds, self._usage = client, settings.llm_total_seconds, usage
        self._reply: WordReplyFrame | None = None  # The last that was announced
        self._unwanted: set[str] = set()  # Parameters that this model refuses
        self._answer: asyncio.Timeout | None = None  # The deadline of the answer under way
        self._early: AskedEarly[_Begun] = AskedEarly(lambda begun: begun[1].close())
        self._end: LLMFullResponseEndFrame | None = None  # How the last one ended; None while it runs or if cancelled.
        super().__init__(
            api_key=settings.openai_api_key.get_secret_value(),
            base_url=settings.openai_base_url,
            settings=OpenAILLMService.Settings(
                model=settings.openai_model,
                system_instruction=persona,
                extra=model_parameters(settings.openai_model, settings.openai_reasoning_effort, REPLY_TOKENS),
            ),
        )

    def create_client(self, *_: Any, **__: Any) -> AsyncOpenAI:
        """The shared client instead of one with the library's 600 seconds."""
        return self._shared

    def give_up(self, reply: WordReplyFrame, tail_seconds: float) -> None:
        """Stops the answer to `reply`, if that is the one under way: what waits behind it gets through.

        Of one that is whole the last pieces may still come, for so long: what it cost, and an end that leaves the
        connection to the next request.
        """
        if reply is self._reply and self._answer is not None and not self._answer.expired():
            due = asyncio.get_running_loop().time() + tail_seconds
            self._answer.reschedule(min(due, self._answer.when() or due))

    def foresee(self, context: LLMContext) -> None:
        """Asks already for the answer that will be asked for with this context; it is not read before."""
        asked = AskedAnswer(self._usage, early=True)
        self._early.ask(context.get_messages(), self._begin(context, asked), asked.used)

    def drop_early(self) -> None:
        """What was asked early is not needed."""
        self._early.drop()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Notes which reply the next answer belongs to."""
        if isinstance(frame, WordReplyFrame):
            self._reply = frame
        await super().process_frame(frame, direction)

    async def get_chat_completions(self, context: LLMContext) -> AsyncIterator[ChatCompletionChunk]:  # type: ignore[override]
        """The pieces of one answer; raises at the end when the model did not finish it.

        A parameter that the model refuses is left out from then on, and the request is made once more without it.
        """
        try:
            return _to_its_end(*await self._early.answer(context.get_messages(), lambda: self._begin(context)))
        except BadRequestError as error:
            if not (parameter := refused_parameter(error, OPTIONAL - self._unwanted)):
                raise
            self._unwanted.add(parameter)
            return _to_its_end(*await self._begin(context))

    async def _begin(self, context: LLMContext, asked: AskedAnswer | None = None) -> _Begun:
        asked = asked or AskedAnswer(self._usage)
        with free_if_refused(asked):
            return asked, await super().get_chat_completions(context)

    def build_chat_completion_params(self, params_from_context: OpenAILLMInvocationParams) -> dict[str, Any]:
        """As the base class does, without what the model refuses."""
        params = super().build_chat_completion_params(params_from_context)
        return {name: value for name, value in params.items() if name not in self._unwanted}

    async def _process_context(self, context: LLMContext) -> None:
        try:
            async with asyncio.timeout(self._total_seconds) as self._answer:
                await super()._process_context(context)
            self._end = LLMFullResponseEndFrame()
        except Exception as error:
            fault = fault_of(error)
            self._end = BrokenReplyFrame(fault.what, fault.outage)
        finally:
            self._answer = None

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        """Tells an answer that broke off from a whole one; one that a barge-in cancelled ends without a word.

        Pipecat sends the same end frame for all three, and for the cancelled one ahead of the interruption.
        """
        if isinstance(frame, LLMFullResponseStartFrame):
            self._end = None
        elif isinstance(frame, LLMFullResponseEndFrame):
            if self._end is None:
                return
            frame = self._end
        await super().push_frame(frame, direction)


async def _to_its_end(
    asked: AskedAnswer, stream: AsyncStream[ChatCompletionChunk]
) -> AsyncIterator[ChatCompletionChunk]:
    """The same pieces; a stream may also end, without an error, before the answer does."""
    finish = None
    async with stream:
        async for chunk in stream:
            tell(asked, chunk.usage)
            if chunk.choices:
                finish = chunk.choices[0].finish_reason or finish
            yield chunk
    if finish in CUT_SHORT:
        raise BrokenAnswerError(f"ended by {finish}", outage=False)
    if finish != "stop":
        raise BrokenAnswerError("broke off")
