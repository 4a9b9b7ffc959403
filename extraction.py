"""The model's structured extraction: a name, an address or a problem that the rules did not find.

Asked only for what the open question needs and is still empty, within a fixed budget, with the agent's lines beside
the caller's (X26). Every value must be found in the caller's own words (R42) and pass the rules' validation;
nothing known is overwritten. Never the ZIP (R28), never a yes or a no, never a danger. Late, down or wrong: the
turn stays as the rules read it.
"""

import asyncio
import json
import logging
import re
from dataclasses import replace
from typing import Any

from openai import APIStatusError, AsyncOpenAI, OpenAIError
from openai.types.chat import ChatCompletionMessageParam

from addresses import valid_address
from answers import is_bare_yes_or_no
from circuit_breaker import CircuitBreaker
from heard import Hazard, Understanding
from names import valid_name
from problems import valid_problem
from session import CallSession, EntryKind, Question
from spoken_numbers import runs
from words import fold, plain

logger = logging.getLogger(__name__)

LAST_ENTRIES = 10
MAX_TOKENS = 120
_TOO_MANY_REQUESTS = 429

_NEEDED: dict[Question | None, tuple[str, ...]] = {
    Question.NAME: ("name",),
    Question.BOOKING_NAME: ("name",),
    Question.ADDRESS: ("address",),
    Question.PROBLEM: ("problem",),
    Question.DETAILS: ("name", "problem"),
}
_MEANING = {
    "name": "the caller's own name",
    "address": "the street address of the visit: house number and street, without city and ZIP",
    "problem": "what is wrong with the caller's heating or cooling system, or what the call is about",
}
_INSTRUCTIONS = (
    "You read the transcript of a phone call. Copy from the CALLER's lines, word for word, what the schema asks for;"
    " write"
    " house numbers in digits. Use null for whatever the caller has not said, is not sure of, or gave two versions of"
    " without choosing. Never guess, never complete, never take anything from the AGENT's lines."
)


class Extractor:
    """Fills what the rules left empty, if the model says it in time.

    Args:
        client: OpenAI client.
        model: The model's name.
        budget_seconds: Longest that a turn may wait for it.
        breaker: The model's breaker; open means that nothing is asked.
    """

    def __init__(self, client: AsyncOpenAI, model: str, budget_seconds: float, breaker: CircuitBreaker) -> None:
        self._client = client.with_options(max_retries=0, timeout=budget_seconds)
        self._model = model
        self._budget_seconds = budget_seconds
        self._breaker = breaker

    async def fill(self, session: CallSession, heard: Understanding) -> Understanding:
        """`heard`, with what the open question needs and the model found in the caller's words; never raises."""
        needed = missing_fields(session, heard)
        if not needed or (attempt := self._breaker.attempt()) is None:
            return heard
        try:
            async with asyncio.timeout(self._budget_seconds):
                answer = await self._ask(session, heard, needed)
            attempt.success()
            return _accepted(session, heard, needed, answer)
        except APIStatusError as error:
            outage = error.status_code >= 500 or error.status_code == _TOO_MANY_REQUESTS
            (attempt.failure if outage else attempt.success)()
            logger.warning("extraction refused: %d", error.status_code)
        except (OpenAIError, TimeoutError) as error:
            attempt.failure()
            logger.warning("extraction failed: %s", type(error).__name__)
        except Exception:
            logger.exception("extraction failed")
        finally:
            attempt.abandon()  # Cancelled: no verdict. After a verdict this does nothing.
        return heard

    async def _ask(self, session: CallSession, heard: Understanding, needed: tuple[str, ...]) -> dict[str, Any]:
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": _INSTRUCTIONS},
            {"role": "user", "content": _transcript(session, heard)},
        ]
        completion = await self._client.chat.completions.create(
            model=self._model,
            messages=messages,
            temperature=0,
            max_completion_tokens=MAX_TOKENS,
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "caller_facts", "strict": True, "schema": _schema(needed)},
            },
        )
        content = completion.choices[0].message.content if completion.choices else None
        try:
            answer = json.loads(content or "{}")
        except json.JSONDecodeError:
            answer = {}
        return answer if isinstance(answer, dict) else {}


def missing_fields(session: CallSession, heard: Understanding) -> tuple[str, ...]:
    """What the open question needs, is known to nobody, and may be in this turn; empty when the model is not needed."""
    if (
        heard.hazard is Hazard.PRESENT
        or heard.goodbye
        or heard.wants_person
        or heard.asks
        or is_bare_yes_or_no(plain(heard.text))
    ):
        return ()
    if not re.search(r"[^\W\d_]{2}", heard.text):
        return ()
    needed = _NEEDED.get(session.question, ())
    return tuple(field for field in needed if not getattr(heard, field) and not getattr(session, field))


def found_in(value: str, said: list[str], *, contiguous: bool) -> bool:
    """Whether the words of `value` are among the caller's, in one piece or at least all of them; numbers as heard."""
    words = _comparable(value)
    spoken = _comparable(" ".join(said))
    if not words:
        return False
    if not contiguous:
        return all(word in spoken for word in words)
    return any(spoken[i : i + len(words)] == words for i in range(len(spoken) - len(words) + 1))


def _accepted(
    session: CallSession, heard: Understanding, needed: tuple[str, ...], answer: dict[str, Any]
) -> Understanding:
    said = _caller_lines(session, heard)
    checks = {"name": valid_name, "address": valid_address, "problem": valid_problem}
    values: dict[str, str] = {}
    for field in needed:
        value = answer.get(field)
        if not isinstance(value, str) or not checks[field](value := " ".join(value.split())):
            continue
        if not found_in(value, said, contiguous=field == "address"):
            logger.warning("extraction: %s refused, the caller did not say it", field)
            continue
        values[field] = value
    return replace(heard, **values)  # type: ignore[arg-type]


def _caller_lines(session: CallSession, heard: Understanding) -> list[str]:
    lines = [entry.text for entry in session.timeline if entry.kind is EntryKind.CALLER][-LAST_ENTRIES:]
    return lines if lines and lines[-1] == heard.text else [*lines, heard.text]


def _transcript(session: CallSession, heard: Understanding) -> str:
    spoken = [e for e in session.timeline if e.kind in (EntryKind.CALLER, EntryKind.AGENT)][-LAST_ENTRIES:]
    lines = [f"{e.kind.upper()}: {e.text}" for e in spoken]
    current = f"CALLER: {heard.text}"
    return "\n".join(lines if lines and lines[-1] == current else [*lines, current])


def _schema(needed: tuple[str, ...]) -> dict[str, object]:
    properties = {field: {"type": ["string", "null"], "description": _MEANING[field]} for field in needed}
    return {
        "type": "object",
        "properties": properties,
        "required": list(needed),
        "additionalProperties": False,
    }


def _comparable(text: str) -> list[str]:
    """Plain words with numbers as the digits that were heard, without marks: "fifty three eleven" equals "5311"."""
    words = plain(fold(text)).split()
    for run in reversed(runs(words)):
        words[run.start : run.end] = [run.digits]
    return [_SHORT.get(w, w) for w in words if w not in (",", ".", "?")]


_SHORT = {
    "street": "st", "road": "rd", "avenue": "ave", "drive": "dr", "lane": "ln", "boulevard": "blvd", "court": "ct",
    "circle": "cir", "parkway": "pkwy", "highway": "hwy", "trail": "trl", "apartment": "apt",
}  # fmt: skip
