"""All vendors of the bot on this machine: Deepgram, Inworld and OpenAI, on ephemeral ports of
127.0.0.1.

`async with Vendors(...)` starts them; point `DEEPGRAM_BASE_URL` and its sisters at the URLs. Keys
are checked, faults come from one `Faults`, and every request is remembered. What callers say is
recognised only if it is registered in `caller_acoustics`; what the bot says is registered in
`bot_acoustics` by the voices themselves.
"""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType

from aiohttp import web

from simulator.faults import Faults
from simulator.jitter import Jitter
from simulator.providers.bill import Bill
from simulator.providers.deepgram import AURA_VOICE, Aura, Flux
from simulator.providers.flux_turns import TurnSettings
from simulator.providers.inworld import INWORLD_VOICE, Inworld
from simulator.providers.openai_api import OpenAI
from simulator.providers.voice import CHUNK_PAUSE_SECONDS, Voice
from simulator.serving import serve
from simulator.sound.audio import Acoustics, Speaker


@dataclass
class VendorDelays:
    """How long the stand-ins take, in seconds (design.md, "A call without a phone").

    `eager_share` is that of `TurnSettings`.
    """

    end_of_turn_seconds: float = 0.3
    eager_share: float = 0.5
    first_token_seconds: float = 0.3
    first_byte_seconds: float = 0.15
    voice_pause_seconds: float = CHUNK_PAUSE_SECONDS
    jitter: Jitter = field(default_factory=Jitter)


@dataclass(frozen=True)
class VendorRequest:
    """What was asked of a vendor; for Flux also each finished turn, with its transcript."""

    part: str
    path: str
    text: str
    """The sentence to speak, the last message to the model, or the transcript."""
    fault: str | None = None
    """The fault that it met."""
    at: float = field(default_factory=time.monotonic)
    """Seconds of time.monotonic()."""


@dataclass(frozen=True)
class VendorAnswer:
    """What the bot waited for of a vendor: a voice's first, a model's first sentence or whole reading, a turn's start.

    `text` is what was spoken or answered, `said` the caller's words as the model was told them; `began` and `at`
    are seconds of time.monotonic().
    """

    part: str
    text: str
    said: str
    began: float
    at: float = field(default_factory=time.monotonic)


class Vendors:
    """The vendors' stand-ins, while the `async with` block lasts."""

    def __init__(
        self,
        *,
        deepgram_key: str = "deepgram-key",
        inworld_key: str = "inworld-key",
        openai_key: str = "openai-key",
        faults: Faults | None = None,
        delays: VendorDelays | None = None,
        noise_is_turn: bool = False,
        speaker: Speaker | None = None,
        bot_acoustics: Acoustics | None = None,
        hears_voices: bool = False,
        on_request: Callable[[VendorRequest], None] | None = None,
    ) -> None:
        """`on_request` hears of every request as it comes; `bot_acoustics` may know what was spoken elsewhere.

        With `hears_voices` Flux knows what the voices say as well as what callers say, as the real one does.
        """
        self.deepgram_key = deepgram_key
        self.inworld_key = inworld_key
        self.openai_key = openai_key
        self.faults = faults or Faults()
        self.delays = delays or VendorDelays()
        self.speaker = speaker or Speaker()
        self.bot_acoustics = bot_acoustics or Acoustics()
        self.caller_acoustics = self.bot_acoustics if hears_voices else Acoustics()
        self.bill = Bill()
        self.requests: list[VendorRequest] = []
        self.answers: list[VendorAnswer] = []
        self._on_request = on_request
        self._ports: dict[str, int] = {}
        self._stack = AsyncExitStack()
        voices = [
            Voice(
                self.speaker,
                self.bot_acoustics,
                name,
                self.delays.first_byte_seconds,
                self.delays.voice_pause_seconds,
                self.delays.jitter,
            )
            for name in (INWORLD_VOICE, AURA_VOICE)
        ]
        self.flux = Flux(
            api_key=deepgram_key,
            faults=self.faults,
            acoustics=self.caller_acoustics,
            asked=self._asked,
            answered=self._answered,
            bill=self.bill,
            settings=TurnSettings(
                self.delays.end_of_turn_seconds, noise_is_turn, self.delays.jitter, self.delays.eager_share
            ),
        )
        self.inworld = Inworld(
            api_key=inworld_key,
            faults=self.faults,
            voice=voices[0],
            asked=self._asked,
            answered=self._answered,
            bill=self.bill,
        )
        self.aura = Aura(api_key=deepgram_key, faults=self.faults, voice=voices[1], asked=self._asked, bill=self.bill)
        self.openai = OpenAI(
            api_key=openai_key,
            faults=self.faults,
            asked=self._asked,
            answered=self._answered,
            bill=self.bill,
            first_token_seconds=self.delays.first_token_seconds,
            jitter=self.delays.jitter,
        )

    async def __aenter__(self) -> "Vendors":
        deepgram, inworld, openai = (web.Application() for _ in range(3))
        deepgram.router.add_get("/v2/listen", self.flux.listen)
        deepgram.router.add_post("/v1/speak", self.aura.speak)
        deepgram.router.add_get("/v1/auth/token", self.aura.token)
        inworld.router.add_post("/tts/v1/voice:stream", self.inworld.speak)
        inworld.router.add_post("/tts/v1/voice", self.inworld.speak)
        inworld.router.add_get("/voices/v1/voices", self.inworld.voices)
        openai.router.add_post("/v1/chat/completions", self.openai.complete)
        openai.router.add_get("/v1/models/{model}", self.openai.model)
        async with AsyncExitStack() as stack:
            for name, app in (("deepgram", deepgram), ("inworld", inworld), ("openai", openai)):
                self._ports[name] = await stack.enter_async_context(serve(app))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    def _asked(self, part: str, path: str, text: str, fault: str | None) -> None:
        request = VendorRequest(part, path, text, fault)
        self.requests.append(request)
        if self._on_request is not None:
            self._on_request(request)

    def _answered(self, part: str, text: str, said: str, began: float) -> None:
        self.answers.append(VendorAnswer(part, text, said, began))

    @property
    def deepgram_ws_url(self) -> str:
        """For `DEEPGRAM_BASE_URL`."""
        return f"ws://127.0.0.1:{self._ports['deepgram']}"

    @property
    def deepgram_http_url(self) -> str:
        """For `DEEPGRAM_TTS_BASE_URL`."""
        return f"http://127.0.0.1:{self._ports['deepgram']}"

    @property
    def inworld_url(self) -> str:
        """For `INWORLD_BASE_URL`."""
        return f"http://127.0.0.1:{self._ports['inworld']}"

    @property
    def openai_url(self) -> str:
        """For `OPENAI_BASE_URL`."""
        return f"http://127.0.0.1:{self._ports['openai']}/v1"
