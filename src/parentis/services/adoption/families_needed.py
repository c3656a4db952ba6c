"""How many more families, of which kind, for a share of children to be placed within twelve months of the order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from parentis.services.adoption.simulation import Shape, World, replicate, summary

TARGET = 0.8
STEPS = (0, 10, 20, 30, 45, 60, 80, 110, 150, 200)
"Numbers of additional families a year that are tried."


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """Families a year to add: `median` and the 95 % interval, over uncertain parameters and chance. A missing end
    lies above the largest number tried. `reached` is the share of draws in which the largest number was
    enough."""

    median: float | None
    low: float | None
    high: float | None
    reached: float
    tried: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OneMore:
    """What one more family a year of a kind does: children placed within 12 months a year, and care days spared a
    year."""

    kind: str
    placed: float
    placed_low: float
    placed_high: float
    days: float


def families_needed(
    world: World, shape: Shape, *, mix: npt.NDArray[np.float64], seed: int, draws: int = 100, years: float = 5.0,
    target: float = TARGET,
) -> Needed:  # fmt: skip
    """Families a year, in the proportions `mix` of their kinds, until `target` of the children are placed in 12
    months.

    Each draw of the world has the same children at every step. Shares are first made to rise with the number of
    families (pool adjacent violators, since a share can fall by chance); the answer is interpolated linearly
    between the two steps around the target.
    """
    mix = mix / mix.sum()
    found = np.empty(draws)
    for number in range(draws):
        shares = [
            summary(replicate(world, shape, seed=seed, number=number, years=years, more=step * mix), world)["placed_12"]
            for step in STEPS
        ]
        found[number] = _crossing(np.array(shares), target)
    low, median, high = (_quantile(found, at) for at in (0.025, 0.5, 0.975))
    return Needed(median=median, low=low, high=high, reached=float(np.isfinite(found).mean()), tried=STEPS[-1])


def _crossing(shares: npt.NDArray[np.float64], target: float) -> float:
    rising = _rising(shares)
    if rising[0] >= target:
        return 0.0
    if rising[-1] < target:
        return float("inf")
    at = int(np.argmax(rising >= target))
    part = (target - rising[at - 1]) / (rising[at] - rising[at - 1])
    return float(STEPS[at - 1] + part * (STEPS[at] - STEPS[at - 1]))


def _rising(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(values).x)


def _quantile(values: npt.NDArray[np.float64], at: float) -> float | None:
    """The quantile of numbers that may be infinite; `None` where the quantile is infinite."""
    found = float(np.quantile(values, at, method="inverted_cdf"))
    return found if np.isfinite(found) else None


def one_more(
    world: World,
    shape: Shape,
    kinds: tuple[str, ...],
    *,
    seed: int,
    draws: int = 100,
    years: float = 5.0,
    by: float = 10.0,
) -> tuple[OneMore, ...]:
    """The value of one more family of each kind: `by` are added, compared with the same draws without them, and the
    difference is divided by `by`."""
    plain = [_placed_and_days(world, shape, seed, number, years, None) for number in range(draws)]
    out = []
    for at, kind in enumerate(kinds):
        more = np.zeros(len(kinds))
        more[at] = by
        with_them = [_placed_and_days(world, shape, seed, number, years, more) for number in range(draws)]
        change = (np.array(with_them) - np.array(plain)) / by
        mean, error = change.mean(axis=0), change.std(axis=0, ddof=1) / np.sqrt(draws)
        out.append(
            OneMore(kind=kind, placed=float(mean[0]), placed_low=float(mean[0] - 1.96 * error[0]),
                    placed_high=float(mean[0] + 1.96 * error[0]), days=float(-mean[1]))
        )  # fmt: skip
    return tuple(out)


def _placed_and_days(
    world: World, shape: Shape, seed: int, number: int, years: float, more: npt.NDArray[np.float64] | None
) -> tuple[float, float]:
    """Children placed within 12 months and days waited, per year, of the children who count."""
    found = summary(replicate(world, shape, seed=seed, number=number, years=years, more=more), world)
    return found["placed_12"] * found["children"], found["days"] * found["children"]
