"""Options: what each change of the shipped scenarios makes of the ask, by the same projection."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from parentis.figures import breakdown
from parentis.services.demand import run, shipped
from parentis.services.funding.forecast.measures import OPTION_ALL, OPTION_LAST, TOGETHER
from parentis.services.funding.forecast.places import VALUES, Place, adder, those_with
from parentis.services.funding.forecast.projection import Projection, project

REPLICATES = 60
"Futures of an option; the difference is taken from the same futures without it."


@dataclass(frozen=True, slots=True)
class Option:
    """`change` of the ask in each future, (replicates, authorities, years), before what the option itself costs."""

    id: str
    change: np.ndarray


def options(tables: Mapping[str, pl.DataFrame], base: Projection) -> Iterator[Option]:
    """Each change of each shipped scenario alone, and all of a scenario together."""
    few = min(REPLICATES, base.ahead.basis.replicates)
    basis = replace(base.ahead.basis, replicates=few)
    plain = run(basis)
    asked = base.found.ask[:few]
    for name, document in shipped().items():
        scenario = document.scenario
        parts = {f"{name} {at}": scenario.with_only(at) for at in range(len(scenario.changes))}
        for key, changed in {**parts, f"{name} {TOGETHER}": scenario}.items():
            after = run(basis, changed, like=plain)
            made = project(tables, _with(base, basis, after), base.policy)
            if made is not None:
                yield Option(key, made.found.ask - asked)


def _with(base: Projection, basis: Any, after: Any) -> Any:
    plans = base.ahead.plans
    few = basis.replicates
    fewer = None if plans is None else replace(plans, plans=plans.plans[:few], new=plans.new[:few])
    return replace(base.ahead, basis=basis, before=after, plans=fewer)


def option_values(base: Projection, found: Sequence[Option], place: Place) -> pl.DataFrame:
    """The change of the last year's ask, and of the ask of all years together."""
    rows: list[dict[str, Any]] = []
    add = adder(rows, place)
    own = those_with(place.own, base.found.ask)
    last = base.found.years[-1]
    for one in found:
        of = breakdown({"option": one.id})
        add(OPTION_LAST, last, one.change[:, own, -1].sum(axis=1), own, of=of)
        add(OPTION_ALL, last, one.change[:, own].sum(axis=(1, 2)), own, of=of)
    return pl.DataFrame(rows, schema=VALUES)
