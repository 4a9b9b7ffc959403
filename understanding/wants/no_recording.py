"""Whether a caller does not want to be recorded: "please don't record this". English and Spanish.

What asks for it is cut out of the turn before anything else is read, with the "no" in front of it: neither answers the
question that is open. What is not to be written down ("don't record that number") is another wish.
"""

from understanding.answers.answer_words import SHORT_YES
from understanding.text.lexicon import CLASSES
from understanding.text.plain import MARKS, phrase, said, tokens

_HINTS = ("record", "taping", "tape", "grab")
_CALL = r"(?:this|the|my|our)(?: phone| whole| entire)? (?:call|conversation|voice)"
_SAYING = r"(?:i|we) (?:am |are )?say(?:ing)?"
_PARTY = rf"(?:me|us|{_CALL}|(?:my |our )?calls?)"
_WHAT = rf"(?: (?:{_PARTY}|this|it|any of (?:this|it)|anything(?: {_SAYING})?|what {_SAYING}))?"
_END = (  # Nothing else is what is not to be recorded.
    r"(?= (?:[,.?]|please|and|but|or|because|i|so|okay|ok|thanks|thank|sir|maam|while|for|today|anymore|now|at all"
    r"|right now|either|ever|without|at any|in any|by|then|until|if|you|y'?all|though|here|there"
    r"|it (?:is|has|smells|just|keeps)|we|(?:my|the) (?:\w+ ){1,2}(?:is|was|has|does|quit|keeps|blows|smells|stopped"
    r"|will))(?!\S)|$)"
)
_IT = r"(?:(?:the|that|this|your|any|all|my|our) (?:call )?(?:recordings?|recorder))"
# "Any record of that" is a thing; a tape is a duct's unless it is said who is on it.
_RECORD = (
    r"(?:(?<!any )(?<!a )(?<!the )(?<!my )(?<!our )(?<!your )(?<!of )(?<!on )(?<!no )(?<!for )record"
    r"|(?<!a )(?<!the )(?<!my )(?<!our )(?<!your )recording)"
)
_ANY = (
    rf"(?:{_RECORD}(?: {_PARTY}|{_WHAT}{_END})|(?:(?:be|being|get|getting) )?recorded{_END}|(?:tape|taping) {_PARTY}"
    rf"|{_PARTY} (?:(?:to )?(?:be|being|get|getting) )?(?:taped|on tape)"
    r"|(?<!it )(?<!it to )(?<!this )(?<!this to )(?<!that )(?<!that to )(?<!them )(?<!them to )(?:be|being) "
    rf"(?:taped|on tape){_END})"
)
_THE_RECORDING = rf"(?:{_IT}|recordings?(?<!a recording)(?<!to recording)){_END}"
# What may stand between: no mark, no new clause, nothing that is dangerous, and no device that records by itself.
_OTHERS = (
    r"[,.?]|but|because|and|so|i|we|they|he|she|know|knew|remember|sure|hear|heard|see|saw|tell|understand|mind|care"
    r"|object|problem|problems|issue|issues|when|since|who|thermostats?|meters?|gauges?|cameras?|dvrs?|doorbells?|tvs?"
    r"|temperatures?|units?|systems?|vents?|ducts?|pipes?|lines?|furnace|boxes|box"
)
_GAP = (
    r"(?: (?!(?:"
    + "|".join([_OTHERS, *sorted(CLASSES["danger"])])
    + r"|if(?! (?:you|y'?all|this|we|nobody)(?!\S)))(?!\S))\S+)"
)
_ASK = (
    r"(?:(?:i|we) (?:want|need|would like|ask|am asking|demand|insist|request)(?: that)?(?: (?:you|y'?all))?(?: to)? "
    r"|(?:you|y'?all) (?:need|have|had better|better|must|should|can)(?: to)? )?"
    r"(?:(?:can|could|would|will|may) (?:you|we|i) )?(?:please |just )*"
)
_STOP = (
    r"(?<!not )(?<!not to )(?:stop|quit|end|cancel|pause|skip|avoid|turn off|switch off|shut off|cut off|delete|erase"
    r"|remove|destroy|discard|scrap|wipe|trash|get rid of|throw (?:away|out))"
)
_PERMIT = r"(?:permission|consent|approval|authorization|right|authority|okay)"
_REC_CLAUSE = (  # "Is this recorded?", "why are you recording me": what comes right behind it is about that.
    r"(?:(?:why|so|wait|if|hey|oh|and) )*(?:(?:i|we) (?:hear|heard|see|understand|know|think) (?:that )?)?"
    r"(?:(?:am|is|are|was|were|do|did) )?(?:i|we|you|y'?all|they|this|it|the|somebody|someone|anybody|anyone)(?: call"
    rf"| conversation)?(?: (?:am|is|are|was|were|may|might|will|can|could|have|been|be|being|getting|all|really|just"
    rf"|going|to|said))*"
    rf" (?:record(?:ing)?{_WHAT}|recorded|taping {_PARTY})(?: (?:right )?now)?(?= |$)"
)
_THAT = r"(?:that|this|it|any of (?:that|this|it))"
_BARE = (
    rf"(?:(?:i|we) (?:really )?(?:do|did|would|will|can) not (?:want|like|consent|agree|allow|accept|permit|authorize"
    rf"|okay)(?: to)?(?: {_THAT})?(?: to be| to)?(?: (?:at all|either|please))*(?= [,.?]|$| thank| thanks| because"
    rf"| i | my )"
    rf"|(?:please |just )*(?:stop|quit|cancel|delete|erase|end) (?:that|it|this|now|please|doing that)|(?:please )?stop"
    r"(?= [,.?]|$)|(?:turn|switch|shut) (?:that|it) off|(?:please )?do not(?: (?:do (?:that|it|this)|please))?"
    rf"(?= [,.?]|$)|(?:i|we) would rather (?:you (?:do|did) )?not|(?:i|we) (?:object|refuse)(?: to {_THAT})?"
    r"|(?:that|this|it) is not (?:okay|ok|alright|fine|cool|acceptable|allowed)(?: with (?:me|us))?"
    r"|(?:i|we) (?:am|are) not (?:okay|ok|fine|comfortable|happy|cool)(?: (?:with|about) (?:that|this|it))?)"
)
_OBJECTION = phrase(
    rf"{_REC_CLAUSE}(?: [,.?])*(?: (?:well|no|nope|because|please|and|but|then|oh|okay|so|hey"
    rf"|then))*(?: [,.?])* {_BARE}",
    rf"(?<!a )(?<!the )(?<!my )(?<!your )record(?:ing|ed)(?: {_PARTY})? [?,.](?: (?:well|no|nope|because|please|and"
    rf"|but|then|oh|[,.]))* {_BARE}",
    # "Don't", "nobody may", "you have no permission", "I would rather not"
    r"(?:why )?(?<!i )(?<!we )(?<!they )(?<!as )(?<!ts )(?<!rs )(?:do not|never|let us not|better not"
    r"|please not)(?: (?:you"
    r"|y'?all|be|ever|even|dare|to|start|keep|go|try|let|have|any|of|do|continue|anybody|anyone|them|get|make|this|that"
    rf"|the|my|call|conversation|just|please|never))*? {_ANY}",
    rf"{_ASK}(?:can|could|would|will|may|should) (?:you|we|i|this|it|{_CALL}) (?:please )?not (?:to )?(?:be )?{_ANY}",
    r"(?:you|y'?all|nobody|no one|no body|they|(?:this|it|the|my|our)(?: call| conversation)?)(?: guys)? (?:can|may"
    r"|must"
    r"|should|could|will|would|shall|are|do|did|have|had better|better|ought|need to|is to)"
    rf"(?: (?:not|never|no|zero)|(?<=nobody can)|(?<=nobody may)){_GAP}{{0,7}}? {_ANY}",
    rf"(?:nobody|no one) (?:can|may|should|gets? to|is allowed to|is to|has{_GAP}{{1,3}}? to){_GAP}{{0,2}}? {_ANY}",
    r"(?:i|we) (?:really |just |still |also |absolutely |definitely )*(?:do not|did not|would not|will not|can not"
    r"|have not"
    r"|should not|must not|am not|are not|never)(?! (?:going|trying|planning|able) to (?:record|tape))"
    rf"(?:{_GAP}{{1,8}}? {_ANY}| (?:be|get|being) recorded{_END})",
    r"(?:i|we) (?:really )?(?:do not|did not|would not|will not|can not|am not|are not|never)(?: \w+ly| even)?"
    r" (?:want|like|wish|need|consent|agree|agreed|consented|permit|allow|authorize|accept|approve|okay|give|giving"
    r"|giv)"
    rf"{_GAP}{{0,4}}? {_THE_RECORDING}",
    r"(?:i|we) (?:would |do |will )?(?:really |much |just )*(?:rather|prefer|like|love|want|wish|need|ask|am asking"
    r"|request"
    rf"|hope|insist|feel better|appreciate){_GAP}{{0,7}}? (?:not|no){_GAP}{{0,4}}? (?:{_ANY}|recordings?{_END})",
    r"(?:i|we) (?:am |are |would |do |must |want to |would like to |hereby |have to )*(?:withdraw|withdrawing|revoke"
    r"|revoking"
    r"|rescind|retract|deny|denying|refuse|refusing|decline|object|objecting|oppose|opposed|hate|mind|protest|forbid"
    r"|prohibit|dislike|against|uncomfortable|take back|taking back|have an? (?:problem|issue) with|opt out of)"
    rf"(?:{_GAP}{{0,6}}? {_ANY}|{_GAP}{{0,6}}? {_THE_RECORDING})",
    rf"{_REC_CLAUSE} without{_GAP}{{0,3}}? (?:{_PERMIT}|asking|knowledge)(?: me)?",
    rf"(?:recording|taping) {_PARTY}{_GAP}{{0,3}}? (?:is|are) (?:not{_GAP}{{1,3}}|illegal|against\b.*|wrong)(?= [,.?]"
    rf"|$)",
    rf"no {_PERMIT}{_GAP}{{0,3}}? {_ANY}|(?:(?:i|we) want )?no recordings?(?: of)?(?: {_PARTY}| this)?{_END}",
    rf"(?:to not|(?<!is )(?<!am )(?<!are )(?<!was )not(?: to)?|never) (?:be|being|get|getting) recorded{_END}",
    rf"(?<!is )(?:this|it|me|us|{_CALL}) not (?:to )?(?:be )?recorded{_END}",
    rf"{_ASK}(?:(?:do|have|talk|speak|go on|go ahead|continue|proceed|keep going)(?: (?:this|that|it|{_CALL}"
    rf"|a call))? )?"
    rf"without{_GAP}{{0,4}}? (?:{_ANY}|recordings?{_END})",
    r"(?:(?:my \w+|he|she|they) )?(?:does not|did not|do not) (?:want|like|wish|consent|agree)"
    rf"{_GAP}{{0,4}}? (?:be|being|get) recorded{_END}|(?:would|do) you mind not {_ANY}",
    rf"(?:make sure|ensure|see to it)(?: that)? (?:i|we|this|it|{_CALL}) (?:is|am|are|does|do|gets?) not"
    rf"(?: be| being| get)? recorded{_END}",
    rf"(?:(?:it|that|this) is )?(?:illegal|unlawful|against the law|not (?:legal|okay|ok|right|fair|cool|allowed"
    rf"|nice)) to {_ANY}",
    rf"who (?:said|told|gave|allowed|asked|let|lets){_GAP}{{0,5}}? {_ANY}(?:(?: [,.?])+ {_BARE})?",
    rf"(?:not|never|no one|nobody){_GAP}{{0,5}}? a recording (?:made|of (?:{_CALL}|this|it|me|us))",
    r"(?:the |this |any )?recording(?: this)? is not (?:okay|ok|alright|fine|cool|acceptable|allowed)(?: with (?:me"
    r"|us))?",
    rf"(?:there is )?no way(?: that)?(?: i| we)?{_GAP}{{0,4}}? {_ANY}|(?:^|(?<=[,.?] ))not (?:be "
    rf"|being )?recorded{_END}",
    r"(?:nobody|no one|(?:you|they|y'?all) (?:never|did not))(?: even| ever)? (?:asked?|told|tell|said|say"
    r"|gave)(?: me| us)?"
    rf"(?: (?:if|whether|that|before))?(?: (?:you|they|i|we))?{_GAP}{{0,4}}? {_ANY}",
    rf"(?<!i )(?<!we )(?<!they )(?:do not|never) (?:keep|save|store|use|share|sell){_GAP}{{0,2}}? {_THE_RECORDING}",
    # "Stop", "delete", "turn it off"
    rf"{_ASK}{_STOP} (?:that|it|this)(?: [,.])+ {_IT}|{_ASK}(?:take|pull) {_IT} down",
    rf"(?:i|we) (?:want|need|would like) {_IT} (?:to be )?(?:deleted|erased|removed|stopped|destroyed|gone|off"
    r"|(?:turned|switched|shut) off)",
    rf"{_ASK}(?:keep|leave) (?:this|it|that|me|us|{_CALL}) off (?:of )?(?:the |any )?record",
    rf"{_ASK}{_STOP}{_GAP}{{0,2}}? (?:{_IT}|(?:all |any )*(?:call )?recordings?){_WHAT}{_END}|{_ASK}{_STOP} {_ANY}",
    rf"{_ASK}{_STOP}(?: all| any| every\w*)?(?: of)?(?: (?:it|that|this|what|whatever|everything|anything|the (?:part"
    rf"|stuff"
    r"|things?)|all))+(?: (?:that|which|you|y'?all|guys|they|have|has|had|just|already|got|been|was|were|is|did))*"
    rf" (?:record|recorded|taped)(?: (?:of )?{_PARTY})?(?: so far| already)?{_END}",
    rf"{_ASK}(?:turn|switch|shut|keep|leave) {_IT} off",
    rf"{_ASK}(?:stop|pause|erase|turn off|shut off|switch off) (?:the|that|your) tape{_END}",
    rf"{_ASK}opt out of (?:(?:the|this|call|any|being) )*record(?:ed|ing)",
    # In Spanish
    r"(?:por que )?(?:(?:me|nos|se|lo|la|esta|estan|este|esto|llamada|ustedes|usted|siendo|sera|es) )*grab(?:an?|ando"
    r"|ad[oa])"
    r"(?: (?:esta|la) llamada| esto)?(?: [,.?])+(?: no [,.])?(?: (?:pues|pero|entonces|y|yo|no [,.]))* (?:no (?:lo "
    r"|la )?"
    r"(?:quiero|quisiera|deseo|acepto|autorizo|permito|consiento|me gusta|estoy de acuerdo|haga[ns]?)(?: (?:que|eso"
    r"|con|lo"
    r"|hagan?))*|pare(?:n|lo|nlo)?|(?:deje[ns]?|pare[ns]?) de hacerlo|quitelo|apaguel[oa])",
    r"no (?:(?:les?|he|me) )*(?:autorice|autorizado|permiti|consenti|acepte|di|dado|siento|sentimos|agrada)(?: (?:que"
    r"|de|para"
    r"|a|en|con|me|nos|se|la|mi|permiso|consentimiento|autorizacion|comod[oa]s?))* grab\w+(?: (?:esta|la) llamada)?",
    r"no ser grabad[oa]s?|(?:me niego|nos negamos|me opongo|nos oponemos)(?: (?:a|que|me|nos|la|ser))* grab\w+",
    r"(?:yo )?(?:no|tampoco) (?:le |les )?(?:quiero|queremos|quisiera|deseo|me gusta\w*|acepto|autorizo|permito"
    r"|consiento"
    r"|estoy de acuerdo|doy|damos|tienen?|pueden?|deben?|puedes|tienes)(?: (?:que|de|para|a|en|con|ser|me|nos|se|la"
    r"|lo|esta"
    r"|esto|mi|ningun\w*|su|permiso|consentimiento|autorizacion|derecho|llamada|siga\w*|esten?|la))* grab(?!a(?!\S))\w+"
    r"(?: (?:esta|la|mi) llamada| esto)?",
    r"(?:(?:yo )?(?:prefiero|preferimos|preferiria|quiero|quisiera|pido|espero|mejor)(?: que)? )?(?:que )?no (?:me "
    r"|nos |lo |la"
    r" |se )*(?:grabe[ns]?|graben?me|grabar(?:me|nos|la)?|vaya a grabar|(?:este|esten|estes|siga|sigan|sea|sean) "
    r"graba\w+)(?: (?:esta|la|mi) llamada| esto| nada)*",
    r"sin (?:que )?(?:(?:me|nos|se|la|lo|ser|estar|esta|hacer|ninguna|una) )*grab(?!a(?!\S))\w+(?: (?:esta|la) llamada"
    r"|me|nos)?",
    r"(?:retiro|revoco|niego|quito)(?: (?:mi|el|la|permiso|consentimiento|autorizacion|para|de|que|me|a))+ grab\w+"
    r"(?: (?:esta|la) llamada)?",
    r"(?:deje[ns]?|deja|pare[ns]?|para) de grabar(?:me|nos|lo|la)?(?: (?:esta|la) llamada| esto)*",
    r"(?:(?:quiero|queremos|quisiera|pido) que )?(?:apague[ns]?|borren|paren|apaga|detengan?|detenga|pare[ns]?"
    r"|borre[ns]?|borra|quite[ns]?|elimine[ns]?|cancele[ns]?)"
    r"(?: (?:la|esa|esta|todo|lo|que|ya|han?|toda))* (?:grab(?:o|aron|ado|aste)|grabacion(?:es)?)",
    r"ninguna grabacion|nada de grabaciones|nada de grabar(?:me|nos)?",
)
# In front of it or behind it, they belong to it.
_BESIDE = frozenset(
    "no nope hey hi hello wait oh um uh please actually sorry excuse me and but so well ok okay first thanks thank you"
    " sir maam now today anymore por favor hola oiga perdon".split()
)
# What a clause in front of it or behind it may wholly consist of
_AROUND = _BESIDE | frozenset(
    "i you we it this that they can could would will may do does did is are am was be to want need like ask asking tell"
    " telling told said say says any there way if know let us make right away without my your our consent permission"
    " have got just also then at all hablemos por que yo le les pido digo quiero preferiria para".split()
)


MOST = 4  # Objections that are taken out of one turn: more often nobody says it, and each is a pass over the rest.


def without_objection(text: str, most: int = MOST) -> tuple[str, bool]:
    """The turn, as it was written, without what asks not to record it, so often at most; and whether anything did."""
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text, False
    found = tokens(text)
    words = [token.word for token in found]
    match = _OBJECTION.search(" ".join(words))
    if match is None:
        return text, False
    first = match.string[: match.start()].count(" ")
    last = first + match[0].count(" ")
    while first and words[first - 1] in _BESIDE | MARKS:
        first -= 1
    while last + 1 < len(words) and words[last + 1] in _BESIDE | MARKS:
        last += 1
    start = next((i + 1 for i in range(first - 1, -1, -1) if words[i] in MARKS), 0)
    end = next((i for i in range(last + 1, len(words)) if words[i] in MARKS), len(words))
    if _is_of_it(words[start:first]):
        first = start
    if words[last] not in MARKS and _is_of_it(words[last + 1 : end]):
        last = end - 1
    before = text[: found[first].start] if first else ""
    after = text[found[last].end :] if last + 1 < len(found) else ""
    rest = without_objection(after, most - 1)[0] if most > 1 else after
    return " ".join(filter(None, (before.strip(), rest.strip(" ,.?!")))), True


def _is_of_it(words: list[str]) -> bool:
    """Whether the rest of its clause says nothing of its own; "I do" may answer what was asked."""
    return _AROUND.issuperset(words) and not said(SHORT_YES, " ".join(words))
