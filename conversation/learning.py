"""What a turn tells becomes part of the record: one table of who may overwrite what.

What is empty is filled. What is known changes when it was asked for, or when the caller corrects it; who is on site is
somebody else than the caller. What follows from it is for the states. Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from call.business import Business
from call.session import CallSession, Question, State
from conversation import identity, visit_offer
from conversation.script import NAME_AGAIN, question_key
from understanding.text.language import asks_for_spanish
from understanding.text.plain import plain
from understanding.turn import Understanding
from understanding.who.joke_names import is_joke
from understanding.who.names import name_as_said

_READ_BACK = frozenset({Question.READ_BACK, Question.CHANGE_WHAT})
_NAME = frozenset({Question.NAME, Question.BOOKING_NAME})
_PHONE = frozenset({Question.PHONE})  # "This number, and the name is Harold Jennings"
_ON_SITE = frozenset({Question.SITE_CONTACT})
_FOR_GOOD = ("high_ticket", "manages_property", "upset")


@dataclass(frozen=True)
class Fact:
    """One fact of the record and who may overwrite it.

    Attributes:
        name: The field of the session; it stands in a change.
        write: Takes it over.
        told: The field of the turn that tells it; empty: the same.
        known: The field of the session by which it is known; empty: its own.
        asked: The questions whose answer overwrites it; None: whatever was asked.
        corrected: Whether "actually, ..." overwrites it.
        read_back: Further ones inside the read-back.
        not_at: The questions whose answer tells of something else.
    """

    name: str
    write: Callable[[CallSession, Understanding, Business], None]
    asked: frozenset[Question] | None
    told: str = ""
    known: str = ""
    corrected: bool = True
    read_back: frozenset[Question] = frozenset()
    not_at: frozenset[Question] = frozenset()

    def is_told(self, session: CallSession, heard: Understanding) -> bool:
        """Whether this turn tells it, and that counts."""
        if not getattr(heard, self.told or self.name) or session.question in self.not_at:
            return False
        if not getattr(session, self.known or self.name) or self.asked is None:
            return True
        anew = session.state is State.PRE_CONFIRM and session.question in self.read_back
        return anew or session.question in self.asked or (self.corrected and heard.corrects)


def learn(session: CallSession, heard: Understanding, business: Business) -> frozenset[str]:
    """Takes over what a turn tells; the names of the facts that changed by it."""
    changed = set()
    if heard.borrowed_phone and not session.borrowed_phone:
        disown_number(session)
        changed.add("borrowed_phone")
    before = {fact.name: getattr(session, fact.name) for fact in FACTS}
    for fact in FACTS:
        if fact.is_told(session, heard):
            fact.write(session, heard, business)
    _take_place(session, heard)
    _take_name_as_said(session, heard)
    changed |= {name for name, value in before.items() if getattr(session, name) != value}
    if heard.this_number and not heard.phone and session.question is Question.PHONE and session.caller_number:
        session.callback_phone = session.caller_number  # To be called back on, whoever it belongs to.
        changed.add("callback_phone")
    session.zip_partial, session.phone_partial = heard.zip_partial, heard.phone_partial
    session.urgency = heard.urgency or session.urgency
    for mark in _FOR_GOOD:
        setattr(session, mark, getattr(session, mark) or getattr(heard, mark))
    if session.state is State.MANAGE_BOOKING:
        session.manage_action = heard.manage_action or session.manage_action
    return frozenset(changed)


def _take_place(session: CallSession, heard: Understanding) -> None:
    """Of several places the one that is chosen becomes the address, the others are for the team (U3)."""
    if heard.places and not session.address:
        session.places = heard.places
    elif not heard.address[:1].isdigit() and (place := _chosen(session.places, heard)):
        session.address = place
    if session.places and session.address:
        others = ", ".join(place for place in session.places if place != session.address)
        session.notes.append(f"The caller also named another place: {others}.")
        session.places = ()


def _take_name_as_said(session: CallSession, heard: Understanding) -> None:
    """What answers the second question about the name is the name, if it can be one at all (L3)."""
    asked_again = session.question is Question.NAME and session.said_count.get(question_key(Question.NAME), 0) > 1
    answered = not session.name and not heard.name and heard.answer is None and heard.asks is None
    if asks_for_spanish(plain(heard.text)):
        return
    if asked_again and answered and (name := name_as_said(heard.text)):
        session.name, session.name_from_caller = name, True


def _chosen(places: Sequence[str], heard: Understanding) -> str:
    """Which of the places the turn means: "the first one", "Elm Street"; "" for none."""
    if heard.place_of_two is not None and len(places) == 2:
        return places[heard.place_of_two]
    words = {*plain(heard.text).split()}
    named = [[place for place in places if word in plain(place).split()] for word in words]
    only = {one[0] for one in named if len(one) == 1}
    return only.pop() if len(only) == 1 else ""


def disown_number(session: CallSession) -> None:
    """The phone is somebody else's: it vouches for nobody, and what is on file for its number is not the caller's."""
    session.borrowed_phone, session.vouched_for, session.known_caller = True, False, False
    if not session.name_from_caller:
        session.name = ""
    if session.zip_on_file:
        session.zip_code = ""
    session.zip_on_file = session.appointment_date = session.appointment_job = session.callback_issue = ""
    session.has_appointment = session.callback_owed = False
    session.appointment, session.appointment_proved, session.calls_today = None, False, 0
    identity.give_back(session)
    session.earlier, session.visits_booked = None, ()
    session.text_to = ""


def _name(session: CallSession, heard: Understanding, _: Business) -> None:
    # What can only be a joke is asked for once more, and then taken as said.
    if not is_joke(heard.name) or NAME_AGAIN in session.said_count:
        session.name, session.name_from_caller = heard.name, True


def _address(session: CallSession, heard: Understanding, _: Business) -> None:
    session.address = heard.address


def _problem(session: CallSession, heard: Understanding, _: Business) -> None:
    session.problem = heard.problem
    session.high_ticket = session.high_ticket and not heard.corrects


def _wish_for_a_system(session: CallSession, heard: Understanding, _: Business) -> None:
    session.problem = heard.text  # The wish itself; there is nothing to repair.


def _phone(session: CallSession, heard: Understanding, _: Business) -> None:
    session.callback_phone = heard.phone
    if heard.extension:
        session.notes.append(f"The number {heard.phone} has the extension {heard.extension}.")


def _zip(session: CallSession, heard: Understanding, business: Business) -> None:
    if session.state is State.BOOKING:
        return
    if session.booked_at:  # It stands, whatever its ZIP: that is for the team.
        if heard.zip_code != session.zip_code:
            session.notes.append(f"After the booking the caller said the ZIP {heard.zip_code}: please check it.")
        return
    if session.question is Question.ADDRESS and session.zip_code and not (heard.corrects and not heard.address):
        # Five digits beside a street without a number may be that number.
        is_zip = heard.address[:1].isdigit() or (heard.address and business.serves(heard.zip_code))
        if is_zip and heard.zip_code != session.zip_code:
            session.zip_code, session.zip_unconfirmed = "", heard.zip_code
        return
    served, session.zip_on_file = business.serves(heard.zip_code), ""
    session.zip_code = heard.zip_code if served else ""
    session.zip_unconfirmed = "" if served else heard.zip_code


def _visit(session: CallSession, heard: Understanding, _: Business) -> None:
    if heard.visit and heard.visit.starts_at != session.visit_at:
        visit_offer.take(session, heard.visit)


FACTS = (
    # A name on file is no more than a guess at who calls: known is the one that the caller said.
    Fact("name", _name, known="name_from_caller", asked=_NAME | _READ_BACK, read_back=_PHONE, not_at=_ON_SITE),
    Fact("address", _address, asked=_READ_BACK | {Question.ADDRESS}),
    Fact("problem", _problem, asked=frozenset({Question.PROBLEM})),
    Fact("problem", _wish_for_a_system, told="high_ticket", asked=frozenset(), corrected=False),
    Fact("callback_phone", _phone, told="phone", asked=None, not_at=_ON_SITE),
    Fact("zip_code", _zip, asked=None),
    # The other time is V2's, booked already: it wants a yes or a no.
    Fact("visit_at", _visit, told="visit", asked=None, not_at=frozenset({Question.OTHER_TIME})),
)
