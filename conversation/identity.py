"""What proves who calls: the full name, or the street with its house number, said by the caller in this call. Pure.

A part of a name proves nothing, and neither does a ZIP, a house number alone, or a street that we do not know.
"""

import re
from collections.abc import Sequence

from call.session import CallSession
from understanding.who.name_shape import valid_name

_SHORT = {
    "st": "street", "rd": "road", "ave": "avenue", "av": "avenue", "dr": "drive", "ln": "lane", "blvd": "boulevard",
    "ct": "court", "cir": "circle", "pkwy": "parkway", "hwy": "highway", "trl": "trail", "pl": "place",
    "ter": "terrace", "cv": "cove", "lp": "loop", "sq": "square", "n": "north", "s": "south", "e": "east", "w": "west",
}  # fmt: skip
_KINDS = frozenset(_SHORT.values()) | {"way"}
_TITLES = frozenset("mr mrs ms miss dr sir jr sr ii iii".split())
_UNIT = re.compile(r"(?:,|#|\b(?:apt|apartment|unit|suite|ste|lot|building|bldg)\b).*")


def same_person(said: str, on_file: str) -> bool:
    """Whether the full name on file was said: a part of it proves nothing, and neither does a name of one word.

    First and last name are those on file, in this order or with the last one first; between them may stand more.
    """
    spoken, known = _in_order(said), _in_order(on_file)
    if len(known) < 2 or not set(known) <= set(spoken):
        return False
    return (spoken[0], spoken[-1]) == (known[0], known[-1]) or spoken == [known[-1], *known[:-1]]


def name_on_file(name: str) -> str:
    """A name on file as one is called by it, the first name first; empty for one word, which may be the last name."""
    last, comma, first = name.partition(",")
    told = f"{first.strip()} {last.strip()}" if comma and first.strip() else name.strip(" ,")
    return told if valid_name(told) and len(_in_order(told)) > 1 else ""


def may_be(said: str, known: str) -> bool:
    """Whether nothing in the two names speaks against one person: a part of a name fits, and so does none."""
    one, other = _words(said), _words(known)
    return one <= other or other <= one


def same_street(said: str, on_file: str) -> bool:
    """Whether house number and street are those on file; the kind of street may be short or left out, not another."""
    spoken, known = _street(said), _street(on_file)
    if not spoken or not known or spoken[0] != known[0]:
        return False
    names, kinds = zip(*(_named(street[1:]) for street in (spoken, known)), strict=True)
    return bool(names[0]) and names[0] == names[1] and (kinds[0] == kinds[1] or not all(kinds))


def streets_on_file(session: CallSession) -> list[str]:
    """The streets that prove who may change the visit that was found: of visits that we have booked for its name."""
    visit = session.appointment
    return [
        known.address
        for known in session.visits_booked
        if visit and same_person(known.name, visit.attendee_name) and _street(known.address)
    ]


def is_proved(session: CallSession, address: str) -> bool:
    """Whether the visit that was found is the caller's; `address` is one that the caller has said."""
    visit = session.appointment
    if visit and session.name_from_caller and same_person(session.name, visit.attendee_name):
        return True
    return any(same_street(address, street) for street in streets_on_file(session))


def take_over(session: CallSession) -> None:
    """The address of the call before that this one goes on from, once its full name was said in this one.

    Another name is another caller, who gets back what was taken over until then.
    """
    earlier = session.earlier
    if earlier is None or not session.goes_on or not session.name_from_caller:
        return
    if not may_be(session.name, earlier.name):
        give_back(session)
    elif not session.address and same_person(session.name, earlier.name):
        session.address = earlier.address


def give_back(session: CallSession) -> None:
    """What was taken over of the call before is not this caller's."""
    earlier = session.earlier if session.goes_on else None
    session.goes_on = False
    for fact in ("problem", "zip_code", "address", "visit_at", "visit_latest"):
        if earlier and getattr(session, fact) == getattr(earlier, fact):
            setattr(session, fact, None if fact.startswith("visit") else "")


def _in_order(name: str) -> list[str]:
    """The words of a name, the first name first, without titles."""
    last, comma, first = name.partition(",")
    words = re.findall(r"[^\W\d_]+", (f"{first} {last}" if comma and first.strip() else name).casefold())
    return [word for word in words if word not in _TITLES]


def _words(name: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", name.casefold()))


def _street(address: str) -> list[str]:
    """The house number and the words of the street, long; empty if one of them is missing."""
    words = re.findall(r"\w+", _UNIT.sub("", address.casefold().replace("'", "")))
    words = [_SHORT.get(word, word) if place > 1 or len(word) == 1 else word for place, word in enumerate(words)]
    return words if len(words) > 1 and words[0][0].isdigit() else []


def _named(words: Sequence[str]) -> tuple[list[str], str]:
    """A street's name and its kind."""
    return (list(words[:-1]), words[-1]) if len(words) > 1 and words[-1] in _KINDS else (list(words), "")
