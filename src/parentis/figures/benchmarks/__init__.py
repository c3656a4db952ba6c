"""Benchmarks with their uncertainty, computed in the same way for every service's measures."""

from parentis.figures.benchmarks.assembly import AMOUNTS, ROWS, Benchmark, benchmark, series_ends
from parentis.figures.benchmarks.bands import mean_of, plain_ranks, quartile_bands
from parentis.figures.benchmarks.comparison import NEVER_RANKED, Basis, Verdict, compared
from parentis.figures.benchmarks.funnels import Family, Funnel, funnel
from parentis.figures.benchmarks.neighbours import Gap, gaps, most_alike
from parentis.figures.benchmarks.noise import Noise, noise
from parentis.figures.benchmarks.ranks import Evidence, Ranks, measured, proportions, rank_posterior, rates
from parentis.figures.benchmarks.series import Control, Variation, chance_of_last, control, discoveries
from parentis.figures.benchmarks.trends import Direction, Trend, trend

__all__ = [
    "AMOUNTS",
    "NEVER_RANKED",
    "ROWS",
    "Basis",
    "Benchmark",
    "Control",
    "Direction",
    "Evidence",
    "Family",
    "Funnel",
    "Gap",
    "Noise",
    "Ranks",
    "Trend",
    "Variation",
    "Verdict",
    "benchmark",
    "chance_of_last",
    "compared",
    "control",
    "discoveries",
    "funnel",
    "gaps",
    "mean_of",
    "measured",
    "most_alike",
    "noise",
    "plain_ranks",
    "proportions",
    "quartile_bands",
    "rank_posterior",
    "rates",
    "series_ends",
    "trend",
]
