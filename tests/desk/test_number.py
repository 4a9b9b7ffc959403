"""Where calls to our number go: shown, pointed here and brought back, against Twilio's stand-in on real sockets."""

import io
import json
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import pytest_asyncio
from rich.console import Console

from config import Settings, load
from desk import number
from desk.terminal import DeskError
from desk.twilio_account import Addresses
from providers.http import http_client
from simulator.faults import Faults
from simulator.phone.twilio import TwilioStandIn
from simulator.phone.twilio_numbers import FRESH, IncomingNumber

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
        return Path(self.settings.data_dir) / number.KEPT


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
    assert json.loads(operator.kept.read_text())["before"]["voice_url"] == BEFORE.voice_url
    assert await operator.does("restore") == 0
    assert (operator.there, operator.kept.exists()) == (BEFORE, False)


async def test_who_does_not_agree_changes_nothing(operator: Operator) -> None:
    """Neither at Twilio nor of what is kept."""
    assert await operator.does("point", agrees=False) == number.NOT_DONE
    assert (operator.there, operator.kept.exists()) == (BEFORE, False)
    assert await operator.does("point") == 0
    assert await operator.does("restore", agrees=False) == number.NOT_DONE
    assert (operator.there, operator.kept.exists()) == (HERE, True)


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
    assert (operator.there, operator.kept.exists()) == (BEFORE, False)


async def test_a_fallback_may_stay(operator: Operator) -> None:
    """One that dials a person is worth more than a second try."""
    operator.twilio.numbers[0].fields["voice_fallback_url"] = "https://a-person.example/dial"
    await operator.does("point", keep_fallback=True)
    assert operator.there == replace(HERE, voice_fallback_url="https://a-person.example/dial")


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


def load_again(operator: Operator, **changes: str) -> Settings:
    """The same settings with these changes."""
    return _settings(operator.twilio.base_url, Path(operator.settings.data_dir), **changes)
