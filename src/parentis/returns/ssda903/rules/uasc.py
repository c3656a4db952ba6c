"""Unaccompanied asylum-seeking children: the flag in the Header, and the date the status ceased."""

import polars as pl

from parentis.returns.rules import Marks
from parentis.returns.ssda903.rules.expressions import both, col, filled, is_in, raw, years, yes
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

WITHOUT_HEADER = (
    "In CSV a year without a Header is told by its UASC table: a child is flagged who has anything there besides "
    "number and date of birth."
)
FLAGS = ("flag", "flag_last", "DUC_this", "DUC_this_filled", "DUC_last", "DUC_last_filled", "uasc_DOB_last")


@rule(
    "104",
    "Date for Unaccompanied Asylum-Seeking Children (UASC) status ceased is not a valid date.",
    fields="DUC",
    tables="UASC",
)
def ceasing_is_a_date_in_time(y: Facts) -> Marks:
    return y.unreadable("DUC") | yes(col("DUC") < y.start)


@rule(
    "303",
    "If date Unaccompanied Asylum-Seeking Child (UASC) status ceased is not null, UASC status must be coded 1.",
    fields="DUC UASC",
    tables="Header UASC",
    note="A Header that has a UASC column is taken at its word, in CSV too; without one nothing can contradict.",
)
def a_ceasing_date_needs_the_flag(y: Facts) -> Marks:
    own = raw("UASC") if "UASC" in y.tables["Header"].columns else col("flag")
    flagged = yes(own.str.strip_chars().cast(pl.Float64, strict=False) == 1)
    return both(y.pairs(y.t("UASC").filter(filled("DUC")), y.t("Header").filter(~flagged)), "UASC", "Header")


@rule(
    "304",
    "Date unaccompanied asylum-seeking child (UASC) status ceased must be on or before the 18th birthday of a child.",
    fields="DUC",
    tables="UASC",
)
def ceasing_is_before_18(y: Facts) -> Marks:
    return col("DUC") > years("DOB", 18)


def _mark(y: Facts, table: str, where: pl.Expr) -> pl.LazyFrame:
    return y.t(table, *FLAGS).filter(where).select("at")


def _and_header(y: Facts, rows: pl.LazyFrame) -> Marks:
    """Rows of the UASC table, and the Header's of the same child where there is a Header."""
    marked = {"UASC": rows.select("at")}
    return marked | {"Header": y.pairs(rows, y.t("Header")).select(at="at_right")} if y.has("Header") else marked


@rule(
    "205A",
    "Child identified as UASC last year is no longer UASC this year, but date UASC ceased in both years"
    " does not support this.",
    fields="CHILD UASC",
    tables="UASC UASC_last",
    optional="Header Header_last",
    note=(
        "A child who has dropped out of this year's UASC table is marked in the Header; the original looks "
        f"only at children still in that table. {WITHOUT_HEADER}"
    ),
)
def ceased_to_be_uasc(y: Facts) -> Marks:
    ceased_in_time = yes(col("DUC_last").is_between(y.last_start, y.last_end))
    found = is_in("flag_last", "1") & ~is_in("flag", "1") & (col("DUC_this_filled") | ~ceased_in_time)
    return {table: _mark(y, table, found) for table in ("UASC", "Header") if y.has(table)}


@rule(
    "205B",
    "Child previously identified as UASC is also UASC this year, but date UASC ceased in both years "
    "does not support this.",
    fields="DUC UASC",
    tables="UASC UASC_last",
    optional="Header Header_last",
    note="A child still unaccompanied, without a date in either year, is not marked: nothing contradicts it. "
    + WITHOUT_HEADER,
)
def still_uasc(y: Facts) -> Marks:
    at_18 = yes(col("DUC_last") == years("uasc_DOB_last", 18))
    now = yes(y.in_year("DUC_this")) | yes(col("DUC_this") == col("DUC_last"))
    undated = ~col("DUC_this_filled") & ~yes(col("DUC_last_filled"))
    found = is_in("flag", "1") & is_in("flag_last", "1") & (~at_18 | ~now) & ~undated
    return _and_header(y, y.t("UASC", *FLAGS).filter(found))


@rule(
    "205C",
    "Child not identified as UASC either this year or last year but date UASC ceased has been provided.",
    fields="DUC UASC",
    tables="UASC UASC_last",
    optional="Header Header_last",
    note=WITHOUT_HEADER,
)
def never_uasc(y: Facts) -> Marks:
    dated = col("DUC_this").is_not_null() | col("DUC_last").is_not_null()
    return _and_header(y, y.t("UASC", *FLAGS).filter(~is_in("flag", "1") & ~is_in("flag_last", "1") & dated))


@rule(
    "205D",
    "Child identified as UASC this year but not identified as UASC status provided for the child last year.",
    fields="UASC CHILD",
    either="Header|UASC Header_last|UASC_last",
    note=WITHOUT_HEADER,
)
def newly_uasc(y: Facts) -> Marks:
    this = "Header" if y.has("Header") else "UASC"
    known = "in_header_last" if y.has("Header_last") else "in_uasc_last"
    rows = y.t(this, known, "flag", "flag_last").filter(is_in("flag", "1") & ~is_in("flag_last", "1"))
    return {this: rows.filter(yes(col(known))).select("at")}
