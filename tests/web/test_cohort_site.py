"""The pages of the older cohort: own rows marked, others hidden where few, identification off until switched on."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from cohort_home import CROYDON, NUMBER, cohort_home
from django.test import Client
from django.utils import timezone
from worker import CAMDEN

from parentis import workflow
from parentis.archive import Home
from parentis.errors import DamageError, DeclarationError, NotFoundError, SubmissionStateError
from parentis.web.audit.models import Entry
from parentis.web.cases.operations import CaseStateError, move
from parentis.web.cases.register.operations import enter
from parentis.web.cohort import held, identification, parts, replays, written
from parentis.web.cohort.case_types import ASSESSMENT_KIND
from parentis.web.cohort.models import DefinitionVersion, Replay
from parentis.web.cohort.practice import make_practice_cohort
from parentis.web.trials import populations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded")]
SAID = {
    "name": "london-older", "title": "Any of two", "in_force": date(2027, 4, 1), "reason": "Fewer signs.",
    "ages": (10, 17), "combination": "any", "at_least": 0.0,
    "rules": [{"marker": "placements", "window": 365, "threshold": 3.0}, {"marker": "deprivation", "window": 365}],
}  # fmt: skip


@pytest.fixture
def built(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = cohort_home(tmp_path_factory)
    monkeypatch.setenv("PARENTIS_HOME", str(home))
    return Home(home)


def _text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def _switched_on(place: str = CAMDEN, days: int = 100) -> Any:
    today = timezone.localdate()
    values = {"reference": "DPIA-1", "filed_on": today, "review_by": today + timedelta(days=days),
              "basis": "Section 22.", "document": ""}  # fmt: skip
    case = enter(by=None, kind=ASSESSMENT_KIND, place=place, values=values)
    return move(by=None, case=case, move="switch-on", seen=None, why="Filed.")


def _child() -> str:
    return f"/cohort/identification/{CAMDEN}/child/{identification.hash_of(NUMBER)}/"


@pytest.mark.integration
@pytest.mark.parametrize(
    "path", ["", *(f"part/{one}/" for one in parts.PARTS), "definitions/", "replay/", "identification/"]
)
def test_before_a_build_pages_say_what_they_need(client_of: Callable[..., Client], path: str) -> None:
    assert client_of("analyst").get(f"/cohort/{path}").status_code == 200


@pytest.mark.functional
def test_a_borough_sees_its_own_counts_and_its_row_is_marked(built: Home, client_of: Callable[..., Client]) -> None:
    """Two routes to the count: the page, and the frame of the build."""
    client = client_of("edge-of-care-lead")
    counts = workflow.frame(built, "cohort", "counts")
    newest = counts["day"].max()
    version = counts["version"].max()
    own = counts.filter(
        (counts["geography"] == CAMDEN) & (counts["day"] == newest) & (counts["version"] == version)
    ).row(0, named=True)
    assert f"{own['children']} of {own['looked_after']} looked-after children" in _text(client, "/cohort/")
    page = client.get("/cohort/part/counts/").content.decode()
    marked = re.search(r'<tr class="govuk-table__row pa-own"><th[^>]*>([^<]+)', page)
    assert marked is not None
    assert marked.group(1) == "Camden"
    assert page.count("pa-own") == 1
    sheet = client.get("/cohort/csv/boroughs/").content.decode().splitlines()
    assert sheet[0] == 'Place,Children,"For 10,000 children",95 % interval'
    assert sum(line.startswith("Camden,") for line in sheet) == 1


@pytest.mark.functional
def test_a_sign_that_is_not_held_says_not_known_and_never_no(built: Home, client_of: Callable[..., Client]) -> None:
    sheet = client_of("edge-of-care-lead").get("/cohort/csv/signs/").content.decode().splitlines()
    (line,) = [one for one in sheet if one.startswith("Deprived of liberty")]
    assert line.split(",")[1:3] == ["0", "0"]
    assert int(line.split(",")[3].replace('"', "")) > 0


@pytest.mark.functional
@pytest.mark.parametrize("part", list(parts.PARTS))
def test_every_part_has_a_table_and_its_file(built: Home, client_of: Callable[..., Client], part: str) -> None:
    client = client_of("analyst")
    page = client.get(f"/cohort/part/{part}/")
    assert page.status_code == 200
    for sheet in page.context["sheets"]:
        lines = client.get(f"/cohort/csv/{sheet.id}/").content.decode().splitlines()
        assert len(lines) == 1 + len(sheet.lines)
    assert client.get("/cohort/part/nothing/").status_code == 404
    assert client.get("/cohort/csv/nothing/").status_code == 404


@pytest.mark.functional
def test_no_other_boroughs_exact_count_is_anywhere(built: Home, client_of: Callable[..., Client]) -> None:
    client = client_of("edge-of-care-lead", "croydon")
    for sheet in ("signs", "cost", "history", "flow", "entrants"):
        assert "Camden" not in client.get(f"/cohort/csv/{sheet}/").content.decode()


@pytest.mark.functional
def test_identification_is_off_until_its_assessment_is_switched_on(
    built: Home, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = client_of("practice-lead")
    assert "is off for Camden" in _text(lead, "/cohort/identification/")
    assert "is off for Camden" in _text(lead, f"/cohort/identification/{CAMDEN}/child/")
    assert "is off for Camden" in _text(lead, _child())
    assert lead.get("/cohort/identification/benefit.csv").status_code == 404
    assert lead.post(f"/cohort/identification/{CAMDEN}/child/", {"number": NUMBER}).status_code == 200
    case = _switched_on()
    assert "The rule is as good: nothing is gained." in _text(lead, "/cohort/identification/")
    assert "is off for Croydon" in _text(client_of("practice-lead", "croydon"), "/cohort/identification/")
    assert "The rule is as good: nothing is gained." in _text(client_of("analyst", "region"), "/cohort/identification/")
    move(by=None, case=case, move="switch-off", seen=None, why="Over.")
    assert "is off for Camden" in _text(lead, "/cohort/identification/")


@pytest.mark.functional
def test_how_many_of_an_authority_are_at_risk_is_shown_to_itself_alone(
    built: Home, client_of: Callable[..., Client]
) -> None:
    _switched_on()
    path = "/cohort/identification/calibration.csv"
    own, whole = (client_of(*one).get(path).content.decode() for one in (("analyst",), ("analyst", "region")))
    assert "In a later year,Borough,Camden,400," in own
    assert "Croydon" not in own
    for borough in ("Camden", "Croydon"):
        assert f"In a later year,Borough,{borough},not shown," in whole


@pytest.mark.functional
def test_an_assessment_whose_review_is_overdue_switches_it_off(built: Home, client_of: Callable[..., Client]) -> None:
    _switched_on(days=-1)
    assert "is off for Camden" in _text(client_of("practice-lead"), _child())


@pytest.mark.functional
def test_a_childs_page_is_its_own_boroughs_audited_and_in_bands(built: Home, client_of: Callable[..., Client]) -> None:
    _switched_on()
    _switched_on(CROYDON)
    lead = client_of("practice-lead")
    found = lead.post(f"/cohort/identification/{CAMDEN}/child/", {"number": f" {NUMBER.lower()} "})
    assert found["Location"] == _child()
    before = Entry.objects.count()
    page = _text(lead, _child())
    for words in ("20 to 30 % within a year", "between 16 and 27 come within a year", "Missing three times (raises it)",
                  "Aged 15 (lowers it)", "If there had been no move in the last 12 months: 5 to 10 %",
                  "Shown until"):  # fmt: skip
        assert words in page
    assert "0.21" not in page
    assert NUMBER not in page
    entry = Entry.objects.order_by("-pk")[0]
    assert Entry.objects.count() == before + 1
    assert (entry.what, entry.authority) == ("cohort.child:viewed", CAMDEN)
    assert NUMBER not in str(entry.detail)
    other = client_of("practice-lead", "croydon")
    assert other.get(_child()).status_code == 403
    assert "Nothing is said of a child" in _text(other, _child().replace(CAMDEN, CROYDON))
    for role in ("analyst", "director", "data-protection"):
        assert client_of(role).get(_child()).status_code == 403
    assert client_of("analyst", "region").get(_child()).status_code == 403


@pytest.mark.functional
def test_what_is_said_expires_in_thirty_days(
    built: Home, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    _switched_on()
    lead, today = client_of("practice-lead"), timezone.localdate()
    monkeypatch.setattr(held, "built_on", lambda: today - timedelta(days=30))
    assert "20 to 30 %" in _text(lead, _child())
    monkeypatch.setattr(held, "built_on", lambda: today - timedelta(days=31))
    page = _text(lead, _child())
    assert "20 to 30 %" not in page
    assert "30 days after it was computed" in page


@pytest.mark.functional
def test_an_objection_hides_the_page_until_somebody_else_answers_it(
    built: Home, client_of: Callable[..., Client], person: Callable[..., Any]
) -> None:
    _switched_on()
    lead = client_of("edge-of-care-lead")
    assert "Say what is wrong" in _text(lead, lead.post(f"{_child()}object", {"why": " "})["Location"])
    lead.post(f"{_child()}object", {"why": "The moves were to be near her sister."})
    assert "A worker objected" in _text(lead, _child())
    assert "20 to 30 %" not in _text(lead, _child())
    (case,) = identification.objections_to(CAMDEN, identification.hash_of(NUMBER))
    assert "near her sister" in _text(client_of("practice-lead"), f"/cohort/objections/{case.pk}/")
    assert client_of("practice-lead", "croydon").get(f"/cohort/objections/{case.pk}/").status_code in (403, 404)
    case = move(by=None, case=case, move="uphold", seen=None, why="She is right.")
    assert "A worker objected" in _text(lead, _child())
    move(by=None, case=case, move="answer", seen=None, why="The return was corrected.")
    assert "20 to 30 %" in _text(lead, _child())
    client_of("practice-lead").post(f"{_child()}object", {"why": "It is stale again."})
    own = next(one for one in identification.objections_to(CAMDEN, identification.hash_of(NUMBER)) if one.pk != case.pk)
    for step in ("uphold", "answer"):
        with pytest.raises(CaseStateError, match="second person"):
            move(by=person("practice-lead"), case=own, move=step, seen=None, why="I was wrong.")


@pytest.mark.functional
def test_nothing_lists_children_or_sorts_them(built: Home, client_of: Callable[..., Client]) -> None:
    _switched_on()
    lead, child = client_of("practice-lead"), identification.hash_of(NUMBER)
    pages = ["", "identification/", "definitions/", "replay/", f"identification/{CAMDEN}/child/"]
    for path in (*pages, *(f"part/{one}/" for one in parts.PARTS)):
        assert child not in lead.get(f"/cohort/{path}").content.decode()


@pytest.mark.integration
def test_a_version_needs_a_second_person_and_is_frozen(person: Callable[..., Any]) -> None:
    author, other = person("practice-lead"), person("director")
    one = written.propose(by=author, said=SAID)
    assert (one.number, one.state) == (3, "proposed")
    with pytest.raises(SubmissionStateError, match="second person"):
        written.decide(by=author, pk=one.pk, accepted=True, why="Mine.")
    with pytest.raises(SubmissionStateError, match="a reason"):
        written.decide(by=other, pk=one.pk, accepted=True, why=" ")
    assert "london-older v3" not in [made.name for made in written.in_use()]
    assert "london-older@3" not in populations.known()
    done = written.decide(by=other, pk=one.pk, accepted=True, why="Agreed in March.")
    assert "london-older v3" in [made.name for made in written.in_use()]
    assert populations.known()["london-older@3"] == one.sha256, "a trial's protocol may name it"
    assert Entry.objects.filter(what="cohort:definition-accepted", subject="london-older v3").exists()
    with pytest.raises(SubmissionStateError, match="propose the next one"):
        written.decide(by=other, pk=done.pk, accepted=False, why="No.")
    DefinitionVersion.objects.filter(pk=done.pk).update(text=done.text.replace("threshold = 3", "threshold = 2"))
    with pytest.raises(DamageError, match="changed after it was frozen"):
        written.in_use()


@pytest.mark.integration
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rules": []}, "at least one sign"),
        ({"combination": "at_least", "at_least": 3.0}, "no more than their sum, 2"),
        ({"combination": "at_least", "at_least": 0.0}, "above 0"),
        ({"rules": [{"marker": "placements", "threshold": -1.0}]}, "must be above 0"),
        ({"rules": [{"marker": "late_entry", "window": 90}]}, "takes none"),
        ({"ages": (17, 10)}, "the lower first"),
        ({"in_force": date(2026, 4, 1)}, "a day after 1 April 2026"),
    ],
)
def test_what_a_version_may_not_say_is_told(person: Callable[..., Any], change: dict[str, Any], words: str) -> None:
    with pytest.raises((DeclarationError, SubmissionStateError), match=words):
        written.propose(by=person("practice-lead"), said={**SAID, **change})
    assert not DefinitionVersion.objects.exists()


@pytest.mark.functional
def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(client_of: Callable[..., Client]) -> None:
    client = client_of("practice-lead")
    typed = {"name": "london-older", "title": "Two", "in_force": "2027-04-01", "youngest": "10", "oldest": "17",
             "combination": "at_least", "at_least": "2", "reason": "To try.", "use-placements": "on",
             "window-placements": "365", "threshold-placements": "3"}  # fmt: skip
    answer = client.post("/cohort/definitions/new/", typed)
    assert answer.status_code == 400
    assert "no more than 1, what the chosen signs come to" in answer.content.decode()
    assert 'value="Two"' in answer.content.decode()
    assert client.post("/cohort/definitions/new/", typed | {"at_least": "1"}).status_code == 302
    (one,) = DefinitionVersion.objects.all()
    text = client.get(f"/cohort/definitions/{one.pk}.toml").content.decode()
    assert written.read_definition(text).sha256 == one.sha256
    assert client_of("treasurer").get("/cohort/definitions/new/").status_code == 403


@pytest.mark.integration
def test_a_version_is_counted_on_any_day_and_another_count_replaces_it(
    built: Home, person: Callable[..., Any], client_of: Callable[..., Client]
) -> None:
    """The build counted the same version and day: a second route to the number."""
    counts = workflow.frame(built, "cohort", "counts")
    row = counts.filter((counts["geography"] == CAMDEN) & (counts["version"] == 2)).sort("day").row(-1, named=True)
    author = person("practice-lead")
    for _ in range(2):
        job = replays.ask(by=author, name="london-older v2", day=row["day"])
        replays.count(job, lambda *_: None)
    (one,) = Replay.objects.all()
    assert one.counts[CAMDEN][:3] == [row["children"], row["not_known"], row["looked_after"]]
    flow = workflow.frame(built, "cohort", "flow").filter(pl.col("geography") == CAMDEN, pl.col("day") == row["day"])
    entered = flow.filter(pl.col("is") == "in", pl.col("was") != "in")["children"].sum()
    left = flow.filter(pl.col("is") != "in", pl.col("was") == "in")["children"].sum()
    assert one.counts[CAMDEN][3:] == [entered, left]
    page = client_of("practice-lead").get("/cohort/replay/")
    assert page.context["rows"][0][1] == [row["children"], row["not_known"], row["looked_after"], entered, left]
    whole = client_of("analyst", "region").get("/cohort/replay/").context["rows"][0][1]
    assert all(count is None or count % 10 == 0 for count in whole)
    assert whole[2] == round(sum(counts[2] for counts in one.counts.values()) / 10) * 10
    client = client_of("practice-lead")
    for day in ("2016-01-01", (timezone.localdate() + timedelta(days=1)).isoformat(), "not a day"):
        answer = client.post("/cohort/replay/ask", {"version": "london-older v2", "day": day}, follow=True)
        assert "Choose another day" in answer.content.decode() or "choose a version" in answer.content.decode()


@pytest.mark.integration
def test_a_proposed_version_is_counted_before_it_is_accepted(built: Home, person: Callable[..., Any]) -> None:
    """A version that asks for one placement or more takes in everybody: a threshold that selects all shows itself."""
    author = person("practice-lead")
    written.propose(by=author, said={**SAID, "rules": [{"marker": "placements", "window": 365, "threshold": 1.0}]})
    job = replays.ask(by=author, name="london-older v3", day=date(2025, 3, 31))
    replays.count(job, lambda *_: None)
    counts = Replay.objects.get().counts[CAMDEN]
    assert counts[0] == counts[2]
    assert counts[4] == 0
    with pytest.raises(NotFoundError, match="london-older v2"):
        replays.ask(by=author, name="london-older v9", day=date(2025, 3, 31))


@pytest.mark.integration
def test_the_practice_site_shows_one_authority_switched_on() -> None:
    assert make_practice_cohort() == 1
    assert make_practice_cohort() == 0
    assert identification.assessment_of(CAMDEN) is not None
    assert identification.assessment_of(CROYDON) is None


@pytest.mark.integration
def test_pages_show_at_once(built: Home, client_of: Callable[..., Client]) -> None:
    """The first view, with nothing cached, in a second."""
    from time import perf_counter

    client = client_of("analyst")
    client.get("/cohort/definitions/")
    for part in parts.PARTS:
        begun = perf_counter()
        client.get(f"/cohort/part/{part}/")
        assert perf_counter() - begun < 1.0, part
