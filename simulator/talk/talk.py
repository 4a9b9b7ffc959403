"""A talk: one bot with its outside, and calls from a page to it.

Guarantees that a call ends with its page, and a page's connection with its call. Whatever Pipecat does at the page's
end, the telephone's end is that of every simulated call: the bot's own webhook, its media stream, its marks.
"""

import asyncio
from typing import Any

from pipecat.frames.frames import EndFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.transports.base_transport import TransportParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.transport import SmallWebRTCTransport
from pipecat.workers.runner import WorkerRunner

from simulator.calls.run import new_folder, tell_of_the_bot, tell_of_the_office, until_over
from simulator.calls.screen import Screen
from simulator.phone.phone_call import PhoneCall
from simulator.rig.bot_host import ROOT
from simulator.rig.world import OUR_NUMBER, World
from simulator.scenarios.persona import LAST, Persona
from simulator.scenarios.scenario import load
from simulator.sound.audio import SAMPLE_RATE
from simulator.sound.recording import Timeline
from simulator.talk.headset import Headset
from simulator.talk.page_line import PageLine
from simulator.talk.recordings import Recordings

CALLER = "booking"
"""The scenario whose caller the stand-in recogniser knows by voice."""


def sentences(persona: Persona) -> list[str]:
    """All that a caller may answer, each once."""
    templates = [rule.say for rule in persona.all_rules if rule.say and f"{{{LAST}}}" not in rule.say]
    return list(dict.fromkeys(piece for template in templates for piece in persona.pieces(template, "")))


class Talk:
    """The calls from the pages of one world."""

    def __init__(self, world: World[Any], screen: Screen, *, by_recordings: bool) -> None:
        """`by_recordings`: the recogniser is the stand-in; the sentences that it knows are spoken here, in a second."""
        self._world, self._screen = world, screen
        self._live: set[Headset] = set()
        self.persona = load(CALLER).persona
        manner = self.persona.manner
        known = {
            text: world.speaker.speak(text, manner.voice, manner.words_per_minute) for text in sentences(self.persona)
        }
        self._recordings = Recordings(known) if by_recordings else None
        for text, pcm in known.items():
            world.vendors.caller_acoustics.register(text, pcm)

    @property
    def known(self) -> list[str]:
        """The sentences that the microphone can be understood by; none if Deepgram itself hears."""
        return list(self._recordings.sentences) if self._recordings else []

    def hang_up(self) -> None:
        """Every caller puts the phone down."""
        for headset in self._live:
            headset.hung_up = True

    async def _speak(self, text: str) -> bytes:
        """In the caller's voice; the stand-in recogniser knows it from now on."""
        manner = self.persona.manner
        pcm = await self._world.speaker.speak_async(text, manner.voice, manner.words_per_minute)
        self._world.vendors.caller_acoustics.register(text, pcm)
        return pcm

    async def call(self, connection: SmallWebRTCConnection) -> None:
        """One call from a page, until both are over; a page that never connects is given up by its connection."""
        headset, timeline, ready = Headset(), Timeline(), asyncio.Event()
        timeline.listeners.append(self._screen.event)
        line = PageLine(
            headset,
            self._speak,
            self._world.vendors.bot_acoustics,
            self._recordings,
            timeline,
        )
        transport = SmallWebRTCTransport(connection, TransportParams(audio_in_enabled=True, audio_out_enabled=True))
        worker = PipelineWorker(
            Pipeline([transport.input(), line, transport.output()]),
            params=PipelineParams(audio_in_sample_rate=SAMPLE_RATE, audio_out_sample_rate=SAMPLE_RATE),
            idle_timeout_secs=None,  # The call's own limits end it.
        )

        async def is_ready(_rtvi: object) -> None:
            ready.set()

        async def is_gone(_transport: object, _client: object) -> None:
            headset.hung_up = True
            ready.set()

        worker.rtvi.event_handler("on_client_ready")(is_ready)
        transport.event_handler("on_client_disconnected")(is_gone)
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(runner.run())
            try:
                await ready.wait()
                if not headset.hung_up:
                    await self._place(headset, timeline, line)
            finally:
                await (worker.cancel() if headset.hung_up else worker.queue_frame(EndFrame()))

    async def _place(self, headset: Headset, timeline: Timeline, line: PageLine) -> None:
        call = self._world.twilio.new_call(headset, from_=self.persona.number, to=OUR_NUMBER, timeline=timeline)
        self._live.add(headset)
        self._screen.head(f"A call from the page, as {self.persona.number}", "")
        self._world.bot.listeners[call.sid] = lambda told: tell_of_the_bot(timeline, told)
        self._world.listeners[call.sid] = lambda event: tell_of_the_office(timeline, event)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(line.play())
            try:
                await until_over(self._world, call)
            finally:
                self._live.discard(headset)
                headset.heard.put_nowait(None)
        await self._keep(call)

    async def _keep(self, call: PhoneCall) -> None:
        folder = new_folder("talk")
        await asyncio.to_thread(call.recording.write, folder, call.timeline, {"call_sid": call.sid})
        self._screen.say(f"The call is over; its recording: {folder.relative_to(ROOT)}")
