"""The real service as a process: calls that break off, come back, and end; each leaves one record."""

import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection

from tests.support.twilio_client import (
    Twilio,
    another,
    ending,
    greeting,
    incoming,
    new_call,
    plays,
    start,
    twilio_client,
)

WINDOW_SECONDS = 1.0  # Of the one service whose calls do not come back: these seconds pass.
SILENT_SECONDS = 0.5  # Of the one service on whose line nothing comes.

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def twilio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Twilio]:
    """One service for the module; its calls may come back for longer than anybody here waits."""
    folder, data = (tmp_path_factory.mktemp(name) for name in ("broken", "data"))
    async with twilio_client(folder, data, LIVENESS_SECONDS="0.3") as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def brief(twilio: Twilio, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Twilio]:
    """One whose calls may come back for WINDOW_SECONDS."""
    folder = tmp_path_factory.mktemp("brief")
    settings = {"DATA_DIR": str(folder), "RESUME_WINDOW_SECONDS": str(WINDOW_SECONDS)}
    async with another(twilio, folder / "bot.log", **settings) as client:
        yield client


@dataclass(frozen=True)
class Next:
    """What Twilio is told to do next: the verbs, what is said, and the parameters of a stream."""

    verbs: list[str]
    said: str
    parameters: dict[str, str]


async def after(twilio: Twilio, call_id: str) -> Next:
    status, text = await twilio.ask("/twiml/after", incoming(call_id))
    assert status == 200
    response = ET.fromstring(text)  # noqa: S314 - the service under test wrote it
    said = " ".join(say.text or "" for say in response.findall("Say"))
    parameters = {str(p.get("name")): str(p.get("value")) for p in response.iter("Parameter")}
    return Next([verb.tag for verb in response], said, parameters)


async def told(twilio: Twilio, call_id: str, status: str = "completed") -> None:
    """The status callback."""
    assert (await twilio.ask("/twiml/status", incoming(call_id) | {"CallStatus": status}))[0] == 204


async def stop(socket: ClientConnection, call_id: str) -> None:
    await socket.send(json.dumps({"event": "stop", "streamSid": "MZ1", "stop": {"callSid": call_id}}))


async def broken(twilio: Twilio, parameters: dict[str, str] | None = None, call_id: str = "", *, marks: int = 0) -> str:
    """A call that is greeted, and whose socket then breaks, behind so many marks: no stop, no close frame."""
    call_id = call_id or new_call()
    parameters = parameters or await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await (plays(socket, marks) if marks else greeting(socket))
        socket.transport.abort()
        await twilio.quiet()
    return call_id


async def a_window_passes(brief: Twilio) -> None:
    """A call is announced and never heard of again: its record shows that a window and a look at it are over."""
    call_id = new_call()
    await brief.invite(call_id)
    await brief.recorded(call_id, "interrupted:welcome")
    assert counts(brief, call_id) == [1, 0, 1]


def counts(twilio: Twilio, call_id: str) -> list[int]:
    """How many leads, jobs and calls the dashboard holds of a call."""
    found = twilio.world.office.rows(call_id)
    return [len(found.leads), len(found.jobs), len(found.calls)]


def of(twilio: Twilio, call_id: str, what: str) -> list[str]:
    return [line for line in twilio.bot.log().splitlines() if f"{call_id} {what}" in line]


async def test_a_call_that_breaks_off_comes_back(twilio: Twilio) -> None:
    """The next stream says so, asks again, and is the same call: one record, when the caller hangs up."""
    call_id = await broken(twilio, marks=4)
    assert of(twilio, call_id, "broke off interrupted:welcome")
    following = await after(twilio, call_id)
    assert following.verbs == ["Connect", "Redirect"]
    async with twilio.stream() as socket:
        await start(socket, call_id, following.parameters)
        await plays(socket, 4)
        await stop(socket, call_id)
        await ending(socket)
    assert of(twilio, call_id, "resumed in welcome, run 2")
    row = await twilio.recorded(call_id, "hangup:welcome")
    said = [line["content"] for line in row["transcript_object"] if line["role"] == "agent"]
    greeted, sorry, *_ = said
    assert re.fullmatch(r"Thanks for .*\[cut off\]", greeted)
    assert sorry.startswith("Sorry,")
    await told(twilio, call_id)
    assert (await after(twilio, call_id)).verbs == ["Hangup"]
    assert counts(twilio, call_id) == [0, 0, 1]


async def test_the_old_token_does_not_bring_it_back(twilio: Twilio) -> None:
    """Every stream needs its own."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    await broken(twilio, parameters, call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        assert await ending(socket) == (1008, [])


async def test_a_call_that_does_not_come_back_is_a_lead(brief: Twilio) -> None:
    """Not before the window is over, then once; so is one that was announced and never came."""
    begun = time.monotonic()
    call_id = await broken(brief)
    await brief.recorded(call_id, "interrupted:welcome")
    assert time.monotonic() - begun >= WINDOW_SECONDS
    assert (await after(brief, call_id)).verbs == ["Hangup"]
    await a_window_passes(brief)
    assert counts(brief, call_id) == [1, 0, 1]


async def test_a_call_that_lives_is_never_due(brief: Twilio) -> None:
    """However long it lasts: its record comes with its end."""
    async with brief.call() as call_id:
        await a_window_passes(brief)
        assert counts(brief, call_id) == [0, 0, 0]
    await brief.recorded(call_id, "hangup:welcome")


async def test_twilio_says_that_it_is_over(twilio: Twilio) -> None:
    """The lead waits for no window: nothing can come back any more."""
    call_id = await broken(twilio)
    await told(twilio, call_id)
    await twilio.recorded(call_id, "interrupted:welcome")
    assert (await after(twilio, call_id)).verbs == ["Hangup"]


async def test_twilio_says_so_of_a_call_whose_socket_is_open(twilio: Twilio) -> None:
    """The socket never told: the call ends as the caller's, with its record, and the socket is closed."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        await told(twilio, call_id, "in-progress")
        assert await twilio.live() == 1
        await told(twilio, call_id)
        await ending(socket)
    await twilio.recorded(call_id, "hangup:welcome")
    assert of(twilio, call_id, "ended hangup:welcome by caller")


async def test_the_third_break_is_the_last(twilio: Twilio) -> None:
    """Two streams more, then words, a callback, and the end; V2 is told once, the dashboard has one lead."""
    call_id = await broken(twilio)
    for _ in range(2):
        following = await after(twilio, call_id)
        assert following.verbs == ["Connect", "Redirect"]
        await broken(twilio, following.parameters, call_id)
    last = await after(twilio, call_id)
    assert last.verbs == ["Say", "Hangup"]
    assert "call you back as soon as possible" in last.said
    await twilio.recorded(call_id, "fault:line")
    assert [call.tool for call in twilio.world.office.tool_calls(call_id)] == ["create_callback"]
    await told(twilio, call_id)
    assert counts(twilio, call_id) == [1, 0, 1]


async def test_a_stream_that_believes_in_itself_is_replaced(twilio: Twilio) -> None:
    """Twilio has given a stream up, and its socket is half open: the old one is closed, and hangs nobody up."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as old:
        await start(old, call_id, parameters)
        await greeting(old)
        following = await after(twilio, call_id)
        await ending(old)
        async with twilio.stream() as new:
            await start(new, call_id, following.parameters)
            await greeting(new)
            assert await twilio.live() == 1
            assert not of(twilio, call_id, "Twilio did not confirm")
            await stop(new, call_id)
            await ending(new)
    await twilio.recorded(call_id, "hangup:welcome")


async def test_a_silent_line_is_a_broken_one(twilio: Twilio, tmp_path: Path) -> None:
    """Nothing comes, not even silence: the socket is half open, and its place is free after LINE_SILENT_SECONDS."""
    call_id, settings = new_call(), {"DATA_DIR": str(tmp_path), "LINE_SILENT_SECONDS": str(SILENT_SECONDS)}
    async with another(twilio, tmp_path / "bot.log", **settings) as impatient:
        parameters = await impatient.invite(call_id)
        begun = time.monotonic()
        async with impatient.stream() as socket:
            await start(socket, call_id, parameters)
            await ending(socket)
        assert time.monotonic() - begun >= SILENT_SECONDS
        await impatient.quiet()
        assert of(impatient, call_id, "broke off interrupted:welcome")
        assert (await after(impatient, call_id)).verbs == ["Connect", "Redirect"]


async def test_a_caller_who_left_before_the_stream(twilio: Twilio) -> None:
    """A call record and no lead."""
    call_id = new_call()
    await twilio.invite(call_id)
    await told(twilio, call_id, "no-answer")
    await twilio.recorded(call_id, "hangup:welcome")
    assert counts(twilio, call_id) == [0, 0, 1]


async def test_a_clean_log(twilio: Twilio, brief: Twilio) -> None:
    """After all of the above: no traceback, no whole number."""
    for service in (twilio, brief):
        assert "Traceback" not in service.bot.log()
        assert "5550142" not in service.bot.log()
