"""Words that decide what a name is: ordinary words, those of them that are surnames too, titles, sentinels.

Data for names.py. A word that is not here can be a name; one that is can be one only behind a first name ("Mia Long"),
and only where a name may end.
"""

NOT_NAMES = frozenset(
    "por con para dear dearie honey hon sweetie sweetheart sugar darling darlin"  # Said to whoever listens
    " a about above absolutely absurd ac account actually address after afternoon again air aire all alone already"
    " alright also am an and angry another answer any anyone anything anytime anyway anywhere apartment apartment's"
    " appointment appreciate are around as asap ask asked asking assistant at attic available avenue away awesome"
    " awful back bad basically be bear because bedroom been before being best better billing boiler boss both bought"
    " boulevard boyfriend broke broken brother buenas buenos burning business busy but by bye calefaccion call called"
    " caller calling came can cancel canceled cancelled casa cause cell chance charged check clean cold colder come"
    " coming company completely compressor concerning conditioner conditioning confidential confused cool cooling"
    " correct could course court crazy customer dad dang darn daughter day days dead definitely desk desperate dias"
    " did dirty disabled disappointed ditto do does doesn't doing don't done down downstairs dr dripping drive dry"
    " duct ducts dunno during each earlier either elderly electric electrician else emergency employee empty english"
    " enough espanol español estimate even evening ever every everybody everyone everything exactly excuse"
    " experiencing fan father favor fed few fifth figure filter filters fine first fixed flexible floor folks for"
    " forget forgot fourth frankly free freeze freezing friday friend from front frustrated full furious furnace"
    " garage gas gave geez generally get getting gimme girlfriend give go going gone gonna good goodbye gosh got"
    " gotcha gracias grandma grandmother grandpa great guess guy guys had hang hanging happy has have having he hear"
    " heard heat heater heaters heating hello help her here herself hey hi him himself his hmm hola hold home"
    " homeowner homeowner's homeowners honestly horrible hot hotter hours house how however huh human hurry husband"
    " hush hvac i if important in information ingles insane inside insurance interested invoice is isn't issue issues"
    " it it's its jeez job just kind kitchen know lady landline landlord lane last late later leak leaking leaks leaky"
    " lemme let life like listen literally little live living located long long-time longtime looking lost lot loud"
    " love ma'am maam mad made maintenance make man manager matter matters maybe me mean message mhmm mi midnight"
    " might mine minute minutes miserable miss mister mm mom moment monday month months more morning mother moved mr"
    " mrs ms my myself nah name near necesito need needing neighbor neither never nevermind new next nice night no"
    " nobody nobody's noches noise noises none nonsense noon nope not nothing now nowhere number nuts odd of off"
    " office oh ok okay old on once one only oops open or other others our ours out outside over owner paid pardon"
    " partner pass past perfect pero person personally phone phone's pissed place please plumber pregnant pretty"
    " private probably problem problems pronto pump put question quick quiero quiet quite quote rather ready real"
    " really reason recall regarding relax remember renter renters renting repair repairman repairs repeat ridiculous"
    " right road robot roof room roommate rooms roughly running rush said sales same saturday saw say saying says"
    " scared scheduled second see seeing sending sent serious service she shoot should si sick since sir sister"
    " sitting smell smells so some somebody someone something something's sometimes somewhere son sorry sound"
    " sounds spanish speak speaking spell spelled spells spoke started still strange street strictly stuck stupid"
    " sunday super superintendent supposed sure sweating system systems take talk talked talking tardes tech"
    " technician technician's tell tenant tenants tengo terrible than thank thanks thankyou that that's the their"
    " theirs them then there there's thermostat these they thing things think third this those though three thursday"
    " till time tired to today told tomorrow too totally trouble try trying tuesday two ugh uh um unacceptable under"
    " unfortunately unit units unless until up update upset upstairs urgent us using vacant vent vents very visit wait"
    " waiting want wanted wanting warm warmer warranty was water way we we're wednesday week weekend weeks weird"
    " welcome well went were wet what whatever when whenever where whether which whichever while who whoa whoever whom"
    " why wife will with without woman won't wondering work working worried would wow wrong ya yea yeah year years yep"
    " yes yesterday yet yikes you your yours yourself zip".split()
)
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
