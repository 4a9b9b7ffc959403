"""Whether the model asks what the state asks: the caller's next words are read as the answer to the state's question.

"Is it still running?" at the offer of a visit makes a "no" of the caller's decline the visit, and a "yes" to "do you
smell gas?" at the ZIP question would be nothing (E2). So a question passes only about what is open, and where no yes or
no is waited for only in a form that none answers. Data and one function; pure.
"""

import re

from call.session import Question
from understanding.answers.answers import YES_NO_QUESTIONS
from understanding.danger.safety_answers import asks_about_danger
from understanding.text.plain import phrase, plain, said

_WHEN = (
    r"when|how soon|what (?:day|time)|which (?:day|time|one)|(?:day|time|morning|afternoon|date|\w+day|weekend)s?"
    r"|soon\w*|right away|how (?:quickly|pressing|urgent)|(?:work|better|kinder) for you|suits?|schedule|week|later"
    r"|which (?:would|do) you (?:prefer|like|want)|which (?:suits|works)"
)
_HELP = r"help|do for you|going on|calling about|can i do|need"
_ABOUT = {
    Question.HOW_CAN_I_HELP: phrase(_HELP),
    Question.ZIP: phrase(r"zip|(?:five|last \w+) digits?|digit code|postal code|postcode|zip ?code"),
    Question.ZIP_CONFIRM: phrase(r"zip|right|correct"),
    Question.NAME: phrase(
        r"names?|whom?|who am i (?:speaking|talking) (?:with|to)|calling|(?:call|address) you"
        r"|spell\w*|you are \?|yours"
    ),
    Question.PROBLEM: phrase(
        r"going on|wrong|happening|happened|problem|trouble|issues?|\w+ doing|tell me|describe|unit|system|see\w*"
        r"|look(?:ed|ing)? at"
        rf"|{_HELP}|it about|acting|giving you|notic\w+|symptoms?|not doing|seems?"
        r"|made you (?:call|reach|ring)|brings? you|the matter|up to|\w*behaving|not working|else can you say|broken"
        r"|(?:kind|sort) of|reason for|in what sense|come into it"
        r"|(?:what|how) .*(?:furnace|heater|ac|heat|air conditioner|air|cooling|heating|house|thermostat)"
    ),
    Question.ADDRESS: phrase(r"address|streets?|house number|where|whereabouts|located|live|place|property"),
    Question.WHEN: phrase(_WHEN),
    Question.CHANGE_WHAT: phrase(
        r"chang\w+|need\w*|spell\w*|which|correct|wrong|right|different(?:ly)?|fix"
        r"|(?:should|ought) (?:\w+ ){1,6}(?:be|say|read|said|go)|instead|something else"
        r"|rather have|correct\w*"
    ),
    Question.SCHEDULE_OFFER: phrase(
        r"(?:schedule|book|set up|arrange|(?<!been )like|want|send)(?: \w+){0,4}? (?:visit|appointment|one|someone"
        r"|technician|it|that|this)"
        r"|visit|appointment|call|schedule|technician (?:look|come|see)"
    ),
    Question.DETAILS: phrase(
        r"names?|about|details|tell me|regarding|concerns?|concerning|calling|your(?: \w+)? (?:question|matter"
        r"|invoice|bill|warranty|concern)"
        r"|(?:what|which)(?: \w+){0,3} (?:invoice|bill|charges?|payment|receipt|statement|visits?|job|warranty|check)"
        r"|who(?:m|se)?|(?:invoice|bill|charge|statement|letter) (?:shows?|says?|mentions?)|going on"
        r"|(?:invoice|bill|charge|warranty|question|it|this) for"
    ),
    Question.PHONE: phrase(
        r"numbers?|reach|phone|area code|call you|numero|telefono|cual(?: es| si)?"
        r"|(?:me|lo|podria) d(?:a\w*|ict\w*)|what is it"
    ),
    Question.SITE_CONTACT: phrase(
        r"whom?|there|home|someone|somebody|meet\w*|names?|numbers?|person|property|on site|contact|door|open"
        r"|let (?:us|them|him|her)|yourself|which of|ask for|be in"
    ),
    Question.END_DOUBT: phrase(r"come out|look at|heating|cooling|speak|someone|talk"),
}
# In this form a yes or a no is all that can come; "could you tell me" and "may I have" ask for more, and so does "do
# you know the", of which plain() leaves out the filler "you know".
_YES_OR_NO = re.compile(
    r"(?:(?:and|so|but|okay|ok|sure|alright|well|then|just|thanks|thank you|gracias|sorry|of course|first|one thing"
    r"|also|to be sure|just to be sure|[,.])\s+)*(?:is|are|was|were|does|did|has|have|had|will|should|shall"
    r"|do(?! (?:you (?:have|remember)|(?:the|your) (?:zip|name|number|address|street))(?!\S))"
    r"|would(?! you (?:tell|give|say|mind|prefer|rather|want)))(?!\S)"
)
_CHOICE = phrase(
    r"or|which|when|what|how|where|who|there (?:a|any|another|some)(?: \w+)? (?:day|time)|(?:an|some )?other day"
)
_WHOSE = phrase(r"you (?:own|rent|renting|leasing)|(?:owner|renter|tenant)s? of|homeowner")


def other_question(text: str, question: Question | None, *, asks: bool) -> str:
    """Why a sentence of the model asks what the state does not, "" if it does not; `asks`: whether the state asks."""
    if "?" not in text:
        return ""
    words = plain(text)
    if asks_about_danger(words):
        return "asks about danger"
    if said(_WHOSE, words):
        return "asks whose the home is"
    if not asks:
        return "asks where nothing is asked"
    about = _ABOUT.get(question) if question else None
    if about is None or not said(about, words):
        return "another question than the state's"
    if question not in YES_NO_QUESTIONS and _YES_OR_NO.match(words) and not said(_CHOICE, words):
        return "a question for a yes or no"
    if question in YES_NO_QUESTIONS and said(_OPEN, words):
        return "a question that no yes or no answers"
    return ""


_OPEN = phrase(r"(?:what|when|where|who|which|how)(?! about)(?: \w+)* \?$")
