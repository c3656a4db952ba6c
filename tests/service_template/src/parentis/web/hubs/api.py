"""The service's addresses in the site's API."""

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI, Router, Schema
from parentis.web.hubs.case_types import KIND

from parentis.web.cases.register import queries

router = Router(tags=["hubs"])


class Request(Schema):
    """A request, by what everybody may see who may see it."""

    reference: str
    place: str
    state: str


@router.get("/requests", response=list[Request], url_name="hubs-requests", summary="Requests to family hubs")
def requests(request: HttpRequest) -> Any:
    """Those that the token's person may see."""
    found = queries.records(request.user, KIND)
    return [{"reference": one.values["reference"], "place": one.case.place, "state": one.case.state} for one in found]


def join(api: NinjaAPI) -> None:
    """Give the site's API these addresses, under /hubs."""
    api.add_router("/hubs", router)
