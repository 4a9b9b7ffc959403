"""The start as its operator sees it: what is on, what is off and what that costs; or in one line why there is none."""

import errno
import logging
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from config import EXIT_CONFIG, Settings
from config_forms import values
from records.errors import SchemaError, StoreError

logger = logging.getLogger(__name__)

EXIT_FAILED = 1  # Something outside was not there: another start may succeed.
MOST_TOLD_CHARACTERS = 200
LONGEST_SECONDS = 150.0  # A start that waits for a database, and for other machines that start.
LEAVING_SECONDS = 8.0  # Longest from the end of a start to the end of the process
LOOK_SECONDS = 0.2

# What a database says, and what is to be done about it; those of them that no restart mends.
_ADVICE = (
    (("password", "role", "no pg_hba.conf entry"), "user or password are not the database's: correct them", True),
    (("does not exist",), "create that database, or name another", True),
    (("resolve host", "translate host", "name or service not known"), "nobody knows that host: correct it", False),
    (("not a database",), "that file is none of ours: move it away", True),
    (("[errno", "unable to open"), "name a file in a folder that can be written", True),
    (("refused", "timeout", "timed out", "unreachable", "closed the connection"),
     "nothing answers there: is it running, and are host and port right?", False),
)  # fmt: skip


class LastResort(threading.Thread):
    """Ends the process of a start that is too long, that failed, or that was told to end, whatever hangs.

    A loop may be held by a library that waits for its database, and the interpreter waits for every thread of a pool.
    A thread of its own that only looks at what it was told: a signal's handler may tell it, since no lock is taken.
    """

    def __init__(self) -> None:
        super().__init__(name="last resort", daemon=True)
        self._done = False
        self._told = (time.monotonic() + LONGEST_SECONDS, EXIT_FAILED, f"the start took over {LONGEST_SECONDS:g} s")

    def within(self, seconds: float, code: int, why: str = "") -> None:
        """The process ends with this code after so long, and says why if nobody has; the last word counts."""
        self._told = time.monotonic() + seconds, code, why

    def not_needed(self) -> None:
        """The start is over, and went well."""
        self._done = True

    def run(self) -> None:
        """Looks until it is not needed, or the time has come."""
        while not self._done:
            at, code, why = self._told
            if time.monotonic() < at:
                time.sleep(LOOK_SECONDS)
                continue
            try:
                if why:
                    logger.critical("%s: something hangs, such as the database; the process ends without it", why)
            finally:
                os._exit(code)


def end_by(number: int) -> NoReturn:
    """Ends the process as the signal does that nobody handles: at once, and no thread is waited for."""
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
    os._exit(128 + number)  # In case that it is blocked.


def lines(settings: Settings) -> Iterator[str]:
    """What the service does as it is configured, a line for each part of it; no secret, no whole number."""
    s = settings
    credited = ", credited to a repair" if s.fee_is_credited else ""
    closed = f", closed {','.join(s.holidays)}" if s.holidays else ""
    yield (
        f"on:  {s.business_name} in {s.business_city}, {s.business_state}: "
        f"ZIP codes {','.join(s.service_area_zip_prefixes)}..., {s.diagnostic_fee} dollars{credited}, "
        f"visits {','.join(s.open_days)} from {s.opening_hour} to {s.closing_hour} o'clock{closed}"
    )
    yield _about_twilio(s)
    voices = f"{s.inworld_voice_id} of Inworld speaks, {s.deepgram_tts_voice} behind it"
    yield f"on:  Deepgram hears, {s.openai_model} words, {voices}"
    yield from _about_the_office(s)
    if s.fallback_number:
        yield "on:  FALLBACK_NUMBER is dialled for a caller who cannot be served"
    else:
        yield "off: FALLBACK_NUMBER: a caller who cannot be served hears an apology and becomes a lead"
    if s.transfer_number:
        first = f"; it rings {s.staff_first_seconds} s before the agent answers" if s.staff_first_seconds else ""
        yield f"on:  TRANSFER_NUMBER is dialled for a caller who wants a person, {_hours(s)}{first}"
    else:
        yield "off: TRANSFER_NUMBER: a caller who wants a person is called back"
    if s.record_calls:
        days = min(s.recording_days, s.retention_days)
        yield f"on:  RECORD_CALLS: what is said behind the line that says so is kept in {s.data_dir} for {days} days"
    else:
        yield "off: RECORD_CALLS: no call is recorded; what was said is kept as text alone"
    if s.owner_phone:
        yield f"on:  OWNER_PHONE (..{s.owner_phone[-4:]}) is texted after a danger and a callback that V2 did not take"
    else:
        yield "off: OWNER_PHONE: nobody is texted; what the office does not know of stands in /calls alone"
    if s.text_callers:
        yield "on:  TEXT_CALLERS: callers are offered a text about a visit or a callback; it goes out from 8 am to 8 pm"
    else:
        yield "off: TEXT_CALLERS: callers are told everything in the call, and texted nothing"
    if s.database_url and not s.database_url.startswith("sqlite"):
        yield f"on:  Postgres at {urlsplit(s.database_url).hostname}: any machine goes on with any call"
    else:
        where = urlsplit(s.database_url).path[1:] if s.database_url else s.data_dir
        yield f"off: DATABASE_URL: SQLite in {where}, for one machine; a call that breaks off returns to it alone"
    yield _about_the_operator(s)
    if s.metrics_port:
        yield f"on:  METRICS_PORT {s.metrics_port} shows /metrics to whoever reaches it, without a token"
    else:
        yield f"off: METRICS_PORT: /metrics is on port {s.port} alone, for the operator"
    yield _about_traces(s)


def _about_traces(s: Settings) -> str:
    if s.otel_exporter_otlp_endpoint:
        return f"on:  a trace of each call goes to {urlsplit(s.otel_exporter_otlp_endpoint).netloc}"
    return "off: OTEL_EXPORTER_OTLP_ENDPOINT: no traces"


def _about_the_operator(s: Settings) -> str:
    if s.operator_token:
        return f"on:  OPERATOR_TOKEN shows what /ready depends on, and opens {s.origin}/calls"
    if s.fly_app_name or s.behind_fly:
        return "off: OPERATOR_TOKEN: /ready says one word, and no details; /calls is closed"
    return (
        "off: OPERATOR_TOKEN: /ready says one word, and no details; "
        f"http://127.0.0.1:{s.port}/calls SHOWS EVERY CALL TO WHOEVER USES THIS MACHINE, without a login"
    )


def _hours(s: Settings) -> str:
    return ", ".join(s.transfer_hours) or f"{','.join(s.open_days)} {s.opening_hour}-{s.closing_hour}"


def _about_twilio(s: Settings) -> str:
    whence = "PUBLIC_URL" if s.public_url else "from FLY_APP_NAME" if s.fly_app_name else "no PUBLIC_URL"
    reach = ", which nobody outside this machine can" if values.on_loopback(s.origin) else ""
    if not s.verify_twilio:
        return f"off: VERIFY_TWILIO: whoever asks {s.origin} ({whence}) can place calls"
    return f"on:  Twilio asks {s.origin} ({whence}){reach}; what it has not signed for that address is refused"


def _about_the_office(s: Settings) -> Iterator[str]:
    if s.v2_api_key:
        yield f"on:  V2 at {urlsplit(s.v2_backend_url).netloc} looks up, books and calls back"
    else:
        yield "off: V2_API_KEY: V2 refuses every lookup, booking and callback; every call ends as a lead"
    if s.dashboard_configured:
        yield f"on:  records go to {urlsplit(s.dashboard_jobs_url or '').netloc}"
    else:
        yield "off: the dashboard: records are kept here, and delivered once all five DASHBOARD_* settings are there"


def listening_on(host: str, port: int) -> socket.socket:
    """A socket of the service, bound and not listening yet.

    Raises:
        OSError: the address or the port cannot be had.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


def try_to_write(folder: str) -> None:
    """Makes the folder and that of the journal in it, and a file in each for a moment.

    Raises:
        OSError: it cannot be made or written.
    """
    for one in (Path(folder), Path(folder) / "journal"):
        one.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=one, prefix=".written-") as file:
            file.write(b"x")
            file.flush()


def about_a_folder(error: OSError) -> str:
    """What is to be done about a DATA_DIR that cannot be used."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "make room there"
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.ENOENT, errno.ENAMETOOLONG, errno.ELOOP):
        return "name a folder: a part of that path is none"
    if error.errno == errno.EROFS:
        return "name a folder on a disk that can be written"
    return f"give that folder to the user of the service (uid {os.getuid()}), or set another"


def without_a_folder(error: OSError, settings: Settings) -> int:
    """Says that DATA_DIR is of no use; returns the exit code."""
    said = error.strerror or type(error).__name__
    logger.critical("DATA_DIR (%s) cannot be written: %s; %s", settings.data_dir, said, about_a_folder(error))
    return EXIT_CONFIG


def without_a_port(error: OSError, settings: Settings, name: str = "PORT") -> int:
    """Says that the address to listen on cannot be had, with the port of the setting `name`; returns the exit code."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        logger.critical(
            "HOST %s is no address of this machine: %s; for example HOST=0.0.0.0",
            settings.host,
            error.strerror or error,
        )
        return EXIT_CONFIG
    port = getattr(settings, name.lower())
    another = next(n for n in (port % 65535 + 1, port % 65535 + 2) if n not in (settings.port, settings.metrics_port))
    logger.critical(
        "%s %d of HOST %s cannot be had: %s; end what listens there, or set another, for example %s=%d",
        name, port, settings.host, error.strerror or error, name, another,
    )  # fmt: skip
    return EXIT_CONFIG


def failed(error: Exception, settings: Settings) -> int:
    """Says in one line why the services could not be opened; returns the exit code. A defect has its traceback."""
    if isinstance(error, SchemaError):
        logger.critical("%s", error)
        return EXIT_FAILED
    if not isinstance(error, StoreError):
        logger.critical("the start failed: %s", type(error).__name__, exc_info=error)
        return EXIT_FAILED
    said = _said_by(error)
    advice, wrong = next(
        ((advice, wrong) for words, advice, wrong in _ADVICE if any(word in said.lower() for word in words)),
        ("see what it says", False),
    )
    if settings.database_url is None and not wrong:
        advice = "make room, or end what holds the file"
    name = "DATABASE_URL" if settings.database_url else f"DATA_DIR ({settings.data_dir})"
    logger.critical("%s: the database cannot be used: %s; %s", name, said[:MOST_TOLD_CHARACTERS], advice)
    return EXIT_CONFIG if wrong else EXIT_FAILED


def _said_by(error: BaseException) -> str:
    """What the database itself said, in one line; the outermost word that there is if it said nothing."""
    told, inner = str(error), error.__cause__
    while inner is not None:
        told = str(getattr(inner, "orig", None) or inner) or told
        inner = getattr(inner, "orig", None) or inner.__cause__
    return " ".join(told.split()) or type(error).__name__
