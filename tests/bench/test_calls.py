"""`make bench`: what it takes, whom it lets call, and how it shows what was measured."""

import json
import os
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bench.calls import OURS, PEER, Visits, main, result, tables
from bench.figures import CallFigures, Kind, Round, Turn, summary
from bench.page import markdown
from bench.peer.script import BOOKS, LINES, LOOKS_UP, Script
from bench.picture import PANELS, picture
from simulator.providers.openai_api import ToolWish


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--calls", "1,none"], "no list of numbers"),
        (["--calls", "0"], "no list of numbers"),
        (["--minutes", "0"], "no number from"),
        (["--minutes", "soon"], "no number from"),
        (["--bots", "theirs"], "are the bots"),
        (["--repeat", "0"], "at least one"),
        (["--json", "/nowhere/at/all.json"], "no such folder"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the reason, before anything is started."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert why in capsys.readouterr().err


def test_one_core_is_too_few(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Callers on the bot's core would be measured with it."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert main(["--calls", "1"]) == 2
    assert "a core of its own" in capsys.readouterr().out


def test_every_caller_has_a_time_of_their_own() -> None:
    """On a weekday, as it is said and as it is booked."""
    visits = Visits(datetime(2026, 11, 30, 10, 15, tzinfo=ZoneInfo("America/Chicago")))
    assert visits.words(0) == "Monday the 30th at 9 AM, please."
    assert visits.by_words["Thursday the 3rd at 2 PM, please."] == "2026-12-03T14:00:00-06:00"
    assert len(visits.by_words) == len(set(visits.by_words.values())) == 120
    assert visits.words(120) == visits.words(0)


def test_the_canonical_bots_model_goes_one_step_for_each_turn() -> None:
    """With a tool before two of its lines; "Sorry?" brings the same line again."""
    script, messages = (
        Script({"Monday at 9": "2026-11-30T09:00:00-06:00"}),
        [{"role": "system", "content": "Be brief."}],
    )
    assert script(messages) == LINES[0]
    for step, words in enumerate(("No heat.", "No.", "78704.", "Ann.", "1 Elm Road.", "How long?", "Monday at 9"), 1):
        messages.append({"role": "user", "content": words})
        if step == LOOKS_UP:
            assert script(messages) == ToolWish("lookup_caller", {})
            messages.append({"role": "tool", "content": "{}"})
        else:
            assert script([*messages, {"role": "user", "content": "Sorry?"}]) == script(messages)
        assert script(messages) == LINES[step].format("", *(m["content"] for m in messages if m["role"] == "user"))
    wish = script([*messages, {"role": "user", "content": "Yes."}])
    assert isinstance(wish, ToolWish)
    assert (wish.name, wish.arguments["date_time"], BOOKS) == ("book_appointment", "2026-11-30T09:00:00-06:00", 8)


def a_result() -> dict[str, Any]:
    figures = CallFigures(True, [Turn(Kind.WORDED, 900.0, 800.0)], 50.0, 20.0, [5.0], 10, 0)
    found = summary(Round([figures], 12.0, 4.0, 3.5, 1.0, 500, 200, [1.0], [2.0]))
    return result({OURS: {1: [found], 4: [found]}, PEER: {1: [found], 4: [found]}})


def test_a_result_is_shown_and_kept() -> None:
    """A table for each number of calls, with ratios; as JSON; as a picture."""
    found = a_result()
    assert [table.row_count for table in tables(found)] == [len(found["medians"][OURS][1])] * 2
    assert found["ratios"][1]["cpu_seconds_per_call_minute"] == 1.0
    assert found["most_carried"] == {OURS: 4, PEER: 4}
    assert found["delays_ms"] == {
        "end_of_turn": 300, "first_token": 300, "first_byte": 150, "eager_end_of_turn": 150, "voice_pause": 20, "v2": 80
    }  # fmt: skip
    assert json.loads(json.dumps(found))["medians"][PEER]["4"]["calls"] == 1
    kept = json.loads(json.dumps(found))
    assert markdown(kept) == markdown(found)
    head, rule, *rows = markdown(kept).splitlines()
    assert head.startswith("| calls | | first audio p50 / p95 |")
    assert rule == "|---|---|---|---|---|---|---|---|"
    assert [row.split("|")[1:3] for row in rows] == [
        [f" {calls} ", f" {bot} "] for calls in (1, 4) for bot in ("this service", "canonical Pipecat")
    ]
    drawn = picture(found["medians"])
    assert drawn.count("<polyline") == 2 * len(PANELS)


def test_one_bot_alone_has_no_ratios() -> None:
    """There is nothing to hold it against."""
    ours = result({OURS: a_result()["rounds"][OURS]})
    assert ours["ratios"] == {}
    assert [column.header for column in tables(ours)[0].columns] == ["", OURS]
