"""The doctor's check of the database: whether it can be written, on a connection of its own that leaves nothing."""

from desk.checks import Check, Finding, Site, failed, ok
from records.database import Database, database_url
from records.errors import StoreError, kind_of

STATEMENT_SECONDS = 4.0


async def database(site: Site) -> Finding:
    """Whether a record could be written now."""
    told = Database(database_url(site.settings), statement_seconds=STATEMENT_SECONDS)
    where = "DATABASE_URL" if site.settings.database_url else "DATA_DIR"
    try:
        return ok("can be written" if await told.try_to_write() else "there is none yet: the first start makes it")
    except StoreError as error:
        advice = f"Is {where} right, the database up, and may the service change it? Calls go on without it meanwhile."
        return failed(f"cannot be written ({kind_of(error)})", advice)
    finally:
        await told.close()


CHECKS = (Check("database", "DATABASE_URL", database),)
