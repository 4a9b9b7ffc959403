"""What a call has used of those who bill for it, as it is shown: in words, as data, and as whole minutes. Pure.

Never in money: prices differ by contract and change by themselves, and these numbers are what they are multiplied with.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from call.session import CallSession
from call.usage import Usage

SECONDS_A_MINUTE = 60


@dataclass(frozen=True)
class Used:
    """The sums of a call.

    Attributes:
        usage: As they were counted.
        line_minutes: Of the caller's leg, from when Twilio first asked about the call to the end that is known; every
            minute that has begun is a whole one, as Twilio bills it.
        dial_minutes: The same of the leg to a person; 0 if there was none.
    """

    usage: Usage = field(default_factory=Usage)
    line_minutes: int = 0
    dial_minutes: int = 0

    def words(self) -> tuple[tuple[str, str], ...]:
        """Who is paid, and for what."""
        return tuple((who, text) for who, text in _words(self) if text)

    def plain(self) -> Mapping[str, Any]:
        """For programs: also what is 0."""
        numbers = {name: getattr(self.usage, name) for name in Usage.model_fields}
        return numbers | {"line_minutes": self.line_minutes, "dial_minutes": self.dial_minutes}


def used(session: CallSession) -> Used:
    """What the call has used so far."""
    last = max((entry.at for entry in session.timeline), default=session.started_at)
    seconds = ((session.ended_at or last) - session.started_at).total_seconds()
    dial = session.usage.dial_seconds
    return Used(session.usage, max(1, _minutes(seconds)), _minutes(dial))


def _minutes(seconds: float) -> int:
    return math.ceil(seconds / SECONDS_A_MINUTE)


def _words(told: Used) -> Iterator[tuple[str, str]]:
    usage = told.usage
    yield "OpenAI", "; ".join(filter(None, _model(usage)))
    for voice, number in sorted(usage.characters.items(), reverse=True):
        unused = usage.characters_unused.get(voice)
        yield (
            voice.capitalize(),
            f"{number} characters" + (f", {unused} of them asked for early in vain" if unused else ""),
        )
    heard = usage.recogniser_seconds
    yield "Deepgram", f"{heard:.1f} s of audio heard" if heard else ""
    dialled = f", and {told.dial_minutes} min of a dial" if told.dial_minutes else ""
    yield "Twilio", f"{told.line_minutes} min{dialled}"


def _model(usage: Usage) -> Iterator[str]:
    tokens = f"{usage.prompt_tokens} tokens asked ({usage.cached_tokens} cached) and {usage.completion_tokens} answered"
    told = usage.answers - usage.answers_untold
    yield f"{tokens} in {_answers(told)}" if told else ""
    yield f"{_answers(usage.answers_untold)} of which it told no tokens" if usage.answers_untold else ""
    yield f"{_answers(usage.answers_unused)} asked for early in vain" if usage.answers_unused else ""


def _answers(number: int) -> str:
    return f"{number} answer" + "s" * (number != 1)
