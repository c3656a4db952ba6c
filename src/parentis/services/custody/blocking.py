"""Keys by which a child in custody is looked up on the indexes: two records that share one are compared.

They are plain text and name the child: the enclave keeps them only as keyed hashes. A key is no match; it says
only who is worth comparing, so the weaker ones reach wide: a day and month changed round, one part of a date of birth
wrong, first name and surname changed round, a date of birth that nobody knows.
"""

from collections.abc import Iterator
from datetime import date

from parentis.services.custody.names import bare_postcode, parts, plain, sound
from parentis.services.custody.persons import IndexEntry, Subject


def keys(person: Subject | IndexEntry) -> tuple[str, ...]:
    """The keys of a child, strongest first, each beginning with its kind; none where too little is known."""
    return tuple(dict.fromkeys(_keys(person)))


def _keys(person: Subject | IndexEntry) -> Iterator[str]:
    born = person.date_of_birth
    postcode = bare_postcode(person.postcode)
    first, last = plain(person.first_name), plain(person.surname)
    named = "|".join(filter(None, (first, last)))
    # Sorted, so that names in the wrong order share a key.
    heard = "|".join(sorted(filter(None, (sound(person.first_name), sound(person.surname)))))
    if named and born and postcode:
        yield f"name+birth+postcode:{named}:{born}:{postcode}"
        yield f"sound+birth+postcode:{heard}:{born}:{postcode}"
    if named and born:
        yield f"name+birth:{named}:{born}"
        yield f"sound+birth:{heard}:{born}"
        for known in _mostly(born):
            yield f"sound+mostly:{heard}:{known}"
        for word in sorted({*parts(person.first_name), *parts(person.surname), *_others(person)}):
            yield f"word+birth:{sound(word)}:{born}"
    if born and postcode:
        yield f"birth+postcode:{born}:{postcode}"
        for known in _mostly(born):
            yield f"mostly+postcode:{known}:{postcode}"
    if heard and postcode:
        yield f"sound+postcode:{heard}:{postcode}"
    if heard and (born is None or isinstance(person, IndexEntry)):
        # Only for those whose date of birth one side lacks: a common name alone would call up many.
        yield f"sound:{heard}"


def _mostly(born: date) -> Iterator[str]:
    """A date of birth with one part left out, and with day and month in order of size, so that either may be wrong."""
    low, high = sorted((born.month, born.day))
    yield f"{born.year}~{low}~{high}"
    yield f"{born.year}-{born.month}-?"
    yield f"{born.year}-?-{born.day}"
    yield f"?-{born.month}-{born.day}"


def _others(person: Subject | IndexEntry) -> Iterator[str]:
    if isinstance(person, IndexEntry):
        for name in person.other_names:
            yield from parts(name)
