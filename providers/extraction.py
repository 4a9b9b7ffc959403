"""The model's structured extraction: a name, an address or a problem that the rules did not find.

Asked only for what the open question needs and is still empty, within a fixed budget, with the agent's lines beside
the caller's (X26). A value is stored as the rules would write it, if they take it and the caller said it of themselves
(quotes.py, R42); nothing known is overwritten. Never the ZIP (R28), never a yes or a no, never a danger. Late, down or
wrong: the turn stays as the rules read it, and whoever asks knows that the model failed in this turn.
"""

import asyncio
import json
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

from call.session import CallSession, EntryKind, Question
from circuit_breaker import CircuitBreaker
from providers.model_faults import BrokenAnswerError, fault_of
from providers.quotes import quoted
from understanding.answers.answers import is_bare_yes_or_no
from understanding.facts import Hazard, Understanding
from understanding.text.plain import plain
from understanding.wants.problems import read_problem, valid_problem
from understanding.who.addresses import read_address, valid_address
from understanding.who.names import read_name, valid_name

logger = logging.getLogger(__name__)

LAST_ENTRIES = 10
MAX_TOKENS = 120

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
        on_fault: Told ("openai", what) of every request that failed.

    Attributes:
        failed: Whether the last `fill` asked the model and got no answer of use.
        waited_seconds: How long the last `fill` waited for the model.
    """

    def __init__(
        self,
        client: AsyncOpenAI,
        model: str,
        budget_seconds: float,
        breaker: CircuitBreaker,
        on_fault: Callable[[str, str], None],
    ) -> None:
        self._client = client.with_options(max_retries=0, timeout=budget_seconds)
        self._model = model
        self._budget_seconds = budget_seconds
        self._breaker = breaker
        self._on_fault = on_fault
        self.failed = False
        self.waited_seconds = 0.0

    async def fill(self, session: CallSession, heard: Understanding) -> Understanding:
        """`heard`, with what the open question needs and the model found in the caller's words.

        Never raises for a model that fails: `failed` tells.
        """
        self.failed, self.waited_seconds = False, 0.0
        needed = missing_fields(session, heard)
        if not needed or (attempt := self._breaker.attempt()) is None:
            return heard
        now = asyncio.get_running_loop().time
        asked_at = now()
        try:
            async with asyncio.timeout(self._budget_seconds):
                answer = await self._ask(session, heard, needed)
            attempt.success()
        except Exception as error:
            fault = fault_of(error)
            (attempt.failure if fault.outage else attempt.success)()
            self.failed = True
            self._on_fault("openai", f"extraction {fault.what}")
            return heard
        finally:
            self.waited_seconds = now() - asked_at
            attempt.abandon()  # Cancelled: no verdict. After a verdict this does nothing.
        return _accepted(session, heard, needed, answer)

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
        if not isinstance(completion, ChatCompletion):  # The client hands over the text of what is no JSON.
            raise BrokenAnswerError("unreadable")
        content = completion.choices[0].message.content if completion.choices else None
        if not content:
            raise BrokenAnswerError("empty")
        answer = json.loads(content)
        if not isinstance(answer, dict):
            raise BrokenAnswerError("unreadable")
        return answer


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


def _accepted(
    session: CallSession, heard: Understanding, needed: tuple[str, ...], answer: dict[str, Any]
) -> Understanding:
    """The answer's values that the rules take and the caller said, as they will be stored."""
    said = _caller_lines(session, heard)
    ours = [entry.text for entry in session.timeline if entry.kind is EntryKind.AGENT]
    values: dict[str, str] = {}
    for field in needed:
        value = answer.get(field)
        if not isinstance(value, str) or not (stored := _stored(field, value)):
            continue
        zip_codes = {heard.zip_code, session.zip_code, session.zip_unconfirmed} - {""}
        if not quoted(field, stored, said, ours) or (field == "address" and stored.split()[0] in zip_codes):
            logger.warning("%s extraction: %s refused, the caller did not say it", session.call_id, field)
            continue
        values[field] = stored
    return replace(heard, **values)  # type: ignore[arg-type]


def _stored(field: str, value: str) -> str:
    """The value as the rules would write it, "" when they do not take it for one."""
    value = " ".join(value.split()).strip(" .,;")
    match field:
        case "name":
            return name if valid_name(value) and valid_name(name := read_name(value, Question.NAME)) else ""
        case "address":
            written = read_address(value, Question.ADDRESS)[0]
            return written if valid_address(value) and valid_address(written) else ""
    return problem if valid_problem(value) and valid_problem(problem := read_problem(value, Question.PROBLEM)) else ""


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
