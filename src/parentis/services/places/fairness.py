"""Whether children of one group wait longer than others, beyond chance.

A permutation test: group labels are shuffled among the children, and the interval contains 95 % of the differences if
groups and waits were unrelated. With many groups some differences fall outside by chance: Holm's adjustment shows
which remain significant.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

FEWEST: Final = 4
"Fewest children in a group, and outside it, for a result: a mean of three could disclose each of them."
SHUFFLES: Final = 2_000
LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Mean wait of a group less that of the others, in days, and the interval of chance. `chance`: the p-value (how
    often shuffling gives as large a difference). `stands`: still outside after Holm's adjustment for all groups
    compared."""

    by: str
    group: str
    children: int
    days: float
    difference: float
    low: float
    high: float
    chance: float
    stands: bool


def gaps(
    waits: pl.DataFrame, by: tuple[str, ...], *, seed: int = 0, shuffles: int = SHUFFLES, level: float = LEVEL
) -> tuple[Gap, ...]:
    """Every group of each column in `by` that has enough children, against the others of that column.

    Args:
        waits: one row a child, `days` waited (a number) and the columns of `by`; rows without a group are left out.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    found: list[Gap] = []
    for column in by:
        known = waits.filter(pl.col(column).is_not_null() & pl.col("days").is_not_null())
        if known.height < 2 * FEWEST:
            continue
        days, labels = known["days"].to_numpy().astype(float), known[column].cast(pl.String).to_numpy()
        names = [name for name in sorted(set(labels)) if FEWEST <= (labels == name).sum() <= len(labels) - FEWEST]
        if not names:
            continue
        members = np.array([labels == name for name in names], dtype=float)  # (groups, children)
        shuffled = rng.permuted(np.broadcast_to(days, (shuffles, len(days))), axis=1)
        drawn, seen = _differences(members, shuffled), _differences(members, days[None, :])[:, 0]
        tail = (1 - level) / 2
        lows, highs = np.quantile(drawn, (tail, 1 - tail), axis=1)
        chance = ((np.abs(drawn) >= np.abs(seen)[:, None] - 1e-12).sum(axis=1) + 1) / (shuffles + 1)
        found.extend(
            Gap(by=column, group=name, children=int(members[at].sum()), days=float(days[members[at] > 0].mean()),
                difference=float(seen[at]), low=float(lows[at]), high=float(highs[at]), chance=float(chance[at]),
                stands=False)
            for at, name in enumerate(names)
        )  # fmt: skip
    return _adjusted(found, level)


def _differences(members: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Mean of the members less mean of the others, shape (groups, draws), of `days` (draws, children)."""
    size, total = members.sum(axis=1)[:, None], days.sum(axis=1)[None, :]
    inside = members @ days.T
    return np.asarray(inside / size - (total - inside) / (members.shape[1] - size))


def _adjusted(found: list[Gap], level: float) -> tuple[Gap, ...]:
    """Holm: from the smallest chance on, as long as each is below its share of what is allowed."""
    from dataclasses import replace

    order = sorted(range(len(found)), key=lambda at: found[at].chance)
    stands: set[int] = set()
    for rank, at in enumerate(order):
        if found[at].chance > (1 - level) / (len(found) - rank):
            break
        stands.add(at)
    return tuple(replace(one, stands=at in stands) for at, one in enumerate(found))
