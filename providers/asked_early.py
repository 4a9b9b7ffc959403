"""What is asked of a vendor before it is certain that it will be needed: whoever then asks for the very same gets it.

So an early request changes when an answer comes and never which: who asks for anything else asks anew.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

KEPT_SECONDS = 5.0  # Longer than any turn takes to end, or its answer to come to be asked for.

T = TypeVar("T")


class AskedEarly(Generic[T]):
    """One answer at a time, on its way or here; the next one, and time, drop what nobody has taken."""

    def __init__(self, close: Callable[[T], Awaitable[object]] | None = None) -> None:
        """`close`: ends an answer that is dropped, where it holds something open."""
        self._close = close
        self._key: object = None
        self._task: asyncio.Task[T] | None = None
        self._taken: Callable[[], object] | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def ask(self, key: object, answer: Coroutine[Any, Any, T], taken: Callable[[], object]) -> None:
        """Begins; `key` is all of what is asked. `taken`: told if somebody then asks for it."""
        self.drop()
        self._key, self._task, self._taken = key, asyncio.create_task(answer), taken
        self._expiry = asyncio.get_running_loop().call_later(KEPT_SECONDS, self.drop)

    async def answer(self, key: object, ask: Callable[[], Awaitable[T]]) -> T:
        """What was asked for with the same key, or is asked for now; from now on it is the caller's to close."""
        if self._task is None or self._key != key:
            self.drop()
            return await ask()
        task, taken = self._task, self._taken
        self._let_go()
        if taken is not None:
            taken()
        try:
            return await task
        except asyncio.CancelledError:  # It may have come in the same moment.
            self._finish(task)
            raise

    def drop(self) -> None:
        """Nobody will take it."""
        if task := self._let_go():
            self._finish(task)

    def _finish(self, task: asyncio.Task[T]) -> None:
        task.cancel()
        ending = asyncio.create_task(self._end(task))
        self._closing.add(ending)
        ending.add_done_callback(self._closing.discard)

    def _let_go(self) -> asyncio.Task[T] | None:
        if self._expiry is not None:
            self._expiry.cancel()
        task, self._task, self._key, self._expiry, self._taken = self._task, None, None, None, None
        return task

    async def _end(self, task: asyncio.Task[T]) -> None:
        """Whether it came, failed or was cut off does not matter any more."""
        (answer,) = await asyncio.gather(task, return_exceptions=True)
        if self._close and not isinstance(answer, BaseException):
            await asyncio.gather(self._close(answer), return_exceptions=True)
