"""Findings as one accessible HTML page, without script."""

from typing import Any

import polars as pl

from parentis.returns.findings import Checked
from parentis.returns.reports.as_csv import findings_table
from parentis.returns.reports.context import GONE, NEW, UNCHANGED, ReportContext
from parentis.returns.reports.summaries import by_child, by_field, by_rule

SHOWN = 200
"The most findings listed under each rule; the workbook and the CSV have all."


def findings_html(checked: Checked, beside: ReportContext | None = None) -> bytes:
    """UTF-8 HTML: counts, each broken rule with its rows, children and fields, and the rules not run with the
    reason."""
    import jinja2  # imported only when a page is made: the import is slow

    page = jinja2.Environment(
        loader=jinja2.PackageLoader("parentis.returns.reports"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    ).get_template("findings.html")
    rules = by_rule(checked)
    listed = findings_table(checked).group_by("rule", maintain_order=True).head(SHOWN)
    rows = {str(rule): part.rows(named=True) for (rule,), part in listed.group_by("rule", maintain_order=True)}
    return page.render(
        checked=checked,
        broken=rules.filter(pl.col("count") > 0).rows(named=True),
        not_run=rules.filter(pl.col("status") != "run").rows(named=True),
        unbroken=rules.filter((pl.col("status") == "run") & (pl.col("count") == 0)).height,
        rows=rows,
        shown=SHOWN,
        children=by_child(checked).head(SHOWN).rows(named=True),
        children_count=by_child(checked).height,
        fields=by_field(checked).rows(named=True),
        **_more(beside or ReportContext()),
    ).encode()


def _more(beside: ReportContext) -> dict[str, Any]:
    """The further parts of the page: None for those that are absent."""
    told: dict[str, Any] = {"changes": None, "workers": None, "years": None, "periods": []}
    if beside.changes is not None:
        order = ("change", "rule")
        counts = beside.changes.group_by(order, maintain_order=True).agg(findings=pl.len())
        total = {kind: beside.changes.filter(pl.col("change") == kind).height for kind in (NEW, GONE, UNCHANGED)}
        told["changes"] = {"counts": counts.filter(pl.col("change") != UNCHANGED).rows(named=True), "total": total}
    if beside.worklist is not None:
        told["workers"] = beside.worklist.head(SHOWN).rows(named=True)
    if beside.years is not None:
        told["years"] = beside.years.rows(named=True)
        told["periods"] = [name for name in beside.years.columns if name not in {"rule", "change", "message"}]
    return told
