"""LastWritten: the rows of calls as this process last wrote or read them, for when the database is late."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from records.call_rows import CallRow

LONGEST = timedelta(hours=2)  # A call that nobody has heard of for longer does not come back: no dial takes as long.


@dataclass
class LastWritten:
    """The newest of each call, forgotten after LONGEST; `now` is the aware time."""

    now: Callable[[], datetime]
    _rows: dict[str, tuple[datetime, CallRow]] = field(default_factory=dict, init=False)

    def __contains__(self, call_id: str) -> bool:
        return call_id in self._rows

    def get(self, call_id: str) -> CallRow | None:
        """Of this call; another process may have written it since."""
        known = self._rows.get(call_id)
        return known[1] if known else None

    def note(self, row: CallRow) -> None:
        """In place of what was known of the call."""
        now = self.now()
        self.forget(row.call_id)
        self._rows[row.call_id] = now, row
        while (oldest := next(iter(self._rows.values())))[0] < now - LONGEST:
            self.forget(oldest[1].call_id)

    def forget(self, call_id: str) -> None:
        """Another stream has the call: what is known here is not the newest."""
        self._rows.pop(call_id, None)
