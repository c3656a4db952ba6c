"""Populations as they are declared, and as JSON keeps them."""

import json

import pytest

from parentis.figures.populations import (
    DAYS,
    FEWEST,
    WEEKS,
    Audience,
    Counts,
    NoPeople,
    People,
    Population,
    restored,
    stored,
)

NIGHTS = Population(id="nights", threshold=FEWEST * DAYS, rounding=10 * DAYS, audience=Audience.OWN)


@pytest.mark.spec
def test_six_children_s_nights_and_weeks_of_a_year() -> None:
    assert (FEWEST * DAYS, FEWEST * WEEKS) == (2_190, 312)


@pytest.mark.spec
def test_what_is_not_declared_tells_of_nobody() -> None:
    plain = Counts(of=NIGHTS)
    assert (plain.value, plain.n, plain.days, plain.told, plain.before) == (0, 0, False, False, False)
    assert (plain.where, plain.part) == ("", "")
    assert (Population(id="x").threshold, Population(id="x").rounding) == (6, 10)


@pytest.mark.unit
@pytest.mark.parametrize(
    "people",
    [
        None,
        NoPeople("money of whole services"),
        (Counts(of=NIGHTS, value=1.5, days=True), Counts(of=Population(id="a"), n=1, part="in=yes", before=True)),
    ],
)
def test_what_is_kept_as_json_comes_back(people: People | None) -> None:
    assert restored(json.loads(json.dumps(stored(people)))) == people
