"""A director's way in Chromium: my borough, a measure, the ballot, a challenge, whether it worked. Each page free of
barriers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser_steps import follow, sign_out

from improvement.conftest import built_home as built_home  # the session's home
from parentis.web.improvement.practice import make_practice_challenges

pytestmark = [pytest.mark.functional, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_my_borough_to_whether_it_worked(
    sign_in: Callable[..., Any],
    check_page: Callable[..., None],
    built_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    person: Callable[..., Any],
) -> None:
    monkeypatch.setenv("PARENTIS_HOME", str(built_home))
    make_practice_challenges()
    page = sign_in("director", "croydon")
    follow(page.get_by_label("Menu").get_by_role("link", name="My borough"))
    page.get_by_role("heading", name="Croydon against others").wait_for()
    page.locator("details summary").first.click()
    check_page(page, "improvement-borough")
    page.get_by_label("What lies behind it").first.fill("A home closed in May.")
    page.get_by_role("button", name="Save explanation").first.click()
    page.get_by_text("Explanation saved.").wait_for()

    follow(page.get_by_role("row", name="Three or more placements").get_by_role("link"))
    page.get_by_role("heading", name="Three or more placements in a year").wait_for()
    for picture in ("Funnel", "Ranks", "Over time"):
        assert page.get_by_alt_text(picture).first.evaluate("one => one.complete && one.naturalWidth > 300")
    check_page(page, "improvement-measure")
    follow(page.get_by_role("link", name="My borough").last)

    follow(page.get_by_role("link", name="Region wall"))
    page.get_by_role("heading", name="Region wall").wait_for()
    check_page(page, "improvement-wall")

    follow(page.get_by_role("link", name="Priorities"))
    page.get_by_label("What it costs").fill("40")
    page.get_by_label("How far behind they are").fill("0")
    page.get_by_role("button", name="Cast ballot").click()
    page.get_by_text("Ballot cast.").wait_for()
    check_page(page, "improvement-priorities")

    follow(page.get_by_role("link", name="Peer challenges"))
    follow(page.get_by_role("link", name="Three or more placements in a year").first)
    follow(page.get_by_role("button", name="Record the visit"))
    page.get_by_label("Evidence seen").fill("Files of ten moves.")
    page.get_by_label("Findings").fill("Moves are decided too late.")
    page.locator("main form button[type=submit], main form .govuk-button").last.click()
    page.get_by_text("Moves are decided too late.").first.wait_for()
    check_page(page, "improvement-challenge")

    page.goto(page.url.split("/challenges/")[0] + "/impact/")
    page.get_by_label("Peer challenge", exact=True).select_option(index=1)
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("What this check can find").wait_for()
    check_page(page, "improvement-impact")
    sign_out(page)

    sign_in("improvement-lead", "region")
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/improvement/matching/")
    page.get_by_label("Measure").select_option(label="Placed more than 20 miles from home")
    page.get_by_label("Croydon").check()
    page.get_by_role("button", name="Match").click()
    page.get_by_role("heading", name="to Croydon").wait_for()
    check_page(page, "improvement-matching")
    page.get_by_role("button", name="Plan this challenge").click()
    page.get_by_text("Challenge planned.").wait_for()
