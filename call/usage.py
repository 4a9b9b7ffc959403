"""Usage: what one call has used of those who bill for it: tokens, characters, seconds. Data, a part of the session.

Told by the provider: the tokens of an answer (OpenAI: `usage`), and the seconds of a dial (Twilio: DialCallDuration).
Ours: the characters of the texts that a voice was sent, and the seconds of the audio that the recogniser was sent.
What is asked for counts when it is asked for, so that it is counted also if nothing comes of it; what was refused costs
nothing. Lines that were rendered ahead are nobody's: no call has asked for them.
"""

from collections import Counter
from typing import Any

from pydantic import BaseModel, Field


def _is_none_of_it(value: object) -> bool:
    return not value


class Usage(BaseModel):
    """The sums of a call, over all of its streams.

    Attributes:
        answers: The model's, as many as were asked for and not refused.
        answers_untold: Those of them of which OpenAI has not told the tokens: they were broken off, or never came.
        answers_unused: Those of them that were asked for early and that nobody then asked for.
        prompt_tokens: Of the others, as OpenAI counts them; those that it had cached are among them.
        cached_tokens: How many those are.
        completion_tokens: What it answered with, thoughts included.
        characters: Of the texts that each voice was sent, by its name.
        characters_unused: Those of them that were asked for early and that nobody then asked for.
        recogniser_seconds: Of audio; what was sent again to another connection counts again.
        dial_seconds: Of the leg to a person, from its being picked up.
    """

    answers: int = Field(default=0, exclude_if=_is_none_of_it)
    answers_untold: int = Field(default=0, exclude_if=_is_none_of_it)
    answers_unused: int = Field(default=0, exclude_if=_is_none_of_it)
    prompt_tokens: int = Field(default=0, exclude_if=_is_none_of_it)
    cached_tokens: int = Field(default=0, exclude_if=_is_none_of_it)
    completion_tokens: int = Field(default=0, exclude_if=_is_none_of_it)
    characters: dict[str, int] = Field(default_factory=dict, exclude_if=_is_none_of_it)
    characters_unused: dict[str, int] = Field(default_factory=dict, exclude_if=_is_none_of_it)
    recogniser_seconds: float = Field(default=0.0, exclude_if=_is_none_of_it)
    dial_seconds: int = Field(default=0, exclude_if=_is_none_of_it)

    def plus(self, other: "Usage") -> "Usage":
        """The sums of two parts of a call that know nothing of each other."""
        sums: dict[str, Any] = {}
        for name, ours in self:
            theirs = getattr(other, name)
            sums[name] = Counter(ours) + Counter(theirs) if isinstance(ours, dict) else ours + theirs
        return Usage(**sums)

    def at_least(self, other: "Usage") -> "Usage":
        """Of two parts that began as one the larger numbers: how much of both they share is not known."""
        most: dict[str, Any] = {}
        for name, ours in self:
            theirs = getattr(other, name)
            most[name] = Counter(ours) | Counter(theirs) if isinstance(ours, dict) else max(ours, theirs)
        return Usage(**most)


class AskedAnswer:
    """One answer of the model, from the asking until it is known what it cost. `early`: nobody may come to need it."""

    def __init__(self, usage: Usage, *, early: bool = False) -> None:
        self._usage, self._unused = usage, early
        self._told = (0, 0, 0)
        usage.answers += 1
        usage.answers_untold += 1
        usage.answers_unused += early

    def used(self) -> None:
        """Somebody has taken it."""
        self._usage.answers_unused -= self._unused
        self._unused = False

    def refused(self) -> None:
        """It costs nothing."""
        self.used()
        self._usage.answers -= 1
        self._usage.answers_untold -= 1

    def told(self, prompt: int, cached: int, completion: int) -> None:
        """What OpenAI says of its tokens, as it says so far: the last word counts."""
        usage, before, now = self._usage, self._told, (prompt, cached, completion)
        usage.answers_untold -= before == (0, 0, 0) != now
        usage.prompt_tokens += prompt - before[0]
        usage.cached_tokens += cached - before[1]
        usage.completion_tokens += completion - before[2]
        self._told = now


class AskedSpeech:
    """One text that a voice was sent. `early`: nobody may come to need it."""

    def __init__(self, usage: Usage, voice: str, text: str, *, early: bool = False) -> None:
        self._usage, self._voice, self._characters, self._unused = usage, voice, len(text), early
        _add(usage.characters, voice, self._characters)
        if early:
            _add(usage.characters_unused, voice, self._characters)

    def used(self) -> None:
        """Somebody has taken it."""
        if self._unused:
            _add(self._usage.characters_unused, self._voice, -self._characters)
        self._unused = False

    def refused(self) -> None:
        """It costs nothing."""
        self.used()
        _add(self._usage.characters, self._voice, -self._characters)


def _add(sums: dict[str, int], name: str, number: int) -> None:
    sums[name] = sums.get(name, 0) + number
    if not sums[name]:
        del sums[name]
