"""The questions of a caller that have an answer of their own; a question is told from a request."""

import re

from call.session import Intent
from understanding.facts import Ask
from understanding.text.plain import clauses, phrase, said
from understanding.text.weekdays import WEEKDAY
from understanding.wants.problems import SERVICE_WORDS
from understanding.wants.requests import ROBOT, asks_for_person

_PRICES = r"(?:prices?|pricing|costs?|rates?|fees?)"
PRICING = phrase(
    r"how much(?! (?:longer|time|water|gas|space|notice|of))|(?:what|how) (?:is|are|would|does|do|will) (?:\w+ ){0,5}?"
    rf"(?:charge|run|{_PRICES})(?! (?:on|all|out))|what (?:(?:do|would|will) )?(?:you|y'?all|they|it) (?:\w+ )?"
    r"(?:charge|get for an?)|what (?:an? |the |your |it |that |this |such )(?:\w+ ){0,4}?costs?(?! (?:on|all|out))"
    r"|(?:just|the|your|for|about|around for) (?:pricing|prices)",
    r"(?:know|get|tell me|have|want|need|check(?:ing)?|quote me|ask(?:ing)?(?: about)?|question about"
    rf"|calling (?:\w+ )?(?:for|about)|compar\w+|shopping) (?:\w+ ){{0,3}}?{_PRICES}(?! (?:of everything|is crazy))"
    r"|prices? (?:for|on|to)|^(?:the |a |your )?(?:price|cost|pricing|prices|fee)$",
    r"service call fee|(?:diagnostic|trip|visit|service) (?:fee|charge)|your (?:fee|rates?|prices?)|hourly rate"
    r"|cuanto (?:cuesta|cobran|es|vale|sale)|(?:do|does|is|will|would|are) (?:\w+ ){0,3}?(?:fees?|charge(?! on)|cost)"
    r"|(?:do|will|would) (?:i|we) (?:still )?(?:have to |need to |be )*(?:pay|charged|owe)|estimates? free"
    r"|free estimates?",
)
_PRICE_IS_FINE = phrase(r"price is fine")
_INTERJECTIONS = (
    r"(?:and |but |so |well |yeah |yes |no |ok |okay |oh |hey |wait |actually |sorry |also |bye? the way )*"
)
_QUESTION_START = re.compile(
    rf"{_INTERJECTIONS}(?:what|when|where|who|why|how|which|whose|can|could|do|does|did|are|is|will|would|should"
    r"|have you|am i|may i|que|cuando|donde|como)(?!\S)"
)
_MONEY = phrase(r"dollars|fees?|charges?|cost|price")
_DAY = rf"(?:{WEEKDAY}|weekends?|weekdays|holidays?|thanksgiving|christmas|every day)"
_DAYS = phrase(  # Which days there is work on; "can you come Sunday" asks for a visit.
    r"(?:are|do) (?:you|y'?all|they)(?: guys| all)? (?:ever |also |even )?(?:open|work(?:ing)?|closed"
    rf"|(?:make|do) visits|run|operate|(?:go|come) out)(?: (?:on|over|the|at|during|through|any|even)){{0,3}} {_DAY}"
    r"|(?:what|which) days (?:are|do) (?:you|y'?all|they)(?: guys)?",
)
_REQUEST = re.compile(rf"{_INTERJECTIONS}(?:can|could|will|would) (?:you|y'?all|somebody|someone|i|we)(?!\S)")
_ECHO = re.compile(  # "Is it 78701" and "what I need is": a question in form only
    r"(?:what (?:i|we|is happening|happened|it)|when (?:i|it|we|you)|how (?:about|soon)|what about|is fine"
    r"|will (?:work|do|be)|would (?:be|work)|do (?:it|that|not)|is (?:good|great|fine|perfect|broken|it\b.*))(?!\S)"
)


_YOU = r"(?:you|y'?all|they|somebody|someone)(?: guys| all)?"
_WHAT_IS_FREE = phrase(
    rf"what(?: (?:times?|days?|slots?|openings?|else))?(?: (?:do|would|could|can|have))? {_YOU}(?: (?:have|got|offer"
    r"|do|see))*(?: (?:open|available|free|left|coming up|(?:this|next) week))*(?= [,.?]|$)",
    r"(?:what|when)(?: (?:times?|days?))? (?:is|are) (?:available|open|free|(?:my|your)(?: (?:next|first|soonest"
    rf"|earliest))? (?:openings?|availability|options|choices)|{_YOU} (?:free|available|open))|cuando pueden",
    rf"when (?:can|could|would|will) {_YOU} (?:be able to )?(?:come|be here|make it|get here|do it|send \w+)",
)


def asks_what_is_free(text: str) -> bool:
    """Whether the plain `text` asks which visits there are to choose from."""
    return said(_WHAT_IS_FREE, text)


def asks_about_days(text: str) -> bool:
    """Whether the plain `text` asks on which days there is work, or on a certain one."""
    return said(_DAYS, text)


def read_ask(text: str, intent: Intent | None, requests_visit: bool) -> Ask | None:
    """The question that the caller asks, unless it is a request that other fields carry."""
    if said(ROBOT, text):
        return Ask.ROBOT
    asked = [clause for clause in clauses(text) if _QUESTION_START.match(clause)]
    if (said(PRICING, text) and not said(_PRICE_IS_FINE, text)) or any(said(_MONEY, part) for part in asked):
        return Ask.PRICE
    if requests_visit or intent is Intent.MANAGE or asks_for_person(text):
        return None
    for clause in asked:
        if not (said(SERVICE_WORDS, clause) and _REQUEST.match(clause)) and not _ECHO.match(clause):
            return Ask.OTHER
    return None
