"""`python -m desk number show | point | restore`: where calls to our number go.

`point` keeps the addresses that the number had in DATA_DIR, and `restore` brings them back, but only while the number
still has those that `point` gave it: what somebody has changed since is theirs.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from rich.console import Console

from config import Settings
from desk.terminal import DeskError, say
from desk.twilio_account import Account, Addresses, Number

KEPT = "number.json"
OWNER_ALONE = 0o600
NOT_DONE = 1
_NAMES = {"voice_url": "a call comes in", "voice_fallback_url": "if that fails", "status_callback": "when it is over"}
_METHODS = {
    "voice_url": "voice_method",
    "voice_fallback_url": "voice_fallback_method",
    "status_callback": "status_callback_method",
}


@dataclass(frozen=True)
class Kept:
    """What a number had before it was pointed here, and what it was given."""

    number: str
    before: Addresses
    given: Addresses


async def show(settings: Settings, http: httpx.AsyncClient, console: Console) -> int:
    """Prints the number's addresses, and which are ours."""
    number, ours = await Account(settings, http).number(), Addresses.ours(settings)
    say(console, number.number)
    for name, about in _NAMES.items():
        address = getattr(number.addresses, name)
        mark = " (this service)" if address == getattr(ours, name) else ""
        say(console, f"  {about:<16} {_told(number.addresses, name)}{mark}")
    if number.taken_by:
        say(console, f"  {number.taken_by} takes its calls, whatever its addresses are", "yellow")
    if kept := read_kept(settings):
        say(console, f"  before that      {_told(kept.before, 'voice_url')} (make number-restore)")
    return 0


async def point(
    settings: Settings,
    http: httpx.AsyncClient,
    console: Console,
    agreed: Callable[[str], bool],
    *,
    keep_fallback: bool = False,
) -> int:
    """Lets calls to the number come here, once the operator has seen what changes and agreed."""
    reachable(settings)
    account, ours = Account(settings, http), Addresses.ours(settings)
    number = await account.number()
    _free(number)
    if keep_fallback and (there := number.addresses).voice_fallback_url:
        method = there.voice_fallback_method
        ours = replace(ours, voice_fallback_url=there.voice_fallback_url, voice_fallback_method=method)
    if number.addresses == ours:
        say(console, f"{number.number} points here already: nothing to change.")
        return 0
    _show_change(console, number.number, number.addresses, ours)
    if not agreed("Change it?"):
        say(console, "Nothing was changed.")
        return NOT_DONE
    kept = read_kept(settings)
    again = kept is not None and kept.number == number.number and kept.given == number.addresses
    before = kept.before if kept and again else number.addresses
    _keep(settings, Kept(number.number, before, ours))
    await account.point(number, ours)
    say(console, f"Calls to {number.number} come here now. What it had is kept: make number-restore.", "green")
    return 0


async def restore(settings: Settings, http: httpx.AsyncClient, console: Console, agreed: Callable[[str], bool]) -> int:
    """Brings back what the number had before, if nobody has changed it since."""
    kept = read_kept(settings)
    if kept is None:
        raise DeskError(f"Nothing is kept in {_file(settings)}", "Was the number pointed from another DATA_DIR?")
    account = Account(settings, http)
    number = await account.number()
    if number.number != kept.number:
        raise DeskError(f"What is kept is of {kept.number}", "Set TWILIO_PHONE_NUMBER to that number.")
    if number.addresses == kept.before:
        say(console, f"{number.number} has what it had before: nothing to change.")
        _file(settings).unlink()
        return 0
    if number.addresses != kept.given:
        _show_change(console, number.number, kept.given, number.addresses)
        cause = "Somebody has changed the number since it was pointed here: nothing was changed"
        raise DeskError(cause, f"Change it at console.twilio.com; what it had before is in {_file(settings)}.")
    _show_change(console, number.number, number.addresses, kept.before)
    if not agreed("Change it back?"):
        say(console, "Nothing was changed.")
        return NOT_DONE
    await account.point(number, kept.before)
    _file(settings).unlink()
    say(console, f"{number.number} has what it had before.", "green")
    return 0


def reachable(settings: Settings) -> None:
    """Refuses to send Twilio itself to an address where it reaches nobody.

    Raises:
        DeskError: it is the address of this machine, or no https.
    """
    parts = urlsplit(settings.origin)
    if _loopback(settings.twilio_api_base_url) or (parts.scheme == "https" and not _loopback(settings.origin)):
        return
    advice = "Set PUBLIC_URL to the https address at which Twilio reaches this service."
    raise DeskError(f"Twilio cannot reach {settings.origin}", advice)


def read_kept(settings: Settings) -> Kept | None:
    """What `point` has kept, if anything can be read of it."""
    try:
        kept = json.loads(_file(settings).read_text())
        return Kept(str(kept["number"]), Addresses.of(kept["before"]), Addresses.of(kept["given"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _keep(settings: Settings, kept: Kept) -> None:
    """Whole or not at all, for the owner's eyes: an address may carry a password."""
    file = _file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE), "w") as out:
        json.dump(asdict(kept), out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    os.replace(beside, file)


def _file(settings: Settings) -> Path:
    return Path(settings.data_dir) / KEPT


def _free(number: Number) -> None:
    if number.taken_by:
        advice = "Take the application or trunk off the number at console.twilio.com first."
        raise DeskError(f"{number.taken_by} takes the calls of {number.number}, whatever its addresses are", advice)


def _show_change(console: Console, number: str, before: Addresses, after: Addresses) -> None:
    say(console, number)
    for name, about in _NAMES.items():
        old, new = _told(before, name), _told(after, name)
        say(console, f"  {about:<16} {old}" + ("" if old == new else f"\n  {'':<13}-> {new}"))


def _told(addresses: Addresses, name: str) -> str:
    address = getattr(addresses, name)
    return f"{address} ({getattr(addresses, _METHODS[name])})" if address else "nobody"


def _loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
