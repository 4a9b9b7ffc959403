"""The labelled utterances: read from tests/utterances, checked, and compared with what the rules make of them.

Guarantees that a mistake in a file is reported with the file and the entry, and that a difference is told in plain
words. Leaves out what a score is good for: evaluate.py prints it, test_utterances.py insists on safety.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, ValidationError, model_validator

from call.session import Intent, ManageAction, Question, Urgency
from understanding.turn import Answer, Ask, Hazard, Understanding, understand

FOLDER = Path(__file__).parent.parent / "utterances"
MISSES = FOLDER / "misses.yaml"  # Of dev/: what is known to be misread, written by `make eval ARGS=--write`
ZONE = ZoneInfo("America/Chicago")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is eight times as fast.
NOW = datetime(2026, 11, 23, 10, 15)  # A Monday; local

_LABELS = frozenset(
    "language intent manage_action answer hazard urgency asks asap wants_person high_ticket goodbye corrects"
    " upset manages_property borrowed_phone".split()
)

T = TypeVar("T")
OneOf: TypeAlias = T | list[T]
"""What is right, or a list of which any is."""

LocalStart = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d)?$")]
"""The start of a visit, or its day alone: any hour of it is right."""


class Part(StrEnum):
    """What a table is for: see tests/utterances/README.md."""

    TEST = "test"
    DEV = "dev"


class TableError(Exception):
    """Raised when a file of utterances cannot be used; the message names the file, the entry and every wrong field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Given(_Strict):
    """What the turns before left; both times are local."""

    zip_partial: str = ""
    visit_at: NaiveDatetime | None = None
    visit_latest: NaiveDatetime | None = None
    known_name: str = ""


class Expect(_Strict):
    """What is right; a field that is not given is not asked for. None and empty text: not said."""

    language: OneOf[Literal["en", "es"]] = []
    intent: OneOf[Intent | None] = []
    manage_action: OneOf[ManageAction | None] = []
    answer: OneOf[Answer | None] = []
    hazard: OneOf[Hazard] = []
    zip_code: OneOf[str | None] = []
    zip_partial: OneOf[str | None] = []
    name: OneOf[str | None] = []
    address: OneOf[str | None] = []
    phone: OneOf[str | None] = []
    problem: OneOf[str | None] = []
    problem_has: list[str] = []
    visit: OneOf[LocalStart | None] = []
    latest: OneOf[LocalStart | None] = []
    asap: OneOf[bool] = []
    corrects: OneOf[bool] = []
    urgency: OneOf[Urgency | None] = []
    wants_person: OneOf[bool] = []
    high_ticket: OneOf[bool] = []
    goodbye: OneOf[bool] = []
    upset: OneOf[bool] = []
    manages_property: OneOf[bool] = []
    borrowed_phone: OneOf[bool] = []
    asks: OneOf[Ask | None] = []

    @model_validator(mode="after")
    def _expects_something(self) -> "Expect":
        empty = [name for name in self.model_fields_set if getattr(self, name) == []]
        if empty or not self.model_fields_set:
            raise ValueError(f"nothing is expected{' of ' if empty else ''}{', '.join(empty)}")
        return self


class Entry(_Strict):
    """One caller turn and what is right; `now` is local."""

    say: str = Field(min_length=1)
    question: Question | None = None
    now: NaiveDatetime = NOW
    given: Given = Given()
    expect: Expect

    @property
    def key(self) -> tuple[str, Question | None]:
        """What makes two entries the same: the words and the question they answer."""
        return " ".join(re.findall(r"\w+", self.say.casefold())), self.question


class Difference(NamedTuple):
    """A field that is not right; both sides in words."""

    field: str
    expected: str
    got: str

    def __str__(self) -> str:
        """The difference as a sentence would tell it."""
        return f"{self.field}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True)
class Score:
    """One class, evaluated."""

    right: int
    total: int
    misses: Sequence[tuple[Entry, Sequence[Difference]]]
    """Every entry that is not right, with its differences."""
    confusions: Mapping[str, int]
    """How often which label was taken for what: `hazard: present taken for none`."""
    asked: Sequence[Entry] = ()
    """The entries that are right, and in which an end of the call is asked about."""


def load(part: Part, folder: Path = FOLDER) -> dict[str, list[Entry]]:
    """The entries of each class; a part that has no file yet is empty.

    Raises:
        TableError: a file is no list of entries.
    """
    return load_folder(folder / part)


def load_folder(folder: Path) -> dict[str, list[Entry]]:
    """The entries of each class in one folder.

    Raises:
        TableError: a file is no list of entries.
    """
    return {path.stem: _read(path) for path in sorted(folder.glob("*.yaml"))}


def misread(scores: Mapping[str, Score]) -> dict[str, list[str]]:
    """What is misread of each class, in the words of its entries."""
    return {name: [entry.say for entry, _ in score.misses] for name, score in scores.items() if score.misses}


def judge(entry: Entry) -> list[str]:
    """What the rules get wrong, in plain words: one text per field, none if the entry is right."""
    return [str(difference) for difference in _differences(entry, read(entry))]


def evaluate(part: Part, folder: Path = FOLDER) -> dict[str, Score]:
    """The score of each class."""
    return scores_of(load(part, folder))


def scores_of(tables: Mapping[str, Sequence[Entry]]) -> dict[str, Score]:
    """The score of each class of these tables."""
    return {name: _score(entries) for name, entries in tables.items()}


def _read(path: Path) -> list[Entry]:
    return list(_entries(f"{path.parent.name}/{path.name}", path.read_text()))


@lru_cache(maxsize=64)  # Many tests read the same tables.
def _entries(where: str, text: str) -> tuple[Entry, ...]:
    try:
        rows = yaml.load(text, Loader=LOADER)  # noqa: S506 - safe, both of them
    except yaml.YAMLError as error:
        raise TableError(f"{where}: {error}") from error
    if not isinstance(rows, list):
        raise TableError(f"{where}: a list of entries is expected")
    return tuple(_entry(row, f"{where}, entry {number}") for number, row in enumerate(rows, 1))


def _entry(row: Any, where: str) -> Entry:
    try:
        return Entry.model_validate(row)
    except ValidationError as error:
        said = f" ({row.get('say')!r})" if isinstance(row, dict) else ""
        wrong = {f"{'.'.join(map(str, each['loc'][:2]))}: {each['msg']}": None for each in error.errors()}
        raise TableError(f"{where}{said}: {'; '.join(wrong)}") from error


def _score(entries: Sequence[Entry]) -> Score:
    heard = [(entry, read(entry)) for entry in entries]
    misses = [(entry, found) for entry, meant in heard if (found := _differences(entry, meant))]
    confused = Counter(
        f"{each.field}: {each.expected} taken for {each.got}"
        for _, differences in misses
        for each in differences
        if each.field in _LABELS
    )
    asked = [entry for entry, meant in heard if meant.doubted_end and not _differences(entry, meant)]
    return Score(len(entries) - len(misses), len(entries), misses, dict(confused.most_common()), asked)


def read(entry: Entry) -> Understanding:
    """What the rules make of an entry."""
    given = entry.given
    return understand(
        entry.say,
        question=entry.question,
        now=entry.now.replace(tzinfo=ZONE),
        zip_partial=given.zip_partial,
        visit_at=given.visit_at.replace(tzinfo=ZONE) if given.visit_at else None,
        visit_latest=given.visit_latest.replace(tzinfo=ZONE) if given.visit_latest else None,
        known_name=given.known_name,
    )


def _differences(entry: Entry, heard: Understanding) -> list[Difference]:
    differences = []
    for name in Expect.model_fields:
        wanted, got = getattr(entry.expect, name), _heard(heard, name)
        if name in entry.expect.model_fields_set and not _right(name, wanted, got):
            link = " and " if name == "problem_has" else " or "
            differences.append(Difference(name, _shown(wanted, link), _shown(got)))
    return differences


def _heard(heard: Understanding, name: str) -> Any:
    """The value of a field of Expect in what was heard."""
    match name:
        case "visit":
            return _local(heard.visit.starts_at if heard.visit else None)
        case "latest":
            return _local(heard.visit.latest if heard.visit else None)
        case "asap":
            return heard.visit is not None and heard.visit.asap
        case "problem_has":
            return heard.problem
        case _:
            return getattr(heard, name)


def _local(time: datetime | None) -> str | None:
    return time.strftime("%Y-%m-%dT%H:%M") if time else None


def _right(name: str, wanted: Any, got: Any) -> bool:
    if name == "problem_has":
        return all(words.casefold() in got.casefold() for words in wanted)
    return any(_fits(name, each, got) for each in (wanted if isinstance(wanted, list) else [wanted]))


def _fits(name: str, wanted: Any, got: Any) -> bool:
    if name in ("visit", "latest") and wanted and got:
        return str(got).startswith(wanted)
    return bool(_folded(wanted) == _folded(got))


def _folded(value: Any) -> Any:
    """The value as it is compared: no letter case, commas or full stops; not said is None."""
    return " ".join(re.sub(r"[,.]", " ", value.casefold()).split()) or None if isinstance(value, str) else value


def _shown(value: Any, link: str = " or ") -> str:
    if isinstance(value, list):
        return link.join(map(_shown, value))
    return "nothing" if value in (None, "") else str(value)
