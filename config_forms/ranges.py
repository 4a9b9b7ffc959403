"""Between what a deadline or a limit is of use, and what callers meet outside of it. Pure.

What no number may be at all is said at its setting in config.py. These are wider than any tuning needs, and are warned
about only: a test may want a deadline that passes at once.
"""

from collections.abc import Iterator, Mapping
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from config_forms.problems import Problem


class Range(NamedTuple):
    """From `least` to `most` nobody notices anything; what happens below and above, to go behind "so that"."""

    least: float
    most: float
    below: str
    above: str = ""


_SILENCE = "callers hear nothing for so long"
_NO_END = "a caller whom nobody understands is never let go"
_LOST = "what callers say is lost for so long"
RANGES: Mapping[str, Range] = MappingProxyType({
    "max_hourly_calls_per_number": Range(3, inf, "whoever calls again is turned away"),
    "max_late_seconds": Range(0.02, inf, "every caller is turned away"),
    "max_turns_per_state": Range(2, 50, "a caller who is misheard once is given up", _NO_END),
    "max_turns_per_call": Range(12, 300, "no call gets as far as a visit", _NO_END),
    "max_call_seconds": Range(180, 7200, "no call gets as far as a visit", "a line that nobody hangs up is kept"),
    "max_message_bytes": Range(4096, inf, "Twilio's first message may not fit"),
    "transfer_ring_seconds": Range(
        10, 40, "nobody gets to the phone in time", "a voicemail picks up before the caller is back"
    ),
    "staff_first_seconds": Range(0, 30, "", "most callers hang up before the agent answers"),
    "stream_token_seconds": Range(5, inf, "Twilio's stream comes too late"),
    "llm_first_words_seconds": Range(0.2, 5, "no model is in time", _SILENCE),
    "llm_first_sentence_seconds": Range(0.3, 10, "no model is in time", _SILENCE),
    "llm_total_seconds": Range(1, 60, "no reply is whole", "callers cannot get a word in"),
    "second_reader_seconds": Range(0.1, 5, "no model is in time", _SILENCE),
    "tts_connect_seconds": Range(0.1, 10, "no voice is reached, and calls end", _SILENCE),
    "tts_first_audio_seconds": Range(0.2, 5, "the first voice is never in time", _SILENCE),
    "tts_second_first_audio_seconds": Range(0.2, 8, "the second voice is never in time", _SILENCE),
    "tts_stall_seconds": Range(0.1, 10, "voices that are well count as broken", _SILENCE),
    "stt_connect_seconds": Range(0.1, 10, "Deepgram is not reached, and calls end", _LOST),
    "stt_retry_seconds": Range(0, 5, "", _LOST),
    "stt_recovery_seconds": Range(0.5, 30, "one hiccup of Deepgram's ends a call", _LOST),
    "deaf_seconds": Range(0.5, 20, "a Deepgram that is well counts as deaf", _LOST),
    "stuck_turn_seconds": Range(0.5, 15, "callers are cut short at each pause", _SILENCE),
    "force_end_seconds": Range(0.05, 10, "Deepgram is connected anew at each turn", _SILENCE),
    "empty_turn_seconds": Range(0.1, 10, "words that come late count for nothing", _SILENCE),
    "lookup_seconds": Range(0.5, 15, "V2 has no time to answer", "callers wait for so long"),
    "booking_seconds": Range(2, 30, "V2 has no time to book", "callers wait for so long"),
    "callback_seconds": Range(1, 30, "V2 has no time to answer", "callers wait for so long"),
    "filler_first_seconds": Range(0.2, 10, "a filler stands before each answer", _SILENCE),
    "filler_again_seconds": Range(0.5, 30, "fillers never end", _SILENCE),
    "caller_silence_seconds": Range(2, 60, "callers who think are asked whether they are there", _SILENCE),
    "hold_seconds": Range(5, 900, "callers have no time to look anything up", _SILENCE),
    "open_turn_seconds": Range(5, 300, "callers who tell a long story are cut short", _SILENCE),
    "keypad_seconds": Range(0.5, 15, "a number is complete after each key", _SILENCE),
    "goodbye_mark_seconds": Range(0.2, 10, "the last word is cut off", _SILENCE),
    "hangup_pause_seconds": Range(0, 10, "", _SILENCE),
    "hangup_request_seconds": Range(0.2, 15, "Twilio has no time to hang up", _SILENCE),
    "pipeline_setup_seconds": Range(0.5, 30, "no call is set up", _SILENCE),
    "stream_start_seconds": Range(0.5, 60, "no call is set up", "whoever connects and says nothing keeps a place"),
    "line_silent_seconds": Range(2, 120, "lines that are well count as broken", "a line that is dead is kept"),
    "snapshot_seconds": Range(0.05, 5, "the database is never in time", _SILENCE),
    "database_seconds": Range(0.2, 60, "the database is never in time", "calls hang on a database that is away"),
    "memory_seconds": Range(0.05, 5, "no caller is known again", _SILENCE),
    "resume_wait_seconds": Range(0.1, 15, "callers who come back are not known again", _SILENCE),
    "breaker_cooldown_seconds": Range(0, 900, "", "a vendor that is well again is left out for so long"),
})  # fmt: skip
# Whatever their limits allow is of use, or is looked at beside another setting.
WITHOUT = frozenset(
    "port diagnostic_fee technician_calls_ahead_minutes opening_hour closing_hour emergency_callback_minutes max_calls"
    " max_calls_per_number max_core_share max_resumes drain_seconds kill_timeout_seconds same_caller_minutes"
    " retention_days recording_days breaker_failures dashboard_timeout_seconds dashboard_retry_seconds"
    " resume_window_seconds liveness_seconds machine_lost_seconds alert_after_minutes".split()
)


def unusual(given: Mapping[str, float], defaults: Mapping[str, float]) -> Iterator[Problem]:
    """What of `given`, by the names of the settings, is outside of its range."""
    for name, (least, most, below, above) in RANGES.items():
        value, time = given[name], name.endswith("_seconds")
        if least <= value <= most:
            continue
        how, then = ("short" if time else "small", below) if value < least else ("long" if time else "large", above)
        yield Problem((name.upper(),), f"({value:g}) is so {how} that {then}; the default is {defaults[name]:g}")
