"""What may stand beside a yes and changes nothing of it: thanks, words of the act itself, who is at home, the dog.

And how an offer to text something is taken, and declined politely: "I'm good", "that's fine" and "no worries" agree to
a read-back; to an offer they are as often a no, and in doubt nobody has consented. Data: phrases over plain words
without marks, English and Spanish. Whether they cover a whole turn is for approvals.py.
"""

from call.session import Question
from understanding.answers.answer_words import BUT_YES, CONTENT, NOT_NEEDED, TELLS_HIM
from understanding.text.parts import FIELD, GOOD, IT, NICE, RELATIVE, SOMEONE, VERY, VISIT, WHOLE_VISIT, YOU
from understanding.text.plain import Words, phrase

_Phrases = tuple[Words, ...]


def _each(*phrases: str) -> _Phrases:
    """A pattern for each, so that one that overlaps another hides nothing."""
    return tuple(phrase(words) for words in phrases)


_NOT_FOR = (
    "no|not|nothing|never|but|so|and|yes|please|go|i|he|she|they|my|our|can|will|is|are|what|who|when|how|if|because"
)
_FOR = rf"(?: (?!(?:{_NOT_FOR})(?!\S))\w+){{1,4}}"  # "Thanks for getting me in"
_WE = r"(?:(?:i|we|you) )?"
_HIM = rf"(?:{YOU}|he|she|they|him|her|them|(?:the|your) (?:tech|technician|guy|person|man|driver))"
_PART = rf"(?:{FIELD}|price|fee|info|information)"
THANKS = phrase(
    r"(?:thank you|thanks)(?: (?:so|very|ever so) much| a (?:lot|bunch|million|ton)| again| anyway| kindly)*"
    r"|(?:muchas |mil )?gracias",
    rf"{_WE}(?:really |do |sure |would )*appreciate (?:it|that|you|this|your (?:help|time)|the help)",
)
# Beside any yes.
POLITE = (
    CONTENT,
    THANKS,
    *_each(
        rf"(?:thank you|thanks)(?: (?:so|very) much)? for(?: being(?: so| very)?)?{_FOR}(?: today)?",
        r"that is (?:it|everything)|i (?:think|believe|understand|reckon|figure|would say)|(?:close|good) enough"
        r"|like a \w+",
        rf"my {RELATIVE} (?:says?|said|thinks?)(?: that)?",
        rf"(?:i )?(?:would )?hate to(?= but)|but(?= {BUT_YES}(?!\S))",
        r"^why(?= (?:yes|sure|certainly|absolutely|of course))|nicely|whatever (?:works|you have|is (?:easiest|best))",
        r"at all|yourself|go forward with it|(?:everything|all|what) (?:that )?you (?:said|read|have|told me|got)",
        r"the best(?: time)?(?: for (?:me|us))?",
        rf"(?:would |will |it |that |this )*works?(?: (?:even|just|really|so|out))*(?: (?:{GOOD}|better|well))?",
        r"(?:exactly |just )?what (?:i|we) (?:need|needed|want|wanted|was hoping for|were hoping for)",
        r"(?:i am|we are)(?: so| very| really| pretty)* (?:flexible|easy|happy|glad|pleased|thrilled|relieved|okay)",
        r"god bless(?: you)?|bless (?:you|your heart)|praise the lord|thank (?:god|goodness|the lord|heavens)",
        r"you (?:are|have been) (?:so |very |too |really )*(?:kind|sweet|welcome|helpful|great|the best|awesome"
        r"|an? (?:angel|lifesaver|doll|gem|saint))",
        rf"(?:you )?(?:have|enjoy) (?:a |an |your )?(?:very |really )*(?:{NICE} )?(?:day|one|night|evening|weekend"
        r"|afternoon)",
        r"take care|same to you|talk (?:to you )?(?:soon|later)|see you later",
        r"on all (?:of )?(?:it|that|counts)|(?:over|everybody|everyone|objections?|us) here|you (?:may|can)"
        r"|there (?:is|are)",
        r"if (?:that|it) is (?:(?:what|all) you (?:have|have got|got)|(?:okay|ok|fine|alright)(?: with you)?)",
        r"if (?:possible|you (?:can|would|please|do not mind))",
        r"i mean|on my end|as far as i (?:know|can tell)",
        rf"{GOOD}|(?:for|with|by) (?:me|us|now|everybody|everyone|all of us)|on everything",
        rf"(?:with|by) my {RELATIVE}|for (?:me|us) and my {RELATIVE}"
        r"|(?:well )?shoot(?= \w)|(?:great|good|fine|perfect) actually",
        r"(?:even |much |way )*better than (?:i|we) (?:expected|thought|hoped|feared)",
        r"(?:from|by) (?:me|us)|the plan",
        r"(?:that|this|the) one|all of (?:it|that)|to be honest|to say|in that case",
        r"you (?:have|have got|got) (?:it|that|everything|me)(?: all)?(?: (?:right|down))?",
        r"(?:it|that|this|they|you|everything|all)? ?(?:is|are|sounds|looks|seems|works)",
        r"(?:with )?no (?:problem|issue|trouble|worrie|question|change)s?(?: at all)?|no (?:rush|hurry|big deal|doubt)",
        r"(?:do|does) not (?:worry|mind|care)(?: about (?:it|him|her|them|that|the \w+))?",
        r"^no(?= (?:yeah|yes|yep|sure|that is|it is))",
        r"go on|ahead|feel free",
        rf"(?:the|my|our) {_PART}(?: and (?:the |my |our )?{_PART})*(?= (?:is|are|looks|sounds) (?:all )?{GOOD})",
        rf"that is (?:all |both )?(?:the |my |our )(?:right |correct )?{_PART}|(?:right|correct) {_PART}",
        r"muy amable|que (?:bien|bueno)|claro que (?:si|yes)|como no",
        r"esta (?:todo |muy )?(?:bien|perfecto|correcto|excelente)",
    ),
)
_ANYONE = (
    rf"(?:(?:{SOMEONE}|whoever|one)(?: you (?:can|want|like|have(?: got)?|got))?|him|them"
    r"|(?:(?:the|your|a) )?(?:tech(?:nician)?|guy|man))"
)
SENDS = phrase(rf"(?:just |please |go ahead and )+(?:send|get) {_ANYONE}(?: (?:on|out|over|by|here|already))*")
_SCHEDULE = _each(
    rf"(?:send|get) {_ANYONE}(?: (?:on|out|over|by|here|already))*",
    r"whatever(?=(?: \w+){0,3}? (?:send|get|book|schedule|do it|go ahead|put)(?!\S))|already",
    rf"(?:book|schedule|confirm|lock|set|put|write|sign|pencil)(?: {IT}| me| us| the {VISIT})?(?: (?:in|up|down))?"
    r"(?: for)?",
    rf"(?:i |we )(?:will |would |want to |would like to |can )?(?:take|do|have|like|love|want|go with|need|make) {IT}"
    rf"(?: time| slot| {VISIT})?(?: work)?",
    rf"{_WE}would (?:like|love)(?: (?:to|that))?(?: (?:do|book|schedule|set))?",
    r"(?:sooner|earlier) the better|(?:can not|can hardly) wait",
    r"looking forward(?: to (?:it|that|seeing (?:you|him|them)))?",
    rf"{_WE}(?:will )?(?:see|expect|be expecting|look for|be looking for) {_HIM}(?: (?:then|there|soon|later))?",
    r"let us|until then|(?:is |the )?(?:dollars|bucks|fee)|with (?:a|an|one|two) [a-z]",
    r"(?:alli|aqui|ahi)(?: estare| estaremos)?|en casa|agend\w+|reserv\w+|hagal[oa]|haga(?: la)? cita|la cita",
)
_MOVING = _each(
    rf"(?:move|change|switch|reschedule|push|bump)(?:d|ed)?(?: {IT}| (?:my|the) (?:time|{VISIT}))?"
    r"(?: (?:to|over|back)(?: (?:that|then))?)?",
    r"(?:moving|changing|switching|rescheduling)(?: it| that)?|mueva\w*|cambi\w+",
    r"(?:is |much |so |way |a (?:whole )?lot |even )*better(?: for (?:me|us))?",
    r"(?:the |that )?new (?:time|day|one|date|slot)",
)
# What a visit is taken off with
CANCELS: _Phrases = (
    NOT_NEEDED,
    *_each(
        rf"(?:(?:i|we) )?(?:(?:want|need|would like|am calling|called) (?:you )?to )?cancel(?: {WHOLE_VISIT})?"
        "(?: out)?",
        rf"(?:want|need|like) {WHOLE_VISIT} cancel(?:l?ed)|cancel(?:l?ed|l?ing)(?: {WHOLE_VISIT})?",
        rf"(?:take|get|pull) (?:{WHOLE_VISIT}|me|us) (?:off|from)(?: (?:of )?(?:the|your|y'?all is) "
        r"(?:schedule|books|calendar|list))?",
        rf"(?:get rid of|scratch|scrap|drop|delete|remove) {WHOLE_VISIT}|call (?:it|that) off",
        r"cancel(?:ar|e|ela|elo|emos)|quite(?:la|lo|n)",
    ),
)
_CANCELLING = CANCELS + _each(
    r"(?:i|we|he|she|they|my (?:\w+ ){0,3}?\w+)(?: have| already| just)* (?:got|had|fixed|found|figured|hired|went"
    r" with|took|sold|handled)(?: (?:it|that|another|a different|someone|somebody|else|company|fixed|working|repaired"
    r"|out|taken|care|of|running|going|again|the house|the place))+",
    r"(?:i |we )?(?:have )?decided (?:to (?:wait|hold off|pass)|against it)|no longer needed",
    r"(?:for |about )?the short notice|(?:i am|we are) (?:moving|selling the house)",
    r"(?:(?:my|our|the) \w+ (?:is|are) )?(?:taking care of|handling|fixing) (?:it|that)",
    r"i am (?:sure|positive|certain)|sure about (?:it|that)|my apologies",
    r"sorry (?:about|for) (?:that|it|the (?:trouble|inconvenience|hassle|bother)|bothering you)",
)
_NUMBER = r"(?:this|that|the same|my) (?:number|phone|cell phone|cell|one|mobile)"
_SEND = r"(?:mande|envie|texte)(?:me|se)?(?:l[ao])?"
_TEXTING = _each(
    rf"(?:text|send|shoot)(?: {IT}| me| us)*(?: (?:a|the|in a) (?:text|message))?(?: (?:over|to me|to us|here|there))?"
    rf"(?: (?:(?:to|at|on) )?{_NUMBER})?",
    rf"(?:(?:to|at|on) )?{_NUMBER}(?: (?:is|works|will work|will do)(?: (?:{GOOD}|mine|my cell|my mobile))?)?",
    r"(?:that |it )?would be (?:so |very |really )?(?:helpful|a (?:big |great )?help)",
    rf"{_SEND}|(?:a|en) (?:este|ese|mi) (?:numero|celular)|(?:por|un) (?:mensaje|texto)",
)
# A yes to an offer by itself, whatever polite words are beside it
CLEAR_YES = phrase(
    r"yes|yeah|yea|yep|yup|yessir|yessiree|mhmm|affirmative|indeed|correct|you bet|of course|by all means",
    rf"(?:absolutely|definitely|certainly|totally)(?! {VERY}{GOOD}(?!\S))",
    r"(?<!i )(?<!we )(?<!am )(?<!are )(?<!it )sure(?! (?:do|is|appreciate|thank|thanks for)(?!\S))",
    r"(?<!oh )please(?! (?:have|take|enjoy|be|tell)(?!\S))|go (?:right )?ahead|go for it|do (?:that|it|so)",
    r"(?:text|send|shoot)(?: (?:it|that|this|me|us|over|here|a|the|one))+",
    rf"(?:would|will) be {VERY}(?:{GOOD}|helpful|a (?:big |great )?help)",
    r"would (?:really |sure )?(?:like|love|appreciate) (?:that|it|this|a text|one)",
    rf"(?:(?!that one){_NUMBER}|(?:a |the )?(?:text|message)) (?:is {VERY}{GOOD}|works|will work|will do)",
    rf"si|claro|por favor|por supuesto|dale|adelante|{_SEND}",
)
# A yes to it where nothing but thanks is beside it
OKAY = phrase(
    r"ok|okay|alright|perfect|great|wonderful|awesome|excellent|fantastic|lovely|cool|perfecto|vale|orale|de acuerdo",
    rf"(?:that |it |this )?sounds (?!about){VERY}{GOOD}|(?:that |this |it )?works(?: (?:great|for me|for us))?",
)
# "I need nothing more": beside a yes it takes it back
NEEDS_NOTHING = phrase(
    rf"(?:i am|we are|you are|(?:i|we|you) (?:will|would|should) be) {VERY}(?:good|fine|okay|ok|alright|set|done|great"
    r"|cool|perfect|covered|happy)(?! (?:with|for|on) (?:it|that|this|a|the|you|text\w*)(?!\S))",
    rf"it is {VERY}(?:good|fine|okay|ok|alright|cool)|all (?:good|set|done)|good to go",
    r"that is (?:about |really |just )*(?:it|all|everything|enough|plenty)(?! (?:right|good|fine|correct)(?!\S))",
    r"that (?:will|would|should|does)(?: (?:be|do))? (?:it|all|everything|plenty)|that (?:will|should) do",
    r"(?:i|we|you) (?:have |have got |got )(?:it|that|everything|all (?:i|we) need)(?: \w+)?",
    r"(?:all|everything|what) (?:i|we) (?:need|needed|wanted)|no (?:worries|bother|need)",
    r"(?:do|does) not (?:worry|bother|matter)|nothing(?: else)?|(?:i|we) (?:can|will) remember",
    r"(?:estoy|estamos|todo) (?:muy )?bien|asi (?:esta|estoy|quedo) (?:muy )?bien|(?:esta|estoy) bien asi|es todo"
    r"|ya (?:esta|estamos|estoy)|nada mas|asi (?:no mas|nomas)",
)
OF_THE_ACT = {
    Question.READ_BACK: _SCHEDULE,
    Question.OTHER_TIME: _SCHEDULE,
    Question.MOVE_CONFIRM: _SCHEDULE + _MOVING,
    Question.CANCEL_CONFIRM: _CANCELLING,
    Question.TEXT: _TEXTING,
}
# Told for a visit that is to be, and nothing of it changed: who is there, how to get in, that he may call first.
_ALL_DAY = r"(?:all|the whole) (?:day|morning|afternoon|evening|time)(?: long)?"
PRESENCE = _each(
    r"(?:i|we|you|he|she|they|someone|somebody|(?:my|our|the) (?:\w+ and (?:i|me)|" + RELATIVE + "))"
    r" (?:will|should|am|are|is|can|is going to|are going to|am going to)(?: definitely| all| both| just| be| right)*"
    rf" (?:let {_HIM} in|home|here|there|around|at home|at the house|in|ready|waiting)"
    rf"(?: {_ALL_DAY}| then| for that| for it| by then| anyway| to (?:let|meet) {_HIM}(?: in)?| for {_HIM})*",
    r"(?:i|we) (?:am|are) (?:off|free|available|home)(?: (?:that|all) day| then)?|alguien va a estar|voy a estar",
)
ACCESS_WORD = phrase(
    r"dogs?|cats?|puppy|pets?|gates?|doors?|doorbell|bell|buzzer|intercom|knock(?:s|ing)?|park(?:s|ing)?|driveway|keys?"
    r"|lockbox|elevator|stairs|garage|porch|alley|attic|basement|closet|backyard|yard|calls?|texts?|rings?|honks?"
)
_FIRST = r"(?: (?:first|ahead|before ?hand|(?:about )?\w+ minutes (?:before|ahead)))?"
_DIGITS = r"(?:\d+|(?: ?(?:zero|oh|one|two|three|four|five|six|seven|eight|nine))+)"
ACCESS = _each(
    rf"(?:(?:can|could|will|would) you |please |just |and )*(?:have|tell|ask|let|make sure|remind)(?: that)? {_HIM}"
    rf"(?: to| know| that| can| please)*(?: (?:call|text|ring|knock|park|use|come|honk)s?(?: me| us)?)?{_FIRST}",
    rf"if {_HIM} (?:can|could|would|will) (?:please )?(?:call|text|ring|knock|park)(?: me| us)?{_FIRST}",
    r"(?:i|we|he|she|they) will (?:leave|have|unlock|open|hold|put)(?: the| my| our)?"
    r"(?: \w+)? (?:door|gate|garage|lights?|dogs?)",
    rf"(?:call|text|ring|phone)s?(?: me| us| my \w+)?{_FIRST}",
    rf"(?:when|before|once|as|while)(?: {_HIM})? (?:get|arrive|come|leave|head|pull)(?:s|ing)?"
    r"(?: (?:here|there|close|over|up))?",
    rf"(?:when|once|as|while) {_HIM} (?:is|are)(?: (?:here|there|close))?",
    r"on (?:his|her|their|the|your) way(?: (?:out|over))?",
    TELLS_HIM,
    r"(?:come|go|get) (?:on |right )*(?:around|in|to|through|up)(?: (?:the|back|front|side|in))*",
    r"watch out(?: for)?|look out for|(?:sticks|squeaks|bites?|barks?|jumps?)",
    rf"(?:it is )?{_DIGITS}$",
    rf"(?:the )?(?:code|gate|apartment|unit|suite|lockbox)(?: code| number)?(?: is)?(?: (?:{_DIGITS}|pound|star))+",
    r"(?:does|do|will|is|are|has|would) (?:not|never) (?:bite|bark|bother|work|working|ring|hurt|mean|loud)"
    r"(?: (?:you|him|them|anyone|anybody))?",
    r"(?:do|does) not (?:ring|knock|park|let|use|open|block|bite)|out|can|use|works|right|left",
)
DISCOMFORT = _each(
    r"(?:it is|it has been|we are|i am)(?: really| so| pretty| getting| very| just)* (?:hot|cold|freezing|warm|chilly"
    r"|miserable|burning up|roasting|sweating|melting)(?: (?:up )?in (?:here|the house|this house)| over here)?",
)
