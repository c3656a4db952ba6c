"""Clocks: what is due when, on both nights the clocks change too; nights, weekends and the certificate."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.errors import DeclarationError, RefusedError
from parentis.services.custody import (
    ANSWERS,
    Certificate,
    Times,
    certificate,
    duties,
    lawful_answers,
    overnight,
    settings,
    weekend,
)
from parentis.services.custody.duty_settings import settings_table

LONDON = ZoneInfo("Europe/London")
RULES = settings()


def at(text: str) -> datetime:
    """London's clock; `*` marks the second of an hour that comes twice."""
    return datetime.fromisoformat(text.removesuffix("*")).replace(tzinfo=LONDON, fold=int(text.endswith("*")))


TIMES = Times(
    arrival=at("2026-11-02 13:00"), authorised=at("2026-11-02 13:30"), relevant=at("2026-11-02 12:50")
)  # fmt: skip


def _found(times: Times, now: str) -> dict[str, tuple[str, str]]:
    """By name: when due on London's clock, and the state."""
    return {
        one.name: (f"{one.due.astimezone(LONDON):%d %H:%M}", str(one.state))
        for one in duties(times, now=at(now), settings=RULES)
    }


@pytest.mark.spec
def test_two_clocks_from_two_starts() -> None:
    found = _found(TIMES, "2026-11-02 20:00")
    assert found["review 1"] == ("02 19:30", "overdue")  # six hours from authorisation
    assert found["charge or release"] == ("03 12:50", "due")  # a day from the relevant time
    assert found["appropriate adult asked"] == ("02 14:30", "overdue")
    assert found["Merlin report"] == ("03 01:00", "due")
    assert "accommodation asked for" not in found


@pytest.mark.spec
@pytest.mark.parametrize(
    ("reviews", "name", "due", "state"),
    [
        (("2026-11-02 17:00",), "review 1", "02 19:30", "done"),
        (("2026-11-02 17:00",), "review 2", "03 02:00", "due"),  # nine hours from when the first was done
        (("2026-11-02 20:00",), "review 1", "02 19:30", "done late"),
        (("2026-11-02 20:00",), "review 2", "03 05:00", "due"),
        (("2026-11-02 19:00", "2026-11-03 03:00"), "review 3", "03 12:00", "due"),
    ],
)
def test_reviews(reviews: tuple[str, ...], name: str, due: str, state: str) -> None:
    times = replace(TIMES, reviews=tuple(map(at, reviews)))
    assert _found(times, "2026-11-02 21:00")[name] == (due, state)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("authorised", "first", "limit"),
    [
        ("2027-03-27 22:00", "28 05:00", "28 23:00"),  # clocks go forward at one: six real hours, and twenty-four
        ("2026-10-24 22:00", "25 03:00", "25 21:00"),  # clocks go back at two
        ("2026-10-25 01:30", "25 06:30", "26 00:30"),  # the first of two half past ones
        ("2026-10-25 01:30*", "25 07:30", "26 01:30"),  # the second
    ],
)
def test_the_clocks_change(authorised: str, first: str, limit: str) -> None:
    start = at(authorised)
    found = _found(Times(arrival=start, authorised=start), authorised)
    assert found["review 1"][0] == first
    assert found["charge or release"][0] == limit


@pytest.mark.spec
@pytest.mark.parametrize(
    ("reviewed", "released", "now", "state"),
    [
        ("", "", "2026-11-02 19:30:00", "due"),  # the last instant of six hours is in time: PACE, s.40(3)
        ("", "", "2026-11-02 19:30:01", "overdue"),
        ("2026-11-02 19:30:00", "", "2026-11-02 20:00", "done"),
        ("2026-11-02 19:30:01", "", "2026-11-02 20:00", "done late"),
        ("", "2026-11-02 19:30:00", "2026-11-02 20:00", "none"),  # over before it was late
        ("", "2026-11-02 19:30:01", "2026-11-02 20:00", "missed"),
    ],
)
def test_a_review_at_the_last_instant_is_in_time(reviewed: str, released: str, now: str, state: str) -> None:
    reviews = (at(reviewed),) if reviewed else ()
    times = replace(TIMES, reviews=reviews, release=at(released) if released else None)
    assert _found(times, now).get("review 1", ("", "none"))[1] == state


@pytest.mark.spec
def test_accommodation_from_refusal_to_transfer() -> None:
    times = replace(TIMES, charge=at("2026-11-02 18:00"), bail_decision=at("2026-11-02 18:20"))
    assert "accommodation asked for" not in _found(times, "2026-11-02 18:30")
    times = replace(times, bail_refused=True, court=at("2026-11-03 10:00"))
    assert _found(times, "2026-11-02 18:30")["accommodation asked for"] == ("02 19:20", "due")
    assert _found(times, "2026-11-02 18:30")["certificate for the court"] == ("03 10:00", "due")
    times = replace(times, request=at("2026-11-02 19:30"))
    found = _found(times, "2026-11-02 20:00")
    assert found["accommodation asked for"] == ("02 19:20", "done late")
    assert found["authority's answer"] == ("02 20:30", "due")
    times = replace(times, answer=at("2026-11-02 20:10"), accommodated=True)
    assert _found(times, "2026-11-02 20:30")["transfer"] == ("03 00:10", "due")
    times = replace(times, transfer=at("2026-11-02 22:00"))
    found = _found(times, "2026-11-03 12:00")
    assert found["transfer"][1] == "done"
    assert "certificate for the court" not in found


@pytest.mark.spec
def test_what_custody_ended_too_early_for_is_not_there_and_what_it_came_too_late_for_was_missed() -> None:
    early = replace(TIMES, release=at("2026-11-02 14:00"))
    assert set(_found(early, "2026-11-05 12:00")) == {"charge or release", "Merlin report"}
    late = replace(TIMES, release=at("2026-11-02 22:00"))
    assert _found(late, "2026-11-05 12:00")["review 1"] == ("02 19:30", "missed")
    assert _found(late, "2026-11-05 12:00")["Merlin report"][1] == "overdue"


@pytest.mark.unit
def test_times_know_their_zone() -> None:
    with pytest.raises(ValueError, match="charge"):
        Times(arrival=at("2026-11-02 13:00"), charge=datetime(2026, 11, 2, 14))
    with pytest.raises(ValueError, match="reviews"):
        Times(arrival=at("2026-11-02 13:00"), reviews=(datetime(2026, 11, 2, 14),))


@pytest.mark.spec
def test_settings_are_cited_and_may_be_changed() -> None:
    assert (RULES.serious_harm_age, settings({"serious_harm_age": 13}).serious_harm_age) == (12, 13)
    assert RULES.serious_harm_applies(12)
    assert not settings({"serious_harm_age": 13}).serious_harm_applies(12)
    assert all(row["source"] and row["certainty"] for row in settings_table())
    with pytest.raises(DeclarationError):
        settings({"review": 1})


@pytest.mark.spec
def test_a_request_that_is_not_for_secure_has_no_lawful_refusal() -> None:
    assert {one.code for one in lawful_answers(secure=False)} == {"place", "failed"}
    assert {one.code for one in lawful_answers(secure=True)} == {"place", "no-secure-place", "failed"}
    assert [one.label for one in ANSWERS if not one.lawful] == ["Failed to accommodate, s.21"]
    assert [(one.code, one.accommodates, one.lawful) for one in lawful_answers(secure=True)] == [
        ("place", True, True),
        ("no-secure-place", False, True),
        ("failed", False, False),
    ]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("told", "owed"), [({"accommodated": True}, True), ({"accommodated": False}, False), ({}, False)]
)
def test_a_transfer_is_owed_once_a_place_was_offered_and_not_before(told: dict[str, bool], owed: bool) -> None:
    refused = replace(TIMES, bail_refused=True, bail_decision=at("2026-11-02 18:20"), request=at("2026-11-02 19:00"))
    answered = replace(refused, answer=at("2026-11-02 20:00"), **told)
    assert ("transfer" in _found(answered, "2026-11-02 20:30")) is owed
    assert "transfer" not in _found(replace(refused, **told), "2026-11-02 20:30"), "nothing was answered yet"


@pytest.mark.spec
@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-02 23:00", "2026-11-03 04:00", True),
        ("2026-11-02 23:00", "2026-11-03 03:59", False),
        ("2026-11-03 04:00", "2026-11-03 12:00", True),
        ("2026-11-03 04:01", "2026-11-03 12:00", False),
        ("2026-11-03 09:00", "2026-11-03 23:59", False),
        ("2026-11-02 22:00", "2026-11-05 22:00", True),
        # Three hours before midnight and three after eight make no four between.
        ("2026-11-02 05:00", "2026-11-02 08:00", False),
        # Forward, 28 March 2027: 00:00 to 05:00 are four hours; 04:00 to 08:00 too.
        ("2027-03-27 23:00", "2027-03-28 05:00", True),
        ("2027-03-27 23:00", "2027-03-28 04:30", False),
        ("2027-03-28 04:00", "2027-03-28 09:00", True),
        # Back, 25 October 2026: 00:00 to 03:00 are four hours.
        ("2026-10-24 23:00", "2026-10-25 03:00", True),
        ("2026-10-24 23:00", "2026-10-25 02:59", False),
    ],
)
def test_overnight(start: str, end: str, expected: bool) -> None:
    assert overnight(at(start), at(end)) is expected


@pytest.mark.spec
@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-10-31 12:00", "2026-11-02 09:00", True),  # Saturday to Monday
        ("2026-10-30 20:00", "2026-11-02 00:10", True),  # Friday to the Monday's first minutes
        ("2026-11-01 20:01", "2026-11-02 00:00", False),  # not four hours
        ("2026-11-01 20:00", "2026-11-02 00:00", True),
        ("2026-10-31 12:00", "2026-11-01 23:59", False),  # out on the Sunday
        ("2026-11-02 00:00", "2026-11-03 12:00", False),  # in on the Monday
        ("2026-10-31 12:00", "2026-11-03 09:00", True),  # longer still
        ("2026-10-24 12:00", "2026-10-26 09:00", True),  # over the change of clocks
    ],
)
def test_weekend(start: str, end: str, expected: bool) -> None:
    assert weekend(at(start), at(end)) is expected


MINUTE = timedelta(minutes=1)


@pytest.mark.generative
@given(
    st.datetimes(datetime(2026, 10, 20), datetime(2026, 10, 30))
    | st.datetimes(datetime(2027, 3, 24), datetime(2027, 4, 2)),
    st.integers(0, 60 * 40),
)
def test_overnight_two_ways(start: datetime, minutes: int) -> None:
    """Counted minute by minute on London's clock."""
    begin = start.replace(second=0, microsecond=0, tzinfo=UTC)
    run = longest = 0
    for number in range(minutes):
        run = run + 1 if (begin + number * MINUTE).astimezone(LONDON).hour < 8 else 0
        longest = max(longest, run)
    assert overnight(begin, begin + minutes * MINUTE) == (longest >= 240)


@pytest.mark.unit
def test_detentions_go_forwards() -> None:
    with pytest.raises(ValueError, match="ends before"):
        overnight(at("2026-11-02 13:00"), at("2026-11-02 12:00"))
    with pytest.raises(ValueError, match="zone"):
        weekend(datetime(2026, 11, 2), at("2026-11-02 12:00"))


RECORD = Certificate(
    custody_record="SYN/1/26", child="Zebedee Invented", date_of_birth=date(2012, 3, 4), court="Practice Youth Court",
    authority="Camden", bail_refused_at=at("2026-10-25 01:10*"), ground="impracticable", reasons="Floods.",
    requested_at=at("2026-10-25 03:00"), secure=False, answered_at=at("2026-10-25 04:00"),
    answer="Failed to accommodate, s.21", officer="PS 1 Example", signed_at=at("2026-10-25 09:00"),
)  # fmt: skip


@pytest.mark.spec
def test_certificate_says_what_happened() -> None:
    text = certificate(RECORD)
    for words in (
        "SECTION 38(7)",
        "Zebedee Invented, born 4 March 2012",
        "Bail was refused after charge at 01:10 on 25 October 2026.",
        "Camden was asked for accommodation, other than secure, at 03:00 on 25 October 2026.",
        "It answered at 04:00 on 25 October 2026: Failed to accommodate, s.21.",
        "section 38(6)(a)",
        "Reasons: Floods.",
    ):
        assert words in text
    assert "It had not answered" in certificate(replace(RECORD, answered_at=None))
    assert "Camden was not asked" in certificate(replace(RECORD, requested_at=None))


@pytest.mark.spec
def test_certificates_that_cannot_stand() -> None:
    harm = replace(RECORD, ground="serious harm", date_of_birth=date(2014, 10, 25))  # twelve on the day
    assert "38(6)(b)" in certificate(harm)
    for wrong in (
        replace(harm, date_of_birth=date(2014, 10, 26)),
        replace(RECORD, reasons=" "),
        replace(RECORD, ground="inconvenient"),
    ):
        with pytest.raises(RefusedError) as told:
            certificate(wrong)
        assert "Zebedee" not in str(told.value)
    with pytest.raises(RefusedError):
        certificate(harm, rules=settings({"serious_harm_age": 13}))
    assert "Zebedee" not in repr(RECORD)
