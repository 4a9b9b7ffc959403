"""What snapshots cost the calls that are live: `make snapshot-cost`.

A turn does not wait for its snapshot, a tool that acts waits for the one before it. Measured with the longest calls
that there may be, as many as there may be, all writing at once; beside each round that writes, one that does not.
Exit code 0: a turn is less than 5 ms longer at the median, and no snapshot holds the loop, on which every call's audio
is paced, for 20 ms. 1: one of both is not so.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from call.session import CallSession, EntryKind, State
from config import Settings
from records.store import Store
from simulator.rig.postgres import NoPostgresError, Postgres

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
CALLS: int = Settings.model_fields["max_calls"].default
TURNS: int = Settings.model_fields["max_turns_per_call"].default
ROUNDS = 7
TURNS_A_ROUND = 10
BETWEEN_TURNS_SECONDS = 0.05
TICK_SECONDS = 0.001
MAX_TURN_SECONDS = 0.005
MAX_HELD_SECONDS = 0.020


@dataclass
class Measured:
    """Seconds, one for each turn or round.

    Attributes:
        turns: How much longer a turn took on the loop for its snapshot.
        held: CPU time for which a snapshot held the loop.
        durable: From the turn until its snapshot could not be lost any more.
        late: The latest tick of a round in which snapshots were written.
        late_without: The latest tick of the round beside it, in which none was.
    """

    turns: list[float] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    durable: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    late_without: list[float] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether it is within the limits."""
        return median(self.turns) < MAX_TURN_SECONDS and max(self.held) < MAX_HELD_SECONDS


def long_call(call_id: str, turns: int = TURNS) -> CallSession:
    """As large as a session becomes: every turn that a call may have, with the words of a talkative caller."""
    session = CallSession(call_id=call_id, started_at=NOW, state=State.DISCOVERY, problem="no heat " * 20)
    for _ in range(turns):
        session.note(EntryKind.CALLER, "well you see it began last week and then it made that noise again " * 3, NOW)
        session.note(EntryKind.AGENT, "Sorry to hear that. What's the street address for the visit?", NOW)
        session.note(EntryKind.STATE, "safety -> service_area", NOW)
        session.note(EntryKind.TOOL, "lookup_caller", NOW, detail="ok", milliseconds=80)
    return session


async def measure(url: str, *, calls: int = CALLS, rounds: int = ROUNDS) -> Measured:
    """Writes to an empty database; `url` as SQLAlchemy takes it."""
    measured, store = Measured(), Store(url)
    await store.open()
    try:
        sessions = [long_call(f"CA{number}") for number in range(calls)]
        for session in sessions:
            await store.calls.begin(session, "a:1", LATER)

        async def turns(session: CallSession, writes: bool) -> None:
            for _ in range(TURNS_A_ROUND):
                begun, cpu = time.perf_counter(), time.thread_time()
                saving = store.calls.save(session, 1) if writes else None
                if saving:
                    measured.held.append(time.thread_time() - cpu)
                    measured.turns.append(time.perf_counter() - begun)
                    await saving
                    measured.durable.append(time.perf_counter() - begun)
                await asyncio.sleep(BETWEEN_TURNS_SECONDS)

        for _ in range(rounds):
            for writes, late in ((False, measured.late_without), (True, measured.late)):
                late.append(await _latest_tick(asyncio.gather(*(turns(session, writes) for session in sessions))))
    finally:
        await store.close()
    return measured


async def _latest_tick(work: "asyncio.Future[list[None]]") -> float:
    latest = 0.0
    while not work.done():
        begun = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        latest = max(latest, time.perf_counter() - begun - TICK_SECONDS)
    await work
    return latest


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make snapshot-cost", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    size = len(long_call("CA0").model_dump_json()) / 1000
    title = f"{CALLS} calls of {TURNS} turns, {size:.0f} kB each, {ROUNDS} rounds; milliseconds"
    table = Table(
        "database", "a turn is longer by", "durable after", "loop held", "latest tick", "without", title=title
    )
    good = True
    for name, url in _databases(console):
        console.print(f"[dim]{name} ...[/]")
        measured = asyncio.run(measure(url))
        good = good and measured.good
        shown = [_milliseconds(measured.turns), _milliseconds(measured.durable), _milliseconds(measured.held)]
        table.add_row(name, *shown, _milliseconds(measured.late), _milliseconds(measured.late_without))
    console.print(table)
    console.print("median (longest); a tick that is late is what the loop and this machine were busy with, together")
    return 0 if good else 1


def _milliseconds(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1000:.2f} ({max(seconds) * 1000:.1f})"


def _databases(console: Console) -> Iterator[tuple[str, str]]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield "SQLite", f"sqlite:///{folder / 'agent.db'}"
        try:
            running = stack.enter_context(Postgres())
        except NoPostgresError as error:
            console.print(f"without Postgres: {error}")
        else:
            yield "Postgres", running.url.replace("postgresql:", "postgresql+psycopg:")


if __name__ == "__main__":
    sys.exit(main())
