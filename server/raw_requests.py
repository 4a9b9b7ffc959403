"""Raw requests: what comes on a connection, looked at before anything parses it.

One read of a socket brings up to 256 KB, and whatever parses HTTP goes through all of it in one step of the loop, on
which every caller waits: thousands of lines, tens of thousands of chunks, and nobody has seen a signature by then. So a
head has few bytes and lines, a body tells its length beforehand, and nothing comes before its turn: what Twilio sends
is like that, and it is all that is served. Telling that takes a few searches in a head of known size.

Where this reads a head otherwise than the parser does, it refuses what the parser would take, never the reverse.
"""

import re

from server.refusals import Cause

HEAD_BYTES, HEAD_LINES = 16_384, 100  # Several times what Twilio and a proxy send
FORM_BYTES = 16_384  # The same, of a form about a call

_END = re.compile(rb"\n\r?\n")
_TRANSFER_ENCODING = re.compile(rb"\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,20})[ \t]*\r?\n", re.IGNORECASE)


class RawRequests:
    """Those of one connection.

    Attributes:
        answered: Whether the last one has its whole answer: only then may another begin.
    """

    def __init__(self) -> None:
        self.answered = True
        self._head = bytearray()  # What has come of the next one's
        self._body_left = 0  # Of the last one's

    def refuses(self, data: bytes) -> Cause | None:
        """Why this, which has come now, must not be parsed; None: it may. After a refusal nothing more is asked."""
        rest = data[self._body_left :]
        self._body_left -= len(data) - len(rest)
        if not rest:
            return None
        if not self.answered:
            return Cause.LENGTH
        came_before = len(self._head)
        self._head += rest[: HEAD_BYTES + 1 - came_before]
        end = _END.search(self._head, max(0, came_before - 2))
        size = end.end() if end else len(self._head)
        if size > HEAD_BYTES or self._head.count(b"\n", 0, size) > HEAD_LINES:
            return Cause.HEAD
        if end is None:
            return None
        head, self._head = bytes(self._head[:size]), bytearray()
        if _TRANSFER_ENCODING.search(head):
            return Cause.LENGTH
        length = _LENGTH.search(head)
        self._body_left = int(length[1]) if length else 0
        if self._body_left > FORM_BYTES:
            return Cause.FORM
        self.answered = False
        return self.refuses(rest[size - came_before :])
