"""`make talk`: who is who in it, what its microphone is understood by, and what its telephone passes on."""

import fractions
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import av
import numpy as np
import pytest
import soxr

from simulator.rig.bot_host import ROOT
from simulator.scenarios.scenario import load
from simulator.sound.audio import SAMPLE_RATE, Speaker, hiss, mulaw_to_pcm, silence
from simulator.sound.recording import FRAME_BYTES, FRAME_MS, SILENCE
from simulator.talk.headset import LATEST_SECONDS, PAUSE_MS, Headset
from simulator.talk.page import page
from simulator.talk.recordings import Pieces, Recordings
from simulator.talk.talk import CALLER, sentences
from simulator.talk.vendors import DEEPGRAM, PARTS, Cast, Part

KEYS: Final = {key: f"the-value-of-{key.lower()}" for part in PARTS for key in part.keys}
BROWSERS_RATE: Final = 48_000
PATIENCE_SECONDS: Final = 120.0

# Who is who


def test_what_has_no_key_stands_in() -> None:
    """A line for each part says what it is and what is missing, and none of it reaches the bot."""
    cast = Cast({})
    assert all(cast.stands_in(part) for part in PARTS)
    assert [line for line in cast.lines() if "stand-in" not in line] == []
    assert [key for key in KEYS if not any(key in line for line in cast.lines())] == []
    assert set(cast.settings()) == {"CALLER_SILENCE_SECONDS"}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_what_has_its_keys_is_itself(part: Part) -> None:
    """With all that is set of it; no line repeats a key. What is not set is the default, and no stand-in."""
    cast = Cast({key: KEYS[key] for key in part.keys})
    settings = cast.settings()
    assert [one for one in PARTS if not cast.stands_in(one)] == [part]
    assert {name: value for name, value in settings.items() if value and name in KEYS} == dict(cast.environ)
    assert all(name.startswith(part.prefix) for name in settings if name != "CALLER_SILENCE_SECONDS")
    assert all(settings.get(name) == "" for name in settings if name.endswith("BASE_URL"))
    assert [line for line in cast.lines() if any(value in line for value in KEYS.values())] == []
    assert sum("itself" in line for line in cast.lines()) == 1


@pytest.mark.parametrize("blank", ["", "  "])
def test_half_of_a_part_is_none(blank: str) -> None:
    """An address without its key, or with a blank one, is not asked: V2 stands in, and is told which is missing."""
    cast = Cast({"V2_BACKEND_URL": "https://v2.test", "V2_API_KEY": blank, "V2_TIMEOUT_SECONDS": "3"})
    assert not any(name.startswith("V2_") for name in cast.settings())
    assert [line for line in cast.lines() if "V2_API_KEY is not set" in line] != []


def test_the_business_is_ones_own() -> None:
    """In the zone of the calendar: of Austin's as long as V2 stands in. Nothing else of the service is taken over."""
    business = {"BUSINESS_NAME": "Lone Star Air", "TIMEZONE": "America/Denver"}
    other = {
        "TWILIO_AUTH_TOKEN": "a-real-token",
        "DATABASE_URL": "postgres://db.test/x",
        "PUBLIC_URL": "https://a.test",
    }
    stood_in = Cast(business | other).settings()
    assert (stood_in["BUSINESS_NAME"], set(stood_in)) == ("Lone Star Air", {"BUSINESS_NAME", "CALLER_SILENCE_SECONDS"})
    assert Cast(business | other | KEYS).settings()["TIMEZONE"] == "America/Denver"
    assert not set(other) & set(Cast(business | other | KEYS).settings())


def test_the_page_says_who_is_who() -> None:
    """And what the stand-in recogniser understands, if it is one; the name of a business is text."""
    cast = Cast({})
    stood_in = page("<b>A & B</b>", cast.lines(), ["Yes, please."])
    assert "<b>A" not in stood_in
    assert all(f"<li>{line}</li>" in stood_in for line in cast.lines())
    assert "<li>Yes, please.</li>" in stood_in
    assert "Type what the caller says" not in page("ACE", Cast(KEYS).lines(), [])
    assert Cast(KEYS).stands_in(DEEPGRAM) is False


@pytest.mark.slow
def test_wrong_settings_are_said(tmp_path: Path) -> None:
    """As the service says them, before anything starts; no key is repeated. Those of what stands in do not count."""
    env = tmp_path / "wrong.env"
    env.write_text("V2_BACKEND_URL=nonsense\nV2_API_KEY=a-key-of-v2\nDEEPGRAM_BASE_URL=nonsense\n")
    command = [sys.executable, "-m", "simulator.talk", "--env", str(env)]
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ran = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    told = ran.stdout + ran.stderr
    assert (ran.returncode, "V2_BACKEND_URL is no http/https URL" in told) == (2, True), told
    assert [word for word in ("a-key-of-v2", "DEEPGRAM", "Traceback", "Uvicorn") if word in told] == []


# The ear


@pytest.fixture(scope="module")
def spoken() -> Mapping[str, bytes]:
    """All that the caller of the booking says."""
    persona, speaker = load(CALLER).persona, Speaker()
    manner = persona.manner
    return {text: speaker.speak(text, manner.voice, manner.words_per_minute) for text in sentences(persona)}


def through_a_browser(pcm: bytes) -> bytes:
    """Quieter, with the noise of a room, over Opus at a browser's rate: no sample is what it was."""
    samples = soxr.resample(np.frombuffer(pcm, dtype="<i2").astype(np.float64), SAMPLE_RATE, BROWSERS_RATE)
    samples = 0.4 * samples + np.random.default_rng(1).normal(0, 30, len(samples))
    encoder, decoder = (av.CodecContext.create("libopus", mode) for mode in ("w", "r"))
    assert isinstance(encoder, av.AudioCodecContext)
    assert isinstance(decoder, av.AudioCodecContext)
    encoder.format = av.AudioFormat("s16")
    for codec in (encoder, decoder):
        codec.sample_rate, codec.layout = BROWSERS_RATE, "mono"
    encoder.bit_rate = 24_000
    heard = []
    size = BROWSERS_RATE // 50
    for at in range(0, len(samples) - size, size):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + size].astype(np.int16), "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = BROWSERS_RATE, at, fractions.Fraction(1, BROWSERS_RATE)
        heard += [out.to_ndarray().ravel() for packet in encoder.encode(frame) for out in decoder.decode(packet)]
    decoded = np.concatenate(heard).astype(np.float64)
    return bytes(soxr.resample(decoded, BROWSERS_RATE, SAMPLE_RATE).astype("<i2").tobytes())


def test_a_recording_is_known_through_a_browser(spoken: Mapping[str, bytes]) -> None:
    """Every sentence of the caller, one behind the other, each as itself and once."""
    recordings, pieces = Recordings(spoken), Pieces()
    pcm = silence(1.0) + b"".join(said + silence(1.5) for said in spoken.values())
    heard = through_a_browser(pcm)
    cut = [piece for at in range(0, len(heard), 333) for piece in pieces.feed(heard[at : at + 333])]
    assert [recordings.recognise(piece) for piece in cut] == list(spoken)


def test_what_is_no_recording_is_not_taken_for_one(spoken: Mapping[str, bytes]) -> None:
    """Another sentence, the same in another voice, half of one, and noise: nothing acts on a guess."""
    recordings, speaker = Recordings(spoken), Speaker()
    manner = load(CALLER).persona.manner
    others = [
        speaker.speak("My furnace is making a terrible noise.", manner.voice, manner.words_per_minute),
        speaker.speak("No, I would rather not do that.", manner.voice, manner.words_per_minute),
        speaker.speak("Tomorrow at 2 PM, please.", "en-gb+f4", 140),
        spoken["1204 Barton Springs Road."][: len(spoken["1204 Barton Springs Road."]) // 4 * 2],
        mulaw_to_pcm(hiss()),
    ]
    assert [recordings.recognise(pcm) for pcm in others] == [None] * len(others)


def test_silence_is_nothing_to_understand() -> None:
    """Nor is a click."""
    click = (20_000).to_bytes(2, "little") * 80
    assert list(Pieces().feed(silence(2.0) + click + silence(2.0))) == []


# The telephone


def hiss_pcm(samples: int) -> bytes:
    return mulaw_to_pcm(hiss()[:samples])


def frames_of(headset: Headset, count: int) -> bytes:
    frames = [headset.tick(SILENCE) for _ in range(count)]
    assert {len(frame) for frame in frames} == {FRAME_BYTES}
    return b"".join(frames)


def test_sound_leaves_in_frames_of_the_line() -> None:
    """Whatever the pieces it came in; silence behind it."""
    headset, pcm = Headset(), hiss_pcm(3 * FRAME_BYTES + 50)
    for at in range(0, len(pcm), 74):
        headset.sounds(pcm[at : at + 74])
    assert hiss_pcm(3 * FRAME_BYTES) + mulaw_to_pcm(SILENCE) == mulaw_to_pcm(frames_of(headset, 4))


def test_sound_that_is_late_does_not_stay_late() -> None:
    """Of a second that came at once the end is heard, and nothing else of it later."""
    headset, frames = Headset(), round(1000 * LATEST_SECONDS / FRAME_MS)
    headset.sounds(hiss_pcm(SAMPLE_RATE))
    assert mulaw_to_pcm(frames_of(headset, frames)) == hiss_pcm(SAMPLE_RATE)[-2 * frames * FRAME_BYTES :]
    assert frames_of(headset, 1) == SILENCE


def test_a_sentence_is_whole() -> None:
    """However long, behind the one before it, and over what the microphone brings meanwhile."""
    headset, said = Headset(), hiss_pcm(SAMPLE_RATE - 1)
    headset.say(said)
    headset.say(said)
    headset.sounds(hiss_pcm(FRAME_BYTES))
    assert mulaw_to_pcm(frames_of(headset, 2 * SAMPLE_RATE // FRAME_BYTES)) == 2 * (said + bytes(2))


def test_a_pause_of_the_call_is_not_played() -> None:
    """One inside of a sentence is: what the browser plays late does not stay late."""
    headset, frames = Headset(), PAUSE_MS // FRAME_MS
    for heard in [SILENCE, hiss()[:FRAME_BYTES], *[SILENCE] * (2 * frames), hiss()[:FRAME_BYTES]]:
        headset.tick(heard)
    played = [headset.heard.get_nowait() for _ in range(headset.heard.qsize())]
    assert len(played) == 1 + (frames - 1) + 1
    assert played[0] == played[-1] == hiss_pcm(FRAME_BYTES)


def test_keys_are_pressed_once() -> None:
    """In their order."""
    headset = Headset()
    for key in "78#":
        headset.press(key)
    assert (headset.pressed(), headset.pressed()) == (["7", "8", "#"], [])
