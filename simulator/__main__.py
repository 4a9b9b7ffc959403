"""`python -m simulator`: places a phone call without a phone, or with `--to` a real one.

Exit code 0: every call ended as its scenario says and the dashboard has its records. 1: one did not. 2: the command
cannot be carried out.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

from dotenv import load_dotenv

from simulator.bot_host import ROOT
from simulator.faults import Faults, describe
from simulator.outbound import OutboundError, place_call
from simulator.scenario import ScenarioError, load, names
from simulator.screen import Screen

FAILED = 1
UNUSABLE = 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="Places a phone call to the bot: no key, no phone, no network.",
        epilog="faults:\n" + describe(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--scenario",
        default="booking",
        metavar="NAME",
        help="which call, or 'all' (default: booking)",
    )
    parser.add_argument("--fault", default="", metavar="PART:MODE[,...]", help="what is broken, such as inworld:500")
    parser.add_argument("--to", metavar="NUMBER", help="ring this real phone through Twilio")
    parser.add_argument("--list", action="store_true", help="name the scenarios and stop")
    parser.add_argument(
        "--at-once",
        type=int,
        default=6,
        metavar="N",
        help="calls at a time with 'all' (default: 6)",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    screen = Screen()
    try:
        if options.list:
            for name in names():
                screen.say(f"{name:<20} {load(name).title}")
            return 0
        if options.to is not None:
            load_dotenv(ROOT / ".env")
            sid = place_call(options.to, os.environ)
            screen.say(f"ringing: {sid}")
            return 0
        Faults.parse(options.fault)
        return asyncio.run(_simulate(options, screen))
    except (ScenarioError, OutboundError, ValueError) as error:
        screen.error(str(error))
        return UNUSABLE
    except KeyboardInterrupt:
        return 130


async def _simulate(options: argparse.Namespace, screen: Screen) -> int:
    from simulator.run import BotError, run_many, run_one

    try:
        if options.scenario == "all":
            verdicts = await run_many(names(), options.fault, screen, options.at_once)
        else:
            verdicts = [await run_one(options.scenario, options.fault, screen)]
    except BotError as error:
        screen.error(str(error))
        return FAILED
    except ExceptionGroup as group:
        for failure in group.exceptions:
            if not isinstance(failure, BotError):
                raise
        screen.error(str(group.exceptions[0]))
        return FAILED
    return 0 if all(verdict.passed for verdict in verdicts) else FAILED


if __name__ == "__main__":
    sys.exit(main())
