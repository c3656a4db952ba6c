"""Discounting and appraisal against the Green Book's factors and an example worked out by hand."""

from datetime import date

import numpy as np
import pytest

from parentis.errors import PeriodError, SpecificationError
from parentis.region import deflator_factor
from parentis.services.prevention.appraisal import (
    CASHABLE,
    GROWTH,
    NOT_CASHABLE,
    OPTIMISM,
    Appraisal,
    Flow,
    appraise,
    in_cash,
    real,
)
from parentis.services.prevention.discount_factors import discount_factor, discount_factors, discount_rates, rule_note

ON = date(2026, 11, 29)
YEARS = tuple(f"{year}-{(year + 1) % 100:02}" for year in range(2026, 2032))
COSTS = np.array([1_000_000, 200_000, 200_000, 200_000, 200_000, 0.0])
BENEFITS = np.array([0, 150_000, 400_000, 600_000, 600_000, 400_000.0])


def flow(amounts: np.ndarray = BENEFITS, *, benefit: bool = True, **parts: object) -> Flow:
    return Flow(**{"what": "x", "amounts": amounts, "benefit": benefit, "base": "2026-27", **parts})  # type: ignore[arg-type]


def example(*more: Flow, optimism: bool = False) -> Appraisal:
    flows = [flow(COSTS, benefit=False), flow(), *more]
    return appraise(flows, years=YEARS, price_year="2026-27", on=ON, optimism=optimism)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("year", "factor"),
    [(0, 1.0), (1, 0.9662), (2, 0.9335), (3, 0.9019), (5, 0.8420), (10, 0.7089), (20, 0.5026), (30, 0.3563),
     (31, 0.3459), (50, 0.1973), (75, 0.0942), (76, 0.0919), (125, 0.0274)],
)  # fmt: skip
def test_factors_of_the_green_book(year: int, factor: float) -> None:
    assert discount_factor(year, on=ON) == pytest.approx(factor, abs=5e-5)


@pytest.mark.spec
@pytest.mark.parametrize(("year", "factor"), [(1, 1 / 1.015), (30, 1.015**-30), (31, 1.015**-30 / 1.01286),
                                              (76, 1.015**-30 * 1.01286**-45 / 1.01071)])  # fmt: skip
def test_health_is_discounted_less(year: int, factor: float) -> None:
    assert discount_factor(year, on=ON, kind="health") == pytest.approx(factor)


@pytest.mark.unit
def test_a_rule_is_of_its_day_and_names_its_source_and_the_review() -> None:
    assert all(row.source for row in discount_rates())
    assert "16 December 2025" in rule_note(ON)
    assert "16 December 2025" not in rule_note(date(2025, 1, 1))
    for years, on in ((5, date(2020, 1, 1)), (127, ON), (0, ON)):
        with pytest.raises(PeriodError, match="discount rates"):
            discount_factors(years, on=on)


@pytest.mark.spec
def test_the_example_worked_out_by_hand() -> None:
    found = example()
    assert found.costs["fiscal"][0] == pytest.approx(1_734_616, abs=1)
    assert found.benefits["fiscal"][0] == pytest.approx(1_919_152, abs=1)
    assert found.npv[0] == pytest.approx(184_536, abs=1)
    assert found.bcr == pytest.approx(1.1064, abs=5e-5)
    assert found.payback.tolist() == [5]
    assert found.p_positive.tolist() == [0, 0, 0, 0, 0, 1]


@pytest.mark.spec
def test_nominal_benefits_at_the_real_rate_are_refused() -> None:
    """Benefits that rise by 2 % a year would come to 2,048,414 instead of 1,919,152."""
    nominal = BENEFITS * 1.02 ** np.arange(6)
    assert nominal @ discount_factors(6, on=ON) == pytest.approx(2_048_414, abs=1)
    with pytest.raises(SpecificationError, match="count inflation as a benefit"):
        example(flow(nominal, base="cash"))
    with pytest.raises(SpecificationError, match="as every other line, found 2022-23"):
        example(flow(base="2022-23"))
    with pytest.raises(SpecificationError, match="no price base"):
        example(flow(base=""))


@pytest.mark.unit
def test_cash_made_real_can_be_appraised() -> None:
    cash = in_cash(BENEFITS, YEARS, "2026-27")
    assert (cash[1:] > BENEFITS[1:]).all()
    assert real(cash, YEARS, "2026-27") == pytest.approx(BENEFITS)
    early = in_cash(np.array([100.0]), ["2022-23"], "2024-25")
    assert early[0] == pytest.approx(100 * deflator_factor("2024-25", "2022-23"))


@pytest.mark.unit
def test_accounts_payers_and_kinds_of_saving_stay_apart() -> None:
    found = example(
        flow(payer="nhs", cash=NOT_CASHABLE),
        flow(payer="council", cash=GROWTH),
        flow(payer="people", account="social"),
        flow(payer="hmt", account="economic"),
        flow(payer="people", account="social", health=True),
    )
    assert found.fiscal_npv[0] == pytest.approx(184_536 + 2 * 1_919_152, abs=3)
    assert found.npv[0] > found.fiscal_npv[0] + 3 * 1_919_152
    assert found.benefits["social"][0] == pytest.approx(
        1_919_152 + BENEFITS @ discount_factors(6, on=ON, kind="health"), abs=1
    )
    assert not found.net_cash["nhs"].any()
    assert found.net_cash["council"][0] == pytest.approx(in_cash(BENEFITS - COSTS, YEARS, "2026-27"))
    assert found.avoided_growth["council"][0] == pytest.approx(in_cash(BENEFITS, YEARS, "2026-27"))
    assert set(found.cash_frame()["payer"]) == {"council", "nhs", "hmt", "people"}
    assert found.by_payer["nhs"][0] == pytest.approx(BENEFITS)


@pytest.mark.unit
def test_optimism_bias_raises_costs_and_cuts_benefits_and_is_shown_off() -> None:
    flows = [flow(COSTS, benefit=False, grade=1), flow(grade=2)]
    plain, cautious = (appraise(flows, years=YEARS, price_year="2026-27", on=ON, optimism=on) for on in (False, True))
    assert cautious.costs["fiscal"][0] == pytest.approx(1.25 * plain.costs["fiscal"][0])
    assert cautious.benefits["fiscal"][0] == pytest.approx(0.85 * plain.benefits["fiscal"][0])
    assert [OPTIMISM[grade] for grade in range(6)] == [0.40, 0.25, 0.15, 0.10, 0.05, 0.0]


@pytest.mark.unit
def test_payback_and_chance_by_year_are_by_draw() -> None:
    draws = np.array([[100.0, 0, 0], [0, 100.0, 0], [0, 0, 10.0], [100.0, 0, 0]])
    cost = np.array([[50.0, 0, 0], [50, 0, 0], [50, 0, 0], [50, 0, 60]])
    found = appraise([flow(draws), flow(cost, benefit=False)], years=YEARS[:3], price_year="2026-27", on=ON)
    assert found.payback.tolist() == [0, 1, -1, -1]
    assert found.p_positive.tolist() == [0.5, 0.75, 0.5]
    assert found.summary()["what"].to_list() == ["fiscal costs", "fiscal benefits", "NPV", "fiscal NPV"]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"payer": "bank"}, "council"),
        ({"account": "moral"}, "fiscal"),
        ({"cash": "maybe"}, CASHABLE),
        ({"amounts": BENEFITS[:3]}, "6 years"),
        ({"amounts": -BENEFITS, "benefit": False}, "negative cost"),
        ({"grade": 7}, "0 to 5"),
    ],
)
def test_every_mistake_in_a_flow_is_told_in_a_sentence(parts: dict[str, object], says: str) -> None:
    with pytest.raises(SpecificationError, match="appraisal: x") as told:
        example(flow(**parts))  # type: ignore[arg-type]
    assert says in str(told.value)
