"""Texts to callers: at which hours none is sent, and which numbers can take one by their form. Pure.

The hours are those of the business. Federal law leaves 8 am to 9 pm for calls that somebody solicits (47 CFR
64.1200(c)(1)), some states only until 8 pm; a text that a caller has agreed to is none of these, and keeps to the
narrower hours all the same. Whether a number of an ordinary form is a landline's, nobody can tell by looking at it.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType

from call.dear_numbers import is_dear

FIRST_HOUR, LAST_HOUR = 8, 20  # Local; the last one is quiet already.
_HOME_CODE = 1
_TAKES_TEXTS = frozenset({PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.MOBILE})


def is_quiet(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether no text is sent to a caller at this moment (aware)."""
    return not FIRST_HOUR <= moment.astimezone(zone).hour < LAST_HOUR


def when_not_quiet(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself, or the next one at which a text may be sent."""
    if not is_quiet(moment, zone):
        return moment
    local = moment.astimezone(zone)
    day = local.date() + timedelta(days=local.hour >= LAST_HOUR)
    return datetime.combine(day, time(FIRST_HOUR), tzinfo=zone).astimezone(UTC)


def takes_texts(number: str) -> bool:
    """Whether this E.164 number may be a mobile's at home: no toll-free one, none that is dear, none from abroad."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    at_home = parsed.country_code == _HOME_CODE and not is_dear(number)
    return at_home and phonenumbers.number_type(parsed) in _TAKES_TEXTS


__all__ = ["FIRST_HOUR", "LAST_HOUR", "is_quiet", "takes_texts", "when_not_quiet"]
