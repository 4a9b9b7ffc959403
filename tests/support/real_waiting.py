"""How long a test waits for real, and which tests may.

A unit test waits for no deadline: it runs on the controlled clock, or on events. So every wait is counted that nothing
but a timer ended, of any event loop and of `time.sleep`, by the seconds that were asked for: a busy machine adds
nothing. A test that has waited longer than `LIMIT_SECONDS`, its fixtures included, fails (conftest.py). What other
processes and threads do is not seen.
"""

import selectors
import sys
import threading
import time
from typing import Any, Final

LIMIT_SECONDS: Final = 0.02

# Their clock is not ours to move. Everything else runs on the controlled clock.
MAY_WAIT: Final = {
    "tests.server.test_entrance": "the service is a process of its own, and one deadline of it passes",
    "tests.records.test_database": "the database works in a thread of its own, and its deadline passes",
    "tests.records.test_delivery": "DBOS works in threads of its own, and a process is killed and started again",
    "tests.server.test_tracing": "the exporter works in a thread, whose end is waited for",
    "tests.records.test_later_calls": "DBOS works in threads of its own",
    "tests.records.test_deliveries": "DBOS works in threads of its own, in the service beside the command",
    "tests.server.test_resume": "the store works in a thread, and its answers are waited for beside the deadline",
    "tests.server.test_broken_calls": "the service is a process of its own, on real time",
    "tests.bench.test_both_bots": "whole calls, to services that are processes of their own",
    "tests.whole_calls.test_chaos": "whole calls while the database of a process of its own is away",
    "tests.whole_calls.test_crash": "whole calls, and a process that is killed",
    "tests.whole_calls.test_crash_away": "whole calls, and processes that are killed while their database is away",
    "tests.whole_calls.test_owner_is_texted": "whole calls, and a process that is killed",
    "tests.whole_calls.test_ending": "whole calls, and processes that are told to end while something hangs",
    "tests.whole_calls.test_deploy_drill": "whole calls, and processes that take over",
    "tests.whole_calls.test_overload": "whole calls, in a process that has a core of its own",
    "tests.server.test_call_pages": "the service is a process of its own, and reads and sends meanwhile",
    "tests.server.test_pages_in_a_browser": "the service and the browser are processes of their own",
    "tests.server.test_recordings_on_pages": "the service is a process of its own, and deletes what is old meanwhile",
    "tests.whole_calls.test_recorded_calls": "whole calls, a process that is killed and one whose disk takes nothing",
    "tests.server.test_metrics_page": "the service is a process of its own, and its calls end meanwhile",
    "tests.server.test_without": "the service is a process of its own, and reads its database and renders meanwhile",
    "tests.server.test_drain": "the service is a process of its own, whose drain is waited for",
    "tests.server.test_machines": "services that are processes of their own, one of which is killed",
    "tests.server.test_bad_entrances": "the service is a process of its own, and five hundred try to get in",
    "tests.server.test_floods": "the service is a process of its own, and thousands stand at its door",
    "tests.records.test_delivery_outages": "as in test_delivery, against a dashboard that is away for a while",
    "tests.server.test_snapshots_beside_calls": "the database works in a thread of its own, which is held",
    "tests.records.test_kept_calls": "the database works in a thread of its own, and hangs or is locked",
    "tests.server.test_database_away": "the service is a process of its own, and its database hangs",
    "tests.desk.test_doctor": "the service is a process of its own, and what is said takes its time to be heard",
    "tests.desk.test_number": "the operator's commands are processes of their own",
    "tests.desk.test_ring": "Twilio is asked again and again how a call stands",
    "tests.whole_calls.test_first_day": "a whole call, and processes that an operator starts",
    "tests.whole_calls.test_talk": "the talk and the browser are processes of their own, and vendors take their time",
    "tests.simulator.test_scenario": "a bot's process is started and ended",
}


class _Waited:
    """Seconds that the test's thread has waited so far."""

    seconds = 0.0


_waited = _Waited()


def _count(seconds: float) -> None:
    if threading.current_thread() is threading.main_thread():
        _waited.seconds += seconds


class CountingSelector(selectors.DefaultSelector):
    """The system's selector; a wait in which nothing happened counts."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See the base class."""
        ready = super().select(timeout)
        if timeout is not None and timeout > 0 and not ready:
            _count(timeout)
        return ready

    def look(self, timeout: float) -> list[tuple[selectors.SelectorKey, int]]:
        """The same, not counted."""
        return super().select(timeout)


_sleep = time.sleep


def _counting_sleep(seconds: Any, /) -> None:
    if sys._getframe(1).f_globals.get("__name__") != "subprocess":  # That one waits for a process in small steps.
        _count(seconds)
    _sleep(seconds)


def count() -> None:
    """Counts from now on. Loops that are made later are counted."""
    selectors.DefaultSelector = CountingSelector  # type: ignore[misc]
    time.sleep = _counting_sleep


def restart() -> None:
    """A test begins."""
    _waited.seconds = 0.0


def waited_seconds() -> float:
    """What was waited since then."""
    return _waited.seconds


def complaint(module: str) -> str:
    """What is wrong with the test that has ended; empty if it did not wait, or may."""
    if module in MAY_WAIT or waited_seconds() <= LIMIT_SECONDS:
        return ""
    return (
        f"waited {waited_seconds():.3f} s for real: wait for an event, or let {module} say CONTROLLED_CLOCK = True and "
        "use its loop's clock; real_waiting.MAY_WAIT has the exceptions, for other processes and threads"
    )
