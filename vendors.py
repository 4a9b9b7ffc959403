"""The model, as a Pipecat service with our deadlines."""

import asyncio
from typing import Any

import openai
from openai import AsyncOpenAI
from pipecat.frames.frames import Frame, LLMFullResponseEndFrame, LLMFullResponseStartFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.openai.llm import OpenAILLMService

import prompts
from business import Business
from config import Settings
from wording import BrokenReplyFrame


def openai_client(settings: Settings) -> AsyncOpenAI:
    """A client that never waits long and never retries inside a turn (pipecat.md 4.3)."""
    words = settings.llm_first_words_seconds
    return AsyncOpenAI(
        api_key=settings.openai_api_key.get_secret_value(),
        base_url=settings.openai_base_url,
        max_retries=0,
        timeout=openai.Timeout(settings.llm_total_seconds, connect=words, read=words),
    )


class BoundedOpenAI(OpenAILLMService):
    """The model that words replies: an error instead of a long wait, for the first words, between words and in all."""

    def __init__(self, settings: Settings, business: Business, client: AsyncOpenAI) -> None:
        """Shares `client` with every other call of the process."""
        self._shared, self._total_seconds = client, settings.llm_total_seconds
        self._whole: bool | None = None  # Whether the last answer was; None while it runs or when it was cancelled.
        super().__init__(
            api_key=settings.openai_api_key.get_secret_value(),
            base_url=settings.openai_base_url,
            settings=OpenAILLMService.Settings(
                model=settings.openai_model, system_instruction=prompts.persona(business), max_completion_tokens=90
            ),
        )

    def create_client(self, *_: Any, **__: Any) -> AsyncOpenAI:
        """The shared client instead of one with the library's 600 seconds."""
        return self._shared

    async def _process_context(self, context: LLMContext) -> None:
        try:
            async with asyncio.timeout(self._total_seconds):
                await super()._process_context(context)
        except Exception:
            self._whole = False
            raise
        self._whole = True

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        """Tells an answer that broke off from a whole one; one that a barge-in cancelled ends without a word.

        Pipecat sends the same end frame for all three, and for the cancelled one ahead of the interruption.
        """
        if isinstance(frame, LLMFullResponseStartFrame):
            self._whole = None
        elif isinstance(frame, LLMFullResponseEndFrame) and not self._whole:
            if self._whole is None:
                return
            frame = BrokenReplyFrame()
        await super().push_frame(frame, direction)
