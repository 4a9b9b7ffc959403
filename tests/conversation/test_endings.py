"""What a caller says in an end state: more that is wanted, and a danger, behind what was done."""

import pytest

from call.business import Business
from call.session import State
from call.tool_calls import LookupBooking, ToolRequest, ToolResult
from conversation.owed import to_the_team
from records.end_reason import ending_of
from tests.support.driven_call import NOW, Conversation, first_result, results_for
from turns.turn_reading import Hearing, read_turn

CANCELLED = ("Cancel my appointment", "Jonas Weber", "Yes, cancel it")
TOLD = ("When is my appointment?", "Jonas Weber")


def visit_on_file(request: ToolRequest) -> ToolResult:
    """A visit of Jonas Weber's; all else is answered as ever."""
    return results_for(request)[1] if isinstance(request, LookupBooking) else first_result(request)


def called(*said: str) -> Conversation:
    """A call in which this is said, read as the rules read it."""
    conversation = Conversation(visit_on_file)
    conversation.start()
    for words in said:
        hearing = Hearing(conversation.session.question, may_approve=True)
        conversation.feed(read_turn(words, hearing, conversation.session, conversation.machine.business, NOW))
    return conversation


@pytest.mark.parametrize("way", [CANCELLED, TOLD])
@pytest.mark.parametrize(
    "words",
    [
        "Yes, my air conditioner upstairs stopped working. Can you send somebody on Friday?",
        "My heater is dead now, can you send somebody today?",
        "Please have someone call me back",
        "Can I talk to a real person please?",
    ],
)
def test_what_is_wanted_behind_a_visit_is_a_lead(way: tuple[str, ...], words: str) -> None:
    """Nobody acts on it in the call: the team sees it, in its text and on the dashboard."""
    session = called(*way, words).session
    assert session.state is State.CONFIRM
    ending, text = ending_of(session), to_the_team(session, Business())
    assert (ending.end_call_reason, ending.posts_job) == ("callback_later", True)
    assert text is not None
    assert words in text.reason


@pytest.mark.parametrize(("way", "reason"), [(CANCELLED, "cancelled"), (TOLD, "completed")])
def test_who_wants_nothing_more_is_no_lead(way: tuple[str, ...], reason: str) -> None:
    ending = ending_of(called(*way, "No, that's all, thank you").session)
    assert (ending.end_call_reason, ending.posts_job) == (reason, False)
