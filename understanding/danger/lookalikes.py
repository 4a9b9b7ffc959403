"""What only sounds like danger, and turns of phrase in plain words.

A gas furnace, a husband who smokes, fire ants, "burning up in here": none of them is gas, smoke or fire, whatever
stands around them. "Not that I know of" is a no, "can't get rid of" is a stubborn yes, "I'm not sure if" a maybe. Runs
over the whole turn before named.py looks at it. English and Spanish.
"""

from functools import lru_cache

from understanding.text.parts import END, FOOD, RELATIVE
from understanding.text.plain import Words, phrase

_GAS_THINGS = (
    r"(?:furnaces?|stoves?|stovetop|cook ?tops?|(?:(?:hot )?water |wall |space )?heaters?|ranges?|units?|packs?"
    r"|fire ?places?|bills?|company|compan(?:y|ies) \w+|guys?|man|people|logs?|log set|heat(?:ed|ing)?|systems?"
    r"|boilers?|dryers?|grills?|ovens?|powered|fired|appliances?|hvac|meters?|lines?|valves?|pipes?|piping|tanks?"
    r"|stations?|pedal|burners?|connections?|hook ?ups?|service|prices?|mileage|money|card|utility|provider|hot water"
    r"|controls?|regulator|igniter|insert|supply|shut ?off)"
)
_LEAKS = r"(?:leak\w*|hiss\w*|burst|ruptur\w+|cracked|busted)"
_FUEL = r"(?:natural gas|propane gas|lp gas|propane|gas)"
_PERSON = (
    r"(?:i|we|he|she|they|you|y'?all|nobody|everybody|everyone|anyone|who|guys?|people|technician|tech|owners?|guests?"
    rf"|tenants?|{RELATIVE})"
)

# Turns of phrase, in order: first what means no, then what means maybe, then what is no danger.
_LOOKALIKES: tuple[tuple[Words, str], ...] = tuple(
    (phrase(*patterns), plain_words)
    for plain_words, patterns in (
        (
            ", no ,",
            (
                r"(?:not|none|nothing)(?: \w+)? that (?:i|we|i am|we are) (?:know of|know|can (?:tell|smell|see)"
                r"|could tell|aware of|am aware of|are aware of|have (?:noticed|seen|smelled|found)|noticed|noticing"
                r"|see|seen|smell|think|see)",
                r"not (?:to my knowledge|as far as (?:i|we) (?:know|can tell))",
                # "If I smelled gas I'd be out in the yard"
                r"if (?:i|we) (?:smelled|smelt|saw|heard|had (?:smelled|seen|heard))(?: \w+){1,3} ,? ?(?:i|we)"
                r" would(?: \w+)+?(?= [,.?]|$)",
                rf"can not say (?:that )?(?:i|we) (?:do|have|smell|see|can|did)(?: \w+)?{END}",
                r"only (?:thing|smell)(?: that)? (?:i|we|you) (?:can )?smell (?:is|are|was) (?:\w+ ){0,2}?(?:coffee"
                rf"|{FOOD})",
                r"only (?:thing|one|person)(?: that is| who is)? (?:smok|burn)ing (?:\w+ ){0,3}?is (?:me"
                rf"|my (?:\w+ )?{_PERSON}|(?:(?:my|our|the) )?(?:\w+ )?{FOOD}|(?:my|our) (?:money|wallet|patience"
                r"|temper|paycheck|savings|pocket ?book|bank account|budget|credit card|ears|legs|thighs))",
                r"(?:did|have) not i (?:already |just )*(?:tell|told|say|said)(?: you)? no|(?:already"
                r"|just) (?:told you|said) no",
                r"(?:thank god|thankfully|luckily|fortunately|thank goodness) (?:no|not)|no (?:thank god|thankfully)",
            ),
        ),
        ("no", (r"no (?:problems?|issues?|trouble|concerns?|worries) with", "not still")),
        ("keeps", (
            r"(?:will|does|do|did|would|is|are|has|have|can|could|just) not (?:seem to |ever |even |really "
            r"|been able to )?(?:stop|stopped|stopping|quit|quitting|go away|gone(?! off)|gone away|going away|let up"
            r"|letting up|shut (?:up|off|it off|it up)|turn (?:it )?off|cleared?|clearing|dissipat\w+|get rid of"
            r"|make it stop)(?: (?:up|out))?",
            r"never (?:stops?|stopped|goes away|went away|quits|lets up)",
            r"no se (?:va|quita|apaga)|no (?:deja|para) de",
        )),
        ("much", (r"like a house on fire",)),
        ("well", (
            r"let (?:me|us) (?:just |go |have a )*(?:sniff|smell|check|see|look|think|listen)(?: (?:here|around|first"
            r"|again|real quick|now))*(?= (?:,|no|yes|yeah|nothing)(?!\S))",
            r"(?:i|we) (?:(?:already|just|even|went|walked|been|around|through|the|my|our|whole|house|everywhere"
            r"|and|,) )*sniffed(?: (?:around|everywhere))*(?= (?:, )?(?:and )?(?:there (?:is|was) )?nothing(?!\S))",
        )),
        ("slight", (
            r"(?:it is |is |are |was )?not (?:(?:that|very|too|so|as|super|really|particularly|all|a|an|been"
            r"|quite) )*(?:strong|bad|heavy|big|huge|terrible|overwhelming|thick|loud|constant)",
        )),
        ("maybe", (r"(?:hardly|barely|scarcely)(?: any| a| even)?",)),
        ("_", (  # "I don't know what gas smells like"
            r"(?:what|how) (?:a |the )?(?:natural )?(?:gas|propane|smoke|carbon monoxide|monoxide|fire)(?: leak)?"
            r" (?:(?:is|would|should|even|really|actually|supposed to) )*(?:smells?|looks?|sounds?)(?: like)?(?! in)",
            r"not (?:know|tell|say) (?:, )?(?:because )?(?:i|we) (?:am|are) (?:not (?:there|home|at|in)|at work)(?!\S)",
        )),
        ("_", (
            r"not (?:\w+ )?(?:sure|certain|know|tell|figure out|find out|see|understand|find) (?:exactly )?(?:where"
            r"|what|why|how|who|to do|when|which)(?: (?:it|to do|else to do|exactly|from|coming from|is|that is))*",
            r"no idea (?:where|what|why|how|who|when)(?: (?:it|that) is)?",
        )),
        ("maybe", (
            r"(?:i am |we are |am |are )?not (?:\w+ )?(?:sure|certain|positive|know|tell|say)(?: for sure"
            r"| for certain)?(?: if| whether| that| about)?(?! the difference)|no idea(?: if| whether)?|dunno(?: if"
            r"| whether)?",
            r"no (?:se(?: si| que| donde)?(?= [,.?]|$| es | hay | huele )|entiendo|comprendo|estoy segur[oa](?: si)?"
            r"|tengo idea)",
        )),
        ("_", (
            r"not (?:kidding|joking|lying|exaggerating|playing|crazy|imagining|making (?:this|it|that) up)|no (?:joke"
            r"|kidding|lie|doubt|question|wonder|cap|bs|mistaking|mistake|offense)|without a doubt|no (?:hablo|speak"
            r"|habla)|can not believe|not (?:just|only)|not (?:supposed to|normal(?:ly)?|right(?! now))|not (?:good"
            r"|safe|okay|ok|smart|comfortable)|not feel (?:good|well|safe|right|comfortable)|why not|if not|or (?:not"
            r"|no)|not (?:see|breathe) (?:through|past|across|in|because)",
            r"never(?= (?:smelled|smelt|seen|had|heard|noticed) (?:\w+ ){0,4}?(?:like (?:this|that)|(?:this|so"
            r"|that) (?:strong|bad|much|thick)))",
        )),
        # Gas that leaks is none of the appliances below.
        ("gas leak", (
            r"(?:gas|propane) (?:line|pipe|valve|meter|tank|main|hose|connection|connector|fitting|stove|oven|range"
            rf"|grill|fireplace|logs?|cooktop|dryer)s? (?:(?!not |no |water |freon )\w+ ){{0,5}}?{_LEAKS}(?! water)",
            r"(?:hit|cut|broke|nicked|severed|busted|ruptured|punctured|damaged) (?:a |the |my |our |into )*(?:gas"
            r"|propane) (?:lines?|pipes?|main|meter|tank)",
            r"(?:gas|propane) (?:line|pipe|main|meter) (?:just |is |got |was |has )*(?:broke|broken|busted|cut|hit"
            r"|snapped)",
        )),
        ("freon", (
            r"(?:low on|out of|short on|needs?|need|needed|add|adds|adding|put(?:ting)? in|top(?:ped)? off|recharge"
            r"|refill) (?:\w+ ){0,2}?gas|gas (?:is )?low|(?:freon|refrigerant|ac|a c|cooling|coolant) gas"
            r"|gas (?:refill|charge)",
            r"(?:falta|faltarle|echar\w*|ponerle|poner|recargar\w*|cargar\w*|sin|bajo de|se le acabo el|tiene poco"
            r"|no tiene) (?:mas |el |de )?gas(?= [,.?]|$| al (?:aire|ac))",
        )),
        ("black mark", (r"(?:burn|burnt|burned|scorch) (?:marks?|spots?)",)),
        ("panel", (r"electrical (?:panel|box|closet|room|outlet|meter)",)),
        ("appliance", (
            r"(?<!smell )(?<!smells )(?<!smelling )(?<!smelled )(?<!smell like )(?<!smells like )(?<!smelling like "
            rf")(?<!smelled like )(?<!of )(?<!leaking ){_FUEL} {_GAS_THINGS}",
            r"(?:runs?|running|ran|works?|operates?|powered|fueled|heated|heats?|cooks?|cooking|burns?|burning) (?:on"
            rf"|off|off of|with|by|from|through) (?:the |a )?{_FUEL}",
            rf"(?:switch\w*|convert\w*|chang\w+|go|going|went) (?:\w+ )?(?:to|from|over to) {_FUEL}",
            r"(?<!believe )(?<!think )(?:it is|is it|mine is|heat is|heater is|furnace is|stove is|oven is|system is"
            r"|everything is|house is|unit is|one is|that is|boiler is) (?:a |all |on |just )*(?:natural gas|propane"
            r"|gas)(?: or electric| powered)?(?= [,.?]|$| (?:and|but|or|not)(?!\S))",
            rf"(?:electric|electricity|oil) (?:or|and) {_FUEL}|{_FUEL} (?:or|and|not) (?:electric|electricity|oil)",
            r"(?:turn(?:ed|ing|s)?|shut(?:ting)?|cut|switch(?:ed)?|restored?|(?:dis)?connect(?:ed)?"
            rf"|hook(?:ed)?) (?:(?:the|our|my|your|off|on|up|back|out) )*{_FUEL}(?: (?:is|was"
            r"|got))?(?: back)?(?: (?:on|off|up))?",
            rf"{_FUEL} (?:is|was|got|has been|has|will be|comes?|came|went) (?:turned |shut |cut |back |been )*(?:on"
            r"|off|back)(?: on| off)?",
            rf"(?:we|i|they|it|house|unit) (?:have|has|had|got|use|uses|using) (?:\w+ )?{_FUEL}(?! (?:leak|smell|fumes"
            r"|coming|everywhere|odor|all over))",
            r"(?:estufa|calentador|calefaccion|calefactor|caldera|boiler|horno|secadora|compania|recibo|cuenta|tanque"
            r"|linea|llave|medidor|tuberia|sistema|boiler|pipa) (?:de|del|a) gas",
        )),
        ("_", (
            r"(?:where )?there is smoke there is (?:usually |always )?fire|no smoke without (?:a )?fire",
            r"(?:fire|smoke|co|monoxide) (?:alarms?|detectors?) (?:company|guys?|man|people|inspectors?|inspection"
            r"|contractor|test|testing|install\w*|battery|batteries)",
            # A yes to somebody else, smoke that a trade makes, a smell that is dinner's.
            r"(?:i was |i am |that was )?(?:just )?(?:saying|said|telling) (?:yes|yeah|yep) to (?:my|the|him|her"
            r"|somebody|someone)(?: (?!there|it|that)\w+)?",
            r"(?:barbecue|bbq|smoke ?house|brisket|pizza|taco|welding|weld|forge|kiln|grill|smoker) (?:\w+ "
            r"|, ){1,8}?always (?:\w+ ){0,2}?smok(?:e|y|ing)(?! (?:\w+ ){0,4}?(?:unit|vents?|furnace|heater|panel|wall"
            r"|attic|outlet|thermostat|ceiling|inside|indoors))",
            r"(?:cook|fry|bak|grill|roast|brew)\w* (?:(?!smell\w*|not)\w+ |, ){1,5}?(?:that|it|which) is (?:what"
            r"|all) (?:you|we|i) (?:would |can |will |might |could )?smell(?: (?:if|were|you|here|right|now))*",
            # People who smoke, food that burns, fires that are meant to burn.
            rf"{_PERSON} (?:(?:do|does|did|just|only|still|also|always|both|all|never|not|like to|quit|stopped|went to"
            r"|used to|am|was|is|are|were|been|has|have|out|outside) )*(?:smokes?|smoking|smoked)(?! (?:coming|from"
            r"|in the (?:attic|unit|vent)))",
            r"(?:smok\w+) (?:cigarettes?|cigars?|weed|pot|a cigarette|a cigar|something|crack|dope|break|area|shop"
            r"|meat)|(?:cigarette|cigar|barbecue|bbq|second ?hand|weed|wildfire|campfire|grill|wild fire) smok\w+"
            r"|(?:non|anti) smok\w+|no smoking|smoker|smokers|smoked (?:meat|brisket|turkey|salmon|ribs)|smoke (?:test"
            r"|break|free|signals?|shop|screen|and mirrors)|blow(?:s|ing)? smoke up|smoking (?:hot|fast|deal|gun|good)"
            r"|up in smoke(?= (?:with|after) )|as (?:smoke|fire|flames?)|(?:than|like) (?:fire"
            r"|hell ?fire)(?! (?:\w+ )?(?:burning|coming))",
            rf"burn(?:ed|t|ing|s)? (?:some |the |my |our |a |his |her )*{FOOD}|(?:burnt|burned) {FOOD}|(?:cook\w*"
            r"|fry\w*|fried|grill\w*|barbecu\w+|toast\w*|bak\w+) (?:\w+ ){0,3}?(?:smoke|smoking|burned|burnt)",
            r"burning (?:leaves|trash|brush|wood|a candle|candles|incense|calories|money|cash|oil in|daylight|energy"
            r"|electricity|rubber on)|burn(?:s|ing)? (?:through|up|a lot of|too much|more|so much"
            r"|lots of) (?:\w+ ){0,2}?(?:gas|fuel|propane|money|energy|electricity|oil)|burn(?:s|ing)? (?:gas|fuel"
            r"|propane|money)|burning (?:blue|yellow|orange|hot|clean|question|sensation|desire)|burning (?:up|alive"
            r"|to death)(?! in the (?:wall|unit|furnace|panel|breaker))(?: in here| in this house)?|burn(?:ed|t"
            r"|s)? (?:out|up)(?! in the (?:wall|unit|furnace|attic))|burn(?:s|ed|t|ing)? (?:me|us|you|my (?:hand"
            r"|finger|arm|leg|foot))(?: up)?|(?:it is|we are|i am|us|everyone is|house is) (?:\w+ )?burning in (?:here"
            r"|this house)|burning a hole|(?:get|got|getting|been) burn(?:ed|t)(?! (?:plastic|rubber|wires?|smell))",
            r"(?<!on )fir(?:e|es|ed|ing) (?:up|off|right up|back up|it up|right|them|him|her|you|y'?all|that|those|back"
            r"|on and off)|(?:to|not|will|would|never|just) fire(?! (?:in|coming|damage))|fire ?(?:place|places|pit"
            r"|wood|ants?|stick|wall|works?|fighters?|escape|department|departments|dept|extinguishers?|sale|truck"
            r"|trucks|academy|hall|captain|guard|tower|station|inspector|inspection|code|marshal|drill|safety|rated|door|insurance|hazards?|chief"
            r"|damper|dampers|hydrant|season|ban|log|logs|me|my)|(?:camp|bon|wild|brush|forest|grass|cross|friendly"
            r"|hell|sure|ceasefire) ?fires?|(?:build|built|building|light|lit|lighting|have|had|got|make|made|keep|by"
            r"|near) (?:a |the |our )?(?:nice |warm |little |good )?fire (?:going|in the (?:fireplace|fire place"
            r"|wood stove|stove|hearth|pit)|to (?:keep|stay))|under fire|fires? at (?:work|the office|my job)"
            r"|misfir\w+|fire the (?:last|other|first|old|guy|company|technician|contractor)",
            r"(?:i am|we are|y'?all are|you are|you guys are|she is|he is) (?:on fire(?: (?:in here|today|lately))?"
            r"|fire)",
            r"(?:feels?|felt|feeling) like (?:\w+ ){0,5}?(?:fire|burning|oven|flames)",
            # Parts that are made for flames and sparks.
            r"(?:flame|fire) (?:sensors?|rods?|detectors?(?= is (?:dirty|bad))|rollout|roll out|switch|color)|(?:pilot"
            r"|burner|blue|yellow|orange|steady|weak|small|little|igniter|the|a) flames?(?! (?:is |are )?(?:coming"
            r"|shooting|rolling|everywhere|out of|on the|up))|spark (?:plug|ignit\w+|rod|electrode)s?|(?:igniter"
            r"|ignitor|ignition|pilot|starter|burner) (?:\w+ )?(?:spark\w*|arc\w*)|(?:not|never) (?:a )?spark(?:ing)?"
            r"|(?:no|without|without a) spark",
            r"(?:smok(?:e|ey|y)|sparks?|burning|flames?|fire\w*|gas\w*) (?:(?!in |on |from |by |out |the |my |coming "
            r"|at |is |and )\w+ )?(?:street|st|road|rd|lane|ln|drive|dr|avenue|ave|court|ct|circle|trail|boulevard"
            r"|blvd|cove|loop|parkway|pass|hollow|ridge|creek)",
            # Alarms that are about something else.
            r"(?:burglar|security|house|home|car|door|water|float|freezer|fridge|clock|back ?door|low temp\w*"
            r"|high temp\w*|temperature|thermostat|sump|filter|pump|condensate|overflow|tornado|dryer"
            r"|truck) (?:alarms?|alerts?|sensors?|detectors?)|alarm (?:clock|code|system|compan(?:y|ies)|panel|guy"
            r"|people|pad|permit)s?|to alarm|alarm(?:s|ed|ing)? (?:me|you|us|anybody|anyone|y'?all)|system alert"
            r"|(?<!smoke )(?<!fire )(?<!monoxide )(?<!dioxide )(?<!carbon )(?<!co )(?<!co2 )(?<!gas )alarms? (?:on"
            r"|from|in) (?:my |the |our |that )?(?:furnace|unit|thermostat|sump|pump|heater|ac|air|water heater|hvac"
            r"|system|car|truck)",
            r"(?:aparato|calent\w+|estufa|horno|calefaccion|boiler|sistema|unidad|equipo) (?:(?:es|son|funciona) )?"
            r"(?:de|a|con) gas|only gas (?:\w+ ){0,4}?is (?:me|my \w+)"
            r"|ask\w* (?:me |us )?about (?:the )?(?:gas|smoke|fires?)|fire is in the (?:fire ?place|stove|grill|pit)"
            r"|nose like (?:a |an )?(?:blood)? ?(?:hound|dog)(?:s| is)?",
            # Smells that are none of these.
            r"(?:sewer|sewage|swamp|septic) gas|(?:paint|nail polish|cleaner|cleaning|bleach) (?:fumes|smells?)"
            r"|burning eyes",
            r"(?:nos|me|te|se) (?:estamos |estoy )?quem\w+ (?:de|del|con el) calor|quemados? de calor",
        )),
    )
)  # fmt: skip


@lru_cache(maxsize=32)  # Several readers ask for the same words of a turn.
def without_lookalikes(text: str) -> str:
    """The plain `text` with what is no danger taken out, and with turns of phrase as plain words."""
    for pattern, plain_words in _LOOKALIKES:
        text = pattern.sub(plain_words, text)
    return text
