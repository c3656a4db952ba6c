"""Keys for looking up a child in custody on the indexes: two records that share a key are compared.

Keys are plain text and identify the child, so the enclave stores them only as keyed hashes. A shared key is not a
match; it only selects the records to compare. Each key is therefore broad: everybody born on that day, everybody at
that postcode, everybody with a similar name whatever their birthday, and everybody who shares one word of a name and
most of a birthday.
"""

from collections.abc import Iterator
from datetime import date
from itertools import product

from parentis.services.custody.comparison import ASSIGNED_DAY, ASSIGNED_YEARS
from parentis.services.custody.name_similarity import Name, both_names, surname
from parentis.services.custody.names import bare_postcode, bones
from parentis.services.custody.persons import IndexEntry, Subject


def keys(person: Subject | IndexEntry) -> tuple[str, ...]:
    """The keys of a child, each prefixed with its kind; empty where too little is known."""
    return tuple(dict.fromkeys(_keys(person)))


def name_and_birth(person: Subject | IndexEntry) -> str | None:
    """One text for every record with the same name and birthday; None where either is missing. A placeholder does not
    count as a name, so two children recorded as Unknown are not treated as one child."""
    named = "|".join(name.plain for name in both_names(person.first_name, person.surname) if name.plain)
    return f"name+birth:{named}:{person.date_of_birth}" if named and person.date_of_birth else None


def _keys(person: Subject | IndexEntry) -> Iterator[str]:
    born = person.date_of_birth
    postcode = bare_postcode(person.postcode)
    first, last = both_names(person.first_name, person.surname)
    if born:
        yield f"birth:{born}"
    if postcode:
        yield f"postcode:{postcode}"
    if first.plain and last.plain:
        for one, other in product(sorted(_heard(first)), sorted(_heard(last))):
            yield f"name:{'|'.join(sorted((one, other)))}"  # sorted, so names in another order share a key
    if born:
        for word in sorted(_words(person, first, last)):
            for known in _mostly(born):
                yield f"word+mostly:{word}:{known}"
            for year in _assigned_years(person, born):
                yield f"word+assigned:{word}:{year}"


def _heard(name: Name) -> set[str]:
    """The forms under which a whole name is looked up: its sound, its consonants, and the name families it belongs
    to."""
    return ({name.sound, name.bones} - {""} or {name.plain}) | {f"#{family}" for family in name.families}


def _words(person: Subject | IndexEntry, first: Name, last: Name) -> set[str]:
    """The consonants of each word of a name, and the name families it belongs to."""
    others = tuple(surname(name) for name in person.other_names) if isinstance(person, IndexEntry) else ()
    names = (first, last, *others)
    found = {bones(word) for name in names for word in name.words} - {""}
    return found | {f"#{family}" for name in names for family in name.families}


def _assigned_years(person: Subject | IndexEntry, born: date) -> Iterator[int]:
    """The year of an entry's assigned birthday; for a child in custody, the years that a matching entry could have."""
    if isinstance(person, Subject):
        yield from range(born.year - ASSIGNED_YEARS, born.year + ASSIGNED_YEARS + 1)
    elif (born.month, born.day) == ASSIGNED_DAY:
        yield born.year


def _mostly(born: date) -> Iterator[str]:
    """Partial forms of a date of birth: one with day and month in ascending order, so that they may be swapped, and
    three with one part left out, so that any one part may be wrong."""
    low, high = sorted((born.month, born.day))
    yield f"{born.year}~{low}~{high}"
    yield f"{born.year}-{born.month}-?"
    yield f"{born.year}-?-{born.day}"
    yield f"?-{born.month}-{born.day}"
