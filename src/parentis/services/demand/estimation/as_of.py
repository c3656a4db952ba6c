"""The returns that had been made by the cut date; later returns are not used.

A return of a collection year is made after its last day, 31 March. If its year ends after the cut, the whole return is
left out, even what it reports before the cut. In a return that is kept, an end date after its year is ignored
(`careers`). A return extracted during its year counts as known from the last day that it covers.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from parentis.errors import PeriodError
from parentis.returns.ssda903 import known_until
from parentis.services.demand.tables import EPISODES, NEEDS


def at_cut(tables: Mapping[str, pl.DataFrame], cut: date) -> tuple[dict[str, pl.DataFrame], date]:
    """`tables` (episodes, header, UASC, as the lake holds them) as they were at the end of `cut`, and the last day they
    cover: `cut` itself, if it is 31 March or the end of an extract.

    Raises PeriodError if no return was made by `cut`, or none covers the year around it.
    """
    told = known_until(tables[EPISODES]).with_columns(to=pl.col("until").dt.offset_by("-1d"))
    known = told.filter(pl.col("to") <= cut)
    if told.height:
        first, last = _day(told["to"].min()), max(_day(told["to"].max()), ends_on(str(told["period"].max())))
        if known.is_empty() or cut > last:
            raise PeriodError(
                expected=f"a cut from {first}, when the first return was made, to {last}",
                found=str(cut),
                where="demand model",
                do="Choose another cut, or submit the returns for the years around it.",
            )
    made = known.select("authority", "period")
    kept = {need: tables[need].join(made, on=["authority", "period"], how="semi") for need in NEEDS}
    return kept, _day(known["to"].max()) if known.height else cut


def told_to(known: pl.DataFrame) -> date:
    """The last day that any return covers (`careers.Careers.known`)."""
    return _day(known["until"].max()) - timedelta(days=1)


def ends_on(period: str) -> date:
    """The last day of a collection year: `2018-19` → 31 March 2019."""
    return date(int(period[:4]) + 1, 3, 31)


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError("a column of days holds days")
    return value
