"""A process that ends with the one that started it, however that one ends: also when it is killed and can do nothing.

By Linux's parent-death signal; elsewhere it does nothing, and an end that is orderly is all there is.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)
_LIBC = ctypes.CDLL(None)  # Loaded here: between fork and exec is no time for it.


def end_with(parent: int) -> None:
    """To be called in the child: SIGKILL when `parent` ends, or at once if it has ended already."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
