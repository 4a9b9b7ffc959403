"""What the model may say: each sentence is judged against the session before it is spoken.

A sentence passes only if the record backs it: it has a form that can be backed (forms.py), tells of no booking,
change or callback that did not happen (claims.py), gives neither advice nor promises (advice.py), no time,
price, name or number that is not in the session, asks only what the state asks (questions.py), and is said in the
right manner (manner.py). In doubt it is refused; the caller then hears the state's fixed line. Fixed lines are not
judged. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from call.business import Business
from call.session import CallSession
from conversation.guard import manner
from conversation.guard.advice import ADVICE_AND_PROMISES
from conversation.guard.claims import AVAILABLE, VISITS_AND_CALLS, Spoken
from conversation.guard.forms import formless
from conversation.guard.questions import other_question
from conversation.guard.sentences import clean, split_sentences
from conversation.guard.stated import MONTHS, WEEKDAYS, Mention, amounts, blank, digit_runs, mentions
from understanding.text.language import read_language
from understanding.text.plain import plain

__all__ = ["Facts", "Verdict", "check", "clean", "split_sentences"]

Facts = Business  # The facts of the business that a sentence may state
_RULES = (*manner.RULES, *ADVICE_AND_PROMISES, *VISITS_AND_CALLS)


@dataclass(frozen=True)
class Verdict:
    """Whether a sentence may be spoken. `text` is the sentence fit for a voice, `reason` why it was refused.

    An allowed sentence that was nothing but an acknowledgement too many has no text left.
    """

    allowed: bool
    text: str
    reason: str = ""


def check(
    sentence: str, session: CallSession, facts: Facts, already: Sequence[str] = (), question: str = ""
) -> Verdict:
    """Judges one sentence of the model.

    Args:
        sentence: As the model wrote it.
        session: What is known and what was done, at this moment.
        facts: The facts of the business.
        already: The sentences of the same reply that were spoken before it.
        question: The state's own line, which the model was told to end with: word for word it is not judged, and a
            question is about what it asks. Empty: whatever is asked.
    """
    text = clean(sentence)
    if not any(c.isalnum() for c in text):
        return Verdict(False, text, "empty")
    if _MARKUP.search(sentence) or _MARKUP.search(text):
        return Verdict(False, text, "markup")
    spoken, ours = Spoken(text, session, facts), bool(question) and text in clean(question)
    reason = "" if ours else next(filter(None, (judge(spoken) for judge in _JUDGES)), "")
    if question and not ours:
        reason = reason or other_question(text, session.question, asks="?" in question)
    reason = reason or manner.style(spoken, already, own_question=ours)
    if reason:
        return Verdict(False, text, reason)
    return Verdict(True, text if already or ours else manner.without_acknowledgement(text, session))


def _by_rules(spoken: Spoken) -> str:
    return next((rule.reason for rule in _RULES if rule.breaks(spoken)), "")


def _language(spoken: Spoken) -> str:
    spanish = spoken.session.language == "en" and read_language(plain(spoken.text)) == "es"
    return "not the caller's language" if spanish else ""


# Brackets, braces, code, lists, placeholders, names of tools (R43, R65).
_MARKUP = re.compile(
    r"[\[\]{}<>|`*#\\^~=@]|\((?:\w+s|pause|laughter)\)|\b\w+_\w+\b|\b[a-z]{2,}[A-Z]\w*|https?:|\bwww\.|\w\.com\b"
    r"|^\s*(?:[-\u2022]|\d+[.)])\s|\"\s*:"
    r"|\b(?:TBD|N/A|TODO|XX+|null|None|undefined)\b|Invalid Date|(?i:\b(?:assistant|agent|system|user|caller)\s*:)",
)

_VISIT = re.compile(
    r"\b(?:com(?:e|es|ing)|visits?|appointments?|technicians?|tech|availab\w+|openings?|slots?|schedul\w*|book\w*"
    r"|see you|be there|send|out there|get (?:someone|you)|arriv\w*|someone|works?|free up|squeeze|soonest|earliest"
    r"|instead|call(?:s|ed)? (?:you|back)|técnico|visita|cita|vendrá|llegará|irá)\b"
)
_PAST = re.compile(r"\b(?:since|started|stopped|been|ago|went|broke|quit|noticed|happened|last|was|were|did)\b")
_OPEN = re.compile(r"\b(?:hours|open|visits? (?:are|starts?)|seven days|every day)\b")
_FIRM = re.compile(r"\w'll\b|\bwill\b|\bgoing to\b")  # Beside a time: said as if it were agreed
_TODAY = frozenset({"today", "tonight", "this morning", "this afternoon", "this evening"})


def _moments(spoken: Spoken) -> Iterator[datetime]:
    """What a time may be: once booked the visit's alone, before it the wish, and what V2 has free."""
    session = spoken.session
    if spoken.booked:
        known = [session.booked_at or session.visit_at]
    elif AVAILABLE.search(spoken.lower):
        known = [*session.slots]
    else:
        known = [session.visit_at, session.booked_at, *session.slots]
    for at in [*known, session.moved_to]:
        if at is not None:
            yield at.astimezone(spoken.facts.zone)


def _time(spoken: Spoken) -> str:
    """A time is that of a visit or of a free one, of the appointment on file, an opening hour, or the caller's past."""
    session, facts = spoken.session, spoken.facts
    visit = bool(_VISIT.search(spoken.lower))
    firm = bool(_FIRM.search(spoken.lower))
    found = [m for m in mentions(spoken.lower, parts=visit) if visit or firm or m.label not in _TODAY]
    if not found:
        return ""
    nothing_done = not (spoken.booked or spoken.changed or spoken.visit_on_file)
    if nothing_done and firm and "?" not in spoken.text:
        return "not booked"
    today = session.started_at.astimezone(facts.zone).date()
    moments, on_file = list(_moments(spoken)), _on_file(spoken)
    if all(
        any(all(m.fits(at, today) for m in group) for at in moments) or all(m.label in on_file for m in group)
        for group in _groups(found, spoken.lower)
    ):
        return ""
    hours = {f"{hour % 12 or 12}:00" for hour in (facts.opening_hour, facts.closing_hour - 1, facts.closing_hour)}
    if _OPEN.search(spoken.lower) and all(m.label.rstrip("ap") in hours for m in found):
        return ""
    theirs = _labels(spoken.caller)
    settled = bool(moments)
    if all(m.label in theirs for m in found) and ((_PAST.search(spoken.lower) and not visit) or not (visit or settled)):
        return ""
    return "a time that is not in the record"


def _groups(found: list[Mention], text: str) -> list[list[Mention]]:
    """The times of one moment each: "or", "and" and "to" begin the next, which keeps the day if it names none."""
    groups: list[list[Mention]] = []
    for mention in found:
        between = text[groups[-1][-1].span[1] : mention.span[0]] if groups else ""
        if groups and not re.search(r"\b(?:or|and|to|through|until)\b", between):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    for before, group in pairwise(groups):
        if not any(m.is_day for m in group):
            group += [m for m in before if m.is_day]
    return groups


def _on_file(spoken: Spoken) -> set[str]:
    """The times of the appointment on file; once it was changed, only as what it was."""
    appointment = spoken.session.appointment
    if appointment is None or (spoken.changed and not _AS_IT_WAS.search(spoken.lower)):
        return set()
    return _labels(f"{appointment.date} at {appointment.time}")


_AS_IT_WAS = re.compile(r"\b(?:cancel\w*|from|instead of|was|old)\b")


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
_NUMBER_NAME = re.compile(r"\b(?:Hi|Hello|Hey|[Tt]hanks|[Tt]hank you|Welcome|Goodbye),? \+?\(?\d[\d ().-]{6}")
_FIRST_WORD = re.compile(r"^([A-Z][\w'-]+),")
_OURS = re.compile(r"^(?!Some|Every|No|People|Tech|Call)([A-Z][\w'-]+) (?:from|at|with) our ")  # "Mike from our team"
_LAST_WORD = re.compile(r", ([A-Z][\w'-]+)[.!?]?$")
_OPENER_WORDS = (
    "okay ok sure yes no yeah thanks thank great sorry well absolutely certainly understood alright perfect right"
    " actually got hello hi hey wonderful excellent good please oh so now and but also again then here there today"
    " tomorrow sounds wow ouch hmm ah mhm gracias claro entiendo perfecto hola bueno lo si sí first next otherwise"
    " still anyway true welcome fine fair of gotcha yep yup nope goodbye bye"
)
_OPENERS = frozenset(_OPENER_WORDS.split()) | {*WEEKDAYS}
_PLAIN_WORDS = (
    "i i'm i'll i've i'd ac a/c hvac zip austin texas tx okay ok am pm a.m p.m co english spanish mr mrs ms"
    " comfort advisor jan feb mar apr jun jul aug sept oct nov dec"
)
_PLAIN_NAMES = frozenset(_PLAIN_WORDS.split()) | {*WEEKDAYS, *MONTHS}


def _words(text: str) -> set[str]:
    return set(re.findall(r"[\w'/.-]*\w", text.lower().replace("'s", "")))


def _name(spoken: Spoken) -> str:
    """A caller is addressed by their own name; any other proper noun is one that they said (R40, R42)."""
    own = _words(spoken.session.name)
    business = _words(spoken.facts.name)
    if _NUMBER_NAME.search(spoken.text):
        return "a number for a name"
    for match in _OWN_NAME.finditer(spoken.text):
        if not _words(match[1]) & business:
            return "a name for the agent"
    addressed = [m[1] for p in (_GREETING_NAME, _TITLED_NAME, _LAST_WORD, _OURS) for m in p.finditer(spoken.text)]
    if (first := _FIRST_WORD.match(spoken.text)) and not first[1].lower().endswith("ly"):
        addressed.append(first[1])
    for word in addressed:
        if not _words(word) & (own | business | _PLAIN_NAMES | _OPENERS):
            return "a name that is not the caller's"
    known = own | business | _PLAIN_NAMES | _words(spoken.caller)
    for match in re.finditer(r"(?<![.!?] )(?<![\u00bf\u00a1])(?<!^)\b[A-Z][\w'-]*", spoken.text):
        if not _words(match.group()) <= known | _OPENERS:
            return "a name that nobody said"
    return ""


_NOT_SERVED = re.compile(
    r"\b(?:don't|do not|can't|cannot|not) (?:\w+ )?(?:serve|service|cover|come out|go out)\b"
    r"|outside (?:of )?(?:our|the|where)|\btoo far\b|\bout of (?:our|the) (?:service )?area\b"
)
_SERVED = re.compile(
    r"\bwe (?:do |can |also |certainly )?(?:serve|service|cover|come out to|go out to)\b"
    r"|\bwe (?:do |can |also )?(?:come|go) (?:out )?there\b|\b(?:in|inside|within) our (?:service )?area"
)
_EVERYWHERE = re.compile(
    r"\b(?:all (?:of|over)|whole|entire|greater|anywhere|everywhere|surrounding|central texas|and (?:beyond|around))\b"
)


def _served(spoken: Spoken) -> str:
    """Whether an area is served is decided by the ZIP code (conversation.md 4)."""
    no, yes = _NOT_SERVED.search(spoken.lower), _SERVED.search(spoken.lower)
    if not (no or yes) or re.search(r"\b(?:whether|if)\b", spoken.lower):
        return ""
    if "?" in spoken.text and "austin" not in spoken.lower:
        return ""
    if "austin" in spoken.lower:
        return "an area that was not checked" if no or _EVERYWHERE.search(spoken.lower) else ""
    zip_code = spoken.session.zip_code or spoken.session.zip_unconfirmed
    served = bool(zip_code) and spoken.facts.serves(zip_code)
    backed = bool(zip_code) and (not served if no else served)
    return "" if backed else "an area that was not checked"


_PARTS = re.compile(
    r"\b(?:compressor|capacitor|coils?|motor|refrigerant|freon|heat exchanger|fuse|blower|condenser"
    r"|control board|igniter|contactor|evaporator|flame sensor|drain line|ducts?)\b"
)
_HANDLED_PARTS = re.compile(r"\b(?:filters?|thermostat|breakers?|wiring|pilot light|vents?)\b")


def _diagnosis(spoken: Spoken) -> str:
    """The fault is the technician's to find: a part is named only after the caller named it.

    What callers handle themselves may be asked about.
    """
    named = _PARTS.findall(spoken.lower)
    named += [] if "?" in spoken.text else _HANDLED_PARTS.findall(spoken.lower)
    return "a diagnosis" if any(part not in spoken.caller for part in named) else ""


_JUDGES = (_by_rules, formless, _language, _time, _price, _digits, _name, _served, _diagnosis)
