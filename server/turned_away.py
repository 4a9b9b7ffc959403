"""TurnedAway: what becomes of a caller for whom there is no room here: an apology, and a lead that is really kept.

Whoever's number is known is never told to call again: their record is written first, due at once, and goes the way of
every other call's (closing.py). Only then they hear that somebody will call them back, or are connected with a person.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from call.business import Business
from call.event import tell
from call.events import CallTurnedAway
from call.session import EndedBy, EntryKind, Reason, State
from config import Settings
from conversation import script
from providers.twiml import twiml_apology
from records.errors import StoreError
from records.store import Store
from server.entrance import new_session, own_number
from server.lateness import Lateness
from server.live_calls import LiveCalls
from server.liveness import Liveness

logger = logging.getLogger(__name__)

BUSY = "Thank you for calling. All our lines are busy right now."
CALL_AGAIN = "Please call again in a few minutes."
TO_A_PERSON = "Let me connect you with somebody."
PROMISE = "callback_promise"


@dataclass(frozen=True)
class TurnedAway:
    """Decides who is, and keeps count of why."""

    settings: Settings
    store: Store
    calls: LiveCalls
    liveness: Liveness
    lateness: Lateness
    counted: Counter[Reason] = field(default_factory=Counter)

    def why(self) -> Reason | None:
        """Why no new call may begin here; None if one may. While this process drains, another one takes them."""
        if self.calls.draining and self.liveness.others_ready:
            return None
        if self.calls.full:
            return Reason.NO_ROOM
        return Reason.TOO_LATE if self.lateness.late else None

    async def answer(self, fields: Mapping[str, str], why: Reason) -> str:
        """The TwiML for the call of these fields of the webhook, once its record is kept."""
        call_id, now = fields["CallSid"], datetime.now(UTC)
        self.counted[why] += 1
        self.calls.refused += 1
        tell(logger, CallTurnedAway(why, len(self.calls)), call_id)
        session = new_session(call_id, own_number(fields), fields.get("To"), now)
        person = bool(self.settings.fallback_number)
        promise = script.line(PROMISE, session.language, Business.of(self.settings))
        if session.caller_number:
            session.state, session.reason = State.CALLBACK, why
            session.ended_by, session.ended_at = EndedBy.BOT, now
            if not person:
                session.note(EntryKind.AGENT, promise, now, detail=PROMISE)
            try:
                if not await self.store.calls.expect(session, now):  # Let in before, by whoever is gone since.
                    await self.store.calls.broke(session, 0, now)
            except StoreError as error:
                logger.error("%s is lost as a lead: %s", call_id, error)
                promise = CALL_AGAIN
        else:
            promise = CALL_AGAIN
        return self.apology(promise)

    def apology(self, otherwise: str = CALL_AGAIN) -> str:
        """The TwiML for a call that is not let in: a person if there is one, else the end behind these words."""
        person = self.settings.fallback_number is not None
        return twiml_apology(self.settings, f"{BUSY} {TO_A_PERSON if person else otherwise}")
