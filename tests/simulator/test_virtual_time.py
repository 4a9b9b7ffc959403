"""Virtual time: what jumps with it, what does not wait, and that a call on it is the same call every time."""

import asyncio
import contextlib
import hashlib
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import aiohttp
import pytest
from aiohttp import web

from simulator.calls.batch import Case, run_cases
from simulator.providers.deepgram import AURA_VOICE
from simulator.providers.inworld import INWORLD_VOICE
from simulator.rig.world import TWILIO_VOICE
from simulator.scenarios.persona import Manner
from simulator.serving import serve
from simulator.sound.audio import Speaker
from simulator.virtual_time.process import CORES, Job, JobError, run, run_all

pytestmark = pytest.mark.slow

T = TypeVar("T")

NOW = datetime(2026, 11, 23, 16, 15, tzinfo=UTC)
HOURS_SECONDS = 10 * 3600.0


def job(function: Callable[..., Awaitable[T]], *arguments: object) -> Job[T]:
    return Job(function, NOW, 1, arguments)


async def waits() -> tuple[float, float, float, float]:
    clocks = (asyncio.get_running_loop().time, time.monotonic, time.perf_counter, time.time)
    began = [clock() for clock in clocks]
    await asyncio.sleep(HOURS_SECONDS)
    a, b, c, d = (clock() - begun for clock, begun in zip(clocks, began, strict=True))
    return a, b, c, d


def test_all_clocks_move_together() -> None:
    """The loop's, both monotonic ones and the wall clock jump ten hours, and the loop waits for none of them."""
    done = run(job(waits))
    assert done.result == pytest.approx((HOURS_SECONDS,) * 4)
    assert done.waited_seconds == 0


async def wall_clock() -> datetime:
    return datetime.now(UTC)


def test_the_wall_clock_begins_where_the_job_says() -> None:
    """To the microsecond: nothing has taken time yet."""
    assert run(job(wall_clock)).result == NOW


async def works_beside_a_deadline() -> tuple[str, float]:
    begun = time.monotonic()
    async with asyncio.timeout(0.001):
        found = await asyncio.to_thread(lambda: threading.current_thread().name)
        sum(range(3_000_000))
    return found, time.monotonic() - begun


def test_work_takes_no_time() -> None:
    """Neither on the loop nor in a thread: a deadline of a millisecond is met, however slow the machine is."""
    name, seconds = run(job(works_beside_a_deadline)).result
    assert name != "MainThread"
    assert seconds == 0


async def deadline() -> float:
    begun = time.monotonic()
    try:
        async with asyncio.timeout(1.2):
            await asyncio.Event().wait()
    except TimeoutError:
        return time.monotonic() - begun
    return 0.0


def test_a_deadline_passes_at_its_moment() -> None:
    """To the millisecond."""
    assert run(job(deadline)).result == pytest.approx(1.2, abs=1e-6)


async def asks_over_http() -> tuple[str, float]:
    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(0.08)
        return web.Response(text=await request.text())

    app = web.Application()
    app.router.add_post("/", answer)
    async with serve(app) as port, aiohttp.ClientSession() as http:
        begun = time.monotonic()
        async with http.post(f"http://127.0.0.1:{port}/", data="x" * 1_000_000) as response:
            return await response.text(), time.monotonic() - begun


def test_sockets_are_as_fast_as_the_other_side() -> None:
    """A megabyte there and back arrives whole, and takes what the server takes."""
    text, seconds = run(job(asks_over_http)).result
    assert text == "x" * 1_000_000
    assert seconds == pytest.approx(0.08, abs=1e-6)


async def asks_nobody() -> str:
    async with aiohttp.ClientSession() as http:
        try:
            await http.get("http://127.0.0.1:9/")
        except aiohttp.ClientConnectorError as error:
            return type(error.os_error).__name__
    return ""


def test_nobody_else_is_reached() -> None:
    """Only the loop's own servers are there; whoever is not is refused, as on a real machine."""
    assert run(job(asks_nobody)).result == "ConnectionRefusedError"


async def sleeps_on_the_loop() -> None:
    time.sleep(0.01)  # noqa: ASYNC251 - that is the fault


async def waits_for_an_event() -> None:
    threading.Event().wait(0.01)


async def waits_for_a_queue() -> None:
    with contextlib.suppress(queue.Empty):
        queue.Queue[int]().get(timeout=0.01)


async def starts_a_process() -> None:
    await asyncio.create_subprocess_exec("true")


async def dies() -> None:
    import os

    os._exit(3)


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (sleeps_on_the_loop, "blocks the loop"),
        (waits_for_an_event, "blocks the loop"),
        (waits_for_a_queue, "blocks the loop"),
        (starts_a_process, "blocks the loop"),
        (dies, "died with exit code 3"),
    ],
)
def test_a_job_that_fails_says_how(function: Callable[..., Awaitable[None]], word: str) -> None:
    """Blocking the loop is a failure; a process that dies is told of, and waited for by nobody."""
    with pytest.raises(JobError, match=word):
        run(job(function))


async def hears_from_a_thread() -> bool:
    heard, loop = asyncio.Event(), asyncio.get_running_loop()

    def work() -> None:
        sum(range(2_000_000))
        loop.call_soon_threadsafe(heard.set)

    threading.Thread(target=work).start()
    async with asyncio.timeout(0.01):
        await heard.wait()
    return True


def test_a_thread_of_its_own_misses_no_deadline() -> None:
    """The clock does not jump while a thread works that the loop has started."""
    assert run(job(hears_from_a_thread)).result


async def numbered(number: int) -> tuple[int, int]:
    import os

    return number, os.getpid()


def test_jobs_know_nothing_of_each_other() -> None:
    """Each has a process of its own; the results are in the order of the jobs."""
    done = asyncio.run(run_all([job(numbered, number) for number in range(4)]))
    results = [one.result for one in done if not isinstance(one, JobError)]
    assert [number for number, _ in results] == [0, 1, 2, 3]
    assert len({pid for _, pid in results}) == 4


VOICES = (Manner().voice, "es+m3", INWORLD_VOICE, AURA_VOICE, f"es+{AURA_VOICE.partition('+')[2]}", TWILIO_VOICE)


def said(after: list[str]) -> list[str]:
    speaker = Speaker()
    for text in after:
        speaker.speak(text)
    texts = [speaker.speak("Thanks for calling. How can I help you today?", voice) for voice in VOICES]
    return [hashlib.sha256(pcm).hexdigest() for pcm in texts]


async def said_in_a_job(after: list[str]) -> list[str]:
    return said(after)


def test_a_voice_says_the_same_in_every_process() -> None:
    """Whatever it has said before: so a call is the same audio each time."""
    here = said([])
    code = "import tests.simulator.test_virtual_time as t; print(t.said(['Something else before.']))"
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_path())
    assert elsewhere.stdout.strip() == str(here)
    assert run(job(said_in_a_job, ["Hello.", "And this."])).result == here


def _path() -> dict[str, str]:
    return {"PYTHONPATH": str(Path(__file__).parent.parent.parent)}


# Whole calls

SAME = (
    Case("barge_in"),
    Case("booking", "inworld:stall"),
    Case("booking", "stream:drop:1"),  # It resumes.
)


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """Other work for the machine, which ends with the block, or with the test's process."""
    code = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: sum(range(100_000))"
    others = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(loops)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def traces(folder: Path) -> dict[str, str]:
    """What each call left: timeline and recording."""
    files = [path for path in sorted(folder.rglob("*")) if path.name in ("timeline.json", "call.wav")]
    assert len(files) == 2 * len(SAME)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.calls
def test_a_call_is_the_same_call_every_time(tmp_path: Path) -> None:
    """Timeline and recording are the same to the byte: one at a time, beside another, and beside busy loops."""
    found = []
    for number, (at_once, loops) in enumerate([(1, 0), (CORES, 0), (CORES, CORES)]):
        folder = tmp_path / str(number)
        with busy(loops):
            verdicts = asyncio.run(run_cases(SAME, folder, at_once))
        assert [verdict.failures for verdict in verdicts] == [[]] * len(SAME)
        found.append(traces(folder))
    assert found[0] == found[1] == found[2]


@pytest.mark.calls
def test_another_seed_is_another_order(tmp_path: Path) -> None:
    """The delays differ, so the call is not the same; it ends in the same way."""
    found = []
    for seed in (1, 2):
        (verdict,) = asyncio.run(run_cases([Case("booking")], tmp_path / str(seed), seed=seed))
        assert list(verdict.failures) == []
        found.append((verdict.response_ms, verdict.final_state))
    assert found[0][0] != found[1][0]
    assert found[0][1] == found[1][1]
