"""Findings counted: by rule, by child, by field."""

import polars as pl

from parentis.returns.findings import Checked


def by_rule(checked: Checked) -> pl.DataFrame:
    """Every rule with its count; broken rules first, then those not run, then those without findings."""
    place = pl.when(pl.col("count") > 0).then(0).when(pl.col("status") != "run").then(1).otherwise(2)
    return checked.statuses.sort(place, pl.col("count").cast(pl.Int64) * -1, maintain_order=True).select(
        "rule", "severity", "status", "count", "message", "reason"
    )


def by_child(checked: Checked) -> pl.DataFrame:
    """Children with findings: the count and the rules, highest count first."""
    return (
        checked.findings.group_by("authority", "child")
        .agg(findings=pl.len(), rules=pl.col("rule").unique().sort().str.join(", "))
        .sort("findings", "child", descending=[True, False])
    )


def by_field(checked: Checked) -> pl.DataFrame:
    """Table and field, with the number of findings that name it."""
    return (
        checked.findings.select("table", field=pl.col("fields"))
        .explode("field")
        .group_by("table", "field")
        .agg(findings=pl.len())
        .sort("findings", "table", "field", descending=[True, False, False])
    )
