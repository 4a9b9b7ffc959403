"""The bot's fixed lines as it has rendered them before, kept from run to run; as a command it renders what is missing.

A service that has been up for a while has them on its disk, and so have the bots on virtual time. Guarantees that what
is kept was rendered by the bot itself, through the voices as they are now: whatever lines and voices are made of is in
the key. Leaves out how a bot renders (prerendered.py).
"""

import hashlib
import os
import pickle
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

from simulator.back_office.store import CHICAGO
from simulator.rig.bot_host import ROOT
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.world import Rendered, render
from simulator.scenarios.scenario import NOW
from simulator.sound.audio import Speaker
from simulator.virtual_time.process import Job, run

PACE = 1.8  # Brisk people, for calls that nobody listens to. At twice the pace the bot would doubt its voices.
KEPT = ROOT / "calls" / ".fixed-lines"
SOURCES = (
    "conversation/script.py",
    "call/spoken_time.py",
    "call/business.py",
    "providers/prerendered.py",
    "providers/voices.py",
    *(f"simulator/sound/{name}.py" for name in ("acoustics", "audio", "mulaw")),
    *(f"simulator/providers/{name}.py" for name in ("deepgram", "inworld", "voice")),
)
LIBRARIES = ("espeakng-loader", "soxr")

_ACOUSTICS = "acoustics.pickle"


def kept(pace: float) -> Path:
    """The folder with the lines of voices of this pace. They are rendered now if they are not there: some seconds."""
    folder = KEPT / f"{pace:g}-{_digest()}"
    if not folder.is_dir():
        made = run(Job(_render, NOW.replace(tzinfo=CHICAGO), 0, (pace,))).result
        try:
            os.replace(made, folder)
        except OSError:  # Another process was faster.
            shutil.rmtree(made)
    return folder


def load(folder: Path) -> Rendered:
    """The lines in a folder of `kept`."""
    return Rendered(folder / "lines", pickle.loads((folder / _ACOUSTICS).read_bytes()))  # noqa: S301 - written below


async def _render(pace: float) -> Path:
    KEPT.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=KEPT))
    try:
        rendered = await render(folder, Speaker(pace), make_bot=BotInProcess)
    except BaseException:
        shutil.rmtree(folder)
        raise
    (folder / _ACOUSTICS).write_bytes(pickle.dumps(rendered.acoustics))
    return folder


def main() -> None:
    """For a call to watch, and for many."""
    for pace in (1.0, PACE):
        kept(pace)


def _digest() -> str:
    made_of = [(ROOT / name).read_bytes() for name in SOURCES] + [version(name).encode() for name in LIBRARIES]
    return hashlib.sha256(b"\0".join(made_of)).hexdigest()[:16]


if __name__ == "__main__":
    main()
