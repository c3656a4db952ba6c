"""The code lists of the child death returns: one dated table that names the form of each code.

Replace it when a form is replaced. The forms in use since 2019 could not be obtained. Where a list is of an older
form, of Scotland's published list (2016, Annexes 3 and 5, Open Government Licence) or of our own, its `source` says
so, and the documentation repeats it.
"""

import csv
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from parentis.errors import DeclarationError
from parentis.region.reference import day, holds
from parentis.returns.spec import Code

SOURCES: Final = {
    "Form A": "England's notification form before 2019",
    "Form B": "England's reporting form before 2019",
    "Form C": "England's analysis form before 2019",
    "Analysis form 2019": "England's analysis form of 2019, as described by others: the form was not to be had",
    "Scotland 2016": "Scottish Government, child death review data set, 2016, Annexes 3 and 5",
    "Statutory and operational guidance 2018": "Child Death Review: Statutory and Operational Guidance, 2018",
    "NCMD April 2021": "National Child Mortality Database, changes of April 2021",
    "NCMD April 2022": "National Child Mortality Database, changes of April 2022",
    "Census 2021": "Groups of the 2021 census",
    "Parentis": "Ours: no published list was found",
}
"The meaning of each `source` in the table."

FROM_OLD_FORM: Final = {"0": "0", "1": "1", "1*": "1", "2": "2", "3": "2"}
"""Relevance on the old form (0, 1, 1*, 2, 3) → on the new form (0, 1, 2). The original code is kept as well. An old 1
("none") and 1* ("present, unlikely") both become 1: neither is thought to have contributed."""


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = (files(__package__) / "code_lists.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def codes_of(name: str, on: date | None = None) -> tuple[Code, ...]:
    """The codes of a list on a day; without a day, every code it has ever had."""
    found = tuple(
        Code(row["code"], row["label"])
        for row in _rows()
        if row["list"] == name and (on is None or holds(day(row["valid_from"]), day(row["valid_to"]), on))
    )
    if not found:
        raise DeclarationError(f"child deaths have no code list {name!r}")
    return found


def since(name: str, on: date) -> tuple[Code, ...]:
    """The codes that were added to a list on a day."""
    return tuple(Code(row["code"], row["label"]) for row in _rows() if row["list"] == name
                 and day(row["valid_from"]) == on)  # fmt: skip


def labels(name: str) -> dict[str, str]:
    return {one.code: one.label for one in codes_of(name)}


def sources_of(name: str) -> tuple[str, ...]:
    """The forms that a list comes from, in words."""
    return tuple(SOURCES[each] for each in dict.fromkeys(row["source"] for row in _rows() if row["list"] == name))


def names() -> tuple[str, ...]:
    return tuple(dict.fromkeys(row["list"] for row in _rows()))
