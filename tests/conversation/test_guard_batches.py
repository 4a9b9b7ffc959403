"""Batches of a model's sentences that were written blind: no false one passes, and no more true ones are refused."""

from pathlib import Path

import pytest

from bench import guard
from tests.support.guard_tables import FOLDER, load
from tests.support.utterance_batches import as_frozen
from tests.support.utterance_tables import TableError

REFUSED = dict.fromkeys((f"batch{number}" for number in range(1, 34)), 0) | dict.fromkeys(
    ("batch16", "batch18", "batch19", "batch21", "batch23"), 1
)  # True ones that the guard does not know yet; only lowered


@pytest.mark.parametrize("batch", REFUSED)
def test_no_false_sentence_passes(batch: str) -> None:
    """The tables are as they were frozen, and of their lies none is spoken."""
    as_frozen(FOLDER / batch)
    entries = load(FOLDER / batch)
    assert (sum(not entry.expect for entry in entries), len(entries)) == (60, 100)
    assert [entry.say for entry in entries if entry.verdict.allowed and not entry.expect] == []


@pytest.mark.parametrize(("batch", "most"), REFUSED.items())
def test_true_sentences_pass(batch: str, most: int) -> None:
    """What is refused is spoken as a fixed line; the number may fall and not rise."""
    refused = [entry.say for entry in load(FOLDER / batch) if entry.expect and not entry.verdict.allowed]
    assert len(refused) <= most, refused


def test_a_changed_table_is_refused(tmp_path: Path) -> None:
    """A batch is scored as it was frozen or not at all."""
    table = tmp_path / "sentences.yaml"
    table.write_text('- {say: "I am sorry.", state: discovery, question: name, caller: ["hi"], expect: true}\n')
    assert guard.main(["--batch", str(tmp_path)]) == 1
    assert guard.main(["--freeze", str(tmp_path)]) == 0
    assert guard.main(["--batch", str(tmp_path)]) == 0
    table.write_text(table.read_text().replace("sorry", "booked"))
    with pytest.raises(TableError, match="not as it was frozen"):
        as_frozen(tmp_path)
    assert guard.main(["--batch", str(tmp_path)]) == 1
