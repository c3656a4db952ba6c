"""A programme manager's way in Chromium from the catalogue to a bid, the treasurer's and the board's to a promise. Each
page free of barriers at a desk and on a telephone, and the bid on one printed page."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser_steps import follow, sign_out

from parentis.web.cases.models import Record
from parentis.web.jobs.models import Job, State
from parentis.web.prevention import practice
from parentis.web.prevention.bids import mark
from parentis.web.prevention.case_types import BID
from parentis.web.prevention.models import BidRun, PortfolioRun

pytestmark = [pytest.mark.functional, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
CAMDEN = "E09000007"
LABELS = {
    "Reference": "B-1", "Title": "Conferences for every family", "Intervention": "family-group-conference",
    "Children reached a year": "120", "Children eligible a year": "220", "Fixed cost a year": "60000",
    "Cost for each": "900", "Prices of": "2025-26", "Years counted": "3",
}  # fmt: skip


def fits(page: Any, name: str, check_page: Callable[..., None]) -> None:
    """Free of barriers at both sizes, and nothing wider than the telephone but what scrolls by itself."""
    for size, at in ((PHONE, "390"), (DESK, "desk")):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is too wide at {at}"
        check_page(page, f"prevention-{name}-{at}")


def pictures(page: Any) -> None:
    for picture in page.locator("img.pa-picture").all():
        picture.evaluate("one => one.decode()")
        assert picture.evaluate("one => one.naturalWidth > 300")


def worked_out() -> Record:
    """What the worker would store of the bid, made up."""
    record = Record.objects.select_related("case").get(case__kind=BID)
    BidRun.objects.create(case=record.case, asked=mark(record.case), stored=practice.made_up(CAMDEN).to_bytes())
    Job.objects.filter(kind="prevention-bid").update(state=State.DONE)
    return record


def test_from_the_catalogue_to_a_promise(
    sign_in: Callable[..., Any], check_page: Callable[..., None], tmp_path: Path
) -> None:
    page = sign_in("programme-manager", "camden")
    follow(page.get_by_label("Menu").get_by_role("link", name="Prevention"))
    page.get_by_role("heading", name="Catalogue", exact=True).wait_for()
    fits(page, "catalogue", check_page)
    follow(page.get_by_role("link", name="Family group conference"))
    page.get_by_text("No commencement order was found").wait_for()
    fits(page, "entry", check_page)
    follow(page.get_by_role("link", name="Catalogue", exact=True))
    follow(page.get_by_role("button", name="Write a bid"))
    page.get_by_label("Lead authority").select_option(label="Camden")
    for label, text in LABELS.items():
        page.get_by_label(label, exact=True).first.fill(text)
    for legend, day in (("Starts on", "2027-04-01"), ("Ends on", "2029-04-01")):
        page.get_by_label(legend, exact=True).first.fill(day)
    page.get_by_label("A child", exact=True).check()
    page.get_by_label("As if there were no duty").check()
    fits(page, "bid-form", check_page)
    follow(page.get_by_role("button", name="Enter"))
    page.get_by_role("heading", name="Bid B-1").wait_for()
    follow(page.get_by_role("button", name="Work it out"))
    page.get_by_text("The bid is being worked out.").wait_for()
    record = worked_out()
    page.reload()
    fits(page, "bid", check_page)

    follow(page.get_by_role("link", name="Cash by year and payer"))
    page.get_by_role("heading", name="Net cash by financial year and payer").wait_for()
    pictures(page)
    fits(page, "answer", check_page)
    printed = tmp_path / "bid.pdf"
    printed.write_bytes(page.pdf(format="A4", print_background=True))
    assert len(re.findall(rb"/Type /Page\b", printed.read_bytes())) == 1, "a bid is printed on one page"
    page.go_back()
    follow(page.get_by_role("button", name="Put forward to the treasurer"))
    follow(page.locator("main form button[type=submit], main form .govuk-button").last)
    page.get_by_text("With the treasurer").first.wait_for()
    sign_out(page)

    sign_in("treasurer", "camden")
    page.goto(f"/prevention/bids/{record.case_id}/answer")
    before = page.locator(".pa-facts dd").first.inner_text()
    page.get_by_label("Price of a night").fill("80")
    page.get_by_label("With optimism bias").check()
    follow(page.get_by_role("button", name="Read it so"))
    assert page.locator(".pa-facts dd").first.inner_text() != before
    follow(page.get_by_role("link", name="What must be true"))
    page.get_by_role("heading", name="Where it just pays, each alone").wait_for()
    pictures(page)
    fits(page, "must-be-true", check_page)
    follow(page.get_by_role("link", name="The bid", exact=True))
    follow(page.get_by_role("button", name="Support: to the board"))
    page.get_by_label("Why").fill("Checked at four fifths of today's prices, with optimism bias.")
    follow(page.locator("main form button[type=submit], main form .govuk-button").last)
    page.get_by_text("With the board").first.wait_for()
    _portfolio(record)
    page.goto("/prevention/portfolio/?budget=200000")
    page.get_by_role("heading", name="Bids, and which of them fit").wait_for()
    pictures(page)
    fits(page, "portfolio", check_page)
    sign_out(page)

    sign_in("investment-board", "camden")
    page.goto("/tasks/")
    follow(page.get_by_role("link", name="Bid B-1"))
    follow(page.get_by_role("button", name="Agree, and freeze its promise"))
    page.get_by_label("Why").fill("More likely than not to pay.")
    follow(page.locator("main form button[type=submit], main form .govuk-button").last)
    page.get_by_text("Agreed: promised").first.wait_for()
    page.goto("/prevention/promises/all/")
    page.get_by_text("No promise has come to a check yet.").first.wait_for()
    fits(page, "promises", check_page)
    follow(page.get_by_role("link", name="Each promise, with its prediction"))
    follow(page.get_by_role("link", name="Conferences for every family"))
    page.get_by_text("Returns do not cover these months yet.").first.wait_for()
    fits(page, "promise", check_page)


def _portfolio(record: Record) -> None:
    """What the worker would store of this and another bid together, made up: half of what each saves is the same."""
    one = {
        "costs": {"2026-27": 100_000.0, "2027-28": 100_000.0},
        "cost": 190_000.0,
        "workers": 3.0,
        "boroughs": {CAMDEN: 190_000.0},
    }
    PortfolioRun.objects.create(
        place=CAMDEN, asked="0" * 64,
        stored={
            "programmes": [{"id": str(record.case_id), "title": "Conferences for every family", **one},
                           {"id": "0", "title": "A second bid", **one}],
            "claims": [{"bids": [str(record.case_id)], "pounds": 250_000.0, "boroughs": {CAMDEN: 250_000.0}},
                       {"bids": ["0", str(record.case_id)], "pounds": 200_000.0, "boroughs": {CAMDEN: 200_000.0}}],
            "drawn": [[240_000.0, 190_000.0], [260_000.0, 210_000.0]], "draws": 2,
        },
    )  # fmt: skip
