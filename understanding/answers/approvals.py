"""Whether a yes covers its turn: what of the words no agreement, no thanks, no equal fact and no harmless remark explains.

A yes that changes something in the world counts only if nothing is left. Read without the recogniser's marks: where a
comma stands is the recogniser's guess.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from call.session import Question
from understanding.answers.answer_words import AGREEMENT, CONTENT
from understanding.answers.answers import read_answer, without_presence
from understanding.facts import Answer
from understanding.text.lexicon import CLASSES, tells_time
from understanding.text.plain import phrase, said
from understanding.text.utterance import Utterance, parse, unmarked


@dataclass(frozen=True)
class Approval:
    """The answer to an approval, and what spoke against a yes: `left` counts the words of the unmarked turn."""

    answer: Answer | None
    left: tuple[int, ...] = ()
    doubt: str = ""  # "question", "irony", "two readings"; empty: none


def read_approval(
    text: str, question: Question, answer: Answer | None, same_time: bool, read_back: Iterable[str]
) -> Approval:
    """The answer to one of APPROVALS: a yes only if it covers the turn, with the recogniser's marks and without.

    Args:
        text: The turn as the recogniser wrote it.
        question: One of APPROVALS.
        answer: The answer in it as read with its marks.
        same_time: Whether the time in the turn, if any, is the one that was read back.
        read_back: What else was read back: name, address, ZIP, fee, the visit on file.
    """
    bare = unmarked(text)
    other = read_answer(without_presence(bare.plain), question)
    if answer not in (Answer.YES, None):
        return Approval(answer)
    left = _left(bare, question, same_time, read_back)
    if Answer.YES not in (answer, other) and (left or not _agrees(bare)):
        return Approval(answer)
    doubt = "two readings" if other not in (Answer.YES, None) else _doubt(parse(text), bare)
    return Approval(Answer.UNCLEAR if left or doubt else Answer.YES, left, doubt)


def _agrees(bare: Utterance) -> bool:
    return bool(bare.places(AGREEMENT) or CLASSES["agreement"].intersection(bare.words))


def _left(bare: Utterance, question: Question, same_time: bool, read_back: Iterable[str]) -> tuple[int, ...]:
    """The places of the words that nothing covers."""
    times = {i for i, word in enumerate(bare.words) if tells_time(word)}
    covered = {i for i, word in enumerate(bare.words) if word in _HARMLESS} | (bare.places(AGREEMENT) - times)
    covered = covered.union(*(bare.places(pattern) for pattern in _PHRASES + _OF_QUESTION[question]))
    covered = covered.union(*(bare.where(value) for value in read_back), times if same_time else ())
    if question is not Question.CANCEL_CONFIRM:
        covered |= _remarks(bare)
    return tuple(i for i in range(len(bare.words)) if i not in covered)


_HARMLESS = frozenset().union(*(CLASSES[name] for name in ("agreement", "thanks", "courtesy", "filler")))
_WHO = (
    r"(?:i|we|you|he|she|they|someone|somebody|(?:my|our|the) (?:\w+ and (?:i|me)|" + "|".join(CLASSES["relative"]) + "))"
)
_PLACE = r"(?:home|here|there|around|at (?:home|the house)|in|ready|waiting(?: for (?:you|him|her|them))?)"
_ALL_DAY = r"(?:all|the whole) (?:day|morning|afternoon|evening|time)(?: long)?"
_WHO_COMES = r"(?:you|y'?all|you guys|he|she|they|him|her|them|the (?:tech|technician|guy|person|man|driver))"
_GOOD_DAY = r"(?:good|great|nice|wonderful|blessed|lovely|beautiful)"
# Of any yes: thanks, leave-taking, words before and behind an agreement.
_PHRASES = (
    CONTENT,
    phrase(
        r"(?:thank you|thanks)(?: (?:so|very|ever so) much| a (?:lot|bunch|million|ton)| again| kindly)*"
        r"(?: for (?:(?:all )?your (?:help|time|patience)|everything|(?:all )?(?:that|the help)|helping(?: me| us)?"
        r"|calling|doing that))?(?: today)?",
        r"(?:i |we )?(?:really |do |sure |would )*appreciate (?:it|that|you|this|your (?:help|time)|the help)",
        r"muchas|mil gracias|muy amable|que (?:bien|bueno)|claro que (?:si|yes)|como no",
        r"god bless(?: you)?|bless (?:you|your heart)|thank (?:god|goodness|the lord|heavens)|praise the lord",
        r"you are (?:so |very |too |really )*(?:kind|sweet|welcome|helpful|the best|awesome|an angel|a lifesaver"
        r"|a (?:doll|gem|saint))|you have been (?:so |very |really )*(?:helpful|kind|great)",
        rf"(?:you )?(?:have|enjoy) (?:a |an |your )?(?:very |really )*(?:{_GOOD_DAY} )?(?:day|one|night|evening|weekend"
        r"|afternoon|rest of your day)|you too|take care|same to you|talk (?:to you )?(?:soon|later)",
        r"i mean|i (?:guess|suppose)|what the heck|as far as i (?:know|can tell)|to me|of course|by all means"
        r"|on my end|at this point|for now|por favor|esta bien|de acuerdo|no problem|(?:that|this|the) one"
        r"|you (?:have|have got|got) (?:it|that|everything|me)(?: all)?(?: (?:right|down))?"
        r"|(?:is|are|sounds|looks|seems)|good(?:ness)?|(?:with )?no (?:problem|issue|trouble|worrie)s?(?: at all)?"
    r"|why not|^no(?= (?:yeah|yes|yep|sure|that is|it is))|that is (?:it|everything)",
        r"go (?:on )?(?:ahead )?(?:and|with (?:it|that))|go on|ahead|feel free|please and thank you",
        r"(?:it|that|this|they|you|everything|all) (?:is|are|sounds|looks|works|does)",
    ),
)
_SCHEDULE = phrase(
    r"(?:go )?(?:book|schedule|confirm|lock|set|put|write|sign|pencil|get)(?: it| that| this| me| us| the (?:visit"
    r"|appointment))?(?: all)?(?: (?:in|up|down))?(?: for)?",
    r"(?:i |we )(?:will |would |want to |would like to |can )?(?:take|do|have|like|love|want|go with|need) (?:it|that|this)"
    r"(?: one| time| slot| appointment)?|(?:i |we )would (?:like|love) (?:to|that)(?: (?:do|book|schedule|set))?"
    r"|would (?:like|love)|(?:i|we) can (?:do|make) (?:it|that|this)(?: work)?|can (?:do|make) (?:it|that)(?: work)?",
    r"the (?:name|address|time|date|day|zip|price|fee|number|info|information|spelling|street|appointment|visit)"
    r"(?: (?:is|are))?|(?:my|right|correct) (?:name|address|zip(?: code)?|street|number|phone number)|address|zip code",
    r"(?:sooner|earlier) the better|(?:can not|can hardly) wait|looking forward(?: to (?:it|that|seeing (?:you|him|them)))?"
    r"|(?:i|we) (?:will )?(?:see|expect|be expecting|look for|be looking for) (?:you|y'?all|him|her|them)(?: guys)?",
    r"let us|with (?:a|an|one|two) [a-z](?:'?s)?",
    r"see (?:you|y'?all|him|her|them)(?: guys| all)?(?: (?:then|there|soon|later))?|until then|dollars|bucks|fee",
    r"(?:alli|aqui|ahi)(?: estare| estaremos)?|(?:en casa)|agend\w+|reserv\w+|hagal[oa]|haga(?: la)? cita|la cita",
)
_MOVING = phrase(
    r"(?:go ahead and )?(?:move|change|switch|reschedule|push|bump|moving|changing|switching|rescheduling|moved|changed)"
    r"(?: it| that| this| my (?:visit|appointment)| the (?:visit|appointment|time))?(?: (?:to|over|back)(?: (?:that|then))?)?",
    r"(?:that is |is |much |a lot |even )*better(?: for (?:me|us))?|mueva\w*|cambi\w+",
)
_OBJECT = r"(?:it|that|this|that one|this one|them|everything|(?:the|my|our|that|this) (?:whole |entire )?(?:thing|visit|appointment|booking|service call))"
_CANCELLING = phrase(
    rf"(?:i |we )?(?:do )?(?:still )?(?:want|need|would like|have|am calling|called|like)?(?: you)?(?: to)?(?: please| just)*"
    rf" ?cancel(?:led|ed|ling|ing)?(?: {_OBJECT})?(?: (?:out|for (?:me|us|now|good)))*|(?:want|need) {_OBJECT} cancel(?:led|ed)",
    rf"(?:take|get|pull) (?:{_OBJECT}|me|us) off(?: (?:of )?(?:the|your) (?:schedule|books|calendar|list))?"
    rf"|(?:get rid of|scratch|drop|delete|remove) {_OBJECT}|call (?:it|that) off",
    r"(?:i |we |you )?(?:do|does|will|would) not (?:need|want|be needing) (?:it|that|you|y'?all|you guys|anyone|anybody"
    r"|them|the (?:visit|appointment|service))?(?: to come(?: out)?)?(?: any ?(?:more|longer)| now)?"
    r"|no longer (?:need|want) (?:it|that|the (?:visit|appointment))",
    r"(?:it|the (?:ac|heat|heater|unit|system|furnace|air)|everything)(?: is| has| just| got| started| came)*"
    r" (?:working|work|fixed|running|cooling|heating|back)(?: (?:on|up))?(?: (?:again|now|fine|good))*",
    r"(?:i|we|he|she|they|my \w+)(?: have| already| just)* (?:got|had|fixed|found|figured|hired|went with)"
    r"(?: (?:it|that|another|a different|someone|somebody|else|company|fixed|working|repaired|out|taken|care|of|running))+",
    r"i am (?:sure|positive|certain)|sure about (?:it|that)|sorry(?: (?:about|for) (?:that|it|the (?:trouble"
    r"|inconvenience|hassle|bother)|bothering you|any (?:trouble|inconvenience)))?|thanks anyway|my apologies"
    r"|cancel\w+|la cita|ya no(?: la| lo)? (?:necesit\w+|quier\w+)",
)
_OF_QUESTION = {
    Question.READ_BACK: (_SCHEDULE,),
    Question.OTHER_TIME: (_SCHEDULE,),
    Question.MOVE_CONFIRM: (_SCHEDULE, _MOVING),
    Question.CANCEL_CONFIRM: (_CANCELLING,),
}
# Told for the visit, and nothing of it changed: who is there, how to get in, that he may call first, how hot it is.
_PRESENCE = phrase(
    rf"{_WHO} (?:will|should|am|are|is|can|is going to|are going to|am going to)(?: definitely| all| both| just| be"
    rf"| probably)* {_PLACE}(?: (?:{_ALL_DAY}|then|by then|anyway|to (?:let (?:you|him|her|them) in|meet (?:you|him|her"
    r"|them))|waiting))*",
    r"(?:i|we)(?: are| am)? (?:off|free|available|home)(?: (?:that|all) day| then)?|alguien va a estar|voy a estar",
)
_ANCHOR = phrase(
    r"dogs?|cats?|puppy|pets?|gates?|doors?|doorbell|bell|buzzer|intercom|knock(?:s|ing)?|park(?:s|ing)?|driveway|keys?"
    r"|lockbox|elevator|stairs|garage|porch|alley|attic|basement|closet|backyard|yard|call|text|ring"
)
_ACCESS = phrase(
    rf"(?:please )?(?:just |and )*(?:have|tell|ask|let|make sure|remind) (?:that )?{_WHO_COMES}(?: to| know| that| can)*"
    rf"(?: (?:call|text|ring|knock|park|use|come))?",
    rf"(?:call|text|ring|phone)(?: me| us| my \w+)?(?: (?:first|ahead|beforehand|(?:about )?\w+ minutes (?:before|ahead)))?",
    rf"(?:when|before|once|as|while)(?: {_WHO_COMES})? (?:gets?|arrives?|is|are|comes?|coming|leaves?|heads?|heading|pulls?)"
    r"(?: (?:here|there|close|near(?:by)?|over|out|up))?",
    r"on (?:his|her|their|the|your) way(?: (?:out|over|here))?|(?:come|go|get) (?:around|in|to|through|up)(?: (?:the|back"
    r"|front|side|in))*",
    r"(?:the )?(?:code|gate|apartment|unit|suite|lockbox)(?: code| number)?(?: is)?(?: \d+| (?:zero|oh|one|two|three"
    r"|four|five|six|seven|eight|nine|pound|star))+",
    r"(?:does|do|will|is|are|has|must) (?:not|never) (?:bite|bark|bother|work|working|ring|hurt|mean|loud)"
    r"|(?:do|please do|does) not (?:ring|knock|park|let|use|open|block|worry|mind|bite)(?: about (?:it|him|her|them|that|the \w+))?",
    r"(?:will|would|does|wo) not (?:bite|hurt|bother)(?: (?:you|him|them|anyone|anybody))?|out|can|use|works",
)
_DISCOMFORT = phrase(
    r"(?:it is|it has been|we are|i am)(?: really| so| pretty| getting| very| just)* (?:hot|cold|freezing|warm|miserable"
    r"|burning up|chilly|roasting|sweating|melting)(?: (?:in here|in the house|in this house|over here|up in here))?"
)
_PLAIN_YES = phrase(r"yes|yeah|yea|yep|yup|sure|absolutely|definitely|si|mhmm")


def _remarks(bare: Utterance) -> frozenset[int]:
    """The places of what is told for the visit and changes nothing of it."""
    places = bare.places(_PRESENCE)
    if said(_ANCHOR, bare.plain):
        places |= bare.places(_ACCESS) | {i for i, word in enumerate(bare.words) if word in CLASSES["access"]}
    return places | bare.places(_DISCOMFORT) if said(_PLAIN_YES, bare.plain) else places


_REQUEST = phrase(
    r"(?:can|could|will|would) you (?:please |just )*(?:make sure|have|tell|ask|let|text|call|ring|knock|remind|go ahead"
    r"|book|schedule|put)"
)
_NO_QUESTION = phrase(_REQUEST.pattern, r"please do|do (?:it|that|this)")
_INVERTED = phrase(
    r"(?:is|are|am|was|were|do|does|did|can|could|will|would|should|has|have|may)(?= (?:not )?(?:i|we|you|y'?all|he|she|they"
    r"|it|that|this|there|these|those|the|my|our|your|anyone|someone|somebody|anybody)(?!\\S))"
)
_BEFORE_QUESTION = CLASSES["agreement"] | CLASSES["courtesy"] | frozenset("and so but oh well then or um thanks you".split())
_IRONY = phrase(
    r"just (?:great|wonderful|lovely|fantastic|terrific|awesome|brilliant|peachy|dandy|super|beautiful)",
    r"^(?:oh |well )*yeah (?:right|sure|okay|ok|whatever)$",
)
_TAG = phrase(r"(?:right|correct|huh|eh|yeah|okay|ok)$")
_WHY_NOT = phrase("why not")


def _doubt(marked: Utterance, bare: Utterance) -> str:
    """What a turn looks like whose words are all harmless and which still is no yes."""
    if said(_IRONY, bare.plain):
        return "irony"
    if any(clause.asks and not said(_REQUEST, clause.text) and not said(_WHY_NOT, clause.text) for clause in marked.clauses):
        return "question"
    told = Utterance("", _NO_QUESTION.sub("tell", bare.plain))
    if any(i == 0 or told.words[i - 1] in _BEFORE_QUESTION for i in told.places(_INVERTED)):
        return "question"
    words = bare.words
    tag = said(_TAG, bare.plain) and len(words) > 2 and tells_time(words[-2]) and words[0] not in CLASSES["agreement"]
    return "question" if tag or words[-2:] == ("and", "you") else ""


__all__ = ["Approval", "read_approval"]
