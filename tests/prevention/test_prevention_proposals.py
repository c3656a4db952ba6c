"""What would make a bid's numbers wrong, each as a sentence."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from parentis.errors import SpecificationError
from parentis.services.prevention.catalogue import Costs, entry
from parentis.services.prevention.proposals import Problem, Proposal, claimed_twice, problems, refuse

FGC = entry("family-group-conference")
GOOD = Proposal(
    id="b1",
    title="Earlier conferences",
    entry=FGC,
    authorities=("E09000007",),
    start=date(2027, 4, 1),
    ends=date(2029, 4, 1),
    reach=100,
    eligible=200,
    costs=Costs(fixed=50_000, each=900, price_base="2025-26"),
    horizon_months=36,
)


def found(**changes: Any) -> dict[str, Problem]:
    return {one.code: one for one in problems(replace(GOOD, **changes))}


@pytest.mark.unit
def test_a_good_bid_is_told_only_of_the_law_and_the_conversion() -> None:
    assert set(found()) == {"converted", "law-changed", "law-doubt"}
    refuse(GOOD)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("changes", "code", "words", "stops"),
    [
        ({"reach": 201}, "reach", "201 children a year, but only 200", True),
        ({"costs": Costs(each=900)}, "costs", "year of whose prices", True),
        ({"costs": Costs(each=900, per="family", price_base="2025-26")}, "costs", "cost per family", True),
        ({"costs": Costs()}, "no-cost", "no cost", True),
        ({"grant": "Children and Families Grant"}, "in-grant", "counted twice", True),
        ({"entry": entry("no-wrong-door")}, "no-number", "regression to the mean", True),
        ({"entry": entry("strengthening-families-protecting-children")}, "no-number", "not published", True),
        ({"entry": entry("multisystemic-therapy")}, "negative", "no benefit", False),
        ({"entry": entry("multisystemic-therapy")}, "converted", "odds ratio of 1.25", False),
        ({"horizon_months": 120}, "beyond-evidence", "84 beyond the evidence", False),
        ({"entry": replace(FGC, lag_months=24)}, "ends-before-benefit", "starts only after 24", True),
        ({"ends": date(2027, 4, 1)}, "no-time", "ends on or before", True),
        ({"case": "no duty"}, "law-changed", "no longer additional", False),
    ],
)
def test_each_mistake_has_its_sentence(changes: dict[str, Any], code: str, words: str, stops: bool) -> None:
    problem = found(**changes)[code]
    assert words in problem.sentence
    assert problem.stops is stops
    if stops:
        with pytest.raises(SpecificationError):
            refuse(replace(GOOD, **changes))


@pytest.mark.spec
def test_a_cost_per_family_is_used_per_child_and_said() -> None:
    costs = Costs(each=1_686, per="family", children_per_family=1.686, price_base="2025-26")
    assert "£1,686 a family is used as £1,000 per child" in found(costs=costs)["per-family"].sentence


@pytest.mark.spec
def test_before_the_duty_began_the_law_changes_nothing() -> None:
    assert "law-changed" not in found(start=date(2026, 4, 1), ends=date(2028, 4, 1))


@pytest.mark.spec
def test_two_boroughs_cannot_claim_one_child() -> None:
    (problem,) = claimed_twice({"Camden": [("c1", "p@1"), ("c2", "p@1")], "Islington": [("c2", "p@1"), ("c2", "q@1")]})
    assert problem.stops
    assert "Camden and Islington both claim the same child" in problem.sentence
    assert "c2" not in problem.sentence
    assert claimed_twice({"Camden": [("c1", "p@1"), ("c1", "p@1")]}) == ()


@pytest.mark.spec
def test_bids_for_the_same_children_are_told_of_one_another() -> None:
    other = replace(GOOD, id="b2", title="Second")
    assert "overlap" in {one.code for one in problems(GOOD, [other])}
    later = replace(other, start=date(2029, 4, 1), ends=date(2030, 4, 1))
    elsewhere = replace(other, authorities=("E09000019",))
    assert "overlap" not in {one.code for one in problems(GOOD, [GOOD, later, elsewhere])}


@pytest.mark.unit
def test_yearly_costs_are_for_the_months_of_delivery() -> None:
    assert replace(GOOD, ends=date(2028, 10, 1)).yearly_costs() == pytest.approx((140_000, 70_000))
