"""The simulation's inputs estimated from the lists: arrivals, exit rates, and acceptance from dated matches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from parentis.services.adoption.acceptance import asked, draw_acceptance
from parentis.services.adoption.kinds import CHILD_KINDS, FAMILY_KINDS, SIZES, child_kind
from parentis.services.adoption.pool import LEFT, NATIONAL, OWN, REGION, WAITING, Outcome, Units
from parentis.services.adoption.simulation import NATIONAL_SEARCH, WIDEN, YEAR, World
from parentis.services.demand.randomness import generator

LISTS = 2**40
"The replicate number, above all simulated ones, whose random numbers are used for estimation from lists."
PRIOR_EVENTS, PRIOR_YEARS = 0.5, 1.0
"Prior of an exit rate: half an event in one year."
TOGETHER = 2.2
"Children in a sibling group, where the lists have none of that kind."
_STATES = {"OWN": OWN, "REGION": REGION, "OTHER": NATIONAL, "VOLUNTARY": NATIONAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The period used for estimation, and how the region searched in it."""

    starts: date
    ends: date
    widen: float = WIDEN
    national: float = NATIONAL_SEARCH

    @property
    def years(self) -> float:
        return ((self.ends - self.starts).days + 1) / YEAR


def units(children: pl.DataFrame) -> pl.DataFrame:
    """Children with a placement order, one row for each group placed together: first order and match, and `kind`."""
    age = (pl.col("placement_order") - pl.col("born")).dt.total_days() / YEAR
    waited = pl.col("placed").is_null() | (pl.col("placed") >= pl.col("placement_order"))
    return (
        children.filter(pl.col("placement_order").is_not_null(), waited)
        .with_columns(
            unit=pl.coalesce("siblings", "child"),
            kind=child_kind(age.fill_null(1.0), pl.col("together")),
            match=pl.coalesce("matched", "placed"),
        )
        .group_by("authority", "unit", maintain_order=True)
        .agg(
            pl.col("kind", "placement_order", "match", "reversed").min(),
            pl.col("together").max(),
            pl.col("placed_with", "family").first(),
        )
    )


def approved(families: pl.DataFrame) -> pl.DataFrame:
    """Families that were approved, with `kind`: what they are approved for; one child under 5 where not said."""
    several = pl.col("approved_for").fill_null(1) > 1
    older = pl.col("oldest").fill_null(4) >= 5
    kind = pl.when(several).then(2).when(older).then(1).otherwise(0).cast(pl.Int64)
    return families.filter(pl.col("approved").is_not_null()).with_columns(kind=kind)


def world(
    children: pl.DataFrame, families: pl.DataFrame, agencies: Mapping[str, str], window: Window, *, draws: int = 50,
    seed: int = 0,
) -> World:  # fmt: skip
    """From children (`lists.children`) and families (`lists.families`); `agencies` is each borough's.

    An agency's families are divided between its boroughs in proportion to their children.
    """
    held = units(children).filter(pl.col("authority").is_in(list(agencies)))
    theirs = approved(families).filter(
        pl.col("approved") <= window.ends, pl.col("authority").is_in(list(agencies))
    )  # fmt: skip
    counts = _arrivals(held, agencies, window)
    seen, met, outcome = _dated(held, theirs, agencies, window)
    of_children, of_families = len(CHILD_KINDS), len(FAMILY_KINDS)
    spent = outcome.child_end - seen.at.clip(0)
    searched = (outcome.child_end - (seen.at + window.national).clip(0)).clip(0)
    left, away = outcome.child_state == LEFT, outcome.child_state == NATIONAL
    table = asked(seen, met, outcome, shape=(of_children, of_families), widen=window.widen)
    return World(
        boroughs=tuple(agencies),
        years=window.years,
        children=counts,
        families=_supply(theirs.filter(pl.col("approved") >= window.starts), counts, agencies),
        reversal=_rate(left, spent, seen.kind, of_children),
        withdrawal=_rate(outcome.family_state == LEFT, outcome.family_end - met.at.clip(0), met.kind, of_families),
        abroad=_rate(away, searched, seen.kind, of_children),
        accepts=draw_acceptance(table, draws, generator(seed, LISTS, 1)),
        size=_sizes(held),
    )


def _arrivals(held: pl.DataFrame, agencies: Mapping[str, str], window: Window) -> np.ndarray:
    counts = np.zeros((len(agencies), len(CHILD_KINDS)))
    place = {name: at for at, name in enumerate(agencies)}
    arrived = held.filter(pl.col("placement_order").is_between(window.starts, window.ends))
    for authority, kind in arrived.select("authority", "kind").iter_rows():
        counts[place[authority], kind] += 1
    return counts


def _supply(families: pl.DataFrame, counts: np.ndarray, agencies: Mapping[str, str]) -> np.ndarray:
    """Families approved, boroughs × kinds: an agency's, over its boroughs in proportion to their children."""
    found = np.zeros((len(agencies), len(FAMILY_KINDS)))
    children, group = counts.sum(axis=1) + 1e-9, np.array(list(agencies.values()))
    for authority, kind in families.select("authority", "kind").iter_rows():
        ours = group == agencies[authority]
        found[ours, kind] += children[ours] / children[ours].sum()
    return found


def _rate(happened: np.ndarray, days: np.ndarray, kind: np.ndarray, kinds: int) -> np.ndarray:
    """Events a year by kind, with the prior."""
    events = np.bincount(kind, weights=happened.astype(np.float64), minlength=kinds)
    return (events + PRIOR_EVENTS) / (np.bincount(kind, weights=days, minlength=kinds) / YEAR + PRIOR_YEARS)


def _sizes(held: pl.DataFrame) -> np.ndarray:
    sizes = np.array([1.0 if name.endswith(SIZES[0]) else TOGETHER for name in CHILD_KINDS])
    for kind, mean in held.group_by("kind").agg(pl.col("together").mean()).iter_rows():
        sizes[kind] = mean
    return sizes


def _dated(
    held: pl.DataFrame, families: pl.DataFrame, agencies: Mapping[str, str], window: Window
) -> tuple[Units, Units, Outcome]:
    """The lists as a pool that has run: days since the window's first day, and each unit's state on its last."""
    index = {name: at for at, name in enumerate(dict.fromkeys(agencies.values()))}
    last = (window.ends - window.starts).days
    here = _within(held, "placement_order", pl.min_horizontal("match", "reversed"), window)
    state = np.array(
        [
            WAITING if out is None else _STATES.get(way or "OWN", NATIONAL) if out == match else LEFT
            for out, match, way in here.select("out", "match", "placed_with").iter_rows()
        ],
        dtype=np.int64,
    )
    known = _within(families, "approved", pl.min_horizontal("matched", "left"), window)
    place = {name: row for row, name in enumerate(known["family"].to_list())}
    near = np.isin(state, (OWN, REGION))
    partner = np.array(
        [place.get(one, -1) if ok else -1 for one, ok in zip(here["family"], near, strict=True)], np.int64
    )
    ours = _units(here, "placement_order", [index[agencies[name]] for name in here["authority"]], window)
    theirs = _units(known, "approved", [index[agencies[name]] for name in known["authority"]], window)
    end, family_end = _days(here, "out", window, last), _days(known, "out", window, last)
    matched = known.select(pl.col("out") == pl.col("matched")).to_series().fill_null(value=False).to_numpy()
    waits = known["out"].is_null().to_numpy()
    family_state = np.where(matched, OWN, np.where(waits, WAITING, LEFT)).astype(np.int64)
    for child, family in enumerate(partner):
        if family >= 0:  # a match is one event: the pair leaves together
            met = max(ours.at[child], theirs.at[family], min(end[child], family_end[family]))
            end[child] = family_end[family] = met
    return ours, theirs, Outcome(state, end, partner, family_state, family_end)


def _within(people: pl.DataFrame, came: str, out: pl.Expr, window: Window) -> pl.DataFrame:
    """People in the pool in the window, in order of arrival; `out` is the day they left, null for those still there."""
    gone = people.with_columns(out=out).filter(
        pl.col(came) <= window.ends, pl.col("out").is_null() | (pl.col("out") >= window.starts)
    )
    return gone.with_columns(out=pl.when(pl.col("out") <= window.ends).then(pl.col("out"))).sort(came)


def _units(people: pl.DataFrame, came: str, agency: Sequence[int], window: Window) -> Units:
    return Units(
        _days(people, came, window, 0), people["kind"].to_numpy(), np.array(agency, dtype=np.int64),
        np.zeros(people.height), np.arange(1, people.height + 1, dtype=np.uint64),
    )  # fmt: skip


def _days(people: pl.DataFrame, column: str, window: Window, missing: int) -> np.ndarray:
    days = people.select((pl.col(column) - pl.lit(window.starts)).dt.total_days().fill_null(missing)).to_series()
    return days.to_numpy().astype(np.float64)
