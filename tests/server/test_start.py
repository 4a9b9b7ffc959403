"""The start of the real service: one screen, or one line that says what to do; Ctrl-C ends it without a traceback."""

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.image import left_out
from bench.start import modules_at_ready
from config import EXIT_CONFIG, load
from server import start
from simulator.rig.bot_process import free_port
from tests.support.layout import PACKAGES
from tests.support.mute_postgres import mute_postgres

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
NOWHERE = {
    "DEEPGRAM_BASE_URL": "ws://127.0.0.1:9",
    "DEEPGRAM_TTS_BASE_URL": "http://127.0.0.1:9",
    "INWORLD_BASE_URL": "http://127.0.0.1:9",
    "OPENAI_BASE_URL": "http://127.0.0.1:9",
    "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
    "HOST": "127.0.0.1",
}


@contextmanager
def bot(environ: dict[str, str], folder: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """`python bot.py` in a folder of its own; killed if it is still there."""
    shutil.copy(ROOT / "bot.py", folder)
    known = {"PYTHONPATH": str(ROOT), "PORT": str(free_port()), "DATA_DIR": str(folder / "data")}
    process = subprocess.Popen(
        [sys.executable, "bot.py"],
        cwd=folder,
        env=known | environ | NOWHERE | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(environ: dict[str, str], folder: Path, **settings: str) -> tuple[int, list[str], str]:
    """The exit code of a start that fails, its critical lines, and all that it wrote."""
    with bot(environ, folder, **settings) as process:
        _, err = process.communicate(timeout=120)
    return process.returncode, [line for line in err.splitlines() if " | CRITICAL | " in line], err


def test_a_folder_that_cannot_be_written(environ: dict[str, str], tmp_path: Path) -> None:
    """One line names DATA_DIR and what to do; exit code 78; it never said that it was ready."""
    (tmp_path / "file").write_text("")
    code, lines, err = ended(environ, tmp_path, DATA_DIR=str(tmp_path / "file" / "data"))
    assert (code, len(lines)) == (EXIT_CONFIG, 1)
    assert "DATA_DIR" in lines[0]
    assert "Not a directory; name a folder" in lines[0]
    assert len(lines[0]) < 300
    assert "Traceback" not in err
    assert "ready on port" not in err


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "make room there"),
        (errno.EDQUOT, "make room there"),
        (errno.EEXIST, "name a folder"),
        (errno.EROFS, "on a disk that can be written"),
        (errno.EACCES, "give that folder to the user"),
    ],
)
def test_what_to_do_about_a_folder_fits_what_is_wrong_with_it(number: int, told: str) -> None:
    """A disk that is full is no matter of who owns the folder."""
    assert told in start.about_a_folder(OSError(number, os.strerror(number)))


@pytest.mark.parametrize(
    ("wrong", "levels"),
    [
        ({"PORT": "many"}, {"CRITICAL"}),
        ({"HOST": "192.0.2.1", "LOG_LEVEL": "loud"}, {"WARNING", "CRITICAL"}),
        ({"DATA_DIR": "/dev/null/data"}, {"INFO", "WARNING", "CRITICAL"}),
    ],
)
def test_a_start_that_fails_says_so_in_the_format_of_the_log(
    environ: dict[str, str], tmp_path: Path, wrong: dict[str, str], levels: set[str]
) -> None:
    """LOG_FORMAT=json, here out of .env, holds for each of its lines, also if other settings are wrong."""
    (tmp_path / ".env").write_text("LOG_FORMAT= json\n")
    code, _, err = ended(environ, tmp_path, **wrong)
    told = [json.loads(line) for line in err.splitlines()]
    assert (code, told[-1]["level"]) == (EXIT_CONFIG, "CRITICAL")
    assert "CRITICAL" in {line["level"] for line in told} <= levels


def test_an_env_file_that_cannot_be_read_is_told_in_the_format_of_the_environment(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """Nothing of the file is known."""
    (tmp_path / ".env").write_text('BUSINESS_NAME="ACE\n')
    code, _, err = ended(environ, tmp_path, LOG_FORMAT="json")
    assert (code, {json.loads(line)["level"] for line in err.splitlines()}) == (EXIT_CONFIG, {"CRITICAL"})


def test_an_address_that_is_not_this_machines(environ: dict[str, str], tmp_path: Path) -> None:
    """One line names HOST: nothing listens on its port."""
    code, lines, err = ended(environ, tmp_path, HOST="192.0.2.1")
    assert (code, len(lines)) == (EXIT_CONFIG, 1)
    assert "HOST 192.0.2.1 is no address of this machine" in lines[0]
    assert "Traceback" not in err


@pytest.mark.parametrize("place", ["/dev/null/agent.db", "/tmp"])
def test_a_sqlite_that_cannot_be_made(environ: dict[str, str], tmp_path: Path, place: str) -> None:
    """One line, whether its folder or its file is what cannot be."""
    code, lines, err = ended(environ, tmp_path, DATABASE_URL=f"sqlite:///{place}")
    assert (code, len(lines)) == (EXIT_CONFIG, 1)
    assert "DATABASE_URL: the database cannot be used" in lines[0]
    assert "name a file in a folder that can be written" in lines[0]
    assert "Traceback" not in err


def test_the_file_of_a_sqlite_elsewhere_is_named(environ: dict[str, str]) -> None:
    """DATABASE_URL may name one outside of DATA_DIR."""
    lines = list(start.lines(load(environ | {"DATABASE_URL": "sqlite:////elsewhere/x.db"})))
    assert [line for line in lines if "SQLite in /elsewhere/x.db" in line] != []


@pytest.mark.parametrize(
    ("days", "told"),
    [({}, "30 days"), ({"RECORDING_DAYS": "7"}, "7 days"), ({"RETENTION_DAYS": "20"}, "20 days")],
)
def test_what_is_said_of_recordings(environ: dict[str, str], days: dict[str, str], told: str) -> None:
    """Whether calls are recorded, where, and for how long."""
    lines = [line for line in start.lines(load(environ | {"RECORD_CALLS": "true"} | days)) if "RECORD_CALLS" in line]
    assert len(lines) == 1
    assert lines[0].startswith("on:  RECORD_CALLS")
    assert lines[0].endswith(f"for {told}")
    assert [line[:17] for line in start.lines(load(environ)) if "RECORD_CALLS" in line] == ["off: RECORD_CALLS"]


def test_a_database_that_nobody_answers_for(environ: dict[str, str], tmp_path: Path) -> None:
    """One line names DATABASE_URL, what it says and what to do; its password is not in it."""
    url = f"postgresql://bot:hush-hush@127.0.0.1:{free_port()}/agent"
    code, lines, err = ended(environ, tmp_path, DATABASE_URL=url)
    assert (code, len(lines)) == (start.EXIT_FAILED, 1)
    assert "DATABASE_URL: the database cannot be used" in lines[0]
    assert "is it running, and are host and port right?" in lines[0]
    assert len(lines[0]) < 500
    assert "Traceback" not in err
    assert "hush-hush" not in err
    assert "Exiting" not in err  # uvicorn's own words


def test_a_port_that_somebody_has(environ: dict[str, str], tmp_path: Path) -> None:
    """One line names PORT and what to do, before anything is opened: it does not say that it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, lines, err = ended(environ, tmp_path, PORT=str(taken.getsockname()[1]))
    assert (code, len(lines)) == (EXIT_CONFIG, 1)
    assert "PORT" in lines[0]
    assert "end what listens there, or set another" in lines[0]
    assert "Traceback" not in err
    assert "ready on port" not in err
    assert not (tmp_path / "data").exists()


def test_a_metrics_port_that_somebody_has(environ: dict[str, str], tmp_path: Path) -> None:
    """The line names that setting, and no port that the service has itself."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, lines, err = ended(environ, tmp_path, METRICS_PORT=str(port), PORT=str(port + 1))
    assert (code, len(lines)) == (EXIT_CONFIG, 1)
    assert f"METRICS_PORT {port} of HOST 127.0.0.1 cannot be had" in lines[0]
    assert f"for example METRICS_PORT={port + 2}" in lines[0]
    assert "Traceback" not in err


def test_the_start_tells_who_sees_the_numbers(environ: dict[str, str]) -> None:
    """By METRICS_PORT everybody who reaches it; else the operator alone."""
    told = [line for line in start.lines(load(environ | {"METRICS_PORT": "9091"})) if "METRICS_PORT" in line]
    assert told == ["on:  METRICS_PORT 9091 shows /metrics to whoever reaches it, without a token"]
    told = [line for line in start.lines(load(environ)) if "METRICS_PORT" in line]
    assert told == ["off: METRICS_PORT: /metrics is on port 8765 alone, for the operator"]


@pytest.mark.parametrize("moment", ["PUBLIC_URL is not set", "Waiting for application startup", "ready on port"])
def test_ctrl_c_is_no_traceback(environ: dict[str, str], tmp_path: Path, moment: str) -> None:
    """While it imports, while it waits for a database that says nothing, and while it runs: it ends by the signal."""
    with socket.create_server(("127.0.0.1", 0)) as mute, bot(
        environ, tmp_path, **({"DATABASE_URL": f"postgresql://u:p@127.0.0.1:{mute.getsockname()[1]}/agent"}
                              if moment.startswith("Waiting") else {})
    ) as process:  # fmt: skip
        assert process.stderr is not None
        seen = ""
        for line in process.stderr:
            seen += line
            if moment in line:
                break
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=120)
    assert moment in seen
    assert process.returncode == -signal.SIGINT, seen + rest
    assert "Traceback" not in rest
    assert "CRITICAL" not in rest
    assert "Exception" not in rest


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_told_to_end_while_the_database_hangs(environ: dict[str, str], tmp_path: Path, number: signal.Signals) -> None:
    """In the middle of a statement of the start: the process ends by the signal, and waits for no thread."""
    with mute_postgres() as mute, bot(environ, tmp_path, DATABASE_URL=mute.url) as process:
        assert mute.asked.wait(120)
        process.send_signal(number)
        _, err = process.communicate(timeout=120)
    assert process.returncode == -number, err
    assert err.splitlines()[-1].endswith(f"told to end by {number.name} while it started")
    assert [word for word in ("Traceback", "CRITICAL", "Exception") if word in err] == []


def test_ctrl_c_before_there_is_a_log(environ: dict[str, str], tmp_path: Path) -> None:
    """While the first of our own modules is imported."""
    slow = "import sys, time; print('importing', file=sys.stderr, flush=True); time.sleep(120)"
    (tmp_path / "logs.py").write_text(slow)
    with bot(environ, tmp_path) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "importing\n"
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=120)
    assert (process.returncode, rest) == (-signal.SIGINT, "")


@pytest.mark.parametrize("hanging", ["pool.submit(event.wait)", "event.wait()"])
def test_nothing_that_hangs_keeps_a_process_whose_start_is_over(hanging: str) -> None:
    """Neither a thread that the interpreter waits for, nor the main thread: it ends with the code that was told."""
    code = f"""
import concurrent.futures, sys, threading
from server import start
resort, pool, event = start.LastResort(), concurrent.futures.ThreadPoolExecutor(), threading.Event()
resort.start()
resort.within(0.5, {EXIT_CONFIG}, "told to end")
{hanging}
sys.exit(1)
"""
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == EXIT_CONFIG
    assert ended.stderr.startswith("told to end: something hangs")
    assert len(ended.stderr.splitlines()) == 1


def test_the_screen_tells_what_is_off_and_what_that_costs(environ: dict[str, str]) -> None:
    """With the required settings alone; each line is on or off, and no secret is in it."""
    lines = list(start.lines(load(environ)))
    assert len(lines) <= 20
    assert {line[:4] for line in lines} == {"on: ", "off:"}
    off = {line.split(":")[1].strip() for line in lines if line.startswith("off:")}
    numbers = {"FALLBACK_NUMBER", "TRANSFER_NUMBER", "OWNER_PHONE", "TEXT_CALLERS", "RECORD_CALLS"}
    others = {"V2_API_KEY", "DATABASE_URL", "OPERATOR_TOKEN", "METRICS_PORT", "OTEL_EXPORTER_OTLP_ENDPOINT"}
    assert off == {"the dashboard", *others, *numbers}
    assert [
        value for name, value in environ.items() if name.endswith(("KEY", "TOKEN")) and value in "".join(lines)
    ] == []


def test_the_screen_tells_who_sees_the_pages_about_calls(environ: dict[str, str]) -> None:
    """Whoever uses this machine, loudly; at Fly nobody; with a token whoever has it."""

    def told(**settings: str) -> str:
        return next(line for line in start.lines(load(environ | settings)) if "OPERATOR_TOKEN" in line)

    assert "http://127.0.0.1:8765/calls SHOWS EVERY CALL TO WHOEVER USES THIS MACHINE" in told()
    assert told(FLY_APP_NAME="ace").endswith("/calls is closed")
    assert told(FLY_APP_NAME="ace", OPERATOR_TOKEN="t0ken-of-the-operator").endswith("opens https://ace.fly.dev/calls")


def test_the_screen_tells_what_is_on(environ: dict[str, str]) -> None:
    """Everything set: nothing is off, and it says where the address that Twilio asks comes from."""
    known = {
        "V2_API_KEY": "k3y-of-v2", "OPERATOR_TOKEN": "t0ken-of-the-operator", "FLY_APP_NAME": "ace",
        "METRICS_PORT": "9091", "FALLBACK_NUMBER": "+15125550100", "TRANSFER_NUMBER": "+15125550100",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
        "RECORD_CALLS": "true",
        "OWNER_PHONE": "+15125550100", "TWILIO_PHONE_NUMBER": "+15125550199", "DATABASE_URL": "postgresql://bot:hush-hush@db.internal/agent",
        "TEXT_CALLERS": "true",
        "DASHBOARD_WEBHOOK_SECRET": "s3cret-of-the-dashboard", "DASHBOARD_USER_EMAIL": "owner@example.com",
    } | {f"DASHBOARD_{name}_URL": f"https://d.example.com/{name}" for name in ("JOBS", "CALLS", "ALERTS")}  # fmt: skip
    lines = list(start.lines(load(environ | known)))
    assert [line for line in lines if not line.startswith("on: ")] == []
    assert any("https://ace.fly.dev (from FLY_APP_NAME)" in line for line in lines)
    hidden = ("k3y-of-v2", "t0ken", "hush-hush", "s3cret", "5550100")
    assert [word for word in hidden if word in "".join(lines)] == []


def test_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    """The trial of DATA_DIR makes the folder and leaves it empty."""
    start.try_to_write(str(tmp_path / "deep" / "data"))
    assert os.listdir(tmp_path / "deep" / "data") == ["journal"]
    assert os.listdir(tmp_path / "deep" / "data" / "journal") == []


def test_a_journal_that_is_a_file(tmp_path: Path) -> None:
    """Then nothing of a call could be kept while the database is away."""
    (tmp_path / "journal").touch()
    with pytest.raises(FileExistsError):
        start.try_to_write(str(tmp_path))


BEHIND_READY = {
    "PIL",
    "aiohttp",
    "dbos",
    "fastapi",
    "jinja2",
    "numpy",
    "openai",
    "pipecat",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.orm",
    "twilio.rest",
}


def test_what_calls_need_is_imported_behind_ready(tmp_path: Path) -> None:
    """A start is short: what a stream, its end or a page is made of is no part of it."""
    modules, _ = modules_at_ready(tmp_path)
    assert "records.store" in modules
    assert {name for name in modules if any(f"{name}.".startswith(f"{late}.") for late in BEHIND_READY)} == set()


IMPORTED_AS = {"deepgram-sdk": "deepgram"}
_WITHOUT = """
import importlib, sys
from pathlib import Path
sys.modules.update(dict.fromkeys(sys.argv[1].split()))
for folder in sys.argv[2:]:
    for file in Path(folder).rglob("*.py"):
        importlib.import_module(".".join(file.with_suffix("").parts).removesuffix(".__init__"))
importlib.import_module("server.settling").import_ahead()
"""


def test_the_service_needs_nothing_that_the_image_leaves_out() -> None:
    """Each of its modules is imported where those packages are not; `make image-check` does it in an image."""
    missing = [IMPORTED_AS.get(name, name) for name in left_out() if name not in ("pip", "setuptools")]
    assert {"llvmlite", "onnxruntime"} <= set(missing)
    subprocess.run(
        [sys.executable, "-c", _WITHOUT, " ".join(missing), *sorted(PACKAGES)], cwd=ROOT, check=True, timeout=300
    )
