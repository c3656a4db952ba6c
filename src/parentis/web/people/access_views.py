"""Pages on who has access: requests that wait for a second person, the access review, and choosing an organisation."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from parentis.errors import UserError
from parentis.web.audit.recorder import record
from parentis.web.error_messages import next_step
from parentis.web.exports import harmless
from parentis.web.people import acting as chosen
from parentis.web.people import authorisation, grants, review
from parentis.web.people.models import Organisation, RoleRequest
from parentis.web.people.views import send_link


@require_safe
def access(request: HttpRequest) -> HttpResponse:
    """Requests for the reader to decide, and the organisations whose access they may review."""
    places = [
        (one, review.last_review(one), review.people_to_look_at(one))
        for one in authorisation.organisations_for(request.user, "people.review")
    ]
    return render(request, "people/access.html", {"waiting": grants.waiting_for(request.user), "places": places})


@require_POST
def decide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Grant or refuse a role that somebody else asked for."""
    asked = get_object_or_404(RoleRequest, pk=pk, organisation__slug=slug)
    grant = request.POST.get("decision") == "grant"
    try:
        given = grants.decide(by=request.user, asked=asked, grant=grant, request=request)
    except UserError as error:
        messages.error(request, next_step(error))
    else:
        if isinstance(given, tuple):
            send_link(request, *given)
        messages.success(request, f"Role {'granted' if grant else 'refused'}: {asked}.")
    return redirect("people-access")


@require_safe
def access_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody with a role there, as CSV: for the access review."""
    place = get_object_or_404(Organisation, slug=slug)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="access-{place.slug}.csv"'
    rows = review.rows(place)
    writer = csv.DictWriter(response, fieldnames=review.COLUMNS)
    writer.writeheader()
    writer.writerows({name: harmless(value) for name, value in row.items()} for row in rows)
    return response


@require_POST
def reviewed(request: HttpRequest, slug: str) -> HttpResponse:
    """Record that the reader has gone through the list."""
    place = get_object_or_404(Organisation, slug=slug)
    record(
        who=request.user, what=review.REVIEWED, authority=place.authority, subject=place.slug,
        detail={"roles": place.memberships.count()}, request=request,
    )  # fmt: skip
    messages.success(request, f"Access review of {place.name} recorded.")
    return redirect("people-access")


@require_POST
def acting(request: HttpRequest) -> HttpResponse:
    """Choose the organisation to act for, from the reader's own."""
    name: Any = chosen.choose(request, request.POST.get("organisation", ""))
    if name:
        messages.success(request, f"You are now acting for {name}.")
    where = request.POST.get("next", "/")
    return redirect(where if where.startswith("/") and not where.startswith("//") else "/")
