"""Episodes: this year's first compared with last year's latest."""

import polars as pl

from parentis.returns.rules import Marks, Need
from parentis.returns.ssda903.rules.expressions import col, differ, is_in, yes
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

APART = 0.2  # miles; distances to one decimal that differ by less are the same place
OTHER_BEFORE = "Z1"


def _was_open() -> pl.Expr:
    """The child's first episode this year, where last year's latest had no readable end."""
    return col("is_first") & yes(col("in_episodes_last")) & col("last_DECOM").is_not_null() & col("last_DEC").is_null()


def _changed(name: str) -> pl.Expr:
    return _was_open() & differ(name, f"last_{name}")


def _moved() -> pl.Expr:
    apart = (col("PL_DISTANCE") - col("last_PL_DISTANCE")).abs().round(1) >= APART
    one_unknown = col("PL_DISTANCE").is_null() != col("last_PL_DISTANCE").is_null()
    return yes(apart) | one_unknown


BOTH_WAYS = "A distance known in one of the two years only is a difference, whichever year it is."


@rule(
    "452",
    "Contradiction between local authority of placement code in the last episode of the previous year "
    "and in the first episode of the current year.",
    fields="PL_LA",
    tables="Episodes Episodes_last",
    needs=(Need.POSTCODES,),
)
def authority_did_not_change(y: Facts) -> Marks:
    ended = col("last_DEC__raw").is_null()
    return {"Episodes": _changed("PL_LA") & ended & yes(col("RNE") == col("last_RNE"))}


@rule(
    "453",
    "Contradiction between placement distance in the last episode of the previous year and in the first"
    " episode of the current year.",
    fields="PL_DISTANCE",
    tables="Episodes Episodes_last",
    needs=(Need.POSTCODES,),
    note=BOTH_WAYS,
)
def distance_did_not_change(y: Facts) -> Marks:
    return {"Episodes": _was_open() & yes(col("RNE") == col("last_RNE")) & _moved()}


@rule(
    "502",
    "Last year's record ended with an open episode. The date on which that episode started does not "
    "match the start date of the first episode on this year’s record.",
    fields="DECOM",
    tables="Episodes Episodes_last",
    note="Only last year's latest episode is looked at, as the message says.",
)
def start_matches(y: Facts) -> Marks:
    return {"Episodes": _was_open() & col("last_DEC__raw").is_null() & differ("DECOM", "last_DECOM")}


@rule(
    "503A",
    "The reason for new episode in the first episode does not match open episode at end of last year.",
    fields="RNE",
    tables="Episodes Episodes_last",
)
def reason_matches(y: Facts) -> Marks:
    return {"Episodes": _changed("RNE")}


@rule(
    "503B",
    "The legal status in the first episode does not match open episode at end of last year.",
    fields="LS",
    tables="Episodes Episodes_last",
)
def status_matches(y: Facts) -> Marks:
    return {"Episodes": _changed("LS")}


@rule(
    "503C",
    "The category of need in the first episode does not match open episode at end of last year.",
    fields="CIN",
    tables="Episodes Episodes_last",
)
def need_matches(y: Facts) -> Marks:
    return {"Episodes": _changed("CIN")}


@rule(
    "503D",
    "The placement type in the first episode does not match open episode at end of last year",
    fields="PLACE",
    tables="Episodes Episodes_last",
    changed=(
        "2024-25",
        "2025-26",
    ),
)
def placement_matches(y: Facts) -> Marks:
    excused = pl.lit(value=False)
    if y.period in ("2023-24", "2024-25"):
        excused = is_in("last_PLACE", "H5") & is_in("PLACE", "K3")
    if y.period == "2025-26":
        excused = is_in("last_PLACE", OTHER_BEFORE) & is_in("PLACE", "Z11", "Z12", "Z13", "Z14")
    return {"Episodes": _changed("PLACE") & ~excused}


@rule(
    "503E",
    "The placement provider in the first episode does not match open episode at end of last year.",
    fields="PLACE_PROVIDER",
    tables="Episodes Episodes_last",
)
def provider_matches(y: Facts) -> Marks:
    return {"Episodes": _changed("PLACE_PROVIDER")}


@rule(
    "503F",
    "The Ofsted URN in the first episode does not match open episode at end of last year.",
    fields="URN",
    tables="Episodes Episodes_last",
)
def number_matches(y: Facts) -> Marks:
    return {"Episodes": _changed("URN")}


@rule(
    "503G",
    "The distance in first episode does not match open episode at end of last year.",
    fields="PL_DISTANCE",
    tables="Episodes Episodes_last",
    needs=(Need.POSTCODES,),
    note=BOTH_WAYS,
)
def distance_matches(y: Facts) -> Marks:
    return {"Episodes": _was_open() & _moved()}


@rule(
    "503H",
    "The placement LA in first episode does not match open episode at end of last year.",
    fields="PL_LA",
    tables="Episodes Episodes_last",
    needs=(Need.POSTCODES,),
)
def authority_matches(y: Facts) -> Marks:
    return {"Episodes": _changed("PL_LA")}


@rule(
    "503J",
    "The placement location in first episode does not match open episode at end of last year.",
    fields="PL_LOCATION",
    tables="Episodes Episodes_last",
    needs=(Need.POSTCODES, Need.AUTHORITY),
)
def location_matches(y: Facts) -> Marks:
    return {"Episodes": _changed("PL_LOCATION")}


@rule(
    "562",
    "Episode commenced before the start of the current collection year but there is a missing "
    "continuous episode in the previous year.",
    fields="DECOM",
    tables="Episodes Episodes_last",
)
def began_before_and_was_there(y: Facts) -> Marks:
    return {"Episodes": col("is_first") & (col("DECOM") < y.start) & ~yes(col("DECOM") == col("last_DECOM"))}


@rule(
    "NoE",
    "This child has no episodes loaded for previous year even though child started to be looked after "
    "before this current year.",
    fields="DECOM",
    tables="Episodes Episodes_last",
)
def was_there_last_year(y: Facts) -> Marks:
    return {"Episodes": (col("DECOM") < y.start) & ~col("in_episodes_last")}
