"""Talk: one event of a call as the states see it, with the few things a state may do to answer."""

from dataclasses import dataclass, field
from datetime import datetime

from call.actions import Action, Say, Word
from call.business import Business
from call.session import APPROVALS, RECORDED, CallSession, Question, Reason, State
from call.spoken_time import speak_time
from conversation import script
from conversation.directives import answer_directive, directive
from conversation.transitions import move
from understanding.turn import Ask, Understanding


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

    def note(self, sentence: str) -> None:
        """A note for the team; once, however often it is said."""
        if sentence not in self.session.notes:
            self.session.notes.append(sentence)

    def line(self, key: str, **slots: str) -> str:
        """The text of a fixed line; without a number to call it promises no call."""
        session = self.session
        key = key if session.phone else script.unpromised(key)
        return script.line(key, session.language, self.business, session.said_count.get(key, 0), **slots)

    def say(self, key: str, *, must_hear: bool = False, **slots: str) -> Say:
        """A fixed line as an action."""
        return Say(self.line(key, **slots), must_hear, key)

    def greet(self) -> list[Action]:
        """The first lines of a call; that it is recorded is said before anything else."""
        self.session.question = Question.HOW_CAN_I_HELP
        return [*self.recorded(), self.say("greeting")]

    def recorded(self) -> list[Action]:
        """That the call is recorded, for a caller who does not know it yet; cut off by nobody."""
        known = self.session.knows_of_recording or self.session.recording_declined
        return [self.say(RECORDED, must_hear=True)] if self.business.records and not known else []

    def ask(self, question: Question, key: str = "", **slots: str) -> list[Action]:
        """Asks `question`; the next turn is read as its answer. `key` names another line that asks it.

        What the caller asked meanwhile is answered first, by the model; safety and approvals are asked in our words.
        """
        self.session.question = question
        key = key or self._key(question)
        text = self.line(key, **slots)
        if self.heard.asks is not Ask.OTHER or question is Question.SAFETY:
            return [Say(text, line=key)]
        if question in APPROVALS:
            return [*self.answer(), Say(text, line=key)]
        return [self.word(directive(text), text, key)]

    def _key(self, question: Question) -> str:
        """The line that asks: what is in doubt has a line of its own."""
        session, case = self.session, ""
        if question is Question.ZIP_CONFIRM and self.business.serves(session.zip_unconfirmed):
            case = "other"
        if question is Question.END_DOUBT and session.doubted_end:
            case = {Reason.CALLER_WISH: "person", Reason.DONE: "no_visit"}.get(session.doubted_end, "")
        return script.question_key(question, case)

    def answer(self) -> list[Action]:
        """The answer to a question of the caller's that only the model can word."""
        later = self.line("answer_later")
        return [self.word(answer_directive(later), later, "answer_later")]

    def word(self, directive: str, fixed: str, key: str) -> Word | Say:
        """A reply in the model's words, in place of the fixed line `key`; that line where the model words nothing."""
        return Word(directive, fixed, key) if self.session.model_may_word else Say(fixed, line=key)

    def acknowledge(self, key: str = "got_it") -> list[Action]:
        """A short reaction to what was told: not every time, and none before an answer (conversation.md 4).

        The first complaint gets an apology, a correction is said to be taken.
        """
        if taken := [*self._apology(), *self.number_taken()]:
            return taken
        if self.heard.corrects and self.changed:
            return [self.say("corrected")]
        if self.heard.asks or (key == "got_it" and self.session.turn_count % 2 == 0):
            return []
        return [self.say(key)]

    def number_taken(self) -> list[Action]:
        """A number that was dictated in this turn is read back."""
        if "callback_phone" not in self.changed or not self.heard.phone:
            return []
        return [self.say("number_taken", number=script.speak_number(self.heard.phone))]

    def _apology(self) -> list[Action]:
        new = self.heard.upset and "sorry_upset" not in self.session.said_count
        return [self.say("sorry_upset")] if new else []

    def ask_again(self, question: Question, key: str = "", **slots: str) -> list[Action]:
        """Asks the open question once more, worded by the model after a digression.

        Safety is never left to a model; what needs an approval is said by us and heard to its end.
        """
        self.session.question = question
        opening = self._apology()
        if question is Question.SAFETY:
            return [*opening, self.say("safety_follow_up")]
        key = key or self._key(question)
        text = self.line(key, **slots)
        if question in APPROVALS:
            answer = self.answer() if self.heard.asks is Ask.OTHER else []
            return [*opening, *answer, Say(text, must_hear=True, line=key)]
        return [*opening, self.word(directive(text), text, key) if self.digressed else Say(text, line=key)]

    @property
    def digressed(self) -> bool:
        """Whether the caller said something of substance that the rules cannot place: worth a worded reaction."""
        return self.heard.asks is not None or len(self.heard.text.split()) >= 4

    @property
    def misses_number(self) -> bool:
        """Whether the caller means the number on the line, and we cannot see it (L6)."""
        return self.heard.this_number and self.session.question is Question.PHONE and not self.session.phone

    def time(self, when: datetime) -> str:
        """`when` as it is spoken, in the business's zone."""
        return speak_time(when.astimezone(self.business.zone), self.now, self.session.language)
