"""Five hundred bad entrances while a call is live: each is refused in its own way, nothing is served, nothing leaks."""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from twilio.request_validator import RequestValidator
from websockets.exceptions import ConnectionClosed, InvalidStatus

from simulator.phone import stream_faults
from simulator.rig.world import AUTH_TOKEN, OUR_NUMBER, RENDERED, USER_EMAIL, V2_KEY, WEBHOOK_SECRET
from tests.support.twilio_client import (
    CALLER,
    Twilio,
    another,
    ending,
    greeting,
    incoming,
    new_call,
    silent_line,
    start,
    start_message,
    twilio_client,
)

ATTEMPTS = 500
AT_ONCE = 25
START_SECONDS = 0.5
MAX_CALLS = 3
REFUSED, TOO_LARGE, FORBIDDEN, FORM_TOO_LARGE = 1008, 1009, 403, 413
PATHS = ("/twiml", "/twiml/after", "/twiml/whisper", "/twiml/whisper/key", "/twiml/status")

Attempt = Callable[["Twilio", random.Random], Awaitable[object]]


@pytest.fixture
async def twilio(tmp_path: Path) -> AsyncIterator[Twilio]:
    async with twilio_client(tmp_path, tmp_path / "data", MAX_CALLS=str(MAX_CALLS)) as client:
        yield client


@pytest.fixture
async def impatient(twilio: Twilio, tmp_path: Path) -> AsyncIterator[Twilio]:
    """One that waits for a start no longer than START_SECONDS: all who never send one go there."""
    settings = {"DATA_DIR": str(tmp_path / "other"), "STREAM_START_SECONDS": str(START_SECONDS)}
    async with another(twilio, tmp_path / "impatient.log", **settings) as client:
        yield client


# Webhooks: the status that comes back, and that no TwiML does


async def unsigned(twilio: Twilio, dice: random.Random) -> int:
    path, fields = dice.choice(PATHS), incoming(new_call())
    status, text = await twilio.ask(path, fields, signed=False)
    assert "<Response" not in text
    return status


async def unsigned_get(twilio: Twilio, dice: random.Random) -> int:
    return (await twilio.ask("/twiml", incoming(new_call()), method="GET", signed=False))[0]


async def wrongly_signed(twilio: Twilio, dice: random.Random) -> int:
    signature = dice.choice(["x", "A" * 28, "ÿ" * 28, "=" * 5000, " "])
    status, text = await twilio.ask(dice.choice(PATHS), incoming(new_call()), signature=signature)
    assert "<Response" not in text
    return status


async def signed_by_another(twilio: Twilio, dice: random.Random) -> int:
    path, fields = dice.choice(PATHS), incoming(new_call())
    foreign = RequestValidator("another-token").compute_signature(twilio.url + path, fields)
    return (await twilio.ask(path, fields, signature=foreign))[0]


async def replayed_for_another_call(twilio: Twilio, dice: random.Random) -> int:
    """A signature that was seen on the wire, with other fields or at another address."""
    path, fields = dice.choice(PATHS), incoming(new_call())
    seen = twilio.validator.compute_signature(twilio.url + path, fields)
    if dice.random() < 0.5:
        return (await twilio.ask(path, incoming(new_call()), signature=seen))[0]
    return (await twilio.ask(dice.choice([p for p in PATHS if p != path]), fields, signature=seen))[0]


async def oversized_form(twilio: Twilio, dice: random.Random) -> int:
    return (await twilio.ask(dice.choice(PATHS), incoming(new_call()) | {"More": "x" * dice.randint(66_000, 99_000)}))[
        0
    ]


async def no_form(twilio: Twilio, dice: random.Random) -> int:
    body = dice.choice([b"\x00\xff\xfe", b"{", b"&&&===", bytes(dice.randrange(256) for _ in range(400))])
    async with twilio.http.post(twilio.url + dice.choice(PATHS), data=body) as answer:
        return answer.status


async def operator_without_token(twilio: Twilio, dice: random.Random) -> int:
    """OPERATOR_TOKEN is not set: no token opens."""
    headers = {"Authorization": dice.choice(["Bearer x", "Bearer ", f"Bearer {AUTH_TOKEN}", "Basic eDp5"])}
    async with twilio.http.get(twilio.url + "/ready", headers=headers) as answer:
        assert "dependencies" not in await answer.text()
        return answer.status


# The handshake: HTTP status


async def handshake(twilio: Twilio, signature: str) -> int:
    try:
        async with twilio.stream(signature):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


async def unsigned_handshake(twilio: Twilio, dice: random.Random) -> int:
    return await handshake(twilio, dice.choice(["", "x", "ÿ", "A" * 28]))


async def handshake_of_another_address(twilio: Twilio, dice: random.Random) -> int:
    url = dice.choice([twilio.url + "/twiml", twilio.stream_url + "/", twilio.stream_url + "?a=b", "wss://x/ws/twilio"])
    return await handshake(twilio, twilio.validator.compute_signature(url, {}))


# The stream: how it is closed, and that nothing was sent before


async def stream(twilio: Twilio, *messages: str | bytes) -> tuple[int | None, int]:
    async with twilio.stream() as socket:
        with contextlib.suppress(ConnectionClosed):
            for message in messages:
                await socket.send(message)
        code, sent = await ending(socket)
        return code, len(sent)


async def with_token(twilio: Twilio, call_id: str, token: object) -> tuple[int | None, int]:
    return await stream(twilio, json.dumps(start_message(call_id, {"token": token, "from_number": CALLER})))


async def made_up_token(twilio: Twilio, dice: random.Random) -> object:
    call_id = new_call()
    forged = twilio.entrance.issue_token(call_id)[:-3] + "AAA"
    later = twilio.entrance.issue_token(call_id).replace(f"{time.time() + 60:.0f}"[:6], "999999")
    return await with_token(twilio, call_id, dice.choice([forged, later, "", "...", "x" * 3000, None, 7, [], {}]))


async def expired_token(twilio: Twilio, dice: random.Random) -> object:
    call_id = new_call()
    return await with_token(twilio, call_id, twilio.entrance.issue_token(call_id, time.time() - dice.uniform(61, 9999)))


async def foreign_token(twilio: Twilio, dice: random.Random) -> object:
    return await with_token(twilio, new_call(), twilio.entrance.issue_token(new_call()))


async def replayed_token(twilio: Twilio, dice: random.Random) -> object:
    """The live call's own: it was used."""
    return await with_token(twilio, *LIVE)


async def no_call(twilio: Twilio, dice: random.Random) -> object:
    """A socket that never says what call it is: closed when its time is over."""
    message = dice.choice([json.dumps({"event": "connected"}), json.dumps({"event": "media", "media": {}}), "", "[]"])
    return await stream(twilio, message)


async def no_start(twilio: Twilio, dice: random.Random) -> object:
    call_id = new_call()
    broken = start_message(call_id, {"token": twilio.entrance.issue_token(call_id)})
    del broken["start"][dice.choice(["streamSid", "callSid", "customParameters"])]
    ends = [json.dumps({"event": "stop"}), json.dumps({"event": "start"}), json.dumps({"event": "start", "start": 7})]
    return await stream(twilio, dice.choice([json.dumps(broken), *ends]))


async def rubbish(twilio: Twilio, dice: random.Random) -> object:
    """Messages that cannot be read, and then the end."""
    messages = dice.sample(stream_faults.malformed("MZ1"), 5)
    return await stream(twilio, *messages, stream_faults.BINARY, json.dumps({"event": "stop"}))


async def oversized_message(twilio: Twilio, dice: random.Random) -> object:
    return await stream(twilio, "x" * dice.randint(66_000, 200_000))


EXPECTED: dict[Attempt, object] = {
    unsigned: FORBIDDEN,
    unsigned_get: FORBIDDEN,
    wrongly_signed: FORBIDDEN,
    signed_by_another: FORBIDDEN,
    replayed_for_another_call: FORBIDDEN,
    oversized_form: FORM_TOO_LARGE,
    no_form: FORBIDDEN,
    operator_without_token: 401,
    unsigned_handshake: FORBIDDEN,
    handshake_of_another_address: FORBIDDEN,
    made_up_token: (REFUSED, 0),
    expired_token: (REFUSED, 0),
    foreign_token: (REFUSED, 0),
    replayed_token: (REFUSED, 0),
    no_call: (REFUSED, 0),
    no_start: (REFUSED, 0),
    rubbish: (REFUSED, 0),
    oversized_message: (TOO_LARGE, 0),
}
LIVE: list[str] = []


async def test_five_hundred_bad_entrances(twilio: Twilio, impatient: Twilio) -> None:
    """Every one with its code; the live call hears nothing of it and is alone all the time; the log has no secret."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    LIVE[:] = [call_id, parameters["token"]]
    dice, turn = random.Random(5), asyncio.Semaphore(AT_ONCE)
    most_live, wrong = 0, Counter[str]()

    async def attempt(number: int) -> None:
        nonlocal most_live
        kind = list(EXPECTED)[number % len(EXPECTED)]
        async with turn:
            came = await kind(impatient if kind is no_call else twilio, random.Random(number))
            most_live = max(most_live, await twilio.live())
        if came != EXPECTED[kind]:
            wrong[f"{kind.__name__}: {came}"] += 1

    for service in (twilio, impatient):
        await service.logged(RENDERED)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        asked = len(twilio.world.vendors.requests)
        line = asyncio.create_task(silent_line(socket, 600))
        numbers = list(range(ATTEMPTS))
        dice.shuffle(numbers)
        await asyncio.gather(*(attempt(number) for number in numbers))
        assert not wrong
        assert most_live == 1
        assert [request.part for request in twilio.world.vendors.requests[asked:]] == []
        assert not line.done()
        line.cancel()
        await socket.send(json.dumps({"event": "stop", "streamSid": "MZ1"}))
        await ending(socket)
    await twilio.quiet()
    assert twilio.world.office.tool_calls() == []
    assert len(twilio.world.office.rows().calls) <= 1
    await a_caller_is_served(twilio)
    for service in (twilio, impatient):
        told_nothing(service, parameters["token"])


async def a_caller_is_served(twilio: Twilio) -> None:
    """No place is taken, no breaker is open: MAX_CALLS callers are greeted at once."""
    async with contextlib.AsyncExitStack() as calls:
        for _ in range(MAX_CALLS):
            await calls.enter_async_context(twilio.call())
        assert await twilio.live() == MAX_CALLS
    await twilio.quiet()


def told_nothing(twilio: Twilio, token: str) -> None:
    """No key, no token, no number, nothing that was sent; no traceback, and few lines for each attempt."""
    log, vendors = twilio.bot.log(), twilio.world.vendors
    keys = (vendors.openai_key, vendors.deepgram_key, vendors.inworld_key, AUTH_TOKEN, V2_KEY, WEBHOOK_SECRET)
    for secret in (*keys, token, USER_EMAIL, CALLER.removeprefix("+1"), OUR_NUMBER.removeprefix("+1"), "xxxxx"):
        assert secret not in log
    assert "Traceback" not in log
    assert len(log.splitlines()) < 4 * ATTEMPTS
