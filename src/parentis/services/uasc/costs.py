"""The cost survey as pounds a year: one figure for each answered heading, for any unit of the answer.

Respondents give an amount and its unit; the multiplication is done here. A blank is never taken as nil: it stays blank
and is predicted later, with an interval (`grossing`).
"""

from collections.abc import Mapping

import polars as pl

from parentis.region import financial_year
from parentis.returns.uasc import HEADINGS
from parentis.services.uasc.tables import COSTS, DENOMINATORS, STAFF_TIME

PARTS: Mapping[str, str] = {one.code: one.kind for one in HEADINGS}
LABELS: Mapping[str, str] = {one.code: one.label for one in HEADINGS}
_KEY = ("authority", "period", "HEADING", "GROUP")
_FINDINGS: Mapping[str, str] = {
    "no denominator": "a price without how many nights, weeks, hours or items it was paid for",
    "no unit": "an amount without what it is a price of",
    "no sample": "answered by staff's time, and no time was noted",
    "below nil": "an amount below nil",
}
"Reasons why an answer cannot be used, in words."


def answers(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row a heading, group and return: `authority, period, group` (`child`, `leaver`), `heading, part`
    (`placement`, `non-placement`), `pounds` (of the year; null: not answered), `basis` (in words), `finding` (why an
    answer cannot be used, else null), `load_id, row, provisional`.

    A heading that occurs twice is a finding of the return's own rules; its rows are added up.
    """
    rows = tables[COSTS].join(_staff_costs(tables[STAFF_TIME]), on=_KEY, how="left")
    amount, unit = pl.col("AMOUNT").cast(pl.Float64), pl.col("UNIT")
    sampled = pl.col("METHOD") == "TIME_USE"
    priced = unit.is_in(["PER_NIGHT", "PER_WEEK", "PER_HOUR", "PER_ITEM"])
    finding = (
        pl.when(sampled.fill_null(value=False) & pl.col("staff").is_null() & amount.is_null())
        .then(pl.lit("no sample"))
        .when(amount < 0)
        .then(pl.lit("below nil"))
        .when((amount > 0) & unit.is_null() & ~(sampled.fill_null(value=False) & pl.col("staff").is_not_null()))
        .then(pl.lit("no unit"))
        .when((amount > 0) & priced & ~(pl.col("DENOMINATOR") > 0).fill_null(value=False))
        .then(pl.lit("no denominator"))
    )
    stated = pl.when(amount == 0).then(0.0).when(priced).then(amount * pl.col("DENOMINATOR")).otherwise(amount)
    by_time = sampled.fill_null(value=False) & pl.col("staff").is_not_null()
    told = rows.with_columns(finding=finding).with_columns(
        pounds=pl.when(pl.col("finding").is_not_null()).then(None).when(by_time).then("staff").otherwise(stated),
        basis=pl.when(by_time)
        .then(pl.lit("hours a week × people × cost of an hour × weeks of the year"))
        .when(priced)
        .then(pl.lit("price × how many"))
        .otherwise(pl.lit("amount of the year")),
    )
    return told.select(
        "authority",
        "period",
        group=pl.col("GROUP").str.to_lowercase(),
        heading="HEADING",
        part=pl.col("HEADING").replace_strict(PARTS, default=None, return_dtype=pl.String),
        pounds=pl.col("pounds").cast(pl.Float64),
        basis="basis",
        finding=pl.col("finding").replace_strict(_FINDINGS, default=None, return_dtype=pl.String),
        load_id="load_id",
        row="row",
        provisional="provisional",
    ).filter(pl.col("part").is_not_null() & pl.col("group").is_in(["child", "leaver"]))


def _staff_costs(staff_time: pl.DataFrame) -> pl.DataFrame:
    """`staff`: pounds of the year by heading and group; null where any of a row's numbers is missing."""
    weeks = {period: _weeks(period) for period in staff_time["period"].unique().to_list()}
    each = (
        pl.col("HOURS")
        * pl.col("PEOPLE")
        * pl.col("HOURLY_COST").cast(pl.Float64)
        * pl.col("period").replace_strict(weeks, default=None, return_dtype=pl.Float64)
    )
    return staff_time.group_by(_KEY).agg(
        staff=pl.when(each.is_null().any()).then(None).otherwise(each.sum()).cast(pl.Float64)
    )


def _weeks(period: str) -> float:
    year = financial_year(period)
    return ((year.end - year.start).days + 1) / 7


def denominators(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The volumes that authorities report themselves: `authority, period, measure, value`."""
    return tables[DENOMINATORS].select(
        "authority", "period", measure=pl.col("MEASURE").str.to_lowercase(), value="VALUE"
    )
