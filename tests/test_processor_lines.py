"""What was heard of a line, and how long one that must be heard is protected; the clock is the test's."""

from datetime import UTC, datetime

import pytest
from pipecat.frames.frames import (
    BotSpeakingFrame,
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    InterruptionFrame,
)

from call.session import CallSession, EntryKind, Question
from call.speech import CHARACTERS_PER_SECOND
from config import Settings
from tests.support.phone_line import PhoneLine
from turns.lines_heard import SpokenLine, SpokenLines, is_echo

READ_BACK = "So that's Jonas Weber at 12 Oak Street, Tuesday, November 24 at 10 AM. Shall I book it?"
SECONDS = len(READ_BACK) / CHARACTERS_PER_SECOND


class Call:
    """Lines whose clock and whose line the test moves."""

    def __init__(self, settings: Settings, *, marks: bool = True) -> None:
        self.now, self.line = 100.0, PhoneLine()
        self.lines = SpokenLines(self.line if marks else None, settings, lambda: self.now)

    def read_back(self, *, must_hear: bool = False) -> SpokenLine:
        return self.lines.say(READ_BACK, must_hear=must_hear, question=Question.READ_BACK)

    def follow(self, *frames: type[Frame], after: float = 0.0) -> None:
        self.now += after
        for frame in frames:
            self.lines.follow(frame())

    def leave(self, line: SpokenLine) -> None:
        """The line was sent to its end."""
        self.follow(BotStoppedSpeakingFrame)
        assert line.mark
        line.mark.sent = True

    def echo(self, line: SpokenLine) -> None:
        assert line.mark
        self.lines.echoed(line.mark.message["mark"]["name"])

    @property
    def may_approve(self) -> bool:
        return self.lines.hearing(self.now).may_approve


@pytest.fixture
def call(settings: Settings) -> Call:
    return Call(settings)


@pytest.mark.parametrize(("share", "counts"), [(0.1, False), (0.5, False), (0.7, True), (0.95, True)])
@pytest.mark.parametrize("must_hear", [False, True])
def test_one_rule_for_a_line_cut_off_and_one_that_plays_on(
    call: Call, must_hear: bool, share: float, counts: bool
) -> None:
    """A yes that begins when most of the read-back was heard approves it, an earlier one does not."""
    call.read_back(must_hear=must_hear)
    call.follow(BotStartedSpeakingFrame, after=1.0)
    call.follow(InterruptionFrame, after=share * SECONDS)
    began = call.now
    call.now += 60.0
    assert call.lines.hearing(began).may_approve is counts


def test_a_line_cut_off_stays_as_much_heard_as_it_was(call: Call) -> None:
    """Time makes it no more."""
    call.read_back()
    call.follow(BotStartedSpeakingFrame)
    call.follow(InterruptionFrame, after=0.3 * SECONDS)
    call.now += 60.0
    assert not call.may_approve


@pytest.mark.parametrize("whole", [False, True])
def test_a_yes_to_what_was_not_played_yet_approves_nothing(call: Call, whole: bool) -> None:
    """R53: most of it, or all, was sent, and Twilio plays it 3.5 s behind; what it has played by then counts."""
    call.line.behind_seconds = 0.3
    line = call.read_back()
    call.follow(BotStartedSpeakingFrame)
    call.now += 0.9 * SECONDS
    if whole:
        call.leave(line)
    may_approve, too_early = [call.may_approve], call.now
    for share in (0.3, 0.7):
        call.now += 2.0
        call.lines.played(line, share)
        may_approve.append(call.may_approve)
    assert may_approve == [False, False, True]
    assert not call.lines.hearing(too_early).may_approve


def test_what_was_played_since_the_last_mark_counts_as_far_as_the_next(call: Call) -> None:
    """A mark comes each quarter of a second; where the next does not, Twilio has stopped playing there."""
    call.line.behind_seconds = 0.3
    line = call.read_back()
    call.follow(BotStartedSpeakingFrame)
    call.now += 0.9 * SECONDS
    may_approve = []
    for share in (0.5, 0.57):
        call.lines.played(line, share)
        for seconds in (0.0, 0.24, 60.0):
            call.now += seconds
            may_approve.append(call.may_approve)
    assert may_approve == [False, False, False, False, True, True]


def test_more_played_than_the_clock_allows_is_not_believed(call: Call) -> None:
    """Of what was played and what was sent the lesser counts."""
    call.line.behind_seconds = 0.3
    line = call.read_back()
    call.follow(BotStartedSpeakingFrame)
    call.now += 0.5 * SECONDS
    call.lines.played(line, 0.9)
    assert not call.may_approve


def test_where_no_marks_come_back_what_was_sent_counts(call: Call) -> None:
    """A Twilio that tells nothing any more keeps nobody from a visit."""
    call.line.behind_seconds = None
    call.lines.played(call.read_back(), None)
    call.follow(BotStartedSpeakingFrame)
    call.now += 0.7 * SECONDS
    assert call.may_approve


@pytest.mark.parametrize("marks", [False, True])
def test_a_line_that_ended_was_heard(settings: Settings, marks: bool) -> None:
    """However fast the voice was."""
    call = Call(settings, marks=marks)
    line = call.read_back()
    call.follow(BotStartedSpeakingFrame)
    if marks:
        call.leave(line)
    else:
        call.follow(BotStoppedSpeakingFrame, after=0.1)
    assert call.may_approve


def test_a_line_that_was_never_begun_was_not_heard(call: Call) -> None:
    """Its place in what was said before does not count: the last read-back is what a yes is about."""
    first = call.read_back()
    call.follow(BotStartedSpeakingFrame)
    call.leave(first)
    call.read_back()
    call.follow(InterruptionFrame)
    assert not call.may_approve


def test_what_waits_behind_another_line_has_not_begun(call: Call) -> None:
    """The second of two protected lines is heard from where the first ends."""
    first = call.lines.say("A line that must be heard as well, and is not short.", must_hear=True)
    call.read_back(must_hear=True)
    call.follow(BotStartedSpeakingFrame)
    call.follow(BotSpeakingFrame, after=SECONDS)
    assert call.lines.hearing(call.now).question is None
    assert not call.may_approve
    call.leave(first)
    call.follow(BotStartedSpeakingFrame)
    assert call.lines.hearing(call.now).question is Question.READ_BACK
    call.now += 0.7 * SECONDS
    assert call.may_approve


def test_a_line_that_goes_on_without_a_pause_behind_one_cut_off_has_begun(call: Call) -> None:
    """No frame says so but that the bot is still speaking."""
    call.lines.say("An ordinary line.")
    call.read_back(must_hear=True)
    call.follow(BotStartedSpeakingFrame, InterruptionFrame)
    call.follow(BotSpeakingFrame, after=0.1)
    call.now += 0.7 * SECONDS
    assert call.may_approve


def test_a_line_that_asks_nothing_leaves_the_question_as_it_was(call: Call) -> None:
    """A filler between the question and the answer."""
    line = call.read_back()
    call.follow(BotStartedSpeakingFrame)
    call.leave(line)
    call.lines.say("One moment, please.")
    call.follow(BotStartedSpeakingFrame, InterruptionFrame)
    hearing = call.lines.hearing(call.now)
    assert (hearing.question, hearing.may_approve) == (Question.READ_BACK, True)


def test_protected_from_the_first_line_queued_to_the_last_one_played(call: Call) -> None:
    """Not one moment less, and not one more."""
    first, second = (call.lines.say(text, must_hear=True) for text in ("one", "two"))
    assert call.line.protect
    call.follow(BotStartedSpeakingFrame)
    call.leave(first)
    assert call.line.protect
    call.echo(first)
    assert call.line.protect
    call.follow(BotStartedSpeakingFrame)
    call.leave(second)
    assert call.line.protect
    call.echo(second)
    assert not call.line.protect


def test_an_echo_is_for_what_was_before_it(call: Call) -> None:
    """An echo that was lost is made up for by the next; a stranger's ends nothing."""
    first, second, third = (call.lines.say(text, must_hear=True) for text in ("one", "two", "three"))
    call.lines.echoed("goodbye-1")
    call.echo(second)
    call.echo(first)
    assert call.line.protect
    call.echo(third)
    assert not call.line.protect


def test_an_ordinary_line_is_not_protected(call: Call) -> None:
    """And what it says may be cut off; its mark too."""
    line = call.lines.say("An ordinary line.")
    assert not call.line.protect
    assert line.mark
    assert line.mark.interruptible
    assert not call.lines.say("A line.", must_hear=True).mark.interruptible  # type: ignore[union-attr]


def test_without_echoes_the_protection_ends_when_the_bot_has_fallen_silent(call: Call, settings: Settings) -> None:
    """Twilio sends no marks back: the line left, and that long ago."""
    line = call.lines.say("one", must_hear=True)
    call.follow(BotStartedSpeakingFrame)
    call.now += 20.0
    call.lines.release_overdue()
    assert call.line.protect
    call.leave(line)
    call.now += settings.goodbye_mark_seconds - 0.1
    call.lines.release_overdue()
    assert call.line.protect
    call.now += 0.2
    call.lines.release_overdue()
    assert not call.line.protect


def test_a_line_that_plays_seconds_behind_is_protected_to_its_end(call: Call) -> None:
    """W5: it left long ago and Twilio tells that it plays; a barge-in takes no word of the warning."""
    line = call.lines.say("Please leave the house now and call 911 from outside.", must_hear=True)
    call.line.behind_seconds = 0.3
    call.follow(BotStartedSpeakingFrame)
    call.leave(line)
    for _ in range(14):  # A mark inside the line each quarter of a second
        call.now += 0.25
        call.line.echoed_at = call.now
        call.lines.release_overdue()
        assert call.line.protect
    call.echo(line)
    assert not call.line.protect


def test_a_line_shorter_than_twilio_is_behind_is_protected_to_its_end(call: Call, settings: Settings) -> None:
    """None of its own marks is back when all of it has left: how far behind earlier lines were played counts."""
    call.line.behind_seconds = 3.5
    line = call.lines.say("Call 911 now.", must_hear=True)
    call.follow(BotStartedSpeakingFrame)
    call.leave(line)
    call.now += 3.5 + settings.goodbye_mark_seconds - 0.1
    call.lines.release_overdue()
    assert call.line.protect
    call.now += 0.2
    call.lines.release_overdue()
    assert not call.line.protect


def test_a_line_that_waits_for_its_voice_is_protected(call: Call, settings: Settings) -> None:
    """Both voices may take their time; a line that never came is given up after it."""
    call.lines.say("one", must_hear=True)
    call.now += settings.tts_first_audio_seconds + settings.tts_second_first_audio_seconds
    call.lines.release_overdue()
    assert call.line.protect
    call.now += settings.goodbye_mark_seconds + 0.1
    call.lines.release_overdue()
    assert not call.line.protect


def test_what_is_unfinished_and_what_was_cut_off(call: Call) -> None:
    """A line that must be heard is neither."""
    call.lines.say("one", must_hear=True)
    unfinished = [call.lines.unfinished]
    line = call.lines.say("An ordinary line.")
    unfinished.append(call.lines.unfinished)
    call.follow(InterruptionFrame)
    unfinished.append(call.lines.unfinished)
    assert unfinished == [False, True, False]
    assert call.lines.cut_off is line
    call.lines.say("two", must_hear=True)
    call.follow(InterruptionFrame)
    assert call.lines.cut_off is None


def test_reading_is_an_approval_that_cannot_be_cut_off(call: Call) -> None:
    """Until it has left; the same question in an ordinary line is not it."""
    call.read_back()
    assert not call.lines.reading(Question.READ_BACK)
    line = call.read_back(must_hear=True)
    call.lines.say("Of course. I'll have someone call you.", must_hear=True, question=Question.READ_BACK)
    assert call.lines.reading(Question.READ_BACK)
    assert not call.lines.reading(Question.CANCEL_CONFIRM)
    assert line.mark
    line.mark.sent = True
    assert not call.lines.reading(Question.READ_BACK)


@pytest.mark.parametrize(
    ("text", "echo"),
    [("thanks for calling ace", True), ("Thanks for", False), ("calling thanks for", False), ("for calling me", False)],
)
def test_three_words_in_a_row_of_ours_are_an_echo(text: str, echo: bool) -> None:
    """R24."""
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    session = CallSession(call_id="CA1", started_at=now)
    session.note(EntryKind.AGENT, "Thanks for calling Ace Cooling.", now)
    assert is_echo(text, session) is echo
