"""The one client of the process for OpenAI."""

import openai
from openai import AsyncOpenAI

from config import Settings


def openai_client(settings: Settings) -> AsyncOpenAI:
    """A client that never waits long and never retries inside a turn (pipecat.md 4.3)."""
    words = settings.llm_first_words_seconds
    return AsyncOpenAI(
        api_key=settings.openai_api_key.get_secret_value(),
        base_url=settings.openai_base_url,
        max_retries=0,
        timeout=openai.Timeout(settings.llm_total_seconds, connect=words, read=words),
    )
