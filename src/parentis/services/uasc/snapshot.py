"""Figures of children on 31 March: the count of the ledger, its difference from the published count, and its distance
from the thresholds."""

import polars as pl

from parentis.figures import NEAREST, WHOLE
from parentis.region import edition_words, financial_year_of, footprints
from parentis.services.uasc.reconciliation import PART, counts, reconcile
from parentis.services.uasc.records import Ledger
from parentis.services.uasc.survey_costs import VALUES
from parentis.services.uasc.thresholds import PURPOSES, headroom

METHOD = "children on the status on the night of 31 March, by the child-night ledger"
BESIDE = f"{METHOD}, less DfE's count"
NEAR = (
    "the threshold's share of residents aged 0 to 17 at mid-{} ({}), in heads, less the children on the night of "
    "31 March"
)


def snapshot(made: Ledger) -> pl.DataFrame:
    """`VALUES` of `uasc.stock` (authorities, and regions as far as returns are held) and of each authority's
    `uasc.headroom.funding` and `uasc.headroom.transfer`, at the end of its last year."""
    shown = counts(made).filter(_is_shown())
    return pl.concat([_values(shown, "uasc.stock", "ours", METHOD), _near(made)])


def beside_published(made: Ledger, lines: pl.DataFrame) -> pl.DataFrame:
    """`VALUES` of `uasc.national.difference`: where a count was published and every authority's return is held.

    A region's difference uses our count rounded to the nearest ten, as released: an exact one could reveal a hidden
    count.
    """
    told = reconcile(made, lines).filter(_is_shown(), pl.col("difference").is_not_null(), pl.col("outcome") != PART)
    ten = NEAREST
    rounded = (pl.col("ours") / ten + 0.5).floor() * ten - pl.col("published")
    difference = pl.when("is_footprint").then(rounded).otherwise("difference")
    return _values(told.with_columns(difference=difference), "uasc.national.difference", "difference", BESIDE)


def _is_shown() -> pl.Expr:
    """True for authorities and regions: counts of many overlapping footprints could be subtracted from one another."""
    return ~pl.col("is_footprint") | pl.col("geography").is_in([one.id for one in footprints() if one.kind == "region"])


def _near(made: Ledger) -> pl.DataFrame:
    found = headroom(made)
    labels = {day: financial_year_of(day).label for day in found["date"].unique().to_list()}
    named = found.with_columns(
        geography="authority",
        name=pl.lit("the authority"),
        is_footprint=pl.lit(value=False),
        held=pl.lit(1),
        members=pl.lit(1),
        period=pl.col("date").replace_strict(labels, default=None, return_dtype=pl.String),
        ours="heads",
    )
    said = pl.format(NEAR, "vintage", pl.lit(edition_words("population_0_17")))
    return pl.concat(
        _values(named.filter(pl.col("purpose") == purpose), f"uasc.headroom.{purpose}", "headroom", said)
        for purpose in PURPOSES
    )


def _values(rows: pl.DataFrame, measure: str, column: str, method: str | pl.Expr) -> pl.DataFrame:
    of_all = pl.format("{} of {} {} authorities", "held", "members", "name")
    nothing = {name: pl.lit(None, dtype=VALUES[name]) for name in ("low", "high", "level")}
    return rows.select(
        "geography",
        "period",
        measure=pl.lit(measure),
        breakdown=pl.lit(WHOLE),
        value=pl.col(column).cast(pl.Float64),
        n=pl.col("ours").cast(pl.Int64),
        authority_set=pl.when("is_footprint").then(of_all).otherwise("name"),
        method=pl.lit(method) if isinstance(method, str) else method,
        **nothing,
    ).select(*VALUES)
