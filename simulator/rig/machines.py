"""Several machines of one service: bots that are killed, replaced and drained while callers are on the line.

A `World` whose bots stand behind a `Front`, share one database and one address, and whose Twilio tells how calls end.
Leaves out callers' expectations: what has to hold is for the drills to judge (crash.py, deploy_drill.py).
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from simulator.back_office.office import BackOfficeEvent
from simulator.faults import Faults
from simulator.phone.caller import Caller
from simulator.phone.phone_call import CallEnd, PhoneCall
from simulator.phone.webhook import Rules
from simulator.rig.bot_host import BotHost
from simulator.rig.bot_process import BotProcess
from simulator.rig.bot_under_test import LogLine, ended_as
from simulator.rig.front import Front
from simulator.rig.world import OUR_NUMBER, Rendered, World
from simulator.scenarios.scenario import Scenario
from simulator.sound.audio import Speaker
from simulator.sound.recording import Event, Timeline

RECORDS_SECONDS = 240.0  # What has to come comes: this ends a wait for what is lost, and judges no machine.
POLL_SECONDS = 0.05
CALLERS_PATIENCE_MS = 30_000
HOLD_SECONDS = 20.0
PATIENT = Rules(connect_seconds=25.0, read_seconds=25.0, total_seconds=25.0)
"""Twilio gives up after 15 s. How long a bot takes to start is the machine's, and is told, not judged."""
UNHURRIED = dict.fromkeys(
    (
        "BOOKING_SECONDS",
        "CALLBACK_SECONDS",
        "DASHBOARD_TIMEOUT_SECONDS",
        "DATABASE_SECONDS",
        "DEAF_SECONDS",
        "SECOND_READER_SECONDS",
        "HANGUP_REQUEST_SECONDS",
        "LINE_SILENT_SECONDS",
        "LLM_FIRST_SENTENCE_SECONDS",
        "LLM_FIRST_WORDS_SECONDS",
        "LLM_TOTAL_SECONDS",
        "LOOKUP_SECONDS",
        "PIPELINE_SETUP_SECONDS",
        "RESUME_WAIT_SECONDS",
        "SNAPSHOT_SECONDS",
        "STREAM_START_SECONDS",
        "STREAM_TOKEN_SECONDS",
        "STT_CONNECT_SECONDS",
        "STT_RECOVERY_SECONDS",
        "TTS_CONNECT_SECONDS",
        "TTS_FIRST_AUDIO_SECONDS",
        "TTS_SECOND_FIRST_AUDIO_SECONDS",
        "TTS_STALL_SECONDS",
    ),
    "600",
)
"""For bots whose vendors all work: every deadline that nothing but a slow machine would miss."""


@dataclass(slots=True)
class Watched:
    """One call, whoever runs it, and what was seen of it. `watch` hears of everything as it happens."""

    caller: Caller
    call: PhoneCall
    watch: Callable[[Event], None]
    log: list[LogLine] = field(default_factory=list)
    office: list[BackOfficeEvent] = field(default_factory=list)
    end: CallEnd | None = None

    @property
    def ended_as(self) -> str:
        """How the bot says that it ended, whichever machine did."""
        return ended_as(self.log)

    @property
    def resumed(self) -> int:
        """How many streams came after the first."""
        streams = sum(line.text.startswith(("started from", "resumed in")) for line in self.log)
        return max(0, streams - 1)


class Machines(World):
    """Use as an async context manager; the first bot is `bot`, further ones come from `start`."""

    def __init__(
        self,
        folder: Path,
        *,
        settings: Mapping[str, str],
        speaker: Speaker,
        host: BotHost,
        rendered: Rendered,
        faults: Faults | None = None,
    ) -> None:
        self.front = Front(HOLD_SECONDS)
        self._shared = dict(settings)
        self._bots = AsyncExitStack()
        self._logs, self._calls = folder, dict[str, Watched]()
        self._started = 0
        super().__init__(
            folder,
            settings=settings,
            faults=faults,
            speaker=speaker,
            host=host,
            rendered=rendered,
            webhook_rules=PATIENT,
        )

    async def __aenter__(self) -> Self:
        await self.front.__aenter__()
        self._settings = self._shared | {"PUBLIC_URL": self.front.url, "FLY_MACHINE_ID": "machine-1"}
        try:
            await super().__aenter__()
        except BaseException:
            await self.front.__aexit__(None, None, None)
            raise
        self.front.ports = [self.bot.port]
        self._started = 1
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._bots.aclose()
        await super().__aexit__(kind, error, trace)
        await self.front.__aexit__(kind, error, trace)

    async def start(self, machine: str, settings: Mapping[str, str] | None = None) -> BotProcess:
        """One more bot: on a machine of its own, or the next process of a machine that was there before.

        `settings` are its own, over those that all have.
        """
        self._started += 1
        environment = self._environment(str(self.data)) | {"FLY_MACHINE_ID": machine} | dict(settings or {})
        log = self._logs / f"bot-{self._started}.log"
        bot = await self._bots.enter_async_context(BotProcess(environment, log, host=self._host))
        for sid, watched in self._calls.items():
            bot.listeners[sid] = self._hears(watched)
        self.front.ports.append(bot.port)
        return bot

    async def replace(self) -> None:
        """The next process of the first machine, after the one before was killed."""
        self.front.ports.remove(self.bot.port)
        await self.bot.gone.wait()
        self.bot = await self.start("machine-1")

    def log(self) -> str:
        """Everything that any bot has logged."""
        return "".join(path.read_text() for path in sorted(self._logs.glob("bot*.log")))

    def place(self, scenario: Scenario, watch: Callable[[Event], None] = lambda _: None) -> Watched:
        """A call that is about to be made; `conduct` makes it."""
        timeline = Timeline()
        manner = scenario.persona.manner.model_copy(update={"patience_ms": CALLERS_PATIENCE_MS})
        caller = Caller(
            scenario.persona.model_copy(update={"manner": manner}),
            speak=self.speaker.speak,
            caller_acoustics=self.vendors.caller_acoustics,
            bot_acoustics=self.vendors.bot_acoustics,
            timeline=timeline,
        )
        person = scenario.persona
        call = self.twilio.new_call(
            caller, from_=person.number, to=OUR_NUMBER, attestation=person.attestation, timeline=timeline
        )
        watched = Watched(caller, call, watch)
        timeline.listeners.append(watch)
        self._calls[call.sid] = watched
        self.bot.listeners[call.sid] = self._hears(watched)
        self.listeners[call.sid] = self._office(watched)
        self.office.seed(scenario.seed)
        return watched

    def _hears(self, watched: Watched) -> Callable[[LogLine], None]:
        def heard(line: LogLine) -> None:
            watched.log.append(line)
            watched.call.timeline.add("log", line.kind, line.text, **line.detail)

        return heard

    def _office(self, watched: Watched) -> Callable[[BackOfficeEvent], None]:
        def happened(event: BackOfficeEvent) -> None:
            watched.office.append(event)
            what = getattr(event, "tool", getattr(event, "table", getattr(event, "path", "")))
            watched.call.timeline.add("office", type(event).__name__, str(what))

        return happened

    async def conduct(self, watched: Watched) -> None:
        """The call from its first ring until Twilio has told that it is over."""
        url = self.front.url + "/twiml"
        watched.end = await watched.call.run(url, status_url=url + "/status")

    async def conduct_within(self, watched: Watched, seconds: float) -> None:
        """The same; one that is not over by then is ended by the line, so that a drill ends."""
        try:
            async with asyncio.timeout(seconds):
                await self.conduct(watched)
        except TimeoutError:
            watched.call.end("twilio", "time limit of the drill")

    def rows(self, watched: Watched) -> dict[str, list[Mapping[str, Any]]]:
        """What the dashboard holds of the call: leads, jobs, calls, alerts."""
        found = self.office.rows(watched.call.sid)
        return {"leads": [*found.leads], "jobs": [*found.jobs], "calls": [*found.calls], "alerts": [*found.alerts]}

    def visits(self, watched: Watched) -> int:
        """How many visits the call has made."""
        sid = watched.call.sid
        return sum(visit.call_id == sid and visit.status == "accepted" for visit in self.office.bookings())

    async def records(self, watched: Watched, complete: Callable[[Watched], bool]) -> None:
        """Waits until the dashboard has what it should have, or for as long as it may take."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RECORDS_SECONDS):
                while not complete(watched):
                    await asyncio.sleep(POLL_SECONDS)
