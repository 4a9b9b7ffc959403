"""What a finished call was about, for the dashboard: tags, priority, revenue, caller, mood.

Words of taxonomy.py in what the caller said (caller_lines.py). A hazard needs evidence of several words and is dropped
when the caller denied it, because one false hazard makes a hazard card. What nobody said stays unset. Leaves out what
acts on a call.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

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
    issue: str = ""  # In words that V2 says back to the caller (contract.md 0.4)

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
_NO_WORK = _ADMIN | {Intent.VENDOR, Intent.APPLICANT, Intent.WRONG_NUMBER, Intent.OTHER_TRADE}


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
    call = _tagged(session, said, age, commercial, local_time, duration)
    tags = call.tags
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
        issue=next((words for words, when in _ISSUES if when(call)), ""),
    )


@dataclass(frozen=True)
class _Call:
    """What the rows of the tables below look at; `tags` are those found so far."""

    session: CallSession
    said: CallerLines
    age: int | None
    commercial: bool
    local_time: datetime
    duration: str
    tags: dict[TagCategory, list[str]]

    @property
    def is_emergency(self) -> bool:
        return self.session.emergency or self.session.state is State.SAFETY_EXIT

    @property
    def is_service(self) -> bool:
        return self.session.intent is Intent.SERVICE

    def has(self, category: TagCategory, *tags: str) -> bool:
        return not set(tags).isdisjoint(self.tags[category])


_When = Callable[[_Call], object]


def _repair_of(subject: str) -> _When:
    # "No heat" is said with a negation that is no denial.
    no_subject = rf"(?:no|not) (?:any )?{subject}"
    return lambda call: call.said.has(FAULTY) and (call.said.has(subject) or call.said.has(no_subject))


def _is_sale(call: _Call) -> bool:
    return call.session.high_ticket or call.session.reason is Reason.HIGH_TICKET


def _is_old(call: _Call) -> bool:
    return (call.age or 0) > 15 or call.said.has(REVENUE_SIGNALS["replacement"]["R-22 or freon"])


def _is_soon(call: _Call) -> bool:
    wish = call.session.visit_at
    return wish is not None and wish - call.local_time <= timedelta(hours=48)


# What no words tell, or not alone: each row adds its tag, in this order, to what the words told.
_ADDED: tuple[tuple[TagCategory, str, _When], ...] = (
    # A plain "yes" to the safety question does not say which danger.
    ("HAZARD", "HEALTH_RISK", lambda call: call.is_emergency and not call.tags["HAZARD"]),
    ("SERVICE_TYPE", "REPAIR_AC", _repair_of(COOL)),
    ("SERVICE_TYPE", "REPAIR_HEATPUMP", _repair_of(r"heat ?pumps?")),
    ("SERVICE_TYPE", "REPAIR_HEATING", _repair_of(rf"{HEAT}(?! ?pump)")),
    ("SERVICE_TYPE", "REPAIR_THERMOSTAT", _repair_of(r"thermostats?")),
    ("SERVICE_TYPE", "REPAIR_DUCTWORK", _repair_of(r"duct ?works?|ducts?|air vents?")),
    ("SERVICE_TYPE", "REPAIR_IAQ", _repair_of(r"(?:air purifier|humidifier|dehumidifier)s?")),
    ("SERVICE_TYPE", "INSTALL_REPLACEMENT", lambda call: call.session.high_ticket),
    ("SERVICE_TYPE", "WARRANTY_CLAIM", lambda call: call.session.intent is Intent.WARRANTY),
    ("REVENUE", "HOT_LEAD", _is_sale),
    ("REVENUE", "REPLACE_OPP", _is_sale),
    ("REVENUE", "R22_RETROFIT", _is_old),
    ("REVENUE", "COMMERCIAL_LEAD", lambda call: call.commercial and call.session.intent not in _NO_WORK),
    ("RECOVERY", "CALLBACK_RISK", lambda call: call.session.callback_owed),
    ("CUSTOMER", "EXISTING_CUSTOMER", lambda call: call.session.known_caller),
    ("CUSTOMER", "REPEAT_CALLER", lambda call: call.session.calls_today >= 2),
    ("CUSTOMER", "COMMERCIAL_ACCT", lambda call: call.commercial and call.session.known_caller),
    ("CUSTOMER", "COMMERCIAL_NEW", lambda call: call.commercial and not call.session.known_caller),
    ("NON_CUSTOMER", "VENDOR_SALES", lambda call: call.session.intent is Intent.VENDOR),
    ("NON_CUSTOMER", "JOB_APPLICANT", lambda call: call.session.intent is Intent.APPLICANT),
    ("NON_CUSTOMER", "WRONG_NUMBER", lambda call: call.session.intent is Intent.WRONG_NUMBER),
    *(("CONTEXT", tag, partial(lambda tag, call: call.duration == tag, tag)) for tag in DURATIONS),
    (
        "CONTEXT",
        "VULNERABLE_POP",
        lambda call: call.has("CONTEXT", "ELDERLY_OCCUPANT", "INFANT_NEWBORN", "MEDICAL_NEED"),
    ),
    ("CONTEXT", "AFTER_HOURS", lambda call: not 8 <= call.local_time.hour < 17),
    ("CONTEXT", "WEEKEND", lambda call: call.local_time.weekday() >= 5),
    ("CONTEXT", "PEAK_SUMMER", lambda call: call.local_time.month in (6, 7, 8)),
    ("CONTEXT", "PEAK_WINTER", lambda call: call.local_time.month in (12, 1, 2)),
)
# What the words told and the call knows better; looked at before anything is added.
_DROPPED: tuple[tuple[TagCategory, frozenset[str], _When], ...] = (
    # Asked and denied: words about gas are then no hazard of now.
    ("HAZARD", CRITICAL_HAZARDS, lambda call: call.session.safety_cleared and not call.is_emergency),
    # A realtor or an adjuster who wants a repair is a customer.
    ("NON_CUSTOMER", frozenset(PATTERNS["NON_CUSTOMER"]), lambda call: call.is_service),
    (
        "CUSTOMER",
        frozenset({"NEW_CUSTOMER"}),
        lambda call: call.session.known_caller or call.has("CUSTOMER", "EXISTING_CUSTOMER"),
    ),
)
# One of these, the first that fits.
_URGENCY: tuple[tuple[str, _When], ...] = (
    ("CRITICAL_EVACUATE", lambda call: call.is_emergency or call.has("HAZARD", *CRITICAL_HAZARDS)),
    ("EMERGENCY_SAMEDAY", lambda call: call.tags["HAZARD"] or call.session.urgency is Urgency.EMERGENCY),
    ("URGENT_24HR", lambda call: call.session.urgency is Urgency.URGENT),
    ("PRIORITY_48HR", _is_soon),
    ("STANDARD", lambda call: call.session.urgency is Urgency.ROUTINE and not call.has("URGENCY", "FLEXIBLE")),
)


_UPKEEP = ("TUNEUP_AC", "TUNEUP_HEATING", "DUCT_CLEANING", "FILTER_SERVICE")
_LEAK = r"leak(?:s|ed|ing|y)?|drip(?:s|ping)?|puddles?|water (?:is )?(?:on|under|all over|everywhere|coming)|gote\w*"
# What is wrong, in the dashboard's words, the first that fits.
_ISSUES: tuple[tuple[str, _When], ...] = (
    ("", lambda call: call.has("HAZARD", *CRITICAL_HAZARDS)),
    ("Thermostat", lambda call: call.has("SERVICE_TYPE", "REPAIR_THERMOSTAT")),
    ("Leaking", lambda call: call.said.has(_LEAK)),
    ("Noisy System", lambda call: call.has("SERVICE_TYPE", "DIAGNOSTIC_NOISE")),
    ("Odor", lambda call: call.has("SERVICE_TYPE", "DIAGNOSTIC_SMELL")),
    ("No Heat", lambda call: call.has("SERVICE_TYPE", "REPAIR_HEATING", "REPAIR_HEATPUMP")),
    ("No Cool", lambda call: call.has("SERVICE_TYPE", "REPAIR_AC", "DIAGNOSTIC_PERFORMANCE")),
    ("Maintenance", lambda call: call.has("SERVICE_TYPE", *_UPKEEP)),
    ("Not Running", lambda call: call.said.has(FAULTY)),
)


def _tagged(
    session: CallSession, said: CallerLines, age: int | None, commercial: bool, local_time: datetime, duration: str
) -> _Call:
    tags: dict[TagCategory, list[str]] = {
        category: [tag for tag, words in patterns.items() if (said.hazard if category == "HAZARD" else said.has)(words)]
        for category, patterns in PATTERNS.items()
    }
    call = _Call(session, said, age, commercial, local_time, duration, tags)
    for category, unwanted, when in _DROPPED:
        if when(call):
            tags[category] = [tag for tag in tags[category] if tag not in unwanted]
    for category, tag, when in _ADDED:
        if when(call) and tag not in tags[category]:
            tags[category].append(tag)
    tags["URGENCY"] += [tag for tag, when in _URGENCY if when(call)][:1]
    return call


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
    wants_us = session.intent not in (None, Intent.WRONG_NUMBER, Intent.OTHER_TRADE) and session.caller_spoke
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
    return "maintenance" if any(tag in _UPKEEP for tag in service) else "service"
