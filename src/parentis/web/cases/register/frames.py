"""What the pages of registers have in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from parentis.web.cases.declarations import case_types
from parentis.web.cases.records import register_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
read_or_write = require_http_methods(["GET", "HEAD", "POST"])


def frame(kind: str) -> dict[str, Any]:
    """The context that every page of a register uses."""
    register = register_of(kind)
    tabs = [
        ("Register", register.name),
        ("Overdue", f"{register.name}-overdue"),
        (places_title(kind), f"{register.name}-places"),
        *register.tabs,
    ]
    if register.meetings is not None:
        tabs.append(("Oversight groups", f"{register.name}-groups"))
    return {
        "register": register,
        "kind": case_types()[kind],
        "tabs": tabs,
        "to_enter": f"{kind}-new",
        "name": register.name,
    }


def places_title(kind: str) -> str:
    titles = [*register_of(kind).footprints.values(), "authorities"]
    return " and ".join([", ".join(titles[:-1]), titles[-1]]) if len(titles) > 1 else "Authorities"


def form_page(
    request: HttpRequest, form: Any, title: str, button: str, back: str, pk: int | None = None
) -> HttpResponse:
    """A form on a page of its own, with a link back to a URL name (with `pk`, if it is about one record)."""
    context = {"form": form, "title": title, "button": button, "back": back, "pk": pk}
    return render(request, "cases/register/form.html", context)


def xlsx(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
