"""What is remembered of calls, and for how long."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from records.call_rows import CallRow, Phase
from records.last_written import LONGEST, LastWritten

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
ROW = CallRow("CA1", Phase.BROKEN, 1, 0, "machine:1", "{}", NOW, NOW)


def test_the_newest_of_each_call_is_kept_for_as_long_as_it_may_come_back() -> None:
    """A call that is heard of again is remembered from then on."""
    clock = [NOW]
    last = LastWritten(lambda: clock[0])
    last.note(ROW)
    last.note(replace(ROW, call_id="CA2"))
    clock[0] += LONGEST - timedelta(minutes=1)
    last.note(replace(ROW, run=2))
    clock[0] += timedelta(minutes=2)
    last.note(replace(ROW, call_id="CA3"))
    assert last.get("CA1") == replace(ROW, run=2)
    assert last.get("CA2") is None
    assert last.get("CA3") is not None


def test_what_another_has_is_forgotten() -> None:
    """Also what was never known."""
    last = LastWritten(lambda: NOW)
    last.note(ROW)
    for call_id in ("CA1", "CA9"):
        last.forget(call_id)
        assert last.get(call_id) is None
