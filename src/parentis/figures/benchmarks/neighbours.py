"""Compares each place with its neighbours: those a publisher lists, or those most alike in stated variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from parentis.figures.measures import Polarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

HOW_MANY: Final = 10
"Neighbours of a place, as in DfE's model."


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far a place is from its neighbours: `gap` is above zero where it is worse, in the measure's unit."""

    geography: str
    neighbours: int
    mean: float
    gap: float
    p_worse: float
    "Probability that its true value is worse than its neighbours' mean."


def gaps(compared: pl.DataFrame, edges: Mapping[str, Sequence[str]], polarity: Polarity) -> dict[str, Gap]:
    """Gaps by place, from rows of `comparison.compared`. Leaves out places with no value, and those whose neighbours
    have none."""
    from scipy.special import ndtr

    known = compared.filter(pl.col("value").is_not_null(), pl.col("deviation").is_not_null())
    held = {row["geography"]: row for row in known.iter_rows(named=True)}
    sign = 1.0 if polarity is Polarity.LOWER else -1.0
    found = {}
    for place, listed in edges.items():
        near = [held[one] for one in listed if one in held and one != place]
        own = held.get(place)
        if own is None or not near:
            continue
        mean = float(np.mean([one["value"] for one in near]))
        true = own["shrunk"] - float(np.mean([one["shrunk"] for one in near]))
        error = float(np.sqrt(own["deviation"] ** 2 + sum(one["deviation"] ** 2 for one in near) / len(near) ** 2))
        p = float(ndtr(sign * true / error)) if error > 0 else 0.5
        found[place] = Gap(
            geography=place, neighbours=len(near), mean=mean, gap=sign * (own["value"] - mean), p_worse=p
        )
    return found


def most_alike(places: Sequence[str], variables: "Array", many: int = HOW_MANY) -> dict[str, tuple[str, ...]]:
    """Computed neighbours, the nearest first: Euclidean distance over `variables`, shape (places, variables), each
    standardised. A place that lacks a variable has no neighbours and is not a neighbour of any other place."""
    whole = np.asarray(~np.isnan(variables).any(axis=1))
    kept = [place for place, held in zip(places, whole, strict=True) if held]
    if len(kept) < 2:
        return {}
    table = variables[whole]
    spread = table.std(axis=0)
    scaled = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1)
    apart = np.sqrt(((scaled[:, None, :] - scaled[None, :, :]) ** 2).sum(axis=2))
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1, kind="stable")[:, : min(many, len(kept) - 1)]
    return {place: tuple(kept[at] for at in nearest[number]) for number, place in enumerate(kept)}
