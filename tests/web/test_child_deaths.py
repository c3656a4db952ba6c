"""Child death review at the site: who sees what, cases with their clocks, and pages that give no child away."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from parentis import workflow
from parentis.archive import find_home
from parentis.errors import UserError
from parentis.returns import ReturnData, write_files
from parentis.web.cases.models import Case, Clock
from parentis.web.cases.operations import move, stop_clock
from parentis.web.cases.register.operations import enter
from parentis.web.child_deaths import pictures
from parentis.web.child_deaths.case_types import ACTION, DEATH
from parentis.web.child_deaths.models import BudgetChange, Judgement, StoredPicture
from parentis.web.child_deaths.practice import make_practice_child_deaths
from parentis.web.child_deaths.standards import standard_of
from parentis.web.child_deaths.stored import plain, revived
from parentis.web.people.initial_accounts import person_with
from parentis.web.people.models import Organisation, Person
from parentis.web.people.roles import Kind

TODAY = date(2026, 11, 1)
VALUES = {
    "reference": "SYN-7", "notified_on": TODAY, "age": "1-4y", "jar": "sudden", "standard": "72-hours",
    "died_on": TODAY - timedelta(days=1), "born_on": date(2024, 5, 4), "borough": "E09000007", "looked_after": False,
    "plan": True,
}  # fmt: skip


def partnership(footprint: str = "cdr-ncl") -> Organisation:
    made, _ = Organisation.objects.get_or_create(
        slug=footprint, defaults={"name": footprint, "kind": Kind.CHILD_DEATHS, "footprint": footprint}
    )
    return made


def client_at(role: str, organisation: Organisation) -> Client:
    someone = person_with(
        email=f"{role}@{organisation.slug}.test", name=f"{role} of {organisation.slug}", organisation=organisation,
        role=role,
    )  # fmt: skip
    client = Client()
    client.force_login(someone, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def death(place: str = "cdr-ncl", **more: Any) -> Case:
    return enter(by=None, kind=DEATH, place=place, values={**VALUES, **more})


def due(case: Case) -> dict[str, str]:
    return {one.name: str(timezone.localtime(one.due_at)) for one in Clock.objects.filter(case=case) if one.due_at}


@pytest.mark.integration
@pytest.mark.django_db
def test_a_death_has_the_clocks_of_its_partnership_and_the_panels_starts_with_the_meeting() -> None:
    case = death()
    assert due(case)["response"] == "2026-11-04 00:00:00+00:00"
    assert due(case)["meeting"].startswith("2027-02-02")
    assert due(case)["whole"].startswith("2027-05-02")
    assert "panel" not in due(case)
    case = move(by=None, case=case, move="no-response", seen=None)
    case = move(by=None, case=case, move="meet", seen=None, values={"meeting_on": date(2026, 12, 1)})
    assert due(case)["panel"].startswith("2027-01-13")  # six weeks after
    assert {one.name for one in Clock.objects.filter(case=case).exclude(met_at=None)} == {"response", "meeting"}


@pytest.mark.unit
def test_standards_are_those_of_the_footprint_or_the_default() -> None:
    assert standard_of("cdr-swl", TODAY).id == "5-working-days"
    assert standard_of("cdr-bhr", TODAY).id == "72-hours"


@pytest.mark.integration
@pytest.mark.django_db
def test_borough_and_police_have_to_do_with_their_own_and_nobody_else_sees_it(places: Any) -> None:
    case, other = death(), death("cdr-swl", borough="E09000008", reference="SYN-8")
    url, elsewhere = f"/child-deaths/cases/{case.pk}/", f"/child-deaths/cases/{other.pk}/"
    manager = client_at("panel-manager", partnership())
    borough = client_at("child-death-contact", places["camden"])
    police = client_at("child-death-investigator", places["police"])
    for client in (manager, borough, police):
        assert client.get(url).status_code == 200
        assert client.get(elsewhere).status_code == 404
        listed = client.get("/child-deaths/cases/").content.decode()
        assert "SYN-7" in listed
        assert "SYN-8" not in listed
    assert client_at("child-death-contact", places["croydon"]).get(url).status_code == 404
    for role, place in (("analyst", "camden"), ("director", "camden"), ("child-death-lead", "region")):
        assert client_at(role, places[place]).get(url).status_code in {403, 404}


@pytest.mark.integration
@pytest.mark.django_db
def test_what_is_sealed_is_for_the_partnership_alone(places: Any) -> None:
    case = death()
    url = f"/child-deaths/cases/{case.pk}/"
    assert "4 May 2024" in client_at("panel-chair", partnership()).get(url).content.decode()
    for client in (
        client_at("child-death-contact", places["camden"]), client_at("child-death-investigator", places["police"]),
    ):  # fmt: skip
        assert "4 May 2024" not in client.get(url).content.decode()
    assert "2024-05-04" not in str(case.record.values)


@pytest.mark.integration
@pytest.mark.django_db
def test_the_enclave_has_a_key_of_its_own() -> None:
    from parentis.web.cases import records
    from parentis.web.cases.encryption import decrypt

    case = death()
    about = f"case {case.pk}/fields"
    assert b"2024-05-04" in decrypt(case.record.sealed, about, "child-deaths")
    with pytest.raises(Exception, match="does not open"):
        decrypt(case.record.sealed, about)
    assert records.values_of(case.record)["born_on"] == date(2024, 5, 4)


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["export.xlsx", "import", "blank.xlsx"])
def test_nothing_leaves_the_register_of_deaths_in_bulk(path: str) -> None:
    death()
    client = client_at("panel-manager", partnership())
    assert client.get(f"/child-deaths/cases/{path}").status_code in {403, 404}
    assert "export" not in client.get("/child-deaths/cases/").content.decode()


@pytest.mark.integration
@pytest.mark.django_db
def test_who_completes_a_review_is_the_chair_alone() -> None:
    case = death()
    for step, values in (
        ("no-response", {}), ("meet", {"meeting_on": TODAY}), ("list", {}),
    ):  # fmt: skip
        case = move(by=None, case=case, move=step, seen=None, values=values)
    url = f"/child-deaths/cases/{case.pk}/move/review"
    found = [client_at(role, partnership()).get(url).status_code for role in ("panel-manager", "designated-doctor")]
    assert found == [403, 403]
    assert client_at("panel-chair", partnership()).get(url).status_code == 200


@pytest.mark.integration
@pytest.mark.django_db
def test_an_action_closes_with_evidence_alone_and_is_checked_a_year_later() -> None:
    values = {
        "number": "A1", "lesson": "Safe sleep", "factor": "C1", "context": "infant", "action": "Speak of it",
        "owner": "Health visiting", "agreed_on": TODAY, "term": "6-months",
    }  # fmt: skip
    case = enter(by=None, kind=ACTION, place="cdr-ncl", values=values)
    with pytest.raises(UserError):
        move(by=None, case=case, move="done", seen=None, values={"done_on": TODAY})
    case = move(by=None, case=case, move="done", seen=None, values={"done_on": TODAY, "evidence": "Audit of 40 visits"})
    assert due(case)["check"].startswith("2027-11-02")
    assert case.state == "done"
    assert case.closed_at is None
    case = move(by=None, case=case, move="held", seen=None, values={"checked_on": TODAY, "check": "Audit again"})
    assert case.closed_at is not None
    found = client_at("panel-chair", partnership()).get("/child-deaths/lessons/?words=safe+sleep").content.decode()
    assert "Safe sleep" in found
    assert (
        "Safe sleep"
        not in client_at("panel-chair", partnership()).get("/child-deaths/lessons/?words=water").content.decode()
    )


@pytest.mark.integration
@pytest.mark.django_db
def test_an_unknown_borough_is_refused_in_a_sentence() -> None:
    with pytest.raises(UserError, match="Camden"):
        death(borough="Camdem")


@pytest.mark.integration
@pytest.mark.django_db
def test_today_says_what_is_late_and_what_stands_still() -> None:
    make_practice_child_deaths()
    assert make_practice_child_deaths() == 0
    page = client_at("panel-manager", partnership()).get("/child-deaths/today").content.decode()
    assert "Review meeting" in page
    assert "inquest" in page
    assert "SYN-swl" not in page
    assert "paused by the site" in page
    case = death(reference="SYN-9")
    manager = client_at("panel-manager", partnership())
    by = Person.objects.get(email="panel-manager@cdr-ncl.test")
    stop_clock(by=by, case=case, clock="meeting", reason="post-mortem", seen=None)
    page = manager.get("/child-deaths/today").content.decode()
    assert "review meeting, post-mortem" in page
    assert f"paused by {by}" in page


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from parentis.services.child_deaths.practice import returns

    folder = tmp_path_factory.mktemp("deaths")
    for one in returns(1):
        where = folder / one.return_id / one.period / "partnerships"
        write_files(ReturnData(return_id=one.return_id, submitter=one.submitter, period=one.period, tables=one.tables),
                    where)  # fmt: skip
    return folder


@pytest.fixture
def lake(files: Path) -> None:
    home = find_home()
    for at in sorted(files.glob("*/*/partnerships")):
        for outcome in workflow.submit(home, [at], who="test", return_id=at.parent.parent.name, period=at.parent.name):
            assert outcome.status == "accepted", outcome
    pictures.refresh()


@pytest.mark.integration
@pytest.mark.django_db
def test_a_page_works_nothing_out_and_says_so_while_nothing_is_stored(
    places: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scans and divisions are the worker's: nobody waits for them."""

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a page worked something out")

    for name in ("picture_of", "frontier_of"):
        monkeypatch.setattr(f"parentis.services.child_deaths.{name}", never)
    chair = client_at("panel-chair", partnership())
    for page in ("", "footprints", "level", "signals", "themes", "police"):
        assert chair.get(f"/child-deaths/{page}").status_code == 200, page
    assert "look again in a minute" in chair.get("/child-deaths/footprints").content.decode()
    assert "look again in a minute" in chair.get("/child-deaths/").content.decode()


@pytest.mark.unit
def test_what_is_stored_comes_back_as_it_was() -> None:
    made = {"day": TODAY, "map": {"E1": (1, 2.5)}, "none": None, "nan": float("nan"), "one": standard_of("", TODAY)}
    back = revived(json.loads(json.dumps(plain(made))))
    assert back["day"] == TODAY
    assert back["map"] == {"E1": [1, 2.5]}
    assert back["none"] is back["nan"] is None
    assert back["one"].id == made["one"].id


@pytest.mark.integration
@pytest.mark.django_db
def test_pages_of_the_service_and_what_nobody_outside_may_learn_from_them(places: Any, lake: None) -> None:
    doctor = client_at("designated-doctor", partnership())
    chair = client_at("panel-chair", partnership())
    lead = client_at("child-death-lead", places["region"])
    pages = ("", "footprints", "level", "signals", "police")
    for client in (doctor, chair, lead):
        for page in (*pages, "footprints.csv", "level.csv", "signals.csv"):
            assert client.get(f"/child-deaths/{page}").status_code == 200, page
    inside = doctor.get("/child-deaths/signals").content.decode()
    assert "Clusters in space and time" in inside
    assert "70 streams share" in inside
    assert re.search(r"designed for 0\.9\d a year", inside)
    assert inside.count("The smallest rise it would see within a year") == inside.count("<polyline")
    assert "Worked out on" in inside
    assert "Samaritans" in doctor.get("/child-deaths/").content.decode()
    assert not re.search(r"govuk-tag--(red|green)", inside)
    assert "cdr-welc" in inside
    for name in ("Newham", "Tower Hamlets"):
        assert name not in inside
    outside = lead.get("/child-deaths/signals").content.decode()
    assert "10 to 19" in outside or "20 to 49" in outside
    assert "suicide" not in outside
    for page in ("themes", "themes.csv", "signals/budget"):
        assert lead.get(f"/child-deaths/{page}").status_code == 403
    assert "Unsafe sleeping" in doctor.get("/child-deaths/themes").content.decode()

    found = pictures.cards()[0]["alarm"]
    said = {"stream": found.stream, "raised": found.at.isoformat(), "outcome": "artefact"}
    assert chair.post("/child-deaths/signals/judge", said).status_code == 302
    assert Judgement.objects.get().outcome == "artefact"
    assert "A change in how deaths are told of" in chair.get("/child-deaths/signals").content.decode()
    held = pictures.held()
    assert held.alarms == 1
    assert chair.post("/child-deaths/signals/judge", {**said, "stream": "none"}).status_code == 404

    assert doctor.get("/child-deaths/signals/budget").status_code == 403
    assert chair.post("/child-deaths/signals/budget", {"a_year": "2", "why": ""}).status_code == 200
    assert chair.post("/child-deaths/signals/budget", {"a_year": "2", "why": "An inquiry asked"}).status_code == 302
    assert BudgetChange.objects.get().a_year == 2
    changed = chair.get("/child-deaths/signals").content.decode()
    assert "2 false alarms a year" in changed
    assert "Something has changed since" in changed
    before = StoredPicture.objects.filter(name="signals").get()
    assert pictures.refresh() == 1
    assert pictures.refresh() == 0
    page = chair.get("/child-deaths/signals").content.decode()
    assert "Something has changed since" not in page
    assert f"?picture={before.pk}" in page
    assert chair.get(f"/child-deaths/signals?picture={before.pk}").status_code == 200
    assert chair.get("/child-deaths/signals?picture=999999").status_code == 404
    assert "An inquiry asked" in changed
