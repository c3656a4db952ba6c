"""Prices: HM Treasury's published GDP deflators, and forecasts of inflation.

Both are published in editions. Figures in real terms and forecasts of costs use the edition in force, and name it.
"""

import re
from typing import TYPE_CHECKING

import polars as pl

from parentis.errors import SpecificationError
from parentis.returns.editions import released
from parentis.returns.finance.lines import plain
from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.spec import Column, Kind, Spec, Table, codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parentis.returns.content import Content

HEADER_SEARCH = 30
BASES = codes(outturn="Published by ONS", forecast="Forecast by the Office for Budget Responsibility")
SERIES = codes(gdp_deflator="Growth of the GDP deflator", cpi="Growth of the consumer prices index")

_RELEASED = Column(
    name="RELEASED", kind=Kind.DATE, meaning="The day on which this edition came out.", example="2023-12-22"
)
_YEAR = Column(name="FINANCIAL_YEAR", kind=Kind.TEXT, key=True, meaning="The financial year.", example="2022-23")

INDEX = Table(
    name="index",
    meaning="The GDP deflator at market prices by financial year.",
    columns=(
        _YEAR,
        Column(
            name="INDEX",
            kind=Kind.NUMBER,
            key=True,
            meaning="Index, the base year = 100; where only its growth is printed, last year's carried on.",
            example="100",
        ),
        Column(name="GROWTH_PERCENT", kind=Kind.NUMBER, meaning="Growth on the year before, per cent.", example="6.1"),
        Column(name="BASIS", kind=Kind.CODE, codes=BASES, key=True, meaning="Whether the year is over or forecast."),
        _RELEASED,
    ),
    optional=False,
    unique=("FINANCIAL_YEAR",),
    edition="RELEASED",
    amount="INDEX",
    same=("FINANCIAL_YEAR",),
)
GROWTH = Table(
    name="growth",
    meaning="Inflation that is forecast for financial years to come.",
    columns=(
        _YEAR,
        Column(name="SERIES", kind=Kind.CODE, codes=SERIES, key=True, meaning="Which prices.", example="gdp_deflator"),
        Column(name="GROWTH_PERCENT", kind=Kind.NUMBER, key=True, meaning="Growth on the year before, per cent."),
        _RELEASED,
    ),
    optional=False,
    unique=("FINANCIAL_YEAR", "SERIES"),
    edition="RELEASED",
    amount="GROWTH_PERCENT",
    same=("FINANCIAL_YEAR", "SERIES"),
)

_FINANCIAL_YEAR = re.compile(r"(\d{4}-\d{2})(?:\s*\(\d+\),?)*$")
"A year, which may have footnote marks."
_BASE = re.compile(r"\d{4}-\d{2}\s*=\s*100")
_OUTTURN = re.compile(r"financial years? \d{4}-\d{2} to (\d{4}-\d{2}) taken from ons", re.IGNORECASE)


def _columns(grid: pl.DataFrame) -> tuple[int, int, int, int] | None:
    """The row of headings of the section on financial years, and the positions of its year, index and growth
    columns."""
    for at in range(min(HEADER_SEARCH, grid.height)):
        cells = [(cell or "").strip() for cell in grid.row(at)]
        year = next((i for i, cell in enumerate(cells) if plain(cell) == "financial year"), None)
        index = next((i for i, cell in enumerate(cells) if _BASE.search(cell)), None)
        growth = next((i for i, cell in enumerate(cells) if "per cent change" in plain(cell)), None)
        if year is not None and index is not None and growth is not None and year < index < growth:
            return at, year, index, growth
    return None


def _sheet(content: "Content") -> tuple[str | None, tuple[int, int, int, int]] | None:
    for sheet in content.sheets or (None,):
        top = content.grid(sheet, rows=HEADER_SEARCH)
        said = plain(" ".join(cell for row in top.rows() for cell in row if cell))
        found = _columns(top)
        if found is not None and "gdp deflators at market prices" in said:
            return sheet, found
    return None


def _recognise(content: "Content") -> Recognised | None:
    found = _sheet(content) if content.kind in ("csv", "xlsx", "ods") else None
    if found is None:
        return None
    came_out = released(_said(content.grid(found[0])))
    return Recognised(
        file=content.name,
        return_id=DEFLATORS.id,
        table=INDEX.name,
        period=str(came_out.year) if came_out else None,
        because="the title 'GDP deflators at market prices' over financial years, an index and its growth",
    )


def _said(grid: pl.DataFrame) -> list[str]:
    return [cell for row in grid.rows() for cell in row if cell]


def _read(content: "Content", taken: Recognised) -> Tables:
    found = _sheet(content)
    if found is None:
        raise SpecificationError(
            expected="HM Treasury's table of GDP deflators",
            found="none",
            where=content.name,
            do="Send it as published.",
        )
    sheet, (top, year, index, growth) = found
    grid = content.grid(sheet)
    texts = _said(grid)
    outturn = next((match[1] for text in texts if (match := _OUTTURN.search(" ".join(text.split())))), None)
    rows: list[dict[str, str | None]] = []
    level: float | None = None
    for cells in grid.slice(top + 1).rows():
        labelled = _FINANCIAL_YEAR.match((cells[year] or "").strip())
        if labelled is None:
            continue
        label = labelled[1]
        printed, rate = _number(cells[index]), _number(cells[growth])
        if printed is None and (level is None or rate is None):
            continue
        level = printed if printed is not None else level * (1 + rate / 100)  # type: ignore[operator]
        rows.append(
            {
                "FINANCIAL_YEAR": label,
                "INDEX": f"{level:.6f}",
                "GROWTH_PERCENT": None if rate is None else str(rate),
                "BASIS": _basis(label, outturn, printed),
            }
        )
    if not rows:
        raise SpecificationError(
            expected="financial years with an index or its growth",
            found="none",
            where=content.name,
            do="Send it whole.",
        )
    came_out = released(texts)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).with_columns(
        RELEASED=pl.lit(came_out.isoformat() if came_out else None, dtype=pl.String)
    )
    return Tables(tables={INDEX.name: frame}, problems=tuple(_problems(content.name, outturn)))


def _basis(label: str, outturn: str | None, printed: float | None) -> str:
    if outturn is not None:
        return "outturn" if label <= outturn else "forecast"
    return "outturn" if printed is not None else "forecast"


def _problems(file: str, outturn: str | None) -> list[Problem]:
    if outturn is not None:
        return []
    message = (
        "the footnotes do not say which years are taken from ONS: years with an index are read as outturn, years with "
        "their growth alone as forecast"
    )
    return [Problem(file=file, where=INDEX.name, message=message, severity="warning")]


def _number(cell: str | None) -> float | None:
    try:
        return float((cell or "").replace(",", ""))
    except ValueError:
        return None


def _year_of_release(tables: "Mapping[str, pl.DataFrame]") -> str | None:
    """The year in which the edition was published, where the file states it."""
    days = [frame["RELEASED"].drop_nulls() for frame in tables.values() if "RELEASED" in frame.columns]
    found = {match[0] for column in days for day in column.to_list() if (match := re.search(r"\d{4}", day))}
    return max(found, default=None)


DEFLATORS = Return(
    spec=Spec(
        id="finance.gdp_deflators",
        title="GDP deflators at market prices",
        tables=(INDEX,),
        source="https://www.gov.uk/government/collections/gdp-deflators-at-market-prices-and-money-gdp",
    ),
    submitter="publisher",
    publisher="HM Treasury",
    period_kind="year",
    readers=(Reader(name="deflators as published", recognise=_recognise, read=_read),),
    infer_period=_year_of_release,
    audience="published",
)
INFLATION = Return(
    spec=Spec(
        id="finance.inflation",
        title="Forecasts of inflation",
        tables=(GROWTH,),
        source="Office for Budget Responsibility, Economic and fiscal outlook: economy supplementary tables",
    ),
    submitter="publisher",
    publisher="OBR",
    period_kind="year",
    infer_period=_year_of_release,
    audience="published",
)
