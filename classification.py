"""What a finished call was about, for the dashboard: tags, priority, revenue, caller, mood.

Whole words (taxonomy.py), negation aware, matched on the caller's lines only: the agent's own safety question says gas,
burning and smoke (R90). A hazard needs evidence of several words and is dropped when the caller denied it, because one
false hazard makes a hazard card. What nobody said stays unset. Leaves out anything that acts on a call.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from dashboard_payloads import (
    AgeBracket,
    CallerType,
    Color,
    Confidence,
    PrimaryIntent,
    PropertyType,
    RevenueLabel,
    RevenueTier,
    SystemStatus,
    TagCategory,
    WorkType,
)
from session import BookingStatus, CallSession, EndedBy, EntryKind, Intent, Reason, State, Urgency
from taxonomy import (
    COMMERCIAL,
    COOL,
    DURATIONS,
    FAULTY,
    FRUSTRATION,
    HEAT,
    HOUSE,
    PATTERNS,
    PLEASED,
    REVENUE_SIGNALS,
    VENDOR_WORDS,
)

NEGATION_REACH = 40  # Characters before a match in which a negation of the same clause cancels it (conversation.md 6)


@dataclass(frozen=True)
class Revenue:
    """What a job may bring; dollars."""

    tier: RevenueTier
    label: RevenueLabel
    range: str
    low: int
    high: int
    value: int
    confidence: Confidence = "low"
    signals: tuple[str, ...] = ()


TIERS = {
    "replacement": Revenue("replacement", "$$$$", "$5,000-15,000+", 5000, 15000, 10000),
    "major_repair": Revenue("major_repair", "$$$", "$800-3,000", 800, 3000, 1900),
    "standard_repair": Revenue("standard_repair", "$$", "$200-800", 200, 800, 500),
    "minor": Revenue("minor", "$", "$75-250", 75, 250, 150),
    "diagnostic": Revenue("diagnostic", "$$?", "$99", 99, 99, 99),
}


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


_NEGATION = re.compile(
    r"\b(?:not|never|none|nothing|neither|without|any|sin|ning[uú]n|\w+n't|no hay"
    r"|no(?! (?:it|it's|its|i|i'm|we|my|the|that's|there's|this|they|sir|ma'am|problem)\b))\b"
)
_CANT_BELIEVE = re.compile(r"can't (?:believe|stand)")
_CLAUSE_END = re.compile(r"[,.;:?!]|\b(?:but|and|because|so|pero|porque)\b")
_RETRACTED = re.compile(
    r"never ?mind|false alarm|(?:not|n't|no longer|no more)\b.{0,20}\b(?:now|anymore|any more)\b|ya no"
)
_PAST_ONLY = re.compile(r"\b(?:yesterday|last (?:week|month|year|summer|winter)|used to|years? ago|months? ago)\b")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Whole words; a word that may stand between them ("two big dogs") is no negation ("I have no dogs")."""
    between = pattern.replace(r"\w+ ", r"(?!(?:no|not|any|never|without)\b)\w+ ")
    return re.compile(rf"(?<!\w)(?:{between})(?!\w)")


class _Said:
    """The caller's lines, lower case, one after another."""

    def __init__(self, session: CallSession) -> None:
        lines = [entry.text for entry in session.timeline if entry.kind is EntryKind.CALLER]
        lines += [session.problem] if session.problem else []
        self.lines = [" ".join(line.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split()) for line in lines]

    def matches(self, pattern: str) -> Iterator[tuple[str, re.Match[str]]]:
        """Matches of whole words that are not negated in their own clause, each with its line."""
        for line in self.lines:
            for match in _compiled(pattern).finditer(line):
                before = line[max(0, match.start() - NEGATION_REACH) : match.start()]
                clause = _CANT_BELIEVE.sub("", _CLAUSE_END.split(before)[-1])
                if not _NEGATION.search(clause):
                    yield line, match

    def has(self, pattern: str) -> bool:
        """Whether the caller said it."""
        return next(self.matches(pattern), None) is not None

    def count(self, pattern: str) -> int:
        """How many different words the caller said it with."""
        return len({match.group() for _, match in self.matches(pattern)})

    def hazard(self, pattern: str) -> bool:
        """Whether the caller reported it as a danger of now (X1)."""
        return any(not _RETRACTED.search(line) and not _PAST_ONLY.search(line) for line, _ in self.matches(pattern))


CRITICAL_HAZARDS = frozenset({"GAS_LEAK", "CO_EVENT", "ELECTRICAL_FIRE"})
_ADMIN = frozenset({Intent.BILLING, Intent.WARRANTY})
_NO_WORK = _ADMIN | {Intent.VENDOR, Intent.APPLICANT, Intent.WRONG_NUMBER}

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_NUMBERS = {word: n for n, word in enumerate((_ONES + " eighteen nineteen").split())}
_NUMBERS |= {"twenty": 20, "thirty": 30, "forty": 40}
_AGE = r"(?P<n>\d{1,2}|(?:twenty|thirty|forty)[ -]\w+|[a-z]+)(?:[ -]plus)?"
_AGES = (
    rf"{_AGE}[ -]years?[ -]old",
    rf"{_AGE} years (?:of age|on it)",
    rf"(?:installed|put in|bought|replaced) (?:\w+ ){{0,4}}?{_AGE} years ago",
)
_NOT_EQUIPMENT = re.compile(
    r"\b(?:house|home|building|property|son|daughter|kids?|child|mother|father|mom|dad|wife|husband|grand\w+|he's|she's|i'm"
    r"|i am|baby|dog|cat|he is|she is|customer)\b"
)


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
    said = _Said(session)
    age = _equipment_age(said)
    revenue = None if session.intent in _NO_WORK else _revenue(session, said, age)
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
        property_type=_property_type(said, commercial),
        system_status=_system_status(said),
        equipment_type=_equipment_type(said),
        equipment_age_years=age,
        problem_duration={
            "DURATION_ONGOING": "more than a week",
            "DURATION_RECENT": "1 to 7 days",
            "DURATION_ACUTE": "less than a day",
        }.get(duration, ""),
    )


def _tags(
    session: CallSession, said: _Said, age: int | None, commercial: bool, local_time: datetime, duration: str
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


def _revenue(session: CallSession, said: _Said, age: int | None) -> Revenue:
    for tier, patterns in REVENUE_SIGNALS.items():
        signals = [name for name, pattern in patterns.items() if said.has(pattern)]
        if tier == "replacement":
            signals += ["wants a new system"] if session.high_ticket and "wants a new system" not in signals else []
            signals += ["15 years or older"] if age is not None and age >= 15 else []
        if signals:
            return _with_signals(TIERS[tier], signals)
    described = session.problem or said.has(FAULTY)
    return TIERS["standard_repair"] if described else TIERS["diagnostic"]


def _with_signals(tier: Revenue, signals: list[str]) -> Revenue:
    return Revenue(
        tier.tier, tier.label, tier.range, tier.low, tier.high, tier.value,
        confidence="high" if len(signals) > 1 else "medium",
        signals=tuple(signals),
    )  # fmt: skip


def _sentiment(said: _Said) -> int:
    negative = said.count(FRUSTRATION)
    if negative:
        return 1 if negative > 1 else 2
    pleased = said.count(PLEASED)
    return min(3 + pleased, 5)


def _color(
    session: CallSession,
    said: _Said,
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


def _property_type(said: _Said, commercial: bool) -> PropertyType | None:
    if commercial:
        return "commercial"
    if said.has(r"condos?|condominium"):
        return "condo"
    if said.has(r"apartments?|(?:my|our) apt"):
        return "apartment"
    return "house" if said.has(HOUSE) else None


def _system_status(said: _Said) -> SystemStatus | None:
    if said.has(
        r"on and off|comes and goes|sometimes|only (?:upstairs|downstairs|one room)|one of the (?:units|rooms)"
    ):
        return "partially_working"
    if said.has(PATTERNS["SERVICE_TYPE"]["DIAGNOSTIC_PERFORMANCE"]):
        return "running_but_ineffective"
    down = (
        r"(?:won't|doesn't|not|isn't) (?:even )?(?:turn|come|start|work|run)(?:ing)?(?: on)?"
        r"|no (?:a\.?c|heat|heating|cooling|air)|(?:stopped|quit) working|went out|completely (?:out|down)|no funciona"
        rf"|{REVENUE_SIGNALS['major_repair']['dead unit']}"
    )
    return "completely_down" if said.has(down) else None


def _equipment_type(said: _Said) -> str:
    for name, pattern in (
        ("heat pump", r"heat ?pumps?"),
        ("mini split", r"mini[ -]?splits?"),
        ("air conditioner", COOL),
        ("furnace", r"furnaces?"),
        ("boiler", r"boilers?"),
        ("thermostat", r"thermostats?"),
        ("heating", rf"(?:no )?{HEAT}"),
        ("ductwork", r"ducts?|duct ?work|air vents?"),
    ):
        if said.has(pattern):
            return name
    return ""


def _equipment_age(said: _Said) -> int | None:
    for pattern in _AGES:
        for line, match in said.matches(pattern):
            if _NOT_EQUIPMENT.search(line[max(0, match.start() - NEGATION_REACH) : match.start()]):
                continue
            if _NOT_EQUIPMENT.match(line[match.end() :].lstrip()):
                continue
            years = _number(match["n"])
            if years is not None:
                return years
    return None


def _number(words: str) -> int | None:
    if words.isdigit():
        return int(words)
    parts = [_NUMBERS.get(word) for word in re.split(r"[ -]", words)]
    return None if None in parts else sum(part or 0 for part in parts)
