"""The first accounts: in production, one invited administrator; on the practice region, accounts for every role."""

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from parentis import region
from parentis.errors import SubmissionStateError
from parentis.web.organisation_kinds import KIND_TITLES, Kind
from parentis.web.people import operations
from parentis.web.people.models import Membership, Organisation, Person
from parentis.web.service import web_services

DEMO_DOMAIN = "practice.example"
DEMO_PASSWORD = "practice region only"  # noqa: S105 (printed for whoever tries the demo; refused in production)
DEMO_BOROUGHS = ("Camden", "Croydon", "Newham")
DEMO_COMMAND = "bcu-central-north"
ACCOUNTS: dict[Kind, tuple[str, ...]] = {
    Kind.AUTHORITY: (
        "analyst", "treasurer", "director", "section-151", "commissioner", "improvement-lead", "administrator",
        "front-door", "youth-justice", "data-protection",
    ),
    Kind.POLICE: ("improvement-lead",),
    Kind.REGION: (
        "analyst", "treasurer", "commissioner", "improvement-lead", "administrator", "auditor", "data-protection",
    ),
}  # fmt: skip
"""Roles for which the practice site has an account, besides those that services declare."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An account of the practice site."""

    email: str
    role: str
    organisation: str


def region_team(name: str = "London regional team", footprint: str = "london") -> Organisation:
    """The region's own organisation, created on first use."""
    found: Organisation = Organisation.objects.get_or_create(
        slug="region", defaults={"name": name, "kind": Kind.REGION, "footprint": footprint}
    )[0]
    return found


def authority_organisation(name: str) -> Organisation:
    """The organisation of an authority, created on first use."""
    from django.utils.text import slugify

    one = region.authority(name)
    found: Organisation = Organisation.objects.get_or_create(
        authority=one.gss, defaults={"name": one.name, "kind": Kind.AUTHORITY, "slug": slugify(one.name)[:50]}
    )[0]
    return found


def police_command(footprint: str) -> Organisation:
    """The organisation of a police command, created on first use."""
    found: Organisation = Organisation.objects.get_or_create(
        slug=footprint,
        defaults={"name": region.footprint(footprint).name, "kind": Kind.POLICE, "footprint": footprint},
    )[0]
    return found


def organisation(slug: str, *, name: str, kind: Kind, footprint: str = "") -> Organisation:
    """An organisation other than an authority (a provider, a partnership, an agency), created on first use."""
    found: Organisation = Organisation.objects.get_or_create(
        slug=slug, defaults={"name": name, "kind": kind, "footprint": footprint}
    )[0]
    return found


def demo_organisations() -> list[Organisation]:
    """Three boroughs, the region, a police command, and one organisation of every other kind for which a service has
    accounts."""
    made = [*(authority_organisation(name) for name in DEMO_BOROUGHS), region_team(), police_command(DEMO_COMMAND)]
    there = {Kind(one.kind) for one in made}
    return [
        *made,
        *(
            organisation(f"practice-{kind}", name=f"Practice {KIND_TITLES[kind].lower()}", kind=kind,
                         footprint="" if kind is Kind.PROVIDER else "london")
            for kind in Kind
            if kind not in there and _roles_with_accounts(kind)
        ),
    ]  # fmt: skip


def _roles_with_accounts(kind: Kind) -> tuple[str, ...]:
    announced = (role for service in web_services().values() for role in service.accounts.get(kind, ()))
    return tuple(dict.fromkeys((*ACCOUNTS.get(kind, ()), *announced)))


@transaction.atomic
def make_demo_people() -> list[DemoPerson]:
    """People of `demo_organisations`, one for each role, all with DEMO_PASSWORD. Safe to repeat."""
    made = []
    for one in demo_organisations():
        for role in _roles_with_accounts(Kind(one.kind)):
            email = f"{role}@{one.slug}.{DEMO_DOMAIN}"
            person_with(
                email=email, name=f"{role.replace('-', ' ').title()} of {one.name}", organisation=one, role=role
            )
            made.append(DemoPerson(email, role, one.name))
    return made


def make_practice_things() -> dict[str, int]:
    """Create what each service shows on the practice site, where there is nothing yet; return each service's id with
    the number of new items."""
    return {
        service.id: service.practice.resolve()() for service in web_services().values() if service.practice is not None
    }


def person_with(
    *, email: str, name: str, organisation: Organisation, role: str, password: str = DEMO_PASSWORD
) -> Person:
    """A person who can sign in, with one role: for the demo and for tests."""
    from allauth.account.models import EmailAddress

    person = Person.objects.filter(email=email).first()
    if person is None:
        person = Person(email=email, name=name)
        person.set_password(password)
        person.save()
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    Membership.objects.get_or_create(person=person, organisation=organisation, role=role)
    return person


def invite_first(email: str, *, region_name: str, footprint: str, site: str) -> str:
    """The link that makes `email` the first administrator of the regional team. Only while there are no accounts."""
    if Person.objects.exists():
        raise SubmissionStateError(
            expected="a site without people", found="people", where="the site",
            do="Ask one of its administrators for an invitation.",
        )  # fmt: skip
    _, secret = operations.invite(
        by=None, email=email, organisation=region_team(region_name, footprint), role="administrator"
    )
    return f"{site.rstrip('/')}{reverse('people-join', args=[secret])}"


def demo_people_here() -> bool:
    """Whether accounts with the printed password exist, which production must not have."""
    return bool(Person.objects.filter(email__endswith=f".{DEMO_DOMAIN}").exists())


def demo_password() -> str:
    """The password of the demo's accounts."""
    return DEMO_PASSWORD
