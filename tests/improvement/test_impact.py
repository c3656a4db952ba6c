"""What worst-fifth boroughs do without help, and whether a check tells a programme from luck."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from improvement.public_lait import TOPICS, dictionary, lait
from parentis.services.improvement.impact import CHANCE, FEWEST, PRIOR, Impact, ImpactCheck, impact_check, prior_of
from parentis.services.improvement.regression import Panel, regression_to_the_mean, worst_fifth

BOROUGHS = 32
PROGRAMMES = 200


@pytest.fixture(scope="module")
def london(shared_data: Path) -> dict[str, Panel]:
    """London's 32 boroughs, the 75 measures of children's social care with a better way, worse upwards."""
    polar = dictionary(shared_data).filter(pl.col("topic").is_in(TOPICS), pl.col("polarity").is_in(["Low", "High"]))
    rows = lait(shared_data).filter(
        pl.col("region").is_in(["Inner London", "Outer London"]), pl.col("name") != "City of London"
    )
    worse = pl.when(pl.col("polarity") == "Low").then(pl.col("value")).otherwise(-pl.col("value"))
    held = (
        rows.join(polar, on="measure").drop_nulls("value").with_columns(value=worse, year=pl.col("years").str.head(4))
    )
    panels = {}
    for (measure,), part in held.partition_by("measure", as_dict=True).items():
        wide = part.pivot(on="year", index="name", values="value", aggregate_function="first").sort("name")
        years = sorted(set(wide.columns) - {"name"})
        panels[str(measure)] = Panel(
            tuple(wide["name"]), tuple(int(one) for one in years), wide.select(years).to_numpy().astype(float)
        )
    assert polar.height == 75
    return panels


@pytest.mark.spec
def test_regression_to_the_mean_in_london(london: dict[str, Panel]) -> None:
    """.639 of a standard deviation, .632 by regression alone, 98 % better than the rest, 49 % still there."""
    found = regression_to_the_mean(london)
    assert found.measure_years == 376
    assert (found.gain, found.predicted) == (pytest.approx(0.6386, abs=5e-5), pytest.approx(0.6325, abs=5e-5))
    assert (found.improved_more, found.still_worst) == (
        pytest.approx(0.9814, abs=5e-5),
        pytest.approx(0.4863, abs=5e-5),
    )


Pair = tuple[Panel, int]


def pairs_of(panels: dict[str, Panel]) -> list[Pair]:
    """Every measure and year whose next year is there and of which enough boroughs are known, by name and year."""
    found = []
    for name in sorted(panels):
        panel = panels[name]
        for at in range(len(panel.years) - 1):
            known = ~np.isnan(panel.values[:, at]) & ~np.isnan(panel.values[:, at + 1])
            if panel.years[at + 1] == panel.years[at] + 1 and known.sum() >= 25 and np.std(panel.values[known, at]) > 0:
                found.append((panel, at))
    return found


def random_programme(pair: Pair, rng: np.random.Generator) -> ImpactCheck:
    """Some of a measure's worst fifth in a year, and nothing done but wait."""
    panel, at = pair
    before, after = panel.values[:, at], panel.values[:, at + 1]
    both = np.flatnonzero(~np.isnan(before) & ~np.isnan(after))
    worst = both[worst_fifth(before[both])]
    touched = np.zeros(len(before), dtype=bool)
    touched[rng.choice(worst, rng.integers(1, len(worst) + 1), replace=False)] = True
    check = impact_check(before, after, touched, prior=prior_of(panel.values[:, :at]))
    assert check is not None
    return check


@pytest.mark.spec
def test_random_programmes_of_the_past_are_rarely_called_moved_more(london: dict[str, Panel]) -> None:
    """Two hundred: at most one in twenty, where a plain before-and-after calls nearly all of them a success."""
    rng = np.random.default_rng(0)
    pairs = pairs_of(london)
    checks = [random_programme(pairs[rng.integers(len(pairs))], rng) for _ in range(PROGRAMMES)]
    assert sum(one.verdict is Impact.MORE for one in checks) <= 0.05 * PROGRAMMES
    assert sum(one.change > 0 for one in checks) >= 0.75 * PROGRAMMES, "before and after, most look like a success"


@pytest.mark.spec
def test_the_bar_holds_in_every_half_of_measures_and_years(london: dict[str, Panel]) -> None:
    """The bar is the usual 95 % interval; nothing of it was chosen by these rates. Four programmes of every measure and
    year; a bar of 90 % would fail here in every half (7.3 to 8.1 %)."""
    rng = np.random.default_rng(0)
    even, late, more = [], [], []
    measures = {id(london[name]): number for number, name in enumerate(sorted(london))}
    for panel, at in pairs_of(london):
        for _ in range(4):
            more.append(random_programme((panel, at), rng).verdict is Impact.MORE)
            even.append(measures[id(panel)] % 2 == 0)
            late.append(panel.years[at] >= 2020)
    of = np.array(more)
    halves = {"even": np.array(even), "odd": ~np.array(even), "late": np.array(late), "early": ~np.array(late)}
    assert CHANCE == 0.05
    rates = {name: float(of[half].mean()) for name, half in halves.items()}
    assert max(rates.values()) <= 0.05, rates


def simulated(reliability: float, effect: float, many: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """A measure whose year-to-year correlation is `reliability`: past, start, end and who took part."""
    level = rng.normal(size=(BOROUGHS, 1)) * np.sqrt(reliability)
    seen = level + rng.normal(size=(BOROUGHS, 9)) * np.sqrt(1 - reliability)
    touched = np.zeros(BOROUGHS, dtype=bool)
    touched[rng.choice(np.argsort(seen[:, 7])[-8:], many, replace=False)] = True
    return seen[:, :7], seen[:, 7], seen[:, 8] - effect * touched * np.std(seen[:, 7]), touched


@pytest.mark.spec
@pytest.mark.parametrize(("reliability", "many"), [(0.6, 3), (0.85, 3), (0.95, 6)])
def test_a_planted_effect_is_found_as_often_as_the_page_says(reliability: float, many: int) -> None:
    """Half a standard deviation, .6 being LAIT's usual reliability in London."""
    rng = np.random.default_rng(9)
    hits, predicted = [], []
    for _ in range(700):
        past, before, after, touched = simulated(reliability, 0.5, many, rng)
        found = impact_check(before, after, touched, prior=prior_of(past))
        assert found is not None
        hits.append(found.verdict is Impact.MORE)
        predicted.append(found.power)
    assert np.mean(hits) == pytest.approx(np.mean(predicted), abs=0.05)


@pytest.mark.unit
def test_the_parts_add_up_and_a_great_effect_is_found() -> None:
    _past, before, after, touched = simulated(0.95, 3.0, 3, np.random.default_rng(2))
    found = impact_check(before, after, touched, near={at: [at - 1, at - 2] for at in range(BOROUGHS)})
    assert found is not None
    assert found.effect == pytest.approx(found.change - found.regression - found.neighbours)
    assert found.verdict is Impact.MORE
    assert found.p_permutation < 0.01
    assert found.low < found.effect < found.high
    turned = impact_check(before, before + 3.0 * touched, touched)
    assert turned is not None
    assert turned.verdict is Impact.LESS


@pytest.mark.unit
def test_what_cannot_be_told_is_said() -> None:
    """An interval that holds both nothing and what would be worthwhile tells neither; too few boroughs are no check."""
    past, before, after, touched = simulated(0.5, 0.0, 1, np.random.default_rng(3))
    found = impact_check(before, after, touched)
    assert found is not None
    assert found.verdict is Impact.CANNOT_TELL
    few = np.where(np.arange(BOROUGHS) < FEWEST, before, np.nan)
    assert impact_check(few, after, touched) is None
    assert impact_check(before, after, np.zeros(BOROUGHS, dtype=bool)) is None
    assert prior_of(past[:, :2]) == PRIOR
