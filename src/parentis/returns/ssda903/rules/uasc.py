"""Unaccompanied asylum-seeking children: the flag in the Header, and the date the status ceased."""

import polars as pl

from parentis.returns.rules import Marks
from parentis.returns.ssda903.rules.book import rule
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.words import both, col, filled, is_in, years, yes

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
)
def a_ceasing_date_needs_the_flag(y: Facts) -> Marks:
    flagged = yes(col("flag").cast(pl.Float64, strict=False) == 1)
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


@rule(
    "205A",
    "Child identified as UASC last year is no longer UASC this year, but date UASC ceased in both years"
    " does not support this.",
    fields="CHILD UASC",
    tables="Header Header_last UASC UASC_last",
    note=(
        "A child who has dropped out of this year's UASC table is marked in the Header; the original looks "
        "only at children still in that table."
    ),
)
def ceased_to_be_uasc(y: Facts) -> Marks:
    ceased_in_time = yes(col("DUC_last").is_between(y.last_start, y.last_end))
    found = is_in("flag_last", "1") & ~is_in("flag", "1") & (col("DUC_this_filled") | ~ceased_in_time)
    return {"UASC": _mark(y, "UASC", found), "Header": _mark(y, "Header", found)}


@rule(
    "205B",
    "Child previously identified as UASC is also UASC this year, but date UASC ceased in both years "
    "does not support this.",
    fields="DUC UASC",
    tables="Header Header_last UASC UASC_last",
    note="A child still unaccompanied, without a date in either year, is not marked: nothing contradicts it.",
)
def still_uasc(y: Facts) -> Marks:
    at_18 = yes(col("DUC_last") == years("uasc_DOB_last", 18))
    now = yes(y.in_year("DUC_this")) | yes(col("DUC_this") == col("DUC_last"))
    undated = ~col("DUC_this_filled") & ~yes(col("DUC_last_filled"))
    found = is_in("flag", "1") & is_in("flag_last", "1") & (~at_18 | ~now) & ~undated
    rows = y.t("UASC", *FLAGS).filter(found)
    return {"UASC": rows.select("at"), "Header": y.pairs(rows, y.t("Header")).select(at="at_right")}


@rule(
    "205C",
    "Child not identified as UASC either this year or last year but date UASC ceased has been provided.",
    fields="DUC UASC",
    tables="Header Header_last UASC UASC_last",
)
def never_uasc(y: Facts) -> Marks:
    dated = col("DUC_this").is_not_null() | col("DUC_last").is_not_null()
    rows = y.t("UASC", *FLAGS).filter(~is_in("flag", "1") & ~is_in("flag_last", "1") & dated)
    return {"UASC": rows.select("at"), "Header": y.pairs(rows, y.t("Header")).select(at="at_right")}


@rule(
    "205D",
    "Child identified as UASC this year but not identified as UASC status provided for the child last year.",
    fields="UASC CHILD",
    tables="Header Header_last",
)
def newly_uasc(y: Facts) -> Marks:
    rows = y.t("Header", "in_header_last", "flag_last").filter(is_in("flag", "1") & ~is_in("flag_last", "1"))
    return {"Header": rows.filter(yes(col("in_header_last"))).select("at")}
