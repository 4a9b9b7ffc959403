"""The numbers of the real service: who sees them, on which port, and that they are what happened."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.metrics import CONTENT_TYPE
from simulator.rig.bot_process import free_port
from tests.support.exposition import Numbers, against_the_rules, by, number, numbers
from tests.support.twilio_client import (
    PATIENCE_SECONDS,
    Twilio,
    ending,
    greeting,
    incoming,
    new_call,
    start,
    twilio_client,
    until,
)

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

TOKEN = "operators-token-of-the-tests"
ROOM = 2
ENDINGS = ("outcome", "reason", "blame")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def twilio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Twilio]:
    """A service with a token, a second port, and room for few calls; what waits for a beat comes soon."""
    folder = tmp_path_factory.mktemp("metrics")
    settings = {"OPERATOR_TOKEN": TOKEN, "METRICS_PORT": str(free_port()), "MAX_CALLS": str(ROOM)}
    async with twilio_client(folder, folder / "data", **settings, LIVENESS_SECONDS="0.3") as client:
        yield client


def inside(twilio: Twilio) -> str:
    """The address of METRICS_PORT."""
    return f"http://127.0.0.1:{twilio.world._settings['METRICS_PORT']}"


async def get(twilio: Twilio, address: str, **headers: str) -> tuple[int, str, str]:
    """Status, content type and text."""
    async with twilio.http.get(address, headers=headers) as answer:
        return answer.status, answer.headers.get("Content-Type", ""), await answer.text()


async def told(twilio: Twilio) -> Numbers:
    status, kind, text = await get(twilio, inside(twilio) + "/metrics")
    assert (status, kind) == (200, CONTENT_TYPE)
    assert against_the_rules(text) == []
    return numbers(text)


async def over(twilio: Twilio, calls: int) -> dict[tuple[str, ...], float]:
    """Waits until so many calls are counted; how they ended."""

    async def counted() -> bool:
        return sum(by(await told(twilio), "phone_agent_calls_total", *ENDINGS).values()) >= calls

    await until(counted)
    return by(await told(twilio), "phone_agent_calls_total", *ENDINGS)


async def test_only_the_operator_sees_them(twilio: Twilio) -> None:
    """On the port of the service: no token, a wrong one, one in the address, and a login to the pages are none."""
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"Cookie": TOKEN}):
        status, _, text = await get(twilio, f"{twilio.url}/metrics?token={TOKEN}", **headers)
        assert (status, "phone_agent_" in text) == (401, False)
    status, kind, text = await get(twilio, twilio.url + "/metrics", Authorization=f"Bearer {TOKEN}")
    assert (status, kind, against_the_rules(text)) == (200, CONTENT_TYPE, [])
    assert "phone_agent_calls_live 0.0" in text


async def test_nothing_else_is_on_the_second_port(twilio: Twilio) -> None:
    """Whoever reaches it sees numbers without a token, and no caller, no call and no stream."""
    assert (await told(twilio)) != {}
    for path in ("/", "/health", "/ready", "/calls", "/calls/login", "/twiml", "/metrics/", "//metrics"):
        for headers in ({}, {"Authorization": f"Bearer {TOKEN}"}):
            status, _, text = await get(twilio, inside(twilio) + path, **headers)
            assert (status, text) == (404, "only /metrics is here\n")
    async with twilio.http.post(inside(twilio) + "/twiml", data=incoming(new_call())) as answer:
        assert answer.status == 404
    async with twilio.http.post(inside(twilio) + "/metrics") as answer:
        assert answer.status == 405
    stream = "ws" + inside(twilio).removeprefix("http") + "/ws/twilio"
    signed = {"X-Twilio-Signature": twilio.validator.compute_signature(stream, {})}
    with pytest.raises(InvalidStatus, match="403"):
        async with connect(stream, additional_headers=signed, proxy=None, open_timeout=PATIENCE_SECONDS):
            pass
    assert number(await told(twilio), "calls_live") == 0


async def test_a_head_does_not_make_it_the_second_port(twilio: Twilio) -> None:
    """What the request says of its host changes nothing: the port of the connection counts."""
    host = inside(twilio).removeprefix("http://")
    assert (await get(twilio, twilio.url + "/metrics", Host=host))[0] == 401


async def test_calls_are_counted_as_they_happen(twilio: Twilio) -> None:
    """Live ones, one for whom there is no room, one that breaks off and goes on, and how all of them ended."""
    before = await told(twilio)
    async with contextlib.AsyncExitStack() as calls:
        for _ in range(ROOM):
            await calls.enter_async_context(twilio.call())
        assert number(await told(twilio), "calls_live") == ROOM
        turned_away = new_call()
        assert "call you back" in (await twilio.ask("/twiml", incoming(turned_away)))[1]
    assert await over(twilio, ROOM + 1) == {("hangup", "welcome", "caller"): ROOM, ("callback", "no_room", "us"): 1}

    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        socket.transport.abort()
    await twilio.logged(f"{call_id} broke off")
    assert sum((await over(twilio, ROOM + 1)).values()) == ROOM + 1  # What may come back is not over.
    _, text = await twilio.ask("/twiml/after", incoming(call_id))
    again = ET.fromstring(text).iter("Parameter")  # noqa: S314 - the service under test wrote it
    parameters = {str(one.get("name")): str(one.get("value")) for one in again}
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        await socket.send('{"event": "stop", "streamSid": "MZ1"}')
        await ending(socket)
    completed = {**incoming(call_id), "CallStatus": "completed"}
    assert (await twilio.ask("/twiml/status", completed))[0] == 204  # Twilio tells of its end as well.
    ended = await over(twilio, ROOM + 2)
    assert ended == {("hangup", "welcome", "caller"): ROOM + 1, ("callback", "no_room", "us"): 1}

    async def delivered() -> bool:
        return number(await told(twilio), "deliveries", status="delivered") == ROOM + 2

    await until(delivered)
    after = await told(twilio)
    assert by(after, "phone_agent_calls_refused_total", "cause") == {("no_room",): 1}
    assert number(after, "calls_with_faults_total", part="line") == 1
    assert number(after, "calls_live") == 0
    for provider in ("database", "dashboard"):
        name, label = "provider_seconds_count", {"provider": provider}
        assert number(after, name, **label) > number(before, name, **label)
    assert sum(by(after, "phone_agent_breaker_state", "provider", "state").values()) == 5


async def test_who_is_refused_is_counted(twilio: Twilio) -> None:
    """A request without a signature, by its cause."""
    before = number(await told(twilio), "requests_refused_total", cause="unsigned")
    assert (await twilio.ask("/twiml", incoming(new_call()), signed=False))[0] == 403
    assert number(await told(twilio), "requests_refused_total", cause="unsigned") == before + 1


async def test_without_a_token_they_are_for_this_machine(tmp_path: Path) -> None:
    """Asked by its own name, with nothing between."""
    async with twilio_client(tmp_path, tmp_path / "data") as client:
        assert (await get(client, client.url + "/metrics"))[0] == 200
        for headers in ({"X-Forwarded-For": "192.0.2.1"}, {"Host": "ace.example.com"}, {"Fly-Client-IP": "192.0.2.1"}):
            status, _, text = await get(client, client.url + "/metrics", **headers)
            assert (status, "phone_agent_" in text) == (401, False)
