"""`make deploy` with a `fly` and a `make` that only tell what they were asked: what is not ready is not deployed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import config
from desk import deploy

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
MAKE = """#!/bin/sh
echo "make $*" >> "$ASKED"
test "$1" != "$RED" || exit 2
test "$1" != image-check || eval "$MEANWHILE"
"""


def rows(*names: str, key: str = "name") -> str:
    """What flyctl lists."""
    return json.dumps([{key: name, "digest": "x"} for name in names])


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
        ran = subprocess.run(
            command, cwd=self.root, env=self.environ, capture_output=True, text=True, timeout=120, check=False
        )
        return ran.returncode, ran.stdout + ran.stderr

    def deploy(self) -> tuple[int, str]:
        """What `make deploy` runs."""
        return self.run(sys.executable, "-m", "desk.deploy", *self.arguments)

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
    for name in ("config", "config.py", "Makefile", "requirements-dev.lock", ".gitignore", ".env.example"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, root)
    (root / "bot.py").write_text("from config import validate_config\n\nsettings = validate_config()\n")
    (root / "fly.toml").write_text((ROOT / "fly.toml").read_text().replace(deploy.PLACEHOLDER, "ace"))
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


UNREADY: dict[str, tuple[Callable[[Desk], object], str]] = {
    "a change that is not committed": (
        lambda d: (d.root / "bot.py").write_text((d.root / "bot.py").read_text() + "\n# more\n"),
        "not committed: bot.py",
    ),
    "a module that git does not know": (lambda d: (d.root / "new.py").touch(), "not committed: new.py"),
    "no repository": (lambda d: shutil.rmtree(d.root / ".git"), "git knows no commit here"),
    "no flyctl": (lambda d: d.arguments.extend(["--fly", "no-such-fly"]), "flyctl is not installed"),
    "not logged in": (lambda d: d.environ.update(LOGGED_OUT="1"), "flyctl is not logged in (Error: no access token"),
    "no name of an app": (lambda d: d.edit("fly.toml", '"ace"', f'"{deploy.PLACEHOLDER}"'), "fly apps create <name>"),
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
    "records on no volume": (lambda d: d.edit("fly.toml", "[mounts]", "[metadata]"), "every deploy loses the records"),
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
    "another app by ARGS": (lambda d: d.arguments.extend(["--", "--app=acme"]), "ARGS may not choose another app"),
}


@pytest.mark.parametrize("what", UNREADY)
def test_what_is_not_ready_is_not_deployed(desk: Desk, what: str) -> None:
    """It says what is wrong in a line of its own, and Fly is not asked to deploy."""
    spoil, said = UNREADY[what]
    spoil(desk)
    code, out = desk.deploy()
    assert code == 1, out
    assert any(line.startswith("not ready: ") and said in line for line in out.splitlines()), out
    assert out.splitlines()[-1] == "Nothing was deployed."
    assert [line for line in desk.asked if line.startswith("fly deploy")] == []
    assert "Traceback" not in out


def test_all_that_is_found_at_once_is_told_at_once(desk: Desk) -> None:
    """And nothing slow begins before it is mended."""
    unset("OPENAI_API_KEY")(desk)
    desk.edit("fly.toml", "kill_timeout = 300", "kill_timeout = 30")
    (desk.root / "new.py").touch()
    code, out = desk.deploy()
    assert (code, sum(line.startswith("not ready: ") for line in out.splitlines())) == (1, 3), out
    assert [line for line in desk.asked if line.startswith("make")] == []


def test_make_deploys_and_sets_secrets(desk: Desk) -> None:
    """FLY, CONFIG, SKIP_TESTS, ARGS and ENV get there; `make` itself looks at what it is asked to."""
    make = shutil.which("make") or "make"
    (desk.root / ".venv/bin").mkdir(parents=True)
    (desk.root / ".venv/bin/python").symlink_to(sys.executable)
    _, sums = desk.run(make, "-s", "--eval", "stamp: ; @echo $(STAMP)", "stamp")
    (desk.root / sums.strip()).touch()
    programs = Path(desk.environ["PATH"].split(":")[0])
    fly, told = f"FLY={programs / 'fly'}", f"MAKE={programs / 'make'}"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    desk.environ = environ | desk.environ
    code, out = desk.run(make, "deploy", fly, told, "SKIP_TESTS=yes", "CONFIG=fly.toml", "ARGS=--remote-only")
    assert code == 0, out
    assert desk.asked[-2:] == ["make image-check", "fly deploy --app ace --config fly.toml --ha=false --remote-only"]

    lines = ["OPENAI_API_KEY=sk-1  # words", 'DASHBOARD_USER_EMAIL="Al@ace.test"', "PUBLIC_URL=https://tunnel.test"]
    (desk.root / ".env").write_text("\n".join([*lines, "DATA_DIR=data", "V2_API_KEY=", "EDITOR=vi"]))
    code, out = desk.run(make, "secrets", fly)
    assert code == 0, out
    assert desk.asked[-3:] == [
        "fly secrets import --app ace --stage",
        'OPENAI_API_KEY="sk-1"',
        'DASHBOARD_USER_EMAIL="Al@ace.test"',
    ]
    assert "sk-1" not in out
    assert "left out, since they are so here and not at Fly: DATA_DIR, PUBLIC_URL" in out
