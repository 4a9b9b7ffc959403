"""A caller who does not want to be recorded: is told that it has ended, and asked again what was open.

Pure, like the states. It has ended before that is said (processor.py); that a call is recorded says `Talk.greet`.
"""

from call.actions import Action
from call.session import END_STATES, State
from conversation.moment import Talk
from conversation.resumption import ask_open
from understanding.turn import Understanding

_STOPPED = "recording_stopped"
_ELSEWHERE = END_STATES | {State.LOOKUP, State.BOOKING, State.TRANSFER}  # No question is open there.


def told(talk: Talk) -> list[Action]:
    """That it has ended, once; from then on that there is none."""
    again = _STOPPED in talk.session.said_count
    return [talk.say(f"{_STOPPED}:none" if again else _STOPPED, must_hear=True)]


def asked_again(talk: Talk) -> list[Action] | None:
    """The open question once more, for a turn that says nothing else; None if it does, or if none is open."""
    heard, session = talk.heard, talk.session
    nothing_else = Understanding(
        text=heard.text,
        language=session.language,
        zip_partial=heard.zip_partial,
        phone_partial=heard.phone_partial,
        declines_recording=True,
    )
    return ask_open(talk) if heard == nothing_else and session.state not in _ELSEWHERE else None
