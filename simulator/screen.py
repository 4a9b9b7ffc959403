"""What the person at the terminal sees: one call as it happens, its records and its verdict; or a table of many.

Guarantees the same content without a terminal, as plain lines. Leaves out all judgement: it prints what others found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

from simulator.recording import Event

HIDDEN = {"posted", "transcript_object", "call_transcript", "created_at", "updated_at", "user_id", "id"}
MAX_VALUE_CHARS = 120
PLAIN_WIDTH = 120  # columns of a file or a pipe, which have none


@dataclass(frozen=True, slots=True)
class Verdict:
    """One call, judged. Times in milliseconds but for `seconds`."""

    scenario: str
    failures: Sequence[str]
    seconds: float
    turns: int
    response_ms: Sequence[float]
    final_state: str
    records: Mapping[str, Sequence[Mapping[str, Any]]]
    folder: Path | None = None

    @property
    def passed(self) -> bool:
        """True when the call ended as it should."""
        return not self.failures


class Screen:
    """Writes to a rich console."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        if not self._console.is_terminal:
            self._console.width = PLAIN_WIDTH
        self._response_ms: int | None = None

    def say(self, text: str) -> None:
        """One line of our own."""
        self._console.print(escape(text))

    def show(self, content: RenderableType) -> None:
        """Anything that rich can draw."""
        self._console.print(content)

    def error(self, text: str) -> None:
        """One message that ends the run."""
        self._console.print(f"[bold red]{escape(text)}[/]")

    def head(self, title: str, faults: str) -> None:
        """What is about to happen."""
        broken = f"  [red]faults: {escape(faults)}[/]" if faults else ""
        self._console.print(f"[bold]{escape(title)}[/]{broken}")

    def event(self, event: Event) -> None:
        """One thing that happened in the call; what does not matter to a reader is skipped."""
        match event.who, event.what:
            case "bot", "voice":
                if event.detail["after"] == "caller":
                    self._response_ms = int(event.detail["ms"])
                else:
                    self._line(event, "", f"[dim]{event.detail['ms']} ms of silence[/]")
            case "bot", "said":
                self._said(event)
            case "caller", "says":
                self._line(event, "[green]caller[/]", escape(event.text))
            case "caller", what:
                self._line(
                    event,
                    "[green]caller[/]",
                    f"[dim]({what.replace('_', ' ')} {escape(event.text)})[/]",
                )
            case "state", _:
                reason = f" [dim]({escape(str(event.detail['reason']))})[/]" if event.detail["reason"] else ""
                self._line(event, "", f"[blue]{event.detail['was']} -> {event.text}[/]{reason}")
            case "tool", _:
                outcome, ms = event.detail["outcome"], event.detail["ms"]
                colour = "magenta" if outcome == "ok" else "red"
                self._line(event, "", f"[{colour}]{event.text} {outcome} {ms} ms[/]")
            case "twilio", "ringing" | "answered" | "stream" | "verb" | "mark":
                pass
            case "twilio", "clear" if not event.detail["cut_ms"]:
                pass  # the bot clears the line at every turn of the caller, also when nothing is on it
            case "twilio", what:
                self._line(event, "", f"[dim]twilio: {what.replace('_', ' ')} {escape(event.text)}[/]")
            case "log", _:
                self._line(event, "", f"[yellow]{event.what}: {escape(event.text)}[/]")
            case "office", _:
                self._line(event, "", f"[cyan]{escape(event.text)}[/]")

    def _said(self, event: Event) -> None:
        waited = f" [dim]+{self._response_ms} ms[/]" if self._response_ms is not None else ""
        self._response_ms = None
        text = escape(event.text)
        if not event.detail["complete"]:
            unheard = escape(str(event.detail["full"])[len(event.text) :])
            text += f"[red] -- cut off:[/][dim strike]{unheard}[/]"
        self._line(event, "[cyan]bot[/]   ", text + waited)

    def _line(self, event: Event, who: str, text: str) -> None:
        self._console.print(f"[dim]{event.ms / 1000:7.2f}[/]  {who or '      '}  {text}")

    def verdict(self, verdict: Verdict) -> None:
        """The records as the dashboard holds them, then PASS or FAIL with reasons."""
        for kind, rows in verdict.records.items():
            for row in rows:
                self._record(kind, row)
        if verdict.response_ms:
            slowest = max(verdict.response_ms)
            middle = median(verdict.response_ms)
            self.say(f"\nresponse: median {middle:.0f} ms, slowest {slowest:.0f} ms, {verdict.turns} turns")
        if verdict.folder is not None:
            self.say(f"recording: {verdict.folder}/call.wav")
        if verdict.passed:
            self._console.print(f"[bold green]PASS[/] {verdict.scenario} ({verdict.seconds:.0f} s)")
            return
        self._console.print(f"[bold red]FAIL[/] {verdict.scenario} ({verdict.seconds:.0f} s)")
        for failure in verdict.failures:
            self._console.print(f"  [red]-[/] {escape(failure)}")

    def _record(self, kind: str, row: Mapping[str, Any]) -> None:
        self._console.print(f"\n[bold]dashboard: {escape(kind)}[/]")
        for name, value in row.items():
            if name in HIDDEN or value in (None, "", [], {}):
                continue
            text = str(value)
            if len(text) > MAX_VALUE_CHARS:
                text = text[:MAX_VALUE_CHARS] + "..."
            self._console.print(f"  {escape(name):<24} {escape(text)}")

    def progress(self, verdict: Verdict, done: int, total: int) -> None:
        """One of many calls is over."""
        word = "[green]PASS[/]" if verdict.passed else "[red]FAIL[/]"
        self._console.print(f"[dim]{done}/{total}[/] {word} {verdict.scenario} ({verdict.seconds:.0f} s)")

    def table(self, verdicts: Sequence[Verdict]) -> None:
        """All calls in one table, then the reasons of those that failed."""
        table = Table(title="scenarios")
        for heading in (
            "scenario",
            "result",
            "seconds",
            "turns",
            "median ms",
            "slowest ms",
            "final state",
        ):
            numeric = heading in ("seconds", "turns", "median ms", "slowest ms")
            table.add_column(heading, justify="right" if numeric else "left", no_wrap=True)
        for verdict in verdicts:
            times = verdict.response_ms
            table.add_row(
                verdict.scenario,
                "[green]PASS[/]" if verdict.passed else "[bold red]FAIL[/]",
                f"{verdict.seconds:.0f}",
                str(verdict.turns),
                f"{median(times):.0f}" if times else "-",
                f"{max(times):.0f}" if times else "-",
                verdict.final_state,
            )
        self._console.print(table)
        for verdict in verdicts:
            for failure in verdict.failures:
                self._console.print(f"[red]{verdict.scenario}:[/] {escape(failure)}")
            if verdict.failures and verdict.folder is not None:
                self._console.print(f"[dim]  recording: {verdict.folder}/call.wav[/]")
