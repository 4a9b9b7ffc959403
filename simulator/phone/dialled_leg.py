"""The second leg of a `<Dial>`: it rings, somebody picks up or nobody does, hears what is for them alone, presses.

Guarantees Twilio's order: the document of `<Number url>` runs on this leg before the two are connected, a leg that it
hangs up is never connected, and `completed` says no more than that somebody, or something, had picked up. Leaves out
the caller's side (phone_call.py). (Twilio: TwiML <Dial>, <Number>, <Gather>.)
"""

import asyncio
import math
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Protocol
from urllib.parse import urljoin

import numpy as np

from simulator.phone.twiml import Dial, Gather, Hangup, Pause, Say, TwimlError, Verb, parse
from simulator.phone.webhook import WebhookError, Webhooks
from simulator.sound.audio import pcm_to_mulaw
from simulator.sound.recording import FRAME_BYTES, FRAME_MS, SAMPLE_RATE, SILENCE, Timeline

LATER_SECONDS = 5.0  # Twilio rings for so much longer than it is told.
RING_SECONDS, RING_PAUSE_SECONDS = 2.0, 4.0  # The ringback tone of North America, 440 and 480 Hz
_AMPLITUDE = 3000

_HELPS = (
    "Hi, this is Pat from the shop. I can see what you called about, so you do not have to say it all again."
    " One of our technicians is close to you right now, and I will send him over as soon as he is done there."
    " He takes a look at the whole system, and he tells you what it costs before he begins."
    " Thank you for your patience with us, and have a good day."
)


@dataclass(frozen=True)
class Person:
    """Who is rung: after how long somebody, or a voicemail, picks up; which key they press; what they say then."""

    picks_up_seconds: float | None = 5.0
    presses: str = "1"
    says: str = _HELPS
    refused: str = ""  # What Twilio says at once, without a ring


PEOPLE: Final[Mapping[str | None, Person]] = MappingProxyType({
    None: Person(),
    "no_answer": Person(picks_up_seconds=None),
    "busy": Person(refused="busy"),
    "voicemail": Person(picks_up_seconds=15.0, presses=""),
    "refused": Person(refused="failed"),
    "hangs_up": Person(says="Hi, this is Pat."),
})  # fmt: skip


class Network(Protocol):
    """What the leg needs of Twilio: its requests, and its voice, as mu-law."""

    @property
    def webhooks(self) -> Webhooks: ...

    @property
    def voice(self) -> Callable[[str], bytes]: ...


class DialledLeg:
    """One leg; `reach` it once. `caller` is the form that Twilio posts of the caller's own leg.

    Attributes:
        bridged: Whether the two are connected.
        status: DialCallStatus, as far as it is known.
    """

    def __init__(
        self, network: Network, verb: Dial, person: Person, caller: Mapping[str, str], url: str, timeline: Timeline
    ) -> None:
        self.bridged, self.status = False, "canceled"
        self.person = person
        self._network, self._verb, self._caller, self._url, self._timeline = network, verb, caller, url, timeline
        self._sid = "CA" + secrets.token_hex(16)
        self._answered_at: float | None = None

    async def reach(self) -> None:
        """Until the two are connected, or it is certain that they will not be."""
        self._timeline.add("twilio", "dials", self._verb.number)
        if self.person.refused:
            self.status = self.person.refused
            return
        limit, picks_up = self._verb.timeout_seconds + LATER_SECONDS, self.person.picks_up_seconds
        if picks_up is None or picks_up > limit:
            await asyncio.sleep(limit)
            self.status = "no-answer"
            return
        await asyncio.sleep(picks_up)
        self._answered_at, self.status = asyncio.get_running_loop().time(), "completed"
        self._timeline.add("twilio", "picked_up")
        self.bridged = self._verb.whisper is None or await self._whispered(self._verb.whisper)
        if self.bridged:
            self._timeline.add("twilio", "bridged")

    def told(self) -> dict[str, str]:
        """What Twilio adds to the form of the action."""
        about = {"DialCallStatus": self.status, "DialCallSid": self._sid, "DialBridged": str(self.bridged).lower()}
        if self._answered_at is None:
            return about
        return about | {"DialCallDuration": str(round(asyncio.get_running_loop().time() - self._answered_at))}

    async def _whispered(self, url: str) -> bool:
        """The document of this leg; whether it ran to its end without a hang-up."""
        try:
            pending = deque(await self._fetch(url))
            while pending:
                match pending.popleft():
                    case Hangup():
                        return False
                    case Gather() as gather if pressed := await self._gathered(gather):
                        pending = deque(await self._fetch(gather.action, Digits=pressed))
                    case Say() | Pause() as heard:
                        await self._hear(heard)
        except (WebhookError, TwimlError) as error:
            self._timeline.add("twilio", "error", str(error))
            return False
        return True

    async def _gathered(self, gather: Gather) -> str:
        """The key that was pressed; a person does so as soon as they have heard what it is about."""
        for prompt in gather.prompts:
            await self._hear(prompt)
            if self.person.presses and isinstance(prompt, Say):
                self._timeline.add("twilio", "pressed", self.person.presses)
                return self.person.presses
        await asyncio.sleep(gather.timeout_seconds)
        return ""

    async def _hear(self, heard: Say | Pause) -> None:
        if isinstance(heard, Pause):
            await asyncio.sleep(heard.seconds)
            return
        self._timeline.add("twilio", "whispers", heard.text)
        await asyncio.sleep(len(self._network.voice(heard.text)) / SAMPLE_RATE)

    async def _fetch(self, url: str, **more: str) -> list[Verb]:
        self._url = urljoin(self._url, url)
        own = {"CallSid": self._sid, "ParentCallSid": self._caller["CallSid"], "Direction": "outbound-dial"}
        number, shown = self._verb.number, self._verb.caller_id or self._caller["From"]
        numbers = {"To": number, "Called": number, "From": shown, "Caller": shown}
        form = {**self._caller, **own, **numbers, **more, "CallStatus": "in-progress"}
        form.pop("StirVerstat", None)
        return parse(await self._network.webhooks.fetch(self._url, form))


class Ringback:
    """What the caller hears while it rings; each pause of it is told to the timeline."""

    waiting_ms = 1

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._frame = 0

    def next_frame(self) -> bytes:
        """The next 20 ms."""
        rings = int(RING_SECONDS * 1000) // FRAME_MS
        at = self._frame % (rings + int(RING_PAUSE_SECONDS * 1000) // FRAME_MS)
        self._frame += 1
        if at == rings:
            self._timeline.add("twilio", "rings")
        return SILENCE if at >= rings else _tone()[at * FRAME_BYTES : (at + 1) * FRAME_BYTES]


@cache
def _tone() -> bytes:
    at = np.arange(int(RING_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    wave = np.sin(2 * math.pi * 440 * at) + np.sin(2 * math.pi * 480 * at)
    return pcm_to_mulaw((wave * _AMPLITUDE).astype("<i2").tobytes())
