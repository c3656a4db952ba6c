"""The API of custody: notices, news and releases from a custody system, and an authority's index. It answers once the
message is durable, and repeats the same answer to the same message."""

import uuid
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, NinjaAPI, Query, Router, Status
from pydantic import ValidationError

from parentis import region
from parentis.errors import UserError
from parentis.web.api.schemas import Error
from parentis.web.custody import operations, schemas
from parentis.web.custody.case_types import WITHDRAWN
from parentis.web.custody.group_commit import together
from parentis.web.custody.intake import index
from parentis.web.custody.intake.index_parser import read_index
from parentis.web.custody.intake.notices import NoticeError, read_news
from parentis.web.custody.models import Detention, Suite
from parentis.web.custody.operations import DeliveryError, NoticeMessage, Receipt
from parentis.web.error_messages import next_step
from parentis.web.people.authorisation import may, require

ERRORS = {401: Error, 403: Error, 404: Error, 409: Error, 422: Error}
KEY = Header(..., alias="Idempotency-Key", min_length=1, max_length=100,
             description="Your own name for this message. Send it again under the same key if no answer came: it is "
             "taken once, and answered alike.")  # fmt: skip
LONGEST_CODE = 40
# A notice must not be refused because many arrive at once: the suites' systems are few, and known by name.
router = Router(tags=["custody"], throttle=[])


def join(api: NinjaAPI) -> None:
    """Add these addresses to the site's API, under /custody."""
    api.add_router("/custody", router)
    api.add_exception_handler(DeliveryError, partial(_told, api))


@router.post(
    "/notices", response={201: schemas.Detention, **ERRORS}, url_name="custody-notices",
    summary="Send a notice of a child in a suite",
)  # fmt: skip
def give_notice(request: HttpRequest, told: schemas.Notice, key: str = KEY) -> Any:
    """Returns where the notice went. By then the notice is durable, and on the authority's board."""
    one = _parcel(_suites(request, {told.suite}), told, key, request)
    return Status(201, together.take_in(one, by=request.user).answer)


@router.post(
    "/notices/batch", response={200: list[schemas.Outcome], **ERRORS}, url_name="custody-notices-batch",
    summary="Send several notices",
)  # fmt: skip
def give_notices(request: HttpRequest, parcels: schemas.NoticesIn) -> Any:
    """Up to 100 notices, all durable when this answers. A notice that cannot be read does not hold back the others."""
    found: dict[int, dict[str, Any]] = {}
    readable: dict[int, NoticeMessage] = {}
    suites = _suites(request, {str(one.notice.get("suite", ""))[:LONGEST_CODE] for one in parcels.notices})
    for at, one in enumerate(parcels.notices):
        try:
            readable[at] = _parcel(suites, schemas.Notice.model_validate(one.notice), one.key)
        except ValidationError as error:
            found[at] = {"status": 422, "error": {"error": {"do": _sentences(error)}}}
        except UserError as error:
            found[at] = _refused(error)
    outcomes = operations.take_in_all(list(readable.values()), by=request.user, request=request)
    for at, outcome in zip(readable, outcomes, strict=True):
        if isinstance(outcome, Receipt):
            found[at] = {"status": 201, "detention": outcome.answer}
        else:
            found[at] = _refused(outcome)
    return [{"key": one.key} | found[at] for at, one in enumerate(parcels.notices)]


@router.post(
    "/notices/{uuid:reference}/news", response={201: schemas.Detention, **ERRORS}, url_name="custody-news",
    summary="Send an update on a detention",
)  # fmt: skip
def tell_news(request: HttpRequest, reference: uuid.UUID, told: schemas.News, key: str = KEY) -> Any:
    """News may arrive in any order: for each field the value with the latest moment (`at`) applies."""
    said = told.model_dump(exclude_unset=True, exclude={"at"})
    return Status(201, _told_of(request, reference, read_news(said, at=told.at), key).answer)


@router.post(
    "/notices/{uuid:reference}/release", response={201: schemas.Detention, **ERRORS}, url_name="custody-release",
    summary="Report the end of a detention",
)  # fmt: skip
def tell_release(request: HttpRequest, reference: uuid.UUID, told: schemas.Release, key: str = KEY) -> Any:
    """The same as news with the release alone, true since the time of the release."""
    news = read_news({"release": told.release}, at=told.release)
    return Status(201, _told_of(request, reference, news, key).answer)


@router.post(
    "/notices/{uuid:reference}/withdraw", response={201: schemas.Detention, **ERRORS}, url_name="custody-withdraw",
    summary="Withdraw a notice that was given by mistake",
)  # fmt: skip
def withdraw(request: HttpRequest, reference: uuid.UUID, told: schemas.Withdrawal) -> Any:
    """The authority that had the notice is told, and can no longer see who the child is. Safe to repeat. A new notice
    may be given for the same custody record."""
    detention = _detention(request, reference)
    if detention.case.state != WITHDRAWN:
        operations.withdraw(by=request.user, detention=detention, why=told.why, request=request)
    return Status(201, operations.answer_of(Detention.objects.select_related("case").get(pk=detention.pk)))


@router.get(
    "/notices/{uuid:reference}", response={200: schemas.State, **ERRORS}, url_name="custody-notice",
    summary="Show the status of a notice",
)  # fmt: skip
def where(request: HttpRequest, reference: uuid.UUID) -> Any:
    """Only for the force that gave the notice."""
    detention = _detention(request, reference)
    return operations.answer_of(detention) | {
        "accommodation": detention.accommodation or None,
        "answer_code": detention.answer_code or None,
        "answered_at": detention.answer,
    }


@router.post(
    "/index", response={201: schemas.Index, **ERRORS}, url_name="custody-index", summary="Upload tonight's index",
    openapi_extra={"requestBody": {"required": True, "content": {
        "text/csv": {"schema": {"type": "string", "description": "The file of the return custody.index."}},
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    }}},
)  # fmt: skip
def send_index(
    request: HttpRequest,
    authority: str = Query(..., description="The authority: name or code."),
    confirm: str = Query("", max_length=300, description="Why many children of the last index are not on this one."),
) -> Any:
    """The body is the file itself (CSV, or Excel), up to 5 MB. It replaces the previous index, completely or not at
    all. It must have been drawn within the last day; where it lost many children at once, `confirm` says why."""
    gss = region.authority(authority).gss
    require(request.user, "custody.index", authority=gss)
    name = "index.xlsx" if request.body[:2] == b"PK" else "index.csv"
    found = read_index(name, request.body, authority=gss, day=timezone.localdate().isoformat())
    made = index.load(by=request.user, authority=gss, entries=found.entries, as_of=found.as_of, confirmed=confirm,
                      request=request)  # fmt: skip
    return Status(201, {"authority": gss, "people": made.people, "as_of": made.as_of})


def _suites(request: HttpRequest, codes: set[str]) -> dict[str, Suite]:
    """The open suites with these codes, of a force for which the sender acts."""
    found = Suite.objects.select_related("force").filter(code__in=codes, is_open=True)
    return {one.code: one for one in found if may(request.user, "custody.notify", organisation=one.force)}


def _parcel(
    suites: dict[str, Suite], told: schemas.Notice, key: str, request: HttpRequest | None = None
) -> NoticeMessage:
    if told.suite not in suites:
        raise NoticeError(
            expected="the code of one of your suites", found="another", where="suite",
            do="suite: ask the regional team for the codes of your suites.",
        )  # fmt: skip
    said = told.model_dump(exclude_unset=True, exclude={"at", "suite"})
    return NoticeMessage(suite=suites[told.suite], news=read_news(said, at=told.at), key=key, request=request)


def _told_of(request: HttpRequest, reference: uuid.UUID, news: Any, key: str) -> Receipt:
    return operations.tell(
        by=request.user, detention=_detention(request, reference), news=news, key=key, request=request
    )


def _detention(request: HttpRequest, reference: uuid.UUID) -> Detention:
    """The detention; another force's is treated as not found."""
    found = Detention.objects.select_related("case", "force").filter(reference=reference).first()
    if found is None or not may(request.user, "custody.notify", organisation=found.force):
        raise Http404
    return found


def _refused(error: UserError) -> dict[str, Any]:
    return {"status": 409 if isinstance(error, DeliveryError) else 422, "error": {"error": _words(error)}}


def _sentences(error: ValidationError) -> str:
    """Which fields cannot be read, and the format they need; never their values."""
    return "; ".join(f"{one['loc'][-1] if one['loc'] else 'notice'}: {one['msg']}" for one in error.errors()) + "."


def _words(error: UserError) -> dict[str, Any]:
    return {"expected": error.expected, "found": error.found, "where": error.where, "do": next_step(error),
            "code": error.code}  # fmt: skip


def _told(api: NinjaAPI, request: HttpRequest, error: Any) -> HttpResponse:
    return api.create_response(request, {"error": _words(error)}, status=409)
