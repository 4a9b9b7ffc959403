"""MessageRows: the texts to somebody's phone, each under an id of its own, kept before anything of it is sent.

An id has one row, whoever adds it and how often: so an event has one message, whatever is retried. Whoever sends one
claims it first, in one statement: of two who try at once one succeeds, and what an older claim writes later counts for
nothing. `due_at` is when somebody has to look at it next; None: it is settled.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from records.database import CLOCKS_APART, METADATA, Database
from records.rows import TO_CALLER, MessageRow, Sending

MOST_AT_ONCE = 10  # Rows that are read for one round

_messages = sa.Table(
    "messages",
    METADATA,
    sa.Column("message_id", sa.String(192), primary_key=True),
    sa.Column("recipient", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("owner", sa.String(192), nullable=False),
    sa.Column("claims", sa.Integer, nullable=False),
    sa.Column("tried_at", sa.Double),
    sa.Column("due_at", sa.Double, index=True),
    sa.Column("sid", sa.String(64), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False, index=True),
    sa.Column("useful_until", sa.Double),
)
UNSETTLED = frozenset({Sending.WAITING, Sending.PARKED})
"""What an operator can have sent again, or take out."""


class MessageRows:
    """The messages of one database."""

    def __init__(self, database: Database) -> None:
        """Opened and closed by its owner."""
        self._database = database

    async def add(
        self,
        message_id: str,
        recipient: str,
        body: str,
        *,
        due_at: datetime | None = None,
        useful_until: datetime | None = None,
    ) -> bool:
        """Keeps a message unless there is one of this id; True if it was kept. It is due then, or at once.

        Raises:
            StoreError: it could not be written.
        """
        now = self._database.now().timestamp()
        values = {
            "message_id": message_id,
            "recipient": recipient,
            "body": body,
            "status": Sending.WAITING,
            "owner": "",
            "claims": 0,
            "due_at": due_at.timestamp() if due_at else now,
            "useful_until": useful_until and useful_until.timestamp(),
            "sid": "",
            "detail": "",
            "created_at": now,
            "updated_at": now,
        }
        return await self._database.insert_if_absent(_messages, values)

    async def due(self, now: datetime, latest: datetime) -> list[MessageRow]:
        """Those that somebody has to look at: the owner's first, then the longest due; no more than MOST_AT_ONCE.

        `latest`: when one could be due that was written now. One that is due much later than that was written by a
        clock that was wrong, and is due.
        """
        wrong = (latest + CLOCKS_APART).timestamp()
        is_due = sa.or_(_messages.c.due_at <= now.timestamp(), _messages.c.due_at > wrong)
        query = sa.select(_messages).where(is_due)
        to_callers = _messages.c.message_id.endswith(TO_CALLER)
        found = await self._database.all(query.order_by(to_callers, _messages.c.due_at).limit(MOST_AT_ONCE))
        return [_row(row) for row in found]

    async def claim(self, row: MessageRow, owner: str, now: datetime, until: datetime) -> bool:
        """Whether the message is the owner's `until` then, as it was read: nobody else has taken it up meanwhile.

        From now on it counts as tried: whoever finds it after `until` has to find out whether it was sent.
        """
        tried_at = row.tried_at or now
        values = {
            "owner": owner,
            "claims": row.claims + 1,
            "tried_at": tried_at.timestamp(),
            "due_at": until.timestamp(),
            "updated_at": now.timestamp(),
        }
        unchanged = (_messages.c.message_id == row.message_id) & (_messages.c.claims == row.claims)
        claim = sa.update(_messages).where(unchanged).values(values).returning(_messages.c.message_id)
        return await self._database.first(claim) is not None

    async def settle(
        self,
        row: MessageRow,
        status: Sending,
        *,
        due_at: datetime | None = None,
        tried_at: datetime | None = None,
        sid: str = "",
        detail: str = "",
    ) -> None:
        """Writes what came of a claim of `row`, unless somebody has claimed the message since.

        `tried_at` None: it was not sent, for certain, or is settled.
        """
        values = {
            "status": status,
            "due_at": due_at and due_at.timestamp(),
            "tried_at": tried_at and tried_at.timestamp(),
            "sid": sid or row.sid,
            "detail": detail,
            "updated_at": self._database.now().timestamp(),
        }
        ours = (_messages.c.message_id == row.message_id) & (_messages.c.claims == row.claims + 1)
        await self._database.execute(sa.update(_messages).where(ours).values(values))

    async def send_again(self, row: MessageRow, now: datetime) -> bool:
        """An operator wants it sent: it is due now, unless somebody has taken it up or settled it meanwhile.

        Not while it waits and was tried: that try may be under way. One that a carrier has refused was not received; of
        any other that was tried and is parked it is found out first.
        """
        in_doubt = None if row.sid else row.tried_at
        tried_at = in_doubt and in_doubt.timestamp()
        values = {"status": Sending.WAITING, "due_at": now.timestamp(), "tried_at": tried_at, "sid": ""}
        over = (_messages.c.status == Sending.PARKED) | _messages.c.tried_at.is_(None)
        return await self._by_hand(row, now, values, over)

    async def drop(self, row: MessageRow, now: datetime, why: str) -> bool:
        """An operator takes it out, unless somebody has taken it up or settled it meanwhile.

        Not while a try may be under way: it would go out all the same.
        """
        values = {"status": Sending.DROPPED, "due_at": None, "detail": why}
        idle = _messages.c.tried_at.is_(None) | (_messages.c.due_at <= now.timestamp())
        return await self._by_hand(row, now, values, (_messages.c.status != Sending.WAITING) | idle)

    async def _by_hand(
        self, row: MessageRow, now: datetime, values: dict[str, Any], *which: sa.ColumnElement[bool]
    ) -> bool:
        """What it writes counts as a claim: of an older one nothing does any more."""
        unchanged = (_messages.c.message_id == row.message_id) & (_messages.c.claims == row.claims)
        unsettled = _messages.c.status.in_(UNSETTLED)
        values = values | {"claims": row.claims + 1, "owner": "", "updated_at": now.timestamp()}
        change = (
            sa.update(_messages).where(unchanged, unsettled, *which).values(values).returning(_messages.c.message_id)
        )
        return await self._database.first(change) is not None

    async def find(self, message_id: str) -> MessageRow | None:
        """The message of this id."""
        found = await self._database.first(sa.select(_messages).where(_messages.c.message_id == message_id))
        return _row(found) if found else None

    async def listed(self, statuses: Collection[Sending]) -> list[MessageRow]:
        """Those of these statuses, the oldest first."""
        query = sa.select(_messages).where(_messages.c.status.in_(statuses)).order_by(_messages.c.created_at)
        return [_row(row) for row in await self._database.all(query)]

    async def count(self) -> dict[Sending, int]:
        """How many messages there are of each status."""
        status, number = _messages.c.status, sa.func.count().label("number")
        rows = await self._database.all(sa.select(status, number).group_by(status))
        return dict.fromkeys(Sending, 0) | {Sending(row.status): int(row.number) for row in rows}

    async def purge(self, older_than: datetime, *, only_done: bool = False) -> None:
        """Deletes what was last written before `older_than`; `only_done`: of that what nobody sends any more."""
        old = sa.delete(_messages).where(_messages.c.updated_at < older_than.timestamp())
        await self._database.execute(old.where(_messages.c.status.not_in(UNSETTLED)) if only_done else old)


def _row(row: sa.Row[Any]) -> MessageRow:
    return MessageRow(
        row.message_id,
        row.recipient,
        row.body,
        Sending(row.status),
        row.owner,
        row.claims,
        _moment(row.tried_at),
        _moment(row.due_at),
        _moment(row.useful_until),
        row.sid,
        row.detail,
        datetime.fromtimestamp(row.created_at, UTC),
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
