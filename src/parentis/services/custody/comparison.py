"""Comparing a child in custody with a child on an index: what agrees, what it weighs, how sure that makes us.

Two tables, both data. `matching.csv` gives each level of agreement its m (how often it is found in records of one
child) and u (how often in records of two), after Fellegi and Sunter (1969); the weight is log2(m ÷ u) and the score
their sum. The score only ranks candidates for a person. `certainty.csv` says which agreements make a match sure:
two factors at least, and nothing that speaks against it.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import log2
from typing import Final

from parentis.errors import DeclarationError
from parentis.services.custody.names import bare_address, bare_postcode, one_slip_apart, parts, plain, sound
from parentis.services.custody.persons import IndexEntry, Subject

SAME, ALIKE, DIFFERENT, MISSING = "same", "alike", "different", "missing"
CROSSED, CROSSED_ALIKE = "crossed", "crossed alike"
SWAPPED, NEAR = "swapped", "near"
AGREES, DIFFERS, NONE = "agrees", "differs", "none"

NAMES: Final = (SAME, ALIKE, CROSSED, CROSSED_ALIKE, DIFFERENT, MISSING)
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "first_name": NAMES,
    "surname": NAMES,
    "date_of_birth": (SAME, SWAPPED, NEAR, DIFFERENT, MISSING),
    "sex": (SAME, DIFFERENT, MISSING),
    "place": (SAME, NEAR, DIFFERENT, MISSING),
    "claim": (AGREES, DIFFERS, NONE),
}
"What is compared, and the levels of agreement each may have."

SHORT: Final = 4
"Names shorter than this are not taken for one another over a slip: Ali and Avi are two names."


class Grade(StrEnum):
    """How sure it is that two records are of one child. Between sure and no, a person decides."""

    SURE = "sure"
    DOUBT = "doubt"
    FAINT = "faint"  # a doubt only while nobody else is sure: half a name and a birthday
    NO = "no"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`score` in bits, higher is likelier; `agreements` gives the level of each of `LEVELS`."""

    score: float
    agreements: Mapping[str, str]
    grade: Grade


@dataclass(frozen=True, slots=True)
class Weight:
    """`m`: how often records of one child have this level; `u`: how often records of two children do."""

    m: float
    u: float

    @property
    def bits(self) -> float:
        return log2(self.m / self.u)


def compare(subject: Subject, entry: IndexEntry) -> Comparison:
    """Compare field by field. Pure; says nothing of who else there is (see `routing.route`)."""
    agreements = {
        **_names(subject, entry),
        "date_of_birth": _births(subject.date_of_birth, entry.date_of_birth),
        "sex": _sexes(subject.sex, entry.sex),
        "place": _places(subject, entry),
        "claim": _claim(subject, entry),
    }
    score = sum(weights()[field, level].bits for field, level in agreements.items())
    return Comparison(round(score, 2), agreements, _grade(agreements))


def _names(subject: Subject, entry: IndexEntry) -> dict[str, str]:
    straight = {
        "first_name": _name(subject.first_name, entry.first_name, entry.other_names),
        "surname": _name(subject.surname, entry.surname, entry.other_names),
    }
    if DIFFERENT not in straight.values():
        return straight
    crossed = (_name(subject.first_name, entry.surname), _name(subject.surname, entry.first_name))
    if all(level in (SAME, ALIKE) for level in crossed):
        level = CROSSED if crossed == (SAME, SAME) else CROSSED_ALIKE
        return {"first_name": level, "surname": level}
    return straight


def _name(given: str | None, known: str | None, others: tuple[str, ...] = ()) -> str:
    a, b = plain(given), plain(known)
    if not a or not b:
        return MISSING
    if a == b:
        return SAME
    return ALIKE if any(_alike(given, name) for name in (known, *others)) else DIFFERENT


def _alike(given: str | None, known: str | None) -> bool:
    """Sounding alike, one slip apart, or one a part of the other: a double-barrelled name, a second first name."""
    a, b = plain(given), plain(known)
    if sound(a) == sound(b) or (min(len(a), len(b)) >= SHORT and one_slip_apart(a, b)):
        return True
    ours, theirs = set(parts(given)), set(parts(known))
    return bool(ours & theirs)


def _births(given: date | None, known: date | None) -> str:
    if given is None or known is None:
        return MISSING
    if given == known:
        return SAME
    if (given.year, given.day, given.month) == (known.year, known.month, known.day):
        return SWAPPED
    same = sum((given.year == known.year, given.month == known.month, given.day == known.day))
    return NEAR if same == 2 else DIFFERENT


def _sexes(given: str | None, known: str | None) -> str:
    a, b = (given or "")[:1].casefold(), (known or "")[:1].casefold()
    if a not in ("m", "f") or b not in ("m", "f"):
        return MISSING
    return SAME if a == b else DIFFERENT


def _places(subject: Subject, entry: IndexEntry) -> str:
    ours, theirs = bare_postcode(subject.postcode), bare_postcode(entry.postcode)
    if ours and theirs:
        if ours == theirs:
            return SAME
        return NEAR if ours[:-3] == theirs[:-3] else DIFFERENT
    here, there = bare_address(subject.address), bare_address(entry.address)
    if not here or not there:
        return MISSING
    return SAME if here == there else NEAR  # written differently, it may be the same house


def _claim(subject: Subject, entry: IndexEntry) -> str:
    if not subject.claimed_authority:
        return NONE
    return AGREES if subject.claimed_authority == entry.holder else DIFFERS


def _grade(agreements: Mapping[str, str]) -> Grade:
    for conditions, grade in certainty():
        if all(agreements[field] in levels for field, levels in conditions.items()):
            return grade
    return Grade.NO


@cache
def weights() -> Mapping[tuple[str, str], Weight]:
    """By field and level; every level has one, and within a field m and u each sum to 1."""
    found = {(row["field"], row["level"]): Weight(float(row["m"]), float(row["u"])) for row in _rows("matching")}
    if found.keys() != {(field, level) for field, levels in LEVELS.items() for level in levels}:
        raise DeclarationError("matching.csv: the levels are not those that are compared")
    return found


@cache
def certainty() -> tuple[tuple[Mapping[str, frozenset[str]], Grade], ...]:
    """Conditions and grade, in order: the first that holds grades a comparison, and `NO` where none does."""
    made = []
    for row in _rows("certainty"):
        conditions = {field: frozenset(row[field].split("|")) for field in LEVELS if row[field]}
        for field, levels in conditions.items():
            if unknown := levels - set(LEVELS[field]):
                raise DeclarationError(f"certainty.csv: {field} has no level {sorted(unknown)}")
        made.append((conditions, Grade(row["grade"])))
    return tuple(made)


def _rows(name: str) -> list[dict[str, str]]:
    text = (files(__package__) / "tables" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
