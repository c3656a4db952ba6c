"""Placement-cost returns: the published samples, small files of the same layout, and what the door keeps."""

from pathlib import Path

import polars as pl
import pytest

from parentis.returns import apply_retention, read, the_return, type_cells

COSTS = (
    "Child ID,Date of birth,Home postcode,Legal status,Placement start date,Placement end date,Placement type,"
    "Provider type,Total committed cost accrued in FY to date,Contribution from health provider/s\n"
    'SYN1,15/06/2010,ZZ1 1AA,C2,01/05/2023,,K2,PR4,"£73,000.00",1000\n'
    "SYN2,02/02/2015,,C2,01/04/2020,30/09/2023,U6,PR1,9150,\n"
)
CENSUS = (
    '"Placing Authority\nThe corporate parent.","Identifier \nUnique.","How the placement was sourced\n(select)",'
    '"Type of provision\n(select)","Total weekly cost (actual weekly fee paid)\n(For all)","Contribution from Health\n'
    '(money)","Colour of door"\n'
    "Anyshire,SYN9,Spot,Fostering,820.50,10,blue\n"
)


def typed(path: Path, return_id: str):  # type: ignore[no-untyped-def]
    [reading] = read([path])
    assert reading.return_id == return_id
    return reading, type_cells(reading, the_return(return_id).spec.at(reading.period or ""))


@pytest.mark.unit
def test_costs_are_known_by_their_headings_and_dated_by_their_ends(tmp_path: Path) -> None:
    path = tmp_path / "anything.csv"
    path.write_text(COSTS)
    reading, cells = typed(path, "placements.costs")
    assert reading.period == "2023-24"
    costs = cells.tables["placements"]["Total committed cost accrued in FY to date"].cast(pl.Float64).to_list()
    assert costs == [73000.0, 9150.0]


@pytest.mark.unit
def test_the_door_hashes_the_child_and_keeps_no_story(tmp_path: Path) -> None:
    path = tmp_path / "anything.csv"
    path.write_text(COSTS)
    _, cells = typed(path, "placements.costs")
    spec = the_return("placements.costs").spec.at("2023-24")
    kept = apply_retention(cells.tables, spec, lambda ids: "#" + ids)["placements"]
    assert kept["Child ID"].to_list() == ["#SYN1", "#SYN2"]
    assert str(kept["Date of birth"][0]) == "2010-06-01"
    assert kept["Home postcode"].to_list() == ["ZZ1 1", None]
    assert not {"Gender", "Ethnicity", "Disability", "Category of need"} & set(kept.columns)


@pytest.mark.unit
def test_a_census_is_known_though_its_headings_explain_themselves(tmp_path: Path) -> None:
    path = tmp_path / "census_2025_feb.csv"
    path.write_text(CENSUS)
    reading, cells = typed(path, "placements.census")
    assert reading.period == "2025-02-28"
    row = cells.tables["placements"].row(0, named=True)
    assert (row["Placing Authority"], float(row["Total weekly cost"])) == ("Anyshire", 820.5)
    assert any("Colour of door" in problem.message for problem in reading.problems)


@pytest.mark.integration
@pytest.mark.real
def test_the_published_samples_are_read_whole(shared_data: Path) -> None:
    folder = shared_data / "returns" / "placements"
    costs, census = sorted(
        read([*folder.glob("S251*.csv"), folder / "pnw_2025_feb.csv"]), key=lambda one: -len(one.tables)
    )
    assert {name: frame.height for name, frame in costs.tables.items()} == {"placements": 4, "homes": 3}
    assert (costs.period, census.period) == ("2022-23", "2025-02-28")
    assert census.tables["placements"].height == 2
    assert not costs.problems
    assert [problem.message for problem in census.problems] == [
        "nothing in it says the day of the census: 28 February 2025 is taken from its name"
    ]
    for reading in (costs, census):
        spec = the_return(reading.return_id).spec.at(reading.period or "")
        assert type_cells(reading, spec).findings.is_empty()
