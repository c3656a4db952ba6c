"""Findings as CSV: one line each, with the rule's message and the offending values in words."""

import polars as pl

from parentis.returns.findings import Checked

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"A spreadsheet takes a cell that starts so for a formula."


def findings_table(checked: Checked) -> pl.DataFrame:
    """One row per finding: rule, severity, message, table, row, authority, child, fields, values (`DEC: 31/03/2025`).

    `line` is where a person finds the row when the table is opened in a spreadsheet with headings: row + 2.
    """
    messages = checked.statuses.unique("rule", keep="first").select("rule", "severity", "message")
    exploded = (
        checked.findings.lazy()
        .with_row_index("number")
        .filter(pl.col("values").list.len() > 0)  # a finding about a whole column has no value of one row
        .select("number", pl.col("fields"), pl.col("values"))
        .explode("fields", "values")
        .group_by("number", maintain_order=True)
        .agg(found=pl.concat_str(pl.col("fields"), pl.lit(": "), pl.col("values").fill_null("blank")).str.join("; "))
        .collect()
    )
    return (
        checked.findings.with_row_index("number")
        .join(exploded, on="number", how="left", maintain_order="left")
        .join(messages, on="rule", how="left", maintain_order="left")
        .select(
            "rule",
            "severity",
            "table",
            (pl.col("row") + 2).alias("line"),
            "authority",
            "child",
            pl.coalesce("found", pl.col("fields").list.join(", ")).alias("found"),
            "message",
        )
    )


def findings_csv(checked: Checked) -> bytes:
    """UTF-8 CSV with a BOM, so that spreadsheets read it as such; no cell can act as a formula."""
    table = findings_table(checked).with_columns(_harmless(name) for name in ("child", "found", "authority"))
    return b"\xef\xbb\xbf" + table.write_csv().encode()


def _harmless(name: str) -> pl.Expr:
    risky = pl.any_horizontal([pl.col(name).str.starts_with(sign) for sign in FORMULA])
    return pl.when(risky).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name)
