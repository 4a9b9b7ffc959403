"""What a caller wants beside a visit: a person, or a new system, which is told from a repair (X22)."""

import re

from call.session import Intent
from understanding.text.clauses import cut
from understanding.text.plain import affirmed, phrase, said
from understanding.wants.holds import speaks_for_a_relay
from understanding.wants.problems import describes_problem

_NEW_THING = (
    r"(?:(?:hvac|ac|a c|air|heating|cooling|central|whole|complete|entire|heat|mini|home) )*(?:ac|air conditioner"
    r"|air conditioning|air|conditioner|systems?|units?|furnaces?|heater|heat pumps?|hvac|mini splits?|condenser"
    r"|equipment|install|installation|boiler)"
)
_SMALL = (
    r"(?! (?:parts?|filters?|cover|thermostat|motor|fan|coil|capacitor|vents?|ducts?|remote|switch|breaker|belt|pan))"
)
_NEW_SYSTEM = phrase(
    rf"(?:a |the |an? )?(?:whole )?(?:brand )?new {_NEW_THING}{_SMALL}"
    r"|(?:replace|replacing|upgrade|upgrading|swap out|swapping out|change out) (?:my|our|the|this|that"
    r"|it with a new|an?|two|both|three|everything) (?:old |whole |entire |current |existing "
    rf"|two )*{_NEW_THING}{_SMALL}|(?:replace|replacing) (?:\d|two|three|both) {_NEW_THING}",
    r"(?:system|unit|ac|furnace|full|complete|hvac) replacement|replacement (?:system|unit|furnace|ac)"
    r"|(?:install|installing|put in|putting in|installation of) (?:a |an |the )?(?:new |central |mini )*(?:ac|air"
    r"|hvac|system|unit|furnace|heat pump|split|heating)|(?:hvac|ac|air|system|heating) (?:put in"
    r"|installed)(?! (?:last|in \d|two|three|a few|\w+ (?:years|months) ago|by))"
    r"|(?:quote|estimate|bid) (?:for|on) (?:a |an )?(?:replacement|installation|install|replacing|installing)"
    r"|new construction",
    rf"(?:get|getting|have|want|need|having|like) (?:a |an )(?:new )?{_NEW_THING} (?:installed|put in)",
    r"(?:sistema|equipo|unidad|aire(?: acondicionado)?|calefaccion|mini ?split|caldera) (?:completo |completa "
    r"|central )?nuev[oa]"
    r"|nuev[oa] (?:sistema|equipo|unidad|aire)|(?:cambiar|reemplazar) todo (?:el|mi) (?:sistema|equipo|aire)",
)
# "A new one" is a new system where a system is spoken of and no part, or where the repair is declined.
_NEW_ONE = phrase(r"(?:a )?(?:brand )?new one")
_SYSTEM = phrase(r"ac|air conditioner|units?|systems?|furnaces?|heater|heat pump|hvac|boiler|condenser")
_PART = phrase(
    r"thermostats?|filters?|capacitor|motor|part|parts|fan|remote|cover|detector|battery|vent|register|appointment"
    r"|breaker|belt|switch"
)
_NO_REPAIR = phrase(
    r"not (?:want|need) (?:it|this|that|the \w+|my \w+) (?:fixed|repaired|patched)"
    r"|(?:rather|instead of) (?:than )?(?:fix\w*|repair\w*)"
)
_WISH = phrase(
    r"(?:i |we |would |just |really )*(?:want|would like|looking (?:for|to|at|into)|interested in|ready (?:for|to)"
    r"|shopping for|in the market for|thinking (?:about|of)|hoping to|decided (?:to|on)|quote|quotes|estimate|bid"
    r"|price|cost|how much)(?! (?:know|see) (?:if|whether))",
)
_WISH_FOR_ONE = phrase(
    r"want|would like|looking for|time for|due for|needs?|ready for|quote|estimate|bid|price|cost|how much|thinking"
)
_REPAIR = phrase(
    r"no (?:funciona|enfria|sirve|prende|calienta)|arregl\w+|repar\w+|ruidos?|revis\w+|descompus\w+"
    r"|broken?|not (?:working|cooling|heating|blowing|turning|running|coming|starting)|parts?|cover|noises?|nois[ey]"
    r"|leak\w*|tune up|repair\w*|fix\w*|filters?|maintenance|quit|stopped|(?:will|does|is) not|clean\w*|diagnos\w*"
    r"|motor|capacitor|thermostat|check(?:ed)? (?:it|my|the)?|look at|instead of (?:a )?new|second opinion"
    r"|(?:told|tells|says|said|claims|insists) (?:me |us )?(?:that )?(?:i|we|it) needs?",
)
_OWNED = phrase(
    r"(?:do|will|would) (?:i|we) need|(?:hope|hoping|hopefully|unless|afraid|worried) (?:\w+ ){0,6}?new"
    r"|(?:just|already|recently) (?:got|installed|bought|had|put in)|we (?:got|installed|bought)"
    r"|(?:tengo|tenemos|compre|compramos|es|esta|pusieron|instalaron) (?:\w+ ){0,3}?nuev[oa]"
    r"|(?:the|my|our|this|that|their) (?:brand )?new|new (?:\w+ )?(?:that |which )?(?:was|were|got|has been|had)"
    r"|i (?:got|bought|installed)|(?:is|was) (?:a )?(?:brand )?new|have a (?:brand )?new"
)

PERSON = phrase(
    r"(?:file|make|have) a complaint",
    r"(?:speak|talk|speaking|talking|connect(?:ed)?|transfer(?:red)?|put) (?:\w+ ){0,3}?(?:human(?: being)?|person"
    r"|someone(?! about (?:my|a|the|our|getting|scheduling|repair\w*|fixing))"
    r"|somebody(?! about (?:my|a|the|our|getting|scheduling|repair\w*|fixing))|representative|rep|agent|operator"
    r"|manager|supervisor|technician|tech|owner|boss|receptionist|staff|dispatcher|office|sales)",
    r"(?:real|live|actual) (?:person|human|agent|representative)|human(?: being)?"
    r"|operator(?= [,.?]|$| please| now)|put me through|(?:get|want|need) (?:me )?(?:a|an|the) operator"
    r"|(?:get|want|need) (?:me )?(?:a|an|the|your) (?:human|person|agent|manager|supervisor|representative|rep)"
    r"|get me (?:somebody|someone)(?= [,.?]|$)|(?:somebody|someone|anybody) on the (?:phone|line)"
    r"|que me (?:llame|llamen)|^(?:\w+ )?(?:representative|agent)(?= [,.?]|$)|representative please|transfer me"
    r"|customer service|agent(?: please)?(?= [,.?]|$)",
    r"(?:can|could|may) i (?:please )?(?:speak|talk) (?:to|with) (?!you)\w+"
    r"|(?:someone|somebody|anybody|anyone) (?:there )?(?:i|we) can (?:talk|speak) (?:to|with)"
    r"|is (?!it|he|she|there|this|that|any|some|everything|the heat|the ac|power|gas|water)(?:the )?\w+ (?:in"
    r"|around)(?: today| right now| please| the office)?(?= [,.?]|$)"
    r"|is the (?:owner|manager|boss) (?:in|there|around|available)",
    r"(?:get|give) me (?:a |an |to (?:a |an )?)?(?:real |live |actual )?(?:person|human|somebody|someone)(?! (?:out"
    r"|over"
    r"|to (?:come|fix|look)|who knows|here|that knows|today|tomorrow))",
    r"(?:(?:pase|comunique|conecte|transfiera|ponga)(?:me|nos)?|(?:me|nos) (?:puede |podria )?(?:pasa|pasar|comunica"
    r"|comunicar"
    r"|conecta|transferir)) (?:con |a |al )(?:(?:una?|el|la|algun[ao]?) )?(?:persona|alguien|humano|encargad[oa]"
    r"|gerente"
    r"|duen[oa]|operador\w*|representante)",
    r"(?:hablar|habla) con (?:una|alguien|un)(?: \w+)?|llameme|llamame|que me llamen|persona real|representante"
    r"|operadora",
)
CALLBACK = phrase(
    r"(?<!for )(?:call|calling|ring|phone) (?:me|us) (?:back|later|when|tomorrow|at|on)"
    r"(?! you (?:get|are) (?:here|close|on))"
    r"|(?<!i will )(?<!i can )(?<!let me )(?:a |the )?call ?back"
    r"|(?:have|get|can|could|ask) (?:someone|somebody|them|a technician|the owner|a manager"
    r"|him|her|you|they|(?!(?:to|i|we)(?!\S))[a-z]+)(?: (?:to|please|just))* (?:call|ring|phone|give me a call)(?: me"
    r"| us)?(?: back)?(?! (?:first|ahead|before|beforehand|when (?:they|he|she|you)))|give me a call"
    r"|call my (?:cell|phone)|return my call",
)
_LLAMEN = phrase(r"que me (?:llame|llamen)|llameme|llamame")
_CALL_AHEAD = phrase(
    r"call (?:me |us |my \w+ )?(?:first|ahead|before\w*|on (?:his|her|their|the) way"
    r"|when (?:they|he|she|you) (?:are|is|get|gets|arrive\w*|head\w*|leave\w*)(?! a chance| a minute| time)|thirty"
    r"|\d+ minutes)"
)
ROBOT = phrase(
    r"(?:are|is) (?:you|this|that|it) (?:\w+ )?(?:an? )?(?:\w+ )?(?:robot|ai|a i|bot|human|machine|computer"
    r"|recording|artificial intelligence|automated|answering machine|virtual|chatgpt|siri|alexa)(?: person| human)?"
    r"|(?:are|is) (?:you|this|that|it) (?:an? )?(?:actually |even )?(?:real(?: person| human| lady| guy| woman"
    r"| man)?(?= [,.?]|$| or)|(?:actual |live )?person)"
    r"|(?:is this|are you) one of (?:those|them|these) (?:\w+ )?(?:ai|a i|robots?|automated|bots?|computers?"
    r"|machines?|voices?)",
    r"(?:am i|i am|i) (?:speaking|talking) (?:to|with) (?:an? )?(?:\w+ )?(?:robot|ai|bot|machine|computer|recording"
    r"|real person|person|human|human being)(?! please)|you (?:are|sound like) (?:an? )?(?:robot|ai|bot|machine"
    r"|computer|recording)|real person or|eres (?:un )?(?:robot|una maquina)"
    r"|(?:hablo|hablando) con (?:un robot|una maquina|una persona)",
)


def wants_new_system(text: str) -> bool:
    """Whether the caller wishes for a new system or a quote for one; in doubt it is a repair (X22).

    Words of repair veto, unless an explicit wish is in a clause without them: "my AC is broken, I want a new system".
    """
    if affirmed(_NEW_ONE, text) and said(_WISH_FOR_ONE, text) and not said(_PART, text):
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
_TELLS_NUMBER = re.compile(
    r"(?<!\S)(?<!someone )(?<!somebody )(?<!them )(?<!have you )(?<!to )call (?:me|us) (?:at|on)(?!\S)"
)


# "I'm her real estate agent", "this is Relay Texas, operator 41": who calls, and no wish (L2).
_TITLE = phrase(
    r"(?:i am|we are|this is|it is|he is|she is|speaking for|my name is)(?: (?!calling|looking|trying|not|to|sorry"
    r"|going|done|tired|here)[a-z.]+){0,4}? (?:agent|operator|representative|rep|manager|supervisor|owner"
    r"|receptionist|dispatcher)(?: (?:of|for|at|with|from|\d+|number)(?: \w+){0,3})?"
    r"|(?:my|our|her|his|their|the) (?:\w+ )?(?:real estate|estate|insurance|leasing|listing|property|relay) \w+"
    r"|(?:real estate|insurance|leasing|listing|travel) agents?|relay (?:\w+ ){0,2}?(?:operator|agent|assistant)"
    r"|operators? (?:number )?\d+|(?:operator|agent) (?:of|for) (?:a|an|the|my)"
)


# "She said to call back when it leaks again": what somebody else told the caller to do
_TOLD_TO = phrase(
    r"(?:said|says|say|told (?:me|us)|asked (?:me|us))(?: (?:that|to|(?:i|we|you) (?:should|could|can)"
    r"|just))* call ?back"
    r"(?! me| us)|call ?back (?:if|when|once) (?:it|the|my|this|that|they)"
)


def asks_for_person(text: str) -> bool:
    """Whether the plain `text` asks for a person or a callback, whoever says so; a title is none (L2)."""
    text = _TOLD_TO.sub(" _ ", _TITLE.sub(" _ ", text))
    return affirmed(PERSON, text) or affirmed(CALLBACK, text)


def asks_for_callback(text: str) -> bool:
    """Whether the plain `text` asks for a call later on, whatever else it asks for."""
    return affirmed(CALLBACK, text) or said(_LLAMEN, text)


def wants_person(text: str, intent: Intent | None, tells_number: bool = False) -> bool:
    """Whether the caller asks for a person or to be called back.

    `tells_number`: whether a fact was asked for and the turn holds a phone number.
    """
    if tells_number:
        text = _TELLS_NUMBER.sub("_", text)
    if said(ROBOT, text) or speaks_for_a_relay(text):
        return False
    text = _TOLD_TO.sub(" _ ", _TITLE.sub(" _ ", text))
    if affirmed(PERSON, text):
        return True
    return intent is not Intent.FOLLOW_UP and affirmed(CALLBACK, text) and not said(_CALL_AHEAD, text)
