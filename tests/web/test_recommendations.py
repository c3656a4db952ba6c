"""The register: what comes in and goes out, what is late, who oversees it, and a walk through it in a browser."""

import html
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from browser_steps import follow, sign_in_as
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parentis.errors import DeclarationError, UserError
from parentis.web.audit.models import Entry as AuditEntry
from parentis.web.cases import history
from parentis.web.cases.fields import Field, Register
from parentis.web.cases.history import verify_all
from parentis.web.cases.models import Group, Meeting, Record
from parentis.web.cases.operations import move
from parentis.web.cases.records import TakenError
from parentis.web.cases.register import import_export, queries
from parentis.web.cases.register.meeting_pack import meeting_pack
from parentis.web.cases.register.operations import enter
from parentis.web.notices.models import Notice
from parentis.web.people.models import Organisation, Person
from parentis.web.recommendations.case_types import KIND
from parentis.web.recommendations.gradings import add_grading
from parentis.web.recommendations.models import Grading
from parentis.web.recommendations.practice import make_practice_register
from parentis.web.workbooks import Table, guarded, unguarded, workbook

CAMDEN, CROYDON, BCU = "E09000007", "E09000008", "bcu-central-north"
HEADINGS = [one.heading for one in import_export.columns(KIND)]
WHOLE = {
    "Report": "Practice report", "Inspectorate": "Practice inspectorate", "Published": "2016-11-25", "Number": "1",
    "To": "Camden", "Recommendation": "Do better", "Deadline": "Within 3 months", "Owners": "Head of practice",
    "State": "", "Evidence": "",
}  # fmt: skip
Maker = Callable[..., Any]


def entered(place: str = CAMDEN, **more: Any) -> Record:
    values = {
        "report": "Practice report", "inspectorate": "Practice inspectorate", "published_on": date(2016, 11, 25),
        "number": "1", "text": "Do better", "deadline": "3-months", "owners": "Head of practice",
    }  # fmt: skip
    state = more.pop("state", "")
    return enter(by=None, kind=KIND, place=place, state=state, values={**values, **more}).record


def imported(**given: Any) -> import_export.Imported:
    return import_export.import_register(kind=KIND, **given)


def sheet(*rows: dict[str, str], headings: list[str] | None = None) -> bytes:
    """A register as somebody would fill it in by hand: headings in the first row."""
    book = openpyxl.Workbook()
    names = headings or HEADINGS
    book.active.append(names)
    for row in rows:
        book.active.append([row.get(name, "") for name in names])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.integration
@pytest.mark.parametrize(
    ("deadline", "last_day"), [("immediate", "2016-11-25"), ("3-months", "2017-02-25"), ("6-months", "2017-05-25")]
)
def test_when_a_recommendation_is_due(deadline: str, last_day: str, places: dict[str, Organisation]) -> None:
    from parentis.web.cases.models import last_day_before

    clock = entered(deadline=deadline).case.clocks.get()
    assert last_day_before(clock.due_at) == date.fromisoformat(last_day)


@pytest.mark.integration
def test_a_notice_calls_a_recommendation_what_the_register_calls_it(person: Maker, client_of: Maker) -> None:
    director, case = person("director"), entered(number="7.2").case
    move(by=person("improvement-lead"), case=case, move="put-forward", seen=None, why="done")
    notice = Notice.objects.get(person=director)
    assert notice.text == "Recommendation 7.2, Camden: Put forward as done"
    assert str(case.pk) != "7.2"
    for page in (notice.path, "/recommendations/"):
        assert "7.2" in client_of("director").get(page).content.decode()
    assert "<h1" in (page := client_of("director").get(notice.path).content.decode())
    assert "Recommendation 7.2" in page.partition("</h1>")[0]


@pytest.mark.unit
@pytest.mark.parametrize("heading", ["Child {name}", "Review of {closed}", "Case {nowhere}"])
def test_what_a_case_is_called_holds_nothing_of_a_child(heading: str) -> None:
    fields = (Field(id="name", label="Name", listed=True), Field(id="closed", label="X", encrypted=True, erased=False))
    with pytest.raises(DeclarationError, match="read in mail"):
        Register(title="X", name="x", fields=fields, heading=heading)


@pytest.mark.integration
def test_overdue_is_what_is_past_its_day_and_not_closed(person: Maker) -> None:
    lead, today = person("improvement-lead"), timezone.localdate()
    late = entered()
    soon = entered(number="2", published_on=today - timedelta(days=85))
    far = entered(number="3", published_on=today)
    closed = entered(number="4", state="done")
    entered(CROYDON)
    mine = queries.records(lead, KIND)
    assert list(queries.overdue(mine, KIND)) == [late]
    assert list(queries.due_soon(mine, KIND)) == [soon]
    assert list(queries.not_closed(mine, KIND)) == [late, soon, far]
    assert set(mine) == {late, soon, far, closed}
    move(by=lead, case=late.case, move="put-forward", seen=None, why="done")
    assert list(queries.overdue(mine, KIND)) == [late], "putting it forward is not having it agreed"
    move(by=person("director"), case=late.case, move="agree", seen=None)
    assert list(queries.overdue(mine, KIND)) == []


@pytest.mark.integration
def test_the_register_by_place_counts_what_one_may_see(person: Maker) -> None:
    for place, number in ((BCU, "1"), (BCU, "2"), (CAMDEN, "1"), (CROYDON, "1"), ("bcu-south", "1")):
        entered(place, number=number)
    rows = {
        row["place"]: (row["every"], row["overdue"], row["closed"]) for row in queries.by_place(person("analyst"), KIND)
    }
    assert rows == {BCU: (2, 2, 0), CAMDEN: (1, 1, 0)}
    assert [row["place"] for row in queries.by_place(person("improvement-lead", "police"), KIND)] == [BCU]
    assert len(queries.by_place(person("analyst", "region"), KIND)) == 4


@pytest.mark.integration
def test_the_database_refuses_the_same_recommendation_twice(places: dict[str, Organisation]) -> None:
    entered()
    with pytest.raises(TakenError), transaction.atomic():
        entered()
    entered(BCU)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=15)
NASTY = st.one_of(
    TEXTS, st.sampled_from(["=1+1", "'=1", "''@x", "+44", "-", "@SUM(A1)", "'plain", "a\nb", "0012", "1.0"])
)


@pytest.mark.generative
@given(NASTY)
def test_a_guarded_cell_never_runs_and_comes_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(text)) == text


@pytest.mark.generative
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_exported_comes_back_whole(data: st.DataObject, places: dict[str, Organisation]) -> None:
    """Out, everything deleted in between (undone after), in again: the same table; a second time changes nothing."""
    with transaction.atomic():
        for number in data.draw(st.lists(NASTY, min_size=1, max_size=4, unique=True)):
            one = entered(
                data.draw(st.sampled_from([CAMDEN, BCU])), number=number[:20], text=data.draw(NASTY),
                owners=data.draw(NASTY), report=data.draw(NASTY),
                deadline=data.draw(st.sampled_from(["immediate", "3-months", "6-months"])),
                state=data.draw(st.sampled_from(["open", "in-hand", "done"])),
                published_on=data.draw(st.dates(date(2001, 1, 1), date(2030, 1, 1))),
            )  # fmt: skip
            assert one.pk
        before = import_export.exported(KIND, Record.objects.all())
        file = workbook("Register", [before])
        again = imported(by=None, name="register.xlsx", data=file)
        assert (again.rows, again.new, again.same, again.errors) == (len(before.rows), 0, len(before.rows), ())
        Record.objects.all().delete()
        back = imported(by=None, name="register.xlsx", data=file)
        assert (back.new, back.same, back.errors) == (len(before.rows), 0, ())
        assert sorted(map(str, import_export.exported(KIND, Record.objects.all()).rows)) == sorted(
            map(str, before.rows)
        )
        transaction.set_rollback(True)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"Published": "soon"}, "Published"),
        ({"Published": "31/02/2016"}, "Published"),
        ({"To": "Atlantis"}, "To"),
        ({"Deadline": "whenever"}, "Deadline"),
        ({"State": "begun?"}, "State"),
        ({"Number": "1" * 21}, "Number"),
        ({"Recommendation": ""}, "Recommendation"),
        ({"Owners": ""}, "Owners"),
    ],
)
def test_a_bad_cell_is_reported_where_it_stands(
    change: dict[str, str], column: str, places: dict[str, Organisation]
) -> None:
    good = {**WHOLE, "Number": "2"}
    found = import_export.import_register(
        kind=KIND, by=None, name="r.xlsx", data=sheet(good, {**WHOLE, **change}, {**WHOLE, "Number": "3"})
    )
    assert [(one.row, one.column) for one in found.errors] == [(3, column)]
    assert (found.rows, found.new, found.same, found.refused) == (3, 2, 0, 1)
    assert all(text not in one.what for one in found.errors for text in change.values() if text)


@pytest.mark.integration
def test_every_row_of_a_file_is_accounted_for(person: Maker) -> None:
    lead = person("improvement-lead")
    rows = [
        {**WHOLE, "Published": "25/11/2016", "Evidence": "Minutes of May"},
        {**WHOLE, "Number": "2", "To": "London Borough of Camden", "State": "In hand"},
        {**WHOLE, "Number": "3", "To": "Croydon"},
        {**WHOLE, "Recommendation": "Something else"},
        {},
        {**WHOLE, "Number": "4", "Deadline": "6-months", "Colour": "red"},
    ]
    found = import_export.import_register(
        kind=KIND, by=lead, name="r.xlsx", data=sheet(*rows, headings=[*HEADINGS, "Colour"])
    )
    assert (found.rows, found.new, found.same, found.refused) == (6, 3, 0, 3)
    assert found.new + found.same + found.refused == found.rows
    assert found.ignored == ("Colour",)
    where = {(one.row, one.column) for one in found.errors}
    assert {(4, "To"), (5, "Recommendation"), (6, "Report")} <= where
    first = Record.objects.get(values__number="1")
    assert {"text": "Minutes of May"} in [line.value for line in history.lines(first.case)]
    assert Record.objects.get(values__number="2").case.state == "in-hand"
    assert AuditEntry.objects.filter(what="recommendations:imported").count() == 1


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"PK\x03\x04 broken"),
        ("a.csv", b"a,b\n1,2\n"),
        ("a.csv", b""),
        ("a.xlsx", b"\x00\x01"),
        ("a.xlsx", sheet(headings=[*HEADINGS, "Report"])),
        ("a.csv", b"x" * (6 * 1024 * 1024)),
    ],
)
def test_a_file_that_is_no_register_is_refused(name: str, data: bytes, db: None) -> None:
    with pytest.raises(UserError):
        imported(by=None, name=name, data=data)


@pytest.mark.integration
def test_no_cell_of_a_workbook_is_a_formula() -> None:
    table = Table(
        title="T/:*?", headings=("A", "B", "C"), rows=[["=1+1", 2.5, date(2025, 1, 6)], ["http://x", None, ""]]
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook("W", [table, table])))
    cells = [cell for each in book.worksheets for row in each.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    assert book.worksheets[0]["A5"].value == "'=1+1"
    assert book.worksheets[0]["B5"].value == 2.5


@pytest.mark.integration
def test_importing_and_exporting_by_the_pages(client_of: Callable[..., Client]) -> None:
    client = client_of("improvement-lead")
    data = sheet(WHOLE, {**WHOLE, "Number": "2", "Deadline": "<script>"})
    page = client.post("/recommendations/import", {"file": SimpleUploadedFile("r.xlsx", data)})
    assert "Of 2 rows" in page.text
    assert "<script>" not in page.text
    file = client.get("/recommendations/export.xlsx")
    assert "attachment" in file["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    assert [cell.value for cell in book.active[4]] == HEADINGS
    blank = client.get("/recommendations/blank.xlsx")
    refused = client.post("/recommendations/import", {"file": SimpleUploadedFile("b.xlsx", blank.content)})
    assert "Of 0 rows" in refused.text
    assert client_of("analyst").get("/recommendations/import").status_code == 403
    assert AuditEntry.objects.filter(what="recommendations.read:exported").count() == 1


@pytest.mark.integration
def test_groups_meetings_and_gradings_by_the_pages(client_of: Callable[..., Client]) -> None:
    client, other = client_of("improvement-lead"), client_of("improvement-lead", "croydon")
    assert client.post("/recommendations/groups/new", {"place": CROYDON, "name": "Theirs"}).status_code == 200
    made = client.post("/recommendations/groups/new", {"place": CAMDEN, "name": "Board", "purpose": ""})
    group = Group.objects.get()
    assert made["Location"] == f"/recommendations/groups/{group.pk}/"
    client.post(
        f"/recommendations/groups/{group.pk}/members",
        {"name": "Alex", "organisation": "Police", "position": "", "since": "2025-01-06"},
    )
    client.post(f"/recommendations/groups/{group.pk}/members/{group.members.get().pk}/left")
    assert group.members.get().until == timezone.localdate()
    client.post(f"/recommendations/groups/{group.pk}/meetings", {"held_on": "2025-02-03", "minutes": "<i>All</i>"})
    assert "&lt;i&gt;All" in client.get(f"/recommendations/groups/{group.pk}/").text
    assert other.get(f"/recommendations/groups/{group.pk}/").status_code == 403
    grading = {
        "place": CAMDEN, "inspectorate": "Ofsted", "subject": "Front door", "judgement": "Good",
        "inspected_on": "2025-01-06", "source": "Practice",
    }  # fmt: skip
    client.post("/recommendations/gradings/new", grading)
    twice = client.post("/recommendations/gradings/new", grading)
    assert "already been added" in twice.text
    assert Grading.objects.count() == Meeting.objects.count() == 1
    assert "Front door" in client.get("/recommendations/gradings/").text
    assert "Front door" not in other.get("/recommendations/gradings/").text


@pytest.mark.integration
def test_the_meeting_pack_says_the_same_as_page_and_as_workbook(
    client_of: Callable[..., Client], person: Callable[..., Person]
) -> None:
    make_practice_register(timezone.localdate())
    group = Group.objects.get(place=BCU)
    tables = {one.title: one for one in meeting_pack(person("improvement-lead", "police"), group)}
    assert list(tables) == ["Overdue", "Due within 30 days", "To be agreed", "What changed", "Gradings", "Members"]
    numbers = [row[0] for row in tables["Overdue"].rows]
    expected = queries.overdue(queries.records(person("improvement-lead", "police"), KIND), KIND)
    assert sorted(numbers) == sorted(one.values["number"] for one in expected)
    assert [row[3] for row in tables["Gradings"].rows] == ["Good", "Requires improvement", "Inadequate"]
    client = client_of("improvement-lead", "police")
    page = client.get(f"/recommendations/groups/{group.pk}/pack")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/recommendations/groups/{group.pk}/pack.xlsx").content))
    for table, each in zip(tables.values(), book.worksheets, strict=True):
        assert [cell.value for cell in each[4]] == list(table.headings)
        for row in table.rows:
            assert all(str(cell) in html.unescape(page.text) for cell in row[:2] if cell and not isinstance(cell, date))


@pytest.mark.integration
def test_the_practice_register_is_synthetic_whole_and_made_once(places: dict[str, Organisation]) -> None:
    today = date(2025, 6, 2)
    made = make_practice_register(today)
    assert made == Record.objects.count() == 21
    assert all(one.practice and "Practice" in one.values["report"] for one in Record.objects.all())
    assert {one.case.state for one in Record.objects.all()} == {"open", "in-hand", "put-forward", "done"}
    assert make_practice_register(today) == 0
    assert sum(1 for _ in verify_all()) == 21


@pytest.mark.integration
def test_a_grading_by_somebody_elses_lead_is_refused(person: Maker) -> None:
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        add_grading(
            by=person("improvement-lead"), place=BCU, inspectorate="x", subject="x", judgement="x",
            inspected_on=date(2025, 1, 6), source="x",
        )  # fmt: skip


@pytest.mark.browser
@pytest.mark.functional
def test_a_walk_through_the_register(page: Any, person: Maker, check_page: Callable[..., None], tmp_path: Any) -> None:
    """The police lead enters, works and puts forward; the region agrees; the pack and the overdue list follow."""
    make_practice_register(timezone.localdate())

    def sign_in(someone: Person) -> None:
        page.context.clear_cookies()
        sign_in_as(page, someone.email)

    sign_in(person("improvement-lead", "police"))
    follow(page.get_by_role("link", name="Recommendations").first)
    check_page(page, "recommendations")
    follow(page.get_by_role("link", name="Add one"))
    page.get_by_label("To", exact=True).select_option(BCU)
    page.get_by_label("Report").fill("Practice re-inspection")
    page.get_by_label("Inspectorate").fill("Practice inspectorate")
    page.get_by_label("Published on").fill("2025-01-06")
    page.get_by_label("Number").fill("R9")
    page.get_by_label("Recommendation", exact=True).fill("Ask for an appropriate adult at once.")
    check_page(page, "recommendation-new")
    follow(page.get_by_role("button", name="Enter"))
    page.locator(".govuk-error-summary").wait_for()
    page.get_by_label("Within 3 months").check()
    page.get_by_label("Owners").fill("Inspector, custody")
    follow(page.get_by_role("button", name="Enter"))
    page.get_by_role("heading", name="Recommendation R9").wait_for()
    page.get_by_text("Add a comment").click()
    page.get_by_label("Evidence").check()
    page.get_by_label("Text").fill("Mean time to the adult's arrival is down to two hours.")
    follow(page.get_by_role("button", name="Save comment"))
    page.get_by_text("Add a file").first.click()
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(b"%PDF-1.7 practice")
    page.get_by_label("File", exact=True).set_input_files(plan)
    follow(page.get_by_role("button", name="Save file"))
    page.get_by_role("link", name="plan.pdf").wait_for()
    follow(page.get_by_role("button", name="Put forward as done"))
    page.get_by_label("Why").fill("In place in every suite.")
    check_page(page, "recommendation-move")
    follow(page.get_by_role("button", name="Put forward as done"))
    page.get_by_text("Put forward as done").first.wait_for()
    check_page(page, "recommendation")
    follow(page.get_by_role("link", name="Verify this history"))
    page.get_by_text("are unchanged since they were written").wait_for()
    check_page(page, "recommendation-history")

    sign_in(person("improvement-lead", "region"))
    page.goto("/recommendations/overdue")
    check_page(page, "recommendations-overdue")
    follow(page.get_by_role("link", name="Ask for an appropriate adult"))
    follow(page.get_by_role("button", name="Agree that it is done"))
    follow(page.get_by_role("button", name="Agree that it is done"))
    page.locator(".govuk-tag", has_text="Done").first.wait_for()
    for address, name in (
        ("/recommendations/places", "recommendations-places"),
        ("/recommendations/gradings/", "gradings"),
        ("/recommendations/groups/", "groups"),
        ("/recommendations/import", "recommendations-import"),
    ):
        page.goto(address)
        check_page(page, name)
    page.goto("/recommendations/groups/")
    follow(page.get_by_role("link", name="Improvement group").first)
    check_page(page, "group")
    follow(page.get_by_role("link", name="Meeting pack", exact=True))
    check_page(page, "meeting-pack")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/recommendations/")
    check_page(page, "recommendations-phone", full=False)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
