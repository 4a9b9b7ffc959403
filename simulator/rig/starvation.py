"""Starvation: a process is left a part of one processor core, since others there compute without a pause.

For Linux. Guarantees that the others are gone behind the block, also when whoever began it is killed.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager, suppress
from pathlib import Path

LOOPS = 3
"""So many beside it leave a process a quarter."""
# One that notices when nobody is there any more to end it.
_LOOP = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    for _ in range(1_000_000): pass"


@asynccontextmanager
async def starved(pid: int, loops: int = LOOPS) -> AsyncIterator[int]:
    """For the length of a block the process has one core, and so many busy loops on it; which core is told.

    A thread that it starts meanwhile is there too, and behind the block every one may run where it could before.
    """
    before = os.sched_getaffinity(pid)
    core = max(before)
    busy = []
    try:
        for _ in range(loops):
            loop = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", _LOOP)
            busy.append(loop)
            os.sched_setaffinity(loop.pid, {core})
        pin(pid, {core})
        yield core
    finally:
        pin(pid, before)
        for loop in busy:
            loop.kill()
            await loop.wait()


def pin(pid: int, cores: Set[int]) -> None:
    """Each of its threads runs on these cores, and so those that they start from now on."""
    with suppress(FileNotFoundError):  # It is gone.
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread.name), cores)
