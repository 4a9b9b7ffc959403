"""What can be known of this machine without asking anybody: settings, address, folder, disk, files, zones, clock.

The static half of the doctor. The service says at every start what of it is not well, and starts all the same.
"""

import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config import Settings, unusual
from desk.checks import Finding, State, failed, ok, reached, skipped, warning
from server.start import about_a_folder

FREE_MEGABYTES, LEAST_MEGABYTES = 200, 20
FILES_A_CALL, FILES_BESIDE = 8, 64  # Sockets of a live call: Twilio, Flux, voices, V2; and what the process needs
BUILT = datetime(2026, 11, 1, tzinfo=UTC)  # This version is no older: a clock before it has not been set.
WITHOUT = MappingProxyType({
    "v2_api_key": "V2 refuses every lookup, booking and callback",
    "dashboard_jobs_url": "leads and jobs are kept here, not delivered",
    "dashboard_calls_url": "call records are kept here, not delivered",
    "dashboard_alerts_url": "emergency alerts are kept here, not delivered",
    "dashboard_webhook_secret": "records are kept here, not delivered",
    "dashboard_user_email": "records are kept here, not delivered",
})  # fmt: skip


def settings_complete(settings: Settings, now: datetime) -> Finding:
    """What is optional and missing costs something; a deadline that nobody can keep ruins each call."""
    missing = {name.upper(): cost for name, cost in WITHOUT.items() if getattr(settings, name) is None}
    odd = list(unusual(settings))
    if not missing and odd:
        return warning("; ".join(problem.line for problem in odd), f"Correct {odd[0].names[0]}.")
    if not missing:
        return ok("everything is set that a call needs")
    costs = "; ".join(dict.fromkeys(missing.values()))
    return warning(f"not set: {', '.join(missing)}: {costs}", f"Set {next(iter(missing))}.")


def person_behind(settings: Settings, now: datetime) -> Finding:
    """Who answers when this service cannot."""
    if settings.fallback_number:
        return reached(
            "FALLBACK_NUMBER", settings.fallback_number, "callers whom nobody can serve are connected with a person"
        )
    return warning("callers whom nobody can serve hear an apology", "Set FALLBACK_NUMBER to a person's phone.")


def public_address(settings: Settings, now: datetime) -> Finding:
    """Whether Twilio can reach the address that its signatures are checked against."""
    parts = urlsplit(settings.origin)
    if _local(parts.hostname or ""):
        return warning(
            f"{settings.origin} is this machine alone: Twilio reaches no service there",
            "Set PUBLIC_URL to the https address at which Twilio reaches this service.",
        )
    return ok(settings.origin)  # config.py lets no other through than https without a path.


def signatures(settings: Settings, now: datetime) -> Finding:
    """Whether anybody may place calls here."""
    if settings.verify_twilio:
        return ok("only what Twilio signed is let in")
    if _local(urlsplit(settings.origin).hostname or ""):
        return warning("not checked: for local use only", "Unset VERIFY_TWILIO before anybody can reach this machine.")
    return failed("not checked: anybody can place calls to this service", "Unset VERIFY_TWILIO.")


def data_folder(settings: Settings, now: datetime) -> Finding:
    """Whether files can be written where records, journal and recorded lines are."""
    folder = Path(settings.data_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"doctor")
    except OSError as error:
        said = error.strerror or type(error).__name__
        return failed(f"{folder} cannot be written: {said}", f"DATA_DIR: {about_a_folder(error)}.")
    return ok(f"{folder} can be written")


def disk_space(settings: Settings, now: datetime) -> Finding:
    """Whether records of many more calls have room."""
    try:
        free = shutil.disk_usage(settings.data_dir).free // 1_000_000
    except OSError as error:
        return skipped(f"{settings.data_dir} cannot be looked at: {error.strerror}", "See the data folder above.")
    advice = "Make room on the disk of DATA_DIR, or lower RETENTION_DAYS."
    if free < LEAST_MEGABYTES:
        return failed(f"{free} MB free: soon nothing can be written", advice)
    return warning(f"{free} MB free", advice) if free < FREE_MEGABYTES else ok(f"{free} MB free")


def open_files(settings: Settings, now: datetime) -> Finding:
    """Whether as many calls as MAX_CALLS can have their connections."""
    allowed, needed = resource.getrlimit(resource.RLIMIT_NOFILE)[0], settings.max_calls * FILES_A_CALL + FILES_BESIDE
    if allowed == resource.RLIM_INFINITY or allowed >= needed:
        return ok("enough for MAX_CALLS")
    cause = f"{allowed} may be open, and {settings.max_calls} calls need about {needed}"
    return warning(cause, f"Raise the limit (ulimit -n {needed}), or lower MAX_CALLS.")


def time_zones(settings: Settings, now: datetime) -> Finding:
    """Whether the zone of the business is known here, and what time it is there."""
    try:
        ZoneInfo(settings.timezone)  # To list all that are known opens hundreds of files.
    except (ZoneInfoNotFoundError, ValueError):
        return failed(f"{settings.timezone} is not known here", "Install tzdata, or correct TIMEZONE.")
    return ok(f"{now.astimezone(settings.zone):%a %H:%M} in {settings.timezone}")


def clock_set(settings: Settings, now: datetime) -> Finding:
    """Whether the clock can be right at all."""
    if now < BUILT:
        return failed(f"it shows {now:%Y-%m-%d}, before this version was made", "Set the machine's clock (NTP).")
    return ok(f"{now:%Y-%m-%d %H:%M:%S} UTC")


Look = Callable[[Settings, datetime], Finding]

LOOKS: Mapping[str, Look] = MappingProxyType({
    "settings": settings_complete,
    "fallback": person_behind,
    "address": public_address,
    "signatures": signatures,
    "data folder": data_folder,
    "disk": disk_space,
    "open files": open_files,
    "time zone": time_zones,
    "clock set": clock_set,
})  # fmt: skip


def not_well(settings: Settings, now: datetime) -> Iterator[str]:
    """A line for each link of this machine that is not well, for the log of a start.

    What is not set is left out: the start names it by itself.
    """
    for name, look in LOOKS.items():
        finding = look(settings, now)
        if name not in ("settings", "signatures", "fallback") and finding.state in (State.WARNING, State.FAILED):
            yield f"{name}: {finding.cause}. {finding.advice}"


def _local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
