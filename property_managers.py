"""Whether the caller answers for a place where somebody else lives: a landlord or a property manager."""

from words import affirmed, phrase

_MANAGES = phrase(
    r"property manag\w+|landlord|landlady|i manage (?:the|this|a|an|some|several) (?:\w+ )?(?:property|properties|building"
    r"|buildings|complex|apartments?|units?|rentals?)|(?:my|our|one of my) (?:tenants?|renters?|rental|rent house)"
    r"|(?:a|the) tenant of (?:mine|ours)|i own (?:the|this|a) (?:rental|duplex|building)",
)


def manages_property(text: str) -> bool:
    """Whether the plain `text` says so."""
    return affirmed(_MANAGES, text)
