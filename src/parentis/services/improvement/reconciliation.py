"""Each indicator from three sources: collected from the borough, derived from the stored return, published by DfE.

Each collected quarter is compared with the value from the looked-after children return; each whole year, combined
from its quarters as the indicator defines (`Slot.year`), with the derived and the published year. Nothing is
overwritten: a difference beyond the indicator's tolerance is reported, and a person is responsible for it.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from parentis.region import match_authorities
from parentis.returns.improvement import slots
from parentis.services.improvement.derivation import DERIVED
from parentis.services.improvement.measures import measure_of
from parentis.services.statistics import lait

COMPARED: Final = pl.Schema(
    {
        **dict.fromkeys(("slot", "title", "geography", "period", "says"), pl.String()),
        **dict.fromkeys(
            (
                "collected", "collected_numerator", "collected_denominator",
                "derived", "derived_numerator", "derived_denominator",
                "published", "from_derived", "from_published", "tolerance",
            ),
            pl.Float64(),
        ),
    }
)  # fmt: skip
"`period` is a quarter or a whole year; `from_derived` and `from_published` are collected less the other."
AGREES, OFF_DERIVED, OFF_PUBLISHED, OFF_BOTH, ALONE, SAME = (
    "agrees within its tolerance",
    "differs from what the looked-after children return gives: explain it, or correct one of the two",
    "differs from the published year: explain it, or correct the quarters",
    "differs from both what the looked-after children return gives and the published year: explain it, or correct it",
    "nothing is published or derived to compare it with yet",
    "every count is the same as the quarter before: it looks like the last quarter sent again",
)
DIFFERS: Final = frozenset({OFF_DERIVED, OFF_PUBLISHED, OFF_BOTH, SAME})
"States that somebody has to explain."
_COUNTS: Final = ("numerator", "denominator")
_KEY: Final = ("slot", "geography", "period")


def reconciled(values: pl.DataFrame, tables: Mapping[str, pl.DataFrame], derived: pl.DataFrame) -> pl.DataFrame:
    """`COMPARED`, of collected values (`collected.collected`) and `DERIVED` ones, with LAIT's out of `tables`."""
    known = pl.DataFrame(
        [(one.id, one.title, measure_of(one), one.tolerance, float(one.scale), one.year, one.lait) for one in slots()],
        schema={"slot": pl.String, "title": pl.String, "measure": pl.String, "tolerance": pl.Float64,
                "scale": pl.Float64, "year": pl.String, "lait": pl.String}, orient="row",
    )  # fmt: skip
    own = values.filter(pl.col("geography").str.starts_with("E0")).join(known.select("slot", "measure"), on="measure")
    told = derived if not derived.is_empty() else DERIVED.to_frame()
    quarters = own.select(*_KEY, *_COUNTS).join(
        told.rename({one: f"derived_{one}" for one in _COUNTS}), on=_KEY, how="left"
    )  # fmt: skip
    repeats = _repeats(own).with_columns(repeated=pl.lit(value=True))
    years = _years(quarters, known).join(_published(tables, known), on=_KEY, how="left")
    both = pl.concat([quarters.join(repeats, on=["geography", "period"], how="left"), years], how="diagonal").join(
        known.drop("measure", "year", "lait"), on="slot"
    )
    compared = both.with_columns(
        collected=pl.col("numerator") / pl.col("denominator") * pl.col("scale"),
        derived=pl.col("derived_numerator") / pl.col("derived_denominator") * pl.col("scale"),
        collected_numerator="numerator", collected_denominator="denominator",
    ).with_columns(
        from_derived=pl.col("collected") - pl.col("derived"), from_published=pl.col("collected") - pl.col("published")
    )  # fmt: skip
    return compared.with_columns(says=_says()).select(pl.col(name).cast(kind) for name, kind in COMPARED.items()).sort(
        "slot", "geography", "period"
    )  # fmt: skip


def _says() -> pl.Expr:
    off_derived, off_published = (
        (pl.col(name).abs() > pl.col("tolerance")).fill_null(value=False) for name in ("from_derived", "from_published")
    )
    return (
        pl.when(pl.col("repeated").fill_null(value=False)).then(pl.lit(SAME))
        .when(pl.col("from_derived").is_null() & pl.col("from_published").is_null()).then(pl.lit(ALONE))
        .when(off_derived & off_published).then(pl.lit(OFF_BOTH))
        .when(off_derived).then(pl.lit(OFF_DERIVED))
        .when(off_published).then(pl.lit(OFF_PUBLISHED))
        .otherwise(pl.lit(AGREES))
    )  # fmt: skip


def _years(quarters: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Whole years: the sum of four quarters, or the quarter on whose last day the indicator is counted."""
    counts = (*_COUNTS, *(f"derived_{one}" for one in _COUNTS))
    of = quarters.join(known.select("slot", "year"), on="slot").with_columns(
        quarter=pl.col("period").str.tail(2), period=pl.col("period").str.head(7)
    )
    whole = pl.col("quarter").n_unique().over("slot", "geography", "period") == 4
    kept = of.filter((pl.col("year") == pl.col("quarter")) | ((pl.col("year") == "sum") & whole))
    # a year with a missing quarter has no sum
    return kept.group_by(_KEY).agg(
        pl.when(pl.col(one).null_count() == 0).then(pl.col(one).sum()).alias(one) for one in counts
    )


def _published(tables: Mapping[str, pl.DataFrame], known: pl.DataFrame) -> pl.DataFrame:
    """LAIT's values of the indicators' measures: `slot`, `geography`, `period` (a financial year), `published`.

    LAIT gives the calendar year in which the financial year ends or, for a count in September, that of the count."""
    lines = tables[lait.LINES]
    empty = {**dict.fromkeys(_KEY, pl.String), "published": pl.Float64}
    named = lines.join(known.filter(pl.col("lait") != ""), left_on="SHORT_DESC", right_on="lait").filter(
        pl.col("YEARS").str.contains(r"^\d{4}$")
    )
    if named.is_empty():
        return pl.DataFrame(schema=empty)
    codes = match_authorities(named.select(code="LA_NUMBER").unique(), "code").select("code", geography="authority")
    first = pl.col("YEARS").cast(pl.Int32) - (pl.col("year") != "Q2").cast(pl.Int32)
    label = pl.format("{}-{}", first, ((first + 1) % 100).cast(pl.String).str.zfill(2))
    return (
        named.join(codes, left_on="LA_NUMBER", right_on="code")
        .select("slot", "geography", "sequence", period=label, published=pl.col("VALUE").cast(pl.Float64))
        .drop_nulls(["geography", "published"]).sort("sequence")
        .unique(_KEY, keep="last").select(list(empty))
    )  # fmt: skip


def _repeats(own: pl.DataFrame) -> pl.DataFrame:
    """Authorities and quarters in which every count equals that of the quarter before: `geography`, `period`."""
    ordered = own.sort("geography", "measure", "period_end").with_columns(
        same=(
            (pl.col("numerator") == pl.col("numerator").shift(1).over("geography", "measure"))
            & (pl.col("denominator") == pl.col("denominator").shift(1).over("geography", "measure"))
        ).fill_null(value=False)
    )
    whole = ordered.group_by("geography", "period").agg(all_same=pl.col("same").all(), many=pl.len())
    return whole.filter(pl.col("all_same"), pl.col("many") >= 5).select("geography", "period")
