"""What each stream of a call is built of: data about whom it shares with all others."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from circuit_breaker import CircuitBreaker
from config import Settings
from providers.hearing_watch import FluxHealth
from providers.open_ahead import OpenAhead
from providers.prerendered import PrerenderedLines
from providers.twilio_rest import TwilioCalls
from providers.voices import AuraVoice, InworldVoice
from records.call_rows import CallRows
from records.recordings import Recordings
from server.closing import CallClosing
from server.lateness import Lateness
from server.live_calls import LiveCalls
from state_machine import StateMachine
from tools import V2Client

if TYPE_CHECKING:
    from openai import AsyncOpenAI


@dataclass(frozen=True)
class Model:
    """The model, and the breaker that all who ask it share."""

    settings: Settings
    breaker: CircuitBreaker

    @cached_property
    def client(self) -> "AsyncOpenAI":
        """The client, made for the first stream: its library is a sixth of all that is imported."""
        from providers.openai_client import openai_client

        return openai_client(self.settings)

    async def connect(self) -> None:
        """Asks for a page that is not there, so that a connection is open."""
        await self.client.get("/", cast_to=object)

    async def close(self) -> None:
        """Closes the client, if there is one."""
        if "client" in vars(self):
            await self.client.close()


@dataclass(frozen=True)
class Voices:
    """The two voices, the breaker of the first, and the lines that both have spoken ahead."""

    first: InworldVoice
    second: AuraVoice
    breaker: CircuitBreaker
    lines: PrerenderedLines


@dataclass(frozen=True)
class Outside:
    """Everybody outside whom a live call needs."""

    model: Model
    voices: Voices
    flux: FluxHealth
    v2: V2Client
    twilio: TwilioCalls
    ahead: OpenAhead


@dataclass(frozen=True)
class CallParts:
    """What each stream of a call is built of, and where it leaves its call."""

    settings: Settings
    machine: StateMachine
    outside: Outside
    rows: CallRows
    closing: CallClosing
    calls: LiveCalls
    lateness: Lateness
    recordings: Recordings
