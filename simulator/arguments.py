"""What the simulator's commands take on their command lines, and how they end when nobody reads what they print.

A value that makes no sense is refused by argparse with one line: exit code 2.
"""

import argparse
import signal

SLOWEST_PACE, BRISKEST_PACE = 0.5, 2.0  # Beyond these the bot takes voices for broken ones.


def pace(text: str) -> float:
    """How brisk the voices are.

    Raises:
        argparse.ArgumentTypeError: nobody can speak like that.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not SLOWEST_PACE <= value <= BRISKEST_PACE:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from {SLOWEST_PACE:g} to {BRISKEST_PACE:g}")
    return value


def at_once(text: str) -> int:
    """How many calls at a time.

    Raises:
        argparse.ArgumentTypeError: it is not one at least.
    """
    return _whole(text, 1)


def seed(text: str) -> int:
    """Of the stand-ins' delays.

    Raises:
        argparse.ArgumentTypeError: it is no whole number, 0 or more.
    """
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} on")
    return int(text)


def quiet_when_nobody_reads() -> None:
    """`... | head`: it ends at once and without a word, as other commands do. Not for a process with sockets."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
