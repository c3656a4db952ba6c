"""Data for the pages of prevention: frames of the last build, children, and statistical neighbours."""

from collections.abc import Mapping
from typing import Final

import polars as pl
from django.utils import timezone

from parentis import region, workflow
from parentis.archive import Home
from parentis.errors import NotFoundError
from parentis.web.cache import VersionedCache, shown_mark

NEVER_A_NEIGHBOUR: Final = frozenset({"E09000001"})
"The City of London: too few children to compare anybody with."


def _frame(home: Home, service: str, name: str) -> pl.DataFrame | None:
    try:
        return workflow.frame(home, service, name)
    except NotFoundError:
        return None


frame: VersionedCache[pl.DataFrame | None] = VersionedCache(_frame, mark=shown_mark, most=8)
"""A frame by service and name; None before a build has made it."""


def children() -> Mapping[str, float]:
    """Children of 0 to 17 by authority, by the latest estimate."""
    held = region.population_0_17().sort("year").unique("authority", keep="last")
    return {place: float(people) for place, people in held.select("authority", "population").iter_rows()}


def neighbours(places: tuple[str, ...]) -> tuple[str, ...]:
    """Boroughs that these are compared with: DfE's nearest of the region, else all others of it."""
    london = [one for one in region.members("london", timezone.localdate())
              if one not in places and one not in NEVER_A_NEIGHBOUR]  # fmt: skip
    edges = frame("improvement", "neighbours")
    if edges is None or edges.is_empty():
        return tuple(sorted(london))
    latest = edges.filter(pl.col("edition") == pl.col("edition").max(), pl.col("geography").is_in(places))
    near = set(latest["neighbour"]) & set(london)
    return tuple(sorted(near)) if len(near) >= FEWEST else tuple(sorted(london))


FEWEST: Final = 5
"Neighbours of the region below which all of it is compared with."
