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
class Grossed:
    """Pounds of the wanted authorities together.

    `total` is the sum of `by_heading` (headings,), in which a heading with fewer than `FEWEST` answers is nil;
    `answered` counts the wanted authorities that answered anything, `of` those with any exposure. The interval holds
    `LEVEL`.
    """

    total: float
    low: float
    high: float
    by_heading: np.ndarray
    answered: int
    of: int


def gross_up(answers: np.ndarray, exposure: np.ndarray, wanted: np.ndarray) -> Grossed | None:
    """The cost of the `wanted` authorities; None where no heading was answered by enough authorities.

    Args:
        answers: pounds, (authorities, headings); NaN where a heading was not answered.
        exposure: nights or weeks, (authorities,). Who has none has no cost to predict, and tells nothing of ratios.
        wanted: of which authorities the total is, (authorities,). Ratios are those of all that answered, so that a
            footprint with few answers borrows from the others.
    """
    exposed = exposure > 0
    told = ~np.isnan(answers) & exposed[:, None]
    kept = told.sum(axis=0) >= FEWEST
    if not kept.any():
        return None
    whole = np.where(np.isnan(answers), 0.0, answers)
    shown, told = whole[:, kept], told[:, kept]
    of_told = (told * exposure[:, None]).sum(axis=0)
    ratio = (told * shown).sum(axis=0) / of_told
    missing = wanted[:, None] & exposed[:, None] & np.isnan(answers[:, kept])
    predicted = np.where(missing, ratio * exposure[:, None], shown * wanted[:, None])
    headings = np.zeros(answers.shape[1])
    headings[kept] = predicted.sum(axis=0)
    spread = np.sqrt(_variance(shown, told, exposure, ratio, missing))
    total, reach = float(headings.sum()), float(spread) * _student(int(told.any(axis=1).sum()) - 1)
    return Grossed(
        total=total,
        low=max(total - reach, float((shown * wanted[:, None]).sum())),
        high=total + reach,
        by_heading=headings,
        answered=int((told.any(axis=1) & wanted).sum()),
        of=int((wanted & exposed).sum()),
    )


def _variance(
    shown: np.ndarray, told: np.ndarray, exposure: np.ndarray, ratio: np.ndarray, missing: np.ndarray
) -> float:
    """Of the prediction's error: of the ratios, and of what each missing answer would have been.

    Residuals are widened for having been fitted to, and an authority's own headings keep their correlation.
    """
    size = exposure[:, None]
    of_told = (told * size).sum(axis=0)
    leverage = np.clip(told * size / of_told, 0.0, 0.95)
    residual = told * (shown - ratio * size) / np.sqrt(1 - leverage)
    weight = (missing * size).sum(axis=0) / of_told
    of_ratios = float(((residual * weight).sum(axis=1) ** 2).sum())
    of_answers = 0.0
    patterns, which = np.unique(missing, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        if pattern.any():
            squares = float((exposure[which.ravel() == number] ** 2).sum())
            of_answers += squares * _per_exposure(residual[:, pattern], told[:, pattern], exposure)
    return of_ratios + of_answers


def _per_exposure(residual: np.ndarray, told: np.ndarray, exposure: np.ndarray) -> float:
    """Between authorities, of some headings' cost per night (or week): a dear authority is dear whatever its size."""
    all_told = told.all(axis=1)
    if all_told.sum() >= FEWEST:
        return float(((residual[all_told].sum(axis=1) / exposure[all_told]) ** 2).mean())
    # Too few told all of them: their errors are taken to go together, which is the widest they can be.
    each = [
        np.sqrt(((residual[told[:, at], at] / exposure[told[:, at]]) ** 2).mean()) for at in range(residual.shape[1])
    ]
    return float(np.sum(each)) ** 2


def _student(freedom: int) -> float:
    from scipy.stats import t  # slow to import, and needed only once somebody has answered

    return float(t.ppf(0.5 + LEVEL / 2, max(freedom, 1)))
