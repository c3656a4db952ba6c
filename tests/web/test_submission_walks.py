"""Chromium walks through returns, figures and packs, as a borough's people do."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser_steps import follow, sign_in_as, sign_out
from worker import monitoring, shown_figures, work

from parentis.web.jobs.models import Job, State
from parentis.web.submissions import queries

pytestmark = [pytest.mark.functional, pytest.mark.django_db(transaction=True)]


def hand_in(page: Any, paths: list[Path], year: str = "") -> None:
    """By the form; the worker does the rest while the page waits."""
    follow(page.get_by_label("Menu").get_by_role("link", name="Returns"))
    follow(page.get_by_role("link", name="Submit files"))
    page.get_by_label("Files", exact=True).set_input_files([str(path) for path in paths])
    if year:
        page.get_by_label("Year, if the files do not state it").fill(year)
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/returns/jobs/**")
    page.locator("[data-job]").wait_for()


@pytest.mark.real
def test_a_real_sample_is_handed_in_and_its_findings_read(
    sign_in: Callable[..., Any], check_page: Callable[..., None], shared_data: Path
) -> None:
    folder = shared_data / "returns" / "ssda903_demand_model"
    page = sign_in("analyst")
    page.goto("/returns/hand-in/")
    check_page(page, "returns-hand-in")
    hand_in(page, [folder / f"2018-{name}.csv" for name in ("episodes", "header", "uasc")], "2017-18")
    check_page(page, "returns-being-checked")
    work()
    page.get_by_text("How each file was recognised").wait_for()
    check_page(page, "returns-taken-for")
    follow(page.get_by_role("link", name="see the findings"))
    page.get_by_role("heading", name="Findings").wait_for()
    check_page(page, "returns-findings")
    follow(page.locator("tbody a").first)
    page.get_by_text("Line is the row number in the spreadsheet").wait_for()
    check_page(page, "returns-findings-of-one-rule")
    with page.expect_download() as report:
        page.get_by_role("link", name="Excel").click()
    assert Path(report.value.path()).read_bytes()[:2] == b"PK"
    check_page_of(page, check_page, "/returns/", "returns-list")
    check_page_of(page, check_page, "/returns/templates/", "returns-templates")


def check_page_of(page: Any, check_page: Callable[..., None], path: str, name: str) -> None:
    page.goto(path)
    check_page(page, name)


def test_finance_files_are_signed_by_two_and_their_variance_is_seen(
    sign_in: Callable[..., Any], check_page: Callable[..., None], person: Callable[..., Any], tmp_path: Path
) -> None:
    page = sign_in("analyst")
    hand_in(page, monitoring(tmp_path, budget=100_000_000, outturn=130_000_000))
    work()
    follow(page.get_by_role("link", name="View the return"))
    for role, title in (("director", "Director"), ("section-151", "Section 151 officer")):
        sign_out(page)
        address = f"/returns/{Job.objects.get(kind='hand-in').came['outcomes'][0]['submission_id']}/"
        sign_in(role)
        page.goto(address)
        check_page(page, f"returns-to-be-signed-by-{role}")
        page.get_by_label(title).check()
        page.locator("main").get_by_role("button", name="Sign").click()
        page.locator("[data-job]").wait_for()
        work()
        page.get_by_text(f"signed by {role}@camden.test").wait_for()
    check_page(page, "returns-signed")
    assert not queries.one(address.split("/")[2]).row["provisional"]
    page.goto("/figures/funding/?place=E09000007")
    page.get_by_role("heading", name="Funding pressures", exact=True).wait_for()
    assert "30.0" in page.content()
    check_page(page, "figures-funding-of-a-borough")


def test_figures_lead_to_their_origin_and_a_pack_is_downloaded(
    sign_in: Callable[..., Any], check_page: Callable[..., None], tmp_path: Path
) -> None:
    shown_figures(tmp_path)
    page = sign_in("analyst", "region")
    check_page_of(page, check_page, "/figures/", "figures-region")
    check_page_of(page, check_page, "/figures/quality/", "figures-quality")
    check_page_of(page, check_page, "/figures/measures/?q=outturn", "figures-measures")
    page.goto("/figures/funding/?section=all")
    page.locator(".pa-picture img").first.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert page.locator(".pa-picture img").first.evaluate("image => image.naturalWidth") > 0
    check_page(page, "figures-funding")
    page.goto("/figures/funding/")
    check_page(page, "figures-funding-opens")
    page.locator("a.pa-figure").first.click()
    panel = page.get_by_role("complementary", name="How this figure was made")
    panel.get_by_role("heading", name="The rows it was made of").wait_for()
    check_page(page, "figures-panel")
    page.keyboard.press("Escape")
    panel.wait_for(state="detached")
    assert page.evaluate("document.activeElement.classList.contains('pa-figure')"), "focus is back at the number"
    page.set_viewport_size({"width": 390, "height": 800})
    follow(page.locator("a.pa-figure").first)
    page.get_by_role("heading", name="How it was made").wait_for()
    check_page(page, "figures-origin")
    follow(page.get_by_role("link", name="Funding pressures"))
    page.get_by_role("heading", name="Funding pressures", exact=True).wait_for()
    page.set_viewport_size({"width": 1280, "height": 900})
    table = page.locator("table[data-sortable]").first
    if table.count():
        table.get_by_role("button", name="Sort by").nth(1).click()
        assert table.locator("th[aria-sort=descending]").count() == 1
    page.goto("/packs/")
    check_page(page, "packs")
    page.get_by_role("button", name="Create pack").click()
    page.wait_for_url("**/packs/*-*/")
    work()
    page.get_by_role("heading", name="Download").wait_for()
    check_page(page, "packs-ready")
    with page.expect_download() as pack:
        page.get_by_role("link", name=".zip").click()
    assert "index.html" in zipfile.ZipFile(pack.value.path()).namelist()


def test_without_script_files_are_handed_in_all_the_same(
    chromium: Any, live_server: Any, page: Any, person: Callable[..., Any], tmp_path: Path
) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    plain = context.new_page()
    sign_in_as(plain, person("analyst").email)
    plain.goto("/returns/hand-in/")
    plain.get_by_label("Files", exact=True).set_input_files([str(path) for path in monitoring(tmp_path)])
    plain.get_by_role("button", name="Submit").click()
    plain.wait_for_url("**/returns/jobs/**")
    work()
    plain.get_by_role("link", name="Refresh").click()
    plain.get_by_text("Awaiting acceptance").wait_for()
    context.close()
    assert Job.objects.get(kind="hand-in").state == State.DONE


def test_a_scenario_is_built_and_kept(
    sign_in: Callable[..., Any], check_page: Callable[..., None], tmp_path: Path
) -> None:
    from test_forecasts import held as hold_children

    hold_children(tmp_path / "children")
    page = sign_in("analyst")
    follow(page.get_by_label("Menu").get_by_role("link", name="Forecasts"))
    page.get_by_text("The forecast is being updated").wait_for()
    check_page(page, "forecasts-awaited")
    work()  # the page sees it, and loads itself again
    page.get_by_label("Children coming into care", exact=True).fill("-20")
    page.get_by_role("button", name="Show results").click()
    page.get_by_role("heading", name="Children coming into care −20%").wait_for()
    check_page(page, "forecasts-scenario")
    page.get_by_label("Save as").fill("A fifth fewer")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("“A fifth fewer” saved").wait_for()
    page.get_by_label("A fifth fewer:").check()
    page.get_by_role("button", name="Compare selected").click()
    page.get_by_role("heading", name="Scenarios compared").wait_for()
    check_page(page, "forecasts-compared")
