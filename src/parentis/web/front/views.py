"""Home, and health."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parentis.web.front.health import failed_checks, failing
from parentis.web.people.authorisation import memberships


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the person may do here, and what waits for them."""
    return render(
        request,
        "front/home.html",
        {"memberships": memberships(request.user), "notices": request.user.notices.filter(read_at=None)[:10]},
    )


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "front/accessibility.html")


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of the database, so that a slow one restarts nobody."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The process can serve: 200, or 503 with the names of what is missing."""
    missing = failed_checks()
    return JsonResponse(
        {"status": "not ready" if missing else "ready", "missing": missing}, status=503 if missing else 200
    )


@never_cache
@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """For monitoring: 200 while everything works, or 503 with the names of what is missing or failing."""
    missing = failed_checks()
    failed = [] if "database" in missing or "migrations" in missing else failing()
    return JsonResponse(
        {"status": "failing" if missing or failed else "well", "missing": missing, "failing": failed},
        status=503 if missing or failed else 200,
    )
