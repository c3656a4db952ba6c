"""Prevention on the site: catalogue, a bid from its draft to a promise, what must be true, portfolio, and checks."""

from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import polars as pl
import pytest
from django.test import Client

from parentis.services.prevention.bid_answers import bands
from parentis.services.prevention.bids import BidResult
from parentis.services.prevention.promises import Band, Promise
from parentis.web.cases.models import Case, Record
from parentis.web.cases.operations import move
from parentis.web.jobs.models import Job
from parentis.web.prevention import held, practice, promises, runs
from parentis.web.prevention.bids import answer_of, mark, problems_of, run_of
from parentis.web.prevention.case_types import BID, PROMISE
from parentis.web.prevention.models import BidRun, PortfolioRun, PromiseCheck

ClientOf = Callable[..., Client]
CAMDEN = "E09000007"
PLACES = tuple(f"E090000{at:02}" for at in range(2, 34))


def written(client: Client, **changes: Any) -> Case:
    """A bid entered by its form."""
    values = practice._whole({**practice.BIDS[1], "reference": "B-1"}) | changes
    fields = {name: value for name, value in values.items() if value not in ("", None)}
    for name in ("starts_on", "ends_on"):
        day = fields.pop(name)
        fields |= {name: day.isoformat()}
    answer = client.post("/prevention/bids/new", {"place": CAMDEN, **fields})
    assert answer.status_code == 302, unescape(answer.text)
    return Record.objects.get(case__kind=BID, values__reference=values["reference"]).case


def worked_out(case: Case) -> BidResult:
    """A bid with a run of its present terms."""
    answer = practice.made_up(CAMDEN)
    BidRun.objects.update_or_create(case=case, defaults={"asked": mark(case), "stored": answer.to_bytes()})
    return answer


@pytest.mark.functional
def test_the_catalogue_keeps_negative_results_and_refuses_numbers(client_of: ClientOf) -> None:
    client = client_of("programme-manager")
    shown = client.get("/prevention/")
    text = unescape(shown.text)
    assert shown.status_code == 200
    assert "0.81 (0.70 to 0.94)" in text
    assert "None: Not published when searched" in text
    assert "No benefit found" in text
    assert pl.read_csv(client.get("/prevention/catalogue.csv").content).height == 6
    law = unescape(client.get("/prevention/catalogue/family-group-conference/").text)
    assert "No commencement order was found" in law
    assert "no number can be entered" in unescape(
        client.get("/prevention/catalogue/strengthening-families-protecting-children/").text
    )
    assert client.get("/prevention/catalogue/other/").status_code == 404


@pytest.mark.functional
def test_a_bid_with_a_mistake_cannot_be_worked_out(client_of: ClientOf) -> None:
    client = client_of("programme-manager")
    case = written(client, reach=300)
    shown = unescape(client.get(f"/prevention/bids/{case.pk}/").text)
    assert "only 220 are eligible" in shown
    client.post(f"/prevention/bids/{case.pk}/work-out")
    assert not Job.objects.filter(kind="prevention-bid").exists()
    for changes, words in (
        ({"price_base": "2025"}, "year of whose prices"), ({"per": "family"}, "cost per family"),
        ({"entry": "sure-start"}, "not an effect on entries"), ({"entry": "other"}, "found 'other'"),
        ({"grant": "Families First"}, "in a grant already"), ({"boroughs": "Camdem"}, "Camdem"),
        ({"law": "earlier"}, "with its interval"),
        ({"children_per_family": "two", "per": "family"}, "a number, such as 1.686"),
    ):  # fmt: skip
        other = written(client, reference=str(words), **changes)
        assert words in " ".join(one.sentence for one in problems_of(other) if one.stops), words


@pytest.mark.functional
def test_the_worker_is_asked_once_for_a_bid(client_of: ClientOf) -> None:
    client = client_of("programme-manager")
    case = written(client)
    for _ in range(2):
        assert client.post(f"/prevention/bids/{case.pk}/work-out").status_code == 302
    assert Job.objects.filter(kind="prevention-bid", asked={"case": case.pk}).count() == 1
    assert "being worked out" in client.get(f"/prevention/bids/{case.pk}/").text


@pytest.mark.functional
def test_price_discount_and_optimism_change_the_answer_without_another_run(client_of: ClientOf) -> None:
    client = client_of("programme-manager")
    case = written(client)
    worked_out(case)
    page = f"/prevention/bids/{case.pk}/answer"
    usual, dearer, biased = (
        pl.read_csv(client.get(f"{page}/cash.csv{of}").content) for of in ("", "?price=150", "?optimism=on")
    )
    assert dearer["nhs"].to_list() == pytest.approx((1.5 * usual["nhs"]).to_list())
    assert biased["cost"].to_list() == pytest.approx((1.05 * usual["cost"]).to_list())
    assert biased["nhs"].to_list() == pytest.approx((0.95 * usual["nhs"]).to_list())
    assert client.get(page).text != client.get(f"{page}?rate=10").text
    assert client.get(f"{page}/net.svg").content.startswith(b"<svg")
    assert client.get(f"{page}/other.csv").status_code == 404
    assert not Job.objects.filter(kind="prevention-bid").exists()


@pytest.mark.functional
def test_what_must_be_true_has_every_table_as_a_file(client_of: ClientOf) -> None:
    client = client_of("treasurer")
    case = written(client_of("programme-manager"))
    worked_out(case)
    shown = unescape(client.get(f"/prevention/bids/{case.pk}/must-be-true").text)
    assert "Knowing the effect would be worth" in shown
    for name in ("break-even", "frontier", "tornado", "information", "trials"):
        file = client.get(f"/prevention/bids/{case.pk}/conditions/{name}.csv")
        assert pl.read_csv(file.content).height > 0, name
    assert client.get(f"/prevention/bids/{case.pk}/conditions/tornado.svg").content.startswith(b"<svg")


@pytest.mark.functional
def test_a_portfolio_leaves_out_what_adds_less_than_it_costs_and_aligns_years(client_of: ClientOf) -> None:
    parts = {"workers": 2.0, "boroughs": {CAMDEN: 90.0}, "cost": 90.0}
    PortfolioRun.objects.create(
        place=CAMDEN, asked="0" * 64,
        stored={
            "programmes": [{"id": "1", "title": "First", "costs": {"2026-27": 90.0}, **parts},
                           {"id": "2", "title": "Second", "costs": {"2027-28": 90.0}, **parts}],
            "claims": [{"bids": ["1"], "pounds": 300.0, "boroughs": {CAMDEN: 300.0}},
                       {"bids": ["1", "2"], "pounds": 100.0, "boroughs": {CAMDEN: 100.0}}],
            "drawn": [[300.0, 100.0]], "draws": 1,
        },
    )  # fmt: skip
    client = client_of("treasurer")
    shown = unescape(client.get("/prevention/portfolio/?budget=90&workers=9").text)
    assert "First would be chosen: worth £400" in shown
    assert "of the years 2026-27 to 2027-28" in shown
    choice = pl.read_csv(client.get("/prevention/portfolio/choice.csv?budget=90").content)
    assert dict(choice.select("title", "chosen").iter_rows()) == {"First": True, "Second": False}
    none = pl.read_csv(client.get("/prevention/portfolio/choice.csv?budget=0,90").content)
    # with nothing to spend in the first year only the second bid can be paid for
    assert dict(none.select("title", "chosen").iter_rows()) == {"First": False, "Second": True}
    assert client.get("/prevention/portfolio/frontier.svg").content.startswith(b"<svg")
    assert "Enter pounds" in client.get("/prevention/portfolio/?budget=many").text


@pytest.mark.functional
def test_a_bid_needs_three_people_and_becomes_a_promise(client_of: ClientOf, person: Callable[..., Any]) -> None:
    manager, treasurer, board = (person(one) for one in ("programme-manager", "treasurer", "investment-board"))
    case = written(client_of("programme-manager"))
    with pytest.raises(runs.NotWorkedOutError, match="no run"):
        move(by=manager, case=case, move="put-forward", seen=None)
    worked_out(case)
    case = move(by=manager, case=case, move="put-forward", seen=None)
    case = move(by=treasurer, case=case, move="support", seen=None, why="Checked at 3.5 per cent.")
    move(by=board, case=case, move="agree", seen=None, why="It pays more likely than not.")
    promise = Record.objects.select_related("case").get(case__kind=PROMISE)
    frozen = promises.prediction(promise.case)
    assert frozen.bands == bands(practice.made_up(CAMDEN))
    assert frozen.hash == promise.values["sha256"]
    assert {clock.name for clock in promise.case.clocks.all()} == {"check-12", "check-24"}
    shown = unescape(client_of("investment-board").get(f"/prevention/promises/{promise.case.pk}/").text)
    assert "Returns do not cover these months yet" in shown
    assert frozen.hash in shown


@pytest.mark.functional
def test_a_stale_run_is_said_and_is_not_put_forward(client_of: ClientOf, person: Callable[..., Any]) -> None:
    client = client_of("programme-manager")
    case = written(client)
    worked_out(case)
    assert "has changed since" not in client.get(f"/prevention/bids/{case.pk}/").text
    run = run_of(case)
    assert run is not None
    run.asked = "0" * 64
    run.save()
    assert "has changed since" in client.get(f"/prevention/bids/{case.pk}/").text
    with pytest.raises(runs.NotWorkedOutError, match="earlier terms"):
        move(by=person("programme-manager"), case=case, move="put-forward", seen=None)


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Returns of five years in which every borough has 30 entries a month, and Camden 20 from April 2024."""
    from parentis.services.prevention.entry_counts import ENTRIES, later

    rows = [
        (place, month, 20 if place == CAMDEN and month >= date(2024, 4, 1) else 30)
        for place in PLACES for month in (later(date(2021, 4, 1), at) for at in range(48))
    ]  # fmt: skip
    frames = {("prevention", "entries"): pl.DataFrame(rows, ENTRIES, orient="row")}
    for module in (held, promises):
        monkeypatch.setattr(module, "frame", lambda service, name: frames.get((service, name)))


def promised(start: date, reference: str = "P-1") -> Case:
    band = Band(months=12, entries=110, entries_low=70, entries_high=150, nights=9_000, pounds=2_000_000)
    return promises.make(
        Promise(
            reference=reference, title="A promise", entry="family-group-conference", authorities=(CAMDEN,),
            neighbours=PLACES[:5], start=start, bands=(band, Band(months=24, entries=200, entries_low=150,
                                                                  entries_high=250)),
        ),
        place=CAMDEN,
    )  # fmt: skip


@pytest.mark.functional
def test_a_check_is_computed_recorded_once_and_scored(
    client_of: ClientOf, person: Callable[..., Any], entries: None
) -> None:
    manager, client = person("programme-manager"), client_of("programme-manager")
    case = promised(date(2024, 4, 1))
    before = unescape(client.get(f"/prevention/promises/{case.pk}/").text)
    assert "By the returns held now: within what was promised. Not recorded yet." in before
    case = move(by=manager, case=case, move="check-12", seen=None)
    stored = PromiseCheck.objects.get(case=case)
    assert stored.verdict == "within"
    assert stored.answer["avoided"] == pytest.approx(120, abs=3)  # drawn a little towards the region's rate
    with pytest.raises(promises.NotYetError, match="31 March 2026"):
        move(by=manager, case=case, move="check-24", seen=None)
    case = move(by=manager, case=case, move="unseen-24", seen=None, why="The borough changed its return.")
    assert case.state_now.closed
    shown = unescape(client.get("/prevention/promises/all/").text)
    assert "Of 2 checks, 1 could be measured: 1 within" in shown
    checks = pl.read_csv(client.get("/prevention/promises/all/checks.csv").content)
    assert checks["verdict"].to_list() == ["Within what was promised", "Not measurable"]
    assert client.get("/prevention/promises/all/promised.svg").content.startswith(b"<svg")


@pytest.mark.functional
def test_a_changed_prediction_is_not_shown_as_a_promise(client_of: ClientOf, entries: None) -> None:
    case = promised(date(2024, 4, 1))
    record = case.record
    record.values = {**record.values, "prediction": record.values["prediction"].replace("110", "10")}
    record.save()
    assert "its hash differs" in client_of("treasurer").get(f"/prevention/promises/{case.pk}/").text


@pytest.mark.functional
def test_others_promises_are_scored_and_not_named(
    client_of: ClientOf, person: Callable[..., Any], entries: None
) -> None:
    move(by=person("programme-manager"), case=promised(date(2024, 4, 1)), move="check-12", seen=None)
    other = client_of("treasurer", "croydon")
    shown = unescape(other.get("/prevention/promises/all/").text)
    assert "Of 1 check," in shown
    assert "A promise" not in shown
    assert pl.read_csv(other.get("/prevention/promises/all/checks.csv").content).height == 0


@pytest.mark.functional
def test_who_opens_what(client_of: ClientOf) -> None:
    case = written(client_of("programme-manager"))
    worked_out(case)
    assert client_of("front-door").get("/prevention/").status_code == 403
    assert client_of("treasurer", "croydon").get(f"/prevention/bids/{case.pk}/answer").status_code in (403, 404)
    assert client_of("investment-board").get(f"/prevention/bids/{case.pk}/answer").status_code == 200
    assert client_of("treasurer").post(f"/prevention/bids/{case.pk}/work-out").status_code == 403
    assert client_of("treasurer").get("/prevention/portfolio/").status_code == 200
    assert answer_of(run_of(case)).header["title"] == practice.BIDS[0]["title"]  # type: ignore[arg-type]


@pytest.mark.functional
def test_practice_bids_are_made_once_and_asked_of_the_worker(places: dict[str, Any]) -> None:
    assert practice.make_practice_bids() == len(practice.BIDS) + len(practice.PROMISES)
    assert practice.make_practice_bids() == 0
    assert Job.objects.filter(kind="prevention-bid").count() == len(practice.BIDS)
    assert all(not any(one.stops for one in problems_of(bid.case)) for bid in Record.objects.filter(case__kind=BID))
