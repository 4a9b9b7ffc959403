"""`python -m simulator.drills.first_day`: the first day of an operator, from a fresh copy to a booked call.

In a folder with nothing but what git keeps: `.env` from the example, the service, the doctor, the number pointed here,
a ring that books a visit, and the number as it was. Twilio and all others stand in on loopback; every command is run
as an operator runs it. Exit code 0: each step did what its page says. 1: one did not.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from simulator.back_office.office import BackOffice
from simulator.calls.screen import Screen
from simulator.phone.caller import Caller
from simulator.phone.twilio import TwilioStandIn
from simulator.phone.twilio_numbers import FRESH, IncomingNumber
from simulator.providers.stand_ins import VendorDelays, Vendors
from simulator.rig.bot_host import ROOT
from simulator.rig.bot_process import free_port
from simulator.rig.world import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER, TWILIO_VOICE, USER_EMAIL, V2_KEY, WEBHOOK_SECRET
from simulator.scenarios.scenario import load
from simulator.sound.audio import pcm_to_mulaw

START_SECONDS, RECORD_SECONDS, STOP_SECONDS = 300.0, 120.0, 120.0
POLL_SECONDS = 0.2
AT_ONCE = VendorDelays(first_byte_seconds=0.0, voice_pause_seconds=0.0)
UNHURRIED = ("--seconds", "60")


@dataclass
class Day:
    """What the day has shown; `problems` are what did not hold.

    Attributes:
        folder: The fresh copy.
        told: What each command printed, by its words.
    """

    folder: Path
    problems: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)

    def expect(self, holds: bool, what: str) -> None:
        """Notes what did not hold."""
        if not holds:
            self.problems.append(what)

    async def desk(self, *arguments: str, code: int = 0) -> str:
        """One of the operator's commands, as an operator runs it; what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "desk", *arguments, cwd=self.folder, env=_environ(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            out, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        said, words = out.decode(errors="replace"), " ".join(arguments)
        self.told[words] = said
        self.expect(process.returncode == code, f"{words}: exit code {process.returncode}, not {code}:\n{said}")
        return said


@dataclass
class Outside:
    """Everybody around the service, on loopback."""

    vendors: Vendors
    office: BackOffice
    twilio: TwilioStandIn

    def settings(self, port: int) -> dict[str, str]:
        """What an operator fills in."""
        vendors, office = self.vendors, self.office
        return {
            "OPENAI_API_KEY": vendors.openai_key,
            "DEEPGRAM_API_KEY": vendors.deepgram_key,
            "INWORLD_API_KEY": vendors.inworld_key,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_PHONE_NUMBER": OUR_NUMBER,
            "V2_BACKEND_URL": office.v2_url,
            "V2_API_KEY": V2_KEY,
            "DASHBOARD_JOBS_URL": office.jobs_url,
            "DASHBOARD_CALLS_URL": office.calls_url,
            "DASHBOARD_ALERTS_URL": office.alerts_url,
            "DASHBOARD_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "DASHBOARD_USER_EMAIL": USER_EMAIL,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "DEEPGRAM_BASE_URL": vendors.deepgram_ws_url,
            "DEEPGRAM_TTS_BASE_URL": vendors.deepgram_http_url,
            "INWORLD_BASE_URL": vendors.inworld_url,
            "OPENAI_BASE_URL": vendors.openai_url,
            "TWILIO_API_BASE_URL": self.twilio.base_url,
            "DRAIN_SECONDS": "1",
            "MAX_CORE_SHARE": "0",
            "MAX_LATE_SECONDS": "600",  # A machine that is slow is no reason to turn the one caller away.
        }


async def live_through(folder: Path) -> Day:
    """The whole day, in this empty folder."""
    day, port = Day(folder), free_port()
    copy(folder)
    async with _outside() as outside:
        example = (folder / ".env.example").read_text()
        (folder / ".env").write_text(filled_in(example, outside.settings(port)))
        async with _service(day, port) as bot:
            await _first_call(day, outside)
            bot.send_signal(signal.SIGTERM)
            async with asyncio.timeout(STOP_SECONDS):
                day.expect(await bot.wait() == -signal.SIGTERM, f"the service ended with {bot.returncode}")
    return day


async def _first_call(day: Day, outside: Outside) -> None:
    number, person = outside.twilio.numbers[0], load("booking").persona
    await day.desk("number", "show")
    before = json.loads(await day.desk("doctor", "--json", *UNHURRIED, code=1))
    failed = [check["check"] for check in before["checks"] if check["state"] == "failed"]
    day.expect(failed == ["twilio voice url"], f"before the number was pointed here the doctor says: {failed}")
    await day.desk("number", "point", code=1)  # Nobody is there to agree.
    day.expect(number.fields == FRESH, "the number was changed though nobody agreed")
    await day.desk("number", "point", "--yes")
    after = json.loads(await day.desk("doctor", "--json", *UNHURRIED))
    day.expect(after["ok"] is True, f"the doctor says: {after}")
    told = await day.desk("ring", person.number)
    day.expect("ended as confirm:booked" in told, f"ring says:\n{told}")
    await _recorded(day, outside, person.number)
    await day.desk("number", "restore", "--yes")
    day.expect(number.fields == FRESH, f"the number was not restored: {number.fields}")


async def _recorded(day: Day, outside: Outside, person: str) -> None:
    """The dashboard has the person's number and the visit, V2 was asked about the person and nobody else."""
    office = outside.office
    with suppress(TimeoutError):
        async with asyncio.timeout(RECORD_SECONDS):
            while not office.rows().calls:
                await asyncio.sleep(POLL_SECONDS)
    rows = office.rows()
    calls = [row["phone_number"] for row in rows.calls]
    jobs = [(row["customer_phone"], bool(row["scheduled_at"])) for row in rows.jobs]
    asked = {tool.call.get("from_number") for tool in office.tool_calls() if tool.call.get("from_number")}
    day.expect(calls == [person], f"the dashboard's calls are of {calls}")
    day.expect(jobs == [(person, True)], f"the dashboard's jobs are {jobs}")
    day.expect(asked == {person}, f"V2 was asked about {asked}")
    day.expect(len(office.bookings()) == 1, f"V2 has {len(office.bookings())} visits")


def copy(folder: Path) -> None:
    """What git keeps, as it is here: no setting, no recording, nothing else that was made."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listing.split("\0")):
        if (ROOT / name).is_file():  # Not what was removed a moment ago.
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def filled_in(example: str, values: Mapping[str, str]) -> str:
    """The example with these values, each in the line where it stands, commented out or not.

    Raises:
        KeyError: the example has no line for one.
    """
    text = example
    for name, value in values.items():
        text, found = re.subn(rf"(?m)^(# )?{name}=.*$", lambda _, line=f'{name}="{value}"': line, text, count=1)  # type: ignore[misc]
        if not found:
            raise KeyError(name)
    return text


@asynccontextmanager
async def _outside() -> AsyncIterator[Outside]:
    async with AsyncExitStack() as stack:
        vendors = await stack.enter_async_context(Vendors(delays=AT_ONCE, hears_voices=True))
        office = await stack.enter_async_context(
            BackOffice(
                api_key=V2_KEY,
                webhook_secret=WEBHOOK_SECRET,
                user_email=USER_EMAIL,
                clock=lambda: datetime.now(UTC),
            )
        )

        def say(text: str) -> bytes:
            pcm = vendors.speaker.speak(text, TWILIO_VOICE)
            vendors.bot_acoustics.register(text, pcm)
            return pcm_to_mulaw(pcm)

        def picks_up(_: str) -> Caller:
            return Caller(
                load("booking").persona,
                speak=vendors.speaker.speak,
                caller_acoustics=vendors.caller_acoustics,
                bot_acoustics=vendors.bot_acoustics,
            )

        twilio = TwilioStandIn(account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, voice=say, answer=picks_up)
        await stack.enter_async_context(twilio)
        twilio.numbers.append(IncomingNumber(OUR_NUMBER))
        yield Outside(vendors, office, twilio)


@asynccontextmanager
async def _service(day: Day, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python bot.py` in the fresh copy, once it answers."""
    log = day.folder / "bot.log"
    with log.open("wb") as out:
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "bot.py", cwd=day.folder, env=_environ(), stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        async with asyncio.timeout(START_SECONDS):
            await _healthy(bot, port, log)
        yield bot
    finally:
        if bot.returncode is None:
            bot.kill()
            await bot.wait()
        day.told["bot.py"] = log.read_text(errors="replace")


async def _healthy(bot: asyncio.subprocess.Process, port: int, log: Path) -> None:
    def logged() -> str:
        return log.read_text(errors="replace")

    async with aiohttp.ClientSession() as http:
        while True:
            if bot.returncode is not None:
                raise RuntimeError(f"the service did not start:\n{logged()}")
            with suppress(aiohttp.ClientError, TimeoutError):
                async with http.get(f"http://127.0.0.1:{port}/health") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(POLL_SECONDS)


def _environ() -> dict[str, str]:
    """Nothing of this environment that could be a setting."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns the exit code."""
    screen = Screen()
    with TemporaryDirectory(prefix="first-day-") as folder:
        day = asyncio.run(live_through(Path(folder)))
    for words, said in day.told.items():
        if words != "bot.py" and "--json" not in words:
            screen.say(f"$ python -m desk {words}\n{said}")
    for problem in day.problems:
        screen.error(problem)
    screen.say("the first day went as its page says" if not day.problems else "the first day went wrong")
    return 1 if day.problems else 0


if __name__ == "__main__":
    sys.exit(main())
