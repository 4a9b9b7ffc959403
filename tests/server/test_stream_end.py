"""What a stream leaves behind that is over, and that another one has taken the call from."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from call.session import CallSession, EndedBy
from providers.playback import Playback
from records.store import Store
from server.stream_end import after_stream

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
LATER = NOW + timedelta(seconds=120)


async def _nothing() -> None:
    """Nothing is under way."""


@pytest.mark.parametrize("over", [True, False])
async def test_an_objection_of_a_call_that_another_stream_has(tmp_path: Path, over: bool) -> None:
    """All else is the other one's to write; whoever recorded the call, its caller wants no recording."""
    store = Store(f"sqlite:///{tmp_path / 'agent.db'}", now=lambda: NOW)
    await store.open()
    begun = await store.calls.begin(
        CallSession.model_validate({"call_id": "CA1", "started_at": NOW, "recorded_from": NOW}), "a:1", LATER
    )
    taken = await store.calls.begin(CallSession(call_id="CA1", started_at=NOW), "b:2", LATER)
    assert begun
    assert taken
    run, session = begun
    if over:
        assert await store.calls.end(taken[1], taken[0], LATER)
    session.recording_declined, session.recorded_from, session.ended_by = True, None, EndedBy.CALLER
    session.name = "Dana"
    ended = SimpleNamespace(
        session=session,
        stream=SimpleNamespace(run=run),
        processor=SimpleNamespace(settle=_nothing, slowest_answer_seconds=0.0),
        snapshots=SimpleNamespace(saved=_nothing),
        line=SimpleNamespace(playback=Playback("MZ1"), malformed=0),
        hang_up=SimpleNamespace(left=False),
    )
    closing = SimpleNamespace(due_at=lambda: LATER, taken=lambda *_: _nothing())
    calls = SimpleNamespace(draining=False)
    await after_stream(cast(Any, ended), store.calls, cast(Any, closing), cast(Any, calls))
    row = await store.calls.find("CA1")
    known = row.session() if row else None
    assert known is not None
    assert (known.recording_declined, known.recorded_from, known.name) == (True, None, "")
    await store.close()
