"""A bot ends with its simulator, whatever becomes of that."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="Linux's parent-death signal")]

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60.0  # Ends a test whose bot lives on; judges nothing
# It is healthy, and holds the pipe open for as long as it lives.
BOT = """
import http.server, os
held = os.open(os.environ["HELD"], os.O_WRONLY)
os.write(held, b"%d" % os.getpid())
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Health).serve_forever()
"""
SIMULATOR = """
import asyncio, sys
from contextlib import AsyncExitStack
from pathlib import Path
from simulator.rig.bot_host import BotHost
from simulator.rig.bot_process import BotProcess

async def main(folder: Path, hosted: bool):
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(BotHost()) if hosted else None
        settings, script = {"HELD": str(folder / "held")}, folder / "bot.py"
        await stack.enter_async_context(BotProcess(settings, folder / "log", script=script, host=host))
        print("up", flush=True)
        await asyncio.Event().wait()

asyncio.run(main(Path(sys.argv[1]), sys.argv[2] == "hosted"))
"""


@pytest.mark.parametrize("way", ["alone", "hosted"])
def test_a_killed_simulator_leaves_no_bot(tmp_path: Path, way: str) -> None:
    """SIGKILL gives it no time to end anybody: the pipe that the bot holds is closed all the same."""
    (tmp_path / "bot.py").write_text(BOT)
    os.mkfifo(tmp_path / "held")
    held = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
    command = [sys.executable, "-c", SIMULATOR, str(tmp_path), way]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as simulator:
        assert simulator.stdout is not None
        assert simulator.stdout.readline() == b"up\n"
        pid = int(os.read(held, 100))
        assert select.select([held], [], [], 0.0)[0] == []  # It lives.
        simulator.kill()
    ended = select.select([held], [], [], PATIENCE_SECONDS)[0] == [held]
    if not ended:
        os.kill(pid, 9)
    assert ended
    assert os.read(held, 100) == b""
    os.close(held)
