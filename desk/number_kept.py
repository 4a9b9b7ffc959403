"""What our numbers had at Twilio before they were pointed here, in DATA_DIR: added to, never overwritten.

Of each number a list of what was found there and is none of ours, the last of them with what `number restore` brings
back, and every address of ours that it was to get. Both are written before Twilio is asked, so that whatever Twilio did
of it, each address that the number has is one of the two kinds, or somebody else's.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from config import Settings
from desk.terminal import DeskError
from desk.twilio_account import Addresses

KEPT = "number.json"
OWNER_ALONE = 0o600
METHODS = {
    "voice_url": "voice_method",
    "voice_fallback_url": "voice_fallback_method",
    "status_callback": "status_callback_method",
}


@dataclass(frozen=True)
class Found:
    """What a number had that is none of ours, and when that was seen (ISO 8601)."""

    at: str
    addresses: Addresses


@dataclass(frozen=True)
class Kept:
    """What is known of one number.

    Attributes:
        found: What it had, the oldest first; the last is what `restore` brings back.
        given: The addresses of ours that it was to get, whatever came of it.
    """

    found: tuple[Found, ...] = ()
    given: frozenset[str] = frozenset()

    def seen(self, there: Addresses, at: datetime) -> Self:
        """With what the number has now: an address that is not ours is the one to bring back, the others stay."""
        original = self.found[-1].addresses if self.found else there
        for name in self.strange(there):
            original = _with(original, name, there)
        if self.found and original == self.found[-1].addresses:
            return self
        return replace(self, found=(*self.found, Found(at.isoformat(timespec="seconds"), original)))

    def pointed(self, ours: Addresses) -> Self:
        """With the addresses that it is to get."""
        return replace(self, given=self.given | {getattr(ours, name) for name in METHODS})

    def strange(self, there: Addresses) -> list[str]:
        """Which addresses of the number are neither ours nor what it had before."""
        original = self.found[-1].addresses if self.found else None
        return [
            name
            for name in METHODS
            if getattr(there, name) not in self.given and (original is None or _of(there, name) != _of(original, name))
        ]


def _of(addresses: Addresses, name: str) -> tuple[str, str]:
    return getattr(addresses, name), getattr(addresses, METHODS[name])


def _with(addresses: Addresses, name: str, source: Addresses) -> Addresses:
    url, method = _of(source, name)
    return replace(addresses, **{name: url, METHODS[name]: method})


def file_of(settings: Settings) -> Path:
    """Where all of it stands."""
    return Path(settings.data_dir) / KEPT


def read_kept(settings: Settings) -> dict[str, Kept]:
    """What is kept, by number.

    Raises:
        DeskError: something is there that cannot be read: nothing may be written over it.
    """
    file = file_of(settings)
    try:
        return dict(_numbers(json.loads(file.read_text())))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        cause = f"{file} cannot be read ({type(error).__name__}): nothing was changed"
        raise DeskError(cause, "What the number had before may stand in it: read it, then move it away.") from None


def _numbers(kept: Mapping[str, Any]) -> Iterator[tuple[str, Kept]]:
    if "before" in kept:  # Of one number, as it was first written.
        before, given = Addresses.of(kept["before"]), Addresses.of(kept["given"])
        ours = frozenset(getattr(given, name) for name in METHODS if _of(given, name) != _of(before, name))
        yield str(kept["number"]), Kept((Found("", before),), ours)
        return
    for number, known in kept.items():
        found = tuple(Found(str(row["at"]), Addresses.of(row["addresses"])) for row in known["found"])
        yield number, Kept(found, frozenset(map(str, known["given"])))


def write_kept(settings: Settings, kept: Mapping[str, Kept]) -> None:
    """Whole or not at all, for the owner's eyes: an address may carry a password.

    Raises:
        DeskError: DATA_DIR takes nothing.
    """
    file = file_of(settings)
    rows = {
        number: {
            "found": [{"at": found.at, "addresses": vars(found.addresses)} for found in known.found],
            "given": sorted(known.given),
        }
        for number, known in kept.items()
    }
    beside = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE), "w") as out:
            json.dump(rows, out, indent=2)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, file)
    except OSError as error:
        cause = f"What the number has cannot be kept in DATA_DIR ({file.parent}: {error.strerror}): nothing was changed"
        raise DeskError(cause, "Set DATA_DIR to a folder that can be written.") from None


def now() -> datetime:
    """The time that stands beside what is found."""
    return datetime.now(UTC)
