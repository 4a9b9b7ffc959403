"""How a time is spoken, English and Spanish, and how it is written for the team."""

from datetime import datetime
from zoneinfo import ZoneInfo

WEEKDAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
MONTHS = tuple("January February March April May June July August September October November December".split())
_DIAS = "lunes martes miércoles jueves viernes sábado domingo".split()
_MESES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()


def speak_time(when: datetime, now: datetime, language: str = "en") -> str:
    """`when` in words, in the zone of `now`: "Wednesday, November 25 at 2:30 PM"; never "today" (R16, R66)."""
    local = when.astimezone(now.tzinfo)
    hour, half = _twelve(local)
    clock = f"{hour}:{local.minute:02}" if local.minute else str(hour)
    if language == "es":
        part = "de la mañana" if local.hour < 12 else "de la tarde" if local.hour < 20 else "de la noche"
        article = "a la" if hour == 1 else "a las"
        return f"{_DIAS[local.weekday()]} {local.day} de {_MESES[local.month - 1]} {article} {clock} {part}"
    return f"{_day(local)} at {clock} {half}"


def write_time(when: datetime, zone: ZoneInfo) -> str:
    """The same for readers: "Wednesday, November 25 at 2:00 PM"."""
    local = when.astimezone(zone)
    hour, half = _twelve(local)
    return f"{_day(local)} at {hour}:{local.minute:02} {half}"


def _day(local: datetime) -> str:
    return f"{WEEKDAYS[local.weekday()]}, {MONTHS[local.month - 1]} {local.day}"


def _twelve(local: datetime) -> tuple[int, str]:
    return local.hour % 12 or 12, "PM" if local.hour >= 12 else "AM"
