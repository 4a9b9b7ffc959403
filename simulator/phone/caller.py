"""The caller: hears what was really played, decides when the bot has finished, answers by the persona's rules.

Guarantees that every decision rests on audio that arrived (the `Ear`), in the call's own time: one tick is 20 ms,
no clock is read. Leaves out the wire (phone_call.py) and who the caller is (persona.py).
"""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from simulator.scenarios.persona import HELLO, LAST, SORRY, Persona, Rule
from simulator.sound.audio import Acoustics, Ear, Heard, HeardKind, hiss, mulaw_to_pcm, pcm_to_mulaw
from simulator.sound.recording import FRAME_BYTES, FRAME_MS, SILENCE, Event, Timeline, voiced_span

QUIET_MS = 700  # no bot audio for this long after a complete line: the bot has finished
MEND_MS = 200  # a line that goes on within this time was broken by the network, not cut off
THINKS_MS = 2500
"""A caller who takes so long to answer has chosen the silence."""
PUZZLED_MS = 2500  # a remark without a question gets this long to go on before "Sorry?"
MAX_SORRY = 3
MAX_HELLO = 2
NOISE_MS, NOISE_EVERY_MS = 500, 3000
RECOGNISED_WORDS = 2  # A line is known by its first words; by its first sound it may be another.
SAMPLES_PER_MS = 8

SpeakFunction = Callable[[str, str, int], bytes]
"""Text, voice and words per minute to 8 kHz PCM16."""


@dataclass(slots=True)
class Line:
    """Something the bot said, as far as it was heard."""

    full: str
    text: str
    complete: bool
    ended_ms: int
    began_ms: int = 0


@dataclass(slots=True)
class _Plan:
    """What the caller is about to do, and when."""

    at_ms: int
    rule: Rule | None = None
    say: str | None = None


class Caller:
    """A `Handset` with a person on it."""

    def __init__(
        self,
        persona: Persona,
        *,
        speak: SpeakFunction,
        caller_acoustics: Acoustics,
        bot_acoustics: Acoustics,
        timeline: Timeline | None = None,
        pace: float = 1.0,
    ) -> None:
        """`caller_acoustics`: where the caller's speech is registered; `bot_acoustics`: what the caller can hear.

        `pace` above 1 is for quicker reactions; what `speak` gives is as brisk as it is.
        """
        self.persona = persona
        self.timeline = timeline or Timeline()
        self.turns = 0
        self.failure: str | None = None
        self.heard: list[Line] = []
        self._speak = speak
        self._acoustics = caller_acoustics
        self._ear = Ear(bot_acoustics)
        self._now_ms = 0
        self._quiet_since_ms = 0
        self._mouth: deque[bytes] = deque()
        self._keys: list[str] = []
        self._unanswered: list[Line] = []
        self._started: str | None = None
        self._speaks: Event | None = None
        self._recognised = False
        self._broken: Line | None = None
        self._plan: _Plan | None = None
        self._used: set[int] = set()
        self._reaction_ms = round(persona.manner.reaction_ms / pace)
        self._last_words = " ".join(persona.pieces("{problem}", ""))
        self._sorry = 0
        self._hello = 0
        self._spoke_at_ms = -1
        self._last_sound_ms = 0
        self._interjections = deque(persona.manner.interjections)
        self._hung_up = False
        self._my_turn = False
        self._considered = 0
        self._noise = hiss() if persona.manner.noise else b""

    # Handset

    @property
    def hung_up(self) -> bool:
        """True once the caller has put the phone down."""
        return self._hung_up

    @property
    def speaking(self) -> bool:
        """True while the caller's words leave."""
        return bool(self._mouth)

    @property
    def owes_answer(self) -> bool:
        """True when the bot has asked and the caller chose to say nothing: a silence that is the caller's."""
        return self._my_turn

    def pressed(self) -> list[str]:
        """Keys pressed since the last call."""
        keys, self._keys = self._keys, []
        return keys

    def tick(self, heard: bytes) -> bytes:
        """20 ms: listen, think, speak."""
        self._now_ms += FRAME_MS
        self._listen(heard)
        self._think()
        if self._mouth:
            self._last_sound_ms = self._spoke_at_ms = self._now_ms
            return self._mouth.popleft()
        if self.persona.manner.noise and self._now_ms % NOISE_EVERY_MS < NOISE_MS:
            return self._noise[8 * (self._now_ms % NOISE_EVERY_MS) :][:FRAME_BYTES]
        return SILENCE

    def line_cut(self) -> None:
        """The call is over: what was being said broke off here."""
        for event in self._ear.finish():
            self._note(event)
        self._tell_broken()

    # Listening

    def _listen(self, frame: bytes) -> None:
        if voiced_span(frame) is not None:
            self._quiet_since_ms = self._last_sound_ms = self._now_ms
            self._hello = 0
            if self._plan is not None and self._plan.rule is not None and not self._eager(self._plan.rule):
                self._plan = None  # the bot goes on: hear it out
        if self._broken and self._started is None and self._now_ms - self._broken.ended_ms >= MEND_MS:
            self._tell_broken()
        for event in self._ear.feed(mulaw_to_pcm(frame)):
            self._note(event)

    def _note(self, event: Heard) -> None:
        if event.unknown:
            if event.kind is HeardKind.START:
                self.timeline.add("bot", "noise")
            return
        if event.kind is HeardKind.START:
            if self._broken is not None and self._broken.full != event.utterance:
                self._tell_broken()
            self._started = event.utterance
            self._recognised = False
            self._speaks = self.timeline.add("bot", "speaks", event.utterance)
        elif self._speaks is not None and self._speaks.text != event.utterance:
            # Lines that begin alike are told apart only by what follows.
            self._speaks = self.timeline.rename(self._speaks, event.utterance)
        if event.kind is HeardKind.PROGRESS and self._started is not None:
            self._started = event.utterance
            self._recognised = len(event.text.split()) >= RECOGNISED_WORDS
        if event.kind is HeardKind.END:
            self._note_end(event)

    def _note_end(self, event: Heard) -> None:
        last = self.heard[-1] if self.heard else None
        if last is not None and last is self._broken and last.full == event.utterance:
            # One line that the network broke in two.
            last.text = f"{last.text} {event.text}".strip()
            last.complete, last.ended_ms = event.complete, self._now_ms
        else:
            began_ms = self._speaks.ms if self._speaks is not None else self._now_ms
            last = Line(event.utterance, event.text, event.complete, self._now_ms, began_ms)
            self.heard.append(last)
            if event.complete or event.started_at_sample > self._spoke_at_ms * SAMPLES_PER_MS:
                self._unanswered.append(last)  # a line that the caller cut off needs no answer
        self._started = None
        self._broken = last
        if last.complete:
            self._tell_broken()

    def _tell_broken(self) -> None:
        """Report the line that ended last; an incomplete one only when it surely does not go on."""
        if self._broken is not None:
            line, self._broken = self._broken, None
            self.timeline.add("bot", "said", line.text, complete=line.complete, full=line.full, began_ms=line.began_ms)

    # Thinking

    def _think(self) -> None:
        manner = self.persona.manner
        if manner.hang_up_after_ms is not None and self._now_ms >= manner.hang_up_after_ms:
            self._hang_up("as planned")
            return
        while self._interjections and self._now_ms >= self._interjections[0].at_ms:
            self._say(self._interjections.popleft().say)
        if manner.silent or self.speaking or self._hung_up:
            return
        if self._plan is None:
            self._make_plan()
        if self._plan is not None and self._now_ms >= self._plan.at_ms:
            plan, self._plan = self._plan, None
            self._act(plan)

    def _make_plan(self) -> None:
        quiet_ms = self._now_ms - self._quiet_since_ms
        eager = self._eager_rule()
        if eager is not None:
            self._plan_rule(eager)
            return
        if quiet_ms < QUIET_MS or self._ear.hearing:
            return
        if not self._unanswered:
            self._maybe_hello()
            return
        if self._considered == len(self.heard):
            # Already thought about, and there was nothing to answer.
            self._maybe_hello()
            return
        rule = self._choose(" ".join(line.text for line in self._unanswered))
        if rule is not None:
            self._considered = len(self.heard)
            self._plan_rule(rule)
        elif quiet_ms >= PUZZLED_MS or self._unanswered[-1].text.endswith("?"):
            self._puzzled()

    def _plan_rule(self, rule: Rule) -> None:
        delay = self._reaction_ms if rule.delay_ms is None else rule.delay_ms
        self._plan = _Plan(self._now_ms + delay, rule)
        if delay >= THINKS_MS:
            self.timeline.add("caller", "stays_silent")

    def _eager(self, rule: Rule) -> bool:
        return rule.interrupt or self.persona.manner.barges_in

    def _eager_rule(self) -> Rule | None:
        """The rule that answers what the bot is just saying, for callers who do not wait."""
        if self._started is None or not self._recognised:
            return None
        rule = self._choose(self._started)
        if rule is None or not self._eager(rule) or rule.wait:
            return None
        self._unanswered.append(Line(self._started, self._started, False, self._now_ms))
        self._started = None
        return rule

    def _choose(self, text: str) -> Rule | None:
        """The first rule for the last question; failing that for the last remark; failing that for all of it."""
        sentences = [s for s in re.split(r"(?<=[.?!])\s+", text.strip()) if s][::-1]
        questions = [s for s in sentences if s.endswith("?")]
        remarks = [s for s in sentences if not s.endswith("?")]
        for words in (*questions, *remarks, text):
            for index, rule in enumerate(self.persona.all_rules):
                if index not in self._used and re.search(rule.when, words, re.IGNORECASE):
                    return rule
        return None

    def _puzzled(self) -> None:
        self._considered = len(self.heard)
        self._sorry += 1
        if self._sorry > MAX_SORRY:
            self._fail(f"no rule answers {self._unanswered[-1].text!r}")
            return
        self._plan = _Plan(self._now_ms + self._reaction_ms, say=SORRY)

    def _maybe_hello(self) -> None:
        if self._my_turn or self._now_ms - self._last_sound_ms < self.persona.manner.patience_ms:
            return
        self._hello += 1
        if self._hello > MAX_HELLO:
            self._fail("the bot said nothing for too long")
            return
        self.timeline.add("caller", "impatient")
        self._plan = _Plan(self._now_ms, say=HELLO)

    def _act(self, plan: _Plan) -> None:
        rule = plan.rule
        if rule is None:
            self._say(plan.say or "")
            return
        if rule.once:
            self._used.add(self.persona.all_rules.index(rule))
        if rule.wait:
            self.timeline.add("caller", "waits")
        elif rule.silent:
            self._my_turn = True
            self.timeline.add("caller", "stays_silent")
            self._unanswered.clear()
        elif rule.hang_up:
            self._hang_up("by a rule")
        elif rule.dtmf:
            self._keys.extend(rule.dtmf)
            self.timeline.add("caller", "presses", rule.dtmf)
            self._unanswered.clear()
        elif rule.say:
            self._say(rule.say, rule.heard_as)

    # Speaking

    def _say(self, template: str, heard_as: str = "") -> None:
        pieces = self.persona.pieces(template, self._last_words)
        if f"{{{LAST}}}" not in template and template not in (SORRY, HELLO):
            self._last_words = " ".join(pieces)
        manner = self.persona.manner
        for index, piece in enumerate(pieces):
            if index:
                self._mouth.extend([SILENCE] * (manner.pause_ms // FRAME_MS))
            pcm = self._speak(piece, manner.voice, manner.words_per_minute)
            self._acoustics.register(heard_as or piece, pcm, manner.language, said=piece if heard_as else "")
            mulaw = pcm_to_mulaw(pcm)
            self._mouth.extend(
                mulaw[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\xff") for at in range(0, len(mulaw), FRAME_BYTES)
            )
        self._unanswered.clear()
        self._my_turn = False
        self._spoke_at_ms = self._now_ms
        self.turns += 1
        self.timeline.add("caller", "says", " ... ".join(pieces), length_ms=len(self._mouth) * FRAME_MS)

    def _hang_up(self, why: str) -> None:
        if not self._hung_up:
            self._hung_up = True
            self.timeline.add("caller", "hangs_up", why)

    def _fail(self, why: str) -> None:
        self.failure = why
        self.timeline.add("caller", "gives_up", why)
        self._hang_up("gives up")
