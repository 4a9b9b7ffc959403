"""`python -m records.deliveries` as an operator runs it: beside the service or without it, on its own database."""

import asyncio
import contextlib
import os
import re
import sqlite3
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from call.session import CallSession
from config import REQUIRED
from records.store import Status, Store, database_url
from tests.records.test_delivery import LEAD, ROOT, ROW, Office, ended, environ, record, running, status, until
from tests.support.scripted_server import Answer, scripted_server

REFUSAL = Answer(400, {"error": "Validation failed", "details": [{"path": "urgency", "message": "+15125550001?"}]})


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with scripted_server([ROW]) as server:
        dashboard = Office(server, tmp_path)
        dashboard.answer("/jobs", LEAD)
        yield dashboard


async def command(office: Office, *arguments: str, **changes: str) -> tuple[int, str]:
    """Exit code and output."""
    known = environ(office.server.url, office.folder, **changes)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "records.deliveries",
        *arguments,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **known},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def parked(office: Office, call_id: str = "CA1") -> None:
    """Leaves a record behind that the dashboard refused."""
    office.answer("/jobs", REFUSAL)
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record(call_id))
        assert (await ended(call_id))["status"] == "parked"
    office.server.requests.clear()


async def test_the_list_tells_what_waits_and_why(office: Office) -> None:
    """Call, status, age, parts and the dashboard's words; no whole number."""
    await parked(office)
    code, output = await command(office, "list")
    assert code == 0
    (line,) = [line for line in output.splitlines() if line.startswith("CA1")]
    assert re.search(r"CA1 .*0 min.* parked .*\*\*\*0001 .*job, call, alert .*job: 400", line)
    assert "1 parked" in output
    assert "5550001" not in output
    assert office.paths() == []


async def test_the_list_tells_of_calls_that_may_come_back(office: Office) -> None:
    """They have no record yet, and are not lost."""
    async with running(office.settings()) as deliveries:
        session = CallSession(call_id="CA9", started_at=datetime.now(UTC))
        due_at = datetime.now(UTC) + timedelta(seconds=60)
        assert await deliveries.store.calls.begin(session, "a:1", due_at)
        assert await deliveries.store.calls.broke(session, 1, due_at)
    code, output = await command(office, "list")
    assert code == 0
    assert output.startswith("1 calls broke off and may still come back; their records are due by")
    assert output.endswith("Of the records that are made none waits.\n")


@pytest.mark.parametrize("arguments", [("list",), ("retry", "--all")])
async def test_a_call_that_is_over_and_has_no_record_yet_is_told_of(office: Office, arguments: tuple[str, ...]) -> None:
    """Its process was killed before it made the record: a lead waits, and the next start makes it."""
    async with running(office.settings()) as deliveries:
        store, due_at = deliveries.store, datetime.now(UTC) + timedelta(seconds=60)
        for call_id in ("CA8", "CA9"):
            session = CallSession(call_id=call_id, started_at=datetime.now(UTC))
            assert await store.calls.begin(session, "a:1", due_at)
            assert await store.calls.end(session, 1, due_at)
        await store.add_delivery("CA8", record("CA8").model_dump(mode="json"), Status.DELIVERED)  # Killed behind that.
    assert await command(office, *arguments) == (
        0,
        "The records of 1 calls are still to be made: the running service makes each once its call is over.\n"
        "Of the records that are made none waits.\n",
    )


async def test_show_is_the_record_with_its_numbers_masked(office: Office) -> None:
    """Every part as it would be posted, and what the dashboard said."""
    await parked(office)
    code, output = await command(office, "show", "CA1")
    assert code == 0
    assert "Validation failed" in output
    assert all(part in output for part in ('"customer_name": "Jonas Weber"', '"problem_description": "gas smell"'))
    assert "5550001" not in output
    assert "***0001" in output


async def test_show_tells_of_a_try_only_where_there_was_one(office: Office) -> None:
    """What is kept because no dashboard is configured was never posted."""
    await parked(office)
    async with running(office.settings()) as deliveries:
        await deliveries.store.add_delivery("CA2", record("CA2").model_dump(mode="json"), Status.KEPT)
    assert ", last tried " in (await command(office, "show", "CA1"))[1].splitlines()[0]
    first = (await command(office, "show", "CA2"))[1].splitlines()[0]
    assert first.startswith("CA2: kept, recorded ")
    assert "tried" not in first


async def test_retry_without_the_service(office: Office) -> None:
    """A parked record is sent at once, whole, with the job's id in the call; then nothing waits."""
    await parked(office)
    office.answer("/jobs", LEAD)
    assert await command(office, "retry", "CA1") == (0, "CA1: delivered job, call, alert\n")
    assert office.paths() == ["jobs", "calls", "alerts"]
    assert office.bodies("/calls")[0]["lead_id"] == "lead-1"
    assert await command(office, "list") == (0, "Nothing waits: every record has been delivered.\n")
    code, output = await command(office, "list", "--all")
    assert (code, "delivered" in output) == (0, True)
    assert await command(office, "retry", "CA1") == (0, "CA1: has been delivered already\n")
    async with running(office.settings()) as deliveries:  # The next start finds nothing to do either.
        assert await status(deliveries) == ("delivered", "")
    assert office.paths() == ["jobs", "calls", "alerts"]


async def test_retry_beside_the_service(office: Office) -> None:
    """A record that waits is sent now; the service's own next try finds that out, and sends nothing.

    The service never gets through to the dashboard, so whatever is delivered was sent by the command.
    """
    office.answer("/jobs", Answer(503))
    async with (
        scripted_server([ROW]) as server,
        running(office.settings(delivery_pauses_seconds=",".join(["0.5"] * 600))) as deliveries,
    ):
        within_reach = Office(server, office.folder)
        within_reach.answer("/jobs", LEAD)
        await deliveries.deliver(record())

        async def waits() -> bool:
            return "503" in (await status(deliveries))[1]

        await until(waits)
        while (told := await command(within_reach, "retry", "--all"))[0]:
            assert told == (1, "CA1: waiting job: it is just being sent from elsewhere\n")  # One of the service's tries
        assert told == (0, "CA1: delivered job, call, alert\n")
        assert await ended() == {"status": "delivered", "detail": ""}
        assert await status(deliveries) == ("delivered", "")
    assert within_reach.paths() == ["jobs", "calls", "alerts"]
    assert office.paths().count("calls") == 1


async def test_a_record_that_the_service_is_sending_is_not_sent_beside_it(office: Office) -> None:
    """A repeat beside a post makes a second lead (contract.md 0.10); what becomes of it is the service's to write."""
    office.answer("/jobs", "hang")
    async with running(office.settings()) as deliveries:
        await deliveries.deliver(record(alert=False))
        await office.server.arrived.wait()
        code, output = await command(office, "retry", "CA1")
        assert (code, output) == (1, "CA1: waiting job: it is just being sent from elsewhere\n")
        assert await status(deliveries) == ("waiting", "")
        assert office.paths() == ["jobs"]


async def test_a_record_is_sent_again_as_a_later_call_has_left_it(office: Office) -> None:
    """Else a visit would be back at the time from which its customer has moved it."""
    await parked(office)
    store = Store(database_url(office.settings()))
    await store.open()
    moved = {**record().model_dump(mode="json")["job"], "ai_summary": "Moved by call CA2."}
    await store.add_delivery("CA2", record("CA2").model_dump(mode="json") | {"moved": moved}, Status.DELIVERED)
    office.answer("/jobs", LEAD)
    assert await command(office, "retry", "CA1") == (0, "CA1: delivered job, call, alert\n")
    assert [(job["call_id"], job["ai_summary"]) for job in office.bodies("/jobs")] == [("CA1", "Moved by call CA2.")]
    kept = await store.delivery("CA1")
    await store.close()
    assert kept
    assert "ai_summary" not in kept.record["job"] or kept.record["job"]["ai_summary"] != "Moved by call CA2."


async def test_a_record_that_is_refused_again_stays(office: Office) -> None:
    """Exit code 1, the new reason, and the status that it had."""
    await parked(office)
    await parked(office, "CA2")
    office.answer("/jobs", LEAD, Answer(401, {"error": "Unauthorized"}))
    code, output = await command(office, "retry", "--all")
    assert code == 1
    assert output.splitlines()[0] == "CA1: delivered job, call, alert"
    assert output.splitlines()[1].startswith("CA2: parked job: 401")
    code, output = await command(office, "list")
    assert (code, "CA1" in output, "job: 401" in output) == (0, False, True)


async def test_what_makes_no_sense_is_refused(office: Office) -> None:
    """Exit code 2 and one sentence: no database, no such call, no dashboard, nothing named, both named."""
    code, output = await command(office, "list")
    assert (code, "There is no database" in output) == (2, True)
    await parked(office)
    code, output = await command(office, "show", "CA7")
    assert (code, output) == (2, "There is no record of call CA7.\n")
    code, output = await command(office, "retry", "CA1", dashboard_user_email="")
    assert (code, "No dashboard is configured" in output) == (2, True)
    senseless: list[list[str]] = [["retry"], ["retry", "CA1", "--all"], ["send"], []]
    answers = await asyncio.gather(*(command(office, *arguments) for arguments in senseless))
    assert [code for code, _ in answers] == [2] * len(senseless)
    code, output = await command(office, "list", timezone="Mars/Olympus")
    assert (code, "TIMEZONE" in output) == (2, True)


async def test_none_of_the_keys_is_needed(office: Office) -> None:
    """To read none at all, to send again the dashboard's settings alone."""
    await parked(office)
    keyless = dict.fromkeys((name.lower() for name in REQUIRED), "")
    code, output = await command(office, "list", **keyless)
    assert (code, "1 parked" in output) == (0, True)
    office.answer("/jobs", LEAD)
    assert await command(office, "retry", "CA1", **keyless) == (0, "CA1: delivered job, call, alert\n")


async def test_a_database_that_cannot_be_read(office: Office) -> None:
    """Exit code 3, without a traceback."""
    (office.folder / "agent.db").write_bytes(b"this is no database" * 100)
    code, output = await command(office, "list")
    assert code == 3
    assert output.startswith("The database cannot be reached")


async def test_a_database_that_cannot_be_brought_up_to_date(office: Office) -> None:
    """Exit code 3, and the words that say what to do."""
    with contextlib.closing(sqlite3.connect(office.folder / "agent.db")) as connection:
        connection.execute("CREATE TABLE schema_version (version TEXT)")
        connection.commit()
    code, output = await command(office, "list")
    assert code == 3
    assert output.startswith("the table schema_version is broken")
    assert "DROP TABLE schema_version" in " ".join(output.split())
