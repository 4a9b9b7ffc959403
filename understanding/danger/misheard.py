"""Words of danger as a recogniser mishears them: "the CEO thing has gone off", "the place wreaks of gas".

Each is read as the danger only where its neighbours make it one: a chief executive has no alarm, and "I guess" is no
gas. A new mishearing is one more line.
"""

from understanding.text.plain import phrase

_OF_AN_ALARM = r"(?:alarms?|detectors?|monitors?|sensors?|thing|leaks?|poisoning|levels?|reading)"
_GAS = r"(?:guess|gus|gasp|guests?|gaz|gauze|gash)"

_HEARD = tuple(
    (phrase(heard), meant)
    for heard, meant in (
        (rf"(?:ceo|c e o|seo|see oh|sea oh|cio)(?= (?:\w+ )?{_OF_AN_ALARM}(?!\S))", "co"),
        (r"(?:carbon|common|carton|garbage) (?:monoxide|monoxides|monarch side|monoxyde|mono oxide|monox side)"
         r"|mono oxide|monoxyde|monoxides"
         r"|(?:carbon|common|carton) (?:oxide|mon oxide|dioxide)(?= alarm| detector)", "carbon monoxide"),
        (r"(?:wreaks?|reaks?|wreeks?|wreaking|reeky|reek)(?= of )", "reeks"),
        (rf"(?<=smell ){_GAS}|(?<=smells ){_GAS}|(?<=smelling ){_GAS}|(?<=smelled ){_GAS}"
         rf"|(?<=like ){_GAS}(?= [,.?]|$| in )|(?<=reeks of ){_GAS}|(?<=smell of ){_GAS}"
         rf"|(?<!i ){_GAS}(?= (?:smells?|leak|leaks|leaking|odor|fumes)(?!\S))", "gas"),
        (r"(?:drawing|throwing|shooting|making) (?:out )?(?:sparse|sparts|spokes|sparkles)", "throwing sparks"),
        (r"(?<=full of )(?:smoked|smock|smokes)|(?<=black )(?:smock|smoked)(?= (?:in|com|out|every))"
         r"|(?<=smell )smock", "smoke"),
        (r"(?:burning|burn|burned) (?:smile|spell|mel)", "burning smell"),
        (r"rotten (?:ex|ache|eck|aches|ags)", "rotten eggs"),
    )
)  # fmt: skip


def as_meant(text: str) -> str:
    """The plain `text` with what was misheard as it will have been said."""
    for heard, meant in _HEARD:
        text = heard.sub(meant, text)
    return text
