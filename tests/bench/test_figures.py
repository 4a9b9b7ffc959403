"""What a call was like, out of timelines made by hand."""

from dataclasses import replace

import pytest

from bench.figures import (
    Answer,
    CallFigures,
    Kind,
    Observed,
    Round,
    Spoken,
    Turn,
    carries,
    figures_of,
    medians,
    most_carried,
    percentile,
    ratios,
    summary,
    utterances,
    whole_lines,
)
from simulator.phone.media_stream import Passing

WORDS = "How long does it take?"


def voice(first: float, last: float) -> list[Passing]:
    """The caller speaks, 20 ms at a time."""
    count = round((last - first) / 0.02)
    return [Passing(first + 0.02 * number, "voice", 20.0) for number in range(count + 1)]


def audio(first: float, pieces: int, every: float = 0.04) -> list[Passing]:
    """The bot speaks, 40 ms at a time."""
    return [Passing(first + every * number, "audio", 40.0) for number in range(pieces)]


def call(
    wire: list[Passing],
    heard: list[Spoken] | None = None,
    answers: list[Answer] | None = None,
    said: list[tuple[float, str]] | None = None,
) -> CallFigures:
    """Its figures; everything was paid at the end of turn, 300 ms."""
    wire = sorted([Passing(0.0, "start"), *wire])
    observed = Observed(wire, heard or [], said or [(1.0, WORDS)], answers or [], 300.0, True, {"Monday at 3."})
    return figures_of(observed)


VOICE = Answer("inworld", 2.75, 2.9, "It takes an hour.")
MODEL = Answer("openai", 2.3, 2.7, "It takes an hour. When?", WORDS)
TOOL = Answer("v2", 2.31, 2.39)
READING = Answer("openai", 2.3, 2.65, '{"name": null}', "how long does it take")


@pytest.mark.parametrize(
    ("response", "answers", "kind", "added"),
    [
        (0.31, [], Kind.FIXED, 10),
        (0.93, [VOICE], Kind.SLOTS, 930 - 300 - 150),
        (0.93, [MODEL, VOICE], Kind.WORDED, 930 - 300 - 400 - 150),
        (0.93, [TOOL, VOICE], Kind.TOOL, 930 - 300 - 80 - 150),
        (0.42, [TOOL], Kind.TOOL, 40),
        (0.7, [READING], Kind.FIXED, 50),
        (0.31, [TOOL, VOICE, MODEL], Kind.FIXED, 10),
        (0.93, [VOICE, VOICE, MODEL, MODEL], Kind.WORDED, 80),
        (0.93, [replace(MODEL, said=f"It is cold.\n{WORDS}"), VOICE], Kind.WORDED, 80),
        (0.93, [replace(MODEL, said=f"Monday at 3.\n{WORDS}"), VOICE], Kind.SLOTS, 480),
        (0.93, [Answer("openai", 2.3, 2.7, "Other words.", "said by another"), VOICE], Kind.SLOTS, 480),
        (0.93, [Answer("inworld", 2.75, 2.9, "Another line.")], Kind.FIXED, 630),
    ],
)
def test_added_is_the_response_without_what_was_paid(
    response: float, answers: list[Answer], kind: Kind, added: float
) -> None:
    """By what the turn waited for; what is not over before its audio was not waited for, and others' is not its own."""
    line = Spoken("It takes an hour.", 2.0 + response, 4.0)
    figures = call(voice(1.0, 2.0) + audio(2.0 + response, 5), [line], answers)
    (turn,) = figures.turns
    assert (turn.kind, round(turn.added_ms)) == (kind, added)
    assert round(turn.response_ms) == round(response * 1000)


def test_a_caller_who_thinks_within_a_turn_is_one_utterance() -> None:
    """Less than what ends a turn."""
    wire = voice(1.0, 1.5) + voice(1.7, 2.0) + voice(2.5, 3.0)
    assert [(round(a, 2), round(b, 2)) for a, b in utterances(wire)] == [(1.0, 2.0), (2.5, 3.0)]


def test_a_turn_that_nobody_answered_or_that_was_talked_over_is_none() -> None:
    """The caller speaks again first; the bot was never silent."""
    assert call(voice(1.0, 2.0) + voice(3.0, 4.0)).turns == []
    assert call(voice(1.0, 2.0) + audio(0.5, 60)).turns == []


def test_the_greeting_is_behind_the_start() -> None:
    """With and without the delays of vendors."""
    figures = call(audio(0.5, 5), [Spoken("Hello.", 0.5, 1.0)], [Answer("inworld", 0.1, 0.35, "Hello.")])
    assert [figures.greeting_ms, figures.greeting_added_ms] == pytest.approx([500, 250])
    assert call([]).greeting_ms is None


def test_a_gap_is_where_a_line_runs_dry() -> None:
    """Not between two lines, not where it was cleared, and not for 10 ms."""
    lines = [Spoken("One.", 1.0, 2.0), Spoken("Two.", 2.2, 3.0)]
    whole = audio(1.0, 25) + audio(2.2, 20)
    assert (call(whole, lines).lines, call(whole, lines).lines_with_gap) == (2, 0)
    late = audio(1.0, 10) + audio(1.5, 13) + audio(2.2, 20)
    assert call(late, lines).lines_with_gap == 1
    assert call(audio(1.0, 10) + audio(1.41, 15) + audio(2.2, 20), lines).lines_with_gap == 0
    assert call([*audio(1.0, 10), Passing(1.4, "clear"), *audio(1.5, 13)], lines).lines_with_gap == 0


def test_a_line_that_was_broken_in_two_is_one_with_a_gap() -> None:
    """Its caller hears the beginning, nothing, and the end."""
    broken = [Spoken("One two.", 1.0, 1.6, False), Spoken("One two.", 1.9, 2.4)]
    assert whole_lines(broken) == [Spoken("One two.", 1.0, 2.4)]
    figures = call(audio(1.0, 10) + audio(1.9, 12), broken)
    assert (figures.lines, figures.lines_with_gap) == (1, 1)


def test_a_barge_in_is_measured_from_the_start_of_the_turn() -> None:
    """Of the turn that is nearest; not where the bot was silent, and not where nothing was cleared."""
    starts = [Answer("deepgram", 1.2, 1.2), Answer("deepgram", 1.33, 1.33), Answer("deepgram", 9.0, 9.0)]
    wire = [*audio(0.5, 18), *voice(1.0, 2.0)]
    assert call([*wire, Passing(1.24, "clear")], answers=starts).clears_ms == pytest.approx([40])
    assert call(wire, answers=starts).clears_ms == []
    assert call([*voice(1.0, 2.0), Passing(1.24, "clear")], answers=starts).clears_ms == []
    assert call([*wire, Passing(1.24, "clear")], answers=starts[2:]).clears_ms == []


def a_round(*calls: CallFigures) -> Round:
    return Round(calls, 12.0, 4.0, 3.5, 1.0, 500, 200, [1.0, 9.0], [2.0])


GOOD = CallFigures(True, [Turn(Kind.FIXED, 320.0, 300.0), Turn(Kind.TOOL, 900.0, 380.0)], 50.0, 20.0, [5.0], 10, 0)


def test_a_round_is_summed_up() -> None:
    """Every figure of the table."""
    found = summary(a_round(GOOD, GOOD))
    assert found["cpu_seconds_per_call_minute"] == 3.0
    assert (found["added_ms_p50"], found["added_ms_p95"]) == (20.0, 520.0)
    assert (found["added_ms_p50_fixed"], found["added_ms_p50_tool"], found["added_ms_p50_worded"]) == (20, 520, None)
    assert (found["tokens_per_call"], found["characters_per_call"]) == (250, 100)
    assert (found["calls"], found["dropped"], found["lines_with_gap"]) == (2, 0, 0)
    assert carries(found)


def test_a_dropped_call_is_counted_and_is_not_carried() -> None:
    """However well the others went."""
    found = summary(a_round(GOOD, CallFigures(False)))
    assert found["dropped"] == 1
    assert not carries(found)


@pytest.mark.parametrize(
    ("call_figures", "carried"),
    [
        (CallFigures(True, [Turn(Kind.FIXED, 999.0, 300.0)], lines=1000, lines_with_gap=9), True),
        (CallFigures(True, [Turn(Kind.FIXED, 1000.0, 300.0)], lines=1000), False),
        (CallFigures(True, [Turn(Kind.FIXED, 320.0, 300.0)], lines=1000, lines_with_gap=10), False),
        (CallFigures(True), False),
    ],
)
def test_what_is_carried(call_figures: CallFigures, carried: bool) -> None:
    """Added p95 under 700 ms, a gap in under 1 % of the lines; where nothing was measured, nothing is."""
    assert carries(summary(a_round(call_figures))) is carried


def test_the_most_that_is_carried_is_of_the_numbers_that_were_tried() -> None:
    """Among few lines one gap is more than 1 %: that says nothing of more calls."""
    good, bad = summary(a_round(GOOD)), summary(a_round(CallFigures(False)))
    assert most_carried({4: good, 1: bad, 8: good, 10: bad}) == 8
    assert most_carried({1: bad}) == 0


def test_medians_leave_out_what_was_not_measured() -> None:
    """A round without a worded turn says nothing of worded turns."""
    rounds: list[dict[str, float | None]] = [{"a": 1.0, "b": None}, {"a": 5.0, "b": None}, {"a": 2.0, "b": None}]
    assert medians(rounds) == {"a": 2.0, "b": None}


def test_ratios_are_shares_of_the_peers_figures() -> None:
    """Fixed lines are held against what the peer's model words; nothing against nothing is no ratio."""
    ours = {"added_ms_p50_fixed": 10.0, "added_ms_p50_tool": 20.0, "dropped": 0.0, "x": None}
    peer = {
        "added_ms_p50_fixed": None,
        "added_ms_p50_worded": 40.0,
        "added_ms_p50_tool": 80.0,
        "dropped": 0.0,
        "x": 1.0,
    }
    assert ratios(ours, peer) == {"added_ms_p50_fixed": 0.25, "added_ms_p50_tool": 0.25, "dropped": None, "x": None}


def test_a_percentile_is_a_value_that_was_measured() -> None:
    """Of none there is none."""
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile(list(map(float, range(1, 101))), 0.95) == 95.0
    assert percentile([], 0.5) is None
