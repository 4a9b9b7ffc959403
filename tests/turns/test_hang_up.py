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

from config import Settings
from tests.support.phone_line import PhoneLine
from turns.hang_up import Farewell
from turns.who_speaks import SpeechWatch

CONTROLLED_CLOCK = True

PAUSE_SECONDS = 1.0  # HANGUP_PAUSE_SECONDS


class Call:
    """A farewell, what happens at which of its seconds, and when it hung up."""

    def __init__(self, settings: Settings) -> None:
        self.faults, self.finished_at, self.line = list[tuple[str, str]](), -1.0, PhoneLine(protect=True)
        self.at: dict[float, Callable[[], object]] = {}
        self._loop = asyncio.get_running_loop()
        self._began_at = self._loop.time()
        self.speech = SpeechWatch(settings, self._loop.time, lambda keys: False)
        self.farewell = Farewell(self.line, settings, self.speech, self._finish, self._fault, self._loop.time)

    def _fault(self, part: str, what: str) -> None:
        self.faults.append((part, what))

    async def _finish(self) -> None:
        self.finished_at = self._loop.time() - self._began_at

    async def run(self, *, may_be_stopped: bool = False) -> None:
        for seconds, happens in self.at.items():
            self._loop.call_at(self._began_at + seconds, happens)
        async with asyncio.timeout(60):
            await self.farewell.run(may_be_stopped=may_be_stopped)


@pytest.fixture
async def call(settings: Settings) -> Call:
    return Call(settings)


async def test_an_echo_ends_the_wait(call: Call) -> None:
    """Played: no fault, the line is no longer protected, the call ends."""
    mark = call.farewell.mark()
    assert mark.interruptible is False
    call.at = {3.0: lambda: setattr(mark, "sent", True), 3.3: lambda: call.farewell.echoed("goodbye-1")}
    await call.run()
    assert call.faults == []
    assert call.finished_at == pytest.approx(3.3 + PAUSE_SECONDS)
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
    assert call.finished_at == pytest.approx(20.0 + 1.2 + PAUSE_SECONDS, abs=0.1)


@pytest.mark.parametrize("echoes", [True, False])
async def test_the_line_ends_soon_after_the_last_audio(call: Call, echoes: bool) -> None:
    """R18: with production's own pauses no more than a few seconds, whether Twilio tells what it has played or not."""
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
    assert call.finished_at == pytest.approx(8.1 + PAUSE_SECONDS)


async def test_w5_a_line_that_is_played_seconds_behind_is_heard_whole(call: Call) -> None:
    """As long as Twilio tells that it plays, its own mark is waited for; when it stops telling, it is over."""
    mark = call.farewell.mark()
    began = asyncio.get_running_loop().time()
    call.at = {2.0: lambda: setattr(mark, "sent", True), 5.6: lambda: call.farewell.echoed("goodbye-1")}
    for step in range(22):  # A mark inside the line each quarter of a second
        at = 0.1 + step * 0.25
        call.at[at] = lambda at=at: setattr(call.line, "echoed_at", began + at)  # type: ignore[misc]
    await call.run()
    assert call.faults == []
    assert call.finished_at == pytest.approx(5.6 + PAUSE_SECONDS)


async def test_w5_a_line_shorter_than_twilio_is_behind_is_heard_whole(call: Call) -> None:
    """None of its marks is back when all of it has left: how far behind earlier lines were played is waited for."""
    mark, call.line.behind_seconds = call.farewell.mark(), 3.5
    call.at = {1.5: lambda: setattr(mark, "sent", True), 5.0: lambda: call.farewell.echoed("goodbye-1")}
    await call.run()
    assert call.faults == []
    assert call.finished_at == pytest.approx(5.0 + PAUSE_SECONDS)


async def test_w5_echoes_that_never_reach_the_end_are_no_wait_for_ever(call: Call) -> None:
    """Whatever comes back: ten seconds behind the mark it is over."""
    call.farewell.mark().sent = True
    began = asyncio.get_running_loop().time()
    for step in range(160):
        call.at[step * 0.25] = lambda at=step * 0.25: setattr(call.line, "echoed_at", began + at)  # type: ignore[misc]
    await call.run()
    assert call.faults == [("twilio", "the last line was not reported as played")]
    assert call.finished_at == pytest.approx(10.0 + 1.2 + PAUSE_SECONDS, abs=0.3)


async def test_a_line_that_never_leaves(call: Call) -> None:
    """Nothing is spoken, no mark leaves: as long as both voices may take is waited, and Twilio is not to blame."""
    call.farewell.mark()
    await call.run()
    assert call.faults == [("us", "the last line was not sent")]
    assert call.finished_at == pytest.approx(1.2 + 1.5 + 1.0 + 1.2 + PAUSE_SECONDS, abs=0.1)


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
    assert call.faults == []
    assert call.finished_at == pytest.approx(2.5 + PAUSE_SECONDS)


async def test_a_caller_who_speaks_is_waited_for(call: Call) -> None:
    """In the breath before the hang-up, until they fall silent."""
    call.farewell.mark().sent = True
    call.speech.follow(UserStartedSpeakingFrame())
    call.at = {
        0.2: lambda: call.farewell.echoed("goodbye-1"),
        5.0: lambda: call.speech.follow(UserStoppedSpeakingFrame()),
    }
    await call.run(may_be_stopped=True)
    assert call.finished_at == pytest.approx(5.1, abs=0.2)


@pytest.mark.parametrize(("may_be_stopped", "seconds"), [(True, 9.2), (False, 1.2)])
async def test_a_turn_that_never_ends_holds_no_line(call: Call, may_be_stopped: bool, seconds: float) -> None:
    """Not longer than a silence of the caller may last, and not at all when the hang-up was stopped before."""
    call.farewell.mark().sent = True
    call.speech.follow(UserStartedSpeakingFrame())
    call.at = {0.2: lambda: call.farewell.echoed("goodbye-1")}
    await call.run(may_be_stopped=may_be_stopped)
    assert call.finished_at == pytest.approx(seconds, abs=0.2)
