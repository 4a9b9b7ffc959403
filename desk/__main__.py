"""`python -m desk`: the operator's commands.

Exit code 0: done. 1: what was asked for is not well, is not there, or was not done; what to do is said. 2: the command
makes no sense. 3: the database cannot be used. 78: the settings are wrong, as at a start of the service; `calls`,
`texts` and `deliveries` need none of its keys.
"""

import argparse
import asyncio
import math
import os
import signal
import sys
from collections.abc import Callable, Sequence

import logs
from config import EXIT_CONFIG, ConfigError, Settings, load, secret_values, take_in
from desk import calls, doctor, number, ring, texts
from desk.checks import CHECK_SECONDS
from desk.terminal import DeskError, say, terminal
from providers.http import http_client
from records import deliveries

NOT_DONE = 1
INTERRUPTED = 130
# What Ctrl-C leaves behind, once a command has begun.
_LEFT = {
    "doctor": "nothing was changed.",
    "number": "make number-show tells where the number goes.",
    "ring": "a call that was placed goes on until somebody hangs up.",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m desk",
        description="What the operator does: whether all is well, what happened in a call, where the number goes, a"
        " call to oneself.",
        epilog="Exit code: 0 done, 1 not well or not done, 2 the command makes no sense, 3 the database cannot be used,"
        " 78 the settings are wrong."
        ' On Fly: fly ssh console -C "python -m desk doctor".',
    )
    commands = parser.add_subparsers(dest="command", required=True)
    examining = commands.add_parser("doctor", help="every link of a call: its state, its cause, what to do")
    examining.add_argument("--json", action="store_true", help="for programs")
    examining.add_argument(
        "--seconds", type=_seconds, default=CHECK_SECONDS, help=f"longest for each of them (default: {CHECK_SECONDS:g})"
    )
    numbers = commands.add_parser("number", help="where calls to TWILIO_PHONE_NUMBER go")
    actions = numbers.add_subparsers(dest="action", required=True)
    actions.add_parser("show", help="its addresses at Twilio")
    pointing = actions.add_parser("point", help="let its calls come to this service")
    pointing.add_argument("--keep-fallback", action="store_true", help="leave the fallback that it has")
    restoring = actions.add_parser("restore", help="bring back what it had before")
    for action in (pointing, restoring):
        action.add_argument("--yes", action="store_true", help="do not ask")
    calls.add_commands(commands)
    texts.add_commands(commands)
    commands.add_parser("deliveries", help="records that have not reached the dashboard, and sending them again")
    ringing = commands.add_parser("ring", help="a real test call to a phone, followed until it is over")
    ringing.add_argument("to", metavar="NUMBER", help="who is rung, and is the caller")
    return parser


def _seconds(text: str) -> float:
    if not (math.isfinite(seconds := float(text)) and seconds > 0):
        raise ValueError
    return seconds


_seconds.__name__ = "positive number of seconds"  # What argparse says that it has to be.


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["deliveries"]:
        return deliveries.main(given[1:], "python -m desk deliveries")
    options = _parser().parse_args(given)
    logs.setup_logging()
    logs.set_level("CRITICAL")  # What is not well is told by the command.
    console = terminal()
    try:
        take_in(os.environ)
        if options.command == "calls":
            return calls.run(options, console)
        if options.command == "texts":
            return texts.run(options, console)
        settings = load(os.environ)
    except ConfigError as error:
        as_json = options.command == "doctor" and options.json
        say(console, doctor.of_the_settings(str(error)) if as_json else str(error), "red")
        return EXIT_CONFIG
    logs.hide_secrets(secret_values(settings))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return asyncio.run(_run(options, settings))
    except DeskError as error:
        say(console, f"{error.cause}.\n-> {error.advice}", "red")
        return NOT_DONE
    except KeyboardInterrupt:
        say(console, f"\nStopped; {_LEFT[options.command]}")
        return INTERRUPTED


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    console = terminal()
    if options.command == "doctor":
        return await doctor.examine(settings, console, as_json=options.json, seconds=options.seconds)
    async with http_client() as http:
        if options.command == "ring":
            return await ring.ring(settings, http, console, options.to)
        if options.action == "show":
            return await number.show(settings, http, console)
        agreed = _agreed(always=options.yes)
        if options.action == "restore":
            return await number.restore(settings, http, console, agreed)
        return await number.point(settings, http, console, agreed, keep_fallback=options.keep_fallback)


def _agreed(*, always: bool) -> Callable[[str], bool]:
    """Asks the operator; whoever is not there has not agreed."""

    def ask(question: str) -> bool:
        if always:
            return True
        # asyncio's own handler cancels the command only once the answer is there.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
        except EOFError:
            print("\nNobody is there to agree: --yes does without.")
            return False
        finally:
            signal.signal(signal.SIGINT, before)

    return ask


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # From here on main() tells what is left undone.
    sys.exit(main())
