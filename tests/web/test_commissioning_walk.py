"""A commissioner's way in Chromium, a treasurer's, and that of a reader in another partnership. Each page free of
barriers, at a desk and on a telephone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from browser_steps import follow, sign_out

from commissioning.page_rows import JOINED, made
from parentis.web.commissioning import held, learning, practice, views

pytestmark = [pytest.mark.functional, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(autouse=True)
def _frames(monkeypatch: pytest.MonkeyPatch) -> None:
    effect = pl.DataFrame({"period": ["2024-25"], "period_end": [date(2025, 3, 31)], "value": [-9.0], "low": [-12.0],
                           "high": [-5.0]})  # fmt: skip
    monkeypatch.setattr(held, "joined", lambda: JOINED)
    monkeypatch.setattr(views, "frame", made)
    monkeypatch.setattr(views, "made", lambda name, who: views.PAGES[name][0](made, who))
    monkeypatch.setattr(learning, "figures", lambda *_: effect)
    practice.make_practice_cards()


def fits(page: Any, name: str, check_page: Callable[..., None]) -> None:
    """Free of barriers at both sizes, and nothing wider than the telephone but what scrolls by itself."""
    for size, mark in ((PHONE, "390"), (DESK, "desk")):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{name} is too wide at {mark}"
        )
        check_page(page, f"commissioning-{name}-{mark}")


def test_a_commissioner_compares_and_writes_down_what_was_learned(
    sign_in: Callable[..., Any], check_page: Callable[..., None]
) -> None:
    page = sign_in("commissioner", "camden")
    follow(page.get_by_label("Menu").get_by_role("link", name="Commissioning"))
    page.get_by_text("Camden, a member of NLCEP").wait_for()
    fits(page, "start", check_page)
    for link, words in (
        ("Like for like:", "NLCEP pays 7.7 % less than WLA for the same child."),
        ("Index:", "1.197"),
        ("Arrangements:", "a used night costs 1.52 times its price per place"),
        ("Uplifts:", "Requests to your partnership"),
        ("Funnel:", "ended in silence"),
        ("Reach:", "fewer than 6 children"),
        ("Scorecard:", "Prices fell by 8.8 % where SLCP began."),
    ):
        follow(page.get_by_role("link", name=link))
        page.get_by_text(words).first.wait_for()
        for picture in page.locator("img.pa-picture").all():
            picture.evaluate("one => one.decode()")
            assert picture.evaluate("one => one.naturalWidth > 300")
        fits(page, link.lower().strip(":").replace(" ", "-"), check_page)
        follow(page.get_by_role("link", name="Commissioning").last)
    with page.expect_download() as download:
        follow(page.get_by_role("link", name="Like for like:"))
        page.get_by_role("link", name="Prices by partnership").click()
    assert b"fewer than 6 children" in download.value.path().read_bytes()

    page.goto("/commissioning/")
    follow(page.get_by_role("link", name="Write a card"))
    for label, words in (
        ("Reference", "NLCEP-9"), ("What was learned", "Void alerts halve the empty nights"), ("Partnership", "NLCEP"),
        ("Context", "Two blocks."), ("What failed", "Mail alerts."), ("Conditions", "A desk that reads them."),
        ("Whom to ring", "Placements desk"), ("Measure it cites", "commissioning.effect"), ("Value it cites", "-9"),
        ("Interval it cites: low", "-12"), ("Interval it cites: high", "-5"),
    ):  # fmt: skip
        page.get_by_label(label).first.fill(words)
    page.get_by_label("Authority").select_option(label="Camden")
    page.get_by_label("Block contract").check()
    page.get_by_label("Expires on").fill("2027-03-31")
    follow(page.locator("main form .govuk-button").last)
    fits(page, "card", check_page)
    follow(page.get_by_role("button", name="Publish to every partnership"))
    page.locator("main form .govuk-button").last.click()
    sign_out(page)


def test_a_treasurer_reads_the_index_and_searches_what_was_learned(
    sign_in: Callable[..., Any], check_page: Callable[..., None]
) -> None:
    page = sign_in("treasurer", "camden")
    page.goto("/commissioning/index/")
    page.get_by_text("1 census is missing").wait_for()
    page.goto("/commissioning/learning/")
    fits(page, "learning", check_page)
    page.get_by_label("Words to look for").fill("framework six boroughs")
    follow(page.get_by_role("main").get_by_role("button", name="Search"))
    page.get_by_text("1 of 3 cards have").wait_for()
    page.get_by_role("heading", name="One framework for six boroughs").wait_for()
    assert page.get_by_role("link", name="Write a card").count() == 0


def test_a_reader_of_another_partnership_sees_totals_and_no_providers_price(sign_in: Callable[..., Any]) -> None:
    page = sign_in("commissioner", "croydon")
    for name in ("arrangements", "uplifts"):
        page.goto(f"/commissioning/{name}/")
        text = page.locator("main").inner_text()
        assert "NLCEP-0" not in text
        assert "Acme Care Ltd" not in text
        assert "fewer than 3 providers" in text
    page.goto("/commissioning/like-for-like/")
    page.get_by_text("SLCP (yours)").first.wait_for()
    assert "9,998" not in page.locator("main").inner_text()
