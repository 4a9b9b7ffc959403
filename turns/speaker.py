"""Speaker: hands the lines of one call to the voice, or has the model word them; each with its mark behind it.

Everything that the bot says begins here, so the transcript and what was heard of it (lines_heard.py) are complete but
for the model's sentences, which wording.py reports. Who decides what is said is the processor.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from pipecat.frames.frames import Frame, InterruptionFrame, LLMContextFrame, TTSSpeakFrame
from pipecat.processors.aggregators.llm_context import LLMContext

from call.actions import Say, Word
from call.session import CallSession, EntryKind, Question
from circuit_breaker import CircuitBreaker
from logs import CallLogger
from providers.frames import WordReplyFrame
from turns.line import Line
from turns.lines_heard import SpokenLine, SpokenLines

_HISTORY_ENTRIES = 12


class Speaker:
    """Says lines.

    Args:
        session: The call's record.
        lines: What becomes of what is said.
        line: The telephone line, which knows how much of each line was played; None where there are no marks.
        model: The breaker of the model; without permission the fixed line is spoken at once.
        push: Sends a frame downstream.
        log: The call's log.
        now: The aware time.
        on_fault: Told ("openai", what) when the model is not asked because its breaker is open.
    """

    def __init__(
        self,
        session: CallSession,
        lines: SpokenLines,
        line: Line | None,
        model: CircuitBreaker,
        push: Callable[[Frame], Awaitable[None]],
        log: CallLogger,
        now: Callable[[], datetime],
        on_fault: Callable[[str, str], None],
        on_words: Callable[[], None],
    ) -> None:
        self._session, self._lines, self._line, self._model = session, lines, line, model
        self._on_words = on_words
        self._push, self._log, self._now, self._on_fault = push, log, now, on_fault
        self._wording: WordReplyFrame | None = None

    async def say(self, say: Say, question: Question | None = None) -> None:
        """Says a fixed line that asks `question`; an approval that is being read is not read again behind itself."""
        if say.must_hear and "?" in say.text and self._lines.reading(question):
            return
        self._count(say.line)
        said = self._lines.say(say.text, must_hear=say.must_hear, question=question)
        frame = self.spoken(say.text, say.line, said)
        frame.interruptible = not say.must_hear
        await self._push(frame)
        if said.mark:
            await self._push(said.mark)

    async def word(self, word: Word, question: Question | None, *, model_failed: bool) -> None:
        """Lets the model word a reply; with a model that has failed in this turn the fixed line is said at once."""
        self.abandon()
        attempt = None if model_failed else self._model.attempt()
        if attempt is None:
            if not model_failed:
                self._on_fault("openai", "its breaker is open")
            await self.say(Say(word.fallback, line=word.line), question)
            return
        self._count(word.line)
        said = self._lines.say(word.fallback, question=question)
        self._wording = WordReplyFrame(fallback=word.fallback, attempt=attempt)
        await self._push(self._wording)
        await self._push(LLMContextFrame(context=wording_context(self._session, word.directive)))
        if said.mark:
            await self._push(said.mark)

    def _count(self, line: str) -> None:
        """Of the variants of a line the next one is said the next time."""
        if line:
            self._session.said_count[line] = self._session.said_count.get(line, 0) + 1

    async def stop_older(self) -> None:
        """Cuts off what is still being said to an older turn, so that only the newest is answered (R7)."""
        if self._lines.unfinished:
            frame = InterruptionFrame()
            self.interrupted()
            self._lines.follow(frame)
            await self._push(frame)

    def abandon(self) -> None:
        """The last reply is over: without a verdict by now it gets none."""
        if self._wording is not None:
            self._wording.attempt.abandon()

    def interrupted(self) -> None:
        """A reply that a barge-in drops on its way to the model gets no verdict: whoever is next may try the model."""
        if self._wording is not None and not self._wording.arrived:
            self.abandon()

    def spoken(self, text: str, key: str = "", said: SpokenLine | None = None) -> TTSSpeakFrame:
        """Writes a line into the transcript, with how much of it is played from now on; the frame is for the voice.

        `key` is that of a fixed line, which is `said`.
        """
        self._on_words()
        number = len(self._session.timeline)
        self._session.note(EntryKind.AGENT, text, self._now(), detail=key)
        self._log.debug("agent: %s", text)
        if self._line is None:
            return TTSSpeakFrame(text)

        def played(share: float | None) -> None:
            self._session.was_heard(number, share, self._now())
            if said is not None:
                self._lines.played(said, share)

        return self._line.speech(text, played)


def wording_context(session: CallSession, directive: str) -> LLMContext:
    """What the model is told of the call, and what it is to say."""
    roles = {EntryKind.CALLER: "user", EntryKind.AGENT: "assistant"}
    said = [entry for entry in session.timeline if entry.kind in roles and entry.words_heard]
    messages = [{"role": roles[entry.kind], "content": entry.words_heard} for entry in said[-_HISTORY_ENTRIES:]]
    return LLMContext(messages=[*messages, {"role": "developer", "content": directive}])  # type: ignore[list-item]
