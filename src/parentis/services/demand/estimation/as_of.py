"""What was known at the cut: the returns that were due by then, and nothing else.

A return of a collection year is made after its last day, 31 March. One whose year ends after the cut is left out whole,
whatever it says of the time before; and of a return that is kept, no end after its year is believed (`careers`).
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from parentis.errors import PeriodError
from parentis.services.demand.tables import EPISODES, NEEDS


def at_cut(tables: Mapping[str, pl.DataFrame], cut: date) -> tuple[dict[str, pl.DataFrame], date]:
    """`tables` (episodes, header, UASC, as the lake holds them) as they were at the end of `cut`, and the last day they
    tell of: `cut` itself, if it is 31 March.

    Raises PeriodError if no return was made by `cut`, or none covers the year around it.
    """
    years = sorted(tables[EPISODES]["period"].drop_nulls().unique())
    known = [period for period in years if ends_on(period) <= cut]
    if years and (not known or cut > ends_on(years[-1])):
        raise PeriodError(
            expected=f"a cut from {ends_on(years[0])}, when the first return was made, to {ends_on(years[-1])}",
            found=str(cut),
            where="demand model",
            do="Choose another cut, or hand in the returns of the years around it.",
        )
    kept = {need: tables[need].filter(pl.col("period").is_in(known)) for need in NEEDS}
    return kept, ends_on(known[-1]) if known else cut


def ends_on(period: str) -> date:
    """The last day of a collection year: `2018-19` → 31 March 2019."""
    return date(int(period[:4]) + 1, 3, 31)
