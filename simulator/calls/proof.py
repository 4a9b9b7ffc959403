"""Nothing personal is heard unproved: what was on file before a call, held against what its caller had said and shown.

Pure, and without a look at what the bot believes. A first name may be heard by whom the network vouches for, on the
number that has it on file; surname, address and the time of a visit only by who has said the whole name, or the street
with its house number, in this call. What a caller has said may always be said back.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from simulator.back_office.store import CHICAGO, Booking, Json
from simulator.sound.recording import Event

UNKNOWN_NAME = "Unknown caller"
_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_ON_FILE = re.compile(r"\balready a visit|\bvisit on the books", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OnFile:
    """A person as the back office knew them before the call.

    Attributes:
        number: The one under which the dashboard has them, so that the name is the number's (contract.md 0.1); empty
            for a visit of the calendar alone.
        visit: When they have a visit.
    """

    name: str
    address: str = ""
    number: str = ""
    visit: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the caller or of the bot, in the order in which they were heard."""

    by_caller: bool
    text: str


def on_file(visits: Iterable[Booking], rows: Iterable[Json]) -> list[OnFile]:
    """Everybody whom the calendar or the dashboard's leads and jobs know."""
    people = [OnFile(visit.name, visit.address, "", visit.start) for visit in visits]
    for row in rows:
        name, address, number = (str(row.get(f"customer_{key}") or "") for key in ("name", "address", "phone"))
        at = row.get("scheduled_at")
        people.append(OnFile(name, address, number, datetime.fromisoformat(at) if at else None))
    return [person for person in dict.fromkeys(people) if person.name.split() and person.name != UNKNOWN_NAME]


def dialogue(events: Iterable[Event]) -> list[Said]:
    """Both sides of a call; a line of the bot's stands where it began, with as much of it as was heard."""
    both: list[Said] = []
    begun: dict[str, int] = {}
    for event in events:
        match event.who, event.what:
            case "caller", "says":
                both.append(Said(by_caller=True, text=event.text))
            case "bot", "speaks":
                begun[event.text] = len(both)
                both.append(Said(by_caller=False, text=""))
            case "bot", "said":
                at = begun.get(str(event.detail.get("full")))
                if at is None:
                    both.append(Said(by_caller=False, text=event.text))
                else:
                    both[at] = Said(by_caller=False, text=event.text)
    return both


def unproved(people: Sequence[OnFile], both: Sequence[Said], vouched: str) -> Iterator[str]:
    """What was heard of somebody on file, and not proved by then.

    Args:
        people: Who was on file before the call.
        both: Both sides, in order.
        vouched: The line's number, if the network vouches that it is the caller's; else empty.
    """
    theirs = ""
    for said in both:
        if said.by_caller:
            theirs = f"{theirs} . {said.text}"
            continue
        if (found := _ON_FILE.search(said.text)) and not any(vouched and p.number == vouched for p in people):
            yield f"the caller heard {found.group()!r}, and nobody vouches for a number that has one"
        # One person may be on file many times: what is proved of one of them is proved of the name.
        proved = {_words(person.name) for person in people if _proves(person, theirs)}
        greeted = {_words(person.name) for person in people if vouched and vouched == person.number}
        for person in people:
            if (name := _words(person.name)) not in proved:
                yield from _heard(person, said.text, theirs, vouched=name in greeted)


def _heard(person: OnFile, heard: str, theirs: str, *, vouched: bool) -> Iterator[str]:
    first, *others = _words(person.name)
    spoken, own = _words(heard), _words(theirs)
    names = [*([] if vouched else [first]), *others]
    for name in names:
        if len(name) > 1 and name in _capitalised(heard) and name not in own:
            yield f"the caller heard {name!r} of {person.name!r}, and has not proved to be that"
    street = _street(person.address)
    if street and _holds(spoken, street) and not _holds(own, street):
        yield f"the caller heard {person.address!r}, and has not proved to be {person.name!r}"
    if person.visit and _is_told(person.visit, heard) and not _has_said_hour(person.visit, theirs):
        local = person.visit.astimezone(CHICAGO)
        yield f"the caller heard of the visit of {person.name!r} at {local:%m-%d %H:%M}, and has not proved to be that"


def _proves(person: OnFile, theirs: str) -> bool:
    name, own = _words(person.name), _words(theirs)
    return (len(name) > 1 and _holds(own, name)) or bool((s := _street(person.address)) and _holds(own, s))


def _street(address: str) -> tuple[str, ...]:
    """House number and the first word of the street; empty for what is no address."""
    words = _words(address)[:2]
    return words if len(words) == 2 and words[0].isdigit() else ()


def _is_told(visit: datetime, heard: str) -> bool:
    local = visit.astimezone(CHICAGO)
    minute = f":{local.minute:02}" if local.minute else "(?::00)?"
    when = rf"\b{local:%B} {local.day}\b.{{0,20}}\b{local.hour % 12 or 12}{minute} ?{local:%p}\b"
    return re.search(when, heard, re.IGNORECASE) is not None


def _has_said_hour(visit: datetime, theirs: str) -> bool:
    hour = visit.astimezone(CHICAGO).hour % 12 or 12
    return re.search(rf"\b(?:{hour}|{_NUMBERS[hour]})\b", theirs, re.IGNORECASE) is not None


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", text.casefold()))


def _capitalised(text: str) -> set[str]:
    """Words that are written as names: "may" is none, "May" at the beginning of a sentence neither."""
    inside = re.sub(r"(?:^|(?<=[.?!:] ))\w+", "", text)
    return {word.casefold() for word in re.findall(r"[^\W_]+", inside) if word[0].isupper()} - _CALENDAR


_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december am pm".split()
)


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    return any(tuple(words[at : at + len(part)]) == tuple(part) for at in range(len(words)))
