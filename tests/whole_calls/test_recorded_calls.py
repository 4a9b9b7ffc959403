"""Whole calls that are recorded: what the file holds is what was said and heard on the line, moment by moment.

Held against what the telephone itself has recorded. On virtual time, but where a disk or a process fails.
"""

import asyncio
import audioop
import sqlite3
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from call.session import CallSession, EntryKind
from records.wave_file import HEADER_BYTES, SAMPLE_RATE, header
from simulator.calls.run import Placed, conduct
from simulator.drills import wrecks
from simulator.drills.chaos_cells import CALLERS
from simulator.drills.wrecks import Stage
from simulator.faults import Faults
from simulator.rig import fixed_lines
from simulator.rig.bot_host import BotHost
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.machines import UNHURRIED, Machines, Watched
from simulator.rig.world import Rendered, World
from simulator.scenarios.scenario import load
from simulator.sound.audio import Speaker
from simulator.sound.recording import VOICED_AMPLITUDE, Event
from simulator.virtual_time import process
from simulator.virtual_time.process import Job, JobError
from tests.support import side_by_side
from tests.support.side_by_side import FewCalls

pytestmark = pytest.mark.calls

FIRST_LINE = "This call is recorded. Esta llamada se graba."
RECORD = {"RECORD_CALLS": "true"}
# Name: the scenario, what is broken, the settings.
CALLS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "ordinary": ("booking", "", RECORD),
    "barge-ins": ("barge_in", "", RECORD),
    "two streams": ("booking", "stream:drop", RECORD),
    "a person": ("transfer", "transfer:no_answer", RECORD),
    "no marks": ("hangs_up", "stream:no_marks", RECORD),
    "objects": ("no_recording", "", {}),
    "off": ("hangs_up", "", {}),
}
STEP = SAMPLE_RATE // 50  # 20 ms
SLACK_STEPS = 4  # What was said began and ended there on the line, and no further away
SETTLE_SECONDS = 5.0
PATIENCE_SECONDS = 240.0  # It ends a test that hangs, and judges nothing.


@dataclass(frozen=True)
class Recorded:
    """A call that is over. The line's two sides and the file's as 16-bit samples; None: there is no file."""

    line: tuple[bytes, bytes]
    file: bytes | None
    files: list[str]
    session: CallSession
    heard: list[str]
    whole: list[bool]
    log: str

    @property
    def sides(self) -> tuple[bytes, bytes]:
        """Of the file: the caller, the bot."""
        assert self.file
        both = self.file[HEADER_BYTES:]
        return audioop.ulaw2lin(both[::2], 2), audioop.ulaw2lin(both[1::2], 2)

    @property
    def notes(self) -> list[str]:
        return [e.detail for e in self.session.timeline if e.kind is EntryKind.NOTE and e.text == "recording"]


def line_of(placed: Placed | Watched, folder: Path) -> tuple[bytes, bytes]:
    """What the telephone has recorded."""
    placed.call.recording.write(folder, placed.call.timeline, {})
    with wave.open(str(folder / "call.wav")) as file:
        both = file.readframes(file.getnframes())
    return audioop.tomono(both, 2, 1, 0), audioop.tomono(both, 2, 0, 1)


def collected(world: World[Any], placed: Placed | Watched, folder: Path, log: str) -> Recorded:
    path = world.data / "recordings" / f"{placed.call.sid}.wav"
    with sqlite3.connect(world.data / "agent.db") as database:
        (text,) = database.execute("SELECT snapshot FROM calls WHERE call_id = ?", (placed.call.sid,)).fetchone()
    return Recorded(
        line_of(placed, folder),
        path.read_bytes() if path.exists() else None,
        sorted(one.name for one in path.parent.glob("*")),
        CallSession.model_validate_json(text),
        [line.full for line in placed.caller.heard],
        [line.complete for line in placed.caller.heard],
        log,
    )


async def place(name: str, folder: Path, lines: Path) -> Recorded:
    """One call; a job."""
    scenario, broken, settings = load(CALLS[name][0]), CALLS[name][1], CALLS[name][2]
    world = World(
        folder,
        settings={**scenario.settings, **settings},
        faults=Faults.parse(broken),
        speaker=Speaker(PACE),
        rendered=fixed_lines.load(lines),
        make_bot=BotInProcess,
        now=scenario.starts_at,
    )
    async with world:
        placed = await conduct(world, scenario, scenario.case(broken), broken, pace=PACE)
        await asyncio.sleep(SETTLE_SECONDS)
        return collected(world, placed, folder, world.bot.log())


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recorded]:
    """All of them, placed once."""
    lines, now = fixed_lines.kept(PACE), load("booking").starts_at
    jobs = [Job(place, now, 1, (name, tmp_path_factory.mktemp("call"), lines)) for name in CALLS]
    done = asyncio.run(process.run_all(jobs))
    failed = [str(one) for one in done if isinstance(one, JobError)]
    assert not failed, failed
    return {name: one.result for name, one in zip(CALLS, done, strict=True) if not isinstance(one, JobError)}


# What is held against what


def voiced(pcm: bytes) -> list[bool]:
    """For each 20 ms, whether something is said."""
    return [audioop.max(pcm[at : at + 2 * STEP], 2) >= VOICED_AMPLITUDE for at in range(0, len(pcm), 2 * STEP)]


def began_at(call: Recorded) -> int:
    """Where the recording begins on the line, in samples: the caller's side is the same there, sample by sample."""
    ours, line = call.sides[0], call.line[0]
    first = 2 * STEP * voiced(ours).index(True)
    at = line.find(ours[first : first + SAMPLE_RATE])
    assert at >= first, "the caller's first words are not on the line"
    return (at - first) // 2


def apart(ours: list[bool], line: list[bool]) -> list[float]:
    """At which seconds one of them has a voice, and the other none anywhere near."""

    def near(one: list[bool], step: int) -> bool:
        return any(one[max(0, step - SLACK_STEPS) : step + SLACK_STEPS + 1])

    both = enumerate(zip(ours, line, strict=False))
    return [step / 50 for step, (a, b) in both if (a and not near(line, step)) or (b and not near(ours, step))]


@pytest.mark.parametrize("name", ["ordinary", "barge-ins", "two streams", "a person"])
def test_both_sides_stand_where_they_were(calls: dict[str, Recorded], name: str) -> None:
    """From the first line on: what was sent and not played is not there, and a call that came back has its silence."""
    call = calls[name]
    assert call.file
    assert call.file[:HEADER_BYTES] == header((len(call.file) - HEADER_BYTES) // 2)
    start = began_at(call)
    for ours, line in zip(call.sides, call.line, strict=True):
        on_the_line = voiced(line[2 * start :])
        assert sum(on_the_line) > 50
        if name == "a person":  # The ringing, and what Twilio itself says, pass by no stream of ours.
            continue
        assert apart(voiced(ours), on_the_line) == [], name
    assert call.notes == ["began"]
    assert "the recording has ended" not in call.log


def test_every_sample_of_the_caller_is_there(calls: dict[str, Recorded]) -> None:
    """As the telephone has it."""
    call = calls["ordinary"]
    ours, start = call.sides[0], 2 * began_at(call)
    assert ours == call.line[0][start : start + len(ours)]
    assert len(call.line[0]) - start - len(ours) < 2 * SAMPLE_RATE


@pytest.mark.parametrize("name", ["ordinary", "barge-ins", "two streams", "objects"])
def test_the_first_line_is_heard_and_not_recorded(calls: dict[str, Recorded], name: str) -> None:
    """Nothing comes before it, it is heard to its end, and the recording begins behind it."""
    call = calls[name]
    assert call.heard[0] == FIRST_LINE
    assert call.whole[0]
    if call.file is None:
        return
    before, ours = call.line[1][: 2 * began_at(call)], call.sides[1]
    spoken = voiced(before)
    assert sum(spoken) > 50
    pieces = [at for at in range(len(spoken) - 25) if all(spoken[at : at + 5])]
    assert pieces
    assert not any(before[2 * STEP * at : 2 * STEP * (at + 5)] in ours for at in pieces)


def test_a_call_on_its_way_to_a_person(calls: dict[str, Recorded]) -> None:
    """The dial is silence in the recording: it passes by us; what is said when the call is back stands behind it."""
    call = calls["a person"]
    start, ours = began_at(call), voiced(call.sides[1])
    rings = next(event for event in call.session.timeline if event.kind is EntryKind.NOTE and "dial" in event.text)
    assert rings
    line = voiced(call.line[1][2 * start :])
    assert len(ours) == pytest.approx(len(line), abs=100)
    only_ours = [step for step, said in enumerate(ours) if said and not any(line[max(0, step - 5) : step + 6])]
    assert only_ours == []
    assert sum(ours[-500:]) > 50


def test_a_caller_who_objects(calls: dict[str, Recorded]) -> None:
    """There is no file any more, they are told so, and the visit is booked all the same."""
    call = calls["objects"]
    assert (call.file, call.files) == (None, [])
    assert any("stopped recording" in line for line in call.heard)
    assert (call.session.recorded_from, call.session.recording_declined) == (None, True)
    assert call.notes == ["began", "deleted: the caller did not want it"]
    assert call.session.outcome == "confirm:booked"


def test_nobody_knows_that_the_line_was_heard(calls: dict[str, Recorded]) -> None:
    """Without a mark of Twilio's there is no recording."""
    call = calls["no marks"]
    assert (call.file, call.files, call.notes) == (None, [], [])


def test_without_the_setting_nothing_is_recorded(calls: dict[str, Recorded]) -> None:
    """And nothing is said of it."""
    call = calls["off"]
    assert (call.file, call.files, call.notes) == (None, [], [])
    assert not any("record" in line for line in call.heard)


# A disk, a process


@dataclass(frozen=True)
class Struck:
    """A call in whose middle something broke, and what its file was in that moment."""

    left: bytes
    call: Recorded


async def struck(how: str, folder: Path, host: BotHost, rendered: Rendered) -> Struck:
    """Once the call is at the ZIP: no file of the bot's grows any more, or it is killed and started again."""
    world = Machines(
        folder,
        settings=UNHURRIED | RECORD | {"RESUME_WINDOW_SECONDS": "30", "LIVENESS_SECONDS": "1"},
        speaker=Speaker(PACE),
        host=host,
        rendered=rendered,
    )
    said = asyncio.Event()

    def watch(event: Event) -> None:
        if (event.who, event.what) == ("log", "state") and event.text == "service_area":
            said.set()

    async with world, asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as group:
        watched = world.place(load("books", CALLERS), watch)
        over = group.create_task(world.conduct(watched))
        await said.wait()
        path = world.data / "recordings" / f"{watched.call.sid}.wav"
        if how == "killed":
            await world.bot.kill()
            left = path.read_bytes()
            await world.replace()
            await over
        else:
            async with wrecks.full(Stage(world, "")):
                left = path.read_bytes()
                await over
        await world.records(watched, lambda _: bool(world.rows(watched)["calls"]))
        return Struck(left, collected(world, watched, folder, world.log()))


@side_by_side.placed
async def place_struck(folder: Path) -> dict[str, Struck]:
    """Both, side by side, in real time."""
    rendered = fixed_lines.load(await asyncio.to_thread(fixed_lines.kept, PACE))
    async with BotHost() as host:

        async def one(how: str) -> Struck:
            (folder / how).mkdir()
            return await struck(how, folder / how, host, rendered)

        full, killed = await asyncio.gather(one("full"), one("killed"))
        return {"full": full, "killed": killed}


def test_a_disk_that_takes_nothing_more(few_calls: FewCalls) -> None:
    """The recording ends, with one line in the log; the call goes on to its end, and the file is whole."""
    full: Struck = few_calls[place_struck]["full"]
    call = full.call
    assert call.log.count("the recording has ended, and the call goes on") == 1
    assert call.notes[0] == "began"
    assert call.notes[1].startswith("ended: ")
    assert call.file
    samples = (len(call.file) - HEADER_BYTES) // 2
    assert call.file[: len(full.left)][HEADER_BYTES:] == full.left[HEADER_BYTES:]
    assert call.file[:HEADER_BYTES] == header(samples)
    assert any(voiced(call.sides[0]))
    assert any("oodbye" in line for line in call.heard)


def test_a_process_that_is_killed(few_calls: FewCalls) -> None:
    """What was recorded until then is a whole file, and the next process goes on in it, behind the silence."""
    killed: Struck = few_calls[place_struck]["killed"]
    call, left = killed.call, killed.left
    counted = int.from_bytes(left[HEADER_BYTES - 4 : HEADER_BYTES], "little")
    assert 0 < counted <= len(left) - HEADER_BYTES
    assert left[:HEADER_BYTES] == header(counted // 2)
    assert call.file
    assert call.file[HEADER_BYTES : HEADER_BYTES + counted] == left[HEADER_BYTES : HEADER_BYTES + counted]
    assert "resumed in" in call.log
    caller, bot = map(voiced, call.sides)
    before = counted // 2 // STEP
    assert any(bot[:before])
    assert any(bot[before:]), "the second stream is not there"
    start = began_at(call)
    assert len(call.file) // 2 == pytest.approx(len(call.line[0]) // 2 - start, abs=SAMPLE_RATE * 3)
    assert any(caller[:before])
    assert call.notes == ["began"]
