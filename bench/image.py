"""`python -m bench.image`: what is in the image beside the service, how large it is, and what each of it is for.

A table for docs/deploy.md: the packages of requirements.lock as they are installed here, and those that the Dockerfile
takes out again. Sizes are those of this platform, before bytecode.
"""

import argparse
import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SHOWN_MEGABYTES = 1.0
FOR = {
    "aiohttp": "Twilio's and Pipecat's HTTP client",
    "dbos": "records are delivered once, whatever breaks",
    "deepgram-sdk": "Pipecat's extra for Deepgram asks for it; Flux is spoken over `websockets`",
    "flatbuffers": "`onnxruntime`",
    "httpx": "our own HTTP client: the voices, V2, the dashboard",
    "jinja2": "the pages about calls",
    "llvmlite": "`numba`",
    "numba": "`resampy`",
    "numpy": "Pipecat's audio",
    "onnxruntime": "Pipecat's voice activity and end of turn; Flux has both",
    "openai": "the model",
    "phonenumbers": "which numbers there are, and which are dear",
    "pillow": "Pipecat's transport imports it, for video",
    "pipecat-ai": "the pipeline of a stream",
    "prometheus-client": "the numbers at `/metrics`",
    "psycopg-binary": "Postgres",
    "pydantic": "settings, records, messages",
    "pydantic-settings": "settings",
    "python-dotenv": "settings of a file",
    "python-multipart": "Twilio's forms",
    "resampy": "another way for Pipecat to resample",
    "rich": "the operator's commands",
    "soundfile": "Pipecat's reader of files",
    "sqlalchemy": "the database",
    "starlette": "the doors",
    "twilio": "Twilio's REST API, TwiML, signatures",
    "uvicorn": "the server",
}


def locked() -> list[str]:
    """The packages of the image's lock, by name."""
    lock = (ROOT / "requirements.lock").read_text()
    return sorted({canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)})


def left_out() -> list[str]:
    """What the Dockerfile takes out of the environment again."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [name for line in text.splitlines() for name in line.partition("pip uninstall --yes ")[2].split()]


def megabytes(name: str) -> float | None:
    """How large its files are; None if it is not installed here."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return None
    paths = (Path(str(file.locate())) for file in files if file.suffix != ".pyc")
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def purpose(name: str, others: Iterable[str]) -> str:
    """What it is for: in words, or who asks for it."""
    if name in FOR:
        return FOR[name]
    return ", ".join(f"`{other}`" for other in others if _asks_for(other, name)) or "an extra of the others"


def _asks_for(asking: str, name: str) -> bool:
    try:
        wanted = [Requirement(text) for text in distribution(asking).requires or []]
    except PackageNotFoundError:
        return False
    return any(canonicalize_name(one.name) == name and "extra ==" not in str(one.marker) for one in wanted)


def table() -> str:
    """The packages, the largest first; the small ones together, and what is left out last."""
    names, out = locked(), left_out()
    sizes = {name: size for name in names if (size := megabytes(name)) is not None}
    there = {name: size for name, size in sizes.items() if name not in out}
    shown = sorted((name for name in there if there[name] >= SHOWN_MEGABYTES), key=lambda name: -there[name])
    rows = [f"| {name} | {there[name]:.0f} | {purpose(name, names)} |" for name in shown]
    small = [size for name, size in there.items() if name not in shown]
    rows.append(f"| {len(small)} smaller ones | {sum(small):.0f} | |")
    rows.append(f"| together | {sum(there.values()):.0f} | |")
    gone = sorted((name for name in sizes if name in out), key=lambda name: -sizes[name])
    rows += [f"| left out: {name} | {sizes[name]:.0f} | {purpose(name, names)} |" for name in gone]
    return "\n".join(["| package | MB | for |", "|---|---|---|", *rows])


if __name__ == "__main__":
    argparse.ArgumentParser(
        prog="python -m bench.image", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    print(table())
