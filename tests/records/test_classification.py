"""Tags, priority, revenue, mood: from the caller's own words and from what happened."""

from datetime import datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from call.session import CallSession, EndedBy, EntryKind, Intent, Reason, State, Urgency
from records.classification.classify import CRITICAL_HAZARDS, Classification, classify
from records.classification.taxonomy import PATTERNS
from records.payloads import TagCategory

CHICAGO = ZoneInfo("America/Chicago")
TUESDAY = datetime(2026, 10, 6, 11, 0, tzinfo=CHICAGO)  # No clock tag applies.


def call(*said: str, agent: tuple[str, ...] = (), at: datetime = TUESDAY, **fields: Any) -> Classification:
    session = CallSession(call_id="CA1", started_at=at, **({"intent": Intent.SERVICE} | fields))
    for line in agent:
        session.note(EntryKind.AGENT, line, at)
    for line in said:
        session.note(EntryKind.CALLER, line, at)
    return classify(session, local_time=at)


TAGGED = [
    ("It smells like gas in my kitchen", "HAZARD", "GAS_LEAK"),
    ("There is a smell of rotten eggs", "HAZARD", "GAS_LEAK"),
    ("No, I smell gas", "HAZARD", "GAS_LEAK"),
    ("Huele a gas", "HAZARD", "GAS_LEAK"),
    ("The CO alarm went off", "HAZARD", "CO_EVENT"),
    ("My carbon monoxide detector keeps beeping", "HAZARD", "CO_EVENT"),
    ("There's a burning smell from the vents", "HAZARD", "ELECTRICAL_FIRE"),
    ("I see smoke coming out of the unit", "HAZARD", "ELECTRICAL_FIRE"),
    ("Water is pouring from the ceiling", "HAZARD", "ACTIVE_FLOODING"),
    ("The drain line is clogged", "HAZARD", "CONDENSATE_CLOG"),
    ("I think the freon is leaking", "HAZARD", "REFRIGERANT_LEAK"),
    ("My AC is not cooling", "SERVICE_TYPE", "REPAIR_AC"),
    ("I have no heat at all", "SERVICE_TYPE", "REPAIR_HEATING"),
    ("The heat pump is broken", "SERVICE_TYPE", "REPAIR_HEATPUMP"),
    ("I need a tune-up for my AC", "SERVICE_TYPE", "TUNEUP_AC"),
    ("Can you do duct cleaning", "SERVICE_TYPE", "DUCT_CLEANING"),
    ("It is making a grinding noise", "SERVICE_TYPE", "DIAGNOSTIC_NOISE"),
    ("It keeps shutting off", "SERVICE_TYPE", "DIAGNOSTIC_CYCLE"),
    ("There is a dead rat in the air vent", "SERVICE_TYPE", "DIAGNOSTIC_SMELL"),
    ("Do you offer financing", "REVENUE", "FINANCING_REQ"),
    ("You overcharged me", "RECOVERY", "COMPLAINT_PRICE"),
    ("I can't believe you overcharged me", "RECOVERY", "COMPLAINT_PRICE"),
    ("Your guy never showed up", "RECOVERY", "COMPLAINT_SERVICE"),
    ("Someone came out last week and it still doesn't cool", "RECOVERY", "COMPLAINT_NOFIX"),
    ("I will sue you", "RECOVERY", "LEGAL_MENTION"),
    ("I want my money back", "RECOVERY", "REFUND_REQ"),
    ("The gate code is 1234", "LOGISTICS", "GATE_CODE"),
    ("We have two dogs", "LOGISTICS", "PET_SECURE"),
    ("The unit is in the attic", "LOGISTICS", "LADDER_ATTIC"),
    ("I'm calling on behalf of my mother", "CUSTOMER", "AGENT_PROXY"),
    ("I have to ask my landlord", "CUSTOMER", "NEEDS_APPROVAL"),
    ("I'm a property manager", "CUSTOMER", "PROPERTY_MANAGER"),
    ("We have a newborn at home", "CONTEXT", "INFANT_NEWBORN"),
    ("We have a newborn at home", "CONTEXT", "VULNERABLE_POP"),
    ("It stopped working this morning", "CONTEXT", "DURATION_ACUTE"),
    ("It has been like that for three days", "CONTEXT", "DURATION_RECENT"),
    ("It has been like that for two weeks", "CONTEXT", "DURATION_ONGOING"),
    ("The power went out after the storm", "CONTEXT", "POST_STORM"),
]  # fmt: skip

UNTAGGED = [
    # R90
    ("I need service for my unit", "LOGISTICS", "SNOW_ICE"),
    ("There is ice on the unit", "LOGISTICS", "SNOW_ICE"),
    ("I have an issue with my AC", "RECOVERY", "LEGAL_MENTION"),
    ("My name is Sue", "RECOVERY", "LEGAL_MENTION"),
    # X1: negation, time, appliances
    ("No, I don't smell any gas", "HAZARD", "GAS_LEAK"),
    ("There's no smell of gas", "HAZARD", "GAS_LEAK"),
    ("It smelled like gas yesterday but not now", "HAZARD", "GAS_LEAK"),
    ("My gas furnace is broken", "HAZARD", "GAS_LEAK"),
    ("There is a musty smell from the gas furnace", "HAZARD", "GAS_LEAK"),
    ("I smell gas, no never mind", "HAZARD", "GAS_LEAK"),
    ("There's no smoke or anything", "HAZARD", "ELECTRICAL_FIRE"),
    ("The CO detector is fine", "HAZARD", "CO_EVENT"),
    ("I have no dogs", "LOGISTICS", "PET_SECURE"),
    ("I found you on Yelp with a great review", "RECOVERY", "REVIEW_THREAT"),
    ("Could you come today", "CONTEXT", "DURATION_ACUTE"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "category", "tag"), TAGGED)
def test_what_the_caller_says_is_tagged(said: str, category: TagCategory, tag: str) -> None:
    """Each tag from words that people use."""
    assert call(said).has(category, tag)


@pytest.mark.parametrize(("said", "category", "tag"), UNTAGGED)
def test_what_was_not_meant_is_not_tagged(said: str, category: TagCategory, tag: str) -> None:
    """Whole words, negation, time and appliances (R90, X1)."""
    assert not call(said).has(category, tag)


def test_the_agents_own_words_are_no_evidence() -> None:
    """The safety question says gas, burning and smoke (R90)."""
    found = call("No.", agent=("Do you smell gas or something burning, or see smoke coming out?",))
    assert "HAZARD" not in found.tags


def test_a_hazard_that_was_denied_on_asking_is_none() -> None:
    """Asked and denied: words about gas are no hazard card."""
    assert "HAZARD" not in call("It smells like gas a bit", safety_cleared=True).tags


def test_an_emergency_always_has_a_hazard() -> None:
    """A plain yes to the safety question does not say which: the card is a hazard's all the same (X2)."""
    found = call("Yes.", emergency=True, state=State.SAFETY_EXIT, reason=Reason.EMERGENCY)
    assert found.tags["HAZARD"] == ("HEALTH_RISK",)
    assert found.has("URGENCY", "CRITICAL_EVACUATE")
    assert found.color == "red"


def test_other_hazards_are_same_day() -> None:
    """GAS, CO and fire evacuate, the others are same-day emergencies (conversation.md 6)."""
    assert call("The drain line is clogged").has("URGENCY", "EMERGENCY_SAMEDAY")
    assert call("I smell gas").has("URGENCY", "CRITICAL_EVACUATE")


@pytest.mark.parametrize(
    ("local", "tags"),
    [
        (datetime(2026, 10, 6, 7, 59, tzinfo=CHICAGO), {"AFTER_HOURS"}),
        (datetime(2026, 10, 6, 8, 0, tzinfo=CHICAGO), set()),
        (datetime(2026, 10, 6, 16, 59, tzinfo=CHICAGO), set()),
        (datetime(2026, 10, 6, 17, 0, tzinfo=CHICAGO), {"AFTER_HOURS"}),
        (datetime(2026, 10, 10, 12, 0, tzinfo=CHICAGO), {"WEEKEND"}),
        (datetime(2026, 7, 7, 12, 0, tzinfo=CHICAGO), {"PEAK_SUMMER"}),
        (datetime(2026, 1, 6, 12, 0, tzinfo=CHICAGO), {"PEAK_WINTER"}),
    ],
)
def test_the_clocks_tags(local: datetime, tags: set[str]) -> None:
    """After hours before 8 and from 17 on, in the zone of the business."""
    assert set(call("Hello", at=local).tags.get("CONTEXT", ())) == tags


def test_a_naive_time_is_refused() -> None:
    """Without a zone there is no after-hours."""
    with pytest.raises(ValueError, match="aware"):
        classify(CallSession(call_id="CA1", started_at=TUESDAY), local_time=datetime(2026, 1, 1))


REVENUE = [
    (("It takes R-22",), {}, "replacement", "medium"),
    (("My unit is fifteen years old and takes freon",), {}, "replacement", "high"),
    (("I want a quote for a new system",), {}, "replacement", "medium"),
    (("Hello",), {"high_ticket": True}, "replacement", "medium"),
    (("The compressor is bad",), {}, "major_repair", "medium"),
    (("The compressor is dead",), {}, "major_repair", "high"),
    (("The unit is completely dead",), {}, "major_repair", "medium"),
    (("The fan motor stopped",), {}, "standard_repair", "high"),
    (("I need a filter",), {}, "minor", "medium"),
    (("I have no heat",), {}, "standard_repair", "low"),
    (("Hello",), {}, "diagnostic", "low"),
    (("There is a dead rat in my vent",), {"problem": "dead rat"}, "standard_repair", "low"),
    (("My house is thirty years old",), {}, "diagnostic", "low"),
    (("My son is sixteen years old",), {}, "diagnostic", "low"),
    (("It's not the compressor",), {}, "diagnostic", "low"),
    (("I just had a new unit installed",), {}, "diagnostic", "low"),
]


@pytest.mark.parametrize(("said", "fields", "tier", "confidence"), REVENUE)
def test_revenue(said: tuple[str, ...], fields: dict[str, Any], tier: str, confidence: str) -> None:
    """First match wins; confidence by the number of signals (conversation.md 7)."""
    revenue = call(*said, **fields).revenue
    assert revenue is not None
    assert (revenue.tier, revenue.confidence) == (tier, confidence)


@pytest.mark.parametrize("intent", [Intent.BILLING, Intent.WARRANTY, Intent.VENDOR, Intent.APPLICANT])
def test_no_revenue_without_work(intent: Intent) -> None:
    """A bill or an application brings nothing to value."""
    assert call("Hello", intent=intent).revenue is None


COLORS = [
    (("My AC is not cooling",), {}, "blue"),
    (("My AC is not cooling",), {"ended_by": EndedBy.CALLER}, "blue"),  # R88
    (("This is ridiculous",), {"ended_by": EndedBy.CALLER}, "red"),
    (("I smell gas",), {}, "red"),
    (("I want a refund",), {}, "red"),
    (("We sell marketing",), {"intent": Intent.VENDOR}, "gray"),
    (("Our marketing software gets you leads",), {"intent": None}, "gray"),
    (("The AC in my restaurant is out",), {}, "green"),
    (("The compressor is bad",), {}, "green"),
    (("I want a new system",), {"high_ticket": True}, "green"),
]


@pytest.mark.parametrize(("said", "fields", "color"), COLORS)
def test_priority_color(said: tuple[str, ...], fields: dict[str, Any], color: str) -> None:
    """Red before gray before green before blue; a hang-up alone is not red (R88)."""
    assert call(*said, **fields).color == color


@pytest.mark.parametrize(
    ("fields", "said", "caller_type", "primary", "work"),
    [
        ({}, "My AC is broken", "residential", "new_lead", "service"),
        ({"visit_at": TUESDAY}, "My AC is broken", "residential", "booking_request", "service"),
        ({"intent": Intent.VENDOR}, "We sell parts", "vendor", "solicitation", "admin"),
        ({"intent": Intent.APPLICANT}, "Are you hiring", "recruiting", "solicitation", "admin"),
        ({"intent": Intent.BILLING}, "My bill is wrong", "residential", "admin_billing", "admin"),
        ({"intent": Intent.MANAGE}, "Move my visit", "residential", "active_job_issue", "service"),
        ({"high_ticket": True}, "I want a new system", "residential", "new_lead", "install"),
        ({}, "I need a tune-up for my AC", "residential", "new_lead", "maintenance"),
        ({}, "The AC in our office is out", "commercial", "new_lead", "service"),
        ({"intent": Intent.WRONG_NUMBER}, "Is this pizza", "unknown", "new_lead", "admin"),
    ],
)
def test_caller_intent_and_work(fields: dict[str, Any], said: str, caller_type: str, primary: str, work: str) -> None:
    """Not everybody is residential and not everything is service (contract.md 2.6)."""
    found = call(said, **fields)
    assert (found.caller_type, found.primary_intent, found.work_type) == (caller_type, primary, work)


def test_what_was_said_about_the_system_and_the_house() -> None:
    """Property, status, equipment and age where they were said, nothing where not."""
    found = call("The furnace in my apartment won't turn on, it is twelve years old")
    assert (found.property_type, found.system_status) == ("apartment", "completely_down")
    assert (found.equipment_type, found.equipment_age_years, found.equipment_age_bracket) == ("furnace", 12, "10_to_15")
    silent = call("Hello")
    assert (silent.property_type, silent.system_status, silent.equipment_age_bracket) == (None, None, None)
    assert call("It's running but not cooling").system_status == "running_but_ineffective"


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("Hello", 3),
        ("GREAT, thanks", 4),
        ("perfect, I appreciate it", 5),
        ("I'm FRUSTRATED", 2),
        ("damn, this is terrible", 1),
    ],
)
def test_sentiment_in_any_letter_case(said: str, score: int) -> None:
    """A whole number from 1 to 5; letter case does not matter (R90)."""
    assert call(said).sentiment == score


def test_tags_from_what_happened() -> None:
    """Known callers, owed callbacks, a wish for a new system, the third call today, a visit soon."""
    found = call("Hi", known_caller=True, callback_owed=True, calls_today=3, high_ticket=True)
    assert set(found.tags["CUSTOMER"]) == {"EXISTING_CUSTOMER", "REPEAT_CALLER"}
    assert found.tags["RECOVERY"] == ("CALLBACK_RISK",)
    assert {"HOT_LEAD", "REPLACE_OPP"} <= set(found.tags["REVENUE"])
    assert call("Hi", visit_at=TUESDAY + timedelta(hours=5)).has("URGENCY", "PRIORITY_48HR")
    assert call("Hi", urgency=Urgency.URGENT).has("URGENCY", "URGENT_24HR")
    assert call("My unit is twenty years old").has("REVENUE", "R22_RETROFIT")


WORDS = sorted({w for patterns in PATTERNS.values() for p in patterns.values() for w in p.split() if w.isalpha()})


@given(st.lists(st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=12).map(" ".join), max_size=6))
def test_any_words_stay_inside_the_taxonomy(lines: list[str]) -> None:
    """Nine categories, no tag twice, a score from 1 to 5, whatever is said."""
    found = call(*lines)
    assert set(found.tags) <= set(get_args(TagCategory))
    assert all(len(tags) == len(set(tags)) > 0 for tags in found.tags.values())
    assert 1 <= found.sentiment <= 5
    evacuate = found.has("URGENCY", "CRITICAL_EVACUATE")
    assert evacuate == bool(CRITICAL_HAZARDS & set(found.tags.get("HAZARD", ())))


@pytest.mark.parametrize(
    ("said", "issue"),
    [
        ("My AC quit on me last night, it's just blowing warm air", "No Cool"),
        ("the furnace won't kick on", "No Heat"),
        ("We've got no heat upstairs", "No Heat"),
        ("there's water dripping from the ceiling under the air handler", "Leaking"),
        ("it's making an awful grinding noise outside", "Noisy System"),
        ("there's a musty smell from the vents", "Odor"),
        ("the thermostat screen is broken", "Thermostat"),
        ("I'd like a tune-up for my AC", "Maintenance"),
        ("the whole thing is broken", "Not Running"),
        ("I smell gas, there's a gas leak", ""),
        ("I have a question about my bill", ""),
    ],
)
def test_0_4_the_issue_is_in_words_that_v2_says_back(said: str, issue: str) -> None:
    """contract.md 0.4: never a code, which V2 would speak to the next caller."""
    assert call(said).issue == issue
