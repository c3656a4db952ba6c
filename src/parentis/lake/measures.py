"""Measures as a frame. It is stored with each build, because some measures are known only from submitted files (a
publisher's dictionary), and published with the figures."""

import json
from collections.abc import Iterable

import polars as pl

from parentis.figures import Audience, Counts, Measure, NoPeople, People, Polarity, Population, restored, stored

_READABLE = ("id", "title", "unit", "definition", "source", "polarity", "audience")

MEASURES = pl.Schema({name: pl.String() for name in (*_READABLE, "declared")})
"""`declared` is the whole measure as JSON; the other columns are for people."""


def measures_frame(measures: Iterable[Measure]) -> pl.DataFrame:
    """One row per measure, as `MEASURES`."""
    rows = [
        {**{name: str(getattr(one, name)) for name in _READABLE}, "declared": json.dumps(_plain(one))}
        for one in measures
    ]
    return pl.DataFrame(rows, schema=MEASURES)


def measures_of(frame: pl.DataFrame) -> tuple[Measure, ...]:
    """Inverse of `measures_frame`."""
    return tuple(_measure(json.loads(text)) for text in frame["declared"])


def _plain(measure: Measure) -> dict[str, object]:
    return {**{name: getattr(measure, name) for name in Measure.__slots__}, "people": stored(measure.people)}


def _people_of_old(declared: dict[str, object]) -> People:
    """The people a measure counts, for a build made before measures declared them."""
    rule = declared.get("disclosure")
    if not isinstance(rule, dict) or not rule["threshold"]:
        return NoPeople("built before measures said whom they count")
    own = Population(id=str(declared["id"]), threshold=rule["threshold"], rounding=rule["rounding"])
    return (Counts(of=own, value=1) if declared["unit"] == "count" else Counts(of=own, n=1),)


def _measure(declared: dict[str, object]) -> Measure:
    parts = {
        **{name: declared[name] for name in Measure.__slots__ if name in declared},
        "sum_of": tuple(declared.get("sum_of") or ()),  # type: ignore[arg-type]
        "polarity": Polarity(str(declared["polarity"])),
        "audience": Audience(str(declared["audience"])),
        "people": restored(declared["people"]) if "people" in declared else _people_of_old(declared),
    }
    return Measure(**parts)  # type: ignore[arg-type]
