"""The pages of a case: every address and every role, by what the site answers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from samples import samples

from parentis.web.cases import history, operations, permissions
from parentis.web.cases.declarations import case_types
from parentis.web.cases.models import Case, Record
from parentis.web.cases.register.operations import enter
from parentis.web.people.models import Organisation, Person
from parentis.web.people.permissions import routes
from parentis.web.people.roles import ROLES, Kind
from parentis.web.recommendations.case_types import KIND

CAMDEN, BCU = "E09000007", "bcu-central-north"
HOLDERS = [(role.id, kind) for role in ROLES for kind in sorted(role.kinds)]


@pytest.fixture
def entered(places: dict[str, Organisation]) -> Callable[..., Record]:
    from datetime import date

    def make(place: str = CAMDEN, number: str = "1", **more: Any) -> Record:
        values = {
            "report": "Practice report", "inspectorate": "Practice inspectorate", "published_on": date(2025, 1, 6),
            "number": number, "text": "Do better", "deadline": "3-months", "owners": "Head of practice",
        }  # fmt: skip
        return enter(by=None, kind=KIND, place=place, values={**values, **more}).record

    return make


@pytest.mark.integration
@pytest.mark.parametrize("place", [CAMDEN, BCU, "E09000008", "bcu-south"])
def test_every_page_of_a_case_as_every_role(
    place: str, entered: Callable[..., Record], client_of: Callable[..., Client], person: Callable[..., Person]
) -> None:
    """Whoever may not see a case learns nothing of it by any page: 403 at the gate or 404 behind it."""
    case = entered(place).case
    operations.attach(by=None, case=case, name="a.pdf", data=b"%PDF-1")
    addresses = {
        name: reverse(name, kwargs=_kwargs(name, case))
        for name in routes()
        if name == "recommendation" or (name.startswith("recommendation-") and name != "recommendation-new")
    }
    assert len(addresses) >= 11
    wrong = []
    holders = HOLDERS if place in {CAMDEN, BCU} else [one for one in HOLDERS if one[1] in {Kind.AUTHORITY, Kind.POLICE}]
    for role, kind in holders:
        where = "camden" if kind is Kind.AUTHORITY else kind.value
        client, someone = client_of(role, where), person(role, where)
        sees = permissions.may_do(someone, "view", case)
        for name, address in addresses.items():
            status = client.get(address).status_code
            if not sees and status not in {403, 404, 405}:
                wrong.append((role, kind, name, status))
            if sees and status in {302, 500}:
                wrong.append((role, kind, name, status))
        if sees != (client.get(addresses["recommendation"]).status_code == 200):
            wrong.append((role, kind, "recommendation", "page"))
    assert wrong == []


@pytest.mark.integration
def test_words_are_put_right_and_the_history_keeps_what_they_were(
    entered: Callable[..., Record], client_of: Callable[..., Client]
) -> None:
    one, client = entered(), client_of("improvement-lead")
    entered(number="2")
    path = f"/recommendations/{one.pk}/text"
    assert "Do better" in client.get(path).content.decode()
    given = {"seen": one.case.version, "number": "1", "text": "Do much better", "why": "A slip in typing"}
    assert client.post(path, {**given, "why": ""}).status_code == 200, "not without a reason"
    taken = client.post(path, {**given, "number": "2"})
    assert (taken.status_code, "one already in the register" in taken.content.decode()) == (409, True)
    assert client.post(path, given).status_code == 302
    one.refresh_from_db()
    assert (one.values["number"], one.values["text"]) == ("1", "Do much better")
    page = client.get(f"/recommendations/{one.pk}/").content.decode()
    assert "A slip in typing" in page
    assert "Recommendation: Do much better (before: Do better)" in page
    last = history.lines(one.case)[0]
    assert last.value is not None
    assert last.value["changed"] == {"text": ["Do better", "Do much better"]}
    assert client.post(path, given).status_code == 409, "a form drawn before"
    assert history.verify(one.case).entries == 2
    assert client_of("analyst").post(path, given).status_code in {403, 404}


def _kwargs(name: str, case: Case) -> dict[str, Any]:
    more = {"move": {"move": "begin"}, "stop": {"clock": "due"}, "start": {"clock": "due"}, "file": {"sequence": 2}}
    return {"pk": case.pk, **more.get(name.removeprefix(f"{KIND}-"), {})}


@pytest.mark.integration
def test_a_stale_form_is_refused_kindly_and_keeps_what_was_typed(
    entered: Callable[..., Record], client_of: Callable[..., Client]
) -> None:
    case, client = entered().case, client_of("improvement-lead")
    address = reverse("recommendation-move", args=[case.pk, "put-forward"])
    assert client.get(address).status_code == 200
    operations.comment(by=None, case=case, text="meanwhile")
    response = client.post(address, {"seen": 1, "why": "My long reasons"})
    assert response.status_code == 409
    assert "My long reasons" in response.text
    assert "a later version" in response.text
    case.refresh_from_db()
    assert case.state == "open"
    assert client.post(address, {"seen": 2, "why": "My long reasons"}).status_code == 302
    twice = client.post(address, {"seen": 2, "why": "My long reasons"})
    assert twice.status_code == 409
    case.refresh_from_db()
    assert (case.state, case.entries.count()) == ("put-forward", 3)


@pytest.mark.integration
def test_comments_and_files_by_their_forms(entered: Callable[..., Record], client_of: Callable[..., Client]) -> None:
    case, client = entered().case, client_of("improvement-lead")
    said = client.post(
        reverse("recommendation-comment", args=[case.pk]), {"what": "evidence", "text": "<b>Done</b>"}, follow=True
    )
    assert "&lt;b&gt;Done&lt;/b&gt;" in said.text
    attach = reverse("recommendation-attach", args=[case.pk])
    name = '../../etc/pass"wd\n.pdf'
    kept = client.post(attach, {"file": SimpleUploadedFile("plan.pdf", b"%PDF-1 x"), "note": ""}, follow=True)
    assert "plan.pdf" in kept.text
    refused = client.post(attach, {"file": SimpleUploadedFile("a.pdf", b"<html>"), "note": ""}, follow=True)
    assert "Nothing was changed" in refused.text
    operations.attach(by=None, case=case, name=name, data=b"%PDF-1 y")
    for sequence, data in ((3, b"%PDF-1 x"), (4, b"%PDF-1 y")):
        file = client.get(reverse("recommendation-file", args=[case.pk, sequence]))
        assert (file.content, file["Content-Type"]) == (data, "application/pdf")
        assert file["Content-Disposition"].startswith("attachment;")
        assert ".." not in file["Content-Disposition"]
        assert "\n" not in file["Content-Disposition"]
    assert client.get(reverse("recommendation-file", args=[case.pk, 1])).status_code == 404
    case.refresh_from_db()
    assert history.verify(case).entries == 4
    assert "are unchanged since they were written" in client.get(reverse("recommendation-history", args=[case.pk])).text


@pytest.mark.integration
def test_a_broken_history_is_said(entered: Callable[..., Record], client_of: Callable[..., Client]) -> None:
    case = entered().case
    Case.objects.filter(pk=case.pk).update(sequence=7)
    page = client_of("improvement-lead").get(reverse("recommendation-history", args=[case.pk]))
    assert "could not be verified" in page.text


@pytest.mark.integration
def test_clocks_assignment_and_forgetting_by_their_forms(
    entered: Callable[..., Record], client_of: Callable[..., Client], person: Callable[..., Person]
) -> None:
    case, client = entered(published_on=timezone.localdate()).case, client_of("improvement-lead")
    lead = person("improvement-lead")
    client.post(reverse("recommendation-assign", args=[case.pk]), {"seen": 1, "person": lead.pk})
    client.post(reverse("recommendation-stop", args=[case.pk, "due"]), {"seen": 2, "reason": "court", "why": ""})
    case.refresh_from_db()
    assert (case.assigned_to, case.clocks.get().due_at) == (lead, None)
    assert "A court or a prosecution comes first" in client.get(reverse("recommendation", args=[case.pk])).text
    client.post(reverse("recommendation-start", args=[case.pk, "due"]))
    assert case.clocks.get().due_at is not None
    assert client.get(reverse("recommendation-forget", args=[case.pk])).status_code == 403
    officer = client_of("data-protection")
    officer.post(reverse("recommendation-forget", args=[case.pk]), {"why": "End of retention"})
    assert "Forgotten." in client.get(reverse("recommendation", args=[case.pk])).text


@pytest.mark.unit
def test_every_kind_of_case_names_actions_and_a_page_that_are_there(db: None) -> None:
    for kind in case_types().values():
        assert kind.detail_url in routes()
        permissions = {
            permission for move in kind.machine.moves for permission in (move.permission, move.tell) if permission
        }
        participant_roles = {permission for role in kind.participant_roles for permission in role.permissions}
        assert permissions <= set(kind.permissions) | set(kind.of_footprint) | participant_roles
        assert not kind.of_footprint or set(kind.of_footprint) >= set(kind.permissions)
        assert not kind.list_url or kind.list_url in routes()


@pytest.mark.integration
def test_samples_are_there_for_every_page(places: dict[str, Organisation]) -> None:
    assert set(routes()) <= set(samples(places, "camden"))
