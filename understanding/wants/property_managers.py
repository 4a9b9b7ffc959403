"""Whether the caller answers for a place where somebody else lives: a landlord, a property manager, a host.

Somebody who rents and speaks of a landlord is none: then the caller is on site.
"""

from understanding.text.plain import affirmed, phrase, said

_MANAGES = phrase(
    r"(?:i am|this is|it is|as|we are|am) (?:(?:a|an|the|their|her|his|actually|also|just|calling as|\w+ the"
    r"|with the|your) )*(?:property managers?|landlord|landlady|leasing (?:agent|manager|office)|apartment manager"
    r"|building manager|superintendent)|property manag(?:er|ers) (?:for|at|of|here|over|with|on)|property management"
    r"|(?:the|your) property manager (?:here|speaking|calling)"
    r"|maintenance (?:man|guy|supervisor|manager|director|tech|coordinator) (?:for|at|over)",
    r"(?:i|we) (?:also )?(?:manage|look after|take care of|oversee|handle) (?:the|this|a|an|some|several|about|over"
    r"|\d+|two|three|four|five|six|ten|twenty|my \w+ is|our|her|his|their|multiple|a few|a couple|apartments?"
    r"|rentals?|properties) ?(?:\w+ ){0,3}?(?:property|properties|building|buildings|complex|complexes|apartments?"
    r"|units?|rentals?|houses|condos?|duplex\w*|homes|place|house)",
    r"(?:my|our|one of (?:my|our|the)|the|a|her|his|their|some"
    r"|new) (?:(?!previous|last|old|former|other|upstairs|downstairs)\w+ )?(?:tenants?|renters?|lodgers?)(?! before)"
    r"|(?:a|the) (?:tenant|renter) of (?:mine|ours)|(?:tenant|renter) (?:says|said|called|told|is complaining"
    r"|reported|has|in)",
    r"(?:my|our|a|the|one of (?:my|our)|this) (?:\w+ ){0,2}?(?:rental|rentals|rent house|rent houses"
    r"|investment property|rental (?:property|properties|house|home|unit|units))(?! (?:car|company|agreement|office"
    r"|insurance))|(?:it is|for|have|own|got) (?:a |my |our )?rental(?! car)"
    r"|rent (?:it|the (?:house|place|unit|property|condo|apartment)|this (?:house|place)|them) out"
    r"|rent(?:ing)? out (?:my|our|the|a|this)|renting (?:it|the \w+|them) out|inquilin\w+|arrendatari\w+"
    r"|(?:i|we) rent (?:it )?to",
    r"(?:an?|my|our|the) (?:\w+ )?(?:air ?bnb|vrbo|short term rental|vacation rental|bed and breakfast)"
    r"|(?:guests?|airbnb guests?) (?:says?|said|staying|at the|is|are) .*(?:air ?bnb|rental|vrbo)"
    r"|(?:i|we) own (?:the|this|a|an|some|several|two|three|four|a couple|a few) (?:\w+ )?(?:rentals?|duplex\w*"
    r"|triplex|fourplex|four plex|apartment (?:building|complex)|building|apartments|condos)"
    r"|(?:but )?(?:i|we) do not (?:actually )?live (?:there|in it|at (?:the|that))|someone else lives there",
)
_RENTS = phrase(
    r"(?:i am|am|we are) (?:just |only )?(?:the |a |an )?(?:renting|tenants?|renters?)"
    r"|(?:i|we) (?:just |only )?rent(?! (?:it|them|to|out|the \w+ out))"
    r"|(?:my|our|ask (?:the|my)|check with (?:the|my)|the) (?:landlord|landlady|property manager|apartment manager"
    r"|leasing office)|(?:my|our) property management"
)
_IS_ONE = phrase(
    r"(?:i am|this is|as) (?:(?:a|an|the|their|her|his|actually|also) )*(?:property manager|landlord|landlady"
    r"|leasing agent)|(?:my|our) (?:tenants?|renters?|rentals?)"
)


def manages_property(text: str) -> bool:
    """Whether the plain `text` says so."""
    if said(_RENTS, text) and not said(_IS_ONE, text):
        return False
    return affirmed(_MANAGES, text, 2) or said(
        phrase(r"(?:i|we) (?:own|rent) .* not (?:\w+ )?live (?:there|in it|here)"), text
    )
