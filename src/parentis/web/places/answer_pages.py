"""What the answer pages share: one template, and the same tables as a file."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis.web.places.tables import as_csv

Context = dict[str, Any]
NOTHING = "Nothing is held yet: hand in the referral log and the vacancies, then build the figures."


def page(name: str, title: str, made: Callable[[HttpRequest], Context | None]) -> tuple[Any, Any]:
    """The view of a page and that of its CSV. `made` gives `lead`, `sentences`, `tables`, and `picture`, `alt`,
    `notes`, `tiles` where it has them; None where nothing is held."""

    @require_safe
    def shown(request: HttpRequest) -> HttpResponse:
        found = made(request) or {"nothing": NOTHING}
        return render(request, "places/answer.html", {"title": title, "name": f"places-{name}", **found})

    @require_safe
    def downloaded(request: HttpRequest) -> HttpResponse:
        return as_csv(name, (made(request) or {}).get("tables", ()))

    return shown, downloaded
