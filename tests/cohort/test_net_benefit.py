"""Net benefit, places and the headline."""

import csv
from pathlib import Path

import numpy as np
import pytest

from parentis.services.cohort.identification.net_benefit import (
    ALL,
    MODEL,
    NONE,
    PRINCIPAL,
    THRESHOLDS,
    Gain,
    found_among,
    gains,
    headline,
    net_benefit,
)

TITLES = {"one": "one rule", "two": "another"}


@pytest.mark.spec
@pytest.mark.parametrize(
    ("threshold", "treat_all", "model"),
    [(0.05, 0.094737, 0.105544), (0.1, 0.044444, 0.087407), (0.2, -0.075, 0.067333)],
)
def test_the_published_decision_curve(shared_data: Path, threshold: float, treat_all: float, model: float) -> None:
    """Shared answers: decision_curve_expected.csv, from R's dcurves."""
    text = (shared_data.parent / "truth" / "cohort_trials" / "decision_curve_input.csv").read_text(encoding="utf-8")
    held = list(csv.DictReader(text.splitlines()))
    chance = np.array([float(row["cancerpredmarker"]) for row in held])
    happened = np.array([row["cancer"].upper() == "TRUE" for row in held])
    assert net_benefit(np.ones(len(chance), bool), happened, threshold) == pytest.approx(treat_all, abs=5e-7)
    assert net_benefit(chance >= threshold, happened, threshold) == pytest.approx(model, abs=5e-7)
    for one in gains(chance, {}, happened, thresholds=(threshold,), samples=10):
        expected = {MODEL: model, ALL: treat_all, NONE: 0.0}[one.policy]
        assert one.net_benefit == pytest.approx(expected, abs=1e-6)
        if one.policy != MODEL:
            assert one.gain == pytest.approx(model - expected, abs=1e-6)


@pytest.mark.generative
def test_the_bootstraps_interval_is_as_wide_as_the_gains_error() -> None:
    """The other route: the variance of a mean of what each child adds to the gain."""
    rng = np.random.default_rng(1)
    chance = rng.beta(1, 8, 3000)
    happened = rng.random(3000) < chance
    rule = chance + rng.normal(0, 0.1, 3000) > 0.2
    found = next(one for one in gains(chance, {"one": rule}, happened, thresholds=(0.1,)) if one.policy == "one")
    weight = np.where(happened, 1.0, -0.1 / 0.9)
    each = ((chance >= 0.1).astype(float) - rule) * weight
    error = each.std() / 3000**0.5
    assert found.gain == pytest.approx(each.mean())
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.1)


@pytest.mark.spec
def test_to_leave_out_ten_children_and_by_luck_miss_nobody_is_no_certain_gain() -> None:
    """One in eight has the event, so ten without one are nothing odd; sixty would be."""
    happened = np.arange(2000) % 8 == 0
    for left_out, sure in ((10, False), (60, True)):
        chance = np.full(2000, 0.5)
        chance[np.flatnonzero(~happened)[:left_out]] = 0.01
        found = next(one for one in gains(chance, {}, happened, thresholds=(0.1,)) if one.policy == ALL)
        assert found.gain > 0
        assert (found.low > 0) is sure


def _gain(policy: str, net: float, low: float) -> Gain:
    return Gain(PRINCIPAL, policy, net, 0.05 - net, low, 0.09)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("found", "claimed", "says"),
    [
        ([("one", 0.02, 0.01), ("two", 0.01, 0.02), (ALL, 0.0, 0.03), (NONE, 0.0, 0.03)], True,
         "does better than the rule \u201cone rule\u201d"),
        ([("one", 0.02, -0.01), ("two", 0.01, 0.02), (ALL, 0.0, 0.03), (NONE, 0.0, 0.03)], False, "The rule is as "
            "good"),
        ([("one", 0.02, 0.01), ("two", 0.01, 0.0), (ALL, 0.0, 0.03), (NONE, 0.0, 0.03)], False, "as good: "
            "\u201canother\u201d"),
        ([("one", 0.02, 0.01), ("two", 0.01, 0.02), (ALL, 0.04, -0.01), (NONE, 0.0, 0.03)], False,
         "no better than to refer all"),
    ],
)  # fmt: skip
def test_the_headline_claims_only_what_holds_beside_every_policy(
    found: list[tuple[str, float, float]], claimed: bool, says: str
) -> None:
    made = headline([Gain(PRINCIPAL, MODEL, 0.05, 0, 0, 0), *(_gain(*one) for one in found)], TITLES)
    assert made.claimed is claimed
    assert says in made.says


@pytest.mark.spec
def test_of_twenty_places_so_many_of_those_who_will_move() -> None:
    order, happened = np.array([9.0, 8, 7, 7, 7, 7, 1, 1]), np.array([1, 0, 1, 1, 0, 0, 1, 0], bool)
    assert found_among(order, happened, 2) == 1
    assert found_among(order, happened, 4) == 1 + 2 * 0.5, "two of four alike, by lot"
    assert found_among(order, happened, 6) == 3
    assert found_among(order, happened, 0) == 0
    assert found_among(order, happened, 50) == 4


@pytest.mark.unit
def test_thresholds_are_those_asked_for() -> None:
    assert (THRESHOLDS[0], THRESHOLDS[-1], len(THRESHOLDS)) == (0.05, 0.3, 26)
    assert PRINCIPAL in THRESHOLDS
