"""A .env file that cannot be read as it was meant stops every start, in one line; what nobody reads in it is said."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config import EXIT_CONFIG, ConfigError, load, take_in, warnings
from config_forms.env_file import parsed
from records.deliveries import UNUSABLE
from tests.test_wrong_settings import RIGHT, ROOT, run

SECRET = "hush-hush-0042"
UNREADABLE = {
    "open quote": (f'PORT=8765\n\n# a remark\n\nV2_API_KEY="{SECRET}\nHOST=0.0.0.0\n'.encode(), "line 5"),
    "open quote that another closes": (f'V2_API_KEY="{SECRET}\nHOST="0.0.0.0"\n'.encode(), "line 1"),
    "quote over two lines": (f'V2_API_KEY="{SECRET}\n"\n'.encode(), "line 1"),
    "more behind the quote": (f'PORT=1\nV2_API_KEY="a" {SECRET}\n'.encode(), "line 2"),
    "no equals sign": (f"DIAGNOSTIC_FEE 55\n{SECRET}\n".encode(), "line 1 is not NAME=value; line 2"),
    "a colon": (b"PORT: 8765\n", "line 1"),
    "a name alone": (b"PORT\n", "line 1"),
    "PowerShell's UTF-16": (f"V2_API_KEY={SECRET}\n".encode("utf-16"), "UTF-16: save it as UTF-8"),
    "UTF-16 without a mark": (f"V2_API_KEY={SECRET}\n".encode("utf-16-le"), "line 1"),
    "latin-1": (f"V2_API_KEY={SECRET}\nBUSINESS_NAME=Müller Air\n".encode("latin-1"), "no UTF-8 in line 2"),
    "cp1252": ("BUSINESS_NAME=Bob’s Air\n".encode("cp1252"), "no UTF-8 in line 1"),
    "a control character": (b"PORT=1\nDATA_DIR=\x07\n", "line 2"),
}


@pytest.mark.parametrize(("content", "told"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_one_line(content: bytes, told: str, tmp_path: Path) -> None:
    """The file, its line and what to do; nothing of it is taken, and nothing that stands in it is repeated."""
    (tmp_path / "ace.env").write_bytes(content)
    environ: dict[str, str] = {}
    with pytest.raises(ConfigError) as refused:
        take_in(environ, tmp_path / "ace.env")
    (line,) = str(refused.value).splitlines()
    assert ("ace.env" in line, told in line, SECRET in line, environ) == (True, True, False, {})


def test_a_folder_of_that_name_is_refused_and_no_file_is_none(tmp_path: Path) -> None:
    """Docker makes a folder of what is not there."""
    assert take_in({}, tmp_path / "none.env") == []
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        take_in({}, tmp_path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=ab${x}cd", "ab${x}cd"),
        ("A='ab${x}cd'", "ab${x}cd"),
        ('A="ab$x cd"  # remark', "ab$x cd"),
        ("export A = ab  # remark\r\n", "ab"),
        ("\ufeffA=Müller", "Müller"),
        ("A=", ""),
        ("A=  # remark", ""),
        ("A=Bob's Air", "Bob's Air"),
    ],
)
def test_values_are_taken_as_they_are_written(text: str, value: str) -> None:
    """Nothing in them is replaced; a byte order mark belongs to no name."""
    assert [(entry.name, entry.value) for entry in parsed(text.encode())] == [("A", value)]


def test_the_environment_goes_before_the_file_and_the_last_line_before_the_first(tmp_path: Path) -> None:
    """As .env files are read everywhere."""
    (tmp_path / "env").write_text("PORT=1\nHOST=h\nPORT=2\nDATA_DIR=d\n")
    environ = {"HOST": "own"}
    take_in(environ, tmp_path / "env")
    assert environ == {"HOST": "own", "PORT": "2", "DATA_DIR": "d"}


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_one_of_the_environment_does_not_go_before_the_file(tmp_path: Path, blank: str) -> None:
    """It counts as missing, as it does without a file: a template that passes each variable on leaves some blank."""
    (tmp_path / "env").write_text("TRANSFER_NUMBER=+15125550103\nHOST=\n")
    environ = {"TRANSFER_NUMBER": blank, "HOST": "own"}
    take_in(environ, tmp_path / "env")
    assert environ == {"TRANSFER_NUMBER": "+15125550103", "HOST": "own"}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("SERVICE_AREA_ZIPS", "did you mean SERVICE_AREA_ZIP_PREFIXES?"),
        ("ZIP_PREFIXES", "did you mean SERVICE_AREA_ZIP_PREFIXES?"),
        ("FALLBACK_PHONE", "did you mean FALLBACK_NUMBER?"),
        ("FALLBACK_PHONE_NUMBER", "did you mean"),
        ("OPENAI_KEY", "did you mean OPENAI_API_KEY?"),
        ("port", "did you mean PORT?"),
        ("BUSINESS", "did you mean BUSINESS_"),
        ("CLOSED_DAYS", ""),
        ("SERVICE_ZIPS", ""),
        ("EDITOR", "take it out"),
    ],
)
def test_a_name_of_the_file_that_is_no_setting_is_warned_about(name: str, told: str, tmp_path: Path) -> None:
    """Whatever it is: in the environment, which holds the names of others, only one that is nearly ours."""
    (tmp_path / "env").write_text(f"PORT=8765\n{name}=1\n")
    environ = dict(RIGHT)
    written = take_in(environ, tmp_path / "env")
    (line,) = warnings(load(environ), environ, written)
    assert line.startswith(f"{name} is no setting, and has no effect (line 2 of the file): ")
    assert told in line


def test_a_name_that_stands_twice_is_warned_about(tmp_path: Path) -> None:
    """One of the two has no effect."""
    (tmp_path / "env").write_text("PORT=1\nHOST=0.0.0.0\nPORT=8765\n")
    environ = dict(RIGHT)
    written = take_in(environ, tmp_path / "env")
    assert warnings(load(environ), environ, written) == ["PORT stands in line 1 of the file, where line 3 counts"]


def test_a_missing_setting_that_is_there_under_another_name_is_pointed_out() -> None:
    """`OPENAI_KEY=`: the message that names OPENAI_API_KEY as missing says so."""
    environ = {name: value for name, value in RIGHT.items() if name != "OPENAI_API_KEY"}
    with pytest.raises(ConfigError, match=r"OPENAI_KEY is no setting.*did you mean OPENAI_API_KEY\?"):
        load(environ | {"OPENAI_KEY": "key", "LANG": "C"})


def _bot(folder: Path) -> list[str]:
    (folder / "bot.py").write_text((ROOT / "bot.py").read_text())
    return ["bot.py"]


COMMANDS: dict[str, tuple[Callable[[Path], list[str]], int]] = {
    "bot": (_bot, EXIT_CONFIG),
    "check": (lambda _: ["-m", "config", "--check"], EXIT_CONFIG),
    "check of a file": (lambda _: ["-m", "config", "--check", ".env"], EXIT_CONFIG),
    "doctor": (lambda _: ["-m", "desk", "doctor"], EXIT_CONFIG),
    "number": (lambda _: ["-m", "desk", "number", "show"], EXIT_CONFIG),
    "deliveries": (lambda _: ["-m", "records.deliveries", "list"], UNUSABLE),
}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stops_at_it(command: str, tmp_path: Path) -> None:
    """As a process: one line that names the file's line, and nothing is opened."""
    program, code = COMMANDS[command]
    (tmp_path / ".env").write_text(f'BUSINESS_NAME="Bob Air\nV2_API_KEY={SECRET}\n')
    ran = run(program(tmp_path), RIGHT, tmp_path)
    said = [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()]
    assert (ran.returncode, len(said)) == (code, 1), ran
    assert ".env cannot be read: line 1 " in said[0]
    assert SECRET not in said[0]


@pytest.mark.slow
@pytest.mark.parametrize("module", ["config", "records.deliveries"])
def test_ctrl_c_is_no_traceback_however_early(module: str, tmp_path: Path) -> None:
    """While a command still imports what it needs."""
    program = (
        "import runpy, signal, sys, threading, os\n"
        f"sys.argv = ['{module}', '--check' if '{module}' == 'config' else 'doctor']\n"
        "class Early:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'argparse' or name == 'pydantic':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.modules.pop('argparse', None)\n"
        "sys.meta_path.insert(0, Early())\n"
        f"runpy.run_module('{module}', run_name='__main__')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=RIGHT | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (-2, "", "")
