"""The end of a call: how long the last line is waited for, and whose fault it is when it is not heard."""

import asyncio
from collections.abc import Callable

import pytest
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)

import config
from config import Settings
from farewell import Farewell
from speech_watch import SpeechWatch

STEP_SECONDS = 0.05  # how far the clock goes each time that it is read


class Line:
    protect = True
    stream_sid = "MZ1"


class Call:
    """A farewell whose clock runs on each time it is read, so that no deadline is waited for."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.faults, self.finished_at, self.line = 0.0, list[tuple[str, str]](), -1.0, Line()
        self.speech = SpeechWatch(settings, lambda: self.now)
        self.at: dict[float, Callable[[], None]] = {}
        self.farewell = Farewell(self.line, settings, self.speech, self.finish, self.fault, self.clock)
        monkeypatch.setattr("farewell._POLL_SECONDS", 0.0)
        monkeypatch.setattr("farewell.WATCH_SECONDS", 0.0)

    def clock(self) -> float:
        self.now += STEP_SECONDS
        for moment in [moment for moment in self.at if moment <= self.now]:
            self.at.pop(moment)()
        return self.now

    def fault(self, part: str, what: str) -> None:
        self.faults.append((part, what))

    async def finish(self) -> None:
        self.finished_at = self.now

    async def run(self, *, may_be_stopped: bool = False) -> None:
        async with asyncio.timeout(5):
            await self.farewell.run(may_be_stopped=may_be_stopped)


@pytest.fixture
def call(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Call:
    return Call(config.load({**environ, "HANGUP_PAUSE_SECONDS": "0"}), monkeypatch)


async def test_an_echo_ends_the_wait(call: Call) -> None:
    """Played: no fault, the line is no longer protected, the call ends."""
    mark = call.farewell.mark()
    assert mark.interruptible is False
    call.at = {3.0: lambda: setattr(mark, "sent", True), 3.3: lambda: call.farewell.echoed("goodbye-1")}
    await call.run()
    assert call.faults == []
    assert 3.3 <= call.finished_at < 3.5
    assert not call.line.protect


async def test_no_echo_is_waited_for_from_the_moment_the_mark_left(call: Call) -> None:
    """However long the line was, the silence behind it is GOODBYE_MARK_SECONDS; then it is Twilio's fault."""
    mark = call.farewell.mark()
    call.speech.follow(BotStartedSpeakingFrame())
    call.at = {
        20.0: lambda: setattr(mark, "sent", True),
        20.3: lambda: call.speech.follow(BotStoppedSpeakingFrame()),
    }
    await call.run()
    assert call.faults == [("twilio", "the last line was not reported as played")]
    assert 21.2 <= call.finished_at <= 21.4


@pytest.mark.parametrize("echoes", [True, False])
async def test_the_line_ends_soon_after_the_last_audio(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, echoes: bool
) -> None:
    """R18: with production's own pauses no more than a few seconds, whether Twilio tells what it has played or not."""
    call = Call(config.load(environ), monkeypatch)
    mark = call.farewell.mark()
    call.speech.follow(BotStartedSpeakingFrame())
    call.at = {4.0: lambda: setattr(mark, "sent", True), 4.1: lambda: call.speech.follow(BotStoppedSpeakingFrame())}
    if echoes:
        call.at[4.2] = lambda: call.farewell.echoed("goodbye-1")
    await call.run()
    assert 0 < call.finished_at - 4.1 < (2.0 if echoes else 4.0)


async def test_voices_that_are_slow_are_waited_for(call: Call) -> None:
    """As long as the mark has not left, the last line may still be on its way: nobody hangs up on it."""
    mark = call.farewell.mark()
    call.at = {
        3.5: lambda: call.speech.follow(BotStartedSpeakingFrame()),
        8.0: lambda: setattr(mark, "sent", True),
        8.1: lambda: call.farewell.echoed("goodbye-1"),
    }
    await call.run()
    assert call.faults == []
    assert call.finished_at >= 8.1


async def test_a_line_that_never_leaves(call: Call) -> None:
    """Nothing is spoken, no mark leaves: as long as both voices may take is waited, and Twilio is not to blame."""
    call.farewell.mark()
    await call.run()
    assert call.faults == [("us", "the last line was not sent")]
    assert 4.9 <= call.finished_at <= 5.2


async def test_the_echo_of_an_earlier_goodbye_is_none(call: Call) -> None:
    """A second last line has a mark of its own."""
    call.farewell.mark()
    mark = call.farewell.mark()
    call.at = {
        1.0: lambda: call.farewell.echoed("goodbye-1"),
        2.0: lambda: setattr(mark, "sent", True),
        2.5: lambda: call.farewell.echoed("goodbye-2"),
    }
    await call.run()
    assert (call.faults, call.finished_at >= 2.5) == ([], True)


async def test_a_caller_who_speaks_is_waited_for(call: Call) -> None:
    """In the breath before the hang-up, until they fall silent."""
    call.farewell.mark().sent = True
    call.speech.follow(UserStartedSpeakingFrame())
    call.at = {
        0.2: lambda: call.farewell.echoed("goodbye-1"),
        5.0: lambda: call.speech.follow(UserStoppedSpeakingFrame()),
    }
    await call.run(may_be_stopped=True)
    assert 5.0 <= call.finished_at < 5.2


@pytest.mark.parametrize(("may_be_stopped", "seconds"), [(True, 8.2), (False, 0.2)])
async def test_a_turn_that_never_ends_holds_no_line(call: Call, may_be_stopped: bool, seconds: float) -> None:
    """Not longer than a silence of the caller may last, and not at all when the hang-up was stopped before."""
    call.farewell.mark().sent = True
    call.speech.follow(UserStartedSpeakingFrame())
    call.at = {0.2: lambda: call.farewell.echoed("goodbye-1")}
    await call.run(may_be_stopped=may_be_stopped)
    assert call.finished_at == pytest.approx(seconds, abs=0.2)
