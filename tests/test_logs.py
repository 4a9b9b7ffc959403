import json
import logging
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

import logs

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \| [A-Z]+ \| [\w.]+ \| .+")
CALL = "CA0123456789abcdef0123456789abcdef"

EVERYONE = f"""
import logging
logging.basicConfig(format="%(asctime)s | %(levelname)s | %(name)s | %(message)s", level=logging.INFO)
import logs
logs.setup_logging()
logs.setup_logging()
logs.hide_secrets(["s3cret/key"])

import asyncio, threading, warnings
import pipecat.frames.frames
import fastapi, uvicorn
from dbos import DBOS
from loguru import logger as loguru

logging.getLogger("bot").info("ours")
logging.getLogger("bot").debug("hidden: ours")
logging.getLogger("pipecat.pipeline").warning("by name")
loguru.info("theirs")
loguru.success("with a level of its own")
loguru.debug("hidden: theirs")
loguru.trace("hidden: frames")
loguru.info("two\\nlines and +15125550147")
try:
    number, key = "+15125550147", "s3cret/key"
    raise ValueError(f"cannot reach {{number}} with {{key}}\\n2025-01-01 00:00:00,000 | INFO | forged | line")
except ValueError:
    loguru.exception("failed")
    logging.getLogger("bot").exception("failed too")
logging.getLogger("bot").info("key %s and its URL form s3cret%%2Fkey", "s3cret/key")
logging.getLogger("twilio.http_client").info("hidden: Authorization: Basic")
logging.getLogger("httpx").info("hidden: GET")
logging.getLogger("httpcore2.http11").debug("hidden: frames")
warnings.warn("old")

with logs.call_lines("{CALL}"):
    loguru.info("within the call")
    logs.call_logger("processor", "{CALL}").info("once only: %d%%", 100)
    logging.getLogger("openai").warning("%s", "slow")

async def serve():
    server = uvicorn.Server(uvicorn.Config(fastapi.FastAPI(), host="127.0.0.1", port=0, log_config=None))
    server.should_exit = True
    await server.serve()

asyncio.run(serve())
DBOS(config={{"name": "test", "system_database_url": "sqlite:///dbos.sqlite", "run_admin_server": False}})
DBOS.launch()
DBOS.logger.info("durable")
DBOS.destroy()

thread = threading.Thread(target=lambda: 1 / 0, name="worker")
thread.start()
thread.join()
logs.set_level("DEBUG")
loguru.debug("now shown: theirs")
logging.getLogger("bot").debug("now shown: ours")
logging.getLogger("websockets.client").debug("hidden: > Authorization: Token")
logging.getLogger("uvicorn.error").debug("hidden: < x-twilio-signature")
logging.getLogger("twilio.http_client").info("hidden: still")
logs.set_level("ERROR")
loguru.warning("hidden: theirs")
logging.getLogger("bot").warning("hidden: ours")
logging.getLogger("twilio.http_client").warning("hidden: twilio")
raise RuntimeError("the end")
"""


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a process writes to stderr in which everybody logs: we, Pipecat, uvicorn, DBOS, warnings, a crash."""
    ran = subprocess.run(
        [sys.executable, "-c", EVERYONE],
        cwd=tmp_path_factory.mktemp("process"),
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.stdout == ""
    assert ran.returncode == 1, ran.stderr
    return ran.stderr.splitlines()


def messages(lines: list[str], logger: str) -> list[str]:
    """`LEVEL message` of each line that the logger, or one below it, wrote."""
    parts = [line.split(" | ", 3) for line in lines if LINE.fullmatch(line)]
    return [f"{level} {message}" for _, level, name, message in parts if f"{name}.".startswith(f"{logger}.")]


def test_every_line_of_everybody_has_the_one_format(lines: list[str]) -> None:
    """Each line on stderr is a record in the format, or an indented line of a traceback."""
    assert [line for line in lines if not LINE.fullmatch(line) and not line.startswith(logs.CONTINUATION)] == []


def test_everybody_is_heard_at_their_own_level(lines: list[str]) -> None:
    """R98: ours, Pipecat's (loguru's), uvicorn's and DBOS's lines, warnings and crashes arrive, under their names."""
    assert "INFO ours" in messages(lines, "bot")
    assert "INFO theirs" in messages(lines, "__main__")
    assert "SUCCESS with a level of its own" in messages(lines, "__main__")
    assert "Pipecat" in messages(lines, "pipecat")[0]
    assert "WARNING by name" in messages(lines, "pipecat")
    assert any("Started server process" in line for line in messages(lines, "uvicorn"))
    assert "INFO durable" in messages(lines, "dbos")
    assert any("UserWarning: old" in line for line in messages(lines, "py.warnings"))
    assert messages(lines, "uncaught") == ["CRITICAL ZeroDivisionError in thread worker", "CRITICAL RuntimeError"]


def test_every_line_is_written_once(lines: list[str]) -> None:
    """Setting up twice, or on top of basicConfig, doubles nothing."""
    assert len([line for line in lines if line.endswith("| ours")]) == 1
    assert len([line for line in lines if line.endswith("| theirs")]) == 1


def test_the_level_holds_for_everybody(lines: list[str]) -> None:
    """R98: below the level nothing is written, loguru's lines included; a library's floor holds whatever the level."""
    assert [line for line in lines if "hidden" in line] == []
    assert "DEBUG now shown: theirs" in messages(lines, "__main__")
    assert "DEBUG now shown: ours" in messages(lines, "bot")


def test_a_record_is_one_line(lines: list[str]) -> None:
    """A line break in a message is written as \\n: nothing from outside can forge a line."""
    assert r"INFO two\nlines and ***0147" in messages(lines, "__main__")
    assert messages(lines, "forged") == []


def test_tracebacks_are_whole_and_clean(lines: list[str]) -> None:
    """Both loguru's and ours show where it failed, once, without numbers, secrets or the values of variables."""
    told = [line.strip() for line in lines if "cannot reach" in line]
    assert [line for line in told if line.startswith("ValueError")] == ["ValueError: cannot reach ***0147 with ***"] * 2
    assert sum(line.strip() == "Traceback (most recent call last):" for line in lines) == 4


def test_no_secret_and_no_number_is_written(lines: list[str]) -> None:
    """A registered secret is replaced wherever it stands, URL-encoded too; numbers keep their last four."""
    assert [line for line in lines if "s3cret" in line or "5125550147" in line] == []
    assert "INFO key *** and its URL form ***" in messages(lines, "bot")


def test_every_line_of_a_call_begins_with_its_id(lines: list[str]) -> None:
    """Inside call_lines() the libraries' lines carry the call's id as well, and ours carry it once."""
    assert f"INFO {CALL} within the call" in messages(lines, "__main__")
    assert f"INFO {CALL} once only: 100%" in messages(lines, "processor")
    assert f"WARNING {CALL} slow" in messages(lines, "openai")


@pytest.mark.parametrize(
    "text",
    [
        "+15125550147",
        "15125550147",
        "5125550147",
        "(512) 555-0147",
        "512-555-0147",
        "512.555.0147",
        "1 512 555 0147",
        "+1 (512) 555-0147",
        "From=%2B15125550147&Digits=1",
        "512%20555%200147",
        "+1+512+555+0147",
        r"\u002b15125550147",
        r"said\n5125550147",
        "tel:+1-512-555-0147",
        "sip:15125550147@example.com",
        "phone_5125550147",
        "5125550147x12",
        "512-555-0147 ext 12",
        "5 1 2 5 5 5 0 1 4 7",
        "+15125550147 2025-11-22 15:45",
        "+44 20 7946 0147",
        "+442079460147",
        "{'From': '+15125550147', 'To': '+15125550147'}",
    ],
)
def test_numbers_are_masked_to_the_last_four(text: str) -> None:
    """However a number is written, its last four digits are all that is left of it."""
    masked = logs.mask(text)
    assert "***0147" in masked
    assert not re.search("512|7946", masked)


@pytest.mark.parametrize(
    "text",
    [
        CALL,
        "2025-11-22 15:45:12,123",
        "2025-11-22T15:45:00+0000",
        "1732290312.481",
        "127.0.0.1:54321",
        "78701-1234",
        "$1,089.00 after 8.5 s, 312 ms",
        "0.30000000000000004",
        "turn 4 of 30",
        "job 550e8400-e29b-41d4-a716-446655440abc",
    ],
)
def test_other_digits_stay(text: str) -> None:
    """Ids, times, prices and addresses are no phone numbers."""
    assert logs.mask(text) == text


def test_masking_leaves_the_record_as_it_was() -> None:
    """Other handlers see the record unchanged: the formatter works on a copy."""
    record = logging.LogRecord("bot", logging.INFO, __file__, 1, "to %s", ("+15125550147",), None)
    assert logs.LineFormatter().format(record).endswith("| bot | to ***0147")
    assert record.getMessage() == "to +15125550147"


def test_an_id_from_outside_cannot_break_a_line(caplog: pytest.LogCaptureFixture) -> None:
    """An id with line breaks or percent signs is written without them."""
    with caplog.at_level(logging.INFO):
        logs.call_logger("bot", "CA%s\n1").info("%d ms", 5)
    assert caplog.messages == ["CA_s_1 5 ms"]


def test_a_short_value_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replacing a value of one to three characters would ruin every line."""
    monkeypatch.setattr(logs, "_secrets", ())
    logs.hide_secrets(["a", "", "long enough"])
    record = logging.LogRecord("bot", logging.INFO, __file__, 1, "a long enough answer", None, None)
    assert logs.LineFormatter().format(record).endswith("| a *** answer")


def test_lines_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same words, as masked and as free of secrets; the call's id is a field, a traceback another."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logs.JsonFormatter())
    logger = logging.getLogger("json lines")
    logger.addHandler(handler)
    logger.propagate = False
    with logs.call_lines(CALL):
        logger.warning("two\nlines | and %s", "+15125550147")
    logs.call_logger("json lines", CALL).warning("turn %d", 3)
    logger.warning("of no call")
    try:
        raise ValueError("+15125550147")
    except ValueError:
        logger.exception("failed")
    logger.removeHandler(handler)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line.get("call_id"), line["message"]) for line in told] == [
        (CALL, "two\\nlines | and ***0147"), (CALL, "turn 3"), (None, "of no call"), (None, "failed"),
    ]  # fmt: skip
    assert {line["level"] for line in told} == {"WARNING", "ERROR"}
    assert {line["logger"] for line in told} == {"json lines"}
    assert "ValueError: ***0147" in told[3]["traceback"]
    assert all(datetime.fromisoformat(line["at"]).tzinfo for line in told)
