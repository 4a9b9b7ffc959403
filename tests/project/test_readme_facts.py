"""The names, numbers and quotes of README.md are those of the code, of the settings and of what was measured."""

import ast
import json
import re
import socket
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml

import config
from bench.calls import OURS, PEER
from bench.page import markdown
from bench.picture import picture
from conversation import script
from simulator.drills.chaos_cells import Moment, cells
from simulator.own_business import business_in
from simulator.scenarios.scenario import names
from tests.project.test_pages import parsed
from tests.project.test_readme import README, ROOT, statements
from tests.whole_calls.test_dozen_calls import DOZEN

MAKEFILE = (ROOT / "Makefile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FIELDS = config.Settings.model_fields
IN_WORDS = {"five": 5, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30}
# What the figure calls the parts of `Pipeline([...])` in server/pipeline.py; the last one is Pipecat's own affair.
PARTS = {
    "transport.input()": "transport in",
    "recogniser": "Deepgram Flux",
    "user": "user aggregator",
    "processor": "processor.py",
    "model": "OpenAI",
    "wording": "reply guard",
    "voice": "voices",
    "transport.output()": "transport out",
    "assistant": "",
}
OUTSIDE = ("192.0.2.1", 443)
SILENCE_SECONDS, MODEL_SILENCE_SECONDS, CALLER_SILENCE_SECONDS = 4.0, 2.0, 8.0
MARKED = {
    "every whole call": "test_calls.py",
    "a cut of the chaos matrix": "test_chaos.py",
    "crash": "test_crash.py",
    "deploy": "test_deploy_drill.py",
}


def said(beginning: str) -> str:
    """The one statement that begins so."""
    (found,) = (statement for statement in statements(README) if statement.startswith(beginning))
    return found


def phony() -> set[str]:
    """The targets of the Makefile."""
    return {name for names in re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE) for name in names.split()}


def recipe(target: str) -> str:
    """What a target runs."""
    (found,) = re.findall(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    return str(found)


def test_it_is_one_version_of_python_everywhere() -> None:
    """That of the README is what pip and make ask for at least, and what lint, types and locks suppose."""
    (major, minor) = map(int, re.findall(r"Python (\d)\.(\d+) or newer", README)[0])
    version = f"{major}.{minor}"
    assert PROJECT["project"]["requires-python"] == f">={version}"
    assert f"sys.version_info < ({major}, {minor})" in MAKEFILE
    assert set(re.findall(r"--python-version (\S+)", MAKEFILE)) == {version}
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{major}{minor}"
    assert PROJECT["tool"]["mypy"]["python_version"] == version


def test_the_two_commands_come_first() -> None:
    """Before any heading but the first, and before every other command."""
    first, *_ = README.partition("\n## ")
    commands = [line.split("#")[0].strip() for line in first.splitlines() if line.startswith("    ")]
    assert commands == ["make call", "make test"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda asking: socket.getaddrinfo("example.com", 443),
        lambda asking: asking.connect(OUTSIDE),
        lambda asking: asking.connect_ex(OUTSIDE),
    ],
    ids=["by name", "by address", "by address, for a code"],
)
def test_a_test_that_reaches_outside_fails(ask: Callable[[socket.socket], object]) -> None:
    """Whichever way it asks: no test needs a network."""
    with socket.socket() as asking, pytest.raises(RuntimeError, match="tests talk to this machine alone"):
        ask(asking)


def test_the_dozen_of_make_test_are_as_many_as_it_says() -> None:
    """About as many, and not marked as calls, which `make test` leaves out."""
    for beginning in ("make test # lint, all tests and", "make test # lint, all tests, the"):
        (number,) = (IN_WORDS[word] for word in re.findall(r"some (\w+) whole calls", said(beginning)))
        assert number <= len(DOZEN) <= number + 4
    assert "pytestmark = pytest.mark.slow\n" in (ROOT / "tests/whole_calls/test_dozen_calls.py").read_text()


def test_make_test_calls_has_what_it_says() -> None:
    """Each is a module that is marked as a call, and the marked ones are what is run."""
    statement = said("make test-calls")
    for what, module in MARKED.items():
        assert what in statement
        marks = (ROOT / "tests/whole_calls" / module).read_text()
        assert re.search(r"^(pytestmark = |@)pytest\.mark\.calls$", marks, re.MULTILINE), module
    assert "-m calls" in recipe("test-calls")


def test_ones_own_business_is_all_that_is_named(tmp_path: Path) -> None:
    """Name, fee, hours, ZIPs and city of the file are read."""
    named = {
        "name": {"BUSINESS_NAME": "Lone Star Air"},
        "fee": {"DIAGNOSTIC_FEE": "120"},
        "hours": {"OPENING_HOUR": "7", "CLOSING_HOUR": "19"},
        "ZIPs": {"SERVICE_AREA_ZIP_PREFIXES": "802"},
        "city": {"BUSINESS_CITY": "Denver"},
    }
    assert set(re.findall(r"\w+", said("make call ENV").split(": ")[1].split(" of that")[0])) == set(named)
    own = {name: value for values in named.values() for name, value in values.items()}
    (tmp_path / "own.env").write_text("".join(f'{name}="{value}"\n' for name, value in own.items()))
    assert business_in(tmp_path / "own.env") == own


def test_a_scenario_is_a_file_that_says_who_calls_and_how_it_ends() -> None:
    """Each in that folder: a caller with a manner or facts, and an end; one at least says what the office knows."""
    files = [yaml.safe_load(path.read_text()) for path in (ROOT / "simulator/scenarios").glob("*.yaml")]
    assert len(files) == len(names())
    calls = [call for file in files for call in file.get("calls", [file])]
    assert all({"persona", "expect"} <= set(call) for call in calls)
    assert any("seed" in file for file in files)


def test_what_is_to_be_filled_in_is_counted() -> None:
    """Those that stand first in .env.example, and the dashboard's."""
    statement = said("cp .env.example")
    assert IN_WORDS[re.findall(r"the (\w+) that matter", statement)[0]] == len(config.MINIMAL)
    assert f"# The {len(config.MINIMAL)} that matter" in (ROOT / ".env.example").read_text()
    assert [name for name in FIELDS if name.startswith("dashboard_")]


def test_it_listens_where_it_says() -> None:
    """By default; the pages about calls are there as well."""
    port = FIELDS["port"].default
    assert f"listens on port {port}" in said("make run")
    assert f"http://127.0.0.1:{port}/calls" in said("What happened in it")


def test_the_limits_are_the_defaults() -> None:
    """Turns in a state, turns in a call, minutes."""
    row = said("| five turns")
    numbers = [IN_WORDS[word] for word in re.findall(r"\w+", row) if word in IN_WORDS]
    defaults = [FIELDS[name].default for name in ("max_turns_per_state", "max_turns_per_call", "max_call_seconds")]
    assert numbers == [defaults[0], defaults[1], defaults[2] / 60]


def quoted() -> Iterator[str]:
    """What the table has callers hear, word for word."""
    for statement in statements(README):
        if statement.startswith("| "):
            yield from re.findall(r'"([^"]+)"', statement)


def test_what_callers_hear_is_what_we_say() -> None:
    """Each quote is in a line of the script."""
    quotes = list(quoted())
    assert len(quotes) >= 5
    lines = [variant for variants in script._EN.values() for variant in variants]
    assert [quote for quote in quotes if not any(quote in line for line in lines)] == []


def test_the_line_of_the_pipeline_is_the_code() -> None:
    """The parts of a stream, in their order, under the names of the figure."""
    (lists,) = (
        node.args[0]
        for node in ast.walk(parsed("server/pipeline.py"))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Pipeline"
    )
    assert isinstance(lists, ast.List)
    line = " ▶ ".join(filter(None, (PARTS[ast.unparse(part)] for part in lists.elts)))
    assert line in statements(README)


def figure() -> str:
    """The figure of the design."""
    (block,) = (block for block in README.split("\n\n") if block.startswith("    Twilio"))
    return block


def test_the_files_of_the_figure_are_there() -> None:
    """All of them, from the root."""
    files = re.findall(r"[\w/]+\.py", figure())
    assert len(files) >= 6
    assert [file for file in files if not (ROOT / file).is_file()] == []


def test_a_turn_is_handled_in_the_order_of_the_figure() -> None:
    """What each word stands for in processor.py, where each comes first."""
    words = {"understand": "read_turn", "limits": "max_turns_per_call", "step": "_machine.step"}
    *order, last = re.findall(r"\w+", figure().splitlines()[3])
    (turn,) = (
        ast.unparse(node)
        for node in ast.walk(parsed("processor.py"))
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "_turn"
    )
    assert sorted(words, key=lambda word: turn.index(words[word])) == order
    assert (last, "self._run(self._machine.step(" in turn) == ("act", True)


def measured() -> Iterator[tuple[str, str, list[float], list[str]]]:
    """The rows of docs/what-breaks.md: the part, how it was broken, each longest silence, how the calls ended."""
    for section in re.split(r"^## ", (ROOT / "docs/what-breaks.md").read_text(), flags=re.MULTILINE)[1:]:
        part, *lines = section.splitlines()
        for line in lines:
            if row := re.match(r"\| `(\w+)` \|((?: (?:-|[\d.]+) \|){4})", line):
                silences = [float(cell) for cell in row[2].split("|") if cell.strip() not in ("", "-")]
                yield part, row[1], silences, re.findall(r"`([\w: ]+)`", line[row.end() :])


def test_what_was_measured_is_what_is_promised() -> None:
    """Nobody heard more than four seconds of silence but who was silent first; with OpenAI broken two at most."""
    rows = list(measured())
    assert len(rows) > 100
    for part, mode, silences, _ in rows:
        own = CALLER_SILENCE_SECONDS if mode == "silent_from_the_start" else 0.0
        most = MODEL_SILENCE_SECONDS if part == "OpenAI" else SILENCE_SECONDS
        assert max(silences) <= most + own, (part, mode)


@pytest.mark.parametrize(
    ("parts", "endings"),
    [
        (("OpenAI",), {"confirm:booked", "callback:caller_wish"}),  # The wish is one caller's, whatever works.
        (("Inworld",), {"confirm:booked"}),
        (("both voices",), {"confirm:booked", "fault:voices"}),
        (("Deepgram",), {"confirm:booked", "fault:deepgram"}),
        (("Postgres", "SQLite"), {"confirm:booked"}),
    ],
)
def test_what_was_measured_ended_as_the_table_says(parts: tuple[str, ...], endings: set[str]) -> None:
    """In every way of breaking it, at every moment."""
    assert {ending for part, _, _, ended in measured() if part in parts for ending in ended} == endings


def test_what_was_measured_is_every_cell() -> None:
    """docs/what-breaks.md has every part, broken in every way, at as many moments as the matrix has for it."""
    moments: dict[tuple[str, str], set[Moment]] = {}
    for cell in cells():
        moments.setdefault((cell.group, cell.mode), set()).add(cell.moment)
    rows = {(part, mode): len(silences) for part, mode, silences, _ in measured()}
    assert rows == {what: len(when) for what, when in moments.items()}


def test_make_alone_names_every_command() -> None:
    """Every target, and none that is not there."""
    ran = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    named = set(re.findall(r"^  make ([a-z-]+)", ran.stdout, re.MULTILINE))
    named |= {name for name in ("number-point", "number-restore") if name in ran.stdout}
    assert named == phony() - {"help"}


def test_the_drills_are_drills() -> None:
    """Each runs something that measures, and no test runs them."""
    drills = re.findall(r"`make ([a-z-]+)`", said("The drills").split(")")[0])
    assert len(drills) >= 9
    assert [name for name in drills if not re.search(r"-m (simulator\.drills|bench)\.", recipe(name))] == []


def test_ci_runs_what_it_says() -> None:
    """In that order."""
    commands: Mapping[str, int] = {
        name: (ROOT / ".ci/run").read_text().index(name)
        for name in ("make postgres", "make chromium", "make test\n", "make test-calls")
    }
    statement = said("`.ci/run` runs")
    assert re.findall(r"`(make [\w-]+)`", statement) == [name.strip() for name in commands]
    assert sorted(commands, key=lambda name: commands[name]) == list(commands)


def test_the_table_of_the_bench_is_what_was_measured() -> None:
    """`make bench ARGS="--json docs/bench.json --plot docs/bench.svg"` and `python -m bench.page` make both anew."""
    found = json.loads((ROOT / "docs/bench.json").read_text())
    assert markdown(found) in README
    by_calls = {bot: {int(calls): figures for calls, figures in each.items()} for bot, each in found["medians"].items()}
    assert picture(by_calls) == (ROOT / "docs/bench.svg").read_text()
    assert {len(rounds) for of_bot in found["rounds"].values() for rounds in of_bot.values()} == {3}
    assert {*found["medians"][OURS]} == {"1", "8", "10", "24"}
    ratio = found["ratios"]["10"]["cpu_seconds_per_call_minute"]
    carried = found["most_carried"]
    deploying = " ".join((ROOT / "docs/deploy.md").read_text().split())
    assert f"takes {ratio:.2f} of what" in deploying
    assert f"bot carries {carried[PEER]} without" in deploying
    assert f"this service {carried[OURS]}." in deploying
