"""Ways to organise the region's agencies, compared on the same simulated years: one agency, hub and spoke, today's
agencies, sub-regions.

Shapes are compared in pairs, replicate by replicate, so that chance in arrivals cancels. Where the interval of a
difference includes zero, the data do not favour either, and the sentence says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

PLACED = "placed_12"
FEWER_IS_BETTER = frozenset({"days", "reversed_24", "national", "fees"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A shape's difference from the first: mean over replicates and 95 % interval (quantiles of the replicates)."""

    shape: str
    against: str
    what: str
    mean: float
    low: float
    high: float

    @property
    def tells(self) -> bool:
        """Whether the interval excludes zero."""
        return self.low > 0 or self.high < 0


def add_fees(runs: pl.DataFrame, fees: Mapping[str, float]) -> pl.DataFrame:
    """With `fees` a year in pounds: what placements with other agencies of the region (`region`) and outside it
    (`national`) cost, at the dated fees of each."""
    paid = pl.sum_horizontal(*[pl.col(way).fill_nan(0.0) * fee for way, fee in fees.items()])
    return runs.with_columns(fees=paid * pl.col("placed").fill_nan(0.0) * pl.col("children"))


def differences(runs: pl.DataFrame, what: Sequence[str]) -> tuple[Difference, ...]:
    """Each further shape of `simulate`'s answer against the first, in `what` of its columns."""
    names = runs["shape"].unique(maintain_order=True).to_list()
    first = runs.filter(pl.col("shape") == names[0]).sort("replicate")
    out = []
    for name in names[1:]:
        other = runs.filter(pl.col("shape") == name).sort("replicate")
        for column in what:
            change = other[column].to_numpy() - first[column].to_numpy()
            low, high = np.nanquantile(change, (0.025, 0.975))
            out.append(
                Difference(shape=name, against=names[0], what=column, mean=float(np.nanmean(change)), low=float(low),
                           high=float(high))
            )  # fmt: skip
    return tuple(out)


def verdict(found: Sequence[Difference]) -> str:
    """A sentence on which shape is best, or that the data do not say."""
    if not found:
        return "There is one shape only: nothing to compare."
    clear = [one for one in found if one.tells]
    against = found[0].against
    if not clear:
        return (
            f"These years do not choose: every difference from “{against}” may be nothing. "
            "Decide on what else matters, or gather more years."
        )
    said = [_of_shape(name, clear) for name in dict.fromkeys(one.shape for one in clear)]
    unclear = {one.shape for one in found} - {one.shape for one in clear}
    rest = f" Nothing can be said of {', '.join(f'“{name}”' for name in sorted(unclear))}." if unclear else ""
    return f"Beside “{against}”: {'; '.join(said)}.{rest}"


def _of_shape(name: str, clear: Sequence[Difference]) -> str:
    ways: dict[str, list[str]] = {"better": [], "worse": []}
    for one in clear:
        if one.shape == name:
            better = (one.mean < 0) == (one.what in FEWER_IS_BETTER)
            ways["better" if better else "worse"].append(WORDS[one.what])
    parts = [f"{way} on {', '.join(things)}" for way, things in ways.items() if things]
    return f"“{name}” does {' and '.join(parts)}"


WORDS = {
    "placed_6": "children placed within 6 months",
    "placed_12": "children placed within 12 months",
    "placed_24": "children placed within 24 months",
    "reversed_24": "plans reversed within 24 months",
    "days": "days waited",
    "national": "placements outside the region",
    "fees": "inter-agency fees",
}
