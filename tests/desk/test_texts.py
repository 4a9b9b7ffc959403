"""`python -m desk texts`, over a real database, without a key of the service."""

import argparse
import asyncio
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from config import REQUIRED
from desk import texts
from records.rows import Sending
from records.store import Store
from tests.support.layout import ROOT

Command = Callable[..., tuple[int, str]]

CALLER, OWNER = "+15125550142", "+15125550177"
SECRET = "1204 Barton Springs Road"
HOUR = timedelta(hours=1)


def store_in(folder: Path) -> Store:
    return Store(f"sqlite:///{folder / 'agent.db'}")


async def filled(folder: Path) -> None:
    """One that waits for the morning, one parked, one that is of no use any more, one sent."""
    store = store_in(folder)
    await store.open()
    now = datetime.now(UTC)
    await store.messages.add("CA1:caller", CALLER, SECRET, due_at=now + 8 * HOUR, useful_until=now + 20 * HOUR)
    for message_id, recipient, status, until in (
        ("CA2:owner", OWNER, Sending.PARKED, None),
        ("CA3:caller", CALLER, Sending.PARKED, now - HOUR),
        ("CA4:caller", CALLER, Sending.SENT, None),
    ):
        await store.messages.add(message_id, recipient, SECRET, due_at=now - 2 * HOUR, useful_until=until)
        row = await store.messages.find(message_id)
        assert row
        await store.messages.claim(row, "m0", now, now)
        await store.messages.settle(row, status, detail=f"400 21211 {recipient}")
    await store.close()


async def read(folder: Path, message_id: str) -> tuple[Sending, bool]:
    """Where a text stands, and whether it is due now."""
    store = store_in(folder)
    await store.open()
    row = await store.messages.find(message_id)
    await store.close()
    assert row
    return row.status, row.due_at is not None and row.due_at <= datetime.now(UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with texts, in an environment that has nothing but its place."""
    for name in REQUIRED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TIMEZONE", "America/Chicago")
    asyncio.run(filled(tmp_path))
    return tmp_path


@pytest.fixture
def command(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Exit code and output of the command in a pipe, or on a terminal so wide."""

    def run(*arguments: str, terminal: int = 0) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        texts.add_commands(parser.add_subparsers())
        screen = io.StringIO()
        console = Console(file=screen, force_terminal=bool(terminal), width=terminal or 80, highlight=False)
        code = texts.run(parser.parse_args(["texts", *arguments]), console)
        return code, screen.getvalue() + capsys.readouterr().out

    return run


def test_the_list_in_a_pipe(command: Command) -> None:
    """What waits and what is parked, a line each; to whom by last digits, when, why; neither number nor words."""
    code, output = command("list")
    assert code == 0
    assert [line.split("\t")[0] for line in output.splitlines()] == ["CA1:caller", "CA2:owner", "CA3:caller"]
    waiting, parked = (line.split("\t") for line in output.splitlines()[:2])
    assert (waiting[1], waiting[3]) == ("caller ***0142", "waiting")
    assert waiting[4]  # When it is next looked at
    assert (parked[1], parked[3], parked[4], parked[5]) == ("owner ***0177", "parked", "", "400 21211 ***0177")
    assert SECRET not in output
    assert CALLER not in output


def test_the_list_on_a_terminal_and_for_programs(command: Command) -> None:
    """The same; with what was sent as well if that is asked for."""
    assert "CA2:owner" in command("list", terminal=200)[1]
    code, output = command("list", "--all", "--json")
    told = json.loads(output)
    assert code == 0
    assert [(one["text"], one["status"]) for one in told][-1] == ("CA4:caller", "sent")
    assert told[0]["next"] is not None


def test_one_that_is_sent_again_is_due_for_the_service(command: Command, folder: Path) -> None:
    """Nothing is sent from here."""
    code, output = command("resend", "CA2:owner")
    assert (code, output.strip()) == (0, "CA2:owner: is due now")
    assert asyncio.run(read(folder, "CA2:owner")) == (Sending.WAITING, True)


def test_one_that_is_dropped_is_sent_by_nobody(command: Command, folder: Path) -> None:
    """One that waits for the morning as well."""
    assert command("drop", "CA1:caller", "CA3:caller")[0] == 0
    assert asyncio.run(read(folder, "CA1:caller")) == (Sending.DROPPED, False)
    assert command("drop", "CA1:caller") == (1, "CA1:caller: it is dropped already\n")


def test_what_was_dropped_is_not_said_to_be_sent(command: Command) -> None:
    """An empty list tells how many were taken out."""
    assert command("drop", "CA1:caller", "CA2:owner", "CA3:caller")[0] == 0
    assert command("list") == (0, "No text waits or is parked. Dropped: 3 (--all).\n")


def test_what_cannot_be_done_is_said(command: Command, folder: Path) -> None:
    """Exit code 1; what can be done is done all the same."""
    code, output = command("resend", "CA3:caller", "CA4:caller", "CA9:caller", "CA2:owner", "--json")
    assert code == 1
    assert [(one["text"], one["done"], one["why"]) for one in json.loads(output)] == [
        ("CA3:caller", False, "it would come too late"),
        ("CA4:caller", False, "it is sent already"),
        ("CA9:caller", False, "there is no such text"),
        ("CA2:owner", True, ""),
    ]
    assert asyncio.run(read(folder, "CA2:owner")) == (Sending.WAITING, True)


def test_all_that_is_parked(command: Command, folder: Path) -> None:
    """What waits for its time is left to it."""
    assert command("drop", "--all")[0] == 0
    assert asyncio.run(read(folder, "CA1:caller"))[0] is Sending.WAITING
    assert command("drop", "--all") == (0, "No text is parked.\n")


def test_what_makes_no_sense(command: Command) -> None:
    """Neither nothing nor both."""
    assert command("resend")[0] == command("drop", "CA1:caller", "--all")[0] == 2


def test_without_a_database(command: Command, folder: Path) -> None:
    """None is made."""
    (folder / "agent.db").unlink()
    assert command("list")[0] == 2
    assert not (folder / "agent.db").exists()


def test_it_is_one_of_the_desks_commands(folder: Path) -> None:
    """With its exit codes, and none of the service's keys."""
    environ = {"DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}

    def desk(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "desk", "texts", *arguments]
        return subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=120
        )

    listed = desk("list", "--json")
    assert (listed.returncode, len(json.loads(listed.stdout)), listed.stderr) == (0, 3, "")
    assert desk("drop", "CA9:caller").returncode == 1
    assert desk("resend").returncode == 2
