"""V2Client at its border: what leaves, what each answer means, and what a V2 that is down costs."""

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import respx

from call.session import CallSession
from call.tool_calls import (
    AlertSent,
    BookAppointment,
    Booked,
    BookingFound,
    CallerFound,
    CheckCalendarAvailability,
    CreateCallback,
    LookupBooking,
    LookupCaller,
    ManageAppointment,
    Outcome,
    SendEmergencyAlert,
    SendSalesLeadAlert,
    SlotsFound,
    ToolRequest,
    ToolResult,
)
from circuit_breaker import BreakerState, CircuitBreaker
from config import Settings, load
from logs import loggable
from tests.support.scripted_server import HTML, Answer, ScriptedServer, refused_url, scripted_server
from tools import V2Client

CONTROLLED_CLOCK = True

TLS = ssl.create_default_context()  # Reading the certificates is the slow part of a client.
CHICAGO = ZoneInfo("America/Chicago")
VISIT = datetime(2026, 12, 1, 15, 0, tzinfo=CHICAGO)
BOOK = BookAppointment(VISIT, "Jonas Weber", "+15125550001", "5311 Franklin Street", "No cold air")
CALLBACK = CreateCallback("Jonas Weber, 5311 Franklin Street: no cold air")
CANCEL = ManageAppointment("cancel", "uid-1", reason="caller")
MOVE = ManageAppointment("reschedule", "uid-1", new_time=VISIT)
SALES = SendSalesLeadAlert("+15125550001", customer_name="Jonas Weber", notes="wants a new system")
ALERT = SendEmergencyAlert("+15125550001", "gas smell", "5311 Franklin Street")
READS: list[ToolRequest] = [LookupCaller(), LookupBooking(), CheckCalendarAvailability("Routine")]
ACTS: list[ToolRequest] = [BOOK, CALLBACK, CANCEL, MOVE, SALES, ALERT]
ALL = READS + ACTS


def settings(url: str = "http://v2.test", **changes: Any) -> Settings:
    names = ("OPENAI_API_KEY", "DEEPGRAM_API_KEY", "INWORLD_API_KEY", "TWILIO_AUTH_TOKEN")
    environ = dict.fromkeys(names, "x") | {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32}
    environ |= {"V2_BACKEND_URL": url, "V2_API_KEY": "v2-key"}
    return load(environ | {name.upper(): str(value) for name, value in changes.items()})


def session(call_id: str = "CA1", **changes: Any) -> CallSession:
    known = {"caller_number": "+15125550001", "called_number": "+15125550000"}
    return CallSession(call_id=call_id, started_at=datetime(2026, 11, 25, 18, tzinfo=UTC), **(known | changes))


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class V2:
    """A client of a stand-in, with its breaker and what it slept."""

    client: V2Client
    breaker: CircuitBreaker
    http: httpx.AsyncClient
    clock: Clock
    slept: list[float] = field(default_factory=list)

    async def __call__(self, request: ToolRequest, call: CallSession | None = None) -> Any:
        return await self.client.call(request, call or session())


Client = Callable[..., V2]


@pytest.fixture
async def v2() -> AsyncIterator[Client]:
    """Makes clients: `v2(url, **settings)`; each has its own breaker and a clock that stands."""
    clients: list[httpx.AsyncClient] = []

    def make(url: str, **changes: Any) -> V2:
        clock, slept, http = Clock(), [], httpx.AsyncClient(verify=TLS, trust_env=False)
        clients.append(http)

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        breaker = CircuitBreaker("v2", clock=clock)
        client = V2Client(settings(url, **changes), breaker, http, sleep=sleep)
        return V2(client, breaker, http, clock, slept)

    yield make
    for http in clients:
        await http.aclose()


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with scripted_server() as running:
        yield running


# What leaves


EXPECTED_ARGS: list[tuple[ToolRequest, dict[str, str]]] = [
    (LookupCaller(), {}),
    (LookupBooking(), {"phone": "+15125550001"}),
    (CheckCalendarAvailability("Urgent"), {"urgency": "Urgent"}),
    (
        BOOK,
        {
            "date_time": "2026-12-01T15:00:00-06:00",
            "customer_name": "Jonas Weber",
            "customer_phone": "+15125550001",
            "service_address": "5311 Franklin Street",
            "problem_description": "No cold air",
            "urgency": "Routine",
        },
    ),
    (
        CreateCallback("call back", "billing", urgent=True, customer_name="Jo"),
        {
            "reason": "call back",
            "callback_type": "billing",
            "urgency": "urgent",
            "customer_name": "Jo",
        },
    ),
    (CALLBACK, {"reason": CALLBACK.reason, "callback_type": "service", "urgency": "normal"}),
    (CANCEL, {"action": "cancel", "booking_uid": "uid-1", "reason": "caller"}),
    (
        MOVE,
        {"action": "reschedule", "booking_uid": "uid-1", "new_time": "2026-12-01T15:00:00-06:00"},
    ),
    (
        SALES,
        {
            "customer_phone": "+15125550001",
            "customer_name": "Jonas Weber",
            "notes": "wants a new system",
        },
    ),
    (
        ALERT,
        {
            "caller_phone": "+15125550001",
            "urgency_description": "gas smell",
            "address": "5311 Franklin Street",
        },
    ),
]


@pytest.mark.parametrize(("request_", "args"), EXPECTED_ARGS, ids=lambda value: type(value).__name__)
async def test_body_is_wrapped(v2: Client, server: ScriptedServer, request_: ToolRequest, args: dict[str, str]) -> None:
    """Every tool gets {call, args}: CallSid, both numbers, only what V2 reads (R62, R63)."""
    await v2(server.url)(request_)
    [arrived] = server.requests
    assert arrived.path == f"/webhook/retell/{request_.tool}"
    assert arrived.json == {
        "call": {
            "call_id": "CA1",
            "from_number": "+15125550001",
            "to_number": "+15125550000",
            "direction": "inbound",
        },
        "args": args,
    }


async def test_key_in_x_api_key(v2: Client, server: ScriptedServer) -> None:
    """The key travels in X-API-Key alone: V2 would look only at a Retell signature (R92)."""
    await v2(server.url)(CALLBACK)
    headers = server.requests[0].headers
    assert headers["x-api-key"] == "v2-key"
    assert "x-retell-signature" not in headers
    assert "authorization" not in headers


@pytest.mark.parametrize("ending", ["", "/"])
async def test_every_tool_goes_to_the_one_address_that_is_configured(
    v2: Client, server: ScriptedServer, ending: str
) -> None:
    """R100: no tool has an address of its own, and how it is written changes nothing."""
    client = v2(server.url + ending)
    for request in ALL:
        await client(request)
    assert [arrived.path for arrived in server.requests] == [f"/webhook/retell/{r.tool}" for r in ALL]


async def test_no_key_configured(v2: Client, server: ScriptedServer) -> None:
    """Without V2_API_KEY the request still goes out, without the header."""
    await v2(server.url, v2_api_key="")(CALLBACK)
    assert "x-api-key" not in server.requests[0].headers


async def test_time_in_the_zone_of_the_business(v2: Client, server: ScriptedServer) -> None:
    """A time in UTC leaves with the offset of Chicago."""
    await v2(server.url)(ManageAppointment("reschedule", "u", new_time=VISIT.astimezone(UTC)))
    assert server.requests[0].json["args"]["new_time"] == "2026-12-01T15:00:00-06:00"


async def test_time_without_offset_never_leaves(v2: Client, server: ScriptedServer) -> None:
    """V2 would read it in its server's zone: it is refused here."""
    naive = BookAppointment(datetime(2026, 12, 1, 15), "J", "+15125550001", "a", "p")
    assert (await v2(server.url)(naive)).outcome is Outcome.REFUSED
    assert server.requests == []


async def test_withheld_number_is_not_looked_up(v2: Client, server: ScriptedServer) -> None:
    """The first tool fixes V2's number of the call: an empty one is not sent (contract.md 1.1)."""
    client = v2(server.url)
    result = await client(LookupCaller(), session(caller_number=""))
    assert (result.outcome, result.found) == (Outcome.OK, False)
    assert server.requests == []
    await client(CALLBACK, session(caller_number="", callback_phone="+15125550009"))
    assert server.requests[0].json["call"]["from_number"] == "+15125550009"


# What an answer means


Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
def ask(v2: Client, server: ScriptedServer) -> Ask:
    """The result of a request that V2 answers with 200 and a body: `await ask(request, body)`."""

    async def one(request: ToolRequest, body: Any, **changes: Any) -> Any:
        server.script = [Answer(200, body)]
        return await v2(server.url, **changes)(request)

    return one


FULL = {
    "found": True,
    "operatorNotes": [{"note": "dog"}],
    "recentCalls": [{"date": "today"}, {"date": "yesterday"}],
    "pastAppointments": [],
    "customerName": "Jonas Weber",
    "zipCode": "78701",
    "upcomingAppointment": {"date": "Friday, November 27", "time": "7:55 AM", "jobId": "CA7"},
    "callbackPromise": {"date": "yesterday", "issue": "being really loud"},
    "urgentAlert": {"date": "today", "description": "no heat", "callbackBy": "2:15 PM"},
    "message": "Jonas Weber called twice",
    "force_transition": False,
}


async def test_known_caller(ask: Ask) -> None:
    """Everything that V2 knows arrives typed; callbackPromise is an object (R15, R38)."""
    assert await ask(LookupCaller(), FULL) == CallerFound(
        Outcome.OK,
        "known",
        found=True,
        verified=True,
        name="Jonas Weber",
        zip_code="78701",
        has_appointment=True,
        appointment_date="Friday, November 27",
        appointment_job="CA7",
        callback_owed=True,
        callback_issue="being really loud",
        calls_today=1,
    )


async def test_a_text_that_v2_has_cut_inside_an_emoji(ask: Ask) -> None:
    """JSON escapes the half that is left; it goes, and a whole one stays."""
    cut = {"customerName": "Jonas \ud83d", "callbackPromise": {"issue": "no heat \N{FIRE} \udd25"}}
    caller = await ask(LookupCaller(), FULL | cut)
    assert isinstance(caller, CallerFound)
    assert (caller.name, caller.callback_issue) == ("Jonas", "no heat \N{FIRE}")


async def test_half_a_character_keeps_no_alert_back(v2: Client, server: ScriptedServer) -> None:
    """Whoever brought it: V2 is asked, in whole characters."""
    await v2(server.url)(SendEmergencyAlert("+15125550100", "gas \ud83d smell", "12 Oak Street"))
    assert "gas  smell" in server.requests[0].json["args"].values()


CALLED_BEFORE = ("recentCalls", "callbackPromise", "urgentAlert", "operatorNotes", "nothing")
MATCHED = {"date": "Friday, November 27", "time": "7:55 AM"}  # By V2, perhaps of a stranger
FOUND = {"found": True, "customerName": "Bo Stranger", "upcomingAppointment": MATCHED}


@pytest.mark.parametrize("evidence", CALLED_BEFORE)
async def test_0_1_that_a_number_called_before_proves_no_name(ask: Ask, evidence: str) -> None:
    """R40, contract.md 0.1: the name and the visit beside it may be a stranger's."""
    result = await ask(LookupCaller(), FOUND | ({} if evidence == "nothing" else {evidence: FULL[evidence]}))
    assert (result.found, result.verified) == (True, False)
    assert (result.has_appointment, result.appointment_date) == (False, "")


@pytest.mark.parametrize("evidence", [{"pastAppointments": [{"date": "May 1"}]}, {"zipCode": "78701"}])
async def test_0_1_a_visit_that_was_proves_the_name_and_not_the_next_one(ask: Ask, evidence: dict[str, Any]) -> None:
    """contract.md 0.1."""
    result = await ask(LookupCaller(), FOUND | evidence)
    assert (result.verified, result.has_appointment, result.appointment_date) == (True, False, "")


@pytest.mark.parametrize(("known", "date"), [({"issue": "noise"}, ""), ({"jobId": "CA7"}, "Friday, November 27")])
async def test_0_1_a_visit_is_this_numbers_by_its_issue_and_its_date_by_its_job(
    ask: Ask, known: dict[str, Any], date: str
) -> None:
    """contract.md 0.1."""
    result = await ask(LookupCaller(), FOUND | {"upcomingAppointment": MATCHED | known})
    assert (result.verified, result.has_appointment, result.appointment_date) == (True, True, date)
    assert result.appointment_job == known.get("jobId", "")


@pytest.mark.parametrize(
    "body",
    [
        {"found": False, "operatorNotes": [], "recentCalls": [], "message": "none"},
        {"found": False, "message": "Error looking up caller"},
        {"found": "true", "customerName": "Jonas"},
        {},
    ],
)
async def test_nobody_found(ask: Ask, body: dict[str, Any]) -> None:
    """A lookup that finds nobody is an answer, whatever else is in it."""
    result = await ask(LookupCaller(), body)
    assert result == CallerFound(Outcome.OK, "nobody")


async def test_lookup_of_wrong_types(ask: Ask) -> None:
    """Fields of other types count as not known, and never raise."""
    odd = {
        "found": True,
        "customerName": {"first": "J"},
        "zipCode": "7870",
        "recentCalls": "two",
        "pastAppointments": None,
        "upcomingAppointment": "Friday",
        "callbackPromise": "tomorrow",
    }
    result = await ask(LookupCaller(), odd)
    assert result == CallerFound(Outcome.OK, "unverified", found=True)


@pytest.mark.parametrize(
    ("entry", "today"),
    [
        ({"date": "today"}, True),
        ({"date": "Today"}, True),
        ({"date": "yesterday"}, False),
        ({"date": "3 days ago"}, False),
        ({"summary": "wants somebody today"}, False),
        (None, False),
        (7, False),
    ],
)
async def test_0_6_recent_calls_have_words_for_dates(ask: Ask, entry: Any, today: bool) -> None:
    """contract.md 0.6: "today" is the last 24 hours."""
    body = {"found": True, "recentCalls": [entry]}
    assert (await ask(LookupCaller(), body)).calls_today == int(today)


BOOKED = {
    "success": True,
    "booking_confirmed": True,
    "booked": True,
    "appointmentId": "cal_9",
    "confirmationMessage": "Booked for 9 PM",
    "appointment_time": "2026-12-01T21:00:00.000Z",
    "force_transition": False,
}


async def test_booked(ask: Ask) -> None:
    """A real booking carries V2's time in Chicago and its id; V2's sentence goes nowhere (R66)."""
    result = await ask(BOOK, BOOKED)
    assert result == Booked(Outcome.OK, starts_at=VISIT, appointment_id="cal_9")
    assert result.starts_at.hour == 15


async def test_booked_at_another_time(ask: Ask) -> None:
    """A time other than the one asked for is told as it is (R55)."""
    result = await ask(BOOK, BOOKED | {"appointment_time": "2026-12-04T15:45:00-06:00"})
    assert result.starts_at == datetime(2026, 12, 4, 15, 45, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    "time_",
    [
        None,
        "",
        "Invalid Date",
        "ASAP",
        "2026-12-04",
        "2026-12-04T15:45:00",
        17,
        "0001-01-01T00:00:00+00:00",
    ],
)
async def test_unusable_time_is_the_asked_one(ask: Ask, time_: Any) -> None:
    """Without an aware ISO time the booked time is the one asked for (contract.md 1.3)."""
    result = await ask(BOOK, BOOKED | {"appointment_time": time_})
    assert (result.outcome, result.starts_at) == (Outcome.OK, VISIT)


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [(0.0, Outcome.REFUSED), (0.3, Outcome.REFUSED), (1.2, Outcome.UNKNOWN), (5.5, Outcome.UNKNOWN)],
)
async def test_0_2_an_apt_id_that_took_long_may_hide_a_booking(
    v2: Client, server: ScriptedServer, seconds: float, outcome: Outcome
) -> None:
    """contract.md 0.2: V2 asks Cal.com a second time, which is refused because the first was carried out."""
    server.script = [Answer(200, BOOKED | {"appointmentId": "apt_17"}, after_seconds=seconds)]
    result = await v2(server.url, booking_seconds=10)(BOOK)
    assert (result.outcome, result.starts_at) == (outcome, None)


async def test_mock_booking(ask: Ask) -> None:
    """An apt_ id is no booking, unless the development switch allows it."""
    mock = BOOKED | {"appointmentId": "apt_17"}
    refused = await ask(BOOK, mock)
    assert (refused.outcome, refused.starts_at) == (Outcome.REFUSED, None)
    allowed = await ask(BOOK, mock, allow_mock_bookings=True)
    assert (allowed.outcome, allowed.appointment_id) == (Outcome.OK, "apt_17")


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"success": False}, Outcome.REFUSED),
        ({"booked": False}, Outcome.REFUSED),
        ({"booking_confirmed": False}, Outcome.REFUSED),
        ({"success": "true"}, Outcome.UNKNOWN),
        ({"success": 1}, Outcome.UNKNOWN),
        ({"success": None}, Outcome.UNKNOWN),
        ({"appointmentId": None}, Outcome.UNKNOWN),
        ({"appointmentId": 4711}, Outcome.OK),
    ],
)
async def test_doubtful_booking(ask: Ask, change: dict[str, Any], outcome: Outcome) -> None:
    """What is not certain is never called booked (R52)."""
    result = await ask(BOOK, BOOKED | change)
    assert result.outcome is outcome
    assert bool(result.starts_at) is (outcome is Outcome.OK)


@pytest.mark.parametrize("request_", [r for r in ACTS if r is not BOOK], ids=lambda request: request.tool)
@pytest.mark.parametrize(
    ("success", "outcome"),
    [
        (True, Outcome.OK),
        (False, Outcome.REFUSED),
        ("true", Outcome.UNKNOWN),
        (1, Outcome.UNKNOWN),
        (None, Outcome.UNKNOWN),
    ],
)
async def test_success_is_true(ask: Ask, request_: ToolRequest, success: Any, outcome: Outcome) -> None:
    """Only `success: true` is a success: not a 200, not the text "true" (R77)."""
    body = {"success": success, "message": "ok", "action_taken": "cancelled", "alertId": "SM1"}
    result = await ask(request_, body)
    assert result.outcome is outcome
    if isinstance(result, AlertSent):
        assert result.alert_id == "SM1"


async def test_early_refusal_of_a_change(ask: Ask) -> None:
    """Without action_taken nothing was changed, whatever else is said (contract.md 1.8)."""
    result = await ask(MOVE, {"success": True, "message": "When would you like to come?"})
    assert result.outcome is Outcome.REFUSED


async def test_free_visits(ask: Ask) -> None:
    """Only isoDateTime counts, in order; what is no time with an offset is no visit (contract.md 1.4)."""
    slots = [
        {"isoDateTime": "2026-12-02T15:00:00.000Z", "dayOfWeek": "Tomorrow", "timeWindow": "03:00 PM - 04:00 PM"},
        {"isoDateTime": "2026-12-01T09:00:00-06:00"},
        {"isoDateTime": "2026-12-03T09:00:00"},
        {"isoDateTime": None},
        {"date": "2026-12-04"},
        "Friday",
    ]
    found = await ask(CheckCalendarAvailability("Routine"), {"availableSlots": slots})
    assert isinstance(found, SlotsFound)
    assert [slot.isoformat() for slot in found.slots] == ["2026-12-01T09:00:00-06:00", "2026-12-02T09:00:00-06:00"]


@pytest.mark.parametrize("body", [{}, {"availableSlots": None}, {"availableSlots": {}}, {"error": "x"}])
async def test_a_calendar_that_does_not_answer(ask: Ask, body: dict[str, Any]) -> None:
    """No list is no answer; an empty one is an answer."""
    assert (await ask(CheckCalendarAvailability("Urgent"), body)).outcome is Outcome.UNAVAILABLE
    assert (await ask(CheckCalendarAvailability("Urgent"), {"availableSlots": []})).outcome is Outcome.OK


async def test_booking_on_file(ask: Ask) -> None:
    """The visit on file has its uid and the attendee to compare with; without a uid it is none."""
    booking = {"uid": "u1", "date": "Friday", "time": "7:55 AM", "attendeeName": "Jonas"}
    found = await ask(LookupBooking(), {"found": True, "booking": booking})
    assert found == BookingFound(
        Outcome.OK,
        found=True,
        booking_uid="u1",
        date="Friday",
        time="7:55 AM",
        attendee_name="Jonas",
    )
    for body in ({"found": False}, {"found": True}, {"found": True, "booking": {"date": "Friday"}}):
        assert (await ask(LookupBooking(), body)).found is False


# What no answer means


def unanswered(request: ToolRequest) -> Outcome:
    return Outcome.UNAVAILABLE if request in READS else Outcome.UNKNOWN


@pytest.mark.parametrize("request_", ALL, ids=lambda request: request.tool)
@pytest.mark.parametrize("fault", ["drop", "reset", "truncate", "hang", "dribble"])
async def test_lost_answer(v2: Client, server: ScriptedServer, request_: ToolRequest, fault: Any) -> None:
    """Once V2 may have seen it, what acts is unknown and never sent again; a lookup is harmless."""
    server.script = [fault]
    client = v2(server.url)
    result = await client(request_)
    assert result.outcome is unanswered(request_)
    assert len(server.requests) == 1
    assert client.breaker._failures == 1


@pytest.mark.parametrize("request_", ALL, ids=lambda request: request.tool)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_5xx(v2: Client, server: ScriptedServer, request_: ToolRequest, status: int) -> None:
    """A 5xx counts as a failure; whatever acts may have been carried out."""
    server.script = [Answer(status, HTML)]
    client = v2(server.url)
    assert (await client(request_)).outcome is unanswered(request_)
    assert len(server.requests) == 1
    assert client.breaker._failures == 1


async def test_v2s_own_500_of_a_booking(v2: Client, server: ScriptedServer) -> None:
    """V2's own 500 comes before its Cal.com step: no visit can exist (contract.md 1.3)."""
    server.script = [Answer(500, {"error": "Tool execution failed"})]
    assert (await v2(server.url)(BOOK)).outcome is Outcome.REFUSED


@pytest.mark.parametrize("request_", ALL, ids=lambda request: request.tool)
async def test_429(v2: Client, server: ScriptedServer, request_: ToolRequest) -> None:
    """A rate limit is a failure of V2 and was surely not carried out."""
    server.script = [Answer(429, "Too many requests")]
    client = v2(server.url)
    assert (await client(request_)).outcome is Outcome.UNAVAILABLE
    assert (len(server.requests), client.breaker._failures) == (1, 1)


@pytest.mark.parametrize("request_", ALL, ids=lambda request: request.tool)
@pytest.mark.parametrize(
    ("status", "body"),
    [(400, HTML), (401, {"error": "Unauthorized: Invalid API key"}), (404, HTML), (307, "")],
)
async def test_4xx_is_our_bug(
    v2: Client,
    server: ScriptedServer,
    request_: ToolRequest,
    status: int,
    body: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Another 4xx, as with a wrong key (R92, R100), is logged with its body and is no outage (X19)."""
    server.script = [Answer(status, body)]
    client = v2(server.url)
    for _ in range(4):
        assert (await client(request_)).outcome is Outcome.REFUSED
    assert client.breaker.state is BreakerState.CLOSED
    assert len(server.requests) == 4
    assert str(body if isinstance(body, str) else body["error"]) in caplog.text


@pytest.mark.parametrize("request_", ALL, ids=lambda request: request.tool)
@pytest.mark.parametrize("body", [HTML, "", "null", "[]", "42", '{"success": tr', "[" * 100_000])
async def test_unreadable_200(v2: Client, server: ScriptedServer, request_: ToolRequest, body: str) -> None:
    """A 200 that is no JSON object says nothing about what was done; it is an answer, no outage."""
    server.script = [Answer(200, body)]
    client = v2(server.url)
    assert (await client(request_)).outcome is unanswered(request_)
    assert client.breaker._failures == 0


@pytest.mark.parametrize("request_", ALL, ids=lambda request: request.tool)
async def test_nobody_listens(v2: Client, request_: ToolRequest) -> None:
    """A refused connection carried out nothing; only the callback is tried again, once (R77)."""
    client = v2(refused_url())
    result = await client(request_)
    assert (result.outcome, type(result)) == (Outcome.UNAVAILABLE, type(result))
    tries = 2 if request_ is CALLBACK else 1
    assert client.breaker._failures == tries
    assert len(client.slept) == tries - 1


@respx.mock
async def test_callback_second_try_succeeds(v2: Client) -> None:
    """The one retry of a callback that never left is enough when V2 is back."""
    route = respx.post("http://v2.test/webhook/retell/create_callback").mock(
        side_effect=[httpx.ConnectError("refused"), httpx.Response(200, json={"success": True})]
    )
    client = v2("http://v2.test")
    assert (await client(CALLBACK)).outcome is Outcome.OK
    assert route.call_count == 2


@respx.mock
@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError])
async def test_callback_is_not_repeated_after_a_lost_answer(v2: Client, error: type[Exception]) -> None:
    """Whatever may have been carried out is not sent twice: the owner gets one SMS (R77)."""
    route = respx.post("http://v2.test/webhook/retell/create_callback").mock(side_effect=error)
    assert (await v2("http://v2.test")(CALLBACK)).outcome is Outcome.UNKNOWN
    assert route.call_count == 1


async def test_callback_retry_waits_for_no_open_breaker(v2: Client) -> None:
    """When the first try opens the breaker there is no second."""
    client = v2(refused_url())
    for _ in range(2):
        client.breaker.attempt().failure()  # type: ignore[union-attr]
    result = await client(CALLBACK)
    assert (result.outcome, result.detail) == (Outcome.UNAVAILABLE, "breaker open")
    assert client.breaker._failures == 3


# Deadlines, breaker, cancellation


async def test_one_breaker_for_all_calls(v2: Client, server: ScriptedServer) -> None:
    """The third failure opens the breaker; the next call is answered at once, unasked."""
    server.script = ["hang"]
    client = v2(server.url)
    for number in range(3):
        await client(LookupCaller(), session(f"CA{number}"))
    assert client.breaker.state is BreakerState.OPEN
    now = asyncio.get_running_loop().time
    started = now()
    results = [await client(request, session("CA9")) for request in ALL]
    assert now() == started
    assert {result.outcome for result in results} == {Outcome.UNAVAILABLE}
    assert len(server.requests) == 3


async def test_trial_closes_the_breaker(v2: Client, server: ScriptedServer) -> None:
    """After the cool-down one request tries; its answer lets the others through."""
    server.script = [Answer(503), Answer(503), Answer(503), Answer(200, {"success": True})]
    client = v2(server.url)
    for _ in range(3):
        await client(SALES)
    client.clock.now = 59.9
    assert (await client(SALES)).detail == "breaker open"
    client.clock.now = 60
    assert (await client(SALES)).outcome is Outcome.OK
    assert client.breaker.state is BreakerState.CLOSED


async def test_refusal_inside_a_200_is_no_outage(v2: Client, server: ScriptedServer) -> None:
    """What the tool says inside a 200 is read, not counted (X19)."""
    server.script = [Answer(200, {"success": False, "message": "failed"})]
    client = v2(server.url)
    for _ in range(4):
        assert (await client(CALLBACK)).outcome is Outcome.REFUSED
    assert client.breaker.state is BreakerState.CLOSED


async def test_cancelled_trial_is_no_verdict(v2: Client, ask: Ask, server: ScriptedServer) -> None:
    """A caller who hangs up mid-trial leaves the place of the trial free."""
    server.script = [Answer(503), Answer(503), Answer(503), "hang", Answer(200, {"success": True})]
    client = v2(server.url)
    for _ in range(3):
        await client(SALES)
    client.clock.now = 60
    server.arrived.clear()
    trial = asyncio.create_task(client(SALES))
    await server.arrived.wait()
    trial.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trial
    assert client.breaker.state is BreakerState.HALF_OPEN
    assert (await client(SALES)).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("requests", "name"),
    [
        (READS, "lookup_seconds"),
        ([BOOK, CANCEL, MOVE], "booking_seconds"),
        ([CALLBACK, SALES, ALERT], "callback_seconds"),
    ],
)
async def test_deadline_of_each_tool(
    v2: Client, server: ScriptedServer, requests: list[ToolRequest], name: str
) -> None:
    """Each tool has its own deadline, also against a server that dribbles."""
    deadline = Settings.model_fields[name].default
    for request in requests:
        server.script = ["dribble"]
        now = asyncio.get_running_loop().time
        started = now()
        await v2(server.url)(request)
        assert now() - started == pytest.approx(deadline)


async def test_never_raises(v2: Client, server: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of our own is logged and becomes an unknown outcome; the breaker hears nothing."""
    client = v2(server.url)

    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("boom")

    client.http.post = broken  # type: ignore[method-assign, assignment]
    result = await client(BOOK)
    assert (result.outcome, type(result)) == (Outcome.UNKNOWN, Booked)
    assert client.breaker._failures == 0
    assert "CA1 tool book_appointment: our own fault" in caplog.text


# The log


async def test_log_line(v2: Client, server: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    """One line per tool: call, tool, outcome, milliseconds; no name, number or key in it."""
    caplog.set_level(logging.INFO, logger="tools")
    server.script = [Answer(200, FULL)]
    await v2(server.url)(LookupCaller())
    [record] = [r for r in caplog.records if r.name == "tools"]
    assert record.levelno == logging.INFO
    assert re.fullmatch(r"CA1 tool lookup_caller ok \d+ ms \(known\)", record.getMessage())


async def test_refused_body_is_masked(v2: Client, server: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    """A refusal's body is logged short and with masked numbers."""
    server.script = [Answer(400, "customer +1 (512) 555-0001 refused " + "x" * 9000)]
    await v2(server.url)(CALLBACK)
    assert "***0001 refused" in caplog.text
    assert "555-0001" not in caplog.text
    assert len(caplog.text) < 3000
    assert "v2-key" not in caplog.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+15125550001", "***0001"),
        ("(512) 555-0001 and 512.555.0002", "***0001 and ***0002"),
        ("zip 78701, at 2026-12-01T15:00", "zip 78701, at 2026-12-01T15:00"),
        ("a\n\tb", "a b"),
    ],
)
def test_loggable(text: str, expected: str) -> None:
    """Phone numbers keep four digits; ZIP codes and times stay as they are."""
    assert loggable(text) == expected


async def test_result_without_answer_has_its_class(v2: Client) -> None:
    """Whoever reads a result can rely on its class, whatever happened."""
    client = v2(refused_url())
    classes = [type(await client(request)) for request in ALL]
    assert classes == [
        CallerFound, BookingFound, SlotsFound, Booked, ToolResult, ToolResult, ToolResult, AlertSent, AlertSent,
    ]  # fmt: skip


# What the real V2 does with what it accepts: contract.md 0


async def sent_args(v2: Client, server: ScriptedServer, request: ToolRequest) -> dict[str, Any]:
    server.script = [Answer(200, {"success": True})]
    await v2(server.url)(request)
    args = server.requests[-1].json["args"]
    assert isinstance(args, dict)
    return args


async def test_0_7_an_alert_without_an_address_says_so(v2: Client, server: ScriptedServer) -> None:
    """contract.md 0.7: V2 would text "Address: undefined"."""
    assert (await sent_args(v2, server, SendEmergencyAlert("+15125550100", "gas")))["address"] == "Not provided"
    told = await sent_args(v2, server, SendEmergencyAlert("+15125550100", "gas", "12 Oak Street"))
    assert told["address"] == "12 Oak Street"


@pytest.mark.parametrize(
    ("alert_id", "texted"), [("SM123", True), ("alert_17", False), ("lead_17", False), ("", False), (None, False)]
)
@pytest.mark.parametrize("request_", [SendEmergencyAlert("+15125550100", "gas"), SendSalesLeadAlert("+15125550100")])
async def test_0_8_only_a_messages_id_tells_that_a_text_went_out(
    ask: Ask, request_: ToolRequest, alert_id: str | None, texted: bool
) -> None:
    """contract.md 0.8: `success` is true either way."""
    result = await ask(request_, {"success": True, "alertId": alert_id})
    assert (result.outcome, result.texted) == (Outcome.OK, texted)


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (CreateCallback(reason="x" * 2000), "reason"),
        (CreateCallback(reason="x", issue_description="y" * 2000), "issue_description"),
        (SendEmergencyAlert("+15125550100", "z" * 2000), "urgency_description"),
        (SendSalesLeadAlert("+15125550100", notes="n" * 2000), "notes"),
    ],
    ids=["reason", "issue_description", "urgency_description", "notes"],
)
async def test_0_13_what_v2_texts_is_cut(v2: Client, server: ScriptedServer, request_: ToolRequest, text: str) -> None:
    """contract.md 0.13: Twilio refuses a text that is too long, and V2 says success."""
    assert len((await sent_args(v2, server, request_))[text]) == 300


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("This appointment is already cancelled.", Outcome.UNKNOWN),
        ("Unable to cancel: it has already been canceled", Outcome.UNKNOWN),
        ("I couldn't find an appointment.", Outcome.REFUSED),
    ],
)
async def test_0_19_already_cancelled_may_be_our_own_doing(ask: Ask, message: str, outcome: Outcome) -> None:
    """contract.md 0.19: a cancellation that Cal.com carried out late comes back so."""
    result = await ask(ManageAppointment("cancel", "uid-1"), {"success": False, "message": message})
    assert result.outcome is outcome


async def test_0_19_a_lookup_may_take_three_seconds(v2: Client, server: ScriptedServer) -> None:
    """contract.md 0.19: as long as it takes when Cal.com fails."""
    server.script = [Answer(200, {"found": False}, after_seconds=3.05)]
    assert (await v2(server.url)(LookupCaller())).outcome is Outcome.OK
