"""`python -m desk ring +15125550100`: a real test call. Whoever is rung is the caller.

The call is followed on the terminal until it is over: what Twilio says of it, and, where this machine has the service's
database, which states it goes through and how it ended.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import phonenumbers
from rich.console import Console

import logs
from config import Settings
from desk.number import reachable
from desk.terminal import DeskError, say
from desk.twilio_account import Account, TwilioError
from records.call_rows import Phase
from records.end_reason import outcome_of
from records.errors import StoreError
from records.store import Store, database_url

NOT_ANSWERED = 1
POLL_SECONDS = 1.0  # Twilio tells of a call only when it is asked.
LOST_ANSWERS = 5  # So often in a row Twilio may not answer while a call is followed.
RINGING_SECONDS = 120.0  # Longest that it rings, and what a call takes besides MAX_CALL_SECONDS
CLOSING_POLLS = 10  # The record is written after Twilio has said that the call is over.
ANSWERED = "completed"
# The other statuses with which a call is over (Twilio: Call resource, status values).
_OUTCOMES = {
    "busy": "busy",
    "no-answer": "nobody answered",
    "failed": "it could not be placed: is the number right, and may the account call it?",
    "canceled": "it was cancelled before anybody answered",
}


def e164(number: str) -> str:
    """The number in E.164, American if it has no country.

    Raises:
        DeskError: it is none.
    """
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise DeskError(f"{number!r} is no phone number", "Write it as +15125550100.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


async def ring(
    settings: Settings, http: httpx.AsyncClient, console: Console, to: str, *, poll_seconds: float = POLL_SECONDS
) -> int:
    """Rings, follows, and says how it ended; 0 if somebody answered."""
    number = e164(to)
    if number == settings.twilio_phone_number:
        raise DeskError(f"{number} is TWILIO_PHONE_NUMBER itself, so we would ring ourselves", "Ring a phone of yours.")
    reachable(settings)
    account = Account(settings, http)
    call_id = await account.ring(number)
    say(console, f"ringing {logs.mask(number)} as {call_id}; answer, and you are the caller")
    async with _record(settings) as store:
        seconds = settings.max_call_seconds + RINGING_SECONDS
        try:
            async with asyncio.timeout(seconds):
                status, duration = await _follow(account, call_id, store, console, poll_seconds)
        except TimeoutError:
            raise DeskError(f"{call_id} is not over after {seconds:g} s", "Look at console.twilio.com.") from None
        if status != ANSWERED:
            say(console, f"{status}: {_OUTCOMES[status]}", "red")
            return NOT_ANSWERED
        ended = await _ended(store, call_id, poll_seconds)
    say(console, f"completed after {duration} s", "green")
    if ended:
        say(console, f"ended as {ended}", "green")
    else:
        say(console, f"What came of it stands where the service runs: python -m records.deliveries show {call_id}")
    return 0


async def _follow(
    account: Account, call_id: str, store: Store | None, console: Console, poll_seconds: float
) -> tuple[str, int]:
    """Tells each change until the call is over; Twilio's last status, and the call's seconds."""
    told: list[str] = []
    lost = 0
    while True:
        try:
            status, seconds = await account.call(call_id)
            lost = 0
        except TwilioError:
            lost += 1
            if lost >= LOST_ANSWERS:
                raise
            status, seconds = "", 0
        state, over = await _known(store, call_id)
        for news in (status, "" if over else state):
            if news and news not in told:
                told.append(news)
                say(console, f"  {news}")
        if status == ANSWERED or status in _OUTCOMES:
            return status, seconds
        await asyncio.sleep(poll_seconds)


async def _known(store: Store | None, call_id: str) -> tuple[str, bool]:
    """The call's state by its record, or how it ended, and whether it is over."""
    try:
        row = await store.calls.find(call_id) if store else None
    except StoreError:
        return "", False
    session = row.session() if row else None
    if row is None or session is None or row.phase is Phase.EXPECTED:
        return "", False
    over = row.phase is Phase.OVER
    return outcome_of(session) if over else str(session.state), over


async def _ended(store: Store | None, call_id: str, poll_seconds: float) -> str:
    """How the record says that it ended; empty where there is none."""
    for _ in range(CLOSING_POLLS if store else 0):
        state, over = await _known(store, call_id)
        if over:
            return state
        await asyncio.sleep(poll_seconds)
    return ""


@asynccontextmanager
async def _record(settings: Settings) -> AsyncIterator[Store | None]:
    """The service's database, if this machine has it."""
    if settings.database_url is None and not (Path(settings.data_dir) / "agent.db").is_file():
        yield None
        return
    store = Store(database_url(settings), statement_seconds=settings.database_seconds)
    try:
        await store.open()
    except StoreError:
        await store.close()
        yield None
        return
    try:
        yield store
    finally:
        await store.close()
