"""What a server says of an answer's tokens, in whatever shape: it never costs the answer."""

from types import SimpleNamespace
from typing import Any

import pytest

from call.usage import AskedAnswer, Usage
from providers.model_usage import tell


def counted(said: Any) -> tuple[int, int, int, int]:
    """Untold answers, and the tokens of one of which this was said."""
    usage = Usage()
    tell(AskedAnswer(usage), said)
    return usage.answers_untold, usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": None}, (0, 9, 0, 4)),
        ({"prompt_tokens": 9, "completion_tokens": 4}, (0, 9, 0, 4)),
        (
            {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": SimpleNamespace(cached_tokens=7)},
            (0, 9, 7, 4),
        ),
        (
            {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": SimpleNamespace(cached_tokens=70)},
            (0, 9, 9, 4),
        ),
        ({"prompt_tokens": 9}, (1, 0, 0, 0)),
        ({"prompt_tokens": None, "completion_tokens": None}, (1, 0, 0, 0)),
        ({"prompt_tokens": -1, "completion_tokens": 4}, (1, 0, 0, 0)),
        ({"prompt_tokens": "9", "completion_tokens": 4}, (1, 0, 0, 0)),
        ({}, (1, 0, 0, 0)),
    ],
)
def test_what_makes_no_sense_is_not_counted(said: dict[str, Any], expected: tuple[int, int, int, int]) -> None:
    """As if nothing had been said."""
    assert counted(SimpleNamespace(**said)) == expected


def test_nothing_said_is_nothing() -> None:
    """Most pieces of an answer tell nothing."""
    assert counted(None) == (1, 0, 0, 0)
