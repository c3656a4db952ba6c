"""What a census of placements is asked about: each kind of bad input, and its like that is right."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from parentis.returns import read, the_return, type_cells
from parentis.returns.cells import RAW
from parentis.returns.findings import Checked

COLUMNS = {
    "Looked after child?": "Looked after child (under 18)",
    "Placing Authority": "Camden",
    "Identifier": "",
    "Age": "15",
    "How the placement was sourced": "Direct Award / Off Framework",
    "Placement start date": "01/09/2025",
    "Organisation": "Acme Care Ltd",
    "Provider Company number": "01234567",
    "Provider Ofsted (or equivalent) URN": "",
    "Establishment URN": "",
    "Primary registration type": "Ofsted",
    "Type of provision": "Residential - Mainstream",
    "Total weekly cost": "5000",
    "Contribution from Social Care": "",
    "Contribution from Education": "",
    "Contribution from Health": "",
}
LISTED = pl.DataFrame({"URN": ["SC012345", "SC1", "SC2"], "REG_END": [None, None, date(2025, 12, 30)]})
MONTHS = [{"Total weekly cost": price} for price in ("21000", "22000", "23500")]
WEEKS = [{"Total weekly cost": str(4500 + 100 * n)} for n in range(8)]
FAMILY = {"Type of provision": "Residential - Parent and Child", "Establishment URN": "SC012345"}
SAME = {"Identifier": "A", "Placement start date": "01/09/2025"}
LONDON = {"Partnership": "WLA", "Need band": "2", "Need band rule": "score", "Price basis": "place"}


def checked(folder: Path, *rows: dict[str, str], day: str = "2025-12-31") -> Checked:
    columns = {**{name: "" for row in rows for name in row if name not in COLUMNS}, **COLUMNS}
    lines = [",".join(columns)]
    for number, row in enumerate(rows):
        own = {"Identifier": f"C{number}", "Placement start date": f"{number + 1:02}/09/2025"}
        lines.append(",".join({**columns, **own, **row}.values()))
    path = folder / f"census {day}.csv"
    path.write_text("\n".join(lines))
    [found] = read([path])
    declared = the_return(found.return_id)
    spec = declared.spec.at(found.period or "")
    assert declared.check_together is not None
    return declared.check_together(type_cells(found, spec).tables, collection_year=spec.period, providers=LISTED)


def marked(result: Checked) -> dict[str, int]:
    return dict(result.findings.group_by("rule").len().iter_rows())


@pytest.mark.spec
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (WEEKS, {}),
        ([{"Total weekly cost": "325000"}], {"CEN-YEARLY": 1}),
        ([{"Total weekly cost": "46800", "Type of provision": "Fostering - Mainstream"}], {"CEN-YEARLY": 1}),
        ([{"Total weekly cost": "64000"}], {"CEN-HIGH": 1}),
        ([*WEEKS, *MONTHS], {"CEN-MONTHLY": 3}),
        ([*WEEKS, MONTHS[0]], {}),
        ([*MONTHS], {"CEN-MONTHLY": 3}),
        ([*WEEKS, *MONTHS, *({"Total weekly cost": str(11000 + 100 * n)} for n in range(4))], {}),
        ([{"Total weekly cost": "0"}], {"CEN-LOW": 1}),
        ([{"Total weekly cost": "1"}], {"CEN-LOW": 1}),
        ([{"Total weekly cost": "0", "How the placement was sourced": "Block Contract - Local"}], {"CEN-BLOCK": 1}),
        ([{"Contribution from Social Care": "4000", "Contribution from Health": "900"}], {"CEN-SUM": 1}),
        ([{"Contribution from Social Care": "4000.40", "Contribution from Health": "1000"}], {}),
        ([{"Placement start date": "01/01/2026"}], {"CEN-START": 1}),
        ([{"Placement start date": "31/12/2025"}], {}),
        ([{"Age": "19"}], {"CEN-AGE": 1}),
        ([{"Age": "19", "Looked after child?": "Post 18 (CSC placement)"}], {}),
        ([{**FAMILY, "Placement start date": "01/09/2025"}, {**FAMILY, "Placement start date": "01/09/2025"}],
         {"CEN-PARENT": 2, "CEN-SIBLINGS": 2}),
        ([FAMILY, FAMILY], {}),
        ([SAME, {**SAME, "Total weekly cost": "600"}], {"CEN-SUPPLEMENT": 1}),
        ([{"Identifier": "A"}, {"Identifier": "A", "Provider Company number": "7654321", "Organisation": "Other"}],
         {"CEN-TWICE": 2}),
        ([{"Placement start date": "01/09/2025"}, {"Placement start date": "01/09/2025"}], {"CEN-SIBLINGS": 2}),
        ([{"Primary registration type": "Unregistered", "Establishment URN": "SC012345"}], {"CEN-UNREGISTERED": 1}),
        ([{"Primary registration type": "Unregistered"}], {}),
        ([{"Organisation": "Acme Care Limited"}, {"Organisation": "ACME care ltd."}], {}),
        ([{"Organisation": "Acme Care"}, {"Organisation": "Acme Homes"}], {"CEN-SPELT": 2}),
        ([{"Provider Company number": "01234567"}, {"Provider Company number": "1234567"}], {}),
        ([{"Provider Company number": "01234567"}, {"Provider Company number": "07654321"}], {"CEN-NUMBERS": 2}),
        ([{"Establishment URN": "SC1"},
          {"Establishment URN": "sc1.0", "Organisation": "B", "Provider Company number": ""}],
         {"CEN-HOME": 2}),
        ([{"Establishment URN": "SC2"}], {"CEN-ENDED": 1}),
        ([{"Establishment URN": "SC3"}], {"CEN-LISTED": 1}),
        ([{"Establishment URN": "CR3", "Primary registration type": "Care Inspectorate Wales"}], {}),
        ([{"Type of provision": "A castle"}], {"CEN-TYPE": 1}),
        ([{"Type of provision": "Residential - External (Commissioned)"}], {"CEN-LIST": 1}),
        ([{"How the placement was sourced": "Auction"}], {"CEN-SOURCED": 1}),
        ([LONDON], {}),
        ([{**LONDON, "Need band": "4"}], {"CEN-BAND": 1}),
        ([{**LONDON, "Need band rule": ""}], {"CEN-BAND": 1}),
        ([{**LONDON, "Need band rule": "fee"}], {"CEN-FEE": 1}),
        ([{**LONDON, "Price basis": "bed"}], {"CEN-BASIS": 1}),
        ([{**LONDON, "Price basis": "hour"}], {"CEN-HOUR": 1}),
        ([{**LONDON, "How the placement was sourced": "Block Contract - Local"}], {"CEN-BLOCK-ID": 1}),
    ],
)  # fmt: skip
def test_what_a_census_is_asked_about(tmp_path: Path, rows: list[dict[str, str]], expected: dict[str, int]) -> None:
    result = checked(tmp_path, *rows)
    assert marked(result) == expected
    reasons = result.statuses["reason"].drop_nulls()
    assert not [reason for reason in reasons if "internal" in reason or "column" in reason]


@pytest.mark.spec
@pytest.mark.parametrize(("day", "expected"), [("2025-12-31", {"CEN-LIST": 1}), ("2025-11-30", {})])
def test_the_list_of_nineteen_holds_from_its_edition_on(tmp_path: Path, day: str, expected: dict[str, int]) -> None:
    assert marked(checked(tmp_path, {"Type of provision": "Supported Lodgings"}, day=day)) == expected


@pytest.mark.unit
def test_authorities_checked_together_are_each_asked_about_their_own() -> None:
    row = {"Identifier": "A", "Placement start date": date(2025, 9, 1), "Total weekly cost": 5000.0,
           "Type of provision": "Residential - Mainstream", "How the placement was sourced": "Framework",
           "Organisation": "Acme", "row": 0}  # fmt: skip
    rows = pl.DataFrame([{**row, "authority": gss} for gss in ("E09000003", "E09000007")])
    asked = rows.with_columns(pl.all().exclude("row").cast(pl.String).name.suffix(RAW))
    check = the_return("placements.census").check_together
    assert check is not None
    assert check({"placements": asked}, collection_year="2025-12-31").findings.is_empty()
    twice = pl.concat([asked, asked.with_columns(Organisation=pl.lit("Other"))])
    told = check({"placements": twice}, collection_year="2025-12-31").findings
    assert sorted(told.filter(rule="CEN-TWICE")["authority"]) == ["E09000003"] * 2 + ["E09000007"] * 2
