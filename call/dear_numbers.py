"""Numbers that cost whoever calls them back a lot: premium services, islands that share our country code, satellites.

They are left with businesses to be called back. Pure.
"""

import phonenumbers
from phonenumbers import PhoneNumberType

DEAR = "Calling this number back is expensive: look who it is first."

_HOME = frozenset({"US", "CA", "PR", "VI", "GU", "AS", "MP"})
_HOME_CODE, _FREE_EVERYWHERE = 1, 800
_NO_COUNTRY = "001"  # The library's word for satellites and other networks that belong to none.
_PREMIUM_AREA, _PREMIUM_EXCHANGE = "900", "976"


def is_dear(number: str) -> bool:
    """Whether this E.164 number is one; a number of another country is none for that alone."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    code, digits = parsed.country_code or 0, str(parsed.national_number)
    if code == _HOME_CODE:
        region = phonenumbers.region_code_for_number(parsed)
        premium = digits[:3] == _PREMIUM_AREA or digits[3:6] == _PREMIUM_EXCHANGE
        return premium or (region is not None and region not in _HOME)
    if phonenumbers.region_code_for_country_code(code) == _NO_COUNTRY:
        return code != _FREE_EVERYWHERE
    return bool(phonenumbers.number_type(parsed) == PhoneNumberType.PREMIUM_RATE)
