"""The service's own commands: each a question answered as one frame."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.services.adoption.incidence import Waits, cumulative_incidence
from parentis.services.adoption.lists import children
from parentis.services.adoption.waiting import DAYS, MONTHS, WAYS, waits

GROUPS = ("all", "age", "together", "ethnicity", "disability")


def waiting(
    tables: Mapping[str, pl.DataFrame], *, authority: str = "", by: str = "all", years: int = 3
) -> pl.DataFrame:
    """Of children with a placement order, the share placed, reversed and waiting 6, 12, 18 and 24 months after it:
    `group, exit, months, share, low, high, at_risk, few`. `by`: all, age, together, ethnicity or disability."""
    if by not in GROUPS:
        raise ValueError(f"by is one of {', '.join(GROUPS)}, not {by!r}")
    listed = children(tables).filter(pl.col("authority") == authority if authority else pl.lit(value=True))
    if listed.is_empty():
        return pl.DataFrame(schema={"group": pl.String})
    last = str(listed["period"].max())
    ends = date(int(last[:4]) + 1, 3, 31)
    known = waits(listed, opened=date(ends.year - years, 4, 1), extracted=ends).with_columns(group=_group(by))
    parts = []
    for (group,), ours in known.group_by("group", maintain_order=True):
        found = cumulative_incidence(Waits.of(ours, WAYS), [float(day) for day in DAYS])
        months = pl.col("day").replace_strict(dict(zip(map(float, DAYS), MONTHS, strict=True)), return_dtype=pl.Int64)
        parts.append(found.select(pl.lit(group).alias("group"), "exit", months.alias("months"), "share", "low", "high",
                                  "at_risk", "few"))  # fmt: skip
    return pl.concat(parts).sort("group", "exit", "months")


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
