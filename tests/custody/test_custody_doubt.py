"""Doubt is not no: other spellings and scripts, short names, birthdays that were given, and what is no name at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from parentis.services.custody import Index, IndexEntry, Outcome, Subject, compare, keys, postcode_lookup, route
from parentis.services.custody.name_similarity import AKIN, ALIKE, DIFFERENT, SAME, first_name, level, surname
from parentis.services.custody.names import bones, parts, plain
from parentis.services.custody.practice_people import practice_postcodes

CAMDEN, CROYDON, ISLINGTON = "E09000007", "E09000008", "E09000019"
NOW = datetime(2026, 10, 1, 3, tzinfo=UTC)
POSTCODES = postcode_lookup(practice_postcodes())
BORN = date(2010, 3, 4)
ENTRY = IndexEntry(
    authority=CAMDEN, person_ref="SYN1", first_name="Mohammed", surname="Hussein", date_of_birth=BORN, sex="M",
    address="1 Invented Road", postcode="QX7 1CI", statuses=frozenset({"looked after"}),
)  # fmt: skip
MOVED = Subject(
    first_name="Mohammed", surname="Hussein", date_of_birth=BORN, sex="M", address="3 Example Street, Croydon",
    postcode="QX8 1CI", claimed_residence=CROYDON, confirmed_by="document",
)  # fmt: skip
"Lives in Croydon, far from where Camden's index has him; nobody doubts what he says, and he names no authority."


def _routed(subject: Subject, *entries: IndexEntry, crowded: Callable[[str], bool] | None = None) -> str | None:
    """The authority it reaches, by the index alone; None at the desk."""
    found = route(
        subject, Index(entries).like(subject), detained_in=ISLINGTON, now=NOW, postcodes=POSTCODES, crowded=crowded
    )
    assert (found.outcome is Outcome.DESK) == (found.authority is None)
    return found.authority


PAIRS = (
    ("Мухаммед", "Mohammed"), ("محمد", "Mohammed"), ("Магомед", "Mohammed"), ("Yousef", "Yusuf"), ("Юсуф", "Yusuf"),
    ("Ахмед", "Ahmad"), ("أحمد", "Ahmad"), ("Hosein", "Hussain"), ("Гусейн", "Hussein"), ("حسین", "Hussein"),
    ("Oleksandr", "Alexander"), ("Олександр", "Alexander"), ("Абдуррахман", "Abdulrahman"), ("Ghulam", "Gulam"),
    ("Wojciech", "Vojtech"), ("Зейнаб", "Zainab"), ("Θεόδωρος", "Theodoros"), ("李娜", "Li Na"), ("Xaawo", "Hawa"),
    ("Tsegaye", "Segaye"), ("Ռուբեն", "Ruben"), ("גבריאל", "Gabriel"), ("நிலா", "Nila"), ("ተስፋዬ", "Tesfaye"),
    ("Đặng", "Dang"), ("Nguyễn", "Nguyen"), ("Şükrü", "Shukru"), ("Мыкола", "Mykola"), ("Дзмитри", "Dmitri"),
    ("Bill", "William"), ("Kasia", "Katarzyna"), ("Seun", "Oluwaseun"), ("Abdi", "Abdirahman"),
)  # fmt: skip


@pytest.mark.spec
@pytest.mark.parametrize(("said", "known"), PAIRS)
def test_one_name_in_two_spellings_is_akin_and_never_two_names(said: str, known: str) -> None:
    assert level(first_name(said), first_name(known)) in {SAME, ALIKE, AKIN}
    assert level(first_name(known), first_name(said)) in {SAME, ALIKE, AKIN}


@pytest.mark.spec
@pytest.mark.parametrize(
    ("one", "other"),
    [("Daniel", "Connor"), ("Ali", "Omar"), ("Fatima", "Blessing"), ("Мухаммед", "Ivan"), ("محمد", "Tyler"),
     ("Patel", "Okafor"), ("Smith", "Campbell"), ("Nguyen", "Brown")],
)  # fmt: skip
def test_two_names_are_two(one: str, other: str) -> None:
    assert level(surname(one), surname(other)) == DIFFERENT


@pytest.mark.spec
def test_names_of_every_script_are_compared_in_one() -> None:
    assert plain("Мухаммед") == "mukhammed"
    assert parts("Ağaoğlu-Şahin") == ("agaoglu", "sahin")
    assert bones("Мухаммед") == bones("محمد") == bones("Mohammed") == "5h53"
    assert bones("Akhmed") == bones("Ahmad") != bones("Mohammed")


@pytest.mark.spec
@pytest.mark.parametrize(
    "change",
    [
        {"first_name": "Мухаммед", "surname": "Гусейн"},
        {"first_name": "محمد", "surname": "حسین"},
        {"first_name": "Magomed", "surname": "Gusein"},
        {"first_name": "Mo", "surname": "Hussein"},
        {"first_name": "Mehmet"},
        {"first_name": "Invented"},  # another first name: a twin, or an alias
        {"surname": "Patel"},
        {"date_of_birth": date(2011, 9, 23)},  # all three parts wrong
        {"date_of_birth": date(2010, 9, 23)},
        {"date_of_birth": date(2010, 1, 1)},
        {"first_name": "Hussein", "surname": "Magomed"},
        {"first_name": "Invented", "surname": "Patel", "date_of_birth": date(2010, 3, 5), "postcode": "QX7 1CI",
         "address": "1 Invented Road", "claimed_residence": None},
        {"first_name": "Invented", "surname": "Patel", "date_of_birth": date(2011, 9, 23), "postcode": "QX7 1CI",
         "address": "1 Invented Road", "claimed_residence": CAMDEN},
    ],
)  # fmt: skip
def test_a_child_who_moved_and_whose_identity_is_confirmed_is_still_doubted(change: dict[str, object]) -> None:
    subject = replace(MOVED, **change)  # type: ignore[arg-type]
    assert set(keys(subject)) & set(keys(ENTRY))
    assert _routed(subject, ENTRY) is None


@pytest.mark.spec
def test_without_anybody_alike_a_confirmed_child_goes_where_they_live() -> None:
    other = replace(ENTRY, first_name="Tyler", surname="Brown", date_of_birth=date(2012, 7, 7))
    assert _routed(MOVED, other) == CROYDON


@pytest.mark.spec
def test_an_alias_shares_nothing_and_goes_to_a_person_for_nobody_confirmed_it() -> None:
    alias = replace(MOVED, first_name="Tyler", surname="Brown", date_of_birth=date(2012, 7, 7), confirmed_by=None)
    assert _routed(alias, ENTRY) is None


@pytest.mark.spec
@pytest.mark.parametrize(
    ("first", "last"),
    [("Unknown", "Unknown"), ("Baby", "Hussein"), ("Mohammed", "Not Known"), ("N/A", "Hussein"), ("Joe", "Bloggs"),
     ("REFUSED", "refused"), ("Baby boy", "Hussein"), ("-", "Hussein"), ("X", "X")],
)  # fmt: skip
def test_what_stands_in_place_of_a_name_is_never_sure(first: str, last: str) -> None:
    """On both sides, at one address, on one birthday, of one authority that both name."""
    entry = replace(ENTRY, first_name=first, surname=last)
    subject = Subject(
        first_name=first, surname=last, date_of_birth=BORN, sex="M", address=ENTRY.address, postcode=ENTRY.postcode,
        claimed_authority=CAMDEN, claimed_status="looked after",
    )  # fmt: skip
    assert compare(subject, entry).grade != "sure"
    assert _routed(subject, entry) is None


@pytest.mark.spec
@pytest.mark.parametrize("claimed", [None, CAMDEN])
def test_a_birthday_on_1_january_is_never_sure(claimed: str | None) -> None:
    born = date(2010, 1, 1)
    subject = Subject(
        first_name="Ahmad", surname="Ahmadi", date_of_birth=born, sex="M", postcode="CR0 1AA",
        claimed_authority=claimed, confirmed_by="document",
    )  # fmt: skip
    entry = replace(ENTRY, first_name="Ahmad", surname="Ahmadi", date_of_birth=born, postcode="CR0 1AA", address=None)
    assert _routed(subject, entry) is None
    assert _routed(replace(subject, date_of_birth=BORN), replace(entry, date_of_birth=BORN)) == CAMDEN


@pytest.mark.spec
def test_where_many_are_said_to_live_the_address_is_no_second_factor() -> None:
    here = replace(MOVED, postcode="QX7 1CI", address="1 Invented Road", claimed_residence=None)
    assert _routed(here, ENTRY) == CAMDEN
    assert _routed(here, ENTRY, crowded=lambda postcode: postcode == "QX71CI") is None
    others = [
        replace(ENTRY, person_ref=f"SYN{name}", first_name=name, surname=name, date_of_birth=date(2012, 1, 2))
        for name in ("Brown", "Okafor", "Patel", "Nowak")
    ]
    assert _routed(here, ENTRY, *others[:3]) == CAMDEN
    assert _routed(here, ENTRY, *others) is None, "five families at one postcode are a hostel"
    named = replace(here, claimed_authority=CAMDEN)
    assert _routed(named, ENTRY, crowded=lambda postcode: True) == CAMDEN


@pytest.mark.spec
def test_whose_child_it_is_another_index_cannot_say_alone() -> None:
    """Croydon's index has the child at that address, and names Camden; Camden's own knows nobody of that name."""
    here = replace(MOVED, postcode="QX7 1CI", address="1 Invented Road", claimed_residence=None)
    named = replace(ENTRY, authority=CROYDON, responsible_authority=CAMDEN)
    assert _routed(here, named) is None
    assert _routed(here, named, replace(ENTRY, first_name="Tyler", surname="Brown")) is None
    assert _routed(here, named, replace(ENTRY, postcode="QX9 1CI")) == CAMDEN
    assert _routed(here, named, ENTRY) == CAMDEN
