"""How people feel: what may be carbon monoxide before any alarm, or without one.

Several who are ill, or one whenever the system runs, is asked about and makes the visit urgent; in answer to the safety
question a symptom is never a no. Takes plain text.
"""

from understanding.text.clauses import Reach, cut, reach, word_at
from understanding.text.plain import phrase, said

_ILL = r"(?:dizzy|light ?headed|nause\w+|woozy|drowsy|sleepy(?! hollow)|faint|sick(?! (?:of|and tired|to death)(?!\S)))"
SYMPTOMS = phrase(
    r"(?:feel|feeling|feels|felt|getting|got|gets|mak(?:es?|ing)|made|everyone is|everybody is|we are(?: all)?"
    r"|kids are|i am|all|both|family is|wife is|husband is|really|so) (?:(?!not )\w+ ){0,3}?" + _ILL,
    r"dizz\w+|light ?headed|nauseous|nauseated|woozy|headaches?|head hurts"
    r"|head (?:is|has|feels|keeps)(?: (?:been|really|just))* (?:pound|hurt|kill|split|throb|spin|swim)\w*"
    r"|eyes? (?:is|are) (?:burning|watering|stinging)|burning (?:my|our) (?:eyes|throat|nose)"
    r"|passed out|passing out|throwing up|drowsy|groggy|(?:i|we|s?he|they|every(?:one|body)|both|kids|mom|wife|husband)"
    r" (?:(?:am|are|is|have|has|been|all|both|just) )*f(?:eel\w*|elt) (?:(?:so|real|really|very|all|tired|and) )*weak",
    r"(?:(?:tienen?|tenemos|estan?|estamos|con|les?|nos) )*(?:mareos?|marea(?:n|d[oa]s?)?|vomit(?:os?|ando)|nauseas?"
    r"|duelen? (?:\w+ ){0,3}?cabeza|(?<!es un )(?<!sido un )dolor(?:es)? (?:\w+ )?de (?:la )?cabeza)",
    r"(?:ten(?:go|emos)|tienen?|dan?|con) (?:\w+ )?sueno|(?:(?<!lo )siento|sentimos|sienten|(?:mama|papa|espos[oa]"
    r"|hij[oa]|nin[oa]|bebe|abuel[oa]) se siente) (?:(?:muy|todos|bien) )*(?:mal(?! olor)|debil(?:es)?|enferm[oa]s?)",
)
_MANY = phrase(
    r"everyone|everybody|we|all|kids|family|both|whole|us|wife|husband|furnace|heater|heat is on|gas|runs",
    r"tod[oa]s(?! l[oa]s)|nos|ninos|hijos|familia|espos[oa]|(?:los|las) dos|calefaccion|calentador|calenton",
    r"(?:had|have|got|having|getting) (?:(?:this|these|an?|my|bad|awful|terrible|constant) )*headaches?"
    r" (?:for (?:\w+ )?\w*(?:hours?|days?|weeks?)|since|all (?:day|night|morning|week)|every (?:day|night|morning))",
)
AS_IT_RUNS = phrase(
    r"(?:when|whenever|once|as soon as|after|(?:every|any|each|the first) time) (?:it|they|we|i|the \w+|my \w+|our \w+)"
    r" (?:\w+ )?(?:comes?|came|kick(?:s|ed)|turn(?:s|ed)?|start(?:s|ed)?|fir(?:es|ed)|r[au]ns?|cut(?:s)?|lit|lights?)",
    r"(?:cuando|cada vez que|desde que|en cuanto|si) (?:\w+ ){0,3}?(?:prend|enc?iend|encend|arranc)\w+",
)


def feels_ill(text: str) -> bool:
    """Whether somebody has a symptom by the plain `text`: "nobody is dizzy" is none."""
    return any(
        reach(clause.words, word_at(clause.text, found)) is not Reach.DENIES
        for clause in cut(text)
        for found in SYMPTOMS.finditer(clause.text)
    )


def ill_by_the_system(text: str) -> bool:
    """Whether the symptoms in the plain `text` are of several, or come with the system."""
    return feels_ill(text) and (said(_MANY, text) or said(AS_IT_RUNS, text))
