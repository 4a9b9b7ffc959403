"""The second leg of a `<Dial>` as Twilio runs it: what it asks, in which order, and what it tells of the end."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from twilio.request_validator import RequestValidator

from simulator.faults import Faults
from simulator.phone.dialled_leg import PEOPLE
from simulator.phone.phone_call import CallEnd, PhoneCall
from simulator.phone.twilio import TwilioStandIn
from simulator.phone.twiml import Dial, Gather, Pause, Say, TwimlError, parse
from simulator.sound.recording import FRAME_BYTES, SILENCE

CONTROLLED_CLOCK = True

ACCOUNT, TOKEN = "AC" + "0" * 32, "token"
BEEP = bytes([0x10, 0x90] * 80)  # 20 ms of something loud, in mu-law
DIAL = (
    '<Response><Dial action="/over" timeout="20" timeLimit="3600" answerOnBridge="true" callerId="+15125550199">'
    '<Number url="/whisper?call=1">+15125550177</Number></Dial></Response>'
)
WHISPER = (
    '<Response><Gather numDigits="1" timeout="6" action="/key?call=1"><Say>Dana, a heater</Say><Pause length="1"/>'
    "<Say>Dana, a heater</Say></Gather><Hangup/></Response>"
)


class Phone:
    """A handset that says nothing, and is put down after so many ticks."""

    def __init__(self, ticks: int = 10**9) -> None:
        self.heard = bytearray()
        self._ticks = ticks

    @property
    def hung_up(self) -> bool:
        return len(self.heard) >= self._ticks * FRAME_BYTES

    def tick(self, heard: bytes) -> bytes:
        self.heard += heard
        return SILENCE

    def pressed(self) -> list[str]:
        return []


class Bot:
    """Answers each path with its TwiML, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers = {"/twiml": DIAL, "/whisper": WHISPER, "/key": "<Response/>", "/over": "<Response/>"}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.statuses: dict[str, int] = {}
        app = web.Application()
        app.router.add_post("/{path}", self._answer)
        self.server = TestServer(app)

    async def _answer(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        signature = request.headers["X-Twilio-Signature"]
        assert RequestValidator(TOKEN).validate(str(request.url), form, signature)
        self.asked.append((request.path, form))
        return web.Response(text=self.answers[request.path], status=self.statuses.get(request.path, 200))

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    bot = Bot()
    await bot.server.start_server()
    yield bot
    await bot.server.close()


async def rung(bot: Bot, fault: str = "", phone: Phone | None = None) -> tuple[CallEnd, PhoneCall]:
    """The call, placed; a word of Twilio's voice takes 40 ms."""
    faults = Faults.parse(fault)
    async with TwilioStandIn(
        account_sid=ACCOUNT, auth_token=TOKEN, voice=lambda text: BEEP * 2 * len(text.split()), faults=faults
    ) as twilio:
        call = twilio.new_call(phone or Phone(), from_="+15125550100", to="+15125550199")
        return await call.run(str(bot.server.make_url("/twiml"))), call


async def test_a_person_is_whispered_to_before_the_two_are_connected(bot: Bot) -> None:
    """Twilio asks on the person's own leg, tells the key, connects, and asks the action when they have hung up."""
    phone = Phone()
    end, call = await rung(bot, phone=phone)
    assert bot.paths == ["/twiml", "/whisper", "/key", "/over"]
    assert end.dialled == "+15125550177"
    whisper, key, over = (form for _, form in bot.asked[1:])
    assert whisper["CallSid"] != call.sid == whisper["ParentCallSid"]
    assert (whisper["To"], whisper["From"], whisper["Direction"]) == ("+15125550177", "+15125550199", "outbound-dial")
    assert (key["Digits"], key["CallSid"]) == ("1", whisper["CallSid"])
    assert (over["CallSid"], over["CallStatus"]) == (call.sid, "in-progress")
    assert (over["DialCallStatus"], over["DialBridged"]) == ("completed", "true")
    assert over["DialCallSid"] == whisper["CallSid"]
    assert int(over["DialCallDuration"]) > 0
    said = [event.text for event in call.timeline.of("twilio", "say")]
    assert said == [PEOPLE[None].says]
    assert bytes(phone.heard).count(BEEP) >= 2 * len(said[0].split())


@pytest.mark.parametrize(
    ("fault", "status", "paths"),
    [
        ("transfer:no_answer", "no-answer", []),
        ("transfer:busy", "busy", []),
        ("transfer:refused", "failed", []),
        ("transfer:voicemail", "completed", ["/whisper"]),
    ],
)
async def test_nobody_takes_it(bot: Bot, fault: str, status: str, paths: list[str]) -> None:
    """A voicemail had picked up, and so is `completed`; it was never connected."""
    await rung(bot, fault)
    assert bot.paths == ["/twiml", *paths, "/over"]
    over = bot.asked[-1][1]
    assert (over["DialCallStatus"], over["DialBridged"]) == (status, "false")


async def test_a_leg_that_the_bot_hangs_up_is_not_connected(bot: Bot) -> None:
    """Whatever was pressed."""
    bot.answers["/key"] = "<Response><Hangup/></Response>"
    await rung(bot)
    assert bot.asked[-1][1]["DialBridged"] == "false"


async def test_a_whisper_that_cannot_be_fetched_connects_nobody(bot: Bot) -> None:
    """That leg ends, and Twilio tells so."""
    bot.statuses["/whisper"] = 500
    await rung(bot)
    assert bot.paths == ["/twiml", "/whisper", "/over"]
    assert bot.asked[-1][1]["DialBridged"] == "false"


async def test_it_rings_for_the_caller(bot: Bot) -> None:
    """Two seconds of tone, four of none, as long as nobody has picked up: five seconds more than Twilio was told."""
    phone = Phone()
    _, call = await rung(bot, "transfer:no_answer", phone)
    assert len(call.timeline.of("twilio", "rings")) == 4
    assert len(phone.heard) / FRAME_BYTES * 0.02 == pytest.approx(25.0, abs=0.5)


async def test_a_caller_who_hangs_up_while_it_rings(bot: Bot) -> None:
    """Twilio asks the action all the same, and tells that the call is over."""
    end, _ = await rung(bot, phone=Phone(100))
    assert (end.by, bot.paths) == ("caller", ["/twiml", "/over"])
    over = bot.asked[-1][1]
    assert (over["CallStatus"], over["DialCallStatus"], over["DialBridged"]) == ("completed", "canceled", "false")


def test_the_verbs_are_read() -> None:
    """With Twilio's own defaults where a document says nothing."""
    (dial,) = parse(DIAL)
    assert dial == Dial("+15125550177", "/over", "/whisper?call=1", 20.0, 3600.0, True, "+15125550199")
    assert parse("<Response><Dial>+15125550177</Dial></Response>") == [Dial("+15125550177")]
    gather, _ = parse(WHISPER)
    assert gather == Gather("/key?call=1", 1, 6.0, (Say("Dana, a heater"), Pause(1.0), Say("Dana, a heater")))


@pytest.mark.parametrize(
    "verb",
    [
        '<Dial timeout="0">+1</Dial>',
        '<Dial timeLimit="20000">+1</Dial>',
        "<Gather/>",
        '<Gather action="/x"><Hangup/></Gather>',
    ],
)
def test_what_twilio_would_refuse(verb: str) -> None:
    """Numbers out of its range, keys that nobody is told of, verbs where none may be."""
    with pytest.raises(TwimlError):
        parse(f"<Response>{verb}</Response>")
