"""V2's envelope: its key, its errors, its pages (contract.md 1.1)."""

import pytest

from tests.simulator.back_office.support import ANNA, Office

CONTROLLED_CLOCK = True


async def test_v2_checks_the_key(office: Office) -> None:
    """X-API-Key alone opens; a signature, when present, is all that counts."""
    url = f"{office.back.v2_url}/webhook/retell/lookup_caller"
    body = {"call": {"call_id": "CA1", "from_number": ANNA}}

    async def refused(headers: dict[str, str]) -> str:
        response = await office.client.post(url, json=body, headers=headers)
        assert response.status_code == 401
        return str(response.json()["error"])

    assert await refused({}) == "Unauthorized: Missing API key"
    assert await refused({"Authorization": "Bearer key"}) == "Unauthorized: Missing API key"
    assert await refused({"X-API-Key": "Key"}) == "Unauthorized: Invalid API key"
    assert "signature" in await refused({"X-API-Key": "key", "X-Retell-Signature": "x"})
    assert [call.status for call in office.back.tool_calls("CA1")] == [401] * 4


@pytest.mark.parametrize(
    ("tool", "status", "key"),
    [
        ("lookup_caller", 200, "found"),
        ("create_callback", 200, "success"),
        ("manage_appointment", 200, "success"),
        ("book_appointment", 500, None),
        ("lookup_booking", 500, None),
        ("send_emergency_alert", 500, None),
        ("end_call", 500, None),
    ],
)
@pytest.mark.parametrize("body", [{}, [], {"args": {}}, {"call": {"call_id": 1, "from_number": 2}}])
async def test_v2_errors_by_tool(office: Office, tool: str, status: int, key: str | None, body: object) -> None:
    """A flat body or an inner exception is a 200 for three tools and a 500 for the rest."""
    response = await office.raw(tool, body)
    assert response.status_code == status
    if key:
        assert response.json()[key] is False
    else:
        assert response.json() == {"error": "Tool execution failed"}


async def test_v2_answers_html_where_express_does(office: Office) -> None:
    """Unknown tool, wrong method: 404. A body that is not JSON: 400. None of them JSON."""
    url = f"{office.back.v2_url}/webhook/retell/lookup_caller"
    unknown = await office.raw("book_service", {"call": {}, "args": {}})
    method = await office.client.get(url)
    broken = await office.client.post(
        url, content=b"{", headers={"X-API-Key": "key", "Content-Type": "application/json"}
    )
    assert [unknown.status_code, method.status_code, broken.status_code] == [404, 404, 400]
    for response in (unknown, method, broken):
        assert response.headers["content-type"].startswith("text/html")
    huge = await office.raw("lookup_caller", {"call": {"x": "y" * 1024**2}})
    assert huge.status_code == 413
