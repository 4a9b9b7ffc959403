"""The real service as a process: what is let in over HTTP and the websocket, and what is not."""

import asyncio
import contextlib
import json
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio
from twilio.request_validator import RequestValidator
from websockets.exceptions import InvalidStatus

from server.entrance import PROBE
from simulator.phone import stream_faults
from simulator.rig.world import AUTH_TOKEN, OUR_NUMBER, RENDERED, USER_EMAIL, V2_KEY, WEBHOOK_SECRET
from tests.support.twilio_client import (
    CALLER,
    PATIENCE_SECONDS,
    Twilio,
    another,
    ending,
    greeting,
    incoming,
    new_call,
    start,
    start_message,
    twilio_client,
    until,
)

MAX_CALLS = 40  # More than are let in within ten seconds, but for the test that fills them.
START_SECONDS = 0.5  # Of the one service that is impatient: these seconds pass.
OPERATOR_TOKEN = "operators-token-of-the-tests"
LET_IN, REFUSED = 1000, 1008
TOO_LARGE = 1009

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def twilio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Twilio]:
    """One service for the module, with stand-ins around it."""
    folder, data = (tmp_path_factory.mktemp(name) for name in ("entrance", "data"))
    limits = {
        "MAX_CALLS": str(MAX_CALLS),
        "LIVENESS_SECONDS": "600",
        "MACHINE_LOST_SECONDS": "3600",
    }  # No beat meets a table that a test took away.
    async with twilio_client(folder, data, OPERATOR_TOKEN=OPERATOR_TOKEN, **limits) as client:
        await client.logged(RENDERED)  # Whatever a vendor is asked from now on is asked for a call.
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def impatient(twilio: Twilio, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Twilio]:
    """One that waits for a start, and for a form, no longer than START_SECONDS."""
    folder = tmp_path_factory.mktemp("impatient")
    settings = {"DATA_DIR": str(folder), "STREAM_START_SECONDS": str(START_SECONDS)}
    async with another(twilio, folder / "bot.log", **settings) as client:
        await client.logged(RENDERED)
        yield client


# Webhooks


async def test_the_health_answers(twilio: Twilio) -> None:
    """Anybody may ask whether the process is up; it tells a number and no more."""
    async with twilio.http.get(twilio.url + "/health") as answer:
        assert answer.status == 200
        assert await answer.json() == {"status": "ok", "calls": 0}


async def test_whoever_is_rung_by_rest_is_the_caller(twilio: Twilio) -> None:
    """The stream brings the person's number as the caller's and ours as the called one, not the reverse."""
    placed = {**incoming(new_call()), "From": OUR_NUMBER, "To": CALLER, "Direction": "outbound-api"}
    status, text = await twilio.ask("/twiml", placed)
    stream = ET.fromstring(text).find("Connect/Stream")  # noqa: S314 - the service under test wrote it
    assert (status, stream is not None) == (200, True)
    told = {str(parameter.get("name")): parameter.get("value") for parameter in stream or ()}
    assert (told["from_number"], told["to_number"]) == (CALLER, OUR_NUMBER)


async def readiness(twilio: Twilio, authorization: str | None = None) -> tuple[int, Any]:
    headers = {"Authorization": authorization} if authorization is not None else {}
    async with twilio.http.get(twilio.url + "/ready", headers=headers) as answer:
        return answer.status, await answer.json()


async def test_readiness_is_one_word_for_anybody(twilio: Twilio) -> None:
    """Ready, and nothing else, without the operator's token."""
    assert await readiness(twilio) == (200, {"status": "ready"})


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer x", f"Basic {OPERATOR_TOKEN}", f"Bearer {AUTH_TOKEN}"]
)
async def test_a_wrong_token_is_told_nothing(twilio: Twilio, given: str) -> None:
    """401, and no detail."""
    code, body = await readiness(twilio, given)
    assert code == 401
    assert "dependencies" not in body


async def test_the_operator_sees_breakers_and_successes(twilio: Twilio) -> None:
    """Each dependency with its breaker and its last success; calls and records; no secret."""
    async with twilio.call():
        code, body = await readiness(twilio, f"Bearer {OPERATOR_TOKEN}")
    assert code == 200
    assert (body["status"], body["calls"], body["max_calls"]) == ("ready", 1, MAX_CALLS)
    known = body["dependencies"]
    assert set(known) == {"inworld", "aura", "openai", "deepgram", "v2", "dashboard", "twilio", "database"}
    assert {known[name]["breaker"] for name in ("inworld", "openai", "deepgram", "v2")} == {"closed"}
    assert known["database"]["seconds_since_success"] is not None
    assert known["openai"]["seconds_since_success"] is None
    assert set(body["records"]) == {"kept", "waiting", "delivered", "parked"}
    assert body["messages"] == {"waiting": 0, "accepted": 0, "sent": 0, "parked": 0, "dropped": 0}
    await twilio.quiet()


@pytest.mark.parametrize("path", ["/twiml", "/twiml/after", "/twiml/whisper", "/twiml/whisper/key", "/twiml/status"])
async def test_unsigned_webhooks_are_refused(twilio: Twilio, path: str) -> None:
    """No signature, a wrong one, one for another address or for other fields: 403, and no TwiML."""
    fields = incoming(new_call())
    good = twilio.validator.compute_signature(twilio.url + path, fields)
    foreign = RequestValidator("another").compute_signature(twilio.url + path, fields)
    answers = [
        await twilio.ask(path, fields, signed=False),
        await twilio.ask(path, fields, signature="x"),
        await twilio.ask(path, fields, signature=foreign),
        await twilio.ask(path, {**fields, "From": "+15125550143"}, signature=good),
        await twilio.ask(path + "?a=b", fields, signature=good),
    ]
    assert {status for status, _ in answers} == {403}
    assert not any("<Response" in text or "token" in text for _, text in answers)


async def test_an_unsigned_get_is_refused(twilio: Twilio) -> None:
    """GET is no way around."""
    assert (await twilio.ask("/twiml", incoming(new_call()), method="GET", signed=False))[0] == 403


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_signed_webhook_connects_the_call(twilio: Twilio, method: str) -> None:
    """R94: a form is read; R93: the TwiML has our stream with both numbers and a token, and what follows its end."""
    status, text = await twilio.ask("/twiml", incoming(new_call()), method=method)
    assert status == 200
    response = ET.fromstring(text)  # noqa: S314 - the service under test wrote it
    assert [verb.tag for verb in response] == ["Connect", "Redirect"]
    assert "/twiml/after" in str(response[1].text)
    parameters = await twilio.invite(new_call(), method)
    assert (parameters["from_number"], parameters["to_number"]) == (CALLER, OUR_NUMBER)
    assert parameters["token"]


async def test_a_webhook_without_a_call(twilio: Twilio) -> None:
    """Signed, but for no call: 400."""
    for path in ("/twiml", "/twiml/after", "/twiml/whisper", "/twiml/whisper/key", "/twiml/status"):
        assert (await twilio.ask(path, {"From": CALLER}))[0] == 400


async def test_a_huge_form_is_not_read(twilio: Twilio) -> None:
    """A form that is longer than any of Twilio's is refused, signed or not; so is one of too many fields."""
    assert (await twilio.ask("/twiml", incoming(new_call()) | {"More": "x" * 17_000}))[0] == 413
    assert (await twilio.ask("/twiml", incoming(new_call()) | {f"More{n}": "x" for n in range(100)}))[0] == 403


async def test_nothing_is_read_of_what_has_no_signature(twilio: Twilio) -> None:
    """The refusal comes while the form is still on its way."""
    reader, writer = await asyncio.open_connection("127.0.0.1", twilio.bot.port)
    writer.write(b"POST /twiml HTTP/1.1\r\nHost: x\r\nContent-Length: 16000\r\n\r\nCallSid=")
    assert b" 403 " in await asyncio.wait_for(reader.readline(), PATIENCE_SECONDS)
    writer.close()


async def test_a_refusal_explains_itself(twilio: Twilio) -> None:
    """O3: by its likely cause, with both addresses; counted for the operator, one line a minute for each cause."""
    fields, token = incoming(new_call()), f"Bearer {OPERATOR_TOKEN}"
    unknown = twilio.validator.compute_signature("https://127.0.0.1:9/twiml", fields)
    foreign = RequestValidator("another").compute_signature(twilio.url + "/twiml", fields)
    there = f"https://127.0.0.1:{twilio.bot.port}/twiml"
    at_our_host = twilio.validator.compute_signature(there, fields)
    _, before = await readiness(twilio, token)
    for signature in (*[foreign] * 5, unknown, *[at_our_host] * 2):
        assert (await twilio.ask("/twiml", fields, signature=signature))[0] == 403
    _, after = await readiness(twilio, token)
    assert grown(before, after) == {"foreign": 6, "another_address": 2}
    lines = [line for line in twilio.bot.log().splitlines() if "request refused" in line]
    assert len([line for line in lines if "rotated" in line]) == 1
    told = f"checked against {twilio.url}/twiml and signed for {there}: "
    assert len([line for line in lines if told in line and "PUBLIC_URL" in line]) == 1


def grown(before: dict[str, Any], after: dict[str, Any]) -> dict[str, int]:
    """How many more were refused, by cause."""
    more = Counter(after["refused_requests"])
    more.subtract(before["refused_requests"])
    return {cause: number for cause, number in more.items() if number}


async def test_a_refusal_behind_a_tunnel_explains_itself(twilio: Twilio) -> None:
    """What Twilio asked is what the tunnel says it was asked; a stream's handshake is explained like a webhook."""
    fields, token = incoming(new_call()), f"Bearer {OPERATOR_TOKEN}"
    _, before = await readiness(twilio, token)
    headers = {"X-Forwarded-Host": "tunnel.test"}
    signed = twilio.validator.compute_signature("https://tunnel.test/twiml?a=b", fields)
    headers |= {"X-Twilio-Signature": signed}
    async with twilio.http.post(twilio.url + "/twiml?a=b", data=fields, headers=headers) as answer:
        assert answer.status == 403
    there = f"wss://127.0.0.1:{twilio.bot.port}/ws/twilio"
    for signature in (twilio.validator.compute_signature(there, {}), "x", ""):
        with pytest.raises(InvalidStatus):
            async with twilio.stream(signature):
                pass
    _, after = await readiness(twilio, token)
    assert grown(before, after) == {"another_address": 2, "foreign": 1, "unsigned": 1}


async def test_two_tokens_count_while_one_is_rotated(twilio: Twilio, tmp_path: Path) -> None:
    """O3: a call that is signed with the second token is served as any other."""
    second = RequestValidator("the-second-token-of-the-account")
    settings = {"DATA_DIR": str(tmp_path), "TWILIO_SECOND_AUTH_TOKEN": "the-second-token-of-the-account"}
    async with another(twilio, tmp_path / "bot.log", **settings) as rotating:
        rotated = replace(rotating, validator=second)
        for line in (rotating, rotated):
            async with line.call():
                pass
        await rotating.quiet()


async def test_a_form_that_never_comes(impatient: Twilio) -> None:
    """A request whose body stays out is refused by the deadline, and not before."""
    begun = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", impatient.bot.port)
    signature = "A" * 27 + "="
    head = f"POST /twiml HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: {signature}\r\nContent-Length: 100\r\n\r\nCallSid="
    writer.write(head.encode())
    line = await asyncio.wait_for(reader.readline(), PATIENCE_SECONDS)
    writer.close()
    assert b" 403 " in line
    assert time.monotonic() - begun >= START_SECONDS
    assert "its form is too large, too slow or none" in impatient.bot.log()


async def test_nobody_else_reads_the_files(twilio: Twilio) -> None:
    """What is in DATA_DIR belongs to the service's own user alone."""
    files = [path for path in twilio.database.parent.rglob("*") if path.is_file()]
    assert twilio.database in files
    assert {path.name: oct(path.stat().st_mode) for path in files if path.stat().st_mode & 0o077} == {}


# The websocket


@pytest.mark.parametrize("signature", ["", "x", "ÿ"], ids=["none", "wrong", "no text"])
async def test_an_unsigned_handshake_is_refused(twilio: Twilio, signature: str) -> None:
    """HTTP 403 before anything was accepted."""
    with pytest.raises(InvalidStatus) as refusal:
        async with twilio.stream(signature):
            pass
    assert refusal.value.response.status_code == 403


async def test_a_handshake_signed_for_another_address(twilio: Twilio) -> None:
    """The signature of the webhook does not open the websocket."""
    other = twilio.validator.compute_signature(twilio.url + "/twiml", {})
    with pytest.raises(InvalidStatus) as refusal:
        async with twilio.stream(other):
            pass
    assert refusal.value.response.status_code == 403


def _no_token(_: Twilio, _call_id: str) -> object:
    return {}


def _forged(twilio: Twilio, call_id: str) -> object:
    return {"token": twilio.entrance.issue_token(call_id)[:-2] + "AA"}


def _made_up(_: Twilio, call_id: str) -> object:
    return {"token": f"{call_id}.{time.time() + 60:.0f}.nonce.signature"}


def _expired(twilio: Twilio, call_id: str) -> object:
    return {"token": twilio.entrance.issue_token(call_id, time.time() - 61)}


def _another_calls(twilio: Twilio, _: str) -> object:
    return {"token": twilio.entrance.issue_token(new_call())}


def _half_a_character(twilio: Twilio, call_id: str) -> object:
    return {"token": twilio.entrance.issue_token(call_id) + "\ud800"}


def _no_parameters(_: Twilio, _call_id: str) -> object:
    return None


def _a_list(_: Twilio, _call_id: str) -> object:
    return ["token"]


@pytest.mark.parametrize(
    "parameters",
    [_no_token, _forged, _made_up, _expired, _another_calls, _half_a_character, _no_parameters, _a_list],
)
async def test_a_stream_without_a_good_token(twilio: Twilio, parameters: Any) -> None:
    """Signed, but the token is not this call's: closed, nothing was said, no vendor was asked, no call is live."""
    call_id, asked = new_call(), len(twilio.world.vendors.requests)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters(twilio, call_id))
        assert await ending(socket) == (REFUSED, [])
    assert await twilio.live() == 0
    assert len(twilio.world.vendors.requests) == asked


async def test_a_stream_may_ask_whether_it_would_be_let_in(twilio: Twilio) -> None:
    """With a good token it is told so, and begins nothing: the token lets the call in afterwards."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters | {PROBE: "doctor"})
        assert await ending(socket) == (LET_IN, [])
    async with twilio.stream() as socket:
        await start(socket, call_id, {"token": "made up", PROBE: "doctor"})
        assert await ending(socket) == (REFUSED, [])
    assert await twilio.live() == 0
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
    await twilio.quiet()


async def test_a_token_is_good_once(twilio: Twilio) -> None:
    """The same start message a second time is refused: after the call, and while it is live."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        async with twilio.stream() as second:
            await start(second, call_id, parameters)
            assert await ending(second) == (REFUSED, [])
        assert await twilio.live() == 1
    await twilio.quiet()
    async with twilio.stream() as third:
        await start(third, call_id, parameters)
        assert await ending(third) == (REFUSED, [])


@pytest.mark.parametrize(
    "message",
    [
        json.dumps({"event": "stop"}),
        json.dumps({"event": "start"}),
        json.dumps({"event": "start", "start": None}),
        json.dumps({"event": "start", "start": {}}),
    ],
    ids=repr,
)
async def test_no_start(twilio: Twilio, message: str) -> None:
    """A start without content, and the end before the start: closed at once."""
    async with twilio.stream() as socket:
        await socket.send(message)
        assert await ending(socket) == (REFUSED, [])


async def test_anything_else_before_start(twilio: Twilio) -> None:
    """Media, keys, marks, binary messages and what is no message are dropped: the call that follows is greeted."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        messages: list[str | bytes] = [
            json.dumps({"event": "media", "media": {"payload": "//8="}}),
            json.dumps({"event": "dtmf", "dtmf": {"digit": "1"}}),
            json.dumps({"event": ["start"]}),
            json.dumps({"event": "x" * 60_000}),
            "9" * 5000,
            stream_faults.BINARY,
            b"{}",
        ]
        for message in messages + list(stream_faults.malformed("MZ1")):
            await socket.send(message)
        await start(socket, call_id, parameters)
        await greeting(socket)
    await twilio.quiet()


async def test_a_start_without_a_stream_id(twilio: Twilio) -> None:
    """A good token in a start message that lacks a field is refused too."""
    call_id = new_call()
    message = start_message(call_id, await twilio.invite(call_id))
    del message["start"]["streamSid"]
    async with twilio.stream() as socket:
        await socket.send(json.dumps(message))
        assert await ending(socket) == (REFUSED, [])


async def test_a_message_that_is_too_large(twilio: Twilio) -> None:
    """More than MAX_MESSAGE_BYTES: 1009, before the start and in a call."""
    async with twilio.stream() as socket:
        await socket.send("x" * 70_000)
        assert await ending(socket) == (TOO_LARGE, [])
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        await socket.send("x" * 70_000)
        assert (await ending(socket))[0] == TOO_LARGE
    await twilio.quiet()


async def test_a_stream_that_never_starts(impatient: Twilio) -> None:
    """Connected and silent: closed by the deadline, and not before."""
    begun = time.monotonic()
    async with impatient.stream() as socket:
        await socket.send(json.dumps({"event": "connected"}))
        assert await ending(socket) == (REFUSED, [])
    assert time.monotonic() - begun >= START_SECONDS
    assert "stream refused: TimeoutError" in impatient.bot.log()


async def test_rubbish_in_a_call_does_not_end_it(twilio: Twilio) -> None:
    """What cannot be read is dropped, as are keys that no telephone has and a second start; the call goes on."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        for rubbish in ("[" * 60_000, *stream_faults.malformed("MZ1")):
            await socket.send(rubbish)
        await socket.send(stream_faults.BINARY)
        for key in stream_faults.JUNK_KEYS:
            await socket.send(json.dumps({"event": "dtmf", "streamSid": "MZ1", "dtmf": {"digit": key}}))
        await start(socket, call_id, parameters)
        await greeting(socket)
        assert await twilio.live() == 1
    await twilio.quiet()


# The end of a stream


async def test_stop_is_the_end_though_the_socket_stays_open(twilio: Twilio) -> None:
    """The call is over, as the caller's; we close the socket, and the record waits for no window (R19).

    The caller's number is in it: it has come from the webhook to the websocket (R93).
    """
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        await socket.send(json.dumps({"event": "stop", "streamSid": "MZ1", "stop": {"callSid": call_id}}))
        await ending(socket)
        await twilio.quiet()
    (last,) = [line for line in twilio.bot.log().splitlines() if f"{call_id} ended" in line]
    assert "hangup:welcome by caller" in last
    row = await twilio.recorded(call_id, "hangup:welcome")
    assert row["phone_number"] == CALLER


async def test_a_reader_that_stalls_holds_up_no_other_call(twilio: Twilio) -> None:
    """Twilio reads nothing of one call: another is greeted meanwhile, and the first goes on when it reads again."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        stream_faults.shrink_receive_buffer(socket.transport)
        await start(socket, call_id, parameters)
        await greeting(socket)
        socket.transport.pause_reading()
        for _ in range(3):
            async with twilio.call():
                assert await twilio.live() == 2
            await twilio.quiet(but_for=1)
        socket.transport.resume_reading()
        await greeting(socket)
        assert await twilio.live() == 1
        await socket.send(json.dumps({"event": "stop", "streamSid": "MZ1", "stop": {"callSid": call_id}}))
        await ending(socket)
        await twilio.quiet()


@contextlib.contextmanager
def broken(database: Path, table: str) -> Iterator[None]:
    """A store that fails whenever this table is asked."""
    with contextlib.closing(sqlite3.connect(database, timeout=PATIENCE_SECONDS)) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO lost")
        yield
        connection.execute(f"ALTER TABLE lost RENAME TO {table}")


async def test_a_store_that_fails_is_no_dead_line(twilio: Twilio) -> None:
    """A token whose use cannot be recorded opens one stream here, and a call that cannot be read goes on."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    with broken(twilio.database, "stream_tokens"):
        async with twilio.stream() as socket:
            await start(socket, call_id, parameters)
            await greeting(socket)
            async with twilio.stream() as again:
                await start(again, call_id, parameters)
                assert await ending(again) == (REFUSED, [])
            socket.transport.abort()
        await twilio.quiet()
    with broken(twilio.database, "calls"):
        status, text = await twilio.ask("/twiml/after", incoming(call_id))
    assert status == 200
    assert ET.fromstring(text)[0].tag == "Connect"  # noqa: S314 - the service under test wrote it


# Limits, and what is left behind


async def test_more_calls_than_there_is_room_for(twilio: Twilio) -> None:
    """Above MAX_CALLS callers hear an apology, are leads and counted; whoever was let in before is served."""

    async def has_its_database() -> bool:
        return "without" not in (await readiness(twilio, f"Bearer {OPERATOR_TOKEN}"))[1]

    await until(has_its_database)  # No beat of this service would hand over what is kept meanwhile.
    parameters, text, invited = await twilio.invite(late := new_call()), "Connect", [late]
    while "Connect" in text:
        invited.append(new_call())
        _, text = await twilio.ask("/twiml", incoming(invited[-1]))
    turned_away = invited.pop()
    assert len(invited) <= MAX_CALLS
    assert [verb.tag for verb in ET.fromstring(text)] == ["Say", "Hangup"]  # noqa: S314 - the service's
    assert "call you back" in text
    assert "again" not in text
    assert (await twilio.ask("/twiml/status", {**incoming(turned_away), "CallStatus": "completed"}))[0] == 204
    assert (await twilio.recorded(turned_away, "callback:no_room"))["outcome"] == "callback_later"
    assert len(twilio.world.office.rows(turned_away).leads) == 1
    _, body = await readiness(twilio, f"Bearer {OPERATOR_TOKEN}")
    assert (body["status"], body["turned_away"]["no_room"]) == ("full", 1)
    async with twilio.stream() as socket:
        await start(socket, late, parameters)

        async def is_live() -> bool:
            return await twilio.live() == 1

        await until(is_live)
    for call_id in invited:
        assert (await twilio.ask("/twiml/status", {**incoming(call_id), "CallStatus": "completed"}))[0] == 204
    await twilio.quiet()
    await twilio.invite(new_call())


async def test_a_good_call_afterwards_and_a_clean_log(twilio: Twilio) -> None:
    """After all of the above a caller is greeted; the log has no secret, no whole number and no traceback."""
    async with twilio.call() as call_id:
        assert await twilio.live() == 1
    await twilio.quiet()
    await twilio.ask("/twiml", incoming(new_call()), signed=False)
    log = twilio.bot.log()
    assert call_id in log
    vendors = twilio.world.vendors
    keys = (vendors.openai_key, vendors.deepgram_key, vendors.inworld_key, AUTH_TOKEN, V2_KEY, WEBHOOK_SECRET)
    for secret in (*keys, OPERATOR_TOKEN, USER_EMAIL, CALLER.removeprefix("+1"), OUR_NUMBER.removeprefix("+1")):
        assert secret not in log
    assert "Traceback" not in log
    assert "***0142" in log
