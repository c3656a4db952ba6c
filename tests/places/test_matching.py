"""Matching: the exact optimum against trying everything, and an explanation that can be checked by hand."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parentis.errors import SpecificationError
from parentis.services.places.candidates import Candidates, candidates
from parentis.services.places.matching import assign, explain, match, why_none

CAMDEN, CROYDON = "E09000007", "E09000008"


def child(name: str, **more: Any) -> dict[str, Any]:
    return {"child": name, "authority": CAMDEN, "sex": "F", "age": 15, "kind": "secure", "basis": "s25-order",
            "risks": [], "radius": None, "price_limit": None, "school": False, "group": None, "points": 0.0,
            **more}  # fmt: skip


def home(name: str, **more: Any) -> dict[str, Any]:
    return {"home": name, "kind": "secure", "authority": CAMDEN, "region": "E12000007", "sex": "B", "age_from": 10,
            "age_to": 17, "not_risks": [], "free": 1, "school": True, "price": 10_000.0, "quality": 0.5,
            "living_risks": [], **more}  # fmt: skip


def known(children: list[dict[str, Any]], homes: list[dict[str, Any]], apart: list[tuple[str, str]] = []) -> Candidates:  # noqa: B006
    pairs = pl.DataFrame(apart, schema={"child": pl.String, "other": pl.String}, orient="row")
    return candidates(pl.DataFrame(children), pl.DataFrame(homes), apart=pairs)


def homes_of(found: Candidates) -> list[str]:
    names = found.homes["home"].to_list()
    return [names[at] if at >= 0 else "" for at in match(found).home]


@pytest.mark.spec
def test_the_optimum_of_assign100_is_305(shared_data: Path) -> None:
    """Beasley's OR-Library, assign100: optimum 305."""
    numbers = np.array((shared_data.parent / "truth" / "places" / "assign100.txt").read_text().split(), dtype=float)
    costs = numbers[1:].reshape(100, 100)
    column, cost = assign(costs)
    assert cost == 305
    assert sorted(column) == list(range(100))


@pytest.mark.spec
@pytest.mark.parametrize(
    ("change_child", "change_home", "sentence"),
    [
        ({"kind": "therapeutic"}, {}, "of the kind that is looked for"),
        ({"basis": "s20"}, {}, "lawful for the child's legal basis and age"),
        ({"age": 9}, {"age_from": 8}, "lawful for the child's legal basis and age"),
        ({"kind": "supported", "basis": "s20"}, {"kind": "supported"}, "lawful for the child's legal basis and age"),
        ({}, {"age_to": 14}, "for the child's age"),
        ({}, {"sex": "M"}, "for the child's sex"),
        ({"risks": ["fire"]}, {"not_risks": ["fire"]}, "taking children with these risks"),
        ({"radius": 5.0}, {"authority": CROYDON}, "within the distance that was set"),
        ({"price_limit": 9_000.0}, {}, "within the price that was set"),
        ({}, {"free": 0}, "with a staffed place free"),
    ],
)
def test_where_no_home_is_possible_the_constraint_is_named(
    change_child: dict[str, Any], change_home: dict[str, Any], sentence: str
) -> None:
    found = known([child("a", **change_child)], [home("h", **change_home)])
    assert homes_of(found) == [""]
    assert why_none(found, 0) == f"No home is {sentence}."


@pytest.mark.spec
def test_two_constraints_that_only_together_leave_no_home_are_both_named() -> None:
    found = known([child("a")], [home("h", sex="M", free=0)])
    assert why_none(found, 0) == "No home is at once for the child's sex and with a staffed place free."


@pytest.mark.spec
def test_children_to_be_kept_apart_never_share_a_home_and_somebody_who_lives_there_rules_it_out() -> None:
    homes = [home("near", free=2), home("far", authority=CROYDON)]
    assert homes_of(known([child("a"), child("b")], homes)) == ["near", "near"]
    assert sorted(homes_of(known([child("a"), child("b")], homes, [("b", "a")]))) == ["far", "near"]
    assert homes_of(known([child("a")], homes, [("a", "near")])) == ["far"]
    assert homes_of(known([child("a")], homes[:1], [("a", "near")])) == [""]


@pytest.mark.spec
def test_brothers_and_sisters_stay_together_unless_that_costs_more_than_it_is_worth() -> None:
    homes = [home("one"), home("two", free=2, authority=CROYDON), home("three")]
    pair = [child("a", group="g"), child("b", group="g")]
    assert homes_of(known([child("a"), child("b")], homes)) == ["one", "three"]
    assert homes_of(known(pair, homes)) == ["two", "two"]
    far = [homes[0], {**homes[1], "price": 40_000.0}, homes[2]]
    assert sorted(homes_of(known(pair, far))) == ["one", "three"]


@pytest.mark.spec
def test_where_beds_are_short_the_higher_priority_is_placed() -> None:
    pair = [child("a", points=1.0), child("b", points=2.0, authority=CROYDON)]
    assert homes_of(known(pair, [home("h")])) == ["", "h"]
    assert "higher priority" in explain(known(pair, [home("h")]), match(known(pair, [home("h")])))[0].why


@pytest.mark.spec
def test_the_three_best_are_shown_with_their_parts_and_what_each_concession_would_buy() -> None:
    homes = [
        home("near"), home("croydon", authority=CROYDON), home("boys", sex="M", price=1_000.0),
        home("full", free=0, price=5_000.0), home("dear", price=12_000.0),
    ]  # fmt: skip
    found = known([child("a", price_limit=11_000.0)], homes)
    [said] = explain(found, match(found))
    assert [homes[one.home]["home"] for one in said.choices] == ["near", "croydon"]
    assert [one.chosen for one in said.choices] == [True, False]
    near = said.choices[0]
    assert near.parts == {"distance": 0.0, "mix": 0.0, "school": 0.0, "quality": 15.0, "price": 50.0}
    assert near.points == 65.0
    bought = {one.constraint: (one.homes, homes[one.home]["home"], one.points) for one in said.concessions}
    assert bought == {"sex": (1, "boys", 20.0), "bed": (1, "full", 40.0), "price": (1, "dear", 75.0)}


@pytest.mark.spec
def test_no_concession_is_offered_that_is_against_the_law() -> None:
    found = known([child("a", basis="s20")], [home("h")])
    [said] = explain(found, match(found))
    assert said.concessions == ()


@pytest.mark.unit
def test_a_child_or_a_home_that_is_listed_twice_is_refused() -> None:
    with pytest.raises(SpecificationError, match="each child once"):
        known([child("a"), child("a")], [home("h")])
    with pytest.raises(SpecificationError, match="each home once"):
        known([child("a")], [home("h"), home("h")])
    with pytest.raises(SpecificationError, match="places free from 0"):
        known([child("a")], [home("h", free=-1)])


def cost_of(problem: Candidates, places: tuple[int, ...]) -> float | None:
    """What an assignment costs, by the rules said one by one; None where it breaks one."""
    free, total = problem.homes["free"].to_list(), 0.0
    for one, at in enumerate(places):
        if at < 0:
            total += float(problem.unplaced[one])
            continue
        if not problem.possible[one, at]:
            return None
        free[at] -= 1
        total += float(problem.cost[one, at])
    if min(free) < 0 or any(places[a] == places[b] >= 0 for a, b in problem.apart):
        return None
    groups: dict[str, set[int]] = {}
    for one, group in enumerate(problem.children["group"].to_list()):
        if group is not None:
            groups.setdefault(group, set()).add(places[one])
    return total + problem.siblings * sum(len(held) > 1 for held in groups.values())


def cheapest(problem: Candidates) -> float:
    """By trying every assignment."""
    tried = product(range(-1, problem.homes.height), repeat=problem.children.height)
    return min(cost for places in tried if (cost := cost_of(problem, places)) is not None)


@pytest.mark.generative
@settings(max_examples=100)
@given(st.integers(0, 2**32 - 1))
def test_no_assignment_is_cheaper_than_the_one_that_is_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    children = [
        child(str(i), group=[None, "g", "h"][rng.integers(3)], sex="FM"[rng.integers(2)], points=float(rng.integers(3)))
        for i in range(rng.integers(2, 6))
    ]
    homes = [
        home(f"h{i}", free=int(rng.integers(0, 3)), price=float(rng.integers(1, 30) * 1000), sex="FMB"[rng.integers(3)])
        for i in range(rng.integers(1, 5))
    ]
    names = [one["child"] for one in children]
    apart = [tuple(rng.choice(names, 2, replace=False)) for _ in range(rng.integers(0, 3))]
    problem = known(children, homes, apart)
    found = match(problem)
    assert found.proven
    assert cost_of(problem, tuple(int(at) for at in found.home)) == pytest.approx(found.cost)
    assert found.cost == pytest.approx(cheapest(problem))


@pytest.mark.unit
def test_two_hundred_children_and_two_thousand_beds_are_matched() -> None:
    problem = large(children=200, homes=800, beds=2_000)
    found = match(problem)
    assert found.proven
    assert problem.homes["free"].sum() == 2_000
    assert (found.home >= 0).sum() >= 150


def large(*, children: int, homes: int, beds: int, seed: int = 0) -> Candidates:
    rng = np.random.default_rng(seed)
    free = np.bincount(rng.integers(0, homes, beds), minlength=homes)
    kinds = np.array(["secure", "therapeutic", "supported"])
    listed = [
        home(f"h{i}", kind=str(kinds[rng.integers(3)]), sex="FMBB"[rng.integers(4)], free=int(free[i]),
             authority=[CAMDEN, CROYDON][rng.integers(2)], price=float(rng.integers(800, 15_000)),
             quality=float(rng.random()))
        for i in range(homes)
    ]  # fmt: skip
    asked = [
        child(f"c{i}", kind=str(kinds[rng.integers(3)]), sex="FM"[rng.integers(2)], age=int(rng.integers(12, 18)),
              group=f"g{i // 2}" if i < 12 else None, points=float(rng.integers(0, 20)))
        for i in range(children)
    ]  # fmt: skip
    apart = [(f"c{i}", f"c{i + 1}") for i in range(20, 40, 2)]
    return known(asked, listed, apart)
