"""Speech on the telephone line, and what is heard of it."""

import itertools
import random

import pytest

from simulator.sound.audio import (
    SAMPLE_RATE,
    Acoustics,
    Ear,
    Heard,
    HeardKind,
    Speaker,
    mulaw_to_pcm,
    pcm_to_mulaw,
    seconds,
    silence,
)

FURNACE = "My furnace is blowing cold air, and it started last night."
ADDRESS = "It is 4599 Franklin Street."
NO = "No."


@pytest.fixture(scope="module")
def speaker() -> Speaker:
    return Speaker()


@pytest.fixture
def acoustics() -> Acoustics:
    return Acoustics()


def line(pcm: bytes) -> bytes:
    """What the telephone line makes of it."""
    return mulaw_to_pcm(pcm_to_mulaw(pcm))


def say(speaker: Speaker, acoustics: Acoustics, text: str, voice: str = "en-us") -> bytes:
    pcm = speaker.speak(text, voice)
    acoustics.register(text, pcm)
    return line(pcm)


def ends(events: list[Heard]) -> list[tuple[str, bool]]:
    return [(event.text, event.complete) for event in events if event.kind is HeardKind.END]


def listen(acoustics: Acoustics, pcm: bytes, sizes: list[int] | None = None) -> list[Heard]:
    ear, events, start = Ear(acoustics), [], 0
    for size in itertools.cycle(sizes or [320]):
        if start >= len(pcm):
            break
        events += ear.feed(pcm[start : start + size])
        start += size
    return events + ear.finish()


def test_speech_repeats(speaker: Speaker) -> None:
    """The same text in the same voice is the same bytes; another voice or pace is not."""
    said = speaker.speak(FURNACE)
    assert speaker.speak(f"  {FURNACE}\n") == said
    assert speaker.speak(FURNACE, "en-us+f3") != said
    assert len(speaker.speak(FURNACE, words_per_minute=120)) > len(said)


@pytest.mark.parametrize("voice", ["en-us", "en-us+f3", "en-us+f4", "en-us+m3", "en-gb", "en-gb+m3", "es", "es+f2"])
def test_speech_fills_its_time(speaker: Speaker, voice: str) -> None:
    """Speech is 8 kHz PCM16 that begins and ends with voice."""
    pcm = speaker.speak("We can come on Thursday.", voice)
    assert 0.8 < seconds(pcm) < 3
    assert len(pcm) % 2 == 0
    assert abs(int.from_bytes(pcm[:2], "little", signed=True)) > 8
    assert abs(int.from_bytes(pcm[-2:], "little", signed=True)) > 8


@pytest.mark.parametrize("voice", ["nobody", "en-us+nobody"])
def test_unknown_voice(speaker: Speaker, voice: str) -> None:
    """A voice that does not exist is an error, not another voice."""
    with pytest.raises(ValueError, match="nobody"):
        speaker.speak("Hello.", voice)


def test_nothing_to_say(speaker: Speaker) -> None:
    """A text without sound is empty."""
    assert speaker.speak(" ") == b""


def test_mulaw_survives_the_line() -> None:
    """What was encoded once is not changed by any further hop."""
    samples = b"".join(value.to_bytes(2, "little", signed=True) for value in range(-32768, 32768))
    once = pcm_to_mulaw(samples)
    assert pcm_to_mulaw(mulaw_to_pcm(once)) == once


@pytest.mark.parametrize("sizes", [[320], [1], [7, 641, 3, 160], [1_000_000]])
def test_heard_whole(speaker: Speaker, acoustics: Acoustics, sizes: list[int]) -> None:
    """An utterance between silences is heard whole and at its place, however it is cut up."""
    said = say(speaker, acoustics, FURNACE)
    events = listen(acoustics, silence(0.5) + said + silence(0.5), sizes)
    assert events[0].kind is HeardKind.START
    assert ends(events) == [(FURNACE, True)]
    assert events[-1].started_at_sample == pytest.approx(0.5 * SAMPLE_RATE, abs=2)
    assert events[-1].ended_at_sample == pytest.approx(4000 + len(said) // 2, abs=80)


def test_words_come_as_their_audio_comes(speaker: Speaker, acoustics: Acoustics) -> None:
    """Progress tells each word once its audio is there, not before."""
    said = say(speaker, acoustics, FURNACE)
    ear = Ear(acoustics)
    progress: list[Heard] = []
    for start in range(0, len(said), 320):
        progress += ear.feed(said[start : start + 320])
    texts = [event.text for event in progress if event.kind is HeardKind.PROGRESS]
    assert texts == [" ".join(FURNACE.split()[:n]) for n in range(1, len(FURNACE.split()))]
    assert all(event.spans[-1][1] <= ear.position for event in progress if event.spans)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_cut_off(speaker: Speaker, acoustics: Acoustics, share: float) -> None:
    """An utterance that breaks off is heard as the whole words that arrived."""
    said = say(speaker, acoustics, FURNACE)
    cut = said[: int(len(said) * share) // 2 * 2]
    ((text, complete),) = ends(listen(acoustics, cut + silence(0.4)))
    assert not complete
    assert FURNACE.startswith(text)
    assert len(text) == pytest.approx(len(FURNACE) * share, abs=9)


def test_cut_off_at_the_end_of_the_stream(speaker: Speaker, acoustics: Acoustics) -> None:
    """With the stream over, what was begun is ended."""
    said = say(speaker, acoustics, FURNACE)
    ((text, complete),) = ends(listen(acoustics, said[: len(said) // 4 * 2]))
    assert text
    assert not complete


def test_joined_in_the_middle(speaker: Speaker, acoustics: Acoustics) -> None:
    """Who starts to listen late hears the rest, without the word that was split."""
    said = say(speaker, acoustics, FURNACE)
    ((text, complete),) = ends(listen(acoustics, said[len(said) // 4 * 2 :]))
    assert complete
    assert FURNACE.endswith(text)
    assert 0 < len(text) < 0.6 * len(FURNACE)


def test_one_after_the_other(speaker: Speaker, acoustics: Acoustics) -> None:
    """Two utterances without a pause are two; a switch in the middle cuts the first."""
    first, second = say(speaker, acoustics, FURNACE), say(speaker, acoustics, ADDRESS)
    assert ends(listen(acoustics, first + second)) == [(FURNACE, True), (ADDRESS, True)]
    (cut, not_complete), last = ends(listen(acoustics, first[: 20_001 * 2] + second))
    assert cut
    assert not not_complete
    assert last == (ADDRESS, True)


def test_padding_in_the_middle(speaker: Speaker, acoustics: Acoustics) -> None:
    """A stream that pauses and goes on loses no word, not even the one that was split."""
    said = say(speaker, acoustics, FURNACE)
    for cut in range(8000, 32_000, 2222):
        events = ends(listen(acoustics, said[:cut] + silence(0.1) + said[cut:] + silence(0.1)))
        assert " ".join(text for text, _ in events if text) == FURNACE
        assert events[-1][1]


def test_skipped_audio_is_not_heard(speaker: Speaker, acoustics: Acoustics) -> None:
    """Words whose audio was lost in the middle are missing."""
    said = say(speaker, acoustics, FURNACE)
    third = len(said) // 6 * 2
    events = ends(listen(acoustics, said[:third] + said[2 * third :]))
    heard = " ".join(text for text, _ in events)
    assert heard.startswith("My furnace")
    assert heard.endswith("last night.")
    assert "cold" not in heard


def test_the_longest_match_wins(speaker: Speaker, acoustics: Acoustics) -> None:
    """Of utterances that begin alike the one is heard that was said, long or short."""
    short = speaker.speak("I am having a problem")
    rest = speaker.speak("with my furnace.")
    pause = silence(0.1)
    acoustics.register("I am having a problem", short)
    acoustics.register("I am having a problem with my furnace.", short + pause + rest)
    whole = line(short + pause + rest)
    assert ends(listen(acoustics, whole)) == [("I am having a problem with my furnace.", True)]
    assert ends(listen(acoustics, line(short) + silence(0.5))) == [("I am having a problem", True)]


def test_pauses_inside(speaker: Speaker, acoustics: Acoustics) -> None:
    """A pause that belongs to the utterance does not end it."""
    text = "Yes. I mean it... Please come."
    pcm = speaker.speak("Yes.") + silence(1.0) + speaker.speak("I mean it... Please come.")
    acoustics.register(text, pcm)
    ear = Ear(acoustics)
    ear.feed(line(pcm[: len(speaker.speak("Yes.")) + 8000]))
    assert ear.hearing
    assert ends(listen(acoustics, line(pcm) + silence(0.2))) == [(text, True)]


def test_broken_off_in_a_pause(speaker: Speaker, acoustics: Acoustics) -> None:
    """Silence that outlasts the pause of the utterance is its end, at its last voice."""
    begin = speaker.speak("Yes.")
    acoustics.register("Yes. Please come.", begin + silence(0.3) + speaker.speak("Please come."))
    events = listen(acoustics, line(begin) + silence(1.0))
    assert ends(events) == [("Yes.", False)]
    assert events[-1].ended_at_sample == pytest.approx(len(begin) // 2, abs=80)


def test_noise(speaker: Speaker, acoustics: Acoustics) -> None:
    """Voice that is nowhere registered is unknown, has no text, and hides nothing."""
    said = say(speaker, acoustics, ADDRESS)
    noise = line(speaker.speak("The television in the next room."))
    events = listen(acoustics, noise + silence(0.2) + said + noise)
    starts = [event.unknown for event in events if event.kind is HeardKind.START]
    assert (starts[0], starts.count(False), starts[-1]) == (True, 1, True)
    assert {event.text for event in events if event.unknown} == {""}
    assert [text for text in ends(events) if text[0]] == [(ADDRESS, True)]


def test_silence_is_nothing(speaker: Speaker, acoustics: Acoustics) -> None:
    """Silence, and a click, are no events."""
    say(speaker, acoustics, ADDRESS)
    click = b"\x00\x40" * 40
    assert listen(acoustics, silence(1) + click + silence(1)) == []


def test_misheard(speaker: Speaker, acoustics: Acoustics) -> None:
    """An utterance is heard as the text it was registered with, the last one given."""
    said = say(speaker, acoustics, "my air conditioning")
    acoustics.register("my air ticket", speaker.speak("my air conditioning"))
    assert ends(listen(acoustics, said)) == [("my air ticket", True)]
    assert len(acoustics.utterances) == 1


def test_many_utterances(speaker: Speaker, acoustics: Acoustics) -> None:
    """Each of many similar utterances is told from the others, from any point on."""
    texts = [f"We have {hour}:30 on {day}." for hour in range(1, 9) for day in ("Monday", "Friday")]
    said = [say(speaker, acoustics, text, "en-us+f3") for text in texts]
    for pcm, text in zip(said, texts, strict=True):
        assert ends(listen(acoustics, pcm + silence(0.1))) == [(text, True)]
    chooser = random.Random(7)
    for pcm, text in zip(said, texts, strict=True):
        start = chooser.randrange(len(pcm) // 4) * 2
        heard = [e for e in listen(acoustics, pcm[start:]) if e.kind is HeardKind.END]
        assert {event.utterance for event in heard} == {text}
        assert heard[-1].complete
