"""A visit that is to be moved and is called by its day, or not at all: "push Friday back", "bump me to Monday".

MOVES_A_DAY says so of a visit that there is, MAY_MOVE only where one is on file: "can we do Friday a bit later".
Phrases over plain words; data only.
"""

from understanding.text.parts import SOMEONE, YOU
from understanding.text.plain import phrase
from understanding.text.weekdays import WEEKDAY

_DAY = rf"(?:{WEEKDAY}|tomorrow|today)(?: is(?! \w+s(?!\S)))?"
_HOUR = r"(?:\d[\d:]*|noon|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_CLOCK = rf"(?:{_HOUR}|am|pm|oclock|thirty|fifteen|morning|afternoon|at|in|the|on|around)"
_TO_THEN = (
    r"(?:to|until|till|for|into) (?:(?:be|the|a|an|at|on|around|some ?time|early|late) )*"
    rf"(?:{_DAY}|{_CLOCK}|next|following|day|week|weekend|evening|another|some|different|same|later|earlier)"
)
_AWAY = (
    r"(?:(?:back|up|out|ahead|forward|down|over)(?: by)?"
    rf"(?= (?:an?|couple|few|half|{_HOUR}|to|from|until|till|some|if|please)(?!\S)|(?: [,.?])?$)"
    r"|(?:\w+ ){0,3}?(?:later|earlier|sooner))"
)
_MOVE = r"(?:move|push|bump|switch|shift|change|swap|slide|postpone)"
_OF_ME = r"(?:(?:me|us|off|from|my|our|the|that|this) )*"
MOVES_A_DAY = phrase(
    rf"{_MOVE} {_OF_ME}(?:{_CLOCK} )*{_DAY}(?:(?: \S+){{0,8}}? {_TO_THEN}|(?: {_CLOCK}){{0,4}} {_AWAY})",
    rf"{_MOVE} (?:me|us) (?:(?:over|up|back|out|down) )?(?:{_TO_THEN}|{_AWAY})",
    rf"(?:need|want|like|have|get) (?:(?:my|our|the|that) )?{_DAY} (?:move|push|bump|switch|shift|change)e?d",
    rf"(?:push|bump|swap|shift|postpone) (?:my |our )?{_DAY}(?= (?:[,.?]|and|can|could|because|please)(?!\S)|$)",
)
_ANYMORE = r"(?:anymore|any longer|after all|now)"
MAY_MOVE = phrase(
    rf"(?:instead of|(?:earlier|sooner|later) than) (?:(?:on|my|the|this) )*{_DAY}",
    rf"{_DAY}(?: \w+){{0,2}}? (?:not (?:\w+ ){{0,3}}?work(?:ing)?(?: out| for (?:me|us))? {_ANYMORE}|no longer works?)",
    rf"can not (?:make|do) (?:it )?(?:on )?{_DAY} {_ANYMORE}",
    rf"(?:do|come|make it|be here|out|over|by)(?: on)? {_DAY}(?: (?!(?:or|if) )\w+){{0,3}}? (?:later|earlier|sooner)",
    rf"(?:do|come|out|over|by|here) (?:\w+ ){{0,3}}?(?:later|earlier)(?: in the day)?(?: on)? {_DAY}",
    rf"(?:(?:have|got|expecting) (?:{YOU}|{SOMEONE}|an? (?:tech\w*|guy)) (?:coming|scheduled|booked|down)"
    rf"|(?:have|got|am (?:down|set|booked|scheduled) for) (?:an? |my |the )?(?:{_CLOCK} )*{_DAY})"
    r"(?: \S+){0,10}? (?:make it|move|push|switch|do|instead)",
)
