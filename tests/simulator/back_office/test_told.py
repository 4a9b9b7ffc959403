"""People whom V2 tells, and the tools that nobody uses (contract.md 1.5 to 1.9)."""

import pytest

from tests.simulator.back_office.support import ALERT, ANNA, SEED, Office

CONTROLLED_CLOCK = True


async def test_each_callback_is_another_sms(office: Office) -> None:
    """No dedup; the SMS starts URGENT whatever the urgency, and has the session's address."""
    answer = await office.tool("create_callback", {"reason": "wants a person", "callback_type": "billing"})
    await office.tool("create_callback", {"urgency": "urgent"})
    assert answer["success"] is True
    first, second = office.back.callbacks("CA1")
    assert (first["promised_minutes"], second["promised_minutes"]) == (60, 30)
    assert second["reason"] == "Customer requested callback"
    texts = [sms["body"] for sms in office.back.sms()]
    assert all(text.startswith("URGENT:") and "Not provided" in text for text in texts)
    assert "BILLING" in texts[0]
    assert ANNA in texts[0]


async def test_sales_lead_needs_the_phone_and_overwrites_the_session(office: Office) -> None:
    """500 without customer_phone; what is not sent is erased in the session."""
    office.back.seed(SEED)
    await office.tool("lookup_caller")
    body = {"call": {"call_id": "CA1"}, "args": {"execution_message": "x"}}
    assert (await office.raw("send_sales_lead_alert", body)).status_code == 500
    answer = await office.tool("send_sales_lead_alert", {"customer_phone": ANNA})
    assert answer["success"] is True
    await office.tool("create_callback")
    assert "Not provided" in office.back.sms()[-1]["body"]


async def test_emergency_alert_reaches_the_dashboard(office: Office) -> None:
    """V2 posts the alert itself; ours with the same alert_id updates it."""
    args = {"caller_phone": ANNA, "urgency_description": "gas smell"}
    alert_id = (await office.tool("send_emergency_alert", args))["alertId"]
    await office.post(office.back.alerts_url, ALERT | {"alert_id": alert_id, "call_id": "CA1"})
    (alert,) = office.back.rows("CA1").alerts
    assert (alert["alert_id"], alert["callback_promised_minutes"]) == (alert_id, 15)
    body = {"call": {"call_id": "CA1"}, "args": {}}
    assert (await office.raw("send_emergency_alert", body)).status_code == 500


@pytest.mark.parametrize(
    ("zip_code", "served"), [("78701", True), ("787015", True), ("78745", False), ("seven", False)]
)
async def test_v2s_own_service_area(office: Office, zip_code: str, served: bool) -> None:
    """Its list is not the 787 rule, and a number instead of a text is a 500."""
    answer = await office.tool("validate_service_area", {"zip_code": zip_code})
    assert answer["inServiceArea"] is served
    body = {"call": {"call_id": "CA1"}, "args": {"zip_code": 78701}}
    assert (await office.raw("validate_service_area", body)).status_code == 500


async def test_end_call_is_only_noted(office: Office) -> None:
    """Nothing reaches the dashboard."""
    answer = await office.tool("end_call", {"reason": "completed"})
    assert answer == {"success": True, "reason": "completed"}
    assert office.back.rows().calls == []
