"""What a caller's turn says, by rules: intent, yes or no, hazard, ZIP, name, address, phone, time, urgency.

Rules work on whole words, know negation, and read an answer in the light of the question asked. Pure: no model, no
clock. What they do not find stays empty; second_reader.py may fill that in later. Each kind of fact has its own
module; here they are put together, so that a digit is a phone number, a house number or a ZIP, and never two of
them.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from call.session import APPROVALS, Question
from understanding.answers.answers import read_answer, without_presence
from understanding.answers.approvals import PUT_OFF, read_approval
from understanding.answers.chosen import named_part, place_of_two
from understanding.answers.corrections import corrects
from understanding.answers.unchanged import read_change
from understanding.danger.hazards import of_a_person_alone, only_a_hot_part, read_hazard
from understanding.facts import Answer, Ask, End, Hazard, Understanding, VisitWish
from understanding.text.language import asks_for_spanish, read_language
from understanding.text.plain import phrase, plain, said
from understanding.text.utterance import unmarked
from understanding.wants.anger import is_upset
from understanding.wants.endings import Wants, read_goodbye, settle
from understanding.wants.estimates import is_for_an_estimate
from understanding.wants.holds import is_hold, is_relay, without_holds
from understanding.wants.intents import is_recording, read_intent, read_manage
from understanding.wants.problems import read_problem
from understanding.wants.property_managers import manages_property
from understanding.wants.questions import read_ask
from understanding.wants.recording import without_objection, without_question_of_recording
from understanding.wants.requests import asks_for_callback, wants_new_system, wants_person
from understanding.wants.urgency import read_urgency
from understanding.wants.withdrawals import Withdrawal, read_withdrawal, wants_nothing
from understanding.when.visit_times import read_visit
from understanding.who.address_parts import amended_address
from understanding.who.addresses import read_address
from understanding.who.borrowed_phone import is_borrowed, means_this_number
from understanding.who.names import changes_name, read_name, tells_who_calls
from understanding.who.phone_numbers import read_phone
from understanding.who.zip_codes import is_not_known, read_zip

__all__ = ["Answer", "Ask", "Hazard", "Understanding", "VisitWish", "understand"]

MAX_CHARACTERS = 2000  # A turn is seconds of speech; more is noise that rules should not chew on.

# No sentence ends so: "It's", "there's, uh" broke off, and is no yes to anything.
_CUT_OFF = re.compile(
    r"\b(?:it|there|that|what|he|she|who|here)['\u2019]s[\s,.\u2026-]*(?:u[hm]+)?[\s,.\u2026-]*$", re.I
)

_YES = phrase("yes", "yeah", "yep", "si")  # Beside a hold it may be one to danger.
_SAFETY_ANSWERS = {
    Hazard.PRESENT: Answer.YES,
    Hazard.DENIED: Answer.NO,
    Hazard.POSSIBLE: Answer.UNCLEAR,
    Hazard.RETRACTED: Answer.UNCLEAR,
    Hazard.NONE: None,
}
_FACTS = frozenset(
    {Question.ZIP, Question.ZIP_CONFIRM, Question.NAME, Question.ADDRESS, Question.PHONE, Question.SITE_CONTACT}
)
_NAME_ASKED = (Question.NAME, Question.BOOKING_NAME, Question.SITE_CONTACT)
_BEHIND_THE_NAME = (Question.READ_BACK, Question.CHANGE_WHAT, Question.PHONE)
_NO_PROBLEM = (
    Question.NAME,
    Question.BOOKING_NAME,
    Question.ZIP,
    Question.ZIP_CONFIRM,
    Question.PHONE,
    Question.ADDRESS,
    Question.SITE_CONTACT,
)

_PARTS = re.compile(r"[^,.?!]+[,.?!]*")


def _without(spoken: str, name: str) -> str:
    said = {*name.split()}
    return " ".join("_" if word in said else word for word in spoken.split())


def _beside_a_hold(spoken: str) -> Hazard:
    """ "Hold on, I think I smell something": what may be a danger there; nothing beside a hold denies one."""
    hazard = read_hazard(spoken, None)
    return Hazard.NONE if hazard is Hazard.DENIED else hazard


def _wants_nothing(text: str, question: Question | None) -> Answer | None:
    return Answer.NO if question is Question.MANAGE_WHAT and wants_nothing(text) else None


def _withdrawal(text: str, hazard: Hazard, question: Question | None) -> Withdrawal | None:
    """Beside a possible danger nothing is taken back."""
    return read_withdrawal(text, question) if hazard in (Hazard.NONE, Hazard.DENIED) else None


def _may_withdraw(wants: Wants, withdraws: bool) -> Wants:
    """What the turn wants, or that it has to be asked whether a visit is wanted at all."""
    if not withdraws or wants.goodbye:
        return wants
    return wants._replace(person=False, doubted=End.NO_VISIT)


def _without_spanish(text: str) -> str:
    """The parts of a turn that are not about the language: "Maria Lopez, do you speak Spanish?"."""
    return " ".join(part for part in _PARTS.findall(text) if not asks_for_spanish(plain(part)))


def understand(
    text: str,
    *,
    question: Question | None,
    now: datetime,
    opening_hour: int = 9,
    closing_hour: int = 18,
    zip_partial: str = "",
    phone_partial: str = "",
    visit_at: datetime | None = None,
    visit_latest: datetime | None = None,
    known_name: str = "",
    known_address: str = "",
    read_back: Sequence[str] = (),
) -> Understanding:
    """Reads one whole caller turn.

    Args:
        text: The turn's words as the recogniser wrote them.
        question: What the bot asked last; None when nothing is open.
        now: Aware, in the business's zone.
        opening_hour: First visit, local hour.
        closing_hour: Visits end, local hour; the last one starts an hour before.
        zip_partial: Digits of a ZIP kept from the turn before (X6).
        phone_partial: Digits of a phone number kept from the turn before (L6).
        visit_at: The wish so far, which "make it three" or "the following day" completes (R11).
        visit_latest: The last start that fits that wish; None: any later one.
        known_name: The caller's name so far, which "without the h" changes.
        known_address: The one that was read back, which "it's 3340, not 3304" changes.
        read_back: What the open question read back besides name and time: address, ZIP, fee, the visit on file.
    """
    turn = text[:MAX_CHARACTERS].strip()
    whole, declines = without_objection(turn)
    whole, asks_recording = without_question_of_recording(whole)
    held = is_hold(whole) or is_relay(plain(whole))
    if held and not (question is Question.SAFETY and said(_YES, plain(whole))):
        return Understanding(
            text=turn,
            language=read_language(plain(turn)),
            zip_partial=zip_partial,
            phone_partial=phone_partial,
            hazard=_beside_a_hold(plain(whole)),
            declines_recording=declines,
            asks_recording=asks_recording,
            hold=True,
        )
    text = without_holds(whole)
    spoken = plain(text)
    if not spoken:
        return Understanding(
            text=turn,
            language=read_language(plain(turn)),
            zip_partial=zip_partial,
            phone_partial=phone_partial,
            declines_recording=declines,
            asks_recording=asks_recording,
        )
    reply = without_presence(spoken)
    answer = read_answer(reply, question) or _wants_nothing(text, question)
    spoken_out = without_presence(plain(_CUT_OFF.sub("", text)))
    hazard = read_hazard(spoken_out, question)
    if question is Question.SAFETY:
        answer = _SAFETY_ANSWERS[hazard]
    withdrawal = _withdrawal(text, hazard, question)
    if withdrawal is Withdrawal.SURE:
        return Understanding(
            text=turn,
            language=read_language(spoken),
            answer=Answer.NO,
            hazard=hazard,
            manage_action=read_manage(spoken, question)[1],
            declines_recording=declines,
            asks_recording=asks_recording,
            goodbye=read_goodbye(spoken, question),
            upset=is_upset(spoken),
            withdraws=True,
        )
    bare = unmarked(text)
    said_phone = read_phone(bare, question, phone_partial)
    phone = said_phone.phone
    address, without_address, places = read_address(said_phone.rest, question)
    place = read_zip(without_address, question, zip_partial, placed=bool(address or places))
    intent = read_intent(spoken, question)
    action = read_manage(spoken, question)[1]
    name = read_name(text, question, known_name)
    if question is Question.ADDRESS and name.casefold() in address.casefold():
        name = ""  # "I meant Reed Street": nobody is called so.
    if question in (Question.NAME, Question.BOOKING_NAME) and asks_for_spanish(spoken):
        name = read_name(_without_spanish(text), question, known_name)  # "No entiendo": nobody is called so.
    if name and question in _NAME_ASKED and hazard is not Hazard.NONE:  # "Smokey Tate" is no smoke.
        hazard = read_hazard(_without(spoken_out, plain(name)), question)
    of_another = answer is not Answer.NO and not corrects(spoken) and tells_who_calls(text, name, known_name)
    name = "" if question in _BEHIND_THE_NAME and of_another else name
    visit = read_visit(place.rest, question, now, opening_hour, closing_hour, visit_at, visit_latest)
    other_number = places or visit or place.code or phone
    address = address or amended_address(text, "" if other_number else known_address)
    goodbye = read_goodbye(spoken, question)
    recording = is_recording(spoken)
    person = not recording and wants_person(spoken, intent, bool(phone) and question in _FACTS)
    tells_number = bool(phone) and question is Question.PHONE  # "My cell is dead": of a phone, and no system.
    no_problem = tells_number or (question in _NO_PROBLEM and len(spoken.split()) <= 4)
    remainder: tuple[str, ...] = ()
    doubt = ""
    same_time = visit.starts_at if visit and visit.starts_at == visit_at else None
    answer = read_change(text, question, answer, same_time, (known_name, *read_back))
    if question in APPROVALS:
        bare_name = read_name(bare.text, question, known_name)
        renames = changes_name(name, known_name) or changes_name(bare_name, known_name)
        waits = text != whole and text.rstrip().endswith(",")  # A hold behind a yes takes it back, one before does not.
        decision = read_approval(
            whole if waits else text, question, answer, same_time, (known_name, *read_back), renames
        )
        goodbye = goodbye and not (answer is Answer.YES and decision.answer is not Answer.YES)
        answer, remainder, doubt = decision.answer, decision.remainder, decision.doubt
    wants = Wants(intent, person, goodbye)
    if not recording:
        wants = settle(bare, spoken, question, wants)
    told = bool(visit or address or phone or answer is Answer.YES)
    put_off = doubt == PUT_OFF and question is Question.READ_BACK
    wants = _may_withdraw(wants, put_off or (withdrawal is not None and not told))
    return Understanding(
        text=turn,
        language=read_language(plain(turn) if declines or asks_recording else spoken),
        declines_recording=declines,
        asks_recording=asks_recording,
        intent=wants.intent,
        manage_action=action,
        answer=answer,
        hazard=hazard,
        person_in_danger=hazard is Hazard.PRESENT and of_a_person_alone(spoken_out, question),
        only_a_hot_part=hazard is Hazard.POSSIBLE and only_a_hot_part(spoken_out, question),
        zip_code=place.code,
        zip_partial=place.partial,
        several_zips=place.several,
        zip_not_known=question is Question.ZIP and not (place.code or place.partial) and is_not_known(spoken),
        name=name,
        address=address,
        places=places,
        phone=phone,
        phone_partial=said_phone.partial,
        extension=said_phone.extension,
        problem="" if no_problem else read_problem(text, question),
        visit=visit,
        urgency=read_urgency(spoken, question, visit),
        wants_person=wants.person,
        wants_callback=asks_for_callback(spoken),
        high_ticket=(wants_new_system(spoken) and wants_new_system(bare.plain)) or is_for_an_estimate(spoken, question),
        goodbye=wants.goodbye,
        recording=recording,
        doubted_end=wants.doubted,
        corrects=corrects(spoken) or changes_name(name, known_name),
        upset=is_upset(spoken),
        manages_property=manages_property(spoken),
        borrowed_phone=is_borrowed(spoken, tells_number=bool(phone)),
        this_number=means_this_number(spoken),
        names_part=named_part(spoken),
        place_of_two=place_of_two(spoken),
        asks=read_ask(spoken, wants.intent, visit is not None),
        remainder=remainder,
        doubt=doubt,
    )
