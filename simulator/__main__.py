"""`python -m simulator`: places phone calls without a phone.

Exit code 0: every call ended as its scenario says, and the calendar and the dashboard hold what they should. 1: one did
not. 2: the command cannot be carried out.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from config import Settings, take_in
from simulator.arguments import at_once, pace, quiet_when_nobody_reads, seed
from simulator.calls.screen import Screen
from simulator.faults import Faults, describe
from simulator.own_business import NOTE, business_in
from simulator.rig.bot_host import ROOT
from simulator.scenarios.scenario import ScenarioError, load, names
from simulator.sound.player import PlayerError, play, player
from simulator.virtual_time.process import CORES

if TYPE_CHECKING:
    from simulator.rig.world import RealModel

FAILED = 1
UNUSABLE = 2
ALL = "all"
EPILOG = """\
'--scenario all' places every call twice, on virtual time: with the model, and with the model down (openai:down); with
--fault or --real-model once, in that way. How fast the machine is changes nothing in a call on virtual time; the
same --seed gives the same call to the millisecond, another one another order of events.

--real-model takes OPENAI_API_KEY (and OPENAI_MODEL, OPENAI_BASE_URL if they are there) from .env or the environment;
everything but the model still stands in, in real time. A whole run asks it a few hundred short questions. A scenario
of several calls is placed on virtual time alone: between its calls the clock jumps.

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
    parser.add_argument(
        "--env",
        type=Path,
        metavar="FILE",
        help="call your own business: its name, fee, hours ... of FILE, no key of it",
    )
    parser.add_argument("--list", action="store_true", help="name the scenarios and stop")
    parser.add_argument(
        "--at-once",
        type=at_once,
        default=CORES,
        metavar="N",
        help=f"calls at a time with '{ALL}' (default: as many as there are cores)",
    )
    parser.add_argument(
        "--pace", type=pace, metavar="X", help=f"how brisk everybody is on virtual time (1.0; with '{ALL}': 1.8)"
    )
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the call as a picture of the terminal")
    parser.add_argument(
        "--play", action="store_true", help="play the recording afterwards, with the player that is here"
    )
    parser.add_argument("--fast", action="store_true", help="one call as fast as this machine can, on virtual time")
    parser.add_argument(
        "--seed",
        type=seed,
        metavar="N",
        help=f"vary the stand-ins' delays on virtual time; 0: not at all (default: 0, with '{ALL}' 1)",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code. Without `arguments` they are this process's own."""
    parser = _parser()
    options = parser.parse_args(arguments)
    screen = Screen()
    try:
        if options.list:
            if arguments is None:
                quiet_when_nobody_reads()
            for name in names():
                screen.say(f"{name:<20} {load(name).title}")
            return 0
        Faults.parse(options.fault)
        model = None
        if options.fast and options.real_model:
            raise ValueError("--fast and --real-model exclude each other: OpenAI itself lives in real time")
        virtual = options.fast or (options.scenario == ALL and not options.real_model)
        if not virtual and (options.seed is not None or options.pace is not None):
            raise ValueError(f"--seed and --pace need --fast (make call FAST=1) or '--scenario {ALL}': virtual time")
        if options.env and options.scenario == ALL:
            raise ValueError(f"--env is heard in one call, not in '{ALL}'")
        if options.svg and options.scenario == ALL:
            raise ValueError(f"--svg draws one call, not '{ALL}'")
        if options.play:
            if options.scenario == ALL:
                raise ValueError(f"--play plays one call, not '{ALL}'")
            player()
        if not virtual and options.scenario != ALL and load(options.scenario).later:
            raise ValueError(f"{options.scenario} has several calls, hours apart: it needs --fast (make call FAST=1)")
        if virtual and arguments is None:
            quiet_when_nobody_reads()
        if options.real_model:
            take_in(os.environ, ROOT / ".env")
            model = real_model(os.environ, options.fault)
        return asyncio.run(_simulate(options, screen, model))
    except (ScenarioError, PlayerError, ValueError) as error:
        screen.error(str(error))
        return UNUSABLE
    except KeyboardInterrupt:
        return 130


def real_model(environ: Mapping[str, str], fault: str) -> "RealModel":
    """OpenAI as the service itself would reach it.

    Raises:
        ValueError: there is no key, or the model is to be broken, which only its stand-in can be.
    """
    from simulator.rig.world import RealModel

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
    from simulator.calls.batch import SEED, Case, both_ways, run_many, run_one, run_one_fast
    from simulator.calls.picture import PictureError, save_picture
    from simulator.rig.bot_under_test import BotError
    from simulator.rig.fixed_lines import PACE
    from simulator.virtual_time.process import JobError

    try:
        business = business_in(options.env) if options.env else {}
        case = Case(options.scenario, options.fault, tuple(business.items()))
        if business:
            screen.say(f"{options.env}: {NOTE}")
        if options.scenario == ALL:
            once = options.fault or model
            chosen = [name for name in names() if not (model and load(name).later)]
            cases = [Case(name, options.fault) for name in chosen] if once else both_ways(chosen)
            seed = SEED if options.seed is None else options.seed
            verdicts = await run_many(cases, screen, options.at_once, pace=options.pace or PACE, seed=seed, model=model)
        elif options.fast:
            verdicts = [await run_one_fast(case, screen, options.seed or 0, options.pace or 1.0)]
        else:
            verdicts = [await run_one(case, screen, model)]
        if options.svg:
            save_picture(verdicts[0], options.svg)
        if options.play and verdicts[0].folder is not None:
            await asyncio.to_thread(play, verdicts[0].folder / "call.wav")
    except (BotError, JobError, PictureError, OSError) as error:
        screen.error(str(error))
        return FAILED
    return 0 if all(verdict.passed for verdict in verdicts) else FAILED


if __name__ == "__main__":
    sys.exit(main())
