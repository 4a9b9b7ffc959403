"""What a caller says against a visit that was just booked: off, at another time, at another house, nobody there.

Read behind "anything else?" alone, where little else is said of days and of being at home. Phrases over plain words.
"""

from understanding.text.parts import END, FIELD, GOOD, RELATIVE, SOMEONE, VERY, VISIT, WHOLE_VISIT, YOU
from understanding.text.plain import phrase, said
from understanding.text.weekdays import WEEKDAY

_IT = r"(?:it|that|that one|(?:the|my|that) (?:visit|appointment|booking|slot))"
_NOT = r"(?:do|does|did|will|would) not"
_OFF = phrase(
    rf"{_NOT} (?:need|want) (?:(?:the|that|this|my) {VISIT}|(?:{WHOLE_VISIT}|{YOU}|{SOMEONE})(?: (?:to )?come| out)*"
    r" (?:any ?more|any longer|after all|now))(?!\S)",
    r"do not (?:send|come)(?! (?:to|until|till|before|in|up|through|without|early|late|a|an|the)(?!\S))",
    rf"(?:never mind|forget)(?: about)? (?:the|that|my|this) (?:whole )?(?:thing|{VISIT})"
    rf"|(?:undo|call off|hold off on) {WHOLE_VISIT}|call {_IT} off|changed (?:my|our) minds?"
    r"|ya no (?:quier\w+|necesit\w+) (?:la|esa|mi) (?:cita|visita)",
    rf"do not (?:book|schedule) (?:{_IT}|anything|me)|decided (?:not to|against)"
    rf"|(?:i|we) (?:am|are) (?:going|gone) with (?:{SOMEONE}|another|a different|the other)",
)
_OBJECTS = phrase(
    rf"(?:do|did) not want (?:it|that|this|any of (?:it|that|this)){END}"
    r"|not what (?:i|we) (?:want|wanted|asked|said|meant|agreed)"
    r"|(?:did not|never) (?:say|said|tell|told|ask|asked|agree|agreed|want|wanted)(?: you)? (?:to|for|yes|that|it)",
    rf"(?:i|we) (?:do|will) not need (?:it|{VISIT}){END}",
)
_HOUR = (
    r"(?:one (?:oclock|thirty|fifteen|pm)|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|\d[\d:]*)"
    r"(?: (?:oclock|thirty|fifteen|am|pm))?"
)
_DAY = rf"(?:(?:next |this )?{WEEKDAY}|tomorrow|today|next week)"
_OTHER = r"(?:later|earlier|sooner|(?:another|a different|some other) (?:day|time))"
_TIME = rf"(?:(?:on|at|around|after|before|the|like|in) )*(?:{_DAY}|{_HOUR}|{_OTHER}|morning|afternoon|evening)"
_WE = rf"(?:{_IT}|we|{YOU}|he|she|they|i|(?:the|your) (?:tech|technician|guy))"
_AT_ANOTHER_TIME = phrase(
    rf"(?:can|could|would) {_WE} (?:please |maybe |possibly |also )*(?:be|come|do|make(?: {_IT})?|get here"
    rf"|get (?:{_IT}|in)|move {_IT})(?: out| by| here)? (?:a (?:little |tad |bit |touch )*)?(?:bit )?"
    r"(?:later|earlier|sooner|another (?:time|day)|instead)",
    rf"(?:can|could|would|may) {_WE} (?:please |maybe |possibly )*(?:do|be|make {_IT}|come|have|change {_IT}) {_TIME}",
    rf"make (?:it|that) (?:for )?{_TIME}|{_TIME} instead|(?:instead of|rather than) {_TIME}",
    rf"(?:any (?:chance|way)|possible|how about|what about|(?:is there|do you have|have you got) (?:anything"
    rf"|something|one))(?: (?:of|for|to|do|get|come|that|we|you|i|it|can|could))* (?:a (?:little |bit )*)?{_TIME}",
    rf"{_TIME} (?:is|would be|will be|works)(?: \w+)? (?:better|best|easier)",
    rf"(?:rather|prefer)(?: (?:do|have|it|to|come|you|that))* {_TIME}",
    rf"(?:need|want|like|have|get|find|pick|choose) (?:another|(?:a|some) (?:different|other|later|earlier)|an earlier)"
    rf" (?:day|time|slot|date|{VISIT})",
    rf"(?:wants?|needs?)(?: (?:it|to|do|have|come|you|him|be|a|the))* (?:{_OTHER}|morning|afternoon|evening)"
    rf"|can only (?:do|be here|come) {_TIME}|put (?:it|that) off",
    r"(?:is there|do you have)(?: (?:an?|any))* (?:\w+ )?(?:morning|afternoon|evening|later|earlier)",
    rf"(?:would|will|has|needs?|need it) (?:have )?to be {_TIME}",
)
_WISH = phrase(
    rf"(?:can|could|would|may) {_WE}|let us|(?:how|what) about|possible|any chance|prefer|rather|better|instead"
    r"|make (?:it|that)|do you have|is there"
)
_NOBODY_HOME = (
    r"(?:home|there|here|in|around|available|able|free|back|at (?:home|the house|work)|in town|out of town|out|gone"
    r"|away|working|traveling|busy|tied up|on vacation)"
)
_THEN = (
    rf"(?:then|that (?:day|time|morning|afternoon)|at that time|all day|(?:on |until |till |through )?{_DAY}"
    rf"|(?:at|until|till|by|before|after|from) {_HOUR})"
)
_AWAY = r"(?:at work|working|out of town|gone|away|traveling|on vacation|busy|tied up|not available|unavailable)"
_COURT = r"(?:appointment|meeting|shift|flight|surgery|jury duty|court|class|procedure|interview)"
_MAY_LET_IN = r"(?! but (?:my|our|his|her|the|some\w*)(?!\S)| right now| now| yet)"
_NOBODY_THERE = phrase(
    rf"(?:i|we) (?:(?:just|probably|actually|still) )*(?:will|can|could|am|are|would) not (?:(?:going to|gonna|even"
    rf"|actually) )*(?:be )?{_NOBODY_HOME}{_MAY_LET_IN}",
    rf"(?:i|we) (?:do not think|doubt|might not|may not)(?: (?:i|we))?(?: (?:will|can|would|be|able to))*"
    rf" {_NOBODY_HOME}{_MAY_LET_IN}|there (?:will|is) not (?:going to )?(?:be )?(?:anybody|anyone)"
    r"|(?:nobody|no one) (?:can|to|will be able to|is able to) (?:let|answer|meet|open)",
    rf"(?:nobody|no one|no body|there is (?:nobody|no one|not (?:anybody|anyone)))(?: (?:will|is|going to|can|to))*"
    rf"(?: be)? {_NOBODY_HOME}{_MAY_LET_IN}",
    rf"(?:i|we) (?:am|are|will be) (?:(?:going to be|actually|also) )*{_AWAY} {_THEN}|(?:i|we) will be {_AWAY}",
    rf"(?:i|we) (?:have|got|have got) (?:(?:an?|my|another|other) )?(?:(?!service|{WEEKDAY})\w+ ){{0,2}}?{_COURT}"
    rf" {_THEN}|(?:i|we) (?:have|got|have got) (?:jury duty|court|surgery|another \w+|an? (?:doctor|dentist|dental"
    rf"|medical|vet|hair|school|work)(?: is)? {_COURT})",
    rf"(?<!do )(?:i|we) (?:have|got|have got|am supposed|need) to (?!go(?!\S)|run)(?:\w+ ){{1,7}}?{_THEN}",
    rf"(?:i|we|he|she|{RELATIVE}) (?:have|has|got) (?:\S+ ){{1,5}}?(?:then|that (?:day|time|morning|afternoon))",
    rf"(?:i|we) (?:only )?(?:get|am|are) (?:off|home|done|back)(?: work)? (?:at|until|till|after|around|about) {_HOUR}",
    r"(?:i|we) will be (?:at|in|on) (?:the|my|our|a) (?!house|home|door|gate|driveway|back|front|property|office)\w+",
    rf"{_DAY} (?:i|we) (?:am|are|will be) (?:in|at) (?!home(?!\S))\w+",
)
_NOT_THEN = phrase(
    rf"(?:i|we) (?:(?:just|probably|actually) )*(?:can not|could not|will not(?: be able to)?|(?:am|are) not (?:going"
    rf" to (?:be able to )?|able to )?)(?: )?(?:really )?(?:do|make|be)(?: (?:it|that|this one|home|there))?"
    rf"(?: {_THEN}| {_TIME}{END}|{END})",
    rf"(?:i|we) (?:can not|will not be able to|am not going to be able to|am not able to|are not able to) (?:do|make)"
    rf" (?:it|that|{_TIME})(?! out(?!\S))|(?:^|(?<=[,.] ))can not (?:do|make) (?:it|that|{_TIME})",
    rf"(?:{_DAY}|{_HOUR}|that (?:day|time)|that|then|(?:the )?(?:morning|afternoon)) (?:(?:is|are|will|does|do"
    r"|is going to|just) )*(?:no good|not (?:(?:going to|really|gonna) )?(?:work|good|possible|do|convenient|ideal))",
    r"(?:(?:it|this) (?:will|does|is) not (?:going to )?work(?:ing)? (?:for (?:me|us)|after all|any ?more))",
    rf"not (?:on |at |this )?(?:{WEEKDAY}|that day|that time)",
)
_PLACE = (
    r"(?:address|house|apartment|place|zip(?: code)?|street|road|avenue|boulevard|lane|court|circle|drive|trail|way)"
)
_WRONG_PLACE = phrase(
    rf"not (?:my|our|the|the right|where|right) (?:\w+ )?(?:{_PLACE}|i live|we live)|(?:wrong|old|other) {_PLACE}"
    rf"|(?:{_PLACE}) (?:, )?not (?:\w+ ){{1,4}}?{_PLACE}|(?:we|i) (?:have )?moved(?: (?:to|from|out|last|since))"
)
_AGAINST = phrase(
    rf"(?:that|it|{_HOUR}|{_DAY})(?: is)? (?:(?:just|way|a bit|a little|really) )*too (?:much|expensive|high|steep"
    rf"|pricey|late|early|soon|far out)(?: for (?:me|us))?{END}|can not afford|not (?:paying|going to pay)"
    r"|not (?:so )?sure (?:about|i want) (?:it|this|that)|do not want to (?:do|go)",
    r"(?:scratch|scrap|strike|cancel|forget) (?:it|that|this|everything)|do not (?:need it|bother)(?! (?:me|him|with))",
    rf"(?:rather|better|going to|want to|need to|have to|should)(?: just)? (?:wait(?! (?:for|at|in|here|there|outside)"
    rf"(?!\S))|pass|skip (?:it|this)|not{END})|hold off"
    rf"|go(?:ing)? with (?:{SOMEONE}|another|a different|the other)"
    r"|(?:his|her|their|our) own (?:guy|man|person|people|crew|tech\w*|contractor|company)",
    r"(?:it|everything|the \w+)(?: (?:is|has|just|started|actually|all))* (?:work|runn|cool|heat)ing"
    r" (?:now|again|fine)|c[ao]me back on",
    rf"(?:found|hired|called|calling|using|went with|going with|got|have) (?:{SOMEONE}(?: (?:else|cheaper|already"
    r"|who can|to do it|closer|sooner))|(?:another|a different|the other) (?:company|guy|place|outfit|contractor))",
    rf"(?:he|she|they|i|we|{RELATIVE}) (?:have |has )?already (?:called|got|found|hired) {SOMEONE}",
    r"(?:my|our) (?:\w+ ){1,4}?(?:will|is going to|can|wants to|could) (?:(?:just|probably) )*(?:fix|repair)"
    r" (?:it|that)",
    r"let me (?:check|talk|think|ask|see|speak)(?! (?:if|how|what)) (?:\w+ ){0,4}?(?:first|it over|about it)",
    r"(?:check|talk|clear (?:it|that)) with (?:my|our|the) \w+ first",
)
_WHAT = phrase(
    r"^(?:(?:actually|wait|sorry|oh|and|so|no|hey|[,.]) )*(?:what(?! about| ,)|when|how(?! about)|who|where)"
)

_AGREES = phrase(
    rf"(?:that|it|{FIELD}|{_DAY}|{_HOUR})(?: (?:is|was|works|will be|sounds)) {VERY}(?:{GOOD}|perfect)",
    rf"(?:that|it|{FIELD}|{_DAY}|{_HOUR}) (?:works|will (?:work|do))",
)


def calls_off(text: str) -> bool:
    """Whether the plain `text`, behind a booking, wants no visit any more: what is called off by another name."""
    return said(_OFF, text)


def objects(text: str) -> bool:
    """Whether the plain `text`, behind "anything else?", objects to the visit that was just booked."""
    return said(_OBJECTS, text)


def wants_another_time(text: str) -> bool:
    """Whether the plain `text`, behind a booking, asks for another time than the booked one."""
    return said(_AT_ANOTHER_TIME, text)


def wishes_for_a_time(text: str) -> bool:
    """Whether the time that the plain `text` tells, behind a booking, is wished for."""
    return said(_WISH, text)


def speaks_against_it(text: str) -> bool:
    """Whether the plain `text` says that nobody can be there then, or that the address is another."""
    return said(_NOBODY_THERE, text) or said(_WRONG_PLACE, text)


def may_be_against_it(text: str) -> bool:
    """Whether the plain `text`, behind "anything else?", speaks against the visit and may mean something else."""
    return said(_NOT_THEN, text) or said(_AGAINST, text)


def asks_for_a_fact(text: str) -> bool:
    """Whether the plain `text` asks what, when, how or who: "actually, what time was that again?"."""
    return said(_WHAT, text)


def agrees(text: str) -> bool:
    """Whether the plain `text` agrees to what was booked, and to nothing else of it: "no, my address is right"."""
    return said(_AGREES, text) and {"not", "but"}.isdisjoint(text.split())
