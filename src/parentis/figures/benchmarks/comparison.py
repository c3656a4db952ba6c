"""Compares a measure's places with each other, with uncertainty: the part of a benchmark that all services share."""

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from parentis.figures.benchmarks.ranks import Evidence, measured, proportions, rank_posterior, rates
from parentis.figures.measures import Polarity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SURE: Final = 0.8
"Probability from which a place is said to be in a quarter; below 1 minus it, not to be. Between, it is uncertain."
NEVER_RANKED: Final = frozenset({"E09000001"})
"City of London: 847 children. Shown, but never ranked and not used as a statistical neighbour."
FEWEST_RANKED: Final = 3
FIFTH: Final = 0.2
"London's rule: each borough in its top or bottom 20 % explains itself."
COLUMNS: Final = pl.Schema(
    {
        **dict.fromkeys(("geography", "basis", "verdict", "fifth"), pl.String()),
        **dict.fromkeys(("value", "numerator", "denominator", "shrunk", "deviation", "low", "high"), pl.Float64()),
        **dict.fromkeys(("rank", "rank_median", "rank_low", "rank_high", "ranked"), pl.Int64()),
        **dict.fromkeys(("p_worst", "p_best", "p_best_half"), pl.Float64()),
    }
)


class Verdict(StrEnum):
    """What the evidence says about which quarter a place is in."""

    WORST = "worst quarter"
    BEST = "best quarter"
    BETWEEN = "neither quarter"
    CANNOT_TELL = "cannot tell"
    UNRANKED = "not ranked"


class Basis(StrEnum):
    """The source of the estimate of chance in a value."""

    COUNTS = "numerator and denominator"
    YEARS = "movement between years"
    NONE = "not known"


def compared(
    values: pl.DataFrame, polarity: Polarity, *, percent: bool, scale: float = 100.0, error: float | None = None
) -> pl.DataFrame:
    """Rows of `values` (`geography`, `value`, `numerator`, `denominator`; one per place) as `COLUMNS`, in their order.

    Where every ranked place has a numerator and a denominator, chance is binomial (`percent`) or Poisson; otherwise it
    is `error`, the standard error of one value. `scale` turns a share or rate of counts into a value: 100 for per
    cent, 10,000 for a rate per 10,000. Rank 1 is the best; a neutral measure is not ranked."""
    can = pl.col("value").is_not_null() & ~pl.col("geography").is_in(list(NEVER_RANKED))
    rows = values.select("geography", *(pl.col(one).cast(pl.Float64) for one in ("value", "numerator", "denominator")))
    ranked = rows.filter(can) if polarity is not Polarity.NEUTRAL else rows.clear()
    found = _posterior(ranked, polarity, percent=percent, scale=scale, error=error)
    joined = rows.join(found, on="geography", how="left", maintain_order="left").with_columns(
        basis=pl.col("basis").fill_null(str(Basis.NONE)), verdict=pl.col("verdict").fill_null(str(Verdict.UNRANKED))
    )
    return joined.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())


def _posterior(
    ranked: pl.DataFrame, polarity: Polarity, *, percent: bool, scale: float, error: float | None
) -> pl.DataFrame:
    plain = _plain(ranked, polarity)
    evidence = _evidence(ranked, percent=percent, error=error)
    if evidence is None:
        nothing = [pl.lit(None, kind).alias(name) for name, kind in COLUMNS.items() if name not in plain.columns]
        unknown = pl.lit(str(Verdict.CANNOT_TELL)).alias("verdict"), pl.lit(str(Basis.NONE)).alias("basis")
        return plain.with_columns(*nothing).with_columns(*unknown).drop("value", "numerator", "denominator")
    model, basis, times = (*evidence, scale if evidence[1] is Basis.COUNTS else 1.0)
    at = rank_posterior(model, prior="vague gamma" if basis is Basis.COUNTS else "flat")
    worse_high = polarity is Polarity.LOWER
    turned = len(ranked) + 1
    return plain.with_columns(
        shrunk=at.mean * times,
        deviation=at.deviation * times,
        low=at.low * times,
        high=at.high * times,
        rank_median=at.rank_median if worse_high else turned - at.rank_median,
        rank_low=at.rank_low if worse_high else turned - at.rank_high,
        rank_high=at.rank_high if worse_high else turned - at.rank_low,
        p_worst=at.p_highest_quarter if worse_high else at.p_lowest_quarter,
        p_best=at.p_lowest_quarter if worse_high else at.p_highest_quarter,
        p_best_half=1 - at.p_highest_half if worse_high else at.p_highest_half,
        basis=pl.lit(str(basis)),
    ).with_columns(verdict=_verdict()).drop("value", "numerator", "denominator")  # fmt: skip


def _plain(ranked: pl.DataFrame, polarity: Polarity) -> pl.DataFrame:
    """What needs no model of chance: the rank as other publications print it, and London's fifths."""
    place = pl.col("value").rank("min", descending=polarity is Polarity.HIGHER).cast(pl.Int64)
    from_the_worst = pl.col("value").rank("min", descending=polarity is Polarity.LOWER)
    fifth = round(ranked.height * FIFTH)
    return ranked.with_columns(rank=place, ranked=pl.lit(ranked.height, pl.Int64)).with_columns(
        fifth=pl.when(from_the_worst <= fifth)
        .then(pl.lit("worst"))
        .when(pl.col("rank") <= fifth)
        .then(pl.lit("best"))
        .otherwise(pl.lit(""))
    )


def _evidence(ranked: pl.DataFrame, *, percent: bool, error: float | None) -> tuple[Evidence, Basis] | None:
    if ranked.height < FEWEST_RANKED:
        return None
    counts = ranked.select("numerator", "denominator")
    whole = counts.filter(pl.col("denominator") > 0, pl.col("numerator") >= 0).height == ranked.height
    if whole and not (percent and counts.filter(pl.col("numerator") > pl.col("denominator")).height):
        numerator, denominator = (counts[name].to_numpy() for name in counts.columns)
        return (proportions if percent else rates)(numerator, denominator), Basis.COUNTS
    if error is not None and error > 0 and ranked["value"].n_unique() > 1:
        values = ranked["value"].to_numpy()
        return measured(values, np.full(len(values), error)), Basis.YEARS
    return None


def _verdict() -> pl.Expr:
    worst, best = pl.col("p_worst"), pl.col("p_best")
    return (
        pl.when(worst >= SURE)
        .then(pl.lit(str(Verdict.WORST)))
        .when(best >= SURE)
        .then(pl.lit(str(Verdict.BEST)))
        .when((worst <= 1 - SURE) & (best <= 1 - SURE))
        .then(pl.lit(str(Verdict.BETWEEN)))
        .otherwise(pl.lit(str(Verdict.CANNOT_TELL)))
    )
