"""Everything around one bot: vendors, back office, Twilio and the bot's own process, wired to each other on loopback.

Guarantees that all of it is gone when the block ends. Leaves out callers and verdicts (run.py).
"""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Generic, Self, cast

from typing_extensions import TypeVar

from simulator.back_office.office import BackOffice, BackOfficeEvent
from simulator.faults import Faults
from simulator.phone.twilio import TwilioStandIn
from simulator.phone.webhook import Rules
from simulator.providers.stand_ins import VendorDelays, Vendors
from simulator.rig.bot_host import BotHost
from simulator.rig.bot_process import BotProcess
from simulator.rig.bot_under_test import Bot, MakeBot
from simulator.rig.pinned_clock import PinnedClock
from simulator.scenarios.persona import Manner
from simulator.sound.audio import Acoustics, Speaker, pcm_to_mulaw

OUR_NUMBER = "+15125550199"
ACCOUNT_SID = "AC" + "51" * 16
AUTH_TOKEN = "simulated-twilio-token"
V2_KEY = "simulated-v2-key"
WEBHOOK_SECRET = "simulated-webhook-secret"
USER_EMAIL = "Owner@ace-cooling.example"
TWILIO_VOICE = "en-us+m7"
CALL_LIMIT_SECONDS = 300.0
RENDER_SECONDS = 600.0  # Of patience, as START_SECONDS: a busy machine takes its time.
RENDERED = "pre-rendered lines: "
POLL_SECONDS = 0.1
MANY = "1000"


B = TypeVar("B", bound=Bot, default=BotProcess)


@dataclass(frozen=True)
class RealModel:
    """OpenAI itself instead of its stand-in."""

    key: str
    base_url: str
    model: str


@dataclass(frozen=True)
class Rendered:
    """The lines that an earlier bot has rendered, and how they sound; made by `render`."""

    folder: Path
    acoustics: Acoustics


async def render(
    folder: Path, speaker: Speaker, host: BotHost | None = None, make_bot: MakeBot[Bot] | None = None
) -> Rendered:
    """Lets a bot render its fixed lines into `folder`, as a service that has been up for a while has done."""
    at_once = VendorDelays(first_byte_seconds=0.0, voice_pause_seconds=0.0)
    world = World[Bot](folder, speaker=speaker, host=host, delays=at_once, make_bot=make_bot)
    async with world:
        async with asyncio.timeout(RENDER_SECONDS):
            while RENDERED not in world.bot.log():
                world.bot.check()
                await asyncio.sleep(POLL_SECONDS)
        shutil.copytree(world.data / "lines", folder / "lines")
    return Rendered(folder / "lines", world.vendors.bot_acoustics)


class World(Generic[B]):
    """Use as an async context manager; one bot, any number of calls."""

    def __init__(
        self,
        folder: Path,
        *,
        settings: Mapping[str, str] | None = None,
        faults: Faults | None = None,
        speaker: Speaker | None = None,
        host: BotHost | None = None,
        rendered: Rendered | None = None,
        delays: VendorDelays | None = None,
        now: datetime | None = None,
        model: RealModel | None = None,
        make_bot: MakeBot[B] | None = None,
        webhook_rules: Rules | None = None,
        hears_voices: bool = False,
        call_limit_seconds: float = CALL_LIMIT_SECONDS,
    ) -> None:
        """`folder` gets the bot's log; `settings` go over the ordinary ones.

        Worlds may share what was once spoken (`speaker`), the process that starts their bots (`host`), and the
        pre-rendered lines of an earlier bot (`rendered`). `now` (aware) is what the clocks of the bot and of the back
        office show from the start on; without it they show the machine's time. `make_bot` makes another bot than a
        process. `hears_voices`: see `Vendors`. `call_limit_seconds` is above any call that goes as it should.
        """
        self.faults = faults or Faults()
        self.speaker = speaker or Speaker()
        self.model = model
        self.clock = PinnedClock.starting_at(now) if now else PinnedClock()
        self._rendered = rendered
        known = rendered.acoustics if rendered else None
        self.vendors = Vendors(
            faults=self.faults, speaker=self.speaker, bot_acoustics=known, delays=delays, hears_voices=hears_voices
        )
        self.office = BackOffice(
            api_key=V2_KEY,
            webhook_secret=WEBHOOK_SECRET,
            user_email=USER_EMAIL,
            clock=self.clock.now,
            faults=self.faults,
            jitter=self.vendors.delays.jitter,
        )
        self.office.on_event = self._happened
        self.listeners: dict[str, Callable[[BackOfficeEvent], None]] = {}
        self.twilio = TwilioStandIn(
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            voice=self._say,
            faults=self.faults,
            limit_seconds=call_limit_seconds,
            webhook_rules=webhook_rules,
        )
        self.bot: B
        self.data: Path
        self._folder = folder
        self._settings = settings or {}
        self._make_bot = make_bot or cast(MakeBot[B], partial(BotProcess, host=host))
        self._host = host
        self._stack = AsyncExitStack()

    def _happened(self, event: BackOfficeEvent) -> None:
        if listener := self.listeners.get(event.call_id):
            listener(event)

    def _say(self, text: str) -> bytes:
        pcm = self.speaker.speak(text, TWILIO_VOICE)
        self.vendors.bot_acoustics.register(text, pcm)
        return pcm_to_mulaw(pcm)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            for part in (self.vendors, self.office, self.twilio):
                await stack.enter_async_context(part)
            await self.speaker.speak_async("Hello.", Manner().voice)  # the engine starts slowly
            # A thread of a bot that ran in this process may end a moment behind it, and still write there.
            data = stack.enter_context(TemporaryDirectory(prefix="simulated-bot-", ignore_cleanup_errors=True))
            if self._rendered:
                # In a thread: other calls are running, and their audio must not wait for 200 files.
                await asyncio.to_thread(shutil.copytree, self._rendered.folder, Path(data) / "lines")
            self.data = Path(data)
            self.bot = await stack.enter_async_context(self._new_bot())
            self._stack = stack.pop_all()
        return self

    async def next_bot(self) -> None:
        """Another process on the same data, once the one before has ended; it logs to the same file, behind it."""
        self.bot = await self._stack.enter_async_context(self._new_bot())

    def beside(self, machine: str, **settings: str) -> AbstractAsyncContextManager[B]:
        """A further machine with these settings over those of the first; nobody rings there."""
        return self._new_bot(f"{machine}.log", FLY_MACHINE_ID=machine, **settings)

    def _new_bot(self, log: str = "bot.log", **settings: str) -> AbstractAsyncContextManager[B]:
        environment, ahead = self._environment(str(self.data)) | settings, self.clock.ahead_seconds
        return self._make_bot(environment, self._folder / log, ahead_seconds=ahead)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    def _environment(self, data: str) -> dict[str, str]:
        vendors, office = self.vendors, self.office
        return {
            "DEEPGRAM_API_KEY": vendors.deepgram_key,
            "INWORLD_API_KEY": vendors.inworld_key,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_PHONE_NUMBER": OUR_NUMBER,
            "TWILIO_API_BASE_URL": self.twilio.base_url,
            "DEEPGRAM_BASE_URL": vendors.deepgram_ws_url,
            "DEEPGRAM_TTS_BASE_URL": vendors.deepgram_http_url,
            "INWORLD_BASE_URL": vendors.inworld_url,
            "V2_BACKEND_URL": office.v2_url,
            "V2_API_KEY": V2_KEY,
            "DASHBOARD_JOBS_URL": office.jobs_url,
            "DASHBOARD_CALLS_URL": office.calls_url,
            "DASHBOARD_ALERTS_URL": office.alerts_url,
            "DASHBOARD_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "DASHBOARD_USER_EMAIL": USER_EMAIL,
            "DATA_DIR": data,
            "DRAIN_SECONDS": "1",
            "MAX_CALLS_PER_NUMBER": MANY,  # Callers of the drills may all have one number.
            "MAX_HOURLY_CALLS_PER_NUMBER": MANY,
            "LOG_LEVEL": "INFO",
            "MAX_LATE_SECONDS": "600",
            "MAX_CORE_SHARE": "0",
            **self._openai(),
            **self._settings,
        }

    def _openai(self) -> dict[str, str]:
        if self.model is None:
            return {"OPENAI_API_KEY": self.vendors.openai_key, "OPENAI_BASE_URL": self.vendors.openai_url}
        return {
            "OPENAI_API_KEY": self.model.key,
            "OPENAI_BASE_URL": self.model.base_url,
            "OPENAI_MODEL": self.model.model,
        }
