"""What a caller wants beside a visit: a person, or a new system, which is told from a repair (X22)."""

import re

from call.session import Intent
from understanding.text.clauses import cut
from understanding.text.parts import END, SOMEONE, SYSTEM
from understanding.text.plain import affirmed, phrase, said
from understanding.wants.asked_for import is_asked_for, is_asked_to_call
from understanding.wants.holds import speaks_for_a_relay
from understanding.wants.problems import describes_problem

_NEW_THING = (
    rf"(?:(?:hvac|ac|a c|air|heating|cooling|central|whole|complete|entire|heat|mini|home) )*(?:{SYSTEM}|air"
    r"|conditioner|equipment|install|installation)(?! (?:parts?|filters?|cover|thermostat|motor|fan|coil|capacitor"
    r"|vents?|ducts?|remote|switch|breaker|belt|pan))"
)
_INSTALLING = r"(?:install(?:ing|ation)?|replac(?:e|ing|ement))"
_NUEVO = r"nuev[oa]"
_NEW_SYSTEM = phrase(
    rf"(?:a |the |an )?(?:whole )?(?:brand )?new {_NEW_THING}|(?:replac(?:e|ing)|upgrad(?:e|ing)"
    r"|(?:swap(?:ping)?|change) out) (?:it with a new|\w+) (?:old "
    rf"|whole |entire |current |existing |two )*{_NEW_THING}",
    r"(?:system|unit|ac|furnace|full|complete|hvac) replacement|replacement (?:system|unit|furnace|ac)"
    r"|(?:install(?:ing|ation of)?|put(?:ting)? in) (?:a |an |the )?(?:new |central |mini )*(?:ac|air|hvac|system|unit"
    r"|furnace|heat pump|split|heating)|(?:hvac|ac|air|system|heating) (?:put in|installed)(?! (?:last|in \d|two|three"
    r"|a few|\w+ (?:years|months) ago|by))|(?:quote|estimate|bid) (?:for|on) (?:a |an )?"
    + _INSTALLING
    + r"|new construction",
    rf"(?:get|getting|have|want|need|having|like) (?:a |an )(?:new )?{_NEW_THING} (?:installed|put in)",
    rf"(?:putting|(?:to|you|and) put) (?:a |an )(?:new |ductless )*{_NEW_THING} in",
    r"(?:sistema|equipo|unidad|aire(?: acondicionado)?|calefaccion|mini ?split|caldera) (?:complet[oa] "
    rf"|central )?{_NUEVO}|{_NUEVO} (?:sistema|equipo|unidad|aire)|(?:cambiar|reemplazar) todo (?:el|mi) (?:sistema"
    r"|equipo|aire)",
)
# "A new one" is a new system where a system is spoken of and no part, or where the repair is declined.
_NEW_ONE = phrase(r"(?:a )?(?:brand )?new one")
_ONE_PUT_IN = phrase(
    r"(?<!not )(?:want|need|like|looking|hoping|trying|going) (?:to )?"
    r"(?:put one in|(?:get|have) one (?:put in|installed))"
)
_SYSTEM = phrase(SYSTEM)
PART = phrase(
    r"thermostats?|filters?|capacitor|motor|parts?|fan|remote|cover|detector|battery|vent|register|appointment|breaker"
    r"|belt|switch"
)
_NO_REPAIR = phrase(
    r"not (?:want|need) (?:it|this|that|the \w+|my \w+) (?:fixed|repaired|patched)"
    r"|(?:rather|instead of) (?:than )?(?:fix|repair)\w*"
)
_QUOTE = r"(?:quotes?|estimate|bid|price|cost|how much)"
_WISH = phrase(
    rf"(?:want|would like|looking (?:for|to|at|into)|interested in|ready (?:for|to)|(?:shopping|in the market) for"
    rf"|thinking (?:about|of)|hoping to|decided (?:to|on)|{_QUOTE})(?! (?:know|see) (?:if|whether))",
)
_WISH_FOR_ONE = phrase(rf"want|would like|(?:looking|time|due|ready) for|needs?|{_QUOTE}|thinking")
_REPAIR = phrase(
    r"no (?:funciona|enfria|sirve|prende|calienta)|ruidos?|(?:arregl|revis|descompus)\w+"
    r"|(?:repar|repair|fix|leak|clean|diagnos)\w*|broken?|not (?:working|cooling|heating|blowing|turning|running"
    r"|coming|starting)|parts?|cover|noises?|noisy|tune up|filters?|maintenance|quit|stopped|(?:will|does|is) not"
    r"|motor|capacitor|thermostat|check(?:ed)? (?:it|my|the)|look at|instead of (?:a )?new|second opinion"
    r"|(?:told|tells|says|said|claims|insists) (?:me |us )?(?:that )?(?:i|we|it) needs?",
)
_BOUGHT = r"(?:got|bought|installed)"
_OWNED = phrase(
    rf"(?:do|will|would) (?:i|we) need|(?:hope|hoping|hopefully|unless|afraid|worried) (?:\w+ ){{0,6}}?new"
    rf"|(?:just|already|recently) (?:{_BOUGHT}|had|put in)|(?:i|we) {_BOUGHT}"
    rf"|(?:tengo|tenemos|compre|compramos|es|esta|pusieron|instalaron) (?:\w+ ){{0,3}}?{_NUEVO}"
    r"|(?:the|my|our|this|that|their) (?:brand )?new|new (?:\w+ )?(?:that |which )?(?:was|were|got|has been|had)"
    r"|(?:is|was) (?:a )?(?:brand )?new|have a (?:brand )?new"
)

_HUMAN = r"(?:human(?: being)?|person|representative|rep|agent|manager|supervisor|operator)"
PERSON = phrase(
    r"(?:file|make|have) a complaint",
    rf"(?:speak|talk|speaking|talking|connect(?:ed)?|transfer(?:red)?|put) (?:\w+ ){{0,3}}?(?:{_HUMAN}|{SOMEONE}"
    r"(?! about (?:my|a|the|our|getting|scheduling|repair\w*|fixing))|technician|tech|owner|boss|receptionist|staff"
    r"|dispatcher|office|sales)",
    rf"(?:real|live|actual) (?:person|human|agent|representative)|human(?: being)?|operator(?= [,.?]|$| please| now)"
    rf"|put me through|(?:get|want|need) (?:me )?(?:a|an|the|your) {_HUMAN}|get me {SOMEONE}{END}"
    rf"|{SOMEONE} on the (?:phone|line)|que me llamen?|^(?:\w+ )?(?:representative|agent){END}"
    rf"|representative please|transfer me|customer service|agent(?: please)?{END}",
    rf"(?:can|could|may) i (?:please )?(?:speak|talk) (?:to|with) (?!you)\w+|{SOMEONE} (?:there )?(?:i|we) can (?:talk"
    r"|speak) (?:to|with)|is (?!it|he|she|there|this|that|any|some|everything|the heat|the ac|power|gas"
    rf"|water)(?:the )?\w+ (?:in|around)(?: today| right now| please| the office)?{END}"
    r"|is the (?:owner|manager|boss) (?:in|there|around|available)",
    rf"(?:get|give) me (?:to )?(?:an? )?(?:real |live |actual )?(?:person|human|{SOMEONE})(?! (?:out|over"
    r"|to (?:come|fix|look)|who knows|here|that knows|today|tomorrow))",
    r"(?:(?:pase|comunique|conecte|transfiera|ponga)(?:me|nos)?|(?:me|nos) (?:puede |podria )?(?:pasar?|comunicar?"
    r"|conecta|transferir)) (?:con |al? )(?:(?:una?|el|la|algun[ao]?) )?(?:persona|alguien|humano|encargad[oa]|gerente"
    r"|duen[oa]|operador\w*|representante)",
    r"hablar? con (?:una?|alguien)(?: \w+)?|ll[aá]m[ea]me|persona real|representante|operadora",
)
CALLBACK = phrase(
    r"(?<!for )(?:call|calling|ring|phone) (?:me|us) (?:back|later|when|tomorrow|at|on)"
    r"(?! you (?:get|are) (?:here|close|on))"
    r"|(?<!i will )(?<!i can )(?<!let me )(?:a |the )?call ?back"
    rf"|(?:have|get|can|could|ask) (?:{SOMEONE}|them|a technician|the owner|a manager|(?!(?:to|i|we)(?!\S))[a-z]+)"
    r"(?: (?:to|please|just))* (?:call|ring|phone|give me a call)(?: me| us)?(?: back)?(?! (?:first|ahead|before"
    r"|(?:the|my) (?:door ?)?bell|beforehand|when (?:they|he|she|you)))|give me a call|call my (?:cell|phone)"
    r"|return my call",
)
_LLAMEN = phrase(r"que me llamen?|ll[ae]m[ea]me")
_CALL_AHEAD = phrase(
    r"call (?:me |us |my \w+ )?(?:first|ahead|before\w*|on (?:his|her|their|the) way|when (?:they|he|she|you) (?:are|is"
    r"|get|gets|arrive\w*|head\w*|leave\w*)(?! a chance| a minute| time)|thirty|\d+ minutes)"
)
_MACHINE = r"(?:robot|ai|a i|bot|machine|computer|recording)"
_IT_IS = r"(?:are|is) (?:you|this|that|it)"
ROBOT = phrase(
    rf"{_IT_IS} (?:\w+ )?(?:an? )?(?:\w+ )?(?:{_MACHINE}|human|artificial intelligence|automated|answering machine"
    rf"|virtual|chatgpt|siri|alexa)|{_IT_IS} (?:an? )?(?:actually |even )?(?:real(?: \w+)?(?= [,.?]|$| or)"
    r"|(?:actual |live )?person)|(?:is this|are you) one of (?:those|them|these) (?:\w+ )?(?:ai|a i"
    r"|(?:robot|bot|computer|machine|voice)s?|automated)",
    rf"(?:am i|i am|i) (?:speaking|talking) (?:to|with) (?:an? )?(?:\w+ )?(?:{_MACHINE}|person|human)(?! please)"
    rf"|you (?:are|sound like) (?:an? )?{_MACHINE}|real person or|eres (?:un )?(?:robot|una maquina)"
    r"|(?:hablo|hablando) con un[ao]? (?:robot|maquina|persona)",
)


def wants_new_system(text: str) -> bool:
    """Whether the caller wishes for a new system or a quote for one; in doubt it is a repair (X22).

    Words of repair veto, unless an explicit wish is in a clause without them: "my AC is broken, I want a new system".
    """
    if said(_ONE_PUT_IN, text) and not said(PART, text):
        return True
    if affirmed(_NEW_ONE, text) and said(_WISH_FOR_ONE, text) and not said(PART, text):
        return said(_NO_REPAIR, text) or (said(_SYSTEM, text) and not said(_OWNED, text))
    if not affirmed(_NEW_SYSTEM, text):
        return False
    if not said(_REPAIR, text):
        wishes = said(_WISH, text) or said(_WISH_FOR_ONE, text)
        return not said(_OWNED, text) and (wishes or not describes_problem(text))
    if said(_OWNED, text) and not said(_NO_REPAIR, text):
        return False
    parts = [part for clause in cut(text) for part in re.split(r"(?<!\S)(?:and|so|but)(?!\S)", clause.text)]
    wished = [part for part in parts if affirmed(_NEW_SYSTEM, part)]
    return any(affirmed(_WISH, part) and not said(_REPAIR, part) for part in wished)


# "You can call me at 512 ..." in answer to a question for a fact tells a number (X5).
_TELLS_NUMBER = phrase(r"(?<!someone )(?<!somebody )(?<!them )(?<!have you )(?<!to )call (?:me|us) (?:at|on)")
_AGENT = r"(?:agents?|operators?|assistant)"
# "I'm her real estate agent", "this is Relay Texas, operator 41": who calls, and no wish (L2). "She said to call back
# when it leaks again": what somebody else told the caller to do. "Does he get the call or me?" asks how it will be, and
# "let me talk to my wife and call back" is the caller's own call.
_NO_WISH = phrase(
    r"(?:i am|we are|this is|it is|he is|she is|speaking for|my name is)(?: (?!calling|looking|trying|not|to|sorry"
    r"|going|done|tired|here)[a-z.]+){0,4}? (?:agent|operator|representative|rep|manager|supervisor|owner|receptionist"
    r"|dispatcher)(?: (?:of|for|at|with|from|\d+|number)(?: \w+){0,3})?",
    r"(?:my|our|her|his|their|the) (?:\w+ )?(?:(?:real )?estate|insurance|leasing|listing|property|relay) \w+"
    rf"|(?:real estate|insurance|leasing|listing|travel|relay) (?:\w+ ){{0,2}}?{_AGENT}|{_AGENT} (?:(?:number )?\d+"
    r"|(?:of|for) (?:a|an|the|my))",
    r"(?:said|says|say|told (?:me|us)|asked (?:me|us))(?: (?:that|to|(?:i|we|you) (?:should|could|can)"
    r"|just))* call ?back(?! me| us)|call ?back (?:if|when|once) (?:it|the|my|this|that|they)",
    r"(?:(?:do|does|did|should) (?:i|we|he|she|they|(?:my|our|the|your) \w+)|(?:is|are|will|would) (?:he|she|they"
    r"|(?:my|our) \w+)) (?:(?!you|y'?all)\S+ ){0,4}?call(?:s|ing)?(?: (?:me|us|him|her|them|you))?(?: ?back)?",
    r"(?:let (?:me|us)|(?:i|we) (?:will|would|can|could|might|may|should|must|need to|have to|want to|am going to|are"
    rf" going to)) (?:(?!you|y'?all|like|need|want|{SOMEONE}|have (?!to)|get|he|she|they|can|could|will)\S+ ){{0,10}}?"
    r"(?<!a )(?<!the )(?<!your )call(?: (?:you|y'?all|you guys))? ?back(?! (?:me|us)(?!\S))",
)


def asks_for_person(text: str) -> bool:
    """Whether the plain `text` asks for a person or a callback, whoever says so; a title is none (L2)."""
    text = _NO_WISH.sub(" _ ", text)
    return affirmed(PERSON, text) or affirmed(CALLBACK, text) or is_asked_for(text) or is_asked_to_call(text)


def asks_for_callback(text: str) -> bool:
    """Whether the plain `text` asks for a call later on, whatever else it asks for."""
    text = _NO_WISH.sub(" _ ", text)
    return affirmed(CALLBACK, text) or is_asked_to_call(text) or said(_LLAMEN, text)


def wants_person(text: str, intent: Intent | None, tells_number: bool = False) -> bool:
    """Whether the caller asks for a person or to be called back.

    `tells_number`: whether a fact was asked for and the turn holds a phone number.
    """
    if tells_number:
        text = _TELLS_NUMBER.sub("_", text)
    if said(ROBOT, text) or speaks_for_a_relay(text):
        return False
    text = _NO_WISH.sub(" _ ", text)
    if affirmed(PERSON, text) or is_asked_for(text):
        return True
    calls = affirmed(CALLBACK, text) or is_asked_to_call(text)
    return intent is not Intent.FOLLOW_UP and calls and not said(_CALL_AHEAD, text)
