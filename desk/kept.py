"""What the desk's commands on the service's database have in common: how it is opened, and what its failing comes to.

They work beside the running service and without it, and need none of its keys.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable

from rich.console import Console

import logs
from config import ConfigError, Settings, load_some, secret_values
from desk.terminal import say
from records.deliveries import UnusableError, check_database
from records.errors import SchemaError, StoreError, kind_of
from records.store import Store, database_url

DONE, NONE_FOUND, UNUSABLE, NO_DATABASE = 0, 1, 2, 3


def on_the_database(needed: Iterable[str], console: Console, work: Callable[[Store, Settings], Awaitable[int]]) -> int:
    """Does the work; returns its exit code, or the one of what is in the way, which is said. `needed`: settings."""

    async def run(settings: Settings) -> int:
        store = Store(database_url(settings))
        await store.open()
        try:
            return await work(store, settings)
        finally:
            await store.close()

    try:
        settings = load_some(os.environ, needed)
        logs.hide_secrets(secret_values(settings))
        check_database(settings)
        return asyncio.run(run(settings))
    except (ConfigError, UnusableError) as error:
        say(console, str(error), "red")
        return UNUSABLE
    except SchemaError as error:
        say(console, str(error), "red")
        return NO_DATABASE
    except (StoreError, OSError) as error:
        say(console, f"The database cannot be used: {kind_of(error)}", "red")
        return NO_DATABASE


__all__ = ["DONE", "NONE_FOUND", "NO_DATABASE", "UNUSABLE", "on_the_database"]
