"""`make call` as the README has it, with no network and no key: a caller books a visit, and it can be heard."""

import os
import re
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from simulator.rig.bot_host import ROOT

pytestmark = pytest.mark.calls

# Nothing but its own loopback, which has to be switched on: SIOCSIFFLAGS with IFF_UP | IFF_RUNNING.
SWITCH_ON = "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh', b'lo', 0x41))"
REACH_OUT = "import socket; s = socket.socket(); s.settimeout(5); s.connect(('192.0.2.1', 443))"
RATE = 8000


def alone(*command: str) -> subprocess.CompletedProcess[str]:
    """A command that has no network but loopback, and no setting of this environment."""
    inside = f'"{sys.executable}" -c "{SWITCH_ON}" && exec "$@"'
    return subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", inside, "sh", *command],
        cwd=ROOT,
        env={name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.fixture(scope="module", autouse=True)
def no_network() -> None:
    """Linux alone can take it away, and not everywhere for everybody."""
    if not shutil.which("unshare") or alone("true").returncode != 0:
        pytest.skip("no network can be taken away here")
    assert "unreachable" in alone(sys.executable, "-c", REACH_OUT).stderr


@pytest.mark.parametrize("choice", [(), ("FAST=1",)], ids=["real_time", "virtual_time"])
def test_a_caller_books_a_visit_without_a_network_or_a_key(choice: tuple[str, ...]) -> None:
    """It is watched line by line; both sides are in the recording that it names, and its exit code is 0."""
    ran = alone("make", "call", *choice)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "a visit is booked" in ran.stdout
    assert re.search(r"^ *[\d.]+ +bot +Thanks for calling", ran.stdout, re.MULTILINE)
    assert re.search(r"^ *[\d.]+ +caller +Hi, my air conditioner", ran.stdout, re.MULTILINE)
    (named,) = re.findall(r"^recording: (calls/\S+-booking/call\.wav)$", ran.stdout, re.MULTILINE)
    with wave.open(str(Path(ROOT) / named)) as heard:
        frames = memoryview(heard.readframes(heard.getnframes())).cast("h").tolist()
        assert (heard.getnchannels(), heard.getframerate()) == (2, RATE)
    assert all(max(side) > 1000 for side in (frames[::2], frames[1::2]))
