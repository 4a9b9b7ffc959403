"""Where calls to our number go: shown, pointed here and brought back, against Twilio's stand-in on real sockets."""

import asyncio
import io
import json
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import pytest_asyncio
from rich.console import Console

from config import Settings, load
from desk import number
from desk.number_kept import file_of
from desk.terminal import DeskError
from desk.twilio_account import Addresses
from providers.http import http_client
from simulator.faults import Faults
from simulator.phone.twilio import TwilioStandIn
from simulator.phone.twilio_numbers import FRESH, IncomingNumber
from simulator.rig.bot_host import ROOT
from tests.support.twilio_client import PATIENCE_SECONDS, until

pytestmark = pytest.mark.measured

ACCOUNT, TOKEN, OURS = "AC" + "51" * 16, "token-of-the-tests", "+15125550199"
ORIGIN = "https://ace.example"


@dataclass
class Operator:
    """Somebody at a terminal, and the account that the settings name."""

    twilio: TwilioStandIn
    faults: Faults
    settings: Settings
    screen: io.StringIO = field(default_factory=io.StringIO)
    asked: list[str] = field(default_factory=list)

    async def does(self, action: str, agrees: bool = True, keep_fallback: bool = False) -> int:
        """One command, with the answer to what it asks."""

        def agreed(question: str) -> bool:
            self.asked.append(question)
            return agrees

        console = Console(file=self.screen, highlight=False)
        async with http_client() as http:
            if action == "show":
                return await number.show(self.settings, http, console)
            if action == "restore":
                return await number.restore(self.settings, http, console, agreed)
            return await number.point(self.settings, http, console, agreed, keep_fallback=keep_fallback)

    @property
    def there(self) -> Addresses:
        """What the number has at Twilio."""
        return Addresses.of(self.twilio.numbers[0].fields)

    @property
    def kept(self) -> Path:
        return file_of(self.settings)

    @property
    def found(self) -> list[str]:
        """Who answered the number before us, by what is kept, the oldest first."""
        rows = json.loads(self.kept.read_text())[OURS]["found"]
        return [row["addresses"]["voice_url"] for row in rows]

    def somebody(self, **fields: str) -> None:
        """A colleague at Twilio's console."""
        self.twilio.numbers[0].fields |= fields

    async def fails(self, action: str, says: str) -> str:
        """The command is refused; what is to be done."""
        with pytest.raises(DeskError, match=says) as error:
            await self.does(action)
        return error.value.advice


@pytest_asyncio.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    faults = Faults()
    async with TwilioStandIn(account_sid=ACCOUNT, auth_token=TOKEN, voice=bytes.fromhex, faults=faults) as twilio:
        twilio.numbers.append(IncomingNumber(OURS))
        yield Operator(twilio, faults, _settings(twilio.base_url, tmp_path / "data"))


def _settings(api: str, data: Path, **changes: str) -> Settings:
    required = dict.fromkeys(("OPENAI_API_KEY", "DEEPGRAM_API_KEY", "INWORLD_API_KEY"), "key-of-the-tests")
    ours = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_PHONE_NUMBER": OURS}
    where = {"TWILIO_API_BASE_URL": api, "PUBLIC_URL": ORIGIN, "DATA_DIR": str(data)}
    return load(required | ours | where | {"V2_BACKEND_URL": "http://127.0.0.1:9"} | changes)


BEFORE = Addresses.of(FRESH)
HERE = Addresses(f"{ORIGIN}/twiml", "POST", f"{ORIGIN}/twiml", "POST", f"{ORIGIN}/twiml/status", "POST")


async def test_pointing_shows_the_change_and_restoring_takes_it_back(operator: Operator) -> None:
    """All three addresses, once the operator has agreed; what was there is kept for nobody else's eyes."""
    assert await operator.does("point") == 0
    shown = operator.screen.getvalue()
    assert (BEFORE.voice_url in shown, f"{ORIGIN}/twiml/status" in shown, operator.asked) == (
        True,
        True,
        ["Change it?"],
    )
    assert operator.there == HERE
    assert stat.S_IMODE(operator.kept.stat().st_mode) == 0o600
    assert operator.found == [BEFORE.voice_url]
    assert await operator.does("restore") == 0
    assert operator.there == BEFORE
    assert await operator.does("restore") == 0
    assert "has what it had before: nothing to change" in operator.screen.getvalue()


async def test_who_does_not_agree_changes_nothing(operator: Operator) -> None:
    """Neither at Twilio nor of what is kept."""
    assert await operator.does("point", agrees=False) == number.NOT_DONE
    assert (operator.there, operator.kept.exists()) == (BEFORE, False)
    assert await operator.does("point") == 0
    assert await operator.does("restore", agrees=False) == number.NOT_DONE
    assert (operator.there, operator.kept.exists()) == (HERE, True)


async def test_what_twilio_did_not_take_loses_nothing(operator: Operator) -> None:
    """Nobody has changed the number, whichever of our addresses it has: what was first comes back."""
    await operator.does("point")
    operator.settings = load_again(operator, PUBLIC_URL="https://moved.example")
    operator.faults.set("twilio", "503", 2)
    await operator.fails("point", "Twilio answers 503")
    operator.faults.set("twilio", None)
    assert (operator.there, operator.found) == (HERE, [BEFORE.voice_url])
    await operator.does("point")
    assert (operator.there.voice_url, operator.found) == ("https://moved.example/twiml", [BEFORE.voice_url])
    assert await operator.does("restore") == 0
    assert operator.there == BEFORE


async def test_a_failed_point_is_no_change_of_somebodys(operator: Operator) -> None:
    """Restoring works at once, from the addresses of before the failure."""
    await operator.does("point")
    operator.settings = load_again(operator, PUBLIC_URL="https://moved.example")
    operator.faults.set("twilio", "503", 2)
    await operator.fails("point", "Twilio answers 503")
    operator.faults.set("twilio", None)
    assert await operator.does("restore") == 0
    assert operator.there == BEFORE


async def test_one_address_of_a_colleagues_is_that_one_alone(operator: Operator) -> None:
    """It is brought back with the others of before; what was there earlier is told with its time."""
    operator.somebody(voice_fallback_url="https://a-person.example/dial")
    await operator.does("point")
    operator.somebody(voice_url="https://another.example/voice")
    await operator.does("point")
    assert (operator.there, operator.found) == (HERE, [BEFORE.voice_url, "https://another.example/voice"])
    operator.screen.truncate(0)
    await operator.does("show")
    shown = operator.screen.getvalue()
    assert shown.index("https://another.example/voice") < shown.index(BEFORE.voice_url)
    assert (shown.count("had on 2"), shown.count("https://a-person.example/dial"), shown.count("number-restore")) == (
        2,
        2,
        1,
    )
    assert await operator.does("restore") == 0
    dials = replace(BEFORE, voice_fallback_url="https://a-person.example/dial")
    assert operator.there == replace(dials, voice_url="https://another.example/voice")


async def test_each_number_has_its_own(operator: Operator) -> None:
    """Pointing another one forgets nothing of the first."""
    await operator.does("point")
    operator.twilio.numbers.append(IncomingNumber("+15125550188"))
    first, operator.settings = operator.settings, load_again(operator, TWILIO_PHONE_NUMBER="+15125550188")
    assert OURS in await operator.fails("restore", "Nothing is kept of .15125550188")
    await operator.does("point")
    operator.settings = first
    assert await operator.does("restore") == 0
    assert operator.there == BEFORE


async def test_what_cannot_be_read_is_not_written_over(operator: Operator) -> None:
    """The number's addresses may stand in it; what was written of one number alone is read."""
    await operator.does("point")
    operator.settings = load_again(operator, PUBLIC_URL="https://moved.example")
    operator.kept.write_text("{")
    for action in ("show", "point", "restore"):
        assert "move it away" in await operator.fails(action, "cannot be read")
    assert (operator.there, operator.kept.read_text()) == (HERE, "{")
    operator.kept.write_text(json.dumps({"number": OURS, "before": vars(BEFORE), "given": vars(HERE)}))
    assert await operator.does("restore") == 0
    assert operator.there == BEFORE


@pytest.mark.parametrize("where", ["a file", "below a file"])
async def test_where_nothing_can_be_kept_nothing_is_changed(operator: Operator, where: str) -> None:
    """DATA_DIR is no folder: said before Twilio is asked to change anything."""
    data = Path(operator.settings.data_dir)
    data.write_text("")
    if where == "below a file":
        operator.settings = load_again(operator, DATA_DIR=str(data / "below"))
    assert "DATA_DIR" in await operator.fails("point", "cannot be kept in DATA_DIR")
    assert operator.there == BEFORE


async def test_what_somebody_has_changed_since_is_theirs(operator: Operator) -> None:
    """Restoring would undo it: it refuses, and keeps what it has."""
    await operator.does("point")
    operator.twilio.numbers[0].fields["voice_url"] = "https://another.example/voice"
    with pytest.raises(DeskError, match="Somebody has changed"):
        await operator.does("restore")
    assert operator.there == replace(HERE, voice_url="https://another.example/voice")
    assert operator.kept.exists()


async def test_pointing_again_keeps_what_was_first(operator: Operator) -> None:
    """Of a service that moves to another address, restoring brings back what was before the first of them."""
    await operator.does("point")
    assert await operator.does("point") == 0
    assert "nothing to change" in operator.screen.getvalue()
    operator.settings = load_again(operator, PUBLIC_URL="https://moved.example")
    await operator.does("point")
    assert operator.there.voice_url == "https://moved.example/twiml"
    await operator.does("restore")
    assert operator.there == BEFORE


async def test_a_change_that_twilio_never_made_is_no_obstacle(operator: Operator) -> None:
    """What is kept is written first; with the old addresses still there, restoring is done at once."""
    operator.faults.set("twilio", "500", 2)
    with pytest.raises(DeskError, match="Twilio answers 500"):
        await operator.does("point")
    operator.faults.set("twilio", None)
    await operator.does("point")
    operator.twilio.numbers[0].fields |= dict(FRESH)
    assert await operator.does("restore") == 0
    assert operator.there == BEFORE


async def test_a_fallback_may_stay(operator: Operator) -> None:
    """One that dials a person is worth more than a second try, also once it was ours for a while."""
    operator.somebody(voice_fallback_url="https://a-person.example/dial")
    await operator.does("point", keep_fallback=True)
    assert operator.there == replace(HERE, voice_fallback_url="https://a-person.example/dial")
    await operator.does("point")
    assert operator.there == HERE
    await operator.does("point", keep_fallback=True)
    assert operator.there == replace(HERE, voice_fallback_url="https://a-person.example/dial")
    await operator.does("restore")
    assert operator.there == replace(BEFORE, voice_fallback_url="https://a-person.example/dial")


async def test_showing_names_what_is_ours(operator: Operator) -> None:
    """And what takes the calls away from all of it."""
    await operator.does("point")
    operator.screen.truncate(0)
    operator.twilio.numbers[0].fields["trunk_sid"] = "TK1"
    assert await operator.does("show") == 0
    shown = operator.screen.getvalue()
    assert (shown.count("(this service)"), "TK1 takes its calls" in shown, "number-restore" in shown) == (3, True, True)
    with pytest.raises(DeskError, match="TK1"):
        await operator.does("point")


@pytest.mark.parametrize(
    ("changes", "says", "advises"),
    [
        ({"TWILIO_PHONE_NUMBER": "+15125550777"}, "no number", "TWILIO_PHONE_NUMBER"),
        ({"TWILIO_PHONE_NUMBER": ""}, "not set", "number at Twilio"),
        ({"TWILIO_AUTH_TOKEN": "another-token"}, "401", "console.twilio.com"),
        ({"TWILIO_API_BASE_URL": "http://127.0.0.1:9"}, "cannot be reached", "http://127.0.0.1:9"),
        ({"TWILIO_API_BASE_URL": "https://api.example", "PUBLIC_URL": ""}, "cannot reach", "PUBLIC_URL"),
    ],
)
async def test_what_cannot_be_done_is_said_with_what_to_do(
    operator: Operator, changes: dict[str, str], says: str, advises: str
) -> None:
    """In one sentence each, and nothing is changed."""
    operator.settings = load_again(operator, **changes)
    with pytest.raises(DeskError) as error:
        await operator.does("point")
    assert (says in error.value.cause, advises in error.value.advice) == (True, True), error.value
    assert (operator.there, operator.kept.exists(), TOKEN in str(error.value)) == (BEFORE, False, False)


async def test_nothing_kept_is_said(operator: Operator) -> None:
    """As on another machine than the one that pointed it."""
    with pytest.raises(DeskError, match="DATA_DIR"):
        await operator.does("restore")


INTERRUPTED = 130
READ_BYTES = 4096
QUESTION = "[y/N]"


def _reads(pid: int) -> bool:
    """Whether a process waits for what is typed: a signal a moment before that is seen only behind it."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


async def interrupted(settings: Settings, words: str, *arguments: str) -> tuple[int, str]:
    """A command as an operator runs it, and Ctrl-C once it has said these words: its exit code, and all it said."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environ |= {name.upper(): str(value) for name, value in settings.model_dump(exclude_unset=True).items()}
    environ |= {
        name.upper(): getattr(settings, name).get_secret_value()
        for name in ("openai_api_key", "deepgram_api_key", "inworld_api_key", "twilio_auth_token")
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, env=environ,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout
    said = ""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while words not in said:
                said += (more := await process.stdout.read(READ_BYTES)).decode()
                assert more, said
            if words == QUESTION:
                await until(lambda: _reads(process.pid))
            process.send_signal(signal.SIGINT)
            said += (await process.stdout.read()).decode()
            return await process.wait(), said
    finally:
        if process.returncode is None:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("action", ["point", "restore"])
async def test_ctrl_c_at_the_question_ends_at_once(operator: Operator, action: str) -> None:
    """Once is enough, nothing is changed, and where to look is said."""
    if action == "restore":
        await operator.does("point")
    before = operator.there
    code, said = await interrupted(operator.settings, QUESTION, "-m", "desk", "number", action)
    assert (code, said.splitlines()[-1]) == (INTERRUPTED, "Stopped; make number-show tells where the number goes.")
    assert (operator.there, "Traceback" in said) == (before, False)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["desk", "desk.deploy"])
async def test_ctrl_c_is_no_traceback_however_early(operator: Operator, command: str) -> None:
    """While its modules are still loaded."""
    code, said = await interrupted(operator.settings, "| desk\n", "-X", "importtime", "-m", command, "--help")
    assert (code, said.splitlines()[-1], "Traceback" in said) == (INTERRUPTED, "Stopped.", False)


def load_again(operator: Operator, **changes: str) -> Settings:
    """The same settings with these changes."""
    return _settings(operator.twilio.base_url, Path(operator.settings.data_dir), **changes)
