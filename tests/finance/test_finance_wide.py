"""Turning a wide sheet long, against a plain loop over the same cells, wherever the header stands."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.returns.finance import wide

LABELS = (
    "Children's social care: Children looked after",
    "TOTAL CHILDREN'S SOCIAL CARE",
    "TOTAL ADULT SOCIAL CARE",
)
MARKERS = ("", "M", "[x]", "[n]", "..", "…", "-", "[note 4]")
PLACES = ("E09000007", "E06000022", "E07000223", "E92000001", "E12000007", "")

cells = st.one_of(
    st.sampled_from(MARKERS),
    st.integers(-10_000, 10_000_000).map(str),
    st.integers(-10_000, 10_000_000).map(lambda n: f"{n:,}"),
    st.decimals(-99_999, 99_999, places=2).map(str),
)
rows = st.tuples(st.sampled_from(PLACES), st.lists(cells, min_size=3, max_size=3))


def by_hand(cell: str) -> Decimal | None:
    return None if cell in MARKERS else Decimal(cell.replace(",", "")) * 1_000


@pytest.mark.generative
@given(
    st.lists(rows, min_size=1, max_size=12),
    st.integers(0, 6),
    st.booleans(),
    st.sampled_from([("313", "330", "360"), ("411", "412", "413"), None]),
)
def test_every_authoritys_cell_comes_through_once(
    body: list[tuple[str, list[str]]], above: int, note: bool, numbers: tuple[str, ...] | None
) -> None:
    between = ["S"] if note else []
    width = 4 + len(between) + 3
    top = [["Revenue Account Budget (RA) 2018-19", *[""] * (width - 1)], *[[""] * width for _ in range(above)]]
    if numbers:
        top.append([*[""] * (width - 3), *numbers])
    top.append(["E-code", "ONS Code", "Local authority", *[""] * len(between), "Class", *LABELS])
    data = [
        [f"E{1000 + i}" if code else "", code, f"Place {i}", *between, "L", *values]
        for i, (code, values) in enumerate(body)
    ]
    grid = pl.DataFrame(
        [pl.Series(f"column_{j}", [row[j] or None for row in top + data], pl.String) for j in range(width)]
    )
    sheet = wide.locate(grid, "finance.ra", only="net")
    assert sheet is not None
    assert [column.number for column in sheet.columns] == list(numbers or ["", "", ""])

    found = wide.to_lines(grid, sheet, unit=1_000, ons_codes={}).lines
    expected = {
        (code, f"Place {i}", label): by_hand(cell)
        for i, (code, values) in enumerate(body)
        if code and not code.startswith(("E92", "E12"))
        for label, cell in zip(LABELS, values, strict=True)
    }
    amounts = found.select("ONS_CODE", "AUTHORITY_NAME", "LABEL", pl.col("AMOUNT").cast(pl.Decimal(18, 2)))
    assert {row[:3]: row[3] for row in amounts.rows()} == expected
    assert found.height == len(expected)
    assert found.filter(pl.col("MARKER").is_not_null() & pl.col("AMOUNT").is_not_null()).is_empty()


@pytest.mark.spec
@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Revenue Account Budget (RA) 2017-18: data", "2017-18"),
        ("RO3_LA_Data_202425", "2024-25"),
        ("2021 to 2022 DSG allocations", "2021-22"),
        ("Revenue Outturn 2017/18", "2017-18"),
        ("Last updated: 23 November 2023", None),
        ("from 2016-20", None),
    ],
)
def test_the_year_of_a_title(text: str, year: str | None) -> None:
    assert wide.financial_year(text) == year
