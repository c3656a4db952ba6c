"""Priorities of the region, and the uncertainty of their order.

A measure's score is the product of five parts, each between 0 and 1 and each to the power of its weight: the
certainty that boroughs are worse than their neighbours, the size of the difference, the number of children, the cost,
and whether other boroughs have improved. Weights are the mean of the directors' ballots. The order is computed many
times with resampled ballots and data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PARTS: Final = ("worse", "distance", "children", "cost", "learnable")
POINTS: Final = 100
"Points that a ballot divides among the parts."
DRAWS: Final = 1000
TOP: Final = 5
LEAST: Final = 0.02
"Least value of a part, so that one zero does not make the whole score zero."
_POWER = 5.0
"With weights of a fifth each, every part has the exponent 1."


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible priority; every part is between 0 and 1, `errors` are their standard errors."""

    measure: str
    parts: Mapping[str, float]
    errors: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """A measure in order of its score. `top` is the share of draws in which it is among the first `TOP`."""

    measure: str
    place: int
    score: float
    top: float
    place_low: int
    place_high: int
    parts: Mapping[str, float]


def weights_of(ballots: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean ballot, as shares; a fifth each while nobody has voted. A ballot without points is left out."""
    shares = _shares(ballots)
    return dict(zip(PARTS, (float(one) for one in shares.mean(axis=0)), strict=True))


def priorities(
    candidates: Sequence[Candidate], ballots: Sequence[Mapping[str, float]], *, draws: int = DRAWS, seed: int = 0
) -> tuple[Priority, ...]:
    """The candidates in order. Draws resample the ballots with replacement and the parts by their errors; while
    nobody has voted, weights are drawn uniformly from all possible ones."""
    if not candidates:
        return ()
    values = np.array([[one.parts[part] for part in PARTS] for one in candidates])
    errors = np.array([[one.errors.get(part, 0.0) for part in PARTS] for one in candidates])
    shares = _shares(ballots)
    scores = _scores(values, shares.mean(axis=0))
    rng = np.random.Generator(np.random.Philox(key=np.array([seed, len(candidates)], dtype=np.uint64)))
    places = np.empty((draws, len(candidates)), dtype=np.int64)
    for draw in range(draws):
        if any(sum(one.values()) > 0 for one in ballots):
            weight = shares[rng.integers(0, len(shares), len(shares))].mean(axis=0)
        else:
            weight = rng.dirichlet(np.ones(len(PARTS)))
        places[draw] = _places(_scores(values + errors * rng.standard_normal(values.shape), weight))
    low, high = np.quantile(places, [0.05, 0.95], axis=0, method="inverted_cdf")
    order = np.argsort(-scores, kind="stable")
    return tuple(
        Priority(
            measure=candidates[at].measure,
            place=number,
            score=float(scores[at]),
            top=float((places[:, at] <= TOP).mean()),
            place_low=int(low[at]),
            place_high=int(high[at]),
            parts=candidates[at].parts,
        )
        for number, at in enumerate(order, 1)
    )


def _shares(ballots: Sequence[Mapping[str, float]]) -> "Array":
    held = [[float(one.get(part, 0.0)) for part in PARTS] for one in ballots if sum(one.values()) > 0]
    if not held:
        return np.full((1, len(PARTS)), 1 / len(PARTS))
    table = np.array(held)
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def _scores(values: "Array", weight: "Array") -> "Array":
    return np.asarray(np.exp(_POWER * np.log(values.clip(LEAST, 1)) @ weight))


def _places(scores: "Array") -> "NDArray[np.int64]":
    places = np.empty(len(scores), dtype=np.int64)
    places[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return places
