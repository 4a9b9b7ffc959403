"""What stands beside a danger that is told: of a house in danger, or a story of something else, which is asked about.

Ninety-one-one ends the call, so a danger told without its place is taken at its word only if the clauses beside it
speak of a house in danger: its parts, its people, their bodies, what they did about it. Which words do is a list;
whatever else is told (a barbecue, a board that was replaced, the news) costs one question. Takes plain text without
lookalikes.
"""

from understanding.danger.named import Kind, dangers
from understanding.text.clauses import cut
from understanding.text.lexicon import CLASSES, LEAD
from understanding.text.numbers import is_number
from understanding.text.plain import MARKS, phrase, said

_PLACES = frozenset(
    "house home casa here aqui inside adentro indoors room kitchen cocina basement attic closet garage garaje hallway"
    " hall bedroom upstairs downstairs apartment building everywhere place floor unit".split()
)
_ROOMS = "living dining laundry utility guest family".split()
_KNOWN = LEAD.union(MARKS, "_", _ROOMS, *(words for name, words in CLASSES.items() if name != "access"))
_ELSEWHERE = frozenset(
    "truck car bus van boat rv motorcycle mower tractor coche carro camion camioneta moto vecino vecina comadre"
    " compadre school news tv movie radio street downtown depot park highway road freeway town game video phone"
    " app".split()
)
_INSIDE = phrase(r"(?:in|from|by|near|at|under|behind) (?:the|my|our|el|la|mi) \w+")
# What burns and smokes as it should
_LIT = frozenset(
    "bonfire campfire firepit fireplace fireplaces grill grilling barbecue barbecuing bbq smoker smokers ribs brisket"
    " woodstove candle candles incense cigarette cigarettes cigar cigars cooking baking frying toast dinner supper"
    " bacon factory fabrica tailpipe asada parrilla velas comal vape vaping".split()
)
_SYSTEM = frozenset("appliance furnace heater vent vents duct ducts thermostat closet attic handler".split())
_LIT_TOO = phrase(r"wood (?:burning )?stoves?|fire pits?|pellet stove|burn(?:ing)? (?:pile|barrel|brush|leaves|trash)")
_EACH_YEAR = phrase(r"(?:each|every) (?:fall|autumn|winter|spring|summer|year|season)")
# Said outright by who perceives it: no story makes it less.
_OUTRIGHT = phrase(
    r"^(?:(?:and|now|so|but|then|also|yes|no|well|oh|hi|hello|wait|please|help|because|that|,) )*(?:(?:i"
    r"|we) (?:\w+ ){0,2}?(?:smell|see|hear|have)|there is|(?:it|everything) (?:\w+ )?(?:smells|reeks|stinks)|(?:my"
    r"|our) (?:\w+ ){0,4}?(?:alarms?|detectors?|furnace|heater|ac|system|unit|house)|huele|hay)"
)
# A name or an address is given, no story told.
_GIVEN = phrase(r"name|address|i am at|i live|this is|zip|number|me llamo|vivo")
_SOUNDS_LIKE = phrase(
    r"(?:noise|sound|sounds|sounding|looks?|tastes?|colors?) (?:\w+ ){0,3}?(?:like|of) (?:\w+ ){0,3}?(?:gas|smoke|fire"
    r"|flames|sparks?|burning)|(?:like|as|como) (?:an?|una?) (?:\w+ )?(?:alarm|detector|fire|sirena|alarma)"
)


def is_a_story(text: str, whole: str) -> bool:
    """Whether something is told beside the danger that is neither of a house in danger nor a fact of the caller's.

    Args:
        text: Its plain text without lookalikes.
        whole: The same with them.
    """
    if said(_SOUNDS_LIKE, text) or said(_EACH_YEAR, text):
        return True
    clauses = cut(text)
    telling = [bool(dangers(clause, asked=True)) for clause in clauses]
    told = [clause for tells, clause in zip(telling, clauses, strict=True) if tells]
    burns = all(d.kind in (Kind.BURNING, Kind.ALARM) for clause in told for d in dangers(clause, asked=True))
    lit = not _LIT.isdisjoint(whole.split()) or said(_LIT_TOO, whole)
    if burns and lit and all(_SYSTEM.isdisjoint(clause.words) for clause in told):
        return True
    if any(not _ELSEWHERE.isdisjoint(clause.words) for clause in told):
        return True
    if any(not _PLACES.isdisjoint(clause.words) or said(_OUTRIGHT, clause.text) for clause in told):
        return False
    if any(said(_INSIDE, clause.text) for clause in told):
        return False
    return any(
        not (tells or said(_GIVEN, clause.text) or any(map(is_number, clause.words)) or _KNOWN.issuperset(clause.words))
        for tells, clause in zip(telling, clauses, strict=True)
    )
