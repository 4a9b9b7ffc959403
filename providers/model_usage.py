"""What an answer of the model costs, out of what OpenAI says of it and of how asking for it went."""

from collections.abc import Iterator
from contextlib import contextmanager

from openai import APIConnectionError, APIStatusError
from openai.types import CompletionUsage

from call.usage import AskedAnswer

# Of the HTTP client, under whichever of its two names: nothing of the request has left (see FLOORS of logs.py).
_NEVER_SENT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout"})


@contextmanager
def free_if_refused(asked: AskedAnswer) -> Iterator[None]:
    """Around the asking: what is refused, or has never left, costs nothing."""
    try:
        yield
    except APIStatusError:
        asked.refused()
        raise
    except APIConnectionError as error:
        if type(error.__cause__).__name__ in _NEVER_SENT:
            asked.refused()
        raise


def tell(asked: AskedAnswer, usage: CompletionUsage | None) -> None:
    """Adds what OpenAI says of the tokens, if it says so.

    The client does not look at what it gets: a server that says it in another shape says nothing.
    """
    prompt, answer = (_number(usage, name) for name in ("prompt_tokens", "completion_tokens"))
    if prompt is not None and answer is not None:
        cached = _number(getattr(usage, "prompt_tokens_details", None), "cached_tokens") or 0
        asked.told(prompt, min(cached, prompt), answer)


def _number(where: object, name: str) -> int | None:
    found = getattr(where, name, None)
    return found if isinstance(found, int) and found >= 0 else None
