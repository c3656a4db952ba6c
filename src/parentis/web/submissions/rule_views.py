"""The rules of the looked-after children return: their changes by year, and each rule in words."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis.errors import NotFoundError
from parentis.returns import explain, ssda903

FROM = "2023-24"
"The first collection year whose list of rules has a predecessor."


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """The changes in each collection year, latest first."""
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
