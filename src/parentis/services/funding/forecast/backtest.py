"""The forecast's record: the same projection made at the end of past years, beside what was then reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from parentis.errors import PeriodError
from parentis.figures import breakdown
from parentis.services.demand import known_at, outlook_of
from parentis.services.funding.forecast import measures
from parentis.services.funding.forecast.measures import LEVEL
from parentis.services.funding.forecast.places import VALUES, Place, adder
from parentis.services.funding.forecast.projection import Projection, project
from parentis.services.funding.forecast.starting_position import Start, starting

FIRST_HISTORY = 2
"Years of looked-after children returns before the first forecast of the past."
REPLICATES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One forecast of the past and the years that have come since: `then` in the order of `made.found.years`."""

    made: Projection
    then: tuple[Start, ...]

    @property
    def origin(self) -> str:
        return self.made.start.year

    def forecast(self, at: int) -> np.ndarray:
        """Spend of both pots, (replicates, authorities)."""
        found = self.made.found
        return np.asarray(found.csc_spend[:, :, at] + found.hn_spend[:, :, at])

    def actual(self, at: int) -> np.ndarray:
        """The same as reported, (authorities,), NaN where it was not or on another basis."""
        then, begun = self.then[at], self.made.start
        place = {name: index for index, name in enumerate(then.authorities)}
        spent = then.outturn + then.hn_spend
        same = [then.basis[place[name]] == basis if name in place else False
                for name, basis in zip(begun.authorities, begun.basis, strict=True)]  # fmt: skip
        return np.array(
            [spent[place[name]] if alike else np.nan for name, alike in zip(begun.authorities, same, strict=True)]
        )


def trials(tables: Mapping[str, pl.DataFrame], base: Projection) -> tuple[Trial, ...]:
    """A forecast at the end of every year with `FIRST_HISTORY` years of returns before it and a reported year after."""
    known = base.ahead.known
    first = min(int(runs[0, 0]) for runs in known.runs if len(runs))
    begun = np.int64(first).astype("datetime64[D]").astype(object)
    begins, last = begun.year - (begun.month < 4), int(base.start.year[:4])
    origins = [_label(year) for year in range(begins + FIRST_HISTORY - 1, last)]
    return tuple(trial for origin in origins if (trial := _trial(tables, base, origin)) is not None)


def _trial(tables: Mapping[str, pl.DataFrame], base: Projection, origin: str) -> Trial | None:
    held = known_at(tables, origin)
    span = int(base.start.year[:4]) - int(origin[:4])
    replicates = min(REPLICATES, base.ahead.basis.replicates)
    try:
        ahead = outlook_of(held, {"years": span, "replicates": replicates, "seed": base.ahead.basis.seed})
    except PeriodError:
        return None
    made = project(held, ahead, base.policy) if ahead.year_before == origin else None
    if made is None:
        return None
    then = [starting(tables, made.start.authorities, year) for year in made.found.years]
    return Trial(made=made, then=tuple(one for one in then if one is not None)) if None not in then else None


def _label(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02}"


def record(found: Sequence[Trial], place: Place, names: Sequence[str]) -> pl.DataFrame:
    """Each forecast of the past beside what was reported, and by how many years it looked ahead: bias, absolute error
    and the share of authorities' years inside their interval."""
    rows: list[dict[str, Any]] = []
    add = adder(rows, place)
    scored: dict[int, list[tuple[float, float, float, float]]] = {}
    for trial in found:
        index = {name: at for at, name in enumerate(trial.made.start.authorities)}
        own = [index[names[at]] for at in place.own if names[at] in index]
        for at, year in enumerate(trial.made.found.years):
            forecast, actual = trial.forecast(at), trial.actual(at)
            both = [one for one in own if np.isfinite(actual[one]) and np.isfinite(forecast[:, one]).all()]
            if not both or (place.footprint and len(both) < len(place.own)):
                continue  # a footprint's total of fewer would differ from its others by an authority's own
            of = breakdown({"made_at_the_end_of": trial.origin})
            drawn, true = forecast[:, both].sum(axis=1), float(actual[both].sum())
            add(measures.RECORD_FORECAST, year, drawn, both, of=of)
            add(measures.RECORD_ACTUAL, year, np.array([true]), both, of=of, interval=False)
            low, high = np.quantile(forecast[:, both], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
            inside = ((low <= actual[both]) & (actual[both] <= high)).mean()
            error = float(drawn.mean()) / true - 1
            scored.setdefault(at + 1, []).append((error * true, 100 * error, 100 * abs(error), 100 * float(inside)))
    if scored:
        last = max(year for trial in found for year in trial.made.found.years)
        for years, scores in sorted(scored.items()):
            miss, bias, error, inside = np.array(scores).mean(axis=0)
            of = breakdown({"years_ahead": str(years)})
            for measure, value in (
                (measures.RECORD_MISS, miss), (measures.RECORD_BIAS, bias), (measures.RECORD_ERROR, error),
                (measures.RECORD_COVERAGE, inside),
                (measures.RECORD_COUNT, float(len(scores))),
            ):  # fmt: skip
                add(measure, last, np.array([value]), place.own, of=of, interval=False)
    return pl.DataFrame(rows, schema=VALUES)
