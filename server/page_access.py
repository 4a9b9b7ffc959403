"""Who may see the pages about calls: whoever has OPERATOR_TOKEN; without one, a browser on this very machine. Pure.

A session is a cookie that says until when it is good, and is signed with the token: nothing of it is kept here, and
another token ends all of them. A form carries a second signature, made of the session, which no other page can know.
What comes from this machine may still come from anywhere, since a tunnel or a proxy runs here as well: so whoever asks
has to ask for this machine by its own name, and nothing may have been forwarded.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Collection
from urllib.parse import urlsplit

from config import Settings

SESSION_SECONDS = 12 * 3600
MOST_TRIES, TRIES_SECONDS = 5, 60.0  # Wrong tokens of an address in so long
MOST_ADDRESSES = 1000
_FORWARDED = frozenset({
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "cf-connecting-ip",
    "fly-client-ip", "true-client-ip",
})  # fmt: skip


def new_session(key: bytes, now: float) -> str:
    """A cookie that is good for SESSION_SECONDS from now on (Unix seconds)."""
    content = f"{now + SESSION_SECONDS:.0f}.{secrets.token_hex(8)}"
    return f"{content}.{_signed(key, f'session {content}')}"


def is_session(cookie: str, key: bytes, now: float) -> bool:
    """Whether it was made with this key, and is good yet."""
    content, _, signature = cookie.rpartition(".")
    if not _same(signature, _signed(key, f"session {content}")):
        return False
    return float(content.partition(".")[0]) > now


def form_token(key: bytes, cookie: str) -> str:
    """What a form of this session carries; `cookie` is empty where no session is needed."""
    return _signed(key, f"form {cookie}")


def is_form_token(given: str, key: bytes, cookie: str) -> bool:
    """Whether a form is one of this session's."""
    return _same(given, form_token(key, cookie))


def is_token(given: str, token: str) -> bool:
    """Whether it is OPERATOR_TOKEN; takes as long for any wrong one."""
    return _same(given.strip(), token)


def is_at_home(address: str, host: str, headers: Collection[str], settings: Settings) -> bool:
    """Whether a browser on this machine asks this machine: by its address, for its own name, with nothing between."""
    if settings.behind_fly or settings.fly_app_name or _FORWARDED & {name.lower() for name in headers}:
        return False
    return _on_loopback(address) and _on_loopback(_name(host))


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _on_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def _signed(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(errors="replace"), hashlib.sha256).hexdigest()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), right.encode())


class WrongTries:
    """How often an address has given a wrong token lately; a right one is not even looked at behind too many.

    What is told of it is kept for a minute, of the last thousand addresses.
    """

    def __init__(self) -> None:
        self._tries: dict[str, list[float]] = {}

    def too_many(self, address: str, now: float) -> bool:
        """Whether this address has to wait; `now` in monotonic seconds."""
        return len(self._lately(address, now)) >= MOST_TRIES

    def note(self, address: str, now: float) -> None:
        """One more wrong token."""
        tries = [*self._lately(address, now), now]
        self._tries.pop(address, None)
        self._tries[address] = tries
        if len(self._tries) > MOST_ADDRESSES:
            del self._tries[next(iter(self._tries))]

    def _lately(self, address: str, now: float) -> list[float]:
        return [at for at in self._tries.get(address, ()) if now - at < TRIES_SECONDS]
