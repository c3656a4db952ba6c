"""The practice region's custody: filled once, fresh at each start, and nobody in it exists."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from parentis.web.cases.models import Case
from parentis.web.custody.intake import index
from parentis.web.custody.models import Detention, IndexLoad, Suite
from parentis.web.custody.postcodes import postcodes
from parentis.web.custody.practice import SHOWN, make_practice_custody, practice_postcodes
from parentis.web.custody.retention.lake_export import waiting
from parentis.web.people.initial_accounts import make_demo_people
from parentis.web.people.models import Person
from parentis.web.verification import verify_record


@pytest.fixture
def demo(settings):
    settings.IS_DEMO = True
    settings.EXTRA_POSTCODES = practice_postcodes
    postcodes.cache_clear()
    yield
    postcodes.cache_clear()


@pytest.mark.integration
@pytest.mark.django_db
def test_the_practice_region_has_custody_to_try_and_takes_notices(demo, monkeypatch):
    monkeypatch.setattr("parentis.workflow.checks.lookups", lambda: type("None", (), {"postcodes": None})())
    printed = [one.email for one in make_demo_people() if one.role == "custody-officer"]
    assert make_practice_custody() == SHOWN
    assert make_practice_custody() == 0
    assert Detention.objects.count() == SHOWN
    assert Suite.objects.count() == IndexLoad.objects.count() == 33
    states = set(Case.objects.filter(kind="custody").values_list("state", flat=True))
    assert states == {"desk", "sent", "acknowledged", "ended"}
    assert Case.objects.filter(kind="custody", place="E09000007").exists()
    assert index.stale() == frozenset()
    assert waiting() == []
    verify_record()
    assert printed, "an officer whose account is printed gives notice"
    for email in printed:
        client = Client()
        client.force_login(
            Person.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        form = client.get("/custody/new").context["form"]
        at = timezone.localtime(timezone.now() - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
        said = {"key": email, "suite": form["suite"].initial.pk, "record_number": f"SYN/{email}", "arrival": at}
        answer = client.post("/custody/new", said, follow=True)
        assert "Notice sent to" in answer.content.decode()
        assert "/custody/" in answer.request["PATH_INFO"]
