"""What if: a scenario beside the forecast, in children and in pounds, for some authorities and some children.

Both meet the same chances and the same prices, so a difference is calculated future by future, and its interval is that
of the difference. Every value is a mean over the futures: a difference of means is the mean difference, so the columns
of a row agree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from parentis.services.demand.estimation.bands import AGE_EDGES, AGES, N_AGES, N_UASC
from parentis.services.demand.estimation.histories import Histories, day_number
from parentis.services.demand.estimation.model import past
from parentis.services.demand.money.comparison import LEVEL, Basis
from parentis.services.demand.money.costs import Costs, costs
from parentis.services.demand.money.projections import OUTLOOK_DEFAULTS, YEARS, basis_of
from parentis.services.demand.simulation.futures import simulate
from parentis.services.demand.simulation.paths import TOTAL, Paths
from parentis.services.demand.simulation.scenario import Scenario
from parentis.services.demand.simulation.unaccompanied import of_kind
from parentis.services.demand.states import COMMISSIONING
from parentis.services.demand.tables import EPISODES

MONTHS_BEFORE = 36
"Months of the past that are counted."

CHILDREN, COST, REAL = "children", "cost", "cost in real terms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Children looked after on past month ends, (authorities, groups, ages, uasc, months); NaN where no return of that
    month is held. `month_ends` rise to the cut."""

    authorities: tuple[str, ...]
    month_ends: tuple[date, ...]
    children: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What answers are worked out from: the basis of every scenario, and the children of the past."""

    basis: Basis
    past: Past


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """The children asked about. No ages means all; `uasc` True is only unaccompanied children, False only others."""

    authorities: tuple[str, ...]
    ages: tuple[str, ...] = ()
    uasc: bool | None = None


def prepare(tables: Mapping[str, pl.DataFrame], *, years: int = YEARS) -> WhatIf | None:
    """The model, prices and past of `tables` (`OUTLOOK_NEEDS`), for `years` whole financial years to come; None where
    no looked-after children return is held. Takes seconds."""
    if tables[EPISODES].is_empty():
        return None
    known = past(tables, groups=COMMISSIONING)
    return WhatIf(basis=basis_of(tables, known, {**OUTLOOK_DEFAULTS, "years": years}), past=past_of(known))


def past_of(known: Histories, *, months: int = MONTHS_BEFORE) -> Past:
    """The children of `known` on the last `months` month ends up to the cut."""
    ends = list(_month_ends_before(known.cut, months))
    shape = (len(known.authorities), known.states, N_AGES, N_UASC, months)
    children = np.zeros(shape)
    for at, end in enumerate(ends):
        night = day_number(end)
        there = (known.start <= night) & (night < known.end)
        age = np.searchsorted(AGE_EDGES, night - known.birth[there], side="right") - 1
        where = (known.authority[there], known.state[there], np.clip(age, 0, N_AGES - 1), known.uasc[there].astype(int))
        np.add.at(children[..., at], where, 1)
        for authority, runs in enumerate(known.runs):
            if not any(first <= night < after for first, after in runs):
                children[authority, ..., at] = np.nan
    return Past(authorities=known.authorities, month_ends=tuple(ends), children=children)


def _month_ends_before(cut: date, months: int) -> Iterator[date]:
    """The last `months` month ends up to and including `cut`, in order."""
    after = cut + timedelta(days=1)
    latest = after.year * 12 + after.month - 1
    for number in range(latest - months + 1, latest + 1):
        yield date(number // 12, number % 12 + 1, 1) - timedelta(days=1)


def children_before(of: Past, whom: Whom) -> pl.DataFrame:
    """`month_end, children` of the past for these children together; null where one of the authorities is not held."""
    own = [of.authorities.index(name) for name in whom.authorities]
    ages = _ages(whom)
    uasc = [0, 1] if whom.uasc is None else [int(whom.uasc)]
    chosen = of.children[own].sum(axis=1)[:, ages][:, :, uasc].sum(axis=(0, 1, 2))
    return pl.DataFrame({"month_end": list(of.month_ends), "children": chosen}).with_columns(
        pl.col("children").fill_nan(None)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """Of some children under one scenario: the paths and what they cost."""

    paths: Paths
    costs: Costs


def futures(held: WhatIf, whom: Whom, scenario: Scenario, *, inflation: float = 0.0, replicates: int = 0) -> Futures:
    """Simulate `whom` under `scenario`. `inflation` is added to each year's general inflation (0.01: a point more).

    Raises NotFoundError for an authority, age band or placement group that the model does not have.
    """
    basis = held.basis
    paths = _simulated(basis, whom, scenario, replicates or basis.replicates)
    rising = replace(basis.uplifts, inflation=basis.uplifts.inflation + inflation)
    return Futures(paths=paths, costs=costs(paths, basis.prices, rising, seed=basis.seed, scenario=scenario))


def _simulated(basis: Basis, whom: Whom, scenario: Scenario, replicates: int) -> Paths:
    model, asked = basis.model.only(*whom.authorities), scenario
    if whom.uasc is not None:
        model, asked = of_kind(model, scenario, uasc=whom.uasc)
    paths = simulate(model, asked, months=basis.months, replicates=replicates, seed=basis.seed, by_age=bool(whom.ages))
    return _of_ages(paths, _ages(whom)) if whom.ages else paths


def _ages(whom: Whom) -> list[int]:
    return [at for at, name in enumerate(AGES) if not whom.ages or name in whom.ages]


def _of_ages(paths: Paths, ages: list[int]) -> Paths:
    """The same paths with only these age bands, added up."""

    def summed(values: np.ndarray) -> np.ndarray:
        split = values.reshape(*values.shape[:2], len(paths.groups), N_AGES, values.shape[3])
        return np.asarray(split[:, :, :, ages].sum(axis=3))

    return replace(
        paths, by_age=False, stock=summed(paths.stock), nights=summed(paths.nights), entries=summed(paths.entries),
        exits=summed(paths.exits), moves=summed(paths.moves),
    )  # fmt: skip


def compared(forecast: Futures, scenario: Futures) -> pl.DataFrame:
    """The scenario beside the forecast: `what` (children on 31 March; cost in pounds of the day; cost in real terms),
    `authority` (null: all together), `group` (`total`: all), `year` (of cost also `all`), and `forecast, scenario,
    difference`, each with `_low` and `_high`: means, and the interval that holds eight in ten of the futures. Without a
    price of any group there are no rows of cost."""
    before, after = forecast.paths, scenario.paths
    march = [at for at, end in enumerate(before.month_ends) if end.month == 3]
    years = [_year_ending(before.month_ends[at]) for at in march]
    parts = [_rows(CHILDREN, before.by_group()[..., march], after.by_group()[..., march], before, years)]
    for what, of in ((COST, _cash), (REAL, _real)) if forecast.costs.priced.any() else ():
        held = (*forecast.costs.years, "all")
        parts.append(_rows(what, of(forecast.costs, forecast.costs), of(scenario.costs, forecast.costs), before, held))
    return pl.concat(parts)


def _cash(of: Costs, _: Costs) -> np.ndarray:
    return _with_sum(of.net)


def _real(of: Costs, forecast: Costs) -> np.ndarray:
    """In pounds of the prices' year, by the forecast's own general prices: one yardstick for both."""
    return _with_sum(of.net / forecast.general[:, None, None, :])


def _with_sum(values: np.ndarray) -> np.ndarray:
    return np.concatenate([values, values.sum(axis=-1, keepdims=True)], axis=-1)


def _year_ending(day: date) -> str:
    return f"{day.year - 1}-{day.year % 100:02}"


def _rows(what: str, before: np.ndarray, after: np.ndarray, of: Paths, years: "list[str] | tuple[str, ...]") -> (
    pl.DataFrame
):  # fmt: skip
    """Rows of (replicates, authorities, groups, years): all together by group and in total, each authority in total."""
    groups = (*of.groups, TOTAL)
    parts = [_described(what, None, groups, _whole(before), _whole(after), years)]
    if len(of.authorities) > 1:
        parts += [
            _described(
                what, name, (TOTAL,), before[:, at].sum(axis=1)[:, None], after[:, at].sum(axis=1)[:, None], years
            )
            for at, name in enumerate(of.authorities)
        ]
    return pl.concat(parts)


def _whole(values: np.ndarray) -> np.ndarray:
    """All authorities together, by group with the total last: (replicates, groups + 1, years)."""
    found = values.sum(axis=1)
    return np.concatenate([found, found.sum(axis=1, keepdims=True)], axis=1)


def _described(
    what: str, authority: str | None, groups: tuple[str, ...], before: np.ndarray, after: np.ndarray,
    years: "list[str] | tuple[str, ...]",
) -> pl.DataFrame:  # fmt: skip
    edge = (1 - LEVEL) / 2
    columns: dict[str, np.ndarray] = {}
    for name, values in (("forecast", before), ("scenario", after), ("difference", after - before)):
        low, high = np.quantile(values, [edge, 1 - edge], axis=0)
        columns |= {name: values.mean(axis=0).ravel(), f"{name}_low": low.ravel(), f"{name}_high": high.ravel()}
    n = len(groups) * len(years)
    labels = {
        "what": [what] * n,
        "authority": pl.Series([authority] * n, dtype=pl.String),
        "group": np.repeat(np.array(groups), len(years)),
        "year": list(years) * len(groups),
    }
    return pl.DataFrame(labels | columns)
