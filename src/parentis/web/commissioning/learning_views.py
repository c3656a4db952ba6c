"""Learning cards of every partnership: searched by their words, each with its figure of today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from parentis.web.commissioning.learning import cards, searched
from parentis.web.people.authorisation import holds, viewer

LONGEST = 200


@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    """Who tried this, what happened, under what conditions, whom to ring."""
    asked = request.GET.get("q", "").strip()[:LONGEST]
    every = cards(viewer(request.user), timezone.localdate())
    context = {
        "cards": searched(every, asked), "many": len(every), "asked": asked, "longest": LONGEST,
        "writes": holds(request.user, "commissioning.write"),
    }  # fmt: skip
    return render(request, "commissioning/learning.html", context)
