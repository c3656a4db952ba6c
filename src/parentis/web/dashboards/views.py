"""Pages of figures: the start page, pages of services and measures, charts, tables, and data quality."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from parentis import evidence, region
from parentis.errors import NotFoundError
from parentis.services import services
from parentis.web.audit.recorder import record
from parentis.web.dashboards import pages, response
from parentis.web.dashboards.forms import CommentForm, PlaceForm
from parentis.web.dashboards.models import Comment
from parentis.web.dashboards.pages import Made, Wanted
from parentis.web.people.authorisation import authorities_for, viewer

MOST_MEASURES = 40


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The start page of figures: links to every service, and how many authorities have submitted."""
    place = pages.own_place(request.user)
    readable = authorities_for(request.user, "submissions.read")
    context = {
        "place": place,
        "place_name": dict(pages.places()).get(place, place),
        "services": [one for one in services().values() if one.sections.resolve()],
        "response": response.rates(readable) if readable else [],
        "comments": Comment.objects.filter(authority__in=readable).select_related("by")[:5],
    }
    return render(request, "dashboards/start.html", context)


def _wanted(request: HttpRequest, page: str, section: str = "") -> Wanted:
    form = PlaceForm(pages.grouped_places(request.GET.get("place", "")), pages.periods(), request.GET)
    if not form.is_valid():
        raise Http404
    place = form.cleaned_data["place"] or pages.own_place(request.user)
    return Wanted(page, place, form.cleaned_data["period"], section)


def _made(request: HttpRequest, wanted: Wanted) -> Made:
    try:
        return pages.made_page(wanted, viewer(request.user))
    except NotFoundError as error:
        raise Http404 from error


@require_safe
def page(request: HttpRequest, page: str) -> HttpResponse:
    """A service's summary and one of its sections, or one measure, for a place."""
    wanted = _wanted(request, page, request.GET.get("section", "")[:80])
    made = _made(request, wanted)
    context: dict[str, Any] = {"made": made, "wanted": wanted}
    mine = authorities_for(request.user, "figures.comment")
    readable = mine | authorities_for(request.user, "submissions.read")
    about = {wanted.place} & readable or (readable if wanted.place == pages.REGION else frozenset())
    comments = Comment.objects.filter(page=page, authority__in=about).select_related("by")[:20]
    context["comments"] = [(one, region.authority(one.authority).name) for one in comments]
    if wanted.place in mine:
        context["comment_form"] = CommentForm(initial={"page": page})
    return render(request, "dashboards/page.html", context)


@cache_control(private=True, max_age=60)
@require_safe
def chart(request: HttpRequest, page: str, name: str) -> HttpResponse:
    """A chart of the page, as a picture."""
    wanted = _wanted(request, page, pages.section_of(page, name))
    svg = _made(request, wanted).charts.get(name)
    if svg is None:
        raise Http404
    response = HttpResponse(svg, content_type="image/svg+xml")
    # The chart has inline style attributes; any other active content is blocked.
    response._csp_replace = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"]}
    return response


@require_safe
def data(request: HttpRequest, page: str, name: str) -> HttpResponse:
    """A table of the page as CSV, in full precision."""
    wanted = _wanted(request, page, pages.section_of(page, name))
    grid = _made(request, wanted).grids.get(name)
    if grid is None:
        raise Http404
    response = HttpResponse(evidence.grid_csv(grid).encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
    return response


@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """All measures, with a search."""
    text = request.GET.get("q", "").strip()[:100]
    words = text.casefold().split()
    found = [
        one
        for one in pages.catalogue()
        if all(word in f"{one.id} {one.title} {one.definition}".casefold() for word in words)
    ]
    listed = Paginator(sorted(found, key=lambda one: one.id), MOST_MEASURES).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "dashboards/measures.html", {"page": listed, "q": text, "query": query.urlencode()})


@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """Submissions and their numbers of findings, for the authorities whose returns the reader may see."""
    readable = authorities_for(request.user, "submissions.read")
    rates = response.rates(readable)
    kinds = [one.return_id for one in rates]
    chosen = request.GET.get("return") if request.GET.get("return") in kinds else (kinds[0] if kinds else "")
    context = {
        "rates": rates,
        "chosen": chosen,
        "several": len(readable) > 1,
        "table": response.table(readable, chosen) if chosen else None,
    }
    return render(request, "dashboards/quality.html", context)


@require_POST
def comment(request: HttpRequest, gss: str) -> HttpResponse:
    """Save an authority's comment on its figures."""
    form = CommentForm(request.POST)
    page = request.POST.get("page", "")
    known = page in services() or page in pages.catalogue()
    if not known:
        raise Http404
    back = f"{reverse('figures-page', args=[page])}?place={gss}"
    if not form.is_valid():
        messages.warning(request, "Comment not saved: enter a comment of up to 2,000 characters.")
        return redirect(back)
    text = form.cleaned_data["text"]
    with transaction.atomic():
        made = Comment.objects.create(page=page, authority=gss, by=request.user, text=text)
        record(
            who=request.user, what="comment:made", authority=made.authority, subject=page, request=request,
            detail={"comment": made.pk},
        )  # fmt: skip
    messages.success(request, "Comment saved.")
    return redirect(back)
