"""A person's list, and how often it is mailed to them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from parentis.web.task_list.models import Digest
from parentis.web.task_list.waiting import late, tasks_of

PAGE = 50


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All that waits for the reader."""
    now, tasks = timezone.now(), tasks_of(request.user)
    page = Paginator([(one, one.is_late(now)) for one in tasks], PAGE).get_page(request.GET.get("page"))
    chosen = Digest.objects.filter(person=request.user).values_list("frequency", flat=True).first()
    context = {
        "page": page,
        "late": late(tasks, now),
        "frequencies": Digest.Frequency.choices,
        "frequency": chosen or Digest.Frequency.DAILY,
    }
    return render(request, "task_list/list.html", context)


@require_POST
def choose_digest(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("frequency", "")
    if chosen not in Digest.Frequency.values:
        raise Http404
    Digest.objects.update_or_create(person=request.user, defaults={"frequency": chosen})
    messages.success(request, "Your choice is saved.")
    return redirect("tasks")
