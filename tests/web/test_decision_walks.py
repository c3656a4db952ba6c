"""Chromium walks: a stranger's file is seen for what it is, accepted with a reason, taken back; a release by two."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser_steps import sign_out
from worker import monitoring, work

from parentis import lake, workflow
from parentis.archive import find_home
from parentis.web.submissions import queries
from parentis.workflow.safeguards.two_people import SECOND_PERSON

pytestmark = [pytest.mark.functional, pytest.mark.django_db(transaction=True)]
CAMDEN, CROYDON = "E09000007", "E09000008"
PHONE = {"width": 390, "height": 844}


def outturns() -> list[int]:
    rows = lake.read(find_home(), "finance.monitoring/lines").filter(submitter=CAMDEN).collect()
    return [int(one) for one in rows["OUTTURN"]]


def test_a_strangers_file_is_seen_accepted_with_a_reason_and_taken_back(
    sign_in: Callable[..., Any], check_page: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECOND_PERSON)
    home = find_home()
    paths = monitoring(tmp_path, budget=100_000_000, outturn=110_000_000)
    workflow.submit(home, paths, who="ann@camden.test", authority=CAMDEN, period="2024-25", accept=True)
    workflow.build(home, services=["funding"])
    stranger = monitoring(tmp_path, budget=90_000_000, outturn=150_000_000, authority=CROYDON)
    (outcome,) = workflow.submit(home, stranger, who="ann@camden.test", authority=CAMDEN, period="2024-25")
    address = f"/returns/{outcome.submission_id}/"

    page = sign_in("director")
    page.goto(address)
    page.get_by_role("button", name="Work it out").click()
    page.get_by_text("It is being worked out.").wait_for()
    check_page(page, "changes-being-worked-out")
    work()
    page.get_by_text("Figures that move most").wait_for()
    page.get_by_text("finance.monitoring_lines_2024-25_E09000008.csv is named for Croydon", exact=True).wait_for()
    assert "£110,000,000" in page.content()
    assert "+£40,000,000" in page.content()
    check_page(page, "changes-of-a-strangers-file")
    page.set_viewport_size(PHONE)
    check_page(page, "changes-of-a-strangers-file-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size({"width": 1280, "height": 900})

    page.locator("main").get_by_role("button", name="Sign and accept").click()
    page.get_by_text("Enter the reason for accepting it all the same").wait_for()
    assert outturns() == [110_000_000]
    page.get_by_label("Reason for accepting it all the same").fill("Croydon keeps our books this quarter")
    page.locator("main").get_by_role("button", name="Sign and accept").click()
    page.locator("[data-job]").wait_for()
    work()
    page.get_by_text("Take the acceptance back").wait_for()
    page.get_by_text("Croydon keeps our books this quarter").first.wait_for()
    assert outturns() == [150_000_000]

    page.get_by_text("Take the acceptance back").click()
    page.get_by_text("What it superseded counts again").wait_for()
    check_page(page, "returns-take-back")
    page.get_by_label("Reason for taking the acceptance back").fill("The wrong borough's file")
    page.get_by_role("button", name="Take it back").click()
    page.locator("[data-job]").wait_for()
    work()
    page.get_by_text("Taken back", exact=True).wait_for()
    check_page(page, "returns-taken-back")
    assert outturns() == [110_000_000]
    assert queries.one(outcome.submission_id).row["status"] == "reversed"


def test_a_release_is_asked_for_by_one_and_confirmed_by_another(
    sign_in: Callable[..., Any], check_page: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECOND_PERSON)
    paths = monitoring(tmp_path, budget=100_000_000, outturn=110_000_000)
    (outcome,) = workflow.submit(
        find_home(), paths, who="ann@camden.test", authority=CAMDEN, period="2024-25", accept=True
    )
    address = f"/returns/{outcome.submission_id}/"
    page = sign_in("director")
    page.goto(address)
    page.get_by_text("Choose who can see figures from this return").click()
    page.get_by_text("A second person confirms it").first.wait_for()
    check_page(page, "release-said-first")
    page.get_by_label("Members of the region's agreement").check()
    page.get_by_label("Reason, or the agreement it is under").fill("the region's agreement")
    page.get_by_role("button", name="Release", exact=True).click()
    page.locator("[data-job]").wait_for()
    work()
    page.get_by_text("A release waits for a second person").wait_for()
    assert queries.one(outcome.submission_id).row["audience"] is None
    sign_out(page)
    sign_in("section-151")
    page.goto(address)
    check_page(page, "release-to-be-confirmed")
    page.set_viewport_size(PHONE)
    check_page(page, "release-to-be-confirmed-390")
    page.get_by_role("button", name="Confirm the release").click()
    page.locator("[data-job]").wait_for()
    work()
    page.get_by_role("button", name="Take the release back").wait_for()
    assert queries.one(outcome.submission_id).row["audience"] == "members"
    page.get_by_role("button", name="Take the release back").click()
    page.locator("[data-job]").wait_for()
    work()
    page.locator("dd").get_by_text("own", exact=True).wait_for()
    assert queries.one(outcome.submission_id).row["audience"] == "own"
