"""OpenAI's stand-in: `POST /v1/chat/completions`, streamed (server-sent events) or whole, and `GET /v1/models/<model>`.

Protocol, errors and timing are the real ones (platform.openai.com, chat completions and models), also of what a model
takes: one that can think refuses a temperature, one that cannot refuses `reasoning_effort`. What it says is modest and
predictable, see `simulator.providers.model_answers`; tools are called by an `agent` alone. No other endpoints.
"""

import asyncio
import json
import re
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from simulator.faults import STATUS, Faults, abort, hang, hang_body, refuse
from simulator.jitter import Jitter
from simulator.providers import model_answers
from simulator.providers.bill import Bill
from simulator.providers.voice import Answered, Asked, json_body

TOKEN_PAUSE_SECONDS: Final = 0.015
DRIBBLE_SECONDS: Final = 0.9
LATE_SECONDS: Final = 3.0
TOKENS_BEFORE_FAULT: Final = 3
CACHED_FROM_TOKENS: Final = 1024
"""A prompt is cached from this length on, in steps of CACHE_STEP_TOKENS (OpenAI: Prompt caching)."""
CACHE_STEP_TOKENS: Final = 128
PROMPTS_KEPT: Final = 20

MODELS: Final[dict[str, str | None]] = {"gpt-6-luna": None, "gpt-5": "2026-12-11", "gpt-4.1": "2027-01-14"}
"""What is served, and the day on which it ends, if that is announced."""
CANNOT_THINK: Final = frozenset({"gpt-4.1"})

Reading = Callable[[dict[str, Any], list[dict[str, Any]]], Any]
"""What a schema is filled with, out of these messages."""


@dataclass(frozen=True)
class ToolWish:
    """A tool that the model calls, in place of an answer."""

    name: str
    arguments: Mapping[str, Any]


Agent = Callable[[list[dict[str, Any]]], "str | ToolWish"]
"""What a model says or calls that leads the conversation itself, out of these messages."""


def _error(status: int, message: str, kind: str, code: str | None = None, param: str | None = None) -> web.Response:
    error = {"message": message, "type": kind, "param": param, "code": code}
    return web.json_response({"error": error}, status=status)


def _not_served(model: str) -> web.Response | None:
    if model in MODELS:
        return None
    reason = f"The model `{model}` does not exist or you do not have access to it."
    return _error(404, reason, "invalid_request_error", "model_not_found")


class OpenAI:
    """The chat completions endpoint, and that of a model.

    Attributes:
        reading: Fills a schema; one of wrong_readings.py is wrong on purpose.
        agent: Answers whoever offers tools; nobody does without one.
        tokens: How many were read and written so far, by the stand-in's own count: words.
        bill: What it bills.
        cached_from_tokens: From which length on a prompt is cached.
    """

    def __init__(
        self,
        *,
        api_key: str,
        faults: Faults,
        asked: Asked,
        answered: Answered,
        bill: Bill,
        first_token_seconds: float = 0.3,
        jitter: Jitter | None = None,
    ) -> None:
        self.reading: Reading = model_answers.extract
        self.agent: Agent | None = None
        self.tokens, self.bill = 0, bill
        self.cached_from_tokens = CACHED_FROM_TOKENS
        self._prompts: deque[list[str]] = deque(maxlen=PROMPTS_KEPT)
        self._first_token_seconds = first_token_seconds
        self._jitter = jitter or Jitter()
        self._api_key = api_key
        self._faults = faults
        self._asked = asked
        self._answered = answered

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """`POST /v1/chat/completions`."""
        asked_at = time.monotonic()
        mode = self._faults.take("openai")
        body = await json_body(request)
        messages = body.get("messages")
        messages = [m for m in messages if isinstance(m, dict)] if isinstance(messages, list) else []
        self._asked("openai", request.path, model_answers.last_text(messages), mode)
        if mode is not None and STATUS.fullmatch(mode):
            return _error(int(mode), f"simulated fault {mode}", "server_error")
        self.bill.answers += 1
        refused = await refuse(self._faults, mode, request) or self._refuse(request, body, messages)
        if refused is not None:
            self.bill.answers -= refused.status >= HTTPStatus.BAD_REQUEST
            return refused
        schema = model_answers.response_schema(body)
        answer: str | ToolWish
        if mode == "empty":
            answer = ""
        elif self.agent is not None and body.get("tools"):
            answer = self.agent(messages)
        elif schema is not None:
            read = model_answers.invent(schema) if mode == "lies" else self.reading(schema, messages)
            answer = json.dumps(read)
        else:
            answer = model_answers.LIE if mode == "lies" else model_answers.reply(messages)
        prompt = [word for message in messages for word in model_answers.text_of(message).split()]
        completion = _Completion(str(body["model"]), len(prompt), self._cached(prompt), answer)
        self.tokens += completion.usage["total_tokens"]
        answered = partial(self._answered, "openai", completion.answer, model_answers.caller_lines(messages), asked_at)
        if body.get("stream"):
            options = body.get("stream_options") or {}
            return await self._stream(request, mode, completion, bool(options.get("include_usage")), answered)
        return await self._whole(request, mode, completion, answered)

    async def model(self, request: web.Request) -> web.StreamResponse:
        """`GET /v1/models/<model>`."""
        mode, name = self._faults.take("openai"), request.match_info["model"]
        self._asked("openai", request.path, "", mode)
        if mode is not None and STATUS.fullmatch(mode):
            return _error(int(mode), f"simulated fault {mode}", "server_error")
        refused = await refuse(self._faults, mode, request) or self._stranger(request) or _not_served(name)
        served = {"id": name, "object": "model", "created": 1790000000, "owned_by": "system"}
        return refused or web.json_response(served | {"shutdown_date": MODELS.get(name)})

    def _cached(self, prompt: list[str]) -> int:
        """How many of its tokens a prompt has in common with the beginning of an earlier one."""
        longest = max((_common(prompt, one) for one in self._prompts), default=0)
        self._prompts.append(prompt)
        return longest - longest % CACHE_STEP_TOKENS if longest >= self.cached_from_tokens else 0

    def _tell(self, usage: dict[str, Any]) -> None:
        self.bill.told += 1
        self.bill.prompt_tokens += usage["prompt_tokens"]
        self.bill.cached_tokens += usage["prompt_tokens_details"]["cached_tokens"]
        self.bill.completion_tokens += usage["completion_tokens"]

    def _stranger(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") == f"Bearer {self._api_key}":
            return None
        return _error(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key")

    def _refuse(
        self, request: web.Request, body: dict[str, Any], messages: list[dict[str, Any]]
    ) -> web.Response | None:
        if stranger := self._stranger(request):
            return stranger
        if not body.get("model") or not messages:
            return _error(400, "model and messages are required", "invalid_request_error")
        name = str(body["model"])
        unwanted = "reasoning_effort" if name in CANNOT_THINK else "temperature"
        if unwanted in body:
            reason = f"Unsupported parameter: '{unwanted}' is not supported with this model."
            return _error(400, reason, "invalid_request_error", "unsupported_parameter", unwanted)
        return _not_served(name)

    async def _stream(
        self,
        request: web.Request,
        mode: str | None,
        completion: "_Completion",
        usage: bool,
        answered: Callable[[], None],
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        response.enable_chunked_encoding()
        if mode == "hang_body":
            await response.prepare(request)
            await hang()
        await asyncio.sleep(self._jitter(self._first_token_seconds))
        await response.prepare(request)
        if mode == "garbage":
            await response.write(b"data: {]garbage\n\n")
            await response.write_eof()
            return response

        async def send(chunk: dict[str, Any]) -> None:
            await response.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")

        await send(completion.chunk(completion.opening))
        if mode == "late":
            await asyncio.sleep(LATE_SECONDS)
        for sent, token in enumerate(completion.tokens):
            if sent == TOKENS_BEFORE_FAULT and mode == "stall":
                await hang()
            if sent == TOKENS_BEFORE_FAULT and mode == "die":
                return abort(request)
            await send(completion.chunk(completion.delta(token)))
            if sent == completion.first_sentence:
                answered()
            await asyncio.sleep(DRIBBLE_SECONDS if mode == "dribble" else TOKEN_PAUSE_SECONDS)
        if mode == "stall":
            await hang()
        if mode == "die":
            return abort(request)
        await send(completion.chunk({}, finish="tool_calls" if completion.wish else "stop"))
        if usage:
            await send(completion.chunk(None) | {"usage": completion.usage})
            self._tell(completion.usage)
        await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    async def _whole(
        self, request: web.Request, mode: str | None, completion: "_Completion", answered: Callable[[], None]
    ) -> web.StreamResponse:
        if mode in ("hang_body", "stall"):
            await hang_body(request, "application/json")
        pause = DRIBBLE_SECONDS if mode == "dribble" else TOKEN_PAUSE_SECONDS
        late = LATE_SECONDS if mode == "late" else 0.0
        await asyncio.sleep(self._jitter(self._first_token_seconds) + late + pause * len(completion.tokens))
        if mode == "die":
            return abort(request)
        if mode == "garbage":
            return web.Response(body=b"{]garbage", content_type="application/json")
        answered()
        if request.transport is not None and not request.transport.is_closing():  # Somebody still waits for it.
            self._tell(completion.usage)
        return web.json_response(completion.whole())


def _common(one: list[str], other: list[str]) -> int:
    """How many of the first words are the same."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


class _Completion:
    """One answer in the shapes of the API."""

    def __init__(self, name: str, asked: int, cached: int, answer: str | ToolWish) -> None:
        """`asked`: the tokens of the prompt, of which so many were cached."""
        self.wish = answer if isinstance(answer, ToolWish) else None
        self.answer = answer if isinstance(answer, str) else json.dumps(answer.arguments)
        self.tokens = re.findall(r"\s*\S+", self.answer)
        ends = (number for number, token in enumerate(self.tokens) if token.endswith((".", "?", "!")))
        self.first_sentence = len(self.tokens) - 1 if self.wish else next(ends, len(self.tokens) - 1)
        """The number of the token that ends what the bot has to wait for."""
        self.usage: dict[str, Any] = {
            "prompt_tokens": asked,
            "completion_tokens": len(self.tokens),
            "total_tokens": asked + len(self.tokens),
            "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        }
        self._head = {
            "id": f"chatcmpl-{uuid.uuid4().hex[:29]}",
            "created": int(time.time()),
            "model": name,
            "service_tier": "default",
            "system_fingerprint": "fp_simulated",
        }

    @property
    def opening(self) -> dict[str, Any]:
        """The first delta."""
        if self.wish is None:
            return {"role": "assistant", "content": "", "refusal": None}
        function = {"name": self.wish.name, "arguments": ""}
        call = {"index": 0, "id": f"call_{uuid.uuid4().hex[:24]}", "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [call]}

    def delta(self, token: str) -> dict[str, Any]:
        """The delta of one token."""
        if self.wish is None:
            return {"content": token}
        return {"tool_calls": [{"index": 0, "function": {"arguments": token}}]}

    def chunk(self, delta: dict[str, Any] | None, finish: str | None = None) -> dict[str, Any]:
        """A chat.completion.chunk; without a delta the one for usage, which has no choices."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        choices = [] if delta is None else [choice]
        return self._head | {"object": "chat.completion.chunk", "choices": choices, "usage": None}

    def whole(self) -> dict[str, Any]:
        """A chat.completion."""
        message = {"role": "assistant", "content": self.answer, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return self._head | {
            "object": "chat.completion",
            "choices": [choice],
            "usage": self.usage,
        }
