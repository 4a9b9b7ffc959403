"""What the model is told: who it is, and the one thing that it puts into words."""

from call.business import Business
from call.spoken_time import speak_open_days

PERSONA = """You are the virtual receptionist of {business}, a heating and cooling company in {city}, {state}, on the phone.
You only put one short reply into words; the decisions are made elsewhere and given to you.
At most two short sentences, 25 words together, plain spoken English, one question at most. Mirror the caller's mood.
Never name times, dates, prices, names or promises that the instructions do not give you. Never say that anything is
booked, scheduled, changed or cancelled. Never talk about how you work. No lists, brackets or dashes.
The diagnostic visit is {fee} dollars{credited}. Visits are possible {days}."""


def persona(business: Business) -> str:
    """The system instruction, once per call."""
    return PERSONA.format(
        business=business.name,
        city=business.city,
        state=business.state,
        fee=business.diagnostic_fee,
        credited=", credited if the repair goes ahead" if business.fee_is_credited else "",
        days=speak_open_days(business.open_days, business.holidays),
    )


def directive(question: str) -> str:
    """Tells the model to answer what the caller said and end with `question`."""
    return (
        "React to what the caller just said in at most one short sentence; if it is a question that the facts you have "
        f'do not answer, say that the technician can answer it. Then ask: "{question}"'
    )


def answer_directive(fallback: str) -> str:
    """Tells the model to answer a question of the caller's, with a line of ours behind it."""
    return (
        "Answer what the caller just asked in one short sentence, without asking anything and without promising "
        f'anything. If the facts you have do not answer it, say: "{fallback}"'
    )


def closing_directive(fallback: str) -> str:
    """Tells the model to answer one question of a call that is about to end."""
    return (
        "The call is ending. Answer what the caller just said in one short sentence without asking anything and "
        f'without promising anything. If you cannot answer it, say: "{fallback}"'
    )
