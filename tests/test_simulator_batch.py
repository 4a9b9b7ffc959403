"""Many calls: which are placed, what is synthesised before they begin, and what is shown of them."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from simulator.audio import Speaker
from simulator.batch import MAX_LAG_MS, Case, both_ways, disturbed, rehearse
from simulator.persona import Persona
from simulator.scenario import MODEL_DOWN, load, names
from simulator.screen import Screen, Verdict

VERDICT = Verdict("booking", "", (), 41.0, 9, (480.0, 655.0), "confirm", {})


def test_every_scenario_is_placed_both_ways() -> None:
    """With the model and with the model down, each pair side by side."""
    cases = both_ways(names())
    assert [case.name for case in cases] == [name for name in names() for _ in range(2)]
    assert {case.faults for case in cases} == {"", MODEL_DOWN}


def test_nothing_is_synthesised_after_the_rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word of every caller is in the speaker's memory before the first call."""
    personas = [load(name).persona for name in ("booking", "hesitant_caller", "spanish_emergency")]
    speaker = Speaker(1.8)
    rehearse(speaker, personas)
    monkeypatch.setattr("simulator.audio._Espeak.synthesize", None)
    for persona in personas:
        assert all(speaker.speak(words, *voice(persona)) for words in persona.sayings())
    with pytest.raises(TypeError):
        speaker.speak("What nobody says", *voice(personas[0]))


def voice(persona: Persona) -> tuple[str, int]:
    return persona.manner.voice, persona.manner.words_per_minute


@pytest.mark.parametrize(
    ("failures", "lag_ms", "again"),
    [((), 900.0, False), (("late",), MAX_LAG_MS, False), (("late",), MAX_LAG_MS + 1, True)],
)
def test_only_a_failure_on_a_slow_machine_is_repeated(failures: tuple[str, ...], lag_ms: float, again: bool) -> None:
    """What failed on a machine that kept up has failed; what passed has passed."""
    assert disturbed(replace(VERDICT, failures=failures, lag_ms=lag_ms)) is again


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


def test_a_call_that_was_repeated_says_so() -> None:
    """In its line, and with what was broken."""
    assert replace(VERDICT, faults="v2:down", again=True).title == "booking (v2:down, again)"
    assert (VERDICT.title, Case("booking").faults) == ("booking", "")
