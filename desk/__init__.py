"""What the operator does and sees: from a terminal, beside the running service or without it."""

import os
import signal
import sys
from types import FrameType


def _stop(_: int, __: FrameType | None) -> None:
    os.write(sys.stderr.fileno(), b"\nStopped.\n")
    os._exit(130)


if sys.argv[:1] == ["-m"]:  # One of its commands is on its way: Ctrl-C is no traceback while the modules are loaded.
    signal.signal(signal.SIGINT, _stop)
