"""Price, volume and mix: parts that sum to the whole, by two routes."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.services.methods.price_volume_mix import NoVolumeError, from_price, sequential, shapley

# Sums of products up to 10^9: relative rounding of a few units in the last place.
CLOSE = 1e-9


@pytest.mark.spec
def test_a_worked_example():
    """100 weeks fostered at £500 and 50 residential at £3,000; then 90 at £550 and 90 at £3,300.

    Volume 150 → 180 at £1,333.33 a week is £40,000; mix moves 60 more of 180 weeks… the rest follows.
    """
    weeks = np.array([[100.0, 50.0], [90.0, 90.0]])
    spend = weeks * np.array([[500.0, 3000.0], [550.0, 3300.0]])
    split = sequential(weeks, spend)
    assert split.volume.sum() == pytest.approx(30 * 200_000 / 150)
    assert split.mix.sum() == pytest.approx(90 * 500 + 90 * 3000 - 180 * 200_000 / 150)
    assert split.price.sum() == pytest.approx(90 * 50 + 90 * 300)
    assert split.change == pytest.approx(346_500 - 200_000)


@pytest.mark.spec
def test_only_the_price_moved():
    weeks = np.array([[10.0, 20.0], [10.0, 20.0]])
    spend = np.array([[1000.0, 4000.0], [1100.0, 4400.0]])
    for split in (sequential(weeks, spend), shapley(weeks, spend)):
        assert split.volume.sum() == pytest.approx(0)
        assert split.mix.sum() == pytest.approx(0)
        assert split.price.tolist() == pytest.approx([100, 400])


@pytest.mark.spec
def test_a_type_that_is_new_is_mix_and_not_price():
    weeks = np.array([[10.0, 0.0], [10.0, 10.0]])
    spend = np.array([[1000.0, 0.0], [1000.0, 5000.0]])
    for split in (sequential(weeks, spend), shapley(weeks, spend)):
        assert split.price.tolist() == pytest.approx([0, 0])
        assert split.change == pytest.approx(5000)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("weeks", "spend"),
    [([[0.0], [1.0]], [[0.0], [1.0]]), ([[1.0, 0.0], [1.0, 1.0]], [[1.0, 5.0], [1.0, 1.0]])],
    ids=["a year without weeks", "money without weeks"],
)
def test_what_has_no_price_is_refused(weeks, spend):
    with pytest.raises(NoVolumeError):
        sequential(np.array(weeks), np.array(spend))


@st.composite
def two_years(draw):
    types = draw(st.integers(1, 5))
    numbers = st.floats(0.5, 5_000, allow_nan=False)
    weeks = np.array([[draw(numbers) for _ in range(types)] for _ in range(2)])
    prices = np.array([[draw(numbers) for _ in range(types)] for _ in range(2)])
    return weeks, weeks * prices


@pytest.mark.generative
@given(two_years())
def test_parts_sum_to_the_whole(years):
    weeks, spend = years
    change = spend[1].sum() - spend[0].sum()
    scale = CLOSE * spend.sum()
    for form in (sequential, shapley):
        split = form(weeks, spend)
        assert split.change == pytest.approx(change, abs=scale)
        by_type = split.volume + split.mix + split.price
        assert by_type == pytest.approx(spend[1] - spend[0], abs=scale)


@pytest.mark.generative
@given(two_years())
def test_shapley_swapped_years_turn_the_sign(years):
    weeks, spend = years
    there, back = shapley(weeks, spend), shapley(weeks[::-1], spend[::-1])
    scale = CLOSE * spend.sum()
    for part in ("volume", "mix", "price"):
        assert getattr(there, part) == pytest.approx(-getattr(back, part), abs=scale)


@pytest.mark.generative
@given(two_years())
def test_shapley_is_the_average_over_every_order(years):
    weeks, spend = years
    volume = weeks.sum(axis=1, keepdims=True)
    factors = {"volume": volume, "mix": weeks / volume, "price": spend / weeks}
    sums = dict.fromkeys(factors, 0.0)
    orders = list(permutations(factors))
    for order in orders:
        state = dict.fromkeys(factors, 0)
        cost = spend[0].sum()
        for moved in order:
            state[moved] = 1
            now = np.prod([values[state[name]] * np.ones(weeks.shape[1]) for name, values in factors.items()], axis=0)
            sums[moved] += (now.sum() - cost) / len(orders)
            cost = now.sum()
    split = shapley(weeks, spend)
    for part, value in sums.items():
        assert getattr(split, part).sum() == pytest.approx(value, abs=CLOSE * spend.sum())


@pytest.mark.spec
def test_price_first_takes_the_old_weeks_and_volume_last_the_new_mix():
    """100 weeks at £500 and 50 at £3,000; then 90 at £550 and 90 at £3,300."""
    weeks = np.array([[100.0, 50.0], [90.0, 90.0]])
    split = from_price(weeks, weeks * np.array([[500.0, 3000.0], [550.0, 3300.0]]))
    assert split.price.sum() == pytest.approx(100 * 50 + 50 * 300)
    assert split.volume.sum() == pytest.approx(30 * 346_500 / 180)
    assert split.change == pytest.approx(346_500 - 200_000)


@pytest.mark.unit
def test_taking_price_first_is_turning_the_years_round_and_the_sign():
    weeks = np.array([[100.0, 50.0, 0.0], [90.0, 90.0, 4.0]])
    spend = weeks * np.array([[500.0, 3000.0, 0.0], [550.0, 3300.0, 700.0]])
    there, back = from_price(weeks, spend), sequential(weeks[::-1], spend[::-1])
    for name in ("volume", "mix", "price"):
        np.testing.assert_allclose(getattr(there, name), -getattr(back, name), rtol=1e-12)
