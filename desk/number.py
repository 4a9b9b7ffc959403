"""`python -m desk number show | point | restore`: where calls to our number go.

`point` keeps in DATA_DIR what the number had (`desk/number_kept.py`), and `restore` brings it back, but only while the
number has nothing but that and addresses of ours: what somebody has changed since is theirs.
"""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
from rich.console import Console

from config import Settings
from desk.number_kept import METHODS, Kept, file_of, now, read_kept, write_kept
from desk.terminal import DeskError, say
from desk.twilio_account import Account, Addresses, Number

NOT_DONE = 1
_NAMES = {"voice_url": "a call comes in", "voice_fallback_url": "if that fails", "status_callback": "when it is over"}


async def show(settings: Settings, http: httpx.AsyncClient, console: Console) -> int:
    """Prints the number's addresses, and which are ours."""
    number, ours = await Account(settings, http).number(), Addresses.ours(settings)
    kept = read_kept(settings).get(number.number, Kept())
    say(console, number.number)
    for name, about in _NAMES.items():
        address = getattr(number.addresses, name)
        earlier = " (this service, at an earlier address)" if address in kept.given else ""
        mark = " (this service)" if address == getattr(ours, name) else earlier
        say(console, f"  {about:<16} {_told(number.addresses, name)}{mark}")
    if number.taken_by:
        say(console, f"  {number.taken_by} takes its calls, whatever its addresses are", "yellow")
    for found in reversed(kept.found):
        back = found is kept.found[-1] and found.addresses != number.addresses
        say(console, f"had{f' on {found.at}' if found.at else ' before'}{' (make number-restore)' if back else ''}")
        for name, about in _NAMES.items():
            say(console, f"  {about:<16} {_told(found.addresses, name)}")
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
    kept, account, ours = read_kept(settings), Account(settings, http), Addresses.ours(settings)
    number = await account.number()
    _free(number)
    known = kept.get(number.number, Kept()).pointed(ours).seen(number.addresses, now())
    if keep_fallback and (had := known.found[-1].addresses).voice_fallback_url:
        method = had.voice_fallback_method
        ours = replace(ours, voice_fallback_url=had.voice_fallback_url, voice_fallback_method=method)
    if number.addresses == ours:
        say(console, f"{number.number} points here already: nothing to change.")
        return 0
    _show_change(console, number.number, number.addresses, ours)
    if not agreed("Change it?"):
        say(console, "Nothing was changed.")
        return NOT_DONE
    write_kept(settings, kept | {number.number: known})
    await account.point(number, ours)
    say(console, f"Calls to {number.number} come here now. What it had is kept: make number-restore.", "green")
    return 0


async def restore(settings: Settings, http: httpx.AsyncClient, console: Console, agreed: Callable[[str], bool]) -> int:
    """Brings back what the number had before, if nobody has changed it since."""
    kept, account = read_kept(settings), Account(settings, http)
    number = await account.number()
    known = kept.get(number.number, Kept()).pointed(Addresses.ours(settings))
    if not known.found:
        others = f"; of {', '.join(kept)} there is: set TWILIO_PHONE_NUMBER to that" if kept else ""
        cause = f"Nothing is kept of {number.number} in {file_of(settings)}"
        raise DeskError(cause, f"Was the number pointed from another DATA_DIR?{others}")
    before = known.found[-1].addresses
    if number.addresses == before:
        say(console, f"{number.number} has what it had before: nothing to change.")
        return 0
    if strange := known.strange(number.addresses):
        _show_change(console, number.number, before, number.addresses)
        told = ", ".join(_NAMES[name] for name in strange)
        cause = f"Somebody has changed the number since it was pointed here ({told}): nothing was changed"
        raise DeskError(cause, "Change it at console.twilio.com; make number-show tells all that it had.")
    _show_change(console, number.number, number.addresses, before)
    if not agreed("Change it back?"):
        say(console, "Nothing was changed.")
        return NOT_DONE
    await account.point(number, before)
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
    return f"{address} ({getattr(addresses, METHODS[name])})" if address else "nobody"


def _loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
