"""Turning a detention into the row that is stored for statistics: durations instead of times, and no identity."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from parentis.region import local_day
from parentis.services.custody.clocks import Times
from parentis.services.custody.nights import overnight, weekend

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Detention:
    """One detention that has ended, as the desk holds it. Codes are those of the return `custody.detentions`."""

    detention: str
    "Keyed hash of the custody record; its key stays with the desk."
    child: str
    "Keyed hash of the child, the same at each detention."
    responsible: str
    """ONS code of the authority that finally received the notice."""
    detained_in: str
    times: Times
    age: int | None
    sex: str = "U"
    ethnicity: str = "N"
    standing: str = "none"
    routed_by: str = "table"
    acknowledged: datetime | None = None
    notified: datetime | None = None
    secure: bool = False
    secure_justified: bool = False
    answer: str | None = None
    "A code of `clocks.ANSWERS`; None while there is none."
    certificate_ground: str | None = None
    "`impracticable` or `serious harm`, if there is a certificate."
    strip_search: bool = False
    force: bool = False


def detention_rows(detentions: Iterable[Detention]) -> "pl.DataFrame":
    """Table `detentions` of the return `custody.detentions`. Raises `ValueError` for a detention that has not ended: it
    is submitted only after it ends."""
    import polars as pl

    rows = [_row(one) for one in detentions]
    return pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame()


def _row(one: Detention) -> dict[str, object]:
    times, ended = one.times, one.times.ended
    if ended is None:
        raise ValueError("a detention that goes on has no row yet")
    day = local_day(times.arrival)
    asked = times.request is not None
    kept = times.bail_refused and times.transfer is None
    return {
        "DETENTION": one.detention,
        "CHILD_KEY": one.child,
        "RESPONSIBLE": one.responsible,
        "DETAINED_IN": one.detained_in,
        "WEEK": day - timedelta(days=day.weekday()),
        "MONTH": day.replace(day=1),
        "AGE": one.age,
        "SEX": one.sex,
        "ETHNICITY": one.ethnicity,
        "STANDING": one.standing,
        "ROUTED_BY": one.routed_by,
        "MINUTES_TO_ACKNOWLEDGE": _minutes(one.notified, one.acknowledged),
        "HOURS_HELD": _hours(times.arrival, ended),
        "OVERNIGHT": _yes(overnight(times.arrival, ended)),
        "WEEKEND": _yes(weekend(times.arrival, ended)),
        "CHARGED": _yes(times.charge is not None),
        "BAIL_REFUSED": _yes(times.bail_refused),
        "HOURS_AFTER_CHARGE": _hours(times.charge, ended) if times.bail_refused else None,
        "REQUEST": ("secure" if one.secure else "non-secure") if asked else "none",
        "SECURE_JUSTIFIED": _yes(one.secure_justified) if asked and one.secure else None,
        "ANSWER": (one.answer or "none") if asked else None,
        "MINUTES_TO_ANSWER": _minutes(times.request, times.answer),
        "TRANSFERRED": _yes(times.transfer is not None),
        "CERTIFICATE": (one.certificate_ground or "missing").replace(" ", "-") if kept else "none",
        "MINUTES_TO_ADULT": _minutes(times.aa_requested, times.aa_arrived),
        "HOURS_TO_MERLIN": _hours(times.arrival, times.merlin),
        "STRIP_SEARCH": _yes(one.strip_search),
        "FORCE": _yes(one.force),
    }


def _yes(holds: bool) -> str:
    return "Y" if holds else "N"


def _minutes(start: datetime | None, end: datetime | None) -> float | None:
    return round((end - start) / timedelta(minutes=1), 1) if start and end else None


def _hours(start: datetime | None, end: datetime | None) -> float | None:
    return round((end - start) / timedelta(hours=1), 2) if start and end else None
