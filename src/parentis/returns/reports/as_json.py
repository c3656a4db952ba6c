"""Findings as JSON: `{"return", "collection_year", "rules": {code: …}, "findings": [ … ]}`."""

import json
from io import BytesIO

import polars as pl

from parentis.returns.findings import Checked


def findings_json(checked: Checked) -> bytes:
    """UTF-8 JSON, one finding a line.

    `row` is the 0-based data row of the submitted table, null when the finding is about something that is not there;
    `values` stand in the order of `fields`, as they were written, null where blank. `authority` is there only when
    several were checked.
    """
    head = {
        "return": checked.return_id,
        "collection_year": checked.period,
        "rules": {
            code: {"status": status, "reason": reason, "count": count}
            for code, status, reason, count in checked.statuses.select("rule", "status", "reason", "count").iter_rows()
        },
    }
    text = json.dumps(head, ensure_ascii=False)[:-1]
    return b"".join([text.encode(), b', "findings": [\n', _lines(checked.findings), b"]}\n"])


def _lines(findings: pl.DataFrame) -> bytes:
    if findings.is_empty():
        return b""
    one = findings["authority"].null_count() == findings.height
    buffer = BytesIO()
    (findings.drop("authority") if one else findings).write_ndjson(buffer)
    # a line break inside a value is written \n, so every real one ends a finding
    return buffer.getvalue().rstrip(b"\n").replace(b"\n", b",\n") + b"\n"
