"""Thirty whole calls at one bot: its numbers are exactly those of the log, the dashboard's rows and the timelines, and
each call comes to the same when it is played again.
"""

import asyncio
import re
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import yaml

from call.business import Business
from call.session import CallSession, EntryKind
from desk.as_scenario import ADDRESS, NAME, NUMBER, ZIP, as_scenario
from desk.replay import replay
from records.call_view import call_line
from records.rows import Phase, Status
from simulator.calls.batch import SEED
from simulator.calls.run import conduct
from simulator.faults import Faults
from simulator.jitter import Jitter
from simulator.providers.stand_ins import VendorDelays
from simulator.rig import fixed_lines
from simulator.rig.bot_in_process import BotInProcess
from simulator.rig.fixed_lines import PACE
from simulator.rig.world import World
from simulator.scenarios.scenario import Scenario, load
from simulator.sound.audio import Speaker
from simulator.virtual_time import clock, process
from simulator.virtual_time.process import Job
from tests.support.exposition import against_the_rules, by, number, numbers

pytestmark = pytest.mark.calls

TOKEN = "operators-token-of-the-tests"
# Who calls, and what is broken meanwhile.
CALLS = [
    *((name, "") for name in (
        "booking", "cancels", "hangs_up", "vendor", "out_of_area", "silent_caller", "spanish", "wrong_number",
        "wants_a_person", "gas_leak", "billing", "price_only", "high_ticket", "robot_question", "applicant",
    )),
    *((name, "openai:hang") for name in ("price_only", "robot_question", "vendor", "hangs_up", "spanish")),
    *((name, "inworld:500") for name in ("wrong_number", "out_of_area", "applicant", "hangs_up")),
    *((name, "v2:down") for name in ("wants_a_person", "billing", "cancels")),
    *((name, "dashboard:503") for name in ("warranty", "hangs_up")),
    ("booking", "inworld:500,aura:500"),
]  # fmt: skip
SETTLE_SECONDS = 150.0  # For the end of a call, its record, and the first tries after one that failed
BETWEEN_SECONDS = 3600.0  # So that a number's next call is another call, and no breaker is open any more.


@dataclass(frozen=True)
class Seen:
    """What is known of the run when all of it is over."""

    text: str
    log: str
    rows: list[str]
    sessions: list[str]


async def place_all(folder: Path, lines: Path) -> Seen:
    """All of them, one after the other, at one bot; a job."""
    world = World(
        folder,
        settings={"OPERATOR_TOKEN": TOKEN},
        speaker=Speaker(PACE),
        rendered=fixed_lines.load(lines),
        delays=VendorDelays(jitter=Jitter(SEED)),
        make_bot=BotInProcess,
    )
    async with world:
        for name, broken in CALLS:
            scenario, parts = load(name), Faults.parse(broken).parts()
            for part, fault in parts.items():
                world.faults.set(part, *fault)
            await conduct(world, scenario, scenario.case(broken), broken, pace=PACE)
            for part in parts:
                world.faults.set(part, None)
            await asyncio.sleep(SETTLE_SECONDS)
            clock.CLOCK.jump(BETWEEN_SECONDS)
        await asyncio.sleep(SETTLE_SECONDS)
        operator = {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.ClientSession() as http, http.get(world.bot.url + "/metrics", headers=operator) as answer:
            text = await answer.text()
        with sqlite3.connect(world.data / "agent.db") as database:
            sessions = [str(row[0]) for row in database.execute("SELECT snapshot FROM calls")]
        return Seen(text, world.bot.log(), [str(row["call_id"]) for row in world.office.rows().calls], sessions)


async def place_one(folder: Path, lines: Path, scenario: Scenario) -> str:
    """One caller; the outcome as the record has it."""
    world = World(
        folder,
        speaker=Speaker(PACE),
        rendered=fixed_lines.load(lines),
        delays=VendorDelays(jitter=Jitter(SEED)),
        make_bot=BotInProcess,
        now=scenario.starts_at,
    )
    async with world:
        await conduct(world, scenario, scenario.case(""), "", pace=PACE)
        await asyncio.sleep(SETTLE_SECONDS)
        with sqlite3.connect(world.data / "agent.db") as database:
            (text,) = database.execute("SELECT snapshot FROM calls").fetchone()
    return CallSession.model_validate_json(text).outcome


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    job = Job(place_all, load("booking").starts_at, SEED, (tmp_path_factory.mktemp("thirty"), fixed_lines.kept(PACE)))
    return process.run(job).result


@pytest.fixture(scope="module")
def sessions(seen: Seen) -> list[CallSession]:
    return [CallSession.model_validate_json(text) for text in seen.sessions]


def test_the_numbers_of_thirty_calls(seen: Seen, sessions: list[CallSession]) -> None:
    """Calls, blame, faults, turns, answers and tools, each as often as it happened."""
    known = numbers(seen.text)
    assert against_the_rules(seen.text) == []
    rows = Counter(seen.rows)
    assert [rows[session.call_id] for session in sessions] == [1] * len(CALLS) == [1] * 30
    logged = Counter(re.findall(r" ended (\w+):(\w+) by \w+, blame (\w+)", seen.log))
    assert by(known, "phone_agent_calls_total", "outcome", "reason", "blame") == logged
    assert logged.total() == number(known, "deliveries", status=Status.DELIVERED) == 30

    entries = [entry for session in sessions for entry in session.timeline]
    failed = Counter((part,) for s in sessions for part in {e.text for e in s.timeline if e.kind is EntryKind.FAULT})
    assert by(known, "phone_agent_calls_with_faults_total", "part") == failed
    assert {("openai",), ("inworld",), ("voices",), ("v2",)} <= failed.keys()
    tools = Counter((e.text, e.detail) for e in entries if e.kind is EntryKind.TOOL)
    assert by(known, "phone_agent_tools_total", "tool", "outcome") == tools
    assert number(known, "turns_total") == sum(entry.kind is EntryKind.CALLER for entry in entries)
    lines = [call_line(session.call_id, session, Phase.OVER, None) for session in sessions]
    assert number(known, "turns_not_understood_total") == sum(line.not_understood for line in lines)

    answered = [
        entry.milliseconds for entry in entries if entry.kind is EntryKind.CALLER if entry.milliseconds is not None
    ]
    count, total = (
        by(known, "phone_agent_answer_seconds_count", "kind"),
        by(known, "phone_agent_answer_seconds_sum", "kind"),
    )
    assert (sum(count.values()), round(sum(total.values()) * 1000)) == (len(answered), sum(answered))
    assert {kind for (kind,) in count} == {"fixed", "worded", "tool"}
    timed = by(known, "phone_agent_provider_seconds_count", "provider")
    assert {name for (name,) in timed} >= {"openai", "inworld", "deepgram", "v2", "dashboard", "twilio", "database"}


def test_what_each_answer_waited_for(sessions: list[CallSession]) -> None:
    """On a clock that nothing but the stand-ins moves: the recogniser's end of a turn, the model's deadline, V2."""
    entries = [entry for session in sessions for entry in session.timeline]
    answered = [(e.milliseconds, e.steps) for e in entries if e.kind is EntryKind.CALLER and e.milliseconds is not None]
    assert len(answered) > 80
    for waited, steps in answered:
        assert [*steps.values(), waited] == sorted([*steps.values(), waited])
        assert next(iter(steps)) == "turn"
    reading = [steps["reading"] - steps["turn"] for _, steps in answered if "reading" in steps]
    early = 140  # Milliseconds by which the end of a turn is foretold here: then the model is asked.
    assert max(reading) == 600 - early, "a model that hangs costs what a second reading may take, and no more"
    assert sum("tool" in steps for _, steps in answered) >= 15


def test_played_again_every_call_comes_to_the_same(sessions: list[CallSession]) -> None:
    """The rules are those of a minute ago: states, tools and questions of every turn are as they were."""
    for session in sessions:
        again = replay(session, Business(), most_in_a_state=5, most_in_a_call=30)
        assert [str(moment) for moment in again if not moment.same] == []
        assert sum(e.kind is EntryKind.CALLER for e in session.timeline) <= len(again)


@pytest.mark.parametrize("number", [0, 1, 3, 4, 8, 12])
def test_a_call_as_a_scenario_ends_as_it_did(sessions: list[CallSession], number: int, tmp_path: Path) -> None:
    """Another person, the same conversation: booked, not proved, not wanted, out of the area, a person, a new unit."""
    kept = sessions[number]
    text = as_scenario(kept, Business())
    for known in (kept.name, kept.address, kept.zip_code, kept.caller_number.removeprefix("+1")):
        others = (*NAME.split(), NAME, ADDRESS, ZIP, NUMBER.removeprefix("+1"))
        assert not known or known in others or known.lower() not in text.lower()
    scenario = Scenario.read(yaml.safe_load(text), "again")
    job = Job(place_one, scenario.starts_at, SEED, (tmp_path, fixed_lines.kept(PACE), scenario))
    assert process.run(job).result == kept.outcome
