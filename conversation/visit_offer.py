"""The visit on offer: the caller's wish, what V2's calendar makes of it, and how it is read back.

A wish that V2 rules out gives way to the nearest real visit, and the read-back says so (open_slots.py); a visit that
was declined is not offered again. When it is asked for and booked is main_line.py's.
"""

from datetime import timedelta
from typing import TypeVar

from call.actions import Action, CallTool
from call.session import CallSession, CameOf, Question, State, Urgency
from call.tool_calls import CheckCalendarAvailability, Outcome, SlotsFound, ToolResult
from conversation import identity, open_slots
from conversation.moment import Talk
from conversation.script import question_key, speak_number
from understanding.facts import VisitWish
from understanding.text.plain import plain
from understanding.wants.questions import asks_what_is_free
from understanding.wants.systems import other_system
from understanding.when.time_zones import zone_of
from understanding.when.visit_times import asap

Known = TypeVar("Known")
OFFERED_AT_ONCE = 2


def known(fact: Known | None) -> Known:
    """A fact that the state requires to be there.

    Raises:
        RuntimeError: the state was entered without it: a defect of ours.
    """
    if fact is None:
        raise RuntimeError("a fact that this state requires is missing")
    return fact


def take(session: CallSession, wish: VisitWish) -> None:
    """The wish becomes the one of the call; whether it is free is not known yet."""
    session.visit_at, session.visit_latest, session.visit_asap = wish.starts_at, wish.latest, wish.asap
    session.visit_zone, session.which_day = wish.zone or session.visit_zone, wish.which_day
    session.approved = session.slots_asked = False
    session.offers_other = wish.moved


def wish_asap(talk: Talk) -> None:
    """The wish is for as soon as possible."""
    session, business = talk.session, talk.business
    soonest = asap(talk.now, business.opening_hour, business.closing_hour)
    session.visit_at, session.visit_latest = business.on_an_open_day(soonest, soon=True), None
    session.visit_asap = True


def take_wish(talk: Talk) -> None:
    """What the turn says of a time without naming one: "the second one", urgent, whenever."""
    session, heard = talk.session, talk.heard
    if slot := open_slots.picked(heard.place_of_two, session.slots[:OFFERED_AT_ONCE]):
        session.visit_at = session.visit_latest = slot
    elif heard.urgency in (Urgency.URGENT, Urgency.EMERGENCY):
        wish_asap(talk)
    elif heard.urgency is Urgency.ROUTINE:  # "Whenever": the next day's opening, read back before it is booked.
        tomorrow = (talk.now + timedelta(days=1)).replace(hour=0, minute=0)
        soonest = asap(tomorrow, talk.business.opening_hour, talk.business.closing_hour)
        session.visit_at = talk.business.on_an_open_day(soonest, soon=True)


def asks_for_openings(talk: Talk) -> bool:
    """Whether the caller asks what there is, in the place of naming a time, and V2 can tell."""
    can_be_told = talk.heard.visit is None and talk.session.calendar_answers
    return can_be_told and asks_what_is_free(plain(talk.heard.text))


def openings(talk: Talk) -> list[Action]:
    """Asks V2 what is free soon; ask_when offers it."""
    talk.session.visit_at = talk.session.visit_latest = None
    return [CallTool(CheckCalendarAvailability("Urgent"))]


def ask_when(talk: Talk, question: Question = Question.WHEN, key: str = "") -> list[Action]:
    """Asks for a time; what is known to be free is offered."""
    if slots := talk.session.slots:
        offered = " or ".join(talk.time(slot) for slot in slots[:OFFERED_AT_ONCE])
        return talk.ask(question, f"{question_key(question)}:slots", slots=offered)
    return talk.ask(question, key)


def calendar_check(talk: Talk) -> CallTool | None:
    """Asks V2 once for each wish what is free, as long as it answers and the wish is within what it looks at."""
    session = talk.session
    if session.slots_asked or not session.calendar_answers:
        return None
    window = open_slots.window(known(session.visit_at), session.visit_latest, talk.now)
    session.slots_asked = True
    return CallTool(CheckCalendarAvailability(window)) if window else None


def learn_slots(talk: Talk, request: CheckCalendarAvailability, result: ToolResult) -> list[Action]:
    """What V2 says is free, on open days and in opening hours; looks further if none is soon and no time is wished."""
    session, business = talk.session, talk.business
    session.calendar_answers = isinstance(result, SlotsFound) and result.outcome is Outcome.OK
    if isinstance(result, SlotsFound):
        local = [slot.astimezone(business.zone) for slot in result.slots]
        last = (business.closing_hour - 1, 0)
        opening = (business.opening_hour, 0)
        session.slots = [s for s in local if business.is_open(s.date()) and opening <= (s.hour, s.minute) <= last]
    further = session.visit_at is None and not session.slots and request.urgency == "Urgent"
    return [CallTool(CheckCalendarAvailability("Routine"))] if further and session.calendar_answers else []


def settle(talk: Talk) -> None:
    """Takes the nearest visit that exists in the place of a wish that does not."""
    session = talk.session
    wish, latest = known(session.visit_at), session.visit_latest
    offered = open_slots.nearest(session.slots, wish, latest, talk.now)
    if offered != wish:
        session.offers_other = session.offers_other or not open_slots.fits(offered, wish, latest)
        session.visit_at = session.visit_latest = offered


def read_back(talk: Talk, *, again: bool = False) -> list[Action]:
    """Asks whether to book: name, address and time; `again` after an answer that was none."""
    session = talk.session
    time = talk.time(known(session.visit_at))
    if session.visit_zone:
        time = f"{time} {zone_of(known(session.visit_at).astimezone(talk.business.zone))} time"
    ask = talk.ask_again if again else talk.ask
    place = session.spoken_address
    if session.callback_phone and "number_taken" not in session.said_count:
        place = f"{place}, with the number {speak_number(session.callback_phone)}"
    missed = again and (
        talk.heard.asks is None or session.state_turn_count > 1
    )  # A first question is no lack of a yes.
    key = _key(talk, time) or ("ask:read_back:yes_or_no" if missed else "")
    return ask(Question.READ_BACK, key, name=session.spoken_name, address=place, time=time)


def _key(talk: Talk, time: str) -> str:
    """The line that says what is special about the visit: another time than wished, or a second one on a day."""
    if talk.session.offers_other:
        return "ask:read_back:other"
    if before := _second_for_the_same(talk.session):
        return before
    on_file = talk.session.appointment_date
    return "ask:read_back:second" if on_file and time.startswith(f"{on_file} ") else ""


def _second_for_the_same(session: CallSession) -> str:
    """The line for a second visit for the trouble of the call before, if nothing was said of it: nobody vouches for the
    number, and only the full name has proved that it is the same caller.
    """
    earlier = session.earlier
    if earlier is None or earlier.came_of is CameOf.OPEN or question_key(Question.SECOND_VISIT) in session.said_count:
        return ""
    proved = session.name_from_caller and identity.same_person(session.name, earlier.name)
    if not proved or other_system(session.problem, earlier.problem):
        return ""
    return "ask:read_back:another" if earlier.came_of is CameOf.BOOKED else "ask:read_back:perhaps"


def decline(session: CallSession) -> None:
    """The visit is not wanted; what else is free stays on offer, if the wish itself was not to be had."""
    session.slots = [slot for slot in session.slots if slot != session.visit_at] if session.offers_other else []
    session.visit_at = session.visit_latest = None
    session.offers_other = False


def ask_for_another(talk: Talk) -> list[Action]:
    """The visit was declined: another time is asked for."""
    decline(talk.session)
    talk.go(State.URGENCY)
    return ask_when(talk, key="ask:when:other")
