"""Progress of an authority in joining: people, first return, first figure, in the order of the steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from parentis import region
from parentis.web.dashboards.pages import places_with_figures
from parentis.web.organisation_kinds import Kind
from parentis.web.people.authorisation import memberships, organisations_for
from parentis.web.people.models import Organisation
from parentis.web.people.roles import ROLE_BY_ID
from parentis.web.submissions.queries import of_authorities
from parentis.web.tasks import Task

PEOPLE = (
    (("administrator",), "An administrator, who invites the others and gives roles"),
    (("analyst", "treasurer"), "Somebody who prepares and submits returns"),
    (("director",), "The director of children's services, who signs"),
    (("section-151",), "The section 151 officer, who signs finance returns"),
    (("data-protection",), "The data-protection officer"),
)
"Roles of which an authority needs at least one, and their purpose."


@dataclass(frozen=True, slots=True)
class Step:
    """`to_do`: how to do the step, if it is not done; `path`: on which page."""

    title: str
    done: bool
    to_do: str = ""
    path: str = ""


def steps_of(place: Organisation) -> list[Step]:
    """Every step of an authority, done or not, in order."""
    held = set(place.memberships.filter(person__is_active=True).values_list("role", flat=True))
    invited = {one.role for one in place.invitations.all() if one.is_open}
    people_at = reverse("people-organisation", args=[place.slug])
    found = []
    for roles, title in PEOPLE:
        named = " or ".join(ROLE_BY_ID[role].title.lower() for role in roles)
        waits = bool(invited.intersection(roles)) and not held.intersection(roles)
        to_do = "Invited: they have a week to accept" if waits else f"Invite somebody as {named}"
        found.append(Step(title, bool(held.intersection(roles)), to_do, people_at))
    returned = of_authorities([place.authority])
    accepted = returned.filter((pl.col("status") == "accepted") & pl.col("current"))
    return [
        *found,
        Step("First return submitted", not returned.is_empty(), "Submit one: the analyst or treasurer does",
             reverse("submissions-hand-in")),
        Step("First return accepted", not accepted.is_empty(), "Correct, accept or sign it", reverse("submissions")),
        Step("First figure", place.authority in places_with_figures(), "Made by itself after a return is accepted",
             f"{reverse('figures')}?place={place.authority}"),
    ]  # fmt: skip


@require_safe
def joining(request: HttpRequest, slug: str) -> HttpResponse:
    """The steps of one authority."""
    place = get_object_or_404(Organisation, slug=slug, kind=Kind.AUTHORITY)
    steps = steps_of(place)
    following = next((one for one in steps if not one.done), None)
    context = {"place": place, "steps": steps, "following": following, "done": sum(one.done for one in steps)}
    return render(request, "front/joining.html", context)


@require_safe
def everybody(request: HttpRequest) -> HttpResponse:
    """Every authority of the region, with its progress and next step."""
    held = {one.authority: one for one in Organisation.objects.filter(kind=Kind.AUTHORITY)}
    rows = []
    for gss in sorted(authorities_of_region(request.user), key=lambda one: region.authority(one).name):
        place = held.get(gss)
        steps = steps_of(place) if place else []
        following = next((one for one in steps if not one.done), None)
        rows.append((region.authority(gss).name, place, sum(one.done for one in steps), following))
    context = {"rows": rows, "of": len(PEOPLE) + 3}
    return render(request, "front/joining_all.html", context)


def authorities_of_region(person: Any) -> frozenset[str]:
    """ONS codes of the authorities of the reader's regional team."""
    teams = [one for one in organisations_for(person, "people.organisations") if one.kind == Kind.REGION]
    return frozenset().union(*(one.authorities() for one in teams))


def tasks_of(person: Any) -> Iterator[Task]:
    """The next step as a task for the authority's administrators, or for its analysts if it is the first return."""
    for held in memberships(person):
        place = held.organisation
        if place.kind != Kind.AUTHORITY:
            continue
        if held.role == "administrator":
            following = next((one for one in steps_of(place) if not one.done), None)
            if following is not None:
                yield Task(
                    path=reverse("joining", args=[place.slug]), title=f"{place.name} is joining",
                    wanted=f"Next: {following.title.lower()}", place=place.name, since=held.since,
                )  # fmt: skip
        elif held.role == "analyst" and of_authorities([place.authority]).is_empty():
            yield Task(
                path=reverse("submissions-hand-in"), title="First return", wanted="Submit a first return",
                place=place.name, since=held.since,
            )  # fmt: skip
