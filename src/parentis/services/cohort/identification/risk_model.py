"""The chance of the event within a year: two monthly hazards, of the event and of leaving care, that compete.

Each is a logistic regression on months (cause-specific; Begg and Gray 1984) of children at risk on a day, with what was
known on the day: the hazard in the months after it, not the state of those months, so that the chance within a year
needs no forecast of facts (landmarks; van Houwelingen 2007). A child stands at several days; intervals allow for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from threadpoolctl import threadpool_limits

from parentis.services.cohort.identification.design import BANDS, Design, design
from parentis.services.cohort.identification.hazard import (
    Hazard,
    NothingHappenedError,
    Rows,
    covariance,
    fit,
    logistic,
    without_place,
)
from parentis.services.cohort.identification.person_months import EVENT, HORIZON, LEFT

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

PRIOR: Final = 2.0
"Standard deviation of a term's prior on the log-odds scale: e² = 7 times the odds is not out of the way."
DRAWS: Final = 200
LEVEL: Final = 0.9
CAUSES: Final = (EVENT, LEFT)
BASELINE: Final = len(BANDS)


@dataclass(frozen=True, slots=True)
class RiskModel:
    """Hazards by cause (`event`, `left`) with the places they know, and what is needed for intervals and for leaving a
    place out. `mean` (terms,) of the design's values, among the children learned from."""

    hazards: Mapping[str, Hazard]
    covariances: Mapping[str, Floats]
    rows: Mapping[str, Rows]
    places: tuple[str, ...]
    mean: Floats
    children: int
    events: int
    leavers: int

    def linear(self, of: Design, place: Whole, cause: str, terms: Floats | None = None) -> Floats:
        """The linear terms by band, (children, bands). `terms`: others than the fit's, without intercepts."""
        hazard = self.hazards[cause]
        used = hazard.terms if terms is None else terms
        own = np.zeros(len(place)) if terms is not None else np.r_[hazard.intercepts, 0.0][place]
        return np.column_stack([of.of_band(band) @ used + own for band in range(len(BANDS))])

    def place_of(self, authorities: pl.Series) -> Whole:
        """Indices of places; -1 for one that the model does not know."""
        known = {name: at for at, name in enumerate(self.places)}
        return authorities.replace_strict(known, default=-1, return_dtype=pl.Int64).to_numpy()


ONE_THREAD: Final = threadpool_limits.wrap(limits=1, user_api="blas")
"Of linear algebra: more fight over the processor, and win nothing."


@ONE_THREAD
def learn(rows: pl.DataFrame, start: RiskModel | None = None) -> RiskModel:
    """The model of the rows of `at_risk`. Raises NothingHappenedError where there is no event, or nobody left."""
    places = tuple(sorted(set(rows["authority"])))
    number = {name: at for at, name in enumerate(places)}
    place = rows["authority"].replace_strict(number, return_dtype=pl.Int64).to_numpy()
    people = rows.select(pl.struct("authority", "child").rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    of = design(rows)
    months, which = months_in_bands(rows)
    hazards, covariances, used = {}, {}, {}
    for cause, what in ((EVENT, "no child had the event"), (LEFT, "no child left care")):
        if not (rows["became"] == cause).any():
            raise NothingHappenedError(f"{what}, so that there is nothing to learn from")
        parts = _stacked(of, months, which, rows["became"].to_numpy() == cause, place)
        warm = None if start is None or start.places != places else start.hazards[cause]
        hazards[cause] = fit(parts, prior=PRIOR, free=BASELINE, start=warm)
        who = np.concatenate([people[months[:, band] > 0] for band in range(len(BANDS))])
        covariances[cause] = covariance(parts, hazards[cause], who)
        used[cause] = parts
    became = rows["became"]
    return RiskModel(
        hazards=hazards, covariances=covariances, rows=used, places=places, mean=of.values.mean(axis=0),
        children=int(people.max()) + 1, events=int((became == EVENT).sum()), leavers=int((became == LEFT).sum()),
    )  # fmt: skip


def months_in_bands(rows: pl.DataFrame) -> tuple[Floats, Whole]:
    """Months at risk in each band, (children, bands), and the band in which what became of the child happened (or
    -1)."""
    month = rows["month"].to_numpy()
    months = np.column_stack([np.clip(month - first + 1, 0, last - first + 1) for first, last in BANDS]).astype(float)
    happened = rows["became"].is_in(CAUSES).to_numpy()
    ends = np.array([last for _, last in BANDS])
    return months, np.where(happened, np.searchsorted(ends, month), -1)


def _stacked(of: Design, months: Floats, which: Whole, happened: npt.NDArray[np.bool_], place: Whole) -> Rows:
    parts = []
    for band in range(len(BANDS)):
        here = np.flatnonzero(months[:, band] > 0)
        events = (happened[here] & (which[here] == band)).astype(float)
        parts.append((of.of_band(band, here), months[here, band], events, place[here]))
    designs, months_, events_, places = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Rows(designs, months_, events_, places, int(place.max()) + 1 if len(place) else 0)


def within_a_year(event: Floats, left: Floats, months_to_18: Whole) -> Floats:
    """The chance of the event within 12 months and before 18, from the linear terms by band, (…, children, bands)."""
    hazard, leaving = logistic(event), logistic(left)
    here, chance = np.ones(event.shape[:-1]), np.zeros(event.shape[:-1])
    for band, (first, last) in enumerate(BANDS):
        h, out = hazard[..., band], leaving[..., band]
        stay = np.maximum(1 - h - out, 0.0)
        for month in range(first, last + 1):
            at_risk = here * (months_to_18 >= month)
            chance = chance + at_risk * h
            here = np.where(months_to_18 >= month, here * stay, here)
    return np.asarray(np.minimum(chance, 1.0))


def chances(model: RiskModel, rows: pl.DataFrame) -> Floats:
    """The chance of each row's child, (rows,)."""
    of, place = design(rows), model.place_of(rows["authority"])
    event, left = (model.linear(of, place, cause) for cause in CAUSES)
    return within_a_year(event, left, rows["months_to_18"].to_numpy())


@ONE_THREAD
def chances_left_out(model: RiskModel, rows: pl.DataFrame) -> Floats:
    """The chance of each row's child by a model that never saw its place, (rows,)."""
    of, place = design(rows), model.place_of(rows["authority"])
    found = np.zeros(rows.height)
    to_18 = rows["months_to_18"].to_numpy()
    for one in np.unique(place):
        here = np.flatnonzero(place == one)
        part = Design(of.values[here], of.names, of.groups, of.recent)
        linear = [
            model.linear(part, place[here], cause, without_place(model.rows[cause], model.hazards[cause], int(one)))
            if one >= 0
            else model.linear(part, place[here], cause)
            for cause in CAUSES
        ]
        found[here] = within_a_year(linear[0], linear[1], to_18[here])
    return found


@ONE_THREAD
def intervals(model: RiskModel, rows: pl.DataFrame, *, seed: int = 0, draws: int = DRAWS) -> tuple[Floats, Floats]:
    """Low and high of each chance at 90 %, from draws of the hazards' terms."""
    of, place = design(rows), model.place_of(rows["authority"])
    rng = np.random.default_rng(seed)
    linear = []
    for cause in CAUSES:
        hazard = model.hazards[cause]
        t = len(hazard.terms)
        size, axes = np.linalg.eigh(model.covariances[cause])
        root = axes * np.sqrt(np.maximum(size, 0.0))  # a term that no child has makes the smallest a shade below 0
        drawn = hazard.all[:, None] + root @ rng.standard_normal((len(hazard.all), draws))
        own = np.vstack([drawn[t:], np.zeros((1, draws))])[place]
        linear.append(np.stack([of.of_band(band) @ drawn[:t] + own for band in range(len(BANDS))], axis=-1))
    found = within_a_year(linear[0], linear[1], rows["months_to_18"].to_numpy()[:, None])
    low, high = np.quantile(found, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=1)
    return low, high


__all__ = ["CAUSES", "HORIZON", "RiskModel", "chances", "chances_left_out", "intervals", "learn", "within_a_year"]
