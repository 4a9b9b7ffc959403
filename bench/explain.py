"""What the rules make of one turn, and why: `make explain SAY="..." QUESTION=read_back`.

Words with their classes, clauses, facts with the part of the turn that says them, what nothing covers, the answer. At
an approval the turn is read as the answer to a read-back of --name, --address, --zip, --fee and --visit.

Exit code 2: a wrong argument. 0: anything else.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

from call.session import APPROVALS, Question
from understanding.remainder import places, remainder
from understanding.text.utterance import Utterance, parse
from understanding.turn import Understanding, understand

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 23, 10, 15, tzinfo=ZONE)  # A Monday
_SHOWN_ELSEWHERE = frozenset({"text", "answer", "remainder", "doubt"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    given = _parser().parse_args(arguments)
    visit_at = given.visit.replace(tzinfo=ZONE)
    question = Question(given.question) if given.question else None
    read_back = (given.address, given.zip, given.fee) if question in APPROVALS else ()
    heard = understand(
        given.say, question=question, now=NOW, visit_at=visit_at, known_name=given.name, read_back=read_back
    )
    console = Console(highlight=False, soft_wrap=True)
    turn = parse(given.say)
    _show_words(console, turn)
    _show_facts(console, turn, heard)
    left = heard.remainder if question in APPROVALS else remainder(heard)
    console.print(f"remainder:    {escape(' '.join(left)) or '-'}")
    why = f"nothing covers: {', '.join(heard.remainder)}" if heard.remainder else heard.doubt
    console.print(f"answer:       {heard.answer or '-'}" + (f" ({escape(why)})" if why else ""))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make explain", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("say", help="the caller's turn")
    parser.add_argument("--question", choices=[*Question], help="what was asked; nothing: none is open")
    parser.add_argument("--name", default="Jonas Weber")
    parser.add_argument("--address", default="5311 Izzical Road")
    parser.add_argument("--zip", default="78704")
    parser.add_argument("--fee", default="89 dollars")
    parser.add_argument("--visit", type=datetime.fromisoformat, default=datetime(2026, 11, 24, 14), help="local time")
    return parser


def _show_words(console: Console, turn: Utterance) -> None:
    for i, token in enumerate(turn.tokens):
        place = f"{token.start}-{token.end}"
        console.print(f"{place:>9}  {escape(token.word):<14} {', '.join(sorted(turn.classes(i))) or '?'}")
    for clause in turn.clauses:
        told = [name for name, so in (("question", clause.asks), ("negated", clause.denies)) if so]
        console.print(f"clause:       {escape(clause.text)} {escape(clause.mark)}  {', '.join(told)}".rstrip())


def _show_facts(console: Console, turn: Utterance, heard: Understanding) -> None:
    """Prints every fact with what says it."""
    silent, said = Understanding(), {**places(heard), "problem": turn.where(heard.problem)}
    for field in fields(heard):
        value = getattr(heard, field.name)
        if field.name in _SHOWN_ELSEWHERE or value == getattr(silent, field.name):
            continue
        if field.name == "visit":
            value = f"{value.starts_at:%a %d %b %H:%M}" + (f" to {value.latest:%H:%M}" if value.latest else "")
        tokens = [turn.tokens[i] for i in sorted(said.get(field.name, ()))]
        told = " ".join(turn.text[token.start : token.end] for token in tokens)
        console.print(f"fact:         {field.name} = {escape(str(value))}" + (f"   <- {escape(told)}" if told else ""))


if __name__ == "__main__":
    sys.exit(main())
