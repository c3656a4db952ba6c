"""Worlds in which a programme of known effect keeps children out of care, and what a bid and a before-and-after
comparison say of them.

The world's children are not the model's (`demand/worlds.py`). The effect that was published is the true one with the
error of its trial; prices are known with error; how prices rise is not known.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from bid_worlds import PRICE
from worlds import STATES, lives

from parentis.services.demand.estimation.model import fit_histories
from parentis.services.demand.estimation.shrinkage import pool
from parentis.services.demand.money.comparison import Basis
from parentis.services.demand.money.prices import Prices
from parentis.services.demand.money.uplifts import uplifts
from parentis.services.demand.simulation.programmes import Drawn, Effect, Programme
from parentis.services.prevention.bids import Bid, promised, run_bid

TRUE, TRIAL_ERROR, PRICE_ERROR = 0.75, 0.08, 0.05
"Ratio of entries; standard errors of its logarithm and of the logarithm of a price."
CHECKS = (12, 24)
YEAR = 365.25


@dataclass(frozen=True)
class Check:
    """Pounds saved to 12 and 24 months: truth, mean, ends of the 95 % band; and before-and-after's estimate of the
    entries avoided in the first year beside the truth. `worse` is by how much the year before was above the years
    before it."""

    truth: tuple[float, float]
    mean: tuple[float, float]
    low: tuple[float, float]
    high: tuple[float, float]
    before_and_after: float
    entries_avoided: float
    worse: float


def check(kind: str, children: int, seed: int, *, replicates: int = 300) -> Check:
    rng = np.random.default_rng([seed, 77])
    made = lives(kind, children, seed, ahead_years=2)
    model = fit_histories(made.known())
    estimate = TRUE * np.exp(TRIAL_ERROR * rng.standard_normal())
    rises = uplifts({}, model.groups, "2023-24", 4)
    observed = PRICE * np.exp(PRICE_ERROR * rng.standard_normal(STATES))
    basis = Basis(
        model=model, uplifts=rises, months=24, seed=seed,
        prices=Prices(
            period="2023-24", authorities=model.authorities, groups=model.groups.names,
            posterior=tuple(pool(np.log([one]), np.array([PRICE_ERROR**2])) for one in observed),
            chance=np.zeros((1, STATES)), net_share=np.ones((1, STATES)), source=("test",) * STATES,
            cells=None, notes=(),  # type: ignore[arg-type]
        ),
    )  # fmt: skip
    width = np.exp(1.959964 * TRIAL_ERROR)
    drawn = Drawn(centre=estimate, low=estimate / width, high=estimate * width)
    effect = Effect(quantity="entry", factor=drawn, uasc=None, start=date(2024, 4, 1))
    bid = Bid(
        id="b", title="b", programmes=(Programme(id="b", effects=(effect,)),), costs=(), start=date(2024, 4, 1),
        years=2, price_year="2023-24", grade=5,
    )  # fmt: skip
    result = run_bid(bid, basis, nights_before=np.zeros((1, STATES)), replicates=replicates)
    said = [promised(result, months).row(0, named=True) for months in CHECKS]
    kept_out = (made.start >= made.after) & (rng.random(len(made.start)) > TRUE)
    general, index = rises.draw(10_000_000 + seed, [0])
    real = PRICE[:, None] * index[0] / general[0]
    truth = tuple(_saved(made, kept_out, real, days) for days in (365, 730))
    entries = np.bincount(((made.start - made.after) // YEAR).astype(int) + 100, minlength=103)
    came = ((made.start >= made.after) & (made.start < made.after + YEAR) & ~kept_out).sum()
    avoided = ((made.start < made.after + YEAR) & kept_out).sum()
    return Check(
        truth=truth,
        mean=tuple(one["pounds"] for one in said),  # type: ignore[arg-type]
        low=tuple(one["pounds_low"] for one in said),  # type: ignore[arg-type]
        high=tuple(one["pounds_high"] for one in said),  # type: ignore[arg-type]
        before_and_after=float(entries[99] - came),
        entries_avoided=float(avoided),
        worse=float(entries[99] / entries[95:99].mean() - 1),
    )


def _saved(made, kept_out, real, days) -> float:  # type: ignore[no-untyped-def]
    """Pounds that those kept out would have cost in so many days from the cut, year by year at its prices."""
    pounds = 0.0
    for year in range(days // 365):
        first = made.after + 365 * year
        nights = np.clip(np.minimum(made.ends, first + 365) - np.maximum(made.begins, first), 0, None)
        own = kept_out[made.child]
        pounds += float((np.bincount(made.place[own], nights[own], STATES) * real[:, year]).sum())
    return pounds


def summary(found: list[Check], at: int) -> tuple[float, float]:
    """Per cent of worlds whose truth the band holds at a check, and the mean error of the promise over the truth."""
    inside = [one.low[at] <= one.truth[at] <= one.high[at] for one in found]
    error = sum(one.mean[at] - one.truth[at] for one in found) / sum(one.truth[at] for one in found)
    return 100 * float(np.mean(inside)), 100 * error


def before_and_after(found: list[Check], *, worst: float = 1.0) -> float:
    """Mean error of before-and-after over the entries avoided, per cent, in the worlds whose last year was worst."""
    chosen = sorted(found, key=lambda one: -one.worse)[: max(1, round(worst * len(found)))]
    avoided = sum(one.entries_avoided for one in chosen)
    return 100 * sum(one.before_and_after - one.entries_avoided for one in chosen) / avoided
