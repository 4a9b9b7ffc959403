"""V2 at the wire as the real one was measured: contract.md 0, the points that are V2's."""

import asyncio
from datetime import timedelta

import pytest

from simulator.back_office.office import Seed
from tests.simulator.back_office.support import ANNA, BEN, BOOKED_AT, BOOKING, NOW, Json, Office

CONTROLLED_CLOCK = True

FRIDAY = "2026-11-27T10:00:00-06:00"
CARLA = "+15125550003"


async def timed(office: Office, tool: str, args: Json | None = None) -> tuple[Json, float]:
    """The answer, and how many seconds V2 took for it."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    answer = await office.tool(tool, args)
    return answer, loop.time() - begun


async def lookup(office: Office, number: str = ANNA) -> Json:
    """What a call from this number is told that has not been before."""
    return await office.tool("lookup_caller", call_id=f"CA-{number}-{len(office.back.tool_calls())}", number=number)


async def test_0_1_a_number_that_has_called_is_told_a_strangers_name(office: Office) -> None:
    """A recent call, a promise, an alert and a note stand beside the name and the visit of a stranger."""
    past = {"phone": BEN, "days_ago": 1, "end_call_reason": "callback_later"}
    office.back.seed(Seed.model_validate({"calls": [past], "notes": [{"phone": BEN, "text": "has a dog"}]}))
    await office.tool("send_emergency_alert", {"caller_phone": BEN}, call_id="CA0", number=BEN)
    await office.tool("book_appointment", BOOKING)
    answer = await lookup(office, BEN)
    assert answer["recentCalls"]
    assert answer["operatorNotes"]
    assert {"callbackPromise", "urgentAlert"} <= answer.keys()
    assert answer["customerName"] == BOOKING["customer_name"]
    assert answer["upcomingAppointment"].keys() == {"date", "time"}
    assert "zipCode" not in answer
    assert answer["pastAppointments"] == []


@pytest.mark.parametrize(
    ("scheduled_at", "evidence"),
    [("2026-11-20T15:00:00-06:00", {"pastAppointments", "zipCode"}), (FRIDAY, {"jobId", "issue", "zipCode"})],
)
async def test_0_1_the_name_is_this_numbers_with_a_job(office: Office, scheduled_at: str, evidence: set[str]) -> None:
    """A job has the name, whatever stranger is in Cal.com, and comes with what shows that it is his."""
    await office.tool("book_appointment", BOOKING)  # Anna's, on December 1.
    await office.job(call_id="CA0", customer_phone=BEN, customer_name="Ben Ode", scheduled_at=scheduled_at)
    await office.record(call_id="CA0", phone_number=BEN, hvac_issue_type="No Heat")
    answer = await lookup(office, BEN)
    assert answer["customerName"] == "Ben Ode"
    shown = {key for key in ("pastAppointments", "zipCode") if answer.get(key)} | answer["upcomingAppointment"].keys()
    assert evidence <= shown
    assert ("jobId" in shown) is ("issue" in shown) is (scheduled_at == FRIDAY)


async def test_0_1_an_issue_is_this_numbers_and_the_date_a_strangers(office: Office) -> None:
    """A stranger's visit comes sooner than this number's job: the issue is the job's, and there is no jobId."""
    await office.tool("book_appointment", BOOKING | {"date_time": FRIDAY})
    await office.job(call_id="CA0", customer_phone=BEN, scheduled_at=BOOKED_AT)
    await office.record(call_id="CA0", phone_number=BEN, hvac_issue_type="No Heat")
    visit = (await lookup(office, BEN))["upcomingAppointment"]
    assert visit == {"date": "Friday, November 27", "time": "10:00 AM", "issue": "No Heat"}


async def test_0_1_leads_are_never_read(office: Office) -> None:
    """Whoever left a lead and no record of a call is a stranger."""
    await office.job(end_call_reason="callback_later")
    assert (await lookup(office))["found"] is False


@pytest.mark.parametrize(("attendee", "found"), [("5125550001", True), ("(512) 555-0001", True), (BEN, False)])
async def test_0_1_an_attendees_phone_is_contained_in_the_number(office: Office, attendee: str, found: bool) -> None:
    """V2 keeps digits and +, and looks for the attendee's phone in the caller's."""
    visit = {"name": "Anna Weber", "phone": attendee, "start": FRIDAY}
    office.back.seed(Seed.model_validate({"bookings": [visit]}))
    assert (await lookup(office))["found"] is found


@pytest.mark.parametrize(
    ("mode", "booked", "at_least", "at_most"),
    [("apt", False, 0.0, 0.3), ("apt_late", True, 0.8, 2.0), ("apt_timeout", True, 5.0, 8.0)],
)
async def test_0_2_a_slow_apt_hides_a_visit(
    office: Office, mode: str, booked: bool, at_least: float, at_most: float
) -> None:
    """A plain refusal is quick; one after Cal.com's first try was carried out is not."""
    office.faults.set("v2", mode, 1)
    office.client.timeout = 10
    answer, seconds = await timed(office, "book_appointment", BOOKING)
    assert (answer["booked"], answer["appointmentId"][:4]) == (True, "apt_")
    assert at_least <= seconds <= at_most
    assert len(office.back.bookings()) == booked


async def test_0_2_the_second_try_may_book(office: Office) -> None:
    """Cal.com was silent for five seconds, and books when it is asked again: a real id, late."""
    office.faults.set("v2", "second_try", 1)
    office.client.timeout = 10
    answer, seconds = await timed(office, "book_appointment", BOOKING)
    (visit,) = office.back.bookings()
    assert answer["appointmentId"] == visit.uid
    assert seconds >= 5


@pytest.mark.parametrize(
    ("outcome", "promised"), [("callback_later", True), ("callback:caller_wish", False), (None, False)]
)
async def test_0_3_a_promise_is_found_by_one_outcome(office: Office, outcome: str | None, promised: bool) -> None:
    """As it is stored in the record of the call; what V2 was asked in that call counts for nothing."""
    await office.tool("create_callback", {"reason": "wants a person"}, call_id="CA0")
    await office.record(call_id="CA0", **({"outcome": outcome} if outcome else {}))
    assert ("callbackPromise" in await lookup(office)) is promised


async def test_0_4_the_issue_is_spoken_as_it_is_stored(office: Office) -> None:
    """A tag's code comes back as the issue of the call, of the promise and of the visit."""
    await office.job(call_id="CA0", scheduled_at=BOOKED_AT)
    await office.record(call_id="CA0", outcome="callback_later", hvac_issue_type="REPAIR_AC")
    answer = await lookup(office)
    told = (answer["recentCalls"][0], answer["callbackPromise"], answer["upcomingAppointment"])
    assert [part["issue"] for part in told] == ["REPAIR_AC"] * 3


@pytest.mark.parametrize("action", ["cancel", "reschedule"])
async def test_0_5_a_changed_visit_is_announced_on(office: Office, action: str) -> None:
    """The dashboard has the job as it was, whatever its status, until it is posted again under its own call."""
    uid = (await office.tool("book_appointment", BOOKING, call_id="CA0"))["appointmentId"]
    await office.job(call_id="CA0", scheduled_at=BOOKED_AT)
    change = {"action": action, "booking_uid": uid, "new_time": "2026-12-03T10:00:00-06:00"}
    assert (await office.tool("manage_appointment", change))["success"] is True
    visit = (await lookup(office))["upcomingAppointment"]
    assert (visit["date"], visit["jobId"]) == ("Tuesday, December 1", "CA0")
    assert (await office.job(call_id="CA0", scheduled_at="2026-12-03T10:00:00-06:00"))["action"] == "updated"
    assert (await lookup(office))["upcomingAppointment"]["date"] == "Thursday, December 3"


@pytest.mark.parametrize(
    ("hours", "words"),
    [(1, "today"), (23.9, "today"), (24.1, "yesterday"), (50, "2 days ago"), (74, "3 days ago"), (24 * 8, "last week")],
)
async def test_0_6_dates_of_the_past_are_relative(office: Office, hours: float, words: str) -> None:
    """Of calls and of promises; visits alone have a day."""
    at = NOW - timedelta(hours=hours)
    await office.record(call_id="CA0", started_at=at.isoformat(), outcome="callback_later")
    answer = await lookup(office)
    assert answer["recentCalls"][0]["date"] == words
    if hours <= 72:
        assert answer["callbackPromise"]["date"] == words


async def test_0_7_an_alert_without_an_address_is_undefined(office: Office) -> None:
    """V2 texts what JavaScript makes of nothing."""
    await office.tool("send_emergency_alert", {"caller_phone": ANNA})
    await office.tool("send_emergency_alert", {"caller_phone": ANNA, "address": "Not provided"})
    texts = [text["body"] for text in office.back.sms()]
    assert ["Address: undefined" in text for text in texts] == [True, False]


@pytest.mark.parametrize(
    ("tool", "args", "prefix"),
    [
        ("send_emergency_alert", {"caller_phone": ANNA}, "alert_"),
        ("send_sales_lead_alert", {"customer_phone": ANNA}, "lead_"),
        ("create_callback", {}, ""),
    ],
)
async def test_0_8_an_id_tells_that_no_text_went_out(office: Office, tool: str, args: Json, prefix: str) -> None:
    """Success either way: SM is a text that was sent, alert_ and lead_ one that was not; a callback has no id."""
    sent = await office.tool(tool, args)
    office.faults.set("v2", "no_text", 1)
    lost = await office.tool(tool, args)
    assert sent["success"] is lost["success"] is True
    if prefix:
        assert sent["alertId"].startswith("SM")
        assert lost["alertId"].startswith(prefix)
    assert (len(office.back.sms()), len(office.back.lost_sms())) == (1, 1)


@pytest.mark.parametrize(
    ("address", "zip_code"),
    [
        ("12 Elm Street, Austin, TX 78704", "78704"),
        ("12345 Elm Street, Austin, TX 78704", "12345"),
        ("12 Elm Street", None),
    ],
)
async def test_0_11_the_zip_is_the_first_five_digits(office: Office, address: str, zip_code: str | None) -> None:
    """Of the last job's address: a house number of five digits is taken for it."""
    await office.job(call_id="CA0", customer_address=address, scheduled_at=BOOKED_AT)
    assert (await lookup(office)).get("zipCode") == zip_code


async def test_0_12_jobs_by_their_number_and_calls_by_the_callers(office: Office) -> None:
    """Whoever gives another number is known by halves, and so is the number that was given."""
    await office.job(call_id="CA0", customer_phone=CARLA, scheduled_at=BOOKED_AT)
    await office.record(call_id="CA0", phone_number=ANNA)
    caller, given = await lookup(office, ANNA), await lookup(office, CARLA)
    assert (len(caller["recentCalls"]), "customerName" in caller) == (1, False)
    assert (len(given["recentCalls"]), given["customerName"]) == (0, "Anna Weber")


@pytest.mark.parametrize(("length", "arrives"), [(1000, True), (1700, False)])
async def test_0_13_a_long_text_is_lost_and_called_a_success(office: Office, length: int, arrives: bool) -> None:
    """V2 cuts nothing, and Twilio takes 1,600 characters."""
    words = "x" * length
    alert = await office.tool("send_emergency_alert", {"caller_phone": ANNA, "urgency_description": words})
    callback = await office.tool("create_callback", {"reason": words})
    assert alert["success"] is callback["success"] is True
    assert alert["alertId"].startswith("SM") is arrives
    assert (len(office.back.sms()), len(office.back.lost_sms())) == ((2, 0) if arrives else (0, 2))


@pytest.mark.parametrize(
    ("tool", "left"),
    [
        ("lookup_caller", {"found": True, "upcomingAppointment": None}),
        ("lookup_booking", {"found": False}),
        ("check_calendar_availability", {"availableSlots": []}),
    ],
)
async def test_0_19_a_lookup_takes_three_seconds_when_cal_com_fails(office: Office, tool: str, left: Json) -> None:
    """And finds what it finds without Cal.com."""
    await office.record(call_id="CA0")
    await office.tool("book_appointment", BOOKING)
    office.faults.set("v2", "cal_500", 1)
    office.client.timeout = 10
    answer, seconds = await timed(office, tool)
    assert seconds == pytest.approx(3.0, abs=0.1)
    assert {key: answer.get(key) for key in left} == left


@pytest.mark.parametrize(("tool", "done"), [("book_appointment", "booked"), ("manage_appointment", "success")])
async def test_0_2_nothing_is_changed_when_cal_com_fails(office: Office, tool: str, done: str) -> None:
    """A booking comes back as booked and late, with an id that is none; a change as refused."""
    office.back.seed(Seed.model_validate({"bookings": [{"name": "Sam Hale", "start": FRIDAY, "uid": "cal_sam"}]}))
    office.faults.set("v2", "cal_500", 1)
    answer, seconds = await timed(office, tool, BOOKING | {"action": "cancel", "booking_uid": "cal_sam"})
    assert answer[done] is (tool == "book_appointment")
    assert seconds > 0.8
    assert [visit.status for visit in office.back.bookings()] == ["accepted"]


@pytest.mark.parametrize("tool", ["create_callback", "send_emergency_alert", "send_sales_lead_alert"])
@pytest.mark.parametrize(("mode", "seconds"), [("slow_db", 4.0), ("hang", 11.0)])
async def test_0_19_callbacks_and_alerts_wait_for_the_dashboard(
    office: Office, tool: str, mode: str, seconds: float
) -> None:
    """The text is out long before the answer, and there although nobody waits for it."""
    office.faults.query_seconds = 4.0
    office.faults.set("dashboard", mode)
    office.client.timeout = 20
    args = {"caller_phone": ANNA, "customer_phone": ANNA}
    asking = asyncio.create_task(timed(office, tool, args))
    await asyncio.sleep(1.0)
    assert len(office.back.sms()) == 1
    assert (await asking)[1] == pytest.approx(seconds, abs=0.5)


@pytest.mark.parametrize("action", ["cancel", "reschedule"])
async def test_0_19_a_change_that_was_made_is_called_cancelled_already(office: Office, action: str) -> None:
    """Cal.com carried it out and answered 5xx; V2 asked again."""
    uid = (await office.tool("book_appointment", BOOKING))["appointmentId"]
    office.faults.set("v2", "already_cancelled", 1)
    change = {"action": action, "booking_uid": uid, "new_time": "2026-12-03T10:00:00-06:00"}
    answer = await office.tool("manage_appointment", change)
    assert (answer["success"], answer["action_taken"]) == (False, action)
    assert "already cancelled" in answer["message"]
    statuses = [visit.status for visit in office.back.bookings()]
    assert statuses == ["cancelled"] + ["accepted"] * (action == "reschedule")


async def test_0_19_the_action_is_named_and_a_move_has_a_new_uid(office: Office) -> None:
    """`reschedule` and `cancel`; the old visit is cancelled, and the old uid can do nothing more."""
    uid = (await office.tool("book_appointment", BOOKING))["appointmentId"]
    move = {"action": "reschedule", "booking_uid": uid, "new_time": "2026-12-03T10:00:00-06:00"}
    moved = await office.tool("manage_appointment", move)
    assert (moved["success"], moved["action_taken"], "new_time" in moved) == (True, "reschedule", False)
    old, new = office.back.bookings()
    assert (old.uid, old.status, new.status, new.uid != uid) == (uid, "cancelled", "accepted", True)
    again = await office.tool("manage_appointment", {"action": "cancel", "booking_uid": uid})
    assert (again["success"], again["action_taken"]) == (False, "cancel")
    ask = {"action": "status", "booking_uid": new.uid}
    status = await office.tool("manage_appointment", ask, call_id="CA9")
    assert (status["success"], status["action_taken"]) == (True, "status")
    assert "Thursday, December 3" in status["message"]
    done = await office.tool("manage_appointment", {"action": "cancel", "booking_uid": new.uid})
    assert (done["success"], done["action_taken"]) == (True, "cancel")
