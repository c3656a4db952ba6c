"""A child in custody from the suite to release, in two browsers at once: what one does, the other sees unasked."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser_steps import follow, sign_in_as
from custody_places import CAMDEN, CHILD, entry, fresh_indexes, notice, suite_of

from parentis.web.custody import operations
from parentis.web.custody.models import Detention
from parentis.web.duty import escalation
from parentis.web.people.models import Organisation, Person

pytestmark = [pytest.mark.functional, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def second(chromium: Any, page: Any, live_server: Any) -> Iterator[Any]:
    """A page of another browser, of a phone's size, at the same site."""
    context = chromium.new_context(base_url=live_server.url, viewport=PHONE, has_touch=True)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def fits(page: Any) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels wider than the screen"


def sent(places: dict[str, Organisation]) -> Detention:
    """A notice that waited at the desk and was sent to Camden."""
    detention = notice(suite_of(places["police"])).detention
    operations.send(by=None, detention=detention, authority="Camden", why="The mother was asked", seen=None)
    return detention


def test_from_the_suite_to_release_in_two_browsers(
    page: Any, second: Any, person: Callable[..., Person], places: dict[str, Organisation],
    check_page: Callable[..., None],
) -> None:  # fmt: skip
    officer, duty = person("custody-officer", "police"), person("emergency-duty")
    suite_of(places["police"])
    fresh_indexes(entry(CAMDEN))
    sign_in_as(page, officer.email)
    follow(page.get_by_label("Menu").get_by_role("link", name="Custody"))
    page.get_by_text("No children are reported").wait_for()
    page.get_by_text("Live", exact=True).wait_for()
    sign_in_as(second, duty.email)
    second.goto("/custody/")
    second.get_by_text("No children your authority is responsible for").wait_for()
    second.get_by_text("Live", exact=True).wait_for()
    second.get_by_role("button", name="Turn sound on").click()
    second.get_by_role("button", name="Turn sound off").wait_for()
    check_page(second, "custody-board-empty-phone")
    rang = int(second.evaluate("document.body.dataset.rang"))

    follow(page.get_by_role("link", name="Report a child in custody"))
    for label, said in (
        ("Custody record number", "SYN/1"), ("First name", CHILD["first_name"]), ("Surname", CHILD["surname"]),
        ("Date of birth", CHILD["date_of_birth"]), ("Postcode", CHILD["postcode"]), ("Arrived", "2026-01-06T19:00"),
    ):  # fmt: skip
        page.get_by_label(label).fill(said)
    check_page(page, "custody-new")
    follow(page.get_by_role("button", name="Send notice"))
    page.get_by_text("Notice sent to Camden").wait_for()
    name = f"Child in custody {Detention.objects.get().pk}"
    second.get_by_role("link", name=name).wait_for()  # it was not loaded again
    page.goto("/custody/")
    page.get_by_role("link", name=name).wait_for()
    second.wait_for_function(f"Number(document.body.dataset.rang) > {rang}")
    assert second.title().startswith("(1) ")
    assert CHILD["surname"] not in second.content() + page.content()
    fits(second)
    check_page(second, "custody-board-phone")
    check_page(page, "custody-board-suite")
    escalation.call()

    second.get_by_role("button", name="Acknowledge").click()
    second.get_by_text(f"{name} acknowledged").first.wait_for()
    second.locator(".govuk-tag", has_text="Acknowledged").wait_for()
    second.get_by_role("button", name="Turn sound off").wait_for()  # the page was not loaded again
    page.locator(".govuk-tag", has_text="Acknowledged").wait_for()

    follow(page.get_by_role("link", name=name))
    check_page(page, "custody-case-suite")
    follow(page.get_by_role("button", name="Charge and bail"))
    for label in ("Charged", "Bail decided (optional)"):
        page.get_by_label(label, exact=True).fill("2026-01-06T21:00")
    page.get_by_label("Bail (optional)", exact=True).select_option("refused")
    check_page(page, "custody-news-charge")
    follow(page.get_by_role("button", name="Charge and bail"))
    follow(page.get_by_role("button", name="Request accommodation"))
    page.get_by_label("Accommodation requested at").fill("2026-01-06T21:30")
    page.get_by_label("Accommodation", exact=True).check()
    follow(page.get_by_role("button", name="Request accommodation"))

    second.get_by_text("Accommodation requested", exact=True).wait_for()
    check_page(second, "custody-board-asked-phone")
    follow(second.get_by_role("link", name=name))
    second.get_by_label("To act for the child now").check()
    follow(second.get_by_role("button", name="Show"))
    second.get_by_text(CHILD["surname"]).wait_for()
    check_page(second, "custody-case-who-phone")
    fits(second)
    follow(second.get_by_role("button", name="Answer the request"))
    assert second.get_by_label("No secure accommodation is available").count() == 0, "there is no lawful refusal"
    second.get_by_label("A place is offered").check()
    second.get_by_label("Where and how").fill("Practice House; a worker comes by ten.")
    check_page(second, "custody-answer-phone")
    follow(second.get_by_role("button", name="Answer"))
    second.get_by_text("Answer sent to the suite").wait_for()

    page.goto("/custody/")
    page.get_by_text("A place is offered").wait_for()
    follow(page.get_by_role("link", name=name))
    page.get_by_text("Practice House").wait_for()
    second.goto("/custody/")
    second.get_by_role("button", name="Press any key").wait_for()
    second.get_by_text("Live", exact=True).click()
    second.get_by_role("button", name="Turn sound off").wait_for()
    follow(page.get_by_role("button", name="Released"))
    page.get_by_label("Released").fill("2026-01-06T23:00")
    follow(page.get_by_role("button", name="Released"))
    second.get_by_text("No children your authority is responsible for").wait_for()
    follow(page.get_by_role("link", name="Verify this history"))
    page.get_by_text("are unchanged since they were written").wait_for()


def test_doubt_goes_to_a_person_who_sends_it_on(
    page: Any, second: Any, person: Callable[..., Person], places: dict[str, Organisation],
    check_page: Callable[..., None],
) -> None:  # fmt: skip
    fresh_indexes(entry(CAMDEN, first_name="Synthia"))
    for one, someone in ((page, person("routing-desk", "region")), (second, person("emergency-duty"))):
        sign_in_as(one, someone.email)
        one.goto("/custody/")
        one.get_by_text("Live", exact=True).wait_for()
    name = f"Child in custody {notice(suite_of(places['police'])).detention.pk}"
    page.get_by_role("link", name=name).wait_for()
    page.get_by_text("To be routed", exact=True).wait_for()
    check_page(page, "custody-board-desk")
    follow(page.get_by_role("link", name=name))
    follow(page.get_by_role("button", name="Whose child is it?"))
    page.get_by_label("Why do you need to compare").fill("To route the notice")
    follow(page.get_by_role("button", name="Compare"))
    check_page(page, "custody-routing")
    page.get_by_label("Send to").select_option(CAMDEN)
    page.get_by_label("It has a case").check()
    page.get_by_label("Why this authority is responsible").fill("The mother was asked")
    assert second.get_by_role("link", name=name).count() == 0, "until it is sent, it is nobody else's"
    follow(page.get_by_role("button", name="Send"))
    second.get_by_role("link", name=name).wait_for()
    page.goto("/custody/")
    page.get_by_text("No notices to route").wait_for()


def test_a_board_says_that_it_is_not_live(
    page: Any, sign_in: Callable[..., Any], places: dict[str, Organisation], check_page: Callable[..., None]
) -> None:
    sign_in("emergency-duty")
    page.goto("/custody/")
    page.get_by_text("Live", exact=True).wait_for()
    page.context.clear_cookies()
    page.get_by_text("you have been signed out").wait_for()
    check_page(page, "custody-board-not-live")


def test_a_board_without_script_says_what_to_do(
    chromium: Any, page: Any, live_server: Any, person: Callable[..., Person], places: dict[str, Organisation]
) -> None:
    duty, detention = person("emergency-duty"), sent(places)
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    plain = context.new_page()
    sign_in_as(plain, duty.email)
    plain.goto("/custody/")
    plain.get_by_text("Reload this page").wait_for()
    follow(plain.get_by_role("button", name="Acknowledge"))
    plain.get_by_text(f"Child in custody {detention.pk} acknowledged").first.wait_for()
    context.close()


def test_the_duty_desks_pages(
    page: Any, sign_in: Callable[..., Any], person: Callable[..., Person], check_page: Callable[..., None]
) -> None:
    night = person("emergency-duty")
    sign_in("director")
    follow(page.get_by_label("Menu").get_by_role("link", name="Duty desks"))
    check_page(page, "duty-desks-empty")
    follow(page.get_by_role("button", name="Add a shift"))
    page.get_by_label("Desk").select_option("emergency-duty")
    page.get_by_label("Who").select_option(str(night.pk))
    page.get_by_label("From").fill("2036-03-28T17:00")
    page.get_by_label("Until").fill("2036-03-29T09:00")
    check_page(page, "duty-turn")
    follow(page.get_by_role("button", name="Save"))
    follow(page.get_by_role("link", name="Add somebody to a phone list"))
    page.get_by_label("Desk").select_option("emergency-duty")
    page.get_by_label("Who").select_option(str(night.pk))
    page.get_by_label("Called after (minutes)").fill("10")
    page.get_by_label("Phone").fill("020 7946 0000")
    follow(page.get_by_role("button", name="Save"))
    check_page(page, "duty-desks")
    page.set_viewport_size(PHONE)
    page.reload()
    fits(page)
    check_page(page, "duty-desks-phone")
