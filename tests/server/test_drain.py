"""The real service as a process that is told to end: nobody is hung up on, and the next one goes on."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio
from websockets.exceptions import InvalidStatus

from simulator.rig.bot_host import ROOT
from tests.support.twilio_client import (
    PATIENCE_SECONDS,
    Twilio,
    another,
    ending,
    greeting,
    incoming,
    new_call,
    silent_line,
    start,
    twilio_client,
    until,
)

DRAIN_SECONDS = 1.0  # Of the one process that hands its call over: these seconds pass.
# Twilio asks at once, and how late its question gets through is the machine's.
WAITS_TO_BE_ASKED = f"""
import runpy, sys
sys.path.insert(0, {str(ROOT)!r})
from server import drain
drain.ASKED_SECONDS = 600
runpy.run_path({str(ROOT / "bot.py")!r}, run_name="__main__")
"""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def first(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Twilio]:
    """What is around the processes of all tests, and the process with which it starts: the last test ends it."""
    folder, data = (tmp_path_factory.mktemp(name) for name in ("drain", "data"))
    async with twilio_client(
        folder, data, DRAIN_SECONDS="600", KILL_TIMEOUT_SECONDS="700", LIVENESS_SECONDS="0.5"
    ) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def twilio(first: Twilio, tmp_path: Path) -> AsyncIterator[Twilio]:
    """A service of its own for each test: each ends it. It drains for longer than anybody here waits."""
    async with another(first, tmp_path / "bot.log", DATA_DIR=str(tmp_path)) as client:
        yield client


async def readiness(twilio: Twilio) -> tuple[int, str]:
    async with twilio.http.get(twilio.url + "/ready") as answer:
        return answer.status, (await answer.json())["status"]


async def verbs(twilio: Twilio, path: str, call_id: str) -> list[str]:
    status, text = await twilio.ask(path, incoming(call_id))
    assert status == 200
    return [verb.tag for verb in ET.fromstring(text)]  # noqa: S314 - the service under test wrote it


def ended(twilio: Twilio, number: signal.Signals) -> "asyncio.Task[int]":
    """Tells the process to end; the task is its exit code."""
    return asyncio.create_task(twilio.bot.terminate(PATIENCE_SECONDS, number))


async def draining(twilio: Twilio, number: signal.Signals) -> "asyncio.Task[int]":
    """The same, and waits until the process says that it drains."""
    exiting = ended(twilio, number)

    async def drains() -> bool:
        # 200: there is no other machine, so whoever calls is to be answered here.
        return await readiness(twilio) == (200, "draining")

    await until(drains)
    return exiting


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_call_ends_in_its_own_time(twilio: Twilio, number: signal.Signals) -> None:
    """No new calls, no new streams; the live one goes on, and its end ends the process, long before its deadline."""
    if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("whoever started the tests has it ignored, and so has the service: as with nohup")
    call_id, late = new_call(), new_call()
    parameters, late_parameters = await twilio.invite(call_id), await twilio.invite(late)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        exiting = await draining(twilio, number)
        assert await verbs(twilio, "/twiml", new_call()) == ["Say", "Hangup"]
        with pytest.raises(InvalidStatus):
            async with twilio.stream() as other:
                await start(other, late, late_parameters)
        await silent_line(socket, 0.5)
        assert await twilio.live() == 1
        await socket.send('{"event": "stop", "streamSid": "MZ1"}')
        await ending(socket)
        # uvicorn ends by the signal once everything is closed; a shell's background job ignores SIGINT: 0.
        assert await exiting in (0, -number)
        assert "Finished server process" in twilio.bot.log()
    await twilio.recorded(call_id, "hangup:welcome")


async def test_a_call_that_goes_on_is_handed_to_the_next_process(first: Twilio, tmp_path: Path) -> None:
    """At the deadline its socket is closed without a hang-up; Twilio holds the line, and the next process goes on."""
    script, call_id, data = tmp_path / "waits_to_be_asked.py", new_call(), str(tmp_path)
    script.write_text(WAITS_TO_BE_ASKED)
    async with another(first, tmp_path / "bot.log", script, DATA_DIR=data, DRAIN_SECONDS=str(DRAIN_SECONDS)) as twilio:
        parameters = await twilio.invite(call_id)
        async with twilio.stream() as socket:
            await start(socket, call_id, parameters)
            await greeting(socket)
            begun = time.monotonic()
            exiting = ended(twilio, signal.SIGTERM)
            line = asyncio.create_task(silent_line(socket, PATIENCE_SECONDS))
            await ending(socket)
            line.cancel()
            assert time.monotonic() - begun >= DRAIN_SECONDS
        assert await verbs(twilio, "/twiml/after", call_id) == ["Say", "Pause"] * 3 + ["Redirect"]
        assert await exiting == -signal.SIGTERM
        log = twilio.bot.log()
    assert f"{call_id} is handed over to the next machine" in log
    assert f"{call_id} Twilio did not confirm" not in log  # It was not asked to hang up.
    assert "Traceback" not in log
    async with another(first, tmp_path / "next.log", DATA_DIR=data) as following:
        assert await verbs(following, "/twiml/after", call_id) == ["Connect", "Redirect"]
        _, text = await following.ask("/twiml/after", incoming(call_id))
        again = {str(p.get("name")): str(p.get("value")) for p in ET.fromstring(text).iter("Parameter")}  # noqa: S314
        async with following.stream() as socket:
            await start(socket, call_id, again)
            await greeting(socket)
            assert "resumed in welcome, run 2" in following.bot.log()
            await socket.send('{"event": "stop", "streamSid": "MZ1"}')
            await ending(socket)
        await following.recorded(call_id, "hangup:welcome (fault: caller)")  # A deploy is nobody's fault.


async def test_a_second_sigint_leaves_at_once(twilio: Twilio) -> None:
    """Whoever presses Ctrl-C twice waits for nobody, though the call would go on."""
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        exiting = await draining(twilio, signal.SIGINT)
        twilio.bot.tell(signal.SIGINT)
        await exiting


async def test_without_calls_it_ends_at_once(first: Twilio) -> None:
    """Nothing is waited for: it is gone long before its deadline."""
    assert await ended(first, signal.SIGTERM) == -signal.SIGTERM
