"""A stored call as a scenario of the simulator, with other people's names, numbers and places in it. Pure.

Guarantees that what the call knew of its caller (name, address, ZIP code, numbers) is replaced wherever it was said,
and every other digit that may be a part of it. What a caller told besides, of people nobody asked about, stays: the
file says so, and is to be read before it is shown to anybody.
"""

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from call.business import Business
from call.session import CallSession, EndedBy, EntryKind
from records.turn_view import path_of

NAME, ADDRESS, ZIP, NUMBER = "Dana Whitfield", "1204 Barton Springs Road", "78704", "+15125550147"
ANOTHER_NAME, ZIP_ELSEWHERE = "Robin Mercer", "10001"
_SPOKEN_DIGIT = r"(?:\d|zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_RUN = re.compile(rf"\b{_SPOKEN_DIGIT}(?:[ ,.-]*{_SPOKEN_DIGIT}){{3,}}\b|\b\d{{3,}}\b", re.IGNORECASE)
_QUESTION = re.compile(r"[^.?!]*\?")
_WORDS_OF_A_QUESTION = 6
_HEAD = """\
# Call {sid}, written by `python -m desk calls show --scenario`.
# Name, address, ZIP code and numbers are replaced; read what else the caller told before you show it to anybody. What
# it expects is what the call came to: make that what it should have come to, give the file a name in
# simulator/scenarios/, and place it: make call SCENARIO=<name>
"""


def as_scenario(session: CallSession, business: Business) -> str:
    """The file's text.

    Raises:
        ValueError: the caller said nothing, so that there is no scenario in it.
    """
    zone, zip_code = business.zone, _other_zip(session, business)
    rules = list(_rules(session, zip_code))
    if not rules:
        raise ValueError("the caller said nothing")
    last = [{"when": ".", "hang_up": True}] if session.ended_by is EndedBy.CALLER else []
    content = {
        "title": f"A call that ended as {session.outcome}",
        "now": session.started_at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0),
        "persona": {
            "number": NUMBER if session.caller_number else "anonymous",
            "attestation": "A" if session.vouched_for else "",
            "facts": {"name": NAME, "address": ADDRESS, "zip": " ".join(zip_code)},
            "rules": [*rules, *last],
        },
        **({"seed": seed} if (seed := _seed(session, zone)) else {}),
        "expect": {
            "states_visited": list(dict.fromkeys(state.value for state in path_of(session.timeline)[1:])),
            "ended_by": "caller" if session.ended_by is EndedBy.CALLER else "bot",
            "call_record": 1,
            "tools": [{"tool": tool} for tool in _tools(session)],
        },
    }
    return _HEAD.format(sid=session.call_id) + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=116)


def _rules(session: CallSession, zip_code: str) -> Iterator[dict[str, Any]]:
    asked = ""
    for entry in session.timeline:
        if entry.kind is EntryKind.AGENT:
            asked = entry.words_heard or asked
        elif entry.kind is EntryKind.CALLER and not entry.detail:
            said = anonymous(entry.text, session, zip_code)
            spoken = (
                {"dtmf": said}
                if re.fullmatch(r"[\d*#]+", entry.text)
                else {"say": said.replace("{", "(").replace("}", ")")}
            )
            yield {"when": _when(asked, session), **spoken, "once": True}


def _when(line: str, session: CallSession) -> str:
    """What was asked, as a pattern: the end of the question, in which no detail of a person stands."""
    questions = _QUESTION.findall(line)
    words = re.findall(r"[\w']+", (questions[-1] if questions else line))[-_WORDS_OF_A_QUESTION:]
    told = {word.lower() for known in (session.name, session.address) for word in known.split()}
    kept = ["\\S+" if word.lower() in told or any(c.isdigit() for c in word) else re.escape(word) for word in words]
    return r"\W+".join(kept) or "."


def _seed(session: CallSession, zone: ZoneInfo) -> dict[str, Any]:
    """What the back office knew of the number, as far as the call did."""
    visit = session.appointment
    name = ANOTHER_NAME if visit and visit.attendee_name.lower() != session.name.lower() else NAME
    whose = {"name": name, "phone": NUMBER, "address": ADDRESS, "zip": session.zip_on_file and ZIP}
    seed: dict[str, Any] = {"customers": [whose]} if session.zip_on_file else {}
    if visit:
        year = session.started_at.astimezone(zone).year
        with contextlib.suppress(ValueError):  # In words that V2 has not had so far
            start = datetime.strptime(f"{visit.date} {year} {visit.time}", "%A, %B %d %Y %I:%M %p").replace(tzinfo=zone)
            seed["visits"] = [whose | {"start": start.isoformat()}]
    return seed


def _tools(session: CallSession) -> Iterator[str]:
    yield from dict.fromkeys(entry.text for entry in session.timeline if entry.kind is EntryKind.TOOL)


def anonymous(text: str, session: CallSession, zip_code: str = ZIP) -> str:
    """The text with what is known of the caller replaced, and every run of digits that may be a number or a place."""
    street = session.address.partition(" ")[2]
    if street:
        text = re.sub(re.escape(session.address), ADDRESS, text, flags=re.IGNORECASE)
        text = re.sub(re.escape(street), ADDRESS.partition(" ")[2], text, flags=re.IGNORECASE)
    text = _RUN.sub(lambda run: _other_digits(run[0], zip_code), text)
    names = _other_names(session)
    if names:
        known = "|".join(map(re.escape, names))
        text = re.sub(rf"\b(?:{known})\b", lambda part: names[part[0].lower()], text, flags=re.IGNORECASE)
    return text


def _other_zip(session: CallSession, business: Business) -> str:
    """One that is served as the caller's was; the caller's is served as long as none is known."""
    told = session.zip_code or session.zip_unconfirmed
    return ZIP_ELSEWHERE if told and not business.serves(told) else next(iter(business.zip_prefixes), ZIP).ljust(5, "0")


def _other_names(session: CallSession) -> dict[str, str]:
    """Each part of a name that the call knew, in lower case, and what stands in its place."""
    on_file = session.appointment.attendee_name if session.appointment else ""
    others = dict[str, str]()
    for name, other in ((session.name, NAME), (on_file, ANOTHER_NAME)):
        first, last = other.split()
        for number, part in enumerate(re.findall(r"\w+", name)):
            others.setdefault(part.lower(), last if number else first)
    return others


_SPOKEN = {word: str(number) for number, word in enumerate("zero one two three four five six seven eight nine".split())}


def _other_digits(run: str, zip_code: str) -> str:
    digits = "".join(_SPOKEN.get(word, word) for word in re.findall(r"\d|[a-z]+", run.lower().replace("oh", "zero")))
    if len(digits) == len(ZIP):
        return " ".join(zip_code)
    if len(digits) >= len("5550147"):
        return " ".join(NUMBER[-len(digits) :] if len(digits) < len(NUMBER) else NUMBER[-10:])
    return ADDRESS.partition(" ")[0]
