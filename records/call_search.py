"""The calls of the database, newest first: a page of those that are looked for, and one with its whole story.

Read in small pieces, and made into lines on the database's own thread: whoever looks keeps no caller waiting, as long
as the store is none that live calls write with. A record whose call's row is deleted already is found as well.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from records.call_rows import read_snapshot
from records.call_view import CallLine, CallStory, Wanted, call_line, call_story, digits_of, fits
from records.database import METADATA
from records.rows import TO_CALLER, TO_OWNER, DeliveryRow, Phase, Status
from records.store import Store
from records.turn_view import Limits

PIECE = 50  # Rows that are read at once
MOST_READ = 1000  # Rows that are read for a page, however few of them are looked for

CALLS, DELIVERIES = METADATA.tables["calls"], METADATA.tables["deliveries"]


@dataclass(frozen=True)
class Place:
    """Behind which call a page begins: when that was last written, in seconds since the epoch, and its id."""

    written_at: float
    call_id: str


@dataclass(frozen=True)
class Page:
    """Some calls, newest first; `older`: where the next page begins, None behind the last call."""

    lines: tuple[CallLine, ...]
    older: Place | None


async def find_calls(store: Store, wanted: Wanted, after: Place | None = None, most: int = PIECE) -> Page:
    """Up to so many of the calls that are looked for; fewer if many others stand between.

    Raises:
        StoreError: the database is away.
    """
    lines: list[CallLine] = []
    for _ in range(MOST_READ // PIECE):
        found = await store.ask(_piece(wanted, after), lambda rows: [_read(row, wanted) for row in rows])
        for place, line in found:
            if line is not None:
                if len(lines) == most:
                    return Page(tuple(lines), after)
                lines.append(line)
            after = place
        if len(found) < PIECE:
            return Page(tuple(lines), None)
    return Page(tuple(lines), after)


async def find_call(store: Store, call_id: str, limits: Limits | None = None) -> CallStory | None:
    """The story of a call, held to these limits; None if nothing is known of it.

    Raises:
        StoreError: the database is away.
    """
    found: sa.Select[Any] = _both().where(_ids.c.call_id == call_id)

    def read(rows: sa.Result[Any]) -> CallStory | None:
        row = rows.first()
        if row is None:
            return None
        delivery = _delivery(row)
        session = read_snapshot(row.snapshot, call_id) if row.snapshot else None
        return call_story(call_id, session, _phase(row), delivery, texts, limits) if session or delivery else None

    texts = [text for about in (TO_CALLER, TO_OWNER) if (text := await store.messages.find(call_id + about))]
    return await store.ask(found, read)


_ids = sa.union_all(
    sa.select(CALLS.c.call_id, CALLS.c.updated_at.label("written_at")),
    sa.select(DELIVERIES.c.call_id, DELIVERIES.c.updated_at).where(
        ~sa.exists().where(CALLS.c.call_id == DELIVERIES.c.call_id)
    ),
).subquery("ids")


def _both() -> sa.Select[Any]:
    """A row for each call: its own, and its record's."""
    joined = _ids.outerjoin(CALLS, CALLS.c.call_id == _ids.c.call_id)
    joined = joined.outerjoin(DELIVERIES, DELIVERIES.c.call_id == _ids.c.call_id)
    columns = [column for column in DELIVERIES.columns if column.name != "call_id"]
    return sa.select(_ids.c.call_id, _ids.c.written_at, CALLS.c.snapshot, CALLS.c.phase, *columns).select_from(joined)


def _piece(wanted: Wanted, after: Place | None) -> sa.Select[Any]:
    """The next rows; what a column can tell is left out here, all else is told by the lines."""
    query = _both().order_by(_ids.c.written_at.desc(), _ids.c.call_id.desc()).limit(PIECE)
    if after is not None:
        query = query.where(sa.tuple_(_ids.c.written_at, _ids.c.call_id) < sa.tuple_(after.written_at, after.call_id))
    if wanted.parked:
        query = query.where(DELIVERIES.c.status == Status.PARKED)
    if parts := _as_written(wanted.find.strip()):
        columns = [sa.func.lower(c) for c in (CALLS.c.snapshot, DELIVERIES.c.record, DELIVERIES.c.detail)]
        query = query.where(sa.or_(*(c.contains(part, autoescape=True) for c in columns for part in parts)))
    return query


def _as_written(text: str) -> list[str]:
    """What of it has to stand in the row of a call that fits; nothing where the database may write it otherwise."""
    plain = text.isascii() and text.isprintable() and not set(text) & set('"\\')
    return [part for part in (text.lower(), digits_of(text)) if part] if plain else []


def _read(row: sa.Row[Any], wanted: Wanted) -> tuple[Place, CallLine | None]:
    """Where the row stands, and its line if it is looked for."""
    delivery = _delivery(row)
    session = read_snapshot(row.snapshot, row.call_id) if row.snapshot else None
    place = Place(row.written_at, row.call_id)
    if session is None and delivery is None:
        return place, None
    line = call_line(row.call_id, session, _phase(row), delivery)
    return place, line if fits(wanted, line, session, delivery) else None


def _phase(row: sa.Row[Any]) -> Phase:
    return Phase(row.phase or Phase.OVER)  # An older version's row has none, and a deleted one is over.


def _delivery(row: sa.Row[Any]) -> DeliveryRow | None:
    if row.status is None:
        return None
    at, tried_at = (datetime.fromtimestamp(time, UTC) for time in (row.created_at, row.updated_at))
    return DeliveryRow(row.call_id, json.loads(row.record), Status(row.status), row.detail, at, tried_at)
