"""A call on its way to a person, over a real store: what Twilio is told, what is kept, who can go on."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import config
from call.actions import Say
from call.business import Business
from call.session import CallSession, EndedBy, Question, Reason, State, Transfer, TransferEnd
from records import plain_words
from records.call_rows import Phase
from records.errors import StoreError
from records.payloads import CallRecord
from server.transfers import Transfers, may_go_on
from state_machine import StateMachine, Turn
from tests.support.after_desk import FIELDS, NOW, OTHER, Desk, call, desks, verbs
from understanding.turn import Understanding

PERSON = "+15125550177"
WHISPER = {"call": "CA1", "CallSid": "CA2", "ParentCallSid": "CA1"}


@pytest.fixture
async def desk(tmp_path: Path, environ: dict[str, str]) -> AsyncIterator[Desk]:
    async for made in desks(tmp_path, config.load(environ | {"TRANSFER_NUMBER": PERSON})):
        yield made


def on_its_way(**facts: object) -> CallSession:
    """A call that has left its stream for a person."""
    known = {"state": State.TRANSFER, "called_number": "+15125550199", "transfer": Transfer(asked_at=NOW)}
    return call(**(known | {"problem": "heater is out", "name": "Jonas Weber", "ended_by": EndedBy.BOT} | facts))


async def leaves(desk: Desk, owner: str = OTHER, **facts: object) -> None:
    await desk.broke(on_its_way(**facts), owner)


async def dialled(desk: Desk, owner: str = OTHER, **facts: object) -> ET.Element:
    """The `<Dial>` of a call that has left its stream."""
    await leaves(desk, owner, **facts)
    response = await desk.after()
    assert verbs(response) == ["Dial"]
    return response[0]


async def over(desk: Desk, **told: str) -> ET.Element:
    """What Twilio is told when the dial is over; it names the stream before it."""
    fields = FIELDS | {"stream": "1", "CallStatus": "in-progress"} | told
    return ET.fromstring(await desk.resume.after(fields))  # noqa: S314 - our own text


async def takes(desk: Desk) -> None:
    """The person picks up and presses the key."""
    assert verbs(xml(await desk.transfers.whisper(WHISPER))) == ["Gather", "Hangup"]
    assert verbs(xml(await desk.transfers.key(WHISPER | {"Digits": "1"}))) == []


def xml(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own text


async def stored(desk: Desk) -> CallSession:
    row = await desk.store.calls.find("CA1")
    assert row is not None
    session = row.session()
    assert session is not None
    return session


async def test_a_call_that_left_its_stream_is_dialled_for(desk: Desk) -> None:
    """Whom, for how long, what they hear first, and where Twilio asks afterwards; the lead is kept before."""
    dial = await dialled(desk)
    assert dial.attrib == {
        "action": "/twiml/after?stream=1#rc=5&rp=ct,rt,5xx",
        "method": "POST",
        "timeout": "20",
        "timeLimit": "3600",
        "answerOnBridge": "true",
        "callerId": "+15125550199",
    }
    assert [(number.tag, number.text, number.get("url")) for number in dial] == [
        ("Number", PERSON, "/twiml/whisper?call=CA1#rc=5&rp=ct,rt,5xx")
    ]
    kept = await stored(desk)
    assert kept.transfer is not None
    assert kept.transfer.dialled_at == NOW
    assert (kept.name, kept.problem) == ("Jonas Weber", "heater is out")
    assert await desk.phase() is Phase.BROKEN
    assert desk.records == []


async def test_an_answer_that_was_lost_is_given_again(desk: Desk) -> None:
    """Twilio asks once more, and dials once: what it was told first never came."""
    await dialled(desk)
    assert verbs(await desk.after()) == ["Dial"]


async def test_who_is_on_the_line_is_whispered(desk: Desk) -> None:
    """Twice, with the key; without it that leg ends, so that no voicemail has the caller."""
    await dialled(desk)
    response = xml(await desk.transfers.whisper(WHISPER))
    gather = response[0]
    assert verbs(response) == ["Gather", "Hangup"]
    assert (gather.get("numDigits"), gather.get("timeout")) == ("1", "6")
    assert gather.get("action") == "/twiml/whisper/key?call=CA1#rc=5&rp=ct,rt,5xx"
    said = [say.text or "" for say in gather.findall("Say")]
    assert said[0] == said[1]
    assert said[0] == (
        "Jonas Weber is on the line for ACE Cooling. It is about: heater is out. Press 1 to take the call."
    )


@pytest.mark.parametrize("digits", ["2", "", "#", "11"])
async def test_any_other_key_takes_no_call(desk: Desk, digits: str) -> None:
    """That leg ends; the caller is back when Twilio tells so."""
    await dialled(desk)
    assert verbs(xml(await desk.transfers.key(WHISPER | {"Digits": digits}))) == ["Hangup"]
    assert verbs(await over(desk, DialCallStatus="completed", DialBridged="false")) == ["Connect", "Redirect"]


async def test_a_call_that_a_person_took_ends_when_they_hang_up(desk: Desk) -> None:
    """A goodbye, the end, one record without a lead; V2 is asked for nothing."""
    await dialled(desk)
    await takes(desk)
    desk.clock[0] = NOW + timedelta(minutes=3)
    for _ in range(3):  # An answer that is lost is given again, before the record is written and behind it.
        response = await over(desk, DialCallStatus="completed", DialBridged="true", DialCallDuration="170")
        assert [(verb.tag, verb.text) for verb in response] == [
            ("Say", "Thank you for calling ACE Cooling. Goodbye."),
            ("Hangup", None),
        ]
        await desk.resume.close()
    (record,) = desk.records
    assert (record.ended_as, record.job, record.call.outcome) == ("goodbye:transferred", None, "completed")
    assert record.call.ended_at == desk.clock[0]
    assert desk.asked == []


async def test_the_caller_hangs_up_on_the_person(desk: Desk) -> None:
    """Twilio tells of it by the action and by the status, in any order: one record."""
    await dialled(desk)
    await takes(desk)
    desk.clock[0] = NOW + timedelta(seconds=5)
    told = {"DialCallStatus": "completed", "DialBridged": "true", "CallStatus": "completed"}
    assert verbs(await over(desk, **told)) == ["Hangup"]
    await desk.resume.close()
    await desk.closing.status("CA1", "completed")
    assert [record.ended_as for record in desk.records] == ["goodbye:transferred"]


async def test_the_status_may_come_first(desk: Desk) -> None:
    """The same the other way round: as long, by the same side, and how long the person was on is known behind it."""
    await dialled(desk, ended_at=NOW)
    await takes(desk)
    desk.clock[0] = NOW + timedelta(seconds=15)
    await desk.closing.status("CA1", "completed")
    told = {"DialCallStatus": "completed", "DialBridged": "true", "CallStatus": "completed", "DialCallDuration": "9"}
    assert verbs(await over(desk, **told)) == ["Hangup"]
    await desk.resume.close()
    (record,) = desk.records
    assert (record.ended_as, record.call.ended_at) == ("goodbye:transferred", desk.clock[0])
    kept = await stored(desk)
    assert (kept.ended_by, kept.usage.dial_seconds) == (EndedBy.CALLER, 9)


async def test_the_end_of_the_dial_is_told_while_the_record_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind the status: one record, and what is kept of the call knows how long the person was on."""
    await dialled(desk)
    await takes(desk)
    desk.clock[0] = NOW + timedelta(seconds=15)
    begun, goes_on, deliver = asyncio.Event(), asyncio.Event(), desk.deliver

    async def held(record: CallRecord) -> None:
        begun.set()
        await goes_on.wait()
        await deliver(record)

    monkeypatch.setattr(desk, "deliver", held)
    closing = asyncio.create_task(desk.closing.status("CA1", "completed"))
    await begun.wait()
    told = {"DialCallStatus": "completed", "DialBridged": "true", "CallStatus": "completed", "DialCallDuration": "9"}
    assert verbs(await over(desk, **told)) == ["Hangup"]
    goes_on.set()
    await closing
    assert len(desk.records) == 1
    assert (await stored(desk)).usage.dial_seconds == 9


async def test_a_caller_who_is_gone_as_the_person_takes_the_call_is_a_lead(desk: Desk) -> None:
    """The status comes before the dial's end, and nobody knows whether the two have heard each other."""
    await dialled(desk)
    await takes(desk)
    desk.clock[0] = NOW + timedelta(seconds=1)
    await desk.closing.status("CA1", "completed")
    await desk.resume.close()
    assert [record.ended_as for record in desk.records] == ["callback:not_connected"]


async def test_a_talk_that_ends_while_the_database_is_away_ends_the_call(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller hears goodbye, and no agent that knows nothing of it."""

    async def away(*_: object) -> None:
        raise StoreError("OperationalError")

    await dialled(desk)
    await takes(desk)
    desk.clock[0] = NOW + timedelta(minutes=10)
    told = {"DialCallStatus": "completed", "DialBridged": "true"}
    with monkeypatch.context() as patch:
        patch.setattr(type(desk.store.calls), "close", away)
        assert verbs(await over(desk, **told)) == ["Say", "Hangup"]
    row = await desk.store.calls.find("CA1")
    session = row.session() if row else None
    assert session is not None
    assert session.transfer is not None
    assert session.transfer.talked
    assert desk.records == []


@pytest.mark.parametrize("told", ["no-answer", "busy", "failed", "canceled", "completed"])
async def test_a_call_that_nobody_took_comes_back(desk: Desk, told: str) -> None:
    """Another stream of the same call, which knows why; no record yet. `completed` is a voicemail that was rung off."""
    await dialled(desk)
    assert verbs(await over(desk, DialCallStatus=told, DialBridged="false")) == ["Connect", "Redirect"]
    kept = await stored(desk)
    assert kept.transfer is not None
    assert kept.transfer.ended is TransferEnd.NOT_TAKEN
    assert desk.records == []


async def test_what_is_connected_without_the_key_is_no_talk(desk: Desk) -> None:
    """Twilio may connect a leg whose whisper it could not fetch: that may be a voicemail."""
    await dialled(desk)
    assert verbs(await over(desk, DialCallStatus="completed", DialBridged="true")) == ["Connect", "Redirect"]


async def test_a_person_who_is_gone_at_once_has_helped_nobody(desk: Desk) -> None:
    """The caller is back with the agent."""
    await dialled(desk)
    await takes(desk)
    desk.clock[0] = NOW + timedelta(seconds=4)
    assert verbs(await over(desk, DialCallStatus="completed", DialBridged="true")) == ["Connect", "Redirect"]
    kept = await stored(desk)
    assert kept.transfer is not None
    assert kept.transfer.ended is TransferEnd.CUT_SHORT


async def test_the_caller_hangs_up_while_it_rings(desk: Desk) -> None:
    """A lead with what is known: they wanted somebody, and had nobody."""
    await dialled(desk)
    assert verbs(await over(desk, DialCallStatus="canceled", CallStatus="completed")) == ["Hangup"]
    await desk.resume.close()
    (record,) = desk.records
    assert record.ended_as == "callback:not_connected"
    assert record.job is not None
    assert (record.job.end_call_reason, record.job.customer_name) == ("callback_later", "Jonas Weber")
    assert desk.asked == []


async def test_the_stream_behind_a_dial_uses_up_no_resume(desk: Desk) -> None:
    """A line that breaks afterwards still comes back as often as ever."""
    await dialled(desk)
    assert verbs(await over(desk, DialCallStatus="busy")) == ["Connect", "Redirect"]
    for _ in range(desk.settings.max_resumes):
        assert verbs(await desk.after()) == ["Connect", "Redirect"]
    response = await desk.after()
    assert verbs(response) == ["Say", "Hangup"]
    assert "nobody could pick up" in (response[0].text or "")
    await desk.resume.close()
    assert [record.ended_as for record in desk.records] == ["callback:not_connected (despite: line)"]


async def test_what_was_signed_before_dials_nobody_and_ends_nothing(desk: Desk) -> None:
    """Once another stream was given, the same request about the dial is asked once more with the right name."""
    await dialled(desk)
    await over(desk, DialCallStatus="no-answer")
    assert verbs(await over(desk, DialCallStatus="completed", DialBridged="true")) == ["Redirect"]
    assert verbs(await over(desk)) == ["Redirect"]


async def test_a_machine_that_drains_dials_all_the_same(desk: Desk) -> None:
    """The dial needs no machine; the stream behind it waits for the next one, and then knows what came of it."""
    await leaves(desk)
    desk.calls.draining = True
    assert verbs(await desk.after()) == ["Dial"]
    held = await over(desk, DialCallStatus="no-answer")
    assert verbs(held)[-1] == "Redirect"
    desk.calls.draining = False
    assert verbs(await desk.after()) == ["Connect", "Redirect"]
    kept = await stored(desk)
    assert kept.transfer is not None
    assert kept.transfer.ended is TransferEnd.NOT_TAKEN


async def test_without_a_number_to_dial_the_caller_is_back_at_once(desk: Desk, environ: dict[str, str]) -> None:
    """The process that is asked may be configured anew."""
    await leaves(desk)
    desk.settings = config.load(environ)
    desk.__post_init__()
    assert verbs(await desk.after()) == ["Connect", "Redirect"]


# Nobody tells how it ended


async def test_a_talk_is_not_over_because_nobody_tells(desk: Desk) -> None:
    """Its record is not due while they may still talk; when they cannot any more, it is."""
    await dialled(desk)
    await takes(desk)
    for minutes in (3, 20, 59):
        desk.clock[0] = NOW + timedelta(minutes=minutes)
        await desk.closing.sweep()
        assert desk.records == []
    desk.clock[0] = NOW + timedelta(minutes=65)
    await desk.closing.sweep()
    assert [record.ended_as for record in desk.records] == ["goodbye:transferred"]


async def test_a_call_that_was_never_dialled_for_is_due_as_any_that_broke_off(desk: Desk) -> None:
    """Twilio never asked: the caller has hung up meanwhile."""
    await leaves(desk)
    desk.clock[0] = NOW + timedelta(seconds=desk.settings.resume_window_seconds + 1)
    await desk.closing.sweep()
    assert [record.ended_as for record in desk.records] == ["callback:not_connected"]


async def test_a_call_that_is_over_is_none_to_take(desk: Desk) -> None:
    """Whoever picks up late is not left with nobody on the line."""
    await dialled(desk)
    await desk.closing.status("CA1", "completed")
    assert verbs(xml(await desk.transfers.whisper(WHISPER))) == ["Hangup"]
    assert verbs(xml(await desk.transfers.key(WHISPER | {"Digits": "1"}))) == ["Hangup"]


async def test_a_call_whose_row_is_older_than_its_dial(desk: Desk) -> None:
    """The machine that dials could not write it yet: the person hears that somebody is there, and takes them."""
    await desk.broke(call(question=Question.PROBLEM))
    for which in ("CA1", "CA9"):
        asked = WHISPER | {"call": which}
        assert verbs(xml(await desk.transfers.whisper(asked))) == ["Gather", "Hangup"]
        assert verbs(xml(await desk.transfers.key(asked | {"Digits": "1"}))) == []
        assert desk.transfers.has_talked({"CallSid": which, "DialBridged": "true"})
        assert not desk.transfers.has_talked({"CallSid": which, "DialBridged": "false"})


async def test_without_the_database_the_person_still_hears_that_somebody_is_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And takes the call: that nobody wrote so counts as no talk, and is the callback that loses nothing."""

    async def away(call_id: str) -> None:
        raise StoreError("OperationalError")

    await dialled(desk)
    with monkeypatch.context() as outage:
        outage.setattr(desk.store.calls, "find", away)
        response = xml(await desk.transfers.whisper(WHISPER))
        assert verbs(xml(await desk.transfers.key(WHISPER | {"Digits": "1"}))) == []
    assert (response[0].findtext("Say") or "").startswith("A caller of ACE Cooling would like to speak with you.")
    assert verbs(await over(desk, DialCallStatus="completed", DialBridged="true")) == ["Connect", "Redirect"]


# Our own dial, forwarded back


def another(desk: Desk) -> Transfers:
    """That of another machine with the same database, or of the next process."""
    return Transfers(desk.settings, desk.store, now=lambda: desk.clock[0])


OURS = {"From": "+15125550199", "To": "+15125550199", "CallSid": "CA7"}


async def test_our_own_dial_that_is_forwarded_back_is_not_answered(desk: Desk) -> None:
    """While it rings, or if it says where it comes from; a shop that shows all calls so is answered as ever."""
    assert not await desk.transfers.comes_back(OURS)
    assert await desk.transfers.comes_back(OURS | {"ForwardedFrom": PERSON})
    assert not await desk.transfers.comes_back(OURS | {"ForwardedFrom": "+15125550100"})
    await dialled(desk)
    assert await desk.transfers.comes_back(OURS)
    assert not await desk.transfers.comes_back(OURS | {"From": "+15125550100"})
    await over(desk, DialCallStatus="no-answer")
    assert not await desk.transfers.comes_back(OURS)
    await desk.resume.after(FIELDS)
    desk.clock[0] = NOW + timedelta(minutes=5)
    assert not await desk.transfers.comes_back(OURS)


async def test_any_machine_knows_our_own_dial(desk: Desk) -> None:
    """Twilio asks whichever it likes, and the one that dialled may be gone: until the person takes the call."""
    await dialled(desk)
    other = another(desk)
    assert await other.comes_back(OURS)
    assert await other.comes_back(OURS | {"From": "+15125550199", "To": "+15125550188", "ForwardedFrom": PERSON})
    await takes(desk)
    assert not await other.comes_back(OURS)


async def test_a_dial_whose_status_comes_first_rings_no_more(desk: Desk) -> None:
    """The caller has hung up."""
    await dialled(desk)
    await desk.closing.status("CA1", "completed")
    assert not await desk.transfers.comes_back(OURS)


async def test_without_the_database_what_may_be_our_own_dial_is_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As any caller whom the shop's telephones hide, unless it says that it comes from there."""

    async def away(since: object) -> None:
        raise StoreError("OperationalError")

    await dialled(desk)
    monkeypatch.setattr(desk.store.calls, "broken_off", away)
    assert not await desk.transfers.comes_back(OURS)
    assert "CA7 may be our own dial" in caplog.text
    assert await desk.transfers.comes_back(OURS | {"ForwardedFrom": PERSON})


# The shop's phone first

STAFF = {"TRANSFER_NUMBER": PERSON, "TRANSFER_HOURS": "0-24", "STAFF_FIRST_SECONDS": "12"}
NEW = {"CallSid": "CA1", "From": "+15125550100", "To": "+15125550199"}


@pytest.fixture
async def shop(tmp_path: Path, environ: dict[str, str]) -> AsyncIterator[Desk]:
    """A new call is expected, and the shop's phone is to ring first."""
    async for made in desks(tmp_path, config.load(environ | STAFF)):
        fresh = CallSession(call_id="CA1", caller_number="+15125550100", called_number="+15125550199", started_at=NOW)
        await made.store.calls.expect(fresh, made.closing.due_at())
        yield made


async def rings_first(shop: Desk, **fields: str) -> ET.Element | None:
    told = await shop.transfers.staff_first(NEW | fields)
    return xml(told) if told else None


async def test_the_shop_rings_before_the_agent_answers(shop: Desk) -> None:
    """It sees who calls, and takes the call with the key: one record, no lead; the agent never has it."""
    response = await rings_first(shop)
    assert response is not None
    dial = response[0]
    assert (dial.get("timeout"), dial.get("callerId"), dial.get("action")) == (
        "12",
        "+15125550100",
        "/twiml/after?stream=1#rc=5&rp=ct,rt,5xx",
    )
    await takes(shop)
    shop.clock[0] = NOW + timedelta(minutes=2)
    assert verbs(await over(shop, DialCallStatus="completed", DialBridged="true")) == ["Say", "Hangup"]
    await shop.resume.close()
    (record,) = shop.records
    assert (record.ended_as, record.job, record.call.outcome) == ("goodbye:transferred", None, "completed")


@pytest.mark.parametrize("told", ["no-answer", "busy", "failed", "completed"])
async def test_the_agent_answers_what_the_shop_does_not(shop: Desk, told: str) -> None:
    """With the greeting, as if nothing had been before; and whoever asks for a person then is called back."""
    await rings_first(shop)
    assert verbs(await over(shop, DialCallStatus=told, DialBridged="false")) == ["Connect", "Redirect"]
    session = await stored(shop)
    assert not session.on_its_way
    machine = StateMachine(Business.of(shop.settings))
    actions = machine.resumed(session, NOW)
    assert [action.line for action in actions if isinstance(action, Say)] == ["greeting"]
    machine.step(session, Turn(Understanding(text="a person please", wants_person=True), NOW))
    assert (session.state, session.reason) == (State.CALLBACK, Reason.CALLER_WISH)


async def test_an_answer_to_a_new_call_that_was_lost_rings_again(shop: Desk) -> None:
    """Twilio asks `/twiml` once more, and is asked to ask about the first stream."""
    await rings_first(shop)
    assert verbs(await shop.after()) == ["Dial"]


async def test_whoever_hangs_up_while_the_shop_rings_has_said_nothing(shop: Desk) -> None:
    """A call record, and no lead: the shop's phone shows that it was missed."""
    await rings_first(shop)
    assert verbs(await over(shop, DialCallStatus="canceled", CallStatus="completed")) == ["Hangup"]
    await shop.resume.close()
    (record,) = shop.records
    assert (record.job, record.call.outcome) == (None, "customer_hangup")


async def test_the_status_of_whoever_hangs_up_while_the_shop_rings_may_come_first(shop: Desk) -> None:
    """It is they who hung up, and then; the same once more tells nothing else."""
    await rings_first(shop)
    shop.clock[0] = NOW + timedelta(seconds=9)
    await shop.closing.status("CA1", "completed")
    assert verbs(await over(shop, DialCallStatus="canceled", CallStatus="completed")) == ["Hangup"]
    (record,) = shop.records
    assert (record.ended_as, record.job, record.call.duration_seconds) == ("hangup:welcome (fault: caller)", None, 9)
    assert plain_words.ended(await stored(shop), Phase.OVER) == "The caller hung up at the greeting"


async def test_a_call_that_rang_at_the_shop_and_of_which_nobody_told(shop: Desk) -> None:
    """Neither side has ended it: a lead with the number, as of any call that nobody hears of any more."""
    await rings_first(shop)
    shop.clock[0] = NOW + timedelta(hours=2)
    await shop.closing.sweep()
    (record,) = shop.records
    assert record.ended_as == "interrupted:welcome (fault: line)"
    assert record.job is not None


async def test_what_was_forwarded_to_us_has_rung_already(shop: Desk) -> None:
    """Such a call is the agent's at once; our own dial that comes back is not answered, so that nothing goes round."""
    assert await rings_first(shop, ForwardedFrom="+15125550111") is None
    assert await rings_first(shop) is not None
    again = NEW | {"CallSid": "CA2"}
    assert not await shop.transfers.comes_back(again)
    expected = CallSession(call_id="CA2", caller_number=NEW["From"], called_number=NEW["To"], started_at=NOW)
    await shop.store.calls.expect(expected, shop.closing.due_at())
    for transfers in (shop.transfers, another(shop)):
        assert await transfers.comes_back(again | {"ForwardedFrom": PERSON})
        assert await transfers.staff_first(again) is None  # Without that field it may be the dial, and rings nowhere.
    await shop.closing.status("CA1", "completed")
    assert await rings_first(shop, CallSid="CA2") is not None


async def test_the_agent_answers_at_once_outside_of_the_hours(tmp_path: Path, environ: dict[str, str]) -> None:
    """And without the setting, and a call that nobody knows."""
    for changed in ({"TRANSFER_HOURS": "0-1"}, {"STAFF_FIRST_SECONDS": "0"}, {"TRANSFER_NUMBER": ""}, {}):
        folder = tmp_path / "-".join(["d", *changed])
        folder.mkdir()
        async for made in desks(folder, config.load(environ | STAFF | changed)):
            assert await rings_first(made) is None


def test_what_may_still_go_on(settings: config.Settings) -> None:
    """From the dial until the longest talk is over, as long as nobody has told of its end."""
    session = on_its_way(transfer=Transfer(asked_at=NOW, dialled_at=NOW), ended_by=EndedBy.BOT)
    assert may_go_on(session, settings, NOW)
    assert may_go_on(session, settings, NOW + timedelta(hours=1))
    assert not may_go_on(session, settings, NOW + timedelta(hours=1, minutes=2))
    session.transfer = Transfer(asked_at=NOW, dialled_at=NOW, ended=TransferEnd.TALKED)
    assert not may_go_on(session, settings, NOW)
    assert not may_go_on(on_its_way(), settings, NOW)
