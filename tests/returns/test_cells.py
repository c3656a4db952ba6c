"""Typing cells: what people write, and what it is taken for."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.returns import Code, Column, Kind, Reading, Spec, Table, Typed, type_cells

CODES = (Code("E4A", "x"), Code("0", "no"), Code("1", "yes"))


def typed(kind: Kind, *cells: str | None, partial: bool = False, upper_case: bool = True) -> Typed:
    column = Column(name="CELL", kind=kind, meaning="", codes=CODES if kind is Kind.CODE else (), partial=partial)
    spec = Spec(id="t", title="t", tables=(Table(name="T", meaning="", columns=(column,)),), upper_case=upper_case)
    frame = pl.DataFrame({"CELL": list(cells)}, schema={"CELL": pl.String})
    frame = frame.with_row_index("row").with_columns(file=pl.lit("f.csv"))
    reading = Reading(return_id="t", part="", period="2020-21", tables={"T": frame}, taken=())
    return type_cells(reading, spec.at("2020-21"))


@pytest.mark.spec
@pytest.mark.parametrize(
    "cell",
    [
        "01/02/2017",
        "1/2/2017",
        "01-02-2017",
        "01.02.2017",
        "2017-02-01",
        "2017-2-1",
        "2017/02/01",
        " 01/02/2017 ",
        "2017-02-01 00:00:00",
        "2017-02-01T00:00:00",
        "2017-02-01T00:00:00.000Z",
        "01/02/2017 00:00",
    ],
)
def test_a_date_is_read_day_first_or_iso(cell: str) -> None:
    assert typed(Kind.DATE, cell, "31/12/1999").tables["T"]["CELL"].to_list() == [
        date(2017, 2, 1),
        date(1999, 12, 31),
    ]


@pytest.mark.spec
@pytest.mark.parametrize("cell", ["31/02/2017", "01/02/17", "43000", "20170201", "12/2017", "ZZ/02/2017", "?"])
def test_what_is_no_date_is_a_finding_and_null(cell: str) -> None:
    result = typed(Kind.DATE, "01/02/2017", cell, None, "  ")
    assert result.tables["T"]["CELL"].to_list() == [date(2017, 2, 1), None, None, None]
    assert result.findings.select("rule", "table", "row", "fields", "values").rows() == [
        ("SPEC-CELL", "T", 1, ["CELL"], [cell])
    ]


@pytest.mark.spec
def test_a_date_of_unknown_parts_is_null_without_a_finding_where_the_column_allows_it() -> None:
    result = typed(Kind.DATE, "zz/ZZ/2004", "01/ZZ/ZZZZ", "ZZ", partial=True)
    assert result.tables["T"]["CELL"].to_list() == [None, None, None]
    assert result.findings["row"].to_list() == [2]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (Kind.CODE, " e4a", "E4A"),
        (Kind.CODE, "1.0", "1"),
        (Kind.CODE, "q9", "Q9"),
        (Kind.TEXT, " ab1 ", "AB1"),
        (Kind.TEXT, "1679094.0", "1679094"),
        (Kind.INTEGER, "1,000", 1000),
        (Kind.INTEGER, "2.0", 2),
        (Kind.NUMBER, "−1.5", -1.5),
        (Kind.MONEY, "£1,234.567", Decimal("1234.57")),
        (Kind.MONEY, "(12)", Decimal("-12.00")),
        (Kind.MONEY, "1684800000", Decimal("1684800000.00")),
    ],
)
def test_codes_and_numbers_are_read_as_people_write_them(kind: Kind, cell: str, value: object) -> None:
    result = typed(kind, cell)
    assert result.tables["T"]["CELL"].to_list() == [value]
    assert result.tables["T"]["CELL__raw"].to_list() == [cell]
    assert result.findings.is_empty()


@pytest.mark.spec
@pytest.mark.parametrize(
    ("kind", "cell"),
    [(Kind.INTEGER, "2.5"), (Kind.NUMBER, "inf"), (Kind.NUMBER, "NaN"), (Kind.MONEY, "[x]"), (Kind.MONEY, "1e99")],
)
def test_what_is_no_number_is_a_finding_and_never_nought(kind: Kind, cell: str) -> None:
    result = typed(kind, cell)
    assert result.tables["T"]["CELL"].to_list() == [None]
    assert result.findings["values"].to_list() == [[cell]]


@pytest.mark.unit
def test_text_stays_as_written_where_the_return_says_so() -> None:
    assert typed(Kind.TEXT, " Kingston upon Thames ", upper_case=False).tables["T"]["CELL"].to_list() == [
        "Kingston upon Thames"
    ]


@pytest.mark.generative
@given(cells=st.lists(st.none() | st.text(max_size=12), max_size=20), kind=st.sampled_from(Kind))
def test_no_cell_whatever_stops_typing(cells: list[str | None], kind: Kind) -> None:
    result = typed(kind, *cells)
    frame = result.tables["T"]
    assert frame["CELL__raw"].to_list() == cells
    unread = {row for row, cell in enumerate(cells) if cell and frame["CELL"][row] is None}
    assert unread >= set(result.findings["row"].to_list())


@pytest.mark.generative
@given(day=st.dates(date(1900, 1, 1), date(2199, 12, 31)), form=st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y"]))
def test_every_date_reads_back(day: date, form: str) -> None:
    assert typed(Kind.DATE, day.strftime(form)).tables["T"]["CELL"].to_list() == [day]
