"""An event loop that waits for nothing: when nothing can happen, the clock jumps to the next timer.

Guarantees that no time passes while anything happens, however busy the machine is, so that what happens on this loop
happens in the same order and at the same milliseconds every time. Nothing is under way behind its back: work in threads
is waited for on the spot, a thread that was started beside it is waited for before the clock jumps
(threads.py), and a connection to a server of this loop (there is no other) is a pair of sockets, in which what
was sent is there. Processes are refused: they need real time.

Private names of asyncio that it needs: `base_events._set_nodelay`, `trsock`, `_make_socket_transport`, `_extra` and
`_default_executor` (Python 3.11 to 3.13).
"""

import asyncio
import concurrent.futures
import os
import selectors
import socket
from asyncio import base_events, trsock
from collections.abc import Callable
from typing import Any

from simulator.virtual_time import threads
from simulator.virtual_time.clock import CLOCK, real_monotonic
from simulator.virtual_time.threads import StuckError

STUCK_SECONDS = 60.0  # Of the machine's time, for one piece of work in a thread: it waits for the loop that waits.
IDLE_STEP_SECONDS = 0.005  # Nothing is due, ever: only a thread can go on.
IDLE_SECONDS = 30.0
LOCAL = ("127.0.0.1", 1)


class _JumpingSelector(selectors.DefaultSelector):
    """Waits for nothing: what would be waited for is skipped.

    Attributes:
        waited_seconds: How long it did wait, in the machine's time, though no thread was under way: nothing was due.
    """

    def __init__(self) -> None:
        super().__init__()
        self.waited_seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        begun = real_monotonic()
        while threads.under_way():
            if ready := super().select(IDLE_STEP_SECONDS):
                return ready
            if real_monotonic() - begun > STUCK_SECONDS:
                raise StuckError("a thread does not end, and the clock waits for it")
        if ready := super().select(0):  # Its last words.
            return ready
        if timeout is not None:
            CLOCK.jump(timeout)
            return ready
        begun = real_monotonic()
        while not (ready := super().select(IDLE_STEP_SECONDS)):
            if real_monotonic() - begun > IDLE_SECONDS:
                raise StuckError("nothing is due and nothing comes")
        self.waited_seconds += real_monotonic() - begun
        return ready


class _NamedSocket(trsock.TransportSocket):
    """A pair's socket has no address, and anyio and uvicorn ask for one."""

    def getsockname(self) -> Any:
        return LOCAL

    def getpeername(self) -> Any:
        return LOCAL


class VirtualLoop(asyncio.SelectorEventLoop):
    """See the module. `virtual_clock.install()` has been called before."""

    def __init__(self) -> None:
        self._served: dict[int, tuple[asyncio.Server, Callable[[], asyncio.BaseProtocol]]] = {}
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        self.set_default_executor(concurrent.futures.ThreadPoolExecutor())
        base_events._set_nodelay = lambda _: None  # type: ignore[attr-defined] # A pair of sockets has no such option.

    def time(self) -> float:
        """Seconds of the virtual clock."""
        return CLOCK.now

    @property
    def waited_seconds(self) -> float:
        """How long this loop has waited in the machine's time."""
        return self._jumping.waited_seconds

    def run_in_executor(  # type: ignore[override]
        self, executor: concurrent.futures.Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Done when this returns.

        Raises:
            StuckError: it has not ended within STUCK_SECONDS.
        """
        chosen = executor or self._default_executor  # type: ignore[attr-defined]
        working = chosen.submit(func, *args)
        with threads.waiting():
            done = concurrent.futures.wait([working], STUCK_SECONDS).done
        if not done:
            raise StuckError(f"{func} waits for the loop, which waits for it")
        return asyncio.wrap_future(working, loop=self)

    async def create_server(self, protocol_factory: Any, host: Any = None, port: Any = None, **kwargs: Any) -> Any:
        """Serves this loop's own clients, at the port that was asked for or at the one that the system gave."""
        server = await super().create_server(protocol_factory, "127.0.0.1", 0, **kwargs)  # Nobody will knock there.
        for number in {port or 0, *(listener.getsockname()[1] for listener in server.sockets)}:
            self._served[number] = server, protocol_factory
        return server

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Connects to a server of this loop.

        Raises:
            ConnectionRefusedError: there is none at this port.
        """
        server, protocol_factory = self._served.get(address[1], (None, None))
        if server is None or protocol_factory is None or not server.is_serving():
            raise ConnectionRefusedError(f"nobody serves {address} on virtual time")
        ours, theirs = socket.socketpair()
        with ours:
            os.dup2(ours.fileno(), sock.fileno(), inheritable=False)  # Under the client's own socket object.
        sock.setblocking(False)
        theirs.setblocking(False)
        self._make_socket_transport(theirs, protocol_factory(), server=server)

    def _make_socket_transport(self, sock: socket.socket, *args: Any, extra: Any = None, **kwargs: Any) -> Any:
        make: Any = super()._make_socket_transport  # type: ignore[misc]
        transport = make(sock, *args, extra=(extra or {}) | {"peername": LOCAL, "sockname": LOCAL}, **kwargs)
        transport._extra["socket"] = _NamedSocket(sock)
        return transport
