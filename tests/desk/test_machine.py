"""What the doctor knows of this machine without asking anybody, and what a start says of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import Settings, load
from desk import machine, phone
from desk.checks import State

NOBODY = "http://127.0.0.1:9"
NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
WARNING = State.WARNING


def _local(**changes: str) -> Settings:
    required = dict.fromkeys(("OPENAI_API_KEY", "DEEPGRAM_API_KEY", "INWORLD_API_KEY"), "key-of-the-tests")
    twilio = {"TWILIO_ACCOUNT_SID": "AC" + "51" * 16, "TWILIO_AUTH_TOKEN": "token-of-the-tests"}
    return load(required | twilio | {"V2_BACKEND_URL": NOBODY} | changes)


@pytest.mark.parametrize(("days", "state"), [(-1, State.FAILED), (3, WARNING), (60, State.OK)])
def test_the_end_of_a_certificate_is_told_before_it_comes(days: int, state: State) -> None:
    """Two weeks ahead."""
    ends = f"{NOW + timedelta(days=days):%b %d %H:%M:%S %Y} GMT"
    assert phone.certificate_found({"notAfter": ends}, NOW, "Renew it.").state is state


READY = [
    (200, {"status": "ready"}, State.OK, "takes calls"),
    (200, {"status": "ready", "without": ["dashboard"]}, WARNING, "takes calls, without dashboard"),
    (200, {"status": "full"}, WARNING, "full"),
    (200, {"status": "full", "without": ["dashboard"]}, WARNING, "full, and without dashboard"),
    (503, {"status": "draining", "without": ["dashboard"]}, WARNING, "draining, and without dashboard"),
    (503, {"status": "late", "without": ["model"]}, WARNING, "late, and without model"),
    (200, {"status": "draining"}, WARNING, "draining"),
    (200, {"status": "late"}, WARNING, "late"),
    (200, {"without": ["dashboard"]}, State.FAILED, "answers 200"),
    (503, {"status": "ready"}, State.FAILED, "answers 503"),
    (502, {}, State.FAILED, "answers 502"),
]


@pytest.mark.parametrize(("code", "told", "state", "says"), READY)
def test_whether_it_takes_calls_is_told_as_it_says(code: int, told: dict[str, object], state: State, says: str) -> None:
    """What it lacks comes behind that: who is full, late or ending takes no call for being well."""
    found = phone.ready_found(code, told)
    assert (found.state, found.cause.endswith(says)) == (state, True), found
    assert found.cause.startswith("takes no new calls: ") == (told.get("status") in ("full", "draining", "late"))


FREE = [(5_000_000_000, State.OK), (90_000_000, WARNING), (1_000_000, State.FAILED)]


@pytest.mark.parametrize(("free", "state"), FREE)
def test_a_disk_that_is_nearly_full_is_told(free: int, state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before nothing can be written any more."""
    usage: Callable[[str], object] = lambda _: type("Usage", (), {"free": free})  # noqa: E731
    monkeypatch.setattr("desk.machine.shutil.disk_usage", usage)
    assert machine.disk_space(_local(), NOW).state is state


def test_what_this_machine_lacks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The zone of the business, and a clock that was never set."""
    nowhere = _local().model_copy(update={"timezone": "Mars/Olympus"})
    assert machine.time_zones(nowhere, NOW).state is State.FAILED
    assert machine.clock_set(_local(), datetime(1970, 1, 2, tzinfo=UTC)).state is State.FAILED
    monkeypatch.setattr("desk.machine.resource.getrlimit", lambda _: (256, 256))
    few = machine.open_files(_local(MAX_CALLS="100"), NOW)
    assert (few.state, "calls need about" in few.cause, "MAX_CALLS" in few.advice) == (WARNING, True, True)


def test_a_deadline_that_ruins_every_call_is_told() -> None:
    """The doctor reads the settings as a start does: the link is no better for being set."""
    all_set = {name.upper(): "http://127.0.0.1:1" for name in machine.WITHOUT if name.endswith("_url")}
    keys = {"V2_API_KEY": "key", "DASHBOARD_WEBHOOK_SECRET": "key", "DASHBOARD_USER_EMAIL": "owner@ace.example"}
    all_set = {name: f"{value}/{name}" for name, value in all_set.items()} | keys
    assert machine.settings_complete(_local(**all_set), NOW).state is State.OK
    found = machine.settings_complete(_local(**all_set, TTS_STALL_SECONDS="500"), NOW)
    assert (found.state, found.advice) == (WARNING, "Correct TTS_STALL_SECONDS.")
    assert "(500) is so long that callers hear nothing" in found.cause


def test_a_start_tells_what_is_not_well_and_only_that(tmp_path: Path) -> None:
    """In a line each; what is not set, the start names by itself."""
    well = _local(DATA_DIR=str(tmp_path), PUBLIC_URL="https://ace.example")
    assert list(machine.not_well(well, NOW)) == []
    ill = _local(DATA_DIR="/dev/null/data", PUBLIC_URL="http://127.0.0.1:8765")
    told = list(machine.not_well(ill, NOW))
    assert [line.partition(":")[0] for line in told] == ["address", "data folder"]
