"""How a time is spoken, English and Spanish, and how it is written for the team and by V2."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

V2_ZONE = ZoneInfo("America/Chicago")  # Of V2's words for a visit, wherever the business is (contract.md 1.2)
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen".split()
)
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


def read_written(words: str, now: datetime) -> datetime | None:
    """The time that V2 writes so, in the zone of `now`: the next one, as it names no year; None if it is none."""
    for year in (now.year, now.year + 1):
        try:
            when = datetime.strptime(f"{year} {' '.join(words.split())}", "%Y %A, %B %d at %I:%M %p")
        except ValueError:
            continue
        if when.replace(tzinfo=V2_ZONE) > now - timedelta(days=1):
            return when.replace(tzinfo=V2_ZONE).astimezone(now.tzinfo)
    return None


def _day(local: datetime) -> str:
    return f"{WEEKDAYS[local.weekday()]}, {MONTHS[local.month - 1]} {local.day}"


def _twelve(local: datetime) -> tuple[int, str]:
    return local.hour % 12 or 12, "PM" if local.hour >= 12 else "AM"


def speak_minutes(minutes: int) -> str:
    """A span of time in plain words: "thirty minutes", "an hour", "two hours"."""
    if minutes % 60 == 0 and minutes:
        return "an hour" if minutes == 60 else f"{_speak_count(minutes // 60)} hours"
    return "a minute" if minutes == 1 else f"{_speak_count(minutes)} minutes"


def _speak_count(count: int) -> str:
    if count < len(_ONES):
        return _ONES[count]
    if count >= 100:
        return str(count)
    tens, ones = divmod(count, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]


def speak_open_days(open_days: Sequence[str], holidays: Sequence[str]) -> str:
    """The days on which visits are made: "Monday to Friday and Sunday, but not on Thanksgiving or December 26"."""
    runs: list[list[int]] = []
    for number, day in enumerate(WEEKDAYS):
        if day[:3].lower() not in open_days:
            continue
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    if len(open_days) == len(WEEKDAYS):
        told = "seven days a week"
    else:
        told = _listed([day for run in runs for day in _spans(run)])
    return f"{told}, but not on {_listed([_speak_holiday(day) for day in holidays], 'or')}" if holidays else told


def _spans(run: Sequence[int]) -> list[str]:
    first, last = WEEKDAYS[run[0]], WEEKDAYS[run[-1]]
    return [f"{first} to {last}"] if len(run) > 2 else [WEEKDAYS[day] for day in run]


def _listed(parts: Sequence[str], word: str = "and") -> str:
    return f" {word} ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _speak_holiday(name: str) -> str:
    if not name[0].isdigit():
        return {"new years": "New Year's Day", "new years eve": "New Year's Eve"}.get(name, name.title())
    month, day = (int(part) for part in name.split("-")[-2:])
    return f"{MONTHS[month - 1]} {day}"
