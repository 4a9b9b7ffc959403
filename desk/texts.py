"""`python -m desk texts`: the texts that wait or are parked, those to the owner and those to callers.

Works beside the running service and without it, on its database, and needs none of its keys: nothing is sent from here.
What is to be sent again is due at once for the service, which finds out first what came of an earlier try, and keeps to
the quiet hours. Numbers are masked, and words are not shown.
Exit code 0: done. 1: there is no such text, or it cannot be changed any more. 2: the command makes no sense here.
3: the database cannot be used.
"""

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

import logs
from desk.kept import DONE, NONE_FOUND, UNUSABLE, on_the_database
from desk.terminal import say
from records.deliveries import KEPT_SETTINGS
from records.message_rows import UNSETTLED
from records.rows import MessageRow, Sending
from records.store import Store

BY_HAND = "its operator took it out"
_STYLES = {Sending.PARKED: "red", Sending.WAITING: "yellow", Sending.DROPPED: "dim"}


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `texts list`, `texts resend` and `texts drop` to the desk's commands."""
    texts = commands.add_parser(
        "texts",
        help="texts to the owner and to callers that wait or are parked",
        epilog="waiting: the service sends it, or finds out whether it was sent. parked: refused for good, or not"
        " accepted for three days; nobody tries again before you do. Exit code: 0 done, 1 there is no such text or it"
        " cannot be changed any more, 2 the command makes no sense here, 3 the database cannot be used.",
    )
    actions = texts.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="oldest first; last digits alone, and no words")
    listing.add_argument("--all", action="store_true", help="also those that were sent or dropped")
    sending = actions.add_parser("resend", help="let the service send it now, or at the end of the quiet hours")
    dropping = actions.add_parser("drop", help="take it out: it is not sent any more")
    for action in (sending, dropping):
        action.add_argument("ids", metavar="TEXT", nargs="*", help="as the list names it, such as CA123:caller")
        action.add_argument("--all", action="store_true", help="every one that is parked")
    for action in (listing, sending, dropping):
        action.add_argument("--json", action="store_true", help="for programs")


def run(options: argparse.Namespace, console: Console) -> int:
    """Runs one of the commands on texts; returns the exit code."""
    if options.action != "list" and bool(options.ids) == options.all:
        say(console, f"{options.action}: name texts, or --all", "red")
        return UNUSABLE
    return on_the_database(KEPT_SETTINGS, console, lambda store, settings: _run(options, store, settings.zone, console))


async def _run(options: argparse.Namespace, store: Store, zone: ZoneInfo, console: Console) -> int:
    if options.action == "list":
        rows = await store.messages.listed(frozenset(Sending) if options.all else UNSETTLED)
        dropped = (await store.messages.count())[Sending.DROPPED]
        _list(rows, dropped, options, zone, console)
        return DONE
    return await _change(store, options, zone, console)


def _list(
    rows: Sequence[MessageRow], dropped: int, options: argparse.Namespace, zone: ZoneInfo, console: Console
) -> None:
    if options.json:
        print(json.dumps([_plain(row, zone) for row in rows], indent=2))
    elif not rows:
        unsent = f" Dropped: {dropped} (--all)." if dropped else ""
        say(console, "There is no text." if options.all else f"No text waits or is parked.{unsent}")
    elif console.is_terminal:
        table = Table("text", "to", "since", "status", "next", "why", box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*(Text(text, _STYLES.get(row.status, "")) for text in _columns(row, zone)))
        for column in table.columns:
            column.overflow = "fold"
        console.print(table)
    else:
        for row in rows:
            print("\t".join(_columns(row, zone)))


async def _change(store: Store, options: argparse.Namespace, zone: ZoneInfo, console: Console) -> int:
    """Sends again, or takes out, what is named; of each what became of it."""
    messages = store.messages
    parked = [row.message_id for row in await messages.listed({Sending.PARKED})] if options.all else options.ids
    told: list[dict[str, Any]] = []
    for message_id in dict.fromkeys(parked):
        row, now = await messages.find(message_id), datetime.now(UTC)
        why = _why_not(row, options.action, now)
        if row and not why:
            change = messages.send_again(row, now) if options.action == "resend" else messages.drop(row, now, BY_HAND)
            why = "" if await change else "somebody has taken it up meanwhile: look again"
        told.append({"text": message_id, "done": not why, "why": why})
    if options.json:
        print(json.dumps(told, indent=2))
    elif not told:
        say(console, "No text is parked.")
    else:
        done = "is due now" if options.action == "resend" else "is dropped"
        for one in told:
            say(console, f"{one['text']}: {one['why'] or done}", "red" if one["why"] else "green")
    return DONE if all(one["done"] for one in told) else NONE_FOUND


def _why_not(row: MessageRow | None, action: str, now: datetime) -> str:
    """Why nothing can be done about it; empty if it can."""
    if row is None:
        return "there is no such text"
    if row.status not in UNSETTLED:
        return f"it is {row.status} already"
    if action == "resend" and row.status is Sending.WAITING and row.tried_at:
        return "whether it was sent is being found out"
    if action == "drop" and row.status is Sending.WAITING and row.tried_at and row.due_at and row.due_at > now:
        return "it may be going out just now: look again"
    if action == "resend" and row.useful_until and row.useful_until <= now:
        return "it would come too late"
    return ""


def _columns(row: MessageRow, zone: ZoneInfo) -> tuple[str, ...]:
    plain = _plain(row, zone)
    return tuple(plain[name] or "" for name in ("text", "to", "since", "status", "next", "why"))


def _plain(row: MessageRow, zone: ZoneInfo) -> dict[str, str | None]:
    return {
        "text": row.message_id,
        "to": f"{'caller' if row.to_caller else 'owner'} {logs.mask(row.recipient)}",
        "since": _local(row.created_at, zone),
        "status": row.status.value,
        "next": _local(row.due_at, zone) if row.due_at else None,
        "why": logs.loggable(row.detail),
    }


def _local(when: datetime, zone: ZoneInfo) -> str:
    return when.astimezone(zone).isoformat(timespec="seconds")
