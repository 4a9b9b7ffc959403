"""What V2 knows of a caller, and how it says so: the answer of lookup_caller (contract.md 0.1, 1.2).

Guarantees the shapes and traps that were measured: V2 has no memory but the dashboard's rows, jobs by the number in the
job and calls by the caller's (contract.md 0.12), never leads and never a job's status; an empty attendee phone matches
every number, and the name and the visit of that match stand beside this number's own history; the street address is
never returned. Pure reading; what a lookup leaves behind in the session is v2_tools.py's.

Not measured, and so chosen: of a match in Cal.com and a job ahead the sooner one is told, the job if both are at the
same time. That fits what was measured: the date is this number's only with `jobId`, and a job that Cal.com no longer
has is announced on (contract.md 0.1, 0.5). A job without a time is no appointment.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.back_office.store import CHICAGO, Booking, Json, Store

_NO_ADDRESS = frozenset({"", "TBD", "Not provided"})
PROMISED = "callback_later"
PROMISE_DAYS = 3
ALERT_DAYS = 7
RECENT_CALLS = 5


@dataclass
class _History:
    """Everything that the tables hold under one number."""

    notes: list[str] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)
    """The last ones, newest first."""
    jobs: list[Json] = field(default_factory=list)
    """In the order of their visits; those without a time first."""
    alerts: list[Json] = field(default_factory=list)
    issues: Mapping[str, str] = field(default_factory=dict)
    """What the record of a call has for its problem, by call id."""

    @property
    def name(self) -> str:
        """Of the last job that has one."""
        return _last(job["customer_name"] for job in self.jobs)

    @property
    def address(self) -> str:
        """Of the last job that has one; "Unknown" would pass: only two placeholders are skipped (contract.md 2.6)."""
        return _last(job["customer_address"] for job in self.jobs if job["customer_address"] not in _NO_ADDRESS)

    def issue_of(self, job: Json | None) -> Json:
        """A job does not store what it is about (contract.md 0.14); the record of its call does."""
        return _issue(self.issues.get((job or {}).get("call_id", "")))


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


def ago(when: datetime, now: datetime) -> str:
    """How V2 dates what has been: "today" is within 24 hours (contract.md 0.6). "2 weeks ago" on is a guess."""
    days = (now - when).days
    if days < 7:
        return {0: "today", 1: "yesterday"}.get(max(days, 0), f"{days} days ago")
    return "last week" if days < 14 else f"{days // 7} weeks ago"


def upcoming(store: Store, number: str, *, empty_phone_matches: bool) -> Booking | None:
    """The soonest visit that V2 takes for this number's: its attendee's phone is contained in the number. An empty one
    is contained in every number, so it may be a stranger's (contract.md 1.2).
    """
    now = store.clock()
    matches = [
        booking
        for booking in store.bookings()
        if booking.status == "accepted"
        and booking.start > now
        and (booking.phone or empty_phone_matches)
        and digits(booking.phone) in number
    ]
    return min(matches, key=lambda booking: booking.start, default=None)


def describe(store: Store, number: str, call_id: str, booking: Booking | None) -> tuple[Json, str]:
    """The answer without `force_transition`, and the last good address, which V2 keeps to itself.

    Args:
        store: the tables.
        number: E.164, compared for equality.
        call_id: the call that asks; it is no part of its own history.
        booking: what Cal.com has for this number, by `upcoming`; None if it has nothing or does not answer.
    """
    now = store.clock()
    past = _history(store, number, call_id)
    answer: Json = {
        "found": bool(past.notes or past.calls or past.jobs or booking),
        "operatorNotes": past.notes,
        "recentCalls": [_recent(call, now) for call in past.calls],
        "pastAppointments": [
            {"date": day_words(at), **past.issue_of(job)} for job in past.jobs if (at := _visit_at(job)) and at < now
        ],
    }
    if name := past.name or (booking.name if booking else ""):
        answer["customerName"] = name
    if found := re.search(r"\b\d{5}\b", past.address):
        answer["zipCode"] = found.group()  # A house number of five digits is taken for it (contract.md 0.11).
    if visit := _upcoming(past, booking, now):
        answer["upcomingAppointment"] = visit
    if promise := _promise(past.calls, now):
        answer["callbackPromise"] = promise
    for alert in past.alerts:
        sent = datetime.fromisoformat(alert["sms_sent_at"])
        if now - sent <= timedelta(days=ALERT_DAYS):
            answer["urgentAlert"] = {
                "date": ago(sent, now),
                "description": alert["problem_description"],
                "callbackBy": time_words(datetime.fromisoformat(alert["callback_promised_at"])),
            }
    answer["message"] = _summary(answer)
    return answer, past.address


def _upcoming(past: _History, booking: Booking | None, now: datetime) -> Json | None:
    """Whatever has become of a job in Cal.com, it is ahead until its time is over (contract.md 0.5)."""
    ahead = [(at, job) for job in past.jobs if (at := _visit_at(job)) and at >= now]
    at, job = min(ahead, key=lambda one: one[0], default=(None, None))
    if booking and (at is None or booking.start < at):
        return {"date": day_words(booking.start), "time": time_words(booking.start), **past.issue_of(job)}
    if at is None or job is None:
        return None
    job_id = {"jobId": job["call_id"]} if job.get("call_id") else {}  # An old call's id, never a booking's uid.
    return {"date": day_words(at), "time": time_words(at), **past.issue_of(job), **job_id}


def _promise(calls: list[Json], now: datetime) -> Json | None:
    """V2 looks for one outcome alone: a more precise one is no promise (contract.md 0.3)."""
    for call in calls:
        at = datetime.fromisoformat(call["started_at"])
        if call["outcome"] == PROMISED and now - at <= timedelta(days=PROMISE_DAYS):
            return {"date": ago(at, now), **_issue(call["hvac_issue_type"])}
    return None


def _recent(call: Json, now: datetime) -> Json:
    outcome = {"outcome": call["outcome"]} if call["outcome"] else {}
    return {"date": ago(datetime.fromisoformat(call["started_at"]), now), **outcome, **_issue(call["hvac_issue_type"])}


def _issue(issue: str | None) -> Json:
    """As it is stored: a tag's code is spoken too (contract.md 0.4)."""
    return {"issue": issue} if issue else {}


def _visit_at(job: Json) -> datetime | None:
    return datetime.fromisoformat(job["scheduled_at"]) if job.get("scheduled_at") else None


def _last(values: Iterable[str]) -> str:
    return next((value for value in reversed(list(values)) if value), "")


def _history(store: Store, number: str, call_id: str) -> _History:
    calls = store.all("calls")
    mine = [call for call in calls if call["phone_number"] == number and call["call_id"] != call_id]
    mine.sort(key=lambda call: datetime.fromisoformat(call["started_at"]), reverse=True)
    jobs = [job for job in store.all("jobs") if job["customer_phone"] == number and job.get("call_id") != call_id]
    jobs.sort(key=lambda job: at.timestamp() if (at := _visit_at(job)) else 0.0)
    return _History(
        notes=[note["text"] for note in store.all("note") if note["phone"] == number],
        calls=mine[:RECENT_CALLS],
        jobs=jobs,
        alerts=[row for row in store.all("alerts") if row["phone_number"] == number],
        issues={call["call_id"]: call["hvac_issue_type"] or "" for call in calls},
    )


def _summary(answer: Json) -> str:
    """V2's ready English summary with everything in it, notes and strangers included."""
    if not answer["found"]:
        return "No customer found with this phone number. This is a new customer."
    parts = [f"Found {answer.get('customerName', 'a returning caller')}."]
    if "upcomingAppointment" in answer:
        visit = answer["upcomingAppointment"]
        parts.append(f"They have an appointment on {visit['date']} at {visit['time']}.")
    if "callbackPromise" in answer:
        parts.append(f"A callback was promised {answer['callbackPromise']['date']}.")
    if "urgentAlert" in answer:
        parts.append(f"Urgent alert: {answer['urgentAlert']['description']}.")
    parts += [f"Note: {note}." for note in answer["operatorNotes"]]
    parts.append(f"{len(answer['recentCalls'])} recent calls.")
    return " ".join(parts)
