"""The words that callers agree, refuse, correct and hesitate in; what they mean together is for answers.py.

Phrases over plain words (plain.py), English and Spanish. A correction beside a yes takes it back, a remark does not.
"""

import re

from understanding.text.parts import END, GOOD, RELATIVE, VERY, WHOLE_VISIT, YOU
from understanding.text.plain import phrase

NOUNS_AFTER_NO = frozenset(
    "heat heating ac air cooling cool hot cold warm power water airflow one name longer matter luck idea rush hurry"
    " gas smoke smell smells burning fire problem problems worries problemo more sign signs odor odors alarm alarms co"
    " carbon fumes flames sparks preference lights electricity electric pressure sound noise thermostat unit furnace"
    " money appointment doubt answer leak leaks change changes question questions need big issue issues objection"
    " complaint complaints objections later earlier".split()
)

_IT = r"(?:it|that|this|me|us|that one|this one)"
_ON_THE_BOOKS = r"(?:on|in|onto) (?:the|your|y'?all is) (?:books?|schedule|calendar|list)"
_NO_DOUBT = r"(?:(?!not|no|never|only|almost|hardly|barely|less|far|too|if|but)\w+ )"
_DAY = r"(?:\w+day|tomorrow|morning|afternoon|noon|am|pm|oclock|\d[\d:]*|one)"
_TIME = rf"(?:{_DAY}|two|three|four|five|nine|ten|eleven|twelve)"
_AGREEMENT = (
    rf"that is {_NO_DOUBT}{{1,2}}?{GOOD}|(?:all|every\w*) {_NO_DOUBT}{{0,4}}?(?:is|are) {VERY}{GOOD}",
    r"(?:just |go ahead and )(?:take|give me|gimme) (?:that|this|the) one|(?:will|would) suit (?:us|me)",
    rf"that (?:is|sounds|would be|will be|all sounds|looks|should be) {VERY}(?:{GOOD}|it|great)",
    rf"(?<!what )(?<!which )(?:{_TIME}|then|everything|all|it|all of that|time|date|day) (?:is|would be|will be|sounds"
    rf"|looks|should be) {VERY}{GOOD}",
    rf"(?:{_DAY}|that|it|this|which|any of that|either|time|day) (?:all |will |would |should |still |definitely "
    r"|totally )*works?(?: (?:great|fine|well|perfectly|for (?:me|us)))*",
    r"works (?:great|fine|well|perfectly|just as well|too|for (?:me|us)|by me)|can make (?:it|that)|(?:will|would) "
    rf"(?:have to )?do(?={END}| nicely| just| fine| great)|have to do",
    rf"(?:sounds?|looks?) {VERY}(?:{GOOD}|like a (?:plan|winner|deal))|(?:fine|good|okay|ok|great|works|cool) (?:by"
    r"|with|for) (?:me|us)",
    r"go (?:right )?ahead|go for it|do (?:it|that)|please do|let us (?:do|go|book|schedule|lock|roll|set|stick"
    r"|plan)(?: (?:it|that|(?:with|on) (?:it|that)))?",
    rf"(?:let us |go ahead and |you can |please )?(?:get|have|put) {_IT} (?:done|scheduled|booked|set up|going"
    rf"|over with|{_ON_THE_BOOKS})|(?:let us )?make {_IT} (?:happen|official|so)",
    r"(?:put|sign|count|pencil|write|mark|slot|nail|pin) (?:it|that|me|us) (?:in|up|down)(?! (?:for|a|at|on)(?!\S))"
    r"|get (?:you|y'?all|him|them|somebody|someone)(?: guys)? (?:out|over)(?: here)?",
    rf"(?:i am|we are) {VERY}(?:on board|all for|game|in agreement)(?: (?:with|for))?(?: (?:it|that|this))?",
    r"(?:you (?:have |have got |got )|(?:it|that) is |we have (?:got )?)(?:yourself |yourselves )?(?:a|the) (?:deal"
    r"|date|plan|yes)(?! breaker)",
    rf"{_TIME} it is(?={END}| then| thanks| thank)|we are on(?={END}| then)|^right on|afraid (?:so|yes)",
    rf"can live with (?:it|that)|that is a go|^(?:\w+ )?very well|you nailed it{END}",
    r"that is (?:just |exactly |precisely )?what (?:i|we) (?:want|need|wanted|needed|was hoping for)",
    r"(?:book|schedule|confirm|lock|set|put) (?:it|that|me|us)(?: (?:in|up|down))?",
    r"of course|for sure|sure thing|you bet|you (?:have |have got |got )(?:all )?(?:of )?(?:it|that"
    r"|everything)(?: all)? (?:right|correct)|why not|might as well|by all means|i (?:guess|suppose)(?: so)?"
    rf"|i would (?:like|love) (?:to|that){END}",
    rf"(?:i am|we are|(?:i|we) would be) {VERY}(?:fine|okay|ok|happy|good) with (?:that|it)|that is (?:my|our|the|me"
    r"|us)(?: \w+)?(?= (?:yes|yeah|yep))",
    r"no (?:problem|worries|trouble|bother)|not a (?:problem|bother)|esta bien|de acuerdo|por favor|asi es|por "
    r"supuesto|perfecto|me (?:funciona|sirve|parece bien|queda(?: muy)? (?:bien|perfecto))|asi quedamos|quedamos asi",
    r"it sure is|you (?:have|have got|got) it(?: right)?|suits me|ten four|roger(?: that)?|no (?:objections?"
    r"|complaints?)|not see why not|could not be better|^(?:oh |well |um |ok |okay )*(?:sweet|k|confirm(?:ed)?"
    rf"|approved|works|deal|done|excellent|wonderful)(?={END}| thank| thanks)",
    r"i (?:agree|confirm|approve)|oke?y?[ -]?doke?y?|you betcha|(?:i|we) will take (?:it|that)(?: one)?|(?:i"
    r"|we) will take the \w+ (?:one|slot|spot|time|appointment)",
)
AGREEMENT = phrase(*_AGREEMENT)  # Says yes by itself; what covers a turn
YES = phrase(
    *_AGREEMENT,
    r"i do|we do|it is|it does|there is|i am|we are|he is|i can|i would",
)
# To a read-back these are a yes, to an offer a no.
CONTENT = phrase(r"(?:(?:all|we are|i am) )?good to go|(?:all|we are|i am|good to) (?:all )?(?:good|go|set)|that is me")
# "It's early, but I'll take it": agrees, whatever was said before
BUT_YES = (
    r"(?:yes|yeah|yep|sure|okay|ok|go ahead|(?:i|we) (?:will|can) (?:take|do|make|manage|live with) (?:it"
    r"|that)(?= [,.?]|$))"
)
# Said of what was read back: "I don't see anything wrong with it"
_OF_IT = r"(?: (?:with|in|about|from|there|here)(?: (?:any|all|of|it|that|there|this|me|us|my|end|here))*)?"
_HAVE = (
    r"(?: (?:any|anything|nothing|one|a|single|see|hear|have|find|got|notice|of|it|that|them|those|is|are|need|to"
    r"|think))"
)
FAULTLESS = phrase(
    rf"(?:(?:i|we|there) (?:do |did |have |can |could |is |are )*)?(?:not|nothing|none|never){_HAVE}*? (?:wrong"
    rf"|changes|mistakes?|corrections?|errors?|incorrect|missing|amiss|to (?:add|fix|correct|change)){_OF_IT}",
    rf"(?:(?:i|we) (?:do |did |have |got )*|there (?:is|are) )?no (?:changes|mistakes|corrections?|errors){_OF_IT}",
    r"(?:i |we )?(?:would|will|do|can) not (?:have to |need to |want to )*(?:change|fix|correct|add) (?:a "
    r"|any )?(?:thing|word|anything|bit)(?: (?:about|in|of) (?:it|that))?",
)
SHORT_YES = phrase(r"i (?:do|am|can|would)|we (?:do|are)|it (?:is|does)|there is|he is")
LAST_YES = re.compile(r"(?<!\S)but (?:yes|yeah|yep)(?!\S)|(?<!\S)(?<!not )(?:yes|yeah|yep|yup|correct)(?= [,.?]|$)")
CANCEL_YES = phrase(rf"(?:need to|want to|please|go ahead and|would like to) cancel|cancel {WHOLE_VISIT}")
# "We don't have anywhere to be": denies nothing of a visit
HAS_NOTHING = phrase(
    r"(?:i|we) (?:do |have |am |are |is )*(?:not|never)(?: (?:got|have|had))? (?:any\w*|nothing|nowhere|no)(?: (?!but"
    r"|except|and|so|until|unless)\w+){0,3}"
)
# "Okay, good to know" takes note of what was told, and agrees to nothing
TAKES_NOTE = phrase(
    r"(?:(?:oh|ok|okay|alright|right|yes|yeah|sure|great|good|perfect|well|thanks|thank you|i see|got it)(?: [,.])? )*"
    r"(?:(?:that|this|it) is )?(?:(?:all|really|very|so|always|just|quite) )*(?:(?:good|nice|great|helpful|useful)"
    r" to (?:know|hear)|(?:what|all) (?:i|we) (?:wanted|needed) to (?:know|hear|ask)|helpful|useful|good info\w*)"
)
NOT_NEEDED = phrase(
    rf"(?:do|does|did|will|would) not (?:need|want|be needing)(?: {WHOLE_VISIT}| you| y'?all| anyone| anybody"
    r"| the service)?+(?: (?:to come)(?: out)?+)?+(?: any ?(?:more|longer)| now)?+(?! (?:to|until|till|before"
    r"|cancel\w*|move\w*|anywhere|tak\w+)(?!\S))",
    rf"no longer (?:need|want) {WHOLE_VISIT}|no (?:point|use|sense) in {WHOLE_VISIT}|ya no(?: la| lo)? (?:necesit\w+"
    r"|quier\w+|hace falta)|no (?:need|reason) for (?:it|that|y'?all|you)(?: to come)?(?: out)?(?: anymore)?",
)
MOVE_YES = phrase(r"(?:move|switch|change|reschedule) (?:it|that)(?! back)")
KEEP = phrase(rf"keep (?:{WHOLE_VISIT}|things)|leave it|do not (?:cancel|move|touch)")
SCHEDULE_YES = phrase(
    r"(?:schedule|book|set up|make|get) (?:an?|the|that|it|one|me|somebody|someone)\b.*|send (?:someone|somebody)"
)
WRONG = phrase(
    r"(?:is|are|was) no good|wrong|incorrect|mistake|misspelled|mixed up|messed up|mostly|almost|esta mal"
    r"|equivocado",
    r"not (?:quite|exactly|entirely)|not (?:right|correct|it|what i (?:said|want(?:ed)?|asked)|good|okay|ok|my|the"
    r"|gonna work|going to work)",
    r"(?:does|do|will|would|can|is) not (?:really )?(?:work|do|make|good|fine)(?: (?:it|that))?",
    r"(?:did not|never) (?:say|said|confirm|confirmed|agree|agreed|ask|asked|want|wanted)(?: (?:to|that|it|for))?",
)
# "Yes, but tell them to park in the back": told for the visit, and nothing of it changed
TELLS_HIM = (
    r"(?:(?:please|just|(?:can|could) you|make sure to) )*(?:tell|let|have|ask|remind|warn) (?:him|her|them|whoever"
    r"|the (?:tech\w*|guy|driver|man))|(?:he|she|they|the (?:tech\w*|guy)) (?:will |might )?(?:need|have|has) to"
    r" (?:park|knock|ring|use|call|go|come)"
)
CHANGE = phrase(
    rf"but(?! (?:, )?(?:{BUT_YES}|{TELLS_HIM})(?!\S))|except|instead|rather|change|different|another (?:day|time|date)"
    r"|(?<!can )(?<!not )make (?:it|that)(?! (?:work|happen|official|so)(?!\S))|can (?:we|you|i) (?:do|make(?! sure)"
    r"|change|move|get)(?! (?:that|it)(?= [,.?]|$))",
    r"could (?:we|you|i|it) (?:do|make|change|move|get|be)|actually(?!$| (?:yes|yeah|that (?:works|is|sounds)|perfect"
    r"|sounds|it is (?:fine|good|perfect)|i am good|go ahead|no))|however|although|though|only thing|one thing"
    r"|should be(?! (?:fine|good|great|okay|ok|perfect|alright|all|home|here|there|able))",
    r"supposed to be|pero|only (?:make|can|at|on)|moved|old (?:address|name|number)|new (?:address|number)",
    r"earlier|(?<!see you )(?<!to you )later|sooner(?! the better)",
    r"(?:how|what) about (?:\w+day|tomorrow|today|next|the (?:next|following|morning|afternoon|day|first|second|\d)"
    r"|in the|at|around|after|before|noon|\d|a different|another|one|two|three|four|five|nine|ten|eleven)",
    r"(?:is|at|on|said|for|it is) (?:\w+ ){1,4}not (?!a problem|bad|sure|too|that|going|at all|right|to|need|home)\w+",
)
NO = phrase(
    r"(?:can|could) not (?:say|agree|confirm|swear) (?:that )?(?:it|that|this)(?: is)?(?= [,.?]|$| because)",
    r"not really|not yet|do not think so|not (?:right )?now|not (?:today|tonight)|no (?:thanks?"
    r"|thank you|sir|maam|way|gracias)",
    r"do not (?:book|schedule|do|want|bother|confirm)(?: .*)?|do not need (?:it|that|to|an?|any\w*)(?: .*)?"
    r"|nothing(?: else)?|no more|not at all|neither|none of (?:that|those|it)",
    r"not (?:interested|that i (?:know of|can tell|am aware of|have noticed|noticed))|i would rather not|(?:absolutely"
    r"|of course|definitely|certainly) not",
    r"never mind|forget it|hold off|para nada|tampoco|changed my mind|let us not|nobody said|(?:is|it is) too (?:early"
    r"|late|expensive|much|far|long|soon)|not afford|not think (?:that|it|this) (?:is|will|would|works?)(?: .*)?",
    r"(?:i|we) (?:can not|could not|will not|would not|am not|are not) (?:be |going to be |able to )*(?:do|make|be|get"
    r"|take|come|available|home|free|there|in town|around|here|work|able)(?! late)(?: .*)?",
    r"^not (?:that|this|then|in|at|on|before|after|until|for|\w+day|tomorrow|the)(?! bad| i )(?: .*)?",
)
# A "not" behind a yes that takes nothing of it back.
_ON = r"(?:(?! (?:but|and|except|though) ).)*"
REMARK = phrase(
    r"(?:dogs?|cats?|pets?|bell|doorbell|gate|door|buzzer|intercom|key|stairs|elevator|he|she|kids?|baby|wife|husband"
    rf"|neighbors?|car|driveway|sign|phone) (?:(?!but |and |except |though )\w+ ){{0,4}}?(?:not|no|never){_ON}",
    r"not (?:a problem|an issue|matter|mind|care|forget|worry|need|be late|bite|picky|particular|worried|going "
    rf"anywhere|at all|in a (?:rush|hurry)|ring|knock|park|call|let){_ON}|why not|could not be better|can not (?:wait"
    rf"|complain|thank|argue){_ON}|nothing(?: else| to change)?|no (?:problem|worries|rush|hurry|questions?|need|big "
    r"deal|changes?|thanks|issues?|doubt|complaints)",
)
HEDGE = phrase(
    r"maybe|perhaps|possibly|probably|not (?:really |completely |entirely |too )?sure|i do not know|do not know|dunno"
    r"|could be|might(?: be)?(?! as well)",
    r"a (?:little|bit|tiny bit|little bit)|kind of|sort of|i think so|i believe so|i hope so|i think|let me (?:think"
    r"|check|see|look|ask|talk)|(?:have|need|want) to (?:check|think|ask|see|look|talk)",
    r"hold (?:on|up)|hang on|wait|(?:one|a) (?:second|sec|moment|minute)|i have no idea|no idea|hard to (?:say|tell)"
    r"|sometimes|depends|depending|more or less|as long as|unless|quizas|tal vez|un poco|no se",
    r"(?<!know )(?<!see )(?<!ask )(?<!him )(?<!them )(?<!her )if(?! (?:possible|you|he|she|they|that is|anything|not"
    r"|need))",
)
GUESS = phrase(r"i think|i believe")
DONE = phrase(
    r"that is (?:it|all|everything)|that (?:will|would|should) (?:be all|do it|do|be it|cover it)|(?:i am"
    r"|i think i am) (?:good|all set|fine|done|okay)|we are (?:good|all set|fine|done)|all set|all good",
    r"(?:thanks|thank you)(?: (?:so|very) much)?|goodbye|bye|eso es todo|gracias|i think (?:so|that is (?:it|all))"
    r"|not today",
)
MORE = phrase(
    r"one (?:more|other) (?:thing|question)|actually (?!(?:, )?that is it(?!\S)).*",
    r"i (?:also|have a question|was wondering).*",
)
QUESTION = re.compile(
    r"(?:(?:so|and|but|well|oh|ok|okay) )*(?:how|what|when|where|who|why|which|do you|does|can you|could you|will"
    r"|is (?:there|it|that)|are you|cuanto)(?!\S)"
)
HERE = phrase(
    r"(?:(?:yes|yeah|yea|yep|yup|hello|hi|hey|oh|no|sorry|sure|ok|okay)(?: [,.?])? )*(?:(?:i am|we are) (?:still "
    r"|right )*(?:here|there|listening|on the (?:line|phone))|still here|i can (?:still )?hear you|estoy aqui"
    r"|aqui estoy|sigo aqui)(?: [,.?])*",
    r"(?:yes|yeah) (?:[,.] )?hello(?: [,.?])*",
)
_SOON = (
    r"(?:just|really|first|probably|definitely|also|still|have to|need to|want to|like to|try to|got to|gotta|be|better"
    r"|going to)"
)
_SOMEBODY = rf"(?:(?:my|our|the|his|her) (?:\w+ )?(?:{RELATIVE}|\w+)|him|her|them)"
# What somebody does before they decide: whoever wants the visit has nothing to ask, to think over or to call about.
PUTS_OFF = phrase(
    r"(?:(?:i|we) (?:will|would|am|are|can|might|may|should|have to|need to|want to|got to)|gotta|going to"
    rf"|let (?:me|us))(?: {_SOON})* (?:(?:call|phone|ring|text|message)(?:ing)? (?:{YOU}(?! (?:if|when|as)(?!\S))|back"
    rf"|around|again|(?:a|some|other) \w+)|(?:give|let) {YOU} (?:a (?:call|ring|buzz)|know(?! (?:if|when)(?!\S)))"
    r"|get back|in touch|(?:shop|look|ask|check)(?:p?ing)? around|(?:ask|consult|check with|(?:talk|speak) (?:to|with)"
    rf"|run \w+ (?:by|past)) {_SOMEBODY}(?! to(?!\S))|(?:think|sleep|decide|consider|discuss|compare|shop|find out"
    r"|check)(?:ing)?(?!\S)|(?:talk|think|go) \w+ over|see(?= (?:[,.]|what|if|how|about|whether)|$))",
    r"(?:le|les|te|los) (?:llamo|aviso|hablo|marco|digo)|(?:dejeme|dejenme|voy a|tengo que|quiero|necesito|hay que)"
    r" (?:preguntar|pensar|consultar|hablar|ver|checar|comparar|platicar)\w*",
)
