"""What Twilio is told to do with a call, as TwiML."""

from collections.abc import Mapping, Sequence

from twilio.twiml.voice_response import Connect, Dial, VoiceResponse

from config import Settings

# It has to answer, or the call is lost: with the retries that Twilio allows, for a machine that is being replaced
# (Twilio: Webhooks, Connection Overrides).
AFTER = "/twiml/after?stream={}#rc=5&rp=ct,rt,5xx"


HOLD_PAUSE_SECONDS = 3


DIAL_SECONDS = 3600  # Longest call to a person: nobody pays for a line that was left off the hook.
_SAY_LANGUAGES = {"en": "en-US", "es": "es-MX"}


def twiml_stream(settings: Settings, parameters: Mapping[str, str], number: int = 1) -> str:
    """Connects the call to our websocket; behind it, what happens when the stream ends without a hang-up.

    `number` is the stream's among those of the call: what Twilio asks after it names it, in an address that it signs.

    From and To travel as parameters, because the websocket knows neither (R93).
    """
    response = VoiceResponse()
    connect = Connect()
    stream = connect.stream(url=settings.stream_url)
    for name, value in parameters.items():
        stream.parameter(name=name, value=value)
    response.append(connect)
    response.redirect(AFTER.format(number), method="POST")
    return str(response)


def twiml_again(number: int) -> str:
    """Asks `/twiml/after` about this stream: Twilio does, and whoever repeats what it has said before cannot."""
    response = VoiceResponse()
    response.redirect(AFTER.format(number), method="POST")
    return str(response)


def twiml_hold(lines: Sequence[str], language: str = "en", number: int = 1) -> str:
    """Lets the caller wait, with a pause behind each line, and then asks `/twiml/after` this stream again."""
    response = VoiceResponse()
    for line in lines:
        response.say(line, language=_SAY_LANGUAGES[language])
        response.pause(length=HOLD_PAUSE_SECONDS if len(lines) > 1 else 1)
    response.redirect(AFTER.format(number), method="POST")
    return str(response)


def twiml_hangup() -> str:
    """Ends the call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def twiml_apology(settings: Settings, text: str, language: str = "en", *, forward: bool = True) -> str:
    """Speaks `text` in Twilio's own voice; then a person if there is one and `forward` allows it, else the end."""
    response = VoiceResponse()
    response.say(text, language=_SAY_LANGUAGES[language])
    if settings.fallback_number and forward:
        response.append(Dial(settings.fallback_number, time_limit=DIAL_SECONDS))
    response.hangup()
    return str(response)
