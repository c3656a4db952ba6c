"""The outlook: children, plans and what they cost, five years ahead, from the tables that are held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from weakref import ref

import numpy as np
import polars as pl

from parentis.region import financial_year, financial_year_of
from parentis.services.demand.estimation.histories import Histories, day_number
from parentis.services.demand.estimation.model import fit_histories, past
from parentis.services.demand.money.comparison import Basis, Run, run
from parentis.services.demand.money.price_sources import LAST_RESORT, monitored_placements
from parentis.services.demand.money.prices import prices
from parentis.services.demand.money.uplifts import uplifts
from parentis.services.demand.plans.costs import PlanCosts, plan_costs
from parentis.services.demand.plans.model import PlanModel, PlanPaths, fit_plans, simulate_plans
from parentis.services.demand.states import COMMISSIONING
from parentis.services.demand.tables import ACTIVITY, EPISODES, LAIT, OUTLOOK_NEEDS

YEARS = 5
NO_PLANS = "No release of EHC plans is held: high needs follows its own trend."
OUTLOOK_DEFAULTS: Mapping[str, Any] = {"years": YEARS, "replicates": 300, "seed": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Everything that is simulated together.

    Attributes:
        basis: model, prices and uplifts, on which scenarios are run. before: the futures without a scenario.
        nights_before: of the last financial year held, (authorities, groups); `year_before` is that year.
        monitored_nights, monitored_gross: of that year as budget monitoring has placements, (authorities, groups); NaN
            where an authority's year is not held.
        plan_model, plans, plan_costs: high needs; None where the plans release is not held.
    """

    known: Histories
    basis: Basis
    before: Run
    year_before: str
    nights_before: np.ndarray
    monitored_nights: np.ndarray
    monitored_gross: np.ndarray
    plan_model: PlanModel | None
    plans: PlanPaths | None
    plan_costs: PlanCosts | None
    notes: tuple[str, ...]

    def used(self, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """The rows behind the outlook: `authority` (null: every authority's), `table, load_id, count`."""
        parts = []
        for need in OUTLOOK_NEEDS:
            rows = tables.get(need, pl.DataFrame())
            if need == LAIT and rows.height:
                # Of the half a million lines of LAIT, only the few measures used in place of prices, and only if one
                # was used.
                short = [one.short for one in LAST_RESORT if one.short in " ".join(self.basis.prices.source)]
                rows = rows.filter(pl.col("SHORT_DESC").is_in(short))
            if rows.height:
                parts.append(rows.group_by("authority", "load_id").agg(count=pl.len()).with_columns(table=pl.lit(need)))
        return pl.concat(parts).select("authority", "table", "load_id", "count")

    @property
    def gross_before(self) -> np.ndarray:
        """The cost of the last year's nights at the estimated prices, (authorities, groups); nil for a group without
        a price.
        """
        held = self.basis.prices
        level = [np.zeros(len(held.authorities)) if one is None else np.exp(one.median()) for one in held.posterior]
        return np.asarray(self.nights_before * np.stack(level, axis=1))

    @property
    def cost_before(self) -> np.ndarray:
        """`gross_before` net of contributions from health and education, (authorities, groups)."""
        return np.asarray(self.gross_before * self.basis.prices.net_share)


def outlook(tables: Mapping[str, pl.DataFrame], parameters: Mapping[str, Any]) -> Outlook | None:
    """Parameters: `years` (5), `replicates` (300), `seed` (0). None where no looked-after children return is held.

    The last outlook is cached while its tables are in memory and returned again for the same tables: the figures of
    demand and the forecast of funding use the same futures, which a build therefore simulates once.
    """
    if tables[EPISODES].is_empty():
        return None
    chosen = {name: parameters.get(name, usual) for name, usual in OUTLOOK_DEFAULTS.items()}
    given = {need: tables[need] for need in OUTLOOK_NEEDS if need in tables}
    for behind, asked, kept in _kept:
        if asked == chosen and behind.keys() == given.keys() and all(behind[n]() is given[n] for n in given):
            return kept
    made = outlook_of(given, chosen)
    _kept[:] = [({need: ref(frame, _forget) for need, frame in given.items()}, chosen, made)]
    return made


_kept: list[tuple[dict[str, ref[pl.DataFrame]], dict[str, Any], Outlook]] = []
"The cached outlook, at most one. It is deleted with any of its tables, so that no child's data outlast the build."


def _forget(_: ref[pl.DataFrame]) -> None:
    _kept.clear()


def basis_of(tables: Mapping[str, pl.DataFrame], known: Histories, chosen: Mapping[str, Any]) -> Basis:
    """What scenarios are run on: the model of `known`, prices and uplifts, to the end of `years` financial years."""
    model = fit_histories(known)
    year = _last_whole_year(model.cut)
    return Basis(
        model=model,
        prices=prices(tables, model.groups, model.authorities, year),
        uplifts=uplifts(tables, model.groups, year, chosen["years"] + 1),
        months=_months(model.cut, chosen["years"]),
        replicates=chosen["replicates"],
        seed=chosen["seed"],
    )


def outlook_of(tables: Mapping[str, pl.DataFrame], chosen: Mapping[str, Any]) -> Outlook:
    """The outlook of looked-after children returns and what is held beside them, without looking in the cache.
    `chosen` has every name of `OUTLOOK_DEFAULTS`."""
    known = past(tables, groups=COMMISSIONING)
    basis = basis_of(tables, known, chosen)
    model, held = basis.model, basis.prices
    year = _last_whole_year(model.cut)
    monitored = monitored_placements(tables.get(ACTIVITY, pl.DataFrame()), model.groups, model.authorities, year)
    before = run(basis)
    plan_model = fit_plans(tables, model.authorities)
    numbers = range(chosen["replicates"])
    return Outlook(
        known=known,
        basis=basis,
        before=before,
        year_before=year,
        nights_before=nights_in(known, year),
        monitored_nights=monitored[0],
        monitored_gross=monitored[1],
        plan_model=plan_model,
        plans=simulate_plans(plan_model, years=chosen["years"] + 1, seed=chosen["seed"], numbers=numbers)
        if plan_model
        else None,
        plan_costs=plan_costs(tables, plan_model) if plan_model else None,
        notes=(
            *model.notes,
            *held.notes,
            *basis.uplifts.notes,
            *(plan_model.notes if plan_model else (NO_PLANS,)),
        ),
    )


def nights_in(known: Histories, year: str) -> np.ndarray:
    """Nights of a financial year by authority and group, (authorities, groups)."""
    period = financial_year(year)
    first, after = day_number(period.start), day_number(period.end) + 1
    nights = np.clip(np.minimum(known.end, after) - np.maximum(known.start, first), 0, None)
    out = np.zeros((len(known.authorities), known.states))
    np.add.at(out, (known.authority, known.state), nights)
    return out


def _last_whole_year(cut: date) -> str:
    own = financial_year_of(cut)
    return own.label if cut == own.end else own.previous.label


def _months(cut: date, years: int) -> int:
    """Months to the end of the last of `years` whole financial years after the cut."""
    own = financial_year_of(cut)
    rest = 0 if cut == own.end else (own.end.year - cut.year) * 12 + own.end.month - cut.month
    return 12 * years + rest
