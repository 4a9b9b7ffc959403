"""Signs of carbon monoxide without an alarm that sounds, and of water where current is: one question, an urgent visit.

A flue that is off, a fire or engine indoors, who is ill as it heats; `_ORDERS` has the most words between two things.
"""

from understanding.danger.picture import OVER
from understanding.danger.unwell import SYMPTOMS
from understanding.text.parts import HOUSE, LONG_AGO
from understanding.text.plain import affirmed, phrase, said

_HEATING = r"(?:heat|heater|heating|furnace|boiler|calefaccion|calentador)"
_THINGS = {
    "flue": r"flue|chimney(?! (?:sweep|rock))|chimenea|(?<!dryer )(?:exhaust|vent|smoke) (?:pipe(?! \w+ \w+ dryer)"
    r"|stack|tube)|exhaust(?! (?:fan|vent|hood))|(?:pipe|vent) (?:\w+ ){0,4}?(?:the roof|top of \w+ (?:\w+ )?(?:furnace"
    rf"|heater|boiler))|(?:tubo|ducto) (?:de escape|del? (?:la )?(?:humo|gas(?:es)?|{_HEATING}))",
    "apart": r"(?:c[ao]me|is) (?:off|down)|f[ae]ll\w*|blew|knocked|slid|slipped|ripped|pulled|br[eo]ke\w*|hang\w*"
    r"|loose|apart|d[ie]sconn?ect\w*|detached|separated|crack\w*|crushed|split|collapsed|rusted|blocked|clogged|missing"
    r"|birds?|holes?|not (?:connected|attached)|se (?:solto|cayo|[sz]afo|tapo)|suelt[oa]|rot[oa]|tapad[oa]|caid[oa]",
    "broke": r"se (?:cayo|solto)|knocked|bumped|broke|disconnected|crushed|stuck|nests?|birds?|holes?|gap",
    "fire": r"charcoal|coals|grill|(?:barbecue|bbq)(?! place)|hibachi|camp(?:ing)? stove|generator|(?:kerosene|propane"
    r"|patio) heater|(?:car|truck)(?= (?:\w+ ){0,3}?(?:runn|idl)\w+)|asador|parrilla|anafre|brasero|carbon|generador",
    "used": r"r[au]n|running|going|lit|burn\w*|us(?:ed|ing)|brought|dragged|moved|idl\w+|prend\w+|encend\w+|metimos",
    "indoors": r"inside|indoors|in here|adentro|dentro|(?:in|into) (?:the|my|our|a) (?:(?!the|back|front)\w+ ){0,2}?"
    rf"(?:bed|hall|den|{HOUSE})\w*|(?:en|a) (?:la|el|mi) (?:casa|sala|cocina|recamara|cuarto|garaje|cochera)",
    "oven": r"(?<!wood )(?<!pellet )(?<!burning )(?<!electric )(?:oven|stove|burners|horno|estufa)",
    "heating": r"(?:heat|warm)ing (?:\w+ ){0,3}?with",
    "warms": r"for (?:\w+ )?heat|to (?:heat|warm|(?:stay|keep|get) (?:\w+ ){0,3}?warm)|door open|para calent\w+",
    "heats": r"(?:when|whenever|once|if|while|since|after|minute|moment|time|as soon as|desde que|cuando|cada vez que)"
    rf" (?:\w+ ){{0,4}}?(?:{_HEATING}|it) (?:\w+ ){{0,2}}?(?:on|r[au]ns?|running|going|start\w*|fir\w+|up)"
    rf"|(?:turn\w*|start\w*|prend\w+|encend\w+) (?:\w+ ){{0,3}}?{_HEATING}|{_HEATING} (?:\w+ )?(?:prend|encend)id[oa]",
    "unwell": rf"{SYMPTOMS.pattern}|sleepy|drowsy|groggy|not stay awake|drunk|loopy|queasy|lethargic|tired(?! of)"
    r"|vomit\w*|sick(?! (?:of|and))|thr[eo]w\w* up(?! an? )|f[ae]ll\w* asleep|(?:been|kind of|feels?) out of it|sueno"
    r"|borrach\w+|(?:dogs?|cats?|pupp\w+|birds?|parakeets?|pets?) (?:\w+ ){0,4}?(?:die[ds]?|dead|stumbl\w*|funny)",
    "pet": r"dogs?|cats?|pupp\w+|kittens?|(?:gold)?fish|birds?|parakeets?|parrots?|canar(?:y|ies)|hamsters?|pets?",
    "dies": r"die[ds]?|dead|(?:passed|keeled) (?:away|out|over)|limp|stumbl\w+",
    "vent": r"vents?|registers?|heater|furnace",
    "water": r"water(?! (?:heater|shut|stain|line|filter|tank))|rain\w*|leak\w*|drip\w*(?! pan)|flood\w*|agua|gote\w+",
    "at": r"in|into|inside|on|onto|to|by|near|behind|around|from|through|over|above|out of|next to|en|sobre|por|del?",
    "ceiling": r"ceiling",
    "part": r"breakers?|(?:fuse|electric(?:al)?|junction) (?:box|panel)|(?<!drain )(?:outlets?|plugs?)|fixtures?|caja"
    r"|(?<!pilot )lights?|sockets?|ceiling fan|wir(?:es?|ing)|cords?|(?:control|circuit) board|enchufes?|cables?|foco",
    "wet": r"(?:full of|has) water|wet|soaked|dripping|under ?water|flooded|leaking|mojad\w+",
    "alarm": r"thing|(?<!smoke )(?<!fire )(?:alarm|detector)",
    "sounds": r"(?:(?:going|went) off|chirp\w*) (?:(?:\S+ ){0,8}?(?:pulled|took|ripped)|all (?:night|day)|nonstop)",
}
_ORDERS = """flue 6 apart|broke 5 flue|used 5 fire 5 indoors|fire 5 used 5 indoors|fire 5 indoors 2 used|oven 6 warms
|heating 3 oven|unwell 4 heats|pet 4 dies 7 vent|heats 9 unwell|water 5 at 2 part|water 14 ceiling 1 at 2 part
|part 5 wet|alarm 7 sounds"""


def _as_pattern(order: str) -> str:
    between = r" (?:(?!(?:not?|never|nothing|but|fine|okay|good)(?!\S))\S+ ){{0,{}}}?"
    return "".join(f"(?:{_THINGS[part]})" if part in _THINGS else between.format(part) for part in order.split())


_SIGN = phrase(*map(_as_pattern, _ORDERS.split("|")), r"tingl\w+ (?:\w+ ){0,2}?touch\w*|maread[oa]s")
_NOT_NOW = phrase(OVER.pattern, LONG_AGO, r"used to|neighbors?'?|news")


def has_sign(text: str) -> bool:
    """Whether the plain `text` tells of one that is not denied, over, long ago or somebody else's."""
    return any(affirmed(_SIGN, part) and not said(_NOT_NOW, part) for part in text.replace("?", ".").split("."))
