"""Between model and voice: sentence by sentence through the reply guard, within a deadline, else the fixed line.

The caller hears something within two seconds whatever the model does: late, silent, dribbling, refused or empty all
end in the state's fixed line. All that the model does in one turn has one deadline: what the second reader took of it
is gone. The model's own frames stop here; what goes on to the voice are whole, allowed sentences.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from call.business import Business
from call.session import CallSession
from call.told import MOST_CHARACTERS
from call.whole_text import whole
from config import Settings
from conversation.guard import judge
from providers.frames import BrokenReplyFrame, WordReplyFrame
from turns.faults import OnFault

MAX_SENTENCES = 2
TAIL_SECONDS = 0.25  # For so long the last pieces of an answer may come whose words are all there.


class SecondReader(Protocol):
    """Asks the model before a reply does; `waited_seconds`: how long that has kept the turn waiting."""

    waited_seconds: float


class WordingProcessor(FrameProcessor):
    """Releases what the model says, or the fixed line in its place.

    Args:
        session: What the guard judges by.
        business: What the guard judges by.
        settings: Deadlines.
        spoken: Writes a sentence into the transcript, and makes the frame that has it spoken.
        on_fault: Told ("openai", what) of every reply that failed or was refused, and of the sentence that was.
        give_up: Stops the model's answer to a reply that nobody waits for any more, in so many seconds.
        second_reader: What the turn of an announced reply has waited for the model already.
    """

    def __init__(
        self,
        session: CallSession,
        business: Business,
        settings: Settings,
        *,
        spoken: Callable[[str], TTSSpeakFrame],
        on_fault: OnFault,
        give_up: Callable[[WordReplyFrame, float], None],
        second_reader: SecondReader,
    ) -> None:
        super().__init__()
        self._session, self._business, self._settings = session, business, settings
        self._to_voice, self._on_fault, self._give_up, self._second_reader = spoken, on_fault, give_up, second_reader
        self._reply: WordReplyFrame | None = None
        self._buffer = ""
        self._spoken: list[str] = []
        self._started = self._allowed = False
        self._moved_at = 0.0  # Loop time of the last sentence; before it, of the turn's first request to the model
        self._deadline: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Swallows the model's frames; passes everything else."""
        await super().process_frame(frame, direction)
        match frame:
            case WordReplyFrame():
                frame.arrived = True
                await self._drop()
                self._reply, self._buffer, self._spoken, self._started = frame, "", [], False
                self._allowed = False
                self._moved_at = asyncio.get_running_loop().time() - self._second_reader.waited_seconds
                self._deadline = self.create_task(self._watch(frame), "wording_deadline")
            case LLMFullResponseStartFrame():
                pass
            case LLMTextFrame():
                await self._add(frame.text)
            case BrokenReplyFrame():
                await self._fall_back("broke off" if self._started and frame.outage else frame.what, frame.outage)
            case LLMFullResponseEndFrame():
                await self._end()
            case InterruptionFrame():
                await self._drop()
                await self.push_frame(frame, direction)
            case _:
                await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Ends the deadline with the call."""
        await self._drop()
        await super().cleanup()  # type: ignore[no-untyped-call]

    async def _add(self, text: str) -> None:
        if self._reply is None:
            return
        if not self._started and text.strip():
            self._started = True
            self._reply.attempt.began()
        self._buffer += whole(text)
        sentences, self._buffer = judge.split_sentences(self._buffer)
        for sentence in sentences:
            await self._release(sentence)

    async def _end(self) -> None:
        """The answer is whole: its last sentence may lack a full stop."""
        reply = self._reply
        rest = self._buffer.strip()
        if reply is not None and rest and not (self._allowed and not any(c.isalnum() for c in rest)):
            await self._release(self._buffer)
        if self._reply is not reply:
            return
        if self._started:
            await self._finish()
        else:
            await self._fall_back("empty")

    async def _finish(self) -> None:
        """What was spoken is the reply; the fixed line follows if nothing was, or no question that has to be."""
        reply = self._reply
        if reply is None:
            return
        reply.attempt.success()
        if not self._spoken or ("?" in reply.fallback and not self._asked):
            await self._speak(reply.fallback)
        await self._drop(TAIL_SECONDS)

    @property
    def _asked(self) -> bool:
        """Whether the reply has put its question: then the fixed line would ask it twice."""
        return any("?" in sentence for sentence in self._spoken)

    async def _release(self, sentence: str) -> None:
        """Speaks an allowed sentence; a refused one, or the last of as many as may be, ends the reply."""
        reply = self._reply
        if reply is None or not sentence.strip():
            return
        verdict = judge.check(sentence, self._session, self._business, self._spoken, reply.fallback)
        self._allowed |= verdict.allowed
        if verdict.allowed and not verdict.text:
            return  # An acknowledgement too many
        if verdict.allowed:
            await self._speak(verdict.text)
            if len(self._spoken) == MAX_SENTENCES:
                await self._finish()
        else:
            await self._fall_back(
                f"reply refused: {verdict.reason}", outage=False, refused=sentence.strip()[:MOST_CHARACTERS]
            )

    async def _speak(self, text: str) -> None:
        self._spoken.append(text)
        self._moved_at = asyncio.get_running_loop().time()
        await self.push_frame(self._to_voice(text))

    async def _fall_back(self, what: str, outage: bool | None = True, refused: str = "") -> None:
        """Gives the reply up: the fixed line in its place, unless the caller has been asked already."""
        reply = self._reply
        if reply is None:
            return
        {True: reply.attempt.failure, False: reply.attempt.success, None: reply.attempt.refused}[outage]()
        self._on_fault("openai", what, refused)
        self._reply = None
        self._give_up(reply, 0.0)
        if not self._asked:
            await self._speak(reply.fallback)
        await self._drop()

    async def _watch(self, reply: WordReplyFrame) -> None:
        """First words and each sentence have their deadline."""
        settings, now = self._settings, asyncio.get_running_loop().time
        words_due = now() + settings.llm_first_words_seconds
        while self._reply is reply:
            sentence_due = self._moved_at + settings.llm_first_sentence_seconds
            due = sentence_due if self._started else min(words_due, sentence_due)
            if now() < due:
                await asyncio.sleep(due - now())
            else:
                await self._fall_back("dribbled" if self._started else "late")

    async def _drop(self, tail_seconds: float = 0.0) -> None:
        """Forgets the reply under way; what the model still sends of it, for so long, is not spoken."""
        reply, self._reply = self._reply, None
        if reply is not None:
            self._give_up(reply, tail_seconds)
            reply.attempt.success() if self._started else reply.attempt.abandon()
        deadline, self._deadline = self._deadline, None
        if deadline is not None and deadline is not asyncio.current_task():
            await self.cancel_task(deadline)
