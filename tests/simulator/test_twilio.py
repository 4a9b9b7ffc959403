"""Twilio's stand-in against a small bot over real sockets: webhooks, verbs, media, marks and the REST API."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from twilio.request_validator import RequestValidator

from simulator.faults import Faults
from simulator.phone import stream_faults
from simulator.phone.media_stream import Playout
from simulator.phone.phone_call import PhoneCall
from simulator.phone.twilio import TwilioStandIn
from simulator.phone.twiml import ConnectStream, Dial, Hangup, Redirect, Say, TwimlError, parse
from simulator.phone.webhook import Rules
from simulator.sound.recording import SILENCE, Recording

CONTROLLED_CLOCK = True

ACCOUNT = "AC" + "0" * 32
TOKEN = "token"
BEEP = bytes([0x10, 0x90] * 80)  # 20 ms of something loud, in mu-law

Script = Callable[[aiohttp.web.WebSocketResponse, "EchoBot"], Awaitable[None]]


def session(token: str) -> aiohttp.ClientSession:
    """A client with the account's credentials."""
    return aiohttp.ClientSession(headers={"Authorization": aiohttp.encode_basic_auth(ACCOUNT, token)})


class Phone:
    """A handset that beeps for ever and notes what it hears."""

    def __init__(self) -> None:
        self.hung_up = False
        self.heard = bytearray()
        self.keys: list[str] = []
        self.on_tick: Callable[[], None] = lambda: None

    def tick(self, heard: bytes) -> bytes:
        self.heard += heard
        self.on_tick()
        return BEEP

    def pressed(self) -> list[str]:
        keys, self.keys = self.keys, []
        return keys


class EchoBot:
    """Answers the voice webhook and runs one script on the media websocket."""

    def __init__(self) -> None:
        self.script: Script = _until_stop
        self.after = "<Response><Hangup/></Response>"
        self.twiml: str | None = None
        self.forms: list[dict[str, str]] = []
        self.messages: list[dict[str, Any]] = []
        self.signatures: list[bool] = []
        self.twiml_status = 200
        self.rest = ""
        self.call_sid = ""
        self.stream_sid = ""
        self.first_messages = 2
        self.max_message_bytes = 1 << 16
        app = web.Application()
        app.router.add_post("/twiml", self._answer)
        app.router.add_post("/twiml/after", self._after)
        app.router.add_post("/twiml/status", self._after)
        app.router.add_post("/fallback", self._fallback)
        app.router.add_get("/ws/twilio", self._media)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url("/twiml"))

    async def _form(self, request: web.Request) -> None:
        form = {key: str(value) for key, value in (await request.post()).items()}
        validator = RequestValidator(TOKEN)
        given = request.headers["X-Twilio-Signature"]
        self.signatures.append(validator.validate(str(request.url), form, given))
        self.forms.append(form)

    async def _answer(self, request: web.Request) -> web.Response:
        await self._form(request)
        ws = str(self.server.make_url("/ws/twilio")).replace("http", "ws")
        stream = f'<Stream url="{ws}"><Parameter name="token" value="a&amp;b"/></Stream>'
        redirect = '<Redirect method="POST">/twiml/after</Redirect>'
        body = f"<Response><Connect>{stream}</Connect>{redirect}</Response>"
        return web.Response(text=self.twiml or body, status=self.twiml_status)

    async def _after(self, request: web.Request) -> web.Response:
        await self._form(request)
        return web.Response(text=self.after)

    async def _fallback(self, request: web.Request) -> web.Response:
        await self._form(request)
        return web.Response(text="<Response><Hangup/></Response>")

    async def _media(self, request: web.Request) -> web.WebSocketResponse:
        url = str(request.url).replace("http", "ws")
        given = request.headers["X-Twilio-Signature"]
        self.signatures.append(RequestValidator(TOKEN).validate(url, {}, given))
        ws = web.WebSocketResponse(max_msg_size=self.max_message_bytes)
        await ws.prepare(request)
        for _ in range(self.first_messages):
            self.messages.append(await ws.receive_json())
        self.call_sid = self.messages[-1]["start"]["callSid"]
        self.stream_sid = self.messages[-1]["start"]["streamSid"]
        await self.script(ws, self)
        await ws.close()
        return ws

    async def play(self, ws: web.WebSocketResponse, frames: int, mark: str) -> None:
        payload = base64.b64encode(BEEP * frames).decode()
        await ws.send_json({"event": "media", "streamSid": self.stream_sid, "media": {"payload": payload}})
        await ws.send_json({"event": "mark", "streamSid": self.stream_sid, "mark": {"name": mark}})

    async def receive(self, ws: web.WebSocketResponse, event: str) -> dict[str, Any]:
        async with asyncio.timeout(5):
            while True:
                message: dict[str, Any] = await ws.receive_json()
                self.messages.append(message)
                if message["event"] == event:
                    return message

    async def update(self, **form: str) -> tuple[int, dict[str, Any]]:
        url = f"{self.rest}/2010-04-01/Accounts/{ACCOUNT}/Calls/{self.call_sid}.json"
        async with (
            session(TOKEN) as http,
            http.post(url, data=form) as answer,
        ):
            return answer.status, await answer.json()


async def _until_stop(ws: web.WebSocketResponse, bot: EchoBot) -> None:
    await bot.receive(ws, "stop")


@pytest.fixture
async def bot() -> AsyncIterator[EchoBot]:
    """A bot on loopback."""
    bot = EchoBot()
    await bot.server.start_server()
    yield bot
    await bot.server.close()


@pytest.fixture
async def twilio(bot: EchoBot) -> AsyncIterator[TwilioStandIn]:
    """Twilio on loopback; `<Say>` is two beeps a word."""
    async with TwilioStandIn(
        account_sid=ACCOUNT, auth_token=TOKEN, voice=lambda text: BEEP * 2 * len(text.split())
    ) as twilio:
        bot.rest = twilio.base_url
        yield twilio


def call_of(twilio: TwilioStandIn, phone: Phone) -> PhoneCall:
    return twilio.new_call(phone, from_="+15125550100", to="+15125550199")


async def test_hang_up_by_rest(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """A REST Status=completed ends the call at once, with `stop`, and no verb behind Connect runs."""

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        status, body = await bot.update(Status="completed")
        assert (status, body["sid"]) == (200, bot.call_sid)
        await bot.receive(ws, "stop")

    bot.script = script
    end = await call_of(twilio, Phone()).run(bot.url)
    assert (end.by, end.how, end.protocol_errors) == ("bot", "rest", ())
    assert len(bot.forms) == 1
    assert bot.signatures == [True, True]


async def test_messages_have_twilios_form(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """connected, start with the unescaped parameters, then media with ascending chunk and timestamp."""

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        for _ in range(3):
            await bot.receive(ws, "media")

    bot.script = script
    await call_of(twilio, Phone()).run(bot.url)
    connected, start, *media = bot.messages
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert start["start"]["customParameters"] == {"token": "a&b"}
    assert start["start"]["mediaFormat"]["encoding"] == "audio/x-mulaw"
    assert start["start"]["streamSid"].startswith("MZ")
    assert [m["media"]["chunk"] for m in media] == ["1", "2", "3"]
    assert [m["media"]["timestamp"] for m in media] == ["0", "20", "40"]
    assert [m["sequenceNumber"] for m in media] == ["2", "3", "4"]
    assert base64.b64decode(media[0]["media"]["payload"]) == BEEP


async def test_redirect_runs_when_the_stream_ends(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """A websocket that closes without a REST hang-up goes on with the verbs behind Connect."""

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        await bot.receive(ws, "media")

    bot.script = script
    phone = Phone()
    bot.after = "<Response><Say>Sorry we got cut off</Say><Hangup/></Response>"
    end = await call_of(twilio, phone).run(bot.url)
    assert (end.by, end.how) == ("bot", "hangup verb")
    assert [form["CallStatus"] for form in bot.forms] == ["ringing", "in-progress"]
    assert phone.heard.count(BEEP) == 10


async def test_mark_comes_back_after_the_audio(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """A mark is echoed when everything before it was played, in real time; the phone heard all of it."""
    elapsed = 0.0

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        nonlocal elapsed
        loop = asyncio.get_running_loop()
        started = loop.time()
        await bot.play(ws, 5, "goodbye")
        mark = await bot.receive(ws, "mark")
        elapsed = loop.time() - started
        assert mark["mark"] == {"name": "goodbye"}

    bot.script = script
    phone = Phone()
    await call_of(twilio, phone).run(bot.url)
    assert phone.heard.count(BEEP) == 5
    assert elapsed >= 0.08


async def test_clear_empties_the_buffer(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """`clear` drops what was not played and sends the pending marks back at once."""

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        await bot.play(ws, 500, "long")
        await bot.receive(ws, "media")
        await ws.send_json({"event": "clear", "streamSid": bot.stream_sid})
        assert (await bot.receive(ws, "mark"))["mark"] == {"name": "long"}

    bot.script = script
    phone = Phone()
    call = call_of(twilio, phone)
    await call.run(bot.url)
    assert phone.heard.count(BEEP) < 50
    assert call.timeline.of("twilio", "clear")
    passed = [what for _, what, _ in call.wire if what != "voice"]
    assert passed[0] == "start"
    assert passed[-1] == "clear"
    assert sum(ms for _, what, ms in call.wire if what == "audio") == 500 * 20


async def test_caller_hangs_up(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """The caller's hang-up sends `stop` and ends the call as the caller's."""
    phone = Phone()
    phone.on_tick = lambda: setattr(phone, "hung_up", len(phone.heard) > 800)
    end = await call_of(twilio, phone).run(bot.url)
    assert end.by == "caller"
    assert bot.messages[-1]["event"] == "stop"
    assert bot.messages[-1]["stop"] == {"accountSid": ACCOUNT, "callSid": bot.call_sid}


async def test_keys_are_sent(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """A pressed key arrives as a dtmf event."""
    got: list[str] = []

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        got.append((await bot.receive(ws, "dtmf"))["dtmf"]["digit"])

    bot.script = script
    phone = Phone()
    phone.keys = ["5"]
    await call_of(twilio, phone).run(bot.url)
    assert got == ["5"]


async def test_rest_twiml_replaces_the_stream(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """An update with Twiml= stops the stream and speaks to the caller."""

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        await bot.update(Twiml="<Response><Say>We will call you back</Say></Response>")
        await bot.receive(ws, "stop")

    bot.script = script
    phone = Phone()
    end = await call_of(twilio, phone).run(bot.url)
    assert (end.by, end.how) == ("bot", "end of document")
    assert phone.heard.count(BEEP) == 10


async def test_rest_refuses_as_twilio_does(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """Wrong credentials are 401/20003, an unknown call 404/20404, a redirect of a finished call 400/21220."""
    bot.call_sid = "CAunknown"
    assert (await bot.update(Status="completed"))[0] == 404
    url = f"{twilio.base_url}/2010-04-01/Accounts/{ACCOUNT}/Calls/CA1.json"
    async with (
        session("wrong") as http,
        http.post(url, data={"Status": "completed"}) as answer,
    ):
        assert (answer.status, (await answer.json())["code"]) == (401, 20003)
    call = call_of(twilio, Phone())
    call.end("bot", "test")
    bot.call_sid = call.sid
    status, body = await bot.update(Url="http://127.0.0.1/x")
    assert (status, body["code"]) == (400, 21220)


async def test_faults_of_the_rest_api(bot: EchoBot) -> None:
    """The part "twilio" of the faults hits the REST API."""
    async with TwilioStandIn(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        voice=bytes.fromhex,
        faults=Faults.parse("twilio:503"),
    ) as twilio:
        bot.rest, bot.call_sid = twilio.base_url, "CA1"
        assert (await bot.update(Status="completed"))[0] == 503


# Faults of the media stream


@pytest.fixture
async def failing(bot: EchoBot, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[TwilioStandIn, Faults]]:
    """Twilio on loopback whose streams fail at once, or whenever it is told to."""
    monkeypatch.setattr(stream_faults, "EARLIEST_SECONDS", 0.0)
    monkeypatch.setattr(stream_faults, "STALL_SECONDS", 0.2)
    monkeypatch.setattr(stream_faults, "LEFT_OPEN_SECONDS", 0.2)
    switch = Faults()
    async with TwilioStandIn(account_sid=ACCOUNT, auth_token=TOKEN, voice=lambda _: BEEP, faults=switch) as twilio:
        yield twilio, switch


def hits(switch: Faults) -> list[str]:
    return [hit.mode for hit in switch.hits if hit.part == "stream"]


async def raw(ws: web.WebSocketResponse, until: str) -> list[Any]:
    """All messages up to an event of this name; what is no JSON, or binary, as it came."""
    got: list[Any] = []
    async with asyncio.timeout(5):
        async for message in ws:
            try:
                got.append(json.loads(message.data))
            except ValueError:
                got.append(message.data)
            if isinstance(got[-1], dict) and got[-1].get("event") == until:
                break
    return got


async def test_a_fault_of_the_stream_is_set_in_the_call(bot: EchoBot, failing: tuple[TwilioStandIn, Faults]) -> None:
    """It strikes the stream that is open, once for each time that it is set."""
    twilio, switch = failing

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        await raw(ws, "media")
        assert switch.hits == []
        for _ in range(2):
            switch.set("stream", "two_starts")
            again = (await raw(ws, "start"))[-1]
            assert again["start"] == bot.messages[1]["start"]
            assert "start" not in [m["event"] for m in [await ws.receive_json() for _ in range(3)]]
            switch.set("stream", None)
            await raw(ws, "media")

    bot.script = script
    end = await call_of(twilio, Phone()).run(bot.url)
    assert (end.how, hits(switch)) == ("hangup verb", ["two_starts"] * 2)


async def test_a_fault_set_before_the_call_waits(bot: EchoBot, failing: tuple[TwilioStandIn, Faults]) -> None:
    """It strikes in the middle of the call and not before its first word."""
    twilio, switch = failing
    stream_faults.EARLIEST_SECONDS = 0.1  # type: ignore[misc] # the fixture puts it back
    switch.set("stream", "binary", 1)
    got: list[Any] = []

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        got.extend([(await ws.receive()).data for _ in range(8)])

    bot.script = script
    await call_of(twilio, Phone()).run(bot.url)
    assert [isinstance(data, bytes) for data in got].index(True) == 5
    assert switch.mode("stream") is None


async def test_the_stream_is_dropped(bot: EchoBot, failing: tuple[TwilioStandIn, Faults]) -> None:
    """No stop, no close frame; Twilio goes on with the verbs behind Connect."""
    twilio, switch = failing
    switch.set("stream", "drop")
    got: list[Any] = []

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        got.extend(await raw(ws, "stop"))
        assert ws.close_code == 1006

    bot.script = script
    end = await call_of(twilio, Phone()).run(bot.url)
    assert (end.by, end.how, len(bot.forms)) == ("bot", "hangup verb", 2)
    assert "stop" not in [m["event"] for m in got]
    assert hits(switch) == ["drop"]


async def test_stop_and_the_websocket_stays_open(bot: EchoBot, failing: tuple[TwilioStandIn, Faults]) -> None:
    """The caller is gone and no verb runs; nothing more comes, until the bot closes or Twilio loses patience."""
    twilio, switch = failing
    switch.set("stream", "stop_open")
    times: list[float] = []

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        await raw(ws, "stop")
        times.append(asyncio.get_running_loop().time())
        async for message in ws:
            assert json.loads(message.data)["event"] == "stop"
        times.append(asyncio.get_running_loop().time())

    bot.script = script
    end = await call_of(twilio, Phone()).run(bot.url)
    assert (end.by, len(bot.forms)) == ("caller", 1)
    assert times[1] - times[0] > 0.15
    assert hits(switch) == ["stop_open"]


async def test_stop_and_the_bot_closes(bot: EchoBot, failing: tuple[TwilioStandIn, Faults]) -> None:
    """A bot that closes is not waited for."""
    twilio, switch = failing
    stream_faults.LEFT_OPEN_SECONDS = 60.0  # type: ignore[misc] # the fixture puts it back
    switch.set("stream", "stop_open")
    async with asyncio.timeout(5):
        end = await call_of(twilio, Phone()).run(bot.url)
    assert end.by == "caller"


async def test_marks_never_come_back(bot: EchoBot, failing: tuple[TwilioStandIn, Faults]) -> None:
    """Neither when they were played nor when they were cleared; each is a hit. Healed, they come again."""
    twilio, switch = failing
    switch.set("stream", "no_marks")

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        await bot.play(ws, 1, "played")
        await bot.play(ws, 500, "cleared")
        await ws.send_json({"event": "clear", "streamSid": bot.stream_sid})
        assert {m["event"] for m in [await ws.receive_json() for _ in range(10)]} == {"media"}
        switch.set("stream", None)
        await bot.play(ws, 1, "healed")
        assert (await bot.receive(ws, "mark"))["mark"] == {"name": "healed"}

    bot.script = script
    await call_of(twilio, Phone()).run(bot.url)
    assert hits(switch) == ["no_marks"] * 2


@pytest.mark.parametrize(
    ("mode", "strange"),
    [
        ("malformed", lambda m: not isinstance(m, dict)),
        ("malformed", lambda m: isinstance(m, dict) and "event" not in m),
        ("malformed", lambda m: isinstance(m, dict) and m.get("event") is None),
        ("malformed", lambda m: isinstance(m, dict) and m.get("media") == {"payload": None}),
        ("malformed", lambda m: isinstance(m, dict) and m.get("media") == {"payload": "A"}),
        ("oversized", lambda m: isinstance(m, str) and len(m) == 1 << 20),
        ("binary", lambda m: isinstance(m, bytes)),
        ("dtmf_junk", lambda m: isinstance(m, dict) and m.get("dtmf", {}).get("digit") == "99"),
        ("dtmf_junk", lambda m: isinstance(m, dict) and m.get("dtmf", {}).get("digit") == "7"),
    ],
)
async def test_strange_messages(
    bot: EchoBot, failing: tuple[TwilioStandIn, Faults], mode: str, strange: Callable[[Any], bool]
) -> None:
    """They come, and the call goes on behind them."""
    twilio, switch = failing
    switch.set("stream", mode)
    got: list[Any] = []

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        async with asyncio.timeout(5):
            while not any(map(strange, got)):
                got.extend(await raw(ws, "media"))
        got.extend(await raw(ws, "media"))

    bot.script, bot.max_message_bytes = script, 2 << 20
    end = await call_of(twilio, Phone()).run(bot.url)
    assert (end.how, end.protocol_errors, hits(switch)) == ("hangup verb", (), [mode])


async def test_media_before_start(bot: EchoBot, failing: tuple[TwilioStandIn, Faults]) -> None:
    """At the start of a stream alone: set in the middle of one, it is no hit."""
    twilio, switch = failing
    switch.set("stream", "media_first")

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        await raw(ws, "media")

    bot.script, bot.first_messages = script, 3
    await call_of(twilio, Phone()).run(bot.url)
    assert [m["event"] for m in bot.messages] == ["connected", "media", "start"]
    assert hits(switch) == ["media_first"]
    switch.set("stream", None)

    async def late(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        switch.set("stream", "media_first")
        for _ in range(3):
            await raw(ws, "media")

    bot.script, bot.first_messages = late, 2
    await call_of(twilio, Phone()).run(bot.url)
    assert hits(switch) == ["media_first"]


async def test_a_reader_that_stalls(bot: EchoBot, failing: tuple[TwilioStandIn, Faults]) -> None:
    """Audio that is sent meanwhile is heard late, and all of it; a sender who sends too much is held up."""
    twilio, switch = failing
    phone = Phone()

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        switch.set("stream", "stalled")
        await raw(ws, "media")
        await raw(ws, "media")
        loop = asyncio.get_running_loop()
        began = loop.time()
        await bot.play(ws, 3, "late")
        assert (await bot.receive(ws, "mark"))["mark"] == {"name": "late"}
        assert loop.time() - began > 0.15

    bot.script = script
    await call_of(twilio, phone).run(bot.url)
    assert phone.heard.count(BEEP) == 3
    assert hits(switch) == ["stalled"]


async def test_failing_webhook_goes_to_the_fallback(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """A 500 is not tried again; the fallback URL learns the error and the failed URL."""
    bot.twiml_status = 500
    fallback = str(bot.server.make_url("/fallback"))
    end = await call_of(twilio, Phone()).run(bot.url, fallback)
    assert end.how == "hangup verb"
    assert [form.get("ErrorCode") for form in bot.forms] == [None, "11200"]
    assert bot.forms[1]["ErrorUrl"] == bot.url


async def test_retries_follow_the_url(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """`#rc=2&rp=5xx` asks three times; without a fallback the caller hears Twilio's apology."""
    bot.twiml_status = 503
    phone = Phone()
    end = await call_of(twilio, phone).run(bot.url + "#rc=2&rp=5xx")
    assert len(bot.forms) == 3
    assert all(bot.signatures)
    assert any("11200" in error for error in end.protocol_errors)
    assert phone.heard.count(BEEP) == 18


async def test_refused_stream_goes_on(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """A websocket that cannot be opened is error 31920, and the next verb runs."""
    bot.twiml = '<Response><Connect><Stream url="ws://127.0.0.1:1/ws"/></Connect><Dial>+15125550111</Dial></Response>'
    phone = Phone()
    phone.on_tick = lambda: setattr(phone, "hung_up", len(phone.heard) > 1600)
    end = await call_of(twilio, phone).run(bot.url)
    assert "31920" in end.protocol_errors[0]
    assert end.dialled == "+15125550111"


async def test_message_of_another_stream_is_an_error(bot: EchoBot, twilio: TwilioStandIn) -> None:
    """A message with a wrong streamSid is reported, not played."""

    async def script(ws: web.WebSocketResponse, bot: EchoBot) -> None:
        bot.stream_sid = "MZother"
        await bot.play(ws, 3, "x")
        for _ in range(3):
            await bot.receive(ws, "media")

    bot.script = script
    phone = Phone()
    end = await call_of(twilio, phone).run(bot.url)
    assert len(end.protocol_errors) == 2
    assert BEEP not in phone.heard


async def test_the_status_callback_tells_that_the_call_is_over(twilio: TwilioStandIn, bot: EchoBot) -> None:
    """One signed request behind the end, with the status and the length; without an address there is none."""
    phone = Phone()
    bot.twiml = "<Response><Hangup/></Response>"
    call = call_of(twilio, phone)
    await call.run(bot.url, status_url=f"{bot.url}/status")
    assert [form.get("CallStatus") for form in bot.forms] == ["ringing", "completed"]
    assert bot.forms[-1]["CallSid"] == call.sid
    assert bot.forms[-1]["CallDuration"].isdigit()
    assert all(bot.signatures)
    await call_of(twilio, phone).run(bot.url)
    assert len(bot.forms) == 3


async def test_a_caller_who_leaves_while_it_rings_was_not_answered(twilio: TwilioStandIn, bot: EchoBot) -> None:
    """The status is no-answer, whatever the bot would have said."""
    phone = Phone()
    phone.hung_up = True
    await call_of(twilio, phone).run(bot.url, status_url=f"{bot.url}/status")
    assert bot.forms[-1]["CallStatus"] == "no-answer"


async def test_a_status_callback_that_fails_is_no_error_of_the_call(twilio: TwilioStandIn, bot: EchoBot) -> None:
    """Nobody listens: noted, and the call has ended as it has."""
    phone = Phone()
    bot.twiml = "<Response><Hangup/></Response>"
    call = call_of(twilio, phone)
    end = await call.run(bot.url, status_url="http://127.0.0.1:9/status")
    assert (end.how, end.protocol_errors) == ("hangup verb", ())
    assert call.timeline.of("twilio", "status_callback_failed")


async def test_outbound_call(bot: EchoBot) -> None:
    """calls.create dials, fetches the URL when answered, and reports direction outbound-api."""
    phone = Phone()
    async with TwilioStandIn(
        account_sid=ACCOUNT, auth_token=TOKEN, voice=bytes.fromhex, answer=lambda to: phone
    ) as twilio:
        bot.twiml = "<Response><Hangup/></Response>"
        url = f"{twilio.base_url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
        form = {"To": "+15125550123", "From": "+15125550199", "Url": bot.url}
        async with session(TOKEN) as http:
            async with http.post(url, data=form) as answer:
                assert answer.status == 201
                sid = (await answer.json())["sid"]
            async with http.post(url, data=form | {"StatusCallback": f"{bot.url}/status"}) as answer:
                told = (await answer.json())["sid"]
            await twilio.outbound_end(told)
            assert (bot.forms[-1]["CallSid"], bot.forms[-1]["CallStatus"]) == (told, "completed")
            async with http.post(url, data={"To": "+1512"}) as answer:
                assert (await answer.json())["code"] == 21213
        assert (await twilio.outbound_end(sid)).how == "hangup verb"
    assert bot.forms[0]["Direction"] == "outbound-api"


def test_twiml_is_parsed_in_order() -> None:
    """Verbs come in document order with their attributes."""
    verbs = parse(
        "<?xml version='1.0'?><Response><Connect><Stream url='wss://x/ws'>"
        "<Parameter name='a' value='1'/></Stream></Connect><Say>Hi</Say><Dial>+1</Dial>"
        "<Redirect>/x</Redirect><Hangup/></Response>"
    )
    assert verbs == [
        ConnectStream("wss://x/ws", {"a": "1"}),
        Say("Hi"),
        Dial("+1"),
        Redirect("/x"),
        Hangup(),
    ]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Response>", 12100),
        ("<html/>", 12100),
        ("<Response><Connect/></Response>", 12200),
        ("<Response><Connect><Stream url='wss://x/ws?a=1'/></Connect></Response>", 31920),
        ("<Response><Connect><Stream url='https://x'/></Connect></Response>", 31920),
        (f"<Response><Sai>{json.dumps('x')}</Sai></Response>", 12200),
    ],
)
def test_bad_twiml(document: str, code: int) -> None:
    """What Twilio refuses raises with Twilio's code."""
    with pytest.raises(TwimlError) as error:
        parse(document)
    assert error.value.code == code


def test_overrides_of_a_url() -> None:
    """Defaults are Twilio's; the fragment changes them."""
    assert Rules.of("") == Rules(5.0, 15.0, 15.0, 1, frozenset({"ct"}))
    assert Rules.of("rc=5&rp=4xx,rt&rt=2000").retries == 5
    assert Rules.of("rc=5&rp=4xx,rt&rt=2000").read_seconds == 2.0
    assert Rules.of("rp=all").may_retry("5xx")
    assert not Rules.of("").may_retry("5xx")


def test_playout_pads_only_the_end() -> None:
    """The end of the audio is padded to a frame; a mark behind it has passed when it was played."""
    playout = Playout()
    playout.add(BEEP + BEEP[:10])
    playout.mark("end")
    assert playout.next_frame() == BEEP
    assert playout.passed_marks() == []
    assert playout.next_frame() == BEEP[:10] + SILENCE[10:]
    assert playout.passed_marks() == ["end"]
    assert playout.next_frame() == SILENCE


def test_what_is_played_behind_begins_later_and_has_no_gap() -> None:
    """Its marks come with it; behind a pause it begins later again, and what is cleared comes back at once."""
    playout = Playout(behind_seconds=0.04)
    playout.add(BEEP)
    playout.mark("first")
    heard = [(playout.next_frame(), playout.passed_marks())]
    playout.add(BEEP)
    heard += [(playout.next_frame(), playout.passed_marks()) for _ in range(4)]
    assert heard == [(SILENCE, []), (SILENCE, []), (BEEP, ["first"]), (BEEP, []), (SILENCE, [])]
    playout.add(BEEP)
    playout.mark("second")
    assert [playout.next_frame(), playout.next_frame()] == [SILENCE] * 2
    assert playout.clear() == ["second"]


def test_response_time_is_between_voiced_samples() -> None:
    """From the caller's last loud sample to the bot's first; pauses inside the bot's speech are none."""
    recording = Recording()
    for caller, bot in [(BEEP, SILENCE)] + [(SILENCE, SILENCE)] * 9 + [(SILENCE, BEEP)] * 3:
        recording.add(caller, bot)
    assert recording.response_times() == [pytest.approx(180.125)]
    for _ in range(60):
        recording.add(SILENCE, SILENCE)
    recording.add(SILENCE, BEEP)
    assert len(recording.response_times()) == 1
    assert recording.longest_wait_ms() == pytest.approx(1200.125)
