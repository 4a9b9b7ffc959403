"""The watch over the speech of a call, with a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pipecat.frames.frames import (
    BotSpeakingFrame,
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)

from call.session import Question
from config import Settings
from turns.line import Event
from turns.who_speaks import WATCH_SECONDS, SpeechWatch
from understanding.keys import are_whole

CONTROLLED_CLOCK = True


class Call:
    """A watch that runs, and what it has reported."""

    def __init__(self, settings: Settings) -> None:
        self.now, self.cut_off, self.reported = 100.0, False, list[tuple[Event, str]]()
        self.speech = SpeechWatch(settings, lambda: self.now, lambda keys: are_whole(keys, Question.ZIP))

    async def report(self, event: Event, detail: str) -> None:
        self.reported.append((event, detail))

    async def passes(self, seconds: float) -> list[tuple[Event, str]]:
        """What is reported once so many seconds have passed."""
        self.reported.clear()
        self.now += seconds
        await asyncio.sleep(WATCH_SECONDS)  # By the loop's clock: it looks once meanwhile.
        return list(self.reported)


@pytest.fixture
async def call(settings: Settings) -> AsyncIterator[Call]:
    call = Call(settings)
    running = asyncio.create_task(call.speech.run(call.report, lambda: call.cut_off))
    yield call
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_what_an_answer_was_waited_for(settings: Settings) -> None:
    """Each step from the caller's last voice on, the last of its kind; none of an answer that is there already."""
    now, told = [100.0], list[tuple[float, dict[str, int]]]()
    watch = SpeechWatch(
        settings, lambda: now[0], lambda _: True, lambda: 99.7, lambda waited, steps: told.append((waited, dict(steps)))
    )
    watch.reached("words")  # Nobody has said anything yet.
    watch.follow(UserStoppedSpeakingFrame())
    for step in ("reading", "tool", "tool", "words"):
        now[0] += 0.1
        watch.reached(step)
    now[0] += 0.1
    watch.follow(BotStartedSpeakingFrame())
    watch.reached("words")
    watch.follow(BotStartedSpeakingFrame())
    ((waited, steps),) = told
    assert (round(waited, 3), steps) == (0.8, {"turn": 300, "reading": 400, "tool": 600, "words": 700})
    assert list(steps) == ["turn", "reading", "tool", "words"]


async def test_silence_is_told_once_for_each_stretch_of_it(call: Call) -> None:
    """Eight seconds, then eight seconds more."""
    assert await call.passes(7.9) == []
    assert await call.passes(0.2) == [(Event.SILENCE, "")]
    assert await call.passes(7.9) == []
    assert await call.passes(0.2) == [(Event.SILENCE, "")]


@pytest.mark.parametrize("frame", [BotStartedSpeakingFrame, BotSpeakingFrame, UserStartedSpeakingFrame])
async def test_nobody_is_silent_while_somebody_speaks(call: Call, frame: type[BotSpeakingFrame]) -> None:
    """Neither the bot nor the caller."""
    call.speech.follow(frame())
    assert await call.passes(20.0) == []


@pytest.mark.parametrize("what", ["busy", "ending"])
async def test_nothing_is_asked_while_we_are_at_work(call: Call, what: str) -> None:
    """That silence is ours to end."""
    call.cut_off = True
    setattr(call.speech, what, True)
    assert await call.passes(20.0) == []


async def test_a_turn_that_does_not_end_counts_as_silence(call: Call) -> None:
    """After thirty seconds of it."""
    call.speech.follow(UserStartedSpeakingFrame())
    assert await call.passes(29.9) == []
    assert await call.passes(0.2) == [(Event.SILENCE, "")]


async def test_a_line_that_was_cut_off_for_nothing_is_told_of(call: Call) -> None:
    """A second after everybody fell silent; while the caller speaks on it is not."""
    call.cut_off = True
    call.speech.follow(BotStartedSpeakingFrame())
    call.speech.follow(UserStartedSpeakingFrame())
    call.speech.follow(BotStoppedSpeakingFrame())
    assert await call.passes(5.0) == []
    call.speech.follow(UserStoppedSpeakingFrame())
    assert await call.passes(0.9) == []
    assert await call.passes(0.2) == [(Event.CUT_OFF, "")]


@pytest.mark.parametrize(("keys", "told"), [("78704", "78704"), ("7#", "7"), ("*1#", "1")])
async def test_keys_are_told_of_when_they_are_complete(call: Call, keys: str, told: str) -> None:
    """Five of them at the question for the ZIP, or one that ends them."""
    for key in keys:
        call.speech.press(key)
    assert await call.passes(0.0) == [(Event.KEYPAD, told)]


async def test_keys_are_complete_after_a_pause(call: Call) -> None:
    """Two seconds; each key begins them anew."""
    call.speech.press("7")
    assert await call.passes(1.9) == []
    call.speech.press("8")
    assert await call.passes(1.9) == []
    assert await call.passes(0.2) == [(Event.KEYPAD, "78")]


@pytest.mark.parametrize("key", ["#", "*"])
async def test_a_key_that_is_no_digit_says_nothing(call: Call, key: str) -> None:
    """It is no turn, and the caller who presses only that is silent."""
    told = []
    for _ in range(5):
        call.speech.press(key)
        told += await call.passes(2.0)
    assert told == [(Event.SILENCE, "")]


def test_when_a_turn_began_is_told_once(settings: Settings) -> None:
    """A turn that nobody was heard to begin begins now."""
    call = Call(settings)
    call.speech.follow(UserStartedSpeakingFrame())
    call.now += 3.0
    assert [call.speech.turn_began(), call.speech.turn_began()] == [100.0, 103.0]


async def test_the_longest_call_is_told_of_until_it_is_taken(call: Call, settings: Settings) -> None:
    """Whoever speaks; not while a turn is handled or the call ends anyway, which a caller may stop."""
    call.speech.follow(UserStartedSpeakingFrame())
    call.speech.ending = True
    over = (Event.TIME_LIMIT, "")
    assert over not in await call.passes(settings.max_call_seconds + 1)
    call.speech.ending, call.speech.busy = False, True
    assert over not in await call.passes(1.0)
    call.speech.busy = False
    for _ in range(2):  # The first came while the call was closing, and nobody took it.
        assert (await call.passes(1.0)).count(over) == 1
    call.speech.time_limit_taken = True
    assert over not in await call.passes(1.0)


async def test_a_caller_who_asked_us_to_hold_on_is_waited_for(call: Call) -> None:
    """L12: forty seconds, once; then it is silence like any other."""
    call.speech.holding = True
    assert await call.passes(39.8) == []
    assert await call.passes(0.4) == [(Event.SILENCE, "")]
    assert await call.passes(8.2) == [(Event.SILENCE, "")]
