"""The referral log and the vacancies: template, round trip, and each rule with one row that breaks it."""

from pathlib import Path

import polars as pl
import pytest

import hand_made_returns
from hand_made_returns import Rows, edited, frame
from parentis.returns import (
    ReturnData,
    apply_retention,
    read,
    template,
    the_return,
    type_cells,
    write_files,
)
from parentis.returns.findings import Checked
from parentis.returns.places import rules

PERIOD = "2024-25"

REFERRALS: Rows = [
    {"REFERRAL": "R1", "CHILD_KEY": "C1", "LA": "E09000007", "BORN": "01/06/2010", "SEX": "F", "KIND": "secure",
     "BASIS": "s25-order", "RISKS": "absconding self-harm", "REFERRED": "01/05/2024", "NEED_BY": "02/05/2024",
     "OUTCOME": "placed", "CLOSED": "03/05/2024", "PLACED_WITH": "SC1", "START": "03/05/2024", "READY": "01/07/2024",
     "END": "10/07/2024", "PRICE": "10500"},
    {"REFERRAL": "R2", "CHILD_KEY": "C2", "LA": "E09000008", "BORN": "01/06/2009", "SEX": "M", "KIND": "secure",
     "BASIS": "relevant", "REFERRED": "05/05/2024", "OUTCOME": "lost", "CLOSED": "20/05/2024"},
    {"REFERRAL": "R3", "CHILD_KEY": "C3", "LA": "E09000008", "BORN": "01/02/2008", "SEX": "M",
     "KIND": "supported", "BASIS": "s20", "REFERRED": "05/06/2024", "OUTCOME": "open"},
]  # fmt: skip
ASKS: Rows = [
    {"REFERRAL": "R1", "URN": "SC1", "ASKED_AFTER": "1", "ANSWERED_AFTER": "3", "ANSWERED": "01/05/2024",
     "ANSWER": "offer", "OFFERED_PRICE": "10500", "ACCEPTED": "Y"},
    {"REFERRAL": "R1", "URN": "SC2", "ASKED_AFTER": "1", "ANSWER": "none", "REASON": "no-answer"},
    {"REFERRAL": "R2", "URN": "SC1", "ASKED_AFTER": "2", "ANSWERED_AFTER": "20", "ANSWERED": "06/05/2024",
     "ANSWER": "decline", "REASON": "mix"},
    {"REFERRAL": "R3", "URN": "SU1", "ASKED_AFTER": "2", "ANSWER": "withdrawn"},
]  # fmt: skip
VACANCIES: Rows = [
    {"URN": "SC1", "PROVIDER": "P1", "KIND": "secure", "LA": "E09000031", "REGION": "London",
     "DAY": "01/06/2024", "REGISTERED": "10", "APPROVED": "8", "STAFFED": "6", "TAKEN": "5", "SEX": "B",
     "AGE_FROM": "10", "AGE_TO": "17", "NOT_RISKS": "fire", "PRICE": "10500"},
    {"URN": "SU1", "PROVIDER": "P2", "KIND": "supported", "CATEGORY": "self-contained", "LA": "E09000008",
     "REGION": "London", "DAY": "01/06/2024", "REGISTERED": "6", "APPROVED": "6", "STAFFED": "6", "TAKEN": "6",
     "SEX": "M", "AGE_FROM": "16", "AGE_TO": "17", "PRICE": "900"},
]  # fmt: skip
SOUND: dict[str, dict[str, Rows]] = {
    "places.referrals": {"referrals": REFERRALS, "asks": ASKS},
    "places.vacancies": {"vacancies": VACANCIES},
}
BOOKS = {"places.referrals": rules.REFERRALS, "places.vacancies": rules.VACANCIES}


def checked(folder: Path, return_id: str, form: str = "csv", **tables: Rows) -> Checked:
    """The outcome of a return with `tables` in place of the sound ones, written and read back."""
    held = SOUND[return_id] | tables
    return hand_made_returns.checked(
        folder, return_id, held, submitter="Placement desk", period=PERIOD, form=form, says_period=False
    )


def more(rows: Rows, at: int, times: int, **cells: str | None) -> Rows:
    """The rows, with `times` more that are like one of them but for what numbers them and `cells`."""
    number = "REFERRAL" if "REFERRAL" in rows[0] else "URN"
    return [*rows, *({**rows[at], number: f"X{i}", **cells} for i in range(times))]


@pytest.mark.integration
@pytest.mark.parametrize("return_id", SOUND)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sound_return_has_no_findings(tmp_path: Path, return_id: str, form: str) -> None:
    outcome = checked(tmp_path, return_id, form)
    assert outcome.findings.rows() == []
    assert outcome.statuses.height == len(BOOKS[return_id])


@pytest.mark.integration
@pytest.mark.parametrize("return_id", SOUND)
def test_the_blank_template_reads_back(tmp_path: Path, return_id: str) -> None:
    path = tmp_path / "blank.xlsx"
    path.write_bytes(template(return_id, PERIOD))
    [reading] = read([path])
    assert {name: table.height for name, table in reading.tables.items()} == dict.fromkeys(SOUND[return_id], 0)


SAME_CHILD = [*REFERRALS, {**REFERRALS[1], "REFERRAL": "R4", "LA": "E09000009", "REFERRED": "10/05/2024"}]
LATER = [*REFERRALS, {**REFERRALS[1], "REFERRAL": "R4", "LA": "E09000009", "REFERRED": "20/05/2024"}]
PLACED = {"CHILD_KEY": "C9", "PLACED_WITH": "SC1"}
NIGHTLY = edited(more(REFERRALS, 0, 5, **PLACED), 0, PRICE="1500")
DOUBLE = edited(more(REFERRALS, 0, 5, **PLACED), 0, PRICE="3500")
DECLINED = edited(more(ASKS, 2, 8), 2, REASON="other")
REFERRAL_CASES: list[tuple[str, dict[str, Rows], list[int]]] = [
    ("PLA-BORN", {"referrals": edited(REFERRALS, 0, BORN="01/05/2006")}, [0]),
    ("PLA-BORN", {"referrals": edited(REFERRALS, 0, BORN="02/05/2024")}, [0]),
    ("PLA-STAY", {"referrals": edited(REFERRALS, 0, END="02/05/2024", READY=None)}, [0]),
    ("PLA-STAY", {"referrals": edited(REFERRALS, 0, READY="02/05/2024")}, [0]),
    ("PLA-ORDER", {"referrals": edited(REFERRALS, 1, CLOSED="04/05/2024")}, [1]),
    ("PLA-OUTCOME", {"referrals": edited(REFERRALS, 0, PRICE=None)}, [0]),
    ("PLA-OUTCOME", {"referrals": edited(REFERRALS, 1, PRICE="900")}, [1]),
    ("PLA-SECURE", {"referrals": edited(REFERRALS, 0, BASIS="s20")}, [0]),
    ("PLA-SUPPORTED-AGE", {"referrals": edited(REFERRALS, 2, BORN="06/06/2008")}, [2]),
    ("PLA-RISK", {"referrals": edited(REFERRALS, 0, RISKS="absconding arson")}, [0]),
    ("PLA-TWO-BOROUGHS", {"referrals": SAME_CHILD, "asks": more(ASKS, 3, 0)}, [3]),
    ("PLA-TWO-BOROUGHS", {"referrals": LATER}, []),
    ("PLA-NO-ANSWERS", {"asks": ASKS[:3]}, [2]),
    ("PLA-UNKNOWN", {"asks": [*ASKS, {**ASKS[3], "REFERRAL": "R9"}]}, [4]),
    ("PLA-REASON", {"asks": edited(ASKS, 2, REASON=None)}, [2]),
    ("PLA-REASON", {"asks": edited(ASKS, 1, REASON=None)}, [1]),
    ("PLA-REASON", {"asks": edited(ASKS, 0, REASON="mix")}, [0]),
    ("PLA-HOURS", {"asks": edited(ASKS, 0, ANSWERED_AFTER="-1")}, [0]),
    ("PLA-HOURS", {"asks": edited(ASKS, 2, ANSWERED_AFTER=None)}, [2]),
    ("PLA-ANSWERED-18", {"asks": edited(ASKS, 2, ANSWERED="01/06/2027")}, [2]),
    ("PLA-ACCEPTED", {"asks": edited(ASKS, 2, ACCEPTED="Y")}, [2]),
    ("PLA-ACCEPTED", {"asks": [*ASKS, {**ASKS[0], "URN": "SC3"}]}, [0, 4]),
    ("PLA-OTHER", {"asks": edited(edited(edited(more(ASKS, 2, 2, URN="SC1"), 2, REASON="other"), 4, REASON="other"),
                                  0, ANSWER="offer")}, []),
    ("PLA-OTHER", {"asks": edited(edited(more(ASKS, 2, 7, URN="SC1"), 2, REASON="other"), 4, REASON="other")}, [2, 4]),
    ("PLA-OTHER", {"asks": DECLINED}, []),
    ("PLA-NIGHTLY", {"referrals": NIGHTLY}, [0]),
    ("PLA-NIGHTLY", {"referrals": DOUBLE}, []),
]  # fmt: skip
VACANCY_CASES: list[tuple[str, dict[str, Rows], list[int]]] = [
    ("VAC-PLACES", {"vacancies": edited(VACANCIES, 0, REGISTERED=None)}, [0]),
    ("VAC-PLACES", {"vacancies": edited(VACANCIES, 0, REGISTERED="0", APPROVED="0", STAFFED="0", TAKEN="0")}, [0]),
    ("VAC-ABOVE", {"vacancies": edited(VACANCIES, 0, TAKEN="11")}, [0]),
    ("VAC-ABOVE", {"vacancies": edited(VACANCIES, 0, STAFFED="9")}, [0]),
    ("VAC-REGIONS", {"vacancies": [*VACANCIES, {**VACANCIES[0], "DAY": "02/06/2024", "REGION": "East"}]}, [0, 2]),
    ("VAC-AUTHORITY", {"vacancies": edited(VACANCIES, 0, LA="Camden")}, [0]),
    ("VAC-CATEGORY", {"vacancies": edited(VACANCIES, 1, CATEGORY=None)}, [1]),
    ("VAC-AGES", {"vacancies": edited(VACANCIES, 1, AGE_FROM="15")}, [1]),
    ("VAC-AGES", {"vacancies": edited(VACANCIES, 0, AGE_TO="9")}, [0]),
    ("VAC-RISK", {"vacancies": edited(VACANCIES, 0, NOT_RISKS="arson")}, [0]),
    ("VAC-NIGHTLY", {"vacancies": edited(more(VACANCIES, 0, 5), 0, PRICE="1500")}, [0]),
]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("return_id", "rule", "tables", "rows"),
    [("places.referrals", *case) for case in REFERRAL_CASES] + [("places.vacancies", *case) for case in VACANCY_CASES],
)
def test_a_rule_finds_the_row_that_breaks_it(
    tmp_path: Path, return_id: str, rule: str, tables: dict[str, Rows], rows: list[int]
) -> None:
    found = checked(tmp_path, return_id, **tables).findings.filter(pl.col("rule") == rule)
    assert sorted(found["row"].to_list()) == rows


@pytest.mark.unit
def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in REFERRAL_CASES} == {rule.code for rule in rules.REFERRALS}
    assert {case[0] for case in VACANCY_CASES} == {rule.code for rule in rules.VACANCIES}


@pytest.mark.spec
def test_what_is_kept_names_no_child_and_no_day_of_birth(tmp_path: Path) -> None:
    filled = ReturnData(
        return_id="places.referrals",
        submitter="Placement desk",
        period=PERIOD,
        tables={"referrals": frame("places.referrals", "referrals", REFERRALS)},
    )
    [reading] = read(write_files(filled, tmp_path))
    spec = the_return("places.referrals").spec.at(PERIOD)
    kept = apply_retention(type_cells(reading, spec).tables, spec, lambda ids: "#" + ids)["referrals"]
    assert kept["REFERRAL"].to_list() == ["#R1", "#R2", "#R3"]
    assert kept["CHILD_KEY"].to_list() == ["#C1", "#C2", "#C3"]
    assert set(kept["BORN"].drop_nulls().dt.day()) == {1}
