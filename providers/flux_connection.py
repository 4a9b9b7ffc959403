"""Deepgram Flux on connections that are ours to keep, not Pipecat's, whose tries are 4 s apart.

One task opens one connection after the other, in the background, so that the greeting waits for none. Flux is given up,
which ends the call in words (one_stream.py), when the call has been `stt_recovery_seconds` without a connection, at
once when it refuses us for good (401 and the like), and without asking while its breaker is open. What goes over a
connection, and when it is lost although it is open, is the subclass's to say (recogniser.py).
"""

import asyncio
from abc import abstractmethod
from collections.abc import Callable

from loguru import logger
from pipecat.services.deepgram.flux.stt import DeepgramFluxSTTService
from pipecat.services.deepgram.flux.stt_base import DeepgramFluxSTTSettings, FluxFatalError
from pipecat.services.websocket_service import ReportErrorCallback, WebsocketService
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from call.errors import AgentError
from call.whole_text import read_json
from circuit_breaker import Attempt, CircuitBreaker
from config import Settings
from providers.flux_messages import sensible


class GivenUpError(AgentError):
    """Raised when no further connection is worth trying; says why."""


class ConnectedFlux(DeepgramFluxSTTService):
    """Keeps a connection for as long as the call lasts, or gives Flux up.

    The breaker is asked once for each time that a connection is missing: its first event is the success, giving up the
    failure. A try that fails is none, or one short outage in many calls would cut the hearing of all.
    """

    def __init__(
        self,
        settings: Settings,
        breaker: CircuitBreaker,
        on_fault: Callable[[str, str], None],
        flux: DeepgramFluxSTTSettings,
    ) -> None:
        """Connects in `setup`.

        Args:
            settings: Key, address, deadlines.
            breaker: Deepgram's, one for the process.
            on_fault: Called with "deepgram" and what happened in few words, once in a call for each thing that can.
            flux: What Flux is told when it is connected.
        """
        self._deadlines, self._breaker, self._on_fault = settings, breaker, on_fault
        self._attempt: Attempt | None = None  # The breaker's, from when a connection is missing until it proves good.
        self._tries = 0  # Since the last event.
        self._recovery_left = settings.stt_recovery_seconds
        self._listening = False  # There is a connection, and what it says counts.
        self._lost = ""  # Why we ended the connection ourselves.
        self._told: set[str] = set()
        self._line_open = asyncio.Event()  # Audio of the call has come.
        self._address = ""
        super().__init__(
            api_key=settings.deepgram_api_key.get_secret_value(),
            url=settings.deepgram_base_url + "/v2/listen",
            settings=flux,
        )
        self._ws_close_timeout = self._ws_send_timeout = settings.stt_connect_seconds

    @abstractmethod
    def _opened(self) -> None:
        """There is a new connection."""

    @abstractmethod
    async def _closed(self, why: str) -> None:
        """It is lost; raises GivenUpError if another one is not worth trying."""

    @abstractmethod
    async def _end_turn(self) -> None:
        """Ends the caller's turn with the words that came, if one is open."""

    def _lose(self, why: str) -> None:
        """Ends the connection without a closing handshake, which a deaf Flux would leave unanswered."""
        self._lost, self._listening = why, False
        websocket, self._websocket = self._websocket, None
        if websocket is not None:
            websocket.transport.abort()

    def _proved_good(self) -> None:
        """An event has come."""
        if self._attempt:
            self._attempt.success()
        self._attempt, self._tries = None, 0
        self._recovery_left = self._deadlines.stt_recovery_seconds

    def _fault(self, what: str) -> None:
        logger.info(f"{self}: {what}")
        if what not in self._told:
            self._told.add(what)
            self._on_fault("deepgram", what)

    async def _connect(self) -> None:
        await WebsocketService._connect(self)  # type: ignore[no-untyped-call]
        self._address = f"{self._url}?{self._build_query_string()}"
        if self._receive_task is None:
            self._receive_task = self.create_task(self._receive_task_handler(self._report_error))  # type: ignore[assignment]

    async def _receive_task_handler(self, report_error: ReportErrorCallback) -> None:
        try:
            while True:
                why = await self._listen(await self._confirmed_connection())
                self._fault(why)
                await self._closed(why)
        except GivenUpError as given_up:
            self._fault(str(given_up))
            await self._give_up(str(given_up))
        except Exception as error:
            logger.exception(f"{self}: a defect of ours")
            await self._give_up(repr(error))
        finally:
            if self._attempt:
                self._attempt.abandon()  # The call is over before a verdict; after one this does nothing.

    async def _give_up(self, why: str) -> None:
        """Not before the line is open: an error ahead of the greeting would be lost, or told before it."""
        self._lose(why)
        if self._attempt:
            self._attempt.failure()
        await self._line_open.wait()
        await self._end_turn()
        await self.push_error(f"Deepgram is given up: {why}", force_treat_as_permanent=True)

    async def _confirmed_connection(self) -> ClientConnection:
        """A connection that Flux has confirmed, after as many tries as there is time for.

        Raises:
            GivenUpError: There is none to be had.
        """
        self._attempt = self._attempt or self._breaker.attempt()
        if self._attempt is None:
            raise GivenUpError("not tried, it has failed before")
        loop, why = asyncio.get_running_loop(), "no connection"
        started = loop.time()
        try:
            async with asyncio.timeout(self._recovery_left):
                while True:
                    if self._tries:
                        await asyncio.sleep(self._deadlines.stt_retry_seconds)
                    self._tries += 1
                    try:
                        async with asyncio.timeout(self._deadlines.stt_connect_seconds):
                            return await self._handshake()
                    except TimeoutError:
                        why = "no answer"
                    except InvalidStatus as refusal:
                        status = refusal.response.status_code
                        why = f"refused ({status})"
                        if 400 <= status < 500 and status not in (408, 429):
                            self._attempt.refused()  # It is up; what it refuses is ours to mend.
                            raise GivenUpError(why) from None
                    except (OSError, WebSocketException, FluxFatalError) as error:
                        why = "no connection"
                        logger.debug(f"{self}: {error!r}")
                    self._lose(why)
                    self._fault(why)
        except TimeoutError:
            raise GivenUpError(why) from None
        finally:
            self._recovery_left -= loop.time() - started

    async def _handshake(self) -> ClientConnection:
        self._connection_established_event.clear()
        self._websocket = None
        websocket: ClientConnection = await self._websocket_connect(
            self._address, additional_headers={"Authorization": f"Token {self._api_key}"}, compression=None
        )
        self._websocket = websocket
        while not self._connection_established_event.is_set():
            await self._process_message(await websocket.recv())
        return websocket

    async def _listen(self, websocket: ClientConnection) -> str:
        """Hears until the connection is lost; returns why it was."""
        self._lost, self._listening = "", True
        self._opened()
        await self._call_event_handler("on_connected")
        if not self._watchdog_task or self._watchdog_task.done():
            self._watchdog_task = self.create_task(self._watchdog_task_handler())  # type: ignore[no-untyped-call]
        try:
            while True:
                await self._process_message(await websocket.recv())
        except ConnectionClosed:
            why = self._lost or "connection dropped"
        except FluxFatalError as error:
            why = f"error {error.code}"
        self._lose(why)
        return why

    async def _process_message(self, message: str | bytes) -> None:
        """What is not JSON is no event, and what makes no sense in one is left out (flux_messages.py)."""
        try:
            data = read_json(message)
        except (ValueError, RecursionError):
            return
        known, wrong = sensible(data)
        if wrong:
            self._fault("messages that make no sense")
        if known is not None:
            await self._handle_message(known)
