"""Events: one name each, fields that no line has of its own, and a line made of nothing else."""

import importlib
import io
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, get_type_hints

import pytest

import logs
from call import events
from call.event import Event, tell
from tests.support import event_table
from tests.support.event_table import all_events

LINES_OWN = {"at", "level", "logger", "call_id", "message", "event", "traceback"}
CALL = "CA0123456789abcdef0123456789abcdef"
NUMBER = "+15125550147"
MADE_UP: Mapping[Any, Any] = MappingProxyType(
    {str: "words", int: 7, float: 1.5, tuple[str, ...]: ("one", "two"), Mapping[str, Any]: {"answers": 3}}
)


def made(kind: type[Event]) -> Event:
    """One of a kind, with something in each field."""
    hints = get_type_hints(kind)
    return kind(**{field.name: MADE_UP[hints[field.name]] for field in fields(kind)})


@pytest.fixture
def told() -> Iterator[Callable[..., dict[str, Any]]]:
    """Logs an event as JSON, and gives the line."""
    logger, stream = logging.getLogger("events"), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)

    def line(event: Event, call_id: str = "") -> dict[str, Any]:
        tell(logger, event, call_id)
        return dict(json.loads(stream.getvalue().splitlines()[-1]))

    yield line
    logger.removeHandler(handler)


def test_each_has_a_name_of_its_own() -> None:
    """And there are some."""
    names = [kind.name() for kind in all_events()]
    assert len(names) == len(set(names)) > 30
    assert {"call_started", "state_changed", "breaker_opened", "dashboard_refused"} <= set(names)


def test_no_other_module_has_one() -> None:
    """The list is closed: what is not in it has no row in the table."""
    importlib.import_module("server.pipeline")
    importlib.import_module("server.shared_parts")

    def below(kind: type[Event]) -> set[type[Event]]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    found = {kind for kind in below(Event) if not kind.__name__.startswith("_")}
    assert found - {Event} == {*all_events()}


@pytest.mark.parametrize("kind", all_events(), ids=lambda kind: kind.name())
def test_what_its_line_says_are_its_fields(kind: type[Event], told: Any) -> None:
    """Every field is in the object under its name, none hides one that each line has, and the words are those of it."""
    event = made(kind)
    line = told(event, CALL)
    known = json.loads(json.dumps(dict(event.fields())))
    assert not known.keys() & LINES_OWN
    assert {name: line[name] for name in known} == known
    assert (line["event"], line["call_id"], line["message"]) == (kind.name(), CALL, str(event))
    assert line["level"] == logging.getLevelName(kind.level)
    for value in known.values():
        for part in value if isinstance(value, list) else [value]:
            assert isinstance(event, events.CallUsed) or f"{part}" in line["message"]


def test_fields_are_masked_as_words_are(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers and secrets, also inside of what is listed."""
    monkeypatch.setattr(logs, "_secrets", ("s3cret",))
    ended = events.CallEnded("a", "b", "c", 1, 1, 1, ("welcome",), (f"v2 {NUMBER}", "us s3cret"))
    used = events.CallUsed("x", {"one": {"two": NUMBER}, "three": [NUMBER]})
    for line in (told(events.CallStarted(NUMBER)), told(used)):
        assert NUMBER[-10:] not in json.dumps(line)
    assert told(ended)["faults"] == ["v2 ***0147", "us ***"]


def test_without_json_it_is_the_line_that_it_was(caplog: pytest.LogCaptureFixture) -> None:
    """With the id of its call in front, whoever logs it."""
    with caplog.at_level(logging.INFO):
        tell(logging.getLogger("x"), events.StateChanged("welcome", "lookup"), CALL)
        tell(logs.call_logger("x", CALL), events.StateChanged("booking", "confirm", "booked"))
    assert caplog.messages == [f"{CALL} state welcome -> lookup", f"{CALL} state booking -> confirm (booked)"]


def test_the_page_has_the_table_as_it_is() -> None:
    """Else: `.venv/bin/python -m tests.support.event_table > /tmp/new && mv /tmp/new docs/operating.md`."""
    text = event_table.PAGE.read_text(encoding="utf-8")
    assert event_table.page(text) == text
