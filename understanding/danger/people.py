"""A person in danger (L8): unconscious, collapsed, not breathing, heat stroke, chest pain, a shock.

What such a clause says counts by its owner (a deck collapses too), its polarity ("nobody fainted"), its modality ("I
about passed out when I saw the bill") and its time. Said of now it is PRESENT; hedged, feared, near or come through it
is asked about. English and Spanish; takes the turn's plain text.
"""

import re

from understanding.facts import Hazard
from understanding.text.clauses import Clause, Reach, cut, reach
from understanding.text.plain import phrase, said

_PEOPLE = frozenset(
    "i we he she they someone somebody everyone everybody mother mom mama mum momma dad daddy father papa husband wife"
    " son daughter kid kids child children baby infant toddler boy girl newborn grandma grandmother granny nana grandpa"
    " grandfather neighbor tenant tenants roommate guest coworker employee worker tech technician guy man woman lady"
    " person patient resident student customer friend boyfriend girlfriend fiance sister brother aunt uncle cousin"
    " niece nephew partner el ella mi esposo esposa hijo hija abuela abuelo bebe hermano hermana".split()
)
_THINGS = frozenset(
    "it unit units ac air heater furnace system thermostat fan compressor motor deck ceiling roof duct ducts ductwork"
    " attic wall floor pipe line coil blower pump tank app website company office phone you breaker porch fence shed"
    " tree door stand pad business economy plan aire termostato unidad sistema calefaccion calentador".split()
)
# What only happens to a body, whoever is named.
_OF_A_BODY = phrase(
    r"pass(?:ed|es|ing)? out|faint(?:ed|s|ing)|(?:to|might|could|may) faint"
    r"|unconscious|not conscious|lost consciousness"
    r"|(?:not|stopped|quit|barely|hardly) breathing|(?:can|could) (?:not|hardly|barely)"
    r" (?:\w+ )?breathe(?! (?:easy|easier|a sigh|again))"
    r"|(?:trouble|difficulty|problems?|struggl\w+|hard time|hard) (?:\w+ )?(?:to )?breath(?:e|ing)"
    r"|short(?:ness)? of breath|out of breath|gasping|turning blue|turned blue|(?:heat|sun) ?stroke|heat exhaustion"
    r"|chest pains?|pains? in (?:my|his|her|the|their) chest|tight(?:ness)? in (?:my|his|her|the) chest"
    r"|chest (?:is |has been |really |feels |keeps )*(?:hurts?|hurting|tight|pounding|tightness)"
    r"|ha(?:ving|d|s|ve) (?:a |another )?(?:heart attack|stroke|seizure|convulsions?)(?! (?:of|disorder|condition))"
    r"|seizures?(?! (?:disorder|condition|med\w*))|seizing|convulsing"
    r"|electrocuted|out cold",
    r"se (?:\w+ )?desmay\w+|desmayad[oa]s?|inconsciente|no (?:puede |puedo |esta |pueden )*respira\w*(?: bien)?"
    r"|no (?:se )?despierta|golpe de calor|(?:dolor (?:de|en el)|duele el) pecho|convuls\w+|electrocut\w+|infarto"
    r"|ataque al corazon",
)
# What things do as well: only if a person is who it is said of.
_OF_A_PERSON = phrase(
    r"collaps(?:ed|es|ing)|black(?:ed|s|ing) out"
    r"|unresponsive|(?:not|stopped) respon(?:ding|sive)(?! to)|(?:will|would|do|does|can) not"
    r" (?:wake|get|come) up(?! (?:on|onto|to|into|there|here|the|in|a|that|with|past|above|before|early)(?!\S))"
    r"|(?:can|could) not (?:wake|get) (?:her|him|them|my \w+)(?: up)?|(?:is|are|gone|went) limp"
    r"|(?:fell|fallen|falling) (?:down|over|out)|(?:on|hit) the (?:kitchen |bathroom |bedroom |garage )?floor"
    r"|face ?down (?:on|in)"
    r"|(?:threw|throwing|throws) up|vomit\w*|not (?:talking|making) (?:right|any sense|sense)"
    r"|slurr\w+"
    r"|(?:got|gets|getting|feels?|feeling|felt|is|am) (?:\w+ )?(?:faint|dizzy|light ?headed|woozy)"
    r"|no reacciona|no responde|se (?:cayo|colapso)"
)
_SHOCK = phrase(
    r"(?:got|gotten|was|were|been|getting|gets|get) (?:\w+ ){0,2}?(?:shock|shocked|zapped)"
    r"|shock(?:ed|s|ing) (?:me|him|her|us|my \w+)|(?:gave|gives|giving) (?:me|him|her|us) a (?:\w+ )?(?:shock|jolt)"
    r"|(?:le|me) dio (?:un |una )?(?:toque|descarga)"
)
_SURPRISE = phrase(
    r"(?:shock|shocked) (?:at|to|that|how|when|about|because)|static|sticker|(?:shocked|shock) by (?:the|your|how|that)"
    r" (?:\w+ )?(?:bill|price|cost|quote|estimate|amount)"
)
_INJURED = phrase(r"just|numb|arm|hand|heart|chest|knocked|thrown|burn(?:ed|t|s)?|tingling|right now|ahora|acaba")
_NEAR = phrase(
    r"about|almost|nearly|practically|basically|going to|gonna|will|would|could|might|may|if|before|until|unless"
    r"|thought|like|feels?|afraid|worr\w+|scared|risk|avoid|prevent|want|casi|antes|miedo"
)
_FIGURE = phrase(
    r"bills?|price\w*|quot\w+|estimate|cost\w*|invoice|dollars?|grand|thousand|laugh\w*|money"
    r"|charge\w*|business|sales?|factura|recibo|precio|(?:told|showed|gave|said|quoted|heard|saw) (?:(?:me|us|him"
    r"|her) )?"
    r"(?:what|how much) (?:\w+ ){0,3}?(?:want\w*|cost\w*|charg\w*|ask\w*|would be|run|runs|ran)"
)
_SLEPT = phrase(r"early|drunk|asleep|in bed|tired|exhausted|on (?:the|my) couch|running around|stairs")
_SOFT = phrase(
    r"asthma\w*|copd|emphysema|allerg\w+|lungs?|condition|in this (?:heat|cold|house)|at night|whenever|dust\w*|mold\w*"
    r"|pollen|humid\w*|stuffy|sometimes|asma"
)
_LONG_AGO = phrase(
    r"last (?:year|summer|winter|month|fall|spring|time|week)|(?:\w+ )?(?:years?|months?|weeks?) (?:ago|back)"
    r"|(?:back )?in (?:19|20)\d\d|(?:in|last|back in) (?:january|february|march|april|may|june|july|august|september"
    r"|october|november|december)|used to|when i was|as a (?:kid|child)|hace (?:\w+ )?(?:anos?|mes(?:es)?|semanas?)"
    r"|el (?:ano|verano|mes) pasado|years old"
)
_EARLIER = phrase(
    r"(?<!since )(?:yesterday|last night|this morning|the other (?:day|night)|earlier)"
    r"|(?:\w+ )?(?:days?|hours?) (?:ago|back)|once|ayer|anoche|esta manana|hace (?:\w+ )?(?:horas?|dias?|rato)"
)
_CAME_THROUGH = phrase(
    r"(?:he|she|i|mom|mother|dad|husband|wife|son|daughter|baby) (?:is |am |feels? |feeling |doing |looks |seems )+"
    r"(?:\w+ )?(?:okay|ok|fine|better|alright|good|awake|stable|resting)|came to|came around|woke (?:back )?up"
    r"|(?:at|in|to|from) the (?:hospital|er|emergency room)|(?:lying|laying|sitting) down|ya (?:esta|se siente) (?:bien"
    r"|mejor)",
)
_MINOR = re.compile(
    r"f[ea]ll\w* (?:down|over|out)|(?:on|hit) the floor|thr[eo]w\w* up|vomit\w*|out of breath"
    r"|.*(?:faint|dizzy|headed|woozy)"
)
_CLIMBED = phrase(
    r"(?:the |those |these |my |our |any |them )?(?:\w+ )?(?:stairs?|steps|staircase|ladder|roof|attic|hill|driveway)"
)
_WHOSE_BODY = re.compile(r"(?<!\S)(?:my|his|her|their) (?:\w+ )?$")  # "Touched the unit, and now his chest hurts"
_PETS = phrase(r"dogs?|cats?|pets?|puppy|kitten|bird|hamster|perro|gato")


def person_in_danger(text: str) -> Hazard:
    """What the plain `text` says of a person in danger: PRESENT, POSSIBLE or NONE."""
    clauses = cut(text)
    found = {_clause(clauses, i, text) for i in range(len(clauses))}
    return next((hazard for hazard in (Hazard.PRESENT, Hazard.POSSIBLE) if hazard in found), Hazard.NONE)


def _clause(clauses: list[Clause], i: int, text: str) -> Hazard:
    words = clauses[i].text
    of_a_body = _OF_A_BODY.search(words)
    match = of_a_body or _OF_A_PERSON.search(words)
    owner = _owner(clauses, i, match.start()) if match else ""
    if match and not of_a_body and owner not in _PEOPLE:
        return Hazard.NONE
    shock = None if match else _SHOCK.search(words)
    if shock and said(_SURPRISE, words):
        return Hazard.NONE
    happened = match or shock
    if happened is None or reach(clauses[i].words, words.count(" ", 0, happened.start())) is Reach.DENIES:
        return Hazard.NONE
    nearby = f"{words} {clauses[i + 1].text if i + 1 < len(clauses) else ''}"
    if said(_LONG_AGO, nearby) or said(_FIGURE, nearby):
        return Hazard.NONE
    after = clauses[i + 1].text if i + 1 < len(clauses) else ""
    if happened.end() == len(words) and words.endswith(" up") and _CLIMBED.fullmatch(after):
        return Hazard.NONE
    before = words[: happened.start()]
    slept = said(_SLEPT, words)
    if slept and re.search(r"(?<!\S)i (?:\w+ ){0,2}$", before):
        return Hazard.NONE
    hedged = said(_NEAR, before) or said(_PETS, before) or said(_SOFT, words) or said(_EARLIER, words)
    open_ = slept or hedged or clauses[i].asks or (owner in _THINGS and not _WHOSE_BODY.search(before))
    unhurt = shock is not None and not said(_INJURED, text)
    minor = _MINOR.fullmatch(happened[0]) is not None
    return Hazard.POSSIBLE if open_ or unhurt or minor or _came_through(text) else Hazard.PRESENT


def _owner(clauses: list[Clause], i: int, start: int) -> str:
    """The last person or thing that is named before the words at `start` of clause `i`; empty if none is."""
    earlier = (word for clause in reversed(clauses[:i]) for word in reversed(clause.words))
    named = (*reversed(clauses[i].text[:start].split()), *earlier)
    return next((word for word in named if word in _PEOPLE or word in _THINGS), "")


def _came_through(text: str) -> bool:
    found = _CAME_THROUGH.search(text)
    return found is not None and "not" not in found[0].split()
