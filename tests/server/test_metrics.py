"""What is counted of a call, once; how it is named; and that no label says anything of a caller."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.session import CallSession, EndedBy, EntryKind, Reason, State
from call.usage import Usage
from circuit_breaker import BreakerState, CircuitBreaker, LastSuccess
from config import Settings
from records.handover import Handover
from records.payloads import CallRecord
from records.rows import Status
from records.store import Store
from server import metrics
from server.closing import CallClosing
from server.live_calls import LiveCalls
from server.metrics import KINDS, NOBODY, OTHER, Metrics
from server.refusals import Cause, Refusals
from tests.support.exposition import Numbers, against_the_rules, by, families, number, numbers
from tests.support.property_examples import examples
from tests.support.stored_calls import START, booked, long_call, owed, silent
from turns.tool_protocol import Tools

BREAKERS = ("inworld", "v2", "openai", "deepgram", "database")
LASTS = ("aura", "dashboard", "twilio")
# Every label that there is, and all that it may say.
LABELS = {
    ("phone_agent_calls", "outcome"): {*metrics.ENDS, OTHER},
    ("phone_agent_calls", "reason"): {*metrics.REASONS, OTHER},
    ("phone_agent_calls", "blame"): {*metrics.PARTS, NOBODY, OTHER},
    ("phone_agent_calls_with_faults", "part"): {*metrics.PARTS, OTHER},
    ("phone_agent_answer_seconds", "kind"): set(KINDS),
    ("phone_agent_tools", "tool"): {*metrics.TOOLS, OTHER},
    ("phone_agent_tools", "outcome"): {*metrics.OUTCOMES, OTHER},
    ("phone_agent_model_tokens", "kind"): set(metrics.TOKENS),
    ("phone_agent_model_answers", "tokens"): set(metrics.ANSWERS),
    ("phone_agent_voice_characters", "provider"): {*metrics.VOICES, OTHER},
    ("phone_agent_voice_characters_unused", "provider"): {*metrics.VOICES, OTHER},
    ("phone_agent_twilio_billed_seconds", "leg"): set(metrics.LEGS),
    ("phone_agent_provider_seconds", "provider"): {*BREAKERS, *LASTS},
    ("phone_agent_calls_refused", "cause"): {"no_room", "too_late", "one_number", "stream"},
    ("phone_agent_requests_refused", "cause"): {cause.name.lower() for cause in Cause},
    ("phone_agent_deliveries", "status"): set(Status),
    ("phone_agent_breaker_state", "provider"): set(BREAKERS),
    ("phone_agent_breaker_state", "state"): set(BreakerState),
}


class Process:
    """What is looked at of a process, made up."""

    def __init__(self) -> None:
        self.calls, self.refusals, self.turned_away = LiveCalls(3), Refusals(), Counter[Reason]()
        self.records = dict.fromkeys(Status, 0)
        self.dependencies: dict[str, CircuitBreaker | LastSuccess] = {
            **{name: CircuitBreaker(name, failure_threshold=1) for name in BREAKERS},
            **{name: LastSuccess() for name in LASTS},
        }
        self.voices = {"inworld": LastSuccess(), "aura": cast(LastSuccess, self.dependencies["aura"])}
        self.metrics = Metrics()
        door = SimpleNamespace(
            calls=self.calls,
            settings=SimpleNamespace(max_calls=3),
            lateness=SimpleNamespace(seconds=0.125),
            liveness=SimpleNamespace(records=self.records),
            counted=self.turned_away,
        )
        self.metrics.watch(cast(Any, door), self.refusals, self.dependencies, self.voices)

    def breaker(self, name: str) -> CircuitBreaker:
        found = self.dependencies[name]
        assert isinstance(found, CircuitBreaker)
        return found

    @property
    def text(self) -> str:
        return self.metrics.text().decode()

    @property
    def numbers(self) -> Numbers:
        return numbers(self.text)


@pytest.fixture
def process() -> Process:
    return Process()


def said(text: str) -> Iterator[tuple[str, str, str]]:
    """Family, label and value of every sample."""
    for family in families(text):
        for sample in family.samples:
            yield from ((family.name, label, value) for label, value in sample.labels.items() if label != "le")


def test_names_are_as_prometheus_wants_them(process: Process) -> None:
    """promtool's linter has nothing to say, before and after there is anything to tell."""
    assert against_the_rules(process.text) == []
    for session in (booked(), owed(), silent(), long_call()):
        process.metrics.call_ended(session)
    assert against_the_rules(process.text) == []
    assert {(family, label) for family, label, _ in said(process.text)} == LABELS.keys()


@pytest.mark.parametrize(
    "text",
    [
        "# HELP phone_agent_calls x\n# TYPE phone_agent_calls counter\nphone_agent_calls 1\n",
        "# HELP phone_agent_x_total x\n# TYPE phone_agent_x_total gauge\nphone_agent_x_total 1\n",
        "# HELP phone_agent_wait_ms x\n# TYPE phone_agent_wait_ms gauge\nphone_agent_wait_ms 1\n",
        "# HELP phone_agent_seconds_late x\n# TYPE phone_agent_seconds_late gauge\nphone_agent_seconds_late 1\n",
        "# HELP phone_agent_x_count x\n# TYPE phone_agent_x_count gauge\nphone_agent_x_count 1\n",
        "# HELP phone_agent_lateCalls x\n# TYPE phone_agent_lateCalls gauge\nphone_agent_lateCalls 1\n",
        "# TYPE phone_agent_late gauge\nphone_agent_late 1\n",
        '# HELP phone_agent_x x\n# TYPE phone_agent_x gauge\nphone_agent_x{instance="a"} 1\n',
        "# HELP x x\n# TYPE x gauge\nx 1\n",
    ],
)
def test_the_rules_find_what_is_against_them(text: str) -> None:
    """One name each."""
    assert against_the_rules(text) != []


def test_a_call_is_counted_by_its_own_timeline(process: Process) -> None:
    """How it ended, whose fault, what failed, each turn, each tool, and what was waited for where that is known."""
    process.metrics.call_ended(booked())
    process.metrics.call_ended(owed())
    known = process.numbers
    assert by(known, "phone_agent_calls_total", "outcome", "reason", "blame") == {
        ("confirm", "booked", NOBODY): 1,
        ("callback", "booking_failed", "v2"): 1,
    }
    assert by(known, "phone_agent_calls_with_faults_total", "part") == {("inworld",): 1, ("v2",): 1}
    assert by(known, "phone_agent_tools_total", "tool", "outcome") == {
        ("lookup_caller", "ok"): 1,
        ("book_appointment", "ok"): 1,
        ("book_appointment", "unavailable"): 1,
    }
    assert number(known, "turns_total") == 4
    assert number(known, "turns_not_understood_total") == 1
    assert by(known, "phone_agent_answer_seconds_count", "kind") == {("tool",): 1}
    assert number(known, "answer_seconds_sum", kind="tool") == 0.9


def test_who_stays_on_the_line_for_nothing_counts_as_well(process: Process) -> None:
    """A caller who says nothing has no turn; one who reaches the limit was not understood."""
    process.metrics.call_ended(silent())
    process.metrics.call_ended(long_call(turns=30))
    known = process.numbers
    assert by(known, "phone_agent_calls_total", "outcome", "reason", "blame") == {
        ("hangup", "welcome", "caller"): 1,
        ("callback", "call_turn_limit", "us"): 1,
    }
    assert number(known, "turns_total") == 30
    assert number(known, "turns_not_understood_total") == 30  # 29 times the same question again, and the limit.


@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        ([], "fixed"),
        ([(EntryKind.AGENT, "Your ZIP?", "ask:zip")], "fixed"),
        ([(EntryKind.AGENT, "About an hour.", ""), (EntryKind.AGENT, "Your ZIP?", "ask:zip")], "worded"),
        ([(EntryKind.TOOL, "lookup_caller", "ok"), (EntryKind.AGENT, "About an hour.", "")], "tool"),
    ],
)
def test_the_kind_of_a_turn(process: Process, entries: list[tuple[EntryKind, str, str]], kind: str) -> None:
    """By what was done and said in it."""
    session = CallSession(call_id="CA1", started_at=START)
    session.note(EntryKind.CALLER, "hello", START, milliseconds=400)
    for what, text, detail in entries:
        session.note(what, text, START, detail=detail)
    process.metrics.call_ended(session)
    assert by(process.numbers, "phone_agent_answer_seconds_count", "kind") == {(kind,): 1}


TEXTS = st.text(max_size=40) | st.sampled_from(["+15125550142", "Dana Whitfield", 'a"b', "a\nb", "a\\", "{}", "é"])


@st.composite
def sessions(draw: st.DrawFn) -> CallSession:
    """Calls of which every text is anything, as those of another version may be."""
    session = CallSession(
        call_id="CA" + draw(st.text("0123456789abcdef", min_size=32, max_size=32)),
        caller_number="+15125550142",
        started_at=START,
        name=draw(TEXTS),
        state=draw(st.sampled_from(State)),
        reason=draw(st.none() | st.sampled_from(Reason)),
        fault=draw(TEXTS),
        ended_by=draw(st.none() | st.sampled_from(EndedBy)),
    )
    for kind, text, detail in draw(st.lists(st.tuples(st.sampled_from(EntryKind), TEXTS, TEXTS), max_size=12)):
        text = f"{text} -> {detail}" if kind is EntryKind.STATE else text
        session.note(kind, text, START, detail=detail, milliseconds=draw(st.none() | st.integers(0, 10**6)))
    return session


@settings(max_examples=examples(200))
@given(st.lists(sessions(), max_size=3))
def test_no_label_says_anything_of_a_caller(calls: list[CallSession]) -> None:
    """Whatever a call holds: each label has a word of its set, each call is counted, and the rules hold."""
    process = Process()
    for session in calls:
        process.metrics.call_ended(session)
    assert [one for one in said(process.text) if one[2] not in LABELS[one[:2]]] == []
    assert sum(by(process.numbers, "phone_agent_calls_total", "outcome", "reason", "blame").values()) == len(calls)
    assert against_the_rules(process.text) == []


def test_what_cannot_be_counted_stops_nothing(process: Process, caplog: pytest.LogCaptureFixture) -> None:
    """The record of the call goes on its way."""
    process.metrics.call_ended(cast(CallSession, SimpleNamespace(call_id="CA9")))
    assert "CA9 is not counted" in caplog.text


def test_what_is_so_at_this_moment(process: Process) -> None:
    """Read when somebody asks: what was so before is gone."""
    live = process.calls.add("CA1")
    process.turned_away[Reason.NO_ROOM] += 2
    process.calls.refused = 4
    process.refusals.note(Cause.ONE_NUMBER, "x")
    process.refusals.note(Cause.UNSIGNED, "x")
    process.records[Status.PARKED] = 2
    known = process.numbers
    assert (number(known, "calls_live"), number(known, "calls_most"), number(known, "draining")) == (1, 3, 0)
    assert number(known, "loop_lag_seconds") == 0.125
    assert by(known, "phone_agent_calls_refused_total", "cause") == {
        ("no_room",): 2,
        ("one_number",): 1,
        ("stream",): 1,
    }
    assert by(known, "phone_agent_requests_refused_total", "cause") == {("unsigned",): 1}
    assert by(known, "phone_agent_deliveries", "status") == {("parked",): 2}
    process.calls.discard(live)
    process.calls.draining = True
    assert (number(process.numbers, "calls_live"), number(process.numbers, "draining")) == (0, 1)


def test_breakers_are_in_one_state_each(process: Process) -> None:
    """A failure opens the one that it is about."""
    attempt = process.breaker("v2").attempt()
    assert attempt is not None
    attempt.failure()
    states = by(process.numbers, "phone_agent_breaker_state", "provider", "state")
    assert states == {(name, "open" if name == "v2" else "closed"): 1 for name in BREAKERS}


def test_who_answers_is_timed(process: Process) -> None:
    """From the asking to where the answer begins; a failure has no time, and a voice tells its own."""
    clock = [100.0]
    breaker = process.breaker("openai")
    breaker.clock = breaker.last_success.clock = lambda: clock[0]
    answered, failed = breaker.attempt(), breaker.attempt()
    assert answered is not None
    assert failed is not None
    clock[0] += 0.5
    answered.began()
    clock[0] += 5
    answered.success()
    failed.failure()
    inworld = process.breaker("inworld").attempt()
    assert inworld is not None
    inworld.success()
    process.voices["inworld"].mark(0.25)
    process.voices["aura"].mark()
    known = process.numbers
    assert by(known, "phone_agent_provider_seconds_count", "provider") == {("openai",): 1, ("inworld",): 1}
    assert number(known, "provider_seconds_sum", provider="openai") == 0.5
    assert number(known, "provider_seconds_sum", provider="inworld") == 0.25


def test_what_calls_have_used_is_added_up(process: Process) -> None:
    """Tokens, characters and seconds of each; Twilio's minutes are whole ones for each call."""
    for session in (booked(), booked()):
        session.usage = Usage(
            answers=5,
            answers_untold=2,
            answers_unused=1,
            prompt_tokens=1500,
            cached_tokens=1024,
            completion_tokens=60,
            characters={"inworld": 300, "aura": 40},
            characters_unused={"inworld": 25},
            recogniser_seconds=61.5,
            dial_seconds=61,
        )
        session.ended_at = session.started_at + timedelta(seconds=121)
        process.metrics.call_ended(session)
    known = process.numbers
    tokens = by(known, "phone_agent_model_tokens_total", "kind")
    assert tokens == {("asked",): 952, ("cached",): 2048, ("answered",): 120}
    assert by(known, "phone_agent_model_answers_total", "tokens") == {("told",): 6, ("untold",): 4}
    assert number(known, "model_answers_unused_total") == 2
    assert by(known, "phone_agent_voice_characters_total", "provider") == {("inworld",): 600, ("aura",): 80}
    assert by(known, "phone_agent_voice_characters_unused_total", "provider") == {("inworld",): 50}
    assert number(known, "recogniser_seconds_total") == 123
    assert by(known, "phone_agent_twilio_billed_seconds_total", "leg") == {("caller",): 360, ("dial",): 240}


async def test_a_call_counts_where_its_record_is_kept_first(tmp_path: Path, settings: Settings) -> None:
    """Two machines that both end it, a try that failed, and one more: counted once, by the first."""
    store = Store(f"sqlite:///{tmp_path / 'agent.db'}")
    await store.open()
    counted: list[str] = []

    class Kept:
        """Stands in for Handover: keeps the record as it does."""

        async def deliver(self, record: CallRecord) -> bool:
            return await store.add_delivery(record.call_id, record.model_dump(mode="json"), Status.KEPT)

    def machine(name: str) -> CallClosing:
        deliveries, no_tools = cast(Handover, Kept()), cast(Tools, SimpleNamespace())
        return CallClosing(settings, store, deliveries, no_tools, count=lambda session: counted.append(name))

    one, another = machine("one"), machine("another")
    session = booked()
    await one.hand_over(session)
    await another.hand_over(session.model_copy(deep=True))
    await one.hand_over(session)
    await store.close()
    assert counted == ["one"]
