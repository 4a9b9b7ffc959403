"""The business's back office on this machine: V2's tools, the dashboard's webhooks, and the one database behind both.

`async with BackOffice(...)` starts both on ephemeral ports of 127.0.0.1; point `V2_BACKEND_URL` and
the three `DASHBOARD_*_URL` at them. What came of the calls can be read at any time, also after the
block. Leaves out the rules themselves: v2_tools.py, dashboard.py.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from aiohttp import web

from simulator.back_office.dashboard import Dashboard
from simulator.back_office.dashboard_rows import Rows
from simulator.back_office.dashboard_schemas import Problem, validate_alert, validate_call, validate_job
from simulator.back_office.seeds import Seed, plant
from simulator.back_office.store import (
    BackOfficeEvent,
    Booking,
    DashboardRows,
    Json,
    Refusal,
    RowAccepted,
    Store,
    Table,
    ToolCall,
)
from simulator.back_office.texts import Texts
from simulator.back_office.v2 import V2, Process
from simulator.back_office.v2_tools import Tools
from simulator.faults import Faults, answer_with
from simulator.jitter import Jitter
from simulator.serving import serve

CONTEXT_AT_MOST_SECONDS = 11.0
"""How long V2 waits for the dashboard's context before it answers callbacks and alerts (contract.md 0.19)."""


class FaultSource(Protocol):
    """Where faults come from: `Faults`, or anything that tells what the next request meets."""

    def mode(self, part: str) -> str | None: ...

    def take(self, part: str) -> str | None: ...


class BackOffice:
    """V2 and the dashboard, while the `async with` block lasts.

    `on_event`, when set, is called on the event loop for every tool call (`ToolCall`), every row
    stored (`RowAccepted`) and every refusal of the dashboard (`Refusal`).
    """

    v2_url: str
    jobs_url: str
    calls_url: str
    alerts_url: str

    def __init__(
        self,
        *,
        database: str = ":memory:",
        api_key: str,
        webhook_secret: str,
        user_email: str,
        clock: Callable[[], datetime],
        faults: FaultSource | None = None,
        answer_delay_seconds: float = 0.08,
        empty_phone_matches: bool = True,
        jitter: Jitter | None = None,
    ) -> None:
        """`clock` gives aware times; `empty_phone_matches` is the trap of contract.md 1.2."""
        self.on_event: Callable[[BackOfficeEvent], None] | None = None
        self._faults = faults
        self._store = Store(database, clock)
        texts = Texts(self._store)
        self._rows = Rows(self._store, texts, self._heard)
        self._dashboard = Dashboard(
            self._store,
            self._rows,
            webhook_secret=webhook_secret,
            user_email=user_email,
            query_seconds=lambda: self._shared.query_seconds,
            take_fault=lambda but: self._take_fault("dashboard", but),
            apply_fault=self._apply_fault,
            goes_on=self._goes_on,
            on_event=self._heard,
        )
        tools = Tools(
            self._store,
            texts,
            self._dashboard.alert_from_v2,
            self._context_seconds,
            empty_phone_matches=empty_phone_matches,
        )
        self._v2 = V2(
            self._store,
            tools,
            api_key=api_key,
            answer_delay_seconds=answer_delay_seconds,
            jitter=jitter or Jitter(),
            take_fault=lambda but: self._take_fault("v2", but),
            apply_fault=self._apply_fault,
            on_event=self._heard,
        )
        self._servers = AsyncExitStack()
        self._slow: set[asyncio.Future[web.StreamResponse]] = set()

    async def __aenter__(self) -> Self:
        v2_port = await self._servers.enter_async_context(serve(self._v2.app()))
        dashboard_port = await self._servers.enter_async_context(serve(self._dashboard.app()))
        self.v2_url = f"http://127.0.0.1:{v2_port}"
        webhooks = f"http://127.0.0.1:{dashboard_port}/api/webhook"
        self.jobs_url = f"{webhooks}/jobs"
        self.calls_url = f"{webhooks}/calls"
        self.alerts_url = f"{webhooks}/emergency-alerts"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._servers.aclose()
        for task in self._slow:
            task.cancel()
        await asyncio.gather(*self._slow, return_exceptions=True)

    def close(self) -> None:
        """Close the database; nothing can be read from here on."""
        self._store.close()

    async def settled(self) -> None:
        """Wait until slow requests are done whose client has given up; `hang` is not waited for."""
        await asyncio.gather(*self._slow, return_exceptions=True)

    # Before the call

    def seed(self, seed: Seed) -> None:
        """Add customers, visits, earlier calls and notes to what is known."""
        plant(self._store, seed)

    def delete(self, table: Table, id: str) -> None:
        """The owner deletes a row of the dashboard (contract.md 0.18)."""
        self._rows.delete(table, id)

    # After the call

    def tool_calls(self, call_id: str | None = None) -> list[ToolCall]:
        """Requests to V2's tools in the order in which V2 came to them; of all calls when None."""
        return [
            ToolCall(**{**body, "at": datetime.fromisoformat(body["at"])})
            for body in self._store.all("tool_call", call_id)
        ]

    def rows(self, call_id: str | None = None) -> DashboardRows:
        """What the dashboard holds of a call, or of all calls when None."""
        store = self._store
        return DashboardRows(
            leads=store.all("leads", call_id),
            jobs=store.all("jobs", call_id),
            calls=store.all("calls", call_id),
            alerts=store.all("alerts", call_id),
        )

    def refusals(self) -> list[Refusal]:
        """Every answer of the dashboard other than 2xx, oldest first."""
        return [Refusal(**{**body, "at": datetime.fromisoformat(body["at"])}) for body in self._store.all("refusal")]

    def posted(self) -> list[tuple[str, str]]:
        """Endpoint and body of all that was posted to the dashboard, refused and lost ones too, oldest first."""
        return [(str(one["path"]).rsplit("/", 1)[-1], str(one["body"])) for one in self._store.all("posted")]

    def bookings(self) -> list[Booking]:
        """Every visit in Cal.com, seeded and cancelled ones too."""
        return self._store.bookings()

    def callbacks(self, call_id: str | None = None) -> list[Json]:
        """Callbacks created in a call, or in all calls when None."""
        return self._store.all("callback", call_id)

    def sms(self) -> list[Json]:
        """What was texted to the owner: source, body, call_id, at."""
        return self._store.all("sms")

    def lost_sms(self) -> list[Json]:
        """Texts that never reached the owner, though nobody says so (contract.md 0.8, 0.13, 0.17)."""
        return self._store.all("lost_sms")

    def customers(self) -> list[Json]:
        """The dashboard's customers: id, phone, and the first job's name and address (contract.md 0.20)."""
        return self._store.all("customers")

    # Inside

    def _heard(self, event: BackOfficeEvent) -> None:
        if self.on_event is not None:
            self.on_event(event)

    def _take_fault(self, part: str, but: frozenset[str] = frozenset()) -> str | None:
        if self._faults is None or self._faults.mode(part) in but:
            return None
        return self._faults.take(part)

    @property
    def _shared(self) -> Faults:
        return self._faults if isinstance(self._faults, Faults) else Faults()

    def _context_seconds(self) -> float:
        """What the dashboard takes to tell V2 its context, as it is now (contract.md 0.19)."""
        mode = self._faults.mode("dashboard") if self._faults else None
        endless = dict.fromkeys(("hang", "hang_body", "stall"), CONTEXT_AT_MOST_SECONDS)
        takes = {"slow": self._shared.slow_seconds, "slow_db": self._shared.query_seconds, **endless}
        return min(takes.get(mode or "", 0.0), CONTEXT_AT_MOST_SECONDS)

    async def _apply_fault(self, mode: str, request: web.Request, process: Process) -> web.StreamResponse:
        """A mode that was already counted, by the rules that all parts share."""
        once = Faults(self._shared.slow_seconds)
        once.set("v2", mode)
        if mode != "slow":
            return await answer_with(once, "v2", request, process)
        # A slow server goes on when its client gives up (contract.md 1.1: a cut create_callback).
        return await self._goes_on(answer_with(once, "v2", request, process))

    async def _goes_on(self, answering: Awaitable[web.StreamResponse]) -> web.StreamResponse:
        """Carried out to the end, whether its client waits or not."""
        task = asyncio.ensure_future(answering)
        self._slow.add(task)
        task.add_done_callback(self._slow.discard)
        return await asyncio.shield(task)


__all__ = [
    "BackOffice",
    "BackOfficeEvent",
    "Booking",
    "DashboardRows",
    "FaultSource",
    "Problem",
    "Refusal",
    "RowAccepted",
    "Seed",
    "ToolCall",
    "validate_alert",
    "validate_call",
    "validate_job",
]
