"""Addresses of the register's and the API's pages, about a thing of Camden or Croydon."""

from collections.abc import Callable
from datetime import date
from typing import Any

from worker import job_of, submission_of

from parentis.web.people.models import Organisation
from parentis.web.recommendations.models import Group, Recommendation
from parentis.web.recommendations.writing import add_group, add_member, enter

Sample = Callable[[dict[str, Organisation], str], dict[str, Any]]


def recommendation_of(code: str) -> Recommendation:
    """The one recommendation to a place, made the first time."""
    found: Recommendation | None = Recommendation.objects.filter(place=code).first()
    return found or enter(
        by=None, report="Practice report", inspectorate="Practice inspectorate", published_on=date(2025, 1, 6),
        number="1", text="Do better", deadline="3-months", owners="Head of practice", place=code,
    )  # fmt: skip


def group_of(code: str) -> Group:
    """The one group of a place, with one member, made the first time."""
    found: Group | None = Group.objects.filter(place=code).first()
    if found is None:
        found = add_group(by=None, name="Practice group", place=code)
        add_member(by=None, group=found, name="Alex", organisation="X", position="", since=date(2025, 1, 6))
    return found


def _case(**more: Any) -> Sample:
    return lambda places, place: {"pk": recommendation_of(places[place].authority).pk, **more}


def _group(places: dict[str, Organisation], place: str) -> dict[str, Any]:
    return {"pk": group_of(places[place].authority).pk}


def _member(places: dict[str, Organisation], place: str) -> dict[str, Any]:
    group = group_of(places[place].authority)
    return {"pk": group.pk, "member": group.members.get().pk}


NOWHERE = "00000000-0000-4000-8000-000000000000"
CASE_SAMPLES: dict[str, Sample] = {
    "recommendation": _case(),
    "recommendation-owners": _case(),
    "recommendation-text": _case(),
    "recommendation-comment": _case(),
    "recommendation-attach": _case(),
    "recommendation-assign": _case(),
    "recommendation-history": _case(),
    "recommendation-forget": _case(),
    "recommendation-move": _case(move="begin"),
    "recommendation-stop": _case(clock="due"),
    "recommendation-start": _case(clock="due"),
    "recommendation-file": _case(sequence=1),
    "tokens-withdraw": lambda places, place: {"pk": 1},
    "api:custody-news": lambda places, place: {"reference": NOWHERE},
    "api:custody-release": lambda places, place: {"reference": NOWHERE},
    "api:custody-notice": lambda places, place: {"reference": NOWHERE},
    "api:provenance": lambda places, place: {"provenance_id": "unknown"},
    "api:submission": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "api:findings": lambda places, place: {"submission_id": submission_of(places[place].authority)},
    "api:job": lambda places, place: {"pk": job_of(places[place].authority)},
    "group": _group,
    "group-member": _group,
    "group-member-left": _member,
    "group-meeting": _group,
    "group-pack": _group,
    "group-pack-xlsx": _group,
}
