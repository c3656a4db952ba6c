"""Benchmarks against published answers and against a second route: funnels, ranks, series, bands, noise, trends."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from improvement.public_lait import dictionary, lait, pairs
from parentis.figures import Polarity
from parentis.figures.benchmarks import (
    Direction,
    Evidence,
    Family,
    Variation,
    Verdict,
    chance_of_last,
    compared,
    control,
    discoveries,
    funnel,
    gaps,
    mean_of,
    most_alike,
    noise,
    plain_ranks,
    proportions,
    quartile_bands,
    rank_posterior,
    rates,
    trend,
)
from parentis.figures.benchmarks.funnels import _count_at, _tails

RANK, PROBABILITY = 1, 0.02
"How near to the published ranks and probabilities: what their own simulation leaves open."
GRID = 0.01
"What two units on the same point of the grid may add to a probability."
SURGICAL = {
    # hospital: deaths, operations, mean rank, rank interval, P(worst quarter), P(best quarter), P(worst of all)
    "A": (0, 47, 3.34, 1, 10, 0.0292, 0.6364, 0.0028),
    "B": (18, 148, 10.03, 5, 12, 0.7188, 0.0068, 0.1777),
    "C": (8, 119, 6.05, 1, 11, 0.1019, 0.2165, 0.0087),
    "D": (46, 810, 3.94, 1, 8, 0.0018, 0.4446, 0.0001),
    "E": (8, 211, 2.81, 1, 8, 0.0049, 0.7204, 0.0004),
    "F": (13, 196, 5.87, 1, 10, 0.0664, 0.2074, 0.0042),
    "G": (9, 148, 5.41, 1, 10, 0.0586, 0.2806, 0.0039),
    "H": (31, 215, 11.41, 9, 12, 0.9543, 0.0005, 0.6292),
    "I": (14, 207, 6.00, 1, 10, 0.0682, 0.1874, 0.0042),
    "J": (8, 97, 7.19, 2, 12, 0.2071, 0.1222, 0.0262),
    "K": (29, 256, 10.14, 6, 12, 0.7516, 0.0027, 0.1418),
    "L": (24, 360, 5.80, 1, 10, 0.0373, 0.1745, 0.0011),
}
"Child heart surgery in twelve hospitals: BUGS examples, volume 1; a million draws by JAGS."


def referrals(shared_data: Path) -> pl.DataFrame:
    return pairs(shared_data, "ReReferral", "CPP_Total_NumRef", "2025")


@pytest.mark.spec
def test_surgical_ranks_are_those_of_a_million_draws() -> None:
    deaths, operations, mean, low, high, worst, best, last = (
        np.array(one, float) for one in zip(*SURGICAL.values(), strict=True)
    )
    found = rank_posterior(proportions(deaths, operations), prior="vague gamma")
    for ours, theirs in ((found.rank_mean, mean), (found.rank_low, low), (found.rank_high, high)):
        assert np.abs(ours - theirs).max() <= RANK
    answers = ((found.p_highest_quarter, worst), (found.p_lowest_quarter, best), (found.p_highest, last))
    assert all(np.abs(ours - theirs).max() <= PROBABILITY for ours, theirs in answers)


@pytest.mark.spec
def test_rereferral_funnel_of_2025(shared_data: Path) -> None:
    """LAIT as read in November 2026; φ and τ² as FunnelPlotR has them."""
    rows = referrals(shared_data)
    numerator, denominator = (rows[name].to_numpy() for name in ("numerator", "denominator"))
    found = funnel(numerator, denominator)
    assert (rows.height, numerator.sum(), denominator.sum()) == (153, 142_890, 632_828)
    assert found.pooled == pytest.approx(0.225796, abs=1e-6)
    assert [flags.sum() for flags in found.plain] == [117, 102]
    assert (found.phi, found.phi_transformed) == (pytest.approx(26.90314, abs=1e-5), pytest.approx(29.5212, abs=1e-4))
    assert found.tau2 == pytest.approx(0.001746879, abs=1e-9)
    assert found.overdispersed
    assert [flags.sum() for flags in found.beyond] == [27, 4]
    high = numerator / denominator > found.pooled
    named = {
        way: set(rows["name"].filter(pl.Series(found.beyond[1] & way_of)))
        for way, way_of in (("high", high), ("low", ~high))
    }
    assert named == {"high": {"Hampshire", "Isle of Wight"}, "low": {"Hounslow", "Isles of Scilly"}}


@pytest.mark.spec
def test_rereferral_limits_flag_the_places_that_the_flags_name(shared_data: Path) -> None:
    rows = referrals(shared_data)
    numerator, denominator = (rows[name].to_numpy() for name in ("numerator", "denominator"))
    found = funnel(numerator, denominator)
    low, high = found.limits(denominator, 0.001)
    share = numerator / denominator
    assert ((share < low) | (share > high)).tolist() == found.wide[1].tolist()


@pytest.mark.spec
def test_rereferral_ranks_of_2025(shared_data: Path) -> None:
    """Of the 38 in the raw worst quarter 23 are so with P ≥ .95, 8 with P < .8; the median rank interval is 32."""
    rows = referrals(shared_data)
    numerator, denominator = (rows[name].to_numpy() for name in ("numerator", "denominator"))
    found = rank_posterior(proportions(numerator, denominator), prior="vague gamma")
    raw = np.argsort(np.argsort(numerator / denominator, kind="stable"))
    worst = raw >= len(raw) - len(raw) // 4
    sure = found.p_highest_quarter[worst]
    assert (worst.sum(), (sure >= 0.95).sum(), (sure < 0.8).sum()) == (38, 23, 8)
    assert np.median(found.rank_high - found.rank_low) == 32
    camden = rows["name"].to_list().index("Camden")
    assert abs(found.rank_mean[camden] - 54.2) <= RANK
    tower = rows["name"].to_list().index("Tower Hamlets")
    assert found.p_highest_quarter[tower] == pytest.approx(0.988, abs=PROBABILITY)


def drawn(evidence: Evidence, spread: float, centre: float, draws: int = 40_000) -> np.ndarray:
    """A second route, conditional on μ and σ: ranks of random draws from each unit's normal posterior."""
    rng = np.random.default_rng(3)
    kept = spread**2 / (spread**2 + evidence.error**2)
    at = centre + kept * (evidence.centre - centre)
    theta = at + np.sqrt(kept) * evidence.error * rng.standard_normal((draws, len(at)))
    return np.argsort(np.argsort(theta, axis=1), axis=1) + 1


@pytest.mark.unit
def test_the_rank_kernel_agrees_with_random_draws() -> None:
    """The exact distribution against forty thousand draws, both with one μ and σ."""
    from parentis.figures.benchmarks.rank_kernel import rank_distribution
    from parentis.figures.benchmarks.ranks import measured

    rng = np.random.default_rng(5)
    evidence = measured(rng.normal(size=40), rng.uniform(0.05, 0.8, 40))
    grid = np.linspace(-5, 5, 1200)
    mass = np.exp(evidence.log_likelihood(grid) - 0.5 * grid**2)
    mass /= mass.sum(axis=1, keepdims=True)
    exact = np.zeros((40, 40))
    rank_distribution(mass, 1.0, exact)
    simulated = drawn(evidence, 1.0, 0.0)
    assert np.abs(exact.sum(axis=1) - 1).max() < 1e-4
    assert np.abs(exact @ np.arange(1, 41) - simulated.mean(axis=0)).max() < 0.1
    assert np.abs(exact[:, -10:].sum(axis=1) - (simulated > 30).mean(axis=0)).max() < 0.012


@pytest.mark.generative
@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(60, 900)), min_size=3, max_size=14), st.booleans())
def test_ranks_are_a_distribution_whatever_the_counts(counts: list[tuple[int, int]], poisson: bool) -> None:
    events, size = (np.array(one, float) for one in zip(*counts, strict=True))
    found = rank_posterior((rates if poisson else proportions)(events, size))
    units = len(counts)
    assert found.rank_mean.sum() == pytest.approx(units * (units + 1) / 2, rel=GRID)
    assert found.p_highest_quarter.sum() == pytest.approx(max(units // 4, 1), rel=GRID)
    assert (found.rank_low <= found.rank_median).all()
    assert (found.rank_median <= found.rank_high).all()
    assert ((found.low <= found.mean + 1e-9) & (found.mean <= found.high + 1e-9)).all()


@pytest.mark.unit
def test_a_poisson_funnel_without_dispersion_uses_exact_limits() -> None:
    exposure = np.full(30, 200.0)
    events = np.full(30, 10.0)
    events[0] = 30
    found = funnel(events, exposure, Family.POISSON)
    assert not found.overdispersed
    assert [flags.sum() for flags in found.beyond] == [1, 1]
    low, high = found.limits(exposure, 0.001)
    assert low[0] * 200 < 10 < high[0] * 200 < 30


SHIFT = [21, 19, 22, 20, 18, 21, 20, 19, 22, 21, 24, 25, 23, 24, 26, 25, 24, 25, 23, 24]
TREND = [20, 22, 19, 21, 20, 18, 21, 19, 20, 21, 22, 23, 24, 25, 26, 27, 20, 21, 19, 22]
SPIKE = [20, 21, 19, 20, 22, 21, 20, 35, 19, 20, 21, 22, 20, 19, 21, 20, 18, 22, 21, 20]
SHORT = [20, 21, 19, 20, 22]
H, LOW, C, UP, TOP = Variation.HIGH, Variation.LOW, Variation.COMMON, Variation.RISING, Variation.ABOVE


@pytest.mark.spec
@pytest.mark.parametrize(
    ("values", "mean", "lower", "upper", "points"),
    [
        (SHIFT, 22.3, 17.68, 26.92, [LOW] * 10 + [H] * 10),
        (TREND, 21.5, 17.2144, 25.7856, [C, C] + [LOW] * 5 + [UP] * 7 + [TOP] * 2 + [C] * 4),
        (SPIKE, 21.05, 17.1382, 24.9618, [C] * 7 + [TOP] + [C] * 12),
        (SHORT, 20.4, 16.41, 24.39, [C] * 5),
    ],
    ids=["shift", "trend", "spike", "short"],
)
def test_control_charts(values: list[int], mean: float, lower: float, upper: float, points: list[Variation]) -> None:
    """Every flag of the reference series (NHS rules; limits of a moving range without its outliers)."""
    (found,) = control(np.array(values, float))
    limits = (found.mean, found.lower, found.upper)
    assert limits == (pytest.approx(mean), pytest.approx(lower, abs=1e-4), pytest.approx(upper, abs=1e-4))
    assert list(found.points) == points
    assert found.trial == (len(values) < 13)


@pytest.mark.unit
def test_two_of_three_near_a_limit_and_a_fall_are_named() -> None:
    near = np.array([10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 13, 12.9, 10.5, 10, 11, 10, 11.0])
    assert control(near)[0].points[11] in {Variation.NEAR_LIMIT, Variation.ABOVE}
    falling = np.array([9, 10, 9, 10, 9.4, 9.3, 9.2, 9.1, 9.0, 8.9, 8.8, 9, 10.0])
    assert Variation.FALLING in control(falling)[0].points


@pytest.mark.unit
def test_rebasing_gives_each_stretch_its_own_limits() -> None:
    before, after = control(np.array(SHIFT, float), rebased_at=(10,))
    assert (before.mean, after.mean) == (20.3, 24.3)
    assert set(before.points + after.points) == {C}


@pytest.mark.unit
def test_a_wall_of_chance_alone_is_rarely_flagged_and_a_moved_series_is() -> None:
    """Of 300 walls of 200 series without any change at most one in ten has a flag."""
    rng = np.random.default_rng(11)
    quiet = sum(
        discoveries(np.array([chance_of_last(one) for one in rng.standard_normal((60, 9))])).any() for _ in range(60)
    )
    assert quiet <= 12, "a rate of .1 in 60 walls: 12 is three standard errors above it"
    wall = rng.standard_normal((60, 9))
    wall[:6, -1] += 9
    flagged = discoveries(np.array([chance_of_last(one) for one in wall]))
    assert flagged[:6].all()
    assert flagged[6:].sum() <= 3


@pytest.mark.spec
def test_bands_ranks_and_neighbours_of_every_lait_measure_by_two_routes(shared_data: Path) -> None:
    """Latest year of all measures: this code against the tool's rule written out in NumPy."""
    ways = {"Low": Polarity.LOWER, "High": Polarity.HIGHER}
    polarity = {row[0]: ways.get(row[2], Polarity.NEUTRAL) for row in dictionary(shared_data).iter_rows()}
    held, seen, banded = lait(shared_data), 0, 0
    for (measure,), rows in held.sort("number").partition_by("measure", as_dict=True).items():
        latest = rows.filter(pl.col("years") == rows["years"].max())
        latest = latest.unique("number", keep="first", maintain_order=True)
        way = polarity.get(str(measure), Polarity.NEUTRAL)
        bands, places = quartile_bands(latest["value"], way), plain_ranks(latest["value"], way)
        expected = [_tool(latest["value"].to_numpy(), at, way) for at in range(latest.height)]
        assert list(zip(bands, places, strict=True)) == expected, measure
        values = dict(latest.select("name", "value").iter_rows())
        near = tuple(latest["name"][:10])
        known = [one for one in latest["value"][:10] if one is not None]
        assert mean_of(values, near) == (pytest.approx(np.mean(known)) if known else None)
        seen, banded = seen + 1, banded + bool(bands.drop_nulls().len())
    assert (seen, banded > 250) == (434, True), "the dictionary's 448 describe 434 measures that have data"


def _tool(values: np.ndarray, at: int, way: Polarity) -> tuple[str | None, int | None]:
    """What the tool shows for one place: its band between type-7 quartiles, the best place among ties."""
    own, held = values[at], values[~np.isnan(values)]
    if np.isnan(own) or way is Polarity.NEUTRAL:
        return None, None
    ordered = np.sort(held)
    cuts = []
    for share in (0.25, 0.5, 0.75):
        exact = share * (len(ordered) - 1)
        low = int(exact)
        cuts.append(ordered[low] + (exact - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]))
    quarter = sum(own > cut for cut in cuts)
    better = (held < own).sum() if way is Polarity.LOWER else (held > own).sum()
    return ("ABCD" if way is Polarity.LOWER else "DCBA")[quarter], int(better) + 1


@pytest.mark.unit
def test_noise_is_told_from_drift() -> None:
    """Two hundred places, chance 2, with and without a true drift of 1 a year."""
    rng = np.random.default_rng(7)
    level = rng.normal(50, 6, (200, 1))
    still = level + rng.normal(0, 2, (200, 9))
    drifting = still + np.cumsum(rng.normal(0, 1, (200, 9)), axis=1)
    for panel, near in ((still, 0.15), (drifting, 0.4)):
        found = noise(panel)
        assert found is not None
        assert found.error == pytest.approx(2, abs=near)
    assert noise(still[:3]) is None


@pytest.mark.unit
def test_cannot_tell_is_an_answer() -> None:
    """Twelve places that differ by chance alone, and the City of London, which is shown and not ranked."""
    names = [f"E0900000{at}" for at in range(1, 10)] + [f"E0900001{at}" for at in range(4)]
    same = pl.DataFrame({"geography": names, "value": [20.0 + at % 2 for at in range(13)]}).with_columns(
        numerator=pl.col("value"), denominator=pl.lit(100.0)
    )
    found = compared(same, Polarity.LOWER, percent=True)
    assert set(found["verdict"]) == {Verdict.UNRANKED, Verdict.CANNOT_TELL} or Verdict.BETWEEN in set(found["verdict"])
    assert not {Verdict.WORST, Verdict.BEST} & set(found["verdict"])
    city = found.row(0, named=True)
    assert (city["geography"], city["verdict"], city["rank"], city["value"]) == ("E09000001", "not ranked", None, 20.0)
    apart = same.with_columns(
        numerator=pl.Series([10.0 * at for at in range(13)]), denominator=pl.lit(1000.0)
    ).with_columns(value=pl.col("numerator") / 10)
    told = compared(apart, Polarity.LOWER, percent=True)
    assert told.row(12, named=True)["verdict"] == Verdict.WORST
    turned = compared(apart, Polarity.HIGHER, percent=True)
    assert (turned.row(12, named=True)["verdict"], turned.row(12, named=True)["rank_low"]) == (Verdict.BEST, 1)
    assert set(compared(apart, Polarity.NEUTRAL, percent=True)["verdict"]) == {Verdict.UNRANKED}
    unknown = compared(apart.with_columns(denominator=pl.lit(None, pl.Float64)), Polarity.LOWER, percent=True)
    assert set(unknown["verdict"][1:]) == {Verdict.CANNOT_TELL}
    assert unknown["rank"][1:].to_list() == list(range(1, 13)), "the plain rank is still there to be shown"


@pytest.mark.unit
def test_neighbours_and_their_gap() -> None:
    names = [f"P{at}" for at in range(12)]
    rows = pl.DataFrame({"geography": names, "numerator": [float(100 + 20 * at) for at in range(12)]}).with_columns(
        denominator=pl.lit(1000.0), value=pl.col("numerator") / 10
    )
    found = gaps(
        compared(rows, Polarity.LOWER, percent=True), {"P11": names[:3], "P0": ["P11"], "P5": []}, Polarity.LOWER
    )
    assert set(found) == {"P0", "P11"}
    assert (found["P11"].mean, found["P11"].gap) == (12.0, pytest.approx(20.0))
    assert found["P11"].p_worse > 0.999
    assert found["P0"].p_worse < 0.001
    alike = most_alike(["a", "b", "c", "d"], np.array([[0, 0], [0, 1], [5, 5], [np.nan, 1.0]]), many=2)
    assert alike == {"a": ("b", "c"), "b": ("a", "c"), "c": ("b", "a")}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("values", "breaks", "expected"),
    [
        ([10, 11, 12.1, 12.9, 14], (), Direction.WORSE),
        ([14, 13, 12.1, 11, 10], (), Direction.BETTER),
        ([10, 14, 9, 13, 10], (), Direction.CANNOT_TELL),
        ([10, 11, 12.1, 12.9, 14], (2023,), Direction.SHORT),
        ([10, 11, np.nan, np.nan, 14], (), Direction.SHORT),
    ],
)
def test_trends(values: list[float], breaks: tuple[int, ...], expected: Direction) -> None:
    years = np.arange(2021, 2026)
    found = trend(years, np.array(values), Polarity.LOWER, breaks=breaks)
    assert found.direction is expected


@pytest.mark.unit
@pytest.mark.parametrize("family", list(Family))
def test_exact_tails_and_limits_are_those_of_the_distributions(family: Family) -> None:
    """The second route is scipy.stats, which pages do not import."""
    from scipy.stats import binom, poisson

    size = np.array([1.0, 7, 40, 300, 5000])
    count, pooled = np.array([0.0, 7, 3, 75, 900]), 0.17
    of = (size, pooled) if family is Family.BINOMIAL else (size * pooled,)
    tails = binom if family is Family.BINOMIAL else poisson
    fewer, more = _tails(family, count, size, pooled)
    assert fewer == pytest.approx(tails.cdf(count, *of), abs=1e-10)
    assert more == pytest.approx(tails.sf(count - 1, *of), abs=1e-10)
    for probability in (0.001, 0.025, 0.5, 0.975, 0.999):
        assert _count_at(family, probability, size, pooled).tolist() == tails.ppf(probability, *of).tolist()
