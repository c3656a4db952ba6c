"""Pages on submissions: the list, submitting, blank templates. The page of one submission is in `decision_views`."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from parentis import returns as returns_home
from parentis import workflow
from parentis.errors import ParentisError, UserError
from parentis.returns import returns, the_return
from parentis.web.error_messages import correction
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import TakenKeyError
from parentis.web.people.authorisation import authorities_for, holds, require
from parentis.web.submissions import operations, queries, spool
from parentis.web.submissions.forms import HandInForm, PublishedForm
from parentis.web.submissions.queries import SubmissionRow

PAGE = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The returns of the reader's authorities, latest first, and those now being checked."""
    mine = authorities_for(request.user, "submissions.read")
    register = queries.of_authorities(mine)
    page = Paginator(_Rows(register), PAGE).get_page(request.GET.get("page"))
    jobs = Job.objects.filter(kind="hand-in", authority__in=mine, state__in=["waiting", "working", "failed"])[:8]
    context = {
        "page": page,
        "query": "",
        "jobs": jobs,
        "several": len(mine) > 1,
        "may_hand_in": bool(authorities_for(request.user, "submissions.hand-in")),
        "may_hand_in_published": holds(request.user, "submissions.hand-in-published"),
    }
    return render(request, "submissions/list.html", context)


class _Rows:
    """A frame's rows for the paginator, made only for the page that is shown."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    def __len__(self) -> int:
        return int(self.frame.height)

    def __getitem__(self, at: slice) -> list[SubmissionRow]:
        return [SubmissionRow(row) for row in self.frame[at].iter_rows(named=True)]


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """The stored publishers' files, latest first, and those now being read."""
    page = Paginator(_Rows(queries.of_publishers()), PAGE).get_page(request.GET.get("page"))
    jobs = Job.objects.filter(kind="hand-in", authority="", state__in=["waiting", "working", "failed"])[:8]
    context = {"page": page, "query": "", "jobs": jobs, "second_person": workflow.second_person_needed()}
    return render(request, "submissions/published.html", context)


@csrf_exempt  # because the upload handler must be set before the form is read; the inner view is protected
@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: HttpRequest) -> HttpResponse:
    return _taken_in(request, partial(HandInForm, authorities_for(request.user, "submissions.hand-in")))


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def hand_in_published(request: HttpRequest) -> HttpResponse:
    """Submit files that MHCLG, DfE and others publish: on all authorities together, accepted by a second person."""
    return _taken_in(request, PublishedForm)


def _taken_in(request: HttpRequest, form: Callable[..., HandInForm]) -> HttpResponse:
    request.upload_handlers = [spool.SpoolHandler(request)]
    try:
        answer: HttpResponse = _hand_in(request, form)
    except spool.UploadRefusedError as error:
        return _again(request, form(), error, status=413)
    except TakenKeyError as error:
        return _again(request, form(), error, status=409)
    return answer


@csrf_protect
def _hand_in(request: HttpRequest, form_of: Callable[..., HandInForm]) -> HttpResponse:
    if request.method != "POST":
        return render(request, "submissions/submit.html", {"form": form_of()})
    form = form_of(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "submissions/submit.html", {"form": form}, status=422)
    given = form.cleaned_data
    authority = given.get("authority", "")
    if authority:
        require(request.user, "submissions.hand-in", authority=authority)
    else:
        require(request.user, "submissions.hand-in-published")
    job = operations.hand_in(
        by=request.user, authority=authority, files=given["files"], period=given["period"],
        return_id=given["return_id"], once=given["once"], request=request,
    )  # fmt: skip
    return redirect("submissions-job" if authority else "submissions-published-job", job.pk)


def _again(request: HttpRequest, form: HandInForm, error: UserError, *, status: int) -> HttpResponse:
    context = {"form": form, "problem": correction(error)}
    answer = render(request, "submissions/submit.html", context, status=status)
    answer["Connection"] = "close"  # the rest of the upload is not read
    return answer


@never_cache
@require_safe
def job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The outcome of submitted files, updated while they are checked."""
    return render(request, "submissions/job.html", {"job": get_object_or_404(Job, pk=pk, kind="hand-in")})


@never_cache
@require_safe
def published_job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The outcome of publishers' files."""
    found = get_object_or_404(Job, pk=pk, kind="hand-in", authority="")
    return render(
        request,
        "submissions/job.html",
        {"job": found, "published": True, "second_person": workflow.second_person_needed()},
    )


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """The list of blank templates."""
    own = [one for one in returns().values() if one.submitter == "authority"]
    return render(
        request, "submissions/templates.html", {"returns": [(one, list(one.spec.periods)[-3:]) for one in own]}
    )


@require_safe
def template(request: HttpRequest, return_id: str, period: str) -> HttpResponse:
    """A blank return as XLSX."""
    try:
        the_return(return_id).spec.at(period)
    except ParentisError as error:
        raise Http404 from error
    response = HttpResponse(returns_home.template(return_id, period), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{return_id}-{period}.xlsx"'
    return response
