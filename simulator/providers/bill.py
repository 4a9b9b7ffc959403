"""What the stand-ins of the vendors would bill, by their own count: what a call says that it has used is held to it."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Bill:
    """The sums. A request that was answered with an error is none.

    Attributes:
        answers: Of the model, asked for.
        told: Those of them whose usage was sent.
        prompt_tokens: Of those; the others are among them.
        characters: Of the texts that a voice has taken, by its name.
        audio_bytes: Of 16-bit samples that the recogniser was sent.
    """

    answers: int = 0
    told: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    characters: Counter[str] = field(default_factory=Counter)
    audio_bytes: int = 0
