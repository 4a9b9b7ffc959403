"""The three webhooks' bodies as types: what the dashboard would refuse cannot be built.

Each cause of a 400 in contract.md 2.6 is a type here: text that is there, enums, aware times,
whole numbers, nine tag categories, transcript lines by two roles. What is None is left out, because
null is refused everywhere. The dashboard's user is added when a record is sent, so that records can
be kept before a dashboard is configured.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    StringConstraints,
    field_validator,
    model_validator,
)

PARTS = ("job", "call", "alert", "moved", "withdrawn")
"""What a record may have, in the order in which it is posted."""
UNKNOWN_NAME = "Unknown caller"
UNKNOWN_PHONE = "unknown"

TagCategory = Literal[
    "HAZARD", "URGENCY", "SERVICE_TYPE", "REVENUE", "RECOVERY",
    "LOGISTICS", "CUSTOMER", "NON_CUSTOMER", "CONTEXT",
]  # fmt: skip
EndCallReason = Literal[
    "wrong_number", "callback_later", "safety_emergency", "urgent_escalation", "out_of_area",
    "waitlist_added", "completed", "customer_hangup", "sales_lead", "cancelled", "rescheduled",
]  # fmt: skip
DashboardUrgency = Literal["low", "medium", "high", "emergency"]
Color = Literal["red", "green", "blue", "gray"]
RevenueTier = Literal["replacement", "major_repair", "standard_repair", "minor", "diagnostic"]
RevenueLabel = Literal["$$$$", "$$$", "$$", "$", "$$?"]
Confidence = Literal["low", "medium", "high"]
CallerType = Literal["residential", "commercial", "vendor", "recruiting", "unknown"]
PrimaryIntent = Literal["new_lead", "active_job_issue", "booking_request", "admin_billing", "solicitation"]
WorkType = Literal["service", "maintenance", "install", "admin"]
PropertyType = Literal["house", "condo", "apartment", "commercial"]
SystemStatus = Literal["completely_down", "partially_working", "running_but_ineffective"]
AgeBracket = Literal["under_10", "10_to_15", "over_15", "unknown"]

# Without a time the dashboard makes a job out of these that nobody asked for (contract.md 2.2).
NEEDS_TIME = frozenset({"completed", "cancelled", "rescheduled", "urgent_escalation"})

# The pattern of the dashboard's own check (Zod 4: z.email()).
EMAIL = re.compile(r"(?!\.)(?!.*\.\.)[A-Za-z0-9_'+\-.]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}")
UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
PHONE_AS_NAME = re.compile(r"[\d\s()+.\-]*\d[\d\s()+.\-]*")


def storable(text: str) -> str:
    """`text` as Postgres and JSON take it: no NUL, no control characters, no lone surrogates."""
    return UNSTORABLE.sub("", text).strip()


def looks_like_phone(name: str) -> bool:
    """Whether a name is only digits and punctuation: later dashboards refuse it."""
    return PHONE_AS_NAME.fullmatch(name) is not None


def _storable(value: object) -> object:
    return storable(value) if isinstance(value, str) else value


def _minute_offset(value: datetime) -> datetime:
    offset = value.utcoffset()
    whole = offset is not None and offset.total_seconds() % 60 == 0
    return value if whole else value.astimezone(UTC)


NonEmpty = Annotated[str, BeforeValidator(_storable), StringConstraints(min_length=1)]
# ISO 8601 with `+hh:mm`; anything else is refused with 400 (contract.md 2.1).
Timestamp = Annotated[
    AwareDatetime,
    AfterValidator(_minute_offset),
    PlainSerializer(lambda value: value.isoformat(), return_type=str),
]


class _Payload(BaseModel):
    """A webhook's body without `user_email`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    def to_json(self, user_email: str) -> dict[str, JsonValue]:
        """The body as sent.

        Raises:
            ValueError: `user_email` is none the dashboard would accept (contract.md 2.6, cause 5).
        """
        if not EMAIL.fullmatch(user_email):
            raise ValueError("DASHBOARD_USER_EMAIL is no e-mail address")
        return {**self.model_dump(mode="json", exclude_none=True), "user_email": user_email}


class TranscriptLine(BaseModel):
    """One line that was heard or spoken; tool calls are no lines (cause 7)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["agent", "user"]
    content: NonEmpty


class JobPayload(_Payload):
    """`POST .../jobs`, contract.md 2.2: a job with a time, else a lead. Money in dollars."""

    call_id: NonEmpty
    customer_name: NonEmpty
    customer_phone: NonEmpty
    customer_address: NonEmpty
    service_type: Literal["hvac", "plumbing", "electrical", "general"] = "hvac"
    urgency: DashboardUrgency
    scheduled_at: Timestamp | None = None
    end_call_reason: EndCallReason
    booking_status: Literal["confirmed", "attempted_failed", "not_requested"]

    ai_summary: NonEmpty | None = None
    issue_description: NonEmpty | None = None
    call_transcript: NonEmpty | None = None
    sales_lead_notes: NonEmpty | None = None

    revenue_tier: RevenueTier | None = None
    revenue_tier_label: RevenueLabel | None = None
    revenue_tier_description: NonEmpty | None = None
    revenue_tier_range: NonEmpty | None = None
    revenue_tier_signals: tuple[NonEmpty, ...] | None = None
    revenue_confidence: Confidence | None = None
    estimated_value: int | None = Field(None, ge=0)
    estimated_revenue_low: int | None = Field(None, ge=0)
    estimated_revenue_high: int | None = Field(None, ge=0)

    caller_type: CallerType | None = None
    primary_intent: PrimaryIntent | None = None
    work_type: WorkType | None = None
    sentiment_score: Annotated[int, Field(strict=True, ge=1, le=5)] | None = None
    status_color: Color | None = None
    priority_color: Color | None = None
    priority_reason: NonEmpty | None = None
    tags: Mapping[TagCategory, tuple[NonEmpty, ...]] | None = None

    property_type: PropertyType | None = None
    system_status: SystemStatus | None = None
    equipment_type: NonEmpty | None = None
    equipment_age: NonEmpty | None = None
    equipment_age_bracket: AgeBracket | None = None
    problem_duration: NonEmpty | None = None
    is_decision_maker: bool | None = None
    potential_replacement: bool | None = None
    is_callback_complaint: bool | None = None

    @field_validator("customer_name")
    @classmethod
    def _a_name(cls, value: str) -> str:
        if looks_like_phone(value):
            raise ValueError("a phone number is no name")
        return value

    @model_validator(mode="after")
    def _routed_as_meant(self) -> Self:
        if self.end_call_reason == "wrong_number":
            raise ValueError("a wrong number is no job: the dashboard would make one of it")
        if self.scheduled_at is None and self.end_call_reason in NEEDS_TIME:
            raise ValueError(f"{self.end_call_reason} would become a job without a time")
        if (self.scheduled_at is not None) != (self.booking_status == "confirmed"):
            raise ValueError("a time makes a job, so it needs a confirmed booking")
        return self


class CallPayload(_Payload):
    """`POST .../calls`, contract.md 2.3. An update erases what it lacks, so it is sent whole."""

    call_id: NonEmpty
    phone_number: NonEmpty
    started_at: Timestamp
    ended_at: Timestamp | None = None
    duration_seconds: Annotated[int, Field(strict=True, ge=1)] | None = None  # 0 is stored as null
    direction: Literal["inbound", "outbound"] = "inbound"
    transcript_object: tuple[TranscriptLine, ...] | None = None
    customer_name: NonEmpty | None = None
    outcome: EndCallReason | None = None  # V2 and the dashboard compare it with the eleven (contract.md 0.3)
    urgency_tier: NonEmpty | None = None
    hvac_issue_type: NonEmpty | None = None
    problem_description: NonEmpty | None = None
    revenue_tier_label: RevenueLabel | None = None
    revenue_tier_signals: tuple[NonEmpty, ...] | None = None
    job_id: NonEmpty | None = None
    lead_id: NonEmpty | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise ValueError("a call cannot end before it started")
        return self

    def with_ids(self, *, lead_id: str | None = None, job_id: str | None = None) -> "CallPayload":
        """A copy linked to its lead or job: only ids that the jobs webhook returned (R86)."""
        return type(self).model_validate({**dict(self), "lead_id": lead_id, "job_id": job_id})


class AlertPayload(_Payload):
    """`POST .../emergency-alerts`, contract.md 2.4. Without `alert_id` a retry doubles it."""

    alert_id: NonEmpty
    call_id: NonEmpty
    phone_number: NonEmpty
    problem_description: NonEmpty
    sms_sent_at: Timestamp
    callback_promised_minutes: Annotated[int, Field(strict=True, gt=0)]
    customer_name: NonEmpty | None = None
    customer_address: NonEmpty | None = None
    urgency_tier: NonEmpty = "Emergency"
    sms_message_sid: NonEmpty | None = None  # V2's text: an update erases what it lacks (contract.md 0.9)


class CallRecord(BaseModel):
    """What is delivered after a call, in order: job (its ids go into the call), call, alert.

    `ended_as` is our own precise end reason. It stays here: the call's `outcome` has room for the dashboard's alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    call_id: NonEmpty
    ended_as: str = ""
    job: JobPayload | None = None
    call: CallPayload
    alert: AlertPayload | None = None
    moved: JobPayload | None = None  # An earlier call's job, once more, with its new time (contract.md 0.5)
    withdrawn: JobPayload | None = None  # The lead of a call before, once more: this call's job stands for both
    behind_a_lead: bool = False  # Another machine has posted this call before, and knew less of it

    @model_validator(mode="before")
    @classmethod
    def _of_older_versions(cls, record: object) -> object:
        """Versions before 0.6 sent the precise reason as the outcome; theirs are still to be delivered."""
        if not isinstance(record, Mapping) or not isinstance(call := record.get("call"), Mapping):
            return record
        outcome, job = call.get("outcome"), record.get("job")
        if outcome is None or outcome in get_args(EndCallReason):
            return record
        known = job.get("end_call_reason") if isinstance(job, Mapping) else None
        return {**record, "ended_as": outcome, "call": {**call, "outcome": known}}
