"""Measures as a frame: kept with each build, for some are known only from the files held (a publisher's
dictionary), and published beside the figures they explain."""

import json
from collections.abc import Iterable
from dataclasses import asdict

import polars as pl

from parentis.figures import Audience, Disclosure, Measure, Polarity

_READABLE = ("id", "title", "unit", "definition", "source", "polarity", "audience")

MEASURES = pl.Schema({name: pl.String() for name in (*_READABLE, "declared")})
"""`declared` is the whole measure as JSON; the other columns are for people."""


def measures_frame(measures: Iterable[Measure]) -> pl.DataFrame:
    """One row per measure, as `MEASURES`."""
    rows = [
        {**{name: str(getattr(one, name)) for name in _READABLE}, "declared": json.dumps(asdict(one))}
        for one in measures
    ]
    return pl.DataFrame(rows, schema=MEASURES)


def measures_of(frame: pl.DataFrame) -> tuple[Measure, ...]:
    """Inverse of `measures_frame`."""
    return tuple(_measure(json.loads(text)) for text in frame["declared"])


def _measure(declared: dict[str, object]) -> Measure:
    parts = {
        **declared,
        "polarity": Polarity(str(declared["polarity"])),
        "audience": Audience(str(declared["audience"])),
        "disclosure": Disclosure(**declared["disclosure"]),  # type: ignore[arg-type]
    }
    return Measure(**parts)  # type: ignore[arg-type]
