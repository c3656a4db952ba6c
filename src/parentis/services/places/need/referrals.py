"""Needs from the referral log: secure welfare referrals, each need once, even if referred repeatedly or by several."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from parentis.region import parse_period
from parentis.returns.places.code_lists import JUSTICE
from parentis.services.places.need.stays import Stays
from parentis.services.places.need.uncensored import Log

ONE_NEED_DAYS: Final = 28
"A referral within this many days of one that found no place is the same need."
SECURE: Final = "secure"
NO_NEED: Final = "withdrawn"
PLACED: Final = "placed"
JUSTICE_STATUS: Final = "J1"
"Legal status of a child remanded to youth detention accommodation, who needs no welfare place (justice pays)."
SECURE_PLACE: Final = "K1"


def needs(referrals: pl.DataFrame, authorities: Sequence[str]) -> pl.DataFrame:
    """A row a need, in order of referral: `CHILD_KEY`, `LA` (of the first referral), `SEX`, `REFERRED` (the first
    day), `OUTCOME`, `START`, `READY`, `END` (of the last referral), `asked` (referrals in it), `authorities` (how
    many referred), `period`, `load_id` and `row` of the last.

    Left out: other kinds of place, justice, withdrawn referrals, referrals without a date, children of other regions.
    Stays that end before they begin count as not known to have ended.
    """
    latest = referrals.sort("period", "sequence", maintain_order=True).unique(
        "REFERRAL", keep="last", maintain_order=True
    )
    ours = latest.filter(
        pl.col("KIND") == SECURE,
        ~pl.col("BASIS").is_in(list(JUSTICE)).fill_null(value=False),
        pl.col("OUTCOME").is_not_null() & (pl.col("OUTCOME") != NO_NEED),
        pl.col("REFERRED").is_not_null(),
        pl.col("LA").is_in(list(authorities)),
    ).sort("CHILD_KEY", "REFERRED", "row")
    again = ((pl.col("REFERRED") - pl.col("REFERRED").shift().over("CHILD_KEY")).dt.total_days() <= ONE_NEED_DAYS) & (
        pl.col("OUTCOME").shift().over("CHILD_KEY") != PLACED
    )
    return (
        ours.with_columns(need=(~again.fill_null(value=False)).cum_sum().over("CHILD_KEY"))
        .group_by("CHILD_KEY", "need", maintain_order=True)
        .agg(
            pl.col("LA", "SEX", "REFERRED").first(),
            pl.col("OUTCOME", "START", "READY", "END", "period", "load_id", "row").last(),
            asked=pl.len(),
            authorities=pl.col("LA").n_unique(),
        )
        .with_columns(END=pl.when(pl.col("END") >= pl.col("START")).then("END"))
        .drop("need")
        .sort("REFERRED", "CHILD_KEY")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Audit of the log: of the `placements` looked up, `matched` were in the log."""

    matched: int = 80
    placements: int = 100


def counted(found: pl.DataFrame, authorities: Sequence[str], first: date, until: date, audit: Audit) -> Log:
    """The log as `uncensored.uncensor` takes it: from the month of `first` to the day before `until`. Cells are
    authority × sex, the girls of an authority before its boys."""
    months = (until.year - first.year) * 12 + until.month - first.month
    at = found.select(
        month=(pl.col("REFERRED").dt.year() - first.year) * 12 + pl.col("REFERRED").dt.month() - first.month,
        cell=2 * pl.col("LA").replace_strict({a: i for i, a in enumerate(authorities)}, return_dtype=pl.Int64)
        + (pl.col("SEX") == "M").cast(pl.Int64).fill_null(0),
    )
    within = at.filter(pl.col("month").is_between(0, months - 1))
    # A year's log covers a stay up to the year's end only: there it is censored.
    told = pl.col("period").replace_strict(
        {each: date.fromordinal(parse_period(each).end.toordinal() + 1) for each in found["period"].unique()},
        return_dtype=pl.Date,
    )
    stayed = (
        found.with_columns(told=told)
        .filter((pl.col("OUTCOME") == PLACED) & pl.col("START").is_not_null() & (pl.col("START") < pl.col("told")))
        .select(
            days=(pl.min_horizontal(pl.col("END").fill_null(pl.col("told")), "told") - pl.col("START")).dt.total_days(),
            ended=pl.col("END").is_not_null() & (pl.col("END") <= pl.col("told")),
        )
    )
    return Log(
        months=np.bincount(within["month"].to_numpy(), minlength=months),
        cells=np.bincount(within["cell"].to_numpy(), minlength=2 * len(authorities)),
        stays=Stays(days=stayed["days"].to_numpy(), ended=stayed["ended"].to_numpy()),
        matched=audit.matched,
        placements=audit.placements,
        placed_nights=float(stayed["days"].sum()),
    )


def by_status(episodes: pl.DataFrame) -> pl.DataFrame:
    """`period`, `welfare` and `justice`: rows of secure accommodation (K1) in returns on looked-after children by
    legal status. For each period only the newest submission's rows count; a remanded child (J1) counts as justice."""
    newest = episodes.filter(pl.col("sequence") == pl.col("sequence").max().over("authority", "period"))
    justice = (pl.col("LS") == JUSTICE_STATUS).fill_null(value=False)
    return (
        newest.filter(pl.col("PLACE") == SECURE_PLACE)
        .group_by("period")
        .agg(welfare=(~justice).sum().cast(pl.Int64), justice=justice.sum().cast(pl.Int64))
        .sort("period")
    )
