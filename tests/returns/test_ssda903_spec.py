"""What each collection year of the looked-after children return added, removed and recoded."""

import pytest

from parentis.errors import PeriodError
from parentis.returns import Kind, Retention
from parentis.returns.ssda903.spec import CHANGES, SPEC

TWELVE = {
    "Header", "Episodes", "Reviews", "UASC", "OC2", "OC3", "AD1", "PlacedAdoption", "PrevPerm", "Missing",
    "SWEpisodes", "DoLo",
}  # fmt: skip


def codes(year: str, table: str, column: str) -> set[str]:
    return {code.code for code in SPEC.at(year).tables[table].column(column).codes}


def difference(year: str, before: str, table: str, column: str) -> tuple[set[str], set[str]]:
    now, then = codes(year, table, column), codes(before, table, column)
    return now - then, then - now


@pytest.mark.spec
def test_the_years_and_tables() -> None:
    assert (SPEC.periods[0], SPEC.periods[-1], len(SPEC.periods)) == ("2016-17", "2026-27", 11)
    assert set(SPEC.union()) == TWELVE
    assert set(SPEC.at("2022-23").tables) == TWELVE - {"SWEpisodes", "DoLo"}
    assert set(SPEC.at("2023-24").tables) == TWELVE - {"DoLo"}
    assert set(SPEC.at("2026-27").tables) == TWELVE
    with pytest.raises(PeriodError, match="2016-17 to 2026-27"):
        SPEC.at("2015-16")


@pytest.mark.spec
@pytest.mark.parametrize(
    ("year", "before", "added", "removed"),
    [
        ("2022-23", "2016-17", set(), set()),
        ("2023-24", "2022-23", {"K3"}, set()),
        ("2024-25", "2023-24", set(), {"H5", "P2"}),
        ("2025-26", "2024-25", {"Z11", "Z12", "Z13", "Z14"}, {"Z1"}),
        ("2026-27", "2025-26", set(), set()),
    ],
)
def test_placement_codes_by_year(year: str, before: str, added: set[str], removed: set[str]) -> None:
    assert difference(year, before, "Episodes", "PLACE") == (added, removed)


@pytest.mark.spec
def test_placement_codes_of_2025_26_are_those_of_rule_146() -> None:
    listed = """A3 A4 A5 A6 K1 K2 K3 P1 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z11 Z12 Z13 Z14"""
    assert codes("2025-26", "Episodes", "PLACE") == set(listed.split())


@pytest.mark.spec
def test_sex_is_a_letter_from_2024_25() -> None:
    for table in ("Header", "UASC"):
        assert codes("2023-24", table, "SEX") == {"1", "2"}
        assert codes("2024-25", table, "SEX") == {"M", "F", "U"}


@pytest.mark.spec
def test_accommodation_codes_are_those_of_rule_133() -> None:
    listed = """B1 B2 C1 C2 D1 D2 E1 E2 G1 G2 H1 H2 K1 K2 R1 R2 S2 T1 T2 U1 U2 V1 V2 W1 W2 X2 Y1 Y2 Z1 Z2 0"""
    assert codes("2022-23", "OC3", "ACCOM") == set(listed.split())


@pytest.mark.unit
def test_every_change_says_why_and_every_column_has_an_example_and_meaning() -> None:
    assert all(change.why for change in CHANGES)
    assert all(c.meaning and c.example for table in SPEC.union().values() for c in table.columns)


@pytest.mark.unit
def test_every_column_of_a_child_has_a_decision_at_the_door() -> None:
    """A new column fails here until somebody decides what is kept of it."""
    doors = {(t.name, c.name): c.retention for t in SPEC.union().values() for c in t.columns}
    guarded = {place for place, retention in doors.items() if retention is not Retention.KEEP}
    assert {place for place in doors if place[1] == "CHILD"} <= guarded
    assert guarded - {place for place in doors if place[1] == "CHILD"} == {
        ("Header", "UPN"), ("Header", "MC_DOB"),
        ("Episodes", "HOME_POST"), ("Episodes", "PL_POST"),
        *(("OC2", name) for name in (
            "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK",
            "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED")),
        ("SWEpisodes", "SW_ID"),
    }  # fmt: skip
    kept_text = {
        place for place, retention in doors.items()
        if retention is Retention.KEEP and SPEC.union()[place[0]].column(place[1]).kind is Kind.TEXT
    }  # fmt: skip
    assert kept_text == {("Episodes", "URN"), ("PrevPerm", "LA_PERM")}
    assert {c.regional for t in SPEC.union().values() for c in t.columns if c.name == "DOB"} == {Retention.MONTH}
