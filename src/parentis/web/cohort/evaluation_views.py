"""How well early identification does: the page of its judgement, for authorities that have it on and for the region."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis.web.cohort import evaluation
from parentis.web.cohort.held import reader_of
from parentis.web.cohort.identification import assessment_of
from parentis.web.cohort.sheets import csv_of


def _is_off(own: str) -> bool:
    """Whether the reader's authority has not switched it on; the region reads what holds no child."""
    return bool(own) and assessment_of(own) is None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The headline first, then what it rests on."""
    reader = reader_of(request, "cohort.evaluation")
    off = _is_off(reader.own)
    context = {
        "reader": reader,
        "off": off,
        "headline": None if off else evaluation.headline(),
        "sheets": [] if off else [sheet(reader) for sheet in evaluation.SHEETS.values()],
        "facts": [] if off else evaluation.facts(),
        "notes": [] if off else evaluation.notes(),
    }
    return render(request, "cohort/evaluation.html", context)


@require_safe
def sheet_csv(request: HttpRequest, sheet: str) -> HttpResponse:
    """The table of a sheet as a file."""
    reader = reader_of(request, "cohort.evaluation")
    if sheet not in evaluation.SHEETS or _is_off(reader.own):
        raise Http404
    return csv_of(evaluation.SHEETS[sheet](reader))
