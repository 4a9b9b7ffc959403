"""`make call ENV=.env`: one's own business is heard in a simulated call, and no key of the file is used or kept."""

import subprocess
import sys
from pathlib import Path

import pytest

from call.business import OF_THE_BUSINESS
from simulator.__main__ import UNUSABLE, main
from simulator.own_business import business_in, calling_it
from simulator.scenarios.scenario import load

ROOT = Path(__file__).parent.parent.parent
KEYS = {
    "OPENAI_API_KEY": "sk-a-real-key",
    "TWILIO_AUTH_TOKEN": "a-real-token",
    "V2_BACKEND_URL": "https://v2.real.example.com",
    "FALLBACK_NUMBER": "+15125550177",
    "DATABASE_URL": "postgres://u:a-real-password@db.real.example.com/x",
}
OWN = {
    "BUSINESS_NAME": "Lone Star Air",
    "BUSINESS_CITY": "Denver",
    "SERVICE_AREA_ZIP_PREFIXES": "802, 803",
    "DIAGNOSTIC_FEE": "120",
    "FEE_IS_CREDITED": "false",
    "TECHNICIAN_CALLS_AHEAD_MINUTES": "45",
}


def written(folder: Path, values: dict[str, str]) -> Path:
    path = folder / "own.env"
    path.write_text("".join(f'{name}="{value}"\n' for name, value in values.items()))
    return path


def test_only_what_is_of_the_business_is_read(tmp_path: Path) -> None:
    """No key, no number, no address of the file; what is blank is the default."""
    assert business_in(written(tmp_path, KEYS | OWN | {"OPEN_DAYS": " "})) == OWN
    assert not {name for name in OF_THE_BUSINESS if name.endswith(("KEY", "TOKEN", "URL", "NUMBER", "SECRET", "SID"))}


def test_the_call_is_in_the_zone_of_the_calendar(tmp_path: Path) -> None:
    """What a scenario expects of a visit holds for a business anywhere; its zone is looked at all the same."""
    assert business_in(written(tmp_path, OWN | {"TIMEZONE": "America/New_York"})) == OWN
    with pytest.raises(ValueError, match="TIMEZONE is not a known time zone"):
        business_in(written(tmp_path, OWN | {"TIMEZONE": "Texas/Austin"}))


def test_what_is_wrong_of_the_business_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each setting; the command cannot be carried out, and no key is repeated."""
    path = written(tmp_path, KEYS | {"SERVICE_AREA_ZIP_PREFIXES": "abc", "DIAGNOSTIC_FEE": "$89"})
    assert main(["--env", str(path), "--fast"]) == UNUSABLE
    said = "".join(capsys.readouterr())
    assert "SERVICE_AREA_ZIP_PREFIXES has 'abc'" in said
    assert "DIAGNOSTIC_FEE is no whole number" in said
    assert [value for value in KEYS.values() if value in said] == []


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And 'all' scenarios are for the business that they were written for."""
    assert main(["--env", str(tmp_path / "none.env")]) == UNUSABLE
    assert "there is no file" in "".join(capsys.readouterr())
    assert main(["--env", str(tmp_path / "none.env"), "--scenario", "all"]) == UNUSABLE


def test_the_caller_lives_where_the_business_comes_to() -> None:
    """A ZIP code that is served stays, and so does one that is outside of every area."""
    booking, outside = load("booking"), load("out_of_area")
    assert calling_it(booking, {}) == booking
    moved = calling_it(booking, OWN)
    assert moved.persona.facts["zip"] == "8 0 2 0 4"
    assert "120" in moved.expect.heard
    assert calling_it(booking, {"SERVICE_AREA_ZIP_PREFIXES": "78704"}) == booking
    assert calling_it(outside, OWN).persona == outside.persona


@pytest.mark.calls
def test_ones_own_business_is_heard(tmp_path: Path) -> None:
    """Name, fee, call ahead and area of the file, in a call that books; no key of it is in anything that is kept."""
    command = [
        sys.executable,
        "-m",
        "simulator",
        "--fast",
        "--env",
        str(written(tmp_path, KEYS | OWN | {"TIMEZONE": "America/New_York"})),
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for words in ("Lone Star Air", "120 dollars", "forty-five minutes ahead", "8 0 2 0 4"):
        assert words in ran.stdout
    assert "89 dollars" not in ran.stdout
    (folder,) = (Path(line.split(": ")[1]).parent for line in ran.stdout.splitlines() if line.startswith("recording: "))
    kept = b"".join(path.read_bytes() for path in (ROOT / folder).rglob("*") if path.is_file())
    assert [value for value in KEYS.values() if value.encode() in kept or value in ran.stdout + ran.stderr] == []
