"""What a request to the model carries beside its messages: a model that can think is told how much, by its name.

Of OpenAI's models those before the fifth generation know no `reasoning_effort`; the later ones take no `temperature`,
and think by default, which is too slow for a phone (OpenAI: Migrating from GPT-4.x to GPT-6 Luna). A parameter that a
model refuses all the same is left out where the request is made.
"""

import re
from typing import Any, Final

NO_THOUGHT: Final = "none"
REPLY_TOKENS: Final = 90
READING_TOKENS: Final = 160
THOUGHT_TOKENS: Final = 2000  # They count as tokens of the answer.
_CANNOT_THINK = re.compile(r"(ft:)?(chat)?gpt-(3|4)")


def model_parameters(model: str, effort: str, tokens: int, temperature: float | None = None) -> dict[str, Any]:
    """For an answer of `tokens` at most; `temperature` only for a model that takes one."""
    if _CANNOT_THINK.match(model):
        plain: dict[str, Any] = {} if temperature is None else {"temperature": temperature}
        return plain | {"max_completion_tokens": tokens}
    room = tokens if effort == NO_THOUGHT else tokens + THOUGHT_TOKENS
    return {"reasoning_effort": effort, "max_completion_tokens": room}
