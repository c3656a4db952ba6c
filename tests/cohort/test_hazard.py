"""The hazard with pooled places: a published answer, an outside package, and worlds whose truth is known."""

import csv
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from parentis.services.cohort.identification.hazard import (
    NothingHappenedError,
    Rows,
    covariance,
    fit,
    logistic,
    without_place,
)
from parentis.services.cohort.identification.splines import natural


@pytest.fixture(scope="module")
def veteran(shared_data: Path) -> Rows:
    """Months of the Veterans' lung cancer trial: bands of months, Karnofsky score, treatment, cell type."""
    text = (shared_data.parent / "truth" / "cohort_trials" / "veteran.csv").read_text(encoding="utf-8")
    starts, made, events = [1, 2, 3, 4, 5, 7, 10, 13], [], []
    for row in csv.DictReader(text.splitlines()):
        for month in range(1, int(row["month"]) + 1):
            band = np.zeros(8)
            band[np.searchsorted(starts, month, side="right") - 1] = 1
            cells = [row["celltype"] == one for one in ("smallcell", "adeno", "large")]
            made.append([*band, float(row["karno"]), row["trt"] == "2", *cells])
            events.append(float(month == int(row["month"]) and row["status"] == "1"))
    n = len(events)
    return Rows(np.array(made, dtype=float), np.ones(n), np.array(events), np.full(n, -1), 0)


@pytest.mark.spec
def test_the_veterans_hazard_is_the_published_one(veteran: Rows) -> None:
    """Shared answers: discrete_hazard_expected.csv, from R's glm with a complementary log-log link."""
    found = fit(veteran, link="cloglog")
    assert (len(veteran.months), veteran.events.sum()) == (623, 128)
    assert found.terms[8] == pytest.approx(-0.0316, abs=5e-5)
    assert found.terms[9] == pytest.approx(0.2899, abs=5e-5)
    assert found.deviance == pytest.approx(556.0938, abs=5e-5)


@pytest.mark.integration
@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_terms_and_their_errors_are_those_of_statsmodels(veteran: Rows, link: str) -> None:
    links = {"logit": sm.families.links.Logit, "cloglog": sm.families.links.CLogLog}
    other = sm.GLM(veteran.events, veteran.design, family=sm.families.Binomial(links[link]())).fit()
    found = fit(veteran, link=link)
    assert found.terms == pytest.approx(other.params, abs=1e-4)
    errors = np.sqrt(np.diag(np.linalg.inv(found.information)))
    assert errors[8:] == pytest.approx(other.bse[8:], rel=2e-3)


def _places(seed: int, places: int = 40, rows: int = 300, spread: float = 0.5) -> tuple[Rows, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, spread, places)
    place = np.repeat(np.arange(places), rows)
    design = np.column_stack([np.ones(len(place)), rng.random(len(place)) < 0.3]).astype(float)
    months = rng.integers(1, 7, len(place)).astype(float)
    chance = logistic(design @ [-3.0, 0.7] + truth[place])
    return Rows(design, months, rng.binomial(months.astype(int), chance).astype(float), place, places), truth


@pytest.mark.generative
def test_places_are_pulled_together_as_far_as_they_are_alike() -> None:
    rows, truth = _places(1)
    found = fit(rows, free=1)
    assert found.spread == pytest.approx(0.5, abs=0.15)
    assert found.terms[1] == pytest.approx(0.7, abs=0.12)
    assert np.corrcoef(found.intercepts, truth)[0, 1] > 0.9
    alike, _ = _places(2, spread=0.0)
    pooled = fit(alike, free=1)
    assert pooled.spread < 0.12
    assert np.abs(pooled.intercepts).max() < 0.1


@pytest.mark.generative
def test_a_place_left_out_in_one_step_is_a_place_never_seen() -> None:
    """The oracle: all rows but its own, fitted anew."""
    rows, _ = _places(3, places=12, rows=200)
    whole = fit(rows, free=1)
    for place in (0, 7):
        anew = fit(rows.chosen(rows.place != place), free=1, spread=whole.spread)
        assert without_place(rows, whole, place) == pytest.approx(anew.terms, abs=0.01)


@pytest.mark.generative
def test_errors_allow_for_rows_of_one_person() -> None:
    rows, _ = _places(4, places=6, rows=400)
    found = fit(rows, free=1)
    apart = covariance(rows, found, np.arange(len(rows.months)))
    assert np.sqrt(np.diag(apart)) == pytest.approx(np.sqrt(np.diag(np.linalg.inv(found.information))), rel=0.12)
    twice = Rows(
        *(np.concatenate([one, one]) for one in (rows.design, rows.months, rows.events, rows.place)), rows.places
    )
    again = fit(twice, free=1, spread=found.spread)
    people = np.tile(np.arange(len(rows.months)), 2)
    assert np.sqrt(covariance(twice, again, people)[1, 1]) == pytest.approx(np.sqrt(apart[1, 1]), rel=0.05)


@pytest.mark.unit
def test_nothing_is_learned_from_what_never_happened() -> None:
    rows, _ = _places(5, places=2, rows=20)
    with pytest.raises(NothingHappenedError):
        fit(Rows(rows.design, rows.months, np.zeros(len(rows.months)), rows.place, 2))


@pytest.mark.unit
def test_splines_are_straight_outside_their_knots_and_smooth_at_them() -> None:
    at = np.linspace(5, 25, 2001)
    for column in natural(at, (10.0, 13.0, 15.0, 18.0)).T:
        second = np.diff(column, 2) / (at[1] - at[0]) ** 2
        outside = (at[1:-1] < 9.95) | (at[1:-1] > 18.05)
        assert np.abs(second[outside]).max() < 1e-6
        assert np.abs(np.diff(second)).max() < 0.02
