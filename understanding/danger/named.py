"""What danger is called: the words for gas, burning, smoke, fire, carbon monoxide and for alarms that sound.

`dangers()` names what one clause mentions and whether it is denied in it. A smell counts together with what it is of,
a device together with the sound it makes. English and Spanish. Lookalikes are gone before (lookalikes.py); whether a
danger is there now is for picture.py.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from understanding.text.clauses import Clause, Reach, reach, word_at
from understanding.text.lexicon import CLASSES, LEAD
from understanding.text.plain import phrase, said


class Kind(StrEnum):
    """What a danger is made of; an alarm that may be about carbon monoxide is CO."""

    GAS = "gas"
    BURNING = "burning"
    CO = "co"
    ALARM = "alarm"


@dataclass(frozen=True)
class Danger:
    """One mention: its kind, the word that names it, and whether it is smelt."""

    kind: Kind
    at: int
    smelt: bool = False
    bare: bool = False  # Only named, as the answer to the safety question
    alarm: bool = False  # An alarm that sounds
    denied: Reach = Reach.NONE


_ALARM_TYPE = (
    r"(?:carbon monoxide|carbon dioxide|monoxide|dioxide|carbon|co 2|co2|co|smoke|fire|gas|natural gas|propane)"
)
SMELL = phrase(
    r"smell\w*|smelt|odou?rs?|scents?|stench|stink\w*|reek\w*|whiffs?|fumes?|aroma|huelen?|huelo|olemos|oler"
    r"|olor(?:es)?|oliendo|olia|olio|apesta|hiede|peste"
)
_GAS_SOURCE = phrase(
    r"gas|gassy|gasses|propane|methane|butane|mercaptan|(?:rotten|rotting|bad|spoiled|boiled|old) eggs?|eggs?|eggy"
    r"|sul(?:ph|f)[ue]r\w*|gasoline|kerosene|diesel|exhaust|fuel|heating oil|azufre|huevos?(?: podridos?)?"
)
_BURNING_SOURCE = phrase(
    r"burn(?:ing|t|ed|s|in)?|scorch\w+|sing(?:ed|eing)|charred|smok(?:e|y|ey|ing|ed)|fire|electrical|melt(?:ing|ed|y)?"
    r"|ozone|(?:hot|overheated|frying|fried) (?:plastic|metal|wir(?:es?|ing)|rubber|oil|electric\w*|motor|dust)"
    r"|electrical (?:wires?|fire)|quemad[oa]s?|quema|quemandose|chamuscado|humo"
)
_GAS = phrase(
    r"gas (?:leak(?:s|ing|age|ed)?|fumes|odor|escaping|hissing|pouring|spewing|filling|everywhere|all over"
    r"|coming (?:out|from|through|in|up|off|into))",
    r"leak(?:s|ing|y|ed|age)? (?:\w+ ){0,2}?(?:gas|propane)",
    r"gas (?:is |are |was |keeps |started |has been )+(?:just )?(?:leaking|escaping|hissing|coming|pouring|spewing"
    r"|filling)",
    r"(?:hear|hearing|heard) (?:\w+ )?gas|gas (?:\w+ )?hiss\w*|hiss\w* (?:\w+ )?gas",
    r"(?:full of|filled with|fills? with|filling (?:up )?with|so much|lots of) (?:\w+ )?(?:gas|propane|fumes)",
    r"(?:there is|hay) (?:a lot of |some |so much |mucho |natural |a )*gas(?= (?:in|everywhere|all|coming|leaking"
    r"|hissing|en)(?!\S)|$)",
    r"fumes|(?:left|leave|leaving) (?:the |my )?gas (?:stove |burner )?on|(?:smell|smelling|smelled) (?:a |the "
    r"|it )?leak(?:ing)?|(?:fuga|escape|fugas) de gas|gas se (?:sale|esta saliendo)|(?:saliendo|sale|siente|tirando"
    r"|fugando) (?:el )?gas",
    r"rott(?:en|ing) eggs?|huevos? podridos?",
)
_THING_THAT_BURNS = (
    r"(?:it|house|home|attic|basement|garage|kitchen|wall|ceiling|closet|roof|wires?|wiring|outlet|furnace|heater|unit"
    r"|ac|motor|thermostat|panel|breaker|cord|plug|blower|compressor|box|fuse|insulation|carpet|filter|vent|duct"
    r"|switch|board|something|thing|air handler|insides?|plastic|cover|stove|oven|dryer|condenser)"
)
_BURNING = phrase(
    r"smok(?:e|ing|y|ey|es)|smo(?:u)?lder(?:ing|s|ed)?",
    r"burning (?:plastic|rubber|wires?|wiring|electrical|hair|oil|metal|paper|carpet|something|down)|(?:something"
    r"|somethings|things?) (?:is |are )?(?:\w+ )?(?:burning|burnt)",
    rf"{_THING_THAT_BURNS} (?:is |are |was |were |just |started |keeps |has been )+(?:\w+ )?(?:burning"
    r"|smo(?:u)?ldering|scorch\w+|flaming)",
    r"(?:plug|cord|outlet|wires?|wiring|thermostat|breaker|panel|insulation|plastic|cover) (?:\w+ ){0,5}?(?:melted"
    r"|melting)|(?:melting|melted) (?:\w+ )?(?:plastic|wires?|wiring|outlet|cord|plug|breaker|thermostat|insulation"
    r"|cover)",
    r"on fire|in flames|ablaze|engulfed|(?:caught|catch|catches|catching|started|starting) (?:on |a )?fire",
    r"(?:(?<=^a )|(?<= a )|(?<=the )|(?<=some )|(?<=any )|(?<=see )|(?<=seeing )|(?<=small )|(?<=big )|(?<=little )"
    r"|(?<=electrical )|(?<=house )|(?<=attic )|(?<=grease )|(?<=huge )|(?<=actual )|(?<=real )|(?<=no )"
    r"|(?<=there is )|(?<=or ))fire|fire (?:is |was |just )*(?:in|coming|inside|at|everywhere|out of|shooting|burning"
    r"|spreading|damage)|^(?:(?:help|please|oh|god|my|hey|hello|yes|yeah|it is|we have|have) )*fire$|flames"
    r"|flame (?:\w+ )?(?:coming|shooting|rolling|out of|everywhere)",
    r"sparks?|sparking|sparked|arcing|arced|explosion|exploded|exploding|blew up|blown up",
    r"humo|quemandose|(?:se|lo) (?:esta )?(?:quema|quemando|incendi\w+)|quemando|fuego|incendio|incendiando|llamas"
    r"|chispas|chispazos|echando chispas",
)
_CO = phrase(
    r"(?:carbon )?monoxide(?! (?:detect\w+|alarms?|monitors?|sensors?|thing|test\w*|inspection|check|levels? (?:test"
    r"|check)))|co (?:leak\w*|poisoning|levels?|readings?)|high co|monoxido(?: de carbono)?"
)
DEVICE = phrase(
    rf"(?:{_ALARM_TYPE} |and |or |/ )*(?:detectors?|alarms?|alarma|alarmas|detector(?:es)?)(?: de (?:monoxido|humo|gas"
    r"|co|incendios?)(?: de carbono)?)?",
    rf"(?:{_ALARM_TYPE} )(?:(?:and|or|/) {_ALARM_TYPE} )?(?:monitors?|sensors?|things?|machine|meters?|gadget)"
    r"|first alert|kidde|(?:sensor|monitor) de (?:monoxido|humo|gas|co)(?: de carbono)?",
    r"monitors?(?= (?:is |was )?(?:shows?|showing|reads?|reading|says?|picking|detect\w+) (?:\w+ ){0,3}?(?:carbon|co"
    r"|monoxide|gas))",
)
SOUNDS = phrase(
    r"go(?:es|ing)? off|went off|gone off|goes|going (?:crazy|nuts|haywire|wild|berserk|bananas)|beep\w*|sound(?:s|ed"
    r"|ing)|scream\w*|blar\w+|ring(?:s|ing)?|rang|alarming|shriek\w*|squeal\w*|wail\w*|trigger(?:ed|ing|s)|tripp(?:ed"
    r"|ing)|detect(?:s|ed|ing)|active|activated|yelling|loud|keeps|set off|picking up|picked up|on alert|in alarm"
    r"|alert(?:ed|ing)|hollering|flashing red",
    r"(?:read(?:s|ing)?|say(?:s|ing)|show(?:s|ing)|shows) (?:that |there is |it is |we have |a |an |at |like )*(?:high"
    r"|danger\w*|evacuate|leave|move|fire|carbon|co|gas|warning|unsafe|elevated|monoxide|\d+|\w+ty|\w+teen|ppm"
    r"|hundred)",
    r"son(?:ando|o)|suena|pita(?:ndo)?|activ\w+|dispar\w+|salto|chillando|prendi\w+",
)
_OF_CO = phrase(r"carbon|monoxide|dioxide|co|co2|gas|propane|monoxido")
_LIKE = phrase(r"like|kind of|sort of|more of|almost|similar to")
CHIRPS = phrase(
    r"chirp\w*|(?:low|dead|dying|bad|weak|old|going|loose) batter(?:y|ies)|batter(?:y|ies) (?:is |are |was |must be "
    r"|might be |going |getting |running |needs |may be )*(?:\w+ )?(?:low|dead|dying|bad|weak|old|replaced|changed"
    r"|changing|out|going)",
    r"(?:needs?|wants|want) (?:a |new |its |some |another |the )*batter(?:y|ies)|(?:is|just|be|probably|only|think|the"
    r"|because of|from) (?:just |only |probably |low |that |it is )*(?:the |a |that )batter(?:y|ies)",
    r"pila baja|por la pila|bateria baja|las pilas|la pila|la bateria",
)
AT_INTERVALS = phrase(
    r"every (?:\w+ ){0,3}?(?:seconds?|minutes?|so often)|once (?:a|every) (?:\w+ )?minutes?|once in a while"
)
BEEPS = phrase(r"beep\w*|chirp\w*|pita\w*")
NEW_BATTERY = phrase(
    r"(?:new|fresh|changed|replaced|swapped|switched|put|good) (?:out )?(?:\w+ ){0,3}?batter(?:y|ies)|batter(?:y"
    r"|ies) (?:is |are |was |were )?(?:\w+ )?(?:new|fine|good|full|changed|replaced)|not (?:\w+ ){0,3}?batter(?:y|ies)"
)
ODD_SMELL = phrase(
    r"(?:weird|strange|funny|bad|odd|horrible|awful|chemical|some|a|strong|slight|faint|kind of|the|this|that|terrible"
    r"|nasty|foul|gross|hot|something|musty|raro|feo|fuerte|un) (?:\w+ )?(?:smells?|odors?|olor)",
    r"(?:smell(?:s|ing|ed|y)?|huele)(?! (?:good|fine|normal|okay|ok|clean|nothing|fresh|bien|a nada|a limpio))|stinks?"
    r"|stinky|odor|olor|reeks",
)
PLAIN_SMELL = phrase(
    r"(?:mold|mildew|must|musty|moldy|mildewy|dusty|dust|dirty|sock|socks|feet|dog|dogs|cat|litter|pee|urine|trash"
    r"|garbage|dead|rat|mouse|animal|sewage|sewer|vinegar|pool|chlorine|wet|skunk|perfume|cleaner|paint|old|stale)"
)
NAMED = phrase(
    r"gas|propane|burn(?:ing|t|ed)?|smoke|smoky|smokey|fire|flames|sparks|fumes|alarms?|carbon monoxide|monoxide"
    r"|sul(?:ph|f)ur|rotten eggs?|eggs|quemado|humo|fuego"
)
"""At the safety question the bare thing is an answer: "yeah, the burning"."""
# Words around it that add nothing.
_AROUND_NAME = LEAD.union(
    "yes yeah yep yea si sure definitely for some only mostly mainly one ones kind of sort little bit slight slightly"
    " faint thing part more strong lot lots smell smells odor hint any or do there god big much"
    " first el un poco now in here anything think believe say could be call natural rubber plastic carbon rotten wires"
    " electrical".split(),
    *(CLASSES[name] for name in ("filler", "hedge", "negator")),
) - {"am", "are", "with"}
_MENTIONS = ((Kind.GAS, _GAS), (Kind.BURNING, _BURNING), (Kind.CO, _CO))
_NOT = frozenset("not no never without".split())
_BEHIND_NAME = frozenset("smell smells leak odor monoxide eggs alarm here there de".split())
_DENIED_BEHIND = re.compile(
    r"(?:no|nope|nothing)$"
    r"|(?:is|are|was|were|has|have|did|does) not(?P<open> (?:coming|in|inside|from|out)(?!\S))?(?!\S)"
)


def dangers(clause: Clause, *, asked: bool, smell_told: bool = False) -> list[Danger]:
    """What `clause` mentions, denied or not.

    At the safety question (`asked`) the bare thing counts too; after a smell (`smell_told`) what it is like.
    """
    text = clause.text
    found: list[Danger] = []
    smells = [word_at(text, m) for m in SMELL.finditer(text)]
    if not smells and smell_told and (like := _LIKE.search(text)):
        smells = [word_at(text, like)]
    for kind, pattern in ((Kind.GAS, _GAS_SOURCE), (Kind.BURNING, _BURNING_SOURCE)):
        for at in (word_at(text, m) for m in pattern.finditer(text) if smells):
            found.append(Danger(kind, at, smelt=True, denied=_denied(clause, at, smells)))
    device = DEVICE.search(text)
    if device and (sound := SOUNDS.search(text)):
        found.append(_alarm(clause, word_at(text, device), word_at(text, sound)))
    for kind, pattern in _MENTIONS:
        for match in pattern.finditer(text):
            at = word_at(text, match)
            if not (device and device.start() <= match.start() < device.end()) and all(d.at != at for d in found):
                found.append(Danger(kind, at, denied=_denied(clause, at, [])))
    if asked and not found and all(w in _AROUND_NAME or NAMED.fullmatch(w) for w in clause.words):
        for match in NAMED.finditer(text):
            at = word_at(text, match)
            found.append(Danger(_kind_of(match[0]), at, bare=True, denied=_denied(clause, at, [])))
    return found


def device_kind(text: str) -> Kind | None:
    """Which alarm or detector the plain `text` names: CO, or ALARM for smoke and for one that is not told."""
    device = DEVICE.search(text)
    return (Kind.CO if said(_OF_CO, device[0]) else Kind.ALARM) if device else None


def source_named(text: str) -> Kind | None:
    """What a later "I can smell it" is about."""
    if said(_GAS_SOURCE, text) or "appliance" in text.split():
        return Kind.GAS
    return Kind.BURNING if said(_BURNING_SOURCE, text) else None


def _alarm(clause: Clause, device: int, sound: int) -> Danger:
    first, last = sorted((device, sound))
    between = not _NOT.isdisjoint(clause.words[first:last])
    denied = Reach.DENIES if between else reach(clause.words, first)
    return Danger(device_kind(clause.text) or Kind.ALARM, first, alarm=True, denied=denied)


def _denied(clause: Clause, at: int, smells: list[int]) -> Reach:
    """What the negations before the source at word `at`, between it and its smell, or right behind it do."""
    words = clause.words
    behind = next((s for s in smells if s > at), None)
    if behind is not None and not (_NOT - {"without"}).isdisjoint(words[at + 1 : behind]):
        return Reach.DENIES
    end = (at if behind is None else behind) + 1
    while end < len(words) and words[end] in _BEHIND_NAME:
        end += 1
    if found := _DENIED_BEHIND.match(" ".join(words[end:])):
        return Reach.OPEN if found["open"] else Reach.DENIES
    return reach(words, at)


def _kind_of(name: str) -> Kind:
    if "monoxide" in name:
        return Kind.CO
    if name.startswith("alarm"):
        return Kind.ALARM
    return Kind.GAS if re.match(r"gas|propane|sul|rotten|eggs|fumes", name) else Kind.BURNING
