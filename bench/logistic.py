"""Logistic regression over sparse pieces of text, by stochastic gradient descent: for what is learnt from tables."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Pieces = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Places among the weights, and how much each counts."""


def pieces_of(found: Mapping[int, float]) -> Pieces:
    """The same as arrays, in one order whatever the mapping's."""
    places = np.array(sorted(found), dtype=np.int64)
    return places, np.array([found[place] for place in sorted(found)])


def learnt(
    texts: Sequence[Pieces],
    labels: NDArray[np.bool_],
    rng: np.random.Generator,
    *,
    size: int,
    rounds: int,
    step: float,
    decay: float,
    worth: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """The weights, `size` of them; the steps get smaller from round to round, and the weights by `decay` in each.

    `worth`: how much each text counts; one if it is not given.
    """
    weights = np.zeros(size)
    for round_ in range(rounds):
        for i in rng.permutation(len(texts)):
            places, values = texts[i]
            pace = step / (1 + round_) * (1 if worth is None else worth[i])
            weights[places] -= pace * (likelihood(weights, texts[i]) - labels[i]) * values
        weights *= decay
    return weights


def likelihood(weights: NDArray[np.float64], text: Pieces) -> float:
    """From 0 to 1."""
    places, values = text
    return float(1 / (1 + np.exp(-(weights[places] @ values))))
