"""What callers say in pieces, while tools run and in place of answers: the turns of real calls, at the processor.

Rules and state machine are the real ones, the tools answer when the test lets them, and time passes when it says so.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    EndWorkerFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMContextFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.tests.utils import SleepFrame

import post_call
from call.actions import Say
from call.business import Business
from call.session import BookingStatus, CallSession, EntryKind, Question, State
from call.tool_calls import BookAppointment, LookupCaller, Outcome, SlotsFound
from conversation import script
from providers.frames import WordReplyFrame
from state_machine import StateMachine
from tests.support.driven_call import results_for
from tests.support.phone_line import PhoneLine
from tests.test_processor import NOW, Hours, Tools, play, processor, ready_to_book, spoken, turn, turns
from turns.line import CallEventFrame, Event

CONTROLLED_CLOCK = True

SAFETY = (*script._EN["ask:safety"], *script._EN["safety_follow_up"])


def in_state(state, question, **known):
    """A call in the middle."""
    return CallSession(
        call_id="CA1", caller_number="+15125550100", started_at=NOW, state=state, question=question, **known
    )


def over(*texts):
    """Turns of which each comes before what answers the one before it was spoken."""
    return [turn(text) for text in texts]


def asked():
    """The bot's question was heard to its end."""
    return [BotStartedSpeakingFrame(), SleepFrame(0.02), BotStoppedSpeakingFrame(), SleepFrame(0.02)]


def names(tools):
    return [request.tool for request in tools.called]


class SlowTools(Tools):
    """A tool that takes `seconds`, and what happens while it runs."""

    def __init__(self, seconds, meanwhile=None, kind=LookupCaller):
        super().__init__()
        self.seconds, self.meanwhile, self.kind = seconds, meanwhile, kind

    async def call(self, request, session):
        self.called.append(request)
        self.entered.set()
        if isinstance(request, self.kind):
            if self.meanwhile:
                await self.meanwhile()
            await asyncio.sleep(self.seconds)
        return results_for(request)[0]


async def test_pieces_of_answers_leak_into_no_other_state():
    """R1: what was unclear before the no counts nothing behind it, and the ZIP is read."""
    made, session, _ = processor(in_state(State.SAFETY, Question.SAFETY))
    frames = [*asked(), *turns("Mhmm."), *asked(), *turns("Yeah. It's a broken cover."), *asked(), *turns("No.")]
    after_no = []

    def watched():
        yield from frames
        after_no.append((session.state, session.state_turn_count))
        yield from [*asked(), *turns("Combat Road"), *asked(), *turns("seven eight seven zero one")]

    await play(made, watched())
    assert after_no == [(State.SERVICE_AREA, 0)]
    assert (session.zip_code, session.state) == ("78701", State.DISCOVERY)


async def test_an_address_in_five_pieces_is_no_callback():
    """R2: the call stays where it is, and the next whole answer goes on."""
    session = in_state(State.DISCOVERY, Question.ADDRESS, zip_code="78701", problem="no heat", name="Jonas Weber")
    made, session, _ = processor(session, model_up=False)
    pieces = ("Okay. It's", "seven eight", "four three two nine", "Franklin Street,", "Franklin.")
    seen = []

    def frames():
        yield from [*asked(), *over(*pieces[:3]), SleepFrame(0.05)]
        seen.append((session.state, session.question))
        yield from [*asked(), *turns("seven eight four three two nine Franklin Street")]

    down, _ = await play(made, frames())
    assert seen == [(State.DISCOVERY, Question.ADDRESS)]
    assert (session.address, session.question) == ("784329 Franklin Street", Question.WHEN)
    assert not [line for line in spoken(down) if "call you back" in line]


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        pytest.param("Yeah. I'm", "currently having a problem with my air conditioning", id="R3"),
        pytest.param("I have a problem with my", "air conditioning unit", id="R4"),
        pytest.param("I am having a", "problem with my furnace", id="R5"),
        pytest.param("I am having a problem with my air", "conditioning unit.", id="R6"),
    ],
)
async def test_a_caller_who_goes_on_while_the_lookup_runs_is_heard_out(first, rest):
    """R3 to R7: nobody speaks over the rest, V2 is asked once, and both pieces together are answered once."""

    async def goes_on():
        await made.queue_frame(UserStartedSpeakingFrame())
        await asyncio.sleep(2.5)  # Longer than a filler line waits in silence.
        await made.queue_frame(UserStoppedSpeakingFrame())
        await made.queue_frame(turn(rest))

    tools = SlowTools(0.0, goes_on)
    made, session, machine = processor(tools=tools, model_up=False)
    down, _ = await play(made, [turn(first), SleepFrame(4)])
    assert machine.stepped == [first, rest]
    assert names(tools) == ["lookup_caller"]
    assert session.state is State.SAFETY
    (line,) = [text for text in spoken(down) if "?" in text]
    assert line in SAFETY
    assert "One moment, please." not in spoken(down)


@pytest.mark.parametrize("slow", [True, False])
async def test_a_hold_instead_of_a_question_is_not_taken_for_having_heard_it(slow):
    """Told to wait while V2 looks, or before its first sound: it is asked behind that; a "no" before is no answer."""

    async def hold():
        await made.queue_frame(turn("Hold on a second."))

    tools = SlowTools(0.0, hold if slow else None)
    made, session, _ = processor(tools=tools, model_up=False)
    said: list[str] = []
    cleared: list[bool] = []

    def frames():
        yield from [turn("My furnace is not heating."), SleepFrame(0.2)]
        if not slow:
            yield from [UserStartedSpeakingFrame(), InterruptionFrame(), turn("Hold on a second."), SleepFrame(0.1)]
        said.extend(entry.text for entry in session.timeline if entry.kind is EntryKind.AGENT)
        yield from [*asked(), *turns("No.")]
        cleared.append(session.safety_cleared)
        yield from [*asked(), *turns("No.")]
        cleared.append(session.safety_cleared)

    await play(made, frames())
    wait, question = said[-2:]
    assert wait == "Sure, take your time."
    assert question in SAFETY
    assert cleared == [False, True]


async def test_a_hold_alone_asks_no_question():
    """Who has heard the question and asks for time is not asked again."""
    made, session, _ = processor(model_up=False)
    frames = [turn("My furnace is not heating."), SleepFrame(0.1), *asked(), *asked(), *turns("Hold on a second.")]
    down, _ = await play(made, [*frames, *asked(), *turns("No.")])
    assert sum(line in SAFETY for line in spoken(down)) == 1
    assert "Sure, take your time." in spoken(down)
    assert session.safety_cleared


@pytest.mark.parametrize(
    ("lines", "heard"),
    [
        ([Say("Okay.")], False),
        ([Say("Okay."), Say("Any smell of gas?"), Say("Okay.")], True),
        ([Say(script._EN["vendor"][0])], True),
    ],
)
async def test_only_a_line_that_asks_is_the_question(lines, heard):
    """The open question was not heard in a line that asks nothing, wherever that line stands."""
    made, _, machine = processor(in_state(State.SAFETY, Question.SAFETY))
    known = []

    def step(_, turn):
        known.append(turn.question_heard)
        return lines

    object.__setattr__(machine, "step", step)
    await play(made, [*turns("hm"), *asked() * len(lines), *turns("No.")])
    assert known == [False, heard]


async def test_a_quick_lookup_is_silent_and_then_the_bot_speaks():
    """R4, R6: no filler line, and the question that the tool led to is asked without another word of the caller's."""
    made, session, _ = processor(tools=(tools := SlowTools(0.8)))
    down, _ = await play(made, [turn("My air conditioning unit has a problem."), SleepFrame(1.5)])
    assert names(tools) == ["lookup_caller"]
    assert "One moment, please." not in spoken(down)
    assert spoken(down)[-1] in SAFETY
    assert session.turn_count == 1


async def test_a_turn_in_pieces_is_answered_once():
    """R7: the newest one is; nothing is stacked."""
    made, _, machine = processor(in_state(State.SERVICE_AREA, Question.ZIP), model_up=False)
    down, _ = await play(made, [*asked(), *over("it's uh", "hold on", "seven eight seven oh one"), SleepFrame(0.1)])
    assert machine.stepped == ["it's uh", "hold on", "seven eight seven oh one"]
    assert [line for line in spoken(down) if "?" in line] == [script._EN["ask:problem"][0]]


async def test_a_gas_smell_in_the_second_piece_ends_in_the_emergency_once():
    """R50: said while the lookup ran: leave and 911, one alert, and nothing of the questions in between."""

    async def goes_on():
        await made.queue_frame(turn("a gas smell in my house"))

    tools = SlowTools(0.3, goes_on)
    made, session, _ = processor(tools=tools)
    down, _ = await play(made, [turn("yeah I'm having"), SleepFrame(1)], ends=True)
    assert session.outcome == "safety_exit:emergency"
    assert names(tools) == ["lookup_caller", "send_emergency_alert"]
    assert [line for line in spoken(down) if "911" in line] == spoken(down)


async def test_the_yes_books_in_its_own_turn():
    """R10: a filler line, the booking and its confirmation, without another word of the caller's."""
    made, session, machine = processor(ready_to_book(), tools=(tools := SlowTools(2.5, kind=BookAppointment)))
    read_back = [CallEventFrame(Event.START), SleepFrame(0.02), *asked()]
    down, _ = await play(made, [*read_back, turn("Yes."), SleepFrame(4)])
    assert machine.stepped == ["Yes."]
    assert "book_appointment" in names(tools)
    assert session.booking_status is BookingStatus.CONFIRMED
    lines = spoken(down)
    assert "One moment while I book that." in lines
    assert "booked for Tuesday, November 24" in lines[-2]
    assert lines[-1] in script._EN["ask:anything_else"]


async def test_the_yes_that_booked_is_not_an_answer_to_what_follows():
    """R23, X17: it is used up; the call waits for an answer to "anything else?" and does not end."""
    made, session, machine = processor(ready_to_book(), tools=(tools := Tools()))
    read_back = [CallEventFrame(Event.START), SleepFrame(0.02), *asked()]
    down, _ = await play(made, [*read_back, turn("Yes."), SleepFrame(1)])
    assert (session.state, session.question, session.closing) == (State.CONFIRM, Question.ANYTHING_ELSE, False)
    assert machine.stepped == ["Yes."]
    assert names(tools).count("book_appointment") == 1
    assert not any(isinstance(frame, EndWorkerFrame) for frame in down)


@pytest.mark.parametrize("yes", ["Yes.", "yes that works", "perfect"])
async def test_one_approval_is_enough(yes):
    """R23, X7: no second "are you ready"."""
    made, session, _ = processor(ready_to_book(), tools=Tools())
    read_back = [CallEventFrame(Event.START), SleepFrame(0.02), *asked()]
    down, _ = await play(made, [*read_back, turn(yes), SleepFrame(0.5)])
    assert session.booking_status is BookingStatus.CONFIRMED
    assert [line for line in spoken(down) if "Shall I" in line] == spoken(down)[:1]


def played(made):
    """All that was said has left, to its end."""
    for line in made._lines._coming:
        line.mark.sent = True
    return [BotStartedSpeakingFrame(), SleepFrame(0.02), BotStoppedSpeakingFrame(), SleepFrame(0.02)]


@pytest.mark.parametrize("no", ["No.", "no thank you"])
async def test_a_question_during_the_goodbye_stops_the_hang_up(no):
    """R14: a bare no brings the close, and the line stays open for who speaks while it plays."""
    made, session, machine = processor(ready_to_book(), line=PhoneLine(), clock=Hours())
    goodbye = []

    def frames():
        for said in (CallEventFrame(Event.START), turn("Yes."), turn(no)):
            yield from [said, SleepFrame(0.1)]
            yield from played(made) if not session.closing else []
        goodbye.append((session.closing, session.hangup_stopped))
        yield from turns("Wait, do I have to be at home for it?")

    down, _ = await play(made, frames())
    assert goodbye == [(True, False)]
    assert machine.stepped == ["Yes.", no, "Wait, do I have to be at home for it?"]
    assert session.hangup_stopped
    assert spoken(down)[-1] == spoken(down)[-2]  # The goodbye once more.
    assert not any(isinstance(frame, EndWorkerFrame) for frame in down)


async def test_a_no_clears_the_safety_question_in_the_turn_in_which_it_is_said():
    """R13, R9: the next question follows at once, in our words, whatever the model does meanwhile."""
    made, session, _ = processor(model_up=False)
    down, _ = await play(made, [*turns("My furnace stopped working."), *asked(), *asked(), *turns("No.")])
    assert session.state is State.SERVICE_AREA
    assert spoken(down)[-1] in script._EN["ask:zip"]


class SecondReader:
    """Finds a name in whatever was said, or fails."""

    failed = False

    def __init__(self, **found):
        self.found = found

    async def read(self, session, heard, rules):
        return replace(heard, **self.found)


async def test_what_the_second_reader_finds_moves_the_call_on_in_the_same_turn():
    """X25: the last detail is asked next, not at the utterance after it."""
    session = in_state(State.DISCOVERY, Question.NAME, zip_code="78701", problem="no heat", address="12 Oak Street")
    made, session, _ = processor(session, second_reader=SecondReader(name="Jonas Weber"))
    down, _ = await play(made, [*asked(), *turns("people always get that one wrong")])
    assert (session.name, session.question) == ("Jonas Weber", Question.WHEN)
    assert spoken(down)[-1] in script._EN["ask:when"]
    (told,) = [entry for entry in session.timeline if entry.kind is EntryKind.CALLER]
    assert (told.read, told.read_again) == ({}, {"name": "Jonas Weber"})


class Calendar:
    """Has one visit free."""

    async def call(self, request, session):
        return SlotsFound(Outcome.OK, "1 free", slots=(NOW + timedelta(days=1),))


async def test_what_was_understood_and_what_v2_answered_is_on_record():
    """Fact by fact, as text; so is what V2 was asked with."""
    session = in_state(
        State.URGENCY, Question.WHEN, zip_code="78701", problem="no heat", address="12 Oak Street", name="Jo"
    )
    made, session, _ = processor(session, tools=Calendar())
    await play(made, [*asked(), *turns("as soon as possible")])
    told = {entry.kind: entry for entry in session.timeline}
    assert "asap yes" in told[EntryKind.CALLER].read["visit"]
    assert told[EntryKind.CALLER].read_again == {}
    assert (told[EntryKind.TOOL].text, told[EntryKind.TOOL].asked) == (
        "check_calendar_availability",
        {"urgency": "Urgent"},
    )
    assert told[EntryKind.TOOL].answered == {
        "detail": "1 free",
        "slots": f"{NOW + timedelta(days=1):%a %d %b %Y %H:%M}",
    }


class Late(SecondReader):
    """Is late in every turn."""

    failed = True

    async def read(self, session, heard, rules):
        return heard


async def test_a_second_reader_that_fails_kills_no_turn():
    """R9: the question is asked again in our words at once; the model is not waited for twice."""
    session = in_state(State.DISCOVERY, Question.NAME, zip_code="78701", problem="no heat", address="12 Oak Street")
    made, session, _ = processor(session, second_reader=Late())
    down, _ = await play(made, [*asked(), *turns("people always get that one wrong")])
    assert spoken(down)[-1] in script._EN["ask:name"]
    assert not [frame for frame in down if isinstance(frame, WordReplyFrame | LLMContextFrame)]


async def test_only_whole_turns_and_what_we_said_are_in_the_transcript():
    """R27: partial transcripts are nobody's words; our lines are, in their order, the last one too."""
    made, session, _ = processor(line=None)
    partial = [
        InterimTranscriptionFrame(text="I want", user_id="caller", timestamp="2026-01-01T00:00:00Z"),
        TranscriptionFrame(text="I want to talk", user_id="caller", timestamp="2026-01-01T00:00:00Z"),
    ]
    frames = [CallEventFrame(Event.START), SleepFrame(0.02), *asked(), *partial, *turns("I want to talk to a person.")]
    down, _ = await play(made, frames, ends=True)
    said = [(entry.kind, entry.text) for entry in session.timeline if entry.kind in (EntryKind.CALLER, EntryKind.AGENT)]
    assert [text for kind, text in said if kind is EntryKind.CALLER] == ["I want to talk to a person."]
    assert [text for kind, text in said if kind is EntryKind.AGENT] == spoken(down)
    assert said[-1][1] in script._EN["callback_promise"]
    record = post_call.build_record(session, made._settings, now=NOW)
    transcript = [
        (line.role, line.content.removesuffix(post_call.NOT_CERTAIN)) for line in record.call.transcript_object or ()
    ]
    assert transcript == [("user" if kind is EntryKind.CALLER else "agent", text) for kind, text in said]


async def test_noise_is_no_intent():
    """R25: a television that opened a turn and said nothing counts nothing, moves nothing and asks V2 nothing."""
    made, session, machine = processor(tools=(tools := Tools()))
    noise = [
        UserStartedSpeakingFrame(),
        InterruptionFrame(),
        SleepFrame(0.02),
        UserStoppedSpeakingFrame(),
        *turns("..."),
    ]
    await play(made, [CallEventFrame(Event.START), SleepFrame(0.02), *asked(), *noise, *noise])
    assert (session.state, session.turn_count, machine.stepped, tools.called) == (State.WELCOME, 0, [], [])


async def test_after_the_last_turn_of_a_call_nothing_makes_another_callback():
    """X16, X13: the thirty-first turn makes one, and whatever is said behind it none."""
    session = in_state(State.DISCOVERY, Question.NAME, turn_count=30)
    made, session, _ = processor(session, tools=(tools := Tools()), line=PhoneLine(), clock=Hours())
    await play(made, turns("hm", "hello?", "are you there?", "hello?"))
    assert names(tools) == ["create_callback"]


async def test_a_line_counts_when_it_is_spoken():
    """What was decided and never said leaves its variant for the next time."""
    made, session, machine = processor(in_state(State.SERVICE_AREA, Question.ZIP), model_up=False)
    down, _ = await play(made, [*over("it's uh", "the one downtown"), SleepFrame(0.1)])
    assert machine.stepped == ["it's uh", "the one downtown"]
    assert spoken(down) == [script._EN["ask:zip"][0]]  # The newest turn's; what the older one was to be told is gone.
    assert session.said_count == {"ask:zip": 1}


def test_deciding_says_nothing():
    """The state machine reads how often a line was said, and does not count."""
    session = CallSession(call_id="CA1", started_at=NOW)
    machine = StateMachine(Business())
    assert machine.start(session, NOW) == machine.start(session, NOW)
    assert session.said_count == {}
