"""IncidentRows: what is wrong with the service now, and since when, whichever of its machines sees it.

An incident has a row from the first sight of it until somebody has told that it is over. All machines write the same
row, so that it has one beginning, by which it is told apart from the next one of its name. A time that is much later
than now was written by a clock that was wrong: what began then begins now, and what was seen then is not seen now.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from records.database import CLOCKS_APART, METADATA, Database

PARKED = "parked"
"""That records are parked; the one incident that also ends by deleting."""

_incidents = sa.Table(
    "incidents",
    METADATA,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("since", sa.Double, nullable=False),
    sa.Column("seen_at", sa.Double, nullable=False),
)


@dataclass(frozen=True)
class Incident:
    """What is wrong, since when, and when a machine saw it last; times are aware."""

    name: str
    since: datetime
    seen_at: datetime


class IncidentRows:
    """The incidents of one database; each method raises StoreError if it cannot be asked."""

    def __init__(self, database: Database) -> None:
        """Opened and closed by its owner."""
        self._database = database

    async def see(self, name: str, since: datetime, now: datetime) -> Incident:
        """It is there now; `since` counts if nobody knew of it."""
        begun = since if since <= now + CLOCKS_APART else now
        values = {"name": name, "since": begun.timestamp(), "seen_at": now.timestamp()}
        insert = self._database.insert(_incidents).values(values)
        known = sa.case((_wrong(_incidents.c.since, now), values["since"]), else_=_incidents.c.since)
        changed = {"since": known, "seen_at": values["seen_at"]}
        seen = insert.on_conflict_do_update(index_elements=["name"], set_=changed)
        found = await self._database.first(seen.returning(_incidents))
        return Incident(name, begun, now) if found is None else _incident(found)

    async def find(self, name: str) -> Incident | None:
        """The one of this name, as long as nobody has told that it is over."""
        found = await self._database.first(sa.select(_incidents).where(_incidents.c.name == name))
        return None if found is None else _incident(found)

    async def unseen(self, since: datetime, now: datetime) -> list[Incident]:
        """Those that no machine has seen since then."""
        query = sa.select(_incidents).where(_is_unseen(since, now))
        return [_incident(row) for row in await self._database.all(query)]

    async def forget(self, incident: Incident, since: datetime, now: datetime) -> None:
        """It is over, unless a machine has seen it since then after all."""
        unseen = (_incidents.c.name == incident.name) & _is_unseen(since, now)
        await self._database.execute(sa.delete(_incidents).where(unseen))

    async def drop(self, name: str) -> None:
        """It ends, and nobody is told; what is left of it is one that begins anew."""
        await self._database.execute(sa.delete(_incidents).where(_incidents.c.name == name))


def _is_unseen(since: datetime, now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(_incidents.c.seen_at < since.timestamp(), _wrong(_incidents.c.seen_at, now))


def _wrong(at: sa.ColumnElement[float], now: datetime) -> sa.ColumnElement[bool]:
    return at > (now + CLOCKS_APART).timestamp()


def _incident(row: sa.Row[Any]) -> Incident:
    return Incident(row.name, datetime.fromtimestamp(row.since, UTC), datetime.fromtimestamp(row.seen_at, UTC))
