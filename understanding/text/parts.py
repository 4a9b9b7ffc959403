"""Parts that phrases of several readers are made of: who, when, how, what may stand between.

Regular expressions over plain words (plain.py), each in brackets of its own; data only. One that ends in a blank is
words on the way to another ("is just ", "really "), any number of them.
"""

YOU = r"(?:you(?: guys| people| all)?|y'?all)"
SOMEONE = r"(?:some|any) ?(?:one|body)"
NOBODY = r"(?:no ?body|no ?one)"
NAMED_SYSTEM = (
    r"(?:acs?|air condition(?:er|ing)s?|heat(?:ers?| ?pumps?)|furnaces?|hvac|boilers?|condensers?|mini ?splits?)"
)
SYSTEM = rf"(?:{NAMED_SYSTEM}|units?|systems?)"  # What a business like ours installs
VISIT = r"(?:appointment|visit|booking|service call|reservation|slot|time slot|cita)"
NICE = r"(?:good|great|nice|wonderful|blessed|lovely|beautiful)"
END = r"(?= [,.?]|$)"
