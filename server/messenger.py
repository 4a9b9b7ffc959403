"""Messenger: texts to the owner and to callers, each kept before it is sent, and sent once, whatever breaks in between.

A row of the database is the message, under an id that its event has once. Whoever sends it claims the row first: of two
machines one does, and a process that dies leaves a claim that another one takes over when the time of it has passed.
Twilio has no key that makes a second request harmless, so a try of which nobody knows what came is looked for at Twilio
before there is another one; while Twilio does not tell, nothing is sent. What Twilio has accepted is asked after: a
carrier may refuse it later. What is refused for good is parked, loudly, and not sent again; quietly if it is the phone
of a caller that takes none.

A text to a caller waits for the end of the quiet hours, and is dropped if it would tell what is so no longer: whoever
is about to send it looks whether a later call has changed the visit, and whether it is of use at all by now.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from call.session import CallSession
from call.texts import is_quiet, when_not_quiet
from config import Settings
from logs import Seldom, loggable
from providers.twilio_messages import Answer, Became, Fate, NoAnswerError, TwilioMessages
from records.caller_text import for_caller, is_changed, visit_told
from records.errors import StoreError
from records.message_rows import MOST_AT_ONCE
from records.owner_text import about_call
from records.rows import TO_CALLER, TO_OWNER, MessageRow, Sending
from records.store import Store

T = TypeVar("T")

logger = logging.getLogger(__name__)

# A claim outlasts the two requests that it is for, so that whoever takes it over finds out about a try that is over.
CLAIM_SECONDS = 60.0
LATEST_SECONDS = 25.0  # So long after its claim no request begins any more.
FIRST_LOOK_SECONDS = 60.0  # Behind Twilio's acceptance; each later look is twice as long behind it.
LAST_LOOK_SECONDS = 3600.0  # What no carrier has refused by then has arrived, as far as anybody tells.
NIGHT = timedelta(days=1)  # Longer than the quiet hours, and than any of these pauses


class Messenger:
    """The messages of one process; without OWNER_PHONE and TEXT_CALLERS it keeps none and sends none.

    Args:
        settings: Whom to tell, and the pauses between two tries.
        store: Holds the messages.
        twilio: Sends them.
        owner: The name of this process among all that ever were.
        lives: Whether the process of that name has told so lately.
        now: The aware time.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        twilio: TwilioMessages,
        owner: str,
        lives: Callable[[str], bool],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._rows, self._calls, self._twilio = settings, store.messages, store.calls, twilio
        self._owner, self._lives, self._now, self._clock = owner, lives, now, clock
        self._longest = max(NIGHT, timedelta(seconds=max(settings.delivery_pauses_seconds)))  # That a message waits
        self._new = asyncio.Event()
        self._seldom = Seldom()

    async def about_call(self, session: CallSession) -> None:
        """Keeps what the owner has to know of a call that is over, and what its caller agreed to; of each call once.

        Raises:
            StoreError: it could not be written.
        """
        settings, now = self._settings, self._now()
        if body := _made(session, lambda: about_call(session, settings)):
            await self.keep(session.call_id + TO_OWNER, body)
        if text := _made(session, lambda: for_caller(session, settings, now)):
            message_id, terms = session.call_id + TO_CALLER, {"due_at": text.due_at, "useful_until": text.useful_until}
            if await self._rows.add(message_id, text.recipient, text.body, **terms):
                self._kept(message_id, text.body)

    async def keep(self, message_id: str, body: str) -> bool:
        """Keeps a message to the owner under its id, and returns True, unless there is one; then it is on its way.

        Raises:
            StoreError: it could not be written.
        """
        owner = self._settings.owner_phone
        if owner is None or not await self._rows.add(message_id, owner, body):
            return False
        self._kept(message_id, body)
        return True

    def _kept(self, message_id: str, body: str) -> None:
        logger.info("%s message: kept, %d characters", _named(message_id), len(body))
        self._new.set()

    async def run(self) -> None:
        """Sends what is due until it is cancelled; what is under way then is found out about at the next start."""
        while self._settings.owner_phone or self._settings.text_callers:
            self._new.clear()
            more = False
            try:
                more = await self.round()
            except StoreError as error:
                if self._seldom("rows"):
                    logger.error("messages wait for the database: %s", error)
            except Exception:
                logger.exception("messages could not be sent; tried again in %g s", self._settings.liveness_seconds)
            if more:
                continue
            try:
                async with asyncio.timeout(self._settings.liveness_seconds):
                    await self._new.wait()
            except TimeoutError:
                continue

    async def round(self) -> bool:
        """Takes up what is due, side by side; one that fails costs no other. Whether more may be due already.

        Raises:
            StoreError: the database is away.
        """
        now = self._now()
        due = await self._rows.due(now, now + self._longest)
        done = await asyncio.gather(*(self._take_up(row) for row in due), return_exceptions=True)
        for row, error in zip(due, done, strict=True):
            if isinstance(error, StoreError):
                logger.error("%s message: %s; it is looked for later", _named(row.message_id), error)
            elif isinstance(error, Exception):
                logger.error("%s message", _named(row.message_id), exc_info=error)
        return len(due) == MOST_AT_ONCE and True in done

    async def _take_up(self, row: MessageRow) -> bool:
        """Whether it was ours to take up."""
        if row.owner not in ("", self._owner) and self._lives(row.owner):
            return False  # That process goes on with it, whatever this machine's clock says.
        now, latest = self._now(), self._clock() + LATEST_SECONDS
        if not await self._rows.claim(row, self._owner, now, now + timedelta(seconds=CLAIM_SECONDS)):
            return False
        if row.status is Sending.ACCEPTED:
            await self._look_after(row)
        elif row.tried_at is None or not await self._was_sent(row):
            await self._send(row, latest)
        return True

    async def _was_sent(self, row: MessageRow) -> bool:
        """Whether an earlier try is settled: by what Twilio has, or by waiting on until Twilio tells."""
        try:
            sid = await self._twilio.find(row.recipient, row.body)
        except NoAnswerError as error:
            await self._later(row, f"whether it was sent is not known: {error}", row.tried_at)
            return True
        if sid:
            await self._accepted(row, sid, "it had been sent before")
        return bool(sid)

    async def _send(self, row: MessageRow, latest: float) -> None:
        if row.to_caller and await self._is_put_off(row):
            return
        if self._clock() > latest:  # This process was held up: somebody else may have the message by now.
            return
        sent = await self._twilio.send(row.recipient, row.body)
        match sent.answer:
            case Answer.ACCEPTED:
                await self._accepted(row, sent.sid, "Twilio has it")
            case Answer.REFUSED:
                await self._park(row, sent.detail, of_the_phone=sent.of_the_phone)
            case Answer.NOT_SENT:
                await self._later(row, f"not sent: {sent.detail}", None)
            case Answer.UNKNOWN:
                await self._later(row, f"whether it was sent is not known: {sent.detail}", row.tried_at or self._now())

    async def _is_put_off(self, row: MessageRow) -> bool:
        """Whether a text to a caller, which was not sent so far, is not to be sent now, or not any more."""
        now, zone = self._now(), self._settings.zone
        if row.useful_until and now >= row.useful_until:
            await self._drop(row, "it would have come too late")
        elif await self._is_changed(row):
            await self._drop(row, "a later call has changed the visit")
        elif is_quiet(now, zone):
            await self._rows.settle(row, Sending.WAITING, due_at=when_not_quiet(now, zone), detail="quiet hours")
        else:
            return False
        return True

    async def _is_changed(self, row: MessageRow) -> bool:
        """Whether the visit that it tells of may be another by now, as far as calls tell."""
        call = await self._calls.find(row.call_id)
        session = call.session() if call else None
        if session is None or visit_told(session) is None:
            return False
        numbers = {row.recipient, session.caller_number} - {""}
        return is_changed(session, await self._calls.from_numbers(numbers, session.started_at))

    async def _drop(self, row: MessageRow, why: str) -> None:
        logger.warning("%s message: dropped, %s", _named(row.message_id), why)
        await self._rows.settle(row, Sending.DROPPED, detail=why)

    async def _accepted(self, row: MessageRow, sid: str, detail: str) -> None:
        logger.info("%s message: %s, %s", _named(row.message_id), detail, sid)
        now = self._now()
        due_at = now + timedelta(seconds=FIRST_LOOK_SECONDS)
        await self._rows.settle(row, Sending.ACCEPTED, due_at=due_at, tried_at=now, sid=sid, detail=detail)

    async def _look_after(self, row: MessageRow) -> None:
        """What became of a message that Twilio has; it is never sent again."""
        now = self._now()
        accepted_at = min(row.tried_at or row.created_at, now)  # A clock that was ahead may have written it.
        waited = now - accepted_at
        try:
            became = await self._twilio.fate(row.sid)
        except NoAnswerError as error:
            became = Became(Fate.ON_ITS_WAY, str(error))
        detail = became.detail
        if became.fate is Fate.FAILED:
            await self._park(row, detail, of_the_phone=became.of_the_phone)
        elif became.fate is Fate.DELIVERED or waited.total_seconds() > LAST_LOOK_SECONDS:
            logger.info("%s message: %s", _named(row.message_id), detail)
            await self._rows.settle(row, Sending.SENT, detail=detail)
        else:
            due_at = accepted_at + max(2 * waited, timedelta(seconds=FIRST_LOOK_SECONDS))
            await self._rows.settle(row, Sending.ACCEPTED, due_at=due_at, tried_at=accepted_at, detail=detail)

    async def _later(self, row: MessageRow, detail: str, tried_at: datetime | None) -> None:
        pauses = self._settings.delivery_pauses_seconds
        if row.claims >= len(pauses):
            await self._park(replace(row, tried_at=tried_at), detail)
            return
        # A try that may still be under way is over by the time at which it is looked for.
        pause = pauses[row.claims] if tried_at is None else max(pauses[row.claims], CLAIM_SECONDS)
        logger.warning("%s message: %s; again in %g s", _named(row.message_id), detail, pause)
        due_at = self._now() + timedelta(seconds=pause)
        await self._rows.settle(row, Sending.WAITING, due_at=due_at, tried_at=tried_at, detail=detail)

    async def _park(self, row: MessageRow, detail: str, *, of_the_phone: bool = False) -> None:
        named, told = _named(row.message_id), loggable(detail)
        if row.to_caller and of_the_phone:  # Nobody can mend that, and they were told in the call.
            logger.warning("%s message: parked, the phone takes none: %s", named, told)
        else:
            logger.error("%s A MESSAGE TO THE %s IS PARKED: %s", named, "CALLER" if row.to_caller else "OWNER", told)
        await self._rows.settle(row, Sending.PARKED, tried_at=row.tried_at, detail=detail)


def _made(session: CallSession, make: Callable[[], T]) -> T | None:
    """What is made; None if that fails: the call's record is worth more than a message about it."""
    try:
        return make()
    except Exception:
        logger.exception("%s NO MESSAGE ABOUT IT COULD BE MADE", session.call_id)
        return None


def _named(message_id: str) -> str:
    """The id, the call's first, as a line of the log begins."""
    return message_id.replace(":", " ", 1)
