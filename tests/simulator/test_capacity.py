"""`make capacity`: what it reads, and what it makes of it. The measurement itself takes whole calls and a minute."""

import os
import time
from pathlib import Path

import pytest

from simulator.drills import capacity
from simulator.drills.capacity import Load, cpu_seconds, main

linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="CPU time is read from /proc")


@linux
def test_cpu_time_is_that_of_the_process() -> None:
    """As the process itself is told it, to the clock tick; nothing of it gets lost on the way."""
    tick = 1 / os.sysconf("SC_CLK_TCK")
    before = time.process_time()
    while time.process_time() - before < 5 * tick:
        pass
    assert cpu_seconds(os.getpid()) == pytest.approx(time.process_time(), abs=3 * tick)


def test_what_a_call_takes() -> None:
    """The middle second, without what the service takes anyway, shared among the calls."""
    assert Load(10, 0.01, [0.2, 0.31, 0.9]).each == pytest.approx(0.03)


@pytest.mark.parametrize("calls", ["0", "-1"])
def test_no_calls_make_no_sense(calls: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused with the reason, before anything is started."""
    assert main(["--calls", calls]) == 2
    assert "at least one" in capsys.readouterr().out


def test_a_system_without_proc_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """CPU time of another process is Linux's to tell."""
    monkeypatch.setattr(capacity, "PROC", tmp_path / "none")
    assert main([]) == 2
