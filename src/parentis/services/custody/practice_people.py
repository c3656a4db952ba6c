"""Practice children for the custody desk: who they are, where they live, and which authority's index they are on.

None of them exists. Their postcodes begin with QX, which no real postcode does, and their look-up holds only these.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np

from parentis.region import authority, members, population_0_17
from parentis.services.custody.persons import (
    CARE_LEAVER,
    LOOKED_AFTER,
    OPEN_CASE,
    YOUTH_JUSTICE,
    IndexEntry,
)

if TYPE_CHECKING:
    import polars as pl

ON: Final = date(2026, 10, 1)
"First day of the practice month."

ON_INDEXES: Final = 4000
"""Number of children on all indexes together; real indexes are longer, but this is enough for names to coincide."""

STANDINGS: Final = (
    (frozenset({LOOKED_AFTER}), 0.35),
    (frozenset({LOOKED_AFTER, YOUTH_JUSTICE}), 0.10),
    (frozenset({CARE_LEAVER}), 0.05),
    (frozenset({OPEN_CASE}), 0.30),
    (frozenset({OPEN_CASE, YOUTH_JUSTICE}), 0.10),
    (frozenset({YOUTH_JUSTICE}), 0.10),
)
ELSEWHERE: Final = 0.4
"""Share of looked-after children placed in another authority's area, roughly as in London."""

YOUNGEST, OLDEST = 11 * 366, 18 * 365 - 60
"Ages in days."

_LETTERS: Final = "CIKMOV"
"No real postcode ends in two of these."


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A practice child as they really are, whatever is said of them."""

    first_name: str = field(repr=False)
    surname: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    sex: str
    address: str = field(repr=False)
    postcode: str = field(repr=False)
    lives_in: str
    "ONS code."
    holder: str | None
    """ONS code of the authority that is responsible for the child; None if none is."""
    statuses: frozenset[str] = frozenset()

    @property
    def belongs_to(self) -> str:
        """ONS code of the authority a notice about them should reach."""
        return self.holder or self.lives_in


@cache
def london() -> tuple[str, ...]:
    """ONS codes of the 33 London authorities."""
    return members("london", ON)


def practice_postcodes() -> "pl.DataFrame":
    """`postcode` (no spaces) and `authority` (ONS code) of every practice postcode: for `postcode_lookup`."""
    import polars as pl

    rows = [
        (f"QX{number}{sector}{a}{b}", gss)
        for number, gss in enumerate(london(), 1)
        for sector in range(1, 7)
        for a in _LETTERS
        for b in _LETTERS
    ]
    return pl.DataFrame(rows, schema={"postcode": pl.String, "authority": pl.String}, orient="row")


def known_children(rng: np.random.Generator, on_indexes: int = ON_INDEXES) -> tuple[Person, ...]:
    """The children on the indexes, by authority, in proportion to its share of London's children."""
    counts = (max(3, round(on_indexes * share)) for share in _shares())
    return tuple(
        person for gss, count in zip(london(), counts, strict=True) for person in _of_authority(rng, gss, count)
    )


def unknown_child(rng: np.random.Generator) -> Person:
    """A child on no index, living anywhere in London."""
    return _person(rng, lives_in=anywhere(rng), holder=None, statuses=frozenset())


def anywhere(rng: np.random.Generator) -> str:
    """An authority drawn with probability proportional to the number of children who live there."""
    return london()[int(rng.choice(33, p=_shares()))]


@cache
def _shares() -> tuple[float, ...]:
    """Each authority's share of London's children, in the order of `london()`."""
    latest = population_0_17().sort("year").unique("authority", keep="last")
    counts = dict(latest.select("authority", "population").iter_rows())
    total = sum(counts[gss] for gss in london())
    return tuple(counts[gss] / total for gss in london())


def index_of(people: Sequence[Person], as_of: datetime) -> tuple[IndexEntry, ...]:
    """The index entries of those who are on an index, as their authorities sent them."""
    return tuple(
        IndexEntry(
            authority=person.holder,
            person_ref=f"SYN{number:06}",
            first_name=person.first_name,
            surname=person.surname,
            date_of_birth=person.date_of_birth,
            sex=person.sex,
            address=person.address,
            postcode=person.postcode,
            statuses=person.statuses,
            responsible_authority=person.holder,
            as_of=as_of,
        )
        for number, person in enumerate(people)
        if person.holder
    )


def drawn_at(day: date = ON) -> datetime:
    """When the indexes were drawn, in the early hours of a given day."""
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def _of_authority(rng: np.random.Generator, gss: str, count: int) -> Iterator[Person]:
    shares = np.array([share for _, share in STANDINGS])
    for which in rng.choice(len(STANDINGS), count, p=shares / shares.sum()):
        statuses = STANDINGS[which][0]
        away = LOOKED_AFTER in statuses and rng.random() < ELSEWHERE
        yield _person(rng, lives_in=anywhere(rng) if away else gss, holder=gss, statuses=statuses)


def _person(rng: np.random.Generator, *, lives_in: str, holder: str | None, statuses: frozenset[str]) -> Person:
    sex = "M" if rng.random() < 0.8 else "F"
    address, postcode = home_in(rng, lives_in)
    return Person(
        first_name=_one(rng, _names()[sex]),
        surname=_one(rng, _names()["surname"]),
        # Most are 15 to 17, none is under 11, and nobody turns 18 within the month.
        date_of_birth=ON - timedelta(days=OLDEST - int(rng.random() ** 2 * (OLDEST - YOUNGEST))),
        sex=sex,
        address=address,
        postcode=postcode,
        lives_in=lives_in,
        holder=holder,
        statuses=statuses,
    )


def home_in(rng: np.random.Generator, gss: str) -> tuple[str, str]:
    """An address and a postcode in an authority; half of the addresses name the authority."""
    street = _one(rng, ("Invented Road", "Example Street", "Practice Lane", "Nowhere Gardens"))
    named = f", {authority(gss).name}" if rng.random() < 0.5 else ""
    number = london().index(gss) + 1
    unit = f"{rng.integers(1, 7)}{_one(rng, _LETTERS)}{_one(rng, _LETTERS)}"
    return f"{rng.integers(1, 200)} {street}{named}", f"QX{number} {unit}"


def another_name(rng: np.random.Generator, person: Person, *, kind: str = "") -> str:
    """A first name (or `kind="surname"`) different from the child's own."""
    return _one(rng, [name for name in _names()[kind or person.sex] if name not in (person.first_name, person.surname)])


@cache
def _names() -> dict[str, tuple[str, ...]]:
    text = (files(__package__) / "tables" / "practice_names.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {kind: tuple(row["name"] for row in rows if row["kind"] == kind) for kind in ("M", "F", "surname")}


def _one(rng: np.random.Generator, of: Sequence[str]) -> str:
    return of[int(rng.integers(len(of)))]
