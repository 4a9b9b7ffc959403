"""How something is said: the caller's mood, no parroting, and one question at a time.

conversation.md 4: at most two short sentences and one question, an acknowledgement not every time, no parroting. What
a sentence claims is judged in cover.py. Pure.
"""

import re
from collections.abc import Sequence

from call.session import BookingStatus, CallSession, EntryKind, Question
from conversation.guard.known import Spoken
from conversation.guard.sentences import split_sentences
from conversation.guard.stated import NUMBER_WORDS

MAX_SENTENCES = 2  # One question among them
MAX_WORDS = 30  # Of a whole reply, without the state's own question
ACKNOWLEDGEMENT_WORDS = 3  # "Got it." does not count as a sentence
PARROTED_WORDS = 5  # In a row

_CHEER = (
    r"perfect|awesome|great|wonderful|fantastic|excellent|amazing|lovely|super|brilliant|terrific|cool|nice|yay|hooray"
)
_CURT = re.compile(r"^\W*(?:fine|whatever|ok fine|okay fine|if i have to|i guess|great, just great|ugh|come on)\b")
_WOE = re.compile(
    r"\b(?:(?:not|n't|stopped|quit) (?:\w+ )?(?:working|cooling|heating|blowing|running|turn\w*|com\w+ on)|broken?"
    r"|no (?:heat|ac|air|cooling)|leak\w*|freezing|died|dead|emergency|(?:is|went|are) out|noise|sick|baby|ridiculous"
    r"|frustrat\w+|upset|angry|terrible)\b"
)
_CHEERS = re.compile(
    rf"(?:^|(?<=[,.!] )|(?<=okay )|(?<=that's )|(?<=oh ))(?:{_CHEER})(?=[,.!]|$| (?:news|question|to hear|so))"
    rf"|^(?:{_CHEER})\b|\bsounds (?:{_CHEER}|good)\b|\b(?:good|glad|happy|great) to hear\b|\bmy pleasure\b"
    rf"|\bno worries\b|\bhave an? (?:{_CHEER}|good) (?:day|one|evening|night|weekend)\b"
)
_ASKING = r"is|are|do|does|did|have|has|can|could|would|will|may|should"
_SECOND_QUESTION = re.compile(
    r"(?:^|[,.;:] (?:and |so |but )?)(?!could be|what an? |how \w+ (?:of|it|that|this|for)\b)"
    rf"(?:{_ASKING}|(?:what|who|where|when|how|which)(?: (?!matters)\w+)?(?:'s|'re| (?:{_ASKING}|was|were)(?![\w'])))\b"
    r"[^?]* and (?:also )?(?:(?:what|who|where|when|how)(?:'s|'re| is| are| do| does| did| can| could| would| long| old"
    rf"| soon| much| many)|{_ASKING})\b[^?]*\?",
    re.IGNORECASE,
)
_THING = r"(?:(?:full )?name|(?:street )?address|zip(?: code)?|(?:phone |best )?number|e-?mail)"
_TWO_THINGS = re.compile(
    rf"\b(?:what's|what is|may i have|could you|can you|can i (?:get|have)|tell me|give me)\b[^?]*\b{_THING},? and"
    rf" (?:(?:your|the|a|also) )?{_THING}\b",
    re.IGNORECASE,
)
_MINE_IS_YOURS = {
    "my": "your", "mine": "yours", "i": "you", "i'm": "you're", "i've": "you've", "i'd": "you'd", "i'll": "you'll",
    "me": "you", "am": "are", "we": "you", "we're": "you're", "we've": "you've", "our": "your", "us": "you",
}  # fmt: skip
_FAMILIES = (
    r"okay|ok|alright|all right|got it|gotcha|i see|i understand|understood|sure(?: thing)?|great|perfect|good"
    r"|wonderful|thanks|thank you|noted|makes sense|i hear you",
    r"(?:i'm |i am )?(?:so |very |really )?sorry(?: to hear(?: about)? that| about that)?",
)


def _glum(spoken: Spoken) -> bool:
    """Whether cheer would be out of place: an emergency, a failed booking, a curt, angry or suffering caller (R69)."""
    session = spoken.session
    failed = session.booking_status is BookingStatus.ATTEMPTED_FAILED
    return session.emergency or session.upset or failed or bool(_CURT.search(spoken.last) or _WOE.search(spoken.last))


def out_of_place(spoken: Spoken) -> str:
    """Why the sentence does not fit the caller's mood, "" if it does."""
    return "mood" if _glum(spoken) and _CHEERS.search(spoken.text.lower()) else ""


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
    two = spoken.session.question in (Question.SITE_CONTACT, Question.DETAILS)  # Each asks for two things itself
    if (not two and _SECOND_QUESTION.search(text)) or ("?" in text and not two and _TWO_THINGS.search(text)):
        return "more than one question"
    if sum(len(said.split()) for said in (*already, text)) > MAX_WORDS:
        return "too long"
    return "repeats the caller" if _parrots(spoken) else ""


def _pieces(text: str) -> list[str]:
    whole, rest = split_sentences(text)
    return [*whole, rest] if rest.strip() else whole


def _parrots(spoken: Spoken) -> bool:
    """Whether the caller's last words come back; a number that is read back is no parroting."""
    said = f" {' '.join(_MINE_IS_YOURS.get(word, word) for word in _words(spoken.last))} "
    words = [_MINE_IS_YOURS.get(word, word) for word in _words(spoken.text.lower())]
    runs = (words[i : i + PARROTED_WORDS] for i in range(len(words) - PARROTED_WORDS + 1))
    return any(f" {' '.join(run)} " in said and not any(_is_number(word) for word in run) for run in runs)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text)


def _is_number(word: str) -> bool:
    return word.isdigit() or word in NUMBER_WORDS or word in ("oh", "hundred")


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
