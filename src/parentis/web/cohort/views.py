"""Pages of the cohort: its definition, and its parts, each with a table to download."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from parentis.web.cohort import parts
from parentis.web.cohort.held import frame, reader_of
from parentis.web.cohort.sheets import csv_of
from parentis.web.cohort.written import versions_written
from parentis.web.people.authorisation import authorities_for, holds


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """How many are in the cohort by the newest version, and the ways on."""
    reader = reader_of(request)
    counts, which = frame("counts"), parts.chosen(request.GET.dict())
    found = None
    if counts is not None and which is not None:
        rows = counts.rows_by_key(("definition", "version", "day", "geography"), named=True, unique=True)
        found = rows.get((*which, reader.place))
    notes = frame("notes")
    context = {
        "reader": reader,
        "which": which,
        "found": found,
        "parts": [(key, title) for key, (title, _) in parts.PARTS.items()],
        "notes": notes["note"].to_list() if notes is not None and notes.height else [],
        "may_evaluate": holds(request.user, "cohort.evaluation"),
        "children_of": sorted(authorities_for(request.user, "cohort.child")),
        "may_assess": holds(request.user, "cohort.assessments"),
        "written": [one for one in versions_written() if one.state == one.State.PROPOSED],
    }
    return render(request, "cohort/start.html", context)


@require_safe
def part(request: HttpRequest, part: str) -> HttpResponse:
    """One part: its tables and pictures, for a version and a day."""
    if part not in parts.PARTS:
        raise Http404
    reader, asked = reader_of(request), request.GET.dict()
    title, sheets = parts.PARTS[part]
    context = {
        "reader": reader,
        "part": part,
        "title": title,
        "which": parts.chosen(asked),
        "versions": parts.versions(),
        "days": parts.days(),
        "sheets": [one(reader, asked) for one in sheets],
        "parts": [(key, name) for key, (name, _) in parts.PARTS.items()],
        "nothing": parts.NONE_HELD,
    }
    return render(request, "cohort/part.html", context)


@require_safe
def part_csv(request: HttpRequest, sheet: str) -> HttpResponse:
    """The table of a sheet as a file."""
    made = {one.__name__: one for _, sheets in parts.PARTS.values() for one in sheets}
    if sheet not in made:
        raise Http404
    return csv_of(made[sheet](reader_of(request), request.GET.dict()))
