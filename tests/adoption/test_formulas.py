"""The formulas to the penny: an agency of four boroughs with £2,000,000, worked out by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.region.apportionment import collar, damped, divide
from parentis.services.adoption.formulas import (
    CHILDREN,
    HISTORIC,
    LOOKED_AFTER,
    Bill,
    Formula,
    FormulaError,
    Member,
    activity,
    after_outturn,
    bill,
    fees,
    partly_equal,
    per_child,
    spread,
    within,
)

BUDGET = 200_000_000
MEMBERS = tuple(
    Member(
        name=name, previous=previous * 100, children=children, activity={"decisions": decisions, "placed": (placed,)}
    )
    for name, previous, children, decisions, placed in (
        ("A", 760_000, 66_465, (21, 17, 6), 9),
        ("B", 540_000, 63_777, (9, 11, 5), 4),
        ("C", 420_000, 84_408, (26, 31, 25), 13),
        ("D", 380_000, 63_073, (14, 8, 7), 6),
    )
)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("formula", "pounds"),
    [
        (HISTORIC, (723_809.52, 514_285.72, 400_000.00, 361_904.76)),
        (activity(1), (279_069.77, 232_558.14, 1_162_790.70, 325_581.39)),
        (activity(2), (418_181.82, 290_909.09, 1_018_181.82, 272_727.27)),
        (activity(3), (488_888.89, 277_777.78, 911_111.11, 322_222.22)),
        (CHILDREN, (478_642.39, 459_284.97, 607_857.47, 454_215.17)),
        (partly_equal(Fraction(2, 5), activity(3)), (493_333.33, 366_666.67, 746_666.67, 393_333.33)),
        (per_child(6_250_000), (562_500.00, 250_000.00, 812_500.00, 375_000.00)),
        (within(activity(3), Fraction(9, 10), Fraction(21, 20)), (684_000.00, 486_000.00, 441_000.00, 389_000.00)),
    ],
)
def test_to_the_penny(formula: Formula, pounds: tuple[float, ...]) -> None:
    found = bill(formula, BUDGET, MEMBERS)
    assert found.paid == tuple(round(each * 100) for each in pounds)
    assert sum(found.paid) + found.gap == BUDGET


@pytest.mark.spec
def test_fees_received_less_fees_paid() -> None:
    found = fees((2, 5, 1, 3), (4, 1, 3, 0), (1, 0, 2, 1), fee=29_700, voluntary_fee=34_000)
    assert found == (-93_400, 118_800, -127_400, 55_100)
    assert sum(found) == -46_900


@pytest.mark.spec
def test_caps_that_cannot_fund_the_budget_name_the_gap() -> None:
    found = bill(within(activity(3), Fraction(9, 10), Fraction(9, 10)), BUDGET, MEMBERS)
    assert found.paid == tuple(member.previous * 9 // 10 for member in MEMBERS)
    assert found.gap == BUDGET - sum(found.paid) == 11_000_000


@pytest.mark.spec
def test_floors_above_the_budget_name_what_is_paid_too_much() -> None:
    found = collar(100, (1, 1), (60, 60), (90, 90))
    assert (found.paid, found.gap) == ((60, 60), -20)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (activity(1), "no activity in 1 year"),
        (activity(4), "A has decisions of 1 years; the formula weighs 4"),
        (LOOKED_AFTER, "No looked-after children are known"),
    ],
)
def test_a_formula_that_cannot_share_says_why(formula: Formula, words: str) -> None:
    nothing = [Member(name=name, previous=1, activity={"decisions": (0,)}) for name in "AB"]
    with pytest.raises(FormulaError, match=words):
        bill(formula, BUDGET, nothing)


@pytest.mark.spec
def test_formulas_that_make_no_sense_are_refused() -> None:
    with pytest.raises(FormulaError, match="does not know births"):
        activity(1, {"births": 1})
    with pytest.raises(FormulaError, match="not above the cap"):
        within(HISTORIC, Fraction(2), Fraction(1))
    with pytest.raises(FormulaError, match="no floor or cap"):
        within(per_child(1), Fraction(0), Fraction(1))
    with pytest.raises(FormulaError, match="between 0 and 1"):
        partly_equal(Fraction(3, 2), HISTORIC)


@pytest.mark.spec
@pytest.mark.parametrize(("spent", "host"), [(1_100, 20), (900, -20)])
def test_risk_is_shared_as_agreed(spent: int, host: int) -> None:
    """Of 100 pence above or below, the host bears a fifth; 80 are shared 3 to 1."""
    agreed = Bill(formula="x", paid=(750, 250))
    sign = 1 if spent > 1_000 else -1
    found = after_outturn(agreed, 1_000, spent, host=0, hosts_risk=Fraction(1, 5))
    assert found.paid == (750 + host + sign * 60, 250 + sign * 20)
    assert sum(found.paid) == spent


@pytest.mark.spec
def test_a_change_is_spread_over_years() -> None:
    assert damped((100, 300), (300, 100), 4, 1) == (150, 250)
    assert damped((100, 300), (300, 100), 4, 4) == damped((100, 300), (300, 100), 4, 9) == (300, 100)
    with pytest.raises(ValueError, match="counted from 1"):
        damped((1,), (1,), 1, 0)


@pytest.mark.generative
@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_pennies_are_never_lost_and_never_far_from_their_share(total: int, weights: list[int]) -> None:
    paid = divide(total, weights)
    assert sum(paid) == total
    for one, weight in zip(paid, weights, strict=True):
        assert abs(one - Fraction(total) * weight / sum(weights)) < 1


@pytest.mark.spec
@pytest.mark.parametrize("weights", [(), (0, 0), (1, -1)])
def test_weights_that_are_none(weights: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        divide(1, weights)


@pytest.mark.generative
@given(st.data())
def test_a_collar_holds_and_sums(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 6))
    total = data.draw(st.integers(0, 10_000))
    weights = data.draw(st.lists(st.integers(0, 50), min_size=n, max_size=n).filter(any))
    lowest = data.draw(st.lists(st.integers(0, 2_000), min_size=n, max_size=n))
    highest = [low + data.draw(st.integers(0, 4_000)) for low in lowest]
    found = collar(total, weights, lowest, highest)
    assert sum(found.paid) + found.gap == total
    if sum(lowest) <= total <= sum(highest):
        assert found.gap == 0
    for paid, low, high in zip(found.paid, lowest, highest, strict=True):
        assert low <= paid <= high


@pytest.mark.spec
def test_a_shape_is_chosen_only_where_its_interval_leaves_nothing_out() -> None:
    from parentis.services.adoption.shapes import Difference, verdict

    def of(shape: str, what: str, low: float, high: float) -> Difference:
        return Difference(shape=shape, against="Today", what=what, mean=(low + high) / 2, low=low, high=high)

    unsure = [of("One", "placed_12", -0.01, 0.02), of("Two", "days", -3.0, 4.0)]
    assert verdict(unsure).startswith("These years do not choose")
    clear = [
        of("One", "placed_12", 0.01, 0.02),
        of("One", "fees", 1.0, 2.0),
        of("One", "days", -4.0, -3.0),
        *unsure[1:],
    ]
    assert verdict(clear) == (
        "Beside “Today”: “One” does better on children placed within 12 months, days waited and worse on "
        "inter-agency fees. "
        "Nothing can be said of “Two”."
    )


@pytest.mark.spec
@pytest.mark.parametrize(
    ("budget", "years", "paid", "gap"),
    [
        (40_000, 4, (12_500, 27_500), 0),  # from 10,000 and 30,000 to 20,000 each: a quarter of the way
        (40_000, 1, (20_000, 20_000), 0),
        (60_000, 2, (20_000, 30_000), 10_000),  # half of the rise is not paid by anybody in the first year
    ],
)
def test_a_formula_spreads_its_change_over_years(budget: int, years: int, paid: tuple[int, ...], gap: int) -> None:
    members = [Member(name="A", previous=10_000, children=5), Member(name="B", previous=30_000, children=5)]
    found = bill(spread(CHILDREN, years), budget, members)
    assert (found.paid, found.gap) == (paid, gap)


@pytest.mark.spec
def test_what_cannot_be_spread_says_so() -> None:
    with pytest.raises(FormulaError, match="one year or more"):
        spread(CHILDREN, 0)
    with pytest.raises(FormulaError, match="cannot be spread"):
        spread(per_child(100), 2)
