"""StateMachineProcessor: one caller turn after the other, limits, understanding, step, actions.

Sits between the user aggregator and the model. Whole turns only, strictly in order, and a barge-in cancels none:
a tool that runs is finished, what the caller says meanwhile is handled after it. Nothing but this processor makes the
bot speak, so the model never runs unasked. Time, understanding, tools and hang-up are passed in.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from pipecat.frames.frames import (
    BotSpeakingFrame,
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    EndWorkerFrame,
    Frame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMContextUserTurnFrame,
    StartFrame,
    TTSSpeakFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameCallback, FrameDirection, FrameProcessor

from actions import Action, CallTool, EndCall, Say, Word
from call_frames import CallEventFrame, Event, WordReplyFrame
from circuit_breaker import Attempt, CircuitBreaker
from config import Settings
from farewell import Farewell, Line
from logs import call_logger
from session import APPROVALS, END_STATES, CallSession, EndedBy, EntryKind, Question
from speech_watch import SpeechWatch
from state_machine import StateMachine, Turn
from tool_calls import ToolRequest, ToolResult, tool_name
from understanding import Hazard, Understanding, understand

_HISTORY_ENTRIES = 12
_CHARACTERS_PER_SECOND = 15.0  # How fast a voice reads, about.
_HEARD_SHARE = 0.6  # An approval that cuts the read-back off earlier has not heard what it approves.
_POLL_SECONDS = 0.05


class Tools(Protocol):
    """What carries out tool calls; never raises but for cancellation."""

    async def call(self, request: ToolRequest, session: CallSession) -> ToolResult: ...


class Extraction(Protocol):
    """The model's structured extraction: fills what rules left empty, within its own time budget."""

    async def fill(self, session: CallSession, heard: Understanding) -> Understanding: ...


class StateMachineProcessor(FrameProcessor):
    """Handles the turns of one call.

    Args:
        session: The call's record; this processor writes it.
        machine: The rules.
        tools: Carries out tool calls.
        extraction: Fills what rules left empty, or None.
        model: The breaker of the model; without permission the fixed line is spoken at once.
        settings: Limits and deadlines.
        line: The telephone line, or None where there are no marks: then the hang-up follows the last line at once.
        hang_up: Ends the call at Twilio; called once, before the stream is closed.
        on_turn: Called after every turn and event with the session: the place for a snapshot. Must not block.
        now: The aware time in the business's zone.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        session: CallSession,
        machine: StateMachine,
        tools: Tools,
        extraction: Extraction | None,
        model: CircuitBreaker,
        settings: Settings,
        *,
        line: Line | None = None,
        hang_up: Callable[[], Awaitable[object]] | None = None,
        on_turn: Callable[[CallSession], None] | None = None,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._session, self._machine, self._tools, self._extraction = session, machine, tools, extraction
        self._model, self._settings, self._line, self._hang_up = model, settings, line, hang_up
        self._on_turn, self._now, self._clock = on_turn, now, clock
        self._log = call_logger(__name__, session.call_id)
        self._logged = len(session.timeline)
        self._seen = self._handled = 0
        self._questions: dict[int, Question | None] = {}  # Of a waiting turn: the question its caller had heard.
        self._heard_question: Question | None = None
        self._speech = SpeechWatch(settings, clock)
        self._farewell = Farewell(line, settings, self._speech, self._finish, self.fault, clock) if line else None
        self._tool: asyncio.Task[tuple[ToolRequest, ToolResult]] | None = None
        self._end: EndCall | None = None
        self._ending: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._wording: Attempt | None = None
        self._line_text, self._line_kept = "", False  # The last fixed line, and whether barge-in leaves it alone
        self._line_began: float | None = None
        self._line_share = 1.0  # How much of it was heard, about, when it was cut off
        self._finished = False

    # Frames

    async def queue_frame(
        self,
        frame: Frame,
        direction: FrameDirection = FrameDirection.DOWNSTREAM,
        callback: FrameCallback | None = None,
    ) -> None:
        """Makes caller turns proof against barge-in, and notes which question the caller had heard by then."""
        if direction is FrameDirection.DOWNSTREAM and isinstance(frame, LLMContextUserTurnFrame):
            frame.interruptible = False
            self._seen += 1
            self._questions[frame.id] = self._heard_question
        await super().queue_frame(frame, direction, callback)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """The gate of the limits: a turn is counted, checked and only then handed to the state machine."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.DOWNSTREAM:
            match frame:
                case LLMContextUserTurnFrame():
                    self._handled += 1
                    question = self._questions.pop(frame.id, None)
                    await self._guarded(self._turn, frame.text, question)
                    return
                case CallEventFrame():
                    await self._guarded(self._event, frame)
                    return
                case LLMContextFrame():
                    return  # The aggregator's; the model runs on ours alone.
                case InputTransportMessageFrame():
                    if self._farewell and frame.message.get("event") == "mark":
                        self._farewell.echoed(frame.message["mark"]["name"])
                    return
                case InputDTMFFrame():
                    self._speech.press(frame.button.value)
                    return
                case StartFrame():
                    await self.push_frame(frame, direction)
                    self._watching = self._watching or self.create_task(self._speech.run(self._report), "watch")
                    return
        self._follow(frame)
        await self.push_frame(frame, direction)

    def _follow(self, frame: Frame) -> None:
        self._speech.follow(frame)
        if isinstance(frame, BotStartedSpeakingFrame | BotSpeakingFrame):
            self._heard_question = self._session.question
            self._line_began = self._line_began or self._clock()
        if isinstance(frame, InterruptionFrame) and self._speech.bot_speaking and not self._line_kept:
            played = self._clock() - self._line_began if self._line_began else 0.0
            self._line_share = played * _CHARACTERS_PER_SECOND / max(1, len(self._line_text))
        if isinstance(frame, BotStoppedSpeakingFrame) and self._line and not self._session.closing:
            self._line.protect = False

    async def _report(self, event: Event, detail: str) -> None:
        await self.queue_frame(CallEventFrame(event, detail))

    async def cleanup(self) -> None:
        """Ends the call's tasks, but not a tool that is under way: `settle` waits for it."""
        for task in (self._watching, self._ending):
            if task is not None:
                await self.cancel_task(task)
        self._watching = self._ending = None
        self._abandon_wording()
        await super().cleanup()  # type: ignore[no-untyped-call]

    async def settle(self) -> None:
        """After the call: finishes a tool that was under way and the tools that follow from it, without a word.

        So the record tells what really happened, and a booking that failed still gets its callback (R70).
        Bounded by the tools' own deadlines.
        """
        under_way, self._tool = self._tool, None
        while under_way is not None:
            request, result = await under_way
            actions = self._machine.after_tool(self._session, request, result, self._now())
            self._log_states()
            following = [action.request for action in actions if isinstance(action, CallTool)]
            under_way = asyncio.create_task(self._carry_out(following[0])) if following else None

    # Turns and events

    async def _turn(self, text: str, question: Question | None) -> None:
        session = self._session
        text = text.strip()
        if self._finished or not re.search(r"\w", text) or self._is_echo(text):  # R24, R25
            return
        now = self._now()
        heard = self._understand(text, question, now)
        danger = heard.hazard is Hazard.PRESENT
        if session.closing and session.hangup_stopped and not danger:
            session.note(EntryKind.CALLER, text, now, detail="during the last goodbye")
            return
        await self._stop_ending()
        session.note(EntryKind.CALLER, text, now)
        session.turn_count += 1
        session.state_turn_count += 1
        self._log.info("turn %d (%s %d)", session.turn_count, session.state, session.state_turn_count)
        self._log.debug("caller: %s", text)
        if not danger and session.turn_count > self._settings.max_turns_per_call:
            await self._run(self._machine.turn_limit(session, now, whole_call=True))
        elif not danger and session.state_turn_count > self._settings.max_turns_per_state:
            await self._run(self._machine.turn_limit(session, now, whole_call=False))
        else:
            if self._extraction and not danger:
                heard = await self._extraction.fill(session, heard)
            await self._run(self._machine.step(session, Turn(heard, now)))

    def _understand(self, text: str, question_heard: Question | None, now: datetime) -> Understanding:
        """Reads the turn in the light of the open question, but only if its caller had heard that question (X3)."""
        business, answered = self._machine.business, question_heard is self._session.question
        heard = understand(
            text,
            question=question_heard if answered else None,
            now=now,
            opening_hour=business.opening_hour,
            closing_hour=business.closing_hour,
            zip_partial=self._session.zip_partial,
            visit_at=None if self._session.visit_asap else self._session.visit_at,
        )
        if question_heard in APPROVALS and self._line_share < _HEARD_SHARE:
            answered = False
        return heard if answered else replace(heard, answer=None)

    async def _event(self, frame: CallEventFrame) -> None:
        session, now = self._session, self._now()
        if self._finished:
            return
        match frame.event:
            case Event.START:
                await self._run(self._machine.start(session, now))
            case Event.KEYPAD:
                await self._turn(frame.detail, session.question)
            case _ if session.closing:
                return  # The call is ending anyway.
            case Event.SILENCE:
                session.note(EntryKind.NOTE, "caller silent", now)
                await self._run(self._machine.silence(session, now))
            case Event.TIME_LIMIT:
                await self._run(self._machine.time_limit(session, now))
            case Event.FAULT:
                self.fault(frame.detail, "the call cannot go on")
                await self._run(self._machine.fault(session, frame.detail, now))

    async def _guarded(self, handle: Callable[..., Awaitable[None]], *args: object) -> None:
        """A defect of ours ends in a callback and not in silence."""
        self._speech.busy = True
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

    async def _run(self, actions: list[Action]) -> None:
        """Carries out actions in order; what a tool's result asks for comes before what was already planned."""
        waiting = deque(actions)
        ended = False
        while waiting:
            self._log_states()
            match waiting.popleft():
                case Say() as say:
                    if say.must_hear or not self._stale:
                        await self._say(say)
                case Word() as word:
                    if not self._stale:
                        await self._word(word)
                case CallTool() as call:
                    result = await self._call_tool(call)
                    waiting.extendleft(
                        reversed(self._machine.after_tool(self._session, call.request, result, self._now()))
                    )
                case EndCall() as end:
                    ended = True
                    await self._end_call(end)
        if not ended:
            self._session.closing = self._speech.ending = False

    @property
    def _stale(self) -> bool:
        """Whether the caller has already finished another turn: only the newest is answered (R7)."""
        return self._handled < self._seen

    async def _say(self, say: Say) -> None:
        frame = TTSSpeakFrame(say.text)
        if say.must_hear:
            frame.interruptible = False
            if self._line:
                self._line.protect = True
        self._line_text, self._line_kept, self._line_began, self._line_share = say.text, say.must_hear, None, 1.0
        self.spoken(say.text)
        await self.push_frame(frame)

    async def _word(self, word: Word) -> None:
        self._abandon_wording()
        attempt = self._wording = self._model.attempt()
        if attempt is None:
            await self._say(Say(word.fallback))
            return
        await self.push_frame(WordReplyFrame(fallback=word.fallback, attempt=attempt))
        await self.push_frame(LLMContextFrame(context=self._provisional_context(word.directive)))

    def _abandon_wording(self) -> None:
        """A reply that a barge-in dropped on its way to the model got no verdict; one that did keeps it."""
        if self._wording is not None:
            self._wording.abandon()

    def _provisional_context(self, directive: str) -> LLMContext:
        roles = {EntryKind.CALLER: "user", EntryKind.AGENT: "assistant"}
        said = [entry for entry in self._session.timeline if entry.kind in roles][-_HISTORY_ENTRIES:]
        messages = [{"role": roles[entry.kind], "content": entry.text} for entry in said]
        return LLMContext(messages=[*messages, {"role": "developer", "content": directive}])  # type: ignore[list-item]

    async def _call_tool(self, call: CallTool) -> ToolResult:
        """Runs the tool to its end even if the call is cut; filler lines while it takes long and nobody speaks."""
        started = self._clock()
        self._tool = asyncio.create_task(
            self._carry_out(call.request), name=f"{self._session.call_id} {tool_name(call.request)}"
        )
        silence_allowed = self._settings.filler_first_seconds
        while not self._tool.done():
            await asyncio.wait({self._tool}, timeout=_POLL_SECONDS)
            silent_for = min(self._speech.quiet_for(), self._clock() - started)
            if self._tool.done() or call.quiet or silent_for < silence_allowed:
                continue
            await self._say(self._machine.wait(self._session))
            started, silence_allowed = self._clock(), self._settings.filler_again_seconds
        _, result = self._tool.result()
        self._tool = None
        return result

    async def _carry_out(self, request: ToolRequest) -> tuple[ToolRequest, ToolResult]:
        started = self._clock()
        result = await self._tools.call(request, self._session)
        took = round((self._clock() - started) * 1000)
        self._session.note(EntryKind.TOOL, tool_name(request), self._now(), detail=result.outcome, milliseconds=took)
        return request, result

    def spoken(self, text: str) -> None:
        """Writes a line that goes to the voice into the transcript."""
        self._session.note(EntryKind.AGENT, text, self._now())
        self._log.debug("agent: %s", text)

    @property
    def slowest_answer_seconds(self) -> float:
        """Longest time from the end of a caller's turn to the bot's audio."""
        return self._speech.slowest_answer_seconds

    def fault(self, part: str, what: str) -> None:
        """Writes a part's failure into the timeline; the call goes on."""
        self._session.note(EntryKind.FAULT, part, self._now(), detail=what)
        self._log.warning("fault %s: %s", part, what)

    # The end

    async def _end_call(self, end: EndCall) -> None:
        """Hangs up once the last line was heard to its end."""
        self._session.closing = self._speech.ending = True
        self._end = end
        if self._farewell is None:
            await self._finish()
            return
        await self.push_frame(self._farewell.mark())
        if self._ending is None:
            may_be_stopped = not self._session.hangup_stopped
            self._ending = self.create_task(self._farewell.run(may_be_stopped=may_be_stopped), "farewell")

    async def _stop_ending(self) -> None:
        """A caller turn during the goodbye stops the hang-up, once; one after silence brings the call back."""
        if self._session.closing:
            self._session.hangup_stopped = self._session.state in END_STATES
            self._log.info("the caller spoke during the goodbye: the hang-up waits")
        ending, self._ending = self._ending, None
        if ending is not None:
            await self.cancel_task(ending)
        if self._line:
            self._line.protect = False

    async def _finish(self) -> None:
        if self._finished:
            return
        self._finished = True
        session = self._session
        if self._end:
            self._machine.hang_up(session, self._end, self._now())
        session.ended_by = session.ended_by or EndedBy.BOT
        self._log_states()
        if self._hang_up:
            await self._hang_up()
        await self.push_frame(EndWorkerFrame(reason=session.outcome))

    def _is_echo(self, text: str) -> bool:
        """Whether the line has given us back what we are saying (R24)."""
        if not self._speech.bot_speaking:
            return False
        agent = [entry.text for entry in self._session.timeline[-6:] if entry.kind is EntryKind.AGENT]
        words = _words(text)
        return len(words) >= 3 and any(f" {' '.join(words)} " in f" {' '.join(_words(line))} " for line in agent)

    def _log_states(self) -> None:
        entries, self._logged = self._session.timeline[self._logged :], len(self._session.timeline)
        for entry in entries:
            if entry.kind is EntryKind.STATE:
                self._log.info("state %s%s", entry.text, f" ({entry.detail})" if entry.detail else "")


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())
