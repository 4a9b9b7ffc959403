"""Foresight: what the answer to a turn will need of others is asked for while the turn may still go on.

The recogniser says early that a turn may be over. It is read and answered then on a copy of the call, and what that
answer would ask of the model and of the voice is asked already (asked_early.py). Once the turn is over, all is done as
if nothing had been foreseen: whoever asks for the very same finds it on its way. Nothing is said or decided before, and
V2 is asked nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from pipecat.processors.aggregators.llm_context import LLMContext

from call.actions import Action, CallTool, DialPerson, EndCall, Say, Word
from call.business import Business
from call.session import CallSession, EntryKind
from circuit_breaker import BreakerState, CircuitBreaker
from config import Settings
from logs import CallLogger
from turns.speaker import wording_context
from turns.turn_reading import Hearing, has_words, read_turn
from understanding.turn import Understanding


class Foreseeing(Protocol):
    """Whoever can be asked early, and told that it was for nothing."""

    def drop_early(self) -> None:
        """What was asked early is not needed."""


class EarlyReader(Foreseeing, Protocol):
    """The second reader."""

    def foresee(self, session: CallSession, heard: Understanding) -> bool:
        """Asks the model what it will be asked of this turn; False: nothing."""


class EarlyModel(Foreseeing, Protocol):
    """The model that words replies."""

    def foresee(self, context: LLMContext) -> None:
        """Asks for the reply to this."""


class EarlyVoice(Foreseeing, Protocol):
    """The voice of the call."""

    def foresee(self, text: str) -> bool:
        """Has a line spoken that is no recording; False: it is one, or nobody is to be asked."""


class Foresight:
    """Of one call.

    Args:
        session: The call's record, of which only copies are written here.
        step: The state machine's: what a turn, as it is understood, is answered with.
        business: Of the same.
        settings: The limits.
        reader: The second reader.
        model: The model that words replies.
        voice: The voice.
        breaker: The model's: with one that is not closed nothing is asked of it early.
        log: The call's log.
        now: The aware time in the business's zone.
    """

    def __init__(
        self,
        session: CallSession,
        step: Callable[[CallSession, Understanding, datetime], list[Action]],
        business: Business,
        settings: Settings,
        *,
        reader: EarlyReader,
        model: EarlyModel,
        voice: EarlyVoice,
        breaker: CircuitBreaker,
        log: CallLogger,
        now: Callable[[], datetime],
    ) -> None:
        self._session, self._step, self._business, self._settings = session, step, business, settings
        self._reader, self._model, self._voice, self._breaker = reader, model, voice, breaker
        self._log, self._now = log, now

    def foresee(self, text: str, hearing: Hearing) -> None:
        """The turn may be over, with these words; what its caller had heard as for `read_turn`."""
        text, now = text.strip(), self._now()
        if not has_words(text):
            return
        try:
            self._foresee(text, hearing, now)
        except Exception:  # The turn itself will meet it, and ends in a callback then.
            self._log.exception("a turn could not be foreseen")

    def drop(self) -> None:
        """The turn goes on, or the call is over."""
        for asked in (self._reader, self._model, self._voice):
            asked.drop_early()

    def _foresee(self, text: str, hearing: Hearing, now: datetime) -> None:
        session = self._session.copy_of_now()
        session.note(EntryKind.CALLER, text, now)
        heard = read_turn(text, hearing, self._session, self._business, now)
        session.turn_count += not heard.hold
        session.state_turn_count += not heard.hold
        limits = self._settings
        if session.turn_count > limits.max_turns_per_call or session.state_turn_count > limits.max_turns_per_state:
            return
        asked = self._breaker.state is BreakerState.CLOSED
        if asked and self._reader.foresee(session, heard):
            return  # What is answered depends on it.
        for action in self._step(session, heard, now):
            match action:
                case Say() if self._voice.foresee(action.text):
                    return
                case Word():
                    if asked:
                        self._model.foresee(wording_context(session, action.directive))
                    return
                case CallTool() | EndCall() | DialPerson():
                    return
