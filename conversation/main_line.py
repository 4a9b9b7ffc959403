"""The main line of a service call: safety, service area, discovery, urgency, read-back, booking.

`advance` walks forward over everything already known and stops at the first thing to ask, so nothing that was told is
asked again (R38). It never goes backward, but for another time; what is corrected is changed where the call is. A visit
is read back only after V2 was asked whether it is free.
"""

from collections.abc import Callable
from datetime import timedelta

from call.actions import Action, CallTool
from call.session import BookingStatus, CallSession, Intent, ManageAction, Question, Reason, Shown, State, Urgency
from call.tool_calls import BookAppointment, Booked, LookupBooking, Outcome, ToolResult
from conversation import endings, identity, in_doubt, transfer, visit_offer, visit_on_file
from conversation.moment import Talk
from conversation.script import NAME_AGAIN, speak_digits
from conversation.visit_offer import known
from understanding.turn import Answer, Ask, Hazard, Understanding

_V2_URGENCY = {Urgency.EMERGENCY: "Emergency", Urgency.URGENT: "Urgent"}  # contract.md 1.3
_BEHIND_THE_ZIP = frozenset({State.DISCOVERY, State.URGENCY, State.PRE_CONFIRM})
_BEHIND_SAFETY = _BEHIND_THE_ZIP | {State.SERVICE_AREA}
_READ_BACK_FACTS = frozenset({"name", "address", "visit_at", "zip_code"})
# At the read-back: the parts that may be asked for once more, and what was told of each.
_ASKED_ANEW: dict[Question, Callable[[Understanding], str]] = {
    Question.NAME: lambda heard: heard.name,
    Question.ADDRESS: lambda heard: heard.address,
    Question.PHONE: lambda heard: heard.phone,
}


def enter_safety(talk: Talk, *opening: Action) -> list[Action]:
    """The safety question, asked in every service call, appointment or not (R47)."""
    talk.go(State.SAFETY)
    if talk.session.safety_cleared:
        return [*opening, *advance(talk)]
    return [*opening, *_ask_safety(talk)]


def advance(talk: Talk, *opening: Action) -> list[Action]:
    """Goes forward to the first thing that is not known yet and asks it, or has V2 asked what is free."""
    session = talk.session
    identity.take_over(session)
    if session.person_wished:  # Before the danger was cleared.
        return transfer.dial(talk)
    if _stands_otherwise(session):
        return [*opening, *talk.ask(Question.OTHER_TIME, time=talk.time(known(session.booked_at)))]
    if session.state is State.SAFETY:
        if session.language == "es":
            return [*opening, *endings.callback(talk, Reason.SPANISH)]
        if visit_on_file.is_wished(talk):
            return [*opening, *visit_on_file.step(talk)]
        talk.go(State.SERVICE_AREA)
    if session.lacks_zip:
        return [*opening, *_ask_zip(talk)]
    if session.state is State.SERVICE_AREA:
        talk.go(State.DISCOVERY)
    if session.state is State.DISCOVERY:
        missing = _missing(session)
        if missing:
            return [*opening, *_ask_missing(talk, missing)]
        talk.go(State.URGENCY)
        if session.callback_owed and not (session.callback_owed_said or session.high_ticket):
            session.callback_owed_said = True
            about = f" about {session.callback_issue}" if session.callback_issue else ""
            opening = (*opening, talk.say("callback_owed", about=about))
    if session.state is State.URGENCY:
        if session.high_ticket:  # Also if that is told when a time is asked for already.
            return endings.callback(talk, Reason.HIGH_TICKET)
        if not session.visit_at and session.urgency is Urgency.EMERGENCY:
            visit_offer.wish_asap(talk)
        if not session.visit_at:
            return [*opening, *visit_offer.ask_when(talk)]
        if session.which_day:
            session.which_day = False
            today, tomorrow = (f"{talk.now + timedelta(days=ahead):%A}" for ahead in (0, 1))
            return [*opening, *talk.ask(Question.WHEN, "ask:when:day", today=today, tomorrow=tomorrow)]
        if not session.phone:  # It was there in discovery, and is somebody else's.
            return [*opening, *talk.ask(Question.PHONE)]
        if check := visit_offer.calendar_check(talk):
            return [*opening, check]
        visit_offer.settle(talk)
        talk.go(State.PRE_CONFIRM)
    return [*opening, *visit_offer.read_back(talk)]


def step(talk: Talk) -> list[Action]:
    """A turn on the main line."""
    if doubt := _doubt_about_danger(talk):
        return doubt
    about_it = visit_on_file.take_wish(talk) or visit_on_file.take_matter(talk)
    if about_it and talk.session.state is not State.SAFETY:
        return visit_on_file.step(talk)
    if talk.session.state in _BEHIND_THE_ZIP and talk.session.lacks_zip and not _stands_otherwise(talk.session):
        return _service_area(talk)  # A correction put it outside the area.
    if talk.session.state in (State.DISCOVERY, State.URGENCY) and (wrong := _said_to_be_wrong(talk)):
        return talk.ask(wrong)
    match talk.session.state:
        case State.SAFETY:
            return _safety(talk)
        case State.SERVICE_AREA:
            return _service_area(talk)
        case State.DISCOVERY:
            return _discovery(talk)
        case State.URGENCY:
            return _urgency(talk)
        case State.PRE_CONFIRM:
            return _pre_confirm(talk)
    # A turn in `booking` only comes after an interruption of ours: whether the visit exists is not known.
    talk.session.booking_uncertain = talk.session.booking_attempted
    return not_booked(talk)


def digression(talk: Talk) -> list[Action] | None:
    """The fixed reaction to what every state knows, a question or a correction, with the open question behind it."""
    if talk.misses_number:
        return [talk.say("number_hidden")]
    key = (
        {Ask.PRICE: "price", Ask.ROBOT: "robot", Ask.DAYS: "open_days"}.get(talk.heard.asks)
        if talk.heard.asks
        else None
    )
    if key:
        return [talk.say(key)]
    return talk.acknowledge() if talk.heard.corrects and talk.changed else None


def after_booking(talk: Talk, result: ToolResult) -> list[Action]:
    """Booked as asked, booked otherwise, not booked, or nobody knows: four different things (R53, R55, R62)."""
    session = talk.session
    if result.outcome is not Outcome.UNKNOWN:
        session.in_doubt = None
    if isinstance(result, Booked) and result.outcome is Outcome.OK and result.starts_at:
        session.booked_at, session.appointment_id = result.starts_at, result.appointment_id
        if result.starts_at == session.visit_at:
            return _confirmed(talk)
        session.booking_status, session.booking_uncertain = BookingStatus.ATTEMPTED_FAILED, True
        session.approved = False
        talk.go(State.PRE_CONFIRM)
        return talk.ask(Question.OTHER_TIME, time=talk.time(result.starts_at))
    session.booking_status = BookingStatus.ATTEMPTED_FAILED
    session.booking_uncertain = result.outcome is Outcome.UNKNOWN
    return [CallTool(LookupBooking())] if in_doubt.can_be_looked_up(session) else not_booked(talk)


def after_second_look(talk: Talk, result: ToolResult) -> list[Action]:
    """A booking without an answer was looked up while the caller waits: it stands, or a person has to find out.

    V2 answers so when its second try met the visit that its first one had made (contract.md 0.2): it is there at once.
    """
    return _confirmed(talk) if in_doubt.take(talk.session, result) is Shown.AS_ASKED else not_booked(talk)


def not_booked(talk: Talk) -> list[Action]:
    """A callback: no visit was made, or nobody knows."""
    uncertain = talk.session.booking_uncertain
    return endings.callback(talk, Reason.BOOKING_UNCERTAIN if uncertain else Reason.BOOKING_FAILED)


def _stands_otherwise(session: CallSession) -> bool:
    """Whether V2 booked another time than asked, and the caller has not said yet whether that is fine."""
    return session.state is State.PRE_CONFIRM and session.booked_at is not None


def _doubt_about_danger(talk: Talk) -> list[Action] | None:
    """A possible danger behind the safety question is asked about first; what was open comes after it."""
    session, heard = talk.session, talk.heard
    if session.state not in _BEHIND_SAFETY:
        return None
    if session.question is not Question.SAFETY and heard.hazard is not Hazard.POSSIBLE:
        return None
    if session.question is Question.SAFETY and (_denied(talk) or heard.answer is Answer.NO):
        return _cleared(talk)
    return talk.ask_again(Question.SAFETY)


def _denied(talk: Talk) -> bool:
    """Whether danger is denied; an electrical part that stays hot is asked about once more, and then urgent (L9)."""
    asked_again = talk.session.said_count.get("safety_follow_up", 0) > 0
    return talk.heard.hazard is Hazard.DENIED or (talk.heard.only_a_hot_part and asked_again)


def _ask_safety(talk: Talk) -> list[Action]:
    """Who has told of a possible danger is asked by the line that names them all: a no to less would not clear it."""
    return talk.ask(Question.SAFETY, "safety_follow_up" if talk.session.danger_told else "")


def _cleared(talk: Talk) -> list[Action]:
    """Danger is denied: what had been told of one is for the team, and the problem if nothing else is."""
    session = talk.session
    session.safety_cleared = True
    if session.danger_told:
        talk.note("Asked about it, the caller said that there is no danger now.")
        session.problem = session.problem or session.danger_told
    return advance(talk, *talk.acknowledge())


def _said_to_be_wrong(talk: Talk) -> Question | None:
    """What the caller takes back without saying what is right: "the address is wrong"."""
    if not talk.heard.corrects or talk.changed:
        return None
    part = talk.heard.names_part
    told = {Question.NAME: talk.session.name, Question.ADDRESS: talk.session.address}
    return part if part and told.get(part) and part is not talk.session.question else None


def _safety(talk: Talk) -> list[Action]:
    heard = talk.heard
    if "name" in talk.changed and talk.session.known_caller:  # "No, this is Gregory" answers the greeting.
        return [talk.say("corrected"), *_ask_safety(talk)]
    if _denied(talk) or (heard.hazard is Hazard.NONE and heard.answer is Answer.NO):
        return _cleared(talk)
    fixed = digression(talk)
    if fixed:
        return [*fixed, *_ask_safety(talk)]
    return talk.ask_again(Question.SAFETY)


def _ask_zip(talk: Talk) -> list[Action]:
    if doubted := talk.session.zip_unconfirmed:
        return talk.ask(Question.ZIP_CONFIRM, zip=speak_digits(doubted))
    return talk.ask(Question.ZIP)


def _service_area(talk: Talk) -> list[Action]:
    session, heard = talk.session, talk.heard
    if session.zip_code:
        return advance(talk, *talk.acknowledge())
    if heard.several_zips:
        talk.note(f'The caller named several ZIPs: "{heard.text}".')
    if heard.zip_not_known or heard.several_zips:
        session.zip_not_known += 1
        if not session.lacks_zip:
            session.notes.append("The caller does not know the ZIP: please check that the address is in the area.")
            return advance(talk, talk.say("zip_not_known"))
    if heard.several_zips:
        return talk.ask(Question.ZIP, "ask:zip:which")
    if heard.zip_code:  # Outside the area, or another than before: heard right? A misheard ZIP would cost the lead.
        return _ask_zip(talk)
    if session.question is Question.ZIP_CONFIRM:
        if heard.answer is Answer.YES and talk.business.serves(session.zip_unconfirmed):
            session.zip_code, session.zip_unconfirmed, session.zip_on_file = session.zip_unconfirmed, "", ""
            return advance(talk, *talk.acknowledge())
        if heard.answer is Answer.YES:
            return endings.goodbye(talk, Reason.OUT_OF_AREA)
        if heard.answer in (Answer.NO, Answer.YES_BUT):
            session.zip_unconfirmed = ""
            return talk.ask(Question.ZIP)
    fixed = digression(talk)
    if fixed:
        return [*fixed, *_ask_zip(talk)]
    if session.question is Question.ZIP_CONFIRM:
        return _ask_zip(talk)
    return talk.ask_again(Question.ZIP)


def _ask_missing(talk: Talk, missing: Question, *, again: bool = False) -> list[Action]:
    """Asks what is missing; of a number that has begun the rest, of several places which one."""
    ask, session = talk.ask_again if again else talk.ask, talk.session
    if missing is Question.ADDRESS and session.places:
        return ask(missing, "ask:address:which", places=" or ".join(session.places))
    return ask(missing, "ask:phone:rest" if missing is Question.PHONE and session.phone_partial else "")


def _missing(session: CallSession) -> Question | None:
    if not session.problem:
        return Question.PROBLEM
    if not session.name:
        return Question.NAME
    if not session.address:
        return Question.ADDRESS
    if session.manages_property and not session.on_site:
        return Question.SITE_CONTACT
    return None if session.phone else Question.PHONE


def _discovery(talk: Talk) -> list[Action]:
    session, fixed = talk.session, digression(talk)
    identity.take_over(session)
    if session.question is Question.SITE_CONTACT and not fixed:
        _note_contact(talk)
    missing = _missing(session)
    if missing is None or missing is not session.question:
        opening = "sorry_to_hear" if session.question is Question.PROBLEM else "got_it"
        return advance(talk, *(fixed or talk.acknowledge(opening)))
    if missing is Question.NAME and talk.heard.name:  # It can only be a joke.
        return talk.ask(missing, NAME_AGAIN)
    if talk.changed:  # Something else was told or corrected.
        fixed = fixed or talk.acknowledge()
        return [*fixed, *_ask_missing(talk, missing)]
    return [*(fixed or []), *_ask_missing(talk, missing, again=not fixed)]


def _note_contact(talk: Talk) -> None:
    """Who will be on site becomes part of the problem, which everybody who is told of the visit reads; asked once."""
    session, heard = talk.session, talk.heard
    told = ", ".join(part for part in (heard.name, heard.phone) if part)
    nobody = heard.answer in (Answer.NO, Answer.UNCLEAR)
    session.on_site = told or ("to be arranged" if nobody else heard.text)
    session.problem = f"{session.problem.rstrip('.')}. On site: {session.on_site}"


def _urgency(talk: Talk) -> list[Action]:
    session, heard = talk.session, talk.heard
    if not session.visit_at:
        visit_offer.take_wish(talk)
    if session.visit_at or session.high_ticket:
        return advance(talk, *talk.number_taken())
    moves = heard.intent is Intent.MANAGE and heard.manage_action is ManageAction.RESCHEDULE
    if moves and session.has_appointment:  # R11
        return endings.callback(talk, Reason.FOLLOW_UP)
    if visit_offer.asks_for_openings(talk):
        return visit_offer.openings(talk)
    fixed = digression(talk)
    if talk.changed:
        fixed = fixed or talk.acknowledge()
        return [*fixed, *talk.ask(Question.WHEN)]
    return [*fixed, *talk.ask(Question.WHEN)] if fixed else talk.ask_again(Question.WHEN)


def _pre_confirm(talk: Talk) -> list[Action]:
    """The first row that fits decides."""
    return next(then(talk) for when, then in _AT_THE_READ_BACK if when(talk))


def _is_asked(*questions: Question) -> Callable[[Talk], bool]:
    return lambda talk: talk.session.question in questions


def _is_refused(talk: Talk) -> bool:
    return talk.heard.answer in (Answer.NO, Answer.YES_BUT)


def _wrong_part(talk: Talk) -> Question | None:
    """The part of the read-back that is to be changed, as far as the caller names one."""
    asked = talk.session.question is Question.CHANGE_WHAT
    return talk.heard.names_part if asked or _is_refused(talk) else None


def _is_approved(talk: Talk) -> bool:
    return talk.session.question is Question.READ_BACK and talk.heard.answer is Answer.YES


def _is_told_as_before(talk: Talk) -> bool:
    told = _ASKED_ANEW.get(talk.session.question) if talk.session.question else None
    return bool(told and told(talk.heard))


def _goes_on_as_it_is(talk: Talk) -> bool:
    return _is_asked(Question.CHANGE_WHAT)(talk) and talk.heard.answer is Answer.YES and not talk.digressed


def _read_back_anew(talk: Talk) -> list[Action]:
    if "visit_at" in talk.changed:
        talk.go(State.URGENCY)
    return advance(talk, *talk.acknowledge())


def _approve(talk: Talk) -> list[Action]:
    talk.session.approved = True
    return _book(talk)


def _ask_the_part_again(talk: Talk) -> list[Action]:
    asked = known(talk.session.question)
    fixed = digression(talk)
    return [*fixed, *talk.ask(asked)] if fixed else talk.ask_again(asked)


def _change(talk: Talk) -> list[Action]:
    return _ask_anew(talk, known(_wrong_part(talk)))


# What a turn at the read-back means, first row first.
_AT_THE_READ_BACK: tuple[tuple[Callable[[Talk], object], Callable[[Talk], list[Action]]], ...] = (
    (_is_asked(Question.OTHER_TIME), lambda talk: _other_time(talk)),
    # A new system that is asked for here: no yes books a visit for it.
    (lambda talk: talk.session.high_ticket, lambda talk: endings.callback(talk, Reason.HIGH_TICKET)),
    (lambda talk: not talk.session.phone, lambda talk: talk.ask(Question.PHONE)),
    (lambda talk: talk.changed & _READ_BACK_FACTS, _read_back_anew),
    (_is_approved, _approve),
    (lambda talk: talk.changed, lambda talk: [*(digression(talk) or talk.acknowledge()), *visit_offer.read_back(talk)]),
    (_is_told_as_before, visit_offer.read_back),
    (_is_asked(*_ASKED_ANEW), _ask_the_part_again),
    (_goes_on_as_it_is, visit_offer.read_back),
    (_wrong_part, _change),
    (
        lambda talk: _is_asked(Question.CHANGE_WHAT)(talk) and talk.heard.answer is Answer.NO,
        lambda talk: endings.callback(talk, Reason.NO_AGREEMENT),
    ),
    (lambda talk: _is_refused(talk) and talk.session.offers_other, lambda talk: _ask_anew(talk, Question.WHEN)),
    (_is_refused, lambda talk: talk.ask(Question.CHANGE_WHAT)),
    (digression, lambda talk: [*(digression(talk) or []), *visit_offer.read_back(talk)]),
    (lambda talk: True, lambda talk: visit_offer.read_back(talk, again=True)),
)


def _ask_anew(talk: Talk, part: Question) -> list[Action]:
    """Asks for the part of the read-back that is wrong."""
    if part is Question.ZIP:
        talk.session.zip_code = ""
    return visit_offer.ask_for_another(talk) if part is Question.WHEN else talk.ask(part)


def _other_time(talk: Talk) -> list[Action]:
    """V2 booked another time than asked: a yes makes it the visit, anything else leaves it to a person."""
    session = talk.session
    wish = talk.heard.visit.starts_at if talk.heard.visit else session.booked_at
    if talk.heard.answer is Answer.YES and wish == session.booked_at:
        session.visit_at, session.approved = session.booked_at, True
        talk.go(State.BOOKING)
        return _confirmed(talk)
    if talk.heard.answer in (Answer.NO, Answer.YES_BUT) or talk.heard.visit:
        return endings.callback(talk, Reason.BOOKING_UNCERTAIN)
    return talk.ask_again(Question.OTHER_TIME, time=talk.time(known(session.booked_at)))


def _book(talk: Talk) -> list[Action]:
    """In the same turn as the yes (R10), and once in a call."""
    session = talk.session
    if session.booking_attempted:
        session.booking_uncertain = True
        return not_booked(talk)
    talk.go(State.BOOKING)
    session.booking_attempted = True
    request = BookAppointment(
        starts_at=known(session.visit_at).astimezone(talk.business.zone),
        customer_name=session.name,
        customer_phone=session.phone,
        service_address=session.postal_address,
        problem_description=session.problem,
        urgency=_V2_URGENCY.get(session.urgency, "Routine") if session.urgency else "Routine",  # type: ignore[arg-type]
    )
    session.in_doubt = request
    return [talk.say("booking_filler"), CallTool(request)]


def _confirmed(talk: Talk) -> list[Action]:
    session = talk.session
    session.booking_status, session.booking_uncertain = BookingStatus.CONFIRMED, False
    session.manage_action = None  # One of before was meant for another visit.
    return endings.confirm(
        talk, Reason.BOOKED, talk.say("booked", must_hear=True, time=talk.time(known(session.booked_at)))
    )
