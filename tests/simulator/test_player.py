"""A recording is heard where there is a player."""

from pathlib import Path

import pytest

from simulator import __main__ as command
from simulator.calls import batch
from simulator.calls.screen import Verdict
from simulator.sound.player import PlayerError, play, player


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def install(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_the_first_player_plays(programs: Path) -> None:
    """With its own options."""
    install(programs, "ffplay", f'echo "$*" > {programs / "played"}')
    play(Path("call.wav"))
    assert (programs / "played").read_text() == "-nodisp -autoexit -loglevel error call.wav\n"
    install(programs, "aplay", f'echo "$*" > {programs / "played"}')
    play(Path("call.wav"))
    assert (programs / "played").read_text() == "-q call.wav\n"


def test_without_a_player_it_says_so(programs: Path) -> None:
    """Before a call is placed for nothing, and when it fails."""
    with pytest.raises(PlayerError, match="install one of aplay, paplay, afplay, ffplay"):
        player()
    install(programs, "afplay", "exit 3")
    with pytest.raises(PlayerError, match="afplay ended with exit code 3"):
        play(Path("call.wav"))


def test_the_call_that_was_placed_is_played(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--play`: its recording, when it is over; without a player no call is placed."""
    placed: list[str] = []

    async def run_one(case: batch.Case, *_: object) -> Verdict:
        placed.append(case.name)
        assert not (tmp_path / "played").exists()
        return Verdict(case.name, "", [], folder=tmp_path / "one")

    monkeypatch.setattr(batch, "run_one", run_one)
    assert (command.main(["--play"]), placed) == (command.UNUSABLE, [])
    assert "install one of" in capsys.readouterr().out
    install(programs, "aplay", f'echo "$*" > {programs / "played"}')
    assert command.main(["--play"]) == 0
    assert (tmp_path / "played").read_text() == f"-q {tmp_path / 'one' / 'call.wav'}\n"
