"""The one lexicon: which words touch what only a record may say, by class, and which claim nothing. Data; pure.

A clause with no word of a class claims nothing where it is about the caller (clauses.py); what a class says is a fact
of the record or refused (facts.py).
"""

import re
from functools import lru_cache

GLUE = frozenset(
    "a an the this that these those it you your my me us them their him his her its to of for from by with in on"
    " about into at as than too so or any some such both each either one ones other another else kind sort type all"
    " more most much many bit own yes indeed even rather itself yourself be been being having something anything what"
    " which who whose whom how why where when whether whatever whichever there here over through up out like just only"
    " then really exactly quite very well per possibly perhaps maybe though our xxname xxbiz everything thing things"
    " is are was were am have has had do does did can could should would may might must will shall need needs i we"
    " they he she nobody nothing not no never none neither nor without and but if because , please sorry afraid hi"
    " hello hey thanks thank likewise condolences congratulations maam sir happened birthday loss glad hoping looked"
    " happen tends whenever offered share shared sharing mean means meant wonder wondering bring raise mention"
    " mentioning main generally overall people's use used handle handles specialize strictly".split()
)
FINITE = frozenset(
    "is are was were am have has had do does did can could should would may might must will shall need needs"
    " deserves it's i we they he she".split()
)

# Each word belongs to the first class that has it.
_CLASSES = {
    "look": "look looks looked looking see sees seen seeing check checks checked checking inspect\\w* examin\\w+"
    " assess\\w* diagnos\\w+ evaluat\\w+",
    "visit": "visit visits appointments? booking bookings slots? openings? calendar\\w*",
    "booked": "book booked schedul\\w+ reserv\\w+ confirm\\w* settled arrang\\w+ set official final definite stone"
    " decided agreed made",
    "held": r"slow busy quiet held hold holding lined squeez\w+ penciled pencilled queue bump\w* cancel\w* mov(?:ed"
    r"|ing) reschedul\w* postpon\w+ delay\w* expect\w* rush\w* expedit\w* prioriti\w+ priority pushed granted yours"
    r" spots? approved process\w* submitt\w+ register\w* ready handled sorted done penciling blocked secured locked"
    r" lock assigned assign\w* entered complete[d]? available availab\w+ vacan\w+ open opened opening standby"
    r" wait(?:list)",
    "tech": "technicians? techs?",
    "team": "team teams someone somebody advisors? they he she staff everybody everyone people person",
    "people": "manager\\w* supervisor\\w* owner boss dispatcher\\w* colleagues? coworkers? folks office specialists?"
    " engineers? electricians? plumbers? neighbors? man woman lady ladies gentleman crew\\w* guys? fellow\\w* lads?"
    " expert\\w* partner headquarters accounting bookkeeping",
    "come": "come comes coming came arriv\\w+ out",
    "sent": r"send\w* sent dispatch\w* route\w* reroute\w* truck\w* van vans deliver\w* swing\w* drop\w* pop popping"
    r" show(?:s|ed)? headed heading shows knock\w* door(?:step)",
    "call": "call calls called calling callback callbacks phone phones ring rings reach reached contact touch line",
    "contact": "text\\w* emails? e mail\\w* messag\\w+ tickets? transfer\\w* connect\\w* patch\\w* notify\\w* notified"
    " heads inbox website online app link forward\\w* escalat\\w+ flag\\w* voicemail reminder\\w*",
    "when": r"today tonight tomorrow soon sooner soonest shortly minutes? hours? now already quick\w* fast\w*"
    r" immediately later next weekend (?:mon|tues|wednes|thurs|fri|satur|sun)days? yesterday month\w* year\w*"
    r" instantly momentarily noon midnight ago asap anytime nowadays weekdays? weekends xxt\w* xxopen xxlast xxclose"
    r" xxhalf hourly daily lunch dinner breakfast usually typically overnight moment moments",
    "day": "day days week weeks",
    "danger": r"safe\w* unsafe danger\w* harm\w* hurt\w* hazard\w* gas smok\w+ fires? burn\w* carbon monoxide toxic"
    r" explo\w+ risk\w* emergenc\w+ urgent\w* serious\w* sever\w+ minor normal\w* common\w* usual typical ordinary"
    r" relax calm\w* hurry reassur\w+ evacuat\w+ poison\w* alarm\w* critical fatal ok okay alright healthy"
    r" electric\w* shock\w* spark\w* smell\w* fumes? fine tend tends rarely seldom often happens happen manageable"
    r" tolerable survive\w* nothing problem\w* hardly overreact\w*",
    "advice": "turn(?:ed|ing|s)? shut switch\\w* flip\\w* reset\\w* restart\\w* unplug\\w* windows? doors? try avoid"
    " recommend\\w* suggest\\w* advis\\w+ tighten\\w* clean\\w* adjust\\w* thermostats? bleed wiggl\\w+ keep leave wear"
    " stay drink blankets? towels? bucket space crank run running lower raise unplugged",
    "price": "xxfee dollars? bucks cents? fees? charg(?:e|es|ed|ing) price\\w* pricing cost\\w* pay\\w* paid quote[sd]?"
    " estimates? figures? amount bills? invoices? billing",
    "credit": "credit\\w* toward towards against deducted subtracted applied applies off counted counts",
    "cash": "free discount\\w* refund\\w* rebate\\w* cheap\\w* expensive afford\\w* waiv\\w+ financ\\w+ insur\\w+"
    " polic(?:y|ies) claims?"
    " warrant\\w+ deals coupon\\w* specials? money installment\\w* reimburs\\w+ compensat\\w+ budget\\w* overcharg\\w+"
    " bargain\\w* savings? saves? rates? billed deposit\\w* cards? cash checks? tax labor dime penny extra",
    "repair": "repair\\w* fix fixed fixes fixing replac\\w+",
    "part": "compressors? capacitors? motors? coils? valves? filters? breakers? fuses? igniters? ignitors? pilots?"
    " refrigerant\\w* freon wir(?:e|es|ing) sensors? blowers? fans? belts? bearings? ducts? ductwork exchangers?"
    " boards? circuits? drains? pumps? condensers? evaporators? leaks? leaky burners? parts? panels? battery"
    " batteries",
    "state": r"worse old older aging age worn broke\w* faulty fail\w* crack\w* clogg\w+ dirty frozen froze resolv\w+"
    r" solv\w+ restor\w+ easy easily simpl\w+ probabl\w+ likely definitely obviously blown dying dead dies died"
    r" working works work worked better stuck loose overheat\w* tripped",
    "unit": "systems? units? furnaces? heaters? acs? heat heating cooling air conditioners? conditioning equipment"
    " hvac noise noises appliances?",
    "company": "licens\\w+ certif\\w+ bonded experience[ds]? train\\w* brands? qualified reputation guarantee\\w*"
    " customers? clients? loyal\\w* valued company business trade",
    "area": "serve serves served service services serving cover covers covered area zip zips austin xxprefix xxzip"
    " neighborhood",
    "workings": r"record\w* files? notes? noted account\w* database request\w* receiv\w* saved screen computer\w*"
    r" histor\w+ log\w* human robot ai bot software automat\w+ machine\w* updat\w+ input program\w* virtual"
    r" receptionist assistant",
    "promise": "promis\\w+ ensur\\w+ assur\\w+ sure surely certain\\w* bet will shall always never again"
    " hope\\w* guaranteed won't solution\\w* going\\sto",
    "ours": "we our ours us xxbiz",
    "count": "twice half two three four five six seven eight nine ten eleven twelve \\w+teen twenty thirty forty fifty"
    " sixty seventy eighty ninety hundred thousand dozen",
}  # fmt: skip
_CLASS_OF = tuple(
    (kind, re.compile("|".join(words.split())))
    for kind, words in {**_CLASSES, "": "xx(?:name|theirs|asap|days)"}.items()
)
_MARK = re.compile(r".*\d.*|xx(?!name|theirs).*")


@lru_cache(maxsize=4096)
def kind_of(word: str) -> str:
    """The class of a word, "" if it touches none."""
    if word in ("xxname", "xxtheirs"):
        return ""
    for kind, words in _CLASS_OF:
        if kind and words.fullmatch(word):
            return kind
    return "mark" if _MARK.fullmatch(word) else ""


# Where what is learnt from examples (learned.py) has to be surer.
RECORDS = frozenset("credit area mark".split())
# What the caller has said may be said again: the fault, its parts, a bill, a day.
OF_THE_CALLER = frozenset("when day unit part state count price repair look come day".split())

# And under sympathy this too.
FELT_WITH = frozenset("call contact price workings area count people company".split())

HARD = re.compile(
    r"(?<!\S)(?:never (?:easy|fun)|hard|rough|tough|frustrat\w+|annoy\w+|stressful|stress|awful|terrible"
    r"|horrible|dreadful|miserable|misery|unpleasant|painful|uncomfortable|discomfort|upset\w*|worr(?:y|ying|ied)"
    r"|disappoint\w+|sad|confusing|confusion|exhaust\w+|tir(?:ed|ing|esome)|draining|distress\w*|aggravating"
    r"|unbearable|irritat\w+|brutal|lousy|rotten|unfair|inconvenien\w+|unfortunate|maddening|infuriating|scary"
    r"|scared|trying|wearing|overwhelm\w+|unsettling|unnerving|harsh|grim|cruel|difficult|pain|hassle|nuisance|shame"
    r"|pity|headache|bother|mess|ordeal|struggle|nightmare|burden|strain|trouble|fed|furious|angry|mad|uneasy"
    r"|unacceptable|frightening|unhappy|rattling|nerves?|nervous|rude|lot|tedious|dreary|ghastly|wretched"
    r"|nerve.?racking|stuck|worst|cold|hot|freezing|sweltering|chilly|sticky|bad|too much|too many|too long|so long"
    r"|long|crazy|wear\w* (?:on|you)|wear\w* (?:\w+ )?(?:down|out|thin)|better things to do|get\w* (?:to you|old)"
    r"|keeps? you up|enough|last thing|no fun|no picnic|no joke"
    r"|not easy|not fun|not right|not okay|not fair|no way to|without (?:any )?(?:heat|ac|air|sleep|cooling|heating)"
    r"|no (?:heat|ac|air|sleep|cooling)|(?:to|had|of|been|are|is) (?:deal|dealing|put up|putting up|go|going|gone)"
    r" (?:with|through)|grating|sleepless|(?:easy|easily) (?:to )?(?:mix(?:ed)? up|mix(?:ed)?|confused?|miss(?:ed)?"
    r"|forget|forgotten|done|do|get wrong|lose track))(?!\S)"
)


# What may stand in any statement of fact: it says how, not what.
NEUTRAL = GLUE | frozenset(
    "able access accurately actual along address advance after afternoon afternoons afterward afterwards agree ahead"
    " also"
    " answer answering anybody anyone anywhere apartment apply around ask asked asking assist aunt back balance"
    " ballpark before beforehand begin beginning begins best between beyond bother brother building care case catch"
    " cause causing change changed choice choices choose choosing chose chosen city clear closer closest clue code"
    " codes comfort compare compares comparison condition convenient corner correct count couple cross currently dad"
    " date daughter decide decides decision depend depends describe detail detailed details difference different"
    " differently digit"
    " digits directly discuss doing double down duration during earlier earliest early easier easiest edge end evening"
    " exact explain explaining eyes face facts fair far father few find finds first firsthand flat floor follow"
    " frankly friend front full fully further gate gave get gets getting give given gives giving go goes going good"
    " got guess guessing hand hands handy happening happy hear heard help herself himself home honest honestly house"
    " husband idea ideal ideally included info information inside insight instead interest interested involved issue"
    " issues job judge judging know knowing knows landlord last late latest length let lets letters letting limited"
    " list little live lives located long lose love make makes matter meantime meet meeting meets member mentioned"
    " mind mine miss missed model mom morning mornings mother move myself name named names near nearest needed new"
    " news noticing number numbers offer offering officially once opens opinion option options otherwise outcome"
    " outside particular pick picked picture place pleasure point possible precisely prefer preference preferred"
    " present proper properly property put question questions range reachable read reading regarding regardless renter"
    " repeat request requested residence result right roommate roughly runs said say saying says seem seems sense"
    " setting short side sister site size sometime somewhere son sound sounds speak speaking specific specifics spell"
    " spelled spelling start started starting starts step stick still street suit suits take taken takes taking talk"
    " talking tell telling tells tenant themselves thorough time times together told took top total town trouble"
    " unbooked uncle under understand understood unfortunately unless until upfront wait waiting want wanted wants way"
    " weekends whereabouts while whoever whole wife wise wish wished within word words worth wrong yet".split()
)
# And in a question besides: what is asked for supposes nothing.
ASKED = NEUTRAL | frozenset(
    "ac account again air alright appointment area arrange asap better bill billing book call callback called calling"
    " certain charge charges bills invoices payment check come comes complete conditioner confirm contact cooling"
    " cover covers day days door expecting five fix furnace heat heater heating invoice later line look moment"
    " neighbor neighborhood now off office okay open owner part parts person phone problem problems quick quickly reach"
    " reached ready schedule scheduled scheduling see seen serve serves set somebody someone soon sooner sure system"
    " team"
    " technician today two unit visit visits warranty week weekday weekend work working works yours zip".split()
)


def among(word: str, words: frozenset[str]) -> bool:
    """Whether it is one of the words, or the -ing form or plural of one, and touches no class."""
    if word in words or kind_of(word):
        return word in words
    stem = word.removesuffix("ing")
    return (
        word.removesuffix("s") in words
        or word.removesuffix("es") in words
        or (stem != word and (stem in words or f"{stem}e" in words))
    )


def known(word: str) -> bool:
    """Whether the lexicon has the word at all."""
    return word in ASKED or bool(kind_of(word)) or word.startswith("xx") or HARD.fullmatch(word) is not None
