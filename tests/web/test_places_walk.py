"""Places through the site: the borough refers, the desk asks, providers answer, the treasurer asks who would be better
off alone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from browser_steps import follow, sign_out
from test_places_answers import FRAMES

from parentis.web.cases.models import Case
from parentis.web.organisation_kinds import Kind
from parentis.web.people.initial_accounts import person_with
from parentis.web.people.models import Organisation
from parentis.web.places import answer_views, batch, held, matching_views, register_views
from parentis.web.places.case_types import REFERRAL, REQUEST

pytestmark = [pytest.mark.functional, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (answer_views, batch, held, matching_views, register_views):
        monkeypatch.setattr(module, "frame", FRAMES.get)


def _choose(page: Any, field: str, value: str) -> None:
    if page.locator(f"select[name={field}]").count():
        page.locator(f"select[name={field}]").select_option(value)
    else:
        page.locator(f"input[name={field}][value='{value}']").check()


def _step(page: Any, name: str, fill: Callable[[], None] = lambda: None) -> None:
    follow(page.get_by_role("button", name=name, exact=True))
    fill()
    follow(page.locator("main").get_by_role("button", name=name, exact=True))


def test_a_referral_from_the_borough_to_the_place_and_the_treasurers_question(
    places: dict[str, Organisation], sign_in: Callable[..., Any], check_page: Callable[..., None]
) -> None:
    for slug, name in (("provider-one", "Provider One"), ("provider-two", "Provider Two")):
        made, _ = Organisation.objects.get_or_create(slug=slug, defaults={"name": name, "kind": Kind.PROVIDER})
        person_with(email=f"provider-answers@{slug}.test", name=name, organisation=made, role="provider-answers")
        places[slug] = made

    # The borough refers, and sees which homes fit.
    page = sign_in("placement-officer", "camden")
    follow(page.get_by_label("Menu").get_by_role("link", name="Placement desk"))
    follow(page.get_by_role("link", name="Register", exact=True))
    follow(page.get_by_role("link", name="Add one"))
    page.get_by_label("Reference").fill("R-100")
    for label in ("Referred on", "Needed by", "From"):
        page.get_by_label(label, exact=True).fill(date.today().isoformat())
    page.get_by_label("Date of birth").fill("2012-05-04")
    page.get_by_label("Age", exact=True).fill("14")
    page.get_by_label("What the child needs (optional)").fill("Somebody awake at night.")
    for field, value in (("place", "E09000007"), ("looked_for", "secure"), ("urgency", "emergency"), ("sex", "F"),
                         ("ethnicity", "N"), ("basis", "s25-72h")):  # fmt: skip
        _choose(page, field, value)
    page.get_by_label("Goes missing").check()
    check_page(page, "referral-new")
    follow(page.get_by_role("button", name="Enter"))
    case = Case.objects.get(kind=REFERRAL)
    check_page(page, "referral")
    follow(page.get_by_role("link", name="Homes for this child"))
    check_page(page, "referral-match")
    sign_out(page)

    # The desk asks two providers.
    sign_in("placement-desk", "region")
    follow(page.get_by_label("Menu").get_by_role("link", name="Placement desk"))
    check_page(page, "places-desk")
    follow(page.get_by_role("link", name="Matching"))
    check_page(page, "places-matching")
    for slug, urn in (("provider-one", "SC1"), ("provider-two", "SC2")):
        page.goto(f"/places/referrals/{case.pk}/ask?urn={urn}&home={urn}")
        _choose(page, "provider", slug)
        follow(page.get_by_role("button", name="Ask", exact=True))
    check_page(page, "referral-asked")
    sign_out(page)

    # One provider declines and must say why; the other offers. Neither sees the other's.
    sign_in("provider-answers", "provider-two")
    page.set_viewport_size(PHONE)
    page.goto("/places/asked")
    check_page(page, "places-asked-phone")
    follow(page.get_by_role("link", name="SC2"))
    assert "Somebody awake at night." in page.locator("main").inner_text()
    assert "SC1" not in page.locator("main").inner_text()
    follow(page.get_by_role("button", name="Decline", exact=True))
    follow(page.locator("main").get_by_role("button", name="Decline", exact=True))
    assert Case.objects.filter(kind=REQUEST, state="declined").count() == 0
    _choose(page, "decline_reason", "mix")
    check_page(page, "place-request-decline")
    follow(page.locator("main").get_by_role("button", name="Decline", exact=True))
    assert "Somebody awake at night." not in page.locator("main").inner_text()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_out(page)
    sign_in("provider-answers", "provider-one")
    follow(page.get_by_label("Menu").get_by_role("link", name="Asked of us"))
    follow(page.get_by_role("link", name="SC1"))

    def offer() -> None:
        page.get_by_label("Price a week").fill("10500")
        page.get_by_label("Available on").fill(date.today().isoformat())

    _step(page, "Offer a place", offer)
    check_page(page, "place-request")
    sign_out(page)

    # The borough accepts; the child's first night is recorded.
    sign_in("placement-officer", "camden")
    page.goto("/places/desk")
    assert "R-100" in page.locator("main").inner_text()
    page.goto(f"/places/referrals/{case.pk}/")
    follow(page.get_by_role("link", name="SC1"))
    _step(page, "Accept the offer")
    page.goto(f"/places/referrals/{case.pk}/")
    _step(page, "Record the first night", lambda: page.get_by_label("First night").fill(date.today().isoformat()))
    assert "In the place" in page.locator("main").inner_text()
    sign_out(page)

    # The treasurer asks whether the borough would be better off alone, and reads the paper.
    sign_in("treasurer", "camden")
    follow(page.get_by_label("Menu").get_by_role("link", name="Places", exact=True))
    check_page(page, "places")
    for link in ("How many places", "What each borough pays", "Register and map", "Who refuses, and why",
                 "Waits of groups", "Priority rules", "Paper for a cabinet"):  # fmt: skip
        page.goto("/places/")
        follow(page.locator("main").get_by_role("link", name=link))
        check_page(page, f"places-{link.split()[0].lower()}-{link.split()[-1].lower()}")
    page.goto("/places/")
    follow(page.get_by_role("link", name="Would we be better off alone? Camden"))
    assert "Under none of the 1 rules would it be cheaper alone." in page.locator("main").inner_text()
    page.set_viewport_size(PHONE)
    check_page(page, "places-alone-phone")
    sign_out(page)
