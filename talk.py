"""Talk: one event of a call as the states see it, with the few things a state may do to answer."""

from dataclasses import dataclass, field
from datetime import datetime

import prompts
from actions import Action, Say, Word
from business import Business
from session import APPROVALS, CallSession, Question, Reason, State
from transitions import move
from understanding import Understanding
from visit_times import speak_time


@dataclass(frozen=True)
class Talk:
    """What a state works with: the session, what was heard, the time (aware, in the business's zone), the business.

    `changed` names the session's facts that this turn gave or corrected.
    """

    session: CallSession
    business: Business
    now: datetime
    heard: Understanding = field(default_factory=Understanding)
    changed: frozenset[str] = frozenset()

    def go(self, to: State, reason: Reason | None = None) -> None:
        """Moves the call; see transitions.move."""
        move(self.session, to, self.now, reason)

    def line(self, key: str, **slots: str) -> str:
        """The text of a fixed line."""
        return prompts.line(key, self.session, self.business, **slots)

    def say(self, key: str, *, must_hear: bool = False, **slots: str) -> Say:
        """A fixed line as an action."""
        return Say(self.line(key, **slots), must_hear)

    def ask(self, question: Question, **slots: str) -> list[Action]:
        """Asks `question`; the next turn is read as its answer."""
        self.session.question = question
        return [Say(self.line(prompts.question_key(question), **slots))]

    def ask_again(self, question: Question, **slots: str) -> list[Action]:
        """Asks the open question once more, worded by the model after a digression.

        Safety is never left to a model; what needs an approval is said by us and heard to its end.
        """
        self.session.question = question
        if question is Question.SAFETY:
            return [self.say("safety_follow_up")]
        text = self.line(prompts.question_key(question), **slots)
        if question in APPROVALS:
            return [Say(text, must_hear=True)]
        return [Word(prompts.directive(text), fallback=text)] if self.digressed else [Say(text)]

    @property
    def digressed(self) -> bool:
        """Whether the caller said something of substance that the rules cannot place: worth a worded reaction."""
        return self.heard.asks is not None or len(self.heard.text.split()) >= 4

    def time(self, when: datetime) -> str:
        """`when` as it is spoken, in the business's zone."""
        return speak_time(when.astimezone(self.business.zone), self.now, self.session.language)
