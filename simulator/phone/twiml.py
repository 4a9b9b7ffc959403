"""TwiML as Twilio reads it: the verbs this project's bot may answer with, parsed into data.

Guarantees that a document Twilio would refuse raises `TwimlError` with Twilio's own error code.
Leaves out `<Play>`, `<Record>` and every other verb the bot has no use for: they raise too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

MAX_PARAMETER_CHARS = 500  # name and value together (Twilio: TwiML <Stream>, custom parameters)


class TwimlError(Exception):
    """Raised when Twilio would refuse the document; `code` is Twilio's error number."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Say:
    """Speech by Twilio's own voice."""

    text: str
    voice: str = "man"
    language: str = "en-US"


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence."""

    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Hangup:
    """The end of the call."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A refused call; legal only as the first verb."""


@dataclass(frozen=True, slots=True)
class Dial:
    """A second leg; the caller is connected with it. `whisper` is asked what that leg hears before that."""

    number: str
    action: str | None = None
    whisper: str | None = None
    timeout_seconds: float = 30.0
    time_limit_seconds: float = 14400.0
    answer_on_bridge: bool = False
    caller_id: str | None = None


@dataclass(frozen=True, slots=True)
class Gather:
    """Keys that are waited for, while and after something is heard; `action` is told of them."""

    action: str
    num_digits: int
    timeout_seconds: float
    prompts: "tuple[Say | Pause, ...]"


@dataclass(frozen=True, slots=True)
class Redirect:
    """The document is replaced by what `url` answers."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class ConnectStream:
    """A bidirectional media stream; the verbs behind it run when it ends."""

    url: str
    parameters: dict[str, str] = field(default_factory=dict)


Verb = Say | Pause | Hangup | Reject | Dial | Gather | Redirect | ConnectStream


def parse(document: str) -> list[Verb]:
    """Return the verbs of one TwiML document in order; raises `TwimlError` (12100, 12200, 31920)."""
    try:
        # The document comes from the bot under test on loopback.
        root = ElementTree.fromstring(document.strip())  # noqa: S314
    except ElementTree.ParseError as error:
        raise TwimlError(12100, f"Document parse failure: {error}") from error
    if root.tag != "Response":
        raise TwimlError(12100, f"Document parse failure: root element is <{root.tag}>")
    return list(_verbs(root))


def _verbs(root: ElementTree.Element) -> Iterator[Verb]:
    for element in root:
        text = "".join(element.itertext()).strip()
        match element.tag:
            case "Say":
                yield Say(text, element.get("voice", "man"), element.get("language", "en-US"))
            case "Pause":
                yield Pause(float(element.get("length", "1")))
            case "Hangup":
                yield Hangup()
            case "Reject":
                yield Reject()
            case "Dial":
                yield _dial(element, text)
            case "Gather":
                yield _gather(element)
            case "Redirect":
                yield Redirect(text, element.get("method", "POST").upper())
            case "Connect":
                yield _stream(element)
            case other:
                raise TwimlError(12200, f"Schema validation warning: <{other}> is not supported here")


def _dial(element: ElementTree.Element, text: str) -> Dial:
    number = element.find("Number")
    timeout, limit = float(element.get("timeout", "30")), float(element.get("timeLimit", "14400"))
    if not 1 <= timeout <= 600 or not 1 <= limit <= 14400:  # Twilio: TwiML <Dial>, timeout and timeLimit
        raise TwimlError(12200, f"<Dial> with timeout {timeout:g} and timeLimit {limit:g}")
    return Dial(
        text,
        element.get("action"),
        number.get("url") if number is not None else None,
        timeout,
        limit,
        element.get("answerOnBridge") == "true",
        element.get("callerId"),
    )


def _gather(element: ElementTree.Element) -> Gather:
    prompts = tuple(_verbs(element))
    if any(not isinstance(prompt, Say | Pause) for prompt in prompts) or not element.get("action"):
        raise TwimlError(12200, "<Gather> takes <Say> and <Pause>, and needs an action here")
    digits, timeout = int(element.get("numDigits", "0")), float(element.get("timeout", "5"))
    said = tuple(prompt for prompt in prompts if isinstance(prompt, Say | Pause))
    return Gather(element.get("action", ""), digits, timeout, said)


def _stream(connect: ElementTree.Element) -> ConnectStream:
    stream = connect.find("Stream")
    url = stream.get("url", "") if stream is not None else ""
    if stream is None or not url:
        raise TwimlError(12200, "<Connect> without a <Stream url=...>")
    if not url.startswith(("wss://", "ws://")) or "?" in url:
        # Twilio wants wss; plain ws is for loopback. A query string is never delivered (31920).
        raise TwimlError(31920, f"<Stream> url must be a websocket without a query string: {url}")
    parameters: dict[str, str] = {}
    for parameter in stream.findall("Parameter"):
        name, value = parameter.get("name", ""), parameter.get("value", "")
        if not name or len(name) + len(value) > MAX_PARAMETER_CHARS:
            raise TwimlError(12200, f"<Parameter name={name!r}> is unnamed or over 500 characters")
        parameters[name] = value
    return ConnectStream(url, parameters)
