"""The auditor's search page and its CSV."""

import csv
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis.web.audit_search.search import SearchForm, entries_for, narrowed
from parentis.web.audit_search.words import described, place_in_words, what_in_words
from parentis.web.exports import harmless

PAGE = 50
IN_WORDS = ("in_words", "authority_name")
"Columns of the file beside those of the record."
COLUMNS = (
    "sequence", "at", "who_text", "organisation", "what", "authority", "subject", "why", "detail", "address",
    "request", "hash",
)  # fmt: skip


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = narrowed(entries_for(request.user), wanted)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form, "page": page, "query": query.urlencode(), "described": [described(entry) for entry in page],
    }  # fmt: skip
    return render(request, "audit/search.html", context)


@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse:
    form = SearchForm(request.GET)
    found = narrowed(entries_for(request.user), form.cleaned_data if form.is_valid() else {})
    response = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


class _Line:
    def write(self, text: str) -> str:
        return text


def _lines(entries: Any) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow((*COLUMNS, *IN_WORDS))
    for entry in entries.iterator(chunk_size=2000):
        words = (what_in_words(entry.what), place_in_words(entry.authority))
        yield writer.writerow([harmless(one) for one in (*(getattr(entry, column) for column in COLUMNS), *words)])
