"""DashboardClient at its border: three addresses, the secret, exactly one retry after exactly 2 s."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from config import Settings, load
from dashboard_sync import DashboardClient, Delivered, Delivery
from tests.support.scripted_server import HTML, Answer, Fault, ScriptedServer, refused_url, scripted_server

CONTROLLED_CLOCK = True

TLS = ssl.create_default_context()  # Reading the certificates is the slow part of a client.
PAYLOAD = {"call_id": "CA1", "customer_phone": "+15125550001", "user_email": "Owner@example.com"}
JOB_ANSWER = {"success": True, "lead_id": "lead-1", "type": "lead", "status": "x"}
VALIDATION = {
    "error": "Validation failed",
    "details": [{"path": "transcript_object.3.role", "message": "Invalid option"}],
}


def settings(**changes: Any) -> Settings:
    names = ("OPENAI_API_KEY", "DEEPGRAM_API_KEY", "INWORLD_API_KEY", "TWILIO_AUTH_TOKEN")
    environ = dict.fromkeys(names, "x") | {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32}
    environ |= {"V2_BACKEND_URL": "http://127.0.0.1", "DASHBOARD_WEBHOOK_SECRET": "hush-hush"}
    return load(environ | {name.upper(): str(value) for name, value in changes.items()})


@dataclass
class Dashboard:
    """A client of a stand-in; `slept` is its controlled clock."""

    client: DashboardClient
    slept: list[float] = field(default_factory=list)


Make = Callable[..., Dashboard]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    async with httpx.AsyncClient(verify=TLS, trust_env=False) as http:

        def dashboard(url: str, **changes: Any) -> Dashboard:
            slept: list[float] = []

            async def sleep(seconds: float) -> None:
                slept.append(seconds)

            urls = {
                "dashboard_jobs_url": f"{url}/api/webhook/jobs",
                "dashboard_calls_url": f"{url}/api/webhook/calls",
                "dashboard_alerts_url": f"{url}/api/webhook/emergency-alerts",
            }
            client = DashboardClient(settings(**(urls | changes)), http, sleep=sleep)
            return Dashboard(client, slept)

        yield dashboard


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with scripted_server([Answer(200, JOB_ANSWER)]) as running:
        yield running


async def test_three_addresses(server: ScriptedServer, make: Make) -> None:
    """Each record goes to the address of its own setting, whatever the others are (contract.md 2.1)."""
    changes = {
        "dashboard_jobs_url": f"{server.url}/one",
        "dashboard_calls_url": f"{server.url}/two",
        "dashboard_alerts_url": f"{server.url}/three?x=1",
    }
    client = make("", **changes).client
    await client.post_alert(PAYLOAD)
    await client.post_call(PAYLOAD)
    await client.post_job(PAYLOAD)
    assert [request.path for request in server.requests] == ["/three?x=1", "/two", "/one"]


async def test_secret_and_body(server: ScriptedServer, make: Make) -> None:
    """The secret travels plain in X-Webhook-Secret; the payload goes as it is."""
    await make(server.url).client.post_job(PAYLOAD)
    [request] = server.requests
    assert request.headers["x-webhook-secret"] == "hush-hush"
    assert request.headers["content-type"] == "application/json"
    assert request.json == PAYLOAD


@pytest.mark.parametrize(
    ("body", "lead_id", "job_id"),
    [
        (JOB_ANSWER, "lead-1", ""),
        ({"success": True, "job_id": "job-1", "type": "job"}, "", "job-1"),
        ({"success": True, "lead_id": None, "job_id": 7}, "", ""),
        ("thank you", "", ""),
        ("", "", ""),
        ([], "", ""),
    ],
)
async def test_accepted(server: ScriptedServer, make: Make, body: Any, lead_id: str, job_id: str) -> None:
    """A 200 is accepted at once, also when its body says nothing; ids are text or none."""
    server.script = [Answer(200, body)]
    dashboard = make(server.url)
    delivered = await dashboard.client.post_job(PAYLOAD)
    assert delivered == Delivered(Delivery.ACCEPTED, lead_id, job_id, "200")
    assert (len(server.requests), dashboard.slept) == (1, [])


@pytest.mark.parametrize("charset", ["idna", "hex", "utf-16", "no such"])
async def test_a_charset_that_is_none(server: ScriptedServer, make: Make, charset: str) -> None:
    """The dashboard answers in UTF-8, whatever something between says of it: no answer raises."""
    server.script = [Answer(200, JOB_ANSWER, content_type=f"application/json; charset={charset}")]
    assert await make(server.url).client.post_job(PAYLOAD) == Delivered(Delivery.ACCEPTED, "lead-1", "", "200")


FAILURES: list[tuple[Answer | Fault, Delivery, str]] = [
    (Answer(400, VALIDATION), Delivery.REFUSED, "transcript_object.3.role"),
    (Answer(200, HTML), Delivery.LATER, "Cannot POST"),  # A page of whatever stands before the dashboard.
    (Answer(200, {"success": False, "error": "no row"}), Delivery.LATER, "no row"),
    (Answer(200, {"message": "queued"}), Delivery.LATER, "queued"),  # A gateway's.
    (Answer(401, {"error": "Unauthorized"}), Delivery.REFUSED, "Unauthorized"),
    (Answer(404, {"error": "User not found"}), Delivery.LATER, "User not found"),
    (Answer(429, "slow down"), Delivery.LATER, "slow down"),
    (Answer(500, {"error": "Failed to create lead"}), Delivery.LATER, "Failed to create lead"),
    (Answer(503, HTML), Delivery.LATER, "Cannot POST"),
    (Answer(302, "moved"), Delivery.LATER, "moved"),
    (Answer(418, HTML), Delivery.LATER, "Cannot POST"),
    ("hang", Delivery.LATER, "timeout"),
    ("dribble", Delivery.LATER, "timeout"),
    ("drop", Delivery.LATER, "RemoteProtocolError"),
    ("reset", Delivery.LATER, "Error"),
    ("truncate", Delivery.LATER, "RemoteProtocolError"),
]


@pytest.mark.parametrize(("failure", "delivery", "logged"), FAILURES, ids=str)
async def test_one_retry_after_two_seconds(
    server: ScriptedServer,
    make: Make,
    caplog: pytest.LogCaptureFixture,
    failure: Answer | Fault,
    delivery: Delivery,
    logged: str,
) -> None:
    """Every kind of failure: exactly two requests, exactly 2.0 s between, its body in the log."""
    server.script = [failure]
    dashboard = make(server.url)
    delivered = await dashboard.client.post_call(PAYLOAD)
    assert delivered.delivery is delivery
    assert dashboard.slept == [2.0]
    assert len(server.requests) == 2
    assert [request.json for request in server.requests] == [PAYLOAD, PAYLOAD]
    assert logged in delivered.detail
    first, last = [record for record in caplog.records if record.name == "dashboard_sync"]
    assert (first.levelno, last.levelno) == (logging.WARNING, logging.ERROR)
    for record in (first, last):
        assert record.getMessage().startswith("CA1 dashboard calls: ")
        assert logged in record.getMessage()


@pytest.mark.parametrize(("failure", "_delivery", "_logged"), FAILURES, ids=str)
async def test_retry_succeeds(
    server: ScriptedServer, make: Make, failure: Answer | Fault, _delivery: Any, _logged: str
) -> None:
    """After any first failure the second try counts, with the ids of its answer."""
    server.script = [failure, Answer(200, JOB_ANSWER)]
    dashboard = make(server.url)
    delivered = await dashboard.client.post_job(PAYLOAD)
    assert (delivered.delivery, delivered.lead_id) == (Delivery.ACCEPTED, "lead-1")
    assert (len(server.requests), dashboard.slept) == (2, [2.0])


async def test_nobody_listens(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """A refused connection is tried again once and is to be delivered later."""
    dashboard = make(refused_url())
    delivered = await dashboard.client.post_alert(PAYLOAD)
    assert delivered.delivery is Delivery.LATER
    assert dashboard.slept == [2.0]
    assert [r.levelname for r in caplog.records if r.name == "dashboard_sync"] == [
        "WARNING",
        "ERROR",
    ]


@pytest.mark.parametrize(
    ("first", "second", "delivery"),
    [
        (400, 503, Delivery.LATER),
        (503, 400, Delivery.REFUSED),
        (401, 200, Delivery.ACCEPTED),
    ],
)
async def test_the_last_answer_decides(
    server: ScriptedServer, make: Make, first: int, second: int, delivery: Delivery
) -> None:
    """What becomes of a record follows from the retry's answer."""
    server.script = [Answer(first, JOB_ANSWER), Answer(second, JOB_ANSWER)]
    assert (await make(server.url).client.post_job(PAYLOAD)).delivery is delivery


async def test_the_pause_is_between(server: ScriptedServer) -> None:
    """The second request leaves only when the 2 s are over."""
    waits: asyncio.Queue[float] = asyncio.Queue()
    over = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waits.put_nowait(seconds)
        await over.wait()

    server.script = [Answer(500)]
    async with httpx.AsyncClient(verify=TLS, trust_env=False) as http:
        client = DashboardClient(settings(dashboard_jobs_url=server.url), http, sleep=sleep)
        posting = asyncio.create_task(client.post_job(PAYLOAD))
        assert await waits.get() == 2.0
        assert len(server.requests) == 1
        over.set()
        await posting
    assert (len(server.requests), waits.empty()) == (2, True)


async def test_0_10_no_repeat_overlaps_a_request_that_still_runs(server: ScriptedServer, make: Make) -> None:
    """contract.md 0.10: what the dashboard answers within its own 60 s is one request and one row."""
    server.script = [Answer(200, JOB_ANSWER, after_seconds=60.0)]
    dashboard = make(server.url)
    assert (await dashboard.client.post_job(PAYLOAD)).lead_id == "lead-1"
    assert (len(server.requests), dashboard.slept) == (1, [])


async def test_body_in_the_log_is_short_and_masked(
    server: ScriptedServer, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """At most 2 kB of a refusal reach the log, without numbers, secrets or line breaks."""
    server.script = [Answer(400, "+15125550001 is\nno name " + "x" * 9000)]
    delivered = await make(server.url).client.post_job(PAYLOAD)
    message = caplog.records[-1].getMessage()
    assert "400 ***0001 is no name xxx" in message
    assert len(message) < 2200
    assert len(delivered.detail) < 2200
    assert "5125550001" not in caplog.text
    assert "hush-hush" not in caplog.text


async def test_no_address(make: Make) -> None:
    """Without an address nothing is sent, and the record is for later."""
    dashboard = make("http://127.0.0.1:9", dashboard_jobs_url="")
    assert (await dashboard.client.post_job(PAYLOAD)).delivery is Delivery.LATER
    assert dashboard.slept == []


async def test_cancelled_while_pausing(server: ScriptedServer) -> None:
    """A shutdown during the pause ends the delivery; it is no answer."""
    server.script = [Answer(500)]

    async def cancelled(_: float) -> None:
        raise asyncio.CancelledError

    sleep: Callable[[float], Awaitable[None]] = cancelled
    async with httpx.AsyncClient(verify=TLS, trust_env=False) as http:
        client = DashboardClient(settings(dashboard_jobs_url=server.url), http, sleep=sleep)
        with pytest.raises(asyncio.CancelledError):
            await client.post_job(PAYLOAD)
    assert len(server.requests) == 1
