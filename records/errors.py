"""What goes wrong with the database, for those who know no database."""

from call.errors import AgentError


class StoreError(AgentError):
    """Raised when the database did not do what it was asked; says of what kind the failure is, and nothing of a row."""


class SchemaError(StoreError):
    """Raised when the tables cannot be brought to what this version needs; the message says what to do."""


def kind_of(error: BaseException) -> str:
    """What went wrong, for the log: the database's own word, else the name of the error; nothing of a row."""
    return str(error) if isinstance(error, StoreError) else type(error).__name__
