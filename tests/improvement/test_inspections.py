"""Ofsted's inspections: read from the published workbook, counted as Ofsted counts them."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from parentis.region import members
from parentis.returns import read
from parentis.services.improvement.inspections import counted, inspections, judgements

DAY = date(2025, 3, 31)


@pytest.fixture(scope="module")
def held(shared_data: Path) -> pl.DataFrame:
    (found,) = read([shared_data / "ofsted" / "LA_Inspection_Outcomes_2025-03-31.ods"])
    assert (found.return_id, found.period) == ("improvement.inspections", "2025")
    days = pl.col("INSPECTED", "PUBLISHED").str.to_date()
    return inspections(found.tables["inspections"].with_columns(days, sequence=pl.lit(1)))


@pytest.mark.spec
def test_judgements_at_31_march_2025(held: pl.DataFrame) -> None:
    """England 36 outstanding, 67 good, 31 requiring improvement, 19 inadequate; London 14, 15, 2, 2."""
    last = judgements(held, DAY)
    assert list(counted(last).values()) == [36, 67, 31, 19]
    london = last.filter(pl.col("geography").is_in(list(members("london", DAY))))
    assert list(counted(london).values()) == [14, 15, 2, 2]


@pytest.mark.spec
def test_the_second_route_is_ofsteds_own_sheet_of_current_judgements(shared_data: Path, held: pl.DataFrame) -> None:
    sheet = pl.read_ods(
        shared_data / "ofsted" / "LA_Inspection_Outcomes_2025-03-31.ods", sheet_name="Inspections_as_at_31_March",
        has_header=False,
    )  # fmt: skip
    grades = {"OUTSTANDING": "Outstanding", "GOOD": "Good", "REQUIRES": "Requires improvement to be good",
              "INADEQUATE": "Inadequate"}  # fmt: skip
    theirs = sorted(
        (next(cell for cell in row if cell and cell[:2] in ("E0", "E1")), next(c for c in row if c in grades.values()))
        for row in sheet.iter_rows()
        if any(cell in grades.values() for cell in row)
    )
    ours = judgements(held, DAY)
    moved = {"E08000038": "E08000016", "E08000039": "E08000019"}  # Barnsley and Sheffield, whose codes changed
    told = sorted((moved.get(code, code), grades[grade]) for code, grade in ours.select("geography", "overall").rows())
    assert told == theirs


@pytest.mark.unit
def test_a_judgement_holds_until_the_next(held: pl.DataFrame) -> None:
    barnet = "E09000003"
    on = {
        year: judgements(held, date(year, 3, 31)).filter(pl.col("geography") == barnet) for year in (2019, 2020, 2025)
    }
    assert on[2019].is_empty()
    assert on[2020].select("inspected", "overall", "care").row(0) == (date(2019, 5, 13), "GOOD", "GOOD")
    assert on[2025].select("inspected", "overall", "care").row(0) == (date(2024, 6, 10), "GOOD", "OUTSTANDING")


@pytest.mark.unit
def test_an_authority_that_has_ended_is_judged_no_more(held: pl.DataFrame) -> None:
    northamptonshire = "E10000021"
    assert northamptonshire in set(held["geography"])
    assert northamptonshire in set(judgements(held, date(2021, 3, 31))["geography"])
    assert northamptonshire not in set(judgements(held, DAY)["geography"])
