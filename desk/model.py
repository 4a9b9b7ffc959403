"""The doctor's checks of OpenAI: the key, the model and until when it is served, whether it answers in time."""

import json
import time
from datetime import date, timedelta
from typing import Any

import httpx
from openai import APIConnectionError, APIStatusError, APITimeoutError
from openai.types.chat import ChatCompletionMessageParam

from config import Settings
from desk.checks import Check, Finding, Site, failed, ok, skipped, warning
from providers.model_parameters import READING_TOKENS, REPLY_TOKENS, model_parameters
from providers.openai_client import openai_client
from providers.second_reading import INSTRUCTIONS, schema

NOTICE = timedelta(days=90)
SAY: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Say in one short sentence that you can hear me."}]
NAMED: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": INSTRUCTIONS},
    {"role": "user", "content": "Agent: What's your name?\nCaller: it's Dana Whitfield"},
]
REFUSED = "Set OPENAI_API_KEY to a key of platform.openai.com that has credit."


async def key(site: Site) -> Finding:
    """Whether OpenAI knows the key."""
    answer = await _of_the_model(site)
    if answer.status_code in (200, 404):
        return ok("is known to OpenAI")
    return _refused(answer.status_code)


async def served(site: Site) -> Finding:
    """Whether the model is served to this key, and until when."""
    name, answer = site.settings.openai_model, await _of_the_model(site)
    another = "Set OPENAI_MODEL to a model without an end, such as gpt-6-luna, and hear a call with it."
    if answer.status_code == 404:
        return failed(f"{name} is not served to this key", another)
    if answer.status_code != 200:
        return skipped(f"not asked: OpenAI answers {answer.status_code}", "See openai key.")
    ends = answer.json().get("shutdown_date")
    if not ends:
        return ok(f"{name} is served, no end is announced")
    left = date.fromisoformat(ends) - site.now().date()
    cause = f"OpenAI ends {name} on {ends}"
    if left <= timedelta(0):
        return failed(cause, another)
    return warning(f"{cause}, in {left.days} days", another) if left < NOTICE else ok(f"{name} is served until {ends}")


async def words(site: Site) -> Finding:
    """Whether it begins to word a reply as soon as a caller waits for it."""
    settings = site.settings
    try:
        async with openai_client(settings) as client:
            asked_at = time.monotonic()
            stream = await client.with_options(timeout=None).chat.completions.create(
                model=settings.openai_model, messages=SAY, stream=True, **_parameters(settings, REPLY_TOKENS)
            )
            async with stream:
                async for chunk in stream:
                    if chunk.choices and chunk.choices[0].delta.content:
                        return _in_time(
                            time.monotonic() - asked_at, settings.llm_first_words_seconds, "LLM_FIRST_WORDS_SECONDS"
                        )
    except (APIStatusError, APITimeoutError, APIConnectionError) as error:
        return _error(error)
    return failed("answered without a word", "Set OPENAI_REASONING_EFFORT to none, or OPENAI_MODEL to another model.")


async def reads(site: Site) -> Finding:
    """Whether it fills in what the rules leave open of a turn, in time."""
    settings = site.settings
    try:
        async with openai_client(settings) as client:
            asked_at = time.monotonic()
            answer = await client.with_options(timeout=None).chat.completions.create(
                model=settings.openai_model,
                messages=NAMED,
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": "second_reading", "strict": True, "schema": schema(("name",))},
                },
                **_parameters(settings, READING_TOKENS, temperature=0),
            )
            took = time.monotonic() - asked_at
    except (APIStatusError, APITimeoutError, APIConnectionError) as error:
        return _error(error)
    if "name" not in json.loads(answer.choices[0].message.content or "{}"):
        return failed("answers in another form than asked for", "Set OPENAI_MODEL to one with structured outputs.")
    return _in_time(took, settings.second_reader_seconds, "SECOND_READER_SECONDS")


CHECKS = (
    Check("openai key", "OPENAI_BASE_URL", key),
    Check("openai model", "OPENAI_BASE_URL", served),
    Check("openai words a reply", "OPENAI_BASE_URL", words),
    Check("openai reads a turn", "OPENAI_BASE_URL", reads),
)


async def _of_the_model(site: Site) -> httpx.Response:
    settings = site.settings
    return await site.http.get(
        f"{settings.openai_base_url}/models/{settings.openai_model}",
        headers={"Authorization": f"Bearer {settings.openai_api_key.get_secret_value()}"},
    )


def _parameters(settings: Settings, tokens: int, temperature: float | None = None) -> dict[str, Any]:
    return model_parameters(settings.openai_model, settings.openai_reasoning_effort, tokens, temperature)


def _in_time(seconds: float, limit: float, setting: str) -> Finding:
    said = f"after {seconds:.2f} s"
    if seconds <= limit:
        return ok(said)
    advice = f"Try again; if it stays so, raise {setting} a little or choose a quicker OPENAI_MODEL."
    return warning(f"{said}: calls wait {limit:g} s and then do without", advice)


def _error(error: APIStatusError | APIConnectionError) -> Finding:
    if isinstance(error, APITimeoutError):
        raise TimeoutError from error
    if isinstance(error, APIConnectionError):
        raise OSError("no connection") from error
    if error.status_code == 400:
        what = f" ({error.param})" if error.param else ""
        advice = "Set OPENAI_REASONING_EFFORT to what the model knows, or OPENAI_MODEL to another model."
        return failed(f"refuses our request{what}", advice)
    if error.status_code == 404:
        return skipped("not asked: the model is not served", "See openai model.")
    return _refused(error.status_code)


def _refused(status: int) -> Finding:
    if status in (401, 403):
        return failed(f"the key is refused ({status})", REFUSED)
    if status == 429:
        return failed("no credit is left, or too much is asked (429)", "Look at usage and billing at OpenAI.")
    return failed(f"OpenAI answers {status}", "Is OPENAI_BASE_URL right? Else wait: status.openai.com tells.")
