"""Twilio at the edge: who is let in, what TwiML says, what the media messages become, and the REST requests."""

import asyncio
import base64
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast
from xml.etree import ElementTree as ET

import pytest
from aiohttp import web
from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.clocks.system_clock import SystemClock
from pipecat.frames.frames import (
    InputDTMFFrame,
    InputTransportMessageFrame,
    InterruptionFrame,
    TTSAudioRawFrame,
)
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.utils.asyncio.task_manager import TaskManager
from twilio.request_validator import RequestValidator

import config
from call.session import CallSession, Reason, State, Transfer
from config import Settings
from providers.frames import MarkFrame
from providers.media_stream import MarkSerializer
from providers.twilio_rest import TwilioCalls
from providers.twiml import (
    twiml_apology,
    twiml_connect,
    twiml_dial,
    twiml_hangup,
    twiml_hold,
    twiml_last_words,
    twiml_reject,
    twiml_stream,
    twiml_whisper,
)
from server.entrance import BadTokenError, Entrance, new_session
from simulator.serving import serve
from tests.support.scripted_server import refused_url

CONTROLLED_CLOCK = True

ORIGIN = "https://agent.example.com"
ACCOUNT = "AC00000000000000000000000000000000"
SECRET = "twilio-token-of-the-tests"
CALL = "CA0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000.0
AT = datetime(2026, 11, 25, tzinfo=UTC)
MARK = {"event": "mark", "streamSid": "MZ1", "mark": {"name": "goodbye-1"}}


def made(environ: dict[str, str], **changes: str) -> Settings:
    """The settings of the tests behind a public origin."""
    return config.load({**environ, "PUBLIC_URL": ORIGIN, **changes})


@pytest.fixture
def entrance(environ: dict[str, str]) -> Entrance:
    return Entrance(made(environ))


def sign(url: str, fields: dict[str, str] | None = None, secret: str = SECRET) -> str:
    """X-Twilio-Signature."""
    return str(RequestValidator(secret).compute_signature(url, fields or {}))


# Signatures


def test_a_signed_get(entrance: Entrance) -> None:
    """GET: the query is part of the address, and each of its characters counts."""
    query = "CallSid=CA1&From=%2B15125550100&Empty="
    signature = sign(f"{ORIGIN}/twiml?{query}")
    assert entrance.signed_request("/twiml", query, {}, signature)
    assert not entrance.signed_request("/twiml", query.replace("CA1", "CA2"), {}, signature)
    assert not entrance.signed_request("/twiml", "", {}, signature)


def test_a_signed_post(entrance: Entrance) -> None:
    """POST: the form is signed beside the address, empty fields included; one field more or other is refused."""
    form = {"CallSid": "CA1", "From": "+15125550100", "CallerName": "", "FromCity": "KÖLN"}
    signature = sign(f"{ORIGIN}/twiml", form)
    assert entrance.signed_request("/twiml", "", form, signature)
    assert not entrance.signed_request("/twiml", "", {**form, "From": "+15125550101"}, signature)
    assert not entrance.signed_request("/twiml", "", {**form, "More": "1"}, signature)
    assert not entrance.signed_request("/twiml/after", "", form, signature)
    assert not entrance.signed_request("/twiml", "a=b", form, signature)


@pytest.mark.parametrize("signature", [None, "", "x", "ÿ" * 28, sign(f"{ORIGIN}/twiml", secret="another")])
def test_no_signature_or_a_wrong_one(entrance: Entrance, signature: str | None) -> None:
    """A missing, malformed or foreign signature is refused and raises nothing."""
    assert not entrance.signed_request("/twiml", "", {}, signature)
    assert not entrance.signed_handshake(signature)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("wss://agent.example.com/ws/twilio", True),
        ("https://agent.example.com/ws/twilio", False),
        ("wss://agent.example.com/ws/twilio/", False),
        ("wss://agent.example.com/ws/twilio?a=b", False),
        ("wss://other.example.com/ws/twilio", False),
    ],
)
def test_the_handshake_signs_the_exact_address(entrance: Entrance, url: str, good: bool) -> None:
    """Twilio signs the wss address of the TwiML, to the letter (pipecat.md 11)."""
    assert entrance.signed_handshake(sign(url)) is good


def test_checks_can_be_turned_off_for_local_use(environ: dict[str, str]) -> None:
    """VERIFY_TWILIO=false lets everybody in."""
    entrance = Entrance(made(environ, VERIFY_TWILIO="false", PUBLIC_URL="http://127.0.0.1:8765"))
    assert entrance.signed_request("/twiml", "", {}, None)
    assert entrance.signed_handshake(None)


# Stream tokens


def test_a_token_is_good_for_its_call_until_it_expires(entrance: Entrance) -> None:
    """It tells until when its one use is to be remembered."""
    token = entrance.issue_token(CALL, NOW)
    assert entrance.read_token(token, CALL, NOW + 59).expires_at == NOW + 60
    with pytest.raises(BadTokenError, match="expired"):
        entrance.read_token(token, CALL, NOW + 61)


def test_each_stream_has_one_use(entrance: Entrance) -> None:
    """However many tokens were given out for it, and when; of another stream, and of another call, it is another."""

    def nonce(call_id: str, now: float, number: int) -> str:
        return entrance.read_token(entrance.issue_token(call_id, now, number), call_id, now).nonce

    assert nonce(CALL, NOW, 1) == nonce(CALL, NOW + 10, 1)
    assert len({nonce(call_id, NOW, number) for call_id in (CALL, CALL + ".1", "CA2") for number in (1, 2, 11)}) == 9


def test_another_calls_token(entrance: Entrance) -> None:
    """A token opens the stream of its own call alone."""
    with pytest.raises(BadTokenError, match="another"):
        entrance.read_token(entrance.issue_token("CA2", NOW), CALL, NOW)


def test_dots_in_a_call_id_move_nothing(entrance: Entrance) -> None:
    """A call id that looks like a token's parts does not lend the token a later expiry."""
    token = entrance.issue_token(f"{CALL}.9999999999", NOW)
    with pytest.raises(BadTokenError):
        entrance.read_token(token, CALL, NOW)
    assert entrance.read_token(token, f"{CALL}.9999999999", NOW).expires_at == NOW + 60


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: "",
        lambda token: "...",
        lambda token: token.replace(".", ""),
        lambda token: token.rpartition(".")[0],
        lambda token: token + "A",
        lambda token: token[:-1],
        lambda token: token.replace(f"{NOW + 60:.0f}", f"{NOW + 6000:.0f}"),
        lambda token: token.replace(CALL, "CA2"),
        lambda token: "\ud800" + token,
        lambda token: token + "\udfff",
        lambda token: "ÿ.ÿ.ÿ.ÿ",
        lambda token: "x" * 60_000,
    ],
)
def test_a_forged_token(entrance: Entrance, forge: Callable[[str], str]) -> None:
    """Anything that was changed, cut or made up is refused, whatever it looks like."""
    token = forge(entrance.issue_token(CALL, NOW))
    for call_id in (CALL, "CA2"):
        with pytest.raises(BadTokenError, match="forged"):
            entrance.read_token(token, call_id, NOW)


def test_a_token_of_another_account(entrance: Entrance, environ: dict[str, str]) -> None:
    """The key comes from our auth token; without it no token can be made."""
    other = Entrance(made(environ, TWILIO_AUTH_TOKEN="another"))
    with pytest.raises(BadTokenError, match="forged"):
        entrance.read_token(other.issue_token(CALL, NOW), CALL, NOW)
    assert SECRET not in entrance.issue_token(CALL)


# TwiML


def test_the_stream_carries_its_parameters_whole(environ: dict[str, str]) -> None:
    """R93: From, To and token arrive as they were, whatever characters they have; the redirect is behind the stream."""
    numbers = {"from_number": "+1\"<&>'", "to_number": "</Parameter>", "token": "a.b-c_d=="}
    response = ET.fromstring(twiml_stream(made(environ), numbers))  # noqa: S314 - our own text
    assert [verb.tag for verb in response] == ["Connect", "Redirect"]
    stream = response[0][0]
    assert (stream.tag, stream.get("url")) == ("Stream", "wss://agent.example.com/ws/twilio")
    assert {p.get("name"): p.get("value") for p in stream} == numbers
    assert (response[1].text, response[1].get("method")) == ("/twiml/after?stream=1#rc=5&rp=ct,rt,5xx", "POST")


def test_holding_on_is_words_with_pauses_and_the_same_question_again() -> None:
    """One line: a short pause. Several: a pause behind each that is no silence; then /twiml/after."""
    one = ET.fromstring(twiml_hold(["One moment, please."]))  # noqa: S314 - our own text
    assert [(verb.tag, verb.get("length")) for verb in one] == [("Say", None), ("Pause", "1"), ("Redirect", None)]
    many = ET.fromstring(twiml_hold(["Un momento.", "Gracias."], "es"))  # noqa: S314
    assert [verb.tag for verb in many] == ["Say", "Pause", "Say", "Pause", "Redirect"]
    assert {say.get("language") for say in many.findall("Say")} == {"es-MX"}
    assert (many[-1].text or "").startswith("/twiml/after?stream=1#rc=5")


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("+15125550100", "+15125550100"),
        ("+266696687", ""),
        ("anonymous", ""),
        ("", ""),
        (None, ""),
        ("sip:x@y", ""),
        ("+1 512", ""),
    ],
)
def test_a_new_call_knows_the_numbers_that_are_numbers(given: str | None, known: str) -> None:
    """Twilio's words and keypad letters for a withheld number are none (R93)."""
    session = new_session(CALL, given, "+15125550199", datetime(2026, 11, 25, tzinfo=UTC))
    assert (session.call_id, session.caller_number, session.called_number) == (CALL, known, "+15125550199")


def test_the_apology_ends_the_call_or_dials_a_person(environ: dict[str, str]) -> None:
    """Spoken text, then the hang-up; with FALLBACK_NUMBER a person is dialled in between."""
    alone = ET.fromstring(twiml_apology(made(environ), "Sorry & <goodbye>."))  # noqa: S314 - our own text
    assert [verb.tag for verb in alone] == ["Say", "Hangup"]
    assert alone[0].text == "Sorry & <goodbye>."
    spanish = ET.fromstring(twiml_apology(made(environ), "Perdone.", "es"))  # noqa: S314
    assert spanish[0].get("language") == "es-MX"
    helped = ET.fromstring(twiml_apology(made(environ, FALLBACK_NUMBER="+15125550111"), "Sorry."))  # noqa: S314
    assert [(verb.tag, verb.text) for verb in helped] == [
        ("Say", "Sorry."),
        ("Dial", "+15125550111"),
        ("Hangup", None),
    ]
    assert helped[1].get("timeLimit") == "3600"
    ended = made(environ, FALLBACK_NUMBER="+15125550111")
    kept = ET.fromstring(twiml_apology(ended, "Sorry.", forward=False))  # noqa: S314
    assert [verb.tag for verb in kept] == ["Say", "Hangup"]


def ending(last_words: str, **facts: object) -> CallSession:
    """A call whose last words Twilio is to say."""
    known = {"call_id": CALL, "started_at": AT, "last_words": last_words}
    return CallSession.model_validate(known | facts)


@pytest.mark.parametrize(
    ("facts", "language", "dials"),
    [
        ({"state": State.CALLBACK}, "en-US", True),
        ({"state": State.DISCOVERY, "language": "es"}, "es-MX", True),
        ({"state": State.SAFETY_EXIT, "language": "es"}, "es-MX", False),
        ({"state": State.TRANSFER, "transfer": Transfer(asked_at=AT, taken_at=AT)}, "en-US", False),
        ({"state": State.CALLBACK, "transfer": Transfer(asked_at=AT)}, "en-US", True),
        ({"state": State.CALLBACK, "reason": Reason.BILLING}, "en-US", True),
        ({"state": State.CONFIRM, "reason": Reason.BOOKED}, "en-US", False),
        ({"state": State.GOODBYE, "reason": Reason.VENDOR}, "en-US", False),
        ({"state": State.GOODBYE, "reason": Reason.WRONG_NUMBER}, "en-US", False),
        ({"state": State.GOODBYE, "reason": Reason.SILENCE}, "en-US", False),
    ],
)
def test_the_last_words_of_a_call(
    environ: dict[str, str], facts: dict[str, object], language: str, *, dials: bool
) -> None:
    """In the caller's language; a person is dialled for a caller who is owed a call, and not in a danger."""
    settings = made(environ, FALLBACK_NUMBER="+15125550111")
    spoken = ET.fromstring(twiml_last_words(settings, ending("Goodbye.", **facts)))  # noqa: S314 - our own text
    assert [verb.tag for verb in spoken] == ["Say", *(["Dial"] if dials else []), "Hangup"]
    assert (spoken[0].text, spoken[0].get("language")) == ("Goodbye.", language)


def test_the_dial_shows_our_number_and_hides_the_callers(environ: dict[str, str]) -> None:
    """The number that was called, else our own; what is rung, for how long, and what is asked meanwhile and after."""
    settings = made(environ, TRANSFER_NUMBER="+15125550177", TWILIO_PHONE_NUMBER="+15125550188")
    dial = ET.fromstring(twiml_dial(settings, ending(""), 3, "+15125550199", 15))[0]  # noqa: S314 - our own text
    assert (dial.get("callerId"), dial.get("timeout"), dial.get("timeLimit")) == ("+15125550199", "15", "3600")
    assert dial.get("answerOnBridge") == "true"
    assert dial.get("action") == "/twiml/after?stream=3#rc=5&rp=ct,rt,5xx"
    assert [(number.text, number.get("url")) for number in dial] == [
        ("+15125550177", f"/twiml/whisper?call={CALL}#rc=5&rp=ct,rt,5xx")
    ]
    unsaid = ending("I'm connecting you.", language="es")
    spoken, unknown = ET.fromstring(twiml_dial(settings, unsaid, 1, "", 20))  # noqa: S314
    assert (spoken.tag, spoken.text, spoken.get("language")) == ("Say", "I'm connecting you.", "es-MX")
    assert unknown.get("callerId") == "+15125550188"


def test_the_whisper_and_what_follows_a_key() -> None:
    """Said twice with what to press, then the end of that leg; the key ends the document, and so connects."""
    whisper = ET.fromstring(twiml_whisper(CALL, "Dana & a heater."))  # noqa: S314 - our own text
    assert [verb.tag for verb in whisper] == ["Gather", "Hangup"]
    assert [say.text for say in whisper[0].findall("Say")] == ["Dana & a heater. Press 1 to take the call."] * 2
    assert whisper[0].get("action") == f"/twiml/whisper/key?call={CALL}#rc=5&rp=ct,rt,5xx"
    assert len(ET.fromstring(twiml_connect())) == 0  # noqa: S314
    rejected = ET.fromstring(twiml_reject())[0]  # noqa: S314
    assert (rejected.tag, rejected.get("reason")) == ("Reject", "busy")


def test_the_hang_up() -> None:
    """One verb."""
    assert [verb.tag for verb in ET.fromstring(twiml_hangup())] == ["Hangup"]  # noqa: S314 - our own text


# The media stream


@pytest.fixture
def heard() -> list[bytes]:
    """What the recogniser was given."""
    return []


@pytest.fixture
async def serializer(heard: list[bytes]) -> MarkSerializer:
    async def hear(audio: bytes) -> None:
        heard.append(audio)

    line = MarkSerializer("MZ1", CALL, hear)
    worker = cast(PipelineWorker, None)  # a serializer asks for the rates alone
    clock = SystemClock()  # type: ignore[no-untyped-call]
    await line.setup(FrameProcessorSetup(clock, TaskManager(), worker, 8000, 8000))
    return line


def media(payload: object) -> str:
    return json.dumps({"event": "media", "streamSid": "MZ1", "media": {"payload": payload}})


async def test_audio_both_ways(serializer: MarkSerializer, heard: list[bytes]) -> None:
    """20 ms of mu-law in are 160 samples for the recogniser and no frame; samples out are mu-law again."""
    sent = bytes(range(128, 256)) + bytes(range(32))
    assert await serializer.deserialize(media(base64.b64encode(sent).decode())) is None
    assert [len(audio) for audio in heard] == [320]
    said = json.loads(await serializer.serialize(TTSAudioRawFrame(heard[0], 8000, 1)) or "")
    assert base64.b64decode(said["media"]["payload"]) == sent
    assert (said["event"], said["streamSid"]) == ("media", "MZ1")


class Tape:
    """What a recorder is told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def heard(self, audio: bytes, timestamp: object) -> None:
        self.told.append(("heard", audio, timestamp))

    def sent(self, audio: bytes) -> None:
        self.told.append(("sent", audio))

    def marked(self, name: str) -> None:
        self.told.append(("marked", name))

    def echoed(self, name: str) -> None:
        self.told.append(("echoed", name))

    def cleared(self) -> None:
        self.told.append(("cleared",))

    async def close(self) -> None:
        self.told.append(("closed",))


async def test_a_recorder_is_told_of_all_that_passes(serializer: MarkSerializer, heard: list[bytes]) -> None:
    """As it is on the wire, and in its order; of a clear that is not sent, nothing."""
    tape = serializer.recorder = Tape()
    sound = bytes(range(128, 256)) + bytes(range(32))
    told = {"payload": base64.b64encode(sound).decode(), "timestamp": "40"}
    await serializer.deserialize(json.dumps({"event": "media", "streamSid": "MZ1", "media": told}))
    await serializer.serialize(TTSAudioRawFrame(heard[0], 8000, 1))
    await serializer.serialize(MarkFrame(message=MARK))
    await serializer.deserialize(json.dumps(MARK))
    serializer.protect = True
    await serializer.serialize(InterruptionFrame())
    serializer.protect = False
    await serializer.serialize(InterruptionFrame())
    await serializer.deserialize(media("no audio"))
    await serializer.close()
    name = "goodbye-1"
    passed = [("heard", sound, "40"), ("sent", sound), ("marked", name), ("echoed", name), ("cleared",), ("closed",)]
    assert tape.told == passed


async def test_marks_and_the_end_arrive_as_messages(serializer: MarkSerializer) -> None:
    """A mark tells what was played; stop tells that Twilio ended the stream, and not the network."""
    mark = await serializer.deserialize(json.dumps(MARK))
    assert isinstance(mark, InputTransportMessageFrame)
    assert mark.message == MARK
    assert not serializer.stopped
    stop = await serializer.deserialize(json.dumps({"event": "stop", "streamSid": "MZ1", "stop": {"callSid": CALL}}))
    assert isinstance(stop, InputTransportMessageFrame)
    assert serializer.stopped


async def test_a_mark_is_sent_as_it_is(serializer: MarkSerializer) -> None:
    """Our own marks reach Twilio, and a mark tells that it has left: no barge-in takes it away before."""
    mark = MarkFrame(message=MARK)
    assert (mark.sent, mark.interruptible) == (False, False)
    assert json.loads(await serializer.serialize(mark) or "") == MARK
    assert mark.sent


async def test_a_key_is_a_key(serializer: MarkSerializer) -> None:
    """DTMF arrives as a keypad frame; a key that no phone has is dropped."""
    key = await serializer.deserialize(json.dumps({"event": "dtmf", "dtmf": {"digit": "#"}}))
    assert isinstance(key, InputDTMFFrame)
    assert key.button is KeypadEntry.POUND
    assert await serializer.deserialize(json.dumps({"event": "dtmf", "dtmf": {"digit": "Z"}})) is None


async def test_a_must_hear_line_is_not_cleared(serializer: MarkSerializer) -> None:
    """While protected a barge-in sends no clear; otherwise it does."""
    cleared = json.loads(await serializer.serialize(InterruptionFrame()) or "")
    assert cleared == {"event": "clear", "streamSid": "MZ1"}
    serializer.protect = True
    assert await serializer.serialize(InterruptionFrame()) is None


async def test_connected_is_ignored(serializer: MarkSerializer) -> None:
    """Messages that say nothing to us are dropped and are no defect."""
    for event in ("connected", "something_new"):
        assert await serializer.deserialize(json.dumps({"event": event})) is None
    assert serializer.malformed == 0


async def test_a_second_start_makes_no_sense(serializer: MarkSerializer) -> None:
    """It is dropped and counted: the call goes on as the first one began it."""
    assert await serializer.deserialize(json.dumps({"event": "start", "start": {}})) is None
    assert serializer.malformed == 1


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "null",
        "[]",
        "7",
        '"mark"',
        "NaN",
        b"\x00\xff\xfe",
        b"\x80" * 400,
        "[" * 60_000,
        '{"event":"media","media":' + "[" * 30_000,
        "9" * 5000,
        json.dumps({"event": "mark"}),
        json.dumps({"event": "mark", "mark": None}),
        json.dumps({"event": "mark", "mark": "name"}),
        json.dumps({"event": "mark", "mark": []}),
        json.dumps({"event": "mark", "mark": {}}),
        json.dumps({"event": "media", "media": None}),
        json.dumps({"event": "media", "media": 3}),
        json.dumps({"event": "media", "media": ["payload"]}),
        json.dumps({"event": "dtmf", "dtmf": None}),
        media(3),
        media({"a": 1}),
        media("ÿÿÿÿ"),
        media("/"),
    ],
    ids=lambda data: repr(data)[:30],
)
async def test_what_cannot_be_read_is_dropped(serializer: MarkSerializer, data: str | bytes) -> None:
    """An exception here would end the call (pipecat.md 1.4): it is dropped and counted, and the next one is read."""
    assert await serializer.deserialize(data) is None
    assert serializer.malformed == 1
    assert await serializer.deserialize(json.dumps(MARK)) is not None


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"event": None},
        {"event": ["media"]},
        {"event": "media", "media": {}},
        {"event": "media", "media": {"payload": ""}},
        {"event": "mark", "mark": {"name": 7}},
        {"event": "dtmf"},
        {"event": "dtmf", "dtmf": {"digit": []}},
    ],
    ids=repr,
)
async def test_what_says_nothing_is_dropped(
    serializer: MarkSerializer, heard: list[bytes], message: dict[str, Any]
) -> None:
    """Missing and wrong fields never raise."""
    assert await serializer.deserialize(json.dumps(message)) is None
    assert heard == []


async def test_a_flood_of_rubbish_is_two_lines_of_log(
    serializer: MarkSerializer, caplog: pytest.LogCaptureFixture
) -> None:
    """The first and the hundredth are told, without their content."""
    for _ in range(150):
        await serializer.deserialize("rubbish of the caller")
    assert len(caplog.records) == 2
    assert "rubbish" not in caplog.text


# The REST requests


class TwilioApi:
    """Answers every request with one status, at once, late or never; keeps what was asked."""

    def __init__(self) -> None:
        self.status, self.hangs, self.body = 200, False, '{"sid": "CA1", "status": "completed"}'
        self.asked: list[tuple[str, str, str, dict[str, str]]] = []

    async def answer(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.asked.append((request.method, request.path, request.headers.get("Authorization", ""), form))
        if self.hangs:
            await asyncio.Event().wait()
        return web.Response(status=self.status, text=self.body, content_type="application/json")


@contextlib.asynccontextmanager
async def rest(environ: dict[str, str], **changes: str) -> AsyncIterator[tuple[TwilioApi, TwilioCalls]]:
    """Twilio's API on loopback, and our end of it."""
    api, app = TwilioApi(), web.Application()
    app.router.add_route("*", "/{path:.*}", api.answer)
    async with serve(app) as port:
        base = {"TWILIO_API_BASE_URL": f"http://127.0.0.1:{port}"}
        calls = TwilioCalls(made(environ, **(base | changes)))
        try:
            yield api, calls
        finally:
            await calls.close()


async def test_the_hang_up_request(environ: dict[str, str]) -> None:
    """A form with Status=completed to the call's address, with the account's credentials (Twilio: Calls resource)."""
    async with rest(environ) as (api, calls):
        assert await calls.hang_up(CALL)
    credentials = "Basic " + base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json"
    assert api.asked == [("POST", path, credentials, {"Status": "completed"})]


async def test_twilios_own_voice(environ: dict[str, str]) -> None:
    """New instructions for the live call: the line spoken by Twilio, then the end."""
    async with rest(environ) as (api, calls):
        assert await calls.say_and_hang_up(ending("We'll call you back & soon."))
    (form,) = [form for *_, form in api.asked]
    spoken = ET.fromstring(form["Twiml"])  # noqa: S314 - our own text
    assert [(verb.tag, verb.text) for verb in spoken] == [("Say", "We'll call you back & soon."), ("Hangup", None)]


async def test_a_slow_twilio_costs_no_more_than_the_deadline(environ: dict[str, str]) -> None:
    """No answer: False after HANGUP_REQUEST_SECONDS, and the next request is made all the same."""
    async with rest(environ) as (api, calls):
        api.hangs = True
        loop = asyncio.get_running_loop()
        started = loop.time()
        assert not await calls.hang_up(CALL)
        assert loop.time() - started == pytest.approx(1.5)
        api.hangs = False
        assert await calls.hang_up(CALL)


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, "{}"), (503, "<html>"), (401, '{"code": 20003}'), (404, ""), (429, "null"), (200, "]"), (200, "<html>")],
)
async def test_a_refusal_is_false(environ: dict[str, str], status: int, body: str) -> None:
    """Whatever Twilio answers, nothing is raised: the end of the stream ends the call then."""
    async with rest(environ) as (api, calls):
        api.status, api.body = status, body
        assert not await calls.hang_up(CALL)
        assert not await calls.say_and_hang_up(ending("Sorry."))


async def test_nobody_answers(environ: dict[str, str]) -> None:
    """A refused connection is False."""
    async with rest(environ, TWILIO_API_BASE_URL=refused_url()) as (_, calls):
        assert not await calls.hang_up(CALL)


async def test_close_without_a_request(environ: dict[str, str]) -> None:
    """A process that never called Twilio closes nothing."""
    await TwilioCalls(made(environ)).close()


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


async def test_no_key_in_the_log(environ: dict[str, str], everything_logged: pytest.LogCaptureFixture) -> None:
    """Neither the token nor the header that carries it is logged, at any level, with and without success."""
    async with rest(environ) as (api, calls):
        assert await calls.hang_up(CALL)
        api.status = 500
        assert not await calls.hang_up(CALL)
    log = everything_logged.text
    assert f"{CALL} Twilio did not confirm" in log
    for secret in (SECRET, base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode(), "Authorization"):
        assert secret not in log
