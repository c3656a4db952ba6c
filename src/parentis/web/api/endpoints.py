"""The API's addresses. The gate has asked for permission; `signing_in` for the token and its scope."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Form, NinjaAPI, Query, Status
from ninja.errors import Throttled, ValidationError
from ninja.files import UploadedFile
from ninja.throttling import SimpleRateThrottle

from parentis import region
from parentis.errors import NotFoundError, UserError
from parentis.returns import reports
from parentis.version import VERSION
from parentis.web.api import queries as api_queries
from parentis.web.api import schemas
from parentis.web.api.authentication import WORDS, refused
from parentis.web.api.scopes import SCOPES
from parentis.web.error_messages import next_step, place_of
from parentis.web.jobs.models import Job
from parentis.web.people.authorisation import authorities_for, require, viewer
from parentis.web.submissions import operations, spool
from parentis.web.submissions import queries as submissions_queries
from parentis.web.submissions.queries import SubmissionRow

MOST = 1000
"Rows of a page."
UUID_FORM = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


class PerToken(SimpleRateThrottle):
    """So many requests a minute for each token: the others' pages stay quick."""

    def __init__(self, rate: str, scope: str) -> None:
        super().__init__(rate)
        self.scope = scope

    def get_cache_key(self, request: HttpRequest) -> str | None:
        return f"api-{self.scope}-{request.token.pk}" if request.token else None


SIGN_IN = {
    "token": {"type": "http", "scheme": "bearer"},
    "client": {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": SCOPES}},
    },
}


class Api(NinjaAPI):
    """Its description says how to sign in: ninja leaves out what its own authentication does not know."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(**kwargs)
        schema["components"]["securitySchemes"] = SIGN_IN
        return schema


api = Api(
    title="Parentis",
    version=VERSION,
    description="Read figures and submit returns from your own programs.",
    urls_namespace="api",
    docs_url=None,
    throttle=[PerToken("240/m", "all")],
    openapi_extra={"security": [{name: []} for name in SIGN_IN]},
)
ERRORS = {401: schemas.Error, 403: schemas.Error, 404: schemas.Error, 422: schemas.Error, 429: schemas.Error}


@api.exception_handler(UserError)
def user_error(request: HttpRequest, error: UserError) -> HttpResponse:
    status = 404 if isinstance(error, NotFoundError) else 413 if isinstance(error, spool.UploadRefusedError) else 422
    told = {
        "expected": error.expected,
        "found": error.found,
        "where": place_of(error),
        "do": next_step(error),
        "code": error.code,
    }
    return api.create_response(request, {"error": told}, status=status)


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Which parameters cannot be read; never what they held."""
    told = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors)
    return refused(422, f"Correct your request. {told}.")


@api.exception_handler(Throttled)
def too_many(request: HttpRequest, error: Throttled) -> HttpResponse:
    answer = refused(429, f"Too many requests with this token: wait {error.wait or 1} seconds.")
    answer["Retry-After"] = str(error.wait or 1)
    return answer


@api.exception_handler(Http404)
def not_there(request: HttpRequest, error: Http404) -> HttpResponse:
    return refused(404, WORDS[404][1])


@api.get("/measures", response={200: list[schemas.Measure], **ERRORS}, url_name="measures", summary="List measures")
def measures(request: HttpRequest) -> Any:
    """What each statistic means, in what unit, and from which source."""
    return [
        {
            "id": one.id, "title": one.title, "unit": one.unit, "definition": one.definition, "source": one.source,
            "polarity": str(one.polarity), "audience": str(one.audience),
        }
        for one in api_queries.measures()
    ]  # fmt: skip


@api.get("/figures", response={200: schemas.Figures, **ERRORS}, url_name="figures", summary="List figures")
def figures(
    request: HttpRequest,
    measure: str = Query(..., description="A measure's id, or the start of ids up to a dot."),
    period: str | None = Query(None, description="2017-18, or 2017/18."),
    geography: str | None = Query(None, description="An authority's name or code, or a footprint's id."),
    breakdown: str | None = Query(None, description="Leave empty for totals only."),
    limit: int = Query(100, ge=1, le=MOST),
    offset: int = Query(0, ge=0),
) -> Any:
    """As they are released to you: your own authority's as they are, others' after disclosure control."""
    found = api_queries.figures(viewer(request.user), measure, period, geography, breakdown)
    rows = found.slice(offset, limit).to_dicts()
    return {"count": found.height, "next": _next(found.height, offset, limit), "figures": rows}


@api.get(
    "/provenance/{provenance_id}", response={200: schemas.Provenance, **ERRORS}, url_name="provenance",
    summary="Show the sources of a figure",
)  # fmt: skip
def provenance(request: HttpRequest, provenance_id: str) -> Any:
    """The code, parameters and submissions behind a figure whose value you see."""
    return api_queries.provenance(viewer(request.user), provenance_id)


@api.get(
    "/submissions", response={200: schemas.Submissions, **ERRORS}, url_name="submissions",
    summary="List returns submitted by your authorities",
)  # fmt: skip
def submissions(request: HttpRequest, limit: int = Query(100, ge=1, le=MOST), offset: int = Query(0, ge=0)) -> Any:
    """The latest first."""
    found = submissions_queries.of_authorities(authorities_for(request.user, "submissions.read"))
    rows = [_submission(SubmissionRow(row)) for row in found.slice(offset, limit).iter_rows(named=True)]
    return {"count": found.height, "next": _next(found.height, offset, limit), "submissions": rows}


@api.get(
    "/submissions/{submission_id}", response={200: schemas.Submission, **ERRORS}, url_name="submission",
    summary="Show a return",
)  # fmt: skip
def submission(request: HttpRequest, submission_id: str) -> Any:
    """What it is and where it stands."""
    return _submission(submissions_queries.one(submission_id))


@api.get(
    "/submissions/{submission_id}/findings", response={200: dict, **ERRORS}, url_name="findings",
    summary="List findings",
)  # fmt: skip
def findings(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Every rule's outcome and every finding, child by child, as the findings report has them. Each reading of it is
    on the audit record."""
    submissions_queries.one(submission_id)
    checked = submissions_queries.findings(submission_id)
    return HttpResponse(reports.findings_json(checked), content_type="application/json")


@api.post(
    "/hand-in", response={202: schemas.HandedIn, **ERRORS, 413: schemas.Error}, url_name="hand-in",
    summary="Submit returns", throttle=[PerToken("60/h", "hand-in")],
)  # fmt: skip
def hand_in(
    request: HttpRequest,
    *,
    authority: str = Form(..., description="The authority whose return it is: name or code."),
    period: str = Form("", description="Needed if the files do not state it."),
    return_id: str = Form("", description="Give it to skip recognition."),
    once: str = Form(
        ...,
        pattern=UUID_FORM,
        description="A UUID you choose for this delivery: if sent again, the files are submitted only once.",
    ),
    files: File[list[UploadedFile]],
) -> Any:
    """The files are kept durably before this answers; they are checked afterwards: ask for the job. Somebody must
    then accept or sign the return on the site."""
    gss = region.authority(authority).gss
    try:
        require(request.user, "submissions.hand-in", authority=gss)
    except PermissionDenied:
        return refused(403, WORDS[403][1])
    label = region.parse_period(period).label if period else ""
    job = operations.hand_in(
        by=request.user,
        authority=gss,
        files=list(files),
        period=label,
        return_id=return_id,
        once=uuid.UUID(once),
        request=request,
    )
    return Status(202, {"job": job.pk, "state": job.state})


@api.get(
    "/jobs/{uuid:pk}", response={200: schemas.Job, **ERRORS}, url_name="job", summary="Show the outcome of a submission"
)
def job(request: HttpRequest, pk: uuid.UUID) -> Any:
    """Ask every few seconds until it is done or failed."""
    one = get_object_or_404(Job, pk=pk, kind="hand-in")
    outcomes = one.came.get("outcomes", [])
    return {"job": one.pk, "state": one.state, "stage": one.stage, "problem": one.problem, "outcomes": outcomes}


def _next(count: int, offset: int, limit: int) -> int | None:
    return offset + limit if offset + limit < count else None


def _submission(one: SubmissionRow) -> dict[str, Any]:
    names = ("submission_id", "return_id", "part", "submitter", "period", "status", "current", "provisional",
             "received_at", "received_by", "accepted_at", "errors")  # fmt: skip
    return {name: one.row[name] for name in names} | {
        "signed": list(one.row["signed"] or ()),
        "problems": list(one.problems),
        "rows": one.rows,
        "files": [file["name"] for file in one.row["files"] or ()],
    }
