"""Messages to the owner: kept, sent, and sent once, whatever Twilio, the database or a process does in between."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import config
from call.session import CallbackStatus, CallSession, Reason
from providers.twilio_messages import Answer, Sent, TwilioMessages
from records.errors import StoreError
from records.rows import Sending
from records.store import Store
from server.messenger import CLAIM_SECONDS, LAST_LOOK_SECONDS, LATEST_SECONDS, Messenger
from simulator.faults import Faults
from simulator.phone.twilio import TwilioStandIn
from tests.support.stored_calls import booked, keep, owed

CONTROLLED_CLOCK = True

OURS, OWNER = "+15125550199", "+15125550177"
START = datetime(2026, 11, 25, 18, tzinfo=UTC)
ID, TEXT = "CA1:owner", "EMERGENCY. Gas at Dana's. 12345678"
PAUSES = {
    "DELIVERY_PAUSES_SECONDS": "60,60,120,300,300,300,300",
    "LIVENESS_SECONDS": "300",
    "MACHINE_LOST_SECONDS": "600",
}
LONG_SECONDS = 4200.0
"""Longer than anything that is waited for with these settings."""


@dataclass
class Office:
    """Machines on one database, Twilio, and what is broken of it."""

    store: Store
    twilio: TwilioStandIn
    faults: Faults
    settings: config.Settings
    stack: AsyncExitStack
    now: Callable[[], datetime]
    alive: set[str] = field(default_factory=lambda: {"a"})

    def machine(self, name: str = "a", twilio: type[TwilioMessages] = TwilioMessages, **more: Any) -> Messenger:
        client = twilio(self.settings)
        self.stack.push_async_callback(client.close)
        clocks = {"now": self.now} | more
        return Messenger(self.settings, self.store, client, name, self.alive.__contains__, **clocks)

    @property
    def got(self) -> list[str]:
        """What the owner's phone got."""
        return [message.body for message in self.twilio.messages.delivered]

    @property
    def asked(self) -> int:
        """How many messages Twilio has made."""
        return len(self.twilio.messages.made)

    async def one_is(self, status: Sending) -> bool:
        """Whether there is one message, and it stands so."""
        counted = {status: number for status, number in (await self.store.messages.count()).items() if number}
        return counted == {status: 1}


@pytest.fixture
async def office(environ: dict[str, str], tmp_path: Path) -> AsyncIterator[Office]:
    sid, token, faults = environ["TWILIO_ACCOUNT_SID"], environ["TWILIO_AUTH_TOKEN"], Faults()
    loop = asyncio.get_running_loop()

    def now() -> datetime:
        """The loop's clock as a date."""
        return START + timedelta(seconds=loop.time())

    async with AsyncExitStack() as stack:
        twilio = await stack.enter_async_context(
            TwilioStandIn(account_sid=sid, auth_token=token, voice=lambda _: b"", faults=faults)
        )
        ours = {"TWILIO_API_BASE_URL": twilio.base_url, "TWILIO_PHONE_NUMBER": OURS, "OWNER_PHONE": OWNER, **PAUSES}
        store = Store(f"sqlite:///{tmp_path / 'agent.db'}", now=now)
        stack.push_async_callback(store.close)
        await store.open()
        yield Office(store, twilio, faults, config.load(environ | ours), stack, now)


async def run_for(messenger: Messenger, seconds: float) -> None:
    """The work of a process that lives so long."""
    running = asyncio.create_task(messenger.run())
    await asyncio.sleep(seconds)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_message_is_sent_once(office: Office) -> None:
    """However often it is kept, and however long the process goes on."""
    machine = office.machine()
    for _ in range(3):
        await machine.keep(ID, TEXT)
    await run_for(machine, LONG_SECONDS)
    assert office.got == [TEXT]
    assert await office.one_is(Sending.SENT)


async def test_a_new_message_waits_for_no_round(office: Office) -> None:
    """It is sent as soon as it is kept."""
    machine = office.machine()
    running = asyncio.create_task(machine.run())
    await asyncio.sleep(0.1)
    begun = office.now()
    await machine.keep(ID, TEXT)
    while not office.got:
        await asyncio.sleep(0)
    assert (office.now() - begun).total_seconds() < office.settings.liveness_seconds / 10
    running.cancel()


async def test_without_an_owner_nothing_is_kept(office: Office) -> None:
    """OWNER_PHONE is off by default; nothing goes on in the background then."""
    office.settings = office.settings.model_copy(update={"owner_phone": None})
    machine = office.machine()
    await machine.keep(ID, TEXT)
    await asyncio.wait_for(machine.run(), 1)
    assert sum((await office.store.messages.count()).values()) == 0


async def test_of_which_calls_the_owner_is_told(office: Office) -> None:
    """Of a callback that V2 does not know of; not of a visit. One of which no text can be made costs no record."""
    machine = office.machine()
    await machine.about_call(booked())
    await machine.about_call(owed())
    assert sum((await office.store.messages.count()).values()) == 0
    untaken = owed().model_copy(update={"callback_status": CallbackStatus.NOT_CREATED})
    await machine.about_call(untaken)
    await machine.about_call(untaken)
    await machine.about_call(untaken.model_copy(update={"started_at": None}))
    await run_for(machine, 1)
    (text,) = office.got
    assert "CALL BACK. Ann Owed" in text


@pytest.mark.parametrize("mode", ["lost_answer", "hang_body", "empty", "garbage", "stall", "die"])
async def test_a_lost_answer_sends_nothing_twice(office: Office, mode: str) -> None:
    """The text went out and nobody said so: it is found at Twilio, and not sent again."""
    office.faults.set("messages", mode, 1)
    machine = office.machine()
    await machine.keep(ID, TEXT)
    await run_for(machine, LONG_SECONDS)
    assert office.asked == 1
    assert await office.one_is(Sending.SENT)


@pytest.mark.parametrize("mode", ["500", "503", "429", "401", "down", "hang", "html"])
async def test_what_was_not_sent_is_sent_later(office: Office, mode: str) -> None:
    """Once, however often Twilio fails before; while it does not tell whether one went out, nothing is sent."""
    office.faults.set("messages", mode, 6)
    machine = office.machine()
    await machine.keep(ID, TEXT)
    await run_for(machine, LONG_SECONDS)
    assert len(office.faults.hits) == 6
    assert office.got == [TEXT]


@pytest.mark.parametrize(("mode", "later"), [("503", None), ("unregistered", None), (None, None), (None, "500")])
async def test_a_clock_that_was_ahead_puts_nothing_off(office: Office, mode: str | None, later: str | None) -> None:
    """It was, by a month, when the text was tried: with the right time it goes on as if it had been tried just now."""
    right, ahead = office.now, timedelta(days=30)
    office.store.now = lambda: right() + ahead
    office.faults.set("messages", mode, 1)
    wrong = office.machine(now=office.store.now)
    await wrong.keep(ID, TEXT)
    await wrong.round()
    office.store.now = right
    office.faults.set("messages", later)
    await run_for(office.machine(), 4 * LAST_LOOK_SECONDS)
    assert office.asked == 1
    assert await office.one_is(Sending.PARKED if mode == "unregistered" else Sending.SENT)


async def test_in_doubt_nothing_is_sent_and_it_is_said(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """The answer is lost, and Twilio never tells again: it is looked for until the last pause, then parked."""
    office.faults.set("messages", "lost_answer", 1)
    machine = office.machine()
    await machine.keep(ID, TEXT)
    await machine.round()
    office.faults.set("messages", "500")
    await run_for(machine, LONG_SECONDS)
    assert office.asked == 1
    assert await office.one_is(Sending.PARKED)
    (parked,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "IS PARKED: whether it was sent is not known: TwilioException" in parked.getMessage()


@pytest.mark.parametrize(
    ("mode", "words"),
    [("invalid", "400 21211"), ("unsubscribed", "400 21610"), ("unregistered", "undelivered 30034")],
)
async def test_what_is_refused_for_good_is_parked(
    office: Office, caplog: pytest.LogCaptureFixture, mode: str, words: str
) -> None:
    """At once or by the carrier later: said loudly, never tried again; the next message is."""
    office.faults.set("messages", mode, 1)
    machine = office.machine()
    await machine.keep(ID, TEXT)
    await run_for(machine, LONG_SECONDS)
    assert await office.one_is(Sending.PARKED)
    assert f"A MESSAGE TO THE OWNER IS PARKED: {words}" in caplog.text
    assert office.got == []
    await machine.keep("CA2:owner", "another")
    await run_for(machine, 1)
    assert office.got == ["another"]


async def test_what_no_carrier_tells_of_counts_as_sent(office: Office) -> None:
    """Twilio does not say what became of a text: it is asked for an hour, and nothing is sent again."""
    machine = office.machine()
    await machine.keep(ID, TEXT)
    await machine.round()
    office.faults.set("messages", "500")
    await run_for(machine, LAST_LOOK_SECONDS / 2)
    assert await office.one_is(Sending.ACCEPTED)
    await run_for(machine, 3 * LAST_LOOK_SECONDS)
    assert await office.one_is(Sending.SENT)
    assert office.asked == 1


async def test_two_machines_send_it_once(office: Office) -> None:
    """Both see it at the same moment, over and over."""
    office.alive = {"a", "b"}
    a, b = office.machine("a"), office.machine("b")
    await a.keep(ID, TEXT)
    await asyncio.gather(run_for(a, LONG_SECONDS), run_for(b, LONG_SECONDS))
    assert office.got == [TEXT]


@pytest.mark.parametrize("mode", ["hang", "hang_body"])
async def test_a_process_that_dies_while_it_sends(office: Office, mode: str) -> None:
    """Whether or not the text went out: another one finds out when the claim is over, and the owner gets one."""
    office.faults.set("messages", mode, 1)
    dead = office.machine("dead")
    await dead.keep(ID, TEXT)
    sending = asyncio.create_task(dead.round())
    while not office.faults.hits:
        await asyncio.sleep(0)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await run_for(office.machine("a"), CLAIM_SECONDS / 2)
    assert office.asked == (mode == "hang_body")
    await run_for(office.machine("a"), CLAIM_SECONDS + office.settings.liveness_seconds)
    assert office.got == [TEXT]


async def test_a_machine_that_lives_keeps_what_it_has_begun(office: Office) -> None:
    """However wrong the other one's clock is: of a try that is under way nobody else judges."""
    office.alive = {"a", "b"}
    office.faults.set("messages", "hang", 1)
    a = office.machine("a")
    await a.keep(ID, TEXT)
    sending = asyncio.create_task(a.round())
    while not office.faults.hits:
        await asyncio.sleep(0)
    ahead = office.machine("b", now=lambda: office.now() + timedelta(hours=1))
    await ahead.round()
    assert office.asked == 0
    await sending


async def test_a_process_that_was_held_up_sends_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its claim may be over by then, and somebody else at it."""
    clock = [0.0]
    machine = office.machine(clock=lambda: clock[0])
    await machine.keep(ID, TEXT)
    claim = office.store.messages.claim

    async def held_up(*given: Any) -> bool:
        claimed = await claim(*given)
        clock[0] += LATEST_SECONDS + 1
        return claimed

    with monkeypatch.context() as late:
        late.setattr(office.store.messages, "claim", held_up)
        await machine.round()
    assert office.asked == 0
    await run_for(machine, CLAIM_SECONDS + office.settings.liveness_seconds)
    assert office.got == [TEXT]


async def test_a_database_that_is_away_when_it_was_sent(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came of a try could not be written: it is looked for, and not sent again."""
    machine = office.machine()
    await machine.keep(ID, TEXT)

    async def away(*_: Any, **__: Any) -> None:
        raise StoreError("away")

    with monkeypatch.context() as outage:
        outage.setattr(office.store.messages, "settle", away)
        await machine.round()
    assert office.got == [TEXT]
    await run_for(machine, LONG_SECONDS)
    assert office.asked == 1
    assert await office.one_is(Sending.SENT)


async def test_one_that_breaks_costs_no_other(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """A defect in one is logged without its words, and is looked for later."""

    class Broken(TwilioMessages):
        async def send(self, recipient: str, body: str) -> Sent:
            if body == TEXT:
                raise RuntimeError("defect")
            return await super().send(recipient, body)

    machine = office.machine(twilio=Broken)
    await machine.keep(ID, TEXT)
    await machine.keep("CA2:owner", "another")
    await machine.round()
    assert office.got == ["another"]
    assert "CA1 owner message" in caplog.text


async def test_no_line_of_the_log_has_number_or_words(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """At any level of ours: who is told and what."""
    caplog.set_level(logging.DEBUG, "server.messenger")
    office.faults.set("messages", "invalid", 1)
    machine = office.machine()
    await machine.keep(ID, TEXT)
    await machine.keep("CA2:owner", f"{TEXT} again")
    await run_for(machine, LONG_SECONDS)
    assert "Gas" not in caplog.text
    assert OWNER.removeprefix("+1") not in caplog.text


# To callers

CALLER = "+15125550142"
AUSTIN = ZoneInfo("America/Chicago")
NIGHT_SECONDS = 11.5 * 3600
"""From half past eight to eight in the morning."""


@pytest.fixture
async def texting(office: Office) -> Office:
    """TEXT_CALLERS alone, at noon."""
    await become(office, 12)
    office.settings = office.settings.model_copy(update={"owner_phone": None, "text_callers": True})
    return office


def agreed(session: CallSession, office: Office, **facts: Any) -> CallSession:
    """The call, as if it had begun a minute ago and its caller had agreed to a text about it."""
    now = office.now()
    known = {"text_offered": True, "text_to": CALLER, "started_at": now - timedelta(minutes=1)}
    return session.model_copy(update=known | {"ended_at": now} | facts)


def to_be_visited(office: Office, call_id: str = "CA1", **facts: Any) -> CallSession:
    """A visit in two days, of which its caller wants a text."""
    return agreed(booked(call_id), office, **({"booked_at": office.now() + timedelta(days=2)} | facts))


async def become(office: Office, hour: int, minute: int = 0) -> None:
    """Waits until the clock in Austin shows that."""
    now = office.now().astimezone(AUSTIN)
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    await asyncio.sleep((then - now).total_seconds() % (24 * 3600))


async def test_a_caller_is_texted_once(texting: Office) -> None:
    """However often its call is handed over; on the number that was agreed on."""
    machine = texting.machine()
    for _ in range(3):
        await machine.about_call(to_be_visited(texting))
    await run_for(machine, LONG_SECONDS)
    (text,) = texting.twilio.messages.delivered
    assert text.recipient == CALLER
    assert "Your visit is booked for" in text.body
    assert await texting.one_is(Sending.SENT)


async def test_who_has_not_agreed_is_texted_nothing(texting: Office) -> None:
    """Nor the owner, whose phone is not known."""
    machine = texting.machine()
    await machine.about_call(to_be_visited(texting, text_to=""))
    await machine.about_call(owed())
    assert sum((await texting.store.messages.count()).values()) == 0


@pytest.mark.parametrize("restarted", [False, True])
async def test_at_night_it_waits_for_eight(texting: Office, restarted: bool) -> None:
    """Durably: by whichever process there is then; not a minute before."""
    await become(texting, 20, 30)
    machine = texting.machine("first" if restarted else "a")
    await machine.about_call(to_be_visited(texting))
    await run_for(machine, NIGHT_SECONDS - 60)
    assert texting.asked == 0
    await run_for(texting.machine() if restarted else machine, 60 + texting.settings.liveness_seconds)
    assert len(texting.got) == 1


async def test_what_twilio_did_not_take_by_day_does_not_come_by_night(texting: Office) -> None:
    """The next try falls into the quiet hours, and waits for their end."""
    await become(texting, 19, 30)
    texting.faults.set("messages", "429", 7)
    machine = texting.machine()
    await machine.about_call(to_be_visited(texting))
    await run_for(machine, 1800)
    texting.faults.set("messages", None)
    await run_for(machine, NIGHT_SECONDS)
    assert texting.asked == 0
    await run_for(machine, 2 * 3600)
    assert len(texting.got) == 1


async def test_two_machines_text_a_caller_once_in_the_morning(texting: Office) -> None:
    """Both wait for the same minute."""
    texting.alive = {"a", "b"}
    await become(texting, 20, 30)
    a, b = texting.machine("a"), texting.machine("b")
    await a.about_call(to_be_visited(texting))
    await b.about_call(to_be_visited(texting))
    await asyncio.gather(run_for(a, NIGHT_SECONDS + LONG_SECONDS), run_for(b, NIGHT_SECONDS + LONG_SECONDS))
    assert len(texting.got) == 1


@pytest.mark.parametrize("mode", ["lost_answer", "hang_body", "stall", "die"])
async def test_a_lost_answer_texts_no_caller_twice(texting: Office, mode: str) -> None:
    """As with the owner's: it is found at Twilio."""
    texting.faults.set("messages", mode, 1)
    machine = texting.machine()
    await machine.about_call(to_be_visited(texting))
    await run_for(machine, LONG_SECONDS)
    assert texting.asked == 1
    assert await texting.one_is(Sending.SENT)


async def test_two_calls_of_a_caller_are_two_texts(texting: Office) -> None:
    """With the same promise: the answer to the second is lost, and it is not taken for the first."""
    machine = texting.machine()
    await machine.about_call(agreed(owed("CA00000001"), texting))
    await run_for(machine, 1)
    texting.faults.set("messages", "hang", 1)
    await machine.about_call(agreed(owed("CA00000002"), texting))
    await run_for(machine, LONG_SECONDS)
    assert len(texting.got) == 2


@pytest.mark.parametrize("facts", [{"reason": Reason.CANCELLED}, {"reason": Reason.RESCHEDULED}])
@pytest.mark.parametrize("number", [CALLER, "+15125550143"])
async def test_a_visit_that_was_changed_meanwhile_is_not_told(
    texting: Office, caplog: pytest.LogCaptureFixture, facts: dict[str, Any], number: str
) -> None:
    """By a later call from the number that is texted, or from the one that had called; its own text tells."""
    await become(texting, 20, 30)
    first = to_be_visited(texting, caller_number=number, callback_phone=CALLER)
    await keep(texting.store, first)
    machine = texting.machine()
    await machine.about_call(first)
    await asyncio.sleep(NIGHT_SECONDS / 2)
    second = to_be_visited(texting, "CA2", text_to="", caller_number=number, **facts)
    await keep(texting.store, second)
    await machine.about_call(second)
    await run_for(machine, NIGHT_SECONDS)
    assert texting.asked == 0
    assert await texting.one_is(Sending.DROPPED)
    assert "CA1 caller message: dropped, a later call has changed the visit" in caplog.text


async def test_a_later_call_that_changes_nothing_stops_no_text(texting: Office) -> None:
    """Somebody asks when it is; somebody else, from another number, cancels another one."""
    await become(texting, 20, 30)
    first = to_be_visited(texting)
    await keep(texting.store, first)
    machine = texting.machine()
    await machine.about_call(first)
    await asyncio.sleep(60)
    await keep(texting.store, to_be_visited(texting, "CA2", reason=Reason.STATUS_TOLD))
    await keep(texting.store, to_be_visited(texting, "CA3", reason=Reason.CANCELLED, caller_number="+15125550143"))
    await run_for(machine, NIGHT_SECONDS + LONG_SECONDS)
    assert len(texting.got) == 1


async def test_what_would_come_too_late_is_dropped(texting: Office) -> None:
    """Twilio was away until the visit had begun."""
    texting.faults.set("messages", "429")
    machine = texting.machine()
    await machine.about_call(to_be_visited(texting, booked_at=texting.now() + timedelta(minutes=20)))
    await run_for(machine, 900)
    texting.faults.set("messages", None)
    await asyncio.sleep(600)
    await run_for(machine, LONG_SECONDS)
    assert texting.asked == 0
    assert await texting.one_is(Sending.DROPPED)


@pytest.mark.parametrize("mode", ["invalid", "unsubscribed"])
async def test_a_phone_that_takes_none_is_no_alarm(
    texting: Office, caplog: pytest.LogCaptureFixture, mode: str
) -> None:
    """A landline, a STOP: parked, in a warning; nobody can mend it, and the caller was told in the call."""
    texting.faults.set("messages", mode, 1)
    machine = texting.machine()
    await machine.about_call(to_be_visited(texting))
    await run_for(machine, LONG_SECONDS)
    assert await texting.one_is(Sending.PARKED)
    (told,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert told.levelno == logging.WARNING
    assert "CA1 caller message: parked, the phone takes none: 400" in told.getMessage()
    assert CALLER.removeprefix("+1") not in caplog.text


async def test_a_number_of_ours_that_may_not_text_is_an_alarm(
    texting: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """It is refused for every caller, until somebody registers it."""
    texting.faults.set("messages", "unregistered", 1)
    machine = texting.machine()
    await machine.about_call(to_be_visited(texting))
    await run_for(machine, LONG_SECONDS)
    assert "A MESSAGE TO THE CALLER IS PARKED: undelivered 30034" in caplog.text


@pytest.mark.parametrize("mode", ["unregistered", "unsubscribed"])
async def test_what_its_operator_sends_again_goes_out_once(texting: Office, mode: str) -> None:
    """What was refused was not received."""
    texting.faults.set("messages", mode, 1)
    machine = texting.machine()
    await machine.about_call(to_be_visited(texting))
    await run_for(machine, LONG_SECONDS)
    (row,) = await texting.store.messages.listed({Sending.PARKED})
    assert await texting.store.messages.send_again(row, texting.now())
    await run_for(machine, LONG_SECONDS)
    assert len(texting.got) == 1
    assert await texting.one_is(Sending.SENT)


async def test_what_may_have_gone_out_is_looked_for_when_it_is_sent_again(texting: Office) -> None:
    """Its operator cannot know either; it has arrived, and is not sent again."""
    texting.faults.set("messages", "lost_answer", 1)
    machine = texting.machine()
    await machine.about_call(to_be_visited(texting))
    await machine.round()
    texting.faults.set("messages", "500")
    await run_for(machine, LONG_SECONDS)
    texting.faults.set("messages", None)
    (row,) = await texting.store.messages.listed({Sending.PARKED})
    assert await texting.store.messages.send_again(row, texting.now())
    await run_for(machine, LONG_SECONDS)
    assert texting.asked == 1
    assert await texting.one_is(Sending.SENT)


async def test_a_last_try_without_an_answer_is_in_doubt(texting: Office) -> None:
    """None was taken until the last, whose answer is lost: whoever sends it again looks for it first."""
    sent = iter([Answer.NOT_SENT] * len(texting.settings.delivery_pauses_seconds) + [Answer.UNKNOWN])

    class NeverSure(TwilioMessages):
        async def send(self, *_: Any) -> Sent:
            return Sent(next(sent), "500")

    machine = texting.machine(twilio=NeverSure)
    await machine.about_call(to_be_visited(texting))
    await run_for(machine, LONG_SECONDS)
    (parked,) = await texting.store.messages.listed({Sending.PARKED})
    assert parked.tried_at is not None


async def test_one_that_cannot_be_made_costs_no_other(texting: Office, caplog: pytest.LogCaptureFixture) -> None:
    """The owner hears of the call although there is no text for its caller."""
    texting.settings = texting.settings.model_copy(update={"owner_phone": OWNER})
    untaken = agreed(owed(), texting, callback_status=CallbackStatus.NOT_CREATED, language="fr")
    machine = texting.machine()
    await machine.about_call(untaken)
    await run_for(machine, 1)
    (text,) = texting.got
    assert "CALL BACK. Ann Owed" in text
    assert "NO MESSAGE ABOUT IT COULD BE MADE" in caplog.text
