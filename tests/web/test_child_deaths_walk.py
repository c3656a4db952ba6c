"""A child's death through the site by those who have to do with it, from notification to the action's re-check."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from browser_steps import follow, sign_out

from parentis.web.people.models import Organisation

pytestmark = [pytest.mark.functional, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TODAY = date.today()
PHONE = {"width": 390, "height": 844}


def _day(page: Any, label: str, day: date) -> None:
    page.get_by_label(label).fill(day.isoformat())


def _choose(page: Any, field: str, value: str) -> None:
    """A choice by its id: radio buttons where there are few, else a list."""
    if page.locator(f"select[name={field}]").count():
        page.locator(f"select[name={field}]").select_option(value)
    else:
        page.locator(f"input[name={field}][value='{value}']").check()


def _step(page: Any, name: str, fill: Callable[[], None] = lambda: None) -> None:
    follow(page.get_by_role("button", name=name, exact=True))
    fill()
    follow(page.locator("main").get_by_role("button", name=name, exact=True))


def test_a_death_from_notification_to_the_check_of_what_was_learned(
    places: dict[str, Organisation], sign_in: Callable[..., Any], check_page: Callable[..., None]
) -> None:
    Organisation.objects.filter(slug="child-deaths").update(footprint="cdr-ncl")

    page = sign_in("panel-manager", "child-deaths")
    follow(page.get_by_label("Menu").get_by_role("link", name="Child deaths"))
    check_page(page, "child-deaths-today")
    follow(page.get_by_role("link", name="Register", exact=True))
    follow(page.get_by_role("link", name="Add one"))
    page.get_by_label("Case number").fill("SYN-100")
    for label, day in (
        ("Notified on", TODAY), ("Died on", TODAY - timedelta(days=1)), ("Born on", TODAY - timedelta(days=900)),
    ):  # fmt: skip
        _day(page, label, day)
    for field, value in (
        ("place", "cdr-ncl"), ("age", "1-4y"), ("jar", "sudden"), ("standard", "72-hours"), ("borough", "E09000007"),
        ("looked_after", "no"), ("plan", "no"),
    ):  # fmt: skip
        _choose(page, field, value)
    check_page(page, "child-death-new")
    follow(page.get_by_role("button", name="Enter"))
    case = page.url
    assert "new" not in case, page.locator("main").inner_text()[:600]
    check_page(page, "child-death")
    sign_out(page)

    sign_in("designated-doctor", "child-deaths")
    page.goto(case)
    _step(page, "Begin the joint agency response")
    sign_out(page)

    sign_in("child-death-investigator", "police")
    page.set_viewport_size(PHONE)
    page.goto(case)
    assert page.get_by_text("Born on").count() == 0
    check_page(page, "child-death-police-phone")
    follow(page.get_by_role("button", name="Record the first meeting"))
    _day(page, "First meeting of the joint response", TODAY)
    _choose(page, "police_part", "yes")
    follow(page.locator("main").get_by_role("button", name="Record the first meeting"))
    page.goto("/child-deaths/police")
    page.get_by_role("row", name=re.compile("Central North")).wait_for()
    check_page(page, "child-death-police-page-phone")
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_out(page)

    sign_in("designated-doctor", "child-deaths")
    page.goto(case)
    _step(page, "Record the review meeting", lambda: _day(page, "Review meeting", TODAY))

    sign_out(page)

    sign_in("panel-manager", "child-deaths")
    page.goto(case)
    _step(page, "List for the panel")
    page.goto("/child-deaths/lessons/new")
    _choose(page, "place", "cdr-ncl")
    page.get_by_label("Number").fill("A-1")
    page.get_by_label("Lesson").fill("Parents hear about safe sleep once, before birth.")
    _choose(page, "factor", "C1")
    _choose(page, "context", "infant")
    page.get_by_label("Action", exact=True).fill("Speak of it at every visit.")
    page.get_by_label("Owner").fill("Health visiting")
    _day(page, "Agreed on", TODAY)
    _choose(page, "term", "6-months")
    follow(page.get_by_role("button", name="Enter"))
    action = page.url
    follow(page.get_by_role("button", name="Record that it is done"))
    _day(page, "Done on", TODAY)
    page.locator("main").get_by_role("button", name="Record that it is done").click()
    page.get_by_text("Nothing was changed").or_(page.locator(".govuk-error-summary")).first.wait_for()
    page.get_by_label("Evidence that it is done").fill("An audit of forty visits")
    follow(page.locator("main").get_by_role("button", name="Record that it is done"))
    check_page(page, "child-death-action")
    sign_out(page)

    sign_in("panel-chair", "child-deaths")
    page.goto(case)
    follow(page.get_by_role("button", name="Complete the review"))
    _day(page, "Panel", TODAY)
    _choose(page, "category", "10")
    _choose(page, "modifiable", "yes")
    follow(page.locator("main").get_by_role("button", name="Complete the review"))
    page.get_by_text("Review complete").first.wait_for()
    page.goto(action)
    follow(page.get_by_role("button", name="Checked again: it held"))
    _day(page, "Checked again on", TODAY)
    page.get_by_label("What the check found").fill("The same in a second audit")
    follow(page.locator("main").get_by_role("button", name="Checked again: it held"))
    page.goto("/child-deaths/lessons/?words=safe+sleep")
    page.get_by_text("Parents hear about safe sleep once").wait_for()
    for path, name in (
        ("", "review"), ("footprints", "footprints"), ("level", "level"), ("signals", "signals"), ("themes", "themes"),
        ("signals/budget", "budget"),
    ):  # fmt: skip
        page.goto(f"/child-deaths/{path}")
        check_page(page, f"child-death-{name}")
