"""What may not be said at all, as data: advice, promises, prices and diagnoses that nobody has agreed to give.

No session makes these true, or only the caller's own words do. Danger is the fixed lines' and 911's, the fault is the
technician's to find, and of prices there is one: the fee (conversation.md 4). Numbers are judged in judge.py.
"""

import re

from conversation.guard.claims import IN_CLAUSE, WILL, Rule

_SPAN = (
    r"(?:\d+|an?|one|two|three|four|five|six|ten|fifteen|twenty|thirty|forty|forty five|sixty|half an|few|couple of"
    r"|the next|next|the)"
)
_UNITS_OF_TIME = r"(?:minutes?|mins?|hours?|days?|weeks?)"
_DEVICE = (
    r"(?:breakers?|gas|valves?|pilot|windows?|thermostat|filters?|furnace|unit|system|power|electricity"
    r"|lights?|coils?|drain|panel|switch)"
)

ADVICE_AND_PROMISES = (
    Rule(
        "unsafe advice",
        r"(?:it's|it is|you're|you are|that's|should be|perfectly|totally|is) (?:perfectly |totally )?safe"
        r"|(?:not|isn't|nothing|doesn't sound) (?:dangerous|serious|major|to worry about)|no big deal"
        r"|no (?:need to (?:leave|worry|call)|danger)|don't worry about"
        r"|(?:don't|do not) (?:have|need) to (?:call (?:911|the|anyone)|leave|evacuate|worry)"
        rf"|(?:try|make sure|please|you (?:can|could|should|might)|you may want to|go ahead and|just"
        rf"|start by)\b{IN_CLAUSE}{{0,12}}"
        rf"\b(?:turn|reset|switch|flip|check|open|shut|replac|clean|pour|unplug|light|relight|clos|adjust|chang"
        rf"|remov)\w*"
        rf"{IN_CLAUSE}{{0,15}}\b{_DEVICE}"
        rf"|^(?:open|turn|reset|flip|check|switch|shut|unplug|relight|clean|replace|close) {IN_CLAUSE}*\b{_DEVICE}"
        r"|(?:turn|shut|switch)(?:ing)? (?:it|everything|the \w+|your \w+|that) (?:off|on|down)|(?:turn|shut"
        r"|switch) off the|(?:leave|keep) (?:it|the \w+|your \w+) (?:off|on|running)|don't (?:use|run) (?:it|the|your)"
        r"|(?:gas|utility|power) company|have you (?:tried|checked|reset)|resetting (?:it|the|your)|in the meantime,?"
        r"|(?:alerted|called|contacted|notified) (?:the )?(?:fire|police|911|emergency"
        r"|ambulance)|no hay peligro|no es peligroso|(?:abra|cierre|apague|encienda|prenda|revise|reinicie"
        r"|puede (?:abrir|cerrar|apagar)) (?:el|la|las|los|su|una?)",
        offers_pass=False,
    ),
    Rule(
        "promise",
        r"guarantee\w*|i promise|we promise|100 percent|a hundred percent|for sure|rest assured|24/7|around the clock"
        r"|same[- ]day|no later than|in a (?:jiffy|flash|bit|while|moment|minute)|(?:quick|easy|simple) (?:fix|repair)"
        rf"|within (?:the )?(?:{_SPAN} ?){{0,3}}{_UNITS_OF_TIME}"
        r"|(?<!ago )in (?:about |just |under |less than |as little as )?"
        rf"(?:{_SPAN} ?){{1,3}}(?:to \w+ )?{_UNITS_OF_TIME}|(?:takes?|lasts?|be) (?:only |about |just |around )?"
        rf"(?:{_SPAN} ?){{1,3}}(?:to \w+ )?{_UNITS_OF_TIME}(?! ahead| before)|(?:won't|not|doesn't) take long"
        rf"|{WILL}{IN_CLAUSE}*\b(?:right away|immediately|shortly|right now|momentarily|in no time|first thing"
        r"|soon(?! as)|quickly)"
        r"|(?:be there|out there|come|out to you|help you) (?:right away|immediately|right now|in no time)"
        rf"|{WILL} (?:definitely |certainly |be able to )?(?:fix|solve|repair|resolve|have (?:it|that|you"
        rf"|your)|get (?:it|that|your \w+)"
        r" (?:fixed|running|working|cooling|sorted|resolved))|will be (?:fixed|repaired|resolved|solved)"
        r"|licensed|insured|certified|background[- ]checked|family[- ]owned|years of experience|best in|top[- ]rated"
        r"|award[- ]winning|highly (?:trained|skilled|rated)|garantiz\w+|enseguida|dentro de"
        r"|en (?:una|dos|tres|media|\d+) (?:hora|minuto|día)s?",
        offers_pass=False,
    ),
    Rule(
        "not a price of ours",
        r"no (?:extra |additional )?(?:charge|cost|fee)s?|free of charge|for free"
        r"|free (?:\w+ )?(?:estimate|visit|quote|inspection|service|diagnos\w+)|it's free|complimentary|discount\w*"
        r"|\w+ percent|percent off|waive\w*|on the house|covered (?:by|under)|(?:is|are|it's|that's"
        r"|be) (?:fully )?covered|under warranty|financing|gratis|(?<!\d )dólares|sin costo|descuento\w*"
        r"|(?:dollars?|\$\d+) (?:an|per|each|a) \w+|hourly|per hour|plus (?:tax|parts|labor)|parts and labor"
        r"|includ\w+ (?:tax|parts|labor|the repair)|refund\w*|(?:dollars|money|fee) back"
        r"|(?:emergency|weekend|after[- ]hours|holiday|trip|overtime|travel) (?:fee|rate|charge|surcharge|price)s?"
        r"|surcharge\w*|extra (?:fee|charge|cost)s?|costs? (?:extra|more|double|nothing)|(?:it's|that's) (?:more|less"
        r"|extra|higher)"
        r"|(?:fee|price|dollars|visit) (?:covers|includes?)|cheap\w*|affordable|competitive"
        r"|(?:lowest|best|fair|good|match any|match their) prices?"
        r"|repairs? (?:is|are|costs?|runs?|will be|would be|will cost|starts? at)"
        r"(?! (?:quoted|up to|not|something))",
        unless=lambda s: "?" in s.text and bool(re.match(r"(?:and |so |okay,? )?(?:is|are|do|does|was)\b", s.lower)),
        offers_pass=False,
    ),
    Rule(
        "a diagnosis",
        r"(?:usually|typically|often|probably|likely) (?:means?|(?:just |simply |only )?(?:an? |the |your |due|caused"
        r"|needs?|happens))|(?:it|that|unit|system|ac|furnace|heater|smell|noise)(?: (?:may|might|could) be"
        r"|'s (?:probably"
        r"|likely|most likely))(?! (?:frustrat|uncomfort|annoy|stress|hard|tough|scary|a lot|difficult))"
        r"|(?:is|are|\w+'s) (?:probably|likely|most likely)|(?:is|'s|are|pretty|quite|very|totally|perfectly"
        r"|a) (?:\w+ )?(?:normal|common|typical)|older units"
        r"|(?:a )?sign of|caused by|due to|(?:the (?:cause|culprit)|what's wrong) is"
        r"|low on (?:charge|gas|coolant)|need(?:s)? (?:to be |an? |some )?(?:recharg\w*|replac\w+)"
        r"|(?:you|it|unit|system)(?:'ll| will| may| might)? needs? (?:an? )?new",
        unless=lambda s: re.search(r"\b(?:new|replac\w+|recharg\w*)\b", s.caller) is not None,
    ),
)
