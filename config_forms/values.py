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
_E164 = re.compile(r"\+(?:1[2-9]\d{2}[2-9]\d{6}|[2-9]\d{6,14})", re.ASCII)
_TEN_DIGITS = re.compile(r"\+[2-9]\d{9}", re.ASCII)
_ACCOUNT = re.compile(r"AC[0-9a-f]{32}", re.IGNORECASE)
_SID = re.compile(r"(?:AC|SK|PN)[0-9a-f]{32}")  # In small letters throughout it may be a secret in hex.
_ZIP_PREFIX = re.compile(r"[0-9]{1,5}")
_EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"'.]+(?:\.[^@\s,;<>\"'.]+)+")
_LABEL = re.compile(r"[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?")  # RFC 1035, and the _ of containers
# What stands in examples for a value: "your-key-here", "<token>", "changeme", "sk-xxxx", "...".
_PLACEHOLDER = re.compile(
    r"<.*>|\{.*\}|\$.*|(?:\w{1,4}-)*(?:x{3,}|\*{3,}|\.{2,}|\u2026)|(?:sk-)?(?:your|my)[-_ ].*|change[-_ ]?me.*|todo|tbd"
    r"|none|null|placeholder|insert[-_ ].*|.*[-_ ](?:goes[-_ ])?here"
    r"|(?:replace|paste|enter|put|add|fill)[-_ ]?(?:me|this|it|in|with|your|the|key)(?:[-_ ].*)?",
    re.IGNORECASE,
)
_PLACEHOLDER_SID = re.compile(r"AC(?:x{3,}|\*{3,}|\.{2,}|[-_ ]?your.*)", re.IGNORECASE)
_PLACEHOLDER_ADDRESS = re.compile(r"(?:your|my)[-_]?(?:app|domain|host|server|site|service|company)(?:[-_]?name)?\..*")
# The same for a name that is heard: a business may be called "My Guys Heating" or "Your Comfort Air".
_PLACEHOLDER_NAME = re.compile(
    r"<.*>|\{.*\}|\$.*|x{3,}|\*{3,}|\.{2,}|\u2026|change[-_ ]?me|todo|tbd|none|null|placeholder|.*[-_ ]goes[-_ ]here"
    r"|(?:(?:your|my|the)[-_ ])?(?:business|company|city|state)(?:[-_ ]?name)?(?:[-_ ]here)?",
    re.IGNORECASE,
)
_SETTING_BEFORE_IT = re.compile(r"(?:export )?[A-Z][A-Z0-9]*_[A-Z0-9_]+=[^=].*", re.DOTALL)
_SCHEMES = {"http": ("http", "https"), "ws": ("ws", "wss")}
DATABASES = ("postgres", "postgresql", "postgresql+psycopg", "sqlite")


def secret(value: str) -> str:
    """A key or a token: printable, in one piece, no placeholder, and nothing else that was copied in its place."""
    if _PLACEHOLDER.fullmatch(value):
        raise ValueError("is still a placeholder: put the real one there")
    if _SETTING_BEFORE_IT.fullmatch(value):
        raise ValueError("begins with the name of a setting: only what stands behind its = belongs there")
    if _SID.fullmatch(value):
        kind = "an account SID" if value.startswith("AC") else "a SID of Twilio's"
        raise ValueError(f"is {kind}, which is no secret: copy the key or the token itself")
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
    if not value.isascii():
        raise ValueError("has a letter or a digit of another alphabet: write it anew")
    return value


def account_sid(value: str) -> str:
    """Twilio's name of an account, as far as its first letters tell; a mistyped one is warned about."""
    if _PLACEHOLDER_SID.fullmatch(value):
        raise ValueError("is still a placeholder: put the real one there")
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
    if not value.startswith("+1"):
        _check_abroad(value)
    return value


def _check_abroad(value: str) -> None:
    # A start takes no time for the library's tables where every number is at home.
    import phonenumbers

    at_home = "one of the United States has a 1 behind the plus"
    try:
        possible = phonenumbers.is_possible_number(phonenumbers.parse(value))
    except phonenumbers.NumberParseException:
        raise ValueError(f"begins with no country's code: {at_home}") from None
    if not possible:
        raise ValueError(f"is too short or too long for a number of the country of its code: {at_home}")


def lacks_its_one(value: str) -> bool:
    """Whether a number that can be dialled, abroad, would be one of the United States with a 1 behind its plus."""
    if not _TEN_DIGITS.fullmatch(value):
        return False
    import phonenumbers

    return bool(phonenumbers.is_valid_number_for_region(phonenumbers.parse(f"+1{value[1:]}"), "US"))


def zip_prefixes(value: tuple[str, ...]) -> tuple[str, ...]:
    """At least one; each of one to five digits."""
    if not value:
        raise ValueError("names no ZIP code at all, so that every caller is told that we do not serve their area")
    if wrong := [part for part in value if not _ZIP_PREFIX.fullmatch(part)]:
        shown = ", ".join(repr(part[:20]) for part in wrong[:3])
        raise ValueError(f"has {shown}: each is 1 to 5 digits, and commas stand between them")
    return value


def email(value: str) -> str:
    """An address of a mailbox, in the letters that the dashboard's own check takes."""
    if not value.isascii() or not _EMAIL.fullmatch(value):
        raise ValueError("is no e-mail address")
    return value


def zone(value: str) -> str:
    """A time zone of the IANA database, as a name that everybody knows; one without a place is warned about."""
    try:
        ZoneInfo(value)
        known = value not in ("Factory", "localtime", "posixrules") and not value.startswith(("posix/", "right/"))
    except (KeyError, ValueError, OSError):
        known = False
    if not known:
        raise ValueError("is not a known time zone: continent and city")
    return value


def has_a_place(zone_name: str) -> bool:
    """Whether the zone is that of some place, and not a mere distance from Greenwich."""
    return "/" in zone_name and not zone_name.startswith("Etc/")


def host(value: str) -> str:
    """An address to listen on: an IP address, or the name of a machine."""
    if _is_address(value):
        return value
    if re.fullmatch(r"[0-9.]+", value):
        raise ValueError("is no address to listen on: four numbers from 0 to 255")
    if not _is_host(value):
        raise ValueError("is no address to listen on: neither http:// nor a port belongs there")
    return value


def folder(value: str) -> str:
    """The path of a folder, as it is: no shell reads it."""
    if _PLACEHOLDER.fullmatch(value) or not value.isprintable():
        raise ValueError("is no path of a folder")
    if value.startswith("~"):
        raise ValueError("begins with ~, which stands for nothing here: write the whole path")
    return value


def spoken(value: str) -> str:
    """A name that a voice says."""
    if _PLACEHOLDER_NAME.fullmatch(value):
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
    """An address of `kind` http or ws, its scheme in small letters, no slash at its end; no `path`: an origin."""
    schemes = _SCHEMES[kind]

    def check(value: str) -> str:
        scheme, separator, rest = value.partition("://")
        if separator and rest.lower().startswith(("http:", "https:", "ws:", "wss:", "http//", "https//")):
            raise ValueError("has two schemes: one of them is enough")
        value = scheme.lower() + separator + rest
        if "@" in rest.partition("/")[0].partition("?")[0]:
            raise ValueError("has a user or a password in it: nobody asks for one there, and addresses are logged")
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
    if urlsplit(value).hostname == "api.openai.com" and not urlsplit(value).path.strip("/"):
        raise ValueError("has no path: OpenAI's own is https://api.openai.com/v1")
    return value


def v2_url(value: str) -> str:
    """V2's origin; a path before it is a proxy's."""
    value = url("http")(value)
    if "/webhook" in value.partition("://")[2].lower():
        raise ValueError("has the path of a webhook: leave it out, the service puts it there")
    return value


def public_url(value: str) -> str:
    """What Twilio asks: https alone, since it refuses a ws:// stream; on this machine's own address also http."""
    value = url("http", path=False)(value)
    if value.startswith("http:") and not on_loopback(value):
        raise ValueError("has to begin with https://: Twilio opens no stream to http")
    host = urlsplit(value).netloc
    if host.endswith((":", ".")) or ".:" in host:
        raise ValueError("ends with a dot or a colon behind its host: leave that out, since Twilio signs without it")
    value = value.replace(host, host.lower(), 1)  # As a request names it.
    name = urlsplit(value).hostname or ""
    if _PLACEHOLDER_ADDRESS.fullmatch(name):
        raise ValueError("is still a placeholder: put the real one there")
    if _is_address(name) and not on_loopback(value) and not ip_address(name).is_global:
        raise ValueError("is an address of a private network, which Twilio cannot reach: the public one")
    return value


def database(value: str) -> str:
    """The address of a database of a kind that the service knows, its scheme in small letters."""
    scheme, separator, rest = value.partition("://")
    value = scheme.lower() + separator + rest
    try:
        parts = urlsplit(value)
        known = separator and parts.scheme in DATABASES and parts.port != 0
    except ValueError:
        known = False
    if not known or "@" in value.rpartition("@")[0]:
        raise ValueError("is no address of a Postgres, or a character of its password is not written as %..")
    if parts.scheme == "sqlite" and (parts.netloc or parts.query or parts.path[1:] in ("", ":memory:")):
        raise ValueError("names no file of SQLite's: three slashes and its path, or leave it out for one in DATA_DIR")
    if parts.scheme != "sqlite" and not (_is_host(parts.hostname or "") and parts.path.strip("/")):
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


_PER_MINUTE = re.compile(r"\+1(?:900\d{7}|\d{3}976\d{4})|\+(?:870|88[123]|979)\d+", re.ASCII)


def person(value: str) -> str:
    """The number of a person who is dialled, and none that costs by the minute (900, 976, satellites)."""
    value = phone(value)
    if _PER_MINUTE.fullmatch(value):
        raise ValueError("is a number that costs by the minute: a person's own")
    return value


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_host(name: str) -> bool:
    """Whether it can be an address, or the name of a machine."""
    labels = name.removesuffix(".").split(".")
    return _is_address(name) or (all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit())


def _split(value: str) -> SplitResult | None:
    """The parts of an address with a host that can be one."""
    try:
        parts = urlsplit(value)
        valid = parts.port != 0 and not any(c.isspace() for c in value)
    except ValueError:
        return None
    return parts if valid and _is_host(parts.hostname or "") else None
