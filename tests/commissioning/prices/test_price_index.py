"""Price indices: printed answers, two routes to the matrices, and what churn does."""

import numpy as np
import polars as pl
import pytest

from parentis.services.commissioning.index_formulas import FORMULAS, NothingInBothError, fisher, index, tornqvist
from parentis.services.commissioning.price_index import (
    METHODS,
    chained,
    divergence,
    geks,
    indices,
    pairs,
    panel,
)
from parentis.services.commissioning.worlds import World, placements

PRICES = {
    1: [1, 1, 1, 1, 1, 1],
    2: [1.2, 3, 1.3, 0.7, 1.4, 0.8],
    3: [1, 1, 1.5, 0.5, 1.7, 0.6],
    4: [0.8, 0.5, 1.6, 0.3, 1.9, 0.4],
    5: [1, 1, 1.6, 0.1, 2, 0.2],
}
QUANTITIES = {
    1: [1, 1, 2, 1, 4.5, 0.5],
    2: [0.8, 0.9, 1.9, 1.3, 4.7, 0.6],
    3: [1, 1.1, 1.8, 3, 5, 0.8],
    4: [1.2, 1.2, 1.9, 6, 5.6, 1.3],
    5: [0.9, 1.2, 2, 12, 6.5, 2.5],
}
"Producer Price Index Manual (ILO and others, 2004), chapter 19, tables 19.1 and 19.2."
PRINTED = {
    "harmonic_laspeyres": (1, 1.2542, 1.1346, 0.8732, 0.5556),
    "geometric_laspeyres": (1, 1.3300, 1.2523, 1.1331, 1.0999),
    "laspeyres": (1, 1.420, 1.345, 1.355, 1.440),
    "paasche": (1, 1.3824, 1.2031, 1.0209, 0.7968),
    "geometric_paasche": (1, 1.4846, 1.3268, 1.3282, 1.4153),
    "palgrave": (1, 1.6096, 1.4161, 1.5317, 1.6720),
    "fisher": (1, 1.4011, 1.2721, 1.1762, 1.0712),
    "tornqvist": (1, 1.4052, 1.2890, 1.2268, 1.2477),
    "marshall_edgeworth": (1, 1.4010, 1.2656, 1.1438, 0.9801),
    "walsh1": (1, 1.4017, 1.2850, 1.2193, 1.1850),
    "vartia2": (1, 1.4018, 1.2897, 1.2335, 1.2540),
    "vartia1": (1, 1.4024, 1.2907, 1.2392, 1.2678),
    "stuvel": (1, 1.4042, 1.2742, 1.1551, 0.9770),
}
"The same, tables 19.3 to 19.9, and Balk 2008."
PRINTED_DIGITS = 5.1e-5


def of(values: dict[int, list[float]], period: int) -> np.ndarray:
    return np.array(values[period], dtype=float)


@pytest.mark.spec
@pytest.mark.parametrize("name", list(PRINTED))
def test_each_formula_gives_the_five_figures_printed(name: str) -> None:
    assert set(FORMULAS) == set(PRINTED)
    for period, printed in zip(PRICES, PRINTED[name], strict=True):
        found = index(name, (of(PRICES, 1), of(PRICES, period)), (of(QUANTITIES, 1), of(QUANTITIES, period)))
        assert found == pytest.approx(printed, abs=PRINTED_DIGITS), period


@pytest.mark.unit
def test_only_what_is_in_both_periods_counts() -> None:
    p, q = of(PRICES, 1), of(QUANTITIES, 1)
    more_p, more_q = np.append(p, 9.0), np.append(q, 0.0)
    assert index("fisher", (more_p, np.append(2 * p, 5.0)), (more_q, np.append(q, 3.0))) == pytest.approx(2.0)
    with pytest.raises(NothingInBothError, match="both periods"):
        index("paasche", (p, 0 * p), (q, 0 * q))


def goods(prices: dict[int, list[float]], quantities: dict[int, list[float]]) -> pl.DataFrame:
    rows = [
        {"census": f"period {t}", "home": f"home {k}", "type": "any", "provider": f"provider {k // 2}",
         "weekly_price": 1000 * prices[t][k], "weeks": float(quantities[t][k])}
        for t in prices
        for k in range(6)
    ]  # fmt: skip
    return pl.DataFrame(rows)


@pytest.mark.spec
def test_every_two_periods_have_the_index_that_the_formula_gives() -> None:
    found = pairs(panel(goods(PRICES, QUANTITIES)))
    for later in PRICES:
        for earlier in PRICES:
            two = (of(PRICES, earlier), of(PRICES, later), of(QUANTITIES, earlier), of(QUANTITIES, later))
            assert np.exp(found.fisher[later - 1, earlier - 1]) == pytest.approx(fisher(*two))
            assert np.exp(found.tornqvist[later - 1, earlier - 1]) == pytest.approx(tornqvist(*two))
    assert np.exp(found.fisher[4, 0]) == pytest.approx(1.0712, abs=PRINTED_DIGITS)


@pytest.mark.generative
@pytest.mark.parametrize("seed", range(3))
def test_all_against_all_with_gaps_is_that_of_each_pair_alone(seed: int) -> None:
    of_world = panel(placements(World(placements=400, providers=8, homes=1), seed))
    found = pairs(of_world)
    last = len(of_world.periods) - 1
    slow = np.zeros((last + 1, last + 1))
    for t in range(last + 1):
        for s in range(last + 1):
            two = (of_world.price[s], of_world.price[t]), (of_world.weeks[s], of_world.weeks[t])
            slow[t, s] = np.log(index("fisher", *two))
            assert found.tornqvist[t, s] == pytest.approx(np.log(index("tornqvist", *two)), abs=1e-12)
    np.testing.assert_allclose(found.fisher, slow, atol=1e-12)
    by_third = [np.mean([slow[t, k] + slow[k, 0] for k in range(last + 1)]) for t in range(last + 1)]
    np.testing.assert_allclose(geks(found.fisher), by_third, atol=1e-12)
    assert chained(found.fisher)[last] == pytest.approx(sum(slow[k + 1, k] for k in range(last)))


@pytest.mark.unit
def test_geks_does_not_depend_on_which_period_comes_between() -> None:
    """Circular: from 1 to 3 is from 1 to 2 and on, whatever the base."""
    log_index = pairs(panel(goods(PRICES, QUANTITIES))).fisher
    on_first = geks(log_index)
    turned = log_index[::-1, ::-1]
    np.testing.assert_allclose(geks(turned)[::-1] - geks(turned)[-1], on_first - on_first[0], atol=1e-12)


@pytest.mark.spec
def test_the_given_world_rose_by_as_much_as_was_planted(given_world: pl.DataFrame) -> None:
    found = indices(given_world, samples=200, seed=1)
    for method in METHODS:
        assert found.low[method][-1] <= 1.1972 <= found.high[method][-1], method
        assert found.value[method][0] == 1.0
    assert found.value["time_dummy"][-1] == pytest.approx(1.197, abs=0.015)
    assert found.value["geks"][-1] == pytest.approx(1.197, abs=0.03)
    frame = found.frame(np.array([100.0, 101, 102, 103, 104, 110]))
    last = frame.filter(pl.col("method") == "geks").row(-1, named=True)
    assert last["real"] == pytest.approx(last["index"] / 1.1)


@pytest.mark.generative
def test_samples_take_whole_providers() -> None:
    """Of three providers whose prices part, a sample can hold one alone: the interval spans them all."""
    prices = {1: [1.0] * 6, 2: [1.0, 1.0, 1.2, 1.2, 1.4, 1.4]}
    found = indices(goods(prices, {1: [1.0] * 6, 2: [1.0] * 6}), samples=400, seed=2)
    assert found.low["geks"][-1] == pytest.approx(1.0, abs=1e-9)
    assert found.high["geks"][-1] == pytest.approx(1.4, abs=1e-9)
    assert found.value["geks"][-1] == pytest.approx(1.2, rel=1e-9)


@pytest.mark.unit
def test_without_change_nothing_rises_and_weeks_weigh() -> None:
    same = goods({1: [1.0] * 6, 2: [1.0] * 6}, {1: [1.0] * 6, 2: [5.0, 1, 1, 1, 1, 1]})
    found = indices(same, samples=50, seed=0)
    for method in METHODS:
        np.testing.assert_allclose(found.value[method], 1.0, atol=1e-9)
    moved = {1: [1.0] * 6, 2: [1.5, 1, 1, 1, 1, 1]}
    little, much = (
        indices(goods(moved, {1: [first, 1.0, 1, 1, 1, 1], 2: [first, 1.0, 1, 1, 1, 1]}), samples=0).value["fisher"][-1]
        for first in (1.0, 20.0)
    )
    assert little == pytest.approx(6.5 / 6)
    assert much == pytest.approx((20 * 1.5 + 5) / 25)


@pytest.mark.spec
def test_divergence_is_put_down_to_homes_seen_once() -> None:
    """Homes that come dear and go at once raise the model's index and not that of matched homes."""
    rows = placements(World(placements=3000, providers=30, homes=1, yearly=0.0), 5)
    dear = (
        rows.filter(pl.col("census") == "2025-03-31")
        .head(120)
        .with_columns(home=pl.format("new {}", pl.int_range(pl.len())), weekly_price=pl.col("weekly_price") * 1.8)
    )
    before, after = divergence(rows), divergence(pl.concat([rows, dear]))
    assert after.whole == pytest.approx(after.churn + after.method)
    assert after.churn > before.churn + 0.05
    assert abs(after.method - before.method) < 0.02
    assert after.once_items > before.once_items
    assert 0 < after.once_spend < 1
