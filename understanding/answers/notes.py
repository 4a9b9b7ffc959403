"""What a caller tells the technician beside a yes, clause by whole clause: the dog, the bell, who opens, where it is.

Such a note changes nothing of the visit, also behind a "but". What is left of the turn without it has to be a yes by
itself: a condition, a question, another fact or "let me ask first" stays in the turn. Data, and how it is taken out.
"""

from understanding.text.parts import RELATIVE, SYSTEM, YOU
from understanding.text.plain import phrase
from understanding.text.utterance import unmarked

_JOINS = r"(?:(?:but|and|oh|also|just|so|please|only|by the way) )*"
_HIM = rf"(?:{YOU}|he|she|they|him|her|them|(?:the|your) (?:tech|technician|guy|person|man|driver)|whoever)"
_WHO = rf"(?:(?:my|our|the) (?:{RELATIVE}|tenants?|renters?|roommate|neighbou?r|housekeeper|sitter)|somebody|someone)"
_MY = r"(?:the|my|our)"
_PET = (
    r"(?:(?:big|small|little|large|old|friendly|mean|loud|few|couple of|guard|barking|two|three) )*"
    r"(?:dogs?|cats?|pupp(?:y|ies)|pets?|pit ?bull|german shepherd)"
)
_ENTRY = r"(?:(?:front|back|side|garage) )?(?:doorbell|door bell|bell|buzzer|intercom|gate|call box|elevator|door)"
_YARD = rf"(?:in|out in|out|behind) (?:{_MY} )?(?:back ?yard|front yard|yard|house|garage|back|front|fence)"
_UNIT = rf"(?:{SYSTEM}|thermostat|air handlers?|water heater|breaker box|panel)"
_PLACE = (
    rf"(?:(?:up )?on (?:{_MY} )?roof|(?:up |down )?in (?:{_MY} )?(?:attic|basement|closet|garage|crawl ?space|cellar"
    r"|hallway|laundry room|back|back ?yard)|upstairs|downstairs|out back|(?:out )?in back|outside|on the side of the"
    r" house|(?:around |out |in )?(?:the )?back of the house|behind the (?:house|garage|fence))"
)
_ON_THE_WAY = (
    rf"(?:(?:when|once|as|before) {_HIM} (?:is|are|get|gets|come|comes|leave|leaves|head|heads|arrive|arrives)"
    r"(?: on (?:your|his|her|their|the) way)?(?: (?:over|out|here|there|close|up))?"
    r"|(?:when |once )?on (?:the|your|his|their) way(?: over| out)?)"
)
_THINGS = (
    r"(?:(?:tall|long|big|taller|longer|step) )?(?:ladder|flashlight|shoe covers|booties|mask|step ?stool"
    r"|extension cord)"
)

_NOTES = (
    rf"(?:there is|there are|(?:i|we) have(?: got)?|(?:i|we) got) (?:(?:a|an|two|three|my|our|the|some) )?{_PET}"
    rf"(?: {_YARD})?",
    rf"(?:he|she|it|they|{_MY} {_PET}) (?:is|are) (?:(?:very|really|super|just|so|pretty|totally|all) )*"
    rf"(?:friendly|harmless|nice|sweet|old|loud|chained up|locked up|put up|crated|outside|inside|{_YARD})",
    rf"(?:(?:he|she|it|they|{_MY} {_PET}) )?(?:does|do|will) not bite",
    rf"{_MY} {_ENTRY} (?:does not (?:work|ring|open)|is (?:not working|broken|out|stuck|locked|unlocked|open)|sticks)"
    r"(?: (?:right now|so (?:just |please )*knock(?: loud(?:ly)?)?))?",
    rf"{_WHO} (?:will|is going to|should) (?:be )?(?:the one )?(?:there|here|home|at home|at the house)(?: not me"
    rf"| instead of me)?(?: to (?:let|meet) {_HIM}(?: in)?)?",
    rf"(?:(?:can|could) {_HIM} )?(?:call|text|ring|phone)(?: (?:me|us|{_WHO}|him|her))? {_ON_THE_WAY}(?: not me)?",
    rf"(?:have|tell|ask) {_HIM} (?:to )?(?:call|text|ring|phone)(?: (?:me|us))? {_ON_THE_WAY}(?: not me)?",
    rf"(?:i|we) would (?:really )?appreciate (?:a|the) (?:call|text)(?: (?:first|ahead|before|{_ON_THE_WAY}))?",
    rf"{_MY} (?:(?:outside|inside|upstairs|downstairs|ac|main|other) )?{_UNIT} (?:is|are) {_PLACE}",
    rf"(?:tell|let|warn|remind) {_HIM} (?:know )?about {_MY} (?:{_PET}|{_ENTRY}|stairs|ladder)",
    rf"(?:so )?(?:that )?{_HIM} (?:knows?|is aware) about {_MY} (?:{_PET}|{_ENTRY}|stairs|ladder)",
    rf"{_HIM} (?:should|will need to|needs? to|might want to|has to) bring (?:(?:a|an|his|some) )?{_THINGS}",
    rf"{_HIM} (?:will need|needs?) (?:a|an|some) {_THINGS}",
    rf"do not (?:park|block) (?:(?:in|on|in front of) )?{_MY} (?:driveway|grass|lawn|garage|street)",
    r"do not (?:ring|knock on|use) the (?:bell|doorbell|door|front door)",
)
_NOTE = phrase(*(rf"{_JOINS}{note}(?: (?:though|just so you know|f y i))?" for note in _NOTES))


def without_notes(text: str) -> str:
    """The caller's text with a full stop in the place of each note that it does not ask about."""
    bare = unmarked(text)
    for match in reversed(list(_NOTE.finditer(bare.plain))):
        first = bare.plain.count(" ", 0, match.start())
        start, end = bare.tokens[first].start, bare.tokens[first + len(match[0].split()) - 1].end
        if not text[end:].lstrip().startswith("?"):
            text = f"{text[:start]} . {text[end:]}"
    return text
