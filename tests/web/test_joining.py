"""An authority that joins finds its way: what is done, what comes next, and where it is done."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from worker import hand_in, monitoring, shown_figures

from parentis.web.front.new_authorities import steps_of, tasks_of
from parentis.web.people.models import Organisation, Person
from parentis.web.uasc.models import Round

PersonMaker = Callable[..., Person]


def following(place: Organisation) -> str:
    return next((one.title for one in steps_of(place) if not one.done), "")


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unguarded")
def test_steps_are_done_one_after_the_other_until_the_first_figure(
    person: PersonMaker, places: dict[str, Organisation], client_of: Callable[..., Client], tmp_path: Path
) -> None:
    camden = places["camden"]
    assert following(camden).startswith("An administrator")
    administrator = person("administrator")
    assert [one.wanted for one in tasks_of(administrator)] == [
        "Next: somebody who prepares and submits returns"
    ]  # fmt: skip
    page = client_of("administrator").get("/joining/camden/").content.decode()
    assert "1 of 8 steps are done" in page
    assert 'href="/people/in/camden/"' in page
    analyst = person("analyst")
    assert [one.wanted for one in tasks_of(analyst)] == ["Submit a first return"]
    for role in ("director", "section-151", "data-protection"):
        person(role)
    assert following(camden) == "First return submitted"
    hand_in(client_of("analyst"), monitoring(tmp_path))
    assert list(tasks_of(analyst)) == []
    assert following(camden) == "First return accepted"
    shown_figures(tmp_path)
    assert following(camden) == ""
    assert list(tasks_of(administrator)) == []


@pytest.mark.integration
def test_each_sees_their_own_steps_and_the_region_everybodys(client_of: Callable[..., Client]) -> None:
    assert client_of("administrator").get("/joining/croydon/").status_code == 403
    assert client_of("administrator").get("/joining/").status_code == 403
    page = client_of("administrator", "region").get("/joining/").content.decode()
    assert page.count('<th scope="row"') == 33
    assert page.count("/people/add-organisation/") == 31  # Camden and Croydon are there


@pytest.mark.integration
def test_an_authority_with_nobody_to_answer_is_shown_as_that(
    client_of: Callable[..., Client], person: PersonMaker
) -> None:
    person("analyst")
    Round.objects.create(period="2024-25", due=timezone.localdate(), by=person("analyst", "region"))
    page = client_of("analyst", "region").get("/unaccompanied/response/").content.decode()
    assert "32 of 33 authorities have nobody here who could answer" in page
    assert page.count(">Nobody</strong>") == 32
