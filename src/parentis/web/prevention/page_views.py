"""What every page of prevention shares: its tabs, and its tables and pictures with their addresses."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from parentis.web.page_parts import Page
from parentis.web.people.authorisation import holds

TABS = (
    ("Catalogue", "prevention", "prevention.open"),
    ("Bids", "bids", "prevention.bids"),
    ("Portfolio", "prevention-portfolio", "prevention.bids"),
    ("Promises", "prevention-promises", "prevention.open"),
)
PRINTED = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"]}


def tabs(request: HttpRequest, current: str) -> list[tuple[str, str, bool]]:
    """Title, address and whether it is this page, of those that the reader may open."""
    return [(title, reverse(name), name == current) for title, name, action in TABS if holds(request.user, action)]


def shown(
    request: HttpRequest,
    page: Page,
    template: str,
    *,
    tab: str,
    table: Callable[[str], str] = str,
    picture: Callable[[str], str] = str,
    **context: Any,
) -> HttpResponse:
    """A page; `table` and `picture` give the address of one by its name."""
    parts = {
        "page": page,
        "tabs": tabs(request, tab),
        "tables": [(one, table(one.name)) for one in page.tables],
        "pictures": [(one, picture(one.name)) for one in page.pictures],
    }
    return render(request, template, parts | context)


def as_csv(page: Page, name: str, file: str) -> HttpResponse:
    """A table of a page as a file."""
    found = page.table(name)
    if found is None:
        raise Http404
    response = HttpResponse(found.csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{file}-{name}.csv")
    return response


def as_svg(page: Page, name: str) -> HttpResponse:
    """A picture of a page."""
    found = page.picture(name)
    if found is None:
        raise Http404
    response = HttpResponse(found.draw(), content_type="image/svg+xml")
    response._csp_replace = PRINTED
    return response
