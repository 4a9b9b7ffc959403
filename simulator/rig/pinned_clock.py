"""A clock that starts at a chosen moment and goes on from there; the bot's process and the back office share it.

`python -m simulator.rig.pinned_clock <seconds> <script>` runs a script as `python <script>` does, with its wall clock
that many seconds ahead of ours. Guarantees that only the wall clock differs: monotonic clocks, and with them all
deadlines and sleeps, are the machine's.
"""

import runpy
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import time_machine


@dataclass(frozen=True)
class PinnedClock:
    """What the time is in a simulation; `ahead_seconds` (negative: behind) is how far it is from this machine's."""

    ahead_seconds: float = 0.0

    @classmethod
    def starting_at(cls, moment: datetime) -> Self:
        """A clock that shows `moment` (aware) now."""
        return cls((moment - datetime.now(UTC)).total_seconds())

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead_seconds)


def shift(ahead_seconds: float) -> None:
    """Moves the wall clock of this process, its threads and all it has imported: once, before it does anything."""
    if ahead_seconds:
        time_machine.travel(time.time() + ahead_seconds, tick=True).start()


def main(arguments: list[str]) -> None:
    """Runs the script on the shifted clock."""
    seconds, script = arguments
    shift(float(seconds))
    sys.argv = [script]
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
