"""The steps of the database's schema, in the order in which they came; schema.py does those that a database lacks.

The rule for the next step, because a deploy replaces one machine after the other, and for some minutes the old version
and the new one work on the same tables:

- It only adds: a table, an index, or a column that allows NULL or has a server_default. What an older version reads or
  writes is never renamed, retyped or dropped; what nobody uses any more stays.
- It leaves alone what it finds done (`add_table` and `add_column` do), and so does what it writes into rows.
- It stands by itself: it names its own columns, not the modules' tables, which go on changing.
- It is done within the deadline of a statement (database.py), with callers on the line: no long work on a large table.
- It gets the next number, and what was released is never changed.
"""

from typing import Final

import sqlalchemy as sa

from records.schema import Step, add_column, add_table


def _first_tables(connection: sa.Connection) -> None:
    # `calls` had a column `ended_on_purpose` then. Where it is, it stays; nothing reads it.
    add_table(
        connection,
        "stream_tokens",
        sa.Column("nonce", sa.String(128), primary_key=True),
        sa.Column("expires_at", sa.Double, nullable=False, index=True),
    )
    add_table(
        connection,
        "calls",
        sa.Column("call_id", sa.String(64), primary_key=True),
        sa.Column("snapshot", sa.Text),
        sa.Column("updated_at", sa.Double, nullable=False, index=True),
    )
    add_table(
        connection,
        "deliveries",
        sa.Column("call_id", sa.String(64), primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False, index=True),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False, index=True),
    )


def _calls_that_come_back(connection: sa.Connection) -> None:
    # A call from before has no phase: it counts as over (call_rows.py).
    for column in (
        sa.Column("phase", sa.String(16)),
        sa.Column("run", sa.Integer),
        sa.Column("resumes", sa.Integer),
        sa.Column("owner", sa.String(192), index=True),
        sa.Column("due_at", sa.Double, index=True),
    ):
        add_column(connection, "calls", column)


def _machines(connection: sa.Connection) -> None:
    add_table(
        connection,
        "machines",
        sa.Column("machine", sa.String(128), primary_key=True),
        sa.Column("owner", sa.String(192), nullable=False),
        sa.Column("draining", sa.Boolean, nullable=False),
        sa.Column("beat_at", sa.Double, nullable=False),
    )


def _callers(connection: sa.Connection) -> None:
    # A call from before has no number in its row: nobody remembers it.
    add_column(connection, "calls", sa.Column("caller", sa.String(32), index=True))
    add_column(connection, "calls", sa.Column("failed_proofs", sa.Integer))


def _messages(connection: sa.Connection) -> None:
    add_table(
        connection,
        "messages",
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
    )


def _incidents(connection: sa.Connection) -> None:
    add_table(
        connection,
        "incidents",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("since", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
    )


def _messages_for_a_while(connection: sa.Connection) -> None:
    # One from before has none: it is of use for ever.
    add_column(connection, "messages", sa.Column("useful_until", sa.Double))


def _postings(connection: sa.Connection) -> None:
    add_table(
        connection,
        "postings",
        sa.Column("call_id", sa.String(64), primary_key=True),
        sa.Column("poster", sa.String(192), nullable=False),
        sa.Column("until", sa.Double, nullable=False),
    )


def _how_long_machines_beat(connection: sa.Connection) -> None:
    # A machine from before has none: it begins with its next beat.
    add_column(connection, "machines", sa.Column("steady_since", sa.Double))


STEPS: Final = (
    Step(1, "Used tokens, calls and records are kept.", _first_tables),
    Step(2, "A call knows who runs it, how often it came back and when its record is due.", _calls_that_come_back),
    Step(3, "Machines tell that they live.", _machines),
    Step(4, "A call is found by its caller's number, and tells how many proofs of who calls have failed.", _callers),
    Step(5, "Messages to the owner are kept, with what became of each.", _messages),
    Step(6, "Machines tell each other what is wrong, and since when.", _incidents),
    Step(7, "A message tells until when it is of use.", _messages_for_a_while),
    Step(8, "A record that is being posted tells by whom, and for how long at most.", _postings),
    Step(9, "Machines tell since when their clock has gone on without a leap.", _how_long_machines_beat),
)
