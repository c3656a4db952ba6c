"""The placements census: every placement on one day, with its weekly price and who pays.

After the census that authorities of the north west hold twice a year; its headings carry a sentence of guidance
behind the name, and are known by what stands before it.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.recognition import HEADING_ROWS, plain
from parentis.returns.spec import Column, Kind, Retention, Spec, Table

if TYPE_CHECKING:
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


def _found(content: "Content") -> Iterator[tuple[str | None, int, dict[str, int]]]:
    """Sheet, row of headings, and the grid's column of each of ours; only where every key is there."""
    for sheet in content.sheets if content.kind in ("xlsx", "ods") else (None,):
        for at, row in enumerate(content.grid(sheet, rows=HEADING_ROWS).iter_rows()):
            columns: dict[str, int] = {}
            for index, heading in enumerate(row):
                name = named(heading)
                if name and name not in columns:
                    columns[name] = index
            if columns.keys() >= _KEYS:
                yield sheet, at, columns
                break


def _recognise(content: "Content") -> Recognised | None:
    if content.kind not in ("csv", "xlsx", "ods"):
        return None
    found = next(_found(content), None)
    if found is None:
        return None
    return Recognised(
        file=content.name,
        return_id="placements.census",
        table=PLACEMENTS.name,
        period=_named_month(content.name),
        because=f"headings {', '.join(sorted(_KEYS))}",
    )


_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
)}  # fmt: skip


def _named_month(name: str) -> str | None:
    """The financial year of the month a file is named after: `pnw_2025_feb` is of 2024-25."""
    match = re.search(r"(20\d\d)[^a-z0-9]*([a-z]{3})", name.casefold())
    if not match or match[2] not in _MONTHS:
        return None
    year = int(match[1]) - (_MONTHS[match[2]] < 4)
    return f"{year}-{(year + 1) % 100:02}"


def _read(content: "Content", taken: Recognised) -> Tables:
    import polars as pl

    parts: list[pl.DataFrame] = []
    problems: list[Problem] = []
    for sheet, at, columns in _found(content):
        grid = content.grid(sheet)
        body = grid.slice(at + 1).select(
            pl.nth(index).alias(name) for name, index in sorted(columns.items(), key=lambda item: item[1])
        )
        parts.append(body.filter(~pl.all_horizontal(pl.all().is_null())))
        unknown = [
            " ".join(str(heading).split())[:40]
            for index, heading in enumerate(grid.row(at))
            if heading and index not in columns.values()
        ]
        if unknown:
            problems.append(
                Problem(
                    file=content.name,
                    where=sheet or "the file",
                    message=f"columns that the census does not have are left out: {', '.join(unknown)}",
                    severity="warning",
                )
            )
    return Tables(tables={PLACEMENTS.name: pl.concat(parts, how="diagonal")}, problems=tuple(problems))


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
