"""What a resubmission changes, cell by cell."""

from decimal import Decimal

import polars as pl
import pytest

from parentis.returns.finance.monitoring import LINES
from parentis.workflow.results.changed_cells import MOST_CELLS, ChangedCell, changed_cells

TABLES = {"lines": LINES}


def lines(*rows: tuple[str, str, int | None, str | None]) -> dict[str, pl.DataFrame]:
    return {
        "lines": pl.DataFrame(
            [(quarter, line, None if spent is None else Decimal(spent), note) for quarter, line, spent, note in rows],
            schema={"QUARTER": pl.String, "SERVICE_LINE": pl.String, "OUTTURN": pl.Decimal(18, 2), "NOTE": pl.String},
            orient="row",
        )
    }


@pytest.mark.spec
def test_cells_that_differ_are_listed_the_largest_first() -> None:
    before = lines(("Q4", "csc", 1000, None), ("Q4", "asc", 500, "as set"), ("Q3", "csc", 7, None))
    now = lines(("Q4", "asc", 480, "as agreed"), ("Q4", "csc", 1300, None), ("Q3", "csc", 7, None))
    found = changed_cells(TABLES, before, now)
    assert found.count == 3
    said = [(one.row, one.column, one.before, one.now) for one in found.most]
    csc, asc = (next(code.label for code in LINES.column("SERVICE_LINE").codes if code.code == one) for one in ("csc", "asc"))  # fmt: skip  # noqa: E501
    year = "To 31 March, and the year's outturn"
    assert said == [
        (f"{year}, {csc}", "Outturn", "1,000.00", "1,300.00"),
        (f"{year}, {asc}", "Outturn", "500.00", "480.00"),
        (f"{year}, {asc}", "Note", "as set", "as agreed"),
    ]


@pytest.mark.spec
def test_rows_that_come_go_and_repeat() -> None:
    before = lines(("Q1", "csc", 5, None), ("Q1", "csc", 6, None))
    now = lines(("Q1", "csc", 5, None), ("Q2", "asc", 9, None))
    found = changed_cells(TABLES, before, now)
    assert {(one.before, one.now) for one in found.most} == {(None, "9.00"), ("6.00", None)}
    assert next(one.row for one in found.most if one.now is None).endswith("(2)")


@pytest.mark.unit
def test_the_same_rows_in_another_order_change_nothing() -> None:
    rows = (("Q1", "csc", 5, None), ("Q2", "csc", 6, "x"))
    assert changed_cells(TABLES, lines(*rows), lines(*reversed(rows))).count == 0


@pytest.mark.unit
def test_a_long_list_is_cut_and_still_counted() -> None:
    rows = [(f"Q{n}", "csc", n, None) for n in range(MOST_CELLS + 5)]
    found = changed_cells(TABLES, {}, lines(*rows))
    assert (found.count, len(found.most)) == (MOST_CELLS + 5, MOST_CELLS)
    assert isinstance(found.most[0], ChangedCell)
    assert found.most[0].now == f"{MOST_CELLS + 4}.00"
