"""What the caller wants: the intent, a person, a new system, to be done; and the questions that have their own answer.

Order: manage, follow-up, non-service, service (conversation.md 3); a described problem beats warranty and price
(X21). None means that nothing was recognised: the caller of "hello" is still free to say.
"""

import re

from heard import Ask
from problems import SERVICE_WORDS, describes_problem, symptom
from session import Intent, ManageAction, Question
from words import affirmed, clauses, phrase, said

_VISIT = r"(?:appointment|visit|booking|service call|reservation|slot|cita)"
_CANCEL = phrase(
    rf"cancel(?:l?ed|l?ing)?(?! (?:my |our |the )?(?:plan|membership|contract|subscription))|call off|(?:do not"
    rf"|no longer) (?:need|want) (?:my|the|that) {_VISIT}|cancelar",
)
_RESCHEDULE = phrase(
    rf"re ?schedul(?:e|ed|ing)|(?:move|change|push|switch|bump|postpone|delay) (?:\w+ ){{0,4}}?(?:{_VISIT}|time"
    rf"|date|day)|(?:move|push) (?:it|that|back|my \w+)|(?:different|another|new) (?:day|time|date) for (?:my"
    rf"|the) {_VISIT}|postpone|reprogramar|cambiar (?:la|mi) cita",
)
_STATUS = phrase(
    rf"(?:confirm|check(?: on)?|verify|know|find out about|asking about|calling about|status of|question about"
    rf"|see) (?:\w+ ){{0,4}}?{_VISIT}|(?:when|what (?:time|day)) (?:\w+ ){{0,4}}?(?:{_VISIT}|technician|tech|guy"
    rf"|coming|scheduled)|is (?:someone|somebody|the technician|the tech|anyone) (?:still )?coming",
)
_OWN_VISIT = phrase(
    rf"(?:my|our) (?:\w+ )?{_VISIT}|(?:have|had|got|have got) an? (?:\w+ )?{_VISIT}(?! available)"
    rf"|i am (?:already )?(?:scheduled|booked)|i scheduled|existing {_VISIT}|mi cita",
)
_MANAGE_BARE = {
    ManageAction.CANCEL: phrase("cancel(?:l?ing)?|cancel it"),
    ManageAction.RESCHEDULE: phrase(
        "re ?schedul(?:e|ing)|move(?: it)?|change(?: it)?|another (?:day|time)|different (?:day|time)|push it"
    ),
    ManageAction.STATUS: phrase(
        "check(?: it| on it)?|when(?: is it)?|what time|status|confirm(?: it)?|just checking|verify"
    ),
}
_FOLLOW_UP = phrase(
    r"(?:i|we) (?:have |had |already )*(?:called|spoke|talked|left a (?:message|voicemail))(?: \w+){0,6}? (?:before"
    r"|earlier|yesterday|already|ago|last (?:week|night|month)|this morning|with (?:someone|somebody)|today"
    r"|on \w+day)",
    r"(?:i|we) (?:already called|called (?:before|earlier|yesterday|this morning|back)|left (?:you )?a (?:message"
    r"|voicemail))|(?:waiting|waited) (?:for|on) (?:\w+ ){0,5}?(?:call ?back|call|update|part|parts|estimate"
    r"|hear back|someone to call)",
    r"call(?:ing)? (?:you )?back (?:about|regarding|from)|(?:returning|return) (?:a |your |the "
    r"|someone is )?(?:missed )?call|missed (?:a |your )?call|(?:any|an|the) updates?|follow(?:ing)? up|"
    r"(?:nobody|no one|noone|never|have not|did not) (?:\w+ ){0,3}?(?:called|call|calls|heard|hear)(?: (?:me"
    r"|us))?(?: back)?(?: from)?|still (?:waiting|have not heard)|(?:was|were) supposed to (?:call|come|get|be)"
    r"|told (?:me )?(?:someone|somebody|they|you|he|she) would|said (?:someone|somebody|they|you|he|she) would call"
    r"|checking on",
)
_NOT_CALLED = phrase(r"(?:nobody|no one|never|not) (?:\w+ ){0,3}?(?:called|call|heard|hear)")
_WRONG_NUMBER = phrase(
    r"(?:have |got |dialed |called |is |be )?(?:the )?wrong (?:number|place|business|company)|mis ?dialed"
    r"|dialed wrong|numero equivocado|(?:did not|do not) mean to call|pocket dial(?:ed)?|butt dial(?:ed)?"
    r"|meant to call someone else",
)
_VENDOR = phrase(
    r"seo|google (?:listing|ranking|business|ads|my business)|marketing|advertis\w+|merchant services"
    r"|credit card processing|business (?:loan|loans|funding|capital)|working capital|lead generation|web ?site"
    r"|search engine|payroll|solicit\w+",
    r"on behalf of|(?:from|with) (?:\w+ )?supply|wholesale|distributor|supplier|vendors?|sales rep\w*|(?:we"
    r"|i) (?:offer|sell|supply|provide)"
    r"|(?:like|want|love|calling) to offer|partner(?:ing|ship) with|sponsor\w*|decision maker"
    r"|(?:person )?in charge of (?:your |the )?(?:purchasing|marketing|buying|advertising)|your (?:business"
    r"|company) (?:qualif\w+|is eligible|get more)|help your (?:business|company)"
    r"|reach(?:ing)? out to (?:local )?(?:business|contractor|hvac)\w*",
)
_APPLICANT = phrase(
    r"(?:are|is) (?:you|y all|you guys|your company|anyone|they) (?:\w+ )?hiring|now hiring|hiring|appl(?:y|ying"
    r"|ied) (?:for|to)|job (?:opening|openings|application|posting|opportunit\w+|position|listing|interview)"
    r"|(?:looking for|need|want|about|get|interested in) (?:a |the )?(?:job|work|employment|position)(?! done)",
    r"my (?:resume|application)|resume|employment|work for (?:you|y all|your company)|career\w*|(?:technician"
    r"|installer|tech) position|open positions?|trabajo(?! en)|empleo",
)
_BILLING = phrase(
    r"(?:my|the|a|your|this|our) (?:last |recent )?bill(?! (?:is|was|has|keeps|went) (?:so |too |really "
    r"|very )?(?:high|up|through))|billing|invoices?|(?:over|double )?charged|overcharged|charged (?:me|us|twice)"
    r"|charge on|refund\w*|receipt|payments?|pay (?:my|the|a|for my)|balance|owe|factura",
)
_ENERGY_BILL = phrase(r"(?:electric(?:ity|al)?|energy|utility|power|gas|light|heating) bills?")
_WARRANTY = phrase(r"warrant(?:y|ies|ied)|guarantees?|garantia")
_PRICING = phrase(
    r"how much|(?:what|how) (?:is|are|would|does|do|will|s) (?:\w+ ){0,5}?(?:cost|price|prices|charge|fee|fees|rate"
    r"|rates|run)|what (?:do|would|will) (?:you|y all|it) (?:guys )?charge|pric(?:e|es|ing)|costs?"
    r"|service (?:call )?fee|(?:diagnostic|trip) (?:fee|charge)|your (?:fee|rates?)|hourly rate|cuanto (?:cuesta"
    r"|cobran|es)|(?:free )?estimates? free|free estimates?",
)
_NEW_THING = (
    r"(?:(?:hvac|ac|a c|air|heating|cooling|central|whole|complete|entire|heat|mini|home) )*"
    r"(?:ac|air conditioner|air conditioning|air|conditioner|system|systems|unit|units|furnace"
    r"|heater|heat pump|hvac|mini split|condenser|equipment|install|installation|boiler)"
)
_NEW_SYSTEM = phrase(
    rf"(?:a |the |an? )?(?:brand )?new {_NEW_THING}(?! (?:part|filter|cover|thermostat|motor|fan))|(?:replace"
    rf"|replacing|upgrade|upgrading|swap out|change out) (?:my|our|the|this|that|it with a new|an?) (?:old |whole "
    rf"|entire |current |existing )?{_NEW_THING}(?! (?:part|filter|cover|thermostat|motor|fan|coil|capacitor|vent"
    rf"|vents|duct|ducts))",
    r"(?:system|unit|ac|furnace|full|complete|hvac) replacement|replacement (?:system|unit|furnace|ac)|(?:install"
    r"|installing|put in|putting in|installation of) (?:a |an |the )?(?:new |central |mini )*(?:ac|air|hvac|system"
    r"|unit|furnace|heat pump|split|heating)|(?:quote|estimate|bid) (?:for|on) (?:a |an )?(?:replacement"
    r"|installation|install|replacing|installing)|new construction",
)
_WISH = phrase(
    r"(?:i |we |would |just |really )*(?:want|would like|looking (?:for|to|at|into)|interested in|ready (?:for|to)"
    r"|shopping for|in the market for|thinking (?:about|of)|hoping to|decided (?:to|on)|quote|quotes|estimate|bid"
    r"|price|cost|how much)(?! (?:know|see) (?:if|whether))",
)
_REPAIR = phrase(
    r"broken?|not (?:working|cooling|heating|blowing|turning|running|coming|starting)|parts?|cover|noises?|nois[ey]"
    r"|leak\w*|tune up|repair\w*|fix\w*|filters?|maintenance|quit|stopped|(?:will|does|is) not|clean\w*|diagnos\w*"
    r"|motor|capacitor|thermostat|check(?:ed)? (?:it|my|the)?|look at|instead of (?:a )?new",
)
_PERSON = phrase(
    r"(?:file|make|have) a complaint",
    r"(?:speak|talk|speaking|talking|connect(?:ed)?|transfer(?:red)?|put) (?:\w+ ){0,3}?(?:human(?: being)?|person"
    r"|someone(?! about (?:my|a|the|our|getting|scheduling|repair\w*|fixing))|somebody(?! about (?:my|a|the|our"
    r"|getting|scheduling|repair\w*|fixing))|representative|rep|agent|operator|manager|supervisor|technician|tech"
    r"|owner|boss|receptionist|staff|dispatcher|office|sales)",
    r"(?:real|live|actual) (?:person|human|agent|representative)|human(?: being)?|representative|operator|(?:get"
    r"|want|need) (?:me )?(?:a|an) (?:human|person|agent|manager|supervisor|representative|rep|supervisor)"
    r"|transfer me|customer service|agent(?: please)?",
    r"(?:hablar|habla) con (?:una|alguien|un)(?: \w+)?|llameme|llamame|que me llamen|persona real|representante"
    r"|operadora",
)
_CALLBACK = phrase(
    r"(?:call|calling|ring|phone) (?:me|us) (?:back|later|when|tomorrow|at|on)|(?:a |the )?call ?back|(?:have|get"
    r"|can|could|ask) (?:someone|somebody|them|a technician|the owner|a manager|him|her|you"
    r"|they) (?:to )?(?:please )?(?:just )?(?:call|ring|phone)(?: me| us)?(?: back)?(?! (?:first|ahead|before"
    r"|beforehand|when (?:they|he|she|you)))|give me a call|call my (?:cell"
    r"|phone)|return my call",
)
_ROBOT = phrase(
    r"(?:are|is) (?:you|this|that|it) (?:\w+ )?(?:an? )?(?:\w+ )?(?:robot|ai|a i|bot|real|human|machine|computer"
    r"|recording|artificial intelligence|automated|person|answering machine|virtual|chatgpt|siri|alexa)(?: person"
    r"| human)?",
    r"(?:am i|i am|i) (?:speaking|talking) (?:to|with) (?:an? )?(?:\w+ )?(?:robot|ai|bot|machine|computer|recording"
    r"|real person|person|human|human being)(?! please)|you (?:are|sound like) (?:an? )?(?:robot|ai|bot|machine"
    r"|computer|recording)|real person or|eres (?:un )?(?:robot|una maquina)",
)
_QUESTION_START = re.compile(
    r"(?:and |but |so |well |yeah |yes |no |ok |okay |oh |hey |wait |actually |sorry |also )*(?:what|when|where|who"
    r"|why|how|which|whose|can|could|do|does|did|are|is|will|would|should|have you|am i|may i|que|cuando|donde"
    r"|como)(?!\S)"
)
_GOODBYE = phrase(
    r"goodbye|bye(?: bye)?|(?:have|you have) (?:a|an) (?:\w+ )?(?:good|great|nice|wonderful|blessed"
    r"|lovely)? ?(?:day|one|night|evening|weekend|afternoon|rest of your day)|talk to you (?:later|soon|then)"
    r"|see you(?: then| later| tomorrow)?|take care|i am hanging up|i will (?:call|try|find|go with) (?:someone"
    r"|somebody) else|adios|hasta luego|eso es todo",
)
_ALL_DONE = phrase(
    r"that is (?:it|all|everything)(?: (?:i need\w*|for (?:now|today|me)|thanks|thank you))?|that will be all"
    r"|that would be all|nothing else|i am (?:all set|done)|we are all set|all set"
)
_DATA_QUESTIONS = frozenset({Question.NAME, Question.BOOKING_NAME, Question.ADDRESS, Question.ZIP, Question.PHONE})


def read_manage(text: str, question: Question | None) -> tuple[bool, ManageAction | None]:
    """Whether the plain `text` is about an appointment on file, and what to do with it."""
    if question is Question.MANAGE_WHAT:
        for action, bare in _MANAGE_BARE.items():
            if affirmed(bare, text):
                return True, action
    if affirmed(_CANCEL, text, 3):
        return True, ManageAction.CANCEL
    if affirmed(_RESCHEDULE, text, 3):
        return True, ManageAction.RESCHEDULE
    if said(_STATUS, text) and not said(phrase("(?:make|schedule|book|set up|get) an? appointment"), text):
        return True, ManageAction.STATUS
    return (said(_OWN_VISIT, text) and not said(phrase(r"like to (?:\w+ )?(?:have|get)|can i have"), text)), None


def read_intent(text: str, question: Question | None) -> Intent | None:
    """The intent of the plain `text`; None when nothing is recognised."""
    if read_manage(text, question)[0]:
        return Intent.MANAGE
    if question in _DATA_QUESTIONS and len(text.split()) <= 4:
        return Intent.WRONG_NUMBER if said(_WRONG_NUMBER, text) else None
    if affirmed(_FOLLOW_UP, text, 1) or (said(_FOLLOW_UP, text) and said(_NOT_CALLED, text)):
        return Intent.FOLLOW_UP
    non_service = _non_service(text)
    problem = describes_problem(text) or wants_new_system(text)
    if non_service in (Intent.WARRANTY, Intent.PRICING) and problem:
        return Intent.SERVICE
    if non_service:
        return non_service
    return Intent.SERVICE if problem or said(SERVICE_WORDS, text) else None


def _non_service(text: str) -> Intent | None:
    if affirmed(_WRONG_NUMBER, text):
        return Intent.WRONG_NUMBER
    if affirmed(_VENDOR, text) and not symptom(text):
        return Intent.VENDOR
    if affirmed(_APPLICANT, text) and not symptom(text):
        return Intent.APPLICANT
    if affirmed(_WARRANTY, text, 1):
        return Intent.WARRANTY
    if said(_PRICING, text):
        return Intent.PRICING
    if affirmed(_BILLING, text) and not said(_ENERGY_BILL, text):
        return Intent.BILLING
    return None


def wants_new_system(text: str) -> bool:
    """Whether the caller wishes for a new system or a quote for one; in doubt it is a repair (X22).

    Words of repair veto, unless an explicit wish is in a clause without them: "my AC is broken, I want a new system".
    """
    if not affirmed(_NEW_SYSTEM, text):
        return False
    if not said(_REPAIR, text):
        return not said(
            phrase(
                r"(?:do|will|would) (?:i|we) need|(?:just|already|recently) (?:got|installed|bought|had|put in)"
                r"|we (?:got|installed|bought)|i (?:got|bought|installed)|(?:is|was) (?:a )?(?:brand )?new"
                r"|have a (?:brand )?new"
            ),
            text,
        )
    parts = [c for c in re.split(r"(?<!\S)(?:[,.?]|and|so|but)(?!\S)", text) if affirmed(_NEW_SYSTEM, c)]
    return any(said(_WISH, part) and affirmed(_WISH, part) and not said(_REPAIR, part) for part in parts)


def wants_person(text: str, intent: Intent | None) -> bool:
    """Whether the caller asks for a person or to be called back."""
    if read_ask(text, None, False) is Ask.ROBOT:
        return affirmed(
            phrase(r"(?:speak|talk) (?:to|with) (?:an? )?(?:real |live |actual )?(?:person|human|someone)"),
            text,
        ) and not said(_ROBOT, text)
    return affirmed(_PERSON, text) or (intent is not Intent.FOLLOW_UP and affirmed(_CALLBACK, text))


def read_goodbye(text: str, question: Question | None) -> bool:
    """Whether the caller is done; a bare "no" never is (R14)."""
    if said(_GOODBYE, text):
        return True
    short = len([w for w in text.split() if w.isalpha()]) <= 9
    return (
        short
        and said(_ALL_DONE, text)
        and (question in (Question.ANYTHING_ELSE, None) or said(phrase("thanks?|thank you"), text))
    )


def read_ask(text: str, intent: Intent | None, requests_visit: bool) -> Ask | None:
    """The question that the caller asks, unless it is a request that other fields carry."""
    if said(_ROBOT, text):
        return Ask.ROBOT
    if said(_PRICING, text) and not said(phrase("price is fine"), text):
        return Ask.PRICE
    if requests_visit or intent is Intent.MANAGE or said(_PERSON, text) or said(_CALLBACK, text):
        return None
    for clause in clauses(text):
        if _QUESTION_START.match(clause) and not said(SERVICE_WORDS, clause) and not _is_echo(clause):
            return Ask.OTHER
    return None


def _is_echo(clause: str) -> bool:
    """ "Is it 78701" and "what I need is": a question in form only."""
    return bool(
        re.match(
            r"(?:what (?:i|we|is happening|happened|it)|when (?:i|it|we|you)|how (?:about|soon)|what about|is fine"
            r"|will (?:work|do|be)|would (?:be|work)|do (?:it|that|not)|is (?:good|great|fine|perfect|broken"
            r"|it\b.*))(?!\S)",
            clause,
        )
    )
