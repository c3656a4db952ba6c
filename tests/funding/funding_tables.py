"""Lake tables for funding, written by hand: one line a row, cells parted by `|`, amounts in pounds."""

from collections.abc import Mapping

import polars as pl

from parentis.returns import returns

LOAD = {"load_id": "load-1", "sequence": 1, "provisional": False, "part": "", "submission_id": "submission-1"}


def table(name: str, text: str, **load: object) -> pl.DataFrame:
    """A table as the lake gives it; its heading names the columns given, `authority` and `period` too."""
    return_id, _, table_name = name.partition("/")
    spec = returns()[return_id].spec.union()[table_name]
    heading, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    given = pl.DataFrame(
        {column: [row[at] or None for row in rows] for at, column in enumerate(heading)},
        schema=dict.fromkeys(heading, pl.String),
    )
    typed = {column.name: column.dtype for column in spec.columns}
    return (
        given.with_columns(
            pl.col(column).cast(typed[column]) if column in given.columns else pl.lit(None, typed[column]).alias(column)
            for column in typed
        )
        .with_columns(
            pl.col(column) if column in given.columns else pl.lit(None, pl.String).alias(column)
            for column in ("authority", "period")
        )
        .with_columns(pl.lit(value).alias(key) for key, value in {**LOAD, **load}.items())
        .with_row_index("row")
    )


def lines(name: str, period: str, text: str, **load: object) -> pl.DataFrame:
    """A published lines table: `ONS code | service line | net amount`, blank for missing."""
    rows = "\n".join(f"{line} | net | {period}" for line in text.strip().splitlines())
    return table(name, f"ONS_CODE | SERVICE_LINE | AMOUNT | MEASURE | period\n{rows}", **load)


def figure(figures: pl.DataFrame, measure: str, geography: str, period: str, breakdown: str = "") -> Mapping:
    """The one figure with this key."""
    [row] = figures.filter(
        measure=f"funding.{measure}", geography=geography, period=period, breakdown=breakdown
    ).to_dicts()
    return row


def value(figures: pl.DataFrame, measure: str, geography: str, period: str, breakdown: str = "") -> float:
    return figure(figures, measure, geography, period, breakdown)["value"]


def absent(figures: pl.DataFrame, measure: str, geography: str, period: str) -> bool:
    return figures.filter(measure=f"funding.{measure}", geography=geography, period=period).is_empty()


CAMDEN, BARNET, BRENT, EALING = "E09000007", "E09000003", "E09000005", "E09000009"
