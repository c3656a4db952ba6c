"""Like for like: what a partnership pays for the same child, place and month compared with others, with intervals.

A regression of the logarithm of a placement's weekly price on its characteristics, with a random effect for each
provider (and for each home with enough placements); least squares with errors clustered by provider serve as a check.
A difference between partnerships is a difference of their coefficients.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import polars as pl

from parentis.services.commissioning.mixed_models import (
    Fit,
    Floats,
    NestedIntercepts,
    NotIdentifiedError,
    clustered,
    fit,
    least_squares,
)
from parentis.services.commissioning.placement_prices import (
    HELD,
    NOBODY,
    OUTSIDE,
    Design,
    NothingToCompareError,
    Term,
    design,
    priced,
    provider_and_home,
)

LEVEL: Final = 0.95
PARTNERSHIP: Final = "partnership"


@dataclass(frozen=True, slots=True, eq=False)
class Hedonic:
    """A fitted model of prices. Effects are differences of logarithms.

    `robust` (p, p) is the covariance of `plain` (p,), least squares, clustered by provider. `provider_effects` holds
    `provider, n, effect, error`: the effect shrunk towards zero, more for few placements.
    """

    rows: pl.DataFrame
    design: Design
    fitted: Fit
    plain: Floats
    robust: Floats
    provider_effects: pl.DataFrame

    @property
    def providers(self) -> int:
        return self.provider_effects.height

    @property
    def provider_deviation(self) -> float:
        """Standard deviation of providers' effects."""
        return float(self.fitted.theta[0] * self.fitted.sigma)

    @property
    def partnerships(self) -> tuple[str, ...]:
        return tuple(sorted(self.design.levels(PARTNERSHIP)))

    def weights(self, term: str, level: str, other: str) -> Floats:
        """The weights (p,) that take the level's coefficient less the other's; NotIdentifiedError if it has none."""
        found = np.zeros(len(self.design.names))
        for one, sign in ((level, 1.0), (other, -1.0)):
            if one == NOBODY and term == PARTNERSHIP:
                found += sign * self._outside()
            if one == self.design.references.get(term):
                continue
            at = self.design.at(term, one)
            if at is None:
                raise NotIdentifiedError(f"{term} {one} cannot be told apart from other terms, or has no placements")
            found[at] += sign
        return found

    def _outside(self) -> Floats:
        """Weights (p,) of boroughs outside partnerships, each by its share of their placements."""
        found = np.zeros(len(self.design.names))
        held = [at for at, (term, _) in enumerate(self.design.names) if term == OUTSIDE.column]
        if held:
            nobody = self.rows[PARTNERSHIP].is_null().to_numpy()
            found[held] = self.design.matrix[nobody][:, held].mean(axis=0)
        return found


@dataclass(frozen=True, slots=True)
class Contrast:
    """One level less another, in logarithms. `percent` and its bounds are of the price: −7 is 7 % cheaper.

    `dearer` is the probability that it is above zero, with a flat prior. `robust_effect` and `robust_error` are those
    of least squares, clustered by provider.
    """

    level: str
    other: str
    effect: float
    error: float
    low: float
    high: float
    dearer: float
    freedom: int
    robust_effect: float
    robust_error: float

    @property
    def percent(self) -> float:
        return as_percent(self.effect)

    @property
    def percent_low(self) -> float:
        return as_percent(self.low)

    @property
    def percent_high(self) -> float:
        return as_percent(self.high)


def as_percent(effect: float) -> float:
    """A difference of logarithms as a percentage of the price."""
    return 100.0 * float(np.expm1(effect))


def hedonic(placements: pl.DataFrame, terms: Iterable[Term] = HELD, start: Floats | None = None) -> Hedonic:
    """The model of `placements` (see `placement_prices`), with the search starting at `start` (a θ);
    NothingToCompareError where there is only one provider."""
    rows = priced(placements)
    columns = design(rows, terms)
    outcome = rows["weekly_price"].cast(pl.Float64).log().to_numpy()
    group, part, names = provider_and_home(rows)
    if len(names) < 2:
        raise NothingToCompareError("all placements are of one provider: its price cannot be told from the place's")
    structure = NestedIntercepts(columns.matrix, outcome, group, part)
    fitted = fit(structure, start)
    plain = least_squares(columns.matrix, outcome)
    effect, error = structure.effects(fitted)
    effects = pl.DataFrame(
        {"provider": names, "n": np.bincount(group, minlength=len(names)), "effect": effect, "error": error}
    )
    return Hedonic(rows, columns, fitted, plain, clustered(columns.matrix, outcome, plain, group), effects)


def contrast(model: Hedonic, level: str, other: str, term: str = PARTNERSHIP) -> Contrast:
    """One level of a term less another: Student's t with the number of providers less one as degrees of freedom,
    since rows of a provider are correlated."""
    from scipy.stats import t as student

    weights = model.weights(term, level, other)
    effect = float(weights @ model.fitted.beta)
    error = float(np.sqrt(weights @ model.fitted.covariance @ weights))
    freedom = model.providers - 1
    reach = float(student.ppf(0.5 + LEVEL / 2, freedom)) * error
    return Contrast(
        level=level, other=other, effect=effect, error=error, low=effect - reach, high=effect + reach,
        dearer=float(student.cdf(effect / error, freedom)), freedom=freedom,
        robust_effect=float(weights @ model.plain), robust_error=float(np.sqrt(weights @ model.robust @ weights)),
    )  # fmt: skip


def contrasts(model: Hedonic) -> list[Contrast]:
    """The contrast of every pair of partnerships, each pair once."""
    return [contrast(model, after, before) for before, after in combinations(model.partnerships, 2)]


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """Partnerships' effects about their mean, shrunk by empirical Bayes.

    `partnerships`; `raw` and `effect` (k,), `covariance` (k, k) of `effect`; `spread` the estimated standard
    deviation of true effects.
    """

    partnerships: tuple[str, ...]
    raw: Floats
    effect: Floats
    covariance: Floats
    spread: float

    def dearer_than_mean(self) -> Floats:
        """The probability that each is dearer than the partnerships' mean, shape (k,)."""
        from scipy.stats import norm

        error = np.sqrt(np.clip(np.diag(self.covariance), 1e-300, None))
        found: Floats = norm.cdf(self.effect / error)
        return found


def shrunk(model: Hedonic) -> Shrunk:
    """An empirical Bayes posterior of partnerships' deviations from their mean (Efron & Morris 1975), with the whole
    covariance of their estimates; the spread by restricted likelihood."""
    from scipy.optimize import minimize_scalar

    names = model.partnerships
    base = names[0]
    weights = np.vstack([np.zeros(len(model.design.names)), *(model.weights(PARTNERSHIP, k, base) for k in names[1:])])
    centre = np.eye(len(names)) - 1.0 / len(names)
    raw = centre @ weights @ model.fitted.beta
    noise = centre @ weights @ model.fitted.covariance @ weights.T @ centre
    # k − 1 independent deviations: an orthonormal basis of the vectors that sum to zero
    basis = np.linalg.svd(centre)[0][:, : len(names) - 1]
    seen, known = basis.T @ raw, basis.T @ noise @ basis

    def against(log_spread: float) -> float:
        covariance = known + np.exp(2 * log_spread) * np.eye(len(seen))
        return float(np.linalg.slogdet(covariance)[1] + seen @ np.linalg.solve(covariance, seen))

    found = minimize_scalar(against, bounds=(-9.0, 1.0), method="bounded")
    spread = float(np.exp(found.x))
    pull = spread**2 * np.linalg.inv(known + spread**2 * np.eye(len(seen)))
    effect = basis @ pull @ seen
    covariance = basis @ (spread**2 * (np.eye(len(seen)) - pull)) @ basis.T
    return Shrunk(names, raw, effect, covariance, spread)


def plain_means(rows: pl.DataFrame) -> pl.DataFrame:
    """`partnership, n, mean`, highest first: unadjusted means, which mislead where children differ."""
    return (
        priced(rows)
        .group_by(pl.col(PARTNERSHIP).fill_null("none"))
        .agg(n=pl.len(), mean=pl.col("weekly_price").cast(pl.Float64).mean())
        .sort("mean", descending=True)
    )


def like_for_like_prices(model: Hedonic) -> pl.DataFrame:
    """`partnership, n, mean, like_for_like, low, high`: pounds a week.

    `like_for_like` is what all placements of the model would cost at the partnership's level: the model's prices,
    scaled so that at their own partnerships' levels all placements together cost what was paid.
    """
    paid = model.rows["weekly_price"].cast(pl.Float64).to_numpy()
    predicted = np.exp(model.design.matrix @ model.fitted.beta)
    own = np.ones(model.rows.height)
    base = model.partnerships[0]
    labels = model.rows[PARTNERSHIP].fill_null("none").to_numpy()
    factors = {base: 1.0}
    for name in model.partnerships[1:]:
        factors[name] = float(np.exp(model.weights(PARTNERSHIP, name, base) @ model.fitted.beta))
    for name, factor in factors.items():
        own[labels == name] = factor
    level = float((predicted / own).mean() * paid.sum() / predicted.sum())
    means = {name: (n, mean) for name, n, mean in plain_means(model.rows).iter_rows()}
    rows = []
    for name in model.partnerships:
        others = _beside_mean(model, name)
        price = level * factors[name]
        rows.append(
            {"partnership": name, "n": means[name][0], "mean": means[name][1], "like_for_like": price,
             "low": price * float(np.exp(-others)), "high": price * float(np.exp(others))}
        )  # fmt: skip
    return pl.DataFrame(rows)


def _beside_mean(model: Hedonic, name: str) -> float:
    """Half the width of the interval of a partnership's level less the mean of all, in logarithms."""
    from scipy.stats import t as student

    names = model.partnerships
    weights = np.mean([model.weights(PARTNERSHIP, name, other) for other in names], axis=0)
    error = float(np.sqrt(weights @ model.fitted.covariance @ weights))
    return float(student.ppf(0.5 + LEVEL / 2, model.providers - 1)) * error
