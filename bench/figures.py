"""What a call was like, out of what passed over its wire: pure arithmetic.

Moments are seconds of one clock, lengths milliseconds. A turn's added milliseconds are its response without the delays
that it had to pay: the recogniser's end of turn, the model's first sentence, the voice's first byte, the tools.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import median

from simulator.phone.media_stream import Passing

PAUSE_SECONDS = 0.3
"""So long a caller pauses within an utterance at most: behind it the stand-in ends the turn."""
START_OF_TURN_SECONDS = 0.2
"""So long behind the first voice the recogniser tells that a turn has begun, and half of it sooner or later."""
GAP_SECONDS = 0.02
"""So long the line may run dry within an utterance: one of Twilio's own pieces."""
CLEARED_WITHIN_SECONDS = 2.0


class Kind(StrEnum):
    """What a turn had to wait for."""

    FIXED = "fixed"
    SLOTS = "slots"
    WORDED = "worded"
    TOOL = "tool"


@dataclass(frozen=True)
class Spoken:
    """A line of the bot's as its caller heard it."""

    text: str
    began: float
    ended: float
    complete: bool = True


@dataclass(frozen=True)
class Answer:
    """What a vendor or V2 took. `part`: inworld, openai, v2; `said`: the caller's words so far, a line each.

    Of the recogniser (deepgram) it is the start of a turn, `ended` the moment at which the bot was told.
    """

    part: str
    began: float
    ended: float
    text: str = ""
    said: str = ""


@dataclass(frozen=True)
class Turn:
    """A turn of the bot's, in milliseconds behind the caller's last voice."""

    kind: Kind
    response_ms: float
    paid_ms: float

    @property
    def added_ms(self) -> float:
        """What is the bot's own."""
        return self.response_ms - self.paid_ms


@dataclass(frozen=True)
class CallFigures:
    """One call. `ended_well`: as it should, by the one who should end it."""

    ended_well: bool
    turns: Sequence[Turn] = ()
    greeting_ms: float | None = None
    greeting_added_ms: float | None = None
    clears_ms: Sequence[float] = ()
    lines: int = 0
    lines_with_gap: int = 0


@dataclass(frozen=True)
class Observed:
    """What is known of a call: its wire, what was heard and said on it, and what was waited for meanwhile.

    `said`: the caller's words, each with the moment at which they began. `answers` may be those of other calls too: a
    vendor is not told for whom it answers, but what; those of V2 are the call's own. `others_said`: words of other
    callers that this one never says.
    """

    wire: Sequence[Passing]
    heard: Sequence[Spoken]
    said: Sequence[tuple[float, str]]
    answers: Sequence[Answer]
    end_of_turn_ms: float
    ended_well: bool
    others_said: Collection[str] = ()


def figures_of(call: Observed) -> CallFigures:
    """What one call was like."""
    greeting, greeting_paid = _greeting(call)
    lines = whole_lines(call.heard)
    return CallFigures(
        ended_well=call.ended_well,
        turns=list(turns(call)),
        greeting_ms=greeting,
        greeting_added_ms=None if greeting is None else greeting - greeting_paid,
        clears_ms=list(clears_ms(call)),
        lines=len(lines),
        lines_with_gap=sum(_has_gap(line, call.wire) for line in lines),
    )


def utterances(wire: Sequence[Passing]) -> list[tuple[float, float]]:
    """First and last voice of each of the caller's utterances."""
    found: list[tuple[float, float]] = []
    for at, what, _ in wire:
        if what != "voice":
            continue
        if found and at - found[-1][1] < PAUSE_SECONDS:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


def plays_until(wire: Sequence[Passing], moment: float) -> float:
    """Until when the bot's audio plays that had come by then."""
    end = 0.0
    for at, what, ms in wire:
        if at > moment:
            break
        if what == "audio":
            end = max(end, at) + ms / 1000
        elif what == "clear":
            end = min(end, at)
    return end


def turns(call: Observed) -> Iterator[Turn]:
    """Every turn that was answered behind the caller's voice; not those that the bot talked over."""
    spoken = utterances(call.wire)
    nexts = [first for first, _ in spoken[1:]] + [math.inf]
    for (_, last), following in zip(spoken, nexts, strict=False):
        audio = next((at for at, what, _ in call.wire if what == "audio" and at > last), None)
        if audio is None or audio >= following or plays_until(call.wire, last) > last:
            continue
        words = next((words for began, words in reversed(call.said) if began <= last), "")
        kind, paid = _paid(call, last, audio, words, last + call.end_of_turn_ms / 1000)
        yield Turn(kind, (audio - last) * 1000, call.end_of_turn_ms + paid)


def _paid(call: Observed, since: float, until: float, words: str, over: float = 0.0) -> tuple[Kind, float]:
    """What an answer waited for between two moments, in milliseconds, and behind the end of the turn at `over`.

    What a bot has asked for before that end, and had by then, has kept nobody waiting.
    """
    line = next((line.text for line in call.heard if line.began >= until - GAP_SECONDS), "")
    meanwhile = [answer for answer in call.answers if since <= answer.began and answer.ended <= until]
    voice = _last(meanwhile, lambda answer: answer.part == "inworld" and answer.text == line)
    tools = [answer for answer in meanwhile if answer.part == "v2"]
    # Of the requests of those who say the same meanwhile this one's own is the last: it was waited for.
    model = {
        answer.text: answer
        for answer in sorted(meanwhile, key=lambda answer: answer.ended)
        if answer.part == "openai" and _is_own(answer, words, call.others_said)
    }
    worded = any(line and line in answer.text for answer in model.values())
    waited = [*voice, *tools, *model.values()]
    kind = Kind.TOOL if tools else Kind.WORDED if worded else Kind.SLOTS if voice else Kind.FIXED
    return kind, sum(max(0.0, answer.ended - max(answer.began, over)) * 1000 for answer in waited)


def _is_own(answer: Answer, words: str, others_said: Collection[str]) -> bool:
    lines = [_plain(line) for line in answer.said.splitlines() if line.strip()] or [""]
    return lines[-1] == _plain(words) and not any(_plain(other) in lines for other in others_said)


def _last(answers: Sequence[Answer], which: Callable[[Answer], bool]) -> list[Answer]:
    return sorted(filter(which, answers), key=lambda answer: answer.ended)[-1:]


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _greeting(call: Observed) -> tuple[float | None, float]:
    """From the stream's start to the first audio, and what of it was paid."""
    start = next((at for at, what, _ in call.wire if what == "start"), None)
    audio = next((at for at, what, _ in call.wire if what == "audio"), None)
    if start is None or audio is None:
        return None, 0.0
    return (audio - start) * 1000, _paid(call, start, audio, "")[1]


def clears_ms(call: Observed) -> Iterator[float]:
    """Of each barge-in that the bot gave way to: from the start of the turn to Twilio's `clear`."""
    starts = [answer.ended for answer in call.answers if answer.part == "deepgram"]
    for first, _ in utterances(call.wire):
        # Other callers' turns may begin meanwhile: the nearest is this one's.
        due = first + START_OF_TURN_SECONDS
        turn = min(starts, key=lambda at: abs(at - due), default=0.0)
        if abs(turn - due) > START_OF_TURN_SECONDS / 2 or plays_until(call.wire, turn) <= first:
            continue
        cleared = next((at for at, what, _ in call.wire if what == "clear" and at > first), None)
        if cleared is not None and cleared - turn < CLEARED_WITHIN_SECONDS:
            yield (cleared - turn) * 1000


def dry(wire: Sequence[Passing]) -> Iterator[tuple[float, float]]:
    """When the line had nothing to play, between two pieces of the bot's audio."""
    end = None
    for at, what, ms in wire:
        if what == "clear":
            end = None
        elif what == "audio":
            if end is not None and at - end > GAP_SECONDS:
                yield end, at
            end = max(end or at, at) + ms / 1000


def whole_lines(heard: Sequence[Spoken]) -> list[Spoken]:
    """The lines, of which one that the network broke in two is heard as two."""
    lines: list[Spoken] = []
    for line in heard:
        if lines and not lines[-1].complete and lines[-1].text == line.text:
            line = replace(line, began=lines.pop().began)
        lines.append(line)
    return lines


def _has_gap(line: Spoken, wire: Sequence[Passing]) -> bool:
    return any(line.began < begin and end < line.ended for begin, end in dry(wire))


@dataclass(frozen=True)
class Round:
    """One bot with so many callers at once, for a while.

    `cpu_seconds` and `call_minutes` are of the time in which all were there; `unfinished`: calls that never ended.
    `lag_ms`: how late the bot answers a request for its health; `rig_lag_ms`: how late whoever measures is. `waited`:
    the share of the time in which the bot was ready to run and its core was taken, and the same of whoever measures:
    where other processes took it, the round is not to be trusted.
    """

    calls: Sequence[CallFigures]
    cpu_seconds: float
    call_minutes: float
    memory_mb_per_call: float
    memory_mb_kept: float
    tokens: int
    characters: int
    lag_ms: Sequence[float] = field(default_factory=list)
    rig_lag_ms: Sequence[float] = field(default_factory=list)
    waited: float = 0.0
    rig_waited: float = 0.0


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value that so many do not exceed; None of none."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else None


def summary(measured: Round) -> dict[str, float | None]:
    """The figures of a round, by name; None where nothing was measured."""
    every = [turn for call in measured.calls for turn in call.turns]
    added = [turn.added_ms for turn in every]
    lines, number = sum(call.lines for call in measured.calls), len(measured.calls)
    clears = [ms for call in measured.calls for ms in call.clears_ms]
    found: dict[str, float | None] = {
        "cpu_seconds_per_call_minute": measured.cpu_seconds / measured.call_minutes if measured.call_minutes else None,
        "added_ms_p50": percentile(added, 0.5),
        "added_ms_p95": percentile(added, 0.95),
        "response_ms_p50": percentile([turn.response_ms for turn in every], 0.5),
        "response_ms_p95": percentile([turn.response_ms for turn in every], 0.95),
    }
    for kind in Kind:
        of_kind = [turn.added_ms for turn in every if turn.kind is kind]
        found[f"added_ms_p50_{kind}"] = percentile(of_kind, 0.5)
    greetings = [call.greeting_ms for call in measured.calls if call.greeting_ms is not None]
    bare = [call.greeting_added_ms for call in measured.calls if call.greeting_added_ms is not None]
    return found | {
        "greeting_ms_p50": percentile(greetings, 0.5),
        "greeting_added_ms_p50": percentile(bare, 0.5),
        "clear_ms_p50": percentile(clears, 0.5),
        "clear_ms_p95": percentile(clears, 0.95),
        "lines_with_gap": sum(call.lines_with_gap for call in measured.calls) / lines if lines else None,
        "calls": number,
        "dropped": sum(not call.ended_well for call in measured.calls),
        "memory_mb_per_call": measured.memory_mb_per_call,
        "memory_mb_kept": measured.memory_mb_kept,
        "lag_ms_p50": percentile(measured.lag_ms, 0.5),
        "lag_ms_p95": percentile(measured.lag_ms, 0.95),
        "rig_lag_ms_p95": percentile(measured.rig_lag_ms, 0.95),
        "waited_for_core": measured.waited,
        "rig_waited_for_core": measured.rig_waited,
        "tokens_per_call": measured.tokens / number if number else None,
        "characters_per_call": measured.characters / number if number else None,
    }


def medians(rounds: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    """Of each figure the median of the rounds that have it."""
    found: dict[str, float | None] = {}
    for name in rounds[0] if rounds else ():
        values = [value for each in rounds if (value := each[name]) is not None]
        found[name] = median(values) if values else None
    return found


# What the peer has no figure for, since its model words every turn, is held against what it does in that place.
_IN_PLACE = {"added_ms_p50_fixed": "added_ms_p50_worded", "added_ms_p50_slots": "added_ms_p50_worded"}


def ratios(ours: Mapping[str, float | None], peer: Mapping[str, float | None]) -> dict[str, float | None]:
    """Each figure of ours as a share of the peer's; None where there is nothing to compare."""
    found: dict[str, float | None] = {}
    for name, value in ours.items():
        other = peer.get(name) if peer.get(name) is not None else peer.get(_IN_PLACE.get(name, ""))
        found[name] = value / other if value is not None and other is not None and other > 0 else None
    return found


MOST_ADDED_MS, MOST_LINES_WITH_GAP = 700.0, 0.01


def carries(found: Mapping[str, float | None]) -> bool:
    """Whether so many calls were good ones: added p95 under 700 ms, a gap in under 1 % of the lines, none dropped."""
    added, gaps = found["added_ms_p95"], found["lines_with_gap"]
    good = added is not None and added < MOST_ADDED_MS and gaps is not None and gaps < MOST_LINES_WITH_GAP
    return good and not found["dropped"]


def most_carried(by_calls: Mapping[int, Mapping[str, float | None]]) -> int:
    """The most calls at once that were carried, of the numbers that were tried; 0: none."""
    return max((calls for calls, found in by_calls.items() if carries(found)), default=0)
