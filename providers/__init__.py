"""Twilio, Deepgram, OpenAI and Inworld, each under our own deadlines."""
