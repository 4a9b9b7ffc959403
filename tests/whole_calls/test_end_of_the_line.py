"""The end of the line as the caller hears it, while Twilio fails in its ways: whole calls with a silent caller.

On virtual time: the silences are the bot's, to the millisecond.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.faults import Faults
from simulator.phone.phone_call import CallEnd
from simulator.rig import fixed_lines
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.world import OUR_NUMBER, World
from simulator.scenarios.scenario import load
from simulator.sound.audio import Speaker, mulaw_to_pcm
from simulator.sound.recording import FRAME_MS, SILENCE, VOICED_AMPLITUDE
from simulator.virtual_time import process
from simulator.virtual_time.process import Job, JobError

pytestmark = pytest.mark.calls

CALLER = "+15125550142"
NOT_CONFIRMED = "twilio the hang-up was not confirmed"
NOT_PLAYED = "twilio the last line was not reported as played"
MODES = ("", "stream:no_marks", "twilio:hang", "twilio:slow", "twilio:500", "stream:no_marks,twilio:hang")
PATIENCE_SECONDS = 60.0


class SilentPhone:
    """Says nothing, and counts how long it has heard nothing."""

    hung_up = False

    def __init__(self) -> None:
        self.silent_ms = 0
        self.heard_ms = 0

    def tick(self, heard: bytes) -> bytes:
        loud = (
            int(np.abs(np.frombuffer(mulaw_to_pcm(heard), dtype=np.int16).astype(np.int32)).max()) >= VOICED_AMPLITUDE
        )
        self.silent_ms = 0 if loud else self.silent_ms + FRAME_MS
        self.heard_ms += FRAME_MS * loud
        return SILENCE

    def pressed(self) -> Sequence[str]:
        return ()


@dataclass(frozen=True)
class Ended:
    """A call that is over: how, the silence before its end, the bot's last line of log and the dashboard's row."""

    end: CallEnd
    silence_seconds: float
    last_line: str
    rows: list[dict[str, Any]]
    hits: set[str]


async def ended(mode: str, folder: Path, lines: Path) -> Ended:
    """One call with a caller who says nothing, so that it soon comes to its goodbye; a job."""
    switch, phone = Faults.parse(mode), SilentPhone()
    world = World(
        folder,
        settings={"CALLER_SILENCE_SECONDS": "0.3"},
        faults=switch,
        speaker=Speaker(PACE),
        rendered=fixed_lines.load(lines),
        make_bot=BotInProcess,
    )
    async with world:
        call = world.twilio.new_call(phone, from_=CALLER, to=OUR_NUMBER)
        async with asyncio.timeout(PATIENCE_SECONDS):
            end = await call.run(world.bot.url + "/twiml")
            while not (rows := world.office.rows(call.sid).calls):
                await asyncio.sleep(0.05)
        (last,) = [line for line in world.bot.log().splitlines() if f"{call.sid} ended" in line]
        assert "Traceback" not in world.bot.log()
        assert phone.heard_ms > 2000
        return Ended(end, phone.silent_ms / 1000, last, rows, {f"{hit.part}:{hit.mode}" for hit in switch.hits})


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """All of them, placed once."""
    lines, now = fixed_lines.kept(PACE), load("booking").starts_at
    jobs = [Job(ended, now, 1, (mode, tmp_path_factory.mktemp("call"), lines)) for mode in MODES]
    done = asyncio.run(process.run_all(jobs))
    failed = [str(one) for one in done if isinstance(one, JobError)]
    assert not failed, failed
    return {mode: one.result for mode, one in zip(MODES, done, strict=True) if not isinstance(one, JobError)}


def test_a_good_end(calls: dict[str, Ended]) -> None:
    """R18: a breath after the last audio, then the line is cut by REST; nothing is anybody's fault."""
    good = calls[""]
    assert (good.end.by, good.end.how) == ("bot", "rest")
    assert good.silence_seconds <= 2.0
    assert good.last_line.endswith("faults none")


def test_marks_that_never_come_back(calls: dict[str, Ended]) -> None:
    """No more than three seconds of silence; the fault is Twilio's."""
    call = calls["stream:no_marks"]
    assert call.hits == {"stream:no_marks"}
    assert (call.end.by, call.end.how) == ("bot", "rest")
    assert call.silence_seconds <= 3.0
    assert NOT_PLAYED in call.last_line


@pytest.mark.parametrize("mode", ["twilio:hang", "twilio:slow", "twilio:500"])
def test_a_hang_up_that_fails(calls: dict[str, Ended], mode: str) -> None:
    """We close the socket, /twiml/after hangs up; no more than four seconds of silence, and the end names the fault."""
    call = calls[mode]
    assert call.hits == {mode}
    assert (call.end.by, call.end.how, call.end.protocol_errors) == ("bot", "hangup verb", ())
    assert call.silence_seconds <= 4.0
    assert NOT_CONFIRMED in call.last_line


def test_neither_marks_nor_a_hang_up(calls: dict[str, Ended]) -> None:
    """Both faults together are no longer than four seconds either."""
    call = calls["stream:no_marks,twilio:hang"]
    assert call.end.how == "hangup verb"
    assert call.silence_seconds <= 4.0
    assert NOT_PLAYED in call.last_line
    assert NOT_CONFIRMED in call.last_line


@pytest.mark.parametrize("mode", MODES)
def test_the_record_is_that_of_an_ordinary_end(calls: dict[str, Ended], mode: str) -> None:
    """Whatever Twilio does at the end, we ended the call, and the dashboard holds one row of it."""
    (row,) = calls[mode].rows
    assert row["outcome"] == "customer_hangup"
    assert " by bot" in calls[mode].last_line
