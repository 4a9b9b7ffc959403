"""The owner is told of what is wrong with the service: when it stays so, once, and once when it is over."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

import config
from config import Settings
from providers.twilio_messages import TwilioMessages
from records.errors import StoreError
from records.store import Status, Store
from server.alerts import QUIET_LOOK_SECONDS, WORDS, Alerts
from server.messenger import Messenger
from server.readiness import PARTS

CONTROLLED_CLOCK = True

START = datetime(2026, 11, 23, 18, tzinfo=UTC)  # Noon in Austin, a Monday
OWNER = {"TWILIO_PHONE_NUMBER": "+15125550199", "OWNER_PHONE": "+15125550177"}
AFTER = timedelta(minutes=10)


@dataclass
class Machine:
    """A process with what it lacks; several may have one store."""

    store: Store
    settings: Settings
    clock: list[datetime]
    without: list[str] = field(default_factory=list)
    late: bool = False
    answered: datetime | None = START + timedelta(days=1000)  # When each part did last; by default just now
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        messenger = Messenger(
            self.settings, self.store, TwilioMessages(self.settings), "a", lambda _: True, now=lambda: self.clock[0]
        )
        self.alerts = Alerts(self.settings, self.store, cast(Any, self), messenger, now=lambda: self.clock[0])

    @property
    def turned_away(self) -> Any:
        return self

    def seconds_since_success(self, part: str) -> float | None:
        """Of whatever part."""
        return None if self.answered is None else max(0.0, (self.clock[0] - self.answered).total_seconds())

    async def told(self) -> list[str]:
        """Every text so far, the oldest first; none of them has been sent yet."""
        later = self.clock[0] + timedelta(days=90)
        return [row.body for row in await self.store.messages.due(later, later)]

    async def go_on(self, minutes: float, step: float = 1.0) -> None:
        """Looks every so many minutes, for so long."""
        end = self.clock[0] + timedelta(minutes=minutes)
        while self.clock[0] < end:
            await self.alerts.look()
            self.clock[0] += timedelta(minutes=step)


@pytest.fixture
async def machine(environ: dict[str, str], tmp_path: Path) -> AsyncIterator[Machine]:
    clock = [START]
    store = Store(f"sqlite:///{tmp_path / 'agent.db'}", now=lambda: clock[0], clock=lambda: clock[0].timestamp())
    await store.open()
    yield Machine(store, config.load(environ | OWNER), clock)
    await store.close()


def test_everything_has_its_words() -> None:
    """Whatever callers may have to do without."""
    assert {"voices", *PARTS} < WORDS.keys()


async def test_what_lasts_is_told_once_and_once_when_it_is_over(machine: Machine) -> None:
    """With when it began and when it ended; not before ten minutes, and over only when it has been for as long."""
    machine.without = ["v2"]
    await machine.go_on(10)
    assert await machine.told() == []
    await machine.go_on(120)
    (begun,) = await machine.told()
    assert begun.startswith("ACE Cooling, the phone, since Nov 23, 12:00:00 PM: V2 does not do what it is asked.")
    machine.without = []
    await machine.go_on(10)
    assert len(await machine.told()) == 1
    await machine.go_on(120)
    _, over = await machine.told()
    assert over.startswith("ACE Cooling, the phone, OVER. From Nov 23, 12:00:00 PM to Nov 23, 2:09:00 PM: V2 does")


async def test_what_passes_is_not_told(machine: Machine) -> None:
    """A breaker that was open for nine minutes is in the log."""
    machine.without = ["model"]
    await machine.go_on(9)
    machine.without = []
    await machine.go_on(60)
    assert await machine.told() == []


async def test_what_comes_and_goes_is_one_incident(machine: Machine) -> None:
    """A hundred times in a day: one text, and one when it is over at last."""
    for _ in range(100):
        machine.without = ["dashboard"]
        await machine.go_on(5)
        machine.without = []
        await machine.go_on(5)
    assert len(await machine.told()) == 1
    await machine.go_on(30)
    assert len(await machine.told()) == 2


async def test_the_next_incident_is_told_again(machine: Machine) -> None:
    """Of the same name, once the one before is over."""
    for _ in range(2):
        machine.late = True
        await machine.go_on(15)
        machine.late = False
        await machine.go_on(30)
    assert [text.count("OVER") for text in await machine.told()] == [0, 1, 0, 1]


async def test_an_incident_of_a_clock_that_was_ahead_hides_none(machine: Machine) -> None:
    """The clock is set right while it lasts: it counts from then on, and the next one of its name is told as well."""
    year = timedelta(days=365)
    machine.clock[0] += year
    machine.without = ["v2"]
    await machine.go_on(5)
    machine.clock[0] -= year
    await machine.go_on(15)
    machine.without = []
    await machine.go_on(30)
    machine.without = ["v2"]
    await machine.go_on(15)
    told = await machine.told()
    assert ["OVER" in text for text in told] == [False, True, False]
    assert "since Nov 23, 12:05:00 PM" in told[0]


async def test_what_was_last_seen_by_a_clock_that_was_ahead_is_over(machine: Machine) -> None:
    """It was right again when nothing was wrong any more: nobody waits for that year."""
    year = timedelta(days=365)
    machine.clock[0] += year
    machine.without = ["v2"]
    await machine.go_on(15)
    machine.without = []
    machine.clock[0] -= year
    await machine.go_on(1)
    assert await machine.store.incidents.find("v2") is None
    assert sorted("OVER" in text for text in await machine.told()) == [False, True]


async def test_two_machines_tell_it_once(machine: Machine) -> None:
    """Both are without it, from different minutes on, and it is over when neither is."""
    other = Machine(machine.store, machine.settings, machine.clock, without=["ears"])
    await other.go_on(3)
    machine.without = ["ears"]
    for _ in range(30):
        await other.alerts.look()
        await machine.go_on(1)
    other.without = []
    for _ in range(30):
        await other.alerts.look()
        await machine.go_on(1)
    assert len(await machine.told()) == 1
    machine.without = []
    await machine.go_on(30)
    assert len(await machine.told()) == 2


async def test_a_process_that_starts_again_tells_nothing_twice(machine: Machine) -> None:
    """The incident is the database's; what the next process sees is the same one."""
    machine.without = ["model"]
    await machine.go_on(30)
    again = Machine(machine.store, machine.settings, machine.clock, without=["model"])
    await again.go_on(30)
    assert len(await again.told()) == 1


async def test_a_restart_ends_no_outage(machine: Machine) -> None:
    """The next process has asked nobody, and sees nothing wrong: it is over once the part has answered it."""
    machine.without = ["v2"]
    await machine.go_on(30)
    again = Machine(machine.store, machine.settings, machine.clock, answered=None)
    await again.go_on(120)
    assert ["OVER" in text for text in await again.told()] == [False]
    again.answered = machine.clock[0]
    await again.go_on(1)
    _, over = await again.told()
    assert "OVER. From Nov 23, 12:00:00 PM to Nov 23, 12:29:00 PM: V2 does" in over


async def test_an_answer_from_before_an_outage_ends_none(machine: Machine) -> None:
    """Another machine has an old one, and nobody has asked it since."""
    other = Machine(machine.store, machine.settings, machine.clock, answered=machine.clock[0])
    machine.without = ["voices"]
    await machine.go_on(30)
    await other.go_on(60)
    assert ["OVER" in text for text in await other.told()] == [False]
    other.answered = machine.clock[0]
    await other.go_on(1)
    assert ["OVER" in text for text in await other.told()] == [False, True]


async def park(machine: Machine, *call_ids: str) -> None:
    """The dashboard refuses their records now."""
    for call_id in call_ids:
        await machine.store.set_delivery(call_id, {}, Status.PARKED)


async def test_each_parked_record_is_told_at_once(machine: Machine) -> None:
    """Nobody sends them again but the owner; how many they are, and once by all processes; over when all have gone."""
    await park(machine, "CA1")
    await machine.go_on(60)
    await park(machine, "CA2", "CA3")
    await machine.go_on(60)
    again = Machine(machine.store, machine.settings, machine.clock)
    await again.go_on(60)
    first, more = await machine.told()
    assert "since Nov 23, 12:00:00 PM: the dashboard refuses records" in first
    assert first.endswith("under /calls, 1 now.")
    assert more.endswith("under /calls, 3 now.")
    for call_id in ("CA3", "CA2", "CA1"):
        await machine.store.set_delivery(call_id, {}, Status.DELIVERED)
        await machine.go_on(5)
    await machine.go_on(30)
    assert ["OVER" in text for text in await machine.told()] == [False, False, True]


async def test_parked_records_that_were_deleted_are_not_over(machine: Machine) -> None:
    """They never reached the dashboard. Of what is left it is told when it is delivered, and since when that waited."""
    await park(machine, "CA1")
    await machine.go_on(60)
    await park(machine, "CA2")
    await machine.go_on(60)
    assert await machine.store.purge(START + timedelta(minutes=30)) == ["CA1"]
    await machine.go_on(60)
    (waits,) = await machine.told()  # The other one was deleted with its record.
    assert waits.endswith("2 now.")
    await machine.store.set_delivery("CA2", {}, Status.DELIVERED)
    await machine.go_on(60)
    *_, over = await machine.told()
    assert "OVER. From Nov 23, 1:00:00 PM to Nov 23, 2:59:00 PM: the dashboard" in over
    await park(machine, "CA3")
    await machine.go_on(60)
    assert await machine.store.purge(machine.clock[0]) == ["CA3"]
    await machine.go_on(60)
    assert await machine.told() == []


async def test_records_that_a_wrong_key_parks_are_one_text(machine: Machine) -> None:
    """Each call's record is refused: that is told once, and how many wait when it takes records again."""
    await park(machine, "CA0")
    machine.clock[0] += timedelta(seconds=5)
    machine.without = ["dashboard"]
    for number in range(1, 6):
        await machine.go_on(5)
        await park(machine, f"CA{number}")
    again = Machine(machine.store, machine.settings, machine.clock, ["dashboard"])
    await again.go_on(30)
    begun, lost = await machine.told()
    assert begun.endswith("refuses records for good. They wait for you under /calls, 1 now.")
    assert "the dashboard takes no records" in lost
    again.without = []
    await again.go_on(30)
    await machine.store.set_delivery("CA6", {}, Status.PARKED)  # By itself, for what is in it
    await again.go_on(5)
    *_, over, waiting, one_more = await machine.told()
    assert "OVER" in over
    assert [text.rpartition(", ")[2] for text in (waiting, one_more)] == ["6 now.", "7 now."]
    for number in range(7):
        await machine.store.set_delivery(f"CA{number}", {}, Status.DELIVERED)
    await again.go_on(30)
    assert ["OVER" in text for text in await machine.told()] == [False, False, True, False, False, True]


async def test_a_restart_in_an_outage_of_the_dashboard_tells_nothing_again(machine: Machine) -> None:
    """A record that was parked the day before has been told then."""
    await park(machine, "CA1")
    await machine.go_on(24 * 60, step=10)
    machine.without = ["dashboard"]
    await machine.go_on(30)
    before = await machine.told()
    again = Machine(machine.store, machine.settings, machine.clock, ["dashboard"])
    await again.go_on(30)
    assert await machine.told() == before


async def test_one_record_that_is_refused_for_its_key_is_one_text(machine: Machine) -> None:
    """The next one is taken, and the outage is over before it is told: nobody is told again of what waits."""
    machine.without = ["dashboard"]
    await park(machine, "CA1")
    await machine.go_on(5)
    machine.without = []
    await machine.go_on(60)
    assert len(await machine.told()) == 1


async def test_a_record_that_a_clock_ahead_has_parked_hides_none(machine: Machine) -> None:
    """It is told itself, and so is the next one."""
    year = timedelta(days=365)
    machine.clock[0] += year
    await park(machine, "CA1")
    await machine.go_on(5)
    machine.clock[0] -= year
    await park(machine, "CA2")
    await machine.go_on(5)
    assert sorted(text[-6:] for text in await machine.told()) == ["1 now.", "2 now."]


async def test_callers_who_are_turned_away_are_one_text(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, also if the database was away when they rang; forty of them are one, and an hour later it is another."""

    async def away(*_: Any) -> Any:
        raise StoreError

    machine.counted["no_room"] = 1
    with monkeypatch.context() as patch:
        patch.setattr(machine.store.incidents, "see", away)
        with pytest.raises(StoreError):
            await machine.alerts.look()
    await machine.go_on(1)
    machine.counted["too_late"] = 40
    await machine.go_on(5)
    (text,) = await machine.told()
    assert "turned away for lack of room" in text
    await machine.go_on(60)
    assert ["OVER" in text for text in await machine.told()] == [False, True]
    machine.counted["no_room"] += 1
    await machine.go_on(1)
    assert len(await machine.told()) == 3


async def test_a_line_on_which_no_call_comes_is_told(machine: Machine) -> None:
    """Learnt from the records of the last weeks; and that it rings again."""
    for day in range(2, 24):
        for hour in range(15, 24):
            machine.clock[0] = datetime(2026, 11, day, hour, tzinfo=UTC)
            await machine.store.add_delivery(f"CA{day}-{hour}", {}, Status.DELIVERED)
    await machine.go_on(2 * 60)
    assert await machine.told() == []
    await machine.go_on(20 * 60, step=5)
    (quiet,) = await machine.told()
    assert "no call has come for far longer than ever" in quiet
    await machine.store.add_delivery("CA-again", {}, Status.DELIVERED)
    await machine.go_on(QUIET_LOOK_SECONDS / 60 + 20)
    assert len(await machine.told()) == 2


async def test_a_quiet_line_is_told_after_a_clock_that_was_ahead(machine: Machine) -> None:
    """It is put right after the start: the next look is not at the time that it said."""
    for day in range(2, 24):
        for hour in range(15, 24):
            machine.clock[0] = datetime(2026, 11, day, hour, tzinfo=UTC)
            await machine.store.add_delivery(f"CA{day}-{hour}", {}, Status.DELIVERED)
    machine.clock[0] += timedelta(days=30)
    ahead = Machine(machine.store, machine.settings, machine.clock)
    await ahead.alerts.look()
    machine.clock[0] -= timedelta(days=30)
    await ahead.go_on(22 * 60, step=5)
    assert len([text for text in await ahead.told() if "no call has come for far longer than ever" in text]) == 1


async def test_a_quiet_line_is_one_incident_over_the_nights(machine: Machine) -> None:
    """While the business is closed nobody can tell: it is over with a call, and not at closing time."""
    for day in range(2, 24):
        for hour in range(15, 24):
            machine.clock[0] = datetime(2026, 11, day, hour, tzinfo=UTC)
            await machine.store.add_delivery(f"CA{day}-{hour}", {}, Status.DELIVERED)
    await machine.go_on(4 * 24 * 60, step=30)
    (quiet,) = await machine.told()
    assert "no call has come for far longer than ever" in quiet
    await machine.store.add_delivery("CA-again", {}, Status.DELIVERED)
    await machine.go_on(60)
    assert ["OVER" in text for text in await machine.told()] == [False, True]


async def test_a_quiet_line_outlives_a_restart_at_night(machine: Machine) -> None:
    """It is neither over with the process that saw it nor told again in the morning; with a call it is over."""
    for day in range(2, 24):
        for hour in range(15, 24):
            machine.clock[0] = datetime(2026, 11, day, hour, tzinfo=UTC)
            await machine.store.add_delivery(f"CA{day}-{hour}", {}, Status.DELIVERED)
    await machine.go_on(22 * 60, step=5)
    assert len(await machine.told()) == 1
    machine.clock[0] += timedelta(hours=7)  # Nobody is there meanwhile, until before dawn.
    again = Machine(machine.store, machine.settings, machine.clock)
    await again.go_on(12 * 60, step=5)
    assert len(await again.told()) == 1
    at_night = Machine(machine.store, machine.settings, machine.clock)
    machine.clock[0] = datetime(2026, 11, 26, 9, tzinfo=UTC)
    await machine.store.add_delivery("CA-at-night", {}, Status.DELIVERED)
    await at_night.go_on(60, step=5)
    assert ["OVER" in text for text in await at_night.told()] == [False, True]


async def test_a_quiet_line_is_not_over_when_too_few_calls_are_left_to_learn_from(machine: Machine) -> None:
    """The weeks go on, and the calls of four weeks ago count no more: it is one incident until a call comes."""
    for day in range(28):
        for hour in (16, 21):
            machine.clock[0] = datetime(2027, 2, 1, hour, tzinfo=UTC) + timedelta(days=day)
            await machine.store.add_delivery(f"CA{day}-{hour}", {}, Status.DELIVERED)
    await machine.go_on(35 * 24 * 60, step=60)
    (quiet,) = await machine.told()
    assert "no call has come for far longer than ever" in quiet
    await machine.store.add_delivery("CA-again", {}, Status.DELIVERED)
    await machine.go_on(60)
    assert ["OVER" in text for text in await machine.told()] == [False, True]


async def test_while_the_database_is_away_it_is_told_later(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the minute at which it began."""

    async def away(*_: Any) -> Any:
        raise StoreError("away")

    machine.without = ["v2"]
    with monkeypatch.context() as outage:
        outage.setattr(machine.store.incidents, "see", away)
        for _ in range(20):
            with pytest.raises(StoreError):
                await machine.alerts.look()
            machine.clock[0] += timedelta(minutes=1)
    await machine.go_on(1)
    (text,) = await machine.told()
    assert "since Nov 23, 12:00:00 PM" in text


async def test_without_an_owner_nobody_looks(machine: Machine) -> None:
    """OWNER_PHONE is off by default."""
    machine.settings = machine.settings.model_copy(update={"owner_phone": None})
    machine.__post_init__()
    machine.without = ["v2"]
    await machine.alerts.run()
    assert await machine.store.incidents.unseen(START + timedelta(days=1), START) == []
