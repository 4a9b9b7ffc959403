"""Both sides of a call where the telephone has them: what was sent ahead, thrown away, late, or not there."""

from itertools import count

import pytest

from providers.two_sides import LATE_SAMPLES, SILENCE, TwoSides

FRAME = 160  # 20 ms
QUIET = SILENCE[0]


class Line:
    """A stream, frame by frame: the caller's samples count up from 1, so that each shows where it belongs."""

    def __init__(self) -> None:
        self.sides = TwoSides()
        self.number = count()
        self.caller, self.bot = bytearray(), bytearray()

    def tick(self, frames: int = 1) -> None:
        """So many frames of the caller's."""
        for _ in range(frames):
            number = next(self.number)
            self.sides.heard(bytes([1 + number % 100]) * FRAME, str(20 * number))
        both = self.sides.take()
        self.caller += both[::2]
        self.bot += both[1::2]

    def heard(self) -> list[tuple[int, int]]:
        """The bot's side as runs: which sample, how many of it."""
        runs: list[tuple[int, int]] = []
        for sample in self.bot:
            if runs and runs[-1][0] == sample:
                runs[-1] = (sample, runs[-1][1] + 1)
            else:
                runs.append((sample, 1))
        return runs


def test_what_is_sent_ahead_plays_in_its_time() -> None:
    """Three frames that leave at once play one after the other, from the moment on at which they left."""
    line = Line()
    line.tick(2)
    for level in (1, 2, 3):
        line.sides.sent(bytes([level]) * FRAME)
    line.tick(4)
    assert line.heard() == [(QUIET, 2 * FRAME), (1, FRAME), (2, FRAME), (3, FRAME), (QUIET, FRAME)]
    assert line.caller == b"".join(bytes([1 + number]) * FRAME for number in range(6))


@pytest.mark.parametrize("played", [0, 1, 3])
def test_a_barge_in_drops_what_was_not_played(played: int) -> None:
    """However much of it was; what follows plays from then on."""
    line = Line()
    line.sides.sent(bytes([1]) * 5 * FRAME)
    line.tick(played)
    line.sides.cleared()
    line.tick(2)
    line.sides.sent(bytes([2]) * FRAME)
    line.tick(2)
    before = [(1, played * FRAME)] if played else []
    assert line.heard() == [*before, (QUIET, 2 * FRAME), (2, FRAME), (QUIET, FRAME)]


def test_twilio_plays_behind_what_it_was_sent() -> None:
    """A mark that comes back long after its audio had to be over moves what is behind it, with its marks."""
    line = Line()
    line.sides.sent(bytes([1]) * FRAME)
    line.sides.marked("one")
    line.sides.sent(bytes([2]) * 60 * FRAME)
    line.sides.marked("two")
    line.tick(41)
    line.sides.echoed("one")  # 40 frames late, of which the recording has 40 already
    line.tick(60)
    line.sides.echoed("two")
    line.sides.sent(bytes([3]) * FRAME)
    line.tick(1)
    assert line.heard() == [(1, FRAME), (2, 40 * FRAME), (QUIET, 40 * FRAME), (2, 20 * FRAME), (3, FRAME)]


def test_a_mark_that_takes_its_way_moves_nothing() -> None:
    """It is as late as the network is."""
    line = Line()
    line.sides.sent(bytes([1]) * FRAME)
    line.sides.marked("one")
    line.sides.sent(bytes([2]) * 40 * FRAME)
    line.tick(1 + LATE_SAMPLES // FRAME)
    line.sides.echoed("one")
    line.sides.echoed("one")
    line.sides.echoed("another's")
    line.tick(20)
    assert line.heard() == [(1, FRAME), (2, 40 * FRAME), (QUIET, 5 * FRAME)]


def test_a_late_mark_behind_which_nothing_waits() -> None:
    """There is nothing to move."""
    line = Line()
    line.sides.sent(bytes([1]) * FRAME)
    line.sides.marked("one")
    line.tick(50)
    line.sides.echoed("one")
    line.sides.sent(bytes([2]) * FRAME)
    line.tick(1)
    assert line.heard() == [(1, FRAME), (QUIET, 49 * FRAME), (2, FRAME)]


def test_frames_that_were_lost_are_silence() -> None:
    """The next one's timestamp tells how long; both sides go on together."""
    sides = TwoSides()
    sides.heard(bytes([1]) * FRAME, "0")
    sides.sent(bytes([9]) * 3 * FRAME)
    sides.heard(bytes([2]) * FRAME, "60")
    both = sides.take()
    assert both[::2] == bytes([1]) * FRAME + SILENCE * 2 * FRAME + bytes([2]) * FRAME
    assert both[1::2] == SILENCE * FRAME + bytes([9]) * 3 * FRAME


@pytest.mark.parametrize("senseless", [None, 7, "", "-20", "1e3", "٣", "9" * 30, "9999999999", "0", [], {}])
def test_a_timestamp_that_makes_no_sense_costs_nothing(senseless: object) -> None:
    """Its audio follows the audio before it, and so does what comes after it."""
    sides = TwoSides()
    for timestamp in ("0", "20", senseless, "60", "80"):
        sides.heard(bytes([1]) * FRAME, timestamp)
    assert sides.take()[::2] == bytes([1]) * FRAME * 5
