"""Settling: what comes behind `ready`, so that nobody who calls waits for what only later turns, or the end, need.

First what a stream is made of is imported, in a thread: a call that rings meanwhile rings until that is done. Then
what its turns use for the first time; then the deliveries start. The collector of garbage has been off since the start
of the process (bot.py), and is on once everything is imported.
"""

import asyncio
import gc
import logging
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Protocol

from records.handover import Handover, imported
from server.call_parts import CallParts, Model
from server.live_calls import LiveCall, Stream
from server.start import EXIT_FAILED
from understanding.text.plain import compile_phrases

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from call.session import CallSession

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.001  # Longest that a thread keeps the loop waiting, where Python's own are 5 ms.


class RunCall(Protocol):
    """`run_call` of pipeline.py."""

    async def __call__(
        self, websocket: "WebSocket", stream: Stream, session: "CallSession", parts: CallParts, live: LiveCall
    ) -> None: ...


class Settling:
    """The work of one process that begins behind `ready`.

    Args:
        import_call: Imports what runs a stream.
        handover: Starts the deliveries.
        model: Makes its client, which is as slow as its imports.
        work: What goes on until the process ends, by name.

    Attributes:
        settled: Set once everything is imported and the deliveries run.
    """

    def __init__(
        self,
        import_call: Callable[[], RunCall],
        handover: Handover,
        model: Model,
        work: Mapping[str, Callable[[], Coroutine[None, None, None]]],
    ) -> None:
        self.settled = asyncio.Event()
        self._import_call, self._handover, self._model, self._work = import_call, handover, model, work
        self._tasks: list[asyncio.Task[None]] = []
        self._importing: asyncio.Task[RunCall] | None = None
        self._usual_turn = sys.getswitchinterval()

    def begin(self) -> None:
        """The service is ready."""
        sys.setswitchinterval(TURN_SECONDS)
        work = {"settling": self._settle, **self._work}
        self._tasks = [asyncio.create_task(one(), name=name) for name, one in work.items()]
        for task in self._tasks:
            task.add_done_callback(_tell_if_it_broke)

    async def stop(self) -> None:
        """Ends what it has begun."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        sys.setswitchinterval(self._usual_turn)

    async def run_call(self) -> RunCall:
        """What runs a stream, as soon as that is imported."""
        if self._importing is None:
            self._importing = asyncio.create_task(asyncio.to_thread(self._import), name="imports")
        return await asyncio.shield(self._importing)

    def _import(self) -> RunCall:
        run_call = self._import_call()
        _ = self._model.client.chat.completions
        return run_call

    async def _settle(self) -> None:
        try:
            await self.run_call()
            await asyncio.to_thread(import_ahead)
        except Exception:
            logger.critical("what calls need cannot be imported", exc_info=True)
            raise SystemExit(EXIT_FAILED) from None
        # What the imports left is no garbage: without this each call's end stalls every other call (pipecat.md 7).
        gc.freeze()
        gc.enable()
        await self._handover.start()
        self.settled.set()


def _tell_if_it_broke(task: asyncio.Task[None]) -> None:
    """Work that goes on until the end guards its own rounds; one that ends all the same is not missed in silence."""
    if not task.cancelled() and isinstance(error := task.exception(), Exception):
        logger.critical("%s does not go on", task.get_name(), exc_info=error)


def import_ahead() -> None:
    """What the first turns would wait for; then what delivers."""
    # Imported at the first request otherwise.
    import openai.resources.chat.completions  # noqa: F401
    import twilio.rest.api.v2010.account  # noqa: F401

    import providers.twilio_client  # noqa: F401

    compile_phrases()
    imported()


__all__ = ["RunCall", "Settling", "import_ahead"]
