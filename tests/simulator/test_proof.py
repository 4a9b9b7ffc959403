"""What may be heard of whom: the judgement of every call, by the world before it and by what its caller said."""

from datetime import datetime
from typing import Any

import pytest

from simulator.back_office.store import CHICAGO, Booking
from simulator.calls.grading import Evidence, grade
from simulator.calls.proof import OnFile, Said, dialogue, on_file, unproved
from simulator.scenarios.scenario import Expect
from simulator.sound.recording import Event

AT = datetime(2026, 11, 25, 9, tzinfo=CHICAGO)
NUMBER = "+15125550155"
MARIA = OnFile("Maria Alvarez", "2210 Bluebonnet Lane, Austin, TX 78745", NUMBER, AT)
JONAS = OnFile("Jonas Fisher", "9 Elm Street", "", AT.replace(hour=14))


def talk(*lines: str) -> list[Said]:
    """Both sides; the caller's lines begin with a dash."""
    return [Said(by_caller=line.startswith("- "), text=line.removeprefix("- ")) for line in lines]


@pytest.mark.parametrize(
    ("lines", "vouched"),
    [
        (("Thanks for calling again, Maria.",), NUMBER),
        (("I see there's already a visit on the books for this number.",), NUMBER),
        (("- Maria here", "Thanks, Maria."), ""),
        (("- It's Maria Alvarez.", "Your visit is on Wednesday, November 25 at 9:00 AM. Shall I cancel it?"), ""),
        (("- 2210 Bluebonnet Lane.", "So that's Maria Alvarez at 2210 Bluebonnet Lane."), ""),
        (("- Wednesday at nine.", "So that's you, Wednesday, November 25 at 9 AM."), ""),
        (("- It's Fisher, Jonas ... Jonas Fisher", "Your visit is on November 25 at 2:00 PM."), ""),
        (("- I'm at 9 Elm Street", "So that's 9 Elm Street, Thursday, November 26 at 2 PM."), ""),
        (("You may call us again.", "The street is a fisher's."), ""),
        (("So that's Dana at 9 Oak Street, November 25 at 10 AM.",), ""),
    ],
)
def test_what_is_proved_may_be_heard(lines: tuple[str, ...], vouched: str) -> None:
    """A first name on a number that is vouched for, the rest with the whole name or the street; own words always."""
    in_the_calendar = OnFile(MARIA.name, MARIA.address, "", AT)
    assert list(unproved([in_the_calendar, MARIA, JONAS], talk(*lines), vouched)) == []


@pytest.mark.parametrize(
    ("lines", "vouched", "told"),
    [
        (("Thanks for calling again, Maria.",), "", "'maria' of 'Maria Alvarez'"),
        (("Thanks for calling again, Jonas.",), NUMBER, "'jonas' of 'Jonas Fisher'"),
        (("So that's Maria Alvarez at 1 Oak Street.",), NUMBER, "'alvarez' of 'Maria Alvarez'"),
        (("- Maria", "Thank you, Maria Alvarez."), "", "'alvarez'"),
        (("Is it still 2210 Bluebonnet Lane?",), NUMBER, "'2210 Bluebonnet Lane"),
        (("- Maria", "Your visit is on Wednesday, November 25 at 9:00 AM."), NUMBER, "visit of 'Maria Alvarez'"),
        (("- It's Maria Alvarez.", "It's on November 25 at 2 PM."), NUMBER, "visit of 'Jonas Fisher'"),
        (("Your visit is on November 25 at 9 AM.", "- It's Maria Alvarez."), "", "visit of 'Maria Alvarez'"),
        (("I see there's already a visit on the books for this number.",), "", "already a visit"),
        (("I see there's already a visit on the books for this number.",), "+15125550100", "already a visit"),
    ],
)
def test_what_is_not_proved_is_named(lines: tuple[str, ...], vouched: str, told: str) -> None:
    """A planted violation, by each thing that is personal."""
    found = list(unproved([MARIA, JONAS], talk(*lines), vouched))
    assert len(found) == 1
    assert told in found[0]


def test_every_call_is_judged_by_it() -> None:
    """Whatever its scenario expects."""
    run: dict[str, Any] = {"on_file": [MARIA], "dialogue": talk("Thanks for calling again, Maria.")}
    assert grade(Expect(), Evidence(**run, vouched=NUMBER)) == []
    assert [f for f in grade(Expect(), Evidence(**run)) if "has not proved" in f] != []


def test_who_is_on_file_is_whom_the_calendar_and_the_dashboard_know() -> None:
    """A visit of the calendar alone is no number's; who has no name is nobody."""
    visit = Booking("cal_1", "Jonas Fisher", "", JONAS.visit or AT, "9 Elm Street", "", "accepted", "", "")
    row = {"customer_name": "Maria Alvarez", "customer_phone": NUMBER, "customer_address": MARIA.address}
    rows = [{**row, "scheduled_at": AT.isoformat()}, {**row, "customer_name": "Unknown caller"}, {}]
    assert on_file([visit], rows) == [JONAS, MARIA]


def test_a_line_stands_where_it_began_with_what_was_heard_of_it() -> None:
    """What the caller says over it proves nothing for it."""
    events = [
        Event(0, "bot", "speaks", "Thanks for calling again, Maria. How are you?"),
        Event(900, "caller", "says", "It's Maria Alvarez."),
        Event(
            950,
            "bot",
            "said",
            "Thanks for",
            {"complete": False, "full": "Thanks for calling again, Maria. How are you?"},
        ),
        Event(2000, "bot", "said", "Goodbye.", {"complete": True, "full": "Goodbye."}),
    ]
    assert [(said.by_caller, said.text) for said in dialogue(events)] == [
        (False, "Thanks for"),
        (True, "It's Maria Alvarez."),
        (False, "Goodbye."),
    ]
