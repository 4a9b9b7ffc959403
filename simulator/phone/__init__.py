"""Twilio and a caller: webhooks, media streams, the REST API, and somebody who talks."""
