"""Sensitivities: the ask of all years together when one assumption is changed, each by the same projection again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from parentis.figures import breakdown
from parentis.region import financial_year
from parentis.services.demand import Change, rerun
from parentis.services.funding.forecast.measures import SENSITIVITY, SENSITIVITY_HIGHER, SENSITIVITY_LOWER
from parentis.services.funding.forecast.places import VALUES, Place, adder, those_with
from parentis.services.funding.forecast.projection import Projection, project

POINT = 0.01
"The size of a change of a yearly growth: one percentage point."
WINDOW = 3
"Years that the trend is learnt from if the window is short."
PANDEMIC = ("2020-21", "2021-22")
LARGEST = 4
WIDE = 10
"Fewest authorities of a place for it to be looked at without its largest."
REPLICATES = 100
"Futures of a rerun that simulates the children anew; the difference is taken from the same futures."

SHIFTED: Mapping[str, tuple[Change, Change]] = {
    "deflator": (Change(inflation=-POINT), Change(inflation=POINT)),
    "price_prior": (Change(real_rise=-POINT), Change(real_rise=POINT)),
}
PATHS = ("settlement", "dsg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """What an assumption makes of the ask of all years together.

    `change` is the difference in each future, (replicates, authorities). `without` are the authorities left out: theirs
    is what the others ask for every pound of budget.
    """

    assumption: str
    change: np.ndarray
    without: tuple[int, ...] = ()


def total(of: Projection, replicates: int | None = None) -> np.ndarray:
    """The ask of all years together, (replicates, authorities)."""
    return np.asarray(of.found.ask[:replicates].sum(axis=2))


def reruns(tables: Mapping[str, pl.DataFrame], base: Projection) -> Iterator[Rerun]:
    """Each assumption changed, lower side and upper side where it has two."""
    asked = total(base)
    for name, pair in SHIFTED.items():
        for change in pair:
            other = project(tables, rerun(base.ahead, tables, change, REPLICATES), base.policy)
            if other is not None:
                yield Rerun(assumption=name, change=total(other) - asked)
    for name in PATHS:
        for points in (POINT, -POINT):
            policy = replace(base.policy, **{f"{name}_growth": getattr(base.policy, f"{name}_growth") + points})
            other = project(tables, base.ahead, policy)
            if other is not None:
                yield Rerun(assumption=name, change=total(other) - asked)
    few = min(REPLICATES, len(asked))
    for name, change in {
        "trend_window": Change(since=_earlier(base.start.year, WINDOW - 1)),
        "pandemic": Change(leave_out=PANDEMIC),
    }.items():
        if not any(change.keeps(year) for year in _learnt(base)) or all(change.keeps(year) for year in _learnt(base)):
            continue
        again = rerun(base.ahead, tables, change, few)
        other = project(tables, again, base.policy, keep=change.keeps)
        if other is not None:
            yield Rerun(assumption=name, change=total(other) - asked[:few])
    yield from _without_largest(tables, base, asked, few)


def _without_largest(
    tables: Mapping[str, pl.DataFrame], base: Projection, asked: np.ndarray, few: int
) -> Iterator[Rerun]:
    """The largest asks replaced by what the others ask for every pound of budget, the model fitted without them."""
    mean = asked.mean(axis=0)
    known = np.flatnonzero(np.isfinite(mean))
    if len(known) < WIDE:
        return
    largest = tuple(int(at) for at in known[np.argsort(-mean[known])[:LARGEST]])
    names = tuple(base.start.authorities[at] for at in largest)
    other = project(tables, rerun(base.ahead, tables, Change(without=names), few), base.policy)
    if other is None:
        return
    index = [base.start.authorities.index(name) for name in other.start.authorities]
    budget = base.start.budget + np.nan_to_num(base.start.hn_funding)
    theirs = total(other)
    usable = [at for at, place in enumerate(index) if np.isfinite(theirs[:, at]).all() and np.isfinite(budget[place])]
    rate = theirs[:, usable].sum(axis=1) / budget[[index[at] for at in usable]].sum()
    change = np.full((few, len(base.start.authorities)), np.nan)
    change[:, index] = theirs - asked[:few][:, index]
    change[:, list(largest)] = rate[:, None] * budget[list(largest)] - asked[:few][:, list(largest)]
    yield Rerun(assumption="largest_four", change=change, without=largest)


def _learnt(base: Projection) -> tuple[str, ...]:
    """The years of looked-after children returns that the base is fitted to."""
    first = min(int(runs[0, 0]) for runs in base.ahead.known.runs if len(runs))
    begun = np.int64(first).astype("datetime64[D]").astype(object)
    years = range(begun.year - (begun.month < 4), int(base.start.year[:4]) + 1)
    return tuple(f"{year}-{(year + 1) % 100:02}" for year in years)


def _earlier(label: str, years: int) -> str:
    for _ in range(years):
        label = financial_year(label).previous.label
    return label


def sensitivity(base: Projection, found: Sequence[Rerun], place: Place) -> pl.DataFrame:
    """The ask of all years together, from its lower to its higher end under each assumption, and both differences."""
    rows: list[dict[str, Any]] = []
    add = adder(rows, place)
    own = those_with(place.own, base.found.ask)
    year = base.found.years[-1]
    asked = total(base)[:, own].sum(axis=1)
    by_assumption: dict[str, list[float]] = {}
    for one in found:
        if one.without and (len(own) < WIDE or not np.isfinite(one.change[:, own]).all()):
            continue
        by_assumption.setdefault(one.assumption, []).append(float(one.change[:, own].sum(axis=1).mean()))
    for name, changes in by_assumption.items():
        low, high = min(0.0, *changes), max(0.0, *changes)
        of, mean = breakdown({"assumption": name}), float(asked.mean())
        add(SENSITIVITY, year, asked, own, of=of, between=(mean + low, mean + high))
        add(SENSITIVITY_LOWER, year, np.array([low]), own, of=of, interval=False)
        add(SENSITIVITY_HIGHER, year, np.array([high]), own, of=of, interval=False)
    return pl.DataFrame(rows, schema=VALUES)
