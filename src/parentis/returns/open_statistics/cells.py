"""Published cells: a number, or a sign in place of a number."""

import polars as pl

NUMBER = r"^[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?$"
PERCENT = r"\s*(?:%|per ?cent)$"
YEARS_MONTHS = r"^(\d{1,2}):(\d{2})$"
AT_MOST = r"^[<>≤≥]\s*=?\s*\d"
"`<5`: a suppressed small number."
SIGNS = frozenset(
    {"c", "x", "z", "k", "u", "low", "na", "n/a", "-", "–", "—", "−", "~", ":", "*", "!", ".", "..", "...", "…"}
)
"Signs that publishers write for a suppressed or missing value, in any case and with or without brackets."
FAILED = r"^#[A-Z/0!?_]+!?$"
"A cell in which a formula failed, as a workbook shows it: `#DIV/0!`."


def bare(cell: pl.Expr) -> pl.Expr:
    """A cell's number in plain form: without pound sign, percent sign and spaces between digits, with a plain
    minus (`−12`, U+2212, and `(12)`)."""
    text = cell.str.strip_chars().str.replace(r"^[−–‒]\s*([\d.£])", "-$1")
    text = text.str.replace(r"^\((\s*[£\d.].*)\)$", "-$1").str.replace(PERCENT, "")
    return text.str.replace_all(r"[£\x{a0}\x{202f}]", "").str.replace_all(r"(\d) (\d{3})", "$1$2").str.strip_chars()


def sign(cell: pl.Expr) -> pl.Expr:
    """A sign without brackets, in lower case: `[C]` → `c`."""
    return cell.str.to_lowercase().str.strip_chars("[]() ")


def is_number(cell: pl.Expr) -> pl.Expr:
    return bare(cell).str.contains(NUMBER)


def is_percent(cell: pl.Expr) -> pl.Expr:
    """True for a number written as a percentage: `62%`."""
    return cell.str.contains(PERCENT) & is_number(cell)


def is_sign(cell: pl.Expr) -> pl.Expr:
    return sign(cell).is_in(list(SIGNS)) | cell.str.contains(AT_MOST) | cell.str.contains(FAILED)


def is_value(cell: pl.Expr) -> pl.Expr:
    """True for a number, a length of time in `years:months`, or a sign."""
    return is_number(cell) | cell.str.contains(YEARS_MONTHS) | is_sign(cell)


def value_and_marker(column: str) -> tuple[pl.Expr, pl.Expr]:
    """`VALUE`, the text of a plain number, and `MARKER`, the sign in its place; both null for a blank.

    `1:02` years and months is 14, in months; `62%` is 62, in per cent.
    """
    cell = pl.col(column)
    months = cell.str.extract(YEARS_MONTHS, 1).cast(pl.Int64) * 12 + cell.str.extract(YEARS_MONTHS, 2).cast(pl.Int64)
    number = bare(cell).str.replace_all(",", "", literal=True)
    value = pl.when(is_number(cell)).then(number).otherwise(months.cast(pl.String))
    marker = pl.when(cell.is_not_null() & ~is_number(cell) & months.is_null()).then(sign(cell))
    return value.alias("VALUE"), marker.alias("MARKER")


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Every cell without leading and trailing spaces; null where it is empty."""
    cell = pl.all().cast(pl.String).str.strip_chars().str.strip_chars("\u00a0")
    return frame.select(pl.when(cell != "").then(cell).name.keep())
