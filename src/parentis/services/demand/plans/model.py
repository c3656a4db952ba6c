"""High needs: education, health and care plans as a stock with inflows and outflows, by age, setting and year.

Each January, the plans at an age are last year's at the age below, less those that ended, plus new ones. New plans
and endings are uncertain for the region as a whole and for each authority within it. docs/methods/demand-cost.md has
the formulas. The model used for placements would need plan-level returns.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.services.demand.estimation.shrinkage import Pooled, pool
from parentis.services.demand.randomness import generator
from parentis.services.demand.tables import PLAN_NEEDS

PLANS = 10
"Key of the random number stream of a replicate that this module uses."

FIRST_AGE, LAST_AGE = 2, 25
AGES = LAST_AGE - FIRST_AGE + 1
BANDS: Mapping[str, tuple[int, int]] = {
    "under 5": (2, 4), "5 to 10": (5, 10), "11 to 15": (11, 15), "16 to 19": (16, 19), "20 to 25": (20, 25),
}  # fmt: skip
PLAN_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "mainstream": ("mainstream_total",),
    "special": ("special_la_maintained", "special_academy_free"),
    "independent": ("special_independent", "special_non_maintained"),
    "alternative": ("ap_pru_total",),
    "post-16": ("fe_total",),
    "other": ("ed_elsewhere", "nm_early_years", "placement_unknown"),
}
_AGE, _START, _ALL, _NEW = "Child or young persons age", "Age when plan started", "All EHC plans", "New EHC plans"

GROWTH_SPREAD, GROWTH_WORTH = 0.09, 3.0
"Prior spread of the yearly growth of new plans, log scale, and the number of years that the prior is worth."
DAMPING = 0.7
"The factor by which the growth of new plans is damped each year."
END_SPREAD, END_WORTH, END_MEMORY = 0.22, 3.0, 0.4
"Prior spread of the rate at which plans end, log scale, its worth in years, and how much of a deviation persists."
SHARE_DRIFT = 0.08
"Yearly standard deviation of an authority's share of the region's new plans, log scale."
MIX_WORTH = 60.0
"Number of plans that the region's mix of settings is worth when shrinking an authority's mix towards it."
MIX_SPREAD = 0.03
"Yearly standard deviation of a setting's share about its own drift, log scale."


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanModel:
    """The estimated model in January of `year`.

    Attributes:
        stock: plans by authority and age, (authorities, ages).
        new: new plans of the last year by authority, (authorities,), `by_age` their ages, (ages,) summing to 1.
        growth: mean of the log growth of new plans; its spread has `growth_freedom` degrees.
        ending: rates by age in an average year, (ages,), `ending_level` the last year's log deviation from them.
        own_ending: authorities' factors on the log scale.
        mix: shares of the settings, (authorities, ages, settings); `drift` of their logs a year, (settings,).
    """

    year: int
    authorities: tuple[str, ...]
    stock: np.ndarray
    new: np.ndarray
    by_age: np.ndarray
    growth: float
    growth_spread: float
    growth_freedom: float
    years: int
    ending: np.ndarray
    ending_level: float
    ending_spread: float
    ending_freedom: float
    own_ending: Pooled
    mix: np.ndarray
    drift: np.ndarray
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPaths:
    """Futures of plans in January: `plans` has shape (replicates, authorities, bands, settings, years), `new`
    (replicates, authorities, years). `now` is the January they start from, (authorities, bands, settings)."""

    authorities: tuple[str, ...]
    years: tuple[int, ...]
    plans: np.ndarray
    new: np.ndarray
    now: np.ndarray


def fit_plans(
    tables: Mapping[str, pl.DataFrame], authorities: Sequence[str], *, keep: Callable[[str], bool] = lambda _: True
) -> PlanModel | None:
    """Fit the model to the plans release; None if it is not held, or has no ages for these authorities. `keep` says
    from which years, as financial years that end after the January, new plans and endings are learnt: a what-if."""
    if any(tables.get(need, pl.DataFrame()).is_empty() for need in PLAN_NEEDS):
        return None
    caseload, new = (_current(tables[need], authorities) for need in PLAN_NEEDS)
    # An authority whose ages are suppressed still has rows, but without values: it must not be counted as zero.
    aged = caseload.filter(pl.col("BREAKDOWN_TOPIC") == _AGE).drop_nulls("VALUE").with_columns(age=_age())
    if aged.is_empty():
        return None
    year = int(str(aged["YEAR"].max()))
    held = tuple(one for one in authorities if one in set(aged.filter(YEAR=year)["authority"]))
    stock, before = (
        _by(aged.filter(YEAR=one, MEASURE="ehcplans"), held, range(FIRST_AGE, LAST_AGE + 1)) for one in (year, year - 1)
    )
    totals, started = _series(caseload, _ALL, "ehcplans", held), _series(new, _NEW, "new_ehc_plans", held)
    ages = new.filter(BREAKDOWN_TOPIC=_START, MEASURE="new_ehc_plans").with_columns(age=_age())
    by_age = _by(ages.filter(pl.col("YEAR") == ages["YEAR"].max()), held, range(FIRST_AGE, LAST_AGE + 1)).sum(axis=0)
    by_age = (by_age + 1e-3) / (by_age + 1e-3).sum()
    new_plans = {one: np.log(started[one].sum()) for one in started}
    pairs = [one for one in new_plans if one - 1 in new_plans and _kept(one + 1, keep)]
    growths = np.array([new_plans[one] - new_plans[one - 1] for one in pairs])
    levels, own = _endings(totals, started, keep)
    spread, freedom = _spread(growths, GROWTH_SPREAD, GROWTH_WORTH)
    ends, ends_freedom = _spread(levels, END_SPREAD, END_WORTH)
    lost = [one for one in authorities if one not in held]
    notes = [f"{len(lost)} authorities have no plans by age in January {year}: they are left out."] if lost else []
    if len(growths) < 3:
        notes.append(f"Only {len(growths) + 1} years of new plans: the spread of their growth is mostly assumed.")
    return PlanModel(
        year=year,
        authorities=held,
        stock=stock,
        new=started[max(started)],
        by_age=by_age,
        growth=float(growths.sum() / (len(growths) + 2.0)) if len(growths) else 0.0,
        growth_spread=spread,
        growth_freedom=freedom,
        years=len(growths),
        ending=_ending_by_age(stock, before, started, by_age, year, float(np.exp(levels.mean()))),
        ending_level=float(levels[-1] - levels.mean()),
        ending_spread=ends,
        ending_freedom=ends_freedom,
        own_ending=own,
        mix=_mix(aged.filter(YEAR=year), held),
        drift=_drift(caseload.filter(pl.col("BREAKDOWN_TOPIC") == _ALL), held),
        notes=tuple(notes),
    )


def simulate_plans(
    model: PlanModel, *, years: int = 5, seed: int = 0, numbers: Sequence[int] = range(300), entries: float = 1.0
) -> PlanPaths:
    """Futures of `years` Januaries. `entries` multiplies new plans: a what-if."""
    shape = (len(numbers), len(model.authorities))
    plans = np.empty((*shape, len(BANDS), len(PLAN_SETTINGS), years))
    new = np.empty((*shape, years))
    for row, number in enumerate(numbers):
        _one(model, generator(seed, number, PLANS), years, entries, plans[row], new[row])
    return PlanPaths(
        authorities=model.authorities,
        years=tuple(model.year + step for step in range(1, years + 1)),
        plans=plans,
        new=new,
        now=_banded(model.stock[:, :, None] * model.mix),
    )


def _one(
    model: PlanModel, stream: np.random.Generator, years: int, entries: float, plans: np.ndarray, new: np.ndarray
) -> None:
    authorities = len(model.authorities)
    spread = model.growth_spread * np.sqrt(model.growth_freedom / stream.chisquare(model.growth_freedom))
    drift = model.growth + spread / np.sqrt(model.years + 2.0) * stream.standard_normal()
    ends = model.ending_spread * np.sqrt(model.ending_freedom / stream.chisquare(model.ending_freedom))
    usual = ends / np.sqrt(model.years + 2.0) * stream.standard_normal()
    level = model.ending_level
    own = np.exp(model.own_ending.draw(stream.random(1), stream.standard_normal((1, 1 + authorities)))[0])
    log_new = np.zeros(authorities)
    lean = np.zeros(len(PLAN_SETTINGS))
    stock = model.stock.copy()
    for step in range(years):
        log_new += drift * DAMPING**step + spread * stream.standard_normal()
        log_new += SHARE_DRIFT * stream.standard_normal(authorities)
        level = END_MEMORY * level + ends * np.sqrt(1 - END_MEMORY**2) * stream.standard_normal()
        expected = entries * (model.new + 0.5) * np.exp(log_new)
        new[:, step] = stream.poisson(expected)
        leave = 1 - np.exp(-model.ending * np.exp(level + usual) * own[:, None])
        stays = stock - stream.binomial(stock.astype(np.int64), np.clip(leave, 0, 1))
        stock = np.zeros_like(stock)
        stock[:, 1:] = stays[:, :-1]
        # Half of the children whose plan began in the year have had their birthday by January.
        share = 0.5 * model.by_age
        share[1:] += 0.5 * model.by_age[:-1]
        stock += stream.poisson(new[:, step, None] * share / share.sum())
        lean += model.drift * DAMPING**step + MIX_SPREAD * stream.standard_normal(len(PLAN_SETTINGS))
        mix = model.mix * np.exp(lean)
        plans[..., step] = _banded(stock[:, :, None] * mix / mix.sum(axis=2, keepdims=True))


def _banded(by_age: np.ndarray) -> np.ndarray:
    """(authorities, ages, settings) → (authorities, bands, settings)."""
    return np.stack(
        [by_age[:, low - FIRST_AGE : high - FIRST_AGE + 1].sum(axis=1) for low, high in BANDS.values()], axis=1
    )


def _current(frame: pl.DataFrame, authorities: Sequence[str]) -> pl.DataFrame:
    """Rows of these authorities, with each year taken from the last accepted release that has it."""
    own = frame.filter(pl.col("authority").is_in(list(authorities)))
    return own.filter(pl.col("sequence") == pl.col("sequence").max().over("authority", "YEAR"))


def _age() -> pl.Expr:
    """`age 10`, `under 3`, `age 2 and under`, `age 20 and over` as a number within the model's ages; else null."""
    number = pl.col("BREAKDOWN").str.extract(r"(\d+)").cast(pl.Int64)
    under = pl.col("BREAKDOWN").str.starts_with("under")
    return (number - under.cast(pl.Int64)).clip(FIRST_AGE, LAST_AGE)


def _by(frame: pl.DataFrame, authorities: Sequence[str], ages: Sequence[int]) -> np.ndarray:
    """(authorities, ages) of VALUE; missing values count as 0."""
    out = np.zeros((len(authorities), len(ages)))
    row = {name: at for at, name in enumerate(authorities)}
    summed = frame.group_by("authority", "age").agg(pl.col("VALUE").sum())
    for name, age, value in summed.iter_rows():
        if name in row and age is not None:
            out[row[name], age - ages[0]] = value
    return out


def _series(frame: pl.DataFrame, topic: str, measure: str, authorities: Sequence[str]) -> dict[int, np.ndarray]:
    """The count of each authority by year, for years in which every authority has one."""
    rows = frame.filter(BREAKDOWN_TOPIC=topic, MEASURE=measure).select("YEAR", "authority", "VALUE")
    found = {}
    for (year,), own in rows.group_by("YEAR"):
        values = dict(own.select("authority", "VALUE").iter_rows())
        if all(values.get(name) is not None for name in authorities):
            found[int(str(year))] = np.array([float(values[name]) for name in authorities])
    return dict(sorted(found.items()))


def _kept(january: int, keep: Callable[[str], bool]) -> bool:
    return keep(f"{january - 1}-{january % 100:02}")


def _endings(
    totals: Mapping[int, np.ndarray], started: Mapping[int, np.ndarray], keep: Callable[[str], bool]
) -> tuple[np.ndarray, Pooled]:
    """The log of the region's rate of ending in each year, and the authorities' factors relative to it.

    Those who ended in a year are last January's plans, plus the year's new ones, less this January's.
    """
    whole = [one for one in sorted(totals) if one + 1 in totals and one in started]
    years = [one for one in whole if _kept(one + 1, keep)] or whole
    ended = np.stack([totals[one] + started[one] - totals[one + 1] for one in years])
    at_risk = np.stack([totals[one] + started[one] / 2 for one in years])
    region = ended.sum(axis=1).clip(1.0) / at_risk.sum(axis=1)
    recent = slice(-3, None)
    own, expected = ended[recent].sum(axis=0), (at_risk[recent] * region[recent, None]).sum(axis=0)
    observed = np.log(own.clip(0.2 * expected) / expected)
    # Corrections of the register change one year's endings by half: three years estimate a factor to about a third.
    return np.log(region), pool(observed, 1 / expected.clip(1.0) + 0.3**2)


def _spread(values: np.ndarray, prior: float, worth: float) -> tuple[float, float]:
    """Scale and degrees of freedom of a spread, including the years that the prior is worth."""
    freedom = max(len(values) - 1, 0)
    squares = float(((values - values.mean()) ** 2).sum()) if freedom else 0.0
    return float(np.sqrt((squares + worth * prior**2) / (freedom + worth))), freedom + worth


def _ending_by_age(
    stock: np.ndarray,
    before: np.ndarray,
    started: Mapping[int, np.ndarray],
    by_age: np.ndarray,
    year: int,
    usual: float,
) -> np.ndarray:
    """Rates by age in an average year: the age profile of the last year, scaled to the average level.

    Only authorities with ages in both Januaries are used for the profile; all plans end at the last age.
    """
    both = (stock.sum(axis=1) > 0) & (before.sum(axis=1) > 0) & (before.sum(axis=1) > 0.7 * stock.sum(axis=1))
    rate = np.full(AGES, usual)
    if both.any() and (year - 1) in started:
        new = started[year - 1][both].sum() * by_age
        come = 0.5 * new
        come[1:] += 0.5 * new[:-1]
        left = before[both].sum(axis=0)[:-1] - (stock[both].sum(axis=0) - come)[1:]
        share = np.clip((left + usual * 50) / (before[both].sum(axis=0)[:-1] + 50), 0.25 * usual, 0.9)
        rate[:-1] = -np.log1p(-share)
        weight = before[both].sum(axis=0)[:-1]
        rate[:-1] *= -np.log1p(-usual) / ((rate[:-1] * weight).sum() / weight.sum())
    rate[-1] = 5.0
    return rate


def _mix(aged: pl.DataFrame, authorities: Sequence[str]) -> np.ndarray:
    """Shares of the settings by authority and age band, shrunk towards the region's; (authorities, ages, settings)."""
    ages = range(FIRST_AGE, LAST_AGE + 1)
    counts = np.stack(
        [_by(aged.filter(pl.col("MEASURE").is_in(list(names))), authorities, ages) for names in PLAN_SETTINGS.values()],
        axis=2,
    )
    banded = _banded(counts)
    region = banded.sum(axis=0) + 0.5
    share = region / region.sum(axis=1, keepdims=True)
    own = banded + MIX_WORTH * share
    own /= own.sum(axis=2, keepdims=True)
    band_of = [next(at for at, (low, high) in enumerate(BANDS.values()) if low <= age <= high) for age in ages]
    return own[:, band_of]


def _drift(everyone: pl.DataFrame, authorities: Sequence[str]) -> np.ndarray:
    """Half of the yearly change in the settings' shares, log scale: past trends may not continue."""
    rows = everyone.filter(pl.col("authority").is_in(list(authorities)))
    years = sorted(rows["YEAR"].unique().to_list())
    held = rows.with_columns(pl.col("VALUE").fill_null(0.0))
    counts = [
        [held.filter(pl.col("MEASURE").is_in(list(names)), YEAR=year)["VALUE"].to_numpy().sum() for year in years]
        for names in PLAN_SETTINGS.values()
    ]
    share = np.array(counts).T + 1.0
    share /= share.sum(axis=1, keepdims=True)
    if len(years) < 3:
        return np.zeros(len(PLAN_SETTINGS))
    change = 0.5 * np.log(share[-1] / share[0]) / (years[-1] - years[0])
    # The smallest settings were redefined during these years: their drift would reflect the forms, not the children.
    return np.where(share[-1] > 0.03, change, 0.0)
