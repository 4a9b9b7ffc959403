"""What the model says for the canonical bot: a short booking, one step for each turn of the caller. Pure."""

from collections.abc import Mapping
from typing import Any

from simulator.providers.model_answers import text_of
from simulator.providers.openai_api import ToolWish
from simulator.scenarios.persona import HELLO, SORRY

LINES = (
    "Hello, this is the receptionist of Ace Cooling. How can I help you today?",
    "I'm sorry to hear that. Do you smell gas or anything burning right now?",
    "Good. What is the ZIP code of the place where you need us to come?",
    "Thank you. May I have your name, please?",
    "Thanks. What is the street address?",
    "Got it. When should we come: as soon as possible, or on a certain day?",
    "It usually takes about an hour. When would you like us to come?",
    "So that's {4} at {5} {7} The visit is 89 dollars. Shall I book it?",
    "You're booked. The technician will call ahead. Is there anything else I can help with?",
    "Thank you for calling. Have a great day. Goodbye.",
)
"""By how often the caller has spoken; {n}: what was said then."""
LOOKS_UP, BOOKS = 5, 8


class Script:
    """Use as `OpenAI.agent`. `visits`: when is meant by a caller's words, in ISO 8601 with the offset."""

    def __init__(self, visits: Mapping[str, str]) -> None:
        self._visits = visits

    def __call__(self, messages: list[dict[str, Any]]) -> str | ToolWish:
        """The next line, or the tool before it."""
        said = [text_of(message).strip() for message in messages if message.get("role") == "user"]
        said = [words for words in said if words not in (SORRY, HELLO)]
        step = min(len(said), len(LINES) - 1)
        if messages[-1].get("role") != "tool":
            if step == LOOKS_UP:
                return ToolWish("lookup_caller", {})
            if step == BOOKS:
                return ToolWish("book_appointment", self._visit(said))
        return LINES[step].format("", *said)

    def _visit(self, said: list[str]) -> dict[str, str]:
        problem, name, address, time = said[0], said[3], said[4], said[6]
        visit = self._visits.get(time, "")
        return {"date_time": visit, "customer_name": name, "service_address": address, "problem": problem}
