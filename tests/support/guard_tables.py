"""Labelled sentences of a model: the format of tests/guard_sentences/, and what the reply guard makes of each."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, NaiveDatetime, TypeAdapter, ValidationError

from call.business import Business
from call.session import BookingStatus, CallbackStatus, CallSession, EntryKind, Intent, Question, Reason, State
from conversation import script
from conversation.guard.judge import Verdict, check, clean
from conversation.guard.known import Spoken
from tests.support.utterance_tables import LOADER, TableError

FOLDER = Path(__file__).parents[1] / "guard_sentences"
OWN_NUMBER = "+15125550101"
NOW = datetime(2026, 11, 30, 10, 0)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class House(_Strict):
    """Another business than the default."""

    name: str = Business.name
    fee: int = Business.diagnostic_fee
    opens: int = Business.opening_hour
    closes: int = Business.closing_hour


class FactsOfCall(_Strict):
    """What is true in the call; what is left out is not known."""

    name: str = ""
    zip: str = ""
    address: str = ""
    problem: str = ""
    phone: str = OWN_NUMBER
    wish: NaiveDatetime | None = None
    offered: list[NaiveDatetime] = []
    visit_on_file: bool = False
    booking_failed: bool = False
    callback: bool = False
    callback_owed: bool = False
    known_caller: bool = False
    upset: bool = False
    new_system: bool = False
    on_site: str = ""
    language: Literal["en", "es"] = "en"
    business: House = House()


class Sentence(_Strict):
    """One sentence of the model, its moment, and whether it may be spoken."""

    say: str = Field(min_length=1)
    state: State
    question: Annotated[Question | None, BeforeValidator(lambda said: None if said == "none" else said)] = None
    caller: list[str] = Field(min_length=1)
    facts: FactsOfCall = FactsOfCall()
    expect: bool
    why: str = ""

    @property
    def verdict(self) -> Verdict:
        """What the guard makes of it."""
        business = self.business
        return check(self.say, self.session, business, (), self._line(business))

    @property
    def spoken(self) -> Spoken:
        """It, and what it is judged against."""
        return Spoken(clean(self.say), self.session, self.business)

    @property
    def business(self) -> Business:
        """The business of the call."""
        house = self.facts.business
        return Business(name=house.name, diagnostic_fee=house.fee, opening_hour=house.opens, closing_hour=house.closes)

    @property
    def session(self) -> CallSession:
        """The call at this moment."""
        facts, zone = self.facts, self.business.zone
        withheld = facts.phone == "withheld"
        made = CallSession(
            call_id="CA1",
            caller_number="" if withheld else OWN_NUMBER,
            callback_phone="" if withheld or facts.phone == OWN_NUMBER else facts.phone,
            started_at=NOW.replace(tzinfo=zone),
            language=facts.language,
            state=self.state,
            question=self.question,
            name=facts.name,
            name_from_caller=bool(facts.name),
            zip_code=facts.zip,
            address=facts.address,
            problem=facts.problem,
            on_site=facts.on_site,
            visit_at=facts.wish.replace(tzinfo=zone) if facts.wish else None,
            slots=[at.replace(tzinfo=zone) for at in facts.offered],
            slots_asked=bool(facts.offered),
            looked_up=True,
            has_appointment=facts.visit_on_file,
            known_caller=facts.known_caller,
            callback_owed=facts.callback_owed,
            upset=facts.upset,
            high_ticket=facts.new_system,
            reason=self._reason,
            booking_status=(BookingStatus.ATTEMPTED_FAILED if facts.booking_failed else BookingStatus.NOT_REQUESTED),
            callback_status=CallbackStatus.CREATED if facts.callback else CallbackStatus.NONE,
            intent=Intent.FOLLOW_UP if self.state is State.FOLLOW_UP else None,
        )
        for turn in self.caller:
            made.note(EntryKind.CALLER, turn, made.started_at)
        return made

    @property
    def _reason(self) -> Reason | None:
        if self.state is not State.CALLBACK:
            return None
        facts = self.facts
        return (
            Reason.BOOKING_FAILED
            if facts.booking_failed
            else (Reason.SPANISH if facts.language == "es" else Reason.CALLER_WISH)
        )

    def _line(self, business: Business) -> str:
        """The state's own line, which the model was told to end with, or to say if it knows no answer."""
        if self.question in (None, Question.READ_BACK):
            key = "callback_answer" if self.state is State.CALLBACK else "answer_later"
        else:
            key = script.question_key(self.question)
        return script.line(key, self.facts.language, business)


_TABLE = TypeAdapter(list[Sentence])


def load(folder: Path) -> list[Sentence]:
    """The sentences of a folder.

    Raises:
        TableError: a table is not in the format, or there is none.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise TableError(f"{folder} holds no table")
    return [entry for path in paths for entry in table(path)]


def table(path: Path) -> list[Sentence]:
    """The sentences of one file.

    Raises:
        TableError: it is not in the format.
    """
    try:
        return _TABLE.validate_python(yaml.load(path.read_text(), LOADER))  # noqa: S506 - a safe one
    except (ValidationError, yaml.YAMLError) as error:
        raise TableError(f"{path}: {error}") from error
