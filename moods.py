"""How the caller feels, as far as it changes what is said: only anger and disappointment do."""

from words import affirmed, phrase

_UPSET = phrase(
    r"ridiculous|unacceptable|sick of|fed up|furious|(?:so |really |very |pretty )?(?:angry|frustrat\w+|upset|mad)"
    r"|worst (?:service|company)|terrible service|joke|waste of (?:my )?time|(?:nobody|no one) (?:ever )?(?:came|showed up"
    r"|called)|(?:third|fourth|fifth) time",
)


def is_upset(text: str) -> bool:
    """Whether the plain `text` is said in anger or disappointment with us."""
    return affirmed(_UPSET, text)
