"""The picture that a turn paints of danger, clause by clause.

Each clause may add to it, end what came before, bring it back or deny it: "no gas | but the alarm is beeping", "it did
this morning | and it's doing it again". What is someone else's, cooked, feared, asked or long past is told from what is
there now. Plain answers and what is taken back are for hazards.py.
"""

import re
from dataclasses import dataclass, field

from understanding.danger.named import (
    AT_INTERVALS,
    BEEPS,
    CHIRPS,
    NEW_BATTERY,
    SMELL,
    SOUNDS,
    Danger,
    Kind,
    dangers,
    device_kind,
    source_named,
)
from understanding.facts import Hazard
from understanding.text.clauses import Clause, Reach, cut, reach
from understanding.text.lexicon import CLASSES
from understanding.text.parts import EARLIER, END, FOOD, HEDGE, HOUSE, IS, LONG_AGO
from understanding.text.plain import phrase, said

OVER = phrase(
    rf"not (?:right )?(?:now|anymore|at this time|currently|at the moment|any longer|happening){END}|ya (?:no|paso"
    r"|se fue|se quito)",
    rf"(?:it|that|which|smells?|odors?|smoke|fire|alarm|all|burning|gas) {IS}*(?:gone|disappeared|dissipated|faded"
    r"|aired out|cleared|ended)(?! off| out| down| bad| up again| again)(?: away| up)?",
    r"(?:went|gone) away|cleared (?:up|out|away|itself)|gone now|(?:it|everything|all|that|they) (?:is|are) (?:fine"
    r"|okay|ok|good|clear|better|safe|normal|out) now",
    r"no longer (?:smell\w*|there|smok\w+|burn\w+|an issue|happening|beep\w+|going|doing|see|a)|not (?:do|doing|does"
    r"|smell|see|have|notice|hear)(?: (?:it|that|any|anything|the|smell|smoke|gas)){0,3} (?:right )?(?:now|anymore"
    r"|any longer)|(?:smelling|smoking|burning|beeping|sparking|it|that|is) (?:not|no) (?:now|anymore)|(?:stopped"
    r"|quit) (?:smelling|smoking|burning|beeping|sparking|leaking|going off|doing (?:it|that))",
)
# "It quit" may be the furnace: it ends what was told as past, and what is stated as now only behind a "but".
_STOPPED = re.compile(
    r"(?:^| )(?P<but>but (?:\w+ )?)?(?:it|that|they|(?:the )?(?:smell|smoke|alarm|beeping|burning|odor))(?: (?:just"
    r"|finally|has|all|then|since))* (?:stopped|quit)(?: now| since| by itself| on its own| eventually)*$"
)
_FIXED = r"(?:fixed|repaired|replaced|cleared)"
_SETTLED = phrase(
    r"(?:they|he|she|we|i|appliance|company|department|guys?|plumber|somebody|someone|technician|tech|landlord|husband"
    rf"|which|and|was|were|already|been|that|it|contractor) (?:\w+ ){{0,2}}?(?:{_FIXED}|capped|took care of|sealed"
    r"|patched)",
    r"(?:said|says|told (?:me|us)) (?:that )?(?:(?:it|we|everything) (?:is|are|was|were)|all) (?:\w+ )?(?:fine|okay|ok"
    r"|good|safe|clear)|checked (?:it |everything )?out (?:fine|okay|ok|good)|all clear",
)
_TO_BE_SETTLED = phrase(rf"(?:get|needs?|want|have|to be|getting|having) (?:\w+ ){{0,2}}?{_FIXED}")
_DOING = r"(?:do|does|did|doing|happen(?:ing|ed)|start(?:s|ed|ing)?|smells?|back|come|comes|came|coming|going|there)"
_AGAIN = phrase(
    rf"(?:it|that|they|this) (?:is|are|was|keeps) (?:\w+ )?{_DOING}(?: \w+){{0,2}}",
    rf"{_DOING} (?:it |that |this |up |doing it |on )*again|(?:is|came|comes|come) back",
    r"(?:i|we|it|they|you) (?:can )?still (?:do|does|is|am|are|smell|see|have|can|there)|still (?:there|here|going"
    r"|doing|do|does|smells?|present)|now (?:i|we|it) (?:do|does|am|is)(?! not)|right now too|today too|otra vez"
    r"|todavia|de nuevo",
)
_FLIPS = phrase(r"again|back|still|now|too|otra vez|todavia|de nuevo")
HARMLESS_CAUSE = phrase(
    r"(?:it|that|this|which|they|smoke|smell|probably|because|cause|just|only|from|turn(?:s|ed) out|i think) (?:(?:it"
    r"|that|this|i|we|is|was|were|be|being|to|from|of|just|only|probably|the|a|my|our|out|all|coming|neighbors?|some"
    rf"|me|us) )*(?:{FOOD}|steam|dust|cooking|frying|grilling|trash|garbage|candles?|incense|perfume|barbecue|bbq"
    r"|grill|shower|cigarettes?|cigars?|smokers?|vape|vaping|hair ?dryer|skunk|sewer|sewage|fog|campfire|bonfire"
    r"|oven cleaner|ironing|_)(?!\S)",
    r"(?:when|whenever|every time|any ?time|each time|if) (?:i|we|you|he|she|they|my \w+) (?:\w+ )?(?:cook|fry|bake"
    r"|shower|grill|toast|barbecue|use the (?:oven|stove|toaster|shower))\w*",
)
_WITHOUT_HARM = re.compile(
    r"^(?:because |cause |so |and |but )?(?:i|we|my \w+|he|she|they|somebody|someone) (?:was |were |just |had "
    r"|accidentally )*_(?!\S)"
)
_GUESSED = phrase(r"probably|think|maybe|might|could|guess|hope")
_ELSEWHERE = phrase(
    r"(?:neighbors?|friend|sister|brother|cousin|coworker|aunt|uncle|buddy) (?:is |are |of mine |down the \w+ |house "
    r"|next door |across the \w+ |place |furnace |apartment |in \w+ )*(?:ha[ds]|got|caught|lost|died|almost|nearly"
    r"|burned|have had|just had)",
    r"(?:on|in) (?:the news|tv)|(?:i|we) (?:just )?(?:saw|read|heard) (?:on|about|an? (?:story|article|video)|stories"
    r"|of|where|that)|(?:down|up|across) the (?:street|road)|around the corner|the neighborhood|next door|(?:another"
    r"|other|old|last|previous) house|neighbor is (?:house|place|yard|grill|apartment|garage)|wild ?fires?",
)
_HERE = phrase(rf"(?:my|our) (?:\w+ )?(?:{HOUSE}|unit|furnace|yard|heater|ac|closet)|smell\w*|here")
_MONEY = phrase(r"bills?|prices?|costs?|invoice|quote|rates?|charges?|payment")
_MAYBE = phrase(
    HEDGE,
    r"possible|may (?:be|have)|could (?:it |that |there |also |even )?(?:be|have)|wonder(?:ing)?|(?<!as )if|whether"
    r"|thought|in case|guess|suppose|sera",
    r"(?:about|going|gonna|ready|fixing) to (?:explode|blow|blow up|catch|start)|bl[eo]wn? up|almost|nearly",
    r"(?:check(?:ed|ing)?|inspect\w*|test(?:ed|ing)?|look(?:ing)?|search\w*|watch\w*) (?:\w+ ){0,3}?(?:for|to see)"
    r"|mak(?:e|ing) sure|prevent\w*|avoid\w*|(?:risk|danger|in case|instead|signs?) of|before (?:it|there|something"
    r"|the|my)|(?:will|would|could|can|does|do|did|not) (?:\w+ )?(?:causes?|start|catch)"
    r"|(?<!starting )(?<!started )to (?:cause|start(?= (?:an?|the|any|some)(?!\S))|catch)|questions? about|information"
    r"|so (?:it|that|there|we|i) (?:\w+ )?not|left (?:the |my )?gas|leave (?:the )?gas|let me know",
)
_WORRIED = phrase(
    r"(?:worr(?:y|ied)|concerned|scared|afraid|nervous|paranoid|fear\w*|terrified) (?:of|that|about|it|there|of there"
    r"|we|i|the|my|she|he|for|with)?(?: \w+)?"
)
SEEN = phrase(
    r"smell\w*|see|seeing|coming|pouring|going off|beeping|hear|filling|shooting|smoking|getting|notic(?:ing|ed)"
    r"|everywhere"
)
_USED_TO = phrase(r"used to|had been|back then")
_PAST = phrase(
    LONG_AGO,
    EARLIER,
    r"last (?:time|\w+day)|(?:\w+ )?minutes? (?:ago|back)|in the morning|before|a while (?:ago|back)|previously|once"
    r"|one time|back in \w+|at first|la semana pasada|(?:when|once) (?:i|we|it) (?:was )?first \w+|antes"
    r"|hace (?:\w+ )+(?:dias?|semanas?|horas?|mes(?:es)?)",
)
_YEARS_AGO = phrase(r"in (?:19|20)\d\d|last year|years? (?:ago|back)|hace (?:\w+ )?anos?")
_ONGOING = phrase(
    r"since|started|still|keeps?|kept|again|been|get(?:ting|s) (?:worse|stronger)|right now|continues|ongoing"
    r"|and today|constantly|nonstop|every time|whenever|always|desde|sigue|cada vez",
)
PRESENT_VERB = phrase(
    r"smells|stinks|reeks|is|are|am|smelling|seeing|ha(?:ve|s) been|keeps|won't|huele|hay|esta|sale|(?:i|we|you|they"
    r"|can|do|still|to|kids|guests|tenants|renters) (?:(?!did )\w+ )?(?:smell|see|hear|have)"
)
_PAST_VERB = phrase(
    r"was|were|had|smelled|smelt|went|saw|noticed|heard|did|got|came|caught|started|stopped|began|tripped|beeped"
    r"|smoked|sparked|happened|olia|olio|hubo|habia|tuvo|tuve|tuvimos|tenia|salio|paso"
)
_COULD = phrase(r"could (?:\w+ )?(?:smell|see|hear)")
_EVENT = phrase(
    r"caught|(?:flames|fire|smoke|sparks) (?:came|shot|flew)|went off|tripped|set off|started|(?:i|we"
    r"|you) (?:have )?got"
)
_ONLY_WAS = phrase(r"was|were|(?<!have )(?<!has )had|olia|hubo|habia")
_PRESUPPOSES = re.compile(r"^(?:\w+ )?(?:why|how come|what (?:do|should|can) (?:i|we) do about (?:the|this|my))(?!\S)")
_CAN_YOU = re.compile(
    r"^(?:\w+ )?(?:can|could|would|will) (?:you|y all|someone|somebody|anybody|anyone|i|we|they)(?!\S)"
)
_THIS_ONE = phrase(
    r"(?:a|the|this|my|our|for|some) (?:\w+ ){0,3}?(?:smell|leak|odor|smoke|fire|burning|gas|monoxide|alarm|detector)"
)

# What a list under one negation is made of: "no gas, smoke, or burning".
_LIST_WORDS = CLASSES["danger"] | frozenset("carbon electrical or nor and any of the a anything nothing ni o".split())


@dataclass
class Picture:
    """What has been said so far."""

    now: list[Danger] = field(default_factory=list)
    open: list[Danger] = field(default_factory=list)
    past: list[Danger] = field(default_factory=list)
    asked: list[Danger] = field(default_factory=list)
    denied: set[Kind] = field(default_factory=set)
    ended: list[Danger] = field(default_factory=list)  # What may come back
    over: bool = False
    silenced: bool = False  # An alarm that stopped by itself proves nothing
    device: Kind | None = None  # An alarm named and not yet said to sound

    def hazard(self) -> Hazard:
        """The sum of it."""
        if self.now:
            smoke_alarm_only = all(d.kind is Kind.ALARM for d in self.now)
            return Hazard.POSSIBLE if smoke_alarm_only and Kind.BURNING in self.denied else Hazard.PRESENT
        if self.open or self.past or self.asked or self.silenced:
            return Hazard.POSSIBLE
        return Hazard.DENIED if self.denied or self.over else Hazard.NONE


def picture_of(text: str, *, asked: bool) -> Picture:
    """The picture that the plain `text`, without lookalikes, paints; `asked`: as the reply to the safety question."""
    picture = Picture()
    before, source, smell_told = Clause(()), None, asked
    chirps = (said(CHIRPS, text) or (said(AT_INTERVALS, text) and said(BEEPS, text))) and not said(NEW_BATTERY, text)
    for clause in cut(text):
        found = dangers(clause, asked=asked, smell_told=smell_told)
        if not found:
            found = _alarm_told_before(picture, clause)
        if not found and source is not None and re.search(r"(?<!\S)smell(?:s|ed|ing)? (?:it|that)(?!\S)", clause.text):
            found = [Danger(source, 0, smelt=True, denied=reach(clause.words, len(clause.words) - 1))]
        source, smell_told = source_named(clause.text) or source, smell_told or said(SMELL, clause.text)
        for danger in found:
            _add(picture, danger, clause, before, text, chirps=chirps, asked=asked)
        if not found:
            _turn(picture, clause)
            picture.device = device_kind(clause.text) or picture.device
        before = clause
    return picture


def _alarm_told_before(picture: Picture, clause: Clause) -> list[Danger]:
    """ "I have a CO detector | it won't stop beeping"."""
    subject = re.match(
        r"^(?:(?:and|but|so|now|which|that|because) )*(?:it|they|that|which|one|all of them|both|and)(?!\S)",
        clause.text,
    )
    if picture.device is None or subject is None or not (sound := SOUNDS.search(clause.text)):
        return []
    quiet = re.search(r"(?<!\S)(?:not|never|no)(?!\S)", clause.text[: sound.start()])
    return [Danger(picture.device, 0, alarm=True, denied=Reach.DENIES if quiet else Reach.NONE)]


def _add(
    picture: Picture, danger: Danger, clause: Clause, before: Clause, text: str, *, chirps: bool, asked: bool
) -> None:
    """One mention joins the picture."""
    words = clause.text
    denied = danger.denied
    if denied is Reach.NONE and before.mark == "," and picture.denied and _goes_on_denying(clause, before):
        denied = Reach.DENIES
    if denied is Reach.DENIES:
        picture.denied.add(danger.kind)
        if not said(_PAST_VERB, words):
            picture.past = [d for d in picture.past if d.kind is not danger.kind]
        return
    if denied is Reach.OPEN:
        picture.open.append(danger)
        return
    if danger.alarm and chirps:
        if danger.kind is Kind.CO:
            picture.open.append(danger)
        return
    if said(_ELSEWHERE, words) and not said(_HERE, words):
        return
    if danger.kind is Kind.BURNING and not danger.smelt and said(_MONEY, words):
        return
    if said(OVER, words) or (
        said(_SETTLED, words) and not said(_TO_BE_SETTLED, words) and not PRESENT_VERB.search(words)
    ):
        _end(picture, [danger])
        return
    if danger.kind is not Kind.GAS and HARMLESS_CAUSE.search(words):
        picture.over = True
        if said(_GUESSED, words):
            picture.open.append(danger)
        return
    if clause.asks and not _PRESUPPOSES.match(words) and not (_CAN_YOU.match(words) and said(_THIS_ONE, words)):
        picture.asked.append(danger)
        return
    if said(_MAYBE, words) or (said(_WORRIED, words) and not said(SEEN, words)):
        picture.open.append(danger)
        return
    if _is_past(words, text, asked=asked):
        picture.past.append(danger)
        return
    picture.now.append(danger)


def _goes_on_denying(clause: Clause, before: Clause) -> bool:
    """ "No gas, smoke, or burning": a list of bare names under one negation; "not gas, smoke" is none."""
    if before.words[0] == "not":
        return clause.words[0] in ("or", "nor")
    bare = all(w in _LIST_WORDS for w in clause.words)
    return bare and any(w in _LIST_WORDS for w in before.words[-1:])


def _is_past(words: str, text: str, *, asked: bool) -> bool:
    """Whether it is told as something that was; what broke out goes on, and the reply to our question is of now."""
    words = _COULD.sub("noticed", words)
    if said(_USED_TO, words) or (said(_YEARS_AGO, words) and said(_PAST_VERB, words)):
        return True
    if said(_ONGOING, words):
        return False
    is_now, was = ([m.start() for m in pattern.finditer(words)][-1:] for pattern in (PRESENT_VERB, _ONLY_WAS))
    if is_now > was:  # The last verb: "I was going to say that I smell gas"
        return False
    if was and not re.search(r"(?<!\S)just(?!\S)", words):
        return True
    told_before = said(_PAST_VERB, words) and not is_now and not said(_EVENT, words)
    return said(_PAST, words) or (told_before if not asked else said(_PAST_VERB, words) and said(_PAST, text))


def _turn(picture: Picture, clause: Clause) -> None:
    """A clause that names no danger may end the ones before it, or bring them back."""
    words = clause.text
    stopped = _STOPPED.search(words)
    if said(OVER, words) or (stopped and stopped["but"]):
        _end(picture, picture.now + picture.past + picture.open)
        return
    if stopped:
        _end(picture, picture.past + [d for d in picture.now if d.kind in (Kind.CO, Kind.ALARM)])
        return
    harmless = HARMLESS_CAUSE.search(words) or _WITHOUT_HARM.search(words)
    if said(_SETTLED, words) and not said(_TO_BE_SETTLED, words) and picture.past:
        _end(picture, picture.past)
    elif harmless and (held := picture.now + picture.open + picture.past):
        picture.now, picture.past = [], []
        picture.open = held if said(_GUESSED, words) else []
        picture.over = True
    elif said(_AGAIN, words) and said(_FLIPS, words) and "not" not in clause.words and picture.past + picture.ended:
        picture.now.extend(picture.past + picture.ended)
        picture.past, picture.over = [], False


def _end(picture: Picture, ended: list[Danger]) -> None:
    """These are over; an alarm for carbon monoxide that stopped proves nothing."""
    if not ended:
        return
    picture.silenced = picture.silenced or any(d.kind is Kind.CO for d in ended)
    for held in (picture.now, picture.open, picture.past):
        held[:] = [d for d in held if d not in ended and d.kind not in {e.kind for e in ended}]
    picture.ended, picture.over = ended, True
