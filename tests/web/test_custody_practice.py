"""The practice region's custody: filled once, fresh at each start, and nobody in it exists."""

import pytest

from parentis.web.cases.models import Case
from parentis.web.custody.desk.postcodes import postcodes
from parentis.web.custody.intake import index
from parentis.web.custody.models import Detention, IndexLoad, Suite
from parentis.web.custody.practice import SHOWN, make_practice_custody
from parentis.web.custody.retention.lake_export import waiting
from parentis.web.people.initial_accounts import make_demo_people
from parentis.web.verification import verify_record


@pytest.fixture
def demo(settings):
    settings.IS_DEMO = True
    postcodes.cache_clear()
    yield
    postcodes.cache_clear()


@pytest.mark.integration
@pytest.mark.django_db
def test_the_practice_region_has_custody_to_try(demo, monkeypatch):
    monkeypatch.setattr("parentis.workflow.checks.lookups", lambda: type("None", (), {"postcodes": None})())
    make_demo_people()
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
