"""What nobody means to set, though its form is right: each a line behind the setting's name. Pure.

It costs something and ruins no call for certain, so that the service starts with it. Reads no more of a settings
object than the fields that it names.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from config_forms import values
from config_forms.problems import Problem

LONGEST_LATE_SECONDS = 5.0  # Above this nobody who rings is ever turned away for it.
LEAST_CORE_SHARE, MOST_CORE_SHARE = 0.1, 0.7
MOST_CALLS = 100  # fly.toml lets so many connections in; a core serves far fewer (make capacity).
SHORTEST_TRIES_SECONDS = 24 * 3600.0
ABROAD = "is a number of another country: one of the United States has a 1 behind the plus"
_NUMBERS = ("twilio_phone_number", "fallback_number", "transfer_number", "owner_phone")
_DASHBOARD = ("dashboard_jobs_url", "dashboard_calls_url", "dashboard_alerts_url")
_OTHER_VENDORS = {"openai_api_key": "sk-ant-", "deepgram_api_key": "sk-", "inworld_api_key": "sk-"}


def doubts(s: Any) -> Iterator[Problem]:
    """Of settings that are right, one by one and together."""
    yield from _limits(s)
    yield from _person(s)
    yield from _numbers(s)
    yield from _addresses(s)
    yield from _secrets(s)


def _limits(s: Any) -> Iterator[Problem]:
    if s.max_late_seconds > LONGEST_LATE_SECONDS:
        yield Problem(
            ("MAX_LATE_SECONDS",),
            f"({s.max_late_seconds:g}) is in seconds: nobody is turned away however late everything is",
        )
    if s.max_core_share and s.max_core_share < LEAST_CORE_SHARE:
        yield Problem(("MAX_CORE_SHARE",), f"({s.max_core_share:g}) leaves room for a call or two")
    elif not s.max_core_share or s.max_core_share > MOST_CORE_SHARE:
        yield Problem(
            ("MAX_CORE_SHARE",),
            f"({s.max_core_share:g}) lets calls in that the machine may not serve: then all of them suffer",
        )
    if s.max_calls > MOST_CALLS:
        yield Problem(("MAX_CALLS",), f"({s.max_calls}) is more than a machine carries: make capacity tells yours")
    if s.max_calls_per_number > s.max_calls:
        yield Problem(("MAX_CALLS_PER_NUMBER",), "is more than MAX_CALLS: one number may take every line")
    if sum(s.delivery_pauses_seconds) < SHORTEST_TRIES_SECONDS:
        hours = sum(s.delivery_pauses_seconds) / 3600
        yield Problem(
            ("DELIVERY_PAUSES_SECONDS",),
            f"are {hours:.2g} hours together: from then on a record waits for you; the default is three days",
        )


def _person(s: Any) -> Iterator[Problem]:
    if s.staff_first_seconds and not s.transfer_number:
        yield Problem(("STAFF_FIRST_SECONDS",), "has no effect without TRANSFER_NUMBER: the agent answers at once")
    if s.transfer_hours and not s.transfer_number:
        yield Problem(("TRANSFER_HOURS",), "has no effect without TRANSFER_NUMBER: nobody is dialled")


def _numbers(s: Any) -> Iterator[Problem]:
    for name in _NUMBERS:
        if (number := getattr(s, name)) and values.lacks_its_one(number):
            yield Problem((name.upper(),), ABROAD)


def _addresses(s: Any) -> Iterator[Problem]:
    for name in (field for field in type(s).model_fields if field.endswith("_url")):
        url = str(getattr(s, name) or "")
        if url.startswith(("http:", "ws:")) and name != "public_url" and values.in_public(url):
            yield Problem((name.upper(),), "is not encrypted: keys and callers' data cross the internet in clear")
    for name in _DASHBOARD:
        if (url := getattr(s, name)) and not urlsplit(url).path.strip("/"):
            yield Problem((name.upper(),), "has no path: is it the whole address of that webhook?")
    jobs, calls = (_last(getattr(s, name)) for name in _DASHBOARD[:2])
    if "call" in jobs and "job" in calls:
        yield Problem(("DASHBOARD_JOBS_URL",), "and DASHBOARD_CALLS_URL look as if they had been swapped")


def _last(url: str | None) -> str:
    return urlsplit(url or "").path.rstrip("/").rpartition("/")[2].lower()


def _secrets(s: Any) -> Iterator[Problem]:
    known: dict[str, str] = {}
    for name, value in s:
        told = value.get_secret_value() if isinstance(value, SecretStr) else ""
        if not told or name == "twilio_second_auth_token":
            continue
        if told in known:
            yield Problem((name.upper(),), f"is {known[told]} as well: each has its own")
        known.setdefault(told, name.upper())
        if told.startswith(_OTHER_VENDORS.get(name, "\0")):
            yield Problem((name.upper(),), "has the form of another vendor's key")
    token = s.operator_token.get_secret_value() if s.operator_token else ""
    if token and len(set(token)) < 5:
        yield Problem(("OPERATOR_TOKEN",), "has hardly two different characters: it can be guessed")
