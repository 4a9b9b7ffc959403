"""Two machines on one real Postgres: each resumes any call and delivers any record, and one that dies loses none.

The processes are the real service; Twilio is played by hand (twilio_client.py), so that a call can be at any moment.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import aiohttp
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
)
from websockets.asyncio.client import ClientConnection

import config
from simulator.bot_host import BotHost
from simulator.bot_process import BotProcess
from simulator.postgres import Postgres
from simulator.world import AUTH_TOKEN, World
from telephony import Entrance

WINDOW_SECONDS = 3.0
LOST_SECONDS = 2.0
SETTINGS = {
    "RESUME_WINDOW_SECONDS": str(WINDOW_SECONDS),
    "LIVENESS_SECONDS": "0.3",
    "MACHINE_LOST_SECONDS": str(LOST_SECONDS),
    "RESUME_WAIT_SECONDS": "1",
    "DASHBOARD_RETRY_SECONDS": "0.1",
    "DELIVERY_PAUSES_SECONDS": "1,1,1,1,2,2,2,2,4,4,4",
    "DRAIN_SECONDS": "5",
}


@dataclass
class Fleet:
    """Machines a and b, each with Twilio's side of it; they share the stand-ins and the database."""

    world: World
    a: Twilio
    b: Twilio

    def rows(self, call_id: str) -> list[int]:
        """How many leads, jobs and calls the dashboard has."""
        found = self.world.office.rows(call_id)
        return [len(found.leads), len(found.jobs), len(found.calls)]


class OfMachine(Twilio):
    """Twilio's side of one machine."""

    bot: BotProcess

    @property
    def url(self) -> str:
        return self.bot.url


@pytest.fixture
async def fleet(tmp_path: Path, postgres: Postgres) -> AsyncIterator[Fleet]:
    """One database, which is empty at the start."""
    required = dict.fromkeys(config.REQUIRED, "http://127.0.0.1:9") | {"TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    entrance = Entrance(config.load(required))
    settings = SETTINGS | {"DATABASE_URL": postgres.new_database(), "FLY_MACHINE_ID": "a"}
    async with contextlib.AsyncExitStack() as stack:
        host = await stack.enter_async_context(BotHost())
        world = World(tmp_path, settings=settings, host=host)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        await stack.enter_async_context(world)
        environment = world._environment(str(world.data)) | {"FLY_MACHINE_ID": "b"}
        other = await stack.enter_async_context(BotProcess(environment, tmp_path / "b.log", host=host))
        sides = []
        for bot in (world.bot, other):
            side = OfMachine(world, http, entrance, tmp_path / "unused")
            side.bot = bot
            sides.append(side)
        yield Fleet(world, *sides)


async def after(twilio: Twilio, call_id: str) -> tuple[list[str], dict[str, str]]:
    """The verbs and the stream's parameters that a machine answers with."""
    status, text = await twilio.ask("/twiml/after", incoming(call_id))
    assert status == 200
    response = ET.fromstring(text)  # noqa: S314 - the service under test wrote it
    return [verb.tag for verb in response], {
        str(p.get("name")): str(p.get("value")) for p in response.iter("Parameter")
    }


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = PATIENCE_SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while True:
            held = condition()
            if held if isinstance(held, bool) else await held:
                return
            await asyncio.sleep(0.05)


async def stop(socket: ClientConnection) -> None:
    await socket.send('{"event": "stop", "streamSid": "MZ1"}')
    await ending(socket)


async def test_a_call_moves_to_the_other_machine_and_back(fleet: Fleet) -> None:
    """Its snapshot, its tokens and its count of streams are those of both; one record in the end."""
    call_id = new_call()
    parameters = await fleet.a.invite(call_id)
    async with fleet.b.stream() as socket:  # Twilio's two requests may meet two machines.
        await start(socket, call_id, parameters)
        await greeting(socket)
        socket.transport.abort()
    async with fleet.a.stream() as socket:
        await start(socket, call_id, parameters)
        assert await ending(socket) == (1008, [])  # The token was used, wherever.
    for machine, run in ((fleet.a, 2), (fleet.b, 3)):
        await until(lambda: f"{call_id} broke off" in fleet.world.bot.log() + _log(fleet.b))
        verbs, parameters = await after(machine, call_id)
        assert verbs == ["Connect", "Redirect"]
        async with machine.stream() as socket:
            await start(socket, call_id, parameters)
            await greeting(socket)
            assert f"{call_id} resumed in welcome, run {run}" in _log(machine)
            if run == 2:
                socket.transport.abort()
                await until(lambda: _log(fleet.a).count(f"{call_id} broke off") == 1)
            else:
                await stop(socket)
    await until(lambda: fleet.rows(call_id)[2] == 1)
    assert (await after(fleet.a, call_id))[0] == ["Hangup"]
    assert fleet.rows(call_id) == [0, 0, 1]


def _log(twilio: Twilio) -> str:
    assert isinstance(twilio, OfMachine)
    return twilio.bot.log()


async def test_they_start_at_once_on_an_empty_database(fleet: Fleet, postgres: Postgres, tmp_path: Path) -> None:
    """The tables are made once, and every machine comes up."""
    environment = fleet.world._environment(str(fleet.world.data)) | {"DATABASE_URL": postgres.new_database()}
    async with contextlib.AsyncExitStack() as stack:
        bots = [BotProcess(environment | {"FLY_MACHINE_ID": name}, tmp_path / f"{name}.log") for name in "cde"]
        await asyncio.gather(*(stack.enter_async_context(bot) for bot in bots))
        for bot in bots:
            assert "ERROR" not in bot.log()


async def test_two_streams_of_one_call_on_two_machines(fleet: Fleet) -> None:
    """A half-open stream on one, the newer on the other: the older writes nothing, and hangs nobody up."""
    call_id = new_call()
    parameters = await fleet.a.invite(call_id)
    async with fleet.a.stream() as old:
        await start(old, call_id, parameters)
        await greeting(old)
        _, parameters = await after(fleet.b, call_id)
        async with fleet.b.stream() as new:
            await start(new, call_id, parameters)
            await greeting(new)
            await stop(old)  # The older one believes that its caller has hung up.
            await until(lambda: "another stream has the call" in _log(fleet.a))
            await silent_line(new, 1.0)
            assert fleet.rows(call_id) == [0, 0, 0]
            await stop(new)
    await until(lambda: fleet.rows(call_id)[2] == 1)
    (row,) = fleet.world.office.rows(call_id).calls
    assert row["outcome"].startswith("hangup:welcome")


async def test_a_machine_that_never_comes_back_leaves_nothing_undelivered(fleet: Fleet) -> None:
    """SIGKILL with a live call, a broken one, and a record that waits for the dashboard: all arrive, each once."""
    live, broken, waiting = new_call(), new_call(), new_call()
    fleet.world.faults.set("dashboard", "503")
    for call_id in (waiting, broken, live):
        parameters = await fleet.a.invite(call_id)
        async with fleet.a.stream() as socket:
            await start(socket, call_id, parameters)
            await greeting(socket)
            if call_id == waiting:
                await stop(socket)
                await until(lambda: f"{waiting} delivery waiting" in _log(fleet.a))
            elif call_id == broken:
                socket.transport.abort()
                await until(lambda: f"{broken} broke off" in _log(fleet.a))
            else:
                await fleet.world.bot.kill()
    fleet.world.faults.set("dashboard", None)
    await until(lambda: all(fleet.rows(c)[2] == 1 for c in (live, broken, waiting)), seconds=30)
    await asyncio.sleep(1.0)
    assert fleet.rows(waiting) == [0, 0, 1]
    assert fleet.rows(broken) == fleet.rows(live) == [1, 0, 1]
    assert f"{waiting} delivery: adopted from machine a" in _log(fleet.b)
    outcomes = [fleet.world.office.rows(c).calls[0]["outcome"] for c in (live, broken)]
    assert all(outcome.startswith("interrupted:welcome") for outcome in outcomes)


async def test_what_a_machine_left_goes_on_when_it_is_back(fleet: Fleet, tmp_path: Path) -> None:
    """Its next process makes the work anybody's again; whoever is first does it, once."""
    waiting = new_call()
    fleet.world.faults.set("dashboard", "503")
    parameters = await fleet.a.invite(waiting)
    async with fleet.a.stream() as socket:
        await start(socket, waiting, parameters)
        await greeting(socket)
        await stop(socket)
    await until(lambda: f"{waiting} delivery waiting" in _log(fleet.a))
    await fleet.world.bot.kill()
    environment = fleet.world._environment(str(fleet.world.data))
    async with BotProcess(environment, tmp_path / "a2.log") as again:
        fleet.world.faults.set("dashboard", None)
        await until(lambda: f"{waiting} delivery delivered" in again.log() + _log(fleet.b), seconds=20)
        await asyncio.sleep(1.0)
        assert (again.log() + _log(fleet.b)).count(f"{waiting} delivery delivered") == 1
    assert fleet.rows(waiting) == [0, 0, 1]


async def test_a_machine_that_drains_sends_new_calls_to_the_other(fleet: Fleet) -> None:
    """While the proxy still asks it: the call gets a stream, which the other serves; nobody hears an apology."""
    kept = new_call()
    parameters = await fleet.a.invite(kept)
    async with fleet.a.stream() as socket:
        await start(socket, kept, parameters)
        await greeting(socket)
        exiting = asyncio.create_task(fleet.world.bot.terminate(PATIENCE_SECONDS + 10))

        async def drains() -> bool:
            async with fleet.a.http.get(fleet.world.bot.url + "/ready") as answer:
                return answer.status == 503

        await until(drains)
        call_id = new_call()
        theirs = await fleet.a.invite(call_id)
        async with fleet.b.stream() as other:
            await start(other, call_id, theirs)
            await greeting(other)
            await stop(other)
        await silent_line(socket, 0.2)
        await stop(socket)
        await exiting
    await until(lambda: fleet.rows(call_id)[2] == fleet.rows(kept)[2] == 1)
