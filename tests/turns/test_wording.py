"""Between model and voice: what of the model's words is spoken, what is spoken in their place, and when."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from openai import AsyncOpenAI, BadRequestError
from openai.types.chat import ChatCompletionChunk
from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    OutputTransportMessageFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.tests.utils import SleepFrame, run_test
from pipecat.workers.runner import WorkerRunner

import config
from call.business import Business
from call.session import CallSession, EntryKind, Question, State
from call.usage import AskedAnswer, Usage
from circuit_breaker import Attempt, BreakerState, CircuitBreaker, Verdict
from conversation.directives import persona
from providers.frames import BrokenReplyFrame, WordReplyFrame
from providers.language_model import BoundedOpenAI, _to_its_end
from providers.model_faults import BrokenAnswerError
from providers.openai_client import openai_client
from simulator.providers.stand_ins import VendorDelays, Vendors
from turns.wording import MAX_SENTENCES, TAIL_SECONDS, WordingProcessor

REQUIRED = dict.fromkeys(config.REQUIRED, "http://127.0.0.1:9") | {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32}
QUESTION = "What's the ZIP code where you need service?"
STATEMENT = "One moment, please."
CONTROLLED_CLOCK = True
PATIENCE_SECONDS = 20.0


def settings(**changes: object) -> config.Settings:
    """The defaults, but for `changes`."""
    return config.load({**REQUIRED, **{name.upper(): str(value) for name, value in changes.items()}})


class Verdicts(CircuitBreaker):
    """A breaker that never opens and keeps what it heard: failed, did not, was refused, or no verdict."""

    def __init__(self) -> None:
        super().__init__("openai")
        self.given: list[bool | Verdict | None] = []

    def _verdict(self, attempt: Attempt, verdict: Verdict | None) -> None:
        told = {Verdict.FAILED: True, Verdict.ANSWERED: False}
        self.given.append(told.get(verdict, verdict) if verdict else None)


class Desk:
    """A wording processor, what it told of, and the breaker behind its replies."""

    def __init__(self, waited: float = 0.0, **changes: object) -> None:
        self.settings, self.breaker = settings(**changes), Verdicts()
        self.told: list[str] = []
        self.faults: list[tuple[str, str]] = []
        self.refused: list[str] = []
        self.given_up: list[WordReplyFrame] = []
        self.session = CallSession(
            call_id="CA1",
            caller_number="+15125550100",
            started_at=datetime.now(UTC),
            state=State.SERVICE_AREA,
            question=Question.ZIP,
        )
        self.processor = WordingProcessor(
            self.session,
            Business(),
            self.settings,
            spoken=self._spoken,
            on_fault=self._failed,
            give_up=lambda reply, tail_seconds: self.given_up.append(reply),
            second_reader=SimpleNamespace(waited_seconds=waited),
        )

    def _failed(self, part: str, what: str, refused: str = "") -> None:
        self.faults.append((part, what))
        self.refused.append(refused)

    def _spoken(self, text: str) -> TTSSpeakFrame:
        self.told.append(text)
        return TTSSpeakFrame(text)

    def announce(self, fallback: str = QUESTION) -> WordReplyFrame:
        """The frame that goes before the model's answer."""
        attempt = self.breaker.attempt()
        assert attempt is not None
        return WordReplyFrame(fallback=fallback, attempt=attempt)

    async def hears(self, *frames: Frame) -> list[Frame]:
        """Everything that left the processor after these frames; what went to the voice is what it told of."""
        down, _ = await run_test(self.processor, frames_to_send=frames, start_timeout=PATIENCE_SECONDS)
        assert spoken(down) == self.told
        return list(down)


def spoken(frames: Iterable[Frame]) -> list[str]:
    """The lines that went to the voice."""
    return [frame.text for frame in frames if isinstance(frame, TTSSpeakFrame)]


def text(*pieces: str) -> list[Frame]:
    """The model's tokens."""
    return [LLMTextFrame(piece) for piece in pieces]


def answer(*pieces: str) -> list[Frame]:
    """A whole answer of the model."""
    return [LLMFullResponseStartFrame(), *text(*pieces), LLMFullResponseEndFrame()]


async def test_allowed_sentences_go_on_one_by_one() -> None:
    """R21: each whole sentence is a frame of its own for the voice, nothing else goes on; the breaker hears success."""
    desk = Desk()
    down = await desk.hears(desk.announce(), *answer("Sure, I can", " help with that. What's the ZIP code", " there?"))
    assert spoken(down) == ["Sure, I can help with that.", "What's the ZIP code there?"]
    assert [type(frame) for frame in down] == [TTSSpeakFrame, TTSSpeakFrame]
    assert desk.breaker.given == [False]
    assert desk.faults == []


async def test_a_dash_at_the_border_of_two_pieces_reaches_no_voice() -> None:
    """R97: en, em and double, wherever the model's tokens end."""
    desk = Desk()
    pieces = ("Sure \u2014", " I can help", " \u2013 what's the", " ZIP -", "- the five digits", "?")
    down = await desk.hears(desk.announce(), *answer(*pieces))
    assert spoken(down) == ["Sure, I can help, what's the ZIP, the five digits?"]


async def test_half_a_character_of_the_model_is_in_no_record() -> None:
    """Neither in a line that is spoken nor in one that is refused: the record could not be written."""
    desk = Desk()
    down = await desk.hears(desk.announce(), *answer("Sure\ud83d", "\ude00 thing. ", "You are booked\ud83d. "))
    assert spoken(down) == ["Sure thing.", QUESTION]
    assert desk.refused == ["You are booked."]


async def test_a_sentence_does_not_wait_for_the_end_of_the_answer() -> None:
    """The first sentence is spoken while the model is still at the second."""
    desk = Desk()
    down = await desk.hears(desk.announce(), LLMFullResponseStartFrame(), *text("Of course. ", "What's the"))
    assert spoken(down) == ["Of course."]


@pytest.mark.parametrize(
    "refused",
    [
        "You're all booked for Tuesday at 3 PM.",
        "A technician will be there within the hour.",
        "That will be $250.",
        "As an AI language model, [insert name] cannot say.",
    ],
)
async def test_a_refused_sentence_is_replaced_by_the_fixed_line(refused: str) -> None:
    """The guard's no ends the reply with the state's line and a note; the model is up, so the breaker hears success."""
    desk = Desk()
    announced = desk.announce()
    down = await desk.hears(announced, *answer(f"{refused} What's the ZIP code there?"))
    assert spoken(down) == [QUESTION]
    assert desk.breaker.given == [False]
    ((part, what),) = desk.faults
    assert (part, what.startswith("reply refused: ")) == ("openai", True)
    assert desk.refused == [refused]
    assert desk.given_up == [announced]


async def test_a_refused_second_sentence_is_replaced_too() -> None:
    """What was spoken stands, the fixed line follows, the rest of the answer is dropped."""
    desk = Desk()
    down = await desk.hears(desk.announce(), *answer("Of course. ", "You are booked. ", "What's the ZIP code there?"))
    assert spoken(down) == ["Of course.", QUESTION]


async def test_the_question_is_not_asked_twice() -> None:
    """A refusal after the model's question is not followed by the fixed line's question."""
    desk = Desk()
    down = await desk.hears(desk.announce(), *answer("What's the ZIP code there? ", "And what is your name?"))
    assert spoken(down) == ["What's the ZIP code there?"]


def second_turn(desk: Desk) -> Desk:
    """A desk whose last reply began with an acknowledgement."""
    for kind, words in ((EntryKind.CALLER, "hi"), (EntryKind.AGENT, "Okay. And the ZIP?"), (EntryKind.CALLER, "hm")):
        desk.session.note(kind, words, datetime.now(UTC))
    return desk


async def test_an_acknowledgement_is_not_spoken_every_time() -> None:
    """The second reply in a row begins with what it says."""
    desk = second_turn(Desk())
    down = await desk.hears(desk.announce(), *answer("Got it. Okay, what's the ZIP code there?"))
    assert spoken(down) == ["What's the ZIP code there?"]
    assert (desk.breaker.given, desk.faults) == ([False], [])


@pytest.mark.parametrize("line", [QUESTION, STATEMENT])
async def test_a_reply_that_is_nothing_but_an_acknowledgement_too_many(line: str) -> None:
    """The fixed line is spoken, and it is nobody's fault."""
    desk = second_turn(Desk())
    down = await desk.hears(desk.announce(line), *answer("Got it, thanks."))
    assert spoken(down) == [line]
    assert (desk.breaker.given, desk.faults) == ([False], [])


async def test_the_states_own_question_is_not_judged() -> None:
    """It is ours, word for word, whatever it names; the same with a claim in front of it is the model's."""
    question = "Your visit is on Friday at 9 AM. Shall I cancel it?"
    desk = Desk()
    assert spoken(await desk.hears(desk.announce(question), *answer(question))) == [
        "Your visit is on Friday at 9 AM.",
        "Shall I cancel it?",
    ]
    lying = Desk()
    down = await lying.hears(lying.announce(question), *answer("It's cancelled. " + question))
    assert spoken(down) == [question]


async def test_no_words_in_time() -> None:
    """Silence of the model beyond its first deadline is the fixed line, a fault and a failure for the breaker."""
    desk = Desk()
    down = await desk.hears(desk.announce(), LLMFullResponseStartFrame(), SleepFrame(1.5))
    assert spoken(down) == [QUESTION]
    assert desk.breaker.given == [True]
    assert desk.faults == [("openai", "late")]


async def test_words_but_no_sentence_in_time() -> None:
    """Words without an end beyond the second deadline: the fixed line, and the words are never spoken."""
    desk = Desk()
    down = await desk.hears(
        desk.announce(), LLMFullResponseStartFrame(), *text("Sure, I can"), SleepFrame(2), *text(" help. Goodbye.")
    )
    assert spoken(down) == [QUESTION]
    assert desk.breaker.given == [True]
    assert desk.faults == [("openai", "dribbled")]


async def test_a_dribble_of_words() -> None:
    """Words that keep coming, each in time, do not put off the deadline of the first sentence."""
    desk = Desk()
    dribble = [
        frame for word in ("Well", " let", " me", " see", " now", " if") for frame in (*text(word), SleepFrame(0.3))
    ]
    down = await desk.hears(desk.announce(), LLMFullResponseStartFrame(), *dribble)
    assert spoken(down) == [QUESTION]
    assert desk.faults == [("openai", "dribbled")]


async def test_a_reply_that_does_not_end() -> None:
    """A first sentence and then nothing: at the next deadline the fixed line asks what the state waits for."""
    desk = Desk()
    down = await desk.hears(desk.announce(), LLMFullResponseStartFrame(), *text("Of course. ", "What"), SleepFrame(4))
    assert spoken(down) == ["Of course.", QUESTION]
    assert desk.breaker.given == [True]


@pytest.mark.parametrize("pieces", [(), ("",), (" ", "\n")], ids=["nothing", "empty", "blank"])
async def test_an_empty_answer_of_the_model(pieces: tuple[str, ...]) -> None:
    """Start and end without words is the fixed line at once and a failure."""
    desk = Desk()
    down = await desk.hears(desk.announce(), *answer(*pieces))
    assert spoken(down) == [QUESTION]
    assert desk.breaker.given == [True]
    assert desk.faults == [("openai", "empty")]


@pytest.mark.parametrize(
    ("heard", "expected"), [("What's the", [QUESTION]), ("Of course. What's the", ["Of course.", QUESTION])]
)
async def test_half_an_answer_is_not_finished_by_guessing(heard: str, expected: list[str]) -> None:
    """An answer that breaks off in a sentence: the half is dropped, the fixed line takes its place, a failure."""
    desk = Desk()
    down = await desk.hears(desk.announce(), LLMFullResponseStartFrame(), *text(heard), BrokenReplyFrame())
    assert spoken(down) == expected
    assert desk.breaker.given == [True]
    assert desk.faults == [("openai", "broke off")]


@pytest.mark.parametrize(
    ("what", "outage"), [("refused 401", None), ("ended by content_filter", False), ("refused 500", True)]
)
async def test_a_failed_answer_says_why(what: str, outage: bool | None) -> None:
    """The fixed line at once; O4: a refusal that is our own fault is told like any, and no outage."""
    desk = Desk()
    down = await desk.hears(desk.announce(), LLMFullResponseStartFrame(), BrokenReplyFrame(what, outage))
    assert spoken(down) == [QUESTION]
    assert desk.breaker.given == [Verdict.REFUSED if outage is None else outage]
    assert desk.faults == [("openai", what)]


async def test_the_wait_for_the_second_reader_counts() -> None:
    """What the turn has waited for the model before is taken from the time of the first sentence."""
    desk = Desk(waited=1.2, llm_first_words_seconds=60, llm_first_sentence_seconds=1.25)
    down = await desk.hears(desk.announce(), LLMFullResponseStartFrame(), *text("Sure,"), SleepFrame(1.5))
    assert spoken(down) == [QUESTION]


@pytest.mark.parametrize(
    "pieces", [("Okay. ", "Of course. ", "Wait"), ("Okay. ", "You are booked. "), ()], ids=["enough", "refused", "late"]
)
async def test_an_answer_that_is_not_needed_any_more_is_given_up(pieces: tuple[str, ...]) -> None:
    """Once the reply is settled the model is told to stop, without waiting for its end."""
    desk = Desk()
    announced = desk.announce()
    await desk.hears(announced, LLMFullResponseStartFrame(), *text(*pieces), SleepFrame(0 if pieces else 1.5))
    assert desk.given_up == [announced]


async def test_the_last_sentence_needs_no_full_stop() -> None:
    """A whole answer ends its last sentence, with or without the sign."""
    desk = Desk()
    assert spoken(await desk.hears(desk.announce(STATEMENT), *answer("Of course"))) == ["Of course"]


async def test_a_second_sentence_that_does_not_come() -> None:
    """After a spoken sentence the next one has as long as the first had, not until the whole reply's deadline."""
    desk = Desk()
    dribble = [frame for word in ("What", " is", " the", " thing") for frame in (*text(word), SleepFrame(0.5))]
    down = await desk.hears(desk.announce(), LLMFullResponseStartFrame(), *text("Of course. "), *dribble)
    assert spoken(down) == ["Of course.", QUESTION]
    assert desk.breaker.given == [True]


async def test_the_question_that_the_model_forgot_follows() -> None:
    """The state waits for an answer: an allowed reply without a question is followed by the fixed line's."""
    desk = Desk()
    down = await desk.hears(desk.announce(), *answer("Sure, I can help with that."))
    assert spoken(down) == ["Sure, I can help with that.", QUESTION]
    assert desk.breaker.given == [False]


async def test_a_reply_to_a_statement_needs_no_question() -> None:
    """Where the fixed line asks nothing, nothing is added."""
    desk = Desk()
    assert spoken(await desk.hears(desk.announce(STATEMENT), *answer("Of course."))) == ["Of course."]


async def test_at_most_two_sentences_of_the_model() -> None:
    """The third and later sentences are dropped."""
    desk = Desk()
    down = await desk.hears(desk.announce(STATEMENT), *answer("Okay. Of course. I can help with that. Thank you. So"))
    assert spoken(down) == ["Okay.", "Of course."]
    assert len(spoken(down)) == MAX_SENTENCES
    assert desk.breaker.given == [False]


@pytest.mark.parametrize("before", [[], text("Of course. What's the")], ids=["before words", "in a sentence"])
async def test_a_barge_in_drops_the_rest(before: list[Frame]) -> None:
    """What the model still sends of a reply that was interrupted is not spoken, and it is no failure of the model."""
    desk = Desk()
    late = [*text(" ZIP code there? "), LLMFullResponseEndFrame(), SleepFrame(2)]
    down = await desk.hears(
        desk.announce(), LLMFullResponseStartFrame(), *before, SleepFrame(0.2), InterruptionFrame(), *late
    )
    assert spoken(down) == (["Of course."] if before else [])
    assert desk.breaker.given == [False if before else None]
    assert desk.faults == []
    assert any(isinstance(frame, InterruptionFrame) for frame in down)


async def test_a_late_answer_is_not_spoken_after_the_fixed_line() -> None:
    """Once the fixed line was spoken the model's words come too late, and the next reply is spoken as usual."""
    desk = Desk()
    first = [
        desk.announce(),
        LLMFullResponseStartFrame(),
        SleepFrame(1.2),
        *text("Of course. "),
        LLMFullResponseEndFrame(),
    ]
    down = await desk.hears(*first, desk.announce(), *answer("Thank you. What's the ZIP code there?"))
    assert spoken(down) == [QUESTION, "Thank you.", "What's the ZIP code there?"]
    assert desk.breaker.given == [True, False]


async def test_words_that_nobody_asked_for_are_not_spoken() -> None:
    """Without an announced reply the model says nothing to the caller."""
    desk = Desk()
    assert spoken(await desk.hears(*answer("You are booked. Goodbye."))) == []


async def test_a_new_reply_replaces_one_that_is_under_way() -> None:
    """Two announcements: the first one's deadline speaks no second fixed line."""
    desk = Desk()
    down = await desk.hears(desk.announce("Hello?"), desk.announce(), SleepFrame(1.5))
    assert spoken(down) == [QUESTION]
    assert desk.breaker.given == [None, True]


async def test_the_end_of_the_call_ends_the_deadline() -> None:
    """A reply that is open when the call ends is no verdict and speaks nothing."""
    desk = Desk()
    down = await desk.hears(desk.announce(), LLMFullResponseStartFrame())
    await asyncio.sleep(2)
    assert spoken(down) == desk.told == []
    assert desk.breaker.given == [None]


async def test_everything_else_passes() -> None:
    """Frames that are not the model's go on as they came."""
    desk = Desk()
    message = OutputTransportMessageFrame(message={"event": "mark"})
    assert await desk.hears(message) == [message]


class Ear(FrameProcessor):
    """Stands where the voice would: keeps the lines with the moments at which they came."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[float, str]] = []
        self.came = asyncio.Condition()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSSpeakFrame):
            async with self.came:
                self.lines.append((asyncio.get_running_loop().time(), frame.text))
                self.came.notify_all()
        await self.push_frame(frame, direction)

    async def hears(self, line: str, times: int = 1) -> float:
        """Waits until the line came that often; gives the moment."""
        async with asyncio.timeout(PATIENCE_SECONDS), self.came:
            await self.came.wait_for(lambda: self.said.count(line) >= times)
            return self.lines[-1][0]

    @property
    def said(self) -> list[str]:
        return [line for _, line in self.lines]


class Talk:
    """The real model service and the wording behind it, in a running pipeline, against OpenAI's stand-in."""

    def __init__(self, vendors: Vendors, **changes: object) -> None:
        self.vendors, self.ear = vendors, Ear()
        changes.setdefault("openai_base_url", vendors.openai_url)
        self.desk = Desk(0.0, openai_api_key=vendors.openai_key, **changes)
        self.client: AsyncOpenAI = openai_client(self.desk.settings)
        self.usage = Usage()
        self.model = BoundedOpenAI(self.desk.settings, persona(Business()), self.client, self.usage)
        self.desk.processor._give_up = self.model.give_up
        self.asked: asyncio.Event
        self.worker: PipelineWorker

    def context(self, words: str = "hm") -> LLMContext:
        """What the model is to word for a caller who has said this."""
        directive = f'Answer in one sentence. Then ask: "{QUESTION}"'
        return LLMContext(messages=[{"role": "user", "content": words}, {"role": "developer", "content": directive}])

    async def turn(self) -> float:
        """A caller's turn that the model is to word, as the state machine's processor sends it; gives the moment."""
        context = self.context()
        await self.worker.queue_frames([self.desk.announce(), LLMContextFrame(context=context)])
        return asyncio.get_running_loop().time()


@contextlib.asynccontextmanager
async def talk(fault: str | None = None, **changes: object) -> AsyncIterator[Talk]:
    """A conversation whose model has the fault."""
    asked = asyncio.Event()
    vendors = Vendors(delays=VendorDelays(first_token_seconds=0.02), on_request=lambda _: asked.set())
    async with vendors:
        vendors.faults.set("openai", fault)
        made = Talk(vendors, **changes)
        made.asked = asked
        pipeline = Pipeline([made.model, made.desk.processor, made.ear])
        made.worker = PipelineWorker(pipeline, enable_rtvi=False, cancel_on_idle_timeout=False)
        started = asyncio.Event()

        async def note_start(*_: object) -> None:
            started.set()

        made.worker.event_handler("on_pipeline_started")(note_start)
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(made.worker)
        running = asyncio.create_task(runner.run())
        try:
            await asyncio.wait_for(started.wait(), PATIENCE_SECONDS)
            yield made
        finally:
            await made.worker.cancel()
            await running
            await made.client.close()


async def test_the_model_words_the_reply() -> None:
    """With everything up the caller hears the model's own words and its question, and no fixed line."""
    async with talk() as call:
        await call.turn()
        await call.ear.hears(QUESTION)
        assert len(call.ear.said) == 2
        assert call.desk.faults == []


async def test_what_a_whole_reply_used_is_told() -> None:
    """Its second sentence ends it; the pieces behind that tell what it cost, and leave the connection to the next."""
    async with talk() as call:
        for number in (1, 2, 3):
            await call.turn()
            await call.ear.hears(QUESTION, number)
        await asyncio.sleep(TAIL_SECONDS)
        assert (call.usage.answers, call.usage.answers_untold) == (3, 0)


async def test_a_reply_foreseen_is_asked_for_once() -> None:
    """The model thinks while the turn may still go on; a turn that came otherwise is asked about anew."""
    async with talk() as call:
        call.model.foresee(call.context())
        await asyncio.sleep(0.5)
        began = await call.turn()
        assert await call.ear.hears(QUESTION) - began < 0.2
        assert len(call.vendors.requests) == 1
        call.model.foresee(call.context("hm, and then"))
        await asyncio.sleep(0.5)
        await call.turn()
        await call.ear.hears(QUESTION, 2)
        assert len(call.vendors.requests) == 3
        assert call.desk.faults == []


@pytest.mark.parametrize(("fault", "what"), [("hang", "late"), ("500", "refused 500"), ("die", "broke off")])
async def test_a_reply_foreseen_that_fails_is_the_fixed_line(fault: str, what: str) -> None:
    """It is one fault, told once, and as late as one that was not foreseen."""
    async with talk(fault) as call:
        call.model.foresee(call.context())
        await asyncio.sleep(0.2)
        await call.turn()
        await call.ear.hears(QUESTION)
        assert call.desk.faults == [("openai", what)]
        assert len(call.vendors.requests) == 1


@pytest.mark.parametrize(
    ("fault", "opening", "what"),
    [
        ("hang", "", "late"),
        ("hang_body", "", "late"),
        ("stall", "Well of course then ", "broke off"),
        ("stall", "Sure. ", "broke off"),
        ("dribble", "Well of course then ", "dribbled"),
        ("dribble", "Sure. ", "dribbled"),
    ],
)
async def test_two_seconds_with_the_deadlines_of_production(
    fault: str, opening: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line is on its way to the voice in time, the next one too, and what waits behind the answer goes on at once."""
    monkeypatch.setattr("simulator.providers.model_answers.reply", lambda _: opening + QUESTION)
    async with talk(fault) as call:
        asked = await call.turn()
        await call.worker.queue_frame(TTSSpeakFrame("Goodbye."))
        given_up = await call.ear.hears(QUESTION)
        assert await call.ear.hears("Goodbye.") - given_up < 0.25
        moments = [asked, *(moment for moment, _ in call.ear.lines)]
        assert max(after - before for before, after in pairwise(moments)) < 1.6
        assert call.ear.said == [*([opening.strip()] if opening == "Sure. " else []), QUESTION, "Goodbye."]
        assert call.desk.faults == [("openai", what)]


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        ("hang", "late"),
        ("hang_body", "late"),
        ("slow", "late"),
        ("401", "refused 401"),
        ("404", "refused 404"),
        ("429", "refused 429"),
        ("500", "refused 500"),
        ("503", "refused 503"),
        ("down", "unreachable"),
        ("html", "broke off"),
        ("empty", "empty"),
        ("stall", "broke off"),
        ("die", "broke off"),
        ("garbage", "unreadable"),
    ],
)
async def test_whatever_the_model_does_the_question_is_asked_each_time(
    fault: str, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Two turns in a row: each ends in the state's question and a fault that says what happened, and in no error."""
    caplog.set_level(logging.WARNING)
    async with talk(fault) as call:
        for times in (1, 2):
            await call.turn()
            await call.ear.hears(QUESTION, times)
        assert call.ear.said.count(QUESTION) == 2
        assert call.desk.faults == [("openai", what)] * 2
        assert call.desk.breaker.given == [Verdict.REFUSED if fault in ("401", "404") else True] * 2
        assert len(call.vendors.requests) == 2
        assert call.model.is_usable
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert ("OPENAI_MODEL" in caplog.text) is (fault in ("401", "404"))


async def test_nobody_listens_where_the_model_should_be() -> None:
    """A refused connection is the fixed line at once."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        async with talk(openai_base_url=f"http://127.0.0.1:{unused.getsockname()[1]}/v1") as call:
            asked = await call.turn()
            assert await call.ear.hears(QUESTION) - asked < 0.9
            assert call.desk.faults == [("openai", "unreachable")]


async def test_a_connection_that_is_never_made() -> None:
    """A connect that hangs costs no more than first words that do not come."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(2):  # One waits to be accepted; from then on nobody is answered.
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        async with talk(openai_base_url=f"http://127.0.0.1:{full.getsockname()[1]}/v1") as call:
            asked = await call.turn()
            assert 0.9 < await call.ear.hears(QUESTION) - asked < 1.5
            assert call.desk.faults == [("openai", "late")]


async def test_the_breaker_and_the_way_back() -> None:
    """After three failures in a row nothing is asked; after the cool-down one trial is, and its success closes it."""
    now = 0.0
    async with talk("500") as call:
        breaker = CircuitBreaker("openai", failure_threshold=3, cooldown_seconds=60, clock=lambda: now)
        call.desk.breaker = breaker  # type: ignore[assignment]
        for times in (1, 2, 3):
            await call.turn()
            await call.ear.hears(QUESTION, times)
        assert breaker.attempt() is None
        call.vendors.faults.set("openai", None)
        now = 59.0
        assert breaker.attempt() is None
        now = 60.0
        await call.turn()
        assert breaker.attempt() is None
        await call.ear.hears(QUESTION, 4)
        assert breaker.state is BreakerState.CLOSED
        assert len(call.ear.said) == 5


async def test_only_the_answer_that_is_meant_is_stopped() -> None:
    """Giving up a reply that is over leaves the answer to the next one alone."""
    async with talk() as call:
        over = call.desk.announce()
        await call.turn()
        await asyncio.wait_for(call.asked.wait(), PATIENCE_SECONDS)
        call.model.give_up(over, 0.0)
        await call.ear.hears(QUESTION)
        assert len(call.ear.said) == 2
        assert call.desk.faults == []


@pytest.mark.parametrize(
    ("finish", "what", "outage"),
    [
        ("stop", "", False),
        ("length", "ended by length", False),
        ("content_filter", "ended by content_filter", False),
        (None, "broke off", True),
    ],
)
async def test_a_stream_that_ends_before_the_answer_does(finish: str | None, what: str, outage: bool) -> None:
    """One that is cut without an error, at the limit of tokens or by a filter is no whole answer; O4: and no outage."""
    pieces = [{"content": "What's the"}, {"content": " ZIP"}]
    seen = []

    class Stream(contextlib.AsyncExitStack):
        async def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]:
            for delta, reason in ((pieces[0], None), (pieces[1], finish)):
                choice = {"index": 0, "delta": delta, "finish_reason": reason}
                yield ChatCompletionChunk.model_validate(
                    {"id": "1", "choices": [choice], "created": 1, "model": "m", "object": "chat.completion.chunk"}
                )

    with contextlib.nullcontext() if not what else pytest.raises(BrokenAnswerError, match=what) as broken:
        async for chunk in _to_its_end(AskedAnswer(Usage()), Stream()):  # type: ignore[arg-type]
            seen.append(chunk.choices[0].delta.content)
    assert seen == ["What's the", " ZIP"]
    assert (broken.value.outage if broken else False) is outage


@pytest.mark.parametrize(
    ("parameter", "asked"), [("max_completion_tokens", 2), ("stream_options", 2), ("messages", 1), (None, 1)]
)
async def test_o4_a_parameter_that_the_model_refuses(
    parameter: str | None, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reply is asked for again without it, once, and the next one without it at once."""
    sent: list[dict[str, Any]] = []

    async with talk() as call:
        create = call.client.chat.completions.create

        async def refuse(**request: Any) -> Any:
            sent.append(request)
            if parameter is None or parameter in request:
                response: Any = SimpleNamespace(request=None, status_code=400, headers={})
                raise BadRequestError("unsupported", response=response, body={"param": parameter})
            return await create(**request)

        monkeypatch.setattr(call.client.chat.completions, "create", refuse)
        await call.turn()
        await call.ear.hears(QUESTION)
        assert len(sent) == asked
        assert call.desk.breaker.given == [False if asked == 2 else Verdict.REFUSED]
        if asked == 2:
            await call.turn()
            await call.ear.hears(QUESTION, 2)
            assert [parameter in request for request in sent] == [True, False, False]


@pytest.mark.parametrize("fault", ["hang", "hang_body", "stall"])
async def test_a_barge_in_while_the_model_works_is_no_failure(fault: str) -> None:
    """The caller talks over a wait: nothing is spoken in place of the reply, and the breaker hears no failure."""
    async with talk(fault) as call:
        await call.turn()
        await asyncio.wait_for(call.asked.wait(), PATIENCE_SECONDS)
        await call.worker.queue_frame(InterruptionFrame())
        call.vendors.faults.set("openai", None)
        await call.turn()
        await call.ear.hears(QUESTION)
        assert call.ear.said.count(QUESTION) == 1
        assert call.ear.said[0] != QUESTION
        assert call.desk.breaker.given in ([None, False], [False, False])
        assert call.desk.faults == []
