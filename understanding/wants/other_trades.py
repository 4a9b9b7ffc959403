"""Whether a caller wants something looked at that is not our trade: a refrigerator, a car, an oven, a pool (U2).

It is only where such a thing is what is broken or to be mended, and no system of ours is spoken of beside it. What may
be either (a freezer of a shop, an RV's air conditioner) is in doubt.
"""

import re

from understanding.text.parts import END
from understanding.text.plain import phrase, said
from understanding.wants.problems import describes_problem

_VEHICLE = (
    r"(?:cars?|trucks?|pickup|vans?|suv|vehicles?|automobile|jeep|honda|toyota|ford|chevy|tesla|nissan|boat|tractor"
    r"|motorcycle|carro|camioneta)"
)
_HOUSEHOLD = (
    r"(?:refrigerators?|fridges?|ice ?makers?|dish ?washers?|washing machines?|washers?|(?:clothes )?dryers?|ovens?"
    r"|stoves?|cooktops?|microwaves?|garbage disposals?|toilets?|sinks?|faucets?|showers?|tvs?|televisions?|computers?"
    r"|laptops?|garage doors?|lawn ?mowers?|swimming pools?|pools?(?: pumps?)?|hot tubs?|sprinklers?|roof|windows?"
    r"|refri|refrigerador\w*|nevera|lavadora|secadora|horno|estufa|carro)"
)
_EITHER = r"(?:freezers?|ice machines?|walk ?ins?(?: coolers?)?|pool heaters?|rv|camper|trailer|space heater)"
_AIR = r"(?:ac|air|air conditioner|air conditioning|heat|heater)"
_WHOSE = r"(?:my|our|the|a|his|her)"
_VEHICLES = rf"{_AIR} (?:in|on|of|for) {_WHOSE} {_VEHICLE}|(?:{_WHOSE} )?{_VEHICLE}(?: is)? {_AIR}"
_OF_A_VEHICLE = phrase(_VEHICLES)
_THING = phrase(_VEHICLES, rf"(?:{_WHOSE}|mi|la|el) (?:\w+ )?{_HOUSEHOLD}|(?:{_WHOSE}|mi) (?:\w+ )?{_EITHER}")
_IN_DOUBT = phrase(_EITHER)
_BESIDE = phrase(  # A room, a landmark, what else was tried, what it runs beside: not what is broken
    r"(?:by|near|beside|behind|next to|over|under|above|below|in|at|off|from|like|around|into|onto|on|through|and|with"
    rf"|when|while|for|running|using|turn\w*|open\w*|use) {_WHOSE} (?:\w+ )?(?:{_HOUSEHOLD}|{_EITHER}|{_VEHICLE})"
    r"(?! (?:ac|air|heat))"
)
_MEND = phrase(
    r"(?:fix|repair|replace|install|check)\w*|look(?:ed|ing)? at|work(?:ed)? on|service[ds]?|help with|reparar|arreglar"
)
_BROKEN = re.compile(
    r" (?:(?:in|at|of) (?:my|our|the) (?:\w+ )?(?:\w+ )?\w+ )?(?:(?:(?:is|are|has|have|just|keeps?|got|went|will|does"
    r"|did|do|not|stopped|been|being|started|really|acting|still|all|no) )+(?:\w+ )?(?:(?:work|cool|heat|leak|noise"
    r"|start|turn|run|drain|blow|overflow|freez)\w*|cold|warm|hot|broken?|dead|died|out|down|up|enfria|sirve|funciona"
    r"|clogged|backed|stuck|making)|stopped|quit|died|broke|leaks|needs|flooded)(?!\S)"
)
_ASKED_OF = phrase(
    rf"(?:do|can|could|if) (?:you|y'?all)(?: guys| all| also| ever)* (?:fix|repair|service|work on)"
    rf" (?:any )?{_HOUSEHOLD}(?:{END}|(?= (?:mine|ours)(?!\S)))"
)
_TRADE = phrase(
    r"(?:plumb|roof)(?:ers?|ing)|electricians?|electrical work|locksmiths?|exterminators?|pest control|handy ?man"
    r"|landscap\w+|(?:appliance|auto) repair|mechanic|chimney sweep"
)
_WANTED = phrase(
    r"need|want|looking for|do (?:you|y'?all)(?: guys| all)? do|you (?:guys )?do|are you(?: guys)?|is this an?"
)
_OURS = phrase(
    r"hvac|furnaces?|thermostats?|heat pumps?|central air|mini splits?|boilers?|condenser|air handler"
    r"|(?:the|my|our) (?:ac|air|heat|heater|air condition(?:er|ing)|house|apartment|home|office|water heater)"
    r"|(?:in|of) (?:here|the house)|aire acondicionado|calefaccion"
)


def is_other_trade(text: str) -> bool:
    """Whether the plain `text` is about a thing of another trade and about none of ours."""
    if said(_TRADE, text) and said(_WANTED, text):
        return not (said(_OURS, text) or describes_problem(text))
    if said(_ASKED_OF, text):
        return not said(_OURS, text)
    told = _BESIDE.sub(" _ ", text)
    things = list(_THING.finditer(told))
    rest = _THING.sub(" _ ", told)
    if not things or said(_OURS, rest):
        return False
    return (
        said(_OF_A_VEHICLE, told)
        or any(_BROKEN.match(told, thing.end()) or said(_MEND, told[: thing.start()]) for thing in things)
        or (describes_problem(told) and not describes_problem(rest))
    )


def may_be_ours(text: str) -> bool:
    """Whether the thing in the plain `text` may be of our trade as well."""
    return said(_IN_DOUBT, text) or said(_TRADE, text)
