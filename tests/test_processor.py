"""StateMachineProcessor at its border: frames in, frames out, with Pipecat's own harness."""

import asyncio
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    EndWorkerFrame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMContextUserTurnFrame,
    OutputTransportMessageFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.tests.utils import SleepFrame, run_test

import config
from call.actions import Say, Word
from call.business import Business
from call.session import RECORDED, BookingStatus, CallSession, EndedBy, EntryKind, Question, Reason, State
from call.tool_calls import BookAppointment, Booked, CheckCalendarAvailability, Outcome, SlotsFound
from circuit_breaker import CircuitBreaker
from logs import call_logger
from processor import StateMachineProcessor
from providers.frames import WordReplyFrame
from records.recordings import Recordings
from server.recorder import Recorder
from state_machine import StateMachine
from tests.support.driven_call import results_for
from tests.support.phone_line import PhoneLine
from turns.faults import Faults
from turns.line import CallEventFrame, Event

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("America/Chicago"))
REQUIRED = dict.fromkeys(config.REQUIRED, "http://127.0.0.1:9") | {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32}
READ_BACK = "So that's Jonas Weber at 12 Oak Street, Tuesday, November 24 at 10 AM. Shall I book it?"
LIMIT_LINE = "Let me have someone from the team call you back."


CONTROLLED_CLOCK = True


def settings(**changes):
    return config.load({**REQUIRED, "HANGUP_PAUSE_SECONDS": "0", **{k.upper(): str(v) for k, v in changes.items()}})


class Machine(StateMachine):
    """The real machine, writing down its turns; a call that is about to book begins with the read-back."""

    stepped: list[str]

    def start(self, session, now):
        return super().start(session, now) if session.state is State.WELCOME else [Say(READ_BACK)]

    def step(self, session, turn):
        self.stepped.append(turn.heard.text)
        return super().step(session, turn)


class Tools:
    """Answers every tool at once with success, or when `gate` opens; `books`: V2 has no objection to a visit."""

    def __init__(self, gate=None, *, books=True):
        self.gate, self.books, self.called, self.entered = gate, books, [], asyncio.Event()

    async def call(self, request, session):
        self.called.append(request)
        self.entered.set()
        if self.gate:
            await self.gate.wait()
        return (
            results_for(request)[0]
            if self.books or not isinstance(request, BookAppointment)
            else Booked(Outcome.REFUSED)
        )


def processor(
    session=None,
    *,
    tools=None,
    second_reader=None,
    line=None,
    hang_up=None,
    recording=None,
    clock=None,
    model_up=True,
    scarce=False,
    **changes,
):
    session = session or CallSession(
        call_id="CA1", caller_number="+15125550100", started_at=NOW, question=Question.HOW_CAN_I_HELP
    )
    machine = Machine(Business())
    object.__setattr__(machine, "stepped", [])
    model = CircuitBreaker("openai", failure_threshold=1)
    if not model_up and (attempt := model.attempt()):
        attempt.failure()
    made = StateMachineProcessor(
        session,
        machine,
        tools or Tools(),
        second_reader,
        model,
        settings(**changes),
        line=line,
        hang_up=hang_up,
        recording=recording,
        on_fault=Faults(session, lambda: NOW).note,
        scarce=lambda: scarce,
        now=lambda: NOW,
        clock=clock or asyncio.get_running_loop().time,
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


def read_back():
    """The read-back, said and played to its end."""
    said = [CallEventFrame(Event.START), SleepFrame(0.02), BotStartedSpeakingFrame(), SleepFrame(0.02)]
    return [*said, BotStoppedSpeakingFrame(), SleepFrame(0.02)]


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


@pytest.fixture
async def recorded(tmp_path):
    """A call that is about to book and is recorded, and its recorder."""
    session, recordings = ready_to_book(), Recordings(str(tmp_path))
    session.note(EntryKind.AGENT, "This call is recorded.", NOW, detail=RECORDED, heard=1.0)
    recorder = Recorder(session, recordings, lambda _: None, lambda: NOW, call_logger("test", "CA1"))
    recorder.echoed("played-1")
    await asyncio.sleep(0)  # Its file is on its way.
    assert session.recorded_from
    yield session, recorder, recordings.path("CA1")
    await recorder.close()
    await recordings.close(5)


async def test_a_recording_ends_before_its_caller_is_told(recorded):
    """Whatever else the turn says, and however the call stands: nothing is said that was not done."""
    session, recorder, path = recorded
    session.question, session.state, there = Question.HOW_CAN_I_HELP, State.WELCOME, []
    made, _, machine = processor(session, recording=recorder)
    say = made._speaker.say

    async def said(*line):
        there.append(path.exists())
        await say(*line)

    made._speaker.say = said
    down, _ = await run_test(made, frames_to_send=turns("Please don't record this."), start_timeout=5)
    assert machine.stepped
    assert there
    assert not any(there)
    assert spoken(down)[0] == "This call isn't recorded."


async def test_an_objection_waits_for_no_tool(recorded):
    """Said while V2 books, and the line is gone before it answers: there is no recording, and the words are kept."""
    session, recorder, path = recorded
    gate = asyncio.Event()
    tools = Tools(gate)
    made, _, machine = processor(session, tools=tools, recording=recorder)

    async def object_and_hang_up():
        await tools.entered.wait()
        await made.queue_frame(turn("And don't record this."))
        assert (session.recording_declined, session.recorded_from) == (True, None)

    task = asyncio.create_task(object_and_hang_up())
    frames = [*read_back(), turn("yes"), SleepFrame(0.1)]
    await run_test(made, frames_to_send=[*frames, CancelFrame()], send_end_frame=False, start_timeout=5)
    await task
    for _ in range(2):
        made.line_gone("")
    assert [entry.text for entry in session.timeline if entry.kind is EntryKind.CALLER][-2:] == [
        "yes",
        "And don't record this.",
    ]
    gate.set()
    await made.settle()
    await recorder.drop()
    assert not path.exists()
    assert machine.stepped == ["yes"]


async def test_an_objection_while_the_hang_up_runs(recorded):
    """Nobody answers it any more, but it counts."""
    session, recorder, _ = recorded
    made, _, machine = processor(session, recording=recorder)
    made._end.finished = True
    await run_test(made, frames_to_send=turns("Don't record me!"), start_timeout=5)
    assert (session.recording_declined, session.recorded_from) == (True, None)
    assert machine.stepped == []


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


@pytest.mark.parametrize("arrived", [False, True])
async def test_a_barge_in_gives_the_models_trial_back(arrived):
    """A reply that is dropped on its way: another call may try the model at once. One that arrived is judged there."""
    made, _, _ = processor(
        CallSession(
            call_id="CA1",
            caller_number="+15125550100",
            started_at=NOW,
            state=State.SERVICE_AREA,
            question=Question.ZIP,
        )
    )
    model = made._speaker._model
    model.cooldown_seconds = 0.0
    model.attempt().failure()
    seen = []

    async def push(frame, *_):
        if isinstance(frame, WordReplyFrame):
            frame.arrived = arrived
            seen.append(model.attempt())  # Meanwhile nobody else may.

    made._speaker._push = push
    await made._speaker.word(Word("ask for the ZIP", "What's the ZIP?"), Question.ZIP, model_failed=False)
    assert seen == [None]
    trials = []

    asyncio.get_running_loop().call_later(3.0, lambda: trials.append(model.attempt()))
    await run_test(made, frames_to_send=[InterruptionFrame(), SleepFrame(6.0)], send_end_frame=False, start_timeout=5)
    assert [trial is None for trial in trials] == [arrived]


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
    await run_test(made, frames_to_send=[*read_back(), turn("yes"), SleepFrame(0.3)], start_timeout=5)
    await task
    assert [request.tool for request in tools.called] == ["book_appointment"]
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


DANGERS = ["I smell gas in my kitchen", "My furnace is on fire", "Sí, huele a gas aquí en la casa"]


@pytest.mark.parametrize("words", [*DANGERS, "My AC is blowing warm air"])
@pytest.mark.parametrize("ended", [False, True])
async def test_a_danger_that_nobody_can_answer_goes_to_the_team(words, ended):
    """The line goes in the middle of the sentence, or behind our own hang-up: its record and the alert tell of it."""
    session = CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, question=Question.HOW_CAN_I_HELP)
    tools = Tools()

    async def hang_up():
        await made.queue_frame(turn(words))
        await asyncio.sleep(0.05)  # Twilio's answer; whoever speaks meanwhile is handled behind it.

    made, *_ = processor(session, tools=tools, hang_up=hang_up)
    if ended:
        frames = [*turns("wrong number, sorry"), SleepFrame(0.2)]
        await run_test(made, frames_to_send=frames, send_end_frame=False, start_timeout=5)
        assert made._end.finished
    made.line_gone("" if ended else words)
    assert [entry.text for entry in session.timeline if entry.kind is EntryKind.CALLER][-1] == words
    assert session.emergency is (words in DANGERS)
    assert not any(request.tool == "send_emergency_alert" for request in tools.called)
    for _ in range(2):
        await made.settle()
    alerts = [request for request in tools.called if request.tool == "send_emergency_alert"]
    assert [alert.urgency_description for alert in alerts] == ([words] if words in DANGERS else [])


@pytest.mark.parametrize("booked", [True, False])
async def test_a_danger_said_while_v2_books_comes_behind_it(booked):
    """What was booked is told as booked, what failed needs no callback any more, and the alert is sent once."""
    gate = asyncio.Event()

    tools = Tools(gate, books=booked)
    made, session, _ = processor(ready_to_book(), tools=tools)
    frames = [*read_back(), turn("yes"), SleepFrame(0.1), CancelFrame()]
    await run_test(made, frames_to_send=frames, send_end_frame=False, start_timeout=5)
    made.line_gone("Oh no, I smell gas now")
    made.line_gone("")
    assert not session.emergency
    gate.set()
    await made.settle()
    assert [request.tool for request in tools.called][-1] == "send_emergency_alert"
    assert [request.tool for request in tools.called].count("send_emergency_alert") == 1
    assert (session.state, session.emergency) == (State.SAFETY_EXIT, True)
    expected = BookingStatus.CONFIRMED if booked else BookingStatus.ATTEMPTED_FAILED
    assert session.booking_status is expected


async def test_an_objection_to_the_recording_stops_no_hang_up_that_has_begun():
    """The disk takes its time, and meanwhile the breath behind the last line is over: the call ends once, and whole."""
    ended = []

    class SlowDisk:
        def heed(self, words):
            pass

        async def drop(self):
            made._end._waiting = made.create_task(made._end.finish(), "farewell")
            await asyncio.sleep(0)

    async def hang_up():
        ended.append("asked")
        await asyncio.sleep(0.05)
        ended.append("done")

    made, session, _ = processor(hang_up=hang_up, recording=SlowDisk())
    frames = [turn("Please don't record this."), SleepFrame(0.2)]
    await run_test(made, frames_to_send=frames, send_end_frame=False, start_timeout=5)
    assert ended == ["asked", "done"]
    assert [(entry.text, entry.detail) for entry in session.timeline if entry.kind is EntryKind.CALLER] == [
        ("Please don't record this.", "behind the hang-up")
    ]


async def test_keys_that_nobody_can_answer_are_kept():
    """A number that was typed while V2 was asked, and another that was not typed to its end."""
    gate = asyncio.Event()
    tools = Tools(gate)
    made, session, _ = processor(ready_to_book(), tools=tools)

    async def type_a_number():
        await tools.entered.wait()
        await made.queue_frame(CallEventFrame(Event.KEYPAD, "5125550188"))
        for key in "737":
            made._speech.press(key)

    task = asyncio.create_task(type_a_number())
    frames = [*read_back(), turn("yes"), SleepFrame(0.1), CancelFrame()]
    await run_test(made, frames_to_send=frames, send_end_frame=False, start_timeout=5)
    await task
    made.line_gone("")
    said = [entry for entry in session.timeline if entry.kind is EntryKind.CALLER]
    assert [entry.text for entry in said[-2:]] == ["5125550188", "737"]
    gate.set()
    await made.settle()


async def test_what_cannot_be_read_at_the_end_costs_no_end(monkeypatch, caplog):
    """A defect of ours: the words are kept, and the log tells."""
    made, session, _ = processor()
    monkeypatch.setattr("processor.read_turn", lambda *_: 1 / 0)
    made.line_gone("I smell gas")
    await made.settle()
    assert [entry.text for entry in session.timeline] == ["I smell gas"]
    assert "was not read" in caplog.text


@pytest.mark.parametrize("booked", [True, False])
async def test_a_call_cut_in_the_middle_of_a_booking_tells_what_happened(booked):
    """The tool goes on after the hang-up: booked is recorded as booked, and a failure still gets its callback (R70)."""
    gate = asyncio.Event()

    tools = Tools(gate, books=booked)
    made, session, _ = processor(ready_to_book(), tools=tools)

    frames = [*read_back(), turn("yes"), SleepFrame(0.1), CancelFrame()]
    await run_test(made, frames_to_send=frames, send_end_frame=False, start_timeout=5)
    assert session.booking_status is BookingStatus.NOT_REQUESTED
    gate.set()
    await made.settle()
    names = [request.tool for request in tools.called]
    assert names == (["book_appointment"] if booked else ["book_appointment", "create_callback"])
    expected = BookingStatus.CONFIRMED if booked else BookingStatus.ATTEMPTED_FAILED
    assert session.booking_status is expected


async def test_a_slow_tool_gets_a_filler_line():
    """After the first second of silence a filler line, and no sooner."""
    gate = asyncio.Event()
    tools = Tools(gate)
    made, _, _ = processor(tools=tools)

    async def open_later():
        await tools.entered.wait()
        await asyncio.sleep(2.5)
        gate.set()

    task = asyncio.create_task(open_later())
    down, _ = await run_test(made, frames_to_send=[turn("My furnace stopped working."), SleepFrame(3)], start_timeout=5)
    await task
    assert spoken(down)[0] == "One moment, please."
    assert spoken(down).count("One moment, please.") == 1


async def test_a_defect_of_ours_ends_in_words():
    """An exception while a turn is handled is a callback and an end, not silence."""
    made, session, machine = processor()
    object.__setattr__(machine, "step", None)
    down, _ = await run_test(made, frames_to_send=turns("hello"), send_end_frame=False, start_timeout=5)
    assert session.outcome == "fault:us"
    assert any("something went wrong on our side" in text for text in spoken(down))
    assert any("call you back" in text for text in spoken(down))


async def test_a_silent_caller_is_asked():
    """After eight seconds of silence, and no sooner: are you still there?"""
    for seconds, asked in ((7.9, []), (8.5, ["Are you still there?"])):
        made, session, _ = processor()
        down, _ = await run_test(made, frames_to_send=[SleepFrame(seconds)], start_timeout=5)
        assert spoken(down) == asked
        assert session.silence_count == len(asked)


async def test_a_talking_caller_is_not_asked():
    """The watch does not ask while the caller talks."""
    made, _, _ = processor()
    down, _ = await run_test(made, frames_to_send=[UserStartedSpeakingFrame(), SleepFrame(20)], start_timeout=5)
    assert spoken(down) == []


async def test_a_turn_that_never_ends_counts_as_silence():
    """A recogniser that opened a turn and never closed it does not keep the call."""
    made, _, _ = processor()
    down, _ = await run_test(made, frames_to_send=[UserStartedSpeakingFrame(), SleepFrame(45)], start_timeout=5)
    assert spoken(down)[0] == "Are you still there?"


async def test_the_line_is_cut_after_the_goodbye_was_played():
    """A mark follows the last line; its echo, and nothing before, ends the call."""
    line, hung_up = PhoneLine(), asyncio.Event()
    made, session, _ = processor(line=line, hang_up=_set(hung_up))

    async def echo(frames):
        return frames

    frames = [turn("I want to talk to a person"), SleepFrame(0.3)]
    down, _ = await run_test(
        made, frames_to_send=[*frames, CallEventFrame(Event.SILENCE), SleepFrame(0.05)], start_timeout=5
    )
    marks = [f for f in down if isinstance(f, OutputTransportMessageFrame)]
    assert [m.message["mark"]["name"] for m in marks][-1] == "goodbye-1"
    assert marks[-1].interruptible is False
    assert not hung_up.is_set()
    assert session.ended_by is None
    assert line.protect


async def test_the_echo_of_the_mark_hangs_up_once():
    """Played to the end: REST hang-up, then the pipeline ends."""
    line, hung_up = PhoneLine(), asyncio.Event()
    made, session, _ = processor(line=line, hang_up=_set(hung_up))
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


async def test_our_own_words_keep_no_answer_back():
    """R24: the line gives the filler back while V2 looks the caller up; what V2 answered is followed at once."""
    tools = Tools(gate := asyncio.Event())
    made, session, machine = processor(tools=tools)

    async def echo():
        await tools.entered.wait()
        while not any(entry.detail == "filler" for entry in session.timeline):
            await asyncio.sleep(0.05)
        await made.queue_frame(_bot_started())
        await asyncio.sleep(0.05)
        await made.queue_frame(turn("One moment, please."))
        gate.set()

    task = asyncio.create_task(echo())
    down, _ = await run_test(made, frames_to_send=[turn("My furnace stopped working."), SleepFrame(3)], start_timeout=5)
    await task
    assert machine.stepped == ["My furnace stopped working."]
    assert session.question is Question.SAFETY
    assert "gas" in spoken(down)[-1]


@pytest.mark.parametrize(("said", "noted"), [("go ahead and book it", True), ("thanks for calling ace", False)])
async def test_w9_our_words_over_an_approval_are_on_record(said, noted):
    """Perhaps it was the caller: it stands in the transcript, books nothing, and the question stays open."""
    session = ready_to_book() if noted else None
    made, session, _ = processor(session, tools=(tools := Tools()))
    frames = [CallEventFrame(Event.START), SleepFrame(0.03), _bot_started(), SleepFrame(0.03)]
    if noted:
        session.note(EntryKind.AGENT, "Thursday at two. Shall I go ahead and book it?", NOW)
    await run_test(made, frames_to_send=[*frames, turn(said)], start_timeout=5)
    assert [entry.text for entry in session.timeline if entry.kind is EntryKind.CALLER] == ([said] if noted else [])
    assert (session.turn_count, session.approved, tools.called) == (0, False, [])
    assert session.question is (Question.READ_BACK if noted else Question.HOW_CAN_I_HELP)


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


async def test_a_call_that_is_back_asks_again():
    """RESUMED: the apology and the whole read-back are spoken; nothing is approved by that."""
    session, tools = ready_to_book(), Tools()
    session.note(EntryKind.AGENT, "...", NOW)
    made, session, _ = processor(session, tools=tools)
    frames = [CallEventFrame(Event.RESUMED), SleepFrame(0.03)]
    down, _ = await run_test(made, frames_to_send=frames, start_timeout=5)
    apology, read_back = spoken(down)
    assert apology == "Sorry, we got cut off."
    assert "12 Oak Street" in read_back
    assert (session.question, session.approved, tools.called) == (Question.READ_BACK, False, [])


async def test_a_booking_that_was_under_way_is_not_asked_for_again():
    """RESUMED with a tool that nobody answered: a callback, and no second visit."""
    session, tools = ready_to_book(), Tools()
    session.state, session.question, session.tool_under_way = State.BOOKING, None, "book_appointment"
    session.booking_attempted = True
    session.note(EntryKind.AGENT, "...", NOW)
    made, session, _ = processor(session, tools=tools)
    await run_test(made, frames_to_send=[CallEventFrame(Event.RESUMED), SleepFrame(0.05)], start_timeout=5)
    assert [type(request).__name__ for request in tools.called] == ["CreateCallback"]
    assert session.reason is Reason.BOOKING_UNCERTAIN


def _set(event):
    async def hang_up():
        event.set()

    return hang_up


def _bot_started():
    return BotStartedSpeakingFrame()


async def test_a_call_that_lasts_too_long_ends_with_a_callback():
    """Turn counts never trip when nobody is heard: the wall clock does."""
    made, session, _ = processor(max_call_seconds=60, caller_silence_seconds=100)
    down, _ = await run_test(made, frames_to_send=[SleepFrame(61)], send_end_frame=False, start_timeout=5)
    assert session.outcome == "callback:time_limit"
    assert LIMIT_LINE in spoken(down)
    assert any(isinstance(frame, EndWorkerFrame) for frame in down)


async def test_a_hang_up_during_the_goodbye_is_ours():
    """Who has been silent for too long hangs up while we say goodbye: the call ended as it was to, by us."""
    made, session, _ = processor(caller_silence_seconds=100, line=PhoneLine())
    made.line_over()
    assert session.ended_by is None  # Nobody had said goodbye yet.

    async def goodbye():
        for _ in range(3):
            await made.queue_frame(CallEventFrame(Event.SILENCE))
        while not session.closing:
            await asyncio.sleep(0.01)
        made.line_over()

    task = asyncio.create_task(goodbye())
    await run_test(made, frames_to_send=[SleepFrame(0.3)], send_end_frame=False, start_timeout=5)
    await task
    assert session.outcome == "goodbye:silence"
    assert str(session.ended_by) == "bot"


class SecondReader:
    """Finds nothing; fails while it is told to."""

    failed = False

    async def read(self, session, heard, rules):
        return heard


class Hours:
    """The clock of a call: time passes when the test says so."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def passes(self, seconds):
        self.now += seconds
        return SleepFrame(0.5)  # Longer than the watch's tick.


async def play(made, frames, *, ends=False):
    """Sends the frames in order, as time passes; `ends`: the call itself has to come to its end."""
    async with asyncio.timeout(20):
        return await run_test(made, frames_to_send=frames, send_end_frame=not ends, start_timeout=5)


def barge_in(text):
    """A whole turn over whatever is being said."""
    return [UserStartedSpeakingFrame(), InterruptionFrame(), SleepFrame(0.02), turn(text), SleepFrame(0.05)]


def no_words():
    """What seemed to be a turn: it cut the bot off and left nothing."""
    stopped = [BotStoppedSpeakingFrame(), UserStoppedSpeakingFrame()]
    return [UserStartedSpeakingFrame(), InterruptionFrame(), SleepFrame(0.02), *stopped, SleepFrame(0.02)]


def asking_for_the_zip():
    return CallSession(
        call_id="CA1", caller_number="+15125550100", started_at=NOW, state=State.SERVICE_AREA, question=Question.ZIP
    )


@pytest.mark.parametrize("protected", [False, True])
@pytest.mark.parametrize(("seconds", "books"), [(0.5, False), (2.0, False), (5.0, True)])
async def test_a_yes_counts_once_most_of_the_read_back_was_heard(seconds, books, protected):
    """R53: of six seconds; the same for a read-back that is cut off and for one that plays on to its end."""
    made, session, _ = processor(ready_to_book(), tools=(tools := Tools()), clock=(hours := Hours()))

    def frames():
        yield from [CallEventFrame(Event.START), SleepFrame(0.02), _bot_started(), SleepFrame(0.02)]
        if protected:
            yield from [*barge_in("yes"), BotStoppedSpeakingFrame(), _bot_started(), SleepFrame(0.02)]
        hours.now += seconds
        yield from barge_in("yes")

    await play(made, frames())
    assert [request.tool for request in tools.called] == (["book_appointment"] if books else [])
    assert session.approved is books


async def test_a_yes_that_is_too_early_is_asked_for_once_more_and_not_stacked():
    """The second read-back cannot be cut off; the same yes over it changes nothing; the yes behind it books (R23)."""
    made, session, _ = processor(ready_to_book(), tools=(tools := Tools()), clock=Hours())
    frames = [CallEventFrame(Event.START), SleepFrame(0.02), _bot_started(), SleepFrame(0.02), *barge_in("yes")]
    frames += [_bot_started(), SleepFrame(0.02), *barge_in("yes"), *barge_in("yes")]
    frames += [BotStoppedSpeakingFrame(), SleepFrame(0.02), *turns("yes")]
    down, _ = await play(made, frames)
    read = [frame for frame in down if isinstance(frame, TTSSpeakFrame) and "Oak Street" in frame.text]
    assert [frame.interruptible for frame in read] == [True, False]
    assert session.booking_status is BookingStatus.CONFIRMED
    assert [request.tool for request in tools.called] == ["book_appointment"]


async def test_a_no_needs_to_have_heard_nothing():
    """It changes nothing but what is asked next."""
    made, session, _ = processor(ready_to_book(), clock=Hours())
    frames = [CallEventFrame(Event.START), SleepFrame(0.02), _bot_started(), SleepFrame(0.02), *barge_in("no")]
    await play(made, frames)
    assert session.question is Question.CHANGE_WHAT


@pytest.mark.parametrize("texts", [["hello?"] * 10, [f"and then number {n} went on" for n in range(12)]])
async def test_a_caller_who_talks_and_talks_ends_in_a_callback(texts):
    """Ten times hello, and turn after turn over the bot's voice: one answer each, then the limit."""
    made, session, _ = processor(asking_for_the_zip(), model_up=False)
    frames = [frame for text in texts for frame in (*barge_in(text), _bot_started())]
    down, _ = await play(made, frames, ends=True)
    lines = spoken(down)
    assert session.outcome == "callback:turn_limit"
    assert session.turn_count == 6
    assert lines.index(LIMIT_LINE) == 5
    assert len(lines) == 7
    assert any(isinstance(frame, EndWorkerFrame) for frame in down)


async def test_what_answers_an_older_turn_is_cut_off_when_the_newer_has_ended():
    """R7: its own beginning could not, the answer had not begun then; nothing is stacked behind it."""
    made, _, _ = processor(asking_for_the_zip(), model_up=False)
    frames = [turn("hm"), SleepFrame(0.03), _bot_started(), SleepFrame(0.03), turn("well"), SleepFrame(0.03)]
    down, _ = await play(made, frames)
    kinds = [type(frame) for frame in down if isinstance(frame, TTSSpeakFrame | InterruptionFrame)]
    assert kinds == [TTSSpeakFrame, InterruptionFrame, TTSSpeakFrame]


async def test_a_turn_without_words_keeps_no_answer_back():
    """It is not the newest turn, because it is none (R25)."""
    made, _, machine = processor(asking_for_the_zip(), model_up=False)
    down, _ = await play(made, [turn("hm"), turn("..."), SleepFrame(0.05)])
    assert machine.stepped == ["hm"]
    assert len(spoken(down)) == 1


async def test_a_turn_of_more_than_thirty_seconds_ends_the_call_within_its_limits():
    """Asked after thirty, and let go when that does not stop it."""
    made, session, _ = processor(clock=(hours := Hours()))

    def frames():
        yield UserStartedSpeakingFrame()
        yield SleepFrame(0.02)
        yield hours.passes(29)
        assert session.silence_count == 0
        for _ in range(3):
            yield hours.passes(9)

    down, _ = await play(made, frames(), ends=True)
    assert spoken(down)[0] == "Are you still there?"
    assert session.outcome == "goodbye:silence"


async def test_a_caller_who_falls_silent_in_the_middle_is_asked_twice_and_let_go():
    """And one who answers the first time begins anew."""
    made, session, _ = processor(asking_for_the_zip(), model_up=False, clock=(hours := Hours()))

    def frames():
        yield from turns("hm")
        yield hours.passes(9)
        assert session.silence_count == 1
        yield from turns("hm")
        assert session.silence_count == 0
        for _ in range(3):
            yield hours.passes(9)

    down, _ = await play(made, frames(), ends=True)
    assert session.outcome == "goodbye:silence"
    assert [entry.text for entry in session.timeline].count("caller silent") == 4
    assert "let you go" in spoken(down)[-1]


@pytest.mark.parametrize(
    ("scarce", "before", "asked"),
    [
        (True, [], 1),
        (False, [], 2),
        (True, [turn("hm")], 2),
        (True, [InputDTMFFrame(button=KeypadEntry("#"))], 2),
        (True, [InputDTMFFrame(button=KeypadEntry("1"))], 2),
    ],
    ids=["nothing", "lines are free", "a word", "a key that says nothing", "a key"],
)
async def test_who_never_says_a_word_is_let_go_sooner_when_lines_are_scarce(scarce, before, asked):
    """Asked once and not twice; never one who has spoken or pressed a key."""
    made, session, _ = processor(asking_for_the_zip(), model_up=False, scarce=scarce, clock=(hours := Hours()))

    def frames():
        for frame in before:
            yield from [frame, SleepFrame(0.05)]
        for _ in range(asked):
            assert not session.closing
            yield hours.passes(9)
        assert not session.closing
        yield hours.passes(9)

    down, _ = await play(made, frames(), ends=True)
    assert session.outcome == "goodbye:silence"
    assert sum(line in ("Are you still there?", "Hello, can you hear me?") for line in spoken(down)) == asked
    assert session.fault == ""


@pytest.mark.parametrize(("key", "outcome"), [("1", "callback:turn_limit"), ("#", "goodbye:silence")])
async def test_keys_alone_end_the_call_within_its_limits(key, outcome):
    """Digits are turns; a key that is no digit says nothing, so the caller counts as silent."""
    made, session, _ = processor(asking_for_the_zip(), model_up=False, clock=(hours := Hours()))

    def frames():
        for _ in range(9):
            yield from [InputDTMFFrame(button=KeypadEntry(key)), SleepFrame(0.02)]
            yield hours.passes(4)

    await play(made, frames(), ends=True)
    assert session.outcome == outcome


async def test_a_line_that_noise_cut_off_is_said_again_to_its_end():
    """The caller is not left in silence by what was no turn; the second time noise does not cut it off."""
    made, _, _ = processor(clock=(hours := Hours()))

    def frames():
        yield from [CallEventFrame(Event.START), SleepFrame(0.02), _bot_started(), SleepFrame(0.02), *no_words()]
        yield hours.passes(1.2)
        yield from [_bot_started(), SleepFrame(0.02), *no_words()]
        yield hours.passes(1.2)

    down, _ = await play(made, frames())
    lines = [frame for frame in down if isinstance(frame, TTSSpeakFrame)]
    assert len({line.text for line in lines}) == 1
    assert [line.interruptible for line in lines] == [True, False]


async def test_a_model_that_failed_in_this_turn_is_not_asked_again_in_it():
    """The caller does not wait for both deadlines; in the next turn it is asked again."""
    made, _, _ = processor(asking_for_the_zip(), second_reader=(reader := SecondReader()))

    def frames():
        reader.failed = True
        yield from turns("well do you also do swimming pools")
        reader.failed = False
        yield from turns("well do you also do swimming pools")

    down, _ = await play(made, frames())
    kinds = [type(frame) for frame in down if isinstance(frame, TTSSpeakFrame | WordReplyFrame | LLMContextFrame)]
    assert kinds == [TTSSpeakFrame, WordReplyFrame, LLMContextFrame]


@pytest.mark.parametrize(
    ("result", "fault"),
    [
        (Booked(Outcome.UNAVAILABLE, "breaker open"), "book_appointment breaker open"),
        (Booked(Outcome.UNKNOWN, "timeout"), "book_appointment timeout"),
        (Booked(Outcome.REFUSED, "401"), "book_appointment 401"),
        (Booked(Outcome.REFUSED, "booked is false"), None),
    ],
)
async def test_a_tool_that_v2_failed_is_a_fault_of_v2(result, fault):
    """One entry for each; V2's own no is an answer."""

    class FailingTools(Tools):
        async def call(self, request, session):
            answer = await super().call(request, session)
            return result if isinstance(request, BookAppointment) else answer

    made, session, _ = processor(ready_to_book(), tools=FailingTools())
    await play(made, [*read_back(), *turns("yes")], ends=True)
    faults = [(entry.text, entry.detail) for entry in session.timeline if entry.kind is EntryKind.FAULT]
    assert faults == ([("v2", fault)] if fault else [])


@pytest.mark.parametrize(
    ("result", "fault"),
    [
        (SlotsFound(Outcome.UNAVAILABLE, "timeout"), "check_calendar_availability timeout"),
        (SlotsFound(Outcome.REFUSED, "404"), None),
        (SlotsFound(Outcome.OK, "0 free"), None),
    ],
)
async def test_a_backend_without_a_calendar_has_no_fault(result, fault):
    """The call goes on to the read-back in any case; only a V2 that did not answer is blamed."""

    class Calendar(Tools):
        async def call(self, request, session):
            answer = await super().call(request, session)
            return result if isinstance(request, CheckCalendarAvailability) else answer

    session = ready_to_book()
    session.visit_at, session.state, session.question = None, State.URGENCY, Question.WHEN
    made, session, _ = processor(session, tools=Calendar())
    await play(made, turns("can you come tomorrow at ten"))
    faults = [(entry.text, entry.detail) for entry in session.timeline if entry.kind is EntryKind.FAULT]
    assert faults == ([("v2", fault)] if fault else [])
    assert session.state is State.PRE_CONFIRM


async def test_a_line_that_must_be_heard_is_protected_until_twilio_has_played_it():
    """The echo of its mark ends the protection."""
    made, _, _ = processor(ready_to_book(), line=(line := PhoneLine()))
    held = []

    def frames():
        yield from turns("hm")
        held.append(line.protect)
        yield InputTransportMessageFrame(message={"event": "mark", "mark": {"name": "line-1"}})
        yield SleepFrame(0.02)
        held.append(line.protect)

    await play(made, frames())
    assert held == [True, False]


async def test_l12_a_hold_is_no_turn():
    """However often: the state's five turns are for what is said."""
    made, session, _ = processor(asking_for_the_zip(), clock=(hours := Hours()))

    def frames():
        for _ in range(9):
            yield from turns("Hold on, I have to look that up.")
            yield hours.passes(12)
        yield from turns("78704")

    down, _ = await play(made, frames())
    assert (session.turn_count, session.zip_code) == (1, "78704")
    assert spoken(down).count("Sure, take your time.") == 5
