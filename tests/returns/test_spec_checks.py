"""What any return is checked for: tables, columns, keys, codes, cells."""

import pytest

from parentis.returns import Checked, check_spec, open_bytes, read_contents, the_return, type_cells
from parentis.returns.spec_checks import RULES

EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"


def checked(period: str = "2020-21", **files: str) -> Checked:
    contents = [content for name, text in files.items() for content in open_bytes(f"{name}.csv", text.encode())]
    (reading,) = read_contents(contents, return_id="ssda903", period=period)
    spec = the_return("ssda903").spec.at(period)
    return check_spec(reading, type_cells(reading, spec), spec)


def found(outcome: Checked, rule: str) -> list[tuple[object, ...]]:
    return outcome.findings.filter(rule=rule).select("table", "row", "child", "fields", "values").rows()


@pytest.mark.spec
def test_a_sound_return_has_no_findings(ssda903_csv: dict[str, str]) -> None:
    outcome = checked(**ssda903_csv)
    assert outcome.findings.is_empty()
    assert outcome.errors == 0
    assert outcome.statuses.select("rule", "status", "count").rows() == [(code, "run", 0) for code in RULES]


@pytest.mark.spec
def test_duplicate_children_are_each_named() -> None:
    header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nA1,1,01/01/2010,WBRI,UN1,,\n a1,2,,,,,\nB2,1,,,,,\n,,,WBRI,,,\n"
    outcome = checked(Header=header, Episodes=EPISODES)
    assert found(outcome, "SPEC-UNIQUE") == [
        ("Header", 0, "A1", ["CHILD"], ["A1"]),
        ("Header", 1, " a1", ["CHILD"], [" a1"]),
    ]
    assert found(outcome, "SPEC-BLANK") == [("Header", 3, None, ["CHILD"], [None])]
    assert outcome.errors == 3


@pytest.mark.spec
def test_codes_are_those_of_the_year() -> None:
    row = "A1,01/05/2020,S,C1,N1,{},PR1,,,,,,XXXXXXX\n"
    episodes = EPISODES + row.format("k3") + row.format("H5").replace("A1", "B2")
    assert found(checked("2020-21", Episodes=episodes), "SPEC-CODE") == [("Episodes", 0, "A1", ["PLACE"], ["k3"])]
    assert found(checked("2023-24", Episodes=episodes), "SPEC-CODE") == []
    assert found(checked("2024-25", Episodes=episodes), "SPEC-CODE") == [("Episodes", 1, "B2", ["PLACE"], ["H5"])]


@pytest.mark.spec
def test_missing_and_foreign_tables_and_missing_columns_are_said() -> None:
    workers = "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\n"
    outcome = checked("2020-21", Episodes=EPISODES.replace(",URN", ""), SWEpisodes=workers)
    assert found(outcome, "SPEC-TABLE") == [("Header", None, None, [], [])]
    assert found(outcome, "SPEC-YEAR") == [("SWEpisodes", None, None, [], [])]
    assert found(outcome, "SPEC-COLUMN") == [("Episodes", None, None, ["URN"], [])]


@pytest.mark.spec
def test_a_malformed_cell_is_found_and_stops_nothing() -> None:
    outcome = checked(Episodes=EPISODES + "A1,31/02/2020,S,C1,N1,U4,PR1,,,,,,X\nB2,1/5/2020,?,C1,N1,U4,PR1,,,,,,X\n")
    assert found(outcome, "SPEC-CELL") == [("Episodes", 0, "A1", ["DECOM"], ["31/02/2020"])]
    assert found(outcome, "SPEC-CODE") == [("Episodes", 1, "B2", ["RNE"], ["?"])]
