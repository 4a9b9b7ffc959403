"""`python -m bench.learn_guard`: learns what the reply guard's second judge knows, and says how good it is.

It learns from the labelled sentences of tests/guard_sentences: the batches; `practice/`, in the same format; and
`reactions/`, whose lines have a label (H: harmless, C: claims), the moment, what the caller said and what the model
says. Shown is what it makes of sentences
that it has not learnt from: each folder of batches and each file of reactions is left out once. `--write` replaces the
weights (conversation/guard/learned.bin).
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from bench.logistic import Pieces, learnt, pieces_of
from call.business import Business
from call.session import CallSession, Question, State
from conversation.guard import learned
from conversation.guard.judge import Verdict, check
from conversation.guard.known import Spoken, words_of
from conversation.guard.sentences import clean
from conversation.guard.words import NEUTRAL
from tests.support import model_sentences
from tests.support.guard_tables import FOLDER, FactsOfCall, Sentence, load, table
from tests.support.model_sentences import FALSE, TRUE
from tests.support.utterance_tables import TableError

REACTIONS, PRACTICE = FOLDER / "reactions", FOLDER / "practice"
ROUNDS, STEP, DECAY, SEED = 12, 2.0, 0.995, 1
WORTH = 3.0  # Of a sentence with the facts of its call, against a reaction's
STEPS = 127  # Of a weight's byte, either way
NOTHING = 1.0, bytes(learned.PLACES)  # Weights of which nothing is learnt


class Labelled(Protocol):
    """A sentence that may be said or not."""

    @property
    def verdict(self) -> Verdict:
        """What the guard makes of it."""

    @property
    def expect(self) -> bool:
        """Whether it may be said."""

    @property
    def spoken(self) -> Spoken:
        """It, and what it is judged against."""


@dataclass(frozen=True)
class OfTheTests:
    """One of tests/support/model_sentences.py."""

    say: str
    session: CallSession
    expect: bool

    @property
    def verdict(self) -> Verdict:
        """What the guard makes of it."""
        return check(self.say, self.session, Business())

    @property
    def spoken(self) -> Spoken:
        """It, and what it is judged against."""
        return Spoken(clean(self.say), self.session, Business())


def sentences() -> Iterator[tuple[str, Labelled]]:
    """All labelled sentences, each with the name of where it stands.

    Raises:
        TableError: a line of the reactions is not as it should be.
    """
    for expect, those in ((False, FALSE), (True, TRUE)):
        for given in those:
            say, session = given.values
            yield "tests", OfTheTests(str(say), cast(CallSession, session), expect)
    for path in sorted(REACTIONS.glob("*.tsv")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            try:
                label, moment, caller, say = line.split("\t")
                yield path.stem, _reaction(label, moment, caller, say)
            except ValueError as error:
                raise TableError(f"{path.name}, line {number}: {error}") from error
    for path in sorted(PRACTICE.glob("*.yaml")):
        for sentence in table(path):
            yield path.stem, sentence
    for folder in sorted(path for path in FOLDER.iterdir() if (path / "FROZEN").exists()):
        for sentence in load(folder):
            yield folder.name, sentence


def _reaction(label: str, moment: str, caller: str, say: str) -> Sentence:
    if label not in ("H", "C"):
        raise ValueError(f"{label!r} is neither H nor C")
    state, _, asked = moment.partition(" ")
    facts = FactsOfCall(
        language="es" if any(sign in say for sign in "¿¡ñáéíóú") else "en",
        phone="withheld" if asked == "phone" else FactsOfCall().phone,
        callback=asked == "none",
    )
    question = None if asked == "none" else Question(asked)
    return Sentence(say=say, state=State(state), question=question, caller=[caller], facts=facts, expect=label == "H")


def pieces(sentence: Labelled) -> Pieces:
    """What is learnt of a sentence."""
    spoken = sentence.spoken
    return pieces_of(learned.pieces(spoken, words_of(spoken, NEUTRAL)))


def weights_of(texts: Sequence[Pieces], claims: NDArray[np.bool_], worth: NDArray[np.float64]) -> tuple[float, bytes]:
    """What one step of a weight is, and the weights in a byte each."""
    rng = np.random.default_rng(SEED)
    found = learnt(texts, claims, rng, size=learned.PLACES, rounds=ROUNDS, step=STEP, decay=DECAY, worth=worth)
    scale = float(np.abs(found).max()) / STEPS
    return scale, np.round(found / scale).astype(np.int8).tobytes()


def digest() -> str:
    """Of all that is learnt from."""
    read = sorted([*REACTIONS.glob("*.tsv"), *FOLDER.glob("*/*.yaml"), Path(model_sentences.__file__)])
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in read)).hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.learn_guard", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="replace the weights, and show nothing")
    options, console = parser.parse_args(arguments), Console(highlight=False, soft_wrap=True)
    try:
        labelled = list(sentences())
    except TableError as error:
        console.print(f"[bold red]{escape(str(error))}[/]")
        return 1
    texts, claims = [], np.array([not sentence.expect for _, sentence in labelled])
    reactions = {path.stem for path in REACTIONS.glob("*.tsv")}
    worth = np.array([1.0 if name in reactions else WORTH for name, _ in labelled])
    for _, sentence in track(labelled, "reading", console=console):
        texts.append(pieces(sentence))
    if options.write:
        scale, weights = weights_of(texts, claims, worth)
        learned.WEIGHTS.write_bytes(f"{scale!r} {digest()}\n".encode() + weights)
        console.print(f"{learned.WEIGHTS.name}: learnt from {len(labelled)} sentences")
        return 0
    table = Table("left out", "", "by the rules", "with what was learnt")
    for group in track(sorted({group for group, _ in labelled}), "leaving one out", console=console):
        inside = [i for i, (name, _) in enumerate(labelled) if name == group]
        outside = [i for i, (name, _) in enumerate(labelled) if name != group]
        wrong = []
        for scale, weights in (NOTHING, weights_of([texts[i] for i in outside], claims[outside], worth[outside])):
            learned.use(scale, weights)
            wrong.append([s for i in inside if (s := labelled[i][1]).verdict.allowed != s.expect])
        for expected, words in ((False, "false that pass"), (True, "true that are refused")):
            number = sum(labelled[i][1].expect is expected for i in inside)
            counts = (f"{sum(s.expect is expected for s in each)} of {number}" for each in wrong)
            table.add_row(group, words, *counts)
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
