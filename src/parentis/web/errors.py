"""The error pages. They say what to do, and repeat nothing that was sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, "There is a problem with this request", "Go back and try again.")


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        403,
        "You do not have access to this page",
        "Your roles do not give you access. Ask your organisation's administrator.",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        404,
        "Page not found",
        "If you typed the web address, check it is correct. If you followed a link, it may be out of date.",
    )


def refused_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: sent from another site, or left open after the session ended."""
    return _page(
        request,
        403,
        "This form has expired",
        "Nothing was changed. Open the page again and complete the form again.",
    )


def broken(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        500,
        "Sorry, there is a problem with the service",
        "What you sent was not saved. Try again later. We have been notified.",
    )


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"title": title, "text": text, "reference": getattr(request, "id", "")}
    return render(request, "front/error.html", context, status=status)
