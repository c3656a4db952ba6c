"""Reruns: the outlook again with one assumption changed, or with only what was held at the end of an earlier year."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from parentis.region import financial_year
from parentis.services.demand.estimation.histories import Histories, day_number
from parentis.services.demand.estimation.model import fit_histories
from parentis.services.demand.money.comparison import run
from parentis.services.demand.money.costs import costs
from parentis.services.demand.money.projections import Outlook, outlook_of
from parentis.services.demand.money.uplifts import uplifts
from parentis.services.demand.plans.model import fit_plans, simulate_plans
from parentis.services.demand.tables import CASELOAD, LAIT, NEW_PLANS, OUTLOOK_NEEDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What differs from the outlook.

    Attributes:
        inflation: added to each future year's rise of general prices, as a share.
        real_rise: added to the prior of every real rise of prices a year, as a share.
        since: the first financial year that is learnt from; '' for all.
        leave_out: financial years that are not learnt from.
        without: authorities (ONS codes) whose returns are not used.
    """

    inflation: float = 0.0
    real_rise: float = 0.0
    since: str = ""
    leave_out: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def keeps(self, year: str) -> bool:
        """Whether a financial year is learnt from."""
        return year >= self.since and year not in self.leave_out


def rerun(ahead: Outlook, tables: Mapping[str, pl.DataFrame], change: Change, replicates: int) -> Outlook:
    """The outlook with the change. Every future has the random numbers that it had, so that its difference is due to
    the change alone. The children are simulated anew, the first `replicates` times, if the change concerns them;
    otherwise all futures keep their children and get other prices."""
    chosen = {"years": len(ahead.before.costs.years), "replicates": replicates, "seed": ahead.basis.seed}
    if change.without:
        given = {need: _without(tables[need], change.without) for need in OUTLOOK_NEEDS if need in tables}
        return outlook_of(given, chosen)
    held, span = ahead.basis, len(ahead.basis.uplifts.inflation)
    moved = uplifts(
        tables, held.model.groups, ahead.year_before, span, keep=change.keeps, shift=change.real_rise
    )  # fmt: skip
    basis = replace(held, uplifts=replace(moved, inflation=moved.inflation + change.inflation))
    each = ahead.plan_costs
    ahead = replace(
        ahead, plan_costs=None if each is None else replace(each, real_rise=each.real_rise + change.real_rise)
    )
    if not change.since and not change.leave_out:
        repriced = costs(ahead.before.paths, basis.prices, basis.uplifts, seed=basis.seed)
        return replace(ahead, basis=basis, before=replace(ahead.before, costs=repriced))
    basis = replace(basis, model=fit_histories(learning_from(ahead.known, change)), replicates=replicates)
    plans = fit_plans(tables, basis.model.authorities, keep=change.keeps)
    years, numbers = chosen["years"] + 1, range(replicates)
    return replace(
        ahead,
        basis=basis,
        before=run(basis),
        plan_model=plans,
        plans=None if plans is None else simulate_plans(plans, years=years, seed=basis.seed, numbers=numbers),
    )


def learning_from(known: Histories, change: Change) -> Histories:
    """`known` with only the kept years observed: in others nothing counts as seen, as in years without a return."""
    first = min(int(runs[0, 0]) for runs in known.runs if len(runs))
    years = range(_year_of(first), _year_of(known.next_day - 1) + 1)
    labels = [f"{year}-{(year + 1) % 100:02}" for year in years]
    spans = [financial_year(label) for label in labels if change.keeps(label)]
    kept = [(day_number(one.start), day_number(one.end) + 1) for one in spans]
    runs = tuple(_within(own, kept) for own in known.runs)
    return replace(known, runs=runs)


def _year_of(day: int) -> int:
    moment = np.int64(day).astype("datetime64[D]").astype(object)
    return moment.year - (moment.month < 4)


def _within(runs: np.ndarray, kept: list[tuple[int, int]]) -> np.ndarray:
    """The parts of `runs` inside `kept`, adjoining ones as one: a child who stays over New Year is one stay."""
    found: list[list[int]] = []
    for begins, ends in runs:
        for first, after in kept:
            low, high = max(int(begins), first), min(int(ends), after)
            if low >= high:
                continue
            if found and found[-1][1] == low:
                found[-1][1] = high
            else:
                found.append([low, high])
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _without(frame: pl.DataFrame, left_out: tuple[str, ...]) -> pl.DataFrame:
    return frame.filter(~pl.col("authority").is_in(list(left_out))) if "authority" in frame.columns else frame


def known_at(tables: Mapping[str, pl.DataFrame], year: str) -> dict[str, pl.DataFrame]:
    """The rows of `tables` about `year` and before: those that a forecast made at the end of `year` could have used.

    Corrections that came later are in them, and so are prices, inflation and population as known today."""
    return {name: _up_to(name, frame, year) for name, frame in tables.items()}


def _up_to(name: str, frame: pl.DataFrame, year: str) -> pl.DataFrame:
    if frame.is_empty():
        return frame
    if name in (CASELOAD, NEW_PLANS):
        # A January lies in the financial year that began before it; new plans are those of a calendar year.
        last = int(year[:4]) + (1 if name == CASELOAD else 0)
        return frame.filter(pl.col("YEAR").cast(pl.Int64, strict=False) <= last)
    if name == LAIT:
        return frame.filter(pl.col("YEARS").str.extract(r"^(\d{4}-\d{2})").fill_null("") <= year)
    return frame.filter(pl.col("period") <= year) if "period" in frame.columns else frame
