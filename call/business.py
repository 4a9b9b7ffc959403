"""The facts of the business that rules and spoken lines need, taken from the settings once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config import Settings
from config_forms.days import WEEKDAYS, is_holiday
from config_forms.hours import Span, spans

LONGEST_CLOSED = 366
OF_THE_BUSINESS = (
    "BUSINESS_NAME",
    "BUSINESS_CITY",
    "BUSINESS_STATE",
    "GREET_KNOWN_CALLERS",
    "SERVICE_AREA_ZIP_PREFIXES",
    "TIMEZONE",
    "DIAGNOSTIC_FEE",
    "FEE_IS_CREDITED",
    "DISCLOSURE",
    "RECORD_CALLS",
    "TECHNICIAN_CALLS_AHEAD_MINUTES",
    "OPEN_DAYS",
    "HOLIDAYS",
    "OPENING_HOUR",
    "CLOSING_HOUR",
)
"""The settings that say what the business is, and nothing secret."""


@dataclass(frozen=True)
class Business:
    """Conversation.md 4. Hours are local; visits start from `opening_hour` until an hour before `closing_hour`."""

    name: str = "ACE Cooling"
    city: str = "Austin"
    state: str = "Texas"
    zip_prefixes: tuple[str, ...] = ("787",)
    timezone: str = "America/Chicago"
    diagnostic_fee: int = 89
    fee_is_credited: bool = True
    calls_ahead_minutes: int = 30
    open_days: tuple[str, ...] = WEEKDAYS
    holidays: tuple[str, ...] = ()
    opening_hour: int = 9
    closing_hour: int = 18
    discloses: bool = False  # In the greeting, that the caller talks with an automated assistant
    texts_callers: bool = False  # Offers a text about what was done or promised
    records: bool = False  # Calls, and says so first
    person_hours: tuple[Span, ...] = ()  # When somebody is there to be dialled; empty: never

    @classmethod
    def of(cls, settings: Settings) -> "Business":
        """The facts in `settings`."""
        return cls(
            name=settings.business_name,
            city=settings.business_city,
            state=settings.business_state,
            zip_prefixes=settings.service_area_zip_prefixes,
            timezone=settings.timezone,
            diagnostic_fee=settings.diagnostic_fee,
            fee_is_credited=settings.fee_is_credited,
            calls_ahead_minutes=settings.technician_calls_ahead_minutes,
            open_days=settings.open_days,
            holidays=settings.holidays,
            opening_hour=settings.opening_hour,
            closing_hour=settings.closing_hour,
            discloses=settings.disclosure,
            texts_callers=settings.text_callers,
            records=settings.record_calls,
            person_hours=_person_hours(settings),
        )

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the business."""
        return ZoneInfo(self.timezone)

    def serves(self, zip_code: str) -> bool:
        """Whether the five digits are in the service area; decided here and not by V2 (contract.md 1.9)."""
        return (
            len(zip_code) == 5 and zip_code.isascii() and zip_code.isdigit() and zip_code.startswith(self.zip_prefixes)
        )

    @property
    def always_open(self) -> bool:
        """Whether visits are made on every day of the year."""
        return self.open_days == WEEKDAYS and not self.holidays

    def is_open(self, day: date) -> bool:
        """Whether visits are made on `day`."""
        return WEEKDAYS[day.weekday()] in self.open_days and not is_holiday(day, self.holidays)

    def person_at(self, now: datetime) -> bool:
        """Whether somebody is there who takes a call that is transferred; on holidays nobody is."""
        local = now.astimezone(self.zone)
        return not is_holiday(local.date(), self.holidays) and any(span.has(local) for span in self.person_hours)

    def on_an_open_day(self, start: datetime, *, soon: bool = False) -> datetime:
        """`start`, or on the next day that is open the same hour; `soon`: its first one."""
        local = start.astimezone(self.zone)
        for ahead in range(LONGEST_CLOSED):
            day = local.date() + timedelta(days=ahead)
            if self.is_open(day):
                clock = time(self.opening_hour) if soon and ahead else local.timetz().replace(tzinfo=None)
                moved = datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC).astimezone(self.zone)
                return moved if ahead else start
        return start


def _person_hours(settings: Settings) -> tuple[Span, ...]:
    """TRANSFER_HOURS, or the opening hours where they are not set."""
    if settings.transfer_number is None:
        return ()
    opening = Span(settings.open_days, 60 * settings.opening_hour, 60 * settings.closing_hour)
    return spans(settings.transfer_hours) or (opening,)
