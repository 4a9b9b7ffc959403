"""One phone call as Twilio runs it: ring, fetch TwiML, perform its verbs in order, end.

Guarantees Twilio's rules: verbs behind `<Connect>` run when the stream ends without a REST hang-up, a REST update
replaces the document at once, a failing webhook goes to the fallback URL. One absolute 20 ms clock drives both
directions and the recording. Leaves out who is on the phone: a `Handset` is ticked.
"""

import asyncio
import contextlib
import secrets
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeVar
from urllib.parse import urljoin

from simulator.faults import Faults
from simulator.phone.dialled_leg import PEOPLE, DialledLeg, Ringback
from simulator.phone.media_stream import MediaStream, Passing, Playout, StreamRefusedError
from simulator.phone.twiml import (
    ConnectStream,
    Dial,
    Gather,
    Hangup,
    Pause,
    Redirect,
    Reject,
    Say,
    TwimlError,
    Verb,
    parse,
)
from simulator.phone.webhook import WebhookError, Webhooks
from simulator.sound.recording import FRAME_MS, SILENCE, Recording, Timeline

T = TypeVar("T")
APPLICATION_ERROR = Say("We are sorry. An application error has occurred. Goodbye.")
DIALLED_SECONDS = 2.0  # the second leg of a <Dial> without an action answers and the simulation ends there
STAYS_SECONDS = 1.0  # A person who has said everything hangs up.
MAX_DOCUMENTS = 50  # a redirect loop is a fault of the bot; Twilio ends such a call too


class Handset(Protocol):
    """Whoever holds the phone."""

    @property
    def hung_up(self) -> bool:
        """True once the person has put the phone down."""

    def tick(self, heard: bytes) -> bytes:
        """Take the 20 ms (mu-law) that were heard, give the 20 ms that are said."""

    def pressed(self) -> Sequence[str]:
        """Keys pressed since the last tick."""


@dataclass(frozen=True, slots=True)
class Network:
    """What every call of one Twilio account shares.

    `voice` turns a `<Say>` into mu-law audio; what a stream is sent is played `behind_seconds` later.
    """

    account_sid: str
    webhooks: Webhooks
    voice: Callable[[str], bytes]
    limit_seconds: float = 600.0
    faults: Faults = field(default_factory=Faults)
    behind_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CallEnd:
    """How a call ended: `by` is bot, caller or twilio; `how` says by which means."""

    by: str
    how: str
    seconds: float
    protocol_errors: tuple[str, ...] = ()
    dialled: str | None = None


class PhoneCall:
    """A call in progress; `run` it once."""

    def __init__(
        self,
        network: Network,
        handset: Handset,
        *,
        from_: str,
        to: str,
        direction: str = "inbound",
        attestation: str = "A",
        timeline: Timeline | None = None,
    ) -> None:
        self.sid = "CA" + secrets.token_hex(16)
        self.from_ = from_
        self._attestation = attestation
        self.to = to
        self.direction = direction
        self.status = "queued"
        self.timeline = timeline or Timeline()
        self.recording = Recording()
        self.protocol_errors: list[str] = []
        self.dialled: str | None = None
        self._network = network
        self._handset = handset
        self._by = ""
        self._how = ""
        self._update: list[Verb] | str | None = None  # verbs, or a URL to fetch them from
        self._voice: Playout | Ringback = Playout()
        self._stream: MediaStream | None = None
        self._document_url = ""  # what relative URLs are relative to
        self._loop = asyncio.get_running_loop()
        self._started = self._next_tick = self._loop.time()
        self.started_at = time.time()
        self.duration_seconds = 0.0

    @property
    def wire(self) -> Sequence[Passing]:
        """What has passed over the wire of its last stream."""
        return self._stream.wire if self._stream else ()

    @property
    def over(self) -> bool:
        """True once the line is cut."""
        return bool(self._by)

    def end(self, by: str, how: str) -> None:
        """Cut the line; the first reason stays."""
        if not self._by:
            self._by, self._how = by, how
            self.timeline.add("twilio", "ended", how, by=by)

    def redirect(self, instructions: list[Verb] | str) -> None:
        """Replace what the call does now (REST: Twiml= or Url=)."""
        self._update = instructions

    async def run(self, url: str, fallback_url: str | None = None, status_url: str | None = None) -> CallEnd:
        """Place the call and stay until it is over; never raises for what the bot did.

        `status_url` is told when it is over (Twilio: StatusCallback, event completed).
        """
        self.status = "ringing"
        self.timeline.add("twilio", "ringing", url)
        verbs = await self._fetch(url, fallback_url=fallback_url, answered=False)
        try:
            if not self.over:
                self.status = "in-progress"
                self.timeline.add("twilio", "answered")
                await self._perform(verbs)
        finally:
            answered = self.status in ("in-progress", "completed")
            self.end("twilio", "cancelled")
            self.status = "completed"
            self.duration_seconds = self._loop.time() - self._started
            if self._stream is not None:
                await self._stream.close()
        if status_url is not None:
            await self._tell(status_url, answered=answered)
        return CallEnd(
            self._by,
            self._how,
            self.duration_seconds,
            tuple(self.protocol_errors),
            self.dialled,
        )

    async def _perform(self, verbs: list[Verb]) -> None:
        pending = deque(verbs)
        documents = 1
        while not self.over:
            if (update := self._update) is not None:
                self._update = None
                pending = deque(await self._fetch(update) if isinstance(update, str) else update)
                continue
            if not pending:
                self.end("bot", "end of document")
                return
            verb = pending.popleft()
            self.timeline.add("twilio", "verb", type(verb).__name__)
            match verb:
                case Say():
                    await self._say(verb.text)
                case Pause():
                    await self._wait(verb.seconds)
                case Hangup() | Reject():
                    self.end("bot", "hangup verb")
                case Dial() if verb.action is not None:
                    documents += 1
                    pending = deque(await self._dial(verb, verb.action))
                case Gather():
                    raise TwimlError(12200, "nobody gathers keys of a caller here")
                case Dial():
                    self.dialled = verb.number
                    await self._wait(DIALLED_SECONDS)
                    self.end("bot", "dialled")
                case ConnectStream():
                    await self._connect(verb)
                case Redirect():
                    documents += 1
                    if documents > MAX_DOCUMENTS:
                        self.end("twilio", "application error: redirect loop")
                        return
                    pending = deque(await self._fetch(verb.url, method=verb.method))

    async def _connect(self, verb: ConnectStream) -> None:
        network = self._network
        stream = MediaStream(network.account_sid, self.sid, self._stream_report, network.faults, network.behind_seconds)
        self._stream = stream
        try:
            signature = self._network.webhooks.signature(verb.url, {})
            await self._while(stream.open(verb.url, signature, dict(verb.parameters)))
            if self.over or self._update is not None:
                return
            self.timeline.add("twilio", "stream", stream.sid)
            self._voice = stream.playout
            await self._ticks(stream.closed.is_set, stream)
        except StreamRefusedError as error:
            self.protocol_errors.append(str(error))
            self.timeline.add("twilio", "stream_refused", str(error))
        finally:
            self._voice = Playout()
            await stream.close()
            self.timeline.add("twilio", "stream_ended", stream.sid, dropped=stream.dropped_frames)

    async def _dial(self, verb: Dial, action: str) -> list[Verb]:
        """Rings the second leg while the caller hears it, connects the two, and asks what follows when that is over."""
        person = PEOPLE[self._network.faults.take("transfer")]
        leg = DialledLeg(self._network, verb, person, self.parameters(), self._document_url, self.timeline)
        self.dialled, self._voice = verb.number, Ringback(self.timeline)
        await self._while(leg.reach())
        self._voice = Playout()
        if leg.bridged and not self.over:
            await self._say(person.says)
            await self._wait(STAYS_SECONDS)
        told = leg.told()
        self.timeline.add("twilio", "dial_ended", told["DialCallStatus"])
        if not self.over:
            return await self._fetch(action, extra=told)
        self.status = "completed"  # The caller is gone; Twilio asks all the same, and performs nothing.
        with contextlib.suppress(WebhookError):
            form = self.parameters() | told
            await self._network.webhooks.fetch(urljoin(self._document_url, action), form)
        return []

    async def _tell(self, url: str, *, answered: bool) -> None:
        duration = str(round(self.duration_seconds))
        final = {"CallStatus": "completed" if answered else "no-answer", "CallDuration": duration}
        try:
            await self._network.webhooks.fetch(url, self.parameters() | final)
            self.timeline.add("twilio", "status_callback", final["CallStatus"])
        except WebhookError as error:
            self.timeline.add("twilio", "status_callback_failed", str(error))

    def _stream_report(self, what: str, text: str = "", **detail: object) -> None:
        if what == "protocol_error":
            self.protocol_errors.append(text)
        self.timeline.add("twilio", what, text, **detail)

    async def _say(self, text: str) -> None:
        self.timeline.add("twilio", "say", text)
        self._voice = Playout()
        self._voice.add(self._network.voice(text))
        await self._ticks(lambda: self._voice.waiting_ms == 0)

    async def _wait(self, seconds: float) -> None:
        until = self._loop.time() + seconds
        await self._ticks(lambda: self._loop.time() >= until)

    async def _fetch(
        self,
        url: str,
        *,
        method: str = "POST",
        fallback_url: str | None = None,
        answered: bool = True,
        extra: Mapping[str, str] = MappingProxyType({}),
    ) -> list[Verb]:
        """Ask `url` for TwiML while the line stays open; an error is spoken as Twilio does."""
        for given in (url, fallback_url):
            if given is None:
                continue
            target = self._document_url = urljoin(self._document_url, given)
            try:
                body = await self._while(
                    self._network.webhooks.fetch(target, self.parameters() | dict(extra), method),
                    answered=answered,
                )
                return parse(body) if body is not None else []
            except (WebhookError, TwimlError) as error:
                self.protocol_errors.append(str(error))
                self.timeline.add("twilio", "error", str(error))
                extra = {"ErrorCode": str(error.code), "ErrorUrl": target}
        return [APPLICATION_ERROR, Hangup()]

    def parameters(self) -> dict[str, str]:
        """The form that Twilio posts with every webhook of the call."""
        # Of STIR/SHAKEN (Twilio: trusted calling); without one the parameter is not there.
        attested = {"StirVerstat": f"TN-Validation-Passed-{self._attestation}"} if self._attestation else {}
        return attested | {
            "AccountSid": self._network.account_sid,
            "ApiVersion": "2010-04-01",
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Called": self.to,
            "Caller": self.from_,
            "Direction": self.direction,
            "From": self.from_,
            "FromCountry": "US",
            "To": self.to,
            "ToCountry": "US",
        }

    async def _while(self, work: Coroutine[Any, Any, T], *, answered: bool = True) -> T | None:
        """Tick the line until `work` is done; None when the call ended first."""
        task = asyncio.ensure_future(work)
        try:
            await self._ticks(task.done, answered=answered)
            return await task if task.done() else None
        finally:
            task.cancel()

    async def _ticks(
        self,
        until: Callable[[], bool],
        stream: MediaStream | None = None,
        *,
        answered: bool = True,
    ) -> None:
        while not (self.over or self._update is not None or until()):
            self._next_tick += FRAME_MS / 1000
            await asyncio.sleep(max(0.0, self._next_tick - self._loop.time()))
            heard = self._voice.next_frame()
            said = self._handset.tick(heard) if answered else SILENCE
            silence = self.recording.add(said, heard)
            if silence is not None:
                self.timeline.add("bot", "voice", ms=round(silence.ms), after=silence.after)
            if stream is not None:
                for digit in self._handset.pressed():
                    await stream.send_dtmf(digit)
                await stream.send_frame(said)
                if stream.stopped:
                    self.end("caller", "caller gone, websocket left open")
            if self._handset.hung_up:
                self.end("caller", "caller hung up")
            elif self._loop.time() - self._started > self._network.limit_seconds:
                self.end("twilio", "time limit of the simulation")
