"""The one lexicon of word classes: which words agree, refuse, hedge, thank, name a day or a person, or carry no weight.

Data, English and Spanish, over plain words (plain.py). A word may be of several classes; what the words of a turn mean
together is for the readers.
"""

from types import MappingProxyType

from understanding.text.clauses import NEGATORS
from understanding.text.numbers import ORDINALS, is_number, ordinal
from understanding.text.weekdays import DAY_NAMES, MONTH_NAMES

FIRM_YES = frozenset(
    "yes yep yup yessir yessiree absolutely definitely certainly affirmative correct exactly perfect si claro totally"
    " indeed perfecto correcto".split()
)
SOFT_YES = frozenset("yeah yea ya ye sure ok okay alright mhmm great wonderful awesome right fine please".split())
ALONE_YES = frozenset("right good great fine please cool wonderful awesome excellent lovely".split())
YES_WORDS = FIRM_YES | SOFT_YES
NO_WORDS = frozenset("no nope nah negative naw incorrect".split())
LEAD = frozenset(
    "oh huh ha well so hm hmm and okay ok actually hi hello honestly i mean uh um sorry now like then".split()
)
COURTESY = frozenset("thank thanks you sir maam please that is it fine good correct senor senora gracias".split())

# Words that change nothing of what stands beside them. No "not", no "if", no verb that somebody may do.
_GLUE = (
    "the a an this that these those it i am is are be we us me my our you your y'all yall and so then just all both"
    " to with as well oh ooh hey hi hello will would do does really very pretty"
    " totally honestly too also guys folks ladies el la los las un una de del en al a lo le me mi se es y por para muy"
    " asi pues bueno yo esa ese eso hora dia queda estoy todo toda"
)
_CLASSES = {
    "agreement": YES_WORDS | ALONE_YES | frozenset(
        "works work good excellent lovely fantastic terrific ideal super sweet beautiful amen hallelujah deal done"
        " confirmed confirm confirmo agreed approved roger bien vale listo dale adelante perfecta excelente orale"
        " andale va alrighty okie okey dokey okeydokey finally"
        .split()
    ),
    "thanks": frozenset("thank thanks gracias appreciate appreciated grateful bless thankful".split()),
    "negator": NEGATORS | NO_WORDS,
    "hedge": frozenset(
        "maybe perhaps possibly probably might unless if depends depending supposedly hopefully quizas".split()
    ),
    "courtesy": frozenset(
        "sir maam please hon honey dear darling sweetie sugar love buddy man bud boss friend folks guys ladies lady"
        " dude young senor senora senorita sorry bye goodbye adios kindly"
        " joven jefe mija mijo sweetheart hun gal fella".split()
    ),
    "filler": frozenset(_GLUE.split()),
    "question": frozenset(
        "what when where who whom whose why how which que cuando donde como cuanto cuanta quien cual".split()
    ),
    "wanting": frozenset(
        "want wants need needs still keep keeping come coming book schedule confirm lock set put make take send"
        " sending quiero"
        " necesito".split()
    ),
    "relative": frozenset(
        "husband wife mother father mom dad mama papa son daughter brother sister grandmother grandfather grandma"
        " grandpa aunt uncle cousin neighbor neighbors tenant tenants roommate kids kid kiddo nephew niece boyfriend"
        " girlfriend partner fiance parents spouse esposo esposa hijo hija housekeeper sitter babysitter".split()
    ),
    "weekday": frozenset(DAY_NAMES),
    "time": frozenset(
        "today tomorrow tonight morning afternoon evening noon midday am pm oclock half quarter past hoy manana tarde"
        " mediodia next".split()
    ) | frozenset(MONTH_NAMES) | (ORDINALS.keys() - {"first", "second"}),
    # What is told for the visit itself and changes nothing of it: the dog, the gate, the way in, the person who comes.
    "access": frozenset(
        "dog dogs cat cats puppy pet pets friendly gate gates code door doors doorbell bell buzzer intercom knock"
        " knocks knocking loud loudly hard ring rings park parks parking driveway street curb key keys lockbox mat"
        " stairs elevator yard backyard back front side garage porch alley attic basement closet hallway upstairs"
        " downstairs roof fence locked unlocked open sign truck van technician tech guy gentleman he him his she her"
        " they them their minutes around through inside outside".split()
    ),
    # What may tell of danger, whatever the rules make of it: a second look is worth it where nothing denies it.
    "danger": frozenset(
        "gas propane smell smells smelling smelled odor odors fumes stink stinks reek reeks wreaks wreak rotten sulfur"
        " egg eggs smoke smoky smoking fire flame flames burn burning burnt spark sparks sparking sizzling hissing"
        " alarm alarms detector detectors monoxide co carbon beeping chirping screaming explode exploded explosion"
        " boom shocked zapped electrocuted fainted unconscious collapsed choking breathing breathe dizzy lightheaded"
        " nauseous evacuate evacuated poisoning huele olor humo fuego quemado alarma fuga chispas monoxido".split()
    ),
    # What a heating and cooling system is and does, and how its house is: nothing of it is strange beside a no.
    "service": frozenset(
        "ac air conditioner conditioning appliance unit units system heat heater furnace thermostat filter filters fan"
        " blower compressor condenser coil coils motor pump drain pan vent vents duct ducts register registers water"
        " puddle ice iced icing frost frosted freon refrigerant breaker electric electricity power bill bills hot cold"
        " cool cools cooling heats heating warm warmer lukewarm freezing frozen sweltering sweating stuffy humid"
        " miserable degrees temperature chilly loud noise noises noisy squeal squealing squeaking rattling rattle"
        " grinding clicking clanking banging humming screeching whistling racket sound sounds leak leaks leaking drip"
        " dripping broke broken break quit quits stop stops stopped dead died down work works working start starts"
        " starting turn turns turning run runs running blow blows blowing kick kicks kicking come comes coming"
        " came cycle"
        " cycles trip tripped tripping flipped reset old dirty replaced changed fixed serviced checked tune up"
        " maintenance"
        " upstairs downstairs bedroom room rooms kitchen garage attic closet floor home house place apartment office"
        " get gets getting got keep keeps somebody someone out here day days week weeks hour hours month months last"
        " since yesterday when while only off on in at of for from about thing trouble problem issue make makes making"
        " made have has had been was were there they he she we need needs want go goes going gone know think told say"
        " says said look looks looking see feel feels because but if after some by us calor frio enfria calienta solo"
        " hace funciona sirve prende".split()
    ),
    "presence": frozenset("home house here there around waiting ready inside".split()),
    # How strong, where, since when and by whom a danger is noticed, and what people feel and call out.
    "alarmed": frozenset(
        "strong stronger strongly heavy huge big slight slightly faint little bit lot lots bastante mucho fuerte bad"
        " badly awful terrible horrible worse kind sort constantly ago already first second minute minutes few"
        " couple time night soon ahora fast quick quickly hurry emergency help god jesus lord aja bet afraid scared"
        " worried unfortunately sick cough coughing eyes throat stinky everybody everyone everything dog something one"
        " whole over above outside somewhere everywhere basement casa aqui cocina notice noticed noticing seeing hear"
        " them tells thinks possible left started can could did".split()
    ),
    # What else a house in danger is told with: its people and their bodies, its parts, what was done about it.
    "alarm_scene": frozenset(
        "c o anymore earlier anybody any anything algo each every whatever back across through behind near bottom hall"
        " hallway building outdoors yard street indoors adentro garaje wall stove oven meter pilot outlet wire wires"
        " panel burner handler light lights lit lighting line tank pipe exhaust box plastic rubber electrical black"
        " blue red open opened opening closed shut relit tried tries trips batteries battery should used usually again"
        " before more much worst real full high low funny weird crazy mm scare scary goodness gracious mercy until"
        " find found cause causing heard seen saw swear swears saying telling mention call called calling mind listen"
        " answering appointment wait hold hang walk walked woke wake standing sitting leave stay caught hit passed"
        " kicked turned head headache headaches nose watering throbbing pounding killing hurts hurting chest child"
        " children boy girl baby grandbaby grandson granddaughter family people woman mine pets cat seconds times"
        " season winter summer year yet went away touch felt came doing ahorita hay esta echando saliendo sonando"
        " tengo tenemos calentador calefaccion aire aparato haze hazy overheated melted dryer washer plugged"
        " unplugged hooked installed using cleaned rolling pouring pours hollering blaring yelling ringing crying"
        " whenever whoever company department firefighter firefighters service utility".split()
    ),
}  # fmt: skip
_TIMES = _CLASSES["time"] | _CLASSES["weekday"]
CLASSES = MappingProxyType(_CLASSES)
# Words that change nothing beside anything
HARMLESS = frozenset().union(*(CLASSES[name] for name in ("agreement", "thanks", "courtesy", "filler")))


def classes_of(word: str) -> frozenset[str]:
    """The classes of a plain word; empty for one that is not in the lexicon."""
    names = {name for name, words in _CLASSES.items() if word in words}
    return frozenset(names | {"number"} if is_number(word.split(":")[0]) else names)


def tells_time(word: str) -> bool:
    """Whether a plain word can tell a time: a day, a part of it, a number."""
    named = {word, word.removesuffix("s")} & _TIMES
    return bool(named) or is_number(word.partition(":")[0]) or ordinal(word) is not None
