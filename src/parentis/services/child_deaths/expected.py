"""Expected deaths a year of an authority or a group of authorities, and how often a group falls short of a number.

The simplest estimate is a rate per 100,000 residents aged 0 to 17. Where an authority's number of infants and its
deprivation are known, they adjust its expectation, scaled to the same total: infants die far more often, and the most
deprived more often than the least.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from scipy.optimize import brentq
from scipy.stats import gamma, nbinom, poisson

from parentis.errors import DeclarationError
from parentis.region import centres
from parentis.region.reference import rows

GUIDANCE: Final = 60
"Deaths a year that a panel needs to identify themes: statutory and operational guidance, 2018."
RATES: Final = {"2024": 29.8, "2025": 28.66}
"""Deaths per 100,000 residents aged 0 to 17 in England, by the end of the year to March: 29.8 as published (NCMD);
28.66 = 3,492 deaths (NCMD, November 2025) over 12,183,016 children (ONS, mid-2024). London's own was not found."""
INFANT_SHARE: Final = 0.61
"Of all deaths, those before the first birthday (NCMD, year to March 2025)."
MOST_DEPRIVED, LEAST_DEPRIVED = 42.0, 17.4
"Deaths per 100,000 in the most and the least deprived fifth (same source)."
SCORES: Final = (8.5, 42.0)
"Approximate mean IMD 2019 scores of the least and most deprived fifths; the gradient between them is taken as linear."


@dataclass(frozen=True, slots=True, kw_only=True)
class Borough:
    """Facts of an authority that determine its expectation and group. `borders`: authorities it adjoins on land."""

    authority: str
    latitude: float
    longitude: float
    infants: int
    imd_score: float
    borders: tuple[str, ...]


@cache
def boroughs() -> tuple[Borough, ...]:
    """London's 33, in order of ONS code. Centres to a hundredth of a degree; infants at mid-2023 (ONS); IMD 2019
    average scores (MHCLG); borders across water alone are left out."""
    at = centres()
    return tuple(
        Borough(
            authority=row["authority"], latitude=at[row["authority"]][0], longitude=at[row["authority"]][1],
            infants=int(row["infants"]), imd_score=float(row["imd_score"]), borders=tuple(row["borders"].split()),
        )
        for row in rows("boroughs")
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Deaths a year that a group expects, the 95 % range of a year's count, and the chance of fewer than `least`:
    with the rate as given, and with the rate itself uncertain (`uncertain`)."""

    deaths: float
    low: int
    high: int
    short: float
    short_uncertain: float


def by_rate(children: Mapping[str, float], rate: float) -> dict[str, float]:
    """Expected deaths a year of each authority at `rate` per 100,000 residents aged 0 to 17."""
    if rate <= 0:
        raise DeclarationError("a rate of deaths is above zero")
    return {authority: count * rate / 100_000 for authority, count in children.items()}


def by_need(
    children: Mapping[str, float], rate: float, *, infants: Mapping[str, float], imd_scores: Mapping[str, float]
) -> dict[str, float]:
    """The same total, divided by numbers of infants and older children and by deprivation."""
    total = sum(by_rate(children, rate).values())
    slope = np.log(MOST_DEPRIVED / LEAST_DEPRIVED) / (SCORES[1] - SCORES[0])
    young, all_infants = INFANT_SHARE, sum(infants[each] for each in children)
    old, all_old = 1 - INFANT_SHARE, sum(children[each] - infants[each] for each in children)
    shares = {
        each: (young * infants[each] / all_infants + old * (count - infants[each]) / all_old)
        * float(np.exp(slope * imd_scores[each]))
        for each, count in children.items()
    }
    scale = total / sum(shares.values())
    return {each: share * scale for each, share in shares.items()}


def chance_short(deaths: float, *, least: int = GUIDANCE, rate_cv: float = 0.0) -> float:
    """The probability of fewer than `least` deaths in a year where `deaths` are expected; with a coefficient of
    variation of the rate, over its gamma distribution too."""
    if rate_cv <= 0:
        return float(poisson.cdf(least - 1, deaths))
    shape = 1 / rate_cv**2
    return float(nbinom.cdf(least - 1, shape, shape / (shape + deaths)))


def expectation(deaths: float, *, least: int = GUIDANCE, rate_cv: float = 0.1) -> Expectation:
    return Expectation(
        deaths=deaths,
        low=int(poisson.ppf(0.025, deaths)),
        high=int(poisson.ppf(0.975, deaths)),
        short=chance_short(deaths, least=least),
        short_uncertain=chance_short(deaths, least=least, rate_cv=rate_cv),
    )


def needed(chance: float, *, least: int = GUIDANCE) -> float:
    """The smallest expectation whose chance of falling short of `least` is no more than `chance`."""
    return float(brentq(lambda deaths: chance_short(deaths, least=least) - chance, 1e-6, 10.0 * least + 100))


def interval(count: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a Poisson mean from one count (Garwood)."""
    tail = (1 - level) / 2
    return (float(gamma.ppf(tail, count)) if count else 0.0, float(gamma.ppf(1 - tail, count + 1)))


def together(groups: Iterable[Iterable[str]], deaths: Mapping[str, float]) -> tuple[float, ...]:
    return tuple(sum(deaths[each] for each in group) for group in groups)
