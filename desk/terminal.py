"""What the desk's commands print: as wide as it is, and no key in it, whoever said it."""

import sys

from rich.console import Console
from rich.text import Text

import logs
from call.errors import AgentError


class DeskError(AgentError):
    """Raised when a command cannot do what it is asked; its text is both attributes, and holds no key.

    Attributes:
        cause: Why.
        advice: The one thing to do.
    """

    def __init__(self, cause: str, advice: str) -> None:
        super().__init__(f"{cause}. {advice}")
        self.cause, self.advice = cause, advice


def terminal() -> Console:
    """Where it is printed: a terminal or a pipe."""
    return Console(highlight=False, file=sys.stdout)


def say(console: Console, text: str = "", style: str = "") -> None:
    """One line or more; without the secrets that `logs.hide_secrets` knows."""
    console.print(Text(logs.without_secrets(text), style), soft_wrap=True)
