"""The sources of a document's figures: one entry per provenance and one per submission."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

ROWS_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One submission and its files."""

    number: int
    "From 1, in the order of return, period and submitter."
    submission_id: str
    submitter: str
    return_id: str
    period: str
    files: tuple[tuple[str, str], ...]
    "Name and SHA-256 of each file as it was received, where the reader may see them."

    @property
    def anchor(self) -> str:
        return f"s{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """The same row numbers of one table, from several submissions."""

    table: str
    rows: str
    "`3, 17 and 40` (0-based data rows), or how many where every row of the figure's key was used."
    submissions: tuple[Submission, ...]

    def by_period(self) -> Mapping[str, list[Submission]]:
        found: dict[str, list[Submission]] = {}
        for one in self.submissions:
            found.setdefault(one.period, []).append(one)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    provenance_id: str
    service: str
    code_version: str
    parameters: str
    seed: int | None
    used: tuple[Used, ...]

    @property
    def anchor(self) -> str:
        return f"p-{self.provenance_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Every entry of a document, and the submissions that the entries name."""

    entries: tuple[Source, ...]
    submissions: tuple[Submission, ...]


def origins(frame: pl.DataFrame, wanted: Iterable[str], names: Mapping[str, str]) -> Origins:
    """Entries for the provenances `wanted`, in that order.

    `frame` has one row per provenance and input: provenance_id, service, code_version, parameters, seed,
    submission_id, submitter, return_id, period, table, files (list), hashes (list), rows (list or null),
    row_count; values that the reader may not see are null. `names` gives the names of submitters that are authorities.
    """
    order = list(dict.fromkeys(wanted))
    rows = frame.filter(pl.col("provenance_id").is_in(order)).to_dicts()
    submissions = _submissions(rows, names)
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row["provenance_id"], []).append(row)
    return Origins(
        entries=tuple(_source(key, grouped[key], submissions) for key in order if key in grouped),
        submissions=tuple(submissions.values()),
    )


def _submissions(rows: Iterable[dict[str, Any]], names: Mapping[str, str]) -> dict[str, Submission]:
    sent = {row["submission_id"]: row for row in rows if row["submission_id"] is not None}
    order = sorted(
        sent.values(), key=lambda row: (row["return_id"], row["period"], row["submitter"], row["submission_id"])
    )
    return {
        row["submission_id"]: Submission(
            number=number,
            submission_id=row["submission_id"],
            submitter=names.get(row["submitter"], row["submitter"]),
            return_id=row["return_id"],
            period=row["period"],
            files=tuple(zip(row["files"] or (), row["hashes"] or (), strict=True)),
        )
        for number, row in enumerate(order, start=1)
    }


def _source(key: str, rows: list[dict[str, Any]], submissions: Mapping[str, Submission]) -> Source:
    first = rows[0]
    used: dict[tuple[str, str], list[Submission]] = {}
    for row in rows:
        if row["submission_id"] is not None:
            what = (row["table"], _rows(row["rows"], row["row_count"]))
            used.setdefault(what, []).append(submissions[row["submission_id"]])
    return Source(
        provenance_id=key,
        service=first["service"],
        code_version=first["code_version"],
        parameters=first["parameters"],
        seed=first["seed"],
        used=tuple(
            Used(table=table, rows=which, submissions=tuple(sorted(who, key=lambda one: one.number)))
            for (table, which), who in sorted(used.items())
        ),
    )


def _rows(rows: list[int] | None, count: int | None) -> str:
    if count is None:
        return "rows that are the authority's own"
    if rows is None:
        return f"all {count:,} rows with this figure's measure, place and period"
    shown = ", ".join(str(row) for row in sorted(rows)[:ROWS_SHOWN])
    return f"rows {shown}" if len(rows) <= ROWS_SHOWN else f"rows {shown} … ({len(rows):,} rows)"
