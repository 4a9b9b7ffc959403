"""The service, and beside it how long each step of its event loop took and whose it was: what `bench.background` runs.

A step is what the loop runs between two looks at its sockets: of a task as far as its next await, or one callback.
`WATCHED` is the file that has the findings, written anew each second: of each owner the steps, and its longest one in
milliseconds of this thread's processor time and of the clock. Steps are counted from the first SIGUSR1 on.
"""

import asyncio
import json
import os
import runpy
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

WRITTEN_EVERY_SECONDS = 1.0
BOT = Path(__file__).resolve().parent.parent / "bot.py"


@dataclass
class Owner:
    """What one task or callback took, by its name."""

    steps: int = 0
    longest_cpu_ms: float = 0.0
    longest_ms: float = 0.0


class Watch:
    """Times every step of the process's loops from `begin` on."""

    def __init__(self, file: Path) -> None:
        self._owners: dict[str, Owner] = {}
        self._file = file

    def begin(self, *_: object) -> None:
        """What was done before does not count."""
        run, note = asyncio.Handle._run, self._note

        def timed(handle: asyncio.Handle) -> None:
            name = owner_of(handle)
            cpu, at = time.thread_time(), time.perf_counter()
            run(handle)
            note(name, time.thread_time() - cpu, time.perf_counter() - at)

        setattr(asyncio.Handle, "_run", timed)  # noqa: B010 - the types know it as a method
        threading.Thread(target=self._keep_writing, daemon=True, name="watch").start()

    def _note(self, name: str, cpu: float, seconds: float) -> None:
        owner = self._owners.setdefault(name, Owner())
        owner.steps += 1
        owner.longest_cpu_ms = max(owner.longest_cpu_ms, cpu * 1000)
        owner.longest_ms = max(owner.longest_ms, seconds * 1000)

    def _keep_writing(self) -> None:
        while True:
            time.sleep(WRITTEN_EVERY_SECONDS)
            written = self._file.with_suffix(".new")
            written.write_text(json.dumps({name: asdict(owner) for name, owner in list(self._owners.items())}))
            written.rename(self._file)


def owner_of(handle: asyncio.Handle) -> str:
    """The task's coroutine, or the callback, by its module and name."""
    callback: Any = handle._callback  # type: ignore[attr-defined]
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        coroutine: Any = task.get_coro()
        frame = getattr(coroutine, "cr_frame", None)
        module = frame.f_globals.get("__name__", "?") if frame is not None else "?"
        return f"{module}.{_name(coroutine)}"
    callback = getattr(callback, "func", callback)  # Of a partial
    return f"{getattr(callback, '__module__', None) or '?'}.{_name(callback)}"


def _name(what: object) -> str:
    return getattr(what, "__qualname__", type(what).__name__)  # The close of an asynchronous generator has no name.


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, Watch(Path(os.environ["WATCHED"])).begin)
    sys.path[0] = str(BOT.parent)
    runpy.run_path(str(BOT), run_name="__main__")
