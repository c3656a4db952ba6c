"""The expressions about cells from which rules are written. `filled` and `blank` refer to the text as written."""

from collections.abc import Iterable

import polars as pl

RAW = "__raw"
TEMPORARY = ("T0", "T1", "T2", "T3", "T4")
RESPITE = ("V3", "V4")
FOR_ADOPTION = ("A3", "A4", "A5", "A6")
FOSTER = ("U1", "U2", "U3", "U4", "U5", "U6")
ADOPTED = ("E11", "E12")


def col(name: str) -> pl.Expr:
    return pl.col(name)


def raw(name: str) -> pl.Expr:
    """The cell as written."""
    return pl.col(name + RAW)


def filled(name: str) -> pl.Expr:
    return raw(name).is_not_null()


def blank(name: str) -> pl.Expr:
    return raw(name).is_null()


def any_filled(*names: str) -> pl.Expr:
    return pl.any_horizontal([filled(name) for name in names])


def any_blank(*names: str) -> pl.Expr:
    return pl.any_horizontal([blank(name) for name in names])


def all_filled(*names: str) -> pl.Expr:
    return pl.all_horizontal([filled(name) for name in names])


def is_in(name: str, *codes: str) -> pl.Expr:
    """One of the codes; a blank is not."""
    return pl.col(name).is_in(codes).fill_null(value=False)


def written_in(name: str, codes: Iterable[str]) -> pl.Expr:
    """Written exactly as one of the codes, in any case; a blank is not."""
    return raw(name).str.to_uppercase().is_in(list(codes)).fill_null(value=False)


def invalid(name: str, codes: Iterable[str]) -> pl.Expr:
    """Filled, but not written as one of the codes."""
    return filled(name) & ~written_in(name, codes)


def respite() -> pl.Expr:
    return is_in("LS", *RESPITE)


def number(name: str) -> pl.Expr:
    """The text as a number; null where it is not one."""
    return raw(name).str.strip_chars().cast(pl.Float64, strict=False)


def compact(name: str) -> pl.Expr:
    """A postcode in upper case without spaces."""
    return pl.col(name).str.to_uppercase().str.replace_all(r"\s", "")


def years(expr: pl.Expr | str, count: int) -> pl.Expr:
    """The date so many years on; 29 February becomes 28 February where there is none."""
    return (pl.col(expr) if isinstance(expr, str) else expr).dt.offset_by(f"{count}y")


def differ(left: pl.Expr | str, right: pl.Expr | str) -> pl.Expr:
    """Not the same; two blanks are the same, a blank and a value are not."""
    left = pl.col(left) if isinstance(left, str) else left
    return left.ne_missing(pl.col(right) if isinstance(right, str) else right)


def same_day(left: str, right: str) -> pl.Expr:
    """The same date however it is written, or the same text where one cannot be read; blanks are never the same."""
    as_dates = pl.col(left) == pl.col(right)
    as_text = raw(left) == raw(right)
    readable = pl.col(left).is_not_null() & pl.col(right).is_not_null()
    return pl.when(readable).then(as_dates).otherwise(as_text).fill_null(value=False)


def yes(expr: pl.Expr) -> pl.Expr:
    """The condition, with unknown as false."""
    return expr.fill_null(value=False)


def both(pairs: pl.LazyFrame, left: str, right: str) -> dict[str, pl.LazyFrame]:
    """Mark both rows of each pair made by joining `right` to `left`."""
    return {left: pairs.select("at"), right: pairs.select(at="at_right")}
