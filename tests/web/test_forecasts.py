"""What-if: levers become a scenario; scenarios are kept, shared inside the organisation, compared."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from worker import CAMDEN, work

from parentis import workflow
from parentis.archive import find_home
from parentis.services import demand
from parentis.web.forecasts import answers
from parentis.web.forecasts.levers import LEVERS, scenario, words
from parentis.web.forecasts.models import Saved
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import enqueue_fit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("unguarded")]


@pytest.mark.unit
def test_levers_are_the_changes_that_they_name() -> None:
    made = scenario({"entries": -10, "step_down": 25, "start": "2026-04-01", "ramp_months": 6})
    start = date(2026, 4, 1)
    assert made.changes == (
        demand.Rate(kind="entry", factor=0.9, uasc=False, start=start, ramp_months=6.0),
        demand.Mix(source="residential", target="fostering in-house", share=0.25, start=start, ramp_months=6.0),
    )
    assert scenario({}).changes == ()
    assert words({"entries": -10}) == "Children coming into care −10%"
    assert len({lever.id for lever in LEVERS}) == len(LEVERS)


def held(folder: Path) -> None:
    """Invented children of Camden, two years of them, accepted."""
    chance = random.Random(1)
    folder.mkdir(parents=True)
    header = ["CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"]
    rows = ["CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"]
    for number in range(80):
        begun = date(2023, 4, 1) + timedelta(days=chance.randrange(360))
        over = begun + timedelta(days=chance.randrange(20, 300))
        left = over <= date(2024, 3, 31)
        place = chance.choice(["U4,PR1", "U4,PR4", "K2,PR4", "U1,PR1"])
        header.append(f"INVENTED{number},1,{date(2008 + number % 12, 5, 17):%d/%m/%Y},WBRI,,,")
        rows.append(
            f"INVENTED{number},{begun:%d/%m/%Y},S,C2,N1,{place},"
            f"{f'{over:%d/%m/%Y},E4A' if left else ','},,AB1 2CD,AB1 2CD,"
        )
    (folder / "header.csv").write_text("\n".join(header) + "\n")
    (folder / "episodes.csv").write_text("\n".join(rows) + "\n")
    workflow.submit(
        find_home(), sorted(folder.iterdir()), who="somebody", authority=CAMDEN, period="2023-24", accept=True
    )


def work_on_the_forecast() -> None:
    enqueue_fit()
    work()


@pytest.mark.integration
def test_the_worker_makes_the_forecast_while_its_reader_waits(
    client_of: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(tmp_path / "in")
    client = client_of("analyst")
    page = client.get("/forecasts/").content.decode()
    assert client.get("/forecasts/").content.decode().count("data-job") == 1
    job = Job.objects.get()
    assert f"/jobs/{job.pk}/state" in page
    assert client_of("analyst", "croydon").get(f"/jobs/{job.pk}/state").status_code == 404
    with monkeypatch.context() as broken:
        broken.setattr(workflow, "keep_demand_model", lambda _: 1 / 0)
        work()
    failed = client.get("/forecasts/").content.decode()
    assert "The forecast could not be updated. Sorry, there is a problem with the service" in failed
    assert Job.objects.count() == 1, "and is not tried at every look"
    work_on_the_forecast()
    monkeypatch.setattr(demand, "fit", lambda _: 1 / 0)
    assert "Show results" in client.get("/forecasts/").content.decode(), "no page fits a model"


@pytest.mark.integration
def test_without_returns_the_page_says_what_would_have_to_come(client_of: Callable[..., Client]) -> None:
    assert "There is no forecast yet" in client_of("analyst").get("/forecasts/").content.decode()


@pytest.mark.integration
def test_a_scenario_is_asked_kept_shared_and_compared(client_of: Callable[..., Client], tmp_path: Path) -> None:
    held(tmp_path / "in")
    work_on_the_forecast()
    client, colleague, other = client_of("analyst"), client_of("treasurer"), client_of("analyst", "croydon")
    page = client.get("/forecasts/?entries=-50")
    assert page.status_code == 200
    assert "Children coming into care −50%" in page.content.decode()
    total = [row for row in answers.yearly(answers.answer(CAMDEN, {"entries": -50})) if row["group"] == "total"]
    assert total[-1]["difference"]["p90"] < 0, "half as many come in, and fewer are looked after"
    same = [row for row in answers.yearly(answers.answer(CAMDEN, {})) if row["group"] == "total"]
    assert same[-1]["difference"]["p10"] == same[-1]["difference"]["p90"] == 0, "both meet the same chances"

    assert client.post("/forecasts/save", {"name": "Half", "entries": "-50"}).status_code == 302
    kept = Saved.objects.get()
    assert kept.levers == {"entries": -50}
    assert "Half" not in colleague.get("/forecasts/").content.decode()
    assert colleague.post(f"/forecasts/{kept.pk}/share", {"shared": "yes"}).status_code == 404
    client.post(f"/forecasts/{kept.pk}/share", {"shared": "yes"})
    assert "Half" in colleague.get("/forecasts/").content.decode()
    assert "Half" in colleague.get(f"/forecasts/compare/?with={kept.pk}").content.decode()
    assert "Half" not in other.get(f"/forecasts/compare/?with={kept.pk}").content.decode()
    wrong = client.get("/forecasts/?entries=-5000").content.decode()
    assert "There is a problem" in wrong
