"""`python -m desk calls`: the calls that are kept, newest first, and one with everything that is known of it.

Works beside the running service and without it, on its database, and needs none of its keys. A list shows initials and
last digits; `show` opens a call, and `--scenario` writes it as one of the simulator's; `replay` plays it again by
today's rules. On a terminal it is laid out; in a pipe a list is a line a call, separated by tabs.
Exit code 0: done. 1: there is no such call. 2: the command makes no sense here. 3: the database cannot be used.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from call.business import OF_THE_BUSINESS, Business
from call.session import CallSession, EntryKind
from config import Settings
from desk.as_scenario import as_scenario
from desk.kept import DONE, NONE_FOUND, on_the_database
from desk.replay import replay
from desk.terminal import say
from records.call_rows import read_snapshot
from records.call_search import PIECE, find_call, find_calls
from records.call_view import CallLine, CallStory, Wanted, came_of, masked
from records.deliveries import KEPT_SETTINGS
from records.payloads import storable
from records.plain_words import part
from records.recordings import Recordings
from records.store import Store
from records.turn_view import Event, Limits, Turn, Wait

_LIMITS = ("MAX_TURNS_PER_STATE", "MAX_TURNS_PER_CALL")
_STYLES = {
    EntryKind.CALLER: "bold",
    EntryKind.STATE: "cyan",
    EntryKind.TOOL: "magenta",
    EntryKind.FAULT: "red",
    EntryKind.NOTE: "dim",
}


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `calls list` and `calls show` to the desk's commands."""
    calls = commands.add_parser(
        "calls",
        help="the calls that are kept, and one with everything that is known of it",
        epilog="Exit code: 0 done, 1 there is no such call, 2 the command makes no sense here, 3 the database cannot"
        " be used. Of the settings only DATA_DIR, DATABASE_URL and TIMEZONE matter, for replay those of the business"
        " too.",
    )
    actions = calls.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="newest first; initials and last digits alone")
    listing.add_argument("--owed", action="store_true", help="somebody of the team has to call")
    listing.add_argument("--parked", action="store_true", help="the record is sent by nobody before you do")
    listing.add_argument("--not-understood", action="store_true", help="a question had to be asked again")
    listing.add_argument("--find", metavar="TEXT", default="", help="a name, a number's last digits, words")
    listing.add_argument("--limit", metavar="N", type=_positive, default=PIECE, help="at most so many (default: 50)")
    showing = actions.add_parser("show", help="one call: turns, tools, faults, records; names and numbers are shown")
    showing.add_argument("call_id", metavar="CALL")
    showing.add_argument("--scenario", action="store_true", help="as a scenario of the simulator, persons replaced")
    replaying = actions.add_parser("replay", help="the call again by today's rules: what would come of each turn now")
    replaying.add_argument("call_id", metavar="CALL")
    for action in (listing, showing, replaying):
        action.add_argument("--json", action="store_true", help="for programs")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def run(options: argparse.Namespace, console: Console) -> int:
    """Runs one of the commands on calls; returns the exit code."""
    needed = (*KEPT_SETTINGS, *OF_THE_BUSINESS, *_LIMITS) if options.action == "replay" else KEPT_SETTINGS
    return on_the_database(needed, console, lambda store, settings: _run(options, store, settings, console))


async def _run(options: argparse.Namespace, store: Store, settings: Settings, console: Console) -> int:
    if options.action == "replay" or (options.action == "show" and options.scenario):
        row = await store.calls.find(options.call_id)
        session = read_snapshot(row.snapshot, options.call_id) if row else None
        return _again(session, options, settings, console)
    if options.action == "show":
        story = await find_call(store, options.call_id, Limits.of(settings))
        return _show(story, options, settings, console)
    wanted = Wanted(options.owed, options.parked, options.not_understood, options.find)
    lines, complete = await _all(store, wanted, options.limit)
    return _list(lines, complete, options, settings.zone, console)


async def _all(store: Store, wanted: Wanted, most: int) -> tuple[list[CallLine], bool]:
    """So many of those that are looked for, however many others stand between; and whether these are all."""
    lines: list[CallLine] = []
    page = await find_calls(store, wanted, most=most)
    lines += page.lines
    while page.older is not None and len(lines) < most:
        page = await find_calls(store, wanted, page.older, most - len(lines))
        lines += page.lines
    return [masked(line) for line in lines], page.older is None


def _list(
    lines: Sequence[CallLine], complete: bool, options: argparse.Namespace, zone: ZoneInfo, console: Console
) -> int:
    if options.json:
        print(_as_json([_plain(line) for line in lines], zone))
    elif not lines:
        say(console, "There is no such call.")
    elif console.is_terminal:
        console.print(_table(lines, zone))
    else:
        for line in lines:
            print("\t".join((line.call_id, *_columns(line, zone))))
    if lines and not complete:  # On stderr: whatever reads the lines takes none of it for a call.
        print(f"There are older ones: --limit {2 * options.limit} shows more.", file=sys.stderr)
    return DONE if lines else NONE_FOUND


def _columns(line: CallLine, zone: ZoneInfo) -> tuple[str, ...]:
    return tuple(
        _clean(text)
        for text in (
            f"{line.at.astimezone(zone):%b %d %H:%M}",
            " ".join(filter(None, (line.name, line.number or "withheld"))),
            line.ended,
            came_of(line, zone),
            part(line.blame) if line.blame else "",
            "" if line.seconds is None else f"{line.seconds} s",
            "" if line.slowest_ms is None else f"{line.slowest_ms} ms",
            ": ".join(filter(None, (line.delivery or line.delivery_words, line.why))),
        )
    )


def _table(lines: Sequence[CallLine], zone: ZoneInfo) -> Table:
    names = ("call", "when", "who", "how it ended", "booked, or owed a call", "blame", "length", "slowest", "record")
    table = Table(*names, box=None, pad_edge=False, header_style="bold")
    for line in lines:
        style = "green" if line.live else "yellow" if line.owed else ""
        table.add_row(*(Text(text, style) for text in (line.call_id, *_columns(line, zone))))
    for column in table.columns:
        column.overflow = "fold"
    return table


def _show(story: CallStory | None, options: argparse.Namespace, settings: Settings, console: Console) -> int:
    zone = settings.zone
    if story is None:
        say(console, f"Nothing is known of call {_clean(options.call_id)}.", "red")
        return NONE_FOUND
    if options.json:
        used = story.used.plain() if story.used else None
        print(_as_json(asdict(story) | {"line": _plain(story.line), "used": used}, zone))
        return DONE
    recording = _recording(story, settings)
    for text, style in (*_head(story, recording, zone), *_body(story, zone), *_record(story, zone)):
        say(console, text, style)
    return DONE


def _again(session: CallSession | None, options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """The call as a scenario, or played again."""
    if session is None:
        say(console, f"Call {_clean(options.call_id)} is not kept, or no longer: only its record may be.", "red")
        return NONE_FOUND
    if options.action == "show":
        try:
            print(as_scenario(session, Business.of(settings)), end="")
        except ValueError as error:
            say(console, f"Call {_clean(options.call_id)} is no scenario: {error}.", "red")
            return NONE_FOUND
        return DONE
    limits = {"most_in_a_state": settings.max_turns_per_state, "most_in_a_call": settings.max_turns_per_call}
    moments = replay(session, Business.of(settings), **limits)
    if options.json:
        print(_as_json([asdict(moment) | {"same": moment.same} for moment in moments], settings.zone))
        return DONE
    for moment in moments:
        say(
            console,
            f"{moment.number:>3} {moment.state}: {_clean(moment.what)}",
            "bold" if moment.same else "bold yellow",
        )
        say(console, f"      {'as then' if moment.same else 'then'}: {moment.then}")
        if not moment.same:
            say(console, f"      now: {moment.now}", "yellow")
    first = next((moment.number for moment in moments if not moment.same), None)
    told = "Everything would come to the same." if first is None else f"The first difference is {first}; what follows"
    " may follow from it."
    say(console, f"{told} Rules alone: the model reads nothing here, and every question counts as heard.", "dim")
    return DONE


def _recording(story: CallStory, settings: Settings) -> str:
    """Where the recording is."""
    if story.recorded_from is None:
        return ""
    path = Recordings(settings.data_dir).find(story.line.call_id)
    return str(path.resolve()) if path else "not on this machine, or deleted already"


def _head(story: CallStory, recording: str, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    line = story.line
    yield f"{line.call_id}, {_at(line.at, zone)}: {line.ended}", "bold"
    told = {
        "outcome": line.outcome,
        "came of it": came_of(line, zone),
        "blame": part(line.blame) if line.blame else "",
        "length": "" if line.seconds is None else f"{line.seconds} s, {line.turns} turns",
        "slowest answer": "" if line.slowest_ms is None else f"{line.slowest_ms} ms",
        "failed": ", ".join(map(part, story.faults)),
        "states": " > ".join(story.path),
        "record": line.delivery_words,
        "recording": recording,
    }
    used = [(f"used, {who}", text) for who, text in story.used.words()] if story.used else []
    for name, value in (*told.items(), *used, *story.facts, *(("for the team", note) for note in story.notes)):
        if value:
            yield f"  {name}: {_clean(value)}", ""


def _body(story: CallStory, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    if story.happened:
        yield "", ""
        yield "what went wrong", "bold blue"
        for one in story.happened:
            yield f"  {'' if one.turn is None else f'turn {one.turn}: '}{_clean(one.text)}", "yellow"
    for turn in story.turns:
        yield "", ""
        yield _turn(turn), "bold blue"
        for event in turn.events:
            yield f"  {event.at.astimezone(zone):%H:%M:%S} {_clean(in_words(event))}", _STYLES.get(event.kind, "")
            for what, text in event.told:
                yield f"           {what}: {_clean(text)}", "dim"


def _turn(turn: Turn) -> str:
    answered = "" if turn.answer_ms is None else f", answered after {turn.answer_ms} ms"
    if turn.waits:
        answered += f" ({', '.join(map(_wait, turn.waits))})"
    again = "" if turn.understood else ", not understood: asked again"
    return f"{f'turn {turn.number}' if turn.number else 'before the first word'}, {turn.state}{answered}{again}"


def _wait(wait: Wait) -> str:
    return f"{wait.milliseconds} {wait.what}" + (f" of {wait.most}" if wait.most else "")


def in_words(event: Event) -> str:
    """An event as a line of text."""
    took = "" if event.milliseconds is None or event.kind is EntryKind.CALLER else f", {event.milliseconds} ms"
    match event.kind:
        case EntryKind.AGENT:
            cut = f" [cut off: {event.cut_off}]" if event.cut_off else ""
            return f"agent: {event.text}{cut}{'' if event.certain else ' [not certain that this was heard]'}"
        case EntryKind.CALLER:
            return f"caller: {event.text}" + (f" [{event.detail}]" if event.detail else "")
        case EntryKind.FAULT:
            return f"{part(event.text)} failed: {event.detail}"
    return f"{event.kind} {event.text}" + (f": {event.detail}" if event.detail else "") + took


def _record(story: CallStory, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    if story.recorded_at:
        tried = f", last tried {_at(story.tried_at, zone)}" if story.tried_at else ""
        yield "", ""
        yield f"recorded {_at(story.recorded_at, zone)}{tried}", "bold"
    for message in story.record:
        yield f"{message.name}: {_clean(message.became)}", "bold blue"
        yield storable(json.dumps(message.payload, indent=2, ensure_ascii=False)), ""


def _at(when: datetime, zone: ZoneInfo) -> str:
    return f"{when.astimezone(zone):%a %b %d %H:%M:%S}"


def _clean(text: str) -> str:
    """Without what would steer a terminal, and in one line."""
    return storable(" ".join(text.split()))


def _plain(line: CallLine) -> Mapping[str, Any]:
    return asdict(line) | {"live": line.live, "delivery_words": line.delivery_words}


def _as_json(content: Any, zone: ZoneInfo) -> str:
    def local(value: object) -> str:
        return value.astimezone(zone).isoformat() if isinstance(value, datetime) else str(value)

    return json.dumps(content, indent=2, default=local)
