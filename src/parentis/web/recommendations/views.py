"""The pages of gradings; the register's own come from `cases.register`."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from parentis.web.cases.register import queries
from parentis.web.cases.register.views import form_page, frame
from parentis.web.recommendations import gradings as of
from parentis.web.recommendations.case_types import KIND


@require_safe
def gradings(request: HttpRequest) -> HttpResponse:
    """Each place and subject with its judgements over time."""
    found: dict[tuple[str, str], list[Any]] = {}
    for one in of.gradings(request.user):
        found.setdefault((one.place_name, one.subject), []).append(one)
    enters = bool(queries.places_to_enter(request.user, KIND))
    context = {**frame(KIND), "series": sorted(found.items()), "enters": enters}
    return render(request, "recommendations/gradings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_grading(request: HttpRequest) -> HttpResponse:
    form = of.GradingForm(queries.places_to_enter(request.user, KIND), request.POST or None, label="Of")
    if request.method == "POST" and form.is_valid():
        of.add_grading(by=request.user, request=request, **form.cleaned_data)
        messages.success(request, "Grading saved.")
        return redirect("gradings")
    return form_page(request, form, "Add a grading", "Add", "gradings")
