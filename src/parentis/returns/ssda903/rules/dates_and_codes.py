"""Rules of one form: a filled cell must hold a valid date, or a code of the year's list."""

from collections.abc import Callable

import polars as pl

from parentis.returns.ssda903.rules.expressions import blank, invalid
from parentis.returns.ssda903.rules.facts import Facts
from parentis.returns.ssda903.rules.rule_set import rule

_PLACED = "Date of Local Authority's (LA) decision that a child should"
_AWAY = "date of the missing episode or episode that the child was away from placement without authorisation"

DATES = {
    "112": ("AD1", "DATE_INT", "Date should be placed for adoption is not a valid date."),
    "113": ("AD1", "DATE_MATCH", "Date matching child and adopter(s) is not a valid date."),
    "115": ("PlacedAdoption", "DATE_PLACED", f"{_PLACED} be placed for adoption is not a valid date."),
    "116": (
        "PlacedAdoption",
        "DATE_PLACED_CEASED",
        f"{_PLACED} no longer be placed for adoption is not a valid date.",
    ),
    "141": ("Episodes", "DECOM", "Date episode began is not a valid date."),
    "147": ("Episodes", "DEC", "Date episode ceased is not a valid date."),
    "1005": ("Missing", "MIS_END", f"The end {_AWAY} is not a valid date."),
}
DATES_THAT_MUST_BE_GIVEN = {
    "166": ("Reviews", "REVIEW", "Date of review is invalid or blank."),
    "1004": ("Missing", "MIS_START", f"The start {_AWAY} is not a valid date."),
}
CODES = {
    "114": (
        "AD1",
        "FOSTER_CARE",
        "Data entry to record the status of former carer(s) of an adopted child is invalid.",
    ),
    "120": (
        "PlacedAdoption",
        "REASON_PLACED_CEASED",
        "The reason for the reversal of the decision that the child should be placed for adoption code is not valid.",
    ),
    "143": ("Episodes", "RNE", "The reason for new episode code is not a valid code."),
    "144": ("Episodes", "LS", "The legal status code is not a valid code."),
    "145": ("Episodes", "CIN", "Category of need code is not a valid code."),
    "149": ("Episodes", "REC", "Reason episode ceased code is not valid."),
    "175": ("AD1", "NB_ADOPTR", "The number of adopter(s) code is not a valid code."),
    "176": ("AD1", "SEX_ADOPTR", "The gender of adopter(s) at the date of adoption code is not a valid code."),
    "177": ("AD1", "LS_ADOPTR", "The legal status of adopter(s) code is not a valid code."),
    "631": ("PrevPerm", "PREV_PERM", "Previous permanence option not a valid value."),
    "1006": ("Missing", "MISSING", "Missing type invalid."),
    "1009": ("Episodes", "REASON_PLACE_CHANGE", "Reason for placement change is not a valid code."),
}


def _unreadable(name: str) -> Callable[[Facts], pl.Expr]:
    return lambda y: y.unreadable(name)


def _unreadable_or_blank(name: str) -> Callable[[Facts], pl.Expr]:
    return lambda y: blank(name) | y.unreadable(name)


def _not_listed(table: str, name: str) -> Callable[[Facts], pl.Expr]:
    return lambda y: invalid(name, y.codes(table, name))


for _code, (_table, _name, _message) in DATES.items():
    rule(_code, _message, fields=_name, tables=_table)(_unreadable(_name))

for _code, (_table, _name, _message) in DATES_THAT_MUST_BE_GIVEN.items():
    rule(_code, _message, fields=_name, tables=_table)(_unreadable_or_blank(_name))

for _code, (_table, _name, _message) in CODES.items():
    rule(_code, _message, fields=_name, tables=_table)(_not_listed(_table, _name))

rule(
    "146",
    "Placement type code is not a valid code.",
    fields="PLACE",
    tables="Episodes",
    changed=("2024-25", "2025-26"),
)(_not_listed("Episodes", "PLACE"))
