"""Implausible weekly prices in a census: a year's or a month's price entered as a week's, £0 or £1.

A price is compared with a typical weekly price of its kind: the median of those in the census within a factor of
`NEAR` of the usual weekly price, or the usual weekly price itself where there are none. A year's price is 52 times
that. A month's is 4.3 times, which a solo placement of a child with very high needs can also cost, so it is doubted
only where such prices form a separate cluster with a gap below it. No price is changed: the submitter is asked.
"""

from typing import Final

import polars as pl

USUAL_WEEK: Final = {"fostering": 900.0, "residential": 5000.0, "supported": 1100.0, "secure": 8000.0, "other": 2500.0}
"""Pounds. Fostering and residential lie between the CMA's of 2021-22 (£820, £3,830) and counties' of 2024 (£6,108);
the others are our estimates, only to distinguish weeks from months and years."""
NEAR: Final = 2.5
YEARLY: Final = (26.0, 130.0)
"A price of this many usual weeks is a year's price."
MONTHLY: Final = (2.9, 6.5)
GAP: Final = (1.9, 2.9)
CLUMP: Final = 3
"The fewest prices in a cluster, which must also be at least three times as many as in the gap below it."
DEAREST: Final = 63_000.0
"The dearest placement that councils reported to the Local Government Association in November 2023, pounds per week."
NOTHING: Final = 10.0
"A price below this many pounds is a placeholder, not a price."

DOUBTS: Final = {
    "CEN-YEARLY": "The price looks like a year's, typed as a week's.",
    "CEN-MONTHLY": "The price looks like a month's, typed as a week's: several stand apart from the rest.",
    "CEN-HIGH": "More a week than the dearest place that was ever told of (£63,000).",
    "CEN-LOW": "A price of next to nothing outside a block contract.",
}


def doubt(price: pl.Expr, family: pl.Expr, *, block: pl.Expr, census: tuple[str, ...] = ()) -> pl.Expr:
    """The code of `DOUBTS` that applies to a price, or null. `price` in pounds per week, `family` as in `code_map`,
    `block` whether the place is bought in a block contract; `census`: the columns that identify a census, where a
    frame has several."""
    kind = family.fill_null("other")
    usual = kind.replace_strict(USUAL_WEEK, default=USUAL_WEEK["other"], return_dtype=pl.Float64)
    over = [*census, kind]
    near = price.is_between(usual / NEAR, usual * NEAR)
    weeks = price / pl.when(near).then(price).median().over(over).fill_null(usual)
    month, gap = weeks.is_between(*MONTHLY), weeks.is_between(*GAP, closed="left")
    clump = (month.sum().over(over) >= CLUMP) & (month.sum().over(over) >= 3 * gap.sum().over(over))
    return (
        pl.when(price.is_null())
        .then(None)
        .when(weeks.is_between(*YEARLY))
        .then(pl.lit("CEN-YEARLY"))
        .when(price > DEAREST)
        .then(pl.lit("CEN-HIGH"))
        .when((price < NOTHING) & ~block.fill_null(value=False))
        .then(pl.lit("CEN-LOW"))
        .when(month & clump)
        .then(pl.lit("CEN-MONTHLY"))
    )
