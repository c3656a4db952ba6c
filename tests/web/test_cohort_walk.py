"""Ways in Chromium: the cohort's parts, a version proposed and accepted; an assessment switched on, one
child's page and an objection. Each page free of barriers, on a desk's screen and on a telephone's."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from browser_steps import follow, sign_out
from cohort_home import NUMBER, cohort_home
from django.utils import timezone

from parentis.web.cohort.parts import PARTS

pytestmark = [pytest.mark.functional, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK, TELEPHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def _at_both(page: Any, check_page: Callable[..., None], name: str) -> None:
    check_page(page, name)
    page.set_viewport_size(TELEPHONE)
    check_page(page, f"{name}-390")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= TELEPHONE["width"], f"{name} is {wide} pixels wide on a telephone"
    page.set_viewport_size(DESK)


def test_from_the_parts_to_a_frozen_version(
    sign_in: Callable[..., Any],
    check_page: Callable[..., None],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PARENTIS_HOME", str(cohort_home(tmp_path_factory)))
    page = sign_in("edge-of-care-lead")
    page.get_by_role("heading", name="The older cohort that is hard to place").wait_for()  # signing in leads here
    _at_both(page, check_page, "cohort")
    for part, (title, _) in PARTS.items():
        follow(page.get_by_role("link", name=title, exact=True).first)
        page.get_by_role("heading", name=title, level=1).wait_for()
        for image in page.locator("figure img").all():
            assert image.evaluate("one => one.complete && one.naturalWidth > 200")
        _at_both(page, check_page, f"cohort-{part}")
        follow(page.get_by_role("link", name="Older cohort").last)

    follow(page.get_by_role("link", name="Definition: versions"))
    _at_both(page, check_page, "cohort-definitions")
    follow(page.get_by_role("button", name="Propose a version"))
    page.get_by_label("Title").fill("Two of three signs")
    page.get_by_label("In force from").fill("2027-04-01")
    for sign in ("Placements in a year", "Missing again and again", "Deprived of liberty by a court"):
        page.get_by_label(f"Use “{sign}”").check()
    page.get_by_label("A child is in the cohort with").select_option("at_least")
    page.get_by_label("How many, or what sum of weights").fill("4")
    page.get_by_label("Why this version").fill("To ask less of short returns.")
    follow(page.get_by_role("button", name="Propose this version"))
    page.get_by_text("no more than 3, what the chosen signs come to").first.wait_for()
    _at_both(page, check_page, "cohort-definition-new")
    page.get_by_label("How many, or what sum of weights").fill("2")
    follow(page.get_by_role("button", name="Propose this version"))
    page.get_by_text("Version 3 of london-older proposed.").wait_for()
    sign_out(page)

    page = sign_in("director")
    page.goto("/cohort/definitions/")
    page.get_by_label("Why", exact=True).fill("Agreed by the placement leads.")
    follow(page.get_by_role("button", name="Accept and freeze"))
    page.get_by_text("Version 3 of london-older accepted and frozen.").wait_for()


def test_from_the_assessment_to_one_childs_page(
    sign_in: Callable[..., Any],
    check_page: Callable[..., None],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PARENTIS_HOME", str(cohort_home(tmp_path_factory)))
    today = timezone.localdate()
    page = sign_in("director")
    page.goto("/cohort/identification/")
    page.get_by_text("Early identification is off for Camden.").wait_for()
    page.goto("/cohort/assessments/new")
    page.get_by_label("Authority", exact=True).select_option(label="Camden")
    page.get_by_label("Reference of the data protection impact assessment").fill("DPIA-17")
    for label, day in (("Filed on", today), ("To be reviewed by", today + timedelta(days=200))):
        page.get_by_label(label).fill(day.isoformat())
    page.get_by_label("Legal basis").fill("Section 22, Children Act 1989.")
    page.locator("main form .govuk-button").last.click()
    page.get_by_role("heading", name="DPIA-17").first.wait_for()
    _at_both(page, check_page, "cohort-assessment")
    follow(page.get_by_role("button", name="Switch on"))
    page.get_by_label("Why").fill("Agreed with the data protection officer.")
    page.locator("main form .govuk-button").last.click()
    page.get_by_text("Early identification is switched on.").wait_for()
    sign_out(page)

    page = sign_in("practice-lead")
    page.goto("/cohort/identification/")
    page.get_by_role("heading", name="The rule is as good").wait_for()
    _at_both(page, check_page, "cohort-evaluation")
    page.goto("/cohort/")
    follow(page.get_by_role("link", name="One child, by its number"))
    page.get_by_label("The child's number in your returns").fill("SYN000")
    follow(page.get_by_role("button", name="Show the page"))
    page.get_by_text("No child of Camden with that number").wait_for()
    _at_both(page, check_page, "cohort-find")
    page.get_by_label("The child's number in your returns").fill(NUMBER)
    follow(page.get_by_role("button", name="Show the page"))
    page.get_by_role("heading", name="20 to 30 % within a year").wait_for()
    _at_both(page, check_page, "cohort-child")
    page.get_by_label("What is wrong with it").fill("Both moves were to be near family.")
    follow(page.get_by_role("button", name="Object"))
    page.get_by_text("A worker objected.").wait_for()
    follow(page.get_by_role("link", name="Objection"))
    page.get_by_text("Both moves were to be near family.").first.wait_for()
    _at_both(page, check_page, "cohort-objection")
