"""Whether early identification is on for an authority, and what it says of a child: nothing is computed here."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis.archive import find_home, hasher
from parentis.errors import SubmissionStateError
from parentis.web.cases.models import Case, Record
from parentis.web.cases.register.operations import enter
from parentis.web.cohort.case_types import ASSESSMENT_KIND, HIDING, OBJECTION_KIND, ON
from parentis.web.cohort.held import frame, served_until
from parentis.web.cohort.models import ObjectionChild

LONGEST: Final = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is shown of a child. `moved` and `would_change` are sentences; `until` is the last day it may be shown."""

    child: str
    known_on: date
    until: date
    chance: float
    low: float
    high: float
    band: str
    moved: tuple[str, ...]
    would_change: tuple[str, ...]


def assessment_of(authority: str) -> Record | None:
    """The assessment by which early identification is on for an authority today; None where it is off: none filed, none
    switched on, or its review is overdue."""
    today = timezone.localdate().isoformat()
    held = Record.objects.filter(case__kind=ASSESSMENT_KIND, case__place=authority, case__state=ON)
    return next((one for one in held.order_by("-case__pk") if str(one.values.get("review_by", "")) >= today), None)


def hash_of(number: str) -> str:
    """A child's number as the lake has it."""
    series, _ = hasher(find_home(), "lake")
    return str(series(pl.Series([number.strip().upper()]))[0])


def said_of(authority: str, child: str) -> Said | None:
    """What the last build says of a child of an authority; None where it says nothing of one. The frames hold the
    authority's own children alone."""
    held, facts = frame(f"risk_children_{authority}"), frame(f"risk_facts_{authority}")
    until = served_until()
    if held is None or facts is None or until is None:
        return None
    row = next(held.filter(pl.col("child") == child).iter_rows(named=True), None)
    if row is None:
        return None
    own = facts.filter(pl.col("child") == child).sort("place")
    moved, changes = (own.filter(pl.col("kind") == kind) for kind in ("moved", "would change"))

    return Said(
        child=child, known_on=row["day"], until=until, chance=row["chance"], low=row["low"], high=row["high"],
        band=row["band"], moved=tuple(map(_moved, moved["says"], moved["change"])),
        would_change=tuple(map(_would_be, changes["says"], changes["chance"])),
    )  # fmt: skip


def _moved(says: str, change: float) -> str:
    return f"{says} ({'raises' if change > 0 else 'lowers'} it)"


def _would_be(says: str, chance: float) -> str:
    """What would be said if a fact were otherwise: a band, as of the child."""
    bands = frame("risk_bands")
    found = None if bands is None else bands.filter(pl.col("from") <= chance).sort("from")
    return says.capitalize() if found is None or found.is_empty() else f"{says.capitalize()}: {found['band'][-1]}"


def objections_to(authority: str, child: str) -> list[Case]:
    """Objections of workers to what is said of a child, the latest first."""
    held = ObjectionChild.objects.filter(authority=authority, child=child).select_related("case").order_by("-case__pk")
    return [one.case for one in held]


def is_hidden(objections: list[Case]) -> bool:
    return any(one.state in HIDING for one in objections)


@transaction.atomic
def object_to(*, by: Any, authority: str, child: str, why: str, request: HttpRequest | None = None) -> Case:
    """Record a worker's objection: from now on the child's page shows no chance, until it is answered."""
    if not why.strip():
        raise SubmissionStateError(
            expected="what is wrong with it", found="nothing", where="the objection",
            do="Say what is wrong; it is read by the practice lead.",
        )  # fmt: skip
    case = enter(
        by=by, kind=OBJECTION_KIND, place=authority,
        values={"raised_on": timezone.localdate(), "child": child, "why": why.strip()[:LONGEST]}, request=request,
    )  # fmt: skip
    ObjectionChild.objects.create(case=case, authority=authority, child=child)
    return case
