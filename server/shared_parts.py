"""What all calls share, opened once at the start of the process and closed at its end, in the opposite order.

One breaker per dependency for the process, so that each call profits from what the last one learnt.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from call.business import Business
from call.session import CallSession
from circuit_breaker import BreakerState, CircuitBreaker, LastSuccess
from config import Settings
from conversation import script
from dashboard_sync import DashboardClient
from providers.hearing_watch import FluxHealth
from providers.http import http_client
from providers.open_ahead import OpenAhead, head
from providers.prerendered import PrerenderedLines
from providers.twilio_messages import TwilioMessages
from providers.twilio_rest import TwilioCalls
from providers.voices import AuraVoice, InworldVoice, voice_client
from records.handover import Handover
from records.journal import Journal
from records.recordings import Recordings
from records.store import Store, database_url
from server.admission import Admission
from server.alerts import Alerts
from server.call_pages import CallPages
from server.call_parts import CallParts, Model, Outside, Voices
from server.callers import Callers
from server.closing import CallClosing
from server.connections import Connections
from server.entrance import Entrance
from server.lateness import Lateness
from server.live_calls import LiveCalls
from server.liveness import Liveness
from server.messenger import Messenger
from server.metrics import Metrics
from server.readiness import Readiness
from server.refusals import Refusals
from server.resume import Resume
from server.room import Room
from server.settling import RunCall, Settling
from server.tidying import delete_unwanted, tidy
from server.tracing import open_tracing
from server.transfers import Transfers
from server.turned_away import TurnedAway
from state_machine import StateMachine
from tools import V2Client

logger = logging.getLogger(__name__)

CLOSING_SECONDS = 4.0  # Longest wait at the end for records that could not be handed over before
JOURNAL_SECONDS = 5.0  # Longest wait at the end for a disk
RECORDINGS_SECONDS = 1.0  # The same for recordings: each call has waited for its own


@dataclass(frozen=True)
class Services:
    """Who answers at the doors of the process (bot.py); nobody else gets them all."""

    entrance: Entrance
    admission: Admission
    resume: Resume
    transfers: Transfers
    closing: CallClosing
    calls: LiveCalls
    callers: Callers
    liveness: Liveness
    readiness: Readiness
    refusals: Refusals
    connections: Connections
    turned_away: TurnedAway
    pages: CallPages
    metrics: Metrics
    call_parts: CallParts
    settling: Settling


@asynccontextmanager
async def open_services(settings: Settings, import_call: Callable[[], RunCall]) -> AsyncIterator[Services]:
    """Everything, open; its work begins with `settling.begin()`. A start that fails closes what was open by then.

    What waits for delivery at the end stays in the store, and goes on at the next start.

    Raises:
        OSError: DATA_DIR cannot be written.
        records.errors.StoreError: the database cannot be used.
    """
    async with AsyncExitStack() as opened:
        await asyncio.to_thread(Path(settings.data_dir).mkdir, parents=True, exist_ok=True)
        breakers = {
            name: CircuitBreaker(name, settings.breaker_failures, settings.breaker_cooldown_seconds)
            for name in ("inworld", "v2", "openai", "deepgram")
        }
        refusals, metrics = Refusals(), Metrics()
        journal = Journal(Path(settings.data_dir) / "journal")
        opened.push_async_callback(journal.close, JOURNAL_SECONDS)
        recordings = Recordings(settings.data_dir)
        opened.push_async_callback(recordings.close, RECORDINGS_SECONDS)
        store = Store(
            database_url(settings),
            journal=journal,
            patience_seconds=settings.snapshot_seconds,
            statement_seconds=settings.database_seconds,
        )
        opened.push_async_callback(store.close)
        dashboard = DashboardClient(settings, await opened.enter_async_context(aclosing(http_client())))
        outside = await _open_outside(settings, breakers, opened)
        await store.open()
        calls = LiveCalls(settings.max_calls, lambda: room.calls)
        room = Room(settings.max_core_share, calls)
        lateness = Lateness(settings.max_late_seconds, calls)
        deliveries = Handover(settings, dashboard, store, lateness.calm)
        opened.push_async_callback(deliveries.stop)
        owner = f"{settings.fly_machine_id}:{uuid.uuid4().hex}"
        business = Business.of(settings)
        machine, entrance = StateMachine(business), Entrance(settings)
        texting = TwilioMessages(settings)
        opened.push_async_callback(texting.close)
        messenger = Messenger(settings, store, texting, owner, lambda process: liveness.lives(process))
        tracing = open_tracing(settings)
        if tracing is not None:
            opened.push_async_callback(tracing.close)

        def count(session: CallSession) -> None:
            metrics.call_ended(session)
            if tracing is not None:
                tracing.call_ended(session)

        closing = CallClosing(
            settings,
            store,
            deliveries,
            outside.v2,
            stands_back=lambda: lateness.stands_back,
            tell=messenger.about_call,
            count=count,
        )
        opened.push_async_callback(_at_last, closing)
        await store.calls.take_up(closing.due_at())
        liveness = Liveness(settings, store, deliveries, closing, calls, owner, late=lambda: lateness.late)
        await liveness.beat()
        now = partial(datetime.now, business.zone)
        transfers = Transfers(settings, store, now=now)
        resume = Resume(
            settings, store, entrance, machine, outside.v2, closing, calls, liveness, refusals, transfers, now=now
        )
        opened.push_async_callback(resume.close)
        dependencies: dict[str, CircuitBreaker | LastSuccess] = {
            **breakers,
            "aura": outside.voices.second.last_success,
            "dashboard": dashboard.last_success,
            "twilio": outside.twilio.last_success,
            "database": store.breaker,
        }
        lines = outside.voices.lines
        settling = Settling(
            import_call,
            deliveries,
            outside.model,
            {
                "rendering": lambda: lines.keep_rendering(script.pre_renderable(business), calm=lateness.calm),
                "tidying": lambda: tidy(settings, store, deliveries, recordings, settling.settled, lateness.calm),
                "unwanted recordings": lambda: delete_unwanted(store, recordings, lateness.calm),
                "lateness": lateness.run,
                "room": room.run,
                "liveness": liveness.run,
                "messages": messenger.run,
                "alerts": lambda: alerts.run(),
            },
        )
        opened.push_async_callback(settling.stop)
        turned_away = TurnedAway(settings, store, calls, liveness, lateness)
        voices = outside.voices.first.last_success, outside.voices.second.last_success
        readiness = Readiness(settings, calls, liveness, store, dependencies, refusals, turned_away, voices)
        alerts = Alerts(settings, store, readiness, messenger)
        metrics.watch(turned_away, refusals, dependencies, dict(zip(("inworld", "aura"), voices, strict=True)))
        # A connection and a thread of its own: whoever reads a page keeps no call's snapshot waiting.
        reading = Store(database_url(settings), statement_seconds=settings.database_seconds)
        opened.push_async_callback(reading.close)
        await reading.open()
        pages = CallPages(
            settings,
            reading,
            deliveries.poster,
            recordings,
            away=lambda: store.file_is_lost or store.breaker.state is not BreakerState.CLOSED,
        )
        opened.push_async_callback(pages.close)
        yield Services(
            entrance,
            Admission(settings, entrance, store, closing, calls, owner),
            resume,
            transfers,
            closing,
            calls,
            Callers(settings.max_calls_per_number, settings.max_hourly_calls_per_number, calls),
            liveness,
            readiness,
            refusals,
            Connections.of(settings, refusals),
            turned_away,
            pages,
            metrics,
            CallParts(settings, machine, outside, store.calls, closing, calls, lateness, recordings),
            settling,
        )


async def _open_outside(settings: Settings, breakers: Mapping[str, CircuitBreaker], opened: AsyncExitStack) -> Outside:
    voice_http = await opened.enter_async_context(aclosing(voice_client(settings)))
    tool_http = await opened.enter_async_context(aclosing(http_client()))
    model, twilio = Model(settings, breakers["openai"]), TwilioCalls(settings)
    opened.push_async_callback(model.close)
    opened.push_async_callback(twilio.close)
    first, second = InworldVoice(voice_http, settings), AuraVoice(voice_http, settings)
    lines = PrerenderedLines(Path(settings.data_dir) / "lines", (first, second))
    ahead = OpenAhead(
        {
            "openai": model.connect,
            "inworld": head(voice_http, settings.inworld_base_url),
            "v2": head(tool_http, settings.v2_backend_url),
        }
    )
    opened.push_async_callback(ahead.close)
    return Outside(
        model,
        Voices(first, second, breakers["inworld"], lines),
        FluxHealth(breakers["deepgram"]),
        V2Client(settings, breakers["v2"], tool_http),
        twilio,
        ahead,
    )


async def _at_last(closing: CallClosing) -> None:
    """Tries once more to hand over what is left; for long it is not waited for: the next start does it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSING_SECONDS):
            await closing.catch_up(at_once=True)
