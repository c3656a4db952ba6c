"""The claim as a file, for the children's authority. Every download is entered in the audit record."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parentis import region, workflow
from parentis.archive import find_home
from parentis.errors import UserError
from parentis.services import uasc
from parentis.web.error_messages import next_step
from parentis.web.exports import harmless
from parentis.web.workbooks import Table, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = ("csv", "xlsx")


@never_cache
@require_safe
def download(request: HttpRequest, gss: str, period: str, form: str) -> HttpResponse:
    """One line for nights in a row of one person; the workbook has every night, and who is left out, beside them.

    Made at each download from the authority's submissions, with its own child numbers and the Home Office's
    references."""
    if form not in FORMS:
        raise Http404
    try:
        own = workflow.identified(find_home(), uasc.LEDGER_NEEDS, gss)
        with workflow.submitted_references(find_home()):
            made = uasc.claim(own, gss, period)
    except UserError as error:
        messages.warning(request, next_step(error))
        return redirect("uasc")
    name = f"{'draft-' if made.draft else ''}claim-{region.authority(gss).dfe}-{made.period}.{form}"
    body = _csv(made) if form == "csv" else _xlsx(made)
    answer = HttpResponse(body, content_type=XLSX if form == "xlsx" else "text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


def _csv(made: Any) -> bytes:
    import polars as pl

    text = [name for name, kind in made.said.schema.items() if kind == pl.String]
    safe = made.said.with_columns(pl.col(text).map_elements(harmless, return_dtype=pl.String))
    return b"\xef\xbb\xbf" + safe.write_csv().encode()


def _xlsx(made: Any) -> bytes:
    name = region.authority(made.authority).name
    rests = f"Based on: {made.instructions}." if made.instructions else ""
    note = f"{made.draft} {made.period}, {made.band} band. {rests} Total £{made.total:,.2f}.".strip()
    tables = [
        Table(title="Claim", headings=tuple(made.lines.columns), rows=_rows(made.lines), note=note),
        Table(title="Nights", headings=tuple(made.nights.columns), rows=_rows(made.nights),
              note="Every night of every child; they add up to the lines of the claim."),
        Table(title="Excluded", headings=tuple(made.left_out.columns), rows=_rows(made.left_out),
              note="Nights and days of support that are not claimed, and why."),
    ]  # fmt: skip
    return workbook(f"Claim of {name} for unaccompanied children", tables)


def _rows(frame: Any) -> list[tuple[Any, ...]]:
    import polars as pl

    decimals = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Decimal)]
    plain = frame.with_columns(pl.col(decimals).cast(pl.Float64))
    enums = [name for name, kind in plain.schema.items() if isinstance(kind, pl.Enum)]
    return list(plain.with_columns(pl.col(enums).cast(pl.String)).iter_rows())
