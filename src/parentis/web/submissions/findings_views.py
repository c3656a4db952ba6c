"""Findings by child: to read, filter and download. Each view is entered in the audit record."""

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parentis import workflow
from parentis.errors import NotFoundError
from parentis.returns import Checked, explain, reports
from parentis.returns.explanation import Explanation
from parentis.web.submissions import queries
from parentis.web.submissions.explanations import explanations
from parentis.web.submissions.forms import FilterForm
from parentis.web.workbooks import Table, workbook

PAGE = 50
FORMS = {
    "html": (reports.findings_html, "text/html; charset=utf-8"),
    "xlsx": (reports.findings_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (reports.findings_csv, "text/csv; charset=utf-8"),
    "json": (reports.findings_json, "application/json"),
}
SEVERITIES = {"error": "To correct", "query": "To check", "note": "For information"}


@never_cache
@require_safe
def findings(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Findings counted by rule, child or field; and the rows of the selected one."""
    found = queries.one(submission_id)
    checked = queries.findings(submission_id)
    form = FilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    table = narrowed(finding_rows(checked), wanted)
    group = wanted.get("group") or "rule"
    query = request.GET.copy()
    query.pop("page", None)
    beside = query.copy()
    for name in ("group", group):
        beside.pop(name, None)
    chosen = any(wanted.get(name) for name in ("rule", "child", "field"))
    context: dict[str, Any] = {
        "one": found,
        "form": form,
        "errors": checked.errors,
        "every": checked.findings.height,
        "problems": checked.problems,
        "group": group,
        "total": table.height,
        "groups": grouped(table, group).head(500).rows(named=True),
        "chosen": chosen,
        "explained": _explained(checked.return_id, wanted.get("rule")),
        "page": Paginator(_rows(found, table) if chosen else (), PAGE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "beside": beside.urlencode(),
        "not_run": checked.statuses.filter(pl.col("status") != "run").rows(named=True),
        "rules_run": checked.statuses.filter(pl.col("status") == "run").height,
        "severities": SEVERITIES,
        "changes": _changes(found, checked),
        "progress": _progress(found, checked),
        "behind_figures": workflow.behind_figures(checked.return_id) is not None,
        "names_workers": not checked.workers.is_empty(),
    }
    return render(request, "submissions/findings.html", context)


def _explained(return_id: str, code: str | None) -> Explanation | None:
    """The selected rule in words; None for a check that applies to every return."""
    try:
        return explain(return_id, code) if code else None
    except NotFoundError:
        return None


def finding_rows(checked: Checked) -> pl.DataFrame:
    """One row per finding: rule, severity, table, row, line, child, fields (list), found, message, figures (whether
    figures are made from one of its fields; null where it is not known)."""

    from parentis.returns.reports.as_csv import findings_table

    behind = workflow.behind_figures(checked.return_id)
    named = (
        pl.lit(None, dtype=pl.Boolean)
        if behind is None
        else (pl.col("fields").list.set_intersection(pl.lit(sorted(behind))).list.len() > 0)
    )
    return (
        findings_table(checked)
        .with_columns(checked.findings["fields"], checked.findings["row"])
        .with_columns(figures=named)
    )


def narrowed(table: pl.DataFrame, wanted: dict[str, Any]) -> pl.DataFrame:
    """The findings that match every part of the filter, in whichever case it is written."""
    for name in ("severity", "rule", "table", "child"):
        if wanted.get(name):
            table = table.filter(pl.col(name).str.to_lowercase() == wanted[name].strip().lower())
    if wanted.get("figures"):
        table = table.filter(pl.col("figures"))
    if wanted.get("field"):
        field = wanted["field"].strip().lower()
        table = table.filter(pl.col("fields").list.eval(pl.element().str.to_lowercase()).list.contains(field))
    return table


def grouped(table: pl.DataFrame, group: str) -> pl.DataFrame:
    """`key, severity, message, figures, findings, children` by rule, child or field; highest count first."""
    keyed = (
        table.explode("fields").rename({"fields": "key"}) if group == "field" else table.with_columns(key=pl.col(group))
    )
    by_rule = group == "rule"
    return (
        keyed.filter(pl.col("key").is_not_null())
        .group_by("key", maintain_order=True)
        .agg(
            severity=pl.col("severity").first() if by_rule else pl.lit(""),
            message=pl.col("message").first() if by_rule else pl.col("rule").unique().sort().str.join(", "),
            figures=pl.col("figures").any(),
            findings=pl.len(),
            children=pl.col("child").n_unique(),
        )
        .sort("findings", "key", descending=[True, False])
    )


def _rows(found: queries.SubmissionRow, table: pl.DataFrame) -> list[dict[str, Any]]:
    """The findings, each with whether somebody has explained it."""
    to_check = not table.filter(pl.col("severity") == "query").is_empty()
    given = explanations(found) if to_check else {}
    return [row | {"explained": (row["rule"], row["child"]) in given} for row in table.iter_rows(named=True)]


@dataclass(frozen=True, slots=True)
class Progress:
    """Findings since an earlier attempt: gone, still there, and new. `before` is that attempt."""

    before: queries.SubmissionRow
    gone: int
    still: int
    new: int


IDENTITY = ("rule", "table", "child", "found")
"What makes a finding of two attempts the same: the line may have moved."


def _progress(found: queries.SubmissionRow, checked: Checked) -> Progress | None:
    """What became of the findings of the previous attempt at the same return; None without one."""
    before = queries.previous(found)
    if before is None:
        return None
    try:
        earlier = queries.findings(before.id)
    except Http404:
        return None
    then, now = (finding_rows(one).filter(pl.col("severity") == "error").select(IDENTITY) for one in (earlier, checked))
    return Progress(before, *progress_between(then, now))


def progress_between(then: pl.DataFrame, now: pl.DataFrame) -> tuple[int, int, int]:
    """Findings that are gone, still there and new, from two frames of `IDENTITY`; repeated ones are counted."""
    was, is_ = (frame.group_by(IDENTITY).agg(n=pl.len()) for frame in (then, now))
    both = was.join(is_, on=IDENTITY, how="full", suffix="_now", nulls_equal=True).select(
        then=pl.col("n").fill_null(0).cast(pl.Int64), now=pl.col("n_now").fill_null(0).cast(pl.Int64)
    )
    still = int(both.select(pl.min_horizontal("then", "now").sum()).item())
    return then.height - still, still, now.height - still


def _changes(found: queries.SubmissionRow, checked: Checked) -> list[tuple[str, int, int, int]]:
    """Rules whose counts differ from the previous submission."""
    before = queries.previous(found)
    if before is None:
        return []
    try:
        earlier = queries.findings(before.id)
    except Http404:
        return []
    counts = [dict(one.statuses.select("rule", "count").iter_rows()) for one in (checked, earlier)]
    return [one for one in queries.differences(*counts) if one[3]]


@never_cache
@require_safe
def worklist(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Children with findings by worker, for the people who correct them."""
    found = queries.one(submission_id)
    rows = _worklist(submission_id)
    workers = rows.group_by("worker", maintain_order=True).agg(
        children=pl.len(), must_fix=pl.col("must_fix").sum(), to_query=pl.col("to_query").sum()
    )
    worker = request.GET.get("worker", "")
    chosen = rows.filter(pl.col("worker") == worker) if worker else rows
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "one": found,
        "workers": workers.rows(named=True),
        "worker": worker,
        "page": Paginator(chosen.rows(named=True), PAGE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
    }
    return render(request, "submissions/worklist.html", context)


@never_cache
@require_safe
def worklist_xlsx(request: HttpRequest, submission_id: str) -> HttpResponse:
    """The worklist as a workbook."""
    queries.one(submission_id)
    rows = _worklist(submission_id)
    table = Table(
        title="Worklist", headings=("Worker", "Child", "To correct", "To check", "Rules"), rows=rows.rows(),
        note="Children with findings, by their current social worker.",
    )  # fmt: skip
    response = HttpResponse(workbook("Worklist", [table]), content_type=FORMS["xlsx"][1])
    response["Content-Disposition"] = f'attachment; filename="worklist-{submission_id[:8]}.xlsx"'
    return response


def _worklist(submission_id: str) -> pl.DataFrame:
    """Raises Http404 for a return that names no workers."""
    rows = reports.worklist(queries.findings(submission_id))
    if rows is None:
        raise Http404
    return rows


@never_cache
@require_safe
def report(request: HttpRequest, submission_id: str, form: str) -> HttpResponse:
    """All findings as a file: html, xlsx, csv, json."""
    if form not in FORMS:
        raise Http404
    queries.one(submission_id)
    write, content_type = FORMS[form]
    checked = queries.findings(submission_id)
    beside = (reports.ReportContext(worklist=reports.worklist(checked)),) if form in {"html", "xlsx", "json"} else ()
    response = HttpResponse(write(checked, *beside), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="findings-{submission_id[:8]}.{form}"'
    return response
