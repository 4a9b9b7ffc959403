"""Alerts: the owner is told of what is wrong with the service itself: once when it stays so, once when it is over.

What the next caller has to do without is told when it has lasted for ALERT_AFTER_MINUTES; each record that the
dashboard refuses for good, callers for whom there was no room, and a line on which no call comes, at once. While the
dashboard takes none at all, for a key that is wrong, the refused ones are one text, and another one behind it. It is
over when no machine has seen it for as long: what comes and goes is one incident. A part has to have answered since,
too: a process that is new has asked nobody. While the database is away nothing is told: a message is kept before it is
sent.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from call.business import Business
from config import Settings
from logs import Seldom
from records.errors import StoreError
from records.incident_rows import PARKED, Incident
from records.owner_text import plain
from records.store import Store
from server.messenger import Messenger
from server.quiet_line import LEARNT_FROM, unusually_quiet
from server.readiness import PARTS, VOICES, Readiness

logger = logging.getLogger(__name__)

QUIET_LOOK_SECONDS = 300.0  # Between two looks at the calls of the last weeks
LATE, QUIET, NO_ROOM, DASHBOARD = "late", "quiet", "no_room", "dashboard"
AT_ONCE = frozenset({PARKED, QUIET, NO_ROOM})
WORDS = {
    VOICES: "neither voice speaks. Callers hear recorded lines, and that somebody calls back",
    "ears": "the recogniser is lost. Callers are not understood, and are promised a callback",
    "model": "the model is lost. Calls go on with fixed lines",
    "v2": "V2 does not do what it is asked. Nothing is looked up or booked, callers are promised a callback",
    DASHBOARD: "the dashboard takes no records. They are kept, and sent when it does",
    "database": "the database is lost. Calls go on, and their records wait",
    LATE: "the machine is too slow. Callers are turned away, and are leads",
    PARKED: "the dashboard refuses records for good. They wait for you under /calls",
    NO_ROOM: "callers are turned away for lack of room. They are leads: look under /calls whom to call",
    QUIET: "no call has come for far longer than ever in the last weeks. Ring your number",
}


class Alerts:
    """The watch of one process.

    Args:
        settings: After how long, and how often it is looked.
        store: Holds the incidents, and when calls came.
        readiness: What the next caller has to do without.
        messenger: Texts the owner.
        now: The aware time.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        readiness: Readiness,
        messenger: Messenger,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings, self._store, self._readiness, self._messenger = settings, store, readiness, messenger
        self._business, self._now = Business.of(settings), now
        self._since: dict[str, datetime] = {}  # What this process sees, also while the database is away
        self._parked: list[datetime] = []  # When each record was parked that still is, in order
        self._parked_told = datetime.min.replace(tzinfo=UTC)  # The last of these that this process has told
        self._quiet = False
        self._turned_away = 0  # Callers, as far as it was told
        self._quiet_due = now()
        self._seldom = Seldom()

    async def run(self) -> None:
        """Looks until it is cancelled."""
        while self._settings.owner_phone:
            try:
                await self.look()
            except StoreError as error:
                if self._seldom("rows"):
                    logger.error("what is wrong cannot be told: %s", error)
            except Exception:
                logger.exception("what is wrong cannot be told; tried again in %g s", self._settings.liveness_seconds)
            await asyncio.sleep(self._settings.liveness_seconds)

    async def look(self) -> None:
        """One round: what is wrong now is told if it has lasted, and what no machine sees any more is over.

        Raises:
            StoreError: the database is away.
        """
        now, after = self._now(), timedelta(minutes=self._settings.alert_after_minutes)
        turned_away, seen = self._readiness.turned_away.counted.total(), await self._wrong(now)
        self._since = {name: self._since.get(name, now) for name in seen}
        if self._parked:
            self._since[PARKED] = self._parked[0]
        for name, since in self._since.items():
            incident = await self._store.incidents.see(name, since, now)
            if name == PARKED:
                await self._tell_parked(incident, now)
            elif name in AT_ONCE or now - incident.since >= after:
                await self._messenger.keep(_id(incident), self._text(incident))
        self._turned_away = turned_away
        for incident in await self._store.incidents.unseen(now - after, now):
            if not self._answered_since(incident, now):
                continue
            if incident.name in AT_ONCE or incident.seen_at - incident.since >= after:
                await self._messenger.keep(f"{_id(incident)}:over", self._text(incident, over=True))
            await self._store.incidents.forget(incident, now - after, now)

    async def _tell_parked(self, incident: Incident, now: datetime) -> None:
        """Tells the incident each time that a record has been parked, whichever machine or process saw the others.

        Of an outage of the dashboard they are told once, whatever the number of calls: the others when it is over.
        """
        newest = max((at for at in self._parked if at <= now), default=incident.since)  # Later ones: a wrong clock
        if newest <= self._parked_told <= now:
            return
        outage = await self._store.incidents.find(DASHBOARD)
        # The first one is parked before a look sees the outage.
        of_it = outage is not None and newest > outage.since - 2 * timedelta(seconds=self._settings.liveness_seconds)
        message_id = f"{_id(outage)}:{PARKED}" if outage and of_it else f"incident:{PARKED}:at:{newest.timestamp():.3f}"
        if await self._messenger.keep(message_id, self._text(incident, f", {len(self._parked)} now")) or not of_it:
            self._parked_told = newest

    def _answered_since(self, incident: Incident, now: datetime) -> bool:
        """Whether a part has answered this process since it was last seen to fail; of anything else nobody is asked."""
        if incident.name != VOICES and incident.name not in PARTS:
            return True
        seconds = self._readiness.seconds_since_success(incident.name)
        if seconds is None:
            return False
        # Seen later than now: by a clock that was wrong.
        return incident.seen_at > now or now - timedelta(seconds=seconds) > incident.seen_at

    async def _wrong(self, now: datetime) -> list[str]:
        wrong = [*self._readiness.without]
        if self._readiness.late:
            wrong.append(LATE)
        self._parked = await self._store.parked_at()
        if self._parked:
            wrong.append(PARKED)
        if self._readiness.turned_away.counted.total() > self._turned_away:
            wrong.append(NO_ROOM)
        pause = timedelta(seconds=QUIET_LOOK_SECONDS)
        if not now < self._quiet_due <= now + pause:  # Later than that is of a clock that was ahead.
            self._quiet = await self._is_quiet(now)
            self._quiet_due = now + pause
        return [*wrong, QUIET] if self._quiet else wrong

    async def _is_quiet(self, now: datetime) -> bool:
        """Whether no call comes for as long as is unusual.

        Once it is known it is over with a call alone: not with the day, nor with the process that saw it begin, nor
        when so few calls are left in the last weeks that nobody can tell what is usual.
        """
        calls = await self._store.recorded_since(now - LEARNT_FROM)
        known = await self._store.incidents.find(QUIET)
        if known is None:
            return unusually_quiet(calls, now, self._business)
        return not (calls and calls[-1] > known.since)

    def _text(self, incident: Incident, more: str = "", *, over: bool = False) -> str:
        words, since = WORDS[incident.name], self._local(incident.since)
        when = f"OVER. From {since} to {self._local(incident.seen_at)}" if over else f"since {since}"
        return plain(f"{self._settings.business_name}, the phone, {when}: {words}{more}.")

    def _local(self, moment: datetime) -> str:
        at = moment.astimezone(self._settings.zone)
        return f"{at:%b} {at.day}, {at.hour % 12 or 12}:{at:%M:%S %p}"


def _id(incident: Incident) -> str:
    return f"incident:{incident.name}:{incident.since.timestamp():.0f}"
