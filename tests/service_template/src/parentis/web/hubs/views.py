"""Pages of the service's own."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from parentis.web.hubs.case_types import KIND

from parentis.web.cases.register import queries


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """How many requests wait, and the way to the rest."""
    waiting = queries.not_closed(queries.records(request.user, KIND), KIND).count()
    return render(request, "hubs/start.html", {"waiting": waiting, "today": timezone.localdate()})


@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Requests of a month."""
    try:
        first = date(year, month, 1)
    except ValueError:
        raise Http404 from None
    asked = queries.records(request.user, KIND).filter(values__asked_on__startswith=f"{first:%Y-%m}")
    return render(request, "hubs/month.html", {"first": first, "asked": asked.count()})
