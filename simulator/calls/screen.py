"""What the person at the terminal sees: one call as it happens, its records and its verdict; or a table of many.

Guarantees the same content without a terminal, as plain lines. Leaves out all judgement: it prints what others found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

from simulator.calls.grading import MAX_LAG_MS
from simulator.sound.recording import Event

HIDDEN = {"posted", "transcript_object", "call_transcript", "created_at", "updated_at", "user_id", "id"}
MAX_VALUE_CHARS = 120
ENDS = {
    "confirm": "a visit is booked",
    "callback": "a callback",
    "goodbye": "a goodbye",
    "safety_exit": "told to call 911",
}
PLAIN_WIDTH = 140  # columns of a file or a pipe, which have none


@dataclass(frozen=True, slots=True)
class Verdict:
    """One call, judged. Times in milliseconds but for `seconds`."""

    scenario: str
    faults: str
    failures: Sequence[str]
    seconds: float = 0.0
    turns: int = 0
    response_ms: Sequence[float] = ()
    final_state: str = "-"
    records: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    folder: Path | None = None
    lag_ms: float = 0.0
    """How late this machine was at most during the call; on virtual time it never is."""
    cpu_seconds: float = 0.0
    """Of the processor, for a call on virtual time: bot, callers, stand-ins and verdict together."""
    seed: int = 0
    """Of the stand-ins' delays."""
    pace: float = 1.0
    ended_as: str = ""
    """How the bot says that it ended."""
    states: Sequence[str] = ()
    tools: Sequence[str] = ()
    """What V2 was asked."""

    @property
    def passed(self) -> bool:
        """True when the call ended as it should."""
        return not self.failures

    @property
    def command(self) -> str:
        """Places exactly this call again, if it was on virtual time."""
        fault = f" FAULT={self.faults}" if self.faults else ""
        return f"make call SCENARIO={self.scenario}{fault} FAST=1 SEED={self.seed} ARGS='--pace {self.pace:g}'"

    @property
    def title(self) -> str:
        """The scenario, and what was broken."""
        return f"{self.scenario} ({self.faults})" if self.faults else self.scenario


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
        self._line(replace(event, ms=event.detail["began_ms"]), "[cyan]bot[/]   ", text + waited)

    def _line(self, event: Event, who: str, text: str) -> None:
        """A long text is left to the terminal; where lines have an end (a picture) it goes on below itself."""
        when = f"[dim]{event.ms / 1000:7.2f}[/]"
        if self._console.soft_wrap:
            self._console.print(f"{when}  {who or '      '}  {text}")
            return
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_column(no_wrap=True)
        line.add_column(no_wrap=True, min_width=6)
        line.add_column()
        line.add_row(when, who.rstrip(), text)
        self._console.print(line)

    def verdict(self, verdict: Verdict) -> None:
        """The records as the dashboard holds them, then PASS or FAIL with reasons."""
        for kind, rows in verdict.records.items():
            for row in rows:
                self._record(kind, row)
        self.response(verdict)
        if verdict.cpu_seconds:
            self.say(f"this machine: {verdict.cpu_seconds:.1f} processor seconds for the call; no lag can be in it")
        else:
            told = "so its silences are not judged" if verdict.lag_ms > MAX_LAG_MS else "its silences are judged"
            self.say(f"this machine: at most {verdict.lag_ms:.0f} ms late during the call, {told}")
        if verdict.folder is not None:
            self.say(f"recording: {verdict.folder}/call.wav")
        self.word(verdict)

    def response(self, verdict: Verdict) -> None:
        """How long the caller waited for answers, if there were any."""
        if verdict.response_ms:
            slowest = max(verdict.response_ms)
            middle = median(verdict.response_ms)
            self.say(f"\nresponse: median {middle:.0f} ms, slowest {slowest:.0f} ms, {verdict.turns} turns")

    def word(self, verdict: Verdict) -> None:
        """PASS, or FAIL with its reasons."""
        if verdict.passed:
            broken = f" with {verdict.faults}" if verdict.faults else ""
            end = ENDS.get(verdict.final_state, f"in {verdict.final_state}")
            told = f"[bold green]PASS[/] {verdict.title} ({verdict.seconds:.0f} s)"
            self._console.print(f"{told}: ended as it should{escape(broken)}: {end}")
            return
        self._console.print(f"[bold red]FAIL[/] {verdict.title} ({verdict.seconds:.0f} s)")
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

    def machine(self, cpu_seconds: Sequence[float], lag_ms: float) -> None:
        """What the calls cost this machine, each in seconds of the processor, and how late it was meanwhile."""
        spent = [seconds for seconds in cpu_seconds if seconds]
        cost = f"{median(spent):.1f} processor seconds a call (median), {max(spent):.1f} at most; " if spent else ""
        self.say(f"this machine: {cost}its loop was {lag_ms:.0f} ms late at the worst")

    def progress(self, verdict: Verdict, done: int, total: int) -> None:
        """One of many calls is over."""
        word = "[green]PASS[/]" if verdict.passed else "[red]FAIL[/]"
        self._console.print(f"[dim]{done}/{total}[/] {word} {verdict.title} ({verdict.seconds:.0f} s)")

    def table(self, verdicts: Sequence[Verdict]) -> None:
        """A line for each scenario, columns for each thing that was broken; then why those failed that did."""
        ways = list(dict.fromkeys(verdict.faults for verdict in verdicts))
        found = {(verdict.scenario, verdict.faults): verdict for verdict in verdicts}
        table = Table(title="scenarios")
        table.add_column("scenario", no_wrap=True)
        for way in ways:
            table.add_column(escape(way) or "all well", no_wrap=True)
            for heading in ("s", "turns", "slowest ms"):
                table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("final state", no_wrap=True)
        for scenario in dict.fromkeys(verdict.scenario for verdict in verdicts):
            calls = [found.get((scenario, way)) for way in ways]
            states = dict.fromkeys(call.final_state for call in calls if call)
            table.add_row(scenario, *(cell for call in calls for cell in _cells(call)), " / ".join(states))
        self._console.print(table)
        for verdict in verdicts:
            for failure in verdict.failures:
                self._console.print(f"[red]{escape(verdict.title)}:[/] {escape(failure)}")
            if verdict.failures and verdict.folder is not None:
                self._console.print(f"[dim]  recording: {verdict.folder}/call.wav[/]")
            if verdict.failures and verdict.cpu_seconds:
                self._console.print(f"[dim]  again: {escape(verdict.command)}[/]")


def _cells(verdict: Verdict | None) -> Sequence[str]:
    """A call's columns in the table."""
    if verdict is None:
        return ("", "", "", "")
    slowest = f"{max(verdict.response_ms):.0f}" if verdict.response_ms else "-"
    word = "[green]PASS[/]" if verdict.passed else "[bold red]FAIL[/]"
    return (word, f"{verdict.seconds:.0f}", str(verdict.turns), slowest)
