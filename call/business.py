"""The facts of the business that rules and spoken lines need, taken from the settings once."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from config import Settings


@dataclass(frozen=True)
class Business:
    """Conversation.md 4. Hours are local; visits start from `opening_hour` until an hour before `closing_hour`."""

    name: str = "ACE Cooling"
    zip_prefixes: tuple[str, ...] = ("787",)
    timezone: str = "America/Chicago"
    diagnostic_fee: int = 89
    opening_hour: int = 9
    closing_hour: int = 18

    @classmethod
    def of(cls, settings: Settings) -> "Business":
        """The facts in `settings`."""
        return cls(
            name=settings.business_name,
            zip_prefixes=settings.service_area_zip_prefixes,
            timezone=settings.timezone,
            diagnostic_fee=settings.diagnostic_fee,
            opening_hour=settings.opening_hour,
            closing_hour=settings.closing_hour,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the business."""
        return ZoneInfo(self.timezone)

    def serves(self, zip_code: str) -> bool:
        """Whether the five digits are in the service area; decided here and not by V2 (contract.md 1.9)."""
        return len(zip_code) == 5 and zip_code.isdigit() and zip_code.startswith(self.zip_prefixes)
