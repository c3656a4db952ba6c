"""A discrete-time hazard with partially pooled places: grouped binomial regression by Newton's method.

Rows are months at risk in which nothing else differs, with the number of months and of events. Coefficients have a
normal prior (weak, so that a term that separates does not run away); places' intercepts are normal about 0, with a
variance estimated from the data by expectation and maximisation, so that a small place is pulled towards all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from parentis.errors import ParentisError

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

TINY: Final = 1e-10
STEPS: Final = 50
FURTHER: Final = 1
"Steps of Newton's method in later rounds, which begin where the one before ended."
ROUNDS: Final = 30
NEAR: Final = 1e-9
SAME_SPREAD: Final = 0.03
"Rounds stop when the spread of places changes by less than this share."
LEAST_VARIANCE: Final = 1e-6


class NothingHappenedError(ParentisError):
    """A hazard of what never happened."""


@dataclass(frozen=True, slots=True)
class Rows:
    """`design` (rows, terms), `months` and `events` (rows,), `place` (rows,) from 0; -1 for a row of no place."""

    design: Floats
    months: Floats
    events: Floats
    place: Whole
    places: int

    def chosen(self, which: npt.NDArray[np.bool_]) -> "Rows":
        return Rows(self.design[which], self.months[which], self.events[which], self.place[which], self.places)


@dataclass(frozen=True, slots=True)
class Hazard:
    """`terms` (terms,) on the link's scale and `intercepts` (places,), which vary by `spread` (a standard deviation).
    `information` (terms + places, square) is the curvature with the priors' `precision` (terms + places,) in it."""

    terms: Floats
    intercepts: Floats
    spread: float
    information: Floats
    precision: Floats
    deviance: float

    @property
    def all(self) -> Floats:
        return np.r_[self.terms, self.intercepts]


@dataclass(frozen=True, slots=True)
class Link:
    """`chance` of the linear term; `slope` of the log-likelihood of one event in m months; `weight`, expected."""

    chance: Callable[[Floats], Floats]
    parts: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]
    "(chance, events, months) → score and expected information by row, on the linear term's scale."


def logistic(linear: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(linear, -35, 35)))


def _logit_parts(chance: Floats, events: Floats, months: Floats) -> tuple[Floats, Floats]:
    return events - months * chance, months * chance * (1 - chance)


def _cloglog(linear: Floats) -> Floats:
    return -np.expm1(-np.exp(np.clip(linear, -35, 5)))


def _cloglog_parts(chance: Floats, events: Floats, months: Floats) -> tuple[Floats, Floats]:
    inside = np.clip(chance, TINY, 1 - TINY)
    slope = -(1 - inside) * np.log1p(-inside)
    return (events - months * inside) * slope / (inside * (1 - inside)), months * slope**2 / (inside * (1 - inside))


LINKS: Final[Mapping[str, Link]] = {
    "logit": Link(logistic, _logit_parts),
    "cloglog": Link(_cloglog, _cloglog_parts),
}


def fit(
    rows: Rows, *, link: str = "logit", prior: float = np.inf, free: int = 0, spread: float | None = None,
    start: Hazard | None = None,
) -> Hazard:  # fmt: skip
    """The hazard of the rows' events. `prior`: standard deviation of each term's prior, but for the first `free` terms
    (the baseline). `spread`: of places, if known; otherwise it is estimated, where there are places. `start`: a fit of
    the same terms to begin at."""
    if not rows.events.sum():
        raise NothingHappenedError("there is no event to learn from")
    terms = np.zeros(rows.design.shape[1]) if start is None else start.terms.copy()
    places = np.zeros(rows.places) if start is None else start.intercepts.copy()
    if start is None:
        mean = np.clip(rows.events.sum() / rows.months.sum(), TINY, 1 - TINY)
        flat = np.log(mean / (1 - mean)) if link == "logit" else np.log(-np.log1p(-mean))
        some = rows.design[:: max(1, len(rows.months) // 2000)]
        terms, *_ = np.linalg.lstsq(some, np.full(len(some), flat), rcond=None)
    now = spread if spread is not None else (start.spread if start is not None else 0.3)
    by_place = _sums(rows.place, rows.places)
    weak = np.r_[np.zeros(free), np.full(len(terms) - free, 0.0 if np.isinf(prior) else prior**-2)]
    for round_ in range(ROUNDS if spread is None and rows.places else 1):
        steps = STEPS if round_ == 0 else FURTHER
        found = _maximum(rows, LINKS[link], terms, places, weak, now, by_place, steps)
        terms, places = found.terms, found.intercepts
        if spread is not None or not rows.places:
            return found
        inverse = np.linalg.inv(found.information)
        t = len(terms)
        updated = max(float(np.mean(places**2 + np.diag(inverse)[t:])), LEAST_VARIANCE) ** 0.5
        if abs(updated - now) <= SAME_SPREAD * now:
            return found
        now = updated
    return found


def _sums(group: Whole, groups: int) -> csr_array:
    """What sums rows by group when it multiplies them, (groups, rows); rows of a group below 0 are in none."""
    inside = np.flatnonzero(group >= 0)
    return csr_array((np.ones(len(inside)), (group[inside], inside)), shape=(groups, len(group)))


def _maximum(
    rows: Rows, link: Link, terms: Floats, places: Floats, weak: Floats, spread: float, by_place: csr_array,
    steps: int,
) -> Hazard:  # fmt: skip
    t = len(terms)
    precision = np.r_[weak, np.full(rows.places, spread**-2)]
    at = np.r_[terms, places]
    best = -np.inf
    step = np.zeros_like(at)
    information = np.diag(precision)
    for _ in range(steps):
        chance = link.chance(_linear(rows, at))
        value = log_likelihood(chance, rows) - 0.5 * float(precision @ at**2)
        if value < best - NEAR * abs(best):
            step = step / 2
            at = at - step
            continue
        slope, weight = link.parts(chance, rows.events, rows.months)
        score = np.r_[rows.design.T @ slope, by_place @ slope] - precision * at
        information = _information(rows, weight, precision, by_place)
        close = value - best <= NEAR * abs(value)
        best = value
        step = np.linalg.solve(information + np.eye(len(at)) * TINY, score)
        if close or float(np.abs(step).max(initial=0.0)) < NEAR:
            break
        at = at + step
    deviance = -2 * log_likelihood(link.chance(_linear(rows, at)), rows)
    return Hazard(at[:t], at[t:], spread, information, precision, deviance)


def _linear(rows: Rows, at: Floats) -> Floats:
    t = rows.design.shape[1]
    return np.asarray(rows.design @ at[:t] + np.r_[at[t:], 0.0][rows.place])


def _information(rows: Rows, weight: Floats, precision: Floats, by_place: csr_array) -> Floats:
    t = rows.design.shape[1]
    weighted = rows.design * weight[:, None]
    made = np.diag(precision)
    made[:t, :t] += rows.design.T @ weighted
    if rows.places:
        cross = by_place @ weighted
        made[t:, :t] += cross
        made[:t, t:] += cross.T
        made[range(t, len(made)), range(t, len(made))] += by_place @ weight
    return made


def log_likelihood(chance: Floats, rows: Rows) -> float:
    inside = np.clip(chance, TINY, 1 - TINY)
    return float(rows.events @ np.log(inside) + (rows.months - rows.events) @ np.log1p(-inside))


def covariance(rows: Rows, found: Hazard, people: Whole, *, link: str = "logit") -> Floats:
    """Covariance of terms and intercepts, (terms + places, square), allowing for the likeness of rows of one person
    (`people`, (rows,) from 0). With every row a person of its own and a true model it is the inverse information."""
    chance = LINKS[link].chance(_linear(rows, found.all))
    slope, _ = LINKS[link].parts(chance, rows.events, rows.months)
    own = np.asarray(_sums(people, int(people.max()) + 1) @ (rows.design * slope[:, None]))
    if rows.places:
        by_place = csr_array((slope, (people, rows.place)), shape=(len(own), rows.places))
        own = np.hstack([own, by_place.toarray()])
    inverse = np.linalg.inv(found.information)
    return np.asarray(inverse @ (own.T @ own + np.diag(found.precision)) @ inverse)


def without_place(rows: Rows, found: Hazard, place: int, *, link: str = "logit") -> Floats:
    """Terms (terms,) as they would be without one place: one step of Newton's method from the fit with it."""
    inside = rows.chosen(rows.place == place)
    t = len(found.terms)
    chance = LINKS[link].chance(_linear(inside, found.all))
    slope, weight = LINKS[link].parts(chance, inside.events, inside.months)
    own = _information(inside, weight, np.zeros(len(found.precision)), _sums(inside.place, rows.places))
    score = np.r_[inside.design.T @ slope, np.zeros(rows.places)]
    score[t + place] = slope.sum()
    return np.asarray((found.all - np.linalg.solve(found.information - own, score))[:t])
