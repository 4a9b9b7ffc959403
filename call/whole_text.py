"""Text from outside without halves of characters, which no row and no request can hold. Pure.

JSON can escape half of an emoji ("\\ud83d"), as a server does that cuts a text by UTF-16. Python reads that as a text
which nothing can encode.
"""

import json
from typing import Any


def whole(text: str) -> str:
    """The text without the halves of characters that are in it."""
    return text.encode(errors="ignore").decode()


def read_json(content: bytes | str) -> Any:
    """What a JSON text says, with whole texts in it.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it nests too deep.
    """
    return json.loads(whole(json.dumps(json.loads(content), ensure_ascii=False)))
