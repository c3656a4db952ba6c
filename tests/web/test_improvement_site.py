"""Improvement on the site: who sees what, explanations, ballots, matching, challenges, the impact check."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from improvement.conftest import built_home as built_home  # the session's home
from parentis import region
from parentis.archive import Home
from parentis.web.audit.models import Entry
from parentis.web.cases.models import Case, Record
from parentis.web.improvement.case_types import KIND
from parentis.web.improvement.models import Ballot, Explanation
from parentis.web.improvement.practice import make_practice_challenges

CAMDEN, CROYDON = "E09000007", "E09000008"
MEASURE = "improvement.s07"
ClientOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def _with_figures(built_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARENTIS_HOME", str(built_home))
    assert Home(built_home)


@pytest.mark.integration
def test_my_borough_opens_with_what_differs_and_what_to_explain(client_of: ClientOf) -> None:
    page = client_of("director").get("/improvement/").text
    for text in ("Camden against others", "Five things different from your neighbours", "To explain", "Every measure",
                 "Cannot tell", "P(worst quarter)"):  # fmt: skip
        assert text in page, text
    other = client_of("director").get("/improvement/?place=E09000009").text
    assert "Ealing against others" in other
    assert "Save explanation" not in other, "of another borough"
    assert client_of("director").get("/improvement/?place=E06000001").status_code == 404


@pytest.mark.integration
def test_an_explanation_is_kept_with_the_one_before_and_on_the_record(client_of: ClientOf) -> None:
    lead = client_of("improvement-lead")
    for text in ("More foster carers left.", "Two homes closed."):
        given = {"measure": MEASURE, "period": "2024-25 Q4", "text": text}
        assert lead.post(f"/improvement/boroughs/{CAMDEN}/explain", given).status_code == 302
    assert list(Explanation.objects.values_list("text", flat=True)) == ["Two homes closed.", "More foster carers left."]
    assert Entry.objects.filter(what="improvement:explained", authority=CAMDEN).count() == 2
    refused = lead.post(f"/improvement/boroughs/{CROYDON}/explain", given)
    assert refused.status_code in {403, 404}
    empty = lead.post(f"/improvement/boroughs/{CAMDEN}/explain", {**given, "text": ""}, follow=True)
    assert "Write an explanation" in empty.text
    assert Explanation.objects.count() == 2


@pytest.mark.integration
@pytest.mark.parametrize("view", ["sure", "fifths", "quartiles"])
def test_the_wall_has_every_borough_and_says_its_words(view: str, client_of: ClientOf) -> None:
    page = client_of("analyst").get(f"/improvement/wall/?view={view}").text
    assert page.count("pa-wall__name") == 14
    assert {"sure": "nobody can tell", "fifths": "worst fifth", "quartiles": "quartile D"}[view] in page
    if view != "sure":
        assert "shows places without chance" in page
    assert client_of("analyst").get("/improvement/wall/?view=other").status_code == 404


@pytest.mark.integration
def test_few_children_of_another_borough_are_in_no_page_or_file(client_of: ClientOf, built_home: Path) -> None:
    """Numerators of 1 to 5 are shown to the borough itself alone; others see its quarter in words."""
    import polars as pl

    from parentis import workflow

    held = workflow.frame(Home(built_home), "improvement", "wall")
    small = held.filter(
        pl.col("numerator").is_between(1, 5), pl.col("geography") != CAMDEN, pl.col("measure") == "improvement.s05"
    ).row(0, named=True)
    csv = client_of("director").get(f"/improvement/measures/{small['measure']}/table.csv").text
    rows = pl.read_csv(csv.encode()).filter(pl.col("geography") == small["geography"])
    assert rows.select("value", "numerator", "denominator", "p_worst", "rank_low").null_count().row(0) == (1,) * 5
    assert rows["verdict"].item() in {"cannot tell", "neither quarter", "best quarter", "worst quarter"}
    whole = pl.read_csv(client_of("director").get("/improvement/wall.csv").content)
    others = whole.filter(pl.col("geography") != CAMDEN, pl.col("measure") == "improvement.s05")
    assert others.filter(pl.col("numerator").is_between(1, 5)).is_empty()


@pytest.mark.integration
def test_nothing_that_is_shown_rests_on_a_hidden_value(client_of: ClientOf, built_home: Path) -> None:
    """Whatever the build made of all values, a reader gets what the values they see give: the neighbours' mean is that
    of the neighbours shown, and changing what is hidden changes nothing."""
    import polars as pl

    from parentis import workflow
    from parentis.figures import Viewer
    from parentis.web.improvement.benchmarks import neighbours
    from parentis.web.improvement.seen_values import COMPARED, among_seen

    home, own = Home(built_home), {"value", "numerator", "denominator"}
    held = workflow.frame(home, "improvement", "wall").filter(pl.col("topic") == "Collected")
    seen = workflow.figures(home, measure="improvement", breakdown="", viewer=Viewer.members(CAMDEN))
    near = neighbours() or {
        one: tuple(other for other in held["geography"].unique() if other != one) for one in held["geography"].unique()
    }
    given = {"places": held["geography"].unique().sort().to_list(), "neighbours": near, "alike": {},
             "begins": lambda _: {}}  # fmt: skip
    shown = among_seen(held, seen, **given)
    numbers = [name for name in COMPARED if held.schema[name] == pl.Float64 and name not in own]
    closed = shown.filter(pl.col("value").is_null())["measure"].unique().to_list()
    moved = held.with_columns(
        pl.when(pl.col("measure").is_in(closed)).then(pl.col(name) + 1).otherwise(name).alias(name) for name in numbers
    )
    assert len(closed) > 5
    assert among_seen(moved, seen, **given).equals(shown)
    told = shown.filter(pl.col("measure").is_in(closed), pl.col("neighbours_mean").is_not_null())
    assert told.height > 20
    values = {(row["measure"], row["geography"]): row["value"] for row in shown.iter_rows(named=True)}
    for row in told.iter_rows(named=True):
        visible = [values.get((row["measure"], one)) for one in near[row["geography"]] if one != "E09000001"]
        known = [one for one in visible if one is not None]
        assert row["neighbours_mean"] == pytest.approx(sum(known) / len(known), abs=0.05), row["measure"]


@pytest.mark.integration
def test_a_measure_has_its_pictures_table_and_csv(client_of: ClientOf) -> None:
    client = client_of("director")
    page = client.get(f"/improvement/measures/{MEASURE}/").text
    for text in ("Three or more placements in a year", "Rank between", "Reliability", "(marked)", "95 % limits"):
        assert text in page or text == "95 % limits", text
    for name in ("funnel", "ranks", "series"):
        drawn = client.get(f"/improvement/measures/{MEASURE}/{name}.svg")
        assert drawn.text.startswith("<svg")
        assert "Camden" in drawn.text
    assert client.get(f"/improvement/measures/{MEASURE}/other.svg").status_code == 404
    assert client.get("/improvement/measures/no.such/").status_code == 404
    assert "improvement.s07" in client.get(f"/improvement/measures/{MEASURE}/table.csv").text


@pytest.mark.integration
def test_a_ballot_gives_a_hundred_points_and_changes_the_weights(client_of: ClientOf) -> None:
    director = client_of("director")
    before = director.get("/improvement/priorities/").text
    assert "in the top five in" in before
    short = {"worse": 50, "distance": 10, "children": 10, "cost": 10, "learnable": 10}
    told = director.post(f"/improvement/boroughs/{CAMDEN}/ballot", short, follow=True).text
    assert "you gave 90. The ballot was not cast." in told
    cast = director.post(f"/improvement/boroughs/{CAMDEN}/ballot", {**short, "learnable": 20}, follow=True).text
    assert "Ballot cast." in cast
    assert "1 of the region" in cast
    assert Ballot.objects.get().points["learnable"] == 20
    lead = client_of("improvement-lead")
    assert lead.post(f"/improvement/boroughs/{CAMDEN}/ballot", short).status_code in {403, 404}


@pytest.mark.integration
def test_matching_explains_itself_and_starts_a_challenge(client_of: ClientOf) -> None:
    lead = client_of("improvement-lead", "region")
    address = f"/improvement/matching/?measure=improvement.s09&host={CROYDON}"
    page = lead.get(address).text
    assert "is in the best half with a probability of" in page
    assert "What if" in page
    team = page.split('name="team" value="')[1][:9]
    declined = lead.get(f"{address}&declined={CROYDON}:{team}").text
    assert f'name="team" value="{team}"' not in declined
    given = {"host": CROYDON, "team": team, "measure": "improvement.s09", "why": "does well"}
    made = lead.post("/improvement/matching/start", given)
    case = Case.objects.get(kind=KIND)
    assert made["Location"] == f"/improvement/challenges/{case.pk}/"
    assert case.place == CROYDON
    assert {clock.name for clock in case.clocks.all()} == {"check-4", "check-8"}
    assert region.authority(team).name in lead.get(made["Location"]).text
    assert client_of("director").get("/improvement/matching/").status_code in {403, 404}


@pytest.mark.integration
def test_findings_are_for_host_and_team(client_of: ClientOf) -> None:
    make_practice_challenges()
    case = next(one.case for one in Record.objects.filter(case__kind=KIND) if one.case.place == CROYDON)
    host = client_of("improvement-lead", "croydon")
    page = f"/improvement/challenges/{case.pk}/"
    given = {"seen": case.version, "why": "", "evidence": "Files of ten moves", "findings": "Too late a call"}
    host.post(f"{page}move/visit", given)
    assert "Too late a call" in host.get(page).text
    assert "Too late a call" in client_of("improvement-lead").get(page).text, "the team, Camden"
    assert "Too late a call" not in client_of("data-protection", "croydon").get(page).text
    assert "Too late" not in host.get("/improvement/challenges/").text


@pytest.mark.integration
def test_the_impact_of_the_planted_programme(client_of: ClientOf) -> None:
    make_practice_challenges()
    case = next(one.case for one in Record.objects.filter(case__kind=KIND) if one.case.place == CROYDON)
    page = client_of("improvement-lead", "croydon").get(f"/improvement/impact/?challenge={case.pk}").text
    for text in (
        "Less what the start alone lets one expect",
        "Less what the neighbours did",
        "What this check can find",
    ):
        assert text in page
    both = (
        f"/improvement/impact/?measure={MEASURE}&borough={CROYDON}&borough=E09000010&first=2024-25 Q2&last=2024-25 Q4"
    )
    assert "Moved" in client_of("director").get(both).text or "Cannot tell" in client_of("director").get(both).text
    backwards = both.replace("first=2024-25 Q2", "first=2024-25 Q4")
    assert "It cannot be told" in client_of("director").get(backwards).text
