"""What the pages of adoption are made of, kept in this process while the same returns are held."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from parentis import region, workflow
from parentis.archive import Home
from parentis.services.adoption import NEEDS
from parentis.services.adoption.compute import YEARS, agencies_on
from parentis.services.adoption.families_needed import OneMore, one_more
from parentis.services.adoption.kinds import FAMILY_KINDS
from parentis.services.adoption.lists import children, families
from parentis.services.adoption.shapes import Difference, add_fees, differences, verdict
from parentis.services.adoption.simulation import Shape, World, simulate
from parentis.services.adoption.world import Window, world
from parentis.web.cache import VersionedCache, register_mark

REPLICATES = 40
"Simulated futures behind a page that somebody waits for."
FEES = {"region": 29_700.0, "national": 39_245.0}
"Pounds: between London's authorities and agencies, and a voluntary agency's of 1 April 2025 (CVAA, CoramBAAF)."
COMPARED = ("placed_12", "days", "national", "fees")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Held:
    """The lists, the last day they speak of, and the tables of money and activity."""

    children: pl.DataFrame
    families: pl.DataFrame
    ends: date
    tables: dict[str, pl.DataFrame]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Outlook:
    """The pool learned from the lists, shapes of the region tried in it, and what one more family of each kind does."""

    world: World
    now: Shape
    rows: list[dict[str, object]]
    verdict: str
    more: tuple[OneMore, ...]


def _held(home: Home) -> Held | None:
    tables = dict(workflow.tables(home, NEEDS))
    listed = children(tables)
    if listed.is_empty():
        return None
    last = region.parse_period(str(listed["period"].max())).end
    return Held(children=listed, families=families(tables), ends=last, tables=tables)


held: VersionedCache[Held | None] = VersionedCache(_held, mark=register_mark, most=1)


def _outlook(_home: Home) -> Outlook | None:
    known = held()
    if known is None or known.families.is_empty():
        return None
    boroughs = sorted(set(region.members("london", known.ends)) & set(known.children["authority"].unique()))
    agencies = agencies_on(known.ends, boroughs)
    window = Window(starts=date(known.ends.year - YEARS, 4, 1), ends=known.ends)
    learned = world(known.children, known.families, agencies, window)
    now = Shape(name="The agencies of today", agency=tuple(agencies.values()))
    halves = {gss: one.inner_outer or "outer" for one in region.authorities() for gss in (one.gss,)}
    shapes = (
        now,
        Shape(name="One agency", agency=("london",) * len(boroughs)),
        Shape(name="Hub and spoke: own families first, all after 30 days", agency=now.agency, widen=30.0),
        Shape(name="Two sub-regions, inner and outer", agency=tuple(halves[gss] for gss in boroughs)),
        Shape(name="The agencies of today, matched weekly", agency=now.agency, policy=2),
    )
    runs = add_fees(simulate(learned, shapes, seed=0, replicates=REPLICATES), FEES)
    found = differences(runs, COMPARED)
    return Outlook(
        world=learned,
        now=now,
        rows=_rows(runs, found),
        verdict=verdict(found),
        more=one_more(learned, now, FAMILY_KINDS, seed=0, draws=REPLICATES // 2),
    )


outlook: VersionedCache[Outlook | None] = VersionedCache(_outlook, mark=register_mark, most=1)


def _rows(runs: pl.DataFrame, found: tuple[Difference, ...]) -> list[dict[str, object]]:
    """A row a shape: mean of each thing compared, and the difference from today's with its interval."""
    by = {(one.shape, one.what): one for one in found}
    rows: list[dict[str, object]] = []
    for name in runs["shape"].unique(maintain_order=True):
        own = runs.filter(pl.col("shape") == name)
        row: dict[str, object] = {"name": name}
        for what in COMPARED:
            scale = 1.0 if what in ("days", "fees") else 100.0
            row[what] = float(np.nanmean(own[what].to_numpy())) * scale
            one = by.get((name, what))
            row[f"{what}_change"] = (
                None if one is None else (one.mean * scale, one.low * scale, one.high * scale, one.tells)
            )
        rows.append(row)
    return rows
