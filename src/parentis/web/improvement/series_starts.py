"""Starts of new series: marked by boroughs in their returns, listed in LAIT's dictionary, or decided by an analyst."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction
from django.http import HttpRequest

from parentis import region
from parentis.errors import PeriodError
from parentis.services.statistics.breaks import breaks_of
from parentis.web.audit.recorder import record
from parentis.web.improvement.models import Rebasing

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Start:
    """A series begins anew with the first period that ends on `day` or later."""

    day: date
    why: str
    decision: int | None = None
    "Of an analyst's decision, its number."


def version() -> str:
    """A key that changes with every decision, for the cache of pages."""
    last = Rebasing.objects.values_list("pk", "at").first()
    return f"{last[0]} {last[1].isoformat()}" if last else ""


def decisions(measure: str = "") -> list[Rebasing]:
    """Decisions in force: the latest on each borough, measure and period."""
    of = Rebasing.objects.filter(measure=measure) if measure else Rebasing.objects.all()
    latest: dict[tuple[str, str, str], Rebasing] = {}
    for one in of.select_related("by"):
        latest.setdefault((one.authority, one.measure, one.period), one)
    return [one for one in latest.values() if one.holds]


def starts(measure: str, place: str, marked: pl.DataFrame | None, decided: Sequence[Rebasing]) -> list[Start]:
    """Every start of a place's series, the earliest first. `marked` are the quarters that boroughs marked as counted
    otherwise (`measure`, `geography`, `period`)."""
    found = [Start(one.day, one.why) for one in breaks_of(measure)]
    if marked is not None and marked.height:
        labels = marked.filter(pl.col("measure") == measure, pl.col("geography") == place)["period"]
        found += [
            Start(region.parse_period(label).end, "Counted otherwise, as the borough marked it") for label in labels
        ]
    found += [
        Start(region.parse_period(one.period).end, one.reason, one.pk)
        for one in decided
        if one.measure == measure and one.authority in ("", place)
    ]
    return sorted(found, key=lambda one: one.day)


def known_period(label: str) -> bool:
    try:
        region.parse_period(label)
    except PeriodError:
        return False
    return True


@transaction.atomic
def decide(
    *, by: Any, authority: str, measure: str, period: str, reason: str, holds: bool, request: HttpRequest | None
) -> None:
    """Keep the decision that a series begins anew, or that it does not after all."""
    Rebasing.objects.create(authority=authority, measure=measure, period=period, reason=reason, holds=holds, by=by)
    record(
        who=by, what="improvement:rebased" if holds else "improvement:rebasing-withdrawn", authority=authority,
        subject=f"{measure} from {period}", why=reason, request=request,
    )  # fmt: skip
