"""The one point of authorisation: who is nobody, what an action is about, and which organisations a role reaches."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from parentis.errors import DeclarationError
from parentis.web.people import authorisation
from parentis.web.people.models import Organisation, Person
from parentis.web.people.permissions import About, actions

PeopleMaker = Callable[..., Person]
CONFIRM = "people.confirm"
"About an organisation; of its administrators among others."
SEARCH = "audit.search"
"About nothing in particular; of auditors."


@pytest.mark.integration
def test_nobody_holds_a_role_who_is_not_signed_in_or_no_longer_active(person: PeopleMaker) -> None:
    somebody = person("administrator")
    assert [one.role for one in authorisation.memberships(somebody)] == ["administrator"]
    held = somebody.current_memberships
    somebody.is_active = False
    assert authorisation.memberships(somebody) == ()
    assert authorisation.memberships(AnonymousUser()) == ()
    stranger = SimpleNamespace(is_active=True, current_memberships=held)  # says nothing of being signed in
    assert authorisation.memberships(stranger) == ()
    assert not authorisation.holds(stranger, CONFIRM)


@pytest.mark.integration
def test_an_action_about_an_organisation_reaches_its_own_and_the_regions_any(
    person: PeopleMaker, places: dict[str, Organisation]
) -> None:
    assert actions()[CONFIRM].about is About.ORGANISATION
    own, regional = person("administrator"), person("administrator", "region")
    reached = {
        somebody.email: {name for name, one in places.items() if authorisation.may(somebody, CONFIRM, organisation=one)}
        for somebody in (own, regional)
    }
    assert reached == {own.email: {"camden"}, regional.email: set(places)}
    assert authorisation.organisations_for(own, CONFIRM) == [places["camden"]]
    assert set(authorisation.organisations_for(regional, CONFIRM)) == set(places.values())
    assert authorisation.organisations_for(person("analyst"), CONFIRM) == []
    authorisation.require(own, CONFIRM, organisation=places["camden"])
    with pytest.raises(PermissionDenied):
        authorisation.require(own, CONFIRM, organisation=places["croydon"])


@pytest.mark.integration
def test_an_action_about_nothing_is_told_of_nothing(person: PeopleMaker, places: dict[str, Organisation]) -> None:
    assert actions()[SEARCH].about is About.NOTHING
    auditor = person("auditor")
    assert authorisation.may(auditor, SEARCH)
    assert not authorisation.may(person("analyst"), SEARCH)
    for told in ({"authority": "E09000007"}, {"organisation": places["camden"]}):
        with pytest.raises(DeclarationError, match="say which"):
            authorisation.may(auditor, SEARCH, **told)
