"""A sentence of the model as words in which everything that the record backs has become a mark for what it is.

"Thanks, Gregory, the visit is eighty-nine dollars" becomes `thanks , xxname , the visit is xxfee`. What the facts
(facts.py) say about a time, a price, a name, an address or a number they say about these marks alone, so a wrong one
is a word that no fact has. Spanish words become those of the lexicon (spanish.py). Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from call.business import Business
from call.session import BookingStatus, CallbackStatus, CallSession, EntryKind, State
from conversation.guard.sentences import clean
from conversation.guard.spanish import in_english, in_order
from conversation.guard.stated import NUMBER_WORDS, SPELLED, Mention, mentions, number
from conversation.guard.words import kind_of
from understanding.text.plain import plain


@dataclass(frozen=True)
class Spoken:
    """A sentence with what it is judged against."""

    text: str
    session: CallSession
    facts: Business
    last: str = field(init=False)  # The caller's last turn, lower case
    caller: str = field(init=False)  # What the caller said and meant, lower case
    _stems: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        session = self.session
        said = [e.text for e in session.timeline if e.kind is EntryKind.CALLER]
        known = [*said, session.problem, session.callback_issue, session.address, session.on_site]
        object.__setattr__(self, "caller", self._heard(" . ".join(known)))
        stems = frozenset(_stem(word) for word in re.findall(r"\w+", plain(self.caller)))
        object.__setattr__(self, "_stems", stems)
        object.__setattr__(self, "last", self._heard(said[-1]) if said else "")

    def _heard(self, text: str) -> str:
        """Lower case; Spanish also as English."""
        text = clean(text).lower()
        return f"{text} . {in_english(text)}" if self.session.language == "es" else text

    def is_theirs(self, word: str) -> bool:
        """Whether the caller has said the word, in whatever form."""
        return _stem(word) in self._stems

    @property
    def callback_due(self) -> bool:
        """A callback is being arranged or was."""
        s = self.session
        return bool(s.phone) and (s.state is State.CALLBACK or s.callback_status is CallbackStatus.CREATED)

    @property
    def callback_wanted(self) -> bool:
        """A callback is what the call is about, arranged or not."""
        return self.callback_due or self.session.state in (State.CALLBACK, State.FOLLOW_UP)

    @property
    def nothing_booked(self) -> bool:
        """It is certain that no visit was made."""
        s = self.session
        return not (s.booking_uncertain or s.has_appointment or s.booking_status is BookingStatus.CONFIRMED)

    @property
    def served(self) -> bool | None:
        """Whether the area is served; None as long as no ZIP code is known."""
        zip_code = self.session.zip_code or self.session.zip_unconfirmed
        return self.facts.serves(zip_code) if zip_code else None


_DIGITS = ("(?:0|oh?|zero)", *(f"(?:{n}|{word})" for n, word in enumerate(
    "one two three four five six seven eight nine".split(), 1)))  # fmt: skip
_THIS_NUMBER = (
    r"(?:this|the) (?:same |very )?number (?:that )?(?:you're|you are|you called|you have called) (?:on|from|using"
    r"|calling (?:in )?(?:from|on))(?: right now| now)?|this (?:very )?number(?! is)"
)
_DAYS = (
    r"monday (?:through|to|till) sunday|all (?:seven|7) days"
    r"|(?:(?:all )?(?:seven|7) days (?:a|of the|in the) week|(?:every|any)(?: single)? day(?: of the week)?)"
    r"(?:,? (?:saturday|sunday)s? (?:too|included|as well))?|weekdays|saturdays|sundays"
    r"|(?:saturdays?|sundays?|weekdays) (?:and|or) (?:saturdays|sundays"
    r"|weekends)|(?:a |the )?weekends?|a (?:saturday|sunday)(?! (?:at|morning|afternoon))|(?:saturday|sunday|weekend"
    r"|weekday)s?(?= visits?\b| appointments?\b)|(?:saturday|sunday|weekend|weekday) (?:mornings|afternoons)"
)
_STANDING = (
    (r"as (?:soon|quickly) as (?:possible|they can|we can|someone can|they're able to)", "xxasap"),
    (r"(?:about |around |roughly |approximately )?(?:(?:thirty|30)[- ]minutes?|half an hour|a half hour)", "xxhalf"),
    (rf"(?:on )?(?<!this )(?<!next )(?:{_DAYS})(?! (?:at|morning|afternoon))", "xxdays"),
)


_MONEY = re.compile(
    rf"\$ ?(\d[\d,]*(?:\.\d+)?)|\b({SPELLED}|\d[\d,]*(?:\.\d+)?)(?=[ -](?:dollars?|bucks)\b)"
    r"|\b(eighty[ -]nine)\b"
    rf"|\b({SPELLED}|\d+)(?= (?:is|are|was|covers?|includes?|for|and|comes?|goes|gets?|credited|alone|stays?|remains?"
    r"|if|when|only|buys)\b| *[,.?]| *$)"
)


def words_of(spoken: Spoken, lexicon: frozenset[str]) -> str:
    """The words of a sentence, what the record backs as marks; a word of the caller's that no class has is `xxtheirs`.

    A time's mark tells by letters what it fits: the wish (w), a free visit (f), the first of these (1), the caller's
    own words (s). One that fits nothing has none.
    """
    session = spoken.session
    text = _named(spoken.text, session.spoken_name)
    text = text.lower().replace(spoken.facts.name.lower(), " xxbiz ")
    if session.language == "es":
        text = in_english(_marked(text, spoken))
    text = _as_in_austin(text, spoken.facts)
    text = re.sub(r"\b(about|with|wrong|happening|doing|on|up|us|in) today(?= *\?)", r"\1", text)
    text = re.sub(r"\bwhat (?:made|makes) you\b", "why did you", text)
    for pattern, mark in _standing(spoken.facts):
        text = re.sub(rf"\b(?:{pattern})(?!\w)", f" {mark} ", text)
    text = _marked(text, spoken)
    text = _MONEY.sub(lambda m: _fee(m, spoken.facts.diagnostic_fee), text)
    text = re.sub(r"xxfee[ -](?:dollars?|bucks)", "xxfee", text)
    text = re.sub(r"\bsince +xxt\w*s\b", "xxtheirs", _timed(text, spoken))
    text = in_order(plain(text)) if session.language == "es" else plain(text)
    words = re.sub(r"\b(\w+) is (?=been|got)", r"\1 has ", text).split()
    return " ".join("xxtheirs" if _only_theirs(word, lexicon, spoken) else word for word in words)


def _only_theirs(word: str, lexicon: frozenset[str], spoken: Spoken) -> bool:
    ours = word.startswith("xx") or word in lexicon or kind_of(word)
    return word.isalpha() and not ours and spoken.is_theirs(word)


def _as_in_austin(text: str, facts: Business) -> str:
    """The forms name the city, and that the fee is credited: true of a business that is there, and credits it."""
    if facts.city.lower() != "austin":
        text = re.sub(r"\baustin\b", "xxelsewhere", text).replace(facts.city.lower(), "austin")
    if facts.fee_is_credited:
        return text
    return re.sub(r"\b(?:credit\w*|acredit\w*|deduct\w*|descuent\w*|abon\w*|towards?|count(?:s|ed)?|off|against)\b",
                  "xxuncredited", text)  # fmt: skip


def _standing(facts: Business) -> Iterator[tuple[str, str]]:
    """What stands of a business whatever the call is; of one that it is not true of it is `xxuntrue`."""
    untrue = {"xxdays": not facts.always_open, "xxhalf": facts.calls_ahead_minutes != 30}
    for pattern, mark in _STANDING:
        yield pattern, "xxuntrue" if untrue.get(mark) else mark


def _stem(word: str) -> str:
    return re.sub(r"(?<=\w{3})(?:ing|ed|er|e)$", "", re.sub(r"(?<=\w{3})s$", "", word))


def _named(text: str, name: str) -> str:
    parts = "|".join(re.escape(part) for part in name.split() if len(part) > 1)
    return (
        re.sub(rf"\b(?:(?:Mr|Mrs|Ms|Miss|Dr|Señora?)\.? )?(?:{parts})(?: (?:{parts}))*\b", "xxname", text)
        if parts
        else text
    )


def _numbers(spoken: Spoken) -> Iterator[tuple[str, str]]:
    """What the caller's numbers and address look like, however they are written."""
    session = spoken.session
    street_number, _, street = session.address.lower().partition(" ")
    if street:
        house = _digitwise(street_number) if street_number.isdigit() else re.escape(street_number)
        yield rf"(?:{house} )?{re.escape(street)}", "xxaddr"
        if len(street_number) > 2:
            yield house, "xxaddr"
    for own in filter(None, dict.fromkeys((session.phone, session.caller_number))):
        mark = "xxphone" if own == session.phone else "xxline"  # The line they ring from is not where they are called.
        yield rf"(?:\+?1[ -])?\(?{_digitwise(own[-10:])}", mark
        yield rf"(?:the )?(?:one |number )?(?:that )?(?:ends?|ending) (?:in|with) {_digitwise(own[-4:])}", mark
        yield rf"(?:el )?(?:que )?(?:termina(?:do)?|terminado) en {_digitwise(own[-4:])}", mark
    if session.phone and session.phone == session.caller_number:
        yield _THIS_NUMBER, "xxphone"
    for own in filter(None, ("" if session.zip_on_file else session.zip_code, session.zip_unconfirmed)):
        yield _digitwise(own), "xxzip"
    for prefix in spoken.facts.zip_prefixes:
        yield rf"{_digitwise(prefix)}(?![ ,-]*\d)", "xxprefix"


def _marked(text: str, spoken: Spoken) -> str:
    for pattern, mark in _numbers(spoken):
        text = re.sub(rf"(?<![\w$]){pattern}(?!\w)", f" {mark} ", text)
    return text


def _digitwise(digits: str) -> str:
    return r"[ ,().-]*".join(_DIGITS[int(digit)] for digit in digits if digit.isdigit())


def _fee(match: re.Match[str], fee: int) -> str:
    words = next(filter(None, match.groups()))
    return "xxfee" if number(words.replace("-", " ")) == fee else match.group()


_HOURS = re.compile(
    r"\b(?:start\w*|begin\w*|first|open|hours|between|from|earliest"
    r"|latest|last|late|until)\b"
)


_BARE_HOUR = re.compile(
    rf"\b(?:{'|'.join(word for word, n in NUMBER_WORDS.items() if 0 < n < 13)})"
    r"(?= *(?:[,.?]|$)| (?:or|to|and|in|is|are|no|on|at|when|where|being|as|sharp|until|till|through|it|would|the)\b)"
)


def _timed(text: str, spoken: Spoken) -> str:
    """`text` with a mark in the place of every time."""
    session, facts = spoken.session, spoken.facts
    today = session.started_at.astimezone(facts.zone).date()
    slots = [at.astimezone(facts.zone) for at in session.slots]
    wish = session.visit_at.astimezone(facts.zone) if session.visit_at else None
    theirs = {m.label for m in mentions(spoken.caller)}
    hours = {facts.opening_hour: "xxopen", facts.closing_hour - 1: "xxlast", facts.closing_hour: "xxclose"}
    marks = {
        f"{hour % 12 or 12}:00{half}": mark
        for hour, mark in hours.items()
        for half in ("", "a" if hour < 12 else "p", "24" if hour == 12 else "")
    }
    done, end, day = "", 0, list[Mention]()
    for group in _groups(mentions(text), text):
        day = [m for m in group if m.is_day] or day  # "Thursday at ten or three" is both times Thursday
        if (
            len(group) == 1
            and not any(group[0].fits(at, today) for at in slots)
            and _HOURS.search(text)
            and (hour := marks.get(group[0].label))
        ):
            mark = hour
        else:
            fit = [at for at in (wish, *slots) if at and all(m.fits(at, today) for m in (*group, *day))]
            mark = "xxt" + "w" * (wish in fit) + "f" * any(at in slots for at in fit)
            mark += "1" * (bool(slots) and min(slots) in fit) + "s" * all(m.label in theirs for m in group)
        done += f"{text[end : group[0].span[0]]} {mark} "
        end = group[-1].span[1]
    return _hours_marked(done + text[end:], marks)


def _hours_marked(text: str, marks: dict[str, str]) -> str:
    """Beside a word of hours a bare "nine" or "five" is one too, if it is the business's."""
    if not _HOURS.search(text):
        return text
    return _BARE_HOUR.sub(lambda m: marks.get(f"{NUMBER_WORDS[m[0]]}:00", m[0]), text)


def _groups(found: list[Mention], text: str) -> list[list[Mention]]:
    """The times of one moment each: those that stand side by side."""
    groups: list[list[Mention]] = []
    for mention in found:
        between = text[groups[-1][-1].span[1] : mention.span[0]] if groups else ""
        if groups and re.fullmatch(r"[ ,]*(?:(?:at|on|in|the|around|en|a las?) ?)*", between):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups
