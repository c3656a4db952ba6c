"""Data for the pages of adoption: the lists, cached in this process until the stored returns change, and frames from
the last build of figures."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from parentis import region, workflow
from parentis.archive import Home
from parentis.errors import NotFoundError
from parentis.services.adoption import NEEDS
from parentis.services.adoption.lists import children, families
from parentis.web.cache import VersionedCache, register_mark, shown_mark

PLACE: Final = "london"
"The region whose pool is simulated ahead."


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Held:
    """The lists, the last day they cover, and the tables of money and activity."""

    children: pl.DataFrame
    families: pl.DataFrame
    ends: date
    tables: dict[str, pl.DataFrame]


def _held(home: Home) -> Held | None:
    tables = dict(workflow.tables(home, NEEDS))
    listed = children(tables)
    if listed.is_empty():
        return None
    last = region.parse_period(str(listed["period"].max())).end
    return Held(children=listed, families=families(tables), ends=last, tables=tables)


held: VersionedCache[Held | None] = VersionedCache(_held, mark=register_mark, most=1)


def _frame(home: Home, name: str) -> pl.DataFrame | None:
    try:
        found = workflow.frame(home, "adoption", name)
    except NotFoundError:
        return None
    own = found.filter(pl.col("geography") == PLACE).drop("geography") if "geography" in found.columns else found
    return own if own.height else None


frame: VersionedCache[pl.DataFrame | None] = VersionedCache(_frame, mark=shown_mark, most=8)
"""A frame of `services.adoption.outlook` by name; None before a build has made it."""
