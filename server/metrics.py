"""Metrics: this process in numbers, for Prometheus: how calls ended, how long callers waited, what fails, what is on.

A call counts once, on the process that keeps its record first (closing.py), and by its own timeline: these are the
numbers of the record and of the pages about calls. What is so at this moment is looked at when somebody asks, and
nothing is waited for. Every label is a word of a closed set: what another version has written is `other`.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from call.session import END_STATES, CallSession, EntryKind, Reason, State
from call.tool_calls import Outcome, ToolRequest
from circuit_breaker import BreakerState, CircuitBreaker, LastSuccess
from records import plain_words
from records.call_view import call_line
from records.rows import Phase
from records.turn_view import Turn, turns_of
from records.used import SECONDS_A_MINUTE, used
from server.refusals import Cause, Refusals
from server.turned_away import TurnedAway

logger = logging.getLogger(__name__)

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
OTHER, NOBODY = "other", "nobody"
PARTS = frozenset(plain_words.PARTS)
ENDS = frozenset({*END_STATES, "fault", "hangup", "interrupted"})
"""What stands before the colon of `CallSession.outcome`."""
REASONS = frozenset({*Reason, *State, *PARTS})
"""What stands behind it."""
TOOLS = frozenset(tool.tool for tool in get_args(ToolRequest))
OUTCOMES = frozenset(Outcome)
KINDS = ("fixed", "worded", "tool")
TOKENS = ("asked", "cached", "answered")
ANSWERS = ("told", "untold")
VOICES = frozenset({"inworld", "aura"})
LEGS = ("caller", "dial")
TURNED_AWAY = (Reason.NO_ROOM, Reason.TOO_LATE)
ONE_NUMBER, STREAM = Cause.ONE_NUMBER.name.lower(), Cause.STREAM.name.lower()
ANSWER_SECONDS = (0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 8)
PROVIDER_SECONDS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 65)

# Each number would have the time of its beginning beside it, under a name that breaks Prometheus' own rules.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """What is counted, and what is looked at."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._calls = Counter(
            "phone_agent_calls",
            "Calls that are over, by the words of their record: how, why, and whose fault.",
            ("outcome", "reason", "blame"),
            registry=registry,
        )
        self._faults = Counter(
            "phone_agent_calls_with_faults",
            "Calls that are over and in which this part failed.",
            ("part",),
            registry=registry,
        )
        self._turns = Counter("phone_agent_turns", "Callers' turns in calls that are over.", registry=registry)
        self._not_understood = Counter(
            "phone_agent_turns_not_understood",
            "Those of them behind which the same question was asked again, or a limit of turns was reached.",
            registry=registry,
        )
        self._answers = Histogram(
            "phone_agent_answer_seconds",
            "From the caller's last voice to the first audio of the answer, in calls that are over. A turn is of the "
            "kind tool if V2 was asked in it, else worded if the model's words were spoken, else fixed.",
            ("kind",),
            buckets=ANSWER_SECONDS,
            registry=registry,
        )
        self._tools = Counter(
            "phone_agent_tools",
            "What V2 was asked in calls that are over, and what is known of it.",
            ("tool", "outcome"),
            registry=registry,
        )
        self._providers = Histogram(
            "phone_agent_provider_seconds",
            "How long whoever answered took: a voice to its first audio, the model to its first words or a whole "
            "reading, deepgram from the connecting to its first event, the others to their answer.",
            ("provider",),
            buckets=PROVIDER_SECONDS,
            registry=registry,
        )
        self._used = _Used(registry)
        for part in plain_words.PARTS:
            self._faults.labels(part)
        for kind in KINDS:
            self._answers.labels(kind)

    def text(self) -> bytes:
        """All of it, in Prometheus' text format (CONTENT_TYPE)."""
        return generate_latest(self._registry)

    def watch(
        self,
        turned_away: TurnedAway,
        refusals: Refusals,
        dependencies: Mapping[str, CircuitBreaker | LastSuccess],
        voices: Mapping[str, LastSuccess],
    ) -> None:
        """From now on these are looked at, and tell how long they take; once.

        The `voices`, by name, tell it themselves: the breaker of one of them knows only when all was spoken.
        """
        for name, one in {**dependencies, **voices}.items():
            last_success = one.last_success if isinstance(one, CircuitBreaker) else one
            last_success.told = self._providers.labels(name).observe
        breakers = {name: one for name, one in dependencies.items() if isinstance(one, CircuitBreaker)}
        self._registry.register(_Moment(turned_away, refusals, breakers))

    def call_ended(self, session: CallSession) -> None:
        """Counts a call whose record is kept for the first time; raises nothing."""
        try:
            self._count(session)
        except Exception:
            logger.exception("%s is not counted", session.call_id)

    def _count(self, session: CallSession) -> None:
        line, turns = call_line(session.call_id, session, Phase.OVER, None), turns_of(session.timeline)
        end, _, why = session.outcome.partition(":")
        blame = _of(PARTS, line.blame) if line.blame else NOBODY
        self._calls.labels(_of(ENDS, end), _of(REASONS, why), blame).inc()
        for part in {_of(PARTS, part) for part in plain_words.faults(session)}:
            self._faults.labels(part).inc()
        for turn in turns:
            if (caller := turn.events[0]).kind is EntryKind.CALLER:
                self._turns.inc()
                if caller.milliseconds is not None:
                    self._answers.labels(_kind(turn)).observe(caller.milliseconds / 1000)
        self._not_understood.inc(line.not_understood)
        self._used.count(session)
        for entry in session.timeline:
            if entry.kind is EntryKind.TOOL:
                self._tools.labels(_of(TOOLS, entry.text), _of(OUTCOMES, entry.detail.partition(":")[0])).inc()


class _Used:
    """What calls have used of those who bill for it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, what: str, label: str) -> Counter:
            return Counter(f"phone_agent_{name}", f"{what}, of calls that are over.", (label,), registry=registry)

        self._tokens = counter(
            "model_tokens",
            "Tokens as OpenAI counts them: asked without those that it had cached, those, and answered",
            "kind",
        )
        self._answers = counter(
            "model_answers", "Answers of the model, by whether OpenAI has told what they cost", "tokens"
        )
        self._unused = Counter(
            "phone_agent_model_answers_unused",
            "Those of them that were asked for early and never used.",
            registry=registry,
        )
        self._characters = counter("voice_characters", "Characters that a voice was sent", "provider")
        self._characters_unused = counter(
            "voice_characters_unused", "Those of them that were asked for early and never used", "provider"
        )
        self._heard = Counter(
            "phone_agent_recogniser_seconds",
            "Seconds of audio that the recogniser was sent, of calls that are over.",
            registry=registry,
        )
        self._legs = counter(
            "twilio_billed_seconds", "Seconds at Twilio, every minute that has begun being a whole one", "leg"
        )
        for voice in VOICES:
            self._characters.labels(voice)
            self._characters_unused.labels(voice)
        for known, labels in ((self._tokens, TOKENS), (self._answers, ANSWERS), (self._legs, LEGS)):
            for label in labels:
                known.labels(label)

    def count(self, session: CallSession) -> None:
        """Adds those of one call."""
        told, usage = used(session), session.usage
        tokens = (usage.prompt_tokens - usage.cached_tokens, usage.cached_tokens, usage.completion_tokens)
        for kind, number in zip(TOKENS, tokens, strict=True):
            self._tokens.labels(kind).inc(number)
        for kind, number in zip(ANSWERS, (usage.answers - usage.answers_untold, usage.answers_untold), strict=True):
            self._answers.labels(kind).inc(number)
        self._unused.inc(usage.answers_unused)
        for counter, sums in (
            (self._characters, usage.characters),
            (self._characters_unused, usage.characters_unused),
        ):
            for voice, number in sums.items():
                counter.labels(_of(VOICES, voice)).inc(number)
        self._heard.inc(usage.recogniser_seconds)
        for leg, minutes in zip(LEGS, (told.line_minutes, told.dial_minutes), strict=True):
            self._legs.labels(leg).inc(SECONDS_A_MINUTE * minutes)


def _of(known: Collection[str], word: str) -> str:
    return word if word in known else OTHER


def _kind(turn: Turn) -> str:
    if any(event.kind is EntryKind.TOOL for event in turn.events):
        return "tool"
    worded = any(event.kind is EntryKind.AGENT and not event.detail for event in turn.events)
    return "worded" if worded else "fixed"


@dataclass(eq=False)
class _Moment(Collector):
    """What is so when somebody asks."""

    turned_away: TurnedAway
    refusals: Refusals
    breakers: Mapping[str, CircuitBreaker]

    def collect(self) -> Iterator[Metric]:
        """Waits for nothing."""
        door, refused = self.turned_away, self.refusals.counted
        yield GaugeMetricFamily("phone_agent_calls_live", "Calls that are served now.", len(door.calls))
        yield GaugeMetricFamily("phone_agent_calls_most", "As many as may be at once now.", door.calls.room)
        yield GaugeMetricFamily("phone_agent_draining", "1 once the process was told to end.", door.calls.draining)
        yield GaugeMetricFamily(
            "phone_agent_loop_lag_seconds", "How late what is due is done, on average.", door.lateness.seconds
        )
        causes = {why.value: door.counted[why] for why in TURNED_AWAY} | {ONE_NUMBER: refused[Cause.ONE_NUMBER]}
        calls = CounterMetricFamily(
            "phone_agent_calls_refused",
            "Calls without a place, of which a record may be kept all the same; stream: their stream came too late.",
            labels=("cause",),
        )
        yield _with(calls, causes | {STREAM: door.calls.refused - sum(causes.values())})
        requests = CounterMetricFamily(
            "phone_agent_requests_refused", "Requests, streams and connections that were not let in.", labels=("cause",)
        )
        yield _with(requests, {c.name.lower(): refused[c] for c in Cause if c is not Cause.ONE_NUMBER})
        records = GaugeMetricFamily(
            "phone_agent_deliveries",
            "Records in the database, of every machine on it, by where their delivery stood at the last beat.",
            labels=("status",),
        )
        yield _with(records, {status.value: number for status, number in door.liveness.records.items()})
        breakers = GaugeMetricFamily(
            "phone_agent_breaker_state", "1 for the state that the breaker is in.", labels=("provider", "state")
        )
        for name, breaker in self.breakers.items():
            for state in BreakerState:
                breakers.add_metric((name, state.value), breaker.state is state)
        yield breakers


def _with(family: CounterMetricFamily | GaugeMetricFamily, numbers: Mapping[str, float]) -> Metric:
    for label, number in numbers.items():
        family.add_metric((label,), number)
    return family
