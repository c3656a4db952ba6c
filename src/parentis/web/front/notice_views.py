"""A person's notices."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    page = Paginator(request.user.notices.all(), 50).get_page(request.GET.get("page"))
    return render(request, "notices/list.html", {"page": page})


@require_safe
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the reader's notice as read, with all others on the same subject, and redirect to its page."""
    notice = get_object_or_404(request.user.notices, pk=pk)
    same = request.user.notices.filter(path=notice.path) if notice.path else request.user.notices.filter(pk=pk)
    same.filter(read_at=None).update(read_at=timezone.now())
    inside = notice.path.startswith("/") and not notice.path.startswith("//")
    return redirect(notice.path if inside else "notices")
