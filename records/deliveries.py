"""`python -m records.deliveries`: what has not reached the dashboard and why, and sending it again.

Works on the service's own database, whether the service runs or not, and needs none of its keys: to send again, the
dashboard's settings alone. A record is posted from here, at once, and the service's later tries find that nothing is
left to do. A record that is not accepted stays as it was. Phone numbers are masked. Exit code 0: done. 1: the dashboard
did not accept a record. 2: the command makes no sense here. 3: the database cannot be reached, or not brought up to
date.
"""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is no traceback: what is under way is sent again later.

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import logs
from call.errors import AgentError
from config import ConfigError, Settings, load_some, secret_values, take_in
from dashboard_sync import DashboardClient
from providers.http import http_client
from records.errors import SchemaError, StoreError, kind_of
from records.posting import RecordPoster, due_parts
from records.resend import Resent, resend
from records.rows import Phase
from records.store import DeliveryRow, Status, Store, database_url

DONE, NOT_ACCEPTED, UNUSABLE, NO_DATABASE = 0, 1, 2, 3
PLAIN_WIDTH = 140  # Columns of a file or a pipe, which have none.
KEPT_SETTINGS = ("DATA_DIR", "DATABASE_URL", "TIMEZONE")
"""All that is needed to read what is kept."""
DASHBOARD_SETTINGS = (
    "DASHBOARD_JOBS_URL", "DASHBOARD_CALLS_URL", "DASHBOARD_ALERTS_URL", "DASHBOARD_WEBHOOK_SECRET",
    "DASHBOARD_USER_EMAIL", "DASHBOARD_TIMEOUT_SECONDS", "DASHBOARD_RETRY_SECONDS",
)  # fmt: skip
_COLOURS = {Status.PARKED: "red", Status.WAITING: "yellow", Status.KEPT: "cyan", Status.DELIVERED: "green"}


class UnusableError(AgentError):
    """Raised when the command makes no sense here; the message says why."""


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description="What has not reached the dashboard and why, and sending it again.",
        epilog="kept: no dashboard is configured. waiting: the service tries again later. parked: refused (400, 401)"
        " or not accepted for three days; nobody tries again before you do. Exit code: 0 done, 1 a record was not"
        " accepted, 2 the command makes no sense here, 3 the database cannot be used.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="the records that have not been delivered, oldest first")
    listing.add_argument("--all", action="store_true", help="also those that have been")
    showing = commands.add_parser("show", help="one record as it would be posted")
    showing.add_argument("call_id", metavar="CALL")
    retrying = commands.add_parser("retry", help="send records again, now")
    retrying.add_argument("call_ids", metavar="CALL", nargs="*")
    retrying.add_argument("--all", action="store_true", help="every record that has not been delivered")
    return parser


def main(arguments: Sequence[str] | None = None, program: str = "python -m records.deliveries") -> int:
    """Runs the command; returns the exit code."""
    parser = _parser(program)
    options = parser.parse_args(arguments)
    if options.command == "retry" and bool(options.call_ids) == options.all:
        parser.error("retry: name calls, or --all")
    logs.setup_logging()
    logs.set_level("CRITICAL")  # What the dashboard says is told below.
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    try:
        take_in(os.environ)
        needed = KEPT_SETTINGS + DASHBOARD_SETTINGS if options.command == "retry" else KEPT_SETTINGS
        settings = load_some(os.environ, needed)
        logs.hide_secrets(secret_values(settings))
        check_database(settings)
        return asyncio.run(_run(options, settings, console))
    except (ConfigError, UnusableError) as error:
        console.print(escape(str(error)), style="red")
        return UNUSABLE
    except SchemaError as error:
        console.print(escape(str(error)), style="red")
        return NO_DATABASE
    except (StoreError, OSError) as error:
        console.print(f"The database cannot be reached: {kind_of(error)}", style="red")
        return NO_DATABASE


def check_database(settings: Settings) -> None:
    """Nothing is made here: an empty list beside the service's database would be a lie.

    Raises:
        UnusableError: SQLite's file is not there.
    """
    url = sa.make_url(database_url(settings))
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        raise UnusableError(f"There is no database at {url.database}: is DATA_DIR that of the service?")


async def _run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    store = Store(database_url(settings))
    await store.open()
    try:
        if options.command == "list":
            return await _list(store, settings, console, everything=options.all)
        if options.command == "show":
            return await _show(store, settings, console, options.call_id)
        return await _retry(store, settings, console, options.call_ids)
    finally:
        await store.close()


async def _list(store: Store, settings: Settings, console: Console, *, everything: bool) -> int:
    known, unmade = await _kept(store, settings, console)
    rows = [row for row in known if everything or row.status is not Status.DELIVERED]
    if not rows:
        console.print(_nothing(unmade))
        return DONE
    table = Table("call", "since", "status", "caller", "parts", "why", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(
            escape(row.call_id),
            f"{_local(row.created_at, settings)} ({_age(datetime.now(UTC) - row.created_at)})",
            f"[{_COLOURS[row.status]}]{row.status}[/]",
            escape(_caller(row)),
            ", ".join(due_parts(row.record)),
            escape(logs.mask(row.detail)),
        )
    for column in table.columns:
        column.overflow = "fold"
    console.print(table)
    counts = {status: sum(row.status is status for row in rows) for status in Status}
    console.print(", ".join(f"{number} {status}" for status, number in counts.items() if number))
    return DONE


async def _kept(store: Store, settings: Settings, console: Console) -> tuple[list[DeliveryRow], int]:
    """Every record, and how many calls have none yet; those are told of."""
    calls = await store.calls.not_handed_over()  # First: one whose record is made meanwhile has it below.
    rows = await store.deliveries()
    recorded = {row.call_id for row in rows}
    unmade = [call for call in calls if call.call_id not in recorded]
    broken = [call for call in unmade if call.phase is Phase.BROKEN]
    if broken:
        latest = max(call.due_at or call.updated_at for call in broken)
        told = f"{len(broken)} calls broke off and may still come back; their records are due by"
        console.print(f"{told} {_local(latest, settings)}.")
    if others := len(unmade) - len(broken):
        told = "calls are still to be made: the running service makes each once its call is over."
        console.print(f"The records of {others} {told}", soft_wrap=True)
    return rows, len(unmade)


def _nothing(unmade: int) -> str:
    if unmade:
        return "Of the records that are made none waits."
    return "Nothing waits: every record has been delivered."


async def _show(store: Store, settings: Settings, console: Console, call_id: str) -> int:
    row = await _found(store, call_id)
    console.print(f"{escape(row.call_id)}: [{_COLOURS[row.status]}]{row.status}[/]", end="")
    tried = f", last tried {_local(row.tried_at, settings)}" if row.tried_at else ""
    console.print(f", recorded {_local(row.created_at, settings)}{tried}")
    if row.detail:
        console.print(escape(logs.mask(row.detail)), soft_wrap=True)
    for part in due_parts(row.record):
        console.print(f"\n{part}", style="bold")
        text = json.dumps(row.record[part], indent=2, ensure_ascii=False)
        console.print(escape(logs.mask(text)), soft_wrap=True)
    return DONE


async def _retry(store: Store, settings: Settings, console: Console, call_ids: Sequence[str]) -> int:
    if not settings.dashboard_configured:
        raise UnusableError("No dashboard is configured: set the five DASHBOARD_* settings.")
    if call_ids:
        rows = [await _found(store, call_id) for call_id in dict.fromkeys(call_ids)]
    else:
        known, unmade = await _kept(store, settings, console)
        rows = [row for row in known if row.status is not Status.DELIVERED]
        if not rows:
            console.print(_nothing(unmade))
    failed = 0
    async with http_client() as http:
        poster = RecordPoster(settings, DashboardClient(settings, http), store)
        for row in rows:
            if row.status is Status.DELIVERED:
                console.print(f"{escape(row.call_id)}: has been delivered already")
                continue
            resent = await resend(store, poster, row)
            failed += bool(resent.detail)
            _tell(console, row.call_id, resent)
    return NOT_ACCEPTED if failed else DONE


def _tell(console: Console, call_id: str, resent: Resent) -> None:
    told = f"[green]delivered[/] {', '.join(resent.parts)}"
    if resent.detail:
        told = f"[red]{resent.status}[/] {escape(logs.mask(resent.detail))}"
    console.print(f"{escape(call_id)}: {told}", soft_wrap=True)


async def _found(store: Store, call_id: str) -> DeliveryRow:
    row = await store.delivery(call_id)
    if row is None:
        raise UnusableError(f"There is no record of call {call_id}.")
    return row


def _caller(row: DeliveryRow) -> str:
    return logs.mask(str(row.record["call"].get("phone_number") or "unknown"))


def _local(when: datetime, settings: Settings) -> str:
    return f"{when.astimezone(settings.zone):%b %d %H:%M}"


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


if __name__ == "__main__":
    sys.exit(main())
