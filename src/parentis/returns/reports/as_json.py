"""Findings as JSON: `{"return", "collection_year", "files", "problems", "rules": {code: …}, "findings": [ … ]}`."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from io import BytesIO
from typing import Any

import polars as pl

from parentis.returns.findings import Checked
from parentis.returns.reports.context import GONE, NEW, UNCHANGED, ReportContext

ROWS = 50_000
"Findings written at a time, so that those of a very poor return are never all in memory as text."


def findings_json(checked: Checked, beside: ReportContext | None = None) -> bytes:
    """UTF-8 JSON, one finding per line.

    `files`: what each was recognised as, its rows and how many of them are in the tables (null where its form has no
    rows). `problems`: the problems on reading, with the message for people and the rows not used. `row` is the
    0-based data row of the submitted table, null when the finding is about something absent; `values` are in the
    order of `fields`, as they were written, null where blank. `authority` is present only when several were checked.
    `beside` adds `changes` (how many of each, and those new and gone), `worklist` and `years`, each if available.
    """
    return b"".join(findings_json_parts(checked, beside))


def findings_json_parts(checked: Checked, beside: ReportContext | None = None) -> Iterator[bytes]:
    """`findings_json` piece by piece."""
    head = {
        "return": checked.return_id,
        "collection_year": checked.period,
        "files": [
            {"file": one.file, "table": one.table, "because": one.because, "rows": one.rows, "kept": one.kept}
            for one in checked.taken
        ],
        "problems": [asdict(one) | {"sentence": one.sentence} for one in checked.problems],
        "rules": {
            code: {"status": status, "reason": reason, "count": count}
            for code, status, reason, count in checked.statuses.select("rule", "status", "reason", "count").iter_rows()
        },
    } | _beside(beside or ReportContext())
    yield json.dumps(head, ensure_ascii=False)[:-1].encode()
    yield b', "findings": [\n'
    yield from _lines(checked.findings)
    yield b"]}\n"


def _beside(beside: ReportContext) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if beside.changes is not None:
        counts = {kind: beside.changes.filter(pl.col("change") == kind).height for kind in (NEW, GONE, UNCHANGED)}
        told["changes"] = counts | {"findings": beside.changes.filter(pl.col("change") != UNCHANGED).to_dicts()}
    if beside.worklist is not None:
        told["worklist"] = beside.worklist.to_dicts()
    if beside.years is not None:
        told["years"] = beside.years.drop("message").to_dicts()
    return told


def _lines(findings: pl.DataFrame) -> Iterator[bytes]:
    one = findings["authority"].null_count() == findings.height
    written = findings.drop("authority") if one else findings
    for at in range(0, findings.height, ROWS):
        buffer = BytesIO()
        written.slice(at, ROWS).write_ndjson(buffer)
        # a line break inside a value is written \n, so every real one ends a finding
        yield buffer.getvalue().rstrip(b"\n").replace(b"\n", b",\n")
        yield b",\n" if at + ROWS < findings.height else b"\n"
