"""`make bench`: many callers at once against the service and against the canonical Pipecat bot, each alone on one core.

Both run in turns in the same run, with the same callers and the same vendors, whose delays are fixed; shown are the
medians of the rounds and the ratios to the canonical bot (`bench/peer/bot.py`). Figures move with the machine, ratios
much less; both are worth little where a bot waited for its core. Nothing is judged. Exit code 0: measured. 1: a bot
died, or nothing was measured. 2: a wrong option, or a system that is not Linux with two cores.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from rich.table import Table

from bench.figures import (
    Answer,
    CallFigures,
    Observed,
    Round,
    Spoken,
    figures_of,
    medians,
    most_carried,
    ratios,
    summary,
)
from bench.peer.script import Script
from bench.picture import picture
from simulator.back_office.office import BackOfficeEvent
from simulator.back_office.store import ToolCall
from simulator.calls.run import new_folder
from simulator.calls.screen import Screen
from simulator.drills.capacity import PROC, cpu_seconds
from simulator.phone.caller import Caller
from simulator.phone.phone_call import CallEnd, PhoneCall
from simulator.providers.stand_ins import VendorDelays
from simulator.rig import fixed_lines
from simulator.rig.bot_host import ROOT
from simulator.rig.bot_process import STOP_SECONDS, BotProcess
from simulator.rig.bot_under_test import BotError, LogLine, ended_as
from simulator.rig.pinned_clock import PinnedClock
from simulator.rig.starvation import pin
from simulator.rig.world import OUR_NUMBER, Rendered, World
from simulator.scenarios.scenario import Scenario, load
from simulator.sound.audio import Speaker
from simulator.sound.recording import Timeline
from simulator.virtual_time.process import JobError

OURS, PEER = "ours", "peer"
SCRIPTS = {OURS: ROOT / "bot.py", PEER: ROOT / "bench" / "peer" / "bot.py"}
DELAYS = VendorDelays(end_of_turn_seconds=0.3, first_token_seconds=0.3, first_byte_seconds=0.15)
V2_SECONDS = 0.08
CALLS, MINUTES, REPEAT = "1,4,8,10", 1.0, 3
MOST_CALLS = 100
BETWEEN_CALLS_SECONDS = 0.4
LONGEST_CALL_SECONDS = 150.0
SHORT_CALL_MS, QUESTION = 10_000, "How long does a visit usually take?"
SETTLE_SECONDS = 3.0
SAMPLE_SECONDS = 0.25
ASK_SECONDS = 1.0  # Seldom enough that the answers cost nothing that counts.
HOURS = ("9 AM", "10 AM", "11 AM", "1 PM", "2 PM", "3 PM", "4 PM", "5 PM")
WEEKS, DAYS_A_WEEK = 3, 5


@dataclass
class Placed:
    """One call and what is seen of it; moments in seconds of time.monotonic()."""

    caller: Caller
    call: PhoneCall
    log: list[LogLine] = field(default_factory=list)
    tools: list[float] = field(default_factory=list)
    end: CallEnd | None = None
    ended_at: float | None = None

    @property
    def words(self) -> set[str]:
        """All that its caller has said."""
        return {event.text for event in self.call.timeline.of("caller", "says")}

    @property
    def began_at(self) -> float | None:
        """When its stream started."""
        return self.call.wire[0].at if self.call.wire else None


class Visits:
    """A time of its own for each caller: V2 gives none away twice."""

    def __init__(self, first: datetime) -> None:
        """`first`: a Monday, with the business's zone."""
        days = [first + timedelta(weeks=week, days=day) for week in range(WEEKS) for day in range(DAYS_A_WEEK)]
        self.by_words = {_words(day, hour): _at(day, hour) for hour in HOURS for day in days}

    def words(self, number: int) -> str:
        """What caller `number` asks for."""
        return list(self.by_words)[number % len(self.by_words)]


def _words(day: datetime, hour: str) -> str:
    ending = "th" if 10 < day.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day:%A} the {day.day}{ending} at {hour}, please."


def _at(day: datetime, hour: str) -> str:
    return day.replace(hour=datetime.strptime(hour, "%I %p").hour, minute=0, second=0).isoformat()


class Bench:
    """One bot's process and its callers. Use as an async context manager."""

    def __init__(
        self,
        bot: str,
        folder: Path,
        rendered: Rendered | None,
        core: int,
        *,
        script: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`folder` exists and gets the log; `core` is the bot's alone; `script` runs it in place of its own."""
        self.scenario = load("books", ROOT / "bench" / "callers")
        monday = self.scenario.starts_at + timedelta(days=7 - self.scenario.starts_at.weekday())
        self._visits, self._core, self._bot = Visits(monday), core, bot
        self._placed, self._folder = 0, folder
        self.world = World(
            folder,
            settings={"MAX_CALLS": "1000", "MAX_CORE_SHARE": "0", **(settings or {})},
            speaker=Speaker(),
            rendered=rendered if bot == OURS else None,
            delays=DELAYS,
            now=self.scenario.starts_at,
            make_bot=partial(BotProcess, script=script or SCRIPTS[bot]),
        )
        if bot == OURS:  # It hangs up itself.
            rules = [rule for rule in self.scenario.persona.rules if not rule.hang_up]
            persona = self.scenario.persona.model_copy(update={"rules": rules})
            self.scenario = self.scenario.model_copy(update={"persona": persona})
        self.world.vendors.openai.agent = Script(self._visits.by_words)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Bench":
        await self._stack.enter_async_context(self.world)
        self._pin()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    @property
    def placed(self) -> int:
        """How many calls were placed."""
        return self._placed

    async def next_process(self, ahead_seconds: float) -> None:
        """The bot ends, and its next process starts on the same data, so much later by its wall clock."""
        await self.world.bot.terminate(STOP_SECONDS)
        self.world.clock = PinnedClock(self.world.clock.ahead_seconds + ahead_seconds)
        await self.world.next_bot()
        self._pin()

    def _pin(self) -> None:
        self.pid: int = self.world.bot.pid or os.getpid()
        pin(self.pid, {self._core})

    async def short_call(self) -> None:
        """A caller with a tool and the model in it, who hangs up in the middle."""
        person = self.scenario.persona
        manner = person.manner.model_copy(update={"hang_up_after_ms": SHORT_CALL_MS})
        person = person.model_copy(update={"manner": manner, "facts": person.facts | {"problem": QUESTION}})
        await self._conduct(self._place(self.scenario.model_copy(update={"persona": person})))

    async def warm_up(self) -> None:
        """One short call: what a process loads at its first one is no part of any other."""
        await self.short_call()
        await asyncio.sleep(SETTLE_SECONDS)

    async def round(self, calls: int, minutes: float) -> Round:
        """So many callers at once for so long; each rings again once its call is over, until the time is up.

        Raises:
            BotError: the bot died.
            ValueError: they were never on the line all at once.
        """
        vendors, before_mb = self.world.vendors, resident_mb(self.pid)
        tokens, asked, answered = vendors.openai.tokens, len(vendors.requests), len(vendors.answers)
        until = time.monotonic() + calls * BETWEEN_CALLS_SECONDS + minutes * 60
        placed: list[Placed] = []
        lines = [asyncio.create_task(self._line(number, until, placed)) for number in range(calls)]
        lag: list[float] = []
        rig_lag: list[float] = []
        watching = asyncio.create_task(self._watch(lag, rig_lag))
        try:
            while sum(call.began_at is not None for call in placed) < calls and time.monotonic() < until:
                await asyncio.sleep(SAMPLE_SECONDS)
                self.world.bot.check()
            began, before = time.monotonic(), cpu_seconds(self.pid)
            waited, rig_waited = waited_seconds(self.pid), waited_seconds(os.getpid())
            memory = []
            while time.monotonic() < until:
                await asyncio.sleep(SAMPLE_SECONDS)
                self.world.bot.check()
                memory.append(resident_mb(self.pid))
            ended, used = time.monotonic(), cpu_seconds(self.pid) - before
            waited, rig_waited = waited_seconds(self.pid) - waited, waited_seconds(os.getpid()) - rig_waited
            await asyncio.gather(*lines)
        finally:
            for task in (*lines, watching):
                task.cancel()
            await asyncio.gather(*lines, watching, return_exceptions=True)
        if not memory:
            raise ValueError(f"{calls} calls were never on the line all at once: give them more --minutes")
        await asyncio.sleep(SETTLE_SECONDS)
        answers = [Answer(a.part, a.began, a.at, a.text, a.said) for a in vendors.answers[answered:]]
        for call in placed:
            if not self._ended_well(call):
                await self._keep(call)
        return Round(
            calls=[self._figures(call, answers, placed) for call in placed],
            cpu_seconds=used,
            call_minutes=sum(_overlap(call, began, ended) for call in placed) / 60,
            memory_mb_per_call=(median(memory) - before_mb) / calls,
            memory_mb_kept=resident_mb(self.pid) - before_mb,
            tokens=vendors.openai.tokens - tokens,
            characters=sum(len(request.text) for request in vendors.requests[asked:] if request.part == "inworld"),
            lag_ms=lag,
            rig_lag_ms=rig_lag,
            waited=waited / (ended - began),
            rig_waited=rig_waited / (ended - began),
        )

    async def _line(self, number: int, until: float, placed: list[Placed]) -> None:
        await asyncio.sleep(number * BETWEEN_CALLS_SECONDS)
        while time.monotonic() < until:
            call = self._place(self.scenario)
            placed.append(call)
            await self._conduct(call)

    def _place(self, scenario: Scenario) -> Placed:
        """The next call, with a number and a time of its own: nobody is known from an earlier one."""
        number, self._placed = self._placed, self._placed + 1
        facts = scenario.persona.facts | {"time": self._visits.words(number)}
        person = scenario.persona.model_copy(update={"number": f"+1512555{number:04d}", "facts": facts})
        timeline, world = Timeline(), self.world
        caller = Caller(
            person,
            speak=world.speaker.speak,
            caller_acoustics=world.vendors.caller_acoustics,
            bot_acoustics=world.vendors.bot_acoustics,
            timeline=timeline,
        )
        call = world.twilio.new_call(caller, from_=person.number, to=OUR_NUMBER, timeline=timeline)
        placed = Placed(caller, call)

        def happened(event: BackOfficeEvent) -> None:
            if isinstance(event, ToolCall):
                placed.tools.append(time.monotonic())

        world.bot.listeners[call.sid] = placed.log.append
        world.listeners[call.sid] = happened
        return placed

    async def _conduct(self, placed: Placed) -> None:
        try:
            async with asyncio.timeout(LONGEST_CALL_SECONDS):
                placed.end = await placed.call.run(self.world.bot.url + "/twiml")
        except TimeoutError:
            placed.call.end("twilio", "time limit of the bench")
        placed.ended_at = time.monotonic()
        placed.caller.line_cut()

    async def _keep(self, placed: Placed) -> None:
        """What became of a call that did not end as it should."""
        call, folder = placed.call, self._folder / placed.call.sid
        folder.mkdir()
        about = {
            "call_sid": call.sid,
            "end": str(placed.end),
            "caller": placed.caller.failure,
            "as": ended_as(placed.log),
        }
        await asyncio.to_thread(call.recording.write, folder, call.timeline, about)

    async def _watch(self, lag: list[float], rig_lag: list[float]) -> None:
        """How late the bot answers, and how late we ask; in milliseconds."""
        async with aiohttp.ClientSession() as http:
            while True:
                due = time.monotonic() + ASK_SECONDS
                await asyncio.sleep(ASK_SECONDS)
                asked = time.monotonic()
                rig_lag.append((asked - due) * 1000)
                with suppress(aiohttp.ClientError):
                    async with http.get(self.world.bot.url + "/health") as answer:
                        await answer.read()
                    lag.append((time.monotonic() - asked) * 1000)

    def _figures(self, placed: Placed, answers: Sequence[Answer], everybody: Sequence[Placed]) -> CallFigures:
        call, start = placed.call, -placed.call.timeline.ms_of(0.0) / 1000
        timeline = call.timeline
        heard = [
            Spoken(
                str(event.detail["full"]),
                start + event.detail["began_ms"] / 1000,
                start + event.ms / 1000,
                bool(event.detail["complete"]),
            )
            for event in timeline.of("bot", "said")
        ]
        said = [(start + event.ms / 1000, event.text) for event in timeline.of("caller", "says")]
        tools = [Answer("v2", began, began + V2_SECONDS) for began in placed.tools]
        meanwhile = [answer for answer in answers if answer.began >= start and answer.ended <= (placed.ended_at or 0.0)]
        return figures_of(
            Observed(
                wire=call.wire,
                heard=heard,
                said=said,
                answers=[*meanwhile, *tools],
                end_of_turn_ms=DELAYS.end_of_turn_seconds * 1000,
                ended_well=self._ended_well(placed),
                others_said={words for other in everybody for words in other.words} - placed.words,
            )
        )

    def _ended_well(self, placed: Placed) -> bool:
        """Whether the visit is booked and the call was ended by who should: the canonical bot hangs up on nobody."""
        sid = placed.call.sid
        booked = any(visit.call_id == sid and visit.status == "accepted" for visit in self.world.office.bookings())
        if placed.end is None or placed.caller.failure or not booked:
            return False
        if self._bot == PEER:
            return placed.end.by == "caller"
        return placed.end.by == "bot" and ended_as(placed.log).startswith("confirm:booked")


def _overlap(call: Placed, began: float, ended: float) -> float:
    """For how long of this time the call was live, in seconds."""
    if call.began_at is None:
        return 0.0
    return max(0.0, min(ended, call.ended_at or ended) - max(began, call.began_at))


def resident_mb(pid: int) -> float:
    """The memory that a process has: the second field of statm (proc(5))."""
    pages = int((PROC / str(pid) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def waited_seconds(pid: int) -> float:
    """For how long the process's first thread was ready to run and had no core (the kernel's docs: sched-stats)."""
    return int((PROC / str(pid) / "schedstat").read_text().split()[1]) / 1e9


Rounds = dict[str, dict[int, list[dict[str, float | None]]]]
"""Of each bot, and each number of calls, the figures of the rounds."""


async def measure(
    folder: Path, bots: Sequence[str], calls: Sequence[int], minutes: float, repeat: int, screen: Screen
) -> Rounds:
    """All rounds; `folder` exists and gets the logs.

    Raises:
        BotError: a bot died.
        ValueError: a round in which nothing was to be measured.
    """
    rendered = fixed_lines.load(await asyncio.to_thread(fixed_lines.kept, 1.0))
    core = min(os.sched_getaffinity(0))
    found: Rounds = {bot: {number: [] for number in calls} for bot in bots}
    others = os.sched_getaffinity(0) - {core}
    pin(os.getpid(), others)
    try:
        for turn, number, bot in product(range(1, repeat + 1), calls, bots):
            own = folder / f"{bot}-{number}-{turn}"
            own.mkdir()
            # A process of its own: what calls leave in its memory is no part of another number's.
            async with Bench(bot, own, rendered, core) as bench:
                await bench.warm_up()
                figures = summary(await bench.round(number, minutes))
            found[bot][number].append(figures)
            screen.say(f"round {turn} of {repeat}: {bot}, {number} calls: {_short(figures)}")
    finally:
        pin(os.getpid(), others | {core})
    return found


def _short(figures: dict[str, float | None]) -> str:
    shown = (
        "cpu_seconds_per_call_minute",
        "added_ms_p50",
        "added_ms_p95",
        "lines_with_gap",
        "dropped",
        "waited_for_core",
    )
    return ", ".join(f"{name} {_figure(figures[name])}" for name in shown)


def result(rounds: Rounds) -> dict[str, Any]:
    """Medians, ratios and the rounds themselves, for JSON."""
    of_bots = {bot: {calls: medians(each) for calls, each in by_calls.items()} for bot, by_calls in rounds.items()}
    compared = {}
    if of_bots.keys() >= {OURS, PEER}:
        compared = {calls: ratios(ours, of_bots[PEER][calls]) for calls, ours in of_bots[OURS].items()}
    return {
        "delays_ms": {key: round(value * 1000) for key, value in _delays().items()},
        "medians": of_bots,
        "ratios": compared,
        "most_carried": {bot: most_carried(by_calls) for bot, by_calls in of_bots.items()},
        "rounds": rounds,
    }


def _delays() -> dict[str, float]:
    fixed = asdict(DELAYS)
    eager = fixed["eager_share"] * fixed["end_of_turn_seconds"]
    seconds = {name.removesuffix("_seconds"): fixed[name] for name in fixed if name.endswith("_seconds")}
    return seconds | {"eager_end_of_turn": eager, "v2": V2_SECONDS}


def tables(found: dict[str, Any]) -> list[Table]:
    """One for each number of calls."""
    bots, shown = list(found["medians"]), []
    for calls in found["medians"][bots[0]]:
        table = Table("", *bots, *(["ratio"] if found["ratios"] else []), title=f"{calls} calls at once")
        for name in found["medians"][bots[0]][calls]:
            row = [_figure(found["medians"][bot][calls][name]) for bot in bots]
            if found["ratios"]:
                row.append(_figure(found["ratios"][calls][name]))
            table.add_row(name, *row)
        shown.append(table)
    return shown


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def numbers(most: int) -> Callable[[str], list[int]]:
    """Reads an option that is a list of numbers from 1 to `most`; they are told in order."""

    def read(text: str) -> list[int]:
        parts = text.split(",")
        if not all(part.isdecimal() and 1 <= int(part) <= most for part in parts):
            raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers from 1 to {most}: 1,4,8")
        return sorted({int(part) for part in parts})

    return read


def _bots(text: str) -> list[str]:
    parts = text.split(",")
    if not set(parts) <= SCRIPTS.keys():
        raise argparse.ArgumentTypeError(f"{text!r}: {' and '.join(SCRIPTS)} are the bots")
    return sorted(set(parts))


def _minutes(text: str) -> float:
    with suppress(ValueError):
        if 0.1 <= float(text) <= 60:
            return float(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number from 0.1 to 60")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    some = numbers(MOST_CALLS)
    parser.add_argument("--calls", type=some, default=some(CALLS), metavar="N,N", help=f"at once ({CALLS})")
    parser.add_argument("--minutes", type=_minutes, default=MINUTES, metavar="M", help=f"of each round ({MINUTES:g})")
    parser.add_argument("--repeat", type=int, default=REPEAT, metavar="N", help=f"rounds of each ({REPEAT})")
    parser.add_argument("--bots", type=_bots, default=[OURS, PEER], metavar="BOT", help="one alone: no ratios")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="the main ones over the number of calls, as SVG")
    options = parser.parse_args(arguments)
    if options.repeat < 1:
        parser.error("--repeat: at least one")
    for path in (options.json, options.plot):
        if path is not None and not path.absolute().parent.is_dir():
            parser.error(f"{path}: there is no such folder")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options, screen = _options(arguments), Screen()
    if not PROC.is_dir() or len(os.sched_getaffinity(0)) < 2:
        screen.error("a bot gets a core of its own, and its callers another: use Linux, with two")
        return 2
    rounds = options.repeat * len(options.bots) * len(options.calls)
    folder = new_folder("bench")
    screen.say(f"{rounds} rounds, each {options.minutes:g} minutes and the end of its last calls; logs in {folder}")
    try:
        measured = asyncio.run(measure(folder, options.bots, options.calls, options.minutes, options.repeat, screen))
    except (BotError, JobError, ValueError, OSError) as error:
        screen.error(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    found = result(measured)
    for table in tables(found):
        screen.show(table)
    for bot, most in found["most_carried"].items():
        screen.say(f"{bot}: up to {most} calls are carried: added p95 under 700 ms, gaps under 1 %, none dropped")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    if options.plot:
        options.plot.write_text(picture(found["medians"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
