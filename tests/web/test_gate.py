"""Every URL as every role, against the permission data: the walk that makes a page without an entry impossible."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from samples import samples

from parentis.errors import DeclarationError
from parentis.web.people import authorisation, permissions
from parentis.web.people.gate import Gate
from parentis.web.people.models import Organisation, Person
from parentis.web.people.permissions import About, Open, actions, routes
from parentis.web.people.roles import ROLES, Kind

HOLDERS = [(role.id, kind) for role in ROLES for kind in sorted(role.kinds)]
"Every role in every kind of organisation; those of an authority are Camden's."
REACHES_CAMDEN = {Kind.AUTHORITY, Kind.REGION, Kind.POLICE}
REACHES_CROYDON = {Kind.REGION}
GSS = {"camden": "E09000007", "croydon": "E09000008"}


def every_url(resolver: Any = None, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """The view name of every URL there is."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from every_url(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
        elif isinstance(pattern, URLPattern):
            yield ":".join((*spaces, pattern.name or ""))


def passes(person: Any, path: str) -> bool:
    """Whether the gate lets `person` through to the view behind `path`."""
    request = RequestFactory().get(path)
    request.user = person
    match = request.resolver_match = resolve(path)
    try:
        answer = Gate(lambda _: None).process_view(request, match.func, match.args, match.kwargs)
    except (PermissionDenied, Http404):
        return False
    return answer is None


@pytest.mark.unit
def test_every_url_has_an_entry_and_every_entry_a_url() -> None:
    names = set(every_url())
    assert names - set(routes()) == set(), "URLs without an entry in the permission data"
    assert set(routes()) - names == set(), "entries of URLs that are not there"


@pytest.mark.unit
def test_the_gate_stands_before_every_view_and_after_what_it_needs() -> None:
    assert settings.MIDDLEWARE[-1] == "parentis.web.people.gate.Gate"
    assert settings.MIDDLEWARE.index("parentis.web.people.sessions.SessionLimits") > settings.MIDDLEWARE.index(
        "django.contrib.auth.middleware.AuthenticationMiddleware"
    )


@pytest.mark.integration
@pytest.mark.parametrize("place", ["camden", "croydon"])
def test_every_url_as_every_role_for_own_and_other_authority(
    place: str, places: dict[str, Organisation], person: Callable[..., Person]
) -> None:
    """Camden's people, and everybody else, at the pages of Camden and at those of Croydon."""
    reached = REACHES_CAMDEN if place == "camden" else REACHES_CROYDON
    paths = samples(places, place)
    people = {(role, kind): person(role, "camden" if kind is Kind.AUTHORITY else kind.value) for role, kind in HOLDERS}
    wrong = []
    for name, route in routes().items():
        assert name in paths, f"tests/web/samples.py has no sample of {name}"
        for (role, kind), someone in people.items():
            if isinstance(route.action, Open):
                expected = route.action is not Open.CLOSED
            else:
                action = actions()[route.action]
                in_reach = not route.place or {
                    About.NOTHING: True,
                    About.AUTHORITY: kind in reached,
                    About.ORGANISATION: kind is Kind.REGION or (kind is Kind.AUTHORITY and place == "camden"),
                }[action.about]  # fmt: skip
                expected = (kind, role) in action.to and in_reach
            if passes(someone, paths[name]) is not expected:
                wrong.append(f"{role} of {kind} {'refused' if expected else 'let through'} at {name} of {place}")
    assert wrong == []


@pytest.mark.integration
def test_nobody_signed_in_gets_no_further_than_the_public_pages(places: dict[str, Organisation]) -> None:
    client, paths = Client(), samples(places, "camden")
    for name, route in routes().items():
        response = client.get(paths[name])
        if route.action is Open.PUBLIC:
            assert "/account/login/?next=" not in response.headers.get("Location", ""), name
        elif route.action is Open.CLOSED:
            assert response.status_code == 404, name
        else:
            assert response.status_code in {302, 401}, name
            assert response.status_code == 401 or response["Location"].startswith("/account/login/?next="), name


@pytest.mark.integration
def test_somebody_without_any_role_sees_only_their_own_pages(places: dict[str, Organisation]) -> None:
    nobody = Person.objects.create(email="nobody@nowhere.test", name="Nobody")
    for name, path in samples(places, "camden").items():
        if name in routes():
            assert passes(nobody, path) is (routes()[name].action in {Open.PUBLIC, Open.SIGNED_IN}), name


@pytest.mark.integration
def test_a_url_without_an_entry_opens_to_nobody(person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch) -> None:
    some = {name: route for name, route in routes().items() if name != "home"}
    monkeypatch.setattr("parentis.web.people.gate.routes", lambda: some)
    with pytest.raises(DeclarationError, match="'home' has no entry"):
        passes(person("administrator", "region"), "/")


@pytest.mark.integration
def test_codes_come_first_where_they_are_required(
    client_of: Callable[..., Client], places: dict[str, Organisation], settings: Any
) -> None:
    settings.CODES_REQUIRED = True
    client, paths = client_of("administrator"), samples(places, "camden")
    for name, route in routes().items():
        if name.startswith("api:"):
            continue  # takes no session at all: test_api.py
        response = client.get(paths[name]) if route.action is not Open.PUBLIC and not route.before_codes else None
        if response is not None and route.action is not Open.CLOSED:
            assert response.headers.get("Location") == reverse("mfa_activate_totp"), name


@pytest.mark.unit
def test_an_action_about_an_authority_must_be_told_which(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    about_one = replace(actions()["audit.search"], id="x.read", about=About.AUTHORITY)
    monkeypatch.setattr(authorisation, "actions", lambda: {"x.read": about_one})
    with pytest.raises(DeclarationError, match="say which"):
        authorisation.may(AnonymousUser(), "x.read")
    assert not authorisation.may(AnonymousUser(), "x.read", authority=GSS["camden"])


@pytest.mark.integration
def test_reach_is_the_authorities_of_the_organisation(
    person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    everyone = replace(
        actions()["audit.search"], id="x.read", about=About.AUTHORITY, to=permissions.everyone()
    )  # fmt: skip
    monkeypatch.setattr(authorisation, "actions", lambda: {"x.read": everyone})
    for role, place, expected in (
        ("analyst", "camden", {GSS["camden"]}),
        ("custody-officer", "police", {"E09000007", "E09000019"}),
        ("administrator", "provider", set()),
    ):
        assert authorisation.authorities_for(person(role, place), "x.read") == expected
    assert len(authorisation.authorities_for(person("analyst", "region"), "x.read")) == 33


@pytest.mark.integration
def test_figures_are_released_to_a_member_a_region_or_the_public(person: Callable[..., Person]) -> None:
    from parentis.figures import Viewer

    assert authorisation.viewer(person("analyst", "camden")) == Viewer.members(GSS["camden"])
    assert authorisation.viewer(person("analyst", "region")) == Viewer.members()
    assert authorisation.viewer(person("analyst", "government")) == Viewer.public()
    assert authorisation.viewer(person("custody-officer", "police")) == Viewer.public()


@pytest.mark.integration
def test_a_child_level_page_is_on_the_record_or_is_not_shown(
    person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.http import HttpResponse

    from parentis.web.audit.models import Entry

    someone = person("auditor", "camden")
    seen = replace(actions()["audit.search"], child_level=True)
    monkeypatch.setattr("parentis.web.people.gate.actions", lambda: {"audit.search": seen})

    def ask(status: int) -> Any:
        request: HttpRequest = RequestFactory().get("/audit/")
        request.user = someone
        match = request.resolver_match = resolve("/audit/")
        gate = Gate(lambda _: HttpResponse(status=status))
        gate.process_view(request, match.func, match.args, match.kwargs)
        return gate(request)

    ask(404)
    assert not Entry.objects.filter(what="audit.search:viewed").exists()
    ask(200)
    assert Entry.objects.get(what="audit.search:viewed").who == someone.pk

    def fails(**_: Any) -> None:
        raise RuntimeError("the record cannot be written")

    monkeypatch.setattr("parentis.web.audit.recorder.record", fails)
    with pytest.raises(RuntimeError, match="cannot be written"):
        ask(200)
