"""The pages on prices, contracts and outcomes: each drawn from what the build made, as its reader may see it."""

from collections.abc import Callable
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from parentis.archive import Home
from parentis.web.cache import VersionedCache, shown_mark
from parentis.web.commissioning.contract_pages import arrangements, funnel, uplifts
from parentis.web.commissioning.held import Frames, Reader, frame, reader
from parentis.web.commissioning.outcome_pages import reach, scorecard
from parentis.web.commissioning.price_pages import index, like_for_like
from parentis.web.page_parts import Page
from parentis.web.people.authorisation import holds

PAGES: Final[dict[str, tuple[Callable[[Frames, Reader], Page], str]]] = {
    "like-for-like": (like_for_like, "Like for like: what partnerships pay for the same child, place and month"),
    "index": (index, "Index: how fast prices rise with the mix held still"),
    "arrangements": (arrangements, "Arrangements: what forms of contract cost, and blocks by the used night"),
    "uplifts": (uplifts, "Uplifts: asked, agreed and justified"),
    "funnel": (funnel, "Funnel: from referral to placement, and who is silent"),
    "reach": (reach, "Reach: how near, how good, and how few sell it"),
    "scorecard": (scorecard, "Scorecard: each partnership’s aims, effect, cost and evidence"),
}
"By the address: what makes the page, and its line on the first page."


def _made(_home: Home, name: str, who: Reader) -> Page:
    return PAGES[name][0](frame, who)


made: VersionedCache[Page] = VersionedCache(_made, mark=shown_mark, most=128)


def _drawn(_home: Home, name: str, who: Reader, wanted: str) -> str:
    found = made(name, who).picture(wanted)
    return found.draw() if found else ""


drawn: VersionedCache[str] = VersionedCache(_drawn, mark=shown_mark, most=256)


def _page(request: HttpRequest, name: str) -> tuple[Page, Reader]:
    if name not in PAGES:
        raise Http404
    who = reader(request, "commissioning.open")
    return made(name, who), who


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The service's questions."""
    context = {
        "reader": reader(request, "commissioning.open"),
        "pages": [(name, title) for name, (_, title) in PAGES.items()],
        "writes": holds(request.user, "commissioning.write"),
        "cards": holds(request.user, "commissioning.cards"),
        "nothing": frame("like_for_like") is None,
    }
    return render(request, "commissioning/start.html", context)


@require_safe
def page(request: HttpRequest, page: str) -> HttpResponse:
    """One question: its answer in sentences, pictures and tables."""
    found, who = _page(request, page)
    pages = [(name, title.partition(":")[0]) for name, (_, title) in PAGES.items()]
    return render(request, "commissioning/page.html", {"page": found, "name": page, "reader": who, "pages": pages})


@require_safe
def table(request: HttpRequest, page: str, table: str) -> HttpResponse:
    """A table of the page as a file."""
    found = _page(request, page)[0].table(table)
    if found is None:
        raise Http404
    response = HttpResponse(found.csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{page}-{table}.csv")
    return response


@cache_control(private=True, max_age=60)
@require_safe
def picture(request: HttpRequest, page: str, picture: str) -> HttpResponse:
    """A picture of the page."""
    who = _page(request, page)[1]
    drawing = drawn(page, who, picture)
    if not drawing:
        raise Http404
    response = HttpResponse(drawing, content_type="image/svg+xml")
    response._csp_replace = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"]}
    return response
