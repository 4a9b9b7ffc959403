"""Work on virtual time: each job in a process of its own, forked from one that has already imported all that it needs.

Guarantees that every job begins with the same clocks, the same random numbers for the same seed and no trace of another
job; that one which dies says so; and that none outlives its deadline, which is one of patience, in the machine's time.
What a job finds is child.py's. This module reads no clock and imports nothing that does.
"""

import asyncio
import contextlib
import ctypes
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 900.0  # A call takes some ten seconds of processor time; a machine may be a hundred times as busy.
CORES = len(os.sched_getaffinity(0))
"""How many jobs at once are worth it: each keeps one core busy, and waits for nothing."""

_PR_SET_PDEATHSIG = 1
_CHILD = "simulator.virtual_time.child"
_context = multiprocessing.get_context("forkserver")
_starting = threading.Lock()
_running: set[multiprocessing.process.BaseProcess] = set()


class JobError(Exception):
    """Raised when a job failed; the message is the job's own traceback, or what is known of its death."""


@dataclass(frozen=True)
class Job(Generic[T]):
    """A coroutine function and its arguments. All of it is pickled, and so is what it returns.

    Attributes:
        now: What the wall clock shows when it begins, aware.
        seed: Of all ids and draws.
    """

    function: Callable[..., Awaitable[T]]
    now: datetime
    seed: int
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Done(Generic[T]):
    """What a job returned, and what it cost.

    Attributes:
        cpu_seconds: Of the processor, all threads of the job together.
        waited_seconds: Of the machine's time, that its loop has waited: it should have been 0.
    """

    result: T
    cpu_seconds: float
    waited_seconds: float


def run(job: Job[T]) -> Done[T]:
    """Runs a job, and returns when it is done. Thread-safe.

    Raises:
        JobError: it raised, died, or took longer than PATIENCE_SECONDS.
    """
    name = job.function.__qualname__
    ours, theirs = _context.Pipe(duplex=False)
    process = _context.Process(target=_in_child, args=(theirs, pickle.dumps(job)), daemon=True)
    with _starting:
        _context.set_forkserver_preload([_CHILD])
        process.start()
        _running.add(process)
    theirs.close()
    with ours:
        try:
            answer = ours.recv() if ours.poll(PATIENCE_SECONDS) else None
        except EOFError:
            process.join()
            raise JobError(f"the process of {name} died with exit code {process.exitcode}") from None
        finally:
            process.kill()
            process.join()
            _running.discard(process)
    if answer is None:
        raise JobError(f"{name} was not done within {PATIENCE_SECONDS:.0f} s of the machine's time")
    if isinstance(answer, str):
        raise JobError(answer)
    done: Done[T] = answer
    return done


async def run_all(
    jobs: Sequence[Job[T]],
    at_once: int = CORES,
    progress: Callable[[int, "Done[T] | JobError"], None] = lambda *_: None,
) -> "list[Done[T] | JobError]":
    """Runs the jobs, `at_once` at a time; `progress` hears the number of each that is done, and what came of it."""
    loop = asyncio.get_running_loop()

    def one(job: Job[T]) -> Done[T] | JobError:
        try:
            return run(job)
        except JobError as error:
            return error

    async def numbered(number: int, job: Job[T]) -> Done[T] | JobError:
        done = await loop.run_in_executor(pool, one, job)
        progress(number, done)
        return done

    pool = ThreadPoolExecutor(at_once, thread_name_prefix="virtual")
    try:
        return list(await asyncio.gather(*(numbered(number, job) for number, job in enumerate(jobs))))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in tuple(_running):  # Whoever asked has been interrupted, and waits for no call.
            process.kill()


def _in_child(connection: Connection, wanted: bytes) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Whoever started it hears that too, and ends it.
    _die_with_parent()
    with contextlib.suppress(BrokenPipeError):  # Whoever asked is gone.
        from simulator.virtual_time import child

        connection.send(child.execute(wanted))
    os._exit(0)  # Without waiting for any thread, and without the bot's own shutdown.


def _die_with_parent() -> None:
    """The server of the forks ends with the command, however that ends, and its children with it (Linux: prctl(2))."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
