"""What is wrong with the system, in the caller's own words.

Something counts as a problem when it names the equipment with what is wrong with it, or a symptom that speaks for
itself; the answer to "what is going on?" counts in any words. Greetings, names and fillers around it are left out.
"""

import re

from call.session import Question
from understanding.answers.answers import is_bare_yes_or_no
from understanding.text.plain import fold, phrase, plain, said

_EQUIPMENT = phrase(
    r"ac|acs|air handlers?|air|air conditioners?|air conditioning|conditioner|conditioning|furnaces?|heaters?|heat"
    r"|heating|cooling|hvac|thermostats?|units?|compressor|condenser|vents?|ducts?|ductwork|blower|fans?|filters?"
    r"|coils?"
    r"|refrigerant|freon|boiler|heat pumps?|mini splits?|pilot|systems?|capacitor|drain|drip pan|drain pan|condensate"
    r"|air handler|motor|water heater|burners?|it|registers?|central air|a coil|upstairs|downstairs|house|attic"
    r"|ceiling|swamp cooler|air ticket|aire acondicionado|aire|calefaccion|calentador|room|rooms|radiator|cooler"
    r"|walk in|freezer|makeup air|humidifiers?|dehumidifiers?|air purifier|exhaust fan|pump|pipes?",
)
_SYMPTOM = phrase(
    r"broken?|broke down|busted|not (?:been )?(?:making (?:cold|heat)|going (?:down|up|below)|go (?:down|up|below)"
    r"|working|cooling|heating|blowing|turning|running|coming|starting|cool|heat|work|turn|come|start|run|blow"
    r"|kicking|kick"
    r"|keeping|keep|getting|get|responding|functioning|right|draining|drain|cold|warm|hot|enough|pushing"
    r"|putting)(?: \w+)?",
    r"quit\w*|stopped|stops|stop|went out|gone out|is out|are out|been out|went down|is down|are down|been down|dead"
    r"|died|leak\w*|drip\w*|raining|pouring|noises?|noisy|loud|rattl\w+|bang\w+|humm\w+|buzz\w+|squeal\w*|squeak\w*"
    r"|whin(?:es|ing|ed)|screech\w*|ruidos?|se apaga"
    r"|click\w+|grind\w+|scream\w+|whistl\w+|knocking|vibrat\w+|gurgl\w+|thump\w+",
    r"(?:blow\w*|putting out|pushing|running|getting) (?:out )?(?:only |just )?(?:warm|hot|cold|cool"
    r"|room temperature|lukewarm|weak)|warm air|hot air|frozen|freez(?:es|ing|e) up|iced? (?:up|over)|ice|smell\w*"
    r"|odor|musty|trip(?:s|ped|ping)|short cycl\w+|cycl\w+|runs? (?:constantly|all (?:the time|day|night)|non ?stop"
    r"|too (?:much|long))|never (?:stops|shuts off)|kick\w* (?:on|off)|shut\w* (?:off|down)|turn\w* (?:on|off)"
    r"|com\w* on|acting up|act\w* (?:weird|funny|strange)|malfunction\w*|fail\w*|problems?|issues?|trouble|wrong"
    r"|something (?:is )?wrong|error|blinking|flashing|blank|flood\w*|overheat\w*|stuck|clogged|weak|rusted|cracked"
    r"|dirty|fell|loose|missing|damaged|worn|old|making|hot|cold|rat|rats|mouse|mice|bird|squirrel|animal|bugs"
    r"|roaches|burn\w*|spark\w*|smok\w+|froze|not spinning|running non ?stop|non ?stop|overflow\w*|spinning|wasp\w*"
    r"|nest|hotter|colder|racket|tripp\w*|bad|squealing|light|ignite|spin",
    r"repair\w*|fix\w*|servic(?:ed|ing|e)|tune up|maintenance|check(?:ed|up)?|look(?:ed)? at|clean(?:ed|ing)?"
    r"|inspect\w*|replac\w+|install\w*|recharg\w+|refill\w*|no funciona|descompuesto"
    r"|no (?:enfria|calienta|prende|sirve)|rotted|no sirve",
)
_PLACE = (
    r"(?:house|home|place|apartment|condo|office|shop|store|restaurant|church|room|bedroom|nursery|kitchen"
    r"|living room|upstairs|downstairs|building|salon|garage|here|inside|clinic|gym|daycare|warehouse|lobby"
    r"|classroom|barn)"
)
_TOO_WARM_OR_COLD = (
    rf"{_PLACE} (?:is|gets|stays|feels|are|was|is getting|will not get) (?:\w+ ){{0,3}}?(?:freezing|hot|hotter|cold"
    r"|colder|boiling|sweltering|stuffy|humid|warm|an oven|a sauna|an icebox|miserable)"
    r"|(?:freezing|hot|cold|boiling|burning up|sweltering|sweating|roasting|stuffy|humid|a sauna|an oven|an icebox"
    rf"|miserable)(?: to death)? in (?:here|(?:my|the|our|this) (?:\w+ )?{_PLACE})"
    r"|(?:degrees|\d\d|\w+ty(?: \w+)?|hundred) (?:degrees )?(?:in|inside) (?:here"
    rf"|(?:of )?(?:my|the|our|this) (?:\w+ )?{_PLACE})|(?:hotter|colder|warmer) (?:upstairs|downstairs|than)"
)
_ALONE = phrase(
    r"(?:no|without|not (?:have|getting|get)(?: any| much| enough)?|lost|out of|have no|have any) (?:\w+ )?(?:heat"
    r"|ac|air|cooling|heating|hot air|cold air|cool air|air conditioning|airflow|air flow)"
    r"|not (?:cooling|heating|blowing)(?: \w+)?|will not (?:turn|come|start|kick|shut|cool|heat)(?: \w+)?",
    _TOO_WARM_OR_COLD,
    r"(?:my|our|the|her|his|their) (?:ac|heat|air|furnace|heater|unit) (?:is|has been|went) off(?! (?:the|my))",
    r"not have (?:\w+ )?(?:any )?(?:heat|ac|air|cooling|heating|airflow)"
    r"|have not had (?:any )?(?:heat|ac|air|cooling|heating)|no (?:air ?flow|air flow)"
    r"|(?:the )?same (?:\w+ )?(?:thing|problem|issue|noise|trouble) (?:all over )?(?:again|as before)"
    r"|(?:doing|acting|back to) (?:\w+ ){0,4}?(?:same|like|what|how|way) (?:\w+ ){1,4}?before"
    r"|(?:went|gone|goes|going) (?:out|bad|down) again|(?:quit|broke|died|failed|acting up) (?:\w+ )?again"
    r"|doing (?:it|the same thing|that) again"
    r"|(?:nothing|not a thing|no air|barely anything|hardly anything) (?:is )?(?:coming|blowing) out",
    r"quit (?:cooling|heating|working|blowing|on (?:me|us))|stopped (?:cooling|heating|working|blowing|running)"
    r"|blowing (?:\w+ )?(?:warm|hot|cold) air|tune up|(?:warm|hot|lukewarm|stale|cold) air (?:is |was )?(?:just "
    r"|only )?(?:coming"
    r"|blowing)|(?:hace|haciendo|mete) (?:\w+ ){0,2}?ruido|no sale (?:el )?(?:aire|frio)|se (?:me )?apaga (?:sol[oa]"
    r"|luego"
    r"|a cada|cada|y)|(?:sale|echa|avienta) (?:puro |solo )?(?:aire )?(?:caliente|tibio)|water (?:leak|leaking"
    r"|everywhere|damage|dripping|is leaking"
    r"|coming|pouring|all over)|leaking water|short cycling|freon leak|low on (?:freon|refrigerant)"
    r"|dead (?:rat|mouse|animal)|aire acondicionado no .*|(?:need|want|schedule|get"
    r"|book) (?:an? )?(?:\w+ )?(?:repair|tune up|maintenance|service call|inspection|checkup|check up|duct cleaning"
    r"|cleaning)",
)
_STRONG = phrase(
    r"broken?|not (?:been )?(?:working|cooling|heating|blowing|turning on|running|coming on|starting)"
    r"|(?:will|does|do|did) not (?:even |ever |really )?(?:turn|come|start|work|cool|heat|blow|kick|run|shut|light"
    r"|ignite|spin|drain|stay|keep|respond|go)(?: \w+)?|quit(?:ting)?"
    r"|stopped (?:working|cooling|heating|blowing|running)|(?:is|are|went|been) (?:out|down|dead)|died|leaking"
    r"|no (?:heat|ac|air|cooling|cold air|hot air)|blowing (?:\w+ )?(?:warm|hot|cold|cool)(?: air)?|noise|frozen"
    r"|tripping|acting up|making a|(?:house|home|in here|upstairs) (?:is )?(?:\w+ )?freezing|froze|not spinning"
    r"|doing (?:it|the same thing|that) again",
)
SERVICE_WORDS = phrase(
    r"(?:next|first|earliest|any|soonest) (?:available )?(?:appointments?|openings?|slots?|availability"
    r"|times?)(?: available| open)?|(?:getting|making|scheduling|booking) (?:an? )?(?:\w+ )?(?:appointment|visit"
    r"|repair|technician)",
    r"(?:make|schedule|set up|book|get|need|want|like|have|setup) (?:an? |the |some |to |someone |somebody |me "
    r"|us )*(?:appointment|visit|service|repair|repairs|technician|tech|estimate|quote|inspection|checkup"
    r"|maintenance|someone|somebody|work)(?! (?:else|to call))",
    r"(?:schedule|book)(?: (?:something|one|it|that))?|second opinion"
    r"|come (?:out|by|over|look|take a look|check|fix)|send (?:someone|somebody|a technician|a tech|me|us|out|a guy)"
    r"|repair|(?:take|have) a look|(?:need|want) (?:someone|somebody|help|it|this) (?:\w+ )?(?:fixed|repaired"
    r"|looked at|serviced|to come|with)|get (?:someone|somebody|a guy|a technician) out|need (?:a )?service"
    r"|(?:an? )?quote|tune up|(?:need|want|get|install|put in|buy|replace) (?:\w+ ){0,3}?(?:thermostat|filters?|ac"
    r"|furnace|unit|system|capacitor|part|humidifier|purifier|ductwork)|help with my|emergency service"
    r"|(?:someone|somebody) to come(?: out)?|looking for (?:\w+ )?(?:work|service|repairs?|someone|somebody|help)"
    r"|necesito que (?:alguien )?(?:me )?(?:venga|revis|arregl|mand|envi)\w*|vengan? a (?:revisar|arreglar|ver)"
    r"|necesito (?:una cita|un tecnico|ayuda|servicio)",
)
_LEADING = re.compile(
    r"^(?:(?:(?:hi|hello|hey)(?: there)?|hola|buenos d[ií]as|buenas(?: tardes)?|hey"
    r"|good (?:morning|afternoon|evening)|yeah|yes|yep|yup|um+|uh+|so|well|okay|ok|oh|ah|hmm|please|sure"
    r"|no(?=[,.!?]| (?:i|it|my|the|we|our|there|just)\b)|nope|actually|listen|right|basically|thanks?|thank you"
    r"|i mean|you know|like|and|but|sir|ma'am|how are you(?: doing)?(?: today)?"
    r"|i'm (?:just )?calling (?:because|about|in because|'cause|cause)|i am calling because"
    r"|the reason i'm calling is(?: that| because)?)(?:[ ,.!?\-]+|$))+",
    re.I,
)
_GREETING_CLAUSE = phrase(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening)|thank you|thanks|please|how are you(?: doing)?(?: today)?"
    r"|can you hear me|are you there|hang on|hold on|one (?:second|moment|sec)|is this .*|who is this|yes|no|yeah"
    r"|okay|ok)",
)
_NAME_CLAUSE = re.compile(
    r"^(?:hi |hello |hey |yeah |yes |and )*(?:my name(?: is|'s|\u2019s)|this is(?! about| regarding)|name is"
    r"|i live (?:at|on|in)|my (?:address|zip|number|phone)|(?:i'm|i\u2019m|i am) (?:at|in) \d|the (?:address|zip))",
    re.I,
)
_NO_ANSWER = phrase(
    r"(?:i )?(?:am )?(?:do not|dunno|not|could not|can not) (?:really )?(?:know|sure|tell you|say|remember)(?: .*)?"
    r"|(?:hang on|hold on|hold up|one (?:second|sec|moment|minute)|just a (?:second|sec|moment|minute)|wait"
    r"|give me a (?:second|sec|minute))(?: .*)?|(?:can|could|will|would) you (?:please )?(?:repeat|say|hear|speak"
    r"|hold|wait)(?: .*)?|how (?:long|much|soon|do|did|are|is)(?: .*)?|where (?:.*)"
    r"|when (?:is|are|can|will|do)(?: .*)?|what do you mean|what|huh|pardon|nothing|none"
    r"|(?:sorry|excuse me|pardon me|wait)(?: ,)? (?:what|huh)|say (?:that|it) again(?: please)?"
    r"|are you (?:a |an |the |real|human|there|still|kidding|listening).*|unknown|tbd|n/a|na|not provided"
    r"|(?:i )?(?:already|just) told you(?: .*)?|same (?:thing|problem|issue)(?: .*)?|why(?: .*)?|who(?: .*)?"
    r"|i (?:want|need|would like) (?:to )?(?:speak|talk|a person|a human|someone)(?: .*)?",
)
_WHEREABOUTS = re.compile(
    r"[, ]+(?:and )?(?:i'm|i\u2019m|i am|we're|we\u2019re|we are|i live|we live|my address is"
    r"|my zip(?: code)? is) (?:(?:at|on|in) )?(?:\d{2,}|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|\w+teen|\w{3,5}ty)\b)(?:(?! (?:and|but|because) (?:my|our|the|it|i|we|there)\b)[^.!?])*",
    re.I,
)
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
    whole = _NO_ANSWER.match(text) or _GREETING_CLAUSE.match(text)
    return not (whole and whole.end() == len(text)) and not is_bare_yes_or_no(text)


def read_problem(raw: str, question: Question | None) -> str:
    """The problem in the caller's own words, "" for none."""
    asked = question is Question.PROBLEM
    pieces = [p.strip() for p in re.split(r"(?<=[.!?])\s+", raw) if p.strip()]
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
    others = [
        m
        for m in _EQUIPMENT.finditer(part)
        if m[0] not in ("it", "house", "upstairs", "downstairs", "room", "rooms", "air")
    ]
    return (
        bool(others)
        or said(_STRONG, part)
        or said(
            phrase(
                r"hot air|house is (?:so |really |very |too )?(?:hot|cold|freezing)"
                r"|(?:hot|cold|freezing) in (?:here|my house|the house)|ice on"
            ),
            part,
        )
    )


def _strip(piece: str) -> str:
    """A sentence without the greeting, the fillers and the introduction in front of it."""
    while True:
        shorter = _LEADING.sub("", piece).strip(" ,")
        parts = shorter.split(",", 1)
        if len(parts) == 2 and (
            _NAME_CLAUSE.match(parts[0]) or said(re.compile(rf"^{_GREETING_CLAUSE.pattern}$"), plain(parts[0]))
        ):
            shorter = parts[1].strip()
        if introduced := re.match(
            r"(?:this is|my name is|my name's) (?:[\w'\u2019]+ ){1,3}?(?:and )(.*)", shorter, re.I
        ):
            shorter = introduced[1]
        if shorter == piece:
            return shorter
        piece = shorter


__all__ = ["SERVICE_WORDS", "describes_problem", "fold", "read_problem", "symptom", "valid_problem"]
