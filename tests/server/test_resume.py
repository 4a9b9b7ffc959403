"""What Twilio is told when a stream is gone: another one, to hold on, a person, or the end."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree as ET

import pytest

import config
from call.session import (
    BookingStatus,
    CallbackStatus,
    EndedBy,
    Question,
    Reason,
    State,
)
from call.tool_calls import BookAppointment, CreateCallback, SendEmergencyAlert
from config import Settings
from records.call_rows import Phase
from records.store import MachineRow
from tests.support.after_desk import FIELDS, ME, NOW, OTHER, Desk, call, desks, verbs
from tests.support.twilio_client import redirected


@pytest.fixture
async def desk(tmp_path: Path, settings: Settings) -> AsyncIterator[Desk]:
    async for made in desks(tmp_path, settings):
        yield made


async def test_a_broken_call_gets_another_stream(desk: Desk) -> None:
    """A new token, which is this call's, and both numbers; twice, and no record meanwhile."""
    await desk.broke(call())
    tokens = set()
    for _ in range(2):
        response = await desk.after()
        assert verbs(response) == ["Connect", "Redirect"]
        parameters = {p.get("name"): str(p.get("value")) for p in response.iter("Parameter")}
        assert (parameters["from_number"], parameters["to_number"]) == (FIELDS["From"], FIELDS["To"])
        desk.entrance.read_token(parameters["token"], "CA1")
        tokens.add(parameters["token"])
    assert len(tokens) == 2
    assert (await desk.phase(), desk.records) == (Phase.BROKEN, [])


async def test_a_call_that_ended_on_purpose_ends(desk: Desk) -> None:
    """Whatever ended it: nothing but the hang-up."""
    session = call()
    begun = await desk.store.calls.begin(session, ME, desk.closing.due_at())
    assert begun is not None
    await desk.store.calls.end(session, begun[0], desk.closing.due_at())
    assert verbs(await desk.after()) == ["Hangup"]


async def test_what_no_voice_of_ours_has_said_of_the_last_words_is_said_by_twilio(desk: Desk) -> None:
    """Its REST API was away as well: it asks when the stream is closed, and whoever repeats an older question waits."""
    session = call(state=State.SAFETY_EXIT, reason=Reason.EMERGENCY, last_words="Please leave the house now.")
    begun = await desk.store.calls.begin(session, ME, desk.closing.due_at())
    assert begun is not None
    await desk.store.calls.end(session, begun[0], desk.closing.due_at())
    assert redirected(await desk.resume.after(FIELDS | {"stream": "0"})) == "/twiml/after?stream=1"
    for _ in range(2):
        response = await desk.after()
        assert [(verb.tag, verb.text) for verb in response] == [("Say", session.last_words), ("Hangup", None)]


async def test_a_call_that_nobody_knows_begins(desk: Desk) -> None:
    """The store was away when Twilio first asked: the caller gets a stream now, and is known from here on."""
    assert verbs(await desk.after()) == ["Connect", "Redirect"]
    row = await desk.store.calls.find("CA1")
    assert row is not None
    session = row.session()
    assert session is not None
    assert (session.caller_number, row.resumes) == ("+15125550100", 1)


async def test_after_the_last_stream_a_callback_is_made_and_promised(desk: Desk) -> None:
    """Words, one callback at V2, one record; then the call is over."""
    await desk.broke(call(problem="no heat", name="Dana"))
    said = await desk.given_up()
    assert "something went wrong on our side" in said
    assert said.endswith("Someone from our team will call you back as soon as possible. Thank you, goodbye.")
    (asked,) = desk.asked
    assert isinstance(asked, CreateCallback)
    (record,) = desk.records
    assert record.ended_as == "fault:line (fault: line)"
    assert record.job is not None
    assert (record.job.end_call_reason, record.job.customer_name) == ("callback_later", "Dana")
    assert "V2 was told" in (record.job.ai_summary or "")
    assert "[not certain that this was heard]" in str(record.job.call_transcript)
    assert (len(desk.asked), len(desk.records)) == (1, 1)


@pytest.mark.parametrize("fallback", ["", "+15125550111"])
@pytest.mark.parametrize("state", [State.DISCOVERY, State.SAFETY_EXIT])
@pytest.mark.parametrize("written", [True, False])
async def test_an_answer_with_the_last_words_that_was_lost_is_given_again(
    tmp_path: Path, environ: dict[str, str], fallback: str, state: State, *, written: bool
) -> None:
    """Word for word, before the record is written and behind it; nothing else is done twice."""
    settings = {"MAX_RESUMES": "0"} | ({"FALLBACK_NUMBER": fallback} if fallback else {})
    async for desk in desks(tmp_path, config.load(environ | settings)):
        await desk.broke(call(state=state, reason=Reason.EMERGENCY if state is State.SAFETY_EXIT else None))
        desk.answers.clear()
        answers = [ET.tostring(await desk.after())]
        if written:
            desk.answers.set()
            await desk.resume.close()
        answers += [ET.tostring(await desk.after()) for _ in range(2)]
        assert b"<Say" in answers[0]
        assert len(set(answers)) == 1
        desk.answers.set()
        await desk.resume.close()
        assert (len(desk.asked), len(desk.records)) == (0 if fallback and state is State.DISCOVERY else 1, 1)


async def test_nobody_knows_whether_the_last_words_were_heard(desk: Desk) -> None:
    """They are said by Twilio, which may never have had them: the record does not say that the caller was warned."""
    await desk.broke(call(state=State.SAFETY_EXIT, reason=Reason.EMERGENCY, emergency=True))
    await desk.given_up()
    (record,) = desk.records
    assert record.job is not None
    assert "it is not certain that the caller heard that they should leave the house" in str(record.job.ai_summary)


async def test_killed_while_v2_is_told_of_the_callback(desk: Desk) -> None:
    """Whoever hands the record over knows that it was promised, and that nobody was told for certain."""
    await desk.broke(call(problem="no heat", name="Dana"))
    desk.killed = True
    assert "call you back as soon as possible" in await desk.given_up()
    assert desk.records == []
    desk.clock[0] = NOW + timedelta(seconds=desk.settings.resume_window_seconds + 1)
    await desk.closing.sweep()
    (record,) = desk.records
    assert record.ended_as == "fault:line (fault: line)"
    assert record.job is not None
    assert record.job.end_call_reason == "callback_later"
    assert "V2 was not told of it: please call" in str(record.job.ai_summary)
    assert "call you back as soon as possible" in str(record.job.call_transcript)
    assert len(desk.asked) == 1


async def test_after_the_last_stream_without_a_number(desk: Desk) -> None:
    """Nothing is promised that cannot be kept."""
    await desk.broke(call(caller_number=""))
    said = await desk.given_up()
    assert "call you back as soon" not in said
    assert "Without a number we can't call you back" in said
    assert desk.asked == []
    assert len(desk.records) == 1


async def test_after_the_last_stream_in_spanish(desk: Desk) -> None:
    """The caller's language, by a voice that has it."""
    await desk.broke(call(language="es"))
    for _ in range(2):
        await desk.after()
    (say, _) = await desk.after()
    assert say.get("language") == "es-MX"
    assert "le llamará lo antes posible" in (say.text or "")
    await desk.resume.close()


async def test_a_booked_call_ends_as_a_booked_call(desk: Desk) -> None:
    """It broke off at the goodbye again and again: the visit stands, and nothing else is promised."""
    at = NOW + timedelta(days=1)
    facts = {"state": State.CONFIRM, "reason": Reason.BOOKED, "question": Question.ANYTHING_ELSE, "visit_at": at}
    booked = {"booking_status": BookingStatus.CONFIRMED, "booked_at": at, "booking_attempted": True}
    await desk.broke(call(**facts, **booked))
    said = await desk.given_up()
    assert said.startswith("Thank you. We'll see you")
    assert desk.asked == []
    (record,) = desk.records
    assert record.ended_as.startswith("confirm:booked")


async def test_a_booking_without_an_answer_is_told_as_such(desk: Desk) -> None:
    """Never asked again; the callback names the visit that may exist."""
    facts = {"state": State.BOOKING, "visit_at": NOW + timedelta(days=1), "booking_attempted": True}
    await desk.broke(call(**facts, tool_under_way="book_appointment", tool_asked_at=NOW))
    said = await desk.given_up()
    assert said.startswith("I'm sorry, I couldn't make sure that the visit went through.")
    assert [request.tool for request in desk.asked] == ["create_callback"]
    assert desk.records[0].ended_as == "callback:booking_uncertain (fault: v2; despite: line)"


async def test_a_callback_without_an_answer_is_not_repeated(desk: Desk) -> None:
    """The promise stands by the dashboard's record."""
    facts = {"state": State.CALLBACK, "reason": Reason.CALLER_WISH, "callback_status": CallbackStatus.REQUESTED}
    await desk.broke(call(**facts, tool_under_way="create_callback", tool_asked_at=NOW))
    assert (await desk.given_up()).startswith("Someone from our team will call you back")
    assert desk.asked == []
    assert len(desk.records) == 1


async def test_an_emergency_ends_with_the_warning(desk: Desk) -> None:
    """Leave and 911, whatever else; an alert that was never sent is sent."""
    facts = {"state": State.SAFETY_EXIT, "reason": Reason.EMERGENCY, "emergency": True}
    await desk.broke(call(**facts))
    assert "911" in await desk.given_up()
    assert isinstance(desk.asked[0], SendEmergencyAlert)
    assert desk.records[0].alert is not None


@pytest.mark.parametrize("reason", [Reason.EMERGENCY, Reason.PERSON_IN_DANGER])
@pytest.mark.parametrize("room", [True, False])
async def test_a_danger_waits_for_no_person(
    tmp_path: Path, environ: dict[str, str], reason: Reason, *, room: bool
) -> None:
    """With FALLBACK_NUMBER too: the warning and the alert, and nobody is kept on the line while it rings elsewhere."""
    async for desk in desks(tmp_path, config.load({**environ, "FALLBACK_NUMBER": "+15125550111", "MAX_CALLS": "1"})):
        await desk.broke(call(state=State.SAFETY_EXIT, reason=reason, emergency=True))
        if room:
            said = await desk.given_up()
        else:
            desk.calls.add("CA2")
            response = await desk.after()
            assert verbs(response) == ["Say", "Hangup"]
            said = response[0].text or ""
            await desk.resume.close()
        assert "911" in said
        assert [request.tool for request in desk.asked] == ["send_emergency_alert"]
        (record,) = desk.records
        assert record.alert is not None
        assert record.ended_as.startswith(f"safety_exit:{reason}")


@pytest.mark.parametrize("reason", [Reason.VENDOR, Reason.SILENCE, Reason.OUT_OF_AREA])
async def test_a_goodbye_waits_for_no_person(tmp_path: Path, environ: dict[str, str], reason: Reason) -> None:
    """It broke off at its last words: those are said, and nobody is rung for it."""
    async for desk in desks(tmp_path, config.load({**environ, "FALLBACK_NUMBER": "+15125550111"})):
        await desk.broke(call(state=State.GOODBYE, reason=reason))
        assert "connect you" not in await desk.given_up()
        (record,) = desk.records
        assert record.ended_as.startswith(f"goodbye:{reason}")


async def test_a_person_is_dialled_when_there_is_one(tmp_path: Path, environ: dict[str, str]) -> None:
    """FALLBACK_NUMBER: no promise, the caller is connected; the lead is there all the same."""
    async for desk in desks(tmp_path, config.load({**environ, "FALLBACK_NUMBER": "+15125550111"})):
        await desk.broke(call())
        for _ in range(2):
            await desk.after()
        response = await desk.after()
        assert [(verb.tag, verb.text) for verb in response][1:] == [("Dial", "+15125550111"), ("Hangup", None)]
        assert "call you back" not in (response[0].text or "")
        await desk.resume.close()
        assert desk.asked == []
        (record,) = desk.records
        assert record.ended_as == "interrupted:discovery (fault: line)"
        assert record.job is not None
        assert "connect you with somebody" in str(record.job.call_transcript)


async def test_whoever_is_to_be_connected_waits_for_no_look_up(tmp_path: Path, environ: dict[str, str]) -> None:
    """A visit is in doubt and V2 is slow: the person is dialled first, the record waits for what V2 shows."""
    async for desk in desks(tmp_path, config.load({**environ, "FALLBACK_NUMBER": "+15125550111", "MAX_RESUMES": "0"})):
        at = NOW + timedelta(days=1)
        asked = BookAppointment(at, "Dana", "+15125550100", "12 Elm St", "heater out")
        facts = {"state": State.BOOKING, "visit_at": at, "booking_attempted": True, "in_doubt": asked}
        await desk.broke(call(**facts, tool_under_way=asked, tool_asked_at=NOW - timedelta(minutes=1)))
        desk.answers.clear()
        assert verbs(await desk.after()) == ["Say", "Dial", "Hangup"]
        assert desk.records == []
        desk.answers.set()
        await desk.resume.close()
        assert [request.tool for request in desk.asked] == ["lookup_booking"]
        (record,) = desk.records
        assert record.job is not None
        assert "a visit may exist" in str(record.job.ai_summary)


async def test_how_often_is_a_setting(tmp_path: Path, environ: dict[str, str]) -> None:
    """MAX_RESUMES=0: no stream at all, the callback at once."""
    async for desk in desks(tmp_path, config.load({**environ, "MAX_RESUMES": "0"})):
        await desk.broke(call())
        assert "call you back" in await desk.given_up()


async def test_no_room(tmp_path: Path, environ: dict[str, str]) -> None:
    """All lines are busy, counted: a callback at once, which is ours to answer for; nobody is told to call again."""
    async for desk in desks(tmp_path, config.load({**environ, "MAX_CALLS": "1"})):
        await desk.broke(call())
        desk.calls.add("CA2")
        response = await desk.after()
        said = " ".join(say.text or "" for say in response.findall("Say"))
        assert (verbs(response), "call you back" in said, "again" in said) == (["Say", "Hangup"], True, False)
        await desk.resume.close()
        assert desk.calls.refused == 1
        assert [record.ended_as.partition(" (")[0] for record in desk.records] == ["fault:us"]


# A stream that is not quite gone


async def test_the_stream_here_is_ended_first(desk: Desk) -> None:
    """A stream that still believes in itself hears of its end, and the next one begins behind its last snapshot."""
    session = call()
    begun = await desk.store.calls.begin(session, ME, desk.closing.due_at())
    assert begun is not None
    live = desk.calls.add("CA1")

    async def end(ended_by: EndedBy) -> None:
        assert ended_by is EndedBy.INTERRUPTED
        session.name = "Dana"
        await desk.store.calls.broke(session, begun[0], desk.closing.due_at())
        desk.calls.discard(live)

    live.end = end
    assert verbs(await desk.after()) == ["Connect", "Redirect"]
    taken = await desk.store.calls.begin(call(), ME, desk.closing.due_at())
    assert taken is not None
    assert taken[1].name == "Dana"


async def test_while_the_stream_here_waits_for_v2_the_caller_holds_on(tmp_path: Path, environ: dict[str, str]) -> None:
    """Words, and the same question again; it is not counted as a stream."""
    async for desk in desks(tmp_path, config.load({**environ, "RESUME_WAIT_SECONDS": "0.01", "MAX_RESUMES": "1"})):
        begun = await desk.store.calls.begin(call(), ME, desk.closing.due_at())
        assert begun is not None
        live = desk.calls.add("CA1")
        for _ in range(3):
            response = await desk.after()
            assert verbs(response) == ["Say", "Pause", "Redirect"]
            assert response[0].text
            assert (response[-1].text or "").startswith("/twiml/after")
        await desk.store.calls.broke(call(), begun[0], desk.closing.due_at())
        desk.calls.discard(live)
        assert verbs(await desk.after()) == ["Connect", "Redirect"]


async def test_a_stream_here_that_never_ends_is_not_waited_for_for_ever(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    """It hangs: as long as V2 may take the caller holds on, unless V2 was asked since; then another stream goes on."""
    async for desk in desks(tmp_path, config.load({**environ, "RESUME_WAIT_SECONDS": "0.01"})):
        begun = await desk.store.calls.begin(call(name="Dana"), ME, desk.closing.due_at())
        assert begun is not None
        desk.calls.add("CA1").end = lambda _: asyncio.sleep(0)
        assert verbs(await desk.after()) == ["Say", "Pause", "Redirect"]
        longest = timedelta(seconds=desk.settings.booking_seconds + desk.settings.resume_wait_seconds)
        desk.clock[0] = NOW + longest
        asked = call(name="Dana", tool_under_way="book_appointment", tool_asked_at=desk.clock[0])
        assert await desk.store.calls.save(asked, begun[0])
        assert verbs(await desk.after()) == ["Say", "Pause", "Redirect"]
        desk.clock[0] += longest
        assert verbs(await desk.after()) == ["Connect", "Redirect"]
        taken = await desk.store.calls.begin(call(), ME, desk.closing.due_at())
        assert taken is not None
        assert taken[1].name == "Dana"
        assert not await desk.store.calls.broke(call(), begun[0], desk.closing.due_at())


@dataclass(frozen=True)
class Waiting:
    """A stream of another process that asked V2 `seconds` ago; whether that process lives."""

    seconds: float
    lives: bool
    tool: str
    holds: bool


@pytest.mark.parametrize(
    "waiting",
    [
        Waiting(1, True, "book_appointment", True),
        Waiting(60, True, "book_appointment", False),
        Waiting(1, False, "book_appointment", False),
        Waiting(1, True, "", False),
    ],
)
async def test_while_a_stream_elsewhere_waits_for_v2(desk: Desk, waiting: Waiting) -> None:
    """Held as long as its process lives and an answer may still come; then the call goes on without it."""
    asked_at = NOW - timedelta(seconds=waiting.seconds) if waiting.tool else None
    session = call(tool_under_way=waiting.tool, tool_asked_at=asked_at)
    assert await desk.store.calls.begin(session, OTHER, desk.closing.due_at())
    if waiting.lives:
        desk.liveness.machines = [MachineRow("b", OTHER, False, NOW)]
    expected = ["Say", "Pause", "Redirect"] if waiting.holds else ["Connect", "Redirect"]
    assert verbs(await desk.after()) == expected


async def test_a_machine_that_drains_alone_lets_the_caller_wait_for_the_next(desk: Desk) -> None:
    """No silence above the pauses between the words; with another machine the stream goes there."""
    await desk.broke(call())
    desk.calls.draining = True
    response = await desk.after()
    assert verbs(response) == ["Say", "Pause"] * 3 + ["Redirect"]
    assert len({say.text for say in response.findall("Say")}) == 3
    assert all(int(pause.get("length") or 0) <= 4 for pause in response.findall("Pause"))
    desk.liveness.machines = [MachineRow("b", OTHER, True, NOW)]
    assert verbs(await desk.after())[-1:] == ["Redirect"]
    desk.liveness.machines = [MachineRow("b", OTHER, False, NOW)]
    assert verbs(await desk.after()) == ["Connect", "Redirect"]


@pytest.mark.parametrize("stream", [{}, {"stream": "0"}, {"stream": "x"}, {"stream": "1"}, {"stream": "²"}])
async def test_what_was_signed_before_ends_no_stream_and_begins_none(desk: Desk, stream: dict[str, str]) -> None:
    """A request about an earlier stream than the call's last, or about none: it is asked once more, about the last."""
    await desk.broke(call())
    assert verbs(await desk.after()) == ["Connect", "Redirect"]
    begun = await desk.store.calls.begin(call(), ME, desk.closing.due_at())
    assert begun is not None
    live = desk.calls.add("CA1", number=2)
    live.end = cast(Any, desk.fail)
    assert redirected(await desk.resume.after(FIELDS | stream)) == "/twiml/after?stream=2"
    await desk.store.calls.broke(call(), begun[0], desk.closing.due_at())
    desk.calls.discard(live)
    assert redirected(await desk.resume.after(FIELDS | stream)) == "/twiml/after?stream=2"
    assert await desk.phase() is Phase.BROKEN


async def test_an_answer_that_was_lost_is_given_again(desk: Desk) -> None:
    """Twilio repeats what it asked about a stream, and no stream has come since: the call gets one all the same."""
    await desk.broke(call())
    for _ in range(2):
        answer = await desk.resume.after(FIELDS | {"stream": "1"})
        if there := redirected(answer):
            answer = await desk.resume.after(FIELDS | {"stream": there.partition("=")[2]})
        assert verbs(ET.fromstring(answer)) == ["Connect", "Redirect"]  # noqa: S314 - our own text


async def test_two_who_ask_at_once_are_counted_each(desk: Desk) -> None:
    """Twilio repeats a request whose answer was late: never more streams than allowed, and one end."""
    await desk.broke(call())
    responses = await asyncio.gather(*(desk.after() for _ in range(6)))
    assert sorted(verbs(response)[0] for response in responses) == ["Connect"] * 2 + ["Say"] * 4
    assert len({ET.tostring(response) for response in responses if verbs(response)[0] == "Say"}) == 1
    await desk.resume.close()
    assert (len(desk.asked), len(desk.records)) == (1, 1)
