"""How a time is spoken, English and Spanish."""

from datetime import datetime


def speak_time(when: datetime, now: datetime, language: str = "en") -> str:
    """`when` in words, in the zone of `now`: "Wednesday, November 25 at 2:30 PM"; never "today" (R16, R66)."""
    local = when.astimezone(now.tzinfo)
    hour, half = local.hour % 12 or 12, "PM" if local.hour >= 12 else "AM"
    clock = f"{hour}:{local.minute:02}" if local.minute else str(hour)
    if language == "es":
        part = "de la mañana" if local.hour < 12 else "de la tarde" if local.hour < 20 else "de la noche"
        article = "a la" if hour == 1 else "a las"
        return f"{_DIAS[local.weekday()]} {local.day} de {_MESES[local.month - 1]} {article} {clock} {part}"
    return f"{_DAYS[local.weekday()]}, {_MONTHS[local.month - 1]} {local.day} at {clock} {half}"


_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


_MONTHS = "January February March April May June July August September October November December".split()


_DIAS = "lunes martes miércoles jueves viernes sábado domingo".split()


_MESES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
