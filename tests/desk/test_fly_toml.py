"""What fly.toml may say: whatever else stands in it is refused in a line, and never with a traceback."""

import copy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desk.fly_toml import NotReadyError, read, refused, untrue
from tests.support.layout import ROOT

MADE = {"port": 8765, "metrics_port": 9091, "max_calls": 16, "data_dir": "/data", "drain_seconds": 20.0}
SHIPPED = tomllib.loads((ROOT / "fly.toml").read_text()) | {"app": "ace"}
SHAPES: tuple[Any, ...] = (True, False, 0, -1, 1.5, "", "x", [], ["a"], {}, {"a": 1}, [{}], [[1]], [{"a": 1}])
Place = tuple[str | int, ...]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Where something stands in a file."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*path, key)
        yield from places(each, (*path, key))


def with_this(path: Place, value: Any) -> dict[str, Any]:
    """The file as it is shipped, but for one place."""
    fly = copy.deepcopy(SHIPPED)
    at: Any = fly
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return fly


def told(fly: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is wrong with a file, a line each."""
    monkeypatch.setattr(tomllib, "loads", lambda _: fly)
    try:
        return untrue(read(ROOT / "fly.toml"), MADE, postgres=False, machines=1)
    except NotReadyError as error:
        return str(error).splitlines()


@pytest.mark.parametrize("path", list(places(SHIPPED)), ids=lambda path: ".".join(map(str, path)))
def test_any_shape_anywhere_is_a_line_at_most(path: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place of the file with each shape that TOML has."""
    assert told(SHIPPED, monkeypatch) == []
    for shape in SHAPES:
        assert all(line.strip() for line in told(with_this(path, shape), monkeypatch))


@pytest.mark.parametrize(
    ("text", "seconds"), [("5m0s", 300), ("1h", 3600), ("90s", 90), ("1500ms", 1.5), ("1.5m", 90), (300, 300)]
)
def test_durations_are_those_of_go(text: str | int, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number is seconds."""
    monkeypatch.setattr(tomllib, "loads", lambda _: SHIPPED | {"kill_timeout": text})
    assert read(Path(ROOT / "fly.toml")).kill_timeout == seconds


@pytest.mark.parametrize("text", ["300", "5 m", "m", "-5s", "5m0", True, 1.5, [5]])
def test_what_fly_takes_for_no_duration_is_none(text: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is it taken for none at all."""
    assert any("kill_timeout" in line for line in told(SHIPPED | {"kill_timeout": text}, monkeypatch))


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ("", []),
        ("--remote-only --wait-timeout 10m --strategy=canary -y", []),
        ("--wait-timeout", ["--wait-timeout"]),
        ("--wait-timeout --app other", ["--wait-timeout --app", "other"]),
        ("--remote-only folder", ["folder"]),
        ("-aother --remote-only=false --now", ["-aother", "--remote-only=false"]),
    ],
)
def test_options_are_known_or_refused(given: str, wrong: list[str]) -> None:
    """By their names; the value of one is no option of its own."""
    assert refused(given.split()) == wrong
