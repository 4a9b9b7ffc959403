"""What may be parsed of what comes on a connection, however it is cut."""

import pytest

from server.raw_requests import FORM_BYTES, HEAD_BYTES, HEAD_LINES, RawRequests
from server.refusals import Cause

FIRST = b"POST /twiml HTTP/1.1\r\nHost: x\r\n"


def form(length: int, body: bytes) -> bytes:
    return FIRST + b"Content-Length: %d\r\n\r\n" % length + body


def lines(number: int, end: bytes = b"\r\n") -> bytes:
    """A head of so many lines, its last and empty one among them."""
    return FIRST + (b"a:b" + end) * (number - 3) + end


CASES = {
    "a form": (form(3, b"a=b"), None),
    "the largest form": (form(FORM_BYTES, b"x" * FORM_BYTES), None),
    "no body": (FIRST + b"\r\n", None),
    "half a body": (form(10, b"a=b"), None),
    "a handshake": (b"GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", None),
    "the most lines": (lines(HEAD_LINES), None),
    "the longest head": (FIRST.ljust(HEAD_BYTES - 4, b"x") + b"\r\n\r\n", None),
    "a line more": (lines(HEAD_LINES + 1), Cause.HEAD),
    "bare line feeds": (lines(HEAD_LINES + 1, b"\n"), Cause.HEAD),
    "lines without an end": (FIRST + b"a:b\r\n" * HEAD_LINES, Cause.HEAD),
    "a letter more": (FIRST.ljust(HEAD_BYTES - 3, b"x") + b"\r\n\r\n", Cause.HEAD),
    "one endless line": (b"x" * (HEAD_BYTES + 1), Cause.HEAD),
    "chunks": (FIRST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", Cause.LENGTH),
    "chunks in small letters": (FIRST + b"transfer-encoding:chunked\n\n", Cause.LENGTH),
    "both lengths": (FIRST + b"Content-Length: 3\r\nTRANSFER-ENCODING : chunked\r\n\r\na=b", Cause.LENGTH),
    "a larger form": (form(FORM_BYTES + 1, b""), Cause.FORM),
    "more than its length": (form(3, b"a=bc"), Cause.LENGTH),
    "a body without a length": (FIRST + b"\r\na=b", Cause.LENGTH),
    "a length over two lines": (FIRST + b"Content-Length:\r\n 3\r\n\r\na=b", Cause.LENGTH),
    "a length that is none": (FIRST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\na=b", Cause.LENGTH),
    "another before the answer": (form(3, b"a=b") + FIRST, Cause.LENGTH),
}


@pytest.mark.parametrize("step", [1, 7, 1_000_000])
@pytest.mark.parametrize(("sent", "cause"), CASES.values(), ids=CASES)
def test_what_is_parsed(sent: bytes, cause: Cause | None, step: int) -> None:
    """The same in one read as byte by byte."""
    raw = RawRequests()
    seen = [raw.refuses(sent[at : at + step]) for at in range(0, len(sent), step)]
    assert next((one for one in seen if one), None) is cause


def test_the_next_one_after_the_answer() -> None:
    """Not before, and with a count of its own."""
    raw = RawRequests()
    for _ in range(3):
        assert raw.refuses(lines(HEAD_LINES)) is None
        raw.answered = True
    assert raw.refuses(lines(HEAD_LINES + 1)) is Cause.HEAD


def test_an_answer_before_the_whole_body() -> None:
    """What is left of that is no part of the next one, with which it may come."""
    raw = RawRequests()
    assert raw.refuses(form(10, b"Call")) is None
    raw.answered = True
    assert raw.refuses(b"Sid=CA" + form(3, b"a=b")) is None
    assert raw.refuses(b"x") is Cause.LENGTH
