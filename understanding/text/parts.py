"""Parts that phrases of several readers are made of: who, when, how, what may stand between.

Regular expressions over plain words (plain.py), each in brackets of its own; data only. One that ends in a blank is
words on the way to another ("is just ", "really "), any number of them.
"""

from understanding.text.weekdays import WEEKDAY

YOU = r"(?:you(?: guys| people| all)?|y'?all)"
SOMEONE = r"(?:some|any) ?(?:one|body)"
NOBODY = r"(?:no ?body|no ?one)"
MINE = r"(?:my|our|the|this|that|his|her|their|your)"
VERY = r"(?:(?:\w+ly|\w+ing|so|very|too|pretty|just|quite|kind of|super|beyond|a little|such) )*"
NAMED_SYSTEM = (
    r"(?:acs?|air condition(?:er|ing)s?|heat(?:ers?| ?pumps?)|furnaces?|hvac|boilers?|condensers?|mini ?splits?)"
)
SYSTEM = rf"(?:{NAMED_SYSTEM}|units?|systems?)"  # What a business like ours installs
VISIT = r"(?:appointment|visit|booking|service call|reservation|slot|time slot|cita)"
DAY = rf"(?:{WEEKDAY}|today|tomorrow|hoy|manana)"
HOUR = r"(?:one|two|three|four|five|nine|ten|eleven|twelve|noon)"
NICE = r"(?:good|great|nice|wonderful|blessed|lovely|beautiful)"
END = r"(?= [,.?]|$)"
