"""From a proposal to a bid: whom it reaches, what the law takes off, and costs by year in one year's prices."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from parentis.errors import NotFoundError, SpecificationError
from parentis.region import deflator_factor
from parentis.services.prevention.catalogue import Costs, entry
from parentis.services.prevention.entry_counts import ENTRIES, later
from parentis.services.prevention.proposal_bids import EACH, FIXED, bid_of, costs_by_year, eligible, years_ahead
from parentis.services.prevention.proposals import Proposal

CAMDEN = "E09000007"
HELD = pl.DataFrame([(CAMDEN, later(date(2023, 4, 1), at), 20) for at in range(24)], ENTRIES, orient="row")
GIVEN = Proposal(
    id="7",
    title="A bid",
    entry=entry("family-group-conference"),
    authorities=(CAMDEN,),
    start=date(2026, 7, 1),
    ends=date(2028, 1, 1),
    reach=120,
    eligible=240,
    costs=Costs(fixed=60_000, each=1_000, price_base="2024-25"),
    horizon_months=60,
    case="no duty",
)


@pytest.mark.spec
def test_those_reached_who_would_come_into_care_are_a_share_of_entries() -> None:
    # 120 children, 44.8 % of whom would have come, of 240 entries a year
    found = eligible(GIVEN, HELD)
    assert (found.entries, found.share) == (240, pytest.approx(120 * 0.448 / 240))
    with pytest.raises(NotFoundError, match="found none"):
        eligible(replace(GIVEN, authorities=("E09000019",)), HELD)


@pytest.mark.spec
def test_what_the_duty_requires_is_taken_off() -> None:
    whole = bid_of(GIVEN, HELD, "2024-25").programmes[0].effects
    assert [one.share.centre for one in whole] == [pytest.approx(0.224)]
    # the duty binds from 1 June 2026, before the start: nothing is left, and the cost stays
    met = bid_of(replace(GIVEN, case="met by all"), HELD, "2024-25")
    assert [one.factor.centre for one in met.programmes[0].effects] == [1.0]
    assert sum(met.costs[0].amounts.values()) > 0
    half = bid_of(replace(GIVEN, case="met by all", compliance=0.5), HELD, "2024-25").programmes[0].effects
    assert [one.share.centre for one in half] == [pytest.approx(0.112)]
    earlier = replace(GIVEN, case="earlier", earlier_share=0.2, earlier_low=0.1, earlier_high=0.3)
    parts = bid_of(earlier, HELD, "2024-25").programmes[0].effects
    assert [one.share.centre for one in parts] == [pytest.approx(0.0448)]
    assert "the law requires it" in " ".join(bid_of(earlier, HELD, "2024-25").notes)


@pytest.mark.spec
def test_before_the_duty_all_of_the_effect_counts() -> None:
    before = replace(GIVEN, case="met by all", start=date(2025, 6, 1), ends=date(2026, 6, 1))
    assert [one.share.centre for one in bid_of(before, HELD, "2024-25").programmes[0].effects] == [pytest.approx(0.224)]


@pytest.mark.spec
def test_an_earlier_offer_needs_its_interval_and_a_wrong_one_is_refused() -> None:
    for changes in ({}, {"earlier_share": 0.2}, {"earlier_share": 0.4, "earlier_low": 0.1, "earlier_high": 0.3}):
        with pytest.raises(SpecificationError, match="earlier"):
            bid_of(replace(GIVEN, case="earlier", **changes), HELD, "2024-25")


@pytest.mark.spec
def test_costs_are_of_the_months_delivered_and_of_one_years_prices() -> None:
    found = costs_by_year(GIVEN, "2024-25")
    # nine months of 2026-27 and nine of 2027-28: 45,000 fixed and 90,000 for children in each
    assert found[FIXED] == {"2026-27": pytest.approx(45_000), "2027-28": pytest.approx(45_000)}
    assert found[EACH] == {"2026-27": pytest.approx(90_000), "2027-28": pytest.approx(90_000)}
    older = costs_by_year(replace(GIVEN, costs=replace(GIVEN.costs, price_base="2022-23")), "2024-25")
    assert older[FIXED]["2026-27"] == pytest.approx(45_000 * deflator_factor("2022-23", "2024-25"))


@pytest.mark.unit
def test_years_of_prices_reach_the_end_of_the_horizon() -> None:
    assert years_ahead(date(2031, 7, 1), date(2025, 3, 31)) == 8
