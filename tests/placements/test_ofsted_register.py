"""Ofsted's registers as a reference: every row of the real files, reconciled to their own totals."""

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from parentis.returns import RawFile, read_files, the_return, type_cells
from parentis.returns.placements.ofsted import REGISTER, at_homes, register, totals

LIST = """Web link,URN,Provision type,Registration date,Registration status,Name,Government Office Region,\
Local authority,Sector,Places,Supported accommodation premises,Organisation which owns the provider,"
Latest full inspection date","
Overall experiences and progress of children and young people",Supported Accommodation outcome
page,sc 1,Children's Home,01/05/2020,Active,REDACTED,London,Camden,Private,4,,ACME Care Limited (01234567),01/02/2025,\
Requires improvement to be good,
page,200,Supported Accommodation,28/10/2024,Active,The House,London,Barnet,Private,,3,House  Ltd,,,\
Consistently strong service delivery
"""


def lake_rows(name: str, raw: bytes) -> pl.DataFrame:
    """What the lake would hold of a list, nothing of it being dropped or hashed."""
    (reading,) = read_files([RawFile(name=name, raw=raw)])
    spec = the_return(reading.return_id).spec.at(reading.period or "")
    return type_cells(reading, spec).tables["providers"].with_columns(period=pl.lit(reading.period))


@pytest.mark.spec
def test_a_registration_is_read_with_place_owner_and_grade() -> None:
    home, house = register(lake_rows("march_2025.csv", LIST.encode())).sort("urn", descending=True).rows(named=True)
    assert home == {
        **dict.fromkeys(REGISTER.names()),
        "urn": "SC1", "as_at": 2025, "type": "Children's Home", "kind": "children's home", "sector": "Private",
        "region": "London", "authority": "E09000007", "dfe": "202", "owner": "ACME Care Limited",
        "owner_key": "01234567", "company": "01234567", "places": 4, "grade": "Requires improvement",
        "inspected": date(2025, 2, 1), "registered": date(2020, 5, 1), "status": "Active", "row": 0,
    }  # fmt: skip
    told = ("kind", "name", "owner_key", "premises", "places", "grade")
    assert [house[name] for name in told] == [
        "supported accommodation", "The House", "name:house", 3, None, "Consistently strong",
    ]  # fmt: skip


@pytest.mark.spec
def test_a_number_is_as_its_latest_list_has_it_or_as_a_year_had_it() -> None:
    of_2024 = lake_rows("march_2024.csv", LIST.replace(",4,,", ",6,,").encode())
    both = pl.concat([lake_rows("march_2025.csv", LIST.encode()), of_2024])
    assert register(both).filter(urn="SC1")["places"].to_list() == [4]
    assert register(both, year=2024).filter(urn="SC1")["places"].to_list() == [6]


@pytest.mark.integration
@pytest.mark.real
@pytest.mark.parametrize(
    ("year", "rows", "london", "secure", "supported"),
    [(2018, 2797, (108, 633), (14, 234), (0, 0)), (2024, 3876, (184, 884), (13, 214), (0, 0)),
     (2025, 5600, (250, 1098), (14, 236), (893, 8119))],
)  # fmt: skip
def test_the_real_registers_reconcile_to_their_own_totals(
    year: int,
    rows: int,
    london: tuple[int, int],
    secure: tuple[int, int],
    supported: tuple[int, int],
    shared_data: Path,
) -> None:
    path = shared_data / "ofsted" / f"provider_at_march_{year}.csv"
    listed = register(lake_rows(path.name, path.read_bytes()))
    by_kind = {kind: tuple(more) for kind, *more in totals(listed, "kind").rows()}
    homes = totals(listed.filter(kind="children's home"), "region")
    assert (listed.height, listed["urn"].n_unique(), listed["region"].null_count()) == (rows, rows, 0)
    assert homes.filter(region="London").rows() == [("London", *london, 0)]
    assert by_kind["secure children's home"][:2] == secure
    assert by_kind.get("supported accommodation", (0, 0, 0))[::2] == supported
    assert by_kind["children's home"][:2] == (homes["registrations"].sum(), homes["places"].sum())
    assert _counted_plainly(path) == {
        (kind, region): (count, places) for kind, region, count, places, _ in totals(listed, "type", "region").rows()
    }


def _counted_plainly(path: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """Registrations and places by type and region, counted row by row."""
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "cp1252")
    grid = list(csv.reader(io.StringIO(text)))
    at = next(number for number, row in enumerate(grid) if "URN" in row)
    where = [grid[at].index(name) for name in ("URN", "Provision type", "Government Office Region", "Places")]
    counts: Counter[tuple[str, str]] = Counter()
    places: Counter[tuple[str, str]] = Counter()
    for row in grid[at + 1 :]:
        urn, kind, region, beds = (row[index].strip() for index in where)
        if urn:
            counts[kind, region] += 1
            places[kind, region] += int(beds or 0)
    return {key: (count, places[key]) for key, count in counts.items()}


@pytest.mark.spec
@pytest.mark.parametrize(
    ("home", "expected"),
    [
        ({}, None),
        ({"home_urn": None}, None),
        ({"home_urn": "SC9"}, "unlisted"),
        ({"census": date(2020, 3, 31)}, "not yet"),
        ({"census": date(2026, 3, 31)}, "ended"),
        ({"family": "fostering"}, "another kind"),
        ({"company": "07654321"}, "another owner"),
        ({"company": None, "provider_name": "acme CARE ltd."}, None),
        ({"company": None, "provider_name": "Other"}, "another owner"),
    ],
)
def test_a_placement_is_held_against_the_register(home: dict[str, object], expected: str | None) -> None:
    listed = register(lake_rows("march_2025.csv", LIST.encode())).with_columns(ended=pl.lit(date(2026, 1, 1)))
    placed = {"home_urn": "SC1", "census": date(2025, 3, 31), "family": "residential", "company": "01234567",
              "provider_name": "Acme Care", **home}  # fmt: skip
    schema = {"home_urn": pl.String, "census": pl.Date, "family": pl.String, "company": pl.String,
              "provider_name": pl.String}  # fmt: skip
    (row,) = at_homes(pl.DataFrame([placed], schema=schema), listed).rows(named=True)
    assert row["doubt_of_home"] == expected


@pytest.mark.spec
def test_placements_whose_home_does_not_fit_are_counted_and_few_are_hidden() -> None:
    """Seven of an unlisted number, two before the home was registered, three that fit, one without a number."""
    from parentis.services.commissioning.page_frames import _home_doubts

    sound = {"home_urn": "SC1", "census": date(2025, 3, 31), "family": "residential", "company": "01234567",
             "provider_name": "Acme Care"}  # fmt: skip
    rows = [
        *({**sound, "home_urn": "SC9"} for _ in range(7)),
        *({**sound, "census": date(2020, 3, 31)} for _ in range(2)),
        *(sound for _ in range(3)),
        {**sound, "home_urn": None},
    ]
    found = _home_doubts(pl.DataFrame(rows), lake_rows("march_2025.csv", LIST.encode()))
    assert found.rows() == [("not yet", None, 12, "fewer than 6 children"), ("unlisted", 7, 12, None)]
    assert _home_doubts(pl.DataFrame(rows), pl.DataFrame()).is_empty(), "without a register nothing is doubted"
