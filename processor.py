"""StateMachineProcessor: one caller turn after the other, limits, understanding, step, actions.

Sits between the user aggregator and the model. Whole turns only, strictly in order, and a barge-in cancels none:
a tool that runs is finished, what the caller says meanwhile is handled after it. Nothing but this processor makes the
bot speak, so the model never runs unasked. Time, understanding, tools and hang-up are passed in; what was heard is
lines_heard.py's, who speaks who_speaks.py's.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol

from pipecat.frames.frames import (
    Frame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMContextUserTurnFrame,
    StartFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameCallback, FrameDirection, FrameProcessor

from call.actions import Action, CallTool, DialPerson, EndCall, Say, Word
from call.event import tell
from call.events import StateChanged, TurnTaken
from call.session import APPROVALS, CallSession, EntryKind
from call.told import changes, told
from call.tool_calls import ToolRequest, ToolResult
from circuit_breaker import CircuitBreaker
from config import Settings
from logs import call_logger
from state_machine import StateMachine, Turn
from turns.foresight import Foresight
from turns.hang_up import CallEnd
from turns.line import CallEventFrame, Event, Line
from turns.lines_heard import SpokenLines, is_echo
from turns.speaker import Speaker
from turns.tool_protocol import Tools
from turns.tool_runs import ToolRuns
from turns.turn_reading import Hearing, has_words, read_pressed, read_turn
from turns.who_speaks import SpeechWatch
from understanding.keys import are_whole
from understanding.turn import Hazard, Understanding


class SecondReader(Protocol):
    """The model's reading of what the rules left open, within its own time budget.

    `failed`: whether the last `read` asked the model and got no answer of use.
    """

    failed: bool

    async def read(
        self, session: CallSession, heard: Understanding, rules: Callable[[str], Understanding]
    ) -> Understanding: ...


class Recording(Protocol):
    """The call's recording, which its caller may not want."""

    def heed(self, words: str) -> None:
        """Ends it and has it deleted if these words of the caller ask for that. Must not wait."""

    async def drop(self) -> None:
        """Ends and deletes it, as far as that is not done."""


def _facts(heard: Understanding) -> dict[str, str]:
    return told(heard, Understanding(text=heard.text))


def _asks(action: Action) -> bool:
    return "?" in (action.text if isinstance(action, Say) else action.fallback if isinstance(action, Word) else "")


class StateMachineProcessor(FrameProcessor):
    """Handles the turns of one call.

    Args:
        session: The call's record; this processor writes it.
        machine: The rules.
        tools: Carries out tool calls.
        second_reader: Reads what the rules left open, or None.
        model: The breaker of the model; without permission the fixed line is spoken at once.
        settings: Limits and deadlines.
        line: The telephone line, or None where there are no marks: then the hang-up follows the last line at once.
        hang_up: Ends the call at Twilio; called once, before the stream is closed.
        leave: Keeps a call that leaves its stream for a person; called once, before the stream is closed.
        recording: Told of each turn as soon as it is there; has ended and is deleted before its caller is told so.
        on_turn: Called after every turn and event with the session: the place for a snapshot. Must not block.
        on_fault: Told (part, what) of each part that failed.
        voiced_at: When the caller's voice was heard last, on `clock`, if that is known.
        unsure: The words of the turn that ended last of which the recogniser was not sure.
        scarce: Whether lines are scarce: whoever has neither spoken nor pressed a key is let go sooner then.
        now: The aware time in the business's zone.
        clock: Monotonic seconds.

    Attributes:
        foresight: Asks early for what a turn that may be over will need; None: nothing is.
    """

    def __init__(
        self,
        session: CallSession,
        machine: StateMachine,
        tools: Tools,
        second_reader: SecondReader | None,
        model: CircuitBreaker,
        settings: Settings,
        *,
        line: Line | None = None,
        hang_up: Callable[[], Awaitable[object]] | None = None,
        leave: Callable[[], Awaitable[object]] | None = None,
        recording: Recording | None = None,
        on_turn: Callable[[CallSession], object] | None = None,
        on_fault: Callable[[str, str], None],
        voiced_at: Callable[[], float | None] = lambda: None,
        unsure: Callable[[], tuple[str, ...]] = tuple,
        scarce: Callable[[], bool] = lambda: False,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._session, self._machine, self._second_reader, self._settings = session, machine, second_reader, settings
        self._on_turn, self._on_fault, self._now, self._clock = on_turn, on_fault, now, clock
        self._scarce, self._unsure, self._recording = scarce, unsure, recording
        self._log = call_logger(__name__, session.call_id)
        self._logged = len(session.timeline)
        self._seen = self._handled = 0
        self._waiting: dict[int, tuple[str, Hearing]] = {}  # Turns, and what their caller had heard.
        self._unanswered: list[Callable[[], Understanding]] = []  # Not read yet.
        self._alerts: list[CallTool] = []  # What `settle` still has to do of them.
        self._model_failed = False  # In the turn that is being handled
        self._speech = SpeechWatch(
            settings, clock, lambda keys: are_whole(keys, session.question), voiced_at, session.answered
        )
        self._lines = SpokenLines(line, settings, clock)
        words = partial(self._speech.reached, "words")
        self._speaker = Speaker(session, self._lines, line, model, self.push_frame, self._log, now, on_fault, words)
        self._tools = ToolRuns(
            tools,
            session,
            settings,
            self._speech,
            say_filler=self._say_filler,
            on_fault=on_fault,
            now=now,
            clock=clock,
        )
        self._end = CallEnd(
            session,
            settings,
            self._speech,
            line,
            push=self.push_frame,
            hang_up=hang_up,
            leave=leave,
            on_end=self._reach_end,
            on_fault=on_fault,
            tasks=self,
            clock=clock,
            log=self._log,
        )
        self._watching: asyncio.Task[None] | None = None
        self.foresight: Foresight | None = None

    # Frames

    async def queue_frame(
        self,
        frame: Frame,
        direction: FrameDirection = FrameDirection.DOWNSTREAM,
        callback: FrameCallback | None = None,
    ) -> None:
        """Makes caller turns proof against barge-in, notes what the caller had heard by then, and drops our echoes."""
        if direction is FrameDirection.DOWNSTREAM and isinstance(frame, LLMContextUserTurnFrame):
            hearing = self._lines.hearing(self._speech.turn_began())
            if self._is_echo(frame.text):
                self._note_echo(frame.text.strip())
                return
            frame.interruptible = False
            self._seen += has_words(frame.text)
            self._waiting[frame.id] = frame.text, replace(hearing, unsure=self._unsure())
            if self._recording:
                self._recording.heed(frame.text)
        if isinstance(frame, CallEventFrame) and frame.event is Event.KEYPAD:
            self._waiting[frame.id] = frame.detail, self._lines.hearing(self._clock())
        await super().queue_frame(frame, direction, callback)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """The gate of the limits: a turn is counted, checked and only then handed to the state machine."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.DOWNSTREAM:
            match frame:
                case LLMContextUserTurnFrame():
                    self._handled += has_words(frame.text)
                    if waiting := self._waiting.pop(frame.id, None):
                        await self._guarded(self._turn, *waiting)
                    return
                case CallEventFrame():
                    self._waiting.pop(frame.id, None)
                    await self._guarded(self._event, frame)
                    return
                case LLMContextFrame():
                    return  # The aggregator's; the model runs on ours alone.
                case InputTransportMessageFrame():
                    if frame.message.get("event") == "mark":
                        self._lines.echoed(frame.message["mark"]["name"])
                        self._end.echoed(frame.message["mark"]["name"])
                    return
                case InputDTMFFrame():
                    self._speech.press(frame.button.value)
                    return
                case StartFrame():
                    await self.push_frame(frame, direction)
                    watch = self._speech.run(self._report, self._watch_lines)
                    self._watching = self._watching or self.create_task(watch, "watch")
                    return
        if isinstance(frame, InterruptionFrame):
            self._speaker.interrupted()
        self._speech.follow(frame)
        self._lines.follow(frame)
        await self.push_frame(frame, direction)

    async def _report(self, event: Event, detail: str) -> None:
        await self.queue_frame(CallEventFrame(event, detail))

    def _watch_lines(self) -> bool:
        """Whether a line was cut off."""
        self._lines.release_overdue()
        return self._lines.cut_off is not None

    async def cleanup(self) -> None:
        """Ends the call's tasks, but not a tool that is under way: `settle` waits for it."""
        await self._end.cleanup()
        watching, self._watching = self._watching, None
        if watching is not None:
            await self.cancel_task(watching)
        self._speaker.abandon()
        if self.foresight is not None:
            self.foresight.drop()
        await super().cleanup()  # type: ignore[no-untyped-call]

    def turn_may_be_over(self, text: str | None) -> None:
        """The recogniser has these words of a turn that may be over; None: it goes on.

        While something else is under way nothing is foreseen: it may change what the turn is answered with.
        """
        if self.foresight is None:
            return
        if text is None:
            self.foresight.drop()
        elif not (self._end.finished or self._session.closing or self._speech.busy or self._stale):
            self.foresight.foresee(text, self._lines.hearing(self._speech.open_turn_began_at))

    def line_gone(self, open_words: str) -> None:
        """What the caller said and nobody will answer is kept, and read for a danger of now.

        These are the turns and keys that wait for what is under way, and the words and keys of one that has not ended.
        """
        waiting, self._waiting = self._waiting, {}
        for text, hearing in waiting.values():
            self._keep_unanswered(text, hearing, "not answered before the end of the line")
        hearing = self._lines.hearing(self._speech.open_turn_began_at)
        for text in (self._speech.take_keys(), "" if self._is_echo(open_words) else open_words):
            self._keep_unanswered(text, hearing, "cut off by the end of the line")

    def _keep_unanswered(self, text: str, hearing: Hearing, why: str) -> None:
        if not has_words(text):
            return
        session, now = self._session, self._now()
        session.note(EntryKind.CALLER, text.strip(), now, detail=why, unsure=hearing.unsure)
        self._unanswered.append(partial(read_turn, text, hearing, session, self._machine.business, now))
        if not self._tools.under_way:
            self._heed_unanswered()

    def _heed_unanswered(self) -> None:
        """A danger of now in what nobody answers goes to the team (`settle`); behind a tool, as if it were answered."""
        unanswered, self._unanswered = self._unanswered, []
        for read in unanswered:
            try:
                self._alerts += self._machine.unanswered(self._session, read(), self._now())
            except Exception:
                self._log.exception("what nobody answered was not read")
        self._log_states()

    async def end_now(self) -> None:
        """The last words cannot be spoken: the call that is closing ends without waiting for them."""
        await self._end.finish()

    def line_over(self) -> None:
        """The line is gone: a call that was closing has ended as it was to."""
        self._end.line_over()

    async def settle(self) -> None:
        """After the call: finishes a tool that was under way and what follows from it; see `ToolRuns.settle`.

        Then the team is told of a danger in what nobody answered.
        """

        def after_tool(request: ToolRequest, result: ToolResult) -> list[CallTool]:
            actions = self._machine.after_call(self._session, request, result, self._now())
            self._log_states()
            return actions

        await self._tools.settle(after_tool)
        self._heed_unanswered()
        alerts, self._alerts = self._alerts, []
        await self._tools.settle(after_tool, alerts)

    # Turns and events

    async def _turn(self, text: str, hearing: Hearing, *, keys: bool = False) -> None:
        session = self._session
        text = text.strip()
        if not has_words(text):
            return
        now = self._now()
        rules = partial(read_turn, hearing=hearing, session=session, business=self._machine.business, now=now)
        heard = read_pressed(text, hearing, session) if keys else rules(text)
        if heard.declines_recording and self._recording:
            await self._recording.drop()
        if self._end.finished:  # Perhaps while the disk took its time.
            self._keep_unanswered(text, hearing, "behind the hang-up")
            return
        danger = heard.hazard is Hazard.PRESENT
        if session.closing and session.hangup_stopped and not danger:
            session.note(EntryKind.CALLER, text, now, detail="during the last goodbye")
            return
        await self._end.stop()
        await self._speaker.stop_older()
        session.note(EntryKind.CALLER, text, now, unsure=hearing.unsure)
        session.was_read(_facts(heard))
        self._speech.holding = heard.hold
        session.turn_count += not heard.hold
        session.state_turn_count += not heard.hold
        tell(self._log, TurnTaken(session.turn_count, session.state, session.state_turn_count))
        self._log.debug("caller: %s", text)
        if not danger and session.turn_count > self._settings.max_turns_per_call:
            await self._run(self._machine.turn_limit(session, now, whole_call=True))
        elif not danger and session.state_turn_count > self._settings.max_turns_per_state:
            await self._run(self._machine.turn_limit(session, now, whole_call=False, heard=heard))
        else:
            if self._second_reader and not keys:
                by_rules, heard = heard, await self._second_reader.read(session, heard, rules)
                self._model_failed = self._second_reader.failed
                session.was_read(_facts(by_rules), changes(_facts(by_rules), _facts(heard)))
            self._speech.reached("reading")
            question_heard = session.question in (None, hearing.question)
            await self._run(self._machine.step(session, Turn(heard, now, question_heard)))

    def _is_echo(self, text: str) -> bool:
        """Whether the line has brought our own words back, which are no turn and keep no answer back (R24)."""
        return self._speech.bot_speaking and is_echo(text, self._session)

    def _note_echo(self, text: str) -> None:
        if self._session.question in APPROVALS and not self._end.finished:
            # Perhaps theirs: on record, approves nothing, and is asked again (W9).
            self._session.note(EntryKind.CALLER, text, self._now(), detail="in our words, over our own line")

    async def _event(self, frame: CallEventFrame) -> None:
        session, now = self._session, self._now()
        if self._end.finished:
            return
        match frame.event:
            case Event.START:
                await self._run(self._machine.start(session, now))
            case Event.RESUMED:
                await self._run(self._machine.resumed(session, now))
            case Event.KEYPAD:
                await self._turn(frame.detail, self._lines.hearing(self._clock()), keys=True)
            case _ if session.closing:
                return  # The call is ending anyway.
            case Event.SILENCE:
                soon = self._scarce() and not (session.caller_spoke or self._speech.pressed)
                session.note(EntryKind.NOTE, "caller silent" + ", and lines are scarce" * soon, now)
                await self._run(self._machine.silence(session, now, soon=soon), asks=False)
            case Event.CUT_OFF:
                if line := self._lines.cut_off:
                    await self._speaker.say(Say(line.text, must_hear=True), line.question)
            case Event.TIME_LIMIT:
                self._speech.time_limit_taken = True
                await self._run(self._machine.time_limit(session, now))
            case Event.FAULT:
                self._on_fault(frame.detail, "the call cannot go on")
                await self._run(self._machine.fault(session, frame.detail, now))

    async def _guarded(self, handle: Callable[..., Awaitable[None]], *args: object) -> None:
        """A defect of ours ends in a callback and not in silence."""
        self._speech.busy, self._model_failed = True, False
        try:
            await handle(*args)
        except Exception:
            self._log.exception("a turn failed")
            await self._run(self._machine.fault(self._session, "us", self._now()))
        finally:
            self._speech.busy = False
            self._speech.touch()
            self._log_states()
            if self._on_turn:
                self._on_turn(self._session)

    # Actions

    async def _run(self, actions: list[Action], *, asks: bool = True) -> None:
        """Carries out actions in order; what a tool's result asks for comes before what was already planned.

        The last words that ask anything ask the session's question, unless nothing is asked.
        """
        waiting = deque(actions)
        ended = False
        while waiting:
            self._log_states()
            action = waiting.popleft()
            last_asked = asks and _asks(action) and not any(_asks(later) for later in waiting)
            question = self._session.question if last_asked else None
            match action:
                case Say() as say:
                    if say.must_hear or not self._stale:
                        await self._speaker.say(say, question)
                case Word() as word:
                    if not self._stale:
                        await self._speaker.word(word, question, model_failed=self._model_failed)
                case CallTool() as call:
                    result = await self._tools.run(call)
                    self._speech.reached("tool")
                    following = self._machine.after_tool(self._session, call.request, result, self._now())
                    waiting.extendleft(reversed(following))
                case EndCall() | DialPerson() as end:
                    ended = True
                    await self._end.begin(end)
        if not ended:
            self._session.closing = self._speech.ending = False

    @property
    def _stale(self) -> bool:
        """Whether the caller has already finished another turn: only the newest is answered (R7)."""
        return self._handled < self._seen

    async def _say_filler(self) -> None:
        await self._speaker.say(self._machine.wait(self._session))

    def spoken(self, text: str) -> TTSSpeakFrame:
        """Writes a sentence into the transcript, and makes the frame that has it spoken."""
        return self._speaker.spoken(text)

    @property
    def slowest_answer_seconds(self) -> float:
        """Longest time from a caller's last voice in a turn to the bot's audio."""
        return self._speech.slowest_answer_seconds

    def _reach_end(self, end: EndCall) -> None:
        self._machine.hang_up(self._session, end, self._now())
        self._log_states()

    def _log_states(self) -> None:
        entries, self._logged = self._session.timeline[self._logged :], len(self._session.timeline)
        for entry in entries:
            if entry.kind is EntryKind.STATE:
                was, _, now = entry.text.partition(" -> ")
                tell(self._log, StateChanged(was, now, entry.detail))
