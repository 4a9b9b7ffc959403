"""A stored call played again against today's rules: what each thing that happened in it would come to now. Pure.

The caller's turns, keys, silences and broken lines are those of the timeline; what V2 answered is as it was, as far as
the call still knows it. Nobody is asked anything: the model reads no turn and words no reply, and every question counts
as heard. So a call in which the model read a turn may differ, and so may what follows the first difference.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from call.actions import Action, CallTool, DialPerson, EndCall, Say, Word
from call.business import Business
from call.session import END_STATES, CallSession, EndedBy, Entry, EntryKind, Reason, TransferEnd
from call.tool_calls import (
    AlertSent,
    BookAppointment,
    Booked,
    BookingFound,
    CallerFound,
    CheckCalendarAvailability,
    LookupBooking,
    LookupCaller,
    Outcome,
    SendEmergencyAlert,
    SlotsFound,
    ToolRequest,
    ToolResult,
)
from conversation.transfer import DIAL_IS_OVER, conclude
from records.turn_view import asked_in
from state_machine import StateMachine, Turn
from turns.turn_reading import Hearing, read_pressed, read_turn
from understanding.turn import Hazard

_KEYS = re.compile(r"[\d*#]+")
_CUT_OFF = "cut_off"
_SILENT = "caller silent"


@dataclass(frozen=True)
class CameOf:
    """What something came to: states that were reached, tools that were asked, the question that was asked last.

    `worded`: the model worded the reply, and so perhaps the question.
    """

    states: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    asked: str = ""
    worded: bool = False

    def __str__(self) -> str:
        moves = [f"to {state}" for state in self.states] + [f"asks V2: {tool}" for tool in self.tools]
        return ", ".join([*moves, *([self.asked] if self.asked else [])]) or "nothing new"


@dataclass(frozen=True)
class Replayed:
    """One thing that happened: the caller's words, or in words what it was; then, and by today's rules."""

    number: int
    what: str
    state: str
    then: CameOf
    now: CameOf

    @property
    def same(self) -> bool:
        """Whether it would come to the same."""
        then, now = self.then, self.now
        asked = then.asked == now.asked or (then.worded and not then.asked)
        return asked and (then.states, then.tools) == (now.states, now.tools)


@dataclass(frozen=True)
class _Moment:
    """What happened, and the entries of what came of it."""

    kind: str  # start, turn, keys, silence, resumed, dial, time_limit, fault
    text: str
    at: datetime
    entries: tuple[Entry, ...]


def replay(kept: CallSession, business: Business, *, most_in_a_state: int, most_in_a_call: int) -> list[Replayed]:
    """The whole call, from its greeting to what its caller said last. A call that was never answered has nothing."""
    again = _Again(kept, StateMachine(business), most_in_a_state, most_in_a_call)
    moments = list(_moments(kept.timeline))
    return [
        Replayed(number, moment.text, again.session.state.value, _came_of(moment.entries), again.play(moment, last))
        for number, moment in enumerate(moments)
        for last in (number == len(moments) - 1,)
    ]


def _moments(timeline: Sequence[Entry]) -> Iterator[_Moment]:
    begun: Entry | None = None
    kind, came = "start", list[Entry]()
    for entry in timeline:
        begins = _begins(entry)
        if begins == "dial" and kind == "start":  # The shop's phone, before the greeting
            begins = ""
        if begins:
            if begun:
                yield _Moment(kind, _in_words(kind, begun), begun.at, tuple(came))
            kind, begun, came = begins, entry, []
        begun = begun or entry
        came.append(entry)
    if begun:
        yield _Moment(kind, _in_words(kind, begun), begun.at, tuple(came))


def _begins(entry: Entry) -> str:
    """What begins with an entry, "" if nothing does."""
    match entry.kind:
        case EntryKind.CALLER if not entry.detail:
            return "keys" if _KEYS.fullmatch(entry.text) else "turn"
        case EntryKind.NOTE if entry.text.startswith(_SILENT):
            return "silence"
        case EntryKind.NOTE if entry.text == DIAL_IS_OVER:
            return "dial"
        case EntryKind.AGENT if entry.detail.partition(":")[0] == _CUT_OFF:
            return "resumed"
        case EntryKind.STATE if entry.detail == Reason.TIME_LIMIT:
            return "time_limit"
        case EntryKind.FAULT if "the call cannot go on" in entry.detail:
            return "fault"
    return ""


def _in_words(kind: str, entry: Entry) -> str:
    told = {"start": "the greeting", "resumed": "the line is back", "time_limit": "the time is up"}
    if kind == "dial":
        return entry.detail
    return told.get(kind) or (f"{entry.text} fails" if kind == "fault" else entry.text)


def _came_of(entries: Sequence[Entry]) -> CameOf:
    states = [e.text.rpartition(" -> ")[2] for e in entries if e.kind is EntryKind.STATE]
    tools = [e.text for e in entries if e.kind is EntryKind.TOOL]
    worded = any(e.kind is EntryKind.AGENT and not e.detail for e in entries)
    return CameOf(tuple(states), tuple(tools), asked_in(entries), worded)


class _Again:
    """The call as it goes now."""

    def __init__(self, kept: CallSession, machine: StateMachine, most_in_a_state: int, most_in_a_call: int) -> None:
        self._kept, self._machine = kept, machine
        self._most_in_a_state, self._most_in_a_call = most_in_a_state, most_in_a_call
        known = {name: getattr(kept, name) for name in _KNOWN_BEFORE}
        self.session = CallSession(call_id=kept.call_id, started_at=kept.started_at, **known)
        self._outcomes = deque((e.text, e.detail.partition(":")[0]) for e in kept.timeline if e.kind is EntryKind.TOOL)
        self._end = EndCall()
        self._zone = machine.business.zone

    def play(self, moment: _Moment, last: bool) -> CameOf:
        """What the moment comes to; the `last` one may have been followed by our hang-up."""
        session, before = self.session, len(self.session.timeline)
        now = moment.at.astimezone(self._zone)
        if session.closing and moment.kind in ("silence", "time_limit", "fault"):
            return CameOf()
        self._run(self._actions(moment, now), now)
        if last and session.closing and self._kept.ended_by is EndedBy.BOT:
            self._machine.hang_up(session, self._end, now)
        return _came_of(session.timeline[before:])

    def _actions(self, moment: _Moment, now: datetime) -> list[Action]:
        session, machine = self.session, self._machine
        match moment.kind:
            case "start":
                return machine.start(session, now)
            case "turn" | "keys":
                return self._turn(moment.text, now, pressed=moment.kind == "keys")
            case "silence":
                session.note(EntryKind.NOTE, moment.text, now)
                return machine.silence(session, now, soon="scarce" in moment.text)
            case "resumed":
                return machine.resumed(session, now)
            case "dial":
                return self._dialled(TransferEnd(moment.text), now)
            case "time_limit":
                return machine.time_limit(session, now)
        return machine.fault(session, moment.text.partition(" ")[0], now)

    def _dialled(self, ended: TransferEnd, now: datetime) -> list[Action]:
        """What follows a dial that ended so."""
        session = self.session
        session.transfer = session.transfer and session.transfer.model_copy(update={"ended": ended, "taken_at": now})
        if ended is not TransferEnd.TALKED:
            return self._machine.resumed(session, now)
        conclude(session, now)
        return []

    def _turn(self, text: str, now: datetime, *, pressed: bool) -> list[Action]:
        session, machine = self.session, self._machine
        hearing = Hearing(session.question, may_approve=True)
        if pressed:
            heard = read_pressed(text, hearing, session)
        else:
            heard = read_turn(text, hearing, session, machine.business, now)
        danger = heard.hazard is Hazard.PRESENT
        if session.closing:
            session.hangup_stopped = session.state in END_STATES
        session.note(EntryKind.CALLER, text, now)
        session.turn_count += not heard.hold
        session.state_turn_count += not heard.hold
        if not danger and session.turn_count > self._most_in_a_call:
            return machine.turn_limit(session, now, whole_call=True)
        if not danger and session.state_turn_count > self._most_in_a_state:
            return machine.turn_limit(session, now, whole_call=False, heard=heard)
        return machine.step(session, Turn(heard, now))

    def _run(self, actions: Sequence[Action], now: datetime) -> None:
        session, waiting, ended = self.session, deque(actions), False
        while waiting:
            match waiting.popleft():
                case Say(text=text, line=line) | Word(fallback=text, line=line):
                    session.note(EntryKind.AGENT, text, now, detail=line, heard=1)
                    if line:
                        session.said_count[line] = session.said_count.get(line, 0) + 1
                case CallTool(request=request):
                    result = self._answer(request)
                    session.note(EntryKind.TOOL, request.tool, now, detail=result.outcome.value)
                    waiting.extendleft(reversed(self._machine.after_tool(session, request, result, now)))
                case EndCall() as end:
                    ended, self._end = True, end
                case DialPerson():
                    ended = True
        session.closing = ended

    def _answer(self, request: ToolRequest) -> ToolResult:
        """What V2 answered then; what it was not asked then, it cannot be asked now."""
        found = next((asked for asked in self._outcomes if asked[0] == request.tool), None)
        if found is None or found[1] not in set(Outcome):
            return _nothing(request)
        self._outcomes.remove(found)
        outcome, kept = Outcome(found[1]), self._kept
        match request:
            case LookupCaller():
                return _caller_found(outcome, kept)
            case CheckCalendarAvailability():
                real = [at for at in (kept.visit_at, kept.booked_at) if at and (kept.offers_other or kept.booked_at)]
                return SlotsFound(outcome, slots=tuple(dict.fromkeys([*kept.slots, *real])))
            case BookAppointment(starts_at=starts_at):
                return Booked(outcome, starts_at=kept.booked_at or starts_at, appointment_id=kept.appointment_id)
            case LookupBooking() if kept.appointment:
                visit = kept.appointment
                return BookingFound(
                    outcome,
                    found=True,
                    booking_uid=visit.uid,
                    date=visit.date,
                    time=visit.time,
                    attendee_name=visit.attendee_name,
                )
        return type(_nothing(request))(outcome)


_KNOWN_BEFORE = "caller_number called_number vouched_for earlier visits_booked visits_cancelled failed_before".split()


def _caller_found(outcome: Outcome, kept: CallSession) -> CallerFound:
    name = "" if kept.name_from_caller else kept.name
    return CallerFound(
        outcome,
        found=kept.known_caller,
        verified=bool(name or kept.zip_on_file),
        name=name,
        zip_code=kept.zip_on_file,
        has_appointment=kept.has_appointment,
        appointment_date=kept.appointment_date,
        appointment_job=kept.appointment_job,
        callback_owed=kept.callback_owed,
        callback_issue=kept.callback_issue,
        calls_today=kept.calls_today,
    )


def _nothing(request: ToolRequest) -> ToolResult:
    match request:
        case LookupCaller():
            return CallerFound(Outcome.UNAVAILABLE)
        case CheckCalendarAvailability():
            return SlotsFound(Outcome.UNAVAILABLE)
        case BookAppointment():
            return Booked(Outcome.UNAVAILABLE)
        case LookupBooking():
            return BookingFound(Outcome.UNAVAILABLE)
        case SendEmergencyAlert():
            return AlertSent(Outcome.UNAVAILABLE)
    return ToolResult(Outcome.UNAVAILABLE)
