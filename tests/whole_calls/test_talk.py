"""`make talk` in a real Chromium: its microphone plays a recorded caller, or somebody types; the bot is the real one.

Nothing is asked of another origin (`tests.support.chromium.window`): the page works without a network.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Locator, Page, expect

from simulator.calls.batch import Case, Placing, place
from simulator.providers.stand_ins import VendorRequest, Vendors
from simulator.rig import fixed_lines
from simulator.rig.bot_host import ROOT
from simulator.rig.bot_process import free_port
from simulator.scenarios.scenario import load
from simulator.sound.audio import SAMPLE_RATE, Speaker, seconds, silence
from simulator.talk.page_line import NOT_UNDERSTOOD
from simulator.talk.recordings import PAUSE_SECONDS
from simulator.talk.talk import CALLER
from simulator.talk.vendors import PARTS
from simulator.virtual_time import process
from simulator.virtual_time.process import Job
from tests.support.chromium import NoChromiumError, chromium, program, window

pytestmark = pytest.mark.calls

PATIENCE_SECONDS: Final = 300.0
THINKS_SECONDS: Final = 3.0  # A caller on a tape waits for nobody: so late may the bot's answer be, each time.
CONNECTS_SECONDS: Final = 3.0


@pytest.fixture(autouse=True)
def _a_chromium() -> None:
    try:
        program()
    except NoChromiumError as error:
        pytest.skip(str(error))


@dataclass
class Running:
    """`python -m simulator.talk`, and what it has written to the terminal."""

    url: str
    process: asyncio.subprocess.Process
    told: str = ""

    async def tells(self, pattern: str) -> None:
        """Reads on until the terminal shows it."""
        assert self.process.stdout is not None
        while not re.search(pattern, self.told):
            line = await self.process.stdout.readline()
            assert line, f"it ended without {pattern!r}:\n{self.told}"
            self.told += line.decode()

    async def end(self) -> int:
        """Ctrl-C; its exit code."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = await self.process.communicate()
        self.told += rest.decode()
        return self.process.returncode or 0


@contextlib.asynccontextmanager
async def talk(folder: Path, **settings: str) -> AsyncIterator[Running]:
    """It serves, on the day of the caller's scenario, for `PATIENCE_SECONDS` at most.

    These settings are in its .env, and none in its environment.
    """
    env, port, at = folder / "talk.env", free_port(), load(CALLER).starts_at.isoformat()
    env.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "simulator.talk", "--port", str(port), "--env", str(env), "--at", at),
        cwd=ROOT,
        env={name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    running = Running(f"http://localhost:{port}", started)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await running.tells("Uvicorn running on")
            yield running
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


def microphone(path: Path, tape: bytes) -> tuple[str, ...]:
    """Switches of a Chromium whose microphone plays this once, 16-bit samples at 8,000 a second, then silence."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(tape + silence(1.0))
    fake = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    return (*fake, f"--use-file-for-fake-audio-capture={path}%noloop")


async def recorded_caller(folder: Path) -> bytes:
    """A tape of the caller of the booking, who says each sentence when it was their turn, and somewhat later."""
    scenario = load(CALLER)
    placing = Placing(folder, await asyncio.to_thread(fixed_lines.kept, 1.0), 1.0, 0)
    await process.run_all([Job(place, scenario.starts_at, 0, (Case(CALLER), placing))])
    (timeline,) = folder.rglob("timeline.json")
    manner, speaker, tape, late = scenario.persona.manner, Speaker(), b"", CONNECTS_SECONDS
    for event in json.loads(timeline.read_text())["events"]:
        if (event["who"], event["what"]) == ("caller", "says"):
            said = speaker.speak(event["text"], manner.voice, manner.words_per_minute)
            tape += silence(event["ms"] / 1000 + late - seconds(tape)) + said
            late += seconds(said) + PAUSE_SECONDS + THINKS_SECONDS  # It is understood when it is over.
    return tape


async def shows(place: Locator, text: str) -> None:
    """Waits until the page shows it."""
    await expect(place).to_contain_text(text, timeout=1000 * PATIENCE_SECONDS)


async def energy_of(page: Page) -> float:
    """Of the sound that has come to the browser (W3C: WebRTC statistics, totalAudioEnergy)."""
    energy: float = await page.evaluate(
        "async () => [...(await line.getStats()).values()].find(one => one.type === 'inbound-rtp').totalAudioEnergy"
    )
    return energy


async def test_a_recorded_caller_books_over_the_microphone(tmp_path: Path) -> None:
    """The bot answers, is heard in the browser, understands each sentence, books, and hangs up; nothing is itself."""
    plays = microphone(tmp_path / "caller.wav", await recorded_caller(tmp_path))
    async with (
        talk(tmp_path) as running,
        chromium(*plays) as browser,
        window(browser, running.url) as page,
    ):
        await page.goto("/")
        cast = await page.locator("#cast").inner_text()
        assert [key for part in PARTS for key in part.keys if key not in cast] == []
        await page.get_by_role("button", name="Call").click()
        said = page.locator("#said")
        await shows(said, "Thanks for calling ACE Cooling")
        await shows(said, "blowing warm air")
        assert await energy_of(page) > 0
        await shows(page.get_by_role("status"), "the call is over")
        await shows(said, "You're booked for")
        await running.tells("dashboard created jobs")
        assert await running.end() == 0
    assert "ended: confirm:booked" in running.told
    assert re.search(r"book_appointment ok", running.told)


async def test_what_is_typed_is_heard_and_the_model_is_the_one_with_a_key(tmp_path: Path) -> None:
    """OpenAI, whose key is set, is asked itself. A voice that no recording has is told to type.

    Ctrl-C in the middle of a call hangs up, and the lead is kept.
    """
    asked = asyncio.Queue[str]()
    plays = microphone(tmp_path / "nobody.wav", silence(8.0) + Speaker().speak("My furnace makes a terrible noise."))
    async with (
        Vendors(openai_key="a-key-of-ones-own", on_request=lambda one: asked.put_nowait(one.part)) as outside,
        talk(tmp_path, OPENAI_API_KEY="a-key-of-ones-own", OPENAI_BASE_URL=outside.openai_url) as running,
        chromium(*plays) as browser,
        window(browser, running.url) as page,
    ):
        await page.goto("/")
        await shows(page.locator("#cast"), "OpenAI words the replies: itself")
        assert "a-key-of-ones-own" not in await page.content() + running.told
        await page.get_by_role("button", name="Call").click()
        said, box = page.locator("#said"), page.get_by_label("What the caller says")
        for heard, typed in (
            ("How can I help you", "My heater is out."),
            ("do you smell gas", "No, nothing like that."),
            ("ZIP code", "How long does a visit usually take?"),
        ):
            await shows(said, heard)
            await box.fill(typed)
            await page.keyboard.press("Enter")
            await shows(said, typed)
        await shows(said, NOT_UNDERSTOOD)
        assert await asked.get() == "openai"
        assert await running.end() == 0
        await shows(page.get_by_role("status"), "the call is over")
    assert "caller hung up" in running.told
    assert "dashboard created leads" in running.told


async def test_the_microphone_is_heard_by_deepgram_that_has_its_key(tmp_path: Path) -> None:
    """As it sounds, whatever it is: the turn is Deepgram's, and no recording is spoken of."""
    turns = asyncio.Queue[str]()

    def asked(request: VendorRequest) -> None:
        if request.path.endswith("EndOfTurn"):
            turns.put_nowait(request.text)

    sentence = silence(3.0) + Speaker().speak("My furnace makes a terrible noise.")
    plays = microphone(tmp_path / "somebody.wav", 5 * sentence)
    async with (
        Vendors(deepgram_key="a-key-of-ones-own", noise_is_turn=True, on_request=asked) as outside,
        talk(
            tmp_path,
            DEEPGRAM_API_KEY="a-key-of-ones-own",
            DEEPGRAM_BASE_URL=outside.deepgram_ws_url,
            DEEPGRAM_TTS_BASE_URL=outside.deepgram_http_url,
        ) as running,
        chromium(*plays) as browser,
        window(browser, running.url) as page,
    ):
        await page.goto("/")
        await shows(page.locator("#cast"), "Deepgram hears the caller, and is the second voice: itself")
        await expect(page.locator("#sentences")).to_have_count(0)
        await page.get_by_role("button", name="Call").click()
        assert await turns.get() == ""  # The stand-in has no words for what it has never heard.
        assert await running.end() == 0
