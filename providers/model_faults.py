"""What went wrong with a request to the model: in words for the timeline, and whether it is an outage.

By the rule of outages (design.md, "When things break") a refusal with a 4xx other than 429 is ours: told, not counted.
"""

from dataclasses import dataclass
from http import HTTPStatus

from openai import APIConnectionError, APIStatusError, APITimeoutError

from call.errors import AgentError


class BrokenAnswerError(AgentError):
    """Raised when the model answered in time and the answer is of no use; its text says why."""


@dataclass(frozen=True)
class ModelFault:
    """One failed request. `what` is fit for a log: nothing that anybody said is in it."""

    what: str
    outage: bool = True


def fault_of(error: Exception) -> ModelFault:
    """What an error of the openai client, of our deadlines or of reading the answer means."""
    match error:
        case APIStatusError():
            status = error.status_code
            outage = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS
            return ModelFault(f"refused {status}", outage)
        case APITimeoutError() | TimeoutError():
            return ModelFault("late")
        case APIConnectionError():
            return ModelFault("unreachable")
        case BrokenAnswerError():
            return ModelFault(str(error))
        case _:
            return ModelFault("unreadable")
