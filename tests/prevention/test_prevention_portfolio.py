"""The best set of programmes: published problems, overlap, staff, steps and boroughs, beside trying every set."""

from itertools import product
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parentis.errors import RefusedError
from parentis.services.prevention.portfolio import (
    Claim,
    Item,
    Limits,
    Programme,
    Scale,
    best,
    choice,
    frontier,
)

# mknap1, problems 1 to 4 (Petersen 1967, as in the OR-Library): options, budgets, optimum, then worth of each option,
# what each needs of each budget, and the budgets.
MKNAP1: Final = """
6 10 3800 100 600 1200 2400 500 2000 8 12 13 64 22 41 8 12 13 75 22 41 3 6 4 18 6 4 5 10 8 32 6 12 5 13 8 42 6 20 5 13
8 48 6 20 0 0 0 0 8 0 3 0 4 0 8 0 3 2 4 0 8 4 3 2 4 8 8 4 80 96 20 36 44 48 10 18 22 24

10 10 8706.1 600.1 310.5 1800 3850 18.6 198.7 882 4200 402.5 327 20 5 100 200 2 4 60 150 80 40 20 7 130 280 2 8 110
210 100 40 60 3 50 100 4 2 20 40 6 12 60 8 70 200 4 6 40 70 16 20 60 13 70 250 4 10 60 90 20 24 60 13 70 280 4 10 70
105 22 28 5 2 20 100 2 5 10 60 0 0 45 14 80 180 6 10 40 100 20 0 55 14 80 200 6 10 50 140 30 40 65 14 80 220 6 10 50
180 30 50 450 540 200 360 440 480 200 360 440 480

15 10 4015 100 220 90 400 300 400 205 120 160 580 400 140 100 1300 650 8 24 13 80 70 80 45 15 28 90 130 32 20 120 40 8
44 13 100 100 90 75 25 28 120 130 32 40 160 40 3 6 4 20 20 30 8 3 12 14 40 6 3 20 5 5 9 6 40 30 40 16 5 18 24 60 16 11
30 25 5 11 7 50 40 40 19 7 18 29 70 21 17 30 25 5 11 7 55 40 40 21 9 18 29 70 21 17 35 25 0 0 1 10 4 10 0 6 0 6 32 3 0
70 10 3 4 5 20 14 20 6 12 10 18 42 9 12 100 20 3 6 9 30 29 20 12 12 10 30 42 18 18 110 20 3 8 9 35 29 20 16 15 10 30
42 20 18 120 20 550 700 130 240 280 310 110 205 260 275

20 10 6120 100 220 90 400 300 400 205 120 160 580 400 140 100 1300 650 320 480 80 60 2550 8 24 13 80 70 80 45 15 28 90
130 32 20 120 40 30 20 6 3 180 8 44 13 100 100 90 75 25 28 120 130 32 40 160 40 60 55 10 6 240 3 6 4 20 20 30 8 3 12
14 40 6 3 20 5 0 5 3 0 20 5 9 6 40 30 40 16 5 18 24 60 16 11 30 25 10 13 5 1 80 5 11 7 50 40 40 19 7 18 29 70 21 17 30
25 15 25 5 1 100 5 11 7 55 40 40 21 9 18 29 70 21 17 35 25 20 25 5 2 110 0 0 1 10 4 10 0 6 0 6 32 3 0 70 10 0 0 0 0 0
3 4 5 20 14 20 6 12 10 18 42 9 12 100 20 5 6 4 1 20 3 6 9 30 29 20 12 12 10 30 42 18 18 110 20 15 18 7 2 40 3 8 9 35
29 20 16 15 10 30 42 20 18 120 20 20 22 7 3 50 550 700 130 240 280 310 110 205 260 275
"""


def problem(line: str) -> tuple[list[Programme], Limits, float]:
    numbers = [float(one) for one in line.split()]
    n, m = int(numbers[0]), int(numbers[1])
    worth, rest = numbers[3 : 3 + n], numbers[3 + n :]
    needs = np.array(rest[: n * m]).reshape(m, n)
    programmes = [
        Programme(id=f"p{at}", title="", scales=(Scale(costs=tuple(needs[:, at]), worth=worth[at]),)) for at in range(n)
    ]
    return programmes, Limits(budgets=tuple(rest[n * m :])), numbers[2]


@pytest.mark.spec
@pytest.mark.parametrize(("number", "optimum"), [(0, 3_800), (1, 8_706.1), (2, 4_015), (3, 6_120)])
def test_published_problems_are_solved_exactly(number: int, optimum: float) -> None:
    programmes, limits, published = problem(MKNAP1.strip().split("\n\n")[number])
    found = best(programmes, (), limits)
    assert found.worth == pytest.approx(optimum)
    assert published == optimum
    assert all(spent <= budget for spent, budget in zip(found.costs, limits.budgets, strict=True))


def one(name: str, spent: float, worth: float = 0.0, **more: object) -> Programme:
    return Programme(id=name, title=name, scales=(Scale(costs=(spent,), worth=worth, **more),))  # type: ignore[arg-type]


def any_of(pounds: float, *names: str, **boroughs: float) -> Claim:
    return Claim(items=frozenset((name, 0) for name in names), pounds=pounds, boroughs=boroughs)


@pytest.mark.spec
def test_overlap_is_priced_not_added() -> None:
    # of a child's 100 pounds: .2 and .3 independent: .14 only a, .24 only b, .06 either: .44 together, not .50
    claims = [any_of(14, "a"), any_of(24, "b"), any_of(6, "a", "b")]
    both = choice([one("a", 1), one("b", 1)], claims, frozenset({("a", 0), ("b", 0)}))
    assert (both.worth, both.added, both.overlap) == (44, 50, 6)


@pytest.mark.spec
def test_two_copies_of_a_programme_are_worth_one() -> None:
    programmes = [one("a", 1), one("copy", 1), one("c", 1)]
    claims = [any_of(50, "a", "copy"), any_of(20, "c")]
    found = best(programmes, claims, Limits(budgets=(2,)))
    assert found.worth == 70
    assert ("c", 0) in found.items


@pytest.mark.spec
def test_what_adds_less_than_it_costs_is_left_out_though_the_money_is_there() -> None:
    programmes = [one("a", 10, cost=10), one("copy", 10, cost=10)]
    found = best(programmes, [any_of(50, "a"), any_of(20, "a", "copy")], Limits(budgets=(100,)))
    assert found.items == {("a", 0)}
    assert (found.worth, found.cost, found.net) == (70, 10, 60)


@pytest.mark.spec
def test_no_borough_is_made_worse() -> None:
    programmes = [
        one("a", 10, borough_costs={"Camden": 5, "Barnet": 5}),
        one("b", 10, borough_costs={"Camden": 5, "Barnet": 5}),
    ]
    claims = [any_of(100, "a", Camden=98, Barnet=2), any_of(30, "b", Camden=15, Barnet=15)]
    assert best(programmes, claims, Limits(budgets=(10,))).items == {("a", 0)}
    assert best(programmes, claims, Limits(budgets=(10,), no_borough_worse=True)).items == {("b", 0)}


@pytest.mark.spec
def test_a_displacement_counts_whoever_causes_it() -> None:
    programmes = [one("a", 1, 10.0), one("b", 1, 10.0)]
    found = best(programmes, [any_of(-12, "a", "b")], Limits(budgets=(2,)))
    assert found.worth == 8
    assert len(found.items) == 2
    assert best(programmes, [any_of(-25, "a", "b")], Limits(budgets=(2,))).items == frozenset()


@pytest.mark.unit
def test_one_scale_of_each_and_staff_are_limits() -> None:
    stepped = Programme(
        id="a", title="A",
        scales=(Scale(costs=(10,), worth=30, staff={"worker": 2}), Scale(costs=(20,), worth=50, staff={"worker": 5})),
    )  # fmt: skip
    assert best([stepped], (), Limits(budgets=(40,))).items == {("a", 1)}
    assert best([stepped], (), Limits(budgets=(40,), staff={"worker": 4})).items == {("a", 0)}


@pytest.mark.unit
def test_more_than_twenty_programmes_are_refused() -> None:
    with pytest.raises(RefusedError, match="at most 20"):
        best([one(f"p{at}", 1) for at in range(21)], (), Limits(budgets=(1,)))


SETS = st.sets(st.sampled_from("abcd"), min_size=1)


@pytest.mark.generative
@settings(max_examples=25)
@given(
    costs=st.lists(st.integers(1, 9), min_size=4, max_size=4),
    given_claims=st.lists(st.tuples(SETS, st.integers(-20, 40), st.integers(-10, 10)), max_size=6),
    budget=st.integers(0, 25),
    floor=st.booleans(),
)
def test_the_best_set_is_that_of_trying_every_one(
    costs: list[int], given_claims: list[tuple[set[str], int, int]], budget: int, floor: bool
) -> None:
    programmes = [one(name, cost, borough_costs={"x": cost / 4}) for name, cost in zip("abcd", costs, strict=True)]
    claims = [any_of(pounds, *sorted(names), x=borough) for names, pounds, borough in given_claims]
    found = best(programmes, claims, Limits(budgets=(budget,), no_borough_worse=floor))

    def allowed(items: frozenset[Item]) -> bool:
        spent = sum(cost for name, cost in zip("abcd", costs, strict=True) if (name, 0) in items)
        saved = sum(claim.boroughs["x"] for claim in claims if claim.items & items)
        return spent <= budget and (not floor or saved >= spent / 4 - 1e-9)

    every = [
        frozenset((name, 0) for name, taken in zip("abcd", chosen, strict=True) if taken)
        for chosen in product((False, True), repeat=4)
    ]
    assert allowed(found.items)
    assert found.worth == pytest.approx(
        max(choice(programmes, claims, items).worth for items in every if allowed(items))
    )


@pytest.mark.unit
def test_the_frontier_rises_with_the_budget_and_says_its_regret() -> None:
    programmes = [one("sure", 10, cost=10), one("bold", 10, cost=10)]
    claims = [any_of(20, "sure"), any_of(30, "bold")]
    drawn = np.array([[20.0, 60.0], [20.0, 0.0]])
    points = frontier(programmes, claims, Limits(budgets=(10,)), drawn, parts=(0.5, 1.0, 2.0))
    assert [len(point.choice.items) for point in points] == [0, 1, 2]
    assert [point.net for point in points] == [0, 20, 30]
    # at one budget "bold" nets 50 and −10; the best affordable nets 50 and 0: 5 in the mean
    assert points[1].regret == pytest.approx(5)
