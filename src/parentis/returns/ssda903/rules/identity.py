"""Every table compared with the Header and with itself."""

import polars as pl

from parentis.returns.rules import Marks
from parentis.returns.ssda903.rules.expressions import col, yes
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

NOT_IN_HEADER = {
    "INT01": "AD1",
    "INT02": "PlacedAdoption",
    "INT03": "Episodes",
    "INT04": "Missing",
    "INT05": "OC2",
    "INT06": "OC3",
    "INT07": "PrevPerm",
    "INT08": "Reviews",
    "INT09": "UASC",
}
OTHER_BIRTH = {
    "INT11": "AD1",
    "INT12": "PlacedAdoption",
    "INT13": "Missing",
    "INT14": "OC2",
    "INT15": "OC3",
    "INT16": "PrevPerm",
    "INT17": "Reviews",
    "INT18": "UASC",
}
ONCE_ONLY = {
    "INT31": "AD1",
    "INT32": "Header",
    "INT33": "OC2",
    "INT34": "OC3",
    "INT35": "PrevPerm",
    "INT36": "UASC",
}


def is_in_header(y: Facts) -> pl.Expr:
    """A row without CHILD is in the Header only if the Header has such a row too."""
    nameless = y.tables["Header"].filter(col("child").is_null())
    if y.partition:
        too = col("authority").is_in(nameless["authority"].unique().implode())
    else:
        too = pl.lit(value=nameless.height > 0)
    return ~pl.when(col("child").is_null()).then(too).otherwise(yes(col("in_header")))


def birth_differs(_y: Facts) -> pl.Expr:
    """Whether the date of birth differs from any of the child's Header rows."""
    return (col("DOB") != col("header_DOB_least")) | (col("DOB") != col("header_DOB_most"))


def is_repeated(_y: Facts) -> pl.Expr:
    return col("child").is_not_null() & (pl.len().over("child") > 1)


for _code, _table in NOT_IN_HEADER.items():
    _kind = "Data Integrity" if _code == "INT01" else "Internal"
    rule(
        _code,
        f"{_kind} Check: Child in {_table} does not exist in Header.",
        fields="CHILD",
        tables=f"{_table} Header",
    )(is_in_header)

for _code, _table in OTHER_BIRTH.items():
    rule(
        _code,
        f"Internal Check: DOB in {_table} is different to DOB in Header.",
        fields="DOB",
        tables=f"{_table} Header",
    )(birth_differs)

for _code, _table in ONCE_ONLY.items():
    rule(
        _code,
        f"Internal Check: Child should only exist once in {_table}.",
        fields="CHILD",
        tables=_table,
    )(is_repeated)


@rule("INT21", "Internal Check: SEX in UASC is different to SEX in Header.", fields="SEX", tables="UASC Header")
def sex_differs(_y: Facts) -> Marks:
    return (col("SEX") != col("header_SEX_least")) | (col("SEX") != col("header_SEX_most"))
