"""Calls of scenarios: one to watch, or many side by side, each in a world of its own.

Guarantees that no call knows of another: its bot, its calendar, its dashboard and its clock are its own; that while
calls run nothing is synthesised that could have been before; and that a call that failed while this machine could not
keep up is placed once more. Leaves out the call itself (run.py) and what is shown of it (screen.py).
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from simulator.audio import Speaker
from simulator.bot_host import BotHost
from simulator.faults import Faults
from simulator.loop_lag import LagMeter
from simulator.persona import Persona
from simulator.run import STARTS_AT_ONCE, conduct, new_folder, settle
from simulator.scenario import MODEL_DOWN, Scenario, load
from simulator.screen import Screen, Verdict
from simulator.world import RealModel, Rendered, World, render

AT_ONCE = 12  # As many as two cores carry without gaps in the audio.
PACE = 1.8  # Brisk people, for calls that nobody listens to. At twice the pace the bot would doubt its voices.
WORLDS_BEYOND_CALLS = 4  # Bots that are started, or wait for their records, while others talk.
AGAIN_AT_ONCE = 4
LONG_TURNS = 9
MAX_LAG_MS = 250.0  # Beyond this, silences and cut words are the machine's.


@dataclass(frozen=True)
class Case:
    """A scenario, and what is broken beside what the scenario itself breaks."""

    name: str
    faults: str = ""


@dataclass(frozen=True)
class _Stage:
    """What all calls of a run share."""

    folder: Path
    speaker: Speaker
    host: BotHost
    rendered: Rendered
    model: RealModel | None
    lag: LagMeter
    pace: float
    calls: asyncio.Semaphore
    worlds: asyncio.Semaphore
    starts: asyncio.Semaphore


def both_ways(names: Iterable[str]) -> list[Case]:
    """Every scenario with the model and with the model down."""
    return [Case(name, faults) for name in names for faults in ("", MODEL_DOWN)]


async def run_one(case: Case, screen: Screen, model: RealModel | None = None) -> Verdict:
    """One call in a world of its own, shown as it happens."""
    scenario = load(case.name)
    folder = new_folder(case.name)
    screen.head(scenario.title, _specs(scenario, case))
    screen.say("starting the bot ...")
    async with _world(scenario, case, folder, model=model) as world:
        placed = await conduct(world, scenario, scenario.case(case.faults), case.faults, screen.event)
        verdict = await settle(world, placed, folder)
        screen.verdict(verdict)
    return verdict


async def run_many(
    cases: Sequence[Case], screen: Screen, at_once: int, pace: float, model: RealModel | None = None
) -> list[Verdict]:
    """Calls side by side, a line for each that is over, then a table; `pace` above 1 makes everybody talk faster."""
    folder = new_folder("all")
    screen.say(f"{len(cases)} calls, {at_once} at a time; recordings and logs in {folder}")
    screen.say("rehearsing the callers, rendering the bot's lines ...")
    started = time.monotonic()
    done = 0

    def progress(verdict: Verdict) -> None:
        nonlocal done
        done += not verdict.again
        screen.progress(verdict, done, len(cases))

    verdicts = await run_cases(cases, folder, at_once, progress, pace=pace, model=model)
    screen.table(verdicts)
    passed, again = (sum(flags) for flags in zip(*((v.passed, v.again) for v in verdicts), strict=True))
    repeated = f", {again} the second time, because this machine could not keep up" if again else ""
    screen.say(f"{passed} of {len(verdicts)} calls passed{repeated}; {time.monotonic() - started:.0f} s")
    return verdicts


async def run_cases(
    cases: Sequence[Case],
    folder: Path,
    at_once: int = AT_ONCE,
    progress: Callable[[Verdict], None] = lambda _: None,
    *,
    pace: float = PACE,
    model: RealModel | None = None,
) -> list[Verdict]:
    """Places one call for each case, the long ones first, and returns the verdicts in the order of the cases.

    `pace` above 1 makes everybody talk faster. Raises `BotError` when a bot dies.
    """
    scenarios = {case: load(case.name) for case in cases}
    speaker = Speaker(pace)
    async with BotHost() as host, LagMeter() as lag:
        await asyncio.to_thread(rehearse, speaker, [scenario.persona for scenario in scenarios.values()])
        rendering = folder / "rendering"
        rendering.mkdir(parents=True)
        rendered = await render(rendering, speaker, host)
        limits = [asyncio.Semaphore(n) for n in (at_once, at_once + WORLDS_BEYOND_CALLS, STARTS_AT_ONCE)]
        stage = _Stage(folder, speaker, host, rendered, model, lag, pace, *limits)

        async def one(case: Case) -> Verdict:
            verdict = await _run_case(case, scenarios[case], stage)
            progress(verdict)
            return verdict

        async with asyncio.TaskGroup() as group:
            by_length = sorted(cases, key=lambda case: -(scenarios[case].expect.max_turns or LONG_TURNS))
            tasks = {case: group.create_task(one(case)) for case in by_length}
        verdicts = {case: task.result() for case, task in tasks.items()}
        stage = replace(stage, calls=asyncio.Semaphore(AGAIN_AT_ONCE))

        async def again(case: Case) -> None:
            verdicts[case] = replace(await _run_case(case, scenarios[case], stage), again=True)
            progress(verdicts[case])

        async with asyncio.TaskGroup() as group:
            for case, verdict in verdicts.items():
                if disturbed(verdict):
                    group.create_task(again(case))
    return [verdicts[case] for case in cases]


def disturbed(verdict: Verdict) -> bool:
    """Whether a call failed while this machine could not keep up, so that it tells nothing of the bot."""
    return not verdict.passed and verdict.lag_ms > MAX_LAG_MS


def rehearse(speaker: Speaker, personas: Iterable[Persona]) -> None:
    """Says everything that the callers may say, so that it is there when they say it."""
    for persona in personas:
        manner = persona.manner
        for words in persona.sayings():
            speaker.speak(words, manner.voice, manner.words_per_minute)


async def _run_case(case: Case, scenario: Scenario, stage: _Stage) -> Verdict:
    own = stage.folder / "-".join(filter(None, (case.name, case.faults.replace(":", "_"))))
    own.mkdir(exist_ok=True)
    async with stage.worlds, AsyncExitStack() as stack:
        async with stage.starts:
            world = _world(scenario, case, own, stage.speaker, stage.host, stage.rendered, stage.model)
            await stack.enter_async_context(world)
        async with stage.calls:
            started = time.monotonic()
            placed = await conduct(world, scenario, scenario.case(case.faults), case.faults, pace=stage.pace)
            lag_ms = stage.lag.worst_ms(started)
        return replace(await settle(world, placed, own), lag_ms=lag_ms)


def _world(
    scenario: Scenario,
    case: Case,
    folder: Path,
    speaker: Speaker | None = None,
    host: BotHost | None = None,
    rendered: Rendered | None = None,
    model: RealModel | None = None,
) -> World:
    return World(
        folder,
        settings=scenario.settings | scenario.case(case.faults).settings,
        faults=Faults.parse(_specs(scenario, case)),
        speaker=speaker,
        host=host,
        rendered=rendered,
        now=scenario.starts_at,
        model=model,
    )


def _specs(scenario: Scenario, case: Case) -> str:
    return ",".join(filter(None, (scenario.faults, case.faults)))
