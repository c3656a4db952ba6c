"""The page of one submission, and the decisions on it: accept, reject, reverse, release, refuse."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parentis import region, workflow
from parentis.errors import UnknownAuthorityError, UserError
from parentis.web.error_messages import next_step
from parentis.web.jobs.models import Job
from parentis.web.people.authorisation import holds, may, memberships
from parentis.web.submissions import operations, queries
from parentis.web.submissions.forms import AcceptForm, RefuseForm, RejectForm, ReleaseForm, ReverseForm
from parentis.web.submissions.queries import SubmissionRow
from parentis.web.submissions.sign_off import ROLE_TITLES, may_sign_in
from parentis.workflow.decisions.release import READERS
from parentis.workflow.results.changes import whose_in_words

EVENT_TITLES = {
    "received": "submitted",
    "checked": "checked",
    "accepted": "accepted",
    "signed": "signed",
    "release-asked": "release asked for, to be decided by a second person",
    "released": "released",
    "refused": "what was asked for refused",
    "reversed": "acceptance taken back",
    "erasure-asked": "erasure asked for, to be decided by a second person",
    "rejected": "rejected",
    "reloaded": "read again",
    "erased": "erased",
}


@never_cache
@require_safe
def one(request: HttpRequest, submission_id: str) -> HttpResponse:
    """One submission: its content, its findings, the changes on acceptance, and the decisions so far."""
    return _one(request, queries.one(submission_id))


@never_cache
@require_safe
def published_one(request: HttpRequest, submission_id: str) -> HttpResponse:
    """The same page for a publisher's file, for the regional team."""
    return _one(request, queries.published_one(submission_id))


@never_cache
@require_safe
def children(request: HttpRequest, submission_id: str) -> HttpResponse:
    """The children who would be added and removed, by the authority's own numbers."""
    found = queries.one(submission_id)
    known = queries.changes(found)
    if known is None or known.children is None:
        raise Http404
    context = {"one": found, "children": known.children}
    return render(request, "submissions/children.html", context)


def _found(submission_id: str, published: bool) -> SubmissionRow:
    return queries.published_one(submission_id) if published else queries.one(submission_id)


def _one(request: HttpRequest, found: SubmissionRow, *, problem: str = "", status: int = 200) -> HttpResponse:
    before = queries.previous(found)
    allowed = _allowed(request, found)
    context: dict[str, Any] = {"one": found, "before": before, "problem": problem, "may": allowed}
    context["history"] = [
        (event, EVENT_TITLES.get(event["event"], event["event"])) for event in queries.history(found.id)
    ]
    jobs = Job.objects.filter(asked__submission_id=found.id)
    job = jobs.exclude(state="done").exclude(kind="changes").first()
    context |= {"job": job, "problem": problem or (job.problem if job else "")}
    context["counts"] = list(queries.differences(_rows(found), _rows(before) if before else {}))
    if allowed["accept"] and found.row["status"] == "checked":
        changed = _changes(found, allowed)
        context |= {"changes": changed, "changes_job": jobs.filter(kind="changes").first()}
        if changed is not None and (before is None or changed["all"].supersedes == before.id):
            context["counts"] = []  # they are listed among the changes
    if found.row["status"] == "checked" or found.row["provisional"]:
        context |= _deciding(request, found, allowed)
    if allowed["accept"] and found.row["current"]:
        context["reverse_form"] = ReverseForm(initial={"seen": found.mark})
        returning = queries.returning(found)
        context["returning"] = returning
    usual = found.declared.audience if found.declared else "published"
    if allowed["release"] and found.row["current"] and usual != "published":
        context |= _releasing(request, found, usual)
    context["signatures"] = [
        (ROLE_TITLES.get(role, role), queries.signatures(found.id).get(role, "")) for role in found.asked
    ]
    return render(request, "submissions/submission.html", context, status=status)


def _allowed(request: HttpRequest, found: SubmissionRow) -> dict[str, bool]:
    if found.is_published:
        decides = holds(request.user, "submissions.accept-published")
        return {"findings": False, "accept": decides, "reject": decides, "release": False}
    place = str(found.row["submitter"])
    return {
        name: may(request.user, f"submissions.{name}", authority=place)
        for name in ("findings", "accept", "reject", "release")
    }


def _rows(found: SubmissionRow) -> dict[str, int]:
    return {count["table"]: count["rows"] for count in found.row["counts"] or ()}


def _changes(found: SubmissionRow, allowed: dict[str, bool]) -> dict[str, Any] | None:
    """The changes on acceptance, as the page shows them; None if they have not been computed."""
    known = queries.changes(found)
    if known is None:
        return None
    context: dict[str, Any] = {"all": known, "tables": [(name, was, now, now - was) for name, was, now in known.tables]}
    if known.whose is not None:
        context["whose"] = whose_in_words(known.whose)
    context["named"] = allowed["findings"] and known.children is not None
    if known.figures is not None:
        context["moved"] = list(_moved(known.figures.most))
    context["totals"] = [(_name(t.authority), t.table, t.before, t.now, t.now - t.before) for t in known.totals]
    return context


def _moved(most: Any) -> Iterator[tuple[str, str, str, str, str, str, str]]:
    for one in most:
        was, now = (_number(value, one.unit, one.decimals) for value in (one.before, one.after))
        change = _number((one.after or 0) - (one.before or 0), one.unit, one.decimals, signed=True)
        yield one.title, _name(one.geography), one.period, was, now, change, "" if one.unit == "£" else one.unit


def _number(value: float | None, unit: str, decimals: int, *, signed: bool = False) -> str:
    if value is None:
        return ""
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{'£' if unit == '£' else ''}{abs(value):,.{decimals}f}"


def _name(geography: str) -> str:
    try:
        return region.authority(geography).name
    except UnknownAuthorityError:
        return next((one.name for one in region.footprints() if one.id == geography), geography)


def _deciding(request: HttpRequest, found: SubmissionRow, allowed: dict[str, bool]) -> dict[str, Any]:
    """The decision forms that this reader may use, or the reasons why not."""
    signed, sender = queries.signatures(found.id), str(found.row["received_by"])
    if not allowed["accept"]:
        return {}
    context: dict[str, Any] = {}
    known = queries.changes(found) if found.row["status"] == "checked" else None
    needs: dict[str, Any] = {"needs_reason": bool(known and known.objections), "initial": {"seen": found.mark}}
    if found.asked:
        roles = may_sign_in(
            who=request.user.email, handed_in_by=sender, signed=signed, asked=found.asked,
            held={one.role for one in memberships(request.user) if one.organisation.authority == found.submitter},
        )  # fmt: skip
        if roles:
            choices = [(role, ROLE_TITLES.get(role, role).capitalize()) for role in roles]
            context["accept_form"] = AcceptForm(choices, **needs)
        else:
            missing = [ROLE_TITLES.get(role, role) for role in found.asked if role not in signed]
            context["why_not"] = f"Awaiting signature by the {' and the '.join(missing)}."
    else:
        why_not = operations.why_not_accept(request.user, found, None)
        context["why_not"] = why_not
        if not why_not:
            context["accept_form"] = AcceptForm([], **needs)
    if allowed["reject"] and found.row["status"] == "checked":
        context["reject_form"] = RejectForm(initial={"seen": found.mark})
    return context


def _releasing(request: HttpRequest, found: SubmissionRow, usual: str) -> dict[str, Any]:
    """What each release would show to which audience, and the request that waits for a second person."""
    openings = queries.openings(found)
    waiting = queries.request_about(found)
    context: dict[str, Any] = {
        "openings": [(opening, READERS[opening.to]) for opening in openings],
        "release_form": ReleaseForm(initial={"seen": found.mark, "to": found.row["audience"] or usual}),
        "second_person": workflow.second_person_needed(),
    }
    if waiting is not None:
        context["waiting"] = waiting
        context["waiting_for"] = next(one for one in openings if str(one.to) == waiting["audience"])
        context["refuse_form"] = RefuseForm(initial={"seen": found.mark})
        if waiting["who"] != request.user.email or not context["second_person"]:
            context["confirm"] = {"seen": found.mark, "to": waiting["audience"]}
    if str(openings[0].was) != "own":
        context["take_back"] = {"seen": found.mark, "to": "own"}
    return context


@require_POST
def accept(request: HttpRequest, submission_id: str, *, published: bool = False) -> HttpResponse:
    found = _found(submission_id, published)
    role = request.POST.get("role") or None
    own = {one.role for one in memberships(request.user) if one.organisation.authority == found.submitter}
    if role is not None and role not in own:
        raise PermissionDenied("a signature in a role that is not held")
    given = {"seen": request.POST.get("seen", ""), "why": request.POST.get("why", "")[:500].strip()}
    return _decided(request, found, lambda: operations.accept(
        by=request.user, submission=found, role=role, request=request, **given
    ))  # fmt: skip


@require_POST
def reject(request: HttpRequest, submission_id: str, *, published: bool = False) -> HttpResponse:
    found, form = _found(submission_id, published), RejectForm(request.POST)
    if not form.is_valid():
        return _one(request, found, problem="Enter the reason for rejection.", status=422)
    return _decided(request, found, lambda: operations.reject(
        by=request.user, submission=found, request=request, **form.cleaned_data
    ))  # fmt: skip


@require_POST
def reverse(request: HttpRequest, submission_id: str, *, published: bool = False) -> HttpResponse:
    """Reverse the acceptance: the superseded submission counts again."""
    found, form = _found(submission_id, published), ReverseForm(request.POST)
    if not form.is_valid():
        return _one(request, found, problem="Enter the reason for taking the acceptance back.", status=422)
    return _decided(request, found, lambda: operations.reverse(
        by=request.user, submission=found, request=request, **form.cleaned_data
    ))  # fmt: skip


@require_POST
def changes(request: HttpRequest, submission_id: str, *, published: bool = False) -> HttpResponse:
    """Request the changes on acceptance; they are computed again if the superseded submission has changed."""
    found = _found(submission_id, published)
    if found.row["status"] == "checked":
        operations.work_out_changes(by=request.user, submission=found)
    return redirect(found.address("one"))


@require_POST
def release(request: HttpRequest, submission_id: str) -> HttpResponse:
    found, form = queries.one(submission_id), ReleaseForm(request.POST)
    if not form.is_valid():
        return _one(request, found, problem="Choose who can see it and give a reason.", status=422)
    return _decided(request, found, lambda: operations.release(
        by=request.user, submission=found, request=request, **form.cleaned_data
    ))  # fmt: skip


@require_POST
def refuse(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Refuse the release that waits for a second person; the requester withdraws it in the same way."""
    found, form = queries.one(submission_id), RefuseForm(request.POST)
    if not form.is_valid():
        return _one(request, found, problem="Write a shorter reason.", status=422)
    return _decided(request, found, lambda: operations.refuse(
        by=request.user, submission=found, request=request, **form.cleaned_data
    ))  # fmt: skip


def _decided(request: HttpRequest, found: SubmissionRow, decide: Callable[[], Job]) -> HttpResponse:
    try:
        decide()
    except UserError as error:
        return _one(request, queries.one(found.id), problem=next_step(error), status=409)
    messages.success(request, "Your decision is being processed. This page will show when it is complete.")
    return redirect(found.address("one"))
