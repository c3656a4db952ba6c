"""Practice children who are on an index but hard to find there: another name, another birthday, another script, another
home, and no authority named.

Each case gives a home address that is as plausible as possible, so that only doubt about the child's identity prevents
a notice to the authority of that address. Nobody confirms a false detail; a different spelling may well be confirmed.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from parentis.services.custody.persons import OPEN_CASE, IndexEntry, Subject
from parentis.services.custody.practice_cases import (
    Case,
    Change,
    Rng,
    changed,
    no_claims,
    other_authority,
    other_entry,
    said,
)
from parentis.services.custody.practice_people import Person, another_name, home_in, unknown_child
from parentis.services.custody.practice_spellings import in_arabic, in_cyrillic, other_spelling, short_form

RECEPTION: Final = ("Reception centre", "QX8 6VV")
"""A postcode that many unrelated children give as home."""


def _moved(rng: Rng, one: Case) -> Case:
    """The child lives, and says that they live, outside both their authority and the home on the index."""
    lives_in = other_authority(rng, one.person.belongs_to, one.person.lives_in)
    address, postcode = home_in(rng, lives_in)
    subject = replace(one.subject, address=address, postcode=postcode, claimed_residence=lives_in)
    return replace(one, subject=subject)


def _at_home(rng: Rng, one: Case) -> Case:
    return replace(one, subject=replace(one.subject, claimed_residence=one.person.lives_in))


def _unconfirmed(rng: Rng, subject: Subject) -> Subject:
    """No authority is named, and nobody confirms a false detail."""
    return replace(no_claims(rng, subject), confirmed_by=None)


def _alias(rng: Rng, one: Case) -> Case:
    first, last = another_name(rng, one.person), another_name(rng, one.person, kind="surname")
    return replace(one, subject=replace(one.subject, first_name=first, surname=last))


def _birth(rng: Rng, subject: Subject) -> Subject:
    """Two or three parts of the birthday are wrong."""
    born = subject.date_of_birth or date(2010, 6, 15)
    month, day = (born.month + int(rng.integers(1, 11)) - 1) % 12 + 1, (born.day + int(rng.integers(1, 27))) % 28 + 1
    year = born.year - (1 if rng.random() < 0.5 and born.year > 2009 else 0)
    return replace(subject, date_of_birth=date(year, month, day))


def _named(spelled: Callable[[Rng, str], str]) -> Callable[[Rng, Subject], Subject]:
    def change(rng: Rng, subject: Subject) -> Subject:
        first, last = spelled(rng, subject.first_name or ""), spelled(rng, subject.surname or "")
        return replace(subject, first_name=first, surname=last)

    return change


def _nickname(rng: Rng, subject: Subject) -> Subject:
    return replace(subject, first_name=short_form(subject.first_name or ""))


def _first_of_january(rng: Rng, subject: Subject) -> Subject:
    """A document says 1 January because the day is not known; the index has a specific day."""
    born = subject.date_of_birth or date(2010, 6, 15)
    return replace(subject, date_of_birth=born.replace(month=1, day=1), confirmed_by="document")


def _indexed_as_of_january(rng: Rng, one: Case) -> Case:
    """The index says 1 January because the day is not known; the child knows it, and spells the name differently."""
    person = replace(unknown_child(rng), holder=one.person.belongs_to, statuses=frozenset({OPEN_CASE}))
    born = person.date_of_birth.replace(month=1, day=1)
    own = person.belongs_to
    entry = replace(other_entry(rng, person, date_of_birth=born, responsible_authority=own), authority=own)
    return replace(one, person=person, subject=said(rng, person), truth=person.belongs_to, extra=(entry,))


def _documented_birth(rng: Rng, subject: Subject) -> Subject:
    """A document and the index give different birthdays."""
    return replace(_birth(rng, subject), confirmed_by="document")


def _stranger_as(first_name: str, surname: str) -> Change:
    """Another child of the same name and given birthday at the same reception centre, who is on no index."""

    def change(rng: Rng, one: Case) -> Case:
        address, postcode = RECEPTION
        born = date(2010, 1, 1)
        entry = other_entry(
            rng, one.person, first_name=first_name, surname=surname, date_of_birth=born, address=address,
            postcode=postcode,
        )  # fmt: skip
        stranger = replace(
            unknown_child(rng), first_name=first_name, surname=surname, date_of_birth=born, sex=one.person.sex,
            address=address, postcode=postcode,
        )  # fmt: skip
        return replace(one, person=stranger, subject=said(rng, stranger), truth=stranger.lives_in, extra=(entry,))

    return change


def _only_anothers_word(rng: Rng, one: Case) -> Case:
    """A borough's index names another authority as responsible, but that authority's own index does not list the
    child."""
    person: Person = unknown_child(rng)
    entry: IndexEntry = other_entry(rng, person)
    entry = replace(entry, responsible_authority=other_authority(rng, entry.authority, person.lives_in))
    return replace(
        one, person=person, subject=no_claims(rng, said(rng, person)), truth=entry.authority, extra=(entry,)
    )  # fmt: skip


def _hard(*changes: Change) -> Change:
    """These changes in order, for a child who names no authority."""

    def change(rng: Rng, one: Case) -> Case:
        for each in (changed(no_claims), *changes):
            one = each(rng, one)
        return one

    return change


_UNCONFIRMED, _BIRTH = changed(_unconfirmed), changed(_birth)
_SPELLED = changed(_named(other_spelling))
_CYRILLIC = changed(_named(lambda rng, name: in_cyrillic(name)))
_ARABIC = changed(_named(lambda rng, name: in_arabic(name)))

HARD_KINDS: Final[Mapping[str, Change]] = {
    "alias": _hard(_at_home, _alias, _UNCONFIRMED),
    "alias, moved": _hard(_moved, _alias, _UNCONFIRMED),
    "alias and another birthday": _hard(_at_home, _alias, _BIRTH, _UNCONFIRMED),
    "alias and another birthday, moved": _hard(_moved, _alias, _BIRTH, _UNCONFIRMED),
    "another birthday, moved": _hard(_moved, _BIRTH, _UNCONFIRMED),
    "document has another birthday, moved": _hard(_moved, changed(_documented_birth)),
    "document has 1 January, moved": _hard(_moved, changed(_first_of_january)),
    "nickname, moved": _hard(_moved, changed(_nickname)),
    "another spelling": _hard(_at_home, _SPELLED),
    "another spelling, moved": _hard(_moved, _SPELLED),
    "another spelling, document has 1 January, moved": _hard(_moved, _SPELLED, changed(_first_of_january)),
    "another spelling, index has 1 January, moved": _hard(_indexed_as_of_january, _moved, changed(no_claims), _SPELLED),
    "in Cyrillic": _hard(_at_home, _CYRILLIC),
    "in Cyrillic, moved": _hard(_moved, _CYRILLIC),
    "in Arabic, moved": _hard(_moved, _ARABIC),
    "Unknown Unknown at a reception centre": _stranger_as("Unknown", "Unknown"),
    "1 January at a reception centre": _stranger_as("Ahmad", "Ahmadi"),
    "only another's word": _only_anothers_word,
}
"""Kinds of case about children on an index, except for the last three. Any notice that reaches an authority without
confirmation from the index that lists the child counts as sent wrongly."""
