"""Shrinkage beside Scottish lip cancer, a classic whose answers are known."""

from pathlib import Path

import numpy as np
import pytest
from child_death_places import table

from parentis.errors import DeclarationError
from parentis.services.child_deaths.shrinkage import ALIKE, shrink

# Clayton and Kaldor 1987: district → cases, expected, posterior mean, low, high, P(ratio > 1.5); by R SpatialEpi.
SOME = {
    "skye-lochalsh": (9, 1.4, 3.997362, 1.986486, 6.699496, 0.9962415),
    "banff-buchan": (39, 8.7, 4.079111, 2.92569, 5.421217, 1.0),
    "caithness": (11, 3.0, 2.980213, 1.581434, 4.814804, 0.9827335),
    "berwickshire": (9, 2.5, 2.846792, 1.41471, 4.771163, 0.9643783),
    "ross-cromarty": (15, 4.3, 3.002577, 1.745287, 4.595366, 0.9932646),
    "orkney": (8, 2.4, 2.654587, 1.266249, 4.548079, 0.9367247),
}


@pytest.mark.spec
def test_lip_cancer_in_scotland(truth: Path) -> None:
    rows = table(truth / "child_deaths/scotland_lip.csv")
    answers = table(truth / "child_deaths/scotland_lip_answers.csv")
    found = shrink(np.array([float(r["cases"]) for r in rows]), np.array([float(r["expected"]) for r in rows]))
    assert found.shape == pytest.approx(1.87949, abs=1e-5)
    assert found.mean == pytest.approx(1.42206, abs=1e-5)
    assert len(rows) == 56
    for column, values in (("eb", found.ratio), ("low", found.low), ("high", found.high), ("p_over_1.5", found.above)):
        assert values == pytest.approx([float(r[column]) for r in answers], abs=1e-5), column
    at = {row["district"]: number for number, row in enumerate(rows)}
    for name, (_, _, ratio, *_rest) in SOME.items():
        assert found.ratio[at[name]] == pytest.approx(ratio, abs=1e-5)


@pytest.mark.unit
def test_areas_that_differ_less_than_chance_lets_them_are_taken_as_alike() -> None:
    found = shrink(np.array([10.0, 10, 10, 10]), np.array([10.0, 10, 10, 10]))
    assert found.shape == ALIKE
    assert found.ratio == pytest.approx(1.0, abs=1e-4)


@pytest.mark.unit
@pytest.mark.parametrize(("counts", "expected"), [([1], [1]), ([1, 2], [0, 1]), ([0, 0], [1, 1]), ([-1, 2], [1, 1])])
def test_what_has_no_ratios_is_refused(counts: list[int], expected: list[int]) -> None:
    with pytest.raises(DeclarationError):
        shrink(np.array(counts), np.array(expected))
