"""What a finished call was about, for the dashboard: tags, priority, revenue, caller, mood.

Words of taxonomy.py in what the caller said (caller_lines.py). A hazard needs evidence of several words and is dropped
when the caller denied it, because one false hazard makes a hazard card. What nobody said stays unset. Leaves out what
acts on a call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from call.session import BookingStatus, CallSession, EndedBy, Intent, Reason, State, Urgency
from records.classification import systems
from records.classification.caller_lines import CallerLines
from records.classification.revenue import Revenue, revenue_of
from records.classification.taxonomy import (
    COMMERCIAL,
    COOL,
    DURATIONS,
    FAULTY,
    FRUSTRATION,
    HEAT,
    PATTERNS,
    PLEASED,
    REVENUE_SIGNALS,
    VENDOR_WORDS,
)
from records.payloads import (
    AgeBracket,
    CallerType,
    Color,
    PrimaryIntent,
    PropertyType,
    SystemStatus,
    TagCategory,
    WorkType,
)


@dataclass(frozen=True)
class Classification:
    """The dashboard's view of a call; None and empty text mean that nothing was said about it."""

    tags: Mapping[TagCategory, tuple[str, ...]]
    color: Color
    color_reason: str
    revenue: Revenue | None  # None when no work on a system is in question
    caller_type: CallerType
    primary_intent: PrimaryIntent
    work_type: WorkType
    sentiment: int  # 1 (angry) to 5 (delighted)
    property_type: PropertyType | None = None
    system_status: SystemStatus | None = None
    equipment_type: str = ""
    equipment_age_years: int | None = None
    problem_duration: str = ""

    @property
    def equipment_age_bracket(self) -> AgeBracket | None:
        """The dashboard's bracket, None when no age was said."""
        if self.equipment_age_years is None:
            return None
        return (
            "under_10" if self.equipment_age_years < 10 else "10_to_15" if self.equipment_age_years <= 15 else "over_15"
        )

    def has(self, category: TagCategory, tag: str) -> bool:
        """Whether the call carries the tag."""
        return tag in self.tags.get(category, ())


CRITICAL_HAZARDS = frozenset({"GAS_LEAK", "CO_EVENT", "ELECTRICAL_FIRE"})
_ADMIN = frozenset({Intent.BILLING, Intent.WARRANTY})
_NO_WORK = _ADMIN | {Intent.VENDOR, Intent.APPLICANT, Intent.WRONG_NUMBER}


def classify(session: CallSession, *, local_time: datetime) -> Classification:
    """Reads a finished call.

    Args:
        session: The call.
        local_time: When the call began, aware, in the zone of the business: the clock's tags come from it.

    Raises:
        ValueError: `local_time` is naive.
    """
    if local_time.tzinfo is None:
        raise ValueError("local_time must be aware")
    said = CallerLines(session)
    age = systems.equipment_age(said)
    revenue = None if session.intent in _NO_WORK else revenue_of(session, said, age)
    duration = next((tag for tag, pattern in DURATIONS.items() if said.has(pattern)), "")
    commercial = said.has(COMMERCIAL)
    tags = _tags(session, said, age, commercial, local_time, duration)
    sentiment = _sentiment(said)
    color, why = _color(session, said, tags, revenue, sentiment, commercial)
    return Classification(
        tags={category: tuple(found) for category, found in tags.items() if found},
        color=color,
        color_reason=why,
        revenue=revenue,
        caller_type=_caller_type(session, commercial),
        primary_intent=_primary_intent(session),
        work_type=_work_type(session, tags),
        sentiment=sentiment,
        property_type=systems.property_type(said, commercial),
        system_status=systems.system_status(said),
        equipment_type=systems.equipment_type(said),
        equipment_age_years=age,
        problem_duration={
            "DURATION_ONGOING": "more than a week",
            "DURATION_RECENT": "1 to 7 days",
            "DURATION_ACUTE": "less than a day",
        }.get(duration, ""),
    )


def _tags(
    session: CallSession, said: CallerLines, age: int | None, commercial: bool, local_time: datetime, duration: str
) -> dict[TagCategory, list[str]]:
    tags: dict[TagCategory, list[str]] = {category: [] for category in PATTERNS}
    for category, patterns in PATTERNS.items():
        find = said.hazard if category == "HAZARD" else said.has
        tags[category] = [tag for tag, pattern in patterns.items() if find(pattern)]
    _hazard_tags(session, tags)
    _urgency_tags(session, tags, local_time)

    service = tags["SERVICE_TYPE"]
    faulty = said.has(FAULTY)
    for tag, subject in (
        ("REPAIR_AC", COOL),
        ("REPAIR_HEATPUMP", r"heat ?pumps?"),
        ("REPAIR_HEATING", rf"{HEAT}(?! ?pump)"),
        ("REPAIR_THERMOSTAT", r"thermostats?"),
        ("REPAIR_DUCTWORK", r"duct ?works?|ducts?|air vents?"),
        ("REPAIR_IAQ", r"(?:air purifier|humidifier|dehumidifier)s?"),
    ):
        # "No heat" is said with a negation that is no denial.
        if faulty and (said.has(subject) or said.has(rf"(?:no|not) (?:any )?{subject}")):
            service.append(tag)
    if session.high_ticket:
        service.append("INSTALL_REPLACEMENT")
    if session.intent is Intent.WARRANTY and "WARRANTY_CLAIM" not in service:
        service.append("WARRANTY_CLAIM")

    revenue = tags["REVENUE"]
    sales = session.high_ticket or session.reason is Reason.HIGH_TICKET
    revenue += ["HOT_LEAD", "REPLACE_OPP"] if sales else []
    revenue += ["R22_RETROFIT"] if (age or 0) > 15 or said.has(REVENUE_SIGNALS["replacement"]["R-22 or freon"]) else []
    revenue += ["COMMERCIAL_LEAD"] if commercial and session.intent not in _NO_WORK else []
    tags["RECOVERY"] += ["CALLBACK_RISK"] if session.callback_owed else []

    customer = tags["CUSTOMER"]
    if session.known_caller and "EXISTING_CUSTOMER" not in customer:
        customer.append("EXISTING_CUSTOMER")
    if "EXISTING_CUSTOMER" in customer and "NEW_CUSTOMER" in customer:
        customer.remove("NEW_CUSTOMER")
    if session.calls_today >= 2 and "REPEAT_CALLER" not in customer:
        customer.append("REPEAT_CALLER")
    if commercial:
        customer.append("COMMERCIAL_ACCT" if session.known_caller else "COMMERCIAL_NEW")

    if session.intent is Intent.SERVICE:
        tags["NON_CUSTOMER"] = []  # A realtor or an adjuster who wants a repair is a customer.
    outsider = {
        Intent.VENDOR: "VENDOR_SALES",
        Intent.APPLICANT: "JOB_APPLICANT",
        Intent.WRONG_NUMBER: "WRONG_NUMBER",
    }.get(session.intent or Intent.SERVICE)
    tags["NON_CUSTOMER"] += [outsider] if outsider else []

    context = tags["CONTEXT"]
    context += [duration] if duration else []
    if {"ELDERLY_OCCUPANT", "INFANT_NEWBORN", "MEDICAL_NEED"} & set(context):
        context.append("VULNERABLE_POP")
    context += ["AFTER_HOURS"] if not 8 <= local_time.hour < 17 else []
    context += ["WEEKEND"] if local_time.weekday() >= 5 else []
    context += ["PEAK_SUMMER"] if local_time.month in (6, 7, 8) else []
    context += ["PEAK_WINTER"] if local_time.month in (12, 1, 2) else []
    return tags


def _is_emergency(session: CallSession) -> bool:
    return session.emergency or session.state is State.SAFETY_EXIT


def _hazard_tags(session: CallSession, tags: dict[TagCategory, list[str]]) -> None:
    emergency = _is_emergency(session)
    if session.safety_cleared and not emergency:
        # Asked and denied: words about gas are then no hazard of now.
        tags["HAZARD"] = [tag for tag in tags["HAZARD"] if tag not in CRITICAL_HAZARDS]
    if emergency and not tags["HAZARD"]:
        tags["HAZARD"] = ["HEALTH_RISK"]  # A plain "yes" to the safety question does not say which danger.


def _urgency_tags(session: CallSession, tags: dict[TagCategory, list[str]], local_time: datetime) -> None:
    urgency = tags["URGENCY"]
    if _is_emergency(session) or CRITICAL_HAZARDS & set(tags["HAZARD"]):
        urgency.append("CRITICAL_EVACUATE")
    elif tags["HAZARD"] or session.urgency is Urgency.EMERGENCY:
        urgency.append("EMERGENCY_SAMEDAY")
    elif session.urgency is Urgency.URGENT:
        urgency.append("URGENT_24HR")
    elif session.visit_at and session.visit_at - local_time <= timedelta(hours=48):
        urgency.append("PRIORITY_48HR")
    elif session.urgency is Urgency.ROUTINE and "FLEXIBLE" not in urgency:
        urgency.append("STANDARD")


def _sentiment(said: CallerLines) -> int:
    negative = said.count(FRUSTRATION)
    if negative:
        return 1 if negative > 1 else 2
    pleased = said.count(PLEASED)
    return min(3 + pleased, 5)


def _color(
    session: CallSession,
    said: CallerLines,
    tags: Mapping[TagCategory, list[str]],
    revenue: Revenue | None,
    sentiment: int,
    commercial: bool,
) -> tuple[Color, str]:
    """conversation.md 7: red before gray before green before blue; a hang-up alone is not red (R88)."""
    if tags["HAZARD"] or tags["RECOVERY"]:
        return "red", ", ".join(tags["HAZARD"] + tags["RECOVERY"])
    if sentiment <= 2:
        hung_up = session.ended_by is EndedBy.CALLER
        return "red", "frustrated caller hung up" if hung_up else "frustrated caller"
    if tags["NON_CUSTOMER"]:
        return "gray", ", ".join(tags["NON_CUSTOMER"])
    if said.count(VENDOR_WORDS) >= 2 and session.intent is not Intent.SERVICE:
        return "gray", "words of a vendor"
    if tags["REVENUE"]:
        return "green", ", ".join(tags["REVENUE"])
    if commercial:
        return "green", "commercial"
    if revenue and revenue.tier in ("replacement", "major_repair"):
        return "green", f"{revenue.tier}: {', '.join(revenue.signals)}"
    return "blue", "ordinary call"


def _caller_type(session: CallSession, commercial: bool) -> CallerType:
    if session.intent is Intent.VENDOR:
        return "vendor"
    if session.intent is Intent.APPLICANT:
        return "recruiting"
    if commercial:
        return "commercial"
    wants_us = session.intent not in (None, Intent.WRONG_NUMBER) and session.caller_spoke
    return "residential" if wants_us else "unknown"


def _primary_intent(session: CallSession) -> PrimaryIntent:
    if session.intent in (Intent.VENDOR, Intent.APPLICANT):
        return "solicitation"
    if session.intent in _ADMIN:
        return "admin_billing"
    if session.intent in (Intent.MANAGE, Intent.FOLLOW_UP):
        return "active_job_issue"
    asked = session.visit_at or session.booking_attempted or session.booking_status is not BookingStatus.NOT_REQUESTED
    return "booking_request" if asked else "new_lead"


def _work_type(session: CallSession, tags: Mapping[TagCategory, list[str]]) -> WorkType:
    service = tags["SERVICE_TYPE"]
    if session.intent in _NO_WORK:
        return "admin"
    if any(tag.startswith("REPAIR_") for tag in service) and not session.high_ticket:
        return "service"
    if session.high_ticket or any(tag.startswith("INSTALL_") for tag in service):
        return "install"
    upkeep = ("TUNEUP_AC", "TUNEUP_HEATING", "DUCT_CLEANING", "FILTER_SERVICE")
    return "maintenance" if any(tag in upkeep for tag in service) else "service"
