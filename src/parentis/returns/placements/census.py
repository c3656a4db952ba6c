"""The placements census: every placement on one day, with its weekly price and its funders.

It follows the census of the north-west authorities, whose headings have a sentence of guidance after the name; a
heading is recognised by the text before it. London's edition has more columns; it is a separate return that is read
in the same way.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from parentis.references import Ref
from parentis.returns.cells import lenient_date
from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.placements import census_columns as columns
from parentis.returns.placements.census_day import in_name, of_earlier_part, said_inside, says_census_day
from parentis.returns.placements.census_headings import KEYS, Headed, found_in
from parentis.returns.problems import Severity
from parentis.returns.spec import Spec

if TYPE_CHECKING:
    import polars as pl

    from parentis.returns.content import Content

PLACEMENTS = columns.PLACEMENTS.name


def _recognise(content: "Content", *, london: bool) -> Recognised | None:
    if content.kind not in ("csv", "xlsx", "ods"):
        return None
    tables = tuple(found_in(content))
    if not tables or tables[0].of_london is not london:
        return None
    found = tables[0]
    day, _ = census_day(content, tables)
    return Recognised(
        file=content.name,
        return_id=columns.LONDON_ID if london else columns.CENSUS_ID,
        table=PLACEMENTS,
        period=day.isoformat() if day else None,
        because=f"headings {', '.join(sorted(KEYS & found.columns.keys()))}",
    )


def census_day(content: "Content", tables: Sequence[Headed]) -> tuple[date | None, str]:
    """The day of the census, and where it was found: in the file, otherwise in its name (the last day of that
    month)."""
    if said := said_inside(content, tables, columns.EDITIONS):
        return said, "the file"
    return (said, "its name") if (said := in_name(content.name)) else (None, "nothing")


def _read(content: "Content", taken: Recognised) -> Tables:
    import polars as pl

    parts: list[pl.DataFrame] = []
    tables = tuple(found_in(content))
    day, told_by = census_day(content, tables)
    problems = list(_said_of_day(content, tables, day, told_by))
    total = 0
    spec = columns.LONDON_SPEC if taken.return_id == columns.LONDON_ID else columns.SPEC
    ours = {column.name for column in spec.union()[PLACEMENTS].columns}
    for found in tables:
        grid = content.grid(found.sheet)
        whole = grid.slice(found.at + 1)
        places = {name: index for name, index in found.columns.items() if name in ours}
        body = whole.select(pl.nth(index).alias(name) for name, index in sorted(places.items(), key=lambda i: i[1]))
        kept = body.filter(_filled(body))
        rows = int(_filled(whole).sum())
        parts.append(kept)
        total += rows
        problems += _said_of_columns(content, found, day, grid.row(found.at), places)
        if rows > kept.height:
            lost = rows - kept.height
            message = f"{lost} rows hold nothing in the census's columns: left out"
            problems.append(_said(content, found.sheet, message, "warning", lost))
    frame = pl.concat(parts, how="diagonal")
    return Tables(tables={PLACEMENTS: frame}, problems=tuple(problems), rows=total, kept=frame.height)


def _said(content: "Content", where: str | None, message: str, severity: Severity, rows: int = 0) -> Problem:
    return Problem(file=content.name, where=where or "the file", message=message, severity=severity, rows=rows)


def _said_of_day(content: "Content", tables: Sequence[Headed], day: date | None, told_by: str) -> Iterator[Problem]:
    if told_by == "the file":
        return
    if day:
        yield _said(content, None, f"nothing in it says the day of the census: {day:%-d %B %Y} is taken from {told_by}",
                    "note")  # fmt: skip
        return
    begun = [last for found in tables if (last := _last_start(content, found))]
    hint = f"; the last placement in it began on {max(begun):%-d %B %Y}" if begun else ""
    yield _said(content, None, f"nothing in it says the day of the census{hint}: give the day", "warning")


def _last_start(content: "Content", found: Headed) -> date | None:
    if "Placement start date" not in found.columns:
        return None
    cells = content.grid(found.sheet).to_series(found.columns["Placement start date"]).slice(found.at + 1).alias("day")
    last = cells.to_frame().select(lenient_date("day")).to_series().max()
    return last if isinstance(last, date) else None


def _said_of_columns(
    content: "Content", found: Headed, day: date | None, headings: tuple[str | None, ...], places: Mapping[str, int]
) -> Iterator[Problem]:
    """Remarks on columns that no census has, columns of later or earlier editions, and missing key columns."""
    held = {c.name for c in columns.SPEC.at(day.isoformat()).tables[PLACEMENTS].columns} if day else set(places)
    other = [name for name in places if name not in held] if not found.of_london else []
    unknown = [
        " ".join(str(heading).split())[:40]
        for index, heading in enumerate(headings)
        if heading and index not in places.values() and not says_census_day(heading)
    ]
    if unknown:
        message = f"columns that the census does not have are left out: {', '.join(unknown)}"
        yield _said(content, found.sheet, message, "warning")
    if other and day:
        message = f"columns that the edition of {day:%B %Y} does not have are left out: {', '.join(other)}"
        yield _said(content, found.sheet, message, "warning")
    if lacking := [name for name in sorted(KEYS) if name not in places]:
        yield _said(content, found.sheet, f"columns that this edition lacks: {', '.join(lacking)}", "warning")


def _filled(frame: "pl.DataFrame") -> "pl.Series":
    """Whether each row has a cell that is not blank."""
    import polars as pl

    return frame.select(
        pl.any_horizontal(pl.all().str.strip_chars().str.len_chars() > 0).fill_null(value=False).alias("filled")
    ).to_series()


def _declared(spec: Spec, *, london: bool) -> Return:
    return Return(
        spec=spec,
        submitter="authority",
        period_kind="day",
        earlier_period=None if london else of_earlier_part,
        readers=(
            Reader(
                name="London's census" if london else "census with guidance in its headings",
                recognise=partial(_recognise, london=london),
                read=_read,
            ),
        ),
        check_together=Ref("parentis.returns.placements.census_rules:check"),
        audience="own",
        keep_years=7,
    )


CENSUS = _declared(columns.SPEC, london=False)
LONDON_CENSUS = _declared(columns.LONDON_SPEC, london=True)
