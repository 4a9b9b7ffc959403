"""A real test call: placed, followed and told, against Twilio's stand-in on real sockets."""

import io
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from rich.console import Console

from call.session import CallSession, EndedBy, Reason, State
from config import Settings
from desk import ring
from desk.terminal import DeskError
from desk.twilio_account import Account
from providers.http import http_client
from records.store import Store, database_url
from simulator.faults import Faults
from simulator.phone.twilio import TwilioStandIn
from simulator.phone.twilio_numbers import IncomingNumber
from simulator.serving import serve
from simulator.sound.recording import SILENCE
from tests.desk.test_number import ACCOUNT, OURS, TOKEN, _settings

pytestmark = pytest.mark.measured

PERSON = "+15125550123"
HANGS_UP = '<?xml version="1.0"?><Response><Hangup/></Response>'


class Picks:
    """Whoever picks up, and says nothing."""

    hung_up = False

    def tick(self, heard: bytes) -> bytes:
        """See `Handset`."""
        return SILENCE

    def pressed(self) -> Sequence[str]:
        """See `Handset`."""
        return ()


@dataclass
class Line:
    """Twilio, a service that hangs up at once, and what was asked of it."""

    twilio: TwilioStandIn
    faults: Faults
    settings: Settings
    forms: list[dict[str, str]]

    async def rings(self, to: str) -> tuple[int, str]:
        """The exit code, and what was printed."""
        screen = io.StringIO()
        async with http_client() as http:
            console = Console(file=screen, highlight=False)
            code = await ring.ring(self.settings, http, console, to, poll_seconds=0.01)
        return code, screen.getvalue()


@pytest_asyncio.fixture
async def line(tmp_path: Path) -> AsyncIterator[Callable[..., Line]]:
    forms: list[dict[str, str]] = []

    async def twiml(request: web.Request) -> web.Response:
        forms.append({name: str(value) for name, value in (await request.post()).items()})
        return web.Response(text=HANGS_UP, content_type="text/xml")

    app = web.Application()
    app.router.add_post("/twiml", twiml)
    app.router.add_post("/twiml/status", twiml)
    faults = Faults()
    async with (
        serve(app) as port,
        TwilioStandIn(
            account_sid=ACCOUNT, auth_token=TOKEN, voice=bytes.fromhex, faults=faults, answer=lambda _: Picks()
        ) as twilio,
    ):
        twilio.numbers.append(IncomingNumber(OURS))
        settings = _settings(twilio.base_url, tmp_path / "data", PUBLIC_URL=f"http://127.0.0.1:{port}")
        yield lambda: Line(twilio, faults, settings, forms)


async def test_a_call_is_placed_and_followed_until_it_is_over(line: Callable[..., Line]) -> None:
    """From our number to the person, asking this service; the number is masked, and where to look on is said."""
    placed = line()
    code, told = await placed.rings("(512) 555-0123")
    (call,) = placed.twilio.calls.values()
    assert (code, call.from_, call.to, call.direction) == (0, OURS, PERSON, "outbound-api")
    assert ("***0123" in told, PERSON in told, "completed after" in told, call.sid in told) == (True, False, True, True)
    assert "records.deliveries show" in told
    assert (placed.forms[0]["To"], placed.forms[0]["Direction"]) == (PERSON, "outbound-api")
    assert (await placed.twilio.outbound_end(call.sid)).how == "hangup verb"


async def test_where_the_database_is_the_end_is_told(
    line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the record has it."""
    placed, now = line(), datetime.now(UTC)
    store = Store(database_url(placed.settings))
    await store.open()
    asked = Account.ring

    async def and_ends(self: Account, to: str) -> str:
        call_id = await asked(self, to)
        session = CallSession(call_id=call_id, caller_number=PERSON, called_number=OURS, started_at=now)
        run, _ = await store.calls.begin(session, "here:1", now) or (0, session)
        session.state, session.reason, session.ended_by = State.CALLBACK, Reason.TURN_LIMIT, EndedBy.BOT
        assert await store.calls.end(session, run, now)
        return call_id

    monkeypatch.setattr(Account, "ring", and_ends)
    code, told = await placed.rings(PERSON)
    await store.close()
    assert (code, "ended as callback:turn_limit" in told) == (0, True)


@pytest.mark.parametrize(
    ("status", "says"), [("busy", "busy"), ("no-answer", "nobody answered"), ("failed", "is the number right")]
)
async def test_a_call_that_nobody_answers_is_told(
    line: Callable[..., Line], status: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is no success."""

    async def unanswered(_: Account, __: str) -> tuple[str, int]:
        return status, 0

    monkeypatch.setattr(Account, "call", unanswered)
    code, told = await line().rings(PERSON)
    assert (code, says in told) == (ring.NOT_ANSWERED, True)


async def test_twilio_may_be_away_for_a_moment(line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that goes on is followed on; one that nobody tells of any more is not, for ever."""
    placed, asked = line(), Account.ring

    async def and_breaks(self: Account, to: str, times: int | None = ring.LOST_ANSWERS - 1) -> str:
        call_id = await asked(self, to)
        placed.faults.set("twilio", "503", times)
        return call_id

    monkeypatch.setattr(Account, "ring", and_breaks)
    assert (await placed.rings(PERSON))[0] == 0
    monkeypatch.setattr(Account, "ring", lambda self, to: and_breaks(self, to, None))
    with pytest.raises(DeskError, match="503"):
        await placed.rings(PERSON)


@pytest.mark.parametrize("number", ["hello", "", "+1512", "12"])
async def test_what_is_no_number_is_not_dialled(line: Callable[..., Line], number: str) -> None:
    """It is said before Twilio is asked."""
    with pytest.raises(DeskError, match="no phone number"):
        await line().rings(number)
    assert line().twilio.calls == {}


async def test_our_own_number_is_not_rung(line: Callable[..., Line]) -> None:
    """However it is written: we would be our own caller."""
    with pytest.raises(DeskError, match="TWILIO_PHONE_NUMBER itself"):
        await line().rings("(512) 555-0199")
    assert line().twilio.calls == {}
