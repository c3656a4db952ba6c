"""The site as people meet it: Chromium, keyboard, telephone, screen reader's rules."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from browser_steps import follow, sign_in_as, sign_out
from django.core import mail
from test_sign_in import code_of

from parentis.web.people.initial_accounts import DEMO_PASSWORD
from parentis.web.people.models import Organisation, Person

pytestmark = [pytest.mark.functional, pytest.mark.browser]
PHONE = {"width": 360, "height": 740}


def test_invited_person_joins_sets_up_codes_and_signs_in(
    page: Any, sign_in: Callable[..., Any], check_page: Callable[..., None], settings: Any
) -> None:
    """From an administrator's invitation to a first and a second sign-in with a one-time code."""
    sign_in("administrator", "camden")
    page.goto("/people/in/camden/")
    page.get_by_label("Email address").fill("new@camden.test")
    page.get_by_label("Treasurer").check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("alert").get_by_text("Invitation sent to new@camden.test").wait_for()
    check_page(page, "organisation")
    sign_out(page)

    settings.CODES_REQUIRED = True
    link = re.search(r"https?://\S+", mail.outbox[-1].body)
    assert link
    page.goto(link.group())
    check_page(page, "join")
    page.get_by_label("Your name").fill("Nour New")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("Confirm password").fill("shore")
    follow(page.get_by_role("button", name="Create account"))
    check_page(page, "join-errors")
    page.get_by_role("link", name="The passwords do not match.").click()
    assert page.evaluate("document.activeElement.name") == "again", "an error leads to its field"
    page.get_by_label("Password", exact=True).fill("violet kettle mountain")
    page.get_by_label("Confirm password").fill("violet kettle mountain")
    follow(page.get_by_role("button", name="Create account"))

    sign_in_as(page, "new@camden.test", "violet kettle mountain")
    page.wait_for_url("**/codes/totp/activate/")
    check_page(page, "codes-set-up")
    secret = page.get_by_label("Secret").input_value()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Set up").click()
    page.wait_for_url("**/recovery-codes/")
    check_page(page, "recovery-codes")
    page.goto("/")
    page.get_by_role("heading", name="Nour New").wait_for()
    check_page(page, "home")
    sign_out(page)

    sign_in_as(page, "new@camden.test", "violet kettle mountain")
    page.wait_for_url("**/codes/authenticate/")
    check_page(page, "codes")
    page.get_by_label("Code").fill(code_of(secret))
    follow(page.get_by_role("button", name="Sign in"))
    page.get_by_role("heading", name="Nour New").wait_for()


PAGES = {
    "sign-in": "/account/login/",
    "reset-password": "/account/password/reset/",
    "accessibility": "/accessibility/",
    "people": "/people/",
    "people-organisation": "/people/in/camden/",
    "add-organisation": "/people/add-organisation/",
    "account": "/people/me/",
    "password": "/account/password/change/",
    "codes-index": "/account/codes/",
    "notices": "/notices/",
    "tasks": "/tasks/",
    "search": "/search/?q=fi",
    "glossary": "/help/glossary/",
    "methods": "/help/methods/",
    "privacy": "/help/privacy/",
    "contact": "/help/contact/",
    "joining": "/joining/",
    "joining-one": "/joining/camden/",
    "not-found": "/nowhere/",
    "not-allowed": "/audit/",
    "sign-out": "/account/logout/",
}


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_every_page_is_sound_and_fits(
    page: Any, sign_in: Callable[..., Any], check_page: Callable[..., None], person: Callable[..., Person], size: str
) -> None:
    person("analyst", "camden").notices.create(text="A return waits.", path="/")
    for name in ("sign-in", "reset-password"):
        page.goto(PAGES[name])
        check_page(page, name)
    sign_in("administrator", "region").context.set_default_timeout(5000)
    if size == "phone":
        page.set_viewport_size(PHONE)
    for name, path in PAGES.items():
        page.goto(path)
        check_page(page, name if size == "wide" else f"{name}-phone")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is {wide} pixels wider than the screen"


def test_an_auditor_searches(page: Any, sign_in: Callable[..., Any], check_page: Callable[..., None]) -> None:
    sign_in("auditor", "region")
    follow(page.get_by_role("navigation", name="Menu").get_by_role("link", name="Audit"))
    page.get_by_label("What").fill("signed in")
    follow(page.get_by_role("main").get_by_role("button", name="Search"))
    assert page.get_by_role("cell", name="Session: signed in", exact=True).count() == 1
    check_page(page, "audit")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download results").click()
    assert "signed in" in download.value.path().read_text()


def test_a_keyboard_is_enough(page: Any, person: Callable[..., Person]) -> None:
    someone = person("administrator", "region")
    page.goto("/account/login/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"
    page.keyboard.press("Tab")
    page.keyboard.type(someone.email)
    page.keyboard.press("Tab")
    page.keyboard.type(DEMO_PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").wait_for()
    # As many steps as the menu has lines, and the few links before it.
    for _ in range(24):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "People":
            break
        outlined = page.evaluate(
            "getComputedStyle(document.activeElement).boxShadow + getComputedStyle(document.activeElement).outline"
        )
        assert "none0px" not in outlined.replace(" ", ""), "where the keyboard is can be seen"
    else:
        pytest.fail("the keyboard never came to People")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/")


def test_the_site_works_without_script(
    chromium: Any, live_server: Any, transactional_db: None, unguarded: None, places: dict[str, Organisation],
    person: Callable[..., Person],
) -> None:  # fmt: skip
    someone = person("administrator", "region")
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    plain = context.new_page()
    sign_in_as(plain, someone.email)
    follow(plain.get_by_role("link", name="People").first)
    plain.get_by_role("heading", name="People").first.wait_for()
    context.close()
