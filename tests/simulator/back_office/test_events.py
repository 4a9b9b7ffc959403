"""What the one who watches is told, and what can be read back."""

from typing import Any

from simulator.back_office.office import (
    BackOffice,
    Refusal,
    RowAccepted,
    ToolCall,
)
from tests.simulator.back_office.support import ANNA, CALL, EMAIL, NOW, SEED, Office

CONTROLLED_CLOCK = True


async def test_events_and_records(office: Office) -> None:
    """Tool calls, rows and refusals are told as they happen and can be read back."""
    await office.tool("lookup_caller", {"x": 1})
    await office.job()
    await office.post(office.back.calls_url, CALL | {"lead_id": None})
    kinds = [type(event) for event in office.events]
    assert kinds == [ToolCall, RowAccepted, Refusal]
    (call,) = office.back.tool_calls("CA1")
    assert call == office.events[0]
    assert (call.args, call.call["from_number"], call.at) == ({"x": 1}, ANNA, NOW)
    assert office.back.tool_calls("CA2") == []


async def test_state_survives_in_a_file(tmp_path: Any) -> None:
    """A database on disk is there for the next back office."""

    def back_office() -> BackOffice:
        return BackOffice(
            database=str(tmp_path / "office.db"),
            api_key="key",
            webhook_secret="secret",
            user_email=EMAIL,
            clock=lambda: NOW,
        )

    first = back_office()
    first.seed(SEED)
    first.close()
    second = back_office()
    assert [booking.name for booking in second.bookings()] == ["Anna Weber"]
    second.close()
