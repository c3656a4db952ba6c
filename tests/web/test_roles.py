"""Separation of duties: nobody gives themselves anything, a second person decides, and the right people are told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from parentis.web.audit.models import Entry
from parentis.web.audit_search.search import entries_for
from parentis.web.notices.models import Notice
from parentis.web.people import authorisation, emergency, grants, review
from parentis.web.people.models import Invitation, Membership, Organisation, Person, RoleRequest
from parentis.web.people.operations import RoleError
from parentis.web.people.roles import NO_DATA

PersonMaker = Callable[..., Person]


@pytest.fixture
def camden(places: dict[str, Organisation]) -> Organisation:
    return places["camden"]


@pytest.fixture
def asked(person: PersonMaker, camden: Organisation) -> RoleRequest:
    """An administrator of Camden asks that somebody of Camden becomes its director; its auditor could decide."""
    administrator, someone, _ = person("administrator"), person("analyst"), person("auditor")
    made = grants.ask_for_role(by=administrator, email=someone.email, organisation=camden, role="director")
    assert isinstance(made, RoleRequest)
    return made


def holds_director(person: PersonMaker) -> bool:
    return Membership.objects.filter(person__email=person("analyst").email, role="director").exists()


@pytest.mark.integration
@pytest.mark.parametrize("written", ["administrator@camden.test", " Administrator@CAMDEN.test "])
def test_nobody_gives_themselves_a_role(person: PersonMaker, camden: Organisation, written: str) -> None:
    administrator = person("administrator")
    assert administrator.email == "administrator@camden.test"
    with pytest.raises(RoleError, match="your own address"):
        grants.ask_for_role(by=administrator, email=written, organisation=camden, role="section-151")
    assert [one.role for one in administrator.memberships.all()] == ["administrator"]


@pytest.mark.integration
def test_a_role_is_held_only_after_a_second_person_granted_it(asked: RoleRequest, person: PersonMaker) -> None:
    assert not holds_director(person)
    grants.decide(by=person("auditor"), asked=asked, grant=True)
    assert holds_director(person)
    entry = Entry.objects.get(what="role:given")
    assert entry.detail == {
        "role": "director", "asked_by": "administrator@camden.test", "decided_by": "auditor@camden.test",
    }  # fmt: skip
    assert entry.authority == "E09000007"


@pytest.mark.integration
def test_a_refused_role_is_not_held_and_whoever_asked_is_told(asked: RoleRequest, person: PersonMaker) -> None:
    grants.decide(by=person("auditor"), asked=asked, grant=False)
    assert not holds_director(person)
    assert "was refused" in Notice.objects.get(person=person("administrator")).text
    with pytest.raises(RoleError, match="refused"):
        grants.decide(by=person("auditor"), asked=asked, grant=True)


@pytest.mark.integration
def test_whoever_asked_cannot_decide(asked: RoleRequest, person: PersonMaker) -> None:
    with pytest.raises(RoleError, match="a second person"):
        grants.decide(by=person("administrator"), asked=asked, grant=True)
    assert not holds_director(person)


@pytest.mark.integration
def test_whoever_would_hold_the_role_cannot_decide(person: PersonMaker, camden: Organisation) -> None:
    auditor = person("auditor")
    person("data-protection")
    asked = grants.ask_for_role(by=person("administrator"), email=auditor.email, organisation=camden, role="director")
    with pytest.raises(RoleError, match="a second person"):
        grants.decide(by=auditor, asked=asked, grant=True)
    assert auditor not in [one.person for one in Membership.objects.filter(role="director")]


@pytest.mark.integration
def test_people_of_another_borough_cannot_decide(asked: RoleRequest, person: PersonMaker) -> None:
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        grants.decide(by=person("auditor", "croydon"), asked=asked, grant=True)


@pytest.mark.functional
def test_the_same_by_the_pages(client_of: Callable[..., Client], person: PersonMaker) -> None:
    administrator, auditor = client_of("administrator"), client_of("auditor")
    someone = person("analyst")
    page = administrator.post("/people/in/camden/", {"email": someone.email, "role": "director"}, follow=True)
    assert "A second person will decide whether" in page.content.decode()
    asked = RoleRequest.objects.get()
    administrator.post(f"/people/in/camden/requests/{asked.pk}", {"decision": "grant"})
    assert not holds_director(person)
    assert someone.email in auditor.get("/people/access/").content.decode()
    assert auditor.post(f"/people/in/camden/requests/{asked.pk}", {"decision": "grant"}).status_code == 302
    assert holds_director(person)


@pytest.mark.functional
def test_somebody_new_is_invited_only_once_a_second_person_granted_it(
    client_of: Callable[..., Client], person: PersonMaker
) -> None:
    auditor = client_of("auditor")
    client_of("administrator").post("/people/in/camden/", {"email": "new@camden.test", "role": "director"})
    assert (Invitation.objects.count(), [one.to for one in mail.outbox]) == (0, [["auditor@camden.test"]])
    auditor.post(f"/people/in/camden/requests/{RoleRequest.objects.get().pk}", {"decision": "grant"})
    assert mail.outbox[-1].to == ["new@camden.test"]
    assert "/people/join/" in mail.outbox[-1].body


@pytest.mark.integration
def test_where_nobody_else_could_decide_it_is_given_at_once_and_said(person: PersonMaker, camden: Organisation) -> None:
    given = grants.ask_for_role(by=person("administrator"), email="n@camden.test", organisation=camden, role="analyst")
    assert isinstance(given, tuple)
    assert Entry.objects.get(what="invitation:sent").detail == {"role": "analyst", "second person": "none"}


@pytest.mark.functional
def test_a_small_body_may_do_without_and_its_page_says_so(
    client_of: Callable[..., Client], person: PersonMaker, settings: Any
) -> None:
    settings.SECOND_PERSON_FOR_ROLES = False
    person("auditor")
    client = client_of("administrator")
    assert "does not require a second person" in client.get("/people/in/camden/").content.decode()
    client.post("/people/in/camden/", {"email": person("analyst").email, "role": "director"})
    assert holds_director(person)


@pytest.mark.integration
def test_the_borough_hears_of_a_role_that_the_region_gives_in_it(person: PersonMaker, camden: Organisation) -> None:
    """The region's administrators reach every borough: its own auditor and data-protection officer are told."""
    told = {person("auditor"), person("data-protection")}
    asked = grants.ask_for_role(
        by=person("administrator", "region"), email=person("treasurer", "region").email, organisation=camden,
        role="director",
    )  # fmt: skip
    Notice.objects.all().delete()
    grants.decide(by=person("auditor"), asked=asked, grant=True)
    assert {one.person for one in Notice.objects.all()} == told
    assert "administrator@region.test" in Notice.objects.first().text
    assert entries_for(person("auditor")).filter(what="role:given").exists()


@pytest.mark.integration
def test_nobody_is_disturbed_where_all_are_of_the_place(asked: RoleRequest, person: PersonMaker) -> None:
    Notice.objects.all().delete()
    grants.decide(by=person("auditor"), asked=asked, grant=True)
    assert Notice.objects.count() == 0


@pytest.mark.functional
def test_codes_of_somebody_who_belongs_elsewhere_too_are_not_reset(
    client_of: Callable[..., Client], person: PersonMaker, camden: Organisation
) -> None:
    from allauth.mfa.models import Authenticator

    someone = person("analyst", "croydon")
    Membership.objects.create(person=someone, organisation=camden, role="analyst")
    Authenticator.objects.create(user=someone, type=Authenticator.Type.TOTP, data={})
    address = f"/people/in/camden/people/{someone.pk}/reset-codes"
    page = client_of("administrator").post(address, {"why": "Lost telephone"}, follow=True)
    assert "Ask an administrator of the regional team" in page.content.decode()
    assert Authenticator.objects.count() == 1
    client_of("administrator", "region").post(address, {"why": "Lost telephone"})
    assert Authenticator.objects.count() == 0


@pytest.mark.integration
def test_both_auditors_see_what_a_person_of_both_places_did(
    person: PersonMaker, places: dict[str, Organisation]
) -> None:
    from parentis.web.audit.recorder import record

    someone = person("analyst", "camden")
    for name in ("croydon", "region"):
        Membership.objects.create(person=someone, organisation=places[name], role="analyst")
    record(who=Person.objects.get(pk=someone.pk), what="something:done")
    for name in ("camden", "croydon", "region"):
        assert entries_for(person("auditor", name)).filter(what="something:done").exists(), name


@pytest.mark.integration
def test_an_auditor_of_a_place_with_a_like_name_sees_nothing(
    person: PersonMaker, places: dict[str, Organisation]
) -> None:
    from parentis.web.audit.recorder import record

    Organisation.objects.filter(pk=places["croydon"].pk).update(name="Croydon North")
    record(who=person("analyst", "croydon"), what="something:done")
    Organisation.objects.filter(pk=places["camden"].pk).update(name="Croydon")
    assert not entries_for(person("auditor", "camden")).exists()


@pytest.mark.integration
def test_whoever_looks_after_accounts_reads_no_data(person: PersonMaker) -> None:
    from parentis.figures import Viewer
    from parentis.web.people.permissions import actions

    assert frozenset({"administrator"}) == NO_DATA
    administrator = person("administrator")
    assert authorisation.viewer(administrator) == Viewer.public()
    access = ("people.", "api.clients")  # who gets in: people, and programs with their secrets
    data = [one for one in actions() if not one.startswith(access) and authorisation.holds(administrator, one)]
    assert data == []


@pytest.mark.functional
def test_the_forecast_shown_is_that_of_the_place_whose_analyst_one_is(
    client_of: Callable[..., Client], person: PersonMaker, places: dict[str, Organisation]
) -> None:
    """Barnet comes before Camden, but here the reader only looks after accounts there."""
    from django.test import RequestFactory

    from parentis.web.people import acting

    someone = person("analyst", "croydon")
    Membership.objects.create(person=someone, organisation=places["camden"], role="administrator")
    request = RequestFactory().get("/")
    request.user, request.session = Person.objects.get(pk=someone.pk), {}
    assert acting.organisation_for(request, "forecasts.ask") == places["croydon"]
    Membership.objects.create(person=someone, organisation=places["camden"], role="analyst")
    request.user = Person.objects.get(pk=someone.pk)
    assert acting.organisation_for(request, "forecasts.ask") == places["camden"]
    assert acting.choose(request, "croydon") == "Croydon"
    assert acting.organisation_for(request, "forecasts.ask") == places["croydon"]
    assert acting.choose(request, "region") == ""
    assert acting.organisation_for(request, "forecasts.ask") == places["croydon"]
    client = client_of("analyst", "croydon")
    assert "Acting for" in client.get("/").content.decode()
    assert client.post("/people/acting/", {"organisation": "croydon", "next": "//evil.example"})["Location"] == "/"


@pytest.mark.functional
def test_a_change_of_password_ends_tokens(client_of: Callable[..., Client], person: PersonMaker) -> None:
    from parentis.web.api.models import Token

    someone = person("analyst")
    secret = Token.new_secret()
    Token.objects.create(
        person=someone, name="script", scopes=["figures"], start=secret[:12], secret_hash=Token.hash_of(secret),
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    assert Token.of(secret)
    someone.set_password("purple kettle mountain")
    someone.save()
    client = Client()
    client.post("/account/login/", {"login": someone.email, "password": "purple kettle mountain"})
    new = {
        "oldpassword": "purple kettle mountain",
        "password1": "green kettle valley",
        "password2": "green kettle valley",
    }
    assert client.post("/account/password/change/", new).status_code == 302
    assert Token.of(secret) is None
    assert Entry.objects.filter(what="token:ended", detail={"tokens": 1}).exists()


@pytest.mark.functional
def test_strangers_lock_nobody_out(person: PersonMaker) -> None:
    someone = person("analyst")
    someone.set_password("purple kettle mountain")
    someone.save()
    wrong, right = (
        {"login": someone.email, "password": "wrong"},
        {"login": someone.email, "password": "purple kettle mountain"},
    )
    for _ in range(6):
        Client(REMOTE_ADDR="192.0.2.1").post("/account/login/", wrong)
    assert Client(REMOTE_ADDR="192.0.2.1").post("/account/login/", right).status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.2").post("/account/login/", right)["Location"] == "/"


@pytest.mark.functional
def test_a_forgotten_password_is_looked_up_by_the_worker(
    person: PersonMaker, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page does the same for every address: as many queries, no look-up, no mail."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from parentis.web.people.password_reset import answer_requests

    someone, asked = person("analyst"), []
    for address in (someone.email, "nobody@camden.test"):
        with CaptureQueriesContext(connection) as queries:
            assert Client().post("/account/password/reset/", {"email": address})["Location"].endswith("/reset/done/")
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert mail.outbox == []
    assert answer_requests() == 2
    assert [one.to for one in mail.outbox] == [[someone.email]]
    assert "http://testserver/account/password/reset/key/" in mail.outbox[0].body
    assert answer_requests() == 0


@pytest.mark.integration
def test_emergency_access_ends_by_itself_and_everybody_who_watches_is_told(
    person: PersonMaker, camden: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone, told = person("analyst", "croydon"), {person("auditor"), person("auditor", "region")}
    given = emergency.give_emergency_access(
        email=someone.email, organisation=camden, role="emergency-duty", why="The duty team is cut off.", hours=2
    )
    assert {one.person for one in Notice.objects.all()} == told
    assert Entry.objects.get(what="role:emergency").why == "The duty team is cut off."
    end = given.until
    monkeypatch.setattr(timezone, "now", lambda: end - timedelta(microseconds=1))
    assert "emergency-duty" in {one.role for one in authorisation.memberships(Person.objects.get(pk=someone.pk))}
    monkeypatch.setattr(timezone, "now", lambda: end)
    assert "emergency-duty" not in {one.role for one in authorisation.memberships(Person.objects.get(pk=someone.pk))}
    assert emergency.end_what_is_over() == 1
    assert not Membership.objects.filter(role="emergency-duty").exists()


@pytest.mark.integration
@pytest.mark.parametrize("hours", [1, 24])
def test_emergency_access_lasts_so_many_hours_from_now(
    person: PersonMaker, camden: Organisation, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone, now = person("analyst"), timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    given = emergency.give_emergency_access(
        email=someone.email, organisation=camden, role="emergency-duty", why="The duty team is cut off.", hours=hours
    )
    assert given.until == now + timedelta(hours=hours)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("given", "said"),
    [({"why": "  "}, "a reason"), ({"hours": 0}, "1 to 24 hours"), ({"hours": 25}, "1 to 24 hours"),
     ({"email": "nobody@camden.test"}, "can sign in"), ({"organisation": "nowhere"}, "no organisation")],
)  # fmt: skip
def test_emergency_access_that_cannot_be_given(
    person: PersonMaker, camden: Organisation, given: dict[str, Any], said: str
) -> None:
    asked = {"email": person("analyst").email, "organisation": "camden", "why": "Reason", "hours": 8} | given
    with pytest.raises(CommandError, match=said):
        call_command("emergency_access", asked["email"], asked["organisation"], "emergency-duty",
                     why=asked["why"], hours=asked["hours"])  # fmt: skip
    assert not Membership.objects.filter(role="emergency-duty").exists()


@pytest.mark.integration
@pytest.mark.parametrize(
    ("since", "last", "said"),
    [(91, None, "never signed in"), (90, None, ""), (400, 91, "not signed in for 91 days"), (400, 90, "")],
)
def test_the_access_review_shows_who_may_have_left(
    person: PersonMaker, camden: Organisation, since: int, last: int | None, said: str
) -> None:
    now, someone = timezone.now(), person("treasurer")
    Membership.objects.filter(person=someone).update(since=now - timedelta(days=since))
    Person.objects.filter(pk=someone.pk).update(last_login=now - timedelta(days=last) if last is not None else None)
    row = next(one for one in review.rows(camden, now) if one["email"] == someone.email)
    assert (row["role"], row["look_at"]) == ("Treasurer", said)


@pytest.mark.functional
def test_an_access_review_is_put_on_record(client_of: Callable[..., Client], camden: Organisation) -> None:
    client = client_of("data-protection")
    assert "data-protection@camden.test" in client.get("/people/in/camden/access.csv").content.decode()
    assert review.last_review(camden) is None
    client.post("/people/in/camden/access/reviewed")
    assert review.last_review(camden) is not None
    assert client.get("/people/in/croydon/access.csv").status_code == 403
