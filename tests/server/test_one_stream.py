"""A stream whose parts fail: which failure ends what."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pipecat.frames.frames import ErrorFrame
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.stt_service import STTService

from call.session import CallSession, EndedBy, EntryKind
from logs import call_logger
from providers.playback import Playback
from records.recordings import Recordings
from server.live_calls import Stream
from server.one_stream import IDLE_SECONDS, OneStream
from server.recorder import Recorder
from turns.faults import Faults
from turns.line import CallEventFrame, Event

CONTROLLED_CLOCK = True


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


class Surroundings:
    """A stream without its pipeline, and what it does to everything around it."""

    def __init__(self, recordings: Recordings | None = None) -> None:
        self.session = CallSession.model_validate({"call_id": "CA1", "started_at": "2026-11-25T18:00:00Z"})
        self.line, self.ear, self.voice = Part(), Ear(), Part()
        self.twilio = SimpleNamespace(stopped=False, playback=Playback("MZ1"), echoed_at=0.0, silent_seconds=0.0)
        self.heard = SimpleNamespace(open_words="my heater", voiced_at=None)
        self.unanswered: list[str] = []
        self.recorder = None
        if recordings:
            log = call_logger("test", "CA1")
            self.recorder = Recorder(self.session, recordings, lambda _: None, lambda: datetime.now(UTC), log)
        self.queued: list[CallEventFrame] = []
        self.cancelled = False
        self.kept: EndedBy | None = None
        self.ended_now = 0
        self.speaker = SimpleNamespace(on_both_failed=None)
        listening = SimpleNamespace(event_handler=lambda name: lambda handler: None)
        self.stream = OneStream(
            settings=cast(Any, SimpleNamespace(snapshot_seconds=1.0, line_silent_seconds=5.0)),
            session=self.session,
            stream=Stream("MZ1", 1, resumed=False),
            line=cast(Any, self.twilio),
            transport=cast(Any, SimpleNamespace(output=lambda: self.line, event_handler=listening.event_handler)),
            recogniser=cast(Any, self.heard),
            recorder=self.recorder,
            processor=cast(
                Any,
                SimpleNamespace(line_over=self._line_over, line_gone=self.unanswered.append, end_now=self._end_now),
            ),
            worker=cast(
                Any,
                SimpleNamespace(
                    queue_frame=self._queue,
                    cancel=self._cancel,
                    event_handler=listening.event_handler,
                    set_reached_upstream_filter=lambda types: None,
                ),
            ),
            snapshots=cast(Any, SimpleNamespace(save_within=self._keep)),
            hang_up=cast(Any, SimpleNamespace(lost=set())),
            faults=Faults(self.session, lambda: datetime.now(UTC)),
            ended=asyncio.Event(),
        )
        self.stream.listen(cast(Any, self.speaker))

    def _line_over(self) -> None:
        if self.session.closing:
            self.session.ended_by = EndedBy.BOT

    @property
    def faults(self) -> list[str]:
        return [entry.text for entry in self.session.timeline if entry.kind is EntryKind.FAULT]

    async def _keep(self, session: CallSession, seconds: float) -> None:
        assert not self.cancelled
        self.kept = session.ended_by

    async def _end_now(self) -> None:
        self.ended_now += 1

    async def _queue(self, frame: CallEventFrame) -> None:
        self.queued.append(frame)

    async def _cancel(self, reason: str) -> None:
        self.cancelled = True

    async def fails(self, part: Part, *, for_good: bool) -> None:
        part.usable = not for_good
        frame = ErrorFrame(error="x")
        frame.processor = part
        await self.stream._pipeline_error(cast(PipelineWorker, None), frame)


@pytest.fixture
async def world() -> Surroundings:
    return Surroundings()


async def test_a_line_that_takes_no_audio_breaks_the_stream_off(world: Surroundings) -> None:
    """Twilio reads nothing of ours any more: nobody hears the bot, so another stream is better than this one.

    Whoever takes the call over finds in its snapshot that this one broke off: it is written before the socket closes.
    """
    await world.fails(world.line, for_good=True)
    assert world.cancelled
    assert world.kept is EndedBy.INTERRUPTED
    assert (world.faults, world.session.ended_by) == (["line"], EndedBy.INTERRUPTED)


async def test_a_recogniser_that_gave_up_ends_the_call_in_words(world: Surroundings) -> None:
    """The line is good: the caller is told."""
    await world.fails(world.ear, for_good=True)
    assert [frame.event for frame in world.queued] == [Event.FAULT]
    assert not world.cancelled


async def test_everything_else_has_its_own_way_around(world: Surroundings) -> None:
    """A part that goes on, and one that is neither ear nor line, end nothing."""
    await world.fails(world.line, for_good=False)
    await world.fails(world.ear, for_good=False)
    await world.fails(world.voice, for_good=True)
    assert (world.queued, world.cancelled, world.faults) == ([], False, [])


async def test_the_first_end_counts(world: Surroundings) -> None:
    """Told twice, by the line and from outside: one end, and the words that were under way are kept once."""
    await world.stream.end(EndedBy.CALLER)
    await world.stream.end(EndedBy.INTERRUPTED)
    assert world.session.ended_by is EndedBy.CALLER
    assert world.unanswered == ["my heater"]


@pytest.mark.parametrize("decided", [None, EndedBy.BOT])
@pytest.mark.parametrize("ended_by", [EndedBy.CALLER, EndedBy.INTERRUPTED])
async def test_an_objection_that_runs_into_the_end(tmp_path: Path, decided: EndedBy | None, ended_by: EndedBy) -> None:
    """No turn was made of it, and it counts all the same, whoever has ended the call."""
    recordings = Recordings(str(tmp_path))
    world = Surroundings(recordings)
    path, recorder = recordings.path("CA1"), world.recorder
    assert recorder
    path.parent.mkdir()
    path.write_bytes(b"what was said")
    world.session.ended_by, world.session.recorded_from = decided, datetime.now(UTC)
    world.heard.open_words = "Hey, don't record me"
    await world.stream.end(ended_by)
    knows = world.session.model_dump(include={"recording_declined", "recorded_from"})
    assert knows == {"recording_declined": True, "recorded_from": None}
    await recordings.close(5)
    assert not path.exists()


async def test_an_end_that_was_decided_stays(world: Surroundings) -> None:
    """The bot hung up: that Twilio then says so too changes nothing."""
    world.session.ended_by = EndedBy.BOT
    await world.stream.end(EndedBy.CALLER)
    assert world.session.ended_by is EndedBy.BOT
    assert world.unanswered == ["my heater"]


async def test_who_hangs_up_during_the_goodbye_ends_nothing_of_their_own(world: Surroundings) -> None:
    """The call was closing: the end is ours. A line that breaks is nobody's, also then."""
    world.session.closing = True
    await world.stream.end(EndedBy.CALLER)
    assert world.session.ended_by is EndedBy.BOT
    broken = Surroundings()
    broken.session.closing = True
    await broken.stream.end(EndedBy.INTERRUPTED)
    assert broken.session.ended_by is EndedBy.INTERRUPTED


@pytest.mark.parametrize("fault", ["", "voices"])
async def test_a_sentence_that_neither_voice_can_say(world: Surroundings, fault: str) -> None:
    """First the callback; the call that is closing, for whatever reason, ends at once, where Twilio says it."""
    await world.speaker.on_both_failed("One moment.")
    assert [(frame.event, frame.detail) for frame in world.queued] == [(Event.FAULT, "voices")]
    world.session.fault = "voices"
    await world.speaker.on_both_failed("Still here.")
    assert (len(world.queued), world.ended_now) == (1, 0)
    world.session.closing, world.session.fault = True, fault
    await world.speaker.on_both_failed("Goodbye.")
    assert (len(world.queued), world.ended_now) == (1, 1)
    assert world.stream.hang_up.lost == {"One moment.", "Still here.", "Goodbye."}


@pytest.mark.parametrize("speaks", ["nobody", "the bot", "the caller"])
async def test_a_line_on_which_nobody_speaks_is_given_up(speaks: str) -> None:
    """Whatever of the pipeline has died: Twilio still sends its silence, and the call comes back in a new stream."""
    world, now = Surroundings(), asyncio.get_running_loop().time
    watch = asyncio.create_task(world.stream._watch_line())
    for _ in range(8):
        await asyncio.sleep(IDLE_SECONDS / 4)
        if speaks == "the bot":
            world.twilio.echoed_at = now()
        elif speaks == "the caller":
            world.heard.voiced_at = now()
    watch.cancel()
    assert world.cancelled == (speaks == "nobody")
    assert world.kept == (EndedBy.INTERRUPTED if speaks == "nobody" else None)
    assert world.faults == (["us"] if speaks == "nobody" else [])


async def test_a_line_that_sends_nothing_is_given_up() -> None:
    """Its socket may stay open for minutes."""
    world, began = Surroundings(), asyncio.get_running_loop().time()
    watch = asyncio.create_task(world.stream._watch_line())
    world.twilio.silent_seconds = 4.0
    await asyncio.sleep(0.5)
    assert not watch.done()
    world.twilio.silent_seconds = 5.0
    await watch
    assert world.faults == ["line"]
    assert world.cancelled
    assert asyncio.get_running_loop().time() - began == pytest.approx(1.0)
