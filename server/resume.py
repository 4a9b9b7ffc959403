"""Resume: what Twilio is told to do with a call whose stream is gone (`/twiml/after`).

A call that ended on purpose ends. One that left for a person is dialled for (transfers.py), and ends, or comes back to
a stream, with what came of that. One that broke off gets another stream, here or on another machine, MAX_RESUMES
times; after that words, a callback, and the end, or a person at FALLBACK_NUMBER. While V2 still works on something that
the broken stream asked for, the caller is asked to hold on, so that the call goes on with what came of it.

What Twilio asks names the stream that is gone, in an address that Twilio signs. If a later one was given since, or none
is named, it is asked once more with the right name: Twilio signs that, and whoever repeats what was on the wire before
can neither end a stream nor begin one.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from call.actions import CallTool, Say
from call.event import tell
from call.events import CallGivenUp, StreamFollows
from call.session import CallSession, EndedBy, EntryKind, TransferEnd
from config import Settings
from conversation import resumption, script
from providers.twiml import twiml_again, twiml_apology, twiml_hangup, twiml_hold, twiml_last_words, twiml_stream
from records.call_rows import CallRow, Phase
from records.errors import StoreError, kind_of
from records.store import Store
from server.closing import FINAL_STATUSES, CallClosing
from server.entrance import Entrance, new_session, own_number
from server.live_calls import LiveCall, LiveCalls
from server.liveness import Liveness
from server.refusals import Cause, Refusals
from server.transfers import Transfers, dial_seconds
from state_machine import StateMachine
from turns.tool_protocol import Tools

logger = logging.getLogger(__name__)

HOLD_TIMES = 3  # Lines with pauses behind them, until the machine that drains has started anew.


GOODBYE = "goodbye:transferred"


class Resume:
    """Answers `/twiml/after`.

    Args:
        settings: Limits and numbers.
        store: The calls' rows.
        entrance: Makes stream tokens.
        machine: The rules: what is said and done at a call's end.
        tools: V2, for a callback after the last stream.
        closing: Hands over the record of a call that ends here.
        calls: The streams of this process.
        liveness: Which machines live.
        refusals: Counts what is asked about another stream than the last.
        transfers: Dials a person for a call.
        now: The aware time in the business's zone.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        entrance: Entrance,
        machine: StateMachine,
        tools: Tools,
        closing: CallClosing,
        calls: LiveCalls,
        liveness: Liveness,
        refusals: Refusals,
        transfers: Transfers,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._settings, self._store, self._entrance, self._machine = settings, store, entrance, machine
        self._tools, self._closing, self._calls, self._liveness = tools, closing, calls, liveness
        self._refusals, self._transfers, self._now = refusals, transfers, now
        self._ending: set[asyncio.Task[None]] = set()

    async def after(self, fields: Mapping[str, str]) -> str:
        """The TwiML for a call whose stream is gone; `fields` are the webhook's.

        Nobody is told to call again because the database is away: the call goes on with what this process knows of it.
        """
        call_id, rows = fields["CallSid"], self._store.calls
        gone = stream_that_is_gone(fields)
        live = self._calls.get(call_id)
        if live and self._is_over(gone, live.number):
            return self._once_more(call_id, live.number)
        settled = live is None or await live.end_within(EndedBy.INTERRUPTED, self._settings.resume_wait_seconds)
        self._calls.asked(call_id)  # Twilio may ask before its stream is quite over.
        try:
            row = await rows.find(call_id)
        except StoreError as error:
            logger.error("%s is read without the database: %s", call_id, error)
            row = self._last_written(call_id, gone)
        if row is None and self._transfers.has_talked(fields):  # Whoever has hung up with a person wants no agent.
            return self._goodbye(new_session(call_id, own_number(fields), fields.get("To"), self._now()))
        if row is None:  # Our own row of it was never written, or cannot be read.
            fresh = new_session(call_id, own_number(fields), fields.get("To"), self._now())
            await rows.expect(fresh, self._closing.due_at())
            row = await rows.find(call_id)
        if row is None or row.phase is Phase.OVER:
            await self._closing.dial_told(row, dial_seconds(fields))  # The status may come before the dial's end.
            return self._end_of(row, gone)
        if self._is_over(gone, last := row.resumes + 1):
            return self._once_more(call_id, last)
        if (live and not settled and self._may_end(live)) or self._tool_may_answer(row):
            return self._hold(row, gone, times=1)
        if on_its_way := await self._to_a_person(fields, row, last):
            return on_its_way
        if self._calls.draining and not self._liveness.others_ready:
            return self._hold(row, gone, times=HOLD_TIMES)
        return await self._another_stream(fields, row, max(gone, last) + 1)

    def _last_written(self, call_id: str, gone: int) -> CallRow | None:
        """The row as this process last wrote it; None if it tells nothing of the stream that is gone."""
        row = self._store.calls.last_written(call_id)
        return row if row and gone <= row.resumes + 1 else None

    async def _another_stream(self, fields: Mapping[str, str], row: CallRow, number: int) -> str:
        """The stream of this number, if the call may have one more and there is room; else its end."""
        call_id, session = row.call_id, row.session()
        # The stream behind a dial is none that makes up for a line that broke.
        most = self._settings.max_resumes + bool(session and session.transfer)
        if row.resumes >= most:
            return await self._give_up(fields, row)
        if self._calls.overfull and not self._calls.draining:
            self._calls.refused += 1
            logger.warning("%s refused: %d calls are live", call_id, len(self._calls))
            return await self._give_up(fields, row, "us", "there was no room for another stream")
        if not await self._store.calls.resume(call_id, most, self._closing.due_at()):
            return await self.after(fields)  # Somebody else was faster: the same question again.
        tell(logger, StreamFollows(row.run), call_id)
        return twiml_stream(self._settings, self._entrance.stream_parameters(fields, number), number)

    async def _to_a_person(self, fields: Mapping[str, str], row: CallRow, last: int) -> str | None:
        """For a call on its way to a person: the dial; its end, once they have talked or the caller is gone.

        None for any other call, and for one that nobody has taken: it goes on as one that broke off.
        """
        session = row.session()
        if session is None or not session.on_its_way:
            return None
        if "DialCallStatus" not in fields:  # Nobody was dialled since the stream, or what came of it is known already.
            over = session.transfer is not None and session.transfer.ended is not None
            return None if over or not self._transfers.on else await self._transfers.dial(row, session, last)
        gone = fields.get("CallStatus") in FINAL_STATUSES
        if self._transfers.over(fields, session, caller_is_gone=gone) is not TransferEnd.TALKED and not gone:
            await self._store.calls.broke(session, row.run, self._closing.due_at())
            return None
        session.ended_by = EndedBy.CALLER if gone else EndedBy.BOT
        if not gone:
            session.last_words = self._line(session, GOODBYE)
            session.note(EntryKind.AGENT, session.last_words, self._now(), detail=GOODBYE)
        try:
            closed = await self._store.calls.close(row.call_id, self._closing.due_at())
        except StoreError as error:  # What came of it is kept, and its record is due as that of a call that broke off.
            logger.error("%s that it is over could not be written: %s", row.call_id, error)
            await self._store.calls.broke(session, row.run, self._now())
        else:
            if closed is None:
                return await self.after(fields)  # Somebody else was faster: the same question again.
            await self._write_end(session, closed.run)
            self._ends(session, [])
        return twiml_hangup() if gone else twiml_last_words(self._settings, session)

    def _end_of(self, row: CallRow | None, gone: int) -> str:
        """The end of a call that is over: with its last words, as long as Twilio asks, which has not said them then."""
        session = row.session() if row else None
        if row is None or session is None or not session.last_words:
            return twiml_hangup()
        if self._is_over(gone, last := row.resumes + 1):
            return self._once_more(row.call_id, last)
        return twiml_last_words(self._settings, session)

    def _goodbye(self, session: CallSession) -> str:
        """To a caller who has talked with a person; another dial of ours is not what they need."""
        return twiml_apology(self._settings, self._line(session, GOODBYE), session.language, forward=False)

    async def close(self) -> None:
        """Waits for the callbacks of calls that ended here; their own deadlines bound it."""
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _is_over(self, gone: int, last: int) -> bool:
        """Whether the stream that is said to be gone had been followed by another one; who signs nothing names none."""
        return self._settings.verify_twilio and gone < last

    def _once_more(self, call_id: str, last: int) -> str:
        self._refusals.note(Cause.REPEATED, f"{call_id} is asked about once more")
        return twiml_again(last)

    def _tool_may_answer(self, row: CallRow) -> bool:
        """Whether another process still waits for V2 on behalf of this call; for one that is gone nobody does."""
        session = row.session() if row.phase is Phase.LIVE and self._liveness.lives(row.owner) else None
        if session is None or not session.tool_under_way or session.tool_asked_at is None:
            return False
        return self._is_recent(session.tool_asked_at)

    def _may_end(self, live: LiveCall) -> bool:
        """Whether a stream of this process may still end; one that hangs is waited for as long as V2, and no longer."""
        live.held_since = live.held_since or self._now()
        return self._is_recent(live.held_since)

    def _is_recent(self, at: datetime) -> bool:
        """Whether what was asked then may still be answered; a clock may have been set back since."""
        longest = timedelta(seconds=self._settings.booking_seconds + self._settings.resume_wait_seconds)
        return abs(self._now() - at) < longest

    def _hold(self, row: CallRow, gone: int, times: int) -> str:
        session = row.session() or CallSession(call_id=row.call_id, started_at=row.updated_at)
        logger.info("%s is asked to hold on", row.call_id)
        return twiml_hold([self._line(session, "filler", more) for more in range(times)], session.language, gone)

    async def _give_up(
        self, fields: Mapping[str, str], row: CallRow, part: str = "line", why: str = "the call broke off too often"
    ) -> str:
        """The end after the last stream: durable first, then the words, then V2. `part` is to blame.

        A person at FALLBACK_NUMBER takes the call, if one is needed.
        """
        closed = await self._store.calls.close(row.call_id, self._closing.due_at())
        if closed is None:
            return await self.after(fields)  # Somebody else was faster.
        session = closed.session()
        if session is None:
            return twiml_hangup()
        now = self._now()
        resumption.restore(session, now)
        session.note(EntryKind.FAULT, part, now, detail=why)
        person = self._settings.fallback_number is not None and session.needs_a_person
        actions = self._machine.given_up(session, now, person=person)
        session.fault = part if session.fault == "line" else session.fault
        said = [action for action in actions if isinstance(action, Say)]
        asked = [action for action in actions if isinstance(action, CallTool)]
        for action in said:
            session.note(EntryKind.AGENT, action.text, now, detail=action.line)
        session.last_words = " ".join(action.text for action in said)
        session.ended_by = EndedBy.INTERRUPTED if person else EndedBy.BOT
        await self._write_end(session, closed.run)
        self._ends(session, asked)
        tell(logger, CallGivenUp(why, session.outcome), row.call_id)
        return twiml_last_words(self._settings, session)

    async def _write_end(self, session: CallSession, run: int) -> None:
        """What was decided, before Twilio hears of it: whoever hands the record over knows what was promised."""
        try:
            async with asyncio.timeout(self._settings.snapshot_seconds):  # After that it is kept, and written later.
                await self._store.calls.end(session, run, self._closing.due_at())
        except (StoreError, TimeoutError) as error:
            logger.error("%s how it ends was not written: %s", session.call_id, kind_of(error))

    def _ends(self, session: CallSession, asked: list[CallTool]) -> None:
        """Behind the answer to Twilio, which is not kept waiting."""
        task = asyncio.create_task(self._end(session, asked), name=f"{session.call_id} end")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, session: CallSession, asked: list[CallTool]) -> None:
        """The tools of the last words, and the record."""
        while asked:
            request = asked.pop(0).request
            result = await self._tools.call(request, session)
            asked += self._machine.after_call(session, request, result, self._now())
        session.ended_at = self._now()
        await self._closing.hand_over(session)

    def _line(self, session: CallSession, key: str, more: int = 0) -> str:
        return script.line(key, session.language, self._machine.business, session.said_count.get(key, 0) + more)


def stream_that_is_gone(fields: Mapping[str, str]) -> int:
    """Its number among the streams of the call; 0 if none is named."""
    number = fields.get("stream", "")
    return int(number) if number.isascii() and number.isdigit() else 0
