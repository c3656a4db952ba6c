"""Steps of a walk through the site that every walk takes: each waits for the page that it leads to."""

from typing import Any

from parentis.web.people.initial_accounts import DEMO_PASSWORD


def follow(control: Any) -> None:
    """Press a link or a button that leads to another page, and wait until that page is there."""
    with control.page.expect_navigation():
        control.click()


def sign_in_as(page: Any, email: str, password: str = DEMO_PASSWORD) -> None:
    """By the form; the page that follows is there when this returns."""
    page.goto("/account/login/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(password)
    follow(page.get_by_role("button", name="Sign in"))


def sign_out(page: Any) -> None:
    follow(page.get_by_role("button", name="Sign out"))
