"""Benchmarks of benchmarks: ranks, funnels and series at LAIT's size.

Peer for one measure: JAGS with funnel functions in R took 5.7 s for 24,000 draws. A hundredth of that is the limit
here, without any Monte Carlo error.
"""

import time
from typing import Any

from measuring import Clock, benchmark

AUTHORITIES, BOROUGHS, MEASURES, YEARS = 153, 33, 448, 9


def counts(measure: int) -> tuple[Any, Any]:
    """Numerators and denominators of a made-up measure, shape (authorities, years)."""
    import numpy as np

    rng = np.random.default_rng(measure)
    size = np.exp(rng.normal(7.5, 0.8, (AUTHORITIES, 1))).round().clip(20)
    level = 1 / (1 + np.exp(-(rng.normal(-1.2, 0.5) + rng.normal(0, 0.25, (AUTHORITIES, 1)))))
    denominator = np.broadcast_to(size, (AUTHORITIES, YEARS))
    return rng.binomial(denominator.astype(int), level).astype(float), denominator


def one_year(measure: int, years: range) -> None:
    from parentis.figures.benchmarks import funnel, proportions, rank_posterior

    numerator, denominator = counts(measure)
    for year in years:
        funnel(numerator[:, year], denominator[:, year])
        rank_posterior(proportions(numerator[:, year], denominator[:, year]), prior="vague gamma")


def series(measure: int) -> None:
    from parentis.figures.benchmarks import chance_of_last, control

    numerator, denominator = counts(measure)
    for values in (numerator / denominator)[:BOROUGHS]:
        control(values)
        chance_of_last(values)


@benchmark("ranks of 153 authorities, one measure", seconds=0.057)
def one_measure(clock: Clock) -> None:
    from parentis.figures.benchmarks import proportions, rank_posterior

    numerator, denominator = counts(1)
    at = proportions(numerator[:, 0], denominator[:, 0])
    rank_posterior(at, prior="vague gamma")  # compiled
    used = time.process_time()
    with clock.timing():
        rank_posterior(at, prior="vague gamma")
    clock.note("peer", "5.7 s")
    clock.note("processor", f"{time.process_time() - used:.3f} s")


@benchmark("latest year of 448 measures: funnels, ranks, 33 series each", seconds=15, mebibytes=2048)
def latest_year(clock: Clock) -> None:
    one_year(0, range(1))
    used = time.process_time()
    with clock.timing():
        for measure in range(MEASURES):
            one_year(measure, range(YEARS - 1, YEARS))
            series(measure)
    clock.note("series", f"{MEASURES * BOROUGHS:,}")
    clock.note("processor", f"{time.process_time() - used:.1f} s")


@benchmark("nine years of 448 measures: funnels and ranks", seconds=120, mebibytes=2048)
def nine_years(clock: Clock) -> None:
    one_year(0, range(1))
    used = time.process_time()
    with clock.timing():
        for measure in range(MEASURES):
            one_year(measure, range(YEARS))
    clock.note("processor", f"{time.process_time() - used:.1f} s")
