"""What a misread turn does to a caller is told; a batch is scored as it was frozen."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench import evaluate
from tests.support import utterance_tables
from tests.support.harms import Harm, harm_of
from tests.support.utterance_tables import Difference, Entry, Part


def entry(question: str = "read_back") -> Entry:
    """An entry of which only the question counts."""
    return Entry.model_validate({"say": "whatever", "question": question, "expect": {"name": "Jo"}})


@pytest.mark.parametrize(
    ("question", "field", "expected", "got", "harm"),
    [
        ("read_back", "answer", "unclear or nothing", "yes", Harm.ACTS),
        ("cancel_confirm", "answer", "no", "yes", Harm.ACTS),
        ("anything_else", "answer", "no", "yes", Harm.MISSES),
        ("read_back", "answer", "yes", "unclear", Harm.ASKS),
        ("read_back", "answer", "no", "yes_but", Harm.MISSES),
        ("safety", "hazard", "possible", "denied", Harm.ACTS),
        ("safety", "hazard", "possible", "none", Harm.ASKS),
        ("name", "hazard", "present or possible", "none", Harm.ACTS),
        ("name", "hazard", "none", "present", Harm.ACTS),
        ("name", "hazard", "present", "possible", Harm.ASKS),
        ("name", "hazard", "none", "possible", Harm.ASKS),
        ("how_can_i_help", "intent", "service", "vendor", Harm.ACTS),
        ("how_can_i_help", "intent", "vendor", "service", Harm.MISSES),
        ("name", "goodbye", "False", "True", Harm.ACTS),
        ("name", "wants_person", "True", "False", Harm.MISSES),
        ("name", "name", "Ann Lee", "Ann", Harm.STORES),
        ("name", "name", "Ann Lee", "nothing", Harm.ASKS),
    ],
)
def test_each_difference_has_its_harm(question: str, field: str, expected: str, got: str, harm: Harm) -> None:
    """What acts is graver than what is stored, and that than a question too many."""
    assert harm_of(entry(question), [Difference(field, expected, got)]) is harm


def test_the_gravest_harm_counts() -> None:
    """A turn that acts wrongly acts wrongly, whatever else is wrong with it."""
    misread = [Difference("name", "Ann", "nothing"), Difference("goodbye", "False", "True")]
    assert harm_of(entry(), misread) is Harm.ACTS


def _refrozen(folder: Path) -> None:
    assert evaluate.main(["--freeze", str(folder)]) == 1


def _changed(folder: Path) -> None:
    (folder / "zips.yaml").write_text('- {say: "78745", question: zip, expect: {zip_code: "78745"}}')


def _added(folder: Path) -> None:
    (folder / "names.yaml").write_text("- {say: Jonas Miller, question: name, expect: {name: Jonas Miller}}")


def _nothing(folder: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("between", "code"),
    [(_nothing, 0), (_refrozen, 0), (_changed, 1), (_added, 1)],
    ids=["unchanged", "frozen twice", "changed", "added"],
)
def test_a_batch_is_scored_only_as_it_was_frozen(tmp_path: Path, between: Callable[[Path], None], code: int) -> None:
    """Nobody tunes a batch: a table that changed behind the freeze, or is new, is refused; so is a second freeze."""
    (tmp_path / "zips.yaml").write_text('- {say: "78704", question: zip, expect: {zip_code: "78704"}}')
    assert evaluate.main(["--batch", str(tmp_path)]) == 1  # Not frozen yet
    assert evaluate.main(["--freeze", str(tmp_path)]) == 0
    between(tmp_path)
    assert evaluate.main(["--batch", str(tmp_path)]) == code


def test_what_changed_since_the_figures_were_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The difference stands beside each figure, and only --write makes today's the ones to compare with."""
    monkeypatch.setattr(evaluate, "evaluate", lambda part: utterance_tables.evaluate(part, tmp_path))
    monkeypatch.setattr(evaluate, "FIGURES", tmp_path / "figures.yaml")
    monkeypatch.setattr(evaluate, "MISSES", tmp_path / "misses.yaml")
    (tmp_path / Part.DEV).mkdir()
    table = tmp_path / Part.DEV / "zips.yaml"
    table.write_text('- {say: "78704", question: zip, expect: {zip_code: "78704"}}')
    evaluate.main(["--write"])
    table.write_text('- {say: "78704", question: zip, expect: {zip_code: "78745"}}')
    capsys.readouterr()
    evaluate.main([])
    evaluate.main([])
    out = capsys.readouterr().out
    assert out.count("0 (-1)") == 2  # right
    assert out.count("1 (+1)") == 2  # stores wrongly
