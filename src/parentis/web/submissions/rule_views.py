"""The rules of the looked-after children return: what changed in them year by year, and each in words."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis.errors import NotFoundError
from parentis.returns import explain, ssda903

FROM = "2023-24"
"The first collection year whose list of rules has one before it."


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """What changed in each collection year, the last first."""
    listed = ssda903.rule_changes(FROM)
    years = [(year[0], rows.rows(named=True)) for year, rows in listed.group_by("year", maintain_order=True)]
    return render(request, "submissions/rules.html", {"years": sorted(years, reverse=True)})


@require_safe
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule in words."""
    try:
        return render(request, "submissions/rule.html", {"rule": explain("ssda903", code)})
    except NotFoundError as error:
        raise Http404 from error
