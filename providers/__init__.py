"""Twilio, Deepgram, OpenAI and Inworld, each under our own deadlines; how V2 and the dashboard are asked over HTTP.

quotes.py asks nobody: it is pure text, the check on what the model read out of a call.
"""
