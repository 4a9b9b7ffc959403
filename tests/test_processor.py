"""StateMachineProcessor at its border: frames in, frames out, with Pipecat's own harness."""

import asyncio
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conversation import results_for
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    CancelFrame,
    EndWorkerFrame,
    InputTransportMessageFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMContextUserTurnFrame,
    OutputTransportMessageFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.tests.utils import SleepFrame, run_test

import config
from business import Business
from call_frames import CallEventFrame, Event, WordReplyFrame
from circuit_breaker import CircuitBreaker
from processor import StateMachineProcessor
from session import BookingStatus, CallSession, EndedBy, Question, State
from state_machine import StateMachine
from tool_calls import BookAppointment, Booked, Outcome, tool_name

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("America/Chicago"))
REQUIRED = {name: "http://127.0.0.1:9" for name in config.REQUIRED}
LIMIT_LINE = "Let me have someone from the team call you back."


def settings(**changes):
    return config.load({**REQUIRED, "HANGUP_PAUSE_SECONDS": "0", **{k.upper(): str(v) for k, v in changes.items()}})


class Machine(StateMachine):
    """The real machine, writing down which turns it was given."""

    stepped: list[str]

    def step(self, session, turn):
        self.stepped.append(turn.heard.text)
        return super().step(session, turn)


class Tools:
    """Answers every tool at once with success, or when `gate` opens."""

    def __init__(self, gate=None):
        self.gate, self.called, self.entered = gate, [], asyncio.Event()

    async def call(self, request, session):
        self.called.append(request)
        self.entered.set()
        if self.gate:
            await self.gate.wait()
        return results_for(request)[0]


class Line:
    protect = False
    stream_sid = "MZ1"


def processor(session=None, *, tools=None, line=None, **changes):
    session = session or CallSession(
        call_id="CA1", caller_number="+15125550100", started_at=NOW, question=Question.HOW_CAN_I_HELP
    )
    machine = Machine(Business())
    object.__setattr__(machine, "stepped", [])
    made = StateMachineProcessor(
        session,
        machine,
        tools or Tools(),
        None,
        CircuitBreaker("openai"),
        settings(**changes),
        line=line,
        now=lambda: NOW,
    )
    return made, session, machine


def turn(text):
    return LLMContextUserTurnFrame(text=text, timestamp="2026-01-01T00:00:00Z")


def turns(*texts):
    """Turns one after the other, each after what came before was handled."""
    frames = []
    for text in texts:
        frames += [turn(text), LLMContextFrame(context=LLMContext()), SleepFrame(0.03)]
    return frames


def spoken(frames):
    return [frame.text for frame in frames if isinstance(frame, TTSSpeakFrame)]


async def test_five_turns_in_a_state_then_a_callback_before_the_machine_steps():
    """The sixth turn of a state is not handed to the machine: callback, in the design's words."""
    made, session, machine = processor(
        CallSession(
            call_id="CA1",
            caller_number="+15125550100",
            started_at=NOW,
            state=State.SERVICE_AREA,
            question=Question.ZIP,
        )
    )
    down, _ = await run_test(made, frames_to_send=turns(*["hm"] * 6), send_end_frame=False, start_timeout=5)
    assert machine.stepped == ["hm"] * 5
    assert session.state is State.CALLBACK
    assert session.turn_count == 6
    assert LIMIT_LINE in spoken(down)
    assert any(isinstance(frame, EndWorkerFrame) for frame in down)


async def test_thirty_turns_in_a_call_then_a_callback_and_the_end():
    """The thirty-first turn of a call is not handed to the machine either, and the call ends."""
    made, session, machine = processor(
        CallSession(
            call_id="CA1",
            caller_number="+15125550100",
            started_at=NOW,
            state=State.DISCOVERY,
            question=Question.NAME,
            turn_count=30,
        )
    )
    down, _ = await run_test(made, frames_to_send=turns("Jonas Weber"), send_end_frame=False, start_timeout=5)
    assert machine.stepped == []
    assert session.outcome == "callback:call_turn_limit"
    assert LIMIT_LINE in spoken(down)
    assert isinstance(down[-2] if not isinstance(down[-1], EndWorkerFrame) else down[-1], EndWorkerFrame)


async def test_a_transition_resets_the_count_of_the_state():
    """R1: after the answer that moves the state the next state starts at zero."""
    made, session, _ = processor()
    await run_test(
        made,
        frames_to_send=[
            *turns("hello", "hm", "hm"),
            _bot_started(),
            SleepFrame(0.03),
            *turns("No, nothing like that."),
        ],
        start_timeout=5,
    )
    assert session.state is State.SERVICE_AREA
    assert (session.state_turn_count, session.turn_count) == (0, 4)


async def test_a_hazard_comes_before_the_limits():
    """The thirty-first turn smells of gas: leave and call 911, no callback line."""
    made, session, _ = processor(
        CallSession(
            call_id="CA1",
            caller_number="+15125550100",
            started_at=NOW,
            state=State.DISCOVERY,
            question=Question.NAME,
            turn_count=30,
        )
    )
    down, _ = await run_test(made, frames_to_send=turns("I smell gas in here"), send_end_frame=False, start_timeout=5)
    assert session.state is State.SAFETY_EXIT
    assert "911" in spoken(down)[0]


async def test_a_turn_without_words_is_no_turn():
    """R25: noise counts nothing and moves nothing."""
    made, session, machine = processor()
    await run_test(made, frames_to_send=turns("...", " "), start_timeout=5)
    assert (session.turn_count, machine.stepped) == (0, [])


async def test_nobody_else_makes_the_model_speak():
    """The aggregator's own context frames end here; without a turn the model gets nothing."""
    made, _, _ = processor()
    down, _ = await run_test(made, frames_to_send=[LLMContextFrame(context=LLMContext())], start_timeout=5)
    assert not [frame for frame in down if isinstance(frame, LLMContextFrame)]


async def test_a_worded_reply_carries_its_fixed_line_and_one_directive():
    """The model is run on our own context, announced with the line to fall back on."""
    made, _, _ = processor(
        CallSession(
            call_id="CA1",
            caller_number="+15125550100",
            started_at=NOW,
            state=State.SERVICE_AREA,
            question=Question.ZIP,
        )
    )
    down, _ = await run_test(made, frames_to_send=turns("well do you also do swimming pools"), start_timeout=5)
    announced = [frame for frame in down if isinstance(frame, WordReplyFrame)]
    contexts = [frame for frame in down if isinstance(frame, LLMContextFrame)]
    assert len(announced) == len(contexts) == 1
    message: Any = contexts[0].context.get_messages()[-1]
    assert message["role"] == "developer"
    assert announced[0].fallback in message["content"]


async def test_a_barge_in_does_not_cancel_a_booking():
    """What the caller says while the tool runs is handled after it; the booking happens once."""
    session = ready_to_book()
    gate = asyncio.Event()
    tools = Tools(gate)
    made, session, machine = processor(session, tools=tools)

    async def interrupt():
        await tools.entered.wait()
        await made.queue_frame(InterruptionFrame())
        await made.queue_frame(turn("hello"))
        gate.set()

    task = asyncio.create_task(interrupt())
    await run_test(
        made, frames_to_send=[_bot_started(), SleepFrame(0.02), turn("yes"), SleepFrame(0.3)], start_timeout=5
    )
    await task
    assert [tool_name(request) for request in tools.called] == ["book_appointment"]
    assert session.booking_status is BookingStatus.CONFIRMED
    assert machine.stepped == ["yes", "hello"]


async def test_words_from_before_a_question_are_not_its_answer():
    """X3: a turn that was finished while the lookup ran does not answer the safety question that follows it."""
    gate = asyncio.Event()
    tools = Tools(gate)
    made, session, _ = processor(tools=tools)

    async def speak_meanwhile():
        await tools.entered.wait()
        await made.queue_frame(turn("No."))
        gate.set()

    task = asyncio.create_task(speak_meanwhile())
    down, _ = await run_test(
        made, frames_to_send=[turn("My furnace stopped working."), SleepFrame(0.3)], start_timeout=5
    )
    await task
    assert session.state is State.SAFETY
    assert not session.safety_cleared
    assert "gas" in spoken(down)[-1]


@pytest.mark.parametrize("booked", [True, False])
async def test_a_call_cut_in_the_middle_of_a_booking_tells_what_happened(booked):
    """The tool goes on after the hang-up: booked is recorded as booked, and a failure still gets its callback (R70)."""
    gate = asyncio.Event()

    class CutTools(Tools):
        async def call(self, request, session):
            result = await super().call(request, session)
            return result if booked or not isinstance(request, BookAppointment) else Booked(Outcome.REFUSED)

    tools = CutTools(gate)
    made, session, _ = processor(ready_to_book(), tools=tools)

    frames = [_bot_started(), SleepFrame(0.02), turn("yes"), SleepFrame(0.1), CancelFrame()]
    await run_test(made, frames_to_send=frames, send_end_frame=False, start_timeout=5)
    assert session.booking_status is BookingStatus.NOT_REQUESTED
    gate.set()
    await made.settle()
    names = [tool_name(request) for request in tools.called]
    assert names == (["book_appointment"] if booked else ["book_appointment", "create_callback"])
    expected = BookingStatus.CONFIRMED if booked else BookingStatus.ATTEMPTED_FAILED
    assert session.booking_status is expected


async def test_a_slow_tool_gets_a_filler_line():
    """After the first second of silence a filler line, and no sooner."""
    gate = asyncio.Event()
    tools = Tools(gate)
    made, _, _ = processor(tools=tools, filler_first_seconds=0.1, filler_again_seconds=5)

    async def open_later():
        await tools.entered.wait()
        await asyncio.sleep(0.3)
        gate.set()

    task = asyncio.create_task(open_later())
    down, _ = await run_test(
        made, frames_to_send=[turn("My furnace stopped working."), SleepFrame(0.5)], start_timeout=5
    )
    await task
    assert spoken(down)[0] == "One moment, please."


async def test_a_defect_of_ours_ends_in_words():
    """An exception while a turn is handled is a callback and an end, not silence."""
    made, session, machine = processor()
    object.__setattr__(machine, "step", None)
    down, _ = await run_test(made, frames_to_send=turns("hello"), send_end_frame=False, start_timeout=5)
    assert session.outcome == "fault:us"
    assert any("call you back" in text for text in spoken(down))


async def test_a_silent_caller_is_asked():
    """Eight seconds (here a tenth) of silence: are you still there?"""
    made, session, _ = processor(caller_silence_seconds=0.1)
    down, _ = await run_test(made, frames_to_send=[SleepFrame(0.5)], start_timeout=5)
    assert spoken(down)[0] == "Are you still there?"
    assert session.silence_count >= 1


async def test_a_talking_caller_is_not_asked():
    """The watch does not ask while the caller talks."""
    made, _, _ = processor(caller_silence_seconds=0.1)
    down, _ = await run_test(made, frames_to_send=[UserStartedSpeakingFrame(), SleepFrame(0.5)], start_timeout=5)
    assert spoken(down) == []


async def test_a_turn_that_never_ends_counts_as_silence():
    """A recogniser that opened a turn and never closed it does not keep the call."""
    made, _, _ = processor(caller_silence_seconds=0.1, open_turn_seconds=0.2)
    down, _ = await run_test(made, frames_to_send=[UserStartedSpeakingFrame(), SleepFrame(0.8)], start_timeout=5)
    assert spoken(down)[0] == "Are you still there?"


async def test_the_line_is_cut_after_the_goodbye_was_played():
    """A mark follows the last line; its echo, and nothing before, ends the call."""
    line, hung_up = Line(), asyncio.Event()
    made, session, _ = processor(line=line)
    made._hang_up = _set(hung_up)

    async def echo(frames):
        return frames

    frames = [turn("I want to talk to a person"), SleepFrame(0.3)]
    down, _ = await run_test(
        made, frames_to_send=[*frames, CallEventFrame(Event.SILENCE), SleepFrame(0.05)], start_timeout=5
    )
    marks = [f for f in down if isinstance(f, OutputTransportMessageFrame)]
    assert [m.message["mark"]["name"] for m in marks] == ["goodbye-1"]
    assert marks[0].interruptible is False
    assert not hung_up.is_set()
    assert session.ended_by is None
    assert line.protect


async def test_the_echo_of_the_mark_hangs_up_once():
    """Played to the end: REST hang-up, then the pipeline ends."""
    line, hung_up = Line(), asyncio.Event()
    made, session, _ = processor(line=line)
    made._hang_up = _set(hung_up)
    mark = InputTransportMessageFrame(message={"event": "mark", "mark": {"name": "goodbye-1"}})
    down, _ = await run_test(
        made,
        frames_to_send=[turn("I want to talk to a person"), SleepFrame(0.3), mark, SleepFrame(0.3)],
        send_end_frame=False,
        start_timeout=5,
    )
    assert hung_up.is_set()
    assert session.ended_by is EndedBy.BOT
    assert sum(isinstance(frame, EndWorkerFrame) for frame in down) == 1


async def test_our_own_words_are_no_turn():
    """R24: the line gives the greeting back while it plays."""
    made, session, _ = processor()
    await run_test(
        made,
        frames_to_send=[
            CallEventFrame(Event.START),
            SleepFrame(0.03),
            _bot_started(),
            SleepFrame(0.03),
            turn("thanks for calling ace cooling"),
        ],
        start_timeout=5,
    )
    assert session.turn_count == 0


def ready_to_book():
    return CallSession(
        call_id="CA1",
        caller_number="+15125550100",
        started_at=NOW,
        state=State.PRE_CONFIRM,
        question=Question.READ_BACK,
        name="Jonas Weber",
        address="12 Oak Street",
        problem="no heat",
        zip_code="78701",
        visit_at=NOW.replace(day=24),
    )


def _set(event):
    async def hang_up():
        event.set()

    return hang_up


def _bot_started():
    return BotStartedSpeakingFrame()


async def test_a_yes_that_cut_the_read_back_off_books_nothing():
    """R53: who has not heard what is booked has not approved it; it is read to its end, then a yes counts."""
    now = [100.0]
    made, session, _ = processor(ready_to_book(), tools=(tools := Tools()))
    made._clock = lambda: now[0]
    made._line_text = "So that's Jonas Weber at 12 Oak Street, Tuesday, November 24 at 10 AM. Shall I book it?"
    cut = [_bot_started(), SleepFrame(0.03), InterruptionFrame(), SleepFrame(0.03), *turns("yes")]
    down, _ = await run_test(made, frames_to_send=[*cut, *turns("yes")], start_timeout=5)
    read_again = [frame for frame in down if isinstance(frame, TTSSpeakFrame) and "Oak Street" in frame.text]
    assert [frame.interruptible for frame in read_again] == [False]
    assert session.booking_status is BookingStatus.CONFIRMED
    assert [tool_name(request) for request in tools.called] == ["book_appointment"]


async def test_a_call_that_lasts_too_long_ends_with_a_callback():
    """Turn counts never trip when nobody is heard: the wall clock does."""
    made, session, _ = processor(max_call_seconds=0.1)
    down, _ = await run_test(made, frames_to_send=[SleepFrame(0.5)], send_end_frame=False, start_timeout=5)
    assert session.outcome == "callback:time_limit"
    assert LIMIT_LINE in spoken(down)
    assert any(isinstance(frame, EndWorkerFrame) for frame in down)
