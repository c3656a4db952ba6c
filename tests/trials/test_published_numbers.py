"""The numbers that others published or that other programs give, each with its source."""

import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from parentis.services.trials import (
    boundaries,
    children_per_arm,
    london_answers,
    needed_per_arm,
    operating_characteristics,
    simulated_characteristics,
    stepped_wedge_power,
    two_arm_difference,
    type_one_of_repeated_looks,
)
from parentis.services.trials.analysis.staggered import Panel, Staggered, staggered_effects, two_way_fixed_effects
from parentis.services.trials.analysis.synthetic_control import synthetic_control


@pytest.fixture(scope="module")
def truth(shared_data: Path) -> Path:
    return shared_data.parent / "truth" / "cohort_trials"


# swCRTdesign 4.0, swPwr: examples 1, 2 and 8 of its manual, and two designs of London's shape.
@pytest.mark.spec
@pytest.mark.parametrize(
    ("steps", "children", "shares", "given", "power"),
    [
        ([6] * 4, 120, (0.05, 0.035), {"between": 0.01}, 0.7861896),
        ([6] * 4, 120, (0.05, 0.035), {"between": 0.01, "extra_periods": 3}, 0.8171283),
        ([6] * 4, 120, (0.05, 0.035), {"icc": 0.02, "cac": 0.125, "sigma": 0.1}, 0.9171886),
        ([6] * 5, 10, (0.448, 0.362), {"icc": 0.03, "cac": 1.0}, 0.6397323),
        ([6] * 5, 20, (0.448, 0.362), {"icc": 0.01, "cac": 0.8}, 0.9197861),
    ],
)
def test_power_of_stepped_wedges_is_that_of_swpwr(steps, children, shares, given, power) -> None:
    assert stepped_wedge_power(steps, children, *shares, **given).power == pytest.approx(power, abs=5e-7)


@pytest.mark.spec
def test_london_can_find_out_with_64_and_92_per_cent() -> None:
    assert [round(one.power, 2) for _, one in london_answers()] == [0.64, 0.92]


# R's power.prop.test(p1 = .448, p2 = .362, power = .8) and (.448, .405): n = 510.28 and 2075.42 in each arm.
@pytest.mark.spec
def test_one_borough_alone_needs_511_children_an_arm_and_four_times_as_many_for_half_the_effect() -> None:
    assert children_per_arm(0.448, 0.362) == pytest.approx(510.28, abs=0.005)
    assert needed_per_arm(0.448, 0.362) == 511
    assert round(children_per_arm(0.448, 0.405)) == 2075


# Jennison & Turnbull 2000, tables 2.1 and 2.3; rpact 3.3.4 agrees.
@pytest.mark.spec
@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("pocock", [2.178] * 2),
        ("pocock", [2.289] * 3),
        ("pocock", [2.361] * 4),
        ("pocock", [2.413] * 5),
        ("o'brien-fleming", [2.797, 1.977]),
        ("o'brien-fleming", [3.471, 2.454, 2.004]),
        ("o'brien-fleming", [4.562, 3.226, 2.634, 2.281, 2.040]),
    ],
)
def test_boundaries_are_the_published_ones(rule: str, values: list[float]) -> None:
    assert list(boundaries(rule, len(values))) == pytest.approx(values, abs=0.0006)


@pytest.mark.spec
@pytest.mark.parametrize(("looks", "error"), [(1, 0.05), (2, 0.083), (5, 0.142), (10, 0.193), (20, 0.248)])
def test_looking_often_at_1_96_errs_often(looks: int, error: float) -> None:
    assert type_one_of_repeated_looks(looks) == pytest.approx(error, abs=0.0005)


LOOKS, RULE = (20, 40, 60), {"benefit": 0.975, "futility": 0.10}


@pytest.mark.spec
@pytest.mark.parametrize(
    ("new", "benefit", "futility", "mean"), [(0.448, 0.052592, 0.181145, 54.1063), (0.362, 0.217479, 0.048182, 54.2183)]
)
def test_bayesian_looks_have_their_exact_characteristics(new, benefit, futility, mean) -> None:
    exact = operating_characteristics(new, 0.448, LOOKS, **RULE)
    assert (exact.benefit, exact.futility) == pytest.approx((benefit, futility), abs=1e-6)
    assert exact.mean == pytest.approx(mean, abs=1e-4)
    assert exact.benefit + exact.futility + exact.undecided == pytest.approx(1)


@pytest.mark.generative
@pytest.mark.parametrize("new", [0.448, 0.362])
def test_a_simulation_of_bayesian_looks_agrees_with_the_recursion(new: float) -> None:
    exact = operating_characteristics(new, 0.448, LOOKS, **RULE)
    drawn = simulated_characteristics(new, 0.448, LOOKS, **RULE, draws=100_000, seed=3)
    error = 4 * np.sqrt(exact.benefit * (1 - exact.benefit) / 100_000)
    assert drawn.benefit == pytest.approx(exact.benefit, abs=error)
    assert drawn.futility == pytest.approx(exact.futility, abs=0.005)
    assert drawn.mean == pytest.approx(exact.mean, abs=0.2)


# Coram and Foundations' trial of family group conferences, 2,548 children: HANDBOOK §7.2, §17.
@pytest.mark.spec
@pytest.mark.parametrize(("design_effect", "low", "high"), [(1.0, -0.124, -0.048), (2.0, -0.140, -0.032)])
def test_family_group_conferences_by_hand(design_effect: float, low: float, high: float) -> None:
    found = two_arm_difference(0.362, 0.448, 1274, 1274, design_effect=design_effect)
    assert found.difference == pytest.approx(-0.086)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.0005)
    assert round(found.odds_ratio, 3) == 0.699
    assert round(found.children_per_outcome, 1) == 11.6


# The R package did's own example: minimum wage and teenage employment in 500 counties, published in its documentation
# (did-basics); csdid 0.4.3 gives the same. Standard errors there are bootstrapped.
MINIMUM_WAGE = [
    (2004, 2004, -0.0105, 0.0243), (2004, 2005, -0.0704, 0.0331), (2004, 2006, -0.1373, 0.0412),
    (2004, 2007, -0.1008, 0.0358), (2006, 2004, 0.0065, 0.0230), (2006, 2005, -0.0028, 0.0210),
    (2006, 2006, -0.0046, 0.0175), (2006, 2007, -0.0412, 0.0196), (2007, 2004, 0.0305, 0.0147),
    (2007, 2005, -0.0027, 0.0156), (2007, 2006, -0.0311, 0.0179), (2007, 2007, -0.0261, 0.0175),
]  # fmt: skip


@pytest.fixture(scope="module")
def counties(truth: Path) -> Panel:
    rows = pl.read_csv(truth / "mpdta.csv")
    first = pl.when(pl.col("first.treat") > 0).then(pl.col("first.treat"))
    return Panel.of(rows.select(unit="countyreal", time="year", first=first, value="lemp"))


@pytest.fixture(scope="module")
def minimum_wage(counties: Panel) -> Staggered:
    return staggered_effects(counties)


@pytest.mark.real
@pytest.mark.spec
def test_effects_by_group_and_time_are_the_published_ones(minimum_wage: Staggered) -> None:
    rows = minimum_wage.by_group_and_time.rows()
    assert [(int(group), int(time)) for group, time, *_ in rows] == [one[:2] for one in MINIMUM_WAGE]
    assert [round(effect, 4) for *_, effect, _ in rows] == [one[2] for one in MINIMUM_WAGE]
    # The published errors are of one bootstrap of 1,000, which is itself uncertain by a few per cent.
    assert [error for *_, error in rows] == pytest.approx([one[3] for one in MINIMUM_WAGE], rel=0.2)


@pytest.mark.real
@pytest.mark.spec
def test_the_summaries_are_the_published_ones_and_two_way_fixed_effects_the_wrong_one(
    minimum_wage: Staggered, counties: Panel
) -> None:
    assert round(minimum_wage.simple.effect, 4) == -0.04
    assert round(minimum_wage.by_group.effect, 3) == -0.031
    assert round(two_way_fixed_effects(counties), 4) == -0.0365


@pytest.mark.real
@pytest.mark.unit
def test_staggered_starts_take_no_longer_than_their_peer(counties: Panel) -> None:
    started = time.process_time()
    staggered_effects(counties)
    assert time.process_time() - started <= 0.07


# Abadie & Gardeazabal's Basque Country, with the predictors of Abadie, Diamond & Hainmueller 2011 (Journal of
# Statistical Software 42(13)), whose weights these are; pysyncon gives the same.
@pytest.mark.real
@pytest.mark.spec
def test_the_synthetic_basque_country_is_catalonia_and_madrid(truth: Path) -> None:
    rows = pl.read_csv(truth / "basque.csv", infer_schema_length=None)
    regions = [17.0, *(float(one) for one in range(2, 19) if one != 17)]
    means = {
        "school.illit": range(1964, 1970), "school.prim": range(1964, 1970), "school.med": range(1964, 1970),
        "school.high": range(1964, 1970), "school.post.high": range(1964, 1970), "invest": range(1964, 1970),
        "gdpcap": range(1960, 1970), "sec.agriculture": range(1961, 1970, 2), "sec.energy": range(1961, 1970, 2),
        "sec.industry": range(1961, 1970, 2), "sec.construction": range(1961, 1970, 2),
        "sec.services.venta": range(1961, 1970, 2), "sec.services.nonventa": range(1961, 1970, 2),
        "popdens": range(1969, 1970),
    }  # fmt: skip
    columns = []
    for name, years in means.items():
        mean = (
            rows.filter(pl.col("year").is_in([float(one) for one in years]))
            .group_by("regionno")
            .agg(pl.col(name).mean())
        )
        of = dict(mean.iter_rows())
        columns.append([of[region] for region in regions])
    facts = np.array(columns).T
    product = np.array([rows.filter(pl.col("regionno") == one).sort("year")["gdpcap"].to_list() for one in regions])
    found = synthetic_control(
        product[0], product[1:], 15, predictors=(facts[0], facts[1:]), fit=slice(5, 15), placebos=False
    )
    weights = dict(zip(regions[1:], found.weights, strict=True))
    assert weights[10.0] == pytest.approx(0.851, abs=0.001)
    assert weights[14.0] == pytest.approx(0.149, abs=0.001)
    assert found.before == pytest.approx(0.008865, abs=5e-6)
