"""Two machines on one real Postgres: each resumes any call and delivers any record, and one that dies loses none.

The processes are the real service; Twilio is played by hand (twilio_client.py), so that a call can be at any moment.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import psycopg
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection

from simulator.rig.bot_host import BotHost
from simulator.rig.bot_process import BotProcess
from simulator.rig.cut_line import CutLine
from simulator.rig.postgres import Postgres
from simulator.rig.world import World
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

# A record is tried again for longer than anybody here waits, and a machine drains as long.
SETTINGS = {
    "LIVENESS_SECONDS": "0.3",
    "DASHBOARD_RETRY_SECONDS": "0.1",
    "DELIVERY_PAUSES_SECONDS": ",".join(["1"] * 600),
    "DRAIN_SECONDS": "270",
}
# For those that die: so soon the other one takes their calls and their deliveries for abandoned.
MORTAL = {"RESUME_WINDOW_SECONDS": "3", "MACHINE_LOST_SECONDS": "2"}

# For one that is cut off: its database alone is impatient.
IMPATIENT = {"SNAPSHOT_SECONDS": "0.5", "DATABASE_SECONDS": "3"}

# One line each, so that whoever else calls is turned away with a promise of which V2 does not know.
OWNED = {"OWNER_PHONE": "+15125550177", "MAX_CALLS": "1"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Fleet:
    """Machines a and b, each with Twilio's side of it; they share the stand-ins and the database."""

    world: World
    a: Twilio
    b: Twilio
    database: str

    def rows(self, call_id: str) -> list[int]:
        """How many leads, jobs and calls the dashboard has."""
        found = self.world.office.rows(call_id)
        return [len(found.leads), len(found.jobs), len(found.calls)]

    def live(self) -> set[str]:
        """The calls that the database has as live: on a slow disk a machine is on its own with them for a while."""
        with psycopg.connect(self.database) as connection:
            return {row[0] for row in connection.execute("SELECT call_id FROM calls WHERE phase = 'live'")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def host() -> AsyncIterator[BotHost]:
    async with BotHost() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def fleet(
    request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres, host: BotHost
) -> AsyncIterator[Fleet]:
    """One database, which is empty at the start; a test may have the settings that it is about."""
    known = SETTINGS | getattr(request, "param", {}) | {"DATABASE_URL": postgres.new_database()}
    async with (
        twilio_client(tmp_path, tmp_path / "data", host, **known, FLY_MACHINE_ID="a") as a,
        another(a, tmp_path / "b.log", FLY_MACHINE_ID="b") as b,
    ):
        yield Fleet(a.world, a, b, known["DATABASE_URL"])


mortal = pytest.mark.parametrize("fleet", [MORTAL], indirect=True, ids=["mortal"])


async def after(twilio: Twilio, call_id: str) -> tuple[list[str], dict[str, str]]:
    """The verbs and the stream's parameters that a machine answers with."""
    status, text = await twilio.ask("/twiml/after", incoming(call_id))
    assert status == 200
    response = ET.fromstring(text)  # noqa: S314 - the service under test wrote it
    return [verb.tag for verb in response], {
        str(p.get("name")): str(p.get("value")) for p in response.iter("Parameter")
    }


async def stop(socket: ClientConnection) -> None:
    await socket.send('{"event": "stop", "streamSid": "MZ1"}')
    await ending(socket)


async def later(twilio: Twilio) -> None:
    """A whole call, and its record: what came before it has been delivered, if it ever will be."""
    async with twilio.call() as call_id:
        pass
    await twilio.recorded(call_id, "hangup:welcome")


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
        await until(lambda: f"{call_id} broke off" in fleet.a.bot.log() + fleet.b.bot.log())
        verbs, parameters = await after(machine, call_id)
        assert verbs == ["Connect", "Redirect"]
        async with machine.stream() as socket:
            await start(socket, call_id, parameters)
            await greeting(socket)
            assert f"{call_id} resumed in welcome, run {run}" in machine.bot.log()
            if run == 2:
                socket.transport.abort()
                await until(lambda: fleet.a.bot.log().count(f"{call_id} broke off") == 1)
            else:
                await stop(socket)
    await until(lambda: fleet.rows(call_id)[2] == 1)
    assert (await after(fleet.a, call_id))[0] == ["Hangup"]
    assert fleet.rows(call_id) == [0, 0, 1]


async def test_they_start_at_once_on_an_empty_database(
    fleet: Fleet, postgres: Postgres, tmp_path: Path, host: BotHost
) -> None:
    """The tables are made once, and every machine comes up."""
    environment = fleet.world._environment(str(fleet.world.data)) | {"DATABASE_URL": postgres.new_database()}
    async with contextlib.AsyncExitStack() as stack:
        bots = [
            BotProcess(environment | {"FLY_MACHINE_ID": name}, tmp_path / f"{name}.log", host=host) for name in "cde"
        ]
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
            await until(lambda: "another stream has the call" in fleet.a.bot.log())
            await later(fleet.a)
            assert fleet.rows(call_id) == [0, 0, 0]
            await stop(new)
    await until(lambda: fleet.rows(call_id)[2] == 1)
    (row,) = fleet.world.office.rows(call_id).calls
    assert row["outcome"] == "customer_hangup"


@mortal
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
                await until(lambda: f"{waiting} delivery waiting" in fleet.a.bot.log())
            elif call_id == broken:
                socket.transport.abort()
                await until(lambda: f"{broken} broke off" in fleet.a.bot.log())
            else:
                await fleet.a.bot.kill()
    fleet.world.faults.set("dashboard", None)
    await until(lambda: all(fleet.rows(c)[2] == 1 for c in (live, broken, waiting)))
    await later(fleet.b)
    assert fleet.rows(waiting) == [0, 0, 1]
    assert fleet.rows(broken) == fleet.rows(live) == [1, 0, 1]
    assert f"{waiting} delivery: adopted from machine a" in fleet.b.bot.log()
    outcomes = [fleet.world.office.rows(c).calls[0]["outcome"] for c in (live, broken)]
    assert outcomes == ["customer_hangup"] * 2


@mortal
async def test_what_a_machine_left_goes_on_when_it_is_back(fleet: Fleet, tmp_path: Path) -> None:
    """Its next process makes the work anybody's again; whoever is first does it, once."""
    waiting = new_call()
    fleet.world.faults.set("dashboard", "503")
    parameters = await fleet.a.invite(waiting)
    async with fleet.a.stream() as socket:
        await start(socket, waiting, parameters)
        await greeting(socket)
        await stop(socket)
    await until(lambda: f"{waiting} delivery waiting" in fleet.a.bot.log())
    await fleet.a.bot.kill()
    async with another(fleet.a, tmp_path / "a2.log") as again:
        fleet.world.faults.set("dashboard", None)
        await until(lambda: f"{waiting} delivery delivered" in again.bot.log() + fleet.b.bot.log())
        for machine in (again, fleet.b):
            await later(machine)
        assert (again.bot.log() + fleet.b.bot.log()).count(f"{waiting} delivery delivered") == 1
    assert fleet.rows(waiting) == [0, 0, 1]


@mortal
async def test_what_others_have_settled_stays(fleet: Fleet, tmp_path: Path) -> None:
    """A machine is cut off for longer than it may be silent: the others hand its calls over, and it adds nothing.

    One of its callers hangs up while it is cut off, the other one behind that.
    """
    during, behind = new_call(), new_call()
    async with contextlib.AsyncExitStack() as stack:
        line = await stack.enter_async_context(CutLine(fleet.database))
        alone = {"FLY_MACHINE_ID": "c", "DATABASE_URL": line.url, "DATA_DIR": str(tmp_path / "c"), **IMPATIENT}
        c = await stack.enter_async_context(another(fleet.b, tmp_path / "c.log", **alone))
        sockets = []
        for call_id in (during, behind):
            parameters = await c.invite(call_id)
            socket = await stack.enter_async_context(c.stream())
            await start(socket, call_id, parameters)
            await greeting(socket)
            sockets.append(socket)
        await until(lambda: fleet.live() >= {during, behind})
        async with line.cut():
            await until(lambda: fleet.rows(during) == fleet.rows(behind) == [1, 0, 1])
            await stop(sockets[0])
            await c.quiet(but_for=1)
        await until(lambda: f"{during} was settled elsewhere" in c.bot.log())
        await stop(sockets[1])
        await until(lambda: f"{behind} over in run" in c.bot.log())
        await later(c)
    assert fleet.rows(during) == fleet.rows(behind) == [1, 0, 1]


async def test_a_machine_that_drains_sends_new_calls_to_the_other(fleet: Fleet) -> None:
    """While the proxy still asks it: the call gets a stream, which the other serves; nobody hears an apology."""
    kept = new_call()
    parameters = await fleet.a.invite(kept)
    async with fleet.a.stream() as socket:
        await start(socket, kept, parameters)
        await greeting(socket)
        exiting = asyncio.create_task(fleet.a.bot.terminate(PATIENCE_SECONDS))

        async def the_other_is_asked() -> bool:
            async with fleet.a.http.get(fleet.a.url + "/ready") as answer:
                return answer.status == 503 and "Stream" in (await fleet.a.ask("/twiml", incoming(new_call())))[1]

        await until(the_other_is_asked)
        call_id = new_call()
        theirs = await fleet.a.invite(call_id)
        async with fleet.b.stream() as other:
            await start(other, call_id, theirs)
            await greeting(other)
            await stop(other)
        await silent_line(socket, 0.2)
        assert not exiting.done()
        await stop(socket)
        await exiting
    await until(lambda: fleet.rows(call_id)[2] == fleet.rows(kept)[2] == 1)


@pytest.mark.parametrize("fleet", [OWNED], indirect=True, ids=["owned"])
async def test_the_owner_is_texted_once_by_whichever_machine(fleet: Fleet) -> None:
    """Both turn callers away, and both find the one text about it at several beats, since Twilio takes its time."""
    fleet.world.faults.slow_seconds = 2.0
    fleet.world.faults.set("messages", "slow")
    async with fleet.a.call(), fleet.b.call():
        for machine in (fleet.a, fleet.b):
            await machine.ask("/twiml", incoming(new_call()))
        made = fleet.world.twilio.messages.made
        await until(lambda: bool(made))
    for machine in (fleet.a, fleet.b):
        await machine.quiet()
        await later(machine)
    (text,) = made
    assert "callers are turned away" in text.body
