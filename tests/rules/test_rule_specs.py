"""Each rule's specification table: given rows, the findings it must give, and no others."""

import csv
import os
from pathlib import Path

import pytest
from rule_specs import RuleSpec, expected, read_specs, run_spec

from parentis.returns.ssda903.rules import RULE_SET

SPECS = read_specs()
RULES_FILE = (
    Path(os.environ.get("PARENTIS_SHARED", Path(__file__).parents[3] / "shared")) / "spec" / "ssda903_rules.csv"
)

NEW_SINCE = {"241", "242", "243"}
CHANGED_SINCE = {"229": ("2025-26",), "1015": ("2025-26",), "SW02STG1": ("2025-26",)}
WITHDRAWN_SINCE = {"SW01aSTG1": "2024-25", "SW01bSTG1": "2024-25"}
"What the department changed for 2025-26 after the list was made."


@pytest.mark.spec
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_marks_these_rows_and_no_others(spec: RuleSpec) -> None:
    checked = run_spec(spec, rules=[spec.code])
    (status,) = checked.statuses.rows(named=True)
    assert status["status"] == "run", status["reason"]
    found = sorted(checked.findings.select("table", "row", "child").rows(), key=str)
    assert found == expected(spec)


@pytest.mark.spec
def test_every_rule_has_a_table_with_a_broken_row_and_one_that_comes_close() -> None:
    marks: dict[str, set[str]] = {}
    for spec in SPECS:
        marks.setdefault(spec.code, set()).update(row.mark[0] for row in spec.rows)
    marks["411"].add("!")  # no row can break it: both sides of its comparison are derived from one postcode
    lacking = {rule.code: sorted({"!", "."} - marks.get(rule.code, set())) for rule in RULE_SET}
    assert {code: missing for code, missing in lacking.items() if missing} == {}


@pytest.mark.spec
def test_every_published_rule_is_here_with_its_years_and_message() -> None:
    if not RULES_FILE.is_file():
        message = f"the list of rules is not at {RULES_FILE}: set PARENTIS_SHARED to the folder that holds spec/"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with RULES_FILE.open(encoding="utf-8-sig", newline="") as lines:
        published = {row["code"]: row for row in csv.DictReader(lines)}
    assert {rule.code for rule in RULE_SET} == set(published) | NEW_SINCE
    for rule in RULE_SET:
        if rule.code in NEW_SINCE:
            continue
        row = published[rule.code]
        assert rule.message == " ".join(row["message"].split()), rule.code
        assert (rule.first or "2022-23") == row["first_year"], rule.code
        assert rule.last == WITHDRAWN_SINCE.get(rule.code, row["withdrawn_after"]), rule.code
        assert rule.changed == (*row["changed_in"].split(), *CHANGED_SINCE.get(rule.code, ())), rule.code
        assert set(rule.tables) | set(rule.optional) >= set(row["tables"].split()) - {"Header"} or rule.code in {
            "179",
            "503J",
        }, rule.code
