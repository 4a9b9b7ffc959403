"""Who is speaking, for how long nobody has, and what no frame tells: silence, an endless turn, a call that is too long.

A line that was cut off by what turned out to be no turn is told of too: it is to be said again. The processor feeds
it frames; `run()` reports events. A caller who talks is never interrupted by it, and it never asks whether somebody is
there while the bot speaks or a turn is being handled.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping

from pipecat.frames.frames import (
    BotSpeakingFrame,
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)

from config import Settings
from turns.line import Event

WATCH_SECONDS = 0.2


class SpeechWatch:
    """Follows the speech of one call.

    Args:
        settings: Deadlines.
        clock: Monotonic seconds.
        keys_whole: Whether after these keys no more are to come.
        voiced_at: When the caller's voice was heard last, if that is known: a turn's end is told later than it was.
        on_answer: Told of each turn's wait, in seconds from the caller's last voice to the bot's first audio, and of
            the steps on the way, in milliseconds from that voice.

    Attributes:
        bot_speaking: Whether the bot's audio is playing.
        caller_speaking: Whether the caller's turn is open.
        busy: Set while a turn is being handled: its silence is the bot's to end, not the caller's.
        holding: Set while the caller has asked us to wait: a longer silence is theirs.
        pressed: Whether a key was ever pressed, whatever it says.
        ending: Set while the last line plays or the call is over.
        time_limit_taken: Set when the call's time limit was handled: until then it is reported again.
        slowest_answer_seconds: Longest time from a caller's last voice in a turn to the bot's audio.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float],
        keys_whole: Callable[[str], bool],
        voiced_at: Callable[[], float | None] = lambda: None,
        on_answer: Callable[[float, Mapping[str, int]], None] = lambda *_: None,
    ) -> None:
        self._settings, self._clock, self._keys_whole = settings, clock, keys_whole
        self._voiced_at, self._on_answer = voiced_at, on_answer
        self.bot_speaking = self.caller_speaking = self.busy = self.ending = self.holding = False
        self.pressed = False
        self._started_at = self._quiet_since = self._caller_since = self._last_key_at = clock()
        self.time_limit_taken = False
        self._keys = ""
        self._turn_began_at: float | None = None
        self._turn_ended_at: float | None = None
        self._turn_over_at = -math.inf
        self._steps: dict[str, int] = {}
        self.slowest_answer_seconds = 0.0

    def follow(self, frame: Frame) -> None:
        """Takes note of a speech frame; every other frame is nothing to it."""
        match frame:
            case BotStartedSpeakingFrame():
                self.bot_speaking = True
                if self._turn_ended_at is not None:
                    waited, self._turn_ended_at = self._clock() - self._turn_ended_at, None
                    self.slowest_answer_seconds = max(self.slowest_answer_seconds, waited)
                    self._on_answer(waited, self._steps)
            case BotSpeakingFrame():
                self.bot_speaking = True
                self.touch()
            case BotStoppedSpeakingFrame():
                self.bot_speaking = False
                self.touch()
            case UserStartedSpeakingFrame():
                self.caller_speaking, self._caller_since = True, self._clock()
                self._turn_began_at = self._caller_since
            case UserStoppedSpeakingFrame():
                self.caller_speaking, self._turn_ended_at, self._steps = False, self._last_voice(), {}
                self.reached("turn")
                self.touch()

    def reached(self, step: str) -> None:
        """A step on the way to the answer that is waited for is done; the last of a kind counts."""
        if self._turn_ended_at is not None:
            self._steps.pop(step, None)
            self._steps[step] = round(1000 * (self._clock() - self._turn_ended_at))

    def _last_voice(self) -> float:
        """When the caller's turn that is over now ended for them."""
        heard, before, now = self._voiced_at(), self._turn_over_at, self._clock()
        self._turn_over_at = now
        return now if heard is None or heard < before else heard

    @property
    def open_turn_began_at(self) -> float:
        """When the turn that is open, or has just come, began; now, if nobody was heard to begin it."""
        return self._clock() if self._turn_began_at is None else self._turn_began_at

    def turn_began(self) -> float:
        """The same, told once."""
        began, self._turn_began_at = self.open_turn_began_at, None
        return began

    def touch(self) -> None:
        """Something was heard or done now: silence begins anew."""
        self._quiet_since = self._clock()

    def press(self, key: str) -> None:
        """A key of the telephone; one that is no digit says nothing, so it ends no silence."""
        self.pressed = True
        self._keys += key
        self._last_key_at = self._clock()
        if key.isdigit():
            self.touch()

    def quiet_for(self) -> float:
        """Seconds since anybody was heard or anything was done; 0 while somebody speaks."""
        return 0.0 if self.bot_speaking or self.caller_speaking else self._clock() - self._quiet_since

    async def run(self, report: Callable[[Event, str], Awaitable[None]], cut_off: Callable[[], bool]) -> None:
        """Reports events until it is cancelled.

        Args:
            report: Takes an event and its detail.
            cut_off: Asked again and again: whether the last line was cut off.
        """
        settings = self._settings
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            now = self._clock()
            if self._time_is_up(now):
                await report(Event.TIME_LIMIT, "")
            if self._keys and self._keys_complete(now) and (keys := self.take_keys()):
                await report(Event.KEYPAD, keys)
            if self.caller_speaking and now - self._caller_since > settings.open_turn_seconds:
                self.caller_speaking = False  # The recogniser never closed the turn.
            if cut_off() and not (self.busy or self.ending) and self.quiet_for() > settings.empty_turn_seconds:
                self.touch()
                await report(Event.CUT_OFF, "")
            patience = settings.hold_seconds if self.holding else settings.caller_silence_seconds
            if not (self.busy or self.ending) and self.quiet_for() > patience:
                self.touch()
                self.holding = False
                await report(Event.SILENCE, "")

    def take_keys(self) -> str:
        """The digits that were pressed and not told of, told once."""
        keys, self._keys = self._keys.strip("#*"), ""
        return keys

    def _time_is_up(self, now: float) -> bool:
        """Not while a turn is handled, or the call ends anyway: a caller may stop that."""
        over = now - self._started_at > self._settings.max_call_seconds
        return over and not (self.time_limit_taken or self.busy or self.ending)

    def _keys_complete(self, now: float) -> bool:
        return self._keys_whole(self._keys) or now - self._last_key_at > self._settings.keypad_seconds
