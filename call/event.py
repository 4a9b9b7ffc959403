"""Events: what the log tells at INFO and above of calls, providers, breakers and delivery, as data and as its line.

An event is what happened: a name of a closed list (events.py, service_events.py), and fields. The readable line is made
from it, so that words and fields cannot contradict each other; LOG_FORMAT=json writes both (logs.py), and masks the
fields as it masks every line. No field holds what anybody said.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from logs import CallLogger


@dataclass(frozen=True)
class Event:
    """Something that happened. The first paragraph of its docstring is what the table of events says of it."""

    level: ClassVar[int] = logging.INFO
    line: ClassVar[str] = ""

    @classmethod
    def name(cls) -> str:
        """As it is filtered for: `state_changed`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def fields(self) -> Mapping[str, Any]:
        """What is known of it, by name."""
        return asdict(self)

    def __str__(self) -> str:
        return self.line.format(**vars(self))


def tell(log: logging.Logger | CallLogger, event: Event, call_id: str = "") -> None:
    """Logs it. `call_id`: whose it is, for a logger that is of no call."""
    line = f"{call_id} {event}" if call_id else str(event)
    log.log(event.level, "%s", line, extra={"event": event.name(), "fields": event.fields()})
