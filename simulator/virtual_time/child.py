"""The process of one job on virtual time: the clock first, then all that a call imports, then one job.

Imported once by the server that forks the jobs' processes (process.py), before anything else reads a clock.
"""

from simulator.virtual_time import clock, threads

clock.install()
threads.install()

import asyncio  # noqa: E402
import importlib  # noqa: E402
import os  # noqa: E402
import pickle  # noqa: E402
import random  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
import traceback  # noqa: E402
from typing import Any  # noqa: E402

import logs  # noqa: E402

logs.route_loguru()  # before Pipecat is imported

from server.settling import import_ahead  # noqa: E402
from simulator.virtual_time.loop import VirtualLoop  # noqa: E402
from simulator.virtual_time.process import Done, Job  # noqa: E402

# All that a call needs, and what these import only when they are first used. Not `bot`: it reads the environment as it
# is imported, and that is each job's own.
for _name in (
    "server.drain",
    "server.pipeline",
    "server.readiness",
    "server.shared_parts",
    "simulator.calls.run",
    "h11",
    "h2.connection",
    "httpcore",
    "httpcore2",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
):
    importlib.import_module(_name)
import_ahead()

_urandom = os.urandom


def execute(wanted: bytes) -> Done[Any] | str:
    """Runs the pickled job; what it raised comes back as text."""
    try:
        job: Job[Any] = pickle.loads(wanted)  # noqa: S301 - from the process that started this one
        _seed(job.seed)
        clock.CLOCK.set_wall(job.now)
        threads.watch()
        loop = VirtualLoop()
        asyncio.set_event_loop(loop)
        result = loop.run_until_complete(job.function(*job.arguments))
        return Done(result, time.process_time(), loop.waited_seconds)
    except BaseException:
        return traceback.format_exc()


def _seed(seed: int) -> None:
    """Ids and draws of the loop's thread are those of the seed; other threads draw when they like."""
    loops, drawn = threading.main_thread(), random.Random(seed).randbytes

    def urandom(size: int) -> bytes:
        return (drawn if threading.current_thread() is loops else _urandom)(size)

    os.urandom = random._urandom = urandom  # type: ignore[attr-defined]
    random.seed(seed)


if "bot" in sys.modules:
    raise ImportError("bot was imported before its environment was known")
