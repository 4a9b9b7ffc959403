"""What `make deploy` looks at of fly.toml and of the options for `fly deploy`: all that they may say is in here.

The forms are those that flyctl reads (Fly: App configuration). What nobody has looked at is refused by its name: it may
change what runs, or where, behind the back of everything that was tested.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError

from call.errors import AgentError

PLACEHOLDER: Final = "your-app-name"
COMMAND: Final = "python bot.py"  # The image's own (Dockerfile: CMD)
READY: Final = "/ready"
CHECKED: Final = (READY, "/health")
METRICS: Final = "/metrics"
ENDING_SECONDS: Final = 20  # From the end of a drain to the end of the process (server/drain.py, and bot.py's loop)
KILL_SECONDS: Final = 5.0  # kill_timeout, where fly.toml does not say (Fly: App configuration)
ALONE_DRAIN_SECONDS: Final = 30  # Longest that one machine alone may leave new callers to an apology, at a deploy
SHARED_CALLS: Final = 2  # Most that a shared vCPU carries: it is held to a sixteenth of a core in the long run
SECRET: Final = re.compile("KEY|TOKEN|SECRET|PASSWORD|DATABASE_URL")
_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_DURATION: Final = re.compile(r"(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+")
# Options of `fly deploy` that change nothing of what was looked at; with a value, what it may be.
HARMLESS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("--remote-only", "--local-only", "--depot", "--no-cache", "--recreate-builder"), ""),
    **dict.fromkeys(("--verbose", "--debug", "--now", "--yes", "-y", "--build-only"), ""),
    "--wait-timeout": _DURATION.pattern + r"|\d+",
    "--lease-timeout": _DURATION.pattern + r"|\d+",
    "--strategy": "rolling|canary|bluegreen",
}


class NotReadyError(AgentError):
    """Raised when something cannot even be asked; the message says what, and what to do."""


def _duration(value: object) -> object:
    """Seconds of what flyctl takes for a duration: a whole number of them, or a text of Go's such as "5m0s"."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise ValueError('seconds, such as 300, or a text such as "5m0s"')
    return sum(float(n) * _UNITS[unit] for n, unit in re.findall(r"([\d.]+)(h|ms|m|s|us|µs|ns)", value))


def _several(value: object) -> object:
    return [value] if isinstance(value, dict) else value


def _merged(value: object) -> object:
    """[env], also as [[env]]; each value as the text that flyctl makes of it."""
    rows = _several(value)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("a table")
    merged = {name: each for row in rows for name, each in row.items()}
    if tables := [name for name, each in merged.items() if isinstance(each, dict | list)]:
        raise ValueError(f"{', '.join(tables)} has to be a text")
    return {name: str(each).lower() if isinstance(each, bool) else str(each) for name, each in merged.items()}


class _Known(BaseModel):
    """A table of which everything is known."""

    model_config = ConfigDict(extra="forbid")


class _Build(_Known):
    dockerfile: StrictStr = ""


class _Deploy(_Known):
    strategy: Literal["rolling", "canary", "bluegreen"] = "rolling"
    max_unavailable: float = 0.33
    wait_timeout: Annotated[float, BeforeValidator(_duration)] = 0.0


class _Concurrency(_Known):
    type: Literal["connections", "requests"] = "connections"
    soft_limit: StrictInt | None = None
    hard_limit: StrictInt | None = None


class _Check(BaseModel):
    path: StrictStr = "/"
    method: StrictStr = "GET"


class _HttpService(BaseModel):
    internal_port: StrictInt
    force_https: StrictBool = False
    auto_stop_machines: Literal[False, "off"]
    auto_start_machines: StrictBool = True
    min_machines_running: Annotated[StrictInt, Field(ge=1)]
    concurrency: _Concurrency = _Concurrency()
    checks: list[_Check] = []


class _Mount(BaseModel):
    source: StrictStr
    destination: StrictStr


class _Metrics(_Known):
    port: StrictInt
    path: StrictStr


class _Machine(BaseModel):
    size: StrictStr = ""
    cpu_kind: StrictStr = ""
    cpus: StrictInt | None = None

    @property
    def shared_cpus(self) -> int:
        """How many shared vCPUs it has, as Fly's smallest has one; none if its cores are its own."""
        size = re.fullmatch(r"shared-cpu-(\d+)x", self.size or "shared-cpu-1x")
        if self.cpu_kind not in ("", "shared") or not (size or self.cpu_kind):
            return 0
        return self.cpus or (int(size[1]) if size else 1)


class FlyToml(_Known):
    """fly.toml, as far as `make deploy` takes it."""

    app: StrictStr
    primary_region: StrictStr = ""
    kill_signal: Literal["SIGINT", "SIGTERM"] = "SIGINT"
    kill_timeout: Annotated[float, BeforeValidator(_duration)] = KILL_SECONDS
    build: _Build = _Build()
    deploy: _Deploy = _Deploy()
    env: Annotated[dict[str, str], BeforeValidator(_merged)] = {}
    processes: dict[str, str] = {}
    http_service: _HttpService
    mounts: Annotated[list[_Mount], BeforeValidator(_several)] = []
    vm: Annotated[list[_Machine], BeforeValidator(_several)] = []
    metrics: Annotated[list[_Metrics], BeforeValidator(_several)] = []
    # Whatever they say, what runs is the same.
    checks: Any = None
    restart: Any = None
    swap_size_mb: Any = None
    console_command: Any = None
    host_dedication_id: Any = None


# What pydantic's words do not tell an operator.
_ADVICE: Final = {
    "http_service": "a table [http_service], once",
    "http_service.auto_stop_machines": 'a machine that sleeps loses calls: auto_stop_machines = "off"',
    "http_service.min_machines_running": "a machine that sleeps loses calls: min_machines_running = 1",
    "kill_signal": "the service ends its calls on SIGTERM and SIGINT alone",
}


def read(path: Path) -> FlyToml:
    """fly.toml, with a name in it.

    Raises:
        NotReadyError: it cannot be read, names no app, or says what it may not; a line for each.
    """
    try:
        raw = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise NotReadyError(f"{path.name} cannot be read: {error}") from None
    if raw.get("app") in (None, "", PLACEHOLDER):
        raise NotReadyError(f"{path.name} has no name of an app yet: fly apps create <name>, and put it behind app =")
    try:
        return FlyToml(**raw)
    except ValidationError as error:
        told = {_line(tuple(map(str, one["loc"])), one["type"], one["msg"]): None for one in error.errors()}
        raise NotReadyError("\n".join(f"{path.name}: {line}" for line in told)) from None


def _line(where: tuple[str, ...], kind: str, message: str) -> str:
    name = ".".join(part for part in where if not part.isdigit())
    if kind == "extra_forbidden":
        return f"{name} is nothing that make deploy has looked at, and may change what runs: leave it out"
    return f"{name}: {_ADVICE.get(name) or message}"


def refused(arguments: Sequence[str]) -> list[str]:
    """Which options for `fly deploy` are none of the harmless ones."""
    wrong, rest = [], list(arguments)
    while rest:
        given = rest.pop(0)
        name, equals, value = given.partition("=")
        form = HARMLESS.get(name)
        if form and not equals and rest:
            value = rest.pop(0)
        if form is None or not re.fullmatch(form, value) or (equals and not form):
            wrong.append(given if equals or not value else f"{given} {value}")
    return wrong


def untrue(fly: FlyToml, made: Mapping[str, Any], *, postgres: bool, machines: int) -> list[str]:
    """What fly.toml says that is not so, given what `bot.py` makes of its [env], and what the app has at Fly."""
    return [
        *_of_the_image(fly),
        *_of_the_service(fly, made["port"], made["max_calls"]),
        *_of_the_metrics(fly, made["metrics_port"]),
        *_of_the_records(fly, made["data_dir"], postgres, machines),
        *_of_the_end(fly, made["drain_seconds"], postgres, machines),
    ]


def _of_the_image(fly: FlyToml) -> Iterator[str]:
    if others := [name for name, command in fly.processes.items() if command.split() not in ([], COMMAND.split())]:
        yield f"[processes] {', '.join(others)}: the image runs {COMMAND}, and nothing else was looked at"
    if len(fly.processes) > 1:
        yield "[processes] has several groups, and each would answer calls with a database of its own: leave it out"
    if secrets := sorted(name for name in fly.env if SECRET.search(name)):
        yield f"{', '.join(secrets)} under [env]: keys belong in no file, set them with make secrets"
    if of_fly := sorted(name for name in fly.env if name.startswith("FLY_")):
        yield f"{', '.join(of_fly)} under [env]: Fly sets them"


def _of_the_service(fly: FlyToml, port: int, most_calls: int) -> Iterator[str]:
    service, limits = fly.http_service, fly.http_service.concurrency
    if service.internal_port != port:
        yield f"internal_port is {service.internal_port}, and the service listens on {port}: make them one"
    paths = [check.path for check in service.checks if check.method.upper() == "GET"]
    if READY not in paths or len(paths) < len(service.checks) or set(paths) - set(CHECKED):
        yield f'[[http_service.checks]] has to ask GET {READY}, which tells whether calls may come: path = "{READY}"'
    if limits.hard_limit is not None and limits.hard_limit <= most_calls:
        yield (
            f"hard_limit ({limits.hard_limit}) leaves no room above MAX_CALLS ({most_calls}): Fly's proxy would refuse "
            "callers, whom the service tells that somebody calls back"
        )
    if limits.hard_limit is not None and (limits.soft_limit or 0) > limits.hard_limit:
        yield f"soft_limit ({limits.soft_limit}) is above hard_limit ({limits.hard_limit})"
    if limits.soft_limit is not None and limits.soft_limit < 1:
        yield f"soft_limit ({limits.soft_limit}) has to be at least 1"
    for machine in fly.vm or [_Machine()]:
        if 0 < machine.shared_cpus * SHARED_CALLS < most_calls:
            yield (
                f"MAX_CALLS ({most_calls}) is more than shared vCPUs carry, {SHARED_CALLS} calls each: every call would"
                " have gaps. Lower it under [env], or take a performance machine under [[vm]]"
            )


def _of_the_metrics(fly: FlyToml, port: int | None) -> Iterator[str]:
    for asked in fly.metrics:
        if (asked.port, asked.path) != (port, METRICS):
            yield (
                f"[metrics] asks port {asked.port} for {asked.path}, where nothing is: {METRICS} is on METRICS_PORT"
                f" ({port or 'not set under [env]'})"
            )


def _of_the_records(fly: FlyToml, folder: str, postgres: bool, machines: int) -> Iterator[str]:
    if fly.mounts and folder not in (places := [mount.destination for mount in fly.mounts]):
        yield f"the volume is at {', '.join(places)}, and DATA_DIR is {folder}: make them one"
    if not fly.mounts and not postgres:
        yield "without [mounts] and without the secret DATABASE_URL every deploy loses the records: have one"
    if machines > 1 and not postgres:
        yield f"{machines} machines without a Postgres know nothing of each other's calls: fly scale count 1"


def _of_the_end(fly: FlyToml, drain: float, postgres: bool, machines: int) -> Iterator[str]:
    kill = fly.kill_timeout
    if kill <= drain + ENDING_SECONDS:
        yield f"kill_timeout ({kill:g} s) must be more than {ENDING_SECONDS} s above DRAIN_SECONDS ({drain:g} s)"
    if drain > ALONE_DRAIN_SECONDS and (not postgres or machines == 1):
        yield (
            f"one machine turns new callers away for DRAIN_SECONDS ({drain:g} s) at each deploy: set 20 under [env], "
            "or run two machines on a Postgres (docs/deploy.md)"
        )
