"""A process beside busy loops, and a line that is cut: what the drills break of the machine is really broken."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from simulator.rig.starvation import starved

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="Linux alone tells who waits for a core"),
]

SPINS = "import threading\nthreading.Thread(target=input).start()\nprint('up', flush=True)\ninput()"


def loops_on(core: int) -> list[int]:
    """Our children that may run there alone."""
    found = []
    for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        if os.sched_getaffinity(int(child)) == {core}:
            found.append(int(child))
    return found


async def test_a_process_has_one_core_with_three_others_on_it() -> None:
    """All of its threads; behind the block the others are gone, and it may run where it could before."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SPINS, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert await process.stdout.readline()
    threads = [int(thread.name) for thread in Path(f"/proc/{process.pid}/task").iterdir()]
    before = os.sched_getaffinity(process.pid)
    async with starved(process.pid) as core:
        assert [os.sched_getaffinity(thread) for thread in threads] == [{core}, {core}]
        loops = set(loops_on(core)) - {process.pid}
        assert len(loops) == 3
    assert [os.sched_getaffinity(thread) for thread in threads] == [before, before]
    assert not [loop for loop in loops if Path(f"/proc/{loop}").exists()]
    process.kill()
    await process.communicate()


async def test_one_that_is_gone_meanwhile() -> None:
    """Nothing is left behind, and nothing fails."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE)
    async with starved(process.pid, 1) as core:
        loops = set(loops_on(core)) - {process.pid}
        process.kill()
        await process.communicate()
    assert len(loops) == 1
    assert not [loop for loop in loops if Path(f"/proc/{loop}").exists()]
