"""One format for every line that the process writes, and nothing in it that must not be there.

`setup_logging()` brings our lines, Pipecat's (loguru), uvicorn's, DBOS's, warnings and uncaught errors into one format
on stderr. Each record is one line; a traceback follows indented. `mask()` is the one place that masks phone numbers;
registered secrets are never written. `Seldom` is for what would be said again and again. It needs the standard library
alone, so that bot.py can call it first.
"""

import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from loguru import Message

CALL_ID = re.compile(r"CA[0-9a-f]{32}")  # Twilio's CallSid
FORMAT = "%(asctime)s | %(levelname)s | %(name)s | %(message)s"
MIN_SECRET_CHARS = 4  # a shorter "secret" occurs in ordinary words; replacing it would ruin the log and hide nothing
LINE_SECONDS = 60.0  # between two lines that say the same
CONTINUATION = "    "  # before each line of a traceback: no text from outside can pass for a line of ours

# What these write below the level named is noise or worse: headers with keys, audio, transcripts.
FLOORS = {
    "twilio": logging.WARNING,  # its HTTP client logs every request's headers and parameters at INFO
    "httpx": logging.WARNING,
    "httpx2": logging.WARNING,  # openai 3.x (pipecat.md 4.4)
    "httpcore": logging.WARNING,
    "httpcore2": logging.WARNING,
    "openai": logging.WARNING,
    "deepgram": logging.WARNING,
    "dbos": logging.WARNING,  # at INFO: each step of its schema, and its banners
    "uvicorn": logging.INFO,  # at DEBUG: each handshake's headers, with Twilio's signature, and every frame of audio
    "websockets": logging.INFO,  # at DEBUG: the handshake's Authorization header and every frame
    "python_multipart": logging.INFO,  # at DEBUG: each field of Twilio's forms
}

# A number begins where no letter or digit precedes it, or right behind an escape (%2B, \u002b, \n), so that ids such as
# CA0123... stay whole; it ends where none follows, or before an extension.
_START = r"(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2})|(?<=u002[bB])|(?<=\\[nrt]))"
_END = r"(?=[^0-9A-Za-z]|[xX]|[eE]xt|$)"
_GAP = r"(?:[-. \t()/+\u00a0\u2010-\u2015]|%20){0,3}"
_PLUS = r"(?:\+|%2[bB])"
_PHONE = re.compile(
    "|".join(
        (
            rf"(?:{_PLUS}|{_START})(?:1{_GAP})?\(?[2-9][0-9]{{2}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}{_END}",  # US, 3-3-4
            rf"{_PLUS}[1-9][0-9]{{6,14}}(?![0-9])",  # E.164
            rf"{_PLUS}[1-9](?:{_GAP}[0-9]){{6,14}}(?![0-9])",  # E.164, grouped in any way
            rf"{_START}[0-9]{{11,15}}{_END}",  # E.164 without its plus
            rf"{_START}[0-9](?:[-. ][0-9]){{9,14}}{_END}",  # digit by digit
        )
    )
)

_call_id: ContextVar[str] = ContextVar("call_id", default="")
_secrets: tuple[str, ...] = ()


def mask(text: str) -> str:
    """Masks every phone number in `text` to `***` and its last four digits. Digits of ids, times and prices stay."""
    return _PHONE.sub(_last_four, text)


def _last_four(match: re.Match[str]) -> str:
    return "***" + re.sub("[^0-9]", "", match[0])[-4:]


def hide_secrets(values: Iterable[str]) -> None:
    """Registers values that no line may contain, as they are or URL-encoded; they are written as `***`."""
    global _secrets
    known = {v for v in values if len(v) >= MIN_SECRET_CHARS}
    known |= {quote(v, safe="") for v in known} | set(_secrets)
    _secrets = tuple(sorted(known, key=len, reverse=True))


def without_secrets(text: str) -> str:
    """`text` with every registered secret written as `***`."""
    for secret in _secrets:
        text = text.replace(secret, "***")
    return text


def _clean(text: str) -> str:
    return mask(without_secrets(text))


class Seldom:
    """Whether a line of some kind is due: at most one in `seconds`, so that what is away for hours fills no log.

    Args:
        seconds: Between two lines of a kind.
        clock: Monotonic seconds.
    """

    def __init__(self, seconds: float = LINE_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._last: dict[str, float] = {}

    def __call__(self, kind: str) -> bool:
        """True if none of this kind was due for so long; then this one counts as written."""
        now = self._clock()
        self._last = {known: at for known, at in self._last.items() if now - at < self._seconds}
        if kind in self._last:
            return False
        self._last[kind] = now
        return True


class LineFormatter(logging.Formatter):
    """`FORMAT` with secrets and phone numbers out, the call's id in front, and one line a record."""

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line of a record, without its traceback; line breaks inside the message are written as `\\n`."""
        message, call = _clean(record.message), _call_id.get()
        if call and not message.startswith(call):
            message = f"{call} {message}"
        record.message = message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """The whole record. Works on a copy, so that other handlers see the record as it was written."""
        copy = logging.makeLogRecord(record.__dict__)
        copy.exc_text = None
        return super().format(copy)

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """A traceback, indented and cleaned like everything else; the values of variables are never part of it."""
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's name
        """A stack, indented and cleaned."""
        return _indented(stack_info)


def _indented(text: str) -> str:
    return "\n".join(CONTINUATION + line for line in _clean(text).splitlines())


class JsonFormatter(LineFormatter):
    """The same as one JSON object a line: `at` (UTC, ISO 8601), `level`, `logger`, `call_id`, `message`, `traceback`.

    The line of an event has its name as `event`, and its fields beside it, as clean as the message (call/event.py).
    What a line has not, its object has not either.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The whole record."""
        line, _, traceback = super().format(record).partition("\n")
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        message = line.split(" | ", 3)[3]
        call_id, _, rest = message.partition(" ")
        if CALL_ID.fullmatch(call_id):
            told["call_id"], message = call_id, rest
        told["message"] = message
        if event := getattr(record, "event", None):
            told |= {"event": event} | _clean_values(getattr(record, "fields", {}))
        return json.dumps(told | ({"traceback": traceback} if traceback else {}))


def _clean_values(value: Any) -> Any:
    match value:
        case str():
            return _clean(value)
        case Mapping():
            return {name: _clean_values(one) for name, one in value.items()}
        case list() | tuple():
            return [_clean_values(one) for one in value]
    return value


class CallLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger whose messages begin with the id of a call."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Puts the id before the message; it is safe inside a %-format."""
        return f"{(self.extra or {})['call_id']} {msg}", kwargs


def call_logger(name: str, call_id: str) -> CallLogger:
    """A logger for one call. Characters that no id has are replaced, for the id arrives from outside."""
    return CallLogger(logging.getLogger(name), {"call_id": _safe_id(call_id)})


@contextmanager
def call_lines(call_id: str) -> Iterator[None]:
    """Every line written inside begins with the id: the libraries' too, and those of tasks that are started here."""
    token = _call_id.set(_safe_id(call_id))
    try:
        yield
    finally:
        _call_id.reset(token)


def _safe_id(call_id: str) -> str:
    return re.sub(r"[^\w.:-]", "_", call_id)[:64] or "-"


def setup_logging() -> None:
    """Brings everything into the one format on stderr, at INFO until `set_level()`; to be called first.

    A handler that `logging.basicConfig()` put up is kept and given the format. Calling it again changes nothing.
    """
    # Pipecat repeats the whole conversation in a DEBUG line before each reply; one transcript line a turn is ours.
    os.environ.setdefault("PIPECAT_LOG_LLM_CONTEXT", "off")
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:
            handler.setFormatter(LineFormatter())
    for name, floor in FLOORS.items():
        logging.getLogger(name).setLevel(floor)
    _adopt_dbos()
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    sys.unraisablehook = _log_unraisable
    route_loguru()


def set_format(name: str) -> None:
    """From now on a line is a JSON object, for whoever collects logs, if that is the name: "json"."""
    for handler in logging.getLogger().handlers:
        if name == "json" and isinstance(handler.formatter, LineFormatter):
            handler.setFormatter(JsonFormatter())


def set_level(level: str) -> None:
    """Sets the level of the process: a name of logging, as `config.log_level()` returns it. Floors stay."""
    logging.getLogger().setLevel(level)
    for name, floor in FLOORS.items():
        logging.getLogger(name).setLevel(max(floor, logging.getLogger().level))
    route_loguru()


def route_loguru() -> None:
    """Sends Pipecat's lines (loguru) to logging, under the module's name and at their own level.

    Before Pipecat is imported, or its banner comes out in loguru's own format (pipecat.md 7).
    """
    from loguru import logger as loguru

    loguru.remove()
    # Only what can be shown is routed: a sink for more costs time with each frame (pipecat.md 7). With diagnose the
    # values of variables would stand in tracebacks.
    loguru.add(_to_logging, level=logging.getLogger().level, format=_just_the_message, backtrace=False, diagnose=False)


def _just_the_message(_: object) -> str:
    return "{message}"  # as a string it would be given the traceback as well, which LineFormatter writes


def _to_logging(message: "Message") -> None:
    line = message.record
    logger = logging.getLogger(line["name"] or "loguru")
    if not logger.isEnabledFor(line["level"].no):
        return
    error = line["exception"]
    record = logging.LogRecord(
        logger.name,
        line["level"].no,
        line["file"].path,
        line["line"],
        line["message"],
        None,
        (error.type, error.value, error.traceback) if error and error.type and error.value else None,
        line["function"],
    )
    record.levelname = line["level"].name  # loguru has SUCCESS, which logging does not know
    logger.handle(record)


def _adopt_dbos() -> None:
    # DBOS puts up a handler with a format of its own and stops propagation, but only while its logger has no handler.
    logger = logging.getLogger("dbos")
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
    logger.addHandler(logging.NullHandler())
    logger.propagate = True


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return  # Whoever presses Ctrl-C knows why it ends.
    logging.getLogger("uncaught").critical("%s", kind.__name__, exc_info=(kind, error, traceback))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        name = args.thread.name if args.thread else "?"
        exc_info = (args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger("uncaught").critical("%s in thread %s", args.exc_type.__name__, name, exc_info=exc_info)


def _log_unraisable(args: "sys.UnraisableHookArgs") -> None:
    if not issubclass(args.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(args)


LOGGED_BODY_CHARS = 2000


def loggable(body: str, limit: int = LOGGED_BODY_CHARS) -> str:
    """A refusal's body for the log: one line, at most `limit` characters, phone numbers masked."""
    text = mask(" ".join(body[: 4 * limit].split()))
    return text if len(text) <= limit else f"{text[:limit]}..."
