"""Explanations of findings: given for one attempt at a return, found again for the next and for the next year's."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db import transaction
from django.http import HttpRequest

from parentis import archive
from parentis.archive import find_home
from parentis.errors import IntegrityError, NotFoundError, PeriodError
from parentis.region import parse_period
from parentis.web.audit.recorder import record
from parentis.web.submissions import queries
from parentis.web.submissions.models import Explanation
from parentis.web.submissions.queries import SubmissionRow

ABOUT = "explanation"
LETTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An explanation as a reader sees it; `period` is the year that it was given for."""

    rule: str
    child: str
    text: str
    by: str
    at: datetime
    period: str


@transaction.atomic
def explain(found: SubmissionRow, *, rule: str, child: str, text: str, by: Any, request: HttpRequest) -> None:
    """Store why a finding stands. A later explanation of the same finding takes its place. The audit record holds the
    rule, and not the child or the text."""
    sealed = archive.seal_beside(
        find_home(), found.id, json.dumps({"rule": rule, "child": child, "text": text}).encode(), ABOUT
    )
    Explanation.objects.create(submission_id=found.id, sealed=sealed, by=by)
    record(
        who=by, what="finding:explained", authority=str(found.row["submitter"] or ""), subject=found.id,
        detail={"rule": rule}, request=request,
    )  # fmt: skip


def explanations(found: SubmissionRow) -> dict[tuple[str, str], Explained]:
    """The latest explanation of each finding, by `(rule, child)`: of this attempt, of earlier ones at the same year's
    return, and of those at the return of the year before."""
    rows = {one.id: one for one in _carried_from(found)}
    kept: dict[tuple[str, str], Explained] = {}
    given = Explanation.objects.filter(submission_id__in=rows).select_related("by").order_by("at")
    for one in sorted(given, key=lambda each: (rows[each.submission_id].period or "", each.at)):
        said = _opened(one)
        if said is not None:
            period = str(rows[one.submission_id].period or "")
            kept[said["rule"], said["child"]] = Explained(**said, by=one.by.name, at=one.at, period=period)
    return kept


def _opened(one: Explanation) -> dict[str, str] | None:
    try:
        opened: dict[str, str] = json.loads(
            archive.open_beside(find_home(), one.submission_id, bytes(one.sealed), ABOUT)
        )
    except (NotFoundError, IntegrityError):  # its submission was erased, or it was moved to another one
        return None
    return opened


def _carried_from(found: SubmissionRow) -> Iterable[SubmissionRow]:
    periods = [found.row["period"]]
    with suppress(PeriodError):  # a return of no single year has none before it
        periods.append(parse_period(found.row["period"] or "").previous.label)
    same = queries.of_authorities([found.row["submitter"]]).filter(
        pl.col("return_id") == found.row["return_id"],
        pl.col("part").eq_missing(pl.lit(found.row["part"], pl.String)),
        pl.col("period").is_in(periods),
        pl.col("status") != "erased",
        pl.col("received_at") <= found.row["received_at"],
    )
    return (SubmissionRow(row) for row in same.iter_rows(named=True))
