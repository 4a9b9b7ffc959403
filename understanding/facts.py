"""What one caller turn says, as data: the types that the rules fill and the state machine reads.

No logic. Empty text and None always mean: not said. turn.py exports all of them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from call.session import Intent, ManageAction, Question, Urgency


class Answer(StrEnum):
    """A yes or no to the question asked; what is corrected beside it is in the other fields."""

    YES = "yes"
    NO = "no"
    YES_BUT = "yes_but"  # "yes but the address is wrong": no approval (X7)
    UNCLEAR = "unclear"  # Hedged: "maybe", "a little", "I think so"


class Hazard(StrEnum):
    """What a turn says about danger now."""

    NONE = "none"
    PRESENT = "present"  # "it smells like gas", or a plain yes to the safety question (X2)
    POSSIBLE = "possible"  # "maybe a little": one follow-up question
    DENIED = "denied"  # "no, I don't smell any gas" (X1)
    RETRACTED = "retracted"  # "yes but never mind" (R49)


class Ask(StrEnum):
    """A question of the caller's that has its own answer."""

    PRICE = "price"
    ROBOT = "robot"
    DAYS = "days"
    OTHER = "other"


class End(StrEnum):
    """What may end a call before it is about a visit."""

    WRONG_NUMBER = "wrong_number"
    VENDOR = "vendor"
    APPLICANT = "applicant"
    OTHER_TRADE = "other_trade"
    PERSON = "person"  # A person or a callback
    NO_VISIT = "no_visit"  # No visit any more, or not yet


@dataclass(frozen=True)
class VisitWish:
    """When the caller wants the visit, resolved into opening hours of the business's zone; both times aware.

    `starts_at` is the start that fits best, `latest` the last one that still fits: the same for a clock time, the end
    of the afternoon for "Friday afternoon", None when any later one does ("as soon as possible", "whenever"). `moved`:
    no visit can start then ("at eight in the evening", "today" at night), and `starts_at` is the nearest one that can.
    `zone`: the caller's, if the clock time was said in another than the business's. `which_day`: "tomorrow" behind
    midnight may be the day that has begun.
    """

    starts_at: datetime
    asap: bool = False
    latest: datetime | None = None
    moved: bool = False
    zone: str = ""
    which_day: bool = False


@dataclass(frozen=True)
class Understanding:
    """One caller turn as rules read it. Empty text and None mean: not said."""

    text: str = ""
    language: Literal["en", "es"] = "en"
    intent: Intent | None = None
    manage_action: ManageAction | None = None  # Of a visit on file; without that intent only if there is one
    answer: Answer | None = None
    hazard: Hazard = Hazard.NONE
    person_in_danger: bool = False  # A danger that is a person's alone: unconscious, not breathing, a shock (L8)
    only_a_hot_part: bool = False  # A no to the safety question, but for an electrical part that is hot or buzzes (L9)
    zip_code: str = ""
    zip_partial: str = ""  # Trailing digits that may begin or complete a ZIP
    several_zips: bool = False  # Of which nobody can tell the one that is meant
    zip_not_known: bool = False  # "I don't know the zip" (U1)
    name: str = ""
    address: str = ""
    places: tuple[str, ...] = ()  # Several addresses of which nobody can tell the one that is meant (U3)
    phone: str = ""  # E.164
    phone_partial: str = ""  # Digits that may begin or complete a number (L6)
    extension: str = ""  # Of `phone`
    problem: str = ""
    visit: VisitWish | None = None
    urgency: Urgency | None = None
    wants_person: bool = False  # A person or a callback
    wants_callback: bool = False  # Of the two to be called back, and not to speak with somebody now
    high_ticket: bool = False  # A new system or a quote for one, with no word of repair
    declines_recording: bool = False  # "Please don't record this", whatever else is said
    asks_recording: bool = False  # "Are you recording me?", whatever else is said
    hold: bool = False  # "Hold on, I have to look that up", and nothing else
    recording: bool = False  # A recording that calls: "press one to speak with a representative" (S2)
    withdraws: bool = False  # Wants no visit any more, or leaves the one on file as it is: the whole turn says so
    doubted_end: End | None = None  # Would end the call, and does not cover the turn: asked about, and no fact yet
    goodbye: bool = False  # "bye", "that's all, thanks": the caller is done
    corrects: bool = False  # "Actually the address is ...", "no, it's Jon": what is said replaces what is known
    upset: bool = False  # Angry or let down: "this is ridiculous", "I've called three times"
    manages_property: bool = False  # A landlord or property manager: somebody else will be on site
    borrowed_phone: bool = False  # Not the caller's own: "I'm on my neighbor's", "calling from work"
    this_number: bool = False  # "This one is fine": the number on the line as the one to call
    names_part: Question | None = None  # Of the read-back: "the address is wrong", "change the name"
    place_of_two: int | None = None  # "The first one", "the later one" of two that were offered: 0 or 1
    asks: Ask | None = None
    remainder: tuple[str, ...] = ()  # At an approval: the words beside an agreement that nothing covers
    doubt: str = ""  # At an approval: why a yes that nothing stands beside is none: "question", "irony", ...
