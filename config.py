"""The settings of the service, and the check that ends a start with missing ones.

Every setting is an environment variable of the same name in capitals; a blank one counts as missing. Every deadline that
an operator may want to move is one, its unit in its name; what follows from how a part works (a poll, a backstop behind
those deadlines) is a constant beside its code. `validate_config()` is called once, by bot.py at import: it names everything
that is missing or wrong in one message, warns about what is optional, and never prints a secret.
"""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is no traceback, however early.

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from config_forms import days, doubts, hours, pages, ranges, values
from config_forms.env_file import Written, parsed
from config_forms.problems import Problem, lines, of_the_values

logger = logging.getLogger(__name__)

EXIT_CONFIG = 78  # sysexits.h EX_CONFIG: the service was configured wrongly; a restart does not help.
# What the end of the process takes behind DRAIN_SECONDS (server/drain.py), and a margin
ENDING_MARGIN_SECONDS = 25

Secret = Annotated[SecretStr, AfterValidator(lambda value: SecretStr(values.secret(value.get_secret_value())))]
Webhook = Annotated[str, AfterValidator(values.url("http", query=True))]
Origin = Annotated[str, AfterValidator(values.url("http", path=False))]
Phone = Annotated[str, AfterValidator(values.phone)]
Person = Annotated[str, AfterValidator(values.person)]
Word = Annotated[str, AfterValidator(values.word)]
Spoken = Annotated[str, AfterValidator(values.spoken)]
Wait = Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)]  # What a caller waits for
Span = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Pause = Annotated[float, Field(ge=0, le=7 * 24 * 3600, allow_inf_nan=False)]


class Settings(BaseSettings):
    """Everything that can be set; the descriptions are those of docs/settings.md."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True, populate_by_name=True)

    # Required
    openai_api_key: Secret = Field(description="OpenAI key: words the replies that need wording")
    deepgram_api_key: Secret = Field(
        description="Deepgram key: hears the caller (Flux) and speaks when Inworld fails (Aura)"
    )
    inworld_api_key: Secret = Field(description="Inworld key (Basic credential): the first voice")
    twilio_account_sid: Annotated[str, AfterValidator(values.account_sid)] = Field(
        description="Twilio account SID (AC...)"
    )
    twilio_auth_token: Secret = Field(description="Twilio auth token: checks signatures, hangs up calls")
    v2_backend_url: Annotated[str, AfterValidator(values.v2_url)] = Field(
        description="Origin of the V2 backend, such as https://v2.example.com", examples=["https://v2.example.com"]
    )

    # Optional, missing ones are warned about
    v2_api_key: Secret | None = Field(
        None, description="V2's API_SECRET_KEY; without it every tool call is refused (401)"
    )
    dashboard_jobs_url: Webhook | None = Field(
        None,
        examples=["https://dashboard.example.com/api/webhook/jobs"],
        description="Dashboard webhook for jobs and leads (.../api/webhook/jobs)",
    )
    dashboard_calls_url: Webhook | None = Field(
        None,
        examples=["https://dashboard.example.com/api/webhook/calls"],
        description="Dashboard webhook for call records (.../api/webhook/calls)",
    )
    dashboard_alerts_url: Webhook | None = Field(
        None,
        examples=["https://dashboard.example.com/api/webhook/emergency-alerts"],
        description="Dashboard webhook for emergencies (.../api/webhook/emergency-alerts)",
    )
    dashboard_webhook_secret: Secret | None = Field(None, description="The dashboard's WEBHOOK_SECRET")
    dashboard_user_email: Annotated[str, AfterValidator(values.email)] | None = Field(
        None,
        examples=["owner@example.com"],
        description="The dashboard user that owns the records, exact letter case",
    )
    inworld_voice_id: Word = Field("Ashley", description="Voice of Inworld")
    deepgram_tts_voice: Word = Field("aura-2-helena-en", description="Voice of Deepgram Aura")

    # Where the service is
    public_url: Annotated[str, AfterValidator(values.public_url)] | None = Field(
        None,
        examples=["https://app.fly.dev"],
        description="Origin that Twilio sees, such as https://app.fly.dev; signatures are checked against it",
    )
    fly_app_name: Annotated[str, AfterValidator(values.fly_app)] | None = Field(
        None, examples=["ace-phone"], description="Set by Fly; PUBLIC_URL defaults to https://<name>.fly.dev"
    )
    fly_machine_id: str = Field("local", description="Set by Fly: which machine owns work under way")
    host: Annotated[str, AfterValidator(values.host)] = Field("0.0.0.0", description="Address to listen on")  # noqa: S104 - a container's port is published by its host
    port: int = Field(8765, ge=1, le=65535, description="Port to listen on")
    metrics_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        examples=["9091"],
        description="A second port, with /metrics alone and without a token: for a private network",
    )
    data_dir: Annotated[str, AfterValidator(values.folder)] = Field(
        "data", description="Folder of the database and the pre-rendered lines"
    )
    database_url: Annotated[str, AfterValidator(values.database)] | None = Field(
        None,
        examples=["postgresql://user:password@host:5432/name"],
        description="Postgres for more than one machine; default: SQLite in DATA_DIR",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL; DEBUG shows transcripts")
    log_format: Literal["text", "json"] = Field(
        "text",
        description="json: each line is an object with at, level, logger, call_id, message, traceback, and the fields of its event",
    )
    otel_exporter_otlp_endpoint: Annotated[str, AfterValidator(values.url("http"))] | None = Field(
        None,
        examples=["http://localhost:4318"],
        description="A collector of OpenTelemetry: a trace of each call that is over goes there; needs the extra otel",
    )
    verify_twilio: bool = Field(True, description="false turns signature and token checks off, for local use only")
    operator_token: Secret | None = Field(
        None,
        description="What the operator logs in with at /calls; as a bearer token it opens /metrics and what /ready tells",
    )

    # Vendors
    deepgram_base_url: Annotated[str, AfterValidator(values.url("ws", path=False))] = Field(
        "wss://api.deepgram.com", description="Deepgram's websocket origin"
    )
    deepgram_tts_base_url: Origin = Field("https://api.deepgram.com", description="Deepgram's HTTP origin")
    inworld_base_url: Origin = Field("https://api.inworld.ai", description="Inworld's origin")
    openai_base_url: Annotated[str, AfterValidator(values.openai_url)] = Field(
        "https://api.openai.com/v1", description="OpenAI's base URL"
    )
    openai_model: Word = Field("gpt-6-luna", description="OpenAI model; doctor tells when OpenAI is going to end it")
    openai_reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] = Field(
        "none", description="How much a model that can think does before it speaks; more than none is late on a phone"
    )
    twilio_api_base_url: Origin = Field("https://api.twilio.com", description="Twilio's REST origin")
    twilio_phone_number: Phone | None = Field(
        None, examples=["+1XXXXXXXXXX"], description="Our number (+1 and ten digits), for placing test calls"
    )
    fallback_number: Phone | None = Field(
        None, examples=["+1XXXXXXXXXX"], description="A person's number: dialled when a call cannot be served"
    )
    transfer_number: Person | None = Field(
        None,
        examples=["+1XXXXXXXXXX"],
        description="A person's number: dialled for a caller who wants a person; without one they are called back",
    )
    transfer_hours: Annotated[tuple[str, ...], NoDecode, AfterValidator(hours.hours)] = Field(
        (),
        examples=["mon-fri 8-17,sat 9:00-12:30"],
        description="When TRANSFER_NUMBER is dialled, in hours of TIMEZONE; default: the opening hours on OPEN_DAYS",
    )
    transfer_ring_seconds: int = Field(
        20, ge=5, le=60, description="How long it rings there before the caller is back with the agent"
    )
    staff_first_seconds: int = Field(
        0,
        ge=0,
        le=60,
        description="How long TRANSFER_NUMBER rings, in its hours, before the agent answers; 0: not at all",
    )

    # Business
    business_name: Spoken = Field("ACE Cooling", description="Name spoken in the greeting")
    business_city: Spoken = Field("Austin", description="City of the business, as it is spoken")
    business_state: Spoken = Field("Texas", description="The state that it is in, as it is spoken")
    greet_known_callers: Literal["attested", "always", "never"] = Field(
        "attested",
        description="Who hears what is on file for their number: attested (the network vouches for it), always, never",
    )
    service_area_zip_prefixes: Annotated[tuple[str, ...], NoDecode, AfterValidator(values.zip_prefixes)] = Field(
        ("787",), description="Leading digits of the ZIP codes that are served, separated by commas"
    )
    timezone: Annotated[str, AfterValidator(values.zone)] = Field("America/Chicago", description="Zone of the business")
    diagnostic_fee: int = Field(89, ge=0, le=2000, description="Price of a diagnostic visit in dollars")
    disclosure: bool = Field(False, description="Say in the greeting that the caller talks with an automated assistant")
    record_calls: bool = Field(
        False, description="Record calls on the disk of DATA_DIR, each once its caller has heard that it is recorded"
    )
    fee_is_credited: bool = Field(
        True, description="Whether the fee is credited if the repair goes ahead, and said to be"
    )
    technician_calls_ahead_minutes: int = Field(
        30, ge=0, le=240, description="How long before a visit the technician calls, as callers are told; 0: not said"
    )
    open_days: Annotated[tuple[str, ...], NoDecode, AfterValidator(days.open_days)] = Field(
        days.WEEKDAYS, description="Days on which visits are made, separated by commas; spans as well (mon-fri)"
    )
    holidays: Annotated[tuple[str, ...], NoDecode, AfterValidator(days.holidays)] = Field(
        (),
        examples=["thanksgiving,12-25,2026-12-26"],
        description="Days on which none are made: dates, days of every year (12-25), names (thanksgiving)",
    )
    opening_hour: int = Field(9, ge=0, le=23, description="First visit starts, local hour")
    closing_hour: int = Field(18, ge=1, le=24, description="Visits end, local hour; the last one starts an hour before")
    emergency_callback_minutes: int = Field(
        15, ge=1, le=1440, description="Promise recorded with an emergency alert (not spoken)"
    )
    owner_phone: Phone | None = Field(
        None,
        examples=["+1XXXXXXXXXX"],
        description="The owner's mobile: texted about a danger, a callback that V2 does not know of, a part that is lost",
    )
    text_callers: bool = Field(
        False,
        description="Offer callers a text about a visit that was booked, moved or cancelled, and a callback; one after a yes",
    )
    alert_after_minutes: float = Field(
        10,
        ge=1,
        le=1440,
        allow_inf_nan=False,
        description="How long the service may lack a part before OWNER_PHONE is texted, and how long it is over before that is",
    )
    lead_on_silent_call: bool = Field(False, description="Post a lead for callers who never said a word")
    twilio_second_auth_token: Secret | None = Field(
        None, description="A second token whose signatures count, while the first is rotated at Twilio"
    )
    allow_mock_bookings: bool = Field(False, description="Accept V2's apt_ ids as bookings; development only")

    # Limits
    max_calls: int = Field(
        40,
        ge=1,
        le=1000,
        description="Live calls at once, however many the machine can serve; above it callers hear an apology or are"
        " forwarded",
    )
    max_calls_per_number: int = Field(
        3, ge=1, le=1000, description="Live calls of one number at once, on each machine; above it as above MAX_CALLS"
    )
    max_hourly_calls_per_number: int = Field(20, ge=1, le=10000, description="The same for all its calls in an hour")
    max_late_seconds: Span = Field(
        0.25,
        description="How late the process may be on average; above it no new call is taken, as above MAX_CALLS",
    )
    max_core_share: float = Field(
        0.45,
        ge=0,
        le=10,
        description="Of a core, how much live calls may take, as they have so far; above it as above MAX_CALLS, 0: any",
    )
    max_turns_per_state: int = Field(
        5, ge=1, le=1000, description="Caller turns in one state before a callback is arranged"
    )
    max_turns_per_call: int = Field(
        30, ge=1, le=1000, description="Caller turns in one call before it ends with a callback"
    )
    max_call_seconds: float = Field(
        900, gt=0, le=14400, allow_inf_nan=False, description="Longest call; Twilio ends each after four hours"
    )
    max_message_bytes: int = Field(65536, ge=1024, le=1 << 24, description="Largest websocket message that is accepted")
    stream_token_seconds: Span = Field(60, description="How long a stream token of /twiml is good")
    max_resumes: int = Field(
        2, ge=0, le=20, description="How often a call that broke off is brought back before a callback"
    )
    drain_seconds: float = Field(
        240, ge=0, le=14400, allow_inf_nan=False, description="How long live calls may go on after SIGTERM"
    )
    kill_timeout_seconds: float = Field(
        300,
        gt=0,
        le=14400,
        allow_inf_nan=False,
        description="How long the platform waits after SIGTERM: kill_timeout of fly.toml",
    )
    same_caller_minutes: float = Field(
        30,
        ge=0,
        le=1440,
        allow_inf_nan=False,
        description="A call this soon after another from the same number may go on from it; 0: never",
    )
    retention_days: int = Field(30, ge=1, le=3650, description="Rows and snapshots are deleted after this")
    recording_days: int = Field(
        30, ge=1, le=3650, description="Recordings are deleted after this, and with the rows of their calls"
    )

    # Deadlines
    llm_first_words_seconds: Wait = Field(
        1.0, description="Model: longest wait for its first sentence to begin, and between words"
    )
    llm_first_sentence_seconds: Wait = Field(
        1.3,
        description="Model: longest wait for a whole sentence, for the first one with the second reader before it",
    )
    llm_total_seconds: Wait = Field(6.0, description="Model: longest reply")
    second_reader_seconds: Wait = Field(
        0.6, description="Model: time budget of its reading of what the rules leave open of a turn"
    )
    tts_connect_seconds: Wait = Field(1.0, description="Voices: longest TCP connect")
    tts_first_audio_seconds: Wait = Field(1.2, description="First voice: longest wait for audio")
    tts_second_first_audio_seconds: Wait = Field(1.5, description="Second voice: longest wait for audio")
    tts_stall_seconds: Wait = Field(1.0, description="Voices: longest gap inside a sentence")
    stt_connect_seconds: Wait = Field(
        1.0, description="Deepgram: longest handshake, its confirmation included, and longest send"
    )
    stt_retry_seconds: Wait = Field(0.3, description="Deepgram: pause before the next try to connect")
    stt_recovery_seconds: Wait = Field(
        3.0, description="Deepgram: longest time without a connection before it is given up"
    )
    deaf_seconds: Wait = Field(
        2.0, description="Deepgram: audio without any event, before it is connected anew or given up"
    )
    stuck_turn_seconds: Wait = Field(
        2.2, description="Deepgram: silence of the caller after which we end a turn that it has not ended"
    )
    force_end_seconds: Wait = Field(
        0.4, description="Deepgram: longest wait for the end of a turn that we ended, before it is connected anew"
    )
    empty_turn_seconds: Wait = Field(1.0, description="A caller turn without words is over this long after its end")
    lookup_seconds: Wait = Field(3.5, description="V2: caller and booking lookups")
    booking_seconds: Wait = Field(8.0, description="V2: booking, moving and cancelling")
    callback_seconds: Wait = Field(5.0, description="V2: callbacks and alerts")
    filler_first_seconds: Wait = Field(1.0, description="Silence before a filler line while a tool runs")
    filler_again_seconds: Wait = Field(3.0, description="Silence before the next filler line")
    caller_silence_seconds: Wait = Field(8.0, description="Silence of the caller before we ask whether they are there")
    hold_seconds: Span = Field(40.0, description="The same for one who asked us to hold on")
    open_turn_seconds: Span = Field(30.0, description="A caller turn that has not ended after this counts as silence")
    keypad_seconds: Wait = Field(2.0, description="Pause after which keypad digits count as complete")
    goodbye_mark_seconds: Wait = Field(
        1.2, description="Longest wait for the last line to be reported as played, once all of it was sent"
    )
    hangup_pause_seconds: float = Field(
        1.0,
        ge=0,
        le=60,
        allow_inf_nan=False,
        description="Pause between the last word and the hang-up, so that a caller can still speak",
    )
    hangup_request_seconds: Wait = Field(
        1.5, description="Twilio: longest hang-up, until the stream has ended; then we end it"
    )
    pipeline_setup_seconds: Wait = Field(5.0, description="Longest set-up of a call")
    stream_start_seconds: Wait = Field(
        5.0, description="Longest wait for Twilio's start message, and for the head and for the form of a request"
    )
    line_silent_seconds: Span = Field(
        10.0, description="Twilio: a stream that sends nothing, or takes no audio, for this long is broken"
    )
    snapshot_seconds: Wait = Field(
        0.5, description="Longest wait of a caller for the database; then the call goes on without it"
    )
    database_seconds: Wait = Field(
        3.0, description="Longest statement of the database; then it is away, and every call goes on without it"
    )
    memory_seconds: Wait = Field(
        1.0, description="Longest wait for what the database knows of a number; then nothing is known"
    )
    resume_wait_seconds: Wait = Field(
        2.0, description="Longest wait for the end of a broken stream before the caller is asked to hold on"
    )

    # Breakers and delivery
    breaker_failures: int = Field(3, ge=1, le=100, description="Consecutive failures that open a circuit breaker")
    breaker_cooldown_seconds: Span = Field(60, description="How long an open breaker lets nothing through")
    dashboard_timeout_seconds: Span = Field(
        65, description="Dashboard: longest request; more than its own 60 s, or a repeat makes a second lead"
    )
    dashboard_retry_seconds: Pause = Field(2.0, description="Dashboard: pause before the one retry")
    delivery_pauses_seconds: Annotated[tuple[Pause, ...], NoDecode, Field(min_length=1)] = Field(
        (30, 120, 600, 1800, 3600, *(10800.0,) * 24),
        examples=["30,120,600"],
        description="Pauses of later deliveries, separated by commas; after the last one (three days) a record is parked",
    )
    resume_window_seconds: Span = Field(
        120, description="How long a broken call may resume before its lead is delivered"
    )
    liveness_seconds: Span = Field(10, description="How often a machine tells the others that it lives")
    machine_lost_seconds: Span = Field(
        60, description="A machine that has not told so for this long is lost, and its work is adopted"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Takes values from the constructor alone: `load()` hands over the environment, tests hand over theirs."""
        return (init_settings,)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_missing(cls, values: dict[str, Any]) -> dict[str, Any]:
        stripped = {k.lower(): v.strip() if isinstance(v, str) else v for k, v in values.items()}
        return {k: v for k, v in stripped.items() if v != ""}

    @field_validator(
        "service_area_zip_prefixes", "open_days", "holidays", "transfer_hours", "delivery_pauses_seconds", mode="before"
    )
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _level_or_info(cls, value: object) -> object:
        return log_level(str(value))

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the business."""
        return ZoneInfo(self.timezone)

    @property
    def origin(self) -> str:
        """What Twilio sees, without a trailing slash: PUBLIC_URL, else Fly's name, else this machine."""
        if self.public_url:
            return self.public_url
        return f"https://{self.fly_app_name}.fly.dev" if self.fly_app_name else f"http://127.0.0.1:{self.port}"

    @property
    def behind_fly(self) -> bool:
        """Whether Fly's proxy stands before the service, so that every connection comes from there."""
        return bool(self.fly_machine_id != Settings.model_fields["fly_machine_id"].default)

    @property
    def stream_url(self) -> str:
        """The websocket address in TwiML; Twilio signs exactly this text (pipecat.md 11)."""
        return "ws" + self.origin.removeprefix("http") + "/ws/twilio"

    @property
    def dashboard_configured(self) -> bool:
        """Whether records can be delivered at all: three addresses, the secret and the user."""
        return all((self.dashboard_jobs_url, self.dashboard_calls_url, self.dashboard_alerts_url,
                    self.dashboard_webhook_secret, self.dashboard_user_email))  # fmt: skip


REQUIRED = tuple(name.upper() for name, field in Settings.model_fields.items() if field.is_required())
WARN_WHEN_MISSING = {
    "DASHBOARD_JOBS_URL": "leads and jobs are kept, not delivered",
    "DASHBOARD_CALLS_URL": "call records are kept, not delivered",
    "DASHBOARD_ALERTS_URL": "emergency alerts are kept, not delivered",
    "DASHBOARD_WEBHOOK_SECRET": "records are kept, not delivered",
    "DASHBOARD_USER_EMAIL": "records are kept, not delivered",
    "V2_API_KEY": "V2 will refuse every lookup, booking and callback with 401",
    "INWORLD_VOICE_ID": "using the default voice",
    "DEEPGRAM_TTS_VOICE": "using the default voice",
}
# What stands first in .env.example: with these filled in a business is on the phone.
MINIMAL = (
    "openai_api_key",
    "deepgram_api_key",
    "inworld_api_key",
    "twilio_account_sid",
    "twilio_auth_token",
    "v2_backend_url",
    "v2_api_key",
    "public_url",
    "twilio_phone_number",
    "fallback_number",
    "business_name",
    "service_area_zip_prefixes",
)
# The first setting of each part of .env.example and of docs/settings.md.
SECTIONS = {
    "openai_api_key": "Required: without these the service does not start",
    "v2_api_key": "Optional: the service warns and goes on without them",
    "public_url": "Where the service is",
    "deepgram_base_url": "Vendors",
    "business_name": "The business",
    "max_calls": "Limits",
    "llm_first_words_seconds": "Deadlines",
    "breaker_failures": "Circuit breakers and delivery",
}
MISSING = "missing"  # In the place of a required key, where none is needed
SHORTEST_TOKEN = 16
DASHBOARD_SECONDS = 60  # The dashboard's own limit (contract.md 0.10)
FLY_KILL_SECONDS = 300  # Fly's longest kill_timeout
# From here on an unknown name is a known one with a slip: in an environment, which holds the names of others, in one that
# lacks a required setting, and in a file, where there are only ours.
_ALIKE, _ALIKE_A_MISSING_ONE, _ALIKE_IN_A_FILE = 0.87, 0.8, 0.6


class ConfigError(ValueError):
    """Raised when settings are missing or wrong; the message lists all of them, a line for each that is wrong."""


def load(environ: Mapping[str, str]) -> Settings:
    """Reads the settings from `environ`.

    Raises:
        ConfigError: names every required variable that is missing or blank, and says of every value what is wrong
            with it, alone or beside the others.
    """
    known = {name: environ[name.upper()] for name in Settings.model_fields if name.upper() in environ}
    missing: list[str] = []
    wrong: list[Problem] = []
    try:
        settings = Settings(**known)  # type: ignore[arg-type]
    except ValidationError as error:
        missing, wrong = of_the_values(error, Settings.model_fields)
        settings = _without(known, {name for problem in wrong for name in problem.names})
    of_none = {*missing, *(name for problem in wrong for name in problem.names)}
    wrong += [problem for problem in _problems(settings) if not of_none & set(problem.names)]
    if missing or wrong:
        raise ConfigError("\n".join((*lines(missing, wrong), *_meant(missing, environ))))
    return settings


def _meant(missing: Sequence[str], environ: Mapping[str, str]) -> Iterator[str]:
    """What is there under another name than that of a missing setting, a line for each."""
    others = [name for name, value in environ.items() if value.strip() and name.lower() not in Settings.model_fields]
    for name in missing:
        for other in get_close_matches(name, others, 1, _ALIKE_A_MISSING_ONE):
            yield f"{other} is no setting, and has no effect: did you mean {name}?"


def load_some(environ: Mapping[str, str], needed: Iterable[str]) -> Settings:
    """Reads the settings for what needs these alone, by their names in capitals; the required keys may be missing.

    In the place of what is missing or wrong of the others is something that is worth nothing.

    Raises:
        ConfigError: says of every one that is needed what is wrong with it.
    """
    known = {name: environ[name.upper()] for name in Settings.model_fields if name.upper() in environ}
    try:
        return Settings(**known)  # type: ignore[arg-type]
    except ValidationError as error:
        _, wrong = of_the_values(error, Settings.model_fields)
    if ours := [problem for problem in wrong if set(problem.names) & set(needed)]:
        raise ConfigError("\n".join(problem.line for problem in ours))
    return _without(known, {name for problem in wrong for name in problem.names})


def _without(known: Mapping[str, str], wrong: set[str]) -> Settings:
    """The settings as far as they are right, so that those can be held against each other."""
    right = {name: value for name, value in known.items() if name.upper() not in wrong and value.strip()}
    stand_in = {name.lower(): MISSING for name in REQUIRED}
    stand_in |= {"twilio_account_sid": "AC" + "0" * 32, "v2_backend_url": "http://127.0.0.1"}
    return Settings(**(stand_in | right))  # type: ignore[arg-type]


def _problems(settings: Settings) -> Iterator[Problem]:
    """What makes a service that starts and serves nobody: settings that contradict each other or their place."""
    s = settings
    if s.opening_hour >= s.closing_hour:
        yield Problem(
            ("OPENING_HOUR", "CLOSING_HOUR"),
            f"({s.opening_hour}) has to be before CLOSING_HOUR ({s.closing_hour}); for example OPENING_HOUR=9",
        )
    if s.metrics_port == s.port:
        yield Problem(
            ("METRICS_PORT", "PORT"),
            f"is PORT itself, which everybody reaches; for example METRICS_PORT={9091 if s.port != 9091 else 9092}",
        )
    yield from _problems_of_numbers(s)
    if repeated := _repeated(s):
        yield Problem(repeated, f"is the address of {repeated[1]} as well: each of the three records has its own")
    if ourselves := _asked_of_ourselves(s):
        yield Problem((ourselves,), "is this service itself (PUBLIC_URL): the address of the other one")
    if s.drain_seconds + ENDING_MARGIN_SECONDS > s.kill_timeout_seconds:
        yield Problem(
            ("DRAIN_SECONDS", "KILL_TIMEOUT_SECONDS"),
            f"({s.drain_seconds:g}) and {ENDING_MARGIN_SECONDS} s for the end are more than KILL_TIMEOUT_SECONDS "
            f"({s.kill_timeout_seconds:g}), so that live calls are killed; for example DRAIN_SECONDS=240",
        )
    if s.machine_lost_seconds < 2 * s.liveness_seconds:
        yield Problem(
            ("MACHINE_LOST_SECONDS", "LIVENESS_SECONDS"),
            f"({s.machine_lost_seconds:g}) has to be at least twice LIVENESS_SECONDS ({s.liveness_seconds:g}), or a "
            "machine that lives counts as lost; for example MACHINE_LOST_SECONDS=60",
        )
    if not s.verify_twilio and s.public_url and values.in_public(s.public_url):
        yield Problem(
            ("VERIFY_TWILIO", "PUBLIC_URL"), "is false, and PUBLIC_URL is in public: anyone could place calls"
        )
    if s.fly_app_name or s.behind_fly:
        yield from _problems_at_fly(s)


def _problems_of_numbers(s: Settings) -> Iterator[Problem]:
    persons = {"FALLBACK_NUMBER": s.fallback_number, "TRANSFER_NUMBER": s.transfer_number}
    for name in (name for name, number in persons.items() if number and number == s.twilio_phone_number):
        yield Problem(
            (name, "TWILIO_PHONE_NUMBER"),
            "is TWILIO_PHONE_NUMBER itself, so that we would ring ourselves: a person's number, or none",
        )
    texted = {
        "OWNER_PHONE": (s.owner_phone, "is texted from TWILIO_PHONE_NUMBER"),
        "TEXT_CALLERS": (s.text_callers, "is true, and callers are texted from TWILIO_PHONE_NUMBER"),
    }
    for name, (wanted, how) in texted.items():
        if wanted and not s.twilio_phone_number:
            yield Problem(
                (name, "TWILIO_PHONE_NUMBER"), f"{how}, which is not set; for example TWILIO_PHONE_NUMBER=+15125550100"
            )
    if s.owner_phone and s.owner_phone == s.twilio_phone_number:
        yield Problem(
            ("OWNER_PHONE", "TWILIO_PHONE_NUMBER"),
            "is TWILIO_PHONE_NUMBER itself, so that we would text ourselves: the owner's mobile, or none",
        )


def _asked_of_ourselves(s: Settings) -> str | None:
    """An address that we ask, and that is our own; one below it may be a proxy's, and none of the dashboard's is."""
    asked = [
        name for name in Settings.model_fields if name.endswith("_url") and name not in ("public_url", "database_url")
    ]
    for name in asked:
        url, ours = str(getattr(s, name)).lower(), s.origin.lower()
        if url == ours or (name.startswith("dashboard_") and s.public_url and url.startswith(f"{ours}/")):
            return name.upper()
    return None


def _problems_at_fly(s: Settings) -> Iterator[Problem]:
    if s.kill_timeout_seconds > FLY_KILL_SECONDS:
        yield Problem(
            ("KILL_TIMEOUT_SECONDS",),
            f"({s.kill_timeout_seconds:g}) is longer than Fly waits; for example KILL_TIMEOUT_SECONDS=300",
        )
    if not s.fly_app_name and not s.public_url and s.verify_twilio:
        yield Problem(
            ("PUBLIC_URL", "FLY_APP_NAME"),
            "is needed, since FLY_APP_NAME does not name the app either: Twilio's signatures are checked against it; "
            "for example PUBLIC_URL=https://app.fly.dev",
        )
    if not s.fly_app_name:
        return
    if not s.verify_twilio:
        yield Problem(("VERIFY_TWILIO",), "is false, so that anyone could place calls: at Fly it has to be true")
    if s.allow_mock_bookings:
        why = "is true, so that callers are told of visits that are in no calendar: at Fly it has to be false"
        yield Problem(("ALLOW_MOCK_BOOKINGS",), why)
    if s.host in ("localhost", "::1") or s.host.startswith("127."):
        yield Problem(("HOST",), "is this machine alone, where Fly's proxy reaches nothing; for example HOST=0.0.0.0")


def _repeated(s: Settings) -> tuple[str, ...]:
    """Two of the dashboard's addresses that are one."""
    seen: dict[str, str] = {}
    for name in ("DASHBOARD_JOBS_URL", "DASHBOARD_CALLS_URL", "DASHBOARD_ALERTS_URL"):
        url = getattr(s, name.lower())
        if url and url in seen:
            return name, seen[url]
        seen[url or ""] = name
    return ()


def warnings(settings: Settings, environ: Mapping[str, str], written: Sequence[Written] = ()) -> list[str]:
    """What the service starts with and its operator ought to know, one line each; `written`: in a file, all for us."""
    unset = [
        f"{name} is not set: {consequence}"
        for name, consequence in WARN_WHEN_MISSING.items()
        if not environ.get(name, "").strip()
    ]
    told = (
        *_doubts_about_the_place(settings),
        *_doubts_about_names_of_places(settings),
        *_doubts_about_the_account(settings),
        *_doubts_about_the_times(settings),
        *doubts.doubts(settings),
        *unusual(settings),
        *_doubts_about_names(environ, written),
    )
    return [*unset, *(problem.line for problem in told)]


def _doubts_about_the_place(s: Settings) -> Iterator[Problem]:
    if s.verify_twilio and not s.public_url and not s.fly_app_name:
        yield Problem(
            ("PUBLIC_URL",),
            f"is not set: signatures are checked against {s.origin}, so every call of Twilio's will be refused (403); "
            "for example PUBLIC_URL=https://app.fly.dev",
        )
    if not s.verify_twilio:
        yield Problem(("VERIFY_TWILIO",), "is false: ANYONE CAN PLACE CALLS TO THIS SERVICE. For local use only")
    if s.log_level == "DEBUG" and s.fly_app_name:
        yield Problem(("LOG_LEVEL",), "is DEBUG: what callers say stands in the log")
    token = s.operator_token.get_secret_value() if s.operator_token else ""
    if token and len(token) < SHORTEST_TOKEN:
        yield Problem(("OPERATOR_TOKEN",), f"is short: it can be guessed; {SHORTEST_TOKEN} characters or more")
    if s.twilio_second_auth_token == s.twilio_auth_token:
        yield Problem(("TWILIO_SECOND_AUTH_TOKEN",), "is TWILIO_AUTH_TOKEN itself: it has no effect")
    if not s.deepgram_tts_voice.startswith("aura"):
        yield Problem(
            ("DEEPGRAM_TTS_VOICE",), "is no voice of Aura, as far as its name tells: there may be no second voice"
        )


def _doubts_about_names_of_places(s: Settings) -> Iterator[Problem]:
    if s.public_url == "https://app.fly.dev":
        yield Problem(("PUBLIC_URL",), "is that of the example: is your app called so?")
    elif s.public_url and not (values.on_loopback(s.public_url) or values.in_public(s.public_url)):
        yield Problem(
            ("PUBLIC_URL",), "is no name of the internet's: Twilio reaches this service only if it is known there"
        )
    if not values.has_a_place(s.timezone):
        yield Problem(
            ("TIMEZONE",), f"({s.timezone}) names no place, whose clocks change; for example TIMEZONE=America/Chicago"
        )


def _doubts_about_the_account(s: Settings) -> Iterator[Problem]:
    for name, value in s:
        if isinstance(value, SecretStr) and "://" in value.get_secret_value():
            yield Problem((name.upper(),), "is an address: the key itself belongs there")
    if not values.is_account_sid(s.twilio_account_sid):
        yield Problem(
            ("TWILIO_ACCOUNT_SID",),
            "is not AC and 32 of 0-9 and a-f: Twilio knows no such account and hangs up no call",
        )


def _doubts_about_the_times(s: Settings) -> Iterator[Problem]:
    in_order = (
        ("llm_first_words_seconds", "llm_first_sentence_seconds"),
        ("llm_first_sentence_seconds", "llm_total_seconds"),
        ("stt_connect_seconds", "stt_recovery_seconds"),
        ("snapshot_seconds", "database_seconds"),
        ("resume_wait_seconds", "resume_window_seconds"),
        ("caller_silence_seconds", "hold_seconds"),
        ("max_turns_per_state", "max_turns_per_call"),
    )
    for shorter, longer in in_order:
        if getattr(s, shorter) > getattr(s, longer):
            yield Problem((shorter.upper(),), f"is more than {longer.upper()}, which cuts it short")
    if s.dashboard_timeout_seconds <= DASHBOARD_SECONDS:
        yield Problem(
            ("DASHBOARD_TIMEOUT_SECONDS",),
            f"is not more than the dashboard's own {DASHBOARD_SECONDS} s: a repeat makes a second lead",
        )
    if s.retention_days * 24 * 3600 < sum(s.delivery_pauses_seconds):
        yield Problem(("RETENTION_DAYS",), "is less than DELIVERY_PAUSES_SECONDS together: records are deleted unsent")
    if s.record_calls and s.recording_days > s.retention_days:
        yield Problem(("RECORDING_DAYS",), "is more than RETENTION_DAYS: a recording is deleted with its call")
    if not s.diagnostic_fee and s.fee_is_credited:
        yield Problem(("FEE_IS_CREDITED",), "is true, and DIAGNOSTIC_FEE is 0: callers hear that nothing is credited")


def unusual(settings: Settings) -> Iterator[Problem]:
    """The deadlines and limits with which every call is ruined, or callers meet a long silence."""
    defaults = {name: Settings.model_fields[name].default for name in ranges.RANGES}
    yield from ranges.unusual(settings.model_dump(include=set(defaults)), defaults)
    if settings.openai_reasoning_effort not in ("none", "minimal", "low"):
        yield Problem(
            ("OPENAI_REASONING_EFFORT",),
            f"({settings.openai_reasoning_effort}) lets the model think for longer than callers wait; the default is none",
        )


def _doubts_about_names(environ: Mapping[str, str], written: Sequence[Written]) -> Iterator[Problem]:
    if environ.get("DASHBOARD_WEBHOOK_URL", "").strip():
        yield Problem(
            ("DASHBOARD_WEBHOOK_URL",),
            "is retired and ignored: set DASHBOARD_JOBS_URL, DASHBOARD_CALLS_URL and DASHBOARD_ALERTS_URL",
        )
    ours = [name.upper() for name in Settings.model_fields]
    lines = {entry.name: entry.line for entry in written}
    unknown = {name for name in {*environ, *lines} if not name.startswith("OTEL_")}  # OpenTelemetry's own read those.
    for name in sorted(unknown - {*ours, "DASHBOARD_WEBHOOK_URL"}):
        meant = get_close_matches(name.upper(), ours, 1, _ALIKE_IN_A_FILE if name in lines else _ALIKE)
        place = f" (line {lines[name]} of the file)" if name in lines else ""
        if meant and (place or not name.startswith("FLY_")):
            yield Problem((name,), f"is no setting, and has no effect{place}: did you mean {meant[0]}?")
        elif place:
            yield Problem((name,), f"is no setting, and has no effect{place}: take it out, or correct its name")
    for entry in written:
        if entry.line != lines[entry.name]:
            yield Problem(
                (entry.name,), f"stands in line {entry.line} of the file, where line {lines[entry.name]} counts"
            )


def of_the_file(path: str | Path) -> list[Written]:
    """What a .env file sets, line by line.

    Raises:
        ConfigError: one line, with the line of the file if that is what cannot be read.
        FileNotFoundError: there is none.
    """
    try:
        return parsed(Path(path).read_bytes())
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(f"{path} {error}") from None


def take_in(environ: MutableMapping[str, str], path: str | Path = ".env") -> list[Written]:
    """Adds to the environment what the file sets and it does not, and returns the file's lines; none is no mistake.

    A blank value of the environment sets nothing, here as elsewhere.

    Raises:
        ConfigError: the file cannot be read; nothing of it was taken.
    """
    try:
        written = of_the_file(path)
    except FileNotFoundError:
        return []
    for name, value in {entry.name: entry.value for entry in written}.items():
        if not environ.get(name, "").strip():
            environ[name] = value
    return written


def validate_config(
    environ: MutableMapping[str, str] | None = None,
    file: str | Path | None = None,
    log_format: Callable[[str], object] = lambda name: None,
) -> Settings:
    """Returns the settings, or ends the process with one message that lists everything that is missing or wrong.

    Args:
        environ: What is set; the process' own environment if not given.
        file: A .env file whose settings are added, as far as `environ` has none.
        log_format: Told of LOG_FORMAT, right or wrong, before a line is written: what is wrong is told in it as well.
    """
    environ = os.environ if environ is None else environ
    try:
        try:
            written = take_in(environ, file) if file else []
        finally:
            log_format(environ.get("LOG_FORMAT", "").strip())
        settings = load(environ)
    except ConfigError as error:
        for line in str(error).splitlines():
            logger.critical("%s", line)
        sys.exit(EXIT_CONFIG)
    for line in warnings(settings, environ, written):
        logger.warning("%s", line)
    return settings


def log_level(value: str | None) -> str:
    """The level for `value`: one of logging's five names in any case; a wrong one falls back to INFO with a warning."""
    level = (value or "").strip().upper() or "INFO"
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        logger.warning("LOG_LEVEL %r is none of DEBUG, INFO, WARNING, ERROR, CRITICAL: using INFO", value)
        return "INFO"
    return level


def secret_values(settings: Settings) -> tuple[str, ...]:
    """Everything that no log line may contain: the secrets, and the password inside DATABASE_URL."""
    secrets = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    password = urlsplit(settings.database_url or "").password or ""
    return tuple(v for v in (*secrets, password, unquote(password)) if v and v != MISSING)


def env_example() -> str:
    """The text of .env.example."""
    return pages.env_example(Settings.model_fields, MINIMAL, SECTIONS, {name.lower() for name in WARN_WHEN_MISSING})


def markdown() -> str:
    """The tables of docs/settings.md."""
    return pages.markdown(Settings.model_fields, SECTIONS)


def check(environ: MutableMapping[str, str], file: str) -> int:
    """Says on stderr what the start would say of `environ` and the file; returns the start's exit code."""
    logging.basicConfig(format="%(levelname)s: %(message)s")
    try:
        validate_config(environ, file)
    except SystemExit:
        return EXIT_CONFIG
    sys.stdout.write("The settings are right.\n")
    return 0


def main(arguments: list[str]) -> int:
    """`python -m config --env-example | --markdown | --check [FILE]`: prints the settings for people, or checks them.

    Checked is what the service would start with here: the environment, and .env beside it. FILE: that file alone.
    """
    match arguments:
        case ["--env-example"]:
            sys.stdout.write(env_example())
        case ["--markdown"]:
            sys.stdout.write(markdown())
        case ["--check"]:
            return check(dict(os.environ), ".env")
        case ["--check", path] if os.path.exists(path):
            return check({}, path)
        case _:
            sys.stderr.write("usage: python -m config --env-example | --markdown | --check [FILE]\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
