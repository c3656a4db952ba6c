"""What a borough does with its own figures on the site: three values side by side, a difference's owner, a series begun
anew, neighbours, conflicts of interest."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.test import Client

from improvement.conftest import built_home as built_home  # the session's home
from parentis.figures import Viewer
from parentis.web.audit.models import Entry
from parentis.web.improvement import conflicts, differences, series_starts
from parentis.web.improvement.benchmarks import measure_page
from parentis.web.improvement.models import Conflict, Difference, Rebasing
from parentis.web.improvement.peer_views import sensitive

CAMDEN, CROYDON, EALING = "E09000007", "E09000008", "E09000009"
MEASURE, OTHER = "improvement.s07", "improvement.s09"
ClientOf = Callable[..., Client]
Q2 = "2024-25 Q2"


@pytest.fixture(autouse=True)
def _with_figures(built_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARENTIS_HOME", str(built_home))


@pytest.mark.integration
def test_a_borough_sees_its_own_three_values_and_of_others_only_how_many_differ(client_of: ClientOf) -> None:
    page = client_of("analyst").get("/improvement/reconciliation/?every=1").text
    assert "Collected, derived, published: Camden" in page
    assert "Re-referrals within 12 months" in page
    assert "Placed more than 20 miles from home: the return keeps postcodes as sectors" in page
    region_page = client_of("improvement-lead", "region").get("/improvement/reconciliation/?every=1").text
    assert "The values of a borough are shown to the borough itself" in region_page
    assert "Re-referrals within 12 months" not in region_page


@pytest.mark.integration
def test_a_difference_has_an_owner_and_says_what_lies_behind_it(client_of: ClientOf) -> None:
    analyst = client_of("analyst")
    given = {"slot": "S07", "period": "2024-25 Q4", "owner": "Head of data", "text": "Two moves were entered late."}
    address = f"/improvement/boroughs/{CAMDEN}/difference"
    assert "Owner of the difference saved." in analyst.post(address, given, follow=True).text
    assert Entry.objects.filter(what="improvement:difference-answered", authority=CAMDEN).count() == 1
    analyst.post(address, {**given, "owner": "Head of placements"})
    rows = pl.DataFrame(
        {"slot": ["S07"], "geography": [CAMDEN], "period": ["2024-25 Q4"],
         "says": ["differs from the published year: explain it, or correct the quarters"]}
    )  # fmt: skip
    (told,) = differences.compared(rows, CAMDEN, every=False)
    assert (told.differs, told.owner, told.said.text) == (True, "Head of placements", "Two moves were entered late.")
    assert Difference.objects.count() == 2, "what was said before stays"
    assert "Nothing was saved" in analyst.post(address, {**given, "owner": ""}, follow=True).text
    assert analyst.post(f"/improvement/boroughs/{CROYDON}/difference", given).status_code in {403, 404}
    (unsaid,) = differences.compared(rows.with_columns(slot=pl.lit("S08")), CAMDEN, every=False)
    assert unsaid.owner == differences.OWNER


@pytest.mark.integration
def test_rows_behind_a_derived_count_are_for_the_authority_itself(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = pl.DataFrame(
        {"slot": ["S07", "S07"], "geography": [CAMDEN, CROYDON], "period": ["2024-25 Q4"] * 2,
         "table": ["Episodes"] * 2,
         "load_id": ["l", "m"], "row": [41, 7], "in_numerator": [True, False]}
    )  # fmt: skip
    from parentis.web.improvement import own_views

    monkeypatch.setattr(own_views, "frames", lambda name: held if name == "derived_rows" else None)
    analyst = client_of("analyst")
    csv = analyst.get(f"/improvement/boroughs/{CAMDEN}/rows/S07/2024-25_Q4.csv").content.decode("utf-8-sig")
    assert csv.splitlines() == [
        "indicator,quarter,table,line_of_the_table,counted_as_so", "S07,2024-25 Q4,Episodes,43,yes",
    ]  # fmt: skip
    assert analyst.get(f"/improvement/boroughs/{CAMDEN}/rows/S08/2024-25_Q4.csv").status_code == 404
    assert analyst.get(f"/improvement/boroughs/{CROYDON}/rows/S07/2024-25_Q4.csv").status_code in {403, 404}
    lead = client_of("improvement-lead", "region")
    assert lead.get(f"/improvement/boroughs/{CAMDEN}/rows/S07/2024-25_Q4.csv").status_code in {403, 404}


@pytest.mark.integration
def test_an_analyst_begins_a_series_anew_with_a_reason_and_takes_it_back(client_of: ClientOf) -> None:
    analyst = client_of("analyst")
    page = f"/improvement/measures/{OTHER}/?place={CAMDEN}"
    before = analyst.get(page).text
    assert "Break" not in before
    assert "of 6 periods" in before
    address = f"/improvement/boroughs/{CAMDEN}/rebase"
    given = {"measure": OTHER, "period": Q2, "reason": "New recording system."}
    assert "The series begins anew." in analyst.post(address, given, follow=True).text
    after = analyst.get(page).text
    assert "New recording system." in after
    assert "of 3 periods, since the series last began anew" in after
    assert Entry.objects.get(what="improvement:rebased").why == "New recording system."
    wall = analyst.get("/improvement/wall.csv").content
    rows = pl.read_csv(wall).filter(pl.col("measure") == OTHER)
    assert rows.filter(pl.col("geography") == CAMDEN)["direction"].item() == "too few years"
    assert "too few years" not in set(rows.filter(pl.col("geography") != CAMDEN)["direction"])
    analyst.post(address, {**given, "reason": "Taken back", "holds": "no"})
    assert "of 6 periods" in analyst.get(page).text
    assert Rebasing.objects.count() == 2, "nothing is overwritten"


@pytest.mark.integration
def test_who_may_begin_a_series_anew_and_what_is_refused(client_of: ClientOf) -> None:
    given = {"measure": OTHER, "period": Q2, "reason": "New definition."}
    assert client_of("analyst").post(f"/improvement/boroughs/{CROYDON}/rebase", given).status_code in {403, 404}
    assert client_of("director").post(f"/improvement/boroughs/{CAMDEN}/rebase", given).status_code in {403, 404}
    assert client_of("analyst").post("/improvement/rebase", given).status_code in {403, 404}
    analyst = client_of("analyst")
    for wrong in ({"reason": ""}, {"period": "someday"}):
        told = analyst.post(f"/improvement/boroughs/{CAMDEN}/rebase", {**given, **wrong}, follow=True).text
        assert "Nothing was changed." in told
    assert not Rebasing.objects.exists()
    region_analyst = client_of("analyst", "region")
    assert "The series begins anew." in region_analyst.post("/improvement/rebase", given, follow=True).text
    assert "New definition." in client_of("analyst").get(f"/improvement/measures/{OTHER}/?place={CAMDEN}").text
    assert "New definition." in client_of("analyst").get(f"/improvement/measures/{OTHER}/?place={EALING}").text


@pytest.mark.unit
def test_the_starts_of_a_series_come_from_the_return_the_dictionary_and_decisions() -> None:
    marked = pl.DataFrame({"measure": [OTHER], "geography": [CAMDEN], "period": ["2024-25 Q1"]})
    decided = [Rebasing(pk=1, authority="", measure=OTHER, period=Q2, reason="All")]
    at = series_starts.starts(OTHER, CAMDEN, marked, decided)
    assert [(one.day, one.why) for one in at] == [
        (date(2024, 6, 30), "Counted otherwise, as the borough marked it"), (date(2024, 9, 30), "All"),
    ]  # fmt: skip
    assert [one.why for one in series_starts.starts(OTHER, EALING, marked, decided)] == ["All"]
    assert series_starts.starts("statistics.lait.ks1r_expected_std", CAMDEN, None, [])[0].day == date(2016, 1, 1)


@pytest.mark.integration
def test_a_declared_conflict_keeps_two_boroughs_apart_and_says_so(client_of: ClientOf) -> None:
    lead = client_of("improvement-lead", "region")
    address = f"/improvement/matching/?measure=improvement.s09&host={CROYDON}"
    team = lead.get(address).text.split('name="team" value="')[1][:9]
    conflicts.declare(by=None, authority=team, other=CROYDON, post="Team leader", reason="Worked there until May.",
                      until=None, request=None)  # fmt: skip
    page = lead.get(address).text
    assert f'name="team" value="{team}"' not in page
    assert "May not go to Croydon for a declared conflict of interest" in page
    assert conflicts.pairs(date(2026, 1, 1)) == {frozenset({team, CROYDON})}
    conflicts.end(by=None, conflict=Conflict.objects.get(), request=None)
    assert conflicts.pairs(date(2026, 1, 1)) == set()
    assert f'name="team" value="{team}"' in lead.get(address).text


@pytest.mark.integration
def test_a_team_declares_and_ends_its_conflicts(client_of: ClientOf) -> None:
    lead = client_of("improvement-lead")
    address = f"/improvement/boroughs/{CAMDEN}/conflict"
    given = {"other": CROYDON, "post": "Deputy director", "reason": "A relative works there.", "until": "2027-03-31"}
    assert "will not be matched" in lead.post(address, given, follow=True).text
    assert "A relative works there." in lead.get("/improvement/conflicts/").text
    elsewhere = client_of("improvement-lead", "croydon").get("/improvement/conflicts/").text
    assert "Camden and Croydon" in elsewhere
    assert "A relative" not in elsewhere, "the reason is the team's and the region's"
    assert conflicts.pairs(date(2027, 4, 1)) == set(), "its last day is over"
    for wrong in ({"other": CAMDEN}, {"post": ""}, {"other": "E06000001"}, {"until": "soon"}):
        assert "Nothing was declared." in lead.post(address, {**given, **wrong}, follow=True).text
    assert client_of("analyst").post(address, given).status_code in {403, 404}
    ended = lead.post(f"{address}/end", {"conflict": Conflict.objects.get().pk}, follow=True).text
    assert "No conflict of interest stands." in ended
    assert lead.post(f"{address}/end", {"conflict": "x"}).status_code == 404
    assert Entry.objects.filter(what__startswith="improvement:conflict").count() == 2


@pytest.mark.integration
def test_without_a_list_of_neighbours_the_page_says_what_stands_in_for_it(client_of: ClientOf) -> None:
    page = client_of("director").get(f"/improvement/neighbours/?place={CAMDEN}").text
    assert "No list of neighbours is held yet" in page
    assert "Children in low-income families" in page
    assert "compared with nobody" in client_of("director").get("/improvement/neighbours/?place=E09000001").text


@pytest.mark.unit
def test_what_the_choice_of_neighbours_changes_is_counted_by_its_answer() -> None:
    rows = pl.DataFrame(
        {"title": ["same", "turned", "unsure", "unknown"], "p_worse": [0.9, 0.95, 0.85, 0.9],
         "p_worse_alike": [0.81, 0.1, 0.5, None]}
    )  # fmt: skip
    changed, compared = sensitive(rows)
    assert [(one["title"], one["by_dfe"], one["by_computed"]) for one in changed] == [
        ("turned", "worse", "better"), ("unsure", "worse", "cannot tell"),
    ]  # fmt: skip
    assert compared == 3
    assert sensitive(rows.clear()) == ([], 0)


@pytest.mark.integration
@pytest.mark.django_db
def test_few_children_of_another_borough_are_no_point_of_its_funnel() -> None:
    """Numerators of 1 to 5 are points for the borough itself alone; for others its quarter in words is all there is."""
    mine = measure_page("improvement.s05", CAMDEN, Viewer.own(CAMDEN))
    theirs = measure_page("improvement.s05", CAMDEN, Viewer.own(EALING))
    assert mine is not None
    assert theirs is not None
    for page, own in ((mine, CAMDEN), (theirs, EALING)):
        others = page.found.history.filter(pl.col("geography") != own, pl.col("value").is_not_null())
        assert others.filter(pl.col("numerator").is_between(1, 5)).is_empty()
        few = page.rows.filter(pl.col("value").is_null())
        assert few.height > 3
        assert few["verdict"].null_count() == 0
    assert mine.own is not None
    assert mine.own["value"] is not None


@pytest.mark.integration
@pytest.mark.parametrize("page", ["reconciliation", "neighbours", "conflicts", "priorities", "impact", "wall"])
def test_before_anything_is_built_each_page_says_so(
    page: str, client_of: ClientOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARENTIS_HOME", str(tmp_path / "empty"))
    found = client_of("director").get(f"/improvement/{page}/")
    assert found.status_code == 200
    assert "yet" in found.text or "Choose" in found.text or "No conflict" in found.text
