"""What went wrong with a request to the model: in words for the timeline, and whether it is an outage.

By the rule of outages (design.md, "When things break") a refusal with a 4xx other than 429 is ours: told, and
counted neither as an outage nor as a success. An answer that was filtered, or cut at its longest, is no outage either.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from openai import APIConnectionError, APIStatusError, APITimeoutError, BadRequestError

from call.errors import AgentError
from call.event import tell
from call.service_events import ModelRefused

logger = logging.getLogger(__name__)

CUT_SHORT = frozenset({"length", "content_filter"})
"""Ends of an answer that the model chose (OpenAI: finish_reason)."""


class BrokenAnswerError(AgentError):
    """Raised when the model answered in time and the answer is of no use; its text says why.

    Attributes:
        outage: Whether it is the model's failure.
    """

    def __init__(self, what: str, outage: bool = True) -> None:
        super().__init__(what)
        self.outage = outage


@dataclass(frozen=True)
class ModelFault:
    """One failed request. `what` is fit for a log: nothing that anybody said is in it.

    Attributes:
        outage: Whether the model is down; None when nobody can tell, because it does not take what we ask.
    """

    what: str
    outage: bool | None = True


def fault_of(error: Exception) -> ModelFault:
    """What an error of the openai client, of our deadlines or of reading the answer means."""
    match error:
        case APIStatusError():
            status = error.status_code
            outage = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS
            if not outage:
                tell(logger, ModelRefused(status))
            return ModelFault(f"refused {status}", outage or None)
        case APITimeoutError() | TimeoutError():
            return ModelFault("late")
        case APIConnectionError():
            return ModelFault("unreachable")
        case BrokenAnswerError():
            return ModelFault(str(error), error.outage)
        case _:
            return ModelFault("unreadable")


def refused_parameter(error: BadRequestError, sent: Iterable[str]) -> str:
    """The parameter among those `sent` that this model does not take, so that it may be asked without; "" if none is.

    Told each time: until OPENAI_MODEL is another one every call asks twice.
    """
    parameter = next((name for name in sent if name == error.param), "")
    if parameter:
        logger.warning("OPENAI_MODEL refuses the parameter %s: it is asked without it", parameter)
    return parameter
