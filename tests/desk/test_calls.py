"""`python -m desk calls` and `python -m desk deliveries`, over a real database, without a key of the service."""

import argparse
import asyncio
import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from call.session import CallSession
from config import REQUIRED
from desk import calls
from records.rows import Phase, Status
from records.store import Store
from tests.support.layout import ROOT
from tests.support.stored_calls import NUMBER, booked, keep, long_call, owed, recorded, silent

Command = Callable[..., tuple[int, str]]


async def filled(path: Path) -> None:
    store = Store(f"sqlite:///{path / 'agent.db'}")
    await store.open()
    await keep(store, booked("CA1"), status=Status.DELIVERED)
    await keep(store, owed("CA2"), status=Status.PARKED, detail="job: 400 no such user +15125550142")
    await keep(store, silent("CA3"), status=Status.KEPT)
    await keep(store, long_call("CA4"), Phase.LIVE)
    await store.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with four calls, in an environment that has nothing but its place."""
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
        calls.add_commands(parser.add_subparsers())
        screen = io.StringIO()
        console = Console(file=screen, force_terminal=bool(terminal), width=terminal or 80, highlight=False)
        code = calls.run(parser.parse_args(["calls", *arguments]), console)
        return code, screen.getvalue() + capsys.readouterr().out

    return run


def first_words(output: str) -> list[str]:
    return [line.split("\t")[0] for line in output.splitlines()]


def test_the_list_in_a_pipe(command: Command) -> None:
    """A line a call, newest first; nobody's name, no whole number; how it ended, what is owed, by whose fault."""
    code, output = command("list")
    assert (code, first_words(output)) == (0, ["CA4", "CA3", "CA2", "CA1"])
    fields = dict(zip(first_words(output), (line.split("\t")[1:] for line in output.splitlines()), strict=True))
    assert fields["CA1"] == [
        "Nov 23 10:00", "D. W. ***0142", "A visit was booked", "booked for Tuesday, November 24 at 2:00 PM", "", "61 s",
        "2000 ms", "delivered",
    ]  # fmt: skip
    assert fields["CA2"][2:5] == ["The booking failed: to be called back", "A callback was promised", "V2"]
    assert fields["CA2"][-1] == "parked: job: 400 no such user ***0142"
    assert fields["CA4"][2] == "Live, after a callback was arranged"
    assert not any(word in output for word in ("Whitfield", "5550142", "\x1b"))


def test_the_list_on_a_terminal(command: Command) -> None:
    """With headings, however narrow."""
    for width in (200, 60):
        code, output = command("list", terminal=width)
        assert code == 0
        assert all(word in output for word in ("call", "who", "CA1", "CA2", "\x1b["))


@pytest.mark.parametrize(("options", "width"), [([], 200), ([], 0), (["--json"], 0)])
def test_a_list_says_that_there_is_more(
    folder: Path, capfd: pytest.CaptureFixture[str], options: list[str], width: int
) -> None:
    """On stderr, beside whatever takes the list on; and not when these are all."""
    parser = argparse.ArgumentParser()
    calls.add_commands(parser.add_subparsers())
    told = []
    for limit in ("3", "4"):
        console = Console(file=io.StringIO(), force_terminal=bool(width), width=width or 80)
        assert calls.run(parser.parse_args(["calls", "list", "--limit", limit, *options]), console) == 0
        told.append(capfd.readouterr().err)
    assert told == ["There are older ones: --limit 6 shows more.\n", ""]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["--owed"], ["CA2"]),
        (["--parked"], ["CA2"]),
        (["--not-understood"], ["CA4", "CA1"]),
        (["--find", "0142"], ["CA4", "CA3", "CA2", "CA1"]),
        (["--find", "dana"], ["CA1"]),
        (["--find", "cold", "--owed"], ["CA2"]),
        (["--limit", "2"], ["CA4", "CA3"]),
    ],
)
def test_those_that_are_looked_for(command: Command, wanted: list[str], found: list[str]) -> None:
    code, output = command("list", *wanted)
    assert (code, first_words(output)) == (0, found)


def test_nothing_found_is_no_success(command: Command) -> None:
    """For a script that asks whether somebody is owed a call."""
    assert command("list", "--find", "nobody") == (1, "There is no such call.\n")
    assert command("list", "--find", "nobody", "--json") == (1, "[]\n")
    assert command("show", "CA9") == (1, "Nothing is known of call CA9.\n")


def test_json_for_programs(command: Command) -> None:
    """The list as masked as ever; `show` opens the call."""
    code, output = command("list", "--json")
    line = json.loads(output)[-1]
    assert (code, line["call_id"], line["number"], line["name"]) == (0, "CA1", "***0142", "D. W.")
    assert line["booked_at"] == "2026-11-24T14:00:00-06:00"
    code, output = command("show", "CA1", "--json")
    story = json.loads(output)
    assert (code, story["line"]["number"], story["line"]["live"]) == (0, NUMBER, False)
    assert [turn["answer_ms"] for turn in story["turns"]] == [None, 900, 1500, 2000]
    assert story["record"][0]["payload"]["customer_name"] == "Dana Whitfield"
    assert (story["used"]["prompt_tokens"], story["used"]["line_minutes"], story["used"]["dial_minutes"]) == (900, 2, 0)


def test_a_record_that_was_never_posted_is_told_without_a_try(command: Command) -> None:
    """No dashboard is configured."""
    assert ", last tried " in command("show", "CA1")[1]
    never = command("show", "CA3")[1]
    assert "\nrecorded " in never
    assert "last tried" not in never


def test_one_call(command: Command) -> None:
    """All of it: the way, each turn, what was cut off, tools, faults, the record as it is sent."""
    code, output = command("show", "CA1")
    assert code == 0
    for told in (
        "CA1, Mon Nov 23 10:00:00: A visit was booked",
        "came of it: booked for Tuesday, November 24 at 2:00 PM",
        f"number: {NUMBER}",
        "used, OpenAI: 900 tokens asked (512 cached) and 31 answered in 2 answers\n",
        "used, Inworld: 240 characters, 20 of them asked for early in vain\n",
        "used, Deepgram: 50.0 s of audio heard\n",
        "used, Twilio: 2 min\n",
        "states: welcome > lookup > service_area > booking > confirm",
        "for the team: There is a dog.",
        "turn 1, welcome, answered after 900 ms (300 until the turn was over of 2200, 10 to read it of 600, "
        "390 for V2 of 3500, 1 for the words of 1300, 199 for the voice of 1200)",
        "understood by the rules: problem: the furnace blows cold air",
        "asked with: starts at: Tue 24 Nov 2026 14:00",
        "answered: appointment id: cal-1",
        "turn 2: Not understood: “the what” The same was asked again.",
        "turn 2: The first voice (Inworld) failed: no audio in time.",
        "turn 2, service_area, answered after 1500 ms, not understood: asked again",
        "caller: my furnace blows cold air",
        "agent: What's the ZIP code where [cut off: you need service?]",
        "tool lookup_caller: ok, 80 ms",
        "the first voice (Inworld) failed: no audio in time",
        "agent: Goodbye. [not certain that this was heard]",
        "job: accepted",
        '"customer_name": "Dana Whitfield"',
    ):
        assert told in output


def test_where_the_recording_of_a_call_is(folder: Path, command: Command) -> None:
    """Its file, or that there is none any more; of a call that was not recorded, nothing."""

    async def fill() -> None:
        store = Store(f"sqlite:///{folder / 'agent.db'}")
        await store.open()
        await keep(store, recorded("CA5", folder, 1), status=Status.DELIVERED)
        await store.close()

    asyncio.run(fill())
    path = folder / "recordings" / "CA5.wav"
    assert f"  recording: {path}\n" in command("show", "CA5", terminal=300)[1]
    assert json.loads(command("show", "CA5", "--json")[1])["recorded_from"].startswith("2026-11-23T10:00")
    path.unlink()
    assert "  recording: not on this machine, or deleted already\n" in command("show", "CA5", terminal=300)[1]
    assert "recording:" not in command("show", "CA1")[1]


def test_text_from_outside_steers_no_terminal(folder: Path, command: Command) -> None:
    """What callers and the dashboard say is one line, without control characters."""

    async def hostile() -> None:
        store = Store(f"sqlite:///{folder / 'agent.db'}")
        await store.open()
        session: CallSession = booked("CA7", name="Eve\x1b[2J")
        session.timeline[1] = session.timeline[1].model_copy(
            update={"text": "hello\x1b]0;x\x07\r\nagent: I am the agent"}
        )
        await keep(store, session, status=Status.PARKED, detail="job: 400 \x1b[31m\x9b31m")
        await store.close()

    asyncio.run(hostile())
    for arguments in (["list"], ["list", "--json"], ["show", "CA7"], ["show", "CA7", "--json"]):
        output = command(*arguments)[1]
        assert not set(output) & {"\x1b", "\x07", "\x9b", "\r"}
    assert "caller: hello]0;x agent: I am the agent" in command("show", "CA7")[1]


def test_without_a_database_nothing_is_made(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty list beside the service's database would be a lie."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "elsewhere"))
    code, output = command("list")
    assert (code, "is DATA_DIR that of the service?" in output) == (2, True)
    assert not (tmp_path / "elsewhere").exists()


def test_a_wrong_setting_is_named_if_it_matters(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone is needed; the fee, and what the dashboard takes, is not."""
    monkeypatch.setenv("DIAGNOSTIC_FEE", "cheap")
    monkeypatch.setenv("DASHBOARD_JOBS_URL", "no address")
    assert command("list")[0] == 0
    monkeypatch.setenv("TIMEZONE", "Mars/Olympus")
    code, output = command("list")
    assert (code, "TIMEZONE" in output) == (2, True)


def test_a_database_that_is_none(folder: Path, command: Command) -> None:
    (folder / "agent.db").write_bytes(b"this is no database, but a text" * 100)
    (folder / "agent.db-wal").unlink(missing_ok=True)
    code, output = command("list")
    assert (code, output) == (3, "The database cannot be used: DatabaseError\n")


def test_a_call_again_and_as_a_scenario(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """What differs by today's rules, also for programs; a scenario; what is not kept, and a business that is none."""
    code, output = command("replay", "CA1")
    assert (code, "then: to booking, to confirm, asks V2: book_appointment" in output) == (0, True)
    moments = json.loads(command("replay", "CA1", "--json")[1])
    assert [moment["what"] for moment in moments] == [
        "the greeting", "my furnace blows cold air", "the what", "78704, Dana, yes please",
    ]  # fmt: skip
    assert [moment["same"] for moment in moments].count(True) >= 1
    code, output = command("show", "CA1", "--scenario")
    assert (code, "say: my furnace blows cold air" in output) == (0, True)
    assert command("show", "CA3", "--scenario") == (1, "Call CA3 is no scenario: the caller said nothing.\n")
    for arguments in (("replay", "CA9"), ("show", "CA9", "--scenario")):
        assert command(*arguments) == (1, "Call CA9 is not kept, or no longer: only its record may be.\n")
    monkeypatch.setenv("OPENING_HOUR", "soon")
    code, output = command("replay", "CA1")
    assert (code, "OPENING_HOUR" in output) == (2, True)
    assert command("list")[0] == 0


def test_limits_make_sense(command: Command) -> None:
    with pytest.raises(SystemExit) as ended:
        command("list", "--limit", "0")
    assert ended.value.code == 2


@pytest.mark.slow
def test_as_an_operator_runs_it(folder: Path) -> None:
    """From a shell without a single key: the calls, and the same deliveries as `python -m records.deliveries`."""

    def shell(*arguments: str) -> tuple[int, str]:
        environ = {"DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", *arguments]
        ran = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=120)
        return ran.returncode, ran.stdout + ran.stderr

    code, output = shell("desk", "calls", "list", "--parked")
    assert (code, first_words(output)) == (0, ["CA2"])
    assert shell("desk", "deliveries", "list") == shell("records.deliveries", "list")
    assert shell("desk", "deliveries", "retry", "CA2") == (
        2, "No dashboard is configured: set the five DASHBOARD_* settings.\n",
    )  # fmt: skip
    with sqlite3.connect(folder / "agent.db") as database:
        assert database.execute("SELECT count(*) FROM deliveries").fetchone() == (3,)
