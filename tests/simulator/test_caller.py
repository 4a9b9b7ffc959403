"""The caller in his own time: frames go in, frames come out, no clock and no socket."""

import pytest
from pydantic import ValidationError

from simulator.phone.caller import QUIET_MS, Caller
from simulator.scenarios.persona import Manner, Persona, Rule
from simulator.sound.audio import Acoustics, Ear, HeardKind, Speaker, mulaw_to_pcm, pcm_to_mulaw
from simulator.sound.recording import FRAME_BYTES, FRAME_MS, SILENCE

SPEAKER = Speaker()


class Line:
    """A telephone line with a caller at one end and the test at the other."""

    def __init__(self, persona: Persona) -> None:
        self.acoustics = Acoustics()
        self.bot_acoustics = Acoustics()
        self.ear = Ear(self.acoustics)
        self.caller = Caller(
            persona,
            speak=SPEAKER.speak,
            caller_acoustics=self.acoustics,
            bot_acoustics=self.bot_acoustics,
        )
        self.said: list[str] = []
        self.now_ms = 0
        self.began_ms = 0

    def _tick(self, frame: bytes) -> None:
        self.now_ms += FRAME_MS
        for event in self.ear.feed(mulaw_to_pcm(self.caller.tick(frame))):
            if event.kind is HeardKind.START:
                self.began_ms = self.now_ms
            if event.kind is HeardKind.END:
                self.said.append(event.utterance)

    def bot(self, text: str, *, share: float = 1.0) -> None:
        """The bot says `text`, or the first part of it."""
        pcm = SPEAKER.speak(text, "en-gb")
        self.bot_acoustics.register(text, pcm)
        mulaw = pcm_to_mulaw(pcm)
        mulaw = mulaw[: int(len(mulaw) * share)]
        for at in range(0, len(mulaw), FRAME_BYTES):
            self._tick(mulaw[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\xff"))

    def quiet(self, ms: int) -> None:
        """Nothing from the bot."""
        for _ in range(ms // FRAME_MS):
            self._tick(SILENCE)

    def ask(self, text: str) -> str:
        """The bot says `text` and waits; returns what the caller answered."""
        before = len(self.said)
        self.bot(text)
        self.quiet(8000)
        return " ".join(self.said[before:])


def persona(**fields: object) -> Persona:
    return Persona.model_validate({"number": "+15125550147", **fields})


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Thanks for calling ACE Cooling. How can I help you today?", "blowing warm air"),
        ("Before we go on, do you smell gas, burning or see smoke right now?", "nothing like that"),
        ("What's your ZIP code?", "7 8 7 0 4"),
        ("Got it. What's your ZIP code, five digits?", "7 8 7 0 4"),
        ("May I have your name, please?", "Dana Whitfield"),
        ("Thanks, Dana. What's the street address?", "1204 Barton Springs Road"),
        ("Where should the technician come to?", "1204 Barton Springs Road"),
        ("How soon do you need someone?", "Tomorrow at 2 PM"),
        ("When would you like us to come out?", "Tomorrow at 2 PM"),
        ("Tomorrow at two at 1204 Barton Springs Road. Should I book that?", "Yes, please."),
        ("I heard 7 8 6 1 3. Is that right?", "Yes, please."),
        ("Is there anything else I can help with?", "No, that's all."),
        ("What's the best number to reach you?", "5 1 2, 5 5 5"),
        ("Are you still there?", "I'm here. Hi, my air conditioner"),
        ("Is the name on the appointment yours? What is the name?", "Dana Whitfield"),
    ],
)
def test_ordinary_questions_have_answers(question: str, answer: str) -> None:
    """The default rules answer what the bot normally asks."""
    assert answer in Line(persona()).ask(question)


@pytest.mark.parametrize(
    "remark",
    [
        "One moment while I check that.",
        "Thanks for calling ACE Cooling. Have a great day. Goodbye.",
        "Let me have someone from the team call you back.",
        "Please leave the house now and call 911 from outside.",
    ],
)
def test_fillers_and_goodbyes_need_no_answer(remark: str) -> None:
    """The caller waits when the bot is going on or done."""
    line = Line(persona())
    line.bot(remark)
    line.quiet(4000)
    assert line.said == []


def test_answers_after_quiet_and_reaction() -> None:
    """The first word comes when the bot has been quiet, plus the reaction time."""
    line = Line(persona(manner={"reaction_ms": 400}))
    line.bot("What's your ZIP code?")
    done = line.now_ms
    line.quiet(4000)
    assert line.began_ms - done == pytest.approx(QUIET_MS + 400, abs=80)


def test_waits_for_the_last_sentence() -> None:
    """A pause between two sentences is not the end; only the last question is answered."""
    line = Line(persona())
    line.bot("What's your ZIP code?")
    line.quiet(900)
    line.bot("And your name, please?")
    line.quiet(4000)
    assert line.said == ["Dana Whitfield."]


def test_hears_only_what_was_played() -> None:
    """A question that was cut before its words is not answered as if it had been heard."""
    line = Line(persona())
    line.bot("The weather is lovely in Austin today. What's your ZIP code?", share=0.4)
    line.quiet(4500)
    assert line.said == ["Sorry?"]


def test_a_broken_line_is_mended() -> None:
    """A gap of 40 ms inside a line is the network's: one complete line; a real cut is told as one."""
    line = Line(persona())
    text = "What's the ZIP code where you need service?"
    mulaw = pcm_to_mulaw(SPEAKER.speak(text, "en-gb"))
    line.bot_acoustics.register(text, SPEAKER.speak(text, "en-gb"))
    frames = [mulaw[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\xff") for at in range(0, len(mulaw), FRAME_BYTES)]
    for frame in [*frames[:40], SILENCE, SILENCE, *frames[40:]]:
        line._tick(frame)
    line.bot(text, share=0.5)
    line.quiet(400)
    said = line.caller.timeline.of("bot", "said")
    assert [(event.text == text, event.detail["complete"]) for event in said] == [(True, True), (False, False)]


def test_gives_up_after_three_sorries() -> None:
    """Nothing matches four times: the caller hangs up and the call has failed."""
    line = Line(persona(default_rules=False))
    for _ in range(4):
        line.bot("Would you like some tea?")
        line.quiet(4000)
    assert line.said == ["Sorry?"] * 3
    assert line.caller.hung_up
    assert "Would you like some tea?" in (line.caller.failure or "")


def test_hello_then_hangs_up_on_a_mute_bot() -> None:
    """A caller who hears nothing says "Hello?" twice and then hangs up."""
    line = Line(persona(manner={"patience_ms": 2000}))
    line.quiet(12_000)
    assert line.said == ["Hello?", "Hello?"]
    assert line.caller.failure


def test_barging_in() -> None:
    """A caller who does not wait speaks while the bot does."""
    line = Line(persona(manner={"barges_in": True}))
    line.bot("What's your ZIP code? We only serve the Austin area, and I have to check that first.")
    assert line.said == ["It's 7 8 7 0 4."]


def test_a_line_is_known_by_its_words() -> None:
    """Its first sound may be another line's: nobody answers it before two words were heard."""
    line = Line(persona(rules=[{"when": "zip", "say": "Seven eight seven oh four.", "interrupt": True}]))
    line.bot("What's your ZIP code?", share=0.05)
    line.quiet(1500)
    assert line.said == []


def test_pauses_to_think() -> None:
    """A bar is a pause; the whole is one answer, and what is cut off in it needs none."""
    line = Line(persona(rules=[{"when": "zip", "say": "It's | 7 8 | {zip}"}], manner={"pause_ms": 900}))
    line.bot("What's your ZIP code?")
    line.quiet(2500)
    line.bot("Sorry, what's the ZIP?", share=0.4)
    line.quiet(8000)
    assert line.said == ["It's", "7 8", "7 8 7 0 4"]
    assert line.caller.turns == 1
    said = line.caller.timeline.of("caller", "says")[0]
    assert said.text == "It's ... 7 8 ... 7 8 7 0 4"
    assert said.detail["length_ms"] > 1800


def test_rules_in_order_and_once() -> None:
    """The first matching rule counts; `once` rules make room for the next."""
    line = Line(
        persona(
            rules=[
                {"when": "zip", "say": "Five two one one.", "once": True},
                {"when": "zip", "say": "{zip} I said.", "delay_ms": 0},
            ]
        )
    )
    assert line.ask("What's your ZIP code?") == "Five two one one."
    assert line.ask("Sorry, the ZIP code again?") == "7 8 7 0 4 I said."


def test_hang_up_key_and_silence() -> None:
    """A rule can press a key, stay silent, or put the phone down; silence is not impatient."""
    line = Line(
        persona(
            rules=[
                {"when": "press", "dtmf": "1"},
                {"when": "zip", "silent": True},
                {"when": "name", "hang_up": True},
            ]
        )
    )
    line.ask("Please press one.")
    assert line.caller.pressed() == ["1"]
    assert line.ask("What's your ZIP code?") == ""
    line.quiet(20_000)
    assert line.said == []
    assert line.caller.owes_answer
    line.ask("What's your name?")
    assert line.caller.hung_up
    assert line.caller.failure is None


def test_silent_caller() -> None:
    """A silent caller never makes a sound."""
    line = Line(persona(manner={"silent": True}))
    assert line.ask("Are you still there?") == ""
    line.quiet(20_000)
    assert not line.caller.hung_up


def test_planned_hang_up_and_interjection() -> None:
    """Things happen at the given moments of the call."""
    manner = {"hang_up_after_ms": 3000, "interjections": [{"at_ms": 100, "say": "Hello? Hello?"}]}
    line = Line(persona(manner=manner))
    line.quiet(4000)
    assert line.said == ["Hello? Hello?"]
    assert line.caller.hung_up


@pytest.mark.parametrize(
    "rule",
    [
        {"when": "zip"},
        {"when": "zip", "say": "x", "hang_up": True},
        {"when": "(zip", "say": "x"},
        {"when": "zip", "say": "{nonsense}"},
        {"when": "zip", "dtmf": "1", "heard_as": "x"},
        {"when": "zip", "say": "x | y", "heard_as": "x"},
    ],
)
def test_a_bad_rule_is_refused(rule: dict[str, object]) -> None:
    """No action, two actions, a broken pattern, an unknown fact and a mishearing of nothing are errors."""
    with pytest.raises(ValidationError):
        persona(rules=[rule])


def test_defaults_are_usable() -> None:
    """The default manner's voice exists and every default rule names known facts."""
    assert SPEAKER.speak("Hello", Manner().voice, Manner().words_per_minute)
    Persona(number="+15125550147", rules=[Rule(when="x", say=f"{{{k}}}") for k in persona().all_facts])
