"""One child's record in a return beside its findings, which can be explained. Each view is entered in the audit
record."""

from typing import Any

import polars as pl
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parentis import workflow
from parentis.archive import find_home
from parentis.errors import NotFoundError
from parentis.web.submissions import queries
from parentis.web.submissions.explanations import LETTERS, explain, explanations
from parentis.web.submissions.findings_views import SEVERITIES, finding_rows


class ExplanationForm(forms.Form):
    """Why a finding to check stands."""

    rule = forms.CharField(widget=forms.HiddenInput, max_length=60)
    child = forms.CharField(widget=forms.HiddenInput, max_length=200)
    text = forms.CharField(
        label="Why this is right as it is", max_length=LETTERS, widget=forms.Textarea(attrs={"rows": 2})
    )


@never_cache
@require_safe
def child(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Every row about one child, with the findings of each row."""
    found, name = queries.one(submission_id), request.GET.get("child", "").strip()
    try:
        tables = workflow.child_record(find_home(), submission_id, name) if name else ()
    except NotFoundError as error:
        raise Http404 from error
    own = finding_rows(queries.findings(submission_id)).filter(pl.col("child") == name)
    if not tables and own.is_empty():
        raise Http404
    context = {
        "one": found,
        "child": name,
        "tables": [_shown(one, own) for one in tables],
        "findings": _findings(own, explanations(found), name),
        "severities": SEVERITIES,
        "letters": LETTERS,
    }
    return render(request, "submissions/child.html", context)


def _shown(of: workflow.ChildRows, own: pl.DataFrame) -> dict[str, Any]:
    """A table's rows, each with the rules that it breaks and whether each cell is one that they name."""
    columns = [name for name in of.rows.columns if name not in ("row", "line")]
    rows = []
    for row in of.rows.iter_rows(named=True):
        here = own.filter(pl.col("table") == of.table, pl.col("row") == row["row"])
        named = {field for fields in here["fields"].to_list() for field in fields or ()}
        rows.append(
            {
                "line": row["line"],
                "cells": [(row[name], name in named) for name in columns],
                "rules": here["rule"].unique(maintain_order=True).to_list(),
            }
        )
    return {"table": of.table, "columns": columns, "rows": rows, "empty": ", ".join(of.empty)}


def _findings(own: pl.DataFrame, given: dict[tuple[str, str], Any], child: str) -> list[dict[str, Any]]:
    """The child's findings by rule, with the explanation that there is, the form for one where it is to be checked."""
    rows = []
    for row in own.unique("rule", keep="first", maintain_order=True).iter_rows(named=True):
        rule = str(row["rule"])
        form = ExplanationForm(initial={"rule": rule, "child": child}, auto_id=f"explain-{rule}-%s")
        rows.append(row | {"explained": given.get((rule, child)), "form": form if row["severity"] == "query" else None})
    return rows


@never_cache
@require_POST
def explained(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Store an explanation of one finding to check."""
    found, form = queries.one(submission_id), ExplanationForm(request.POST)
    if not form.is_valid():
        messages.warning(request, f"Not saved: write why it is right, in at most {LETTERS} letters.")
        return redirect(_address(found.id, str(form.data.get("child", ""))))
    rule, name = form.cleaned_data["rule"], form.cleaned_data["child"]
    here = finding_rows(queries.findings(submission_id)).filter(
        pl.col("rule") == rule, pl.col("child") == name, pl.col("severity") == "query"
    )
    if here.is_empty():
        raise Http404
    explain(found, rule=rule, child=name, text=form.cleaned_data["text"], by=request.user, request=request)
    messages.success(request, "Explanation saved. It is shown again with next year's return.")
    return redirect(_address(found.id, name))


def _address(submission_id: str, child: str) -> str:
    query = QueryDict(mutable=True)
    query["child"] = child
    return f"{reverse('submissions-child', args=[submission_id])}?{query.urlencode()}"
