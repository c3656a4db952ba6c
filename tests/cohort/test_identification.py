"""The model on worlds whose hazard is known: it finds what is there and claims nothing that is not; and its frames."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from cohort_tables import returns

from parentis.services.cohort.identification.calibration import calibrated, curve
from parentis.services.cohort.identification.design import GROUPS, design
from parentis.services.cohort.identification.explanation import explain
from parentis.services.cohort.identification.frames import (
    CHILDREN,
    FACTS_OF,
    RULES,
    SHAPES,
    identification,
    learning_days,
    rule_flags,
    whole_year_ahead,
)
from parentis.services.cohort.identification.hazard import logistic
from parentis.services.cohort.identification.net_benefit import PRINCIPAL, gains, headline
from parentis.services.cohort.identification.person_months import EVENT
from parentis.services.cohort.identification.risk_model import (
    RiskModel,
    chances,
    chances_left_out,
    intervals,
    learn,
    within_a_year,
)
from parentis.services.cohort.identification.worlds import World, world

DAYS = pl.Series([date(2022, 9, 30), date(2023, 9, 30)])


@pytest.fixture(scope="module")
def planted() -> tuple[RiskModel, World, World]:
    made = world(7000, DAYS, boroughs=12, seed=3)
    halves = [World(made.rows[at : at + 7000], made.chance[at : at + 7000]) for at in (0, 7000)]
    return learn(halves[0].rows), halves[0], halves[1]


@pytest.mark.generative
def test_chances_are_right_in_a_world_with_a_known_hazard(planted: tuple[RiskModel, World, World]) -> None:
    """A small world: the full study is bench/cohort.py, its result in docs/methods/cohort.md."""
    model, _, later = planted
    found = chances(model, later.rows)
    happened = (later.rows["became"] == EVENT).to_numpy()
    told = calibrated(found, happened)
    assert told.slope is not None
    assert told.intercept is not None
    assert told.slope[0] == pytest.approx(1, abs=0.15)
    assert told.intercept[0] == pytest.approx(0, abs=0.1)
    assert np.corrcoef(found, later.chance)[0, 1] > 0.95
    assert np.abs(found - later.chance).mean() < 0.025


@pytest.mark.generative
def test_intervals_of_a_chance_hold_the_true_one(planted: tuple[RiskModel, World, World]) -> None:
    model, _, later = planted
    some = later.rows.head(1500)
    low, high = intervals(model, some)
    held = ((low <= later.chance[:1500]) & (later.chance[:1500] <= high)).mean()
    assert 0.75 < held <= 1.0, "of 90 %, in one world whose errors all children share"
    assert (low < chances(model, some)).all()


@pytest.mark.generative
def test_a_borough_left_out_is_foretold_by_the_others(planted: tuple[RiskModel, World, World]) -> None:
    model, early, later = planted
    unseen = chances_left_out(model, later.rows)
    own = later.rows["authority"] == "B05"
    anew = learn(early.rows.filter(pl.col("authority") != "B05"))
    assert unseen[own.to_numpy()] == pytest.approx(chances(anew, later.rows.filter(own)), rel=0.05)
    assert not np.allclose(unseen, chances(model, later.rows))


@pytest.mark.generative
def test_with_no_signal_planted_nothing_is_claimed() -> None:
    """Ten small worlds here; 200 in bench/cohort.py, with the result in docs/methods/cohort.md."""
    claims = 0
    for seed in range(10):
        made = world(1500, pl.Series([date(2022, 9, 30), date(2023, 9, 30)]), signal=0, seed=seed)
        model, rows = learn(made.rows.head(1500)), made.rows.tail(1500)
        ahead = whole_year_ahead(rows)
        own, happened = rows.filter(pl.Series(ahead)), (rows["became"] == EVENT).to_numpy()[ahead]
        found = gains(chances(model, own), rule_flags(own), happened, thresholds=(PRINCIPAL,), samples=200, seed=seed)
        claims += headline(found, RULES).claimed
    assert claims <= 2


@pytest.mark.generative
def test_a_planted_signal_is_claimed(planted: tuple[RiskModel, World, World]) -> None:
    model, _, later = planted
    ahead = whole_year_ahead(later.rows)
    own, happened = later.rows.filter(pl.Series(ahead)), (later.rows["became"] == EVENT).to_numpy()[ahead]
    found = gains(chances(model, own), rule_flags(own), happened, thresholds=(0.15, PRINCIPAL), samples=200)
    assert headline(found, RULES, threshold=0.15).claimed


@pytest.mark.spec
def test_the_chance_within_a_year_is_the_sum_over_months_still_there() -> None:
    """By hand: the hazard of each month, times not having had the event, left or turned 18 before."""
    event, left = np.array([[-2.0, -3.0, -2.5, -4.0]]), np.array([[-3.0, -3.0, -4.0, -4.0]])
    for months in (1, 5, 12, 40):
        here, total = 1.0, 0.0
        for month in range(1, min(months, 12) + 1):
            band = 0 if month == 1 else 1 if month <= 3 else 2 if month <= 6 else 3
            h, out = logistic(event[0, band]), logistic(left[0, band])
            total, here = total + here * h, here * (1 - h - out)
        assert within_a_year(event, left, np.array([months]))[0] == pytest.approx(total)


@pytest.mark.unit
def test_a_group_too_small_has_no_slope_and_the_curve_is_in_order() -> None:
    rng = np.random.default_rng(1)
    chance = rng.beta(1, 6, 900)
    happened = rng.random(900) < chance
    assert calibrated(chance[:40], happened[:40]).slope is None
    told = curve(chance, happened)
    assert [one[0] for one in told] == sorted(one[0] for one in told)
    assert sum(one[4] for one in told) == 900
    assert all(low <= share <= high for _, share, low, high, _ in told)


@pytest.mark.generative
def test_twice_the_log_odds_is_half_the_slope() -> None:
    rng = np.random.default_rng(2)
    logit = rng.normal(-2, 1, 20_000)
    happened = rng.random(20_000) < logistic(logit)
    extreme, more = calibrated(logistic(2 * logit), happened), calibrated(logistic(logit - 0.5), happened)
    assert extreme.slope is not None
    assert extreme.slope[0] == pytest.approx(0.5, abs=0.03)
    assert more.intercept is not None
    assert more.intercept[0] == pytest.approx(0.5, abs=0.06)


@pytest.mark.spec
def test_three_facts_move_a_chance_and_changing_one_changes_it(planted: tuple[RiskModel, World, World]) -> None:
    model, _, later = planted
    rows = later.rows.head(200)
    told = explain(model, rows).facts
    moved = told.filter(pl.col("kind") == "moved")
    assert moved.group_by("at").len()["len"].to_list() == [3] * 200
    assert set(moved["fact"]) <= set(GROUPS)
    size = moved.with_columns(pl.col("change").abs()).sort("at", "place")
    assert size.group_by("at", maintain_order=True).agg(pl.col("change").is_sorted(descending=True))["change"].all()
    other = rows.with_columns(carer_ended=~pl.col("carer_ended"))
    changed = told.filter(pl.col("kind") == "would change", pl.col("fact") == "carer_ended").sort("at")
    assert changed["chance"].to_numpy() == pytest.approx(chances(model, other)), (
        "the same child with the fact otherwise"
    )
    says = dict(zip(changed["at"], changed["says"], strict=True))
    for at, ended in enumerate(rows["carer_ended"]):
        assert says[at].startswith("with 6 months without" if ended else "if a carer had")


@pytest.mark.unit
def test_sex_and_ethnicity_are_no_facts(planted: tuple[RiskModel, World, World]) -> None:
    model, _, later = planted
    rows = later.rows.head(50)
    other = rows.with_columns(sex=pl.lit("M"), ethnicity=pl.lit("BCRB"))
    assert (chances(model, rows) == chances(model, other)).all()
    assert not {"sex", "ethnicity"} & set(design(rows).groups)


def _returns(children: int = 900, years: tuple[int, ...] = (2020, 2021, 2022, 2023, 2024)) -> dict[str, pl.DataFrame]:
    """Children of three boroughs; some move into a home in the course of a year, more of those whose carer gave up."""
    rng = np.random.default_rng(5)
    stays: list[dict[str, Any]] = []
    about = []
    for at in range(children):
        name, authority = f"C{at}", f"E0900000{2 + at % 3}"
        about.append({"CHILD": name, "DOB": f"{2008 + at % 5}-0{1 + at % 9}-15", "SEX": "MF"[at % 2],
                      "ETHNIC": ("WBRI", "BCRB")[at // 2 % 2]})  # fmt: skip
        day, place, reason, begun = date(2019, 5, 1), "U4", None, "S"
        for year in years:
            start = {"CHILD": name, "authority": authority, "period": f"{year}-{(year + 1) % 100}", "DECOM": str(day),
                     "PLACE": place, "RNE": begun}  # fmt: skip
            if place == "U4" and rng.random() < 0.35:
                when = date(year, int(rng.integers(5, 12)), int(rng.integers(1, 28)))
                place, reason = ("K2", "CARPL") if rng.random() < 0.6 else ("U6", "CREQB")
                stays.append(start | {"DEC": str(when), "REC": "X1", "REASON_PLACE_CHANGE": reason})
                day, begun = when, "P"
                stays.append(start | {"DECOM": str(when), "PLACE": place, "RNE": "P"})
                place = "U4" if place == "U6" else place
            elif rng.random() < 0.06:
                stays.append(start | {"DEC": f"{year}-10-09", "REC": "E4A"})
                break
            else:
                stays.append(start)
    return returns(episode=stays, child=about)


@pytest.mark.integration
def test_frames_are_there_and_each_borough_has_its_own() -> None:
    told = _returns()
    days = learning_days(told)
    assert days[0] == date(2021, 3, 31)
    assert days[-1] == date(2025, 3, 31)
    made = identification(told, samples=50)
    for name, shape in SHAPES.items():
        assert dict(made[name].schema) == dict(shape), name
    assert made["risk_headline"].height == 1
    assert made["risk_benefit"]["threshold"].n_unique() == 26
    assert set(made["risk_calibration"]["by"]) == {"all", "authority", "ethnicity", "sex"}
    assert set(made["risk_calibration"]["validation"]) == {"time", "left out"}
    own = made["risk_children_E09000003"]
    assert dict(own.schema) == CHILDREN
    assert own["child"].to_list() == sorted(own["child"]), "by the child's number: never a queue"
    assert set(own["child"]) == set(made["risk_facts_E09000003"]["child"])
    assert dict(made["risk_facts_E09000003"].schema) == FACTS_OF
    assert not set(own["child"]) & set(made["risk_children_E09000002"]["child"])


@pytest.mark.integration
def test_too_little_to_learn_from_is_said() -> None:
    made = identification(_returns(60), samples=10)
    assert "fewer than the 200" in made["risk_notes"]["note"][0]
    assert made["risk_headline"].is_empty()
    assert "three years" in identification(_returns(60, years=(2020, 2021)), samples=10)["risk_notes"]["note"][0]
    assert "three years" in identification({}, samples=10)["risk_notes"]["note"][0]
