"""What the owner is texted about a call: a danger, and a callback of which V2 does not know for certain. Pure.

Who, how to reach them, where with a link to a map, in whose words, and what was promised, in no more than four segments
of a text (GSM 03.38: 153 characters each). What does not fit is taken from the caller's own words first.
"""

import re
import unicodedata
from urllib.parse import quote_plus

from call.session import CallbackStatus, CallSession, Reason, State, Urgency
from config import Settings
from records.end_reason import Ending, ending_of
from records.summary import callback_sentence, happened, name_of, phone_of, problem_of, said_in_danger

LONGEST_TEXT = 612  # Four segments
TURNED_AWAY = (Reason.NO_ROOM, Reason.TOO_LATE)  # Many at once: one text tells of all of them (alerts.py).
FEWEST_WORDS = 20  # Characters; of fewer the words tell nothing.
LONGEST_NAME, LONGEST_ADDRESS = 60, 120
MAP = "https://www.google.com/maps/search/?api=1&query="  # Google: Maps URLs
_ID_DIGITS = 8
# One character more makes every character of a text twice as long, or counts twice itself.
_PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"})
_DEAR_TO_SEND = re.compile(r"[^\x20-\x7e]|[`^{}\[\]~\\|]")


def about_call(session: CallSession, settings: Settings) -> str:
    """The text about a call that is over; empty when the owner need not be told of it."""
    ending = ending_of(session, lead_on_silent_call=settings.lead_on_silent_call)
    danger = ending.end_call_reason == "safety_emergency"
    untaken = session.state is State.CALLBACK and session.callback_status is not CallbackStatus.CREATED
    if not danger and not (untaken and ending.posts_job and session.reason not in TURNED_AWAY):
        return ""
    name, address = name_of(session)[:LONGEST_NAME], session.postal_address[:LONGEST_ADDRESS]
    link = MAP + quote_plus(plain(address)) if address else ""
    who = [name or "Name not known", phone_of(session.phone) or phone_of(session.caller_number) or "number withheld"]
    at = session.started_at.astimezone(settings.zone)
    words = said_in_danger(session) if danger else problem_of(session)
    return _fitted(
        f"{settings.business_name}: {_tier(session, ending)}. {', '.join(who)}. {address or 'Address not known'}",
        link,
        words,
        f"{happened(session, ending, settings.zone) if danger else callback_sentence(session)}"
        f" Call of {at:%b} {at.day}, {at.hour % 12 or 12}:{at:%M %p}, {session.call_id[-_ID_DIGITS:]}",
    )


def plain(text: str) -> str:
    """The text in letters of which each is one in a text message."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return " ".join(_DEAR_TO_SEND.sub("", decomposed).split())


def _tier(session: CallSession, ending: Ending) -> str:
    if ending.end_call_reason == "safety_emergency":
        return "EMERGENCY"
    return "CALL BACK, URGENT" if session.urgency in (Urgency.EMERGENCY, Urgency.URGENT) else "CALL BACK"


def _fitted(before: str, link: str, words: str, behind: str) -> str:
    before, words, behind = plain(before), plain(words), plain(behind)
    if len(f"{before} {link} {behind}") <= LONGEST_TEXT:
        before = f"{before} {link}".rstrip()
    room = LONGEST_TEXT - len(before) - len(behind) - len(' "" ')
    if len(words) > room:
        words = words[: max(0, room - len("..."))].rpartition(" ")[0] + "..."
    said = f' "{words}" ' if words and room >= FEWEST_WORDS else " "
    return (before + said + behind)[:LONGEST_TEXT]
