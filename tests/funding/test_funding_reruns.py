"""Sensitivities and the record of the past: the same projection again, on a small invented region."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from care_region import BOROUGHS, YEARS, care_region

from parentis.services import services
from parentis.services.demand import Change, known_at, outlook, rerun, run, shipped
from parentis.services.demand.money.reruns import learning_from
from parentis.services.funding.forecast.backtest import Trial, record, trials
from parentis.services.funding.forecast.bridges import reconciled
from parentis.services.funding.forecast.compute import compute_forecast
from parentis.services.funding.forecast.measures import (
    ASK_TO_DATE,
    ASSUMPTIONS,
    OPTION_LAST,
    OPTIONS,
    RECORD_ACTUAL,
    RECORD_BIAS,
    RECORD_COUNT,
    RECORD_COVERAGE,
    RECORD_FORECAST,
    RECORD_MISS,
    SENSITIVITY,
    SENSITIVITY_HIGHER,
    SENSITIVITY_LOWER,
)
from parentis.services.funding.forecast.options import option_values, options
from parentis.services.funding.forecast.places import Place
from parentis.services.funding.forecast.projection import Projection, project
from parentis.services.funding.forecast.regimes import Policy
from parentis.services.funding.forecast.sensitivities import LARGEST, Rerun, reruns, sensitivity, total

Tables = dict[str, pl.DataFrame]
REGION = Place("london", tuple(range(len(BOROUGHS))), len(BOROUGHS), "London", footprint=True)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return care_region()


@pytest.fixture(scope="module")
def base(tables: Tables) -> Projection:
    ahead = outlook(tables, {"years": 3, "replicates": 24})
    assert ahead is not None
    made = project(tables, ahead, Policy())
    assert made is not None
    return made


@pytest.fixture(scope="module")
def again(tables: Tables, base: Projection) -> tuple[Rerun, ...]:
    return tuple(reruns(tables, base))


@pytest.fixture(scope="module")
def past(tables: Tables, base: Projection) -> tuple[Trial, ...]:
    return trials(tables, base)


@pytest.mark.integration
def test_every_assumption_is_changed_by_the_same_projection_again(base: Projection, again: tuple[Rerun, ...]) -> None:
    assert {one.assumption for one in again} == set(ASSUMPTIONS)
    made = sensitivity(base, again, REGION)
    asked = float(total(base).sum(axis=1).mean())
    for name in ASSUMPTIONS:
        one = made.filter(breakdown=f"assumption={name}")
        bar, lower, higher = (
            one.filter(measure=measure).to_dicts()[0]
            for measure in (SENSITIVITY, SENSITIVITY_LOWER, SENSITIVITY_HIGHER)
        )
        assert bar["value"] == pytest.approx(asked)
        assert bar["low"] == pytest.approx(asked + lower["value"])
        assert bar["high"] == pytest.approx(asked + higher["value"])
        assert lower["value"] <= 0 <= higher["value"]
        assert bar["level"] is None, "ends that are no interval of chance have no level"


@pytest.mark.integration
def test_a_point_of_the_settlement_is_a_point_of_the_budget(base: Projection, again: tuple[Rerun, ...]) -> None:
    """By hand: budgets of the base year, at one point more a year than the path."""
    slower = [one for one in again if one.assumption == "settlement" and one.change.sum() > 0]
    rate, budget = base.policy.settlement_growth, float(base.start.budget.sum())
    by_hand = sum(budget * ((1 + rate) ** year - (1 + rate - 0.01) ** year) for year in (1, 2, 3))
    assert [float(one.change.sum(axis=1).mean()) for one in slower] == [pytest.approx(by_hand)]


@pytest.mark.integration
def test_changes_go_the_way_they_must(again: tuple[Rerun, ...]) -> None:
    by_name: dict[str, list[float]] = {}
    for one in again:
        by_name.setdefault(one.assumption, []).append(float(np.nansum(one.change, axis=1).mean()))
    for name in ("deflator", "price_prior"):
        less, more = by_name[name]
        assert less < 0 < more, name
    for name in ("settlement", "dsg"):
        faster, slower = by_name[name]
        assert faster < 0 < slower, name


@pytest.mark.integration
def test_without_the_largest_the_others_rate_stands_for_them(
    tables: Tables, base: Projection, again: tuple[Rerun, ...]
) -> None:
    [one] = [each for each in again if each.assumption == "largest_four"]
    asked = total(base).mean(axis=0)
    assert sorted(one.without) == sorted(np.argsort(-asked)[:LARGEST])
    names = tuple(base.start.authorities[at] for at in one.without)
    other = project(tables, rerun(base.ahead, tables, Change(without=names), 24), base.policy)
    assert other is not None
    assert not set(names) & set(other.start.authorities)
    theirs = total(other).sum(axis=1)
    pots = base.start.budget + base.start.hn_funding
    of_four = pots[list(one.without)].sum()
    expected = (theirs * (1 + of_four / (pots.sum() - of_four)) - total(base).sum(axis=1)).mean()
    assert float(one.change.sum(axis=1).mean()) == pytest.approx(float(expected))
    assert sensitivity(base, again, Place("x", (0,), 1, "x", footprint=False)).filter(
        breakdown="assumption=largest_four"
    ).is_empty()  # fmt: skip


@pytest.mark.integration
def test_an_option_is_the_asks_difference_in_the_same_futures(tables: Tables, base: Projection) -> None:
    """Joint commissioning changes prices alone: by hand, what the cheaper residential nights take off the ask."""
    tried = {one.id: one.change for one in options(tables, base)}
    assert set(tried) == set(OPTIONS)
    by_title = {words: tried[key] for key, words in OPTIONS.items()}
    for words, change in by_title.items():
        assert change.sum(axis=(1, 2)).mean() < 0, words
    document = shipped()["closer-to-home"]
    cheaper = document.scenario.with_only(document.titles.index("Joint commissioning of children's homes"))
    after = run(base.ahead.basis, cheaper, like=base.ahead.before)
    scale = reconciled(base.ahead)
    by_hand = ((after.costs.net - base.ahead.before.costs.net).sum(axis=2) * scale[None, :, None])[:24]
    assert by_title["Joint commissioning of children's homes"] == pytest.approx(by_hand)
    made = option_values(base, tuple(options(tables, base)), REGION)
    last = made.filter(measure=OPTION_LAST, breakdown="option=closer-to-home together")["value"].item()
    assert last == pytest.approx(tried["closer-to-home together"][:, :, -1].sum(axis=1).mean())


@pytest.mark.unit
def test_years_left_out_are_unseen_and_touching_ones_stay_one_stretch(base: Projection) -> None:
    known = base.ahead.known
    without = learning_from(known, Change(leave_out=("2021-22",)))
    for before, after in zip(known.runs, without.runs, strict=True):
        assert len(before) == 1
        assert len(after) == 2
        assert (after[:, 1] - after[:, 0]).sum() == (before[0, 1] - before[0, 0]) - 365
    short = learning_from(known, Change(since="2023-24"))
    assert {int(runs[0, 1] - runs[0, 0]) for runs in short.runs} == {366 + 365}
    whole = learning_from(known, Change())
    assert all(np.array_equal(a, b) for a, b in zip(known.runs, whole.runs, strict=True))


@pytest.mark.integration
def test_a_forecast_of_the_past_knows_nothing_later(tables: Tables, past: tuple[Trial, ...]) -> None:
    """Later years are changed beyond recognition: what was forecast before them stays, to the penny."""
    held = known_at(tables, "2022-23")
    assert {period for frame in held.values() if frame.height for period in frame["period"]} == set(YEARS[:4])
    later = {
        name: frame.with_columns(OUTTURN=pl.when(pl.col("period") > "2022-23").then(1).otherwise(pl.col("OUTTURN")))
        if name == "finance.monitoring/lines"
        else frame
        for name, frame in tables.items()
    }
    ahead = outlook(later, {"years": 3, "replicates": 24})
    assert ahead is not None
    moved = project(later, ahead, Policy())
    assert moved is not None
    [ours], [theirs] = ([one for one in each if one.origin == "2022-23"] for each in (past, trials(later, moved)))
    assert ours.forecast(1) == pytest.approx(theirs.forecast(1))
    assert ours.actual(1).sum() != theirs.actual(1).sum()


@pytest.mark.integration
def test_the_record_by_hand(past: tuple[Trial, ...]) -> None:
    assert [one.origin for one in past] == ["2020-21", "2021-22", "2022-23", "2023-24"]
    made = record(past, REGION, BOROUGHS)
    errors, inside = [], []
    for trial in past:
        drawn, true = trial.forecast(0), trial.actual(0)
        errors.append((drawn.sum(axis=1).mean() - true.sum(), drawn.sum(axis=1).mean() / true.sum() - 1))
        low, high = np.quantile(drawn, [0.1, 0.9], axis=0)
        inside.append(np.mean((low <= true) & (true <= high)))
        own = made.filter(breakdown=f"made_at_the_end_of={trial.origin}", period=trial.made.found.years[0])
        values = dict(own.select("measure", "value").iter_rows())
        assert values[RECORD_FORECAST] == pytest.approx(drawn.sum(axis=1).mean())
        assert values[RECORD_ACTUAL] == pytest.approx(true.sum())
    first = dict(made.filter(breakdown="years_ahead=1").select("measure", "value").iter_rows())
    assert first[RECORD_MISS] == pytest.approx(np.mean([miss for miss, _ in errors]))
    assert first[RECORD_BIAS] == pytest.approx(100 * np.mean([share for _, share in errors]))
    assert first[RECORD_COVERAGE] == pytest.approx(100 * np.mean(inside))
    assert first[RECORD_COUNT] == 4


@pytest.mark.unit
def test_a_year_reported_on_another_basis_is_not_scored(past: tuple[Trial, ...]) -> None:
    trial = past[-1]
    other = replace(trial.then[0], basis=("RA and RS", *trial.then[0].basis[1:]))
    assert np.isnan(replace(trial, then=(other,)).actual(0)[0])
    assert np.isfinite(trial.actual(0)).all()


@pytest.mark.integration
def test_figures_of_the_region_and_its_boroughs_carry_one_ask(tables: Tables) -> None:
    found = compute_forecast(tables, {"years": 2, "replicates": 20, "price_year": "2024-25"}).figures
    last = found.filter(measure=ASK_TO_DATE, period="2026-27")
    boroughs = last.filter(pl.col("geography").str.starts_with("E09"))["value"].sum()
    assert boroughs == pytest.approx(last.filter(geography="london")["value"].item())
    assert found.filter(measure=SENSITIVITY, geography="london").height == len(ASSUMPTIONS)
    plain = compute_forecast(tables, {"years": 2, "replicates": 20, "price_year": "2024-25", "reruns": False}).figures
    assert plain.filter(pl.col("measure").str.contains("sensitivity|record|option")).is_empty()
    assert (
        plain.filter(measure=ASK_TO_DATE)
        .select("geography", "period", "value")
        .equals(found.filter(measure=ASK_TO_DATE).select("geography", "period", "value"))
    )


@pytest.mark.integration
def test_the_waterfall_of_the_scenario_begins_at_the_forecast_that_is_shown(tables: Tables) -> None:
    """Its steps come of fewer futures: without the scenario there is one cost to come all the same."""
    service = services()["demand"]
    found = service.compute.resolve()(tables, {"years": 2, "replicates": 24, "scenario_replicates": 6}).figures
    last = found.filter(geography="london", period="2026-27", breakdown="")
    falls = last.filter(pl.col("measure").str.starts_with("demand.waterfall."))
    steps = dict(falls.select("measure", "value").iter_rows())
    before, after = steps.pop("demand.waterfall.before"), steps.pop("demand.waterfall.after")
    assert before == pytest.approx(last.filter(measure="demand.cost.forecast")["value"].item())
    assert before + sum(steps.values()) == pytest.approx(after)
