"""What-if: levers become a scenario; scenarios are kept, shared inside the organisation, compared."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from django.test import Client
from worker import CAMDEN, work

from parentis import workflow
from parentis.archive import find_home
from parentis.services import demand
from parentis.services.demand import Groups
from parentis.services.demand.estimation.shrinkage import pool
from parentis.services.demand.money import projections, what_if
from parentis.services.demand.money.prices import Prices
from parentis.web.audit.models import Entry
from parentis.web.forecasts import answers
from parentis.web.forecasts.levers import EVERY, LEVERS, inflation, scenario, words
from parentis.web.forecasts.models import Saved
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import enqueue_fit

CROYDON = "E09000008"

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
    assert words({"price_all": 5, "inflation": 1.5}) == (
        "Price of every placement +5%; general inflation +1.5 percentage points a year"
    )
    assert scenario({"price_agency": -5}).changes == (demand.Price(factor=0.95, states=("fostering independent",)),)
    assert inflation({"inflation": -2}) == -0.02
    assert sum(len(of) for of in LEVERS.values()) == len(EVERY), "two levers have one id"


def held(folder: Path, *, authority: str = CAMDEN, seed: int = 1) -> None:
    """Invented children of an authority, two years of them, accepted."""
    chance = random.Random(seed)
    folder.mkdir(parents=True)
    header = ["CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"]
    rows = ["CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"]
    for number in range(80):
        begun = date(2023, 4, 1) + timedelta(days=chance.randrange(360))
        over = begun + timedelta(days=chance.randrange(20, 300))
        left = over <= date(2024, 3, 31)
        place = chance.choice(["U4,PR1", "U4,PR4", "K2,PR4", "U1,PR1"])
        header.append(f"INVENTED{number},1,{date(2008 + number % 12, 5, 16 + seed):%d/%m/%Y},WBRI,,,")
        rows.append(
            f"INVENTED{number},{begun:%d/%m/%Y},S,C2,N1,{place},"
            f"{f'{over:%d/%m/%Y},E4A' if left else ','},,AB1 2CD,AB1 2CD,"
        )
    (folder / "header.csv").write_text("\n".join(header) + "\n")
    (folder / "episodes.csv").write_text("\n".join(rows) + "\n")
    workflow.submit(
        find_home(), sorted(folder.iterdir()), who="somebody", authority=authority, period="2023-24", accept=True
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
        broken.setattr(workflow, "keep_what_if", lambda _: 1 / 0)
        work()
    failed = client.get("/forecasts/").content.decode()
    assert "The forecast could not be updated. Sorry, there is a problem with the service" in failed
    assert Job.objects.count() == 1, "and is not tried at every look"
    work_on_the_forecast()
    monkeypatch.setattr(what_if, "prepare", lambda _: 1 / 0)
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
    own = answers.whom((CAMDEN,), {})
    fewer = answers.answer(own, {"entries": -50}).filter(what="children", group="total").row(-1, named=True)
    assert fewer["difference_high"] < 0, "half as many come in, and fewer are looked after"
    same = answers.answer(own, {}).filter(what="children", group="total").row(-1, named=True)
    assert same["difference_low"] == same["difference_high"] == 0, "both meet the same chances"

    assert client.post("/forecasts/save", {"name": "Half", "entries": "-50"}).status_code == 302
    kept = Saved.objects.get()
    assert kept.levers == {"entries": -50}
    assert "Half" not in colleague.get("/forecasts/").content.decode()
    assert colleague.post(f"/forecasts/{kept.pk}/share", {"shared": "yes"}).status_code == 404
    client.post(f"/forecasts/{kept.pk}/share", {"shared": "yes"})
    assert "Half" in colleague.get("/forecasts/").content.decode()
    assert "Half" in colleague.get(f"/forecasts/compare/?with={kept.pk}").content.decode()
    assert "Half" not in other.get(f"/forecasts/compare/?with={kept.pk}").content.decode()
    assert "No price of any placement is held" in client.get("/forecasts/").text, "and not that it costs nothing"
    wrong = client.get("/forecasts/?entries=-5000").content.decode()
    assert "There is a problem" in wrong


def _a_hundred_pounds(_: object, groups: Groups, authorities: Sequence[str], period: str = "") -> Prices:
    """A night costs £100 everywhere."""
    shape = (len(authorities), len(groups.names))
    each = pool(np.log(np.full(shape[0], 100.0)), np.full(shape[0], 0.001))
    return Prices(
        period=period, authorities=tuple(authorities), groups=groups.names, posterior=(each,) * shape[1],
        chance=np.zeros(shape), net_share=np.ones(shape), source=("a test",) * shape[1], cells=pl.DataFrame(), notes=(),
    )  # fmt: skip


@pytest.fixture
def asked_by(client_of: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The page of a person, once Camden's and Croydon's children are accepted and the worker fitted the model."""
    monkeypatch.setattr(projections, "prices", _a_hundred_pounds)
    held(tmp_path / "in")
    held(tmp_path / "croydon", authority=CROYDON, seed=3)
    work_on_the_forecast()
    return lambda who, place, query="": client_of(who, place).get(f"/forecasts/{query}").text


@pytest.mark.integration
def test_one_sees_ones_own_pounds_and_of_others_the_number_of_children(asked_by: Callable[..., str]) -> None:
    own = asked_by("analyst", "camden")
    assert "placements are forecast to cost" in own
    assert "By placement: children" in own
    for query in (f"?place={CROYDON}", f"?place={CROYDON}&ages=16-17"):
        other = asked_by("analyst", "camden", query)
        assert "What Croydon pays is shown to its own people only." in other
        assert "£" not in other.split('id="answer"')[1], "no amount of another authority"
        assert "By placement: children" not in other
    assert "Croydon is shown as a whole" in asked_by("analyst", "camden", f"?place={CROYDON}&ages=16-17")
    assert "There is a problem" in asked_by("analyst", "camden", "?place=E09000033"), "a place without returns"


@pytest.mark.integration
def test_a_download_holds_no_more_than_the_page(client_of: Callable[..., Client], asked_by: Callable[..., str]) -> None:
    client = client_of("analyst", "camden")
    own = pl.read_csv(client.get("/forecasts/download/?entries=-20").content)
    assert set(own["what"]) == {"children", "cost", "cost in real terms"}
    assert set(own["place"]) == {"Camden"}
    row = own.filter(what="cost", year="all", group="total").row(0, named=True)
    assert row["difference"] == pytest.approx(row["scenario"] - row["forecast"])
    other = pl.read_csv(client.get(f"/forecasts/download/?place={CROYDON}").content)
    assert set(other["what"]) == {"children"}
    assert set(other["group"]) == {"total"}
    whole = pl.read_csv(client.get("/forecasts/download/?place=all").content)
    assert set(whole.filter(pl.col("authority").is_not_null())["what"]) == {"children"}
    assert client.get("/forecasts/download/?place=nowhere").status_code == 404


@pytest.mark.integration
def test_a_saved_scenario_is_renamed_deleted_and_says_when_its_returns_changed(
    client_of: Callable[..., Client], asked_by: Callable[..., str], tmp_path: Path
) -> None:
    client, colleague = client_of("analyst", "camden"), client_of("treasurer", "camden")
    for name in ("Fewer", "More"):
        client.post("/forecasts/save", {"name": name, "entries": "-20" if name == "Fewer" else "20"})
    one = Saved.objects.get(name="Fewer")
    assert len(one.data) == 64
    assert colleague.post(f"/forecasts/{one.pk}/rename", {"name": "Mine"}).status_code == 404
    assert colleague.post(f"/forecasts/{one.pk}/delete").status_code == 404
    taken = client.post(f"/forecasts/{one.pk}/rename", {"name": "More"}, follow=True).text
    assert "another of yours is called “More”" in taken
    client.post(f"/forecasts/{one.pk}/rename", {"name": "A fifth fewer"})
    assert Saved.objects.get(pk=one.pk).name == "A fifth fewer"
    changed = "Returns accepted since have changed the forecast"
    assert changed not in client.get("/forecasts/").text
    held(tmp_path / "again", authority=CROYDON, seed=2)
    work_on_the_forecast()
    assert client.get("/forecasts/").text.count(changed) == 2
    client.post(f"/forecasts/{one.pk}/delete")
    assert not Saved.objects.filter(pk=one.pk).exists()
    said = Entry.objects.filter(what__startswith="scenario:").values_list("what", flat=True)
    assert {"scenario:renamed", "scenario:deleted"} <= set(said)
