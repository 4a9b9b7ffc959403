"""How much the stand-ins' delays vary: not at all, or by a share that a seed decides.

On virtual time nothing varies by itself, so that one order of events is all that a call would ever show. Another seed
is another order; the same seed is the same one.
"""

import random
import zlib
from dataclasses import dataclass, field
from typing import Final

SHARE: Final = 0.25
"""Of the delay, up or down."""


@dataclass(frozen=True)
class Jitter:
    """Call it with a delay, and it is how long it takes this time. Seed 0: exactly as long."""

    seed: int = 0
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_dice", random.Random(self.seed))

    def __call__(self, delay_seconds: float) -> float:
        """The delay in seconds, varied."""
        return delay_seconds * self._dice.uniform(1 - SHARE, 1 + SHARE) if self.seed else delay_seconds


def seed_of(run_seed: int, name: str) -> int:
    """The seed of one call of a run, so that not all meet the same delays. 0 stays 0: nothing varies."""
    return zlib.crc32(f"{run_seed}/{name}".encode()) if run_seed else 0
