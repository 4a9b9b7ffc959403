"""What the text of a setting may look like, kind by kind; the message says what to do. Pure.

Each function returns the value as it is used, or raises a ValueError whose message goes on behind the setting's name.
None of them repeats the value of an address, a number or a secret: it may be a key that was put in the wrong place.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

LONGEST_NAME = 60
_E164 = re.compile(r"\+(?:1[2-9]\d{2}[2-9]\d{6}|[2-9]\d{6,14})")
_ACCOUNT = re.compile(r"AC[0-9a-f]{32}", re.IGNORECASE)
_ZIP_PREFIX = re.compile(r"[0-9]{1,5}")
_EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"'.]+(?:\.[^@\s,;<>\"'.]+)+")
_HOST = re.compile(r"[0-9A-Za-z:.%_-]+")
# What stands in examples for a value: "your-key-here", "<token>", "changeme", "xxxx", "...".
_PLACEHOLDER = re.compile(
    r"<.*>|\{.*\}|\$.*|x{3,}|\*{3,}|\.{3,}|(?:sk-)?(?:your|my)[-_ ].*|change[-_ ]?me.*|todo|tbd|none|null|placeholder"
    r"|replace[-_ ]?(?:me|this).*|insert[-_ ].*|.*[-_ ](?:goes[-_ ])?here",
    re.IGNORECASE,
)
_SCHEMES = {"http": ("http", "https"), "ws": ("ws", "wss")}
DATABASES = ("postgres", "postgresql", "postgresql+psycopg", "sqlite")


def secret(value: str) -> str:
    """A key or a token: printable, in one piece, and no placeholder."""
    if _PLACEHOLDER.fullmatch(value):
        raise ValueError("is still a placeholder: put the real one there")
    if any(c.isspace() for c in value):
        first = value.split()[0].lower()
        if first in ("basic", "bearer"):
            raise ValueError(f"begins with '{first.title()}': leave that word out, the service puts it there")
        raise ValueError("has a space or a line break inside: copy it again, in one piece")
    if value[0] in "\"'`" or value[-1] in "\"'`":
        raise ValueError("has a quotation mark as part of it: take the quotes away")
    if not value.isascii() or not value.isprintable():
        raise ValueError("has a character that no key has: copy it again")
    return value


def word(value: str) -> str:
    """A name of a vendor's, such as that of a model or a voice."""
    if _PLACEHOLDER.fullmatch(value):
        raise ValueError("is still a placeholder: put the real one there")
    if any(c.isspace() for c in value) or not value.isprintable() or set(value) & set("\"'`"):
        raise ValueError("has a space or a quotation mark inside: it is one word")
    return value


def account_sid(value: str) -> str:
    """Twilio's name of an account, as far as its first letters tell; a mistyped one is warned about."""
    if not value.upper().startswith("AC"):
        kind = "an API key's SID" if value.startswith("SK") else "no account SID"
        raise ValueError(f"is {kind}: it is AC and 32 of 0-9 and a-f, at the top of Twilio's console")
    return value


def is_account_sid(value: str) -> bool:
    """Whether it is Twilio's name of an account."""
    return bool(_ACCOUNT.fullmatch(value))


def phone(value: str) -> str:
    """A number that can be dialled, in E.164."""
    if not _E164.fullmatch(value):
        raise ValueError("is no phone number in E.164: a plus, the country code and the number, no spaces")
    return value


def zip_prefixes(value: tuple[str, ...]) -> tuple[str, ...]:
    """At least one; each of one to five digits."""
    if not value:
        raise ValueError("names no ZIP code at all, so that every caller is told that we do not serve their area")
    if wrong := [part for part in value if not _ZIP_PREFIX.fullmatch(part)]:
        shown = ", ".join(repr(part[:20]) for part in wrong[:3])
        raise ValueError(f"has {shown}: each is 1 to 5 digits, and commas stand between them")
    return value


def email(value: str) -> str:
    """An address of a mailbox."""
    if not _EMAIL.fullmatch(value):
        raise ValueError("is no e-mail address")
    return value


def zone(value: str) -> str:
    """A time zone of the IANA database."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("is not a known time zone: continent and city") from None
    return value


def host(value: str) -> str:
    """An address to listen on."""
    if not _HOST.fullmatch(value):
        raise ValueError("is no address to listen on: neither http:// nor a port belongs there")
    return value


def spoken(value: str) -> str:
    """A name that a voice says."""
    if _PLACEHOLDER.fullmatch(value):
        raise ValueError("is still a placeholder: callers would hear it")
    if len(value) > LONGEST_NAME or not value.isprintable() or set(value) & set('<>{}[]|\\_*#"`'):
        raise ValueError(f"cannot be spoken: at most {LONGEST_NAME} characters, without brackets, quotes and signs")
    if not any(c.isalpha() for c in value):
        raise ValueError("has no letter: callers hear it")
    return value


def fly_app(value: str) -> str:
    """The name of an app at Fly."""
    if not re.fullmatch(r"[a-z0-9-]+", value) or value == "your-app-name":
        raise ValueError("is no app of Fly's: the name behind app = in fly.toml")
    return value


def url(kind: str, *, path: bool = True, query: bool = False) -> Callable[[str], str]:
    """An address of `kind` http or ws, without a slash at its end; without `path` it is an origin."""
    schemes = _SCHEMES[kind]

    def check(value: str) -> str:
        parts = _split(value)
        if parts is None or parts.scheme not in schemes:
            raise ValueError(f"is no {'/'.join(schemes)} URL: the whole address")
        if "#" in value or ("?" in value and not query):
            raise ValueError("has a ? or a # in it: leave out what follows")
        if not path and parts.path.strip("/"):
            raise ValueError("has a path: leave out what follows the host")
        return value.rstrip("/")

    return check


def openai_url(value: str) -> str:
    """The address below which OpenAI's endpoints are."""
    value = url("http")(value)
    if value.endswith(("/completions", "/responses")):
        raise ValueError("names an endpoint: it ends before that, with /v1")
    return value


def v2_url(value: str) -> str:
    """V2's origin; a path before it is a proxy's."""
    value = url("http")(value)
    if "/webhook" in value.removeprefix("http").partition("://")[2]:
        raise ValueError("has the path of a webhook: leave it out, the service puts it there")
    return value


def public_url(value: str) -> str:
    """What Twilio asks: https alone, since it refuses a ws:// stream; on this machine's own address also http."""
    value = url("http", path=False)(value)
    if value.startswith("http:") and not on_loopback(value):
        raise ValueError("has to begin with https://: Twilio opens no stream to http")
    return value


def database(value: str) -> str:
    """The address of a database of a kind that the service knows."""
    try:
        parts = urlsplit(value)
        known = parts.scheme in DATABASES and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise ValueError("is no address of a Postgres, or a character of its password is not written as %..")
    if parts.scheme != "sqlite" and not (parts.hostname and parts.path.strip("/")):
        raise ValueError("names no host or no database")
    return value


def on_loopback(value: str) -> bool:
    """Whether nobody but this machine reaches the address."""
    name = urlsplit(value).hostname or ""
    return name == "localhost" or (_is_address(name) and ip_address(name).is_loopback)


def in_public(value: str) -> bool:
    """Whether the way to the address leads over the internet, as far as its name tells."""
    name = urlsplit(value).hostname or ""
    if _is_address(name):
        return ip_address(name).is_global
    return "." in name and not name.endswith((".internal", ".local", ".localhost", ".test", ".flycast"))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _split(value: str) -> SplitResult | None:
    """The parts of an address with a host that can be one."""
    try:
        parts = urlsplit(value)
        valid = bool(parts.hostname) and parts.port != 0 and not any(c.isspace() for c in value)
    except ValueError:
        return None
    return parts if valid and re.fullmatch(r"[0-9A-Za-z:._-]+", parts.hostname or "") else None
