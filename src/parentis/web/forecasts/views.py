"""The scenario builder."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from parentis import region
from parentis.web import saved_queries
from parentis.web.forecasts import answers
from parentis.web.forecasts.levers import LeversForm, words
from parentis.web.forecasts.models import Saved
from parentis.web.people import acting

MOST_COMPARED = 4


def _own(request: HttpRequest) -> tuple[str, Any]:
    """The place whose forecast the reader asks, and their organisation: their authority's, or the region's."""
    organisation = acting.organisation_for(request, "forecasts.ask")
    return str(getattr(organisation, "authority", "") or answers.REGION), organisation


def _name(place: str) -> str:
    return region.authority(place).name if place else "All authorities together"


def _readable(request: HttpRequest) -> Any:
    _, organisation = _own(request)
    return saved_queries.readable(Saved, request.user, organisation)


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The levers, and their scenario beside the forecast."""
    place, _ = _own(request)
    form = LeversForm(request.GET or None)
    context: dict[str, Any] = {"form": form, "place_name": _name(place), "saved": _listed(request)}
    if not answers.is_known(place):
        awaited = None if answers.model() else answers.awaited(request.user)
        return render(
            request, "forecasts/scenario_form.html", context | {"nothing": awaited is None, "awaited": awaited}
        )
    levers = form.levers() if form.is_bound and form.is_valid() else {}
    found = answers.answer(place, levers)
    context |= {
        "levers": levers,
        "words": words(levers),
        "rows": answers.yearly(found),
        "futures": found.futures,
        "picture": answers.picture(found, "total"),
    }
    return render(request, "forecasts/scenario_form.html", context)


def _listed(request: HttpRequest) -> list[tuple[Saved, str, str]]:
    return [(one, words(one.levers), f"{reverse('forecasts')}?{urlencode(one.levers)}") for one in _readable(request)]


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Kept scenarios side by side: the total at the end of each year, and how it differs from the forecast."""
    place, _ = _own(request)
    wanted = [int(text) for text in request.GET.getlist("with") if text.isdigit()][:MOST_COMPARED]
    chosen = list(_readable(request).filter(pk__in=wanted))
    compared = []
    if answers.is_known(place):
        for one in chosen:
            rows = [row for row in answers.yearly(answers.answer(place, one.levers)) if row["group"] == "total"]
            compared.append((one, words(one.levers), rows))
    context = {"compared": compared, "saved": _listed(request), "wanted": wanted, "place_name": _name(place)}
    return render(request, "forecasts/compare.html", context)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the levers under a name; the same name again replaces one's own."""
    form = LeversForm(request.POST)
    name = saved_queries.named(request)
    if not name or not form.is_valid():
        messages.warning(request, "Scenario not saved: enter a name.")
        return redirect("forecasts")
    _, organisation = _own(request)
    levers = form.levers()
    saved_queries.save(
        Saved, what="scenario", by=request.user, organisation=organisation, name=name, asked={"levers": levers},
        request=request,
    )  # fmt: skip
    messages.success(request, f"“{name}” saved.")
    return redirect(f"{reverse('forecasts')}?{urlencode(levers)}")


@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one's organisation see a scenario of one's own, or no longer."""
    try:
        shared = request.POST.get("shared") == "yes"
        one = saved_queries.share(Saved, what="scenario", by=request.user, pk=pk, shared=shared, request=request)
    except Saved.DoesNotExist:
        raise Http404 from None
    messages.success(request, f"“{one.name}” is {'shared' if one.is_shared else 'no longer shared'}.")
    return redirect("forecasts")
