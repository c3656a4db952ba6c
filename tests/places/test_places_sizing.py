"""The answer about size: England's occupancy and refusals together, common luck, the number that pays, and what data
are worth."""

from dataclasses import replace

import numpy as np
import pytest

from parentis.services.places.need.uncensored import YEAR, uncensor
from parentis.services.places.need.worlds import Truth, generate
from parentis.services.places.sizing import answer
from parentis.services.places.sizing.futures import MOST, SCENARIOS, Assumptions, Scenario, future
from parentis.services.places.sizing.simulation import simulate, stream
from parentis.services.places.sizing.units import like_england, plain


@pytest.fixture(scope="module")
def demand():
    return uncensor(generate(Truth(), np.random.default_rng(1)), seed=1, draws=400)


@pytest.fixture(scope="module")
def sized(demand):
    return answer.size(demand, futures=60, places=range(16, 33, 2), home=plain, scenarios=SCENARIOS, workers=1)


@pytest.mark.spec
def test_sixty_in_a_hundred_places_taken_and_forty_six_referrals_refused():
    """England, 31 March 2023: 139 children in 230 approved places; London placed 159 of 295 referred."""
    rng = np.random.default_rng(1)
    n, load = 20_000, 0.6 * 24 / 0.54
    children = stream(np.cumsum(rng.exponential(83 / load, n)), rng.exponential(83, n), sex=rng.integers(0, 2, n))
    found = simulate(like_england(24), children, horizon=float(children.at[-1]), warm=400.0).totals
    days = float(children.at[-1]) - 400
    assert found["nights"] / days / 24 == pytest.approx(139 / 230, abs=0.03)
    assert found["unplaced"] / found["referred"] == pytest.approx(1 - 159 / 295, abs=0.03)
    # Not one was refused for want of an approved bed: places alone would not have helped.
    assert found["no_bed"] < 0.02 * found["unplaced"]


@pytest.mark.unit
def test_a_future_is_of_its_draws_demand_and_the_same_again(demand):
    drawn = [future(demand, which, Assumptions()) for which in range(60)]
    each = np.array([(len(one.children.at) / 10 / MOST, one.a_year) for one in drawn])
    assert each[:, 0].mean() == pytest.approx(each[:, 1].mean(), rel=0.05)
    assert np.corrcoef(each.T)[0, 1] > 0.6
    stays = np.concatenate([one.children.stay for one in drawn])
    assert stays.mean() == pytest.approx(np.mean([one.stay for one in drawn]), rel=0.05)
    again = future(demand, 7, Assumptions())
    np.testing.assert_array_equal(again.children.key, drawn[7].children.key)


@pytest.mark.unit
def test_a_scenario_takes_children_out_and_changes_none_of_the_rest(demand):
    drawn = future(demand, 3, Assumptions())
    now, fewer = Scenario(id="a", title="a"), Scenario(id="b", title="b", arrivals=0.5)
    assert set(fewer.of(drawn).key) < set(now.of(drawn).key)
    assert len(now.of(drawn).at) == pytest.approx(len(drawn.more) / MOST, rel=0.05)
    switch = Scenario(id="c", title="c", relevant=0.2, relevant_from=5 * YEAR)
    secure, open_home = switch.of(drawn), switch.therapeutic(drawn)
    assert len(secure.at) + len(open_home.at) == len(now.of(drawn).at)
    assert open_home.at.min() >= 5 * YEAR
    late = [future(demand, which, Assumptions()) for which in range(30)]
    share = sum(len(switch.therapeutic(one).at) for one in late) / sum(
        (now.of(one).at >= 5 * YEAR).sum() for one in late
    )
    assert share == pytest.approx(0.2, abs=0.012)
    assert np.mean(Scenario(id="d", title="d", late=0.0).of(drawn).delay) == 0


@pytest.mark.integration
def test_the_frame_answers_for_every_size_and_scenario(sized):
    table = answer.frame(sized)
    assert table.height == 9 * 3
    for scenario, rows in table.group_by("scenario"):
        rows = rows.sort("places")
        if scenario != ("staffed-as-england",):
            assert (np.diff(rows["share_served"]) > 0).all()
            assert (np.diff(rows["nights_away"]) < 0).all()
        for name in answer.METRICS:
            for level in (80, 95):
                assert (rows[f"{name}_low{level}"] <= rows[f"{name}_high{level}"]).all()
            assert (rows[f"{name}_low95"] <= rows[f"{name}_low80"]).all()
        assert rows.filter("best")["cost"].item() == rows["cost"].min()
        assert rows["chance"].sum() == pytest.approx(1)
        np.testing.assert_allclose(rows["marginal"].to_numpy()[:-1], np.diff(rows["cost"].to_numpy()))


@pytest.mark.unit
def test_a_year_costs_the_home_and_the_nights_elsewhere(sized):
    _, _, away, cost, _ = sized.values[0, 5, 3]
    assert cost == pytest.approx(2_000_000 + 22 * 464_000 + away * 20_000 / 7)


@pytest.mark.integration
def test_places_sold_bring_their_price_and_leave_members_those_kept(demand):
    def sized_with(**more):
        return answer.size(
            demand,
            futures=4,
            places=(24,),
            scenarios=SCENARIOS[:1],
            workers=1,
            assumptions=Assumptions(others=0.5),
            **more,
        ).values[0, :, 0]

    free, sold = sized_with(costs=answer.Costs(sold=0)), sized_with(costs=answer.Costs(sold=7_000))
    np.testing.assert_array_equal(free[:, :3], sold[:, :3])
    assert (free[:, 3] - sold[:, 3] > 100_000).all()
    kept = sized_with(home=lambda places: replace(plain(places), kept=4))
    open_to_all = sized_with(home=plain)
    # Kept places serve more of the members, and stand empty more often.
    assert (kept[:, 0] >= open_to_all[:, 0]).all()
    assert kept[:, 4].mean() < open_to_all[:, 4].mean()


def made_up(cost, a_year, stay, bunching=0.1):
    values = np.zeros((1, *cost.shape, len(answer.METRICS)))
    values[0, :, :, answer.METRICS.index("cost")] = cost
    n = len(cost)
    return answer.Sizing(
        places=tuple(range(10, 10 + cost.shape[1])),
        scenarios=(SCENARIOS[0],),
        values=values,
        a_year=a_year,
        stay=np.full(n, stay),
        bunching=np.full(n, bunching),
    )


@pytest.mark.unit
def test_the_number_where_one_more_no_longer_pays_and_the_edge():
    cost = np.tile(np.array([9.0, 7, 6, 6.5, 8]), (50, 1))
    rate = np.linspace(50, 150, 50)
    assert answer.answer(made_up(cost, rate, 83.0)).last_paying == 12
    assert answer.answer(made_up(cost[:, :3], rate, 83.0)).last_paying is None


@pytest.mark.unit
def test_knowing_is_worth_the_mean_of_minima_against_the_minimum_of_means():
    rng = np.random.default_rng(0)
    rate = np.exp(rng.normal(np.log(100), 0.3, 4000))
    # Two sizes whose costs cross where the logarithm of the rate is at its mean: known exactly, the better one is
    # taken.
    slope = np.log(rate) - np.log(100)
    cost = np.stack([1e6 * slope, -1e6 * slope], axis=1)
    found = answer.answer(made_up(cost, rate, 83.0))
    assert found.perfect == pytest.approx(1e6 * np.abs(slope).mean(), rel=0.05)
    # Two years' count is a noisy look at the rate: worth something, and less.
    assert 0.3 * found.perfect < found.two_years < 0.97 * found.perfect
    worse = answer.answer(made_up(cost, rate, 83.0, bunching=2.0))
    assert worse.two_years < found.two_years


@pytest.mark.unit
def test_where_one_size_is_best_whatever_the_rate_data_are_worth_nothing():
    cost = np.tile(np.array([1.0, 2.0]), (200, 1)) * np.linspace(1, 2, 200)[:, None]
    found = answer.answer(made_up(cost, np.linspace(80, 120, 200), 83.0))
    assert found.perfect == pytest.approx(0, abs=1e-9)
    assert found.two_years == pytest.approx(0, abs=1e-9)
