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
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from config_forms.env_file import parsed
from desk.fly_toml import FlyToml, NotReadyError, read, refused, untrue

ROOT: Final = Path(__file__).resolve().parent.parent
ANSWER_SECONDS: Final = 120.0  # Longest wait for one answer of git, flyctl or an import
MOST_NAMED: Final = 6
MOST_TOLD_CHARACTERS: Final = 300
INTERRUPTED: Final = 130
# What fly.toml says of the machine and the service on it, or would contradict if somebody else said it.
OF_THE_FILE: Final = {
    "HOST", "PORT", "METRICS_PORT", "DATA_DIR", "DRAIN_SECONDS", "KILL_TIMEOUT_SECONDS", "MAX_CALLS", "VERIFY_TWILIO",
}  # fmt: skip
# What is so here and not at Fly, though it may well be a secret there.
LOCAL: Final = {"PUBLIC_URL", "DATABASE_URL"}
# What lint, tests and image check get of the operator's environment: nothing that was said to the make around them,
# and nothing that steers pytest.
INHERITED: Final = re.compile(
    r"PATH|HOME|LANG|LC_\w+|TERM|TMPDIR|USER|LOGNAME|SHELL|PYTHON|XDG_\w+|PIP_\w+|\w*_PROXY|\w*_proxy|SSL_CERT_\w+"
    r"|REQUESTS_CA_BUNDLE|SSH_\w+"
)
_NAMES = "import config, json; print(json.dumps([config.REQUIRED, [n.upper() for n in config.Settings.model_fields]]))"
_START = """
import bot, json
names = ("drain_seconds", "port", "metrics_port", "data_dir", "max_calls")
print(json.dumps({name: getattr(bot.settings, name) for name in names}))
"""
# What the start would say of these settings: what is wrong, and what its operator ought to know.
_CHECK = """
import config, json, os
try:
    print(json.dumps([[], config.warnings(config.load(os.environ), os.environ)]))
except config.ConfigError as error:
    print(json.dumps([str(error).splitlines(), []]))
"""


Answer = TypeVar("Answer")


def made_up(names: Sequence[str]) -> dict[str, str]:
    """Values for required settings, of the right form and worth nothing."""
    forms = {"_URL": "https://v2.example.com", "_SID": "AC" + "0" * 32}
    return {name: next((v for end, v in forms.items() if name.endswith(end)), "0123456789abcdef" * 2) for name in names}


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


def start(fly: FlyToml, required: Sequence[str]) -> dict[str, Any]:
    """What `bot.py` makes of fly.toml's [env] and made-up keys, of what fly.toml has to fit.

    Raises:
        NotReadyError: it would not start with them.
    """
    code, out, words = _python(_START, made_up(required) | fly.env | _of_fly(fly))
    if code:
        raise NotReadyError(f"bot.py does not start with made-up keys and the [env] of fly.toml: {words}")
    made: dict[str, Any] = json.loads(out.splitlines()[-1])
    return made


def _of_fly(fly: FlyToml) -> dict[str, str]:
    return {"FLY_APP_NAME": fly.app, "FLY_MACHINE_ID": "made-up"}


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
            reasons.extend(str(error).splitlines())
            return None

    commit, fly, known = asked(tree), asked(lambda: read(toml)), asked(names)
    have = asked(lambda: at_fly(_found(flyctl), fly.app)) if fly else None
    made = asked(lambda: start(fly, known[0])) if fly and known else None
    if fly and known and made:
        reasons += _doubtful(fly, known[0])
    if fly:
        reasons += _dockerfile(toml, fly)
    if fly and known and have:
        reasons += _of_the_secrets(have[0], fly, known[0])
    if fly and made and have:
        reasons += untrue(fly, made, postgres="DATABASE_URL" in have[0], machines=have[1])
    return reasons, fly.app if fly else "", commit or ""


def _doubtful(fly: FlyToml, required: Sequence[str]) -> list[str]:
    """The names in [env] that are no settings; what the start would warn of the others is shown."""
    code, out, words = _python(_CHECK, made_up(required) | fly.env | _of_fly(fly))
    told = json.loads(out.splitlines()[-1])[1] if code == 0 else [words]
    ours = [line for line in told if line.partition(" ")[0] in fly.env]
    for line in ours:
        if "is no setting" not in line:
            print(f"warning: fly.toml, [env]: {line}", flush=True)
    return [f"fly.toml, [env]: {line}" for line in ours if "is no setting" in line]


def _of_the_secrets(have: set[str], fly: FlyToml, required: Sequence[str]) -> list[str]:
    told = []
    if missing := [name for name in required if name not in have | fly.env.keys()]:
        told.append(f"not set at Fly: {', '.join(missing)}. make secrets sets them from .env")
    of_fly = {name for name in have if name.startswith("FLY_")}
    if twice := sorted(have & (OF_THE_FILE | fly.env.keys()) | of_fly):
        told.append(
            f"{', '.join(twice)}: a secret of the app wins over what fly.toml and Fly say, and its value cannot be "
            f"looked at: fly secrets unset --stage --app {fly.app} {' '.join(twice)}"
        )
    return told


def _dockerfile(toml: Path, fly: FlyToml) -> list[str]:
    ours = ROOT / "Dockerfile"
    if fly.build.dockerfile and (toml.parent / fly.build.dockerfile).resolve() != ours.resolve():
        return [
            f"[build] dockerfile is {fly.build.dockerfile}, and make image-check looks at Dockerfile: make them one"
        ]
    return [] if ours.is_file() else ["there is no Dockerfile"]


def _found(flyctl: str) -> str:
    found = shutil.which(flyctl) if flyctl else shutil.which("flyctl") or shutil.which("fly")
    if not found:
        raise NotReadyError("flyctl is not installed: https://fly.io/docs/flyctl/install/")
    return found


def deploy(flyctl: str, make: str, toml: Path, skip_tests: str, arguments: Sequence[str]) -> int:
    """Looks at everything, then deploys; the exit code."""
    short = re.match(r"-?([A-Za-z]+)(?:\s|$)", os.environ.get("MAKEFLAGS", ""))
    if flags := set(short[1] if short else "") & set("ntq"):
        return refuse([f"make -{''.join(sorted(flags))} is to do nothing, and a deploy does: leave it out"])
    if wrong := refused(arguments):
        harmless = "ARGS may hold --remote-only, --wait-timeout 10m and others that change nothing of what is looked at"
        return refuse([f"{', '.join(wrong)}: {harmless} (docs/deploy.md)"])
    if skip_tests not in ("", "yes"):
        return refuse(["SKIP_TESTS can only be: yes"])
    reasons, app, commit = unready(flyctl, toml)
    if reasons:
        return refuse(reasons)
    print(f"{app}: commit {commit}, {whereabouts()}", flush=True)
    if skip_tests:
        print("!!! SKIP_TESTS=yes: NO TEST HAS SEEN WHAT IS DEPLOYED NOW !!!", file=sys.stderr, flush=True)
    environ = {name: value for name, value in os.environ.items() if INHERITED.fullmatch(name)}
    for step in ("lint", *(() if skip_tests else ("test",)), "image-check"):
        _show([make, step])
        if subprocess.run([make, step], cwd=ROOT, env=environ, check=False).returncode:
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


def refuse(reasons: Sequence[str], done: str = "deployed") -> int:
    """Says why nothing is done; the exit code."""
    for reason in reasons:
        print(f"not ready: {reason}", file=sys.stderr)
    print(f"Nothing was {done}.", file=sys.stderr, flush=True)
    return 1


def secrets(flyctl: str, toml: Path, env: Path) -> int:
    """Hands what .env sets to `fly secrets import`, once the service would start with it; the exit code."""
    try:
        found, (_, known) = _found(flyctl), names()
        fly = read(toml)
        values = _settings_of(env)
    except NotReadyError as error:
        return refuse(str(error).splitlines(), "set")
    left = {name: why for name, value in values.items() if (why := _left_out(name, value, fly, known))}
    chosen = {name: value for name, value in values.items() if name not in left}
    for name, why in left.items():
        print(f"left out: {name}, {why}")
    if not chosen:
        return refuse([f"{env.name} sets nothing that could be a secret of the service"], "set")
    if several := [name for name, value in chosen.items() if "\n" in value]:
        return refuse([f"more than one line: {', '.join(several)}"], "set")
    code, out, words = _python(_CHECK, chosen | fly.env | _of_fly(fly))
    wrong, doubts = json.loads(out.splitlines()[-1]) if code == 0 else ([words], [])
    if wrong:
        return refuse(wrong, "set")
    for doubt in doubts:
        print(f"warning: {doubt}")
    print(f"handed over: {', '.join(chosen)}", flush=True)
    command = [found, "secrets", "import", "--app", fly.app, "--stage"]
    _show(command)
    lines = "".join(f'{name}="{value}"\n' for name, value in chosen.items())
    code = subprocess.run(command, input=lines, text=True, cwd=ROOT, check=False).returncode
    if code == 0:
        print(
            "They hold from the next make deploy on; what runs has the old ones until then. At once, for the version "
            f"that runs, at a deploy's cost for callers: fly secrets deploy --app {fly.app}"
        )
    return code


def _settings_of(env: Path) -> dict[str, str]:
    """What the file sets, blank values left out.

    Raises:
        NotReadyError: there is none, or a line of it is not understood, whose setting would be missing without a word.
    """
    try:
        written = parsed(env.read_bytes())
    except FileNotFoundError:
        raise NotReadyError(f"there is no {env.name}: cp .env.example .env, and fill it in") from None
    except OSError as error:
        raise NotReadyError(f"{env.name} cannot be read ({type(error).__name__})") from None
    except ValueError as error:
        raise NotReadyError(f"{env.name} {error}") from None
    return {entry.name: entry.value for entry in written if entry.value}


def _left_out(name: str, value: str, fly: FlyToml, known: set[str]) -> str:
    """Why a line of .env is none of Fly's business; empty if it is."""
    reasons = {
        "Fly sets it": name.startswith("FLY_"),
        "which is no setting of the service": name not in known,
        "which fly.toml sets": name in fly.env,
        "which has to be true at Fly, and is": name == "VERIFY_TWILIO",
        "which belongs to fly.toml, under [env]": name in OF_THE_FILE,
        f"which is so here and not at Fly: fly secrets set --app {fly.app} if it has to be": name in LOCAL,
        "which is an address of this computer alone": _loopback(value),
    }
    return next((why for why, holds in reasons.items() if holds), "")


def _loopback(value: str) -> bool:
    try:
        host = urlsplit(value).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


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
        print("\nStopped: fly releases tells what was deployed, fly secrets list what was set.", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
