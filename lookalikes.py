"""What only sounds like danger, and turns of phrase in plain words.

A gas furnace, a husband who smokes, fire ants, "burning up in here": none of them is gas, smoke or fire, whatever stands
around them. "Not that I know of" is a no, "can't get rid of" is a stubborn yes, "I'm not sure if" a maybe. Runs over the
whole turn before dangers.py looks at it. English and Spanish.
"""

import re

from words import phrase

_GAS_THINGS = (
    r"(?:furnaces?|stoves?|stovetop|cook ?tops?|heaters?|ranges?|water heaters?|units?|packs?|fire ?places?|bills?"
    r"|company|compan(?:y|ies) \w+|guys?|man|people|logs?|heat|heating|systems?|boilers?|dryers?|grills?|ovens?|powered"
    r"|fired|appliances?|hvac|meters?|lines?|valves?|pipes?|piping|tanks?|stations?|pedal|burners?|connections?"
    r"|hook ?ups?|service|prices?|mileage|money|card|utility|provider|wall heater|space heater|log|heated|hot water"
    r"|controls?|regulator|igniter|log set|insert|supply|or electric|and electric|not electric|shut ?off)"
)
_LEAKS = r"(?:leak\w*|hiss\w*|burst|ruptur\w+|cracked|busted)"
_FUEL = r"(?:natural gas|propane gas|lp gas|propane|gas)"
_FOOD = (
    r"(?:toast|dinner|lunch|breakfast|supper|bacon|popcorn|pizza|cookies|food|chicken|eggs|rice|beans|bread|grease|cake"
    r"|steak|steaks|tortillas|something (?:on|in) the (?:stove|oven))"
)
_PERSON = (
    r"(?:i|we|he|she|they|you|y'?all|nobody|everybody|everyone|anyone|who|guys?|kids?|husband|wife|son|daughter|mom|mother"
    r"|dad|father|brother|tenants?|roommate|boyfriend|girlfriend|neighbors?|people|grandpa|grandma|uncle|technician|tech|owners?|guests?)"
)

# Turns of phrase, in order: first what means no, then what means maybe, then what is no danger.
_LOOKALIKES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (phrase(*patterns), plain_words)
    for plain_words, patterns in (
        (
            ", no ,",
            (
                r"(?:not|none|nothing)(?: \w+)? that (?:i|we|i am|we are) (?:know of|know|can (?:tell|smell|see)|could tell"
                r"|aware of|am aware of|are aware of|have (?:noticed|seen|smelled|found)|noticed|noticing|see|seen|smell"
                r"|think|see)",
                r"not (?:to my knowledge|as far as (?:i|we) (?:know|can tell))",
                r"can not say (?:that )?(?:i|we) (?:do|have|smell|see|can|did)(?: \w+)?(?= [,.?]|$)",
                r"(?:thank god|thankfully|luckily|fortunately|thank goodness) (?:no|not)|no (?:thank god|thankfully)",
            ),
        ),
        ("no", (r"no (?:problems?|issues?|trouble|concerns?|worries) with", "not still")),
        ("keeps", (
            r"(?:will|does|do|did|would|is|are|has|have|can|could|just) not (?:seem to |ever |even |really |been able to )?"
            r"(?:stop|stopped|stopping|quit|quitting|go away|gone(?! off)|gone away|going away|let up|letting up|shut (?:up|off|it off|it up)"
            r"|turn (?:it )?off|cleared?|clearing|dissipat\w+|get rid of|make it stop)(?: (?:up|out))?",
            r"never (?:stops?|stopped|goes away|went away|quits|lets up)",
            r"no se (?:va|quita|apaga)|no (?:deja|para) de",
        )),
        ("slight", (
            r"(?:it is |is |are |was )?not (?:(?:that|very|too|so|as|super|really|particularly|all|a|an|been|quite"
            r") )*(?:strong|bad|heavy|big|huge|terrible|overwhelming|thick|loud|constant)",
        )),
        ("maybe", (r"(?:hardly|barely|scarcely)(?: any| a| even)?",)),
        ("_", (
            r"not (?:\w+ )?(?:sure|certain|know|tell|figure out|find out|see|understand|find) (?:exactly )?"
            r"(?:where|what|why|how|who|to do|when|which)(?: (?:it|to do|else to do|exactly|from|coming from|is|that is))*",
            r"no idea (?:where|what|why|how|who|when)(?: (?:it|that) is)?",
        )),
        ("maybe", (
            r"(?:i am |we are |am |are )?not (?:\w+ )?(?:sure|certain|positive|know|tell|say)(?: for sure| for certain)?"
            r"(?: if| whether| that| about)?(?! the difference)|no idea(?: if| whether)?|dunno(?: if| whether)?",
            r"no (?:se(?: si| que| donde)?(?= [,.?]|$| es | hay | huele )|entiendo|comprendo|estoy segur[oa](?: si)?|tengo idea)",
        )),
        ("_", (
            r"not (?:kidding|joking|lying|exaggerating|playing|crazy|imagining|making (?:this|it|that) up)"
            r"|no (?:joke|kidding|lie|doubt|question|wonder|cap|bs|mistaking|mistake|offense)|without a doubt"
            r"|no hablo|can not believe|not (?:just|only|even)|not (?:supposed to|normal(?:ly)?|right(?! now))"
            r"|not (?:good|safe|okay|ok|smart|comfortable)|not feel (?:good|well|safe|right|comfortable)|why not|if not"
            r"|or (?:not|no)|not (?:see|breathe) (?:through|past|across|in|because)",
            r"never(?= (?:smelled|smelt|seen|had|heard|noticed) (?:\w+ ){0,4}?(?:like (?:this|that)"
            r"|(?:this|so|that) (?:strong|bad|much|thick)))",
        )),
        # Gas that leaks is none of the appliances below.
        ("gas leak", (
            rf"(?:gas|propane) (?:line|pipe|valve|meter|tank|main|hose|connection|connector|fitting|stove|oven|range"
            rf"|grill|fireplace|logs?|cooktop|dryer)s? (?:(?!not |no |water |freon )\w+ ){{0,5}}?{_LEAKS}(?! water)",
            r"(?:hit|cut|broke|nicked|severed|busted|ruptured|punctured|damaged) (?:a |the |my |our |into )*(?:gas|propane)"
            r" (?:lines?|pipes?|main|meter|tank)",
            r"(?:gas|propane) (?:line|pipe|main|meter) (?:just |is |got |was |has )*(?:broke|broken|busted|cut|hit|snapped)",
        )),
        ("freon", (
            r"(?:low on|out of|short on|needs?|need|needed|add|adds|adding|put(?:ting)? in|top(?:ped)? off|recharge|refill)"
            r" (?:\w+ ){0,2}?gas|gas (?:is )?low|(?:freon|refrigerant|ac|a c|cooling|coolant) gas|gas (?:refill|charge)",
            r"(?:falta|faltarle|echar\w*|ponerle|poner|recargar\w*|cargar\w*|sin|bajo de|se le acabo el|tiene poco|no tiene)"
            r" (?:mas |el |de )?gas(?= [,.?]|$| al (?:aire|ac))",
        )),
        ("appliance", (
            rf"(?<!smell )(?<!smells )(?<!smelling )(?<!smelled )(?<!smell like )(?<!smells like )(?<!smelling like )"
            rf"(?<!smelled like )(?<!of )(?<!leaking ){_FUEL} {_GAS_THINGS}",
            rf"(?:runs?|running|ran|works?|operates?|powered|fueled|heated|heats?|cooks?|cooking|burns?|burning) (?:on|off|off of|with|by"
            rf"|from|through) (?:the |a )?{_FUEL}",
            rf"(?:switch\w*|convert\w*|chang\w+|go|going|went) (?:\w+ )?(?:to|from|over to) {_FUEL}",
            r"(?<!believe )(?<!think )(?:it is|is it|mine is|heat is|heater is|furnace is|stove is|oven is|system is|everything is|house is|unit is|one is"
            r"|that is|boiler is) (?:a |all |on |just )*(?:natural gas|propane|gas)(?: or electric| powered)?"
            r"(?= [,.?]|$| (?:and|but|or|not)(?!\S))",
            rf"(?:electric|electricity|oil) (?:or|and) {_FUEL}|{_FUEL} (?:or|and|not) (?:electric|electricity|oil)",
            rf"(?:turn(?:ed|ing|s)?|shut(?:ting)?|cut|switch(?:ed)?|restored?|connect(?:ed)?|disconnected|hook(?:ed)?)"
            rf" (?:the |our |my |your |off |on |up |back |out )*{_FUEL}(?: (?:is|was|got))?(?: back)?(?: (?:on|off|up))?",
            rf"{_FUEL} (?:is|was|got|has been|has|will be|comes?|came|went) (?:turned |shut |cut |back |been )*(?:on|off|back)(?: on| off)?",
            r"(?:we|i|they|it|house|unit) (?:have|has|had|got|use|uses|using) (?:\w+ )?(?:natural gas|propane|gas)"
            r"(?! (?:leak|smell|fumes|coming|everywhere|odor|all over))",
            r"(?:estufa|calentador|calefaccion|calefactor|caldera|boiler|horno|secadora|compania|recibo|cuenta|tanque|linea"
            r"|llave|medidor|tuberia|sistema|boiler|pipa) (?:de|del|a) gas",
        )),
        ("_", (
            # People who smoke, food that burns, fires that are meant to burn.
            rf"{_PERSON} (?:(?:do|does|did|just|only|still|also|always|both|all|never|not|like to|quit|stopped|went to"
            rf"|used to|am|was|is|are|were|been|has|have|out|outside) )*(?:smokes?|smoking|smoked)(?! (?:coming|from|in the (?:attic|unit|vent)))",
            r"(?:smok\w+) (?:cigarettes?|cigars?|weed|pot|a cigarette|a cigar|something|crack|dope|break|area|shop|meat)"
            r"|(?:cigarette|cigar|barbecue|bbq|second ?hand|weed|wildfire|campfire|grill|wild fire) smok\w+|(?:non|anti) smok\w+|no smoking"
            r"|smoker|smokers|smoked (?:meat|brisket|turkey|salmon|ribs)|smoke (?:test|break|free|signals?|shop|screen|and mirrors)"
            r"|blow(?:s|ing)? smoke up|smoking (?:hot|fast|deal|gun|good)|up in smoke(?= (?:with|after) )|as (?:smoke|fire|flames?)"
            r"|(?:than|like) (?:fire|hell ?fire)(?! (?:\w+ )?(?:burning|coming))",
            rf"burn(?:ed|t|ing|s)? (?:some |the |my |our |a |his |her )*{_FOOD}|(?:burnt|burned) {_FOOD}"
            rf"|(?:cook\w*|fry\w*|fried|grill\w*|barbecu\w+|toast\w*|bak\w+) (?:\w+ ){{0,3}}?(?:smoke|smoking|burned|burnt)",
            r"burning (?:leaves|trash|brush|wood|a candle|candles|incense|calories|money|cash|oil in|daylight|energy|electricity|rubber on)"
            r"|burn(?:s|ing)? (?:through|up|a lot of|too much|more|so much|lots of) (?:\w+ ){0,2}?(?:gas|fuel|propane|money|energy|electricity|oil)"
            r"|burn(?:s|ing)? (?:gas|fuel|propane|money)|burning (?:blue|yellow|orange|hot|clean|question|sensation|desire)"
            r"|burning (?:up|alive|to death)(?! in the (?:wall|unit|furnace|panel|breaker))(?: in here| in this house)?"
            r"|burn(?:ed|t|s)? (?:out|up)(?! in the (?:wall|unit|furnace|attic))|burn(?:s|ed|t|ing)? (?:me|us|you|my (?:hand|finger|arm|leg|foot))(?: up)?"
            r"|(?:it is|we are|i am|us|everyone is|house is) (?:\w+ )?burning in (?:here|this house)|burning a hole|(?:get|got|getting|been) burn(?:ed|t)(?! (?:plastic|rubber|wires?|smell))",
            r"fir(?:e|es|ed|ing) (?:up|off|right up|back up|it up|right|them|him|her|you|y'?all|that|those|back|on and off)|(?:to|not|will|would|never|just) fire(?! (?:in|coming|damage))"
            r"|fire ?(?:place|places|pit|wood|ants?|stick|wall|works?|fighters?|escape|department|departments|dept|extinguishers?|sale|truck|trucks"
            r"|station|inspector|inspection|code|marshal|drill|safety|rated|door|insurance|hazards?|chief|damper|dampers|hydrant|season|ban|log|logs|me|my)"
            r"|(?:camp|bon|wild|brush|forest|grass|cross|friendly|hell|sure|ceasefire) ?fires?|(?:build|built|building|light|lit|lighting|have|had|got|make|made|keep|by|near) (?:a |the |our )?(?:nice |warm |little |good )?"
            r"fire (?:going|in the (?:fireplace|fire place|wood stove|stove|hearth|pit)|to (?:keep|stay))|under fire|fires? at (?:work|the office|my job)|misfir\w+|fire the (?:last|other|first|old|guy|company|technician|contractor)",
            r"(?:i am|we are|y'?all are|you are|you guys are|she is|he is) (?:on fire(?: (?:in here|today|lately))?|fire)",
            r"(?:feels?|felt|feeling) like (?:\w+ ){0,5}?(?:fire|burning|oven|flames)",
            # Parts that are made for flames and sparks.
            r"(?:flame|fire) (?:sensors?|rods?|detectors?(?= is (?:dirty|bad))|rollout|roll out|switch|color)|(?:pilot|burner|blue|yellow|orange|steady|weak|small|little|igniter|the|a) flames?"
            r"(?! (?:is |are )?(?:coming|shooting|rolling|everywhere|out of|on the|up))|spark (?:plug|ignit\w+|rod|electrode)s?"
            r"|(?:igniter|ignitor|ignition|pilot|starter|burner) (?:\w+ )?(?:spark\w*|arc\w*)|(?:not|never) (?:a )?spark(?:ing)?|(?:no|without|without a) spark",
            r"(?:smok(?:e|ey|y)|sparks?|burning|flames?|fire\w*|gas\w*) (?:(?!in |on |from |by |out |the |my |coming |at |is |and )\w+ )?"
            r"(?:street|st|road|rd|lane|ln|drive|dr|avenue|ave|court|ct|circle|trail|boulevard|blvd|cove|loop|parkway|pass|hollow|ridge|creek)",
            # Alarms that are about something else.
            r"(?:burglar|security|house|home|car|door|water|float|freezer|fridge|clock|back ?door|low temp\w*|high temp\w*|temperature"
            r"|thermostat|sump|filter|pump|condensate|overflow|tornado|dryer|truck) (?:alarms?|alerts?|sensors?|detectors?)"
            r"|alarm (?:clock|code|system|compan(?:y|ies)|panel|guy|people|pad|permit)s?|to alarm|alarm(?:s|ed|ing)? (?:me|you|us|anybody|anyone|y'?all)|system alert"
            r"|(?<!smoke )(?<!fire )(?<!monoxide )(?<!dioxide )(?<!carbon )(?<!co )(?<!co2 )(?<!gas )alarms? (?:on|from|in) (?:my |the |our |that )?"
            r"(?:furnace|unit|thermostat|sump|pump|heater|ac|air|water heater|hvac|system|car|truck)",
            # Smells that are none of these.
            r"(?:sewer|sewage|swamp|septic) gas|(?:paint|nail polish|cleaner|cleaning|bleach) (?:fumes|smells?)|burning eyes",
            r"(?:nos|me|te|se) (?:estamos |estoy )?quem\w+ (?:de|del|con el) calor|quemados? de calor",
        )),
    )
)  # fmt: skip


def without_lookalikes(text: str) -> str:
    """The plain `text` with what is no danger taken out, and with turns of phrase as plain words."""
    for pattern, plain_words in _LOOKALIKES:
        text = pattern.sub(plain_words, text)
    return text
