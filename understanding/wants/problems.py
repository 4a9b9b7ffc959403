"""What is wrong with the system, in the caller's own words.

Something counts as a problem when it names the equipment with what is wrong with it, or a symptom that speaks for
itself; the answer to "what is going on?" counts in any words. Greetings, names and fillers around it are left out.
"""

import re

from call.session import Question
from understanding.answers.answers import is_bare_yes_or_no
from understanding.text.parts import SOMEONE
from understanding.text.plain import fold, phrase, plain, said

_EQUIPMENT = phrase(
    r"acs?|(?:air )?handlers?|(?:air )?condition(?:er|ing)|(?:central |makeup )?air|furnaces?|heat(?:ers?|ing)?"
    r"|cooling|hvac|thermostats?|units?|compressor|condenser|vents?|ducts?|ductwork|blower|fans?|filters?|coils?"
    r"|refrigerant|freon|boiler|(?:heat )?pumps?|mini splits?|pilot|systems?|capacitor|drain|(?:drip|drain) pan"
    r"|condensate|motor|burners?|it|registers?|upstairs|downstairs|house|attic|ceiling|cooler|air ticket|aire"
    r"|calefaccion|calentador|rooms?|radiator|clima|casa|walk in|freezer|(?:de)?humidifiers?|air purifier|pipes?",
)
_VERB = (  # What a system does not, once something is wrong
    r"(?:(?:work|cool|heat|blow|turn|start|kick|keep|drain|respond|light|ignit)(?:e|ing)?|run(?:ning)?|com(?:e|ing))"
)
_DOING = r"(?:working|cooling|heating|blowing|running)"
_NO_SIRVE = (
    r"no (?:(?:me|nos|le|les|se|lo|la|ya|esta|quiere) ){0,3}(?:funcion|enfr|cal(?:ie|e)nt|prend|sirv|arran|jal[ae])\w*"
)
_STRONG = phrase(
    rf"broken?|not (?:been )?(?:{_DOING}|turning on|coming on|starting|spinning)|froze|frozen|noise|tripping|acting up"
    rf"|(?:will|does|do|did) not (?:even |ever |really )?(?:{_VERB}|shut|spin|stay|go(?! near))(?: \w+)?|quit(?:ting)?"
    rf"|stopped {_DOING}|died|leaking|(?:is|are|went|been) (?:out|down|dead)|no (?:heat|ac|air|cooling|cold air"
    r"|hot air)|making (?:an?|this|that|some|the)|racket|blowing (?:\w+ )?(?:warm|hot|cold|cool)(?: air)?"
    r"|(?:house|home|in here|upstairs) (?:is )?(?:\w+ )?freezing|doing (?:it|the same thing|that) again",
)
_EVERYDAY = frozenset("it house upstairs downstairs room rooms air".split())
_STRONG_OF_IT = phrase(
    _STRONG.pattern,
    r"hot air|house is (?:so |really |very |too )?(?:hot|cold)|(?:hot|cold|freezing) in (?:here|my house|the house)"
    r"|ice on",
)
_SYMPTOM = phrase(
    _STRONG.pattern,
    rf"broke down|busted|not (?:been )?(?:{_VERB}|(?:push|putt|gett|function)ing|get|go(?:ing)? (?:down|up|below)"
    r"|right|cold|warm|hot|enough|making (?:cold|heat))(?: \w+)?",
    r"quit\w*|stop(?:s|ped)?|gone out|dead|leak\w*|drip\w*|raining|pouring|noises?|noisy|loud|ruidos?|se apaga|knocking"
    r"|(?:rattl|bang|humm|buzz|whin|click|grind|scream|whistl|vibrat|gurgl|thump|smok|cycl|replac)\w+"
    r"|(?:squeal|squeak|screech|smell|fail|flood|overheat|burn|spark|overflow|wasp|tripp|repair|fix)\w*",
    r"(?:blow\w*|putting out|pushing|running|getting) (?:out )?(?:only |just )?(?:warm|cool|room temperature|lukewarm)"
    r"|warm air|freez(?:es|ing|e) up|iced? (?:up|over)|ice|odor|musty|trips|runs? (?:constantly"
    r"|all (?:the time|day|night)|too (?:much|long))|never shuts off|(?:kick|shut|turn|com)\w* (?:on|off|down)"
    r"|act\w* (?:weird|funny|strange)|malfunction\w*|problems?|issues?|trouble|wrong|error|blinking|flashing|blank"
    r"|stuck|clogged|weak|rusted|cracked|dirty|fell|loose|missing|damaged|worn|old|making|hot|hotter|cold|colder|rat"
    r"|rats|mouse|mice|bird|squirrel|animal|bugs|roaches|non ?stop|nest|racket|bad|light|ignite|spin(?:ning)?",
    r"servic(?:ed|ing|e)|tune up|maintenance|check(?:ed|up)?|look(?:ed)? at|clean(?:ed|ing)?|inspect\w*|install\w*"
    rf"|recharg\w+|refill\w*|descompuesto|{_NO_SIRVE}|rotted",
)
_PLACE = (
    r"(?:house|home|place|apartment|condo|office|shop|store|restaurant|church|room|bedroom|nursery|kitchen|living room"
    r"|upstairs|downstairs|building|salon|garage|here|inside|clinic|gym|daycare|warehouse|lobby|classroom|barn)"
)
_IN_PLACE = rf"(?:here|(?:of )?(?:my|the|our|this) (?:\w+ )?{_PLACE})"
_UNBEARABLE = r"freezing|hot|cold|boiling|sweltering|stuffy|humid|an? (?:oven|sauna|icebox)|miserable"
_ALONE = phrase(
    r"(?:no|without|not (?:have|getting|get|had)(?: any| much| enough)?|lost|out of|have no"
    r"|have any) (?:\w+ )?(?:any )?(?:heat|ac|air|cooling|heating|air ?flow)|not (?:cooling|heating|blowing)(?: \w+)?"
    r"|will not (?:turn|come|start|kick|shut|cool|heat|light)(?: \w+)?",
    rf"{_PLACE} (?:is|gets|stays|feels|are|was|will not get) (?:\w+ ){{0,4}}?(?:{_UNBEARABLE}|hotter|colder|warm)"
    rf"|(?:{_UNBEARABLE}|burning up|sweating|roasting)(?: to death)? in {_IN_PLACE}"
    rf"|(?:degrees|\d\d|\w+ty(?: \w+)?|hundred) (?:degrees )?(?:in|inside) {_IN_PLACE}"
    r"|(?:hotter|colder|warmer) (?:upstairs|downstairs|than)",
    r"(?:my|our|the|her|his|their) (?:ac|heat|air|furnace|heater|unit) (?:is|has been|went) off(?! (?:the|my))",
    r"(?:the )?same (?:\w+ )?(?:thing|problem|issue|noise|trouble) (?:all over )?(?:again|as before)"
    r"|(?:doing|acting|back to) (?:\w+ ){0,4}?(?:same|like|what|how|way) (?:\w+ ){1,4}?before"
    r"|(?:went|gone|goes|going) (?:out|bad|down) again|(?:quit|broke|died|failed|acting up) (?:\w+ )?again"
    r"|doing (?:it|the same thing|that) again"
    r"|(?:nothing|not a thing|no air|(?:barely|hardly) anything) (?:is )?(?:coming|blowing) out",
    rf"(?:quit|stopped) {_DOING}|quit on (?:me|us)|blowing (?:\w+ )?(?:warm|hot|cold) air|tune up"
    r"|(?:warm|hot|lukewarm|stale|cold) air (?:is |was )?(?:just |only )?(?:coming|blowing)"
    r"|(?:hace|haciendo|mete) (?:\w+ ){0,2}?ruido|no sale (?:el )?(?:aire|frio)|se (?:me )?apaga (?:sol[oa]|luego"
    r"|a cada|cada|y)|(?:sale|echa|avienta) (?:puro |solo )?(?:aire )?(?:caliente|tibio)"
    r"|water (?:is )?(?:leak|leaking|everywhere|damage|dripping|coming|pouring|all over)|leaking water|short cycling"
    r"|freon leak|low on (?:freon|refrigerant)|dead (?:rat|mouse|animal)|aire acondicionado no .*"
    r"|(?:need|want|schedule|get|book) (?:an? )?(?:\w+ )?(?:repair|maintenance|service call|inspection|check ?up"
    r"|cleaning)",
)
SERVICE_WORDS = phrase(
    r"(?:next|first|earliest|any|soonest) (?:available )?(?:appointments?|openings?|slots?|availability|times?)"
    r"|(?:getting|making|scheduling|booking) (?:an? )?(?:\w+ )?(?:appointment|visit|repair|technician)",
    rf"(?:make|schedule|set ?up|book|get|need|want|like|have) (?:an? |the |some |to |{SOMEONE} |me |us )*(?:appointment"
    r"|visit|service|repairs?|technician|tech|estimate|quote|inspection|checkup|maintenance|work|some(?:one|body))"
    r"(?! (?:else|to call))",
    r"schedule|book|second opinion|come (?:out|by|over|look|take a look|check|fix)|repair|(?:take|have) a look"
    rf"|send (?:some(?:one|body)|a technician|a tech|me|us|out|a guy)|(?:need|want) (?:{SOMEONE}|help|it"
    rf"|this) (?:\w+ )?(?:fixed|repaired|looked at|serviced|to come|with)|get (?:{SOMEONE}|a guy|a technician) out"
    r"|need (?:a )?service|quote|tune up|(?:need|want|get|install|put in|buy|replace) (?:\w+ ){0,3}?(?:thermostat"
    r"|filters?|ac|furnace|unit|system|capacitor|part|humidifier|purifier|ductwork)|help with my|emergency service"
    rf"|{SOMEONE} to come|looking for (?:\w+ )?(?:work|service|repairs?|some(?:one|body)|help)"
    r"|necesito que (?:alguien )?(?:me )?(?:venga|revis|arregl|mand|envi)\w*|vengan? a (?:revisar|arreglar|ver)"
    r"|necesito (?:una cita|un tecnico|ayuda|servicio)",
)
_LEADING = re.compile(
    r"^(?:(?:(?:hi|hello|hey)(?: there)?|hola|buenos d[ií]as|buenas(?: tardes)?|hey|good (?:morning|afternoon|evening)"
    r"|yeah|yes|yep|yup|um+|uh+|so|well|okay|ok|oh|ah|hmm|please|sure|no(?=[,.!?]"
    r"| (?:i|it|my|the|we|our|there|just)\b)|nope|actually|listen|right|basically|thanks?|thank you|i mean|you know"
    r"|like|and|but|sir|ma'am|how are you(?: doing)?(?: today)?|i'm (?:just )?calling (?:because|about|in because"
    r"|'cause|cause)|i am calling because|the reason i'm calling is(?: that| because)?)(?:[ ,.!?\-]+|$))+",
    re.I,
)
_GREETING_CLAUSE = phrase(
    r"hi|hello|hey|good (?:morning|afternoon|evening)|thank you|thanks|please|how are you(?: doing)?(?: today)?"
    r"|can you hear me|are you there|hang on|hold on|one (?:second|moment|sec)|is this .*|who is this|yes|no|yeah|okay"
    r"|ok",
)
_NAME_CLAUSE = re.compile(
    r"^(?:hi |hello |hey |yeah |yes |and )*(?:my name(?: is|'s|\u2019s)|this is(?! about| regarding)|name is"
    r"|i live (?:at|on|in)|my (?:address|zip|number|phone)|(?:i'm|i\u2019m|i am) (?:at|in) \d|the (?:address|zip))",
    re.I,
)
_INTRODUCTION = re.compile(r"(?:this is|my name is|my name's) (?:[\w'\u2019]+ ){1,3}?(?:and )(.*)", re.I)
_NO_ANSWER = phrase(
    r"(?:i )?(?:am )?(?:dunno|(?:(?:do|could|can) )?not (?:really )?(?:know|sure|tell you|say|remember))(?: .*)?"
    r"|(?:hang on|hold (?:on|up)|(?:one|just a|give me a) (?:second|sec|moment|minute)|wait|where|why|who)(?: .*)?"
    r"|(?:can|could|will|would) you (?:please )?(?:repeat|say|hear|speak|hold|wait)(?: .*)?"
    r"|how (?:long|much|soon|do|did|are|is)(?: .*)?|when (?:is|are|can|will|do)(?: .*)?|what do you mean"
    r"|(?:(?:sorry|excuse me|pardon me)(?: ,)? )?(?:what|huh)|pardon|nothing|none|unknown|tbd|n/a|na|not provided"
    r"|say (?:that|it) again(?: please)?|are you (?:an? |the |real|human|there|still|kidding|listening).*"
    r"|(?:i )?(?:already|just) told you(?: .*)?|same (?:thing|problem|issue)(?: .*)?|i (?:want|need"
    r"|would like) (?:to )?(?:speak|talk|a person|a human|someone)(?: .*)?",
)
_WHEREABOUTS = re.compile(
    r"[, ]+(?:and )?(?:i'm|i\u2019m|i am|we're|we\u2019re|we are|i live|we live|my address is"
    r"|my zip(?: code)? is) (?:(?:at|on|in) )?(?:\d{2,}|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|\w+teen|\w{3,5}ty)\b)(?:(?! (?:and|but|because) (?:my|our|the|it|i|we|there)\b)[^.!?])*",
    re.I,
)
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)\s+", re.I)
_MAX_CHARACTERS = 300


def describes_problem(text: str) -> bool:
    """Whether the plain `text` says what is wrong or what work is needed."""
    return said(_ALONE, text) or any(
        said(_EQUIPMENT, part) and said(_SYMPTOM, part) and _not_only_it(part) for part in _sentences(text)
    )


def symptom(text: str) -> bool:
    """Whether the plain `text` says that something does not work now."""
    return said(_STRONG, text)


def valid_problem(value: str) -> bool:
    """Whether `value` can be a problem: a word or more, no sentinel, not just a yes or a no."""
    text = plain(value).strip(" ,.?")
    if len(re.findall(r"[a-z]{2,}", text)) < 1 or any(c in value for c in "{}[]"):
        return False
    return not (_NO_ANSWER.fullmatch(text) or _GREETING_CLAUSE.fullmatch(text) or is_bare_yes_or_no(text))


def read_problem(raw: str, question: Question | None) -> str:
    """The problem in the caller's own words, "" for none."""
    asked = question is Question.PROBLEM
    pieces = [p.strip() for p in _SENTENCE_ENDS.split(raw) if p.strip()]
    kept = [p for p in pieces if _tells(p)]
    if not kept and not asked:
        return ""
    if not kept:
        kept = [p for p in pieces if valid_problem(_strip(p)) and not _NAME_CLAUSE.match(p) and not p.endswith("?")]
    problem = " ".join(_strip(p) for p in kept if _strip(p))
    problem = _WHEREABOUTS.sub("", problem)
    problem = problem[:_MAX_CHARACTERS].strip(" ,.;-")
    if not problem or not valid_problem(problem) or re.fullmatch(r"[\W\d]*", problem):
        return ""
    return problem[0].upper() + problem[1:]


def _tells(piece: str) -> bool:
    text = plain(piece)
    if re.match(r"(?:do|does|are|is|can|could|will|would|how much|what|when|who|why) ", text) and not symptom(text):
        return False
    return describes_problem(text)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<!\S)[.?](?!\S)", text) if part.strip()]


def _not_only_it(part: str) -> bool:
    """ "It" is equipment only with a symptom that is not everyday speech: "it quit", not "look at it"."""
    return said(_STRONG_OF_IT, part) or any(match[0] not in _EVERYDAY for match in _EQUIPMENT.finditer(part))


def _strip(piece: str) -> str:
    """A sentence without the greeting, the fillers and the introduction in front of it."""
    while True:
        shorter = _LEADING.sub("", piece).strip(" ,")
        parts = shorter.split(",", 1)
        first = parts[0]
        if len(parts) == 2 and (_NAME_CLAUSE.match(first) or _GREETING_CLAUSE.fullmatch(plain(first))):
            shorter = parts[1].strip()
        if introduced := _INTRODUCTION.match(shorter):
            shorter = introduced[1]
        if shorter == piece:
            return shorter
        piece = shorter


__all__ = ["SERVICE_WORDS", "describes_problem", "fold", "read_problem", "symptom", "valid_problem"]
