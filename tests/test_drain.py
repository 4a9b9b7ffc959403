"""The real service as a process that is told to end: nobody is hung up on, and the next one goes on."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from twilio_client import (
    PATIENCE_SECONDS,
    Twilio,
    ending,
    greeting,
    incoming,
    new_call,
    silent_line,
    start,
    twilio_client,
)
from websockets.exceptions import InvalidStatus

from simulator.bot_process import BotProcess

DRAIN_SECONDS = 2.0


@pytest.fixture
async def twilio(tmp_path: Path) -> AsyncIterator[Twilio]:
    """A service of its own for each test: each ends it."""
    settings = {"DRAIN_SECONDS": str(DRAIN_SECONDS), "LIVENESS_SECONDS": "0.5", "RESUME_WINDOW_SECONDS": "20"}
    async with twilio_client(tmp_path, tmp_path / "data", **settings) as client:
        yield client


async def readiness(twilio: Twilio) -> int:
    async with twilio.http.get(twilio.world.bot.url + "/ready") as answer:
        return answer.status


async def verbs(twilio: Twilio, path: str, call_id: str) -> list[str]:
    status, text = await twilio.ask(path, incoming(call_id))
    assert status == 200
    return [verb.tag for verb in ET.fromstring(text)]  # noqa: S314 - the service under test wrote it


async def draining(twilio: Twilio, number: signal.Signals) -> "asyncio.Task[int]":
    """Tells the process to end, and waits until it says that it does; the task is its exit code."""
    task = asyncio.create_task(twilio.world.bot.terminate(PATIENCE_SECONDS + DRAIN_SECONDS, number))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await readiness(twilio) == 200:
            await asyncio.sleep(0.02)
    return task


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_call_ends_in_its_own_time(twilio: Twilio, number: signal.Signals) -> None:
    """Not ready, no new calls, no new streams; the live one goes on, and its end ends the process."""
    call_id, late = new_call(), new_call()
    parameters, late_parameters = await twilio.invite(call_id), await twilio.invite(late)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        exiting = await draining(twilio, number)
        assert await readiness(twilio) == 503
        assert await verbs(twilio, "/twiml", new_call()) == ["Say", "Hangup"]
        with pytest.raises(InvalidStatus):
            async with twilio.stream() as other:
                await start(other, late, late_parameters)
        await silent_line(socket, 0.5)
        assert await twilio.live() == 1
        await socket.send('{"event": "stop", "streamSid": "MZ1"}')
        await ending(socket)
        begun = time.monotonic()
        # uvicorn ends by the signal once everything is closed; a shell's background job ignores SIGINT: 0.
        assert await exiting in (0, -number)
        assert "Finished server process" in twilio.world.bot.log()
        assert time.monotonic() - begun < 2.0
    await twilio.recorded(call_id, "hangup:welcome")


async def test_a_call_that_goes_on_is_handed_to_the_next_process(twilio: Twilio) -> None:
    """At the deadline its socket is closed without a hang-up; Twilio holds the line, and the next process goes on."""
    world, call_id = twilio.world, new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        exiting = await draining(twilio, signal.SIGTERM)
        begun = time.monotonic()
        line = asyncio.create_task(silent_line(socket, 60))
        await ending(socket)
        line.cancel()
        assert DRAIN_SECONDS * 0.5 < time.monotonic() - begun < DRAIN_SECONDS + 2
    assert await verbs(twilio, "/twiml/after", call_id) == ["Say", "Pause"] * 3 + ["Redirect"]
    assert await exiting == -signal.SIGTERM
    assert f"{call_id} Twilio did not confirm" not in world.bot.log()  # It was not asked to hang up.
    log = world.bot.log()
    environment = world._environment(str(world.data))
    async with BotProcess(environment, twilio.database.parent / "next.log") as bot:
        world.bot = bot
        assert await verbs(twilio, "/twiml/after", call_id) == ["Connect", "Redirect"]
        _, text = await twilio.ask("/twiml/after", incoming(call_id))
        again = {str(p.get("name")): str(p.get("value")) for p in ET.fromstring(text).iter("Parameter")}  # noqa: S314
        async with twilio.stream() as socket:
            await start(socket, call_id, again)
            await greeting(socket)
            assert "resumed in welcome, run 2" in bot.log()
            await socket.send('{"event": "stop", "streamSid": "MZ1"}')
            await ending(socket)
        await twilio.recorded(call_id, "hangup:welcome (fault: caller)")  # A deploy is nobody's fault.
    assert "Traceback" not in log


async def test_a_second_sigint_leaves_at_once(twilio: Twilio) -> None:
    """Whoever presses Ctrl-C twice waits for nobody; the call is there for the next process."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        exiting = await draining(twilio, signal.SIGINT)
        begun = time.monotonic()
        twilio.world.bot.tell(signal.SIGINT)
        await exiting
        assert time.monotonic() - begun < DRAIN_SECONDS * 0.75


async def test_without_calls_it_ends_at_once(twilio: Twilio) -> None:
    """Nothing is waited for."""
    begun = time.monotonic()
    assert await twilio.world.bot.terminate(PATIENCE_SECONDS, signal.SIGTERM) == -signal.SIGTERM
    assert time.monotonic() - begun < 2.0
