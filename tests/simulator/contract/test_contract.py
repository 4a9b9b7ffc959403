"""The contract asked of servers: nothing is written there, and no rule can be broken unseen."""

import io
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from aiohttp import web
from rich.console import Console

from simulator.back_office import dashboard_schemas
from simulator.back_office.office import BackOffice, Seed
from simulator.calls.screen import Screen
from simulator.contract.__main__ import UnusableError, main, real_servers, run
from simulator.contract.answers import Ask, Rule, drift, refused, slots
from simulator.contract.asking import Finding, Server, check, sender
from simulator.contract.dashboard_rules import DASHBOARD_NOT_ASKED, MISSING, dashboard_rules
from simulator.contract.v2_rules import V2_NOT_ASKED, v2_rules
from simulator.faults import hang
from simulator.serving import serve

CONTROLLED_CLOCK = True

NOW = datetime.now(UTC)
RULES = (*v2_rules(NOW), *dashboard_rules())
MADE_UP = {"call": "contract-check-1", "number": "+15552345678"}
CONTRACT = Path(__file__).parent.parent.parent.parent / "docs" / "contract.md"

Plant = Callable[[int, Any], tuple[int, Any]]
"""What is answered in place of a status and a body; a body that is a text is a page."""


@dataclass
class Front:
    """What stands before the stand-ins: answers otherwise where `plant` says so, and remembers what it was asked."""

    office: BackOffice
    url: str
    plant: Plant | None
    asked: list[tuple[str, str, Any]]
    client: httpx.AsyncClient

    @property
    def servers(self) -> dict[Any, Server]:
        return {"v2": Server(self.url, "hush-v2"), "dashboard": Server(self.url, "hush-dashboard")}


@asynccontextmanager
async def a_front() -> AsyncIterator[Front]:
    office = BackOffice(
        api_key="hush-v2",
        webhook_secret="hush-dashboard",
        user_email="owner@example.com",
        clock=lambda: NOW,
        answer_delay_seconds=0,
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(office)
        client = await stack.enter_async_context(httpx.AsyncClient(verify=False))  # noqa: S501 - plain HTTP
        dashboard = office.jobs_url.removesuffix("/api/webhook/jobs")
        front = Front(office, "", None, [], client)

        async def forward(request: web.Request) -> web.Response:
            origin = dashboard if request.path.startswith("/api/webhook/") else office.v2_url
            content = await request.read()
            front.asked.append((request.method, request.path_qs, content.decode()))
            headers = {name: value for name, value in request.headers.items() if name not in ("Host", "Content-Length")}
            said = await client.request(request.method, origin + request.path_qs, content=content, headers=headers)
            is_page = said.headers["Content-Type"].startswith("text/html")
            status, body = said.status_code, said.text if is_page else said.json()
            if front.plant:
                status, body = front.plant(status, body)
            if isinstance(body, str):
                return web.Response(status=status, text=body, content_type="text/html")
            return web.json_response(body, status=status)

        app = web.Application()
        app.router.add_route("*", "/{anything:.*}", forward)
        front.url = f"http://127.0.0.1:{await stack.enter_async_context(serve(app))}"
        yield front
    office.close()


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with a_front() as standing:
        yield standing


def screen() -> tuple[Screen, io.StringIO]:
    text = io.StringIO()
    return Screen(Console(file=text, soft_wrap=True)), text


async def findings(front: Front, *rules: Rule, against: Front | None = None) -> list[Finding]:
    """What is found of these rules, compared with `against`; with the server itself, only the contract can tell."""
    send = sender(front.client, front.servers, MADE_UP)
    ours = sender(front.client, against.servers, MADE_UP) if against else send
    return [finding async for finding in check(rules, send, ours)]


def broken(ask: Ask) -> list[Plant]:
    """How a server answers that does not keep the rule of this request."""

    def another_status(status: int, body: Any) -> tuple[int, Any]:
        return 202 if status == 200 else 200, body

    def another_form(status: int, body: Any) -> tuple[int, Any]:
        return (status, {"error": "no page"}) if isinstance(body, str) else (status, json.dumps(body))

    def a_key_less(status: int, body: Any) -> tuple[int, Any]:
        return status, dict(list(body.items())[1:]) if isinstance(body, dict) else {}

    def another_value(status: int, body: Any) -> tuple[int, Any]:
        return status, dict.fromkeys(body, 7) if isinstance(body, dict) else {}

    def with_problems(change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> Plant:
        return lambda status, body: (status, body | {"details": change(body["details"])})

    if ask.request.path.endswith("phone=Anna"):  # Its body is nobody's business (contract.md 1.8).
        return [another_status]
    plants: list[Plant] = [another_status, another_form, a_key_less, another_value]
    if ask.expect.__qualname__.startswith(refused.__name__ + "."):
        # What is refused is accepted, one field after the other; what is accepted is refused.
        paths = refused_by_the_stand_in(ask)
        plants += [
            with_problems(lambda there, path=path: [p for p in there if p["path"] != path])  # type: ignore[misc]
            for path in paths
        ]
        plants.append(with_problems(lambda there: [*there, {"path": "another_field", "message": "Invalid input"}]))
    return plants


def refused_by_the_stand_in(ask: Ask) -> list[str]:
    endpoint = ask.request.path.rsplit("/", 1)[-1]
    return sorted({problem.path for problem in dashboard_schemas.parse(endpoint, ask.request.body)[1]})


async def test_the_stand_ins_keep_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    """Without addresses both stand-ins are asked every rule, and all hold: exit code 0."""
    page, text = screen()
    assert await run({}, page, Random(1)) == 0
    said = text.getvalue()
    assert said.count("  holds ") == len(RULES)
    assert f"{len(RULES)} rules hold, 0 differ, 0 without an answer, 0 not asked" in said


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.section} {rule.says}")
async def test_no_rule_is_broken_unseen(front: Front, rule: Rule) -> None:
    """A server that does not keep a rule, in any way that the rule is about, is told of by that rule."""
    for ask in rule.asks:
        alone = replace(rule, asks=(ask,), for_nobody=False)
        front.plant = None
        assert (await findings(front, alone))[0].problems == []
        for front.plant in broken(ask):
            (found,) = await findings(front, alone)
            assert found.problems, (ask.about, front.plant)
            assert all(problem.startswith(ask.about) for problem in found.problems)


@pytest.mark.parametrize(
    "change",
    [
        lambda slot: slot | {"isoDateTime": slot["isoDateTime"].removesuffix("Z")},
        lambda slot: slot | {"isoDateTime": "Tuesday at 3 PM"},
        lambda slot: slot | {"isoDateTime": (NOW + timedelta(days=30)).isoformat()},
        lambda slot: slot | {"isoDateTime": (NOW - timedelta(days=1)).isoformat()},
        lambda slot: {key: value for key, value in slot.items() if key != "dayOfWeek"},
        lambda slot: slot | {"timeWindow": 9},
        lambda slot: "Tuesday",
    ],
)
async def test_what_is_offered_is_a_time_that_can_be_booked(front: Front, change: Callable[[Any], Any]) -> None:
    """Each offered time has an offset, lies in its window, and has the four texts."""
    (rule,) = [rule for rule in RULES if rule.section == "1.4"]
    front.plant = lambda status, body: (status, {"availableSlots": [change(slot) for slot in body["availableSlots"]]})
    (found,) = await findings(front, replace(rule, asks=rule.asks[1:]))
    assert {problem.partition(":")[0] for problem in found.problems} == {ask.about for ask in rule.asks[1:]}


def test_at_most_three_days_are_offered_and_each_once() -> None:
    """A fourth day, and a second time of a day, are told of."""
    from simulator.contract.answers import Answer

    def offered(*hours: int) -> list[str]:
        texts = {"date": "", "dayOfWeek": "", "timeWindow": ""}
        times = [texts | {"isoDateTime": (NOW + timedelta(hours=hour)).isoformat()} for hour in hours]
        return list(slots(NOW, NOW + timedelta(days=9))(Answer(200, "json", {"availableSlots": times})))

    assert offered(1, 25, 49) == offered() == []
    assert offered(1, 25, 49, 73) == ["more than three days are offered"]
    assert offered(1, 3) == ["a day is offered twice, or not in order"]


async def test_the_command_says_which_rule_is_broken(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dashboard that takes any urgency, and one that wants a ZIP: each rule that shows it is named, and no other."""
    good = dashboard_schemas._SCHEMAS["jobs"]

    def lax(value: Any, path: Any, problems: Any) -> Any:
        found: list[Any] = []
        accepted = good(value, path, found)
        problems += [problem for problem in found if problem.path != "urgency" or value == {}]
        return accepted

    monkeypatch.setattr(dashboard_schemas, "_SCHEMAS", {**dashboard_schemas._SCHEMAS, "jobs": lax})
    page, text = screen()
    assert await run(front.servers, page, Random(1)) == 1
    differing = [line for line in text.getvalue().splitlines() if "DIFFERS" in line]
    assert differing
    assert all(line.endswith("accepts urgency") for line in differing)
    assert {re.sub(r".*(\d\.\d  ?.+?): .*", r"\1", line) for line in differing} == {
        "2.1  texts are not trimmed",
        "2.2  an enumeration has no other values, and its letters' case counts",
    }


async def test_what_no_rule_forbids_is_compared_with_the_stand_in(front: Front) -> None:
    """A field that the contract does not name, anywhere in an answer, is told of all the same."""
    (rule,) = [rule for rule in RULES if rule.says == "with X-Retell-Signature only that counts"]
    quiet = Rule(rule.section, rule.says, (replace(rule.asks[0], expect=lambda answer: iter(())),))
    front.plant = lambda status, body: (status, body | {"code": 7})
    async with a_front() as against:
        (found,) = await findings(front, quiet, against=against)
        assert found.problems == ["code is new"]
        front.plant = lambda status, body: (403, body)
        (found,) = await findings(front, quiet, against=against)
        assert found.problems == ["403 json, the stand-in's is 401 json"]


@pytest.mark.parametrize(
    ("theirs", "problems"),
    [
        ({"a": [{"b": "y"}], "c": True}, []),
        ({"a": [], "c": False}, []),
        ({"a": [{"b": "y"}, {"b": 1}], "c": True}, ["a.b is a number, the stand-in's is a text"]),
        ({"a": [{"b": "y", "d": 1}], "c": True}, ["a.d is new"]),
        ({"a": [{}], "c": None}, ["a.b is missing", "c is null, the stand-in's is a boolean"]),
        ([], ["the body is a list, the stand-in's is an object"]),
    ],
)
def test_answers_are_compared_by_keys_and_kinds(theirs: Any, problems: list[str]) -> None:
    """Every entry of a list, and no value."""
    assert list(drift(theirs, {"a": [{"b": "x"}], "c": True})) == problems


async def test_nothing_is_written(front: Front) -> None:
    """No row, no visit, no text and no callback; V2 is asked with tools that read, and never to cancel or move."""
    page, _ = screen()
    assert await run(front.servers, page, Random(1)) == 0
    office = front.office
    assert office.rows() == type(office.rows())([], [], [], [])
    assert (office.sms(), office.lost_sms(), office.callbacks(), office.bookings(), office.customers()) == ([],) * 5
    reading = {"lookup_caller", "lookup_booking", "check_calendar_availability", "manage_appointment", "no_such_tool"}
    assert {call.tool for call in office.tool_calls()} == reading
    assert {call.args.get("action") for call in office.tool_calls() if call.tool == "manage_appointment"} == {
        None,
        "status",
    }


async def test_nothing_is_written_by_a_dashboard_that_checks_nothing_else(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every payload lacks what is required, so a dashboard whose checks are all gone but that one stores nothing."""

    def lax(value: Any, path: Any, problems: Any) -> Any:
        needed = {MISSING, "customer_phone" if "customer_name" in value else "phone_number"}
        problems += [dashboard_schemas.Problem(name, "Invalid input") for name in sorted(needed - value.keys())]
        return value

    monkeypatch.setattr(dashboard_schemas, "_SCHEMAS", dict.fromkeys(dashboard_schemas._SCHEMAS, lax))
    page, text = screen()
    assert await run({"dashboard": front.servers["dashboard"]}, page, Random(1)) == 1
    assert front.office.rows() == type(front.office.rows())([], [], [], [])
    assert "accepts" in text.getvalue()


async def test_whoever_is_found_gets_no_session(front: Front) -> None:
    """With a visit without a phone every number is found (1.2): then nothing is asked that would keep a session."""
    start = (NOW + timedelta(days=2)).isoformat()
    front.office.seed(Seed.model_validate({"bookings": [{"name": "Sam Hale", "start": start, "uid": "cal_sam"}]}))
    page, text = screen()
    assert await run({"v2": front.servers["v2"]}, page, Random(1)) == 0
    said = text.getvalue()
    assert said.count("V2 would keep a session of it") == sum(rule.for_nobody for rule in RULES)
    assert "Sam Hale" not in said
    assert not [body for _, path, body in front.asked if "lookup_" in path and "+1555" in body]


@pytest.mark.parametrize(
    ("addresses", "environ", "why"),
    [
        ({"v2": "http://v2.example.com"}, {"V2_API_KEY": "k"}, "https"),
        ({"v2": "https://v2.example.com/webhook"}, {"V2_API_KEY": "k"}, "an origin alone"),
        ({"v2": "https://me:secret-word@v2.example.com"}, {"V2_API_KEY": "k"}, "an origin alone"),
        ({"dashboard": "v2.example.com"}, {"DASHBOARD_WEBHOOK_SECRET": "k"}, "an origin alone"),
        ({"dashboard": "https://d.example.com:x"}, {"DASHBOARD_WEBHOOK_SECRET": "k"}, "an origin alone"),
        ({"v2": "https://v2.example.com"}, {"DASHBOARD_WEBHOOK_SECRET": "k"}, "V2_API_KEY is not set"),
        ({"dashboard": "https://d.example.com"}, {"V2_API_KEY": "k"}, "DASHBOARD_WEBHOOK_SECRET is not set"),
        ({"v2": "https://v2.example.com"}, {"V2_API_KEY": "k\u00e9"}, "cannot be sent"),
    ],
)
def test_what_cannot_be_asked_is_said_at_once(addresses: Any, environ: dict[str, str], why: str) -> None:
    """An address that is no origin or would carry the key in the clear, and a missing key; no secret is repeated."""
    with pytest.raises(UnusableError, match=why) as raised:
        real_servers(addresses, environ)
    assert "secret-word" not in str(raised.value)


def test_exit_code_of_a_command_that_cannot_be_carried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """2, and nothing is asked."""
    monkeypatch.setenv("V2_API_KEY", "k")
    assert main(["--v2", "http://v2.example.com"]) == 2


async def test_a_server_that_does_not_answer_is_no_server_that_differs(front: Front) -> None:
    """Nobody listens, or a proxy says not now: exit code 2, no rule is called broken, and the rest is not asked."""
    page, text = screen()
    nobody = Server("http://127.0.0.1:1", "hush")
    assert await run({"dashboard": nobody}, page, Random(1)) == 2
    assert text.getvalue().count("NO ANSWER") == len(dashboard_rules())
    front.plant = lambda status, body: (503, body)
    page, text = screen()
    assert await run(front.servers, page, Random(1)) == 2
    assert text.getvalue().count("NO ANSWER") == len(RULES)
    assert "DIFFERS" not in text.getvalue()
    assert [path for _, path, _ in front.asked if "bookings" not in path] == ["/health", "/api/webhook/jobs"]


async def test_a_server_that_never_answers_is_given_up() -> None:
    """Every request has a deadline."""

    async def never_answers(_: web.Request) -> web.Response:
        await hang()
        raise AssertionError("it hangs")

    never = web.Application()
    never.router.add_route("*", "/{anything:.*}", never_answers)
    async with serve(never) as port:
        page, text = screen()
        assert await run({"v2": Server(f"http://127.0.0.1:{port}", "hush")}, page, Random(1)) == 2
    assert "NO ANSWER  1.1  GET /health needs no key: no answer within 65 s" in text.getvalue()


async def test_no_key_is_printed_and_none_follows_a_redirect(front: Front) -> None:
    """Whatever a server sends back."""
    keys = {"hush-v2", "hush-dashboard"}
    front.plant = lambda status, body: (status, {f"hush-{name}": 1 for name in ("v2", "dashboard")})
    page, text = screen()
    assert await run(front.servers, page, Random(1)) == 1
    assert [key for key in keys if key in text.getvalue()] == []

    async def elsewhere(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": front.url + request.path_qs})

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", elsewhere)
    async with serve(app) as port:
        front.asked.clear()
        page, text = screen()
        assert await run({"dashboard": Server(f"http://127.0.0.1:{port}", "hush-dashboard")}, page, Random(1)) == 1
    assert front.asked == []
    assert "status 307" in text.getvalue()


def test_every_section_is_asked_or_said_not_to_be() -> None:
    """Each section of contract.md that is about the two services has a rule, or a line that says why none is asked."""
    sections = set(re.findall(r"^## (\d\.\d+) ", CONTRACT.read_text(), re.MULTILINE))
    not_asked = {name for part in (*V2_NOT_ASKED, *DASHBOARD_NOT_ASKED) for name in part.sections.split(", ")}
    asked = {rule.section for rule in RULES}
    assert asked | not_asked == sections - {"0.21", "2.6"}
