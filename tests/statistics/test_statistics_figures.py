"""Figures of open statistics from a few invented rows, with answers to be seen by eye."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parentis.figures import Catalogue, Figures, Provenance, ProvenanceInputs
from parentis.services import measures_of, services
from parentis.services.service import Result
from parentis.services.statistics.compute import compute

Make = Callable[..., dict[str, pl.DataFrame]]
KEY = ["measure", "geography", "period", "breakdown"]

TEA = {
    "SHORT_DESC": "Tea&Cake%",
    "TITLE": "Tea drunk at 31 March (%)",
    "AXIS": "% of staff",
    "POLARITY": "High",
    "YEAR_TYPE": "Financial Year",
}
SPEND = {"SHORT_DESC": "Spend", "TITLE": "Tea - Gross expenditure", "AXIS": "Spend", "YEAR_TYPE": "Financial Year"}


def line(
    short: str, years: str, number: str, value: float | None, marker: str | None = None, **more: Any
) -> dict[str, Any]:
    return {"SHORT_DESC": short, "YEARS": years, "LA_NUMBER": number, "VALUE": value, "MARKER": marker, **more}


def cell(
    part: str, filters: str, indicator: str, value: float | None, marker: str | None = None, **more: Any
) -> dict[str, Any]:
    place = {"GEOGRAPHY": "E12000007", "TIME_PERIOD": "2025", "TIME_IDENTIFIER": "Reporting year"}
    said = {"part": part, "BREAKDOWN": filters, "INDICATOR": indicator, "VALUE": value, "MARKER": marker}
    return {**place, **said, **more}


def shown(result: Result, *columns: str) -> list[tuple[Any, ...]]:
    Figures.validate(result.figures)
    Provenance.validate(result.provenance)
    ProvenanceInputs.validate(result.inputs)
    return result.figures.select(columns).rows()


@pytest.mark.spec
def test_lait_lines_take_meaning_from_the_dictionary(tables: Make) -> None:
    result = compute(
        tables(
            dictionary=[TEA, SPEND],
            lines=[
                line("Tea&Cake%", "2025", "202", 8.5),
                line("Tea&Cake%", "2025", "988", None, "-"),
                line("Spend", "2023-24 (OT)", "970", 120.0),
            ],
        ),
        {},
    )
    assert shown(result, "measure", "geography", "period", "value", "suppressed", "unit", "gross_net") == [
        ("statistics.lait.spend", "england", "2023-24", 120.0, None, "£", "gross"),
        ("statistics.lait.tea_and_cake_percent", "E09000007", "2025-03-31", 8.5, None, "%", ""),
        ("statistics.lait.tea_and_cake_percent", "outer-london", "2025-03-31", None, "x", "%", ""),
    ]
    assert shown(result, "method")[0] == ("as published by DfE in LAIT, data to 2025; outturn",)


@pytest.mark.spec
def test_what_gives_no_figure_is_counted_with_its_reason(tables: Make) -> None:
    result = compute(
        tables(
            dictionary=[TEA],
            lines=[
                line("Coffee", "2025", "202", 1.0),
                line("Tea&Cake%", "0", "202", 1.0),
                line("Tea&Cake%", "2025", "999", 1.0),
            ],
            values=[cell("cla_number_and_rate", "", "population_estimate", 5.0)],
        ),
        {},
    )
    assert shown(result, "measure") == []
    assert sorted(result.frames["left_out"].select("reason", "rows").rows()) == [
        ("no period can be read", 1),
        ("the dictionary does not describe the measure", 1),
        ("the indicator repeats another data set's", 1),
        ("the place is no authority or footprint", 1),
    ]


@pytest.mark.spec
def test_a_filter_can_be_part_of_the_measure_and_a_pair_of_filters_one_dimension(tables: Make) -> None:
    result = compute(
        tables(
            values=[
                cell(
                    "cla_number_and_rate",
                    "population_type=Children looked after on 31 March each year",
                    "children_count",
                    10.0,
                ),
                cell("cla_ceased", "characteristic=Total;cla_group=Gender", "number", 4.0),
                cell("cla_ceased", "characteristic=Total;cla_group=Age on ceasing", "number", 4.0),
                cell("cla_ceased", "characteristic=Female;cla_group=Gender", "number", None, "c"),
                cell("workforce", "", "agency_rate_fte", None, "low"),
                cell("cla_sfr", "", "cla_male", 6.0),
            ]
        ),
        {},
    )
    assert shown(result, "measure", "breakdown", "period", "value", "suppressed") == [
        ("statistics.cla.ceased", "", "2024-25", 4.0, None),
        ("statistics.cla.ceased", "gender=Female", "2024-25", None, "c"),
        ("statistics.cla.number_31_march", "", "2025-03-31", 10.0, None),
        ("statistics.cla.number_31_march", "gender=Male", "2025-03-31", 6.0, None),
        ("statistics.workforce.agency_rate", "", "2025-09-30", None, "k"),
    ]


@pytest.mark.spec
def test_an_unknown_data_set_gets_measures_by_its_own_words(tables: Make) -> None:
    given_tables = tables(
        values=[
            cell(
                "moon_landings",
                "vehicle=Total",
                "flights_count",
                3.0,
                TIME_PERIOD="202324",
                TIME_IDENTIFIER="Academic year",
            ),
            cell(
                "moon_landings",
                "vehicle=Rocket",
                "flights_count",
                2.0,
                TIME_PERIOD="202324",
                TIME_IDENTIFIER="Week 3",
            ),
        ]
    )
    result = compute(given_tables, {})
    assert shown(result, "measure", "breakdown", "period", "period_start", "period_end", "unit") == [
        ("statistics.moon_landings.flights_count", "", "2023-24", date(2023, 9, 1), date(2024, 8, 31), "count")
    ]
    assert result.frames["left_out"].select("part", "reason", "rows").rows() == [
        ("moon_landings", "no period can be read", 1)
    ]
    catalogue = Catalogue(measures_of(services()["statistics"], given_tables))
    assert catalogue["statistics.moon_landings.flights_count"].title == "Moon landings: flights count"


@pytest.mark.spec
def test_the_later_load_wins_whatever_the_order_of_rows(tables: Make) -> None:
    wanted = "population_type=Children starting to be looked after each year"
    rows = [
        cell("cla_number_and_rate", wanted, "children_count", 2.0, load_id="late", sequence=9),
        cell("cla_number_and_rate", wanted, "children_count", 1.0, load_id="early", sequence=3),
    ]
    for order in (rows, rows[::-1]):
        result = compute(tables(values=order), {})
        assert shown(result, "value") == [(2.0,)]
        assert result.inputs.select("load_id", "table", "rows", "row_count").rows() == [
            ("late", "open_statistics.dfe/values", None, 1)
        ]


@pytest.mark.spec
def test_a_final_release_stands_before_a_provisional_one(tables: Make) -> None:
    rows = [line("Tea&Cake%", "2025 (prov)", "202", 1.0), line("Tea&Cake%", "2025 (Final)", "202", 2.0)]
    result = compute(tables(dictionary=[TEA], lines=rows), {})
    assert shown(result, "value", "method") == [(2.0, "as published by DfE in LAIT, data to 2025; final release")]


@pytest.mark.unit
def test_nothing_submitted_gives_no_figures(tables: Make) -> None:
    assert shown(compute(tables(), {}), "measure") == []


_signs = st.sampled_from(["c", "x", "z", "k", "low", "u", "-", "?"])
_cells = st.one_of(st.tuples(st.floats(-1e9, 1e9), st.none()), st.tuples(st.none(), st.none() | _signs))


@pytest.mark.generative
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["2016", "2016-17 (OT)", "0"]), st.sampled_from(["202", "986", "1"]), _cells))
)
def test_a_suppressed_value_is_never_a_number_and_every_row_is_accounted_for(
    tables: Make, drawn: list[tuple[str, str, tuple[float | None, str | None]]]
) -> None:
    rows = [line("Spend", years, number, *published) for years, number, published in drawn]
    made = tables(dictionary=[SPEND], lines=rows)
    result = compute(made, {})
    figures = result.figures
    assert (figures["value"].is_null() == figures["suppressed"].is_not_null()).all()
    assert set(figures["suppressed"].drop_nulls()) <= {"c", "x", "z", "k"}
    told: dict[tuple[str, str], set[tuple[float | None, str | None]]] = {}
    for years, number, (value, marker) in drawn:
        told.setdefault((years, number), set()).add((value, marker))
    # What a file says twice with different numbers gives no figure: nobody knows which is right.
    keys = {key for key, said in told.items() if key[0] != "0" and key[1] != "1" and len(said) == 1}
    assert figures.height == figures.unique(KEY).height == len(keys)
    kept = sum(1 for years, number, _ in drawn if (years, number) in keys)
    assert kept + (result.frames["left_out"]["rows"].sum() or 0) == len(drawn)
    assert set(figures["measure"]) <= {one.id for one in measures_of(services()["statistics"], made)}
    assert set(figures["provenance_id"]) == set(result.provenance["provenance_id"])
