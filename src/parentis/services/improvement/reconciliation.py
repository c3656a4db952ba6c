"""One indicator from three sides: collected by the borough, derived from the return already held, published by DfE."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from parentis.region import match_authorities
from parentis.returns.improvement import slots
from parentis.services.improvement.measures import measure_of
from parentis.services.statistics import lait

COMPARED: Final = pl.Schema(
    {
        **dict.fromkeys(("slot", "title", "geography", "period", "says"), pl.String()),
        **dict.fromkeys(("collected", "derived", "published", "difference", "tolerance"), pl.Float64()),
    }
)
AGREES, DIFFERS, ALONE, SAME = (
    "agrees with the published year",
    "differs from the published year by more than its tolerance: explain it, or correct the quarter",
    "nothing is published or derived to compare it with yet",
    "every count is the same as the quarter before: it looks like the last quarter sent again",
)


def reconciled(
    values: pl.DataFrame, tables: Mapping[str, pl.DataFrame], derived: pl.DataFrame | None = None
) -> pl.DataFrame:
    """`COMPARED`: every collected value of a year's last quarter beside what is published for that year.

    `derived` has `slot`, `geography`, `period`, `value`. Differences are kept as they are: nothing is overwritten."""
    known = slots()
    rows = pl.DataFrame(
        [(one.id, one.title, measure_of(one), one.tolerance) for one in known],
        schema={"slot": pl.String, "title": pl.String, "measure": pl.String, "tolerance": pl.Float64}, orient="row",
    )  # fmt: skip
    own = values.filter(pl.col("geography").str.starts_with("E0"))
    held = own.join(rows, on="measure").with_columns(
        year=pl.col("period_end").dt.year(), ends=pl.col("period").str.ends_with("Q4")
    )
    there = _published(tables)
    repeats = _repeats(own).with_columns(repeated=pl.lit(value=True))
    joined = (
        held.join(there, on=["slot", "geography", "year"], how="left")
        .join(derived or _NOTHING, on=["slot", "geography", "period"], how="left")
        .join(repeats, on=["geography", "period"], how="left")
        .with_columns(published=pl.when("ends").then("published"))
        .with_columns(difference=pl.col("value") - pl.coalesce("published", "derived"))
    )
    says = (
        pl.when(pl.col("repeated").fill_null(value=False)).then(pl.lit(SAME))
        .when(pl.col("difference").is_null()).then(pl.lit(ALONE))
        .when(pl.col("difference").abs() <= pl.col("tolerance")).then(pl.lit(AGREES))
        .otherwise(pl.lit(DIFFERS))
    )  # fmt: skip
    return joined.with_columns(says=says, collected="value").select(
        pl.col(name).cast(kind) for name, kind in COMPARED.items()
    ).sort("slot", "geography", "period")  # fmt: skip


_NOTHING = pl.DataFrame(
    schema={"slot": pl.String, "geography": pl.String, "period": pl.String, "derived": pl.Float64}
)  # fmt: skip


def _published(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """LAIT's values of the indicators' measures: `slot`, `geography`, `year`, `published`."""
    lines = tables[lait.LINES]
    empty = {"slot": pl.String, "geography": pl.String, "year": pl.Int32, "published": pl.Float64}
    by_name = {one.lait: one.id for one in slots() if one.lait}
    named = lines.filter(pl.col("SHORT_DESC").is_in(list(by_name)), pl.col("YEARS").str.contains(r"^\d{4}$"))
    if named.is_empty():
        return pl.DataFrame(schema=empty)
    codes = match_authorities(named.select(code="LA_NUMBER").unique(), "code").select("code", geography="authority")
    return (
        named.join(codes, left_on="LA_NUMBER", right_on="code")
        .select(
            "geography",
            slot=pl.col("SHORT_DESC").replace_strict(by_name, default=None, return_dtype=pl.String),
            year=pl.col("YEARS").cast(pl.Int32), published=pl.col("VALUE").cast(pl.Float64), sequence="sequence",
        )
        .drop_nulls(["geography", "published"]).sort("sequence")
        .unique(["slot", "geography", "year"], keep="last").select(list(empty))
    )  # fmt: skip


def _repeats(own: pl.DataFrame) -> pl.DataFrame:
    """Authorities and quarters whose every count is that of the quarter before: `geography`, `period`."""
    ordered = own.sort("geography", "measure", "period_end").with_columns(
        same=(
            (pl.col("numerator") == pl.col("numerator").shift(1).over("geography", "measure"))
            & (pl.col("denominator") == pl.col("denominator").shift(1).over("geography", "measure"))
        ).fill_null(value=False)
    )
    whole = ordered.group_by("geography", "period").agg(all_same=pl.col("same").all(), many=pl.len())
    return whole.filter(pl.col("all_same"), pl.col("many") >= 5).select("geography", "period")
