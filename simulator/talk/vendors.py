"""Who of the outside is itself in a talk, and who stands in: whatever has its keys in the settings is itself.

Guarantees that a part with a key missing gets none of the settings, so that half of a vendor is never asked, and that
the telephone network always stands in. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from call.business import OF_THE_BUSINESS
from config import Settings


@dataclass(frozen=True)
class Part:
    """A part of the outside: what it does in a call, the settings without which it stands in, how all of its begin."""

    name: str
    does: str
    keys: tuple[str, ...]
    prefix: str

    def missing(self, environ: Mapping[str, str]) -> tuple[str, ...]:
        """The keys that are not set; with none missing it is itself."""
        return tuple(key for key in self.keys if not environ.get(key, "").strip())

    def settings(self, environ: Mapping[str, str]) -> dict[str, str]:
        """All that is set of it; what is not is blank, which is the default."""
        names = (name.upper() for name in Settings.model_fields)
        return {name: environ.get(name, "") for name in names if name.startswith(self.prefix)}


DEEPGRAM = Part("Deepgram", "hears the caller, and is the second voice", ("DEEPGRAM_API_KEY",), "DEEPGRAM_")
V2 = Part("V2", "looks up and books", ("V2_BACKEND_URL", "V2_API_KEY"), "V2_")
PARTS = (
    DEEPGRAM,
    Part("OpenAI", "words the replies", ("OPENAI_API_KEY",), "OPENAI_"),
    Part("Inworld", "is the voice", ("INWORLD_API_KEY",), "INWORLD_"),
    V2,
    Part(
        "The dashboard",
        "gets the records",
        (
            "DASHBOARD_JOBS_URL",
            "DASHBOARD_CALLS_URL",
            "DASHBOARD_ALERTS_URL",
            "DASHBOARD_WEBHOOK_SECRET",
            "DASHBOARD_USER_EMAIL",
        ),
        "DASHBOARD_",
    ),
)
TYPING_SECONDS = "25"
"""What a caller who types may take before the bot asks whether they are there."""


@dataclass(frozen=True)
class Cast:
    """Who is who in a talk, by the settings in `environ`."""

    environ: Mapping[str, str]

    def stands_in(self, part: Part) -> bool:
        """Whether a part is played by its stand-in."""
        return bool(part.missing(self.environ))

    def settings(self) -> dict[str, str]:
        """What the bot is told beside the stand-ins' addresses: the business, and the parts that are themselves."""
        own = {name: self.environ[name] for name in OF_THE_BUSINESS if self.environ.get(name, "").strip()}
        if self.stands_in(V2):
            own.pop("TIMEZONE", None)  # The stand-in's calendar is in Austin.
        if self.stands_in(DEEPGRAM):
            own["CALLER_SILENCE_SECONDS"] = TYPING_SECONDS
        for part in PARTS:
            if not self.stands_in(part):
                own |= part.settings(self.environ)
        return own

    def lines(self) -> Sequence[str]:
        """A line for each part: what it does, and whether it is itself; if not, what is missing."""
        return [*map(self._line, PARTS), "Twilio carries the call: a stand-in, always. No telephone rings."]

    def _line(self, part: Part) -> str:
        if missing := part.missing(self.environ):
            return f"{part.name} {part.does}: a stand-in, for {_listed(missing)} {_is(missing)} not set."
        return f"{part.name} {part.does}: itself, with your key. What it costs or keeps is real."


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
