"""Names, keys and the scored comparison: known answers, and properties on generated names."""

from dataclasses import replace
from datetime import UTC, date, datetime
from math import isclose, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.services.custody import Grade, IndexEntry, Subject, compare, keys
from parentis.services.custody.comparison import LEVELS, certainty, weights
from parentis.services.custody.name_similarity import both_names
from parentis.services.custody.names import bare_address, bare_postcode, one_slip_apart, parts, plain, sound

BORN = date(2010, 3, 4)
ENTRY = IndexEntry(
    authority="E09000007", person_ref="SYN1", first_name="Zoë", surname="O’Neill-Khan", date_of_birth=BORN, sex="F",
    address="1 Nowhere Road", postcode="QX7 1CI", statuses=frozenset({"open case"}),
    as_of=datetime(2026, 11, 2, tzinfo=UTC),
)  # fmt: skip
SUBJECT = Subject(first_name="zoe", surname="ONEILL KHAN", date_of_birth=BORN, sex="female", postcode="qx71ci")

letters = st.text("abcdefghijklmnopqrstuvwxyzéłøß", min_size=1, max_size=12)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("text", "expected"),
    [("Siân O’Néill-Łoś", "sianoneilllos"), ("Yıldız", "yildiz"), ("d'Ørsted", "dorsted"), (None, ""), ("--", "")],
)
def test_plain(text: str | None, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.spec
@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Mohammed", "Muhamad", True),
        ("Catherine", "Kathryn", True),
        ("Stephen", "Steven", True),
        ("Ayesha", "Aisha", True),
        ("Shaun", "Sean", True),
        ("Daniel", "Connor", False),
        ("Ali", "Omar", False),
    ],
)
def test_sound(one: str, other: str, alike: bool) -> None:
    assert (sound(one) == sound(other)) is alike


@pytest.mark.spec
@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("amina", "amina", True), ("amina", "amna", True), ("amina", "animo", False), ("smith", "smiht", True),
        ("smith", "smyth", True), ("smith", "smythe", False), ("abcd", "badc", False), ("", "a", True),
        ("", "ab", False),
    ],
)  # fmt: skip
def test_one_slip(one: str, other: str, near: bool) -> None:
    assert one_slip_apart(one, other) is near
    assert one_slip_apart(other, one) is near


def _slips(text: str) -> set[str]:
    """Every text one slip away, by making them: the plain reference."""
    made = {text}
    for at in range(len(text) + 1):
        made |= {text[:at] + letter + text[at:] for letter in "abc"}
        if at < len(text):
            made |= {text[:at] + text[at + 1 :]} | {text[:at] + letter + text[at + 1 :] for letter in "abc"}
        if at + 1 < len(text):
            made |= {text[:at] + text[at + 1] + text[at] + text[at + 2 :]}
    return made


@pytest.mark.generative
@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_one_slip_two_ways(one: str, other: str) -> None:
    assert one_slip_apart(one, other) == (other in _slips(one))


@pytest.mark.spec
def test_bare_forms() -> None:
    assert bare_postcode(" sw1a 1aa") == "SW1A1AA"
    assert bare_postcode("nowhere") == ""
    assert bare_address("Flat 2, 14 High Rd.") == "flat 2 14 high rd"
    assert bare_address("Hostel") == ""
    assert parts("Mary-Jane d'Arc") == ("mary", "jane", "darc")


@pytest.mark.spec
def test_keys_are_by_birthday_by_place_and_by_name() -> None:
    found = keys(SUBJECT)
    assert {"birth:2010-03-04", "postcode:QX71CI", "name:2|54h5"} <= set(found)
    assert any(key.startswith("name:") for key in keys(ENTRY))
    assert "name:2|54h5" in keys(replace(SUBJECT, date_of_birth=None))
    assert keys(Subject()) == ()
    assert not any(key.startswith(("name:", "word")) for key in keys(Subject(first_name="Unknown", surname="Unknown",
                                                                             date_of_birth=BORN)))  # fmt: skip


@pytest.mark.spec
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"first_name": "Zoey", "postcode": None},
        {"surname": "Smith", "postcode": None},
        {"first_name": "ONeill Khan", "surname": "Zoe", "postcode": None},
        {"date_of_birth": date(2010, 4, 3), "postcode": None},
        {"date_of_birth": date(2010, 3, 28), "postcode": None},
        {"date_of_birth": date(2009, 3, 4), "postcode": None},
        {"date_of_birth": None, "postcode": None},
        {"date_of_birth": None},
        {"first_name": None, "postcode": None},
        {"surname": "Khan", "postcode": None},
        {"first_name": "Twin"},
    ],
)
def test_an_ambiguous_child_is_still_looked_up(change: dict[str, object]) -> None:
    assert set(keys(replace(SUBJECT, **change))) & set(keys(ENTRY))


@pytest.mark.spec
@pytest.mark.parametrize(
    ("change", "levels", "grade"),
    [
        (
            {},
            {"first_name": "same", "surname": "same", "date_of_birth": "same", "sex": "same", "place": "same"},
            "sure",
        ),
        ({"surname": "Oneil Kahn"}, {"surname": "alike"}, "sure"),
        ({"first_name": "ONeill Khan", "surname": "Zoe"}, {"first_name": "crossed"}, "sure"),
        ({"postcode": None}, {"place": "missing"}, "doubt"),
        ({"postcode": "QX8 1CI"}, {"place": "different"}, "doubt"),
        ({"postcode": "QX8 1CI", "claimed_authority": "E09000007"}, {"claim": "agrees"}, "sure"),
        ({"claimed_authority": "E09000008"}, {"claim": "differs"}, "doubt"),
        ({"first_name": "Zoey"}, {"first_name": "alike"}, "doubt"),
        ({"first_name": "Zoey", "claimed_authority": "E09000007"}, {"first_name": "alike"}, "sure"),
        ({"first_name": "Rhys"}, {"first_name": "different"}, "doubt"),
        ({"sex": "M"}, {"sex": "different"}, "doubt"),
        ({"date_of_birth": date(2010, 4, 3)}, {"date_of_birth": "swapped"}, "doubt"),
        ({"date_of_birth": date(2011, 3, 4)}, {"date_of_birth": "near"}, "doubt"),
        ({"date_of_birth": None}, {"date_of_birth": "missing"}, "doubt"),
        ({"date_of_birth": date(2011, 8, 9)}, {"date_of_birth": "different"}, "doubt"),
        ({"date_of_birth": date(2011, 8, 9), "postcode": "QX8 1CI"}, {"date_of_birth": "different"}, "faint"),
        ({"date_of_birth": date(2011, 8, 9), "first_name": "Rhys", "postcode": "QX8 1CI"}, {}, "no"),
        ({"date_of_birth": date(2010, 1, 1)}, {"date_of_birth": "assigned"}, "doubt"),
        ({"address": "1, Nowhere Rd"}, {"place": "house"}, "sure"),
        (
            {
                "first_name": "Rhys",
                "surname": "Patel",
                "date_of_birth": date(2011, 8, 9),
                "address": "Flat 2, 1 Nowhere Rd",
            },
            {"place": "house"},
            "doubt",
        ),
        ({"first_name": "Rhys", "postcode": "QX8 1CI"}, {"first_name": "different"}, "faint"),
        ({"surname": "Patel", "postcode": "QX8 1CI"}, {"surname": "different"}, "faint"),
        ({"first_name": "Rhys", "surname": "Patel", "postcode": "QX8 1CI"}, {}, "no"),
    ],
)
def test_compare(change: dict[str, object], levels: dict[str, str], grade: str) -> None:
    found = compare(replace(SUBJECT, **change), ENTRY)
    assert {field: found.agreements[field] for field in levels} == levels
    assert found.grade == grade


@pytest.mark.unit
def test_score_is_the_sum_of_weights() -> None:
    found = compare(SUBJECT, ENTRY)
    told = [0.84 / 0.005, 0.85 / 0.004, 0.90 / 0.0003, 0.97 / 0.70, 0.10 / 0.0001, 0.45 / 0.70]
    assert isclose(found.score, sum(map(log2, told)), abs_tol=0.01)


@pytest.mark.unit
@pytest.mark.parametrize("field", LEVELS)
def test_m_and_u_are_chances(field: str) -> None:
    own = [weights()[field, level] for level in LEVELS[field]]
    assert isclose(sum(one.m for one in own), 1)
    assert isclose(sum(one.u for one in own), 1)


@pytest.mark.unit
def test_to_be_sure_takes_two_factors() -> None:
    """Every sure row wants the birthday, and a place or a claim beside the name; none allows a contradiction."""
    for conditions, grade in certainty():
        if grade is Grade.SURE:
            assert conditions["date_of_birth"] == {"same"}
            assert conditions["place"] == {"house", "same"} or conditions["claim"] == {"agrees"}
            assert "differs" not in conditions["claim"]
            names = conditions["first_name"] | conditions["surname"]
            assert not names & {"akin", "crossed alike", "different", "missing"}
            assert "different" not in conditions["sex"]


@pytest.mark.generative
@given(letters, letters, st.dates(date(2009, 1, 1), date(2015, 12, 28)))
def test_a_child_meets_its_own_entry(first: str, last: str, born: date) -> None:
    entry = replace(ENTRY, first_name=first, surname=last, date_of_birth=born, postcode="QX7 1CI")
    subject = Subject(first_name=first.upper(), surname=f" {last}-", date_of_birth=born, postcode="QX7 1CI")
    assert set(keys(subject)) & set(keys(entry))
    # A day that is put down where nobody knows it, and what is no name (`x`), are never sure.
    given = (born.month, born.day) == (1, 1) or not all(one.plain for one in both_names(first, last))
    assert compare(subject, entry).grade is (Grade.DOUBT if given else Grade.SURE)


@pytest.mark.unit
def test_nothing_personal_in_representations() -> None:
    for text in (repr(SUBJECT), repr(ENTRY)):
        assert not any(value in text for value in ("zoe", "Zoë", "Khan", "2010", "QX7", "Nowhere"))
