"""What the model may say: each sentence is judged against the session before it is spoken.

A sentence passes only if the record backs it: no booking, change or callback that did not happen (guard_rules.py), no
time, price, name or number that is not in the session, no more than two short sentences and one question. In doubt it
is refused; the caller then hears the state's fixed line. Fixed lines are not judged. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from business import Business
from guard_rules import RULES, Spoken
from session import CallSession
from speech_text import clean, split_sentences
from spoken_facts import MONTHS, WEEKDAYS, amounts, blank, digit_runs, mentions

__all__ = ["Facts", "Verdict", "check", "clean", "split_sentences"]

Facts = Business  # The facts of the business that a sentence may state

MAX_SENTENCES = 2  # conversation.md 4: at most two short sentences, one question
MAX_WORDS = 30
ACKNOWLEDGEMENT_WORDS = 3  # "Got it." does not count as a sentence


@dataclass(frozen=True)
class Verdict:
    """Whether a sentence may be spoken. `text` is the sentence fit for a voice, `reason` why it was refused."""

    allowed: bool
    text: str
    reason: str = ""


def check(sentence: str, session: CallSession, facts: Facts, already: Sequence[str] = ()) -> Verdict:
    """Judges one sentence of the model.

    Args:
        sentence: As the model wrote it.
        session: What is known and what was done, at this moment.
        facts: The facts of the business.
        already: The sentences of the same reply that were spoken before it.
    """
    text = clean(sentence)
    if not any(c.isalnum() for c in text):
        return Verdict(False, text, "empty")
    if _MARKUP.search(sentence) or _MARKUP.search(text):
        return Verdict(False, text, "markup")
    spoken = Spoken(text, session, facts)
    for judge in (_by_rules, _time, _price, _digits, _name, _served, _diagnosis):
        reason = judge(spoken)
        if reason:
            return Verdict(False, text, reason)
    reason = _style(text, already)
    return Verdict(not reason, text, reason)


def _by_rules(spoken: Spoken) -> str:
    return next((rule.reason for rule in RULES if rule.breaks(spoken)), "")


# Brackets, braces, code, lists, placeholders, names of tools (R43, R65).
_MARKUP = re.compile(
    r"[\[\]{}<>|`*#\\^~=]|\b\w+_\w+\b|https?:|\bwww\.|^\s*(?:[-\u2022]|\d+[.)])\s|\"\s*:|\b(?:TBD|N/A|TODO|XX+"
    r"|null|None|undefined)\b"
    r"|Invalid Date|\b(?:assistant|agent|system|user|caller)\s*:",
)

_VISIT = re.compile(
    r"\b(?:com(?:e|ing)|visits?|appointments?|technician|tech|availab\w+|openings?|slots?|schedul\w*|book\w*|see you"
    r"|be there|send|out there|get (?:someone|you)|arriv\w*|someone|works?|free up|squeeze|soonest|earliest"
    r"|instead)\b"
)
_PAST = re.compile(r"\b(?:since|started|stopped|been|ago|went|broke|quit|noticed|happened|last|was|were|did)\b")
_OPEN = re.compile(r"\b(?:hours|open|visits are|seven days|every day)\b")


def _moments(spoken: Spoken) -> Iterator[datetime]:
    session = spoken.session
    booked = session.booked_at or session.visit_at
    wished = [] if spoken.booked else [session.visit_at, session.booked_at]
    for at in ([booked] if spoken.booked else wished) + [session.moved_to]:
        if at is not None:
            yield at.astimezone(spoken.facts.zone)


def _time(spoken: Spoken) -> str:
    """A time is that of the visit, of the appointment on file, an opening hour, or the caller's own about the past."""
    session, facts = spoken.session, spoken.facts
    visit = bool(_VISIT.search(spoken.lower))
    found = [m for m in mentions(spoken.lower) if visit or m.label not in _TODAY]
    if not found:
        return ""
    nothing_done = not (spoken.booked or spoken.changed or spoken.visit_on_file)
    if nothing_done and "?" not in spoken.text and _FIRM.search(spoken.lower):
        return "not booked"
    today = session.started_at.astimezone(facts.zone).date()
    moments = list(_moments(spoken))
    on_file = _labels(f"{session.appointment.date} at {session.appointment.time}") if session.appointment else set()
    if any(all(m.fits(at, today) for m in found) for at in moments) or all(m.label in on_file for m in found):
        return ""
    if on_file and all(m.label in on_file or any(m.fits(at, today) for at in moments) for m in found):
        return ""  # The old time and the new one in one sentence.
    hours = {f"{hour % 12 or 12}:00" for hour in (facts.opening_hour, facts.closing_hour)}
    if _OPEN.search(spoken.lower) and all(m.label.rstrip("ap") in hours for m in found):
        return ""
    theirs = _labels(spoken.caller)
    settled = bool(moments)
    if all(m.label in theirs for m in found) and ((_PAST.search(spoken.lower) and not visit) or not (visit or settled)):
        return ""
    return "a time that is not in the record"


_FIRM = re.compile(r"\w'll\b|\bwill\b|\bgoing to\b")  # Beside a time: said as if it were agreed
_TODAY = frozenset({"today", "tonight", "this morning", "this afternoon", "this evening"})


def _labels(text: str) -> set[str]:
    return {m.label for m in mentions(text.lower())}


def _price(spoken: Spoken) -> str:
    sums = amounts(spoken.lower, skip=mentions(spoken.lower))
    return "" if all(n == spoken.facts.diagnostic_fee for n in sums) else "a price that is not ours"


def _digits(spoken: Spoken) -> str:
    """A number of three digits or more is the caller's own: ZIP, house number, telephone."""
    session = spoken.session
    years = " ".join(str(at.year) for at in _moments(spoken))
    fields = (session.zip_code, session.zip_unconfirmed, session.phone, session.caller_number, years)
    fee = str(spoken.facts.diagnostic_fee)
    backed = [run for text in (*fields, spoken.caller, spoken.facts.name, fee) for run in digit_runs(text)]
    times = mentions(spoken.lower)
    for run in digit_runs(re.sub(r"\$\s?[\d.,]+", " ", blank(spoken.lower, times))):
        if len(run) >= 3 and run != "911" and not any(run in other for other in backed):
            return "a number that is not in the record"
    if "911" in spoken.lower and not re.search(r"\b(?:call|llame al?) 911\b", spoken.lower):
        return "a number that is not in the record"
    return ""


_GREETING_NAME = re.compile(
    r"\b(?:[Tt]hanks|[Tt]hank you|Hi|Hello|Hey|[Oo]kay|[Oo]k|[Ss]orry|[Ss]ure|Great|Perfect|All ?right|Welcome"
    r"|Welcome back"
    r"|[Gg]oodbye|[Bb]ye|Got it|Understood|Yes|No|Of course|Gracias|Hola),? ([A-Z][\w'-]+)"
)
_TITLED_NAME = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? ([A-Z][\w'-]+)")
_OWN_NAME = re.compile(r"\b(?:[Mm]y name is|[Mm]y name's|[Tt]his is|I'm|I am|[Yy]ou're speaking with) ([A-Z][\w'-]+)")
_FIRST_WORD = re.compile(r"^([A-Z][\w'-]+),")
_LAST_WORD = re.compile(r", ([A-Z][\w'-]+)[.!?]?$")
_OPENER_WORDS = (
    "okay ok sure yes no yeah thanks thank great sorry well absolutely certainly understood alright perfect right"
    " actually got hello hi hey wonderful excellent good please oh so now and but also again then here there today"
    " tomorrow sounds wow ouch hmm ah mhm gracias claro entiendo perfecto hola bueno lo si sí first next otherwise"
    " still anyway true welcome fine fair of gotcha yep yup nope"
)
_OPENERS = frozenset(_OPENER_WORDS.split()) | {*WEEKDAYS}
_PLAIN_WORDS = (
    "i i'm i'll i've i'd ac a/c hvac zip austin texas tx okay ok am pm a.m p.m co english spanish mr mrs ms"
    " comfort advisor"
)
_PLAIN_NAMES = frozenset(_PLAIN_WORDS.split()) | {*WEEKDAYS, *MONTHS}


def _words(text: str) -> set[str]:
    return set(re.findall(r"[\w'/.-]*\w", text.lower().replace("'s", "")))


def _name(spoken: Spoken) -> str:
    """A caller is addressed by their own name; any other proper noun is one that they said (R40, R42)."""
    own = _words(spoken.session.name)
    business = _words(spoken.facts.name)
    for match in _OWN_NAME.finditer(spoken.text):
        if not _words(match[1]) & business:
            return "a name for the agent"
    addressed = [m[1] for p in (_GREETING_NAME, _TITLED_NAME, _LAST_WORD) for m in p.finditer(spoken.text)]
    if (first := _FIRST_WORD.match(spoken.text)) and not first[1].lower().endswith("ly"):
        addressed.append(first[1])
    for word in addressed:
        if not _words(word) & (own | business | _PLAIN_NAMES | _OPENERS):
            return "a name that is not the caller's"
    known = own | business | _PLAIN_NAMES | _words(spoken.caller)
    for match in re.finditer(r"(?<![.!?] )(?<!^)\b[A-Z][\w'-]*", spoken.text):
        if not _words(match.group()) <= known | _OPENERS:
            return "a name that nobody said"
    return ""


def _served(spoken: Spoken) -> str:
    """Whether an area is served is decided by the ZIP code (conversation.md 4)."""
    if "?" in spoken.text:
        return ""
    no = re.search(
        r"\b(?:don't|do not|can't|cannot|not) (?:\w+ )?(?:serve|service|cover)"
        r"|outside (?:of )?(?:our|the)",
        spoken.lower,
    )
    yes = re.search(
        r"\b(?:we|we do) (?:serve|service|cover)\b|\b(?:in|inside"
        r"|within) our (?:service )?area",
        spoken.lower,
    )
    if not (no or yes) or "austin" in spoken.lower:
        return ""
    zip_code = spoken.session.zip_code or spoken.session.zip_unconfirmed
    served = bool(zip_code) and spoken.facts.serves(zip_code)
    backed = bool(zip_code) and (not served if no else served)
    return "" if backed else "an area that was not checked"


_PARTS = re.compile(
    r"\b(?:compressor|capacitor|coils?|motor|refrigerant|freon|heat exchanger|fuse|blower|condenser"
    r"|control board|igniter"
    r"|flame sensor|drain line|ducts?)\b"
)


def _diagnosis(spoken: Spoken) -> str:
    """The fault is the technician's to find: a part is named only after the caller named it."""
    guessed = [part for part in _PARTS.findall(spoken.lower) if part not in spoken.caller]
    return "a diagnosis" if guessed else ""


def _style(text: str, already: Sequence[str]) -> str:
    """One question at a time, two short sentences (conversation.md 4)."""
    pieces = [piece for said in (*already, text) for piece in _pieces(said)]
    if sum("?" in piece for piece in pieces) > 1 or _SECOND_QUESTION.search(text):
        return "more than one question"
    if sum("?" in p or len(p.split()) > ACKNOWLEDGEMENT_WORDS for p in pieces) > MAX_SENTENCES:
        return "more than two sentences"
    return "too long" if any(len(piece.split()) > MAX_WORDS for piece in pieces) else ""


_ASKING = r"which|is|are|do|does|can|could|would|may"
_SECOND_QUESTION = re.compile(
    rf"\b(?:what|who|where|when|how|{_ASKING})\b[^?]* and (?:also )?(?:(?:what|who|where|when|how)"
    r"(?:'s|'re| is| are| do| does| did| can| could| would| long| old| soon| much| many)"
    rf"|{_ASKING})\b[^?]*\?",
    re.IGNORECASE,
)


def _pieces(text: str) -> list[str]:
    whole, rest = split_sentences(text)
    return [*whole, rest] if rest.strip() else whole
