"""What a request to the model carries, by what the model is."""

from typing import Any

import pytest

from config import Settings
from providers.model_parameters import THOUGHT_TOKENS, model_parameters


@pytest.mark.parametrize(
    ("model", "effort", "sent"),
    [
        ("gpt-4.1", "none", {"temperature": 0, "max_completion_tokens": 90}),
        ("gpt-4o-mini-2024-07-18", "none", {"temperature": 0, "max_completion_tokens": 90}),
        ("ft:gpt-4.1-mini:ace", "high", {"temperature": 0, "max_completion_tokens": 90}),
        ("gpt-6-luna", "none", {"reasoning_effort": "none", "max_completion_tokens": 90}),
        ("gpt-5-mini", "minimal", {"reasoning_effort": "minimal", "max_completion_tokens": 90 + THOUGHT_TOKENS}),
        ("o3", "low", {"reasoning_effort": "low", "max_completion_tokens": 90 + THOUGHT_TOKENS}),
    ],
)
def test_a_model_is_sent_what_it_takes(model: str, effort: str, sent: dict[str, Any]) -> None:
    """One that cannot think gets a temperature, one that can is told how much, with room for its thoughts."""
    assert model_parameters(model, effort, 90, temperature=0) == sent


def test_without_a_temperature_none_is_sent() -> None:
    """A reply is worded at the model's own."""
    assert model_parameters("gpt-4.1", "none", 90) == {"max_completion_tokens": 90}


def test_the_default_model_does_not_think_first() -> None:
    """A caller waits on the line."""
    fields = Settings.model_fields
    sent = model_parameters(fields["openai_model"].default, fields["openai_reasoning_effort"].default, 90)
    assert sent == {"reasoning_effort": "none", "max_completion_tokens": 90}
