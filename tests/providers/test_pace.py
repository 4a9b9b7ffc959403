"""The pace of the bot's audio: as fast as it plays, and what we were held up for is made up for."""

from dataclasses import dataclass, field

import pytest

from providers.pace import AHEAD_SECONDS, Pace

PIECE = 0.04


@dataclass
class Stream:
    """One stream on a machine's clock, and what of that the process had."""

    at: float = 100.0
    lost: float = 0.0
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.pace = Pace(lambda: self.at, lambda: self.at - self.lost)

    def piece(self) -> float:
        """One more has left; how long the next one waits, which passes."""
        waits = self.pace.next(PIECE)
        self.at += waits
        return round(waits, 6)

    def held_up(self, seconds: float) -> None:
        self.at += seconds
        self.lost += seconds

    def pieces(self, number: int) -> list[float]:
        return [self.piece() for _ in range(number)]


def test_as_fast_as_it_plays() -> None:
    """Also behind a pause, which is not made up for: the first piece at once, then one at a time."""
    stream = Stream()
    assert stream.pieces(4) == [0.0, PIECE, PIECE, PIECE]
    stream.at += 30.0
    assert stream.pieces(3) == [0.0, PIECE, PIECE]


def test_what_it_was_held_up_for_is_made_up_for() -> None:
    """The late pieces go at once; what Twilio then has in hand hides what comes late next."""
    stream = Stream()
    stream.pieces(3)
    began = stream.at
    stream.held_up(0.5)
    waits = stream.pieces(40)
    assert waits[:10] == [0.0] * 10
    assert waits[-10:] == [PIECE] * 10
    assert stream.at - began == pytest.approx(40 * PIECE, abs=1.5 * PIECE)


def test_no_more_than_so_much_is_sent_ahead() -> None:
    """However long it was held up, and however often."""
    stream = Stream()
    stream.pieces(3)
    stream.held_up(30.0)
    waits = stream.pieces(100)
    assert waits.count(0.0) == pytest.approx(AHEAD_SECONDS / PIECE, abs=1)
    for _ in range(50):
        stream.held_up(0.2)
        stream.piece()
    waits = stream.pieces(100)
    assert waits.count(0.0) <= AHEAD_SECONDS / PIECE + 1


def test_behind_a_barge_in_the_next_piece_goes_at_once() -> None:
    """And nothing is owed to what was dropped."""
    stream = Stream()
    stream.pieces(3)
    stream.held_up(0.5)
    stream.pace.next(PIECE)
    stream.pace.restart()
    assert stream.pieces(3) == [0.0, PIECE, PIECE]
