"""Published London figures, from the published files through reading, typing and the service."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from parentis.figures import Catalogue, Figures
from parentis.returns import read, the_return, type_cells
from parentis.services import measures_of, services
from parentis.services.service import Result
from parentis.services.statistics.compute import compute

FILES = (
    "finance/LAIT_bds_long_0.parquet",
    "finance/lait_data_dictionary.csv",
    "cla/SFR_CLA_2017.csv",
    "cla/cla_number_and_rate_per_10k_children.csv",
    "cla/la_children_who_ceased_during_the_year_2024rel.csv",
    "cla/la_cla_who_started_to_be_looked_after_2022or23rel.csv",
    "population/ons_mye_0_17_2012_to_2024.csv",
    "adoption/la_ceased_sgo_adoption_2024rel.csv",
    "ofsted/csww_indicators_2017_to_2025.csv",
)
pytestmark = [pytest.mark.integration, pytest.mark.real]
London = Callable[[str], dict[str, float | None]]


@pytest.fixture(scope="module")
def real_tables(shared_data: Path) -> dict[str, pl.DataFrame]:
    frames: dict[str, list[pl.DataFrame]] = {name: [] for name in services()["statistics"].needs}
    for sequence, reading in enumerate(read([shared_data / name for name in FILES])):
        typed = type_cells(reading, the_return(reading.return_id).spec.at(reading.period or ""))
        for name, frame in typed.tables.items():
            frames[f"{reading.return_id}/{name}"].append(
                frame.with_columns(
                    period=pl.lit(reading.period),
                    part=pl.lit(reading.part),
                    load_id=pl.lit(f"load-{sequence}"),
                    sequence=pl.lit(sequence, pl.Int64),
                    provisional=pl.lit(False),
                )
            )
    return {name: pl.concat(held) for name, held in frames.items()}


@pytest.fixture(scope="module")
def result(real_tables: dict[str, pl.DataFrame]) -> Result:
    return compute(real_tables, {})


@pytest.fixture(scope="module")
def london(result: Result) -> London:
    def of(measure: str) -> dict[str, float | None]:
        rows = result.figures.filter(measure=f"statistics.{measure}", geography="london", breakdown="")
        return dict(rows.select("period", "value").iter_rows())

    return of


def test_children_looked_after_and_asylum_seeking_by_year(london: London) -> None:
    days = [f"{year}-03-31" for year in range(2016, 2026)]
    looked_after = [9870, 9910, 9880, 10020, 10020, 9640, 9940, 9680, 9640, 9290]
    assert london("lait.lacnum") == dict(zip(days, looked_after, strict=True))
    asylum = [1490, 1600, 1520, 1740, 1770, 1340, 1580, 1390, 1210, 1070]
    assert london("lait.unacc_asylmn_seek_childn") == dict(zip(days, asylum, strict=True))


def test_two_publications_agree_where_they_overlap(london: London) -> None:
    tool, release = london("lait.lacnum"), london("cla.number_31_march")
    assert release == {day: tool[day] for day in ("2017-03-31", *(f"{year}-03-31" for year in range(2021, 2026)))}


def test_starts_ceases_adoptions_and_the_earlier_release(london: London) -> None:
    assert london("cla.started")["2024-25"] == 4260
    assert london("cla.ceased")["2024-25"] == 4700
    adopted = {"2019-20": 260, "2020-21": 210, "2021-22": 220, "2022-23": 210, "2023-24": 210}
    assert london("adoption.adopted") == adopted
    assert london("cla.uasc_31_march") == {"2017-03-31": 1540}


def test_gross_spending_in_pounds(london: London) -> None:
    millions = {period: round((value or 0) / 1e6, 1) for period, value in london("lait.c_and_ypexpenditure").items()}
    assert millions == {
        "2016-17": 1776.9,
        "2017-18": 1745.5,
        "2018-19": 1830.1,
        "2019-20": 1943.5,
        "2020-21": 2027.4,
        "2021-22": 2043.5,
        "2022-23": 2231.4,
        "2023-24": 2446.2,
        "2024-25": 2624.3,
    }


def test_the_region_s_children_are_its_authorities_children(result: Result, london: London) -> None:
    whole = london("population.0_17")
    assert (whole["2012-06-30"], whole["2017-06-30"], whole["2024-06-30"]) == (1847747, 1931638, 1916086)
    boroughs = result.figures.filter(
        pl.col("geography").str.starts_with("E09"), measure="statistics.population.0_17", period="2024-06-30"
    )
    assert (boroughs.height, boroughs["value"].sum()) == (33, 1916086)


def test_workforce(london: London) -> None:
    assert london("workforce.agency_rate")["2025-09-30"] == 17.9


def test_every_figure_is_valid_and_its_measure_in_the_catalogue(
    result: Result, real_tables: dict[str, pl.DataFrame]
) -> None:
    Figures.validate(result.figures)
    catalogue = Catalogue(measures_of(services()["statistics"], real_tables))
    assert {measure for measure in result.figures["measure"].unique() if measure not in catalogue} == set()
    assert result.figures.filter(pl.col("measure").str.starts_with("statistics.lait."))["measure"].n_unique() == 434


def test_only_what_cannot_be_placed_is_left_out(result: Result) -> None:
    assert result.frames["left_out"].select("part", "reason", "rows").rows() == [
        ("base-data", "no period can be read", 170),  # one measure's column headed 0
        ("cla_number_and_rate", "the indicator repeats another data set's", 2505),
        ("workforce", "the place is no authority or footprint", 308),  # pairs of authorities that report as one
    ]


def test_published_totals_of_one_key_agree(real_tables: dict[str, pl.DataFrame]) -> None:
    """A group's total stands once per group; taking the first of them is safe only while they are equal."""
    from parentis.services.statistics.dfe import dfe_rows

    rows, _ = dfe_rows(real_tables["open_statistics.dfe/values"])
    keys = ["measure", "geography", "period", "breakdown", "load_id"]
    assert (
        rows.group_by(keys).agg(pl.struct("value", "marker").n_unique().alias("n")).filter(pl.col("n") > 1).is_empty()
    )
