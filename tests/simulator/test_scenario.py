"""Scenario files, the reading of the bot's log, recordings, and the command's refusals."""

import json
import re
import wave
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator import __main__ as command
from simulator.back_office.store import CHICAGO
from simulator.calls import batch
from simulator.calls.batch import Case
from simulator.calls.screen import Verdict
from simulator.faults import MODES
from simulator.rig.bot_host import BotHost
from simulator.rig.bot_process import BotProcess
from simulator.rig.bot_under_test import BotError, read_line
from simulator.rig.pinned_clock import PinnedClock
from simulator.scenarios import scenario as scenarios
from simulator.scenarios.scenario import MAX_WAIT_MS, MODEL_DOWN, Expect, ScenarioError, load, names
from simulator.sound.recording import FRAME_BYTES, SILENCE, Recording, Timeline

PATIENT = {"hangs_up", "silent_caller"}  # They wait for nothing that has a number.
GOOD = """
title: A call
persona: {number: "+15125550147"}
expect: {final_state: confirm}
"""

SEVERAL = """
title: Two calls
seed: {notes: [{phone: "+15125550147", text: has a dog}]}
calls:
  - {now: 2026-11-23T10:15:00, persona: {number: "+15125550147"}, expect: {final_state: callback}, faults: v2:apt}
  - {now: 2026-11-23T12:15:00, persona: {number: "+15125550148"}, expect: {final_state: confirm}}
expect:
  calls: [{outcome: completed}, {}]
"""


def test_there_are_enough() -> None:
    """At least forty-five calls."""
    assert len(names()) >= 45


WITHOUT_THE_AGENT = {"staff_first"}  # It is in no state, since it never answers.


@pytest.mark.parametrize("name", names())
def test_every_file_is_complete(name: str) -> None:
    """Every scenario says how each call ends, who ends it, what was booked, and what the dashboard holds."""
    scenario = load(name)
    for expect in (call.expect for call in (scenario, *scenario.later)):
        assert expect.final_state or name in WITHOUT_THE_AGENT
        assert expect.ended_by
        assert expect.outcome
        assert expect.bookings is not None
        assert expect.job
        assert (expect.call_record, expect.alert is None) == (1, False)
        assert expect.max_turns is not None or name in PATIENT | WITHOUT_THE_AGENT


def test_calls_are_short() -> None:
    """An ordinary booking takes nine caller turns at most, and six when everything is said at once."""
    assert load("booking").expect.max_turns == 9
    assert load("everything_at_once").expect.max_turns == 6


def test_the_model_never_decides_what_is_asserted() -> None:
    """With the model down the same is expected, but for what a file takes back: what only its words can show."""
    scenarios = [load(name) for name in names()]
    for scenario in (call for first in scenarios for call in (first, *first.later)):
        name = scenario.name
        with_model, without = scenario.case("").expect, scenario.case(MODEL_DOWN).expect
        changed = {field for field in Expect.model_fields if getattr(with_model, field) != getattr(without, field)}
        assert changed <= {"heard", "asked", "max_turns"}, name


def test_numbers_are_distinct() -> None:
    """Calls side by side are told apart by their number."""
    numbers = [load(name).persona.number for name in names()]
    numbers = [number for number in numbers if number != "anonymous"]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: [", ["bad.yaml", "not YAML"]),
        (GOOD + "colour: red", ["bad.yaml", "colour"]),
        (GOOD.replace("confirm", "'('"), ["bad.yaml", "expect.final_state", "regular expression"]),
        (GOOD.replace("+1512", "512"), ["bad.yaml", "persona.number"]),
        (GOOD + "now: 2026-11-23T10:15:00-06:00", ["bad.yaml", "now"]),
        (GOOD + "seed: {taken: [{days_ahead: 1, until: 12}]}", ["bad.yaml", "seed.taken.0", "hour"]),
        (GOOD + "faults: inworld:sleepy", ["bad.yaml", "sleepy"]),
        (GOOD + "fault_expect: {'mars:down': {}}", ["bad.yaml", "mars"]),
        ("title: A call", ["bad.yaml", "persona", "expect"]),
        (GOOD + "later: []", ["bad.yaml", "later"]),
        (SEVERAL.replace("+1512", "512"), ["bad.yaml", "calls.0.persona.number"]),
        (SEVERAL.replace("T10:15", "T12:14"), ["bad.yaml", "0:02:00"]),
        (SEVERAL + "  bookings: [{start: soon}]", ["bad.yaml", "expect.bookings.0.start"]),
        (SEVERAL.replace("now: 2026-11-23T10:15:00", "seed: {}"), ["bad.yaml", "own seed"]),
        (SEVERAL.replace("faults: v2:apt", "faults: v2:sleepy"), ["bad.yaml", "sleepy"]),
        (SEVERAL + "persona: {}", ["bad.yaml", "persona"]),
    ],
)
def test_a_bad_file_is_explained(tmp_path: Path, text: str, words: list[str]) -> None:
    """The error names the file and every wrong field."""
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(ScenarioError) as error:
        load("bad", tmp_path)
    assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize(("typed", "meant"), [("gas_leek", "gas_leak"), ("bookin", "booking"), ("SPANISH", "spanish")])
def test_an_unknown_scenario_is_answered_with_near_ones(typed: str, meant: str) -> None:
    """And with the command that names all of them: ninety names are no answer."""
    with pytest.raises(ScenarioError, match=rf"Did you mean .*\b{meant}\b.*--list") as error:
        load(typed)
    assert len(str(error.value)) < 200


def test_nothing_near_is_not_guessed() -> None:
    """Then the command alone."""
    with pytest.raises(ScenarioError, match=r"^there is no scenario 'xyzzy'\. All of them: "):
        load("xyzzy")


def test_several_calls_are_the_first_and_the_later_ones(tmp_path: Path) -> None:
    """Each has its own time, caller and expectations; the seed is the first one's, and the end is the file's."""
    (tmp_path / "two.yaml").write_text(SEVERAL)
    first = load("two", tmp_path)
    (second,) = first.later
    assert [call.starts_at.hour for call in (first, second)] == [10, 12]
    assert [call.persona.number[-1] for call in (first, second)] == ["7", "8"]
    assert [call.expect.final_state for call in (first, second)] == ["callback", "confirm"]
    assert [call.faults for call in (first, second)] == ["v2:apt", ""]
    assert [len(call.seed.notes) for call in (first, second)] == [1, 0]
    assert first.end is not None
    assert first.end.calls == [{"outcome": "completed"}, {}]
    assert (second.end, second.later, load("booking").end) == (None, (), None)


def test_fault_cases() -> None:
    """A fault changes only the fields it names; an unforeseen fault is held to what always holds."""
    booking = load("booking")
    assert booking.case("").expect == booking.expect
    assert booking.case("openai:hang").expect == booking.expect.model_copy(update={"asked": ["openai"]})
    down = booking.case("v2:down").expect
    assert (down.final_state, down.ended_by) == ("callback", booking.expect.ended_by)
    generic = booking.case("deepgram:down").expect
    assert generic == Expect(max_wait_ms=MAX_WAIT_MS, call_record=1)
    assert booking.case("dashboard:down").expect.call_record is None


CALL = "CA" + "0f" * 16
AT = "2026-11-22 16:15:46,371"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"{AT} | INFO | processor | {CALL} state safety -> service_area", ("state", "service_area")),
        (f"{AT} | INFO | processor | {CALL} state urgency -> callback (turn_limit)", ("state", "callback")),
        (f"{AT} | INFO | tools | {CALL} tool lookup_caller ok 84 ms", ("tool", "lookup_caller")),
        (f"{AT} | INFO | tools | {CALL} tool book_appointment unknown 8001 ms (timeout)", ("tool", "book_appointment")),
        (f"{AT} | INFO | post_call | {CALL} ended completed after 61 s", ("ended", "completed")),
        (f"{AT} | WARNING | voices | {CALL} inworld failed", ("log", "inworld failed")),
    ],
)
def test_log_lines_are_read(line: str, expected: tuple[str, str]) -> None:
    """States, tools and the end of a call are found in the bot's log under its CallSid."""
    found = read_line(line)
    assert found is not None
    assert (found.call_sid, (found.kind, found.text)) == (CALL, expected)


def test_other_lines() -> None:
    """A line without a call has none; a traceback is no line."""
    found = read_line(f"{AT} | INFO | uvicorn | state of things")
    assert found is not None
    assert (found.call_sid, found.kind) == ("", "log")
    assert read_line("    raise ValueError") is None


async def test_a_bot_that_dies_is_reported(tmp_path: Path) -> None:
    """The error holds the exit code and the last words."""
    script = tmp_path / "bot.py"
    script.write_text("import sys; print('no key', file=sys.stderr); sys.exit(78)")
    with pytest.raises(BotError, match=r"exit code 78(.|\n)*no key"):
        async with BotProcess({}, tmp_path / "bot.log", script=script):
            pass


SERVER = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
print(os.environ["OPENAI_API_KEY"], repr(os.environ["DATABASE_URL"]), os.environ["HOST"], flush=True)
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


async def test_a_bot_is_started_and_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up means healthy; its settings are only ours; at the end of the block it is gone."""
    monkeypatch.setenv("DATABASE_URL", "postgres://real")
    script = tmp_path / "bot.py"
    script.write_text(SERVER)
    async with BotProcess({"OPENAI_API_KEY": "k"}, tmp_path / "bot.log", script=script) as bot:
        assert bot.pid is not None
        assert bot.log().startswith("k '' 127.0.0.1")
        bot.check()
    assert bot.gone.is_set()


CLOCKS = (
    """
import datetime, os, threading, time
started = time.monotonic()
wall = [datetime.datetime.now(datetime.UTC).timestamp(), time.time()]
threads = [threading.Thread(target=lambda: wall.append(time.time()))]
threads[0].start(); threads[0].join(); time.sleep(0.2)
print("clocks", *wall, "later", time.time() - wall[1], "monotonic", time.monotonic() - started, flush=True)
"""
    + SERVER
)


@pytest.mark.parametrize("hosted", [True, False])
async def test_a_bot_on_a_shifted_clock(tmp_path: Path, hosted: bool) -> None:
    """The whole process, threads included, is a day behind and goes on from there; monotonic time is untouched."""
    script = tmp_path / "bot.py"
    script.write_text(CLOCKS)
    moment = datetime(2026, 3, 8, 1, 59, tzinfo=CHICAGO)
    clock = PinnedClock.starting_at(moment)
    asked_at = clock.now().timestamp()
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(BotHost()) if hosted else None
        settings = {"OPENAI_API_KEY": "k"}
        bot = BotProcess(settings, tmp_path / "log", script=script, host=host, ahead_seconds=clock.ahead_seconds)
        await stack.enter_async_context(bot)
        words = bot.log().split()
    walls, later, monotonic = words[1:4], float(words[5]), float(words[7])
    assert all(asked_at <= float(wall) <= clock.now().timestamp() for wall in walls)
    assert 0.2 <= later <= monotonic < abs(clock.ahead_seconds) / 2
    ahead = timedelta(seconds=clock.ahead_seconds)
    assert datetime.now(UTC) + ahead <= clock.now() <= datetime.now(UTC) + ahead


def test_recording_is_stereo_and_aligned(tmp_path: Path) -> None:
    """The caller is left, the bot right, at the time of speaking; the timeline is beside it."""
    beep = bytes([0x10, 0x90] * (FRAME_BYTES // 2))
    recording, timeline = Recording(), Timeline()
    timeline.add("caller", "says", "beep")
    recording.add(beep, SILENCE)
    recording.add(SILENCE, beep)
    recording.write(tmp_path, timeline, {"scenario": "x"})
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 2 * FRAME_BYTES)
        frames = memoryview(file.readframes(2 * FRAME_BYTES)).cast("h").tolist()
    left, right = frames[::2], frames[1::2]
    assert any(left[:FRAME_BYTES])
    assert not any(left[FRAME_BYTES:])
    assert not any(right[:FRAME_BYTES])
    assert any(right[FRAME_BYTES:])
    written = json.loads((tmp_path / "timeline.json").read_text())
    assert (written["scenario"], written["events"][0]["text"]) == ("x", "beep")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scenario", "nonsense"], "--list"),
        (["--fault", "mars:down"], "mars"),
        (["--real-model"], "OPENAI_API_KEY"),
        (["--real-model", "--fault", "openai:down"], "exclude each other"),
        (["--scenario", "comes_back_a_week_later"], "--fast"),
    ],
)
def test_the_command_refuses(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be carried out is one message and exit code 2."""
    monkeypatch.setattr(command, "take_in", lambda *_: [])
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert command.main(arguments) == command.UNUSABLE
    assert words in capsys.readouterr().out


def test_the_real_model_is_the_services_own() -> None:
    """Key, model and address as the service takes them; OpenAI's real address unless another one is set."""
    given = command.real_model({"OPENAI_API_KEY": " key ", "OPENAI_MODEL": "gpt-x"}, "v2:down")
    assert (given.key, given.base_url, given.model) == ("key", "https://api.openai.com/v1", "gpt-x")
    elsewhere = command.real_model({"OPENAI_API_KEY": "key", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, "")
    assert elsewhere.base_url == "http://127.0.0.1:1/v1"


def test_the_command_lists(capsys: pytest.CaptureFixture[str]) -> None:
    """--list names every scenario with its title."""
    assert command.main(["--list"]) == 0
    out = capsys.readouterr().out
    assert all(name in out and load(name).title in out for name in names())


def test_folder_of_scenarios_holds_only_scenarios() -> None:
    """Every file beside the scenarios is one, or reads them."""
    others = {path.name for path in scenarios.FOLDER.iterdir() if path.suffix != ".yaml"}
    assert others - {"__pycache__"} == {"__init__.py", "persona.py", "scenario.py"}


def test_the_help_names_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    """--help has each part and each mode that FAULT takes."""
    with pytest.raises(SystemExit):
        command.main(["--help"])
    out = capsys.readouterr().out
    for part, modes in MODES.items():
        (line,) = (line for line in out.splitlines() if line.startswith(f"{part}: "))
        assert set(modes) <= set(re.findall(r"\w+", line))


@pytest.mark.parametrize("arguments", [[], ["--fast"], ["--scenario", "all"]])
@pytest.mark.parametrize(
    ("failures", "code"), [([], 0), (["the calendar has no visit"], command.FAILED)], ids=["as it should", "otherwise"]
)
def test_the_exit_code_is_the_verdict(
    arguments: list[str], failures: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 only if every call ended as it should, whichever way it was placed; one among many is enough."""

    async def one(case: Case, *_: object, **__: object) -> Verdict:
        return Verdict(case.name, "", failures)

    async def many(cases: list[Case], *_: object, **__: object) -> list[Verdict]:
        return [*(Verdict(case.name, "", []) for case in cases[1:]), await one(cases[0])]

    for name, placed in {"run_one": one, "run_one_fast": one, "run_many": many}.items():
        monkeypatch.setattr(batch, name, placed)
    assert command.main(arguments) == code
