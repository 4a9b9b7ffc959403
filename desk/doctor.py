"""`python -m desk doctor`: every link between a caller and a job: its state, its cause and the one thing to do.

All are asked at once, and nothing is stored anywhere. Exit code 0: nothing has failed. 1: something has. 78: the
settings are wrong.
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import httpx
from rich.console import Console

from config import Settings
from desk import machine, model, office, phone, speech, storage
from desk.checks import CHECK_SECONDS, Check, Finding, Result, Site, State, run
from desk.terminal import say
from providers.http import http_client

FAILED = 1
_STYLES = {State.OK: "green", State.WARNING: "yellow", State.FAILED: "bold red", State.SKIPPED: "dim"}


def _here(look: machine.Look) -> Callable[[Site], Awaitable[Finding]]:
    async def ask(site: Site) -> Finding:
        return look(site.settings, site.now())

    return ask


CHECKS: tuple[Check, ...] = (
    *(Check(name, "DATA_DIR", _here(look)) for name, look in machine.LOOKS.items()),
    *storage.CHECKS,
    *phone.CHECKS,
    *speech.CHECKS,
    *model.CHECKS,
    *office.CHECKS,
)


async def examine(settings: Settings, console: Console, *, as_json: bool, seconds: float = CHECK_SECONDS) -> int:
    """Asks, tells, and returns the exit code; each check may take `seconds`."""
    async with http_client() as http:
        http.timeout = httpx.Timeout(None)  # Each check has a deadline of its own.
        results = await run(CHECKS, Site(settings, http), seconds)
    if as_json:
        say(console, json.dumps(as_data(results), indent=2, ensure_ascii=False))
    else:
        tell(results, console)
    return FAILED if any(result.finding.state is State.FAILED for result in results) else 0


def of_the_settings(wrong: str) -> str:
    """What `--json` prints where the settings are wrong: nothing could be asked, and why, a line each."""
    advice = "Correct it where the service gets its settings: .env, or the environment."
    failures = [
        {"check": "settings", "state": State.FAILED.value, "cause": line, "advice": advice, "ms": 0}
        for line in wrong.splitlines()
    ]
    return json.dumps({"ok": False, "checks": failures}, indent=2, ensure_ascii=False)


def as_data(results: Sequence[Result]) -> dict[str, object]:
    """What `--json` prints."""
    checks = [
        {
            "check": result.check.name,
            "state": result.finding.state.value,
            "cause": result.finding.cause,
            "advice": result.finding.advice,
            "ms": result.ms,
        }
        for result in results
    ]
    return {"ok": all(check["state"] != State.FAILED for check in checks), "checks": checks}


def tell(results: Sequence[Result], console: Console) -> None:
    """A line for each link; below one that is not well, what to do."""
    for result in results:
        finding = result.finding
        say(console, f"{finding.state:<8} {result.check.name:<24} {finding.cause}", _STYLES[finding.state])
        if finding.advice and finding.state is not State.SKIPPED:
            say(console, f"{'':<33} -> {finding.advice}")
    counts = Counter(result.finding.state for result in results)
    told = ", ".join(f"{counts[state]} {state}" for state in State if counts[state])
    say(console, f"{len(results)} checks: {told}")
