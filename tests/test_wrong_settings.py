"""Every wrong setting of wrong_settings.yaml is said in one line, by a process of its own."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import EXIT_CONFIG, Settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "wrong_settings.yaml").read_text())
THROUGH_THE_BOT = ("SERVICE_AREA_ZIP_PREFIXES", "FALLBACK_NUMBER", "PUBLIC_URL", "DRAIN_SECONDS", "TWILIO_ACCOUNT_SID")
RIGHT = {
    "OPENAI_API_KEY": "openai-key-of-the-tests",
    "DEEPGRAM_API_KEY": "deepgram-key-of-the-tests",
    "INWORLD_API_KEY": "inworld-key-of-the-tests",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TWILIO_AUTH_TOKEN": "twilio-token-of-the-tests",
    "V2_BACKEND_URL": "https://v2.example.com",
    "V2_API_KEY": "v2-key-of-the-tests",
    "DASHBOARD_JOBS_URL": "https://d.example.com/api/webhook/jobs",
    "DASHBOARD_CALLS_URL": "https://d.example.com/api/webhook/calls",
    "DASHBOARD_ALERTS_URL": "https://d.example.com/api/webhook/emergency-alerts",
    "DASHBOARD_WEBHOOK_SECRET": "dashboard-secret-of-the-tests",
    "DASHBOARD_USER_EMAIL": "owner@example.com",
    "INWORLD_VOICE_ID": "Ashley",
    "DEEPGRAM_TTS_VOICE": "aura-2-helena-en",
    "PUBLIC_URL": "https://ace.example.com",
}


def title(case: dict[str, Any]) -> str:
    return ",".join(f"{name}={value!r}" for name, value in case["set"].items())


def right(case: dict[str, Any]) -> dict[str, str]:
    """The environment of a case; one at Fly has the address that Fly gives it."""
    at_fly = {"PUBLIC_URL": ""} if set(case["set"]) & {"FLY_APP_NAME", "FLY_MACHINE_ID"} else {}
    wrong: dict[str, str] = case["set"]
    return RIGHT | at_fly | wrong


def run(arguments: list[str], environ: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)} | environ,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> list[subprocess.CompletedProcess[str]]:
    """`python -m config --check` of every case, as many at once as there are cores."""
    folder = tmp_path_factory.mktemp("checked")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda case: run(["-m", "config", "--check"], right(case), folder), CASES))


def complaint(case: dict[str, Any], ran: subprocess.CompletedProcess[str]) -> str:
    """What is wrong with what the process said; empty if nothing is."""
    kind = "error" if "error" in case else "warning"
    words = case[kind]
    level, code = ("CRITICAL: ", EXIT_CONFIG) if kind == "error" else ("WARNING: ", 0)
    found = [line for line in ran.stderr.splitlines() if line.startswith(f"{level}{words[0]} ")]
    others = [line for line in ran.stderr.splitlines() if line not in found and "The service cannot start" not in line]
    if ran.returncode == code and len(found) == 1 and all(word in found[0] for word in words) and not others:
        return ""
    return f"{title(case)}: exit code {ran.returncode}\n{ran.stderr}"


def test_each_wrong_setting_is_said_in_one_line(checked: list[subprocess.CompletedProcess[str]]) -> None:
    """At least 60: exit code 78 and the line that says what to do, or a warning; nothing else is said."""
    assert len(CASES) >= 60
    assert "\n".join(filter(None, map(complaint, CASES, checked))) == ""


def test_no_wrong_secret_is_repeated(checked: list[subprocess.CompletedProcess[str]]) -> None:
    """Neither the wrong value of a secret nor a right one stands in any output."""
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    known = {value for name, value in RIGHT.items() if name.lower() in secret}
    assert len(known) >= 6
    for case, ran in zip(CASES, checked, strict=True):
        own = {value for name, value in case["set"].items() if name.lower() in secret and value}
        assert [value for value in known | own if value in ran.stdout + ran.stderr] == [], title(case)


def test_what_is_right_is_called_so(tmp_path: Path) -> None:
    """Nothing is said of the environment that the cases start from."""
    ran = run(["-m", "config", "--check"], RIGHT, tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "The settings are right.\n", "")


def test_a_file_is_checked_alone(tmp_path: Path) -> None:
    """`--check FILE`: what the environment says does not count."""
    (tmp_path / "ace.env").write_text("".join(f'{k}="{v}"\n' for k, v in (RIGHT | {"PORT": "http"}).items()))
    ran = run(["-m", "config", "--check", "ace.env"], {"PORT": "8765"}, tmp_path)
    assert ran.returncode == EXIT_CONFIG
    assert "PORT is no whole number" in ran.stderr
    assert run(["-m", "config", "--check", "none.env"], {}, tmp_path).returncode == 2


@pytest.mark.parametrize("name", THROUGH_THE_BOT)
def test_the_bot_says_the_same(name: str, tmp_path: Path) -> None:
    """`python bot.py` ends with 78 and the same line, before anything else is opened."""
    case = next(case for case in CASES if "error" in case and case["error"][0] == name)
    (tmp_path / "bot.py").write_text((ROOT / "bot.py").read_text())
    ran = run(["bot.py"], right(case), tmp_path)
    line = next(line for line in ran.stderr.splitlines() if f"| CRITICAL | config | {name} " in line)
    assert (ran.returncode, [word for word in case["error"] if word not in line]) == (EXIT_CONFIG, [])
    assert not (tmp_path / "data").exists()


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    """What is missing, what is wrong by itself and what contradicts another: one message, a line for each."""
    wrong = {"PORT": "http", "OPENING_HOUR": "18", "CLOSING_HOUR": "9", "FALLBACK_NUMBER": "call me"}
    ran = run(["-m", "config", "--check"], RIGHT | wrong | {"OPENAI_API_KEY": " "}, tmp_path)
    first, *lines = ran.stderr.splitlines()
    assert first.endswith("missing: OPENAI_API_KEY; wrong: PORT, FALLBACK_NUMBER, OPENING_HOUR. See .env.example."), (
        ran.stderr
    )
    assert [line.split()[1] for line in lines] == ["PORT", "FALLBACK_NUMBER", "OPENING_HOUR"]
