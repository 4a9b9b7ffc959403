"""The guard over real waiting: what counts, what does not, who may wait, and that a test which waits fails."""

import ast
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import real_waiting
from tests.support.controlled_clock import ControlledClockLoop

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent.parent
SLEEPER = """
import asyncio

async def test_sleeps():
    await asyncio.sleep(0.3)

async def test_waits_for_an_event():
    event = asyncio.Event()
    asyncio.get_running_loop().call_soon(event.set)
    async with asyncio.timeout(10):
        await event.wait()
"""


def waited(wait: Callable[[], object]) -> float:
    before = real_waiting.waited_seconds()
    wait()
    return real_waiting.waited_seconds() - before


async def _an_answer() -> None:
    """What comes over a socket, long before its deadline."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.read() == b""
    writer.close()
    server.close()


def test_a_deadline_that_passes_counts() -> None:
    """Every loop's, and a sleep without a loop."""
    with real_waiting.CountingSelector() as selector:
        assert waited(lambda: selector.select(0.002)) == pytest.approx(0.002)
    loop = asyncio.new_event_loop()
    assert isinstance(loop._selector, real_waiting.CountingSelector)  # type: ignore[attr-defined]
    loop.close()
    assert waited(lambda: time.sleep(0.003)) == pytest.approx(0.003)


def test_an_event_counts_nothing() -> None:
    """However long it might have been waited for."""
    assert waited(lambda: asyncio.run(_an_answer())) == 0


def test_the_controlled_clock_counts_nothing() -> None:
    """Eight seconds pass, at once, and to the millisecond; with sockets open too."""
    loop = ControlledClockLoop()

    async def pass_time() -> float:
        began = loop.time()
        await _an_answer()
        await asyncio.sleep(8)
        return loop.time() - began

    passed: list[float] = []
    assert waited(lambda: passed.append(loop.run_until_complete(pass_time()))) == 0
    loop.close()
    assert passed == [pytest.approx(8)]


def test_the_clock_stands_while_anything_happens() -> None:
    """A loop that is held up by work has lost no time of a deadline."""
    loop = ControlledClockLoop()

    async def work() -> float:
        began = loop.time()
        async with asyncio.timeout(0.001):
            until = time.perf_counter() + 0.005
            while time.perf_counter() < until:
                await asyncio.sleep(0)
        return loop.time() - began

    assert loop.run_until_complete(work()) == 0
    loop.close()


def test_a_loop_that_goes_round_in_circles_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its deadlines would never pass."""
    monkeypatch.setattr("tests.support.controlled_clock.STANDSTILL_SECONDS", 0.01)

    async def circle() -> None:
        async with asyncio.timeout(1):
            while True:
                await asyncio.sleep(0)

    loop = ControlledClockLoop()
    circling = loop.create_task(circle())
    with pytest.raises(RuntimeError, match="no time passes"):
        loop.run_until_complete(circling)
    circling.cancel()
    loop.run_until_complete(asyncio.wait([circling]))
    loop.close()


def test_who_waits_is_told() -> None:
    """Beyond the limit, unless the module may."""
    time.sleep(real_waiting.LIMIT_SECONDS + 0.001)
    assert "let test_new say CONTROLLED_CLOCK" in real_waiting.complaint("test_new")
    assert [real_waiting.complaint(module) for module in real_waiting.MAY_WAIT] == [""] * len(real_waiting.MAY_WAIT)
    real_waiting.restart()
    assert real_waiting.complaint("test_new") == ""


def test_a_test_that_sleeps_fails(tmp_path: Path) -> None:
    """As pytest runs it: the one that sleeps fails, its neighbour does not."""
    (tmp_path / "test_sleeper.py").write_text(SLEEPER)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-c", "pyproject.toml", str(tmp_path)],
        cwd=TESTS.parent,
        env=os.environ | {"PYTHONPATH": str(TESTS.parent)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert "2 passed, 1 error" in ran.stdout, ran.stdout + ran.stderr
    assert "ERROR test_sleeper.py::test_sleeps - Failed: waited 0." in ran.stdout


def test_the_exceptions_exist() -> None:
    """Each is a module of tests, on a real clock, with its reason."""
    for module, reason in real_waiting.MAY_WAIT.items():
        assert reason
        assert "CONTROLLED_CLOCK = True" not in (TESTS.parent / f"{module.replace('.', '/')}.py").read_text()


CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time", "time"}


def upper_bounds(source: str) -> list[int]:
    """Lines of asserts that ask for less than so many seconds of a clock that is read there."""

    def reads_a_clock(node: ast.AST) -> bool:
        calls = (found.func for found in ast.walk(node) if isinstance(found, ast.Call))
        return any(isinstance(func, ast.Attribute) and func.attr in CLOCKS for func in calls)

    def bounded(compare: ast.Compare) -> bool:
        sides = [compare.left, *compare.comparators]
        return any(
            reads_a_clock(sides[number if isinstance(operator, ast.Lt | ast.LtE) else number + 1])
            for number, operator in enumerate(compare.ops)
            if isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE)
        )

    asserts = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]
    return [a.lineno for a in asserts if any(isinstance(n, ast.Compare) and bounded(n) for n in ast.walk(a.test))]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("assert time.monotonic() - begun < 2.0", True),
        ("assert 2.0 >= loop.time() - begun", True),
        ("assert 20 * (time.process_time() - begun) < seconds(pcm)", True),
        ("assert 1.0 < time.monotonic() - begun < 2.0", True),
        ("assert time.monotonic() - begun >= 2.0", False),
        ("assert 2.0 < time.monotonic() - begun", False),
        ("assert elapsed < 2.0", False),
    ],
)
def test_an_upper_bound_is_found(line: str, found: bool) -> None:
    """A lower bound holds on every machine; an upper one wants a fast machine."""
    assert bool(upper_bounds(line)) is found


def test_no_test_asks_for_a_fast_machine() -> None:
    """What is on real time asserts no upper bound of seconds."""
    bounds = {
        path.name: lines
        for path in TESTS.rglob("*.py")
        if "CONTROLLED_CLOCK = True" not in (text := path.read_text()) and (lines := upper_bounds(text))
    }
    assert bounds == {}
