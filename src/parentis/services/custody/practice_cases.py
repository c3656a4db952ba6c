"""Generated details of practice children in custody, clear or ambiguous, and where each notice should go.

Each kind of ambiguity is a function that turns a child and the indexes into a case. The correct answer is known because
the child is generated.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import numpy as np

from parentis.services.custody.persons import LOOKED_AFTER, OPEN_CASE, PROOFS, STATUSES, IndexEntry, Subject
from parentis.services.custody.practice_people import Person, another_name, home_in, london

Rng = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A child in custody as described, with the correct answer. `extra` entries are added to the indexes."""

    kind: str
    subject: Subject = field(repr=False)
    person: Person
    detained_in: str
    truth: str
    "ONS code of the authority the notice should reach."
    extra: tuple[IndexEntry, ...] = field(default=(), repr=False)
    stale: frozenset[str] = frozenset()


CONFIRMED: Final = 0.75
"""Share of children with nothing to hide whose identity somebody else has confirmed by the time of the notice:
invented."""


def said(rng: Rng, person: Person, *, claims: bool = True) -> Subject:
    """What an honest child with nothing to hide says: often which authority knows them, usually where they live."""
    status = next((one for one in STATUSES if one in person.statuses), None)
    tells = claims and person.holder is not None and rng.random() < 0.6
    return Subject(
        first_name=person.first_name,
        surname=person.surname,
        date_of_birth=person.date_of_birth,
        sex=person.sex,
        address=person.address,
        postcode=person.postcode,
        claimed_status=status if tells else None,
        claimed_authority=person.holder if tells else None,
        claimed_residence=person.lives_in if rng.random() < 0.75 else None,
        confirmed_by=_confirmed(person),
    )


def _confirmed(person: Person) -> str | None:
    """Always the same for one child, and not drawn at random, so that the other details of a case do not depend on
    it."""
    by = zlib.crc32(f"{person.first_name} {person.surname} {person.date_of_birth}".encode()) / 2**32
    return PROOFS[int(by / CONFIRMED * len(PROOFS))] if by < CONFIRMED else None


def plain_case(rng: Rng, kind: str, person: Person, detained_in: str) -> Case:
    """What an honest child says, before a kind of ambiguity changes it."""
    return Case(kind=kind, subject=said(rng, person), person=person, detained_in=detained_in, truth=person.belongs_to)


Change = Callable[[Rng, Case], Case]


def changed(change: Callable[[Rng, Subject], Subject]) -> Change:
    """An ambiguity that affects only what is said."""
    return lambda rng, one: replace(one, subject=change(rng, one.subject))


def _plainly(rng: Rng, one: Case) -> Case:
    return one


def slip(rng: Rng, text: str) -> str:
    """The text with one letter wrong, missing, doubled, or changed round with its neighbour."""
    at = int(rng.integers(len(text)))
    letter = "abcdefghijklmnopqrstuvwxyz"[int(rng.integers(26))]
    turned = text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]
    ways = (text[:at] + letter + text[at + 1 :], text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:], turned)
    return ways[int(rng.integers(4))] or text


def _slip_in(*names: str) -> Callable[[Rng, Subject], Subject]:
    def change(rng: Rng, subject: Subject) -> Subject:
        changes: dict[str, Any] = {name: slip(rng, getattr(subject, name)) for name in names}
        return replace(subject, **changes)

    return change


def _swapped_names(rng: Rng, subject: Subject) -> Subject:
    return replace(subject, first_name=subject.surname, surname=subject.first_name)


def _unaccented(rng: Rng, subject: Subject) -> Subject:
    def typed(text: str | None) -> str:
        kept = "".join(letter if letter.isascii() else "?" for letter in text or "")
        return kept.replace("?", "").replace("-", " ").replace("'", "").upper()

    return replace(subject, first_name=typed(subject.first_name), surname=typed(subject.surname))


def _short_name(rng: Rng, subject: Subject) -> Subject:
    return replace(subject, first_name=(subject.first_name or "")[:3])


def _day_and_month(rng: Rng, subject: Subject) -> Subject:
    born = subject.date_of_birth
    if born is None or born.day > 12:
        return _birth_part(rng, subject)
    return replace(subject, date_of_birth=date(born.year, born.day, born.month))


def _birth_part(rng: Rng, subject: Subject) -> Subject:
    born = subject.date_of_birth
    if born is None:
        return subject
    other = born.replace(day=(born.day + int(rng.integers(1, 27))) % 28 + 1)
    return replace(
        subject, date_of_birth=other if rng.random() < 0.5 else born.replace(year=born.year - 1, day=1 + born.day % 28)
    )


def _without(*names: str) -> Callable[[Rng, Subject], Subject]:
    return lambda rng, subject: replace(subject, **dict.fromkeys(names))


def _moved(rng: Rng, one: Case) -> Case:
    """The child lives somewhere other than the address on the index; a child on no index belongs to the new place."""
    lives_in = other_authority(rng, one.person.lives_in)
    address, postcode = home_in(rng, lives_in)
    subject = replace(one.subject, address=address, postcode=postcode, claimed_residence=lives_in)
    return replace(one, subject=subject, truth=one.person.holder or lives_in)


def _no_address(rng: Rng, one: Case) -> Case:
    """The child gives no home address. A child on no index then belongs where they are detained until more is known."""
    subject = replace(one.subject, address=None, postcode=None, claimed_residence=None)
    return replace(one, subject=subject, truth=one.person.holder or one.detained_in)


def _postcode_slip(rng: Rng, subject: Subject) -> Subject:
    district, unit = (subject.postcode or "").split()
    number = int(district[2:]) % 33 + 1
    return replace(subject, postcode=f"QX{number} {unit}")


def no_claims(rng: Rng, subject: Subject) -> Subject:
    return replace(subject, claimed_authority=None, claimed_status=None)


def _married_name(rng: Rng, one: Case) -> Case:
    return replace(one, subject=replace(one.subject, surname=another_name(rng, one.person, kind="surname")))


def _twin(rng: Rng, one: Case) -> Case:
    """The child in custody is a brother or sister of the child on the index, and is on no index."""
    person = replace(one.person, first_name=another_name(rng, one.person), holder=None, statuses=frozenset())
    return replace(one, person=person, subject=said(rng, person), truth=person.lives_in)


def _twin_elsewhere(rng: Rng, one: Case) -> Case:
    """Both siblings are on an index, of different authorities."""
    return replace(one, extra=(other_entry(rng, one.person, first_name=another_name(rng, one.person)),))


def _namesake(rng: Rng, one: Case) -> Case:
    """Another child elsewhere has the same name and birthday; the child in custody is on no index."""
    lives_in = other_authority(rng, one.person.belongs_to)
    address, postcode = home_in(rng, lives_in)
    person = replace(
        one.person, lives_in=lives_in, address=address, postcode=postcode, holder=None, statuses=frozenset()
    )
    return replace(one, person=person, subject=said(rng, person), truth=lives_in)


def _two_addresses(rng: Rng, one: Case) -> Case:
    """Another child with the same name and birthday is on another index and lives elsewhere."""
    address, postcode = home_in(rng, other_authority(rng, one.person.lives_in))
    return replace(one, extra=(other_entry(rng, one.person, address=address, postcode=postcode),))


def _two_authorities(rng: Rng, one: Case) -> Case:
    """The child is on another authority's index as well; a child who was on none is now on one, and belongs there."""
    other = other_entry(rng, one.person)
    return replace(one, extra=(other,), truth=one.person.holder or other.holder)


def _host(rng: Rng, one: Case) -> Case:
    """The authority where the child is placed lists them too, and names the responsible authority."""
    other = other_entry(rng, one.person, responsible_authority=one.person.holder or "")
    return replace(one, extra=(other,) if one.person.holder else ())


def _false_claim(rng: Rng, one: Case) -> Case:
    other = other_authority(rng, one.person.belongs_to)
    return replace(one, subject=replace(one.subject, claimed_status=LOOKED_AFTER, claimed_authority=other))


def _stale(rng: Rng, one: Case) -> Case:
    return replace(one, stale=frozenset({one.truth}))


def _no_home(rng: Rng, one: Case) -> Case:
    """The child is on no index and of no fixed abode."""
    person = replace(one.person, holder=None, statuses=frozenset(), first_name="Invented", surname="Nemo")
    subject = replace(said(rng, person), address="No fixed abode", postcode=None, claimed_residence=None)
    return replace(one, person=person, subject=subject, truth=one.detained_in)


def _silent(rng: Rng, one: Case) -> Case:
    """The child says nothing at all: the table routes the notice to the place of detention."""
    return replace(one, subject=Subject(sex=one.person.sex), truth=one.detained_in)


def other_entry(rng: Rng, person: Person, **changes: Any) -> IndexEntry:
    """The child, or a similar one, on the index of an authority other than their own."""
    sender = other_authority(rng, person.belongs_to)
    fields: dict[str, Any] = {
        "first_name": person.first_name,
        "surname": person.surname,
        "date_of_birth": person.date_of_birth,
        "address": person.address,
        "postcode": person.postcode,
        "responsible_authority": sender,
        **changes,
    }
    return IndexEntry(
        authority=sender,
        person_ref="SYN-OTHER",
        sex=person.sex,
        statuses=frozenset({OPEN_CASE}),
        **fields,
    )


def other_authority(rng: Rng, *than: str) -> str:
    """Any London authority except these."""
    others = [gss for gss in london() if gss not in than]
    return others[int(rng.integers(len(others)))]


SAID_KINDS: Final[Mapping[str, Change]] = {
    "plain": _plainly,
    "no claim": changed(no_claims),
    "slip in first name": changed(_slip_in("first_name")),
    "slip in surname": changed(_slip_in("surname")),
    "slip in both names": changed(_slip_in("first_name", "surname")),
    "names changed round": changed(_swapped_names),
    "without accents and marks": changed(_unaccented),
    "short first name": changed(_short_name),
    "another surname": _married_name,
    "day and month changed round": changed(_day_and_month),
    "one part of birthday wrong": changed(_birth_part),
    "no date of birth": changed(_without("date_of_birth")),
    "first name only": changed(_without("surname")),
    "no address": _no_address,
    "moved": _moved,
    "postcode of another authority": changed(_postcode_slip),
    "twin of a known child": _twin,
    "twins of two authorities": _twin_elsewhere,
    "namesake of a known child": _namesake,
    "one name, two addresses": _two_addresses,
    "two authorities": _two_authorities,
    "on the host's index too": _host,
    "false claim": _false_claim,
    "stale index": _stale,
    "no fixed abode": _no_home,
    "says nothing": _silent,
}
"""Kinds of case, by what is left unclear by honest children and by the people who record what they say. All except the
first two are ambiguous."""
