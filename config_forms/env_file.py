"""What a .env file sets, or the line of it that cannot be read. Pure.

Values are taken as they are written: nothing in them is replaced, so that `${x}` may be part of a password. No message
repeats what stands in a line: it may be a key.
"""

import io
from dataclasses import dataclass

from dotenv.parser import Binding, parse_stream

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Written:
    """What one line sets."""

    name: str
    value: str
    line: int


def parsed(content: bytes) -> list[Written]:
    """What the file sets, in its order; a blank value is one.

    Raises:
        ValueError: its encoding or a line cannot be read; the message goes on behind the file's name.
    """
    bindings = [binding for binding in parse_stream(io.StringIO(_text(content))) if _says_something(binding)]
    if unreadable := [f"line {_line(b)} {wrong}" for b in bindings if (wrong := _wrong_with(b))]:
        raise ValueError(f"cannot be read: {'; '.join(unreadable)}")
    return [Written(b.key or "", b.value or "", _line(b)) for b in bindings]


def _text(content: bytes) -> str:
    if content.startswith(_UTF_16):
        raise ValueError("is UTF-16: save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"is no UTF-8 in line {1 + content.count(10, 0, error.start)}: save it as UTF-8") from None
    odd = next((at for at, c in enumerate(text) if not c.isprintable() and c.isascii() and c not in "\t\r\n"), None)
    if odd is not None:
        raise ValueError(
            f"has a character in line {1 + text.count(chr(10), 0, odd)} that no text has: save it as UTF-8"
        )
    return text


def _says_something(binding: Binding) -> bool:
    """Whether it is neither a remark nor blank."""
    return binding.error or binding.key is not None


def _line(binding: Binding) -> int:
    """Where it begins, behind the blank lines that the parser counts to it."""
    string = binding.original.string
    return binding.original.line + string.count("\n", 0, len(string) - len(string.lstrip()))


def _wrong_with(binding: Binding) -> str:
    """What is wrong with a line; empty if nothing is."""
    value = binding.value or ""
    if "\n" in value or "\r" in value:
        return "has a value that goes on in the next line: close its quotation mark"
    if not binding.error and binding.value is not None:
        return ""
    if any(mark in binding.original.string.partition("=")[2] for mark in "\"'"):
        return "has a quotation mark without its counterpart, or something behind the second one"
    return "is not NAME=value"
