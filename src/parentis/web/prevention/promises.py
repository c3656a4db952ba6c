"""Writes about promises: freezing one when its bid is agreed, and recording its checks. Each runs within the step of
the case, in its transaction."""

import math
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from parentis import region
from parentis.errors import UserError
from parentis.services.prevention.entry_counts import counts, later
from parentis.services.prevention.promises import Band, Check, Promise, Verdict, check, read
from parentis.web.cases.models import Case
from parentis.web.cases.records import values_of
from parentis.web.cases.register.operations import enter
from parentis.web.prevention.case_types import PROMISE
from parentis.web.prevention.held import children, frame
from parentis.web.prevention.models import PromiseCheck


class NotYetError(UserError):
    """A check whose months are not covered by accepted returns yet."""


def freeze(case: Case) -> None:
    """Make the promise of an agreed bid."""
    from parentis.web.prevention.runs import promised

    promise = promised(case)
    make(promise, place=str(case.place), practice=bool(case.record.practice))


def make(promise: Promise, *, place: str, practice: bool = False) -> Case:
    """A promise's case, with its prediction and the hash of it."""
    return enter(
        by=None, kind=PROMISE, place=place, practice=practice,
        values={
            "reference": promise.reference, "title": promise.title, "entry": promise.entry,
            "boroughs": ", ".join(region.authority(one).name for one in promise.authorities),
            "started_on": promise.start, "sha256": promise.hash, "prediction": promise.canonical(),
        },
    )  # fmt: skip


def prediction(case: Case) -> Promise:
    """The promise of a case. Raises IntegrityError where it is not what was frozen."""
    values = values_of(case.record)
    return read(str(values["prediction"]), str(values["sha256"]))


def checked(promise: Promise, months: int) -> Check | None:
    """What the returns that are held now say of a promise; None where they do not cover its months."""
    held, until = frame("prevention", "entries"), later(promise.start, months)
    if held is None or held.is_empty() or held["month"].max() < later(until, -1):  # type: ignore[operator]
        return None
    return check(promise, months, counts(held, children(), promise.start, months, _region()))


def _region() -> tuple[str, ...]:
    return region.members("london", timezone.localdate())


def check_12(case: Case) -> None:
    _record(case, 12)


def check_24(case: Case) -> None:
    _record(case, 24)


def unseen_12(case: Case) -> None:
    _unseen(case, 12)


def unseen_24(case: Case) -> None:
    _unseen(case, 24)


def _record(case: Case, months: int) -> None:
    promise = prediction(case)
    found = checked(promise, months)
    if found is None:
        raise NotYetError(
            expected=f"accepted returns on looked-after children up to {_last(promise.start, months):%-d %B %Y}",
            found="returns that end earlier", where=str(case),
            do="Record the check when they are accepted, or record that it cannot be measured.",
        )  # fmt: skip
    store(case, found)


def _last(start: date, months: int) -> date:
    return later(start, months) - timedelta(days=1)


def _unseen(case: Case, months: int) -> None:
    band = prediction(case).band(months) or Band(months=months, entries=0, entries_low=0, entries_high=0)
    unknown: dict[str, Any] = {one.name: math.nan for one in fields(Check)}
    unknown |= {
        "months": months, "promised": band, "verdict": Verdict.NOT_MEASURABLE,
        "why": "Recorded as not measurable; the history says why.",
    }  # fmt: skip
    store(case, Check(**unknown))


def store(case: Case, found: Check) -> PromiseCheck:
    """Record a check; a second one of the same months is refused by the database."""
    answer = {name: None if isinstance(value, float) and math.isnan(value) else value
              for name, value in asdict(found).items()}  # fmt: skip
    made: PromiseCheck = PromiseCheck.objects.create(
        case=case, months=found.months, verdict=found.verdict.value, answer=answer
    )
    return made


def recorded(of: Iterable[PromiseCheck]) -> list[Check]:
    """Recorded checks as they were."""
    return [_check(one.answer) for one in of]


def _check(stored: dict[str, Any]) -> Check:
    told: dict[str, Any] = {name: math.nan if value is None else value for name, value in stored.items()}
    told |= {"promised": Band(**stored["promised"]), "verdict": Verdict(stored["verdict"])}
    return Check(**told)
