"""Who answers `/twiml/after` over a real store, and what was posted and asked by then."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Never, cast
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa

from call.business import Business
from call.session import CallSession, EndedBy, EntryKind, State
from call.tool_calls import Outcome, ToolRequest, ToolResult
from config import Settings
from records.call_rows import Phase
from records.errors import StoreError
from records.handover import Handover
from records.journal import Journal
from records.keeping import keep
from records.payloads import CallRecord
from records.store import Store
from server.closing import CallClosing
from server.entrance import Entrance
from server.live_calls import LiveCalls
from server.liveness import Liveness
from server.refusals import Refusals
from server.resume import Resume
from server.transfers import Transfers
from state_machine import StateMachine
from tests.support.twilio_client import redirected

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
FIELDS = {"CallSid": "CA1", "From": "+15125550100", "To": "+15125550199"}
ME, OTHER = "a:1", "b:2"


@dataclass
class Desk:
    """Everything that Resume asks, with a real store."""

    store: Store
    settings: Settings
    clock: list[datetime]
    records: list[CallRecord] = field(default_factory=list)
    asked: list[ToolRequest] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answers = asyncio.Event()  # While it is not set, V2 takes its time.
        self.answers.set()
        self.killed = False  # Whether the process is gone before V2 answers
        deliveries = cast(Handover, self)
        self.entrance = Entrance(self.settings)
        self.calls = LiveCalls(self.settings.max_calls)
        self.closing = CallClosing(self.settings, self.store, deliveries, self, now=lambda: self.clock[0])
        self.liveness = Liveness(self.settings, self.store, deliveries, self.closing, self.calls, ME)
        self.transfers = Transfers(self.settings, self.store, now=lambda: self.clock[0])
        self.resume = Resume(
            self.settings,
            self.store,
            self.entrance,
            StateMachine(Business()),
            self,
            self.closing,
            self.calls,
            self.liveness,
            Refusals(),
            self.transfers,
            now=lambda: self.clock[0],
        )

    async def deliver(self, record: CallRecord) -> bool:
        """Stands in for Deliveries: what it would post is kept as there."""
        first, content = await keep(self.store, record, configured=True)
        if content is not None:
            self.records.append(record)
        return first

    async def call(self, request: ToolRequest, session: CallSession) -> ToolResult:
        """Stands in for V2."""
        self.asked.append(request)
        await self.answers.wait()
        if self.killed:
            raise asyncio.CancelledError
        return ToolResult(Outcome.OK)

    async def broke(self, session: CallSession, owner: str = ME) -> None:
        """A stream of the call that broke off."""
        session.ended_by = session.ended_by or EndedBy.INTERRUPTED
        begun = await self.store.calls.begin(session, owner, self.closing.due_at())
        assert begun is not None
        assert await self.store.calls.broke(session, begun[0], self.closing.due_at())

    async def after(self) -> ET.Element:
        """What Twilio is told, which follows redirects."""
        answer = await self.resume.after(FIELDS)
        while there := redirected(answer):
            answer = await self.resume.after(FIELDS | {"stream": there.partition("=")[2]})
        return ET.fromstring(answer)  # noqa: S314 - our own text

    async def fail(self, ended_by: EndedBy) -> None:
        raise AssertionError("the live stream is ended")

    async def given_up(self) -> str:
        """Everything that is said after the last stream, once V2 and the record are done too."""
        for _ in range(self.settings.max_resumes):
            assert verbs(await self.after()) == ["Connect", "Redirect"]
        response = await self.after()
        assert verbs(response)[-1] == "Hangup"
        await self.resume.close()
        return " ".join(say.text or "" for say in response.findall("Say"))

    async def phase(self) -> Phase:
        row = await self.store.calls.find("CA1")
        assert row is not None
        return row.phase


def verbs(response: ET.Element) -> list[str]:
    return [verb.tag for verb in response]


def xml(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own text


async def desks(folder: Path, settings: Settings, journal: Journal | None = None) -> AsyncIterator[Desk]:
    """`journal`: for calls that the database does not take, as the service has it."""
    clock = [NOW]
    store = Store(f"sqlite:///{folder / 'agent.db'}", journal=journal, now=lambda: clock[0])
    await store.open()
    yield Desk(store, settings, clock)
    await store.close()
    if journal:
        await journal.close(60)


@contextlib.contextmanager
def late(where: Store | type[Store] = Store) -> Iterator[None]:
    """The database takes and tells nothing for the length of a block: of one machine's store, or for all."""

    async def away() -> Never:
        raise StoreError("away")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, "ask", lambda *_: asyncio.ensure_future(away()))
        yield


@contextlib.contextmanager
def takes_nothing(*, closes_later: bool) -> Iterator[None]:
    """The database tells what it has for the length of a block, and answers no write; `closes_later`: some are done."""
    ask = Store.ask

    async def unanswered(store: Store, statement: sa.Executable, read: Callable[[sa.Result[Any]], Any]) -> Never:
        if closes_later and isinstance(statement, sa.Update):
            await ask(store, statement, read)
        raise StoreError("TimeoutError")

    def asked(store: Store, statement: sa.Executable, read: Callable[[sa.Result[Any]], Any]) -> "asyncio.Future[Any]":
        if isinstance(statement, sa.Select):
            return ask(store, statement, read)
        return asyncio.ensure_future(unanswered(store, statement, read))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "ask", asked)
        yield


def call(**facts: object) -> CallSession:
    known = {"call_id": "CA1", "started_at": NOW, "caller_number": "+15125550100", "state": State.DISCOVERY}
    session = CallSession.model_validate(known | facts)
    session.note(EntryKind.AGENT, "What's going on with your system?", NOW)
    session.note(EntryKind.CALLER, "my heater is out", NOW)
    return session
