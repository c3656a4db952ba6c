"""What knowing more is worth, what must be true, and what moves the answer: closed forms beside draws."""

from statistics import NormalDist

import numpy as np
import pytest

from parentis.services.prevention.break_even import Draws, break_evens, frontier, of_drawn, price, reach, tornado
from parentis.services.prevention.value_of_information import (
    log_ratio_variance,
    partial,
    partials,
    perfect,
    perfect_by_formula,
    sentence,
    trial,
    trials,
)

DRAWS = 20_000
# Even quantiles in place of luck: the simulated answers then differ from the formula by the grid alone.
EVEN = np.array([NormalDist().inv_cdf((at + 0.5) / DRAWS) for at in range(DRAWS)])
SHUFFLED = np.random.default_rng(1).permutation(EVEN)


@pytest.mark.spec
def test_perfect_information_by_formula_and_by_simulation() -> None:
    assert perfect_by_formula(184_536, 400_000) == pytest.approx(83_996, abs=1)
    drawn = np.random.default_rng(11).normal(184_536, 400_000, 1_000_000)
    assert perfect(drawn) == pytest.approx(83_996, rel=0.02)
    assert perfect_by_formula(184_536, 0) == 0


@pytest.mark.spec
def test_one_quantitys_worth_is_that_of_its_part_of_the_spread() -> None:
    npv = 100_000 + 300_000 * EVEN + 250_000 * SHUFFLED
    assert partial(npv, EVEN) == pytest.approx(perfect_by_formula(100_000, 300_000), rel=0.02)
    assert partial(npv, SHUFFLED) == pytest.approx(perfect_by_formula(100_000, 250_000), rel=0.02)
    assert partial(npv, np.random.default_rng(5).standard_normal(DRAWS)) < 1_500
    assert partial(npv, np.ones(DRAWS)) == 0
    assert [one.quantity for one in partials(npv, {"price": SHUFFLED, "effect": EVEN})] == ["effect", "price"]


@pytest.mark.spec
def test_a_trial_is_worth_what_it_would_resolve() -> None:
    npv = 100_000 + 300_000 * EVEN + 250_000 * SHUFFLED
    # prior variance 1, a trial's variance 3: a quarter is resolved, half the standard deviation
    found = trial(npv, EVEN, n=100, variance=3.0, cost=10_000)
    assert found.worth == pytest.approx(perfect_by_formula(100_000, 150_000), rel=0.02)
    assert found.gain == pytest.approx(found.worth - 10_000)
    assert "does not pay" in sentence(partial(npv, EVEN), trial(npv, EVEN, n=10, variance=1e9, cost=10_000))


@pytest.mark.unit
def test_larger_trials_are_worth_more_and_never_more_than_knowing() -> None:
    log_factor = np.log(0.81) + 0.15 * EVEN
    npv = 2_000_000 * (1 - np.exp(log_factor)) - 350_000 + 50_000 * SHUFFLED
    found = trials(npv, log_factor, sizes=(200, 1_000, 5_000), baseline=0.448, fixed=50_000, each=400)
    worths = [one.worth for one in found]
    assert worths == sorted(worths)
    assert worths[-1] < partial(npv, log_factor)
    # variance of a log risk ratio by hand: (1 − .4)/(50·.4) + (1 − .2)/(50·.2)
    assert log_ratio_variance(100, 0.4, 0.5) == pytest.approx(0.6 / 20 + 0.8 / 10)


def drawn(benefit: float = 1_000_000) -> Draws:
    """Pounds fall in a line with the factor: all at 0, none at 1; costs are certain."""
    factor = 0.7 + 0.1 * EVEN
    return Draws(
        benefit=benefit * (1 - factor), fixed_cost=np.full(DRAWS, 120_000.0), variable_cost=np.full(DRAWS, 80_000.0),
        drawn={"effect": factor, "persistence": SHUFFLED},
    )  # fmt: skip


@pytest.mark.spec
def test_break_even_values_one_by_one() -> None:
    given = drawn()
    assert price(given).value == pytest.approx(200_000 / 300_000)
    assert reach(given).value == pytest.approx(120_000 / 220_000)
    effect = of_drawn(given, "effect")
    assert effect.value == pytest.approx(0.8, abs=1e-3)
    assert effect.times == pytest.approx(0.8 / 0.7, abs=2e-3)
    # at the value found, NPV is 0 by the plain sum
    assert 1_000_000 * (1 - (effect.value or 0)) - 200_000 == pytest.approx(0, abs=1_000)
    assert {one.quantity for one in break_evens(given)} == {"effect", "persistence", "reach", "price"}


@pytest.mark.spec
def test_where_it_never_pays_a_sentence_says_so() -> None:
    nothing = drawn(benefit=0)
    assert price(nothing).value is None
    assert "No price would do" in price(nothing).why
    assert "No reach would do" in reach(nothing).why
    assert "does not pay at every value" not in of_drawn(drawn(), "effect").why
    assert "does not pay" in of_drawn(nothing, "effect").why


@pytest.mark.spec
def test_the_frontier_gives_the_price_that_each_effect_needs() -> None:
    for effect, needed in frontier(drawn()):
        assert needed == pytest.approx(200_000 / (1_000_000 * (1 - effect)), rel=1e-3)


@pytest.mark.unit
def test_the_tornado_has_the_widest_bar_first() -> None:
    first, second = tornado(drawn())
    assert (first.quantity, second.quantity) == ("effect", "persistence")
    z = NormalDist().inv_cdf(0.95)
    assert first.swing == pytest.approx(2 * z * 0.1 * 1_000_000, rel=0.01)
    assert second.swing < 0.02 * first.swing
