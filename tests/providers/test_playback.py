"""What was played of a line, by the marks that came back."""

import pytest

from call.speech import CHARACTERS_PER_SECOND, spoken_length
from providers.playback import LOST_SECONDS, RETURN_SECONDS, Playback, PlayedLine, Take

TEXT = "So that's Jonas Weber at 12 Oak Street, Tuesday at 10 AM. Shall I book it?"


class Stream:
    """A playback whose clock the test moves, and what it tells."""

    def __init__(self) -> None:
        self.now = 100.0
        self.playback = Playback("MZ1", lambda: self.now)
        self.told: list[float | None] = []
        self.names: list[str] = []

    def line(self, text: str = TEXT) -> PlayedLine:
        return self.playback.line(text, self.told.append)

    def send(self, take: Take, *seconds: float) -> list[str]:
        """Marks that leave, each behind so much of the take."""
        names = []
        for until in seconds:
            frame = self.playback.mark(take, until, interruptible=True)
            self.playback.sent(frame)
            names.append(str(frame.message["mark"]["name"]))
        return names

    def echo(self, *names: str) -> None:
        for name in names:
            assert self.playback.echoed(name)


@pytest.fixture
def stream() -> Stream:
    return Stream()


def test_a_line_that_was_played_to_its_end_was_heard(stream: Stream) -> None:
    take = stream.line().take()
    take.seconds = 1.0
    stream.echo(*stream.send(take, 0.25, 0.5, 0.75, 1.0))
    assert stream.told == [0.25, 0.5, 0.75, 1.0]


def test_what_is_cleared_was_not_played_though_its_marks_come_back(stream: Stream) -> None:
    """Twilio returns all marks at once when its buffer is cleared."""
    take = stream.line().take()
    take.seconds = 1.0
    names = stream.send(take, 0.25, 0.5, 0.75, 1.0)
    stream.echo(names[0])
    stream.playback.cleared()
    stream.echo(*names[1:])
    stream.playback.over()
    assert stream.told == [0.25, 0.25, 0.25]


def test_what_played_since_the_last_mark_counts_up_to_the_next(stream: Stream) -> None:
    take = stream.line().take()
    take.seconds = 1.0
    names = stream.send(take, 0.25, 0.5, 0.75, 1.0)
    stream.echo(names[0])
    stream.now += 0.125
    stream.playback.cleared()
    assert stream.told[-1] == 0.375


def test_a_voice_that_lags_is_believed_not_the_clock(stream: Stream) -> None:
    """All was sent, and Twilio plays seconds behind."""
    take = stream.line().take()
    take.seconds = 4.0
    names = stream.send(take, 1.0, 2.0, 3.0, 4.0)
    stream.now += 3.5
    stream.echo(names[0])
    stream.now += 9.0
    stream.playback.cleared()
    assert stream.told[-1] == 0.5


def test_a_mark_that_never_left_was_dropped_with_its_audio(stream: Stream) -> None:
    take = stream.line().take()
    take.seconds = 1.0
    stream.echo(*stream.send(take, 0.25))
    stream.playback.mark(take, 1.0, interruptible=True)
    stream.playback.cleared()
    stream.now += 2 * LOST_SECONDS
    stream.playback.over()
    assert stream.told == [0.25, 0.25]


def test_a_line_that_nobody_could_speak_was_not_heard(stream: Stream) -> None:
    stream.line()
    stream.playback.over()
    assert stream.told == [0.0]


def test_a_line_behind_the_end_of_the_stream_was_not_heard(stream: Stream) -> None:
    stream.playback.over()
    stream.line()
    assert stream.told == [0.0]


def test_of_two_voices_the_one_that_came_further_counts(stream: Stream) -> None:
    """The first stalls in the middle, of a line whose length nobody knows yet; the second is cut off at its start."""
    line = stream.line()
    stream.echo(*stream.send(line.take(), 2.0))
    half = stream.told[-1]
    assert half == pytest.approx(2.0 * CHARACTERS_PER_SECOND / spoken_length(TEXT), abs=0.001)
    second = line.take()
    second.seconds = spoken_length(TEXT) / CHARACTERS_PER_SECOND
    stream.echo(*stream.send(second, 0.5))
    assert stream.told[-1] == pytest.approx(half, abs=0.01)
    stream.echo(*stream.send(second, second.seconds))
    assert stream.told[-1] == 1.0


def test_a_line_that_no_voice_finished_is_reckoned_as_fast_as_those_before(stream: Stream) -> None:
    """Both voices stall in the middle of it: how long it would have been is not known."""
    before = stream.line("A line of just forty characters, or so..").take()
    before.seconds = 1.0
    stream.echo(*stream.send(before, 1.0))
    stream.echo(*stream.send(stream.line("x" * 80).take(), 1.0))
    assert stream.told[-1] == 0.5


def test_where_cleared_marks_do_not_come_back_nobody_knows(stream: Stream) -> None:
    take = stream.line().take()
    take.seconds = 1.0
    stream.send(take, 0.5, 1.0)
    stream.playback.cleared()
    stream.now += RETURN_SECONDS + 1.0
    stream.playback.over()
    assert stream.told == [None]


def test_where_marks_do_not_come_back_nobody_knows(stream: Stream) -> None:
    take = stream.line().take()
    take.seconds = 1.0
    stream.send(take, 0.5, 1.0)
    stream.now += LOST_SECONDS + 1.0
    stream.playback.over()
    assert stream.told == [None]


def test_once_marks_are_lost_nobody_knows_of_the_later_lines_either(stream: Stream) -> None:
    stream.send(stream.line().take(), 0.5)
    stream.now += LOST_SECONDS + 1.0
    stream.send(stream.line().take(), 0.5)
    stream.now += 1.0
    stream.playback.over()
    assert stream.told == [None, None]


def test_one_lost_mark_says_nothing_of_a_line_after_which_others_came_back(stream: Stream) -> None:
    stream.send(stream.line().take(), 0.5)
    stream.now += LOST_SECONDS + 1.0
    second = stream.line().take()
    second.seconds = 1.0
    stream.echo(*stream.send(second, 0.5))
    stream.send(second, 1.0)
    stream.playback.over()
    assert stream.told == [0.5, None, 0.5]


def test_how_far_behind_it_plays_is_the_furthest_that_was_seen(stream: Stream) -> None:
    """What comes back because it was cleared tells nothing of it."""
    take = stream.line().take()
    names = stream.send(take, 0.25, 0.5, 0.75)
    stream.now += 3.5
    stream.echo(names[0])
    stream.now += 1.0
    stream.playback.cleared()
    stream.echo(*names[1:])
    (quick,) = stream.send(stream.line().take(), 0.25)
    stream.now += 0.25
    stream.echo(quick)
    assert stream.playback.behind_seconds == 3.5


def test_how_far_behind_it_plays_is_not_known_while_no_marks_come_back(stream: Stream) -> None:
    """Late is not lost; once they come again, it is."""
    told = [stream.playback.behind_seconds]
    (name,) = stream.send(stream.line().take(), 0.25)
    for seconds in (LOST_SECONDS, 0.1):
        stream.now += seconds
        told.append(stream.playback.behind_seconds)
    stream.echo(name)
    assert [*told, stream.playback.behind_seconds] == [0.0, 0.0, None, pytest.approx(LOST_SECONDS + 0.1)]


def test_marks_of_others_are_not_its_own(stream: Stream) -> None:
    assert not stream.playback.echoed("goodbye-1")
    assert stream.playback.echoed("played-99")
    assert stream.told == []
