"""What the owner is texted, by V2 and by the dashboard, and what of it never arrives.

Guarantees the two ways in which a text is lost without a word to whoever sent it: Twilio refuses what is too long
(contract.md 0.13), and the dashboard's own queue refuses everything in the owner's quiet hours (contract.md 0.17).
"""

import uuid
from datetime import datetime, time
from zoneinfo import ZoneInfo

from simulator.back_office.store import Store

LONGEST_TEXT = 1600
"""Characters; Twilio refuses a longer message."""
OWNERS_ZONE = ZoneInfo("America/New_York")
QUIET_FROM, QUIET_UNTIL = time(19), time(6)


class Texts:
    """Texts to the owner: kinds `sms` and `lost_sms` of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def from_v2(self, source: str, body: str, call_id: str, *, lost: bool = False) -> str:
        """The message's sid, `SM...`; empty when no text went out, `lost` or too long (contract.md 0.8, 0.13)."""
        went_out = not lost and len(body) <= LONGEST_TEXT
        self._keep("sms" if went_out else "lost_sms", source, body, call_id)
        return f"SM{uuid.uuid4().hex}" if went_out else ""

    def from_dashboard(self, body: str, call_id: str) -> bool:
        """Whether it went out: never in the quiet hours, and not after them either (contract.md 0.17)."""
        went_out = not quiet(self._store.clock())
        self._keep("sms" if went_out else "lost_sms", "dashboard", body, call_id)
        return went_out

    def _keep(self, kind: str, source: str, body: str, call_id: str) -> None:
        text = {"source": source, "body": body, "call_id": call_id, "at": self._store.clock().isoformat()}
        self._store.put(kind, text, call_id=call_id)


def quiet(moment: datetime) -> bool:
    """Whether the owner's quiet hours are on, by the dashboard's default zone."""
    local = moment.astimezone(OWNERS_ZONE).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL
