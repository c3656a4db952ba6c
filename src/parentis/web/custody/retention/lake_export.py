"""Submitting ended detentions to the lake: rows of `custody.detentions`, without identity, day or hour.

A month (of arrival) is submitted in full each time a further detention in it has ended: the latest submission of a
month replaces the earlier ones.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from parentis import region, workflow
from parentis.archive import File, find_home
from parentis.services import custody
from parentis.services.custody.blocking import name_and_birth
from parentis.web.cases.models import Entry
from parentis.web.custody.boards.timeline import SECURE, times_of
from parentis.web.custody.case_types import ACKNOWLEDGED, WITHDRAWN
from parentis.web.custody.encrypted_store import digest, held
from parentis.web.custody.models import Detention
from parentis.web.custody.operations import BY_HAND
from parentis.web.custody.routing import TAKEN, subject_of
from parentis.workflow import Outcome

RETURN = "custody.detentions"
ADULT = 18
WHO = "custody desk"
AT_HOUR, LATEST = 3, timedelta(hours=27)
"""The hour of the nightly run (London local time), and the age of a row from which a missed run is made up for."""
WAIT = 900.0


def waiting() -> "list[Detention]":
    """Ended detentions and withdrawn notices that the submission of their month does not yet include."""
    return list(_over().filter(handed_over_at=None))


def due(now: datetime | None = None) -> bool:
    """Whether it is time for the nightly run and there is something to submit."""
    now = now or timezone.now()
    found = waiting()
    late = any((one.release or one.transfer or now) < now - LATEST for one in found if not _is_withdrawn(one))
    return bool(found) and (late or timezone.localtime(now).hour == AT_HOUR)


def hand_over(months: Iterable[date] | None = None) -> list[Outcome]:
    """Submit the given months (their first days), or those with something new; each is accepted once it is read."""
    changed = {_month(one) for one in waiting()} if months is None else set(months)
    by_month: dict[date, list[Detention]] = defaultdict(list)
    for one in _over():
        by_month[_month(one)].append(one)
    return [outcome for month in sorted(changed) for outcome in _submit(month, by_month[month])]


def rows(detentions: Iterable[Detention]) -> Iterator[custody.Detention]:
    """Rows in the form the service takes. People who turned out to be adults are left out, and so are withdrawn
    notices."""
    for one in detentions:
        if (one.age is None or one.age < ADULT) and not _is_withdrawn(one):
            yield _row(one)


def _submit(month: date, detentions: list[Detention]) -> list[Outcome]:
    table = custody.detention_rows(rows(detentions))
    outcomes: list[Outcome] = []
    if table.height:
        out = io.BytesIO()
        table.write_csv(out)
        last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        outcomes = workflow.submit(
            find_home(), [File("custody detentions.csv", out.getvalue())], who=WHO, return_id=RETURN,
            period=f"{month}..{last}", made_here=True, wait=WAIT,
        )  # fmt: skip
    if all(one.status in {"accepted", "unchanged"} for one in outcomes):
        Detention.objects.filter(pk__in=[one.pk for one in detentions]).update(handed_over_at=timezone.now())
    return outcomes


def _row(one: Detention) -> custody.Detention:
    place = one.case.authority or one.detained_in
    first = Entry.objects.filter(case=one.case, state=ACKNOWLEDGED).order_by("sequence").first()
    known = held(one.case, (*TAKEN, "justification"))
    return custody.Detention(
        detention=digest(str(one.reference), "lake"),
        child=_child(one, known),
        responsible=place,
        detained_in=one.detained_in,
        times=times_of(one),
        age=one.age,
        sex=one.sex or "U",
        ethnicity=one.ethnicity_self or "N",
        standing=one.standing or "none",
        routed_by="desk" if one.rule == BY_HAND else "table",
        acknowledged=first.at if first else None,
        notified=one.case.opened_at,
        secure=one.accommodation == SECURE,
        secure_justified="justification" in known,
        answer=one.answer_code or None,
        certificate_ground=one.ground if one.certificate else None,
        strip_search=bool(one.strip_searched),
        force=bool(one.force_used),
    )


def _child(one: Detention, known: dict[str, str]) -> str:
    """A pseudonym that is the same for the same name and birthday; a separate one for each detention where these are
    missing or erased."""
    return digest(name_and_birth(subject_of(known, {})) or str(one.reference), "lake-child")


def _over() -> "QuerySet[Detention]":
    return Detention.objects.exclude(Q(release=None) & Q(transfer=None) & ~Q(case__state=WITHDRAWN)).select_related(
        "case"
    )


def _is_withdrawn(one: Detention) -> bool:
    return bool(one.case.state == WITHDRAWN)


def _month(one: Detention) -> date:
    return region.local_day(one.arrival or one.case.opened_at).replace(day=1)
