"""Admission: how a stream of a call comes in: expected since `/twiml`, let in by its token, and then the only one."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from call.session import CallSession, EndedBy
from config import Settings
from conversation import resumption
from records.call_rows import Phase
from records.errors import StoreError
from records.store import Store
from server.closing import CallClosing
from server.entrance import PROBE, BadTokenError, Entrance, ProbeError, new_session, own_number, vouches
from server.live_calls import LiveCall, LiveCalls, Stream

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Admission:
    """Lets streams in; `owner` names this process among all that ever were."""

    settings: Settings
    entrance: Entrance
    store: Store
    closing: CallClosing
    calls: LiveCalls
    owner: str

    async def expect(self, fields: Mapping[str, str]) -> int:
        """A stream of the call will come; `fields` are the webhook's. Which stream it has had before; 0: none.

        Twilio asks again when an answer was lost, but not for a call that has begun: whoever asks then repeats what
        Twilio has signed before.
        """
        session = new_session(
            fields["CallSid"],
            own_number(fields),
            fields.get("To"),
            datetime.now(UTC),
            vouched_for=vouches(fields, self.settings.greet_known_callers),
        )
        if await self.store.calls.expect(session, self.closing.due_at()):
            return 0
        try:
            row = await self.store.calls.find(session.call_id)
        except StoreError as error:  # Then its token tells: a stream has one use.
            logger.error("%s is not known without the database: %s", session.call_id, error)
            return 0
        return row.resumes + 1 if row and (row.phase is not Phase.EXPECTED or row.resumes) else 0

    async def admit(self, start: dict[str, Any]) -> LiveCall:
        """A place among the live calls for a stream whose token is good and unused; `start` is its start message.

        Raises:
            BadTokenError: forged, expired, another call's, or used before.
            ProbeError: it would be let in, and asks for no more.
            KeyError, TypeError, ValueError: the start message lacks a field, or there is no room for another call.
        """
        call_id, parameters, _ = str(start["callSid"]), dict(start["customParameters"]), start["streamSid"]
        number = 1
        token = self.entrance.read_token(str(parameters["token"]), call_id) if self.settings.verify_twilio else None
        if PROBE in parameters:
            raise ProbeError(call_id)
        if token is not None:
            if not await self.store.use_token(token.nonce, datetime.fromtimestamp(token.expires_at, UTC)):
                raise BadTokenError("used before")
            number = token.number
        if before := self.calls.get(call_id):  # Twilio has given up a stream that still believes in itself.
            await before.end_within(EndedBy.INTERRUPTED, self.settings.resume_wait_seconds)
        if self.calls.overfull:  # Streams came later than they are waited for.
            self.calls.refused += 1
            raise ValueError("all lines are busy")
        return self.calls.add(call_id, number)

    async def begin(self, live: LiveCall, start: dict[str, Any]) -> tuple[Stream, CallSession]:
        """Takes the call over for this stream: from here on nothing counts that an older one writes.

        Raises:
            BadTokenError: the call is over.
        """
        parameters, now = start["customParameters"], datetime.now(UTC)
        fresh = new_session(live.call_id, parameters.get("from_number"), parameters.get("to_number"), now)
        begun = await self.store.calls.begin(fresh, self.owner, self.closing.due_at())
        if begun is None:
            raise BadTokenError("the call is over")
        run, session = begun
        if resumed := bool(session.timeline):
            resumption.restore(session, now)
        return Stream(str(start["streamSid"]), run, resumed), session
