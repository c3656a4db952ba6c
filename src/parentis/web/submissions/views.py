"""Pages of submissions: the list, handing in, one submission, deciding about it, blank templates."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis import returns as returns_home
from parentis.errors import ParentisError, UserError
from parentis.returns import returns, the_return
from parentis.web.error_messages import correction, next_step
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import TakenKeyError
from parentis.web.people.authorisation import authorities_for, holds, may, memberships, require
from parentis.web.submissions import operations, queries, spool
from parentis.web.submissions.forms import AcceptForm, HandInForm, PublishedForm, RejectForm, ReleaseForm
from parentis.web.submissions.queries import SubmissionRow
from parentis.web.submissions.sign_off import ROLE_TITLES, may_sign_in, refusal

PAGE = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EVENT_TITLES = {
    "received": "submitted",
    "checked": "checked",
    "accepted": "accepted",
    "signed": "signed",
    "released": "released",
    "rejected": "rejected",
    "reloaded": "read again",
    "erased": "erased",
}


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The returns of the reader's authorities, the latest first; and what of theirs is being checked now."""
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
    """A frame's rows as the paginator takes them, made only for the page that is shown."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    def __len__(self) -> int:
        return int(self.frame.height)

    def __getitem__(self, at: slice) -> list[SubmissionRow]:
        return [SubmissionRow(row) for row in self.frame[at].iter_rows(named=True)]


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """The publishers' files that are held, the latest first, and what of them is being read now."""
    page = Paginator(_Rows(queries.of_publishers()), PAGE).get_page(request.GET.get("page"))
    jobs = Job.objects.filter(kind="hand-in", authority="", state__in=["waiting", "working", "failed"])[:8]
    return render(request, "submissions/published.html", {"page": page, "query": "", "jobs": jobs})


@csrf_exempt  # for the upload's own handler must stand before the form is read; the view within is protected
@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: HttpRequest) -> HttpResponse:
    return _taken_in(request, partial(HandInForm, authorities_for(request.user, "submissions.hand-in")))


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def hand_in_published(request: HttpRequest) -> HttpResponse:
    """Files that MHCLG, DfE and others publish: of all authorities at once, accepted when they read."""
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
    answer["Connection"] = "close"  # what still comes of the upload is not read
    return answer


@never_cache
@require_safe
def job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What became of files that were submitted: live while they are checked."""
    return render(request, "submissions/job.html", {"job": get_object_or_404(Job, pk=pk, kind="hand-in")})


@never_cache
@require_safe
def published_job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What became of publishers' files."""
    found = get_object_or_404(Job, pk=pk, kind="hand-in", authority="")
    return render(request, "submissions/job.html", {"job": found, "published": True})


@never_cache
@require_safe
def one(request: HttpRequest, submission_id: str) -> HttpResponse:
    """One submission: what it holds, what was found, who decided what, how it differs from the one before."""
    return _one(request, queries.one(submission_id))


def _one(request: HttpRequest, found: SubmissionRow, *, problem: str = "", status: int = 200) -> HttpResponse:
    place = str(found.row["submitter"])
    before = queries.previous(found)
    allowed = {
        name: may(request.user, f"submissions.{name}", authority=place)
        for name in ("findings", "accept", "reject", "release")
    }
    context: dict[str, Any] = {"one": found, "before": before, "problem": problem, "may": allowed}
    context["history"] = [
        (event, EVENT_TITLES.get(event["event"], event["event"])) for event in queries.history(found.id)
    ]
    job = Job.objects.filter(asked__submission_id=found.id).exclude(state="done").first()
    context |= {"job": job, "problem": problem or (job.problem if job else "")}
    context["counts"] = list(queries.differences(_rows(found), _rows(before) if before else {}))
    if found.row["status"] == "checked" or found.row["provisional"]:
        context |= _deciding(request, found, allowed)
    usual = found.declared.audience if found.declared else "published"
    if allowed["release"] and found.row["current"] and usual != "published":
        initial = {"seen": found.mark, "to": found.row["audience"] or usual}
        context["release_form"] = ReleaseForm(initial=initial)
    context["signatures"] = [
        (ROLE_TITLES.get(role, role), queries.signatures(found.id).get(role, "")) for role in found.asked
    ]
    return render(request, "submissions/submission.html", context, status=status)


def _rows(found: SubmissionRow) -> dict[str, int]:
    return {count["table"]: count["rows"] for count in found.row["counts"] or ()}


def _deciding(request: HttpRequest, found: SubmissionRow, allowed: dict[str, bool]) -> dict[str, Any]:
    """The forms by which this reader may decide, or why they may not."""
    signed, sender = queries.signatures(found.id), str(found.row["received_by"])
    if not allowed["accept"]:
        return {}
    context: dict[str, Any] = {}
    if found.asked:
        roles = may_sign_in(
            who=request.user.email, handed_in_by=sender, signed=signed, asked=found.asked,
            held={one.role for one in memberships(request.user) if one.organisation.authority == found.submitter},
        )  # fmt: skip
        if roles:
            choices = [(role, ROLE_TITLES.get(role, role).capitalize()) for role in roles]
            context["accept_form"] = AcceptForm(choices, initial={"seen": found.mark})
        else:
            missing = [ROLE_TITLES.get(role, role) for role in found.asked if role not in signed]
            context["why_not"] = f"Awaiting signature by the {' and the '.join(missing)}."
    else:
        why_not = refusal(who=request.user.email, handed_in_by=sender, signed=signed, asked=(), role=None)
        context["why_not"] = why_not
        if not why_not:
            context["accept_form"] = AcceptForm([], initial={"seen": found.mark})
    if allowed["reject"] and found.row["status"] == "checked":
        context["reject_form"] = RejectForm(initial={"seen": found.mark})
    return context


@require_POST
def accept(request: HttpRequest, submission_id: str) -> HttpResponse:
    found = queries.one(submission_id)
    role = request.POST.get("role") or None
    own = {one.role for one in memberships(request.user) if one.organisation.authority == found.submitter}
    if role is not None and role not in own:
        raise PermissionDenied("a signature in a role that is not held")
    seen = request.POST.get("seen", "")
    return _decided(request, found, lambda: operations.accept(
        by=request.user, submission=found, role=role, seen=seen, request=request
    ))  # fmt: skip


@require_POST
def reject(request: HttpRequest, submission_id: str) -> HttpResponse:
    found, form = queries.one(submission_id), RejectForm(request.POST)
    if not form.is_valid():
        return _one(request, found, problem="Enter the reason for rejection.", status=422)
    return _decided(request, found, lambda: operations.reject(
        by=request.user, submission=found, why=form.cleaned_data["why"], seen=form.cleaned_data["seen"], request=request
    ))  # fmt: skip


@require_POST
def release(request: HttpRequest, submission_id: str) -> HttpResponse:
    found, form = queries.one(submission_id), ReleaseForm(request.POST)
    if not form.is_valid():
        return _one(request, found, problem="Choose who can see it and give a reason.", status=422)
    return _decided(request, found, lambda: operations.release(
        by=request.user, submission=found, request=request, **form.cleaned_data
    ))  # fmt: skip


def _decided(request: HttpRequest, found: SubmissionRow, decide: Callable[[], Job]) -> HttpResponse:
    try:
        decide()
    except UserError as error:
        return _one(request, queries.one(found.id), problem=next_step(error), status=409)
    messages.success(request, "Your decision is being processed. This page will show when it is complete.")
    return redirect("submissions-one", found.id)


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """Blank returns to fill in."""
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
