"""Everything that all calls of the process share: clients, breakers, voices, the store, the delivery.

Opened once at the start, closed once at the end. One breaker per dependency for the process, so that each call profits
from providers.http import http_client
from what the last one learnt.
"""

import asyncio
import logging
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from openai import AsyncOpenAI

from call.business import Business
from circuit_breaker import CircuitBreaker
from config import Settings
from conversation import script
from dashboard_sync import DashboardClient
from providers.hearing_watch import FluxHealth
from providers.http import http_client
from providers.openai_client import openai_client
from providers.prerendered import PrerenderedLines
from providers.twilio_rest import TwilioCalls
from providers.voices import AuraVoice, InworldVoice, voice_client
from records.delivery import Deliveries
from records.store import Store, database_url
from server.closing import CallClosing
from server.entrance import Entrance
from server.live_calls import LiveCalls
from server.liveness import Liveness
from server.resume import Resume
from state_machine import StateMachine
from tools import V2Client

logger = logging.getLogger(__name__)

DAY_SECONDS = 24 * 3600


@dataclass
class Services:
    """The shared parts; build with `Services.open`. `owner` names this process among all that ever were."""

    settings: Settings
    business: Business
    machine: StateMachine
    entrance: Entrance
    twilio: TwilioCalls
    store: Store
    dashboard: DashboardClient
    deliveries: Deliveries
    v2: V2Client
    model: AsyncOpenAI
    first_voice: InworldVoice
    second_voice: AuraVoice
    lines: PrerenderedLines
    breakers: dict[str, CircuitBreaker]
    flux: FluxHealth
    owner: str
    calls: LiveCalls
    closing: CallClosing
    liveness: Liveness
    resume: Resume
    _http: list[httpx.AsyncClient]
    _background: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def open(cls, settings: Settings) -> "Services":
        """Opens everything and starts rendering the fixed lines in the background.

        Raises:
            OSError: DATA_DIR cannot be written.
            records.errors.StoreError: the database cannot be used.
        """
        data = Path(settings.data_dir)
        await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)
        business = Business.of(settings)
        breakers = {
            name: CircuitBreaker(name, settings.breaker_failures, settings.breaker_cooldown_seconds)
            for name in ("inworld", "v2", "openai", "deepgram")
        }
        tool_http, dashboard_http, voice_http = http_client(), http_client(), voice_client(settings)
        first, second = InworldVoice(voice_http, settings), AuraVoice(voice_http, settings)
        store = Store(database_url(settings))
        await store.open()
        dashboard = DashboardClient(settings, dashboard_http)
        deliveries = Deliveries(settings, dashboard, store)
        await deliveries.start()
        owner, calls = f"{settings.fly_machine_id}:{uuid.uuid4().hex}", LiveCalls(settings.max_calls)
        machine, entrance = StateMachine(business), Entrance(settings)
        v2 = V2Client(settings, breakers["v2"], tool_http)
        closing = CallClosing(settings, store, deliveries)
        liveness = Liveness(settings, store, deliveries, closing, calls, owner)
        await liveness.beat()
        services = cls(
            settings=settings,
            business=business,
            machine=machine,
            entrance=entrance,
            twilio=TwilioCalls(settings),
            store=store,
            dashboard=dashboard,
            deliveries=deliveries,
            v2=v2,
            model=openai_client(settings),
            first_voice=first,
            second_voice=second,
            lines=PrerenderedLines(data / "lines", (first, second)),
            breakers=breakers,
            flux=FluxHealth(breakers["deepgram"]),
            owner=owner,
            calls=calls,
            closing=closing,
            liveness=liveness,
            resume=Resume(
                settings,
                store,
                entrance,
                machine,
                v2,
                closing,
                calls,
                liveness,
                now=lambda: datetime.now(business.zone),
            ),
            _http=[tool_http, dashboard_http, voice_http],
        )
        services._background = [
            asyncio.create_task(services.lines.keep_rendering(script.pre_renderable(business)), name="rendering"),
            asyncio.create_task(services._tidy(), name="tidying"),
            asyncio.create_task(liveness.run(), name="liveness"),
        ]
        return services

    async def close(self) -> None:
        """Closes everything; what waits for delivery stays in the store and goes on at the next start."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self.resume.close()
        await self.closing.catch_up()
        await self.deliveries.stop()
        await self.twilio.close()
        await self.model.close()
        for client in self._http:
            await client.aclose()
        await self.store.close()

    async def _tidy(self) -> None:
        """Deletes what is older than RETENTION_DAYS, at the start and once a day."""
        while True:
            try:
                await self.deliveries.purge(datetime.now(UTC) - timedelta(days=self.settings.retention_days))
            except Exception:
                logger.exception("old records could not be deleted; tried again tomorrow")
            await asyncio.sleep(DAY_SECONDS)
