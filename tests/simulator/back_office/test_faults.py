"""What can be broken in the back office, and what it does then."""

from collections.abc import Callable

import httpx
import pytest

from tests.simulator.back_office.support import ANNA, BOOKING, JOB, Json, Office

CONTROLLED_CLOCK = True


@pytest.mark.parametrize(
    ("mode", "check"),
    [
        ("apt", lambda body: body["appointmentId"].startswith("apt_")),
        ("other_time", lambda body: body["appointment_time"] == "2026-12-01T23:00:00.000Z"),
        ("no_time", lambda body: "appointment_time" not in body),
        ("success_false", lambda body: body["success"] is False),
    ],
)
async def test_booking_faults(office: Office, mode: str, check: Callable[[Json], bool]) -> None:
    """V2's own modes: each is a 200 that is no plain success, and only real ones are in Cal.com."""
    office.faults.set("v2", mode)
    assert check(await office.tool("book_appointment", BOOKING))
    assert len(office.back.bookings()) == (mode in ("other_time", "no_time"))
    assert office.back.tool_calls("CA1")[0].fault == mode


@pytest.mark.parametrize("mode", ["apt", "other_time", "no_time"])
async def test_a_fault_of_booking_waits_for_the_booking(office: Office, mode: str) -> None:
    """It is neither used up by a lookup nor counted as a hit there."""
    office.faults.set("v2", mode, 1)
    await office.tool("lookup_caller")
    assert office.faults.hits == []
    await office.tool("book_appointment", BOOKING)
    assert [hit.mode for hit in office.faults.hits] == [mode]


async def test_lost_answer_books_all_the_same(office: Office) -> None:
    """The connection drops after the visit was made."""
    office.faults.set("v2", "lost_answer", 1)
    with pytest.raises(httpx.TransportError):
        await office.tool("book_appointment", BOOKING)
    assert len(office.back.bookings()) == 1
    (call,) = office.back.tool_calls("CA1")
    assert (call.fault, call.status) == ("lost_answer", 200)


async def test_a_slow_v2_goes_on_when_the_client_gives_up(office: Office) -> None:
    """A cut create_callback is still carried out."""
    office.faults.set("v2", "slow")
    with pytest.raises(httpx.ReadTimeout):
        await office.client.post(
            f"{office.back.v2_url}/webhook/retell/create_callback",
            json={"call": {"call_id": "CA1", "from_number": ANNA}, "args": {}},
            headers={"X-API-Key": "key"},
            timeout=httpx.Timeout(2, read=0.02),
        )
    office.faults.set("v2", None)
    await office.back.settled()
    assert len(office.back.callbacks("CA1")) == 1


@pytest.mark.parametrize(("mode", "status"), [("down", None), ("503", 503), ("html", 200)])
async def test_faults_keep_v2_from_acting(office: Office, mode: str, status: int | None) -> None:
    """Down, a status and a page of HTML: nothing is booked, and the request is still on record."""
    office.faults.set("v2", mode)
    body = {"call": {"call_id": "CA1", "from_number": ANNA}, "args": BOOKING}
    if status is None:
        with pytest.raises(httpx.TransportError):
            await office.raw("book_appointment", body)
    else:
        assert (await office.raw("book_appointment", body)).status_code == status
    assert office.back.bookings() == []
    (call,) = office.back.tool_calls("CA1")
    assert (call.tool, call.fault, call.args) == ("book_appointment", mode, BOOKING)


async def test_a_hanging_v2_does_not_keep_the_block_open(office: Office) -> None:
    """hang never answers and is gone with the server."""
    for part, url in (("v2", f"{office.back.v2_url}/health"), ("dashboard", office.back.jobs_url)):
        office.faults.set(part, "hang")
        with pytest.raises(httpx.ReadTimeout):
            await office.client.get(url, timeout=0.02)


@pytest.mark.parametrize("mode", ["drop_after_store", "500_after_store"])
async def test_a_row_may_exist_although_nobody_said_so(office: Office, mode: str) -> None:
    """Stored, then no good answer: the retry updates the same row."""
    office.faults.set("dashboard", mode, 1)
    if mode == "drop_after_store":
        with pytest.raises(httpx.TransportError):
            await office.job()
    else:
        assert (await office.post(office.back.jobs_url, JOB)).status_code == 500
        assert office.back.refusals()[0].fault == mode
    assert (await office.job())["action"] == "updated"
    assert len(office.back.rows("CA1").leads) == 1


@pytest.mark.parametrize(
    ("mode", "body"),
    [("404", {"error": "User not found"}), ("500", {"error": "Internal server error"})],
)
async def test_dashboard_statuses_on_demand(office: Office, mode: str, body: Json) -> None:
    """A status as a fault has the dashboard's own body, stores nothing and is remembered."""
    office.faults.set("dashboard", mode, 1)
    response = await office.post(office.back.jobs_url, JOB)
    assert (response.status_code, response.json()) == (int(mode), body)
    assert office.back.rows().leads == []
    assert [(r.status, r.fault) for r in office.back.refusals()] == [(int(mode), mode)]
