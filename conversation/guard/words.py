"""The words of what a model says, by what they are about, and those that could claim something. Data; pure."""

import re

# Words that claim nothing where a clause has its verb already.
PLAIN = (
    "a an the this that these those it you your my me us them their him her its to of for from by with in on about"
    " into at as than too so or any some such both each either one ones other another else kind sort type all more"
    " most much many bit own yes indeed even rather itself yourself be been being having something anything what which"
    " who whose how why where when whether whatever whichever there here over through up out like just only then"
    " really exactly quite very well per possibly perhaps maybe though our xxname xxbiz"
)
FINITE = (
    "is are was were am have has had do does did can could should would may might must will shall need needs it's i we"
    " they he she"
)
NEGATION = "nobody nothing not no never none neither nor without"
GLUE = f"{PLAIN} {FINITE} {NEGATION} and but if so because"

HANDED = (
    "happened diagnosis new units systems accurately thorough talk xxtheirs price prices pricing cost costs amount"
    " number figure figures quote estimate ballpark total payment invoice bill billing repair repairs replacement part"
    " parts unit system furnace heater ac air conditioner heating cooling equipment problem issue trouble cause noise"
    " job work working thing things matter size age condition brand model worth sense outcome result options option"
    " exact first once before after until detail details detailed information full answer certain sure site person"
    " properly closer firsthand actual proper look looking see seeing seen looked checked checking inspecting taking"
    " take took time long how's technician visit afraid sorry face speaking judging telling saying explaining asking"
    " ask question questions specifics specific point length duration compare comparison compares better repairing"
    " replacing fixing fix wrong going happening causing involved needed best whole picture bigger smaller upfront"
    " advance beforehand safely name named tell say explain go discuss decide judge decision opinion choice finds"
    " found facts money bother charge charges warranty account balance directly himself herself themselves honestly"
    " honest afterwards afterward down tonight hand hands eyes"
)
UNKNOWN = (
    r"financ\w+ discounts? insurance rebates? coupons? cards? brands? specials? deposits? plans? licens\w+ refunds?"
    " xxts xxtws xxtw xxtwf paying card by hour day time date yet news now moment outcome chance chances difference"
    " insight frankly unfortunately myself either phone beyond list range guess guessing idea clue word next ahead"
    " call calls exactly precisely roughly fully"
)
ASKING = (
    "xxtheirs , yours mine say tell told ask asked asking give giving know name names chance put information required"
    " want wants wanted sorry understand okay alright mother mom father dad son daughter wife husband brother sister"
    " uncle aunt neighbor friend roommate interest might yet interested sometime somewhere anywhere someone somebody"
    " certain particular ideal ideally called reached preferred prefer preference options option possible reachable"
    " callback handy letters numbers number between early earlier late later part parts exact full complete residence"
    " house building home office property place floor gate cross town neighborhood side located nearest corner tenant"
    " owner landlord expecting charge door access still instead last_name last first spell spelled spelling zip code"
    " codes five digit digits area address street unit apartment live lives city day days week weekend weekday morning"
    " mornings afternoon afternoons time times best better suit suits work works working good date soon asap sooner"
    " going doing happening happened wrong problem problems issue issues trouble system heating cooling ac furnace"
    " heater heat air conditioner share mind get let please speaking speak talking talk calling call reach phone"
    " person site contact visit visits technician schedule set book arrange setting scheduling come comes see look"
    " details detail change changed correct fix right different ahead go ready start repeat describe little regarding"
    " billing warranty bill invoice matter under account appointment back catch missed line quick whole find check"
    " serve serves cover covers team info confirm double sure easiest convenient meet meets meeting renter seem seems"
    " take takes down begin further easier handiest kindest care reading noticing pleasure wise open opens answering"
    " off case new should make makes two few couple short now letting got sound sounds questions question hear help"
    " love today whereabouts moment once again before after until while during step"
)
CONDITION = (
    "heard thing ready okay decide decided details day days name zip address number say confirm confirmed agree agreed"
    " get got booked scheduled schedule book visit repair repairs go goes going ahead further seen looked look looking"
    " see sees found finds find done start starts started set let everything person technician team home help sure"
    " clear honest time tell know knows give gives given gave said says want wants prefer suits works possible needed"
    " few questions come down place house right first two chosen choose chose picked word open door fair taken taking"
    " take checked checking inspected answer call called calls opening later seeing knowing site phone fee work quick"
    " arrives someone somebody wish otherwise meantime end fix fixed repaired way once"
)
AREA = (
    "front stick keep stay limited line edge anyone xxprefix serve serves served cover covers covered come comes go"
    " goes within inside austin area zip code codes zips start starts starting begin begins beginning address"
    " neighborhood part town check see tell tells know let lets ask depend depends service place home house first live"
    " lives everything otherwise decide decides decided right outside reach get gets"
)
HELPING = (
    "together help assist looked look checked seen scheduled started set details detail information find time day"
    " suits work works best scheduling schedule visit start begin few first problem issue furnace heater ac heat"
    " heating cooling system unit get getting figure once name address zip code number going back trouble question"
    " happy glad"
)

_HARD = (
    r"hard rough tough frustrat\w+ annoying stressful awful terrible horrible dreadful miserable unpleasant painful"
    r" uncomfortable upset\w* worrying disappointing sad confusing exhaust\w+ tiring draining distressing aggravating"
    " unbearable irritating brutal lousy rotten unfair inconvenient unfortunate maddening infuriating scary trying"
    " wearing overwhelming unsettling unnerving harsh grim cruel difficult pain hassle nuisance shame pity headache"
    " bother mess ordeal struggle nightmare inconvenience burden strain stress frustration misery discomfort"
    r" disappointment annoyance trouble fed patien\w+ understandable furious angry annoyed irritated tired worn uneasy"
    r" worried disappoint\w+ unacceptable frightening unhappy rattling nerve rude lot tedious mad dreary ghastly"
    r" wretched nerve.?\w*racking stuck worst cold hot"
)
HARD = (
    "(?:"
    + "|".join(_HARD.split())
    + "|(?:no|not|hardly|never|anything but) (?:fun|small (?:thing|matter)|nothing|picnic|joke|easy|right|okay"
    r"|acceptable|good enough|fair|ideal|nice|pleasant|what you (?:need|want)\w*|how (?:it|this|that) should \w+)|too"
    r" (?:much|many|long|bad)|the last thing(?: you (?:need|want)\w*)?|no way to \w+|(?:had|been through|long|bad|more"
    " than|well|far) (?:enough|too long)|enough (?:already|of (?:this|it|that))|every right|at your wits? end|so long"
    "|a (?:very |really )?(?:long|bad) (?:time|wait|day|week|night|while|stretch)|without (?:any )?(?:heat|ac|air"
    r"|sleep|cooling|heating)|not sleep\w*)"
)

# Never said where all other words may be (a rest of None): with these a visit, a person, a time, a danger, a price, a
# fault, a promise or a feat could be claimed.
_RISK = (
    r"twice half three four five six seven eight nine ten eleven twelve \w+teen (?:twen|thir|for|fif|six|seven|eigh"
    r"|nine)ty hundred thousand dozen arriv\w+ send\w* sent dispatch\w* route\w* reroute\w* truck\w* van vans crew\w*"
    r" guys? fellow\w* lads? visit\w* appointment\w* book\w* schedul\w* reserv\w* slots? spots? held hold holding"
    r" calendar\w* confirm\w* settled arrang\w+ lined squeez\w+ penciled pencilled deliver\w* swing\w* drop\w* queue"
    r" bump\w* prioriti\w+ priority cancel\w* mov(?:ed|ing) reschedul\w* postpon\w+ delay\w* expect\w* show(?:s|ed)?"
    r" pop popping openings? availab\w+ opening vacan\w+ rush\w* expedit\w* coming comes came come way pushed"
    r" technicians? techs? team teams manager\w* supervisor\w* owner boss dispatcher\w* colleagues? coworkers? staff"
    " folks office specialists? engineers? electricians? plumbers? neighbors? someone somebody nobody everybody"
    " everyone people person men man woman lady gentleman xxbiz today tonight tomorrow soon sooner soonest shortly"
    r" minutes? hours? now already quick\w* fast\w* immediately asap later next weekend monday tuesday wednesday"
    r" thursday friday saturday sunday yesterday month\w* year\w* instantly momentarily noon midnight ago safe\w*"
    r" unsafe danger\w* harm\w* hurt\w* hazard\w* gas smok\w+ fires? burn\w* carbon monoxide toxic explo\w+ risk\w*"
    r" emergenc\w+ urgent\w* serious\w* sever\w+ minor normal\w* common\w* usual\w* typical\w* ordinary relax calm\w*"
    r" hurry reassur\w+ evacuat\w+ poison\w* alarm\w* critical fatal ok fine okay alright healthy turn turning shut"
    r" switch\w* flip\w* reset\w* restart\w* unplug\w* windows? doors? try avoid recommend\w* suggest\w* advis\w+"
    r" tighten\w* clean\w* adjust\w* thermostats? bleed wiggl\w+ keep leave dollars? bucks cents? fees? charg\w+"
    r" price\w* cost\w* pay\w* paid free discount\w* refund\w* rebate\w* credit\w* cheap\w* expensive afford\w* waiv\w+"
    r" financ\w+ insur\w+ warrant\w+ guarant\w+ deals coupon\w* specials? money installment\w* cover(?:s|ed|age|ing)?"
    r" reimburs\w+ compensat\w+ budget\w* invoices? bills? overcharg\w+ bargain\w* savings? saves? rates? billed"
    " compressors? capacitors? motors? coils? valves? filters? breakers? fuses? igniters? ignitors? pilots?"
    r" refrigerant\w* freon wir(?:e|es|ing) sensors? blowers? fans? belts? bearings? ducts? ductwork exchangers?"
    r" boards? circuits? drains? pumps? condensers? evaporators? leaks? leaky old older aging age worn broke\w* faulty"
    r" fail\w* crack\w* clogg\w+ dirty frozen froze fix\w* repair\w* replac\w+ resolv\w+ solv\w+ restor\w+ easy easily"
    r" simpl\w+ probabl\w+ likely definitely obviously blown dying dead dies died licens\w+ certif\w+ bonded"
    r" experience[ds]? train\w* brands? best expert\w* qualified record\w* files? notes? noted notify\w* notified"
    r" account\w* database screen computer\w* histor\w+ log\w* text\w* emails? e mail\w* messag\w+ tickets? transfer\w*"
    r" connect\w* patch\w* human robot ai bot software automat\w+ machine\w* again loyal\w* customers? valued"
    r" forward\w* escalat\w+ flag\w* promis\w+ ensur\w+ assur\w+ sure surely certain\w* bet done ready handled sorted"
    r" set official granted yours approved process\w* submitt\w+ register\w* updat\w+ will shall gonna always never"
    r" lucky luckily luck good great perfect wonderful help\w* hope\w* works? working better solution\w* nothing we our"
    " ours he she they"
)
RISK = re.compile(r"(?:" + "|".join(_RISK.split()) + r"|.*\d.*|xx(?!name|theirs).*)")
# What of these is harmless where the caller has said it: the fault, its parts, a bill, a day.
OF_THE_CALLER = re.compile(
    r"refund\w*|two|three|four|five|six|seven|eight|nine|ten|twenty|twice|yesterday|\w+day|month\w*|years?|today"
    r"|tonight|tomorrow|weekend|compressors?|capacitors?|motors?|coils?|valves?|filters?|fans?|blowers?|leak\w*|old"
    r"|dead|frozen|broke\w*|ducts?|belts?|pumps?|works?|working|invoices?|bills?|charg\w+|burners?|bearings?|worn"
    r"|boards?|hours?|doors?|windows?|thermostats?|noise|\d+|again|drains?|condensers?|die\w*|dying|never|keep|fix\w*"
    r"|replac\w+|machines?"
)
# In a question that is handed on or not known ("whether a new motor is worth it") these claim nothing either.
UNASKED = (
    r"visit\w*|technicians?|team|repair\w*|replac\w+|fix\w*|cost\w*|price\w*|charg\w+|pay\w*|money|warrant\w+|cover(?:s"
    "|ed|age)?|works?|working|best|better|someone|somebody|person|people|advisors?|old|older|age|certain|set|fees?"
    r"|bills?|invoices?|soon|sooner|serious|help\w*|brands?|done|expensive|good|possible|shows?|fail\w*|available|open"
    r"|come|coming|free|we|they|he|she|account\w*|next|way|ready|yours|years?|xxts|xxtws|easy"
)
FEE = (
    "ours looked top anybody simply interest coming diagnose take somebody someone come comes see sees xxfee visit"
    " visits diagnostic fee charge cost costs price paid pay lose credited credit counted counts count taken toward"
    " towards against off repair repairs once goes go going ahead decide decided done get gets flat part bill first"
    " technician look looking money amount back applied apply applies deducted subtracted run runs free charged anyone"
    " right work put total today's regardless whoever happen happens choose choosing fixed later"
)
DAYS = (
    "early late xxdays visit visits come day days week weekends included also available work works fine possible open"
    " year start starts starting begin begins first last latest earliest between until hour hours morning evening"
    " afternoon technicians technician time times day's run happen made make done scheduled appointments option"
)
BOOKING = (
    "cancel move yet still until before unless once after book booked booking schedule scheduled confirm confirmed set"
    " reserve reserved reservation arranged final fixed decided visit appointment read details hear heard word open"
    " want say says said okay agree agreed tell told far now right moment time point stone change changed definite"
    " settled done get gets back call everything first two officially anybody anyone unbooked made slot slots asked"
    " wanted wish"
)
WISHED = (
    ", said asked asking mentioned wanted want prefer preferred wish wished request requested preference time day got"
    " heard understood told hoping looking look picked chose chosen yet booked confirmed set still best suits works"
    " good mind named gave after down earlier xxt three two four five six seven eight nine ten eleven twelve"
)
TIMES = "xxtw xxtf xxtf1 xxtwf xxtwf1 xxtfs xxtf1s xxtwfs xxtwf1s xxts xxtws"
FREE = (
    ", around offer offering still two option options open available free time times slot slots opening openings see"
    " now right choose choosing choice choices pick between near nearest closest show shows work works suit suits"
    " moment soonest first next earliest currently present also day days"
)
CALLING = (
    "furnace system unit heater ac bill part call calls called calling back xxasap someone somebody person member team"
    " come phone rings ring number same line reach get gets touch contact hear xxphone question questions answer"
    " explain help talk discuss first next once until after know nothing say tell exact time hour day give given ask"
    " asked afraid sorry best information details options new price cost repair find set arrange arranged requested"
    " promise wait waiting still want guess happen happens miss matter ready let comfort advisor advisors billing"
    " warranty able going human expect can area code everything now people sooner coming today moment follow"
)
