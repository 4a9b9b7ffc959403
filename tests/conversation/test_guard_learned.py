"""The guard's second judge: what it is asked about, and that its weights are learnt from what is in this repository."""

from pathlib import Path

import pytest

from bench import learn_guard
from call.session import CallbackStatus, CallSession, EntryKind, State
from conversation.guard import learned
from conversation.guard.judge import Facts, check
from conversation.guard.known import Spoken, words_of
from conversation.guard.words import NEUTRAL
from tests.support.model_sentences import MONDAY
from tests.support.utterance_tables import TableError

REMARK = "Beekeeping in this weather takes patience, so what's the street address?"


def in_a_call(caller: str) -> CallSession:
    """A call in which the address is asked for, and this was said last."""
    call = CallSession(call_id="CA1", caller_number="+15125550100", started_at=MONDAY, state=State.DISCOVERY)
    call.note(EntryKind.CALLER, caller, MONDAY)
    return call


def likelihood(sentence: str) -> float:
    """What is made of it in a call."""
    spoken = Spoken(sentence, in_a_call("I keep bees."), Facts())
    return learned.likelihood(spoken, words_of(spoken, NEUTRAL))


def test_the_weights_are_learnt_from_what_is_there() -> None:
    """After a change of the sentences: python -m bench.learn_guard --write."""
    assert learned.learnt_from() == learn_guard.digest()


def test_a_remark_that_no_rule_knows_is_spoken() -> None:
    """It claims nothing."""
    assert check(REMARK, in_a_call("I keep bees and the honey won't pour."), Facts()).allowed


@pytest.mark.parametrize(
    ("sentence", "caller"),
    [
        (REMARK, "I keep bees and I smell gas."),  # To a caller who speaks of danger
        ("No, bees are patient creatures, so what's the street address?", "Will my bees die?"),  # As a no to a question
        ("Bees are patient creatures.", "Will my bees die?"),  # As whatever answer
        ("Beekeeping takes 40 minutes here, so what's the street address?", "I keep bees."),  # With a number
        ("Bees at ten in the morning, so what's the street address?", "I keep bees."),  # With a time
    ],
)
def test_the_second_judge_is_not_asked(sentence: str, caller: str) -> None:
    """These are the rules' alone, and they know none of it."""
    assert not check(sentence, in_a_call(caller), Facts()).allowed


def test_the_line_is_not_the_number_that_is_called() -> None:
    """Somebody who gave another number is called on that one, whichever form the sentence has."""
    call = CallSession(
        call_id="CA1", caller_number="+15125550101", callback_phone="5125550199", started_at=MONDAY,
        state=State.CALLBACK, callback_status=CallbackStatus.CREATED,
    )  # fmt: skip
    call.note(EntryKind.CALLER, "Which number will you call?", MONDAY)
    for ending, allowed in (("0199", True), ("0101", False)):
        for sentence in (
            f"They'll call you on the number ending in {ending}.",
            f"They'll call you on 512 555 {ending}.",
        ):
            assert check(sentence, call, Facts()).allowed is allowed, sentence


def test_sympathy_that_claims_is_refused() -> None:
    """The rules take it for a remark about the caller."""
    verdict = check(
        "You're doing it just right, you don't need to do anything more.", in_a_call("I am new here."), Facts()
    )
    assert not verdict.allowed


def test_nothing_learnt_judges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without weights the rules alone decide."""
    monkeypatch.setattr(learned, "_used", (1.0, memoryview(bytes(learned.PLACES)).cast("b")))
    assert likelihood(REMARK) == 0.5
    assert not check(REMARK, in_a_call("I keep bees and the honey won't pour."), Facts()).allowed


def test_weights_that_are_not_whole_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The start tells what to do."""
    monkeypatch.setattr(learned, "WEIGHTS", tmp_path / "learned.bin")
    learned.WEIGHTS.write_bytes(b"1.0 none\n" + bytes(7))
    with pytest.raises(ValueError, match=r"bench\.learn_guard --write"):
        learned._kept()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files of reactions in place of all sentences, and their weights."""
    monkeypatch.setattr(learned, "_used", learned._used)
    monkeypatch.setattr(learned, "WEIGHTS", tmp_path / "learned.bin")
    monkeypatch.setattr(learn_guard, "FOLDER", tmp_path)
    monkeypatch.setattr(learn_guard, "REACTIONS", tmp_path)
    monkeypatch.setattr(learn_guard, "PRACTICE", tmp_path)
    monkeypatch.setattr(learn_guard, "FALSE", [])
    monkeypatch.setattr(learn_guard, "TRUE", [])
    for name in "ab":
        lines = [
            "H\tdiscovery name\tI keep bees.\tBees are good company, and what's your name?",
            "C\tdiscovery name\tI keep bees.\tWe fix beehives every week, and what's your name?",
        ]
        (tmp_path / f"{name}.tsv").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_what_is_learnt_is_shown_and_written(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each file is left out once; the weights that are written tell what they are learnt from."""
    assert learn_guard.main([]) == 0
    assert "false that pass" in capsys.readouterr().out
    assert learn_guard.main(["--write"]) == 0
    assert learned.learnt_from() == learn_guard.digest()
    scale, weights = learned._kept()
    learned.use(scale, weights.tobytes())
    harmless, claim = ("bees are good company", "we fix beehives every week")
    assert likelihood(harmless) < 0.5 < likelihood(claim)


@pytest.mark.parametrize(
    "line", ["X\tdiscovery name\tHi.\tHello there, you.", "H\tdiscovery name\tHi.", "H\tnowhere name\ta\tb"]
)
def test_a_line_that_is_wrong_is_named(small: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With its file and number."""
    (small / "c.tsv").write_text(line + "\n")
    with pytest.raises(TableError, match=r"c\.tsv, line 1"):
        list(learn_guard.sentences())
    assert learn_guard.main([]) == 1
    assert "c.tsv, line 1" in capsys.readouterr().out
