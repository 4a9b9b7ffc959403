"""What is said with the address: another ZIP, whose house it is, the number behind the street, where the bill goes."""

import pytest

from call.business import Business
from call.session import CallSession, Question, Reason, State
from call.tool_calls import BookAppointment, CallerFound, LookupCaller, Outcome, ToolRequest, ToolResult
from tests.support.driven_call import NOW, Conversation, first_result
from turns.turn_reading import Hearing, read_turn

OPENING = ("my heat is out", "no, no smell", "78701", "Jonas Weber")
ON_FILE = CallerFound(Outcome.OK, found=True, verified=True, name="Jonas Weber", zip_code="78701")


def call(*said: str, caller: CallerFound | None = None) -> Conversation:
    """A call in which these words are said, each read as an answer to what was asked last."""

    def answer(request: ToolRequest) -> ToolResult:
        return caller if caller and isinstance(request, LookupCaller) else first_result(request)

    conversation = Conversation(
        answer, CallSession(call_id="CA1", caller_number="+15125550100", started_at=NOW, vouched_for=True)
    )
    conversation.start()
    for words in said:
        session = conversation.session
        conversation.feed(read_turn(words, Hearing(session.question, may_approve=True), session, Business(), NOW))
    return conversation


def booked_at(conversation: Conversation) -> list[str]:
    """The addresses that V2 was asked to send somebody to."""
    return [request.service_address for request in conversation.requests if isinstance(request, BookAppointment)]


# Another ZIP


@pytest.mark.parametrize(
    "words",
    [
        "2200 Enfield Road, 78703",
        "It's 2200 Enfield Road, zip 78703.",
        "2200 Enfield Road, Austin, Texas 78703",
        "twenty two hundred Enfield Road, seven eight seven oh three",
        "78703, 2200 Enfield Road",
        "Yeah it's gonna be 2200 Enfield Road in 78703",
        "2200 Enfield Road. The zip code over there is 78703.",
        "So that's 2200 Enfield Road and the zip is seven eight seven zero three",
        "2200 Enfield Road, that's 7 8 7 0 3",
        "um 2200 Enfield Road Austin 78703 please",
        "I live at 2200 Enfield Road, 78703, the blue house",
    ],
)
def test_another_zip_with_the_address_is_asked_about(words: str) -> None:
    """None is booked unasked; a yes makes it the visit's, and the read-back says it, though the first was on file."""
    conversation = call("my heat is out", "no, no smell", words, caller=ON_FILE)
    session = conversation.session
    assert (session.state, session.question) == (State.DISCOVERY, Question.ZIP_CONFIRM)
    assert "another ZIP now, 7 8 7 0 3" in conversation.said[-1]
    told = call("my heat is out", "no, no smell", words, "Yes, that's right.", "tomorrow at two", caller=ON_FILE)
    assert "2 2 0 0 Enfield Road, 7 8 7 0 3" in told.said[-1]
    booked = call("my heat is out", "no, no smell", words, "Yes.", "tomorrow at two", "yes", caller=ON_FILE)
    assert booked_at(booked) == ["2200 Enfield Road, 78703"]


@pytest.mark.parametrize("answer", ["No, 78701.", "No, it's 78701, sorry", "78701"])
def test_a_zip_that_was_heard_wrong_gives_way_to_the_one_that_is_said(answer: str) -> None:
    """The caller said one before, and says it again."""
    conversation = call(*OPENING, "2200 Enfield Road, 78703", answer, "tomorrow at two", "yes")
    assert booked_at(conversation) == ["2200 Enfield Road, 78701"]


def test_a_plain_no_to_the_other_zip_asks_for_it() -> None:
    """Which of both it was nobody knows."""
    assert call(*OPENING, "2200 Enfield Road, 78703", "No.").session.question is Question.ZIP


def test_a_zip_outside_the_area_with_the_address_is_no_visit() -> None:
    """Heard right? Then nobody is sent to a street of that name inside the area."""
    told = ("my heat is out", "no, no smell", "It's for my parents, 110 Main Street in Georgetown, 78626")
    asked = call(*told, caller=ON_FILE)
    assert "7 8 6 2 6, which is outside the area" in asked.said[-1]
    ended = call(*told, "yes", caller=ON_FILE)
    assert (ended.session.reason, booked_at(ended)) == (Reason.OUT_OF_AREA, [])


@pytest.mark.parametrize(
    "words",
    [
        "2200 Enfield Road",
        "2200 Enfield Road, 78701",
        "11205 Research Boulevard",
        "1-1-2-0-5, Tom Adams",
        "4410 Elm Street, the gate code is 12345",
        "4410 Elm Street, lockbox 44102",
        "Research Boulevard, 13809",
    ],
)
def test_without_another_zip_the_call_is_no_longer(words: str) -> None:
    """The same one, a house number of five digits, the code of a gate: nothing is asked."""
    session = call(*OPENING, words).session
    assert (session.question, session.zip_code) == (Question.WHEN, "78701")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("No, and I'm not Jonas, I'm his sister Ana", "Ana"),
        ("No. This isn't Jonas, it's his brother Tim.", "Tim"),
        ("No, no smell. I'm Jonas's wife, Maria", "Maria"),
        ("no this is his wife Maria", "Maria"),
        ("Nope. This is her older sister Clara.", "Clara"),
        ("No, I'm their neighbor Pete", "Pete"),
        ("No smell. I'm Jonas's roommate Dave.", "Dave"),
        ("no gas, I am his daughter Lucy", "Lucy"),
        ("No, it's her husband Frank, she's at work", "Frank"),
        ("No, nothing. I'm his mother, Ruth Weber", "Ruth Weber"),
    ],
)
def test_who_calls_for_somebody_on_file_is_who_is_booked(words: str, name: str) -> None:
    """ "I'm his sister Ana": whose sister she is stands before the name."""
    conversation = call("my heat is out", words, "no", "2200 Enfield Road", "tomorrow at two", caller=ON_FILE)
    assert conversation.session.name == name
    assert name in conversation.said[-1]


@pytest.mark.parametrize("words", ["no, I'm his sister", "no, it's his sister's house", "no, his sister is home"])
def test_a_relation_alone_is_no_name(words: str) -> None:
    """Nobody is called so."""
    assert call("my heat is out", words, caller=ON_FILE).session.name == "Jonas Weber"


# The number behind the street


@pytest.mark.parametrize(
    "words",
    [
        "Shoal Creek Boulevard, 4402",
        "It's Shoal Creek Boulevard 4402.",
        "Shoal Creek Boulevard, number 4402",
        "It's on Shoal Creek Boulevard, the house number is 4402.",
        "Shoal Creek Boulevard. Forty four oh two.",
        "Um, Shoal Creek Boulevard, and it's number forty-four oh two",
        "Shoal Creek Boulevard, 4402, 78701",
        "Shoal Creek Boulevard, 4402 in Austin",
        "Shoal Creek Boulevard, 4420, no, 4402",
        "The street is Shoal Creek Boulevard, house number 44 02",
        "Shoal Creek Boulevard, 4402, the white one with the porch",
        "Shoal Creek Boulevard, 4402, and the gate code is 12345",
    ],
)
def test_the_house_number_may_stand_behind_the_street(words: str) -> None:
    """It is read back and booked in front of the street, with nothing asked besides."""
    conversation = call(*OPENING, words, "tomorrow at two")
    assert "4 4 0 2 Shoal Creek Boulevard, 7 8 7 0 1" in conversation.said[-1]
    assert booked_at(call(*OPENING, words, "tomorrow at two", "yes")) == ["4402 Shoal Creek Boulevard, 78701"]


@pytest.mark.parametrize(
    "words",
    [
        "Oak Street, two blocks from the school",
        "Oak Street, 3 stories",
        "Oak Street, at 2",
        "Oak Street, 2 PM if you can",
        "Oak Street, it's the one with the red door",
        "Oak Street, apartment 4402",
        "Oak Street, gate code 4471",
        "Oak Street, 512 555",
        "Oak Street, 78701",
        "Oak Street, 2 of us live here",
        "the Oak Street one",
    ],
)
def test_another_number_behind_the_street_is_no_house_number(words: str) -> None:
    """What counts something, a time, a unit, a code, a phone number and a ZIP are none."""
    assert call(*OPENING, words).session.address == "Oak Street"


# Where the bill goes, a gate, a dog


@pytest.mark.parametrize(
    "words",
    [
        "3309 Menchaca Road, but send the bill to my office at 1200 Congress Avenue",
        "3309 Menchaca Road, and the invoice goes to 1200 Congress Avenue",
        "The billing address is 1200 Congress Avenue, but the house is 3309 Menchaca Road",
        "Bill it to 1200 Congress Avenue. The visit is at 3309 Menchaca Road.",
        "It's 3309 Menchaca Road and my mailing address is 1200 Congress Avenue",
        "3309 Menchaca Road. Please mail the receipt to 1200 Congress Avenue",
        "3309 Menchaca Road, the billing address is different, it's 1200 Congress Avenue",
        "My mailing address is 1200 Congress Avenue but the unit is at 3309 Menchaca Road",
        "3309 Menchaca Road, and for billing use 1200 Congress Avenue",
        "I get my mail at 1200 Congress Avenue, but come to 3309 Menchaca Road",
        "3309 Menchaca Road, 78701, and the bill should go to 1200 Congress Avenue, 78613",
    ],
)
def test_nobody_drives_where_only_the_bill_goes(words: str) -> None:
    """The visit is at the other address, and the team reads where the bill goes."""
    conversation = call(*OPENING, words, "tomorrow at two", "yes")
    assert booked_at(conversation) == ["3309 Menchaca Road, 78701"]
    assert conversation.session.notes == [f'The caller also said: "{words}".']


@pytest.mark.parametrize(
    "words",
    ["3309 Menchaca Road, I mean 1200 Congress Avenue", "It was 3309 Menchaca Road but now it's 1200 Congress Avenue"],
)
def test_an_address_that_takes_one_back_is_the_visits(words: str) -> None:
    """No bill is spoken of."""
    session = call(*OPENING, words).session
    assert (session.address, session.notes) == ("1200 Congress Avenue", [])


@pytest.mark.parametrize(
    "words",
    [
        "Yes, the gate code is 4471",
        "Yes, and tell them the dog barks",
        "yes book it, gate code 4471 pound",
        "Yes. There's a dog in the yard.",
        "yes please, he can park in the driveway",
        "Yes, please knock, the doorbell doesn't work",
        "yes that's right, use the side gate",
        "Yes, the key is under the mat, the door sticks",
        "Yes, and please have him call first",
        "yes, code is 4471",
        "Yes, sounds good, the lockbox code is 4471",
    ],
)
def test_how_to_get_in_is_noted_beside_the_yes(words: str) -> None:
    """The visit is booked as ever, and who drives there can read it; what no yes covers is noted before the yes."""
    conversation = call(*OPENING, "12 Oak Street", "tomorrow at two", words, "yes")
    assert booked_at(conversation) == ["12 Oak Street, 78701"]
    assert f'The caller also said: "{words}".' in conversation.session.notes


@pytest.mark.parametrize("words", ["12 Oak Street, the gate code is 4471", "It's 12 Oak Street, mind the dog"])
def test_how_to_get_in_is_noted_beside_the_address(words: str) -> None:
    """The call goes on with the time."""
    session = call(*OPENING, words).session
    assert (session.question, session.notes) == (Question.WHEN, [f'The caller also said: "{words}".'])


@pytest.mark.parametrize(
    ("address", "time", "answer"),
    [
        ("12 Oak Street", "tomorrow at two", "yes"),
        ("It's 12 Gate Ridge Road, zip code 78701", "Tuesday at two works for me", "Yes, that's right, book it"),
    ],
)
def test_an_ordinary_call_has_no_notes(address: str, time: str, answer: str) -> None:
    """A street's name and a ZIP are nothing for the team."""
    assert call(*OPENING, address, time, answer).session.notes == []


@pytest.mark.parametrize(
    "words",
    [
        "my electric bill is crazy and the AC is out, I'm at 12 Oak Street, 78702",
        "I got your bill, but the heat is out again at 12 Oak Street, 78702",
    ],
)
def test_a_complaint_about_a_bill_names_the_house(words: str) -> None:
    """Address and ZIP are where the trouble is."""
    session = call(words).session
    assert (session.address, session.zip_code) == ("12 Oak Street", "78702")
