"""Transfers: a call on its way to a person, as Twilio is told of it.

The call has left its stream, and what is known of it is written. Twilio then asks `/twiml/after` (resume.py), is told
to dial, asks what the person is to hear before the caller (`/twiml/whisper`), tells that a key was pressed
(`/twiml/whisper/key`), and asks `/twiml/after` again when the dial is over. Each of these finds the call in its row:
any process may answer the next, and none has to live while it rings. No digit, no call: a voicemail presses none.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from call.business import Business
from call.event import tell
from call.events import DialOver, PersonDialled, PersonTook
from call.session import CallSession, EndedBy, EntryKind, Transfer, TransferEnd
from config import Settings
from conversation import transfer
from providers.twiml import DIAL_SECONDS, twiml_connect, twiml_dial, twiml_hangup, twiml_whisper
from records.call_rows import CallRow, Phase
from records.errors import StoreError, kind_of
from records.store import Store

logger = logging.getLogger(__name__)

TAKE = "1"  # The key that takes the call
SHORTEST_RING_SECONDS = 5  # Less is no whole ring.
# Twilio rings up to 5 s longer than it is told (TwiML <Dial>, timeout); then the person listens, and decides.
BEFORE_THE_TALK_SECONDS = 60
_BRIDGED = {"true": True, "false": False}


def may_go_on(session: CallSession, settings: Settings, now: datetime) -> bool:
    """Whether a dial of this call, or the talk behind it, may still go on; nobody has told that it is over."""
    dialled_at = session.transfer.dialled_at if session.transfer and not session.transfer.ended else None
    if not session.on_its_way or dialled_at is None:
        return False
    return now < dialled_at + _before_the_talk(settings) + timedelta(seconds=DIAL_SECONDS)


def _before_the_talk(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.transfer_ring_seconds + BEFORE_THE_TALK_SECONDS)


def dial_seconds(fields: Mapping[str, str]) -> int | None:
    """How long the leg of a dial that is over took (TwiML <Dial>, action: DialCallDuration); None if nothing tells."""
    told = fields.get("DialCallDuration", "")
    return int(told[:9]) if told.isascii() and told.isdigit() else None


class Transfers:
    """What is told and written while a person is dialled; a call's row is its only memory.

    Args:
        settings: Whom to dial, and for how long.
        store: The calls' rows.
        now: The aware time in the business's zone.
    """

    def __init__(self, settings: Settings, store: Store, *, now: Callable[[], datetime]) -> None:
        self._settings, self._store, self._now = settings, store, now
        self._business = Business.of(settings)
        self._taken: dict[str, datetime] = {}  # When a person took a call here: its row may not tell in time.

    @property
    def on(self) -> bool:
        """Whether there is somebody to dial."""
        return self._settings.transfer_number is not None

    async def staff_first(self, fields: Mapping[str, str]) -> str | None:
        """The TwiML that rings the shop before the agent answers a new call; None: the agent answers at once.

        So it does for a call that was forwarded to us, since that has rung elsewhere, and without the database.
        """
        if not self._settings.staff_first_seconds or not self._business.person_at(self._now()):
            return None
        if fields.get("ForwardedFrom"):
            return None
        try:
            async with asyncio.timeout(self._settings.memory_seconds):
                if fields.get("From") in await self._shown():
                    return None
                row = await self._store.calls.find(fields["CallSid"])
        except (StoreError, TimeoutError) as error:
            logger.error("%s the shop is not rung first: %s", fields["CallSid"], kind_of(error))
            return None
        session = row.session() if row else None
        if row is None or session is None:
            return None
        # If nobody ever tells how that went, neither side has ended it.
        session.transfer, session.ended_by = Transfer(asked_at=self._now(), staff_first=True), EndedBy.INTERRUPTED
        return await self.dial(row, session, 1)

    async def dial(self, row: CallRow, session: CallSession, stream: int) -> str:
        """The TwiML that dials, once it is written that it does."""
        now, wanted = self._now(), session.transfer or Transfer(asked_at=self._now())
        session.transfer = wanted.model_copy(update={"dialled_at": now})
        session.note(EntryKind.NOTE, "a person is dialled", now)
        due_at = now + timedelta(seconds=self._settings.resume_window_seconds)
        await self._store.calls.broke(session, row.run, due_at)
        tell(logger, PersonDialled(), row.call_id)
        rings = self._settings.staff_first_seconds if wanted.staff_first else self._settings.transfer_ring_seconds
        rings = max(rings, SHORTEST_RING_SECONDS)
        return twiml_dial(self._settings, session, stream, _shown_by(session), rings)

    async def whisper(self, fields: Mapping[str, str]) -> str:
        """What the person hears who has picked up; `fields` are the webhook's, of the person's own leg.

        Without the database they hear no more than that a caller is there; a call that is over is none to take.
        """
        call_id = fields.get("call", "")
        try:
            found = await self._on_its_way(call_id)
        except (StoreError, TimeoutError) as error:
            logger.error("%s the person is not told who calls: %s", call_id, kind_of(error))
            return twiml_whisper(call_id, transfer.whisper(None, self._settings.business_name))
        if found is None:
            return twiml_hangup()
        return twiml_whisper(call_id, transfer.whisper(found[1], self._settings.business_name))

    async def key(self, fields: Mapping[str, str]) -> str:
        """The person has pressed a key: the one that takes the call connects them, any other hangs up on them."""
        call_id = fields.get("call", "")
        if fields.get("Digits") != TAKE:
            return twiml_hangup()
        now = self._now()
        try:
            found = await self._on_its_way(call_id)
            if found is None:
                return twiml_hangup()
            row, session = found
            wanted = session.transfer or Transfer(asked_at=now)
            session.transfer = wanted.model_copy(update={"taken_at": now})
            session.note(EntryKind.NOTE, "the person took the call", now)
            await self._store.calls.broke(session, row.run, row.due_at or now)
        except (StoreError, TimeoutError) as error:  # They wait for each other: the talk comes before its record.
            logger.error("%s that a person took it was not written: %s", call_id, kind_of(error))
        self._taken = {taken: at for taken, at in self._taken.items() if (now - at).total_seconds() < DIAL_SECONDS}
        self._taken[call_id] = now
        tell(logger, PersonTook(), call_id)
        return twiml_connect()

    async def _on_its_way(self, call_id: str) -> tuple[CallRow, CallSession] | None:
        """The call; None if it is none to be taken any more.

        Raises:
            StoreError, TimeoutError: the database does not tell, or not in time.
        """
        async with asyncio.timeout(self._settings.memory_seconds):
            row = await self._store.calls.find(call_id)
        session = row.session() if row else None
        if row and (row.phase is Phase.OVER or (session and session.transfer and session.transfer.ended)):
            logger.info("%s is no call to be taken any more", call_id)
            return None
        # Twilio dials for it, whatever the row says: who began that could not write it yet.
        if row is None or session is None or not session.on_its_way:
            raise StoreError("its row is older than the dial")
        return row, session

    def has_talked(self, fields: Mapping[str, str]) -> bool:
        """Whether Twilio says of a dial that is over that somebody talked, and a person had taken the call here."""
        return _BRIDGED.get(fields.get("DialBridged", "").lower()) is True and fields["CallSid"] in self._taken

    def over(self, fields: Mapping[str, str], session: CallSession, *, caller_is_gone: bool) -> TransferEnd:
        """Notes what Twilio says of a dial that is over; `fields` are those of its action (TwiML <Dial>, action)."""
        now, told = self._now(), fields.get("DialCallStatus", "")
        wanted, taken_at = session.transfer or Transfer(asked_at=now), self._taken.pop(session.call_id, None)
        wanted = wanted.model_copy(update={"taken_at": wanted.taken_at or taken_at})
        bridged = _BRIDGED.get(fields.get("DialBridged", "").lower())
        seconds = dial_seconds(fields)
        lasted = None if seconds is None else timedelta(seconds=seconds)
        ended = transfer.over(wanted, now, bridged=bridged, lasted=lasted, caller_is_gone=caller_is_gone)
        session.transfer = ended
        session.usage.dial_seconds = seconds or session.usage.dial_seconds
        session.last_words_were_said(wanted.dialled_at or now)  # Twilio speaks them before it dials.
        if told == "failed":
            session.note(EntryKind.FAULT, "twilio", now, detail="the person could not be dialled")
            logger.error("%s TRANSFER_NUMBER could not be dialled", session.call_id)
        session.note(EntryKind.NOTE, transfer.DIAL_IS_OVER, now, detail=ended.ended or "")
        tell(logger, DialOver(str(ended.ended)), session.call_id)
        return ended.ended or TransferEnd.NOT_TAKEN

    async def comes_back(self, fields: Mapping[str, str]) -> bool:
        """Whether a call is our own dial: the person's phone forwards to us what nobody there answers.

        Such a call shows our number as the caller's. So does a telephone system of the shop that hides who calls, so it
        counts only while it rings, or if it says that it comes from there (Twilio: the webhook's ForwardedFrom). Where
        the database does not tell whether it rings, it is answered.
        """
        from_us = fields.get("From") in (fields.get("To"), self._settings.twilio_phone_number)
        forwarded = fields.get("ForwardedFrom") == self._settings.transfer_number
        if not self.on or from_us == forwarded:
            return self.on and from_us
        try:
            async with asyncio.timeout(self._settings.memory_seconds):
                shown = await self._shown()
        except (StoreError, TimeoutError) as error:
            logger.error("%s may be our own dial come back, and is answered: %s", fields["CallSid"], kind_of(error))
            return False
        return bool(shown) if from_us else fields.get("From") in shown

    async def _shown(self) -> frozenset[str]:
        """The numbers that the dials show which may still be ringing, whichever machine began them.

        Raises:
            StoreError: the database does not tell.
        """
        now = self._now()
        since = now - _before_the_talk(self._settings)
        calls = await self._store.calls.broken_off(since)
        return frozenset(_shown_by(session) for session in calls if _rings(session, since))


def _rings(session: CallSession, since: datetime) -> bool:
    """Whether a person was dialled for the call since then, and has not taken it; nor is the dial over."""
    wanted = session.transfer if session.on_its_way else None
    if wanted is None or wanted.ended or wanted.taken_at or wanted.dialled_at is None:
        return False
    return wanted.dialled_at > since


def _shown_by(session: CallSession) -> str:
    """What the person's phone shows: of a call that the agent had one of our numbers, else who calls the shop."""
    before = session.transfer is not None and session.transfer.staff_first
    return (before and session.caller_number) or session.called_number
