"""The real service while its database is away: the phone is answered, calls are whole, nothing is lost afterwards."""

import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from records.call_rows import Phase
from simulator.rig.locked import locked
from simulator.rig.postgres import Postgres
from tests.support.twilio_client import (
    PATIENCE_SECONDS,
    Twilio,
    another,
    ending,
    greeting,
    incoming,
    new_call,
    start,
    twilio_client,
    until,
)

# The database alone is impatient here: its deadlines pass, and nothing else's.
SETTINGS = {
    "LIVENESS_SECONDS": "0.3",
    "SNAPSHOT_SECONDS": "0.5",
    "DATABASE_SECONDS": "3",
    "DASHBOARD_RETRY_SECONDS": "0.1",
    "DELIVERY_PAUSES_SECONDS": ",".join(["1"] * 600),
    "OPERATOR_TOKEN": "operators-token-of-the-tests",
}

pytestmark = pytest.mark.asyncio(loop_scope="module")


AWAY = ["hangs", "refuses", "locked"]  # Two of Postgres, one of SQLite


@dataclass
class Service:
    """The service and how its database is taken away."""

    twilio: Twilio
    away: Callable[[], AbstractContextManager[None]]

    @property
    def journal(self) -> list[Path]:
        return list((self.twilio.database.parent / "journal").glob("*.json"))

    @property
    def kept_as_over(self) -> bool:
        """Whether the journal says of a call that it is over; until then it says that the call goes on."""
        return any(json.loads(path.read_text())["phase"] == Phase.OVER for path in self.journal)


@pytest_asyncio.fixture(loop_scope="module", params=AWAY)
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """A service of the test's own, on an empty database."""
    settings, data = SETTINGS, tmp_path / "data"
    away: Callable[[], AbstractContextManager[None]] = partial(locked, data / "agent.db")
    if request.param != "locked":
        postgres: Postgres = request.getfixturevalue("postgres")
        settings = SETTINGS | {"DATABASE_URL": postgres.new_database()}
        away = postgres.hanging if request.param == "hangs" else postgres.refusing
    async with twilio_client(tmp_path, data, **settings) as client:
        yield Service(client, away)


async def ready(twilio: Twilio) -> tuple[int, dict[str, object]]:
    async with twilio.http.get(twilio.url + "/ready") as answer:
        return answer.status, await answer.json()


async def hung_up(twilio: Twilio, but_for: int = 0) -> str:
    """A call whose caller hears the greeting, and hangs up."""
    async with twilio.call() as call_id:
        pass
    await twilio.quiet(but_for)
    return call_id


def calls(twilio: Twilio, call_id: str) -> int:
    return len(twilio.world.office.rows(call_id).calls)


async def test_new_callers_are_greeted_and_their_records_follow(service: Service) -> None:
    """Calls that begin and end while it is away, and one that had begun before: each has one record afterwards."""
    twilio = service.twilio
    before = new_call()
    parameters = await twilio.invite(before)
    async with twilio.stream() as socket:
        await start(socket, before, parameters)
        await greeting(socket)
        with service.away():
            during = [await hung_up(twilio, but_for=1) for _ in range(3)]
            code, body = await ready(twilio)
            assert (code, body) == (200, {"status": "ready", "without": ["database"]})
            await socket.send('{"event": "stop", "streamSid": "MZ1"}')
            await ending(socket)
            await twilio.quiet()
            assert [calls(twilio, call_id) for call_id in (before, *during)] == [0] * 4
    await until(lambda: all(calls(twilio, call_id) == 1 for call_id in (before, *during)))
    await until(lambda: not service.journal)
    assert (await ready(twilio))[1] == {"status": "ready"}
    assert [calls(twilio, call_id) for call_id in (before, *during)] == [1] * 4


async def test_a_call_that_breaks_off_comes_back(service: Service) -> None:
    """Its stream is lost while the database is away: another one goes on with it, nobody is told to call again."""
    twilio = service.twilio
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    with service.away():
        async with twilio.stream() as socket:
            await start(socket, call_id, parameters)
            await greeting(socket)
            socket.transport.abort()
        await until(lambda: f"{call_id} broke off" in twilio.bot.log())
        status, text = await twilio.ask("/twiml/after", incoming(call_id))
        assert (status, "<Connect>" in text, "again" in text) == (200, True, False)


async def test_a_call_that_broke_off_before_is_no_new_one(service: Service) -> None:
    """Its row is well written, and cannot be read when Twilio asks: the next stream goes on with it all the same."""
    twilio = service.twilio
    call_id = new_call()
    parameters = await twilio.invite(call_id)
    async with twilio.stream() as socket:
        await start(socket, call_id, parameters)
        await greeting(socket)
        socket.transport.abort()
    await until(lambda: f"{call_id} broke off" in twilio.bot.log())
    with service.away():
        await hung_up(twilio)  # From here on the service knows that it is away.
        parameters = await twilio.invited("/twiml/after?stream=1", incoming(call_id))
        async with twilio.stream() as socket:
            await start(socket, call_id, parameters)
            await greeting(socket)
            await socket.send('{"event": "stop", "streamSid": "MZ1"}')
            await ending(socket)
    await until(lambda: calls(twilio, call_id) == 1)
    assert f"{call_id} resumed in welcome" in twilio.bot.log()


async def test_killed_while_it_is_away(service: Service, tmp_path: Path) -> None:
    """The process dies with the call in its journal alone: the next start hands its record over."""
    twilio = service.twilio
    with service.away():
        call_id = await hung_up(twilio)
        await until(lambda: service.kept_as_over)
        await twilio.bot.kill()
    async with another(twilio, tmp_path / "next.log", DATA_DIR=str(twilio.database.parent)) as after:
        await until(lambda: calls(after, call_id) == 1)
        await until(lambda: not service.journal)


async def test_told_to_end_while_it_is_away(service: Service) -> None:
    """The process ends, whatever the database does; what it could not hand over is in the journal."""
    twilio = service.twilio
    with service.away():
        call_id = await hung_up(twilio)
        assert await twilio.bot.terminate(PATIENCE_SECONDS) == -signal.SIGTERM
        assert service.journal
    assert calls(twilio, call_id) == 0
