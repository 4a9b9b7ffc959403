"""What the memory run takes, and what it says when it cannot measure."""

import os

import pytest

from bench.memory import main


@pytest.mark.parametrize("arguments", [["--after", "0"], ["--after", "fifty"], ["--lines", "0"], ["--lines", "many"]])
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
