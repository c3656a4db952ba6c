"""Charts that keep their promise whatever the rate, nowcasts, and the page's budget."""

from datetime import date

import numpy as np
import pytest
from scipy.stats import hypergeom, poisson

from parentis.errors import DeclarationError
from parentis.services.child_deaths.budget import (
    Method,
    Stream,
    budget,
    kept,
    median_months,
    months_between_alarms,
)
from parentis.services.child_deaths.charts import (
    chances,
    g_chart,
    hypergeometric,
    run,
    standard_counts,
    standard_parts,
    t_chart,
)
from parentis.services.child_deaths.detection import median_wait
from parentis.services.child_deaths.nowcast import fit_delays, nowcast
from parentis.services.child_deaths.run_lengths import design
from parentis.services.child_deaths.stream_list import cuts
from parentis.services.child_deaths.worlds import coverage, false_alarms, page, world

PROMISE = 0.45
"Of the promise, for 40 years: about 40 alarms vary by a sixth; docs/methods/child-deaths.md has 2,000 years."


@pytest.mark.integration
def test_a_page_gives_as_many_false_alarms_as_it_promises() -> None:
    """A small version of the benchmark's 2,000 years, with delays and seasons."""
    found = false_alarms(4, 10)
    assert found.years == 40
    assert abs(found.rate / found.promised - 1) <= PROMISE


@pytest.mark.integration
def test_a_page_gives_more_where_its_budget_is_larger() -> None:
    few, many = false_alarms(1, 10, seed=2), false_alarms(1, 10, seed=2, a_year=6.0)
    assert many.alarms > 2 * few.alarms


@pytest.mark.integration
def test_the_worlds_have_every_stream_that_the_page_has() -> None:
    places = [f"cdr-{each}" for each in ("bhr", "ncl", "nwl", "sel", "swl", "welc")]
    listed = cuts(places)
    assert len({one.id for one in listed}) == len(listed) == 69  # and the scan
    shares = page().shares
    assert len(shares) == 70
    assert {one.stream.method for one in shares} == set(Method)
    watching = [one.stream.watching for one in shares if one.stream.method is not Method.SCAN]
    assert sorted(watching) == sorted(one.watching for one in listed)


@pytest.mark.integration
def test_nowcasts_of_a_month_hold_the_truth_about_as_often_as_they_say() -> None:
    """A small version of the benchmark's 2,100 days. Of 40 ranks, 36 or fewer lie in the middle once in twenty."""
    for found in coverage(8, (3, 14), span=28, each=5):
        assert found.held >= 35
        assert found.even >= 35
        assert abs(found.promised - 0.95) <= 0.02
        assert sum(found.ranks) == found.of == 40
        assert max(found.ranks) <= 12  # of four, as many once in a thousand


@pytest.mark.unit
def test_the_range_of_a_nowcast_is_the_shortest_that_is_nearest_to_its_level() -> None:
    """Going through every run of counts."""
    from parentis.services.child_deaths.nowcast import _shortest

    for mean in (0.2, 0.6, 1.4, 4.0, 9.0):
        chances_of = poisson.pmf(np.arange(40), mean)
        low, high, holds = _shortest(chances_of, 0.95)
        assert holds == pytest.approx(chances_of[low : high + 1].sum())
        likeliest = {}
        for first in range(40):
            for last in range(first, 40):
                inside = chances_of[first : last + 1].sum()
                likeliest[last - first] = max(likeliest.get(last - first, 0.0), inside)
        assert abs(holds - 0.95) == pytest.approx(min(abs(each - 0.95) for each in likeliest.values()))


@pytest.mark.integration
def test_a_rise_is_seen_later_by_a_chart_with_few_months_behind_it() -> None:
    share = budget([Stream(id="a", title="A", monthly=11.0)], a_year=1 / 70).shares[0]
    knows = median_months(share)
    short, long = (median_wait(share, history, baseline=12) for history in (18, 240))
    assert knows == pytest.approx(long, abs=2)
    assert short >= long
    with pytest.raises(DeclarationError):
        median_wait(share, 6, baseline=12)


@pytest.mark.unit
def test_half_of_rare_rises_are_seen_within_so_long() -> None:
    """By simulation: looks come at three times half the rate, each with the chance of a gap that short."""
    share = budget([Stream(id="a", title="A", monthly=0.2, method=Method.T_CHART)], a_year=0.05).shares[0]
    random = np.random.default_rng(2)
    longest = -np.log(1 - 0.05 / (12 * 0.2)) / 0.2  # months: a gap that signals, where the rate is known
    gaps = random.exponential(1 / 0.3, (4000, 400))
    waits = [row[: int(np.argmax(row < longest)) + 1].sum() for row in gaps]
    assert median_months(share) == pytest.approx(np.median(waits), rel=0.1)


@pytest.mark.integration
def test_standard_counts_are_as_even_as_chance_whatever_the_rate() -> None:
    """Of a rate that is twice what the standard month has, with seasons."""
    random = np.random.default_rng(4)
    exposure = np.tile([1.2, 1.0, 0.8, 1.0], 300)
    counts = random.poisson(6.0 * exposure)
    made = standard_counts(counts, exposure, 12, 3.0, key=9)
    for count in (1, 3, 5):
        assert np.mean(made <= count) == pytest.approx(poisson.cdf(count, 3.0), abs=0.04)
    again = standard_counts(counts, exposure, 12, 3.0, key=9)
    assert (made == again).all()


@pytest.mark.unit
def test_a_chart_signals_where_its_sum_reaches_the_decision_and_begins_anew() -> None:
    chart = design(2.0, 1.5, 100)
    counts = np.array([2, 2, 6, 7, 8, 2, 2])
    path = run(chart, counts)
    value, fired = 0.0, []
    for month, count in enumerate(counts):
        value = max(0.0, value + count - float(chart.reference))
        if value >= float(chart.decision) - 1e-9:
            fired.append(month)
            value = 0.0
    assert [one.at for one in path.signals] == fired
    assert fired
    assert path.signals[0].since == 2


@pytest.mark.unit
def test_a_t_chart_knows_no_rate_and_keeps_its_chance() -> None:
    random = np.random.default_rng(8)
    fired = of = 0
    for _ in range(300):
        gaps = random.exponential(random.uniform(5, 90), 30)
        found = t_chart(gaps, baseline=6, chance=0.05)[1]
        fired, of = fired + int(found.sum()), of + len(found)
    assert fired / of == pytest.approx(0.05, abs=0.01)
    # By hand: a gap as long as the mean of one before it is as likely as not shorter (F with 2 and 2: x / (1 + x)).
    assert t_chart(np.array([10.0, 10.0]), baseline=1, chance=0.1)[0][0] == pytest.approx(0.5)


@pytest.mark.unit
def test_a_g_chart_by_hand() -> None:
    """Four others lay in the gap before, none in this: given four in all, each number from none to four is as likely,
    so that none has one chance in five. Of one in the first and three in the second, three or fewer: 4 of 5."""
    as_few, signals = g_chart(np.array([4, 0]), baseline=1, chance=0.2, key=1)
    assert 0 < as_few[0] < 0.2
    assert signals.tolist() == [True]
    assert 0.6 < g_chart(np.array([1, 3]), baseline=1, chance=0.2, key=1)[0][0] < 0.8
    with pytest.raises(DeclarationError):
        g_chart(np.array([4, 0]), baseline=0, chance=0.2, key=1)


@pytest.mark.unit
def test_a_g_chart_knows_no_share_and_keeps_its_chance() -> None:
    random = np.random.default_rng(9)
    fired = of = 0
    for number in range(300):
        between = random.geometric(random.uniform(0.005, 0.3), 30) - 1
        found = g_chart(between, baseline=4, chance=0.05, key=number)[1]
        fired, of = fired + int(found.sum()), of + len(found)
    assert fired / of == pytest.approx(0.05, abs=0.01)


@pytest.mark.integration
@pytest.mark.parametrize("yearly", [0.6, 2.5])
def test_few_deaths_are_looked_at_so_often_that_the_budget_is_kept_whatever_the_rate(yearly: float) -> None:
    """Alarms a year of gaps that come by chance, where each look may give what fell due since the one before."""
    random, a_year = np.random.default_rng(12), 0.05
    alarms = years = 0.0
    for _ in range(1500):
        gaps = random.exponential(12 / yearly, 12)
        allowed = chances(gaps, baseline=2, a_year=a_year, year=12.0)
        alarms += t_chart(gaps, baseline=2, chance=allowed)[1].sum()
        years += gaps[2:].sum() / 12
    assert alarms / years == pytest.approx(a_year, rel=0.2)


@pytest.mark.integration
def test_parts_are_as_even_as_chance_whatever_their_share_is() -> None:
    random = np.random.default_rng(5)
    of = random.poisson(9.0, 1200)
    part = random.binomial(of, 0.3)
    made = standard_parts(part, of, 12, 2.0, key=3)
    for count in (0, 2, 4):
        assert np.mean(made <= count) == pytest.approx(poisson.cdf(count, 2.0), abs=0.04)
    with pytest.raises(DeclarationError):
        standard_parts(np.array([2, 1]), np.array([1, 1]), 1, 2.0, key=3)


# The specification's §9 of the answers: streams at a run length → months between the page's alarms.
@pytest.mark.spec
@pytest.mark.parametrize(("run_length", "months"), [(60, 0.9), (120, 1.7), (240, 3.4), (840, 12.0)])
def test_seventy_streams_cry_wolf_so_often(run_length: float, months: float) -> None:
    assert months_between_alarms(70, run_length) == pytest.approx(months, abs=0.05)


@pytest.mark.unit
def test_a_budget_is_shared_and_never_overspent() -> None:
    streams = [Stream(id="a", title="A", monthly=10.0), Stream(id="b", title="B", monthly=0.1, method=Method.T_CHART)]
    shared = budget(streams, a_year=0.5, weights={"a": 3.0})
    assert shared.share("a").given == pytest.approx(0.375)
    assert shared.share("b").promised == pytest.approx(0.125)
    assert shared.promised <= 0.5
    with pytest.raises(DeclarationError):
        budget([*streams, streams[0]])
    with pytest.raises(DeclarationError):
        shared.share("c")


@pytest.mark.unit
def test_whether_a_promise_was_kept() -> None:
    assert kept(1, 1.0, 1.0).kept
    assert kept(0, 1.0, 1.0).kept
    assert not kept(12, 1.0, 1.0).kept


@pytest.mark.unit
def test_delays_are_estimated_though_the_longest_of_late_deaths_cannot_be_seen_yet() -> None:
    made = world(3, 2)
    as_of = int(made.died.max()) - 10
    known = (made.told <= as_of) & (made.died <= as_of)
    cut = fit_delays(made.died[known], made.told[known], as_of)
    whole = fit_delays(made.died, made.told, int(made.told.max()), window=2000)
    naive = np.mean(made.told[known] - made.died[known] <= 4)
    assert cut.within[4] == pytest.approx(whole.within[4], abs=0.06)
    assert naive > 0
    assert (np.diff(cut.within) >= 0).all()
    assert cut.within[-1] == 1.0


@pytest.mark.unit
def test_a_nowcast_is_never_below_what_is_notified_and_ends_there() -> None:
    made = world(5, 2)
    span = (date(2002, 5, 1), date(2002, 5, 28))
    inside = (made.died >= span[0].toordinal()) & (made.died <= span[1].toordinal())
    for as_of in (date(2002, 5, 31), date(2002, 12, 1)):
        known = (made.told <= as_of.toordinal()) & (made.died <= as_of.toordinal())
        delays = fit_delays(made.died[known], made.told[known], as_of.toordinal())
        found = nowcast(delays, made.died[known], made.told[known], span, as_of, yearly=571)
        assert found.low >= found.notified == int((inside & known).sum())
    assert found.low == found.high == int(inside.sum())


@pytest.mark.unit
def test_a_notification_before_the_death_is_refused() -> None:
    with pytest.raises(DeclarationError):
        fit_delays(np.array([10]), np.array([9]), 12)


@pytest.mark.unit
def test_draws_without_replacement_agree_with_scipy() -> None:
    random = np.random.default_rng(4)
    cases = random.integers(1, 400, 200)
    parts, drawn = random.integers(0, cases + 1), random.integers(0, cases + 1)
    least = random.integers(0, 60, 200)
    expected = hypergeom.cdf(least, cases, parts, drawn)
    assert hypergeometric(least, cases, parts, drawn) == pytest.approx(expected, abs=1e-9)
