"""Through the cost survey and other rates in Chromium: by keyboard and label, each page free of barriers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser_steps import follow, sign_out
from test_uasc import arriving
from worker import work

from parentis.web.jobs.queue import enqueue_fit

pytestmark = [pytest.mark.functional, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_survey_is_filled_in_checked_and_handed_in(
    sign_in: Callable[..., Any], check_page: Callable[..., None], person: Callable[..., Any]
) -> None:
    person("analyst", "croydon")
    page = sign_in("analyst", "region")
    follow(page.get_by_label("Menu").get_by_role("link", name="Unaccompanied children"))
    follow(page.get_by_role("link", name="Cost survey responses"))
    page.get_by_label("Financial year").fill("2023-24")
    page.get_by_label("Answers due by").fill("2030-05-31")
    page.get_by_role("button", name="Send to every authority").click()
    page.get_by_role("heading", name="2023-24: 0 of 33").wait_for()
    page.get_by_role("button", name="Send reminders").click()
    page.get_by_text("1 person was reminded").wait_for()
    check_page(page, "uasc-response")
    sign_out(page)

    sign_in("analyst")
    follow(page.get_by_label("Menu").get_by_role("link", name="Unaccompanied children"))
    check_page(page, "uasc-start")
    page.get_by_role("button", name="Start 2023-24").click()
    page.get_by_role("link", name="Enter them").click()
    page.get_by_label("Nights of care of children under 18").fill("36500")
    check_page(page, "uasc-volumes")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("heading", name="Fostering, the authority's own carers").wait_for()
    children = page.get_by_role("group", name="Children under 18")
    children.get_by_label("Amount, in pounds").fill("70")
    children.get_by_label("Basis of the amount").select_option(label="Pounds a night")
    page.get_by_role("button", name="Save and go to the next heading").click()
    page.get_by_role("link", name="Enter the number in the year.").wait_for()
    check_page(page, "uasc-heading-amiss")
    children.get_by_label("Number in the year").fill("10000")
    page.get_by_role("button", name="Save and go to the next heading").click()
    page.get_by_role("heading", name="Fostering, independent agencies").wait_for()
    page.get_by_role("link", name="Cost survey 2023-24").click()
    page.get_by_role("link", name="Social workers", exact=True).click()
    children.get_by_label("Source of the amount").select_option(label="From a sample of staff's time")
    page.get_by_text("Time sample of staff, children under 18").click()
    for label, value in (
        ("Role, row 1", "Grade 8"),
        ("Hours a week per person, row 1", "6.5"),
        ("People, full-time equivalent, row 1", "4"),
        ("Pounds an hour, with employer's costs, row 1", "32.50"),
    ):
        children.get_by_label(label).fill(value)
    check_page(page, "uasc-heading-time")
    page.get_by_role("button", name="Save and go back").click()
    page.get_by_text("Answered").nth(1).wait_for()
    check_page(page, "uasc-survey")
    page.get_by_role("link", name="Check and submit").click()
    page.get_by_role("heading", name="Check and submit").wait_for()
    check_page(page, "uasc-check")
    page.get_by_role("button", name="Submit").click()
    page.locator("[data-job]").wait_for()
    work()
    page.get_by_role("link", name="View the return").wait_for()


def test_other_rates_are_asked_and_kept(
    sign_in: Callable[..., Any], check_page: Callable[..., None], tmp_path: Path
) -> None:
    page = sign_in("analyst")
    arriving(tmp_path)
    enqueue_fit()
    work()
    page.goto("/unaccompanied/rates/")
    page.get_by_label("16 and 17, usual rate").fill("150")
    page.get_by_label("16 and 17, high rate").fill("180")
    page.get_by_role("button", name="Show results").click()
    page.get_by_role("heading", name="16 and 17, usual rate 150").wait_for()
    page.get_by_label("Save as").fill("Dearer")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("“Dearer” saved").wait_for()
    check_page(page, "uasc-rates")
