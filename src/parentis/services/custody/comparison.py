"""Comparing a child in custody with a child on an index: what agrees, its weight, and how certain the match is.

Both tables are data. `matching.csv` gives each level of agreement its m (how often it occurs in two records of one
child) and u (how often in records of two children), after Fellegi and Sunter (1969). A level's weight is log2(m ÷ u)
and the score is the sum of the weights. The score only ranks candidates for a person to review. `certainty.csv` lists
the agreements that make a match sure: at least two factors, and no disagreement.
"""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import log2
from typing import Final

from parentis.errors import DeclarationError
from parentis.services.custody import name_similarity
from parentis.services.custody.name_similarity import AKIN, ALIKE, DIFFERENT, MISSING, SAME
from parentis.services.custody.names import bare_address, bare_postcode
from parentis.services.custody.persons import IndexEntry, Subject

CROSSED, CROSSED_ALIKE = "crossed", "crossed alike"
SWAPPED, NEAR, ASSIGNED = "swapped", "near", "assigned"
HOUSE, CROWDED = "house", "crowded"
AGREES, DIFFERS, NONE = "agrees", "differs", "none"

NAMES: Final = (SAME, ALIKE, AKIN, CROSSED, CROSSED_ALIKE, DIFFERENT, MISSING)
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "first_name": NAMES,
    "surname": NAMES,
    "date_of_birth": (SAME, SWAPPED, NEAR, ASSIGNED, DIFFERENT, MISSING),
    "sex": (SAME, DIFFERENT, MISSING),
    "place": (HOUSE, SAME, NEAR, CROWDED, DIFFERENT, MISSING),
    "claim": (AGREES, DIFFERS, NONE),
}
"What is compared, and the levels of agreement each may have."

ASSIGNED_DAY: Final = (1, 1)
"""Month and day assigned to a child whose birthday is unknown."""
ASSIGNED_YEARS: Final = 2
"""Years by which an assigned birthday may differ from the true one, because ages are assessed."""

_NUMBERS: Final = re.compile(r"\d+[a-z]?\b")

Crowded = Callable[[str], bool]
"""Tells whether many unrelated children are said to live at a postcode (without spaces)."""


class Grade(StrEnum):
    """How certain it is that two records are of one child. A person decides any grade between sure and no."""

    SURE = "sure"
    DOUBT = "doubt"
    FAINT = "faint"  # a doubt only if no other candidate is sure: half a name and a birthday
    NO = "no"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`score` in bits (higher is more likely); `agreements` gives the level for each of `LEVELS`."""

    score: float
    agreements: Mapping[str, str]
    grade: Grade


@dataclass(frozen=True, slots=True)
class Weight:
    """`m`: how often two records of one child have this level; `u`: how often records of two children do."""

    m: float
    u: float

    @property
    def bits(self) -> float:
        return log2(self.m / self.u)


def compare(subject: Subject, entry: IndexEntry, *, crowded: Crowded | None = None) -> Comparison:
    """Compare two records field by field. A pure function; it does not consider other candidates (see
    `routing.route`)."""
    agreements = {
        **_names(subject, entry),
        "date_of_birth": _births(subject.date_of_birth, entry.date_of_birth),
        "sex": _sexes(subject.sex, entry.sex),
        "place": _places(subject, entry, crowded),
        "claim": _claim(subject, entry),
    }
    score = sum(weights()[field, level].bits for field, level in agreements.items())
    return Comparison(round(score, 2), agreements, _grade(agreements))


def _names(subject: Subject, entry: IndexEntry) -> dict[str, str]:
    first, last = name_similarity.both_names(subject.first_name, subject.surname)
    known_first, known_last = name_similarity.both_names(entry.first_name, entry.surname)
    others = tuple(name_similarity.surname(name) for name in entry.other_names)
    straight = {
        "first_name": name_similarity.level(first, known_first, others),
        "surname": name_similarity.level(last, known_last, others),
    }
    if DIFFERENT not in straight.values():
        return straight
    crossed = (name_similarity.level(first, known_last), name_similarity.level(last, known_first))
    if all(level in (SAME, ALIKE, AKIN) for level in crossed):
        level = CROSSED if crossed == (SAME, SAME) else CROSSED_ALIKE
        return {"first_name": level, "surname": level}
    return straight


def _births(given: date | None, known: date | None) -> str:
    if given is None or known is None:
        return MISSING
    if ASSIGNED_DAY in ((given.month, given.day), (known.month, known.day)):
        return ASSIGNED if abs(given.year - known.year) <= ASSIGNED_YEARS else DIFFERENT
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


def _places(subject: Subject, entry: IndexEntry, crowded: Crowded | None) -> str:
    ours, theirs = bare_postcode(subject.postcode), bare_postcode(entry.postcode)
    if ours and theirs:
        if ours == theirs:
            if crowded is not None and crowded(ours):
                return CROWDED
            return HOUSE if _same_house(subject.address, entry.address) else SAME
        return NEAR if ours[:-3] == theirs[:-3] else DIFFERENT
    here, there = bare_address(subject.address), bare_address(entry.address)
    if not here or not there:
        return MISSING
    return SAME if here == there else NEAR  # different text, but possibly the same house


def _same_house(here: str | None, there: str | None) -> bool:
    """Within a postcode: the same numbers, or one address's numbers all within the other's (a flat number is often
    omitted)."""
    ours, theirs = (set(_NUMBERS.findall((text or "").casefold())) for text in (here, there))
    return bool(ours and theirs) and (ours <= theirs or theirs <= ours)


def _claim(subject: Subject, entry: IndexEntry) -> str:
    if not subject.claimed_authority:
        return NONE
    return AGREES if subject.claimed_authority == entry.holder else DIFFERS


def _grade(agreements: Mapping[str, str]) -> Grade:
    for conditions, grade in certainty():
        for field, levels in conditions.items():  # a plain loop: it runs some hundred times for each notice
            if agreements[field] not in levels:
                break
        else:
            return grade
    return Grade.NO


@cache
def weights() -> Mapping[tuple[str, str], Weight]:
    """Weights by field and level. Every level has a weight, and within a field m and u each sum to 1."""
    found = {(row["field"], row["level"]): Weight(float(row["m"]), float(row["u"])) for row in _rows("matching")}
    if found.keys() != {(field, level) for field, levels in LEVELS.items() for level in levels}:
        raise DeclarationError("matching.csv: the levels are not those that are compared")
    return found


@cache
def certainty() -> tuple[tuple[Mapping[str, frozenset[str]], Grade], ...]:
    """Conditions and grades in order: the first condition that holds grades a comparison, or `NO` if none holds."""
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
