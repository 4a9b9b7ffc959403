import ast
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import config
from conversation.guard import learned
from tests.support.image_check import instructions
from tests.support.layout import PACKAGES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
DOCKERFILE = instructions((ROOT / "Dockerfile").read_text())

# Every key that we use, with the values that Fly documents for it: fly.io/docs/reference/configuration and
# fly.io/docs/launch/autostop-autostart (auto_stop_machines' words); names and types as flyctl reads them
# (superfly/flyctl, internal/appconfig/config.go and service.go).
DURATION = re.compile(r"\d+(ms|s|m|h)")
FLY: dict[str, Any] = {
    "app": re.compile(r"[a-z0-9-]+"),
    "primary_region": re.compile("[a-z]{3}"),
    "kill_signal": {"SIGINT", "SIGTERM", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGKILL", "SIGSTOP"},
    "kill_timeout": range(1, 301),
    "build.dockerfile": str,
    "deploy.strategy": {"rolling", "immediate", "canary", "bluegreen"},
    "deploy.max_unavailable": (int, float),
    "deploy.wait_timeout": DURATION,
    "env.*": str,
    "http_service.internal_port": range(1, 65536),
    "http_service.force_https": bool,
    "http_service.auto_stop_machines": {"off", "stop", "suspend"},
    "http_service.auto_start_machines": bool,
    "http_service.min_machines_running": int,
    "http_service.concurrency.type": {"connections", "requests"},
    "http_service.concurrency.soft_limit": int,
    "http_service.concurrency.hard_limit": int,
    "http_service.checks.grace_period": DURATION,
    "http_service.checks.interval": DURATION,
    "http_service.checks.timeout": DURATION,
    "http_service.checks.method": {"GET"},
    "http_service.checks.path": re.compile("/[a-z]+"),
    "metrics.port": range(1, 65536),
    "metrics.path": re.compile("/[a-z]+"),
    "mounts.source": re.compile("[a-z0-9_]+"),
    "mounts.destination": re.compile("/.+"),
    "mounts.initial_size": re.compile(r"\d+gb"),
    "vm.size": re.compile(r"(shared-cpu|performance)-\d+x"),
    "vm.memory": re.compile(r"\d+(gb|mb)"),
}


@pytest.fixture(scope="module")
def fly() -> dict[str, Any]:
    return tomllib.loads((ROOT / "fly.toml").read_text())


def leaves(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """The keys of a table with their whole paths; a list of tables counts as each of its tables."""
    for key, value in table.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from leaves(item, f"{above}{key}.")
            else:
                yield f"{above}{key}", item


def test_fly_toml_uses_documented_keys_and_values(fly: dict[str, Any]) -> None:
    """Fly ignores a key it does not know: each of ours is in the table above, with a value it takes."""
    for key, value in leaves(fly):
        allowed = FLY["env.*" if key.startswith("env.") else key]
        if isinstance(allowed, re.Pattern):
            assert allowed.fullmatch(value), key
        elif isinstance(allowed, set | range):
            assert value in allowed, key
        else:
            assert isinstance(value, allowed), key


def test_fly_lets_calls_end(fly: dict[str, Any]) -> None:
    """SIGTERM, Fly's longest patience, more than a drain; machines that do not sleep; checks; one at a time."""
    drain = config.Settings.model_fields["drain_seconds"].default  # Of two machines; fly.toml's own is shorter.
    service = fly["http_service"]
    assert (fly["kill_signal"], fly["kill_timeout"]) == ("SIGTERM", 300)
    assert drain + 30 <= fly["kill_timeout"]
    assert (service["auto_stop_machines"], service["force_https"]) == ("off", True)
    assert service["min_machines_running"] >= 1
    assert [check["path"] for check in service["checks"]] == ["/ready"]
    assert fly["deploy"]["strategy"] == "rolling"
    assert int(fly["deploy"]["wait_timeout"].removesuffix("m")) * 60 > fly["kill_timeout"]


def test_no_caller_waits_for_a_machine_to_wake_up(fly: dict[str, Any]) -> None:
    """R99: a cold start drops calls, so a machine always runs, and none is stopped for want of calls."""
    service = fly["http_service"]
    assert service["min_machines_running"] >= 1
    assert service["auto_stop_machines"] == "off"


def test_fly_leaves_refusing_calls_to_the_service(fly: dict[str, Any]) -> None:
    """By connections: deprioritised at MAX_CALLS, refused by the proxy only far above it."""
    calls = config.Settings.model_fields["max_calls"].default
    concurrency = fly["http_service"]["concurrency"]
    assert concurrency["type"] == "connections"
    assert concurrency["soft_limit"] == calls
    assert concurrency["hard_limit"] >= 2 * calls


def test_fly_and_the_image_agree(fly: dict[str, Any]) -> None:
    """One port, one data folder, and no secret in a file."""
    environ = dict(pair.split("=", 1) for name, text in DOCKERFILE if name == "ENV" for pair in text.split())
    assert {environ["PORT"], fly["env"]["PORT"], str(fly["http_service"]["internal_port"])} == {"8765"}
    assert ("EXPOSE", "8765") in DOCKERFILE
    assert {environ["DATA_DIR"], fly["env"]["DATA_DIR"], fly["mounts"]["destination"]} == {"/data"}
    assert not {key for key in fly["env"] if re.search("KEY|TOKEN|SECRET", key)}
    assert (ROOT / fly["build"]["dockerfile"]).is_file()


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path from the build: the last pattern that matches it or a folder above decides."""
    answer = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern = re.escape(line.strip().removeprefix("!")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
            if re.match(rf"{pattern}(?:/|$)", path):
                answer = not line.startswith("!")
    return answer


def copied() -> list[str]:
    """The files that the Dockerfile copies from the project."""
    sources = [text.split()[:-1] for name, text in DOCKERFILE if name == "COPY" and not text.startswith("--from=")]
    found = [path for source in chain(*sources) for path in ROOT.glob(source)]
    below = [file for folder in found if folder.is_dir() for file in folder.rglob("*") if file.is_file()]
    names = [str(path.relative_to(ROOT)) for path in below]
    return [str(path.relative_to(ROOT)) for path in found if path.is_file()] + [n for n in names if not ignored(n)]


def test_what_the_dockerfile_copies_is_there_and_not_ignored() -> None:
    """Each COPY has sources, and .dockerignore lets each of them through."""
    last = max(i for i, (name, _) in enumerate(DOCKERFILE) if name == "FROM")
    assert "ADD" not in dict(DOCKERFILE)
    for i, (name, text) in enumerate(DOCKERFILE):
        if name == "COPY" and not text.startswith("--from="):
            sources = text.split()[:-1]
            assert [source for source in sources if not list(ROOT.glob(source))] == []
            if i > last:  # Each package under its own name; nothing else is in the image.
                assert text in {"*.py ./", *(f"{package} ./{package}" for package in PACKAGES)}
            else:
                assert sources == ["requirements.lock"]
    assert [path for path in copied() if ignored(path)] == []
    others = [path for path in copied() if not path.endswith((".py", "requirements.lock"))]
    needed = [*(ROOT / "server/pages").iterdir(), learned.WEIGHTS]
    assert sorted(others) == sorted(str(path.relative_to(ROOT)) for path in needed)


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".git/config",
        ".venv/bin/python",
        "call/.env",
        "server/recordings/call.wav",
        "simulator/phone/caller.py",
        "tests/conftest.py",
        "data/dbos.sqlite",
    ],
)
def test_nothing_private_gets_into_the_image(path: str) -> None:
    """Keys, history, recordings, the simulator (GPL) and the tests stay out."""
    assert ignored(path)
    assert path not in copied()


def file_of(module: str) -> str:
    """The path of a module of ours, or of what would be one."""
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if (ROOT / path).is_dir() else f"{path}.py"


def test_every_module_the_service_needs_is_copied() -> None:
    """All that bot.py imports, and what that imports in turn, is copied; nothing of it is simulator or test."""
    seen: set[str] = set()
    waiting = ["bot"]
    while waiting:
        module = waiting.pop()
        seen.add(module)
        for node in ast.walk(ast.parse((ROOT / file_of(module)).read_text())):
            names = {a.name for a in node.names} if isinstance(node, ast.Import) else set()
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
            assert not {name.split(".")[0] for name in names} & {"simulator", "tests", "bench"}, module
            waiting += [name for name in names - seen if (ROOT / file_of(name)).is_file()]
    assert {file_of(module) for module in seen} <= set(copied())
    assert len(seen) > 100


def test_the_image_runs_bot_py_without_root() -> None:
    """The last stage starts bot.py as a user, unbuffered, with a health check, and installs nothing."""
    last = DOCKERFILE[max(i for i, (name, _) in enumerate(DOCKERFILE) if name == "FROM") :]
    assert dict(last)["CMD"] == '["python", "bot.py"]'
    assert dict(last)["USER"] not in ("root", "0")
    assert "/health" in dict(last)["HEALTHCHECK"]
    assert "PYTHONUNBUFFERED=1" in dict(last)["ENV"]
    assert [text for name, text in last if name == "RUN" and re.search(r"\bpip\b|apt", text)] == []


def locked(name: str) -> dict[str, list[str]]:
    """Distribution and pinned versions (a version for each marker) of a lock file."""
    pins: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if not line.startswith(" ") and line.strip():
            requirement = Requirement(line.rstrip(" \\"))
            ((operator, version),) = [(s.operator, s.version) for s in requirement.specifier]
            assert operator == "==", line
            pins.setdefault(canonicalize_name(requirement.name), []).append(version)
    return pins


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_and_hash_everything_and_name_no_host(name: str) -> None:
    """Each requirement is name==version with sha256 hashes; no address, no option, no path."""
    text = (ROOT / name).read_text()
    blocks = re.sub(r"\\\n", " ", text).strip().splitlines()
    pinned = re.compile(r"[a-z0-9._-]+==[\w.]+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+", re.IGNORECASE)
    assert [block[:80] for block in blocks if not pinned.fullmatch(block.strip())] == []
    assert not re.search(r"://|--index|--find|file:|@", text)


def test_locks_satisfy_pyproject() -> None:
    """What pyproject.toml asks for is pinned, at a version that it allows; the two locks agree."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = list(chain(*project["optional-dependencies"].values()))
    runtime, everything = (locked(name) for name in LOCKS)
    for pins, wanted in ((runtime, project["dependencies"]), (everything, project["dependencies"] + extras)):
        for requirement in map(Requirement, wanted):
            versions = pins[canonicalize_name(requirement.name)]
            assert all(requirement.specifier.contains(version) for version in versions), requirement
    assert {name: everything.get(name) for name in runtime} == runtime


def test_the_image_has_no_espeak() -> None:
    """espeak-ng is GPL-3: in the simulator only. Neither are the test tools and WebRTC in the image."""
    runtime = locked("requirements.lock")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    tools = {canonicalize_name(Requirement(tool).name) for tool in extras["dev"] + extras["talk"]}
    assert {"pytest", "import-linter", "pre-commit", "aiortc"} <= tools
    assert [name for name in runtime if "espeak" in name or name in tools] == []
    assert "espeakng-loader" in locked("requirements-dev.lock")


def test_env_example_is_generated() -> None:
    """.env.example is what `python -m config --env-example` prints."""
    assert (ROOT / ".env.example").read_text() == config.env_example()


def test_the_settings_page_has_the_generated_tables() -> None:
    """docs/settings.md ends with what `python -m config --markdown` prints."""
    assert (ROOT / "docs/settings.md").read_text().endswith("\n\n" + config.markdown())


def test_env_example_names_every_setting_once(tmp_path: Path) -> None:
    """One line for each setting; read from a file, the remark behind a value is not part of it."""
    plain = [line.removeprefix("# ") for line in config.env_example().splitlines()]
    lines = [line for line in plain if re.match(r"[A-Z0-9_]+=", line)]
    named = [line.split("=")[0] for line in lines]
    assert named[: len(config.MINIMAL)] == [name.upper() for name in config.MINIMAL]
    assert sorted(named) == sorted(name.upper() for name in config.Settings.model_fields)
    (tmp_path / "env").write_text("\n".join(lines))
    values = {entry.name: entry.value for entry in config.of_the_file(tmp_path / "env")}
    addresses = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "V2_BACKEND_URL": "https://v2.test"}
    required = dict.fromkeys(config.REQUIRED, "key") | addresses
    assert config.load(values | required) == config.load(required)


def test_git_keeps_what_is_private_or_made_out() -> None:
    """.env, the environment, recordings and caches are never committed; .env.example is."""
    paths = [".env", ".venv", "data/x", "calls/x.wav", "a/__pycache__/x.pyc", ".mypy_cache/x", ".hypothesis/x"]
    paths += [".coverage", ".coverage.host.1"]
    ran = subprocess.run(
        ["git", "check-ignore", "--no-index", *paths, ".env.example", "fly.toml"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.stdout.split() == paths


def make(*arguments: str, folder: Path = ROOT, environ: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit code and output of make."""
    # What make was given for this test run is not for the make under test.
    choices = {"ARGS", "ENV", "FAST", "FAULT", "MODEL", "PY", "PYTHON", "SCENARIO", "SEED", "TO", "VENV"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS")) and k not in choices}
    environ = kept | (environ or {})
    command = [shutil.which("make") or "make", *arguments]
    ran = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=600, check=False)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the Makefile whose .venv is set up already, with a Python that tells its arguments."""
    for name in ("Makefile", "requirements-dev.lock", "fly.toml", "config.py", ".env.example"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "config_forms", tmp_path / "config_forms")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").write_text('#!/bin/sh\necho "ran: $*"\n')
    (tmp_path / ".venv/bin/python").chmod(0o755)
    _, sums = make("-s", "--eval", "stamp: ; @echo $(STAMP)", "stamp", folder=tmp_path)
    (tmp_path / sums.strip()).touch()
    return tmp_path


def test_make_alone_explains_itself() -> None:
    """`make` prints what can be done."""
    code, out = make()
    assert code == 0
    assert [
        target for target in ("call", "test", "lint", "run", "deploy", "lock", "clean") if f"make {target}" not in out
    ] == []


def test_make_call_passes_its_choices_on(project: Path) -> None:
    """SCENARIO, FAULT, MODEL, ENV, FAST, SEED and ARGS reach the simulator; it gets none unasked. TO is a real call."""
    assert make("call", folder=project) == (0, "ran: -m simulator\n")
    assert make("call", "SCENARIO=all", "MODEL=real", folder=project) == (
        0,
        "ran: -m simulator --scenario all --real-model\n",
    )
    code, out = make("call", "MODEL=gpt", folder=project)
    assert (code != 0, "MODEL can only be: real" in out) == (True, True)
    code, out = make("call", "SCENARIO=gas_leak", "FAULT=v2:down", folder=project)
    assert (code, out) == (0, "ran: -m simulator --scenario gas_leak --fault v2:down\n")
    assert make("call", "TO=+15125550100", folder=project) == (0, "ran: -m desk ring +15125550100\n")
    assert make("call", "FAST=1", "SEED=7", folder=project) == (0, "ran: -m simulator --fast --seed 7\n")
    assert make("call", "FAST=0", folder=project) == (0, "ran: -m simulator\n")
    assert make("call", "ENV=.env", folder=project) == (0, "ran: -m simulator --env .env\n")
    assert make("call", "ARGS=--play", folder=project) == (0, "ran: -m simulator --play\n")


def test_make_talk_passes_its_choices_on(project: Path) -> None:
    """PORT and ENV reach it, and nothing unasked."""
    assert make("talk", folder=project) == (0, "ran: -m simulator.talk\n")
    assert make("talk", "PORT=7861", "ENV=other.env", folder=project) == (
        0,
        "ran: -m simulator.talk --port 7861 --env other.env\n",
    )


@pytest.mark.parametrize(
    ("target", "given", "meant"),
    [
        ("call", "scenario=gas_leak", "SCENARIO"),
        ("call", "Scenario=gas_leak", "SCENARIO"),
        ("call", "SCENARIOS=gas_leak", "SCENARIO"),
        ("call", "fast=1", "FAST"),
        ("ring", "NUMBER=+15125550100", ""),
        ("deploy", "SKIP_TEST=yes", "SKIP_TESTS"),
        ("deploy", "PY=/bin/true", ""),
        ("secrets", "env=other.env", "ENV"),
        ("contract", "v2=https://v2.test", "V2"),
        ("explain", "SAYS=yes", "SAY"),
        ("test", "args=-k one", "ARGS"),
    ],
)
def test_make_refuses_what_a_target_does_not_take(project: Path, target: str, given: str, meant: str) -> None:
    """By its name, with the near one: it would do something else without a word."""
    code, out = make(target, given, folder=project)
    told = f"takes no {given.partition('=')[0]}" + (f" (did you mean {meant}?)" if meant else "")
    assert (code, told in out, "ran:" in out) == (2, True, False), out


def test_make_reaches_the_desk(project: Path) -> None:
    """Each of the operator's commands, and nothing is changed without being asked about."""
    assert make("doctor", "ARGS=--json", folder=project) == (0, "ran: -m desk doctor --json\n")
    assert make("number-show", folder=project) == (0, "ran: -m desk number show\n")
    assert make("number-point", folder=project) == (0, "ran: -m desk number point\n")
    assert make("number-restore", "YES=1", folder=project) == (0, "ran: -m desk number restore --yes\n")
    assert make("ring", "TO=+15125550100", folder=project) == (0, "ran: -m desk ring +15125550100\n")
    code, out = make("ring", folder=project)
    assert (code != 0, "make ring TO=" in out) == (True, True)


def test_make_sets_up_once_for_a_lock(project: Path) -> None:
    """A touched lock is nothing new; a lock with other content is installed, and remembered."""
    (project / "requirements-dev.lock").touch()
    assert "Setting up" not in make("setup", folder=project)[1]
    (project / "requirements-dev.lock").write_text("another==1")
    first, second = make("setup", folder=project)[1], make("setup", folder=project)[1]
    assert "--require-hashes -r requirements-dev.lock" in first
    assert "ran:" not in second


def test_make_tells_which_python_it_needs(project: Path) -> None:
    """An interpreter below 3.11, or none, is refused with a way out."""
    (project / "python2").write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.1"\nexit 1\n')
    (project / "python2").chmod(0o755)
    shutil.rmtree(project / ".venv")
    for name in (str(project / "python2"), "no-such-python"):
        code, out = make("test", f"PYTHON={name}", folder=project)
        assert code != 0
        assert "Python 3.11 or newer is needed" in out
        assert "PYTHON=python3.11" in out
    assert not (project / ".venv").exists()


def test_make_run_asks_for_an_env_file(project: Path) -> None:
    """Without .env it says how to get one."""
    code, out = make("run", folder=project)
    assert code != 0
    assert "cp .env.example .env" in out
    (project / ".env").touch()
    assert make("run", folder=project) == (0, "ran: bot.py\n")


def test_ci_runs_make_test() -> None:
    """.ci/run is executable and ends in `make test`, which lints first, and in every whole call."""
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert (ROOT / ".ci/run").read_text().splitlines()[-2:] == ["make test", "exec make test-calls"]
    assert "set -euo pipefail" in (ROOT / ".ci/run").read_text()
    _, plan = make("-n", "test")
    assert re.search("ruff check.*ruff format --check.*lint-imports.*support.layout.*mypy.*pytest", plan, re.DOTALL)


def test_make_test_measures_coverage_unless_tests_are_chosen(project: Path) -> None:
    """Unit tests with the floor, then the slow ones; ARGS chooses among all, for which no floor is meant."""
    make_test = ("test", "-o", "lint", "PYTEST=pytest")
    assert make("-n", *make_test, folder=project)[1].splitlines() == [
        'pytest -m "not calls and (not slow or measured)" --cov --cov-report= && '
        'pytest -m "slow and not calls and not measured"'
    ]
    assert make("-n", *make_test, "ARGS=-k x", folder=project)[1].splitlines() == ['pytest -m "not calls" -k x']
    _, chosen = make("-n", "coverage", "PYTEST=pytest", "ARGS=-k x", folder=project)
    assert chosen.strip() == 'pytest -m "not calls and (not slow or measured)" --cov --cov-fail-under=0 -k x'


def test_make_quick_runs_what_depends_on_the_change(project: Path) -> None:
    """The unit tests of the modules that tests.support.changed names; none in them is no failure, another end is."""
    (project / ".venv/bin/python").write_text("#!/bin/sh\necho tests/test_a.py tests/test_b.py\n")
    quick = ("-s", "quick", "-o", "lint")
    assert "ruff check" in make("-n", "quick", folder=project)[1]
    asked = make(*quick, "PYTEST=echo", folder=project)
    assert asked == (0, "-m not calls and not slow tests/test_a.py tests/test_b.py\n")
    for code, ends_well in ((0, True), (1, False), (5, True)):
        (project / "pytest").write_text(f"#!/bin/sh\nexit {code}\n")
        (project / "pytest").chmod(0o755)
        assert (make(*quick, "PYTEST=./pytest", folder=project)[0] == 0) is ends_well
