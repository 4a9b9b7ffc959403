"""Whether the caller answers for a place where somebody else lives: a landlord, a property manager, a host.

Somebody who rents and speaks of a landlord is none: then the caller is on site.
"""

from understanding.text.plain import affirmed, phrase, said

_MANAGER = r"(?:property managers?|landlord|landlady|leasing (?:agent|manager|office)|(?:apartment|building) manager)"
_TENANT = r"(?:tenants?|renters?|lodgers?)"
_HOMES = (
    r"(?:property|properties|buildings?|complex|complexes|apartments?|units?|rentals?|houses?|condos?|duplex\w*|homes"
    r"|place)"
)
_SOME = r"(?:an?|some|several|multiple|two|three|four|five|six|ten|twenty|about|over|a few|a couple|\d+)"
_MANAGES = phrase(
    r"(?:i am|this is|it is|as|we are|am) (?:(?:a|an|the|their|her|his|actually|also|just|calling as|\w+ the"
    rf"|with the|your) )*(?:{_MANAGER}|superintendent)|property manag(?:er|ers) (?:for|at|of|here|over|with|on)"
    r"|property management|(?:the|your) property manager (?:here|speaking|calling)"
    r"|maintenance (?:man|guy|supervisor|manager|director|tech|coordinator) (?:for|at|over)",
    r"(?:i|we) (?:also )?(?:manage|look after|take care of|oversee|handle) (?:the|this|my \w+ is|our|her|his|their"
    rf"|{_SOME}) ?(?:\w+ ){{0,3}}?{_HOMES}|(?:i|we) (?:manage|handle) (?:apartments?|rentals?|properties)"
    rf"|(?:i|we) own (?:the|this|{_SOME}) (?:\w+ )?(?:rentals?|(?:du|tri|four ?)plex\w*|apartments?|building|condos)",
    r"(?:(?:one of )?(?:my|our|the)|a|her|his|their|some|new) (?:(?!previous|last|old|former|other|upstairs"
    rf"|downstairs)\w+ )?{_TENANT}(?! before)|(?:a|the) (?:tenant|renter) of (?:mine|ours)"
    r"|(?:tenant|renter) (?:says|said|called|told|is complaining|reported|has|in)",
    r"(?:(?:one of )?(?:my|our)|a|the|this) (?:\w+ ){0,2}?(?:rentals?|rent houses?"
    r"|investment property)(?! (?:car|company|agreement|office|insurance))|(?:it is|for|have|own|got) (?:a |my "
    r"|our )?rental(?! car)|rent(?:ing)? (?:it|them|this|the (?:\w+)) out|rent(?:ing)? out (?:my|our|the|a|this)"
    r"|(?:inquilin|arrendatari)\w+|(?:i|we) rent (?:it )?to",
    r"(?:an?|my|our|the) (?:\w+ )?(?:air ?bnb|vrbo|short term rental|vacation rental|bed and breakfast)"
    r"|(?:guests?|airbnb guests?) (?:says?|said|staying|at the|is|are) .*(?:air ?bnb|rental|vrbo)"
    r"|(?:but )?(?:i|we) do not (?:actually )?live (?:there|in it|at (?:the|that))|someone else lives there",
)
_RENTS = phrase(
    rf"(?:i am|am|we are) (?:just |only )?(?:the |a |an )?(?:renting|{_TENANT})|(?:i|we) (?:just "
    rf"|only )?rent(?! (?:it|them|to|out|the \w+ out))|(?:my|our|the) {_MANAGER}|(?:my|our) property management"
)
_IS_ONE = phrase(
    rf"(?:i am|this is|as) (?:(?:a|an|the|their|her|his|actually|also) )*{_MANAGER}|(?:my|our) (?:{_TENANT}|rentals?)"
)
_ELSEWHERE = phrase(r"(?:i|we) (?:own|rent) .* not (?:\w+ )?live (?:there|in it|here)")


def manages_property(text: str) -> bool:
    """Whether the plain `text` says so."""
    if said(_RENTS, text) and not said(_IS_ONE, text):
        return False
    return affirmed(_MANAGES, text, 2) or said(_ELSEWHERE, text)
