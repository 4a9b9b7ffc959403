"""A caller who does not want to be recorded, or asks whether they are: is told, and asked again what was open.

Pure, like the states. It has ended before that is said (processor.py); that a call is recorded says `Talk.greet`, and
to whoever asks whether it is, this module.
"""

from call.actions import Action
from call.session import END_STATES, Question, State
from conversation import resumption
from conversation.moment import Talk
from understanding.turn import Understanding

_STOPPED = "recording_stopped"
_ELSEWHERE = frozenset({  # No question is open there.
    State.LOOKUP, State.BOOKING, State.TRANSFER, State.GOODBYE, State.SAFETY_EXIT,
})  # fmt: skip


def told(talk: Talk) -> list[Action]:
    """That it has ended, once; from then on that there is none. To whoever asks, whether this call is recorded."""
    if not talk.heard.declines_recording:
        return _whether(talk)
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
        declines_recording=heard.declines_recording,
        asks_recording=heard.asks_recording,
    )
    if heard != nothing_else or session.state in _ELSEWHERE or session.question is Question.TEXT:  # Asked once.
        return None
    return _open_at_the_end(talk) if session.state in END_STATES else resumption.ask_open(talk)


def _whether(talk: Talk) -> list[Action]:
    session = talk.session
    if not talk.business.records or session.recording_declined or _STOPPED in session.said_count:
        return [talk.say(f"{_STOPPED}:none", must_hear=True)]
    return talk.recorded() or [talk.say("recorded:asked", must_hear=True)]


def _open_at_the_end(talk: Talk) -> list[Action]:
    session = talk.session
    if session.question is Question.ANYTHING_ELSE and not session.closing:
        return talk.ask(Question.ANYTHING_ELSE)
    return resumption.end(talk)
