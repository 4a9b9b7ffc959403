"""What is said behind a visit that was cancelled or moved: a doubt whether it was, a wish to undo it, a new wish."""

import pytest

from call.business import Business
from call.session import Question, Reason, State
from conversation.owed import to_the_team
from tests.conversation.test_no_clock import TO_THE_READ_BACK, call, hear
from tests.support.driven_call import TURNS, Conversation

ASKED = [
    "So it's cancelled, right?",
    "Okay so that one's gone?",
    "did that go through",
    "so nobody's coming, right?",
    "so they won't come",
    "and I don't have to do anything else?",
    "okay so it's off the books",
    "you took it off?",
    "so the Friday one is cancelled",
    "is that one gone now",
    "I just want to make sure it's cancelled",
    "are you sure it's cancelled",
    "that's taken care of?",
    "thanks for cancelling it",
    "so no one shows up Friday morning",
    "alright, and it's really off your schedule now, yes?",
]
WISHES = [
    "can you book me for Friday instead",
    "actually don't cancel it",
    "wait, I didn't want to cancel",
    "never mind, keep it",
    "can I get it back",
    "I changed my mind, leave it on",
    "I want a new appointment next week",
    "I need to cancel the other one too",
    "also my furnace is leaking now",
    "you cancelled the wrong one",
    "is the Monday one cancelled too",
    "and the one on Monday is still on?",
    "so it's cancelled, but I still need someone next week",
    "so it's cancelled, right? can you book Tuesday",
    "so it's not cancelled?",
    "I won't get charged for cancelling?",
]


def changed(action: str) -> Conversation:
    """A call in which the visit on file, Friday at nine, was cancelled, or moved to Tuesday at two."""
    conversation = call()
    for turn in (action, "name", *(["tuesday"] if action == "reschedule" else []), "yes"):
        conversation.feed(TURNS[turn])
    assert (conversation.session.state, conversation.session.question) == (State.CONFIRM, Question.ANYTHING_ELSE)
    return conversation


@pytest.mark.parametrize("words", ASKED)
def test_who_asks_whether_it_is_cancelled_hears_that_it_is(words: str) -> None:
    """It is no wish: nothing is noted, and no lead is made of it."""
    conversation = changed("cancel")
    hear(conversation, words)
    assert conversation.said[-2:] == ["Your visit is cancelled.", "Is there anything else I can help with?"]
    hear(conversation, "no that's all, thank you")
    assert (conversation.session.added, conversation.session.reason) == ([], Reason.CANCELLED)
    assert conversation.session.closing


@pytest.mark.parametrize("words", WISHES)
def test_a_wish_behind_a_cancellation_is_noted_for_the_team(words: str) -> None:
    """Also one that takes it back, and one beside the doubt."""
    conversation = changed("cancel")
    hear(conversation, words)
    assert conversation.session.added == [f'At the end the caller said: "{words}".']
    assert "Your visit is cancelled." not in conversation.said[-2:]


@pytest.mark.parametrize(
    "words",
    [
        "so it's moved, right?",
        "okay and it's changed now",
        "did that go through?",
        "so you moved it",
        "is my visit moved",
        "just making sure it's rescheduled",
        "so the Tuesday one is moved?",
        "that's all switched then?",
        "thanks for moving it",
        "you changed it, correct?",
    ],
)
def test_who_asks_whether_it_is_moved_hears_to_when(words: str) -> None:
    """The time that V2 took."""
    conversation = changed("reschedule")
    hear(conversation, words)
    assert conversation.said[-2] == "Your visit is moved to Tuesday, November 24 at 2 PM."
    assert conversation.session.added == []


@pytest.mark.parametrize("words", ["so it's cancelled?", "actually move it back", "make it three o'clock instead"])
def test_a_wish_behind_a_moved_visit_is_noted_for_the_team(words: str) -> None:
    """Nothing is claimed that was not done."""
    conversation = changed("reschedule")
    hear(conversation, words)
    assert len(conversation.session.added) == 1


def test_who_asks_twice_whether_it_is_cancelled_is_let_go() -> None:
    """Told once more, and then the end."""
    conversation = changed("cancel")
    for words in ("So it's cancelled, right?", "so nobody's coming?"):
        hear(conversation, words)
    assert conversation.said[-2] == "Your visit is cancelled."
    assert conversation.session.closing


def booked() -> Conversation:
    """A call in which a visit was booked, for Tuesday at two."""
    conversation = call()
    for turn in (*TO_THE_READ_BACK, "yes"):
        conversation.feed(TURNS[turn])
    assert (conversation.session.reason, conversation.session.question) == (Reason.BOOKED, Question.ANYTHING_ELSE)
    return conversation


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("Actually cancel that, I found somebody else", "cancelled"),
        ("you know what, cancel the whole thing", "cancelled"),
        ("I changed my mind, I don't want the visit", "cancelled"),
        ("never mind the visit, my brother will fix it", "cancelled"),
        ("Actually don't send anybody", "cancelled"),
        ("don't come Tuesday", "cancelled"),
        ("I don't want it after all", "cancelled"),
        ("hold off on that, my husband says no", "cancelled"),
        ("Please undo that booking", "cancelled"),
        ("No wait, take me off the schedule", "cancelled"),
        ("no actually we found someone cheaper, so no need to come", "cancelled"),
        ("call it off please", "cancelled"),
        ("ya no quiero la cita", "cancelled"),
        ("Can you move it to Thursday instead?", "moved"),
        ("make that Wednesday", "moved"),
    ],
)
def test_a_visit_that_is_called_off_behind_its_booking_is_left_to_the_team(words: str, wish: str) -> None:
    """It stands: nobody says that it is cancelled, nor "see you", and the team is told, in its text too."""
    conversation = booked()
    hear(conversation, words)
    assert "I can't change that here, but I've noted it, and our team will see to it." in conversation.said
    hear(conversation, "No, that's all, thank you")
    assert conversation.session.closing
    assert not [line for line in conversation.said if "see you" in line or "is cancelled" in line]
    text = to_the_team(conversation.session, Business())
    assert text is not None
    assert f"and then to be {wish}" in text.reason
    assert words in text.reason


@pytest.mark.parametrize("words", ["Did you cancel it?", "so it's cancelled, right?", "no wait, keep it"])
def test_what_is_said_behind_that_claims_nothing_either(words: str) -> None:
    """Not cancelled, and no "see you"."""
    conversation = booked()
    hear(conversation, "Actually cancel that, I found somebody else")
    hear(conversation, words)
    assert conversation.session.closing
    assert not [line for line in conversation.said if "see you" in line or "is cancelled" in line]
    assert conversation.session.added[-1] == f'At the end the caller said: "{words}".'


@pytest.mark.parametrize(
    "words",
    [
        "No, I don't need anything else",
        "no I don't need that",
        "no, that's all I needed",
        "no, see you Tuesday",
        "don't come in through the front, please",
        "don't send a bill to my office",
        "never mind",
        "the dog won't come near you",
        "nobody else needs anything",
        "no, I want it fixed, thanks",
        "No, not really.",
        "No, my address is right.",
        "No, Tuesday's perfect.",
        "No, I'll be at the house all day.",
        "No, I can't think of anything.",
        "I have to go, bye.",
        "I won't be home but my wife will let him in.",
        "My wife will be home, not me.",
        "No, I'm working from home that day so anytime is fine.",
        "Yes, tell him the gate code is 8812.",
        "Oh wait, the gate code is 8812.",
        "The doorbell doesn't work.",
        "What if I'm not home?",
        "It's been out since Monday.",
        "That works for me.",
        "Can you send the bill to 12 Elm Street?",
        "It's the white house, not the brick one.",
        "No, that's fine. I'll call back if it comes back on.",
    ],
)
def test_what_calls_nothing_off_leaves_the_visit_as_it_is(words: str) -> None:
    """A way in, a question, a plain no: the last words tell the time, and the team gets no text."""
    conversation = booked()
    hear(conversation, words)
    if not conversation.session.closing:
        hear(conversation, "No, that's all, thank you")
    assert conversation.said[-1] == "Thank you. We'll see you Tuesday, November 24 at 2 PM. Goodbye."
    assert to_the_team(conversation.session, Business()) is None


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("Can you scratch that?", "checked"),
        ("Actually, scratch that, we're going with somebody else.", "cancelled"),
        ("Oh wait, I won't be home then.", "checked"),
        ("Oh, I can't do two, I have a dentist appointment.", "checked"),
        ("Never mind, it just came back on.", "checked"),
        ("Actually my wife says we don't need it.", "cancelled"),
        ("Could we do one o'clock?", "moved"),
        ("Is it possible to do eleven instead?", "moved"),
        ("Hang on, make that ten.", "moved"),
        ("You know what, I'd rather wait.", "checked"),
        ("Oh wait, wrong house. It's 5610, not 5600.", "checked"),
        ("Oh shoot, I gave you my old address, it's 2410 Bluebonnet Lane.", "checked"),
        ("That's not my address.", "checked"),
        ("Eighty-nine dollars? No, that's too much.", "checked"),
        ("My husband says he already called somebody.", "checked"),
        ("No, nobody will be home Tuesday.", "checked"),
        ("No, I'm working that day.", "checked"),
        ("Tuesday's no good, I forgot I have court.", "checked"),
        ("We're not going to be home.", "checked"),
        ("I might not be home.", "checked"),
        ("I forgot, Tuesday I'm in Dallas.", "checked"),
        ("Is Saturday possible?", "moved"),
        ("What about Wednesday?", "moved"),
        ("Do you have anything later?", "moved"),
        ("Let's do Thursday.", "moved"),
        ("Wait, my wife already called another company.", "checked"),
        ("My landlord says he'll send his own guy.", "checked"),
        ("I decided not to do it.", "cancelled"),
    ],
)
def test_whatever_speaks_against_a_visit_behind_its_booking_is_left_to_the_team(words: str, wish: str) -> None:
    """With or without a "no" in front: nobody says "see you", and the team reads the words."""
    conversation = booked()
    hear(conversation, words)
    assert "I can't change that here, but I've noted it, and our team will see to it." in conversation.said
    assert conversation.session.question is Question.ANYTHING_ELSE
    hear(conversation, "No, that's it.")
    assert conversation.session.closing
    assert not [line for line in conversation.said if "see you" in line]
    text = to_the_team(conversation.session, Business())
    assert text is not None
    assert f"and then to be {wish}" in text.reason
    assert words in text.reason


def test_what_was_called_off_is_not_put_in_doubt_by_what_follows() -> None:
    """The team reads both."""
    conversation = booked()
    hear(conversation, "Actually cancel that, I found somebody else")
    hear(conversation, "And I won't be home then.")
    text = to_the_team(conversation.session, Business())
    assert text is not None
    assert "and then to be cancelled" in text.reason
    assert "I won't be home then." in text.reason
