"""The waveform of a recording, and where its turns begin."""

from datetime import timedelta

from records.turn_view import turns_of
from records.wave_file import Loudness
from server.waveform import HALF, waveform
from tests.support.stored_calls import booked, later

LOUD = Loudness(60.1, 0.25, (0.5, 0.0) * 120 + (1.0,), (0.0, 0.25) * 120 + (0.0,))


def test_both_sides_from_the_middle() -> None:
    """The caller's above, the agent's below, as high as they are loud; of silence there is no stroke."""
    picture = waveform(LOUD, (), later(0))
    assert (picture.width, picture.height) == (241, 2 * HALF + 2)
    assert picture.caller.startswith("M0.5 31v-15M2.5 31v-15M4.5")
    assert picture.caller.endswith("M240.5 31v-30")
    assert picture.bot.startswith("M1.5 31v7.5M3.5 31v7.5")
    assert picture.starts == ()


def test_a_turn_begins_with_its_first_word() -> None:
    """Its entry is made behind the last one; what was said before the recording began is at its beginning."""
    turns = turns_of(booked().timeline)
    picture = waveform(LOUD, turns, later(9))
    assert [start.number for start in picture.starts] == [turn.number for turn in turns] == [0, 1, 2, 3]
    seconds = [start.seconds for start in picture.starts]
    assert seconds[:2] == [0.0, 0.0]
    assert 9 < seconds[2] < 11  # "the what", whose entry was made at 20 s
    assert 26 < seconds[3] < 30
    assert [start.x for start in picture.starts] == [round(at * 4, 1) for at in seconds]
    assert picture.start(3) == picture.starts[3]
    assert picture.start(4) is None


def test_what_was_said_when_the_recording_was_over() -> None:
    """Is at its end."""
    picture = waveform(Loudness(5.0, 0.25, (0.0,) * 20, (0.0,) * 20), turns_of(booked().timeline), later(0))
    assert max(start.seconds for start in picture.starts) == 5.0
    early = waveform(LOUD, turns_of(booked().timeline), later(0) + timedelta(days=1))
    assert {start.seconds for start in early.starts} == {0.0}
