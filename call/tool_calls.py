"""What the state machine asks of V2 and what came of it: typed requests and results, no transport.

A request is one tool of contract.md part 1 with the arguments that V2 reads; `tool` is V2's name of it. Every result
carries an `Outcome` that tells apart what decides the conversation: done, refused, surely not carried out, or unknown.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime


class Outcome(StrEnum):
    """What is known about a tool call."""

    OK = "ok"  # V2 did it and said so.
    REFUSED = "refused"  # V2 answered that it did not (success:false, an apt_ id, a 4xx); trying again changes nothing.
    UNAVAILABLE = "unavailable"  # Surely not carried out: connection refused, or the breaker is open.
    UNKNOWN = "unknown"  # No answer, or one that cannot be read: it may have been carried out. Never repeat it blindly.


@dataclass(frozen=True)
class LookupCaller:
    """contract.md 1.2: who is calling; the number travels with the call itself."""

    tool: Literal["lookup_caller"] = field(default="lookup_caller", kw_only=True)


@dataclass(frozen=True)
class CheckCalendarAvailability:
    """contract.md 1.4: the first free visit of each of at most three days; it only reads."""

    urgency: Literal["Urgent", "Routine"]
    tool: Literal["check_calendar_availability"] = field(default="check_calendar_availability", kw_only=True)


@dataclass(frozen=True)
class BookAppointment:
    """contract.md 1.3. `starts_at` is aware; never repeated, because V2 does not know duplicates."""

    starts_at: AwareDatetime
    customer_name: str
    customer_phone: str
    service_address: str
    problem_description: str
    urgency: Literal["Emergency", "Urgent", "Routine", "Estimate"] = "Routine"
    tool: Literal["book_appointment"] = field(default="book_appointment", kw_only=True)


@dataclass(frozen=True)
class CreateCallback:
    """contract.md 1.5. `reason` is all that the owner is sure to see: name, address and problem go into it."""

    reason: str
    callback_type: Literal["service", "billing", "warranty", "estimate", "follow_up", "general"] = "service"
    urgent: bool = False
    customer_name: str = ""
    issue_description: str = ""
    tool: Literal["create_callback"] = field(default="create_callback", kw_only=True)


@dataclass(frozen=True)
class LookupBooking:
    """contract.md 1.8: the soonest visit on file for the caller's number."""

    tool: Literal["lookup_booking"] = field(default="lookup_booking", kw_only=True)


@dataclass(frozen=True)
class ManageAppointment:
    """contract.md 1.8. `new_time` is aware and only for `reschedule`."""

    action: Literal["cancel", "reschedule"]
    booking_uid: str
    reason: str = ""
    new_time: AwareDatetime | None = None
    tool: Literal["manage_appointment"] = field(default="manage_appointment", kw_only=True)


@dataclass(frozen=True)
class SendSalesLeadAlert:
    """contract.md 1.6. Everything known is sent: V2 overwrites its session with what comes, or with nothing."""

    customer_phone: str
    customer_name: str = ""
    address: str = ""
    current_equipment: str = ""
    equipment_age: str = ""
    notes: str = ""
    tool: Literal["send_sales_lead_alert"] = field(default="send_sales_lead_alert", kw_only=True)


@dataclass(frozen=True)
class SendEmergencyAlert:
    """contract.md 1.7."""

    caller_phone: str
    urgency_description: str
    address: str = ""
    tool: Literal["send_emergency_alert"] = field(default="send_emergency_alert", kw_only=True)


ToolRequest = (
    LookupCaller
    | CheckCalendarAvailability
    | BookAppointment
    | CreateCallback
    | LookupBooking
    | ManageAppointment
    | SendSalesLeadAlert
    | SendEmergencyAlert
)


@dataclass(frozen=True)
class ToolResult:
    """What came of a request. `detail` is for the log and the record, never for speech (contract.md 1.3)."""

    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True)
class CallerFound(ToolResult):
    """What V2 knows of the number.

    `verified` is whether the name and the ZIP are this number's; what only shows that the number called before proves
    no name (contract.md 0.1, R40). A visit is there only when it is this number's, its date (V2's words) and
    `appointment_job`, the call in which it was booked, only when the dashboard has it.
    """

    found: bool = False
    verified: bool = False
    name: str = ""
    zip_code: str = ""
    has_appointment: bool = False
    appointment_date: str = ""
    appointment_job: str = ""
    callback_owed: bool = False
    callback_issue: str = ""
    calls_today: int = 0


@dataclass(frozen=True)
class SlotsFound(ToolResult):
    """Visits that are free, aware; none at all may also mean that the calendar did not answer V2."""

    slots: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Booked(ToolResult):
    """`starts_at` is the booked time by V2 if it sent one with an offset, else the one asked for; aware."""

    starts_at: datetime | None = None
    appointment_id: str = ""


@dataclass(frozen=True)
class BookingFound(ToolResult):
    """The visit on file; `date` and `time` are V2's words, `attendee_name` must match the caller first."""

    found: bool = False
    booking_uid: str = ""
    date: str = ""
    time: str = ""
    attendee_name: str = ""


@dataclass(frozen=True)
class AlertSent(ToolResult):
    """`alert_id` is what V2 used towards the dashboard; ours repeats it: one alert (contract.md 1.7)."""

    alert_id: str = ""

    @property
    def texted(self) -> bool:
        """Whether a text went out: only then is the id that of a message (contract.md 0.8)."""
        return self.outcome is Outcome.OK and self.alert_id.startswith("SM")


_UNTOLD: dict[str, ToolRequest] = {
    request.tool: request
    for request in (
        LookupCaller(),
        CheckCalendarAvailability("Routine"),
        BookAppointment(datetime.max.replace(tzinfo=UTC), "", "", "", ""),
        CreateCallback(""),
        LookupBooking(),
        ManageAppointment("cancel", ""),
        SendSalesLeadAlert(""),
        SendEmergencyAlert("", ""),
    )
}


def untold(tool: str) -> ToolRequest | None:
    """A request of which nothing but its tool is known: enough for what follows when its answer is lost."""
    return _UNTOLD.get(tool)


__all__ = [
    "AlertSent", "BookAppointment", "Booked", "BookingFound", "CallerFound", "CheckCalendarAvailability",
    "CreateCallback", "LookupBooking", "LookupCaller", "ManageAppointment", "Outcome", "SendEmergencyAlert",
    "SendSalesLeadAlert", "SlotsFound", "ToolRequest", "ToolResult", "untold",
]  # fmt: skip
