"""From the authorities that answered a survey to all of them, with an interval.

The estimator is the ratio estimator, seen as a prediction (Royall 1970): an authority's cost under a heading is taken
to be proportional to its exposure (child-nights, leaver-weeks), whoever answered. Answers stand as they are; what was
not answered is the answerers' ratio times the exposure. Answering everything leaves nothing to predict, so the
finite population correction is built in. A heading left blank by an authority that answered others is predicted like
an authority that did not answer at all; zero is an answer.
"""

from dataclasses import dataclass

import numpy as np

FEWEST = 6
"Answers to a heading below which it is not grossed up: one authority's answer would shine through."
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class GrossedUp:
    """Pounds of the wanted authorities together, with an interval that holds `LEVEL`.

    `total` is the sum of `by_heading` (headings,), and `told` what of it was answered. `answered` counts the wanted
    authorities that answered anything, `of` those with any exposure. `low` and `high` are None where no heading had
    `FEWEST` answers, so that nothing could be predicted.
    """

    total: float
    low: float | None
    high: float | None
    told: float
    by_heading: np.ndarray
    answered: int
    of: int


def gross_up(answers: np.ndarray, exposure: np.ndarray, wanted: np.ndarray) -> GrossedUp:
    """The cost of the `wanted` authorities. A heading with fewer than `FEWEST` answers stands as answered.

    Args:
        answers: pounds, (authorities, headings); NaN where a heading was not answered.
        exposure: nights or weeks that each heading's cost is for, (authorities, headings). Where there is none,
            nothing is predicted, and an answer tells nothing of ratios.
        wanted: of which authorities the total is, (authorities,). Ratios are those of all that answered, so that a
            footprint with few answers borrows from the others.
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
    """What is missing by heading, and how far its sum may be off to either side."""
    of_telling = (telling * size).sum(axis=0)
    ratio = (telling * pounds).sum(axis=0) / of_telling
    residual = _residuals(pounds / np.where(telling, size, 1.0), size, telling, ratio)
    variance = _of_ratios(residual * size, missing.sum(axis=0) / of_telling) + _of_answers(residual, telling, missing)
    return missing.sum(axis=0) * ratio, float(np.sqrt(variance)) * _student(int(telling.any(axis=1).sum()) - 1)


def draw_unit_costs(
    answers: np.ndarray, exposure: np.ndarray, replicates: int, generator: np.random.Generator
) -> np.ndarray:
    """Each authority's cost per night (or week), all headings together: (replicates, authorities).

    What was answered stands; what was not is drawn, from what is not known of the ratios (the same for all in a
    replicate) and from how authorities differ. Arguments as for `gross_up`. Never below nil.
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
    """A matrix whose square is the covariance; what is negative of it, for pairs told by few, counts as nil."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(values.clip(0.0))).T


def _residuals(each: np.ndarray, size: np.ndarray, telling: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Of costs per night, nil where there is none; widened for the ratio having been fitted to them."""
    leverage = np.clip(telling * size / (telling * size).sum(axis=0), 0.0, 0.95)
    return np.where(telling, each - ratio, 0.0) / np.sqrt(1 - leverage)


def _of_ratios(residual: np.ndarray, weight: np.ndarray) -> float:
    """Variance for what is not known of the ratios; an authority's headings keep their correlation."""
    return float(((residual * weight).sum(axis=1) ** 2).sum())


def _of_answers(residual: np.ndarray, telling: np.ndarray, missing: np.ndarray) -> float:
    """Variance of what the missing answers would have been."""
    return float(np.einsum("ah,hk,ak->", missing, _between(residual, telling), missing).clip(0))


def _between(residual: np.ndarray, telling: np.ndarray) -> np.ndarray:
    """Covariance of headings between authorities: each is dear or cheap in its own way, whatever its size. Headings
    that too few answered together are taken to go together, which is the widest they can be."""
    together = telling.astype(float).T @ telling
    spread = residual.T @ residual / np.maximum(together, 1)
    alone = np.sqrt(spread.diagonal())
    return np.where(together >= FEWEST, spread, np.outer(alone, alone))


def _student(freedom: int) -> float:
    """The quantile of Student's t that leaves half of what is beyond `LEVEL` above it."""
    from scipy.special import stdtrit  # late: a third of a second that only this needs

    return float(stdtrit(freedom, 0.5 + LEVEL / 2))
