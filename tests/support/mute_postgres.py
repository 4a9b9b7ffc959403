"""A Postgres that lets everybody in and then says nothing: what it is asked hangs, on a connection that stands.

The server's own deadlines do not help against one that is stopped, so that this is what a stopped one looks like.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

_SSL_REQUEST, _GSS_REQUEST = 80877103, 80877104
_WORDS = {"server_version": "17.0", "client_encoding": "UTF8", "standard_conforming_strings": "on"}


@dataclass
class MutePostgres:
    """`asked` is set when somebody waits for an answer."""

    url: str
    asked: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def mute_postgres() -> Iterator[MutePostgres]:
    """On loopback, for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        mute = MutePostgres(f"postgresql://agent@127.0.0.1:{listening.getsockname()[1]}/agent")
        threading.Thread(target=_accept, args=(listening, mute), daemon=True).start()
        yield mute
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)  # Else the thread keeps on accepting.


def _accept(listening: socket.socket, mute: MutePostgres) -> None:
    with contextlib.suppress(OSError):
        while True:
            threading.Thread(target=_let_in, args=(listening.accept()[0], mute), daemon=True).start()


def _let_in(line: socket.socket, mute: MutePostgres) -> None:
    """(Postgres: message flow, start-up.)"""
    with line, contextlib.suppress(OSError, struct.error):
        while struct.unpack("!ii", line.recv(8))[1] in (_SSL_REQUEST, _GSS_REQUEST):
            line.sendall(b"N")
        line.recv(4096)
        told = [name.encode() + b"\0" + value.encode() + b"\0" for name, value in _WORDS.items()]
        words = b"".join(_message(b"S", one) for one in told)
        line.sendall(_message(b"R", struct.pack("!i", 0)) + words + _message(b"Z", b"I"))
        while line.recv(4096):
            mute.asked.set()


def _message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!i", len(content) + 4) + content
