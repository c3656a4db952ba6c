"""Findings as CSV: one line each, with the rule's message and the offending values in words."""

from dataclasses import replace

import polars as pl

from parentis.returns.findings import Checked
from parentis.returns.reports.located import located

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"A spreadsheet treats a cell that starts with one of these as a formula."


def findings_table(checked: Checked) -> pl.DataFrame:
    """One row per finding: rule, severity, message, table, row, authority, child, fields, values (`DEC: 31/03/2025`).

    `line` is the row's number when the file is opened in a spreadsheet.
    """
    messages = checked.statuses.unique("rule", keep="first").select("rule", "severity", "message")
    exploded = (
        checked.findings.lazy()
        .with_row_index("number")
        .filter(pl.col("values").list.len() > 0)  # a finding about a whole column has no value for a row
        .select("number", pl.col("fields"), pl.col("values"))
        .explode("fields", "values")
        .group_by("number", maintain_order=True)
        .agg(found=pl.concat_str(pl.col("fields"), pl.lit(": "), pl.col("values").fill_null("blank")).str.join("; "))
        .collect()
    )
    return (
        located(checked.findings, checked.taken)
        .with_row_index("number")
        .join(exploded, on="number", how="left", maintain_order="left")
        .join(messages, on="rule", how="left", maintain_order="left")
        .select(
            "rule",
            "severity",
            "table",
            "line",
            "authority",
            "child",
            pl.coalesce("found", pl.col("fields").list.join(", ")).alias("found"),
            "message",
        )
    )


def rows_of(checked: Checked, rule: str) -> pl.DataFrame:
    """The rows that break one rule: table, file, line, child, found (`DEC: 31/03/2025; REC: blank`)."""
    own = checked.findings.filter(pl.col("rule") == rule)
    files = located(own, checked.taken)["file"]
    return findings_table(replace(checked, findings=own)).select("table", files, "line", "child", "found")


def findings_csv(checked: Checked) -> bytes:
    """UTF-8 CSV with a BOM, so that spreadsheets recognise the encoding; no cell can act as a formula."""
    table = findings_table(checked).with_columns(_harmless(name) for name in ("child", "found", "authority"))
    return b"\xef\xbb\xbf" + table.write_csv().encode()


def _harmless(name: str) -> pl.Expr:
    risky = pl.any_horizontal([pl.col(name).str.starts_with(sign) for sign in FORMULA])
    return pl.when(risky).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name)
