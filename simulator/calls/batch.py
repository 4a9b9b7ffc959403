"""Calls of scenarios: one to watch, or many, each in a world of its own.

Guarantees that no call knows of another: its bot, its calendar, its dashboard and its clock are its own. Many calls run
on virtual time, as many at once as there are cores: how fast this machine is, and what else it does, changes nothing in
them. A call to watch is in real time, and so are calls with the real model; while the machine lags, their silences are
not judged. Leaves out the call itself (run.py) and what is shown of it (screen.py).
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from simulator.calls.run import conduct, new_folder, settle
from simulator.calls.screen import Screen, Verdict
from simulator.calls.several import conduct_all
from simulator.faults import Faults
from simulator.jitter import Jitter, seed_of
from simulator.own_business import calling_it
from simulator.providers.stand_ins import VendorDelays
from simulator.rig import fixed_lines
from simulator.rig.bot_host import BotHost
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.loop_lag import LagMeter
from simulator.rig.world import RealModel, World
from simulator.scenarios.scenario import MODEL_DOWN, Scenario, load
from simulator.sound.audio import Speaker
from simulator.sound.recording import Event
from simulator.virtual_time import process
from simulator.virtual_time.process import CORES, Done, Job, JobError

SEED = 1
LONG_TURNS = 9


@dataclass(frozen=True)
class Case:
    """A scenario, what is broken beside what the scenario itself breaks, and the settings of one's own business."""

    name: str
    faults: str = ""
    business: tuple[tuple[str, str], ...] = ()

    def scenario(self) -> Scenario:
        """The scenario, as it calls this business."""
        return calling_it(load(self.name), dict(self.business))


@dataclass(frozen=True)
class Placing:
    """How a call is placed on virtual time.

    Attributes:
        folder: Gets the recording, the timeline and the bot's log.
        lines: The bot's fixed lines, of `fixed_lines.kept` for this pace.
        pace: Above 1 everybody talks faster.
        seed: Varies the stand-ins' delays; 0 does not.
        watched: The call is shown on the terminal as it happens.
    """

    folder: Path
    lines: Path
    pace: float = 1.0
    seed: int = 0
    watched: bool = False


def both_ways(names: Iterable[str]) -> list[Case]:
    """Every scenario with the model and with the model down."""
    return [Case(name, faults) for name in names for faults in ("", MODEL_DOWN)]


async def run_one(case: Case, screen: Screen, model: RealModel | None = None) -> Verdict:
    """One call in real time, shown as it happens."""
    scenario, folder = load(case.name), new_folder(case.name)
    screen.head(scenario.title, _specs(scenario, case))
    screen.say("starting the bot ...")
    async with LagMeter() as lag:
        verdict = await _in_real_time(case, folder, lag, listener=screen.event, model=model)
    screen.verdict(verdict)
    return verdict


async def run_one_fast(case: Case, screen: Screen, seed: int = 0, pace: float = 1.0) -> Verdict:
    """The same call as fast as this machine can, on virtual time; shown as it happens."""
    scenario, folder = load(case.name), new_folder(case.name)
    screen.head(scenario.title, _specs(scenario, case))
    lines = await asyncio.to_thread(fixed_lines.kept, pace)
    placing = Placing(folder, lines, pace, seed, watched=True)
    (done,) = await process.run_all([Job(place, scenario.starts_at, seed, (case, placing))])
    verdict = _verdict(case, folder, done)
    screen.verdict(verdict)
    return verdict


async def run_many(
    cases: Sequence[Case],
    screen: Screen,
    at_once: int,
    *,
    pace: float = PACE,
    seed: int = SEED,
    model: RealModel | None = None,
) -> list[Verdict]:
    """Many calls, a line for each that is over, then a table; on virtual time, but for those with the real model."""
    folder = new_folder("all")
    screen.say(f"{len(cases)} calls, {at_once} at a time, --seed {seed}; recordings and logs in {folder}")
    started, done = time.monotonic(), 0

    def progress(verdict: Verdict) -> None:
        nonlocal done
        done += 1
        screen.progress(verdict, done, len(cases))

    async with LagMeter() as lag:
        if model is None:
            verdicts = await run_cases(cases, folder, at_once, progress, pace=pace, seed=seed)
        else:
            verdicts = await _with_real_model(cases, folder, at_once, progress, lag, model)
        screen.table(verdicts)
        passed = sum(verdict.passed for verdict in verdicts)
        screen.say(f"{passed} of {len(verdicts)} calls passed; {time.monotonic() - started:.0f} s")
        screen.machine([verdict.cpu_seconds for verdict in verdicts], lag.worst_ms(started))
    return verdicts


async def run_cases(
    cases: Sequence[Case],
    folder: Path,
    at_once: int = CORES,
    progress: Callable[[Verdict], None] = lambda _: None,
    *,
    pace: float = PACE,
    seed: int = SEED,
) -> list[Verdict]:
    """Places one call on virtual time for each case, the long ones first; the verdicts are in the order of the cases.

    `pace` above 1 makes everybody talk faster; `seed` varies the stand-ins' delays.
    """
    scenarios = {case: load(case.name) for case in cases}
    by_length = sorted(cases, key=lambda case: -_turns(scenarios[case]))
    lines = await asyncio.to_thread(fixed_lines.kept, pace)
    placings = [
        Placing(_own(folder, case), lines, pace, seed_of(seed, f"{case.name}/{case.faults}")) for case in by_length
    ]
    jobs = [
        Job(place, scenarios[case].starts_at, placing.seed, (case, placing))
        for case, placing in zip(by_length, placings, strict=True)
    ]
    verdicts: dict[Case, Verdict] = {}

    def one(number: int, done: Done[Verdict] | JobError) -> None:
        case = by_length[number]
        verdicts[case] = _verdict(case, placings[number].folder, done)
        progress(verdicts[case])

    await process.run_all(jobs, at_once, one)
    return [verdicts[case] for case in cases]


def _verdict(case: Case, folder: Path, done: Done[Verdict] | JobError) -> Verdict:
    if isinstance(done, JobError):
        return Verdict(case.name, case.faults, [str(done)], folder=folder)
    waited = [f"the loop waited {done.waited_seconds:.3f} s for real"] if done.waited_seconds else []
    return replace(done.result, failures=[*done.result.failures, *waited], cpu_seconds=done.cpu_seconds)


async def place(case: Case, placing: Placing, model: RealModel | None = None) -> Verdict:
    """One call on virtual time; a job."""
    scenario, screen = case.scenario(), Screen() if placing.watched else None
    world = World(
        placing.folder,
        settings=_settings(scenario, case),
        faults=Faults.parse(_specs(scenario, case)),
        speaker=Speaker(placing.pace),
        rendered=fixed_lines.load(placing.lines),
        delays=VendorDelays(jitter=Jitter(placing.seed)),
        model=model,
        make_bot=BotInProcess,
    )
    async with world:
        listener = screen.event if screen else _nothing
        verdict = await conduct_all(world, scenario, case.faults, placing.folder, listener, pace=placing.pace)
        return replace(verdict, seed=placing.seed, pace=placing.pace)


async def _with_real_model(
    cases: Sequence[Case],
    folder: Path,
    at_once: int,
    progress: Callable[[Verdict], None],
    lag: LagMeter,
    model: RealModel,
) -> list[Verdict]:
    turn = asyncio.Semaphore(at_once)

    async def one(case: Case) -> Verdict:
        async with turn:
            verdict = await _in_real_time(case, _own(folder, case), lag, model=model, host=host)
        progress(verdict)
        return verdict

    async with BotHost() as host:
        return await asyncio.gather(*(one(case) for case in cases))


async def _in_real_time(
    case: Case,
    folder: Path,
    lag: LagMeter,
    *,
    listener: Callable[[Event], None] = lambda _: None,
    model: RealModel | None = None,
    host: BotHost | None = None,
) -> Verdict:
    scenario = case.scenario()
    world = World(
        folder,
        settings=_settings(scenario, case),
        faults=Faults.parse(_specs(scenario, case)),
        host=host,
        now=scenario.starts_at,
        model=model,
    )
    async with world:
        started = time.monotonic()
        placed = await conduct(world, scenario, scenario.case(case.faults), case.faults, listener)
        placed.lag_ms = lag.worst_ms(started)
        return await settle(world, placed, folder)


def _turns(scenario: Scenario) -> int:
    return sum(call.expect.max_turns or LONG_TURNS for call in (scenario, *scenario.later))


def _own(folder: Path, case: Case) -> Path:
    own = folder / "-".join(filter(None, (case.name, case.faults.replace(":", "_"))))
    own.mkdir(parents=True, exist_ok=True)
    return own


def _settings(scenario: Scenario, case: Case) -> dict[str, str]:
    return dict(case.business) | scenario.settings | scenario.case(case.faults).settings


def _specs(scenario: Scenario, case: Case) -> str:
    """Of the whole world; each of several calls breaks its own (several.py)."""
    return ",".join(filter(None, ("" if scenario.later else scenario.faults, case.faults)))


def _nothing(_: Event) -> None:
    """Nobody watches."""
