"""`make deploy` with a `fly` and a `make` that only tell what they were asked: what is not ready is not deployed."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import config
from desk import fly_toml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
CONFIG = str(Path(config.__file__).relative_to(ROOT))
# As flyctl answers: no login, an app that is not there, one row for each secret and each machine.
FLY = """#!/bin/sh
echo "fly $*" >> "$ASKED"
case "$1 $2" in
  "auth whoami") test -z "$LOGGED_OUT" || { echo "Error: no access token available" >&2; exit 1; };;
  "secrets list"|"machine list")
    test "$4" = ace || { echo "Error: failed to get app: Could not find App \\"$4\\"" >&2; exit 1; }
    test "$1" = secrets && echo "$SECRETS" || echo "$MACHINES";;
  "secrets import") cat >> "$ASKED";;
  "deploy "*) exit "$DEPLOYED";;
esac
"""
# It hears nothing of the operator's environment but what names places: what it is to do stands beside it.
MAKE = """#!/bin/sh
. "$(dirname "$0")/told"
echo "make $*" >> "$ASKED"
env > "$ASKED.environ"
test "$1" != "$RED" || exit 2
test "$1" != image-check || eval "$MEANWHILE"
"""


def rows(*names: str, key: str = "name") -> str:
    """What flyctl lists."""
    return json.dumps([{key: name, "digest": "x"} for name in names])


MAKE_ITSELF = shutil.which("make") or "make"


@dataclass
class Desk:
    """A project that is ready, an operator's terminal in it, and what its programs were asked."""

    root: Path
    environ: dict[str, str]
    arguments: list[str] = field(default_factory=list)

    def edit(self, file: str, old: str, new: str) -> None:
        """Changes a file, and commits it."""
        path = self.root / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
        self.git("commit", "-qam", "edited")

    def git(self, *arguments: str) -> None:
        """Git, as somebody."""
        who = ["-c", "user.name=o", "-c", "user.email=o@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=self.root, check=True, capture_output=True)

    def run(self, *command: str) -> tuple[int, str]:
        """A command in the project: exit code, and all that it said."""
        told = {name: self.environ.get(name, "") for name in ("ASKED", "RED", "MEANWHILE")}
        programs = Path(self.environ["PATH"].split(":")[0])
        (programs / "told").write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in told.items()))
        ran = subprocess.run(
            command, cwd=self.root, env=self.environ, capture_output=True, text=True, timeout=120, check=False
        )
        return ran.returncode, ran.stdout + ran.stderr

    def deploy(self) -> tuple[int, str]:
        """What `make deploy` runs."""
        return self.run(sys.executable, "-m", "desk.deploy", *self.arguments)

    @property
    def deployed(self) -> bool:
        """Whether Fly was asked to."""
        return any(line.startswith("fly deploy") for line in self.asked)

    @property
    def asked(self) -> list[str]:
        """What fly and make were asked, in order."""
        path = Path(self.environ["ASKED"])
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Everything ready: committed, named, logged in, every secret set."""
    root, programs = tmp_path / "project", tmp_path / "bin"
    for package in ("call", "config_forms", "desk"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (
        "config",
        "config.py",
        "Makefile",
        "Dockerfile",
        "requirements-dev.lock",
        ".gitignore",
        ".env.example",
    ):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, root)
    (root / "bot.py").write_text("from config import validate_config\n\nsettings = validate_config()\n")
    (root / "fly.toml").write_text((ROOT / "fly.toml").read_text().replace(fly_toml.PLACEHOLDER, "ace"))
    programs.mkdir()
    for name, text in (("fly", FLY), ("make", MAKE)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    environ = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "ASKED": str(tmp_path / "asked"),
        "SECRETS": rows(*config.REQUIRED),
        "MACHINES": rows("one"),
        "DEPLOYED": "0",
    }
    desk = Desk(root, environ)
    desk.git("init", "-q", "-b", "main")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "ready")
    return desk


def test_what_is_ready_is_deployed(desk: Desk) -> None:
    """Every command is shown; lint, tests and image check come before the one that deploys."""
    desk.arguments = ["--", "--remote-only"]
    code, out = desk.deploy()
    assert code == 0, out
    deployed = f"fly deploy --app ace --config {desk.root / 'fly.toml'} --ha=false --remote-only"
    assert desk.asked == [
        "fly auth whoami",
        "fly secrets list --app ace --json",
        "fly machine list --app ace --json",
        "make lint",
        "make test",
        "make image-check",
        deployed,
    ]
    assert [line.removeprefix("+ ") for line in out.splitlines() if line.startswith("+ ")] == desk.asked
    assert "ace: commit " in out
    assert "ON NO REMOTE" in out


def test_an_older_flyctl_and_settings_in_the_file_are_understood(desk: Desk) -> None:
    """It wrote `Name`; a required setting that is no secret may stand under [env]."""
    desk.environ["SECRETS"] = rows(*(name for name in config.REQUIRED if name != "V2_BACKEND_URL"), key="Name")
    desk.edit("fly.toml", "[env]", '[env]\n  V2_BACKEND_URL = "https://v2.example.com"')
    assert desk.deploy()[0] == 0
    assert desk.asked[-1].startswith("fly deploy ")


def test_two_machines_with_a_postgres_may_take_their_time(desk: Desk) -> None:
    """The same file, with the drain of two."""
    desk.environ |= {"SECRETS": rows(*config.REQUIRED, "DATABASE_URL"), "MACHINES": rows("one", "two")}
    desk.edit("fly.toml", 'DRAIN_SECONDS = "20"', 'DRAIN_SECONDS = "240"')
    assert desk.deploy()[0] == 0


def test_the_tests_are_left_out_loudly_and_nothing_else(desk: Desk) -> None:
    """SKIP_TESTS=yes."""
    desk.arguments = ["--skip-tests", "yes"]
    code, out = desk.deploy()
    assert (code, "!!! SKIP_TESTS=yes" in out) == (0, True)
    assert [line for line in desk.asked if line.startswith("make")] == ["make lint", "make image-check"]


def test_a_deploy_that_fails_at_fly_has_failed(desk: Desk) -> None:
    """Its exit code is ours."""
    desk.environ["DEPLOYED"] = "7"
    assert desk.deploy()[0] == 7


def unset(*names: str) -> Callable[[Desk], None]:
    """A desk without these secrets."""
    return lambda desk: desk.environ.update(SECRETS=rows(*(n for n in config.REQUIRED if n not in names)))


def postgres_and_one_machine(desk: Desk) -> None:
    """As two machines would have it, of which one is there."""
    desk.environ["SECRETS"] = rows(*config.REQUIRED, "DATABASE_URL")
    desk.edit("fly.toml", 'DRAIN_SECONDS = "20"', 'DRAIN_SECONDS = "240"')


def in_file(table: str, line: str, said: str) -> tuple[Callable[[Desk], None], str]:
    """A line more in a table of fly.toml."""
    return lambda desk: desk.edit("fly.toml", f"[{table}]", f"[{table}]\n  {line}"), said


def without_dockerfile(desk: Desk) -> None:
    """A tree that has none."""
    desk.git("rm", "-q", "Dockerfile")
    desk.git("commit", "-qm", "removed")


def with_secret(name: str) -> Callable[[Desk], None]:
    """A desk with one secret more."""
    return lambda desk: desk.environ.update(SECRETS=rows(*config.REQUIRED, name))


def with_arguments(text: str) -> Callable[[Desk], None]:
    """A desk where ARGS is this."""
    return lambda desk: desk.arguments.extend(["--", *text.split()])


UNREADY: dict[str, tuple[Callable[[Desk], object], str]] = {
    "a change that is not committed": (
        lambda d: (d.root / "bot.py").write_text((d.root / "bot.py").read_text() + "\n# more\n"),
        "not committed: bot.py",
    ),
    "a module that git does not know": (lambda d: (d.root / "new.py").touch(), "not committed: new.py"),
    "no repository": (lambda d: shutil.rmtree(d.root / ".git"), "git knows no commit here"),
    "no flyctl": (lambda d: d.arguments.extend(["--fly", "no-such-fly"]), "flyctl is not installed"),
    "not logged in": (lambda d: d.environ.update(LOGGED_OUT="1"), "flyctl is not logged in (Error: no access token"),
    "no name of an app": (lambda d: d.edit("fly.toml", '"ace"', f'"{fly_toml.PLACEHOLDER}"'), "fly apps create <name>"),
    "another app's name": (lambda d: d.edit("fly.toml", '"ace"', '"acme"'), "Fly has no app 'acme' for this account"),
    "a secret is missing": (unset("V2_BACKEND_URL"), "not set at Fly: V2_BACKEND_URL. make secrets"),
    "all secrets are missing": (unset(*config.REQUIRED), f"not set at Fly: {', '.join(config.REQUIRED)}."),
    "a secret with a longer name": (
        lambda d: d.environ.update(SECRETS=d.environ["SECRETS"].replace("OPENAI_API_KEY", "MY_OPENAI_API_KEY_2")),
        "not set at Fly: OPENAI_API_KEY.",
    ),
    "no list of secrets": (
        lambda d: d.environ.update(SECRETS="NAME DIGEST"),
        "what flyctl lists under secrets makes no sense",
    ),
    "config.py cannot be imported": (
        lambda d: d.edit(CONFIG, "import logging\n", "import logging\nimport none_such\n"),
        "config.py cannot be imported: ModuleNotFoundError",
    ),
    "bot.py cannot be imported": (
        lambda d: d.edit("bot.py", "from config", "import none_such\nfrom config"),
        "bot.py does not start with made-up keys and the [env] of fly.toml: ModuleNotFoundError",
    ),
    "bot.py is no Python": (lambda d: d.edit("bot.py", "settings = ", "settings = ("), "bot.py does not start"),
    "a setting in fly.toml is wrong": (
        lambda d: d.edit("fly.toml", 'DRAIN_SECONDS = "20"', 'DRAIN_SECONDS = "soon"'),
        "bot.py does not start with made-up keys and the [env] of fly.toml: ",
    ),
    "fly.toml is no TOML": (lambda d: d.edit("fly.toml", "[env]", "[env"), "fly.toml cannot be read"),
    "one machine that drains for long": (
        lambda d: d.edit("fly.toml", 'DRAIN_SECONDS = "20"', 'DRAIN_SECONDS = "240"'),
        "one machine turns new callers away for DRAIN_SECONDS (240 s)",
    ),
    "a Postgres, and one machine that drains for long": (
        postgres_and_one_machine,
        "one machine turns new callers away",
    ),
    "two machines and two databases": (
        lambda d: d.environ.update(MACHINES=rows("one", "two")),
        "2 machines without a Postgres know nothing of each other's calls",
    ),
    "killed before the calls have ended": (
        lambda d: d.edit("fly.toml", "kill_timeout = 300", "kill_timeout = 30"),
        "kill_timeout (30 s) must be more than 20 s above DRAIN_SECONDS (20 s)",
    ),
    "killed after Fly's five seconds": (
        lambda d: d.edit("fly.toml", "kill_timeout = 300", ""),
        "kill_timeout (5 s) must be more",
    ),
    "a machine that sleeps": (lambda d: d.edit("fly.toml", '= "off"', '= "stop"'), "a machine that sleeps loses calls"),
    "another port": (
        lambda d: d.edit("fly.toml", "internal_port = 8765", "internal_port = 8080"),
        "internal_port is 8080, and the service listens on 8765",
    ),
    "numbers that nobody finds": (
        lambda d: d.edit("fly.toml", "port = 9091", "port = 8765"),
        "[metrics] asks port 8765 for /metrics, where nothing is: /metrics is on METRICS_PORT (9091)",
    ),
    "records on no volume": (lambda d: d.edit("fly.toml", "[mounts]", "[restart]"), "every deploy loses the records"),
    "a name that is no setting": (
        lambda d: d.edit("fly.toml", "[env]", '[env]\n  METRIC_PORT = "9"'),
        "fly.toml, [env]: METRIC_PORT is no setting, and has no effect: did you mean METRICS_PORT?",
    ),
    "a calendar that books nothing": (
        lambda d: d.edit("fly.toml", "[env]", '[env]\n  ALLOW_MOCK_BOOKINGS = "true"'),
        "ALLOW_MOCK_BOOKINGS",
    ),
    "a key in the file": (
        lambda d: d.edit("fly.toml", "[env]", '[env]\n  V2_API_KEY = "abc"'),
        "V2_API_KEY under [env]: keys belong in no file",
    ),
    "lint is red": (lambda d: d.environ.update(RED="lint"), "make lint is red"),
    "the tests are red": (lambda d: d.environ.update(RED="test"), "make test is red"),
    "the image check is red": (lambda d: d.environ.update(RED="image-check"), "make image-check is red"),
    "a change during the tests": (
        lambda d: d.environ.update(MEANWHILE="echo >> bot.py"),
        "the tree changed meanwhile: not committed: bot.py",
    ),
    "a commit during the tests": (
        lambda d: d.environ.update(
            MEANWHILE="git -c user.name=o -c user.email=o@example.com commit -q --allow-empty -m x"
        ),
        "the tree changed meanwhile",
    ),
    "SKIP_TESTS=perhaps": (lambda d: d.arguments.extend(["--skip-tests", "perhaps"]), "can only be: yes"),
    "another image": in_file("build", 'image = "another"', "build.image is nothing that make deploy has looked at"),
    "a Dockerfile of elsewhere": (
        lambda d: d.edit("fly.toml", 'dockerfile = "Dockerfile"', 'dockerfile = "other/Dockerfile"'),
        "[build] dockerfile is other/Dockerfile",
    ),
    "no Dockerfile": (
        without_dockerfile,
        "there is no Dockerfile",
    ),
    "another command": (
        lambda d: d.edit("fly.toml", "[env]", '[processes]\n  app = "python -m http.server"\n\n[env]'),
        "[processes] app: the image runs python bot.py",
    ),
    "another command, as an experiment": (
        lambda d: d.edit("fly.toml", "[env]", '[experimental]\n  cmd = ["sh"]\n\n[env]'),
        "experimental is nothing that make deploy has looked at",
    ),
    "two commands": (
        lambda d: d.edit("fly.toml", "[env]", '[processes]\n  app = ""\n  web = "python bot.py"\n\n[env]'),
        "[processes] has several groups",
    ),
    "a file over the image's": (
        lambda d: d.edit("fly.toml", "[env]", '[[files]]\n  guest_path = "/app/bot.py"\n\n[env]'),
        "files is nothing that make deploy has looked at",
    ),
    "health is not awaited": (
        lambda d: d.edit("fly.toml", 'strategy = "rolling"', 'strategy = "immediate"'),
        "deploy.strategy: Input should be 'rolling'",
    ),
    "ended without a word": (
        lambda d: d.edit("fly.toml", '"SIGTERM"', '"SIGKILL"'),
        "kill_signal: the service ends its calls on SIGTERM and SIGINT alone",
    ),
    "no duration": (
        lambda d: d.edit("fly.toml", "kill_timeout = 300", 'kill_timeout = "long"'),
        'kill_timeout: Value error, seconds, such as 300, or a text such as "5m0s"',
    ),
    "another check": (lambda d: d.edit("fly.toml", '"/ready"', '"/nope"'), "has to ask GET /ready"),
    "no check": (
        lambda d: d.edit("fly.toml", "[[http_service.checks]]", "[[http_service.machine_checks]]"),
        "has to ask GET /ready",
    ),
    "the proxy refuses callers": (
        lambda d: d.edit("fly.toml", "hard_limit = 100", "hard_limit = 40"),
        "hard_limit (40) leaves no room above MAX_CALLS (40)",
    ),
    "limits the wrong way around": (
        lambda d: d.edit("fly.toml", "soft_limit = 40", "soft_limit = 160"),
        "soft_limit (160) is above hard_limit (100)",
    ),
    "a minimum that is no number": (
        lambda d: d.edit("fly.toml", "min_machines_running = 1", 'min_machines_running = "0"'),
        "http_service.min_machines_running: a machine that sleeps loses calls",
    ),
    "more calls than a shared machine carries": (
        lambda d: d.edit("fly.toml", "performance-1x", "shared-cpu-4x"),
        "MAX_CALLS (40) is more than shared vCPUs carry",
    ),
    "the machine that Fly takes unasked": (
        lambda d: d.edit("fly.toml", '[[vm]]\n  size = "performance-1x"', "[[restart]]"),
        "MAX_CALLS (40) is more than shared vCPUs carry",
    ),
    "a table in the place of a text": (
        lambda d: d.edit("fly.toml", 'PORT = "8765"', 'PORT = ["8765"]'),
        "env: Value error, PORT has to be a text",
    ),
    "two services": (
        lambda d: d.edit("fly.toml", "[http_service]", "[[http_service]]"),
        "http_service: a table [http_service], once",
    ),
    "several names": (
        lambda d: d.edit("fly.toml", 'app = "ace"', 'app = ["ace"]'),
        "app: Input should be a valid string",
    ),
    **{
        f"a secret {name}": (with_secret(name), f"{name}: a secret of the app wins over what fly.toml and Fly say")
        for name in ("DRAIN_SECONDS", "PORT", "HOST", "DATA_DIR", "MAX_CALLS", "VERIFY_TWILIO", "FLY_MACHINE_ID")
    },
    "a secret that fly.toml sets": (
        lambda d: d.edit("fly.toml", "[env]", '[env]\n  V2_BACKEND_URL = "https://v2.example.com"'),
        "V2_BACKEND_URL: a secret of the app wins",
    ),
    **{
        f"ARGS={option}": (with_arguments(option), f"not ready: {option.split()[0]}")
        for option in (
            "--app=acme", "-aother", "--image x", "-e VERIFY_TWILIO=false", "--env=A=b", "folder", "--ha=true",
            "--detach", "--remote-only=false", "--strategy immediate", "--wait-timeout soon", "--smoke-checks=false",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("what", UNREADY)
def test_what_is_not_ready_is_not_deployed(desk: Desk, what: str) -> None:
    """It says what is wrong in a line of its own, and Fly is not asked to deploy."""
    spoil, said = UNREADY[what]
    spoil(desk)
    code, out = desk.deploy()
    assert code == 1, out
    assert any(line.startswith("not ready: ") and said in line for line in out.splitlines()), out
    assert out.splitlines()[-1] == "Nothing was deployed."
    assert not desk.deployed
    assert "Traceback" not in out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[mounts]", "[[mounts]]"),
        ('auto_stop_machines = "off"', "auto_stop_machines = false"),
        ("kill_timeout = 300", 'kill_timeout = "5m0s"'),
        ("kill_timeout = 300", 'kill_timeout = "1.5m"'),
        ('kill_signal = "SIGTERM"', 'kill_signal = "SIGINT"'),
        ("[[vm]]", "[vm]"),
        ("[env]", "[[env]]"),
        ('PORT = "8765"', "PORT = 8765"),
        ('[build]\n  dockerfile = "Dockerfile"', ""),
        ("[env]", '[processes]\n  app = "python bot.py"\n\n[env]'),
        ("    hard_limit = 100\n", ""),
        ('size = "performance-1x"', 'cpu_kind = "performance"\n  cpus = 1'),
    ],
)
def test_other_right_forms_of_the_file_are_understood(desk: Desk, old: str, new: str) -> None:
    """As Fly documents them."""
    desk.edit("fly.toml", old, new)
    code, out = desk.deploy()
    assert (code, desk.deployed) == (0, True), out


def test_options_that_change_nothing_reach_fly(desk: Desk) -> None:
    """With their values, in either form."""
    options = ["--remote-only", "--wait-timeout", "10m", "--lease-timeout=30", "--strategy", "rolling", "--verbose"]
    desk.arguments = ["--", *options]
    assert desk.deploy()[0] == 0
    assert desk.asked[-1].endswith(f"--ha=false {' '.join(options)}")


def test_what_was_said_around_them_steers_no_lint_and_no_test(desk: Desk) -> None:
    """Neither make's flags and variables nor pytest's: a red test would be green."""
    said = {
        "MAKEFLAGS": "i -- ARGS=x",
        "GNUMAKEFLAGS": "-i",
        "MAKELEVEL": "1",
        "MAKEFILES": "x",
        "ARGS": "--remote-only",
    }
    desk.environ |= said | {"PYTEST_ADDOPTS": "--collect-only", "PYTHONPATH": str(desk.root), "HTTPS_PROXY": "http://p"}
    code, out = desk.deploy()
    assert code == 0, out
    inside = {line.partition("=")[0] for line in Path(desk.environ["ASKED"] + ".environ").read_text().splitlines()}
    assert inside & {*said, "PYTEST_ADDOPTS", "PYTHONPATH", "SECRETS"} == set()
    assert {"PATH", "HTTPS_PROXY"} <= inside


@pytest.mark.parametrize("flags", ["n", "t", "ks", "-q", "int --no-print-directory"])
def test_a_make_that_is_to_do_nothing_deploys_nothing(desk: Desk, flags: str) -> None:
    """However its flags get there."""
    desk.environ["MAKEFLAGS"] = flags
    code, out = desk.deploy()
    assert (code, desk.deployed) == ((0, True) if flags == "ks" else (1, False)), out


def test_all_that_is_found_at_once_is_told_at_once(desk: Desk) -> None:
    """And nothing slow begins before it is mended."""
    unset("OPENAI_API_KEY")(desk)
    desk.edit("fly.toml", "kill_timeout = 300", "kill_timeout = 30")
    (desk.root / "new.py").touch()
    code, out = desk.deploy()
    assert (code, sum(line.startswith("not ready: ") for line in out.splitlines())) == (1, 3), out
    assert [line for line in desk.asked if line.startswith("make")] == []


@pytest.fixture
def project(desk: Desk) -> Desk:
    """The same with a .venv, so that `make` itself runs in it."""
    (desk.root / ".venv/bin").mkdir(parents=True)
    (desk.root / ".venv/bin/python").symlink_to(sys.executable)
    _, sums = desk.run(MAKE_ITSELF, "-s", "--eval", "stamp: ; @echo $(STAMP)", "stamp")
    (desk.root / sums.strip()).touch()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    desk.environ = environ | desk.environ
    return desk


def made(project: Desk, *arguments: str) -> tuple[int, str]:
    """`make`, with the programs that only tell."""
    programs = Path(project.environ["PATH"].split(":")[0])
    inner = [f"MAKE_PROGRAM={programs / 'make'}"] if "deploy" in arguments else []
    return project.run(MAKE_ITSELF, *arguments, f"FLY={programs / 'fly'}", *inner)


def test_make_deploys(project: Desk) -> None:
    """FLY, CONFIG, SKIP_TESTS and ARGS get there, and the inner make hears of none of them."""
    code, out = made(project, "deploy", "SKIP_TESTS=yes", "CONFIG=fly.toml", "ARGS=--remote-only")
    assert code == 0, out
    assert project.asked[-2:] == ["make image-check", "fly deploy --app ace --config fly.toml --ha=false --remote-only"]
    assert not re.search(
        "^(ARGS|MAKE.*|CONFIG)=", Path(project.environ["ASKED"] + ".environ").read_text(), re.MULTILINE
    )


@pytest.mark.parametrize("flag", ["-n", "-t", "-q"])
def test_make_asked_for_a_dry_run_deploys_nothing(project: Desk, flag: str) -> None:
    """Fly is not even asked."""
    made(project, flag, "deploy")
    assert project.asked == []


@pytest.mark.parametrize("flag", ["-i", "-k"])
def test_make_that_goes_on_after_errors_deploys_nothing_that_is_red(project: Desk, flag: str) -> None:
    """A red lint stays red."""
    project.environ["RED"] = "lint"
    _, out = made(project, flag, "deploy")
    assert ("make lint is red" in out, project.deployed) == (True, False)


SET = {
    **dict.fromkeys(("OPENAI_API_KEY", "DEEPGRAM_API_KEY", "INWORLD_API_KEY"), "0123456789abcdef"),
    "TWILIO_AUTH_TOKEN": "0123456789abcdef0123456789abcdef",
    "TWILIO_ACCOUNT_SID": "AC" + "51" * 16,
    "V2_BACKEND_URL": "https://v2.ace.test",
}


def env(project: Desk, *lines: str, **values: str) -> None:
    """A .env that is right, but for these."""
    text = "\n".join([*(f"{name}={value}" for name, value in (SET | values).items()), *lines])
    (project.root / ".env").write_text(text)


def test_make_sets_secrets(project: Desk) -> None:
    """What the service has at Fly, no more; what is left out is named with why, and it is said when the others hold."""
    left = {
        "PUBLIC_URL": "https://tunnel.test", "DATA_DIR": "data", "DRAIN_SECONDS": "100", "KILL_TIMEOUT_SECONDS": "300",
        "FLY_MACHINE_ID": "x", "HOST": "0.0.0.0", "PORT": "1", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
        "VERIFY_TWILIO": "false", "EDITOR": "vi", "MAX_CALLS": "500",
    }  # fmt: skip
    env(
        project, 'BUSINESS_NAME="Al\'s Air"  # words', "V2_API_KEY='k3y-${of}-v2-0123456789'", "OPERATOR_TOKEN=", **left
    )
    code, out = made(project, "secrets")
    assert code == 0, out
    assert project.asked == [
        "fly secrets import --app ace --stage",
        *(f'{name}="{value}"' for name, value in SET.items()),
        'BUSINESS_NAME="Al\'s Air"',
        'V2_API_KEY="k3y-${of}-v2-0123456789"',
    ]
    assert SET["TWILIO_AUTH_TOKEN"] not in out
    assert ("handed over: OPENAI_API_KEY, " in out, "warning: DASHBOARD_JOBS_URL is not set" in out) == (True, True)
    assert [name for name in left if f"left out: {name}, " not in out] == []
    assert ("from the next make deploy on" in out, "fly secrets deploy --app ace" in out) == (True, True)


WRONG: dict[str, tuple[Callable[[Desk], object], str]] = {
    "a placeholder": (lambda p: env(p, OPENAI_API_KEY="your-key-here"), "OPENAI_API_KEY"),
    "an address that is none": (lambda p: env(p, V2_BACKEND_URL="v2.example.com"), "V2_BACKEND_URL"),
    "ZIPs that are none": (lambda p: env(p, SERVICE_AREA_ZIP_PREFIXES="abc"), "SERVICE_AREA_ZIP_PREFIXES"),
    "a key that is missing": (lambda p: env(p, DEEPGRAM_API_KEY=""), "DEEPGRAM_API_KEY"),
    "V2 on this computer": (lambda p: env(p, V2_BACKEND_URL="http://localhost:9"), "missing: V2_BACKEND_URL"),
    "a quote that never closes": (lambda p: env(p, 'BUSINESS_NAME="Bob'), ".env cannot be read: line 7 "),
    "a line without an equals sign": (lambda p: env(p, "DIAGNOSTIC_FEE 55"), ".env cannot be read: line 7 "),
    "an empty file": (lambda p: (p.root / ".env").write_text("# nothing\n"), ".env sets nothing"),
    "no file": (lambda p: None, "there is no .env"),
    "another encoding": (
        lambda p: (p.root / ".env").write_bytes("A=ü".encode("utf-16")),
        ".env is UTF-16: save it as UTF-8",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_the_service_would_not_start_with_is_not_sent(project: Desk, what: str) -> None:
    """It says what the start would say, and Fly is asked nothing."""
    spoil, said = WRONG[what]
    spoil(project)
    code, out = made(project, "secrets")
    assert (code != 0, project.asked) == (True, []), out
    assert any(line.startswith("not ready: ") and said in line for line in out.splitlines()), out
    assert ("Nothing was set." in out, "Traceback" in out) == (True, False)
