"""The government's revenue account files: budget (RA), outturn summaries (RS, RSX) and social care outturn (RO3).

One table shape for all of them, so that a budget and an outturn are compared by `SERVICE_LINE` and `MEASURE`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from parentis.errors import SpecificationError
from parentis.returns.editions import released
from parentis.returns.finance import lines as mapping
from parentis.returns.finance import wide
from parentis.returns.finance.headings import MEASURES
from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.problems import Severity
from parentis.returns.spec import Code, Column, Kind, Spec, Table

if TYPE_CHECKING:
    from parentis.region import Authority
    from parentis.returns.content import Content

SOURCE = "https://www.gov.uk/government/collections/local-authority-revenue-expenditure-and-financing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One family of published sheets, recognised by the text above its header."""

    return_id: str
    title: str
    forms: tuple[tuple[str, str], ...]
    "Each form and its pattern in the sheet's title or name; the first match is the form."
    only: Mapping[str, str] = field(default_factory=dict)
    "The measure of a form that has one column per line, for sheets that do not state it."


BUDGET = Family(
    return_id=mapping.RA,
    title="Revenue Account budget (RA)",
    forms=(("RA", r"revenue account \(ra\)|revenue account budget|\bra la data\b|\(RA\)"),),
    only={"RA": "net"},
)
SUMMARY = Family(
    return_id=mapping.RS,
    title="Revenue Outturn summary (RS, RSX)",
    forms=(
        ("RSX", r"\brsx\b|service expenditure summary"),
        ("RS", r"\(rs\)|revenue outturn summary|\brs la data\b"),
    ),
    only={"RS": "net"},
)
SOCIAL_CARE = Family(
    return_id=mapping.RO3,
    title="Revenue Outturn, social care and public health (RO3)",
    forms=(("RO3", r"(?:\b|_)RO3(?:\b|_)"),),
)

_MEASURES = tuple(Code(code, meaning) for code, (_, meaning) in MEASURES.items())

LINES = Table(
    name="lines",
    meaning="One amount of one authority, published line and measure. Totals of classes and England left out.",
    columns=(
        Column(
            name="ONS_CODE",
            kind=Kind.TEXT,
            key=True,
            meaning="The authority's nine-character ONS code; where a year publishes none, found by name.",
            example="E09000001",
        ),
        Column(name="AUTHORITY_NAME", kind=Kind.TEXT, meaning="The authority's name as published."),
        Column(
            name="FORM",
            kind=Kind.CODE,
            codes=tuple(
                Code(form, family.title) for family in (BUDGET, SUMMARY, SOCIAL_CARE) for form, _ in family.forms
            ),
            meaning="The form the amount comes from; RS and RSX of one year both hold the service totals.",
        ),
        Column(
            name="NOTE",
            kind=Kind.TEXT,
            meaning="The publisher's note or marker on the authority: `[note 4]`, `M`.",
        ),
        Column(
            name="LINE",
            kind=Kind.TEXT,
            meaning="The line's number as published, empty where the sheet has none.",
            example="330",
        ),
        Column(
            name="LABEL",
            kind=Kind.TEXT,
            key=True,
            meaning="The line's label as published.",
            example="TOTAL CHILDREN'S SOCIAL CARE",
        ),
        Column(
            name="SERVICE_LINE",
            kind=Kind.CODE,
            codes=mapping.SERVICE_LINES,
            meaning="The line by our own name, the same in every year and form; empty for a line we do not map.",
            example="csc",
        ),
        Column(name="MEASURE", kind=Kind.CODE, codes=_MEASURES, key=True, meaning="What of the line the amount is."),
        Column(
            name="AMOUNT",
            kind=Kind.MONEY,
            unit="pounds",
            meaning="The amount in pounds (published in £ thousand). Empty when missing; missing is never zero.",
            example="1000.00",
        ),
        Column(
            name="MARKER",
            kind=Kind.TEXT,
            meaning="What stood in the cell instead of a number: `[x]`, `M`, `...`; empty for a blank cell.",
        ),
        Column(
            name="RELEASED",
            kind=Kind.DATE,
            meaning="The day on which this edition came out, as the file says it; empty where it does not.",
            example="2024-12-12",
        ),
    ),
    optional=False,
    unique=("ONS_CODE", "LINE", "LABEL", "MEASURE"),
    # The mapped lines distinguish the parts of a form, and are equal in two editions of one part.
    identity=("ONS_CODE", "FORM", "SERVICE_LINE|LABEL", "MEASURE"),
    authority="ONS_CODE",
    edition="RELEASED",
    amount="AMOUNT",
    same=("ONS_CODE", "FORM", "SERVICE_LINE", "MEASURE"),
)
NOTES = Table(
    name="notes",
    meaning="The publisher's notes and markers, in words.",
    columns=(
        Column(name="NOTE", kind=Kind.TEXT, key=True, meaning="The note or marker as cells refer to it.", example="M"),
        Column(name="TEXT", kind=Kind.TEXT, key=True, meaning="What it says."),
    ),
)


@dataclass(frozen=True, slots=True)
class _Found:
    sheet: str | None
    form: str
    at: wide.WideSheet


def published(family: Family) -> Return:
    """The family as a return of its publisher, with its one reader."""
    return Return(
        spec=Spec(id=family.return_id, title=family.title, tables=(LINES, NOTES), source=SOURCE),
        submitter="publisher",
        publisher="MHCLG",
        period_kind="financial-year",
        readers=(Reader(name="wide sheet", recognise=_recogniser(family), read=read),),
        audience="published",
    )


def _recogniser(family: Family) -> "Callable[[Content], Recognised | None]":
    def recognise(content: "Content") -> Recognised | None:
        found = _find(content, family, rows=wide.HEADER_SEARCH)
        if found is None:
            return None
        return Recognised(
            file=content.name,
            return_id=family.return_id,
            part=found.form if len(family.forms) > 1 else "",
            name=found.form if len(family.forms) > 1 else "",
            table=LINES.name,
            period=found.at.period or wide.financial_year(found.sheet or "") or wide.financial_year(content.name),
            because=f"the title '{found.at.title}' above a row of headings with E-code and the authority's name",
        )

    return recognise


def read(content: "Content", taken: Recognised) -> Tables:
    """The sheet's amounts in pounds, one row each, and remarks on what was left out.

    Raises `SpecificationError` when no row is an authority's, and when the file states no unit or no measure for its
    columns: neither is assumed.
    """
    family = next(f for f in (BUDGET, SUMMARY, SOCIAL_CARE) if f.return_id == taken.return_id)
    found = _find(content, family, rows=None)
    if found is None:
        raise SpecificationError(
            expected=f"a sheet of {family.title}",
            found="none",
            where=content.name,
            do="Send the file as published.",
        )
    grid = content.grid(found.sheet)
    found = replace(found, at=wide.without_repeats(grid, found.at))
    unit = found.at.pounds or _unit_elsewhere(content)
    if unit is None or not found.at.columns:
        raise _unsaid(content, found, unit)
    codes = codes_by_name(names(grid, found.at))  # for rows, or whole years, without an ONS code
    outcome = wide.to_lines(grid, found.at, unit=unit, ons_codes=codes)
    misspelt = _misspelt(outcome.unresolved[False])
    if misspelt:
        codes |= {name: one.gss for name, one in misspelt.items()}
        outcome = wide.to_lines(grid, found.at, unit=unit, ons_codes=codes)
    if outcome.lines.is_empty():
        raise SpecificationError(
            expected="a row for each authority, with an ONS code or a name we know",
            found="none",
            where=f"{content.name}, {found.sheet or 'the table'}",
            do="Send the workbook as it was published, with its data sheet.",
        )
    columns = [column.name for column in LINES.columns]
    edition = found.at.released or released(_said_elsewhere(content))
    lines = outcome.lines.with_columns(
        FORM=pl.lit(found.form), RELEASED=pl.lit(edition.isoformat() if edition else None, dtype=pl.String)
    )
    tables = {LINES.name: lines.select("row", *columns)}
    if (notes := _notes(content)) is not None:
        tables[NOTES.name] = notes
    return Tables(
        tables=tables,
        problems=(*_problems(content, family, found, outcome), *_read_as(content, found, misspelt)),
        rows=outcome.rows,
        kept=outcome.kept,
    )


def names(grid: pl.DataFrame, sheet: wide.WideSheet) -> list[str]:
    """The distinct names below the header."""
    column = grid.to_series(sheet.identifiers["name"]).slice(sheet.header + 1)
    return column.str.strip_chars().drop_nulls().unique().to_list()


def codes_by_name(published_names: list[str]) -> dict[str, str]:
    """ONS codes by published name, which may end in its class (`Bristol UA`); unknown names are left out."""
    from parentis import region

    frame = pl.DataFrame({"published": published_names}, schema={"published": pl.String}).with_columns(
        pl.col("published").str.replace(r"\s+(?:UA|MD|SC|LB)$", "").alias("name")
    )
    matched = region.match_authorities(frame, "name").filter(pl.col("authority").is_not_null())
    return dict(matched.select("published", "authority").iter_rows())


def _misspelt(unknown: Iterable[str]) -> "dict[str, Authority]":
    """Published name, misspelt → the only authority that it can be."""
    from parentis import region

    found = {name: region.nearly(re.sub(r"\s+(?:UA|MD|SC|LB)$", "", name)) for name in unknown}
    return {name: one for name, one in found.items() if one is not None}


def _read_as(content: "Content", found: _Found, misspelt: "Mapping[str, Authority]") -> Iterator[Problem]:
    if misspelt:
        told = ", ".join(f"{name} as {one.name}" for name, one in misspelt.items())
        message = f"names that are nearly those of authorities, and have no code beside them, were read so: {told}"
        yield Problem(file=content.name, where=found.sheet or "the table", message=message, severity="warning")


def _find(content: "Content", family: Family, *, rows: int | None) -> _Found | None:
    """The sheet of this file that belongs to the family: of several, the one with the most columns of figures."""
    best: _Found | None = None
    for sheet in content.sheets or (None,):
        if rows is not None or len(content.sheets) > 1:
            top = content.grid(sheet, rows=wide.HEADER_SEARCH)
        else:
            top = content.grid(sheet)
        form = _form(top, sheet, family)
        if form is None:
            continue
        at = wide.locate(top, family.return_id, only=family.only.get(form))
        if at is not None and (best is None or at.width > best.at.width):
            best = _Found(sheet, form, at)
    return best


def _form(top: pl.DataFrame, sheet: str | None, family: Family) -> str | None:
    """The form named in the sheet's name or in a cell above its headings."""
    header, _ = wide.header(top)
    said = [sheet or "", *(cell for i in range(header or 0) for cell in top.row(i) if cell)]
    return next((f for f, pattern in family.forms if any(re.search(pattern, s, re.IGNORECASE) for s in said)), None)


def _unit_elsewhere(content: "Content") -> int | None:
    """Pounds in one unit, as the workbook's other sheets state it, if they agree."""
    return wide.pounds(_said_elsewhere(content))


def _said_elsewhere(content: "Content") -> list[str]:
    """The text of the first rows of every sheet."""
    grids = (content.grid(sheet, rows=wide.HEADER_SEARCH) for sheet in content.sheets)
    return [cell for grid in grids for row in grid.rows() for cell in row if cell]


def _unsaid(content: "Content", found: _Found, unit: int | None) -> SpecificationError:
    what = "a sheet that says its unit (£ thousand)" if unit is None else "headings that say what their columns hold"
    return SpecificationError(
        expected=what,
        found="neither a unit above the headings nor on another sheet" if unit is None else _some(found.at.unknown, 3),
        where=f"{content.name}, {found.sheet or 'the table'}",
        do="Send the file as published, with the lines above its table.",
    )


def _notes(content: "Content") -> pl.DataFrame | None:
    for sheet in content.sheets:
        if sheet.strip().casefold() != "notes":
            continue
        grid = content.grid(sheet)
        if grid.width < 2:
            return None
        note, text = (pl.col(name).str.strip_chars() for name in grid.columns[:2])
        pairs = grid.select(note.alias("NOTE"), text.alias("TEXT"))
        return pairs.filter(
            (pl.col("NOTE") != "") & (pl.col("TEXT") != "") & (pl.col("NOTE").str.to_lowercase() != "note number")
        )
    return None


def _problems(content: "Content", family: Family, found: _Found, outcome: wide.WideLines) -> Iterator[Problem]:
    where = found.sheet or "the table"

    def problem(severity: Severity, message: str, rows: int = 0) -> Problem:
        return Problem(file=content.name, where=where, message=message, severity=severity, rows=rows)

    if found.at.pounds is None:
        yield problem("note", "the unit is given on another sheet of the workbook")
    if found.at.unknown:
        yield problem(
            "error",
            f"{len(found.at.unknown)} columns set aside, since their headings do not say what they hold: "
            f"{_some(found.at.unknown)}",
        )
    if outcome.excluded:
        yield problem(
            "note",
            f"{len(outcome.excluded)} rows that are no authority's left out: {_some(outcome.excluded)}",
            len(outcome.excluded),
        )
    if outcome.empty:
        yield problem("note", f"{outcome.empty} rows without a figure (notes, headings) left out", outcome.empty)
    for repeated in found.at.repeated:
        yield problem("warning" if "different" in repeated else "note", repeated)
    if districts := outcome.unresolved[True]:
        yield problem(
            "note",
            f"{len(districts)} districts and other bodies without an ONS code left out: {_some(districts)}",
            len(districts),
        )
    if unknown := outcome.unresolved[False]:
        yield problem(
            "warning",
            f"{len(unknown)} authorities without an ONS code left out, name unknown: {_some(unknown)}; "
            "totals are without them",
            len(unknown),
        )
    if outcome.unread:
        yield problem(
            "warning",
            f"texts that are neither numbers nor known markers, read as missing: {_some(outcome.unread)}",
        )
    markers = Counter(outcome.lines["MARKER"].drop_nulls().to_list())
    if markers:
        counts = ", ".join(f"{marker} {count:,}" for marker, count in markers.most_common())
        yield problem("note", f"cells without a value, read as missing and not as zero: {counts}")
    if any(column.service_line == mapping.TOGETHER for column in found.at.columns):
        yield problem(
            "warning",
            f"{found.form} {found.at.period or 'of this year'} prints children's and adults' social care as one line: "
            "no figure of either can be made of this file",
        )
    mapped = [(c.service_line, c.number, c.label) for c in found.at.columns if c.service_line]
    for sentence in mapping.moved(family.return_id, mapped):
        yield problem("note", sentence)


def _some(names_: tuple[str, ...], most: int = 10) -> str:
    more = f" and {len(names_) - most} more" if len(names_) > most else ""
    return ", ".join(names_[:most]) + more
