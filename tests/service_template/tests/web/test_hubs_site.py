"""Requests to family hubs on the site: pages, files, history, API, practice site."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from parentis.web.hubs.case_types import ASKED, KIND
from parentis.web.hubs.practice import make_practice_hubs

from parentis.errors import IntegrityError
from parentis.web.api.operations import make_token
from parentis.web.cases.history import lines, verify_all
from parentis.web.cases.models import Case
from parentis.web.cases.operations import ParticipantStart, erase
from parentis.web.cases.register.import_export import Imported, blank, exported, import_register
from parentis.web.cases.register.operations import enter
from parentis.web.cases.register.queries import records
from parentis.web.people.initial_accounts import make_demo_people
from parentis.web.workbooks import workbook

CAMDEN = "E09000007"
PersonMaker = Callable[..., Any]


def request(**more: Any) -> Case:
    values = {
        "reference": "R1", "asked_on": timezone.localdate(), "urgency": "soon", "children": 2, "consent": True,
        "need": "A quiet room",
    }  # fmt: skip
    roles = (ParticipantStart(role=ASKED, place="provider", why="Practice"),) if more.pop("asked", False) else ()
    return enter(by=None, kind=KIND, place=CAMDEN, values={**values, **more}, participant_roles=roles)


@pytest.mark.integration
def test_a_request_from_entry_to_the_visit_by_the_pages(client_of: Callable[..., Client]) -> None:
    client = client_of("hub-manager")
    given = {
        "place": CAMDEN, "reference": "R1", "asked_on": "2026-05-04", "urgency": "soon", "help": ["debt"],
        "children": "2", "cost": "12.50", "consent": "yes", "need": "A quiet room",
    }  # fmt: skip
    assert "There is a problem" in client.post("/hubs/requests/new", {**given, "children": "two"}).text
    made = client.post("/hubs/requests/new", given)
    case = Case.objects.get(kind=KIND)
    assert made["Location"] == f"/hubs/requests/{case.pk}/"
    page = client.get(made["Location"]).text
    assert all(text in page for text in ("R1", "A quiet room", "£12.50", "Debt", "Within a week"))
    assert "already" in client.post("/hubs/requests/new", given).text
    steps = f"/hubs/requests/{case.pk}/move"
    assert client.post(f"{steps}/offer", {"seen": case.version, "why": "", "visit_on": ""}).status_code == 200
    client.post(f"{steps}/offer", {"seen": case.version, "why": "", "visit_on": "2026-05-08"})
    case.refresh_from_db()
    assert (case.state, case.record.values["visit_on"]) == ("offered", "2026-05-08")
    assert "Visit on: 8 May 2026" in client.get(made["Location"]).text
    assert [one.entries for _, one in verify_all()] == [2]


@pytest.mark.integration
def test_what_a_family_needs_is_for_its_readers_alone(client_of: Callable[..., Client], person: PersonMaker) -> None:
    """Not for the officer who reads the rest, nor in a list, a download, a search or the history."""
    case = request(asked=True)
    manager, officer = client_of("hub-manager"), client_of("data-protection")
    hub, stranger = client_of("hub-manager", "provider"), client_of("hub-manager", "croydon")
    page = f"/hubs/requests/{case.pk}/"
    manager.post(f"{page}need", {"seen": case.version, "need": "A room with a lift"})
    for client, sees in ((manager, True), (hub, True), (officer, False)):
        assert ("A room with a lift" in client.get(page).text) is sees
        assert ("A quiet room" in client.get(page).text) is sees, "in the history"
    assert stranger.get(page).status_code == 404
    assert officer.get(f"{page}need").status_code in {403, 404}
    assert [row["record"].pk for row in hub.get("/hubs/requests/").context["page"]] == [case.record.pk]
    assert not list(stranger.get("/hubs/requests/").context["page"])
    assert "lift" not in manager.get("/hubs/requests/").text
    headings = exported(KIND, records(person("hub-manager"), KIND)).headings
    assert "What the family needs" not in headings
    assert "What the family needs" in blank(KIND).headings
    case.refresh_from_db()
    assert b"lift" not in bytes(case.record.sealed)
    assert "lift" not in str(case.record.values)


@pytest.mark.integration
def test_erasing_leaves_nothing_of_the_family_and_the_history_still_verifies(db: None, places: Any) -> None:
    case = request()
    erase(by=None, case=case, why="End of retention")
    case.refresh_from_db()
    assert (set(case.record.values.values()), case.record.sealed, case.record.key) == ({None}, None, None)
    assert [one.forgotten for _, one in verify_all()] == [1]
    assert request().pk != case.pk, "another may come under the same reference"


@pytest.mark.integration
def test_a_row_changed_behind_the_history_is_found(db: None, places: Any) -> None:
    case = request()
    case.record.values["children"] = 9
    case.record.save()
    with pytest.raises(IntegrityError, match="its field children is not what its history says"):
        list(verify_all())


@pytest.mark.integration
def test_lists_are_narrowed_and_sorted(client_of: Callable[..., Client]) -> None:
    today = timezone.localdate()
    for number, children, urgency in (("R1", 10, "soon"), ("R2", 9, "usual"), ("R3", 2, "soon")):
        request(reference=number, children=children, urgency=urgency, asked_on=today - timedelta(days=children))
    client = client_of("hub-manager")

    def shown(query: str) -> list[str]:
        page = client.get(f"/hubs/requests/?{query}")
        return [row["record"].values["reference"] for row in page.context["page"]]

    assert shown("sort=children") == ["R3", "R2", "R1"], "by number, not by digit"
    assert shown("sort=-children") == ["R1", "R2", "R3"]
    assert shown("urgency=usual") == ["R2"]
    assert shown("words=r3") == ["R3"]
    assert shown(f"asked_on_from={today - timedelta(days=9)}&sort=reference") == ["R2", "R3"]
    assert shown("consent=no") == []
    assert shown("words=100%25") == []
    assert [row["record"].values["reference"] for row in client.get("/hubs/requests/overdue").context["page"]] == ["R1"]


@pytest.mark.integration
def test_a_changed_urgency_moves_the_clock(client_of: Callable[..., Client]) -> None:
    case = request()
    before = case.clocks.get().due_at
    answer = {"seen": case.version, "urgency": "usual", "why": "The family is away"}
    client_of("hub-manager").post(f"/hubs/requests/{case.pk}/urgency", answer)
    assert case.clocks.get().due_at > before
    case.refresh_from_db()
    assert lines(case)[0].value["changed"] == {"urgency": ["soon", "usual"]}


@pytest.mark.integration
def test_a_file_goes_in_with_what_is_wrong_said_row_by_row(person: PersonMaker) -> None:
    good = ["R1", "", "2026-05-04", "Within a week", "Debt; Housing", 2, "£1,200.50", "Yes", "A quiet room"]
    table = blank(KIND)
    at = {heading: number for number, heading in enumerate(table.headings)}
    whole = [""] * len(table.headings)
    names = ("Reference", "Asked on", "Urgency", "Help asked for", "Children", "Cost", "The family agrees",
             "What the family needs")  # fmt: skip
    for name, value in zip(names, [good[0], *good[2:]], strict=True):
        whole[at[name]] = value
    whole[at["Authority"]] = "Camden"

    def imported(rows: list[list[Any]]) -> Imported:
        data = workbook("Requests", [replace(table, rows=rows)])
        return import_register(by=person("hub-manager"), kind=KIND, name="r.xlsx", data=data)

    def changed(**cells: Any) -> list[Any]:
        row = list(whole)
        for name, value in cells.items():
            row[at[name.replace("_", " ")]] = value
        return row

    rows = [
        whole, changed(Reference="R2", Children="two"), changed(Reference="R3", Cost="12 pounds"),
        changed(Reference="R4", Help_asked_for="Debt; Dogs"), changed(Reference="R5", The_family_agrees="perhaps"),
        changed(Children=3),
    ]  # fmt: skip
    found = imported(rows)
    assert (found.rows, found.new, found.same) == (6, 1, 0)
    wrong = {(one.row - 5, one.column) for one in found.errors}
    assert wrong == {
        (1, "Children"), (2, "Cost"), (3, "Help asked for"), (4, "The family agrees"), (5, "Children")
    }  # fmt: skip
    case = Case.objects.get(kind=KIND)
    assert (case.record.values["help"], case.record.values["cost"]) == (["debt", "housing"], "1200.50")
    again = import_register(
        by=person("hub-manager"), kind=KIND, name="r.xlsx", data=workbook("R", [replace(table, rows=[whole])])
    )
    assert (again.new, again.same) == (0, 1)


@pytest.mark.integration
def test_the_api_gives_what_the_tokens_person_may_see(person: PersonMaker) -> None:
    request()
    for place, seen in (("camden", ["R1"]), ("croydon", [])):
        _, secret = make_token(by=person("hub-manager", place), name="t", scopes=["hubs"], lasts=timedelta(days=1))
        answer = Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/hubs/requests")
        assert [one["reference"] for one in answer.json()] == seen


@pytest.mark.integration
def test_the_practice_site_has_requests_and_accounts_of_both_sides(db: None) -> None:
    assert {one.organisation for one in make_demo_people() if one.role == "hub-manager"} == {
        "Camden", "Croydon", "Newham", "Practice provider"
    }  # fmt: skip
    assert make_practice_hubs() == 15
    assert make_practice_hubs() == 0
    cases = Case.objects.filter(kind=KIND)
    assert {one.state for one in cases} >= {"open", "offered"}
    assert all(one.record.practice for one in cases)
    assert sum(1 for _ in verify_all()) == 15


@pytest.mark.integration
def test_the_services_own_pages_open(client_of: Callable[..., Client]) -> None:
    request()
    client = client_of("hub-manager")
    assert "1 request waiting" in client.get("/hubs/").text
    today = date.today()
    assert "1 request made" in client.get(f"/hubs/month/{today.year}/{today.month}").text
    assert client_of("treasurer").get("/hubs/").status_code == 403
