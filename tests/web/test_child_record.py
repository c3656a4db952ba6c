"""Correcting a return: a child's whole record, explanations carried on, progress between attempts."""

import uuid
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from test_submissions import children, uploads
from worker import CAMDEN, work

from parentis import workflow
from parentis.archive import find_home
from parentis.web.audit.models import Entry
from parentis.web.jobs.models import Job
from parentis.web.submissions import queries
from parentis.web.submissions.findings_views import IDENTITY, finding_rows, progress_between
from parentis.web.submissions.models import Explanation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded")]


def hand_in(client: Client, folder: Path, period: str = "2023-24", change: tuple[str, str] = ("", "")) -> str:
    paths = children(folder)
    for path in paths:
        path.write_text(path.read_text().replace(*change) if change[0] else path.read_text())
    client.post(
        "/returns/hand-in/",
        {"once": str(uuid.uuid4()), "authority": CAMDEN, "period": period, "files": uploads(paths)},
    )
    work()
    job = Job.objects.filter(kind="hand-in").first()
    assert job is not None
    return str(job.came["outcomes"][0]["submission_id"])


def a_query(submission_id: str) -> tuple[str, str]:
    """A rule and child of a finding to check."""
    rows = finding_rows(queries.findings(submission_id))
    found = rows.filter(pl.col("severity") == "query", pl.col("child").is_not_null())
    assert not found.is_empty(), rows.select("rule", "severity").unique()
    return found.select("rule", "child").row(0)


@pytest.mark.integration
def test_a_childs_whole_record_stands_beside_its_findings(client_of: Callable[..., Client], tmp_path: Path) -> None:
    client = client_of("analyst")
    submission_id = hand_in(client, tmp_path / "a")
    record = workflow.child_record(find_home(), submission_id, "INVENTED2")
    assert {one.table for one in record} >= {"Header", "Episodes"}
    page = client.get(f"/returns/{submission_id}/child/?child=INVENTED2").text
    for one in record:
        written = [cell for row in one.rows.drop("row", "line").rows() for cell in row if cell]
        assert written
        assert all(str(cell).replace("'", "&#x27;") in page for cell in written)
    assert "INVENTED1" not in page.replace("INVENTED2", "")
    own = finding_rows(queries.findings(submission_id)).filter(pl.col("child") == "INVENTED2")
    assert all(f">{rule}</a>" in page for rule in own["rule"].unique())
    assert client.get(f"/returns/{submission_id}/child/?child=NOBODY").status_code == 404
    assert client.get(f"/returns/{submission_id}/child/").status_code == 404
    assert client_of("commissioner").get(f"/returns/{submission_id}/child/?child=INVENTED2").status_code == 403
    entry = Entry.objects.filter(what="submissions.findings:viewed").first()
    assert entry is not None
    assert "INVENTED2" not in str(entry.detail) + entry.subject


@pytest.mark.integration
def test_an_explanation_is_kept_sealed_and_carried_to_the_next_year(
    client_of: Callable[..., Client], tmp_path: Path
) -> None:
    client = client_of("analyst")
    first = hand_in(client, tmp_path / "a")
    rule, child = a_query(first)
    told = {"rule": rule, "child": child, "text": "The court gave this date."}
    assert client.post(f"/returns/{first}/explain", told | {"text": " "}).status_code == 302
    assert not Explanation.objects.exists(), "nothing was said"
    client.post(f"/returns/{first}/explain", told)
    kept = Explanation.objects.get()
    assert b"court" not in bytes(kept.sealed)
    assert child.encode() not in bytes(kept.sealed)
    entry = Entry.objects.get(what="finding:explained")
    assert entry.detail == {"rule": rule}
    assert "The court gave this date." in client.get(f"/returns/{first}/child/", {"child": child}).text
    assert client.post(f"/returns/{first}/explain", told | {"rule": "no-such-rule"}).status_code == 404

    again = hand_in(client, tmp_path / "b", change=("INVENTED1", "INVENTED11"))
    assert "The court gave this date." in client.get(f"/returns/{again}/child/", {"child": child}).text, "next attempt"
    later = hand_in(client, tmp_path / "c", period="2024-25")
    rows = finding_rows(queries.findings(later)).filter(pl.col("child") == child)
    page = client.get(f"/returns/{later}/child/", {"child": child}).text
    if rule in rows["rule"]:
        assert "of the return for 2023-24" in page
    given = queries.one(later)
    from parentis.web.submissions.explanations import explanations

    assert explanations(given)[rule, child].period == "2023-24"
    workflow.erase(find_home(), first, who="dpo", why="retention ended")
    assert (rule, child) not in explanations(given), "an erasure takes it along"


@pytest.mark.spec
def test_progress_counts_what_is_gone_still_there_and_new() -> None:
    def frame(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
        return pl.DataFrame(list(rows), schema=dict.fromkeys(IDENTITY, pl.String), orient="row")

    a, b, c = ("101", "Header", "1", "DOB: x"), ("101", "Header", "2", "DOB: y"), ("205", "Header", "1", "SEX: z")
    assert progress_between(frame(a, b), frame(b, c)) == (1, 1, 1)
    assert progress_between(frame(a, a), frame(a)) == (1, 1, 0), "one of two alike is corrected"
    assert progress_between(frame(), frame(a)) == (0, 0, 1)
    assert progress_between(frame(a), frame()) == (1, 0, 0)


@pytest.mark.integration
def test_the_next_attempt_says_what_was_corrected(client_of: Callable[..., Client], tmp_path: Path) -> None:
    client = client_of("analyst")
    first = hand_in(client, tmp_path / "a")
    assert "Since the attempt of" not in client.get(f"/returns/{first}/findings/").text
    second = hand_in(client, tmp_path / "b", change=("INVENTED2", "INVENTED22"))
    page = client.get(f"/returns/{second}/findings/").text
    then, now = (
        finding_rows(queries.findings(one)).filter(pl.col("severity") == "error").select(IDENTITY)
        for one in (first, second)
    )
    gone, still, new = progress_between(then, now)
    assert gone > 0
    assert f"{gone} corrected, {still} still to correct, {new} new." in page


@pytest.mark.integration
def test_findings_say_whether_figures_are_made_from_them(client_of: Callable[..., Client], tmp_path: Path) -> None:
    client = client_of("analyst")
    submission_id = hand_in(client, tmp_path / "a")
    rows = finding_rows(queries.findings(submission_id))
    behind = workflow.behind_figures("ssda903")
    assert behind is not None
    for fields, figures in rows.select("fields", "figures").iter_rows():
        assert figures == bool(set(fields or ()) & behind)
    assert {True, False} == set(rows["figures"])
    page = client.get(f"/returns/{submission_id}/findings/?figures=on").text
    assert f"{rows['figures'].sum()} findings by rule" in page
    assert workflow.behind_figures("finance.monitoring") is None
