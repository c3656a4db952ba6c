"""The pages for what went wrong. They say what to do, and repeat nothing of what was sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, "This request cannot be read", "Go back and try again.")


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        403,
        "You may not see this",
        "Your roles do not allow it. Your organisation's administrator gives roles.",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request, 404, "Page not found", "If you typed the address, check it. If you followed a link, it is old."
    )


def refused_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: sent from elsewhere, or left open past the end of a session."""
    return _page(
        request,
        403,
        "This form is too old",
        "Nothing was changed. Open the page again, and fill the form in once more.",
    )


def broken(request: HttpRequest) -> HttpResponse:
    return _page(
        request, 500, "Sorry, something is wrong here", "Nothing you sent was kept. Try again later; we have been told."
    )


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"title": title, "text": text, "reference": getattr(request, "id", "")}
    return render(request, "front/error.html", context, status=status)
