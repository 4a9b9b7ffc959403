"""The settings of the service, and the check that ends a start with missing ones.

Every setting is an environment variable of the same name in capitals; a blank one counts as missing. Every deadline that
an operator may want to move is one, its unit in its name; what follows from how a part works (a poll, a backstop behind
those deadlines) is a constant beside its code. `validate_config()` is called once, by bot.py at import: it names everything
that is missing or wrong in one message, warns about what is optional, and never prints a secret.
"""

import logging
import os
import sys
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

logger = logging.getLogger(__name__)

EXIT_CONFIG = 78  # sysexits.h EX_CONFIG: the service was configured wrongly; a restart does not help.


class Settings(BaseSettings):
    """Everything that can be set; the descriptions are those of docs/settings.md."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True, populate_by_name=True)

    # Required
    openai_api_key: SecretStr = Field(description="OpenAI key: words the replies that need wording")
    deepgram_api_key: SecretStr = Field(
        description="Deepgram key: hears the caller (Flux) and speaks when Inworld fails (Aura)"
    )
    inworld_api_key: SecretStr = Field(description="Inworld key (Basic credential): the first voice")
    twilio_account_sid: str = Field(description="Twilio account SID (AC...)")
    twilio_auth_token: SecretStr = Field(description="Twilio auth token: checks signatures, hangs up calls")
    v2_backend_url: str = Field(description="Origin of the V2 backend, such as https://v2.example.com")

    # Optional, missing ones are warned about
    v2_api_key: SecretStr | None = Field(
        None, description="V2's API_SECRET_KEY; without it every tool call is refused (401)"
    )
    dashboard_jobs_url: str | None = Field(
        None, description="Dashboard webhook for jobs and leads (.../api/webhook/jobs)"
    )
    dashboard_calls_url: str | None = Field(
        None, description="Dashboard webhook for call records (.../api/webhook/calls)"
    )
    dashboard_alerts_url: str | None = Field(
        None, description="Dashboard webhook for emergencies (.../api/webhook/emergency-alerts)"
    )
    dashboard_webhook_secret: SecretStr | None = Field(None, description="The dashboard's WEBHOOK_SECRET")
    dashboard_user_email: str | None = Field(
        None, description="The dashboard user that owns the records, exact letter case"
    )
    inworld_voice_id: str = Field("Ashley", description="Voice of Inworld")
    deepgram_tts_voice: str = Field("aura-2-helena-en", description="Voice of Deepgram Aura")

    # Where the service is
    public_url: str | None = Field(
        None, description="Origin that Twilio sees, such as https://app.fly.dev; signatures are checked against it"
    )
    fly_app_name: str | None = Field(None, description="Set by Fly; PUBLIC_URL defaults to https://<name>.fly.dev")
    fly_machine_id: str = Field("local", description="Set by Fly: which machine owns work under way")
    host: str = Field("0.0.0.0", description="Address to listen on")  # noqa: S104 - a container's port is published by its host
    port: int = Field(8765, ge=1, le=65535, description="Port to listen on")
    data_dir: str = Field("data", description="Folder of the database and the pre-rendered lines")
    database_url: str | None = Field(
        None, description="Postgres for more than one machine; default: SQLite in DATA_DIR"
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL; DEBUG shows transcripts")
    verify_twilio: bool = Field(True, description="false turns signature and token checks off, for local use only")
    operator_token: SecretStr | None = Field(
        None, description="Bearer token that shows the operator details of the service"
    )

    # Vendors
    deepgram_base_url: str = Field("wss://api.deepgram.com", description="Deepgram's websocket origin")
    deepgram_tts_base_url: str = Field("https://api.deepgram.com", description="Deepgram's HTTP origin")
    inworld_base_url: str = Field("https://api.inworld.ai", description="Inworld's origin")
    openai_base_url: str = Field("https://api.openai.com/v1", description="OpenAI's base URL")
    openai_model: str = Field("gpt-6-luna", description="OpenAI model; doctor tells when OpenAI is going to end it")
    openai_reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] = Field(
        "none", description="How much a model that can think does before it speaks; more than none is late on a phone"
    )
    twilio_api_base_url: str = Field("https://api.twilio.com", description="Twilio's REST origin")
    twilio_phone_number: str | None = Field(None, description="Our number, for placing test calls")
    fallback_number: str | None = Field(None, description="A person's number: dialled when a call cannot be served")

    # Business
    business_name: str = Field("ACE Cooling", description="Name spoken in the greeting")
    greet_known_callers: Literal["attested", "always", "never"] = Field(
        "attested",
        description="Who hears what is on file for their number: attested (the network vouches for it), always, never",
    )
    service_area_zip_prefixes: Annotated[tuple[str, ...], NoDecode] = Field(
        ("787",), description="Leading digits of the ZIP codes that are served, separated by commas"
    )
    timezone: str = Field("America/Chicago", description="Zone of the business")
    diagnostic_fee: int = Field(89, ge=0, description="Price of a diagnostic visit in dollars")
    opening_hour: int = Field(9, ge=0, le=23, description="First visit starts, local hour")
    closing_hour: int = Field(18, ge=1, le=24, description="Visits end, local hour; the last one starts an hour before")
    emergency_callback_minutes: int = Field(
        15, ge=1, description="Promise recorded with an emergency alert (not spoken)"
    )
    lead_on_silent_call: bool = Field(False, description="Post a lead for callers who never said a word")
    twilio_second_auth_token: SecretStr | None = Field(
        None, description="A second token whose signatures count, while the first is rotated at Twilio"
    )
    allow_mock_bookings: bool = Field(False, description="Accept V2's apt_ ids as bookings; development only")

    # Limits
    max_calls: int = Field(
        16, ge=1, description="Live calls at once; above it callers hear an apology or are forwarded"
    )
    max_calls_per_number: int = Field(
        3, ge=1, description="Live calls of one number at once, on each machine; above it as above MAX_CALLS"
    )
    max_hourly_calls_per_number: int = Field(20, ge=1, description="The same for all its calls in an hour")
    max_late_seconds: float = Field(
        0.25,
        gt=0,
        description="How late the process may be on average; above it no new call is taken, as above MAX_CALLS",
    )
    max_turns_per_state: int = Field(5, ge=1, description="Caller turns in one state before a callback is arranged")
    max_turns_per_call: int = Field(30, ge=1, description="Caller turns in one call before it ends with a callback")
    max_call_seconds: float = Field(900, gt=0, description="Longest call")
    max_message_bytes: int = Field(65536, ge=1024, description="Largest websocket message that is accepted")
    stream_token_seconds: float = Field(60, gt=0, description="How long a stream token of /twiml is good")
    max_resumes: int = Field(2, ge=0, description="How often a call that broke off is brought back before a callback")
    drain_seconds: float = Field(240, ge=0, description="How long live calls may go on after SIGTERM")
    same_caller_minutes: float = Field(
        30, ge=0, description="A call this soon after another from the same number may go on from it; 0: never"
    )
    retention_days: int = Field(30, ge=1, description="Rows and snapshots are deleted after this")

    # Deadlines
    llm_first_words_seconds: float = Field(
        1.0, gt=0, description="Model: longest wait for its first sentence to begin, and between words"
    )
    llm_first_sentence_seconds: float = Field(
        1.3,
        gt=0,
        description="Model: longest wait for a whole sentence, for the first one with the second reader before it",
    )
    llm_total_seconds: float = Field(6.0, gt=0, description="Model: longest reply")
    second_reader_seconds: float = Field(
        0.6, gt=0, description="Model: time budget of its reading of what the rules leave open of a turn"
    )
    tts_connect_seconds: float = Field(1.0, gt=0, description="Voices: longest TCP connect")
    tts_first_audio_seconds: float = Field(1.2, gt=0, description="First voice: longest wait for audio")
    tts_second_first_audio_seconds: float = Field(1.5, gt=0, description="Second voice: longest wait for audio")
    tts_stall_seconds: float = Field(1.0, gt=0, description="Voices: longest gap inside a sentence")
    stt_connect_seconds: float = Field(
        1.0, gt=0, description="Deepgram: longest handshake, its confirmation included, and longest send"
    )
    stt_retry_seconds: float = Field(0.3, gt=0, description="Deepgram: pause before the next try to connect")
    stt_recovery_seconds: float = Field(
        3.0, gt=0, description="Deepgram: longest time without a connection before it is given up"
    )
    deaf_seconds: float = Field(
        2.0, gt=0, description="Deepgram: audio without any event, before it is connected anew or given up"
    )
    stuck_turn_seconds: float = Field(
        2.2, gt=0, description="Deepgram: silence of the caller after which we end a turn that it has not ended"
    )
    force_end_seconds: float = Field(
        0.4, gt=0, description="Deepgram: longest wait for the end of a turn that we ended, before it is connected anew"
    )
    empty_turn_seconds: float = Field(
        1.0, gt=0, description="A caller turn without words is over this long after its end"
    )
    lookup_seconds: float = Field(3.5, gt=0, description="V2: caller and booking lookups")
    booking_seconds: float = Field(8.0, gt=0, description="V2: booking, moving and cancelling")
    callback_seconds: float = Field(5.0, gt=0, description="V2: callbacks and alerts")
    filler_first_seconds: float = Field(1.0, gt=0, description="Silence before a filler line while a tool runs")
    filler_again_seconds: float = Field(3.0, gt=0, description="Silence before the next filler line")
    caller_silence_seconds: float = Field(
        8.0, gt=0, description="Silence of the caller before we ask whether they are there"
    )
    hold_seconds: float = Field(40.0, gt=0, description="The same for one who asked us to hold on")
    open_turn_seconds: float = Field(
        30.0, gt=0, description="A caller turn that has not ended after this counts as silence"
    )
    keypad_seconds: float = Field(2.0, gt=0, description="Pause after which keypad digits count as complete")
    goodbye_mark_seconds: float = Field(
        1.2, gt=0, description="Longest wait for the last line to be reported as played, once all of it was sent"
    )
    hangup_pause_seconds: float = Field(
        1.0, ge=0, description="Pause between the last word and the hang-up, so that a caller can still speak"
    )
    hangup_request_seconds: float = Field(
        1.5, gt=0, description="Twilio: longest hang-up, until the stream has ended; then we end it"
    )
    pipeline_setup_seconds: float = Field(5.0, gt=0, description="Longest set-up of a call")
    stream_start_seconds: float = Field(
        5.0, gt=0, description="Longest wait for Twilio's start message, and for the head and for the form of a request"
    )
    line_silent_seconds: float = Field(
        10.0, gt=0, description="Twilio: a stream that sends nothing, or takes no audio, for this long is broken"
    )
    snapshot_seconds: float = Field(
        0.5, gt=0, description="Longest wait of a caller for the database; then the call goes on without it"
    )
    database_seconds: float = Field(
        3.0, gt=0, description="Longest statement of the database; then it is away, and every call goes on without it"
    )
    memory_seconds: float = Field(
        1.0, gt=0, description="Longest wait for what the database knows of a number; then nothing is known"
    )
    resume_wait_seconds: float = Field(
        2.0, gt=0, description="Longest wait for the end of a broken stream before the caller is asked to hold on"
    )

    # Breakers and delivery
    breaker_failures: int = Field(3, ge=1, description="Consecutive failures that open a circuit breaker")
    breaker_cooldown_seconds: float = Field(60, gt=0, description="How long an open breaker lets nothing through")
    dashboard_timeout_seconds: float = Field(
        65, gt=0, description="Dashboard: longest request; more than its own 60 s, or a repeat makes a second lead"
    )
    dashboard_retry_seconds: float = Field(2.0, gt=0, description="Dashboard: pause before the one retry")
    delivery_pauses_seconds: Annotated[tuple[float, ...], NoDecode] = Field(
        (30, 120, 600, 1800, 3600, *(10800.0,) * 24),
        description="Pauses of later deliveries, separated by commas; after the last one (three days) a record is parked",
    )
    resume_window_seconds: float = Field(
        120, gt=0, description="How long a broken call may resume before its lead is delivered"
    )
    liveness_seconds: float = Field(10, gt=0, description="How often a machine tells the others that it lives")
    machine_lost_seconds: float = Field(
        60, gt=0, description="A machine that has not told so for this long is lost, and its work is adopted"
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

    @field_validator("service_area_zip_prefixes", "delivery_pauses_seconds", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("v2_backend_url", "public_url", "dashboard_jobs_url", "dashboard_calls_url", "dashboard_alerts_url",
                     "deepgram_tts_base_url", "inworld_base_url", "openai_base_url", "twilio_api_base_url")  # fmt: skip
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        return value if value is None else _checked_url(value, ("http", "https"))

    @field_validator("deepgram_base_url")
    @classmethod
    def _websocket_url(cls, value: str) -> str:
        return _checked_url(value, ("ws", "wss"))

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("is not a known time zone, such as America/Chicago") from None
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _level_or_info(cls, value: object) -> object:
        return log_level(str(value))

    @model_validator(mode="after")
    def _hours_in_order(self) -> Self:
        if self.opening_hour >= self.closing_hour:
            raise ValueError("OPENING_HOUR must be before CLOSING_HOUR")
        return self

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


class ConfigError(ValueError):
    """Raised when settings are missing or wrong; the message lists all of them."""


def load(environ: Mapping[str, str]) -> Settings:
    """Reads the settings from `environ`.

    Raises:
        ConfigError: names every required variable that is missing or blank, and every value that is wrong.
    """
    known = {name: environ[name.upper()] for name in Settings.model_fields if name.upper() in environ}
    try:
        return Settings(**known)  # type: ignore[arg-type]
    except ValidationError as error:
        raise ConfigError(_explain(error)) from None


def validate_config(environ: Mapping[str, str] = os.environ) -> Settings:
    """Returns the settings, or ends the process with one message that lists everything that is missing or wrong."""
    try:
        settings = load(environ)
    except ConfigError as error:
        logger.critical("%s", error)
        sys.exit(EXIT_CONFIG)
    for name, consequence in WARN_WHEN_MISSING.items():
        if not environ.get(name, "").strip():
            logger.warning("%s is not set: %s", name, consequence)
    if environ.get("DASHBOARD_WEBHOOK_URL", "").strip():
        logger.warning(
            "DASHBOARD_WEBHOOK_URL is retired and ignored: set DASHBOARD_JOBS_URL, DASHBOARD_CALLS_URL and DASHBOARD_ALERTS_URL"
        )
    if not settings.verify_twilio:
        logger.warning("VERIFY_TWILIO is false: ANYONE CAN PLACE CALLS TO THIS SERVICE. For local use only")
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
    values = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    password = urlsplit(settings.database_url or "").password or ""
    return tuple(v for v in (*values, password, unquote(password)) if v)


def env_example() -> str:
    """The text of .env.example: one line for each setting, those that need no value commented out."""
    lines = ["# Copy to .env and fill in. Generated by `python -m config --env-example`."]
    for name, field in Settings.model_fields.items():
        if name in SECTIONS:
            lines += ["", f"# {SECTIONS[name]}"]
        value = _as_text(field.default) if not field.is_required() else ""
        # Quoted when empty or spaced: python-dotenv would take the remark for the value, or end it at the space.
        value = f'"{value}"' if not value or " " in value else value
        optional = not field.is_required() and name.upper() not in WARN_WHEN_MISSING
        lines.append(f"{'# ' if optional else ''}{name.upper()}={value}  # {field.description}")
    return "\n".join(lines) + "\n"


def markdown() -> str:
    """The tables of docs/settings.md, one for each part."""
    lines: list[str] = []
    for name, field in Settings.model_fields.items():
        if name in SECTIONS:
            lines += ["", f"**{SECTIONS[name]}**", "", "| setting | default | what it is |", "|---|---|---|"]
        default = "required" if field.is_required() else f"`{value}`" if (value := _as_text(field.default)) else ""
        lines.append(f"| `{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines).strip() + "\n"


def _as_text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case tuple():
            return ",".join(map(_as_text, value))
        case _:
            return str(value)


def _checked_url(value: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(value)
        valid = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or any(c.isspace() for c in value):
        raise ValueError(f"is no {'/'.join(schemes)} URL")
    return value.rstrip("/")


def _explain(error: ValidationError) -> str:
    missing = [str(e["loc"][0]).upper() for e in error.errors() if e["type"] == "missing"]
    wrong = []
    for problem in error.errors(include_input=False, include_url=False):
        if problem["type"] != "missing":
            name = str(problem["loc"][0]).upper() + " " if problem["loc"] else ""
            wrong.append(name + problem["msg"].removeprefix("Value error, "))
    parts = []
    if missing:
        parts.append("missing: " + ", ".join(missing))
    if wrong:
        parts.append("wrong: " + "; ".join(wrong))
    return "The service cannot start. Environment variables " + ". ".join(parts) + ". See .env.example."


def main(arguments: list[str]) -> int:
    """`python -m config --env-example | --markdown`: prints the settings for people."""
    pages = {"--env-example": env_example, "--markdown": markdown}
    if len(arguments) != 1 or arguments[0] not in pages:
        sys.stderr.write(f"usage: python -m config {' | '.join(pages)}\n")
        return 2
    sys.stdout.write(pages[arguments[0]]())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
