"""`make deploy`: a deploy to Fly that fails closed: refused, with what to do, while anything of it is not ready.

What takes seconds is looked at first, and everything that is wrong with it is told at once: the tree, fly.toml,
`bot.py` with made-up keys, the app and its secrets. Then come lint, the tests and the image check, and the tree again,
so that what is deployed is what was tested. Nothing of the service but its root of errors is imported here: what cannot
be imported is one of the reasons. `make secrets` sets the app's secrets from .env, and shows none of them.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from dotenv import dotenv_values

from call.errors import AgentError

ROOT: Final = Path(__file__).resolve().parent.parent
PLACEHOLDER: Final = "your-app-name"
ANSWER_SECONDS: Final = 120.0  # Longest wait for one answer of git, flyctl or an import
ENDING_SECONDS: Final = 20  # From the end of a drain to the end of the process (server/drain.py, and bot.py's loop)
KILL_SECONDS: Final = 5  # kill_timeout, where fly.toml does not say (Fly: App configuration)
ALONE_DRAIN_SECONDS: Final = 30  # Longest that one machine alone may leave new callers to an apology, at a deploy
MOST_NAMED: Final = 6
MOST_TOLD_CHARACTERS: Final = 300
SECRET: Final = re.compile("KEY|TOKEN|SECRET|PASSWORD|DATABASE_URL")
# What is so here and not at Fly: `make secrets` leaves it out.
LOCAL: Final = {"HOST", "PORT", "DATA_DIR", "PUBLIC_URL", "DATABASE_URL", "VERIFY_TWILIO", "FLY_APP_NAME"}
_NAMES = "import config, json; print(json.dumps([config.REQUIRED, [n.upper() for n in config.Settings.model_fields]]))"
_START = "import bot, json; s = bot.settings; print(json.dumps([s.drain_seconds, s.port, s.data_dir]))"


Answer = TypeVar("Answer")


class NotReadyError(AgentError):
    """Raised when something cannot even be asked; the message says what, and what to do."""


def made_up(names: Sequence[str]) -> dict[str, str]:
    """Values for required settings, of the right form and worth nothing."""
    forms = {"_URL": "https://v2.example.com", "_SID": "AC" + "0" * 32}
    return {name: next((v for end, v in forms.items() if name.endswith(end)), "0123456789abcdef" * 2) for name in names}


def untrue(fly: Mapping[str, Any], made: tuple[float, int, str], *, postgres: bool, machines: int) -> list[str]:
    """What fly.toml says that is not so, given what `bot.py` makes of its [env]: drain, port, data folder."""
    drain, port, folder = made
    service, mounts = fly.get("http_service", {}), fly.get("mounts", {})
    kill = _seconds(fly.get("kill_timeout", KILL_SECONDS))
    told = []
    if service.get("internal_port") != port:
        told.append(
            f"internal_port is {service.get('internal_port')}, and the service listens on {port}: make them one"
        )
    if not service.get("min_machines_running") or service.get("auto_stop_machines") != "off":
        told.append('a machine that sleeps loses calls: min_machines_running = 1, auto_stop_machines = "off"')
    if mounts and mounts.get("destination") != folder:
        told.append(f"the volume is at {mounts.get('destination')}, and DATA_DIR is {folder}: make them one")
    if not mounts and not postgres:
        told.append("without [mounts] and without the secret DATABASE_URL every deploy loses the records: have one")
    if kill <= drain + ENDING_SECONDS:
        told.append(f"kill_timeout ({kill:g} s) must be more than {ENDING_SECONDS} s above DRAIN_SECONDS ({drain:g} s)")
    if drain > ALONE_DRAIN_SECONDS and (not postgres or machines == 1):
        told.append(
            f"one machine turns new callers away for DRAIN_SECONDS ({drain:g} s) at each deploy: set 20 under [env], "
            "or run two machines on a Postgres (docs/deploy.md)"
        )
    if machines > 1 and not postgres:
        told.append(f"{machines} machines without a Postgres know nothing of each other's calls: fly scale count 1")
    secrets = sorted(name for name in fly.get("env", {}) if SECRET.search(name))
    if secrets:
        told.append(f"{', '.join(secrets)} under [env]: keys belong in no file, set them with fly secrets import")
    return told


def _seconds(value: Any) -> float:
    """A duration of fly.toml: seconds, or a text such as "5m"; what is none counts as none at all."""
    if isinstance(value, int | float):
        return float(value)
    found = re.fullmatch(r"(\d+)(ms|s|m|h)", str(value))
    return int(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[found[2]] if found else 0.0


def _run(command: Sequence[str], environ: Mapping[str, str] | None = None, folder: Path = ROOT) -> tuple[int, str, str]:
    """Exit code, output, and the last words of what went wrong."""
    try:
        ran = subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return -1, "", str(error)
    words = [line.strip() for line in (ran.stderr or ran.stdout).splitlines() if line.strip()]
    return ran.returncode, ran.stdout, (words[-1] if words else "no word of why")[:MOST_TOLD_CHARACTERS]


def _show(command: Sequence[str]) -> None:
    print(f"+ {shlex.join([Path(command[0]).name, *command[1:]])}", flush=True)


def _python(code: str, environ: Mapping[str, str]) -> tuple[int, str, str]:
    """Code beside the service's modules, in a folder without a .env, with no setting but those of `environ`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with tempfile.TemporaryDirectory() as folder:
        paths = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        return _run([sys.executable, "-c", code], kept | paths | dict(environ), Path(folder))


def names() -> tuple[list[str], set[str]]:
    """The required settings, and all that there are.

    Raises:
        NotReadyError: config.py cannot be imported, or requires nothing, which is never so.
    """
    code, out, words = _python(_NAMES, {})
    required, known = json.loads(out) if code == 0 else ([], [])
    if not required:
        raise NotReadyError(f"config.py cannot be imported: {words}")
    return required, set(known)


def read(path: Path) -> dict[str, Any]:
    """fly.toml, with a name in it.

    Raises:
        NotReadyError: it cannot be read, or names no app.
    """
    try:
        fly = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise NotReadyError(f"{path.name} cannot be read: {error}") from None
    if fly.get("app") in (None, "", PLACEHOLDER):
        raise NotReadyError(f"{path.name} has no name of an app yet: fly apps create <name>, and put it behind app =")
    return fly


def start(fly: Mapping[str, Any], required: Sequence[str]) -> tuple[float, int, str]:
    """What `bot.py` makes of fly.toml's [env] and made-up keys: DRAIN_SECONDS, PORT, DATA_DIR.

    Raises:
        NotReadyError: it would not start with them.
    """
    at_fly = {"FLY_APP_NAME": fly["app"], "FLY_MACHINE_ID": "made-up"}
    code, out, words = _python(_START, made_up(required) | {k: str(v) for k, v in fly.get("env", {}).items()} | at_fly)
    if code:
        raise NotReadyError(f"bot.py does not start with made-up keys and the [env] of fly.toml: {words}")
    drain, port, folder = json.loads(out.splitlines()[-1])
    return drain, port, folder


def at_fly(flyctl: str, app: str) -> tuple[set[str], int]:
    """The names of the app's secrets, and how many machines it has.

    Raises:
        NotReadyError: flyctl is not installed or not logged in, or Fly has no such app for this account.
    """
    whoami = [flyctl, "auth", "whoami"]
    _show(whoami)
    code, _, words = _run(whoami)
    if code:
        raise NotReadyError(f"flyctl is not logged in ({words}): fly auth login")
    return {row["name"] for row in _listed(flyctl, "secrets", app)}, len(_listed(flyctl, "machine", app))


def _listed(flyctl: str, what: str, app: str) -> list[dict[str, Any]]:
    """What the app has of it; the names of their fields in small letters, which is not so in every flyctl."""
    command = [flyctl, what, "list", "--app", app, "--json"]
    _show(command)
    code, out, words = _run(command)
    if code:
        raise NotReadyError(
            f"Fly has no app {app!r} for this account ({words}): correct app = in fly.toml, or fly apps create {app}"
        )
    try:
        rows = [{key.lower(): value for key, value in row.items()} for row in json.loads(out) or ()]
    except (ValueError, AttributeError, TypeError):
        rows = [{}]
    if not all("name" in row for row in rows):
        raise NotReadyError(f"what flyctl lists under {what} makes no sense: install the flyctl of today")
    return rows


def tree() -> str:
    """The commit that would be deployed.

    Raises:
        NotReadyError: there is none, or the files are not those of it.
    """
    git = shutil.which("git") or "git"
    code, commit, words = _run([git, "rev-parse", "--short", "HEAD"])
    if code:
        raise NotReadyError(f"git knows no commit here ({words}): what is deployed has to be one")
    code, changed, words = _run([git, "status", "--porcelain", "--untracked-files=normal"])
    if code:
        raise NotReadyError(f"git does not say what changed: {words}")
    if files := [line[3:] for line in changed.splitlines()]:
        more = f" and {len(files) - MOST_NAMED} more" if len(files) > MOST_NAMED else ""
        raise NotReadyError(f"not committed: {', '.join(files[:MOST_NAMED])}{more}. git commit or git stash them")
    return commit.strip()


def whereabouts() -> str:
    """On which branch the commit is, and whether anybody else has it: told, and no reason to refuse."""
    git = shutil.which("git") or "git"
    _, branch, _ = _run([git, "branch", "--show-current"])
    _, remotes, _ = _run([git, "branch", "--remotes", "--contains", "HEAD"])
    pushed = "pushed" if remotes.strip() else "ON NO REMOTE: only this computer has it"
    return f"branch {branch.strip() or 'none'}, {pushed}"


def unready(flyctl: str, toml: Path) -> tuple[list[str], str, str]:
    """All that takes seconds to find wrong; the app, and the commit."""
    reasons: list[str] = []

    def asked(ask: Callable[[], Answer]) -> Answer | None:
        try:
            return ask()
        except NotReadyError as error:
            reasons.append(str(error))
            return None

    commit, fly, known = asked(tree), asked(lambda: read(toml)), asked(names)
    have = asked(lambda: at_fly(_found(flyctl), fly["app"])) if fly else None
    made = asked(lambda: start(fly, known[0])) if fly and known else None
    if fly and known and have and (missing := [n for n in known[0] if n not in have[0] | set(fly.get("env", {}))]):
        reasons.append(f"not set at Fly: {', '.join(missing)}. make secrets sets them from .env")
    if fly and made and have:
        reasons += untrue(fly, made, postgres="DATABASE_URL" in have[0], machines=have[1])
    return reasons, fly["app"] if fly else "", commit or ""


def _found(flyctl: str) -> str:
    found = shutil.which(flyctl) if flyctl else shutil.which("flyctl") or shutil.which("fly")
    if not found:
        raise NotReadyError("flyctl is not installed: https://fly.io/docs/flyctl/install/")
    return found


def deploy(flyctl: str, make: str, toml: Path, skip_tests: str, arguments: Sequence[str]) -> int:
    """Looks at everything, then deploys; the exit code."""
    if {a.partition("=")[0] for a in arguments} & {"-a", "--app", "-c", "--config", "-i", "--image"}:
        return refuse(["ARGS may not choose another app, file or image than the one that is looked at: CONFIG=<file>"])
    if skip_tests not in ("", "yes"):
        return refuse(["SKIP_TESTS can only be: yes"])
    reasons, app, commit = unready(flyctl, toml)
    if reasons:
        return refuse(reasons)
    print(f"{app}: commit {commit}, {whereabouts()}", flush=True)
    if skip_tests:
        print("!!! SKIP_TESTS=yes: NO TEST HAS SEEN WHAT IS DEPLOYED NOW !!!", file=sys.stderr, flush=True)
    for step in ("lint", *(() if skip_tests else ("test",)), "image-check"):
        _show([make, step])
        if subprocess.run([make, step], cwd=ROOT, check=False).returncode:
            return refuse([f"make {step} is red: mend what it says above"])
    try:
        now = tree()
    except NotReadyError as error:
        return refuse([f"the tree changed meanwhile: {error}"])
    if now != commit:
        return refuse([f"the tree changed meanwhile: {commit} was looked at, and {now} is here"])
    # A second machine would have a database of its own: machines are added by docs/deploy.md, not by a deploy.
    command = [_found(flyctl), "deploy", "--app", app, "--config", str(toml), "--ha=false", *arguments]
    _show(command)
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def refuse(reasons: Sequence[str]) -> int:
    """Says why nothing is deployed; the exit code."""
    for reason in reasons:
        print(f"not ready: {reason}", file=sys.stderr)
    print("Nothing was deployed.", file=sys.stderr, flush=True)
    return 1


def secrets(flyctl: str, toml: Path, env: Path) -> int:
    """Hands what .env sets to `fly secrets import`, without its remarks and what is so only here; the exit code."""
    try:
        found, (_, known) = _found(flyctl), names()
        app = read(toml)["app"]
    except NotReadyError as error:
        return refuse([str(error)])
    if not env.is_file():
        return refuse([f"there is no {env.name}: cp .env.example .env, and fill it in"])
    values = {name: value for name, value in dotenv_values(env).items() if value and name in known}
    chosen = {name: value for name, value in values.items() if name not in LOCAL}
    if several := [name for name, value in chosen.items() if "\n" in value]:
        return refuse([f"more than one line: {', '.join(several)}"])
    if kept := sorted(values.keys() & LOCAL):
        print(f"left out, since they are so here and not at Fly: {', '.join(kept)}")
    print(f"set: {', '.join(chosen)}")
    command = [found, "secrets", "import", "--app", app, "--stage"]
    _show(command)
    lines = "".join(f'{name}="{value}"\n' for name, value in chosen.items())
    return subprocess.run(command, input=lines, text=True, cwd=ROOT, check=False).returncode


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0 deployed, 1 not ready, else flyctl's."""
    parser = argparse.ArgumentParser(prog="python -m desk.deploy", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fly", default="", metavar="PROGRAM", help="flyctl, if it is not on the PATH")
    parser.add_argument("--make", default="make", metavar="PROGRAM", help="what runs lint, test and image-check")
    parser.add_argument("--config", type=Path, default=ROOT / "fly.toml", metavar="FILE", help="instead of fly.toml")
    parser.add_argument("--skip-tests", default="", metavar="yes", help="deploy what no test has seen")
    parser.add_argument("--secrets", type=Path, metavar="FILE", help="set the secrets from this .env; deploy nothing")
    parser.add_argument("arguments", nargs="*", help="behind --: for fly deploy")
    options = parser.parse_args(arguments)
    try:
        if options.secrets:
            return secrets(options.fly, options.config, options.secrets)
        return deploy(options.fly, options.make, options.config, options.skip_tests, options.arguments)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
