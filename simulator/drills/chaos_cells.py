"""What can break, and when: the cells of the chaos matrix, each one whole call.

Guarantees that every vendor meets every fault it can show at every moment where it is used, and that what all calls
share breaks at every moment too. Data only: who calls (callers/), which part shows which fault, at which moment of the
call. Leaves out running and judging (chaos.py; chaos_shared.py for what all calls share).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path

from simulator.sound.recording import Event

CALLERS = Path(__file__).parent / "callers"
"""Who calls in the matrix; scenarios whose expectations are those that hold whatever is broken."""
SQLITE, POSTGRES = "sqlite", "postgres"


class Moment(StrEnum):
    """When the fault begins; from then on it stays until the call is over."""

    GREETING = "greeting"
    MIDDLE = "middle"
    BOOKING = "booking"
    GOODBYE = "goodbye"


@dataclass(frozen=True)
class Trigger:
    """The event of a call with which a moment begins; the bot's state or tool, as its log tells them."""

    who: str
    text: str

    def fits(self, event: Event) -> bool:
        """Whether this is the event."""
        return event.who == self.who and re.fullmatch(self.text, event.text) is not None


REACHED = {
    Moment.MIDDLE: Trigger("state", "urgency|manage_booking"),
    Moment.BOOKING: Trigger("state", "pre_confirm"),
    Moment.GOODBYE: Trigger("state", "confirm|callback|safety_exit"),
}
LOOKED_UP = Trigger("tool", "lookup_caller")
FIRST_WORDS = Trigger("caller", ".+")


@dataclass(frozen=True)
class Cell:
    """One call with one fault.

    Attributes:
        group: The row's heading in the table.
        parts: What is broken, as the switchboard names it; all of them in the same way.
        mode: How.
        moment: From when on.
        caller: Who calls: a file of simulator/drills/callers.
        begins: The event with which the fault begins; None: before the call is placed.
        max_silence_ms: The longest silence that may be heard.
        named: What the end reason has to name: one of these; empty where nothing failed that the bot can see.
        store: Of what is shared: which database the bot has, sqlite or postgres. Empty: a vendor's or a caller's cell.
    """

    group: str
    parts: tuple[str, ...]
    mode: str
    moment: Moment
    caller: str
    begins: Trigger | None
    max_silence_ms: float = 4000
    named: tuple[str, ...] = ()
    store: str = ""

    @property
    def fault(self) -> str:
        """The row of the table: "openai:hang", "inworld+aura:500"."""
        return f"{'+'.join(self.parts)}:{self.mode}" if self.parts else self.mode

    @property
    def real(self) -> bool:
        """Whether a vendor, the line or the dashboard is broken; V2's tools and the callers are counted apart."""
        return self.group not in ("V2", "caller") and not self.shared

    @property
    def shared(self) -> bool:
        """Whether what all calls share is broken: such a cell needs real processes, and so real time."""
        return bool(self.store)

    @property
    def outlives(self) -> bool:
        """Whether the fault lasts longer than the bot's process, which is told to end when the call is over."""
        return self.mode == "away_at_the_end"

    @property
    def name(self) -> str:
        """How the cell is called on the command line, and its folder."""
        which = () if self.caller in _PLAIN else (self.caller,)
        if self.parts == ("database",) and self.store == SQLITE:
            which = (SQLITE,)
        return "/".join((f"{self.fault}@{self.moment}", *which))


_HTTP = ("down", "hang", "hang_body", "slow", "401", "429", "500", "html", "empty", "garbage", "stall", "die")
_OPENAI = (*_HTTP, "late", "dribble", "lies")
_VOICE = (*_HTTP, "mute")
_BOTH_VOICES = _VOICE
_DEEPGRAM = ("down", "hang", "hang_body", "slow", "401", "429", "500", "html", "garbage", "deaf", "no_end", "drop")
_V2 = (*_HTTP, "success_false")
_V2_BOOKING = (
    *_V2, "apt", "apt_late", "apt_timeout", "second_try", "other_time", "no_time", "lost_answer", "cal_500",
)  # fmt: skip
_TWILIO = (*_HTTP, "404")
_STREAM = ("drop", "stop_open", "malformed", "binary", "oversized", "stalled", "dtmf_junk")
# Of these the bot sees nothing: a caller who hung up, an ear that is late for a while.
_UNSEEN = frozenset({"stop_open", "stalled"})
# The hang-up was carried out and the call is over; only its answer did not come.
_DONE_ALL_THE_SAME = frozenset({"hang_body", "empty", "garbage", "stall", "die"})
# A booking within its deadline, one at another time that the caller then agrees to, one that repeats no time.
_NO_FAILURE = frozenset({"slow", "second_try", "other_time", "no_time"})
_STREAM_START = ("media_first", "two_starts", "no_marks")
_DASHBOARD = (
    *_HTTP, "400", "503", "500_after_store", "drop_after_store", "slow_db", "users_fail", "owner_deletes",
)  # fmt: skip
_PERSON = ("no_answer", "busy", "voicemail", "refused", "hangs_up")
_MESSAGES = (*_HTTP, "lost_answer", "invalid", "unsubscribed", "unregistered")

# Who makes the model speak at which moment; nobody else needs it.
_ASKERS = {
    Moment.GREETING: "asks_first",
    Moment.MIDDLE: "asks_about_time",
    Moment.BOOKING: "asks_at_read_back",
    Moment.GOODBYE: "asks_at_goodbye",
}
_SHORT = {"wants_a_person", "is_connected", "smells_gas", "moves_a_visit"}
_PLAIN = {"books", *_ASKERS.values()}
# Nothing hangs a file, and Postgres has a disk of its own.
_POSTGRES = ("hang", "refuse", "locked", "restart", "away_at_the_end")
_SQLITE = ("locked", "full", "away_at_the_end")
_MACHINE = ("starved", "cut_off")
_ENTRANCE = ("flood", "slowloris", "replay")
_CALLERS = (
    "silent_from_the_start", "silent_in_the_middle", "never_pauses", "barges_in", "keys_only", "says_hello_ten_times",
    "only_noise", "hangs_up_at_once", "hangs_up_in_the_greeting", "hangs_up_in_a_word", "hangs_up_in_the_read_back",
    "hangs_up_while_booking",
)  # fmt: skip


def cells() -> list[Cell]:
    """The whole matrix, the long calls first: none of them is under way alone at the end."""
    return sorted(_cells(), key=lambda cell: (cell.shared, cell.caller in _SHORT, cell.group != "caller"))


def cut() -> list[Cell]:
    """One cell for each way of failing, few enough for every test run."""
    return [cell for cell in cells() if cell.name in _CUT]


_CUT = {
    "openai:dribble@middle",
    "openai:lies@goodbye",
    "inworld:stall@booking",
    "inworld+aura:mute@goodbye",
    "deepgram:deaf@middle",
    "deepgram:no_end@greeting",
    "deepgram:401@booking",
    "v2:lost_answer@booking",
    "v2:hang@goodbye/wants_a_person",
    "twilio:hang@goodbye/wants_a_person",
    "messages:lost_answer@goodbye/smells_gas",
    "transfer:voicemail@goodbye/is_connected",
    "stream:no_marks@greeting/wants_a_person",
    "stream:stop_open@middle",
    "stream:two_starts@greeting/wants_a_person",
    "database:hang@booking",
    "database:full@greeting/sqlite",
    "database:away_at_the_end@goodbye",
}


def _cells() -> Iterator[Cell]:
    for mode, moment in product(_OPENAI, Moment):
        caller, begins = _ASKERS[moment], REACHED.get(moment)
        yield _cell("OpenAI", "openai", mode, moment, caller, begins=begins, max_silence_ms=2000, named=("openai",))
    for mode, moment in product(_VOICE, Moment):
        yield _cell("Inworld", "inworld", mode, moment, named=("inworld",))
    for mode, moment in product(_BOTH_VOICES, Moment):
        yield _cell("both voices", ("inworld", "aura"), mode, moment, named=("voices", "inworld"))
    for mode, moment in product(_DEEPGRAM, Moment):
        yield _cell("Deepgram", "deepgram", mode, moment, named=("deepgram",))
    for mode, moment in product(_STREAM, Moment):
        yield _cell("Twilio's stream", "stream", mode, moment, named=() if mode in _UNSEEN else ("line", "twilio"))
    for mode, caller in product(_STREAM_START, ("books", "wants_a_person")):
        yield _cell("Twilio's stream", "stream", mode, Moment.GREETING, caller, named=("line", "twilio"))
    for mode in _TWILIO:
        named = () if mode in _DONE_ALL_THE_SAME else ("twilio",)
        yield _cell("Twilio's REST API", "twilio", mode, Moment.GOODBYE, "wants_a_person", named=named)
    yield from _afterwards()
    yield from _tools()
    for caller in _CALLERS:
        yield Cell("caller", (), caller, Moment.GREETING, caller, None)


def _afterwards() -> Iterator[Cell]:
    for mode, caller in product(_DASHBOARD, ("wants_a_person", "smells_gas")):
        yield _cell("dashboard", "dashboard", mode, Moment.GOODBYE, caller, begins=None)
    for mode in _PERSON:
        yield _cell("the person", "transfer", mode, Moment.GOODBYE, "is_connected", begins=None)
    for mode in _MESSAGES:
        yield _cell("the owner's texts", "messages", mode, Moment.GOODBYE, "smells_gas", begins=None)


def _tools() -> Iterator[Cell]:
    for mode in _V2:
        yield _cell("V2", "v2", mode, Moment.GREETING, named=("v2",))
        yield _cell("V2", "v2", mode, Moment.MIDDLE, named=("v2",))
        yield _cell("V2", "v2", mode, Moment.MIDDLE, "moves_a_visit", begins=LOOKED_UP, named=("v2",))
        yield _cell("V2", "v2", mode, Moment.GOODBYE, "wants_a_person", begins=FIRST_WORDS, named=("v2",))
    for mode in _V2_BOOKING:
        yield _cell("V2", "v2", mode, Moment.BOOKING, named=() if mode in _NO_FAILURE else ("v2",))
    yield _cell("V2", "v2", "cal_500", Moment.GREETING)  # Nobody is found by the calendar: a stranger calls as ever.
    for mode in ("cal_500", "already_cancelled"):
        yield _cell("V2", "v2", mode, Moment.MIDDLE, "moves_a_visit", begins=LOOKED_UP, named=("v2",))
    yield _cell("V2", "v2", "no_text", Moment.GOODBYE, "wants_a_person", begins=FIRST_WORDS)  # Nobody can tell.
    for mode in ("down", "hang", "500", "no_text"):
        yield _cell("V2", "v2", mode, Moment.GREETING, "smells_gas", named=("v2",))
    for mode, moment in product(_POSTGRES, Moment):
        yield _cell("Postgres", "database", mode, moment, store=POSTGRES)
    for mode, moment in product(_SQLITE, Moment):
        yield _cell("SQLite", "database", mode, moment, store=SQLITE)
    for mode, moment in product(_MACHINE, Moment):
        yield _cell("the machine", "machine", mode, moment, store=POSTGRES if mode == "cut_off" else SQLITE)
    for mode, moment in product(_ENTRANCE, Moment):
        yield _cell("the entrance", "entrance", mode, moment, max_silence_ms=2000, store=SQLITE)


def _cell(
    group: str,
    part: str | Iterable[str],
    mode: str,
    moment: Moment,
    caller: str = "books",
    *,
    begins: Trigger | bool | None = True,
    max_silence_ms: float = 4000,
    named: tuple[str, ...] = (),
    store: str = "",
) -> Cell:
    parts = (part,) if isinstance(part, str) else tuple(part)
    start = REACHED.get(moment) if isinstance(begins, bool) else begins
    return Cell(group, parts, mode, moment, caller, start, max_silence_ms, named, store)
