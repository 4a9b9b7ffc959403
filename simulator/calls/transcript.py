"""The record's transcript, held against what the caller's ear took in: each line, in order, and how far it was heard.

Pure. Guarantees that a line that nobody heard, one that was heard and is not in the record, and one whose end is told
otherwise than it was are named in plain words.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from simulator.calls.truth import Line

CUT_OFF = "[cut off]"
NOT_CERTAIN = "[not certain that this was heard]"
NEAR_WORDS = 3
"""How many words more or less the record may have of a line that was cut: what was played is told in seconds."""
CALL_IS_BACK = ("Sorry, we got cut off.", "Perdone, se cortó la llamada.")
"""Behind a stream that broke off: what had begun to sound then nobody can tell."""
_PROMISED = re.compile(r"\ba callback was promised\b", re.IGNORECASE)
_PROMISE = re.compile(r"\bcall(?:ing)? you\b|\bllamará", re.IGNORECASE)
_WARNED = re.compile(r"\bthe caller heard that they should leave\b", re.IGNORECASE)
_WARNING = re.compile(r"\bleave the house\b|\bSalga de la casa\b", re.IGNORECASE)


def unlike(
    lines: Sequence[Line], by_twilio: Collection[str], told: Sequence[str], *, may_be_unsure: bool
) -> Iterator[str]:
    """Where the record's agent lines are not those that were heard.

    Args:
        lines: What the caller heard, in order.
        by_twilio: What Twilio's own voice said; of that no line need be in the record, nor be certain there.
        told: The agent lines of the record, in order.
        may_be_unsure: Whether a line may be told as not certain: a part was broken that knows.
    """
    heard = [line for line in lines if line.heard]
    spoken = _joined(_one_by_one(heard, by_twilio, told), told)
    for text in told:
        words, sign = _without_sign(text)
        if sign == NOT_CERTAIN:
            if not may_be_unsure and not any(words in said for said in by_twilio):
                yield f"the record is not certain of {words!r}, and nothing was broken that could tell"
            if spoken and spoken[0].full == words:
                spoken.pop(0)
            continue
        while spoken and (not _is(spoken[0], words) or (not sign and _begun_anew(*spoken[:2]))):
            if not _may_be_missing(spoken[0], by_twilio, spoken[1:]):
                break
            spoken.pop(0)
        if not spoken or not _is(spoken[0], words):
            yield f"the record has {text!r}; the caller heard {spoken[0].heard if spoken else 'nothing more'!r} there"
            return
        yield from _end(spoken.pop(0), words, sign)
    missing = [line for number, line in enumerate(spoken) if not _may_be_missing(line, by_twilio, spoken[number + 1 :])]
    yield from (f"the caller heard {line.heard!r}, and the record has no such line" for line in missing)


def phantoms(lines: Sequence[Line], told: Sequence[str]) -> Iterator[str]:
    """The record's agent lines of which it is certain, and that nobody heard so; for a bot that died on the way."""
    for text in told:
        words, sign = _without_sign(text)
        heard = any(_is(line, words) and not list(_end(line, words, sign)) for line in lines)
        if sign != NOT_CERTAIN and not heard:
            yield f"the record is certain of {text!r}, and it was not heard so"


def agent_lines(call: Mapping[str, Any]) -> list[str]:
    """What a call record's transcript has of the agent."""
    return [str(line["content"]) for line in call.get("transcript_object") or () if line["role"] == "agent"]


def unheard(lines: Sequence[Line], jobs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the summaries say was said, and was not heard."""
    heard = " ".join(line.heard for line in lines)
    for job in jobs:
        summary = str(job.get("ai_summary"))
        for claim, words in ((_PROMISED, _PROMISE), (_WARNED, _WARNING)):
            if (found := claim.search(summary)) and not words.search(heard):
                yield f"the summary says {found.group()!r}, and the caller never heard it"


def _one_by_one(heard: Sequence[Line], by_twilio: Collection[str], told: Sequence[str]) -> list[Line]:
    """What Twilio said at one go is in the record line by line."""
    lines, texts = [], [_without_sign(text)[0] for text in told]
    for line in heard:
        parts = [text for text in texts if line.full in by_twilio and text != line.full and text in line.full]
        if parts and " ".join(parts) == line.full and line.complete:
            lines += [Line(part, part, True) for part in parts]
        else:
            lines.append(line)
    return lines


def _joined(lines: Sequence[Line], told: Sequence[str]) -> list[Line]:
    """A line that one voice began and the other began anew is one in the record, as far as the better of them came."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        rows = sum(_is(line, _without_sign(text)[0]) for text in told)
        again = last is not None and not last.complete and last.full == line.full
        if last is not None and again and sum(each.full == line.full for each in joined) >= rows:
            joined[-1] = max(last, line, key=lambda each: len(each.heard))
        else:
            joined.append(line)
    return joined


def _without_sign(text: str) -> tuple[str, str]:
    for sign in (CUT_OFF, NOT_CERTAIN):
        if text.endswith(sign):
            return text.removesuffix(sign).rstrip(), sign
    return text, ""


def _is(line: Line, words: str) -> bool:
    return line.full == words or line.full.startswith(f"{words} ")


def _may_be_missing(line: Line, by_twilio: Collection[str], later: Sequence[Line]) -> bool:
    """What Twilio said, what broke off at once or with its stream, and what the other voice began anew."""
    return (
        _begun_anew(line, *later[:1])
        or (not line.complete and any(each.full in CALL_IS_BACK for each in later[:1]))
        or line.full in by_twilio
        or (len(line.heard.split()) < NEAR_WORDS and not line.complete)
    )


def _begun_anew(line: Line, *later: Line) -> bool:
    return bool(later) and not line.complete and later[0].full == line.full


def _end(line: Line, words: str, sign: str) -> Iterator[str]:
    told, heard, whole = len(words.split()), len(line.heard.split()), len(line.full.split())
    if line.complete and sign:
        yield f"the record says that {line.full!r} was cut off, and it was heard to its end"
    elif not sign and heard < whole - 1:
        yield f"the record has {line.full!r}, and the caller heard only {line.heard!r}"
    elif sign and abs(told - heard) > NEAR_WORDS:
        yield f"the record says that {line.full!r} was cut off after {told} words; the caller heard {heard}"
