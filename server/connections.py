"""Connections: who stands at the door of the process, from before the first byte to the last.

A connection is a guest until it has brought what Twilio signed: a request, while that is answered, or a stream with a
good token, until its end. A guest has a deadline for its head and one for its body. Above a ceiling for the process, or
one for an address, the oldest guest is closed, one that never became a request first: so whoever comes new is heard,
and no number of strangers takes a line or a descriptor that a call needs. One on which Twilio's signature came before
may bring the next request at any moment: it counts for no address, and of the process it is the last to go.

Behind Fly's proxy every address is the proxy's, and `Fly-Client-IP` is known only with the head, when the request is
refused or served anyway: there the ceiling alone holds, and what says nothing is held by the proxy (fly.toml:
concurrency).
"""

import asyncio
import contextlib
import logging
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from config import Settings
from server.raw_requests import RawRequests
from server.refusals import Cause, Refusals

logger = logging.getLogger(__name__)

MOST = 1000
MOST_OF_ONE_ADDRESS = 100
GRACE_SECONDS = 5.0  # An address may have more for so long: its first bytes may not have been read yet.
BODY_TIMES = 3  # A body may take so many times as long as a head: whoever reads it has a deadline before that.
BACKLOG = 128  # Accepted at once, and so beyond the ceiling for a moment; a sixth of the least ceiling that is usual.
FILES_OF_ONE_CALL = 8  # Recogniser, voices, model, V2, Twilio's REST API, and their spares
OWN_FILES = 128  # Database, journal, dashboard, pools, libraries
LEAST = 64
REFUSED_SECONDS = 2.0  # For the answer to what was refused: closed at once, with more on its way, it would be lost.
_STATUS = {
    Cause.HEAD: b"431 Request Header Fields Too Large",
    Cause.LENGTH: b"411 Length Required",
    Cause.FORM: b"413 Content Too Large",
}


def raise_file_limit() -> int:
    """Lets the process have as many descriptors as it may; how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):  # Not every system grants what it calls the limit.
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    return MOST + OWN_FILES if soft == resource.RLIM_INFINITY else soft


def ceiling(files: int, max_calls: int) -> int:
    """How many connections leave enough of so many descriptors for the calls, for the store and for what comes next."""
    kept = OWN_FILES + BACKLOG + FILES_OF_ONE_CALL * max_calls
    if files - kept < LEAST:
        logger.warning("%d open files are too few for %d calls: at least %d are needed", files, max_calls, kept + LEAST)
    return max(LEAST, min(MOST, files - kept))


@dataclass(eq=False)
class Connection:
    """One of them.

    Attributes:
        address: The other end's, without its port.
        since: When it came, in monotonic seconds.
        asked: Whether it has become a request.
        vouched_for: Whether Twilio signed what it brings: then it is no guest.
        known: Whether it has brought something that Twilio signed: of the guests it is the last to go.
    """

    transport: asyncio.Transport
    address: str
    since: float
    asked: bool = False
    vouched_for: bool = False
    known: bool = False
    deadline: asyncio.TimerHandle | None = None


class Connections:
    """All of them.

    Args:
        most: Of them.
        most_of_one_address: Guests; None: addresses tell nothing.
        head_seconds: Longest wait for the head of a request.
        refusals: Counts those that are closed.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        most: int,
        most_of_one_address: int | None,
        head_seconds: float,
        refusals: Refusals,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.refusals = refusals
        self._most, self._most_of_one_address = most, most_of_one_address
        self._head_seconds, self._clock = head_seconds, clock
        self._all: dict[Connection, None] = {}  # In the order in which they came

    @classmethod
    def of(cls, settings: Settings, refusals: Refusals) -> "Connections":
        """As many as the process may have; raises its limit on open files."""
        most = ceiling(raise_file_limit(), settings.max_calls)
        each = None if settings.behind_fly else MOST_OF_ONE_ADDRESS
        return cls(most, each, settings.stream_start_seconds, refusals)

    def __len__(self) -> int:
        return len(self._all)

    def opened(self, transport: asyncio.Transport, address: str) -> Connection:
        """A connection has come; others may have to go."""
        connection = Connection(transport, address, self._clock())
        self._all[connection] = None
        self.waits(connection)
        if not self._crowded:
            return connection
        guests = sorted((one for one in self._all if not one.vouched_for), key=lambda one: (one.known, one.asked))
        if len(self._all) > self._most:
            going = guests[:1]
        else:
            theirs = [one for one in guests if one.address == address and not one.known]
            too_many = max(0, len(theirs) - (self._most_of_one_address or self._most))
            going = [one for one in theirs if self._clock() - one.since >= GRACE_SECONDS][:too_many]
        for one in going:
            self._close(one, Cause.TOO_MANY)
        return connection

    def waits(self, connection: Connection, times: int = 1) -> None:
        """For the rest of a request, at most so many times as long as for a head, however often this is said."""
        if connection.deadline is None:
            seconds = times * self._head_seconds
            loop = asyncio.get_running_loop()
            connection.deadline = loop.call_later(seconds, self._close, connection, Cause.SLOW)

    def whole(self, connection: Connection) -> None:
        """Nothing more is waited for."""
        if connection.deadline is not None:
            connection.deadline.cancel()
            connection.deadline = None

    def refused(self, connection: Connection, cause: Cause) -> None:
        """It is answered so, and goes as soon as the other end has heard that, or soon."""
        self.refusals.note(cause, "connection closed")
        self.whole(connection)
        loop = asyncio.get_running_loop()
        connection.deadline = loop.call_later(REFUSED_SECONDS, connection.transport.abort)

    def closed(self, connection: Connection) -> None:
        """It is gone."""
        self.whole(connection)
        self._all.pop(connection, None)

    @property
    def _crowded(self) -> bool:
        """Whether there may be too many: a flood is looked at more closely, and nothing else."""
        return len(self._all) > min(self._most, self._most_of_one_address or self._most)

    def _close(self, connection: Connection, cause: Cause) -> None:
        self.closed(connection)
        self.refusals.note(cause, "connection closed")
        connection.transport.abort()


def _quiet() -> logging.Logger:
    """uvicorn's, from ERROR on: below that it has a line for each stranger."""
    quiet = logging.getLogger("uvicorn.error.door")
    quiet.setLevel(logging.ERROR)
    return quiet


class RequestDoor(H11Protocol):
    """uvicorn's HTTP protocol, with each connection known to `Connections`.

    Both are in what the application's lifespan yields and requests carry as their state: `connections`, `connection`.
    """

    def __init__(
        self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        super().__init__(config, server_state, dict(app_state), _loop)
        self._connections: Connections = app_state["connections"]
        self._connection: Connection | None = None
        self._raw = RawRequests()
        self._refused = False
        self.logger = _quiet()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """From now on it counts."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        self._connection = self.app_state["connection"] = self._connections.opened(transport, address)

    def data_received(self, data: bytes) -> None:
        """Ends or begins a wait, by what has come of the request; what is none of Twilio's form is not parsed."""
        if self._refused or (connection := self._connection) is None:
            return
        if cause := self._raw.refuses(data):
            self._refuse(connection, cause)
            return
        super().data_received(data)
        upgraded = self.transport.get_protocol() is not self
        if self.conn.their_state is h11.IDLE:
            self._connections.waits(connection)
        elif upgraded or self.conn.their_state is not h11.SEND_BODY:
            connection.asked = True
            self._connections.whole(connection)
        elif not connection.asked:
            connection.asked = True
            self._connections.whole(connection)
            self._connections.waits(connection, BODY_TIMES)

    def on_response_complete(self) -> None:
        """Answered: what comes next is not vouched for, and no request yet."""
        if self._connection is not None:
            self._connection.known |= self._connection.vouched_for
            self._connection.asked = self._connection.vouched_for = False
        self._raw.answered = True
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Counted, as what no HTTP is."""
        self._connections.refusals.note(Cause.NO_HTTP, "connection closed")
        super().send_400_response(msg)

    def _refuse(self, connection: Connection, cause: Cause) -> None:
        """With an answer, unless one to an earlier request is under way."""
        self._refused = True
        self._connections.refused(connection, cause)
        if self._raw.answered:
            self.transport.write(b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % _STATUS[cause])
            self.transport.write_eof()
        else:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """It counts no more."""
        super().connection_lost(exc)
        if self._connection is not None:
            self._connections.closed(self._connection)


class StreamDoor(WebSocketsSansIOProtocol):
    """uvicorn's websocket protocol: takes the place of a `RequestDoor` on its connection, which it goes on with."""

    def __init__(self, config: Any, server_state: Any, app_state: dict[str, Any]) -> None:
        super().__init__(config, server_state, app_state)
        self.logger = _quiet()

    def connection_lost(self, exc: Exception | None) -> None:
        """It counts no more."""
        super().connection_lost(exc)
        self.app_state["connections"].closed(self.app_state["connection"])
