"""`python -m simulator`: places phone calls without a phone, or with `--to` a real one.

Exit code 0: every call ended as its scenario says, and the calendar and the dashboard hold what they should. 1: one did
not. 2: the command cannot be carried out.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dotenv import load_dotenv

from config import Settings
from simulator.bot_host import ROOT
from simulator.faults import Faults, describe
from simulator.outbound import OutboundError, place_call
from simulator.scenario import ScenarioError, load, names
from simulator.screen import Screen

if TYPE_CHECKING:
    from simulator.world import RealModel

FAILED = 1
UNUSABLE = 2
ALL = "all"
EPILOG = """\
'--scenario all' places every call twice, side by side: with the model, and with the model down (--fault openai:down);
with --fault or --real-model once, in that way. It takes about ten minutes on two cores.

--real-model takes OPENAI_API_KEY (and OPENAI_MODEL, OPENAI_BASE_URL if they are there) from .env or the environment;
everything but the model still stands in. A whole run asks it a few hundred short questions.

faults:
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="Places a phone call to the bot: no key, no phone, no network.",
        epilog=EPILOG + describe(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--scenario",
        default="booking",
        metavar="NAME",
        help=f"which call, or '{ALL}' (default: booking)",
    )
    parser.add_argument("--fault", default="", metavar="PART:MODE[,...]", help="what is broken, such as inworld:500")
    parser.add_argument("--real-model", action="store_true", help="ask OpenAI itself; the rest of the world stands in")
    parser.add_argument("--to", metavar="NUMBER", help="ring this real phone through Twilio")
    parser.add_argument("--list", action="store_true", help="name the scenarios and stop")
    parser.add_argument(
        "--at-once",
        type=int,
        default=12,
        metavar="N",
        help=f"calls at a time with '{ALL}' (default: 12)",
    )
    parser.add_argument(
        "--pace", type=float, default=1.8, metavar="X", help=f"how brisk everybody is with '{ALL}' (default: 1.8)"
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
        model = None
        if options.real_model:
            load_dotenv(ROOT / ".env")
            model = real_model(os.environ, options.fault)
        return asyncio.run(_simulate(options, screen, model))
    except (ScenarioError, OutboundError, ValueError) as error:
        screen.error(str(error))
        return UNUSABLE
    except KeyboardInterrupt:
        return 130


def real_model(environ: Mapping[str, str], fault: str) -> "RealModel":
    """OpenAI as the service itself would reach it.

    Raises:
        ValueError: there is no key, or the model is to be broken, which only its stand-in can be.
    """
    from simulator.world import RealModel

    if any(spec.strip().startswith("openai:") for spec in fault.split(",")):
        raise ValueError("--real-model and a fault of openai exclude each other: only the stand-in can be broken")
    key = environ.get("OPENAI_API_KEY", "").strip()
    if not key:
        raise ValueError("--real-model needs OPENAI_API_KEY in .env or in the environment")
    chosen = [
        environ.get(name.upper(), "").strip() or str(Settings.model_fields[name].default)
        for name in ("openai_base_url", "openai_model")
    ]
    return RealModel(key, *chosen)


async def _simulate(options: argparse.Namespace, screen: Screen, model: "RealModel | None") -> int:
    from simulator.batch import Case, both_ways, run_many, run_one
    from simulator.bot_process import BotError

    try:
        if options.scenario == ALL:
            once = options.fault or model
            cases = [Case(name, options.fault) for name in names()] if once else both_ways(names())
            verdicts = await run_many(cases, screen, options.at_once, options.pace, model)
        else:
            verdicts = [await run_one(Case(options.scenario, options.fault), screen, model)]
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
