"""Pre-rendered lines: what is kept, what is not, and what a failing voice or disk costs."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from circuit_breaker import LastSuccess
from providers.prerendered import PrerenderedLines
from providers.voices import VoiceError

CONTROLLED_CLOCK = True

LINES = ("Is anyone in danger?", "Goodbye.", "¿Hay alguien en peligro?")


class Speaker:
    """A voice that says the text's letters, slowly, unless told otherwise."""

    def __init__(self, name: str, voice_id: str = "v") -> None:
        self.name = name
        self.voice_id = voice_id
        self.last_success = LastSuccess()
        self.asked: list[str] = []
        self.fault = ""
        self.busy = self.busiest = 0

    def audio(self, text: str) -> bytes:
        return (self.name + self.voice_id + text).encode("utf-16-le") * 300

    async def stream(self, text: str, sample_rate: int = 8000) -> AsyncGenerator[bytes, None]:
        self.asked.append(text)
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            await asyncio.sleep(0)
            if self.fault == "refused":
                raise VoiceError("refused", 503)
            if self.fault == "bug":
                raise KeyError("surprise")
            audio = self.audio(text)
            if self.fault == "zeros":
                audio = bytes(len(audio))
            if self.fault == "cut":
                audio = audio[:2000]
            yield audio[:4]
            if self.fault == "hang":
                await asyncio.Event().wait()
            if self.fault == "dies":
                raise VoiceError("ReadError")
            yield audio[4:]
        finally:
            self.busy -= 1


@pytest.fixture
def first() -> Speaker:
    return Speaker("inworld")


@pytest.fixture
def second() -> Speaker:
    return Speaker("aura")


async def test_every_voice_renders_every_line(tmp_path: Path, first: Speaker, second: Speaker) -> None:
    """After a pass each line is there in each voice, whole, and nothing is missing."""
    lines = PrerenderedLines(tmp_path, [first, second])
    assert lines.missing(LINES) == 6
    await lines.render(LINES)
    assert [lines.get(text, voice.name) for text in LINES for voice in (first, second)] == [
        voice.audio(text) for text in LINES for voice in (first, second)
    ]
    assert lines.missing(LINES) == 0
    assert lines.get("Something else.", "inworld") is None
    assert lines.get(LINES[0], "nobody") is None


async def test_kept_on_disk(tmp_path: Path, first: Speaker, second: Speaker) -> None:
    """The next start finds the lines and asks no voice."""
    await PrerenderedLines(tmp_path, [first, second]).render(LINES)
    first.asked.clear()
    second.asked.clear()
    again = PrerenderedLines(tmp_path, [first, second])
    await again.render(LINES)
    assert again.get(LINES[2], "aura") == second.audio(LINES[2])
    assert first.asked + second.asked == []


async def test_key_is_text_voice_and_rate(tmp_path: Path, first: Speaker) -> None:
    """Another speaker or another rate does not get the old audio."""
    await PrerenderedLines(tmp_path, [first]).render(LINES[:1])
    other = Speaker("inworld", "Dennis")
    for voice, rate in ((other, 8000), (first, 16000)):
        lines = PrerenderedLines(tmp_path, [voice], sample_rate=rate)
        asked = len(voice.asked)
        await lines.render(LINES[:1])
        assert len(voice.asked) == asked + 1
    assert len(list(tmp_path.iterdir())) == 3


async def test_rendering_again_asks_for_nothing(tmp_path: Path, first: Speaker) -> None:
    """A pass is idempotent, also for lines given twice or with blanks around them, and two at once do the work once."""
    lines = PrerenderedLines(tmp_path, [first])
    await asyncio.gather(lines.render([*LINES, LINES[0], f" {LINES[1]}\n", " "]), lines.render(LINES))
    assert sorted(first.asked) == sorted(LINES)
    assert lines.get(f" {LINES[1]}\n", "inworld") == first.audio(LINES[1])


@pytest.mark.parametrize("fault", ["refused", "bug", "zeros", "cut", "hang", "dies"])
async def test_failed_voice_is_tried_again_later(tmp_path: Path, first: Speaker, second: Speaker, fault: str) -> None:
    """A failing voice costs a pass only its own lines, leaves nothing incomplete, and fills up in the next one."""
    first.fault = fault
    lines = PrerenderedLines(tmp_path, [first, second], concurrency=1)
    await lines.render(LINES)
    assert len(first.asked) == 1
    assert all(lines.get(text, "inworld") is None for text in LINES)
    assert all(lines.any_voice(text) == second.audio(text) for text in LINES)
    assert len(list(tmp_path.iterdir())) == 3
    assert first.busy == 0
    first.fault = ""
    await lines.render(LINES)
    assert all(lines.any_voice(text) == first.audio(text) for text in LINES)


async def test_little_at_a_time(tmp_path: Path, first: Speaker) -> None:
    """Two lines are rendered at once, not more, so that calls are not disturbed."""
    await PrerenderedLines(tmp_path, [first]).render([f"Line {number}." for number in range(9)])
    assert first.busiest == 2


async def test_cancelled_rendering_keeps_nothing_incomplete(tmp_path: Path, first: Speaker) -> None:
    """A process that ends in the middle of a line leaves no part of it."""
    first.fault = "hang"
    lines = PrerenderedLines(tmp_path, [first])
    task = asyncio.create_task(lines.render(LINES))
    while not first.busy:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (list(tmp_path.iterdir()), lines.any_voice(LINES[0]), first.busy) == ([], None, 0)


@pytest.mark.parametrize("damage", [b"", b"abc", bytes(64000), b"abc" * 20001, b"ab" * 1000])
async def test_damaged_file_is_rendered_again(tmp_path: Path, first: Speaker, damage: bytes) -> None:
    """A file that cannot be speech is replaced."""
    await PrerenderedLines(tmp_path, [first]).render(LINES[:1])
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(damage)
    await PrerenderedLines(tmp_path, [first]).render(LINES[:1])
    assert kept.read_bytes() == first.audio(LINES[0])


async def test_failed_write_leaves_no_file(
    tmp_path: Path, first: Speaker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk costs the file, not the line, and leaves no half of it."""

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    lines = PrerenderedLines(tmp_path, [first])
    await lines.render(LINES[:1])
    assert lines.get(LINES[0], "inworld") == first.audio(LINES[0])
    assert list(tmp_path.iterdir()) == []
    assert "No space left on device" in caplog.text


async def test_folder_that_cannot_be_made(tmp_path: Path, first: Speaker) -> None:
    """Without a folder the lines live in memory."""
    (tmp_path / "file").touch()
    lines = PrerenderedLines(tmp_path / "file" / "lines", [first])
    await lines.render(LINES)
    assert lines.missing(LINES) == 0


async def test_keeps_rendering_until_all_is_there(tmp_path: Path, first: Speaker, second: Speaker) -> None:
    """The background task comes back to a voice that was down, and ends when every line is there."""
    first.fault = "refused"
    lines = PrerenderedLines(tmp_path, [first, second])
    task = asyncio.create_task(lines.keep_rendering(iter(LINES)))
    async with asyncio.timeout(200):
        while len(first.asked) < 4:
            await asyncio.sleep(1)
        assert not task.done()
        first.fault = ""
        await task
    assert lines.missing(LINES) == 0


async def test_log_holds_no_text(tmp_path: Path, first: Speaker, caplog: pytest.LogCaptureFixture) -> None:
    """What could not be rendered is named by its voice."""
    first.fault = "refused"
    await PrerenderedLines(tmp_path, [first]).render(LINES[:1])
    assert "inworld failed, later again: refused (HTTP 503)" in caplog.text
    assert LINES[0] not in caplog.text
