"""The pages say what the code does: the layout, the walk of one sentence, the figures, the commits."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from conversation.transitions import diagram
from tests.support import layout_page

ROOT: Final = layout_page.ROOT
DOCS: Final = ROOT / "docs"
MOST_FILES: Final = 30
README_LINES: Final = 137
STREAM_ENDS: Final = "server/stream_end.py"
STEP: Final = re.compile(r"^(\d+)\. \*\*`([^`]+)`\*\* `([^`]+)`(?:, called by `([^`]+)`)?: ", re.MULTILINE)
# What design.md calls the parts of `Pipeline([...])` in server/pipeline.py; the last one is Pipecat's own affair.
PARTS: Final = {
    "transport.input()": "transport in",
    "recogniser": "recogniser",
    "user": "user aggregator",
    "processor": "processor",
    "model": "model",
    "wording": "wording",
    "voice": "voice",
    "transport.output()": "transport out",
    "assistant": "",
}


class Step(NamedTuple):
    """One step of the walk: a file, what of it the sentence passes, and the file that leads there."""

    number: int
    file: str
    name: str
    by: str


@pytest.fixture(scope="module")
def design() -> str:
    """The page, its paragraphs on one line each."""
    return re.sub(r"\n +", " ", (DOCS / "design.md").read_text())


@pytest.fixture(scope="module")
def steps(design: str) -> list[Step]:
    """The walk."""
    return [Step(int(number), file, name, by) for number, file, name, by in STEP.findall(design)]


@cache
def parsed(file: str) -> ast.Module:
    """A module of ours."""
    return ast.parse((ROOT / file).read_text())


def defines(file: str, name: str) -> bool:
    """Whether a module defines a function or a class, or a class of it a method: `Talk.say`."""
    body: list[ast.stmt] = parsed(file).body
    found = False
    for part in name.split("."):
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        here = [node for node in body if isinstance(node, kinds) and node.name == part]
        found, body = bool(here), here[0].body if here else []
    return found


def uses(file: str, name: str) -> bool:
    """Whether a module's code names it, by itself or as an attribute of something."""
    last = name.split(".")[-1]
    return any(
        (isinstance(node, ast.Name) and node.id == last) or (isinstance(node, ast.Attribute) and node.attr == last)
        for node in ast.walk(parsed(file))
    )


@cache
def imported(file: str) -> frozenset[str]:
    """The modules of ours that a module imports, as files."""
    names: set[str] = set()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(file for name in names if (ROOT / (file := name.replace(".", "/") + ".py")).is_file())


def test_the_walk_is_short_enough_to_read(steps: list[Step], design: str) -> None:
    """From the wire to the dashboard; the page names no more files than a newcomer reads."""
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert (steps[0].file, steps[-1].file) == ("bot.py", "dashboard_sync.py")
    assert len(set(re.findall(r"`([\w/]+\.py)`", design))) <= MOST_FILES


def test_each_step_is_in_the_code(steps: list[Step]) -> None:
    """The file has what the step names, and the step before it that leads there uses it."""
    for step in steps:
        assert defines(step.file, step.name), step
        earlier = {before.file for before in steps[: step.number - 1]}
        assert step.number == 1 or (step.by in earlier and uses(step.by, step.name)), step


def test_each_step_is_joined_to_those_before(steps: list[Step]) -> None:
    """One leads to the other by an import, or both are handed to each other by a step that knows them."""
    for step in steps[1:]:
        joined = step.file in imported(step.by) or step.by in imported(step.file)
        knows = {file for before in steps[: step.number - 1] for file in imported(before.file)}
        assert joined or step.file in knows | {file for module in knows for file in imported(module)}, step


def behind_the_end(steps: list[Step]) -> list[Step]:
    """Steps behind the end of the stream that something else than that end leads to."""
    (end,) = (step for step in steps if step.file == STREAM_ENDS)
    reached, strays = {end.file}, []
    for step in steps[steps.index(end) + 1 :]:
        if step.by not in reached:
            strays.append(step)
        reached.add(step.file)
    return strays


def test_nothing_of_the_stream_follows_its_end(steps: list[Step]) -> None:
    """Where it ends, the process goes on: each later step is reached from there. Two that changed places are found."""
    assert behind_the_end(steps) == []
    (end,) = (at for at, step in enumerate(steps) if step.file == STREAM_ENDS)
    for at in range(end):
        swapped = [*steps]
        swapped[at], swapped[end] = steps[end], steps[at]
        assert steps[at] in behind_the_end(swapped)


def test_a_step_that_is_not_so_is_found() -> None:
    """What a module does not define or use, and what it does not import."""
    assert not defines("processor.py", "StateMachineProcessor.fly")
    assert not defines("processor.py", "V2Client")
    assert not uses("conversation/main_line.py", "V2Client.fly")
    assert "dashboard_sync.py" not in imported("processor.py")


def test_the_line_of_the_pipeline_is_the_code(design: str) -> None:
    """The parts of a stream, in their order."""
    (lists,) = (
        node.args[0]
        for node in ast.walk(parsed("server/pipeline.py"))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Pipeline"
    )
    assert isinstance(lists, ast.List)
    line = " ▶ ".join(filter(None, (PARTS[ast.unparse(part)] for part in lists.elts)))
    assert f"`{line}`" in design


def test_the_layout_is_made_from_the_modules() -> None:
    """After a module came, went, or says something else: python -m tests.support.layout_page > docs/layout.md."""
    assert (DOCS / "layout.md").read_text() == layout_page.page()


def test_the_layout_names_every_module_and_every_room_of_the_tests() -> None:
    """Whatever its generator leaves out."""
    page = layout_page.page()
    ran = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    for file in map(Path, ran.stdout.split()):
        if file.parts[0] == "tests" and len(file.parts) > 2:
            named = f"- `{'/'.join(file.parts[:2])}/`: "
        elif file.parts[0] == "tests":
            named = "\n## tests/\n"
        elif file.name == "__init__.py":
            named = f" {file.parent.as_posix()}/\n"
        else:
            named = f"- `{file.as_posix()}`: "
        assert named in page, file


def test_a_module_that_does_not_say_what_it_is_is_found(tmp_path: Path) -> None:
    """The layout has no empty lines."""
    (tmp_path / "silent.py").write_text("x = 1\n")
    (tmp_path / "talking.py").write_text('"""Says\nwhat it is.\n\nAnd more."""\n')
    assert layout_page.what_it_is(tmp_path / "talking.py") == "Says what it is."
    with pytest.raises(ValueError, match="silent"):
        layout_page.what_it_is(tmp_path / "silent.py")


def test_the_figure_of_the_states_is_the_table() -> None:
    """After a change: python -m conversation.transitions."""
    assert f"```mermaid\n{diagram()}\n```" in (DOCS / "conversation.md").read_text()


def test_the_index_has_every_page() -> None:
    """docs/README.md, and its list of decisions."""
    index = (DOCS / "README.md").read_text()
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md") if page.name != "README.md"]
    assert [page for page in sorted(pages) if f"]({page})" not in index] == []


def test_the_readme_can_be_finished() -> None:
    """It is the page that everybody begins with."""
    assert len((ROOT / "README.md").read_text().splitlines()) <= README_LINES


def test_the_commits_that_contributing_names_are_there() -> None:
    """Each with one of this repository's; a copy without its history cannot tell."""

    def git(*arguments: str) -> str:
        ran = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        return ran.stdout.strip()

    if git("rev-parse", "--is-shallow-repository") != "false":
        pytest.skip("no history here")
    named = re.findall(r"`([0-9a-f]{7})`", (ROOT / "CONTRIBUTING.md").read_text())
    assert named
    assert [commit for commit in named if git("cat-file", "-t", commit) != "commit"] == []
