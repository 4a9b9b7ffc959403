"""Whether a turn tells something beside its facts and its answer that is worth a note for the team.

It is what nobody has read (remainder.py), clause by clause, without the words that carry nothing and without what the
record has already: two words that say something, or one of the way in, of what is broken besides, of what somebody is
to be told or to do. Small talk ("you sound like my granddaughter"), thinking aloud and a question that is answered at
once are none. The same rule at every question; pure.
"""

from collections.abc import Iterable, Iterator

from call.session import Question
from understanding.answers.harmless import ACCESS_WORD, DISCOMFORT, NEEDS_NOTHING, POLITE, PRESENCE
from understanding.facts import Answer, Hazard, Understanding
from understanding.remainder import WITH_ANY, places, unexplained
from understanding.text.clauses import Clause
from understanding.text.lexicon import CLASSES
from understanding.text.numbers import is_number
from understanding.text.parts import YOU
from understanding.text.plain import phrase, said
from understanding.text.utterance import Utterance, parse, words_and_numbers
from understanding.wants.problems import describes_problem

# Words that say nothing by themselves, whatever they stand beside: of grammar, of time, of talk and of small talk.
_LIGHT = WITH_ANY.union(
    *(CLASSES[name] for name in ("hedge", "question", "wanting", "negator", "presence", "weekday", "time")),
    "mine yours we us our he him his she her hers they them their its these those something anything everything someone"
    " somebody anyone anybody everyone everybody one ones am been being was were did done doing has have had having can"
    " could shall should may must going of in on at by for from about up down out off over under into than as like"
    " around before after since between here there or but because if while though although only even already yet again"
    " still once always ever soon almost anyway anyhow else any some more most much many few little lot lots bit couple"
    " kind sort quite enough plenty same other another each every such own whole next longer take taking".split(),
    "way ways thing things stuff times days day week weeks month months year years hour hours minute minutes moment"
    " second get gets got getting go goes went gone comes came let lets help helps try tries tried trying say says tell"
    " told know knows knew think thinks thought see sees saw seen look looks looked looking means meant guess suppose"
    " hope hopes feel feels felt likes liked loves better best bad worse worst old big long sure glad happy remember"
    " forget forgot sound sounds voice hear hearing heard talk talking speak speaking ask asked asking answer question"
    " questions wait waiting hang write written spell spelled spelling pen paper glasses number street address zip name"
    " called live lives lived works worked working bought covers cover".split(),
    "problem trouble worry worried matter luck goodness gosh lord god heaven heavens jesus wow wonderful awful terrible"
    " horrible crazy funny sweet weather hot cold warm freezing freeze death heat heater summer winter miserable"
    " suffering dying melting rough busy tired weekend awake man lady woman girl boy guy person people town".split(),
)
# One of these is enough.
_FOR_THE_TEAM = phrase(
    ACCESS_WORD.pattern,
    r"(?<!zip )(?<!area )code|bills?|billing|invoices?|receipts?|mail(?:ing)?",
)
_WHO_COMES = (
    r"(?:he|she|they|him|her|them|who ?ever|somebody|someone|your \w+"
    r"|(?:the|that) (?:tech\w*|guy|man|person|driver|crew|team|office|other|one))"
)
_BIDS = phrase(
    rf"(?:tell|let|remind|warn|ask|have|make sure|be sure|want) (?!me|us|you|it|that is|a |{YOU}){_WHO_COMES}",
    r"(?:tell|ask) (?:for|the|my)"
    r"|(?:talk|speak) (?:to|with) (?!you|y'?all|me|a|an|some\w*|any\w*|the (?:owner|boss))\w+",
    rf"(?:{_WHO_COMES}|{YOU}) (?:(?:will|would|might|may|just|probably) )*(?:needs?|have|has|should|must|better|ought)"
    r" (?:to )?(?!be kidding|know|understand|hear|see|been|a |an |the |it|that|me|my|any|some)\w+",
    r"(?:can|could|will|would|should) (?:he|she|they|somebody|someone) (?!not)\w+",
    r"^(?:and |so |but |oh |well |please |just )*(?:do not|never)(?: ever)? (?!worry|mind|know|think|have|be"
    r"|get me|want|need|see|hear|remember|believe|understand|tell me|tell us|hang|hold|wait|take your)\w+",
    r"(?:back|front|rear|side|upper|lower|main|guest) (?:house|unit|building|apartment|entrance|half)",
)
_PLEASE = phrase(r"^(?:and |so |but |oh |well |just )*please")
_DOES = frozenset("will would can he she".split())  # Beside a name: "Wanda will let you in", "I'd like Roberto"
_REQUESTS = phrase(
    rf"(?:do|does|did|can|could|will|would|should|is|are|has) (?:{_WHO_COMES})",
    rf"(?:can|could|will|would) {YOU} (?:please |just |also )*(?:tell|have|put|make|ask|send|bring|note|add|let|write)",
)
_SMALL_TALK = phrase(
    rf"^(?:and |so |but |oh |well |like )*(?:{YOU} (?:guys )?(?:sound|are|were|have|did|know|must|look|remind|do"
    r"|really)|i (?:said|tell|thought|figured|bet|swear|love|hate|wish|remember|hope|guess|know|feel|think|appreciate"
    r"|can not believe|just (?:want|wanted))|(?:it|that|this) was)"
)
_ALOUD = phrase(
    r"let (?:me|us) (?:think|see|look|check|find|get|grab|write|ask)|what (?:is|was) (?:it|that|today|the date)"
)
_HAS_HARM = (Hazard.PRESENT, Hazard.POSSIBLE)


def tells_beside(heard: Understanding, question: Question | None, known: Iterable[str], *, at_the_end: bool) -> bool:
    """Whether the turn tells something that no fact, no answer and no harmless word of it explains.

    Args:
        heard: The turn; one that may tell of a danger is noted as that.
        question: What it answers.
        known: What the record has already, so that what is said again is nothing new.
        at_the_end: Whether no state answers it any more: then a question counts as well, and one word is enough, but
            beside a no.
    """
    if heard.hazard in _HAS_HARM or heard.hold or heard.withdraws:
        return False
    told = [
        each for each in _by_clause(heard, _without_known(heard, known)) if _is_no_answer(each[0], question, at_the_end)
    ]
    if any(_is_for_the_team(clause, words) for clause, words in told):
        return True
    said_of = [word for clause, words in told if not said(_SMALL_TALK, clause.text) for word in words]
    numbers = [word for word in said_of if is_number(word.lower())]
    count = len(said_of) - max(0, len(numbers) - 1)  # A number is one, in however many words.
    takes_back = heard.corrects and places(heard)  # What is left is what was said before.
    enough = 1 if at_the_end and heard.answer is not Answer.NO and not heard.goodbye else 2
    return count >= enough and not takes_back


def _without_known(heard: Understanding, known: Iterable[str]) -> frozenset[int]:
    """The words that are left, by their places, without those of what is known and of polite and plain remarks."""
    turn = parse(heard.text)
    values = [words_and_numbers(value) for value in (*known, *heard.places) if value]
    words = frozenset().union(*(each for each, _ in values))
    numbers = frozenset().union(*(each for _, each in values))
    explained = {i for i, word in enumerate(turn.words) if word in words} | turn.where_numbers(numbers)
    explained |= frozenset().union(*(turn.places(each) for each in (*POLITE, *PRESENCE, *DISCOMFORT, NEEDS_NOTHING)))
    return unexplained(heard) - explained


def _by_clause(heard: Understanding, left: frozenset[int]) -> Iterator[tuple[Clause, list[str]]]:
    """Each clause of which anything is left, with those of its words that are, and say something."""
    turn, at = parse(heard.text), 0
    for clause in turn.clauses:
        while turn.words[at : at + len(clause.words)] != clause.words:
            at += 1
        end = at + len(clause.words)
        if here := sorted(left.intersection(range(at, end))):
            yield clause, [_as_written(turn, i) for i in here if _says_something(turn.words[i])]
        at = end


def _says_something(word: str) -> bool:
    return word not in _LIGHT and (len(word) > 1 or word.isdigit())


def _as_written(turn: Utterance, i: int) -> str:
    """A word with its capital, by which a name is known."""
    return turn.words[i].capitalize() if turn.text[turn.tokens[i].start].isupper() else turn.words[i]


def _is_no_answer(clause: Clause, question: Question | None, at_the_end: bool) -> bool:
    """Whether a clause is neither an answer, nor a question that is answered at once, nor thinking aloud."""
    if question is Question.SAFETY and (clause.denies or not CLASSES["danger"].isdisjoint(clause.words)):
        return False
    return not said(_ALOUD, clause.text) and (not clause.asks or at_the_end or said(_REQUESTS, clause.text))


def _is_for_the_team(clause: Clause, words: list[str]) -> bool:
    """Whether a clause tells, in however few words that are left of it, what somebody is to know or to do."""
    names = any(word[0].isupper() for word in words) and not _DOES.isdisjoint(clause.words)
    if names or said(_BIDS, clause.text) or said(_FOR_THE_TEAM, " ".join(words).lower()):
        return True
    return bool(words) and (said(_PLEASE, clause.text) or describes_problem(clause.text))
