"""Authorities that were merged or split: Northamptonshire in two, Cumbria in two, Dorset with Bournemouth and Poole."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from improvement.public_lait import TOPICS, dictionary, lait
from parentis.figures import Measure, Polarity
from parentis.figures.benchmarks import Verdict, benchmark
from parentis.region import authorities, match_authorities
from parentis.returns import read
from parentis.services.improvement.published import listed, neighbours
from parentis.services.improvement.regression import Panel, regression_to_the_mean

ENDED = {"Northamptonshire": "928", "Cumbria": "909", "Dorset (Pre LG)": "835", "Poole": "836", "Bournemouth": "837"}
NEW = {"North Northamptonshire": "940", "West Northamptonshire": "941", "Cumberland": "942",
       "Westmorland and Furness": "943", "Dorset": "838", "Bournemouth, Christchurch and Poole": "839"}  # fmt: skip
MEASURE = Measure(id="x.rate", title="Rate", unit="%", definition="d", source="s", polarity=Polarity.LOWER,
                  people=())  # fmt: skip


def codes(numbers: list[str]) -> list[str]:
    return match_authorities(pl.DataFrame({"code": numbers}), "code")["authority"].to_list()


@pytest.mark.integration
def test_lait_lists_five_former_authorities_without_a_value(shared_data: Path) -> None:
    """Of the 75 measures that are benchmarked, in the years after their end; their earlier values are there."""
    polar = dictionary(shared_data).filter(pl.col("topic").is_in(TOPICS), pl.col("polarity").is_in(["Low", "High"]))
    former = lait(shared_data).filter(pl.col("number").is_in([int(one) for one in ENDED.values()]))
    assert former["number"].n_unique() == 5
    social_care = former.join(polar, on="measure")
    now = social_care.filter(pl.col("years").str.head(4).is_in(["2024", "2025"]))
    assert now.height > 300
    assert now["value"].null_count() == now.height
    assert social_care["value"].null_count() < social_care.height
    # of other subjects (attainment at 19, reoffending) some are published years later: they are nobody's neighbours
    late = former.filter(pl.col("years").is_in(["2024", "2025", "2024-25"]), pl.col("value").is_not_null())
    assert 0 < late.height < 60


@pytest.mark.unit
def test_an_authority_that_took_over_another_is_told_from_it() -> None:
    """A former authority is one of its own, with its last day; its successors begin the day after."""
    known = {one.dfe: one for one in authorities()}
    assert all(known[number].valid_to for number in ENDED.values())
    for number in NEW.values():
        mine = known[number]
        assert mine.valid_to is None
        assert mine.valid_from is not None
        before = [one for one in authorities() if one.gss in mine.predecessors]
        assert before
        assert all((mine.valid_from - one.valid_to).days == 1 for one in before if one.valid_to)


def figures(value: dict[str, dict[int, float | None]]) -> pl.DataFrame:
    rows = [
        {"geography": place, "breakdown": "", "scenario": "", "period": f"{year - 1}-{year % 100}",
         "period_end": date(year, 3, 31), "value": one, "n": None, "numerator": one,
         "denominator": 100.0 if one else None}
        for place, years in value.items() for year, one in years.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"n": pl.Int64, "numerator": pl.Float64, "denominator": pl.Float64,
                                                "value": pl.Float64})  # fmt: skip


@pytest.mark.unit
def test_a_series_is_neither_drawn_over_a_change_of_area_nor_lost() -> None:
    """The former authority has its years and no place in the latest; the new one's trend begins with itself."""
    (old,), (north, west) = codes(["928"]), codes(["940", "941"])
    others = codes(["831", "856", "857", "891", "892", "830"])
    values: dict[str, dict[int, float | None]] = {
        place: {year: 20.0 + at + year % 3 for year in range(2017, 2026)} for at, place in enumerate(others)
    }
    values[old] = {**dict.fromkeys(range(2017, 2022), 30.0), **dict.fromkeys(range(2022, 2026))}
    values[north] = {year: 25.0 + year % 2 for year in (2022, 2023, 2024, 2025)}
    values[west] = dict.fromkeys((2024, 2025), 21.0)
    found = benchmark(figures(values), MEASURE, places=list(values), neighbours={others[0]: [old, north]})
    assert found is not None
    rows = {row["geography"]: row for row in found.rows.iter_rows(named=True)}
    assert found.period == "2024-25"
    assert (rows[old]["value"], rows[old]["verdict"], rows[old]["rank"]) == (None, Verdict.UNRANKED, None)
    assert rows[north]["ranked"] == len(others) + 2, "the former authority takes no place among the ranked"
    assert (rows[north]["years"], rows[west]["years"], rows[west]["direction"]) == (4, 2, "too few years")
    assert rows[others[0]]["neighbours"] == 1, "of two neighbours one is no more"
    history = found.history.filter(pl.col("geography") == old, pl.col("value").is_not_null())
    assert history.height == 5, "nothing is lost"


@pytest.mark.integration
def test_an_older_list_of_neighbours_may_name_an_authority_that_has_ended(shared_data: Path) -> None:
    (earlier,) = read([shared_data / "ofsted" / "statistical_neighbours_april_2021.csv"])
    edges = neighbours(earlier.tables["edges"].with_columns(period=pl.lit(earlier.period)))
    named = {other for others in listed(edges).values() for other in others}
    cumbria = codes(["909"])[0]
    assert cumbria in named
    assert cumbria in set(edges["geography"])
    assert not set(codes(["942", "943"])) & named


@pytest.mark.unit
def test_a_borough_that_misses_two_years_loses_only_those() -> None:
    """Hackney after its systems were attacked: no pair of years holds it that lacks one of the two."""
    rng = np.random.default_rng(1)
    values = rng.normal(20, 3, (30, 5))
    whole = Panel(tuple(f"P{at}" for at in range(30)), (2019, 2020, 2021, 2022, 2023), values)
    lacking = values.copy()
    lacking[3, [2, 3]] = np.nan
    found = regression_to_the_mean({"m": Panel(whole.places, whole.years, lacking)})
    assert found.measure_years == 4
    assert found != regression_to_the_mean({"m": whole})
    first = Panel(whole.places, whole.years[:2], lacking[:, :2])
    assert regression_to_the_mean({"m": first}) == regression_to_the_mean(
        {"m": Panel(whole.places, whole.years[:2], values[:, :2])}
    ), "years that it has count as before"
