"""Who is calling: facts, manner and the rules by which a caller answers, as a scenario file gives them.

Guarantees that a rule does exactly one thing, that its pattern compiles and its words name known facts. Leaves out
when a rule is applied (caller.py) and how a call is graded (scenario.py).
"""

import re
import string
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from error
    return value


Pattern = Annotated[str, AfterValidator(_pattern)]
"""A regular expression, searched without regard to letter case."""

LAST = "last"  # {last} in a rule: what the caller said before
PAUSE = "|"  # between words: the caller stops to think
SORRY, HELLO = "Sorry?", "Hello?"


class Rule(BaseModel):
    """What the caller does when the bot's last words match `when`. The first rule that matches counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: Pattern
    say: str | None = None
    dtmf: str | None = None
    hang_up: bool = False
    silent: bool = False
    """It is the caller's turn, and he says nothing."""
    wait: bool = False
    """Nothing to answer: the bot will go on by itself."""
    once: bool = False
    delay_ms: int | None = Field(default=None, ge=0)
    """Time to think instead of the manner's reaction time."""
    interrupt: bool = False
    """Answers as soon as the words are recognised, over the bot's voice."""
    heard_as: str = ""
    """What the recogniser makes of `say`, which is one sentence then; it doubts each word that was not said."""

    @model_validator(mode="after")
    def _one_action(self) -> "Rule":
        actions = [name for name in ("say", "dtmf", "hang_up", "silent", "wait") if getattr(self, name)]
        if len(actions) != 1:
            raise ValueError(
                "does exactly one of say, dtmf, hang_up, silent, wait; this one: " + (", ".join(actions) or "none")
            )
        if self.heard_as and (not self.say or PAUSE in self.say):
            raise ValueError("heard_as is of what is said, and said without a pause")
        return self


class Interjection(BaseModel):
    """Something said at a moment of the call, whether the bot is speaking or not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_ms: int = Field(ge=0)
    """Milliseconds after the call was answered."""
    say: str


class Manner(BaseModel):
    """How the caller talks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    voice: str = "en-us+m3"
    words_per_minute: int = Field(default=180, ge=80, le=400)
    language: str = "en"
    pause_ms: int = Field(default=700, ge=0)
    """How long a caller stops to think at each bar in what he says ("It's | 78 | 704")."""
    reaction_ms: int = Field(default=400, ge=0)
    """From having understood that the bot is done to the first word."""
    barges_in: bool = False
    """Answers every question as soon as it is recognised, over the bot's voice."""
    silent: bool = False
    """Never says a word."""
    patience_ms: int = Field(default=9000, ge=1000)
    """Silence after which the caller asks "Hello?"; the third time he hangs up."""
    noise: bool = False
    """Half a second of loud hiss every three seconds, where the caller says nothing."""
    hang_up_after_ms: int | None = Field(default=None, ge=0)
    interjections: list[Interjection] = []


class Persona(BaseModel):
    """One caller."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str = Field(pattern=r"^(\+1\d{10}|anonymous)$")
    attestation: Literal["A", "B", "C", ""] = "A"
    """How far the network vouches for the number."""
    own_phone: bool = True
    """Whether it is the caller's; who is on somebody else's phone says so with the first words."""
    facts: dict[str, str] = {}
    manner: Manner = Manner()
    rules: list[Rule] = []
    default_rules: bool = True

    @property
    def all_facts(self) -> dict[str, str]:
        """The caller's facts over the ones any caller has."""
        return DEFAULT_FACTS | self.facts

    @property
    def all_rules(self) -> list[Rule]:
        """The caller's own rules, then the ordinary ones."""
        return self.rules + (DEFAULT_RULES if self.default_rules else [])

    def pieces(self, template: str, last: str) -> list[str]:
        """What is said for a template of a rule, cut at its pauses; `last` is what was said before."""
        words = template.format_map({**self.all_facts, LAST: last})
        return [" ".join(piece.split()) for piece in words.split(PAUSE) if piece.strip()]

    @model_validator(mode="after")
    def _known_facts(self) -> "Persona":
        known = {*self.all_facts, LAST}
        sayings = [rule.say for rule in self.rules if rule.say]
        for words in sayings + [said.say for said in self.manner.interjections]:
            for _, name, _, _ in string.Formatter().parse(words):
                if name is not None and name not in known:
                    raise ValueError(f"{words!r} names the fact {name!r}, which is not among facts")
        return self


DEFAULT_FACTS = {
    "name": "Dana Whitfield",
    "problem": "Hi, my air conditioner is blowing warm air.",
    "hazard": "No, nothing like that.",
    "zip": "7 8 7 0 4",
    "address": "1204 Barton Springs Road",
    "time": "Tomorrow at 2 PM, please.",
    "phone": "5 1 2, 5 5 5, 0 1 4 7",
    "yes": "Yes, please.",
    "about": "my last invoice",
    "more": "No, that's all. Thank you.",
    "unsure": "I'm not sure.",
}

_HAZARD = r"gas|burning|smoke|carbon monoxide|\bCO\b"

DEFAULT_RULES = [
    Rule(when=r"(are you|you) still (there|on the line)|can you hear me", say="Yes, I'm here. {last}"),
    Rule(when=r"any\s?thing else|something else|what else can", say="{more}"),
    Rule(
        when=rf"\b(do|does|are|is|have|any|right now|smell|notice)\b.*\b({_HAZARD})\b.*\?",
        say="{hazard}",
    ),
    Rule(when=r"\balarm\b.*\?", say="{hazard}"),
    Rule(
        when=r"\b(is|are|was) (that|this|it|everything|all of that|your)\b.*"
        r"\b(right|correct|okay|ok|fine)\b|\b(does|would|will) that (sound|work|be|suit)|"
        r"(sound|look)s? (right|good|okay|correct)|should (i|we) (go ahead|book)|shall (i|we)|"
        r"(want|(?<!when would you )like) (me|us) to|go ahead and|ready to|is this (the )?(best|right|a good) number|"
        r"did i (get|hear|have) (that|it|your)|(am i|is this) (speaking|talking)|, (right|correct)\?|"
        r"like to (schedule|book|set up|go ahead)",
        say="{yes}",
    ),
    Rule(when=r"\bname\b.*what it'?s about", say="{name}. It's about {about}."),
    Rule(when=r"\bzip\b|postal code|five digits", say="It's {zip}."),
    Rule(when=r"\bname\b|who am i speaking|who('s| is) calling", say="{name}."),
    Rule(
        when=r"\baddress\b|house number|street|where (is|are|should|do|will)\b.*"
        r"(located|home|live|go|come|visit|technician)",
        say="{address}.",
    ),
    Rule(when=r"(phone|callback|call back|best|contact) number|number .*(reach|call)", say="{phone}."),
    Rule(
        when=r"how soon|\bwhen\b.*\?|what (day|time|works)|which (day|time)|time (works|would)|"
        r"day (works|would)|how urgent|prefer",
        say="{time}",
    ),
    Rule(
        when=r"how (can|may) (i|we) help|what can (i|we) do|going on|what('s| is| seems)\b.*"
        r"(problem|issue|trouble|wrong|happening)|tell me|calling about|reason for|describe",
        say="{problem}",
    ),
    Rule(when=r"how (old|long|many)|what (brand|kind|type|model)", say="{unsure}"),
    Rule(
        when=r"good ?bye|have a (great|good|nice|wonderful)|take care|thanks for calling.*(bye|day)|"
        r"\b9-?1-?1\b|call you back|will call you|give you a call|"
        r"one (moment|second)|just a (moment|second|minute)|let me (check|look|see|pull|get|have|book)|"
        r"hold on|bear with|hang on|still (working|checking|looking)|thanks for (waiting|your patience)|"
        r"connecting you|nobody picks up|"
        r"almost (there|done)|little longer|trouble hearing|booking (that|it)|checking|pulling up|cut off",
        wait=True,
    ),
]
