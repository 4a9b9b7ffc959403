"""The words behind the dashboard's taxonomy: tags, revenue, mood and kind of caller, as data (conversation.md 6 and 7).

Each pattern is matched as whole words on one lower-case line of the caller's. A hazard's pattern needs several words:
"gas furnace" is none. Tags that come from what happened and from the clock are in classify.py.
"""

from records.payloads import RevenueTier, TagCategory

COOL = r"(?:a\.? ?/?c\.?s?|air[ -]?con(?:ditioner|ditioning)?s?|central air|cooling|aire acondicionado)"
HEAT = r"(?:furnaces?|heaters?|heating|heat|boilers?|calefacci[oó]n)"
UNIT = r"(?:unit|system|equipment|a\.?c\.?|air conditioner|furnace|heat pump|heater|compressor|it)"
FAULTY = (
    r"(?:broken?|broke down|not (?:working|cooling|heating|running|turning on|coming on|blowing)|leak\w*|froze\w*"
    r"|(?:stopped|quit) (?:working|cooling|heating|running|blowing)|(?:isn't|won't|doesn't|didn't|can't) \w+"
    r"|went out|is out|is down|(?:problem|issue|trouble)s? with|repair\w*|fix\w*|no (?:a\.?c|heat|heating|cooling)"
    r"|warm air|hot air|noise|no funciona|no enfr[ií]a|no calienta)"
)
SMELL = r"(?:smell\w*|odou?rs?|stink\w*|reek\w*|huele|olor)"
BURNING = r"(?:burning|burnt|smoke|smoky|something burning|quemado|humo)"
PERSON_SICK = r"(?:feel\w*|getting|got|gets|has|having|have) (?:\w+ ){0,2}"

PATTERNS: dict[TagCategory, dict[str, str]] = {
    "HAZARD": {
        "GAS_LEAK": (
            rf"{SMELL}\b[^,.;?!]{{0,25}}\b(?:gas|propane|sulfur|rotten eggs?)\b(?! (?:furnace|heater|stove"
            rf"|range|grill"
            r"|fireplace|appliance|company|bill|unit|boiler|dryer|oven|station))"
            r"|(?:gas|propane) (?:leak\w*|smell\w*|odou?r)|leaking gas|gas is leaking|rotten eggs?"
        ),
        "CO_EVENT": (
            r"(?:carbon monoxide|monoxide|c\.?o\.?) (?:alarm|detector|monitor|sensor)s? (?:\w+ ){0,2}"
            r"(?:went|going|goes|sound\w*|beep\w*|off|alarm\w*|trigger\w*)|alarma de mon[oó]xido"
        ),
        "ELECTRICAL_FIRE": (
            rf"{SMELL} (?:\w+ ){{0,4}}{BURNING}|burning (?:smell|odou?r|plastic|wires?|wiring|rubber)"
            r"|electrical (?:fire|burning)|caught fire|(?:is|it's|was) (?:on fire|smoking|sparking)"
            r"|(?:smoke|sparks|flames) (?:is |are |was )?(?:coming|pouring|shooting|flying)"
            r"|(?:see|seeing|saw|there's|there is|there are) (?:\w+ ){0,2}(?:smoke|sparks|flames)|veo humo"
        ),
        "ACTIVE_FLOODING": (
            r"water (?:is |was )?(?:\w+ )?(?:everywhere|pouring|gushing|flooding)|(?:is|it's|are"
            r"|been) flood(?:ed|ing)"
        ),
        "CONDENSATE_CLOG": (
            r"(?:drain|condensate|drip) (?:line|pan|pipe)s? (?:\w+ ){0,3}(?:clog\w*|back\w* up|overflow\w*|full"
            r"|plugged)"
            r"|(?:clogged|plugged|overflowing|backed up) (?:\w+ )?(?:drain|condensate|drip)"
        ),
        "HEALTH_RISK": (
            rf"{PERSON_SICK}(?:dizzy|nauseous|light ?headed|headaches?)|(?:trouble|difficulty) breathing"
            r"|passed out from|black mold|mold (?:is )?(?:growing|everywhere)"
        ),
        "REFRIGERANT_LEAK": (
            r"(?:freon|refrigerant|coolant) (?:\w+ ){0,2}leak\w*|leak\w* (?:\w+ ){0,2}(?:freon|refrigerant|coolant)"
        ),
    },
    "URGENCY": {"FLEXIBLE": r"no (?:rush|hurry)|whenever (?:you|works|is)|i'm flexible|any ?time (?:is|works)"},
    "SERVICE_TYPE": {
        "TUNEUP_AC": rf"(?:tune[ -]?up|maintenance|check[ -]?up|serviced?)\b[^.;?!]{{0,30}}\b{COOL}\b"
        rf"|\b{COOL} (?:\w+ )?(?:tune[ -]?up|maintenance|check[ -]?up|serviced)",
        "TUNEUP_HEATING": rf"(?:tune[ -]?up|maintenance|check[ -]?up|serviced?)\b[^.;?!]{{0,30}}\b{HEAT}\b"
        rf"|\b{HEAT} (?:\w+ )?(?:tune[ -]?up|maintenance|check[ -]?up|serviced)",
        "DUCT_CLEANING": r"duct cleaning|clean\w* (?:\w+ ){0,3}(?:air )?ducts?|ducts? (?:\w+ ){0,2}cleaned",
        "FILTER_SERVICE": r"(?:chang\w*|replac\w*|clean\w*|dirty|clogged) (?:\w+ ){0,3}filters?"
        r"|filters? (?:change|replaced)",
        "INSTALL_NEWCONSTRUCTION": r"new construction|building a (?:new )?(?:house|home)",
        "INSTALL_ADDON": r"mini[ -]?splits?|add\w* (?:on )?(?:a|another) (?:unit|zone|system)",
        "INSTALL_UPGRADE": r"upgrad\w+ (?:\w+ ){0,3}(?:unit|system|a\.?c|furnace|thermostat)",
        "DIAGNOSTIC_INTERMITTENT": r"on and off|intermittent\w*|comes and goes|every now and then|some of the time",
        "DIAGNOSTIC_PERFORMANCE": (
            r"(?:not|isn't|ain't|stopped|quit) (?:really |even )?(?:cooling|heating|keeping up)|(?:warm|hot"
            r"|lukewarm) air"
            r"|(?:doesn't|won't|can't) (?:cool|heat|keep up|get cold|get warm)\w*|blow\w* (?:warm|hot|cold)"
            r"|no enfr[ií]a"
        ),
        "DIAGNOSTIC_NOISE": (
            r"(?:loud|strange|weird|funny|odd|grinding|banging|squeal\w*|screech\w*|rattling|buzzing|humming|clicking"
            r"|knocking) (?:noise|sound)s?|mak\w+ (?:\w+ ){0,4}(?:noise|sound|racket)s?|noisy|being (?:\w+ )?loud"
        ),
        "DIAGNOSTIC_CYCLE": (
            r"short[ -]?cycl\w*|keeps? (?:turning|shutting|cycling|kicking|switching) (?:itself )?(?:on|off)"
            r"|shuts (?:itself )?off"
        ),
        "DIAGNOSTIC_AIRFLOW": (
            r"(?:no|low|weak|little|poor|less|not much) air ?flow|no air (?:is )?(?:coming|blowing)"
            r"|(?:barely|hardly) (?:\w+ )?(?:blowing|any air)"
        ),
        "DIAGNOSTIC_SMELL": rf"(?:musty|moldy|bad|weird|funny|strange|awful|foul) {SMELL}"
        r"|(?:smells|stinks) (?:\w+ )?(?:musty|moldy|bad|weird|funny|awful|foul)|dead (?:rat|mouse|animal|bird"
        r"|squirrel)",
        "DIAGNOSTIC_ENERGY": r"(?:electric\w*|energy|power|utility) bills?",
        "SECONDOPINION": r"second opinion",
        "WARRANTY_CLAIM": r"(?:under|still in) warranty|warranty (?:claim|work|repair)",
    },
    "REVENUE": {
        "FINANCING_REQ": r"financ(?:e|ing)|payment plans?|monthly payments?",
        "MULTI_PROPERTY": r"(?:several|multiple|two|three|four|other) (?:properties|houses|buildings|locations)",
        "SERVICE_PLAN": r"(?:service|maintenance) (?:plan|contract|agreement)s?",
        "IAQ_UPSELL": r"air purifiers?|air quality|humidifiers?|dehumidifiers?|u\.?v\.? lights?",
        "ZONING_INTEREST": r"zoning|zoned system|(?:separate|different) zones",
    },
    "RECOVERY": {
        "COMPLAINT_PRICE": r"over ?charged|rip(?:ped)?[ -]?off|too expensive|way too much",
        "COMPLAINT_SERVICE": (
            r"never (?:showed|came|called)|no[ -]show|didn't show up|unprofessional|(?:terrible|horrible|awful"
            r"|bad) service"
            r"|(?:was|were|so|very) rude"
        ),
        "COMPLAINT_NOFIX": (
            r"(?:came|been|were|was) (?:out|here)\b[^.?!]{0,60}\b(?:still|again|same problem)"
            r"|(?:you|they|he|guy|technician) (?:did not|didn't|never) (?:\w+ )?fix"
        ),
        "ESCALATION_REQ": r"(?:speak|talk)\w* (?:to|with) (?:a|the|your) (?:manager|supervisor|owner|boss)",
        "REVIEW_THREAT": r"(?:bad|negative|terrible|one[ -]star|1[ -]star) review|better business bureau|bbb",
        "LEGAL_MENTION": (
            r"(?:going to|gonna|will|i'll|could|should|want to) sue|lawsuit|legal action|small claims"
            r"|(?:my|our) (?:lawyer|attorney)|(?:get|call|hire|contact)\w* an? (?:lawyer|attorney)"
        ),
        "REFUND_REQ": r"refunds?|(?:my|our) money back",
        "COMPETITOR_MENTION": r"(?:another|a different|other) (?:a\.?c |hvac |heating |cooling )?compan(?:y|ies)",
        "LOST_CUSTOMER": r"never (?:call\w*|us\w+|hir\w+) you (?:guys |people )?again|(?:find|found"
        r"|going with) someone else",
    },
    "LOGISTICS": {
        "GATE_CODE": r"gate code|gated community|code (?:to|for) the gate",
        "ALARM_CODE": r"alarm code|code (?:to|for) the alarm",
        "PET_SECURE": r"(?:my|our|a|two|have|big|the) (?:\w+ )?(?:dogs?|cats?)\b(?! (?:in|stuck))",
        "PARKING_ISSUE": r"parking (?:is|spot|garage|lot|permit)|(?:nowhere|where) to park|park on the street",
        "ACCESS_RESTRICT": r"(?:nobody|no one|won't be|not) (?:is |will be )?home|key is under|locked (?:gate"
        r"|door|room)",
        "LADDER_ATTIC": r"(?:in|into|to) (?:the|my|our) attic|need a ladder",
        "ROOF_EQUIP": r"on the roof|roof ?top",
        "LOCKBOX": r"lock ?box",
        "TENANT_COORD": r"(?:my|our|the) tenants?",
        "LANDLORD_AUTH": r"(?:my|our|the) landlord",
        "UTILITY_SHUTOFF": r"(?:power|gas|electric\w*|water) (?:is|was|got|been) (?:shut|turned|cut) off",
        "SNOW_ICE": r"snow(?:ed|ing|y)?|(?:ice|icy) (?:on the )?(?:roads?|driveway|street|steps|sidewalk)",
        "MULTIUNIT_COORD": r"(?:several|multiple|all|two|three|four) (?:units|apartments)",
        "HOA_APPROVAL": r"h\.?o\.?a",
        "PERMIT_REQ": r"(?:building|city|need a|get a|pull a) permit",
        "PARTS_DELAY": r"wait\w* (?:for|on) (?:\w+ ){0,2}parts?|parts? (?:is|was|are"
        r"|were) (?:on )?(?:back ?)?order\w*",
    },
    "CUSTOMER": {
        "NEW_CUSTOMER": r"first time call\w*|never (?:used|called) you|new customer",
        "EXISTING_CUSTOMER": r"(?:been|am|i'm|we're) an? (?:\w+ )?customer|you (?:guys )?(?:installed|came out"
        r"|serviced)",
        "REFERRAL": r"(?:neighbor|friend|coworker|brother|sister|family) (?:\w+ )?(?:referred|recommended"
        r"|told me about)"
        r"|(?:referred|recommended) by",
        "OWNER_OCCUPIED": r"i own (?:the|my|this) (?:house|home|condo)|home ?owner",
        "RENTAL_PROPERTY": r"rental (?:property|house|unit|home)|(?:i'm|i am|we're) (?:a )?(?:tenants?|renters?"
        r"|renting)",
        "PROPERTY_MANAGER": r"property manage(?:r|ment)|i manage (?:the|a|some|several)",
        "DECISION_MAKER": r"i (?:make|am making) the (?:\w+ )?decisions?|i'm the (?:home ?owner|owner)",
        "NEEDS_APPROVAL": (
            r"(?:ask|check with|talk to|run it by) (?:my|the|our) (?:wife|husband|spouse|partner|landlord|boss"
            r"|owner|board)"
        ),
        "AGENT_PROXY": r"calling (?:for|on behalf of) my (?:\w+)|on behalf of",
        "WARRANTY_CUSTOMER": r"(?:home|extended|manufacturer'?s?) warranty",
        "REPEAT_CALLER": r"(?:called|calling) (?:\w+ ){0,2}(?:before|earlier|already|yesterday|again|twice)"
        r"|second time",
    },
    "NON_CUSTOMER": {
        "SPAM_TELEMARKETING": r"google (?:business )?listing|business (?:loan|funding)|merchant (?:services|account)",
        "PARTS_SUPPLIER": r"(?:parts supplier|supply house|calling from \w+ supply)",
        "INSPECTOR_CALL": r"(?:city|county|building|code) inspector",
        "UTILITY_COMPANY": r"calling from (?:the )?(?:\w+ )?(?:utility|energy|electric) company"
        r"|calling from austin energy",
        "MANUFACTURER_REP": r"manufacturer'?s? rep\w*",
        "INSURANCE_CLAIM": r"insurance adjuster",
        "REALTOR_INQUIRY": r"(?:i'm|i am|this is) (?:a|the|your) (?:realtor|real estate agent)",
        "MEDIA_PRESS": r"(?:news ?paper|reporter|journalist)",
    },
    "CONTEXT": {
        "ELDERLY_OCCUPANT": r"elderly|grand(?:mother|father|ma|pa)|(?:eighty|ninety|8\d"
        r"|9\d)[ -](?:\w+[ -])?years?[ -]old",
        "INFANT_NEWBORN": r"newborn|infant|(?:my|our|a|have|new) baby|(?:month|week)s?[ -]old (?:baby|son|daughter)",
        "MEDICAL_NEED": r"oxygen|dialysis|medical (?:condition|equipment|reasons?|issue)|asthma|copd|pregnant"
        r"|disabled|chemo",
        "EXTREME_WEATHER": r"heat ?wave|(?:over|above|hits?) (?:a )?(?:hundred|1\d\d)(?: degrees)?"
        r"|below freezing|ice storm",
        "POST_STORM": r"(?:after|since|during|from) (?:the|that|last night's) (?:\w+ )?(?:storm|hail|tornado"
        r"|hurricane)|lightning",
        "POWER_OUTAGE": r"power (?:outage|surge|went out|is out|was out)|lost power|blackout",
        "RECENT_INSTALL": (
            r"(?:just|recently|newly) (?:\w+ )?(?:installed|put in)|installed (?:last|this) (?:week|month|year)"
            r"|brand new"
        ),
    },
}

# The first that matches is the one.
DURATIONS = {
    "DURATION_ONGOING": r"(?:for|past|last|couple of|few|\w+) (?:weeks|months)|for a while|all (?:summer|winter"
    r"|year|season)",
    "DURATION_RECENT": (
        r"(?:two|three|four|five|six|[2-6]|couple of|couple|few) days|since (?:yesterday|mon|tues|wednes|thurs"
        r"|fri|satur|sun)"
        r"|(?:started|stopped|quit|broke|died|went out|happened) (?:\w+ ){0,3}yesterday"
    ),
    "DURATION_ACUTE": (
        r"(?:started|stopped|quit|broke|died|went out|happened|began)[^.?!]{0,25}(?:today|this morning"
        r"|last night|tonight"
        r"|this afternoon)|since (?:this morning|last night)|hours? ago|just (?:started|stopped|quit|died|broke"
        r"|went out)"
    ),
}

# First match wins (conversation.md 7). "Dead" is the unit, not the rat in the vent (R74).
REVENUE_SIGNALS: dict[RevenueTier, dict[str, str]] = {
    "replacement": {
        "R-22 or freon": r"r[ -]?(?:22|twenty[ -]two)|freon",
        "wants a new system": (
            r"(?:want|wants|need|get|buy|looking (?:for|at)|interested in|quote|estimate|price|thinking about"
            r"|install)"
            r"(?:ing)? (?:\w+ ){0,4}new (?:\w+ )?(?:unit|system|a\.?c|air conditioner|furnace|heat pump|hvac)"
            r"|replac\w+ (?:the|my|our) (?:whole|entire|old) (?:\w+ )?(?:unit|system|a\.?c|air conditioner"
            r"|furnace|heat pump)"
        ),
    },
    "major_repair": {
        "compressor": r"compressor",
        "heat exchanger": r"heat exchanger",
        "coil": r"(?:evaporator |condenser )?coils?",
        "dead unit": rf"{UNIT}(?:'s| is| went| was)? (?:\w+ )?dead\b(?! (?:rat|mouse|animal|bird|squirrel|batter))",
        "burning": rf"burning (?:smell|odou?r|plastic|wires?|rubber)|{SMELL} (?:\w+ ){{0,4}}{BURNING}",
    },
    "standard_repair": {
        "motor": r"motors?",
        "fan": r"fans?",
        "capacitor": r"capacitors?",
        "leak": r"leak\w*",
        "ducts": r"ducts?|duct ?work",
    },
    "minor": {
        "tune-up": r"tune[ -]?up|maintenance|check[ -]?up",
        "filter": r"filters?",
        "thermostat": r"thermostats?",
        "odd noise": r"nois(?:e|es|y)|(?:odd|weird|strange|funny) sounds?",
    },
}

FRUSTRATION = (
    r"frustrat\w+|ridiculous|unacceptable|furious|angry|pissed|upset|fed up|sick of|sick and tired|worst"
    r"|terrible|horrible"
    r"|(?:damn|dammit|hell|shit|bullshit|fuck\w*|crap)|waste of (?:time|money)|rip(?:ped)?[ -]?off|scam|disappointed"
    r"|(?:not|n't) (?:\w+ )?happy"
)
PLEASED = r"great|perfect|awesome|wonderful|excellent|fantastic|appreciate\w*|lovely|amazing|so much|very helpful"
VENDOR_WORDS = (
    r"vendor|supplier|wholesale|marketing|seo|advertis\w+|leads?|software|promot\w+|our (?:product|services?"
    r"|platform)"
    r"|partnership|sales rep\w*|free (?:trial|demo)|sponsor\w*"
)
COMMERCIAL = (
    r"(?:my|our|the|an?) (?:\w+ )?(?:office|restaurant|store|shop|warehouse|business|church|school|clinic|salon"
    r"|gym|hotel"
    r"|bar|cafe|building)|commercial|tenants? space|rooftop unit|server room"
)
HOUSE = r"(?:my|our|the|a|whole|this) (?:\w+ )?(?:house|home)|upstairs|downstairs|bedroom|living room|garage"
