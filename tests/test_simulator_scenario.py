"""Scenario files, their grading, the reading of the bot's log, and the command's refusals."""

import asyncio
import json
import re
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from simulator import __main__ as command
from simulator import scenario as scenarios
from simulator.bot_process import BotError, BotProcess, read_line
from simulator.outbound import OutboundError, e164, place_call
from simulator.recording import FRAME_BYTES, SILENCE, Recording, Timeline
from simulator.scenario import MAX_WAIT_MS, Evidence, Expect, ScenarioError, Tool, grade, load, names
from simulator.twilio import TwilioStandIn

TEN = {
    "booking",
    "returning_caller",
    "gas_leak",
    "out_of_area",
    "billing",
    "vendor",
    "wants_a_person",
    "high_ticket",
    "reschedule",
    "silent_caller",
}
GOOD = """
title: A call
persona: {number: "+15125550147"}
expect: {final_state: confirm}
"""


def test_the_ten_are_there() -> None:
    """The ten scenarios of the simulator exist."""
    assert set(names()) >= TEN


@pytest.mark.parametrize("name", names())
def test_every_file_is_complete(name: str) -> None:
    """Every scenario says how the call ends, who ends it, and what the dashboard holds."""
    scenario = load(name)
    assert scenario.expect.final_state
    assert scenario.expect.ended_by
    assert scenario.expect.job
    assert scenario.expect.call_record == 1


def test_numbers_are_distinct() -> None:
    """Calls side by side are told apart by their number."""
    numbers = [load(name).persona.number for name in names()]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: [", ["bad.yaml", "not YAML"]),
        (GOOD + "colour: red", ["bad.yaml", "colour"]),
        (GOOD.replace("confirm", "'('"), ["bad.yaml", "expect.final_state", "regular expression"]),
        (GOOD.replace("+1512", "512"), ["bad.yaml", "persona.number"]),
        (GOOD + "faults: inworld:sleepy", ["bad.yaml", "sleepy"]),
        (GOOD + "fault_expect: {'mars:down': {}}", ["bad.yaml", "mars"]),
        ("title: A call", ["bad.yaml", "persona", "expect"]),
    ],
)
def test_a_bad_file_is_explained(tmp_path: Path, text: str, words: list[str]) -> None:
    """The error names the file and every wrong field."""
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(ScenarioError) as error:
        load("bad", tmp_path)
    assert [word for word in words if word not in str(error.value)] == []


def test_an_unknown_scenario_names_the_known() -> None:
    """A typo is answered with the list."""
    with pytest.raises(ScenarioError, match="booking"):
        load("bookin")


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


def evidence(**changes: Any) -> Evidence:
    """A call that went as `EXPECT` wants it, but for `changes`."""
    good: dict[str, Any] = {
        "ended_by": "bot",
        "states": ["welcome", "lookup", "safety", "confirm"],
        "tools": [Tool("book_appointment", {"date_time": "2026-11-23T14:00:00-06:00", "n": 2})],
        "jobs": [{"kind": "job", "customer_name": "Dana Whitfield"}],
        "calls": [{"outcome": "confirm:booked"}],
        "heard": "How can I help? You're booked for two. Goodbye.",
        "turns": 8,
        "longest_wait_ms": 900.0,
        "asked": frozenset({"inworld"}),
        "log": "INFO ended completed",
    }
    return Evidence(**good | changes)


EXPECT = Expect.model_validate(
    {
        "final_state": "confirm",
        "states_visited": ["lookup", "confirm"],
        "ended_by": "bot",
        "outcome": "confirm",
        "tools": [{"tool": "book_appointment", "args": {"date_time": "T14:00", "n": 2}, "times": 1}],
        "tools_absent": ["create_callback"],
        "job": {"kind": "job", "fields": {"customer_name": "^dana"}},
        "alert": 0,
        "call_record": 1,
        "heard": ["booked.*two"],
        "not_heard": ["call you back"],
        "asked": ["inworld"],
        "log": ["ended"],
        "max_turns": 8,
        "max_wait_ms": 1000,
    }
)


def test_a_good_call_passes() -> None:
    """Nothing is reported when everything is as expected."""
    assert grade(EXPECT, evidence()) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ended_by": "caller"}, "ended by caller"),
        ({"states": ["welcome", "lookup", "callback"]}, "final state is callback"),
        ({"states": ["welcome", "confirm", "lookup", "confirm"], "turns": 9}, "9 times"),
        ({"states": ["confirm"]}, "lookup was not reached"),
        ({"tools": []}, "book_appointment was not called"),
        ({"tools": [Tool("book_appointment", {"date_time": "soon", "n": 2})]}, "'soon'"),
        ({"tools": [*evidence().tools, *evidence().tools]}, "2 times"),
        ({"tools": [*evidence().tools, Tool("create_callback", {})]}, "must not be"),
        ({"jobs": []}, "no lead and no job"),
        ({"jobs": [{"kind": "lead"}]}, "a lead, not one job|lead, not one job"),
        ({"jobs": [{"kind": "job", "customer_name": "Sam"}]}, "customer_name is 'Sam'"),
        ({"jobs": [{"kind": "lead"}, {"kind": "job"}]}, "lead and job"),
        ({"calls": []}, "0 call records"),
        ({"calls": [{"outcome": "goodbye"}]}, "outcome is 'goodbye'"),
        ({"alerts": [{}]}, "1 alerts"),
        ({"refusals": ["/jobs 400 x"]}, "refused: /jobs 400"),
        ({"heard": "Goodbye."}, "never heard"),
        ({"heard": "booked for two, we call you back"}, "must not be said"),
        ({"asked": frozenset()}, "inworld was never asked"),
        ({"log": ""}, "log never says"),
        ({"longest_wait_ms": 4100.0}, "waited 4100 ms"),
        ({"caller_failure": "no rule"}, "gave up: no rule"),
        ({"protocol_errors": ["31951"]}, "31951"),
        ({"extra": ["odd"]}, "odd"),
    ],
)
def test_what_was_wrong_is_named(changes: dict[str, Any], words: str) -> None:
    """Each expectation fails by itself, in plain words."""
    failures = grade(EXPECT, evidence(**changes))
    assert re.search(words, "\n".join(failures)), failures


def test_no_job_and_refused_records() -> None:
    """`none` refuses any row; `records: refused` wants refusals and no rows."""
    none = Expect.model_validate({"job": {"kind": "none"}})
    assert grade(none, evidence(jobs=[])) == []
    assert grade(none, evidence()) == ["the dashboard has a job, and should have none"]
    refused = Expect.model_validate({"records": "refused"})
    assert len(grade(refused, evidence(faults=True))) == 2
    assert grade(refused, evidence(faults=True, refusals=["400"], jobs=[], calls=[])) == []


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


REAL = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_PHONE_NUMBER": "+15125550199",
    "PUBLIC_URL": "https://bot.example",
}


def test_a_real_call_names_all_that_is_missing() -> None:
    """Every missing variable is named at once; Fly's name stands for the public URL."""
    with pytest.raises(OutboundError) as error:
        place_call("+15125550123", {"TWILIO_AUTH_TOKEN": "  "})
    assert [name for name in REAL if name not in str(error.value)] == []
    with pytest.raises(OutboundError) as error:
        place_call("+15125550123", {"FLY_APP_NAME": "ace"})
    assert "PUBLIC_URL" not in str(error.value)


@pytest.mark.parametrize("number", ["hello", "", "+1512", "12"])
def test_a_real_call_needs_a_number(number: str) -> None:
    """What is no phone number is refused before Twilio is asked."""
    with pytest.raises(OutboundError, match="no phone number"):
        place_call(number, REAL)


def test_numbers_become_e164() -> None:
    """Spoken American forms are understood."""
    assert e164("(512) 555-0123") == "+15125550123"


async def test_a_real_call_through_the_stand_in() -> None:
    """The library's request reaches TWILIO_API_BASE_URL with our number, the callee and the voice webhook."""
    async with TwilioStandIn(
        account_sid=REAL["TWILIO_ACCOUNT_SID"], auth_token="token", voice=bytes.fromhex, answer=lambda _: _Mute()
    ) as twilio:
        environ = REAL | {"TWILIO_API_BASE_URL": twilio.base_url, "PUBLIC_URL": "http://127.0.0.1:1/"}
        sid = await asyncio.to_thread(place_call, "512-555-0123", environ)
        call = twilio.calls[sid]
        assert (call.from_, call.to, call.direction) == ("+15125550199", "+15125550123", "outbound-api")
        assert call.timeline.of("twilio", "ringing")[0].text == "http://127.0.0.1:1/twiml"
        with pytest.raises(OutboundError, match="did not place"):
            await asyncio.to_thread(place_call, "512-555-0123", environ | {"TWILIO_AUTH_TOKEN": "wrong"})


class _Mute:
    hung_up = True

    def tick(self, heard: bytes) -> bytes:
        return SILENCE

    def pressed(self) -> Sequence[str]:
        return ()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scenario", "nonsense"], "booking"),
        (["--fault", "mars:down"], "mars"),
        (["--to", "+15125550123"], "TWILIO_AUTH_TOKEN"),
    ],
)
def test_the_command_refuses(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be carried out is one message and exit code 2."""
    monkeypatch.setattr(command, "load_dotenv", lambda _: None)
    for name in (*REAL, "FLY_APP_NAME"):
        monkeypatch.delenv(name, raising=False)
    assert command.main(arguments) == command.UNUSABLE
    assert words in capsys.readouterr().out


def test_the_command_lists(capsys: pytest.CaptureFixture[str]) -> None:
    """--list names every scenario with its title."""
    assert command.main(["--list"]) == 0
    out = capsys.readouterr().out
    assert all(name in out and load(name).title in out for name in names())


def test_folder_of_scenarios_holds_only_scenarios() -> None:
    """Every file beside the scenarios is one."""
    assert {path.suffix for path in scenarios.FOLDER.iterdir()} == {".yaml"}
