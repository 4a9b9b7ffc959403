"""How something is said: nothing about how we work, no stalling, the caller's mood, and one question at a time.

conversation.md 4: at most two short sentences and one question, an acknowledgement not every time, no parroting, never
the word "transition". Rules as data like those of claims.py; what a sentence claims is judged there. Pure.
"""

import re
from collections.abc import Sequence

from call.session import BookingStatus, CallSession, EntryKind
from conversation.guard.claims import Rule, Spoken
from conversation.guard.sentences import split_sentences
from conversation.guard.stated import NUMBER_WORDS

MAX_SENTENCES = 2  # One question among them
MAX_WORDS = 30  # Of a whole reply, without the state's own question
ACKNOWLEDGEMENT_WORDS = 3  # "Got it." does not count as a sentence
PARROTED_WORDS = 5  # In a row

_CHEER = (
    r"perfect|awesome|great|wonderful|fantastic|excellent|amazing|lovely|super|brilliant|terrific|cool|nice|yay|hooray"
)


def _glum(spoken: Spoken) -> bool:
    """Whether cheer would be out of place: an emergency, a failed booking, a curt, angry or suffering caller (R69)."""
    session = spoken.session
    failed = session.booking_status is BookingStatus.ATTEMPTED_FAILED
    return session.emergency or session.upset or failed or bool(_CURT.search(spoken.last) or _WOE.search(spoken.last))


_CURT = re.compile(r"^\W*(?:fine|whatever|ok fine|okay fine|if i have to|i guess|great, just great|ugh|come on)\b")
_WOE = re.compile(
    r"\b(?:(?:not|n't|stopped|quit) (?:\w+ )?(?:working|cooling|heating|blowing|running|turn\w*|com\w+ on)|broken?"
    r"|no (?:heat|ac|air|cooling)|leak\w*|freezing|died|dead|emergency|(?:is|went|are) out|noise|sick|baby|ridiculous"
    r"|frustrat\w+|upset|angry|terrible)\b"
)

RULES = (
    Rule(
        "process talk",
        r"transition\w*|mov(?:e|ing) (?:forward|on|ahead|right along)|on ?to the next"
        r"|mov(?:e|ing) (?:this|that|things|us|it) (?:forward|along)|process(?:ing)?|wrap(?:ping)? (?:this|things) up"
        r"|next (?:step|state|phase|stage|question|part|thing|topic)s?|(?:ready to )?proceed\w*|step \d|step (?:one"
        r"|two|three)|state machine|prompts?"
        r"|directives?|my (?:instructions|script|training|programming)|execution|protocols?|procedures?"
        r"|(?:to|let's|we can|we'll) (?:continue|keep going|get started|begin|carry on)|required to"
        r"|tool calls?|(?:booking|lookup|callback|calendar|scheduling|our) (?:tools?|systems?|software|functions?)"
        r"|(?:lookup|look up) (?:caller|booking)|create callback|function|json|database|\bapi\b|back ?end|webhook"
        r"|placeholder|pre[ _]confirm|noted\. noted"
        r"|(?:safety|discovery|urgency|callback|booking|confirm|welcome|lookup) (?:state|phase|stage|mode)"
        r"|(?:my|our) (?:system|programming|records? system)|in the system|language model|openai|chat ?gpt|as an ai"
        r"|(?:i'm|i am|you're talking to|this is) (?:not )?(?:just |only |actually )?(?:an? )?(?:ai|robot|bot|chatbot"
        r"|machine|human|real person|live person|person|automated \w+|digital \w+|virtual assistant|computer|program"
        r"|recording)"
        r"|(?:real|live) (?:person|human|agent)|human being|knowledge cut|trained (?:on|to)"
        r"|(?:look|pull)\w* (?:that|you|this|it) up|insert"
        r"|technical (?:difficult\w+|issues?|problems?)|glitch\w*|(?:an|some) error (?:occurred|on)|there was an error"
        r"|(?:server|website|line|computer|network|booking|calendar)s? (?:is|are|was|'s) (?:down|slow|not working)",
        offers_pass=False,
    ),
    Rule(
        "stalling",
        r"bear with me|(?:one|just a|just one|give me a) (?:quick )?(?:moment|second|sec|minute)|hang on|hold on"
        r"|hang tight|un momento",
        offers_pass=False,
    ),
    Rule(
        "tone",
        r"calm down|relax|(?:as|like) i (?:just |already )?(?:said|mentioned|told)|i already (?:said|told|asked)"
        r"|your (?:patience|understanding)|happen again|not (?:our|my) fault|your (?:own )?fault|you should have"
        r"|you failed|you need to calm|watch your",
        offers_pass=False,
    ),
    Rule(
        "mood",
        rf"(?:^|(?<=[,.!] )|(?<=okay )|(?<=that's )|(?<=oh ))(?:{_CHEER})(?=[,.!]|$| (?:news|question|to hear|so))"
        rf"|^(?:{_CHEER})|sounds (?:{_CHEER}|good)|(?:good|glad|happy|great) to hear|my pleasure|no worries"
        rf"|have an? (?:{_CHEER}|good) (?:day|one|evening|night|weekend)",
        unless=lambda s: not _glum(s),
        offers_pass=False,
    ),
)


def style(spoken: Spoken, already: Sequence[str], *, own_question: bool) -> str:
    """Why the sentence does not fit behind `already`; `own_question`: it is the state's, which may be long."""
    text = spoken.text
    pieces = [piece for said in (*already, text) for piece in _pieces(said)]
    if sum("?" in piece for piece in pieces) > 1:
        return "more than one question"
    if own_question:
        return ""
    if sum("?" in p or len(p.split()) > ACKNOWLEDGEMENT_WORDS for p in pieces) > MAX_SENTENCES:
        return "more than two sentences"
    if _SECOND_QUESTION.search(text) or ("?" in text and _TWO_THINGS.search(text)):
        return "more than one question"
    if sum(len(said.split()) for said in (*already, text)) > MAX_WORDS:
        return "too long"
    return "repeats the caller" if _parrots(spoken) else ""


_ASKING = r"which|is|are|do|does|did|have|has|can|could|would|will|may|should"
_SECOND_QUESTION = re.compile(
    rf"\b(?:what|who|where|when|how|{_ASKING})\b[^?]* and (?:also )?(?:(?:what|who|where|when|how)"
    r"(?:'s|'re| is| are| do| does| did| can| could| would| long| old| soon| much| many)"
    rf"|{_ASKING})\b[^?]*\?",
    re.IGNORECASE,
)
_THING = r"(?:(?:full )?name|(?:street )?address|zip(?: code)?|(?:phone |best )?number|e-?mail)"
_TWO_THINGS = re.compile(
    rf"\b(?:what's|what is|may i have|could you|can you|can i (?:get|have)|tell me|give me)\b[^?]*\b{_THING},? and"
    rf" (?:(?:your|the|a|also) )?{_THING}\b",
    re.IGNORECASE,
)


def _pieces(text: str) -> list[str]:
    whole, rest = split_sentences(text)
    return [*whole, rest] if rest.strip() else whole


_MINE_IS_YOURS = {
    "my": "your", "mine": "yours", "i": "you", "i'm": "you're", "i've": "you've", "i'd": "you'd", "i'll": "you'll",
    "me": "you", "am": "are", "we": "you", "we're": "you're", "we've": "you've", "our": "your", "us": "you",
}  # fmt: skip


def _parrots(spoken: Spoken) -> bool:
    """Whether the caller's last words come back; a number that is read back is no parroting."""
    said = f" {' '.join(_MINE_IS_YOURS.get(word, word) for word in _words(spoken.last))} "
    words = [_MINE_IS_YOURS.get(word, word) for word in _words(spoken.lower)]
    runs = (words[i : i + PARROTED_WORDS] for i in range(len(words) - PARROTED_WORDS + 1))
    return any(f" {' '.join(run)} " in said and not any(_is_number(word) for word in run) for run in runs)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text)


def _is_number(word: str) -> bool:
    return word.isdigit() or word in NUMBER_WORDS or word in ("oh", "hundred")


_FAMILIES = (
    r"okay|ok|alright|all right|got it|gotcha|i see|i understand|understood|sure(?: thing)?|great|perfect|good"
    r"|wonderful|thanks|thank you|noted|makes sense|i hear you",
    r"(?:i'm |i am )?(?:so |very |really )?sorry(?: to hear(?: about)? that| about that)?",
)


def without_acknowledgement(text: str, session: CallSession) -> str:
    """The first sentence of a reply without the acknowledgement that our last reply already began with.

    Nothing may be left. What answers a question of the caller's stays as it is.
    """
    before, last = _last_exchange(session)
    if "?" in last:
        return text
    names = "".join(rf"|{re.escape(part)}" for part in session.name.split())
    behind = rf"(?:,? (?:mr|mrs|ms)\.)?(?:,? (?:then|so much{names}))?(?:[,.!]+ ?|$)"
    for family in _FAMILIES:
        opening = re.compile(rf"(?:(?:{family}){behind})+", re.IGNORECASE)
        said_again = opening.match(text)
        if said_again and opening.match(before):
            rest = text[said_again.end() :]
            return rest[:1].upper() + rest[1:]
    return text


def _last_exchange(session: CallSession) -> tuple[str, str]:
    """How our reply to the turn before the caller's last one began, and the caller's last turn."""
    entries = [e for e in session.timeline if e.kind in (EntryKind.CALLER, EntryKind.AGENT)]
    turns = [i for i, entry in enumerate(entries) if entry.kind is EntryKind.CALLER]
    if not turns:
        return "", ""
    since = turns[-2] + 1 if len(turns) > 1 else 0
    ours = [entry.text for entry in entries[since : turns[-1]]]
    return ours[0] if ours else "", entries[turns[-1]].text
