"""`python -m simulator.contract`: asks V2 and the dashboard what can be asked of the contract without writing.

Says rule by rule whether it holds, and where a server answers otherwise than its stand-in. Without an address both
stand-ins are asked. Exit code 0: all that was asked holds. 1: something differs. 2: something could not be asked.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom
from urllib.parse import urlsplit

import httpx

from config import ConfigError, take_in
from simulator.back_office.office import BackOffice
from simulator.calls.screen import Screen
from simulator.contract.answers import Service
from simulator.contract.asking import Finding, NoAnswerError, Server, check, sender
from simulator.contract.dashboard_rules import DASHBOARD_NOT_ASKED, dashboard_rules
from simulator.contract.v2_rules import V2_NOT_ASKED, v2_rules

DIFFERS, UNUSABLE = 1, 2
KEYS: Mapping[Service, str] = {"v2": "V2_API_KEY", "dashboard": "DASHBOARD_WEBHOOK_SECRET"}
EPILOG = """\
Keys are those of the service: V2_API_KEY and DASHBOARD_WEBHOOK_SECRET, from .env or the environment; each is needed
only if its server is asked. Nothing is stored and nobody is texted: V2 is asked with tools that read, about a call
and a number that are made up, and every payload for the dashboard lacks its user, so that it is refused. V2 may keep
a session of the made-up call. What cannot be asked in this way is listed at the end.

exit code: 0 all that was asked holds, 1 something differs, 2 something could not be asked
"""


class UnusableError(ValueError):
    """Raised when the command cannot be carried out; the message says why and holds no secret."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator.contract",
        description="Asks V2 and the dashboard what can be asked of docs/contract.md without writing.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--v2", default="", metavar="URL", help="V2's origin, such as https://v2-staging.example.com")
    parser.add_argument("--dashboard", default="", metavar="URL", help="the dashboard's origin")
    return parser


def real_servers(addresses: Mapping[Service, str], environ: Mapping[str, str]) -> dict[Service, Server]:
    """The servers that have an address, each with its key.

    Raises:
        UnusableError: an address is none to send a key to, or a key is missing.
    """
    servers: dict[Service, Server] = {}
    for service, address in addresses.items():
        if not address:
            continue
        origin = _origin(service, address)
        key = environ.get(KEYS[service], "").strip()
        if not key:
            raise UnusableError(f"{KEYS[service]} is not set: put it into .env or the environment")
        if not key.isascii() or not key.isprintable():
            raise UnusableError(f"{KEYS[service]} cannot be sent in a header")
        servers[service] = Server(origin, key)
    return servers


def _origin(service: Service, address: str) -> str:
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise UnusableError(f"--{service} wants an origin alone, such as https://{service}-staging.example.com")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")):
        raise UnusableError(f"--{service} has to begin with https://: the key goes there")
    return f"{parts.scheme}://{parts.netloc}"


async def run(servers: Mapping[Service, Server], screen: Screen, random: Random) -> int:
    """Asks them, or the stand-ins if there are none; returns the exit code."""
    now = datetime.now(UTC)
    made_up = {
        "call": f"contract-check-{random.randrange(16**12):012x}",
        "number": f"+1555{random.randrange(2_000_000, 10_000_000)}",
    }
    office = BackOffice(
        api_key="stand-in", webhook_secret="stand-in", user_email="owner@example.com", clock=lambda: datetime.now(UTC),
        answer_delay_seconds=0,
    )  # fmt: skip
    findings = []
    async with office, httpx.AsyncClient(trust_env=False) as client:
        dashboard_url = office.jobs_url.removesuffix("/api/webhook/jobs")
        stand_ins: dict[Service, Server] = {
            "v2": Server(office.v2_url, "stand-in"),
            "dashboard": Server(dashboard_url, "stand-in"),
        }
        asked = servers or stand_ins
        rules = {"v2": v2_rules(now), "dashboard": dashboard_rules()}
        ours = sender(client, stand_ins, made_up)
        for service in asked:
            screen.say(f"{service} at {asked[service].origin}" if servers else f"{service}, the stand-in")
            async for finding in check(rules[service], sender(client, asked, made_up), ours):
                findings.append(finding)
                _show(finding, screen, [server.key for server in asked.values()])
            for part in {"v2": V2_NOT_ASKED, "dashboard": DASHBOARD_NOT_ASKED}[service]:
                screen.say(f"  not asked  {part.sections}: {part.why}")
    office.close()
    return verdict(findings, screen)


def _show(finding: Finding, screen: Screen, keys: Sequence[str]) -> None:
    rule = f"{finding.rule.section:<4} {finding.rule.says}"
    for problem in finding.problems:
        # A problem may name a field as the server calls it, and so whatever a server wants printed.
        for key in keys:
            problem = problem.replace(key, "***")
        screen.say(f"  DIFFERS    {rule}: {problem}")
    if finding.silent:
        screen.say(f"  NO ANSWER  {rule}: {finding.silent}")
    elif finding.not_asked:
        screen.say(f"  not asked  {rule}: {finding.not_asked}")
    elif not finding.problems:
        screen.say(f"  holds      {rule}")


def verdict(findings: Sequence[Finding], screen: Screen) -> int:
    """The last line, and the exit code."""
    differ = sum(bool(finding.problems) for finding in findings)
    silent = sum(bool(finding.silent) for finding in findings)
    left_out = sum(bool(finding.not_asked) for finding in findings)
    holds = sum(not (f.problems or f.silent or f.not_asked) for f in findings)
    screen.say(f"{holds} rules hold, {differ} differ, {silent} without an answer, {left_out} not asked")
    return DIFFERS if differ else UNUSABLE if silent else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    screen = Screen()
    try:
        if options.v2 or options.dashboard:
            take_in(os.environ, Path(__file__).parent.parent.parent / ".env")
        servers = real_servers({"v2": options.v2, "dashboard": options.dashboard}, os.environ)
        return asyncio.run(run(servers, screen, SystemRandom()))
    except (UnusableError, ConfigError, NoAnswerError) as error:
        screen.error(str(error))
        return UNUSABLE
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
