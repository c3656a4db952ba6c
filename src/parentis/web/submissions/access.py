"""Permissions to submit, see, accept, sign and release."""

from typing import Any

from django.http import Http404, HttpRequest

from parentis.web.people.permissions import About, Action, MenuItem, Route, to
from parentis.web.people.roles import Kind

_PREPARES = ("analyst", "treasurer", "section-151", "director")

ACTIONS = (
    Action(
        id="submissions.read",
        title="See an authority's submitted returns and their outcome",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, *_PREPARES, "commissioner", "data-protection", "improvement-lead")
        | to(Kind.REGION, "analyst", "treasurer"),
    ),
    Action(
        id="submissions.hand-in",
        title="Submit returns",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, *_PREPARES),
    ),
    Action(
        id="submissions.hand-in-published",
        title="Submit publishers' files about all authorities (MHCLG, DfE)",
        about=About.NOTHING,
        to=to(Kind.REGION, "analyst", "treasurer"),
    ),
    Action(
        id="submissions.accept-published",
        title="Accept a publisher's file that somebody else submitted, reject it or withdraw it",
        about=About.NOTHING,
        to=to(Kind.REGION, "analyst", "treasurer"),
    ),
    Action(
        id="submissions.findings",
        title="Read and download findings, child by child",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, *_PREPARES),
        child_level=True,
    ),
    Action(
        id="submissions.accept",
        title="Accept a return (two people), sign it where it asks for signatures, or take its acceptance back",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, *_PREPARES),
    ),
    Action(
        id="submissions.reject",
        title="Reject a return, with a reason",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, *_PREPARES),
    ),
    Action(
        id="submissions.release",
        title="Release an authority's unpublished figures to members or to all (two people), or close them again",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, "section-151", "director"),
    ),
)

MENU = (MenuItem("Returns", "submissions", "submissions.read", order=20),)


def _of_job(request: HttpRequest, pk: Any) -> str:
    from parentis.web.jobs.models import Job

    job = Job.objects.filter(pk=pk, kind="hand-in").first()
    if job is None:
        raise Http404
    return str(job.authority)


def _of(request: HttpRequest, submission_id: str, **more: Any) -> str:
    from parentis.web.submissions.queries import place_of

    return place_of(request, submission_id, **more)


ROUTES: dict[str, Route] = {
    "submissions": Route(action="submissions.read"),
    "submissions-hand-in": Route(action="submissions.hand-in"),
    "submissions-published": Route(action="submissions.hand-in-published"),
    "submissions-published-hand-in": Route(action="submissions.hand-in-published"),
    "submissions-published-job": Route(action="submissions.hand-in-published"),
    "submissions-published-one": Route(action="submissions.hand-in-published"),
    "submissions-published-accept": Route(action="submissions.accept-published"),
    "submissions-published-reject": Route(action="submissions.accept-published"),
    "submissions-published-reverse": Route(action="submissions.accept-published"),
    "submissions-published-changes": Route(action="submissions.accept-published"),
    "submissions-job": Route(action="submissions.read", place=_of_job),
    "submissions-rules": Route(action="submissions.read"),
    "submissions-rule": Route(action="submissions.read"),
    "submissions-templates": Route(action="submissions.read"),
    "submissions-template": Route(action="submissions.read"),
    "submissions-one": Route(action="submissions.read", place=_of),
    "submissions-findings": Route(action="submissions.findings", place=_of),
    "submissions-children": Route(action="submissions.findings", place=_of),
    "submissions-child": Route(action="submissions.findings", place=_of),
    "submissions-explain": Route(action="submissions.findings", place=_of),
    "submissions-worklist": Route(action="submissions.findings", place=_of),
    "submissions-worklist-xlsx": Route(action="submissions.findings", place=_of, records="exported"),
    "submissions-report": Route(action="submissions.findings", place=_of, records="exported"),
    "submissions-accept": Route(action="submissions.accept", place=_of),
    "submissions-reject": Route(action="submissions.reject", place=_of),
    "submissions-reverse": Route(action="submissions.accept", place=_of),
    "submissions-changes": Route(action="submissions.accept", place=_of),
    "submissions-release": Route(action="submissions.release", place=_of),
    "submissions-refuse": Route(action="submissions.release", place=_of),
}
