"""The desk: a referral, what providers are asked and answer, and who sees what of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from parentis.web.cases import history
from parentis.web.cases.models import Case, Clock
from parentis.web.cases.operations import CaseStateError, move
from parentis.web.cases.register.operations import enter
from parentis.web.organisation_kinds import Kind
from parentis.web.people.initial_accounts import person_with
from parentis.web.people.models import Organisation
from parentis.web.places.case_types import REFERRAL, REQUEST
from parentis.web.places.operations import ask, requests_of
from parentis.web.places.practice import make_practice_places

CAMDEN, CROYDON = "E09000007", "E09000008"
VALUES = {
    "reference": "R-1", "looked_for": "secure", "urgency": "emergency", "referred_on": date(2026, 11, 1),
    "need_by": date(2026, 11, 1), "sex": "F", "ethnicity": "N", "age": 14, "basis": "s25-72h",
    "basis_on": date(2026, 11, 1), "radius": 80, "together": 1, "born_on": date(2012, 5, 4),
    "risks": ("absconding", "fire"), "apart": "SYN-9", "needs": "Somebody awake at night.",
}  # fmt: skip


def referral(place: str = CAMDEN, **more: Any) -> Case:
    return enter(by=None, kind=REFERRAL, place=place, values={**VALUES, **more})


def provider(slug: str = "provider-one") -> Organisation:
    made, _ = Organisation.objects.get_or_create(slug=slug, defaults={"name": slug, "kind": Kind.PROVIDER})
    return made


def client_at(role: str, organisation: Organisation) -> Client:
    someone = person_with(email=f"{role}@{organisation.slug}.test", name=f"{role} of {organisation.slug}",
                          organisation=organisation, role=role)  # fmt: skip
    client = Client()
    client.force_login(someone, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def asked(case: Case, slug: str = "provider-one", urn: str = "SC1", home: str = "Home one") -> Case:
    provider(slug)
    return ask(by=None, referral=case, provider=slug, urn=urn, home=home)


def met(case: Case) -> set[str]:
    return {one.name for one in Clock.objects.filter(case=case).exclude(met_at=None)}


def hours(case: Case) -> dict[str, float]:
    clocks = Clock.objects.filter(case=case)
    return {one.name: round((one.due_at - case.opened_at).total_seconds() / 3600, 1) for one in clocks if one.due_at}


@pytest.mark.spec
@pytest.mark.django_db
def test_the_clocks_are_of_2_24_and_72_hours() -> None:
    case = referral()
    assert hours(case) == {"ask": 2.0, "offer": 24.0, "place": 72.0}
    for urgency, expected in (("emergency", 2.0), ("urgent", 24.0), ("planned", 72.0)):
        other = referral(reference=urgency, urgency=urgency)
        assert hours(asked(other)) == {"answer": expected}


@pytest.mark.integration
@pytest.mark.django_db
def test_asking_offering_and_accepting_meet_the_clocks_and_withdraw_the_other_requests() -> None:
    case = referral()
    first, second = asked(case), asked(case, "provider-two", "SC2", "Home two")
    assert met(case) == {"ask"}
    offer = {"offered_price": Decimal(10500), "available_on": date(2026, 11, 2)}
    first = move(by=None, case=first, move="offer", seen=None, values=offer)
    assert met(case) == {"ask", "offer"}
    move(by=None, case=first, move="accept", seen=None)
    case.refresh_from_db()
    states = {one.values["urn"]: one.case.state for one in requests_of(case)}
    assert (case.state, met(case)) == ("accepted", {"ask", "offer", "place"})
    assert states == {"SC1": "accepted", "SC2": "withdrawn"}
    assert case.record.values["placed_with"] == "Home one"
    assert case.record.values["price"] == "10500"
    for one in (case, first, second):
        history.verify(Case.objects.get(pk=one.pk))


@pytest.mark.integration
@pytest.mark.django_db
def test_a_provider_that_declines_must_say_why_and_from_the_list(places: Any) -> None:
    request = asked(referral())
    with pytest.raises(CaseStateError, match="Why not"):
        move(by=None, case=request, move="decline", seen=None)
    client = client_at("provider-answers", provider())
    url = f"/places/requests/{request.pk}/move/decline"
    for reason in ("", "because", "no-answer"):
        client.post(url, {"seen": request.version, "why": "", "decline_reason": reason})
        request.refresh_from_db()
        assert request.state == "asked"
    client.post(url, {"seen": request.version, "why": "", "decline_reason": "mix"})
    request.refresh_from_db()
    assert (request.state, request.record.values["decline_reason"], met(request)) == ("declined", "mix", {"answer"})


@pytest.mark.integration
@pytest.mark.django_db
def test_a_provider_sees_what_it_was_asked_and_nothing_else(places: Any) -> None:
    case, other = referral(), referral(CROYDON, reference="R-2")
    mine, theirs = asked(case), asked(case, "provider-two", "SC2", "Home two")
    elsewhere = asked(other, "provider-two", "SC3", "Home three")
    client = client_at("provider-answers", provider())
    page = client.get("/places/asked").content.decode()
    assert "Home one" in page
    assert "Home two" not in page
    assert "Croydon" not in page
    shown = client.get(f"/places/requests/{mine.pk}/").content.decode()
    assert "Sets fires" in shown
    assert "Somebody awake" in shown
    for secret in ("4 May 2012", "SYN-9", "R-1", "Home two"):
        assert secret not in shown
    for request in (theirs, elsewhere):
        assert client.get(f"/places/requests/{request.pk}/").status_code == 404
    assert client.get(f"/places/referrals/{case.pk}/").status_code in {403, 404}
    for address in ("/places/referrals/", "/places/desk", f"/places/referrals/{case.pk}/ask", "/submissions/"):
        assert client.get(address).status_code in {403, 404}, address


@pytest.mark.integration
@pytest.mark.django_db
def test_what_is_sealed_ends_for_a_provider_with_its_answer(places: Any) -> None:
    request = asked(referral())
    client, url = client_at("provider-answers", provider()), f"/places/requests/{request.pk}/"
    assert "Sets fires" in client.get(url).content.decode()
    move(by=None, case=request, move="decline", seen=None, values={"decline_reason": "risk"})
    page = client.get(url)
    assert page.status_code == 200
    assert "The child" in page.content.decode()
    assert "Sets fires" not in page.content.decode()
    assert "Somebody awake" not in page.content.decode()
    assert "fire" not in str(request.record.values)


@pytest.mark.integration
@pytest.mark.django_db
def test_a_referral_is_read_by_the_desk_and_its_borough_alone(places: Any) -> None:
    case = referral()
    url = f"/places/referrals/{case.pk}/"
    for role, place in (("placement-officer", "camden"), ("placement-desk", "region")):
        client = client_at(role, places[place])
        assert client.get(url).status_code == 200
        assert "R-1" in client.get("/places/desk").content.decode()
    assert "R-1" not in client_at("placement-officer", places["croydon"]).get("/places/desk").content.decode()
    assert client_at("placement-officer", places["croydon"]).get(url).status_code == 404
    for role, place in (("commissioner", "camden"), ("director", "camden"), ("commissioner", "region"),
                        ("analyst", "region")):  # fmt: skip
        assert client_at(role, places[place]).get(url).status_code in {403, 404}


@pytest.mark.integration
@pytest.mark.django_db
def test_a_provider_is_told_when_it_is_no_longer_asked(places: Any) -> None:
    from parentis.web.notices.models import Notice

    case = referral()
    request = asked(case)
    client_at("provider-answers", provider())
    client_at("placement-officer", places["camden"])
    move(by=None, case=case, move="withdraw", seen=None, why="Home again.")
    told = list(Notice.objects.values_list("person__email", flat=True))
    assert told == ["provider-answers@provider-one.test"]
    request.refresh_from_db()
    assert request.state == "withdrawn"


@pytest.mark.integration
@pytest.mark.django_db
def test_a_home_is_asked_once_at_a_time_and_not_when_nothing_is_looked_for() -> None:
    case = referral()
    request = asked(case)
    with pytest.raises(CaseStateError, match="not being asked already"):
        asked(case)
    move(by=None, case=request, move="silent", seen=None)
    again = asked(case)
    assert again.pk != request.pk
    move(by=None, case=case, move="lose", seen=None, why="No place.")
    with pytest.raises(CaseStateError, match="a place is looked for"):
        asked(case, urn="SC5")


@pytest.mark.integration
@pytest.mark.django_db
def test_an_officer_asks_from_the_referrals_page(places: Any) -> None:
    case, _ = referral(), provider()
    client = client_at("placement-officer", places["camden"])
    assert "Ask a provider" in client.get(f"/places/referrals/{case.pk}/").content.decode()
    sent = {"provider": "provider-one", "home": "Home one", "urn": "SC1"}
    assert client.post(f"/places/referrals/{case.pk}/ask", sent).status_code == 302
    [made] = requests_of(case)
    assert made.case.kind == REQUEST
    assert made.case.state == "asked"
    refused = client.post(f"/places/referrals/{case.pk}/ask", {**sent, "provider": "nobody"})
    assert refused.status_code == 200
    assert len(requests_of(case)) == 1


@pytest.mark.integration
@pytest.mark.django_db
def test_practice_referrals_are_made_once(places: Any) -> None:
    assert make_practice_places() == 15
    assert make_practice_places() == 0
    assert Case.objects.filter(kind=REFERRAL, state="accepted").count() == 3
    assert timezone.now() > Case.objects.earliest("opened_at").opened_at
