"""The claim register and the cost survey: template, round trip, and each rule with one row that breaks it."""

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
from parentis.returns.uasc import HEADINGS, NOTE_LENGTH, register_rules, survey_rules

PERIOD = "2023-24"

CHILDREN: Rows = [
    {"CHILD": "SYN1", "HO_REF": "Z1", "DOB": "01/06/2007", "ARRIVED": "05/05/2022", "ELIGIBILITY": "YES"},
    {
        "CHILD": "SYN2",
        "HO_REF": "Z2",
        "DOB": "10/10/2006",
        "ARRIVED": "01/01/2023",
        "TRANSFER_IN": "15/01/2023",
        "TRANSFER_FROM": "Kent",
        "ELIGIBILITY": "YES",
    },
    {
        "CHILD": "SYN3",
        "HO_REF": None,
        "DOB": "10/10/2006",
        "ARRIVED": "01/01/2023",
        "ELIGIBILITY": "NO",
        "REASON": "ADULT",
        "CEASED": "01/02/2023",
    },
    {"CHILD": "SYN4", "HO_REF": "Z4", "DOB": "01/05/2002", "ARRIVED": "01/01/2018", "ELIGIBILITY": "YES"},
]
LEAVERS: Rows = [
    {"CHILD": "SYN4", "LEAVER_FROM": "01/05/2020", "LEAVER_TO": "01/05/2023", "IN_EDUCATION": "0"},
    {"CHILD": "SYN4", "LEAVER_FROM": "01/05/2023", "LEAVER_TO": None, "IN_EDUCATION": "1"},
]
DENOMINATORS: Rows = [
    {"MEASURE": "CHILD_NIGHTS", "VALUE": "730"},
    {"MEASURE": "NIGHTS_UNDER_16", "VALUE": "200"},
    {"MEASURE": "NIGHTS_16_17", "VALUE": "530"},
    {"MEASURE": "CHILDREN", "VALUE": "4"},
    {"MEASURE": "LEAVER_WEEKS", "VALUE": "52"},
]
COSTS: Rows = [
    {"HEADING": "FOSTER_AGENCY", "GROUP": "CHILD", "AMOUNT": "60000", "UNIT": "TOTAL", "METHOD": "LEDGER"},
    {"HEADING": "SUPPORTED", "GROUP": "CHILD", "AMOUNT": "90", "UNIT": "PER_NIGHT", "DENOMINATOR": "365"},
    {"HEADING": "SOCIAL_WORK", "GROUP": "CHILD", "AMOUNT": None, "METHOD": "TIME_USE"},
    {"HEADING": "LEGAL", "GROUP": "CHILD", "AMOUNT": "0", "UNIT": "TOTAL", "METHOD": "LEDGER"},
    {"HEADING": "ADVISER", "GROUP": "LEAVER", "AMOUNT": "9000", "UNIT": "TOTAL", "METHOD": "ESTIMATE"},
]
STAFF_TIME: Rows = [
    {
        "HEADING": "SOCIAL_WORK",
        "GROUP": "CHILD",
        "ROLE": "Grade 8",
        "HOURS": "6",
        "PEOPLE": "2",
        "HOURLY_COST": "30",
        "WEEKS_SAMPLED": "2",
    }
]
SIGN_OFF: Rows = [{"ROLE": "DIRECTOR", "SIGNED": "01/07/2024"}]
SOUND: dict[str, dict[str, Rows]] = {
    "uasc.register": {"children": CHILDREN, "leavers": LEAVERS},
    "uasc.survey": {
        "denominators": DENOMINATORS,
        "costs": COSTS,
        "staff_time": STAFF_TIME,
        "sign_off": SIGN_OFF,
    },
}
BOOKS = {"uasc.register": register_rules.RULE_SET, "uasc.survey": survey_rules.RULE_SET}


def checked(folder: Path, return_id: str, form: str = "xlsx", **tables: Rows) -> Checked:
    """The outcome of a return with `tables` in place of the sound ones, written and read back."""
    held = SOUND[return_id] | tables
    return hand_made_returns.checked(folder, return_id, held, submitter="E09000007", period=PERIOD, form=form)


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
    assert (reading.return_id, reading.period) == (return_id, PERIOD)
    assert {name: table.height for name, table in reading.tables.items()} == dict.fromkeys(SOUND[return_id], 0)


REGISTER_CASES = [
    ("REG-ARRIVED-BORN", {"children": edited(CHILDREN, 0, ARRIVED="31/05/2007")}, [0]),
    ("REG-ARRIVED-ADULT", {"children": edited(CHILDREN, 0, ARRIVED="01/06/2025")}, [0]),
    ("REG-CEASED-ARRIVED", {"children": edited(CHILDREN, 2, CEASED="31/12/2022")}, [2]),
    ("REG-TRANSFER", {"children": edited(CHILDREN, 1, TRANSFER_IN="31/12/2022")}, [1]),
    ("REG-TRANSFER", {"children": edited(CHILDREN, 1, TRANSFER_OUT="14/01/2023")}, [1]),
    ("REG-REASON", {"children": edited(CHILDREN, 2, REASON=None)}, [2]),
    ("REG-REASON", {"children": edited(CHILDREN, 0, REASON="ADULT")}, [0]),
    ("REG-REFERENCE", {"children": edited(CHILDREN, 0, HO_REF=None)}, [0]),
    ("REG-REFERENCE-TWICE", {"children": edited(CHILDREN, 0, HO_REF="Z2")}, [0, 1]),
    ("REG-LEAVER-UNKNOWN", {"leavers": edited(LEAVERS[:1], 0, CHILD="SYN9")}, [0]),
    ("REG-LEAVER-ORDER", {"leavers": edited(LEAVERS, 0, LEAVER_TO="30/04/2020")}, [0]),
    ("REG-LEAVER-OVERLAP", {"leavers": edited(LEAVERS, 0, LEAVER_TO="02/05/2023")}, [1]),
    ("REG-LEAVER-OVERLAP", {"leavers": edited(LEAVERS, 0, LEAVER_TO=None)}, [1]),
    ("REG-LEAVER-18", {"leavers": edited(LEAVERS, 0, LEAVER_FROM="30/04/2020")}, [0]),
    ("REG-LEAVER-21", {"leavers": edited(LEAVERS, 1, IN_EDUCATION=None)}, [1]),
]
SURVEY_CASES = [
    ("SUR-NEGATIVE", {"costs": edited(COSTS, 0, AMOUNT="-1")}, [0]),
    ("SUR-UNANSWERED", {"costs": edited(COSTS, 0, AMOUNT=None)}, [0]),
    ("SUR-UNIT", {"costs": edited(COSTS, 3, UNIT=None)}, [3]),
    ("SUR-DENOMINATOR", {"costs": edited(COSTS, 1, DENOMINATOR=None)}, [1]),
    ("SUR-DENOMINATOR", {"costs": edited(COSTS, 1, DENOMINATOR="0")}, [1]),
    ("SUR-COUNTED", {"denominators": DENOMINATORS[:4]}, [4]),
    ("SUR-TIME", {"staff_time": edited(STAFF_TIME, 0, HOURS=None)}, [2]),
    ("SUR-TIME", {"staff_time": edited(STAFF_TIME, 0, GROUP="LEAVER")}, [2]),
    ("SUR-TWICE", {"costs": edited(COSTS, 2, AMOUNT="5", UNIT="TOTAL")}, [2]),
    ("SUR-ALL-ZERO", {"costs": edited(COSTS, 4, AMOUNT="0")}, [4]),
    ("SUR-NOTE", {"costs": edited(COSTS, 0, NOTE="x" * (NOTE_LENGTH + 1))}, [0]),
    ("SUR-VALUE", {"denominators": edited(DENOMINATORS, 4, VALUE="-1")}, [4]),
    ("SUR-AGES", {"denominators": edited(DENOMINATORS, 1, VALUE="198")}, [0]),
    ("SUR-NIGHTS", {"denominators": edited(DENOMINATORS, 3, VALUE="1")}, [0]),
]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("return_id", "rule", "tables", "rows"),
    [("uasc.register", *case) for case in REGISTER_CASES] + [("uasc.survey", *case) for case in SURVEY_CASES],
)
def test_a_rule_finds_the_row_that_breaks_it(
    tmp_path: Path, return_id: str, rule: str, tables: dict[str, Rows], rows: list[int]
) -> None:
    found = checked(tmp_path, return_id, **tables).findings.filter(pl.col("rule") == rule)
    assert found["row"].to_list() == rows


@pytest.mark.unit
def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in REGISTER_CASES} == {rule.code for rule in register_rules.RULE_SET}
    assert {case[0] for case in SURVEY_CASES} == {rule.code for rule in survey_rules.RULE_SET}


@pytest.mark.integration
def test_a_blank_amount_is_no_zero(tmp_path: Path) -> None:
    filled = ReturnData(
        return_id="uasc.survey",
        submitter="E09000007",
        period=PERIOD,
        tables={"costs": frame("uasc.survey", "costs", COSTS)},
    )
    [reading] = read(write_files(filled, tmp_path))
    amounts = type_cells(reading, the_return("uasc.survey").spec.at(PERIOD)).tables["costs"]["AMOUNT"]
    assert amounts.cast(pl.Float64).to_list() == [60000.0, 90.0, None, 0.0, 9000.0]


@pytest.mark.integration
def test_the_door_hashes_child_and_reference_and_numbers_are_as_in_the_looked_after_return(tmp_path: Path) -> None:
    rows = edited(CHILDREN, 0, CHILD="syn1")
    filled = ReturnData(
        return_id="uasc.register",
        submitter="E09000007",
        period=PERIOD,
        tables={"children": frame("uasc.register", "children", rows)},
    )
    [reading] = read(write_files(filled, tmp_path))
    spec = the_return("uasc.register").spec.at(PERIOD)
    kept = apply_retention(type_cells(reading, spec).tables, spec, lambda ids: "#" + ids)["children"]
    assert kept["CHILD"][0] == "#SYN1"
    assert kept["HO_REF"].to_list() == ["#Z1", "#Z2", None, "#Z4"]


@pytest.mark.unit
def test_headings_are_each_of_one_kind_and_staff_is_no_placement() -> None:
    assert {one.kind for one in HEADINGS} == {"placement", "non-placement"}
    assert all(one.kind == "non-placement" for one in HEADINGS if one.staff)
    assert len({one.code for one in HEADINGS}) == len(HEADINGS)
