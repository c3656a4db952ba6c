"""Balances of the dedicated schools grant as a share of its income. A surplus is positive, a deficit negative.

The published workbook has both signs in two columns (`deficit`, positive in deficit, and the balance). Only the
balance is kept here; a file in which the two are not opposite is refused, because its sign cannot be known.
"""

import re
from typing import TYPE_CHECKING

import polars as pl

from parentis.errors import SpecificationError
from parentis.returns.high_needs.allocations import unknown_authorities, with_ons_codes
from parentis.returns.models import Problem, Reader, Recognised, Return, Tables
from parentis.returns.spec import Column, Kind, Spec, Table, codes

if TYPE_CHECKING:
    from parentis.returns.content import Content

LEVELS = codes(authority="An authority", region="An English region", country="England")
_LEVEL = {"local authority": "authority", "regional": "region", "national": "country"}
ENGLAND = "E92000001"
SLACK = 0.011
"Both columns are rounded to two decimals."

_BALANCE = re.compile(r"dsg.*balance.*(?:%|per ?cent)", re.IGNORECASE)
_HEADINGS = {"geographic_level", "region_name", "la_name"}

TABLE = Table(
    name="balances",
    authority="ONS_CODE",
    meaning="The DSG balance carried forward at 31 March. Shares cannot be added up: regions have their own rows.",
    columns=(
        Column(name="FINANCIAL_YEAR", kind=Kind.TEXT, key=True, meaning="The year at whose end the balance stood."),
        Column(name="LEVEL", kind=Kind.CODE, codes=LEVELS, key=True, meaning="Whose balance it is."),
        Column(name="ONS_CODE", kind=Kind.TEXT, key=True, meaning="ONS code of the authority, region or country."),
        Column(name="AUTHORITY_NAME", kind=Kind.TEXT, meaning="Name as published."),
        Column(
            name="BALANCE_PERCENT",
            kind=Kind.NUMBER,
            unit="per cent of DSG income",
            meaning="Cumulative balance over the year's DSG income: a surplus is positive, a deficit negative.",
            example="-2.5",
        ),
        Column(name="MARKER", kind=Kind.TEXT, meaning="What stood in the cell instead of a number."),
    ),
    optional=False,
    unique=("FINANCIAL_YEAR", "ONS_CODE"),
)


def _headed(content: "Content", rows: int | None = None) -> pl.DataFrame | None:
    """The table with its headings in lower case; None if the first row does not have the headings of this return."""
    if content.kind not in ("xlsx", "ods", "csv"):
        return None
    grid = content.grid(rows=rows)
    if not grid.height:
        return None
    headings = [(cell or "").strip().casefold() for cell in grid.row(0)]
    has_balance = "deficit" in headings or any(_BALANCE.search(heading) for heading in headings)
    if not (set(headings) >= _HEADINGS and has_balance and {"financial_year", "time_period"} & set(headings)):
        return None
    named = {old: new or old for old, new in zip(grid.columns, headings, strict=True)}
    return grid.slice(1).rename(named).with_columns(pl.all().str.strip_chars())


def _recognise(content: "Content") -> Recognised | None:
    table = _headed(content)
    if table is None:
        return None
    years = table.select(_year(table)).to_series().drop_nulls().unique().sort().to_list()
    period = None if not years else years[0] if len(years) == 1 else f"{years[0]}..{years[-1]}"
    return Recognised(
        file=content.name,
        return_id=BALANCES.id,
        table=TABLE.name,
        period=period,
        because="headings geographic_level, la_name and the DSG balance as a share of income",
    )


def _year(table: pl.DataFrame) -> pl.Expr:
    text = pl.col("financial_year" if "financial_year" in table.columns else "time_period")
    parts = text.str.extract_groups(r"^(20\d\d)[-/]?(?:20)?(\d\d)$")
    return pl.concat_str(parts.struct.field("1"), parts.struct.field("2"), separator="-").alias("FINANCIAL_YEAR")


def _read(content: "Content", taken: Recognised) -> Tables:
    table = _headed(content)
    if table is None:
        raise SpecificationError(
            expected="the headings of DSG balances",
            found="others",
            where=content.name,
            do="Send the file as published.",
        )
    level = pl.col("geographic_level").str.to_lowercase().replace_strict(_LEVEL, default=None)
    rows = table.with_columns(_year(table), level.alias("LEVEL"), *_balance(table, content.name)).with_columns(
        pl.when(pl.col("LEVEL") == "authority")
        .then("la_name")
        .otherwise(pl.when(pl.col("LEVEL") == "region").then("region_name").otherwise(pl.lit("England")))
        .alias("AUTHORITY_NAME")
    )
    rows = with_ons_codes(rows, by="la_name").with_columns(
        pl.when(pl.col("LEVEL") == "authority")
        .then("ONS_CODE")
        .when(pl.col("LEVEL") == "country")
        .then(pl.lit(ENGLAND))
        .otherwise(pl.col("region_name").str.to_lowercase().replace_strict(_regions(), default=None))
        .alias("ONS_CODE")
    )
    filled = pl.any_horizontal(pl.all().str.len_chars() > 0).fill_null(value=False)
    total = int(table.select(filled.sum()).item() or 0)
    known = pl.col("ONS_CODE").is_not_null() & pl.col("LEVEL").is_not_null()
    nameless = rows.filter(pl.col("LEVEL").is_not_null() & pl.col("ONS_CODE").is_null())
    problems = list(unknown_authorities(content.name, TABLE.name, nameless, rows=nameless.height))
    if other := total - rows.filter(known).height - nameless.height:
        message = f"{other} rows left out: not about a country, a region or an authority"
        problems.append(Problem(file=content.name, where=TABLE.name, message=message, severity="note", rows=other))
    if "deficit" in table.columns:
        problems.append(
            Problem(
                file=content.name,
                where=TABLE.name,
                message="the file's deficit column is not kept; the balance is, negative in deficit",
                severity="note",
            )
        )
    kept = rows.filter(known)
    return Tables(
        tables={TABLE.name: kept.select(c.name for c in TABLE.columns)},
        problems=tuple(problems),
        rows=total,
        kept=kept.height,
    )


def _balance(table: pl.DataFrame, file: str) -> tuple[pl.Expr, pl.Expr]:
    """BALANCE_PERCENT and MARKER: from the balance column, or from the deficit column with its sign reversed."""
    column = next((name for name in table.columns if _BALANCE.search(name)), None)
    deficit = table["deficit"].cast(pl.Float64, strict=False) if "deficit" in table.columns else None
    if column is None:
        text, number = pl.col("deficit"), 0 - pl.col("deficit").cast(pl.Float64, strict=False)
    else:
        text, number = pl.col(column), pl.col(column).cast(pl.Float64, strict=False)
        if deficit is not None and int(((table.select(number).to_series() + deficit).abs() > SLACK).sum()):
            raise SpecificationError(
                expected="a deficit column that is the balance with its sign turned",
                found="rows in which it is not",
                where=file,
                do="Find out which of the two columns is right, and send one of them.",
            )
    marker = pl.when(number.is_null() & (text != "")).then(text)
    return number.cast(pl.String).alias("BALANCE_PERCENT"), marker.alias("MARKER")


def _regions() -> dict[str, str]:
    from parentis import region

    return {one.region.casefold(): one.region_gss for one in region.authorities()}


BALANCES = Return(
    spec=Spec(id="high_needs.dsg_balances", title="Dedicated schools grant balances", tables=(TABLE,)),
    submitter="publisher",
    publisher="DfE",
    period_kind="span",
    readers=(Reader(name="balances table", recognise=_recognise, read=_read),),
    audience="published",
)
