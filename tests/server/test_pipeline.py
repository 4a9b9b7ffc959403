"""A stream whose parts fail: which failure ends what."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pipecat.frames.frames import ErrorFrame
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.stt_service import STTService

from call.session import CallSession, EndedBy, EntryKind
from server.pipeline import _Call
from turns.line import CallEventFrame, Event


class Part(FrameProcessor):
    """A processor that has given up, or not."""

    usable = True

    @property
    def is_usable(self) -> bool:
        return self.usable


class Ear(Part, STTService):
    """The recogniser."""

    def __init__(self) -> None:
        FrameProcessor.__init__(self)

    async def run_stt(self, audio: bytes) -> Any:
        yield None


class Stream(_Call):
    """A stream without its pipeline."""

    def __init__(self, session: CallSession) -> None:
        self.session = session
        self.line, self.ear, self.voice = Part(), Ear(), Part()
        self.queued: list[CallEventFrame] = []
        self.cancelled = False
        self.transport = cast(Any, SimpleNamespace(output=lambda: self.line))
        self.recogniser = cast(Any, SimpleNamespace(open_words="my heater"))
        self.processor = cast(Any, SimpleNamespace(fault=lambda part, what: self.faults.append(part)))
        self.worker = cast(Any, SimpleNamespace(queue_frame=self._queue, cancel=self._cancel))
        self.faults: list[str] = []
        self._stream_ended = asyncio.Event()
        self.kept: EndedBy | None = None
        self.stream, self._saving = cast(Any, SimpleNamespace(run=1)), set()
        self._settings = cast(Any, SimpleNamespace(snapshot_seconds=1.0))
        self._services = cast(Any, SimpleNamespace(store=SimpleNamespace(calls=SimpleNamespace(save=self._kept))))

    def _kept(self, session: CallSession, run: int) -> "asyncio.Future[bool]":
        assert not self.cancelled
        self.kept = session.ended_by
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        written.set_result(True)
        return written

    async def _queue(self, frame: CallEventFrame) -> None:
        self.queued.append(frame)

    async def _cancel(self, reason: str) -> None:
        self.cancelled = True

    async def fails(self, part: Part, *, for_good: bool) -> None:
        part.usable = not for_good
        frame = ErrorFrame(error="x")
        frame.processor = part
        await self._pipeline_error(cast(PipelineWorker, None), frame)


@pytest.fixture
async def stream(session: CallSession) -> Stream:
    return Stream(session)


@pytest.fixture
def session() -> CallSession:
    return CallSession.model_validate({"call_id": "CA1", "started_at": "2026-11-25T18:00:00Z"})


async def test_a_line_that_takes_no_audio_breaks_the_stream_off(stream: Stream) -> None:
    """Twilio reads nothing of ours any more: nobody hears the bot, so another stream is better than this one.

    Whoever takes the call over finds in its snapshot that this one broke off: it is written before the socket closes.
    """
    await stream.fails(stream.line, for_good=True)
    assert stream.cancelled
    assert stream.kept is EndedBy.INTERRUPTED
    assert (stream.faults, stream.session.ended_by) == (["line"], EndedBy.INTERRUPTED)


async def test_a_recogniser_that_gave_up_ends_the_call_in_words(stream: Stream) -> None:
    """The line is good: the caller is told."""
    await stream.fails(stream.ear, for_good=True)
    assert [frame.event for frame in stream.queued] == [Event.FAULT]
    assert not stream.cancelled


async def test_everything_else_has_its_own_way_around(stream: Stream) -> None:
    """A part that goes on, and one that is neither ear nor line, end nothing."""
    await stream.fails(stream.line, for_good=False)
    await stream.fails(stream.ear, for_good=False)
    await stream.fails(stream.voice, for_good=True)
    assert (stream.queued, stream.cancelled, stream.faults) == ([], False, [])


async def test_the_first_end_counts(stream: Stream) -> None:
    """Told twice, by the line and from outside: one end, and the words that were under way are kept once."""
    await stream.end(EndedBy.CALLER)
    await stream.end(EndedBy.INTERRUPTED)
    assert stream.session.ended_by is EndedBy.CALLER
    assert [e.text for e in stream.session.timeline if e.kind is EntryKind.CALLER] == ["my heater"]


async def test_an_end_that_was_decided_stays(stream: Stream) -> None:
    """The bot hung up: that Twilio then says so too changes nothing."""
    stream.session.ended_by = EndedBy.BOT
    await stream.end(EndedBy.CALLER)
    assert stream.session.ended_by is EndedBy.BOT
    assert stream.session.timeline == []
