"""Parts that phrases of several readers are made of: who, when, how, what may stand between.

Regular expressions over plain words (plain.py), each in brackets of its own; data only. One that ends in a blank is
words on the way to another ("is just ", "really "), any number of them.
"""

from understanding.text.lexicon import CLASSES

YOU = r"(?:you(?: guys| people| all)?|y'?all)"
SOMEONE = r"(?:some|any) ?(?:one|body)"
NOBODY = r"(?:no ?body|no ?one)"
NAMED_SYSTEM = (
    r"(?:acs?|air condition(?:er|ing)s?|heat(?:ers?| ?pumps?)|furnaces?|hvac|boilers?|condensers?|mini ?splits?)"
)
SYSTEM = rf"(?:{NAMED_SYSTEM}|units?|systems?)"  # What a business like ours installs
VISIT = r"(?:appointment|visit|booking|service call|reservation|slot|time slot|cita)"
IT = r"(?:that one|this one|it|that|this|everything)"
WHOLE_VISIT = rf"(?:(?:the|my|our|that|this) (?:whole |entire )?(?:thing|{VISIT})|{IT}|them)"
GOOD = (
    r"(?:right|correct|fine|good|great|perfect|okay|ok|alright|wonderful|excellent|awesome|lovely|ideal|dandy|swell"
    r"|grand|super|splendid|cool|terrific|fantastic|nice|fair(?: enough)?|reasonable|doable|settled|set|acceptable"
    r"|agreeable|fabulous|handy|okie)"
)
VERY = (
    r"(?:(?:all|just|so|very|really|totally|absolutely|still|actually|pretty|perfectly|honestly|real|mighty|about"
    r"|quite|plenty|definitely|a) )*"
)
FIELD = r"(?:name|address|street|zip(?: code)?|phone number|number|phone|spelling|date|day|time)"
NICE = r"(?:good|great|nice|wonderful|blessed|lovely|beautiful)"
RELATIVE = f"(?:(?:{'|'.join(sorted(CLASSES['relative']))})(?: in law)?)"

HEDGE = (
    r"(?:maybe|perhaps|possibly|probably|might(?: have| be)?|hard to (?:tell|say)|unsure|quizas?|tal vez"
    r"|a lo mejor|puede ser)"
)
# Too long ago to be of now
LONG_AGO = (
    r"(?:last (?:year|month|week|summer|winter|fall|spring)|(?:\w+ )?(?:years?|months?|weeks?) (?:ago|back)"
    r"|(?:back )?in (?:19|20)\d\d|when i was|years old|hace (?:\w+ )?(?:anos?|mes(?:es)?|semanas?)"
    r"|el (?:ano|verano|mes) pasado)"
)
EARLIER = (
    r"(?:yesterday|last night|this morning|the other (?:day|night)|earlier|(?:\w+ )?(?:days?|hours?) (?:ago|back)"
    r"|ayer|anoche|esta manana|hace (?:\w+ )?(?:horas?|dias?)|hace \w+ rato)"
)
# Forms of to be, to have and to get, and what may stand beside them
IS = (
    r"(?:(?:is|are|am|be|was|were|been|being|has|have|had|got|gets?|getting|gotten|feels?|seems?|keeps?|just|all|now"
    r"|already|still|since|finally|really|kind of) )"
)
PEOPLE = r"(?:us|everyone|everybody|people|them|me|y'?all|you|(?:the|my|our) (?:kids|family|wife|husband))"
HOUSE = r"(?:house|home|building|apartments?|place|property|premises|area|room|floor|kitchen|garage|basement|attic)"
FOOD = (
    r"(?:toast|dinner|lunch|breakfast|supper|bacon|popcorn|pizza|cookies|food|chicken|eggs|rice|beans|bread|grease"
    r"|cake|steaks?|tortillas|brisket|ribs|pork|turkey|meat|burgers?|sausages?|something (?:on|in) the (?:stove|oven))"
)
END = r"(?= [,.?]|$)"
