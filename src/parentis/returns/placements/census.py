"""The placements census: every placement on one day, with its weekly price and who pays.

After the census that authorities of the north west hold twice a year; its headings carry a sentence of guidance
behind the name, and are known by what stands before it.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from parentis.region import financial_year_of
from parentis.returns.cells import lenient_date
from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.problems import Severity
from parentis.returns.recognition import HEADING_ROWS, plain
from parentis.returns.spec import Column, Kind, Retention, Spec, Table

if TYPE_CHECKING:
    import polars as pl

    from parentis.returns.content import Content


def _text(name: str, meaning: str, *, retention: Retention = Retention.KEEP, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.TEXT, meaning=meaning, retention=retention, key=key)


def _money(name: str, meaning: str, *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.MONEY, meaning=meaning, unit="pounds a week", key=key)


PLACEMENTS = Table(
    name="placements",
    meaning="A placement on the day of the census.",
    columns=(
        _text("Looked after child", "Yes or no: the sheet is meant for looked-after children."),
        _text("Placing Authority", "The corporate parent, which fills in the census."),
        _text("Identifier", "The child's number, the same each time.", retention=Retention.HASH),
        Column(name="Age", kind=Kind.NUMBER, meaning="In years on the day.", unit="years"),
        _text("Gender", "Of the child.", retention=Retention.DROP),
        _text("Ethnic Group", "Of the child.", retention=Retention.DROP),
        _text("How the placement was sourced", "Framework, contract, block, or spot purchase.", key=True),
        Column(name="Placement start date", kind=Kind.DATE, meaning="Of this very placement."),
        _text("Organisation", "Whom the contract is with."),
        _text("Provider ID", "The organisation's number."),
        _text("Establishment", "The home's or carer's name.", retention=Retention.DROP),
        _text("Registration type", "Ofsted, CQC only, unregistered, Scotland, Wales."),
        _text("Establishment registration URN", "The registration's number."),
        _text("Host Authority", "Where the provision lies."),
        _text("Primary Placing at Distance Reason", "Why it is not near by."),
        _text("Type of provision", "From the census's own list: `Residential - Secure Welfare`.", key=True),
        _text("UASC", "Yes or no: unaccompanied asylum-seeking."),
        _money("Total weekly cost", "The fee actually paid.", key=True),
        _money("Contribution from Social Care", "Of it, paid by social care."),
        _money("Contribution from Education", "Of it, paid by education."),
        _money("Contribution from Health", "Of it, paid by health."),
        _text("SEND", "Yes or no.", retention=Retention.DROP),
        _text("Primary SEND category", "As listed.", retention=Retention.DROP),
        _text("Primary SEND need", "As listed.", retention=Retention.DROP),
    ),
    optional=False,
)

_HEADINGS = {plain(column.name): column.name for column in PLACEMENTS.columns}
_KEYS = {column.name for column in PLACEMENTS.columns if column.key}


def named(heading: str | None) -> str | None:
    """The column that a heading means: what stands before a line break, bracket or question mark."""
    return _HEADINGS.get(plain(re.split(r"[\n(?]", (heading or "").strip())[0]))


ENOUGH = 6
"Known headings, two of the keys among them, that make a census of any edition."


def _found(content: "Content") -> Iterator[tuple[str | None, int, dict[str, int]]]:
    """Sheet, row of headings, and the grid's column of each of ours; only where enough of them are there."""
    for sheet in content.sheets if content.kind in ("xlsx", "ods") else (None,):
        for at, row in enumerate(content.grid(sheet, rows=HEADING_ROWS).iter_rows()):
            columns: dict[str, int] = {}
            for index, heading in enumerate(row):
                name = named(heading)
                if name and name not in columns:
                    columns[name] = index
            if len(columns) >= ENOUGH and len(columns.keys() & _KEYS) >= len(_KEYS) - 1:
                yield sheet, at, columns
                break


def _recognise(content: "Content") -> Recognised | None:
    if content.kind not in ("csv", "xlsx", "ods"):
        return None
    found = next(_found(content), None)
    if found is None:
        return None
    day, _ = census_day(content)
    return Recognised(
        file=content.name,
        return_id="placements.census",
        part=f"{day:%Y-%m}" if day else "",
        name=f"census of {day:%B %Y}" if day else "",
        table=PLACEMENTS.name,
        period=financial_year_of(day).label if day else None,
        because=f"headings {', '.join(sorted(_KEYS & found[2].keys()))}",
    )


def census_day(content: "Content") -> tuple[date | None, str]:
    """The day of the census, and where it is said: above the table or in a column of its own, else in the file's name
    (a day of that month), else no later than the last placement in it began. Two censuses of a year differ in it."""
    if said := _said_inside(content):
        return said, "the file"
    if said := _in_name(content.name):
        return said, "its name"
    begun = [day for sheet, at, columns in _found(content) if (day := _last_start(content, sheet, at, columns))]
    return (max(begun), "its last placement") if begun else (None, "nothing")


_CENSUS_DAY = re.compile(r"census|as at|on the day of|snapshot|position at|return date", re.IGNORECASE)
_DAY = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\s+(20\d\d)\b|\b(\d{1,2})/(\d{1,2})/(20\d\d)\b|\b(20\d\d)-(\d\d)-(\d\d)\b"
)


def _said_inside(content: "Content") -> date | None:
    """A date beside words that say it is the census's, above the headings or in a column headed so."""
    for sheet, at, columns in _found(content):
        grid = content.grid(sheet, rows=HEADING_ROWS)
        for row in grid.head(at).iter_rows():
            text = " ".join(filter(None, row))
            if _CENSUS_DAY.search(text) and (day := _day(text)):
                return day
        headings = grid.row(at)
        for index, heading in enumerate(headings):
            if (
                index not in columns.values()
                and heading
                and re.search(r"census\s+date|date\s+of\s+census", heading, re.IGNORECASE)
            ):
                days = {
                    day for cell in content.grid(sheet).to_series(index).slice(at + 1) if cell and (day := _day(cell))
                }
                if len(days) == 1:
                    return days.pop()
    return None


def _day(text: str) -> date | None:
    match = _DAY.search(text)
    if match is None:
        return None
    day, month, year, d, m, y, iso_y, iso_m, iso_d = match.groups()
    try:
        if month:
            return date(int(year), _MONTHS[month[:3].casefold()], int(day))
        return date(int(y), int(m), int(d)) if y else date(int(iso_y), int(iso_m), int(iso_d))
    except (KeyError, ValueError):
        return None


_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
)}  # fmt: skip


def _in_name(name: str) -> date | None:
    """The first of the month that a file is named after: `pnw_2025_feb`, `census Feb 2025`."""
    text = name.casefold()
    match = re.search(r"(20\d\d)[^a-z0-9]*([a-z]{3})", text)
    if match and match[2] in _MONTHS:
        return date(int(match[1]), _MONTHS[match[2]], 1)
    match = re.search(r"(?<![a-z])([a-z]{3})[a-z]*[^a-z0-9]*(20\d\d)", text)
    return date(int(match[2]), _MONTHS[match[1]], 1) if match and match[1] in _MONTHS else None


def _last_start(content: "Content", sheet: str | None, at: int, columns: dict[str, int]) -> date | None:

    if "Placement start date" not in columns:
        return None
    cells = content.grid(sheet).to_series(columns["Placement start date"]).slice(at + 1).alias("day")
    last = cells.to_frame().select(lenient_date("day")).to_series().max()
    return last if isinstance(last, date) else None


def _read(content: "Content", taken: Recognised) -> Tables:
    import polars as pl

    def said(where: str | None, message: str, severity: Severity, rows: int = 0) -> Problem:
        return Problem(file=content.name, where=where or "the file", message=message, severity=severity, rows=rows)

    parts: list[pl.DataFrame] = []
    problems: list[Problem] = []
    total = 0
    day, told_by = census_day(content)
    if told_by != "the file":
        when = f"{day:%B %Y} is taken from {told_by}" if day else "it is not told from others of its year"
        problems.append(said(None, f"nothing in it says the day of the census: {when}", "note" if day else "warning"))
    for sheet, at, columns in _found(content):
        grid = content.grid(sheet)
        whole = grid.slice(at + 1)
        body = whole.select(
            pl.nth(index).alias(name) for name, index in sorted(columns.items(), key=lambda item: item[1])
        )
        kept = body.filter(_filled(body))
        rows = int(_filled(whole).sum())
        parts.append(kept)
        total += rows
        if rows > kept.height:
            lost = rows - kept.height
            problems.append(said(sheet, f"{lost} rows hold nothing in the census's columns: left out", "warning", lost))
        unknown = [
            " ".join(str(heading).split())[:40]
            for index, heading in enumerate(grid.row(at))
            if heading and index not in columns.values()
        ]
        if unknown:
            message = f"columns that the census does not have are left out: {', '.join(unknown)}"
            problems.append(said(sheet, message, "warning"))
        if lacking := [name for name in sorted(_KEYS) if name not in columns]:
            problems.append(said(sheet, f"columns that this edition lacks: {', '.join(lacking)}", "warning"))
    frame = pl.concat(parts, how="diagonal")
    return Tables(tables={PLACEMENTS.name: frame}, problems=tuple(problems), rows=total, kept=frame.height)


def _filled(frame: "pl.DataFrame") -> "pl.Series":
    """Whether some cell of each row holds more than spaces."""
    import polars as pl

    return frame.select(
        pl.any_horizontal(pl.all().str.strip_chars().str.len_chars() > 0).fill_null(value=False).alias("filled")
    ).to_series()


CENSUS = Return(
    spec=Spec(
        id="placements.census",
        title="Placements census",
        tables=(PLACEMENTS,),
        source="Placements Northwest census schema, 2019 to 2025",
    ),
    submitter="authority",
    period_kind="financial-year",
    readers=(Reader(name="census with guidance in its headings", recognise=_recognise, read=_read),),
    audience="own",
    keep_years=7,
)
