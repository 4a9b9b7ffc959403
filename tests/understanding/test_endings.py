"""What would end a call is sure, or it is asked about; a customer, a relay and a title are never taken for an end."""

import pytest

from call.session import Intent, Question
from tests.support.utterance_tables import NOW, ZONE
from understanding.turn import Hazard, Understanding, understand

_OUTSIDERS = (Intent.VENDOR, Intent.APPLICANT, Intent.WRONG_NUMBER, Intent.OTHER_TRADE)


def heard(text: str, question: Question = Question.HOW_CAN_I_HELP) -> Understanding:
    """A turn as it is understood."""
    return understand(text, question=question, now=NOW.replace(tzinfo=ZONE))


def ends(turn: Understanding) -> bool:
    """Whether something in the turn would end the call."""
    return turn.intent in _OUTSIDERS or turn.wants_person or turn.goodbye or turn.recording


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("I called the wrong company last time and they botched it", "how_can_i_help"),
        ("the last guy had the wrong number for me, so I never got called", "how_can_i_help"),
        ("the other outfit's a wrong number now, nobody answers, can y'all look at it", "how_can_i_help"),
        ("I gotta say bye to my kids, hang on a second.", "address"),
        ("he said bye and never showed up again", "problem"),
        ("thank you for calling me back, bye, oh sorry I thought you were my niece, hi, I need my AC serviced", "name"),
        ("I'd like to talk to someone about talking to someone ha ha no just come fix my heat", "how_can_i_help"),
        ("your ad said press zero to get a person but I don't want a person", "how_can_i_help"),
        ("I'm in marketing and I work from home so I need this AC fixed", "how_can_i_help"),
        ("we sell insurance downtown and the office unit needs a technician", "how_can_i_help"),
        ("my freezer isn't cooling", "how_can_i_help"),
        ("wait are you, a real person", "how_can_i_help"),
        ("no you don't need, to call me back", "anything_else"),
    ],
)
def test_an_end_that_does_not_cover_its_turn_is_asked_about(text: str, question: str) -> None:
    """Nobody is hung up on, sent away or put off to a callback for a few words of a longer turn."""
    turn = heard(text, Question(question))
    assert not ends(turn)


@pytest.mark.parametrize(
    "text",
    [
        "oh shoot I have the wrong number I'm so sorry",
        "I must've misdialed, bye",
        "sorry, I was trying to call my sister",
        "okay thanks bye",
        "alright well I'll let you go, thank you ma'am",
        "forget it, I'll call somebody else",
        "I need to speak with a manager about the guy who came yesterday",
        "get me the manager right now",
        "operator",
        "Agent, please.",
        "I'm a technician looking for a job",
        "we help contractors get more calls from Google",
        "my refrigerator isn't cooling",
    ],
)
def test_an_end_in_plain_words_is_not_asked_about(text: str) -> None:
    """Who has the wrong number, wants a person or says goodbye is not asked whether they mean it."""
    turn = heard(text)
    assert (ends(turn), turn.doubted_end) == (True, None)


@pytest.mark.parametrize(
    "text",
    [
        "I'm calling on behalf of my grandmother, she'd like somebody to check her heater.",
        "I found your website and I'd like to schedule a tune-up.",
        "I saw your Google reviews and my heat pump is making a racket",
        "we got your number off Yelp, y'all have five star reviews, our unit froze up",
        "I'm calling for my elderly neighbor, her website said to call y'all, her furnace won't light",
        "I own an advertising agency and our office has no heat",
    ],
)
def test_a_customer_with_a_sellers_words_is_a_customer(text: str) -> None:
    """L1: who found us, and for whom they call, sells nothing."""
    assert heard(text).intent is Intent.SERVICE


def test_an_assistant_that_asks_for_a_price_gets_it() -> None:
    """L1: a call placed for a homeowner asks about the price."""
    turn = heard("Hi, I'm calling on behalf of Karen Miller to ask what a tune-up costs and your next opening")
    assert turn.intent is Intent.PRICING


@pytest.mark.parametrize(
    "text", ["calling on behalf of a lead generation company", "on behalf of the Better Reviews Group, a quick survey"]
)
def test_who_calls_for_a_company_sells(text: str) -> None:
    """L1: a company behind "on behalf of" is a seller's."""
    assert heard(text).intent is Intent.VENDOR


@pytest.mark.parametrize(
    "text",
    [
        "I'm her real estate agent, the AC has to work before closing.",
        "I'm the operator of a small daycare and our unit quit.",
        "this is Dale, the manager of the car wash on Burnet, no cold air in the office",
        "my insurance agent told me to call you about the AC",
        "she is the receptionist at the church and it's freezing in there",
        "he's the representative for the HOA",
    ],
)
def test_a_title_is_no_wish_for_a_person(text: str) -> None:
    """L2: what somebody is by trade is not whom the caller asks for."""
    assert not ends(heard(text))


@pytest.mark.parametrize(
    "text",
    [
        "Hello, this is Relay Texas, operator 41, with a call from a deaf customer.",
        "This is the captioned relay service, communications assistant 2218.",
        "Please hold for the operator, this is a relay call",
    ],
)
def test_a_relay_operator_is_waited_for(text: str) -> None:
    """L2: the operator is the caller's voice, wants no person and takes their time."""
    turn = heard(text)
    assert turn.hold
    assert not turn.wants_person
    assert turn.name == ""


def test_what_a_relay_operator_voices_is_the_callers() -> None:
    """L2: once the caller's words come, they count."""
    turn = heard("Relay operator 41, the caller says my furnace quit last night, go ahead")
    assert (turn.hold, turn.wants_person, turn.intent) == (False, False, Intent.SERVICE)


@pytest.mark.parametrize(
    "text",
    [
        "This is about your vehicle's warranty, press one to speak with a representative.",
        "Hello, this is an automated message about your electric rate. Press 1 to qualify.",
        "To be removed from our list press nine.",
    ],
)
def test_a_recording_is_no_caller(text: str) -> None:
    """S2: nobody is called back for a recording."""
    turn = heard(text)
    assert turn.recording
    assert not turn.wants_person
    assert turn.doubted_end is None


@pytest.mark.parametrize(
    "text",
    [
        "I had to press one to get you, my AC is out",
        "your menu said press two for service and I need a technician",
        "my home warranty says I should call you, the heat is out",
    ],
)
def test_who_tells_of_a_menu_is_no_recording(text: str) -> None:
    """S2: a caller may tell what they pressed."""
    assert not heard(text).recording


@pytest.mark.parametrize(
    "text",
    [
        "my car's AC is blowing warm",
        "the fridge in our break room died can you fix it",
        "my pool pump is broken",
        "do y'all repair ovens? my oven won't heat",
        "mi refrigerador no enfría",
    ],
)
def test_another_trade_is_told_so(text: str) -> None:
    """U2: no visit for what nobody of ours can mend."""
    turn = heard(text)
    assert (turn.intent, turn.doubted_end) == (Intent.OTHER_TRADE, None)


@pytest.mark.parametrize(
    "text",
    [
        "my AC is next to the dryer and it's leaking",
        "there's water leaking from the ceiling by the refrigerator",
        "the lights dim when my dryer runs and the AC quit",
        "my washing machine flooded and now the furnace won't come on",
        "my refrigerator and my AC both quit",
        "the thermostat in the kitchen by the oven reads ninety",
        "we keep the oven on because the heat is out",
        "my car's in the driveway so park on the street, the heater died",
    ],
)
def test_a_thing_of_another_trade_beside_ours_changes_nothing(text: str) -> None:
    """U2: in doubt it is ours."""
    assert heard(text).intent is not Intent.OTHER_TRADE


def test_a_danger_from_another_trades_thing_is_a_danger() -> None:
    """A smoking dryer is no business of ours, and a danger first."""
    assert heard("my dryer is smoking").hazard is not Hazard.NONE


@pytest.mark.parametrize(
    "text",
    [
        "somebody told me I need a whole new system, I'd like a second opinion",
        "the last guy says it needs a new furnace, can y'all look at it",
        "my neighbor just got a new AC and mine quit",
        "do I need a new unit or can you fix it",
    ],
)
def test_a_new_system_in_doubt_is_a_repair(text: str) -> None:
    """X22: what others say is needed is no wish; a wrong guess costs a visit."""
    assert not heard(text).high_ticket


@pytest.mark.parametrize(
    "text",
    [
        "my operator license is for cranes, anyway the unit quit",
        "I'll have to call you back",
        "can I call you back in ten minutes",
        "the agent license on the wall expired, so what",
    ],
)
def test_who_calls_us_back_wants_no_call(text: str) -> None:
    """L2: a word of a person's trade is no wish, and neither is a promise of the caller's."""
    assert not heard(text).wants_person


@pytest.mark.parametrize("text", ["do you guys do plumbing", "I need an electrician", "are you a roofer"])
def test_a_trade_beside_ours_is_asked_about(text: str) -> None:
    """U2: an electrician may be wanted for a unit's breaker."""
    assert heard(text).doubted_end == "other_trade"
