"""The Dockerfile's steps without Docker: `make image-check`.

Reads the Dockerfile, runs its RUN and COPY steps in a temporary folder with a clean interpreter, and starts what they
made: every module of the service imports, bot.py with made-up keys and what fly.toml sets; nothing else is there; and
`python bot.py` without settings ends with the one message that names them. Steps that need root (the user, its folder)
are left out. Too slow for `make test`: it installs everything.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import config
from desk.deploy import made_up

ROOT = Path(__file__).parent.parent.parent
# Prints the modules that cannot be imported.
IMPORT = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        print(name, repr(error), end="; ")
"""
NEEDS_ROOT = ("useradd", "adduser", "chown", "apt-get")


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile as (name, arguments), continuation lines joined, comments left out."""
    lines = [line for line in dockerfile.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(parts[0].upper(), parts[1]) for line in joined if len(parts := line.split(maxsplit=1)) == 2]


def main() -> int:
    """Runs the check; 0 when the image would start."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--python", default=sys.executable, help="the interpreter that stands in for the base image's")
    python = shutil.which(parser.parse_args().python) or sys.exit("no such interpreter")
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        _build(Path(folder), python)
        return _try(Path(folder))


def _build(folder: Path, python: str) -> None:
    outside = {"/opt/venv": folder / "venv", "/build": folder / "build", "/app": folder / "app"}

    def inside(text: str) -> str:
        for path, place in outside.items():
            text = text.replace(path, str(place))
        return text

    (folder / "bin").mkdir()
    (folder / "bin/python").symlink_to(python)
    environ = os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    here = folder
    for name, arguments in instructions((ROOT / "Dockerfile").read_text()):
        if name == "WORKDIR":
            here = Path(inside(arguments))
            here.mkdir(exist_ok=True)
        elif name == "COPY" and not arguments.startswith("--from="):
            *sources, target = shlex.split(arguments)
            place = here / inside(target)
            (place if target.endswith("/") else place.parent).mkdir(parents=True, exist_ok=True)
            for path in (path for source in sources for path in ROOT.glob(source)):
                if path.is_dir():
                    shutil.copytree(path, place, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy2(path, place)
        elif name == "RUN" and not arguments.startswith(NEEDS_ROOT):
            print(f"RUN {arguments}", flush=True)
            started = time.monotonic()
            subprocess.run(["/bin/sh", "-c", inside(arguments)], cwd=folder, env=environ, check=True)
            print(f"    {time.monotonic() - started:.0f} s", flush=True)


def _try(folder: Path) -> int:
    python, app = folder / "venv/bin/python", folder / "app"
    environ = {"PATH": f"{python.parent}:/usr/bin:/bin", "PYTHONUNBUFFERED": "1", "DATA_DIR": str(folder / "data")}
    fly = tomllib.loads((ROOT / "fly.toml").read_text())
    settings = made_up(config.REQUIRED) | fly["env"] | {"FLY_APP_NAME": "image-check"}
    size = sum(path.stat().st_size for path in (folder / "venv").rglob("*") if path.is_file() and not path.is_symlink())
    print(f"venv: {size / 1e6:.0f} MB")

    files = sorted(path.relative_to(app) for path in app.rglob("*.py"))
    modules = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files]
    foreign = [module for module in modules if module.split(".")[0] in ("simulator", "tests", "bench", "docs")]
    print(f"in the image and not of the service: {', '.join(foreign) or 'nothing'}")
    started = time.monotonic()
    imported = _run([python, "-c", IMPORT, *modules], app, environ | settings)
    print(f"import of {len(modules)} modules: {time.monotonic() - started:.1f} s, failed: {imported.stdout or 'none'}")
    if imported.returncode:
        print("    " + "\n    ".join(imported.stderr.strip().splitlines()[-3:]))

    refused = _run([python, "bot.py"], app, environ)
    told = [line for line in refused.stderr.splitlines() if all(name in line for name in config.REQUIRED)]
    good = refused.returncode == config.EXIT_CONFIG and len(told) == 1
    print(f"python bot.py without settings: exit {refused.returncode}, {'as it should be' if good else 'WRONG'}")
    print("    " + "\n    ".join(refused.stderr.strip().splitlines()[-3:]))
    return 0 if good and imported.returncode == 0 and not imported.stdout and not foreign else 1


def _run(command: list[str | Path], folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False)


if __name__ == "__main__":
    sys.exit(main())
