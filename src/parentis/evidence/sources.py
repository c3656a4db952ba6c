"""Where each figure of a document came from, one entry a provenance."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

ROWS_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """Rows of one submission's table."""

    submission_id: str
    submitter: str
    return_id: str
    period: str
    table: str
    files: tuple[str, ...]
    hashes: tuple[str, ...]
    "SHA-256 of each file as it was received."
    rows: str
    "`3, 17 and 40` (0-based data rows), or how many where every row of the figure's key was used."


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    provenance_id: str
    service: str
    code_version: str
    parameters: str
    seed: int | None
    inputs: tuple[Input, ...]

    @property
    def anchor(self) -> str:
        return f"p-{self.provenance_id}"


def sources(frame: pl.DataFrame, wanted: Iterable[str]) -> tuple[Source, ...]:
    """Entries for the provenances `wanted`, in that order.

    `frame` has one row a provenance and input: provenance_id, service, code_version, parameters, seed,
    submission_id, submitter, return_id, period, table, files (list), hashes (list), rows (list or null),
    row_count.
    """
    order = list(dict.fromkeys(wanted))
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in frame.filter(pl.col("provenance_id").is_in(order)).iter_rows(named=True):
        grouped.setdefault(row["provenance_id"], []).append(row)
    return tuple(_source(key, grouped[key]) for key in order if key in grouped)


def _source(key: str, rows: list[dict[str, Any]]) -> Source:
    first = rows[0]
    return Source(
        provenance_id=key,
        service=first["service"],
        code_version=first["code_version"],
        parameters=first["parameters"],
        seed=first["seed"],
        inputs=tuple(
            Input(
                submission_id=row["submission_id"],
                submitter=row["submitter"],
                return_id=row["return_id"],
                period=row["period"],
                table=row["table"],
                files=tuple(row["files"]),
                hashes=tuple(row["hashes"]),
                rows=_rows(row["rows"], row["row_count"]),
            )
            for row in sorted(
                rows, key=lambda row: (row["return_id"], row["period"], row["submitter"], row["table"])
            )
            if row["submission_id"] is not None
        ),
    )


def _rows(rows: list[int] | None, count: int) -> str:
    if rows is None:
        return f"all {count:,} rows with this figure's measure, place and period"
    shown = ", ".join(str(row) for row in sorted(rows)[:ROWS_SHOWN])
    return shown if len(rows) <= ROWS_SHOWN else f"{shown} … ({len(rows):,} rows)"
