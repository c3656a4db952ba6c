"""Commands of services as pages: each asks one that there is, and saved questions are one's own until shared."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from parentis.cli.signatures import options_of
from parentis.services import services
from parentis.web.audit.models import Entry
from parentis.web.forecasts.views import SCENARIOS
from parentis.web.question_pages import QuestionPage
from parentis.web.uasc.rates_views import RATES

PAGES = {SCENARIOS: {"entries": "-10"}, RATES: {"leaver": "300"}}
BOTH = pytest.mark.parametrize(("page", "asked"), PAGES.items(), ids=lambda one: getattr(one, "url", ""))


@pytest.mark.unit
@BOTH
def test_a_page_asks_a_command_of_a_service(page: QuestionPage, asked: dict[str, str]) -> None:
    assert page.command in {command.name for service in services().values() for command in service.commands}
    assert page.form(asked).is_valid()


@pytest.mark.unit
def test_the_fields_of_rates_are_options_of_the_command_that_the_page_names() -> None:
    """So that one who renames an option is told of the form (docs/decisions/0023-a-page-declares-its-form.md)."""
    (command,) = (one for service in services().values() for one in service.commands if one.name == RATES.command)
    options = {one.name: one.annotation for one in options_of(command.run)}
    assert {name: options[name] for name in RATES.form().fields} == dict.fromkeys(RATES.form().fields, float)


@pytest.mark.integration
@BOTH
def test_a_question_is_saved_opened_and_shared_with_ones_organisation_alone(
    client_of: Callable[..., Client], page: QuestionPage, asked: dict[str, str]
) -> None:
    own, colleague, other = client_of("analyst"), client_of("treasurer"), client_of("analyst", "croydon")
    saved = own.post(page.save_address, {**asked, "name": "Ten fewer"})
    assert saved["Location"] == page.address(page.model._default_manager.get().asked)
    assert "Ten fewer" in own.get(reverse(page.url)).text
    assert "Ten fewer" not in colleague.get(reverse(page.url)).text
    share = reverse(page.share_url, args=[page.model._default_manager.get().pk])
    assert colleague.post(share, {"shared": "yes"}).status_code == 404, "only its maker shares it"
    own.post(share, {"shared": "yes"})
    assert "Ten fewer" in colleague.get(reverse(page.url)).text
    assert "Ten fewer" not in other.get(reverse(page.url)).text
    own.post(share, {"shared": "no"})
    assert "Ten fewer" not in colleague.get(reverse(page.url)).text
    said = Entry.objects.filter(what__startswith=f"{page.noun}:").order_by("pk").values_list("what", flat=True)
    assert list(said) == [f"{page.noun}:{what}" for what in ("saved", "shared", "withdrawn")]


@pytest.mark.integration
@BOTH
def test_a_question_without_a_name_or_that_cannot_be_read_is_not_saved(
    client_of: Callable[..., Client], page: QuestionPage, asked: dict[str, str]
) -> None:
    client = client_of("analyst")
    for wrong, told in (
        ({**asked, "name": " "}, "enter a name"),
        ({**dict.fromkeys(asked, "plenty"), "name": "x"}, "correct the values first"),
    ):
        assert f"{page.title} not saved: {told}." in client.post(page.save_address, wrong, follow=True).text
    assert not page.model._default_manager.exists()
