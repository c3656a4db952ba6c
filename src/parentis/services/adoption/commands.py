"""The service's own commands: each a question answered as one frame."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.services.adoption.lists import children
from parentis.services.adoption.waiting import DAYS, MONTHS, WAYS, waits
from parentis.services.methods.competing_risks import Waits, cumulative_incidence

GROUPS = ("all", "age", "together", "ethnicity", "disability")


def waiting(
    tables: Mapping[str, pl.DataFrame], *, authority: str = "", by: str = "all", years: int = 3
) -> pl.DataFrame:
    """Of children with a placement order, the share placed, reversed and waiting 6, 12, 18 and 24 months after it:
    `group, exit, months, share, error, low, high, at_risk, few, n`. `by`: all, age, together, ethnicity, disability."""
    if by not in GROUPS:
        raise ValueError(f"by is one of {', '.join(GROUPS)}, not {by!r}")
    listed = children(tables).filter(pl.col("authority") == authority if authority else pl.lit(value=True))
    if listed.is_empty():
        return pl.DataFrame(schema={"group": pl.String})
    last = str(listed["period"].max())
    found, _ = waiting_by(listed, ends=date(int(last[:4]) + 1, 3, 31), years=years, by=by)
    return found


def waiting_by(listed: pl.DataFrame, *, ends: date, years: int, by: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The shares by group, and the waits they are of (`waiting.waits` with `group`)."""
    known = waits(listed, opened=date(ends.year - years, 4, 1), extracted=ends).with_columns(group=_group(by))
    months = pl.col("day").replace_strict(dict(zip(map(float, DAYS), MONTHS, strict=True)), return_dtype=pl.Int64)
    parts = [pl.DataFrame(schema=_SHARES)]
    for (group,), ours in known.sort("group").group_by("group", maintain_order=True):
        seen = Waits.of(ours, WAYS, together="unit")
        if len(seen.end):
            found = cumulative_incidence(seen, [float(day) for day in DAYS])
            parts.append(
                found.select(
                    pl.lit(str(group)).alias("group"),
                    "exit",
                    months.alias("months"),
                    "share",
                    "error",
                    "low",
                    "high",
                    "at_risk",
                    "few",
                    pl.lit(len(seen.end)).cast(pl.Int64).alias("n"),
                )
            )
    return pl.concat(parts), known


_SHARES = {
    "group": pl.String,
    "exit": pl.String,
    "months": pl.Int64,
    "share": pl.Float64,
    "error": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "at_risk": pl.Int64,
    "few": pl.Boolean,
    "n": pl.Int64,
}


def _group(by: str) -> pl.Expr:
    age = (pl.col("placement_order") - pl.col("born")).dt.total_days() / 365.25
    return {
        "all": pl.lit("all"),
        "age": pl.when(age < 1)
        .then(pl.lit("under 1"))
        .when(age < 5)
        .then(pl.lit("1 to 4"))
        .otherwise(pl.lit("5 and over")),
        "together": pl.when(pl.col("together") > 1).then(pl.lit("brothers and sisters")).otherwise(pl.lit("one child")),
        "ethnicity": pl.col("ethnicity").fill_null("not known"),
        "disability": pl.col("disability").fill_null("not known"),
    }[by]
