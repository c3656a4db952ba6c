"""The explanation of a figure, and the rows from which it was calculated."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from parentis import evidence, workflow
from parentis.archive import find_home
from parentis.errors import UserError
from parentis.services import services
from parentis.web.cache import VersionedCache, shown_mark
from parentis.web.dashboards import pages, response
from parentis.web.dashboards.pages import Wanted
from parentis.web.people.authorisation import authorities_for, viewer
from parentis.web.submissions.queries import one as submission_of
from parentis.web.submissions.queries import published_one
from parentis.workflow import Explanation

KEPT = 256
INPUTS_SHOWN = 400
ROWS_A_PAGE = 50
LABELS = ("authority_set", "gross_net", "cumulative", "netted", "method")

explained: VersionedCache[Explanation] = VersionedCache(workflow.explain, mark=shown_mark, most=KEPT)
"`explained(provenance_id, viewer, measure, geography, period, breakdown)`, as `workflow.explain`."
_added_up: VersionedCache[str] = VersionedCache(
    lambda home, *key: workflow.added_up(home, explained(*key)), mark=shown_mark, most=KEPT
)


def _key(request: HttpRequest) -> tuple[str, str, str, str]:
    """The figure in the URL, in the form that `linked` writes."""
    measure, geography, period, breakdown = (request.GET.get(name, "")[:300] for name in ("m", "g", "t", "b"))
    return measure, geography, period, breakdown


def _explained(request: HttpRequest, provenance_id: str) -> Explanation:
    try:
        return explained(provenance_id, viewer(request.user), *_key(request))
    except UserError as error:
        raise Http404 from error


@require_safe
def origin(request: HttpRequest, provenance_id: str) -> HttpResponse:
    """The meaning of a figure, its calculation, its rows, its earlier values, and a link back."""
    found = _explained(request, provenance_id)
    figure, measure = found.figure, found.measure
    readable = authorities_for(request.user, "submissions.read")
    single = authorities_for(request.user, "submissions.findings")
    asked = request.GET.copy()
    asked.pop("panel", None)
    inputs = [
        {
            **row,
            "name": response.name_of(row["submitter"] or ""),
            "mine": row["submitter"] in readable,
            "rows_at": _rows_at(provenance_id, row, single, asked.urlencode()),
        }
        for row in found.origin.inputs.head(INPUTS_SHOWN).iter_rows(named=True)
    ]
    context: dict[str, Any] = {
        "figure": figure,
        "measure": measure,
        "place": dict(pages.places()).get(figure["geography"], figure["geography"]),
        "period": evidence.period_words(figure["period"]),
        "value": evidence.in_prose(figure["value"], figure["suppressed"], measure),
        "interval": evidence.interval_words(figure, measure),
        "formula": evidence.formula(figure, measure),
        "added_up": _added_up(provenance_id, viewer(request.user), *_key(request)),
        "labels": [figure[name] for name in LABELS if figure[name]],
        "earlier": [(one.at, evidence.in_prose(one.value, one.suppressed, measure), one.why) for one in found.earlier],
        "provenance": found.origin.provenance,
        "service": services()[str(found.origin.provenance["service"])].title,
        "parameters": sorted(found.parameters.items()),
        "inputs": inputs,
        "rows": int(found.origin.inputs["row_count"].drop_nulls().sum()),
        "more": found.origin.inputs.height - len(inputs),
        "others": found.others,
        "back": _back(request, measure.id, figure),
    }
    context["panel"] = request.GET.get("panel") == "1"
    page = "dashboards/origin_body.html" if context["panel"] else "dashboards/origin.html"
    return render(request, page, context)


def _rows_at(provenance_id: str, row: dict[str, Any], single: frozenset[str], asked: str) -> str:
    """The URL of the rows of an input for readers who may see them; '' for others."""
    if not row["open"] or not row["submission_id"]:
        return ""
    found = submission_of(row["submission_id"])
    if not found.is_published and row["submitter"] not in single:
        return ""
    name = "figures-published-rows" if found.is_published else "figures-rows"
    query = f"{asked}&{urlencode({'table': row['table']})}"
    return f"{reverse(name, args=[provenance_id, row['submission_id']])}?{query}"


def _back(request: HttpRequest, measure: str, figure: Any) -> tuple[str, str]:
    """URL and title of the page from which the reader came; otherwise those of the measure's page."""
    page = request.GET.get("from", "")
    known = page in services() or page in pages.catalogue()
    wanted = Wanted(
        page if known else measure,
        request.GET.get("place", "") or figure["geography"],
        request.GET.get("period", ""),
        request.GET.get("section", ""),
    )
    title = services()[wanted.page].title if wanted.page in services() else pages.catalogue()[wanted.page].title
    section = f"&{urlencode({'section': wanted.section})}" if wanted.section else ""
    return f"{reverse('figures-page', args=[wanted.page])}?{wanted.query}{section}", title


@require_safe
def rows(request: HttpRequest, provenance_id: str, submission_id: str) -> HttpResponse:
    """The rows of an authority's return from which a figure was calculated."""
    return _rows(request, provenance_id, submission_id)


@require_safe
def published_rows(request: HttpRequest, provenance_id: str, submission_id: str) -> HttpResponse:
    """The rows of a publisher's file from which a figure was calculated."""
    published_one(submission_id)
    return _rows(request, provenance_id, submission_id)


def _rows(request: HttpRequest, provenance_id: str, submission_id: str) -> HttpResponse:
    found = _explained(request, provenance_id)
    table = request.GET.get("table", "")
    try:
        number = max(1, int(request.GET.get("page", "1")))
    except ValueError:
        number = 1
    try:
        frame, height = workflow.rows_behind(
            find_home(), found.origin, submission_id, table, found.figure["geography"],
            offset=(number - 1) * ROWS_A_PAGE, most=ROWS_A_PAGE,
        )  # fmt: skip
    except UserError as error:
        raise Http404 from error
    query = request.GET.copy()
    query.pop("page", None)
    back = request.GET.copy()
    for name in ("page", "table"):
        back.pop(name, None)
    context = {
        "columns": frame.columns[1:],
        "rows": [(row[0] + 1, ["" if cell is None else cell for cell in row[1:]]) for row in frame.iter_rows()],
        "height": height,
        "page": Paginator(range(height), ROWS_A_PAGE).get_page(number),
        "query": query.urlencode(),
        "submission": submission_of(submission_id),
        "measure": found.measure,
        "period": evidence.period_words(found.figure["period"]),
        "back": f"{reverse('figures-origin', args=[provenance_id])}?{back.urlencode()}",
    }
    return render(request, "dashboards/rows.html", context)
