"""The dedicated schools grant: allocations by authority and block, before and after deductions.

A published workbook has one sheet of allocations per year; an amalgamated workbook has several years. The units
differ by sheet (£ million in 2019-20, pounds since), and each column's heading states them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from parentis.errors import SpecificationError
from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.spec import Column, Kind, Spec, Table, codes

if TYPE_CHECKING:
    from parentis.returns.content import Content

HEADER_SEARCH = 12
"The block headings are in the second row of every published sheet; a few more rows are searched."

BLOCKS = codes(
    schools="Schools block",
    central="Central school services block",
    high_needs="High needs block",
    early_years="Early years block",
    total="Dedicated schools grant, total of the four blocks",
)
STAGES = codes(
    before="Before academy recoupment and deductions",
    after="After academy recoupment and deductions for places the department funds directly, and business rates",
)

_BLOCK = (
    ("central", re.compile(r"central school services", re.IGNORECASE)),
    ("high_needs", re.compile(r"high needs block", re.IGNORECASE)),
    ("early_years", re.compile(r"early years block", re.IGNORECASE)),
    ("total", re.compile(r"total dsg|total dedicated schools grant", re.IGNORECASE)),
    ("schools", re.compile(r"schools block", re.IGNORECASE)),
)
_STAGE = (
    ("before", re.compile(r"\b(?:before|prior to)\b", re.IGNORECASE)),
    ("after", re.compile(r"\bafter\b", re.IGNORECASE)),
)
_UNIT = (
    (1_000_000, re.compile(r"£\s*(?:million|m\b)", re.IGNORECASE)),
    (1_000, re.compile(r"£\s*(?:thousand|000)", re.IGNORECASE)),
    (1, re.compile(r"\(£s?\)", re.IGNORECASE)),
)
_TITLE = re.compile(r"dedicated schools grant.*allocations?", re.IGNORECASE | re.DOTALL)
_YEAR = re.compile(r"(20\d\d)\s*(?:-|–|/|to)\s*(?:20)?(\d\d)(?!\d)")

TABLE = Table(
    name="allocations",
    authority="ONS_CODE",
    meaning="What one authority was allocated in one block. Totals of England, regions and classes left out.",
    columns=(
        Column(
            name="FINANCIAL_YEAR",
            kind=Kind.TEXT,
            key=True,
            meaning="The year the grant is for.",
            example="2023-24",
        ),
        Column(
            name="ONS_CODE",
            kind=Kind.TEXT,
            key=True,
            meaning="ONS code of the authority, found by its DfE number.",
        ),
        Column(name="LA_CODE", kind=Kind.TEXT, meaning="The authority's DfE number as published.", example="202"),
        Column(name="AUTHORITY_NAME", kind=Kind.TEXT, meaning="The authority's name as published."),
        Column(name="BLOCK", kind=Kind.CODE, codes=BLOCKS, key=True, meaning="The block of the grant."),
        Column(name="STAGE", kind=Kind.CODE, codes=STAGES, key=True, meaning="Before or after deductions."),
        Column(
            name="AMOUNT",
            kind=Kind.MONEY,
            unit="pounds",
            meaning="The allocation in pounds, whatever unit the sheet is in.",
        ),
    ),
    optional=False,
    unique=("FINANCIAL_YEAR", "ONS_CODE", "BLOCK", "STAGE"),
)


@dataclass(frozen=True, slots=True)
class _Amount:
    at: int
    block: str
    stage: str
    unit: int


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str | None
    year: str
    header: int
    amounts: tuple[_Amount, ...]


def _recognise(content: "Content") -> Recognised | None:
    sheets = _sheets(content)
    if not sheets:
        return None
    years = sorted(sheet.year for sheet in sheets)
    return Recognised(
        file=content.name,
        return_id=ALLOCATIONS.id,
        table=TABLE.name,
        period=years[0] if years[0] == years[-1] else f"{years[0]}..{years[-1]}",
        because="a title of dedicated schools grant allocations over its blocks, before and after deductions",
    )


def _read(content: "Content", taken: Recognised) -> Tables:
    sheets = _sheets(content)
    frames, problems = [], []
    total = 0
    for sheet in sheets:
        grid = content.grid(sheet.name)
        frame, excluded = _amounts(grid, sheet)
        frames.append(frame)
        where = sheet.name or TABLE.name
        message = f"{excluded} rows of totals (England, regions, classes) left out"
        problems.append(Problem(file=content.name, where=where, message=message, severity="note", rows=excluded))
        filled, kept = filled_rows(grid.slice(sheet.header + 1)), frame.height // len(sheet.amounts)
        total += filled
        if other := filled - kept - excluded:
            message = f"{other} rows without an authority's number and figures (notes, headings) left out"
            problems.append(Problem(file=content.name, where=where, message=message, severity="note", rows=other))
    together = with_ons_codes(pl.concat(frames), by="LA_CODE")
    per_row = len(BLOCKS) * len(STAGES)
    lost = together.filter(pl.col("ONS_CODE").is_null()).height // per_row
    problems.extend(unknown_authorities(content.name, TABLE.name, together, rows=lost))
    placed = together.filter(pl.col("ONS_CODE").is_not_null())
    if placed.is_empty():
        raise SpecificationError(
            expected="a row for each authority, with its DfE number",
            found="none",
            where=content.name,
            do="Send the workbook as it was published.",
        )
    return Tables(
        tables={TABLE.name: placed.select(c.name for c in TABLE.columns)},
        problems=tuple(problems),
        rows=total,
        kept=placed.height // per_row,
    )


def filled_rows(grid: pl.DataFrame) -> int:
    """Rows with a cell that is not blank."""
    filled = pl.any_horizontal(pl.all().str.strip_chars().str.len_chars() > 0).fill_null(value=False)
    return int(grid.select(filled.sum()).item() or 0) if grid.width else 0


def with_ons_codes(frame: pl.DataFrame, *, by: str) -> pl.DataFrame:
    """`frame` with ONS_CODE: the code of the authority with the DfE number or name in `by`, or null."""
    from parentis import region

    return region.match_authorities(frame, by).rename({"authority": "ONS_CODE"})


def unknown_authorities(file: str, where: str, frame: pl.DataFrame, *, rows: int) -> Iterator[Problem]:
    """A warning that names the authorities without an ONS code, if there are any; `rows`: their rows of the file."""
    names = frame.filter(pl.col("ONS_CODE").is_null())["AUTHORITY_NAME"].drop_nulls().unique().sort().to_list()
    if names or rows:
        told = ", ".join(names[:10]) or "(no name)"
        message = (
            f"{len(names) or rows} authorities of unknown number or name left out: {told}; totals are without them"
        )
        yield Problem(file=file, where=where, message=message, severity="warning", rows=rows)


def _sheets(content: "Content") -> tuple[_Sheet, ...]:
    found = (_locate(content.grid(name, rows=HEADER_SEARCH), name) for name in content.sheets or (None,))
    return tuple(sheet for sheet in found if sheet is not None)


def _locate(top: pl.DataFrame, name: str | None) -> _Sheet | None:
    """The sheet's year and columns; None unless it has a DSG title and all five amounts at both stages."""
    rows = [[(cell or "").strip() for cell in row] for row in top.rows()]
    title = next((cell for row in rows for cell in row if _TITLE.search(cell)), None)
    if title is None:
        return None
    year = next((f"{a}-{b}" for a, b in _YEAR.findall(f"{title} {name or ''}") if (int(a) + 1) % 100 == int(b)), None)
    for i, row in enumerate(rows[1:], 1):
        stages = _stages(rows[i - 1])
        amounts = tuple(
            _Amount(at, block, stages[at], _unit(cell))
            for at, cell in enumerate(row)
            if at in stages and (block := _first(_BLOCK, cell)) is not None
        )
        if year is not None and len({(a.block, a.stage) for a in amounts}) == len(BLOCKS) * len(STAGES):
            return _Sheet(name, year, i, amounts)
    return None


def _stages(row: list[str]) -> dict[int, str]:
    """The stage of each column: the sheet states it once, above the first of its columns."""
    stages: dict[int, str] = {}
    current: str | None = None
    for at, cell in enumerate(row):
        if at and cell:
            current = _first(_STAGE, cell) or current
        if current is not None:
            stages[at] = current
    return stages


def _first(patterns: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str | None:
    return next((key for key, pattern in patterns if pattern.search(text)), None)


def _unit(heading: str) -> int:
    for pounds, pattern in _UNIT:
        if pattern.search(heading):
            return pounds
    raise SpecificationError(
        expected="headings that say their unit: (£s) or (£ million)",
        found=f"'{' '.join(heading.split())}'",
        where="the sheet of allocations",
        do="Send the workbook as it was published.",
    )


def _amounts(grid: pl.DataFrame, sheet: _Sheet) -> tuple[pl.DataFrame, int]:
    """The sheet's amounts in pounds, as text, and how many rows of totals were left out."""
    code, name = (pl.col(column).str.strip_chars() for column in grid.columns[:2])
    body = grid.slice(sheet.header + 1).with_columns(code.alias("LA_CODE"), name.alias("AUTHORITY_NAME"))
    is_authority = pl.col("LA_CODE").str.contains(r"^\d{3}$").fill_null(False)
    holds_figures = pl.col(grid.columns[sheet.amounts[0].at]).str.contains(r"^\s*\d").fill_null(False)
    rows = body.filter(is_authority)
    pieces = [
        rows.select(
            pl.lit(sheet.year).alias("FINANCIAL_YEAR"),
            "LA_CODE",
            "AUTHORITY_NAME",
            pl.lit(amount.block).alias("BLOCK"),
            pl.lit(amount.stage).alias("STAGE"),
            (
                pl.col(grid.columns[amount.at]).str.replace_all(r"[,£\s]", "").cast(pl.Float64, strict=False)
                * amount.unit
            )
            .round(2)
            .cast(pl.Decimal(18, 2))
            .cast(pl.String)
            .alias("AMOUNT"),
        )
        for amount in sheet.amounts
    ]
    return pl.concat(pieces), body.filter(~is_authority & holds_figures).height


ALLOCATIONS = Return(
    spec=Spec(
        id="high_needs.dsg_allocations",
        title="Dedicated schools grant allocations",
        tables=(TABLE,),
        source="https://www.gov.uk/government/collections/dedicated-schools-grant-dsg",
    ),
    submitter="publisher",
    publisher="DfE",
    period_kind="span",
    readers=(Reader(name="allocations workbook", recognise=_recognise, read=_read),),
    audience="published",
)
