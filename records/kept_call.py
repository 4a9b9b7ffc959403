"""KeptCall: what the database does not know of a call, as it is kept in memory and stands in the journal."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, TypeAdapter

from call.session import CallSession
from records.call_rows import CallRow, Phase, read_snapshot

# What the columns and a date can hold: an entry that the database refuses would be tried again for ever.
_Int32 = Annotated[int, Field(ge=-(2**31), lt=2**31 - 1)]
_Seconds = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)]
MOST_CALLER_CHARACTERS = 32


@dataclass
class KeptCall:
    """What the database does not know of a call; times are seconds since the epoch. `at` orders it among the writes.

    `guessed`: nothing of it is newer than the database's row, if that has one.
    """

    call_id: Annotated[str, Field(min_length=1, max_length=64)]
    snapshot: str
    phase: Phase
    run: _Int32
    resumes: _Int32
    owner: Annotated[str, Field(max_length=192)]
    due_at: _Seconds
    updated_at: _Seconds
    at: int
    guessed: bool = False

    def row(self) -> CallRow:
        due_at, updated_at = (datetime.fromtimestamp(time, UTC) for time in (self.due_at, self.updated_at))
        return CallRow(self.call_id, self.phase, self.run, self.resumes, self.owner, self.snapshot, due_at, updated_at)

    def session(self) -> CallSession | None:
        """The snapshot; see `read_snapshot`."""
        return read_snapshot(self.snapshot, self.call_id)


_READER = TypeAdapter(KeptCall)


def read_kept(content: object) -> KeptCall:
    """An entry of the journal, whose types and snapshot are as they should be.

    Raises:
        ValueError: they are not.
    """
    kept = _READER.validate_python(content)
    session = read_snapshot(kept.snapshot, kept.call_id)
    if session is None or len(session.caller_number) > MOST_CALLER_CHARACTERS or "\0" in kept.call_id + kept.owner:
        raise ValueError("no call")
    return kept
