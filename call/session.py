"""CallSession: the one record of a call, its facts, its counters and its timeline.

The state machine and the processor write it, everything after the call is built from it. It is plain data that survives
as JSON, so that a snapshot of it can bring a call back. It decides nothing.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticSerializationError

from call.dear_numbers import is_dear
from call.speech import spoken_length
from call.spoken_time import read_written
from call.tool_calls import BookAppointment, ManageAppointment, ToolRequest, untold
from call.usage import Usage
from call.whole_text import whole

PROOFS_A_CALL = 2  # Proofs of who calls that may fail in a call before it is left to a person
PROOFS_A_DAY = 5  # The same for a number, in 24 hours
ZIP_ASKED_FOR = 2  # Times, of a caller who does not know it
ADDED = "At the end the caller said:"  # Of a note for the team: behind what was done, where no state acts any more
FOR_THE_VISIT = "For the visit on file the caller said:"  # Of a note for the team
RECORDED = "recorded"  # The line that says that the call is; conversation/script.py
NO_ADDRESS = "Not provided"  # What V2 texts and the dashboard keeps; V2's history search skips it (contract.md 2.6)


class State(StrEnum):
    """Where a call is; conversation.md 2. The last four are ends."""

    WELCOME = "welcome"
    LOOKUP = "lookup"
    NON_SERVICE = "non_service"
    FOLLOW_UP = "follow_up"
    MANAGE_BOOKING = "manage_booking"
    SAFETY = "safety"
    SERVICE_AREA = "service_area"
    DISCOVERY = "discovery"
    URGENCY = "urgency"
    PRE_CONFIRM = "pre_confirm"
    BOOKING = "booking"
    TRANSFER = "transfer"
    CONFIRM = "confirm"
    CALLBACK = "callback"
    GOODBYE = "goodbye"
    SAFETY_EXIT = "safety_exit"


END_STATES = frozenset({State.CONFIRM, State.CALLBACK, State.GOODBYE, State.SAFETY_EXIT})

# Where the model may word a reply. What is said about danger, and about a visit that stands, is said word for word.
WORDED_STATES = frozenset({
    State.WELCOME, State.NON_SERVICE, State.FOLLOW_UP, State.SERVICE_AREA, State.DISCOVERY, State.URGENCY,
    State.PRE_CONFIRM, State.CALLBACK,
})  # fmt: skip


class Question(StrEnum):
    """What the bot asked last: a bare "yes" or "Jonas" means nothing without it (X3)."""

    HOW_CAN_I_HELP = "how_can_i_help"
    SAFETY = "safety"
    ZIP = "zip"
    ZIP_CONFIRM = "zip_confirm"  # Did I get the ZIP right? (before declining, or before another one is taken)
    NAME = "name"
    PROBLEM = "problem"
    ADDRESS = "address"
    WHEN = "when"
    READ_BACK = "read_back"  # Shall I book it?
    CHANGE_WHAT = "change_what"
    OTHER_TIME = "other_time"  # V2 booked another time than asked: is that fine?
    ANYTHING_ELSE = "anything_else"
    SCHEDULE_OFFER = "schedule_offer"  # Would you like to schedule a visit?
    DETAILS = "details"  # Billing, warranty: name and what it is about.
    MANAGE_WHAT = "manage_what"  # Cancel, move or check?
    BOOKING_NAME = "booking_name"  # Under which name is the visit?
    CANCEL_CONFIRM = "cancel_confirm"
    NEW_TIME = "new_time"
    MOVE_CONFIRM = "move_confirm"
    PHONE = "phone"  # The number to call back, when the caller's is withheld.
    SITE_CONTACT = "site_contact"  # A property manager's: who will be on site, and that person's number?
    GO_ON = "go_on"  # Shall we go on from the call before?
    END_DOUBT = "end_doubt"  # Does the caller want us at all, or a person? (before the call ends for it)
    SECOND_VISIT = "second_visit"  # Another visit besides the one that the call before has booked?
    TEXT = "text"  # Shall I text that to this number?


# Questions whose yes changes something in the world: it counts only once the caller has heard what it is about (R53).
APPROVALS = frozenset({
    Question.READ_BACK, Question.OTHER_TIME, Question.CANCEL_CONFIRM, Question.MOVE_CONFIRM, Question.TEXT,
})  # fmt: skip

# The same of what may be asked elsewhere: danger, a visit that stands or may, and what was done.
FIXED_QUESTIONS = frozenset({
    Question.SAFETY, Question.OTHER_TIME, Question.MANAGE_WHAT, Question.BOOKING_NAME, Question.CANCEL_CONFIRM,
    Question.NEW_TIME, Question.MOVE_CONFIRM, Question.GO_ON, Question.SECOND_VISIT,
    Question.TEXT,
})  # fmt: skip


class Intent(StrEnum):
    """What the caller called for; conversation.md 3."""

    SERVICE = "service"
    BILLING = "billing"
    WARRANTY = "warranty"
    PRICING = "pricing"
    VENDOR = "vendor"
    APPLICANT = "applicant"
    WRONG_NUMBER = "wrong_number"
    OTHER_TRADE = "other_trade"  # A refrigerator, a car (U2)
    FOLLOW_UP = "follow_up"
    MANAGE = "manage"


class ManageAction(StrEnum):
    """What to do with an appointment on file."""

    STATUS = "status"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    MESSAGE = "message"  # Something to be told to whoever comes


class Urgency(StrEnum):
    """How soon a visit is needed; mapped for V2 and the dashboard at their borders."""

    EMERGENCY = "emergency"  # Tier 2: no heat below 40 F, no AC above 100 F, water leak.
    URGENT = "urgent"
    ROUTINE = "routine"


class Reason(StrEnum):
    """Why a call went to its end state. With the state it is the record's `outcome`: `callback:turn_limit`."""

    # confirm
    BOOKED = "booked"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    STATUS_TOLD = "status_told"
    MESSAGE_TAKEN = "message_taken"  # For whoever comes to the visit on file
    # callback
    CALLER_WISH = "caller_wish"
    NOT_CONNECTED = "not_connected"  # A person was dialled, and had not talked with the caller.
    BILLING = "billing"
    WARRANTY = "warranty"
    FOLLOW_UP = "follow_up"
    HIGH_TICKET = "high_ticket"
    SPANISH = "spanish"
    BOOKING_FAILED = "booking_failed"
    BOOKING_UNCERTAIN = "booking_uncertain"
    MANAGE_FAILED = "manage_failed"
    MANAGE_UNVERIFIED = "manage_unverified"
    NO_AGREEMENT = "no_agreement"  # The caller declined what could be offered.
    TURN_LIMIT = "turn_limit"
    CALL_TURN_LIMIT = "call_turn_limit"
    TIME_LIMIT = "time_limit"
    NO_ROOM = "no_room"  # Turned away: all lines were busy.
    TOO_LATE = "too_late"  # Turned away: our process was late for everything.
    FAULT = "fault"  # `CallSession.fault` says which.
    # goodbye
    OUT_OF_AREA = "out_of_area"
    WRONG_NUMBER = "wrong_number"
    VENDOR = "vendor"
    APPLICANT = "applicant"
    OTHER_TRADE = "other_trade"
    DONE = "done"
    SILENCE = "silence"
    TRANSFERRED = "transferred"  # A person has talked with the caller.
    # safety_exit
    EMERGENCY = "emergency"
    PERSON_IN_DANGER = "person_in_danger"


class BookingStatus(StrEnum):
    """The dashboard's booking_status, from what happened (R62)."""

    CONFIRMED = "confirmed"
    ATTEMPTED_FAILED = "attempted_failed"
    NOT_REQUESTED = "not_requested"


class CallbackStatus(StrEnum):
    """Whether V2 was told of the callback; the dashboard's record carries it in any case."""

    NONE = "none"
    REQUESTED = "requested"
    CREATED = "created"
    NOT_CREATED = "not_created"


class Shown(StrEnum):
    """What V2 showed when a booking or change without an answer was looked up."""

    AS_ASKED = "as_asked"  # The visit that was asked for, or the moved one at its new time
    AS_BEFORE = "as_before"  # The visit as it was before the change
    ANOTHER = "another"  # Another visit, behind which this one may be
    NONE = "none"  # No visit at all
    NOT_KNOWN = "not_known"  # V2 gave no answer


class EndedBy(StrEnum):
    """Who ended the call."""

    BOT = "bot"
    CALLER = "caller"
    INTERRUPTED = "interrupted"  # The line, Twilio or our process: neither side wanted it.


class EntryKind(StrEnum):
    """What a timeline entry is; only `caller` and `agent` are transcript."""

    CALLER = "caller"
    AGENT = "agent"
    STATE = "state"
    TOOL = "tool"
    FAULT = "fault"
    NOTE = "note"


def _is_none(value: object) -> bool:
    return value is None


def _is_empty(value: object) -> bool:
    """What says nothing takes no room in a snapshot, which every turn writes."""
    return not value


def _is_untouched(usage: Usage) -> bool:
    return usage == Usage()


class Entry(BaseModel):
    """One thing that happened. `tool`: text is its name, detail its outcome; `state`: `a -> b` and the reason.

    Of a `caller` entry the milliseconds are from their last voice to the first audio of an answer, of a `tool` its own;
    `steps` are the milliseconds from that last voice to what came before that audio, in order: `turn` (the recogniser
    says that it is over), `reading`, `tool` (V2's last answer), `words` (the last ones handed to the voice).
    `read` is what the rules understood of the caller's words, by the names of `Understanding` (None: nobody noted it),
    `read_again` what the second reader made of that: a fact of its own, or none (""), and `unsure` the words that the
    recogniser doubted.
    Of a `tool`, `asked` are its arguments and `answered` what V2's answer said, by the names of tool_calls.py. Of a
    `fault`, `refused` is the model's sentence that the reply guard did not let pass.
    Of an `agent` entry the detail is the key of a fixed line, and `heard` tells how much of it was played to the caller
    (0 to 1; None: not known). What was heard later than it was decided on has `decided_at` as well.
    """

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    kind: EntryKind
    text: str
    detail: str = ""
    milliseconds: int | None = None
    heard: float | None = None
    decided_at: AwareDatetime | None = Field(default=None, exclude_if=_is_none)
    steps: dict[str, int] = Field(default_factory=dict)
    read: dict[str, str] | None = Field(default=None, exclude_if=_is_none)
    read_again: dict[str, str] = Field(default_factory=dict, exclude_if=_is_empty)
    asked: dict[str, str] = Field(default_factory=dict, exclude_if=_is_empty)
    answered: dict[str, str] = Field(default_factory=dict, exclude_if=_is_empty)
    refused: str = Field(default="", exclude_if=_is_empty)
    unsure: tuple[str, ...] = Field(default=(), exclude_if=_is_empty)

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells it from every other entry of the call, whatever comes of it later."""
        return self.decided_at or self.at, self.kind, self.text, self.detail

    def heard_at(self, at: datetime, share: float | None) -> "Entry":
        """The agent's line as it was heard, so much of it and from then on."""
        moved = {} if at == self.at else {"at": at, "decided_at": self.decided_at or self.at}
        return self.model_copy(update={"heard": share, **moved})

    @property
    def words_heard(self) -> str:
        """The words of an agent's line that were played: all of them if no more than the last was cut."""
        if self.heard is None:
            return self.text
        words, end, whole = self.text.split(), 0, 0
        for word in words:
            end += spoken_length(word)
            whole += end <= self.heard * spoken_length(self.text)
            end += 1
        return self.text if self.heard > 0 and whole >= len(words) - 1 else " ".join(words[:whole])


def _first_sentence(text: str) -> int:
    """The number of its characters."""
    return len(re.split(r"(?<=[.?!])\s", text, maxsplit=1)[0])


class Appointment(BaseModel):
    """A visit on file that the caller may manage; date and time are V2's words."""

    model_config = ConfigDict(frozen=True)

    uid: str
    date: str
    time: str
    attendee_name: str

    def starts_at(self, now: datetime) -> datetime | None:
        """When it begins, in the zone of `now`, if V2's words are those of a time."""
        return read_written(f"{self.date} at {self.time}", now)


class TransferEnd(StrEnum):
    """How the dial to a person ended."""

    TALKED = "talked"
    CUT_SHORT = "cut_short"  # The person took the call, and was gone at once.
    NOT_TAKEN = "not_taken"  # No answer, busy, a voicemail, refused


class Transfer(BaseModel):
    """The call on its way to a person, and what came of it; `ended` None: not over, or nobody has told."""

    model_config = ConfigDict(frozen=True)

    asked_at: AwareDatetime
    staff_first: bool = False  # Before the agent has answered at all
    dialled_at: AwareDatetime | None = None
    taken_at: AwareDatetime | None = None  # The person pressed the key that takes it.
    ended_at: AwareDatetime | None = None
    ended: TransferEnd | None = None

    @property
    def talked(self) -> bool:
        """Whether a person and the caller have talked, as far as is known."""
        return self.taken_at is not None and self.ended in (None, TransferEnd.TALKED)


class CameOf(StrEnum):
    """What came of a call before this one."""

    OPEN = "open"  # No visit: it broke off, or somebody is to call back
    BOOKED = "booked"
    UNCERTAIN = "uncertain"  # A visit may exist


class EarlierCall(BaseModel):
    """What a call a little earlier from the same number has left; who called then is not said to who calls now."""

    model_config = ConfigDict(frozen=True)

    call_id: str
    at: AwareDatetime
    came_of: CameOf
    name: str = ""
    address: str = ""
    zip_code: str = ""
    problem: str = ""
    urgency: Urgency | None = None
    high_ticket: bool = False
    visit_at: AwareDatetime | None = None  # The wish, if it was for a certain time
    visit_latest: AwareDatetime | None = None


class VisitBooked(BaseModel):
    """A visit that was booked in an earlier call from this number: whose, and where."""

    model_config = ConfigDict(frozen=True)

    name: str
    address: str


class CallSession(BaseModel):
    """Everything known about one call. Empty text means not known; all times are aware."""

    model_config = ConfigDict(validate_assignment=True)

    call_id: str = Field(min_length=1)  # Twilio's CallSid; the key everywhere (contract.md 1.1)
    caller_number: str = ""  # E.164, empty when withheld
    called_number: str = ""
    vouched_for: bool = False  # The network says that whoever calls has this number
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    recorded_from: AwareDatetime | None = None  # Where its recording begins, if it has one
    recording_declined: bool = False  # By the caller: what there was is deleted, and there is no more
    language: Literal["en", "es"] = "en"

    state: State = State.WELCOME
    question: Question | None = None
    doubted_end: Reason | None = None  # What the call would end with if the caller says so
    question_before: Question | None = None  # Open when that was asked
    state_turn_count: int = 0
    turn_count: int = 0
    silence_count: int = 0  # "Are you still there?" in a row
    said_count: dict[str, int] = Field(default_factory=dict)  # How often each fixed line was spoken

    # What the caller said
    intent: Intent | None = None
    manage_action: ManageAction | None = None
    name: str = ""
    name_from_caller: bool = False  # Said on this call, not just on file: the only name that verifies an appointment
    zip_code: str = ""
    zip_on_file: str = ""  # Of the number on the line, as long as the caller has said none
    zip_unconfirmed: str = ""  # Outside the area, or another one beside the address: to be confirmed
    zip_not_known: int = 0  # How often the caller said that they do not know it (U1)
    zip_partial: str = ""  # Digits of a ZIP that comes over two turns (X6)
    address: str = ""
    problem: str = ""
    phone_partial: str = ""  # Digits of a number that comes over two turns (L6)
    places: tuple[str, ...] = ()  # Addresses of which one is to be chosen (U3)
    callback_phone: str = ""  # E.164, the number that was given: another one, or the one on a line not the caller's
    borrowed_phone: bool = False  # The caller says that the phone is somebody else's
    urgency: Urgency | None = None
    visit_at: AwareDatetime | None = None  # The wish, resolved to the start of a visit
    visit_latest: AwareDatetime | None = None  # The last start that still fits the wish; None: any later one
    visit_asap: bool = False
    visit_zone: str = ""  # The caller's, if they told the time in another than ours (L11)
    which_day: bool = False  # Whether the day of the wish is to be asked: "tomorrow" behind midnight (L11)
    manages_property: bool = False
    on_site: str = ""  # Who will be on site, in the caller's words
    upset: bool = False
    high_ticket: bool = False
    danger_told: str = ""  # A possible danger, in the words in which it was told first
    safety_cleared: bool = False
    notes: list[str] = Field(default_factory=list)  # For the team: sentences that no other field holds

    # What V2 knows
    looked_up: bool = False
    known_caller: bool = False
    has_appointment: bool = False
    appointment_date: str = ""  # Its day in V2's words: "Wednesday, November 25"
    appointment_job: str = ""  # The call in which it was booked, by which the dashboard knows it
    callback_owed: bool = False
    callback_issue: str = ""
    callback_owed_said: bool = False
    calls_today: int = 0
    appointment: Appointment | None = None
    appointment_proved: bool = False  # Who calls has proved to be whose it is
    move_said: str = ""  # The words that want it moved: what they mean depends on when it is
    calendar_answers: bool = True  # False once V2 did not say what is free: the wish is then taken as it is
    slots: list[AwareDatetime] = Field(default_factory=list)  # Visits that are free by V2 and were not declined
    slots_asked: bool = False  # For the present wish
    offers_other: bool = False  # `visit_at` is a real visit near the wish, and not the wish

    # What our own store knows of the number
    earlier: EarlierCall | None = None
    goes_on: bool = False  # This call is about the same as that one
    visits_booked: tuple[VisitBooked, ...] = ()
    visits_cancelled: tuple[str, ...] = ()  # Their days in V2's words, which goes on announcing them (contract.md 0.5)
    failed_before: int | None = 0  # Proofs that failed for this number within a day; None: nobody could tell
    failed_proofs: int = 0  # In this call

    # What was done
    approved: bool = False  # An explicit yes to the read-back of exactly `visit_at`
    booking_attempted: bool = False
    booking_status: BookingStatus = BookingStatus.NOT_REQUESTED
    booking_uncertain: bool = False  # The booking's answer never came: a visit may exist
    # What V2 was asked to make or change, from the asking until it is certain what came of it
    in_doubt: Annotated[BookAppointment | ManageAppointment | None, Field(discriminator="tool")] = None
    shown: Shown | None = None  # When that was looked up
    booked_at: AwareDatetime | None = None
    appointment_id: str = ""
    moved_to: AwareDatetime | None = None
    callback_status: CallbackStatus = CallbackStatus.NONE
    sales_alert_sent: bool = False
    emergency: bool = False
    emergency_alert_id: str = ""  # V2's alertId

    # A text about it, if the caller wants one
    text_offered: bool = False
    text_to: str = ""  # E.164, to which it was agreed to; empty: to none

    # A person, when the caller wants one
    person_wished: bool = False  # Said beside a possible danger: the wish waits until that is cleared.
    transfer: Transfer | None = None

    # How it ends
    reason: Reason | None = None
    fault: str = ""  # Which part failed: openai, inworld, deepgram, v2, us, ...
    last_words: str = Field(default="", exclude_if=_is_empty)  # What no voice of ours says any more: Twilio does
    closing: bool = False  # The last line is on its way; one caller turn may still stop the hang-up (R14)
    hangup_stopped: bool = False
    ended_by: EndedBy | None = None
    # What V2 was asked and has not answered; never asked again.
    tool_under_way: Annotated[ToolRequest, Field(discriminator="tool")] | None = None
    tool_asked_at: AwareDatetime | None = None

    usage: Usage = Field(default_factory=Usage, exclude_if=_is_untouched)
    timeline: list[Entry] = Field(default_factory=list)

    @field_validator("tool_under_way", mode="before")
    @classmethod
    def _read_name(cls, asked: object) -> object:
        """Versions before 0.6 kept the tool's name alone."""
        return untold(asked) if isinstance(asked, str) else asked

    @property
    def own_number(self) -> str:
        """The number on the line if it is the caller's: empty when it is withheld or somebody else's."""
        return "" if self.borrowed_phone else self.caller_number

    @property
    def phone(self) -> str:
        """The number to call back: the one given, else the caller's; empty when there is none."""
        return self.callback_phone or self.own_number

    @property
    def dear_to_call(self) -> bool:
        """Whether the number to call back costs a lot: then no call back is urgent (S3)."""
        return is_dear(self.phone)

    @property
    def lacks_zip(self) -> bool:
        """Whether the ZIP is still to be asked; of a caller who twice did not know it the address is enough (U1)."""
        return not self.zip_code and (bool(self.zip_unconfirmed) or self.zip_not_known < ZIP_ASKED_FOR)

    @property
    def spoken_name(self) -> str:
        """The name as it may be said to whoever calls: of one that is only on file, no more than the first."""
        return self.name if self.name_from_caller else self.name.split(" ")[0]

    @property
    def proofs_left(self) -> int:
        """How many proofs may still fail in this call; none when nobody knows how many have failed before it."""
        if self.failed_before is None:
            return 0
        return min(PROOFS_A_CALL - self.failed_proofs, PROOFS_A_DAY - self.failed_before - self.failed_proofs)

    @property
    def postal_address(self) -> str:
        """The address with its ZIP, out of which V2 reads where a caller lives (contract.md 0.11)."""
        if not self.address or not self.zip_code or self.zip_code in self.address:
            return self.address
        return f"{self.address}, {self.zip_code}"

    @property
    def spoken_address(self) -> str:
        """The address as it is read back: its number digit by digit, and the ZIP as far as the caller has said it."""
        number, _, street = self.address.partition(" ")
        number = " ".join(number) if re.fullmatch(r"\d{3,}[A-Z]?", number) else number
        said = [f"{number} {street}".strip(), "" if self.zip_on_file else " ".join(self.zip_code)]
        return ", ".join(part for part in said if part)

    @property
    def outcome(self) -> str:
        """The precise end reason: `confirm:booked`, `callback:turn_limit`, `fault:deepgram`, `hangup:discovery`."""
        if self.fault and self.reason is Reason.FAULT:
            return f"fault:{self.fault}"
        if self.state in END_STATES and self.reason:
            return f"{self.state}:{self.reason}"
        return f"{'interrupted' if self.ended_by is EndedBy.INTERRUPTED else 'hangup'}:{self.state}"

    @property
    def on_its_way(self) -> bool:
        """Whether the call has left for a person, or has not come from one yet: then no stream has it."""
        before = self.transfer is not None and self.transfer.staff_first and self.transfer.ended is None
        return self.state is State.TRANSFER or before

    @property
    def needs_a_person(self) -> bool:
        """Whether the caller has not got what they called for: the call was broken off, or somebody is to call back.

        Not in a danger, where 911 comes first, nor behind a talk with a person.
        """
        talked = self.transfer is not None and self.transfer.talked
        return (self.state is State.CALLBACK or self.state not in END_STATES) and not talked

    @property
    def knows_of_recording(self) -> bool:
        """Whether the caller has heard, to its last word, that the call is recorded."""
        said = (entry for entry in self.timeline if entry.kind is EntryKind.AGENT and entry.detail == RECORDED)
        return any(entry.heard == 1 for entry in said)

    @property
    def model_may_word(self) -> bool:
        """Whether the model may word a reply at this moment; else nothing but fixed lines is spoken."""
        return self.state in WORDED_STATES and self.question not in FIXED_QUESTIONS

    @property
    def added(self) -> list[str]:
        """What the caller said behind what was done, or for the visit on file, as it is noted for the team."""
        return [note for note in self.notes if note.startswith((ADDED, FOR_THE_VISIT))]

    @property
    def caller_spoke(self) -> bool:
        """Whether the caller said anything at all."""
        return any(entry.kind is EntryKind.CALLER for entry in self.timeline)

    def as_json(self) -> str:
        """The session as a snapshot keeps it; it loses half a character sooner than the call loses its snapshot."""
        try:
            return self.model_dump_json()
        except PydanticSerializationError:
            return whole(json.dumps(self.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":")))

    def copy_of_now(self) -> "CallSession":
        """A copy that goes its own way: all else in a session is replaced and never changed."""
        lists = {"timeline": [*self.timeline], "notes": [*self.notes], "slots": [*self.slots]}
        own = {"said_count": dict(self.said_count), "usage": self.usage.model_copy(deep=True)}
        return self.model_copy(update={**lists, **own})

    def was_heard(self, number: int, share: float | None, at: datetime) -> None:
        """How much of the agent's line at this place of the timeline was played to the caller by now, `at`.

        A line is said when it begins to be heard, and not when it was decided on. What was heard to its end stays so.
        """
        entry = self.timeline[number]
        if entry.heard == 1:
            return
        self.timeline[number] = entry.heard_at(at if share and not entry.heard else entry.at, share)

    def told(self, *keys: str) -> bool | None:
        """Whether the caller heard the first sentence of one of these fixed lines; None when that is not certain."""
        said = [entry for entry in self.timeline if entry.kind is EntryKind.AGENT and entry.detail in keys]
        if any(entry.heard is not None and len(entry.words_heard) >= _first_sentence(entry.text) for entry in said):
            return True
        return None if any(entry.heard is None for entry in said) else False

    @property
    def change_told(self) -> bool | None:
        """Whether the caller heard that their visit was cancelled or moved, as `told`; True if neither was done."""
        if self.reason not in (Reason.CANCELLED, Reason.RESCHEDULED):
            return True
        return self.told(self.reason)  # The line has the reason's name.

    def was_said(self, text: str, at: datetime) -> None:
        """The agent's last line of these words was spoken after all, by somebody else than our voices, and then."""
        for number in range(len(self.timeline) - 1, -1, -1):
            if self.timeline[number].kind is EntryKind.AGENT and self.timeline[number].text == text:
                self.timeline[number] = self.timeline[number].heard_at(at, 1.0)
                return

    def last_words_were_said(self, at: datetime) -> None:
        """Somebody else than our voices has spoken the last words, then; nobody needs to any more."""
        for entry in self.timeline[::-1]:
            if entry.kind is EntryKind.CALLER:
                break
            if entry.kind is EntryKind.AGENT and entry.text in self.last_words:
                self.was_said(entry.text, at)
        self.last_words = ""

    def answered(self, seconds: float, steps: Mapping[str, int]) -> None:
        """The caller's last turn has waited so long for the first audio of an answer; told once for each."""
        last = self._last_turn()
        if last is not None and self.timeline[last].milliseconds is None:
            self.timeline[last] = self.timeline[last].model_copy(
                update={"milliseconds": round(1000 * seconds), "steps": dict(steps)}
            )

    def was_read(self, rules: dict[str, str], model: dict[str, str] | None = None) -> None:
        """What was understood of the caller's last turn; `model` is what the second reader made of it."""
        last = self._last_turn()
        if last is not None:
            read = {"read": rules, "read_again": model or {}}
            self.timeline[last] = self.timeline[last].model_copy(update=read)

    def _last_turn(self) -> int | None:
        return next((i for i in reversed(range(len(self.timeline))) if self.timeline[i].kind is EntryKind.CALLER), None)

    def note(
        self,
        kind: EntryKind,
        text: str,
        at: datetime,
        *,
        detail: str = "",
        milliseconds: int | None = None,
        heard: float | None = None,
        asked: dict[str, str] | None = None,
        answered: dict[str, str] | None = None,
        refused: str = "",
        unsure: tuple[str, ...] = (),
    ) -> None:
        """Adds an entry to the timeline; `at` is aware, all else as in `Entry`."""
        self.timeline.append(
            Entry(
                at=at,
                kind=kind,
                text=text,
                detail=detail,
                milliseconds=milliseconds,
                heard=heard,
                asked=asked or {},
                answered=answered or {},
                refused=refused,
                unsure=unsure,
            )
        )
