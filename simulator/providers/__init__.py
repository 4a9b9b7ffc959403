"""Deepgram, Inworld and OpenAI at the wire."""
