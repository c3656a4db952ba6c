"""Sharing a cost: published games, the axioms on games made up, every rule to the penny, and who would leave."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parentis.services.places.shares import core, rules, shapley
from parentis.services.places.shares.nucleolus import nucleolus

TENNESSEE = np.array([0.0, 163520, 140826, 301607, 250096, 378821, 367370, 412584])
"""Tennessee Valley Authority (Straffin and Heaney 1981): navigation, flood control and power, in thousands of dollars
of 1939; by coalition N, F, NF, P, NP, FP, NFP."""


def runway(*lengths):
    costs = [
        max((length for p, length in enumerate(lengths) if s >> p & 1), default=0) for s in range(1 << len(lengths))
    ]
    return np.array(costs, dtype=float)


@pytest.mark.spec
def test_the_tennessee_valley():
    assert shapley.exact(TENNESSEE) == pytest.approx([117829, 100756.5, 193998.5])
    assert nucleolus(TENNESSEE) == pytest.approx([116234, 93540, 202810])


@pytest.mark.spec
def test_a_runway_for_three_aeroplanes():
    assert shapley.exact(runway(12, 28, 30)) == pytest.approx([4, 12, 14])
    assert nucleolus(runway(12, 28, 30)) == pytest.approx([6, 11, 13])


@pytest.mark.spec
def test_an_estate_divided_as_the_talmud_has_it():
    # Aumann and Maschler 1985: claims of 100, 200 and 300 on 100, 200 and 300. What the others leave is a coalition's
    # worth.
    for estate, awards in ((100, (33.3333333, 33.3333333, 33.3333333)), (200, (50, 75, 75)), (300, (50, 100, 150))):
        claims = (100, 200, 300)
        worth = [max(0, estate - sum(c for p, c in enumerate(claims) if not s >> p & 1)) for s in range(8)]
        assert -nucleolus(-np.array(worth, dtype=float)) == pytest.approx(awards)


GAMES = st.integers(2, 5).flatmap(
    lambda n: st.lists(st.integers(0, 100), min_size=(1 << n) - 1, max_size=(1 << n) - 1).map(
        lambda c: np.array([0.0, *c])
    )
)


@pytest.mark.generative
@settings(max_examples=30, deadline=None)
@given(costs=GAMES)
def test_shapley_is_the_mean_of_all_orders(costs):
    n = len(costs).bit_length() - 1
    slow = np.zeros(n)
    orders = list(permutations(range(n)))
    for order in orders:
        inside = 0
        for p in order:
            slow[p] += costs[inside | 1 << p] - costs[inside]
            inside |= 1 << p
    assert shapley.exact(costs) == pytest.approx(slow / len(orders))


@pytest.mark.generative
@settings(max_examples=30, deadline=None)
@given(costs=GAMES, more=st.integers(1, 40))
def test_equal_players_pay_the_same_and_who_costs_nothing_pays_nothing(costs, more):
    n = len(costs).bit_length() - 1
    both = np.concatenate([costs, costs + more, costs + more, costs + 2 * more])
    both[0] = 0
    value = shapley.exact(both)
    assert value[n] == pytest.approx(value[n + 1])
    idle = np.concatenate([costs, costs])
    assert shapley.exact(idle)[n] == pytest.approx(0)
    assert value.sum() == pytest.approx(both[-1])


@pytest.mark.generative
@settings(max_examples=30, deadline=None)
@given(costs=GAMES)
def test_no_sharing_makes_the_least_content_coalition_more_content_than_the_nucleolus(costs):
    n = len(costs).bit_length() - 1
    member = np.arange(1, len(costs) - 1)[:, None] >> np.arange(n) & 1
    shares = nucleolus(costs)
    assert shares.sum() == pytest.approx(costs[-1], abs=1e-5)
    least = (costs[1:-1] - member @ shares).min()
    rng = np.random.default_rng(0)
    moved = shares + rng.normal(0, 3, (200, n))
    moved += (costs[-1] - moved.sum(axis=1, keepdims=True)) / n
    assert (costs[1:-1] - moved @ member.T).min(axis=1).max() <= least + 1e-5


@pytest.mark.unit
def test_types_counted_are_players_listed():
    kinds = [0, 0, 0, 1, 1, 2]

    def cost(counts):
        return float((3 * counts[0] + 5 * counts[1] + 9 * counts[2]) ** 0.7)

    listed = [cost(tuple(sum(s >> p & 1 for p in range(6) if kinds[p] == k) for k in range(3))) for s in range(64)]
    value = shapley.exact(np.array(listed))
    assert shapley.by_type(cost, (3, 2, 1)) == pytest.approx([value[0], value[3], value[5]])


@pytest.mark.unit
def test_which_coalition_would_be_cheaper_alone_and_by_how_much():
    fair = core.of_all(nucleolus(runway(12, 28, 30)), runway(12, 28, 30))
    assert fair.in_core
    assert fair.all_of_them
    unfair = core.of_all(np.array([13.0, 10, 7]), runway(12, 28, 30))
    assert (unfair.coalition, unfair.gain) == ((0,), pytest.approx(1))
    pair = core.of_all(np.array([11.0, 18, 1]), runway(12, 28, 30))
    assert (pair.coalition, pair.gain) == ((0, 1), pytest.approx(1))


FACTS = rules.Facts(
    children=(9000, 21000, 15000), deprivation=(21.5, 30.0, 11.25),
    nights=((0, 900, 20), (100, 400, 0), (0, 0, 0), (83, 1000, 40.5), (200, 700, 100)),
    shapley=(3.1, 9.2, 4.4), nucleolus=(2.0, 8.0, 6.0),
)  # fmt: skip


@pytest.mark.spec
@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.id)
@pytest.mark.parametrize("pence", [0, 1, 1_595_183_791])
def test_every_rule_shares_to_the_penny(rule, pence):
    for within in (None, rules.Collar()):
        paid = rules.payments(rule, pence, FACTS, (120.0, 610.0, 0.0), before=(100, 200, 300), within=within)
        assert sum(paid) == pence
        assert min(paid) >= 0


@pytest.mark.unit
@pytest.mark.parametrize(
    ("rule", "paid"),
    [
        ("flat", (300, 300, 300)),
        ("per-head", (180, 420, 300)),
        ("deprivation", (176, 571, 153)),
        ("past-1", (180, 630, 90)),
        ("past-3", (120, 720, 60)),
        ("past-5", (97, 762, 41)),
        ("use", (450, 450, 0)),
        ("availability", (360, 360, 180)),
        ("shapley", (167, 496, 237)),
        ("nucleolus", (113, 450, 337)),
    ],
)
def test_what_each_rule_goes_by(rule, paid):
    found = rules.payments(rules.BY_ID[rule], 900, FACTS, (50.0, 50.0, 0.0))
    assert found == pytest.approx(paid, abs=1)


@pytest.mark.unit
def test_a_collar_holds_each_near_last_year():
    paid = rules.payments(rules.USE, 1000, FACTS, (1.0, 0.0, 0.0), before=(400, 300, 300), within=rules.Collar())
    assert paid == (480, 260, 260)


@pytest.mark.unit
def test_years_that_are_not_known_are_asked_for():
    few = rules.Facts(children=(1,), deprivation=(1.0,), nights=((3,),))
    with pytest.raises(ValueError, match="past use of 3 years needs as many"):
        rules.payments(rules.BY_ID["past-3"], 100, few, (1.0,))


@pytest.mark.unit
def test_who_leaves_pays_the_fixed_costs_of_the_notice():
    assert rules.exit_fee(10, 100, 2_000_000_00, rules.Exit(notice=2)) == 400_000_00
    assert rules.exit_fee(10, 100, 2_000_000_00, rules.Exit(notice=2, relief=Fraction(1, 4))) == 300_000_00
    with pytest.raises(ValueError, match="between nothing and the whole"):
        rules.exit_fee(101, 100, 5)
