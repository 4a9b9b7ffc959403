"""What Twilio is told to do with a call, as TwiML."""

from collections.abc import Mapping, Sequence

from twilio.twiml.voice_response import Connect, Dial, Gather, VoiceResponse

from call.session import CallSession
from config import Settings

# It has to answer, or the call is lost: with the retries that Twilio allows, for a machine that is being replaced
# (Twilio: Webhooks, Connection Overrides).
_PATIENTLY = "#rc=5&rp=ct,rt,5xx"
AFTER = "/twiml/after?stream={}" + _PATIENTLY
WHISPER = "/twiml/whisper?call={}" + _PATIENTLY
KEY = "/twiml/whisper/key?call={}" + _PATIENTLY


HOLD_PAUSE_SECONDS = 3


DIAL_SECONDS = 3600  # Longest call to a person: nobody pays for a line that was left off the hook.
KEY_SECONDS = 6  # For a person to decide, behind the last word
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


def twiml_dial(settings: Settings, session: CallSession, number: int, caller_id: str, rings_seconds: int) -> str:
    """Rings TRANSFER_NUMBER for this call; Twilio asks `/twiml/after` this stream again when the dial is over.

    What no voice of ours could say of the call's last words is spoken first; then the caller hears it ring until the
    person has taken the call (Twilio: TwiML <Dial> answerOnBridge, <Number> url).
    `caller_id` is what that phone shows: the caller's number, or one of ours; Twilio refuses one that is withheld.
    """
    response = VoiceResponse()
    if session.last_words:
        response.say(session.last_words, language=_SAY_LANGUAGES[session.language])
    dial = Dial(
        action=AFTER.format(number),
        method="POST",
        timeout=rings_seconds,
        time_limit=DIAL_SECONDS,
        answer_on_bridge=True,
        caller_id=caller_id or settings.twilio_phone_number,
    )
    dial.number(settings.transfer_number, url=WHISPER.format(session.call_id), method="POST")
    response.append(dial)
    return str(response)


def twiml_whisper(call_id: str, text: str) -> str:
    """Tells the person `text`, twice, and what to press; without a key the leg ends, and the caller is back."""
    response = VoiceResponse()
    gather = Gather(num_digits=1, timeout=KEY_SECONDS, action=KEY.format(call_id), method="POST")
    for _ in range(2):
        gather.say(f"{text} Press 1 to take the call.")
        gather.pause(length=1)
    response.append(gather)
    response.hangup()
    return str(response)


def twiml_connect() -> str:
    """Nothing more for the person to hear: they are connected with the caller."""
    return str(VoiceResponse())


def twiml_reject() -> str:
    """Does not answer: the line is busy."""
    response = VoiceResponse()
    response.reject(reason="busy")
    return str(response)


def twiml_hangup() -> str:
    """Ends the call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def twiml_last_words(settings: Settings, session: CallSession) -> str:
    """Speaks the call's last words in Twilio's own voice; then a person as behind an apology if one is needed."""
    return twiml_apology(settings, session.last_words, session.language, forward=session.needs_a_person)


def twiml_apology(settings: Settings, text: str, language: str = "en", *, forward: bool = True) -> str:
    """Speaks `text` in Twilio's own voice; then a person if there is one and `forward` allows it, else the end."""
    response = VoiceResponse()
    response.say(text, language=_SAY_LANGUAGES[language])
    if settings.fallback_number and forward:
        response.append(Dial(settings.fallback_number, time_limit=DIAL_SECONDS))
    response.hangup()
    return str(response)
