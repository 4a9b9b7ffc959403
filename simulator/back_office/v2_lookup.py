"""What V2 knows of a caller, and how it says so: the answer of lookup_caller (contract.md 1.2).

Guarantees the shapes and traps that were measured: an empty attendee phone matches every number,
the street address is never returned, dates are words in Chicago time. Pure reading; what a lookup
leaves behind in the session is v2_tools.py's.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.back_office.store import CHICAGO, Booking, Json, Store

_NO_ADDRESS = frozenset({"", "TBD", "Not provided"})
PROMISE_DAYS = 3
ALERT_DAYS = 7
RECENT_CALLS = 5


@dataclass
class _History:
    """Everything that the tables hold under one number."""

    notes: list[str] = field(default_factory=list)
    calls: list[tuple[datetime, str, str]] = field(default_factory=list)
    """When, end reason, issue; newest first."""
    visits: list[Json] = field(default_factory=list)
    """Jobs and leads, oldest first: at, name, address, issue, call_id."""
    alerts: list[Json] = field(default_factory=list)
    name: str = ""
    address: str = ""


def digits(number: str) -> str:
    """V2's only normalisation: everything but digits and + goes (contract.md 1.1)."""
    return re.sub(r"[^\d+]", "", number)


def day_words(when: datetime) -> str:
    """ "Wednesday, November 25", Chicago."""
    local = when.astimezone(CHICAGO)
    return f"{local:%A}, {local:%B} {local.day}"


def time_words(when: datetime) -> str:
    """ "7:55 AM", Chicago."""
    return f"{when.astimezone(CHICAGO):%I:%M %p}".lstrip("0")


def upcoming(store: Store, number: str, *, empty_phone_matches: bool) -> Booking | None:
    """The soonest visit that V2 takes for this number's; perhaps a stranger's (contract.md 1.2)."""
    now = store.clock()
    matches = [
        booking
        for booking in store.bookings()
        if booking.status == "accepted"
        and booking.start > now
        and (booking.phone == number or (empty_phone_matches and not booking.phone))
    ]
    return min(matches, key=lambda booking: booking.start, default=None)


def describe(store: Store, number: str, call_id: str, *, empty_phone_matches: bool) -> tuple[Json, str]:
    """The answer without `force_transition`, and the last good address, which V2 keeps to itself.

    Args:
        store: the tables.
        number: E.164, compared for equality.
        call_id: the call that asks; it is no part of its own history.
        empty_phone_matches: whether visits without a phone match (they do in V2).
    """
    now = store.clock()
    past = _history(store, number, call_id)
    booking = upcoming(store, number, empty_phone_matches=empty_phone_matches)
    answer: Json = {
        "found": bool(past.notes or past.calls or past.visits or booking),
        "operatorNotes": past.notes,
        "recentCalls": [
            {"date": at.isoformat(), "outcome": reason, **_issue(issue)}
            for at, reason, issue in past.calls[:RECENT_CALLS]
        ],
        "pastAppointments": [
            {"date": day_words(visit["at"]), **_issue(visit["issue"])}
            for visit in past.visits
            if visit["at"] < now and visit["visited"]
        ],
    }
    name = past.name or (booking.name if booking else "")
    if name:
        answer["customerName"] = name
    if zips := re.findall(r"\b\d{5}\b", past.address):
        answer["zipCode"] = zips[-1]
    if booking:
        answer["upcomingAppointment"] = {
            "date": day_words(booking.start),
            "time": time_words(booking.start),
            **_issue(booking.problem),
        }
        if jobs := [visit["call_id"] for visit in past.visits if visit["call_id"]]:
            # An old call's id, never a booking's uid.
            answer["upcomingAppointment"]["jobId"] = jobs[-1]
    for at, reason, issue in past.calls[:RECENT_CALLS]:
        if reason == "callback_later" and now - at <= timedelta(days=PROMISE_DAYS):
            answer["callbackPromise"] = {"date": day_words(at), **_issue(issue)}
            break
    for alert in past.alerts:
        sent = datetime.fromisoformat(alert["sms_sent_at"])
        if now - sent <= timedelta(days=ALERT_DAYS):
            answer["urgentAlert"] = {
                "date": day_words(sent),
                "description": alert["problem_description"],
                "callbackBy": time_words(datetime.fromisoformat(alert["callback_promised_at"])),
            }
    answer["message"] = _summary(answer)
    return answer, past.address


def _issue(issue: str) -> Json:
    return {"issue": issue} if issue else {}


def _history(store: Store, number: str, call_id: str) -> _History:
    past = _History()
    past.notes = [note["text"] for note in store.all("note") if note["phone"] == number]
    for call in store.all("past_call"):
        if call["phone"] == number:
            at = datetime.fromisoformat(call["at"])
            past.calls.append((at, call["reason"], call["issue"]))
    for call in store.all("calls"):
        if call["phone_number"] == number and call["call_id"] != call_id:
            session = store.get("session", call["call_id"]) or {}
            reason = session.get("endCallReason") or call["outcome"] or ""
            at = datetime.fromisoformat(call["started_at"])
            past.calls.append((at, reason, call["problem_description"] or ""))
    past.calls.sort(reverse=True)
    for customer in store.all("customer"):
        if customer["phone"] == number:
            past.visits.append(_visit(customer, customer["at"], "", visited=True))
    for table in ("leads", "jobs"):
        for row in store.all(table):
            if row["customer_phone"] == number and row.get("call_id") != call_id:
                at = row.get("scheduled_at") or row["created_at"]
                past.visits.append(_visit(row, at, row.get("call_id", ""), visited=table == "jobs"))
    past.visits.sort(key=lambda visit: visit["at"])
    for visit in past.visits:
        past.name = visit["name"] or past.name
        # "Unknown" would pass: only these placeholders are skipped (contract.md 2.6).
        past.address = past.address if visit["address"] in _NO_ADDRESS else visit["address"]
    past.alerts = [row for row in store.all("alerts") if row["phone_number"] == number]
    return past


def _visit(row: Json, at: str, call_id: str, *, visited: bool) -> Json:
    return {
        "at": datetime.fromisoformat(at),
        "name": row.get("name") or row.get("customer_name") or "",
        "address": row.get("address") or row.get("customer_address") or "",
        "issue": row.get("issue_description") or "",
        "call_id": call_id,
        "visited": visited,
    }


def _summary(answer: Json) -> str:
    """V2's ready English summary with everything in it, notes and strangers included."""
    if not answer["found"]:
        return "No customer found with this phone number. This is a new customer."
    parts = [f"Found {answer.get('customerName', 'a returning caller')}."]
    if "upcomingAppointment" in answer:
        visit = answer["upcomingAppointment"]
        parts.append(f"They have an appointment on {visit['date']} at {visit['time']}.")
    if "callbackPromise" in answer:
        parts.append(f"A callback was promised on {answer['callbackPromise']['date']}.")
    if "urgentAlert" in answer:
        parts.append(f"Urgent alert: {answer['urgentAlert']['description']}.")
    parts += [f"Note: {note}." for note in answer["operatorNotes"]]
    parts.append(f"{len(answer['recentCalls'])} recent calls.")
    return " ".join(parts)
