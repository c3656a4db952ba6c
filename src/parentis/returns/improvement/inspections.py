"""Ofsted's inspections of children's services (ILACS): dates and judgements of each authority, from 2018 on.

They come from the sheet of the yearly outcomes workbook that lists every inspection. An authority's judgement on a
day is that of its last inspection before the day.
"""

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.spec import Column, Kind, Spec, Table, codes

if TYPE_CHECKING:
    from parentis.returns.content import Content

GRADES = codes(
    OUTSTANDING="Outstanding", GOOD="Good", REQUIRES="Requires improvement to be good", INADEQUATE="Inadequate"
)  # fmt: skip
"Grades, best first."
_BY_WORDS: Final = {one.label.casefold(): one.code for one in GRADES}
_HEADINGS: Final = {
    "local authority area code": "ONS_CODE",
    "inspection date": "INSPECTED",
    "publication date": "PUBLISHED",
    "inspection type": "TYPE",
    "overall effectiveness": "OVERALL",
    "the impact of leaders on social work practice with children and families": "LEADERS",
    "the experiences and progress of children who need help and protection": "HELP",
    "the experiences and progress of children in care": "CARE",
    "the experiences and progress of care leavers": "LEAVERS",
}
_JUDGED: Final = ("OVERALL", "LEADERS", "HELP", "CARE", "LEAVERS")
_SHEET: Final = "ilacs_inspection_history"
_HEAD: Final = 12
_YEAR: Final = re.compile(r"20\d{2}")


def _grade(name: str, meaning: str, *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.CODE, codes=GRADES, key=key, meaning=meaning, example="GOOD")


INSPECTIONS = Table(
    name="inspections",
    authority="ONS_CODE",
    meaning="One inspection of one authority",
    unique=("ONS_CODE", "INSPECTED"),
    columns=(
        Column(name="ONS_CODE", kind=Kind.TEXT, key=True, meaning="ONS code of the authority", example="E09000007"),
        Column(name="INSPECTED", kind=Kind.DATE, key=True, meaning="First day of the inspection", example="2022-06-13"),
        Column(name="PUBLISHED", kind=Kind.DATE, meaning="Day on which the report came out", example="2022-08-01"),
        Column(name="TYPE", kind=Kind.TEXT, meaning="Kind of inspection", example="ILACS Standard Inspection"),
        _grade("OVERALL", "Overall effectiveness", key=True),
        _grade("LEADERS", "The impact of leaders on social work practice"),
        _grade("HELP", "Children who need help and protection"),
        _grade("CARE", "Children in care"),
        _grade("LEAVERS", "Care leavers; judged apart from 2023 on"),
    ),
)


def _sheet(content: "Content") -> str | None:
    if content.kind not in ("ods", "xlsx"):
        return None
    return next((one for one in content.sheets if one.strip().casefold() == _SHEET), None)


def _columns(content: "Content", sheet: str) -> tuple[int, dict[str, int]] | None:
    """The row of headings, and the position of each column."""
    for at, row in enumerate(content.grid(sheet, rows=_HEAD).iter_rows()):
        found = {
            _HEADINGS[heading]: place
            for place, cell in enumerate(row)
            if (heading := " ".join((cell or "").split()).casefold()) in _HEADINGS
        }
        if {"ONS_CODE", "INSPECTED", "OVERALL"} <= set(found):
            return at, found
    return None


def _recognise(content: "Content") -> Recognised | None:
    sheet = _sheet(content)
    if sheet is None or _columns(content, sheet) is None:
        return None
    return Recognised(
        file=content.name, return_id="improvement.inspections", part="", table="inspections",
        period=_year(content, sheet), because=f"sheet {sheet} with dates and judgements of authorities",
    )  # fmt: skip


def _year(content: "Content", sheet: str) -> str | None:
    """The year in which the list ends: from the file's name, otherwise the last year in the sheet's title."""
    title = " ".join(cell or "" for row in content.grid(sheet, rows=1).iter_rows() for cell in row)
    years = _YEAR.findall(content.name.rpartition("/")[2]) or _YEAR.findall(title)[-1:]
    return years[0] if years else None


def _read(content: "Content", taken: Recognised) -> Tables:
    sheet = _sheet(content) or ""
    at, columns = _columns(content, sheet) or (0, {})
    grid = content.grid(sheet).slice(at + 1)
    rows = grid.select(
        (pl.nth(columns[name]) if name in columns else pl.lit(None, pl.String)).str.strip_chars().alias(name)
        for name in _HEADINGS.values()
    ).filter(pl.any_horizontal(pl.all().is_not_null()))
    known = rows.with_columns(
        *(pl.col(name).str.head(10) for name in ("INSPECTED", "PUBLISHED")),
        *(pl.col(name).str.to_lowercase().replace_strict(_BY_WORDS, default=pl.col(name)) for name in _JUDGED),
    )
    whole = known.filter(pl.all_horizontal(pl.col("ONS_CODE", "INSPECTED", "OVERALL").is_not_null()))
    lost = known.height - whole.height
    said = f"{lost} inspections without an authority, a date or an overall judgement were left out"
    note = Problem(file=content.name, where=sheet, message=said, severity="note", rows=lost)
    return Tables(
        tables={"inspections": whole}, problems=(note,) if lost else (), rows=known.height, kept=whole.height
    )  # fmt: skip


INSPECTED = Return(
    spec=Spec(
        id="improvement.inspections",
        title="Inspections of children's services",
        tables=(INSPECTIONS,),
        source="Ofsted, inspection outcomes of local authority children's services, gov.uk",
    ),
    submitter="publisher",
    publisher="Ofsted",
    period_kind="year",
    readers=(Reader(name="Inspection outcomes", recognise=_recognise, read=_read),),
    audience="published",
)
