"""The section 251 outturn as published until 2014-15: a row per authority and line, amounts in columns.

Later years are published in DfE's long format and are read as open statistics.
"""

import re
from typing import TYPE_CHECKING

import polars as pl

from parentis.errors import SpecificationError
from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.open_statistics.cells import tidy, value_and_marker
from parentis.returns.problems import Severity
from parentis.returns.recognition import HEADING_ROWS, plain
from parentis.returns.spec import Code, Column, Kind, Spec, Table

if TYPE_CHECKING:
    from parentis.returns.content import Content

MEASURES = {
    "ownprovision": ("own", "The authority's own provision"),
    "privateprovision": ("private", "Private provision"),
    "otherpublic": ("other_public", "Other public provision"),
    "voluntary": ("voluntary", "Voluntary provision"),
    "totalexpenditure": ("gross", "Total expenditure"),
    "income": ("income", "Income"),
    "netcurrentexpenditure": ("net", "Net current expenditure"),
    "govgrantsinsideaef": ("grants_inside", "Government grants inside aggregate external finance"),
    "govgrantsoutsideaef": ("grants_outside", "Government grants outside aggregate external finance"),
    "leanetrevenueexpenditure": ("net_of_grants", "The authority's net revenue expenditure"),
}
"Published heading, in lower case without spaces → measure."
_CODES = ("la", "lacode", "lanumber", "leacode", "leanumber")
_LINES = ("linenumber", "line", "lineno")
_FEWEST = 3
"The columns of amounts that identify the table."
_YEAR = re.compile(r"(20\d\d)\s*(?:-|–|/|_|to)?\s*(?:20)?(\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d\d)[-_/]?(\d\d)(?!\d)")

LINES = Table(
    name="lines",
    authority="ONS_CODE",
    meaning="One amount of one authority, line and measure.",
    columns=(
        Column(name="ONS_CODE", kind=Kind.TEXT, key=True, meaning="ONS code of the authority, by its number or name."),
        Column(name="LA_CODE", kind=Kind.TEXT, meaning="The authority's DfE number as published.", example="202"),
        Column(name="AUTHORITY_NAME", kind=Kind.TEXT, meaning="The authority's name as published."),
        Column(name="LINE", kind=Kind.TEXT, key=True, meaning="The line's number as published.", example="16"),
        Column(name="LABEL", kind=Kind.TEXT, meaning="The line's label as published, without its number."),
        Column(name="GROUP", kind=Kind.TEXT, meaning="The heading that the publisher puts the line under."),
        Column(
            name="MEASURE",
            kind=Kind.CODE,
            codes=tuple(Code(code, meaning) for code, meaning in MEASURES.values()),
            key=True,
            meaning="What of the line the amount is.",
        ),
        Column(name="AMOUNT", kind=Kind.MONEY, unit="pounds", meaning="The amount in pounds, as it is published."),
        Column(name="MARKER", kind=Kind.TEXT, meaning="What stood in the cell instead of a number."),
    ),
    optional=False,
    unique=("ONS_CODE", "LINE", "MEASURE"),
    identity=("ONS_CODE", "LINE", "MEASURE"),
)


def _headings(content: "Content") -> tuple[str | None, int, dict[str, str]] | None:
    """Sheet, row of headings, and the grid's column of each: `code`, `name`, `line`, `label`, `group`, and measures."""
    for sheet in content.sheets if content.kind in ("xlsx", "ods") else (None,):
        grid = content.grid(sheet, rows=HEADING_ROWS)
        for at, row in enumerate(grid.iter_rows()):
            words = {
                plain(cell): column for cell, column in reversed(list(zip(row, grid.columns, strict=True))) if cell
            }
            found = {
                "code": next((words[w] for w in _CODES if w in words), None),
                "line": next((words[w] for w in _LINES if w in words), None),
                "label": next((column for word, column in words.items() if word.endswith("description")), None),
                "name": words.get("laname") or words.get("leaname"),
                "group": words.get("reportgroup"),
                **{code: words.get(heading) for heading, (code, _) in MEASURES.items()},
            }
            amounts = sum(found[code] is not None for code, _ in MEASURES.values())
            if found["code"] and found["line"] and found["label"] and amounts >= _FEWEST:
                return sheet, at, {name: column for name, column in found.items() if column}
    return None


def _recognise(content: "Content") -> Recognised | None:
    if content.kind not in ("csv", "xlsx", "ods") or (found := _headings(content)) is None:
        return None
    inside = _year(" ".join(cell for row in content.grid(found[0]).head(found[1]).iter_rows() for cell in row if cell))
    return Recognised(
        file=content.name,
        return_id=SECTION_251.id,
        table=LINES.name,
        period=inside or _year(re.split(r"[/\\\\]", content.name)[-1]),
        because="headings of an authority, a line number and its description, and amounts by provision",
    )


def _year(text: str) -> str | None:
    """`2013-14` from `2013-14`, `2013/14` or `1314`; None where the two years are not consecutive."""
    for pattern in (_YEAR, _SHORT_YEAR):
        for start, end in pattern.findall(text):
            if (int(start[-2:]) + 1) % 100 == int(end):
                return f"20{start[-2:]}-{end}"
    return None


def _read(content: "Content", taken: Recognised) -> Tables:
    from parentis import region

    found = _headings(content)
    if found is None:
        raise SpecificationError(
            expected="headings of section 251", found="others", where=content.name, do="Send the file as published."
        )
    sheet, at, columns = found
    grid = content.grid(sheet)
    whole = tidy(grid.slice(at + 1)).with_row_index("row")
    whole = whole.remove(pl.all_horizontal(pl.exclude("row").is_null()))
    names = columns.get("name", columns["code"])
    coded = region.match_authorities(whole, columns["code"]).rename({"authority": "by_code"})
    coded = region.match_authorities(coded, names).with_columns(ONS_CODE=pl.coalesce("by_code", "authority"))
    known = coded.filter(pl.col("ONS_CODE").is_not_null())
    codes = [code for code, _ in MEASURES.values() if code in columns]
    label = pl.col(columns["label"]).str.replace(r"^\d+[a-z]?\.?\s*", "")
    base = known.select(
        "row",
        "ONS_CODE",
        pl.col(columns["code"]).alias("LA_CODE"),
        pl.col(names).alias("AUTHORITY_NAME"),
        pl.col(columns["line"]).alias("LINE"),
        label.alias("LABEL"),
        (pl.col(columns["group"]) if "group" in columns else pl.lit(None, pl.String)).alias("GROUP"),
        *(pl.col(columns[code]).alias(code) for code in codes),
    )
    index = ["row", "ONS_CODE", "LA_CODE", "AUTHORITY_NAME", "LINE", "LABEL", "GROUP"]
    long = base.unpivot(on=codes, index=index, variable_name="MEASURE", value_name="CELL")
    value, marker = value_and_marker("CELL")
    lines = long.with_columns(value.alias("AMOUNT"), marker).drop("CELL")
    return Tables(
        tables={LINES.name: lines},
        problems=tuple(_problems(content, columns, grid.row(at), coded, names, taken)),
        rows=whole.height,
        kept=known.height,
    )


def _problems(
    content: "Content",
    columns: dict[str, str],
    row: tuple[str | None, ...],
    coded: pl.DataFrame,
    names: str,
    taken: Recognised,
) -> list[Problem]:
    def said(message: str, severity: Severity, rows: int = 0) -> Problem:
        return Problem(file=content.name, where=LINES.name, message=message, severity=severity, rows=rows)

    problems = []
    unknown = coded.filter(pl.col("ONS_CODE").is_null())
    if unknown.height:
        told = ", ".join(unknown[names].fill_null("(no name)").unique().sort().head(10))
        message = f"{unknown.height:,} rows of no authority that is known left out: {told}; totals are without them"
        problems.append(said(message, "warning", unknown.height))
    used = set(columns.values())
    unused = [cell for number, cell in enumerate(row, 1) if cell and f"column_{number}" not in used]
    if unused:
        problems.append(said(f"columns not used: {', '.join(unused)}", "note"))
    if taken.period and _year(" ".join(filter(None, row))) is None:
        problems.append(said(f"the year {taken.period} is taken from above the table or from the file's name", "note"))
    return problems


SECTION_251 = Return(
    spec=Spec(
        id="finance.s251",
        title="Section 251 outturn",
        tables=(LINES,),
        source="DfE, section 251 outturn tables, to 2014-15",
    ),
    submitter="publisher",
    publisher="DfE",
    period_kind="financial-year",
    readers=(Reader(name="section 251 table", recognise=_recognise, read=_read),),
    audience="published",
)
