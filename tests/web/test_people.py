"""Invitations, roles, leaving: each write, its record, and what it refuses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from parentis.errors import SubmissionStateError
from parentis.web.audit.models import Entry
from parentis.web.people import operations
from parentis.web.people.initial_accounts import invite_first, make_demo_people
from parentis.web.people.models import Invitation, Membership, Organisation, Person
from parentis.web.people.operations import RoleError

PASSWORD = "purple kettle mountain"


def invited(client: Client, committed: Any, place: str = "camden", role: str = "analyst") -> str:
    """The link's path, from the mail that an administrator's form sends."""
    with committed(execute=True):
        response = client.post(f"/people/in/{place}/", {"email": "New.Person@camden.test", "role": role})
    assert response.status_code == 302, response.context["form"].errors
    link = next(line for line in mail.outbox[-1].body.splitlines() if line.startswith("http"))
    return link.removeprefix("http://testserver")


@pytest.fixture
def link(client_of: Callable[..., Client], django_capture_on_commit_callbacks: Any) -> str:
    return invited(client_of("administrator"), django_capture_on_commit_callbacks)


@pytest.mark.functional
def test_an_invitation_makes_an_account_once(link: str) -> None:
    visitor = Client()
    assert visitor.get(link).status_code == 200
    done = visitor.post(link, {"name": "New Person", "password": PASSWORD, "again": PASSWORD})
    assert done["Location"] == "/account/login/"
    person = Person.objects.get(email="new.person@camden.test")
    assert [(one.role, one.organisation.slug) for one in person.memberships.all()] == [("analyst", "camden")]
    assert visitor.post("/account/login/", {"login": person.email, "password": PASSWORD})["Location"] == "/"
    assert visitor.get(link).status_code == 410
    told = list(Entry.objects.order_by("sequence").values_list("what", flat=True))
    assert told == ["session:signed in", "invitation:sent", "invitation:accepted", "session:signed in"]


@pytest.mark.integration
def test_the_database_does_not_hold_the_link(link: str) -> None:
    secret = link.split("/")[-2]
    assert Invitation.objects.get().secret_hash != secret
    assert not Entry.objects.filter(subject__contains=secret).exists()


@pytest.mark.integration
@pytest.mark.parametrize(
    "change", [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"withdrawn_at": timezone.now()}]
)
def test_an_invitation_ends(link: str, change: dict[str, Any]) -> None:
    Invitation.objects.update(**change)
    given = {"name": "New Person", "password": PASSWORD, "again": PASSWORD}
    assert Client().post(link, given).status_code == 410
    assert not Person.objects.filter(email="new.person@camden.test").exists()


@pytest.mark.integration
@pytest.mark.parametrize(
    ("password", "told"),
    [("short", "too short"), ("1234567890123", "entirely numeric"), ("password1234", "too common"),
     ("new.person@camden", "too similar")],
)  # fmt: skip
def test_weak_passwords_are_refused(link: str, password: str, told: str) -> None:
    page = Client().post(link, {"name": "New Person", "password": password, "again": password})
    assert told in page.content.decode()
    assert not Person.objects.filter(email="new.person@camden.test").exists()


@pytest.mark.integration
def test_two_people_who_hold_one_link_do_not_both_get_in(link: str) -> None:
    invitation = Invitation.objects.get()
    operations.accept_invitation(invitation=invitation, name="First", password=PASSWORD)
    with pytest.raises(RoleError, match="used, withdrawn or has expired"):
        operations.accept_invitation(invitation=invitation, name="Second", password=PASSWORD)


@pytest.mark.integration
def test_inviting_again_withdraws_the_earlier_link(
    client_of: Callable[..., Client], django_capture_on_commit_callbacks: Any
) -> None:
    client = client_of("administrator")
    first = invited(client, django_capture_on_commit_callbacks)
    second = invited(client, django_capture_on_commit_callbacks)
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


@pytest.mark.integration
def test_whoever_is_here_already_gets_the_role_and_no_link(
    client_of: Callable[..., Client], person: Callable[..., Person]
) -> None:
    someone = person("analyst", "croydon")
    client_of("administrator").post("/people/in/camden/", {"email": someone.email.upper(), "role": "commissioner"})
    assert Membership.objects.filter(person=someone, organisation__slug="camden", role="commissioner").exists()
    assert mail.outbox == []


@pytest.mark.integration
def test_a_role_of_another_kind_of_organisation_is_refused(
    client_of: Callable[..., Client], places: dict[str, Organisation], person: Callable[..., Person]
) -> None:
    page = client_of("administrator").post("/people/in/camden/", {"email": "a@b.test", "role": "custody-officer"})
    assert "custody-officer is not one of the available choices" in page.content.decode()
    with pytest.raises(RoleError):
        operations.give_role(
            by=None, person=person("analyst"), organisation=places["camden"], role="custody-officer"
        )  # fmt: skip


@pytest.mark.integration
def test_a_stale_form_changes_nothing_and_says_so(
    client_of: Callable[..., Client], person: Callable[..., Person]
) -> None:
    held = person("analyst").memberships.get()
    client, path = client_of("administrator"), f"/people/in/camden/roles/{held.pk}/take"
    assert client.post(path).status_code == 302
    again = client.post(path, follow=True)
    assert "has already been removed; nothing was changed" in again.content.decode()
    assert Entry.objects.filter(what="role:taken").count() == 1


@pytest.mark.integration
def test_a_role_elsewhere_is_not_taken_through_ones_own_organisation(
    client_of: Callable[..., Client], person: Callable[..., Person]
) -> None:
    other = person("analyst", "croydon")
    client = client_of("administrator", "camden")
    client.post(f"/people/in/camden/roles/{other.memberships.get().pk}/take")
    assert client.post(f"/people/in/camden/people/{other.pk}/remove", {"why": "x"}).status_code == 404
    assert client.post(f"/people/in/croydon/people/{other.pk}/remove", {"why": "x"}).status_code == 403
    assert other.memberships.count() == 1


@pytest.mark.integration
def test_whoever_holds_nothing_any_more_is_out_and_may_come_back(
    client_of: Callable[..., Client], person: Callable[..., Person], places: dict[str, Organisation]
) -> None:
    someone, admin = person("analyst"), client_of("administrator")
    theirs = client_of("analyst")
    assert theirs.get("/").status_code == 200
    admin.post(f"/people/in/camden/people/{someone.pk}/remove", {"why": "left the council"})
    someone.refresh_from_db()
    assert not someone.is_active
    assert theirs.get("/")["Location"].startswith("/account/login/")
    assert Entry.objects.get(what="person:removed").why == "left the council"
    admin.post("/people/in/camden/", {"email": someone.email, "role": "analyst"})
    someone.refresh_from_db()
    assert someone.is_active


@pytest.mark.integration
def test_the_region_adds_organisations(client_of: Callable[..., Client]) -> None:
    client = client_of("administrator", "region")
    made = client.post("/people/add-organisation/", {"kind": "authority", "name": "Hackney", "authority": "hackney"})
    assert made["Location"] == "/people/in/hackney/"
    assert Organisation.objects.get(slug="hackney").authorities() == {"E09000012"}
    for given, told in (
        ({"kind": "authority", "name": "Again", "authority": "Hackney"}, "already been added"),
        ({"kind": "authority", "name": "Hackny", "authority": "Hackny"}, "Did you mean Hackney"),
        ({"kind": "authority", "name": "Nowhere"}, "Enter the authority"),
        ({"kind": "police", "name": "Police", "footprint": "bcu-nowhere"}, "Choose from"),
        ({"kind": "provider", "name": "hackney"}, "with this name already exists"),
    ):
        assert told in client.post("/people/add-organisation/", given).content.decode(), given


@pytest.mark.integration
def test_the_first_administrator_is_invited_only_while_nobody_is_here(db: None) -> None:
    link = invite_first("first@region.test", region_name="The region", footprint="london", site="https://x.test/")
    assert link.startswith("https://x.test/people/join/")
    path = link.removeprefix("https://x.test")
    Client().post(path, {"name": "First", "password": PASSWORD, "again": PASSWORD})
    assert Membership.objects.get().role == "administrator"
    with pytest.raises(SubmissionStateError, match="a site without people"):
        invite_first("second@region.test", region_name="The region", footprint="london", site="https://x.test")


@pytest.mark.integration
def test_the_demo_has_three_boroughs_the_region_the_police_a_partnership_and_a_provider(db: None) -> None:
    made = make_demo_people()
    police = "Central North BCU (Metropolitan Police)"
    reviews = "Practice child death review partnership"
    assert {one.organisation for one in made} == {
        "Camden", "Croydon", "Newham", "London regional team", "Practice provider", police, reviews,
    }  # fmt: skip
    assert make_demo_people() == made
    assert Person.objects.count() == len(made)


@pytest.mark.integration
def test_a_notice_is_kept_and_mailed(person: Callable[..., Person], client_of: Callable[..., Client]) -> None:
    from parentis.web.notices.dispatch import notify

    someone = person("analyst")
    notify([someone], text="A return waits for your signature.", path="/people/me/")
    assert [message.to for message in mail.outbox] == [[someone.email]]
    client, pk = client_of("analyst"), someone.notices.get().pk
    assert "waits for your signature" in client.get("/").content.decode()
    assert client_of("treasurer").get(f"/notices/{pk}/").status_code == 404
    assert client.get(f"/notices/{pk}/")["Location"] == "/people/me/"
    assert someone.notices.get().read_at is not None


@pytest.mark.unit
def test_a_notice_leads_nowhere_else(person: Callable[..., Person], client_of: Callable[..., Client]) -> None:
    someone = person("analyst")
    for path in ("https://evil.test/", "//evil.test/", "javascript:alert(1)"):
        notice = someone.notices.create(text="x", path=path)
        assert client_of("analyst").get(f"/notices/{notice.pk}/")["Location"] == "/notices/"
