"""Columns shared by several child death returns, and the partnerships that submit them."""

from datetime import date
from typing import Final

from parentis.returns.child_deaths.code_lists import codes_of
from parentis.returns.spec import Code, Column, Kind, Retention

PARTNERSHIPS: Final = "Child death review partnerships"
"The partnerships that submit these returns, each for its own footprint."
FIRST_DAY: Final = date(2019, 4, 1)
"The day on which NCMD began to accept notifications; the first period uses the lists as on this day."
PERIODS: Final = tuple(f"{year}-{(year + 1) % 100:02}" for year in range(2019, 2031))
SOURCE: Final = (
    "Scotland's published data set (2016), derived from England's forms A, B and C; NCMD's changes of April 2021 and "
    "April 2022. England's forms since 2019 were not to be had"
)
YES_NO: Final = (Code("Y", "yes"), Code("N", "no"))


def case(*, key: bool = True) -> Column:
    return Column(
        name="CASE",
        kind=Kind.TEXT,
        key=key,
        retention=Retention.HASH,
        meaning="The review system's number for the death. Kept as a keyed hash.",
        example="SYN-0001",
    )


def footprint() -> Column:
    return Column(
        name="FOOTPRINT",
        kind=Kind.TEXT,
        key=True,
        meaning="The partnership's footprint, as `cdr-bhr`; the same on every row.",
        example="cdr-bhr",
    )


def residence() -> Column:
    return Column(
        name="RESIDENCE",
        kind=Kind.TEXT,
        key=True,
        meaning="ONS code of the authority the child lived in, or `outside` for another country.",
        example="E09000002",
    )


def coded(name: str, meaning: str, listed: str, *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.CODE, codes=codes_of(listed, FIRST_DAY), meaning=meaning, key=key)


def flag(name: str, meaning: str) -> Column:
    return Column(name=name, kind=Kind.CODE, codes=YES_NO, meaning=meaning)


def day_of(
    name: str, meaning: str, *, key: bool = False, retention: Retention = Retention.KEEP,
    regional: Retention | None = None,
) -> Column:  # fmt: skip
    return Column(
        name=name, kind=Kind.DATE, meaning=meaning, key=key, retention=retention, regional=regional,
        example="01/06/2026",
    )  # fmt: skip


def whole(name: str, meaning: str, unit: str) -> Column:
    return Column(name=name, kind=Kind.INTEGER, meaning=meaning, unit=unit)
