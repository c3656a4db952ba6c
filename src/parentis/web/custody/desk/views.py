"""Pages of intake: a notice by hand, the routing desk, an authority's index."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from parentis import region
from parentis.errors import UserError
from parentis.services.custody import Candidate
from parentis.web.cases import permissions
from parentis.web.cases.models import Case
from parentis.web.custody import operations
from parentis.web.custody.boards import queries
from parentis.web.custody.boards.accommodation import new_key
from parentis.web.custody.case_types import KIND, ROUTE
from parentis.web.custody.desk import forms
from parentis.web.custody.desk.match_review import compared
from parentis.web.custody.identity import claimed, in_order
from parentis.web.custody.intake import index
from parentis.web.custody.intake.index_parser import read_index
from parentis.web.custody.intake.notices import read_news
from parentis.web.custody.models import IndexLoad
from parentis.web.error_messages import correction
from parentis.web.people.authorisation import authorities_for

LARGEST = 5 * 1024 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a notice by hand, stored by the same function as the API's."""
    suites = queries.suites_of(request.user).select_related("force")
    form = forms.NoticeForm(suites, request.POST or None, initial={"key": new_key(), "suite": suites.first()})
    if request.method == "POST" and form.is_valid():
        suite, key = form.cleaned_data["suite"], form.cleaned_data["key"]
        try:
            news = read_news(form.said())
            taken = operations.take_in(by=request.user, suite=suite, news=news, key=key, request=request)
        except UserError as error:
            form.add_error(None, correction(error))
        else:
            where = taken.answer["authority_name"] or "the routing desk, where a person decides"
            messages.success(request, f"Notice sent to {where}. {taken.answer['reason']}")
            return redirect("custody-case", pk=taken.detention.pk)
    return render(request, "custody/notice_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def routing(request: HttpRequest, pk: int) -> HttpResponse:
    """Routing by a person: first the reason for looking, then the likeliest candidates, then where the case goes. The
    reason is put on the audit record each time before the child is shown."""
    case = permissions.case_for(request.user, KIND, pk, permission=ROUTE)
    sends = request.method == "POST" and "authority" in request.POST
    form = forms.RouteForm(case, request.POST) if sends else None
    if form is not None and form.is_valid():
        try:
            _send(request, case, form)
        except UserError as error:
            form.add_error(None, correction(error))
        else:
            messages.success(request, f"{case} sent. It is no longer at the desk.")
            return redirect("custody-board", board="desk")
    reason = request.POST.get("looked" if sends else "why", "")
    look = forms.LookForm({"why": reason} if request.method == "POST" else None)
    if not look.is_valid():
        return render(request, "custody/match_review.html", {"form": look, "case": case})
    return _compared(request, case, look.cleaned_data["why"], form)


def _compared(request: HttpRequest, case: Case, why: str, form: forms.RouteForm | None) -> HttpResponse:
    values, decision = compared(request.user, case, why, request=request)
    form = form or forms.RouteForm(case, initial={"looked": why, "seen": case.version})
    form.offer(one.entry.holder for one in decision.candidates)
    context = {
        "form": form,
        "case": case,
        "subject": [*in_order(values, case.detention.age), *claimed(case.detention)],
        "rows": [_row(one) for one in decision.candidates],
        "reason": decision.reason,
    }
    return render(request, "custody/routing.html", context, status=409 if form.non_field_errors() else 200)


def _send(request: HttpRequest, case: Case, form: forms.RouteForm) -> None:
    given = form.cleaned_data
    operations.send(
        by=request.user, detention=case.detention, authority=given["authority"], why=given["why"], seen=given["seen"],
        standing=given["standing"], request=request,
    )  # fmt: skip


def _row(one: Candidate) -> dict[str, Any]:
    """A candidate as the page shows it: what agrees, in words, and whether two factors do."""
    agreements = one.comparison.agreements
    factors = sum(agreements[name] in AGREE for name in FACTORS)
    told = [f"{name.replace('_', ' ')}: {LEVELS.get(level, level)}" for name, level in agreements.items()
            if level not in UNSAID]  # fmt: skip
    return {"entry": one.entry, "told": told, "factors": factors, "holder": region.authority(one.entry.holder).name}


AGREE = frozenset({"same", "house", "agrees"})
FACTORS = ("first_name", "surname", "date_of_birth", "place")
UNSAID = frozenset({"missing", "none"})
LEVELS = {
    "alike": "nearly the same",
    "akin": "perhaps one name in two spellings",
    "crossed": "the other way round",
    "crossed alike": "nearly the same, the other way round",
    "swapped": "day and month changed round",
    "near": "near",
    "assigned": "1 January, often entered when the date is not known",
    "house": "the same house",
    "crowded": "a place that many give",
}
"""Levels of agreement in words, where the service's own word is not clear enough."""


class InMemory(MemoryFileUploadHandler):
    """Keeps an uploaded index in memory, so that it is never on disk unencrypted; one that is too large is refused."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > LARGEST:
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)


@csrf_exempt  # exempt because the upload handler must be set before the form is read; the inner view is protected
@require_http_methods(["GET", "HEAD", "POST"])
def indexes(request: HttpRequest) -> HttpResponse:
    """The responsibility indexes of the reader's authorities: how old they are, and a form to upload a new one."""
    request.upload_handlers = [InMemory(request)]
    answer: HttpResponse = _indexes(request)
    return answer


@csrf_protect
def _indexes(request: HttpRequest) -> HttpResponse:
    own = authorities_for(request.user, "custody.index")
    form = forms.IndexForm(own, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, authority = form.cleaned_data["file"], form.cleaned_data["authority"]
        try:
            found = read_index(file.name, file.read(), authority=authority, day=timezone.localdate().isoformat())
            made = index.load(
                by=request.user, authority=authority, entries=found.entries, as_of=found.as_of,
                confirmed=form.cleaned_data["confirmed"], request=request,
            )  # fmt: skip
        except UserError as error:
            form.add_error("file", correction(error))
        else:
            who = "1 child" if made.people == 1 else f"{made.people} children"
            messages.success(request, f"Index for {made.authority_name} uploaded: {who}.")
            return redirect("custody-indexes")
    loads = IndexLoad.objects.filter(authority__in=own)
    late = [region.authority(code).name for code in sorted(index.stale() & own)]
    return render(request, "custody/indexes.html", {"form": form, "loads": loads, "late": late})
