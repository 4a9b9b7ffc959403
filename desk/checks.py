"""What a check of the doctor is: what it works with, what it can find, and all of them run side by side.

Each check has a deadline of its own, so all together take no longer than the slowest; what a check did not foresee is a
finding too, never an end.
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import httpx

from config import Settings
from config_forms import doubts, values

CHECK_SECONDS = 8.0


class State(StrEnum):
    """How a link is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """What a check found: in which state, why, and the one thing to do; a link that is well needs nothing done."""

    state: State
    cause: str
    advice: str = ""


def ok(cause: str) -> Finding:
    """The link is well."""
    return Finding(State.OK, cause)


def warning(cause: str, advice: str) -> Finding:
    """Calls go on, something is lost or will be."""
    return Finding(State.WARNING, cause, advice)


def failed(cause: str, advice: str) -> Finding:
    """Calls suffer."""
    return Finding(State.FAILED, cause, advice)


def skipped(cause: str, advice: str = "") -> Finding:
    """It could not be asked, or there is nothing to ask."""
    return Finding(State.SKIPPED, cause, advice)


def reached(name: str, number: str, cause: str) -> Finding:
    """Well, unless the number of the setting `name` is abroad and would be one of ours with a 1 behind its plus."""
    if values.lacks_its_one(number):
        return warning(f"{name} {doubts.ABROAD}", f"Correct {name}.")
    return ok(cause)


@dataclass(frozen=True)
class Site:
    """What a check works with: the settings, one HTTP client, the time (aware), and whose certificates are trusted."""

    settings: Settings
    http: httpx.AsyncClient
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)


@dataclass(frozen=True)
class Check:
    """One link. `setting` names what says where it is: the first thing to look at when nobody answers there."""

    name: str
    setting: str
    ask: Callable[[Site], Awaitable[Finding]]


@dataclass(frozen=True)
class Result:
    """A check and what it found, after how many milliseconds."""

    check: Check
    finding: Finding
    ms: int


async def run(checks: Sequence[Check], site: Site, seconds: float = CHECK_SECONDS) -> list[Result]:
    """All of them at once, in their order."""
    return list(await asyncio.gather(*(_run(check, site, seconds) for check in checks)))


async def _run(check: Check, site: Site, seconds: float) -> Result:
    started = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            finding = await check.ask(site)
    except (TimeoutError, httpx.TimeoutException):
        finding = failed("no answer in time", f"Is {check.setting} right, and does it answer from here? Try again.")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        advice = f"Is {check.setting} right, and may this machine connect to it?"
        finding = failed(f"cannot be reached ({type(error).__name__})", advice)
    except Exception as error:  # An answer that nobody foresaw must not hide the other links.
        finding = failed(f"answered what makes no sense ({type(error).__name__})", f"Is {check.setting} right?")
    return Result(check, finding, round((time.monotonic() - started) * 1000))
