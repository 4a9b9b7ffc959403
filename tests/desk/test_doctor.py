"""The doctor: each check well, and not well with its advice, against stand-ins and the real service on real sockets."""

import asyncio
import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from config import EXIT_CONFIG, load, secret_values
from desk import doctor
from desk.checks import CHECK_SECONDS, Check, Finding, Site, State, run
from desk.twilio_account import Addresses
from providers.http import http_client
from simulator.phone.twilio_messages import TextMessage
from simulator.phone.twilio_numbers import IncomingNumber
from simulator.providers.stand_ins import VendorDelays
from simulator.rig.bot_host import ROOT
from simulator.rig.bot_under_test import environment
from simulator.rig.world import AUTH_TOKEN, OUR_NUMBER, RENDERED, World
from tests.support.twilio_client import PATIENCE_SECONDS, until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow, pytest.mark.measured]

PERSON, OWNER = "+15125550142", "+15125550177"
SECOND_TOKEN = "second-token-of-the-tests"
CHECKS = {check.name: check for check in doctor.CHECKS}
NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)


@dataclass
class Clinic:
    """A service that is well, and everything around it."""

    world: World
    environ: dict[str, str]

    async def ask(
        self, name: str, changes: dict[str, str], now: datetime | None = None, seconds: float = PATIENCE_SECONDS
    ) -> Finding:
        """What one check finds, with these settings over the good ones; no key may be in it, ever."""
        settings = load(self.environ | changes)
        async with http_client() as http:
            http.timeout = httpx.Timeout(None)
            site = Site(settings, http, lambda: now or datetime.now(UTC))
            (result,) = await run([CHECKS[name]], site, seconds)
        told = result.finding.cause + result.finding.advice
        assert [secret for secret in secret_values(settings) if secret in told] == []
        return result.finding


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clinic(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Clinic]:
    at_once = VendorDelays(first_token_seconds=0.0, first_byte_seconds=0.0, voice_pause_seconds=0.0)
    known = {
        "FALLBACK_NUMBER": PERSON,
        "TRANSFER_NUMBER": PERSON,
        "OWNER_PHONE": OWNER,
        "TWILIO_SECOND_AUTH_TOKEN": SECOND_TOKEN,
        "LIVENESS_SECONDS": "600",
        "MACHINE_LOST_SECONDS": "3000",
    }
    folder = tmp_path_factory.mktemp("doctor")
    async with World(folder, settings=known, delays=at_once, hears_voices=True) as world:
        world.twilio.numbers.append(IncomingNumber(OUR_NUMBER))
        world.twilio.second_token = SECOND_TOKEN
        environ = environment(world._environment(str(world.data)), world.bot.port)
        _point(world, Addresses.ours(load(environ)))
        await until(lambda: RENDERED in world.bot.log())  # From now on it asks the vendors nothing.
        yield Clinic(world, environ)


def _point(world: World, addresses: Addresses) -> None:
    fields = world.twilio.numbers[0].fields
    fields |= {name: getattr(addresses, name) for name in Addresses.__dataclass_fields__}


@dataclass
class Broken:
    """What breaks a link, and what is said then."""

    check: str
    says: str
    advises: str
    changes: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    number: dict[str, str | None] = field(default_factory=dict)
    state: State = State.FAILED


LACKS_ITS_ONE = "+5125550101"
NOBODY = "http://127.0.0.1:9"
WARNING = State.WARNING
NO_NUMBER = {"TWILIO_PHONE_NUMBER": "", "OWNER_PHONE": ""}
BROKEN = (
    Broken("settings", "DASHBOARD_JOBS_URL", "Set DASHBOARD_JOBS_URL", {"DASHBOARD_JOBS_URL": ""}, state=WARNING),
    Broken("fallback", "apology", "FALLBACK_NUMBER", {"FALLBACK_NUMBER": ""}, state=WARNING),
    Broken("fallback", "another country", "FALLBACK_NUMBER", {"FALLBACK_NUMBER": LACKS_ITS_ONE}, state=WARNING),
    Broken("address", "this machine alone", "PUBLIC_URL", state=WARNING),
    Broken(
        "signatures",
        "anybody",
        "VERIFY_TWILIO",
        {"VERIFY_TWILIO": "false", "PUBLIC_URL": "https://ace.internal"},
    ),
    Broken("signatures", "local use", "VERIFY_TWILIO", {"VERIFY_TWILIO": "false"}, state=WARNING),
    Broken("data folder", "cannot be written", "DATA_DIR", {"DATA_DIR": "/dev/null/data"}),
    Broken("disk", "cannot be looked at", "data folder", {"DATA_DIR": "/dev/null/data"}, state=State.SKIPPED),
    Broken("database", "cannot be written", "DATABASE_URL", {"DATABASE_URL": "postgresql://us:passw0rd@127.0.0.1:9/db"}),
    Broken("twilio account", "(401)", "TWILIO_AUTH_TOKEN", {"TWILIO_AUTH_TOKEN": "another-token"}),
    Broken("twilio account", "cannot be reached", NOBODY, {"TWILIO_API_BASE_URL": NOBODY}),
    Broken("twilio account", "500", "status.twilio.com", fault="twilio:500"),
    Broken("twilio second token", "(401)", "TWILIO_SECOND_AUTH_TOKEN", {"TWILIO_SECOND_AUTH_TOKEN": "another-token"}),
    Broken("twilio second token", "none is set", "", {"TWILIO_SECOND_AUTH_TOKEN": ""}, state=State.SKIPPED),
    Broken("twilio number", "+15125550777", "TWILIO_PHONE_NUMBER", {"TWILIO_PHONE_NUMBER": "+15125550777"}),
    Broken("twilio number", "not set", "+15125550100", NO_NUMBER),
    Broken("transfer", "comes back", "a person", {"TRANSFER_NUMBER": OUR_NUMBER, **NO_NUMBER}),
    Broken("transfer", "500", "status.twilio.com", {"TRANSFER_NUMBER": PERSON}, fault="twilio:500"),
    Broken("transfer", "another country", "TRANSFER_NUMBER", {"TRANSFER_NUMBER": LACKS_ITS_ONE}, state=WARNING),
    Broken("transfer", "called back", "", {"TRANSFER_NUMBER": ""}, state=State.SKIPPED),
    Broken("twilio voice url", "demo.example", "number-point", number={"voice_url": "https://demo.example"}),
    Broken("twilio voice url", "nobody", "number-point", number={"voice_url": ""}),
    Broken("twilio voice url", "GET", "number-point", number={"voice_method": "GET"}, state=WARNING),
    Broken("twilio voice url", "AP1", "Take the application", number={"voice_application_sid": "AP1"}),
    Broken("twilio voice url", "not asked", "twilio number", NO_NUMBER, state=State.SKIPPED),
    Broken("twilio fallback url", "ends the call", "number-point", number={"voice_fallback_url": ""}, state=WARNING),
    Broken("twilio status url", "nobody", "number-point", number={"status_callback": ""}, state=WARNING),
    Broken("twilio texts", "nobody is texted", "", {"OWNER_PHONE": ""}, state=State.SKIPPED),
    Broken("twilio texts", "another country", "OWNER_PHONE", {"OWNER_PHONE": LACKS_ITS_ONE}, state=WARNING),
    Broken("twilio texts", "not asked", "twilio number", {"TWILIO_PHONE_NUMBER": "+15125550777"}, state=State.SKIPPED),
    Broken("twilio texts", "500", "status.twilio.com", fault="messages:500"),
    Broken("public health", "cannot be reached", "PUBLIC_URL", {"PUBLIC_URL": NOBODY}),
    Broken("public readiness", "cannot be reached", "PUBLIC_URL", {"PUBLIC_URL": NOBODY}),
    Broken("public webhook", "refused (403)", "TWILIO_AUTH_TOKEN", {"TWILIO_AUTH_TOKEN": "another-token"}),
    Broken("public door", "cannot be reached", "PUBLIC_URL", {"PUBLIC_URL": NOBODY}),
    Broken("public stream", "refused (403)", "TWILIO_AUTH_TOKEN", {"TWILIO_AUTH_TOKEN": "another-token"}),
    Broken("public stream", "cannot be reached", "PUBLIC_URL", {"PUBLIC_URL": NOBODY}),
    Broken("clock", "cannot be reached", "OPENAI_BASE_URL", {"OPENAI_BASE_URL": NOBODY}),
    Broken("deepgram key", "refused (401)", "DEEPGRAM_API_KEY", {"DEEPGRAM_API_KEY": "another-key"}),
    Broken("deepgram key", "503", "status.deepgram.com", fault="aura:503"),
    Broken("deepgram hears (flux)", "refused (401)", "DEEPGRAM_API_KEY", {"DEEPGRAM_API_KEY": "another-key"}),
    Broken("deepgram hears (flux)", "503", "status.deepgram.com", fault="deepgram:503"),
    Broken("deepgram hears (flux)", "no websocket", "DEEPGRAM_BASE_URL", fault="deepgram:down"),
    Broken("deepgram speaks (aura)", "refused (401)", "DEEPGRAM_API_KEY", {"DEEPGRAM_API_KEY": "another-key"}),
    Broken("deepgram speaks (aura)", "HTTP 400", "DEEPGRAM_TTS_VOICE", {"DEEPGRAM_TTS_VOICE": "helena"}),
    Broken("deepgram speaks (aura)", "silence", "DEEPGRAM_TTS_VOICE", fault="aura:mute"),
    Broken("inworld key", "refused (401)", "INWORLD_API_KEY", {"INWORLD_API_KEY": "another-key"}),
    Broken("inworld key", "500", "Wait", fault="inworld:500"),
    Broken("inworld voice", "no voice Nobody", "Ashley", {"INWORLD_VOICE_ID": "Nobody"}),
    Broken("inworld voice", "500", "inworld key", fault="inworld:500", state=State.SKIPPED),
    Broken("inworld speaks", "refused (401)", "INWORLD_API_KEY", {"INWORLD_API_KEY": "another-key"}),
    Broken("inworld speaks", "HTTP 500", "INWORLD_VOICE_ID", fault="inworld:500"),
    Broken("inworld speaks", "empty", "INWORLD_VOICE_ID", fault="inworld:empty"),
    Broken("ears against inworld", "heard nothing", "INWORLD_VOICE_ID", fault="inworld:mute"),
    Broken("ears against inworld", "does not speak", "voice", fault="inworld:500", state=State.SKIPPED),
    Broken("ears against aura", "heard nothing", "DEEPGRAM_TTS_VOICE", fault="aura:mute"),
    Broken("ears against aura", "refuses (503)", "deepgram hears", fault="deepgram:503", state=State.SKIPPED),
    Broken("openai key", "refused (401)", "OPENAI_API_KEY", {"OPENAI_API_KEY": "another-key"}),
    Broken("openai key", "429", "billing", fault="openai:429"),
    Broken("openai key", "cannot be reached", "OPENAI_BASE_URL", {"OPENAI_BASE_URL": NOBODY}),
    Broken("openai model", "gpt-9 is not served", "gpt-6-luna", {"OPENAI_MODEL": "gpt-9"}),
    Broken("openai model", "not asked", "openai key", {"OPENAI_API_KEY": "another-key"}, state=State.SKIPPED),
    Broken("openai words a reply", "refused (401)", "OPENAI_API_KEY", {"OPENAI_API_KEY": "another-key"}),
    Broken("openai words a reply", "after 3", "LLM_FIRST_WORDS_SECONDS", fault="openai:late", state=WARNING),
    Broken("openai words a reply", "not served", "openai model", {"OPENAI_MODEL": "gpt-9"}, state=State.SKIPPED),
    Broken("openai words a reply", "without a word", "OPENAI_REASONING_EFFORT", fault="openai:empty"),
    Broken("openai reads a turn", "refused (401)", "OPENAI_API_KEY", {"OPENAI_API_KEY": "another-key"}),
    Broken("openai reads a turn", "429", "billing", fault="openai:429"),
    Broken("openai reads a turn", "another form", "OPENAI_MODEL", fault="openai:empty"),
    Broken("v2 health", "cannot be reached", "V2_BACKEND_URL", fault="v2:down"),
    Broken("v2 health", "answers 503", "V2_BACKEND_URL", fault="v2:503"),
    Broken("v2 key", "refuses the key", "API_SECRET_KEY", {"V2_API_KEY": "another-key"}),
    Broken("v2 key", "not set", "API_SECRET_KEY", {"V2_API_KEY": ""}),
    Broken("v2 calendar", "no free time", "Cal.com", fault="v2:cal_500", state=WARNING),
    Broken("v2 calendar", "not asked", "v2 key", {"V2_API_KEY": ""}, state=State.SKIPPED),
    Broken("dashboard jobs", "refuses the secret", "WEBHOOK_SECRET", {"DASHBOARD_WEBHOOK_SECRET": "another-secret"}),
    Broken("dashboard calls", "refuses the secret", "WEBHOOK_SECRET", {"DASHBOARD_WEBHOOK_SECRET": "another-secret"}),
    Broken("dashboard alerts", "refuses the secret", "WEBHOOK_SECRET", {"DASHBOARD_WEBHOOK_SECRET": "another-secret"}),
    Broken("dashboard jobs", "not set", "DASHBOARD_JOBS_URL", {"DASHBOARD_JOBS_URL": ""}, state=WARNING),
    Broken("dashboard calls", "cannot be reached", "DASHBOARD_CALLS_URL", {"DASHBOARD_CALLS_URL": NOBODY}),
    Broken("dashboard alerts", "answers 500", "DASHBOARD_ALERTS_URL", fault="dashboard:500"),
)  # fmt: skip
NEVER_BY_A_SETTING = {"open files", "time zone", "clock set", "certificate"}  # They have a test of their own.


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: f"{one.check}: {one.says}")
async def test_a_link_that_is_broken_is_told_with_what_to_do(clinic: Clinic, broken: Broken) -> None:
    """State, cause and the one thing to do; and it is well again once that is done."""
    fields, part = clinic.world.twilio.numbers[0].fields, broken.fault.partition(":")[0]
    before = dict(fields)
    fields |= broken.number
    if broken.fault:
        clinic.world.faults.set(part, broken.fault.partition(":")[2])
    try:
        found = await clinic.ask(broken.check, broken.changes)
    finally:
        clinic.world.twilio.numbers[0].fields = before
        if broken.fault:
            clinic.world.faults.set(part, None)
    assert (found.state, broken.says in found.cause, broken.advises in found.advice) == (broken.state, True, True), (
        found
    )
    assert bool(found.advice) or broken.state is State.SKIPPED


@pytest.mark.parametrize("check", [check for check in doctor.CHECKS if check.name not in ("address", "certificate")])
async def test_a_link_that_is_well_says_so(clinic: Clinic, check: Check) -> None:
    """Everything on loopback is; its address alone is no address for Twilio, and has no certificate."""
    found = await clinic.ask(check.name, {})
    assert found.state is State.OK, found
    assert (bool(found.cause), found.advice) == (True, "")


async def test_every_check_has_been_broken() -> None:
    """And there are as many as an operator was promised."""
    assert {one.check for one in BROKEN} | NEVER_BY_A_SETTING == CHECKS.keys()
    assert len(CHECKS) == len(doctor.CHECKS) >= 22


@pytest.mark.parametrize("fault", ["openai:hang", "inworld:hang", "deepgram:hang", "v2:hang", "twilio:hang"])
async def test_who_never_answers_costs_no_more_than_the_deadline(clinic: Clinic, fault: str) -> None:
    """Each check has one of its own, and says so."""
    part, _, mode = fault.partition(":")
    about = {"openai": "openai key", "inworld": "inworld key", "deepgram": "deepgram hears (flux)"}
    clinic.world.faults.set(part, mode)
    try:
        found = await clinic.ask(about.get(part, {"v2": "v2 health"}.get(part, "twilio account")), {}, seconds=0.2)
    finally:
        clinic.world.faults.set(part, None)
    assert (found.state, found.cause) == (State.FAILED, "no answer in time")
    assert CHECK_SECONDS < 10


@pytest.mark.parametrize(
    ("model", "at", "state"),
    [
        ("gpt-4.1", datetime(2026, 9, 1, tzinfo=UTC), State.OK),
        ("gpt-4.1", NOW, State.WARNING),
        ("gpt-4.1", datetime(2027, 1, 14, tzinfo=UTC), State.FAILED),
        ("gpt-6-luna", NOW, State.OK),
    ],
)
async def test_the_end_of_a_model_is_told_before_it_comes(
    clinic: Clinic, model: str, at: datetime, state: State
) -> None:
    """OpenAI tells the day; another model is advised in time."""
    found = await clinic.ask("openai model", {"OPENAI_MODEL": model}, at)
    assert found.state is state
    assert state is State.OK or ("2027-01-14" in found.cause and "gpt-6-luna" in found.advice)


@pytest.mark.parametrize(
    ("off", "state"),
    [(timedelta(0), State.OK), (timedelta(seconds=12), WARNING), (timedelta(minutes=-3), State.FAILED)],
)
async def test_a_clock_that_is_wrong_is_told(clinic: Clinic, off: timedelta, state: State) -> None:
    """By the time that others tell."""
    found = await clinic.ask("clock", {}, datetime.now(UTC) + off)
    assert found.state is state
    assert state is State.OK or "NTP" in found.advice


async def test_a_token_that_lets_no_stream_in_is_told(clinic: Clinic) -> None:
    """By a clock that is minutes behind it has expired before it comes."""
    found = await clinic.ask("public stream", {}, datetime.now(UTC) - timedelta(minutes=3))
    assert (found.state, "does not let it in" in found.cause, "clock" in found.advice) == (State.FAILED, True, True)


async def test_a_webhook_that_is_another_ones_is_told(clinic: Clinic) -> None:
    """Leads would be refused there, every one."""
    jobs, calls = (clinic.environ[f"DASHBOARD_{which}_URL"] for which in ("JOBS", "CALLS"))
    found = await clinic.ask("dashboard jobs", {"DASHBOARD_JOBS_URL": calls, "DASHBOARD_CALLS_URL": jobs})
    assert (found.state, "webhook for calls" in found.cause) == (State.FAILED, True)


async def test_a_suspended_account_is_told(clinic: Clinic) -> None:
    """It takes no calls."""
    clinic.world.twilio.status = "suspended"
    try:
        found = await clinic.ask("twilio account", {})
    finally:
        clinic.world.twilio.status = "active"
    assert (found.state, "suspended" in found.cause) == (State.FAILED, True)


async def test_a_number_that_sends_no_texts_is_told(clinic: Clinic) -> None:
    """The owner would never hear of anything."""
    number = clinic.world.twilio.numbers[0]
    number.may_text = False
    try:
        found = await clinic.ask("twilio texts", {})
    finally:
        number.may_text = True
    assert (found.state, "sends no texts" in found.cause) == (State.FAILED, True)


async def test_who_texts_callers_alone_needs_a_number_that_can(clinic: Clinic) -> None:
    """Without an owner who is texted there is no last text to ask after."""
    callers = {"OWNER_PHONE": "", "TEXT_CALLERS": "true"}
    well = await clinic.ask("twilio texts", callers)
    assert (well.state, "sends texts to callers" in well.cause) == (State.OK, True)
    number = clinic.world.twilio.numbers[0]
    number.may_text = False
    try:
        found = await clinic.ask("twilio texts", callers)
    finally:
        number.may_text = True
    assert (found.state, "TEXT_CALLERS" in found.advice) == (State.FAILED, True)


async def test_a_text_that_no_carrier_took_is_told(clinic: Clinic) -> None:
    """Twilio had accepted it; with what to do. One that arrived is well."""
    made = clinic.world.twilio.messages.made
    made.append(TextMessage(OUR_NUMBER, OWNER, "a text", error_code=30034, delivered_seconds=0.0))
    try:
        found = await clinic.ask("twilio texts", {})
        made.append(TextMessage(OUR_NUMBER, OWNER, "another", delivered_seconds=0.0))
        well = await clinic.ask("twilio texts", {})
    finally:
        made.clear()
    assert (found.state, "undelivered, 30034" in found.cause, "A2P" in found.advice) == (State.FAILED, True, True)
    assert (well.state, "delivered" in well.cause) == (State.OK, True)


async def test_a_start_warns_of_what_is_not_well(clinic: Clinic) -> None:
    """With what to do, and goes on."""
    (told,) = [line for line in clinic.world.bot.log().splitlines() if "this machine alone" in line]
    assert ("WARNING" in told, "Set PUBLIC_URL" in told) == (True, True)


async def test_nothing_is_stored_by_asking(clinic: Clinic) -> None:
    """No row, no text, no visit, no call, and the service has not begun one."""
    settings = load(clinic.environ)
    async with http_client() as http:
        await run(doctor.CHECKS, Site(settings, http))
    office, rows = clinic.world.office, clinic.world.office.rows()
    assert (rows.calls, rows.jobs, rows.leads, rows.alerts) == ([], [], [], [])
    assert (office.sms(), office.bookings(), clinic.world.twilio.calls) == ([], [], {})


def _desk(environ: dict[str, str], *arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "desk", *arguments], cwd=folder, env=inherited | environ, capture_output=True, text=True
    )


async def test_the_command_tells_everything_and_no_key(clinic: Clinic) -> None:
    """In words and as JSON; 0 while nothing has failed, 1 when something has, and no key in any of it."""
    keys = secret_values(load(clinic.environ))
    well = await asyncio.to_thread(_desk, clinic.environ, "doctor", "--json", "--seconds", "60")
    told = json.loads(well.stdout)
    assert (well.returncode, well.stderr, told["ok"]) == (0, "", True)
    assert [one["check"] for one in told["checks"]] == list(CHECKS)
    assert {one["state"] for one in told["checks"]} <= {"ok", "warning", "skipped"}
    broken = clinic.environ | {"OPENAI_API_KEY": "sk-another-key-of-the-tests"}
    ill = await asyncio.to_thread(_desk, broken, "doctor")
    assert (ill.returncode, "openai key" in ill.stdout, "Set OPENAI_API_KEY" in ill.stdout) == (1, True, True)
    everything = well.stdout + well.stderr + ill.stdout + ill.stderr
    assert [key for key in (*keys, broken["OPENAI_API_KEY"], AUTH_TOKEN) if key in everything] == []


async def test_settings_that_are_wrong_end_it(tmp_path: Path) -> None:
    """With what a start says of them; from any folder, as over ssh, since the image says where the modules are."""
    wrong = {"PORT": "none", "OPENAI_API_KEY": "", "PYTHONPATH": str(ROOT)}
    ended = await asyncio.to_thread(_desk, wrong, "doctor", folder=tmp_path)
    assert ended.returncode == EXIT_CONFIG
    assert ("OPENAI_API_KEY" in ended.stdout, "Traceback" in ended.stderr) == (True, False)
    assert "PYTHONPATH=/app " in (ROOT / "Dockerfile").read_text()


async def test_wrong_settings_are_told_to_programs_too(tmp_path: Path) -> None:
    """`--json` prints JSON whatever there is to tell."""
    wrong = {"PORT": "none", "PYTHONPATH": str(ROOT)}
    ended = await asyncio.to_thread(_desk, wrong, "doctor", "--json", folder=tmp_path)
    told = json.loads(ended.stdout)
    assert (ended.returncode, told["ok"], {one["check"] for one in told["checks"]}) == (
        EXIT_CONFIG,
        False,
        {"settings"},
    )
    assert any("PORT" in one["cause"] for one in told["checks"])


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
async def test_a_deadline_is_a_positive_number(seconds: str, tmp_path: Path) -> None:
    """Any other would make a failure of every check."""
    refused = await asyncio.to_thread(
        _desk, {"PYTHONPATH": str(ROOT)}, "doctor", f"--seconds={seconds}", folder=tmp_path
    )
    assert (refused.returncode, "invalid positive number of seconds value" in refused.stderr) == (2, True)


async def _certificate(folder: Path, trusted: bool) -> Finding:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "30"]
    making = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(cert)]
    await asyncio.to_thread(subprocess.run, making + subject, check=True, capture_output=True)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=str(cert)) if trusted else ssl.create_default_context()
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=serving)
    async with server, http_client() as http:
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        required = dict.fromkeys(("OPENAI_API_KEY", "DEEPGRAM_API_KEY", "INWORLD_API_KEY"), "key-of-the-tests")
        twilio = {"TWILIO_ACCOUNT_SID": "AC" + "51" * 16, "TWILIO_AUTH_TOKEN": AUTH_TOKEN, "V2_BACKEND_URL": NOBODY}
        site = Site(load(required | twilio | {"PUBLIC_URL": url}), http, tls=trusting)
        (result,) = await run([CHECKS["certificate"]], site)
    return result.finding


@pytest.mark.parametrize(("trusted", "state"), [(True, State.OK), (False, State.FAILED)])
async def test_the_certificate_is_looked_at(tmp_path: Path, trusted: bool, state: State) -> None:
    """As Twilio does: one that is not trusted opens no stream."""
    found = await _certificate(tmp_path, trusted)
    assert found.state is state, found
    assert ("29 days" in found.cause) is trusted
    assert ("Renew" in found.advice) is not trusted
