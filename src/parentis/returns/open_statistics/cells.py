"""Published cells: a number, or a sign that stands where a number would be."""

import polars as pl

NUMBER = r"^[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?$"
YEARS_MONTHS = r"^(\d{1,2}):(\d{2})$"
SIGNS = frozenset({"c", "x", "z", "k", "u", "low", "na", "n/a", "-", "–", "~", ":", "*", "!", ".", ".."})
"What publishers write for a value they hold back or do not have, in any case and with or without brackets."


def sign(cell: pl.Expr) -> pl.Expr:
    """A cell as a bare sign: `[C]` → `c`."""
    return cell.str.to_lowercase().str.strip_chars("[]() ")


def is_number(cell: pl.Expr) -> pl.Expr:
    return cell.str.contains(NUMBER)


def is_value(cell: pl.Expr) -> pl.Expr:
    """True for a number, a length of time in `years:months`, or a sign."""
    return is_number(cell) | cell.str.contains(YEARS_MONTHS) | sign(cell).is_in(list(SIGNS))


def value_and_marker(column: str) -> tuple[pl.Expr, pl.Expr]:
    """`VALUE`, text of a plain number, and `MARKER`, what stood there instead; both null for a blank.

    `1:02` years and months is 14, in months.
    """
    cell = pl.col(column)
    months = cell.str.extract(YEARS_MONTHS, 1).cast(pl.Int64) * 12 + cell.str.extract(YEARS_MONTHS, 2).cast(pl.Int64)
    value = pl.when(is_number(cell)).then(cell.str.replace_all(",", "", literal=True)).otherwise(months.cast(pl.String))
    marker = pl.when(cell.is_not_null() & ~is_number(cell) & months.is_null()).then(sign(cell))
    return value.alias("VALUE"), marker.alias("MARKER")


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Every cell without the spaces around it, null where nothing is left."""
    cell = pl.all().cast(pl.String).str.strip_chars()
    return frame.select(pl.when(cell != "").then(cell).name.keep())
