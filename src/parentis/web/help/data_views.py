"""All figures that the reader may see, of one service or of all, as one file with its dictionary."""

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from parentis import workflow
from parentis.archive import Home
from parentis.evidence.formats import SHORTHAND
from parentis.figures import Viewer
from parentis.services import services
from parentis.web.cache import VersionedCache, shown_mark
from parentis.web.dashboards.pages import catalogue
from parentis.web.exports import harmless
from parentis.web.people.authorisation import viewer
from parentis.web.workbooks import Table, workbook

ALL = "all"
FORMS = {
    "csv": "application/zip",
    "parquet": "application/zip",
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
MOST_IN_A_WORKBOOK = 60_000
"Rows: more take longer to write than somebody should wait; a spreadsheet of so many is no help either."
COLUMNS = {
    "measure": "Id of the measure", "title": "What is measured", "geography": "ONS code, or id of a footprint",
    "geography_name": "Its name", "breakdown": "Part of the whole; empty for the whole",
    "period_start": "First day", "period_end": "Last day", "period": "The period's label",
    "value": "The value, in `unit`; empty where it is missing or suppressed", "low": "Lower end of its interval",
    "high": "Upper end of its interval", "level": "Chance that the interval holds it", "unit": "Unit",
    "n": "Denominator, or number of returns", "numerator": "How many it is so of", "denominator": "Of how many",
    "suppressed": "; ".join(f"{letter}: {meaning}" for letter, meaning in SHORTHAND.items()),
    "scenario": "Empty for what was observed", "audience": "Who may see it",
    "authority_set": "Which authorities are in it", "gross_net": "Gross or net of income",
    "cumulative": "In-year or cumulative", "netted": "Whether underspends are netted off", "method": "The basis",
    "provisional": "True while a return behind it is not fully signed", "provenance_id": "Key of its origin here",
}  # fmt: skip


def _seen(home: Home, service: str, reader: Viewer) -> pl.DataFrame:
    known = workflow.catalogue(home)
    prefix = {one.id for one in known if service in {ALL, one.id.split(".")[0]}}
    found = workflow.figures(home, viewer=reader).filter(pl.col("measure").is_in(list(prefix)))
    return found.select([name for name in COLUMNS if name in found.columns])


_figures: VersionedCache[pl.DataFrame] = VersionedCache(_seen, mark=shown_mark, most=12)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The files there are for the reader, and how many figures each holds."""
    counts = dict(
        _figures(ALL, viewer(request.user)).group_by(pl.col("measure").str.split(".").list.first()).len().iter_rows()
    )
    held = [(one.id, one.title, counts[one.id]) for one in services().values() if counts.get(one.id)]
    files = [(ALL, "All services", sum(counts.values())), *held] if held else []
    rows = [(one, title, count, count <= MOST_IN_A_WORKBOOK) for one, title, count in files]
    return render(request, "help/data.html", {"files": rows, "columns": COLUMNS.items()})


@require_safe
def download(request: HttpRequest, service: str, form: str) -> HttpResponse:
    """The figures of a service, or of all, that the reader may see now."""
    if form not in FORMS or (service != ALL and service not in services()):
        raise Http404
    found = _figures(service, viewer(request.user))
    if form == "xlsx" and found.height > MOST_IN_A_WORKBOOK:
        raise Http404
    data = _workbook(found) if form == "xlsx" else _zipped(found, form)
    response = HttpResponse(data, content_type=FORMS[form])
    name = f"figures-{service}.xlsx" if form == "xlsx" else f"figures-{service}-{form}.zip"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _dictionary(found: pl.DataFrame) -> Iterator[tuple[str, ...]]:
    known = {one.id: one for one in catalogue()}
    for measure in found["measure"].unique().sort():
        one = known[measure]
        yield one.id, one.title, one.unit, one.definition, one.source


_HEADINGS = ("measure", "title", "unit", "definition", "source")


def _zipped(found: pl.DataFrame, form: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        data = io.BytesIO()
        if form == "csv":
            text = [name for name, dtype in found.schema.items() if dtype == pl.String]
            found.with_columns(_harmless(name) for name in text).write_csv(data)
        else:
            found.write_parquet(data)
        packed.writestr(f"figures.{form}", data.getvalue())
        packed.writestr("measures.csv", _csv(_HEADINGS, _dictionary(found)))
        packed.writestr("columns.csv", _csv(("column", "meaning"), COLUMNS.items()))
    return out.getvalue()


def _harmless(name: str) -> pl.Expr:
    """As `exports.harmless`, of a whole column."""
    starts = pl.col(name).str.contains(r"^[=+\-@\t\r]")
    return pl.when(starts).then(pl.lit("'") + pl.col(name)).otherwise(name).alias(name)


def _csv(headings: tuple[str, ...], rows: Any) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _workbook(found: pl.DataFrame) -> bytes:
    return workbook(
        "Figures",
        [
            Table(title="Figures", headings=tuple(found.columns), rows=found.rows()),
            Table(title="Measures", headings=_HEADINGS, rows=list(_dictionary(found))),
            Table(title="Columns", headings=("column", "meaning"), rows=list(COLUMNS.items())),
        ],
    )
