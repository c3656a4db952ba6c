"""Promises: each with its checks, and all of them on one page."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from parentis import evidence
from parentis.errors import IntegrityError
from parentis.services.prevention.entry_counts import later
from parentis.services.prevention.promises import CHECKS, VERDICTS, Check, Verdict, calibration
from parentis.web.cases.models import Case, Record
from parentis.web.page_parts import Column, Page, Picture, Table
from parentis.web.people.authorisation import authorities_for
from parentis.web.prevention.case_types import PROMISE
from parentis.web.prevention.models import PromiseCheck
from parentis.web.prevention.page_views import as_csv, as_svg, shown
from parentis.web.prevention.promises import checked, prediction, recorded

MOST_DRAWN = 40


def case_context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """For a promise's own page: the band of each check, what was recorded, and what the returns say now."""
    try:
        promise, problem = prediction(case), ""
    except IntegrityError:
        return {"broken": "The prediction is not what was frozen: its hash differs. Its checks are not shown."}
    held = {one.months: one for one in PromiseCheck.objects.filter(case=case)}
    rows = []
    for months in CHECKS:
        band = promise.band(months)
        if band is None:
            continue
        stored = held.get(months)
        found = recorded([stored])[0] if stored else checked(promise, months)
        rows.append({
            "months": months, "band": band, "recorded": stored, "check": found,
            "verdict": VERDICTS[found.verdict] if found else "",
            "measured": found is not None and not math.isnan(found.avoided),
        })  # fmt: skip
    return {"checks": rows, "problem": problem, "promise": promise}


def page(person: Any) -> Page:
    """How the region's promises have come true. Every promise's checks count; rows name those that the reader may
    read."""
    records = {one.case_id: one for one in Record.objects.filter(case__kind=PROMISE).select_related("case")}
    stored = list(PromiseCheck.objects.filter(case_id__in=records).order_by("at", "pk"))
    own = authorities_for(person, "prevention.promises")
    together = calibration(recorded(stored))
    rows = [
        _row(records[one.case_id], one, check)
        for one, check in zip(stored, recorded(stored), strict=True)
        if records[one.case_id].case.place in own
    ]
    starts = {number: date.fromisoformat(str(one.values["started_on"])[:10]) for number, one in records.items()}
    yearly = _over_time(stored, starts)
    return Page(
        title="Promises",
        lead=(together.sentence,),
        pictures=(
            (Picture(name="promised", title="Entries avoided, as a part of those promised, with 95 % intervals",
                     table="checks", draw=lambda: _drawn(rows)),) if _drawable(rows) else ()
        ),
        tables=(
            Table(
                name="checks", title="Checks", rows=pl.DataFrame(rows, schema=_ROWS),
                columns=(
                    Column("Promise", "title"), Column("Place", "place"), Column("Months", "months", "count"),
                    Column("Promised entries avoided (95 %)", "promised", "count", "promised_low", "promised_high"),
                    Column("Measured (95 %)", "avoided", "count", "low", "high"),
                    Column("Before and after alone", "naive", "count"), Column("Verdict", "verdict"),
                ),
                note="Measured entries avoided are corrected for regression to the mean and for what neighbours’ "
                "entries did. The plain comparison with the years before is shown, and never used.",
            ),
            Table(
                name="calibration", title="Over time, every promise of the region up to each year",
                rows=pl.DataFrame(yearly, schema=_YEARS),
                columns=(
                    Column("Checks due up to", "year"), Column("Checks", "checks", "count"),
                    Column("Measured", "measured", "count"), Column("Within", "within", "count"),
                    Column("Below", "below", "count"), Column("Above", "above", "count"),
                    Column("Share within (95 %)", "share", "ratio", "share_low", "share_high"),
                    Column("Avoided, of those promised (95 %)", "part", "ratio", "part_low", "part_high"),
                ),
            ),
        ),
        nothing="" if stored else "No promise has come to a check yet.",
    )  # fmt: skip


_ROWS = {
    "title": pl.String, "place": pl.String, "months": pl.Int64, "promised": pl.Float64, "promised_low": pl.Float64,
    "promised_high": pl.Float64, "avoided": pl.Float64, "low": pl.Float64, "high": pl.Float64, "naive": pl.Float64,
    "verdict": pl.String, "why": pl.String,
}  # fmt: skip
_YEARS = {
    "year": pl.String, "checks": pl.Int64, "measured": pl.Int64, "within": pl.Int64, "below": pl.Int64,
    "above": pl.Int64, "share": pl.Float64, "share_low": pl.Float64, "share_high": pl.Float64, "part": pl.Float64,
    "part_low": pl.Float64, "part_high": pl.Float64,
}  # fmt: skip


def _row(record: Record, stored: PromiseCheck, found: Check) -> dict[str, Any]:
    values: Mapping[str, Any] = record.values
    return {
        "title": f"{values['reference']}: {values['title']}", "place": record.case.place_name, "months": stored.months,
        "promised": found.promised.entries, "promised_low": found.promised.entries_low,
        "promised_high": found.promised.entries_high, "avoided": _known(found.avoided), "low": _known(found.low),
        "high": _known(found.high), "naive": _known(found.before_and_after), "verdict": VERDICTS[found.verdict],
        "why": found.why,
    }  # fmt: skip


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _over_time(stored: list[PromiseCheck], starts: Mapping[int, date]) -> list[dict[str, Any]]:
    """The calibration of every check that fell due up to the end of each year."""
    due = [(later(starts[one.case_id], one.months).year, one) for one in stored]
    rows = []
    for year in sorted({year for year, _ in due}):
        found = calibration(recorded([one for of, one in due if of <= year]))
        rows.append({
            "year": str(year), "checks": found.checks, "measured": found.measured, "within": found.within,
            "below": found.below, "above": found.above, "share": _known(found.share), "share_low": found.low,
            "share_high": found.high, "part": _known(found.part), "part_low": _known(found.low_part),
            "part_high": _known(found.high_part),
        })  # fmt: skip
    return rows


def _drawable(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in rows if one["avoided"] is not None and one["promised"]][-MOST_DRAWN:]


def _drawn(rows: list[dict[str, Any]]) -> str:
    drawn = [
        {
            "name": f"\u00a0\u00a0{str(one['title']).partition(':')[0]}, {one['months']} months",
            "own": one["verdict"] == VERDICTS[Verdict.WITHIN],
            "low": one["low"] / one["promised"], "value": one["avoided"] / one["promised"],
            "high": one["high"] / one["promised"],
        }
        for one in _drawable(rows)
    ]  # fmt: skip
    return evidence.interval_chart(pl.DataFrame(drawn), "Part of what was promised", reference=1.0)


@require_safe
def promises(request: HttpRequest) -> HttpResponse:
    """Every check of the region's promises, scored together."""
    return shown(
        request, page(request.user), "prevention/promises.html", tab="prevention-promises",
        table=lambda name: reverse("prevention-promises-csv", args=[name]),
        picture=lambda name: reverse("prevention-promises-picture", args=[name]),
    )  # fmt: skip


@require_safe
def csv(request: HttpRequest, table: str) -> HttpResponse:
    """A table of the page as a file."""
    return as_csv(page(request.user), table, "promises")


@require_safe
def picture(request: HttpRequest, picture: str) -> HttpResponse:
    """A picture of the page."""
    return as_svg(page(request.user), picture)
