"""What other rates of grant would pay: asked by a form whose address is the question, kept, shared."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from parentis import region
from parentis.web import saved_queries
from parentis.web.forecasts.answers import awaited
from parentis.web.people import acting
from parentis.web.uasc import rates
from parentis.web.uasc.models import Schedule
from parentis.web.uasc.rates import RatesForm, words


def _own(request: HttpRequest) -> tuple[str, Any]:
    """Whose grant is shown, and the reader's organisation: their authority, or the region's authorities together."""
    organisation = acting.organisation_for(request, "uasc.open")
    return str(getattr(organisation, "authority", "")), organisation


def _address(given: Mapping[str, float]) -> str:
    """The page that asks of these rates."""
    return f"{reverse('uasc-rates')}?{urlencode({name: f'{value:g}' for name, value in given.items()})}"


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The rates, and what they would pay beside today's."""
    place, organisation = _own(request)
    form = RatesForm(request.GET or None)
    given = form.rates() if form.is_bound and form.is_valid() else {}
    schedules = saved_queries.readable(Schedule, request.user, organisation)
    context: dict[str, Any] = {
        "form": form,
        "place_name": region.authority(place).name if place else "All authorities together",
        "kept": [(one, words(one.rates), _address(one.rates)) for one in schedules],
    }
    found = rates.answer(given)
    if found is None or (place and place not in found.authorities):
        waiting = awaited(request.user) if found is None else None
        return render(request, "uasc/rates.html", context | {"nothing": waiting is None, "awaited": waiting})
    context |= {
        "rates": given,
        "words": words(given),
        "rows": rates.in_thousands(rates.yearly(found, place)),
        "has_cost": "cost" in found.amounts,
        "picture": rates.picture(found, place),
        "gains": rates.gains(found, place) if given else [],
        "notes": found.notes,
    }
    return render(request, "uasc/rates.html", context)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the rates under a name."""
    form = RatesForm(request.POST)
    name = saved_queries.named(request)
    if not name or not form.is_valid():
        messages.warning(request, "Rates not saved: enter a name.")
        return redirect("uasc-rates")
    _, organisation = _own(request)
    given = form.rates()
    saved_queries.save(
        Schedule, what="rates", by=request.user, organisation=organisation, name=name, asked={"rates": given},
        request=request,
    )  # fmt: skip
    messages.success(request, f"“{name}” saved.")
    return redirect(_address(given))


@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one's organisation see rates of one's own, or no longer."""
    try:
        shared = request.POST.get("shared") == "yes"
        one = saved_queries.share(Schedule, what="rates", by=request.user, pk=pk, shared=shared, request=request)
    except Schedule.DoesNotExist:
        raise Http404 from None
    messages.success(request, f"“{one.name}” is {'shared' if one.is_shared else 'no longer shared'}.")
    return redirect("uasc-rates")
