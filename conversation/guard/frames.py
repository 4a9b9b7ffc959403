"""What a clause of the model may be: a feeling, a courtesy, a question handed on, or a fact of the record. Data; pure.

A frame is a head, found anywhere in the clause, and the words of the rest in any order. The head has the verb, so the
rest, which has none, claims nothing, except where `verbs` lets it have some. A rest of None is any words but those
with which something is claimed (words.RISK). Times, prices, names and numbers are the marks of known.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from call.session import BookingStatus
from conversation.guard import words as w
from conversation.guard.known import Spoken

Backed = Callable[[Spoken], bool]


@dataclass(frozen=True)
class Frame:
    """What a clause may say, as far as the record `backed` it; a `fact` answers a question of the caller's."""

    heads: tuple[re.Pattern[str], ...]
    words: frozenset[str] | None  # None: any that claims nothing
    free: re.Pattern[str]  # What claims nothing here though it does elsewhere
    never: re.Pattern[str]
    backed: Backed
    fact: bool
    is_theirs: bool = False  # Of the caller's own words


def always(spoken: Spoken) -> bool:
    return True


def calm(spoken: Spoken) -> bool:
    """The caller's last words were not about danger: "that's fine" would be an answer to it."""
    return _DANGER.search(spoken.last) is None


_DANGER = re.compile(
    r"\b(?:gas|smells?|smelling|smok\w+|burn\w*|spark\w*|fire|alarm|detector|monoxide|dizzy|headaches?|shock\w*|safe"
    r"|danger\w*|evacuat\w+|leave the|get out|hurt\w*|hazard\w*|explo\w+|toxic|faint\w*|gas|humo|olor|huele|peligro\w*"
    r"|quemad\w+)\b"
)
_MORE = re.compile(
    r"\b(?:today|tonight|tomorrow|now|come|be here|get here|send|free|promise|guarantee|\w+day|morning|afternoon)\b"
)


def asks_for_more(spoken: Spoken) -> bool:
    """The caller's last words ask for what only the calendar knows: a mere "sure" would promise it."""
    return _MORE.search(spoken.last) is not None


def _undemanding(spoken: Spoken) -> bool:
    return calm(spoken) and not ("?" in spoken.last and asks_for_more(spoken))


def _in_spanish(spoken: Spoken) -> bool:
    return spoken.session.language == "es"


def _failed(spoken: Spoken) -> bool:
    s = spoken.session
    return s.booking_status is BookingStatus.ATTEMPTED_FAILED and not s.booking_uncertain


def _of_a_repair(spoken: Spoken) -> bool:
    return re.search(r"repair|ahead|reparaci|arregl|adelante|hacerl", spoken.text.lower()) is not None


_PARTS = {
    "hard": f"(?<!\\S){w.HARD}(?!\\S)",
    "after": "(?:too|house|home|rooms?|makes|is|has|sounds|feels|must|can|morning|afternoon|evening|timing|go"
             "|weather|season|summer|winter|lot|hours?|days|nights|weeks|couple|for|to|with|when|on|in|at|after|and"
             "|that|this|you|it|if|during|without|time|wait|day|night|week|spot|situation|thing|experience|way"
             r"|while|xx\w+|start|about|as|all|being|having|living|going|waiting|not|of|than|lately|moment|stretch"
             "|going|sleeping|by)",
    "so": "(?:(?:so|such|really|a|an|quite|very|too|pretty|real|the|just|truly|awfully|rather|awful|like|no|more"
          " than|one|moment|situation) )*",
    "be": "(?:(?:must|has to|can|could|does|has got to|would) )?(?:is|are|was|be|has been|have been|had been|being"
          "|sounds?|feels?|seems?|gets?|makes for)",
    "tech": "(?:technicians?|whoever (?:comes|looks at it)|(?:one|person) who (?:comes|looks at it|has seen it|sees"
            r" it))(?: who (?:has (?:seen|looked at)|sees|looks at) (?:it|the \w+))?",
    "team": "(?:team|advisors?|someone|somebody|they|person|office|people|whoever calls)(?: who calls| on (?:the"
            "|our) team| (?:of|from|in|with) (?:the|our) (?:team|office)| from billing| else| here)*",
    "may": "(?:can|could|would|will|should|may|might|does|has to|have to|needs to|need to|is able to|be able to|is"
           r" the (?:\w+ )?(?:one|person) (?:to|who can)|is happy to|be happy to|be glad to|be the one to)(?: (?:be"
           " able to|have to|need to|then|only|best|certainly|be the one to|gladly|also|first))*",
    "tell": "(?:tell|say|answer|explain|judge|see|look|check|find out|figure out|assess|determine|diagnose|give|name"
            "|quote|go over|go through|walk|talk|speak|show|decide|advise|inspect|examine|clarify|discuss|address"
            r"|know|estimate|point|price|take a (?:\w+ )?look|have a (?:\w+ )?look|weigh in|confirm|evaluate|sort out"
            "|help)",
    "tells": "(?:tells|says|answers|explains|judges|looks|checks|finds(?: out)?|figures out|assesses|determines"
             "|diagnoses|gives|names|quotes|goes over|goes through|decides|inspects|knows|prices|takes a look|sees)",
    "nobody": "(?:nobody|no one|none of us)",
    "unable": "(?:i|we)(?: (?:really|honestly|just|still|simply))* (?:can|could|do|would|am|are|might|will) not(?:"
              " (?:really|even|yet|be able to|able to|want to|like to|dare|exactly|honestly|possibly|the one to|in a"
              " position to))*",
    "known": "(?:know|say|tell|guess|judge|speak (?:to|for)|promise|answer|predict|be sure|sure|certain|estimate"
             "|compare|speculate|comment|confirm|diagnose|explain|quote|advise|recommend|take sides|make any"
             " promises|see(?: yet| that| from here)*$)",
    "figure": "(?:prices?|pricing|figures?|number|quote|answers?|estimate|idea|guess|promise|costs?|amount|news"
              "|range|ballpark|diagnosis|opinion|information|details?|list|update|way|insight)",
    "booked": "(?:booked|scheduled|set(?: up)?|final|confirmed|fixed|reserved|arranged|decided|settled|in stone|made"
              "|definite|on the books|agreed|down)",
    "wished": "(?:asked (?:for|about)|said|mentioned|wanted|want|would like|like|prefer|preferred|wished(?: for)?"
              "|wish|hoping for|asking (?:for|about)|after|told me|picked|chose|had in mind|requested|named|gave me"
              "|looking (?:for|at))",
    "wish": r"xxt(?:w\w*|f?1?s)",
    "serve": "(?:serve|serves|served|cover|covers|covered|service|come(?: out)?(?: to)?|work in|go(?: out)? to"
             "|get(?: out)? to|reach|stick to|stay (?:in|within)|keep to|operate in|limited to|are in)",
    "hvac": "(?:heating|cooling|air|air conditioning|acs?|air conditioners?|furnaces?|heaters?|heat pumps?|heat|hvac"
            "|heats|cools)",
    "call": "(?:call(?:s|ing)?|phone|ring|reach|contact|get back to|get in touch with|be in touch|give|reach out"
            "|follow up|get a call|hear from|be called|hear|call back)",
    "shown": "(?:open|available|free|possible)",
}  # fmt: skip


def frame(*heads: str, rest: str | None = "", verbs: str = "", never: str = "", backed: Backed = always,
          fact: bool = False) -> Frame:  # fmt: skip
    """`heads` and `never` are patterns over whole words, in which `<name>` stands for a part.

    Args:
        heads: Any of these makes the claim; the words in a gap `.*` are of the rest.
        rest: The words of it; None: all that claim nothing, "?": in a question as well, "theirs": the caller's.
        verbs: Words that may be in the rest besides.
        never: What the clause as a whole may not be.
        backed: What the record has to say to it.
        fact: Whether it answers a question of the caller's.
    """
    own = "" if rest == "theirs" else rest
    known = None if rest in (None, "?") else frozenset(f"{w.PLAIN} {own} {verbs}".split())
    free = "|".join([*(verbs.split() or ["(?!)"]), *([w.UNASKED] if rest == "?" else [])])
    whole = tuple(_pattern(head.replace(".*", "(.*)")) for head in heads)  # What is between is of the rest
    return Frame(whole, known, re.compile(free), _pattern(never or "(?!)"), backed, fact, is_theirs=rest == "theirs")


def _pattern(text: str) -> re.Pattern[str]:
    for _ in range(2):  # A part may have a part
        text = re.sub(r"<(\w+)>", lambda part: f"(?:{_PARTS[part[1]]})", text)
    return re.compile(rf"(?<!\S)(?:{text})(?!\S)")


_FREELY = f"{w.FINITE} {w.NEGATION} and but if so because"
_UNKNOWN = f"{w.HANDED} {w.UNKNOWN}"
told = partial(frame, verbs=_FREELY, fact=True)

# fmt: off
FRAMES: tuple[Frame, ...] = (
    # Courtesy
    frame("(?:many )?thanks", "thank you", "(?:i |we )?(?:do |really )?appreciate", rest=None, verbs="bearing xxbiz"),
    frame("(?:thanks|thank you|good|nice|welcome|hello|hi).* (?:again|back)",
        rest="calling checking us touch getting hear",
        backed=lambda s: s.session.known_caller or s.session.calls_today > 1),
    frame("^(?:(?:okay|alright|got it|got that|gotcha|understood|noted|i see|hello|hi|hey|good (?:morning|afternoon"
        "|evening)|goodbye|bye|(?:you are )?(?:very )?welcome|take care|my pleasure|maam|sir|right|xxname|ouch|oh no"
        "|oh dear|oh|(?:my )?goodness|wow|yikes|oof|(?:good|nice) to meet you|agreed|(?:i can )?hear you|i get (?:it"
        "|that)|i am afraid|that is (?:all|it)|you are (?:right|correct)(?: about (?:that|it))?|no|please|yes|(?:i"
        " am|we are) (?:listening|still here|with you|here)|(?:only )?(?:that|it) helps|so|then|there|to (?:ask|say"
        "|ask that|want that))(?: |$))+$", never="so|then|there|to.*|(?:right|no|okay|so|i know) (?:there|so|then).*"),
    frame(r"(?:^\w+ing|^xxtheirs)(?: .*)? is (?:\w+ )?(?:fair|understandable|natural|reasonable|no problem|sensible"
        "|wise)", "(?:that|this|which) (?:is|would be|sounds|makes)(?: (?:quite|perfectly|a|an|very|just|all|only"
        "|your|total|no|not a|completely|also))* (?:fine|okay|alright|problem|trouble|bother|fair|question|point"
        "|thing to (?:ask|want|know)|good to know|sense|reasonable|understandable|natural|clear|helpful|useful"
        "|choice|enough|i need|concern)", r"it is (?:\w+ )?(?:fair|wise|natural|understandable|sensible|reasonable) to",
        "(?:it is )?(?:no|not a) (?:problem|trouble|bother|worries|rush|hurry)", "do not worry|not to worry|never mind",
        "sure(?: thing)?|gladly|of course|certainly|absolutely|by all means|with pleasure|happy to|glad to|makes"
        " sense|good to know|fair enough", "(?:i am )?(?:glad|happy) you (?:asked|told me|called|mentioned it|said so)",
        "(?:great|perfect|wonderful|lovely|excellent|fantastic|awesome|nice|fine|good)(?: (?:question|point|news))?",
        "(?:that|it) (?:comes|goes) first", "take your time|no need to (?:apologize|explain|be sorry|worry about that)",
        "(?:either|any|whichever|whatever)(?: (?:one|of them|those|day|number|way|time|you|suits))* (?:is fine|works"
        "|is okay|will do|suits you|you prefer|you like|is good)", rest="compare question point concern thing ask"
        " know want wanting about though then asking wondering checking well me at all with", backed=_undemanding),
    # Feeling
    frame("(?:(?:i|we) (?:am|are|feel) )?(?:(?:so|very|truly|terribly|really|also|too) )*(?:sorry|apologies)(?: to"
        " (?:hear|keep|trouble|bother|say|ask))?|(?:i|we) (?:do |really )?apologi[sz]e|poor", rest=None,
        verbs="bill invoice call calls", never="poor (?:job|work|thing is).*"),
    frame("(?:i|we) (?:missed|did not (?:quite )?(?:catch|hear|get)|could not (?:quite )?(?:hear|make out|catch))",
        "(?:the line|connection|it) (?:is|was) .*(?:unclear|noisy|bad|rough|choppy|breaking up)", rest=w.ASKING,
        never=".*(?:call|visit).*"),
    frame("(?:(?:i|we|anyone|anybody) )?(?:(?:can|do|would|could|did|only|certainly|will|also|fully|completely)"
        " )*(?:understand|imagine|appreciate|realize|sympathize|feel for)", "(?:it|that) sounds (?:like|as if)$",
        "(?:i|we)(?: (?:can|do|certainly))* (?:know|get|see|hear)(?: (?:how|why|what|that|you|it|this))?",
        rest="frustration frustrated concern concerns worry feeling anger point stress for situation need worried"
        " upset"),
    frame("(?:i|we)(?: (?:can|do|could|certainly|fully))* (?:know|see|understand|get|imagine|hear|appreciate) (?:how"
        r"|why|what) .*(?:<hard>|(?:worr|upset|ask|want|feel|bother|mean|call|wonder|check)\w*|cold|hot|bad)",
        "(?:how|why|what) .*<hard>", r"why (?:you|that|this|it|anyone) .*(?:worr|bother|ask|want|upset)\w*", rest=None,
        verbs=_FREELY),
    frame("<be> <so><hard>", rest=None, verbs="two three four again twice us i understand know see",
        never=r".*<hard> (?!<after>\b)\w+.*|(?:.* )?(?:not|hardly|never|nothing|neither)(?: \w+){0,3} (?!easy|fun"
        "|right|okay|acceptable|ideal|fair|nice|what)<hard>.*|.*hard to (?!deal|reach|get hold|live|sleep|bear|take"
        r"|be|cope|sit|wait|hear)\w+.*|.*\b(?:one|job|lot of)\b.*|.*no (?:bother|trouble|hassle|pain|strain).*"),
    frame("(?:no one|nobody|not) (?:likes|wants|enjoys|deserves|needs|should have to)|no wonder",
        "(?:what|how) <so><hard>", "<hard>", r"(?:i|anyone|anybody) would (?:be|feel)(?: \w+)? <hard>|(?:i|anyone"
        "|anybody) would (?:be|feel) (?:the same|beside (?:my|them)self)", rest=None,
        never=r".*<hard> (?!<after>\b)\w+.*|(?:hard|trouble|lot|cold|hot|bad|stuck|a lot|mess) .*|no (?:trouble"
        "|bother|hassle).*"),
    frame("you (?:(?:must|have|has|had|are|were|should|did|do|sound|seem|feel|be|been|being|really|not|still|just"
        "|certainly|having|to|even|a|an|such|so|quite|already|clearly) )+(?:<hard>|dealing|deal|putting up|put up"
        "|going through|been through|through|waiting|waited|wait|chase|chased|chasing|call|repeat|enough|without"
        "|freezing|left|living|let down|shivering|go|had enough)", "you deserve",
        "(?:i|we) (?:can|do|would) not blame you", "(?:it|that|this) should (?:not|never) (?:happen|have happened|be"
        " (?:like )?(?:that|this)(?: way)?)", rest=None, verbs="two three four again twice",
        never="you (?:(?:will|do|must|are|can) not .*|have to .*|(?:should|do) (?:call|wait|go|chase).*|are (?:left"
        "|without|through) (?:in|on|to).*)"),
    frame("(?:(?:so|it|that|is|has|been|with|about|the|your|a|an|no|just|out|in|since|got|down|off|for|at|you|are"
        "|said|mentioned|told me) )*xxtheirs", rest="out off down long time bad fun xxts noise noises unit system"
        " furnace heater ac", backed=lambda s: "?" not in s.last and calm(s)),
    frame("^(?:so |and )?(?:you|it|that|this|the|your|a|an)", rest="theirs", verbs="is are was have has had",
        backed=lambda s: "?" not in s.last and calm(s)),
    frame("(?:it|this|that) is about|especially (?:in|with)", rest=None,
        verbs=r"\w*system repair replac\w+ bill invoice price visit", backed=calm),
    frame("(?:neither|none)(?: .*)? (?:suits?|fits?|works?|do|does|did)", "(?:those|these|that|they|times|both|two"
        r"|xxt\w+)(?: .*)? (?:are out|(?:do|does|did) not (?:suit|fit|work)(?: out)?)",
        rest=f"{w.TIMES} times time days nor of then schedule suit work fit two both",
        backed=lambda s: bool(s.session.slots)),
    frame("^(?:and |so |but )*(?:with|especially with) (?:the|your|you|a|an|no|that|this|all|such|everyone|kids"
        "|xxtheirs)", rest=None, never=r".*\b(?:our|us|xxbiz)\b.*"),
    # The caller may speak; what is asked for
    frame("(?:please |just |you (?:can|could|may|are welcome to|are free to) |feel free to )?(?:tell me|give me|take"
        " (?:all )?(?:the|your) time(?: you need)?|go (?:right )?ahead|share|spell|repeat|start with|ask(?: away)?"
        "|let me (?:know|have)|(?:walk|take) me through|describe|(?:take|pick|choose) (?:a|any|whichever|whatever)"
        " (?:day|time)|say (?:that|it) again)|whenever (?:you are ready|it suits you)",
        "(?:let me|(?:i|we) (?:would like to|want to|have to|need to|just want to))(?: just)? (?:ask|repeat|rephrase"
        "|make sure|be sure|hear|double check|start with|be clear|be honest|know|confirm)",
        "(?:i|we|all i|all we)(?: (?:would|will|do|only|still|just|now|also|have to))* (?:need|want|am missing|ask"
        "|like|have)(?: (?:now|is|to (?:know|ask|hear|get)|for|the|your|a|an|one|two|some|few|more|couple of|quick"
        "|little|short|last|bit of|that|this|exact|full))* (?:zip(?: code)?|name|address|street|number|house number"
        "|details?|information|questions?|thing|day)", "(?:one|another)(?: (?:more|last|quick|short))* (?:thing"
        "|question)", "(?:i|we) (?:can|will|would be happy to) take (?:down )?(?:your|the|some) (?:details"
        "|information)", "(?:i|we) have (?:that|it)(?: (?:down|right))?|(?:the|your) (?:name|address|zip(?: code)?"
        "|number|street|day|details)", rest=w.ASKING, never=r".*\b(?:today|asap|calls?|open|new|covers?|come|set"
        r"|change|fix|back|off|book|works?|next|move|on to)\b.*"),
    frame("(?:it|that|this|zip(?: code)?)(?: (?:only|just))? (?:tells|shows|lets|decides|is what tells|is how"
        "|helps)(?: (?:me|us|i|we))?", "(?:so that|so)? ?(?:technician|i|we|they|team) (?:knows?|can (?:find|see"
        "|tell|check)|finds?)", rest=" know see tell whether if where place house right find serve cover area out"
        " way address to", never=r".*\babout\b.*|.*\b(?:you|your|out to)\b.*(?<!your address)(?<!your area)"),
    frame("^(?:just |only |but |and |then |or )*(?:to|so|so that|before|if|once|when|whenever|until|unless|after|as"
        " long as|as soon as|in case|should)", rest=w.CONDITION, verbs=_FREELY,
        never=r"so (?!that|(?:the technician|i|we) (?:can|knows?|finds?)).*|.*\b(?:we|they|technician|team|he|it)"
        r" (?:will|are|is (?!not)|comes|fix\w*)\b.*|.*\b(?:will|no|now|set(?! up)|first)\b.*|to (?!get|set|be (?:sure"
        r"|clear|honest)|do that|start|help|book|schedule|find|begin|open|say).*|.*\bto help you (?:get|find).*"
        r"|.*\b(?:is|are|be) (?:booked|scheduled|done|fixed|repaired|open|right|set)\b(?<!get booked).*|(?:if|when"
        "|once) you (?:are|have) (?!ready|okay|sure|any|decided|not|the|a |seen|chosen|more).*"),
    frame("^(?:and |but |just |only )?(?:in that case|next|again|first|first of all|maybe(?: not)?|in your (?:own"
        " )?words|repair or no repair|if so|if not|if possible|for now|of course|either way|on site|over the phone"
        "|from here|that way|as for that|beforehand|after that|at least|for that|for the visit|at the visit|during"
        " the visit|then|exactly|(?:on|from|at) (?:my|this) end|at this point|in any case|to be honest|(?:and )?not"
        " (?:from )?me|(?:it|that) (?:will|would) not be me|without (?:seeing|having seen|looking at) (?:it|that|the"
        r" \w+)|without a (?:\w+ )?look|(?:beyond|on top of|besides|apart from) (?:that|the (?:visit|fee|xxfee)))$"),
    frame("you (?:can|could|may|are free to) (?:choose|pick|change|decide|think|name)",
        rest="another time day it that mind over until then about still between two them",
        backed=lambda s: s.nothing_booked),
    # Who tells it, and what nobody knows
    frame("(?:(?:that|it|this|which) (?:is|would be|was)(?: (?:a|one|the|for|something|another|kind|sort|of|question"
        "|thing|matter|that|which|what|where|when|best|exactly|only))* )?(?:the |our |a |any |your )?<tech> (?:<may>"
        " <tell>|<tells>)(?: (?:into|at|over))?", "<tech> (?:does|can|could|would|will|might|may)$", rest=w.HANDED,
        fact=True, never=".*first thing.*"),
    frame("(?:<may> )?(?:<tell>|<tells>) (?:the|our|a) technician|technician (?:it |you )*<may> <tell>|technician(?:"
        " (?:it|you|yes))* (?:<may> )?(?:<tell>|<tells>)", rest=w.HANDED, backed=_in_spanish, fact=True),
    frame("(?:is|are|would be|will be|would have to be|has to be|be|gets?|comes?|come|waits?|rests|belongs|depends"
        "|(?:would|will|could|can|may) (?:hear|ask|get|come|be|have)|hear|left|leave|given)(?: .*)? (?:for|to|with"
        "|from|by|than|on) (?:the |our |a |one of our |any )?<tech>", "(?:needs?|takes?|requires?|calls for|is)"
        " (?:the|our|a) <tech> (?:to|on|is to|first|at|for)",
        rest=w.HANDED + " good great fair guessing priced decided judged told said given set explained known quoted",
        verbs="is can could would will i we", fact=True, never=r".*\b(?:good|great|fair) (?!question|one|point"
        r"|thing).*|technician (?!is to).*|.*\b(?:it|that|there) (?:is|will be|would be|comes) (?:with|by|from|a|the"
        "|our) (?:a |the |our )?technician.*"),
    frame("(?:depends?|varies|vary|comes? down|hinges|is based|goes by)(?: (?:on|to|by|with))?",
        rest=w.HANDED + " would can will xxzip", fact=True, never=r".*\b(?:us|me|visit)$"),
    frame("<unable> <known>(?: (?:for|if|about|of|on|to|how to|what to))?",
        "<nobody> (?:can|could|would|knows|is able to)(?: <known>)?", "wish i (?:could(?: <known>)?|knew|had)",
        "(?:is|are|would be) not (?:something|anything|one|a thing|known|what|a question|a figure|for me|mine|up to"
        " me)(?: that)?(?: (?:i|we)(?: (?:can|could|have|know|would know))*(?: (?:<known>|give|have|offer|quote"
        "|name))*)?", "(?:hard|difficult|tough|impossible|too early|too soon|tricky|not possible|not easy)(?: for"
        " me)? to <known>", "(?:beyond|more than|outside|past)(?: what)? (?:me|i (?:can|could|know|am able to)(?:"
        " <known>)?|my knowledge)", "(?:i|we) would (?:only be guessing|be guessing|have to guess|rather not(?:"
        " guess| say)?|not want to (?:guess|say)|hate to guess)", "(?:i|we) have no way (?:of (?:knowing|telling)|to"
        " (?:know|tell))|(?:not sure|no idea)|(?:i|we) have nothing(?: (?:that )?(?:i|we) (?:can|could)(?: (?:tell"
        "|say|give))?)?|<unable> (?:put you through|transfer you|connect you)",
        "(?:there is |i have |we have )?no <figure>(?: (?:that )?(?:i|we) (?:can|could|have|would)(?: (?:give|name"
        "|offer|quote|tell))?)", "not (?:(?:you|it|that|to you|to|the) )*(?:i )?(?:can|could|know|would know)(?:"
        " <known>)*", "(?:is|are) (?:still )?(?:unknown|not known|anyone is guess)",
        "(?:it|that) (?:could|can|might) be (?:a number of|any number of|many|several|a few|lots of|all sorts of|all"
        " kinds of)(?: different)? (?:things|reasons|causes)", rest=None, verbs=_UNKNOWN + " is are i nobody no",
        fact=True, never=r"(?:nobody|no one|none of us) (?:can|could|would)(?! <known>).*|.*\b(?:it|that|this|there)"
        r" (?:is|are) (?!not|no|hard|difficult|tough|impossible|too|beyond|more|outside|something)\w.*|.*\bsay (?:no"
        "|that it|it).*"),
    frame(r"(?:i|we) (?:(?:can|could|do|would|am) not (?:able to )?(?:\w+ )?(?:have|give|make|put|name|quote|offer"
        "|see)|have no|had no|see no|have not (?:got|heard|seen|been (?:told|given)))(?: (?:you|a|an|any|the|that"
        "|exact|firm|for|on|your|repair|honest|real|rough|reliable|good|straight|specific|single|certain|fixed|to|it"
        "|of|sort|kind|actual|one|final|more|further|out))* <figure>", "<unable> (?:give|name|promise)(?: you)? (?:a"
        "|an|any|the)(?: (?:exact|specific|certain|firm))? (?:time|day|hour|date)",
        "<figure>.* (?:is|are) not (?:something|anything|one|what) (?:that )?(?:i|we) (?:have|can (?:give|see|offer"
        "|name|quote|tell|say))", rest=_UNKNOWN, fact=True),
    frame("<team> (?:<may> <tell>|explains?|goes over|answers?|will have an answer|would know|(?:is|are|would be)"
        " (?:the )?(?:best|right) (?:person|one)|would be best)", "(?:is|are|would be|will be|best|ask|question|one"
        "|something|up|left)(?: (?:a|good|fair|question|something|one|matter|best|up|left|for|to|with|ask|the|our"
        "|comfort|billing))* <team>", rest=w.HANDED + " team advisor advisors comfort billing for of", verbs="is",
        fact=True, never=r".*\bhow to\b.*|.*\b(?:it|that|this|there) is (?!a|something|one|up|for|best|left).*"
        r"|.*\b(?:see|look|check|find out|figure out|inspect|diagnose|sort out)\b.*"),
    frame("^(?:(?:and|but|only|exactly|or|just|in|on|at|for|with|about|by|from) )*(?:whether|what|how|why|where|when"
        r"|who|which (?!is|are|was|means|will|would|covers|includes|goes|on|can|has|we|i|you)\w+)", rest="?",
        verbs=_FREELY, never="(?:from|by) .*|what (?:about|if) .*|how about.*|why (?:not|do not).*|(?:what|how|where"
        "|why|who|when) .* (?<!what )(?<!how )(?:is|was|are|means) (?:a|an|the|that|it|they|we|he|she|your|our|to"
        r"|nothing|just|only|you)\b.*|.*\b(?:we|they|he|she|technician|someone|somebody|team|one) (?:will (?!ask|say"
        r"|want|need)|is|are|had|did|brings|carries|keeps|ha(?:s|ve) (?!seen|looked|had))\b.*|.*\b(?:not|you"
        r" will)\b.*|how to .*|(?:who|when|where) (?:comes|is coming)|.*\bthe (?:visit|fee) is\b.*"),
    # Help
    frame("(?:(?:i|we) )?(?:can|could|would (?:like|love) to|would be (?:happy|glad) to|(?:am|are) (?:happy|glad"
        "|here) to|(?:do )?want to|will|happy to|glad to) (?:help|assist)",
        "let us (?:start|find|see|figure out|begin|get (?:that|it|this) (?:looked at|checked|seen)|take|talk about)",
        r"(?:i|we) (?:can|could|should|would like to) (?:get|have) (?:that|it|this|your \w+|the \w+) (?:looked at"
        "|checked|seen|scheduled|looked into|set up|started)", "(?:i|we) (?:can|could) (?:set (?:that|it|a visit"
        "|one) up|set up (?:a visit|one|that)|schedule (?:a visit|one|that)|find (?:you )?a (?:time|day))|that is"
        " what (?:i am|we are) here for|(?:we are )?here to help", rest=w.HELPING,
        never=r".*\b(?:out (?!what|when|with)\w+|let us get (?:you|it|that|this) (?!looked|what)\w+|for you on|up on"
        r"|in on)\b.*"),
    # The caller's data, read back
    frame("(?:(?:xxname|xxaddr|xxzip|xxphone)(?: |$)(?:(?:and|at|in|is|as|on|for|,|number|zip|code) )*)+",
        rest="got heard understood name address zip code number street down under right calling wrote house line i"
        " have is xxname", never=r"(?:for|in|at|and|as|on|to) .*|.*\byou (?!are calling|are at|gave|said)\w+ .*"
        r"|.*\bin xxaddr.*"),
    # The fee and what becomes of it
    told("xxfee", rest=w.FEE, never=r".*\b(?:and|with|or|plus) (?:the |a |your )?repair\b.*|.*\b(?:repairs? (?:is|are"
        "|costs?|will|would|comes?)|for (?:the |a |any |your )?repairs?|each|every|nothing|else|only (?!if you)|no"
        "|not(?! (?:free|lose|more))|unless|keep|up front|technician (?:is|has|will)|visit (?:and|or) (?:the"
        r" )?repair)\b.*|.*\b(?:credit\w*|count\w*|taken|toward|off|against|back)\b(?!.*\b(?:repair\w*|ahead|it)\b).*"),
    told("credited|(?:comes?|goes?|taken|counts?|applied|deducted|subtracted|put)(?: (?:back|straight|right))?"
        " (?:off|toward|towards|against|to|from)", rest=w.FEE, backed=_of_a_repair,
        never=r".*\b(?:no|not(?! lose)|unless|without|keep|visit is|technician|look|any|another|every)\b.*"
        r"|.*\brepairs? (?:is|are|costs?|would|comes?)\b.*"),
    frame("(?:visit|fee|it|that|xxfee) (?:is|are) not (?:on top|extra|additional|separate|lost|gone|wasted|free)"
        r"|repairs? (?:is|are|would be|gets?) (?:\w+ )?(?:separate|extra|on top|quoted|priced)",
        rest="visit repair itself the though after once", fact=True),
    # The business
    told("xxdays", rest=w.DAYS, never=r"xxdays (?:.* )?(?:is|are) (?:open|available|free)|.*\b(?:no|not|later|all(?!"
        r" day)|any(?! day)|before|after|earlier|extra|more|for (?!visits?)|by xxdays)\b.*"),
    told("(?:between |from )?xxopen (?:and|to|until|through) xxlast", "(?:open|work|hours|available|visits are)(?:"
        " .*)? xxopen (?:to|until|through|and) xxclose(?: xxdays)?", "(?:starts?|starting|begins?|beginning|first"
        "|earliest|early|opens?)(?: .*)? xxopen", "(?:last|latest|late)(?: .*)? xxlast", rest=w.DAYS,
        never=r".*\b(?:no|not|before|after|any)\b.*|.*\b(?:last|latest)\b.*xxopen.*(?<!xxlast)|.*\b(?:first"
        r"|earliest)\b.*xxlast.*"),
    frame("<hvac>", rest="heats cools house anything whatever heating cooling air conditioning conditioners"
        " conditioner furnaces furnace heaters heater heat pumps ac hvac and only do does handle handles work works"
        " on service services repair repairs take care look looks specialize fix help deal systems units issues"
        " problems here austin homes company business team what is are all we our i am field trade strictly just"
        " that's both kinds home central for of", verbs="is are do does am we i and", fact=True,
        never=r".*\b(?:you|your|it|for you|work (?!on)|works (?!on)|(?:is|are) (?!what|all|our|the only|a|an"
        r"|only))\b.*|(?:the |your )?<hvac>|.*\b(?:that|this|it) (?:is|works).*"),
    frame("(?:(?:is|are) not|not) (?:something|anything|what|a thing|one of the things|part of what)? ?(?:that )?we"
        " (?:do|work on|handle|service|fix|look at|take on|cover)", "(?:is|are) (?:not|outside(?: of)?|beyond|not in"
        "|not within)(?: (?:our|what|the|a))* (?:we do|we handle|we work on|field|line|trade|area of work|thing"
        "|specialty)", "we (?:do|can) not (?:do|work on|handle|fix|service|repair|take on|look at|touch)", rest=None,
        verbs="is only we our but do are does heater heaters water help best fix repair machines", fact=True,
        never=r"(?:.* )?(?<!water )<hvac>(?! only).*|.*\b(?:it|you|there|units?|systems?|homes?|houses?)\b.*"),
    told("virtual receptionist|receptionist virtual", rest="company xxbiz person human real live reached speaking"
        " talking hear on line got reach here at of with from through",
        never=r".*\bnot (?:a|the|just a|only a) (?:virtual).*|.*\b(?:i am|is) a (?:person|human|real|live).*"
        r"|.*\b(?:will|can|could|our)\b.*"),
    frame("(?:this is|you have reached|thanks for calling) xxbiz", "not a (?:real |live )?(?:person|human)",
        rest="i am", fact=True),
    frame("xxhalf", rest="call calls called calling ahead before beforehand advance time visit arriving arrives"
        " arrive arrival coming comes come technician technicians phone ring rings get gets you'd would will always"
        " usually they he she heads-up notice earlier", verbs="would will is can get they he she we it and so",
        fact=True, never=r"(?!.*\b(?:ahead|before|beforehand|advance|earlier)\b).*|.*\b(?:text|is (?:coming|calling)"
        r"|comes? (?:xxhalf|in)|arrives? (?:xxhalf|in))\b.*"),
    # A visit: nothing is booked, a time is wished or offered
    told("nothing to (?:cancel|move|change)", "(?:no|not an?y?) (?:visit|appointment|booking)",
        "(?:nothing|none|neither|no visit|no appointment|no booking|not|yet|until|before|unless|only|without"
        "|unbooked)(?: .*)? (?:<booked>|book|booking|schedule|reserve|confirm|visit|appointment|final|changed"
        "|settled)", "(?:not|nothing) yet|not so far|unbooked|(?:is|are|gets|be) (?:<booked>) (?:yet|before|until"
        "|only|once|after|when).*", rest=f"{w.BOOKING} {w.TIMES}", backed=lambda s: s.nothing_booked,
        never=r".*\b(?:but will|in a moment)\b.*|.*\b(?:need|not only|not (?:need|have to|go|agree|say|tell|open"
        r"|only)|can not|to be booked|would not|will not be|as good as|you are)\b.*|.*\b(?:but|and) (?:it|that"
        r"|you)\b.*|.*\byou (?:do )?(?:not )?have\b.*|only .*(?<!say so)(?<!say"
        r" yes)(?<!agree)(?<!agreed)(?<!yes)(?<!confirm)(?<!okay)|.*\bonly (?:<booked>).*|(?:not|nothing) (?!yet|so"
        "|.*(?:book|set|sched|reserv|confirm|final|fix|arrang|decid|settle|made|visit|appoint|chang|stone|agreed)).*"),
    told(r"xxt(?:w|f?1?s)\w*(?: .*)? <wished>", "<wished>(?: .*)? <wish>", r"<wish> (?:is|was)(?: \w+)? (?:time|day"
        "|one|what|wish|request)(?: that)? (?:i (?:heard|have|understood|got)|you(?: have| had)? (?:<wished>))",
        "(?:that|it|visit|this|time)(?: .*)? (?:would be|is for|is what you asked for)(?: (?:on|at|for))? <wish>",
        "(?:i|we) (?:have|heard|understood|got|have got) (?:that as |you as |you down as wishing |it as )?<wish>",
        r"not xxt\w*s|not (?:one|two|three|four|five|nine|ten|eleven|twelve)", rest=f"{w.WISHED} {w.TIMES}",
        never=r".*\b(?:that|it) is|.*\b(?:booked|confirmed|set|works|can|is on|to be|have you|you have it|free|open"
        r"|one .* (?:is|are) open)\b(?<!not booked)(?<!nothing booked).*|.*xxt(?![wf1s]*[ws])\w*(?<!not xxt).*"
        r"|.*\b(?:it|that|this) (?:is|was)(?: (?:for|on|at))? xxt\w*|.*\bxxt\w* it is.*"),
    told(r"xxtw?f\w*", rest=f"{w.FREE} {w.TIMES}", backed=lambda s: bool(s.session.slots),
        never=r".*xxt(?!w?f)\w*.*|(?!.*f1).*\b(?:nearest|closest|first|soonest|earliest|next)\b.*|.*\b(?:only|left"
        r"|not|no|have you|you (?:are|have)|works? for (?:us|me)|needs?|will|yours|mine)\b.*|.*\bxxt\w+ (?:it is|is"
        " for|is the one|works|is good).*"),
    told("(?:those|these|two|both|options|times|either)(?: .*)? (?:<shown>|have|offer|options|see)",
        rest=f"{w.FREE} {w.TIMES}", backed=lambda s: bool(s.session.slots),
        never=r".*xxt(?!w?f)\w*.*|.*\b(?:only|nearest|closest|left|not|no|need|needs|there|one|will)\b.*"),
    frame("(?:booking|visit|it|that|this|appointment)(?: .*)? (?:did|could|would|was|has) not (?:go through|work out"
        "|work|be booked|get booked|be set up|been booked|able|be made|been made|be reserved|be able)",
        "(?:i|we) (?:could|was|were) not (?:able to )?(?:book|get|set up|make)",
        "(?:booking|it|that) (?:has )?(?:failed|fell through)", "not (?:has |was )?able (?:to )?(?:book|be)",
        rest="booking booked visit appointment time through afraid sorry reserve reserved have that done to cita",
        verbs="i we is did could was not", fact=True, backed=_failed),
    frame("(?:there is|you have|i see).* visit .*(?:file|books)", rest="already visit file books number see",
        verbs="is have i", backed=lambda s: s.session.has_appointment, fact=True),
    # What is owed
    frame("(?:owe|owed|promised|waiting|waited|heard|gotten|got|gets?) .*(?:call|called|back|us)",
        "(?:nobody|no one|we) (?:got back to|called|did not (?:call|get back)|have not (?:called|gotten back|got"
        " back))", "call(?: back)? (?:did not come|has not come|never came|is overdue|was promised)",
        "did not (?:get|receive|come)|never (?:got|came)", rest="call called back promised promise waiting waited"
        " for from us by now sooner still yet should too long far about it that and heard came owed get got know see"
        " i", verbs="we you were was are did have has not never nobody and had i",
        backed=lambda s: s.session.callback_owed or (s.session.upset and "owe" not in s.text), fact=True,
        never=r".*\b(?:will|(?:we|they) (?:are|have (?!not)))\b.*"),
    # The area
    told("<serve>(?: .*)? (?:austin|xxprefix|zip codes?|area)", "(?:zip codes?|code zip|everything|anything|zips)(?:"
        " .*)? xxprefix(?: .*)?", "(?:depends|decided|decides|goes by)(?: .*)? zip(?: code)?",
        "(?:whether|if) (?:we|i|you)(?: .*)? (?:<serve>|area)", "if(?: .*)? xxprefix(?: .*)?", "otherwise", rest=w.AREA,
        never=r"(?:.* )?xxtheirs(?: .*)?|we (?:do )?<serve>|.*\b(?:any|anywhere|far|all over)\b.*(?<!any zip).*"
        "|(?!.*(?:whether|if|austin|xxprefix|depend|decid|otherwise|goes by|we come out)).*|(?!otherwise|and"
        r" otherwise|but otherwise).*\bnot\b.*"),
    frame("(?:xxzip|xxaddr|it|that|that one|your (?:area|address|zip(?: code)?|neighborhood)|you|yours) (?:is"
        r"|are)(?: \w+)? (?:(?:in|inside|within) (?:our|the)(?: service)? area|served|covered|one of ours|included)",
        "we (?:do )?<serve>(?: .*)? (?:xxzip|your area|area|that zip(?: code)?|your zip(?: code)?)",
        "(?:including|so is) yours|yours (?:included|is (?:covered|too))",
        rest="we included including too area code zip that one", backed=lambda s: s.served is True, fact=True),
    frame("(?:xxzip|it|that|that zip(?: code)?|your zip(?: code)?|your area|that area) is (?:outside(?: of)?|not in"
        "|not within) (?:our|the)(?: service)? area", "we do not <serve> (?:xxzip|that area|your area|that zip(?:"
        " code)?)", rest="afraid unfortunately we serve cover", backed=lambda s: s.served is False, fact=True),
    # A call back
    frame("(?:it|that) (?:will|would) be <team>", "<call>|called|calling|touch|xxasap|it will be|will be",
        rest=w.CALLING, verbs="is are will would can could i we they do have has not no nothing and but if so"
        " because may might should need needs nobody", backed=lambda s: s.callback_due, fact=True,
        never=r".*\b(?:no one|nobody|no(?! idea)|never|now|already|moment|hour|visit|first(?! ,))\b(?<!exact"
        r" hour)(?<!the hour)(?<!what hour).*|.*\bnot\b(?! (?:know|say|tell|have|sure|promise|who|when|what|exactly"
        r"|yet|want)).*|.*\bwill (?:find|arrange|set|fix|take|help(?! you)|have (?!an answer))\b.*|.*\bcom(?:e|es"
        r"|ing)\b(?! from).*|(?:i|we) (?:have|will) .*(?:told|asked|booked).*|it will be|will be"),
    told("^(?:a |an )?<team>$", "(?:i|we) (?:can|could|will) (?:have|ask|get) <team> (?:to )?call",
        "<team> (?:can|could|will know where to|knows where to|is able to|should) (?:call|reach|get back to|contact)",
        "(?:i|we) (?:do|can) not (?:see|have) (?:your|the|a|any) (?:number|phone)",
        "number (?:does|did|is) not (?:show|come|visible)", r"(?:need|a|any|best|which\w*|whatever|good) (?:\w+"
        " )?number", rest=w.CALLING + " number", backed=lambda s: s.callback_wanted,
        never=r".*\b(?:no one|nobody|no|never|now|already|moment|hour|visit|soon)\b.*|.*\bwill (?!know|do|have|ask"
        r"|get|need)\w+.*|.*\b(?:someone|they|team|he|she) (?:is|are|has)\b.*"),
)
# fmt: on
