"""Visits as V2 makes, offers, moves and cancels them (contract.md 1.3, 1.4 and 1.8)."""

from datetime import UTC, datetime

import httpx
import pytest

from simulator.back_office.office import (
    Seed,
)
from tests.simulator.back_office.support import ANNA, BEN, BOOKED_AT, BOOKING, SEED, TAKEN, Office

CONTROLLED_CLOCK = True


async def test_a_real_booking(office: Office) -> None:
    """A `cal_` id, the time in ISO with an offset, words in the server's zone, no phone."""
    answer = await office.tool("book_appointment", BOOKING)
    assert answer["success"] is answer["booked"] is answer["booking_confirmed"] is True
    assert answer["appointmentId"].startswith("cal_")
    assert answer["appointment_time"] == "2026-12-01T21:00:00.000Z"
    assert "9:00 PM" in answer["confirmationMessage"]
    (booking,) = office.back.bookings()
    assert booking.start == datetime.fromisoformat(BOOKED_AT)
    assert (booking.phone, booking.call_id, booking.uid) == ("", "CA1", answer["appointmentId"])


@pytest.mark.parametrize("asked", ["tomorrow at 3 PM", "", None, "2020-01-01T09:00:00-06:00"])
async def test_anything_comes_back_as_booked(office: Office, asked: str | None) -> None:
    """Words, nothing and past times are booked in V2's words only: an `apt_` id."""
    answer = await office.tool("book_appointment", BOOKING | {"date_time": asked})
    assert answer["booked"] is True
    assert answer["appointmentId"].startswith("apt_")
    assert answer.get("appointment_time") == asked
    invalid = "Invalid Date at Invalid Date" in answer["confirmationMessage"]
    assert invalid is (asked is None or not asked.startswith("2020"))
    assert office.back.bookings() == []


async def test_booking_without_phone_is_not_in_cal_com(office: Office) -> None:
    """customer_phone missing throws inside and falls back to the mock."""
    answer = await office.tool("book_appointment", BOOKING | {"customer_phone": ""})
    assert answer["appointmentId"].startswith("apt_")


async def test_a_time_without_offset_is_read_in_the_servers_zone(office: Office) -> None:
    """5 PM without an offset is 5 PM in UTC."""
    await office.tool("book_appointment", BOOKING | {"date_time": "2026-12-01T17:00:00"})
    assert office.back.bookings()[0].start == datetime(2026, 12, 1, 17, tzinfo=UTC)


async def test_bookings_are_not_deduplicated(office: Office) -> None:
    """Every call of the tool is one more visit, if its time is free."""
    for hour in (15, 16):
        await office.tool("book_appointment", BOOKING | {"date_time": f"2026-12-01T{hour}:00:00-06:00"})
    assert [visit.customer_phone for visit in office.back.bookings()] == [ANNA, ANNA]


@pytest.mark.parametrize(
    ("date_time", "free"),
    [
        ("2026-12-01T09:30:00-06:00", True),  # Over when the visit at half past ten begins.
        ("2026-12-01T09:45:00-06:00", False),
        ("2026-12-01T11:00:00-06:00", False),
        ("2026-12-01T11:30:00-06:00", True),
        ("2026-12-01T16:00:00-06:00", False),
        ("2026-12-01T22:00:00Z", False),  # The same hour by another clock.
        ("2026-12-01T15:00:00-06:00", True),
        ("2026-11-26T14:00:00-06:00", False),
        ("2026-11-26T15:00:00-06:00", True),
        ("2026-12-02T08:30:00-06:00", False),
        ("2026-12-02T09:00:00-06:00", True),
        ("2026-12-02T17:00:00-06:00", True),
        ("2026-12-02T17:30:00-06:00", False),
        ("2026-11-25T16:00:00-06:00", False),
    ],
)
async def test_a_time_that_is_taken_is_refused(office: Office, date_time: str, free: bool) -> None:
    """Cal.com's 409 and its hours: V2 says booked with an apt_ id, and a visit cannot be moved there either."""
    office.back.seed(TAKEN)
    answer = await office.tool("book_appointment", BOOKING | {"date_time": date_time})
    assert (answer["booked"], answer["appointmentId"].startswith("cal_")) == (True, free)
    assert len(office.back.bookings()) == 1 + free


async def test_a_visit_is_moved_where_it_is_free(office: Office) -> None:
    """Half an hour later is free for the visit itself; a time that is taken comes back as success:false."""
    office.back.seed(TAKEN)
    moves = []
    for new_time in ("2026-12-01T11:00:00-06:00", "2026-12-01T16:00:00-06:00"):
        args = {"action": "reschedule", "booking_uid": "cal_sam", "new_time": new_time}
        moves.append((await office.tool("manage_appointment", args))["success"])
    assert moves == [True, False]
    assert office.back.bookings()[-1].start == datetime(2026, 12, 1, 17, tzinfo=UTC)


async def test_a_cancelled_visit_frees_its_time(office: Office) -> None:
    """What nobody comes for can be booked."""
    office.back.seed(TAKEN)
    await office.tool("manage_appointment", {"action": "cancel", "booking_uid": "cal_sam"})
    answer = await office.tool("book_appointment", BOOKING | {"date_time": "2026-12-01T10:00:00-06:00"})
    assert answer["appointmentId"].startswith("cal_")


@pytest.mark.parametrize(
    ("urgency", "first"),
    [("Urgent", "2026-11-26T21:00:00.000Z"), ("Routine", "2026-11-27T15:00:00.000Z")],
)
async def test_availability_knows_what_is_taken(office: Office, urgency: str, first: str) -> None:
    """A full day is left out, and a taken morning."""
    office.back.seed(TAKEN)
    slots = (await office.tool("check_calendar_availability", {"urgency": urgency}))["availableSlots"]
    assert slots[0]["isoDateTime"] == first


async def test_a_calendar_without_slots_or_none_at_all(office: Office) -> None:
    """An empty list says nothing of a single time; a V2 without the tool answers 404 with a page."""
    office.back.seed(Seed(calendar="empty"))
    assert await office.tool("check_calendar_availability", {"urgency": "Urgent"}) == {"availableSlots": []}
    assert (await office.tool("book_appointment", BOOKING))["appointmentId"].startswith("cal_")
    office.back.seed(Seed(calendar="absent"))
    absent = await office.raw("check_calendar_availability", {"call": {"call_id": "CA1"}, "args": {}})
    assert (absent.status_code, absent.headers["content-type"].split(";")[0]) == (404, "text/html")
    assert (await office.tool("lookup_caller"))["found"] is True


@pytest.mark.parametrize(
    ("urgency", "first"),
    [
        ("Emergency", "2026-11-25T15:00:00.000Z"),
        ("Urgent", "2026-11-25T15:00:00.000Z"),
        ("Routine", "2026-11-27T15:00:00.000Z"),
        ("emergency", "2026-11-27T15:00:00.000Z"),
    ],
)
async def test_availability(office: Office, urgency: str, first: str) -> None:
    """The first free slot of at most three days; small letters count as Routine."""
    slots = (await office.tool("check_calendar_availability", {"urgency": urgency}))["availableSlots"]
    assert slots[0]["isoDateTime"] == first
    assert len({slot["isoDateTime"][:10] for slot in slots}) == len(slots) <= 3
    assert (await office.tool("book_appointment", BOOKING | {"date_time": first}))["booked"]
    after = await office.tool("check_calendar_availability", {"urgency": urgency})
    assert after["availableSlots"][0]["isoDateTime"] != first


async def test_cancelling_needs_a_lookup_first(office: Office) -> None:
    """The session has no uid until lookup_booking put one there; then the soonest visit goes."""
    office.back.seed(SEED)
    await office.tool("book_appointment", BOOKING)
    await office.tool("lookup_caller")
    for action in ("cancel", "reschedule", "status"):
        refused = await office.tool("manage_appointment", {"action": action, "new_time": BOOKED_AT})
        assert (refused["success"], "action_taken" in refused) == (False, False)
    found = (await office.tool("lookup_booking"))["booking"]
    assert (found["date"], found["attendeeName"]) == ("Friday, November 27", "Anna Weber")
    status = await office.tool("manage_appointment", {"action": "status"})
    assert "9:00 AM" in status["message"]
    done = await office.tool("manage_appointment", {"action": "cancel"})
    assert done["success"] is True
    assert {b.uid: b.status for b in office.back.bookings()}[found["uid"]] == "cancelled"
    again = await office.tool("manage_appointment", {"action": "cancel"})
    assert again["success"] is False


async def test_rescheduling_wants_new_time_in_iso(office: Office) -> None:
    """new_date_time is not read; words are refused by Cal.com; ISO moves the visit."""
    uid = (await office.tool("book_appointment", BOOKING))["appointmentId"]
    move = {"action": "reschedule", "booking_uid": uid}
    ran = [
        await office.tool("manage_appointment", move | extra)
        for extra in (
            {"new_date_time": "2026-12-02T10:00:00-06:00"},
            {"new_time": "Wednesday at ten"},
            {"new_time": "2026-12-02T10:00:00-06:00"},
        )
    ]
    assert [answer["success"] for answer in ran] == [False, False, True]
    assert "Unable to reschedule" in ran[1]["message"]
    assert office.back.bookings()[-1].start == datetime(2026, 12, 2, 16, tzinfo=UTC)


async def test_booking_lookup_by_rest(office: Office) -> None:
    """The twin of lookup_booking: 400 for a bad number, 429 after a hundred requests."""
    office.back.seed(SEED)
    url = f"{office.back.v2_url}/api/bookings/lookup"

    async def get(phone: str) -> httpx.Response:
        return await office.client.get(url, params={"phone": phone}, headers={"X-API-Key": "key"})

    assert (await get(ANNA)).json()["booking"]["attendeeName"] == "Anna Weber"
    assert (await get(BEN)).json()["found"] is False
    assert (await get("Anna")).status_code == 400
    assert [(await get("x")).status_code for _ in range(98)][-2:] == [400, 429]
