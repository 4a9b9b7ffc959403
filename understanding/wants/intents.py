"""What the caller called for: an appointment on file, a call we owe, billing and the like, other business, service.

Order: manage, follow-up, non-service, service (conversation.md 3); a described problem beats warranty and price (X21).
None means that nothing was recognised: the caller of "hello" is still free to say. Wishes beside it are in requests.py.
"""

from call.session import Intent, ManageAction, Question
from understanding.text.clauses import cut
from understanding.text.lexicon import CLASSES
from understanding.text.parts import NOBODY, RELATIVE, SOMEONE, VISIT, YOU
from understanding.text.plain import affirmed, negated, phrase, said
from understanding.text.weekdays import WEEKDAY
from understanding.wants.asked_after import asks_whether_cancelled
from understanding.wants.bills import BILL_WORD, MONEY_BACK, is_about_a_bill, names_bill
from understanding.wants.messages import leaves_message
from understanding.wants.moves import MAY_MOVE, MOVES_A_DAY
from understanding.wants.other_trades import is_other_trade
from understanding.wants.problems import SERVICE_WORDS, describes_problem, symptom
from understanding.wants.questions import PRICING
from understanding.wants.requests import wants_new_system
from understanding.wants.systems import names_equipment

_THEY = rf"(?:{SOMEONE}|(?:the|your|my) (?:technician|tech|guy)|he|she|they|you(?: guys)?|y'?all)"
_NO_LONGER = (
    r"(?:anymore|any longer|after all|on \w+day|tomorrow|today|next week|now|this week|that i (?:scheduled|booked))"
)
_CANCEL = phrase(
    r"cancel(?:l?ed|l?ing)?(?! (?:(?:my |our |the )?(?:plan|membership|contract|subscription)|itself"
    r"|(?:on|with) (?:the|my|our|another|that|some) (?:other|last|first|old|company|guy|outfit))(?!\S))|call off"
    rf"|(?:do not|no longer) (?:need|want) (?:my|the|that) {VISIT}|cancelar(?:la|lo)?",
    rf"(?:will not|do not|no longer|not going to) (?:be )?need(?:ing)? (?:the|that|a|your|my|him|{YOU}|{SOMEONE})"
    rf" (?:\w+ ){{0,4}}?{_NO_LONGER}",
    r"(?:come|take (?:me|us)|get|be taken|took) off (?:of )?(?:the|your|y'?all is) (?:schedule|calendar|books?|list)"
    rf"|(?:do not|no) need (?:(?:{YOU}|him|{SOMEONE}) )?to come(?! (?:out )?(?:to|into|in)(?!\S))"
    r"|get rid of (?:it|the appointment|that)|scrap (?:it|that|the appointment)",
)
_PUT_ME = r"put me (?:on|down|in)"
_INSTEAD = phrase(rf"instead|{_PUT_ME}|re ?schedul\w+|(?:just |and )(?:move|change|do|book) (?:it|me|that|\w+day)")
_RESCHEDULE = phrase(
    rf"re ?schedul(?:e|ed|ing)|(?:move|change|push|switch|bump|postpone|delay) (?:\w+ ){{0,4}}?(?:{VISIT}|time|date"
    r"|day)|(?:move|push|bump) (?:it|that|back|my \w+)|postpone|reprogramar|(?:cambiar|mover) (?:la|mi) (?:cita|hora"
    rf"|fecha)|(?:different|another|new) (?:day|time|date) for (?:my|the) {VISIT}|(?:want|wanted|need|needed|like|have"
    rf"|get) (?:my|our|the|that) (?:{WEEKDAY} )?{VISIT} (?:re ?scheduled|(?:mov|chang|push|switch|bump|postpon)ed)",
    rf"can not (?:make|do|keep|be there for) (?:my|the|that|our|it) (?:\w+ ){{0,3}}?(?:{VISIT}|time|oclock|today"
    r"|tomorrow|\w+day)|(?:something|work|an emergency) came up(?: .*)? (?:another|other|different|later|next|move"
    r"|change)",
)
_ON_THE_BOOKS = r"(?:scheduled|booked|on the (?:schedule|calendar|books))"
_STATUS = phrase(
    r"(?:confirm|make sure|check(?:ing)?(?: on| in on| about)?|verify|know|find out about|asking about|calling about"
    rf"|status of|question about|see) (?:(?!{BILL_WORD})\w+ ){{0,2}}?(?:my|our|the|that|this|your|an upcoming|any"
    rf"|tomorrow is|today is|\w+day is|mi) (?:(?!{BILL_WORD})\w+ ){{0,2}}?{VISIT}(?! available| {BILL_WORD})"
    r"|(?:when|what (?:time|day)) (?:(?!refund|parts?|check|invoice|order|unit|you|bill)\w+ ){0,4}?"
    rf"(?:{VISIT}|technician|tech|guy|coming|scheduled|supposed to|getting here|be here)"
    rf"|(?:is|are) {_THEY} (?:still )?(?:coming|on (?:his|her|their|the) way)",
    rf"(?:do|did) (?:i|we) (?:still )?have an? (?:\w+ )?{VISIT}|(?:am|are) (?:i|we) (?:still )?{_ON_THE_BOOKS}"
    rf"|(?:have|got) an? (?:\w+ )?{VISIT} (?:\w+ ){{0,8}}?(?:what time|when|still|confirm|know)|where is {_THEY}"
    rf"|still (?:{_ON_THE_BOOKS}|down for|good for|set for)|(?:technician|tech|guy) (?:arriv(?:e|ing)|(?:be|get) here)",
)
_OTHER_BUSINESS = (
    r"(?:doctors?|dentists?|vet|lawyer|therapist|client|hair|medical|eye|school|court|job|work|nail|massage)"
)
_OWN_VISIT = phrase(
    rf"(?:my|our) (?:(?!{_OTHER_BUSINESS})\w+ )?{VISIT}|(?:have|had|got) an? (?:(?!{_OTHER_BUSINESS})\w+ )?{VISIT}"
    rf"(?! available| (?:with|at) (?:a|my|the|an) {_OTHER_BUSINESS})"
    rf"|i am (?:already )?(?:scheduled|booked)|i scheduled|existing {VISIT}|mi cita",
)
_HAS_NONE = phrase(rf"not (?:even |actually )?have (?:one|any|an? (?:\w+ )?{VISIT})(?! (?:time|day|on|that))")
_NEW_VISIT = phrase(
    rf"(?:mak|schedul|book|sett? up|gett?|have|need|want)(?:e|ing)? (?:up )?(?:me |us )?an? (?:\w+ )?{VISIT}"
)
_WISHED = phrase(r"like to (?:\w+ )?(?:have|get)|(?:can|could) (?:i|we) (?:have|get|make)")
_MANAGE_BARE = {
    ManageAction.CANCEL: phrase(r"cancel(?:l?ing)?|get rid of (?:it|that)|call it off"),
    ManageAction.RESCHEDULE: phrase(
        r"re ?schedul(?:e|ing)|move|change|(?:another|different|some other) (?:day|time)|push it|make it|later|earlier"
        rf"|sooner|instead|switch|{_PUT_ME}"
    ),
    ManageAction.STATUS: phrase(r"check|when|what time|status|confirm|just checking|verify"),
}
_PART = r"(?:parts?|motor|board|compressor|coil|unit)"
_FOLLOW_UP = phrase(
    r"(?:i|we) (?:have |had |already |just )*(?:called|spoke|spoken|talked|left (?:you )?a (?:message|voicemail))"
    r"(?: \w+){0,6}? (?:before|earlier|yesterday|already|ago|last (?:week|night|month)|this morning"
    r"|with (?:someone|somebody|a \w+)|today|on \w+day)",
    r"(?:i|we) (?:already called|called back|left (?:you )?a (?:message|voicemail))|(?:waiting|waited) (?:for|on)"
    r" (?:\w+ ){0,5}?(?:call ?back|call|update|parts?|estimate|quote|hear back|someone to call)",
    r"call(?:ing)? (?:you )?back (?:about|regarding|from)|return(?:ing)? (?:a |your |the |someone is )?(?:missed )?call"
    r"|missed (?:a |your )?call|(?:any|an|the) updates?|any (?:word|news) (?:on|about|yet)|follow(?:ing)? up",
    rf"(?:{NOBODY}|never|have not|did not) (?:\w+ ){{0,3}}?(?:call(?:ed|s)?|heard?|got back)"
    r"|still (?:waiting|have not heard)|(?:was|were) supposed to (?:call|come|be here|show|send|get back)"
    rf"|told (?:me )?(?:{SOMEONE}|they|{YOU}|he|she) would|said (?:{SOMEONE}|they|{YOU}|he|she) would call"
    r"|checking on (?:the|my|a) (?!appointment|visit)",
    rf"(?:{SOMEONE}|{YOU}|a lady|a guy|he|she|they) (?:from \w+ )?(?:just |already )?(?:called|tried (?:to call|calling"
    r"|to reach)|left) (?:me|us|my|a message|a voicemail)",
    r"(?:has|did|is|have) (?:my|the|that|our) (?:\w+ )?(?:parts?|order|estimate|quote) (?:\w+ )?(?:come|came|arrived|in"
    rf"|ready|get|here)|{_PART} (?:that )?(?:{YOU}|they|he) (?:\w+ )?order(?:ed)?",
)
_NOT_CALLED = phrase(r"(?:nobody|no one|never|not) (?:\w+ ){0,3}?(?:called|call|heard|hear)")
_ELSEWHERE = (
    r"(?:dentist|doctor|bank|pharmacy|hospital|church|school|vet|veterinarian|salon|hotel|restaurant|library"
    r"|post office|police|city|(?:water|electric|gas|power|cable) (?:company|department)|pizza|pizzeria|dominos?"
    r"|walmart|walgreens|cvs|heb|target|home depot|lowes|fedex|ups|att|at and t|verizon|t mobile|comcast|spectrum"
    r"|(?:ace )?hardware(?: store)?|auto parts|xfinity|wells fargo|chase|amazon|netflix|uber|jail|courthouse"
    r"|insurance|dmv|social security|medicare|airline|barber|clinic|animal shelter|plumber|nail)"
)
_MEANT_TO_REACH = (
    r"(?:trying to (?:reach|call|get (?:a ?hold of|in touch with|through to))|(?:looking|calling) for"
    r"|(?:i was|am) calling|is (?:this(?: not)?|not this)|have i reached|did i (?:call|reach)|meant to call"
    r"|thought (?:this|it) was|(?:want|wanted|need|needed) the(?= hardware store))"
)
WRONG_NUMBER = phrase(
    r"(?:have |got |dialed |called |is |be )?(?:the )?wrong (?:number|place|business|company|person|contact)"
    r"|mis ?dialed|numero equivocado|me equivoque|(?:dialed|called) (?:it |this |you )?(?:wrong"
    r"|by (?:mistake|accident))|(?:did not|do not) mean to (?:call|dial)|(?:pocket|butt) ?dial(?:ed)?"
    rf"|meant to call (?:some(?:one|body)) else|{_MEANT_TO_REACH} (?:doctor|dr)(?: \.)? \w+(?: is)? (?:office|clinic)",
    rf"{_MEANT_TO_REACH} (?:the |a |my |your )?{_ELSEWHERE}(?: is)?(?: (?:office|store|place|line|department"
    r"|house))*(?! (?:recommended|told|said))(?= [,.?]|$| (?:i|on|in|at|please|sorry)(?!\S))",
    rf"(?:was calling|calling|trying to (?:reach|call)|looking for) my (?:friend|boss|{RELATIVE})(?= [,.?]|$"
    r"| (?:wrong|sorry|oops)(?!\S))",
)
_TASKS = r"(?:(?:your |the )?(?:purchasing|marketing|buying|advertising|ordering|hiring))"
_OFFER = (
    r"your (?:business|company) (?:\w+ ){0,3}?(?:pre ?approved|approved|eligible|qualif\w+|get more)"
    r"|line of credit (?:\w+ )?(?:for your|up to)|you (?:are|have been) (?:pre ?approved|approved"
    r"|selected) for (?:\w+ ){0,4}?(?:loan|funding|capital|credit)|seo|merchant (?:services|account|processing)"
    r"|card processing|business (?:loans?|funding|capital|listing|line of credit)|working capital"
    r"|lead generation|search engine|payroll|solicit\w+|(?:first|top) (?:page|of)(?: of)? google|pre ?qualified"
    r"|pre approved|exclusive leads|your (?:google )?listing|google (?:listing|ranking|business|ads|my business)"
    r"|marketing|advertis\w+|(?:from|with) (?:\w+ ){0,3}supply|wholesale\w*|distributor\w*|catalog"
    r"|rep (?:for|from|with)|sales rep\w*|(?:we|i) (?:offer|sell|supply|provide|specialize in)"
    r"|(?:like|want|love|calling) to offer|partner(?:ing|ship) with|sponsor\w*|decision maker"
    rf"|(?:in charge of|does|handles) {_TASKS}|help your (?:business|company)|(?:we|i) (?:can )?(?:help|work with"
    r"|get) (?:\w+ ){0,2}?(?:compan(?:y|ies)|contractors?|businesses|you (?:on|more|to))(?! (?:fix|with my))"
    r"|reach(?:ing)? out to (?:local )?(?:business|contractor|hvac)\w*"
)
# A customer found us by our site and our reviews, and calls on behalf of a person (L1).
VENDOR = phrase(
    _OFFER,
    r"on behalf of (?:\w+ ){0,5}?(?:compan(?:y|ies)|agency|firm|group|network|association|services?|program|inc|llc"
    r"|business(?:es)?|platform|team)",
    r"(?:your|a|new|build\w*|design\w*) (?:\w+ ){0,2}?web ?sites?(?= [,.?]|$| for| design| and (?:noticed|saw))"
    r"|web ?site (?:design|development|hosting|traffic)|(?:more|better|your) (?:\w+ ){0,2}?reviews"
    r"|(?:become|be|been|as|a|an|your) (?:your |a |an )?(?:\w+ )?(?:supplier|vendor)|(?:suppliers?|vendors?) (?:for|of"
    r"|to)",
)
_FOUND_US = phrase(
    r"(?:found|find|saw|seen|read|looked at|looking at|got|came across|see) (?:\w+ ){0,4}?"
    r"(?:web ?site|google|reviews?|listing|number|ad|ads|page|yelp|online|internet)(?: \w+)?"
)
_KEY = r"(?:one|two|three|nine|zero|star|pound|\d)"
_RECORDING = phrase(
    rf"press (?:the )?(?:{_KEY}|any (?:key|number|button))(?: \w+){{0,3}}? (?:to|for)|to (?:\w+ ){{1,6}}?press {_KEY}"
    r"|(?:this is|you have) (?:a|an) (?:\w+ )?(?:automated|pre ?recorded|recorded) (?:message|call)"
    r"|(?:your|this) (?:vehicles?|cars?|auto)(?: is)? (?:\w+ )?warranty"
    r"|(?:final|last|courtesy) (?:notice|call|attempt) (?:about|regarding|to reach)",
)
_TOLD = phrase(r"told|said|says|tells|pressed|(?:i|we) (?:have to|had to|did|can|could|should|need to|already)")
# What only somebody of the trade says of themselves
_OF_THE_TRADE = (
    r"(?:(?:years?|months?) (?:in|of|as|with|doing) (?:\w+ ){0,3}?(?:hvac|install\w*|trade|ac|heating|refrigeration"
    r"|field|sheet metal)|epa (?:card|certif\w+|licen\w+)|i (?:have been|am|was) an? (?:\w+ )?(?:installer|hvac tech\w*"
    r"|journeyman|apprentice)|(?:fix|install|repair|service) (?:\w+ ){1,3}for a living)"
)
_HAND = r"(?:installer|helper|tech(?:nician)?|hand|dispatcher)"
_JOB = r"(?:job|work|employment|position)"
APPLICANT = phrase(
    rf"{_OF_THE_TRADE}(?: (?!(?:my|our|fix|broke)(?! \w+ (?:card|license))(?!\S))\S+){{0,14}}? openings?"
    r"(?: (?:on|for|in|with) (?:your|the|a|an) \w+)?",
    rf"(?:any |an )?openings? (?:on|for) (?:your|the|an?|some) (?:crew|team|(?:\w+ )?{_HAND}|\w+ (?:\w+ )?(?:guy|man"
    r"|person))|join (?:your|the|y'?all is) (?:team|crew|company)",
    r"hiring|appl(?:y|ying|ied) (?:for|to|with)|job (?:openings?|applications?|postings?|opportunit\w+|positions?"
    r"|listings?|interviews?)|(?:looking for|need|want|about|get|interested in) (?:a |the "
    rf"|some )?{_JOB}(?!(?: (?:to|that|being|getting|i|be|needs?))* done| on (?:my|the|our)| for (?:my|the))",
    rf"(?:(?:my|a|an) )?(?:resume|application)|employment|work(?:ing)? for (?:{YOU}|your company)"
    r"|looking for (?:techs|technicians|installers|helpers|help|workers|people|employees)"
    rf"|career\w*|{_HAND} (?:position|job|opening)|open positions?|apprentic\w+|indeed|craigslist"
    r"|zip ?recruiter|linkedin|glassdoor|monster|internship|trabajo(?! en)|empleo|contratando|vacante",
)
_WARRANTY = phrase(r"(?<!home )warrant(?:y|ies|ied)|guarantees?|garantia")


def read_manage(text: str, question: Question | None) -> tuple[bool, ManageAction | None]:
    """Whether the plain `text` is about an appointment on file, and what to do with it, or with one if there is one."""
    if question is Question.MANAGE_WHAT:
        wished = [action for action, bare in _MANAGE_BARE.items() if affirmed(bare, text)]
        if wished:
            moved = ManageAction.RESCHEDULE in wished and said(_INSTEAD, text)
            return True, ManageAction.RESCHEDULE if moved else wished[0]
    if said(_HAS_NONE, text):
        return False, None
    moves = affirmed(_RESCHEDULE, text, 3) or affirmed(MOVES_A_DAY, text, 3)
    if not moves and question not in _BESIDE_A_CHANGE and asks_whether_cancelled(text):
        return True, ManageAction.STATUS
    if affirmed(_CANCEL, text, 3) and not (moves and any(negated(text, m.start(), 1) for m in _CANCEL.finditer(text))):
        return True, ManageAction.RESCHEDULE if said(_INSTEAD, text) else ManageAction.CANCEL
    if moves:
        return True, ManageAction.RESCHEDULE
    if said(_STATUS, text) and not said(_NEW_VISIT, text.replace("do i still have", "").replace("i have", "")):
        return True, ManageAction.STATUS
    if said(MAY_MOVE, text) and not describes_problem(text):
        return False, ManageAction.RESCHEDULE
    if names_bill(text) and not leaves_message(text):
        return False, None  # The visit is what the bill is for.
    return affirmed(_OWN_VISIT, text, 3) and not said(_WISHED, text), None


# There "so it's cancelled?" is about what is being done, or was just done (done_changes.py).
_BESIDE_A_CHANGE = frozenset({Question.CANCEL_CONFIRM, Question.ANYTHING_ELSE, Question.TEXT})

_NOT_OURS = phrase(rf"{_OTHER_BUSINESS} (?:\w+ )?{VISIT}|{VISIT} (?:with|at) (?:a|my|the|an) {_OTHER_BUSINESS}")
_ON_FILE = phrase(
    rf"(?:my|our|old|other|first|original|existing|current) (?:(?:{WEEKDAY}|\w+ing|first|other|old) ){{0,2}}?(?:{VISIT}"
    rf"|one)|(?:the|that|my) {WEEKDAY} (?:one|{VISIT})|{VISIT} on file"
)
_BESIDE_A_VISIT = CLASSES["filler"] | CLASSES["time"] | CLASSES["weekday"] | CLASSES["courtesy"] | CLASSES["thanks"]


def names_visit_on_file(text: str, *, offered: bool) -> bool:
    """Whether a cancel or move in the plain `text` is of the visit on file, and of nothing else in the caller's life.

    `offered`: another visit is being offered, of which "it" and "the appointment" are said as well.
    """
    if affirmed(MOVES_A_DAY, text, 3) and not offered:
        return True
    for clause in cut(text):
        found = next((m for each in (_CANCEL, _RESCHEDULE) if (m := each.search(clause.text))), None)
        if found is None or said(_NOT_OURS, clause.text):
            continue
        if said(_ON_FILE, clause.text) or (not offered and said(_A_VISIT, clause.text)):
            return True
        behind = clause.text[found.end() :].split()
        if not offered and not said(_MY_OWN, found[0]) and _BESIDE_A_VISIT.issuperset(behind):
            return True
    return False


_A_VISIT = phrase(VISIT)
_MY_OWN = phrase(r"my (?!appointment|visit|time|day|date)\w+")  # "Move my car"


def read_intent(text: str, question: Question | None) -> Intent | None:
    """The intent of the plain `text`; None when nothing is recognised."""
    if read_manage(text, question)[0]:
        return Intent.MANAGE
    if is_recording(text):
        return Intent.VENDOR
    wrong_number = affirmed(WRONG_NUMBER, text)
    if question in _DATA_QUESTIONS and len(text.split()) <= 4:
        return Intent.WRONG_NUMBER if wrong_number else None
    if wrong_number and not symptom(text):
        return Intent.WRONG_NUMBER
    if affirmed(APPLICANT, text) and not symptom(text):
        return Intent.APPLICANT
    if affirmed(_FOLLOW_UP, text, 1) or (said(_FOLLOW_UP, text) and said(_NOT_CALLED, text)):
        return Intent.FOLLOW_UP
    if is_other_trade(text):
        return Intent.OTHER_TRADE
    non_service = _non_service(text)
    if non_service and not (non_service in _GIVE_WAY and _needs_work(text, non_service)):
        return non_service
    problem = describes_problem(text) or wants_new_system(text) or non_service is not None
    named = question is Question.HOW_CAN_I_HELP and names_equipment(text)  # Whoever rings us about one needs us for it.
    return Intent.SERVICE if problem or named or said(SERVICE_WORDS, text) else None


_DATA_QUESTIONS = frozenset({Question.NAME, Question.BOOKING_NAME, Question.ADDRESS, Question.ZIP, Question.PHONE})
_GIVE_WAY = frozenset({Intent.WARRANTY, Intent.PRICING, Intent.BILLING})
_ASKS_WARRANTY = phrase(
    r"(?:check|know|see|find out|ask|wondering|question) (?:\w+ ){0,2}?(?:if|whether|about)|is (?:my|the|our)"
    r"|still (?:under|covered)"
)


def _needs_work(text: str, non_service: Intent) -> bool:
    """Whether there is work to be done as well: then warranty, price and bill are asked on the way (X21).

    The price of planned work ("how much is a tune-up?") is a price; a broken thing with a price question is a repair.
    """
    if non_service is Intent.BILLING and said(MONEY_BACK, text):
        return said(SERVICE_WORDS, text)
    if symptom(text) or wants_new_system(text):
        return True
    asks_only = non_service is Intent.PRICING or said(_ASKS_WARRANTY, text) or non_service is Intent.BILLING
    return describes_problem(text) and not asks_only


def is_recording(text: str) -> bool:
    """S2: whether the plain `text` is a recording that calls: "press one to speak with a representative"."""
    return said(_RECORDING, text) and not said(_TOLD, text) and not symptom(text)


def _sells(text: str) -> bool:
    return affirmed(VENDOR, _FOUND_US.sub(" _ ", text))


def _non_service(text: str) -> Intent | None:
    if _sells(text) and not symptom(text):
        return Intent.VENDOR
    if affirmed(_WARRANTY, text, 1):
        return Intent.WARRANTY
    if is_about_a_bill(text):
        return Intent.BILLING
    if said(PRICING, text):
        return Intent.PRICING
    if names_bill(text):
        return Intent.BILLING
    return None
