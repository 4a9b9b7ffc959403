"""What V2 knows of a caller, traps included (contract.md 1.2)."""

import httpx
import pytest

from simulator.back_office.office import (
    BackOffice,
    Seed,
)
from simulator.faults import Faults
from tests.simulator.back_office.support import ANNA, BEN, BOOKED_AT, BOOKING, CALL, EMAIL, NOW, SEED, Clock, Office

CONTROLLED_CLOCK = True


async def test_a_stranger_is_not_found(office: Office) -> None:
    """Nobody: empty lists, no name, not counted towards force_transition."""
    for _ in range(5):
        answer = await office.tool("lookup_caller")
    assert answer.pop("message")
    assert answer == {
        "found": False,
        "operatorNotes": [],
        "recentCalls": [],
        "pastAppointments": [],
        "force_transition": False,
    }


async def test_a_known_caller(office: Office) -> None:
    """camelCase, words in Chicago time, no uid, and never the street."""
    office.back.seed(SEED)
    answer = await office.tool("lookup_caller")
    assert answer["customerName"] == "Anna Weber"
    assert answer["zipCode"] == "78745"
    assert answer["upcomingAppointment"] == {
        "date": "Friday, November 27",
        "time": "9:00 AM",
    }
    assert answer["callbackPromise"] == {"date": "yesterday", "issue": "no cooling"}
    assert [call["outcome"] for call in answer["recentCalls"]] == [
        "customer_hangup",
        "callback_later",
    ]
    assert answer["operatorNotes"] == ["prefers mornings"]
    assert "prefers mornings" in answer["message"]
    assert len(answer["pastAppointments"]) == 1
    assert "Elm" not in str(answer)
    assert "12 Elm Street" in (await office.tool("get_customer_status"))["address"]


@pytest.mark.parametrize(("number", "found"), [("+1 (512) 555-0001", True), ("5125550001", False), (BEN, False)])
async def test_numbers_are_compared_for_equality(office: Office, number: str, found: bool) -> None:
    """Only what is no digit and no + is removed."""
    office.back.seed(SEED)
    assert (await office.tool("lookup_caller", number=number))["found"] is found


async def test_an_old_promise_is_none(office: Office) -> None:
    """A callback is owed for three days."""
    old = {"phone": ANNA, "days_ago": 4, "end_call_reason": "callback_later"}
    office.back.seed(Seed.model_validate({"calls": [old]}))
    answer = await office.tool("lookup_caller")
    assert (answer["found"], "callbackPromise" in answer) == (True, False)


async def test_one_booking_without_phone_matches_every_stranger(office: Office) -> None:
    """The Cal.com trap: V2's own booking makes strangers found, under somebody else's name."""
    await office.tool("book_appointment", BOOKING)
    answer = await office.tool("lookup_caller", call_id="CA2", number=BEN)
    assert (answer["found"], answer["customerName"]) == (True, "Anna Weber")
    assert answer["upcomingAppointment"]["date"] == "Tuesday, December 1"
    assert not answer["recentCalls"] + answer["pastAppointments"]
    assert "zipCode" not in answer


async def test_the_trap_can_be_switched_off() -> None:
    """Without it only the attendee's own number matches."""
    back_office = BackOffice(
        api_key="key",
        webhook_secret="secret",
        user_email=EMAIL,
        clock=lambda: NOW,
        answer_delay_seconds=0,
        empty_phone_matches=False,
    )
    async with back_office, httpx.AsyncClient() as client:
        office = Office(back_office, client, Faults(), Clock())
        await office.tool("book_appointment", BOOKING)
        assert (await office.tool("lookup_caller", call_id="CA2", number=BEN))["found"] is False
    back_office.close()


async def test_a_shared_call_id_answers_with_the_first_caller(office: Office) -> None:
    """The stored session's number wins: B is told A's name, and B's visit goes to A's address."""
    office.back.seed(SEED)
    await office.tool("lookup_caller", call_id="pipecat_call", number=ANNA)
    answer = await office.tool("lookup_caller", call_id="pipecat_call", number=BEN)
    assert answer["customerName"] == "Anna Weber"
    no_address = {k: v for k, v in BOOKING.items() if k != "service_address"}
    await office.tool("book_appointment", no_address, call_id="pipecat_call", number=BEN)
    assert "12 Elm Street" in office.back.bookings()[-1].address


async def test_calls_without_call_id_share_a_session(office: Office) -> None:
    """No call_id is one more shared id."""
    office.back.seed(SEED)
    await office.tool("lookup_caller", call_id="", number=ANNA)
    assert (await office.tool("lookup_caller", call_id="", number=BEN))["found"] is True


async def test_the_first_tool_call_fixes_the_number(office: Office) -> None:
    """A first call with an empty number leaves the session without one."""
    office.back.seed(SEED)
    await office.tool("lookup_caller", number="")
    answer = await office.tool("lookup_caller", number=ANNA)
    assert set(answer) == {"found", "message"}
    assert answer["found"] is False


async def test_force_transition_from_the_fourth_use(office: Office) -> None:
    """Counted for each tool and session when somebody was found."""
    office.back.seed(SEED)
    for tool in ("lookup_caller", "create_callback", "book_appointment"):
        forced = [(await office.tool(tool, BOOKING))["force_transition"] for _ in range(5)]
        assert forced == [False, False, False, True, True]


async def test_history_comes_from_the_dashboard(office: Office) -> None:
    """A job of an earlier call is history; `Not provided` is skipped, `Unknown` comes back."""
    await office.job(call_id="CA0", scheduled_at="2026-11-20T15:00:00-06:00")
    await office.job(call_id="CA01", customer_address="Not provided")
    await office.post(office.back.calls_url, CALL | {"call_id": "CA0"})
    await office.tool("send_emergency_alert", {"caller_phone": ANNA}, call_id="CA0")
    answer = await office.tool("lookup_caller")
    assert (answer["customerName"], answer["zipCode"]) == ("Anna Weber", "78745")
    assert (len(answer["recentCalls"]), len(answer["pastAppointments"])) == (1, 1)
    assert answer["urgentAlert"]["callbackBy"] == "8:45 AM"
    await office.job(call_id="CA02", customer_address="Unknown", scheduled_at=BOOKED_AT)
    assert (await office.tool("get_customer_status"))["address"] == "Unknown"
