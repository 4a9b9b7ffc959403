"""V2's rules that can be asked without writing (contract.md 1.1 to 1.8).

Guarantees that V2 is asked with tools that read, about a number that nobody has, or with bodies that no tool can work
with: whatever V2 makes of them, nothing is booked, changed or texted. V2 may keep its own session of the made-up call.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from simulator.contract.answers import (
    NOBODY,
    Answer,
    Ask,
    Expect,
    Json,
    Key,
    NotAsked,
    Request,
    Rule,
    found_or_not,
    page,
    says,
    slots,
)

CLOCKS_DIFFER = timedelta(hours=1)
A_DAY = timedelta(days=1)
"""What "day 2" may begin or end with."""

FOUND_NOBODY = Request("v2", "GET", "/api/bookings/lookup?phone={number}")
"""Keeps no session, so it is asked whether the made-up number would be found at all."""


def _tool(tool: str, body: object = None, *, key: Key = "right") -> Request:
    return Request("v2", "POST", f"/webhook/retell/{tool}", key, {} if body is None else body)


def v2_rules(now: datetime) -> tuple[Rule, ...]:
    """All of them. In paths and bodies `{number}` and `{call}` stand for what is made up (asking.py)."""
    call: Json = {"call_id": "{call}", "from_number": "{number}"}
    unsaid: Json = {"error": "Tool execution failed"}
    return (
        Rule("1.1", "GET /health needs no key", (
            Ask(Request("v2", "GET", "/health", "none"), says(200, {"status": "healthy", "timestamp": str})),
        )),
        Rule("1.1", "every tool wants X-API-Key", (
            Ask(_tool("lookup_caller", key="none"), _unauthorized("Missing API key"), "no key"),
            Ask(_tool("lookup_caller", key="wrong"), _unauthorized("Invalid API key"), "another key"),
            Ask(_tool("lookup_caller", key="bearer"), _unauthorized("Missing API key"), "the key as Bearer token"),
        )),
        Rule("1.1", "with X-Retell-Signature only that counts", (
            Ask(_tool("lookup_caller", key="signed"), says(401, {"error": str})),
        )),
        Rule("1.1", "an unknown tool and a wrong method are pages of 404", (
            Ask(_tool("no_such_tool"), page(404), "unknown tool"),
            Ask(Request("v2", "GET", "/webhook/retell/lookup_caller"), page(404), "GET"),
        )),
        Rule("1.1", "a body that is no JSON is a page of 400", (
            Ask(_tool("lookup_caller", "{call"), page(400)),
        )),
        Rule("1.1", "without call or args a tool fails in its own way", (
            Ask(_tool("lookup_caller"), says(200, NOBODY), "lookup_caller"),
            Ask(_tool("manage_appointment"), says(200, {"success": False, "message": str}), "manage_appointment"),
            Ask(_tool("check_calendar_availability"), says(500, unsaid), "check_calendar_availability"),
        )),
        Rule("1.8", "GET /api/bookings/lookup tells of a visit, and refuses what is no number", (
            Ask(FOUND_NOBODY, found_or_not, "a number that nobody has"),
            Ask(Request("v2", "GET", "/api/bookings/lookup?phone=Anna"), _bad_request, "a name"),
        ), varies=True),
        Rule("1.2", "nobody is known by a number that nobody has", (
            Ask(_tool("lookup_caller", {"call": call}), says(200, NOBODY | {
                "operatorNotes": [], "recentCalls": [], "pastAppointments": [], "force_transition": False,
            })),
        ), for_nobody=True),
        Rule("1.2", "without a number there is no caller to know", (
            Ask(_tool("lookup_caller", {"call": {"call_id": "{call}-withheld", "from_number": ""}}), says(200, NOBODY)),
        )),
        Rule("1.8", "lookup_booking finds no visit for a number that nobody has", (
            Ask(_tool("lookup_booking", {"call": call, "args": {}}), says(200, NOBODY)),
        ), for_nobody=True),
        Rule("1.8", "a status wants a visit that was looked up", (
            Ask(
                _tool("manage_appointment", {"call": call, "args": {"action": "status"}}),
                says(200, {"success": False, "message": str}),
            ),
        ), for_nobody=True),
        Rule("1.4", "free times: at most three days, in the window of their urgency", tuple(
            Ask(_tool("check_calendar_availability", {"call": call, "args": {"urgency": urgency}}), expect, urgency)
            for urgency, expect in _windows(now).items()
        )),
    )  # fmt: skip


def _unauthorized(why: str) -> Expect:
    return says(401, {"error": f"Unauthorized: {why}"})


def _windows(now: datetime) -> dict[str, Expect]:
    soon, later = now - CLOCKS_DIFFER, (now + A_DAY, now + 8 * A_DAY)
    return {
        "Emergency": slots(soon, now + A_DAY + CLOCKS_DIFFER),
        "Urgent": slots(soon, now + 3 * A_DAY),
        "Routine": slots(*later),
        "Estimate": slots(*later),
        "emergency": slots(*later),
    }


def _bad_request(answer: Answer) -> Iterator[str]:
    if answer.status != 400:
        yield f"status {answer.status}, not 400"


V2_NOT_ASKED = (
    NotAsked("0.1, 0.4, 0.6, 0.11, 0.12", "what V2 tells of a caller: the dashboard would have to hold one"),
    NotAsked("0.2, 0.19", "how V2 fares with a Cal.com that fails: Cal.com would have to fail"),
    NotAsked("0.7, 0.8, 0.13, 1.5, 1.6, 1.7", "callbacks and alerts, refused ones too: the owner would be texted"),
    NotAsked("1.3", "book_appointment: it refuses nothing, so every request may book"),
    NotAsked("1.8", "cancelling and moving, refused or not: V2 may find a stranger's visit (1.2)"),
    NotAsked("1.9", "the tools that we do not use"),
)
