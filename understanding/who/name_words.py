"""Words that decide what a name is: ordinary words, those of them that are surnames too, titles, sentinels.

Data for names.py. A word that is not here can be a name; one that is can be one only behind a first name ("Mia Long"),
and only where a name may end.
"""

from understanding.text.lexicon import CLASSES

NOT_NAMES = frozenset(
    "a about above absolutely absurd ac account actually address after afternoon again air aire all alone already"
    " alright also am an and angry another answer any anyone anything anytime anyway anywhere apartment apartment's"
    " appointment are as asap ask asked asking assistant at attic available avenue away awesome awful back bad"
    " basically be bear because bedroom been before being best better billing boiler boss both bought boulevard broke"
    " broken buenas buenos burning business busy but by bye calefaccion calienta call calle called caller calling came"
    " can cancel canceled cancelled casa cause cell chance charged check clean codigo cold colder company completely"
    " compressor con concerning conditioner conditioning confidential confused cool cooling correct could course court"
    " crazy customer dang darlin darling darn day days dead dear dearie definitely desk desperate dias did dirty"
    " disabled disappointed ditto do does doesn't doing don't done down downstairs dr dripping drive dry duct ducts"
    " dunno during each earlier either elderly electric electrician else emergency employee empty en enfria english"
    " enough es espanol español esta estamos estimate estoy even evening ever every everybody everyone everything"
    " exactly excuse experiencing fan favor fed few fifth figure filter filters fine first fixed flexible floor folks"
    " for forget forgot fourth frankly free freeze freezing friday friend from front frustrated full funciona furious"
    " furnace garage gas gave geez generally get getting gimme give go going gone gonna good goodbye gosh got gotcha"
    " great guess guy guys habla hablo had hang hanging happy has have having he hear heard heat heater heaters heating"
    " hello help her herself hey hi him himself his hmm hola hold homeowner homeowner's homeowners hon honestly honey"
    " horrible hot hotter hours however huh human hurry hush hvac i important in information ingles insane insurance"
    " interested invoice is isn't issue issues it it's its jeez job just kind kitchen know lady landline landlord lane"
    " last late later leak leaking leaks leaky lemme let life like listen literally little live living llamando llamo"
    " located long long-time longtime looking lost lot loud love ma'am maam mad made maintenance man manager matter"
    " matters me mean message mhmm mi midnight mine minute minutes mis miserable miss mister mm moment monday month"
    " months more morning moved mr mrs ms my myself nah name near necesitamos needing neither never nevermind new next"
    " nice night no nobody nobody's noches noise noises none nonsense noon nope not nothing now nowhere number numero"
    " nuts odd of off office oh ok okay old on once one only oops open or other others our ours out outside over owner"
    " paid para pardon pass past perfect pero person personally phone phone's pissed place please plumber por pregnant"
    " prende pretty private problem problems pronto pump queremos question quick quiet quite quote rather real really"
    " reason recall regarding relax remember renter renters renting repair repairman repairs repeat ridiculous right"
    " road robot roof room rooms roughly running rush said sales same saturday saw say saying says scared scheduled"
    " second see seeing sent serious service she shoot should si sick since sir sirve sitting smell smells so some"
    " somebody someone something something's sometimes somewhere sorry sound sounds spanish speak speaking spell"
    " spelled spells spoke started strange street strictly stuck stupid su sugar sunday super superintendent supposed"
    " sure sus sweating sweetheart sweetie system systems talk talked talking tambien tardes tech technician"
    " technician's tell tenemos tengo terrible than thankyou that that's the their theirs them then there's thermostat"
    " these they thing things think third this those though three thursday tiene till time tired to today told tomorrow"
    " too totally trouble try trying tuesday two ugh uh um unacceptable under unfortunately unit units until up update"
    " upset upstairs urgent us using vacant vent vents very visit vive vivimos vivo wait wanted wanting warm warmer"
    " warranty was water way we we're wednesday week weekend weeks weird welcome well went were wet whatever whenever"
    " whether whichever while whoa whoever will with without woman won't wondering work working worried would wow wrong"
    " ya yea yeah year years yep yes yesterday yet yikes you your yours yourself zip"
    " aja bueno eh mhm yup estan están huele huelen huelo mareada mareado mareados metimos ninos niños tubo".split()
).union(*(CLASSES[name] for name in ("hedge", "presence", "question", "relative", "thanks", "wanting")))
# Ordinary words that are surnames too: behind a first name, where nothing but a name's end follows.
SURNAMES_TOO = frozenset(
    "best bear court day drive early english fine first free friday good great hold home hot house job kind kitchen"
    " lane last late life little long lot love man may mine more new nice night noon old pass pretty real road room"
    " rush second street sunday warm way will monday cold cool gay".split()
)
# Ordinary words that are first names too, unless a word follows that a name does not stand before: "will you".
FIRST_NAMES_ALONE = frozenset({"will", "guy", "sunday"})
# Ordinary words that are first names only in front of a last name, behind which nothing comes: "Long Tran".
FIRST_NAMES_TOO = FIRST_NAMES_ALONE | frozenset(
    "long an love he so do my you see her hang moving may early best free friday monday saturday thursday good more"
    " new one great last sun".split()
)
NOT_BEHIND_A_NAME = frozenset(
    "you i it he she they we be do not this that the there somebody someone my your a".split()
)
BRANDS = frozenset(
    "trane carrier lennox goodman rheem york amana bryant ruud daikin mitsubishi honeywell nest ecobee".split()
)
PARTICLES = frozenset("de la del van von der den st mc mac o da dos bin al el san los las y".split())
TITLES = frozenset("mr mrs ms miss mister doctor dr pastor reverend professor".split())
SENTINELS = frozenset(
    "unknown tbd none auto null nil anonymous customer caller user test guest na unspecified undefined withheld".split()
)
SENTINEL_PHRASES = frozenset(
    {"n/a", "n a", "not provided", "not given", "no name", "not specified", "not available", "unknown caller"}
)
# How adjectives, adverbs and participles end: in lower case such a word is no name unless it is a common first name.
ORDINARY_ENDINGS = ("ing", "ed", "ly", "ous", "able", "ible", "ful", "less", "tion", "ment", "ness")
