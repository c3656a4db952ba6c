"""The home page and the health endpoints."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parentis.web.dashboards import headlines, pages
from parentis.web.front.health import failed_checks, failing
from parentis.web.notices.models import unread_things
from parentis.web.people.authorisation import holds, memberships, viewer
from parentis.web.task_list.waiting import tasks_of

TASKS_SHOWN = 15
NOTICES_SHOWN = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The person's tasks, the figures of their place, other news, and the actions open to them."""
    now, tasks = timezone.now(), tasks_of(request.user)
    listed = {one.path for one in tasks}
    place = pages.own_place(request.user)
    context = {
        "memberships": memberships(request.user),
        "tasks": [(one, one.is_late(now)) for one in tasks[:TASKS_SHOWN]],
        "waiting": len(tasks),
        "more": len(tasks) > TASKS_SHOWN,
        "notices": [one for one in unread_things(request.user) if one.path not in listed][:NOTICES_SHOWN],
        "place": place,
        "place_name": dict(pages.places()).get(place, place),
        "figures": headlines.headlines(place, viewer(request.user)) if holds(request.user, "figures.read") else (),
    }
    return render(request, "front/home.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "front/accessibility.html")


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process responds. It does not query the database, so that a slow database causes no restart."""
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
