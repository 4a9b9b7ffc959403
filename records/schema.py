"""The schema's version: the numbered steps that a database has had, and at a start those that it lacks.

Guarantees that each step is done once, in a transaction of its own together with the line in `schema_version` that says
so and when; that machines which start at once take turns, each wait within the connection's own deadline; and that a
step which fails leaves the database as it was. A database from before there were numbers gets every step: a step leaves
alone what it finds done, so nothing is recognised by guessing, and nothing in it is lost. A database that a newer
version has been at is used as it is, with a warning, because every step keeps the older versions working
(schema_steps.py has that rule): a deploy replaces one machine after the other. Knows no table but its own.
Why it is ours and not a library's: docs/decisions/0014-numbered-steps-for-the-schema.md.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from records.errors import SchemaError

logger = logging.getLogger(__name__)

SCHEMA_LOCK = 0x70686F6E65  # Any number that nobody else locks. Versions without numbered steps lock it too.

# Never changed: every version has to be able to read it. Times are seconds since the epoch, as in all tables.
_versions = sa.Table(
    "schema_version",
    sa.MetaData(),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("changes", sa.Text, nullable=False),
    sa.Column("applied_at", sa.Double, nullable=False),
)


@dataclass(frozen=True)
class Step:
    """One change of the schema.

    Attributes:
        number: Its place, from 1 without a gap.
        changes: A sentence for operators.
        run: Does it within the connection's transaction; leaves alone what it finds done.
    """

    number: int
    changes: str
    run: Callable[[sa.Connection], None]


def bring_up_to_date(
    engine: sa.Engine, steps: Sequence[Step], wanted: sa.MetaData, now: Callable[[], datetime]
) -> None:
    """Does the steps that the database lacks.

    Args:
        engine: The database. Its statements have deadlines.
        steps: All steps, in their order.
        wanted: The tables that this version uses.
        now: The time, aware.

    Raises:
        SchemaError: a step failed, `schema_version` is broken, or a table is not as this version needs it.
        sqlalchemy.exc.SQLAlchemyError: the database cannot be used.
    """
    with engine.connect() as connection:
        applied, lacking = _applied(connection), _lacking(connection, wanted)
    if newer := sorted(applied - {step.number for step in steps}):
        logger.warning(
            "a newer version of the service has changed the database (steps %s); this one works with it as it is",
            ", ".join(map(str, newer)),
        )
    pending = [step for step in steps if step.number not in applied]
    again = bool(lacking) and not pending
    if again:  # A service that does not start answers nobody; what is lost is lost.
        logger.error("the database has lost %s: made anew, and empty", ", ".join(lacking))
    for step in steps if again else pending:
        _apply(engine, step, now, again=again)
    if pending or again:
        with engine.connect() as connection:
            lacking = _lacking(connection, wanted)
    if lacking:
        raise SchemaError(f"no step of the database makes {', '.join(lacking)}: this version of the service is broken")


def add_table(connection: sa.Connection, name: str, *columns: sa.Column[Any]) -> None:
    """A step's new table, with the indexes of its columns."""
    table = sa.Table(name, sa.MetaData(), *columns)
    connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
    _add_indexes(connection, table)


def add_column(connection: sa.Connection, name: str, column: sa.Column[Any]) -> None:
    """A step's new column of the table `name`, with its index.

    Raises:
        ValueError: older versions could not add rows any more: it neither allows NULL nor has a server_default.
    """
    if not column.nullable and column.server_default is None:
        raise ValueError(f"{name}.{column.name} has to allow NULL or have a server_default")
    table = sa.Table(name, sa.MetaData(), column)
    if column.name not in _columns(connection, name):
        definition = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
        quoted = connection.dialect.identifier_preparer.format_table(table)
        connection.exec_driver_sql(f"ALTER TABLE {quoted} ADD COLUMN {definition}")
    _add_indexes(connection, table)


def _add_indexes(connection: sa.Connection, table: sa.Table) -> None:
    for index in table.indexes:
        connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))


def _apply(engine: sa.Engine, step: Step, now: Callable[[], datetime], *, again: bool) -> None:
    """Does one step, and says so in the same transaction; nothing if another machine has come first."""
    try:
        with engine.begin() as connection:
            _take_turn(connection)
            applied = _applied(connection)
            if step.number in applied and not again:
                return
            step.run(connection)
            if step.number not in applied:
                connection.execute(sa.schema.CreateTable(_versions, if_not_exists=True))
                values = {"number": step.number, "changes": step.changes, "applied_at": now().timestamp()}
                connection.execute(_versions.insert().values(values))
    except SchemaError:
        raise
    except Exception as error:
        raise SchemaError(
            f'step {step.number} of the database ("{step.changes}") failed: {_why(error)}. It was undone: the database'
            " is as it was before, and the version of the service that has used it still can."
        ) from error
    logger.info("step %d of the database: %s", step.number, step.changes)


def _take_turn(connection: sa.Connection) -> None:
    """Begins a transaction that no other machine or process is in at the same time."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SCHEMA_LOCK)))
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # Python's driver begins none before DDL.


def _why(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {str(cause).partition(chr(10))[0]}"


def _applied(connection: sa.Connection) -> set[int]:
    """The numbers of the steps that the database has had."""
    if not (columns := _columns(connection, _versions.name)):
        return set()
    if not {column.name for column in _versions.columns} <= columns:
        raise _broken(f"it has the columns {', '.join(sorted(columns))}")
    numbers = list(connection.scalars(sa.select(_versions.c.number)))
    if not numbers or set(numbers) != set(range(1, len(numbers) + 1)):
        raise _broken(f"it has the steps {', '.join(sorted(map(str, numbers))) or 'none'}")
    return set(numbers)


def _broken(what: str) -> SchemaError:
    return SchemaError(
        f"the table {_versions.name} is broken: {what}, where every step from the first to the last should be. Restore"
        f" the database from a backup; or, if its other tables are whole, DROP TABLE {_versions.name} and start again:"
        " every step then finds out whether it was done."
    )


def _lacking(connection: sa.Connection, wanted: sa.MetaData) -> list[str]:
    """The tables, columns and primary keys of `wanted` that are not there."""
    lacking = []
    for table in wanted.sorted_tables:
        if columns := _columns(connection, table.name):
            lacking += [f"{table.name}.{column.name}" for column in table.columns if column.name not in columns]
            key = sa.inspect(connection).get_pk_constraint(table.name)["constrained_columns"]
            if set(key) != {column.name for column in table.primary_key}:
                lacking.append(f"the primary key of {table.name}")
        else:
            lacking.append(table.name)
    return lacking


def _columns(connection: sa.Connection, name: str) -> set[str]:
    """The names of a table's columns; none if there is no such table."""
    inspector = sa.inspect(connection)
    return {column["name"] for column in inspector.get_columns(name)} if inspector.has_table(name) else set()
