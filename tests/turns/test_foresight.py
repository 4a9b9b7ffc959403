"""What a turn that may be over has asked for early; and that nothing else comes of it."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from pipecat.processors.aggregators.llm_context import LLMContext

import config
from call.actions import Action, CallTool, EndCall, Say, Word
from call.business import Business
from call.session import CallSession, EntryKind, Question, State
from circuit_breaker import CircuitBreaker
from logs import call_logger
from state_machine import StateMachine, Turn
from tests.support.driven_call import NOW, TURNS, Conversation, first_result, results_for
from turns.foresight import Foresight
from turns.turn_reading import Hearing
from understanding.turn import Understanding

REQUIRED = dict.fromkeys(config.REQUIRED, "http://127.0.0.1:9") | {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32}
MACHINE = StateMachine(Business())


@dataclass
class Asked:
    """Reader, model and voice in one; `open_points` and `recorded` are what they say."""

    open_points: bool = False
    recorded: frozenset[str] = frozenset()
    what: list[str] = field(default_factory=list)

    def drop_early(self) -> None:
        self.what.append("dropped")


class Reader(Asked):
    def foresee(self, session: CallSession, heard: Understanding) -> bool:
        if self.open_points:
            self.what.append(f"reading of {session.timeline[-1].text}")
        return self.open_points


class Model(Asked):
    def foresee(self, context: LLMContext) -> None:
        said = [str(message.get("content")) for message in context.get_messages() if isinstance(message, dict)]
        self.what.append(f"words after {said[-2]}")


class Voice(Asked):
    def foresee(self, text: str) -> bool:
        if text not in self.recorded:
            self.what.append(text)
        return text not in self.recorded


def foresight(session: CallSession, *parts: Asked, model_up: bool = True) -> Foresight:
    reader = next((part for part in parts if isinstance(part, Reader)), Reader())
    model = next((part for part in parts if isinstance(part, Model)), Model())
    voice = next((part for part in parts if isinstance(part, Voice)), Voice())
    breaker = CircuitBreaker("openai", failure_threshold=1)
    if not model_up and (attempt := breaker.attempt()):
        attempt.failure()

    def step(foreseen: CallSession, heard: Understanding, at: datetime) -> list[Action]:
        assert foreseen is not session
        return MACHINE.step(foreseen, Turn(heard, at))

    return Foresight(
        session,
        step,
        MACHINE.business,
        config.load(REQUIRED),
        reader=reader,
        model=model,
        voice=voice,
        breaker=breaker,
        log=call_logger(__name__, "CA1"),
        now=lambda: NOW,
    )


def session_of(state: State, question: Question, **known: Any) -> CallSession:
    made = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, state=state, **known)
    made.question = question
    made.note(EntryKind.AGENT, "What is the address?", NOW)
    return made


KNOWN = {"zip_code": "78701", "problem": "no heat", "safety_cleared": True, "looked_up": True, "intent": "service"}


def test_the_reading_and_then_nothing_that_hangs_on_it() -> None:
    """Where the rules leave something open, the model is asked what it reads; the answer waits for that."""
    session = session_of(State.DISCOVERY, Question.NAME, **KNOWN)
    reader, model, voice = Reader(open_points=True), Model(), Voice()
    foresight(session, reader, model, voice).foresee("it is you know Jonas", Hearing(Question.NAME, False))
    assert (reader.what, model.what, voice.what) == (["reading of it is you know Jonas"], [], [])


def test_a_line_that_is_no_recording() -> None:
    """The first of the answer's lines that has to be made is begun, also while the model is out."""
    session = session_of(State.SERVICE_AREA, Question.ZIP_CONFIRM, zip_unconfirmed="10001", safety_cleared=True)
    voice = Voice()
    foresight(session, voice, model_up=False).foresee("No, it's 90210.", Hearing(Question.ZIP_CONFIRM, False))
    assert len(voice.what) == 1
    assert "9 0 2 1 0" in voice.what[0]


def test_the_models_words() -> None:
    """With what the model will be told, the turn's own words among it; not while its breaker is open."""
    for model_up, asked in ((True, ["words after how long have you been in business"]), (False, [])):
        session = session_of(State.DISCOVERY, Question.ADDRESS, name="Jonas Weber", **KNOWN)
        model = Model()
        made = foresight(session, model, model_up=model_up)
        made.foresee(" how long have you been in business ", Hearing(Question.ADDRESS, False))
        assert model.what == asked


def test_nothing_behind_what_v2_has_to_say() -> None:
    """The yes to the read-back books; nobody knows yet what will be said of it. What bridges it is recorded."""
    session = session_of(
        State.PRE_CONFIRM,
        Question.READ_BACK,
        name="Jonas Weber",
        address="12 Oak Street",
        visit_at=NOW.replace(day=24),
        slots_asked=True,
        slots=[NOW.replace(day=24)],
        **KNOWN,
    )
    reader, model, voice = Reader(), Model(), Voice(recorded=frozenset({"One moment while I book that."}))
    foresight(session, reader, model, voice).foresee("yes please", Hearing(Question.READ_BACK, True))
    assert (reader.what, model.what, voice.what) == ([], [], [])
    assert not session.approved


@pytest.mark.parametrize("text", ["", "  ", "..."])
def test_a_turn_without_words_is_none(text: str) -> None:
    """As when it is over."""
    session = session_of(State.DISCOVERY, Question.ADDRESS, **KNOWN)
    reader = Reader(open_points=True)
    foresight(session, reader).foresee(text, Hearing(Question.ADDRESS, False))
    assert reader.what == []


def test_a_turn_that_is_one_too_many() -> None:
    """The limits answer it, with a recorded line."""
    session = session_of(State.DISCOVERY, Question.ADDRESS, state_turn_count=5, turn_count=9, **KNOWN)
    reader = Reader(open_points=True)
    foresight(session, reader).foresee("well", Hearing(Question.ADDRESS, False))
    assert reader.what == []


def test_a_turn_that_goes_on() -> None:
    """Everybody who may have been asked is told."""
    parts = Reader(), Model(), Voice()
    foresight(session_of(State.DISCOVERY, Question.ADDRESS), *parts).drop()
    assert [part.what for part in parts] == [["dropped"]] * 3


def test_a_defect_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged; the turn itself will meet it, and ends in a callback then."""

    class Broken(Reader):
        def foresee(self, session: CallSession, heard: Understanding) -> bool:
            raise ZeroDivisionError

    foresight(session_of(State.DISCOVERY, Question.ADDRESS, **KNOWN), Broken()).foresee(
        "12 Oak Street", Hearing(Question.ADDRESS, False)
    )
    assert "could not be foreseen" in caplog.text


def test_no_turn_leaves_a_trace_of_its_foresight() -> None:
    """In random calls through every state: a step on the copy changes nothing of it, and is the one that comes."""
    chance, states = random.Random(4), set()
    for _ in range(200):
        well = chance.random() < 0.5
        call = Conversation(first_result if well else lambda request: chance.choice(results_for(request)))
        call.start()
        for _ in range(14):
            if call.over or call.session.closing:
                break
            heard = TURNS[chance.choice(list(TURNS))]
            before = call.session.model_dump_json()
            copy = call.session.copy_of_now()
            copy.note(EntryKind.CALLER, heard.text, NOW)
            copy.turn_count, copy.state_turn_count = copy.turn_count + 1, copy.state_turn_count + 1
            limited = copy.state_turn_count > 5 or copy.turn_count > 30
            foreseen = MACHINE.step(copy, Turn(heard, NOW))
            assert call.session.model_dump_json() == before
            states.add(call.session.state)
            said = len(call.said)
            asked = len(call.requests)
            call.feed(heard)
            if not limited:
                _is_what_came(foreseen, call.said[said:], [request.tool for request in call.requests[asked:]])
    assert len(states) == 9


def _is_what_came(foreseen: list[Action], said: list[str], tools: list[str]) -> None:
    for action in foreseen:
        match action:
            case Say(text=text) | Word(fallback=text):
                assert said.pop(0) == text
            case CallTool(request=request):
                assert tools[0] == request.tool
                return
            case EndCall():
                return
