"""What every test can count on: nothing leaves this machine, Pipecat logs as in production, settings that are valid.

And what is counted on of a unit test: that it waits for nothing but events.
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import hypothesis
import pytest

import logs
from config import Settings, load
from records.store import Store
from simulator.rig.postgres import NoPostgresError, Postgres
from tests.support import machine_figures, real_waiting
from tests.support.controlled_clock import ControlledClockLoop
from tests.support.property_examples import THOROUGH
from tests.support.side_by_side import FewCalls

logs.route_loguru()  # before any test module imports Pipecat

# The machine decides how long an example takes, so no deadline; the same examples each time, so that a failure is news.
hypothesis.settings.register_profile("project", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.register_profile(THOROUGH, hypothesis.settings.get_profile("project"), max_examples=300)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000)  # pytest --hypothesis-profile=explore
hypothesis.settings.load_profile("project")


_lateness = machine_figures.Lateness()
_cpu_seconds: list[float] = []


def pytest_sessionstart() -> None:
    """From here on the machine is watched."""
    _lateness.start()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test that placed whole calls has recorded what they cost."""
    if report.when == "call":
        _cpu_seconds.extend(float(str(value)) for name, value in report.user_properties if name == "cpu_seconds")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How slow the machine was, for whoever compares two runs."""
    _lateness.end()
    terminalreporter.write_line(machine_figures.told(_lateness.worst_ms, _cpu_seconds))


def pytest_asyncio_loop_factories(item: pytest.Function) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Modules with `CONTROLLED_CLOCK = True` wait for no deadline."""
    controlled = getattr(item.module, "CONTROLLED_CLOCK", False)
    return {"controlled": ControlledClockLoop} if controlled else {"real": asyncio.new_event_loop}


real_waiting.count()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is on real time has services and databases of its own: not in `make quick`, and one worker for a module."""
    for item in items:
        module = item.module.__name__ if isinstance(item, pytest.Function) else ""
        if module in real_waiting.MAY_WAIT:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group(module))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    """A test and its fixtures begin to wait."""
    real_waiting.restart()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Function) -> Generator[None, None, None]:
    """It and its fixtures have ended: they have waited for no deadline."""
    yield
    if complaint := real_waiting.complaint(item.module.__name__):
        pytest.fail(complaint, pytrace=False)


def _refuse_outside(host: object) -> None:
    name = str(host).removesuffix(".")
    try:
        local = ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        local = name == "localhost"
    if not local:
        raise RuntimeError(f"a test reached for {name}: tests talk to this machine alone")


def _stay_at_home() -> None:
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_outside(address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_outside(address[0])
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in (None, "", b"", "0.0.0.0", "::"):
            _refuse_outside(host.decode() if isinstance(host, bytes) else host)
        return getaddrinfo(host, *args, **kwargs)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign, assignment]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = guarded_getaddrinfo


_stay_at_home()


@pytest.fixture(scope="session")
def few_calls(tmp_path_factory: pytest.TempPathFactory) -> FewCalls:
    """The calls of every collected module that places a few; see side_by_side.py."""
    return FewCalls(tmp_path_factory.mktemp)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real Postgres for the session; .ci/run installs it, and where it is not there its tests are skipped."""
    try:
        running = Postgres().__enter__()
    except NoPostgresError as error:
        pytest.skip(str(error))
    yield running
    running.__exit__(None, None, None)


@pytest.fixture(params=["sqlite", "postgres"])
def agent_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind that the service knows."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'agent.db'}"
    running: Postgres = request.getfixturevalue("postgres")
    return running.new_database().replace("postgresql:", "postgresql+psycopg:")


@pytest.fixture
async def store(agent_database: str) -> AsyncIterator[Store]:
    """An open store on an empty database."""
    opened = Store(agent_database)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def environ() -> dict[str, str]:
    """The smallest environment that the service starts with. No key of it is one; nothing answers at its address."""
    return {
        "OPENAI_API_KEY": "openai-key-of-the-tests",
        "DEEPGRAM_API_KEY": "deepgram-key-of-the-tests",
        "INWORLD_API_KEY": "inworld-key-of-the-tests",
        "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
        "TWILIO_AUTH_TOKEN": "twilio-token-of-the-tests",
        "V2_BACKEND_URL": "http://127.0.0.1:9",
    }


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    """The settings of that environment, every other one at its default."""
    return load(environ)
