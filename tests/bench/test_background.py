"""The run that tells whose steps keep the loop: what it takes, and whose a step is."""

import asyncio
import functools
import os

import pytest

from bench.background import main
from bench.watched_bot import owner_of


@pytest.mark.parametrize("arguments", [["--lines", "0"], ["--minutes", "0"], ["--minutes", "long"]])
def test_what_makes_no_sense_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is started."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert arguments[0] in capsys.readouterr().err


def test_one_core_is_too_few(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Callers on the bot's core would be measured with it."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert main([]) == 2
    assert "a core of its own" in capsys.readouterr().out


async def test_a_step_has_its_owner() -> None:
    """A task's is its coroutine's, a callback's its own, also behind a partial."""
    loop, owners, done = asyncio.get_running_loop(), set(), asyncio.Event()
    run = asyncio.Handle._run

    def noted(handle: asyncio.Handle) -> None:
        owners.add(owner_of(handle))
        run(handle)

    async def a_task() -> None:
        await asyncio.sleep(0)
        done.set()

    def a_callback() -> None:
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio.Handle, "_run", noted)
        task = loop.create_task(a_task())
        loop.call_soon(functools.partial(a_callback))
        await done.wait()
        await task
    here = f"{__name__}.test_a_step_has_its_owner.<locals>"
    assert {f"{here}.a_task", f"{here}.a_callback"} <= owners
