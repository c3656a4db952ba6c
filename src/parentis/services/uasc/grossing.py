"""Gross up from the authorities that answered a survey to all authorities, with an interval.

The estimator is the ratio estimator, seen as a prediction (Royall 1970): an authority's cost under a heading is taken
to be proportional to its exposure (child-nights, leaver-weeks). Answers are used as given; missing ones are the ratio
of those that answered times the exposure. If everything is answered, nothing is predicted, so the finite population
correction is built in. A heading left blank by an authority that answered others is predicted like an authority that
did not answer at all; zero is an answer.
"""

from dataclasses import dataclass

import numpy as np

FEWEST = 6
"Fewest answers to a heading for it to be grossed up: with fewer, the result could reveal one authority's answer."
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class GrossedUp:
    """Total pounds of the wanted authorities, with an interval of probability `LEVEL`.

    `total` is the sum of `by_heading` (headings,), and `told` the part that was answered. `answered` is the number of
    wanted authorities with any answer, `of` the number with any exposure. `low` and `high` are None where no heading
    had `FEWEST` answers, so that nothing could be predicted.
    """

    total: float
    low: float | None
    high: float | None
    told: float
    by_heading: np.ndarray
    answered: int
    of: int


def gross_up(answers: np.ndarray, exposure: np.ndarray, wanted: np.ndarray) -> GrossedUp:
    """The cost of the `wanted` authorities. A heading with fewer than `FEWEST` answers is left as answered.

    Args:
        answers: pounds, (authorities, headings); NaN where a heading was not answered.
        exposure: nights or weeks that each heading's cost is for, (authorities, headings). Where there is none,
            nothing is predicted, and an answer is not used for ratios.
        wanted: the authorities in the total, (authorities,). Ratios use all authorities that answered, so that a
            footprint with few answers uses those of the others.
    """
    given = ~np.isnan(answers)
    pounds = np.where(given, answers, 0.0)
    told = (pounds * wanted[:, None]).sum(axis=0)
    telling = given & (exposure > 0)
    kept = telling.sum(axis=0) >= FEWEST
    by_heading, spread = told.copy(), None
    if kept.any():
        missing = exposure[:, kept] * (wanted[:, None] & ~given[:, kept])
        more, spread = _predicted(pounds[:, kept], exposure[:, kept], telling[:, kept], missing)
        by_heading[kept] += more
    total = float(by_heading.sum())
    return GrossedUp(
        total=total,
        low=None if spread is None else max(total - spread, float(told.sum())),
        high=None if spread is None else total + spread,
        told=float(told.sum()),
        by_heading=by_heading,
        answered=int((given.any(axis=1) & wanted).sum()),
        of=int(((exposure > 0).any(axis=1) & wanted).sum()),
    )


def _predicted(
    pounds: np.ndarray, size: np.ndarray, telling: np.ndarray, missing: np.ndarray
) -> tuple[np.ndarray, float]:
    """The predicted missing cost by heading, and the half-width of the interval of their sum."""
    of_telling = (telling * size).sum(axis=0)
    ratio = (telling * pounds).sum(axis=0) / of_telling
    residual = _residuals(pounds / np.where(telling, size, 1.0), size, telling, ratio)
    variance = _of_ratios(residual * size, missing.sum(axis=0) / of_telling) + _of_answers(residual, telling, missing)
    return missing.sum(axis=0) * ratio, float(np.sqrt(variance)) * _student(int(telling.any(axis=1).sum()) - 1)


def draw_unit_costs(
    answers: np.ndarray, exposure: np.ndarray, replicates: int, generator: np.random.Generator
) -> np.ndarray:
    """Each authority's cost per night (or week), all headings together: (replicates, authorities).

    Answers are used as given. Missing ones are drawn with the uncertainty of the ratios (the same for all authorities
    in a replicate) and the variation between authorities. Arguments as for `gross_up`. Never below nil.
    """
    given = ~np.isnan(answers)
    telling = given & (exposure > 0)
    each = np.where(telling, answers / np.where(telling, exposure, 1.0), 0.0)
    out = np.repeat(each.sum(axis=1)[None], replicates, axis=0)
    kept = telling.sum(axis=0) >= FEWEST
    if not kept.any():
        return out
    size, telling = exposure[:, kept], telling[:, kept]
    of_telling = (telling * size).sum(axis=0)
    ratio = np.nansum(answers[:, kept] * telling, axis=0) / of_telling
    residual = _residuals(each[:, kept], size, telling, ratio)
    of_ratios = (residual * size).T @ (residual * size) / np.outer(of_telling, of_telling)
    shape = (replicates, len(size), len(ratio))
    shared = generator.standard_normal((replicates, 1, len(ratio))) @ _root(of_ratios)
    own = generator.standard_normal(shape) @ _root(_between(residual, telling))
    return out + ((ratio + shared + own) * ~telling).sum(axis=2).clip(0.0)


def _root(covariance: np.ndarray) -> np.ndarray:
    """A root of the covariance matrix; negative eigenvalues, from pairs with few answers, are set to 0."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(values.clip(0.0))).T


def _residuals(each: np.ndarray, size: np.ndarray, telling: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Residuals of costs per night, 0 where there is none, scaled up by leverage because the ratio was fitted to
    them.
    """
    leverage = np.clip(telling * size / (telling * size).sum(axis=0), 0.0, 0.95)
    return np.where(telling, each - ratio, 0.0) / np.sqrt(1 - leverage)


def _of_ratios(residual: np.ndarray, weight: np.ndarray) -> float:
    """Variance due to the uncertainty of the ratios; correlations between an authority's headings are kept."""
    return float(((residual * weight).sum(axis=1) ** 2).sum())


def _of_answers(residual: np.ndarray, telling: np.ndarray, missing: np.ndarray) -> float:
    """Variance of the missing answers about their prediction."""
    return float(np.einsum("ah,hk,ak->", missing, _between(residual, telling), missing).clip(0))


def _between(residual: np.ndarray, telling: np.ndarray) -> np.ndarray:
    """Covariance of headings between authorities: an authority may be dear or cheap, whatever its size. Headings that
    too few answered together are assumed to be fully correlated, which gives the widest interval."""
    together = telling.astype(float).T @ telling
    spread = residual.T @ residual / np.maximum(together, 1)
    alone = np.sqrt(spread.diagonal())
    return np.where(together >= FEWEST, spread, np.outer(alone, alone))


def _student(freedom: int) -> float:
    """The quantile of Student's t for a two-sided interval of probability `LEVEL`."""
    from scipy.special import stdtrit  # local import: it takes a third of a second

    return float(stdtrit(freedom, 0.5 + LEVEL / 2))
