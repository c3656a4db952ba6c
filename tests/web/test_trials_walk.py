"""A trial in Chromium from a definition's new version to its card: freeze, allocation, outcomes, look and decision.
Each page free of barriers, on a screen and on a telephone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser_steps import follow, sign_in_as, sign_out
from trial_samples import DRAFT, OUTCOMES, UNITS
from worker import work

from parentis.web.cases.models import Case
from parentis.web.cohort.models import DefinitionVersion
from parentis.web.people.initial_accounts import person_with
from parentis.web.trials.case_types import SUBJECTS

pytestmark = [pytest.mark.functional, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
FIRST_FIELDS = ("reference", "title", "question")
POPULATION = "london-older@3"
CHOICES = {"design", "unit", "allocation", "outcome_kind", "outcome_better", "analysis_method", "stopping_rule"}


def test_from_a_definitions_new_version_to_an_evidence_card(
    sign_in: Callable[..., Any],
    check_page: Callable[..., None],
    person: Callable[..., Any],
    places: dict[str, Any],
    tmp_path: Path,
) -> None:
    second = person_with(
        email="second@camden.test", name="Second lead", organisation=places["camden"], role="evaluation-lead"
    )
    page = sign_in("analyst", "camden")
    page.goto("/cohort/definitions/new")
    page.get_by_label("Title").fill("Three signs, or a court's order")
    page.get_by_label("In force from").fill("2027-04-01")
    page.get_by_label("Use “Placements in a year”").check()
    page.get_by_label("Use “Deprived of liberty by a court”").check()
    page.get_by_label("Why this version").fill("For the trial of conferences.")
    follow(page.get_by_role("button", name="Propose this version"))
    page.get_by_text("Version 3 of london-older proposed.").wait_for()
    sign_out(page)

    sign_in("director", "camden")
    page.goto("/cohort/definitions/")
    assert page.get_by_role("link", name="Plan a trial with london-older v3").count() == 0, "not before it is accepted"
    page.get_by_label("Why", exact=True).fill("Agreed by the placement leads.")
    follow(page.get_by_role("button", name="Accept and freeze"))
    follow(page.get_by_role("link", name="Plan a trial with london-older v3"))
    page.get_by_role("heading", name="Enter a trial").wait_for()
    assert page.get_by_label("Population").input_value() == POPULATION
    page.get_by_label("Lead").select_option(label="Camden")
    for name in FIRST_FIELDS:
        page.locator(f"[name={name}]").fill(str(DRAFT[name]))
    follow(page.locator("main").get_by_role("button", name="Enter"))
    page.get_by_text("The trial is in the register.").wait_for()
    case = Case.objects.get(kind="trial")
    address = f"/trials/protocols/{case.pk}/"
    sign_out(page)

    sign_in("evaluation-lead", "camden")
    follow(page.get_by_label("Menu").get_by_role("link", name="Trials"))
    page.get_by_role("heading", name="Trials", exact=True).wait_for()
    _both(page, check_page, "trials-start")

    follow(page.get_by_role("link", name="Design room"))
    page.get_by_text("With a chance of").or_(page.get_by_text("64%").first).first.wait_for()
    _both(page, check_page, "trials-design")

    page.goto(address)
    page.get_by_text("Before it can be frozen").wait_for()
    _both(page, check_page, "trials-draft")
    for subject, _, fields in SUBJECTS:
        page.goto(f"{address}edit-{subject}")
        for name in fields:
            _fill(page, name)
        if subject == "design":
            _both(page, check_page, "trials-edit-design")
        follow(page.locator("main form button[type=submit]").last)
        page.get_by_text("Changed the").first.wait_for()
    assert page.get_by_text("Before it can be frozen").count() == 0

    follow(page.get_by_role("button", name="Propose for freezing"))
    page.get_by_label("Why this version is ready").fill("The group agreed on 3 March.")
    follow(page.locator("main form button[type=submit]").last)
    page.get_by_text("Protocol proposed for freezing.").wait_for()
    follow(page.get_by_role("button", name="Freeze"))
    page.get_by_role("button", name="Freeze").click()
    page.get_by_text("a second person").first.wait_for()
    sign_out(page)

    sign_in_as(page, second.email)
    page.get_by_text("Waits to be frozen").first.wait_for()
    page.goto(f"{address}move/freeze")
    _both(page, check_page, "trials-freeze")
    follow(page.get_by_role("button", name="Freeze"))
    page.get_by_text("Protocol frozen.").wait_for()
    sha256 = case.protocols.get().sha256
    page.get_by_text(sha256).first.wait_for()
    _both(page, check_page, "trials-frozen")
    follow(page.get_by_role("link", name="Version 1"))
    page.get_by_role("heading", name=DRAFT["title"]).wait_for()
    page.get_by_text(DefinitionVersion.objects.get().sha256).wait_for()
    _both(page, check_page, "trials-plan")

    page.goto(f"{address}move/allocate")
    follow(page.locator("main form button[type=submit]").last)
    page.goto(f"{address}allocation/")
    _both(page, check_page, "trials-allocation-before")
    page.get_by_label("Families").set_input_files(_file(tmp_path, "families.csv", UNITS))
    follow(page.get_by_role("button", name="Allocate"))
    page.get_by_text("Allocated. The draw is kept").wait_for()
    _both(page, check_page, "trials-allocation")
    follow(page.get_by_role("link", name="Arms of your boroughs"))
    page.get_by_text("Camden11").wait_for()
    assert page.get_by_text("Croydon11").count() == 0
    _both(page, check_page, "trials-arms")
    page.goto(f"{address}move/run")
    follow(page.locator("main form button[type=submit]").last)
    page.get_by_text("The trial is running.").wait_for()

    follow(page.get_by_role("link", name="Analysis"))
    page.get_by_label("Outcomes").set_input_files(_file(tmp_path, "outcomes.csv", "unit,outcome\na,7\n"))
    follow(page.get_by_role("button", name="Save outcomes"))
    page.get_by_text("Nothing was kept. Expected outcomes of 0 or 1").wait_for()
    page.get_by_label("Outcomes").set_input_files(_file(tmp_path, "outcomes.csv", OUTCOMES))
    follow(page.get_by_role("button", name="Save outcomes"))
    page.get_by_text("Outcomes saved: 40 rows.").wait_for()
    page.get_by_role("button", name="Analyse: look 1").click()
    page.locator("[data-job]").wait_for()
    work()
    page.get_by_text("Planned analysis").wait_for()
    _both(page, check_page, "trials-result")
    page.goto(f"{address}move/finish")
    follow(page.locator("main form button[type=submit]").last)
    page.get_by_text("Waiting for a decision.").wait_for()
    sign_out(page)

    for place, step in (("camden", "propose-end"), ("croydon", "confirm-end")):
        sign_in("director", place)
        page.goto(f"{address}move/{step}")
        page.locator("[name=why]").fill("No difference was shown.")
        follow(page.locator("main form button[type=submit]").last)
        if place == "camden":
            sign_out(page)
    page.get_by_text("Finished: not to be scaled up").first.wait_for()
    follow(page.get_by_role("link", name="Card", exact=True))
    page.get_by_text("trial:family-conferences@1").wait_for()
    page.get_by_text(sha256).wait_for()
    _both(page, check_page, "trials-card")
    follow(page.get_by_role("link", name="Evidence cards"))
    _both(page, check_page, "trials-cards")


def _fill(page: Any, name: str) -> None:
    value = POPULATION if name == "population" else DRAFT.get(name)
    if value is None:
        return
    control = page.locator(f"[name={name}]")
    if name in CHOICES:
        if control.count() > 1:
            page.locator(f"[name={name}][value='{value}']").check()
        else:
            control.select_option(value=str(value))
    elif page.locator(f"[name={name}_0]").count():
        for part, number in zip("012", (value.day, value.month, value.year), strict=True):
            page.locator(f"[name={name}_{part}]").fill(str(number))
    else:
        control.fill(str(value))


def _file(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def _both(page: Any, check_page: Callable[..., None], name: str) -> None:
    """At 1280 and at 390 points: nothing is wider than the screen, and axe finds nothing."""
    for size, ending in ((NARROW, "-390"), (WIDE, "")):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), f"{name}{ending}"
        check_page(page, f"{name}{ending}")
