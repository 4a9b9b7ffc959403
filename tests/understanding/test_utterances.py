"""The labelled utterances are sound, and of those about safety no emergency is missed or invented.

What the rules get right of what a caller means stays right; the facts of a call have test_facts.py.
"""

from collections import Counter
from pathlib import Path

import pytest

from bench import evaluate
from tests.support import utterance_tables
from tests.support.utterance_tables import FOLDER, Entry, Part, TableError, judge, load
from understanding.facts import Hazard

MEANINGS = ["answers", "intents", "problems", "safety", "wishes"]
DEMANDED = 400  # Utterances over all classes, and a third of them as the test part (issue 4)
CLASSES = ["addresses", "answers", "intents", "names", "problems", "safety", "several", "times", "wishes", "zips"]


def entries(part: Part) -> list[Entry]:
    """Every entry of a part."""
    return [entry for table in load(part).values() for entry in table]


def one(folder: Path, text: str) -> Entry:
    """The one entry of a file with that text."""
    (folder / "test").mkdir(exist_ok=True)
    (folder / "test/made_up.yaml").write_text(text)
    (entry,) = load(Part.TEST, folder)["made_up"]
    return entry


def test_the_test_part_has_every_class_in_numbers() -> None:
    """At least 150 utterances, every class, 35 about safety with both outcomes in number."""
    tables = load(Part.TEST)
    hazards = Counter(entry.expect.hazard is Hazard.PRESENT for entry in tables["safety"])
    assert sorted(tables) == CLASSES
    assert len(entries(Part.TEST)) >= 150
    assert min(len(table) for table in tables.values()) >= 15
    assert hazards[True] >= 15 and hazards[False] >= 20  # noqa: PT018


def test_the_tables_are_large_enough() -> None:
    """400 utterances, a third of them labelled before the rules were tuned; 40 of each meaning to tune on."""
    test, dev = (entries(part) for part in (Part.TEST, Part.DEV))
    tables = load(Part.DEV)
    assert len(test) + len(dev) >= DEMANDED
    assert len(test) >= DEMANDED / 3
    assert min(len(tables[name]) for name in MEANINGS) >= 40
    assert len(tables["safety"]) >= 120


@pytest.mark.parametrize("part", Part)
def test_no_emergency_is_missed_or_invented(part: Part) -> None:
    """X1, X2, R46, R49: every turn about safety is read right, in the part that was tuned on and in the other."""
    assert {entry.say: missed for entry in load(part)["safety"] if (missed := judge(entry))} == {}


@pytest.mark.parametrize("name", [name for name in MEANINGS if name != "safety"])
def test_what_a_caller_means_stays_right(name: str) -> None:
    """Answers, intents, wishes and problems: nothing that was read right is misread again."""
    assert {entry.say: missed for entry in load(Part.TEST)[name] if (missed := judge(entry))} == {}


def test_no_utterance_is_in_the_tables_twice() -> None:
    """What the rules are tuned on is not what they are measured with."""
    keys = Counter(entry.key for part in Part for entry in entries(part))
    assert [key for key, times in keys.items() if times > 1] == []


def test_every_table_is_in_a_part() -> None:
    """No table lies where nothing reads it."""
    assert sorted(FOLDER.glob("*/*.yaml")) == sorted(
        FOLDER / part / f"{name}.yaml" for part in Part for name in load(part)
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {say: hi, expect: {intend: service}}", "expect.intend: Extra inputs are not permitted"),
        ("- {say: hi, expect: {intent: servise}}", "expect.intent: Input should be 'service'"),
        ("- {say: yes, expect: {answer: 'yes'}}", "say: Input should be a valid string"),
        ("- {say: hi, expect: {}}", "nothing is expected"),
        ("- {say: hi, expect: {hazard: []}}", "nothing is expected of hazard"),
        ("- {say: hi, expect: {visit: tomorrow}}", "expect.visit: String should match"),
        ("- {say: hi, question: zipcode, expect: {zip_code: ''}}", "question: Input should be"),
    ],
)
def test_a_mistake_names_file_and_entry(tmp_path: Path, text: str, told: str) -> None:
    """Whoever writes an entry is told where it is wrong, and how."""
    with pytest.raises(TableError) as raised:
        one(tmp_path, "- {say: fine, expect: {zip_code: null}}\n" + text)
    assert str(raised.value).startswith("test/made_up.yaml, entry 2 (")
    assert told in str(raised.value)


@pytest.mark.parametrize("text", ["say: hi", "- [", "- hi"])
def test_a_file_that_is_no_list_of_entries_is_refused(tmp_path: Path, text: str) -> None:
    """The file is named, whatever is in it."""
    with pytest.raises(TableError, match=r"^test/made_up\.yaml"):
        one(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "differences"),
    [
        ('{say: "78704", question: zip, expect: {zip_code: "78704", zip_partial: null}}', []),
        ('{say: "78704", question: zip, expect: {zip_code: "78745"}}', ["zip_code: expected 78745, got 78704"]),
        ('{say: "78704", question: zip, expect: {zip_code: ["78745", "78704"]}}', []),
        ('{say: "oh one", question: zip, given: {zip_partial: "787"}, expect: {zip_code: "78701"}}', []),
        ("{say: Jonas Miller, question: name, expect: {name: jonas miller}}", []),
        ("{say: Jonas Miller, question: name, expect: {name: ''}}", ["name: expected nothing, got Jonas Miller"]),
        ("{say: hello, expect: {visit: null, hazard: [denied, none]}}", []),
        ('{say: tomorrow at two, question: when, expect: {visit: "2026-11-24", asap: false}}', []),
        (
            '{say: tomorrow at two, question: when, now: "2026-06-01T10:00", '
            'expect: {visit: "2026-06-02T15:00", asap: true}}',
            ["visit: expected 2026-06-02T15:00, got 2026-06-02T14:00", "asap: expected True, got False"],
        ),
        (
            '{say: "make it three", question: read_back, given: {visit_at: "2026-11-24T14:00"}, '
            'expect: {visit: "2026-11-24T15:00"}}',
            [],
        ),
        ("{say: my furnace blows cold, question: problem, expect: {problem_has: [Furnace, cold]}}", []),
        (
            "{say: it leaks, question: problem, expect: {problem_has: [furnace]}}",
            ["problem_has: expected furnace, got It leaks"],
        ),
        (
            "{say: hello, question: how_can_i_help, expect: {problem_has: [furnace, cold]}}",
            ["problem_has: expected furnace and cold, got nothing"],
        ),
    ],
)  # fmt: skip
def test_a_difference_is_told_in_plain_words(tmp_path: Path, text: str, differences: list[str]) -> None:
    """Only what is expected is compared; a choice, a day, another case and other words around a problem are right."""
    assert judge(one(tmp_path, f"- {text}")) == differences


@pytest.mark.parametrize(("hazard", "code"), [("present", 0), ("none", 1)])
def test_evaluation_fails_for_safety_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hazard: str, code: int
) -> None:
    """A missed ZIP is a figure and a line, a missed hazard is a failure."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/safety.yaml").write_text(f"- {{say: I smell gas, expect: {{hazard: {hazard}}}}}")
    (tmp_path / "dev/zips.yaml").write_text('- {say: hello, question: zip, expect: {zip_code: "78704"}}')
    monkeypatch.setattr(evaluate, "evaluate", lambda part: utterance_tables.evaluate(part, tmp_path))
    assert evaluate.main([]) == code
    out = capsys.readouterr().out
    assert "zips: hello (asked: zip)\n    zip_code: expected 78704, got nothing" in out
    assert ("1 x hazard: none taken for present" in out) is (code == 1)
