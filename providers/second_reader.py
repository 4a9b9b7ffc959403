"""The second reader: the model reads what the rules leave open of a turn, in a structured answer, within a budget.

One request a turn at most. What it is asked and what of its answer counts is second_reading.py's. Late, down or wrong:
the turn stays as the rules read it, and whoever asks knows that the model failed in this turn.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from openai import AsyncOpenAI, BadRequestError
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

from call.session import CallSession
from call.usage import AskedAnswer, Usage
from call.whole_text import read_json
from circuit_breaker import CircuitBreaker
from providers.asked_early import AskedEarly
from providers.model_faults import CUT_SHORT, BrokenAnswerError, fault_of, refused_parameter
from providers.model_parameters import NO_THOUGHT, READING_TOKENS, model_parameters
from providers.model_usage import free_if_refused, tell
from providers.second_reading import INSTRUCTIONS, Read, counted, doubts, open_points, schema, transcript
from understanding.facts import Understanding

logger = logging.getLogger(__name__)


class SecondReader:
    """Reads again what the rules left open, if the model says it in time.

    Args:
        client: OpenAI client.
        model: The model's name.
        budget_seconds: Longest that a turn may wait for it.
        breaker: The model's breaker; open means that nothing is asked.
        on_fault: Told ("openai", what) of every request that failed.
        usage: The call's, to which each answer is added.
        effort: How much a model that can think does first.

    Attributes:
        failed: Whether the last `read` asked the model and got no answer of use.
        waited_seconds: How long the last `read` waited for the model.
    """

    def __init__(
        self,
        client: AsyncOpenAI,
        model: str,
        budget_seconds: float,
        breaker: CircuitBreaker,
        on_fault: Callable[[str, str], None],
        usage: Usage,
        effort: str = NO_THOUGHT,
    ) -> None:
        self._client = client.with_options(max_retries=0, timeout=budget_seconds)
        self._model = model
        self._budget_seconds = budget_seconds
        self._breaker = breaker
        self._on_fault, self._usage = on_fault, usage
        # Without what the model refuses
        self._optional = model_parameters(model, effort, READING_TOKENS, temperature=0)
        self._doubted: set[str] = set()  # What was asked about once more in this call
        self._early: AskedEarly[dict[str, Any]] = AskedEarly()
        self.failed = False
        self.waited_seconds = 0.0

    def foresee(self, session: CallSession, heard: Understanding) -> bool:
        """Asks already what `read` will ask of this turn, if it is going to; whether there is anything to ask.

        Args:
            session: The call as it will be then, these words on its timeline.
            heard: As the rules read them.
        """
        points = open_points(session, heard, self._doubted)
        if points:
            asked = AskedAnswer(self._usage, early=True)
            self._early.ask(_question(session, heard, points), self._ask(session, heard, points, asked), asked.used)
        return bool(points)

    def drop_early(self) -> None:
        """What was asked early is not needed."""
        self._early.drop()

    async def read(self, session: CallSession, heard: Understanding, rules: Read) -> Understanding:
        """`heard`, with what counts of what the model reads in the caller's words.

        Never raises for a model that fails: `failed` tells.

        Args:
            session: The call.
            heard: The turn as the rules read it.
            rules: The rules' reading of other words as an answer to the same question.
        """
        self.failed, self.waited_seconds = False, 0.0
        points = open_points(session, heard, self._doubted)
        if not points or (attempt := self._breaker.attempt()) is None:
            return heard
        now = asyncio.get_running_loop().time
        asked_at = now()
        try:
            async with asyncio.timeout(self._budget_seconds):
                question = _question(session, heard, points)
                answer = await self._early.answer(question, lambda: self._ask(session, heard, points))
            attempt.success()
        except Exception as error:
            fault = fault_of(error)
            {True: attempt.failure, False: attempt.success, None: attempt.refused}[fault.outage]()
            self.failed = True
            self._on_fault("openai", f"second reading {fault.what}")
            return heard
        finally:
            self.waited_seconds = now() - asked_at
            attempt.abandon()  # Cancelled: no verdict. After a verdict this does nothing.
        taken = counted(session, heard, points, answer, rules)
        self._doubted |= doubts(session, heard, taken)
        if refused := [point for point in points if answer[point] and taken == heard]:
            logger.info("%s second reading: of %s nothing counted", session.call_id, ", ".join(refused))
        return taken

    async def _ask(
        self, session: CallSession, heard: Understanding, points: Sequence[str], asked: AskedAnswer | None = None
    ) -> dict[str, Any]:
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": transcript(session, heard)},
        ]
        asked = asked or AskedAnswer(self._usage)
        try:
            completion = await self._complete(messages, points, asked)
        except BadRequestError as error:
            if not (parameter := refused_parameter(error, self._optional)):
                raise
            del self._optional[parameter]
            asked = AskedAnswer(self._usage)
            completion = await self._complete(messages, points, asked)
        if not isinstance(completion, ChatCompletion):  # The client hands over the text of what is no JSON.
            raise BrokenAnswerError("unreadable")
        tell(asked, completion.usage)
        if completion.choices and (finish := completion.choices[0].finish_reason) in CUT_SHORT:
            raise BrokenAnswerError(f"ended by {finish}", outage=False)
        content = completion.choices[0].message.content if completion.choices else None
        if not content:
            raise BrokenAnswerError("empty")
        answer = read_json(content)
        if not isinstance(answer, dict) or not set(points) <= answer.keys():
            raise BrokenAnswerError("unreadable")
        return answer

    async def _complete(
        self, messages: list[ChatCompletionMessageParam], points: Sequence[str], asked: AskedAnswer
    ) -> Any:
        with free_if_refused(asked):
            return await self._client.chat.completions.create(
                model=self._model,
                messages=messages,
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": "second_reading", "strict": True, "schema": schema(points)},
                },
                **self._optional,
            )


def _question(session: CallSession, heard: Understanding, points: Sequence[str]) -> tuple[str, ...]:
    """All of what the model is asked that is not the same each time."""
    return (transcript(session, heard), *points)
