"""A build that cannot protect a count tells those who answer for data."""

from collections.abc import Mapping

import pytest
from django.core import mail

from parentis import workflow
from parentis.web.jobs.models import Job
from parentis.web.notices.models import Notice
from parentis.web.submissions import tasks


def built(told: int) -> workflow.Build:
    figures: Mapping[str, int] = {"uasc": 1}
    return workflow.Build(build_id="b", sequence=1, figures=figures, published=(), told=told)


@pytest.mark.integration
@pytest.mark.parametrize(("told", "notices"), [(0, 0), (2, 1)])
def test_the_data_protection_officer_is_told(person, monkeypatch, told, notices) -> None:
    officer = person("data-protection", "region")
    person("analyst", "region")
    monkeypatch.setattr(workflow, "build", lambda *_, **__: built(told))
    tasks.build(Job(kind="build", asked={}), lambda *_: None)
    assert [one.person for one in Notice.objects.all()] == [officer] * notices
    assert all("2 hidden counts can still be worked out" in one.text for one in Notice.objects.all())
    assert len(mail.outbox) == notices
