"""A bill of ours, a payment, or money to be paid back: whether a turn is about it, or puts it aside. Plain text."""

from understanding.text.parts import SOMEONE
from understanding.text.plain import affirmed, phrase, said

BILL_WORD = r"(?:bills?|invoices?|charges?|receipts?|refunds?|payments?)"
MONEY_BACK = phrase(
    r"(?:money|dollars|deposit|cash|payment) (?:back|returned|refunded)|(?:give|send|pay) (?:me|us) (?:back )?(?:my|our"
    r"|the) (?:\w+ )?(?:money|deposit)|(?:regres|devuelv|devolv|reembols)\w+(?: \w+){0,3}? (?:dinero|pague|deposito)"
)
_BILLING = phrase(
    r"(?:my|the|a|your|this|our) (?:last |recent |final )?bill(?! (?:is|was|has|keeps|went) (?:so |too |really "
    r"|very )?(?:high|up|through|doubl\w+))|billing|invoices?|(?:over ?)?charged|charges? on|refund\w*|receipts?"
    r"|payments?|pay (?:my|the|a|for my)|balance|owe|factura|recibo|pago|reembolso|cobraron",
    MONEY_BACK.pattern,
)
_BILL = rf"(?:{BILL_WORD}|billing)"
_TWICE = r"(?:twice|double|two times|too much|wrong(?:ly)?|for (?:nothing|something|work|a (?:visit|service call)))"
# What is said of a bill there is, and not asked of the one to come
_ABOUT_ONE = phrase(
    rf"(?:it is|this is|just|call(?:ing|ed)?|talk)(?: (?:really|only|to {SOMEONE}))? about (?:a|the|my|our|your|that)"
    rf" (?:\w+ ){{0,2}}?{_BILL}|(?:it is|this is|have|had|got|just) (?:a|my) {_BILL} (?:question|issue|problem|matter)",
    rf"question (?:about|on|with|for) (?:a|the|my|our|your|that) (?:\w+ )?{_BILL}",
    rf"(?:over|double) ?charged|charged (?:(?:me|us|it|(?:my|our) (?:\w+ )?card) )?{_TWICE}",
)
_NEVER_CAME = phrase(
    r"(?:never|not)(?: (?:even|yet|ever))? (?:get|got|gotten|have|had|receive[ds]?|seen?|sent)(?: (?:me|us|an?|the|my"
    rf"|any|it))* {BILL_WORD}"
)
_BILL_PUT_ASIDE = phrase(r"forget (?:about )?(?:my|the|that|this) (?:\w+ )?(?:bill|invoice|charge|payment|refund)s?")
_TO_COME = phrase(
    rf"(?:need|want|send|get|like) (?:{SOMEONE}|a (?:tech\w*|guy|repair\w*))"
    r"(?! (?:to (?:call|explain|talk|tell|look into)|who|from))",
    rf"(?:{SOMEONE}|you) (?:to |can |could )?come (?:out|over|by|today|now)",
)
_ENERGY_BILL = phrase(r"(?:electric(?:ity|al)?|energy|utility|power|gas|light|heating) bills?|recibo de (?:la )?luz")


def names_bill(text: str) -> bool:
    """Whether the plain `text` names a bill or a payment of ours."""
    named = affirmed(_BILLING, text) or affirmed(_ABOUT_ONE, text) or said(_NEVER_CAME, text)
    return named and not said(_ENERGY_BILL, text)


def is_about_a_bill(text: str) -> bool:
    """Whether the plain `text` says that a bill is what it is about; "will I be charged?" does not."""
    return affirmed(_ABOUT_ONE, text) and not (said(_ENERGY_BILL, text) or text.endswith("?"))


def leaves_the_bill(text: str) -> bool:
    """Whether the plain `text`, at the question what the bill is about, puts it aside or has somebody come instead.

    That something is broken does not tell it: a bill is mostly about the repair of something.
    """
    about_it = affirmed(_BILLING, _BILL_PUT_ASIDE.sub(" _ ", text))
    return not about_it and (said(_BILLING, text) or said(_TO_COME, text))
