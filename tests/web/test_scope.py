"""How far a role reaches: the authorities of its organisation, and no other."""

from collections.abc import Callable

import pytest

from parentis.web.people.authorisation import authorities_for, may
from parentis.web.people.models import Organisation, Person

CAMDEN, CROYDON, LEEDS = "E09000007", "E09000008", "E08000035"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("role", "place", "action", "reached"),
    [
        ("routing-desk", "region", "custody.desk", {CAMDEN, CROYDON}),
        ("analyst", "camden", "submissions.hand-in", {CAMDEN}),
    ],
)
def test_a_role_reaches_the_authorities_of_its_organisation_alone(
    person: Callable[..., Person],
    places: dict[str, Organisation],
    role: str,
    place: str,
    action: str,
    reached: set[str],
) -> None:
    somebody = person(role, place)
    assert {one for one in (CAMDEN, CROYDON, LEEDS) if may(somebody, action, authority=one)} == reached
    assert authorities_for(somebody, action) & {CAMDEN, CROYDON, LEEDS} == reached
