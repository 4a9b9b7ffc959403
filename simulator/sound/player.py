"""Plays a recording on this computer, with whichever player it has."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

PLAYERS: Final = (("aplay", "-q"), ("paplay",), ("afplay",), ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"))
"""ALSA, PulseAudio, macOS, FFmpeg."""


class PlayerError(Exception):
    """Raised when nothing can be heard; the message says why."""


def player() -> Sequence[str]:
    """The first player that is there, with its options.

    Raises:
        PlayerError: there is none.
    """
    found = next((each for each in PLAYERS if shutil.which(each[0])), None)
    if found is None:
        raise PlayerError(f"nothing here plays a recording: install one of {', '.join(each[0] for each in PLAYERS)}")
    return found


def play(recording: Path) -> None:
    """Until its end.

    Raises:
        PlayerError: there is no player, or it fails.
    """
    command = [*player(), str(recording)]
    if code := subprocess.run(command, check=False).returncode:
        raise PlayerError(f"{command[0]} ended with exit code {code}")
