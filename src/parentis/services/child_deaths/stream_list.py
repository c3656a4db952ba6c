"""The page's streams: which deaths are monitored, and where.

Causes are monitored for London, completeness for footprints; families are the boroughs' concern. So London's deaths
are monitored in total and by age, likely cause, ethnic group, place, kind of response and other fields of the
notification; a footprint's in total only, with how complete its notifications are. Boroughs have only the scan, which
shows footprints.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from parentis.returns.child_deaths import labels
from parentis.services.child_deaths.budget import Watching

LONDON: Final = "london"
LATE_FROM, LATE_TO = 3, 14
"""Days from death after which a notification is late, and after which the death's lateness is final, so that the
count of late ones no longer grows."""
NOT_STATED: Final = "N"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A stream's deaths (`where`), of those in `of`; `place`: the place whose delays apply to its months."""

    id: str
    title: str
    where: pl.Expr
    place: str = LONDON
    watching: Watching = Watching.DEATHS
    of: pl.Expr | None = None


def cuts(places: Sequence[str]) -> tuple[Cut, ...]:
    """All streams for these footprints."""
    return (
        Cut(id=LONDON, title="London, all deaths", where=pl.lit(value=True)),
        *(Cut(id=each, title=_name(each), where=pl.col("footprint") == each, place=each) for each in places),
        *_coded("age", "AGE"),
        *_coded("category", "LIKELY", name="cause"),
        *_coded("ethnicity", "ETHNICITY"),
        *_coded("place", "PLACE"),
        *_coded("jar", "JAR"),
        *(
            Cut(id=f"flag={column}", title=f"London, {words}", where=pl.col(column) == "Y")
            for column, words in (
                ("LOOKED_AFTER", "looked after by an authority"), ("PROTECTION_PLAN", "on a child protection plan"),
                ("ASYLUM", "seeking asylum"),
            )
        ),
        Cut(id="born=extremely-early", title="London, infants born before 28 weeks", where=pl.col("GESTATION") < 28),
        Cut(id="born=early", title="London, infants born at 28 to 36 weeks",
            where=pl.col("GESTATION").is_between(28, 36)),
        *(one for each in places for one in _completeness(each)),
    )  # fmt: skip


def _coded(codes: str, column: str, *, name: str | None = None) -> tuple[Cut, ...]:
    return tuple(
        Cut(id=f"{name or codes}={code}", title=f"London, {label[0].lower()}{label[1:]}", where=pl.col(column) == code)
        for code, label in labels(codes).items()
        if code not in (NOT_STATED, "none")
    )


def _completeness(place: str) -> tuple[Cut, ...]:
    here = pl.col("footprint") == place
    days = (pl.col("received") - pl.col("died")).dt.total_days()
    asked = (
        ("late", "notified after the second day", days >= LATE_FROM, here & (days <= LATE_TO)),
        ("no-number", "without an NHS number", pl.col("NHS_NUMBER").is_null(), here),
        ("no-ethnicity", "without an ethnic group", pl.col("ETHNICITY").fill_null(NOT_STATED) == NOT_STATED, here),
        ("no-cause", "without a likely cause", pl.col("LIKELY").is_null(), here),
    )
    return tuple(
        Cut(id=f"{name}={place}", title=f"{_name(place)}, {words}", where=missing & of, place=place, of=of,
            watching=Watching.COMPLETENESS)
        for name, words, missing, of in asked
    )  # fmt: skip


def _name(place: str) -> str:
    from parentis.region import footprint

    return footprint(place).name
