"""What goes wrong on the wire of a media stream: messages that no bot can read, and how long a fault lasts.

Nothing here was ever seen from the real Twilio. Leaves out when it is sent: media_stream.py.
"""

import json
import socket
from typing import Any, Final

EARLIEST_SECONDS: Final = 5.0
"""A fault that was set before the call strikes this long after the stream's start."""
STALL_SECONDS: Final = 3.0
LEFT_OPEN_SECONDS: Final = 30.0
"""`stop_open`: how long the websocket is left open when the bot does not close it."""
OVERSIZED_BYTES: Final = 1 << 20
STALLED_BUFFER_BYTES: Final = 4096
JUNK_KEYS: Final[tuple[Any, ...]] = ("A", "D", "", "99", "x", "é", None, 5, *("1234567890" * 5))
BINARY: Final = b"\x00\xff\xfe\x80" * 40


def malformed(stream_sid: str) -> list[str]:
    """Messages of which none can be read."""

    def event(name: object, **content: object) -> str:
        return json.dumps({"event": name, "streamSid": stream_sid, **content})

    return [
        "",
        "no JSON",
        "{",
        "null",
        "[]",
        "7",
        '"media"',
        "[" * 20_000,
        json.dumps({"streamSid": stream_sid}),
        event(None),
        event(["media"]),
        event({"media": 1}),
        event("unheard_of", unheard_of={}),
        event("media"),
        event("media", media=None),
        event("media", media="payload"),
        event("media", media={"payload": None}),
        event("media", media={"payload": 7}),
        event("media", media={"payload": "A"}),
        event("media", media={"payload": "ÿÿÿ="}),
        event("mark"),
        event("mark", mark=None),
        event("mark", mark={"name": None}),
        event("mark", mark={"name": ["goodbye-1"]}),
        event("mark", mark={"name": "never-sent"}),
        event("dtmf"),
        event("dtmf", dtmf=None),
        event("dtmf", dtmf={"digit": None}),
        event("dtmf", dtmf={"digit": {}}),
    ]


def shrink_receive_buffer(transport: Any) -> None:
    """Lets the sender feel soon that nobody reads."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, STALLED_BUFFER_BYTES)
