"""The published quarterly adoption workbook: agency-level figures of the Adoption and Special Guardianship board.

Four sheets, each with two or three rows of headings whose cells are merged, then a row of quarters. Each row below is
an agency, or one of the publisher's totals in capitals. `c` stands for a number of 1 to 5, `..` for not available,
`.` for not applicable, `-` for a mean of no children. The last published workbook is that of quarter 4 of 2022-23.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.spec import Column, Kind, Spec, Table

if TYPE_CHECKING:
    from parentis.returns.content import Content

ID: Final = "adoption.quarterly"
SHEETS: Final = {
    "Adoption LAs": "children",
    "Adoptive families LAs & RAAs": "families",
    "Adoptive families VAAs": "families of voluntary agencies",
    "SGO LAs": "special guardianship",
}
"The workbook's sheets and the subject of each."
SIGNS: Final = ("c", "..", ".", "-")
_QUARTER = re.compile(r"^(at \d{1,2} \w+ \d{4}|Q\d)")
_YEAR = re.compile(r"Quarter \d (\d{4})/(\d{2})")
_SEE = re.compile(r"\(see (?P<agency>.+)\)\s*$")
_HEAD_ROWS = 12


def _text(name: str, meaning: str, *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.TEXT, meaning=meaning, key=key)


VALUES = Table(
    name="values",
    meaning="One cell of the workbook: a number, or the sign that stands for it.",
    columns=(
        _text("SUBJECT", "What the sheet is about: children, families, special guardianship.", key=True),
        _text("CODE", "The agency's code: an authority's number, `RAA19`, `VAA16`; empty for a total."),
        _text("AGENCY", "The agency's name as printed, or the total's.", key=True),
        _text("SEE", "The agency that the workbook prints beside an authority's name: whose member it is."),
        _text("HEADING", "The merged headings above the column, from the top down.", key=True),
        _text("WHEN", "The quarter, the day or the condition that the column is about."),
        Column(name="VALUE", kind=Kind.NUMBER, meaning="The number printed."),
        _text("SIGN", "`c`, `..`, `.` or `-` in place of a number."),
    ),
    optional=False,
    unique=("SUBJECT", "CODE", "AGENCY", "HEADING", "WHEN"),
    identity=("SUBJECT",),
)


def _heads(grid: pl.DataFrame) -> tuple[int, list[int]] | None:
    """The row of quarters, and the rows of headings above it."""
    for at, row in enumerate(grid.head(_HEAD_ROWS).iter_rows()):
        if sum(bool(cell and _QUARTER.match(str(cell))) for cell in row) >= 3:
            rows = [above for above in range(1, at) if sum(cell is not None for cell in grid.row(above)) > 0]
            return at, [above for above in rows if not str(grid.row(above)[0] or "").startswith("Coverage")]
    return None


def _columns(grid: pl.DataFrame, quarters: int, heads: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Each column of figures: its position, its headings and its quarter's text.

    The text of a merged cell is in its first column; it applies to the columns to its right until the next text in
    the same row or a row above.
    """
    current = [""] * len(heads)
    for at in range(2, grid.width):
        for level, row in enumerate(heads):
            text = grid.row(row)[at]
            if text:
                current = [*current[:level], _plain(str(text)), *[""] * (len(heads) - level - 1)]
        when = _plain(str(grid.row(quarters)[at] or ""))
        if when or any(grid.row(row)[at] for row in heads):
            yield at, ": ".join(filter(None, current)), when


def _plain(text: str) -> str:
    return " ".join(text.split()).removesuffix(" [see notes]")


def _sheets(content: "Content") -> dict[str, str]:
    return {sheet: SHEETS[sheet] for sheet in content.sheets if sheet in SHEETS} if content.kind == "xlsx" else {}


def _recognise(content: "Content") -> Recognised | None:
    found = _sheets(content)
    if len(found) < 2:
        return None
    title = " ".join(str(cell) for cell in content.grid(next(iter(found)), rows=2).row(0) if cell)
    year = _YEAR.search(title)
    return Recognised(
        file=content.name,
        return_id=ID,
        table=VALUES.name,
        period=f"{year[1]}-{year[2]}" if year else None,
        because=f"sheets {', '.join(found)}",
    )


def _read(content: "Content", recognised: Recognised) -> Tables:
    rows: list[dict[str, str | None]] = []
    problems: list[Problem] = []
    for sheet, subject in _sheets(content).items():
        grid = content.grid(sheet)
        found = _heads(grid)
        if found is None:
            problems.append(_not_read(content, sheet))
            continue
        quarters, heads = found
        columns = list(_columns(grid, quarters, heads))
        for line in grid.slice(quarters + 1).iter_rows():
            if line[1]:
                rows.extend(_cells(line, subject, columns))
    names = [column.name for column in VALUES.columns]
    return Tables(
        tables={VALUES.name: pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))}, problems=tuple(problems)
    )


def _not_read(content: "Content", sheet: str) -> Problem:
    return Problem(file=content.name, where=f"sheet {sheet}", severity="error",
                   message="not read: no row of quarters (`Q1 …`, `at 30 Jun …`) below its headings")  # fmt: skip


def _cells(
    line: Sequence[str | None], subject: str, columns: Sequence[tuple[int, str, str]]
) -> Iterator[dict[str, str | None]]:
    name = " ".join(str(line[1]).split())
    see = _SEE.search(name)
    for at, heading, when in columns:
        text = str(line[at]).strip() if line[at] is not None else ""
        if not text:
            continue
        sign = text if text in SIGNS else None
        yield {
            "SUBJECT": subject, "CODE": line[0], "AGENCY": _SEE.sub("", name).strip(), "SEE": see["agency"] if see
            else None, "HEADING": heading, "WHEN": when, "VALUE": None if sign else text, "SIGN": sign, }  # fmt: skip


QUARTERLY = Return(
    spec=Spec(
        id=ID,
        title="Adoption and special guardianship, by agency",
        tables=(VALUES,),
        source="Adoption and Special Guardianship Leadership Board, agency-level data, to quarter 4 of 2022-23",
    ),
    submitter="publisher",
    publisher="DfE",
    period_kind="financial-year",
    readers=(Reader(name="quarterly workbook", recognise=_recognise, read=_read),),
    audience="published",
)
