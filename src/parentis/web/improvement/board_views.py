"""Pages of the improvement board: priorities and ballots, hosts and teams, whether it worked."""

from typing import Any

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parentis import region
from parentis.services.improvement.priorities import PARTS, POINTS, weights_of
from parentis.web.cases.models import Record
from parentis.web.cases.operations import ParticipantStart
from parentis.web.cases.register import queries as cases
from parentis.web.cases.register.operations import enter
from parentis.web.dashboards.pages import catalogue, own_place
from parentis.web.improvement import benchmarks, conflicts, programmes
from parentis.web.improvement.case_types import KIND, TEAM
from parentis.web.improvement.views import boroughs
from parentis.web.people.authorisation import may, viewer

QUESTIONS = "What do you do that others do not? What would you stop? What do children say of it?"


@require_safe
def priorities(request: HttpRequest) -> HttpResponse:
    """What the region would work on by its directors' ballots, and how sure the order is."""
    place = own_place(request.user)
    votes = place != benchmarks.REGION and may(request.user, "improvement.vote", authority=place)
    held = programmes.ballots()
    mine = next((one for one in held if one.authority == place), None)
    weights = weights_of([one.points for one in held])
    context = {
        "rows": [(one, _title(one.measure)) for one in programmes.ordered()],
        "parts": [(part, programmes.PART_TITLES[part], weights[part], (mine.points if mine else {}).get(part, 20))
                  for part in PARTS],
        "votes": votes, "place": place, "mine": mine, "cast": len(held), "points": POINTS,
    }  # fmt: skip
    return render(request, "improvement/priorities.html", context)


def _measures(rows: pl.DataFrame) -> list[tuple[str, str]]:
    """Of the wall: id and title, by title."""
    return sorted(set(rows.select("measure", "title").iter_rows()), key=lambda one: one[1]) if rows.height else []


def _title(measure: str) -> str:
    known = catalogue()
    return known[measure].title if measure in known else measure


@require_POST
def ballot(request: HttpRequest, gss: str) -> HttpResponse:
    """Cast an authority's ballot: 100 points over the five parts."""
    try:
        points = {part: int(request.POST.get(part, "")) for part in PARTS}
    except ValueError:
        points = {}
    if not points or not programmes.valid(points):
        given = sum(points.values()) if points else "something that is no whole number"
        said = f"Give {POINTS} points in all, none below 0: you gave {given}. The ballot was not cast."
        messages.error(request, said)
    else:
        programmes.cast(by=request.user, authority=gss, points=points, request=request)
        messages.success(request, "Ballot cast.")
    return redirect("improvement-priorities")


@require_safe
def matching(request: HttpRequest) -> HttpResponse:
    """Teams for chosen hosts, with reasons, the second best, and what if a team declines."""
    rows = benchmarks.wall(viewer(request.user))
    measures = _measures(rows)
    known = boroughs(rows)
    measure = request.GET.get("measure", "")
    hosts = [one for one in request.GET.getlist("host") if one in dict(known)]
    declined = [tuple(one.split(":", 1)) for one in request.GET.getlist("declined") if ":" in one]
    found = None
    if measure in dict(measures) and hosts:
        today = timezone.localdate()
        found = programmes.matched(measure, hosts, rows, declined=declined, today=today)
    names = dict(known)
    pairs = [
        {"pairing": one, "host": names.get(one.host, one.host), "team": names.get(one.team, one.team),
         "decline": f"{one.host}:{one.team}"}
        for one in (found.pairings if found else ())
    ]  # fmt: skip
    alone = [(names.get(host, host), barriers) for host, barriers in (found.unmatched.items() if found else ())]
    barred = conflicts.pairs(timezone.localdate())
    conflicted = [
        (
            names.get(host, host),
            sorted(names.get(other, other) for pair in barred if host in pair for other in pair - {host}),
        )
        for host in hosts
    ]
    context = {
        "measures": measures, "measure": measure, "boroughs": known, "hosts": hosts, "pairs": pairs, "alone": alone,
        "conflicted": [(host, teams) for host, teams in conflicted if teams],
        "declined": [":".join(one) for one in declined], "asked": found is not None, "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "improvement/matching.html", context)


@require_POST
def start_challenge(request: HttpRequest) -> HttpResponse:
    """Plan the challenge of a pairing: the host's case, the team taking part."""
    known = {one.gss: one.name for one in region.authorities()}
    host, team, measure = (request.POST.get(name, "") for name in ("host", "team", "measure"))
    if host not in known or team not in known or host == team or measure not in catalogue():
        raise Http404
    today = timezone.localdate()
    number = Record.objects.filter(case__kind=KIND).count() + 1
    case = enter(
        by=request.user, kind=KIND, place=host, request=request,
        values={
            "reference": f"{today.year}-{number:03}", "theme": _title(measure), "measure": measure, "team": known[team],
            "begun_on": today, "questions": QUESTIONS, "why": request.POST.get("why", "")[:500],
        },
        participant_roles=(ParticipantStart(role=TEAM, place=team, why="Sends the team"),),
    )  # fmt: skip
    messages.success(request, "Challenge planned.")
    return redirect("challenge", pk=case.pk)


@require_safe
def impact(request: HttpRequest) -> HttpResponse:
    """The estimated effect of a challenge, or for any measure, boroughs and periods."""
    rows = benchmarks.wall(viewer(request.user))
    mine = cases.records(request.user, KIND)
    held: list[Any] = list(mine.select_related("case").order_by("-pk")[:50])
    chosen = next((one for one in held if str(one.case_id) == request.GET.get("challenge")), None)
    measure = chosen.values["measure"] if chosen else request.GET.get("measure", "")
    places = [chosen.case.place] if chosen else request.GET.getlist("borough")
    periods = programmes.periods_of(measure, viewer(request.user)) if measure in catalogue() else []
    first, last = request.GET.get("first", ""), request.GET.get("last", "")
    if periods and not first:
        begun = str(chosen.values["begun_on"]) if chosen else ""
        before = [one for one in periods if begun and str(region.parse_period(one).end) <= begun]
        first = before[-1] if before else periods[0]
    last = last or (periods[-1] if periods else "")
    found = programmes.checked(measure, places, first, last, viewer(request.user)) if periods and places else None
    names = {one.gss: one.name for one in region.authorities()}
    context = {
        "challenges": held, "chosen": chosen, "measure": measure, "title": _title(measure) if measure else "",
        "periods": periods, "first": first, "last": last, "found": found, "asked": bool(measure and places),
        "places": [names.get(one, one) for one in places], "codes": places,
        "measures": _measures(rows),
        "boroughs": boroughs(rows),
    }  # fmt: skip
    return render(request, "improvement/impact.html", context)
