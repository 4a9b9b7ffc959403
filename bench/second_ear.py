"""`python -m bench.second_ear`: what a small classifier beside the rules would hear of danger, by cross-validation.

Words, pairs of words and pieces of them, learnt from the tables of tests/utterances by logistic regression. Each turn
is judged by a model that has not seen it; printed is how many dangers are found at each share of turns without one
that are asked about needlessly. docs/decisions/0016-no-second-ear.md says what follows from it.
"""

import argparse
import re
import sys
import zlib
from itertools import pairwise

import numpy as np

from bench.logistic import Pieces, learnt, likelihood
from tests.support.utterance_tables import Entry, Part, load
from understanding.facts import Hazard
from understanding.text.plain import plain

GRAVE = frozenset({Hazard.PRESENT, Hazard.POSSIBLE})
FOLDS, ROUNDS, WEIGHTS = 10, 12, 1 << 16
NEEDLESS = (0.005, 0.01, 0.02, 0.05)
STEP, DECAY, SEED = 1.5, 0.995, 1


def pieces(text: str) -> Pieces:
    """The places of a turn's words, pairs and pieces of four characters among the weights, all of one weight."""
    words = ["<", *re.findall(r"\w+", plain(text)), ">"]
    line = " ".join(words)
    found = {*words, *(f"{a} {b}" for a, b in pairwise(words))}
    found |= {f"#{line[i : i + 4]}" for i in range(len(line) - 3)}
    places = np.array(sorted(zlib.crc32(piece.encode()) % WEIGHTS for piece in found))
    return places, np.full(len(places), len(places) ** -0.5)


def grave(entry: Entry) -> bool | None:
    """Whether a turn is to be taken for a danger or asked about; None where either is right."""
    told = entry.expect.hazard
    expected = {told} if isinstance(told, Hazard) else set(told)
    return None if expected & GRAVE and expected - GRAVE else bool(expected & GRAVE)


def main() -> int:
    """Prints the table."""
    argparse.ArgumentParser(prog="python -m bench.second_ear", description=__doc__).parse_args()
    entries = [entry for part in Part for table in load(part).values() for entry in table]
    labelled = [(entry, label) for entry in entries if (label := grave(entry)) is not None]
    turns, labels = [pieces(entry.say) for entry, _ in labelled], np.array([label for _, label in labelled])
    rng = np.random.default_rng(SEED)
    fold, scores = rng.integers(0, FOLDS, len(turns)), np.zeros(len(turns))
    for k in range(FOLDS):
        seen = np.flatnonzero(fold != k)
        weights = learnt(
            [turns[i] for i in seen], labels[seen], rng, size=WEIGHTS, rounds=ROUNDS, step=STEP, decay=DECAY
        )
        for i in np.flatnonzero(fold == k):
            scores[i] = likelihood(weights, turns[i])
    print(f"{labels.sum()} dangers among {len(labels)} turns")
    for share in NEEDLESS:
        found = (scores[labels] > np.quantile(scores[~labels], 1 - share)).mean()
        print(f"{share:.1%} asked needlessly: {found:.0%} of the dangers are found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
