"""Extraction against a loopback server that speaks chat.completions."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from openai import AsyncOpenAI

from circuit_breaker import BreakerState, CircuitBreaker
from extraction import Extractor, found_in
from session import CallSession, EntryKind, Question
from understanding import Ask, Hazard, Understanding

AT = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
GENEROUS_SECONDS = 5.0


@dataclass
class Model:
    """The stand-in: answers with `values`, `content` or `page`, or with `status`, or not before `release` is set."""

    base_url: str = ""
    page: str = ""
    choices: int = 1
    values: dict[str, object] = field(default_factory=dict)
    content: str | None = None
    status: int = 200
    hang: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def complete(self, request: web.Request) -> web.Response:
        self.requests.append(await request.json())
        self.asked.set()
        if self.hang:
            await self.release.wait()
        if self.status != 200:
            return web.json_response({"error": {"message": "no"}}, status=self.status)
        if self.page:
            return web.Response(text=self.page, content_type="text/html")
        content = json.dumps(self.values) if self.content is None else self.content
        message = {"role": "assistant", "content": content}
        return web.json_response(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1,
                "model": "gpt-4.1",
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}] * self.choices,
            }
        )


@pytest_asyncio.fixture
async def model() -> AsyncIterator[Model]:
    stand_in = Model()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", stand_in.complete)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stand_in.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield stand_in
    stand_in.release.set()
    await runner.cleanup()


@pytest.fixture
def faults() -> list[tuple[str, str]]:
    """What an extractor tells of, as (part, what)."""
    return []


@pytest_asyncio.fixture
async def extractor(model: Model, faults: list[tuple[str, str]]) -> AsyncIterator[Callable[..., Extractor]]:
    client = AsyncOpenAI(api_key="test", base_url=model.base_url)

    def build(budget: float = GENEROUS_SECONDS, breaker: CircuitBreaker | None = None) -> Extractor:
        breaker = breaker or CircuitBreaker("openai")
        return Extractor(client, "gpt-4.1", budget, breaker, lambda part, what: faults.append((part, what)))

    yield build
    await client.close()


def call(question: Question, *lines: tuple[EntryKind, str], **known: str) -> CallSession:
    session = CallSession(call_id="CA1", started_at=AT, question=question, **known)  # type: ignore[arg-type]
    for kind, text in lines:
        session.note(kind, text, AT)
    return session


async def test_fills_what_the_question_needs(model: Model, extractor: Callable[..., Extractor]) -> None:
    """A name in the caller's words that the rules missed is filled."""
    model.values = {"name": "Jonas Weber"}
    text = "well people always get it wrong so Jonas with the surname of Weber"
    heard = await extractor().fill(call(Question.NAME), Understanding(text=text))
    assert heard.name == "Jonas Weber"


async def test_asks_with_both_sides_and_a_strict_schema(model: Model, extractor: Callable[..., Extractor]) -> None:
    """X26: the model sees the agent's lines too, and can answer only the field that is missing."""
    session = call(
        Question.ADDRESS,
        (EntryKind.AGENT, "What's the address?"),
        (EntryKind.TOOL, "lookup_caller"),
        (EntryKind.CALLER, "the Izzical place"),
    )
    await extractor().fill(session, Understanding(text="the Izzical place"))
    body = model.requests[0]
    assert body["messages"][1]["content"] == "AGENT: What's the address?\nCALLER: the Izzical place"
    schema = body["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["required"] == ["address"]


@pytest.mark.parametrize(
    ("question", "said", "values"),
    [
        (Question.NAME, "it is a bit unusual", {"name": "Jonas"}),
        (
            Question.ADDRESS,
            "somewhere over there you know the one",
            {"address": "5311 Izzical Road"},
        ),
        (Question.ADDRESS, "4599 Mustang or Franklin Road", {"address": "4599 Franklin Road"}),
        (Question.ADDRESS, "well I am just off Lamar", {"address": "just off Lamar"}),
        (Question.NAME, "they put me as unknown caller", {"name": "Unknown Caller"}),
        (Question.NAME, "you know how it is", {"name": 7}),
        (Question.PROBLEM, "it does that thing", {"problem": "compressor failure"}),
    ],
)
async def test_refuses_what_was_not_said(
    model: Model,
    extractor: Callable[..., Extractor],
    question: Question,
    said: str,
    values: dict[str, object],
) -> None:
    """Invented values, choices the caller did not make, and sentinels stay out (R35, R36, R39)."""
    model.values = values
    heard = Understanding(text=said)
    assert await extractor().fill(call(question), heard) == heard
    assert len(model.requests) == 1


async def test_refuses_a_name_of_the_agents(model: Model, extractor: Callable[..., Extractor]) -> None:
    """R42: only the caller's lines can hold the caller's name."""
    model.values = {"name": "Alex"}
    session = call(Question.NAME, (EntryKind.AGENT, "This is Alex. Your name?"))
    heard = Understanding(text="you already have it right there")
    assert (await extractor().fill(session, heard)).name == ""


async def test_written_numbers_are_found_in_spoken_ones(model: Model, extractor: Callable[..., Extractor]) -> None:
    """R33: "fifty three eleven" and 5311 are the same words."""
    model.values = {"address": "5311 Izzical Road"}
    heard = Understanding(text="so you'd go to fifty three eleven Izzical Road")
    filled = await extractor().fill(call(Question.ADDRESS), heard)
    assert filled.address == "5311 Izzical Road"


@pytest.mark.parametrize(
    ("session", "heard"),
    [
        (call(Question.ZIP), Understanding(text="seven eight and then I forgot")),
        (call(Question.SAFETY), Understanding(text="well it depends on the weather")),
        (call(Question.READ_BACK), Understanding(text="well it depends on the weather")),
        (call(Question.NAME), Understanding(text="it's Jonas", name="Jonas")),
        (call(Question.NAME, name="Jonas"), Understanding(text="as I told you before")),
        (call(Question.NAME), Understanding(text="it smells like gas", hazard=Hazard.PRESENT)),
        (call(Question.NAME), Understanding(text="why do you ask", asks=Ask.OTHER)),
        (call(Question.NAME), Understanding(text="get me a human", wants_person=True)),
        (call(Question.NAME), Understanding(text="bye now then", goodbye=True)),
        (call(Question.NAME), Understanding(text="no")),
        (call(Question.NAME), Understanding(text="512 555 1234")),
    ],
)
async def test_asks_nothing_it_must_not_decide(
    model: Model, extractor: Callable[..., Extractor], session: CallSession, heard: Understanding
) -> None:
    """R28: no ZIP, no yes or no, no danger, nothing that is known; then no request leaves."""
    assert await extractor().fill(session, heard) is heard
    assert model.requests == []


async def test_late_answer_leaves_the_turn_as_it_was(
    model: Model, extractor: Callable[..., Extractor], faults: list[tuple[str, str]]
) -> None:
    """R9: slower than the budget is a failure for the breaker and nothing for the caller; the wait is known."""
    model.hang = True
    breaker = CircuitBreaker("openai", failure_threshold=1)
    heard = Understanding(text="oh you know me")
    asking = extractor(0.05, breaker)
    assert await asking.fill(call(Question.NAME), heard) is heard
    assert breaker.state is BreakerState.OPEN
    assert (asking.failed, faults) == (True, [("openai", "extraction late")])
    assert 0.05 <= asking.waited_seconds < 0.5


@pytest.mark.parametrize(("status", "state"), [(500, "open"), (429, "open"), (400, "closed"), (401, "closed")])
async def test_refused_request(
    model: Model, extractor: Callable[..., Extractor], faults: list[tuple[str, str]], status: int, state: str
) -> None:
    """X19: 5xx and 429 are an outage, other refusals are our bug; either way the turn is as it was, without a retry."""
    model.status = status
    breaker = CircuitBreaker("openai", failure_threshold=1)
    heard = Understanding(text="oh you know me")
    asking = extractor(breaker=breaker)
    assert await asking.fill(call(Question.NAME), heard) is heard
    assert (breaker.state, len(model.requests)) == (BreakerState(state), 1)
    assert (asking.failed, faults) == (True, [("openai", f"extraction refused {status}")])


async def test_nobody_answers(extractor: Callable[..., Extractor], faults: list[tuple[str, str]], model: Model) -> None:
    """A connection that cannot be made is an outage, told as what it is."""
    breaker = CircuitBreaker("openai", failure_threshold=1)
    asking = extractor(breaker=breaker)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        asking._client.base_url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        await asking.fill(call(Question.NAME), Understanding(text="oh you know me"))
    assert (asking.failed, breaker.state) == (True, BreakerState.OPEN)
    assert faults == [("openai", "extraction unreachable")]
    assert model.requests == []


async def test_failed_is_of_the_last_turn(model: Model, extractor: Callable[..., Extractor]) -> None:
    """An answer, a turn that needs none and a breaker that is open are no failure and take no time."""
    breaker = CircuitBreaker("openai", failure_threshold=2)
    asking, heard = extractor(breaker=breaker), Understanding(text="oh you know me")

    async def fails(status: int, question: Question = Question.NAME) -> bool:
        model.status = status
        await asking.fill(call(question), heard)
        return asking.failed

    assert asking.failed is False
    assert await fails(500) is True
    assert await fails(200) is False
    assert asking.waited_seconds > 0
    assert await fails(500) is True
    assert await fails(500, Question.ZIP) is False
    assert asking.waited_seconds == 0
    assert await fails(500) is True
    assert breaker.state is BreakerState.OPEN
    assert await fails(500) is False
    assert asking.waited_seconds == 0


async def test_open_breaker_sends_nothing(model: Model, extractor: Callable[..., Extractor]) -> None:
    """A model known to be down costs no time."""
    breaker = CircuitBreaker("openai", failure_threshold=1)
    attempt = breaker.attempt()
    assert attempt is not None
    attempt.failure()
    heard = Understanding(text="oh you know me")
    assert await extractor(breaker=breaker).fill(call(Question.NAME), heard) is heard
    assert model.requests == []


async def test_nothing_found_is_an_answer(model: Model, extractor: Callable[..., Extractor]) -> None:
    """Null changes nothing and is no failure."""
    model.values = {"name": None}
    breaker = CircuitBreaker("openai", failure_threshold=1)
    heard = Understanding(text="oh you know me")
    asking = extractor(breaker=breaker)
    assert await asking.fill(call(Question.NAME), heard) == heard
    assert (asking.failed, breaker.state) == (False, BreakerState.CLOSED)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"content": ""}, "empty"),
        ({"choices": 0}, "empty"),
        ({"content": "not json"}, "unreadable"),
        ({"content": "[]"}, "unreadable"),
        ({"content": "7"}, "unreadable"),
        ({"page": "<h1>It works</h1>"}, "unreadable"),
    ],
)
async def test_useless_answer(
    model: Model,
    extractor: Callable[..., Extractor],
    faults: list[tuple[str, str]],
    answer: dict[str, Any],
    what: str,
) -> None:
    """An answer that is no object changes nothing and is an outage."""
    for name, value in answer.items():
        setattr(model, name, value)
    breaker = CircuitBreaker("openai", failure_threshold=1)
    heard = Understanding(text="oh you know me")
    asking = extractor(breaker=breaker)
    assert await asking.fill(call(Question.NAME), heard) is heard
    assert (asking.failed, breaker.state) == (True, BreakerState.OPEN)
    assert faults == [("openai", f"extraction {what}")]


async def test_cancelled_request_is_no_verdict(model: Model, extractor: Callable[..., Extractor]) -> None:
    """A call that ends while the model thinks cancels the request and frees the trial's place."""
    model.hang = True
    now = 0.0
    breaker = CircuitBreaker("openai", failure_threshold=1, cooldown_seconds=1, clock=lambda: now)
    first = breaker.attempt()
    assert first is not None
    first.failure()
    now = 2.0
    fill = extractor(breaker=breaker).fill(call(Question.NAME), Understanding(text="oh you know me"))
    task = asyncio.create_task(fill)
    await model.asked.wait()
    assert breaker.attempt() is None
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert breaker.attempt() is not None


def test_words_are_found_whole() -> None:
    """A value's word inside a longer word is not found (R90)."""
    assert found_in("Jon", ["Jonas"], contiguous=False) is False
    assert found_in("Jon", ["it's Jon, thanks"], contiguous=False) is True
