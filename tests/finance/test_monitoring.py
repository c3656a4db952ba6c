"""A borough's monitoring: the blank template, a round trip, and each rule with one row that breaks it."""

from pathlib import Path

import polars as pl
import pytest

from parentis.returns import ReturnData, check_spec, read, template, the_return, type_cells, write_files
from parentis.returns.finance import monitoring_rules
from parentis.returns.findings import Checked

RETURN_ID = "finance.monitoring"
PARTS = [code for code in monitoring_rules.MONITORED if code.code.count(".") == 1 and code.code != "csc.agency"]

LINES = [
    {"QUARTER": "Q1", "SERVICE_LINE": "csc", "ORIGINAL_BUDGET": "50000000", "FORECAST_OUTTURN": "53000000"},
    {"QUARTER": "Q2", "SERVICE_LINE": "csc", "ORIGINAL_BUDGET": "50000000", "FORECAST_OUTTURN": "54000000"},
    {"QUARTER": "Q1", "SERVICE_LINE": "asc", "ORIGINAL_BUDGET": "70000000", "FORECAST_OUTTURN": "71000000"},
    {"QUARTER": "Q2", "SERVICE_LINE": "asc", "ORIGINAL_BUDGET": "70000000", "FORECAST_OUTTURN": "70500000"},
]
HIGH_NEEDS = [
    {
        "QUARTER": "Q1",
        "ALLOCATION_AFTER_DEDUCTIONS": "40000000",
        "TRANSFERS_IN": "500000",
        "SPEND": "43000000",
        "SPEND_MAINSTREAM": "10000000",
        "SPEND_SPECIAL": "20000000",
        "SPEND_INDEPENDENT": "8000000",
        "SPEND_ALTERNATIVE": "2000000",
        "SPEND_POST_16": "2000000",
        "SPEND_OTHER": "1000000",
        "BROUGHT_FORWARD": "-4000000",
    }
]
ACTIVITY = [{"QUARTER": "Q1", "PLACEMENT_GROUP": "foster_own", "CHILD_WEEKS": "1300", "SPEND": "780000"}]
SOUND = {"lines": LINES, "high_needs": HIGH_NEEDS, "activity": ACTIVITY}


def frame(table: str, rows: list[dict[str, str]]) -> pl.DataFrame:
    columns = [column.name for column in the_return(RETURN_ID).spec.latest.tables[table].columns]
    return pl.DataFrame(
        [{name: row.get(name) for name in columns} for row in rows], schema=dict.fromkeys(columns, pl.String)
    )


def checked(tmp_path: Path, form: str = "xlsx", **tables: list[dict[str, str]]) -> Checked:
    """The outcome of a return with `tables` in place of the sound ones, written and read back."""
    filled = ReturnData(
        return_id=RETURN_ID,
        submitter="E09000007",
        period="2024-25",
        tables={name: frame(name, tables.get(name, rows)) for name, rows in SOUND.items()},
    )
    [reading] = read(write_files(filled, tmp_path, form))  # type: ignore[arg-type]
    assert (reading.return_id, reading.period) == (RETURN_ID, "2024-25")
    spec = the_return(RETURN_ID).spec.at("2024-25")
    typed = type_cells(reading, spec)
    assert check_spec(reading, typed, spec).findings.is_empty()
    check = the_return(RETURN_ID).check
    assert check is not None
    outcome = check(reading, typed, spec)
    assert set(outcome.statuses["status"]) == {"run"}, outcome.statuses.filter(pl.col("status") != "run")
    return outcome


@pytest.mark.integration
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sound_return_has_no_findings(tmp_path: Path, form: str) -> None:
    outcome = checked(tmp_path, form)
    assert outcome.findings.rows() == []
    assert outcome.statuses.height == len(monitoring_rules.RULE_SET)


@pytest.mark.integration
def test_the_blank_template_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    path.write_bytes(template(RETURN_ID, "2024-25"))
    [reading] = read([path])
    assert (reading.return_id, reading.period) == (RETURN_ID, "2024-25")
    assert {name: table.height for name, table in reading.tables.items()} == {
        "lines": 0,
        "high_needs": 0,
        "activity": 0,
    }


def edited(rows: list[dict[str, str]], at: int, **cells: str | None) -> list[dict[str, str]]:
    return [{**row, **cells} if i == at else row for i, row in enumerate(rows)]


def split(total: int) -> list[dict[str, str]]:
    """Children's total of a quarter and its eight lines of 1,000,000 each."""
    base = {"QUARTER": "Q1", "ORIGINAL_BUDGET": "1000000", "FORECAST_OUTTURN": "1000000"}
    whole = {**base, "SERVICE_LINE": "csc", "ORIGINAL_BUDGET": str(total), "FORECAST_OUTTURN": "8000000"}
    return [whole, *({**base, "SERVICE_LINE": part.code} for part in PARTS)]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("rule", "tables", "rows"),
    [
        ("MON-SUM", {"lines": split(8_002_000)}, [0]),
        ("MON-TOTAL", {"lines": LINES[2:]}, [0, 1]),
        (
            "MON-UNIT",
            {"lines": edited(edited(LINES, 0, ORIGINAL_BUDGET="50000"), 1, ORIGINAL_BUDGET="50000")},
            [0, 1],
        ),
        ("MON-NO-BUDGET", {"lines": edited(LINES, 3, ORIGINAL_BUDGET=None)}, [3]),
        ("MON-NO-FORECAST", {"lines": edited(LINES, 3, FORECAST_OUTTURN=None)}, [3]),
        ("MON-EARLY", {"lines": edited(LINES, 1, OUTTURN="54000000")}, [1]),
        ("MON-REVISED", {"lines": edited(LINES, 1, REVISED_BUDGET="63000000")}, [1]),
        ("MON-ORIGINAL", {"lines": edited(LINES, 1, ORIGINAL_BUDGET="51000000")}, [0, 1]),
        ("MON-GAP", {"lines": edited(LINES, 1, QUARTER="Q3")}, [1]),
        ("MON-HN-SUM", {"high_needs": edited(HIGH_NEEDS, 0, SPEND="44000000")}, [0]),
        ("MON-HN-SIGN", {"high_needs": edited(HIGH_NEEDS, 0, BROUGHT_FORWARD="4000001")}, [0]),
        ("MON-HN-PARTS", {"high_needs": edited(HIGH_NEEDS, 0, BROUGHT_FORWARD=None)}, [0]),
        ("MON-HN-GAP", {"high_needs": edited(HIGH_NEEDS, 0, QUARTER="Q2")}, [0]),
        (
            "MON-HN-BF",
            {"high_needs": [*HIGH_NEEDS, {**HIGH_NEEDS[0], "QUARTER": "Q2", "BROUGHT_FORWARD": "-3000000"}]},
            [0, 1],
        ),
        ("MON-WEEKLY", {"activity": edited(ACTIVITY, 0, SPEND="780")}, [0]),
    ],
)
def test_a_rule_finds_its_rows(
    tmp_path: Path, rule: str, tables: dict[str, list[dict[str, str]]], rows: list[int]
) -> None:
    # lines written for one rule may break MON-GAP's neighbour as well; each finding of the rule itself is counted
    found = checked(tmp_path, **tables).findings.filter(pl.col("rule") == rule)
    assert found["row"].to_list() == rows
    assert all(len(fields) == len(values) for fields, values in found.select("fields", "values").rows())


@pytest.mark.spec
def test_looked_after_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    parts = ("residential", "fostering", "asylum", "other")
    base = {"QUARTER": "Q1", "ORIGINAL_BUDGET": "2000000", "FORECAST_OUTTURN": "2000000"}
    lines = [
        {**base, "SERVICE_LINE": "csc", "ORIGINAL_BUDGET": "9000000", "FORECAST_OUTTURN": "9000000"},
        {**base, "SERVICE_LINE": "csc.looked_after", "ORIGINAL_BUDGET": "8000000", "FORECAST_OUTTURN": "8500000"},
        *({**base, "SERVICE_LINE": f"csc.looked_after.{part}"} for part in parts),
    ]
    found = checked(tmp_path, lines=lines).findings
    assert found.select("rule", "row").rows() == [("MON-SUM-CLA", 1)]


@pytest.mark.unit
def test_every_rule_is_tried_here() -> None:
    mark = next(m for m in test_a_rule_finds_its_rows.pytestmark if m.name == "parametrize")
    tried = {rule for rule, _, _ in mark.args[1]} | {"MON-SUM-CLA"}
    assert tried == {rule.code for rule in monitoring_rules.RULE_SET}
