"""Many calls: which are placed, what varies in them, and what is shown of them and of the machine."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from simulator.calls.batch import Case, both_ways
from simulator.calls.grading import MAX_LAG_MS, Evidence, grade
from simulator.calls.screen import Screen, Verdict
from simulator.jitter import SHARE, Jitter, seed_of
from simulator.scenarios.scenario import MODEL_DOWN, Expect, names
from simulator.sound.recording import Event, Timeline

VERDICT = Verdict("booking", "", (), 41.0, 9, (480.0, 655.0), "confirm", {})


def test_every_scenario_is_placed_both_ways() -> None:
    """With the model and with the model down, each pair side by side."""
    cases = both_ways(names())
    assert [case.name for case in cases] == [name for name in names() for _ in range(2)]
    assert {case.faults for case in cases} == {"", MODEL_DOWN}


@pytest.mark.parametrize(("lag_ms", "judged"), [(0.0, True), (MAX_LAG_MS, True), (MAX_LAG_MS + 1, False)])
def test_a_machine_that_lags_is_not_the_bots_silence(lag_ms: float, judged: bool) -> None:
    """A wait in a call during which the machine was late says nothing of the bot; on one that kept up it does."""
    waited = grade(Expect(max_wait_ms=4000), Evidence(longest_wait_ms=5000.0, lag_ms=lag_ms))
    assert [failure for failure in waited if "in silence" in failure] == [
        "the caller waited 5000 ms in silence, more than 4000"
    ] * judged


def test_the_table_has_a_column_for_each_way() -> None:
    """One line for a scenario: how it went with the model and without; then the reasons of what failed."""
    out = io.StringIO()
    down = replace(VERDICT, faults=MODEL_DOWN, failures=["the caller gave up"], turns=14, final_state="callback")
    Screen(Console(file=out, width=160)).table([VERDICT, down, replace(VERDICT, scenario="vendor", response_ms=())])
    text = out.getvalue()
    lines = [line for line in text.splitlines() if line[:1] in ("│", "┃")]
    heading, booking, vendor = lines
    assert [word for word in ("all well", MODEL_DOWN, "final state") if word not in heading] == []
    assert booking.index("PASS") < booking.index("FAIL") < booking.index("14") < booking.index("confirm / callback")
    assert "FAIL" not in vendor
    assert f"booking ({MODEL_DOWN}): the caller gave up" in text


def test_a_call_says_what_was_broken() -> None:
    """In its line."""
    assert replace(VERDICT, faults="v2:down").title == "booking (v2:down)"
    assert (VERDICT.title, Case("booking").faults) == ("booking", "")


def test_the_machine_is_told_of() -> None:
    """What a call costs in processor time, and how late the machine was."""
    out = io.StringIO()
    Screen(Console(file=out, width=160)).machine([3.0, 4.0, 8.0], 12.0)
    assert "4.0 processor seconds a call (median), 8.0 at most; its loop was 12 ms late" in out.getvalue()


def test_a_seed_is_each_calls_own() -> None:
    """The same run varies each call in its own way, and always in the same; 0 varies nothing."""
    assert seed_of(1, "booking") == seed_of(1, "booking") != seed_of(1, "vendor")
    assert seed_of(1, "booking") != seed_of(2, "booking")
    assert seed_of(0, "booking") == 0
    assert Jitter(0)(0.3) == 0.3
    drawn = [Jitter(7)(0.3) for _ in range(2)]
    assert drawn[0] == drawn[1] != 0.3
    assert 0.3 * (1 - SHARE) <= drawn[0] <= 0.3 * (1 + SHARE)


@pytest.mark.parametrize(
    ("faults", "state", "told"),
    [
        ("", "confirm", "PASS booking (41 s): ended as it should: a visit is booked"),
        ("v2:500", "callback", "PASS booking (v2:500) (41 s): ended as it should with v2:500: a callback"),
        ("", "lookup", "PASS booking (41 s): ended as it should: in lookup"),
    ],
)
def test_the_verdict_is_in_words(faults: str, state: str, told: str) -> None:
    """PASS alone does not say that a callback is what should be, with V2 broken."""
    out = io.StringIO()
    Screen(Console(file=out, width=160)).word(replace(VERDICT, faults=faults, final_state=state))
    assert out.getvalue() == told + "\n"


def test_a_line_of_the_bot_is_stamped_where_it_begins() -> None:
    """It is known only at its end, as far as it was heard."""
    out = io.StringIO()
    detail = {"complete": True, "full": "Goodbye.", "began_ms": 1500}
    Screen(Console(file=out, width=160)).event(Event(3000, "bot", "said", "Goodbye.", detail))
    assert out.getvalue().split() == ["1.50", "bot", "Goodbye."]


def test_lines_that_begin_alike_are_told_apart_in_their_place() -> None:
    """The one that was named too early is named again, where it began."""
    timeline = Timeline(lambda: 0.0)
    first = timeline.add("bot", "speaks", "One moment.")
    timeline.add("twilio", "mark")
    renamed = timeline.rename(first, "One moment, please.")
    assert [event.text for event in timeline.events] == ["One moment, please.", ""]
    assert timeline.of("bot") == [renamed]
