"""A person in danger (L8): unconscious, collapsed, not breathing, heat stroke, chest pain, a shock.

What such a clause says counts by its owner (a deck collapses too), its polarity ("nobody fainted"), its modality ("I
about passed out when I saw the bill") and its time. Said of now it is PRESENT; hedged, feared, near or come through it
is asked about. English and Spanish; takes the turn's plain text.
"""

import re

from understanding.facts import Hazard
from understanding.text.clauses import Clause, Reach, cut, reach, word_at
from understanding.text.lexicon import CLASSES
from understanding.text.parts import EARLIER, IS, LONG_AGO
from understanding.text.plain import phrase, said

_PEOPLE = CLASSES["relative"] | frozenset(
    "i we he she they someone somebody everyone everybody mum momma daddy child children baby babies infant toddler boy"
    " girl newborn granny nana guest coworker employee worker tech technician guy man woman lady person patient"
    " resident student customer friend el ella mi abuela abuelo bebe hermano hermana".split()
)
_THINGS = frozenset(
    "it unit units ac air heater furnace system thermostat fan compressor motor deck ceiling roof duct ducts ductwork"
    " attic wall floor pipe line coil blower pump tank app website company office phone you breaker porch fence shed"
    " tree door stand pad business economy plan aire termostato unidad sistema calefaccion calentador flame".split()
)
# What only happens to a body, whoever is named.
_OF_A_BODY = phrase(
    r"pass(?:ed|es|ing)? out|(?:to|might|could|may) faint|faint(?:ed|s|ing)|unconscious|not conscious"
    r"|lost consciousness|(?:not|stopped|quit|barely|hardly) breathing|can (?:not|hardly"
    r"|barely) (?:\w+ )?breathe(?! (?:easy|easier|a sigh|again))|could (?:not|hardly|barely) breathe|(?:trouble"
    r"|difficulty|problems?|struggl\w+|hard) (?:\w+ )?(?:to )?breath(?:e|ing)|short(?:ness)? of breath|out of breath"
    r"|gasping|(?:(?:my|our) )?(?:lips|finger\w*) (?:(?!not )\w+ ){1,4}?(?:blu|purpl|gr[ae]y)\w*|(?:heat|sun) ?stroke"
    rf"|chest pains?|(?:pain|tight)\w* in (?:my|his|her|the|their) chest|chest {IS}*(?:hurt|tight|pound)\w*"
    r"|ha(?:ving|d|s|ve) (?:a |another )?(?:heart attack|stroke|seizure|convulsions?)(?! (?:of|disorder|condition))"
    r"|seizures?(?! (?:disorder|condition|med\w*))|seizing|out cold|heat exhaustion|labios (?:\w+ )?(?:azul|morad)\w*",
    r"(?:se (?:\w+ )?)?desmay\w+|inconsciente|no (?:puede |puedo |esta |pueden )*respira\w*|no (?:se )?despierta"
    r"|golpe de calor|(?:dolor (?:de|en el)|duele el) pecho|convuls\w+|electrocut\w+|infarto|ataque al corazon",
)
# What things do as well: only if a person is who it is said of.
_OF_A_PERSON = phrase(
    r"collaps(?:ed|es|ing)|black(?:ed|s|ing) out|unresponsive|(?:not|stopped) respon(?:ding|sive)(?! to)|(?:will|would"
    r"|do|does|can) not (?:wake|get|come) up(?! (?:on|onto|to|into|there|here|the|in|a|that|with|past|above|before"
    r"|early)(?!\S))|(?:can|could) not (?:wake|get) (?:her|him|them|my \w+)(?: up)?|(?:is|are|gone|went|acting)"
    r" (?:\w+ )?limp"
    r"|f[ae]ll(?:en|ing)? (?:down|over|out)|(?:on|hit) the (?:kitchen |bathroom |bedroom |garage )?floor"
    r"|face ?down (?:on|in)|thr[eo]w(?:ing|s)? up|vomit\w*|not (?:talking|making) (?:right|any sense|sense)|slurr\w+"
    r"|(?:got|gets|getting|feels?|feeling|felt|is|am) (?:\w+ )?(?:faint|dizzy|light ?headed|woozy)|no (?:reacciona"
    r"|responde)|se (?:cayo|colapso)|(?<!light )turn(?:ing|ed) blue"
)
_SHOCK = phrase(
    r"(?:got|gotten|was|were|been|getting|gets?) (?:\w+ ){0,2}?(?:shock|shocked|zapped)|shock(?:ed|s|ing) (?:me|him"
    r"|her|us|my \w+)|(?:gave|gives|giving) (?:me|him|her|us) a (?:\w+ )?(?:shock|jolt)|(?:le|me) dio (?:un "
    r"|una )?(?:toque|descarga)"
)
_MONEY = r"(?:bills?|price\w*|cost\w*|quot\w+|estimate|amount)"
_SURPRISE = phrase(
    r"shock(?:ed)? (?:at|to|that|how|when|about|because)|static|sticker|shock(?:ed)? by (?:the|your|how"
    rf"|that) (?:\w+ )?{_MONEY}"
)
_INJURED = phrase(r"just|numb|arm|hand|heart|chest|knocked|thrown|burn(?:ed|t|s)?|tingling|right now|ahora|acaba")
_NEAR = phrase(  # Or it is a pet's
    r"about|almost|nearly|practically|basically|going to|will|would|could|might|may|if|before|until|unless|thought"
    r"|like|feels?|afraid|worr\w+|scared|risk|avoid|prevent|want|casi|antes|miedo|dogs?|cats?|pets?|puppy|kitten|bird"
    r"|hamster|perro|gato"
)
_FIGURE = phrase(
    rf"{_MONEY}|invoice|dollars?|grand|thousand|laugh\w*|money|charge\w*|business|sales?|factura|recibo|precio|(?:told"
    r"|showed|gave|said|quoted|heard|saw) (?:(?:me|us|him|her) )?(?:what|how much) (?:\w+ ){0,3}?(?:want\w*|charg\w*"
    r"|ask\w*|would be|runs?|ran)"
)
_SLEPT = phrase(r"early|drunk|asleep|in bed|tired|exhausted|on (?:the|my) couch|running around|stairs")
_SOFT = phrase(
    r"asthma\w*|copd|emphysema|allerg\w+|lungs?|condition|in this (?:heat|cold|house)|at night|whenever|dust\w*"
    r"|mold\w*|pollen|humid\w*|stuffy|sometimes|asma"
)
_LONG_AGO = phrase(
    LONG_AGO,
    r"last time|(?:in|last|back in) (?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december)|used to|as a (?:kid|child)",
)
_EARLIER = phrase(rf"(?<!since ){EARLIER}|once")
_CAME_THROUGH = phrase(
    r"(?:he|she|i|mom|mother|dad|husband|wife|son|daughter|baby) (?:is |am |feels? |feeling |doing |looks "
    r"|seems )+(?:\w+ )?(?:okay|ok|fine|better|alright|good|awake|stable|resting)|came (?:to|around)|woke (?:back )?up"
    r"|(?:at|in|to|from) the (?:hospital|er|emergency room)|(?:lying|laying|sitting) down|ya (?:esta"
    r"|se siente) (?:bien|mejor)",
)
_MINOR = re.compile(
    r"f[ea]ll\w* (?:down|over|out)|(?:on|hit) the floor|thr[eo]w\w* up|vomit\w*|out of breath|.*(?:faint|dizzy|headed"
    r"|woozy)|(?:my|our) (?:lips|finger).*"
)
_CLIMBED = phrase(
    r"(?:the |those |these |my |our |any |them )?(?:\w+ )?(?:stairs?|steps|staircase|ladder|roof|attic|hill|driveway)"
)
_WHOSE_BODY = re.compile(r"(?<!\S)(?:my|his|her|their) (?:\w+ )?$")  # "Touched the unit, and now his chest hurts"


def person_in_danger(text: str) -> Hazard:
    """What the plain `text` says of a person in danger: PRESENT, POSSIBLE or NONE."""
    clauses = cut(text)
    found = {_clause(clauses, i, text) for i in range(len(clauses))}
    return next((hazard for hazard in (Hazard.PRESENT, Hazard.POSSIBLE) if hazard in found), Hazard.NONE)


def _clause(clauses: list[Clause], i: int, text: str) -> Hazard:
    words = clauses[i].text
    of_a_body = _OF_A_BODY.search(words)
    shock = None
    if not (happened := of_a_body or _OF_A_PERSON.search(words)):
        happened = shock = None if said(_SURPRISE, words) else _SHOCK.search(words)
    if happened is None or reach(clauses[i].words, word_at(words, happened)) is Reach.DENIES:
        return Hazard.NONE
    before = words[: happened.start()]
    owner = _owner(clauses[:i], before)
    if not of_a_body and not shock and owner not in _PEOPLE:
        return Hazard.NONE
    after = clauses[i + 1].text if i + 1 < len(clauses) else ""
    if any(said(each, f"{words} {after}") for each in (_LONG_AGO, _FIGURE)):
        return Hazard.NONE
    if happened.end() == len(words) and words.endswith(" up") and _CLIMBED.fullmatch(after):
        return Hazard.NONE
    slept = said(_SLEPT, words)
    if slept and re.search(r"(?<!\S)i (?:\w+ ){0,2}$", before):
        return Hazard.NONE
    hedged = said(_NEAR, before) or said(_SOFT, words) or said(_EARLIER, words)
    open_ = slept or hedged or clauses[i].asks or (owner in _THINGS and not _WHOSE_BODY.search(before))
    unhurt = shock is not None and not said(_INJURED, text)
    minor = _MINOR.fullmatch(happened[0]) is not None
    return Hazard.POSSIBLE if open_ or unhurt or minor or _came_through(text) else Hazard.PRESENT


def _owner(earlier: list[Clause], before: str) -> str:
    """The last person or thing that is named before, in the clause or in an `earlier` one; empty if none is."""
    words = [word for clause in earlier for word in clause.words] + before.split()
    return next((word for word in reversed(words) if word in _PEOPLE or word in _THINGS), "")


def _came_through(text: str) -> bool:
    found = _CAME_THROUGH.search(text)
    return found is not None and "not" not in found[0].split()
