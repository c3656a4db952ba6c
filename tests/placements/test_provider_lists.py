"""Ofsted's lists of providers are submitted as they come, and serve the rules of every return checked after them."""

import io
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from parentis import lake, workflow
from parentis.archive import File, Home
from parentis.errors import UserError
from parentis.returns import RawFile, read_files, ssda903

PUBLISHED = """Children's social care data in England 2025 - Provider level as at 31 March 2025,,,,,
"This worksheet contains one table, this table begins in cell A3.",,,,,
Web link,URN,Provision type,Local authority,Sector,Postcode
page,1027076,Secure Training Centre,Medway,Private,ME1 3YB
page,SC000002,Children's Home,Camden,Local Authority,NW1 1AA
page,,Children's Home,Camden,Private,NW1 2BB
"""
RETURN = {
    "header.csv": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nSYN1,M,01/02/2010,WBRI,A123456789012,,\n",
    "episodes.csv": "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
    "SYN1,01/05/2024,S,C2,N1,K2,PR1,,,,NW1 1AA,NW1 1AA,SC000009\n",
}


def scp_ch_list() -> bytes:
    """The list for the looked-after children return, with its own headings below a title."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("SCP and CH list")
        rows = (
            ("Social care providers and children's homes, 2025",),
            ("URN", "Placement code", "Placement provider code", "Deregistration date", "Setting address postcode"),
            ("SC000001", "K2", "PR4", "30/09/2024", "NW1 1AA"),
            ("SC000002", "K2; U4", "PR1/PR2", "", "NW1 2BB"),
        )
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return buffer.getvalue()


@pytest.mark.spec
def test_a_published_list_is_read_with_what_its_types_and_sectors_tell() -> None:
    (reading,) = read_files([RawFile(name="provider.csv", raw=PUBLISHED.encode())])
    assert (reading.return_id, reading.period) == ("placements.providers", "2025")
    kept = reading.tables["providers"].select("URN", "DFE_NUMBER", "PLACE_CODES", "PROVIDER_CODES", "SETTING_POSTCODE")
    assert kept.rows() == [
        ("1027076", "887", "R5", "PR4", "ME1 3YB"),
        ("SC000002", "202", "K2", "PR1,PR2", "NW1 1AA"),
    ]
    (taken,) = reading.taken
    assert (taken.rows, taken.kept, sum(one.rows for one in reading.problems)) == (3, 2, 1)


@pytest.mark.spec
def test_the_list_for_the_return_is_read_by_its_own_headings() -> None:
    (reading,) = read_files([RawFile(name="list.xlsx", raw=scp_ch_list())])
    assert (reading.return_id, reading.period) == ("placements.providers", "2025")
    assert reading.tables["providers"].select("URN", "PLACE_CODES", "PROVIDER_CODES", "REG_END").rows() == [
        ("SC000001", "K2", "PR4", "30/09/2024"),
        ("SC000002", "K2,U4", "PR1,PR2", None),
    ]


@pytest.mark.unit
@pytest.mark.parametrize(
    "headings",
    ["URN,Provision type,Sector,Joiner status,Leaver status", "URN,Overall effectiveness,Postcode"],
    ids=["joiners and leavers", "inspections"],
)
def test_a_table_that_only_names_providers_is_no_list_of_them(headings: str) -> None:
    raw = f"{headings}\nSC1,{',' * (headings.count(',') - 1)}\n".encode()
    with pytest.raises(UserError, match="known return"):
        read_files([RawFile(name="other.csv", raw=raw)])


@pytest.mark.unit
def test_episodes_with_long_headings_are_no_list_of_providers() -> None:
    headings = "Child ID,Date Episode Commenced,Placement type code,Placement provider code,Ofsted URN"
    long = f"{headings}\n1,01/05/2024,K2,PR1,S1\n"
    (reading,) = read_files([RawFile(name="e.csv", raw=long.encode())], period="2024-25")
    assert reading.return_id == "ssda903"


@pytest.mark.integration
def test_what_is_kept_of_a_list_is_what_the_file_itself_tells(tmp_path: Path) -> None:
    """Two ways to the register: the file given to a check, and the file submitted."""
    path = tmp_path / "list.xlsx"
    path.write_bytes(scp_ch_list())
    home = Home(tmp_path / "home")
    [outcome] = workflow.submit(home, [File("list.xlsx", scp_ch_list())], who="ann")
    assert outcome.status == "accepted"
    given = ssda903.read_providers([path])
    kept = lake.read(home, "placements.providers/providers").collect()
    assert kept["REG_END"].to_list() == given["REG_END"].to_list() == [date(2024, 9, 30), None]
    names = {
        "URN": "URN",
        "PLACE_CODES": "PLACE_CODES",
        "PROVIDER_CODES": "PROVIDER_CODES",
        "POSTCODE": "SETTING_POSTCODE",
    }
    assert kept.select(names.values()).rows() == given.select(names.keys()).rows()


@pytest.mark.integration
def test_a_submitted_list_serves_the_rules_on_providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARENTIS_PROVIDERS", raising=False)
    home = Home(tmp_path / "home")
    files = [File(name, text.encode()) for name, text in RETURN.items()]

    def outcome_of(rule: str) -> tuple[str, int]:
        [submitted] = workflow.submit(home, files, who="ann", authority="Camden", period="2024-25")
        checked = workflow.recheck(home, submitted.submission_id)
        return checked.statuses.filter(pl.col("rule") == rule).select("status", "count").row(0)

    assert outcome_of("1008") == ("not run", 0)
    workflow.submit(home, [File("list.xlsx", scp_ch_list())], who="ann")
    assert outcome_of("1008") == ("run", 1)  # SC000009 is in no list
