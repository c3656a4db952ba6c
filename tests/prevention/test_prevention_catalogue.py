"""The catalogue: published effects as distributions, results that say no, and what is refused with a sentence."""

import math

import numpy as np
import pytest

from parentis.errors import NotFoundError, SpecificationError
from parentis.services.prevention.catalogue import GRADES, Costs, Entry, Step, catalogue, entry, read_entry
from parentis.services.prevention.published_effects import PublishedEffect, Scale, distribution, risk_ratio

WITH_EFFECT = """
id = "example"
version = 2
dated = 2026-11-29
title = "Example"
text = "An example."
population = "edge-of-care@3"
population_text = "Children on the edge of care."
grade = 4
[effect]
quantity = "entry"
scale = "{scale}"
estimate = {estimate}
low = {low}
high = {high}
design = "Randomised trial"
n = "400 families"
source = "{source}"
measured_months = 12
{more}
"""


def written(scale: str = "risk_ratio", estimate: float = 0.8, low: float = 0.7, high: float = 0.9,
            source: str = "An example", more: str = "") -> str:  # fmt: skip
    return WITH_EFFECT.format(scale=scale, estimate=estimate, low=low, high=high, source=source, more=more)


@pytest.mark.spec
def test_the_family_group_conference_is_a_ratio_of_its_two_risks() -> None:
    found = entry("family-group-conference")
    drawn = found.distribution(widening=1.0)
    assert drawn.centre == pytest.approx(36.2 / 44.8, abs=1e-9)
    # the ends of the interval are risk ratios too: (44.8 − 14.0) / 44.8 and (44.8 − 3.2) / 44.8
    low, high = drawn.interval()
    assert (math.log(high) - math.log(low)) == pytest.approx(math.log((44.8 - 3.2) / (44.8 - 14.0)), abs=1e-9)
    assert "converted at a baseline risk of 44.8 %" in drawn.sentences[0]


@pytest.mark.spec
def test_an_odds_ratio_is_converted_with_its_baseline() -> None:
    # a risk of 11 % has odds of .1236; 1.25 times that is .1545, a risk of 13.38 %
    odds = 0.11 / 0.89 * 1.25
    assert risk_ratio(Scale.ODDS_RATIO, 1.25, 0.11) == pytest.approx(odds / (1 + odds) / 0.11)
    found = entry("multisystemic-therapy")
    assert found.negative
    low, high = found.distribution().interval()
    assert low < 1 < high
    assert "odds ratio of 1.25" in found.distribution().sentences[0]


@pytest.mark.spec
def test_negative_results_are_kept_and_what_is_not_published_has_no_number() -> None:
    known = catalogue()
    assert {"multisystemic-therapy", "social-workers-in-schools"} <= {one.id for one in known.values() if one.negative}
    nothing = known["strengthening-families-protecting-children"]
    assert not nothing.published
    assert nothing.effect is None
    assert nothing.grade == 0
    with pytest.raises(NotFoundError, match="not published"):
        nothing.distribution()
    assert all(one.grade in GRADES and (one.effect or one.why_no_number) for one in known.values())


@pytest.mark.spec
def test_no_number_can_be_entered_for_what_is_not_published() -> None:
    with pytest.raises(SpecificationError, match="no number, since nothing is published"):
        read_entry(written(more="").replace("grade = 4", "grade = 0\npublished = false"))


@pytest.mark.spec
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (written(estimate=0.95), "interval that holds its estimate"),
        (written("odds_ratio", 1.25, 0.77, 2.05), "risk without the programme, found an odds ratio alone"),
        (written("risk_difference", -0.1, -0.2, -0.05), "risk without the programme"),
        (written(low=0.8, high=0.8), "two ends are the same"),
        (written(source=""), "source"),
        (written().replace("edge-of-care@3", "edge-of-care"), "id@version"),
        (written().replace('"entry"', '"nights"'), "one of entry, exit"),
        (written() + "\n[costs]\neach = 900.0\n", "year of whose prices"),
        (written() + '\n[costs]\neach = 900.0\nper = "family"\nprice_base = "2025-26"\n', "cost per family"),
        (written(more="unknown = 3"), "found unknown"),
        (written().replace("grade = 4", "grade = 6"), "grade from 0 to 5"),
        (written().replace('title = "Example"\n', ""), "no title"),
        (written().replace('"example"', '"trial:x"'), "trial:<card>@<version>"),
        ("id = ", "TOML"),
    ],
)
def test_mistakes_are_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(SpecificationError, match=sentence):
        read_entry(text)


@pytest.mark.unit
def test_an_entry_of_a_trial_of_ours_has_the_cards_name() -> None:
    assert read_entry(written().replace('"example"', '"trial:fgc-early@2"')).name == "trial:fgc-early@2"
    assert read_entry(written()).name == "example@2"


@pytest.mark.unit
def test_draws_have_the_published_interval_and_widening_widens_it() -> None:
    effect = PublishedEffect(
        quantity="entry", scale=Scale.RATE_RATIO, estimate=0.8, low=0.64, high=1.0, design="", n="", source="x",
        measured_months=12,
    )  # fmt: skip
    normal = np.random.default_rng(7).standard_normal(200_000)
    narrow, wide = (distribution(effect, widening=one).at(normal) for one in (1.0, 1.5))
    assert np.median(narrow) == pytest.approx(0.8, rel=0.005)
    assert np.quantile(narrow, [0.025, 0.975]) == pytest.approx([0.64, 1.0], rel=0.01)
    assert np.log(wide).std() == pytest.approx(1.5 * np.log(narrow).std(), rel=1e-9)


@pytest.mark.unit
def test_what_is_left_of_an_effect_runs_straight_between_its_points_and_level_after() -> None:
    found = read_entry(
        written() + "\n[[persistence]]\nmonths = 12\nkept = 1.0\n[[persistence]]\nmonths = 24\nkept = 0.5\n"
    )
    assert [found.kept(month) for month in (0, 12, 18, 24, 60)] == [1.0, 1.0, 0.75, 0.5, 0.5]
    assert found.persistence_months == 24


@pytest.mark.unit
def test_costs_step_with_the_children_and_a_familys_cost_is_shared_by_its_children() -> None:
    costs = Costs(
        fixed=10_000, each=1_686, per="family", children_per_family=1.686, price_base="2025-26",
        steps=(Step(children=50, amount=60_000),),
    )  # fmt: skip
    assert costs.per_child() == pytest.approx(1_000)
    assert costs.of(50) == pytest.approx(10_000 + 50_000 + 60_000)
    assert costs.of(51) == pytest.approx(10_000 + 51_000 + 120_000)


@pytest.mark.unit
def test_a_duty_binds_from_its_day() -> None:
    found: Entry = entry("family-group-conference")
    (law,) = found.law
    assert law.since is not None
    assert not law.since_is_certain
    assert found.required(law.since) == (law,)
    assert found.required(law.enacted) == ()


@pytest.mark.unit
def test_an_unknown_entry_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="family-group-conference"):
        entry("no-such")
