"""What a job may bring, in dollars: the dashboard's tiers, and what tells them apart (conversation.md 7).

What else a call was about is classify.py's.
"""

from dataclasses import dataclass

from call.session import CallSession
from records.classification.caller_lines import CallerLines
from records.classification.taxonomy import FAULTY, REVENUE_SIGNALS
from records.payloads import Confidence, RevenueLabel, RevenueTier


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


def revenue_of(session: CallSession, said: CallerLines, age: int | None) -> Revenue:
    """The tier with the strongest signals; `age` of the equipment in years."""
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
